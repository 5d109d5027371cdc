"""A report regime's own arithmetic: its name, its limits along the ladder, its periods. No database.

A limit that the standing office sets is kept in `Duty.due` in the words of the reading contract, so that every page
reads it like one of a plan, and beside them under `rung` as a step of a ladder (`core.periods.Rung`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs

from pcmt.apps.reports.models import Duty, Method
from pcmt.core.periods import (
    ADMINISTRATIVE,
    CALENDARS,
    DAY,
    PERIOD_WORDS,
    Calendar,
    Ladder,
    Relation,
    Rung,
    Span,
    Step,
    WorkCalendar,
    closing_on,
    limit_from,
    limit_label,
    moved_label,
    parse_date,
    period_word_label,
    periods_of,
)

OPEN_ENDED = timedelta(days=400)
"""So far ahead the reports of a plan without a last day are laid out; a job carries on every night."""
TITLE_CHARS = 300
NAMES: Mapping[str, str] = {
    "periodic": "Báo cáo định kỳ",
    "interim": "Báo cáo sơ kết",
    "final": "Báo cáo tổng kết",
    "ad_hoc": "Báo cáo đột xuất",
    "thematic": "Báo cáo chuyên đề",
    "results": "Báo cáo kết quả",
    "submission": "Gửi",
    "evidence": "Gửi",
}
"""What a report is called by its kind. Stored, so Vietnamese."""
THINGS: Mapping[str, str] = {"submission": "kế hoạch, danh sách", "evidence": "tài liệu minh chứng"}
LAST_MONTHS: Mapping[str, Sequence[int]] = {
    "quarterly": (3, 6, 9, 12),
    "six_monthly": (6, 12),
    "nine_monthly": (9,),
    "annual": (12,),
}
"""The months in which periods end; those of a month end in every one."""
WEEKLY = "weekly"
EVENT = "ad_hoc"
"""The period of duties that nobody owes before something happens."""
ONCE = "once"
SHOWN_PERIODS = 4
"""So many periods show what limits a regime has before it is defined."""


def title_of(kind: str, period: str, what: str) -> str:
    """The name of a report that a plan asks for: `Báo cáo định kỳ hằng tháng: kết quả tấn công tội phạm`."""
    name = NAMES.get(kind, "Báo cáo")
    said = " ".join(what.split())
    if kind in THINGS:
        return f"{name} {_lower(said) if said else THINGS[kind]}"[:TITLE_CHARS]
    word = period_word_label(period) if period in PERIOD_WORDS else ""
    if word:
        name = f"{name} {word}"
    if not said or said.casefold() in ("báo cáo", name.casefold()):
        return name[:TITLE_CHARS]
    if said.casefold().startswith("báo cáo"):
        whole = f"{said[0].upper()}{said[1:]}"
        return (f"{whole} ({word})" if word and word.casefold() not in whole.casefold() else whole)[:TITLE_CHARS]
    return f"{name}: {said}"[:TITLE_CHARS]


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def calendar_of(code: str) -> Calendar:
    """The calendar in whose periods a duty is reported; that of administrative reports where nothing is said."""
    if code.startswith("closing-") and code.removeprefix("closing-").isdecimal():
        return closing_on(int(code.removeprefix("closing-")))
    return CALENDARS.get(code, ADMINISTRATIVE)


def due_data(period: str, rung: Rung, since: date) -> dict[str, Any]:
    """The limit of an office's regime for `Duty.due`; `since` is the first day whose periods are reported."""
    own: dict[str, Any] = {"since": since.isoformat()}
    if rung.after is not None:
        limit: dict[str, Any] = {
            "relation": Relation.WITHIN.value,
            "precision": "event",
            "event": "kể từ ngày chốt số liệu",
            "length": {"n": rung.after, "unit": "working_day"},
        }
        return {**limit, "rung": {"after": rung.after}, **own}
    months = sorted((month + rung.months_after - 1) % 12 + 1 for month in LAST_MONTHS.get(period, ()))
    every = f"FREQ=YEARLY;BYMONTH={','.join(str(each) for each in months)}" if months else "FREQ=MONTHLY"
    return {
        "relation": rung.relation.value,
        "precision": "recurring",
        "rule": f"{every};BYMONTHDAY={rung.day}",
        "rung": {"day": rung.day, "relation": rung.relation.value, "months_after": rung.months_after},
        **own,
    }


def rung_of(duty: Duty) -> Rung | None:
    """The step of the ladder on which a regime of the office stands; None for one that has its days from elsewhere."""
    told = (duty.due or {}).get("rung")
    if not told:
        return None
    if "after" in told:
        return Rung(str(duty.pk), after=told["after"])
    return Rung(
        str(duty.pk), day=told["day"], relation=Relation(told["relation"]), months_after=told.get("months_after", 0)
    )


def since_of(duty: Duty) -> date | None:
    """The first day whose periods a regime of the office covers."""
    return parse_date((duty.due or {}).get("since"))


def limit_words(duty: Duty) -> str:
    """The limit in words: those of the plan, else as it was set; empty where there is none."""
    if duty.due_text:
        return duty.due_text
    limit = limit_from(duty.due)
    return limit_label(limit) if limit else ""


def step_words(duty: Duty, step: Step) -> str:
    """The words of one limit, and why it is another day than they say."""
    moved = moved_label(step)
    return f"{limit_words(duty)} ({moved})"[:300] if moved else limit_words(duty)[:300]


def periods_ahead(duty: Duty, first: date | None, last: date | None, today: date) -> Sequence[Span]:
    """The periods of a regime that close within a plan's window (both days included; either may be open)."""
    kind = PERIOD_WORDS.get(duty.period)
    if kind is None:
        return ()
    begin = max(day for day in (first, since_of(duty), date.min) if day is not None)
    begin = today if begin == date.min else begin
    end = last or max(today, begin) + OPEN_ENDED
    if end < begin:
        return ()
    found = periods_of(kind, Span(begin, end + DAY), calendar_of(duty.calendar))
    return [period for period in found if begin <= period.last <= end]


def step_of(duty: Duty, period: Span, fed: Mapping[int, Sequence[Duty]], work: WorkCalendar) -> Step | None:
    """The limit of a regime for a period, a working day after the cut-off and after every level below.

    `fed` are the duties below each duty. Levels below count where they stand on the ladder for the same period.
    """
    if rung_of(duty) is None:
        return None
    steps = [
        Ladder(str(duty.pk), tuple(rung for each in path if (rung := rung_of(each)))).chain(period, work)[-1]
        for path in _paths(duty, fed)
    ]
    return max(steps, key=lambda step: step.last)


def _paths(duty: Duty, fed: Mapping[int, Sequence[Duty]]) -> list[list[Duty]]:
    """The ways up to a duty from the lowest levels."""
    below = [
        each
        for each in fed.get(duty.pk, ())
        if rung_of(each) and (each.period, each.calendar) == (duty.period, duty.calendar)
    ]
    return [[*path, duty] for each in below for path in _paths(each, fed)] or [[duty]]


@attrs.frozen(kw_only=True)
class LevelText:
    """One level that receives the reports of a regime: a day of the month in which a period ends (`months_after`: so
    many months later), or so many working days `after` the cut-off. `guidance` is for who writes what it receives.
    """

    recipient_id: int | None = None
    day: int | None = None
    relation: str = Relation.BEFORE.value
    months_after: int = 0
    after: int | None = None
    via: str = ""
    method: str = Method.SOFTWARE.value
    guidance: str = ""

    @property
    def rung(self) -> Rung | None:
        """The step of the ladder; None when neither way of saying it is whole."""
        if self.after is not None:
            return Rung("", after=self.after) if 1 <= self.after <= 60 else None
        if self.day is None or not 1 <= self.day <= 31 or not 0 <= self.months_after <= 12:
            return None
        return Rung("", day=self.day, relation=Relation(self.relation), months_after=self.months_after)


@attrs.frozen(kw_only=True)
class RegimeText:
    """What the office asks for again and again. `levels` from the lowest receiver up: each writes what the next gets.

    `since` is the first day whose periods are reported. `form_id` is the form of all levels at first.
    """

    title: str
    what: str = ""
    period: str
    calendar: str = "administrative"
    since: date | None = None
    reporter_ids: tuple[int, ...]
    levels: tuple[LevelText, ...]
    form_id: int | None = None
    kind: str = "periodic"


def first_limits(
    regime: RegimeText, first: date | None, last: date | None, today: date, work: WorkCalendar
) -> list[tuple[Span, tuple[Step, ...]]]:
    """The limits of all levels in the first periods of a regime, in a plan from `first` to `last`."""
    rungs = [rung for level in regime.levels if (rung := level.rung)]
    if not rungs:
        return []
    since = regime.since or today
    duty = Duty(period=regime.period, calendar=regime.calendar, due=due_data(regime.period, rungs[0], since))
    # Steps are told apart by their place.
    ladder = Ladder("", tuple(attrs.evolve(rung, level=str(number)) for number, rung in enumerate(rungs)))
    periods = periods_ahead(duty, first, last, today)[:SHOWN_PERIODS]
    return [(period, ladder.chain(period, work)) for period in periods]
