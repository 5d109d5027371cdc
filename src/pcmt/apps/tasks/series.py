"""Recurring work: the windows of one task, or one report duty, of one body seen as a series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from attrs import frozen
from django.db.models import BigIntegerField, Case, CharField, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem, DueState, Mode

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
    # What `items` narrows by is asked once, inside.
    return DueItem.objects.filter(pk__in=items.order_by().annotate(turn=turn).filter(turn=1).values("pk"))


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
