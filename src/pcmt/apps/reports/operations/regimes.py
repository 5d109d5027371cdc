"""Report regimes that the standing office asks for, and what it may add to those of the plan; ad hoc requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.events import event_key, windows_of
from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.operations import let_see
from pcmt.apps.reports.models import (
    Duty,
    DutyOccurrence,
    DutyReporter,
    DutyState,
    FormState,
    Method,
    Origin,
    ReportForm,
    ReportFormVersion,
)
from pcmt.apps.reports.operations.occurring import Laid, lay_out, new_due, tell_reporters
from pcmt.apps.reports.policies import can_keep_regimes
from pcmt.apps.reports.queries.regimes import bodies_of, bodies_to_ask, reaches, regime_of
from pcmt.apps.reports.regimes import (
    EVENT,
    ONCE,
    TITLE_CHARS,
    WEEKLY,
    LevelText,
    RegimeText,
    calendar_of,
    due_data,
    limit_words,
    periods_ahead,
    rung_of,
    since_of,
)
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.tasks.operations import drop_requests, end_due
from pcmt.apps.tasks.policies import owes
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import PERIOD_WORDS, Limit, Precision, Relation, Rung, date_label, limit_from, limit_to
from pcmt.reference import work_calendar

WORDS_CHARS = 5000
MOST_LEVELS = 5
KINDS_ASKED = ("ad_hoc", "thematic")
TWICE = timedelta(minutes=10)
"""The same request of the same person within so short a time is a button pressed twice."""
METHODS = {Method.SOFTWARE: "qua phần mềm", Method.PAPER: "văn bản giấy", Method.SYSTEM: "hệ thống khác"}
"""Ways of sending as the log keeps them: stored, so Vietnamese."""
FAR = timedelta(days=3 * 366)
"""Nobody asks for a report so far ahead: a slip of the keyboard."""


@attrs.frozen(kw_only=True)
class ChangeText:
    """What may be said anew of a regime. What is None stays; `level`, `what`, `reporter_ids` are for the office's own.

    `guidance` is by level of the bodies that report.
    """

    title: str
    form_id: int | None
    feeds_id: int | None
    method: str = Method.SOFTWARE.value
    via: str = ""
    guidance: Mapping[str, str] = attrs.field(factory=dict)
    what: str | None = None
    level: LevelText | None = None
    reporter_ids: tuple[int, ...] | None = None


@attrs.frozen(kw_only=True)
class RequestText:
    """One report asked of some bodies. `first` and `cutoff` are the days that it covers, both included.

    `hour` are words for a time of the day ("16 giờ"): who reports sees them, lateness counts by days.
    """

    title: str
    kind: str = "ad_hoc"
    what: str
    unit_ids: tuple[int, ...]
    due_on: date | None
    hour: str = ""
    first: date | None = None
    cutoff: date | None = None
    form_id: int | None = None
    recipient_id: int | None = None


def define_regime(*, actor: Actor, at: datetime, plan_id: int, regime: RegimeText) -> Duty | Refusal:
    """Ask for a report again and again, over as many levels as there are; the duty of the lowest one.

    Each level is a duty of its own, whose reports go into those of the next. What bodies owe within the plan's window
    is there at once.
    """
    with transaction.atomic():
        plan = _kept(actor, plan_id)
        if isinstance(plan, Refusal):
            return plan
        today = timezone.localdate(at)
        refused = _wrong_regime(actor, plan, regime)
        if refused:
            return refused
        first = _last_order(plan)
        since = regime.since or today
        made: list[Duty] = []
        writers: tuple[int, ...] = regime.reporter_ids
        for number, level in enumerate(regime.levels):
            rung = level.rung
            assert rung is not None
            assert level.recipient_id is not None
            duty = Duty(
                plan=plan,
                origin=Origin.OFFICE,
                title=_squeezed(regime.title),
                kind=regime.kind,
                period=regime.period,
                calendar=regime.calendar,
                what=regime.what.strip(),
                form_id=regime.form_id,
                recipient_id=level.recipient_id,
                recipient_name=Unit.objects.get(pk=level.recipient_id).name[:600],
                via=_squeezed(level.via),
                method=level.method,
                due=due_data(regime.period, rung, since),
                asked_by_id=actor.user_id,
                asked_at=at,
                order=first + number,
            )
            duty.save()
            _write_reporters(duty, writers)
            if level.guidance.strip():
                levels = {unit.level for unit in bodies_of(duty, today).values()}
                duty.guidance = dict.fromkeys(sorted(levels), level.guidance.strip())
                duty.save(update_fields=["guidance"])
            if made:
                made[-1].feeds = duty
                made[-1].save(update_fields=["feeds"])
            made.append(duty)
            writers = (level.recipient_id,)
        if not periods_ahead(made[0], plan.window_from, plan.window_to, today):
            transaction.set_rollback(True)
            message = _("Trong thời gian của kế hoạch không còn kỳ báo cáo nào từ ngày này.")
            return Refusal(code="no_period", message=message, field="since")
        laid = lay_out(at=at, plan=plan)
        if not any(duty_id == made[0].pk for duty_id, _unit in laid.made):
            transaction.set_rollback(True)
            message = _("Nhóm được chọn chưa có đơn vị nào, hoặc chỉ có chính nơi nhận.")
            return Refusal(code="nobody", message=message, field="reporters")
        let_see(plan.pk, [*regime.reporter_ids, *(level.recipient_id for level in regime.levels if level.recipient_id)])
        tell_reporters(actor=actor, at=at, duties=made, laid=laid)
        for duty in made:
            record(at=at, actor=actor, event="reports.duty.defined", obj=duty, after=_told(duty))
    return made[0]


def check_regime(*, actor: Actor, plan: Plan, regime: RegimeText) -> Refusal | None:
    """What is wrong with a regime that somebody is about to define; the limits of a good one are `first_limits`."""
    return _wrong_regime(actor, plan, regime) if can_keep_regimes(actor, plan) else _not_allowed()


def change_regime(*, actor: Actor, at: datetime, duty_id: int, version: int, text: ChangeText) -> Duty | Refusal:
    """Say a regime anew. Of one that the plan asks for, only what the plan leaves open: its sentence stands.

    What is not sent and not due yet moves to the new limit; what was done keeps the limit it was done against.
    """
    with transaction.atomic():
        duty = _held(actor, duty_id, version)
        if isinstance(duty, Refusal):
            return duty
        own = duty.origin == Origin.OFFICE
        before = _told(duty)
        title = _squeezed(text.title)
        refused = (
            _wrong_title(title)
            or _wrong_form(text.form_id, duty.form_id)
            or _wrong_feeds(duty, text.feeds_id)
            or _wrong_way(text.method, text.via)
            or _wrong_guidance(text.guidance)
        )
        if refused:
            return refused
        duty.title, duty.form_id, duty.feeds_id = title, text.form_id, text.feeds_id
        duty.method, duty.via = text.method, _squeezed(text.via)
        duty.guidance = {level: words.strip() for level, words in sorted(text.guidance.items()) if words.strip()}
        if own:
            refused = _said_anew(actor, duty, text)
            if refused:
                return refused
        if before == _told(duty) and text.reporter_ids is None:
            return duty
        duty.version += 1
        duty.save()
        if own and text.reporter_ids is not None and duty.period in PERIOD_WORDS:
            _write_reporters(duty, text.reporter_ids)
            let_see(duty.plan_id, text.reporter_ids)
        laid = lay_out(at=at, plan=duty.plan) if own else Laid()
        tell_reporters(actor=actor, at=at, duties=regime_of(duty).chain if own else (), laid=laid)
        now = _told(duty)
        changes = {name for name in now if now[name] != before[name]}
        if changes or laid.count:
            record(
                at=at,
                actor=actor,
                event="reports.duty.changed",
                obj=duty,
                before={name: before[name] for name in sorted(changes)},
                after={name: now[name] for name in sorted(changes)},
            )
    return duty


def set_form(*, actor: Actor, at: datetime, duty_id: int, version: int, form_id: int | None) -> Duty | Refusal:
    """Say by which form the reports of a regime are written; those that are written already keep their form."""
    return _set(actor, at, duty_id, version, lambda duty: _wrong_form(form_id, duty.form_id), form_id=form_id)


def set_feeds(*, actor: Actor, at: datetime, duty_id: int, version: int, feeds_id: int | None) -> Duty | Refusal:
    """Say into which regime's reports those of another go; never in a circle, and within one plan."""
    return _set(actor, at, duty_id, version, lambda duty: _wrong_feeds(duty, feeds_id), feeds_id=feeds_id)


def end_regime(
    *, actor: Actor, at: datetime, duty_id: int, version: int, reason: str, whole: bool = False
) -> Duty | Refusal:
    """Ask for a report of the office no more; with `whole` on none of its levels.

    What was due before today is still owed, what was sent stays. Regimes of the plan end with an amendment of it.
    """
    words = reason.strip()
    with transaction.atomic():
        duty = _held(actor, duty_id, version)
        if isinstance(duty, Refusal):
            return duty
        if duty.origin != Origin.OFFICE:
            message = _("Chế độ báo cáo này do kế hoạch quy định. Chỉ thôi áp dụng khi kế hoạch được sửa đổi.")
            return Refusal(code="of_plan", message=message)
        if not words:
            return Refusal(code="reason", message=_("Nhập lý do thôi áp dụng."), field="reason")
        chain = [each for each in regime_of(duty).chain if each.origin == Origin.OFFICE] if whole else [duty]
        ids = sorted(each.pk for each in chain)
        rows = list(Duty.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
        today = timezone.localdate(at)
        laid = Laid()
        for row in rows:
            row.plan = duty.plan
            row.state, row.ended_at = DutyState.ENDED, at
            row.version += 1
            row.save(update_fields=["state", "ended_at", "version"])
            owed = DueItem.objects.select_for_update(of=("self",), no_key=True).filter(
                occurrence__duty=row, state__in=(DueState.OPEN, DueState.SUSPENDED)
            )
            gone = [due for due in owed.order_by("pk") if due.due_on is None or due.due_on >= today]
            laid.ended |= {(row.pk, due.unit_id) for due in gone if due.unit_id}
            end_due([due.pk for due in gone], at=at)
            drop_requests([due.pk for due in gone], at=at)
            # What fed it goes into nothing from now on.
            for fed in Duty.objects.filter(feeds=row, state=DutyState.ACTIVE).exclude(pk__in=ids):
                fed.feeds, fed.version = None, fed.version + 1
                fed.save(update_fields=["feeds", "version"])
        moved = lay_out(at=at, plan=duty.plan)  # limits above may no longer wait for those below
        laid.moved, laid.made = moved.moved, moved.made
        tell_reporters(actor=actor, at=at, duties=rows, laid=laid)
        for row in rows:
            ended = sum(pk == row.pk for pk, _unit in laid.ended)
            record(
                at=at, actor=actor, event="reports.duty.ended", obj=row, after={"count": ended}, reason=words,
            )  # fmt: skip
        duty.refresh_from_db()
    return duty


def request_report(*, actor: Actor, at: datetime, plan_id: int, request: RequestText) -> Duty | Refusal:
    """Ask some bodies for one report, at once: báo cáo đột xuất, báo cáo chuyên đề. Groups mean their members of today.

    Who asks sets limit and cut-off (Decree 09/2019/NĐ-CP, article 8). The recipient is the office that keeps the plan
    unless another is named.
    """
    with transaction.atomic():
        plan = _kept(actor, plan_id)
        if isinstance(plan, Refusal):
            return plan
        today = timezone.localdate(at)
        cutoff = request.cutoff or min(today, request.due_on or today)
        refused = _wrong_request(actor, plan, request, today, cutoff)
        if refused:
            return refused
        assert request.due_on is not None
        hour = _squeezed(request.hour)
        day = date_label(request.due_on)
        due = limit_to(Limit(Relation.BY, Precision.DAY, date=request.due_on))
        duty = Duty(
            plan=plan,
            origin=Origin.OFFICE,
            title=_squeezed(request.title),
            kind=request.kind,
            period=ONCE,
            what=request.what.strip(),
            form_id=request.form_id,
            recipient_id=request.recipient_id or plan.owner_id,
            due=due,
            due_text=f"trước {hour} ngày {day}" if hour else f"chậm nhất ngày {day}",
            asked_by_id=actor.user_id,
            asked_at=at,
            order=_last_order(plan),
        )
        duty.recipient_name = Unit.objects.get(pk=request.recipient_id or plan.owner_id).name[:600]
        again = _asked_already(actor, at, duty, request.unit_ids)
        if again is not None:
            return again
        duty.save()
        _write_reporters(duty, request.unit_ids)
        bodies = bodies_of(duty, today)
        if not bodies:
            transaction.set_rollback(True)
            message = _("Nhóm được chọn chưa có đơn vị nào, hoặc chỉ có chính nơi nhận.")
            return Refusal(code="nobody", message=message, field="units")
        first = request.first or (plan.window_from if plan.window_from and plan.window_from <= cutoff else None)
        laid = Laid()
        occurrences = []
        for unit in bodies.values():
            item = new_due(duty, unit, at=at)
            item.opens_on, item.due_on, item.original_due_on = (
                min(today, request.due_on),
                request.due_on,
                request.due_on,
            )
            item.limit, item.limit_text = due, duty.due_text
            occurrences.append(DutyOccurrence(duty=duty, unit=unit, due_item=item, period_from=first, period_to=cutoff))
            laid.made[duty.pk, unit.pk] = request.due_on
        _save(occurrences)
        let_see(plan.pk, [*bodies, *request.unit_ids, *([duty.recipient_id] if duty.recipient_id else [])])
        tell_reporters(actor=actor, at=at, duties=[duty], laid=laid)
        record(
            at=at, actor=actor, event="reports.duty.requested", obj=duty, after=_told(duty) | {"bodies": len(bodies)}
        )
    return duty


def report_incident(*, actor: Actor, at: datetime, duty_id: int, happened: date | None) -> DutyOccurrence | Refusal:
    """Something happened that has to be reported: the own body owes that report from now on.

    The limit follows from the words of the regime ("trong 24 giờ kể từ khi xảy ra"); where they say none there is none.
    What happened on one day is one report while that is not sent.
    """
    with transaction.atomic():
        duty = Duty.objects.visible_to(actor).select_related("plan").filter(pk=duty_id).first()
        if duty is not None:
            Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=duty.plan_id)
        today = timezone.localdate(at)
        if duty is None or actor.unit_id not in bodies_of(duty, today):
            message = _("Chỉ đơn vị phải báo cáo theo chế độ này mở được báo cáo khi có việc xảy ra.")
            return Refusal(code="not_allowed", message=message)
        if duty.period != EVENT or duty.state != DutyState.ACTIVE:
            return Refusal(code="no_event", message=_("Chế độ báo cáo này không báo cáo theo sự việc."))
        if happened is None or happened > today or happened < today - FAR:
            message = _("Nhập ngày xảy ra, không sau hôm nay.")
            return Refusal(code="happened", message=message, field="happened")
        unit = Unit.objects.get(pk=actor.unit_id)
        same = DutyOccurrence.objects.filter(
            duty=duty, unit=unit, origin_unit__isnull=True, period_from=happened, period_to=happened
        ).select_related("due_item")
        there = same.first()
        if there is not None and there.due_item.state == DueState.OPEN:
            return there
        due = new_due(duty, unit, at=at)
        if not owes(actor, due):
            message = _("Vai trò của bạn chỉ xem, không mở báo cáo.")
            return Refusal(code="not_allowed", message=message)
        due.label = f"{duty.title[:200]}, việc xảy ra ngày {date_label(happened)}"
        limit = limit_from(duty.due)
        windows = windows_of(limit, None, {event_key(limit.event): happened}) if limit and limit.event else ()
        due.opens_on = happened
        if windows:
            due.opens_on, due.due_on = min(happened, windows[0].last), windows[0].last
            due.original_due_on = due.due_on
            due.limit = limit_to(Limit(Relation.BY, Precision.DAY, date=due.due_on))
        due.limit_text = limit_words(duty)[:300]
        # A second report of one day has no period of its own: the day is taken.
        span = {} if there is not None else {"period_from": happened, "period_to": happened}
        made = DutyOccurrence(duty=duty, unit=unit, due_item=due, **span)
        _save([made])
        record(at=at, actor=actor, event="reports.occurrence.opened", obj=made, after={"date": happened})
    return made


def _save(occurrences: Sequence[DutyOccurrence]) -> None:
    dues = [each.due_item for each in occurrences]
    DueItem.objects.bulk_create(dues, batch_size=500)
    for each in occurrences:
        each.due_item_id = each.due_item.pk
    DutyOccurrence.objects.bulk_create(occurrences, batch_size=500)


def _kept(actor: Actor, plan_id: int) -> Plan | Refusal:
    """The plan, locked, when the actor keeps its regimes."""
    plan = Plan.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=plan_id).first()
    if plan is None or not can_keep_regimes(actor, plan):
        return _not_allowed()
    return plan


def _held(actor: Actor, duty_id: int, version: int) -> Duty | Refusal:
    """The duty with its plan, both locked in this order, when the actor keeps it and it stands as he saw it."""
    seen = Duty.objects.visible_to(actor).filter(pk=duty_id).values_list("plan_id", flat=True).first()
    if seen is None:
        return _not_allowed()
    plan = _kept(actor, seen)
    if isinstance(plan, Refusal):
        return plan
    duty = Duty.objects.select_for_update(of=("self",), no_key=True).get(pk=duty_id)
    duty.plan = plan
    if duty.state != DutyState.ACTIVE:
        return Refusal(code="ended", message=_("Chế độ báo cáo này đã thôi áp dụng."))
    if duty.version != version:
        message = _("Chế độ báo cáo này vừa được người khác sửa. Xem lại rồi lưu.")
        return Refusal(code="stale", message=message, ref=duty.pk)
    return duty


def _set(actor: Actor, at: datetime, duty_id: int, version: int, wrong: Any, **values: Any) -> Duty | Refusal:
    with transaction.atomic():
        duty = _held(actor, duty_id, version)
        if isinstance(duty, Refusal):
            return duty
        refused: Refusal | None = wrong(duty)
        if refused:
            return refused
        before = {name: getattr(duty, name) for name in values}
        if before == values:
            return duty
        for name, value in values.items():
            setattr(duty, name, value)
        duty.version += 1
        duty.save(update_fields=[*values, "version"])
        if "feeds_id" in values and duty.origin == Origin.OFFICE:
            laid = lay_out(at=at, plan=duty.plan)
            tell_reporters(actor=actor, at=at, duties=regime_of(duty).chain, laid=laid)
        told = {"form_id": "form", "feeds_id": "feeds"}
        record(
            at=at,
            actor=actor,
            event="reports.duty.changed",
            obj=duty,
            before={told[name]: _name_of(name, value) for name, value in before.items()},
            after={told[name]: _name_of(name, value) for name, value in values.items()},
        )
    return duty


def _name_of(name: str, pk: int | None) -> str:
    if pk is None:
        return ""
    row = ReportForm.objects.filter(pk=pk).first() if name == "form_id" else Duty.objects.filter(pk=pk).first()
    return str(row or "")


def _told(duty: Duty) -> dict[str, Any]:
    """A regime for the log."""
    return {
        "title": duty.title,
        "what": duty.what,
        "form": _name_of("form_id", duty.form_id),
        "feeds": _name_of("feeds_id", duty.feeds_id),
        "limit": limit_words(duty),
        "via": duty.via,
        "sent_by": METHODS[Method(duty.method)],
        "recipient": duty.recipient_name,
        "guidance": "; ".join(f"{level}: {words}" for level, words in sorted(duty.guidance.items())),
    }


def _said_anew(actor: Actor, duty: Duty, text: ChangeText) -> Refusal | None:
    """What only the office's own regimes may say anew."""
    if text.what is not None:
        if len(text.what) > WORDS_CHARS:
            return _too_long("what")
        duty.what = text.what.strip()
    if text.reporter_ids is not None and duty.period in PERIOD_WORDS:
        refused = _wrong_bodies(actor, duty.plan, text.reporter_ids, "reporters")
        if refused:
            return refused
    level = text.level
    if level is None or rung_of(duty) is None:
        return None
    rung = level.rung
    if rung is None or (duty.period == WEEKLY and rung.after is None):
        return _wrong_limit("limit")
    if level.recipient_id is not None and level.recipient_id != duty.recipient_id:
        unit = Unit.objects.as_of(actor.on).filter(pk=level.recipient_id).first()
        if unit is None:
            return Refusal(code="recipient", message=_("Chọn nơi nhận báo cáo."), field="recipient")
        duty.recipient, duty.recipient_name = unit, unit.name[:600]
    duty.due = due_data(duty.period, rung, since_of(duty) or actor.on)
    return _too_early(duty, rung, "limit")


def _wrong_regime(actor: Actor, plan: Plan, regime: RegimeText) -> Refusal | None:
    title = _squeezed(regime.title)
    refused = _wrong_title(title) or _wrong_form(regime.form_id, None)
    if refused:
        return refused
    if len(regime.what) > WORDS_CHARS:
        return _too_long("what")
    if regime.period not in PERIOD_WORDS:
        return Refusal(code="period", message=_("Chọn kỳ báo cáo."), field="period")
    if calendar_of(regime.calendar).code != regime.calendar:
        return Refusal(code="calendar", message=_("Chọn cách chốt số liệu."), field="calendar")
    if refused := _wrong_bodies(actor, plan, regime.reporter_ids, "reporters"):
        return refused
    if not 1 <= len(regime.levels) <= MOST_LEVELS:
        return Refusal(code="levels", message=_("Nhập nơi nhận báo cáo."), field="recipient_1")
    return _wrong_levels(actor, regime)


def _wrong_levels(actor: Actor, regime: RegimeText) -> Refusal | None:
    seen = set(regime.reporter_ids) if len(regime.reporter_ids) == 1 else set()
    before: Rung | None = None
    for number, level in enumerate(regime.levels, start=1):
        field = f"recipient_{number}"
        if level.recipient_id is None or not Unit.objects.as_of(actor.on).filter(pk=level.recipient_id).exists():
            return Refusal(code="recipient", message=_("Chọn nơi nhận báo cáo."), field=field)
        if level.recipient_id in seen:
            message = _("Nơi nhận đã báo cáo ở cấp dưới của chế độ này.")
            return Refusal(code="circle", message=message, field=field)
        seen.add(level.recipient_id)
        if refused := _wrong_way(level.method, level.via) or _wrong_guidance({"": level.guidance}):
            return attrs.evolve(refused, field=f"{refused.field}_{number}")
        rung = level.rung
        if rung is None or (regime.period == WEEKLY and rung.after is None):
            return _wrong_limit(f"limit_{number}")
        duty = Duty(period=regime.period, calendar=regime.calendar, due=due_data(regime.period, rung, actor.on))
        if refused := _too_early(duty, rung, f"limit_{number}", below=before):
            return refused
        before = rung
    return None


def _too_early(duty: Duty, rung: Rung, field: str, below: Rung | None = None) -> Refusal | None:
    """A limit whose own words always lie before the cut-off, or before that of the level below, is a slip."""
    periods = periods_ahead(duty, None, None, since_of(duty) or date.max)[:12]
    work = work_calendar()
    if not periods:
        return None
    if all(rung.nominal(period, work) < period.last for period in periods):
        cut = max(period.last for period in periods)
        message = _("Hạn này luôn trước ngày chốt số liệu (ngày %(day)d). Chọn ngày sau đó ít nhất một ngày làm việc.")
        return Refusal(code="before_cut_off", message=message % {"day": cut.day}, field=field)
    if below is not None and all(rung.nominal(period, work) < below.nominal(period, work) for period in periods):
        message = _("Hạn của cấp trên phải sau hạn của cấp dưới ít nhất một ngày làm việc.")
        return Refusal(code="below", message=message, field=field)
    return None


def _wrong_request(actor: Actor, plan: Plan, request: RequestText, today: date, cutoff: date) -> Refusal | None:
    refused = _wrong_title(_squeezed(request.title)) or _wrong_form(request.form_id, None)
    if refused:
        return refused
    if request.kind not in KINDS_ASKED:
        return Refusal(code="kind", message=_("Chọn báo cáo đột xuất hay chuyên đề."), field="kind")
    if not request.what.strip():
        return Refusal(code="what", message=_("Nhập nội dung cần báo cáo."), field="what")
    if len(request.what) > WORDS_CHARS:
        return _too_long("what")
    if refused := _wrong_bodies(actor, plan, request.unit_ids, "units"):
        return refused
    if request.due_on is None or not today <= request.due_on <= today + FAR:
        return Refusal(code="due_on", message=_("Nhập hạn gửi, từ hôm nay trở đi."), field="due_on")
    if cutoff > request.due_on:
        return Refusal(code="cutoff", message=_("Ngày chốt số liệu không sau hạn gửi."), field="cutoff")
    if request.first is not None and request.first > cutoff:
        return Refusal(code="first", message=_("Số liệu từ ngày phải trước ngày chốt."), field="first")
    if len(request.hour) > 40:
        return _too_long("hour")
    standing = Unit.objects.as_of(actor.on)
    if request.recipient_id is not None and not standing.filter(pk=request.recipient_id).exists():
        return Refusal(code="recipient", message=_("Chọn nơi nhận báo cáo."), field="recipient")
    return None


def _wrong_bodies(actor: Actor, plan: Plan, unit_ids: Collection[int], field: str) -> Refusal | None:
    if not unit_ids:
        return Refusal(code="units", message=_("Chọn ít nhất một đơn vị phải báo cáo."), field=field)
    if set(unit_ids) - {unit.pk for unit in bodies_to_ask(actor, plan)}:
        message = _("Chỉ yêu cầu được đơn vị có tên trong kế hoạch hoặc thuộc địa bàn. Chọn lại.")
        return Refusal(code="units", message=message, field=field)
    return None


def _wrong_title(title: str) -> Refusal | None:
    if not title:
        return Refusal(code="title", message=_("Nhập tên báo cáo."), field="title")
    if len(title) > TITLE_CHARS:
        return _too_long("title")
    return None


def _wrong_form(form_id: int | None, before: int | None) -> Refusal | None:
    used = ReportFormVersion.objects.filter(form=form_id, state=FormState.IN_USE)
    if form_id is not None and form_id != before and not used.exists():
        return Refusal(code="form", message=_("Chọn mẫu báo cáo đang dùng."), field="form")
    return None


def _wrong_feeds(duty: Duty, feeds_id: int | None) -> Refusal | None:
    if feeds_id is None or feeds_id == duty.feeds_id:
        return None
    target = Duty.objects.filter(pk=feeds_id, plan=duty.plan_id, state=DutyState.ACTIVE).first()
    if target is None:
        message = _("Chỉ chọn được chế độ báo cáo của cùng kế hoạch. Chọn lại.")
        return Refusal(code="other_plan", message=message, field="feeds")
    if reaches(target.pk, duty.pk):
        message = _("Báo cáo đó đã được tổng hợp vào báo cáo này, không làm ngược lại được.")
        return Refusal(code="circle", message=message, field="feeds")
    return None


def _wrong_way(method: str, via: str) -> Refusal | None:
    if method not in Method.values:
        return Refusal(code="method", message=_("Chọn cách gửi."), field="method")
    return _too_long("via") if len(via) > 300 else None


def _wrong_guidance(guidance: Mapping[str, str]) -> Refusal | None:
    return _too_long("guidance") if any(len(words) > WORDS_CHARS for words in guidance.values()) else None


def _wrong_limit(field: str) -> Refusal:
    message = _("Nhập ngày hạn (1 đến 31), hoặc số ngày làm việc sau ngày chốt; báo cáo tuần chỉ dùng cách thứ hai.")
    return Refusal(code="limit", message=message, field=field)


def _too_long(field: str) -> Refusal:
    return Refusal(code="too_long", message=_("Nội dung quá dài. Viết gọn lại."), field=field)


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực giữ kế hoạch này đặt được chế độ báo cáo.")
    return Refusal(code="not_allowed", message=message)


def _asked_already(actor: Actor, at: datetime, duty: Duty, unit_ids: Iterable[int]) -> Duty | None:
    """The same request that the same person made a moment ago: a button pressed twice."""
    rows = Duty.objects.filter(
        plan=duty.plan, origin=Origin.OFFICE, title=duty.title, kind=duty.kind, what=duty.what, period=ONCE,
        asked_by=actor.user_id, asked_at__gte=at - TWICE, due_text=duty.due_text, state=DutyState.ACTIVE,
    )  # fmt: skip
    for row in rows:
        if set(row.reporters.values_list("unit_id", flat=True)) == set(unit_ids):
            return row
    return None


def _write_reporters(duty: Duty, unit_ids: Iterable[int]) -> None:
    DutyReporter.objects.filter(duty=duty).delete()
    units = Unit.objects.in_bulk(list(unit_ids))
    names: dict[str, Unit] = {}
    for unit_id in unit_ids:
        unit = units[unit_id]
        # Two bodies of one name (in two communes) are two rows.
        name = unit.name if unit.name not in names else f"{unit.name} ({unit.pk})"
        names[name[:300]] = unit
    DutyReporter.objects.bulk_create([DutyReporter(duty=duty, unit=unit, name=name) for name, unit in names.items()])


def _last_order(plan: Plan) -> int:
    last = Duty.objects.filter(plan=plan).aggregate(last=Max("order"))["last"]
    return max(last or 0, 1000) + 1  # after those of the text, whatever it says in a later version


def _squeezed(words: str) -> str:
    return " ".join(words.split())
