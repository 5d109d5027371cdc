"""Telling what was counted from records: all figures of one unit from a day on, as they now are.

Only what differs from what stands is written, and what stands and was not counted again is closed: so counting twice
writes once. What people had typed for the same cells before records were kept goes aside, and is compared.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
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
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span

logger = logging.getLogger(__name__)

Place = tuple[int, int, str, Span]
"""Unit, element, breakdown, period."""

Numbers = Mapping[tuple[str, str, Span], int]
"""What was counted: element, breakdown and period to whole numbers of the element's unit word."""


def tell_counted(
    *, at: datetime, unit_id: int, source: Source, since: date, first: date | Mapping[str, Sequence[Span]],
    numbers: Numbers, running: Span | None = None,
) -> Recording | None:  # fmt: skip
    """Have exactly these numbers of a unit stand for its periods from the day `since` on; None: nothing differed.

    `first` is the day from which on the unit has records, or for each element that it counts the times in which it does
    (until `date.max`: it still does): then others of the source stay as they are. The periods of `numbers` do not
    overlap and begin on `since` or later. `running` is the one of them that is not over and ends with today: what has
    not changed in it since an earlier day stays told up to that day, so that quiet units cost nothing.
    """
    counter = next(each for each in counters() if each.source == source)
    kept = dict.fromkeys(counter.elements, (Span(first, date.max),)) if isinstance(first, date) else dict(first)
    with transaction.atomic():
        share_tree()
        rows = Element.objects.filter(code__in=set(kept) & set(counter.elements))
        elements = {row.pk: row for row in rows}
        if not elements:
            return None
        ids = {row.code: pk for pk, row in elements.items()}
        mine = Fact.objects.current().filter(
            unit=unit_id, element__in=elements, recording__source=source, accepted=True, end__gt=since
        )
        inside = Q(pk__in=())
        for span in sorted({span for row in elements.values() for span in kept[row.code]}):
            there = [pk for pk, row in elements.items() if span in kept[row.code]]
            inside |= Q(element__in=there, start__gte=span.start, end__lte=span.end)
        typed = Fact.objects.current().filter(inside, unit=unit_id, accepted=True).exclude(recording__source=source)
        wanted = {
            (unit_id, ids[code], part, span): value for (code, part, span), value in numbers.items() if code in ids
        }
        asked = {*wanted, *places_of(mine), *places_of(typed)}
        if not asked:
            return None
        ledger = Ledger.opened(asked, elements, at)
        # by element, or once for all of the source
        times = {"": (Span(first, date.max),)} if isinstance(first, date) else {code: tuple(kept[code]) for code in ids}
        _keep_times(unit_id, source, {ids.get(code): spans for code, spans in times.items()})
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
        cells = CountedCells({(unit_id, str(source), code): spans for code, spans in times.items()}, (counter,))
        compare({unit_id}, list(elements.values()), cells, at)
        if made is not None:
            record(at=at, actor=None, event="facts.numbers.told", obj=made, after={"count": len(new)})
    return made


def _keep_times(unit_id: int, source: Source, wanted: Mapping[int | None, Sequence[Span]]) -> None:
    """Keep when a unit's figures are counted: by the element's id, under None for all of the source."""
    rows = CountedUnit.objects.filter(unit_id=unit_id, source=source)
    known = {(row.element_id, row.start): row for row in rows if row.element_id in wanted}
    times = {
        (pk, span.start): None if span.end == date.max else span.end for pk, spans in wanted.items() for span in spans
    }
    gone = [row.pk for key, row in known.items() if key not in times]
    if gone:
        rows.filter(pk__in=gone).delete()
    CountedUnit.objects.bulk_create(
        CountedUnit(unit_id=unit_id, source=source, element_id=pk, start=start, end=end)
        for (pk, start), end in times.items()
        if (pk, start) not in known
    )
    for key, end in times.items():
        if key in known and known[key].end != end:
            rows.filter(pk=known[key].pk).update(end=end)


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
            # nothing was told of it yet: zero is told when it is over; a stock as it was need not be told twice, but
            # a new year knows nothing of the old one
            flow = elements[element_id].nature == Nature.FLOW
            if value == (0 if flow else None if _begins_year(span) else before.get(key[:3])):
                continue
            there = None
        else:
            there = standing.get(key)
        if there is not None and there.value == value:
            staying.add(there.pk)
        else:
            new.append(New(unit_id, element_id, part, span, value, True, True, ""))
    return [row.pk for row in standing.values() if row.pk not in staying], new


def _begins_year(span: Span) -> bool:
    return any(calendar.around(Kind.YEAR, span.start).start == span.start for calendar in (ADMINISTRATIVE, STATISTICAL))


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


MOST = 400
"""So many units are counted in one go of a job; the next comes soon."""


def count_marked(
    marks: type[models.Model], count: Callable[..., object], *, at: datetime, most: int, order: str
) -> int:
    """Count the units again that the rows of `marks` (unit, start) name, in their `order`; how many were counted.

    `count` is called with `unit_id`, `start` and `at`. Each unit has a transaction of its own, in which its mark goes:
    whoever dies leaves the mark, several workers take different ones, and what is written meanwhile marks anew. One
    that fails stands in the program's log and waits for the next time; the others are counted.
    """
    rows: Any = marks._default_manager
    failed: set[int] = set()
    done = 0
    while done + len(failed) < most:
        unit_id = None
        try:
            with transaction.atomic():
                share_tree()
                waiting = rows.select_for_update(skip_locked=True).exclude(unit__in=failed)
                found = waiting.order_by(order, "pk").first()
                if found is None:
                    return done
                unit_id = found.unit_id
                rows.filter(pk=found.pk).delete()
                count(unit_id=unit_id, start=found.start, at=at)
            done += 1
        except Exception:
            if unit_id is None:
                raise
            logger.exception("figures of unit %d could not be counted", unit_id)
            failed.add(unit_id)
    return done
