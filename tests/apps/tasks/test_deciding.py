"""Conclusions of briefings: owed at once, pressed twice, taken back, two secretaries, minutes and what they close."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import docx
import pytest
from django.core.files.storage import default_storage

from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.models import Meeting, Plan
from pcmt.apps.plans.operations import hold_meeting, take_back_meeting
from pcmt.apps.tasks.areas import area_of, plans_of
from pcmt.apps.tasks.briefing import compare, concluded, digest_of, last_concluded, standing_minutes
from pcmt.apps.tasks.letters import LetterWords
from pcmt.apps.tasks.models import Decision, DueItem, DueState, Minutes, PartyRole, Task, TaskParty, TaskState
from pcmt.apps.tasks.operations import (
    Said,
    decide,
    issue_minutes,
    report_progress,
    sign_minutes,
    undo_decision,
    withdraw_minutes,
)
from pcmt.apps.tasks.since import Stretch
from pcmt.core.diagnostics import Refusal
from pcmt.core.evaluating.punctuality import Column
from pcmt.core.periods import STATISTICAL, Kind
from pcmt.documents.output.official import Column as Head
from pcmt.documents.output.official import Heading, Table
from tests.factories.plans import adopted
from tests.factories.world import NOW, TODAY, World

LIMIT = date(2026, 4, 10)
WORDS = LetterWords(agency="Công an tỉnh An Bình", parent="Bộ Công an", symbol="TB-CAT", place="An Bình")


@attrs.frozen
class Room:
    """A briefing of the province on the day of the tests, with a plan in force."""

    land: World
    plan: Plan
    meeting: Meeting

    def said(self, *units: str, words: str = "Rà soát lại số liệu quý I", **facts: Any) -> Said:
        ids = [self.land[unit].pk for unit in units]
        usual = {"due_on": LIMIT, "plan_id": self.plan.pk} if units else {}
        return Said(words=words, unit_ids=ids, **{**usual, **facts})

    def decide(self, said: Said, key: UUID | None = None, **who: Any) -> Decision | Refusal:
        actor = who.get("actor", self.land.office)
        return decide(actor=actor, at=NOW, meeting_id=self.meeting.pk, key=key or uuid4(), said=said)

    def made(self, *units: str, **facts: Any) -> Decision:
        answer = self.decide(self.said(*units, **facts))
        assert isinstance(answer, Decision), answer
        return answer

    def issue(self, **facts: Any) -> Minutes | Refusal:
        actor = facts.pop("actor", self.land.office)
        seen = facts.pop("seen", digest_of(concluded(actor, self.meeting)))
        return issue_minutes(
            actor=actor, at=NOW, meeting_id=self.meeting.pk, seen=seen, words=facts.pop("words", WORDS),
            changes=facts.pop("changes", ()),
        )  # fmt: skip


@pytest.fixture
def room(land: World) -> Room:
    plan = adopted(land.office).plan
    meeting = hold_meeting(actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=TODAY, words="tháng 3")
    assert isinstance(meeting, Meeting)
    return Room(land, plan, meeting)


def test_bodies_owe_a_conclusion_at_once(room: Room) -> None:
    decision = room.made("dong_hoa", "health")
    items = list(DueItem.objects.filter(decision=decision).order_by("pk"))
    assert [(item.unit, item.due_on, item.state, item.task_id) for item in items] == [
        (room.land["dong_hoa"], LIMIT, DueState.OPEN, items[0].task_id),
        (room.land["health"], LIMIT, DueState.OPEN, items[0].task_id),
    ]
    task = Task.objects.get(due_items=items[0])
    assert (task.item, task.revision, task.given_by_id, task.text) == (
        None,
        None,
        room.land["police"].pk,
        decision.words,
    )
    roles = dict(TaskParty.objects.filter(task=task).values_list("unit__name", "role"))
    assert roles == {"Xã Đông Hòa": PartyRole.LEAD, "Sở Y tế": PartyRole.JOINT}
    clinic = room.land.actor("dong_hoa", "commune_officer")
    assert DueItem.objects.visible_to(clinic).filter(pk=items[0].pk).exists()
    assert Decision.objects.visible_to(clinic).get() == decision
    done = report_progress(
        actor=clinic, at=NOW, due_item_id=items[0].pk, version=items[0].version, done=True, note="xong"
    )
    assert isinstance(done, DueItem)
    (row,) = concluded(room.land.office, room.meeting)
    assert (row.done, len(row.items), row.bodies) == (1, 2, "Xã Đông Hòa; Sở Y tế")


def test_people_are_told(room: Room) -> None:
    officer = room.land.actor("health")
    room.made("health")
    told = Notice.objects.filter(user_id=officer.user_id, title__startswith="Được giao việc tại giao ban")
    assert told.count() == 1


def test_pressed_twice_it_is_one_and_a_body_may_be_left_out(room: Room) -> None:
    key = uuid4()
    said = room.said("health")
    assert room.decide(said, key) == room.decide(said, key)
    assert DueItem.objects.filter(decision__isnull=False).count() == 1
    assert isinstance(room.decide(said, key, actor=room.land.second), Refusal), "somebody else's key"
    only = room.made(words="Các đơn vị quán triệt")
    assert (only.order, only.due_on, only.plan) == (2, None, None)
    assert [row.bodies for row in concluded(room.land.office, room.meeting)] == ["Sở Y tế", ""]


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"words": "  "}, "words", "words"),
        ({"words": "x" * 1001}, "words", "words"),
        ({"due_on": None}, "due_on", "due_on"),
        ({"due_on": TODAY - timedelta(days=1)}, "past", "due_on"),
        ({"plan_id": None}, "plan", "plan"),
        ({"plan_id": 99999}, "plan", "plan"),
        ({"unit_ids": ()}, "units", "units"),
        ({"unit_ids": (99999,)}, "units", "units"),
    ],
)
def test_what_cannot_be_taken(room: Room, facts: dict[str, Any], code: str, field: str) -> None:
    answer = room.decide(attrs.evolve(room.said("health"), **facts))
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.field) == (code, field)
    assert not Decision.objects.exists()
    assert not Task.objects.filter(item=None).exists()


def test_who_may(room: Room) -> None:
    for unit, role in (("an_binh", "leader"), ("health", "officer"), ("dong_hoa_police", "standing_office")):
        actor = room.land.actor(unit, role)
        assert getattr(room.decide(room.said("health"), actor=actor), "code", "") == "not_allowed", (unit, role)
        assert getattr(room.issue(actor=actor), "code", "") == "not_allowed"
    foreign = room.decide(room.said("binh_giang_police"))
    assert getattr(foreign, "code", "") == "units"
    decision = room.made("health")
    actor = room.land.actor("binh_giang_police", "standing_office")
    assert getattr(undo_decision(actor=actor, at=NOW, decision_id=decision.pk), "code", "") == "not_allowed"
    assert not Decision.objects.visible_to(actor).exists()


def test_about_what_is_owed_already(room: Room) -> None:
    """The conclusion is a part of it: nothing is counted twice, and who saw an older state is told so."""
    whole = DueItem.objects.get(unit=room.land["health"], label__startswith="Lập danh sách")
    said = room.said("health", plan_id=None, about=(whole.pk, whole.version + 1))
    assert getattr(room.decide(said), "code", "") == "stale"
    decision = room.made("health", plan_id=None, about=(whole.pk, whole.version))
    (part,) = DueItem.objects.filter(decision=decision)
    assert (part.parent_id, part.label, part.due_on, decision.about_id) == (whole.pk, decision.words, LIMIT, whole.pk)
    assert decision.plan_id == whole.plan_id
    assert isinstance(undo_decision(actor=room.land.office, at=NOW, decision_id=decision.pk), Decision)
    part.refresh_from_db()
    assert part.state == DueState.CANCELLED
    assert Task.objects.get(due_items=whole).state == TaskState.OPEN


def test_taken_back_it_is_owed_no_more_and_stays_on_record(room: Room) -> None:
    decision = room.made("health", "finance")
    events = Entry.objects.filter(event__startswith="tasks.decision").values_list("event", flat=True)
    for _twice in range(2):
        assert isinstance(undo_decision(actor=room.land.second, at=NOW, decision_id=decision.pk), Decision)
    assert list(events.order_by("pk")) == ["tasks.decision.made", "tasks.decision.withdrawn"]
    assert set(DueItem.objects.filter(decision=decision).values_list("state", flat=True)) == {DueState.CANCELLED}
    assert Task.objects.get(item=None).state == TaskState.ENDED
    assert concluded(room.land.office, room.meeting) == []
    assert Decision.objects.get().withdrawn_by_name == room.land.second.name
    assert room.made("health").order == 2


def test_what_is_done_is_not_taken_back(room: Room) -> None:
    decision = room.made("health", "finance")
    item = DueItem.objects.get(decision=decision, unit=room.land["health"])
    officer = room.land.actor("health")
    report_progress(actor=officer, at=NOW, due_item_id=item.pk, version=item.version, done=True, note="")
    answer = undo_decision(actor=room.land.office, at=NOW, decision_id=decision.pk)
    assert getattr(answer, "code", "") == "done"
    assert DueItem.objects.get(decision=decision, unit=room.land["finance"]).state == DueState.OPEN


def test_an_amendment_leaves_it_alone(room: Room) -> None:
    decision = room.made("health")
    adopted(room.land.office, plan_id=room.plan.pk)
    item = DueItem.objects.get(decision=decision)
    assert item.state == DueState.OPEN
    assert item.task
    assert item.task.state == TaskState.OPEN


def test_minutes_freeze_what_was_seen(room: Room) -> None:
    assert getattr(room.issue(), "code", "") == "nothing"
    room.made("dong_hoa", words="Xã Đông Hòa rà soát hộ")
    seen = digest_of(concluded(room.land.office, room.meeting))
    room.made("health", words="Sở Y tế cấp thuốc")
    assert getattr(room.issue(seen=seen), "code", "") == "stale", "another secretary wrote one meanwhile"
    assert getattr(room.issue(words=attrs.evolve(WORDS, agency=" ")), "field", "") == "agency"
    changes = (Heading("Thay đổi"), "Hai việc mới quá hạn.", Table([Head("Việc", 2), Head("Số", 1)], [["Xong", "3"]]))
    made = room.issue(changes=changes)
    assert isinstance(made, Minutes)
    assert room.issue() == made, "issued twice, it is issued once"
    with default_storage.open(made.file.path) as file:
        document = docx.Document(io.BytesIO(file.read()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Kết luận giao ban ngày 02/3/2026" in text
    assert "Hai việc mới quá hạn." in text
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any(cell.startswith("Xã Đông Hòa rà soát hộ (Kế hoạch số 12/KH-UBND)") for cell in cells)
    assert "hết ngày 10/4/2026" in cells
    late = room.decide(room.said("health"))
    assert getattr(late, "code", "") == "issued"
    first = Decision.objects.order_by("pk")[0]
    assert getattr(undo_decision(actor=room.land.office, at=NOW, decision_id=first.pk), "code", "") == "issued"
    assert getattr(take_back_meeting(actor=room.land.office, at=NOW, meeting_id=room.meeting.pk), "code", "") == (
        "concluded"
    )


def test_number_of_the_minutes_and_taking_them_back(room: Room) -> None:
    room.made("health")
    made = room.issue()
    assert isinstance(made, Minutes)
    office: dict[str, Any] = {"actor": room.land.office, "at": NOW, "minutes_id": made.pk}
    assert getattr(withdraw_minutes(**office, version=1, reason=" "), "field", "") == "reason"
    assert isinstance(withdraw_minutes(**office, version=1, reason="sai hạn"), Minutes)
    assert standing_minutes(room.land.office, room.meeting) is None
    room.made("finance")
    again = room.issue()
    assert isinstance(again, Minutes)
    office["minutes_id"] = again.pk
    for number, day, field in (("", TODAY, "number"), ("12", None, "signed_on"), ("12", LIMIT, "signed_on")):
        answer = sign_minutes(**office, version=1, number=number, symbol="TB-CAT", signed_on=day)
        assert getattr(answer, "field", "") == field
    signed = sign_minutes(**office, version=1, number="12", symbol="TB-CAT", signed_on=TODAY)
    assert isinstance(signed, Minutes)
    assert signed.designation == "12/TB-CAT"
    assert getattr(sign_minutes(**office, version=1, number="13", symbol="TB", signed_on=TODAY), "code", "") == "stale"
    assert getattr(withdraw_minutes(**office, version=2, reason="x"), "code", "") == "signed"


def test_the_next_briefing_opens_with_the_last_one(room: Room) -> None:
    room.made("health")
    week = TODAY + timedelta(days=7)
    office = room.land.actor("police", "standing_office", "lan", on=week)
    at = NOW + timedelta(days=7)
    empty = hold_meeting(actor=office, at=at, unit_id=room.land["an_binh"].pk, on=week - timedelta(days=3))
    later = hold_meeting(actor=office, at=at, unit_id=room.land["an_binh"].pk, on=week)
    assert isinstance(empty, Meeting)
    assert isinstance(later, Meeting)
    assert last_concluded(office, later) == room.meeting
    assert last_concluded(office, room.meeting) is None


def test_then_and_now(room: Room) -> None:
    """What was told later about the earlier day is the difference between as known then and as known now."""
    item = DueItem.objects.get(unit=room.land["health"], label__startswith="Lập danh sách")
    day = date(2026, 6, 20)
    at = NOW.replace(month=6, day=25)
    office = room.land.actor("police", "standing_office", "lan", on=date(2026, 6, 25))
    area = area_of(office, room.land["an_binh"].pk)
    assert area
    told = report_progress(
        actor=office, at=at, due_item_id=item.pk, version=item.version, done=True, done_on=date(2026, 6, 10), note="x"
    )
    assert isinstance(told, DueItem)
    plans = plans_of(office, area, STATISTICAL.named(Kind.YEAR, 2026))
    found = compare(office, area, plans, Stretch(day + timedelta(days=1), office.on))
    was, then, now = (each.work for each in (found.known_then, found.then, found.now))
    assert then.get(Column.IN_TIME, 0) - was.get(Column.IN_TIME, 0) == 1
    assert was[Column.OVERDUE] - then[Column.OVERDUE] == 1
    assert now[Column.IN_TIME] == then[Column.IN_TIME]
    assert sum(found.now.targets.values()) == 2
    assert found.now.reports[Column.OVERDUE] > 0
