"""What there is to urge: which letters to whom, what would stand in them, and what was urged before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem, DueState, Extension, ExtensionState, Mode, Urging, UrgingItem
from pcmt.apps.tasks.policies import plans_to_urge
from pcmt.apps.tasks.queries import SHOWN_WITH, SOON
from pcmt.apps.units.models import Unit


@attrs.frozen
class Before:
    """How often something was urged, and the day of the last time."""

    times: int
    last_on: date


@attrs.frozen
class Line:
    """A due item that a letter would hold. `days_late` is 0 before the limit, and for what was only requested.

    `declined`: the body says that it is not its to do; `asking`: it asks for more time. Both wait for an answer, which
    is better given than urged for.
    """

    due: DueItem
    days_late: int
    before: Before | None = None

    @property
    def limit(self) -> date:
        """The last day on which it is in time."""
        assert self.due.due_on is not None
        return self.due.due_on

    @property
    def declined(self) -> bool:
        """Whether the body said that it is not its to do."""
        return self.due.declined_at is not None

    @property
    def asking(self) -> bool:
        """Whether the body asks for more time."""
        return bool(getattr(self.due, "asks_for_time", False))


@attrs.frozen
class Letter:
    """What one letter would say: to a body, either urging what is owed or asking courteously for what was requested."""

    unit: Unit
    requested: bool
    lines: Sequence[Line]

    @property
    def late(self) -> int:
        """How many of its items are over their limit."""
        return sum(line.days_late > 0 for line in self.lines)


@attrs.frozen
class ToUrge:
    """The letters there would be, by the official order of bodies; `left_out` are chosen bodies with nothing to urge.

    `nobody` counts items that no unit of the program owes: there is nobody to write to. `own` counts those of the
    office itself, which does not write to itself unless it chooses to.
    """

    letters: Sequence[Letter]
    left_out: Sequence[Unit] = ()
    nobody: int = 0
    own: int = 0


def urgeable(actor: Actor, on: date, *, soon: bool = False, requested: bool = False) -> QuerySet[DueItem]:
    """Open items of the actor's plans that a letter may hold: over their limit, with `soon` also near it.

    Parts that a body handed down are its own to urge. What was requested is taken only where that is asked for.
    """
    found = DueItem.objects.filter(plan__in=plans_to_urge(actor).values("pk"), state=DueState.OPEN).of_plans()
    found = found.filter(due_on__lte=on + SOON) if soon else found.filter(due_on__lt=on)
    return found if requested else found.exclude(mode=Mode.REQUESTED)


def to_urge(
    actor: Actor,
    on: date,
    *,
    plan_id: int | None = None,
    unit_ids: Collection[int] = (),
    item_ids: Collection[int] = (),
    soon: bool = False,
    requested: bool = False,
) -> ToUrge:
    """The letters for chosen bodies, chosen items, a plan, or all bodies that are late; six statements."""
    found = urgeable(actor, on, soon=soon, requested=requested)
    if plan_id is not None:
        found = found.filter(plan_id=plan_id)
    if unit_ids:
        found = found.filter(unit__in=list(unit_ids))
    if item_ids:
        found = found.filter(pk__in=list(item_ids))
    nobody = found.filter(unit__isnull=True).count()
    own = 0
    if not unit_ids and not item_ids:
        own = found.filter(unit_id=actor.unit_id).count()
        found = found.exclude(unit_id=actor.unit_id)
    waiting = Extension.objects.filter(due_item=OuterRef("pk"), state=ExtensionState.WAITING)
    rows = found.filter(unit__isnull=False).annotate(asks_for_time=Exists(waiting))
    rows = rows.select_related(*SHOWN_WITH, "plan__issuer").order_by("plan_id", "due_on", "pk")
    letters = letters_of(list(rows), on)
    served = {letter.unit.pk for letter in letters}
    missing = [pk for pk in unit_ids if pk not in served]
    return ToUrge(letters, list(Unit.objects.filter(pk__in=missing).in_official_order()), nobody, own)


def letters_of(dues: Sequence[DueItem], on: date) -> list[Letter]:
    """Due items as letters: one for each body, what was only requested in a letter of its own."""
    before = urged_before(due.pk for due in dues)
    by_letter: dict[tuple[Any, ...], list[Line]] = {}
    for due in dues:
        assert due.unit is not None
        assert due.due_on is not None
        asked = due.mode == Mode.REQUESTED
        days = 0 if asked else max((on - due.due_on).days, 0)
        key = (asked, due.unit.sort_key, due.unit.pk)
        by_letter.setdefault(key, []).append(Line(due, days, before.get(due.pk)))
    return [
        Letter(lines[0].due.unit, key[0], lines)  # type: ignore[arg-type]
        for key, lines in sorted(by_letter.items(), key=lambda pair: pair[0])
    ]


def urged_before(due_ids: Iterable[int], actor: Actor | None = None) -> dict[int, Before]:
    """How often due items were urged, by id; letters that were taken back do not count. One statement.

    With an actor only the letters that the actor sees are counted.
    """
    letters = Urging.objects.standing()
    if actor is not None:
        letters = letters.visible_to(actor)
    rows = (
        UrgingItem.objects.filter(due_item__in=list(due_ids), urging__in=letters.values("pk"))
        .order_by()
        .values("due_item_id")
        .annotate(times=Count("pk"), last=Max("urging__made_at"))
    )
    return {row["due_item_id"]: Before(row["times"], timezone.localdate(row["last"])) for row in rows}


@attrs.frozen(kw_only=True)
class UrgingFilter:
    """Which letters of the register to list; days are those of making, both included.

    `state`: `waiting` (without a number), `signed`, `withdrawn`, or "" for all.
    """

    unit_id: int | None = None
    plan_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    state: str = ""


def register_of(actor: Actor, wanted: UrgingFilter) -> QuerySet[Urging]:
    """The register of urging letters, newest first; each with the number of its items and of those over their limit."""
    found = Urging.objects.visible_to(actor)
    if wanted.unit_id is not None:
        found = found.filter(unit_id=wanted.unit_id)
    if wanted.plan_id is not None:
        of_plan = UrgingItem.objects.filter(urging=OuterRef("pk"), due_item__plan_id=wanted.plan_id)
        found = found.filter(Exists(of_plan))
    if wanted.from_on is not None:
        found = found.filter(made_at__gte=_midnight(wanted.from_on))
    if wanted.to_on is not None:
        found = found.filter(made_at__lt=_midnight(date.fromordinal(wanted.to_on.toordinal() + 1)))
    states: Mapping[str, Q] = {
        "waiting": Q(signed_on__isnull=True, withdrawn_at__isnull=True),
        "signed": Q(signed_on__isnull=False),
        "withdrawn": Q(withdrawn_at__isnull=False),
    }
    if wanted.state in states:
        found = found.filter(states[wanted.state])
    return with_sums(found).select_related("unit", "office").order_by("-made_at", "unit__sort_key", "pk")


def with_sums(letters: QuerySet[Urging]) -> QuerySet[Urging]:
    """The letters with how many items each holds (`total`), how many over their limit (`late`), the most days late."""
    return letters.annotate(
        total=Count("items"), late=Count("items", filter=Q(items__days_late__gt=0)), most=Max("items__days_late")
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
