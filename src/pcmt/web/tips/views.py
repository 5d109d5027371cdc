"""A tip: what stands around it, what it tells once somebody opens it, and the acts on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Place
from pcmt.apps.tips.operations.identities import ask_identity, read_identity
from pcmt.apps.tips.operations.reading import Opened, open_picture, open_tip
from pcmt.apps.tips.policies import handles_tips
from pcmt.apps.tips.queries.custody import own_asks, released_to
from pcmt.apps.tips.queries.tips import TipNow, still_seen, tip_now
from pcmt.apps.tips.topics import TOPICS
from pcmt.apps.tips.values import AskState
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting
from pcmt.web.tips.acts import ACTS, words_box
from pcmt.web.tips.words import left_words, told_lines

Trail = list[tuple[str, str]]


class AskForm(forms.Form):
    """Why the sender has to be known."""

    reason = words_box(gettext_lazy("Vì sao cần biết người báo tin"), most=500)


def seen(request: HttpRequest, tip_id: int) -> tuple[Actor, TipNow]:
    """The actor and a tip; 403 for who handles none, 404 for one that is not the actor's to see."""
    actor = acting(request)
    if not handles_tips(actor):
        raise PermissionDenied(_("Chỉ cán bộ tiếp nhận tin báo làm việc ở đây."))
    now = tip_now(actor, tip_id)
    if now is None:
        raise Http404
    return actor, now


def trail(*way: tuple[str, str]) -> Trail:
    """The way to a page: the queue, then what is given."""
    return [(_("Tin báo"), reverse("tips:list")), *way]


@never_cache
def tip(request: HttpRequest, tip_id: int) -> HttpResponse:
    """What is known of a tip unopened. A POST opens it: a deliberate click, written in the log."""
    actor, now = seen(request, tip_id)
    opened: Opened | None = None
    refused = ""
    if request.method == "POST":
        answer = open_tip(actor=actor, at=timezone.now(), tip_id=tip_id)
        if isinstance(answer, Refusal):
            refused = answer.message
        else:
            opened = answer
            now = tip_now(actor, tip_id) or now
    place = Place.objects.visible_to(actor).filter(pk=now.tip.place_id).first() if now.tip.place_id else None
    offered = [(word, act) for word, act in ACTS.items() if act.offered(now, actor)]
    words, tone = left_words(now.tip, actor.on)
    context = {
        "heading": _("Tin báo %(number)s") % {"number": now.tip.number},
        "trail": trail(),
        "now": now,
        "tip": now.tip,
        "left": words,
        "tone": tone,
        "opened": opened,
        "refused": refused,
        "told": told_lines(opened.told) if opened else (),
        "messages_told": [(each, opened.messages.get(each.pk, "") if opened else "") for each in now.messages],
        "steps": [(each, opened.steps.get(each.pk, "") if opened else "") for each in now.steps],
        "place": place,
        "topic": TOPICS.get(now.tip.topic, ""),
        "main_acts": [pair for pair in offered if pair[1].main],
        "other_acts": [pair for pair in offered if not pair[1].main],
    }
    return render(request, "tips/tip.html", context, status=409 if refused else 200)


@never_cache
@require_POST
def picture(request: HttpRequest, tip_id: int, tip_file_id: int) -> HttpResponse:
    """A picture with a tip; logged, so it is asked for by a button."""
    actor, _now = seen(request, tip_id)
    answer = open_picture(actor=actor, at=timezone.now(), tip_id=tip_id, file_id=tip_file_id)
    if isinstance(answer, Refusal):
        raise Http404(answer.message)
    data, media_type = answer
    return HttpResponse(data, content_type=media_type, headers={"Content-Disposition": "inline"})


@never_cache
def sender(request: HttpRequest, tip_id: int) -> HttpResponse:
    """Who sent a tip: asks the custodian with a reason; shows it while it is released. The look is a POST, logged."""
    actor, now = seen(request, tip_id)
    at = timezone.now()
    form = AskForm(request.POST or None, prefix="hoi") if request.POST.get("viec") != "xem" else AskForm(prefix="hoi")
    told: Any = None
    refused = ""
    status = 200
    if request.method == "POST" and request.POST.get("viec") == "xem":
        answer = read_identity(actor=actor, at=at, tip_id=tip_id)
        if isinstance(answer, Refusal):
            refused, status = answer.message, 409
        else:
            told = told_lines(answer)
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            asked = ask_identity(actor=actor, at=at, tip_id=tip_id, reason=form.cleaned_data["reason"])
            if not isinstance(asked, Refusal):
                messages.success(request, _("Đã gửi đề nghị tới người giữ danh tính."))
                return redirect("tips:sender", tip_id)
            form.add_error("reason" if asked.field else None, asked.message)
    asks = own_asks(actor, now.tip)
    context = {
        "heading": _("Người báo tin"),
        "trail": trail((now.tip.number, reverse("tips:tip", args=[tip_id]))),
        "now": now,
        "tip": now.tip,
        "form": form,
        "told": told,
        "refused": refused,
        "asks": asks,
        "waits": any(ask.state == AskState.OPEN for ask in asks),
        "released": released_to(actor, at).filter(tip=now.tip).first(),
    }
    return render(request, "tips/sender.html", context, status=status)


@never_cache
def act(request: HttpRequest, tip_id: int, tip_act: str) -> HttpResponse:
    """One act on a tip: its form, and what it does."""
    found = ACTS.get(tip_act)
    actor, now = seen(request, tip_id)
    if found is None:
        raise Http404
    form = found.form(request.POST or None, actor=actor, now=now)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            base = {"actor": actor, "at": timezone.now(), "tip_id": tip_id, "version": data["version"]}
            answer = found.do(base, data)
            if not isinstance(answer, Refusal):
                messages.success(request, str(found.done))
                still = still_seen(actor, tip_id)
                return redirect("tips:tip", tip_id) if still else redirect("tips:list")
            status = said(form, answer, now.tip.version)
    context = {
        "heading": found.heading,
        "trail": trail((now.tip.number, reverse("tips:tip", args=[tip_id]))),
        "act": found,
        "form": form,
        "tip": now.tip,
        "offered": found.offered(now, actor) or request.method == "POST",
    }
    return render(request, "tips/act.html", context, status=status)


def said(form: Any, refusal: Refusal, current: int) -> int:
    """Put a refusal beside its field; after somebody else's change sending once more goes through. The status."""
    late = refusal.code == "stale"
    if late:
        typed: Any = form.data.copy()
        typed[form.add_prefix("version")] = str(current)
        form.data = typed
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return 409 if late else 422
