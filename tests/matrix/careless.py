"""The program with three careless pages more, so that the walk can be seen to notice them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from pcmt.apps.plans.models import Plan
from pcmt.config.urls import urlpatterns as ours


def open_to_all(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Asks nobody who they are, and changes something when it is only looked at."""
    plan = Plan.objects.get(pk=plan_id)
    if request.method == "GET":
        Plan.objects.filter(pk=plan_id).update(title="x")
    return HttpResponse(plan.title)


def telling(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Says by 403 that there is something."""
    return HttpResponse(status=403 if Plan.objects.filter(pk=plan_id).exists() else 404)


urlpatterns = [
    *ours,
    path("mo/<int:plan_id>/", open_to_all, name="open"),
    path("noi/<int:plan_id>/", telling, name="telling"),
    path("la/<int:strange_id>/", telling, name="strange"),
]
