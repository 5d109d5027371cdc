"""The bodies a unit usually has: which are there, which are missing, and making those in one step."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.units.models import Level, Unit
from pcmt.apps.units.operations import create_usual_bodies
from pcmt.apps.units.policies import can_keep_under
from pcmt.apps.units.queries import bodies_usual_for, communes_of, proposed_bodies, series_of
from pcmt.core.diagnostics import Refusal
from pcmt.web.bodies.forms import UsualForm
from pcmt.web.shell.access import acting
from pcmt.web.units.page import unit_page


def usual(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What is there and what is missing on the day; the button makes what is ticked."""
    actor = acting(request)
    page = unit_page(request, unit_id, "")
    unit: Unit = page["unit"]
    on = page["day"].on
    if not bodies_usual_for(unit):
        raise Http404
    if not can_keep_under(actor, unit.pk):
        raise PermissionDenied(_("Chỉ cơ quan thường trực được thêm cơ quan trong địa bàn mình phục vụ."))
    if not page["stands"]:
        return render(request, "bodies/usual.html", page)
    proposed = proposed_bodies([unit], on)
    missing = [each for each in proposed if each.there is None]
    form = UsualForm(request.POST or None, missing=missing, series=series_of(unit, on))
    if request.method == "POST" and form.is_valid():
        answer = create_usual_bodies(
            actor=actor,
            at=timezone.now(),
            unit_id=unit.pk,
            on=on,
            keys=form.chosen,
            counts=form.counts,
            communes=form.cleaned_data["communes"],
        )
        if not isinstance(answer, Refusal):
            count = len(answer.made)
            if count:
                said = ngettext("Đã thêm %(count)d cơ quan.", "Đã thêm %(count)d cơ quan.", count) % {"count": count}
                messages.success(request, said)
            else:
                messages.info(request, _("Không thêm gì: những cơ quan đã chọn đều đã có."))
            return redirect("units:unit", unit.pk)
        form.add_error(None, answer.message)
    page |= {
        "form": form,
        "rows": [(each, box) for each, box in zip(missing, form["keys"], strict=True)],
        "there": [each for each in proposed if each.there],
    }
    if unit.level == Level.PROVINCE:
        below = communes_of(unit.pk, on)
        lacking = [each for each in proposed_bodies(below, on) if each.there is None and not each.optional]
        page |= {"below": len(below), "lacking": len(lacking), "lacking_in": len({each.unit.pk for each in lacking})}
    return render(request, "bodies/usual.html", page, status=422 if form.errors else 200)
