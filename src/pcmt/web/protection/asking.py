"""The question what files are opened for, and the end of a visit."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from pcmt.apps.registers.operations.visits import WORDS, begin_visit, end_visit
from pcmt.apps.registers.queries.visits import may_visit, purposes
from pcmt.core.diagnostics import Refusal
from pcmt.web.people.forming import refuse
from pcmt.web.protection.visits import unkept, visit_of
from pcmt.web.shell.access import acting

AFTER = "/ho-so/"
"""Where one goes who came from nowhere."""


class PurposeForm(forms.Form):
    """More about the purpose; the purpose itself is the button."""

    words = forms.CharField(
        label=gettext_lazy("Nói rõ thêm"),
        required=False,
        max_length=WORDS,
        help_text=gettext_lazy("Ví dụ: số công văn. Không ghi tên, số giấy tờ của ai."),
    )


def purpose(request: HttpRequest) -> HttpResponse:
    """Asks what for, begins the visit, and goes where one was going."""
    actor = acting(request)
    if not may_visit(actor):
        raise PermissionDenied(_("Hồ sơ chỉ mở cho người giữ hồ sơ và người được giao việc với hồ sơ."))
    target = _target(request)
    form = PurposeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = request.POST.get("purpose", "")
        begun = begin_visit(actor=actor, at=timezone.now(), purpose=said, words=form.cleaned_data["words"])
        if not isinstance(begun, Refusal):
            return redirect(target)
        refuse(form, begun)
    page = {
        "form": form,
        "purposes": purposes(),
        "next": target,
        "minutes": settings.REGISTER_VISIT_MINUTES,
        "optional_word": _("không bắt buộc"),
    }
    return unkept(render(request, "protection/purpose.html", page, status=422 if form.errors else 200))


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """The visit is over; what stands in the browser is masked by leaving it."""
    if end_visit(actor=acting(request), at=timezone.now()):
        messages.success(request, _("Đã kết thúc lượt xem hồ sơ."))
    return redirect("home:mine")


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """How many seconds the visit still lasts, for a page that covered itself."""
    acting(request)
    visit = visit_of(request)
    left = int((visit.until - timezone.now()).total_seconds()) if visit else 0
    return unkept(JsonResponse({"left": max(left, 0)}))


def _target(request: HttpRequest) -> str:
    asked = request.POST.get("tiep") or request.GET.get("tiep") or AFTER
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else AFTER
