"""Limits that hang on an event of the plan: they wait, get their day, lose it, move with it, survive an amendment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.events import event_key
from pcmt.apps.plans.models import Item, Plan, PlanEvent
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.events import plan_events
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations import report_progress, say_when
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import EVENT, EVENT_TEXT, TEXT, adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")
KEY = event_key(EVENT)
DAY = date(2026, 11, 15)


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office, EVENT_TEXT).plan


def hanging(plan: Plan) -> dict[str, DueItem]:
    rows = DueItem.objects.filter(plan=plan, limit__event__isnull=False).order_by("pk")
    return {due.unit.name if due.unit else "": due for due in rows}


def days(plan: Plan) -> set[tuple[date | None, date | None]]:
    return {(due.due_on, due.original_due_on) for due in hanging(plan).values()}


def say(actor: Actor, plan: Plan, on: date | None, version: int = 0, **more: Any) -> PlanEvent:
    answer = say_when(actor=actor, at=NOW, plan_id=plan.pk, key=KEY, version=version, on=on, **more)
    assert isinstance(answer, PlanEvent), answer
    return answer


def test_it_waits_until_somebody_says_when(land: World, plan: Plan) -> None:
    assert set(hanging(plan)) == {"Sở Tài chính", "Công an tỉnh An Bình"}
    assert days(plan) == {(None, None)}
    [event] = plan_events(plan.pk)
    assert (event.words, event.on, event.version, event.waiting, event.hanging) == (EVENT, None, 0, 2, 2)
    say(land.office, plan, DAY)
    assert days(plan) == {(date(2026, 11, 14), date(2026, 11, 14))}  # before the 15th: by the end of the 14th
    [event] = plan_events(plan.pk)
    assert (event.on, event.version, event.waiting, event.hanging) == (DAY, 1, 0, 2)
    titles = {(notice.user.username, notice.title) for notice in Notice.objects.select_related("user")}
    assert all("14/11/2026" in title for _name, title in titles)


def test_it_can_be_said_anew_and_taken_back(land: World, plan: Plan) -> None:
    say(land.office, plan, DAY)
    say(land.office, plan, DAY + timedelta(days=30), version=1)
    assert days(plan) == {(date(2026, 12, 14), date(2026, 12, 14))}
    assert {due.version for due in hanging(plan).values()} == {3}
    say(land.office, plan, DAY + timedelta(days=30), version=2)  # nothing new
    assert {due.version for due in hanging(plan).values()} == {3}
    say(land.office, plan, None, version=2)
    assert days(plan) == {(None, None)}


def test_what_is_done_keeps_the_limit_it_was_done_against(land: World, plan: Plan) -> None:
    say(land.office, plan, DAY)
    money = hanging(plan)["Sở Tài chính"]
    report_progress(actor=land.actor("finance"), at=NOW, due_item_id=money.pk, version=money.version, done=True)
    say(land.office, plan, DAY + timedelta(days=10), version=1)
    found = hanging(plan)
    assert found["Sở Tài chính"].due_on == date(2026, 11, 14)
    assert found["Công an tỉnh An Bình"].due_on == date(2026, 11, 24)


def test_what_was_given_more_time_keeps_it(land: World, plan: Plan) -> None:
    say(land.office, plan, DAY)
    DueItem.objects.filter(pk=hanging(plan)["Sở Tài chính"].pk).update(due_on=date(2026, 12, 1))
    say(land.office, plan, DAY + timedelta(days=1), version=1)
    assert hanging(plan)["Sở Tài chính"].due_on == date(2026, 12, 1)


def test_an_amendment_keeps_the_day(land: World, plan: Plan) -> None:
    say(land.office, plan, DAY)
    before = {due.pk for due in hanging(plan).values()}
    adopted(land.office, EVENT_TEXT.replace("80% hộ dân", "85% hộ dân"), at=NOW.replace(month=4), plan_id=plan.pk)
    assert {due.pk for due in hanging(plan).values()} == before
    assert days(plan) == {(date(2026, 11, 14), date(2026, 11, 14))}
    assert {due.state for due in hanging(plan).values()} == {"open"}


def test_an_amendment_that_brings_the_event_takes_a_day_that_is_known(land: World) -> None:
    plan = adopted(land.office, EVENT_TEXT).plan
    say(land.office, plan, DAY)
    adopted(land.office, TEXT, at=NOW.replace(month=3), plan_id=plan.pk)
    assert {due.state for due in hanging(plan).values()} <= {"ended"}
    adopted(land.office, EVENT_TEXT + "\n", at=NOW.replace(month=4), plan_id=plan.pk)
    owed = [due for due in hanging(plan).values() if due.state == "open"]
    assert {due.due_on for due in owed} == {date(2026, 11, 14)}
    assert len(owed) == 2


def test_a_target_waits_for_an_event(land: World) -> None:
    revision = adopted(land.office)
    plan, share = revision.plan, Target.objects.get(text__contains="80%")
    assert share.window_to == date(2026, 12, 31)
    limit = {"relation": "before", "precision": "event", "event": EVENT, "binds": {"type": "target", "ref": "T2"}}
    some = Item.objects.filter(revision=revision, list_name="deadlines").first()
    assert some is not None
    assert share.item.key == "T2"
    Item.objects.filter(pk=some.pk).update(facts=limit, edits={})
    [event] = plan_events(plan.pk)
    assert (event.waiting, event.hanging, event.targets) == (0, 0, 1)
    say(land.office, plan, DAY)
    share.refresh_from_db()
    assert (share.window_from, share.window_to) == (plan.window_from, date(2026, 11, 14))
    say(land.office, plan, None, version=1)
    share.refresh_from_db()
    assert share.window_to == date(2026, 12, 31)


def test_a_report_waits_for_an_event_too(land: World) -> None:
    words = "báo cáo UBND tỉnh 6 tháng trước ngày 16/6/2026"
    revision = adopted(land.office)
    due = DueItem.objects.get(plan=revision.plan, kind="report", label__contains="6 tháng")
    DueItem.objects.filter(pk=due.pk).update(
        limit={"relation": "within", "precision": "event", "event": EVENT}, due_on=None, original_due_on=None
    )
    assert words in due.label
    say(land.office, revision.plan, DAY)
    due.refresh_from_db()
    assert due.due_on == DAY


@pytest.mark.parametrize(
    ("on", "code", "field"),
    [(date(1926, 11, 15), "far", "on"), (date(2226, 11, 15), "far", "on")],
)
def test_a_slip_of_the_keyboard_is_refused(land: World, plan: Plan, on: date, code: str, field: str) -> None:
    answer = say_when(actor=land.office, at=NOW, plan_id=plan.pk, key=KEY, version=0, on=on)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.field) == (code, field)
    assert days(plan) == {(None, None)}


def test_two_people_at_once(land: World, plan: Plan) -> None:
    say(land.office, plan, DAY)
    answer = say_when(actor=land.office, at=NOW, plan_id=plan.pk, key=KEY, version=0, on=DAY + timedelta(days=1))
    assert isinstance(answer, Refusal)
    assert answer.code == "stale"
    assert land.office.name in answer.message
    assert days(plan) == {(date(2026, 11, 14), date(2026, 11, 14))}


@pytest.mark.parametrize("unit", ["health", "finance", "dong_hoa"])
def test_only_who_keeps_the_plan_says_it(land: World, plan: Plan, unit: str) -> None:
    answer = say_when(actor=land.actor(unit), at=NOW, plan_id=plan.pk, key=KEY, version=0, on=DAY)
    assert isinstance(answer, Refusal)
    assert answer.code == "not_allowed"


def test_an_unknown_event(land: World, plan: Plan) -> None:
    answer = say_when(actor=land.office, at=NOW, plan_id=plan.pk, key="truoc khi khac", version=0, on=DAY)
    assert isinstance(answer, Refusal)
    assert answer.code == "no_event"


def test_29_february(land: World, plan: Plan) -> None:
    say(land.office, plan, date(2028, 3, 1))
    assert days(plan) == {(date(2028, 2, 29), date(2028, 2, 29))}
