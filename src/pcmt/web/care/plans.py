"""How often people are tested: settings of plans by area and category, shown as such and never as law."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.registers.operations.caring import end_test_plan, set_test_plan
from pcmt.apps.registers.queries import care
from pcmt.core.diagnostics import Refusal
from pcmt.web.care.forms import PlanForm, blame
from pcmt.web.shell.access import acting


def plans(request: HttpRequest) -> HttpResponse:
    """The settings of the area and those above it; who may, sets another."""
    actor, at = acting(request), timezone.now()
    units = care.planned_units(actor)
    if request.method == "POST" and not units:
        raise PermissionDenied
    form = PlanForm(request.POST or None, today=actor.on, units=units)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = set_test_plan(
            actor=actor,
            at=at,
            unit_id=int(data["unit"]),
            category=data["category"],
            months=int(data["months"]),
            early_days=int(data["early_days"]),
            late_days=int(data["late_days"]),
            basis=data["basis"],
            valid_from=data["valid_from"],
        )
        if not isinstance(made, Refusal):
            messages.success(request, _("Đã đặt định kỳ xét nghiệm. Các kỳ mới có trong vòng một giờ."))
            return redirect("care:plans")
        blame(form, made)
    context = {"form": form, "lines": care.plan_lines(actor), "may": bool(units), "today": actor.on}
    return render(request, "care/plans.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A setting holds no longer, from today on."""
    actor, at = acting(request), timezone.now()
    version = request.POST.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 9 else 0
    found = end_test_plan(actor=actor, at=at, plan_id=plan_id, version=number, on=actor.on)
    if isinstance(found, Refusal):
        if found.code in ("not_allowed", "no_row"):
            raise PermissionDenied
        messages.error(request, found.message)
    else:
        messages.success(request, _("Đã bỏ định kỳ này. Nơi này theo định kỳ của cấp trên, nếu có."))
    return redirect("care:plans")
