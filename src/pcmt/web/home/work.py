"""What stands on the home page: one's own items by day, and how punctual the bodies are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import only_looks
from pcmt.apps.tasks.models import DueItem, Mode
from pcmt.apps.tasks.queries import SOON, MyWork, OweFilter, UnitWork
from pcmt.core.periods import add_months
from pcmt.web.tasks.owed import WEEKDAYS, Group
from pcmt.web.templatetags.pcmt import vdate

MONTHS_BACK = 6
MOST_ITEMS = 40
MOST_BODIES = 10


@attrs.frozen
class Spark:
    """Punctuality of one month: percent in time, None when nothing was due. `y`: where its mark sits, from the top."""

    x: float
    y: float | None
    percent: int | None
    month: date


@attrs.frozen
class BodyLine:
    """One body: what it owes, and how punctual it was in the last months."""

    work: UnitWork
    sparks: Sequence[Spark]

    @property
    def points(self) -> str:
        """The sparkline as points of an SVG polyline."""
        return " ".join(f"{spark.x:g},{spark.y:g}" for spark in self.sparks if spark.y is not None)

    @property
    def last(self) -> Spark | None:
        """The latest month in which something was due."""
        return next((spark for spark in reversed(self.sparks) if spark.percent is not None), None)


def own_filter(actor: Actor) -> OweFilter:
    """What the figures count: one's own unit; for who only looks all that stands under it."""
    return OweFilter(unit_id=actor.unit_id, units_below=only_looks(actor))


def own_query(actor: Actor) -> str:
    """The words of an address that list what `own_filter` counts."""
    return urlencode({"don_vi": actor.unit_id} | ({} if only_looks(actor) else {"rieng": "on"}))


def own_groups(work: MyWork, today: date, *, held: bool) -> tuple[list[Group], int]:
    """The open items of one's unit by day, overdue first, standing ones last; and how many more there are.

    `held`: those that the person has in hand were asked for.
    """
    listed = [*work.overdue, *work.soon, *work.later, *work.standing][:MOST_ITEMS]
    groups: dict[str, Group] = {}
    for item in listed:
        name, tone = _heading(item, today)
        groups.setdefault(name, Group(name, "", tone, None, [])).items.append(item)
    return list(groups.values()), max((work.held if held else work.counts.open) - len(listed), 0)


def _heading(item: DueItem, today: date) -> tuple[str, str]:
    """The heading an item stands under, and its tone: one for all that is overdue, days of the coming week, months."""
    if item.due_on is None:
        return _("Không ghi hạn, làm thường xuyên"), "plain"
    if item.due_on < today:
        return (_("Đề nghị đã qua ngày mong muốn"), "plain") if item.mode == Mode.REQUESTED else (_("Quá hạn"), "late")
    if item.due_on <= today + SOON:
        return f"{WEEKDAYS[item.due_on.weekday()]}, {vdate(item.due_on)}", "plain"
    return _("Tháng %(month)d/%(year)d") % {"month": item.due_on.month, "year": item.due_on.year}, "plain"


def body_lines(actor: Actor, units: Sequence[UnitWork], today: date) -> list[BodyLine]:
    """The units with most overdue, and their punctuality of the last months; one query."""
    busy = [work for work in units if work.counts.open][:MOST_BODIES]
    months = [add_months(today.replace(day=1), back - MONTHS_BACK + 1) for back in range(MONTHS_BACK)]
    punctual = _punctuality(actor, [work.unit_id for work in busy if work.unit_id], months[0], today)
    return [
        BodyLine(
            work, [_spark(place, month, punctual.get((work.unit_id, month))) for place, month in enumerate(months)]
        )
        for work in busy
    ]


def _punctuality(actor: Actor, unit_ids: Sequence[int], since: date, today: date) -> dict[tuple[int | None, date], int]:
    """Percent in time by unit and month of the limit, of the items whose limit has passed."""
    seen = DueItem.objects.visible_to(actor).owed().exclude(mode=Mode.REQUESTED)
    due = seen.filter(unit__in=unit_ids, due_on__gte=since, due_on__lt=today)
    numbers: dict[tuple[int | None, date], list[int]] = {}
    dated: Any = due.order_by().values_list("unit_id", "due_on", "done_on")
    for unit_id, due_on, done_on in dated.iterator():
        tally = numbers.setdefault((unit_id, due_on.replace(day=1)), [0, 0])
        tally[0] += done_on is not None and done_on <= due_on
        tally[1] += 1
    return {key: in_time * 100 // total for key, (in_time, total) in numbers.items()}


def _spark(place: int, month: date, percent: int | None) -> Spark:
    return Spark(4 + place * 18, None if percent is None else round(20 - percent * 0.16, 1), percent, month)
