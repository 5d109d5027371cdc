"""Figures from what was done and where: numbers of one unit from its events and places, in any period.

Each entry counts by the rules of the version of its kind that it was made by. What is told is cut into halves of
months and weeks (`core.measures.pieces`), so that weeks and the months of both calendars are made of whole pieces. A
unit counts an element from the day on which it first kept a kind that counts into it; from then on a quiet piece is
zero.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import attrs
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from pcmt.apps.activities.models import (
    COUNTING,
    Event,
    EventPlace,
    EventState,
    KeptSince,
    KindNoun,
    KindState,
    KindVersion,
    PlaceBefore,
    PlaceSpell,
)
from pcmt.apps.facts.counters import counted_by_others
from pcmt.apps.facts.models import Element, Source
from pcmt.apps.units.models import Level, Succession, Unit, UnitClosure, UnitKind
from pcmt.apps.units.queries import committee
from pcmt.core.measures import Nature
from pcmt.core.measures.pieces import half_month, piece_of
from pcmt.core.periods import DAY, Span
from pcmt.core.schemas import CountOf, CountRule, KindSchema, Noun, kind_from

Numbers = dict[tuple[str, str, Span], int]
"""Element, breakdown and period to a number as facts keep it: with the decimals of the element."""

USED = (KindState.IN_USE, KindState.ENDED)
"""Versions by which entries were made."""


def counted_at(body: Unit, on: date) -> Unit:
    """The unit among whose figures counts what a body did on a day.

    A body of commune level (the police of a ward, its women's union) counts in the commune it serves: the commune tells
    one number. Any other unit counts for itself, and the tree adds up. What a body writes down for a day before it was
    there (its forerunners did it) counts where it was on its first day.
    """
    if body.level != Level.COMMUNE or body.kind == UnitKind.ADMINISTRATIVE:
        return body
    return committee(body.pk, max(on, body.valid_from or on)) or body


def elements_now() -> dict[str, tuple[str, ...]]:
    """What kinds count into, with the breakdowns they split by; one statement, asked anew each time."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = KindVersion.objects.filter(state__in=USED).values_list("body__counts", flat=True)
    for rules in rows:
        for rule in rules or ():
            found[rule["element"]].update({rule["split_by"]} if rule.get("split_by") else ())
    return {element: tuple(sorted(keys)) for element, keys in found.items()}


@attrs.frozen
class Clash:
    """An element that a kind may not count into: something else counts it. `by` says what, in words."""

    element: str
    by: str


def counted_elsewhere(schema: KindSchema) -> tuple[Clash, ...]:
    """The elements of a kind that are counted from other records: from files, tip-offs, or the other noun of this room.

    Two counts of one thing would add up twice; such a kind is not put in use. Kinds of one noun may share an element.
    """
    others = counted_by_others(Source.ACTIVITY, schema.elements)
    found = [Clash(element, str(counter.words)) for element, counter in others.items()]
    noun = KindNoun.PLACE if schema.noun is Noun.EVENT else KindNoun.EVENT
    rows = KindVersion.objects.filter(kind__noun=noun, state__in=USED).exclude(kind__code=schema.code)
    for label, rules in rows.values_list("kind__label", "body__counts").order_by("kind__order", "kind_id"):
        there = {rule["element"] for rule in rules or ()}
        found += [Clash(element, label) for element in schema.elements if element in there]
    return tuple(dict.fromkeys(found))


def check_ready(schemas: Iterable[KindSchema]) -> None:
    """Ready kinds that count what other records count, or events and places that count the same, are a bug."""
    by_noun: dict[Noun, set[str]] = defaultdict(set)
    for schema in schemas:
        by_noun[schema.noun].update(schema.elements)
    twice = sorted(by_noun[Noun.EVENT] & by_noun[Noun.PLACE])
    twice += sorted(counted_by_others(Source.ACTIVITY, by_noun[Noun.EVENT] | by_noun[Noun.PLACE]))
    if twice:
        raise ValueError(f"counted twice: {', '.join(twice)}")


# --- what a unit counts


@attrs.frozen
class Kept:
    """What a unit counts: versions of the kinds it keeps, from which day on each element, with how many decimals.

    `stocks` are the elements that say how many there are, not how many came up.
    """

    versions: Mapping[int, KindSchema]
    first: Mapping[str, date]
    places: Mapping[str, int]
    stocks: frozenset[str] = frozenset()

    def rules(self, noun: Noun, *sorts: CountOf) -> dict[int, list[CountRule]]:
        """The rules of some sorts by version."""
        found = {
            pk: [rule for rule in schema.counts if rule.of in sorts and rule.element in self.first]
            for pk, schema in self.versions.items()
            if schema.noun is noun
        }
        return {pk: rules for pk, rules in found.items() if rules}


def kept_by(unit: Unit) -> Kept:
    """What a unit counts. An element that came with a later version of a kind is counted since that was put in use:
    before, people told it."""
    since = dict(KeptSince.objects.filter(unit=unit).values_list("kind", "start"))
    rows = KindVersion.objects.filter(kind__in=since, state__in=USED).order_by("kind_id", "number") if since else ()
    versions: dict[int, KindSchema] = {}
    first: dict[str, date] = {}
    counting: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        schema = versions[row.pk] = kind_from(row.body)
        later = counting.get(row.kind_id) is not None and row.used_at is not None
        used = half_month(timezone.localdate(row.used_at)) if later else date.min
        day = max(half_month(since[row.kind_id]), unit.valid_from or date.min)
        for element in set(schema.elements) - counting[row.kind_id]:
            first[element] = min(first.get(element, date.max), max(day, used))
        counting[row.kind_id] |= set(schema.elements)
    known = Element.objects.filter(code__in=first).values_list("code", "places", "nature") if first else ()
    places = {code: decimals for code, decimals, _nature in known}
    stocks = frozenset(code for code, _decimals, nature in known if nature == Nature.STOCK)
    return Kept(versions, {code: day for code, day in first.items() if code in places}, places, stocks)


def bodies_of(unit: Unit, span: Span) -> Q:
    """Events that count at a unit during a span: its own, and those of commune bodies while they served it."""
    if unit.level == Level.COMMUNE and unit.kind != UnitKind.ADMINISTRATIVE:
        return Q(body=unit) if committee(unit.pk, span.last) is None else Q(pk__in=())
    whole = [unit.pk]
    found = Q(pk__in=())
    if unit.kind == UnitKind.ADMINISTRATIVE:
        nearer = UnitClosure.objects.filter(
            descendant=OuterRef("descendant"), depth__lt=OuterRef("depth"), ancestor__kind=UnitKind.ADMINISTRATIVE
        )
        rows = UnitClosure.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lt=span.end),
            Q(valid_to__isnull=True) | Q(valid_to__gt=span.start),
            ~Exists(nearer),
            ancestor=unit,
            descendant__level=Level.COMMUNE,
        ).exclude(descendant__kind=UnitKind.ADMINISTRATIVE)
        for body, since, begins, ends in rows.values_list(
            "descendant", "descendant__valid_from", "valid_from", "valid_to"
        ):
            begins = None if begins == since else begins
            if (begins is None or begins <= span.start) and (ends is None or ends >= span.end):
                whole.append(body)
            else:
                window = Q(body=body)
                window &= Q(on__gte=begins) if begins else Q()
                window &= Q(on__lt=ends) if ends else Q()
                found |= window
    return Q(body__in=whole) | found


def counting_events(bodies: Q, kept: Kept, versions: Collection[int], span: Span) -> Any:
    """Events that count: in a state that counts, and verified where their kind asks for that."""
    asking = [pk for pk in versions if kept.versions[pk].verified]
    return Event.objects.filter(
        bodies, kind_version__in=list(versions), state__in=COUNTING, on__gte=span.start, on__lt=span.end
    ).exclude(kind_version__in=asking, state=EventState.ENTERED)


def counted(unit: Unit, kept: Kept, spans: Sequence[Span]) -> Numbers:
    """The figures of a unit in pieces, in order: every element from its first day on, zeros too. A few statements,
    however many entries and kinds there are.

    What was written down for a day of the same year before the unit was there counts on its first day.
    """
    if not spans:
        return {}
    whole = Span(spans[0].start, spans[-1].end)
    newborn = whole.start == unit.valid_from
    tally = _Tally(kept, spans, since=date(whole.start.year, 1, 1) if newborn else whole.start)
    bodies = bodies_of(unit, Span(date(whole.start.year, 1, 1), whole.end))
    _events(tally, bodies, whole)
    _reached(tally, unit, bodies, whole)
    spells = _spells(tally, unit, whole)
    _begun(tally, spells)
    _standing(tally, spells)
    return tally.numbers()


@attrs.define
class _Tally:
    """Sums by element, part and piece. `parts` are those an element was told by, to be zero where it was not.

    What was done from `since` on, before the first piece, counts in that one.
    """

    kept: Kept
    spans: Sequence[Span]
    since: date
    found: Tally[tuple[str, str, Span]] = attrs.field(factory=Tally)
    parts: dict[str, set[str]] = attrs.field(factory=lambda: defaultdict(set))

    def __attrs_post_init__(self) -> None:
        for schema in self.kept.versions.values():
            for rule in schema.counts:
                self.parts[rule.element].update(_parts(schema, rule))

    def piece(self, on: date) -> Span | None:
        """The piece in which a day counts."""
        return piece_of(max(on, self.spans[0].start) if on >= self.since else on, self.spans)

    def add(self, version: int, rule: CountRule, span: Span, data: Mapping[str, Any]) -> None:
        """Count one entry by one rule."""
        schema = self.kept.versions[version]
        if not _meant(rule, data):
            return
        amount = Decimal(1)
        if rule.field:
            amount = Decimal(str(data.get(rule.field) or 0))
        scaled = int(amount.scaleb(self.kept.places[rule.element]).to_integral_value(ROUND_HALF_UP))
        self.found[rule.element, "", span] += scaled
        for part in _part(schema, rule, data):
            self.found[rule.element, part, span] += scaled

    def numbers(self) -> Numbers:
        """What was counted, zeros too; parts only where the whole is not zero."""
        told: Numbers = {}
        for element, first in self.kept.first.items():
            for span in self.spans:
                if span.start < first:
                    continue
                total = self.found[element, "", span]
                told[element, "", span] = total
                if total:
                    for part in self.parts[element]:
                        told[element, part, span] = self.found[element, part, span]
        return told


def _parts(schema: KindSchema, rule: CountRule) -> Iterator[str]:
    field = schema.field(rule.split) if rule.split_by else None
    return (f"{rule.split_by}={option.part}" for option in (field.options if field else ()) if option.part)


def _part(schema: KindSchema, rule: CountRule, data: Mapping[str, Any]) -> Iterator[str]:
    field = schema.field(rule.split) if rule.split_by else None
    option = field.option(str(data.get(rule.split, ""))) if field else None
    if option is not None and option.part:
        yield f"{rule.split_by}={option.part}"


def _meant(rule: CountRule, data: Mapping[str, Any]) -> bool:
    """Whether the answers of an entry are those that a rule counts."""
    for when in rule.when:
        said = data.get(when.field)
        given = set(said) if isinstance(said, list) else {said}
        if given.isdisjoint(when.options):
            return False
    return True


def _events(tally: _Tally, bodies: Q, whole: Span) -> None:
    rules = tally.kept.rules(Noun.EVENT, CountOf.ENTRIES, CountOf.FIELD)
    if not rules:
        return
    rows = counting_events(bodies, tally.kept, rules, Span(tally.since, whole.end)).order_by()
    for version, on, data in rows.values_list("kind_version", "on", "data").iterator():
        span = tally.piece(on)
        if span is not None:
            for rule in rules[version]:
                tally.add(version, rule, span, data)


def _reached(tally: _Tally, unit: Unit, bodies: Q, whole: Span) -> None:
    """Places that events were held at, each once in a calendar year: from its first event on.

    An element that is a stock says how many were reached since the year began, one that is a flow how many were new.
    What a unit that ended had reached its heir has reached from its first day on: that goes on, and is not new.
    """
    rules = tally.kept.rules(Noun.EVENT, CountOf.PLACES)
    if not rules:
        return
    year = date(whole.start.year, 1, 1)
    found: list[tuple[date, bool, int, str, int, dict[str, Any]]] = []
    for day, done in ((None, bodies), *_inherited(unit, Span(year, whole.end))):
        events = counting_events(done, tally.kept, rules, Span(year, day or whole.end)).values("pk")
        rows = EventPlace.objects.filter(event__in=events, place__voided_at=None).order_by("event__on", "event_id")
        found += [
            (max(on, day or on), day is not None, *rest)
            for on, *rest in rows.values_list(
                "event__on", "place", "place__kind__code", "event__kind_version", "event__data"
            )
            if day is None or on.year == day.year
        ]
    seen: set[tuple[str, int, int]] = set()
    for on, before, place, kind, version, data in sorted(found, key=lambda row: row[0]):
        for rule in rules[version]:
            key = (rule.element, place, on.year)
            if key in seen or (rule.place_kinds and kind not in rule.place_kinds) or not _meant(rule, data):
                continue
            seen.add(key)
            one = attrs.evolve(rule, field="")
            if rule.element in tally.kept.stocks:
                for span in tally.spans:
                    if span.start.year == on.year and on <= span.last:
                        tally.add(version, one, span, data)
            elif not before and (piece := tally.piece(on)) is not None:
                tally.add(version, one, piece, data)


def _inherited(unit: Unit, span: Span) -> Iterator[tuple[date, Q]]:
    """Days of a span on which a unit became the heir of others, with the events that counted at these."""
    rows = Succession.objects.filter(new=unit, heir=True, on__gt=span.start, on__lt=span.end).exclude(old=unit)
    for row in rows.select_related("old").order_by("on", "pk"):
        before = Span(span.start, row.on)
        yield row.on, bodies_of(row.old, before)
        yield from ((row.on, bodies) for _day, bodies in _inherited(row.old, before))


@attrs.frozen
class _Spell:
    """A state of a place: whether it began while the place lay in the unit, and when it stood there."""

    version: int
    state: str
    former: str
    on: date
    begun: bool
    stood: Span | None
    data: Mapping[str, Any]
    """What the place says of itself, and what the move into the state told."""


def _spells(tally: _Tally, unit: Unit, whole: Span) -> list[_Spell]:
    """The states of all places that ever lay in a unit, until it was reorganised or since."""
    rules = tally.kept.rules(Noun.PLACE, CountOf.BEGUN, CountOf.STANDING)
    if not rules:
        return []
    lying = _windows(unit)
    rows = PlaceSpell.objects.filter(
        Q(place__area=unit) | Q(place__in=PlaceBefore.objects.filter(area=unit).values("place")),
        place__voided_at=None, place__kind_version__in=list(rules), from_on__lt=whole.end,
    ).order_by("place_id", "from_on", "pk")  # fmt: skip
    found: list[_Spell] = []
    before: tuple[int, str] = (0, "")
    for place, version, state, begins, ends, told, closed, data in rows.values_list(
        "place", "place__kind_version", "state", "from_on", "to_on", "data", "place__to_on", "place__data"
    ):
        former = before[1] if before[0] == place else ""
        before = (place, state)
        stop = min(day for day in (ends, closed, whole.end + DAY) if day is not None)
        for window in lying.get(place, (Span(date.min, date.max),)):
            start, end = max(begins, window.start), min(stop, window.end)
            stood = Span(start, end) if start < end else None
            found.append(_Spell(version, state, former, begins, begins in window, stood, {**data, **told}))
    return found


def _windows(unit: Unit) -> dict[int, list[Span]]:
    """When places that a reorganisation moved lay in a unit."""
    moved = PlaceBefore.objects.filter(area=unit).values("place")
    rows = PlaceBefore.objects.filter(Q(place__area=unit) | Q(place__in=moved)).order_by("place_id", "to_on")
    found: dict[int, list[Span]] = {}
    start: dict[int, date] = {}
    now: dict[int, int] = {}
    for place, area, to_on, present in rows.values_list("place", "area", "to_on", "place__area"):
        windows = found.setdefault(place, [])
        if area == unit.pk:
            windows.append(Span(start.get(place, date.min), to_on))
        start[place], now[place] = to_on, present
    for place, area in now.items():
        if area == unit.pk:
            found[place].append(Span(start[place], date.max))
    return found


def _begun(tally: _Tally, spells: Iterable[_Spell]) -> None:
    """Places that came into a state of a rule from another: what goes on in a second such state did not begin."""
    rules = tally.kept.rules(Noun.PLACE, CountOf.BEGUN)
    for each in spells:
        span = tally.piece(each.on) if each.begun else None
        if span is not None:
            for rule in rules.get(each.version, ()):
                if each.state in rule.states and each.former not in rule.states:
                    tally.add(each.version, rule, span, each.data)


def _standing(tally: _Tally, spells: Iterable[_Spell]) -> None:
    """Places in a state of a rule on the last day of a piece."""
    rules = tally.kept.rules(Noun.PLACE, CountOf.STANDING)
    for each in spells:
        for rule in rules.get(each.version, ()):
            if each.state in rule.states and each.stood is not None:
                for span in tally.spans:
                    if span.last in each.stood:
                        tally.add(each.version, rule, span, each.data)


def kept_units() -> dict[int, date | None]:
    """Units that count anything, with the day after their last."""
    return dict(KeptSince.objects.order_by().values_list("unit", "unit__valid_to").distinct())
