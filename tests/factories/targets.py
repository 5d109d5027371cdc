"""Plans with targets put into force by hand: plain functions over the adopter of the targets room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.db import transaction

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.adopters import Adoption, Body
from pcmt.apps.plans.contract import Header
from pcmt.apps.plans.models import Item, ItemState, Plan, PlanState, Revision, RevisionState
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.operations import adopt_targets
from pcmt.apps.units.models import Unit
from pcmt.apps.units.names import name_key
from tests.factories.world import NOW

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@attrs.frozen
class Words:
    """A target in the words of a plan, as the reader gives it (`values` of the contract), and who is given how much."""

    text: str
    values: Mapping[str, Any]
    shares: Mapping[str, Any] = attrs.field(factory=dict)


def plan_in_force(
    actor: Actor, issuer: Unit, *, window: tuple[date, date] = YEAR, title: str = "Kế hoạch thử", number: str = "1"
) -> Plan:
    """A plan of a unit, kept by the office of the actor, without any text yet."""
    return Plan.objects.create(
        title=title, number=number, symbol="KH-UBND", issuer=issuer, owner_id=actor.unit_id, window_from=window[0],
        window_to=window[1], state=PlanState.ADOPTED, created_by_id=actor.user_id, created_at=NOW,
    )  # fmt: skip


def put_in_force(
    actor: Actor,
    plan: Plan,
    targets: Sequence[Words],
    *,
    bodies: Mapping[str, Unit],
    issued: date | None = None,
    at: datetime = NOW,
    duties: Sequence[Mapping[str, Any]] = (),
) -> list[Target]:
    """A text of the plan with these targets becomes the one in force; what stood at the same place is carried on."""
    before = plan.revisions.filter(state=RevisionState.ADOPTED).first()
    if before:
        before.state = RevisionState.SUPERSEDED
        before.save(update_fields=["state"])
    text = "\n".join(each.text for each in targets) or "-"
    revision = Revision.objects.create(
        plan=plan, number=plan.revisions.count() + 1, text=text, header=Header(issued_on=issued).stored(),
        state=RevisionState.ADOPTED, created_by_id=actor.user_id, created_at=at, adopted_by_id=actor.user_id,
        adopted_at=at,
    )  # fmt: skip
    items: dict[str, list[Item]] = {"targets": [], "allocations": [], "reporting_duties": []}
    place = 0
    for number, each in enumerate(targets, start=1):
        items["targets"].append(_item(revision, "targets", f"T{number}", place, each.text, dict(each.values)))
        for name, value in each.shares.items():
            facts = {"target_ref": f"T{number}", "agencies": [{"name": name}], "value": value}
            key = f"L{len(items['allocations']) + 1}"
            items["allocations"].append(_item(revision, "allocations", key, place, f"{name}: {value}", facts))
        place += len(each.text) + 1
    for number, duty in enumerate(duties, start=1):
        items["reporting_duties"].append(_item(revision, "reporting_duties", f"R{number}", 0, "-", dict(duty)))
    carried = _carried(before, [each for rows in items.values() for each in rows]) if before else {}
    adoption = Adoption(
        revision=revision,
        plan=plan,
        actor=actor,
        at=at,
        on=at.date(),
        items={name: tuple(rows) for name, rows in items.items()},
        bodies={name_key(name): Body(unit.pk, (unit.pk,)) for name, unit in bodies.items()},
        carried=carried,
        gone=frozenset(),
    )
    with transaction.atomic():  # as adoption does it: rows are locked, also where a test itself has no transaction
        adopt_targets(adoption)
    return list(Target.objects.filter(plan=plan).order_by("order", "pk"))


def _item(revision: Revision, list_name: str, key: str, start: int, text: str, facts: dict[str, Any]) -> Item:
    return Item.objects.create(
        revision=revision, list_name=list_name, key=key, start=start, end=start + len(text), text=text, facts=facts,
        confidence=1, state=ItemState.ACCEPTED,
    )  # fmt: skip


def _carried(before: Revision, items: Sequence[Item]) -> dict[int, int]:
    known = {(row.list_name, row.key): row.pk for row in before.items.all()}
    return {item.pk: known[item.list_name, item.key] for item in items if (item.list_name, item.key) in known}
