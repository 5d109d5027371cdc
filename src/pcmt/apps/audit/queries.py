"""Asking the log whether it is whole. Each finding names its day and its entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import attrs
from django.db.models import Q

from .chain import CONTENT, entry_hash, seed_of
from .models import Day, Entry


class Kind(StrEnum):
    """What was done to the log."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    DAY_ALTERED = "day_altered"  # the head of a day
    DAY_REMOVED = "day_removed"  # the head of a day, with or without its entries


@attrs.frozen(kw_only=True)
class Problem:
    """One finding. `number` is the place in the day that the entry had when it was written, `now` where it stands.

    `last` ends a run of removed entries; `entry_id` and `event` are those of the row, where there is one. `day` is None
    where not even the day is known any more; `number` is then that of the missing day in the order of days.
    """

    kind: Kind
    day: date | None
    number: int | None = None
    last: int | None = None
    now: int | None = None
    entry_id: int | None = None
    event: str = ""


@attrs.frozen
class DayState:
    """How far a day has come. Kept outside the database, these show a log that was rewritten from end to end."""

    day: date
    entries: int
    pruned: int
    head: str


@attrs.frozen
class Report:
    """The outcome of a verification: the days looked at, and what was found in them."""

    days: Sequence[DayState]
    problems: Sequence[Problem]

    @property
    def entries(self) -> int:
        """How many entries should be there."""
        return sum(day.entries - day.pruned for day in self.days)


def verify(*, since: date | None = None, until: date | None = None, kept: Iterable[DayState] = ()) -> Report:
    """Whether the days from `since` to `until` (both included) are whole; `kept` are states written down earlier."""
    heads = list(Day.objects.order_by("number"))
    asked = [day for day in heads if (since is None or day.day >= since) and (until is None or day.day <= until)]
    problems = [*_lost_heads(heads, since, until)]
    for day in asked:
        problems += _of_day(day)
    spoiled = {problem.day for problem in problems}
    before = {day.number + 1: day for day in heads}
    for day in asked:
        earlier = before.get(day.number)
        if day.seed != _seed(day):
            problems.append(Problem(kind=Kind.DAY_ALTERED, day=day.day))
        elif earlier is None and day.number > 1:
            problems.append(Problem(kind=Kind.DAY_REMOVED, day=None, number=day.number - 1))
        elif earlier and earlier.day not in spoiled and not _was_at(earlier, day.before_entries, day.before_head):
            # The day itself is well-formed, but not the one on which the next was built.
            problems.append(Problem(kind=Kind.DAY_ALTERED, day=earlier.day))
    by_day = {day.day: day for day in heads}
    for state in kept:
        found = by_day.get(state.day)
        if (since and state.day < since) or (until and state.day > until):
            continue
        if found is None:
            problems.append(Problem(kind=Kind.DAY_REMOVED, day=state.day))
        elif not _was_at(found, state.entries, state.head):
            problems.append(Problem(kind=Kind.DAY_ALTERED, day=state.day))
    states = [DayState(day.day, day.entries, day.pruned, day.head) for day in asked]
    return Report(states, tuple(dict.fromkeys(problems)))


def _seed(day: Day) -> str:
    return seed_of(day=day.day, number=day.number, before_entries=day.before_entries, before_head=day.before_head)


def _was_at(day: Day, entries: int, head: str) -> bool:
    """Whether the day's chain had this head when it had so many entries; true where that part is pruned."""
    if entries == 0:
        return head == day.seed
    if entries == day.pruned:
        return head == day.pruned_head
    if entries < day.pruned:
        return True
    return Entry.objects.filter(day=day.day, number=entries, hash=head).exists()


def _lost_heads(heads: Sequence[Day], since: date | None, until: date | None) -> Iterator[Problem]:
    """Days that have entries but no head."""
    entries = Entry.objects.exclude(day__in=[day.day for day in heads]).order_by("day").values_list("day", flat=True)
    inside = Q() if since is None else Q(day__gte=since)
    inside &= Q() if until is None else Q(day__lte=until)
    for day in entries.filter(inside).distinct():
        yield Problem(kind=Kind.DAY_REMOVED, day=day)


def _of_day(day: Day) -> list[Problem]:
    """What is wrong with the entries of one day.

    The chain is walked backwards from the head: that gives each entry its first place even where numbers were changed,
    and what the walk does not meet although it gets through was never part of the chain.
    """
    start = day.pruned_head if day.pruned else day.seed
    rows = list(Entry.objects.filter(day=day.day).order_by("number", "pk").values("pk", "hash", *CONTENT))
    sound = {row["pk"]: entry_hash(row) == row["hash"] for row in rows}
    first, whole = _places(rows, day, start)
    moved = {
        row["pk"]: first[row["pk"]]
        for row in rows
        if not sound[row["pk"]]
        and first.get(row["pk"]) not in (None, row["number"])
        and entry_hash({**row, "number": first[row["pk"]]}) == row["hash"]
    }
    strange = {
        row["pk"] for row in rows if row["pk"] not in first and (whole or not day.pruned < row["number"] <= day.entries)
    }
    place = {row["pk"]: moved.get(row["pk"], row["number"]) for row in rows if row["pk"] not in strange}
    lost = sorted(set(range(day.pruned + 1, day.entries + 1)) - set(place.values()))

    found = [_problem(Kind.INSERTED, day, row) for row in rows if row["pk"] in strange]
    for row in rows:
        if row["pk"] in moved:
            number = moved[row["pk"]]
            strangers = sum(other["pk"] in strange and other["number"] < row["number"] for other in rows)
            # Numbers that only made room for a stranger, or closed a gap, are part of that finding.
            if row["number"] != number + strangers - sum(gone < number for gone in lost):
                found.append(_problem(Kind.REORDERED, day, row, number))
        elif row["pk"] in place and not sound[row["pk"]]:
            found.append(_problem(Kind.ALTERED, day, row))
    found += [Problem(kind=Kind.REMOVED, day=day.day, number=run[0], last=run[-1]) for run in _runs(lost)]
    return found + _unlinked(rows, place, day, start, {problem.entry_id for problem in found})


def _places(rows: Sequence[Mapping[str, Any]], day: Day, start: str) -> tuple[dict[int, int], bool]:
    """The first place of every entry that the walk back from the head meets; whether it came to the beginning."""
    by_hash = {row["hash"]: row for row in rows}
    first: dict[int, int] = {}
    at, number = day.head, day.entries
    while number > day.pruned and at in by_hash:
        row = by_hash[at]
        first[row["pk"]] = number
        at, number = row["previous"], number - 1
    return first, number == day.pruned and at == start


def _unlinked(
    rows: Sequence[Mapping[str, Any]], place: Mapping[int, int], day: Day, start: str, known: set[int | None]
) -> list[Problem]:
    """Entries that are sound in themselves but not those to which their neighbours were chained."""
    by_place = {place[row["pk"]]: row for row in rows if row["pk"] in place}
    found = []
    for number in range(day.pruned + 1, day.entries + 1):
        row, following = by_place.get(number), by_place.get(number + 1)
        if row is None or row["pk"] in known:
            continue
        wanted = day.head if number == day.entries else following["previous"] if following else row["hash"]
        if following and following["pk"] in known and number != day.entries:
            wanted = row["hash"]
        if row["hash"] != wanted or (number == day.pruned + 1 and row["previous"] != start):
            found.append(_problem(Kind.ALTERED, day, row))
    if day.entries == day.pruned and day.head != start:
        found.append(Problem(kind=Kind.DAY_ALTERED, day=day.day))
    return found


def _problem(kind: Kind, day: Day, row: Mapping[str, Any], number: int | None = None) -> Problem:
    return Problem(
        kind=kind,
        day=day.day,
        number=number or row["number"],
        now=row["number"] if number else None,
        entry_id=row["pk"],
        event=row["event"],
    )


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Numbers in a row, together."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run
