"""Hand-overs: files that come, files that go, and each answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.registers.operations.handing_over import (
    WHY_RETURNED,
    accept_hand_over,
    hand_over,
    prove_hand_over,
    refuse_hand_over,
    withdraw_hand_over,
)
from pcmt.apps.registers.policies import can_receive, can_send, keeps_files
from pcmt.apps.registers.queries.lives import (
    file_now,
    transfer_seen,
    transfers_answered,
    transfers_in,
    transfers_out,
)
from pcmt.core.diagnostics import Refusal
from pcmt.web.registers_acts.answering import file_trail, kept, said, trail
from pcmt.web.registers_acts.forms import GoneForm, HandOverForm, ReturnForm
from pcmt.web.shell.access import acting


def listed(request: HttpRequest) -> HttpResponse:
    """What waits to be accepted here, what was sent and waits there, and what was answered lately."""
    actor, at = acting(request), timezone.now()
    if not keeps_files(actor):
        raise PermissionDenied
    context = {
        "heading": _("Bàn giao hồ sơ"),
        "trail": trail(),
        "coming": transfers_in(actor),
        "going": transfers_out(actor),
        "answered": [(each, WHY_RETURNED.get(each.reason, "")) for each in transfers_answered(actor, at)],
        "now": at,
    }
    return render(request, "registers_acts/moves.html", context)


def hand(request: HttpRequest, code: str) -> HttpResponse:
    """Hands a file over."""
    actor, file = kept(request, code)
    form = HandOverForm(
        request.POST or None, on=actor.on, initial={"version": file.version, "title": "Văn bản chuyển hồ sơ"}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = hand_over(
                actor=actor,
                at=timezone.now(),
                code=code,
                version=form.cleaned_data["version"] or 0,
                moved_on=form.cleaned_data["on"],
                paper=form.paper(),
                to_unit_id=form.to_unit_id,
                to_name=form.cleaned_data["to_name"],
            )
            if not isinstance(answer, Refusal):
                messages.success(request, _("Đã gửi bàn giao. Hồ sơ vẫn ở đây cho tới khi nơi đến tiếp nhận."))
                return redirect("registers_acts:moves")
            now = file_now(actor, code)
            status = said(form, answer, current=now.version if now else None)
    context = {"heading": _("Bàn giao hồ sơ"), "trail": file_trail(code), "file": file, "code": code, "form": form}
    return render(request, "registers_acts/hand_over.html", context, status=status)


def _transfer(request: HttpRequest, transfer_id: int, *, receiving: bool) -> Any:
    actor = acting(request)
    transfer = transfer_seen(actor, transfer_id)
    if transfer is None:
        raise Http404
    if not (can_receive(actor, transfer) if receiving else can_send(actor, transfer)):
        raise PermissionDenied
    return transfer


def _answered(request: HttpRequest, answer: Any, done: str) -> HttpResponse:
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    else:
        messages.success(request, done)
    return redirect("registers_acts:moves")


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@require_POST
def accept(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Takes a file over."""
    transfer = _transfer(request, transfer_id, receiving=True)
    answer = accept_hand_over(
        actor=acting(request), at=timezone.now(), transfer_id=transfer.pk, version=_version(request)
    )
    done = _("Đã tiếp nhận hồ sơ %(code)s. Ra quyết định mới để tính thời hạn còn lại.")
    return _answered(request, answer, done % {"code": transfer.subject.code})


@require_POST
def withdraw(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Takes a hand-over back."""
    transfer = _transfer(request, transfer_id, receiving=False)
    answer = withdraw_hand_over(
        actor=acting(request), at=timezone.now(), transfer_id=transfer.pk, version=_version(request)
    )
    return _answered(request, answer, _("Đã rút bàn giao hồ sơ %(code)s.") % {"code": transfer.subject.code})


def send_back(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Sends a file back with a reason."""
    transfer = _transfer(request, transfer_id, receiving=True)
    form = ReturnForm(request.POST or None, initial={"version": transfer.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = refuse_hand_over(
                actor=acting(request),
                at=timezone.now(),
                transfer_id=transfer.pk,
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"],
            )
            if not isinstance(answer, Refusal):
                return _answered(request, answer, _("Đã trả lại hồ sơ %(code)s.") % {"code": transfer.subject.code})
            status = said(form, answer)
    context = {
        "heading": _("Trả lại hồ sơ %(code)s") % {"code": transfer.subject.code},
        "trail": _trail(),
        "form": form,
        "transfer": transfer,
    }
    return render(request, "registers_acts/send_back.html", context, status=status)


def prove(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Shows that a commune outside the program has the notice."""
    transfer = _transfer(request, transfer_id, receiving=False)
    if transfer.to_unit_id is not None:
        raise Http404
    form = GoneForm(
        request.POST or None, on=acting(request).on,
        initial={"version": transfer.version, "title": "Văn bản xác nhận đã nhận thông báo"},
    )  # fmt: skip
    del form.fields["on"]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = prove_hand_over(
                actor=acting(request),
                at=timezone.now(),
                transfer_id=transfer.pk,
                version=form.cleaned_data["version"] or 0,
                proof=form.paper(),
            )
            if not isinstance(answer, Refusal):
                return _answered(request, answer, _("Đã ghi: nơi đến đã nhận thông báo, hồ sơ không còn ở địa bàn."))
            status = said(form, answer)
    context = {
        "heading": _("Chứng minh nơi đến đã nhận thông báo"),
        "trail": _trail(),
        "form": form,
        "transfer": transfer,
    }
    return render(request, "registers_acts/prove.html", context, status=status)


def _trail() -> list[tuple[str, str]]:
    return trail((_("Bàn giao hồ sơ"), reverse("registers_acts:moves")))
