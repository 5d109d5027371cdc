"""How the bodies that a plan binds carry it out: has each a plan of its own that asks for at least as much, and files?

A body below the province is looked at with its commune: the commune's plan binds its police and its clinic. Whether a
lower target is at least as strong is `core.measures.compare_strength`; that both measure the same is known by their
indicator, or, where neither has one, by the words for what they measure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import attrs
from django.db.models import Count, Min, Prefetch, Q, QuerySet

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach
from pcmt.apps.plans.models import Plan, below
from pcmt.apps.targets.models import Allocation, Edition, Measure, Standing, Target
from pcmt.apps.targets.queries import spec_of
from pcmt.apps.tasks.models import DueItem, DueKind, Mode, NoteFile
from pcmt.apps.units.models import GroupMember, Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.apps.units.queries import committee
from pcmt.core.measures import Shape, Strength, Stronger, TargetSpec, compare_strength
from pcmt.core.text import fold

HOLD_FOR_ANY = (Shape.SHARE, Shape.CHANGE, Shape.FREQUENCY, Shape.ZERO, Shape.MONOTONE)
"""Shapes whose demand holds for each commune as well as for the whole: shares and changes, not numbers of things."""
LOCAL = (Level.DISTRICT, Level.COMMUNE, Level.HAMLET, Level.SCHOOL)


class Cover(StrEnum):
    """How one demand of a plan is carried out in the plan of one body."""

    STRONG = "strong"  # a target of its own, at least as strong
    WEAK = "weak"  # a weaker one
    APART = "apart"  # one that cannot be compared
    MISSING = "missing"  # its plan has none
    NO_PLAN = "no_plan"  # it has no plan
    OFF = "off"  # nothing is asked of it here


LACKING = (Cover.WEAK, Cover.MISSING, Cover.NO_PLAN)


@attrs.frozen
class Cell:
    """One demand of one body; `files` were shown for it. `reason` says in words how the targets compare."""

    cover: Cover
    files: int = 0
    reason: str = ""
    child: Target | None = None


@attrs.frozen
class Line:
    """One body: its plans that carry the plan out, the newest first, and a cell for each target of the plan."""

    unit: Unit
    plans: Sequence[Plan]
    cells: Sequence[Cell]
    files: int

    @property
    def asked(self) -> int:
        """How many targets ask something of it."""
        return sum(1 for cell in self.cells if cell.cover is not Cover.OFF)

    @property
    def strong(self) -> int:
        """How many of them its plan takes up at least as strongly."""
        return sum(1 for cell in self.cells if cell.cover is Cover.STRONG)

    @property
    def lacks(self) -> bool:
        """Whether a plan or a target of its own is wanting."""
        return not self.plans or any(cell.cover in LACKING for cell in self.cells)

    @property
    def confirmed(self) -> bool:
        """Whether somebody said that its plan carries this one out; else the text of it says so."""
        return any(plan.carries_out_at is not None for plan in self.plans)


@attrs.frozen
class Matrix:
    """All bodies that a plan binds by its targets. `due_on` is when they should have plans, `said` by a person."""

    targets: Sequence[Target]
    lines: Sequence[Line]
    due_on: date | None
    said: bool

    def strong(self, place: int) -> int:
        """How many bodies take up a target at least as strongly."""
        return sum(1 for line in self.lines if line.cells[place].cover is Cover.STRONG)

    def asked(self, place: int) -> int:
        """Of how many bodies a target asks something."""
        return sum(1 for line in self.lines if line.cells[place].cover is not Cover.OFF)

    @property
    def with_plan(self) -> int:
        """How many bodies have a plan of their own."""
        return sum(1 for line in self.lines if line.plans)

    def late(self, on: date) -> bool:
        """Whether the day by which plans were asked for is over."""
        return self.due_on is not None and self.due_on < on

    @property
    def without_plan(self) -> list[Unit]:
        """Who has none yet."""
        return [line.unit for line in self.lines if not line.plans]


def bound_units(plan: Plan, on: date) -> dict[int, Unit]:
    """Who is bound by a plan and lies below whoever issued it: each unit's id with the body that answers for it.

    Bodies that owe something by the plan, have a share of a target, or are judged by one; those only requested are not
    bound. Whoever issued or keeps the plan is not below it.
    """
    top = plan.issuer_heir_id or plan.issuer_id
    if top is None:
        seat = committee(plan.owner_id, on)
        top = seat.pk if seat else plan.owner_id
    own = {pk for pk in (plan.issuer_id, plan.issuer_heir_id, plan.owner_id) if pk}
    owing = DueItem.objects.filter(plan=plan).of_plans().owed().exclude(mode=Mode.REQUESTED).order_by()
    shares = Allocation.objects.filter(target__plan=plan, ended_by=None, unit__isnull=False).order_by()
    judged = Standing.objects.filter(target__plan=plan, whole=False).order_by()
    units = Unit.objects.as_of(on).filter(pk__in=below(top, on)).exclude(kind=UnitKind.GROUP).exclude(pk__in=own)
    bound = units.filter(
        Q(pk__in=owing.values("unit_id")) | Q(pk__in=shares.values("unit_id")) | Q(pk__in=judged.values("unit_id"))
    )
    found = {unit.pk: unit for unit in bound}
    local = [pk for pk, unit in found.items() if unit.kind != UnitKind.ADMINISTRATIVE and unit.level in LOCAL]
    rows = UnitClosure.objects.filter(
        holds_on(on), descendant__in=local, ancestor__kind=UnitKind.ADMINISTRATIVE, ancestor__level__in=LOCAL
    )
    seats: dict[int, Unit] = {}
    for row in rows.select_related("ancestor").order_by("depth"):
        seats.setdefault(row.descendant_id, row.ancestor)
    return {pk: seats.get(pk, unit) for pk, unit in found.items()}


def cover_of(actor: Actor, plan: Plan, on: date) -> Matrix:
    """The matrix of a plan, as far as it is the actor's business: all of it for who answers for the plan, else the
    bodies that the actor answers for. The number of statements does not depend on how many bodies or targets there are.
    """
    seats = bound_units(plan, on)
    bodies = {unit.pk: unit for unit in seats.values()}
    rows = _shown(actor, plan, bodies)
    demands = _demands(plan, seats, on)
    children = _children(plan, rows)
    own = _own_targets([child for plans in children.values() for child in plans], on)
    files, by_target = _files(plan, seats)
    targets = demands.targets
    lines = []
    for unit in rows:
        plans = children.get(unit.pk, [])
        mine = [each for child in plans for each in own.get(child.pk, ())]
        cells = [
            _cell(demands.asked(target, unit), plans, mine, by_target.get((unit.pk, target.pk), 0), target)
            for target in targets
        ]
        lines.append(Line(unit, plans, cells, files.get(unit.pk, 0)))
    asked = [place for place in range(len(targets)) if any(line.cells[place].cover is not Cover.OFF for line in lines)]
    kept = [attrs.evolve(line, cells=[line.cells[place] for place in asked]) for line in lines]
    due = plan.cover_due_on or asked_by(plan)
    return Matrix([targets[place] for place in asked], kept, due, said=plan.cover_due_on is not None)


def asked_by(plan: Plan) -> date | None:
    """The day by which the text of the plan asks for plans: the first limit of a task to draw one up."""
    asking = Q(search_key__contains="xay dung ke hoach") | Q(search_key__contains="ban hanh ke hoach")
    tasks = DueItem.objects.filter(asking, plan=plan, kind=DueKind.TASK).of_plans().owed()
    return tasks.aggregate(first=Min("due_on"))["first"]


@attrs.frozen
class Unmet:
    """A demand of the plan above that a plan does not take up, and why."""

    target: Target
    cover: Cover
    reason: str


def unmet_demands(child: Plan, on: date) -> list[Unmet]:
    """What the plan that a plan carries out asks for and that it does not take up, in the order of the text above."""
    parent = child.carries_out
    if parent is None:
        return []
    seats = bound_units(parent, on)
    body = _body_of(child, {unit.pk for unit in seats.values()})
    unit = next((each for each in seats.values() if each.pk == body), None)
    if unit is None:
        return []
    demands = _demands(parent, seats, on)
    mine = _own_targets([child], on).get(child.pk, [])
    found = [(each, _cell(demands.asked(each, unit), [child], mine, 0, each)) for each in demands.targets]
    return [Unmet(target, cell.cover, cell.reason) for target, cell in found if cell.cover in LACKING]


def _shown(actor: Actor, plan: Plan, bodies: Mapping[int, Unit]) -> list[Unit]:
    """Whom an actor sees side by side: all of them who answers for the plan, else the own ones and those below."""
    seat = committee(actor.unit_id, actor.on)
    mine = {actor.unit_id, seat.pk if seat and seat.level in LOCAL else actor.unit_id}
    reach = actor.sees("plans.Plan")
    if reach >= Reach.SUBTREE:
        owners = {pk for pk in (plan.owner_id, plan.issuer_id) if pk}
        known = Unit.objects.filter(pk__in=reached_units(actor, reach)).filter(pk__in=owners | set(bodies))
        reached = set(known.values_list("pk", flat=True))
        mine = set(bodies) if reached & owners else reached | mine
    chosen = [unit for pk, unit in bodies.items() if pk in mine]
    return sorted(chosen, key=lambda unit: (unit.kind != UnitKind.ADMINISTRATIVE, unit.sort_key, unit.pk))


def _with_editions(targets: QuerySet[Target]) -> list[Target]:
    """The active targets with what they ask for, in the order of the text."""
    live = Allocation.objects.filter(ended_by=None).order_by("order", "pk")
    found = Target.objects.active().filter(pk__in=targets.values("pk")).select_related("measured_by", "clause")
    found = found.filter(pk__in=Edition.objects.filter(target__in=targets.values("pk")).values("target_id"))
    editions = Edition.objects.order_by("target_id", "revision__number")
    loaded = found.prefetch_related(Prefetch("editions", editions), Prefetch("allocations", live))
    return list(loaded.order_by("plan_id", "order", "pk"))


def _measure(target: Target) -> Measure | None:
    return getattr(target, "measured_by", None)


def _children(plan: Plan, rows: Iterable[Unit]) -> dict[int, list[Plan]]:
    known = {unit.pk for unit in rows}
    found: dict[int, list[Plan]] = defaultdict(list)
    for child in Plan.objects.in_force().filter(carries_out=plan).order_by("-issued_on", "-pk"):
        if (body := _body_of(child, known)) is not None:
            found[body].append(child)
    return found


def _body_of(child: Plan, bodies: Iterable[int]) -> int | None:
    """Whose plan it is: who issued it, who took that over, or who keeps it."""
    known = set(bodies)
    whose = (child.issuer_heir_id, child.issuer_id, child.owner_id)
    return next((pk for pk in whose if pk in known), None)


@attrs.frozen
class _Own:
    """A target of a lower plan, by what it measures."""

    target: Target
    spec: TargetSpec
    keys: frozenset[Any]


def _own_targets(plans: Sequence[Plan], on: date) -> dict[int, list[_Own]]:
    found: dict[int, list[_Own]] = defaultdict(list)
    for target in _with_editions(Target.objects.filter(plan__in=[plan.pk for plan in plans])) if plans else ():
        spec = spec_of(target, on)
        found[target.plan_id].append(_Own(target, spec, frozenset(_keys(target, spec))))
    return found


def _keys(target: Target, spec: TargetSpec) -> Iterable[Any]:
    """What a target measures: its indicator, else the words of the plan."""
    measure = _measure(target)
    if measure is not None and measure.indicator_id is not None:
        yield ("indicator", measure.indicator_id, measure.breakdown)
    elif words := fold(spec.measure or target.measure).strip():
        yield ("words", words)


def _members(group_ids: Iterable[int], on: date) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = GroupMember.objects.filter(holds_on(on), group__in=list(group_ids))
    for group, unit in rows.values_list("group_id", "unit_id"):
        found[group].add(unit)
    return found


def _files(plan: Plan, seats: Mapping[int, Unit]) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Files that show what was done: by body, and by body and target where the task serves one."""
    kept = NoteFile.objects.filter(note__due_item__plan=plan, file__isnull=False).order_by()
    whole: dict[int, int] = defaultdict(int)
    for unit, count in kept.values_list("note__due_item__unit_id").annotate(n=Count("pk")):
        if unit in seats:
            whole[seats[unit].pk] += count
    by_target: dict[tuple[int, int], int] = defaultdict(int)
    serving = kept.filter(note__due_item__task__serves__isnull=False)
    pairs = serving.values_list("note__due_item__unit_id", "note__due_item__task__serves__target_id")
    for unit, target, count in pairs.annotate(n=Count("pk")):
        if unit in seats:
            by_target[seats[unit].pk, target] += count
    return whole, by_target


@attrs.frozen
class _Demands:
    """What a plan asks for, and of whom."""

    targets: Sequence[Target]
    specs: Mapping[int, TargetSpec]
    seats: Mapping[int, Unit]
    groups: Mapping[int, set[int]]

    def asked(self, target: Target, unit: Unit) -> TargetSpec | None:
        """What a target asks of one body; None: nothing of its own.

        A share that was given to it, else what holds for each unit of its level or group, else what holds for any
        commune as well as for the whole.
        """
        spec = self.specs[target.pk]
        shares = list(target.allocations.all())
        if shares:
            mine = [each for each in shares if each.unit_id and self._sits(each.unit_id, unit)]
            values = [each.value for each in mine if each.value is not None]
            if not mine:
                return None
            value = sum(values, Decimal(0)) if len(values) == len(mine) else None
            return attrs.evolve(spec, shape=Shape.LEVEL if spec.shape is Shape.ALLOCATION else spec.shape, value=value)
        measure = _measure(target)
        if measure is not None and measure.each_group_id is not None:
            return spec if any(self._sits(pk, unit) for pk in self.groups.get(measure.each_group_id, ())) else None
        if unit.kind != UnitKind.ADMINISTRATIVE:
            return None
        if measure is not None and measure.each:
            return spec if measure.each == unit.level else None
        return spec if spec.shape in HOLD_FOR_ANY else None

    def _sits(self, unit_id: int, unit: Unit) -> bool:
        return unit_id in self.seats and self.seats[unit_id].pk == unit.pk


def _demands(plan: Plan, seats: Mapping[int, Unit], on: date) -> _Demands:
    targets = _with_editions(Target.objects.filter(plan=plan))
    groups = {measure.each_group_id for each in targets if (measure := _measure(each)) and measure.each_group_id}
    return _Demands(targets, {each.pk: spec_of(each, on) for each in targets}, seats, _members(groups, on))


def _cell(asked: TargetSpec | None, plans: Sequence[Plan], mine: Sequence[_Own], files: int, target: Target) -> Cell:
    if asked is None:
        return Cell(Cover.OFF)
    if not plans:
        return Cell(Cover.NO_PLAN, files)
    keys = frozenset(_keys(target, asked))
    compared = [(compare_strength(each.spec, asked), each.target) for each in mine if each.keys & keys]
    if not compared:
        return Cell(Cover.MISSING, files)
    best, child = min(compared, key=lambda pair: _ORDER.index(pair[0].kind))
    return Cell(_covered(best), files, best.reason, child)


_ORDER = (Stronger.STRONGER, Stronger.SAME, Stronger.WEAKER, Stronger.APART)


def _covered(found: Strength) -> Cover:
    if found.at_least:
        return Cover.STRONG
    return Cover.WEAK if found.kind is Stronger.WEAKER else Cover.APART
