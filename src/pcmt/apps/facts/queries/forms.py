"""Which forms ask whom for what, and for which periods."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from pcmt.apps.facts.models import DatedQuerySet, Form
from pcmt.apps.units.models import GroupMember, Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.periods import CALENDARS, DAY, Kind, Span

PLACES = (Level.CENTRAL, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE, Level.HAMLET)
"""Levels at which a form means the administrative units, not the agencies that serve them."""
SHOWN = 13


def forms_for(unit: Unit, on: date) -> DatedQuerySet:
    """The forms that ask a unit for figures on a day, by its place in the tree of that day."""
    above = UnitClosure.objects.filter(holds_on(on), descendant=unit, depth__gt=0).values("ancestor_id")
    groups = GroupMember.objects.filter(holds_on(on), unit=unit).values("group_id")
    asked = Q(level="", group=None, root=unit) | Q(group__in=groups)
    if unit.kind == UnitKind.ADMINISTRATIVE or (unit.level not in PLACES and unit.kind == UnitKind.AGENCY):
        asked |= Q(level=unit.level, group=None, root__in=above)
    return Form.objects.as_of(on).filter(asked)


def reporters(form: Form, on: date) -> QuerySet[Unit]:
    """The units that a form asks on a day: below its root those of its level, or the members of its group, or the root
    itself; in the order of their names.
    """
    units = Unit.objects.as_of(on).order_by("sort_key", "pk")
    if form.group_id:
        members = GroupMember.objects.filter(holds_on(on), group=form.group_id).values("unit_id")
        return units.filter(pk__in=members)
    if not form.level:
        return units.filter(pk=form.root_id)
    below = UnitClosure.objects.filter(holds_on(on), ancestor=form.root_id, depth__gt=0).values("descendant_id")
    found = units.filter(pk__in=below, level=form.level)
    if form.level in PLACES:
        return found.filter(kind=UnitKind.ADMINISTRATIVE)
    return found.filter(kind__in=[UnitKind.ADMINISTRATIVE, UnitKind.AGENCY])


def periods_open(form: Form, on: date, *, limit: int = SHOWN) -> tuple[Span, ...]:
    """The periods of a form that have begun on a day, the latest first, at most `limit` of them.

    A period is of the form that is in use on its last day.
    """
    calendar, kind = CALENDARS[form.calendar], Kind(form.period)
    found: list[Span] = []
    period = calendar.around(kind, on)
    while len(found) < limit and period.last >= form.valid_from:
        if form.valid_to is None or period.last < form.valid_to:
            found.append(period)
        period = calendar.around(kind, period.start - DAY)
    return tuple(found)
