"""Which forms ask whom, who has told what, who is missing; accepting what was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.models import Form, FormLine
from pcmt.apps.facts.operations import accept_facts
from pcmt.apps.facts.policies import can_accept, units_seen_by, units_told_by
from pcmt.apps.facts.queries import Progress, earlier, forms_asking, progress, told_at, units_asked
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Span
from pcmt.core.text import fold
from pcmt.web.entry.asking import Asked, asked, form_of, is_open, period_on
from pcmt.web.entry.tables import label_of, labelled
from pcmt.web.fields import FilterForm
from pcmt.web.shell.access import acting

FORMS_A_PAGE = 15
UNITS_A_PAGE = 200
RECENT = 3
"""How many periods of each form the list shows, the running one among them."""
SHOWN = 6
"""How many periods stand side by side where units are compared."""
FEW = 3
"""So many units are named in the list one by one; more are counted."""

STATES: Mapping[str, tuple[str, Promise]] = {
    "none": ("plain", gettext_lazy("Chưa nhập")),
    "part": ("wait", gettext_lazy("Đang nhập")),
    "waiting": ("wait", gettext_lazy("Chờ tiếp nhận")),
    "full": ("done", gettext_lazy("Đủ")),
}
"""Tone and word of how far a unit is."""


@frozen
class Stand:
    """How far a unit is with a form for a period, in words."""

    progress: Progress
    url: str = ""

    @property
    def tone(self) -> str:
        """The tone of its mark."""
        return STATES[self.progress.state][0]

    @property
    def word(self) -> str:
        """Its word, with how many lines of how many while it is not finished."""
        word = str(STATES[self.progress.state][1])
        return f"{word} {self.progress.told}/{self.progress.lines}" if self.progress.state == "part" else word


@frozen
class Period:
    """A period of a form in the list: its units one by one, or how many there are in each state."""

    label: str
    few: Sequence[tuple[Unit, Stand]]
    counts: Sequence[tuple[str, str, int]]
    units: int
    url: str


@frozen
class Listed:
    """A form in the list; `own` when the actor may tell numbers in it."""

    form: Form
    periods: Sequence[Period]
    own: bool


def listed(request: HttpRequest) -> HttpResponse:
    """The forms that ask the own unit or those one answers for, each with its newest periods."""
    actor = acting(request)
    page = Paginator(forms_asking(actor).select_related("root"), FORMS_A_PAGE).get_page(request.GET.get("trang"))
    return render(request, "entry/list.html", {"page": page, "forms": _listed(actor, list(page.object_list))})


def _listed(actor: Actor, found: Sequence[Form]) -> list[Listed]:
    spans = {form: _recent(form, actor) for form in found}
    asked_of = units_asked((form, span.last) for form, each in spans.items() for span in each)
    ids = {unit.pk for units in asked_of.values() for unit in units}
    seen = units_seen_by(actor, ids)
    told = units_told_by(actor, seen)
    stands = progress(spans, seen)
    lines = _line_counts(found)
    rows = []
    for form, each in spans.items():
        periods = []
        for span in each:
            units = [unit for unit in asked_of[form.pk, span.last] if unit.pk in seen]
            if units:
                periods.append(_period(form, span, units, stands, lines[form.pk]))
        own = any(unit.pk in told for span in each for unit in asked_of[form.pk, span.last])
        rows.append(Listed(form, periods, own))
    return rows


def _recent(form: Form, actor: Actor) -> list[Span]:
    """The running period and some before it, the newest first."""
    running = period_on(form, actor.on)
    return [span for span in (running, *earlier(form, running, RECENT - 1)[::-1]) if is_open(form, span, actor.on)]


def _line_counts(found: Sequence[Form]) -> dict[int, int]:
    counts = Counter({form.pk: 0 for form in found})
    counts.update(FormLine.objects.filter(form__in=found).values_list("form_id", flat=True))
    return dict(counts)


def _period(
    form: Form, span: Span, units: Sequence[Unit], stands: Mapping[tuple[int, int, Span], Progress], lines: int
) -> Period:
    day = span.start.isoformat()
    each = [(unit, stands.get((form.pk, unit.pk, span), Progress(0, lines))) for unit in units]
    few = [
        (unit, Stand(found, reverse("entry:unit", args=[form.pk, day, unit.pk]))) for unit, found in each
    ] if len(each) <= FEW else []  # fmt: skip
    counted = Counter(found.state for _unit, found in each)
    counts = [(state, str(word), counted[state]) for state, (_tone, word) in STATES.items() if counted[state]]
    return Period(label_of(form, span), few, counts, len(units), reverse("entry:units", args=[form.pk, day]))


def current(request: HttpRequest, form_id: int) -> HttpResponse:
    """The newest period of a form that has begun."""
    actor = acting(request)
    form = form_of(actor, form_id)
    last = form.valid_to if form.valid_to and form.valid_to <= actor.on else actor.on
    span = period_on(form, last)
    if not is_open(form, span, actor.on):
        span = earlier(form, span, 1)[0]
    about = asked(request, form_id, span.start.isoformat())
    return redirect(about.address("unit", about.units[0].pk) if len(about.units) == 1 else about.address("units"))


class UnitsFilter(FilterForm):
    """What narrows the units of a form."""

    don_vi = forms.CharField(label=gettext_lazy("Tên đơn vị"), required=False)
    trang_thai = forms.ChoiceField(
        label=gettext_lazy("Tình trạng"), required=False,
        choices=[("", gettext_lazy("Tất cả")), *((state, word) for state, (_tone, word) in STATES.items())],
    )  # fmt: skip


def units(request: HttpRequest, form_id: int, day: str) -> HttpResponse:
    """Units by how far they are with a form, in a period and in those before it."""
    return _units(request, asked(request, form_id, day))


def _units(request: HttpRequest, about: Asked, problem: str = "", status: int = 200) -> HttpResponse:
    before_it = earlier(about.form, about.span, SHOWN - 1)[::-1]
    spans = [about.span, *(span for span in before_it if is_open(about.form, span, about.actor.on))]
    ids = [unit.pk for unit in about.units]
    stands = progress({about.form: spans}, ids)
    empty = Progress(0, len(about.lines))
    counted = Counter(stands.get((about.form.pk, pk, about.span), empty).state for pk in ids)
    narrowed = UnitsFilter(request.GET)
    wanted, words = narrowed.chosen["trang_thai"], fold(narrowed.chosen["don_vi"] or "").split()
    found = [
        unit for unit in about.units
        if (not wanted or stands.get((about.form.pk, unit.pk, about.span), empty).state == wanted)
        and all(word in fold(unit.name) for word in words)
    ]  # fmt: skip
    page = Paginator(found, UNITS_A_PAGE).get_page(request.GET.get("trang"))
    asked_before = units_asked((about.form, span.last) for span in spans)
    present = {span: {unit.pk for unit in asked_before[about.form.pk, span.last]} for span in spans}
    moments = told_at(about.span, about.lines, [unit.pk for unit in page.object_list])
    rows = [
        (
            unit,
            [
                Stand(
                    stands.get((about.form.pk, unit.pk, span), empty), about.address("unit", unit.pk, span=span)
                ) if unit.pk in present[span] else None
                for span in spans
            ],
            moments.get(unit.pk),
            stands.get((about.form.pk, unit.pk, about.span), empty).waiting,
        )
        for unit in page.object_list
    ]  # fmt: skip
    before, after = about.around
    context = {
        "about": about,
        "form": narrowed,
        "page": page,
        "rows": rows,
        "columns": [label_of(about.form, span) for span in spans],
        "counts": [(state, word, counted[state]) for state, (_tone, word) in STATES.items() if counted[state]],
        "lines": labelled(about.lines, about.span),
        "acceptable": about.acceptable,
        "waiting": any(row[3] for row in rows),
        "before": (label_of(about.form, before), about.address("units", span=before)) if before else None,
        "after": (label_of(about.form, after), about.address("units", span=after)) if after else None,
        "problem": problem,
    }
    return render(request, "entry/units.html", context, status=status)


@require_POST
def accept(request: HttpRequest, form_id: int, day: str) -> HttpResponse:
    """Accept what the chosen units told, or all of them."""
    about = asked(request, form_id, day)
    if not can_accept(about.actor, about.form):
        raise PermissionDenied(_("Chỉ cơ quan thường trực của phạm vi biểu tiếp nhận số liệu."))
    ids = {unit.pk for unit in about.units}
    if "tat-ca" not in request.POST:
        ids &= {int(each) for each in request.POST.getlist("chon") if each.isdecimal() and len(each) < 19}
    if not ids:
        return _units(request, about, _("Chưa chọn đơn vị nào để tiếp nhận."), status=422)
    done = accept_facts(actor=about.actor, at=timezone.now(), form=about.form, span=about.span, unit_ids=sorted(ids))
    if isinstance(done, Refusal):
        return _units(request, about, done.message, status=422)
    messages.success(request, _("Đã tiếp nhận số liệu."))
    return redirect(
        request.POST.get("ve") == "don-vi" and len(ids) == 1 and about.address("unit", *ids) or about.address("units")
    )
