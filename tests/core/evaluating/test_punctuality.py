"""In time or late: every case of `tests/cases/punctuality`, and what must hold for any set of debts on any day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.evaluating.punctuality import COUNTED, Column, Debt, MoreTime, column, judged, limit_then, share_in_time

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/punctuality/cot.yaml").read_text(encoding="utf-8"))


def debt_of(case: dict[str, Any]) -> Debt:
    return Debt(
        due_on=case.get("limit"),
        done_on=case.get("done"),
        waiting=case.get("waiting", False),
        suspended_on=case.get("suspended"),
        requested=case.get("requested", False),
        more_time=[MoreTime(*pair) for pair in case.get("extended", ())],
    )


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert column(debt_of(case), case["as of"]) == case["column"]


def test_every_column_has_its_cases() -> None:
    assert {case["column"] for case in CASES} == {each.value for each in Column}
    assert len({case["name"] for case in CASES}) == len(CASES)


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def debts(draw: st.DrawFn, *, extended: bool = False) -> Debt:
    done = draw(st.none() | DAYS)
    suspended = draw(st.none() | DAYS) if done is None else None
    more = [MoreTime(draw(DAYS), draw(DAYS)) for _ in range(draw(st.integers(0, 2)))] if extended else []
    return Debt(
        due_on=draw(st.none() | DAYS),
        done_on=done,
        waiting=done is not None and draw(st.booleans()),
        suspended_on=suspended,
        requested=draw(st.sampled_from([False, False, False, True])),
        more_time=more,
    )


@given(st.lists(debts(extended=True)), DAYS)
def test_each_debt_is_counted_once(found: list[Debt], as_of: date) -> None:
    counts = Counter(column(debt, as_of) for debt in found)
    assert sum(counts.values()) == len(found)
    share = share_in_time(counts)
    assert (share is None) == (judged(counts) == 0)
    assert share is None or (0 <= share <= 100 and (share == 100) == (counts[Column.IN_TIME] == judged(counts)))


@given(debts(), DAYS, st.integers(1, 200))
def test_what_is_done_stays_done_and_what_is_late_stays_late(debt: Debt, day: date, ahead: int) -> None:
    """As time goes on nothing undone comes back from done, and nothing that missed its limit becomes in time."""
    before, after = column(debt, day), column(debt, day + timedelta(days=ahead))
    settled = {Column.IN_TIME, Column.LATE, Column.WAITING, Column.REQUESTED, Column.NO_LIMIT, Column.SUSPENDED}
    assert before not in settled or after == before
    if before == Column.OVERDUE:
        assert after in {Column.OVERDUE, Column.LATE, Column.WAITING, Column.SUSPENDED}


@given(debts(extended=True), DAYS)
def test_without_a_decision_still_to_come_the_limit_is_the_last_one(debt: Debt, day: date) -> None:
    if all(each.decided_on <= day for each in debt.more_time):
        assert limit_then(debt, day) == debt.due_on


@pytest.mark.parametrize(
    ("in_time", "late", "overdue", "running", "share"),
    [
        (3, 1, 0, 9, 75),
        (2, 0, 1, 0, 66),
        (199, 1, 0, 0, 99),
        (0, 0, 0, 7, None),
        (0, 1, 1, 0, 0),
        (14_068, 1_983, 223, 5_640, 86),
    ],
    ids=["late counts against", "overdue counts against", "never rounded up", "nothing judged", "all late", "2017"],
)
def test_the_share(in_time: int, late: int, overdue: int, running: int, share: int | None) -> None:
    """Done in time of all that is done or overdue; the last row are the Government Office's own numbers of 2017."""
    assert share_in_time(dict(zip(COUNTED, (in_time, late, running, overdue), strict=True))) == share
