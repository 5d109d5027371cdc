"""The state of an area on one screen: its plans, its targets by verdict, the places below it side by side.

Nothing here computes a figure. As things stand today the kept verdicts are counted by the database; of another day, on
other boundaries or as known earlier the targets of the area are judged anew (`targets.queries.judge`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import attrs
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.plans.models import Plan, PlanUnit, below
from pcmt.apps.targets.models import Standing, Target, TargetState
from pcmt.apps.targets.queries import KEPT_BACK, Judged, judge, kept_back, told_to
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.apps.units.queries import committee, heirs_on
from pcmt.core.evaluating import Tally, Verdict
from pcmt.core.evaluating.places import BAD
from pcmt.core.periods import Span

PLACES_OF = {Level.CENTRAL: Level.PROVINCE, Level.PROVINCE: Level.COMMUNE, Level.DISTRICT: Level.COMMUNE}
"""Of which level the places of an area are: a nation is looked at by provinces, a province by communes."""


@attrs.frozen
class Area:
    """What a leader looks at. `whole` is all that the actor answers for; then nothing has to be narrowed to `unit`.

    Who answers for no units below sees the own unit alone (`alone`), and no places side by side.
    """

    unit: Unit
    whole: bool
    alone: bool

    @property
    def places_level(self) -> str:
        """The level of its places; empty where there are none to look at."""
        return "" if self.alone else PLACES_OF.get(Level(self.unit.level), "")

    def units(self, on: date) -> Any:
        """Ids of its units, for `__in`."""
        return Unit.objects.filter(pk=self.unit.pk).values("pk") if self.alone else below(self.unit.pk, on)

    @property
    def of_levels(self) -> Q:
        """Of a nation only central and provincial bodies count; thousands of communes are their provinces' business."""
        if self.unit.level == Level.CENTRAL:
            return Q(unit__level__in=(Level.CENTRAL, Level.PROVINCE))
        return Q()


def area_of(actor: Actor, unit_id: int | None = None) -> Area | None:
    """The area that an actor asks for; without a unit, all that the actor answers for. None: not the actor's to see."""
    reach = sees("targets.Standing", actor)
    if reach < Reach.SUBTREE:
        own = Unit.objects.get(pk=actor.unit_id)
        return Area(own, whole=True, alone=True) if unit_id in (None, own.pk) else None
    top = (committee(actor.unit_id, actor.on) if reach >= Reach.AREA else None) or Unit.objects.get(pk=actor.unit_id)
    if unit_id in (None, top.pk):
        return Area(top, whole=True, alone=False)
    unit = Unit.objects.filter(pk=unit_id, pk__in=reached_units(actor, reach)).first()
    return Area(unit, whole=False, alone=False) if unit is not None else None


def areas_to_choose(actor: Actor, chosen: Area) -> QuerySet[Unit]:
    """The whole area, the areas directly below it, and the one that is chosen, in official order."""
    reach = sees("targets.Standing", actor)
    if reach < Reach.SUBTREE:
        return Unit.objects.filter(pk=actor.unit_id)
    top = (committee(actor.unit_id, actor.on) if reach >= Reach.AREA else None) or Unit.objects.get(pk=actor.unit_id)
    down = UnitClosure.objects.filter(holds_on(actor.on), ancestor_id=top.pk, depth__lte=1)
    near = Unit.objects.filter(pk__in=down.values("descendant_id"), kind=UnitKind.ADMINISTRATIVE).as_of(actor.on)
    own = Unit.objects.filter(pk__in={top.pk, actor.unit_id, chosen.unit.pk})
    return (near | own).in_official_order()


def plans_of(actor: Actor, area: Area, period: Span) -> QuerySet[Plan]:
    """The plans in force that bind an area or were made in it, with a day in the period: its own first, those of the
    levels above next, those of the levels below last (`rank` 0, 1, 2); the newest first.
    """
    units = area.units(actor.on)
    named = PlanUnit.objects.filter(plan=OuterRef("pk"), unit__in=units)
    within = Q(issuer__in=units) | Q(issuer_heir__in=units) | Q(owner__in=units)
    begun = Q(window_from__lt=period.end) | Q(window_from__isnull=True, issued_on__lt=period.end)
    begun |= Q(window_from__isnull=True, issued_on__isnull=True)
    unended = Q(window_to__gte=period.start) | Q(window_to__isnull=True)
    unended &= ~Q(window_from__isnull=True, window_to__isnull=True, issued_on__lt=period.start)
    own = Q(issuer=area.unit) | Q(issuer_heir=area.unit) | Q(issuer__isnull=True, owner=area.unit)
    rank = Case(When(own, then=Value(0)), When(~within, then=Value(1)), default=Value(2), output_field=IntegerField())
    seen = Plan.objects.visible_to(actor).in_force().filter(begun, unended, item__isnull=True)
    found = seen.filter(within | Exists(named)).annotate(rank=rank)
    return found.order_by("rank", F("issued_on").desc(nulls_last=True), "-pk")


def places_of(area: Area, on: date) -> list[Unit]:
    """The places of an area as they stand on a day, in official order; each with `district`, the name of the one it
    lies in where there are districts, else an empty text. Two statements.
    """
    if not area.places_level:
        return []
    down = UnitClosure.objects.filter(holds_on(on), ancestor_id=area.unit.pk, depth__gt=0).values("descendant_id")
    places = Unit.objects.as_of(on).filter(pk__in=down, kind=UnitKind.ADMINISTRATIVE, level=area.places_level)
    found = list(places.in_official_order())
    lying = UnitClosure.objects.filter(holds_on(on), ancestor__level=Level.DISTRICT, descendant__in=places.order_by())
    names = dict(lying.filter(depth__gt=0).values_list("descendant_id", "ancestor__name"))
    for place in found:
        place.district = names.get(place.pk, "")  # type: ignore[attr-defined]
    return found


@attrs.frozen
class Worst:
    """The target that stands worst in a place."""

    text: str
    sentence: str
    verdict: Verdict


class Verdicts(Protocol):
    """How the targets of an area stand."""

    def by_plan(self) -> Mapping[int, Tally]:
        """By plan: its targets for the whole of the area, and those of plans made below it."""

    def by_place(self, places: Collection[int]) -> Mapping[int, Tally]:
        """By place, with the bodies below each."""

    def worst(self, places: Collection[int]) -> Mapping[int, Worst]:
        """Of each place where something is behind or missed, what is worst there."""


def verdicts_of(
    area: Area,
    plans: QuerySet[Plan],
    *,
    today: date,
    on: date,
    boundary: date | None,
    known: datetime | None,
    usual: bool,
    actor: Actor | None = None,
) -> Verdicts:
    """How the active targets of the plans stand in an area; `usual` is today, on boundaries of the time, all known."""
    if usual:
        return _Kept(area, plans.order_by().values("pk"), today, actor)
    targets = Target.objects.active().filter(plan__in=plans.order_by().values("pk"))
    inside = set(Unit.objects.filter(pk__in=area.units(on)).values_list("pk", flat=True))
    if boundary is not None:
        inside |= set(Unit.objects.filter(pk__in=area.units(boundary)).values_list("pk", flat=True))
    rows = told_to(actor, judge(targets.select_related("plan"), on=on, boundary=boundary, known=known))
    central = area.unit.level == Level.CENTRAL
    levels = dict(Unit.objects.filter(pk__in=inside).values_list("pk", "level")) if central else {}
    far = {pk for pk, level in levels.items() if level not in (Level.CENTRAL, Level.PROVINCE)}
    return _Judged(area, [row for row in rows if row.unit_id in inside - far], boundary or on)


def _tallies(rows: Iterable[tuple[int, str, int]]) -> dict[int, Tally]:
    found: dict[int, Counter[Verdict]] = defaultdict(Counter)
    for key, verdict, count in rows:
        found[key][Verdict(verdict)] += count
    return {key: Tally(counts) for key, counts in found.items()}


@attrs.frozen
class _Kept:
    """The kept verdicts, counted by the database."""

    area: Area
    plans: Any
    today: date
    actor: Actor | None

    def _rows(self) -> QuerySet[Standing]:
        rows = Standing.objects.filter(target__state=TargetState.ACTIVE, target__plan__in=self.plans)
        return rows.filter(self.area.of_levels, unit__in=self.area.units(self.today)).order_by()

    def _in_places(self, places: Collection[int]) -> QuerySet[Any]:
        above = Q(unit__closure_up__ancestor__in=list(places)) & holds_on(self.today, "unit__closure_up__")
        return self._rows().filter(above).annotate(place=F("unit__closure_up__ancestor_id"))

    def by_plan(self) -> Mapping[int, Tally]:
        rows = self._rows().filter(Q(unit=self.area.unit) | Q(whole=True))
        return _tallies(rows.values_list("target__plan_id", "verdict").annotate(n=Count("pk")))

    def by_place(self, places: Collection[int]) -> Mapping[int, Tally]:
        return _tallies(self._in_places(places).values_list("place", "verdict").annotate(n=Count("pk")))

    def worst(self, places: Collection[int]) -> Mapping[int, Worst]:
        rows = self._in_places(places).filter(verdict__in=[str(each) for each in BAD])
        words = list(
            rows.values_list("place", "verdict", "sentence", "target__text", "measured", "goal", "target_id", "unit_id")
        )
        bare = kept_back(self.actor, {row[-2:] for row in words})
        return _worst(
            (
                place,
                _weight(Verdict(verdict), None if (target, unit) in bare else measured, goal, (target, unit)),
                Worst(text, KEPT_BACK if (target, unit) in bare else sentence, Verdict(verdict)),
            )
            for place, verdict, sentence, text, measured, goal, target, unit in words
        )


@attrs.frozen
class _Judged:
    """Verdicts that were made for the question."""

    area: Area
    rows: Sequence[Judged]
    tree: date

    def by_plan(self) -> Mapping[int, Tally]:
        return _tallies(
            (row.target.plan_id, row.judgement.verdict, 1)
            for row in self.rows
            if row.whole or row.unit_id == self.area.unit.pk
        )

    def _places(self, places: Collection[int]) -> dict[int, int]:
        """The place of each unit on the tree; who has ended since is looked for at the heir."""
        units = {row.unit_id for row in self.rows}
        heirs = heirs_on(units, self.tree)
        rows = UnitClosure.objects.filter(holds_on(self.tree), ancestor__in=list(places))
        lies = dict(rows.values_list("descendant_id", "ancestor_id"))
        where = {unit: lies.get(unit, lies.get(heirs.get(unit, unit))) for unit in units}
        return {unit: place for unit, place in where.items() if place is not None}

    def by_place(self, places: Collection[int]) -> Mapping[int, Tally]:
        lies = self._places(places)
        inside = [row for row in self.rows if row.unit_id in lies]
        return _tallies((lies[row.unit_id], row.judgement.verdict, 1) for row in inside)

    def worst(self, places: Collection[int]) -> Mapping[int, Worst]:
        lies = self._places(places)
        return _worst(
            (
                lies[row.unit_id],
                _weight(found.verdict, found.measured, found.goal, (row.target.pk, row.unit_id)),
                Worst(row.target.text, found.sentence, found.verdict),
            )
            for row in self.rows
            if row.unit_id in lies and (found := row.judgement).verdict in BAD
        )


def _weight(verdict: Verdict, measured: Any, goal: Any, key: tuple[int, int]) -> tuple[Any, ...]:
    """What is worst comes first: missed before behind, then what is furthest from its goal, in parts of the goal."""
    away = abs(float(goal) - float(measured)) / abs(float(goal)) if goal and measured is not None else 0.0
    return (verdict != Verdict.MISSED, -round(away, 6), *key)


def _worst(rows: Iterable[tuple[int, tuple[Any, ...], Worst]]) -> dict[int, Worst]:
    found: dict[int, tuple[tuple[Any, ...], Worst]] = {}
    for place, weight, worst in rows:
        if place not in found or weight < found[place][0]:
            found[place] = (weight, worst)
    return {place: worst for place, (_weight_of, worst) in found.items()}
