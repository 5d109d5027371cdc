"""What the pages of regimes show: the list with its counts, the ladder of a period, bodies by periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyState, Submission
from pcmt.apps.reports.policies import can_keep_regimes
from pcmt.apps.reports.queries.regimes import Level, lacking, ladder_of, regime_of, reports_for, usable_forms
from pcmt.apps.reports.regimes import EVENT, RegimeText, first_limits
from pcmt.apps.tasks.models import GONE, DueItem, DueState
from pcmt.apps.tasks.policies import can_batch
from pcmt.apps.units.models import Unit
from pcmt.core.periods import date_label, moved_label, parse_date
from pcmt.core.text import fold
from pcmt.reference import work_calendar
from pcmt.web.regimes.forms import IncidentForm, RegimeFilter
from pcmt.web.regimes.words import LEVELS, cut_off_words, frequency_words, kind_words, limit_of, span_words
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import due_tone

BODIES_A_PAGE = 60
MOST_PERIODS = 12
"""So many periods stand beside each other, those around today."""
NAMES_SHOWN = 6


@attrs.frozen
class Counts:
    """How the reports of a regime stand, over all bodies and periods."""

    total: int = 0
    done: int = 0
    late: int = 0
    overdue: int = 0
    next_on: date | None = None


@attrs.frozen
class Row:
    """A regime in the list."""

    duty: Duty
    name: str
    kind: str
    period: str
    limit: str
    reporters: str
    recipient: str
    counts: Counts
    gaps: Sequence[str]


def regimes_of(actor: Actor, form: RegimeFilter) -> QuerySet[Duty]:
    """The regimes that the filter leaves, of plans that the actor sees."""
    chosen = form.chosen
    found = Duty.objects.visible_to(actor).select_related("plan", "recipient", "form")
    if not chosen["thoi"]:
        found = found.filter(state=DutyState.ACTIVE)
    if chosen["ke_hoach"]:
        found = found.filter(plan=chosen["ke_hoach"])
    if chosen["ky"]:
        found = found.filter(period=chosen["ky"])
    if chosen["noi_nhan"]:
        found = found.filter(recipient=chosen["noi_nhan"])
    if chosen["nguon"]:
        found = found.filter(origin=chosen["nguon"])
    if chosen["cap"]:
        units = Q(reporters__unit__level=chosen["cap"]) | Q(reporters__unit__members__unit__level=chosen["cap"])
        found = found.filter(pk__in=Duty.objects.filter(units).values("pk"))
    if words := fold(chosen["q"] or "").split():
        ids = [
            duty.pk
            for duty in found.only("pk", "title", "what", "text")
            if all(word in fold(f"{duty.title} {duty.what} {duty.text}") for word in words)
        ]
        found = found.filter(pk__in=ids)
    return found.prefetch_related("reporters__unit").order_by("-plan__issued_on", "plan_id", "order", "pk")


def filter_of(actor: Actor, data: Any) -> RegimeFilter:
    """The filter with what it may offer: plans that have regimes, and who receives them."""
    seen = Duty.objects.visible_to(actor)
    return RegimeFilter(
        data,
        plans=Plan.objects.filter(pk__in=seen.values("plan_id")).order_by("-issued_on", "-pk"),
        recipients=Unit.objects.filter(pk__in=seen.values("recipient_id")).in_official_order(),
    )


def rows_of(duties: Iterable[Duty], today: date) -> list[Row]:
    """Regimes as lines of the list; a few more statements for what they count, however many they are."""
    listed = list(duties)
    counts, usable = counts_of([duty.pk for duty in listed], today), usable_forms()
    return [
        Row(
            duty=duty,
            name=duty.title or kind_words(duty),
            kind=kind_words(duty),
            period=frequency_words(duty),
            limit=limit_of(duty),
            reporters=names_in_short(
                list(dict.fromkeys(row.unit.name if row.unit else row.name for row in duty.reporters.all()))
            ),
            recipient=duty.recipient.name if duty.recipient else duty.recipient_name,
            counts=counts.get(duty.pk, Counts()),
            gaps=[gap.words for gap in lacking(duty, usable=usable)] if duty.state == DutyState.ACTIVE else [],
        )
        for duty in listed
    ]


def names_in_short(names: Sequence[str]) -> str:
    """A few names, and how many others there are."""
    few = "; ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return f"{few}; " + _("và %(count)d đơn vị khác") % {"count": more} if more > 0 else few


def counts_of(duty_ids: Sequence[int], today: date) -> dict[int, Counts]:
    """How the reports of regimes stand; one statement."""
    sent = Q(due_item__state__in=(DueState.DONE, DueState.SUBMITTED))
    rows = (
        DutyOccurrence.objects.filter(duty__in=duty_ids)
        .exclude(due_item__state__in=GONE)
        .values("duty_id")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=sent),
            late=Count("pk", filter=sent & Q(due_item__done_on__gt=F("due_item__due_on"))),
            overdue=Count("pk", filter=Q(due_item__state=DueState.OPEN, due_item__due_on__lt=today)),
        )
        .order_by()
    )
    coming = (
        DueItem.objects.filter(occurrence__duty__in=duty_ids, state=DueState.OPEN, due_on__gte=today)
        .order_by("occurrence__duty_id", "due_on")
        .values_list("occurrence__duty_id", "due_on")
    )
    nearest: dict[int, date] = {}
    for duty_id, day in coming.distinct():
        assert day is not None
        nearest.setdefault(duty_id, day)
    return {
        row["duty_id"]: Counts(row["total"], row["done"], row["late"], row["overdue"], nearest.get(row["duty_id"]))
        for row in rows
    }


@attrs.frozen
class Period:
    """A period in which a regime is reported."""

    last: date
    words: str


def periods_of(duty: Duty) -> list[Period]:
    """The periods that have reports, in order."""
    rows = (
        DutyOccurrence.objects.filter(duty=duty, period_to__isnull=False)
        .exclude(due_item__state__in=GONE)
        .values_list("period_from", "period_to")
        .distinct()
        .order_by("period_to", "period_from")
    )
    found: dict[date, Period] = {}
    for first, last in rows:
        assert last is not None
        found.setdefault(
            last, Period(last, span_words(duty, first, last) or _("đến %(day)s") % {"day": date_label(last)})
        )
    return list(found.values())


def period_now(duty: Duty, periods: Sequence[Period], today: date) -> Period | None:
    """The period that matters now: the last one that has closed, else the first to come."""
    closed = [each for each in periods if each.last < today]
    return closed[-1] if closed else periods[0] if periods else None


@attrs.frozen
class StepRow:
    """One level of the ladder as a step: `tone` is that of components/state.html, `word` says how it stands."""

    level: Level
    name: str
    who: str
    limit: date | None
    moved: str
    tone: str
    word: str
    late: Sequence[str]
    missing: Sequence[str]
    here: bool


def ladder_rows(duty: Duty, period: Period, on: date) -> list[StepRow]:
    """The ladder of a period as steps, the lowest level first."""
    return [_step(level, duty, on) for level in ladder_of(duty, period.last, on)]


def _step(level: Level, duty: Duty, on: date) -> StepRow:
    total, sent, taken = len(level.reports), len(level.sent), len(level.taken)
    if not total:
        tone, word = "plain", _("chưa có kỳ này")
    elif taken == total:
        tone, word = "done", _("đã tiếp nhận %(done)d/%(total)d") % {"done": taken, "total": total}
    elif sent == total:
        tone, word = "wait", _("đã gửi đủ, tiếp nhận %(done)d/%(total)d") % {"done": taken, "total": total}
    else:
        tone = due_tone(level.limit, on) if level.limit else "plain"
        word = _("đã gửi %(done)d/%(total)d") % {"done": sent, "total": total}
    return StepRow(
        level=level,
        name=level.duty.title or kind_words(level.duty),
        who=_who(level),
        limit=level.limit,
        moved=moved_label(level.step) if level.step else "",
        tone=tone,
        word=word,
        late=[f"{_named(each.occurrence)} ({each.days_late})" for each in level.late],
        missing=[_named(each.occurrence) for each in level.overdue],
        here=level.duty.pk == duty.pk,
    )


def _who(level: Level) -> str:
    """Who reports on a level: the one body, or how many."""
    if len(level.reports) == 1:
        return _named(level.reports[0].occurrence)
    return _("%(count)d đơn vị") % {"count": len(level.reports)} if level.reports else ""


def _named(occurrence: DutyOccurrence) -> str:
    return occurrence.unit.name if occurrence.unit else occurrence.due_item.unit_name or _("chưa rõ đơn vị")


MARKS: Mapping[str, str] = {"done": "✓", "late": "✓*", "sent": "→", "missed": "✗", "open": "○", "paused": "‖"}
"""The sign of a report in the table of bodies by periods; each stands in the legend with its word."""


def mark_words() -> list[tuple[str, str, str]]:
    """The legend: class, sign, word."""
    return [
        ("done", MARKS["done"], _("đã tiếp nhận, đúng hạn")),
        ("late", MARKS["late"], _("đã tiếp nhận, muộn")),
        ("sent", MARKS["sent"], _("đã gửi, chờ tiếp nhận")),
        ("missed", MARKS["missed"], _("quá hạn chưa gửi")),
        ("open", MARKS["open"], _("chưa tới hạn")),
        ("paused", MARKS["paused"], _("tạm dừng")),
    ]


@attrs.frozen
class Cell:
    """One body's report of one period."""

    key: str
    sign: str
    words: str
    url: str


@attrs.frozen
class Matrix:
    """Bodies as rows, periods as columns; `page` pages the bodies, `more` says that there are other periods."""

    periods: Sequence[Period]
    rows: Sequence[tuple[str, Sequence[Cell | None]]]
    page: Page[Any]
    more: bool


def matrix_of(actor: Actor, duty: Duty, periods: Sequence[Period], number: str | None) -> Matrix:
    """Who reported when, as far as the actor may see it; two statements."""
    on = actor.on
    passed = sum(each.last < on for each in periods)
    begin = max(0, min(passed - MOST_PERIODS * 2 // 3, len(periods) - MOST_PERIODS))
    shown = periods[begin : begin + MOST_PERIODS]
    rows = (
        DutyOccurrence.objects.visible_to(actor)
        .filter(duty=duty)
        .filter(Q(period_to__in=[each.last for each in shown]) if shown else Q())
        .exclude(due_item__state__in=GONE)
        .select_related("unit", "due_item", "origin_unit")
        .order_by(F("unit__sort_key").asc(nulls_last=True), "unit_id", "period_to", "pk")
    )
    bodies: dict[int | None, str] = {}
    by_place: dict[tuple[int | None, date | None], list[DutyOccurrence]] = defaultdict(list)
    for row in rows:
        bodies.setdefault(row.unit_id, _named(row))
        by_place[row.unit_id, row.period_to].append(row)
    page = Paginator(list(bodies), BODIES_A_PAGE).get_page(number)
    wanted = [row for unit_id in page.object_list for each in shown for row in by_place[unit_id, each.last]]
    if not shown:
        wanted = [row for unit_id in page.object_list for row in by_place[unit_id, None]]
    reports = _reports(actor, wanted)
    lines: list[tuple[str, Sequence[Cell | None]]] = []
    for unit_id in page.object_list:
        days: Sequence[date | None] = [each.last for each in shown] or [None]
        lines.append((bodies[unit_id], [_cell(by_place[unit_id, day], reports, on) for day in days]))
    return Matrix(shown, lines, page, len(shown) < len(periods))


def _reports(actor: Actor, rows: Iterable[DutyOccurrence]) -> dict[int, int]:
    """The reports that the actor may open, by occurrence."""
    seen = Submission.objects.visible_to(actor).filter(occurrence__in=[row.pk for row in rows])
    return dict(seen.values_list("occurrence_id", "pk"))


def _cell(rows: Sequence[DutyOccurrence], reports: Mapping[int, int], on: date) -> Cell | None:
    """The report that stands there; of several (taken over from another body) the one that is worst off."""
    if not rows:
        return None
    order = ("missed", "open", "paused", "sent", "late", "done")
    row = min(rows, key=lambda each: order.index(_key(each.due_item, on)))
    key = _key(row.due_item, on)
    words = next(word for each, _sign, word in mark_words() if each == key)
    if row.origin_unit is not None:
        words = _("%(words)s, nhận từ %(unit)s") % {"words": words, "unit": row.origin_unit.name}
    if row.due_item.due_on:
        words = _("%(words)s, hạn hết ngày %(day)s") % {"words": words, "day": date_label(row.due_item.due_on)}
    report = reports.get(row.pk)
    return Cell(key, MARKS[key], words, f"/bao-cao/{report}/" if report else f"/nhiem-vu/{row.due_item_id}/")


def _key(due: DueItem, on: date) -> str:
    if due.state == DueState.DONE:
        return "late" if due.is_late(on) else "done"
    if due.state == DueState.SUBMITTED:
        return "sent"
    if due.state == DueState.SUSPENDED:
        return "paused"
    return "missed" if due.is_late(on) else "open"


@attrs.frozen
class Tried:
    """The limits of one period before a regime is defined: last day and why it moved, level by level."""

    period: str
    steps: Sequence[tuple[date, str]]


def tried_rows(regime: RegimeText, plan: Plan, today: date) -> list[Tried]:
    """What limits a regime would have."""
    duty = Duty(calendar=regime.calendar)
    return [
        Tried(
            span_words(duty, period.start, period.last),
            [(step.last, moved_label(step)) for step in steps],
        )
        for period, steps in first_limits(regime, plan.window_from, plan.window_to, today, work_calendar())
    ]


def seen(actor: Actor, duty_id: int) -> Duty:
    """A regime when the actor may see it; else the page does not exist."""
    found = Duty.objects.visible_to(actor).select_related("plan", "recipient", "form", "feeds", "clause", "ended_by")
    return get_object_or_404(found, pk=duty_id)


def regime_page(request: HttpRequest, duty: Duty, incident: IncidentForm | None = None) -> dict[str, Any]:
    """The context of the page of a regime."""
    actor = acting(request)
    found = regime_of(duty)
    periods = periods_of(duty)
    asked = parse_date(request.GET.get("ky"))
    period = next((each for each in periods if each.last == asked), None) or period_now(duty, periods, actor.on)
    guidance = duty.guidance or {}
    bodies = [unit.name for unit in found.reporting.on(actor.on).values()]
    active = duty.state == DutyState.ACTIVE
    may_report = active and duty.period == EVENT and can_batch(actor) and reports_for(actor, duty)
    return {
        "duty": duty,
        "plan": duty.plan,
        "regime": found,
        "name": duty.title or kind_words(duty),
        "kind": kind_words(duty),
        "frequency": frequency_words(duty),
        "limit": limit_of(duty),
        "cut_off": cut_off_words(duty),
        "guidance": [(word, guidance[level]) for level, word in LEVELS if guidance.get(level)],
        "periods": periods,
        "period": period,
        "steps": ladder_rows(duty, period, actor.on) if period else [],
        "matrix": matrix_of(actor, duty, periods, request.GET.get("trang")),
        "marks": mark_words(),
        "counts": counts_of([duty.pk], actor.on).get(duty.pk, Counts()),
        "keeps": active and can_keep_regimes(actor, duty.plan),
        "incident": (incident or IncidentForm(initial={"happened": actor.on})) if may_report else None,
        "today": actor.on,
        "bodies": names_in_short(bodies),
        "body_count": len(bodies),
    }
