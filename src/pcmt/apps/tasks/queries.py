"""Who owes what by when, and one's own work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from attrs import frozen
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from pcmt.apps.accounts.models import Actor, Grant, Role, User, reached_units
from pcmt.apps.accounts.policies import RIGHTS, Reach
from pcmt.apps.plans.models import PlanUnit, below
from pcmt.apps.tasks.models import (
    GONE,
    DueItem,
    DueState,
    Mode,
    ProgressNote,
    Reminder,
    ReminderKind,
    Task,
    TaskParty,
    TaskState,
)
from pcmt.apps.units.models import GroupMember, Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.apps.units.queries import committee
from pcmt.core.text import fold

SHOWN_WITH = (
    "plan",
    "unit",
    "origin_unit",
    "clause",
    "task",
    "occurrence__duty",
    "occurrence__submission",
    "parent",
    "holder",
)
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


def due_items(
    actor: Actor | None, filters: OweFilter, on: date, *, among: QuerySet[Any] | None = None
) -> QuerySet[DueItem]:
    """The due items an actor sees that a filter asks for, by limit and unit; standing ones come last.

    `among` are items that were chosen before, of those that the actor sees.
    """
    found: Any = DueItem.objects.visible_to(actor).owed() if among is None else among
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
    """The work of one's own unit, the nearest limit first; for leaders and standing offices also that of the units.

    `held` counts what the actor has in hand.
    """

    overdue: tuple[DueItem, ...]
    soon: tuple[DueItem, ...]
    later: tuple[DueItem, ...]
    standing: tuple[DueItem, ...]
    counts: OweCounts
    held: int = 0
    units: tuple[UnitWork, ...] = ()


def my_work(actor: Actor, on: date, *, most: int = 50, held: bool = False) -> MyWork:
    """What one's unit owes now, itself or as the member of a group named as a whole; at most `most` of each sort.

    `held`: of that only what the actor has in hand. The counts are the unit's all the same.
    What was only requested is listed by its limit, never as overdue. Leaders and standing offices get the units of
    their part of the tree as well, those with most overdue first.
    """
    groups = GroupMember.objects.filter(holds_on(on), unit_id=actor.unit_id).values("group_id")
    mine = DueItem.objects.visible_to(actor).filter(Q(unit_id=actor.unit_id) | Q(unit__in=groups))
    todo = mine.filter(state=DueState.OPEN).select_related(*SHOWN_WITH).order_by("due_on", "pk")
    if held:
        todo = todo.filter(holder_id=actor.user_id)
    missed = Q(due_on__lt=on)
    held_now = Count("pk", filter=Q(state=DueState.OPEN, holder_id=actor.user_id))
    counted = mine.order_by().aggregate(**_counts(on), held=held_now)
    in_hand = counted.pop("held")
    return MyWork(
        overdue=tuple(todo.filter(missed).exclude(mode=Mode.REQUESTED)[:most]),
        soon=tuple(todo.filter(Q(due_on__gte=on, due_on__lte=on + SOON) | (missed & Q(mode=Mode.REQUESTED)))[:most]),
        later=tuple(todo.filter(due_on__gt=on + SOON)[:most]),
        standing=tuple(todo.filter(due_on__isnull=True)[:most]),
        counts=OweCounts(**counted),
        held=in_hand,
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


DEEPEST = 2
"""How deep due items are handed down: a part, and a part of that."""

STEPS = (Level.CENTRAL, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE, Level.HAMLET)
"""Levels of government from the top down."""


def depth_of(due: DueItem) -> int:
    """How often a due item was handed down: 0 for what the plan asks for itself."""
    if due.parent_id is None:
        return 0
    return 1 if due.parent is None or due.parent.parent_id is None else 2


def lower_units(unit_id: int, on: date) -> QuerySet[Unit]:
    """The units to which a unit may hand a part down on a day, in official order.

    They are the units below it in the tree: of its own level and of the next one that stands there on that day, since
    nobody passes over a level of government; schools and the like only when they are right below it. A body that is no
    administrative unit itself (a department, the police of a province) has its field of work in the whole area of the
    committee it serves: the bodies of the next level there too.
    """
    unit = Unit.objects.get(pk=unit_id)
    closure = UnitClosure.objects.filter(holds_on(on), holds_on(on, "descendant__"), depth__gt=0)
    below_it = closure.filter(ancestor_id=unit_id)
    allowed = Q(pk__in=below_it.filter(depth=1).values("descendant_id"))
    if unit.level in STEPS:
        seat = unit if unit.kind == UnitKind.ADMINISTRATIVE else committee(unit_id, on)
        area = closure.filter(ancestor_id=seat.pk if seat else unit_id, descendant__kind=UnitKind.ADMINISTRATIVE)
        there = set(area.values_list("descendant__level", flat=True).distinct())
        lower = [level for level in STEPS[STEPS.index(Level(unit.level)) + 1 :] if level in there][:1]
        allowed |= Q(pk__in=below_it.values("descendant_id"), level__in=[unit.level, *lower])
        if seat is not None and seat.pk != unit_id:
            around = closure.filter(ancestor_id=seat.pk).values("descendant_id")
            allowed |= Q(pk__in=around, level__in=lower)
    return Unit.objects.filter(allowed).exclude(kind=UnitKind.GROUP).in_official_order()


def may_hold(unit_id: int | None, on: date) -> QuerySet[User]:
    """The people of a unit who may have one of its due items in hand, by name."""
    if unit_id is None:
        return User.objects.none()
    held = Grant.objects.as_of(on).filter(unit_id=unit_id, user__is_active=True).values("user_id")
    return User.objects.filter(pk__in=held).order_by("sort_key", "pk")


def may_owe(due: DueItem, on: date) -> QuerySet[Unit]:
    """The units to which a due item may be given instead of its own, in official order.

    For a part: those to which its giver may hand down, and the giver. Else: whoever the plan names, and the bodies of
    the committee that the plan's office serves.
    """
    if due.parent_id and due.given_by_id:
        meant = Q(pk__in=lower_units(due.given_by_id, on).order_by().values("pk")) | Q(pk=due.given_by_id)
    else:
        seat = committee(due.plan.owner_id, on)
        named = PlanUnit.objects.filter(plan_id=due.plan_id).values("unit_id")
        meant = Q(pk__in=below(seat.pk if seat else due.plan.owner_id, on)) | Q(pk__in=named)
    found = Unit.objects.filter(meant).as_of(on).exclude(kind=UnitKind.GROUP)
    return found.exclude(pk=due.unit_id or 0).in_official_order()


def latest_for_parts(whole: DueItem, on: date) -> date | None:
    """The last day that a part of a due item may have as its limit; None when nothing bounds it.

    It is the limit of the whole. When that has passed, the whole is late and stays so, but a lower unit still needs a
    day that it can keep: then, and where there is no limit, it is the last day of the plan, unless that has passed too.
    """
    if whole.due_on is not None and whole.due_on >= on:
        return whole.due_on
    last = whole.plan.window_to
    return last if last is not None and last >= on else None


def begun(due: DueItem) -> bool:
    """Whether somebody has taken a due item on or worked on it, or handed a part of it down."""
    if due.acknowledged_at is not None or due.percent or due.state != DueState.OPEN:
        return True
    return due.parts.exclude(state__in=GONE).exists()


@frozen
class PartsCount:
    """Parts of a due item that count: how many of them are done."""

    done: int
    total: int


def parts_of(due: DueItem) -> list[DueItem]:
    """The parts of a due item with theirs below them: first those that wait for an answer, last those taken back.

    In between they stand in the official order of units.
    """
    rows = DueItem.objects.filter(Q(parent=due) | Q(parent__parent=due)).select_related("unit", "holder", "parent")
    found = sorted(
        rows,
        key=lambda part: (
            part.state in GONE,
            part.declined_at is None,
            part.unit.sort_key if part.unit else "",
            part.pk,
        ),
    )
    under: dict[int | None, list[DueItem]] = defaultdict(list)
    for part in found:
        under[part.parent_id].append(part)
    return [each for part in under[due.pk] for each in (part, *under[part.pk])]


def parts_count(due: DueItem, parts: Iterable[DueItem]) -> PartsCount:
    """How many of the parts handed down by a due item itself are done, of those that are not gone."""
    own = [part for part in parts if part.parent_id == due.pk and part.state not in GONE]
    return PartsCount(sum(part.state == DueState.DONE for part in own), len(own))


def waited_for(task_id: int) -> list[Task]:
    """The tasks that have to be done before this one can be: not done, in the plan, and still owed by somebody."""
    owed = DueItem.objects.filter(task=OuterRef("pk"), parent__isnull=True).owed()
    return list(Task.objects.filter(Exists(owed), followed_by__after=task_id, state=TaskState.OPEN).order_by("order"))


MOST_PEOPLE = 100
"""People who can be named in the talk about one item."""
TALKING = (Role.LEADER, *(role for role, right in RIGHTS["tasks.Comment"].items() if right.change >= Reach.OWN))
"""Roles in which people are named: those who do the work, and leaders, who only look."""


@frozen
class Person:
    """Somebody who is concerned with a due item."""

    user_id: int
    name: str
    unit_name: str


def people_concerned(due: DueItem, on: date) -> list[Person]:
    """Who can be named in the talk about an item, by unit and name, each once.

    The people of the unit that owes it, of those with a part in its task, of who gave it, and of the office that keeps
    the plan; also who has it in hand.
    """
    units = {due.unit_id, due.given_by_id, due.plan.owner_id}
    if due.task_id:
        units |= set(TaskParty.objects.filter(task=due.task_id).values_list("unit_id", flat=True))
    held = Grant.objects.as_of(on).filter(
        Q(unit__in=[unit for unit in units if unit], role__in=TALKING) | Q(user=due.holder_id), user__is_active=True
    )
    rows = held.order_by("unit__sort_key", "user__full_name", "user_id")
    found: dict[int, Person] = {}
    for user_id, name, username, unit_name in rows.values_list(
        "user_id", "user__full_name", "user__username", "unit__name"
    ):
        found.setdefault(user_id, Person(user_id, name or username, unit_name))
    return list(found.values())[:MOST_PEOPLE]


def unanswered(due: DueItem) -> Reminder | None:
    """The latest reminder that a due item is overdue, when nothing was entered about the item since."""
    if due.state != DueState.OPEN or due.due_on is None:
        return None
    last = Reminder.objects.filter(due_item=due, limit_on=due.due_on).exclude(kind=ReminderKind.SOON).first()
    if last is None or ProgressNote.objects.filter(due_item=due, at__gt=last.at).exists():
        return None
    return last


def people_of(unit_ids: Iterable[int], on: date) -> dict[int, dict[int, tuple[str, str]]]:
    """Who works in units on a day: full name and user name of each, by unit and id; the names that cells may hold."""
    held = Grant.objects.as_of(on).filter(unit__in=list(unit_ids), user__is_active=True)
    found: dict[int, dict[int, tuple[str, str]]] = {}
    rows = held.order_by("unit_id", "user__full_name", "user_id").values_list(
        "unit_id", "user_id", "user__full_name", "user__username"
    )
    for unit_id, user_id, full_name, username in rows:
        found.setdefault(unit_id, {})[user_id] = (full_name, username)
    return found


def reportable(actor: Actor) -> QuerySet[DueItem]:
    """The due items that the actor may report on: `policies.can_report`, asked of all of them at once."""
    reach = actor.changes("tasks.DueItem")
    if reach < Reach.OWN:
        return DueItem.objects.none()
    own = Q(unit_id=actor.unit_id)
    if reach >= Reach.SUBTREE:
        own |= Q(plan__owner__in=below(actor.unit_id, actor.on))
    return DueItem.objects.visible_to(actor).filter(own)
