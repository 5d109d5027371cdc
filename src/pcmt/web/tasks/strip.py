"""A recurring task of one body at a glance: "12/14 tuần" and a mark for each window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import attrs
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.tasks.series import Mark, Occurrence, Series

PERIODS: Mapping[str, Callable[[int], str]] = {
    "DAILY": lambda n: ngettext("ngày", "ngày", n),
    "WEEKLY": lambda n: ngettext("tuần", "tuần", n),
    "MONTHLY": lambda n: ngettext("tháng", "tháng", n),
    "MONTHLY/3": lambda n: ngettext("quý", "quý", n),
    "YEARLY": lambda n: ngettext("năm", "năm", n),
}
"""What one window is called, by the frequency of its rule."""


def series_words(series: Series, on: date) -> str:
    """`12/14 tuần`: windows done of those that have come; `chưa tới kỳ nào` before the first."""
    come = series.come(on)
    if not come:
        return _("chưa tới kỳ nào")
    period = PERIODS.get(series.freq, lambda n: ngettext("kỳ", "kỳ", n))(come)
    return f"{series.done}/{come} {period}"


def series_story(series: Series, on: date) -> str:
    """The same in full, for those who do not see the strip."""
    said = [
        (series.count(Mark.DONE), _("xong trong hạn")),
        (series.count(Mark.LATE), _("xong muộn")),
        (series.count(Mark.MISSED), _("quá hạn chưa xong")),
        (series.count(Mark.WAITING), _("chờ nghiệm thu")),
        (series.count(Mark.PAUSED), _("tạm dừng")),
        (series.count(Mark.OPEN, Mark.ASKED), _("đang mở")),
        (series.count(Mark.COMING), _("chưa tới")),
    ]
    return f"{series_words(series, on)}: " + ", ".join(f"{count} {words}" for count, words in said if count)


STEP, SIDE, HIGH = 9, 6, 12
MOST_MARKS = 32
"""A strip shows at most so many windows, those around today."""

SHAPES: Mapping[Mark, Callable[[int], str]] = {
    Mark.DONE: lambda x: f"M{x} 1h{SIDE}v10h-{SIDE}z",
    Mark.LATE: lambda x: f"M{x} 1h{SIDE}v10h-{SIDE}zM{x} 4h{SIDE}M{x} 8h{SIDE}",
    Mark.MISSED: lambda x: f"M{x} 1h{SIDE}v10h-{SIDE}zl{SIDE} 10m0-10l-{SIDE} 10",
    Mark.WAITING: lambda x: f"M{x} 1h{SIDE}v10h-{SIDE}zM{x + 2} 6h2",
    Mark.OPEN: lambda x: f"M{x} 1h{SIDE}v10h-{SIDE}z",
    Mark.ASKED: lambda x: f"M{x} 1h{SIDE}v10h-{SIDE}z",
    Mark.PAUSED: lambda x: f"M{x + 1} 2v8m4-8v8",
    Mark.COMING: lambda x: f"M{x} 6h{SIDE}",
}
"""The mark of one window at a place, as a path: told apart by shape, not by colour alone."""


@attrs.frozen
class Strip:
    """A drawing: its width, and for each sort of mark one path that holds all of its kind."""

    width: int
    paths: Sequence[tuple[str, str]]
    words: str
    story: str
    cut: bool


def strip_of(series: Series, on: date) -> Strip:
    """The strip of a series as of a day."""
    shown = around(series.occurrences, on)
    paths: dict[Mark, list[str]] = {}
    for place, each in enumerate(shown):
        paths.setdefault(each.mark, []).append(SHAPES[each.mark](place * STEP + 2))
    return Strip(
        width=len(shown) * STEP + 2,
        paths=[(mark.value, "".join(pieces)) for mark, pieces in paths.items()],
        words=series_words(series, on),
        story=series_story(series, on),
        cut=len(shown) < len(series.occurrences),
    )


def around(occurrences: Sequence[Occurrence], on: date) -> Sequence[Occurrence]:
    """At most MOST_MARKS windows: mostly those that have passed, and the nearest to come."""
    if len(occurrences) <= MOST_MARKS:
        return occurrences
    passed = sum(each.due_on < on for each in occurrences)
    first = min(max(0, passed - MOST_MARKS * 3 // 4), len(occurrences) - MOST_MARKS)
    return occurrences[first : first + MOST_MARKS]


def marks_in_words() -> Iterator[tuple[str, str, str]]:
    """The legend: each sort of mark with its drawing and its word."""
    for mark, word in (
        (Mark.DONE, _("xong trong hạn")),
        (Mark.LATE, _("xong muộn")),
        (Mark.MISSED, _("quá hạn")),
        (Mark.WAITING, _("chờ nghiệm thu")),
        (Mark.OPEN, _("đang mở")),
        (Mark.COMING, _("chưa tới")),
        (Mark.PAUSED, _("tạm dừng")),
    ):
        yield mark.value, SHAPES[mark](2), word
