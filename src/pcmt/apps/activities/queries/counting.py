"""Figures from what was done and where: numbers of one unit from its events and places, in any period.

Each entry counts by the rules of the version of its kind that it was made by. What is told is cut into halves of months
and weeks (`core.measures.pieces`), so that weeks and the months of both calendars are made of whole pieces. A unit counts
an element from the day on which it first kept a kind that counts into it; from then on a quiet piece is zero.
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

from pcmt.apps.activities.models import (
    COUNTING,
    Event,
    EventPlace,
    EventState,
    KeptSince,
    KindNoun,
    KindState,
    KindVersion,
    PlaceSpell,
)
from pcmt.apps.facts.counters import counted_by_others
from pcmt.apps.facts.models import Element, Source
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind
from pcmt.apps.units.queries import committee
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
    one number. Any other unit counts for itself, and the tree adds up.
    """
    if body.level != Level.COMMUNE or body.kind == UnitKind.ADMINISTRATIVE:
        return body
    return committee(body.pk, on) or body


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
    """What a unit counts: versions of the kinds it keeps, and from which day on each element."""

    versions: Mapping[int, KindSchema]
    first: Mapping[str, date]
    places: Mapping[str, int]

    def rules(self, noun: Noun, *sorts: CountOf) -> dict[int, list[CountRule]]:
        """The rules of some sorts by version."""
        found = {
            pk: [rule for rule in schema.counts if rule.of in sorts and rule.element in self.first]
            for pk, schema in self.versions.items()
            if schema.noun is noun
        }
        return {pk: rules for pk, rules in found.items() if rules}


def kept_by(unit: Unit) -> Kept:
    """What a unit counts now; of one that ended only what was done, for its places went over to others."""
    since = dict(KeptSince.objects.filter(unit=unit).values_list("kind", "start"))
    rows = KindVersion.objects.filter(kind__in=since, state__in=USED).order_by("pk") if since else ()
    versions: dict[int, KindSchema] = {}
    first: dict[str, date] = {}
    for row in rows:
        schema = kind_from(row.body)
        if schema.noun is Noun.PLACE and unit.valid_to is not None:
            continue
        versions[row.pk] = schema
        day = half_month(since[row.kind_id])
        day = max(day, unit.valid_from) if unit.valid_from else day
        for element in schema.elements:
            first[element] = min(first.get(element, day), day)
    places = dict(Element.objects.filter(code__in=first).values_list("code", "places")) if first else {}
    return Kept(versions, {code: day for code, day in first.items() if code in places}, places)


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
        for body, begins, ends in rows.values_list("descendant", "valid_from", "valid_to"):
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
    however many entries and kinds there are."""
    if not spans:
        return {}
    tally = _Tally(kept, spans)
    whole = Span(spans[0].start, spans[-1].end)
    bodies = bodies_of(unit, Span(date(whole.start.year, 1, 1), whole.end))
    _events(tally, bodies, whole)
    _reached(tally, bodies, whole)
    _begun(tally, unit, whole)
    _standing(tally, unit, whole)
    return tally.numbers()


@attrs.define
class _Tally:
    """Sums by element, part and piece. `split` are the parts an element was told by, to be zero where it was not."""

    kept: Kept
    spans: Sequence[Span]
    found: Tally[tuple[str, str, Span]] = attrs.field(factory=Tally)
    parts: dict[str, set[str]] = attrs.field(factory=lambda: defaultdict(set))

    def __attrs_post_init__(self) -> None:
        for schema in self.kept.versions.values():
            for rule in schema.counts:
                self.parts[rule.element].update(_parts(schema, rule))

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
    rows = counting_events(bodies, tally.kept, rules, whole).order_by()
    for version, on, data in rows.values_list("kind_version", "on", "data").iterator():
        span = piece_of(on, tally.spans)
        if span is not None:
            for rule in rules[version]:
                tally.add(version, rule, span, data)


def _reached(tally: _Tally, bodies: Q, whole: Span) -> None:
    """Places that events were held at, each in the piece of its first event of a calendar year."""
    rules = tally.kept.rules(Noun.EVENT, CountOf.PLACES)
    if not rules:
        return
    year = Span(date(whole.start.year, 1, 1), whole.end)
    events = counting_events(bodies, tally.kept, rules, year).values("pk")
    rows = EventPlace.objects.filter(event__in=events, place__voided_at=None).order_by("event__on", "event_id")
    seen: set[tuple[str, int, int]] = set()
    for place, kind, version, on, data in rows.values_list(
        "place", "place__kind__code", "event__kind_version", "event__on", "event__data"
    ):
        for rule in rules[version]:
            key = (rule.element, place, on.year)
            if key in seen or (rule.place_kinds and kind not in rule.place_kinds) or not _meant(rule, data):
                continue
            seen.add(key)
            span = piece_of(on, tally.spans)
            if span is not None:
                tally.add(version, attrs.evolve(rule, field=""), span, data)


def _begun(tally: _Tally, unit: Unit, whole: Span) -> None:
    """Places that came into a state of a rule from one that is not: what goes on in another such state did not begin."""
    rules = tally.kept.rules(Noun.PLACE, CountOf.BEGUN)
    if not rules:
        return
    rows = PlaceSpell.objects.filter(
        place__area=unit, place__voided_at=None, place__kind_version__in=list(rules), from_on__lt=whole.end
    ).order_by("place_id", "from_on")
    before: tuple[int, str] = (0, "")
    for place, version, state, on, data in rows.values_list("place", "place__kind_version", "state", "from_on", "data"):
        former = before[1] if before[0] == place else ""
        before = (place, state)
        span = piece_of(on, tally.spans)
        if span is not None:
            for rule in rules[version]:
                if state in rule.states and former not in rule.states:
                    tally.add(version, rule, span, data)


def _standing(tally: _Tally, unit: Unit, whole: Span) -> None:
    """Places in a state of a rule on the last day of a piece."""
    rules = tally.kept.rules(Noun.PLACE, CountOf.STANDING)
    if not rules:
        return
    rows = PlaceSpell.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=whole.start),
        place__area=unit, place__voided_at=None, place__kind_version__in=list(rules), from_on__lt=whole.end,
    )  # fmt: skip
    for version, state, begins, ends, closed, data in rows.values_list(
        "place__kind_version", "state", "from_on", "to_on", "place__to_on", "place__data"
    ):
        stop = min(day for day in (ends, closed, whole.end + DAY) if day is not None)
        for span in tally.spans:
            if begins <= span.last < stop:
                for rule in rules[version]:
                    if state in rule.states:
                        tally.add(version, rule, span, data)


def kept_units() -> list[int]:
    """Units that count anything."""
    return list(KeptSince.objects.order_by().values_list("unit", flat=True).distinct())
