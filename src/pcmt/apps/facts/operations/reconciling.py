"""Typed numbers against those counted from records: what differs is kept in sight until somebody says why.

The counted number is the one that adds up. A typed one stands beside it, not accepted, and is compared again whenever
either changes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import Element, Fact, Reconciliation, ReconciliationState
from pcmt.apps.facts.queries.counted import CountedCells
from pcmt.apps.facts.queries.differing import aside
from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Span

REASON = 500
"""A reason is no longer than that."""

Cell = tuple[int, int, str, Span]
"""Unit, element, breakdown, period."""


def compare(unit_ids: Collection[int], elements: Collection[Element], cells: CountedCells, at: datetime) -> int:
    """Compare what people told of units for counted cells with what the records say; how many differ.

    In the caller's transaction. Only periods that are over are compared, from the evening of their last day on: before
    that the records cannot say all. The number of statements does not grow with that of the numbers.
    """
    today = timezone.localdate(at)
    rows = {each.pk: each for each in elements}
    typed: dict[Cell, Fact] = {}
    for fact in aside(unit_ids, rows):
        span = Span(fact.start, fact.end)
        code = rows[fact.element_id].code
        says = fact.value is not None or not fact.applies
        if says and span.last <= today and cells.counter(fact.unit_id, code, fact.breakdown, span):
            typed[fact.unit_id, fact.element_id, fact.breakdown, span] = fact
    standing = {
        (row.unit_id, row.element_id, row.breakdown, Span(row.start, row.end)): row
        for row in Reconciliation.objects.select_for_update(of=("self",))
        .filter(unit__in=unit_ids, element__in=rows, state=ReconciliationState.OPEN)
        .order_by("pk")
    }
    asks = {cell: Ask(cell[0], rows[cell[1]].code, cell[3], cell[2]) for cell in {*typed, *standing}}
    answers = figures(asks.values(), on=today) if asks else {}
    counted = {cell: _stored(rows[cell[1]], answers[ask].figure.value) for cell, ask in asks.items()}
    explained = _explained(typed)
    found = 0
    for cell, row in standing.items():
        there = typed.get(cell)
        number = counted[cell]
        if there is None or number is None or there.value == number:
            state = ReconciliationState.WITHDRAWN if there is None else ReconciliationState.AGREED
            Reconciliation.objects.filter(pk=row.pk).update(
                state=state, settled_at=at, checked_at=at, version=row.version + 1
            )
        else:
            found += 1
            if (row.fact_id, row.counted) != (there.pk, number):
                Reconciliation.objects.filter(pk=row.pk).update(
                    fact=there, counted=number, checked_at=at, version=row.version + 1
                )
    new = []
    for cell, fact in typed.items():
        number = counted[cell]
        if cell in standing or number is None or fact.value == number or (fact.pk, number) in explained:
            continue
        unit_id, element_id, breakdown, span = cell
        new.append(
            Reconciliation(
                unit_id=unit_id, element_id=element_id, breakdown=breakdown, start=span.start, end=span.end, fact=fact,
                counted=number, opened_at=at, checked_at=at,
            )
        )  # fmt: skip
    Reconciliation.objects.bulk_create(new)
    return found + len(new)


def _explained(typed: dict[Cell, Fact]) -> set[tuple[int, int]]:
    """The differences of which somebody said why, as long as neither number has changed since."""
    rows = Reconciliation.objects.filter(
        fact__in=[fact.pk for fact in typed.values()], state=ReconciliationState.EXPLAINED
    )
    return set(rows.values_list("fact_id", "counted")) if typed else set()


def _stored(element: Element, value: object) -> int | None:
    return None if value is None else int(value * 10**element.places)  # type: ignore[operator]


def explain_difference(
    *, actor: Actor, at: datetime, item_id: int, version: int, reason: str
) -> Reconciliation | Refusal:
    """Settle a difference by saying why both numbers stand. It opens again when one of them changes.

    Refused without a reason, where the item is settled already or changed meanwhile (`stale`), and where the actor
    answers neither for the unit's numbers nor for its records.
    """
    reason = " ".join(reason.split())
    if not reason:
        return Refusal(code="reason", message=_("Nhập lý do hai số khác nhau."), field="reason")
    if len(reason) > REASON:
        return Refusal(code="reason_long", message=_("Lý do dài quá 500 ký tự."), field="reason")
    with transaction.atomic():
        row = Reconciliation.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
        if row is None or not may_settle(actor, row.unit_id):
            return Refusal(code="gone", message=_("Không tìm thấy mục đối chiếu này."))
        if row.version != version or row.state != ReconciliationState.OPEN:
            message = _("Mục này vừa thay đổi. Xem lại hai số rồi ghi lý do nếu cần.")
            return Refusal(code="stale", message=message, ref=row.pk)
        row.state, row.reason = ReconciliationState.EXPLAINED, reason
        row.settled_at, row.settled_by_id, row.version = at, actor.user_id, row.version + 1
        row.save(update_fields=["state", "reason", "settled_at", "settled_by", "version"])
        record(at=at, actor=actor, event="facts.difference.explained", obj=row, reason=reason)
    return row


def may_settle(actor: Actor | None, unit_id: int) -> bool:
    """Whether the actor says why numbers of a unit differ: who tells them, and who keeps the records."""
    reach = changes("facts.Reconciliation", actor)
    if actor is None or reach < Reach.SUBTREE:
        return False
    return Unit.objects.filter(pk=unit_id).filter(pk__in=reached_units(actor, reach)).exists()
