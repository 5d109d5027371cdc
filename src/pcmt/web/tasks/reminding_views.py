"""What a body answers to a reminder."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from pcmt.apps.tasks.operations import note_reminder
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting
from pcmt.web.tasks.page import seen_due
from pcmt.web.tasks.views import refused


@require_POST
def note(request: HttpRequest, due_id: int) -> HttpResponse:
    """The body knows of what is overdue."""
    item = seen_due(acting(request), due_id)
    answer = note_reminder(actor=acting(request), at=timezone.now(), due_item_id=item.pk)
    if isinstance(answer, Refusal):
        return refused(request, item, answer)
    return redirect(reverse("tasks:due", args=[item.pk]) + "#notes-title")
