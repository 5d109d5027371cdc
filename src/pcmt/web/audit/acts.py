"""What pages let people take away, told to the log: downloads and prints. Changes are recorded by their operations."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST

from pcmt.apps.audit.operations import Thing, record_reading
from pcmt.apps.plans.models import Plan, Revision
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import DueItem, Task
from pcmt.web.shell.access import acting


def noted(request: HttpRequest, event: str, obj: Model | Thing, *, purpose: str = "", **told: Any) -> None:
    """Record that the acting person looked at protected data or took something away; empty words are left out."""
    record_reading(at=timezone.now(), actor=acting(request), event=event, obj=obj, purpose=purpose, told=told)


@require_POST
def printed(request: HttpRequest) -> HttpResponse:
    """A page of ours was printed; the browser says which."""
    path = request.POST.get("path", "")
    try:
        found = resolve(path)
    except Resolver404:
        return HttpResponse(status=422)
    event, obj = _shown(request, found.kwargs, path)
    noted(request, event, obj)
    return HttpResponse(status=204)


def _shown(request: HttpRequest, kwargs: dict[str, Any], path: str) -> tuple[str, Model | Thing]:
    """What the page is about, as far as the person may see it; else the page itself."""
    actor = acting(request)
    kinds: dict[str, tuple[str, QuerySet[Any]]] = {
        "plan_id": ("plans.plan.printed", Plan.objects.visible_to(actor)),
        "revision_id": ("plans.revision.printed", Revision.objects.visible_to(actor).select_related("plan")),
        "target_id": ("targets.target.printed", Target.objects.visible_to(actor)),
        "task_id": ("tasks.task.printed", Task.objects.visible_to(actor)),
        "due_id": ("tasks.due.printed", DueItem.objects.visible_to(actor)),
    }
    for name, (event, seen) in kinds.items():
        if name in kwargs and (row := seen.filter(pk=kwargs[name]).first()) is not None:
            return event, row
    if "token" in kwargs:  # opens a door: nobody reads it in the log
        path = path.replace(str(kwargs["token"]), "…")
    return "web.page.printed", Thing("web.Page", path[:64], path)
