"""How targets are measured: the proposal with the words it rests on, the person's choice, baselines, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.facts.queries import figures, guarded
from pcmt.apps.plans.models import Plan, Revision, RevisionState
from pcmt.apps.targets.models import Allocation, BaselineFigure, Measure, Remark, Target
from pcmt.apps.targets.operations import Choice, confirm_measure, confirm_proposals, give_baseline, give_remark
from pcmt.apps.targets.policies import can_measure
from pcmt.apps.targets.queries import load, spec_of
from pcmt.apps.targets.queries.asking import MOVING, baseline_window, by_person, making_of
from pcmt.apps.targets.queries.judging import units_of, window_on
from pcmt.apps.targets.queries.proposing import Proposal, proposal, sentence_of
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import Catalogue, Shape, TargetSpec, add_up, parts_and_total
from pcmt.core.periods import CALENDARS, span_label
from pcmt.core.text import fold
from pcmt.web.plan.header import plan_page, seen_plan
from pcmt.web.plan.shares import check_words
from pcmt.web.shell.access import acting
from pcmt.web.targets.measuring_forms import BaselineForm, MeasureForm, RemarkForm

MOST_UNITS = 400
"""So many units are offered in a box; the others are reached from the page of the target."""
EACH_LEVELS = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE, Level.HAMLET, Level.SCHOOL)


@attrs.frozen
class Line:
    """A target with what is proposed for it, in the list of a plan. `ticked` is offered for confirming as it is."""

    target: Target
    measure: Measure | None
    name: str
    phrases: Sequence[str]
    state: str
    ticked: bool


def plan_measures(request: HttpRequest, plan_id: int) -> HttpResponse:
    """All targets of a plan with how they are measured; what is chosen is confirmed as it is proposed."""
    plan = seen_plan(request, plan_id)
    may = can_measure(acting(request), plan)
    if request.method == "POST":
        _allowed(request, plan)
        seen = {
            int(chosen): int(request.POST.get(f"version-{chosen}", "0") or 0)
            for chosen in request.POST.getlist("chon")
            if chosen.isdecimal() and request.POST.get(f"version-{chosen}", "").isdecimal()
        }
        done = confirm_proposals(actor=acting(request), at=timezone.now(), plan_id=plan.pk, seen=seen)
        if isinstance(done, Refusal):
            messages.error(request, done.message)
        else:
            if done.count or not done.refused:
                words = ngettext("Đã xác nhận cách đo của %(count)d chỉ tiêu.",
                                 "Đã xác nhận cách đo của %(count)d chỉ tiêu.", done.count)  # fmt: skip
                messages.success(request, words % {"count": done.count})
            for refusal in dict.fromkeys(str(each.message) for each in done.refused.values()):
                messages.error(request, refusal)
        return redirect("targets:plan-measures", plan.pk)
    page = plan_page(request, plan, "targets")
    lines = _lines(plan, page["today"])
    page |= {"lines": lines, "may": may, "waiting": sum(line.ticked for line in lines)}
    return render(request, "targets/plan_measures.html", page)


def _lines(plan: Plan, on: date) -> list[Line]:
    targets = load(Target.objects.filter(plan=plan).active().select_related("clause").order_by("order", "pk"))
    known, text = catalogue(on), _text(plan)
    lines = []
    for target in targets:
        spec, measure = spec_of(target, on), getattr(target, "measured_by", None)
        if by_person(spec):
            lines.append(Line(target, measure, "", (), "person", ticked=False))
            continue
        found = _proposal(target, spec, known, text)
        indicator = measure.indicator if measure else None
        name = known.indicators[indicator.code].name if indicator and indicator.code in known.indicators else ""
        confirmed = measure is not None and measure.confirmed_at is not None
        best = found.best.indicator.code if found.best else ""
        sure = found.sure and indicator is not None and indicator.code == best
        state = "confirmed" if confirmed else "sure" if sure else "look" if indicator else "none"
        phrases = spoken(measure.phrases if measure else (), sentence_of(target, text))
        lines.append(Line(target, measure, name, phrases, state, ticked=state == "sure"))
    return lines


def _proposal(target: Target, spec: TargetSpec, known: Catalogue, text: str) -> Proposal:
    return proposal(known, target.text, sentence_of(target, text), spec.shape)


def _text(plan: Plan) -> str:
    found = Revision.objects.filter(plan=plan, state=RevisionState.ADOPTED).values_list("text", flat=True).first()
    return found or ""


def spoken(phrases: Sequence[str], sentence: str) -> list[str]:
    """Folded phrases as the plan writes them; one that stands nowhere as it is stays folded."""
    low, found = fold(sentence), []
    for phrase in phrases:
        at = low.find(phrase) if len(low) == len(sentence) else -1
        found.append(" ".join(sentence[at : at + len(phrase)].split()) if at >= 0 else phrase)
    return found


def _measured(request: HttpRequest, target_id: int) -> Target:
    """A loaded target when the actor may see its plan; else the page does not exist."""
    seen = Target.objects.visible_to(acting(request)).active().select_related("plan", "clause", "item")
    found = load(seen.filter(pk=target_id))
    if not found or not hasattr(found[0], "measured_by"):
        raise Http404
    return found[0]


def _allowed(request: HttpRequest, plan: Plan) -> None:
    """Who only looks sees these pages, too, and sends nothing."""
    if not can_measure(acting(request), plan):
        raise PermissionDenied(_("Cơ quan giữ kế hoạch nói chỉ tiêu được đo thế nào; bạn chỉ xem được."))


def measure(request: HttpRequest, target_id: int) -> HttpResponse:
    """How one target is measured: what the program proposes and why, and the choice of a person."""
    actor, target = acting(request), _measured(request, target_id)
    spec, text = spec_of(target, actor.on), _text(target.plan)
    made, known = target.measured_by, catalogue(actor.on)
    found = _proposal(target, spec, known, text)
    choices: dict[str, Any] = {
        "indicators": _indicators(found, known, spec),
        "levels": _levels(made, actor.on),
        "breakdowns": list(breakdowns(actor.on).values()),
    }
    start = {
        "indicator": made.indicator.code if made.indicator else "",
        "breakdown": made.breakdown,
        "each": made.each,
        "calendar": made.calendar,
        "version": made.version,
    }
    form, status = MeasureForm(initial=start, **choices), 200
    if request.method == "POST":
        _allowed(request, target.plan)
        form, status = MeasureForm(request.POST, **choices), 422
        if form.is_valid():
            given = form.cleaned_data
            choice = Choice(
                indicator=given["indicator"] or None, each=given["each"],
                each_group_id=None if given["each"] else made.each_group_id, calendar=given["calendar"],
                breakdown=given["breakdown"],
            )  # fmt: skip
            done = confirm_measure(
                actor=actor, at=timezone.now(), target_id=target.pk, version=given["version"], choice=choice
            )
            if not isinstance(done, Refusal):
                messages.success(request, _("Đã xác nhận cách đo. Chỉ tiêu được đánh giá theo số liệu từ bây giờ."))
                return redirect("targets:target", target.pk)
            _add(form, done)
    context = _context(actor, target, form, spec) | {
        "measure": made,
        "proposal": found,
        "phrases": spoken(made.phrases, sentence_of(target, text)),
        "by_person": by_person(spec),
        "shares": _shares(target),
    }
    return render(request, "targets/measure.html", context, status=status)


def _indicators(found: Proposal, known: Catalogue, spec: TargetSpec) -> list[tuple[str, Any]]:
    """What may measure a target: proposed ones first, then all others that fit its shape."""
    proposed = [each.indicator for each in found.bindings if _fits(bool(each.indicator.whole), spec)]
    codes = {each.code for each in proposed}
    others = [each for each in known.indicators.values() if each.code not in codes and _fits(bool(each.whole), spec)]
    groups: list[tuple[str, Any]] = [("", _("Chọn chỉ số"))]
    if proposed:
        groups.append((_("Chương trình đề xuất"), [(each.code, each.name) for each in proposed]))
    groups.append((_("Chỉ số khác"), [(each.code, each.name) for each in sorted(others, key=lambda one: one.name)]))
    return groups


def _fits(share: bool, spec: TargetSpec) -> bool:
    return spec.shape in MOVING or share is (spec.shape is Shape.SHARE)


def _levels(made: Measure, on: date) -> list[tuple[str, Any]]:
    """Of whom a target may be asked: of the whole, or of each unit of a level that the area has."""
    rows = UnitClosure.objects.filter(holds_on(on), ancestor_id=made.unit_id, depth__gt=0)
    rows = rows.exclude(descendant__kind=UnitKind.GROUP)
    there = set(rows.order_by().values_list("descendant__level", "descendant__kind").distinct())
    levels = [
        level
        for level in EACH_LEVELS
        if (level, UnitKind.ADMINISTRATIVE) in there
        or (level == Level.SCHOOL and any(there_is == level for there_is, _kind in there))
    ]
    whole = _("Cả địa bàn: %(unit)s") % {"unit": made.unit.name}
    return [("", whole), *((level, _("Từng đơn vị: %(level)s") % {"level": Level(level).label}) for level in levels)]


def _shares(target: Target) -> dict[str, Any] | None:
    """The numbers that a target was shared out in, and whether they make the total."""
    shares = Allocation.objects.filter(target=target, ended_by=None).select_related("unit").order_by("order", "pk")
    rows = list(shares)
    if not rows:
        return None
    check = parts_and_total(target.value, [row.value for row in rows])
    return {"rows": rows, "check": check, "words": check_words(check)}


def baseline(request: HttpRequest, target_id: int) -> HttpResponse:
    """The figure from which a change starts, for one unit of the target: that of the facts beside what people told."""
    actor, target = acting(request), _measured(request, target_id)
    spec = spec_of(target, actor.on)
    if spec.shape not in MOVING:
        raise Http404
    unit, units = _unit(request, target, actor.on)
    rows = BaselineFigure.objects.filter(target=target, unit=unit).select_related("by").order_by("-at", "-pk")
    told = list(rows)
    start = {"unit": unit.pk, "seen": told[0].pk if told else 0}
    form, status = BaselineForm(initial=start), 200
    if request.method == "POST":
        _allowed(request, target.plan)
        form, status = BaselineForm(request.POST), 422
        if form.is_valid():
            given = form.cleaned_data
            done = give_baseline(
                actor=actor, at=timezone.now(), target_id=target.pk, unit_id=given["unit"], value=given["value"],
                so_far=given["so_far"], source=given["source"], seen=given["seen"],
            )  # fmt: skip
            if not isinstance(done, Refusal):
                messages.success(request, _("Đã ghi số kỳ gốc. Chỉ tiêu đã được đánh giá lại."))
                return redirect("targets:target", target.pk)
            _add(form, done)
    context = _context(actor, target, form, spec) | {"unit": unit, "units": units, "told": told}
    return render(request, "targets/baseline.html", context | _of_facts(actor, target, spec, unit), status=status)


def _of_facts(actor: Actor, target: Target, spec: TargetSpec, unit: Unit) -> dict[str, Any]:
    """The baseline that the facts give: its period, its figure and what it lacks."""
    made, on = target.measured_by, actor.on
    calendar, window = CALENDARS[made.calendar], window_on(target, on)
    span = baseline_window(spec, window, calendar) if window else None
    known = catalogue(on)
    making = making_of(known.indicators[made.indicator.code], known) if made.indicator else None
    if span is None or making is None:
        return {"base_period": span_label(span) if span else "", "base": None}
    asks = [Ask(unit.pk, each.code, span, made.breakdown) for each in (*making.counted, *making.whole)]
    found = guarded(actor, figures(asks, on=on), on=on)
    counted = add_up([found[ask].figure for ask in asks[: len(making.counted)]])
    whole = add_up([found[ask].figure for ask in asks[len(making.counted) :]]) if making.whole else None
    value = counted.value
    if whole is not None:
        value = value / whole.value * 100 if value is not None and whole.value else None
    gaps = [span_label(gap) for gap in counted.lacking[:3]]
    return {"base_period": span_label(span), "base": value, "base_gaps": gaps, "base_share": bool(making.whole)}


def remark(request: HttpRequest, target_id: int) -> HttpResponse:
    """What a person says of a target that no number answers."""
    actor, target = acting(request), _measured(request, target_id)
    spec = spec_of(target, actor.on)
    if not by_person(spec):
        raise Http404
    unit, units = _unit(request, target, actor.on)
    said = list(Remark.objects.filter(target=target, unit=unit).select_related("by").order_by("-at", "-pk"))
    start = {"unit": unit.pk, "seen": said[0].pk if said else 0, "on": actor.on}
    form, status = RemarkForm(initial=start), 200
    if request.method == "POST":
        _allowed(request, target.plan)
        form, status = RemarkForm(request.POST), 422
        if form.is_valid():
            given = form.cleaned_data
            done = give_remark(
                actor=actor, at=timezone.now(), target_id=target.pk, unit_id=given["unit"],
                reached=given["reached"] == "1", on=given["on"], words=given["words"], seen=given["seen"],
            )  # fmt: skip
            if not isinstance(done, Refusal):
                messages.success(request, _("Đã ghi nhận xét, đánh giá."))
                return redirect("targets:target", target.pk)
            _add(form, done)
    context = _context(actor, target, form, spec) | {"unit": unit, "units": units, "said": said}
    return render(request, "targets/remark.html", context, status=status)


def _unit(request: HttpRequest, target: Target, on: date) -> tuple[Unit, list[Unit]]:
    """The unit of which something is said, and those there are: the whole first."""
    ids = units_of(target, on)
    asked = request.GET.get("don_vi") or request.POST.get("unit") or str(ids[0])
    if not asked.isdecimal() or int(asked) not in ids:
        raise Http404
    rows = Unit.objects.in_bulk([*ids[:MOST_UNITS], int(asked)])
    return rows[int(asked)], [rows[each] for each in ids[:MOST_UNITS]]


def _context(actor: Actor, target: Target, form: Any, spec: TargetSpec) -> dict[str, Any]:
    may = can_measure(actor, target.plan)
    return {"target": target, "plan": target.plan, "form": form, "spec": spec, "wrong": bool(form.errors), "may": may}


def _add(form: Any, refusal: Refusal) -> None:
    """The refusal beside its field, or on top."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
