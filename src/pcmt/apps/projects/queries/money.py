"""Sums of money, in whole đồng: of lines, of plans with all that lies in them, and what is left of a source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import attrs
from django.db.models import Sum

from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyAct, MoneyEntry, MoneyLine, MoneySource, MoneyYear
from pcmt.apps.projects.tree import ancestry, family
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Task


@attrs.frozen
class Sums:
    """What was estimated, and of that what has a source; what was given (less what was taken back), spent, settled."""

    estimate: int = 0
    funded: int = 0
    allocated: int = 0
    disbursed: int = 0
    settled: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(a + b for a, b in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))

    @property
    def unfunded(self) -> int:
        """What was estimated without a source."""
        return self.estimate - self.funded

    @property
    def share(self) -> int | None:
        """Whole percent of what was given that was spent, rounded down; None when nothing was given."""
        return self.disbursed * 100 // self.allocated if self.allocated else None


@attrs.frozen
class SourceSum:
    """A source: what of it was handed down to parts of it, given to lines, and is left."""

    source: MoneySource
    handed: int
    allocated: int

    @property
    def given(self) -> int:
        """What was handed down and given to lines."""
        return self.handed + self.allocated

    @property
    def left(self) -> int:
        """What may still be given or handed down."""
        return self.source.amount - self.given


def line_sums(lines: Iterable[MoneyLine]) -> dict[int, Sums]:
    """The sums of lines by id; one statement."""
    rows = list(lines)
    acts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    found = MoneyEntry.objects.standing().filter(line__in=[row.pk for row in rows]).order_by()
    for line_id, what, amount in found.values_list("line_id", "what").annotate(all=Sum("amount")):
        acts[line_id][what] = int(amount)
    return {row.pk: _sums(row, acts[row.pk]) for row in rows}


def _sums(line: MoneyLine, acts: Mapping[str, int]) -> Sums:
    return Sums(
        estimate=line.estimate,
        funded=line.estimate if line.source_id else 0,
        allocated=acts[MoneyAct.ALLOCATION] - acts[MoneyAct.RETURN],
        disbursed=acts[MoneyAct.DISBURSEMENT],
        settled=acts[MoneyAct.SETTLEMENT],
    )


def lines_in(plan_ids: Collection[int], year: int | None = None) -> list[MoneyLine]:
    """The lines of plans that stand, of one budget year or of all."""
    found = MoneyLine.objects.standing().filter(plan__in=plan_ids)
    if year is not None:
        found = found.filter(year=year)
    around = found.select_related("plan", "source", "task", "target")
    return list(around.order_by("plan__order", "plan_id", "year", "pk"))


def rolled_up(plans: Collection[Plan], sums: Mapping[int, Sums], plan_of: Mapping[int, int]) -> dict[int, Sums]:
    """The sums of each plan with all plans in it. `sums` are those of lines, `plan_of` says whose each line is. Pure.

    Each line is added to its own plan and to every plan around that: what a parent has is what its leaves have.
    """
    above = {plan.pk: plan.parent_id for plan in plans}
    found = dict.fromkeys(above, Sums())
    for line_id, own in sums.items():
        at: int | None = plan_of[line_id]
        while at is not None and at in found:
            found[at] += own
            at = above.get(at)
    return found


def source_sums(sources: Iterable[MoneySource]) -> dict[int, SourceSum]:
    """What is left of sources, by id; three statements."""
    rows = list(sources)
    ids = [row.pk for row in rows]
    parts = MoneySource.objects.standing().filter(of__in=ids).order_by().values_list("of_id")
    handed = {pk: int(amount) for pk, amount in parts.annotate(all=Sum("amount"))}
    given: dict[int, int] = defaultdict(int)
    acts = MoneyEntry.objects.standing().filter(
        line__source__in=ids, line__voided_at__isnull=True, what__in=(MoneyAct.ALLOCATION, MoneyAct.RETURN)
    )
    for pk, what, amount in acts.order_by().values_list("line__source_id", "what").annotate(all=Sum("amount")):
        given[pk] += int(amount) if what == MoneyAct.ALLOCATION else -int(amount)
    return {row.pk: SourceSum(row, handed.get(row.pk, 0), given[row.pk]) for row in rows}


def sources_for(plan_id: int) -> list[MoneySource]:
    """The sources from which lines of a plan may be given money: its own, and those of the plans around it."""
    found = MoneySource.objects.standing().filter(plan__in=ancestry(plan_id))
    return list(found.select_related("plan").order_by("plan_id", "year_from", "pk"))


def closed_years(plan_id: int) -> set[int]:
    """The budget years in which the money of a plan stands: closed for it, or for a plan around it."""
    rows = MoneyYear.objects.filter(plan__in=ancestry(plan_id), opened_at__isnull=True)
    return set(rows.values_list("year", flat=True))


def unfunded_targets(plan_ids: Collection[int]) -> list[Target]:
    """Targets that stand in the plans and for which no line with a source was written."""
    funded = MoneyLine.objects.standing().filter(source__isnull=False, target__isnull=False).values("target_id")
    found = Target.objects.active().filter(plan__in=plan_ids).exclude(pk__in=funded).select_related("clause")
    return list(found.order_by("plan_id", "order"))


def unfunded_tasks(plan_ids: Collection[int]) -> list[Task]:
    """Tasks that stand in the plans and for which no line with a source was written."""
    funded = MoneyLine.objects.standing().filter(source__isnull=False, task__isnull=False).values("task_id")
    return list(Task.objects.standing().filter(plan__in=plan_ids).exclude(pk__in=funded).order_by("plan_id", "order"))


def lines_without_source(plan_ids: Collection[int]) -> list[MoneyLine]:
    """Lines that nothing pays for."""
    return list(
        MoneyLine.objects.standing()
        .filter(plan__in=plan_ids, source__isnull=True)
        .select_related("plan")
        .order_by("year", "pk")
    )


def whole_of(plan_id: int) -> Sums:
    """The sums of a plan with all plans in it."""
    total = Sums()
    for own in line_sums(lines_in(family(plan_id))).values():
        total += own
    return total
