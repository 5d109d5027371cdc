"""Words of the pages of files: limits in hours or days, masked numbers, results of tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.registers.queries.choices import SUBSTANCES
from pcmt.apps.registers.queries.people import keeps_treatment_only
from pcmt.web.registers.opening import SHOWN, masked
from pcmt.web.templatetags.pcmt import days_left, due_tone

register = template.Library()

IN_HOURS = timedelta(hours=48)
"""Nearer than this, a limit that has an hour is told in hours."""
HOUR = timedelta(hours=1)


@register.inclusion_tag("components/state.html")
def clock_state(clock: Any, now: datetime, today: date) -> dict[str, str]:
    """How far a clock or a step is: in hours while its limit has an hour and is near, else in days."""
    if clock.due_at is not None and abs(clock.due_at - now) < IN_HOURS:
        return {"tone": "late" if clock.due_at < now else "soon", "word": hours_left(clock.due_at, now)}
    due_on = getattr(clock, "due_on", None) or timezone.localdate(clock.due_at)
    if clock.overdue and due_on == today:
        return {"tone": "late", "word": _("quá hạn hôm nay")}
    return {"tone": "late" if clock.overdue else due_tone(due_on, today), "word": days_left(due_on, today)}


def hours_left(due: datetime, now: datetime) -> str:
    """`còn 5 giờ`, `quá 3 giờ`; the last hour in minutes."""
    left = due - now
    if abs(left) < HOUR:
        minutes = max(1, int(abs(left).total_seconds()) // 60)
        if left < timedelta(0):
            return ngettext("quá %(minutes)s phút", "quá %(minutes)s phút", minutes) % {"minutes": minutes}
        return ngettext("còn %(minutes)s phút", "còn %(minutes)s phút", minutes) % {"minutes": minutes}
    hours = int(abs(left) / HOUR)
    if left < timedelta(0):
        return ngettext("quá %(hours)s giờ", "quá %(hours)s giờ", hours) % {"hours": hours}
    return ngettext("còn %(hours)s giờ", "còn %(hours)s giờ", hours) % {"hours": hours}


@register.filter
def tail(number: str) -> str:
    """The digits that a masked number still shows."""
    return number[-SHOWN:]


@register.simple_tag(takes_context=True)
def file_ways(context: Context) -> list[tuple[str, str, str]]:
    """The pages of the files that the reader has: word, name, address."""
    actor = context["request"].actor
    ways = [("list", _("Danh sách"), reverse("registers:list")), ("find", _("Tìm người"), reverse("registers:find"))]
    if not keeps_treatment_only(actor):
        ways.insert(0, ("day", _("Việc hôm nay"), reverse("registers:day")))
        ways.append(("import", _("Nhập danh sách có sẵn"), reverse("papers:import")))
        ways.append(("export", _("Lấy danh sách"), reverse("papers:export")))
    return ways


@register.filter
def substances(codes: Sequence[str]) -> str:
    """What a test found, in words."""
    return ", ".join(str(SUBSTANCES.get(each, each)) for each in codes)


register.filter("masked", masked)
