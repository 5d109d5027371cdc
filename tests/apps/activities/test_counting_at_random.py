"""Random entries, corrections, voids, verifications and moves, counted as they come, and once more from nothing.

What is compared is what stands in the figures, so that no pending mark, no forgotten day and no place that went over
can hide: whoever writes marks too little is found out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import attrs
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.activities.models import COUNTING, Event, EventPlace, EventState, KeptSince, Place
from pcmt.apps.activities.operations import events, places
from pcmt.apps.activities.operations.counting import mark, mark_all, recount
from pcmt.apps.activities.queries.counting import counted_at
from pcmt.apps.facts.models import Fact, Source
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from tests.apps.units.reorganising import SOON, merger, planned, police_merger
from tests.factories.activities import BROADCAST, HOT_SPOT, RAID, SCHOOL, SCHOOL_SESSION, kind, place
from tests.factories.world import World

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEGIN = date(2026, 3, 2)
PEOPLE = attrs.evolve(SCHOOL_SESSION, pictures=0)
BODIES = ("dong_hoa", "dong_hoa_police", "tay_hoa_police", "tay_hoa")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


def stands() -> Counter[tuple[Any, ...]]:
    """What is told of each unit, element and piece; no row says nothing more than a row with zero does."""
    rows = Fact.objects.counting().filter(recording__source=Source.ACTIVITY)
    found: Counter[tuple[Any, ...]] = Counter()
    for unit, element, part, start, value in rows.values_list(
        "unit__name", "element__code", "breakdown", "start", "value"
    ):
        if value:
            found[unit, element, part, start] += value
    return found


ACTS = ("write", "write", "write", "correct", "void", "restore", "verify", "return", "open", "move", "undo", "shift",
        "close", "drop")  # fmt: skip
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 11), st.integers(0, 200), st.integers(0, 40), st.booleans())


@attrs.define
class Run:
    """One story: what was done, on days that go on."""

    land: World
    schools: Sequence[Place]
    today: date = BEGIN
    done: Counter[str] = attrs.field(factory=Counter)

    def act(self, what: str, which: int, back: int, on: int, counting: bool) -> None:
        """One act, dated back from today; the job comes now and then, and every night."""
        at, day = noon(self.today), max(self.today - timedelta(days=back), date(2026, 1, 1))
        with transaction.atomic():
            try:
                found = getattr(self, what)(which, day, at)
            except PermissionDenied:
                found = None
        if found is not None:
            self.done[what] += type(found).__name__ in ("Event", "Place")
        if counting:
            recount(at=at)
        if on > 25:
            self.sleep(on - 25)

    def sleep(self, days: int) -> None:
        """Days go by; at the end of them the night's job comes."""
        self.today += timedelta(days=days)
        carry_out_reorganisations(at=noon(self.today))
        mark_all(at=noon(self.today))

    def write(self, which: int, day: date, at: datetime) -> Any:
        schema = (BROADCAST, PEOPLE, RAID)[which % 3]
        body = body_now(self.land[BODIES[which % 4]], self.today)
        area = counted_at(body, self.today)
        return events.record_event(
            actor=self.officer(body), at=at, key=uuid4(), kind=schema.code, body_id=body.pk, area_id=area.pk, on=day,
            typed=typed(schema.code, which), again=True,
            place_ids=self.at(which, schema),
        )  # fmt: skip

    def correct(self, which: int, day: date, at: datetime) -> Any:
        event = self.event(which)
        if event is None:
            return None
        schema = PEOPLE if event.kind.code == PEOPLE.code else BROADCAST
        said = events.Said(event.area_id, day, place_ids=tuple(self.at(which + 1, schema)))
        return events.correct_event(
            actor=self.officer(event.body), at=at, event_id=event.pk, version=event.version, said=said,
            typed=typed(event.kind.code, which + 1), words="ghi nhầm",
        )  # fmt: skip

    def void(self, which: int, _day: date, at: datetime) -> Any:
        return self.turn(events.void_event, which, at, words="ghi nhầm")

    def restore(self, which: int, _day: date, at: datetime) -> Any:
        return self.turn(events.restore_event, which, at, state=EventState.VOIDED)

    def verify(self, which: int, _day: date, at: datetime) -> Any:
        return self.turn(events.verify_event, which, at, state=EventState.WAITING, actor=self.office)

    def turn(self, operation: Any, which: int, at: datetime, *, state: str = "", actor: Any = None, **more: Any) -> Any:
        event = self.event(which, state)
        return event and operation(
            actor=actor or self.officer(event.body), at=at, event_id=event.pk, version=event.version, **more
        )

    def open(self, which: int, day: date, at: datetime) -> Any:
        area = body_now(self.land[("dong_hoa", "tay_hoa")[which % 2]], self.today)
        return places.open_place(
            actor=self.office, at=at, key=uuid4(), kind="hot_spot", area_id=area.pk, name=f"Điểm {which}",
            state="open", on=day, typed={}, again=True,
        )  # fmt: skip

    def move(self, which: int, day: date, at: datetime) -> Any:
        spot = self.spot(which)
        after = {"open": ("watched", "cleared"), "watched": ("cleared", "reopened"), "cleared": ("reopened",) * 2,
                 "reopened": ("cleared", "watched")}  # fmt: skip
        return spot and places.move_place(
            actor=self.office, at=at, place_id=spot.pk, version=spot.version, state=after[spot.state][which % 2],
            on=max(day, spot.spells.latest("from_on", "pk").from_on), typed={},
        )  # fmt: skip

    def shift(self, which: int, day: date, at: datetime) -> Any:
        """Put right in which commune a place lies, and since when it is known."""
        spot = self.spot(which)
        other = body_now(self.land[("dong_hoa", "tay_hoa")[which % 2]], self.today)
        return spot and places.correct_place(
            actor=self.office, at=at, place_id=spot.pk, version=spot.version, name=spot.name, area_id=other.pk,
            on=min(day, spot.from_on), typed={},
        )  # fmt: skip

    def undo(self, which: int, _day: date, at: datetime) -> Any:
        spot = self.spot(which, closed=True)
        return spot and places.undo_move(actor=self.office, at=at, place_id=spot.pk, version=spot.version)

    def close(self, which: int, day: date, at: datetime) -> Any:
        spot = self.spot(which)
        return spot and places.close_place(
            actor=self.office, at=at, place_id=spot.pk, version=spot.version, on=day, words="thôi"
        )

    def drop(self, which: int, _day: date, at: datetime) -> Any:
        spot = self.spot(which) if which > 8 else None
        return spot and places.void_place(
            actor=self.office, at=at, place_id=spot.pk, version=spot.version, words="nhầm"
        )

    @property
    def office(self) -> Any:
        return self.land.actor("police", "standing_office", "lan", on=self.today)

    def event(self, which: int, state: str = "") -> Event | None:
        rows = list(Event.objects.filter(state=state) if state else Event.objects.exclude(state="voided"))
        return rows[which % len(rows)] if rows else None

    def spot(self, which: int, *, closed: bool = False) -> Place | None:
        rows = Place.objects.filter(kind__code="hot_spot", voided_at=None).order_by("pk")
        found = list(rows if closed else rows.filter(to_on=None))
        return found[which % len(found)] if found else None

    def at(self, which: int, schema: Any) -> list[int]:
        return [self.schools[which % len(self.schools)].pk] if schema is PEOPLE else []

    def officer(self, body: Unit) -> Any:
        """Who writes for a body; when it was reorganised, for its heir."""
        row = body_now(body, self.today)
        key = next((key for key, unit in self.land.units.items() if unit.pk == row.pk), f"heir{row.pk}")
        self.land.units.setdefault(key, row)
        return self.land.actor(key, on=self.today)


setattr(Run, "return", lambda self, which, _day, at: self.turn(
    events.return_event, which, at, state=EventState.WAITING, actor=self.office, words="xem lại"
))  # fmt: skip


def typed(code: str, number: int) -> dict[str, str]:
    """What a kind asks."""
    return {{"broadcast": "minutes", "school_session": "people", "raid": "cases"}[code]: str(number)}


def body_now(unit: Unit, on: date) -> Unit:
    """The unit, or who took over from it."""
    step = unit.successions_down.filter(on__lte=on, heir=True).first()
    return Unit.objects.get(pk=step.new_id) if step else unit


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    for schema in (BROADCAST, PEOPLE, RAID, HOT_SPOT, SCHOOL):
        kind(schema)
    for key in ("dong_hoa", "dong_hoa", "tay_hoa"):
        place(land[key], SCHOOL, since=date(2020, 1, 1))
    return land


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=8, max_size=30), st.booleans())
def test_whatever_is_done_the_figures_are_those_counted_from_nothing(here: World, steps: Any, merging: bool) -> None:
    with transaction.atomic():
        story(here, steps, merging)
        transaction.set_rollback(True)


def story(land: World, steps: Any, merging: bool) -> Run:
    """Do it all, and compare."""
    run = Run(attrs.evolve(land, units=dict(land.units)), list(Place.objects.filter(kind__code="school")))
    if merging:
        planned(land, merger(land), police_merger(land))
        run.sleep((SOON - timedelta(days=4) - BEGIN).days)
    for step in steps:
        run.act(*step)
    at = noon(run.today)
    recount(at=at)
    as_they_came = stands()
    mark(KeptSince.objects.values_list("unit_id", flat=True), date(2026, 1, 1), at)
    recount(at=at)
    assert stands() == as_they_came
    slowly(run)
    return run


def slowly(run: Run) -> None:
    """Sums of the year by looking at each entry, at the unit that counts it."""
    wanted: Counter[tuple[str, str]] = Counter()
    reached = set()
    for event in Event.objects.filter(state__in=COUNTING).select_related("body", "kind").order_by("on", "pk"):
        unit = counted_at(event.body, event.on)
        since = KeptSince.objects.get(unit=unit, kind=event.kind_id).start
        if event.on < since.replace(day=1 if since.day < 15 else 15) and unit.valid_from is None:
            continue
        wanted[unit.name, "broadcasts"] += event.kind.code == "broadcast"
        wanted[unit.name, "cases_detected"] += int(event.data.get("cases", 0))
        wanted[unit.name, "outreach_people"] += int(event.data.get("people", 0))
        for each in EventPlace.objects.filter(event=event):
            reached.add((body_now(unit, run.today).name, each.place_id))
    told: Counter[tuple[str, str]] = Counter()
    last: dict[str, tuple[date, int]] = {}
    for (name, element, part, start), value in stands().items():
        if element in ("broadcasts", "cases_detected", "outreach_people") and not part:
            told[name, element] += value
        elif element == "schools_reached":
            last[name] = max(last.get(name, (date.min, 0)), (start, value))
    assert +told == +wanted
    here = Counter(name for name, _place in reached)
    for name, number in here.items():
        assert last.get(name, (None, 0))[1] == number, name
