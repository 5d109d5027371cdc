"""Two thousand duties expanded over five years, side by side with a plain loop over dateutil.

A province has some forty plans with fifty recurring duties each: weekly rounds, monthly reports before the 15th,
quarters, half-years. The core gives every due window of every duty; the plain loop parses each rule with dateutil,
walks it, and takes a day off for "before". Both must give the same days, or the run stops. *First* is with nothing kept
from before, *again* what every page after the first pays; in the worst case every duty has a window of its own.
"""

import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from benchmarks.harness import Goal, Report, arguments, seconds
from pcmt.core.periods import (
    Held,
    Limit,
    Precision,
    Relation,
    Span,
    Version,
    Wanted,
    WorkCalendar,
    add_months,
    due_windows,
    dues_of,
    limits,
    renew,
    rules,
    timeline,
)
from pcmt.reference import ladders, work_calendar

DAY = timedelta(days=1)
DUTIES, YEARS = 2000, 5
REPEATS = {"S": 3, "M": 7, "L": 15}
RULES = (
    *(f"FREQ=WEEKLY;BYDAY={day}" for day in ("MO", "TU", "FR")),
    *(f"FREQ=MONTHLY;BYMONTHDAY={day}" for day in (1, 5, 10, 14, 15, 16, 18, 20, 25, 28)),
    *(f"FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY={day}" for day in (10, 15, 20)),
    *(f"FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY={day}" for day in (15, 16)),
    *(f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=15" for month in (1, 6, 11, 12)),
)
Duty = tuple[str, Span]


def duties(plans: int) -> list[Duty]:
    """Two thousand duties of so many plans, each plan with its own window of five years."""
    starts = [date(2026, 1, 1) + number * DAY for number in range(plans)]
    windows = [Span(start, add_months(start, 12 * YEARS)) for start in starts]
    return [(RULES[number % len(RULES)], windows[number % plans]) for number in range(DUTIES)]


def core(some: Sequence[Duty]) -> list[list[date]]:
    """All due days of all duties."""
    return [
        [piece.last for piece in due_windows(Limit(Relation.BEFORE, Precision.RECURRING, rule=rule), window)]
        for rule, window in some
    ]


def plain(some: Sequence[Duty]) -> list[list[date]]:
    """The same with dateutil alone."""
    found = []
    for rule, window in some:
        begin, end = datetime.combine(window.start, time()), datetime.combine(window.end, time())
        moments = rrulestr(rule, dtstart=begin).between(begin, end, inc=True)
        found.append([day for moment in moments if (day := moment.date() - DAY) in window])
    return found


def forget() -> None:
    """Drop what earlier calls left behind."""
    for kept in (limits._recurring, rules._of_decade, rules._expanded, rules.rule_parts, rules._stands_alone):  # noqa: SLF001 - to measure without them
        kept.cache_clear()


def cold(some: Sequence[Duty]) -> list[list[date]]:
    """All due days, with nothing kept from before."""
    forget()
    return core(some)


def ms(value: float) -> str:
    """Milliseconds."""
    return f"{value * 1000:,.1f}"


def compare(report: Report, repeats: int) -> None:
    """The core and the plain loop on the same duties."""
    rows = [["duties", "due dates", "core first ms", "core again ms", "dateutil ms", "times faster first", "again"]]
    for name, plans, wanted in (("of 40 plans", 40, 5), ("each with a window of its own", DUTIES, 2)):
        some = duties(plans)
        expected = plain(some)
        if core(some) != expected:
            raise AssertionError("dateutil gives other days")
        first = seconds(lambda some=some: cold(some), repeats=repeats)
        core(some)
        again = seconds(lambda some=some: core(some), repeats=repeats)
        loop = seconds(lambda some=some: plain(some), repeats=max(2, repeats // 3))
        count = sum(len(days) for days in expected)
        rows.append([name, f"{count:,}", ms(first), ms(again), ms(loop), f"{loop / first:.1f}", f"{loop / again:.1f}"])
        report.figures[name] = {"due_dates": count, "first": first, "again": again, "dateutil": loop}
        report.goals += [
            Goal(f"2,000 duties over five years, {name}", "≤ 500 ms", f"{ms(first)} ms", first <= 0.5),
            Goal(
                f"against a loop over dateutil, {name}", f"≥ {wanted}×", f"{loop / first:.1f}×", loop / first >= wanted
            ),
        ]
    report.tables["Expanding 2,000 duties over five years"] = rows


def around(report: Report, repeats: int, work: WorkCalendar) -> None:
    """What goes with it: the ladder of every month, and two thousand duties made anew."""
    ladder = ladders()["drug-statistics"]
    window = Span(date(2026, 1, 1), date(2031, 1, 1))
    old, new = (
        dues_of(Limit(Relation.BEFORE, Precision.RECURRING, rule=f"FREQ=MONTHLY;BYMONTHDAY={day}"), window)
        for day in (15, 20)
    )
    months = [due.slot for due in old]
    since = date(2028, 3, 1)
    standing = timeline([Version(window.start, old), Version(since, new)])
    held = [Held((owner, due.last), owner, due.slot, due.last) for owner in range(DUTIES) for due in old]
    wanted = [Wanted(owner, due.slot, due.last) for owner in range(DUTIES) for due in standing]
    chains = seconds(lambda: [ladder.chain(month, work) for month in months], repeats=repeats)
    renewed = seconds(lambda: renew(held, wanted, on=since), repeats=2)
    report.tables["Around it"] = [
        ["step", "items", "ms of the processor"],
        ["the ladder of sixty months over Vietnam's working days", f"{len(months) * len(ladder.rungs):,}", ms(chains)],
        ["a rule changes for 2,000 bodies: what becomes of each due item", f"{len(held):,}", ms(renewed)],
    ]
    report.figures |= {"ladders": chains, "renew": renewed}


def main() -> int:
    """Run it all."""
    chosen = arguments(__doc__.splitlines()[0])
    report = Report("periods", chosen.size)
    compare(report, REPEATS[chosen.size])
    around(report, REPEATS[chosen.size], work_calendar())
    return report.finish(chosen.out)


if __name__ == "__main__":
    sys.exit(main())
