"""Adoption: what it makes, what it refuses, that it happens once and whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.audit.models import Entry
from pcmt.apps.plans import adopters
from pcmt.apps.plans.models import Item, Plan, PlanUnit, Revision
from pcmt.apps.plans.operations import Adopted, accept_confident, add_item, adopt, decide_item, edit_header, edit_item
from pcmt.apps.plans.queries import adoption_problems
from pcmt.apps.reports.models import Duty, DutyOccurrence
from pcmt.apps.targets.models import Allocation, Target
from pcmt.apps.tasks.models import DueItem, Task, TaskParty
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import ALL_CODES, TEXT, adopted, item, reviewed, sent
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")


def test_adoption_belongs_to_the_local_day(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """19:00 UTC on 4 May is 02:00 on 5 May in Việt Nam."""
    days: list[date] = []
    monkeypatch.setitem(adopters._adopters, "tells", (99, lambda adoption: days.append(adoption.on)))
    adopted(land.office, at=datetime(2026, 5, 4, 19, 0, tzinfo=UTC))
    assert days == [date(2026, 5, 5)]


def test_everything_accepted_is_put_to_work(land: World) -> None:
    revision = adopted(land.office)
    plan = Plan.objects.get(pk=revision.plan_id)
    assert (plan.state, plan.number, plan.symbol, plan.title) == (
        "adopted",
        "12",
        "KH-UBND",
        "Làm sạch địa bàn năm 2026",
    )
    assert (plan.issuer, plan.owner) == (land["an_binh"], land["police"])
    assert (plan.window_from, plan.window_to) == (date(2026, 1, 5), date(2026, 12, 31))
    shapes = dict(Target.objects.values_list("text", "shape"))
    assert shapes == {"ít nhất 10 vụ": "allocation", "Ít nhất 80% hộ dân": "share"}
    assert {(each.unit, each.value) for each in Allocation.objects.select_related("unit")} == {
        (land["dong_hoa_police"], 6),
        (land["tay_hoa_police"], 4),
    }
    assert Task.objects.count() == 5


def test_one_lead_others_joint_partners_owe_nothing(land: World) -> None:
    adopted(land.office)
    parts = {
        (part.task.text[:12], part.unit.name, part.role, part.owes)
        for part in TaskParty.objects.select_related("task", "unit")
    }
    assert ("Cấp kinh phí", "Sở Tài chính", "lead", True) in parts
    assert ("Cấp kinh phí", "Công an tỉnh An Bình", "joint", True) in parts
    assert ("Phối hợp Sở ", "Sở Y tế", "coordinate", True) in parts
    assert ("Phối hợp Sở ", "Sở Tài chính", "coordinate", False) in parts
    assert ("Vận động bà ", "Ủy ban Mặt trận Tổ quốc tỉnh", "requested", True) in parts


def test_before_the_fifteenth_is_the_fourteenth(land: World) -> None:
    adopted(land.office)
    due = DueItem.objects.get(task__text__startswith="Lập danh sách")
    assert (due.unit, due.due_on, due.original_due_on) == (land["health"], date(2026, 6, 14), date(2026, 6, 14))
    assert due.limit == {"relation": "before", "precision": "day", "date": "2026-06-15"}
    assert due.limit_text == "trước ngày 15/6/2026"


def test_a_task_without_limit_is_standing(land: World) -> None:
    adopted(land.office)
    owing = DueItem.objects.filter(task__text__startswith="Cấp kinh phí")
    assert {(due.unit, due.due_on, due.state) for due in owing} == {
        (land["finance"], None, "open"),
        (land["police"], None, "open"),
    }


def test_a_class_of_bodies_owes_member_by_member(land: World) -> None:
    adopted(land.office)
    owing = DueItem.objects.filter(task__text__startswith="Họp dân")
    assert {due.unit for due in owing.select_related("unit")} == {land["dong_hoa"], land["tay_hoa"]}
    days = sorted(owing.filter(unit=land["dong_hoa"]).values_list("due_on", flat=True))
    assert days == [date(2026, month, 19) for month in range(1, 13)]


def test_report_occurrences_cover_the_administrative_month(land: World) -> None:
    adopted(land.office)
    monthly = Duty.objects.get(period="monthly")
    assert monthly.recipient == land["police"]
    first = DutyOccurrence.objects.filter(duty=monthly, unit=land["health"]).order_by("period_to").first()
    assert first is not None
    assert (first.due_item.due_on, first.period_from, first.period_to) == (
        date(2026, 1, 14),
        date(2025, 12, 15),
        date(2026, 1, 14),
    )
    assert DutyOccurrence.objects.filter(duty=monthly).count() == 3 * 12
    half = DutyOccurrence.objects.get(duty__period="six_monthly")
    assert (half.unit, half.due_item.due_on) == (land["police"], date(2026, 6, 15))
    assert (half.period_from, half.period_to) == (date(2025, 12, 15), date(2026, 6, 14))


def test_units_named_see_the_plan(land: World) -> None:
    revision = adopted(land.office)
    named = set(PlanUnit.objects.filter(plan=revision.plan).values_list("unit__name", flat=True))
    assert {"Sở Y tế", "Xã Đông Hòa", "Phường Tây Hòa", "Công an xã Đông Hòa"} <= named
    assert "Công an tỉnh Bình Giang" not in named


def test_adopting_twice_gives_the_first_receipt(land: World) -> None:
    revision = adopted(land.office)
    counts = (
        Task.objects.count(),
        DueItem.objects.count(),
        Entry.objects.filter(event="plans.revision.adopted").count(),
    )
    again = adopt(actor=land.second, at=NOW, revision_id=revision.pk, version=1)
    assert isinstance(again, Adopted)
    assert again.already
    assert counts == (
        Task.objects.count(),
        DueItem.objects.count(),
        Entry.objects.filter(event="plans.revision.adopted").count(),
    )


def test_an_adopter_that_breaks_leaves_nothing(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = reviewed(land.office)

    def breaks(adoption: adopters.Adoption) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setitem(adopters._adopters, "breaks", (99, breaks))
    with pytest.raises(RuntimeError):
        adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    revision.refresh_from_db()
    assert revision.state == "review"
    assert not Task.objects.exists()
    assert not Target.objects.exists()
    assert not DueItem.objects.exists()
    assert not PlanUnit.objects.exists()
    assert Plan.objects.get(pk=revision.plan_id).state == "draft"
    monkeypatch.delitem(adopters._adopters, "breaks")
    receipt = adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    assert isinstance(receipt, Adopted)


REPORT = "Công an tỉnh báo cáo UBND tỉnh 6 tháng trước ngày 16/6/2026."


@pytest.mark.parametrize(
    ("words", "agencies", "owed_once"),
    [
        (REPORT, ["Công an tỉnh"], True),
        (REPORT.partition("Công an tỉnh ")[2], ["Công an tỉnh"], True),
        (REPORT, [], True),
        # Somebody would be forgotten.
        (REPORT, ["Công an tỉnh", "Sở Y tế"], False),
        # More is asked for than the report.
        ("Công an phường Tây Hòa: 04 vụ.", ["Công an tỉnh"], False),
        ("Sở Y tế và UBND các xã, phường báo cáo Công an tỉnh trước ngày 15 hằng tháng.\n" + REPORT, [], False),
    ],
)
def test_a_task_that_only_asks_for_a_report_is_owed_once(
    land: World, words: str, agencies: list[str], owed_once: bool
) -> None:
    start = TEXT.index(words)
    revision = reviewed(land.office)
    made = add_item(
        actor=land.office,
        at=NOW,
        revision_id=revision.pk,
        list_name="tasks",
        start=start,
        end=start + len(words),
        facts={"role": "own", "agencies": agencies},
    )
    assert isinstance(made, Item), made
    revision.refresh_from_db()
    problems = {problem.code: problem for problem in adoption_problems(revision, on=NOW.date())}
    assert ("only_report" in problems) is owed_once
    if owed_once:
        assert problems["only_report"].refs == (made.pk,)
        assert not problems["only_report"].blocking
    receipt = adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    assert isinstance(receipt, Adopted), receipt
    assert Task.objects.filter(item=made).exists() is not owed_once
    assert DueItem.objects.filter(kind="report", label__contains="6 tháng").count() == 1


def test_adopters_go_in_floor_order(land: World) -> None:
    assert [adopter.__name__ for adopter in adopters.adopters()] == [
        "adopt_targets",
        "adopt_tasks",
        "adopt_duties",
        "tell_bodies",
    ]


def test_stale_version_is_refused(land: World) -> None:
    revision = reviewed(land.office)
    chosen = item(revision, "targets")
    decide_item(actor=land.second, at=NOW, item_id=chosen.pk, version=chosen.version, state="rejected")
    refused = adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    assert isinstance(refused, Refusal)
    assert refused.code == "stale"


def test_blocking_problems_come_with_words(land: World) -> None:
    revision = sent(land.office)
    refused = adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version)
    assert isinstance(refused, Refusal)
    assert [problem.code for problem in refused.problems] == ["nothing"]
    accept_confident(actor=land.office, at=NOW, revision_id=revision.pk, threshold=0)
    codes = {
        problem.code: problem for problem in adoption_problems(Revision.objects.get(pk=revision.pk), on=NOW.date())
    }
    assert codes["unmatched_owing"].blocking
    assert "UBND các xã, phường" in codes["unmatched_owing"].message


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"window_from": None, "window_to": None}, "no_window"),
        ({"issuer_name": "", "issuer_id": None}, "no_issuer"),
    ],
)
def test_a_header_with_holes_blocks(land: World, changes: dict[str, object], code: str) -> None:
    revision = reviewed(land.office)
    edit_header(actor=land.office, at=NOW, revision_id=revision.pk, version=1, changes=changes)
    revision.refresh_from_db()
    refused = adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    assert isinstance(refused, Refusal)
    assert [problem.code for problem in refused.problems] == [code]


def test_undecided_items_are_left_out_once_confirmed(land: World) -> None:
    revision = reviewed(land.office)
    chosen = item(revision, "tasks", "Cấp kinh phí")
    decide_item(actor=land.office, at=NOW, item_id=chosen.pk, version=chosen.version, state="proposed")
    revision.refresh_from_db()
    asked = adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version)
    assert isinstance(asked, Refusal)
    assert asked.code == "confirm"
    assert [problem.code for problem in asked.problems] == ["undecided"]
    receipt = adopt(
        actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed={"undecided"}
    )
    assert isinstance(receipt, Adopted)
    assert not Task.objects.filter(text__startswith="Cấp kinh phí").exists()


def test_parts_that_do_not_add_up_are_said(land: World) -> None:
    revision = reviewed(land.office)
    part = item(revision, "allocations")
    edit_item(actor=land.office, at=NOW, item_id=part.pk, version=part.version, edits={"value": 5})
    revision.refresh_from_db()
    codes = [problem.code for problem in adoption_problems(revision, on=NOW.date())]
    assert codes == ["parts_differ"]


def test_the_same_number_in_a_year_is_said(land: World) -> None:
    adopted(land.office)
    revision = reviewed(land.office)
    problems = {problem.code: problem for problem in adoption_problems(revision, on=NOW.date())}
    assert not problems["same_number"].blocking


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("police", "leader"),
        ("police", "officer"),
        ("health", "standing_office"),
        ("dong_hoa_police", "standing_office"),
        ("binh_giang_police", "standing_office"),
    ],
)
def test_others_may_not_adopt(land: World, key: str, role: str) -> None:
    revision = reviewed(land.office)
    refused = adopt(
        actor=land.actor(key, role), at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES
    )
    assert isinstance(refused, Refusal)
    assert refused.code == "not_allowed"


def test_adoption_is_told_in_the_log(land: World) -> None:
    revision = adopted(land.office)
    entry = Entry.objects.get(event="plans.revision.adopted")
    assert entry.actor_name == "lan"
    assert entry.object_id == str(revision.pk)
    assert entry.after["taken"]["tasks"] == 5


STATEMENTS = 400
"""To adopt the large plan, whatever the number of its bodies: rows are written in batches."""


def test_a_large_plan_is_adopted_in_few_statements(land: World) -> None:
    """30 bodies, 130 communes, 60 targets, 300 tasks, a monthly one among them."""
    from pcmt.apps.units.operations import NewUnit, create_units

    create_units(
        actor=None,
        at=NOW,
        rows=[
            NewUnit(key=f"x{n}", name=f"Xã Số {n}", kind="administrative", level="commune", parent=land["an_binh"].pk)
            for n in range(128)
        ]
        + [
            NewUnit(key=f"s{n}", name=f"Sở Thứ {n}", kind="agency", level="province", parent=land["an_binh"].pk)
            for n in range(30)
        ],
    )
    revision = large(land)
    with CaptureQueriesContext(connection) as asked:
        receipt = adopt(
            actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES
        )
    assert isinstance(receipt, Adopted)
    assert (receipt.taken["targets"], receipt.taken["tasks"]) == (60, 300)
    assert receipt.taken["due_items"] > 130 * 12
    assert len(asked) < STATEMENTS


def large(land: World) -> Revision:
    lines = ["KẾ HOẠCH", "I. CHỈ TIÊU"]
    lines += [f"{n}. Đạt ít nhất {n} buổi họp số {n} trong năm." for n in range(1, 61)]
    lines.append("II. PHÂN CÔNG")
    for body in range(30):
        lines.append(f"{body + 1}. Sở Thứ {body}")
        lines += [f"- Làm việc {n} của sở thứ {body} cho xong." for n in range(9)]
    lines.append("31. UBND các xã, phường")
    lines += [f"- Việc {n} của xã, trước ngày 20 hằng tháng." for n in range(30)]
    text = "\n".join(lines)
    from tests.factories import plans

    found = plans.Draft(text)
    found.reading = {**plans.draft(TEXT).reading, "outline": plans.outlined(text)}
    for name in plans.LETTERS:
        found.reading[name] = []
    for n in range(1, 61):
        found.add("targets", f"ít nhất {n} buổi họp số {n} ", kind="count", comparator="gte", value=n, unit="buổi")
    for body in range(30):
        ref = found.add("assignments", f"Sở Thứ {body}\n", mode="assigned", agencies=[plans.agency(f"Sở Thứ {body}")])
        for n in range(9):
            found.add("tasks", f"Làm việc {n} của sở thứ {body} cho xong.", role="own", assignment_ref=ref)
    ref = found.add(
        "assignments", "UBND các xã, phường", mode="assigned", agencies=[plans.agency("UBND các xã, phường")]
    )
    for n in range(30):
        key = None
        if n == 0:
            key = found.add(
                "deadlines", "trước ngày 20 hằng tháng", relation="before", rule="FREQ=MONTHLY;BYMONTHDAY=20"
            )
        found.add("tasks", f"Việc {n} của xã", role="own", assignment_ref=ref, deadline_refs=[key] if key else [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pcmt.core.reading.read", lambda text, *, name="": found.reading)
        return reviewed(land.office, text, at=NOW + timedelta(seconds=1))
