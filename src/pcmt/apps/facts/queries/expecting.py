"""Of whom figures are expected, and what they lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from operator import attrgetter

import attrs
from django.db.models import Count, Q

from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.models import Fact, Form, FormLine
from pcmt.apps.facts.queries.forms import periods, units_asked
from pcmt.apps.units.models import GroupMember, UnitClosure, UnitKind, holds_on
from pcmt.core import measures as core
from pcmt.core.measures import Figure, Nature
from pcmt.core.periods import DAY, Span

Window = tuple[date | None, date | None]

IN_ORDER = attrgetter("start", "end")
"""How spans are sorted where there are many: comparing them one with another takes five times as long."""


@attrs.frozen
class Covered:
    """Of a period: how many units below told anything in it, and how many a number for it as a whole."""

    units: int
    exact: int


@attrs.frozen
class Expected:
    """Who should tell the numbers of an ask: how many units as of the last period that has ended, and which periods.

    `by_period` says how many units each of the periods that have ended asks.
    """

    count: int
    forms: tuple[Form, ...]
    periods: tuple[Span, ...]
    by_period: Mapping[Span, int]


@attrs.frozen
class _Count:
    """So many units at once during a window."""

    window: Window
    count: int

    def on(self, day: date) -> int:
        begins, ends = self.window
        return self.count if (begins is None or begins <= day) and (ends is None or day < ends) else 0


def expected_of(asks: Sequence[tuple[Ask, int]], *, on: date, boundary: date | None) -> dict[Ask, Expected]:
    """Of which units forms ask each of the figures, element ids beside. Nothing where no form asks for it.

    Units are those of each period's last day, or of the boundary. Four statements or fewer.
    """
    lines = FormLine.objects.filter(element__in={element_id for _ask, element_id in asks}).select_related("form")
    by_element: dict[int, list[FormLine]] = defaultdict(list)
    for line in lines.order_by("form_id", "pk"):
        by_element[line.element_id].append(line)
    if not by_element:
        return {}
    wanted: dict[Ask, list[tuple[Form, list[Span]]]] = {}
    for ask, element_id in asks:
        for line in by_element.get(element_id, ()):
            if line.breakdown == ask.breakdown:
                spans = [
                    span for span in periods(line.form, ask.window.start, min(on, ask.window.last))
                    if ask.window.start <= span.start and span.end <= ask.window.end
                ]  # fmt: skip
                if spans:
                    wanted.setdefault(ask, []).append((line.form, spans))
    forms = {form.pk: form for each in wanted.values() for form, _spans in each}
    counts = _counts({ask.unit_id for ask in wanted}, list(forms.values()))
    found: dict[Ask, Expected] = {}
    for ask, each in wanted.items():
        ended: dict[Span, int] = {}
        latest = (date.min, 0)
        used = []
        for form, spans in each:
            asked = counts.get((ask.unit_id, form.pk), ())
            if not asked:
                continue
            used.append((form, spans))
            for span in spans:
                count = sum(one.on(boundary or span.last) for one in asked)
                if span.last <= on:
                    ended[span] = max(ended.get(span, 0), count)
                latest = max(latest, (span.last if span.last <= on else date.min, count))
        if used:
            told = tuple(dict.fromkeys(span for _form, spans in used for span in spans if span.last <= on))
            found[ask] = Expected(latest[1], tuple(form for form, _spans in used), told, ended)
    return found


def _counts(unit_ids: set[int], forms: Sequence[Form]) -> dict[tuple[int, int], list[_Count]]:
    """How many units that a form asks stand at or below each of the units, during which windows."""
    roots = {form.root_id for form in forms}
    pairs = UnitClosure.objects.filter(
        Q(ancestor__in=unit_ids, descendant__in=roots) | Q(ancestor__in=roots, descendant__in=unit_ids)
    )
    above: dict[tuple[int, int], list[Window]] = defaultdict(list)
    for ancestor, descendant, begins, ends in pairs.values_list(
        "ancestor_id", "descendant_id", "valid_from", "valid_to"
    ):
        above[ancestor, descendant].append((begins, ends))
    levels = {form.level for form in forms if form.level and not form.group_id}
    below = _below(unit_ids | roots, levels) if levels else {}
    members = _members(unit_ids, {form.group_id for form in forms if form.group_id})
    found: dict[tuple[int, int], list[_Count]] = {}
    for form in forms:
        for unit_id in unit_ids:
            over, under = above.get((unit_id, form.root_id)), above.get((form.root_id, unit_id))
            if form.group_id:
                counts = members.get((unit_id, form.group_id), [])
            elif not form.level:
                counts = [_Count(window, 1) for window in over or ()]
            elif over:
                counts = below.get((form.root_id, form.level, False), [])
            elif under:
                counts = below.get((unit_id, form.level, True), [])
            else:
                continue
            if counts:
                found[unit_id, form.pk] = counts
    return found


def _below(unit_ids: set[int], levels: set[str]) -> dict[tuple[int, str, bool], list[_Count]]:
    """How many units of a level are below a unit, without it and with it."""
    kinds = Q(descendant__kind=UnitKind.ADMINISTRATIVE) | Q(descendant__level="school")
    rows = UnitClosure.objects.filter(kinds, ancestor__in=unit_ids, descendant__level__in=levels)
    fields = (
        "ancestor_id", "descendant__level", "valid_from", "valid_to", "descendant__valid_from", "descendant__valid_to",
    )  # fmt: skip
    counted = rows.values_list(*fields).annotate(whole=Count("pk"), itself=Count("pk", filter=Q(depth=0))).order_by()
    found: dict[tuple[int, str, bool], list[_Count]] = defaultdict(list)
    for ancestor, level, begins, ends, unit_begins, unit_ends, whole, itself in counted:
        window = _both((begins, ends), (unit_begins, unit_ends))
        if window is not None:
            found[ancestor, level, True].append(_Count(window, whole))
            if whole > itself:
                found[ancestor, level, False].append(_Count(window, whole - itself))
    return found


def _members(unit_ids: set[int], groups: set[int]) -> dict[tuple[int, int], list[_Count]]:
    """Members of groups at or below units."""
    if not groups:
        return {}
    rows = GroupMember.objects.filter(group__in=groups, unit__closure_up__ancestor__in=unit_ids).values_list(
        "unit__closure_up__ancestor_id", "group_id", "valid_from", "valid_to", "unit__valid_from", "unit__valid_to",
        "unit__closure_up__valid_from", "unit__closure_up__valid_to",
    )  # fmt: skip
    found: dict[tuple[int, int], list[_Count]] = defaultdict(list)
    for ancestor, group, begins, ends, unit_begins, unit_ends, up_begins, up_ends in rows:
        window = _both((begins, ends), (unit_begins, unit_ends))
        window = window and _both(window, (up_begins, up_ends))
        if window is not None:
            found[ancestor, group].append(_Count(window, 1))
    return found


def _both(one: Window, other: Window) -> Window | None:
    begins = max((day for day in (one[0], other[0]) if day), default=None)
    ends = min((day for day in (one[1], other[1]) if day), default=None)
    return None if begins and ends and ends <= begins else (begins, ends)


def lacking_of(
    element: core.Element, window: Span, on: date, *, own: Figure, told: Sequence[Span],
    covered: Mapping[Span, Covered], reports: int, expected: Expected | None,
) -> tuple[Span, ...]:  # fmt: skip
    """The periods of a window that have passed and of which not everybody told.

    Where forms ask: their periods for which fewer units told than were asked. Else those who told anything in the
    window are taken for all who should: a period that some of them told and others did not, and what nobody told.
    """
    past = Span(window.start, min(on, window.last) + DAY)
    if expected and expected.by_period:
        spans = sorted(expected.by_period)
        if element.nature is Nature.STOCK:
            spans = [span for span in spans if span.last == spans[-1].last]
        mine = {fact.span for fact in own.used}
        return tuple(
            span for span in spans
            if _telling(span, told, covered) + any(_holds(each, span) for each in mine) < expected.by_period[span]
        )  # fmt: skip
    if not told or not reports:
        return own.lacking
    gaps = set(own.lacking) if own.used else set()
    if element.nature is Nature.STOCK:
        last = max(told, key=lambda span: (span.end, span.start))
        if last.end < past.end:
            gaps.add(Span(last.end, past.end))
        if _telling(last, told, covered) < reports:
            gaps.add(last)
        return tuple(sorted(gaps))
    gaps |= set(_untold(told, past))
    if all(earlier.end <= later.start for earlier, later in pairwise(told)):
        # No period lies in another, as is usual.
        gaps |= {span for span in told if _telling(span, (), covered) < reports}
        return tuple(sorted(gaps, key=IN_ORDER))
    for span in told:
        finest = not any(other != span and span.start <= other.start and other.end <= span.end for other in told)
        across = any(_across(span, other) for other in told)
        if finest and not across and _telling(span, told, covered) < reports:
            gaps.add(span)
    return tuple(sorted(gaps))


def _telling(span: Span, told: Sequence[Span], covered: Mapping[Span, Covered]) -> int:
    """How many units told a period: anything in it, or a longer period around it."""
    inside = covered[span].units if span in covered else 0
    return inside + sum(covered[each].exact for each in told if each != span and _holds(each, span))


def _holds(one: Span, other: Span) -> bool:
    return one.start <= other.start and other.end <= one.end


def _across(one: Span, other: Span) -> bool:
    return one.overlap(other) is not None and not _holds(one, other) and not _holds(other, one)


def _untold(told: Sequence[Span], past: Span) -> Iterator[Span]:
    at = past.start
    for span in sorted(told, key=IN_ORDER):
        if span.start > at:
            yield Span(at, span.start)
        at = max(at, span.end)
    if at < past.end:
        yield Span(at, past.end)


def silent_units(ask: Ask, answer: Answer, expected: Expected | None, *, on: date, most: int) -> Answer:
    """The answer with the first few of the units that should have told something of the window and did not."""
    if expected is None or not expected.periods or answer.told >= expected.count:
        return answer
    day = max(expected.periods, key=lambda span: span.last).last
    units = {unit.pk for form in expected.forms for unit in units_asked([(form, day)])[form.pk, day]}
    here = UnitClosure.objects.filter(holds_on(day), ancestor_id=ask.unit_id, descendant__in=units)
    told = Fact.objects.counting().filter(
        Q(value__isnull=False) | Q(applies=False), element__code=ask.element, breakdown=ask.breakdown, unit__in=units,
        start__gte=ask.window.start, end__lte=min(ask.window.end, on + DAY),
    )  # fmt: skip
    quiet = here.exclude(descendant__in=told.values("unit_id")).order_by("descendant__sort_key", "descendant_id")
    return attrs.evolve(answer, silent=tuple(quiet.values_list("descendant_id", flat=True)[:most]))
