"""Places as they are shown: the list, one place with its life, how a model spread, what came and went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import (
    Event,
    EventFile,
    EventState,
    Kind,
    KindNoun,
    KindState,
    KindVersion,
    Place,
    PlaceBefore,
    PlaceSpell,
)
from pcmt.apps.activities.policies import can_change, shown_to, with_mine
from pcmt.apps.activities.queries.kinds import schema_of
from pcmt.apps.units.models import Unit, UnitClosure, holds_on
from pcmt.core.periods import Span
from pcmt.core.schemas import Flow, KindField, KindSchema, Sensitivity, State, StateSort, Stretch, flows, shown, summed
from pcmt.core.text import fold

PAGE = 50
EVENTS = 20
PICTURES = 12
MOST_BROKEN = 20


def schema_now(place: Place) -> tuple[KindVersion, KindSchema]:
    """By which version a place is written in now: the one in use where it knows the place's state, else its own."""
    used = KindVersion.objects.filter(kind_id=place.kind_id, state=KindState.IN_USE).first()
    if used is not None and used.pk != place.kind_version_id:
        schema = schema_of(used)
        if schema.state(place.state) is not None:
            return used, schema
    return place.kind_version, schema_of(place.kind_version)


def asked_now(schema: KindSchema, place: Place) -> tuple[KindField, ...]:
    """What a correction asks: what a place says of itself, and what its present state asked for."""
    return (*schema.own_fields, *schema.asked_by(place.state))


class PlaceKinds:
    """All kinds of places with all their versions, asked once a page: what states and fields are called.

    A place says its version; what that does not know (a state that came with a later one) the newest that does says.
    """

    def __init__(self) -> None:
        rows = KindVersion.objects.filter(kind__noun=KindNoun.PLACE).exclude(state=KindState.DRAFT)
        self._by_version: dict[int, KindSchema] = {}
        self._by_kind: dict[int, list[KindSchema]] = defaultdict(list)
        self.kinds: dict[int, Kind] = {}
        in_use: dict[int, KindSchema] = {}
        for row in rows.select_related("kind").order_by("kind__order", "kind__label", "kind_id", "-number"):
            schema = schema_of(row)
            self._by_version[row.pk] = schema
            self._by_kind[row.kind_id].append(schema)
            self.kinds[row.kind_id] = row.kind
            if row.state == KindState.IN_USE:
                in_use[row.kind_id] = schema
        self.newest: Mapping[int, KindSchema] = {
            kind_id: in_use.get(kind_id, each[0]) for kind_id, each in self._by_kind.items()
        }

    def schema(self, version_id: int) -> KindSchema:
        """What a version asks."""
        return self._by_version[version_id]

    def state(self, kind_id: int, version_id: int, key: str) -> State:
        """A state by its key, however old."""
        schemas = (self._by_version[version_id], *self._by_kind[kind_id])
        return next((found for each in schemas if (found := each.state(key)) is not None), State(key=key, label=key))

    def states(self, kind_id: int) -> Mapping[str, State]:
        """The states of a kind over all its versions, those of the newest first."""
        found: dict[str, State] = {each.key: each for each in self.newest[kind_id].states}
        for schema in self._by_kind[kind_id]:
            for each in schema.states:
                found.setdefault(each.key, each)
        return found

    def field(self, kind_id: int, version_id: int, key: str) -> KindField | None:
        """A field by its key, however old."""
        schemas = (self._by_version[version_id], *self._by_kind[kind_id])
        return next((found for each in schemas if (found := each.field(key)) is not None), None)


@attrs.frozen(kw_only=True)
class PlaceFilter:
    """Which places to list: of a kind, in a state (of that kind) or a sort of states, in a unit and below, by words."""

    kind_id: int | None = None
    state: str = ""
    sort: StateSort | None = None
    unit_id: int | None = None
    words: str = ""
    standing: str = ""  # "": counted now; "closed"; "voided"
    order: str = ""  # "": by kind and name; "new": changed last


def places(actor: Actor, wanted: PlaceFilter, kinds: PlaceKinds) -> QuerySet[Place]:
    """The places that the actor sees and the filter wants, each with `mine` and `since` (the last move)."""
    since = PlaceSpell.objects.filter(place=OuterRef("pk"), to_on__isnull=True).values("from_on")[:1]
    rows = with_mine(_wanted(actor, wanted, kinds), actor).annotate(since=Subquery(since))
    rows = rows.select_related("kind", "area", "body")
    return (
        rows.order_by("-since", "-pk")
        if wanted.order == "new"
        else rows.order_by("kind__order", "kind_id", "search_key", "pk")
    )


@attrs.frozen
class StateCount:
    """How many places of a kind are in a state."""

    kind: Kind
    state: State
    count: int


def counts(actor: Actor, wanted: PlaceFilter, kinds: PlaceKinds) -> list[StateCount]:
    """The list by kind and state, in the order of kinds and of their states; what has no state of its own is left out.

    The filter by state does not bear on it, so that one sees where else to look.
    """
    rows = _wanted(actor, attrs.evolve(wanted, state="", sort=None), kinds).order_by()
    found = {(kind_id, key): n for kind_id, key, n in rows.values_list("kind_id", "state").annotate(n=Count("pk"))}
    return [
        StateCount(kind, state, found[kind_id, state.key])
        for kind_id, kind in kinds.kinds.items()
        for state in kinds.states(kind_id).values()
        if (kind_id, state.key) in found
    ]


def _wanted(actor: Actor, wanted: PlaceFilter, kinds: PlaceKinds) -> QuerySet[Place]:
    rows = shown_to(Place.objects.all(), actor)
    if wanted.standing == "voided":
        rows = rows.filter(voided_at__isnull=False)
    else:
        rows = rows.filter(voided_at__isnull=True)
        open_now = Q(to_on__isnull=True) | Q(to_on__gt=actor.on)
        rows = rows.exclude(open_now) if wanted.standing == "closed" else rows.filter(open_now)
    if wanted.kind_id is not None:
        rows = rows.filter(kind_id=wanted.kind_id)
        if wanted.state:
            rows = rows.filter(state=wanted.state)
    if wanted.sort is not None:
        rows = rows.filter(of_sort(kinds, wanted.sort))
    if wanted.unit_id is not None:
        rows = rows.filter(area__in=_below(wanted.unit_id, actor.on))
    for word in fold(wanted.words).split():
        rows = rows.filter(search_key__contains=word)
    return rows


def of_sort(kinds: PlaceKinds, sort: StateSort, prefix: str = "") -> Q:
    """The places whose state is of a sort; `prefix` leads to the place's kind, the state stands on the row."""
    found = Q(pk__in=())
    for kind_id in kinds.kinds:
        keys = [key for key, state in kinds.states(kind_id).items() if state.sort is sort]
        if keys:
            found |= Q(**{f"{prefix}kind_id": kind_id, "state__in": keys})
    return found


def _below(unit_id: int, on: date) -> Any:
    return UnitClosure.objects.filter(holds_on(on), ancestor_id=unit_id).values("descendant_id")


def units_with_places(actor: Actor) -> list[tuple[int, str]]:
    """The areas in which the actor sees places, to choose from."""
    here = shown_to(Place.objects.all(), actor).order_by().values("area_id")
    return list(Unit.objects.filter(pk__in=here).in_official_order().values_list("pk", "name"))


def models_to_follow(actor: Actor, kind_id: int, but: int | None = None) -> list[tuple[int, str]]:
    """Places of a kind that another may follow, to choose from."""
    rows = shown_to(Place.objects.filter(kind_id=kind_id, voided_at__isnull=True), actor).exclude(pk=but)
    return [
        (pk, f"{name} – {area}")
        for pk, name, area in rows.order_by("search_key", "pk").values_list("pk", "name", "area__name")[:300]
    ]


@attrs.frozen
class Said:
    """A field with what it holds in words; `inside`: kept from others."""

    label: str
    value: str
    inside: bool


@attrs.frozen
class SpellLine:
    """A stretch of a place's life. `to_on` None: still. `event` only where the reader sees it."""

    state: State
    from_on: date
    to_on: date | None
    said: Sequence[Said]
    words: str
    event: Event | None
    by: str


@attrs.frozen
class PlacePage:
    """A place as its page shows it. `events` are the newest that the reader sees, `event_count` all of them."""

    place: Place
    schema: KindSchema
    state: State
    inside: bool
    may_change: bool
    said: Sequence[Said]
    spells: Sequence[SpellLine]
    before: Sequence[PlaceBefore]
    events: Sequence[Event]
    event_count: int
    pictures: Sequence[EventFile]
    next_states: Sequence[State]
    follows: Place | None
    follower_count: int


def place_page(actor: Actor, place_id: int) -> PlacePage | None:
    """A place with its life; None where the actor sees none. What is inside is there only for who may change it."""
    rows = shown_to(Place.objects.all(), actor)
    place: Place | None = rows.select_related("kind", "kind_version", "area", "body").filter(pk=place_id).first()
    if place is None:
        return None
    kinds = PlaceKinds()
    mine = can_change(actor, place)
    _version, schema = schema_now(place)
    spells = list(place.spells.select_related("made_by").order_by("from_on", "pk"))
    acts = [spell.event_id for spell in spells if spell.event_id]
    acted = {each.pk: each for each in shown_to(Event.objects.filter(pk__in=acts), actor)} if acts else {}
    lines = [
        SpellLine(
            kinds.state(place.kind_id, place.kind_version_id, spell.state), spell.from_on, spell.to_on,
            _said(kinds, place, spell.data, mine), spell.words, acted.get(spell.event_id or 0),
            spell.made_by.full_name if spell.made_by else "",
        )
        for spell in spells
    ]  # fmt: skip
    here = shown_to(Event.objects.filter(at_places__place=place).exclude(state=EventState.VOIDED), actor)
    pictures = EventFile.objects.filter(event__in=here.values("pk"), picture=True, file__isnull=False)
    open_still = place.voided_at is None and place.to_on is None
    follows = shown_to(Place.objects.filter(pk=place.follows_id), actor).first() if place.follows_id else None
    return PlacePage(
        place=place,
        schema=schema,
        state=kinds.state(place.kind_id, place.kind_version_id, place.state),
        inside=kinds.schema(place.kind_version_id).inside or kinds.newest[place.kind_id].inside,
        may_change=mine,
        said=_said(kinds, place, place.data, mine),
        spells=lines,
        before=list(place.before.select_related("area", "body")),
        events=list(here.select_related("kind", "body").order_by("-on", "-pk")[:EVENTS]),
        event_count=here.count(),
        pictures=list(pictures.select_related("event").order_by("-event__on", "-pk")[:PICTURES]),
        next_states=schema.next_states(place.state) if mine and open_still else (),
        follows=follows,
        follower_count=shown_to(Place.objects.filter(follows=place, voided_at__isnull=True), actor).count(),
    )


def _said(kinds: PlaceKinds, place: Place, data: Mapping[str, Any], mine: bool) -> list[Said]:
    found: list[Said] = []
    for key, value in data.items():
        field = kinds.field(place.kind_id, place.kind_version_id, key)
        if field is None or (field.sensitivity is Sensitivity.INSIDE and not mine):
            continue
        words = " ".join(filter(None, (shown(field, value), field.unit_word)))
        found.append(Said(field.label, words, field.sensitivity is Sensitivity.INSIDE))
    return found


def field_words(kinds: PlaceKinds, place: Any, most: int = 2) -> str:
    """What a list says of a place beside its name: the first of its quick fields that hold something."""
    mine = getattr(place, "mine", False)
    quick = [each for each in kinds.schema(place.kind_version_id).own_fields if each.quick]
    told = [
        f"{each.label}: {words}" for each in quick
        if (mine or each.sensitivity is Sensitivity.OPEN) and (words := shown(each, place.data.get(each.key)))
    ]  # fmt: skip
    return " · ".join(told[:most])


@attrs.frozen
class Branch:
    """A place in the tree of a model: how deep, and how many follow it directly."""

    place_id: int
    name: str
    area: str
    since: date
    depth: int
    followers: int
    here: bool


@attrs.frozen
class Spread:
    """How a model spread: its tree from the first one on, and how many began by unit and year."""

    branches: Sequence[Branch]
    years: Sequence[int]
    rows: Sequence[tuple[str, Sequence[int], int]]
    sums: Sequence[int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.sums)


def spread_of(actor: Actor, place: Place) -> Spread | None:
    """How the model that a place belongs to spread, as far as the actor sees; None where nothing follows anything."""
    rows = shown_to(Place.objects.filter(kind_id=place.kind_id, voided_at__isnull=True), actor)
    linked = rows.filter(Q(follows__isnull=False) | Q(followers__isnull=False)).distinct().order_by("from_on", "pk")
    seen = {row["pk"]: row for row in linked.values("pk", "name", "area__name", "from_on", "follows_id")}
    if place.pk not in seen:
        return None
    below: dict[int, list[int]] = defaultdict(list)
    for pk, row in seen.items():
        if row["follows_id"] in seen:
            below[row["follows_id"]].append(pk)
    root, passed = place.pk, {place.pk}
    while (above := seen[root]["follows_id"]) in seen and above not in passed:
        root = above
        passed.add(root)
    branches: list[Branch] = []
    waiting = [(root, 0)]
    while waiting:
        pk, depth = waiting.pop()
        row = seen[pk]
        branches.append(
            Branch(pk, row["name"], row["area__name"], row["from_on"], depth, len(below[pk]), pk == place.pk)
        )
        waiting += [(each, depth + 1) for each in reversed(below[pk])]
    if len(branches) < 2:
        return None
    years = sorted({each.since.year for each in branches})
    by_unit: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in branches:
        by_unit[each.area][each.since.year] += 1
    table = [(unit, [found[year] for year in years], sum(found.values())) for unit, found in by_unit.items()]
    table.sort(key=lambda each: (-each[2], fold(each[0])))
    return Spread(branches, years, table, [sum(each[1][at] for each in table) for at in range(len(years))])


@attrs.frozen
class KindFlow:
    """What came and went of a kind, by unit in official order. `broken` names places to who may see them."""

    kind: Kind
    rows: Sequence[tuple[str, Flow]]
    total: Flow
    broken: Sequence[tuple[int, str]]


def flow_of(actor: Actor, window: Span, *, unit_id: int | None = None, kind_id: int | None = None) -> list[KindFlow]:
    """What stood, came, went and stands of each kind over a window, with the check that it adds up.

    Numbers count also what a kind keeps inside; names of places that break the sum are given to who sees them.
    """
    kinds = PlaceKinds()
    rows = Place.objects.visible_to(actor).filter(voided_at__isnull=True)
    if unit_id is not None:
        rows = rows.filter(area__in=_below(unit_id, actor.on))
    if kind_id is not None:
        rows = rows.filter(kind_id=kind_id)
    found = lives(rows, kinds)
    flowed = {kind: flows(life, window) for kind, life in found.items()}
    ids = {flow.unit for each in flowed.values() for flow in each}
    names = dict(Unit.objects.filter(pk__in=ids).in_official_order().values_list("pk", "name"))
    wrong = [pk for each in flowed.values() for flow in each for pk in flow.broken]
    seen = dict(shown_to(Place.objects.filter(pk__in=wrong), actor).values_list("pk", "name")) if wrong else {}
    answer: list[KindFlow] = []
    for kind_id_, kind in kinds.kinds.items():
        by_unit = {flow.unit: flow for flow in flowed.get(kind_id_, ())}
        lines = [(name, by_unit[pk]) for pk, name in names.items() if pk in by_unit and _moved(by_unit[pk])]
        if not lines:
            continue
        total = summed([flow for _name, flow in lines])
        broken = [(pk, seen[pk]) for pk in total.broken if pk in seen][:MOST_BROKEN]
        answer.append(KindFlow(kind, lines, total, broken))
    return answer


def _moved(flow: Flow) -> bool:
    return bool(flow.before or flow.came or flow.went or flow.end or flow.broken)


def lives(rows: QuerySet[Place], kinds: PlaceKinds) -> Mapping[int, Mapping[int, Sequence[Stretch]]]:
    """The lives of places by kind and id: their states, cut where they went over to another unit and where they end."""
    places = {
        row[0]: row for row in rows.order_by().values_list("pk", "kind_id", "kind_version_id", "area_id", "to_on")
    }
    inner = rows.order_by().values("pk")
    former: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for place_id, to_on, area_id in (
        PlaceBefore.objects.filter(place__in=inner).order_by("to_on", "pk").values_list("place_id", "to_on", "area_id")
    ):
        former[place_id].append((to_on, area_id))
    found: dict[int, dict[int, list[Stretch]]] = defaultdict(lambda: defaultdict(list))
    spells = PlaceSpell.objects.filter(place__in=inner).order_by("place_id", "from_on", "pk")
    for place_id, key, start, end in spells.values_list("place_id", "state", "from_on", "to_on"):
        if place_id not in places:
            continue  # opened between the two statements
        _pk, kind_id, version_id, area_id, closed = places[place_id]
        counted = kinds.state(kind_id, version_id, key).sort is not StateSort.GONE
        if closed is not None and end is None:
            end = closed
        found[kind_id][place_id] += _cut(Stretch(area_id, counted, start, end), former[place_id])
    return found


def _cut(stretch: Stretch, former: Iterable[tuple[date, int]]) -> list[Stretch]:
    """One stretch in the units in which the place lay during it."""
    cut: list[Stretch] = []
    start = stretch.start
    for to_on, area_id in former:
        if start < to_on:
            end = to_on if stretch.end is None else min(stretch.end, to_on)
            cut.append(attrs.evolve(stretch, unit=area_id, start=start, end=end))
            if stretch.end is not None and stretch.end <= to_on:
                return cut
            start = to_on
    return [*cut, attrs.evolve(stretch, start=start)]
