"""Which body receives tips of which area."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tips.operations.teams import PHONE_CHARS, set_team
from pcmt.apps.tips.policies import can_set_team, keeps_teams
from pcmt.apps.tips.queries.teams import areas_to_set, bodies_to_choose, team_lines, teams_of
from pcmt.core.diagnostics import Refusal
from pcmt.web.fields import WrittenDateField
from pcmt.web.people.fields import UnitField
from pcmt.web.shell.access import acting
from pcmt.web.tips.acts import line
from pcmt.web.tips.views import said

PAGE = 60


def keeper(request: HttpRequest) -> Actor:
    """The actor, who says who receives."""
    actor = acting(request)
    if not keeps_teams(actor):
        raise PermissionDenied(_("Cơ quan thường trực hoặc quản trị chọn nơi tiếp nhận tin báo."))
    return actor


def listed(request: HttpRequest) -> HttpResponse:
    """Every area with its team; where nobody reads what comes in, it says so."""
    actor = keeper(request)
    page = Paginator(areas_to_set(actor), PAGE).get_page(request.GET.get("trang"))
    context = {
        "heading": _("Nơi tiếp nhận tin báo"),
        "page": page,
        "lines": team_lines(list(page), actor.on),
        "query": "",
    }
    return render(request, "tips/teams.html", context)


class TeamForm(forms.Form):
    """Who receives, from a day on."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    body = UnitField(
        label=gettext_lazy("Đơn vị tiếp nhận"), required=False,
        help_text=gettext_lazy("Thường là công an cùng cấp. Để trống: tin về nơi tiếp nhận cấp trên."),
    )  # fmt: skip
    above = UnitField(
        label=gettext_lazy("Nơi nhận tin nêu chính đơn vị này"), required=False,
        help_text=gettext_lazy("Đơn vị cấp trên. Tin nêu tên nơi tiếp nhận tự động chuyển tới đây."),
    )  # fmt: skip
    phone = line(gettext_lazy("Điện thoại tiếp nhận"), PHONE_CHARS, required=False)
    start = WrittenDateField(label=gettext_lazy("Từ ngày"))


def team(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Says who receives tips of an area."""
    actor = keeper(request)
    place = get_object_or_404(areas_to_set(actor), pk=unit_id)
    if not can_set_team(actor, unit_id):
        raise PermissionDenied
    now = teams_of(unit_id).filter(valid_to__isnull=True).first()
    initial: dict[str, Any] = {"version": now.version if now else 0, "start": timezone.localdate()}
    if now is not None:
        initial |= {"body": now.body, "above": now.above, "phone": now.phone}
    form = TeamForm(request.POST or None, initial=initial)
    for name in ("body", "above"):
        field = form.fields[name]
        assert isinstance(field, UnitField)
        field.units, field.on = bodies_to_choose(actor), actor.on
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            answer = set_team(
                actor=actor, at=timezone.now(), area_id=unit_id, body_id=data["body"].pk if data["body"] else None,
                above_id=data["above"].pk if data["above"] else None, phone=data["phone"], start=data["start"],
                version=data["version"],
            )  # fmt: skip
            if not isinstance(answer, Refusal):
                messages.success(request, _("Đã ghi nơi tiếp nhận của %(name)s.") % {"name": place.name})
                return redirect("tips:teams")
            status = said(form, answer, now.version if now else 0)
    context = {
        "heading": place.name, "trail": [(_("Nơi tiếp nhận tin báo"), reverse("tips:teams"))], "form": form,
        "team": now,
        "was": teams_of(unit_id)[:10],
    }  # fmt: skip
    return render(request, "tips/team.html", context, status=status)
