"""The future made anew when a rule, a law, a suspension or the units change, without losing or doubling a due date.

Two questions, two functions. `timeline` says which due dates stand when versions of a rule follow each other. `renew`
compares what stands with the due items that exist and says for each of them, with a reason, whether it is kept, moved,
handed to a successor, ended, or taken up again, and which are new. Neither writes anything.

A *slot* is what a due date is for: the period of a report, the month of a monthly round. It names the occurrence when
its date moves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

import attrs

from pcmt.core.periods.calendars import STATISTICAL, Kind
from pcmt.core.periods.limits import Limit, due_windows
from pcmt.core.periods.rules import rule_parts
from pcmt.core.periods.spans import Span

# --- what stands


@attrs.frozen(order=True)
class Due:
    """A due date and the days that it is for."""

    last: date
    slot: Span


@attrs.frozen
class Version:
    """What a rule asks for from a day on; no dues at all means that it asks for nothing any more."""

    since: date
    dues: tuple[Due, ...]


def slot_of(limit: Limit, due: Span) -> Span:
    """The days that a due window of a recurring limit is for.

    The month, quarter, half-year, year or week of its last day when the rule is due once in each; else the window
    itself, which begins after the due date before.
    """
    kind = _kind(limit)
    return STATISTICAL.around(kind, due.last) if kind else Span(due.start, due.end)


def dues_of(limit: Limit, window: Span, reported: Callable[[date], Span | None] | None = None) -> tuple[Due, ...]:
    """The due dates of a limit within a window, each with its slot; for reports, `reported` tells a day's period."""
    found: dict[Span, Due] = {}
    for piece in due_windows(limit, window):
        slot = (reported(piece.last) if reported else None) or slot_of(limit, piece)
        # Two dues of one period cannot both be its own: the later one is for the days since.
        due = Due(piece.last, slot if slot not in found else Span(piece.start, piece.end))
        found[due.slot] = due
    return tuple(sorted(found.values()))


def _kind(limit: Limit) -> Kind | None:
    parts = rule_parts(limit.rule or "")
    if "INTERVAL" in parts or "COUNT" in parts or "BYSETPOS" in parts:
        return None
    once = all("," not in parts.get(name, "") for name in ("BYMONTHDAY", "BYDAY"))
    match parts.get("FREQ"), parts.get("BYMONTH"):
        case "WEEKLY", None if once:
            return Kind.WEEK
        case "MONTHLY", None if once and "BYDAY" not in parts:
            return Kind.MONTH
        case "YEARLY", str(months) if once and "BYDAY" not in parts:
            numbers = sorted(int(month) for month in months.split(","))
            kind = {1: Kind.YEAR, 2: Kind.HALF_YEAR, 4: Kind.QUARTER, 12: Kind.MONTH}.get(len(numbers))
            length = 12 // len(numbers)
            return kind if {(month - 1) // length for month in numbers} == set(range(len(numbers))) else None
        case _:
            return None


def timeline(versions: Iterable[Version], suspended: Iterable[Span] = ()) -> tuple[Due, ...]:
    """The due dates that stand when versions follow each other, in order.

    - A due date that lay before a version came stays as it was: nobody is bound backwards.
    - From its day on a version decides, but it sets no date that lies before that day, and none for days that were due
      already. A date of the version before that nothing replaces stays: no day falls between two rules.
    - What is due in a suspension is not owed. Open ended ones end on a far day; when they are lifted earlier the
      dates from then on stand again.
    """
    standing: list[Due] = []
    for version in sorted(versions, key=lambda version: version.since):
        past = [due for due in standing if due.last < version.since]
        over = _Cover(due.slot for due in past)
        fresh = [due for due in version.dues if due.last >= version.since and due.slot not in over]
        if version.dues:
            replaced = _Cover(due.slot for due in fresh)
            kept = [due for due in standing if due.last >= version.since and due.slot not in replaced]
        else:
            kept = []
        standing = sorted([*past, *kept, *fresh])
    pauses = tuple(suspended)
    return tuple(due for due in standing if not any(due.last in pause for pause in pauses))


class _Cover:
    """The days of several spans."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans: list[Span] = []
        for span in sorted(spans):
            if self.spans and span.start <= self.spans[-1].end:
                self.spans[-1] = Span(self.spans[-1].start, max(span.end, self.spans[-1].end))
            else:
                self.spans.append(span)

    def __contains__(self, span: Span) -> bool:
        """Whether every day of a span is covered."""
        return any(own.start <= span.start and span.end <= own.end for own in self.spans)


# --- what becomes of what exists


class Condition(StrEnum):
    """The state of a due item."""

    OPEN = "open"
    DONE = "done"
    ENDED = "ended"


class Action(StrEnum):
    """What becomes of a due item."""

    KEEP = "keep"
    MOVE = "move"
    ADD = "add"
    END = "end"
    RESUME = "resume"


class Reason(StrEnum):
    """Why."""

    SAME = "same"
    DONE = "done"
    PAST = "past"
    RULE = "rule"
    GONE = "gone"
    SUSPENDED = "suspended"
    SUCCESSION = "succession"
    MERGED = "merged"
    DOUBLED = "doubled"
    NEW = "new"


@attrs.frozen
class Wanted:
    """A due date that somebody owes."""

    owner: Hashable
    slot: Hashable
    last: date


@attrs.frozen
class Held:
    """A due item that exists. `key` is its own for ever; the day it was set for first is the caller's to keep.

    `origin` is the body that owed it first, where it was handed over: what a successor took over is not its own part.
    """

    key: Hashable
    owner: Hashable
    slot: Hashable
    last: date
    condition: Condition = Condition.OPEN
    origin: Hashable = attrs.field(default=attrs.Factory(lambda self: self.owner, takes_self=True))


@attrs.frozen
class Change:
    """One due item as it is to be: the item that exists (None for a new one), then owner, slot and date afterwards."""

    action: Action
    reason: Reason
    held: Held | None
    owner: Hashable
    slot: Hashable
    last: date


def renew(
    held: Sequence[Held],
    wanted: Iterable[Wanted],
    *,
    on: date,
    heirs: Mapping[Hashable, Hashable] | None = None,
    suspended: Sequence[Span] = (),
) -> tuple[Change, ...]:
    """What becomes of each due item that exists, and what is new, when `wanted` is what stands from the day `on`.

    Every item that exists gets exactly one change, in their order; new ones follow.

    - What is done stays as it is, with the owner who did it and the limit it was done against.
    - What was due before `on` is past: it stays owed on its date, ended by no new rule, but a successor takes it over,
      for each body that it follows by itself. Only a later date for the very slot moves it.
    - From `on` on there is one open item for each owner and slot wanted, unless it is done. An item of the same slot is
      moved to the new date, or to its owner's heir; what several bodies owed for one slot is one item of their heir,
      and none when all of them had done it. What nobody wants ends.
    - An item that had ended and is wanted again is taken up instead of a new one.

    `heirs` maps owners that are no more to the one body that takes over their duties, over any number of steps.
    `suspended` only gives the reason: `wanted` holds nothing that is due in a suspension.
    """
    heirs = heirs or {}
    needed: dict[tuple[Hashable, Hashable], Wanted] = {}
    for want in sorted(wanted, key=lambda want: want.last):
        if want.last >= on:
            needed.setdefault((_heir(want.owner, heirs), want.slot), want)
    changes: dict[Hashable, Change] = {}
    groups: dict[tuple[Hashable, Hashable], list[Held]] = defaultdict(list)
    for item in held:
        place = (_heir(item.owner, heirs), item.slot)
        if item.condition is Condition.OPEN and item.last < on and place not in needed:
            same = place[0] == item.owner
            action, reason = (Action.KEEP, Reason.PAST) if same else (Action.MOVE, Reason.SUCCESSION)
            changes[item.key] = _change(item, action, reason, owner=place[0])
        else:
            groups[place].append(item)
    for place, items in groups.items():
        found = _group(items, needed.pop(place, None), place[0], suspended)
        changes |= {change.held.key: change for change in found if change.held}
    new = (Change(Action.ADD, Reason.NEW, None, owner, slot, want.last) for (owner, slot), want in needed.items())
    return (*(changes[item.key] for item in held), *new)


def _group(items: Sequence[Held], want: Wanted | None, owner: Hashable, suspended: Sequence[Span]) -> Iterator[Change]:
    """The changes of the items of one owner (after all successions) and one slot, of which one may be wanted."""
    did = {item.origin for item in items if item.condition is Condition.DONE}
    owed = [item for item in items if item.condition is Condition.OPEN and item.origin not in did]
    ended = [item for item in items if item.condition is Condition.ENDED]
    # Of bodies that came together each had its own part of the slot: what one of them left open is still owed.
    fit = owed or ([] if did else ended)
    chosen = next((item for item in fit if item.owner == owner), fit[0] if fit else None) if want else None
    for item in items:
        if item is chosen and want:
            yield _renewed(item, want, owner)
        elif item.condition is Condition.DONE:
            yield _change(item, Action.KEEP, Reason.DONE)
        elif item.condition is Condition.ENDED:
            yield _change(item, Action.KEEP, Reason.SAME)
        elif want or item.origin in did:
            double = item.origin in did or (chosen is not None and item.origin == chosen.origin)
            yield _change(item, Action.END, Reason.DOUBLED if double else Reason.MERGED)
        else:
            paused = any(item.last in pause for pause in suspended)
            yield _change(item, Action.END, Reason.SUSPENDED if paused else Reason.GONE)


def _renewed(item: Held, want: Wanted, owner: Hashable) -> Change:
    if item.condition is Condition.ENDED:
        return _change(item, Action.RESUME, Reason.RULE, owner=owner, last=want.last)
    if item.owner != owner:
        return _change(item, Action.MOVE, Reason.SUCCESSION, owner=owner, last=want.last)
    if item.last != want.last:
        return _change(item, Action.MOVE, Reason.RULE, last=want.last)
    return _change(item, Action.KEEP, Reason.SAME)


def _change(
    item: Held, action: Action, reason: Reason, *, owner: Hashable | None = None, last: date | None = None
) -> Change:
    return Change(action, reason, item, item.owner if owner is None else owner, item.slot, last or item.last)


def _heir(owner: Hashable, heirs: Mapping[Hashable, Hashable]) -> Hashable:
    """Who answers for an owner now. Raises ValueError when bodies follow each other in a circle."""
    seen = {owner}
    while owner in heirs:
        owner = heirs[owner]
        if owner in seen:
            raise ValueError(f"successions in a circle at {owner!r}")
        seen.add(owner)
    return owner


def applied(changes: Iterable[Change], key: Callable[[Change], Hashable]) -> tuple[Held, ...]:
    """The due items after the changes; `key` names the new ones. What a preview shows and tests check."""
    conditions = {Action.END: Condition.ENDED, Action.RESUME: Condition.OPEN}
    return tuple(
        Held(
            key(change) if change.held is None else change.held.key,
            change.owner,
            change.slot,
            change.last,
            conditions.get(change.action, change.held.condition if change.held else Condition.OPEN),
            change.held.origin if change.held else change.owner,
        )
        for change in changes
    )
