"""Numbers and dates are taken the way people write them, and shown the way people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pcmt.web.fields import NamesField, WrittenDateField, WrittenNumberField
from pcmt.web.templatetags.pcmt import days_left, due_tone, vdate, vnumber


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("15/6/2026", date(2026, 6, 15)),
        ("05.06.2026", date(2026, 6, 5)),
        ("5-6-2026", date(2026, 6, 5)),
        ("2026-06-05", date(2026, 6, 5)),
        (" 29/02/2028 ", date(2028, 2, 29)),
    ],
)
def test_days(written: str, day: date) -> None:
    assert WrittenDateField().clean(written) == day


@pytest.mark.parametrize("written", ["31/2/2026", "29/02/2026", "15/6", "mai", "15/6/26", "2026"])
def test_what_is_no_day(written: str) -> None:
    with pytest.raises(ValidationError):
        WrittenDateField().clean(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [("80", 80), ("07", 7), ("12,5", 12.5), ("1.234", 1234), ("1.234.567,25", 1234567.25), ("85%", 85), ("0,5", 0.5)],
)
def test_numbers(written: str, number: Any) -> None:
    found = WrittenNumberField().clean(written)
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize("written", ["mười", "1.23.4", "12,5,3", "-3", "1e5", "٣", "1.234,"])
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(ValidationError):
        WrittenNumberField().clean(written)


@pytest.mark.parametrize("value", [7, 12.5, 1234567, 0, 0.25])
def test_a_number_shown_in_a_form_reads_back(value: Any) -> None:
    field = WrittenNumberField()
    assert field.clean(field.prepare_value(value)) == value


def test_names_hold_commas() -> None:
    field = NamesField()
    names = ["Phòng Lao động, Thương binh và Xã hội", "Công an phường"]
    assert field.clean("\n".join(names)) == names
    assert field.clean("; ".join(names)) == names
    assert field.clean(field.prepare_value([{"name": name} for name in names])) == names


def test_numbers_in_vietnamese_form() -> None:
    assert vnumber(1234.5) == "1.234,5"
    assert vnumber(0) == "0"
    assert vnumber(None) == vnumber("") == "—", "not reported never looks like 0"
    assert vnumber("80.00") == "80"


def test_days_in_vietnamese_form() -> None:
    assert vdate(date(2026, 6, 5)) == vdate("2026-06-05") == "05/06/2026"
    assert vdate(datetime(2026, 6, 5, 20, 30, tzinfo=UTC)) == "06/06/2026 03:30", "local time"
    assert vdate(None) == "—"
    today = date(2026, 6, 10)
    assert [days_left(date(2026, 6, day), today) for day in (6, 10, 12)] == ["quá 4 ngày", "hôm nay", "còn 2 ngày"]
    assert [due_tone(date(2026, 6, day), today) for day in (9, 10, 17, 18)] == ["late", "soon", "soon", "plain"]
    assert due_tone(None, today) == "plain"
