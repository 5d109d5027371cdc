"""The home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pcmt.apps.accounts.policies import only_looks
from pcmt.apps.activities.queries.events import waiting_for as events_waiting_for
from pcmt.apps.plans.policies import can_start
from pcmt.apps.registers.queries.work import day_counts, keeps_files
from pcmt.apps.tasks.queries import due_items, my_work
from pcmt.apps.tips.policies import handles_tips, sees_statistics
from pcmt.apps.tips.queries.tips import tip_counts
from pcmt.web.home.waiting import escalated_to, waiting_for, waiting_reports, waiting_revisions
from pcmt.web.home.work import body_lines, own_filter, own_groups, own_query
from pcmt.web.shell.access import acting
from pcmt.web.tasks.owed import numbers_of

MINE = "toi"
"""The word of the address that shows only what oneself has in hand."""


def mine(request: HttpRequest) -> HttpResponse:
    """Officers: their unit's items by day. Leaders: bodies. Standing offices: what waits for them first."""
    actor = acting(request)
    today, looks, held = actor.on, only_looks(actor), request.GET.get("cua") == MINE
    work = my_work(actor, today, held=held)
    groups, more = own_groups(work, today, held=held)
    reports, texts = waiting_reports(actor), waiting_revisions(actor)
    piles = [*reports, *waiting_for(actor, today)]
    bodies = body_lines(actor, work.units, today)
    page = {
        "today": today,
        "counts": numbers_of(due_items(actor, own_filter(actor), today), today),
        "own": work.counts,
        "unfinished": work.counts.open + work.counts.submitted,
        "in_time": work.counts.open - work.counts.overdue,
        "own_query": own_query(actor),
        "groups": groups,
        "more": more,
        "held": held,
        "held_count": work.held,
        "piles": piles,
        "texts": texts,
        "waiting": sum(pile.count for pile in piles) + len(texts),
        "bodies": bodies,
        "escalated": escalated_to(actor, today),
        "only_looks": looks,
        # Leaders see bodies, not items, unless their own unit is the only body there is.
        "shows_items": not (looks and any(line.work.unit_id != actor.unit_id for line in bodies)),
        "may_upload": can_start(actor),
        "events_waiting": events_waiting_for(actor).count(),
        "files": day_counts(actor, timezone.now()) if keeps_files(actor) else None,
        "tips": tip_counts(actor) if handles_tips(actor) else None,
        "tip_numbers": looks and sees_statistics(actor),
    }
    return render(request, "home/mine.html", page)
