"""The tables of cases in tests/cases/periods: what a jurist expects, one test a case."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pcmt.core.measures import expected_count
from pcmt.core.periods import (
    CALENDARS,
    DAY,
    SCHOOL_TERMS,
    Calendar,
    DueWindow,
    Hours,
    Kind,
    Precision,
    Relation,
    Rung,
    Shift,
    Span,
    Version,
    closing_on,
    due_label,
    due_windows,
    dues_of,
    ends_at,
    ends_on,
    event_due_label,
    expected_label,
    expected_windows,
    frequency_from,
    length_from,
    length_label,
    limit_due_label,
    limit_from,
    moment_label,
    period_label,
    step_label,
    timeline,
)
from pcmt.reference import ladders, school_terms, work_calendar

FOLDER = Path(__file__).parents[2] / "cases/periods"


def cases(name: str) -> list[Any]:
    found = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    names = [case["tên"] for case in found]
    assert len(set(names)) == len(names)
    return [pytest.param(case, id=case["tên"]) for case in found]


def span(data: dict[str, date]) -> Span:
    return Span(data["từ"], data["đến"] + DAY)


def limit(data: dict[str, Any]) -> Any:
    found = limit_from({"precision": Precision.DAY, **data})
    assert found is not None
    return found


def calendar(word: str | int) -> Calendar:
    return closing_on(word) if isinstance(word, int) else CALENDARS[word]


def test_every_table_is_read() -> None:
    read = {"han", "tan-suat", "ky-bao-cao", "do-dai", "bac-thang", "thay-doi"}
    assert {path.stem for path in FOLDER.glob("*.yaml")} == read


@pytest.mark.parametrize("case", cases("han"))
def test_limits(case: dict[str, Any]) -> None:
    wanted, happened = limit(case["hạn trong văn bản"]), case.get("sự việc xảy ra")
    windows = due_windows(
        wanted,
        span(case["kế hoạch"]),
        before_counts_day=case.get("tính cả ngày", False),
        happened=happened,
        work=work_calendar(),
        shift=Shift(case.get("ngày nghỉ", "keep")),
    )
    assert [window.last for window in windows] == case["ngày cuối"]
    if wanted.event:
        assert event_due_label(wanted, happened, work=work_calendar()) == case["nhãn"]
    elif "nhãn" in case:
        assert limit_due_label(wanted, windows[0]) == case["nhãn"]


@pytest.mark.parametrize("case", cases("tan-suat"))
def test_frequencies(case: dict[str, Any]) -> None:
    frequency, terms = frequency_from(case["tần suất"]), school_terms()
    assert frequency is not None
    used = CALENDARS[case.get("lịch", "statistical")]
    windows = expected_windows(frequency, span(case["kế hoạch"]), used, terms)
    if "kỳ" in case:
        found = [{"từ": each.start, "đến": each.last, "số lần": each.times} for each in windows]
        assert found == case["kỳ"]
    if "nhãn" in case:
        unit = case.get("đơn vị tính", "lần")
        assert [expected_label(each, frequency, unit, used, terms) for each in windows] == case["nhãn"]
    if "tổng" in case:
        assert expected_count(windows) == case["tổng"]


@pytest.mark.parametrize("case", cases("ky-bao-cao"))
def test_reporting_periods(case: dict[str, Any]) -> None:
    used, asked = calendar(case["lịch"]), case["kỳ"]
    period = used.named(Kind(asked["kind"]), asked["năm"], asked["số"])
    assert period == span(case["số liệu"])
    assert period_label(period, used) == case["nhãn"]


@pytest.mark.parametrize("case", cases("do-dai"))
def test_lengths(case: dict[str, Any]) -> None:
    length = length_from(case["độ dài"])
    assert length is not None
    if isinstance(length, Hours):
        moment = ends_at(length, case["từ lúc"])
        assert moment == case["đến lúc"]
        words = f"đến {moment_label(moment)}"
    else:
        shift = Shift(case.get("ngày nghỉ", "keep"))
        day = ends_on(length, case["từ ngày"], work=work_calendar(), shift=shift)
        assert day == case["đến hết ngày"]
        words = due_label(DueWindow(day, day + DAY))
    if "nhãn" in case:
        assert f"{length_label(length)}, {words}" == case["nhãn"]


@pytest.mark.parametrize("case", cases("bac-thang"))
def test_ladders(case: dict[str, Any]) -> None:
    ladder, asked = ladders()[case["bậc thang"]], case["kỳ"]
    if more := case.get("thêm cấp"):
        ladder = ladder.with_rung(Rung(**{**more, "relation": Relation(more.get("relation", "before"))}))
    period = CALENDARS["administrative"].named(Kind(asked["kind"]), asked["năm"], asked["số"])
    chain = ladder.chain(period, work_calendar())
    assert {step.level: step.last for step in chain} == case["hạn"]
    if "nhãn" in case:
        assert [step_label(step) for step in chain] == case["nhãn"]


@pytest.mark.parametrize("case", cases("thay-doi"))
def test_changes_of_rules(case: dict[str, Any]) -> None:
    window = span(case["kế hoạch"])
    versions = [
        Version(each["từ"], dues_of(limit(each["hạn trong văn bản"]), window) if each["hạn trong văn bản"] else ())
        for each in case["quy định"]
    ]
    standing = timeline(versions, [span(each) for each in case.get("tạm đình chỉ", ())])
    assert [due.last for due in standing] == case["ngày cuối"]


def test_the_usual_frame_of_school_years_stays_where_nothing_is_decided() -> None:
    assert school_terms().of_year(1999) == SCHOOL_TERMS.of_year(1999)
