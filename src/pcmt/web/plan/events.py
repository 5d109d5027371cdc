"""Events that limits of a plan hang on: which there are, and saying their day."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.policies import can_review
from pcmt.apps.tasks.events import Event, plan_events
from pcmt.web.fields import WrittenDateField
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
    return [
        EventLine(event, _form(event, place, typed) if may else None)
        for place, event in enumerate(plan_events(plan.pk))
    ]


def _form(event: Event, place: int, typed: EventForm | None) -> EventForm:
    if typed is not None and typed.data.get("key") == event.key:
        return typed
    start = {"key": event.key, "version": event.version, "on": event.on}
    return EventForm(initial=start, auto_id=f"id_event_{place}_%s")
