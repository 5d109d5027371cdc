"""Working days, school years and deadline ladders of Việt Nam, from `data/calendars/`.

The holidays that the Labour Code sets, by the sun and by the moon, come from the `holidays` package. What is decided
year by year (days off in exchange for a Saturday) is our own table where we know the decision; it then replaces the
package's. Values are kept: reading them again costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import holidays

from pcmt.core.periods import (
    DAY,
    SCHOOL_TERMS,
    Ladder,
    Relation,
    Rung,
    SchoolTerms,
    Shift,
    Span,
    WorkCalendar,
    date_label,
)
from pcmt.reference.files import table

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years whose lunar holidays the package knows surely enough; outside only weekends are known to be off."""

NATION = ""


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """The working days of state offices (Monday to Friday), with holidays, days off in lieu, and official swaps."""
    decided = {entry["year"]: entry for entry in table("calendars", "workdays")["year"]}
    computed = holidays.country_holidays("VN", years=range(FIRST_YEAR, LAST_YEAR + 1), language="vi")
    swapped = {day for day in computed if any(name.startswith(_SWAPPED) for name in computed.get_list(day))}
    # A swap belongs to the year of its day off, wherever the Saturday lies that makes up for it.
    off = {day: name for day, name in computed.items() if not (day in swapped and day.year in decided)}
    worked = {day: "Ngày làm bù" for day in computed.weekend_workdays if day.year not in decided}
    for entry in decided.values():
        for swap in entry.get("swap", ()):
            off[swap["off"]] = f"Nghỉ hoán đổi với ngày {date_label(swap['worked'])}"
            worked[swap["worked"]] = f"Làm bù cho ngày {date_label(swap['off'])}"
    return WorkCalendar(
        off=off,
        worked=worked,
        known=Span(date(FIRST_YEAR, 1, 1), date(LAST_YEAR + 1, 1, 1)),
        official=frozenset(decided),
    )


_SWAPPED = "Ngày nghỉ (thay cho"
"""How the package begins the name of a day off that a Saturday makes up for."""


@lru_cache(maxsize=128)
def school_terms(province: str = NATION) -> SchoolTerms:
    """The terms of school years: as a province decided them, else the ministry's frame, else the usual frame.

    `province` is the code of the province as of the decision ("42"); empty for the ministry's frame.
    """
    entries = table("calendars", "school_years")["year"]
    decided: dict[int, tuple[Span, Span]] = {}
    for wanted in dict.fromkeys((NATION, province)):
        decided |= {
            entry["opens"]: (_span(entry["first"]), _span(entry["second"]))
            for entry in entries
            if entry.get("province", NATION) == wanted
        }
    return SchoolTerms(SCHOOL_TERMS.first, SCHOOL_TERMS.second, SCHOOL_TERMS.over, decided)


@lru_cache(maxsize=1)
def ladders() -> Mapping[str, Ladder]:
    """The deadline ladders by their codes."""
    return {ladder.code: ladder for ladder in _ladders()}


def _ladders() -> Iterator[Ladder]:
    for entry in table("calendars", "ladders")["ladder"]:
        yield Ladder(
            code=entry["code"],
            source=entry["source"],
            shift=Shift(entry["shift"]),
            gap=entry["gap"],
            step=entry["step"],
            rungs=tuple(_rung(rung) for rung in entry["rung"]),
        )


def _rung(data: Mapping[str, Any]) -> Rung:
    return Rung(
        level=data["level"],
        day=data["day"],
        relation=Relation(data.get("relation", "before")),
        months_after=data.get("months_after", 0),
        since=data.get("since"),
        until=data.get("until"),
    )


def _span(data: Mapping[str, date]) -> Span:
    return Span(data["from"], data["to"] + DAY)
