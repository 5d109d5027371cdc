"""A programme with projects, sub-projects and money, laid down through the operations; all numbers are invented."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.operations import let_see, open_part
from pcmt.apps.projects.models import MoneyEntry, MoneyLine, MoneySource
from pcmt.apps.projects.operations import money
from tests.factories.world import NOW, World

WINDOW = (date(2024, 1, 1), date(2028, 12, 31))


def programme(land: World, actor: Actor | None = None) -> Plan:
    """A programme of the province."""
    made = open_part(
        actor=actor or land.office, at=NOW, kind="programme", title="Chương trình phòng, chống ma túy 2024-2028",
        first=WINDOW[0], last=WINDOW[1],
    )  # fmt: skip
    assert isinstance(made, Plan), made
    Plan.objects.filter(pk=made.pk).update(issuer=land["an_binh"])
    let_see(made.pk, [land["police"].pk, land["health"].pk, land["dong_hoa"].pk])
    made.refresh_from_db()
    return made


def project(
    land: World, parent: Plan, title: str = "Dự án 1", lead: str = "police", actor: Actor | None = None
) -> Plan:
    """A project in a programme."""
    made = open_part(
        actor=actor or land.office, at=NOW, kind="project", title=title, first=WINDOW[0], last=WINDOW[1],
        parent_id=parent.pk, lead_id=land[lead].pk if lead else None,
    )  # fmt: skip
    assert isinstance(made, Plan), made
    return made


def source(actor: Actor, plan: Plan, amount: int = 1_000, **more: Any) -> Any:
    """A source, or why not."""
    said = {"kind": "local", "name": f"Ngân sách tỉnh {uuid4().hex[:4]}", "year_from": 2024, "year_to": 2028, **more}
    said = {"source_id": None, "version": 0, **said}
    return money.keep_source(actor=actor, at=NOW, plan_id=plan.pk, amount=amount, **said)


def line(actor: Actor, plan: Plan, of: MoneySource | None = None, estimate: int = 500, **more: Any) -> Any:
    """A line, or why not."""
    said = {"line_id": None, "version": 0, "key": uuid4(), "year": 2026, "words": "Mua thiết bị", **more}
    return money.keep_line(
        actor=actor, at=NOW, plan_id=plan.pk, estimate=estimate, source_id=of.pk if of else None, **said
    )


def enter(
    actor: Actor,
    at_line: MoneyLine,
    what: str,
    amount: int,
    on: date = date(2026, 2, 2),
    **more: Any,
) -> MoneyEntry | Any:
    """An entry, or why not."""
    said = {"key": uuid4(), "paper": "QĐ 12", **more}
    return money.enter(actor=actor, at=NOW, line_id=at_line.pk, what=what, amount=amount, on=on, **said)
