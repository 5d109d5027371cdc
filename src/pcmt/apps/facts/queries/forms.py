"""Of whom forms ask their numbers, in which periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q

from pcmt.apps.facts.models import Form
from pcmt.apps.units.models import GroupMember, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.periods import CALENDARS, DAY, Calendar, Kind, Span, periods_of


def calendar_of(form: Form) -> Calendar:
    """The calendar of its periods."""
    return CALENDARS[form.calendar]


def periods(form: Form, first: date, on: date) -> list[Span]:
    """Its periods that end while the form is in use and have begun by `on`; those that end before `first` left out.

    A form asks for a period when it is in use on the period's last day, as it asks the units that stand on that day.
    """
    start = max(first, form.valid_from)
    if start > on:
        return []
    found = periods_of(Kind(form.period), Span(start, on + DAY), calendar_of(form))
    return [span for span in found if form.valid_to is None or span.last < form.valid_to]


def earlier(form: Form, span: Span, count: int) -> list[Span]:
    """The periods straight before one, the oldest first."""
    found: list[Span] = []
    while len(found) < count:
        found.append(calendar_of(form).around(Kind(form.period), (found[-1] if found else span).start - DAY))
    return found[::-1]


def year_ago(form: Form, span: Span) -> Span:
    """The period of the same name a year ago; of a week the one 52 weeks before."""
    if form.period == Kind.WEEK:
        return Span(span.start - timedelta(weeks=52), span.end - timedelta(weeks=52))
    calendar = calendar_of(form)
    year, month = calendar.month_of(span.start)
    return calendar.around(Kind(form.period), calendar.month_start(year - 1, month))


def units_asked(asks: Iterable[tuple[Form, date]]) -> dict[tuple[int, date], list[Unit]]:
    """The units of which each form asks on a day (the last one of a period), in official order, by (form id, day).

    A level means the administrative units of that level (schools at the level of schools) at any depth below the
    root; a group its members of that day that exist then; neither means the root itself. The number of statements is
    constant.
    """
    wanted = {(form.pk, day): form for form, day in asks}
    levels, groups = Q(), Q()
    for (_pk, day), form in wanted.items():
        if form.group_id:
            groups |= Q(holds_on(day), holds_on(day, "unit__"), group_id=form.group_id)
        elif form.level:
            levels |= Q(
                holds_on(day), holds_on(day, "descendant__"), ancestor_id=form.root_id, descendant__level=form.level
            )
    kinds = Q(descendant__kind=UnitKind.ADMINISTRATIVE) | Q(descendant__level="school")
    below = UnitClosure.objects.filter(levels, kinds, depth__gt=0) if levels else UnitClosure.objects.none()
    rows = list(below.select_related("descendant"))
    named = list(GroupMember.objects.filter(groups).select_related("unit")) if groups else []
    alone = {form.root_id for form in wanted.values() if not form.level and not form.group_id}
    roots = Unit.objects.in_bulk(alone) if alone else {}
    found: dict[tuple[int, date], dict[int, Unit]] = defaultdict(dict)
    for (pk, day), form in wanted.items():
        for row in rows if form.level and not form.group_id else ():
            if row.ancestor_id == form.root_id and row.descendant.level == form.level and _holds(row, day):
                found[pk, day][row.descendant_id] = row.descendant
        for member in named if form.group_id else ():
            if member.group_id == form.group_id and _holds(member, day):
                found[pk, day][member.unit_id] = member.unit
        if not form.level and not form.group_id:
            found[pk, day][form.root_id] = roots[form.root_id]
    return {
        key: sorted((unit for unit in found[key].values() if _holds(unit, key[1])), key=lambda u: (u.sort_key, u.pk))
        for key in wanted
    }


def _holds(row: UnitClosure | GroupMember | Unit, day: date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day < row.valid_to)
