"""Breaking the glass, and looking at it afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.registers.operations.glass import break_glass, close_glass, may_break, may_review, review_glass
from pcmt.apps.registers.queries.access import glass_of, one_glass, reviews_waiting
from pcmt.core.diagnostics import Refusal
from pcmt.web.people.forming import refuse
from pcmt.web.protection.forms import BreakForm, ReviewForm
from pcmt.web.protection.visits import names_people
from pcmt.web.shell.access import acting


def trail() -> list[tuple[str, str]]:
    """The way to these pages."""
    return [(_("Bảo vệ hồ sơ"), reverse("protection:start"))]


@names_people
def listed(request: HttpRequest) -> HttpResponse:
    """Broken glasses that one made or answers for."""
    actor = acting(request)
    if not actor.sees("registers.BreakGlass"):
        raise PermissionDenied
    page = {
        "rows": glass_of(actor),
        "waiting": reviews_waiting(actor),
        "may_break": may_break(actor),
        "trail": trail(),
        "today": actor.on,
    }
    return render(request, "protection/glasses.html", page)


@names_people
def broken(request: HttpRequest) -> HttpResponse:
    """Asks which file and why; what was sought stands in no address."""
    actor = acting(request)
    if not may_break(actor):
        raise PermissionDenied(_("Vai trò này không mở hồ sơ khẩn cấp."))
    form = BreakForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = break_glass(actor=actor, at=timezone.now(), **form.cleaned_data)
        if not isinstance(made, Refusal):
            messages.success(
                request,
                _("Đã mở hồ sơ %(code)s đến hết hôm nay. Người giữ hồ sơ đã được báo.") % {"code": made.subject.code},
            )
            return redirect("protection:glass", made.pk)
        refuse(form, made)
    page = {"form": form, "trail": [*trail(), (_("Mở khẩn cấp"), reverse("protection:glasses"))]}
    return render(request, "protection/break.html", page, status=422 if form.errors else 200)


@names_people
def one(request: HttpRequest, glass_id: int) -> HttpResponse:
    """One act: who, why, when; the review for who answers for the file."""
    actor = acting(request)
    row = one_glass(actor, glass_id)
    if row is None:
        raise Http404
    reviews = not row.verdict and may_review(actor, row)
    form = ReviewForm(request.POST if request.method == "POST" else None, initial={"version": row.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = review_glass(actor=actor, at=timezone.now(), glass_id=row.pk, **form.cleaned_data)
            if not isinstance(told, Refusal):
                messages.success(request, _("Đã ghi kết luận."))
                return redirect("protection:glass", row.pk)
            if told.code == "stale":
                messages.warning(request, told.message)
                return redirect("protection:glass", row.pk)
            refuse(form, told)
    page = {
        "row": row,
        "form": form if reviews else None,
        "mine": row.user_id == actor.user_id,
        "open": row.closed_at is None and row.on == actor.on,
        "optional_word": _("không bắt buộc"),
        "trail": [*trail(), (_("Mở khẩn cấp"), reverse("protection:glasses"))],
    }
    return render(request, "protection/glass.html", page, status=status)


@require_POST
def close(request: HttpRequest, glass_id: int) -> HttpResponse:
    """The emergency is over."""
    told = close_glass(actor=acting(request), at=timezone.now(), glass_id=glass_id)
    if isinstance(told, Refusal):
        messages.warning(request, told.message)
    else:
        messages.success(request, _("Đã đóng hồ sơ."))
    return redirect("protection:glass", glass_id)
