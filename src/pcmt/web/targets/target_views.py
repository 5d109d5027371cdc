"""One target."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from pcmt.apps.targets.models import Target
from pcmt.web.shell.access import acting
from pcmt.web.targets.listing import in_order, line_of, with_standing


def seen_target(request: HttpRequest, target_id: int) -> Target:
    """The target when the actor may see its plan; else the page does not exist."""
    seen = Target.objects.visible_to(acting(request)).select_related("plan", "clause", "item", "revision", "ended_by")
    found = seen.filter(pk=target_id).first()
    if found is None:
        raise Http404
    return found


def target(request: HttpRequest, target_id: int) -> HttpResponse:
    """The plan's sentence, the verdict and why."""
    shown = seen_target(request, target_id)
    kept = in_order(with_standing(Target.objects.filter(pk=shown.pk))).get()
    return render(request, "targets/target.html", {"target": shown, "plan": shown.plan, "line": line_of(kept)})
