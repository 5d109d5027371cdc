"""The list of differences, and the page on which somebody says why two numbers stand. Numbers only: no person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.facts.catalogue import breakdowns
from pcmt.apps.facts.models import ReconciliationState, Source
from pcmt.apps.facts.operations.reconciling import REASON, explain_difference, may_settle
from pcmt.apps.facts.queries.differing import Differing, counts_by_state, difference, differences_of, shown
from pcmt.apps.registers.queries.counting import identity
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import part_label
from pcmt.core.measures.rolling import calendar_named
from pcmt.core.periods import ADMINISTRATIVE, Span, period_label
from pcmt.web.shell.access import acting

ROWS_A_PAGE = 50
TABS = {
    "": ReconciliationState.OPEN,
    "co-ly-do": ReconciliationState.EXPLAINED,
    "da-khop": ReconciliationState.AGREED,
    "da-bo": ReconciliationState.WITHDRAWN,
}


class ReasonForm(forms.Form):
    """Why both numbers stand."""

    reason = forms.CharField(
        label=gettext_lazy("Lý do"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Không ghi tên, địa chỉ hay thông tin về người. Hồ sơ còn thiếu thì lập hồ sơ."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)


def listed(request: HttpRequest) -> HttpResponse:
    """The differences of the units whose numbers or records the actor answers for."""
    actor = acting(request)
    chosen = request.GET.get("tinh-trang", "")
    state = TABS.get(chosen, ReconciliationState.OPEN)
    page = Paginator(differences_of(actor, state=state), ROWS_A_PAGE).get_page(request.GET.get("trang"))
    counts = counts_by_state(actor)
    tabs = [
        {
            "label": each.label, "url": f"?tinh-trang={key}" if key else reverse("reconciling:list"),
            "count": counts.get(each, 0), "current": each == state,
        }
        for key, each in TABS.items()
    ]  # fmt: skip
    rows = [_row(each) for each in shown(list(page.object_list), actor.on)]
    return render(request, "reconciling/list.html", {"tabs": tabs, "page": page, "rows": rows, "state": state})


def item(request: HttpRequest, difference_id: int) -> HttpResponse:
    """One difference; who answers for it says why it stands."""
    actor = acting(request)
    found = difference(actor, difference_id)
    if found is None:
        raise Http404
    may = may_settle(actor, found.row.unit_id)
    form = ReasonForm(request.POST or None, initial={"version": found.row.version})
    status = 200
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if form.is_valid():
            said = explain_difference(
                actor=actor, at=timezone.now(), item_id=difference_id, version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
            if not isinstance(said, Refusal):
                messages.success(request, _("Đã ghi lý do. Số đếm từ hồ sơ vẫn là số được tính."))
                return redirect("reconciling:list")
            form.add_error(said.field or None, said.message)
        status = 422
    span = Span(found.row.start, found.row.end)
    balance = identity(actor, found.row.unit_id, span) if _of_registers(found) else []
    context: dict[str, Any] = {
        "row": _row(found),
        "form": form if may and found.row.state == ReconciliationState.OPEN else None,
        "broken": [each for each in balance if not each.holds],
        "checked": bool(balance),
        "codes": sorted({code for each in balance for code in each.breaking}),
    }
    return render(request, "reconciling/item.html", context, status=status)


def _of_registers(found: Differing) -> bool:
    return found.source == Source.REGISTER


def _row(found: Differing) -> dict[str, Any]:
    span = Span(found.row.start, found.row.end)
    part = part_label(found.row.breakdown, breakdowns(span.last)) if found.row.breakdown else ""
    return {
        "found": found,
        "row": found.row,
        "unit": found.row.unit.name,
        "period": period_label(span, calendar_named(span) or ADMINISTRATIVE),
        "label": f"{found.label}, {part}" if part else found.label,
        "difference": None if found.typed is None else found.typed - found.counted,
    }
