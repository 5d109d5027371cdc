"""Taking a due item on, giving it back, handing parts of it down: the pages and the acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks import operations
from pcmt.apps.tasks.models import DueItem, DueKind
from pcmt.apps.tasks.policies import can_report, gave
from pcmt.apps.tasks.queries import DEEPEST, depth_of, latest_for_parts, lower_units, may_hold, may_owe
from pcmt.apps.units.models import Unit, UnitKind
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold
from pcmt.web.people.fields import units_like
from pcmt.web.shell.access import acting
from pcmt.web.tasks.handing_forms import AnswerForm, HandDownForm, HolderForm, PartForm
from pcmt.web.tasks.page import seen_due
from pcmt.web.tasks.views import refused, version_of


@attrs.frozen
class Box:
    """A unit that may be ticked, with what it is found by."""

    unit: Unit
    checked: bool

    @property
    def key(self) -> str:
        """What it is found by."""
        return fold(self.unit.name)


def _back(item: DueItem, anchor: str = "giao-nhan") -> HttpResponse:
    return redirect(f"{reverse('tasks:due', args=[item.pk])}#{anchor}")


@require_POST
def take(request: HttpRequest, due_id: int) -> HttpResponse:
    """The own unit takes the item on."""
    item = seen_due(acting(request), due_id)
    answer = operations.acknowledge(
        actor=acting(request), at=timezone.now(), due_item_id=item.pk, version=version_of(request)
    )
    return refused(request, item, answer) if isinstance(answer, Refusal) else _back(item)


@require_POST
def give_back(request: HttpRequest, due_id: int) -> HttpResponse:
    """The own unit says that it is not its to do."""
    item = seen_due(acting(request), due_id)
    answer = operations.decline(
        actor=acting(request),
        at=timezone.now(),
        due_item_id=item.pk,
        version=version_of(request),
        reason=request.POST.get("reason", ""),
    )
    return refused(request, item, answer) if isinstance(answer, Refusal) else _back(item)


@require_POST
def answer(request: HttpRequest, due_id: int) -> HttpResponse:
    """Who gave it answers: it stays, or another unit gets it."""
    actor = acting(request)
    item = seen_due(actor, due_id)
    form = AnswerForm(request.POST, units=may_owe(item, actor.on), on=actor.on, due_id=item.pk)
    elsewhere = request.POST.get("do") == "reassign"
    if elsewhere and form.is_valid() and form.cleaned_data["unit"] is None:
        form.add_error("unit", _("Ghi tên đơn vị nhận việc."))
    if not form.is_valid() and (elsewhere or "answer" in form.errors):
        field = "unit" if "unit" in form.errors and elsewhere else "answer"
        words = " ".join(str(each) for each in form.errors[field])
        return refused(request, item, Refusal(code="form", message=words, field=field))
    unit = form.cleaned_data.get("unit") if elsewhere else None
    told = operations.answer_decline(
        actor=actor,
        at=timezone.now(),
        due_item_id=item.pk,
        version=version_of(request),
        answer=request.POST.get("answer", ""),
        unit_id=unit.pk if unit else None,
    )
    return refused(request, item, told) if isinstance(told, Refusal) else _back(item)


def suggest(request: HttpRequest, due_id: int) -> HttpResponse:
    """Options for the box in which the unit is typed that is to get the item instead."""
    actor = acting(request)
    item = seen_due(actor, due_id)
    if not gave(actor, item):
        raise PermissionDenied
    words = [said for _unit, said in units_like(may_owe(item, actor.on), request.GET.get("q", ""), actor.on)]
    return render(request, "people/options.html", {"options": words})


@require_POST
def hold(request: HttpRequest, due_id: int) -> HttpResponse:
    """Names the person who has the item in hand."""
    actor = acting(request)
    item = seen_due(actor, due_id)
    form = HolderForm(request.POST, people=may_hold(item.unit_id, actor.on))
    holder = form.cleaned_data["holder"] if form.is_valid() else 0  # nobody has it: refused with the right words
    told = operations.name_holder(
        actor=actor, at=timezone.now(), due_item_id=item.pk, version=version_of(request), holder_id=holder
    )
    return refused(request, item, told) if isinstance(told, Refusal) else _back(item)


def down(request: HttpRequest, due_id: int) -> HttpResponse:
    """The page on which a part is handed down to one or many units."""
    actor = acting(request)
    item = seen_due(actor, due_id)
    if not can_report(actor, item) or item.kind != DueKind.TASK or depth_of(item) >= DEEPEST:
        raise PermissionDenied
    units = _receivers(actor, item)
    people = may_hold(item.unit_id, actor.on)
    if request.method != "POST":
        words = " ".join((item.label if item.parent_id or item.task is None else item.task.text).split())
        first = {"version": item.version, "label": words, "due_on": _first_limit(item, actor)}
        return _down(request, item, HandDownForm(initial=first, units=units, people=people), units)
    form = HandDownForm(request.POST, units=units, people=people)
    if not form.is_valid():
        return _down(request, item, form, units, status=422)
    typed = form.cleaned_data
    own = item.unit_id in typed["units"]
    told = operations.hand_down(
        actor=actor,
        at=timezone.now(),
        due_item_id=item.pk,
        version=typed["version"],
        unit_ids=typed["units"],
        label=typed["label"],
        due_on=typed["due_on"],
        needs_acceptance=typed["needs_acceptance"],
        # A person who was chosen and then the own unit unticked is no mistake that has to be put right.
        holder_id=typed["holder"] if own else None,
    )
    if isinstance(told, Refusal):
        return _down(request, item, _fresh(request, item, form, told), units, status=_status(told))
    return _back(item, "phan-viec")


def part(request: HttpRequest, due_id: int) -> HttpResponse:
    """The page on which who gave a part says anew what it is, or takes it back."""
    actor = acting(request)
    item = seen_due(actor, due_id)
    if item.parent_id is None or not gave(actor, item):
        raise PermissionDenied
    if request.method != "POST":
        first = {
            "version": item.version,
            "label": item.label,
            "due_on": item.due_on,
            "needs_acceptance": item.needs_acceptance,
        }
        return _part(request, item, PartForm(initial=first))
    form = PartForm(request.POST)
    if not form.is_valid():
        return _part(request, item, form, status=422)
    typed = form.cleaned_data
    told = operations.edit_part(
        actor=actor,
        at=timezone.now(),
        due_item_id=item.pk,
        version=typed["version"],
        label=typed["label"],
        due_on=typed["due_on"],
        needs_acceptance=typed["needs_acceptance"],
    )
    if isinstance(told, Refusal):
        return _part(request, item, _fresh(request, item, form, told), status=_status(told))
    return redirect(f"{reverse('tasks:due', args=[item.parent_id])}#phan-viec")


@require_POST
def back(request: HttpRequest, due_id: int) -> HttpResponse:
    """Takes a part back that nobody has begun with."""
    actor = acting(request)
    item = seen_due(actor, due_id)
    told = operations.take_back(
        actor=actor,
        at=timezone.now(),
        due_item_id=item.pk,
        version=version_of(request),
        reason=request.POST.get("reason", ""),
    )
    if not isinstance(told, Refusal):
        return redirect(f"{reverse('tasks:due', args=[item.parent_id])}#phan-viec")
    if told.code != "reason" or not gave(actor, item):
        return refused(request, item, told)
    first = {"version": item.version, "label": item.label, "due_on": item.due_on}
    first |= {"needs_acceptance": item.needs_acceptance}
    return _part(request, item, PartForm(initial=first), refusal=told, status=422)


def _receivers(actor: Actor, item: DueItem) -> list[Unit]:
    """The units that may get a part: the own one first, then the lower ones, committees before other bodies."""
    lower = list(lower_units(item.unit_id or actor.unit_id, actor.on))
    lower.sort(key=lambda unit: unit.kind != UnitKind.ADMINISTRATIVE)
    return [*([item.unit] if item.unit else []), *lower]


def _first_limit(item: DueItem, actor: Actor) -> Any:
    return item.due_on if item.due_on is not None and item.due_on >= actor.on else None


def _fresh(request: HttpRequest, item: DueItem, form: Any, told: Refusal) -> Any:
    """The form as it was typed with the reason in it, and the version of now: a second try goes through."""
    data = request.POST.copy()
    data["version"] = str(DueItem.objects.values_list("version", flat=True).get(pk=item.pk))
    form.data = data
    form.add_error(told.field if told.field in form.fields else None, str(told))
    return form


def _status(told: Refusal) -> int:
    return 409 if told.code == "stale" else 422


def _down(
    request: HttpRequest, item: DueItem, form: HandDownForm, units: Iterable[Unit], *, status: int = 200
) -> HttpResponse:
    ticked = {str(value) for value in form["units"].value() or ()}
    boxes = [Box(unit, str(unit.pk) in ticked) for unit in units]
    own = [box for box in boxes if box.unit.pk == item.unit_id]
    context = {
        "item": item,
        "plan": item.plan,
        "form": form,
        "own": own[0] if own else None,
        "boxes": [box for box in boxes if box.unit.pk != item.unit_id],
        "latest": latest_for_parts(item, acting(request).on),
    }
    return render(request, "tasks/hand_down.html", context, status=status)


def _part(
    request: HttpRequest, item: DueItem, form: Form, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    whole = item.parent
    context = {
        "item": item,
        "plan": item.plan,
        "form": form,
        "refusal": refusal,
        "latest": latest_for_parts(whole, acting(request).on) if whole else None,
        "typed": request.POST,
    }
    return render(request, "tasks/part.html", context, status=status)
