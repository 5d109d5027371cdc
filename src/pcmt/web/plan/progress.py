"""The timeline of a plan: one row per task or report duty, a bar while it is open, a mark on every due date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext as _

from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem, DueState, Mode
from pcmt.web.plan.header import plan_window
from pcmt.web.plan.timeline import Bar, Dot, Scale, window_of
from pcmt.web.templatetags.pcmt import days_left, vdate

SOON = timedelta(days=7)


@attrs.frozen
class Due:
    """One due date of a row with its items counted over all units; the rest of the total is still open."""

    opens_on: date | None
    due_on: date
    total: int
    done: int
    late: int
    requested: bool
    submitted: int = 0
    suspended: int = 0

    @property
    def closed(self) -> bool:
        """Nobody has to do anything by this day any more: all is done, waits for acceptance or is suspended."""
        return self.done + self.submitted + self.suspended == self.total

    def state(self, today: date) -> str:
        """done, requested, late (somebody is over the limit), soon or open."""
        if self.done == self.total:
            return "done"
        if self.requested:
            return "requested"
        if self.closed:
            return "open"
        if self.due_on < today:
            return "late"
        return "soon" if self.due_on <= today + SOON else "open"

    def words(self, today: date) -> str:
        """`hết ngày 14/06/2025 · quá 4 ngày · 12/15 xong`."""
        parts = [_("hết ngày %(day)s") % {"day": vdate(self.due_on)}]
        match self.state(today):
            case "done":
                parts.append(_("đã xong, có việc muộn") if self.late else _("đã xong"))
            case "requested":
                parts.append(_("đề nghị"))
            case "open" if self.closed:
                parts.append(_("chờ nghiệm thu") if self.submitted else _("tạm dừng"))
            case _:
                parts.append(days_left(self.due_on, today))
        if self.total > 1 and self.done < self.total:
            parts.append(_("%(done)d/%(total)d đơn vị xong") % {"done": self.done, "total": self.total})
        return " · ".join(parts)


@attrs.frozen
class Row:
    """One line of the drawing. `next` is what matters: the first due date still open, else not done, else the last."""

    label: str
    address: str
    item_id: int | None
    task_id: int | None
    limit_text: str
    dues: Sequence[Due]
    bars: Sequence[Bar]
    dots: Sequence[Dot]
    next: Due
    next_words: str

    @property
    def others(self) -> int:
        return len(self.dues) - 1


@attrs.frozen
class Timeline:
    """Rows in order of their next due date, the scale they are drawn to, and what cannot be drawn."""

    rows: Sequence[Row]
    scale: Scale | None
    standing: int

    @property
    def ticks(self) -> Sequence[Any]:
        return self.scale.ticks() if self.scale else ()


def timeline_of(plan: Plan, today: date) -> Timeline:
    """Every due date of a plan by task or duty. Two queries; the items of many units on one day are one mark."""
    items = DueItem.objects.filter(plan=plan).of_plans().owed()
    grouped: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in _dated(items):
        key = ("task", row["task_id"]) if row["task_id"] else ("duty", row["occurrence__duty_id"] or -row["first"])
        grouped.setdefault(key, []).append(row)
    days = [day for rows in grouped.values() for row in rows for day in (row["opens_on"], row["due_on"]) if day]
    window = window_of(plan_window(plan), days)
    scale = Scale(window) if window and grouped else None
    rows = [_row(rows, scale, today) for rows in grouped.values()] if scale else []
    rows.sort(key=lambda row: (row.next.done == row.next.total, row.next.due_on, row.address))
    standing = items.filter(due_on__isnull=True).values("task_id").distinct().count()
    return Timeline(rows=rows, scale=scale, standing=standing)


def _dated(items: Any) -> Iterable[dict[str, Any]]:
    return (
        items.filter(due_on__isnull=False)
        .values(
            "task_id", "task__item_id", "task__text", "occurrence__duty_id", "occurrence__duty__item_id",
            "occurrence__duty__text", "clause__address", "opens_on", "due_on", "limit_text", "mode",
        )
        .annotate(
            first=Min("pk"),
            total=Count("pk"),
            done=Count("pk", filter=Q(state=DueState.DONE)),
            late=Count("pk", filter=Q(state=DueState.DONE, done_on__gt=F("due_on"))),
            submitted=Count("pk", filter=Q(state=DueState.SUBMITTED)),
            suspended=Count("pk", filter=Q(state=DueState.SUSPENDED)),
        )
        .order_by("due_on", "first")
    )  # fmt: skip


def _row(rows: Sequence[Mapping[str, Any]], scale: Scale, today: date) -> Row:
    dues = [
        Due(
            row["opens_on"],
            row["due_on"],
            row["total"],
            row["done"],
            row["late"],
            row["mode"] == Mode.REQUESTED,
            row["submitted"],
            row["suspended"],
        )
        for row in rows
    ]
    first = rows[0]
    unfinished = [due for due in dues if due.done < due.total]
    following = next((due for due in unfinished if not due.closed), unfinished[0] if unfinished else dues[-1])
    return Row(
        label=first["task__text"] or first["occurrence__duty__text"] or "",
        address=first["clause__address"] or "",
        item_id=first["task__item_id"] or first["occurrence__duty__item_id"],
        task_id=first["task_id"],
        limit_text=first["limit_text"],
        dues=dues,
        bars=[
            scale.bar(due.opens_on, due.due_on + timedelta(days=1), due.state(today))
            for due in dues
            if due.opens_on and due.opens_on < due.due_on
        ],
        dots=[Dot(scale.middle(due.due_on), due.state(today), due.words(today)) for due in dues],
        next=following,
        next_words=following.words(today),
    )
