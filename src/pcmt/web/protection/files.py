"""What protects one file: who read it, holds, the person's requests, the person's own page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.operations import keeping, requests
from pcmt.apps.registers.operations.own_file import own_file
from pcmt.apps.registers.queries import access
from pcmt.core.diagnostics import Refusal
from pcmt.web.people.forming import acted
from pcmt.web.protection.forms import AnswerForm, ExtendForm, FinishForm, HoldForm, RequestForm, today_in
from pcmt.web.protection.visits import names_people, needs_visit, purpose_url, visit_of
from pcmt.web.shell.access import acting


@names_people
def start(request: HttpRequest) -> HttpResponse:
    """What waits, and who opened files lately."""
    actor = acting(request)
    if not actor.sees("registers.Visit"):
        raise PermissionDenied
    page = {
        "visits": access.visits_of(actor),
        "waiting": access.reviews_waiting(actor),
        "requests": [(each, access.due_of(each)) for each in access.requests_under_way(actor)],
        "holds": access.holds_open(actor),
        "today": actor.on,
    }
    return render(request, "protection/start.html", page)


@names_people
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Who read a file, and what holds for it. Auditors see the log by its code, nothing of the person."""
    actor = acting(request)
    found = access.guarded(actor, code)
    if found is None:
        raise Http404
    page = {
        "found": found,
        "requests": [(each, access.due_of(each)) for each in found.requests],
        "today": actor.on,
        "trail": [(_("Bảo vệ hồ sơ"), reverse("protection:start"))],
    }
    return render(request, "protection/file.html", page)


def hold(request: HttpRequest, code: str) -> HttpResponse:
    """Forbids erasing a file."""
    actor = _keeper_of(request, code)
    form = today_in(HoldForm(_posted(request)), "from_on", actor.on)
    return _acted(
        request, code, form,
        lambda said: keeping.hold_file(actor=actor, at=timezone.now(), code=code, **said),
        heading=_("Lưu giữ theo yêu cầu pháp luật"), submit=_("Lưu giữ"), done=_("Đã đặt lưu giữ."),
    )  # fmt: skip


def release(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Ends a hold."""
    actor = acting(request)
    row = next((each for each in access.holds_open(actor) if each.pk == hold_id), None)
    if row is None:
        raise Http404
    return _acted(
        request, row.subject.code, forms.Form(_posted(request)),
        lambda _said: keeping.release_hold(actor=actor, at=timezone.now(), hold_id=hold_id),
        heading=_("Thôi lưu giữ"), submit=_("Thôi lưu giữ"), done=_("Đã thôi lưu giữ."),
        facts=[(_("Văn bản yêu cầu"), row.basis)],
    )  # fmt: skip


def unrestricted(request: HttpRequest, code: str) -> HttpResponse:
    """Ends the restriction of processing."""
    actor = _keeper_of(request, code)
    return _acted(
        request, code, forms.Form(_posted(request)),
        lambda _said: keeping.lift_restriction(actor=actor, at=timezone.now(), code=code),
        heading=_("Thôi hạn chế xử lý"), submit=_("Thôi hạn chế"), done=_("Đã thôi hạn chế xử lý."),
    )  # fmt: skip


def received(request: HttpRequest, code: str) -> HttpResponse:
    """Takes in a request."""
    actor = _keeper_of(request, code)
    form = today_in(RequestForm(_posted(request)), "received_on", actor.on)
    return _acted(
        request, code, form,
        lambda said: requests.receive(actor=actor, at=timezone.now(), code=code, **said),
        heading=_("Nhận yêu cầu của chính người đó"), submit=_("Nhận yêu cầu"),
        done=_("Đã nhận yêu cầu; hạn trả lời đã được tính."),
    )  # fmt: skip


def answered(request: HttpRequest, request_id: int) -> HttpResponse:
    """The person was told that the request was received."""
    actor, row = _request(request, request_id)
    form = today_in(AnswerForm(_posted(request), initial={"version": row.version}), "on", actor.on)
    return _acted(
        request, row.subject.code, form,
        lambda said: requests.answer(actor=actor, at=timezone.now(), request_id=row.pk, **said),
        heading=_("Đã trả lời tiếp nhận yêu cầu"), submit=_("Ghi"), done=_("Đã ghi ngày trả lời."),
        facts=_facts(row),
    )  # fmt: skip


def extended(request: HttpRequest, request_id: int) -> HttpResponse:
    """More time, once."""
    actor, row = _request(request, request_id)
    form = ExtendForm(_posted(request), initial={"version": row.version})
    return _acted(
        request, row.subject.code, form,
        lambda said: requests.extend(actor=actor, at=timezone.now(), request_id=row.pk, **said),
        heading=_("Gia hạn giải quyết yêu cầu"), submit=_("Gia hạn"), done=_("Đã gia hạn."), facts=_facts(row),
    )  # fmt: skip


def finished(request: HttpRequest, request_id: int) -> HttpResponse:
    """The request is done, or cannot be."""
    actor, row = _request(request, request_id)
    form = FinishForm(_posted(request), initial={"version": row.version})
    erases = row.kind == "erase"
    return _acted(
        request, row.subject.code, form,
        lambda said: requests.finish(
            actor=actor, at=timezone.now(), request_id=row.pk, version=said["version"], done=said["done"] == "1",
            words=said["words"],
        ),
        heading=_("Kết thúc yêu cầu"), submit=_("Kết thúc yêu cầu"), done=_("Đã kết thúc yêu cầu."), facts=_facts(row),
        warnings=[_("Xóa rồi không lấy lại được: nhân thân mất hẳn, chỉ còn số liệu không tên.")] if erases else [],
        grave=erases,
    )  # fmt: skip


@needs_visit
def own(request: HttpRequest, code: str) -> HttpResponse:
    """The person's own page, made to be printed. GET asks; POST makes it, because making it is written down."""
    actor = acting(request)
    if access.subject_of(actor, code) is None:
        raise Http404
    page: dict[str, Any] = {"code": code, "visit": visit_of(request), "purpose_url": purpose_url(request)}
    page["trail"] = [(_("Bảo vệ hồ sơ"), reverse("protection:start")), (code, reverse("protection:file", args=[code]))]
    if request.method != "POST":
        return render(request, "protection/own_ask.html", page)
    made = own_file(actor=actor, at=timezone.now(), visit=visit_of(request), code=code)
    if isinstance(made, Refusal):
        return render(request, "protection/own_ask.html", {**page, "refused": made.message}, status=409)
    return render(request, "protection/own.html", {"file": made})


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _keeper_of(request: HttpRequest, code: str) -> Actor:
    actor = acting(request)
    found = access.guarded(actor, code)
    if found is None:
        raise Http404
    if not found.keeps:
        raise PermissionDenied
    return actor


def _request(request: HttpRequest, request_id: int) -> tuple[Actor, Any]:
    actor = acting(request)
    row = access.one_request(actor, request_id)
    if row is None:
        raise Http404
    return actor, row


def _facts(row: Any) -> list[tuple[str, str]]:
    return [(_("Yêu cầu"), str(row.get_kind_display())), (_("Hồ sơ"), row.subject.code)]


@names_people
def _acted(
    request: HttpRequest,
    code: str,
    form: forms.Form,
    act: Callable[[Mapping[str, Any]], Any],
    **more: Any,
) -> HttpResponse:
    back = reverse("protection:file", args=[code])
    return acted(
        request, form, act, back=back,
        trail=[(_("Bảo vệ hồ sơ"), reverse("protection:start")), (code, back)], under=code, **more,
    )  # fmt: skip
