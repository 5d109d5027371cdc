"""Reminders through the database: whom they reach, that each is made once, what people answer."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.tasks.models import (
    Comment,
    DueItem,
    DueState,
    Extension,
    Mode,
    NoteEvent,
    ProgressNote,
    Reminder,
    Task,
    TaskParty,
)
from pcmt.apps.tasks.operations import note_reminder, remind, report_progress, switch_reminders
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")
LIMIT = date(2026, 6, 14)
"""A Sunday: Sở Y tế's task, and its report of May."""


def at(day: date, hour: int = 6) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 10)))


@pytest.fixture
def plan(land: World) -> Plan:
    """The plan, with nothing left to do but what tests open again."""
    plan = adopted(land.office).plan
    DueItem.objects.filter(plan=plan).update(state=DueState.DONE, done_at=NOW, done_on=date(2026, 1, 10))
    Notice.objects.all().delete()
    return plan


@pytest.fixture
def due(land: World, plan: Plan) -> DueItem:
    """Sở Y tế's task with the limit of 14 June."""
    found = DueItem.objects.get(plan=plan, unit=land["health"], task__isnull=False, due_on=LIMIT)
    opened(found)
    return found


def opened(due: DueItem, **facts: Any) -> None:
    DueItem.objects.filter(pk=due.pk).update(
        **{"state": DueState.OPEN, "done_at": None, "done_on": None, "percent": 0, **facts}
    )


def told(day: date) -> dict[str, set[int]]:
    """Whom a run on a day told, by the reason."""
    before = set(Notice.objects.values_list("pk", flat=True))
    remind(at=at(day))
    found: dict[str, set[int]] = {}
    for notice in Notice.objects.exclude(pk__in=before):
        found.setdefault(notice.reason, set()).add(notice.user_id)
    return found


def people(land: World, *pairs: tuple[str, str]) -> set[int]:
    return {land.actor(unit, role).user_id for unit, role in pairs}


@pytest.fixture
def crew(land: World) -> dict[str, Actor]:
    return {
        "officer": land.actor("health"),
        "second": land.actor("health", "officer", "yen"),
        "head": land.actor("health", "leader"),
        "chair": land.actor("an_binh", "leader"),
        "office": land.office,
        "helper": land.actor("finance"),
        "clerk": land.actor("police", "officer"),
        "stranger": land.actor("dong_hoa", "officer"),
    }


def test_before_the_limit_the_body_and_who_helps(due: DueItem, crew: dict[str, Actor], land: World) -> None:
    task = due.task
    assert task is not None
    party = {"task": task, "name": "Sở Tài chính", "role": "coordinate"}
    TaskParty.objects.create(unit=land["finance"], order=9, **party)
    assert told(date(2026, 6, 4)) == {}
    users = {crew[name].user_id for name in ("officer", "second", "helper")}
    assert told(date(2026, 6, 5)) == {"soon": users}  # the 7th, a week before, is a Sunday
    assert Notice.objects.first().title.startswith("Còn 9 ngày (đến hết 14/6/2026): Lập danh sách")  # type: ignore[union-attr]
    assert told(date(2026, 6, 8)) == {}
    # Whoever has it in hand is told alone, as long as that person works there.
    opened(due, holder=crew["second"].user_id)
    assert told(date(2026, 6, 11)) == {"soon": {crew["second"].user_id, crew["helper"].user_id}}
    opened(due, holder=crew["stranger"].user_id)
    assert told(date(2026, 6, 12)) == {"soon": users}


def test_after_the_limit_the_head_and_the_office_then_the_level_above(due: DueItem, crew: dict[str, Actor]) -> None:
    below = {crew[name].user_id for name in ("officer", "second", "head", "office")}
    assert told(date(2026, 6, 15)) == {"overdue": below}
    assert told(date(2026, 6, 15)) == told(date(2026, 6, 16)) == told(date(2026, 6, 17)) == {}
    assert told(date(2026, 6, 18)) == {"escalated": {crew["chair"].user_id, crew["office"].user_id}}
    assert told(date(2026, 6, 19)) == {}
    assert told(date(2026, 6, 22)) == {"overdue": below}
    assert told(date(2026, 6, 29)) == {"overdue": below}
    titles = [
        notice.title.split(":")[0] for notice in Notice.objects.filter(user=crew["office"].user_id).order_by("at")
    ]
    assert titles == [
        "Quá hạn 1 ngày (Sở Y tế)",
        "Sở Y tế quá hạn 4 ngày, chưa trả lời nhắc",
        "Quá hạn 8 ngày (Sở Y tế)",
        "Quá hạn 15 ngày (Sở Y tế)",
    ]
    rows = Reminder.objects.order_by("at").values_list("kind", "number", "told")
    assert list(rows) == [("overdue", 0, 4), ("escalated", 0, 2), ("overdue", 1, 4), ("overdue", 2, 4)]


@pytest.mark.parametrize("answer", ["note", "progress", "comment", "extension", "declined"])
def test_any_answer_of_the_body_puts_the_level_above_off(
    due: DueItem, crew: dict[str, Actor], answer: str, land: World
) -> None:
    told(date(2026, 6, 15))
    actor, when = crew["officer"], at(date(2026, 6, 16), 9)
    said = {"due_item": due, "unit_id": actor.unit_id}
    match answer:
        case "note":
            for _twice in range(2):
                assert isinstance(note_reminder(actor=actor, at=when, due_item_id=due.pk), DueItem)
            assert ProgressNote.objects.filter(due_item=due, event=NoteEvent.NOTED).count() == 1
            assert Entry.objects.filter(event="tasks.due.noted").count() == 1
        case "progress":
            done = report_progress(actor=actor, at=when, due_item_id=due.pk, version=due.version, percent=40)
            assert isinstance(done, DueItem)
        case "comment":
            Comment.objects.create(actor_id=actor.user_id, actor_name=actor.name, at=when, text="Vướng.", **said)
        case "extension":
            asked = {"asked_by_id": actor.user_id, "asked_by_name": actor.name, "asked_at": at(LIMIT)}
            Extension.objects.create(from_on=LIMIT, wanted_on=LIMIT + timedelta(days=9), reason="Chờ", **asked, **said)
        case "declined":
            opened(due, declined_at=at(LIMIT))
    assert told(date(2026, 6, 18)) == {}
    assert set(told(date(2026, 6, 22))) == {"overdue"}
    again = told(date(2026, 6, 25))
    # An answer holds until the next notice stays unanswered; who waits for a decision is not silent.
    assert set(again) == (set() if answer in ("extension", "declined") else {"escalated"})


def test_what_others_write_is_no_answer_of_the_body(due: DueItem, crew: dict[str, Actor], land: World) -> None:
    told(date(2026, 6, 15))
    other = crew["helper"]
    said = {"due_item": due, "unit_id": other.unit_id, "actor_id": other.user_id, "actor_name": other.name}
    Comment.objects.create(at=at(date(2026, 6, 16)), text="Sao chưa xong?", **said)
    refused = note_reminder(actor=other, at=at(date(2026, 6, 16)), due_item_id=due.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "not_allowed"
    assert set(told(date(2026, 6, 18))) == {"escalated"}


@pytest.mark.parametrize(
    "state", ["submitted", "suspended", "cancelled", "ended", "done", "closed", "off", "requested"]
)
def test_what_nobody_owes_now_is_not_called_to_mind(due: DueItem, crew: dict[str, Actor], state: str) -> None:
    match state:
        case "closed":
            Plan.objects.filter(pk=due.plan_id).update(state=PlanState.CLOSED)
        case "off":
            office = crew["office"]
            off = switch_reminders(actor=office, at=NOW, plan_id=due.plan_id, on=False)
            assert isinstance(off, Plan)
            assert not off.reminds
            assert Entry.objects.filter(event="tasks.reminders.switched").count() == 1
            refused = switch_reminders(actor=crew["officer"], at=NOW, plan_id=due.plan_id, on=True)
            assert isinstance(refused, Refusal)
        case "requested":
            opened(due, mode=Mode.REQUESTED)
        case "suspended":
            opened(due, state=state, suspended_on=date(2026, 6, 1))
        case "done" | "submitted":
            opened(due, state=state, done_at=NOW, done_on=date(2026, 6, 1))
        case _:
            opened(due, state=state)
    for day in (date(2026, 6, 15), date(2026, 6, 18)):
        assert told(day) == {}


def test_requested_bodies_are_asked_once_and_kindly(due: DueItem, crew: dict[str, Actor]) -> None:
    opened(due, mode=Mode.REQUESTED)
    assert told(date(2026, 6, 5)) == {"soon": {crew["officer"].user_id, crew["second"].user_id}}
    title = Notice.objects.latest("pk").title
    assert title.startswith("Sắp tới ngày đề nghị (14/6/2026): ")
    assert told(date(2026, 6, 11)) == told(date(2026, 6, 12)) == told(date(2026, 6, 15)) == {}


def test_another_limit_has_a_ladder_of_its_own(due: DueItem, crew: dict[str, Actor]) -> None:
    told(date(2026, 6, 12))
    opened(due, due_on=date(2026, 6, 30))
    extended = {"event": NoteEvent.EXTENDED, "actor_name": "Lan"}
    ProgressNote.objects.create(due_item=due, task_id=due.task_id, at=at(date(2026, 6, 12), 9), **extended)
    assert told(date(2026, 6, 15)) == {}
    assert set(told(date(2026, 6, 23))) == {"soon"}
    assert set(told(date(2026, 7, 1))) == {"overdue"}
    assert set(told(date(2026, 7, 6))) == {"escalated"}
    assert Reminder.objects.filter(limit_on=LIMIT).count() == 1


def test_a_part_belongs_to_who_gave_it(due: DueItem, crew: dict[str, Actor], land: World) -> None:
    opened(due, state=DueState.DONE, done_at=NOW, done_on=date(2026, 6, 1))
    part = DueItem.objects.get(pk=due.pk)
    part.pk, part.parent_id, part.given_by_id, part.unit_id = None, due.pk, land["health"].pk, land["finance"].pk
    part.label, part.state, part.done_at, part.done_on = "Việc riêng của ông Nguyễn Văn A", DueState.OPEN, None, None
    part.save()
    helper = crew["helper"].user_id
    both = {crew["officer"].user_id, crew["second"].user_id}
    assert told(date(2026, 6, 15)) == {"overdue": {helper, *both}}
    assert told(date(2026, 6, 18)) == {"escalated": {crew["head"].user_id, *both}}
    assert not Notice.objects.filter(title__contains="Nguyễn Văn A").exists()


def test_nobody_there_is_on_record_too(land: World, due: DueItem) -> None:
    office = land.office.user_id
    assert told(date(2026, 6, 15)) == {"overdue": {office}}
    assert told(date(2026, 6, 18)) == {"escalated": {office}}
    opened(due, unit=None)
    assert told(date(2026, 6, 22)) == {"overdue": {office}}


def test_a_heap_is_summed_up(land: World, plan: Plan, crew: dict[str, Actor]) -> None:
    Task.objects.filter(plan=plan).update(state="open")
    DueItem.objects.filter(plan=plan, due_on__lt=date(2026, 6, 1)).update(
        state=DueState.OPEN, done_at=None, done_on=None, mode=Mode.ASSIGNED
    )
    office = crew["office"].user_id
    with override_settings(REMIND_MOST=5):
        remind(at=at(date(2026, 6, 1)))
        mine = Notice.objects.filter(user=office)
        assert mine.filter(about="tasks.DueItem").count() == 5
        called = Reminder.objects.count()
        assert mine.exclude(about="tasks.DueItem").get().title.startswith(f"Và {called - 5} việc khác")
        everything = Notice.objects.count()
        assert remind(at=at(date(2026, 6, 1), 9)).calls == 0
        assert Notice.objects.count() == everything
        # What was told today counts, whichever run told it.
        late = DueItem.objects.filter(plan=plan, state=DueState.DONE, unit=land["health"], task__isnull=False)[0]
        opened(late, due_on=date(2026, 5, 20))
        remind(at=at(date(2026, 6, 1), 10))
        assert mine.filter(about="tasks.DueItem").count() == 5


def test_a_run_takes_few_statements(plan: Plan, crew: dict[str, Actor], django_assert_max_num_queries: Any) -> None:
    DueItem.objects.filter(plan=plan, due_on__lt=date(2026, 6, 1)).update(
        state=DueState.OPEN, done_at=None, done_on=None, mode=Mode.ASSIGNED
    )
    with django_assert_max_num_queries(70):
        done = remind(at=at(date(2026, 6, 1)))
    assert done.calls > 20
    with django_assert_max_num_queries(6):
        assert remind(at=at(date(2026, 6, 1))).calls == 0


def test_some_weeks_with_two_runs_a_day(land: World, plan: Plan, crew: dict[str, Actor]) -> None:
    """The job is delivered at least once: what it does twice is there once."""
    DueItem.objects.filter(plan=plan, due_on__gte=date(2026, 6, 1), due_on__lt=date(2026, 7, 1)).update(
        state=DueState.OPEN, done_at=None, done_on=None
    )
    away = {date(2026, 6, 16), date(2026, 6, 17)}
    answered = DueItem.objects.get(plan=plan, unit=land["health"], task__isnull=True, due_on=LIMIT)
    for day in (date(2026, 6, 1) + timedelta(days=n) for n in range(30)):
        if day in away:
            continue
        remind(at=at(day))
        remind(at=at(day, 7))
        if day == date(2026, 6, 15):
            note_reminder(actor=crew["officer"], at=at(day, 9), due_item_id=answered.pk)
    june = DueItem.objects.filter(plan=plan, state=DueState.OPEN, due_on__isnull=False)
    assert june.count() >= 6
    for due in june:
        made = list(Reminder.objects.filter(due_item=due).order_by("at").values_list("kind", "number", "on"))
        assert due.due_on is not None
        # The third day before the 15th is the day before that; before the 19th nothing ran.
        steps = [number for kind, number, _day in made if kind == "soon"]
        assert steps == ([7, 3, 1] if due.due_on == LIMIT else [7, 1])
        up = [day for kind, _number, day in made if kind == "escalated"]
        assert len(up) == 1
        assert due.pk != answered.pk or up == [date(2026, 6, 25)]
        assert up[0] > due.due_on + timedelta(days=3)
    daily = Counter(Notice.objects.values_list("user_id", "at__date", "about_id"))
    assert set(daily.values()) == {1}
