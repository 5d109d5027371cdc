"""Who owes what by when, and one's own work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from attrs import frozen
from django.db.models import BigIntegerField, Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach
from pcmt.apps.plans.models import below
from pcmt.apps.tasks.models import GONE, DueItem, DueState, Mode
from pcmt.apps.units.models import GroupMember, holds_on
from pcmt.core.text import fold

SHOWN_WITH = ("plan", "unit", "origin_unit", "clause", "task", "occurrence__duty", "parent", "holder")
SOON = timedelta(days=7)


@frozen(kw_only=True)
class OweFilter:
    """What to look for. `state`: open, overdue, done, late, standing (no limit), or "" for everything that counts.

    `unit_id` takes the units below it with it when `units_below` is set; `from_on` and `to_on` are both included.
    """

    plan_id: int | None = None
    unit_id: int | None = None
    units_below: bool = False
    from_on: date | None = None
    to_on: date | None = None
    state: str = ""
    kind: str = ""
    words: str = ""


@frozen
class OwePage:
    """One page of due items, by limit and unit; `total` counts all that were found."""

    rows: Sequence[DueItem]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


def due_items(actor: Actor | None, filters: OweFilter, on: date) -> QuerySet[DueItem]:
    """The due items an actor sees that a filter asks for, by limit and unit; standing ones come last."""
    found = DueItem.objects.visible_to(actor).owed()
    if filters.plan_id is not None:
        found = found.filter(plan_id=filters.plan_id)
    if filters.unit_id is not None:
        units = below(filters.unit_id, on) if filters.units_below else [filters.unit_id]
        found = found.filter(unit__in=units)
    if filters.from_on:
        found = found.filter(due_on__gte=filters.from_on)
    if filters.to_on:
        found = found.filter(due_on__lte=filters.to_on)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    for word in fold(filters.words).split():
        found = found.filter(search_key__contains=word)
    match filters.state:
        case "open":
            found = found.filter(state=DueState.OPEN)
        case "overdue":
            found = found.overdue(on)
        case "done":
            found = found.filter(state=DueState.DONE)
        case "late":
            found = found.late(on)
        case "standing":
            found = found.filter(state=DueState.OPEN, due_on__isnull=True)
    return found.order_by(F("due_on").asc(nulls_last=True), "unit__sort_key", "pk")


def who_owes(actor: Actor | None, filters: OweFilter, *, on: date, page: int = 1, size: int = 50) -> OwePage:
    """Who owes what by when across all visible plans; two statements however much there is."""
    found = due_items(actor, filters, on)
    total = found.count()
    page = min(max(page, 1), max(1, -(-total // size)))
    rows = found.select_related(*SHOWN_WITH)[(page - 1) * size : page * size]
    return OwePage(list(rows), total, page, size)


@frozen
class OweCounts:
    """Due items counted: what is asked for is not counted as late.

    Open, submitted (waits for acceptance), suspended and done add up to the total.
    """

    total: int
    open: int
    overdue: int
    soon: int
    standing: int
    done: int
    done_late: int
    submitted: int = 0
    submitted_late: int = 0
    suspended: int = 0

    @property
    def done_in_time(self) -> int:
        """Done, and not late."""
        return self.done - self.done_late


def owe_counts(items: QuerySet[DueItem], on: date) -> OweCounts:
    """Count due items as of a day; one statement."""
    return OweCounts(**items.order_by().aggregate(**_counts(on)))


def _counts(on: date) -> dict[str, Count]:
    is_open, counts = Q(state=DueState.OPEN), ~Q(mode=Mode.REQUESTED)
    is_done = Q(state=DueState.DONE)
    return {
        "total": Count("pk", filter=~Q(state__in=GONE)),
        "open": Count("pk", filter=is_open),
        "overdue": Count("pk", filter=is_open & counts & Q(due_on__lt=on)),
        "soon": Count("pk", filter=is_open & Q(due_on__gte=on, due_on__lte=on + SOON)),
        "standing": Count("pk", filter=is_open & Q(due_on__isnull=True)),
        "done": Count("pk", filter=is_done),
        "done_late": Count("pk", filter=is_done & counts & Q(done_on__gt=F("due_on"))),
        "submitted": Count("pk", filter=Q(state=DueState.SUBMITTED)),
        "submitted_late": Count("pk", filter=Q(state=DueState.SUBMITTED) & counts & Q(done_on__gt=F("due_on"))),
        "suspended": Count("pk", filter=Q(state=DueState.SUSPENDED)),
    }


@frozen
class UnitWork:
    """A unit and how its due items stand; `unit_name` is empty for what no body was named for."""

    unit_id: int | None
    unit_name: str
    counts: OweCounts


@frozen
class MyWork:
    """The work of one's own unit, the nearest limit first; for leaders and standing offices also that of the units."""

    overdue: tuple[DueItem, ...]
    soon: tuple[DueItem, ...]
    later: tuple[DueItem, ...]
    standing: tuple[DueItem, ...]
    counts: OweCounts
    units: tuple[UnitWork, ...] = ()


def my_work(actor: Actor, on: date, *, most: int = 50) -> MyWork:
    """What one's unit owes now, itself or as the member of a group named as a whole; at most `most` of each sort.

    What was only requested is listed by its limit, never as overdue. Leaders and standing offices get the units of
    their part of the tree as well, those with most overdue first.
    """
    groups = GroupMember.objects.filter(holds_on(on), unit_id=actor.unit_id).values("group_id")
    mine = DueItem.objects.visible_to(actor).filter(Q(unit_id=actor.unit_id) | Q(unit__in=groups))
    todo = mine.filter(state=DueState.OPEN).select_related(*SHOWN_WITH).order_by("due_on", "pk")
    missed = Q(due_on__lt=on)
    return MyWork(
        overdue=tuple(todo.filter(missed).exclude(mode=Mode.REQUESTED)[:most]),
        soon=tuple(todo.filter(Q(due_on__gte=on, due_on__lte=on + SOON) | (missed & Q(mode=Mode.REQUESTED)))[:most]),
        later=tuple(todo.filter(due_on__gt=on + SOON)[:most]),
        standing=tuple(todo.filter(due_on__isnull=True)[:most]),
        counts=owe_counts(mine, on),
        units=tuple(units_work(actor, on)) if actor.sees_below("tasks.DueItem") else (),
    )


def units_work(actor: Actor, on: date, *, plan_id: int | None = None, most: int = 30) -> list[UnitWork]:
    """How the units of the actor's part of the tree stand, most overdue first; one statement."""
    items = DueItem.objects.visible_to(actor)
    if plan_id is not None:
        items = items.filter(plan_id=plan_id)
    elif actor.sees("tasks.DueItem") >= Reach.AREA:
        items = items.filter(Q(unit__in=reached_units(actor, Reach.AREA)) | Q(unit__isnull=True))
    else:
        items = items.filter(unit__in=below(actor.unit_id, on))
    counts = _counts(on)
    # The checker of types does not see names that are annotated from a dictionary.
    grouped: Any = items.owed().order_by().values("unit_id", "unit__name", "unit__sort_key")
    rows = grouped.annotate(**counts).order_by("-overdue", "-open", "unit__sort_key")[:most]
    return [
        UnitWork(
            row["unit_id"],
            row["unit__name"] or "",
            OweCounts(**{name: row[name] for name in counts}),
        )
        for row in rows
    ]


WRITTEN = Case(When(unit__isnull=True, then=F("unit_name")), default=Value(""), output_field=CharField(max_length=300))
"""The name in the text of a body that is no unit. A unit may have several names there: it is one body all the same."""


class Mark(StrEnum):
    """How one occurrence of something recurring stands."""

    DONE = "done"
    LATE = "late"  # done after its limit
    MISSED = "missed"  # not done, and the limit has passed
    WAITING = "waiting"  # handed in, not accepted yet
    OPEN = "open"
    COMING = "coming"  # its window has not begun
    PAUSED = "paused"
    ASKED = "asked"  # only requested, not done: never missed


@frozen
class Occurrence:
    """One time that something recurring is due."""

    pk: int
    due_on: date
    mark: Mark


@frozen
class Series:
    """What one body owes again and again, all its windows in order.

    `freq` is the frequency of its rule in RFC 5545's words with its interval ("WEEKLY", "MONTHLY/3"), empty where that
    does not say what one window is. A window counts as come when its limit has passed or it is done; "12 of 14 weeks"
    is `done` of `come`.
    """

    occurrences: tuple[Occurrence, ...]
    freq: str

    def count(self, *marks: Mark) -> int:
        """How many occurrences stand so."""
        return sum(each.mark in marks for each in self.occurrences)

    @property
    def done(self) -> int:
        """Windows that are done, in time or late."""
        return self.count(Mark.DONE, Mark.LATE)

    def come(self, on: date) -> int:
        """Windows whose limit has passed, or that are done already."""
        return sum(each.due_on < on or each.mark in (Mark.DONE, Mark.LATE) for each in self.occurrences)


def mark_of(*, state: str, mode: str, opens_on: date | None, due_on: date, done_on: date | None, on: date) -> Mark:
    """How a dated due item stands on a day, as one mark."""
    if state == DueState.DONE:
        late = done_on is not None and done_on > due_on and mode != Mode.REQUESTED
        return Mark.LATE if late else Mark.DONE
    if state == DueState.SUBMITTED:
        return Mark.WAITING
    if state == DueState.SUSPENDED:
        return Mark.PAUSED
    if mode == Mode.REQUESTED:
        return Mark.ASKED
    if due_on < on:
        return Mark.MISSED
    return Mark.COMING if opens_on is not None and opens_on > on else Mark.OPEN


def one_a_series(items: QuerySet[DueItem]) -> QuerySet[DueItem]:
    """The same items, but one for each recurring task or report of a body: the first still to do, else the last.

    Parts, and what does not recur, stand for themselves.
    """
    alone = Q(parent__isnull=False) | Q(task__isnull=True, occurrence__isnull=True)
    undone = ~Q(state=DueState.DONE)
    turn = Window(
        RowNumber(),
        partition_by=[
            *(F(name) for name in ("task_id", "occurrence__duty_id", "unit_id", "origin_unit_id")),
            WRITTEN,
            Case(When(alone, then=F("pk")), default=Value(0), output_field=BigIntegerField()),
        ],
        order_by=[
            Case(
                *(When(state=state, then=Value(rank)) for rank, state in enumerate(_FIRST)),
                default=Value(len(_FIRST)),
                output_field=IntegerField(),
            ).asc(),
            Case(When(undone, then=F("due_on"))).asc(),
            F("due_on").desc(),
            F("pk").asc(),
        ],
    )
    return items.filter(pk__in=items.order_by().annotate(turn=turn).filter(turn=1).values("pk"))


_FIRST = (DueState.OPEN, DueState.SUBMITTED, DueState.SUSPENDED)


def series_of(actor: Actor | None, items: Iterable[DueItem], on: date) -> Mapping[int, Series]:
    """The series of those items that recur, by the items' ids; one statement however many there are.

    Items have to come with their `occurrence`. A series has two windows or more; parts belong to none.
    """
    wanted: dict[tuple[Any, ...], list[int]] = {}
    for item in items:
        occurrence = getattr(item, "occurrence", None)
        duty_id = occurrence.duty_id if occurrence else None
        if item.parent_id is None and item.due_on is not None and (item.task_id or duty_id):
            written = "" if item.unit_id else item.unit_name
            wanted.setdefault((item.task_id, duty_id, item.unit_id, item.origin_unit_id, written), []).append(item.pk)
    if not wanted:
        return {}
    rows = (
        DueItem.objects.visible_to(actor)
        .of_plans()
        .owed()
        .filter(reduce(or_, (_same(*key) for key in wanted)), due_on__isnull=False)
        .annotate(written=WRITTEN)
        .order_by("due_on", "pk")
        .values_list(
            *("task_id", "occurrence__duty_id", "unit_id", "origin_unit_id", "written"),
            *("pk", "state", "mode", "opens_on", "due_on", "done_on", "limit"),
        )
    )
    found: dict[tuple[Any, ...], list[Occurrence]] = {}
    freqs: dict[tuple[Any, ...], str] = {}
    for *key, pk, state, mode, opens_on, due_on, done_on, limit in rows:
        mark = mark_of(state=state, mode=mode, opens_on=opens_on, due_on=due_on, done_on=done_on, on=on)
        found.setdefault(tuple(key), []).append(Occurrence(pk, due_on, mark))
        freqs[tuple(key)] = _freq(limit) or freqs.get(tuple(key), "")
    return {
        pk: Series(tuple(found[key]), freqs[key])
        for key, pks in wanted.items()
        if len(found.get(key, ())) > 1
        for pk in pks
    }


def _same(task_id: int | None, duty_id: int | None, unit_id: int | None, origin_id: int | None, written: str) -> Q:
    """Due items of one series."""
    same = Q(task_id=task_id) if task_id else Q(occurrence__duty_id=duty_id)
    body = Q(unit_id=unit_id) if unit_id else Q(unit__isnull=True, unit_name=written)
    return same & body & (Q(origin_unit_id=origin_id) if origin_id else Q(origin_unit__isnull=True))


def _freq(limit: Any) -> str:
    """`WEEKLY` or `MONTHLY/3` of a stored limit whose rule gives one window in each of those; else nothing."""
    rule = limit.get("rule") if isinstance(limit, Mapping) else None
    parts = dict(part.split("=", 1) for part in str(rule or "").split(";") if "=" in part)
    several = any("," in parts.get(name, "") for name in ("BYDAY", "BYMONTHDAY", "BYMONTH"))
    step = parts.get("INTERVAL", "1")
    return "" if several else parts.get("FREQ", "") + (f"/{step}" if step != "1" else "")
