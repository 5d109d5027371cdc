"""What the page of one target shows: its way, its units, what is missing and who can give it, its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import attrs
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import last_known
from pcmt.apps.facts.models import Form
from pcmt.apps.facts.policies import units_told_by
from pcmt.apps.facts.queries import figures
from pcmt.apps.targets.models import BaselineFigure, Remark, StandingChange, Target
from pcmt.apps.targets.policies import can_measure
from pcmt.apps.targets.queries import KEPT_BACK, Amended, Judged, amendments, judge, kept_back, told_to, way_of
from pcmt.apps.targets.queries.asking import by_person
from pcmt.apps.tasks.models import Task
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Verdict
from pcmt.core.measures import Indicator, Shape
from pcmt.web.figures import Switch
from pcmt.web.plan.shares import shares_of
from pcmt.web.targets.drawing import Chart, chart
from pcmt.web.targets.listing import Line, of_judged
from pcmt.web.targets.units import ByUnit, by_unit
from pcmt.web.targets.words import VERDICT_WORDS, VerdictWord

CHANGES_SHOWN = 12
SILENT_SHOWN = 30
MOVING = (Shape.CHANGE, Shape.MONOTONE)


@attrs.frozen
class Missing:
    """What keeps a target from being judged, who can give it, and where."""

    name: str
    words: str | Promise
    who: str
    url: str
    action: str | Promise


@attrs.frozen
class Turn:
    """A verdict that became another one. `on` is the day it was judged as of, `cause` why it changed, in words."""

    word: VerdictWord
    on: date
    at: datetime
    sentence: str
    cause: str


@attrs.frozen
class Change:
    """What an amendment did to a target: its words before and after, and since which day they hold."""

    amended: Amended
    before: str
    after: str


@attrs.frozen
class Silent:
    """Units that should have told something and did not: the first of them, how many there are, how many were asked."""

    units: Sequence[Unit]
    count: int
    asked: int
    url: str


@attrs.frozen
class TargetPage:
    """Everything on the page but the lineage."""

    sentence: str
    line: Line
    judged: Judged
    seat: Unit
    indicator: Indicator | None
    breakdown: str
    chart: Chart | None
    by_unit: ByUnit | None
    silent: Silent | None
    missing: Sequence[Missing]
    may_measure: bool
    by_person: bool
    turns: Sequence[Turn]
    changes: Sequence[Change]
    tasks: Sequence[Task]
    baselines: Sequence[BaselineFigure]
    remarks: Sequence[Remark]


def page_of(actor: Actor, target: Target, switch: Switch, order: str) -> TargetPage:
    """The page of a target as the switch asks for it."""
    found = told_to(actor, judge([target], on=switch.on, boundary=switch.boundary, known=switch.known))
    whole = next(each for each in found if each.whole)
    measure = getattr(whole.target, "measured_by", None)
    code = measure.indicator.code if measure and measure.indicator else ""
    indicator = last_known([code], switch.on).indicators.get(code) if code else None
    units = by_unit(actor, found, indicator, switch, order)
    silent = _silent(actor, whole, units, switch)
    known, may = switch.known, can_measure(actor, target.plan)
    baselines = [each for each in whole.target.baselines.all() if known is None or each.at <= known]
    remarks = [each for each in whole.target.remarks.all() if known is None or each.at <= known]
    return TargetPage(
        sentence=shares_of([whole.target], target.revision.text)[0].sentence,
        line=of_judged(whole, switch.on),
        judged=whole,
        seat=Unit.objects.get(pk=whole.unit_id),
        indicator=indicator,
        breakdown=measure.breakdown if measure else "",
        chart=_way(target, whole, switch),
        by_unit=units,
        silent=silent,
        missing=_missing(whole, measure, baselines, silent, may=may),
        may_measure=may,
        by_person=by_person(whole.spec),
        turns=_turns(actor, target, whole.unit_id, switch),
        changes=_changes(whole.target),
        tasks=list(_tasks(actor, target)),
        baselines=baselines,
        remarks=remarks,
    )


def _way(target: Target, whole: Judged, switch: Switch) -> Chart | None:
    """The way of a target: how it stood at the ends of the stretches of its window that have passed."""
    window, found = whole.window, whole.judgement
    if window is None or found.measured is None or not whole.asks or whole.spec.shape is Shape.FREQUENCY:
        return None
    stops = way_of(target, whole.unit_id, window, on=switch.on, boundary=switch.boundary, known=switch.known)
    grows = whole.spec.shape in (Shape.LEVEL, Shape.ALLOCATION, Shape.SHARE)
    opening = Fraction(0) if grows and found.expected is not None and found.expected != found.goal else None
    way = [(each.judgement.reach or each.day, each.judgement.measured, each.judgement.expected) for each in stops]
    words = [VERDICT_WORDS[each.judgement.verdict].word for each in stops]
    return chart(window, way, goal=found.goal, opening=opening, on=switch.on, words=words)


def _silent(actor: Actor, whole: Judged, units: ByUnit | None, switch: Switch) -> Silent | None:
    if not whole.asks:
        return None
    if units is not None and units.judged:
        return _silent_units(actor, whole, [unit.pk for unit in units.silent], len(units.silent), len(units.lines))
    asked = set(whole.asks)
    answers = figures(asked, on=switch.on, boundary=whole.boundary, known=switch.known, silent=SILENT_SHOWN)
    least = [each for each in answers.values() if each.expected is not None and each.told < each.expected]
    if not least:
        return None
    worst = min(least, key=lambda each: each.told)
    ids = list(worst.silent)
    return _silent_units(actor, whole, ids, (worst.expected or 0) - worst.told, worst.expected or 0)


def _silent_units(actor: Actor, whole: Judged, ids: Sequence[int], count: int, asked: int) -> Silent | None:
    if not count:
        return None
    found = list(Unit.objects.filter(pk__in=ids[:SILENT_SHOWN]).in_official_order())
    return Silent(found, count, asked, _entry(whole) if units_told_by(actor, ids) else "")


def _entry(whole: Judged) -> str:
    """Where numbers of what a target counts are entered: the form that asks for it, else the list of forms."""
    asking = Form.objects.as_of(whole.day).filter(lines__element__code__in={ask.element for ask in whole.asks})
    form = asking.order_by("pk").first()
    return reverse("entry:form", args=[form.pk]) if form else reverse("entry:list")


def _missing(
    whole: Judged, measure: Any, baselines: Sequence[BaselineFigure], silent: Silent | None, *, may: bool
) -> list[Missing]:
    """What keeps the target from being judged, the first thing first. Empty where there is a verdict."""
    if whole.judgement.verdict != Verdict.UNDETERMINED:
        return []
    target, shape, owner = whole.target, whole.spec.shape, whole.target.plan.owner.name
    found = []

    def place(name: str) -> str:
        return reverse(name, args=[target.pk]) if may else ""

    if by_person(whole.spec):
        words = gettext_lazy("Chưa ai nhận xét, đánh giá kết quả")
        found.append(Missing("remark", words, owner, place("targets:remark"), _("Ghi nhận xét, đánh giá")))
    elif measure is None or measure.confirmed_at is None:
        words = gettext_lazy("Chưa xác nhận cách đo: chỉ số nào, của đơn vị nào")
        found.append(Missing("measure", words, owner, place("targets:measure"), _("Xác nhận cách đo")))
    else:
        if shape in MOVING and not any(each.unit_id == whole.unit_id for each in baselines):
            words = gettext_lazy("Thiếu số kỳ gốc để so sánh")
            found.append(Missing("baseline", words, owner, place("targets:baseline"), _("Nhập số kỳ gốc")))
        if silent is not None:
            said = _("Còn %(count)d/%(asked)d đơn vị chưa báo số liệu")
            told = said % {"count": silent.count, "asked": silent.asked}
            names = ", ".join(unit.name for unit in silent.units[:5])
            found.append(Missing("figures", told, names, silent.url, _("Nhập số liệu")))
        elif whole.judgement.measured is None and not found and not whole.hidden:
            words = gettext_lazy("Chưa có số liệu thực hiện")
            found.append(Missing("figures", words, owner, _entry(whole), _("Nhập số liệu")))
    return found


def _turns(actor: Actor, target: Target, unit_id: int, switch: Switch) -> list[Turn]:
    """How the verdict became what it is, the oldest first."""
    changes = StandingChange.objects.filter(target=target, unit=unit_id, on__lte=switch.on)
    if switch.known is not None:
        changes = changes.filter(at__lte=switch.known)
    rows = list(changes.order_by("-at", "-pk")[:CHANGES_SHOWN])
    bare = bool(kept_back(actor, {(target.pk, unit_id)}))
    return [
        Turn(VERDICT_WORDS[row.after], row.on, row.at, KEPT_BACK if bare else row.sentence, row.get_cause_display())
        for row in reversed(rows)
        if row.after in VERDICT_WORDS
    ]


def _changes(target: Target) -> list[Change]:
    return [Change(each, each.before.text, each.edition.text) for each in amendments(target)]


def _tasks(actor: Actor, target: Target) -> QuerySet[Task]:
    return Task.objects.visible_to(actor).filter(serves__target=target).select_related("clause").order_by("order", "pk")
