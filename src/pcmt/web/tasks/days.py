"""Due items on the calendar: a month or a week of days, with counts, working days and holidays.

An item stands on its due day, which is the last day on which it is in time: "trước ngày 15" stands on the 14th.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from django.db.models import Case, F, IntegerField, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.tasks.queries import SHOWN_WITH
from pcmt.core.periods import DAY, Span, add_months, parse_date
from pcmt.reference import work_calendar
from pcmt.web.tasks.owed import WEEKDAYS, Sums, counted, in_state, owed_address, summed
from pcmt.web.templatetags.pcmt import vdate

WEEK = timedelta(days=7)
IN_A_MONTH, IN_A_WEEK = 3, 25
"""How many items of a day are shown; its count leads to all of them."""

EARLIEST, LATEST = date(1990, 1, 1), date(2200, 1, 1)
"""Days outside are no plan's: an address with such a day shows today's month."""


@attrs.frozen
class Day:
    """A day with its due items. `off` says that offices are closed, `words` why, or why they are open on a weekend."""

    on: date
    inside: bool
    today: bool
    off: bool
    words: str
    sums: Sums | None
    items: Sequence[DueItem]
    url: str

    @property
    def name(self) -> str:
        """`Thứ Hai, 02/11/2026`."""
        return f"{WEEKDAYS[self.on.weekday()]}, {vdate(self.on)}"

    @property
    def more(self) -> int:
        """How many items are not shown."""
        return self.sums.total - len(self.items) if self.sums else 0


@attrs.frozen
class Sheet:
    """A month or a week: its weeks of seven days, and the addresses of what lies beside it."""

    title: str
    weeks: Sequence[Sequence[Day]]
    weekdays: Sequence[str]
    of_week: bool
    before_url: str
    after_url: str
    today_url: str
    month_url: str
    week_url: str
    undated: int
    undated_url: str
    total: int


def sheet_of(items: QuerySet[DueItem], today: date, query: Mapping[str, Any]) -> Sheet:
    """The month (`thang`) or the week (`tuan`) that the address asks for, else today's month; four statements."""
    plain = {name: value for name, value in query.items() if name not in ("thang", "tuan")}
    of_week, first, shown = _asked(query, today)
    days = [shown.start + DAY * number for number in range(shown.days)]
    dated = items.filter(due_on__gte=shown.start, due_on__lt=shown.end)
    rows = dated.values("due_on").annotate(**counted(today)).order_by("due_on")
    sums = {row["due_on"]: summed(row) for row in rows}
    kept: dict[date, list[DueItem]] = {}
    for item in _first_of_days(dated, IN_A_WEEK if of_week else IN_A_MONTH):
        kept.setdefault(item.due_on, []).append(item)  # type: ignore[arg-type]
    work = work_calendar()
    made = [
        Day(
            on=day,
            inside=of_week or (day.year, day.month) == (first.year, first.month),
            today=day == today,
            off=not work.is_working(day),
            words=work.worked.get(day) or work.off.get(day) or "",
            sums=sums.get(day),
            items=kept.get(day, ()),
            url=_of_day(plain, day),
        )
        for day in days
    ]
    month, week = f"{first:%Y-%m}", f"{(today if _holds(first, today, of_week) else first):%Y-%m-%d}"
    name = "tuan" if of_week else "thang"
    beside = (
        (f"{first - WEEK:%Y-%m-%d}", f"{first + WEEK:%Y-%m-%d}")
        if of_week
        else (f"{add_months(first, -1):%Y-%m}", f"{add_months(first, 1):%Y-%m}")
    )
    inside = [day.sums.total for day in made if day.inside and day.sums]
    return Sheet(
        title=_("Tuần %(start)s – %(end)s") % {"start": vdate(shown.start), "end": vdate(shown.last)}
        if of_week
        else _("Tháng %(month)s/%(year)s") % {"month": first.month, "year": first.year},
        weeks=[made[at : at + 7] for at in range(0, len(made), 7)],
        weekdays=[str(word) for word in WEEKDAYS],
        of_week=of_week,
        before_url=_sheet(plain, **{name: beside[0]}),
        after_url=_sheet(plain, **{name: beside[1]}),
        today_url=_sheet(plain, **({"tuan": f"{today:%Y-%m-%d}"} if of_week else {})),
        month_url=_sheet(plain, thang=month),
        week_url=_sheet(plain, tuan=week),
        undated=in_state(items, "khong-han", today).count(),
        undated_url=owed_address({**plain, "trang_thai": "khong-han"}),
        total=sum(inside),
    )


def _asked(query: Mapping[str, Any], today: date) -> tuple[bool, date, Span]:
    """Whether a week is asked for, its Monday or the month's first day, and the days to draw: whole weeks."""
    week = parse_date(str(query.get("tuan") or ""))
    if week is not None and EARLIEST <= week <= LATEST:
        monday = week - DAY * week.weekday()
        return True, monday, Span(monday, monday + WEEK)
    month = parse_date(f"{query.get('thang') or ''}-01")
    first = month if month is not None and EARLIEST <= month <= LATEST else today.replace(day=1)
    last = add_months(first, 1) - DAY
    return False, first, Span(first - DAY * first.weekday(), last + DAY * (7 - last.weekday()))


def _holds(first: date, today: date, of_week: bool) -> bool:
    """Whether today lies in what is shown: its week is then the one to change to."""
    return not of_week and (first.year, first.month) == (today.year, today.month)


def _first_of_days(dated: QuerySet[DueItem], most: int) -> QuerySet[DueItem]:
    """The first items of each day: what is still to do before what is done, in the order of bodies."""
    done = Case(When(state=DueState.DONE, then=Value(1)), default=Value(0), output_field=IntegerField())
    order = (done.asc(), F("unit__sort_key").asc(nulls_last=True), F("pk").asc())
    turn = Window(RowNumber(), partition_by=[F("due_on")], order_by=list(order))
    first = dated.order_by().annotate(turn=turn).filter(turn__lte=most).values("pk")
    return DueItem.objects.filter(pk__in=first).select_related(*SHOWN_WITH).order_by("due_on", *order)


def _of_day(query: Mapping[str, Any], day: date) -> str:
    """The list of one day, one line an item."""
    state = query.get("trang_thai") or "tat-ca"
    return owed_address({**query, "tu": day.isoformat(), "den": day.isoformat(), "trang_thai": state, "tach": "on"})


def _sheet(query: Mapping[str, Any], **words: str) -> str:
    return owed_address({**query, **words}, "tasks:calendar")
