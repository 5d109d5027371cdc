"""Punctuality: due items counted by whether they are in time, as of a day, by body, plan and period of the limit.

`core.evaluating.punctuality` says which column an item belongs to; here the same rule is one expression of the
database, so that thousands of items are counted by one statement, and each number can be opened to its very items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach
from pcmt.apps.plans.models import Plan, below
from pcmt.apps.tasks.models import DueItem, DueState, Extension, ExtensionState, Mode
from pcmt.apps.units.models import Unit, holds_on
from pcmt.core.evaluating.punctuality import FEW, Column, judged, share_in_time
from pcmt.core.periods import Span

Counts = Mapping[Column, int]


@attrs.frozen(kw_only=True)
class Question:
    """What to count: items whose limit lies in `window`, as things stood at the end of `as_of`.

    `parts` counts what bodies handed down instead of what plans ask for, so that nothing is counted twice. `nobody`
    takes only what no unit owes. `units_below` takes the units below `unit_id` with it. `kind` takes only tasks or only
    reports.
    """

    as_of: date
    plan_id: int | None = None
    unit_id: int | None = None
    units_below: bool = False
    nobody: bool = False
    window: Span | None = None
    parts: bool = False
    kind: str = ""


@attrs.frozen
class Row:
    """One body, plan or period with its numbers."""

    key: int | date | None
    name: str
    counts: Counts
    origins: Sequence[str] = ()
    parts: int = 0

    @property
    def total(self) -> int:
        """All items, in whatever column."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """How many have shown whether they are in time."""
        return judged(self.counts)

    @property
    def share(self) -> int | None:
        """Whole percent in time; None where nothing has shown it."""
        return share_in_time(self.counts)

    @property
    def few(self) -> bool:
        """Whether the share says little, because it is of very few items."""
        return 0 < self.judged < FEW


def added(rows: Iterable[Row], name: str = "") -> Row:
    """The sum of rows that hold different items."""
    counts: Counter[Column] = Counter()
    for row in rows:
        counts.update(row.counts)
    return Row(None, name, counts)


def answers_for(actor: Actor) -> QuerySet[DueItem]:
    """The items whose punctuality is the actor's business: of the own unit; leaders, standing offices and their like
    also of the units they answer for, and of the plans kept there.

    Whoever is named in a plan sees its items, but is not shown how all the others fare side by side.
    """
    seen = DueItem.objects.visible_to(actor).owed()
    reach = actor.sees("tasks.DueItem")
    if reach < Reach.SUBTREE:
        return seen.filter(unit_id=actor.unit_id)
    units = reached_units(actor, reach)
    return seen.filter(Q(unit__in=units) | Q(plan__owner__in=units))


def counted(actor: Actor, question: Question, known: datetime | None = None) -> QuerySet[Any]:
    """The items that a question is about, each with `limit_then` and `column` as they were on that day; with `known` as
    far as it had been reported by that moment.
    """
    items = answers_for(actor).filter(parent__isnull=not question.parts)
    if question.plan_id is not None:
        items = items.filter(plan_id=question.plan_id)
    if question.kind:
        items = items.filter(kind=question.kind)
    if question.nobody:
        items = items.filter(unit__isnull=True)
    elif question.unit_id is not None:
        units = below(question.unit_id, actor.on) if question.units_below else [question.unit_id]
        items = items.filter(unit__in=units)
    judged_items = with_columns(items, question.as_of, today=actor.on, known=known)
    if question.window is None:
        return judged_items
    return judged_items.filter(limit_then__gte=question.window.start, limit_then__lt=question.window.end)


def with_columns(items: QuerySet[DueItem], as_of: date, *, today: date, known: datetime | None = None) -> QuerySet[Any]:
    """The items that were there at the end of a day, with `limit_then` and `column`: the rule of the core in SQL.

    `known` leaves out what was reported as done only after a moment, for a day that had passed by then.
    """
    limit: Any = F("due_on")
    if as_of < today:
        end = timezone.make_aware(datetime.combine(as_of + timedelta(days=1), datetime.min.time()))
        items = items.filter(
            Q(parent__isnull=False)
            | Q(task__since__adopted_at__lt=end)
            | Q(task__given_at__lt=end)
            | Q(occurrence__duty__since__adopted_at__lt=end)
        )
        given = Extension.objects.filter(
            due_item=OuterRef("pk"), state=ExtensionState.APPROVED, decided_at__gte=end
        ).order_by("decided_at", "pk")
        limit = Coalesce(Subquery(given.values("from_on")[:1]), F("due_on"))
    done = Q(done_on__lte=as_of) if known is None else Q(done_on__lte=as_of, done_at__lt=known)
    return items.annotate(
        limit_then=limit,
        column=Case(
            When(mode=Mode.REQUESTED, then=Value(Column.REQUESTED.value)),
            When(limit_then__isnull=True, then=Value(Column.NO_LIMIT.value)),
            When(state=DueState.SUSPENDED, suspended_on__lte=as_of, then=Value(Column.SUSPENDED.value)),
            When(done, state=DueState.SUBMITTED, then=Value(Column.WAITING.value)),
            When(done, state=DueState.DONE, done_on__lte=F("limit_then"), then=Value(Column.IN_TIME.value)),
            When(done, state=DueState.DONE, then=Value(Column.LATE.value)),
            When(limit_then__lt=as_of, then=Value(Column.OVERDUE.value)),
            default=Value(Column.RUNNING.value),
            output_field=CharField(max_length=20),
        ),
    )


def _pivot(items: QuerySet[Any], *keys: str) -> dict[tuple[Any, ...], Counter[Column]]:
    """The numbers of each group in each column, in one statement."""
    grouped: Any = items.order_by().values(*keys, "column").annotate(n=Count("pk"))
    found: dict[tuple[Any, ...], Counter[Column]] = {}
    for row in grouped:
        found.setdefault(tuple(row[key] for key in keys), Counter())[Column(row["column"])] += row["n"]
    return found


def total_of(actor: Actor, question: Question, known: datetime | None = None) -> Row:
    """All items of a question together, as far as known at a moment where one is given."""
    return added(Row(None, "", counts) for counts in _pivot(counted(actor, question, known)).values())


def by_body(actor: Actor, question: Question) -> list[Row]:
    """One row a body, in official order; what no unit owes stands last, without a name.

    `origins` are the ended bodies whose debts a body took over and carries now; `parts` counts what was handed down to
    it, which is in none of its numbers. Three statements.
    """
    items = counted(actor, question)
    numbers = _pivot(items, "unit_id", "unit__name", "unit__sort_key")
    moved: dict[int | None, list[str]] = {}
    taken = items.filter(origin_unit__isnull=False).order_by("origin_unit__sort_key")
    for unit_id, name in taken.values_list("unit_id", "origin_unit__name").distinct():
        moved.setdefault(unit_id, []).append(name)
    parts: dict[int | None, int] = {}
    if not question.parts:
        handed = counted(actor, attrs.evolve(question, parts=True)).order_by().values("unit_id")
        parts = {row["unit_id"]: row["n"] for row in handed.annotate(n=Count("pk"))}
    ordered = sorted(numbers, key=lambda key: (key[0] is None, key[2] or "", key[0] or 0))
    rows = [Row(key[0], key[1] or "", numbers[key], moved.get(key[0], ()), parts.pop(key[0], 0)) for key in ordered]
    # A body to which others only handed work down has a row of its own all the same.
    alone = Unit.objects.filter(pk__in=[pk for pk in parts if pk]).in_official_order()
    return [*rows, *(Row(unit.pk, unit.name, Counter(), (), parts[unit.pk]) for unit in alone)]


def by_place(actor: Actor, question: Question, places: Iterable[int], on: date) -> dict[int, Counts]:
    """The numbers of places with all bodies below them as the tree stands on a day; one statement."""
    above = Q(unit__closure_up__ancestor__in=list(places)) & holds_on(on, "unit__closure_up__")
    numbers = _pivot(counted(actor, question).filter(above), "unit__closure_up__ancestor_id")
    return {key[0]: counts for key, counts in numbers.items()}


def most_overdue(actor: Actor, question: Question, most: int) -> list[Row]:
    """The bodies with most overdue items, equals in official order, each with that number alone; one statement."""
    items = counted(actor, question).filter(column=Column.OVERDUE.value, unit__isnull=False).order_by()
    grouped: Any = items.values("unit_id", "unit__name", "unit__sort_key").annotate(n=Count("pk"))
    rows = grouped.order_by("-n", "unit__sort_key", "unit_id")[:most]
    return [Row(row["unit_id"], row["unit__name"], {Column.OVERDUE: row["n"]}) for row in rows]


def by_plan(actor: Actor, question: Question) -> list[Row]:
    """One row a plan, the newest first; two statements."""
    numbers = _pivot(counted(actor, question), "plan_id")
    plans = Plan.objects.filter(pk__in=[key[0] for key in numbers])
    ordered = plans.order_by(F("issued_on").desc(nulls_last=True), "-pk")
    return [Row(plan.pk, plan.designation or plan.title, numbers[plan.pk,]) for plan in ordered]


def by_period(actor: Actor, question: Question, periods: Sequence[Span]) -> list[Row]:
    """One row for each period, by the limit that the items had then; items without a limit are in none."""
    numbers = _pivot(counted(actor, question).filter(limit_then__isnull=False), "limit_then")
    rows = []
    for period in periods:
        inside: Counter[Column] = Counter()
        for (limit,), counts in numbers.items():
            if limit in period:
                inside.update(counts)
        rows.append(Row(period.start, "", inside))
    return rows


def most_late_first(rows: Iterable[Row]) -> list[Row]:
    """Most late and overdue items first; among equals the official order stays."""
    return sorted(rows, key=lambda row: -(row.counts.get(Column.LATE, 0) + row.counts.get(Column.OVERDUE, 0)))
