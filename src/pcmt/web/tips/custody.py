"""The custodian's page: who asks for a sender's identity, and tips that no team may handle. Never what a tip tells."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.tips.operations.identities import decide_ask
from pcmt.apps.tips.operations.moving import move_blocked_tip
from pcmt.apps.tips.policies import keeps_identities
from pcmt.apps.tips.queries.custody import asks_decided, asks_waiting, blocked_tips
from pcmt.apps.tips.queries.teams import receiving_bodies
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting
from pcmt.web.tips.acts import choose, words_box

RELEASE, REFUSE = "cho", "khong"


class DecideForm(forms.Form):
    """A decision on a request, with its reason."""

    ask_id = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    words = words_box(gettext_lazy("Căn cứ, lý do quyết định"), most=500)


class PassUpForm(forms.Form):
    """To which body a blocked tip goes."""

    tip_id = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    to_unit = forms.ModelChoiceField(label=gettext_lazy("Nơi nhận"), queryset=Unit.objects.none(), empty_label="—")


def page(request: HttpRequest) -> HttpResponse:
    """Requests that wait and those decided; the custodian decides, auditors look."""
    actor = acting(request)
    if not actor.sees_below("tips.IdentityAsk"):
        raise PermissionDenied(_("Chỉ người giữ danh tính người báo tin làm việc ở đây."))
    status, wrong = 200, None
    bodies = receiving_bodies(actor.on).order_by("name", "pk")
    if request.method == "POST":
        if not keeps_identities(actor):
            raise PermissionDenied
        wrong = PassUpForm(request.POST) if "tip_id" in request.POST else DecideForm(request.POST)
        if isinstance(wrong, PassUpForm):
            choose(wrong.fields["to_unit"], bodies)
        status = 422
        if wrong.is_valid():
            answer = _done(request, actor, wrong)
            if not isinstance(answer, Refusal):
                return redirect("tips:custody")
            wrong.add_error(answer.field if answer.field in wrong.fields else None, answer.message)
            status = 409 if answer.code == "stale" else 422
    waiting = [(ask, _form(DecideForm, wrong, "ask_id", ask.pk, ask.version)) for ask in asks_waiting(actor)]
    blocked = [(tip, _form(PassUpForm, wrong, "tip_id", tip.tip_id, tip.version)) for tip in blocked_tips(actor)]
    for _tip, form in blocked:
        choose(form.fields["to_unit"], bodies)
    context = {
        "heading": _("Danh tính người báo tin"),
        "waiting": waiting,
        "blocked": blocked,
        "decided": asks_decided(actor),
        "form": wrong,
        "keeps": keeps_identities(actor),
    }
    return render(request, "tips/custody.html", context, status=status)


def _done(request: HttpRequest, actor: Any, form: Any) -> Any:
    data = form.cleaned_data
    if isinstance(form, PassUpForm):
        answer: Any = move_blocked_tip(
            actor=actor, at=timezone.now(), tip_id=data["tip_id"], version=data["version"],
            to_unit_id=data["to_unit"].pk,
        )  # fmt: skip
        words = _("Đã chuyển tin.")
    else:
        release = request.POST.get("viec") == RELEASE
        answer = decide_ask(
            actor=actor, at=timezone.now(), ask_id=data["ask_id"], version=data["version"], release=release,
            words=data["words"],
        )  # fmt: skip
        words = _("Đã cho xem trong 24 giờ.") if release else _("Đã trả lời: không cho xem.")
    if not isinstance(answer, Refusal):
        messages.success(request, words)
    return answer


def _form(make: type[forms.Form], wrong: forms.Form | None, name: str, pk: int, version: int) -> Any:
    """The form of a row: as it was sent where it is this one's, else empty."""
    if isinstance(wrong, make) and str(wrong.data.get(name)) == str(pk):
        sent: Any = wrong.data
        typed = sent.copy()
        typed["version"] = str(version)
        wrong.data = typed
        return wrong
    return make(initial={name: pk, "version": version}, auto_id=f"id_{pk}_%s")
