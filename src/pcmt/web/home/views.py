"""The home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pcmt.apps.accounts.policies import only_looks
from pcmt.apps.plans.policies import can_start
from pcmt.apps.tasks.queries import due_items, my_work
from pcmt.web.home.work import body_lines, own_filter, own_groups, own_query, waiting_revisions
from pcmt.web.shell.access import acting
from pcmt.web.tasks.owed import numbers_of


def mine(request: HttpRequest) -> HttpResponse:
    """Officers: their unit's items by day. Leaders: bodies too. Standing offices: also texts that wait for review."""
    actor = acting(request)
    today = actor.on
    work = my_work(actor, today)
    groups, more = own_groups(work, today)
    page = {
        "today": today,
        "counts": numbers_of(due_items(actor, own_filter(actor), today), today),
        "own_query": own_query(actor),
        "groups": groups,
        "more": more,
        "waiting": waiting_revisions(actor) if can_start(actor) else [],
        "bodies": body_lines(actor, work.units, today),
        "only_looks": only_looks(actor),
        "may_upload": can_start(actor),
    }
    return render(request, "home/mine.html", page)
