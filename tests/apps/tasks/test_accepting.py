"""Accepting, sending back, more time, rest and cancelling: every state against every act, and what stays true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.operations import need_acceptance
from pcmt.apps.tasks.models import Comment, DueItem, Extension, Task
from pcmt.apps.tasks.operations import (
    accept,
    ask_extension,
    cancel,
    comment,
    decide_extension,
    end_due,
    hand_down,
    reopen,
    report_progress,
    restore,
    resume,
    send_back,
    suspend,
    withdraw_extension,
)
from pcmt.apps.tasks.queries import owe_counts
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import TEXT, adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")

LIMIT = date(2026, 6, 14)
"""The last day of the list that Sở Y tế owes."""


@pytest.fixture
def due(land: World) -> DueItem:
    """The list that Sở Y tế owes by 14 June; what is reported in its plan has to be accepted."""
    plan = adopted(land.office).plan
    sure(need_acceptance(actor=land.office, at=NOW, plan_id=plan.pk, needed=True))
    return DueItem.objects.get(task__text__startswith="Lập danh sách")


def sure(answer: Any) -> Any:
    assert not isinstance(answer, Refusal), answer
    return answer


def refused(answer: object, code: str, field: str = "") -> Refusal:
    assert isinstance(answer, Refusal), answer
    assert (answer.code, answer.field) == (code, field), answer
    return answer


def at(day: date) -> datetime:
    """Ten in the morning of a day in Việt Nam."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def on(due: DueItem, act: Callable[..., Any], actor: Actor, day: date | None = None, **said: Any) -> Any:
    """What an act on the item as it stands now answers."""
    version = DueItem.objects.get(pk=due.pk).version
    return act(actor=actor, at=at(day) if day else NOW, due_item_id=due.pk, version=version, **said)


@contextmanager
def tried() -> Iterator[None]:
    """What is done inside is undone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


STATES = ("open", "submitted", "done", "suspended", "cancelled", "ended")
TABLE = {
    # act          open             submitted        done             suspended        cancelled        ended
    "percent":    ("open",          "!done",         "!done",         "!suspended",    "!cancelled",    "!ended"),
    "note":       ("open",          "submitted",     "done",          "!suspended",    "!cancelled",    "!ended"),
    "hand in":    ("submitted",     "submitted",     "done",          "!suspended",    "!cancelled",    "!ended"),
    "tell done":  ("done",          "submitted",     "done",          "!suspended",    "!cancelled",    "!ended"),
    "reopen":     ("open",          "open",          "open",          "!not_done",     "!cancelled",    "!ended"),
    "accept":     ("!not_submitted", "done",         "!not_submitted", "!not_submitted", "!cancelled",  "!ended"),
    "send back":  ("!not_submitted", "open",         "!not_submitted", "!not_submitted", "!cancelled",  "!ended"),
    "ask":        ("open",          "!settled",      "!settled",      "!settled",      "!cancelled",    "!ended"),
    "decide":     ("!not_waiting",  "!not_waiting",  "!not_waiting",  "!not_waiting",  "!cancelled",    "!ended"),
    "suspend":    ("suspended",     "!not_open",     "!not_open",     "!not_open",     "!cancelled",    "!ended"),
    "resume":     ("!not_suspended", "!not_suspended", "!not_suspended", "open",       "!cancelled",    "!ended"),
    "cancel":     ("cancelled",     "cancelled",     "!done",         "cancelled",     "!cancelled",    "!ended"),
    "restore":    ("!not_cancelled", "!not_cancelled", "!not_cancelled", "!not_cancelled", "open",      "!ended"),
    "comment":    ("open",          "submitted",     "done",          "suspended",     "cancelled",     "ended"),
}  # fmt: skip
"""What comes of each act in each state: the state afterwards, or with `!` the code of the refusal."""


def acts(land: World, due: DueItem) -> dict[str, Callable[[], Any]]:
    unit, office = land.actor("health"), land.second
    return {
        "percent": lambda: on(due, report_progress, unit, percent=40),
        "note": lambda: on(due, report_progress, unit, note="Đã gửi thêm một danh sách"),
        "hand in": lambda: on(due, report_progress, unit, done=True),
        "tell done": lambda: on(due, report_progress, office, done=True),
        "reopen": lambda: on(due, reopen, unit, reason="Báo nhầm"),
        "accept": lambda: on(due, accept, office),
        "send back": lambda: on(due, send_back, office, reason="Thiếu hai xã"),
        "ask": lambda: on(due, ask_extension, unit, wanted_on=date(2026, 6, 30), reason="Chờ xã gửi"),
        "decide": lambda: on(due, decide_extension, office, approve=True),
        "suspend": lambda: on(due, suspend, office, reason="Chờ hướng dẫn"),
        "resume": lambda: on(due, resume, office, longer=True),
        "cancel": lambda: on(due, cancel, office, reason="Đã có kế hoạch khác"),
        "restore": lambda: on(due, restore, office, reason="Hủy nhầm"),
        "comment": lambda: comment(actor=unit, at=NOW, due_item_id=due.pk, text="Đã rõ"),
    }


def brought(land: World, due: DueItem, state: str) -> None:
    """Bring an open item into a state by what people do."""
    if state in ("submitted", "done"):
        sure(on(due, report_progress, land.actor("health"), done=True))
    if state == "done":
        sure(on(due, accept, land.office))
    if state == "suspended":
        sure(on(due, suspend, land.office, reason="Chờ"))
    if state == "cancelled":
        sure(on(due, cancel, land.office, reason="Trùng"))
    if state == "ended":
        end_due([due.pk], at=NOW)


def test_every_act_in_every_state(land: World, due: DueItem) -> None:
    wrong = []
    for act, row in TABLE.items():
        for state, expected in zip(STATES, row, strict=True):
            with tried():
                brought(land, due, state)
                answer = acts(land, due)[act]()
                now = DueItem.objects.get(pk=due.pk)
                found = f"!{answer.code}" if isinstance(answer, Refusal) else now.state
                if found != expected:
                    wrong.append((act, state, expected, found))
                if isinstance(answer, Refusal) and now.state != state:
                    wrong.append((act, state, "unchanged", now.state))
    assert wrong == []


def test_the_day_that_counts_is_that_of_the_report(land: World, due: DueItem) -> None:
    """Reported on the last day, accepted three weeks later: in time."""
    handed_in = sure(on(due, report_progress, land.actor("health"), LIMIT, done=True))
    assert (handed_in.state, handed_in.percent, handed_in.done_on) == ("submitted", 100, LIMIT)
    task = Task.objects.get(pk=due.task_id)
    assert (task.state, task.percent) == ("open", 100)
    assert not handed_in.is_late(date(2026, 7, 5))
    done = sure(on(due, accept, land.office, date(2026, 7, 5), words="Đầy đủ"))
    assert (done.state, done.done_on, done.is_late(date(2026, 7, 5))) == ("done", LIMIT, False)
    task.refresh_from_db()
    assert (task.state, task.note) == ("done", "Đầy đủ")


def test_sent_back_its_clock_runs_on(land: World, due: DueItem) -> None:
    """Reported in time, sent back after the limit: late from the day after the limit, and late for good."""
    sure(on(due, report_progress, land.actor("health"), LIMIT, done=True))
    back = sure(on(due, send_back, land.office, LIMIT + timedelta(days=3), reason="Thiếu hai xã"))
    assert (back.state, back.done_on, back.percent, back.due_on) == ("open", None, 99, LIMIT)
    assert back.returned_at == at(LIMIT + timedelta(days=3))
    assert list(DueItem.objects.overdue(LIMIT + timedelta(days=3)).filter(pk=due.pk)) == [back]
    again = sure(on(due, report_progress, land.actor("health"), LIMIT + timedelta(days=5), done=True))
    assert (again.state, again.returned_at) == ("submitted", None)
    sure(on(due, accept, land.office, LIMIT + timedelta(days=9)))
    assert DueItem.objects.late(LIMIT).filter(pk=due.pk, done_on=LIMIT + timedelta(days=5)).exists()


# Who may accept the work of Sở Y tế in a plan that the police of the province keeps.
ACCEPTS = {
    ("police", "standing_office"): True,
    ("police", "officer"): False,
    ("police", "leader"): False,
    ("health", "officer"): False,
    ("health", "standing_office"): False,
    ("health", "leader"): False,
    ("finance", "officer"): False,
    ("dong_hoa_police", "standing_office"): False,
    ("binh_giang_police", "standing_office"): False,
}


def test_who_decides(land: World, due: DueItem) -> None:
    sure(on(due, report_progress, land.actor("health"), done=True))
    decisions: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (accept, {}),
        (send_back, {"reason": "x"}),
        (suspend, {"reason": "x"}),
        (cancel, {"reason": "x"}),
        (restore, {"reason": "x"}),
        (resume, {"longer": False}),
        (decide_extension, {"approve": True}),
    ]
    for (unit, role), may in ACCEPTS.items():
        for act, said in decisions:
            with tried():
                answer = on(due, act, land.actor(unit, role), **said)
                allowed = not (isinstance(answer, Refusal) and answer.code == "not_allowed")
                assert allowed is may, (unit, role, act.__name__)


def test_the_office_accepts_its_own_work_at_once(land: World, due: DueItem) -> None:
    own = DueItem.objects.get(task__text__startswith="Cấp kinh phí", unit=land["police"])
    with tried():
        waits = sure(on(own, report_progress, land.actor("police"), done=True))
        assert waits.state == "submitted"
        assert sure(on(own, accept, land.office)).state == "done"
    assert sure(on(own, report_progress, land.office, done=True)).state == "done"


def test_a_part_is_accepted_by_who_gave_it(land: World, due: DueItem) -> None:
    (part,) = sure(on(due, hand_down, land.actor("health"), label="Rà soát ở xã", unit_ids=[land["dong_hoa"].pk]))
    commune = land.actor("dong_hoa", "commune_officer")
    assert sure(on(part, report_progress, commune, done=True)).state == "submitted"
    refused(on(part, accept, commune), "not_allowed")
    refused(on(part, accept, land.actor("finance")), "not_allowed")
    assert sure(on(part, accept, land.actor("health"))).state == "done"
    giver = Notice.objects.filter(user=land.actor("health").user_id, reason="submitted", about_id=str(part.pk))
    assert giver.exists()


def test_nobody_accepts_the_work_of_the_own_unit(land: World, due: DueItem) -> None:
    """A part whose giver takes its unit over while it waits: only the office above is left to look at it."""
    (part,) = sure(on(due, hand_down, land.actor("health"), label="Rà soát ở xã", unit_ids=[land["dong_hoa"].pk]))
    sure(on(part, report_progress, land.actor("dong_hoa", "commune_officer"), done=True))
    DueItem.objects.filter(pk=part.pk).update(unit=land["health"])
    refused(on(part, accept, land.actor("health")), "not_allowed")
    assert sure(on(part, accept, land.office)).state == "done"


def test_reports_and_requests_are_not_accepted(land: World, due: DueItem) -> None:
    report = DueItem.objects.filter(kind="report", unit=land["health"])[0]
    assert sure(on(report, report_progress, land.actor("health"), done=True)).state == "done"
    asked = DueItem.objects.get(mode="requested")
    assert sure(on(asked, report_progress, land.actor("front"), done=True)).state == "done"


def test_switching_acceptance_off_lets_nothing_through(land: World, due: DueItem) -> None:
    sure(on(due, report_progress, land.actor("health"), done=True))
    refused(need_acceptance(actor=land.actor("health"), at=NOW, plan_id=due.plan_id, needed=False), "not_allowed")
    sure(need_acceptance(actor=land.office, at=NOW, plan_id=due.plan_id, needed=False))
    assert not Plan.objects.get(pk=due.plan_id).needs_acceptance
    assert DueItem.objects.get(pk=due.pk).state == "submitted"
    assert Entry.objects.filter(event="plans.plan.acceptance").count() == 2


@pytest.mark.parametrize(
    ("day", "wanted", "code", "field"),
    [
        (LIMIT, date(2026, 6, 15), "", ""),
        (LIMIT + timedelta(days=1), date(2026, 7, 1), "too_late", ""),
        (date(2026, 6, 1), LIMIT, "not_later", "wanted_on"),
        (date(2026, 6, 1), date(2026, 5, 1), "not_later", "wanted_on"),
        (date(2026, 6, 1), None, "day", "wanted_on"),
        (date(2026, 6, 1), date(2226, 6, 30), "too_far", "wanted_on"),
        (date(2026, 6, 1), date(2028, 2, 29), "", ""),
    ],
)
def test_more_time_is_asked_for_in_time(
    land: World, due: DueItem, day: date, wanted: date | None, code: str, field: str
) -> None:
    answer = on(due, ask_extension, land.actor("health"), day, wanted_on=wanted, reason="Chờ xã gửi")
    if code:
        refused(answer, code, field)
        assert not Extension.objects.exists()
        return
    assert (sure(answer).from_on, answer.wanted_on) == (LIMIT, wanted)
    assert DueItem.objects.get(pk=due.pk).due_on == LIMIT  # it waits
    done = sure(on(due, decide_extension, land.office, day, approve=True))
    now = DueItem.objects.get(pk=due.pk)
    assert (now.due_on, now.original_due_on, done.until) == (wanted, LIMIT, wanted)


def test_a_decision_after_the_limit_counts_back(land: World, due: DueItem) -> None:
    sure(on(due, ask_extension, land.actor("health"), LIMIT, wanted_on=date(2026, 6, 30), reason="Chờ xã gửi"))
    refused(on(due, ask_extension, land.actor("health"), LIMIT, wanted_on=date(2026, 7, 30), reason="Nữa"), "waiting")
    late = date(2026, 6, 20)
    assert DueItem.objects.overdue(late).filter(pk=due.pk).exists()
    refused(on(due, decide_extension, land.office, late, approve=False), "answer", "answer")
    refused(on(due, decide_extension, land.office, late, approve=True, until=LIMIT), "not_later", "until")
    refused(on(due, decide_extension, land.actor("health"), late, approve=True), "not_allowed")
    sure(on(due, decide_extension, land.office, late, approve=True, until=date(2026, 6, 25), answer="Đến ngày 25"))
    assert not DueItem.objects.overdue(late).filter(pk=due.pk).exists()
    assert DueItem.objects.overdue(date(2026, 6, 26)).filter(pk=due.pk).exists()
    told = Notice.objects.get(user=land.actor("health").user_id, reason="decided")
    assert told.title.startswith("Được gia hạn: ")


def test_a_request_that_lost_its_object_is_withdrawn(land: World, due: DueItem) -> None:
    unit = land.actor("health")
    endings: dict[str, Callable[[], Any]] = {
        "done": lambda: on(due, report_progress, unit, done=True),
        "cancelled": lambda: on(due, cancel, land.office, reason="x"),
        "ended": lambda: end_due([due.pk], at=NOW),
        "taken back": lambda: on(due, withdraw_extension, unit),
    }
    for name, ending in endings.items():
        with tried():
            sure(on(due, ask_extension, unit, wanted_on=date(2026, 6, 30), reason="Chờ"))
            sure(ending())
            assert Extension.objects.get().state == "withdrawn", name
            if name != "taken back":
                assert isinstance(on(due, decide_extension, land.office, approve=True), Refusal)


def test_an_amendment_that_moves_the_limit_withdraws_the_request(land: World, due: DueItem) -> None:
    sure(on(due, ask_extension, land.actor("health"), wanted_on=date(2026, 6, 30), reason="Chờ"))
    report = DueItem.objects.filter(kind="report", unit=land["health"], due_on__gt=date(2026, 6, 1))[0]
    sure(on(report, ask_extension, land.actor("health"), wanted_on=date(2026, 12, 30), reason="Chờ"))
    moved = TEXT.replace("trước ngày 15/6/2026", "trước ngày 20/6/2026")
    adopted(land.office, moved.replace("trước ngày 15 hằng tháng", "trước ngày 17 hằng tháng"), plan_id=due.plan_id)
    report.refresh_from_db()
    assert report.due_on != report.original_due_on
    assert set(Extension.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_a_part_stays_within_its_whole(land: World, due: DueItem) -> None:
    (part,) = sure(
        on(
            due, hand_down, land.actor("health"),
            label="Rà soát ở xã", unit_ids=[land["dong_hoa"].pk], due_on=date(2026, 6, 1),
        )
    )  # fmt: skip
    commune = land.actor("dong_hoa", "commune_officer")
    refused(
        on(part, ask_extension, commune, wanted_on=LIMIT + timedelta(days=1), reason="x"), "past_whole", "wanted_on"
    )
    sure(on(part, ask_extension, commune, wanted_on=LIMIT, reason="x"))
    refused(
        on(part, decide_extension, land.actor("health"), approve=True, until=date(2026, 7, 1)), "past_whole", "until"
    )
    assert sure(on(part, decide_extension, land.actor("health"), approve=True)).until == LIMIT


def test_rest_and_going_on(land: World, due: DueItem) -> None:
    """Two days late when it is suspended, ten days of rest: two days late afterwards, and the new limit is seen."""
    (part,) = sure(on(due, hand_down, land.actor("health"), label="Rà soát ở xã", unit_ids=[land["dong_hoa"].pk]))
    start = LIMIT + timedelta(days=2)
    sure(on(due, suspend, land.office, start, reason="Chờ hướng dẫn"))
    part.refresh_from_db()
    assert (part.state, part.suspended_on) == ("suspended", start)
    assert not DueItem.objects.overdue(LIMIT + timedelta(days=60)).filter(task=due.task_id).exists()
    refused(on(part, resume, land.actor("health"), start, longer=False), "whole_suspended")
    end = start + timedelta(days=10)
    with tried():
        same = sure(on(due, resume, land.office, end, longer=False))
        assert (same.due_on, Extension.objects.count()) == (LIMIT, 0)
    on_again = sure(on(due, resume, land.office, end, longer=True))
    assert (on_again.state, on_again.due_on, on_again.original_due_on) == ("open", LIMIT + timedelta(days=10), LIMIT)
    assert (end - on_again.due_on).days == 2
    moved = Extension.objects.get(due_item=due)
    assert (moved.state, moved.from_on, moved.until) == ("approved", LIMIT, LIMIT + timedelta(days=10))
    part.refresh_from_db()
    assert (part.state, part.suspended_on, part.due_on) == ("open", None, LIMIT + timedelta(days=10))


def test_cancelled_parts_come_back_with_their_whole(land: World, due: DueItem) -> None:
    give = {"label": "Rà soát ở xã"}
    units = [land["dong_hoa"].pk, land["tay_hoa"].pk, land["dong_hoa_clinic"].pk]
    first, second, third = sure(on(due, hand_down, land.actor("health"), unit_ids=units, **give))
    sure(on(first, report_progress, land.actor("dong_hoa", "commune_officer"), done=True))
    sure(on(first, accept, land.actor("health")))
    sure(on(second, cancel, land.actor("health"), reason="Xã không có ai"))
    sure(on(due, cancel, land.office, date(2026, 4, 1), reason="Trùng"))
    states = dict(DueItem.objects.filter(task=due.task_id).values_list("pk", "state"))
    assert states == {due.pk: "cancelled", first.pk: "done", second.pk: "cancelled", third.pk: "cancelled"}
    refused(on(third, restore, land.actor("health"), reason="x"), "whole_gone")
    sure(on(due, restore, land.office, date(2026, 4, 2), reason="Hủy nhầm"))
    states = dict(DueItem.objects.filter(task=due.task_id).values_list("pk", "state"))
    assert states == {due.pk: "open", first.pk: "done", second.pk: "cancelled", third.pk: "open"}


def test_what_was_cancelled_ends_with_its_place_in_the_plan(land: World, due: DueItem) -> None:
    """An amendment that keeps the task keeps it cancelled; one that leaves it out ends it."""
    sure(on(due, cancel, land.office, reason="Trùng"))
    kept = adopted(land.office, TEXT.replace("năm 2026\nI.", "năm 2026 \nI."), plan_id=due.plan_id)
    due.refresh_from_db()
    assert due.state == "cancelled"
    without = TEXT.replace("- Lập danh sách người cần hỗ trợ, xong trước ngày 15/6/2026.\n", "")
    adopted(land.office, without, plan_id=kept.plan_id)
    due.refresh_from_db()
    assert due.state == "ended"


def test_the_stale_are_told_what_happened(land: World, due: DueItem) -> None:
    sure(on(due, report_progress, land.actor("health"), done=True))
    version = DueItem.objects.get(pk=due.pk).version
    said = {"at": NOW, "due_item_id": due.pk, "version": version}
    sure(send_back(actor=land.office, reason="Thiếu", **said))
    assert sure(send_back(actor=land.office, reason="Thiếu", **said)).state == "open"  # pressed twice
    answer = refused(accept(actor=land.second, **said), "stale")
    assert answer.message.startswith("lan vừa trả lại lúc 10:00")


def test_everybody_concerned_is_told_and_nobody_else(land: World, due: DueItem) -> None:
    unit, office, colleague = land.actor("health"), land.office, land.second
    land.actor("finance")
    sure(on(due, report_progress, unit, done=True))
    sure(on(due, send_back, office, reason="Thiếu"))
    sure(on(due, ask_extension, unit, wanted_on=date(2026, 6, 30), reason="Chờ"))
    sure(on(due, decide_extension, office, approve=False, answer="Không"))
    sure(on(due, report_progress, unit, done=True))
    sure(on(due, accept, office))
    told: dict[int, list[str]] = {}
    for user_id, reason in Notice.objects.filter(about_id=str(due.pk)).order_by("pk").values_list("user", "reason"):
        told.setdefault(user_id, []).append(reason)
    assert told == {
        office.user_id: ["submitted", "extension", "submitted"],
        colleague.user_id: ["submitted", "extension", "submitted"],
        unit.user_id: ["returned", "decided", "accepted"],
    }


def test_talk(land: World, due: DueItem) -> None:
    unit, office, leader = land.actor("health"), land.office, land.actor("health", "leader")
    outsider = land.actor("binh_giang_police", "standing_office")
    made = sure(
        comment(
            actor=unit, at=NOW, due_item_id=due.pk, text="Xin ý kiến về mẫu biểu",
            mentioned=[office.user_id, leader.user_id],
        )
    )  # fmt: skip
    assert set(made.mentioned.values_list("pk", flat=True)) == {office.user_id, leader.user_id}
    assert set(Notice.objects.filter(reason="mentioned").values_list("user", flat=True)) == {
        office.user_id,
        leader.user_id,
    }
    assert Notice.objects.get(user=leader.user_id).address == f"/nhiem-vu/{due.pk}/#trao-doi"
    again = comment(actor=unit, at=NOW, due_item_id=due.pk, text="Xin ý kiến về mẫu biểu")
    assert again == made
    refused(comment(actor=leader, at=NOW, due_item_id=due.pk, text="x"), "not_allowed")
    refused(comment(actor=outsider, at=NOW, due_item_id=due.pk, text="x"), "not_allowed")
    refused(comment(actor=unit, at=NOW, due_item_id=due.pk, text=" "), "text", "text")
    mentioned = [outsider.user_id]
    refused(comment(actor=unit, at=NOW, due_item_id=due.pk, text="y", mentioned=mentioned), "mentioned", "mentioned")
    assert Comment.objects.count() == 1


class Follow(RuleBasedStateMachine):
    """People work at one item for some months; a small model says what must come of it."""

    land: World
    item: DueItem

    @initialize()
    def begin(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.day = date(2026, 6, 1)
        self.limit = LIMIT
        self.sealed: bool | None = None  # late or not, as long as it is reported done

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @property
    def now(self) -> DueItem:
        return DueItem.objects.get(pk=self.item.pk)

    def act(self, act: Callable[..., Any], actor: Actor, **said: Any) -> bool:
        return not isinstance(on(self.item, act, actor, self.day, **said), Refusal)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def hand_in(self) -> None:
        was = self.now.state
        if self.act(report_progress, self.land.actor("health"), done=True) and was == "open":
            self.sealed = self.day > self.limit

    @rule()
    def accept(self) -> None:
        self.act(accept, self.land.office)

    @rule()
    def send_back(self) -> None:
        if self.act(send_back, self.land.office, reason="Thiếu"):
            self.sealed = None

    @rule()
    def reopen(self) -> None:
        if self.act(reopen, self.land.actor("health"), reason="Nhầm"):
            self.sealed = None

    @rule(days=st.integers(-3, 30))
    def ask(self, days: int) -> None:
        wanted = self.now.due_on + timedelta(days=days)
        asked = self.act(ask_extension, self.land.actor("health"), wanted_on=wanted, reason="Chờ")
        assert not asked or (self.day <= self.limit < wanted)

    @rule(days=st.integers(-3, 30), approve=st.booleans())
    def decide(self, days: int, approve: bool) -> None:
        until = self.now.due_on + timedelta(days=days)
        asked = Extension.objects.filter(due_item=self.item, state="waiting").exists()
        told = self.act(decide_extension, self.land.office, approve=approve, until=until, answer="Ý kiến")
        if told and approve and asked:  # who says the same twice is not refused, and changes nothing
            self.limit = until

    @rule()
    def suspend(self) -> None:
        self.act(suspend, self.land.office, reason="Chờ")

    @rule(longer=st.booleans())
    def resume(self, longer: bool) -> None:
        since = self.now.suspended_on
        if self.act(resume, self.land.office, longer=longer) and longer and since:
            self.limit += self.day - since

    @rule()
    def cancel(self) -> None:
        if self.act(cancel, self.land.office, reason="Trùng"):
            self.sealed = None

    @rule()
    def restore(self) -> None:
        self.act(restore, self.land.office, reason="Nhầm")

    @invariant()
    def the_limit_moves_by_what_was_given_alone(self) -> None:
        if hasattr(self, "limit"):
            assert (self.now.due_on, self.now.original_due_on) == (self.limit, LIMIT)

    @invariant()
    def late_stays_late(self) -> None:
        if not hasattr(self, "limit"):
            return
        item = self.now
        assert (item.state in ("done", "submitted")) is (self.sealed is not None)
        if self.sealed is not None:
            assert item.is_late(self.day) is self.sealed
            assert item.is_late(self.day + timedelta(days=400)) is self.sealed
        elif item.state == "open":
            assert item.is_late(self.day) is (self.day > self.limit)
        else:
            assert not item.is_late(self.day)

    @invariant()
    def the_sums_are_right(self) -> None:
        if not hasattr(self, "limit"):
            return
        counts = owe_counts(DueItem.objects.filter(task=self.item.task_id), self.day)
        assert counts.total == counts.open + counts.submitted + counts.suspended + counts.done
        late = DueItem.objects.filter(pk=self.item.pk).late(self.day).exists()
        assert counts.overdue + counts.submitted_late + counts.done_late == late
        task = Task.objects.get(pk=self.item.task_id)
        assert (task.state == "done") is (self.now.state == "done")
        waiting = Extension.objects.filter(due_item=self.item, state="waiting").exists()
        assert not waiting or self.now.state in ("open", "suspended")


def test_months_of_work(land: World, due: DueItem) -> None:
    Follow.land, Follow.item = land, due
    quick = settings(
        max_examples=10,
        stateful_step_count=12,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    run_state_machine_as_test(Follow, settings=quick)
