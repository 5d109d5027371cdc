"""A hundred bodies and 2,000 tasks in every state, for pages that must stay fast and readable with them.

On top of the province of `tests.web.province`: weekly work with its windows, what is handed in, sent back, suspended,
extended, handed down in parts, and people who have work in hand. Written straight into the tables.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db.models import QuerySet

from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Task
from pcmt.apps.units.models import Unit, UnitKind
from tests.web.province import Province, build

BODIES, TASKS = 100, 2000
AGENCIES = 30
WEEKS = 20


def plenty(today: date, *, tasks: int = TASKS, bodies: int = BODIES, password: str = "") -> Province:
    """The province with so many bodies and tasks."""
    province = build(today, tasks=tasks, communes=bodies - AGENCIES, targets=10, password=password)
    at = datetime(today.year, today.month, today.day, 1, tzinfo=UTC)
    _states(province, today, at)
    _weekly(today, at, tasks)
    _parts(at)
    return province


def _states(province: Province, today: date, at: datetime) -> None:
    """Open items in every state, by twelves; one statement each, since tests build this often."""
    opened = DueItem.objects.filter(state=DueState.OPEN, kind=DueKind.TASK).order_by("pk")
    ids = list(opened.values_list("pk", flat=True))

    def every(*turns: int) -> QuerySet[DueItem]:
        return DueItem.objects.filter(pk__in=[pk for turn in turns for pk in ids[turn::12]])

    every(0, 6).update(holder=province.users["officer"])
    every(3).update(holder=province.users["office"])
    every(0, 1).update(acknowledged_at=at, percent=10)
    every(3).update(returned_at=at, acknowledged_at=at)
    every(5).filter(due_on__isnull=False).update(due_on=today + timedelta(days=26))
    done = {"percent": 100, "done_at": at, "done_on": today - timedelta(days=4)}
    every(2).update(state=DueState.SUBMITTED, **done)
    every(4).update(state=DueState.SUSPENDED, suspended_on=today - timedelta(days=10))


def _weekly(today: date, at: datetime, tasks: int) -> None:
    """A weekly task of each of some bodies: the windows that passed are done, late or missed, the others to come."""
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS * 7 // 10)
    weekly = list(Task.objects.filter(notes__isnull=True).order_by("pk")[: tasks // 40])
    agencies = list(Unit.objects.filter(kind=UnitKind.AGENCY).order_by("pk")[:AGENCIES])
    rows = []
    for number, task in enumerate(weekly):
        unit = agencies[number % len(agencies)]
        DueItem.objects.filter(task=task).delete()
        for week in range(WEEKS):
            opens = monday + timedelta(weeks=week)
            due = opens + timedelta(days=6)
            done = due < today and (week + number) % 6 != 0
            after = timedelta(days=2 if (week + number) % 5 == 0 else -1)
            rows.append(
                DueItem(
                    kind=DueKind.TASK,
                    plan_id=task.plan_id,
                    clause_id=task.clause_id,
                    task=task,
                    unit=unit,
                    unit_name=unit.name,
                    label=task.text,
                    search_key=task.search_key,
                    start=task.start,
                    end=task.end,
                    opens_on=opens,
                    due_on=due,
                    original_due_on=due,
                    limit={"relation": "by", "precision": "recurring", "rule": "FREQ=WEEKLY;BYDAY=SU"},
                    limit_text="hằng tuần",
                    state=DueState.DONE if done else DueState.OPEN,
                    percent=100 if done else 0,
                    done_on=due + after if done else None,
                    done_at=at if done else None,
                )
            )
    DueItem.objects.bulk_create(rows, batch_size=500)


def _parts(at: datetime) -> None:
    """Some due items are handed down in parts."""
    communes = list(Unit.objects.filter(kind=UnitKind.ADMINISTRATIVE).order_by("-pk")[:20])
    whole = DueItem.objects.filter(state=DueState.OPEN, kind=DueKind.TASK, unit__kind=UnitKind.AGENCY, percent=10)
    DueItem.objects.bulk_create(
        DueItem(
            kind=item.kind,
            plan_id=item.plan_id,
            clause_id=item.clause_id,
            task_id=item.task_id,
            unit=commune,
            unit_name=commune.name,
            parent=item,
            given_by_id=item.unit_id,
            label=f"Phần của {commune.name}: lập danh sách, gửi về trước",
            search_key="phan cua xa",
            start=item.start,
            end=item.end,
            due_on=item.due_on,
            original_due_on=item.due_on,
            acknowledged_at=at,
        )
        for number, item in enumerate(whole.order_by("pk")[:30])
        for commune in communes[number % 17 : number % 17 + 3]
    )
