"""Writing the difference of two histories into the tables: units, names, places, functions, successions, closure.

Rows keep their ids: what is the same before and after is not touched, a window that ends later or earlier is changed in
its row. So what was planned and is cancelled leaves the tables as they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from math import lcm
from typing import Any

from django.db import connection

from pcmt.apps.audit.operations import hold
from pcmt.apps.units.models import (
    Succession,
    SuccessionPart,
    Unit,
    UnitClosure,
    UnitFunction,
    UnitLink,
    UnitName,
)
from pcmt.apps.units.names import name_key
from pcmt.apps.units.patches import as_day, joined, touched
from pcmt.core import units as core
from pcmt.core.text import sort_key

TREE = 7_205_312
"""The advisory lock of PostgreSQL under which the tree is changed."""

Window = tuple[date | None, date | None]


def share_tree() -> None:
    """Have the tree stay as it is until the transaction ends, beside others who only need it to. Taken first of all."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [TREE])


def lock_tree(at: datetime, *, then_log: bool = True) -> None:
    """Wait for whoever else changes the tree or needs it as it is. Taken before any rows, and before the log's head.

    With `then_log` off the head is left for later: a reorganisation locks what hangs on units in between.
    """
    if connection.vendor == "postgresql":  # SQLite has one writer at a time anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE])
    if then_log:
        hold(at)


def both(one: Window, other: Window) -> Window | None:
    """The days in both half-open windows; None when there are none."""
    starts = [day for day in (one[0], other[0]) if day]
    ends = [day for day in (one[1], other[1]) if day]
    start, end = max(starts, default=None), min(ends, default=None)
    return None if start and end and start >= end else (start, end)


def write_difference(
    before: core.History,
    after: core.History,
    *,
    short_names: Mapping[str, str] | None = None,
) -> None:
    """Bring the tables, which hold `before`, to hold `after`. Units that begin have their rows already.

    Rows of units that are in `before` only lose everything that hangs on them here; the rows themselves stay.
    """
    keys = touched(before, after)
    ids = [int(key) for key in keys]
    units = Unit.objects.in_bulk(ids)
    changed = _write_windows(units, after)
    _write_names(units, keys, after, short_names or {})
    _write_functions(keys, after)
    _write_successions(before, after)
    moved = _write_links(units, keys, before, after)
    made = {int(key) for key in keys if key not in before.units}
    if changed or moved or made:
        write_closure(changed | moved | made)


def _write_windows(units: Mapping[int, Unit], after: core.History) -> set[int]:
    """The days on which units begin and end; whose changed."""
    changed = []
    for unit in units.values():
        now = after.units.get(str(unit.pk))
        if now and (unit.valid_from, unit.valid_to) != (as_day(now.start), as_day(now.end)):
            unit.valid_from, unit.valid_to = as_day(now.start), as_day(now.end)
            changed.append(unit)
    Unit.objects.bulk_update(changed, ["valid_from", "valid_to"], batch_size=200)
    return {unit.pk for unit in changed}


def _settle(model: Any, there: Mapping[Any, Any], wanted: Mapping[Any, Window], make: Callable[..., Any]) -> bool:
    """Bring rows to what is wanted: those of no use go first, then windows change, then new rows come."""
    gone = [row.pk for key, row in there.items() if key not in wanted]
    changed = []
    for key, row in there.items():
        if key in wanted and row.valid_to != wanted[key][1]:
            row.valid_to = wanted[key][1]
            changed.append(row)
    made = [make(key, window) for key, window in wanted.items() if key not in there]
    for start in range(0, len(gone), 500):
        model.objects.filter(pk__in=gone[start : start + 500]).delete()
    # What ends earlier before what goes on: no two rows of a unit may be open at once.
    changed.sort(key=lambda row: (row.valid_to is None, row.pk))
    model.objects.bulk_update([row for row in changed if row.valid_to is not None], ["valid_to"], batch_size=200)
    model.objects.bulk_update([row for row in changed if row.valid_to is None], ["valid_to"], batch_size=200)
    model.objects.bulk_create(made, batch_size=500)
    return bool(gone or changed or made)


def _write_names(
    units: Mapping[int, Unit], keys: Sequence[str], after: core.History, short_names: Mapping[str, str]
) -> None:
    there = {(row.unit_id, row.valid_from): row for row in UnitName.objects.filter(unit_id__in=list(units))}
    wanted: dict[tuple[int, date | None], Window] = {}
    words: dict[tuple[int, date | None], tuple[str, str]] = {}
    for key in keys:
        unit = after.units.get(key)
        called = names_of(unit) if unit else ()
        for name, begins, ends in called if len(called) > 1 else ():
            at = (int(key), begins)
            wanted[at] = (begins, ends)
            own = units[int(key)]
            short = own.short_name if name == own.name else short_names.get(key, "")
            words[at] = (name, short)
    # A row of another name that begins on the same day is another row.
    stays = {at: row for at, row in there.items() if at not in words or row.name == words[at][0]}
    UnitName.objects.filter(pk__in=[row.pk for at, row in there.items() if at not in stays]).delete()
    _settle(UnitName, stays, wanted, lambda at, window: name_row(at[0], *words[at], window))


def name_row(unit_id: int, name: str, short_name: str, window: Window) -> UnitName:
    """A dated name, not yet saved."""
    return UnitName(
        unit_id=unit_id,
        name=name,
        short_name=short_name,
        search_key=name_key(name)[:300],
        valid_from=window[0],
        valid_to=window[1],
    )


def names_of(unit: core.Unit) -> tuple[tuple[str, date | None, date | None], ...]:
    """The names of a unit, one after the other, each with its window."""
    spans = joined(core.UnitSpan(span.start, span.end, span.name, None) for span in unit.spans)
    return tuple((span.name, as_day(span.start), as_day(span.end)) for span in spans)


def show_names(unit_ids: Iterable[int], on: date) -> int:
    """Have units carry the newest of their dated names that has begun; how many changed."""
    newest: dict[int, UnitName] = {}
    begun = UnitName.objects.filter(unit_id__in=list(unit_ids)).exclude(valid_from__gt=on)
    for row in begun.order_by("valid_from"):
        known = newest.get(row.unit_id)
        if known is None or known.valid_from is None or (row.valid_from and row.valid_from > known.valid_from):
            newest[row.unit_id] = row
    changed = []
    for unit in Unit.objects.filter(pk__in=list(newest)):
        row = newest[unit.pk]
        if unit.name != row.name:
            unit.name, unit.short_name = row.name, row.short_name
            unit.search_key, unit.sort_key = keys_of(row.name)
            changed.append(unit)
    Unit.objects.bulk_update(changed, ["name", "short_name", "search_key", "sort_key"], batch_size=200)
    return len(changed)


def keys_of(name: str) -> tuple[str, str]:
    """The search key and the sorting key of a name, as the columns hold them."""
    return name_key(name)[:300], sort_key(name)[:600]


def _write_functions(keys: Sequence[str], after: core.History) -> None:
    rows = UnitFunction.objects.filter(unit_id__in=[int(key) for key in keys])
    wanted = {
        (int(key), each.function, as_day(each.start)): (as_day(each.start), as_day(each.end))
        for key in keys
        if key in after.units
        for each in after.held_by.get(key, ())
    }
    _settle(
        UnitFunction,
        {(row.unit_id, row.function, row.valid_from): row for row in rows},
        wanted,
        lambda at, window: UnitFunction(unit_id=at[0], function=at[1], valid_from=window[0], valid_to=window[1]),
    )


def _write_successions(before: core.History, after: core.History) -> None:
    there = {(each.on, each.old, each.new) for each in before.successions}
    stay = {(each.on, each.old, each.new) for each in after.successions}
    for on, old, new in there - stay:
        Succession.objects.filter(on=on, old_id=int(old), new_id=int(new)).delete()
    fresh = [each for each in after.successions if (each.on, each.old, each.new) not in there]
    Succession.objects.bulk_create(succession_rows(fresh, int), batch_size=500)


def succession_rows(rows: Iterable[core.Succession], id_of: Callable[[str], int]) -> Iterator[Succession]:
    """Successions as rows, not yet saved: shares become measures without a common part."""
    given: dict[tuple[date, str], list[core.Succession]] = defaultdict(list)
    for row in rows:
        given[row.on, row.old].append(row)
    for each in given.values():
        scale = lcm(*(row.share.denominator for row in each))
        for row in each:
            yield Succession(
                on=row.on,
                old_id=id_of(row.old),
                new_id=id_of(row.new),
                part=_part(row),
                measure=int(row.share * scale) or 1,
                heir=row.heir,
                estimated=row.estimated,
            )


def _part(row: core.Succession) -> SuccessionPart:
    if not row.share:
        return SuccessionPart.DUTIES
    return SuccessionPart.WHOLE if row.share == 1 else SuccessionPart.PART


def places_of(unit: core.Unit) -> list[tuple[str, date | None, date | None]]:
    """The parents of a unit over time; spans under one parent are one place."""
    spans = joined(core.UnitSpan(span.start, span.end, "", span.parent) for span in unit.spans)
    return [(span.parent, as_day(span.start), as_day(span.end)) for span in spans if span.parent is not None]


def _left_with(history: core.History, unit: core.Unit) -> tuple[str, date] | None:
    """Where a unit stands from its end on: below its heir, so that what it left is seen from there."""
    if unit.end == core.STILL:
        return None
    heir = next((row.new for row in history.left_by(unit.key, unit.end) if row.heir), None)
    return (heir, unit.end) if heir else None


def _write_links(units: Mapping[int, Unit], keys: Sequence[str], before: core.History, after: core.History) -> set[int]:
    """The links of units that changed; whose links changed."""
    there: dict[str, dict[tuple[int, date | None], UnitLink]] = defaultdict(dict)
    for row in UnitLink.objects.filter(child_id__in=list(units)):
        key = str(row.child_id)
        was = before.units.get(key)
        # A link may be older than the unit: it counts from the unit's first day on.
        begins = as_day(max(row.valid_from or core.ALWAYS, was.start)) if was else row.valid_from
        there[key][row.parent_id, begins] = row
    moved: set[int] = set()
    for key in keys:
        unit = after.units.get(key)
        wanted: dict[tuple[int, date | None], Window] = {}
        if unit:
            wanted = {(int(parent), begins): (begins, ends) for parent, begins, ends in places_of(unit)}
            left = _left_with(after, unit)
            if left:
                wanted[int(left[0]), left[1]] = (left[1], None)
        if _settle(UnitLink, there[key], wanted, _link(int(key))):
            moved.add(int(key))
    return moved


def _link(child_id: int) -> Callable[[tuple[int, date | None], Window], UnitLink]:
    def make(at: tuple[int, date | None], window: Window) -> UnitLink:
        return UnitLink(parent_id=at[0], child_id=child_id, valid_from=window[0], valid_to=window[1])

    return make


def write_closure(unit_ids: Iterable[int]) -> None:
    """Make the closure of units, and of everything that ever stood below them, anew from the links."""
    up: dict[int, list[tuple[int, Window]]] = defaultdict(list)
    down: dict[int, set[int]] = defaultdict(set)
    for child, parent, begins, ends in UnitLink.objects.order_by().values_list(
        "child_id", "parent_id", "valid_from", "valid_to"
    ):
        up[child].append((parent, (begins, ends)))
        down[parent].add(child)
    dated = Unit.objects.exclude(valid_from=None, valid_to=None).order_by()
    stands = {pk: (begins, ends) for pk, begins, ends in dated.values_list("pk", "valid_from", "valid_to")}
    concerned = list(dict.fromkeys(unit_ids))
    seen = set(concerned)
    for unit_id in concerned:  # grows while it is walked
        new = down[unit_id] - seen
        seen |= new
        concerned += sorted(new)
    for start in range(0, len(concerned), 500):
        _write_closure_of(concerned[start : start + 500], up, stands)


def _write_closure_of(
    unit_ids: Sequence[int], up: Mapping[int, Sequence[tuple[int, Window]]], stands: Mapping[int, Window]
) -> None:
    wanted: dict[tuple[int, int, int, date | None], Window] = {}
    windows = Unit.objects.filter(pk__in=unit_ids).values_list("pk", "valid_from", "valid_to")
    for unit_id, begins, ends in windows:
        wanted[unit_id, unit_id, 0, begins] = (begins, ends)
        for above, depth, days in _above(unit_id, (None, None), up):
            window = both(days, stands.get(above, (None, None)))
            if window is not None:
                wanted[above, unit_id, depth, window[0]] = window
    there = {
        (row.ancestor_id, row.descendant_id, row.depth, row.valid_from): row
        for row in UnitClosure.objects.filter(descendant_id__in=unit_ids)
    }
    _settle(
        UnitClosure,
        there,
        wanted,
        lambda at, window: UnitClosure(
            ancestor_id=at[0], descendant_id=at[1], depth=at[2], valid_from=window[0], valid_to=window[1]
        ),
    )


def _above(
    unit_id: int, window: Window, up: Mapping[int, Sequence[tuple[int, Window]]], depth: int = 1
) -> Iterator[tuple[int, int, Window]]:
    """Everything above a unit in a window, with its depth and days. On no day is there a circle: it comes to an end."""
    for parent, held in up.get(unit_id, ()):
        shared = both(window, held)
        if shared is not None:
            yield parent, depth, shared
            yield from _above(parent, shared, up, depth + 1)
