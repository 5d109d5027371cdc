"""Units and years side by side, on a page and as a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing
from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.models import Form
from pcmt.apps.targets.models import Target
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import committee
from pcmt.core.evaluating.verdicts import SMALL
from pcmt.core.measures import Catalogue, Comparator, Direction, Indicator
from pcmt.core.periods import ADMINISTRATIVE, CALENDARS, Calendar, Kind, period_label
from pcmt.web.audit.acts import noted
from pcmt.web.figures import NOW, Switch, switch_of
from pcmt.web.shell.access import acting
from pcmt.web.targets import comparing
from pcmt.web.targets.forms import USUAL_PERIODS, CompareForm
from pcmt.web.targets.sheet import comparison_sheet
from pcmt.web.targets.views import download
from pcmt.web.templatetags.pcmt import vdate


@attrs.frozen
class View:
    """Everything that page and workbook show. `found` is None where there is nothing to compare."""

    actor: Actor
    switch: Switch
    form: CompareForm
    target: Target | None
    question: comparing.Question | None
    found: comparing.Comparison | None
    heads: list[str]


def compare(request: HttpRequest) -> HttpResponse:
    """One indicator of the units below one, over some periods, ranked among units of alike size."""
    view = _view(request)
    context = {
        "view": view,
        "form": view.form,
        "switch": view.switch,
        "found": view.found,
        "question": view.question,
        "now": timezone.now(),
        "sheet_url": f"{reverse('targets:compare-xlsx')}?{request.GET.urlencode()}",
    }
    return render(request, "targets/compare.html", context)


def compare_xlsx(request: HttpRequest) -> HttpResponse:
    """The very view as a workbook."""
    view = _view(request)
    heading = _("So sánh")
    if view.question is not None:
        heading = f"{view.question.indicator.name}, {view.question.parent.name}"
    data = comparison_sheet(view.found, view.heads, heading=heading, words=view.switch.words)
    name = f"so-sanh-{view.switch.on:%Y-%m-%d}.xlsx"
    noted(request, "targets.comparison.exported", Thing("targets.Target", "", name), format="xlsx", filter=heading)
    return download(data, name)


def _view(request: HttpRequest) -> View:
    actor, switch = acting(request), switch_of(request, usual=NOW)
    elements = catalogue(switch.on)
    target = _target(actor, request.GET.get("chi_tieu", ""))
    usual = _usual(actor, target, elements, request.GET.get("chi_so", ""))
    form = CompareForm(
        request.GET,
        usual=usual,
        parents=comparing.parents_to_choose(actor),
        groups=comparing.groups_to_choose(actor),
        elements=elements,
    )
    chosen = form.chosen
    parent = _unit(chosen["don_vi"])
    indicator = elements.indicators.get(chosen["chi_so"] or "")
    if parent is None or indicator is None:
        return View(actor, switch, form, target, None, None, [])
    calendar = CALENDARS[chosen["lich"]]
    periods = comparing.periods_until(Kind(chosen["ky"]), calendar, switch.on, int(chosen["so_ky"]))
    measure: Any = getattr(target, "measured_by", None)
    same = bool(measure and measure.indicator and measure.indicator.code == indicator.code)
    question = comparing.Question(
        indicator=indicator,
        breakdown=measure.breakdown if same else "",
        parent=parent,
        group=_unit(chosen["nhom"]),
        size=chosen["quy_mo"] or "",
        periods=periods,
        order=chosen["xep"],
        least=int(chosen["it_nhat"]),
    )
    found = comparing.compare(actor, question, switch, elements)
    return View(actor, switch, form, target, question, found, _heads(question, calendar, switch))


def _target(actor: Actor, word: str) -> Target | None:
    if not (word.isascii() and word.isdecimal() and len(word) < 10):
        return None
    seen = Target.objects.visible_to(actor).select_related("measured_by__indicator", "measured_by__unit", "plan")
    return seen.filter(pk=int(word)).first()


def _usual(actor: Actor, target: Target | None, elements: Catalogue, asked: str) -> dict[str, Any]:
    """What is compared unless told else: what a target measures, in its area; else the first indicator at home."""
    measure = getattr(target, "measured_by", None)
    home = committee(actor.unit_id, actor.on)
    falls = target is not None and (
        target.direction in (Direction.DECREASE, Direction.HOLD) or target.comparator in (Comparator.LT, Comparator.LTE)
    )
    code = measure.indicator.code if measure and measure.indicator else next(iter(elements.indicators), "")
    return {
        "chi_so": code,
        "don_vi": measure.unit_id if measure else home.pk if home else None,
        "ky": str(Kind.YEAR),
        "so_ky": USUAL_PERIODS,
        "lich": measure.calendar if measure else _told_in(elements.indicators.get(asked or code), actor.on),
        "xep": comparing.LOW if falls else comparing.HIGH,
        "it_nhat": SMALL,
    }


def _told_in(indicator: Indicator | None, on: date) -> str:
    """The calendar in which what an indicator counts is told: that of the newest form that asks for it."""
    counted = indicator.counted if indicator else ()
    asking = Form.objects.as_of(on).filter(lines__element__code__in=counted).order_by("-valid_from", "-pk")
    return asking.values_list("calendar", flat=True).first() or ADMINISTRATIVE.code


def _unit(chosen: Any) -> Unit | None:
    """A chosen unit; the usual one is known by its id only."""
    if isinstance(chosen, int):
        return Unit.objects.filter(pk=chosen).first()
    return chosen


def _heads(question: comparing.Question, calendar: Calendar, switch: Switch) -> list[str]:
    """The names of the periods; the one that still runs says up to which day it is counted."""
    names = []
    for span in question.periods:
        name = period_label(span, calendar)
        names.append(name if span.last <= switch.on else f"{name} ({_('đến')} {vdate(switch.on)})")
    return names
