"""What people say of how a target is measured: the measure, the figure a change starts from, what no number answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.catalogue import catalogue, catalogue_of
from pcmt.apps.facts.models import CALENDAR_WORDS, Indicator
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import BaselineFigure, Measure, Remark, Target, TargetState
from pcmt.apps.targets.operations.standing import keep_windows, stand
from pcmt.apps.targets.policies import can_measure
from pcmt.apps.targets.queries import spec_of
from pcmt.apps.targets.queries.areas import places
from pcmt.apps.targets.queries.asking import MOVING, by_person
from pcmt.apps.targets.queries.judging import load, units_of
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import Shape, TargetSpec

FAR = 4 * 366
"""Nobody remarks on what lies so many days ahead: a slip of the keyboard."""
MOST = Decimal(10) ** 13


@attrs.frozen
class Choice:
    """How a person has a target measured. `indicator` is a code; None only where a person answers instead of a figure.

    `each` is a level ("commune") or empty; `breakdown` one part of the elements ("substance=heroin") or empty.
    """

    indicator: str | None
    each: str = ""
    each_group_id: int | None = None
    calendar: str = "administrative"
    breakdown: str = ""


def confirm_measure(*, actor: Actor, at: datetime, target_id: int, version: int, choice: Choice) -> Measure | Refusal:
    """Say how a target is measured: from now on it is judged. `version` is the measure's as the person saw it."""
    with transaction.atomic():
        target = _locked(actor, target_id)
        if isinstance(target, Refusal):
            return target
        done = _confirm(actor, at, target, version, choice)
        if isinstance(done, Refusal):
            return done
        stand([target.pk], at=at, cause="measure")
        _tell_log(actor, at, done)
    keep_windows(target_ids=[target.pk], on=timezone.localdate(at))
    return done.measure


@attrs.frozen
class Confirmed:
    """How many measures were confirmed at once, and which were not and why, by target."""

    count: int
    refused: Mapping[int, Refusal]


def confirm_proposals(*, actor: Actor, at: datetime, plan_id: int, seen: Mapping[int, int]) -> Confirmed | Refusal:
    """Confirm what is proposed for targets of a plan, as it is: `seen` has the measure's version by target.

    Those that somebody else has confirmed or changed since are left as they are.
    """
    with transaction.atomic():
        plan = Plan.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=plan_id).first()
        if plan is None or not can_measure(actor, plan):
            return _not_allowed()
        rows = Target.objects.active().filter(plan=plan, pk__in=seen).select_for_update(of=("self",), no_key=True)
        targets = list(rows.order_by("pk"))
        done: list[_Done] = []
        refused: dict[int, Refusal] = {}
        for target in targets:
            measure = Measure.objects.select_related("indicator").filter(target=target).first()
            if measure is None:
                refused[target.pk] = _stale()
                continue
            code = measure.indicator.code if measure.indicator else None
            choice = Choice(code, measure.each, measure.each_group_id, measure.calendar, measure.breakdown)
            made = _confirm(actor, at, target, seen[target.pk], choice)
            if isinstance(made, Refusal):
                refused[target.pk] = made
            else:
                done.append(made)
        stand([each.measure.target_id for each in done], at=at, cause="measure")
        for each in done:
            _tell_log(actor, at, each)
    keep_windows(target_ids=[each.measure.target_id for each in done], on=timezone.localdate(at))
    return Confirmed(len(done), refused)


@attrs.frozen
class _Done:
    """A measure that was confirmed, and what was said of it before."""

    measure: Measure
    before: Mapping[str, object]


def _tell_log(actor: Actor, at: datetime, done: _Done) -> None:
    record(
        at=at,
        actor=actor,
        event="targets.measure.confirmed",
        obj=done.measure.target,
        before=done.before if done.before["confirmed"] else None,
        after=_facts(done.measure),
    )


def _confirm(actor: Actor, at: datetime, target: Target, version: int, choice: Choice) -> _Done | Refusal:
    on = timezone.localdate(at)
    measure = Measure.objects.select_related("indicator", "unit").select_for_update(of=("self",)).get(target=target)
    if measure.version != version:
        return _stale()
    load([target])
    spec = spec_of(target, on)
    wrong = _wrong(target, spec, choice, on)
    if wrong:
        return wrong
    before = _facts(measure)
    indicator = None
    if choice.indicator:
        indicator = Indicator.objects.get(code=choice.indicator)
        if measure.indicator_id != indicator.pk:
            measure.phrases = []
    measure.indicator, measure.breakdown = indicator, choice.breakdown
    measure.each, measure.each_group_id = choice.each, choice.each_group_id
    measure.calendar = choice.calendar
    measure.confirmed_by_id, measure.confirmed_at = actor.user_id, at
    measure.version += 1
    measure.save()
    return _Done(measure, before)


def _wrong(target: Target, spec: TargetSpec, choice: Choice, on: date) -> Refusal | None:
    if choice.calendar not in CALENDAR_WORDS:
        return Refusal(code="calendar", message=_("Chọn lịch tính kỳ."), field="calendar")
    if by_person(spec):
        if choice.indicator:
            message = _("Chỉ tiêu này do người nhận xét, đánh giá; không chọn chỉ số.")
            return Refusal(code="by_person", message=message, field="indicator")
    else:
        wrong = _wrong_indicator(spec, choice, on)
        if wrong:
            return wrong
    if choice.each or choice.each_group_id:
        probe = Measure(unit_id=target.measured_by.unit_id, each=choice.each, each_group_id=choice.each_group_id)
        if not places([probe], ()).each(probe, on):
            message = _("Trong phạm vi của kế hoạch không có đơn vị nào thuộc cấp này.")
            return Refusal(code="no_units", message=message, field="each")
    return None


def _wrong_indicator(spec: TargetSpec, choice: Choice, on: date) -> Refusal | None:
    known = catalogue(on)
    indicator = known.indicators.get(choice.indicator or "")
    if indicator is None or not Indicator.objects.filter(code=indicator.code).exists():
        return Refusal(code="no_indicator", message=_("Chọn chỉ số để đo chỉ tiêu này."), field="indicator")
    if spec.shape is Shape.SHARE and not indicator.whole:
        message = _("Chỉ tiêu này là tỷ lệ: chọn một chỉ số có tổng số để chia.")
        return Refusal(code="needs_share", message=message, field="indicator")
    if indicator.whole and spec.shape is not Shape.SHARE and spec.shape not in MOVING:
        message = _("Chỉ tiêu này là một con số: chọn một chỉ số đếm, không phải tỷ lệ.")
        return Refusal(code="needs_count", message=message, field="indicator")
    keys = {pair.partition("=")[0] for pair in choice.breakdown.split(",") if pair}
    elements = [known.elements[code] for code in indicator.counted]
    if not all(keys <= {*each.breakdowns} for each in elements):
        message = _("Chỉ số này không được phân tổ như vậy.")
        return Refusal(code="breakdown", message=message, field="breakdown")
    return None


def give_baseline(
    *,
    actor: Actor,
    at: datetime,
    target_id: int,
    unit_id: int,
    value: Decimal,
    so_far: Decimal | None,
    source: str,
    seen: int,
) -> BaselineFigure | Refusal:
    """Tell the figure from which a change starts, for a unit. `seen` is the id of the one that stood (0: none)."""
    if not source.strip():
        return Refusal(code="no_source", message=_("Ghi căn cứ của số liệu kỳ gốc."), field="source")
    if value < 0 or value >= MOST:
        return Refusal(code="value", message=_("Số kỳ gốc không hợp lệ."), field="value")
    if so_far is not None and not 0 <= so_far < MOST:
        return Refusal(code="so_far", message=_("Số đến cùng kỳ không hợp lệ."), field="so_far")
    with transaction.atomic():
        target = _locked(actor, target_id)
        if isinstance(target, Refusal):
            return target
        if Shape(target.shape) not in MOVING:
            return Refusal(code="no_baseline", message=_("Chỉ tiêu này không so với kỳ gốc."))
        load([target])
        if unit_id not in units_of(target, timezone.localdate(at)):
            return Refusal(code="no_unit", message=_("Chỉ tiêu này không đo ở đơn vị đó."), field="unit")
        before = BaselineFigure.objects.filter(target=target, unit=unit_id).order_by("-at", "-pk").first()
        if (before.pk if before else 0) != seen:
            return _stale()
        made = BaselineFigure.objects.create(
            target=target, unit_id=unit_id, value=value, so_far=so_far, source=source.strip()[:300],
            by_id=actor.user_id, at=at,
        )  # fmt: skip
        stand([target.pk], at=at, cause="measure")
        record(
            at=at,
            actor=actor,
            event="targets.baseline.given",
            obj=target,
            before={"value": before.value, "source": before.source} if before else None,
            after={"body": made.unit.name, "value": value, "so_far": so_far, "source": made.source},
        )
    return made


def give_remark(
    *,
    actor: Actor,
    at: datetime,
    target_id: int,
    unit_id: int,
    reached: bool,
    on: date,
    words: str,
    seen: int,
) -> Remark | Refusal:
    """Say of a target that no number answers whether it is reached, since which day, in which words.

    `seen` is the id of the remark that stood (0: none).
    """
    today = timezone.localdate(at)
    if on > today:
        return Refusal(code="ahead", message=_("Ngày này chưa tới."), field="on")
    if (today - on).days > FAR:
        return Refusal(code="far", message=_("Ngày này quá xa. Kiểm tra lại năm."), field="on")
    if not reached and not words.strip():
        return Refusal(code="no_words", message=_("Ghi nhận xét: vì sao chưa đạt."), field="words")
    with transaction.atomic():
        target = _locked(actor, target_id)
        if isinstance(target, Refusal):
            return target
        load([target])
        if not by_person(spec_of(target, today)):
            return Refusal(code="by_figures", message=_("Chỉ tiêu này được đo bằng số liệu, không bằng nhận xét."))
        if unit_id not in units_of(target, today):
            return Refusal(code="no_unit", message=_("Chỉ tiêu này không đo ở đơn vị đó."), field="unit")
        before = Remark.objects.filter(target=target, unit=unit_id).order_by("-at", "-pk").first()
        if (before.pk if before else 0) != seen:
            return _stale()
        made = Remark.objects.create(
            target=target, unit_id=unit_id, reached=reached, on=on, words=words.strip(), by_id=actor.user_id, at=at
        )
        stand([target.pk], at=at, cause="measure")
        record(
            at=at,
            actor=actor,
            event="targets.remark.given",
            obj=target,
            before={"reached": before.reached, "date": before.on} if before else None,
            after={"body": made.unit.name, "reached": reached, "date": on, "words": made.words},
        )
    return made


def _facts(measure: Measure) -> dict[str, object]:
    code = measure.indicator.code if measure.indicator else ""
    known = catalogue_of([code]).indicators
    return {
        "indicator": known[code].name if code in known else code,
        "breakdown": measure.breakdown,
        "each": measure.each or (measure.each_group.name if measure.each_group else ""),
        "calendar": measure.calendar,
        "confirmed": measure.confirmed_at is not None,
    }


def _locked(actor: Actor, target_id: int) -> Target | Refusal:
    """The target for this transaction alone, if its plan is in force and the actor may say how it is measured."""
    row = Target.objects.visible_to(actor).filter(pk=target_id).values_list("plan_id", flat=True).first()
    if row is None:
        return _not_allowed()
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=row)
    target = Target.objects.select_for_update(of=("self",), no_key=True).get(pk=target_id)
    if target.state != TargetState.ACTIVE or not can_measure(actor, plan):
        return _not_allowed()
    return target


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực giữ kế hoạch này nói được chỉ tiêu đo thế nào, khi kế hoạch đang thực hiện.")
    return Refusal(code="not_allowed", message=message)


def _stale() -> Refusal:
    return Refusal(code="stale", message=_("Người khác vừa sửa mục này. Xem lại rồi lưu tiếp nếu cần."))
