"""Due items on a line of time: a bar from opening to limit, one line for each recurring task of a body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.queries import SHOWN_WITH, SOON
from pcmt.apps.tasks.series import Mark, Series, mark_of, one_a_series, series_of
from pcmt.core.periods import DAY, Span
from pcmt.web.plan.timeline import Bar, Dot, Scale, Tick
from pcmt.web.tasks.listing import grouping_of, groups_of, in_order
from pcmt.web.tasks.owed import Group, in_state
from pcmt.web.tasks.strip import series_words
from pcmt.web.templatetags.due import late_words
from pcmt.web.templatetags.pcmt import days_left, vdate

LINES_A_PAGE = 40
MARGIN = 60
"""The drawing is so much longer at both ends: one part in so many."""
LONGEST = timedelta(days=366 * 12)
"""No drawing spans more: one date far off would press all others into a corner. It is cut around today."""

DOTS = {
    Mark.DONE: "done",
    Mark.LATE: "after",
    Mark.MISSED: "late",
    Mark.WAITING: "waiting",
    Mark.OPEN: "open",
    Mark.COMING: "open",
    Mark.PAUSED: "paused",
    Mark.ASKED: "requested",
}
"""What a due day is drawn as."""


@attrs.frozen
class Line:
    """A line of the drawing. `original` is where the first limit stood, when more time was given since."""

    item: DueItem
    series: Series | None
    words: str
    bars: Sequence[Bar]
    dots: Sequence[Dot]
    original: float | None


@attrs.frozen
class Timeline:
    """A page of lines in their groups, the scale they are drawn to, where today is, and how much has no day."""

    page: Page[DueItem]
    groups: Sequence[tuple[Group, Sequence[Line]]]
    ticks: Sequence[Tick]
    today_x: float | None
    undated: int
    far: bool


def timeline_of(actor: Actor, items: QuerySet[DueItem], chosen: Mapping[str, Any], number: Any) -> Timeline:
    """A page of the line of time; the same few statements whatever its size."""
    # Days make no groups where time runs along the line.
    arranged = {**chosen, "nhom": "" if chosen.get("nhom") == "ngay" else chosen.get("nhom")}
    dated = items.filter(due_on__isnull=False)
    lines = dated if chosen.get("tach") else one_a_series(dated)
    page = Paginator(in_order(lines, arranged).select_related(*SHOWN_WITH), LINES_A_PAGE).get_page(number)
    listed = list(page.object_list)
    window, far = _window(dated, actor.on)
    scale = Scale(window) if window else None
    series = {} if chosen.get("tach") else series_of(actor, listed, actor.on)
    groups = groups_of(grouping_of(arranged), listed, items, actor.on)
    return Timeline(
        page=page,
        groups=[
            (group, [_line(item, series.get(item.pk), scale, actor.on) for item in group.items])
            for group in groups
            if scale is not None
        ],
        ticks=scale.ticks() if scale else (),
        today_x=scale.middle(actor.on) if scale and actor.on in scale.window else None,
        undated=in_state(items, "khong-han", actor.on).count(),
        far=far,
    )


def _window(dated: QuerySet[DueItem], today: date) -> tuple[Span | None, bool]:
    """From the first day on which something opens to the last limit, and whether that had to be cut."""
    ends = dated.aggregate(opens=Min("opens_on"), first=Min("due_on"), last=Max("due_on"), kept=Min("original_due_on"))
    if ends["first"] is None:
        return None, False
    start, end = min(day for day in (ends["opens"], ends["first"], ends["kept"]) if day), ends["last"] + DAY
    if end - start <= LONGEST:
        margin = max((end - start) // MARGIN, DAY)  # a mark on the first or the last day is drawn whole
        return Span(start - margin, end + margin), False
    half = LONGEST / 2
    middle = min(max(today, start + half), end - half)
    return Span(max(start, middle - half), min(end, middle + half)), True


def _line(item: DueItem, series: Series | None, scale: Scale, today: date) -> Line:
    assert item.due_on is not None
    start = _opens(item, scale)
    bars, original = [], None
    if item.original_due_on and item.original_due_on < item.due_on:
        original = scale.middle(item.original_due_on)
        bars.append(scale.bar(start, item.original_due_on + DAY, "open"))
        bars.append(scale.bar(item.original_due_on + DAY, item.due_on + DAY, "more"))
    elif start <= item.due_on:
        bars.append(scale.bar(start, item.due_on + DAY, "open"))
    if series is None:
        mark = mark_of(
            state=item.state, mode=item.mode, opens_on=item.opens_on, due_on=item.due_on, done_on=item.done_on, on=today
        )
        dots = [Dot(scale.middle(item.due_on), _state(mark, item.due_on, today), vdate(item.due_on))]
    else:
        dots = [
            Dot(scale.middle(each.due_on), _state(each.mark, each.due_on, today), vdate(each.due_on))
            for each in series.occurrences
            if each.due_on in scale.window
        ]
        bars = [scale.bar(min(start, series.occurrences[0].due_on), series.occurrences[-1].due_on + DAY, "series")]
        original = None
    return Line(item, series, _words(item, series, today), bars, dots, original)


def _opens(item: DueItem, scale: Scale) -> date:
    """The day on which it opens; where none is set, that of its plan; never before the drawing."""
    day = item.opens_on or item.plan.window_from or item.plan.issued_on or scale.window.start
    return max(day, scale.window.start)


def _state(mark: Mark, due_on: date, today: date) -> str:
    soon = mark is Mark.OPEN and today <= due_on <= today + SOON
    return "soon" if soon else DOTS[mark]


def _words(item: DueItem, series: Series | None, today: date) -> str:
    """What the line says to those who do not see it."""
    assert item.due_on is not None
    parts = [_("hết ngày %(day)s") % {"day": vdate(item.due_on)}]
    if series is not None:
        parts.append(series_words(series, today))
    elif item.done_on is not None:
        parts.append(late_words(item, today) or _("đã xong"))
    else:
        parts.append(days_left(item.due_on, today))
    if item.original_due_on and item.original_due_on != item.due_on:
        parts.append(_("hạn ban đầu %(day)s") % {"day": vdate(item.original_due_on)})
    return " · ".join(parts)
