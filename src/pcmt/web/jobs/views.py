"""Background work: how it stands, having failed jobs run again, and whether this process can work at all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from attrs import frozen
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pcmt.apps.jobs.operations import retry, retry_all
from pcmt.apps.jobs.policies import can_see_jobs
from pcmt.apps.jobs.queries import Job, Turn, standing
from pcmt.apps.jobs.schedules import schedules
from pcmt.core.diagnostics import Refusal
from pcmt.web.jobs.words import error_words, task_words
from pcmt.web.shell.access import acting, deny


@frozen
class Line:
    """A job with its words."""

    job: Job
    task: str
    error: str


@frozen
class Row:
    """A schedule with its words."""

    turn: Turn
    task: str


@never_cache
def shown(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    if not can_see_jobs(acting(request)):
        return _denied(request)
    found = standing(timezone.now())
    by_name = {schedule.name: schedule.job.module_path for schedule in schedules()}
    page = {
        "now": found,
        "trail": [(_("Người dùng"), reverse("people:list"))],
        "running": _lines(found.running),
        "failed": _lines(found.failed),
        "turns": [Row(turn, task_words(by_name[turn.name])) for turn in found.turns],
    }
    return render(request, "jobs/standing.html", page)


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """One failed job, or with `job` = `tat-ca` all of them, back into the queue."""
    actor, chosen = acting(request), request.POST.get("job", "")
    if not can_see_jobs(actor):
        return _denied(request)
    if chosen == "tat-ca":
        done = retry_all(actor=actor, at=timezone.now())
    else:
        try:
            done = retry(actor=actor, at=timezone.now(), job_id=str(uuid.UUID(chosen)))
        except ValueError:
            done = 0
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    elif done:
        messages.success(
            request,
            ngettext("Đã xếp lại %(count)s việc vào hàng chờ.", "Đã xếp lại %(count)s việc vào hàng chờ.", done)
            % {"count": done},
        )
    else:
        messages.info(request, _("Không còn việc lỗi nào như vậy: có thể người khác vừa cho chạy lại."))
    return redirect("jobs:standing")


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For load balancers: 200 when this process reaches its database, else 503. Says nothing else to strangers."""
    try:
        connection.ensure_connection()
        reached = connection.is_usable()
    except DatabaseError:
        reached = False
    return JsonResponse({"ok": reached}, status=200 if reached else 503)


def _lines(jobs: Sequence[Job]) -> list[Line]:
    return [Line(job, task_words(job.task), error_words(job.error) if job.error else "") for job in jobs]


def _denied(request: HttpRequest) -> HttpResponse:
    return deny(request, _("Chỉ người quản trị xem được việc nền."))
