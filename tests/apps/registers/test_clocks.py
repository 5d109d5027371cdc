"""Clocks of people looked after: opened by law, recurring, missed, paused, moved, and what time alone does to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.notices.models import Notice
from pcmt.apps.registers import windows
from pcmt.apps.registers.models import Clock, ClockKind, Pause, Spell, SpellState, Subject, TestPlan
from pcmt.apps.registers.operations import clocks, sweeping
from pcmt.core.law import Category
from tests.factories.registers import paper, spell, subject
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 7, 10, 16, 30, tzinfo=UTC)
"""Half past eleven at night in Việt Nam."""


def at(day: date, hour: int = 3) -> datetime:
    """A moment of a day, in the morning in Việt Nam."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def plan(land: World, unit: str = "an_binh", *, category: Category = Category.ILLEGAL_USER, **more: object) -> TestPlan:
    told = {"months": 1, "early_days": 3, "late_days": 3, "valid_from": date(2025, 1, 1), **more}
    return TestPlan.objects.create(unit=land[unit], category=category, basis="Kế hoạch 01", made_at=NOW, **told)


def managed(land: World, on: date = date(2026, 7, 1), **more: object) -> Spell:
    found = spell(subject(land["dong_hoa"], since=on), on=on, **more)
    clocks.lay_recurring(found, at=at(on))
    return found


def open_of(found: Subject, kind: ClockKind) -> list[tuple[date, date]]:
    rows = Clock.objects.filter(subject=found, kind=kind).running()
    return list(rows.values_list("opens_on", "due_on"))


def outcomes(found: Subject, kind: ClockKind) -> list[tuple[date, str]]:
    return list(Clock.objects.filter(subject=found, kind=kind).values_list("due_on", "outcome"))


@pytest.mark.parametrize(
    ("limit", "happened", "remote", "due"),
    [
        # 24 hours go over midnight and a weekend to the minute.
        ("positive_new_decision", FRIDAY, False, FRIDAY + timedelta(hours=24)),
        ("verify_residence", FRIDAY, True, FRIDAY + timedelta(hours=48)),
        # Working days leave out the weekend.
        ("open_dossier", datetime(2026, 7, 10, 3, tzinfo=UTC), False, date(2026, 7, 13)),
    ],
)  # fmt: skip
def test_limits_of_the_law(land: World, limit: str, happened: datetime, remote: bool, due: date) -> None:
    person = subject(land["dong_hoa"])
    clock = clocks.open_limit(person, None, limit, happened, remote=remote)
    assert clock is not None
    assert clocks.open_limit(person, None, limit, happened, remote=remote) == clock
    if isinstance(due, datetime):
        assert clock.due_at == due
        assert clock.due_on == (due + timedelta(hours=7)).date()
    else:
        assert (clock.due_at, clock.due_on) == (None, due)
    assert clock.unit == land["dong_hoa"]


def test_a_working_day_before_tet_ends_after_it(land: World) -> None:
    person = subject(land["dong_hoa"])
    clock = clocks.open_limit(person, None, "open_dossier", at(date(2027, 2, 4)))
    assert clock is not None
    assert clock.due_on >= date(2027, 2, 11)
    assert clock.due_on.weekday() < 5


def test_what_no_law_of_the_day_knows_opens_nothing(land: World) -> None:
    assert clocks.open_limit(subject(land["dong_hoa"]), None, "no_such_limit", NOW) is None


def test_late_stays_late(land: World) -> None:
    person = subject(land["dong_hoa"])
    clock = clocks.open_limit(person, None, "positive_new_decision", at(date(2026, 7, 10)))
    assert clock is not None
    due = clock.due_at
    assert clocks.settle(person, "positive_new_decision", at(date(2026, 7, 14))) == 1
    clock.refresh_from_db()
    assert (clock.due_at, clock.done_on, clock.outcome) == (due, date(2026, 7, 14), "done")
    assert clocks.settle(person, "positive_new_decision", at(date(2026, 7, 15))) == 0


def test_windows_do_not_drift_at_the_end_of_months() -> None:
    anchor = date(2028, 1, 31)  # 2028 has a 29 February
    days, after = [], anchor
    for _each in range(4):
        window = windows.checked(anchor, 1, after)
        days.append((window.opens_on, window.due_on))
        after = window.due_on
    assert days == [
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2028, 3, 1), date(2028, 3, 31)),
        (date(2028, 4, 1), date(2028, 4, 30)),
        (date(2028, 5, 1), date(2028, 5, 31)),
    ]
    assert windows.checked(date(2028, 2, 29), 12, date(2028, 3, 1)).due_on == date(2029, 2, 28)
    assert windows.checked(date(2028, 2, 29), 12, date(2031, 3, 1)).due_on == date(2032, 2, 29)
    window = windows.tested(anchor, 1, 3, 3, date(2028, 2, 28))
    assert (window.opens_on, window.due_on) == (date(2028, 2, 26), date(2028, 3, 3))


def test_one_window_at_a_time_and_the_next_when_it_is_done(land: World) -> None:
    plan(land)
    person = managed(land).subject
    assert open_of(person, ClockKind.TEST) == [(date(2026, 7, 29), date(2026, 8, 4))]
    assert open_of(person, ClockKind.RESIDENCE) == [(date(2026, 7, 1), date(2026, 8, 1))]
    early = clocks.meet(person, ClockKind.TEST, date(2026, 7, 20), at=at(date(2026, 7, 20)))
    assert (early.clock, early.early) == (None, True)
    met = clocks.meet(person, ClockKind.TEST, date(2026, 7, 29), at=at(date(2026, 7, 29)))
    assert met.clock is not None
    assert (met.clock.outcome, met.early) == ("done", False)
    assert open_of(person, ClockKind.TEST) == [(date(2026, 8, 29), date(2026, 9, 4))]
    again = clocks.meet(person, ClockKind.TEST, date(2026, 7, 30), at=at(date(2026, 7, 30)))
    assert (again.clock, again.early) == (None, False)  # twice in one window is neither early nor a second window
    assert Clock.objects.filter(subject=person).running().count() == 2


def test_the_cost_of_an_event_does_not_grow(land: World) -> None:
    plan(land)
    person = managed(land).subject
    counts = []
    for month in (8, 9, 10, 11):
        with CaptureQueriesContext(connection) as seen:
            clocks.meet(person, ClockKind.TEST, date(2026, month, 1), at=at(date(2026, month, 1)))
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts


def test_windows_that_passed_are_missed_and_late_for_ever(land: World) -> None:
    plan(land)
    person = managed(land).subject
    swept = sweeping.sweep(at=at(date(2026, 9, 20)))
    assert swept.missed == 4  # two tests, two checks
    assert outcomes(person, ClockKind.TEST) == [
        (date(2026, 8, 4), "missed"), (date(2026, 9, 4), "missed"), (date(2026, 10, 4), ""),
    ]  # fmt: skip
    again = sweeping.sweep(at=at(date(2026, 9, 20)))
    assert (again.missed, again.laid, again.overdue) == (0, 0, 0)
    # Written late, but done in time: the device had no line that day.
    met = clocks.meet(person, ClockKind.TEST, date(2026, 9, 2), at=at(date(2026, 9, 21)))
    assert met.clock is not None
    assert (met.clock.due_on, met.clock.outcome, met.clock.done_on) == (date(2026, 9, 4), "done", date(2026, 9, 2))
    # After the window it was missed, whatever is done now.
    assert clocks.meet(person, ClockKind.TEST, date(2026, 8, 10), at=at(date(2026, 9, 21))).clock is None
    assert outcomes(person, ClockKind.TEST)[0] == (date(2026, 8, 4), "missed")


def test_a_window_that_nobody_swept_yet_is_missed_when_something_is_done_later(land: World) -> None:
    plan(land)
    person = managed(land).subject
    met = clocks.meet(person, ClockKind.TEST, date(2026, 9, 1), at=at(date(2026, 9, 1)))
    assert met.clock is not None
    assert met.clock.due_on == date(2026, 9, 4)
    assert outcomes(person, ClockKind.TEST)[0] == (date(2026, 8, 4), "missed")


def test_a_pause_suspends_windows_and_the_month_begins_again_after_it(land: World) -> None:
    plan(land)
    found = managed(land, until=date(2027, 6, 30))
    person = found.subject
    Pause.objects.create(
        spell=found, kind="detention", from_on=date(2026, 7, 10), to_on=date(2026, 9, 15), ground="user.detained",
        made_at=NOW,
    )  # fmt: skip
    found.state = SpellState.SUSPENDED
    found.save()
    clocks.drop_recurring(found, at=at(date(2026, 7, 10)))
    assert [why for _day, why in outcomes(person, ClockKind.TEST)] == ["suspended"]
    assert sweeping.sweep(at=at(date(2026, 9, 14))).missed == 0
    inside = clocks.meet(person, ClockKind.TEST, date(2026, 8, 1), at=at(date(2026, 8, 1)))
    assert inside.clock is not None
    assert (inside.clock.outcome, inside.early) == ("suspended", False)
    found.state = SpellState.ACTIVE
    found.save()
    clocks.lay_recurring(found, at=at(date(2026, 9, 15)))
    assert open_of(person, ClockKind.RESIDENCE) == [(date(2026, 9, 15), date(2026, 10, 15))]
    assert open_of(person, ClockKind.TEST) == [(date(2026, 9, 28), date(2026, 10, 4))]
    assert open_of(person, ClockKind.END) == [(date(2027, 5, 31), date(2027, 6, 30))]


def test_an_end_closes_what_recurs_and_another_status_takes_the_check_over(land: World) -> None:
    plan(land)
    first = managed(land, until=date(2027, 6, 30))
    person = first.subject
    day = date(2026, 7, 20)
    first.state, first.ended_on, first.end_ground, first.end_paper = (
        SpellState.ENDED, day, "user.found_addicted", paper(person, on=day),
    )  # fmt: skip
    first.save()
    again = spell(person, on=day)
    clocks.drop_recurring(first, at=at(day))
    assert open_of(person, ClockKind.RESIDENCE) == [(day, date(2026, 8, 20))]
    assert {row.spell_id for row in Clock.objects.filter(subject=person).running()} == {again.pk}
    assert outcomes(person, ClockKind.END) == [(date(2027, 6, 30), "done")]


def test_clocks_move_with_the_file_and_follow_the_plan_there(land: World) -> None:
    plan(land)
    found = managed(land)
    person = found.subject
    step = clocks.open_limit(person, found, "positive_new_decision", at(date(2026, 7, 4)))
    there = plan(land, "tay_hoa", months=3)
    person.unit = land["tay_hoa"]
    person.save()
    clocks.move(person, at=at(date(2026, 7, 5)))
    assert step is not None
    step.refresh_from_db()
    assert step.unit == land["tay_hoa"]
    assert open_of(person, ClockKind.TEST) == [(date(2026, 9, 28), date(2026, 10, 4))]
    test = Clock.objects.filter(subject=person, kind=ClockKind.TEST).running().get()
    assert (test.limit, test.unit) == (clocks.limit_of(there), land["tay_hoa"])
    assert open_of(person, ClockKind.RESIDENCE) == [(date(2026, 7, 1), date(2026, 8, 1))]


def test_a_nearer_plan_takes_over_midway_but_not_a_window_that_is_open(land: World) -> None:
    plan(land)
    waiting, open_ = managed(land), managed(land)
    clocks.meet(open_.subject, ClockKind.TEST, date(2026, 7, 29), at=at(date(2026, 7, 29)))
    nearer = plan(land, "dong_hoa", months=2, valid_from=date(2026, 7, 30))
    assert sweeping.sweep(at=at(date(2026, 7, 30))).followed == 1
    assert open_of(waiting.subject, ClockKind.TEST) == [(date(2026, 7, 29), date(2026, 8, 4))]
    assert open_of(open_.subject, ClockKind.TEST) == [(date(2026, 8, 29), date(2026, 9, 4))]
    assert Clock.objects.filter(subject=open_.subject).running().filter(limit=clocks.limit_of(nearer)).exists()
    sweeping.sweep(at=at(date(2026, 8, 6)))
    assert outcomes(waiting.subject, ClockKind.TEST) == [(date(2026, 8, 4), "missed"), (date(2026, 9, 4), "")]
    nearer.valid_to = date(2026, 8, 10)
    nearer.save()
    sweeping.sweep(at=at(date(2026, 8, 10)))
    assert not Clock.objects.running().filter(limit=clocks.limit_of(nearer)).exists()


def test_a_plan_finds_those_who_are_looked_after_already(land: World) -> None:
    found = managed(land)
    assert open_of(found.subject, ClockKind.TEST) == []
    plan(land, valid_from=date(2026, 8, 20))
    sweeping.sweep(at=at(date(2026, 8, 20)))
    assert open_of(found.subject, ClockKind.TEST) == [(date(2026, 8, 29), date(2026, 9, 4))]


def test_ends_are_told_three_times_each_once_by_code(land: World) -> None:
    keeper = land.actor("dong_hoa_police", "register_keeper", "hoa")
    found = managed(land, until=date(2027, 6, 30))
    for days in (60, 30, 29, 15, 10, 7, 7, 0):
        sweeping.sweep(at=at(date(2027, 6, 30) - timedelta(days=days)))
    told = list(
        Notice.objects.filter(user=keeper.user_id, reason="soon").order_by("at").values_list("title", flat=True)
    )
    assert told == [f"Hồ sơ {found.subject.code}: còn {days} ngày là hết thời hạn (30/06/2027)" for days in (30, 15, 7)]
    # Never removed silently: after its last day it is overdue until a paper ends it.
    sweeping.sweep(at=at(date(2027, 7, 2)))
    assert open_of(found.subject, ClockKind.END) == [(date(2027, 5, 31), date(2027, 6, 30))]
    assert Notice.objects.filter(user=keeper.user_id, reason="overdue").exists()


def test_steps_before_the_end_of_rehabilitation_are_laid_once(land: World) -> None:
    found = managed(land, category=Category.IN_REHAB, until=date(2028, 6, 30))
    for _each in range(2):
        sweeping.sweep(at=at(date(2028, 5, 25)))
    assert Clock.objects.filter(subject=found.subject, limit="notice_of_end").count() == 1


def test_overdue_limits_are_told_and_some_days_later_the_province_knows(land: World) -> None:
    here = land.actor("dong_hoa_police", "register_keeper", "hoa")
    above = land.actor("police", "register_keeper", "son")
    elsewhere = land.actor("tay_hoa_police", "register_keeper", "mai")
    person = subject(land["dong_hoa"])
    clocks.open_limit(person, None, "verify_residence", datetime(2026, 7, 10, 3, tzinfo=UTC))
    sweeping.sweep(at=datetime(2026, 7, 11, 2, 59, tzinfo=UTC))
    assert not Notice.objects.exists()
    for hour in (4, 5):
        sweeping.sweep(at=datetime(2026, 7, 11, hour, tzinfo=UTC))
    assert list(Notice.objects.values_list("user", "reason")) == [(here.user_id, "overdue")]
    sweeping.sweep(at=datetime(2026, 7, 15, 4, tzinfo=UTC))
    assert list(Notice.objects.filter(reason="escalated").values_list("user", flat=True)) == [above.user_id]
    assert not Notice.objects.filter(user=elsewhere.user_id).exists()
    assert not any("Thử" in notice.title for notice in Notice.objects.all())


def test_a_worker_that_dies_half_way_leaves_nothing_half_done(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(land)
    people = [managed(land).subject for _each in range(5)]
    monkeypatch.setattr(sweeping, "BATCH", 4)
    whole, calls = clocks.miss, []

    def dies(rows: list[Clock], *, at: datetime) -> int:
        calls.append(rows)
        if len(calls) == 2:
            whole(rows[:1], at=at)
            raise KeyboardInterrupt
        return whole(rows, at=at)

    monkeypatch.setattr(clocks, "miss", dies)
    with pytest.raises(KeyboardInterrupt):
        sweeping.sweep(at=at(date(2026, 8, 20)))
    assert Clock.objects.filter(outcome="missed").count() == 4
    monkeypatch.setattr(clocks, "miss", whole)
    assert sweeping.sweep(at=at(date(2026, 8, 20))).missed == 6
    for person in people:
        assert len(open_of(person, ClockKind.TEST)) == len(open_of(person, ClockKind.RESIDENCE)) == 1


def test_a_sweep_of_many_takes_as_many_statements_as_of_few(land: World) -> None:
    plan(land)

    def cost(people: int, day: date) -> int:
        for _each in range(people):
            managed(land)
        with CaptureQueriesContext(connection) as seen:
            sweeping.sweep(at=at(day))
        return len(seen)

    few = cost(3, date(2026, 8, 20))
    many = cost(20, date(2026, 9, 20))
    assert many <= few + 12, (few, many)  # a window more in those that were there, never one for each person
