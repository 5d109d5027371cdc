"""The leader screen on one sheet, what changed since the last briefing, and the days of briefings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.audit.operations import Thing
from pcmt.apps.plans.models import Meeting
from pcmt.apps.plans.operations import hold_meeting, take_back_meeting
from pcmt.apps.plans.policies import can_hold_meeting
from pcmt.apps.tasks.areas import plans_of
from pcmt.core.diagnostics import Refusal
from pcmt.web.audit.acts import noted
from pcmt.web.leader.forms import MeetingForm, SinceForm
from pcmt.web.leader.news import SHOWN, News, news_of, sheet_of
from pcmt.web.leader.page import Ground, ground_of, screen_of, stretch_of
from pcmt.web.leader.places import COLUMNS, place_lines, places_sheet
from pcmt.web.leader.tiles import SIGNS
from pcmt.web.shell.access import acting, deny
from pcmt.web.templatetags.pcmt import vdate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEETINGS = 12


def screen(request: HttpRequest) -> HttpResponse:
    """The area on one sheet."""
    ground = ground_of(request)
    first, _last = SinceForm(request.GET).days(ground.switch.on)
    context = {
        "ground": ground,
        "switch": ground.switch,
        "screen": screen_of(ground, first),
        "places_url": ground.address("places"),
    }
    return render(request, "leader/screen.html", context)


def places(request: HttpRequest) -> HttpResponse:
    """The places of the area as a table: what the map and the ranking are made of."""
    ground = ground_of(request)
    context = {
        "ground": ground,
        "switch": ground.switch,
        "lines": place_lines(ground),
        "signs": SIGNS.values(),
        "heads": [word for _verdict, word in COLUMNS],
        "screen_url": ground.address("screen"),
        "sheet_url": ground.address("places-xlsx"),
    }
    return render(request, "leader/places.html", context)


def places_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a spreadsheet."""
    ground = ground_of(request)
    heading = _("Các nơi, %(unit)s, năm %(year)d. %(words)s") % {
        "unit": ground.area.unit.name,
        "year": ground.year,
        "words": ground.switch.words,
    }
    name = f"cac-noi-{ground.switch.on:%Y-%m-%d}.xlsx"
    noted(request, "targets.places.exported", Thing("targets.Standing", "", name), format="xlsx", filter=heading)
    return _download(places_sheet(place_lines(ground), heading=heading), name)


def changes(request: HttpRequest) -> HttpResponse:
    """What changed, by groups."""
    return _changes_page(request, ground_of(request))


def changes_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a workbook, with every row."""
    ground = ground_of(request)
    news = _news(request, ground)
    heading = _heading(ground, news)
    name = f"thay-doi-{news.stretch.first:%Y-%m-%d}-{news.stretch.last:%Y-%m-%d}.xlsx"
    noted(request, "targets.changes.exported", Thing("targets.StandingChange", "", name), format="xlsx", filter=heading)
    return _download(sheet_of(news, heading=heading), name)


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """The standing office notes the day of a briefing of the area in the address."""
    ground = ground_of(request)
    if not can_hold_meeting(ground.actor, ground.area.unit.pk):
        return deny(request, _("Chỉ cơ quan thường trực của địa bàn được ghi ngày giao ban."))
    form = MeetingForm(request.POST)
    if not form.is_valid():
        return _changes_page(request, ground, form, status=422)
    answer = hold_meeting(actor=ground.actor, at=timezone.now(), unit_id=ground.area.unit.pk, **form.cleaned_data)
    if isinstance(answer, Refusal):
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
        return _changes_page(request, ground, form, status=422)
    if "mo" in request.POST:
        return redirect("leader:briefing", answer.pk)
    messages.success(request, _("Đã ghi ngày giao ban %(day)s.") % {"day": vdate(answer.on)})
    return redirect(ground.address("changes"))


@require_POST
def take_back(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """A day that was noted by mistake."""
    ground = ground_of(request)
    if not Meeting.objects.visible_to(ground.actor).filter(pk=meeting_id).exists():
        raise Http404
    answer = take_back_meeting(actor=ground.actor, at=timezone.now(), meeting_id=meeting_id)
    if isinstance(answer, Refusal):
        return deny(request, answer.message)
    messages.success(request, _("Đã bỏ ngày giao ban %(day)s.") % {"day": vdate(answer)})
    return redirect(ground.address("changes"))


def _news(request: HttpRequest, ground: Ground) -> News:
    first, last = SinceForm(request.GET).days(ground.actor.on)
    plans = plans_of(ground.actor, ground.area, ground.period)
    return news_of(ground.actor, ground.area, plans, *stretch_of(ground, first, last))


def _changes_page(
    request: HttpRequest, ground: Ground, form: MeetingForm | None = None, status: int = 200
) -> HttpResponse:
    news = _news(request, ground)
    stretch = news.stretch
    since = SinceForm(initial={"tu": stretch.first, "den": stretch.last})
    may_hold = can_hold_meeting(ground.actor, ground.area.unit.pk)
    held = Meeting.objects.visible_to(acting(request)).filter(unit=ground.area.unit)
    context: dict[str, Any] = {
        "ground": ground,
        "news": news,
        "since": since,
        "worse": news.turn_lines("worse", SHOWN),
        "better": news.turn_lines("better", SHOWN),
        "other": news.turn_lines("other", SHOWN),
        "facts": news.fact_lines(SHOWN),
        "done": news.items(news.done, SHOWN),
        "overdue": news.items(news.overdue, SHOWN),
        "texts": news.texts(SHOWN),
        "most": SHOWN,
        "screen_url": ground.address("screen"),
        "sheet_url": ground.address("changes-xlsx", tu=stretch.first.isoformat(), den=stretch.last.isoformat()),
        "hold_url": ground.address("hold"),
        "kept": ground.kept,
        "meetings": held[:MEETINGS],
        "may_hold": may_hold,
        "form": form or MeetingForm(initial={"on": ground.actor.on}),
    }
    return render(request, "leader/changes.html", context, status=status)


def _download(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _heading(ground: Ground, news: News) -> str:
    return _("Thay đổi từ đầu ngày %(first)s đến hết ngày %(last)s, %(unit)s") % {
        "first": vdate(news.stretch.first),
        "last": vdate(news.stretch.last),
        "unit": ground.area.unit.name,
    }
