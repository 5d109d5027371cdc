"""Inviting one person by a form or many by a workbook, sending an invitation again, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Invitation, Role, User
from pcmt.apps.accounts.names import username_for
from pcmt.apps.accounts.operations import invite, resend_invitation, revoke_invitation
from pcmt.apps.accounts.queries import mail_is_kept
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, read_grid
from pcmt.web.people import bulk
from pcmt.web.people.forming import acted
from pcmt.web.people.forms import InviteForm, SheetForm
from pcmt.web.people.roles import after
from pcmt.web.people.views import XLSX, keeping, trail_to


def one(request: HttpRequest) -> HttpResponse:
    """Ask one person in."""
    actor = keeping(request)

    def act(typed: Mapping[str, Any]) -> Any:
        username = typed["username"].strip().lower()
        if not username:
            username = username_for(typed["full_name"], set(User.objects.values_list("username", flat=True)))
        return invite(
            actor=actor,
            at=timezone.now(),
            full_name=typed["full_name"],
            email=typed["email"],
            username=username,
            post=typed["post"],
            role=typed["role"],
            unit_id=typed["unit"].pk,
            valid_from=typed["valid_from"],
            valid_to=after(typed["last_day"]),
        )

    kept = mail_is_kept()
    return acted(
        request,
        InviteForm(request.POST or None, actor=actor, initial={"role": Role.OFFICER, "valid_from": actor.on}),
        act,
        heading=_("Mời người dùng mới"),
        submit=_("Gửi lời mời"),
        back=reverse("people:list"),
        done=lambda made: (
            _("Đã mời %(name)s, tên đăng nhập %(username)s; thư gửi tới %(email)s.")
            % {"name": made.user, "username": made.user.username, "email": made.email}
        ),
        trail=trail_to(),
        under=_("Người được mời tự đặt cách đăng nhập bằng đường dẫn trong thư."),
        warnings=[_("Chưa nối máy chủ thư: thư nằm trong thư mục %(folder)s của máy chủ.") % {"folder": kept}]
        if kept
        else [],
    )


def blank(request: HttpRequest) -> HttpResponse:
    """The empty sheet to fill in."""
    return _workbook(bulk.form(keeping(request)), "mau-moi-nguoi-dung.xlsx")


def many(request: HttpRequest) -> HttpResponse:
    """Upload, look at what would happen, then invite; or take the sheet back with its cells marked."""
    actor = keeping(request)
    page: dict[str, Any] = {"form": SheetForm(), "trail": trail_to(), "kept": mail_is_kept(), "refused": {}}
    if request.method != "POST":
        return render(request, "people/many.html", page)
    if request.POST.get("rows"):
        grid = bulk.unsealed(request.POST["rows"], actor)
        if grid is None:
            messages.error(request, _("Bản xem trước đã quá hai giờ hoặc không còn nguyên vẹn. Tải bảng lên lại."))
            return redirect("people:invite-many")
    else:
        form = SheetForm(request.POST, request.FILES)
        page["form"] = form
        if not form.is_valid():
            return render(request, "people/many.html", page, status=422)
        file = form.cleaned_data["file"]
        read = read_grid(file.name, file.read())
        if isinstance(read, Unreadable):
            form.add_error("file", str(read))
            return render(request, "people/many.html", page, status=422)
        grid = read
    reading = bulk.read(grid, actor)
    if isinstance(reading, Refusal):
        page["form"].add_error("file", str(reading)) if page["form"].is_bound else messages.error(request, str(reading))
        return render(request, "people/many.html", page, status=422)
    if request.POST.get("do") == "marked":
        return _workbook(bulk.marked(reading), "danh-sach-moi-da-danh-dau.xlsx")
    if request.POST.get("do") == "invite":
        done = bulk.perform(reading, actor=actor, at=timezone.now())
        messages.success(request, _invited(done))
        if not done.refused and not reading.count(bulk.WRONG):
            return redirect("people:list")
        reading = bulk.read(grid, actor)
        assert isinstance(reading, bulk.Reading)
        page["refused"] = done.refused
    page |= {
        "reading": reading,
        "counts": [(str(bulk.WORDS[state]), reading.count(state), state) for state in bulk.WORDS],
        "ready": reading.count(bulk.NEW) + reading.count(bulk.ADDED),
        "wrong": reading.count(bulk.WRONG),
        "rows": bulk.sealed(reading, actor),
    }
    return render(request, "people/many.html", page)


def _invited(done: bulk.Done) -> str:
    words = ngettext("Đã mời %(count)d người", "Đã mời %(count)d người", done.invited) % {"count": done.invited}
    if done.given:
        words += ngettext(
            ", giao thêm vai trò cho %(count)d người", ", giao thêm vai trò cho %(count)d người", done.given
        ) % {"count": done.given}
    return f"{words}."


@require_POST
def again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Send a new letter; the link of the old one opens nothing more."""
    actor = keeping(request)
    invitation = get_object_or_404(Invitation.objects.visible_to(actor), pk=invitation_id)
    answer = resend_invitation(actor=actor, at=timezone.now(), invitation_id=invitation.pk)
    return _back(request, invitation, answer, _("Đã gửi lại thư mời; đường dẫn cũ không dùng được nữa."))


@require_POST
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    actor = keeping(request)
    invitation = get_object_or_404(Invitation.objects.visible_to(actor), pk=invitation_id)
    answer = revoke_invitation(actor=actor, at=timezone.now(), invitation_id=invitation.pk)
    return _back(request, invitation, answer, _("Đã thu hồi lời mời."))


def _back(request: HttpRequest, invitation: Invitation, answer: Any, done: str) -> HttpResponse:
    if isinstance(answer, Refusal):
        messages.error(request, str(answer))
    else:
        messages.success(request, done)
    return redirect("people:person", invitation.user_id)


def _workbook(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
