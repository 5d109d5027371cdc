"""The list of reorganisations, the steps in which one is prepared, its page afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.drafts import event_from_json
from pcmt.apps.units.models import Reorganisation, ReorganisationState, Unit
from pcmt.apps.units.operations import cancel_reorganisation, plan_reorganisation
from pcmt.apps.units.policies import can_keep_units, can_reorganise
from pcmt.apps.units.queries import preview
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting
from pcmt.web.units.reorganise import drafts
from pcmt.web.units.reorganise.changes import differences, flat, heirs_of, receipt_of
from pcmt.web.units.reorganise.drafts import Prepared
from pcmt.web.units.reorganise.events import (
    MOST_PARTS,
    PARTS,
    Into,
    Sentence,
    draft_of,
    events_of,
    figures_words,
    into_step,
    sentences,
    which_step,
)
from pcmt.web.units.reorganise.forms import KINDS, CancelForm, HeadForm, KindForm, StepForm
from pcmt.web.units.reorganise.pickers import chosen_lines, found_lines, pickers_of

WHAT, WHICH, INTO = "viec", "don-vi", "thanh-gi"
STEPS = (WHAT, WHICH, INTO)
ROWS = 50
FIELDS = {"heir": ("heir", "other"), "parent": ("other",), "target": ("other",), "units": (), "unit": ()}
"""Where a refusal of the engine is shown, when its field has another name in the forms here."""


def listed(request: HttpRequest) -> HttpResponse:
    """Planned ones with the days left, what one is preparing oneself, carried out and cancelled ones."""
    actor = acting(request)
    seen = Reorganisation.objects.visible_to(actor)
    page = {
        "planned": seen.filter(state=ReorganisationState.PLANNED).order_by("on", "pk"),
        "done": seen.filter(state=ReorganisationState.CARRIED_OUT).order_by("-on", "-pk")[:ROWS],
        "cancelled": seen.filter(state=ReorganisationState.CANCELLED).order_by(F("cancelled_at").desc(), "-pk")[:ROWS],
        "drafts": [(each, _about(actor, each)) for each in drafts.all_of(request)] if can_keep_units(actor) else [],
        "may": can_keep_units(actor),
        "today": actor.on,
    }
    return render(request, "units/reorganise/list.html", page)


def _about(actor: Actor, prepared: Prepared) -> str:
    made = events_of(actor, prepared, prepared.on or actor.on)
    typed = next(iter(prepared.head.get("title", ())), "")
    return typed or _title(made.events) or _("Chưa chọn đơn vị")


def _title(events: Sequence[core.Event]) -> str:
    return "; ".join(each.words for each in sentences(events))


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new one; from a unit's page that unit is chosen already."""
    _office(request)
    unit = request.POST.get("don_vi", "")
    prepared = drafts.begun(request, {"units": [unit]} if unit.isdecimal() else {})
    return redirect("units:step", prepared.key, 0, WHAT)


def _office(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not can_keep_units(actor):
        raise PermissionDenied(_("Chỉ cơ quan thường trực được sắp xếp các đơn vị trong địa bàn mình phục vụ."))
    return actor


def _prepared(request: HttpRequest, key: str) -> Prepared | HttpResponse:
    prepared = drafts.one_of(request, key)
    if prepared is None:
        messages.warning(request, _("Bản nháp này không còn: đã lập xong, đã bỏ, hoặc phiên làm việc đã hết."))
        return redirect("units:reorganisations")
    return prepared


def step(request: HttpRequest, key: str, number: int, step: str) -> HttpResponse:
    """One of the three steps of one event: what happens, to which units, into what."""
    actor = _office(request)
    prepared = _prepared(request, key)
    if isinstance(prepared, HttpResponse):
        return prepared
    if step not in STEPS or number >= len(prepared.events):
        raise Http404
    if request.method == "POST":
        return _sent(request, actor, prepared, number, step)
    form = _form(actor, prepared, number, step, check=False)
    if form is None:
        return redirect("units:step", key, number, _earlier(prepared, number))
    return _shown(request, actor, prepared, number, step, form)


def _earlier(prepared: Prepared, number: int) -> str:
    return WHICH if prepared.kind(number) else WHAT


def _form(actor: Actor, prepared: Prepared, number: int, step: str, *, check: bool) -> StepForm | Into | None:
    """The form of a step; None where an earlier one is not done."""
    day = prepared.on or actor.on
    if step == WHAT:
        return KindForm(prepared.typed(number), check=check, actor=actor, day=day)
    if not prepared.kind(number):
        return None
    if step == WHICH:
        return which_step(actor, prepared, number, day, check=check)
    return into_step(actor, prepared, number, day, check=check)


def _sent(request: HttpRequest, actor: Actor, prepared: Prepared, number: int, step: str) -> HttpResponse:
    here = reverse("units:step", args=[prepared.key, number, step])
    drawn = _form(actor, prepared, number, step, check=False)
    if drawn is None:
        return redirect("units:step", prepared.key, number, _earlier(prepared, number))
    prepared.keep(number, request.POST, drawn.names)
    does, _colon, what = request.POST.get("do", "").partition(":")
    if does:
        anchor = _do(prepared, number, does, what)
        drafts.keep(request, prepared)
        return redirect(here + anchor)
    drafts.keep(request, prepared)
    form = _form(actor, prepared, number, step, check=True)
    if form is None or not form.is_valid():
        return _shown(request, actor, prepared, number, step, form or drawn, status=422)
    if step == WHICH and not _allowed(actor, prepared, number, form):
        return _shown(request, actor, prepared, number, step, form, status=422)
    if step == INTO and isinstance(form, Into) and not _possible(actor, prepared, number, form):
        return _shown(request, actor, prepared, number, step, form, status=422)
    if step == INTO:
        return redirect("units:head", prepared.key)
    return redirect("units:step", prepared.key, number, STEPS[STEPS.index(step) + 1])


def _do(prepared: Prepared, number: int, does: str, what: str) -> str:
    """A button other than "next": pick or drop a unit, look, one part more or less. The place to go back to."""
    typed = prepared.events[number]
    name, _colon, pk = what.partition(":")
    match does:
        case "add" if pk.isdecimal():
            typed[name] = list(dict.fromkeys([*typed.get(name, ()), pk]))
            typed.pop(f"{name}_q", None)
            return f"#id_{name}"
        case "drop":
            typed[name] = [each for each in typed.get(name, ()) if each != pk]
            return f"#id_{name}"
        case "find":
            return f"#id_{name}" if name else ""
        case "more":
            count = int(next(iter(typed.get(PARTS, ())), "2"))
            typed[PARTS] = [str(min(count + 1, MOST_PARTS))]
            return f"#id_part{count}-into"
        case "less" if what.isdecimal():
            _less(typed, int(what))
            return "#cac-phan"
    return ""


def _less(typed: dict[str, list[str]], gone: int) -> None:
    """Take a part out; those behind it move up, what went to it goes to the first."""
    count = int(next(iter(typed.get(PARTS, ())), "2"))
    if count <= 2 or gone >= count:
        return
    for at in range(gone, count):
        for name in [name for name in typed if name.startswith(f"part{at}-")]:
            typed.pop(name)
        for name in [name for name in typed if name.startswith(f"part{at + 1}-")]:
            typed[f"part{at}-{name.partition('-')[2]}"] = typed[name]
    typed[PARTS] = [str(count - 1)]
    for name in [name for name in typed if name == "heir" or name.startswith("child-")]:
        part = int(next(iter(typed[name]), "0") or 0)
        typed[name] = [str(0 if part == gone else part - (part > gone))]


def _allowed(actor: Actor, prepared: Prepared, number: int, form: Any) -> bool:
    units: list[Unit] = form.cleaned_data["units"]
    if can_reorganise(actor, changed=[unit.pk for unit in units], taking=(), on=prepared.on or actor.on):
        return True
    form.add_error("units", _("Chỉ sắp xếp được các đơn vị trong địa bàn mà cơ quan bạn phục vụ."))
    return False


def _possible(actor: Actor, prepared: Prepared, number: int, form: Into) -> bool:
    """Ask the engine now, so that what stands against an event is said where it was typed."""
    day = prepared.on or actor.on
    made = events_of(actor, prepared, day, upto=number)
    if not all(made.done):
        return True  # an earlier one is not finished: the preview says so
    unnamed = {"title": "—", "ground": "—"}
    found = preview(actor=actor, draft=draft_of(actor, prepared, made, day, head=unnamed), at=timezone.now())
    for problem in found.problems:
        _say(form, problem)
    return not found.problems


def _say(form: Into, problem: Refusal) -> None:
    """A refusal at the field that it is about, else on top."""
    for name in FIELDS.get(problem.field, (problem.field,)):
        for each in form.forms:
            if name in each.fields:
                each.add_error(name, problem.message)
                return
    form.main.add_error(None, problem.message)


def _shown(
    request: HttpRequest,
    actor: Actor,
    prepared: Prepared,
    number: int,
    step: str,
    form: StepForm | Into,
    *,
    status: int = 200,
) -> HttpResponse:
    forms = form.forms if isinstance(form, Into) else [form]
    page = {
        "prepared": prepared,
        "number": number,
        "step": step,
        "kind": prepared.kind(number),
        "kind_word": {key: label for key, label, _hint in KINDS}.get(prepared.kind(number), ""),
        "kinds": KINDS,
        "form": form,
        "pickers": pickers_of(forms),
        "steps": _steps(prepared, number, step),
        "before": _step_before(prepared, number, step),
        "day": prepared.on or actor.on,
        "day_typed": prepared.on is not None,
        "several": len(prepared.events) > 1,
        "most_parts": MOST_PARTS,
    }
    return render(request, f"units/reorganise/{TEMPLATES[step]}.html", page, status=status)


TEMPLATES = {WHAT: "what", WHICH: "which", INTO: "into"}


def _steps(prepared: Prepared, number: int, current: str) -> list[dict[str, Any]]:
    shown = [
        (WHAT, _("Việc gì")),
        (WHICH, _("Đơn vị nào")),
        (INTO, _("Thành gì")),
        ("head", _("Ngày, căn cứ")),
        ("preview", _("Xem trước")),
    ]
    at = [name for name, _label in shown].index(current)
    return [
        {"label": label, "current": name == current, "url": _step_url(prepared, number, name) if place < at else ""}
        for place, (name, label) in enumerate(shown)
    ]


def _step_url(prepared: Prepared, number: int, name: str) -> str:
    if name in STEPS:
        return reverse("units:step", args=[prepared.key, number, name])
    return reverse(f"units:{name}", args=[prepared.key])


def _step_before(prepared: Prepared, number: int, step: str) -> str:
    at = STEPS.index(step)
    return reverse("units:step", args=[prepared.key, number, STEPS[at - 1]]) if at else ""


def look(request: HttpRequest) -> HttpResponse:
    """What the words typed into a picker find, as a piece of its step."""
    actor = _office(request)
    name = request.GET.get("ten", "")
    chosen = [int(each) for each in request.GET.getlist(name) if each.isdecimal()]
    day = _day_of(request) or actor.on
    query = request.GET.get(f"{name}_q", "")[:200]
    found = {
        "name": name,
        "found": found_lines(actor, query, day, chosen),
        "chosen": chosen_lines(actor, chosen, day),
        "looked": bool(query.strip()),
        "day": day,
        "query": query,
    }
    return render(request, "units/reorganise/_found.html", {"picker": found})


def _day_of(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("ngay", ""))
    except ValueError:
        return None


def head(request: HttpRequest, key: str) -> HttpResponse:
    """Day, title and ground."""
    actor = _office(request)
    prepared = _prepared(request, key)
    if isinstance(prepared, HttpResponse):
        return prepared
    typed: MultiValueDict[str, str] = MultiValueDict(prepared.head)
    form = HeadForm(typed, check=False, actor=actor, day=actor.on)
    status = 200
    if request.method == "POST":
        prepared.head = {name: values for name, values in request.POST.lists() if name in form.names}
        prepared.forget_preview()
        drafts.keep(request, prepared)
        form = HeadForm(MultiValueDict(prepared.head), check=True, actor=actor, day=actor.on)
        if form.is_valid():
            return redirect("units:preview", key)
        status = 422
    events = events_of(actor, prepared, prepared.on or actor.on).events
    if "title" not in typed and not form.is_bound:
        form.initial["title"] = _title(events)[:300]
    last = len(prepared.events) - 1
    page = {
        "prepared": prepared,
        "form": form,
        "words": sentences(events),
        "steps": _steps(prepared, last, "head"),
        "before": _step_url(prepared, last, INTO),
    }
    return render(request, "units/reorganise/head.html", page, status=status)


def previewed(request: HttpRequest, key: str) -> HttpResponse:
    """All that would follow; confirmed from here."""
    actor = _office(request)
    prepared = _prepared(request, key)
    if isinstance(prepared, HttpResponse):
        return prepared
    typed = HeadForm(MultiValueDict(prepared.head), check=True, actor=actor, day=actor.on)
    if not typed.is_valid():
        return redirect("units:head", key)
    if request.method == "POST":
        prepared.due = [int(each) for each in request.POST.getlist("due") if each.isdecimal()]
        drafts.keep(request, prepared)
        if request.POST.get("do") != "plan":
            return redirect("units:preview", key)
        return _plan(request, actor, prepared, typed.cleaned_data)
    return _preview_page(request, actor, prepared, typed.cleaned_data)


def _preview_page(
    request: HttpRequest,
    actor: Actor,
    prepared: Prepared,
    head: Mapping[str, Any],
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    made = events_of(actor, prepared, head["on"])
    shown_before, seen_before = prepared.shown, prepared.seen
    prepared.seen = ""
    draft = draft_of(actor, prepared, made, head["on"], head=head)
    found = preview(actor=actor, draft=draft, at=timezone.now())
    proposed = [each for group in found.proposals for each in group.proposals]
    if prepared.due is None and proposed:
        prepared.due = [each.due_item_id for each in proposed if each.fits]
        found = preview(actor=actor, draft=draft_of(actor, prepared, made, head["on"], head=head), at=timezone.now())
    prepared.shown, prepared.seen = flat(found), found.seen
    drafts.keep(request, prepared)
    changed = seen_before and seen_before != found.seen
    last = len(prepared.events) - 1
    page = {
        "prepared": prepared,
        "head": head,
        "found": found,
        "figures": figures_words(made.events),
        "events": _events_page(actor, prepared, head["on"]),
        "unfinished": not all(made.done),
        "due": set(prepared.due or ()),
        "refusal": refusal,
        "changes": differences(shown_before, prepared.shown) if refusal is not None or changed else [],
        "steps": _steps(prepared, last, "preview"),
        "today": actor.on,
    }
    return render(request, "units/reorganise/preview.html", page, status=status)


def _events_page(actor: Actor, prepared: Prepared, day: date) -> list[dict[str, Any]]:
    """Each typed event in words, with the way back to it."""
    made = events_of(actor, prepared, day)
    rows = []
    for number, done in enumerate(made.done):
        upto = events_of(actor, prepared, day, upto=number).events
        before = events_of(actor, prepared, day, upto=number - 1).events if number else ()
        words = sentences(upto[len(before) :])
        rows.append({"number": number, "done": done, "words": words or [Sentence(_("Chưa xong"))]})
    return rows


def _plan(request: HttpRequest, actor: Actor, prepared: Prepared, head: Mapping[str, Any]) -> HttpResponse:
    made = events_of(actor, prepared, head["on"])
    if not all(made.done):
        return redirect("units:preview", prepared.key)
    draft = draft_of(actor, prepared, made, head["on"], head=head)
    answer = plan_reorganisation(actor=actor, at=timezone.now(), draft=draft)
    if isinstance(answer, Refusal):
        return _preview_page(request, actor, prepared, head, refusal=answer, status=409)
    drafts.drop(request, prepared.key)
    return redirect(reverse("units:reorganisation", args=[answer.pk]) + "?vua_lap=1")


@require_POST
def another(request: HttpRequest, key: str) -> HttpResponse:
    """One event more, by the same decision on the same day."""
    _office(request)
    prepared = _prepared(request, key)
    if isinstance(prepared, HttpResponse):
        return prepared
    prepared.events.append({})
    prepared.forget_preview()
    drafts.keep(request, prepared)
    return redirect("units:step", key, len(prepared.events) - 1, WHAT)


@require_POST
def without(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One event less."""
    _office(request)
    prepared = _prepared(request, key)
    if isinstance(prepared, HttpResponse):
        return prepared
    if number < len(prepared.events) and len(prepared.events) > 1:
        prepared.events.pop(number)
        prepared.due = None
        prepared.forget_preview()
        drafts.keep(request, prepared)
    return redirect("units:preview", key)


@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Forget what was typed."""
    _office(request)
    drafts.drop(request, key)
    messages.success(request, _("Đã bỏ bản nháp."))
    return redirect("units:reorganisations")


def one(request: HttpRequest, reorganisation_id: int) -> HttpResponse:
    """A reorganisation: what happens when and why, what it did to units, what followed."""
    actor = acting(request)
    return _one_page(request, _seen(actor, reorganisation_id), CancelForm())


def _seen(actor: Actor, pk: int) -> Reorganisation:
    return get_object_or_404(Reorganisation.objects.visible_to(actor), pk=pk)


def _one_page(
    request: HttpRequest, row: Reorganisation, form: CancelForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    actor = acting(request)
    planned = row.state == ReorganisationState.PLANNED
    events = [event_from_json(each) for each in row.events]
    receipt = receipt_of(row)
    heirs = heirs_of(row)
    page = {
        "row": row,
        "words": sentences(events),
        "figures": figures_words(events),
        "receipt": receipt,
        "before_and_after": [(each, heirs.get(each.unit_id or 0)) for each in receipt.units],
        "just_made": "vua_lap" in request.GET,
        "form": form,
        "refusal": refusal,
        "may_cancel": planned and can_keep_units(actor) and row.on > actor.on,
        "today": actor.on,
    }
    return render(request, "units/reorganise/one.html", page, status=status)


@require_POST
def cancel(request: HttpRequest, reorganisation_id: int) -> HttpResponse:
    """Take a planned one back, with the reason."""
    actor = _office(request)
    row = _seen(actor, reorganisation_id)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _one_page(request, row, form, status=422)
    answer = cancel_reorganisation(
        actor=actor, at=timezone.now(), reorganisation_id=row.pk, reason=form.cleaned_data["reason"]
    )
    if isinstance(answer, Refusal):
        return _one_page(request, _seen(actor, row.pk), form, refusal=answer, status=409)
    messages.success(request, _("Đã hủy “%(title)s”. Mọi đơn vị trở lại như trước khi lập.") % {"title": row.title})
    return redirect("units:reorganisation", row.pk)
