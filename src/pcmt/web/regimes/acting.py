"""Defining a regime, saying it anew, ending it; asking for a report at once; something happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyState, Origin
from pcmt.apps.reports.operations.regimes import (
    change_regime,
    check_regime,
    define_regime,
    end_regime,
    report_incident,
    request_report,
)
from pcmt.apps.reports.policies import can_keep_regimes
from pcmt.apps.reports.queries.forms import usual_form
from pcmt.apps.reports.queries.regimes import plans_to_ask, reports_for
from pcmt.apps.reports.regimes import EVENT, ONCE
from pcmt.apps.tasks.policies import can_batch
from pcmt.core.diagnostics import Refusal
from pcmt.web.regimes import page as pages
from pcmt.web.regimes.forms import AskPlanForm, ChangeForm, DefineForm, EndForm, IncidentForm, RequestForm, pick_lines
from pcmt.web.regimes.words import kind_words
from pcmt.web.shell.access import acting


def _plan(request: HttpRequest) -> Plan | None:
    """The plan that the address names, else the newest that the actor keeps; only those kept can be asked for."""
    actor = acting(request)
    plans = plans_to_ask(actor).select_related("owner")
    if not plans.exists():
        return None
    asked = request.GET.get("ke_hoach", "")
    if not asked:
        return plans[0]
    plan = plans.filter(pk=asked).first() if asked.isdecimal() else None
    if plan is None:
        raise Http404
    return plan


def _trail(*way: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Chế độ báo cáo"), reverse("regimes:list")), *way]


def define(request: HttpRequest) -> HttpResponse:
    """A regime of one or several levels; `xem` shows what limits it would have, without saving."""
    actor, plan = acting(request), _plan(request)
    if plan is None:
        raise PermissionDenied(_("Chỉ cơ quan thường trực giữ kế hoạch đặt được chế độ báo cáo."))
    form = DefineForm(request.POST or None, actor=actor, plan=plan, initial={"since": actor.on})
    status, preview = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            text = form.text
            if "xem" in request.POST:
                refused = check_regime(actor=actor, plan=plan, regime=text)
                if refused:
                    _said(form, refused)
                else:
                    preview, status = pages.tried_rows(text, plan, actor.on), 200
            elif isinstance(
                answer := define_regime(actor=actor, at=timezone.now(), plan_id=plan.pk, regime=text), Duty
            ):
                messages.success(request, _("Đã đặt chế độ báo cáo. Các đơn vị đã được báo."))
                return redirect("regimes:regime", answer.pk)
            else:
                _said(form, answer)
    context = {
        "form": form,
        "plan": plan,
        "plans": AskPlanForm(plans=plans_to_ask(actor), plan=plan),
        "lines": list(pick_lines(form, "reporters", form.units)),
        "preview": preview,
        "trail": _trail(),
        "heading": _("Đặt chế độ báo cáo"),
    }
    return render(request, "regimes/define.html", context, status=status)


def ask(request: HttpRequest) -> HttpResponse:
    """Asks some bodies for one report: everything on one short page."""
    actor, plan = acting(request), _plan(request)
    if plan is None:
        raise PermissionDenied(_("Chỉ cơ quan thường trực giữ kế hoạch yêu cầu được báo cáo."))
    usual = usual_form(Duty(plan=plan, kind="ad_hoc", period=ONCE))
    form = RequestForm(request.POST or None, actor=actor, plan=plan, usual=usual.pk if usual else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = request_report(actor=actor, at=timezone.now(), plan_id=plan.pk, request=form.text)
            if isinstance(answer, Duty):
                count = answer.occurrences.count()
                words = ngettext("Đã yêu cầu %(count)d đơn vị báo cáo.", "Đã yêu cầu %(count)d đơn vị báo cáo.", count)
                messages.success(request, words % {"count": count})
                return redirect("regimes:regime", answer.pk)
            _said(form, answer)
    context = {
        "form": form,
        "plan": plan,
        "plans": AskPlanForm(plans=plans_to_ask(actor), plan=plan),
        "lines": list(pick_lines(form, "units", form.units_to_ask)),
        "trail": _trail(),
        "heading": _("Yêu cầu báo cáo"),
    }
    return render(request, "regimes/ask.html", context, status=status)


def change(request: HttpRequest, duty_id: int) -> HttpResponse:
    """What may be said anew of a regime."""
    actor = acting(request)
    duty = pages.seen(actor, duty_id)
    _keeping(actor, duty)
    form = ChangeForm(request.POST or None, actor=actor, duty=duty)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            version = form.cleaned_data["version"] or 0
            answer = change_regime(actor=actor, at=timezone.now(), duty_id=duty.pk, version=version, text=form.text)
            if isinstance(answer, Duty):
                messages.success(request, _("Đã lưu chế độ báo cáo."))
                return redirect("regimes:regime", duty.pk)
            status = _said(form, answer, current=Duty.objects.get(pk=duty.pk).version)
    context = {
        "form": form,
        "duty": duty,
        "plan": duty.plan,
        "own": duty.origin == Origin.OFFICE,
        "lines": list(pick_lines(form, "reporters", form.units)) if form.units else [],
        "trail": _trail((duty.title or kind_words(duty), reverse("regimes:regime", args=[duty.pk]))),
        "heading": _("Sửa chế độ báo cáo"),
    }
    return render(request, "regimes/change.html", context, status=status)


def end(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Asks for a report no more."""
    actor = acting(request)
    duty = pages.seen(actor, duty_id)
    _keeping(actor, duty)
    if duty.origin != Origin.OFFICE:
        raise Http404
    form = EndForm(request.POST or None, initial={"version": duty.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = end_regime(
                actor=actor,
                at=timezone.now(),
                duty_id=duty.pk,
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"],
                whole=form.cleaned_data["whole"],
            )
            if isinstance(answer, Duty):
                messages.success(request, _("Đã thôi áp dụng chế độ báo cáo. Báo cáo đã quá hạn vẫn phải gửi."))
                return redirect("regimes:regime", duty.pk)
            status = _said(form, answer, current=Duty.objects.get(pk=duty.pk).version)
    context = {
        "form": form,
        "duty": duty,
        "laddered": duty.feeds_id is not None or duty.fed_duties.exists(),
        "trail": _trail((duty.title or kind_words(duty), reverse("regimes:regime", args=[duty.pk]))),
        "heading": _("Thôi áp dụng chế độ báo cáo"),
    }
    return render(request, "regimes/end.html", context, status=status)


@require_POST
def incident(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Something happened: opens the report of the own body."""
    actor = acting(request)
    duty = pages.seen(actor, duty_id)
    if duty.period != EVENT or duty.state != DutyState.ACTIVE:
        raise Http404
    if not (reports_for(actor, duty) and can_batch(actor)):
        raise PermissionDenied(_("Chỉ đơn vị phải báo cáo theo chế độ này mở được báo cáo khi có việc xảy ra."))
    form = IncidentForm(request.POST)
    if form.is_valid():
        answer = report_incident(
            actor=actor, at=timezone.now(), duty_id=duty.pk, happened=form.cleaned_data["happened"]
        )
        if isinstance(answer, DutyOccurrence):
            return redirect("tasks:due", answer.due_item_id)
        _said(form, answer)
    return render(request, "regimes/regime.html", pages.regime_page(request, duty, form), status=422)


def _keeping(actor: Actor, duty: Duty) -> None:
    if not can_keep_regimes(actor, duty.plan):
        raise PermissionDenied(_("Chỉ cơ quan thường trực giữ kế hoạch này sửa được chế độ báo cáo."))
    if duty.state != DutyState.ACTIVE:
        raise Http404


def _said(form: Any, refusal: Refusal, current: int | None = None) -> int:
    """Put a refusal beside its field; after somebody else's change sending once more goes through. The status."""
    stale = refusal.code == "stale" and current is not None
    if stale:
        typed: Any = form.data.copy()
        typed[form.add_prefix("version")] = str(current)
        form.data = typed
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return 409 if stale else 422
