"""Figures from what was done and where: numbers of one unit from its events and places, in any period.

Each entry counts by the rules of the version of its kind that it was made by. What is told is cut into halves of
months and weeks (`core.measures.pieces`), so that weeks and the months of both calendars are made of whole pieces. A
unit counts an element from the day on which it first kept a kind that counts into it, until no such kind is in use; in
between a quiet piece is zero.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain
from typing import Any

import attrs
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils import timezone

from pcmt.apps.activities.models import (
    COUNTING,
    Event,
    EventPlace,
    EventState,
    KeptSince,
    Kind,
    KindNoun,
    KindState,
    KindVersion,
    Place,
    PlaceBefore,
    PlaceSpell,
)
from pcmt.apps.facts.counters import counted_by_others
from pcmt.apps.facts.models import Element, Source
from pcmt.apps.units.models import Level, Succession, Unit, UnitClosure, UnitKind, holds_on
from pcmt.apps.units.queries import committee
from pcmt.core.measures import Nature
from pcmt.core.measures.pieces import half_month, next_half_month, piece_of
from pcmt.core.periods import DAY, Span
from pcmt.core.schemas import CountOf, CountRule, KindSchema, Noun, kind_from

Numbers = dict[tuple[str, str, Span], int]
"""Element, breakdown and period to a number as facts keep it: with the decimals of the element."""

USED = (KindState.IN_USE, KindState.ENDED)
"""Versions by which entries were made."""
LYING = (CountOf.PLACES, CountOf.AREA)
"""What events count of what there is. As a stock ("reached this year") it is told where it lies, whoever did it: two
who talked at one school reached one school. As a flow it is told for who did it, like all else."""


def counted_at(body: Unit, on: date) -> Unit:
    """The unit among whose figures counts what a body did on a day.

    A body of commune level (the police of a ward, its women's union) counts in the commune it serves: the commune tells
    one number. Any other unit counts for itself, and the tree adds up. What a body writes down for a day before it was
    there (its forerunners did it) counts where it was on its first day.
    """
    if body.level != Level.COMMUNE or body.kind == UnitKind.ADMINISTRATIVE:
        return body
    return committee(body.pk, max(on, body.valid_from or on)) or body


def reached_in(event: Event) -> set[int]:
    """The communes in which an event reaches something that is told where it lies (`LYING`)."""
    sorts = {rule.get("of") for rule in event.kind_version.body.get("counts") or ()}
    found: set[int] = set()
    if CountOf.PLACES in sorts:
        found.update(EventPlace.objects.filter(event=event).order_by().values_list("place__area", flat=True))
    if CountOf.AREA in sorts:
        over = UnitClosure.objects.filter(
            holds_on(event.on) | Q(ancestor=event.area_id), descendant=event.area_id, ancestor__level=Level.COMMUNE,
            ancestor__kind=UnitKind.ADMINISTRATIVE,
        )  # fmt: skip
        found.update(over.values_list("ancestor", flat=True))
    return found


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
    """What a unit counts: versions of the kinds it keeps, when each element is counted, with how many decimals.

    A time that ends with `date.max` goes on; an element of a kept kind may have none. `stocks` are the elements that
    say how many there are, not how many came up.
    """

    versions: Mapping[int, KindSchema]
    times: Mapping[str, tuple[Span, ...]]
    places: Mapping[str, int]
    stocks: frozenset[str] = frozenset()

    def rules(self, noun: Noun, *sorts: CountOf, stock: bool | None = None) -> dict[int, list[CountRule]]:
        """The rules of some sorts by version; only those into stocks, or only into flows, where asked."""
        found = {
            pk: [
                rule
                for rule in schema.counts
                if rule.of in sorts
                and rule.element in self.times
                and (stock is None or (rule.element in self.stocks) is stock)
            ]
            for pk, schema in self.versions.items()
            if schema.noun is noun
        }
        return {pk: rules for pk, rules in found.items() if rules}


def kept_by(unit: Unit) -> Kept:
    """What a unit counts: each element while a version of a kind that the unit keeps is in use and counts into it.

    A later version begins with the half of a month in which it was put in use: before, people told what it adds. One
    that ended counts until its half is over; what then no version counts is told by people again.
    """
    since = {kind: days for kind, *days in KeptSince.objects.filter(unit=unit).values_list("kind", "start", "reached")}
    rows = KindVersion.objects.filter(kind__in=since, state__in=USED).order_by("kind_id", "number") if since else ()
    found = [(row, kind_from(row.body)) for row in rows]
    named = {element for _row, schema in found for element in schema.elements}
    known = Element.objects.filter(code__in=named).values_list("code", "places", "nature") if named else ()
    places = {code: decimals for code, decimals, _nature in known}
    stocks = frozenset(code for code, _decimals, nature in known if nature == Nature.STOCK)
    times: dict[str, list[Span]] = defaultdict(list)
    kinds: set[int] = set()
    for row, schema in found:
        later = row.kind_id in kinds and row.used_at is not None
        kinds.add(row.kind_id)
        used = half_month(timezone.localdate(row.used_at)) if later else date.min
        end = date.max if row.ended_on is None else next_half_month(row.ended_on)
        start, reached = since[row.kind_id]
        here = {rule.element for rule in schema.counts if rule.of in LYING} & stocks
        for element in set(schema.elements) & set(places):
            times[element] += ()
            begun = [day for day in (start, reached if element in here else None) if day is not None]
            first = max(half_month(min(begun)), unit.valid_from or date.min, used) if begun else end
            if first < end:
                times[element].append(Span(first, end))
    told = {element: _joined(spans) for element, spans in times.items()}
    return Kept({row.pk: schema for row, schema in found}, told, places, stocks)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Times in order, those that meet or overlap as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


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
    """Events of a span that count, among those of `bodies`."""
    return Event.objects.filter(bodies & _counting(kept, versions, span))


def _counting(kept: Kept, versions: Collection[int], span: Span, event: str = "") -> Q:
    """An event of a span that counts: in a state that counts, and verified where its kind asks for that. `event` is
    the way to it."""
    asking = [pk for pk in versions if kept.versions[pk].verified]
    said = {"kind_version__in": list(versions), "state__in": COUNTING, "on__gte": span.start, "on__lt": span.end}
    waits = {"kind_version__in": asking, "state": EventState.ENTERED}
    found = Q(**{event + name: value for name, value in said.items()})
    return found & ~Q(**{event + name: value for name, value in waits.items()}) if asking else found


def counted(unit: Unit, kept: Kept, spans: Sequence[Span]) -> Numbers:
    """The figures of a unit in pieces, in order: every element while it is counted, zeros too. A few statements,
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
    here = _ever_here(unit)
    _reached_here(tally, unit, here, whole)
    _area(tally, unit, whole)
    spells = _spells(tally, unit, here, whole)
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
        for element, times in self.kept.times.items():
            for span in self.spans:
                if not any(each.covers(span) for each in times):
                    continue
                total = self.found[element, "", span]
                told[element, "", span] = total
                if total:
                    for part in self.parts[element]:
                        told[element, part, span] = self.found[element, part, span]
        return told


def _parts(schema: KindSchema, rule: CountRule) -> Iterator[str]:
    field = schema.field(rule.split) if rule.split_by else None
    found = (f"{rule.split_by}={option.part}" for option in (field.options if field else ()) if option.part)
    return chain(found, [rule.part] if rule.part else ())


def _part(schema: KindSchema, rule: CountRule, data: Mapping[str, Any]) -> Iterator[str]:
    field = schema.field(rule.split) if rule.split_by else None
    option = field.option(str(data.get(rule.split, ""))) if field else None
    if option is not None and option.part:
        yield f"{rule.split_by}={option.part}"
    if rule.part:
        yield rule.part


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
    """Places newly reached in a calendar year, told for who held the first event there (a flow).

    What a unit that ended had reached its heir has reached from its first day on: that is not new.
    """
    rules = tally.kept.rules(Noun.EVENT, CountOf.PLACES, stock=False)
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
            if not before and (piece := tally.piece(on)) is not None:
                tally.add(version, attrs.evolve(rule, field=""), piece, data)


def _reached_here(tally: _Tally, unit: Unit, here: Collection[int], whole: Span) -> None:
    """Places that lie in a unit at the end of a piece and were reached in the year so far, whoever did it (a stock).

    A place that is there no more was to be reached no more: it goes, as it goes from those that there are.
    """
    rules = tally.kept.rules(Noun.EVENT, CountOf.PLACES, stock=True)
    if not rules:
        return
    lying = _windows(unit)
    year = Span(date(whole.start.year, 1, 1), whole.end)
    rows = EventPlace.objects.filter(_counting(tally.kept, rules, year, "event__"), place__in=here)
    seen: set[tuple[str, int, int]] = set()
    for on, place, kind, closed, version, data in rows.order_by("event__on", "event_id").values_list(
        "event__on", "place", "place__kind__code", "place__to_on", "event__kind_version", "event__data"
    ):
        for rule in rules[version]:
            key = (rule.element, place, on.year)
            if key in seen or (rule.place_kinds and kind not in rule.place_kinds) or not _meant(rule, data):
                continue
            seen.add(key)
            windows = lying.get(place, (Span(date.min, closed or date.max),))
            for span in tally.spans:
                there = any(span.last in each for each in windows) and (closed is None or span.last < closed)
                if there and span.start.year == on.year and on <= span.last:
                    tally.add(version, attrs.evolve(rule, field=""), span, data)


def _area(tally: _Tally, unit: Unit, whole: Span) -> None:
    """The commune itself: reached in the year so far, by whomever and wherever in it; and one of those there are.

    What one of the units was that became it, it is itself.
    """
    if unit.level != Level.COMMUNE or unit.kind != UnitKind.ADMINISTRATIVE:
        return
    told: dict[tuple[str, int], tuple[date, int, CountRule]] = {}
    year = date(whole.start.year, 1, 1)
    rules = tally.kept.rules(Noun.EVENT, CountOf.AREA, stock=True)
    if rules:
        held = _in(unit)
        for old, ended, _came in _forerunners(unit, Span(year, whole.end)):
            held |= _in(old) & Q(on__lt=ended)
        events = counting_events(held, tally.kept, rules, Span(year, whole.end)).order_by()
        for version, of, on in events.values_list("kind_version", "on__year").annotate(Min("on")):
            for rule in rules[version]:
                before = told.get((rule.element, of))
                if before is None or on < before[0]:
                    told[rule.element, of] = (on, version, rule)
    for (_element, of), (on, version, rule) in told.items():
        for span in tally.spans:
            if span.start.year == of and on <= span.last:
                tally.add(version, rule, span, {})
    one = {rule.element: (pk, rule) for pk, rows in tally.kept.rules(Noun.PLACE, CountOf.AREA).items() for rule in rows}
    for version, rule in one.values():
        for span in tally.spans:
            tally.add(version, rule, span, {})


def _in(unit: Unit) -> Q:
    """Events in a commune, or in a hamlet that was its own on the day."""
    inside = UnitClosure.objects.filter(ancestor=unit).exclude(descendant=unit)
    then = inside.filter(
        Q(valid_from=None) | Q(valid_from__lte=OuterRef("on")),
        Q(valid_to=None) | Q(valid_to__gt=OuterRef("on")),
        descendant=OuterRef("area"),
    )
    # named, so that the database enters by the area: what others did must cost nothing here
    hamlets = set(inside.order_by().values_list("descendant", flat=True))
    return Q(area__in=[unit.pk, *sorted(hamlets)]) & (Q(area=unit) | Q(Exists(then))) if hamlets else Q(area=unit)


def _forerunners(unit: Unit, span: Span) -> Iterator[tuple[Unit, date, date]]:
    """The units of which a unit is the heir in a span, each with the day on which it ended, and that on which what was
    its own came to the unit itself: later, where it had another heir first."""
    rows = Succession.objects.filter(new=unit, heir=True, on__gt=span.start, on__lt=span.end).exclude(old=unit)
    for row in rows.select_related("old").order_by("on", "pk"):
        yield row.old, row.on, row.on
        yield from ((old, ended, row.on) for old, ended, _on in _forerunners(row.old, Span(span.start, row.on)))


def _inherited(unit: Unit, span: Span) -> Iterator[tuple[date, Q]]:
    """Days of a span on which a unit became the heir of others, with the events that counted at these."""
    for old, day, on in _forerunners(unit, span):
        yield on, bodies_of(old, Span(span.start, day))


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


def _spells(tally: _Tally, unit: Unit, here: Collection[int], whole: Span) -> list[_Spell]:
    """The states of all places that ever lay in a unit, until it was reorganised or since."""
    rules = tally.kept.rules(Noun.PLACE, CountOf.BEGUN, CountOf.STANDING)
    if not rules:
        return []
    lying = _windows(unit)
    rows = PlaceSpell.objects.filter(
        place__in=here, place__kind_version__in=list(rules), from_on__lt=whole.end
    ).order_by("place_id", "from_on", "pk")
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


def _ever_here(unit: Unit) -> list[int]:
    """Ids of the places that lie in a unit, or did until it was reorganised. Named in a statement, they have the
    database enter by them: what lies elsewhere, and what was done there, must cost nothing here."""
    rows = Place.objects.filter(area=unit, voided_at=None).order_by("pk").values_list("pk", flat=True)
    moved = PlaceBefore.objects.filter(area=unit, place__voided_at=None).values_list("place", flat=True)
    return [*rows, *sorted(set(moved))]


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
    """Units that count anything, with the first day on which they count no more: they ended, or all kinds they kept are
    given up."""
    rows = KeptSince.objects.order_by().values_list("unit", "unit__valid_to")
    found = {}
    for unit_id, ended, offered, given_up in rows.annotate(
        offered=Count("pk", filter=Q(kind__retired_on=None)), given_up=Max("kind__retired_on")
    ):
        ends = [day for day in (ended, None if offered else next_half_month(given_up)) if day is not None]
        found[unit_id] = min(ends, default=None)
    return found


def kept_days(unit: Unit, kind_id: int, *, reached: bool = False) -> list[tuple[int, date | None]]:
    """The earliest days of what a unit wrote down of a kind, with the year in which that was; of what others wrote that
    they `reached` in it. Of places that were moved here by a reorganisation nothing is known: no day is left out then.
    """
    events = Event.objects.filter(kind=kind_id).exclude(state=EventState.VOIDED)
    told: list[tuple[Any, str]]
    if reached:
        inside = list(UnitClosure.objects.filter(ancestor=unit).order_by().values_list("descendant", flat=True))
        held = EventPlace.objects.filter(place__in=_ever_here(unit)).values("event")
        told = [(events.filter(pk__in=held), "on"), (events.filter(area__in=set(inside)), "on")]
    elif PlaceBefore.objects.filter(Q(area=unit) | Q(place__area=unit), place__kind=kind_id).exists():
        return []
    else:
        places = Place.objects.filter(kind=kind_id, area=unit, voided_at=None)
        told = [(events.filter(bodies_of(unit, Span(date.min, date.max))), "on"), (places, "from_on")]
    return [
        found for rows, day in told for found in rows.order_by().values_list("made_at__year").annotate(first=Min(day))
    ]


def keeping(kind: Kind) -> list[int]:
    """The units that keep a kind."""
    return list(KeptSince.objects.filter(kind=kind).order_by("unit").values_list("unit", flat=True))
