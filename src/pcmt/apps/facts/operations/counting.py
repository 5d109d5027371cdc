"""Telling what was counted from records: all figures of one unit from a day on, as they now are.

Only what differs from what stands is written, and what stands and was not counted again is closed: so counting twice
writes once. What people had typed for the same cells before records were kept goes aside, and is compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pcmt.apps.audit.operations import record
from pcmt.apps.facts.counters import counters
from pcmt.apps.facts.models import CountedUnit, Element, Fact, Recording, Source
from pcmt.apps.facts.operations.reconciling import compare
from pcmt.apps.facts.operations.recording import Ledger, New, insert_facts, places_of
from pcmt.apps.facts.queries.counted import CountedCells
from pcmt.apps.units.operations import share_tree
from pcmt.core.measures import Nature
from pcmt.core.periods import Span

Place = tuple[int, int, str, Span]
"""Unit, element, breakdown, period."""

Numbers = Mapping[tuple[str, str, Span], int]
"""What was counted: element, breakdown and period to whole numbers of the element's unit word."""


def tell_counted(
    *, at: datetime, unit_id: int, source: Source, since: date, first: date | Mapping[str, date], numbers: Numbers,
    running: Span | None = None,
) -> Recording | None:  # fmt: skip
    """Have exactly these numbers of a unit stand for its periods from the day `since` on; None: nothing differed.

    `first` is the day from which on the unit has records, or such a day for each element that it counts: then the others
    of the source stay as they are. The periods of `numbers` do not overlap and begin on `since`
    or later. `running` is the one of them that is not over and ends with today: what has not changed in it since an
    earlier day stays told up to that day, so that quiet units cost nothing.
    """
    counter = next(each for each in counters() if each.source == source)
    by_element = isinstance(first, Mapping)
    days = first if isinstance(first, Mapping) else dict.fromkeys(counter.elements, first)
    with transaction.atomic():
        share_tree()
        rows = Element.objects.filter(code__in=set(days) & set(counter.elements))
        elements = {row.pk: row for row in rows}
        if not elements:
            return None
        ids = {row.code: pk for pk, row in elements.items()}
        mine = Fact.objects.current().filter(
            unit=unit_id, element__in=elements, recording__source=source, accepted=True, end__gt=since
        )
        early = Q(pk__in=())
        for day in sorted({days[row.code] for row in elements.values()}):
            early |= Q(element__in=[pk for pk, row in elements.items() if days[row.code] == day], start__gte=day)
        typed = Fact.objects.current().filter(early, unit=unit_id, accepted=True).exclude(recording__source=source)
        wanted = {
            (unit_id, ids[code], part, span): value for (code, part, span), value in numbers.items() if code in ids
        }
        asked = {*wanted, *places_of(mine), *places_of(typed)}
        if not asked:
            return None
        ledger = Ledger.opened(asked, elements, at)
        _keep_first(unit_id, source, {pk: days[row.code] for pk, row in elements.items()} if by_element else first)
        standing = {
            (row.unit_id, row.element_id, row.breakdown, Span(row.start, row.end)): row for row in mine.defer("note")
        }
        closing, new = _differences(wanted, standing, running, elements)
        aside = [
            row
            for row in typed.select_related("recording")
            if counter.counts(elements[row.element_id].code, row.breakdown)
        ]
        closing += [row.pk for row in aside]
        made = None
        if closing or new:
            made = Recording.objects.create(at=at, source=source)
            ledger.write(made, new, closing=closing)
            _put_aside(ledger, aside, at)
        begun = (
            {(unit_id, str(source), row.code): days[row.code] for row in elements.values()}
            if by_element
            else {(unit_id, str(source), ""): first}
        )
        compare({unit_id}, list(elements.values()), CountedCells(begun, (counter,)), at)
        if made is not None:
            record(at=at, actor=None, event="facts.numbers.told", obj=made, after={"count": len(new)})
    return made


def _keep_first(unit_id: int, source: Source, first: date | Mapping[int, date]) -> None:
    """Keep from which day on a unit's figures are counted: all of the source, or each element by its id."""
    wanted: Mapping[int | None, date] = dict(first) if isinstance(first, Mapping) else {None: first}
    known = {row.element_id: row for row in CountedUnit.objects.filter(unit_id=unit_id, source=source)}
    new = [
        CountedUnit(unit_id=unit_id, source=source, element_id=pk, start=start)
        for pk, start in wanted.items()
        if pk not in known
    ]
    CountedUnit.objects.bulk_create(new)
    for pk, start in wanted.items():
        if pk in known and known[pk].start != start:
            CountedUnit.objects.filter(pk=known[pk].pk).update(start=start)


def _differences(
    wanted: Mapping[Place, int], standing: Mapping[Place, Fact], running: Span | None, elements: Mapping[int, Element]
) -> tuple[list[int], list[New]]:
    """Ids of the facts that end, and the facts that are new."""
    series: dict[tuple[int, int, str], list[Fact]] = defaultdict(list)
    for row in standing.values():
        series[row.unit_id, row.element_id, row.breakdown].append(row)
    before = {key[:3]: value for key, value in wanted.items() if running and key[3].end == running.start}
    staying: set[int] = set()
    new = []
    for key, value in wanted.items():
        unit_id, element_id, part, span = key
        told = [row for row in series[key[:3]] if row.start >= span.start] if span == running else []
        if told:
            there = next((row for row in told if row.end <= span.end and row.value == value), None)
        elif span == running:
            # nothing was told of it yet: zero is told when it is over, a stock as it was need not be told twice
            flow = elements[element_id].nature == Nature.FLOW
            if value == (0 if flow else before.get(key[:3])):
                continue
            there = None
        else:
            there = standing.get(key)
        if there is not None and there.value == value:
            staying.add(there.pk)
        else:
            new.append(New(unit_id, element_id, part, span, value, True, True, ""))
    return [row.pk for row in standing.values() if row.pk not in staying], new


def _put_aside(ledger: Ledger, rows: Sequence[Fact], at: datetime) -> None:
    """Keep numbers that people told before records were kept here: beside those that now add up, in their name."""
    told: dict[Recording, list[New]] = defaultdict(list)
    for row in rows:
        new = New(
            row.unit_id, row.element_id, row.breakdown, Span(row.start, row.end), row.value, row.applies, False,
            row.note,
        )  # fmt: skip
        says = row.value is not None or not row.applies
        if says and ledger.at_place(new.key, accepted=False) is None:
            told[row.recording].append(new)
    for before, copies in told.items():
        reason = f"Nhập lúc {timezone.localtime(before.at):%H:%M %d/%m/%Y}; từ nay số đếm từ hồ sơ được tính."
        copy = Recording.objects.create(
            at=at, by_id=before.by_id, unit_id=before.unit_id, source=before.source, form_id=before.form_id,
            ref=before.ref, reason=reason,
        )  # fmt: skip
        insert_facts(copy, copies)
