"""Picking units in a form: what was chosen, and what the words typed find. Works without script, button by button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
from django.utils.functional import Promise

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.models import Unit, UnitKind
from pcmt.web.units import find
from pcmt.web.units.days import paths
from pcmt.web.units.reorganise.forms import StepForm, UnitPick

MOST_FOUND = 12


@attrs.frozen
class Line:
    """A unit in a picker: where it stands tells it from others of its name."""

    unit: Unit
    path: str


@attrs.frozen
class Picker:
    """A field in which units are picked."""

    name: str
    id: str
    label: str | Promise
    hint: str | Promise
    errors: Sequence[str]
    several: bool
    query: str
    chosen: Sequence[Line]
    found: Sequence[Line]
    looked: bool
    day: date

    @property
    def full(self) -> bool:
        """Whether nothing more can be chosen."""
        return bool(self.chosen) and not self.several


def pickers_of(forms: Sequence[StepForm]) -> dict[str, Picker]:
    """The pickers of forms, by the names of their fields as they are sent."""
    return {
        form.add_prefix(name): picker_of(form, name)
        for form in forms
        for name, field in form.fields.items()
        if isinstance(field, UnitPick)
    }


def picker_of(form: StepForm, name: str) -> Picker:
    """One picker with what is chosen in it and what was found for it."""
    bound = form[name]
    field: Any = form.fields[name]
    value: Any = bound.value() or []
    sent = form.add_prefix(name)
    query = form.typed.get(f"{sent}_q", "")
    ids = [int(each) for each in dict.fromkeys(value) if str(each).isdecimal()]
    return Picker(
        name=sent,
        id=f"id_{sent}",
        label=field.label,
        hint=field.help_text,
        errors=[str(error) for error in bound.errors] if form.is_bound else [],
        several=field.several,
        query=query,
        chosen=chosen_lines(form.actor, ids, form.day),
        found=found_lines(form.actor, query, form.day, ids),
        looked=bool(query.strip()),
        day=form.day,
    )


def chosen_lines(actor: Actor, ids: Sequence[int], day: date) -> list[Line]:
    """Chosen units in the order in which they were chosen."""
    units = Unit.objects.visible_to(actor).in_bulk(list(ids)) if ids else {}
    return _lines([units[pk] for pk in ids if pk in units], day)


def found_lines(actor: Actor, query: str, day: date, without: Sequence[int]) -> list[Line]:
    """Units that stand on the day and that the words find, the best first."""
    if sum(map(len, find.words_of(query))) < find.SHORTEST:
        return []
    found = find.matching(actor, query, day).filter(pk__in=Unit.objects.as_of(day).values("pk"))
    return _lines(list(found.exclude(kind=UnitKind.GROUP).exclude(pk__in=without)[:MOST_FOUND]), day)


def _lines(units: Sequence[Unit], day: date) -> list[Line]:
    above = paths(units, day) if units else {}
    return [Line(unit, " › ".join(each.name for each in above.get(unit.pk, ()))) for unit in units]
