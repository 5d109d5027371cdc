"""Making and revoking calendar feeds; answering calendar programs."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.calendars import REFRESH, written
from pcmt.apps.tasks.models import CalendarFeed
from pcmt.apps.tasks.operations import make_feed, read_feed, remake_feed, rename_feed, revoke_feed
from pcmt.apps.tasks.operations.feeding import MOST_FEEDS
from pcmt.core.diagnostics import Refusal
from pcmt.web.feeds.forms import FeedForm, NameForm
from pcmt.web.people.forming import acted
from pcmt.web.shell.access import acting

CLOSED = "Lịch này không còn, hoặc địa chỉ không đúng. Tạo lịch mới trong PCMT, mục Lịch của tôi.\n"
WAIT = "Lịch này được đọc quá thường xuyên. Đọc lại sau một giờ.\n"


@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """One's feeds, and the form for another."""
    actor = acting(request)
    return _list(request, actor, FeedForm(None, actor=actor))


@never_cache
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A new feed; the answer is the one page that shows its address."""
    actor = acting(request)
    form = FeedForm(request.POST, actor=actor)
    if form.is_valid():
        made = make_feed(actor=actor, at=timezone.now(), **form.chosen())
        if not isinstance(made, Refusal):
            return _shown(request, *made)
        form.add_error({"unit": "holds", "plan": "holds"}.get(made.field, made.field) or None, made.message)
    return _list(request, actor, form, status=422)


def rename(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Another name for a feed."""
    actor = acting(request)
    feed = _mine(actor, feed_id)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": feed.name})
    return acted(
        request,
        form,
        lambda said: rename_feed(actor=actor, at=timezone.now(), feed_id=feed.pk, name=said["name"]),
        heading=_("Đổi tên lịch"),
        submit=_("Đổi tên"),
        done=_("Đã đổi tên lịch."),
        **_around(),
    )


@never_cache
def remake(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Another address for a feed whose own was lost or fell into wrong hands."""
    actor = acting(request)
    feed = _mine(actor, feed_id)
    if request.method == "POST":
        made = remake_feed(actor=actor, at=timezone.now(), feed_id=feed.pk)
        if not isinstance(made, Refusal):
            return _shown(request, *made)
    return acted(
        request,
        forms.Form(),
        lambda _said: None,
        heading=_("Tạo lại địa chỉ của lịch “%(name)s”") % {"name": feed.name},
        submit=_("Tạo địa chỉ mới"),
        done="",
        warnings=[_("Địa chỉ cũ thôi dùng được ngay. Phải thêm lịch lại bằng địa chỉ mới ở mọi máy đang dùng.")],
        **_around(),
    )


def revoke(request: HttpRequest, feed_id: int) -> HttpResponse:
    """A feed is closed for good."""
    actor = acting(request)
    feed = _mine(actor, feed_id)
    return acted(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda _said: revoke_feed(actor=actor, at=timezone.now(), feed_id=feed.pk),
        heading=_("Thu hồi lịch “%(name)s”") % {"name": feed.name},
        submit=_("Thu hồi"),
        done=_("Đã thu hồi lịch “%(name)s”.") % {"name": feed.name},
        warnings=[
            _("Ứng dụng lịch không đọc được nữa. Những gì đã tải về có thể còn trong máy; xóa lịch trong ứng dụng.")
        ],
        grave=True,
        **_around(),
    )


@login_not_required
@require_safe
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar program asks every few hours, without a session: the secret in the address opens it."""
    with translation.override("vi"):
        reading = read_feed(secret=secret, at=timezone.now())
    if reading is None:
        allowed = _allowed(request, "feed_missed", None)
        return _plain(CLOSED, 404) if allowed else _plain(WAIT, 429)
    if not _allowed(request, "feed", str(reading.feed.pk)):
        return _plain(WAIT, 429)
    changed = int(reading.feed.changed_at.timestamp())
    known: HttpResponse | None = get_conditional_response(request, etag=reading.tag, last_modified=changed)
    answer = known or HttpResponse(written(reading.feed.name, reading.told), "text/calendar; charset=utf-8")
    if known is None:
        answer["Content-Disposition"] = 'inline; filename="pcmt.ics"'
    answer["ETag"], answer["Last-Modified"] = reading.tag, http_date(changed)
    answer["Cache-Control"] = "private, max-age=300, must-revalidate"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _plain(words: str, status: int) -> HttpResponse:
    answer = HttpResponse(words, "text/plain; charset=utf-8", status)
    answer["Cache-Control"] = "private, no-store"
    if status == 429:
        answer["Retry-After"] = "3600"
    return answer


def _allowed(request: HttpRequest, action: str, key: str | None) -> bool:
    config = settings.FEED_RATE_LIMITS
    used = ratelimit.consume(request, app="pcmt.feeds", action=action, config=config, key=key, limit_get=True)
    return used is not None


def _mine(actor: Actor, feed_id: int) -> CalendarFeed:
    return get_object_or_404(CalendarFeed.objects.visible_to(actor).live(), pk=feed_id)


def _around() -> dict[str, Any]:
    here = reverse("feeds:list")
    return {"back": here, "trail": [(_("Lịch của tôi"), here)]}


def _list(request: HttpRequest, actor: Actor, form: FeedForm, status: int = 200) -> HttpResponse:
    feeds = CalendarFeed.objects.visible_to(actor).live().select_related("unit", "plan")
    page = {"form": form, "feeds": feeds, "most": MOST_FEEDS, "optional_word": _("không bắt buộc")}
    return render(request, "feeds/list.html", page, status=status)


def _shown(request: HttpRequest, feed: CalendarFeed, secret: str) -> HttpResponse:
    """The address, this once."""
    path = reverse("feeds:read", args=[secret])
    address = f"{settings.SITE}{path}"
    page = {
        "feed": feed,
        "address": address,
        "subscribe": f"webcal{address.removeprefix('https').removeprefix('http')}",
        "hours": int(REFRESH.total_seconds() // 3600),
        **_around(),
    }
    return render(request, "feeds/made.html", page)
