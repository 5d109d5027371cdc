"""Confirming what the text of a plan says of its projects: all rows that were ticked, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

import attrs
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.operations import move_part
from pcmt.apps.projects.operations.common import held
from pcmt.apps.projects.operations.keeping import keep_sheet
from pcmt.apps.projects.operations.money import keep_line
from pcmt.apps.projects.policies import can_keep
from pcmt.apps.projects.queries.proposals import proposals
from pcmt.core.diagnostics import Refusal


@attrs.frozen
class Confirmed:
    """What a person says of a project beside its text; `estimate` in whole đồng, None where there is none."""

    plan_id: int
    ministry: str
    first: date
    last: date
    estimate: int | None = None


def confirm_proposals(*, actor: Actor, at: datetime, plan_id: int, rows: Sequence[Confirmed]) -> int | Refusal:
    """Write the sheet, the window and the estimate of projects; how many. What was confirmed meanwhile stays as it is.

    The estimate is a line without a source: the text says what it costs, not who pays. A refusal names its project in
    `ref`.
    """
    with transaction.atomic():
        held(actor, plan_id, can_keep)
        open_ones = {each.plan.pk: each for each in proposals(plan_id)}
        if not rows:
            return Refusal(code="none", message=_("Chọn ít nhất một dự án."))
        done = 0
        for row in rows:
            proposal = open_ones.get(row.plan_id)
            if proposal is None:
                continue
            refused = _confirm(actor, at, row, proposal.money_words)
            if refused:
                transaction.set_rollback(True)
                return attrs.evolve(refused, ref=row.plan_id)
            done += 1
    return done


def _confirm(actor: Actor, at: datetime, row: Confirmed, words: str) -> Refusal | None:
    moved = move_part(actor=actor, at=at, plan_id=row.plan_id, first=row.first, last=row.last)
    if isinstance(moved, Refusal):
        return moved
    sheet = keep_sheet(actor=actor, at=at, plan_id=row.plan_id, version=0, owner_id=None, ministry=row.ministry)
    if isinstance(sheet, Refusal):
        return sheet
    if row.estimate is None:
        return None
    key = uuid5(NAMESPACE_URL, f"du-an-{row.plan_id}")
    line = keep_line(
        actor=actor, at=at, plan_id=row.plan_id, line_id=None, version=0, key=key,
        year=row.first.year, words=_("Theo văn bản: %(words)s") % {"words": words} if words else _("Kinh phí cả dự án"),
        estimate=row.estimate,
    )  # fmt: skip
    return attrs.evolve(line, field="estimate") if isinstance(line, Refusal) else None
