"""What every tab of a plan shows on top: its window with today, four figures that are links, the tabs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import attrs
from django.db.models import Count, F, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan, PlanState, Revision, RevisionState
from pcmt.apps.reports.models import Duty, DutyState
from pcmt.apps.tasks.models import DueItem, DueState, Mode, Task
from pcmt.core.evaluating import Verdict
from pcmt.core.periods import Span
from pcmt.web.plan.timeline import Scale, share_passed
from pcmt.web.shell.access import acting
from pcmt.web.targets.scoreboard import counts_of


@attrs.frozen
class Figure:
    """One of the four figures: a value, what it counts, a plain remark, and the list behind it."""

    value: str
    label: str
    remark: str
    url: str
    tone: str = "plain"


@attrs.frozen
class DueCounts:
    """Due items of a plan as of a day. What was only requested is in none of the numbers but its own.

    Open (`total` less the others), submitted, suspended and done add up to the total. Punctual is by the day on which
    something was reported done, whether it was accepted by now or not.
    """

    total: int
    done: int
    submitted: int
    suspended: int
    overdue: int
    soon: int
    in_time: int
    judged: int
    requested: int

    @property
    def punctual(self) -> int | None:
        """Whole percent done in time, of everything whose limit has passed or that is done; None when there is none."""
        return self.in_time * 100 // self.judged if self.judged else None


def seen_plan(request: HttpRequest, plan_id: int) -> Plan:
    """The plan when the actor may see it; else the page does not exist."""
    seen = Plan.objects.visible_to(acting(request))
    return get_object_or_404(
        seen.select_related("issuer", "owner", "lead", "parent", "item", "carries_out"), pk=plan_id
    )


def revision_in_force(plan: Plan, actor: Actor) -> Revision | None:
    """The adopted text of a plan; a project has that of the plan which contains it. Without its long fields."""
    seen = Revision.objects.visible_to(actor).defer("text", "reading")
    if plan.item_id is not None:
        return seen.filter(items=plan.item_id).first()
    return seen.filter(plan=plan, state=RevisionState.ADOPTED).first()


def due_counts(plan: Plan, today: date) -> DueCounts:
    """The due items of a plan, counted in one query."""
    binding = ~Q(mode=Mode.REQUESTED)
    open_ = Q(state=DueState.OPEN) & binding
    done = Q(state=DueState.DONE) & binding
    submitted = Q(state=DueState.SUBMITTED) & binding
    reported = done | submitted
    limited = Q(due_on__isnull=False)
    numbers = (
        DueItem.objects.filter(plan=plan)
        .of_plans()
        .owed()
        .aggregate(
            total=Count("pk", filter=binding),
            done=Count("pk", filter=done),
            submitted=Count("pk", filter=submitted),
            suspended=Count("pk", filter=Q(state=DueState.SUSPENDED) & binding),
            overdue=Count("pk", filter=open_ & Q(due_on__lt=today)),
            soon=Count("pk", filter=open_ & Q(due_on__gte=today, due_on__lte=today + timedelta(days=7))),
            in_time=Count("pk", filter=reported & Q(done_on__lte=F("due_on"))),
            judged=Count("pk", filter=limited & (reported | open_ & Q(due_on__lt=today))),
            requested=Count("pk", filter=Q(mode=Mode.REQUESTED)),
        )
    )
    return DueCounts(**numbers)


def plan_window(plan: Plan) -> Span | None:
    """The plan's window as a half-open span; None while an end is missing."""
    if plan.window_from is None or plan.window_to is None:
        return None
    return Span(plan.window_from, plan.window_to + timedelta(days=1))


def owed_url(plan: Plan, **words: str | int) -> str:
    """The list of who owes what, narrowed to the plan."""
    return reverse("tasks:owed") + "?" + urlencode({"ke_hoach": plan.pk, **words})


def plan_page(request: HttpRequest, plan: Plan, tab: str) -> dict[str, Any]:
    """The context that all tabs share."""
    today = acting(request).on
    counts = due_counts(plan, today)
    verdicts = counts_of(plan)
    target_count = sum(verdicts.values())
    task_count = Task.objects.filter(plan=plan).standing().count()
    duty_count = Duty.objects.filter(plan=plan, state=DutyState.ACTIVE).count()
    window = plan_window(plan)
    # A project inside a plan mostly has nothing of its own: what it asks for is followed in the plan.
    bare = plan.item_id is not None and not (target_count or task_count or duty_count or counts.total)
    return {
        "plan": plan,
        "today": today,
        "revision": revision_in_force(plan, acting(request)),
        "in_force": plan.state in (PlanState.ADOPTED, PlanState.CLOSED),
        "counts": counts,
        "verdicts": verdicts,
        "figures": [] if bare else _figures(plan, counts, verdicts),
        "window": _window_drawing(window, today) if window else None,
        "tabs": _tabs(plan, tab, target_count, task_count, duty_count, bare=bare),
    }


def _figures(plan: Plan, counts: DueCounts, verdicts: Mapping[str, int]) -> list[Figure]:
    punctual = counts.punctual
    total = sum(verdicts.values())
    return [
        Figure(
            f"{verdicts.get(Verdict.MET, 0)}/{total}" if total else "0",
            _("chỉ tiêu đạt") if total else _("chỉ tiêu"),
            _other_verdicts(verdicts) if total else _("kế hoạch không nêu chỉ tiêu"),
            reverse("plan:targets", args=[plan.pk]),
        ),
        Figure(
            f"{counts.done}/{counts.total}",
            _("việc đã xong"),
            _apart(counts) or _("tính từng đơn vị, từng kỳ"),
            owed_url(plan, trang_thai="tat-ca"),
        ),
        Figure(
            str(counts.overdue),
            _("việc quá hạn"),
            _("%(count)d việc tới hạn trong 7 ngày") % {"count": counts.soon},
            owed_url(plan, trang_thai="qua-han"),
            tone="late" if counts.overdue else "plain",
        ),
        Figure(
            "—" if punctual is None else f"{punctual} %",
            _("đúng hạn"),
            _("chưa việc nào tới hạn")
            if punctual is None
            else _("%(count)d/%(of)d việc đã tới hạn hoặc đã xong") % {"count": counts.in_time, "of": counts.judged},
            owed_url(plan, trang_thai="muon"),
        ),
    ]


def _other_verdicts(verdicts: Mapping[str, int]) -> str:
    """How the targets stand that are not met yet, in words."""
    ways = (
        (_("%(count)d đang theo"), (Verdict.ON_TRACK, Verdict.NOT_DUE)),
        (_("%(count)d chậm"), (Verdict.BEHIND,)),
        (_("%(count)d không đạt"), (Verdict.MISSED,)),
        (_("%(count)d chưa xác định"), (Verdict.UNDETERMINED,)),
    )
    told = [(words, sum(verdicts.get(each, 0) for each in among)) for words, among in ways]
    return ", ".join(words % {"count": count} for words, count in told if count)


def _apart(counts: DueCounts) -> str:
    """What is neither done nor still to be done, in words; empty where there is nothing of the kind."""
    words = []
    if counts.submitted:
        words.append(_("%(count)d chờ nghiệm thu") % {"count": counts.submitted})
    if counts.suspended:
        words.append(_("%(count)d tạm dừng") % {"count": counts.suspended})
    return ", ".join(words)


def _window_drawing(window: Span, today: date) -> dict[str, Any]:
    scale = Scale(window)
    inside = today in window
    if today < window.start:
        words = _("chưa bắt đầu")
    elif inside:
        words = _("đã qua %(share)d %% thời gian") % {"share": share_passed(window, today)}
    else:
        words = _("đã hết thời gian thực hiện")
    return {
        "first": window.start,
        "last": window.last,
        "passed": scale.x(today),
        "today": scale.middle(today) if inside else None,
        "ticks": scale.ticks(),
        "words": words,
    }


def _tabs(
    plan: Plan, current: str, target_count: int, task_count: int, duty_count: int, *, bare: bool
) -> list[dict[str, Any]]:
    tabs = [
        ("overview", _("Tổng quan"), None),
        ("targets", _("Chỉ tiêu"), target_count),
        ("assignments", _("Phân công"), task_count),
        ("timeline", _("Tiến độ"), None),
        ("reports", pgettext("danh mục", "Báo cáo"), duty_count),
        ("cover", _("Đơn vị cấp dưới"), None),
        ("text", _("Văn bản"), None),
        ("history", _("Lịch sử"), None),
    ]
    return [
        {"label": label, "count": count, "url": reverse(f"plan:{name}", args=[plan.pk]), "current": name == current}
        for name, label, count in tabs
        if not bare or name in ("overview", "text", "history")
    ]
