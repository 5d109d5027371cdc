"""How far a due item is, in words; shared by every list of due items."""

from __future__ import annotations

from datetime import date

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.policies import can_open
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Mode
from pcmt.apps.tasks.policies import has_report, is_written_report
from pcmt.apps.tasks.series import Series
from pcmt.web.tasks.strip import Strip, marks_in_words, strip_of
from pcmt.web.templatetags.pcmt import days_left, due_tone, vdate

register = template.Library()


def late_words(item: DueItem, today: date) -> str:
    """`quá 4 ngày` while open, `xong muộn 4 ngày` afterwards; empty when the item is not late."""
    if not item.is_late(today) or item.due_on is None:
        return ""
    if item.done_on is None:
        return days_left(item.due_on, today)
    days = (item.done_on - item.due_on).days
    return ngettext("xong muộn %(days)d ngày", "xong muộn %(days)d ngày", days) % {"days": days}


@register.inclusion_tag("components/state.html")
def due_state(item: DueItem, today: date) -> dict[str, str]:
    """The state of a due item: red only while it is overdue; what was requested is never late.

    What was sent back says so beside its limit; what waits for acceptance says whether it was reported late.
    """
    late = late_words(item, today)
    match item.state:
        case DueState.ENDED:
            return {"tone": "plain", "word": _("không còn phải làm")}
        case DueState.CANCELLED:
            return {"tone": "plain", "word": _("đã hủy")}
        case DueState.SUSPENDED:
            return {"tone": "plain", "word": _("tạm dừng")}
        case DueState.SUBMITTED:
            waits = _("chờ tiếp nhận") if item.kind == DueKind.REPORT else _("chờ nghiệm thu")
            return {"tone": "wait", "word": " · ".join(filter(None, (waits, late)))}
        case DueState.DONE:
            return {"tone": "done", "word": late or _("đã xong")}
    if item.mode == Mode.REQUESTED:
        return {"tone": "wait", "word": _("đề nghị")}
    back = _("bị trả lại") if item.returned_at else ""
    if item.due_on is None:
        return {"tone": "plain", "word": back or _("không ghi hạn")}
    left = days_left(item.due_on, today)
    return {"tone": due_tone(item.due_on, today), "word": f"{back} · {left}" if back else left}


@register.filter
def last_day(due: date | None) -> str:
    """The due day as the screen says it, `hết ngày 14/06/2025`; nothing when there is none."""
    return _("hết ngày %(day)s") % {"day": vdate(due)} if due else ""


@register.filter
def source_item(item: DueItem) -> int | None:
    """The id of the reading's item that a due item came from: the anchor of its sentence in the text."""
    if item.task is not None:
        return item.task.item_id
    occurrence = getattr(item, "occurrence", None)
    return occurrence.duty.item_id if occurrence else None


@register.simple_tag(takes_context=True)
def work_address(context: Context, item: DueItem, anchor: str = "") -> str:
    """Where one goes on with an item: to the report, where the own body writes it here; else to the item's page."""
    actor = context["request"].actor
    if item.unit_id == actor.unit_id and is_written_report(item):
        return report_url(item, actor)
    return reverse("tasks:due", args=[item.pk]) + anchor


@register.filter
def written(item: DueItem) -> bool:
    """Whether it is a report that is written in this program."""
    return is_written_report(item)


def report_url(item: DueItem, actor: Actor) -> str:
    """The report of a due item; where nobody has begun it, the page that begins it, for who may."""
    if has_report(item):
        return reverse("reports:report", args=[item.occurrence.submission.pk])
    if can_open(actor, item.occurrence):
        return reverse("reports:open", args=[item.occurrence.pk])
    return reverse("tasks:due", args=[item.pk])


@register.inclusion_tag("tasks/_strip.html")
def strip(series: Series, today: date) -> dict[str, Strip]:
    """A recurring task of one body at a glance."""
    return {"strip": strip_of(series, today)}


@register.inclusion_tag("tasks/_strip_legend.html")
def strip_legend() -> dict[str, object]:
    """What the marks of strips mean."""
    return {"marks": marks_in_words()}
