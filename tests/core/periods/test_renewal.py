"""The future made anew: no due date is lost, none is doubled, whatever changes."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from pcmt.core.periods import (
    STATISTICAL,
    Action,
    Change,
    Condition,
    Due,
    Held,
    Kind,
    Limit,
    Precision,
    Reason,
    Relation,
    Span,
    Version,
    Wanted,
    applied,
    change_label,
    dues_of,
    month_end,
    period_reported,
    renew,
    timeline,
)

DAY = timedelta(days=1)
PLAN = Span(date(2026, 1, 1), date(2029, 1, 1))
monthdays = st.integers(1, 31)
relations = st.sampled_from([Relation.BEFORE, Relation.BY])
plan_days = st.integers(0, PLAN.days - 1).map(lambda n: PLAN.start + n * DAY)


def monthly(day: int, relation: Relation = Relation.BY) -> tuple[Due, ...]:
    return dues_of(Limit(relation, Precision.RECURRING, rule=f"FREQ=MONTHLY;BYMONTHDAY={day}"), PLAN)


def quarterly(day: int) -> tuple[Due, ...]:
    rule = f"FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY={day}"
    return dues_of(Limit(Relation.BY, Precision.RECURRING, rule=rule), PLAN)


# --- slots


@given(monthdays, relations)
def test_a_monthly_rule_has_one_slot_a_month(day: int, relation: Relation) -> None:
    dues = monthly(day, relation)
    assert [due.slot for due in dues] == [STATISTICAL.around(Kind.MONTH, due.last) for due in dues]
    assert all(left.slot.end == right.slot.start for left, right in itertools.pairwise(dues))


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", Kind.WEEK),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20", Kind.QUARTER),
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=20", Kind.HALF_YEAR),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=20", Kind.YEAR),
    ],
)
def test_slots_of_rules_due_once_in_a_period(rule: str, kind: Kind) -> None:
    dues = dues_of(Limit(Relation.BY, Precision.RECURRING, rule=rule), PLAN)
    assert [due.slot for due in dues] == [STATISTICAL.around(kind, due.last) for due in dues]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYMONTHDAY=10,20,31",
        "FREQ=YEARLY;BYMONTH=5,6;BYMONTHDAY=20",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=MO,FR",
        "FREQ=DAILY",
    ],
)
def test_other_rules_are_due_for_the_days_since_the_last_time(rule: str) -> None:
    dues = dues_of(Limit(Relation.BY, Precision.RECURRING, rule=rule), PLAN)
    assert dues[0].slot.start == PLAN.start
    assert all(left.slot.end == right.slot.start == left.last + DAY for left, right in itertools.pairwise(dues))


def test_slots_of_reports_are_the_periods_they_cover() -> None:
    limit = Limit(Relation.BEFORE, Precision.RECURRING, rule="FREQ=MONTHLY;BYMONTHDAY=16")
    dues = dues_of(limit, PLAN, lambda last: period_reported("monthly", last))
    assert dues[1].slot == Span(date(2026, 1, 15), date(2026, 2, 15))
    twice = Limit(Relation.BY, Precision.RECURRING, rule="FREQ=MONTHLY;BYMONTHDAY=20,25")
    slots = [due.slot for due in dues_of(twice, PLAN, lambda last: period_reported("monthly", last))]
    assert len(set(slots)) == len(slots)


# --- versions that follow each other


def by_hand(changes: list[tuple[date, int]]) -> dict[tuple[int, int], date]:
    """One due date a month, told month by month: a version takes a month over unless it would bind backwards."""
    found: dict[tuple[int, int], date] = {}
    for number, (since, day) in enumerate(changes):
        for year in (2026, 2027, 2028):
            for month in range(1, 13):
                new = min(date(year, month, 1) + (day - 1) * DAY, month_end(year, month))
                old = found.get((year, month))
                if number == 0 or (old is not None and old >= since and new >= since):
                    found[year, month] = new
    return found


changes_of_rule = st.lists(st.tuples(plan_days, monthdays), max_size=5).map(sorted)


@given(monthdays, changes_of_rule)
def test_every_month_is_due_exactly_once_whatever_the_versions(first: int, later: list[tuple[date, int]]) -> None:
    changes = [(PLAN.start, first), *later]
    standing = timeline([Version(since, monthly(day)) for since, day in changes])
    assert {(due.slot.start.year, due.slot.start.month): due.last for due in standing} == by_hand(changes)
    assert len(standing) == 36


versions = st.lists(
    st.tuples(plan_days, st.one_of(monthdays.map(monthly), monthdays.map(quarterly))), min_size=1, max_size=5
).map(lambda pairs: [Version(since, dues) for since, dues in sorted(pairs, key=lambda pair: pair[0])])


@given(monthdays, versions)
def test_no_day_of_the_plan_falls_between_two_rules(first: int, later: list[Version]) -> None:
    standing = timeline([Version(PLAN.start, monthly(first)), *later])
    covered = {due.slot.start.year * 12 + month for due in standing for month in _months(due.slot)}
    assert len(covered) == 36
    assert len({due.slot for due in standing}) == len(standing)


def _months(slot: Span) -> list[int]:
    return [month for month in range(1, 13) if date(slot.start.year, month, 1) in slot]


@given(monthdays, versions)
def test_nobody_is_bound_backwards(first: int, later: list[Version]) -> None:
    before = timeline([Version(PLAN.start, monthly(first)), *later[:-1]])
    after = timeline([Version(PLAN.start, monthly(first)), *later])
    since = later[-1].since
    assert [due for due in after if due.last < since] == [due for due in before if due.last < since]


@given(versions)
def test_the_same_version_twice_changes_nothing(some: list[Version]) -> None:
    assert timeline([*some, some[-1]]) == timeline(some)


def test_suspension_and_end() -> None:
    whole = timeline([Version(PLAN.start, monthly(15))])
    pause = Span(date(2026, 3, 1), date(2026, 6, 1))
    assert set(whole) - set(timeline([Version(PLAN.start, monthly(15))], [pause])) == {
        due for due in whole if due.last in pause
    }
    ended = timeline([Version(PLAN.start, monthly(15)), Version(date(2026, 4, 1), ())])
    assert [due.last for due in ended] == [date(2026, month, 15) for month in (1, 2, 3)]
    assert timeline([]) == ()


# --- what becomes of what exists

JULY, AUGUST = (STATISTICAL.named(Kind.MONTH, 2026, number) for number in (7, 8))
ON = date(2026, 7, 10)


def change_of(held: Held, wanted: list[Wanted], **more: object) -> Change:
    changes = renew([held], wanted, on=ON, **more)  # type: ignore[arg-type]
    return changes[0]


def test_one_item_after_the_other() -> None:
    july, august = date(2026, 7, 14), date(2026, 8, 14)
    item = Held(1, "a", JULY, july)
    same = [Wanted("a", JULY, july)]
    assert change_of(item, same) == Change(Action.KEEP, Reason.SAME, item, "a", JULY, july)
    later = [Wanted("a", JULY, date(2026, 7, 19))]
    assert change_of(item, later) == Change(Action.MOVE, Reason.RULE, item, "a", JULY, date(2026, 7, 19))
    assert change_of(item, []).reason is Reason.GONE
    assert change_of(item, [], suspended=[Span(ON, august)]).reason is Reason.SUSPENDED
    assert change_of(item, [Wanted("b", JULY, july)], heirs={"a": "b"}) == Change(
        Action.MOVE, Reason.SUCCESSION, item, "b", JULY, july
    )
    done = Held(1, "a", JULY, july, Condition.DONE)
    assert renew([done], later, on=ON) == (Change(Action.KEEP, Reason.DONE, done, "a", JULY, july),)
    ended = Held(1, "a", JULY, july, Condition.ENDED)
    assert change_of(ended, same).action is Action.RESUME
    assert change_of(ended, []).action is Action.KEEP
    assert renew([], same, on=ON) == (Change(Action.ADD, Reason.NEW, None, "a", JULY, july),)


def test_what_is_past_stays_owed_by_whoever_there_is_now() -> None:
    june = Held(1, "a", "june", date(2026, 6, 14))
    assert change_of(june, []) == Change(Action.KEEP, Reason.PAST, june, "a", "june", date(2026, 6, 14))
    also = Held(2, "b", "june", date(2026, 6, 14))
    taken = renew([june, also], [], on=ON, heirs={"a": "c", "b": "c"})
    assert [(change.action, change.owner) for change in taken] == [(Action.MOVE, "c"), (Action.MOVE, "c")]
    # A plan that gives a missed task a new day moves it.
    extended = change_of(june, [Wanted("a", "june", date(2026, 7, 30))])
    assert (extended.action, extended.last) == (Action.MOVE, date(2026, 7, 30))


def test_bodies_that_come_together_owe_once() -> None:
    july = date(2026, 7, 14)
    items = [Held(1, "a", JULY, july), Held(2, "b", JULY, july)]
    wanted = [Wanted("c", JULY, july), Wanted("c", AUGUST, date(2026, 8, 14))]
    first, second, new = renew(items, wanted, on=ON, heirs={"a": "b", "b": "c"})
    assert (first.action, first.owner) == (Action.MOVE, "c")
    assert (second.action, second.reason) == (Action.END, Reason.MERGED)
    assert (new.action, new.slot) == (Action.ADD, AUGUST)


def test_the_work_of_all_who_came_together_counts() -> None:
    july = date(2026, 7, 14)
    did, owes = Held(1, "a", JULY, july, Condition.DONE), Held(2, "b", JULY, july)
    both = Held(2, "b", JULY, july, Condition.DONE)
    wanted, heirs = [Wanted("c", JULY, july)], {"a": "c", "b": "c"}
    assert [change.action for change in renew([did, both], wanted, on=ON, heirs=heirs)] == [Action.KEEP, Action.KEEP]
    kept, moved = renew([did, owes], wanted, on=ON, heirs=heirs)
    assert (kept.action, kept.owner) == (Action.KEEP, "a")
    assert (moved.action, moved.owner) == (Action.MOVE, "c")
    # The one that goes on had done its part; the part of the one it took in is still owed.
    own = Held(1, "c", JULY, july, Condition.DONE)
    assert renew([own, owes], wanted, on=ON, heirs={"b": "c"})[1].action is Action.MOVE


def test_an_item_that_exists_twice_is_ended_once() -> None:
    july = date(2026, 7, 14)
    items = [Held(1, "a", JULY, july), Held(2, "a", JULY, july)]
    kept, ended = renew(items, [Wanted("a", JULY, july)], on=ON)
    assert (kept.action, ended.action, ended.reason) == (Action.KEEP, Action.END, Reason.DOUBLED)


def test_what_was_taken_over_is_not_the_successors_own_part() -> None:
    july, wanted, heirs = date(2026, 7, 14), [Wanted("a", JULY, date(2026, 7, 14))], {"b": "a"}
    own, owes = Held(1, "a", JULY, july, Condition.DONE), Held(2, "b", JULY, july)
    once = applied(renew([own, owes], wanted, on=ON, heirs=heirs), lambda _change: 3)
    assert [(item.owner, item.origin, item.condition) for item in once] == [
        ("a", "a", Condition.DONE),
        ("a", "b", Condition.OPEN),
    ]
    assert {change.action for change in renew(once, wanted, on=ON, heirs=heirs)} == {Action.KEEP}
    # What stands beside one's own work and was never handed over is the same thing twice.
    twice = renew([own, Held(2, "a", JULY, july)], wanted, on=ON)
    assert (twice[1].action, twice[1].reason) == (Action.END, Reason.DOUBLED)


def test_successions_in_a_circle_are_found() -> None:
    with pytest.raises(ValueError, match="circle"):
        renew([Held(1, "a", JULY, ON)], [], on=ON, heirs={"a": "b", "b": "a"})


def test_changes_in_words() -> None:
    item = Held(1, "a", JULY, date(2026, 7, 14))
    names = {"a": "xã A", "b": "xã B"}

    def label(change: Change) -> str:
        return change_label(change, lambda owner: names[str(owner)])

    later = [Wanted("a", JULY, date(2026, 7, 19))]
    assert label(renew([item], later, on=ON)[0]) == (
        "Chuyển hạn từ hết ngày 14/7/2026 sang hết ngày 19/7/2026: theo quy định mới"
    )
    heir = [Wanted("b", JULY, date(2026, 7, 14))]
    assert label(renew([item], heir, on=ON, heirs={"a": "b"})[0]) == (
        "Giao từ xã A sang xã B, hạn hết ngày 14/7/2026: nhận bàn giao từ đơn vị đã thay đổi"
    )
    assert label(renew([item], [Wanted("b", JULY, date(2026, 7, 19))], on=ON, heirs={"a": "b"})[0]) == (
        "Chuyển hạn từ hết ngày 14/7/2026 sang hết ngày 19/7/2026, giao từ xã A sang xã B: "
        "nhận bàn giao từ đơn vị đã thay đổi"
    )
    assert label(renew([], heir, on=ON)[0]) == "Thêm hạn hết ngày 14/7/2026 cho xã B: phát sinh theo quy định mới"
    assert label(renew([item], [], on=ON)[0]) == "Kết thúc hạn hết ngày 14/7/2026: quy định mới không còn yêu cầu"
    ended = Held(1, "a", JULY, date(2026, 7, 14), Condition.ENDED)
    back = renew([ended], [Wanted("a", JULY, date(2026, 7, 14))], on=ON)[0]
    assert label(back) == "Khôi phục với hạn hết ngày 14/7/2026: theo quy định mới"
    done = Held(1, "a", JULY, date(2026, 7, 14), Condition.DONE)
    assert label(renew([done], [], on=ON)[0]) == "Giữ hạn hết ngày 14/7/2026: đã hoàn thành"


class Years(RuleBasedStateMachine):
    """Three years of one monthly duty of several communes: rules, suspensions and units change while work is done.

    What should stand is told month by month beside it (`self.months`), in plain steps.
    """

    def __init__(self) -> None:
        super().__init__()
        self.today = PLAN.start
        self.versions: list[Version] = []
        self.pauses: list[Span] = []
        self.living = ["a", "b", "c", "d"]
        self.heirs: dict[object, object] = {}
        self.items: tuple[Held, ...] = ()
        self.serial = itertools.count(1)
        self.past: dict[object, Held] = {}
        self.done: dict[object, Held] = {}

    owners = Bundle("owners")

    def _renewed(self) -> None:
        wanted = [
            Wanted(owner, due.slot, due.last) for owner in self.living for due in timeline(self.versions, self.pauses)
        ]
        before = self.items
        changes = renew(before, wanted, on=self.today, heirs=self.heirs, suspended=self.pauses)
        assert [change.held for change in changes[: len(before)]] == list(before)
        assert all(change.action is Action.ADD for change in changes[len(before) :])
        for change in changes:
            if change.action is Action.END:
                assert change.held is not None
                assert change.held.last >= self.today or change.reason is Reason.DOUBLED
        self.items = applied(changes, lambda _change: next(self.serial))
        again = renew(self.items, wanted, on=self.today, heirs=self.heirs, suspended=self.pauses)
        assert {change.action for change in again} <= {Action.KEEP}
        self._complete(wanted)

    def _complete(self, wanted: list[Wanted]) -> None:
        """What is wanted is there: open once with its date, or done by everybody it fell to."""
        open_items = Counter(
            (item.owner, item.slot)
            for item in self.items
            if item.condition is Condition.OPEN and item.last >= self.today
        )
        assert all(number == 1 for number in open_items.values())
        dates = {(item.owner, item.slot): item.last for item in self.items if item.condition is Condition.OPEN}
        for want in wanted:
            if want.last < self.today:
                continue
            place = (want.owner, want.slot)
            if place in dates:
                assert dates.pop(place) == want.last
            else:
                own = [item for item in self.items if item.slot == want.slot and self._heir(item.owner) == want.owner]
                assert any(item.condition is Condition.DONE for item in own)
        assert all(last < self.today for last in dates.values())

    def _heir(self, owner: object) -> object:
        while owner in self.heirs:
            owner = self.heirs[owner]
        return owner

    @initialize(day=monthdays)
    def adopt(self, day: int) -> None:
        self.versions.append(Version(PLAN.start, monthly(day)))
        self._renewed()

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        self.today = min(self.today + days * DAY, PLAN.last)
        self.past |= {
            item.key: item for item in self.items if item.condition is Condition.OPEN and item.last < self.today
        }

    @rule(day=monthdays, ahead=st.integers(0, 60), quarters=st.booleans())
    def rule_changes(self, day: int, ahead: int, quarters: bool) -> None:
        since = max(self.today + ahead * DAY, self.versions[-1].since)
        self.versions.append(Version(since, quarterly(day) if quarters else monthly(day)))
        self._renewed()

    @rule(ahead=st.integers(0, 60))
    def rule_ends(self, ahead: int) -> None:
        self.versions.append(Version(max(self.today + ahead * DAY, self.versions[-1].since), ()))
        self._renewed()

    @rule(length=st.integers(1, 200))
    def is_suspended(self, length: int) -> None:
        self.pauses.append(Span(self.today, self.today + length * DAY))
        self._renewed()

    @precondition(lambda self: any(self.today in pause for pause in self.pauses))
    @rule()
    def is_lifted(self) -> None:
        lifted = [Span(pause.start, min(pause.end, self.today)) for pause in self.pauses if pause.start < self.today]
        self.pauses = lifted
        self._renewed()

    @precondition(lambda self: any(item.condition is Condition.OPEN for item in self.items))
    @rule(data=st.data())
    def is_done(self, data: st.DataObject) -> None:
        open_items = [item for item in self.items if item.condition is Condition.OPEN]
        chosen = data.draw(st.sampled_from(open_items[:6]))
        finished = attrs.evolve(chosen, condition=Condition.DONE)
        self.items = tuple(finished if item is chosen else item for item in self.items)
        self.done[chosen.key] = finished
        self.past.pop(chosen.key, None)

    @precondition(lambda self: len(self.living) > 1)
    @rule(data=st.data(), anew=st.booleans())
    def merge(self, data: st.DataObject, anew: bool) -> None:
        first, second = data.draw(st.lists(st.sampled_from(self.living), min_size=2, max_size=2, unique=True))
        heir = f"{first}{second}{len(self.heirs)}" if anew else second
        self.heirs |= {first: heir} | ({second: heir} if anew else {})
        self.living = sorted({*self.living, heir} - {first} - ({second} if anew else set()))
        self._renewed()

    @invariant()
    def what_was_done_stays_as_it_was(self) -> None:
        kept = {item.key: item for item in self.items if item.condition is Condition.DONE}
        assert kept == self.done

    @invariant()
    def what_is_past_is_still_owed_on_its_day(self) -> None:
        now = {item.key: item for item in self.items}
        for key, item in self.past.items():
            assert now[key].condition is Condition.OPEN
            assert now[key].last == item.last
            assert now[key].owner == self._heir(item.owner)

    @invariant()
    def nobody_owes_who_is_no_more(self) -> None:
        assert {item.owner for item in self.items if item.condition is Condition.OPEN} <= set(self.living)


# A busy machine draws slowly; that says nothing about the steps.
Years.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestYears = Years.TestCase
