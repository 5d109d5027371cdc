"""Events that limits of a plan hang on: which there are, and saying their day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.policies import can_review
from pcmt.apps.tasks.events import Event, plan_events
from pcmt.apps.tasks.operations import say_when
from pcmt.core.diagnostics import Refusal
from pcmt.web.fields import WrittenDateField
from pcmt.web.plan.header import seen_plan
from pcmt.web.shell.access import acting


class EventForm(forms.Form):
    """The day of one event; left empty when it is not known (any more)."""

    key = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    on = WrittenDateField(
        label=_("Ngày của sự kiện"),
        help_text=_("Ngày đã diễn ra hoặc ngày dự kiến, dạng 15/6/2026. Để trống nếu chưa biết."),
        required=False,
    )


@attrs.frozen
class EventLine:
    """An event with the form to say its day; no form for who may only look."""

    event: Event
    form: EventForm | None


def event_lines(request: HttpRequest, plan: Plan, typed: EventForm | None = None) -> Sequence[EventLine]:
    """The events of a plan; `typed` is a form that was sent and has something wrong."""
    may = can_review(acting(request), plan)
    lines = []
    for place, event in enumerate(plan_events(plan.pk)):
        form: EventForm | None = None
        if may:
            start = {"key": event.key, "version": event.version, "on": event.on}
            mine = typed is not None and typed.data.get("key") == event.key
            form = typed if mine else EventForm(initial=start, auto_id=f"id_event_{place}_%s")
        lines.append(EventLine(event, form))
    return lines


@require_POST
def say(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Keeps the day of an event and goes back to where the limits are drawn."""
    from pcmt.web.plan.views import timeline_page

    plan = seen_plan(request, plan_id)
    known = [event.key for event in plan_events(plan.pk)]
    key = request.POST.get("key", "")
    if key not in known:
        raise Http404
    form = EventForm(request.POST, auto_id=f"id_event_{known.index(key)}_%s")
    if form.is_valid():
        said: dict[str, Any] = {name: form.cleaned_data[name] for name in ("key", "version", "on")}
        answer = say_when(actor=acting(request), at=timezone.now(), plan_id=plan.pk, **said)
        if not isinstance(answer, Refusal):
            return redirect(reverse("plan:timeline", args=[plan.pk]) + "#su-kien")
        form.add_error("on" if answer.field == "on" else None, answer.message)
    return timeline_page(request, plan, typed=form, status=422)
