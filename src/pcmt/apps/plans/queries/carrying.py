"""Which plan another one carries out: what its legal bases say, and which plans a person may choose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan, PlanQuerySet, Revision, above
from pcmt.apps.units.models import UnitClosure, holds_on
from pcmt.core.periods import parse_date
from pcmt.core.text import fold

MOST_STEPS = 20
"""Longer chains of plans that carry each other out are taken for a circle."""


def cited_plans(revision: Revision, on: date) -> list[Plan]:
    """The plans in force that the legal bases of a text name, in the order of the text.

    A base names a plan by number and symbol ("105/KH-UBND"); where it gives the day, that has to agree. Every province
    has a plan of that number, so only those issued at or above the body whose text it is are meant, and those of other
    bodies of the same committee.
    """
    bases = [each for each in _bases(revision.reading) if each[0]]
    if not bases:
        return []
    plan = revision.plan
    numbers = {number for number, _symbol, _on in bases}
    known = Plan.objects.in_force().filter(number__in=_ways_of_writing(numbers)).exclude(pk=plan.pk)
    units = [pk for pk in (plan.issuer_id, plan.owner_id) if pk]
    higher = UnitClosure.objects.filter(holds_on(on), descendant__in=units).values("ancestor_id")
    known = known.filter(Q(issuer__in=higher) | Q(issuer_heir__in=higher) | Q(owner__in=higher), item__isnull=True)
    found: dict[int, Plan] = {}
    plans = list(known.select_related("issuer").order_by("pk"))
    for number, symbol, day in bases:
        for each in plans:
            same = _bare(each.number) == number and fold(each.symbol) == symbol
            if same and (day is None or each.issued_on is None or each.issued_on == day):
                found.setdefault(each.pk, each)
    return list(found.values())


def may_carry_out(actor: Actor, plan: Plan) -> PlanQuerySet:
    """The plans in force that a plan may be said to carry out: of the levels above, or of the own committee."""
    higher = above(plan.owner_id, actor.on)
    own = [pk for pk in (plan.issuer_id, plan.owner_id) if pk]
    seen = Plan.objects.visible_to(actor).in_force().filter(item__isnull=True).exclude(pk=plan.pk)
    whose = Q(issuer__in=higher) | Q(issuer_heir__in=higher) | Q(issuer__in=own) | Q(owner__in=own)
    return seen.filter(whose).exclude(pk__in=_below(plan.pk)).order_by("-issued_on", "-pk")


def _below(plan_id: int) -> set[int]:
    """The plans that carry a plan out, and those that carry these out: none of them can be above it."""
    found: set[int] = set()
    at = {plan_id}
    for _step in range(MOST_STEPS):
        at = set(Plan.objects.filter(carries_out__in=at).values_list("pk", flat=True)) - found
        if not at:
            break
        found |= at
    return found


def _bases(reading: dict[str, Any]) -> Iterator[tuple[str, str, date | None]]:
    for base in (reading.get("header") or {}).get("legal_bases") or ():
        number, slash, symbol = str(base.get("number") or "").partition("/")
        if slash and number.strip().isdecimal():
            yield _bare(number), fold(symbol.replace(" ", "")), parse_date(base.get("date"))


def _bare(number: str) -> str:
    """`07` and `7` are the same number."""
    return number.strip().lstrip("0")


def _ways_of_writing(numbers: set[str]) -> list[str]:
    return sorted({way for number in numbers for way in (number, number.zfill(2), number.zfill(3))})
