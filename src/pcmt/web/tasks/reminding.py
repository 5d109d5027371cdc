"""Reminders on the page of a due item: what people were told, and the button that answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.queries import told_about
from pcmt.apps.tasks.models import DueItem, Reminder
from pcmt.apps.tasks.operations import note_reminder
from pcmt.apps.tasks.policies import can_note
from pcmt.apps.tasks.queries import unanswered
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting
from pcmt.web.tasks.page import seen_due

MOST = 30
OWN_ROWS = (Reason.SOON, Reason.OVERDUE, Reason.ESCALATED)
"""Reasons of notices that stand in the list as reminders."""


def reminded(actor: Actor, item: DueItem | None) -> dict[str, Any]:
    """What the section of reminders shows; three statements."""
    if item is None:
        return {"reminders": [], "told": [], "to_answer": None}
    told = [each for each in told_about("tasks.DueItem", item.pk) if each.reason not in OWN_ROWS]
    open_reminder = unanswered(item)
    return {
        "reminders": list(Reminder.objects.visible_to(actor).filter(due_item=item)[:MOST]),
        "told": told,
        "to_answer": open_reminder if open_reminder and can_note(actor, item) else None,
    }


@require_POST
def note(request: HttpRequest, due_id: int) -> HttpResponse:
    """The body knows of what is overdue."""
    from pcmt.web.tasks.views import refused

    item = seen_due(acting(request), due_id)
    answer = note_reminder(actor=acting(request), at=timezone.now(), due_item_id=item.pk)
    if isinstance(answer, Refusal):
        return refused(request, item, answer)
    return redirect(reverse("tasks:due", args=[item.pk]) + "#da-nhac")
