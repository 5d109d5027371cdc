"""What the pages of an import show: how its sheets were read, and the tabs of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.units.lists import Field
from pcmt.apps.units.queries.imports import CHANGED, NEW, SAME, STATES, WRONG, Preview
from pcmt.documents import Grid, address

STATE_WORDS: Mapping[str, tuple[str, Promise]] = {
    NEW: ("done", pgettext_lazy("dòng của danh sách", "Mới")),
    CHANGED: ("wait", pgettext_lazy("dòng của danh sách", "Thay đổi")),
    WRONG: ("soon", pgettext_lazy("dòng của danh sách", "Cần sửa")),
    SAME: ("plain", pgettext_lazy("dòng của danh sách", "Đã có")),
}
"""Tone and word of each state of a row."""


@frozen
class Head:
    """How a sheet is read: its name, the row of headings as Excel counts, each column used with what it means."""

    sheet: str
    line: int
    columns: Sequence[tuple[str, str, str]]


def heads_of(grid: Grid, found: Preview) -> list[Head]:
    """How the sheets are read: letter, heading and meaning of each column."""
    return [
        Head(
            grid.sheets[reading.sheet].name,
            reading.header + 1,
            [
                (address(0, column)[:-1], reading.headings.get(column, ""), str(Field(field).label))
                for field, column in sorted(reading.columns.items(), key=lambda each: each[1])
            ],
        )
        for reading in found.readings
    ]


def tabs_of(counts: Mapping[str, int], chosen: str) -> list[dict[str, Any]]:
    """One tab a state that has rows, and one for all of them."""
    every = {
        "label": _("Tất cả"),
        "url": "?xem=tat-ca",
        "count": sum(counts.values()),
        "current": not chosen,
    }
    return [
        *(
            {"label": STATE_WORDS[state][1], "url": f"?xem={state}", "count": counts[state], "current": chosen == state}
            for state in STATES
            if counts[state]
        ),
        every,
    ]
