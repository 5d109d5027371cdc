"""What a kind of activity has reached in some time and what not yet: schools, parks, communes. A list to act on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import Count, Max, Q

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.activities.models import (
    COUNTING,
    Event,
    EventPlace,
    EventState,
    Kind,
    KindState,
    KindVersion,
    Place,
    held_units,
    unindexed,
)
from pcmt.apps.activities.policies import shown_to
from pcmt.apps.activities.queries.counting import LYING
from pcmt.apps.activities.queries.kinds import schema_of
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.periods import Span
from pcmt.core.schemas import CountOf, KindSchema, Noun

MOST = 4000
"""So many places or communes are compared at most: a province has some 2,000 schools, the nation 3,321 communes."""


@attrs.frozen
class Reached:
    """One place or commune: how often, the last day; 0 and None where nothing was done. `body` keeps it."""

    place: Place | None
    unit: Unit
    body: Unit
    count: int = 0
    last: date | None = None


@attrs.frozen
class Coverage:
    """All of a sort, those not reached first. `cut`: there are more than were compared."""

    rows: Sequence[Reached]
    cut: bool = False

    @property
    def missing(self) -> list[Reached]:
        """What was not reached."""
        return [row for row in self.rows if not row.count]


def place_kinds(schema: KindSchema) -> tuple[str, ...]:
    """The kinds of places that an activity of a kind is held at."""
    counted = {code for rule in schema.counts if rule.of is CountOf.PLACES for code in rule.place_kinds}
    return tuple(code for code in schema.with_places if not counted or code in counted)


def covering_kinds(actor: Actor) -> list[tuple[Kind, KindSchema]]:
    """The kinds of activities in use whose events the actor may see, in their order."""
    kinds: dict[int, Any] = {row.pk: row for row in Kind.objects.visible_to(actor).filter(noun=Noun.EVENT)}
    versions = {row.kind_id: row for row in KindVersion.objects.filter(kind__in=kinds, state=KindState.IN_USE)}
    return [(kind, schema_of(versions[pk])) for pk, kind in kinds.items() if pk in versions]


def kinds_counting(elements: Collection[str]) -> list[str]:
    """Codes of the kinds of activities in use that count into one of some elements."""
    found = _counting_now().values_list("kind__code", "body__counts")
    return [code for code, rules in found if any(rule["element"] in elements for rule in rules or ())]


def kinds_reaching(elements: Collection[str]) -> list[tuple[str, str]]:
    """Codes and labels of the kinds of activities in use that tell for some elements what of all there is they reached
    (`queries.counting.LYING`): their boards of coverage say what is missing."""
    found = _counting_now().values_list("kind__code", "kind__label", "body__counts")
    return [
        (code, label)
        for code, label, rules in found
        if any(rule["element"] in elements and rule.get("of") in LYING for rule in rules or ())
    ]


def _counting_now() -> Any:
    """The versions by which activities are written down now: none of a kind that was given up."""
    rows = KindVersion.objects.filter(kind__noun=Noun.EVENT, state=KindState.IN_USE, ended_on=None)
    return rows.order_by("kind__order", "kind_id")


def places_reached(actor: Actor, kind: Kind, codes: Sequence[str], window: Span) -> Coverage:
    """The places of some kinds that the actor sees and that stood in a window, with what was held there."""
    rows = shown_to(Place.objects.filter(kind__code__in=codes, voided_at=None), actor)
    rows = rows.filter(Q(to_on=None) | Q(to_on__gt=window.start), from_on__lt=window.end)
    found: list[Any] = list(
        rows.select_related("area", "body", "kind").order_by("area__sort_key", "search_key", "pk")[: MOST + 1]
    )
    held = EventPlace.objects.filter(event__in=_events(actor, kind, window).values("pk")).order_by()
    told = {pk: (n, last) for pk, n, last in held.values_list("place").annotate(Count("pk"), Max("event__on"))}
    return _sorted(
        (Reached(each, each.area, each.body, *told.get(each.pk, (0, None))) for each in found[:MOST]),
        cut=len(found) > MOST,
    )


def communes_reached(actor: Actor, kind: Kind, window: Span) -> Coverage:
    """The communes whose events the actor sees, with those of a kind that were held in them or in their hamlets."""
    reach = sees("activities.Event", actor)
    units = Unit.objects.as_of(actor.on).filter(level=Level.COMMUNE, kind=UnitKind.ADMINISTRATIVE)
    units = units.filter(pk__in=reached_units(actor, reach)) if reach >= Reach.SUBTREE else units.none()
    found: list[Any] = list(units.in_official_order()[: MOST + 1])
    held = _events(actor, kind, window).order_by().values_list("area").annotate(Count("pk"), Max("on"))
    by_area = {area: (n, last) for area, n, last in held}
    over = UnitClosure.objects.filter(
        holds_on(actor.on), descendant__in=by_area, ancestor__level=Level.COMMUNE,
        ancestor__kind=UnitKind.ADMINISTRATIVE,
    )  # fmt: skip
    told: dict[int, tuple[int, date]] = {}
    for commune, area in over.values_list("ancestor", "descendant"):
        n, last = by_area[area]
        before = told.get(commune)
        told[commune] = (n, last) if before is None else (n + before[0], max(last, before[1]))
    return _sorted(
        (Reached(None, each, each, *told.get(each.pk, (0, None))) for each in found[:MOST]), cut=len(found) > MOST
    )


def _sorted(rows: Iterable[Reached], *, cut: bool) -> Coverage:
    return Coverage(sorted(rows, key=lambda row: row.count > 0), cut)


def _events(actor: Actor, kind: Kind, window: Span) -> Any:
    """Events of a kind that count: verified where the version they were made by asks for it."""
    asking = KindVersion.objects.filter(kind=kind, body__verified=True).values_list("pk", flat=True)
    few = isinstance(held_units(actor, sees("activities.Event", actor)), list)
    # what few units did is less than what all did of a kind
    of = unindexed("kind", [kind.pk]) if few else Q(kind=kind)
    rows = shown_to(Event.objects.filter(of, on__gte=window.start, on__lt=window.end), actor)
    return rows.filter(state__in=COUNTING).exclude(kind_version__in=list(asking), state=EventState.ENTERED)
