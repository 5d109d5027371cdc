"""One target: its page, and where its figure comes from step by step."""

from __future__ import annotations

from typing import Any

import attrs
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.queries.coverage import kinds_reaching
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.catalogue import last_known
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries import Judged, judge
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, period_label, span_label
from pcmt.web.figures import Switch, switch_of
from pcmt.web.shell.access import acting
from pcmt.web.targets.lineage import When, may_open, reaches, step_of
from pcmt.web.targets.page import TargetPage, page_of

SORTS = (
    ("", _("Tên đơn vị")),
    ("thuc-hien", _("Thực hiện cao trước")),
    ("con-thieu", _("Còn thiếu nhiều trước")),
    ("ket-luan", _("Kết luận xấu trước")),
)


UNITS_SHOWN = 50
"""So many units stand on the page unless all are asked for."""


@attrs.frozen
class Root:
    """A figure of a target from which lineage begins: what it counts, over which period, and its address."""

    name: str
    period: str
    url: str


def seen_target(request: HttpRequest, target_id: int) -> Target:
    """The target when the actor may see its plan; else the page does not exist."""
    seen = Target.objects.visible_to(acting(request))
    return get_object_or_404(seen.select_related("plan__owner", "clause", "item", "revision", "ended_by"), pk=target_id)


def target(request: HttpRequest, target_id: int) -> HttpResponse:
    """The plan's sentence, the verdict and why, the way, the units, what is missing, where it comes from."""
    actor, shown = acting(request), seen_target(request, target_id)
    switch = switch_of(request)
    order = request.GET.get("xep", "")
    page = page_of(actor, shown, switch, order)
    context = {
        "target": shown,
        "plan": shown.plan,
        "page": page,
        "line": page.line,
        "switch": switch,
        "now": timezone.now(),
        "sorts": [
            {"label": label, "url": f"?{urlencode({**switch.chosen, 'xep': word})}#don-vi", "current": word == order}
            for word, label in SORTS
        ],
        "order": order,
        "shown_units": page.by_unit.lines[: None if "tat_ca" in request.GET else UNITS_SHOWN] if page.by_unit else [],
        "roots": roots_of(shown, page.judged, switch),
        "boards": _boards(actor, page),
    }
    return render(request, "targets/target.html", context)


def _boards(actor: Actor, page: TargetPage) -> list[tuple[str, str]]:
    """The kinds of activities whose boards say what a share has not reached yet: schools, parks, communes."""
    if page.indicator is None or not page.indicator.whole or not actor.sees_below("activities.Event"):
        return []
    return kinds_reaching(page.indicator.counted)


def lineage(request: HttpRequest, target_id: int) -> HttpResponse:
    """One step of where a figure comes from; as a part of the page when htmx asks."""
    actor, shown = acting(request), seen_target(request, target_id)
    switch = switch_of(request)
    ask, judged = _asked(request, shown, switch)
    unit_id = _number(request, "don_vi", ask.unit_id)
    if not (reaches(ask.unit_id, unit_id, ask.window) and may_open(actor, ask.unit_id, unit_id)):
        raise Http404
    step = step_of(actor, ask, unit_id, When(switch.on, judged.boundary, switch.known))
    first = next((at for at, unit in enumerate(step.path) if unit.pk == ask.unit_id), len(step.path) - 1)
    words: dict[str, Any] = {"cua": judged.unit_id, "so": _number(request, "so", 0), **switch.chosen}
    context = {
        "target": shown,
        "plan": shown.plan,
        "step": step,
        "path": step.path[first:-1],
        "period": period_words(ask),
        "base": f"{reverse('targets:lineage', args=[shown.pk])}?{urlencode(words)}",
        "switch": switch,
    }
    part = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "targets/_step.html" if part else "targets/lineage.html", context)


def roots_of(target: Target, judged: Judged, switch: Switch) -> list[Root]:
    """The figures that a judgement rests on, each with the address of its first step."""
    elements = last_known((), judged.day, elements={ask.element for ask in judged.asks}).elements
    path = reverse("targets:lineage", args=[target.pk])
    words: dict[str, Any] = {"cua": judged.unit_id, **switch.chosen}
    return [
        Root(
            elements[ask.element].name if ask.element in elements else ask.element,
            period_words(ask),
            f"{path}?{urlencode({**words, 'so': at})}",
        )
        for at, ask in enumerate(judged.asks)
    ]


def period_words(ask: Ask) -> str:
    """The window of a figure by its name in either calendar, else by its days."""
    named = period_label(ask.window, STATISTICAL)
    return named if named != span_label(ask.window) else period_label(ask.window, ADMINISTRATIVE)


def _asked(request: HttpRequest, shown: Target, switch: Switch) -> tuple[Ask, Judged]:
    """The figure that the address names: of which judged unit, and which of its figures."""
    found = judge([shown], on=switch.on, boundary=switch.boundary, known=switch.known)
    whole = next(each for each in found if each.whole)
    unit_id = _number(request, "cua", whole.unit_id)
    judged = next((each for each in found if each.unit_id == unit_id), None)
    at = _number(request, "so", 0)
    if judged is None or at >= len(judged.asks):
        raise Http404
    return judged.asks[at], judged


def _number(request: HttpRequest, name: str, usual: int) -> int:
    word: Any = request.GET.get(name, "")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else usual
