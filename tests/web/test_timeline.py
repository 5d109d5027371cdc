"""Geometry of timelines, excerpts of sentences, links that keep their words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pcmt.core.periods import Span
from pcmt.web.plan.shares import AROUND, sentence_around
from pcmt.web.plan.timeline import WIDTH, Scale, share_passed, window_of
from pcmt.web.tasks.owed import owed_address

YEAR = Span(date(2025, 1, 1), date(2026, 1, 1))


def test_days_lie_in_order_and_inside() -> None:
    scale = Scale(YEAR)
    days = [YEAR.start + timedelta(days=step) for step in range(-3, 370)]
    places = [scale.middle(day) for day in days]
    assert places == sorted(places)
    assert min(places) >= 0
    assert max(places) <= WIDTH
    assert scale.x(YEAR.start) == 0
    assert scale.x(YEAR.end) == WIDTH


@pytest.mark.parametrize(
    ("window", "labels"),
    [
        (Span(date(2024, 6, 1), date(2024, 7, 1)), ["T6"]),
        (Span(date(2024, 11, 20), date(2025, 2, 3)), ["T11", "T12", "2025", "T2"]),
        (Span(date(2024, 2, 29), date(2025, 7, 1)), ["2024", "II", "III", "IV", "2025", "II"]),
        (Span(date(2021, 11, 3), date(2026, 1, 1)), ["2021", "2022", "2023", "2024", "2025"]),
    ],
)
def test_divisions_suit_the_length(window: Span, labels: list[str]) -> None:
    ticks = Scale(window).ticks()
    assert [tick.label for tick in ticks] == labels
    assert ticks[0].x == 0
    assert sum(tick.width for tick in ticks) == pytest.approx(WIDTH, abs=0.5)


def test_a_stretch_is_cut_to_the_window_and_always_seen() -> None:
    scale = Scale(YEAR)
    bar = scale.bar(date(2024, 1, 1), date(2027, 1, 1), "open")
    assert (bar.x, bar.width) == (0, WIDTH)
    assert scale.bar(date(2025, 3, 1), date(2025, 3, 1), "open").width > 0


def test_the_window_grows_with_days_outside_it() -> None:
    assert window_of(None, []) is None
    assert window_of(YEAR, []) == YEAR
    wider = window_of(YEAR, [date(2024, 12, 15), date(2026, 1, 14)])
    assert wider == Span(date(2024, 12, 15), date(2026, 1, 15))


def test_time_passed_never_leaves_the_hundred() -> None:
    assert [share_passed(YEAR, day) for day in (date(2020, 1, 1), YEAR.start, YEAR.last, date(2030, 1, 1))] == [
        0,
        0,
        99,
        100,
    ]


def test_a_sentence_is_cut_at_words_and_keeps_the_find() -> None:
    text = "một " * 100 + "ÍT NHẤT\n 80% " + "hai " * 100
    start = text.index("ÍT")
    end = text.index("80%") + 3
    shown = sentence_around(text, start, end, 0, len(text))
    assert "ÍT NHẤT 80%" in shown
    assert shown.startswith("… một")
    assert shown.endswith("hai …")
    assert len(shown) < 2 * AROUND + 30
    assert sentence_around("ngắn thôi", 0, 4, 0, 9) == "ngắn thôi"


def test_addresses_leave_out_what_says_nothing() -> None:
    assert owed_address({"trang_thai": "", "trang": "3"}) == "/nhiem-vu/"
    assert owed_address({"trang_thai": "qua-han", "trang": "3", "q": "y tế"}) == (
        "/nhiem-vu/?trang_thai=qua-han&q=y+t%E1%BA%BF"
    )
