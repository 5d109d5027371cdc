"""A new revision of an adopted plan: what changed, what is carried on, what ends."""

from __future__ import annotations

from datetime import date

import pytest

from pcmt.apps.plans.models import Plan, Revision
from pcmt.apps.plans.operations import adopt
from pcmt.apps.plans.queries import adoption_problems, diff_revisions
from pcmt.apps.reports.models import Duty, DutyOccurrence
from pcmt.apps.targets.models import Allocation, Target
from pcmt.apps.tasks.models import DueItem, ProgressNote, Task
from pcmt.apps.tasks.operations import report_progress
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import TEXT, adopted, reviewed, sent
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")

LATER = NOW.replace(month=4)
AMENDED = (
    TEXT.replace("Ít nhất 80% hộ dân", "Ít nhất 85% hộ dân")
    .replace("xong trước ngày 15/6/2026", "hoàn thành ngay trong quý I")  # the limit is gone
    .replace("- Cấp kinh phí cho các đội.\n", "- Cấp kinh phí cho các đội xã.\n")  # reworded
    .replace("- Phối hợp Sở Tài chính cấp thuốc cho trạm.\n", "")  # gone
    .replace("Công an xã Đông Hòa: 06 vụ; Công an phường Tây Hòa: 04 vụ", "Công an xã Đông Hòa: 06 vụ")
    .replace("\nCông an tỉnh báo cáo UBND tỉnh 6 tháng trước ngày 16/6/2026.", "")
)


def test_what_stands_keeps_its_row_and_its_progress(land: World) -> None:
    first = adopted(land.office)
    meeting = DueItem.objects.filter(unit=land["dong_hoa"], kind="task").order_by("due_on")[0]
    report_progress(actor=land.actor("dong_hoa"), at=NOW, due_item_id=meeting.pk, version=1, done=True)
    report = DueItem.objects.filter(unit=land["health"], kind="report").order_by("due_on")[0]
    report_progress(actor=land.actor("health"), at=NOW, due_item_id=report.pk, version=1, done=True)
    tasks = dict(Task.objects.values_list("text", "pk"))
    targets = dict(Target.objects.values_list("text", "pk"))
    due_before = set(DueItem.objects.values_list("pk", flat=True))
    second = adopted(land.office, AMENDED, at=LATER, plan_id=first.plan_id)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "adopted")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.clause and meeting.clause.revision) == ("done", second)
    task = Task.objects.get(pk=tasks["Họp dân mỗi tháng"])
    assert (task.revision, task.since, task.state) == (second, first, "open")
    assert task.text == second.text[task.start : task.end]
    # 80% became 85%: the same target, its new value.
    share = Target.objects.get(pk=targets["Ít nhất 80% hộ dân"])
    assert (share.value, share.text, share.state, share.revision) == (85, "Ít nhất 85% hộ dân", "active", second)
    report.refresh_from_db()
    assert report.state == "done"
    assert ProgressNote.objects.count() == 2
    assert due_before <= set(DueItem.objects.values_list("pk", flat=True))


def test_what_is_gone_ends_and_stays_on_record(land: World) -> None:
    first = adopted(land.office)
    second = adopted(land.office, AMENDED, at=LATER, plan_id=first.plan_id)
    gone = Task.objects.get(text__startswith="Phối hợp Sở Tài chính")
    assert (gone.state, gone.ended_by, gone.revision) == ("ended", second, first)
    assert set(gone.due_items.values_list("state", flat=True)) == {"ended"}
    half = Duty.objects.get(period="six_monthly")
    assert (half.state, half.ended_by) == ("ended", second)
    assert DutyOccurrence.objects.get(duty=half).due_item.state == "ended"
    share = Allocation.objects.get(unit=land["tay_hoa_police"])
    assert share.ended_by == second
    assert Allocation.objects.filter(ended_by=None).count() == 1
    assert Task.objects.count() == 5


def test_a_limit_that_is_gone_ends_its_due_item(land: World) -> None:
    first = adopted(land.office)
    old = DueItem.objects.get(task__text__startswith="Lập danh sách")
    adopted(land.office, AMENDED, at=LATER, plan_id=first.plan_id)
    old.refresh_from_db()
    assert (old.state, old.original_due_on) == ("ended", date(2026, 6, 14))
    now = DueItem.objects.get(task__text__startswith="Lập danh sách", state="open")
    assert (now.due_on, now.task) == (None, old.task)


def test_coming_back_takes_up_the_old_rows(land: World) -> None:
    first = adopted(land.office)
    old = DueItem.objects.get(task__text__startswith="Lập danh sách")
    counts = (Task.objects.count(), DueItem.objects.count(), Target.objects.count(), Duty.objects.count())
    adopted(land.office, AMENDED, at=LATER, plan_id=first.plan_id)
    adopted(land.office, TEXT, at=NOW.replace(month=5), plan_id=first.plan_id)
    old.refresh_from_db()
    assert old.state == "open"
    # The task and duty that had gone are new; nothing else is doubled.
    assert Task.objects.exclude(state="ended").count() == counts[0]
    assert Target.objects.filter(state="active").count() == counts[2]
    assert Duty.objects.filter(state="active").count() == counts[3]
    assert DueItem.objects.exclude(state="ended").count() == counts[1]


def test_the_same_text_again_changes_nothing(land: World) -> None:
    first = adopted(land.office)
    rows = {
        model: set(model.objects.values_list("pk", flat=True))
        for model in (Task, DueItem, Target, Duty, DutyOccurrence)
    }
    adopted(land.office, TEXT, at=LATER, plan_id=first.plan_id)
    for model, before in rows.items():
        assert set(model.objects.values_list("pk", flat=True)) == before, model
    assert not DueItem.objects.filter(state="ended").exists()


SOONER = TEXT.replace("trước ngày 20 hằng tháng", "trước ngày 25 hằng tháng").replace(
    "trước ngày 15 hằng tháng", "trước ngày 10 hằng tháng"
)


def days(land: World, key: str, kind: str, *, state: str = "open") -> list[str]:
    found = DueItem.objects.filter(unit=land[key], kind=kind, state=state, limit__has_key="rule")
    return [f"{day:%m-%d}" for day in found.order_by("due_on").values_list("due_on", flat=True)]


def monthly(passed: int, before: int, after: int) -> list[str]:
    return [f"{month:02}-{before if month <= passed else after:02}" for month in range(1, 13)]


def test_a_new_day_of_the_month_is_for_the_months_to_come(land: World) -> None:
    first = adopted(land.office)
    assert days(land, "dong_hoa", "task") == monthly(12, 19, 19)
    assert days(land, "dong_hoa", "report") == monthly(12, 14, 14)
    january = DueItem.objects.filter(unit=land["dong_hoa"], kind="task").order_by("due_on")[0]
    report_progress(actor=land.actor("dong_hoa"), at=NOW, due_item_id=january.pk, version=1, done=True)
    # On 12 April. Rounds: April's 24th is still to come. Reports: what closes on 14 April is now due on 9 May; what
    # closes on 14 December keeps its day, since its new one would lie beyond the plan.
    adopted(land.office, SOONER, at=LATER.replace(day=12), plan_id=first.plan_id)
    assert days(land, "dong_hoa", "task", state="done") == ["01-19"]
    assert days(land, "dong_hoa", "task") == monthly(3, 19, 24)[1:]
    assert days(land, "dong_hoa", "report") == [*monthly(3, 14, 9)[:3], *monthly(0, 14, 9)[4:], "12-14"]
    assert Task.objects.get(text="Họp dân mỗi tháng").state == "open"
    # And back again on 20 May. May's 19th has gone by, its 24th stands; so does 9 June for what closed on 14 May.
    adopted(land.office, TEXT, at=NOW.replace(month=5, day=20), plan_id=first.plan_id)
    assert days(land, "dong_hoa", "task") == [*monthly(3, 19, 24)[1:5], *monthly(12, 19, 19)[5:]]
    assert days(land, "dong_hoa", "report") == [*monthly(3, 14, 9)[:3], "05-09", "06-09", *monthly(12, 14, 14)[5:]]
    covered = DutyOccurrence.objects.filter(unit=land["dong_hoa"], due_item__state="open").values_list("period_to")
    assert len(set(covered)) == len(covered) == 12
    # The same once more changes nothing.
    rows = set(DueItem.objects.values_list("pk", "state", "due_on"))
    adopted(land.office, TEXT, at=NOW.replace(month=5, day=25), plan_id=first.plan_id)
    assert set(DueItem.objects.values_list("pk", "state", "due_on")) == rows


def test_a_report_keeps_its_row_and_its_first_day_when_its_day_moves(land: World) -> None:
    first = adopted(land.office)
    rows = set(DueItem.objects.filter(unit=land["health"], kind="report").values_list("pk", flat=True))
    march = DueItem.objects.get(unit=land["health"], kind="report", due_on=date(2026, 3, 14))
    report_progress(actor=land.actor("health"), at=LATER, due_item_id=march.pk, version=1, done=True)
    # The 16th reports the same periods as the 15th.
    later = TEXT.replace("trước ngày 15 hằng tháng", "trước ngày 16 hằng tháng")
    adopted(land.office, later, at=LATER.replace(day=12), plan_id=first.plan_id)
    now = DueItem.objects.filter(unit=land["health"], kind="report").order_by("due_on")
    assert set(now.values_list("pk", flat=True)) == rows
    assert [f"{due.due_on:%m-%d}" for due in now] == monthly(3, 14, 15)
    assert {due.original_due_on.day for due in now if due.original_due_on} == {14}
    assert {due.limit_text for due in now if due.due_on and due.due_on.month > 3 and due.limit} == {
        "báo cáo Công an tỉnh trước ngày 16 hằng tháng"
    }
    march.refresh_from_db()
    assert (march.state, march.due_on) == ("done", date(2026, 3, 14))
    assert march.done_on is not None
    assert march.done_on > date(2026, 3, 14)


def test_a_monthly_round_that_ends_leaves_what_was_due(land: World) -> None:
    first = adopted(land.office)
    without = TEXT.replace(", trước ngày 20 hằng tháng", "")
    adopted(land.office, without, at=LATER.replace(day=25), plan_id=first.plan_id)
    assert days(land, "dong_hoa", "task") == monthly(12, 19, 19)[:4]


def test_what_ends_has_to_be_confirmed(land: World) -> None:
    first = adopted(land.office)
    revision = reviewed(land.office, AMENDED, at=LATER, plan_id=first.plan_id)
    problems = {problem.code: problem for problem in adoption_problems(revision, on=LATER.date())}
    assert "1 chế độ báo cáo, 1 nhiệm vụ" in problems["ends"].message
    refused = adopt(actor=land.office, at=LATER, revision_id=revision.pk, version=revision.version)
    assert isinstance(refused, Refusal)
    assert Plan.objects.get(pk=first.plan_id).state == "adopted"
    first.refresh_from_db()
    assert first.state == "adopted"


def test_an_amendment_under_review_does_not_touch_the_plan(land: World) -> None:
    first = adopted(land.office)
    changed = AMENDED.replace("Làm sạch địa bàn năm 2026", "Tên khác")
    sent(land.office, changed, at=LATER, plan_id=first.plan_id)
    assert Plan.objects.get(pk=first.plan_id).title == "Làm sạch địa bàn năm 2026"
    officer = land.actor("health")
    assert list(Revision.objects.visible_to(officer).filter(plan=first.plan_id)) == [first]


def test_differences_clause_by_clause(land: World) -> None:
    first = adopted(land.office)
    second = sent(land.office, AMENDED, at=LATER, plan_id=first.plan_id)
    changes = diff_revisions(first, second)
    kinds = [(change.kind, (change.new or change.old).address) for change in changes]  # type: ignore[union-attr]
    assert ("changed", "I.2") in kinds
    assert ("removed", "II.1.-2") in kinds
    assert ("changed", "II.2.-1") in kinds
    assert ("same", "II.4.-1") in kinds
    money = next(change for change in changes if change.new and change.new.address == "II.2.-1")
    assert [(piece.kind, piece.text) for piece in money.pieces] == [
        ("kept", "- Cấp kinh phí cho các"),
        ("old", "đội."),
        ("new", "đội xã."),
    ]
    removed = kinds.index(("removed", "II.1.-2"))
    assert kinds[removed - 1][1] == "II.1.-1"


def test_a_clause_that_moved_is_known_again(land: World) -> None:
    first = adopted(land.office)
    moved = (
        TEXT.replace("2. Ít nhất 80% hộ dân ký cam kết.\n", "")
        .replace("I. CHỈ TIÊU\n", "I. CHỈ TIÊU\n1. Ít nhất 80% hộ dân ký cam kết.\n")
        .replace("1. Bắt giữ", "2. Bắt giữ")
    )
    share = Target.objects.get(shape="share")
    second = adopted(land.office, moved, at=LATER, plan_id=first.plan_id)
    again = Target.objects.get(shape="share", state="active")
    assert (again.pk, again.revision, again.clause and again.clause.address) == (share.pk, second, "I.1")
    assert Target.objects.count() == 2


def test_an_added_clause_is_new(land: World) -> None:
    first = adopted(land.office)
    more = TEXT.replace("- Cấp kinh phí cho các đội.\n", "- Mua xe.\n- Cấp kinh phí cho các đội.\n")
    second = sent(land.office, more, at=LATER, plan_id=first.plan_id)
    changes = diff_revisions(first, second)
    assert [(change.kind, change.new_text) for change in changes if change.kind == "added"] == [("added", "- Mua xe.")]
    assert any(change.kind == "moved" and change.new_text == "- Cấp kinh phí cho các đội." for change in changes)
