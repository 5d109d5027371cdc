"""One number with everything that was ever told for it, and its correction; one recording, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.facts.models import Fact, FormLine, Recording
from pcmt.apps.facts.operations import Entry, record_facts, undo_recording
from pcmt.apps.facts.policies import units_told_by
from pcmt.apps.facts.queries import Number, Revision, history, rows_told
from pcmt.apps.facts.typed import typed_from
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import number_label
from pcmt.core.periods import CALENDARS, Span, period_label
from pcmt.web.entry.asking import Asked, asked
from pcmt.web.entry.tables import Labelled, labelled
from pcmt.web.entry.words import NOT_APPLICABLE, text_of
from pcmt.web.shell.access import acting

FACTS_SHOWN = 300
"""How many numbers of one recording are listed."""


class Correction(forms.Form):
    """Another number in the place of one, and why."""

    value = forms.CharField(
        label=gettext_lazy("Số đúng"), required=False, max_length=60,
        help_text=gettext_lazy("Để trống: chưa báo cáo. 0: không có. x: không áp dụng."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Lý do sửa"), max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def cell(request: HttpRequest, form_id: int, day: str, unit_id: int, line_id: int) -> HttpResponse:
    """The past of one number, and its correction with a reason."""
    about = asked(request, form_id, day)
    unit = next((each for each in about.units if each.pk == unit_id), None)
    line = next((each for each in labelled(about.lines, about.span) if each.line.pk == line_id), None)
    if unit is None or line is None:
        raise Http404
    found = history(
        actor=about.actor, unit_id=unit_id, element=line.line.element.code, span=about.span,
        breakdown=line.line.breakdown,
    )  # fmt: skip
    standing = _standing(found, about.span)
    editable = unit_id in about.told
    first = {"value": text_of(standing), "seen": standing.fact_id if standing else 0}
    form = Correction(request.POST.dict() if request.method == "POST" else None, initial=first)
    if request.method == "POST":
        if not editable:
            raise PermissionDenied(_("Bạn không nhập số liệu cho đơn vị này."))
        if form.is_valid() and _correct(form, about, unit_id, line, standing):
            messages.success(request, _("Đã sửa số liệu."))
            return redirect(request.path)
    context = {
        "about": about,
        "unit": unit,
        "line": line,
        "revisions": [
            (each, _told(each), _told(before) if before else None)
            for each, before in zip(found, [*found, None][1:], strict=True)
        ],
        "form": form if editable else None,
        "panel": bool(request.htmx),  # type: ignore[attr-defined]
    }
    return render(
        request,
        "entry/_cell.html" if context["panel"] else "entry/cell.html",
        context,
        status=422 if form.errors else 200,
    )


def _standing(found: Sequence[Revision], span: Span) -> Number | None:
    """What stands: the number that waits to be accepted, where there is one beside the accepted one."""
    standing = sorted((each for each in found if each.stands), key=lambda each: each.accepted)
    if not standing:
        return None
    one = standing[0]
    return Number(one.fact_id, one.value, one.applies, one.accepted, one.note, span)


def _told(each: Revision) -> str:
    """What a revision says, "—" for a blank."""
    if each.value is not None:
        return number_label(each.value)
    return "—" if each.applies else NOT_APPLICABLE


def _correct(form: Correction, about: Asked, unit_id: int, line: Labelled, standing: Number | None) -> bool:
    """Tell the other number; what is wrong with it is said at the field."""
    data = form.cleaned_data
    typed = typed_from(data["value"], places=line.line.element.places, unit_word=line.unit_word)
    if typed.wrong:
        form.add_error("value", typed.wrong)
        return False
    entry = Entry(
        unit_id, line.line.element.code, about.span, typed.value, breakdown=line.line.breakdown,
        applies=typed.applies, note=standing.note if standing else "", seen=data["seen"],
    )  # fmt: skip
    done = record_facts(
        actor=about.actor, at=timezone.now(), entries=[entry], form=about.form, reason=data["reason"].strip()
    )
    if isinstance(done, Recording):
        return True
    form.add_error("value", done.message if isinstance(done, Refusal) else done[0].refusal.message)
    # The history on the page shows what stands now: who sends the form again has seen it.
    form.data = {**form.data, "seen": standing.fact_id if standing else 0}
    return False


def recording(request: HttpRequest, recording_id: int) -> HttpResponse:
    """One act of telling: who, when, from where, which numbers."""
    return _recording(request, recording_id)


def _recording(request: HttpRequest, recording_id: int, problem: str = "", status: int = 200) -> HttpResponse:
    actor = acting(request)
    found = get_object_or_404(
        Recording.objects.visible_to(actor).select_related("by", "unit", "form", "undoes"), pk=recording_id
    )
    facts = list(
        rows_told(actor, found.facts.visible_to(actor))
        .select_related("element", "unit")
        .order_by("unit__sort_key", "start", "pk")[: FACTS_SHOWN + 1]
    )
    context = {
        "recording": found,
        "who": found.by.full_name if found.by else _("Hệ thống"),
        "rows": _rows(facts[:FACTS_SHOWN], found),
        "more": len(facts) > FACTS_SHOWN,
        "undone": Recording.objects.filter(undoes=found).first(),
        "undoable": _undoable(request, found),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "entry/recording.html", context, status=status)


def _rows(facts: list[Fact], found: Recording) -> list[dict[str, Any]]:
    calendar = CALENDARS[found.form.calendar] if found.form else CALENDARS["administrative"]
    words: dict[tuple[int, str, Span], Labelled] = {}
    rows = []
    for fact in facts:
        span = Span(fact.start, fact.end)
        key = (fact.element_id, fact.breakdown, span)
        if key not in words:
            words[key] = labelled([FormLine(element=fact.element, breakdown=fact.breakdown)], span)[0]
        value = None if fact.value is None else fact.element.number(fact.value)
        number = Number(fact.pk, value, fact.applies, fact.accepted, fact.note, span)
        rows.append({
            "unit": fact.unit, "name": words[key].name, "unit_word": words[key].unit_word,
            "period": period_label(span, calendar), "text": text_of(number) or "—", "note": fact.note,
            "replaced": fact.closed_by_id is not None,
        })  # fmt: skip
    return rows


def _undoable(request: HttpRequest, found: Recording) -> bool:
    """Whether the actor may take it back: who may tell numbers for all of its units."""
    actor = acting(request)
    if Recording.objects.filter(undoes=found).exists():
        return False
    ids = set(found.facts.order_by().values_list("unit_id", flat=True).distinct())
    return bool(ids) and units_told_by(actor, ids) == ids


@require_POST
def undo(request: HttpRequest, recording_id: int) -> HttpResponse:
    """Take a recording back: what was known before it stands again."""
    actor = acting(request)
    found = get_object_or_404(Recording.objects.visible_to(actor), pk=recording_id)
    if not _undoable(request, found):
        raise PermissionDenied(_("Bạn không hoàn tác được lần ghi này."))
    reason = str(request.POST.get("reason", "")).strip()
    if not reason:
        return _recording(request, recording_id, _("Ghi lý do hoàn tác."), status=422)
    done = undo_recording(actor=actor, at=timezone.now(), recording_id=found.pk, reason=reason[:500])
    if isinstance(done, Refusal):
        return _recording(request, recording_id, done.message, status=422)
    messages.success(request, _("Đã hoàn tác. Số trước lần ghi đó có hiệu lực trở lại."))
    return redirect("entry:recording", recording_id=done.pk)
