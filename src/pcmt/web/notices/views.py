"""The list behind the bell, opening a notice, and how one wants to be told."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.policies import is_demo
from pcmt.apps.notices.addresses import user_of
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.notices.operations import choose, read_all, read_one, stop_mail
from pcmt.apps.notices.queries import by_reason, mails_to, muted_by, preference_of, reasons_among
from pcmt.core.diagnostics import Refusal
from pcmt.web.notices.forms import PreferenceForm
from pcmt.web.shell.access import acting

PAGE = 50
READ = "da-doc"


@require_GET
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """What one was told: unread by reason, or read with the latest first."""
    actor = acting(request)
    old = request.GET.get("xem") == READ
    mine = Notice.objects.visible_to(actor)
    found = mine.filter(read_at__isnull=not old)
    reasons = reasons_among(found)
    total = sum(count for _reason, count in reasons)
    asked = request.GET.get("ly_do", "")
    reason = asked if asked in dict(reasons) else ""
    if reason:
        found = found.filter(reason=reason)
    in_order = found.order_by("-at", "-pk") if old else by_reason(found)
    page = Paginator(in_order.select_related("unit"), PAGE).get_page(request.GET.get("trang"))
    rows = list(page.object_list)
    other = mine.filter(read_at__isnull=old).count()
    here = {"xem": READ} if old else {}
    context = {
        "old": old,
        "page": page,
        "groups": [("", rows)] if old else [(Reason(key), list(group)) for key, group in groupby(rows, _reason_of)],
        "reason": reason,
        "reasons": [
            {
                "label": each.label,
                "count": count,
                "url": f"?{urlencode(here | {'ly_do': each})}",
                "current": each == reason,
            }
            for each, count in reasons
        ],
        "all_url": f"?{urlencode(here)}",
        "total": total,
        "in_view": page.paginator.count,
        "up_to": 0 if old else found.aggregate(latest=Max("pk"))["latest"],
        "tabs": [
            {"label": _("Chưa đọc"), "url": "?", "count": other if old else total, "current": not old},
            {"label": _("Đã đọc"), "url": f"?xem={READ}", "count": total if old else other, "current": old},
        ],
    }
    return render(request, "notices/list.html", context)


def _reason_of(notice: Notice) -> str:
    return notice.reason


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice, or all up to the latest that was on the page, as read."""
    actor, now = acting(request), timezone.now()
    chosen, up_to = request.POST.get("notice", ""), request.POST.get("up_to", "")
    reason = request.POST.get("reason", "")
    if chosen.isdecimal():
        if read_one(actor=actor, at=now, notice_id=int(chosen)) is None:
            raise Http404
    elif up_to.isdecimal():
        count = read_all(actor=actor, at=now, up_to=int(up_to), reason=reason)
        told = ngettext("Đã đọc %(count)d thông báo.", "Đã đọc %(count)d thông báo.", count)
        messages.success(request, told % {"count": count})
        reason = ""  # nothing is left of it to look at
    back = reverse("notices:list")
    return redirect(f"{back}?{urlencode({'ly_do': reason})}" if reason in Reason else back)


@require_GET
@never_cache
def opened(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about. It is one's own, or there is none."""
    notice = read_one(actor=acting(request), at=timezone.now(), notice_id=notice_id)
    if notice is None:
        raise Http404
    ours = url_has_allowed_host_and_scheme(notice.address, allowed_hosts=None) and notice.address.startswith("/")
    return redirect(notice.address if ours else "notices:list")


@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    """When and about what one is told."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        form = PreferenceForm(request.POST, initial=_shown(user))
        if form.is_valid():
            actor = getattr(request, "actor", None)
            done = choose(actor=actor, at=timezone.now(), user=user, **form.chosen)
            if not isinstance(done, Refusal):
                messages.success(request, _("Đã lưu cách nhận thông báo."))
                return redirect("notices:preferences")
            form.add_error(done.field or None, done.message)
    else:
        form = PreferenceForm(initial=_shown(user))
    page = {
        "form": form,
        "email": user.email,
        "mails": mails_to(user.email),
        "demo": is_demo(user),
        "trail": [(_("Tài khoản của tôi"), reverse("account:mine"))],
    }
    return render(request, "notices/preferences.html", page, status=422 if form.errors else 200)


def _shown(user: User) -> dict[str, Any]:
    return PreferenceForm.initial_of(preference_of(user.pk), muted_by(user.pk))


@login_not_required
@csrf_exempt  # the mail program presses the button by itself (RFC 8058); the signed address is the proof
@require_http_methods(["GET", "POST"])
@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the letters of whom the address belongs to. Looking at it stops nothing: mail filters open every link."""
    if request.method == "POST":
        done = stop_mail(at=timezone.now(), token=token) is not None
    else:
        done = False
        if user_of(token) is None:
            return render(request, "notices/stop.html", {"unknown": True}, status=410)
    unknown = request.method == "POST" and not done
    return render(request, "notices/stop.html", {"done": done, "unknown": unknown}, status=410 if unknown else 200)
