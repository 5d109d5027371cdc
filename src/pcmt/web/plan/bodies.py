"""Who does what in a plan: its tasks by body, and the matrix of bodies and tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem, DueState, Mode, PartyRole, Task, TaskParty
from pcmt.core.text import fold

BODIES_A_PAGE = 8
COLUMNS = 24
"""Bodies side by side in the matrix; as many as stay readable on A4 landscape."""


@attrs.frozen
class Sign:
    """The letter of a role in the matrix and the word it stands for."""

    letter: str
    word: str | Promise


SIGNS: Mapping[str, Sign] = {
    PartyRole.LEAD: Sign("C", _("chủ trì")),
    PartyRole.JOINT: Sign("K", _("cùng thực hiện")),
    PartyRole.COORDINATE: Sign("P", _("phối hợp")),
    PartyRole.ADVISE: Sign("T", _("tham mưu")),
    PartyRole.REQUESTED: Sign("Đ", _("được đề nghị")),
}


@attrs.frozen
class Debt:
    """How a task stands with one body: its due items counted; `next_due` is the earliest open limit.

    Open, submitted, suspended and done add up to the total.
    """

    total: int = 0
    done: int = 0
    overdue: int = 0
    next_due: date | None = None
    submitted: int = 0
    suspended: int = 0

    def __add__(self, other: Debt) -> Debt:
        limits = [limit for limit in (self.next_due, other.next_due) if limit]
        return Debt(
            self.total + other.total,
            self.done + other.done,
            self.overdue + other.overdue,
            min(limits, default=None),
            self.submitted + other.submitted,
            self.suspended + other.suspended,
        )

    @property
    def open(self) -> int:
        """Items that still have to be done."""
        return self.total - self.done - self.submitted - self.suspended


@attrs.frozen
class Part:
    """One body's part in one task."""

    task_id: int
    role: str
    owes: bool

    @property
    def sign(self) -> Sign:
        return SIGNS[self.role]


@attrs.define
class Body:
    """A body with its parts, in the order of the text. `key` finds it again in an address."""

    key: str
    name: str
    short: str
    unit_id: int | None
    parts: list[Part] = attrs.field(factory=list)

    @property
    def owed(self) -> int:
        """Tasks that stand under the body's own name, without those it is only asked for."""
        return sum(part.owes and part.role != PartyRole.REQUESTED for part in self.parts)

    @property
    def helps(self) -> int:
        """Tasks of others in which the body takes part."""
        return sum(not part.owes and part.role != PartyRole.REQUESTED for part in self.parts)

    @property
    def requested(self) -> int:
        """Tasks that the body is asked for, outside the line of command."""
        return sum(part.role == PartyRole.REQUESTED for part in self.parts)


@attrs.frozen
class Line:
    """A part with its task and, where the body owes the work itself, how it stands."""

    part: Part
    task: Task
    debt: Debt | None


@attrs.frozen
class BodyTasks:
    """One body of the list with its lines."""

    body: Body
    lines: Sequence[Line]


@attrs.frozen
class Cell:
    """A field of the matrix: the roles of one body in one task, mostly none."""

    letters: str
    words: str


@attrs.frozen
class MatrixRow:
    """One task of the matrix, its section when that begins here, and a cell for every column."""

    task: Task
    section: str
    cells: Sequence[Cell]


@attrs.frozen
class Matrix:
    """Some bodies as columns, the tasks that concern them as rows, and what each body leads and helps with."""

    columns: Sequence[Body]
    rows: Sequence[MatrixRow]
    page: Page


def bodies_of(plan: Plan) -> list[Body]:
    """Every body with a part in the plan: those that owe work first, those only asked last, else in text order.

    A unit that a task names twice, by two names, has one part in it: the first, which is the one it owes.
    """
    found: dict[str, Body] = {}
    parties = (
        TaskParty.objects.filter(task__in=Task.objects.filter(plan=plan).standing())
        .order_by("task__order", "task_id", "order", "pk")
        .values_list("task_id", "unit_id", "unit__name", "unit__short_name", "name", "role", "owes")
    )
    for task_id, unit_id, unit_name, short_name, written, role, owes in parties:
        name = unit_name or written
        key = str(unit_id) if unit_id else fold(written).replace(" ", "-")
        body = found.setdefault(key, Body(key, name, short_name or name, unit_id))
        if not body.parts or body.parts[-1].task_id != task_id:
            body.parts.append(Part(task_id, role, owes))
    return sorted(found.values(), key=lambda body: (body.owed == 0, body.helps == 0))


def without_body(plan: Plan) -> list[Task]:
    """Tasks for which the text names nobody."""
    tasks = Task.objects.filter(plan=plan, parties__isnull=True).standing().select_related("clause")
    return list(tasks.order_by("order", "pk"))


def lines_by_body(plan: Plan, bodies: Iterable[Body], today: date) -> list[BodyTasks]:
    """The bodies with their tasks and how these stand; two queries whatever the number."""
    bodies = list(bodies)
    task_ids = {part.task_id for body in bodies for part in body.parts}
    tasks = Task.objects.filter(pk__in=task_ids).select_related("clause").in_bulk()
    debts = _debts(task_ids, today)
    return [
        BodyTasks(
            body,
            [Line(part, tasks[part.task_id], _debt(part, body, debts.get(part.task_id, {}))) for part in body.parts],
        )
        for body in bodies
    ]


def matrix(plan: Plan, number: int | str) -> Matrix:
    """One page of the matrix: `COLUMNS` bodies and the tasks in which they have a part."""
    page = Paginator(bodies_of(plan), COLUMNS).get_page(number)
    columns: list[Body] = list(page.object_list)
    roles: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for body in columns:
        for part in body.parts:
            roles[part.task_id][body.key].append(part.role)
    tasks = Task.objects.filter(pk__in=list(roles)).select_related("clause").order_by("order", "pk")
    rows: list[MatrixRow] = []
    section = None
    for task in tasks:
        here = section_of(task)
        rows.append(
            MatrixRow(
                task=task,
                section="" if here == section else here,
                cells=[_cell(roles[task.pk].get(body.key, ())) for body in columns],
            )
        )
        section = here
    return Matrix(columns, rows, page)


def section_of(task: Task) -> str:
    """The first part of the task's address: its chapter in the plan."""
    return task.clause.address.split(".")[0] if task.clause else ""


def _cell(roles: Sequence[str]) -> Cell:
    signs = [SIGNS[role] for role in SIGNS if role in roles]
    return Cell("".join(sign.letter for sign in signs), ", ".join(str(sign.word) for sign in signs))


def _debts(task_ids: Iterable[int], today: date) -> dict[int, dict[int | None, Debt]]:
    open_ = Q(state=DueState.OPEN)
    counted = (
        DueItem.objects.filter(task__in=list(task_ids))
        .of_plans()
        .owed()
        .values("task_id", "unit_id")
        .order_by("task_id", "unit_id")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(state=DueState.DONE)),
            overdue=Count("pk", filter=open_ & Q(due_on__lt=today) & ~Q(mode=Mode.REQUESTED)),
            next_due=Min("due_on", filter=open_),
            submitted=Count("pk", filter=Q(state=DueState.SUBMITTED)),
            suspended=Count("pk", filter=Q(state=DueState.SUSPENDED)),
        )
    )
    debts: dict[int, dict[int | None, Debt]] = defaultdict(dict)
    row: Any  # the checker of types knows the names of a row only when they are written out
    for row in counted:
        debts[row["task_id"]][row["unit_id"]] = Debt(**{field.name: row[field.name] for field in attrs.fields(Debt)})
    return debts


def _debt(part: Part, body: Body, by_unit: Mapping[int | None, Debt]) -> Debt | None:
    """The body's own debt; for a group, that of all its members together."""
    if not part.owes or not by_unit:
        return None
    if body.unit_id in by_unit:
        return by_unit[body.unit_id]
    return sum(by_unit.values(), Debt())
