"""A year of a province: 300 things due, 40 bodies, holidays, Tết, a machine that stands still, changes on the way.

The world lives on its own, day by day: it knows nothing of how calls are decided, only what was told when. Afterwards
its diary is read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from random import Random

import attrs
import pytest

from pcmt.core.periods import DAY, Awaited, Call, CallKind, Rhythm, Span, WorkCalendar, call_on, reach_on, shares
from pcmt.reference import work_calendar

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))
RHYTHM = Rhythm()
MOST = 8
OFFICE = (1, 2)
BODIES = 40
ITEMS = 300


@attrs.define
class Thing:
    """A due item and its diary."""

    pk: int
    body: int
    due_on: date
    requested: bool
    ends_on: date | None
    """The day on which it is done; None: never."""
    entries: list[date] = attrs.Factory(list)
    handed: list[date] = attrs.Factory(list)
    extended: tuple[date, date] | None = None
    paused: Span | None = None
    called: dict[date, dict[Call, date]] = attrs.Factory(lambda: defaultdict(dict))

    def is_open(self, on: date) -> bool:
        return not (self.ends_on and on >= self.ends_on) and not (self.paused and on in self.paused)


def things(random: Random) -> list[Thing]:
    found = []
    for pk in range(ITEMS):
        # A third on the usual days of reports, so that many are due together.
        month = random.randint(1, 12)
        day = 14 if random.random() < 0.3 else random.randint(1, 28)
        due = date(2026, month, day)
        habit = random.random()
        ends = None if habit < 0.12 else due + random.randint(-30, 0 if habit < 0.7 else 45) * DAY
        thing = Thing(pk, random.randrange(BODIES), due, random.random() < 0.08, ends)
        if random.random() < 0.15:
            asked = due - random.randint(1, 6) * DAY
            thing.extended = (asked, due + random.randint(5, 40) * DAY)
        if random.random() < 0.1:
            start = due + random.randint(-10, 10) * DAY
            thing.paused = Span(start, start + random.randint(3, 30) * DAY)
            thing.handed.append(thing.paused.end)
        if random.random() < 0.5:
            thing.entries = [due + random.randint(-20, 40) * DAY for _ in range(random.randint(1, 3))]
        found.append(thing)
    return found


@attrs.define
class Diary:
    """What was told: (day, person, thing, limit, call) for each notice, and the people who got one that sums up."""

    notices: list[tuple[date, int, int, date, Call]] = attrs.Factory(list)
    summed: list[tuple[date, int, int]] = attrs.Factory(list)
    calls: list[tuple[date, int, date, Call]] = attrs.Factory(list)


def people_of(body: int) -> list[int]:
    """Two officers; the head comes third."""
    return [100 + body * 10, 101 + body * 10]


def play(world: list[Thing], away: set[date], calendar: WorkCalendar) -> Diary:
    diary = Diary()
    merged_on = date(2026, 7, 1)
    for on in (YEAR.start + n * DAY for n in range(YEAR.days)):
        for thing in world:
            if thing.extended and thing.extended[0] == on and thing.is_open(on):
                thing.due_on = thing.extended[1]
                thing.handed.append(on)
            if on == merged_on and thing.body >= BODIES - 5 and thing.is_open(on):
                thing.body -= 20
                thing.handed.append(on)
        if on in away:
            continue
        for _twice in range(2):
            run(world, on, calendar, diary)
    return diary


def run(world: list[Thing], on: date, calendar: WorkCalendar, diary: Diary) -> None:
    reach = reach_on(on, RHYTHM, calendar)
    told: list[tuple[Thing, Call, list[int]]] = []
    for thing in world:
        if not thing.is_open(on) or thing.due_on > reach:
            continue
        # The run is early in the morning; what puts a thing into other hands was on paper before.
        handed = [day for day in thing.handed if day <= on]
        entries = [*handed, *(day for day in thing.entries if day < on)]
        awaited = Awaited(
            due_on=thing.due_on,
            requested=thing.requested,
            given_on=max(handed, default=None),
            heard_on=max(entries, default=None),
            called=thing.called[thing.due_on],
        )
        call = call_on(awaited, on, RHYTHM, calendar)
        if call is not None:
            own = people_of(thing.body)
            head, chair = own[0] + 2, 3
            people = {CallKind.SOON: own, CallKind.OVERDUE: [*own, head, *OFFICE], CallKind.ESCALATED: [chair, *OFFICE]}
            told.append((thing, call, people[call.kind]))
    had = Counter(who for day, who, _thing, _limit, _call in diary.notices if day == on)
    told.sort(key=lambda each: (each[1].kind is CallKind.SOON, each[0].due_on, each[0].pk))
    single, beyond = shares([(thing.pk, people) for thing, _call, people in told], MOST, had)
    for thing, call, _people in told:
        thing.called[thing.due_on][call] = on
        diary.calls.append((on, thing.pk, thing.due_on, call))
        diary.notices += [(on, who, thing.pk, thing.due_on, call) for who in single[thing.pk]]
    diary.summed += [(on, who, number) for who, number in beyond.items()]


@pytest.fixture(scope="module", params=[2026, 42])
def played(request: pytest.FixtureRequest) -> tuple[list[Thing], Diary, set[date]]:
    random = Random(request.param)
    world = things(random)
    away = {YEAR.start + random.randrange(YEAR.days) * DAY for _ in range(25)}
    away |= {date(2026, 9, 7) + n * DAY for n in range(10)}
    return world, play(world, away, work_calendar()), away


def test_nobody_is_told_the_same_twice(played: tuple[list[Thing], Diary, set[date]]) -> None:
    _world, diary, _away = played
    assert len(diary.notices) > 1500
    # The notice's key in the database: one person, one thing, one limit, one call.
    keys = Counter((who, thing, limit, call) for _on, who, thing, limit, call in diary.notices)
    assert keys.most_common(1)[0][1] == 1
    assert Counter((on, thing) for on, thing, _limit, _call in diary.calls).most_common(1)[0][1] == 1


def test_the_day_of_a_person_is_bounded(played: tuple[list[Thing], Diary, set[date]]) -> None:
    _world, diary, _away = played
    days = Counter((on, who) for on, who, _thing, _limit, _call in diary.notices)
    assert max(days.values()) == MOST
    assert diary.summed
    assert all(days[on, who] == MOST for on, who, _number in diary.summed), "summed up, though there was room"
    assert max(Counter((on, who) for on, who, _number in diary.summed).values(), default=0) <= 1
    officers = [number for (_on, who), number in days.items() if who >= 100]
    assert sum(officers) / len(officers) < 3
    # Nothing is lost: whoever was not told by a notice of its own was told by the sum.
    told = Counter((on, thing) for on, _who, thing, _limit, _call in diary.notices)
    for on, thing, _limit, _call in diary.calls:
        assert told[on, thing] or any(day == on for day, _who, _number in diary.summed)


def test_what_is_in_time_is_never_called_overdue(played: tuple[list[Thing], Diary, set[date]]) -> None:
    world, diary, _away = played
    for on, pk, limit, call in diary.calls:
        thing = world[pk]
        assert thing.is_open(on)
        assert (on <= limit) == (call.kind is CallKind.SOON)
        assert not thing.requested or call.kind is CallKind.SOON


def test_everything_overdue_and_unanswered_goes_up_exactly_once(played: tuple[list[Thing], Diary, set[date]]) -> None:
    world, diary, away = played
    calendar = work_calendar()
    gone_up: dict[tuple[int, date], list[date]] = defaultdict(list)
    overdue: dict[tuple[int, date], list[date]] = defaultdict(list)
    for on, pk, limit, call in diary.calls:
        if call.kind is CallKind.ESCALATED:
            gone_up[pk, limit].append(on)
        elif call.kind is CallKind.OVERDUE:
            overdue[pk, limit].append(on)
    reasons = 0
    for (pk, limit), calls in overdue.items():
        thing = world[pk]
        expected = []
        for told in calls:
            up_on = calendar.add(told, RHYTHM.escalate)
            while up_on in away:
                up_on = calendar.add(up_on, 1)
            answered = any(told <= day < up_on for day in thing.entries)
            handed = any(told <= day <= up_on for day in thing.handed)
            if not answered and not handed and up_on in YEAR and thing.is_open(up_on):
                expected.append(up_on)
        assert gone_up.pop((pk, limit), []) == expected[:1], (thing, limit, calls)
        reasons += bool(expected)
    assert not gone_up, "told above without a notice before"
    assert reasons > 20
