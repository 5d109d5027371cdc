"""Who below carries a plan out: own plans, targets at least as strong, files; and which plan a plan carries out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan, Revision
from pcmt.apps.plans.operations import Adopted, adopt, ask_for_plans, carry_out, edit_header
from pcmt.apps.plans.queries import cited_plans, may_carry_out
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.covering import Cover, Matrix, cover_of, unmet_demands
from pcmt.apps.tasks.models import DueItem, TaskTarget
from pcmt.apps.tasks.operations import report_progress
from pcmt.core.diagnostics import Refusal
from tests.factories.evidence import kept
from tests.factories.plans import ALL_CODES, TEXT, adopted, reviewed
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("reader")
BASE = {"doc_type": "Kế hoạch", "number": "12/KH-UBND", "date": "2026-01-05", "issuer": None, "role": "Thực hiện"}


@pytest.fixture
def parent(land: World) -> Plan:
    return adopted(land.office).plan


def child_of(land: World, key: str, text: str, *bases: dict[str, Any], number: str = "7") -> Plan:
    """A plan of a commune, kept by its police, that cites the bases."""
    actor = land.actor(f"{key}_police", "standing_office")
    revision = reviewed(actor, text)
    changes = {"issuer_id": land[key].pk, "issuer_name": land[key].name, "number": number, "issued_on": "2026-01-20"}
    made = edit_header(actor=actor, at=NOW, revision_id=revision.pk, version=1, changes=changes)
    assert isinstance(made, Revision), made
    Revision.objects.filter(pk=revision.pk).update(
        reading={**revision.reading, "header": {**revision.reading["header"], "legal_bases": list(bases)}}
    )
    made.refresh_from_db()
    got = adopt(actor=actor, at=NOW, revision_id=revision.pk, version=made.version, confirmed=ALL_CODES)
    assert isinstance(got, Adopted), got
    return Plan.objects.get(pk=got.plan_id)


def row(matrix: Matrix, land: World, key: str) -> Any:
    return next(line for line in matrix.lines if line.unit == land[key])


def covers(line: Any) -> list[str]:
    return [str(cell.cover) for cell in line.cells]


def weaker(share: int) -> str:
    return TEXT.replace("80%", f"{share}%") + f"\n{share}\n"


def test_who_is_bound_and_by_what(land: World, parent: Plan) -> None:
    matrix = cover_of(land.office, parent, TODAY)
    assert [line.unit for line in matrix.lines] == [
        land["tay_hoa"], land["dong_hoa"], land["finance"], land["health"],
    ]  # fmt: skip
    assert [target.text for target in matrix.targets] == ["ít nhất 10 vụ", "Ít nhất 80% hộ dân"]
    # Communes have a share of the cases, given to their police, and the share of households holds for each of them;
    # departments have neither. Who keeps or issued the plan, and who is only requested, is not below it.
    assert covers(row(matrix, land, "dong_hoa")) == ["no_plan", "no_plan"]
    assert covers(row(matrix, land, "health")) == ["off", "off"]
    assert (matrix.with_plan, matrix.asked(0), matrix.strong(0)) == (0, 2, 0)
    assert matrix.without_plan == [line.unit for line in matrix.lines]


def test_a_child_plan_is_compared_target_by_target(land: World, parent: Plan) -> None:
    child = child_of(land, "dong_hoa", weaker(75), BASE)
    strong = child_of(land, "tay_hoa", weaker(85), BASE)
    matrix = cover_of(land.office, parent, TODAY)
    # Ten cases in a commune are more than its share of six; 75 % of households are fewer than 80 %.
    assert covers(row(matrix, land, "dong_hoa")) == ["strong", "weak"]
    assert "75" in row(matrix, land, "dong_hoa").cells[1].reason
    assert covers(row(matrix, land, "tay_hoa")) == ["strong", "strong"]
    assert row(matrix, land, "dong_hoa").plans == [child]
    assert (matrix.with_plan, matrix.strong(1), matrix.asked(1)) == (2, 1, 2)
    assert [line.lacks for line in matrix.lines[:2]] == [False, True]
    (unmet,) = unmet_demands(child, TODAY)
    assert (unmet.target.text, unmet.cover) == ("Ít nhất 80% hộ dân", Cover.WEAK)
    assert unmet_demands(strong, TODAY) == []
    Target.objects.filter(plan=child, text__contains="hộ dân").update(state="ended", ended_by=child.revisions.get())
    assert covers(row(cover_of(land.office, parent, TODAY), land, "dong_hoa")) == ["strong", "missing"]


def test_a_target_measured_otherwise_is_none(land: World, parent: Plan) -> None:
    child = child_of(land, "dong_hoa", weaker(85), BASE)
    for edition in Target.objects.get(plan=child, text__contains="hộ dân").editions.all():
        type(edition).objects.filter(pk=edition.pk).update(values={**edition.values, "measure": "trường học"})
    Target.objects.get(plan=child, text__contains="hộ dân").measured_by.__class__.objects.filter(
        target__plan=child
    ).update(indicator=None)
    assert covers(row(cover_of(land.office, parent, TODAY), land, "dong_hoa"))[1] == "missing"


def test_files_of_the_task_are_evidence(land: World, parent: Plan) -> None:
    health = land.actor("health")
    due = DueItem.objects.filter(unit=land["health"], task__isnull=False)[0]
    files = kept(health, NOW, due.pk, ("a.txt", "ảnh một".encode()), ("b.txt", "ảnh hai".encode()))
    report_progress(actor=health, at=NOW, due_item_id=due.pk, version=1, percent=10, evidence=files)
    assert row(cover_of(land.office, parent, TODAY), land, "health").files == 2
    commune = DueItem.objects.filter(unit=land["dong_hoa"], task__isnull=False)[0]
    share = Target.objects.get(plan=parent, text__contains="hộ dân")
    TaskTarget.objects.create(task=commune.task, target=share, made_at=NOW, made_by_id=land.office.user_id)
    files = kept(land.actor("dong_hoa"), NOW, commune.pk, ("c.txt", "ảnh ba".encode()))
    report_progress(actor=land.actor("dong_hoa"), at=NOW, due_item_id=commune.pk, version=1, percent=10, evidence=files)
    line = row(cover_of(land.office, parent, TODAY), land, "dong_hoa")
    assert (line.files, [cell.files for cell in line.cells]) == (1, [0, 1])


# Per actor: whom the matrix shows.
SEEN = {
    ("police", "standing_office"): {"dong_hoa", "tay_hoa", "health", "finance"},
    ("police", "leader"): {"dong_hoa", "tay_hoa", "health", "finance"},  # keeps the plan
    ("an_binh", "leader"): {"dong_hoa", "tay_hoa", "health", "finance"},
    ("health", "leader"): {"health"},
    ("health", "officer"): {"health"},
    ("dong_hoa", "leader"): {"dong_hoa"},
    ("dong_hoa", "commune_officer"): {"dong_hoa"},
    ("dong_hoa_police", "standing_office"): {"dong_hoa"},
    ("dong_hoa_police", "officer"): {"dong_hoa"},
    ("tay_hoa_police", "standing_office"): {"tay_hoa"},
}


def test_only_who_answers_for_others_sees_them(land: World, parent: Plan) -> None:
    for (unit, role), expected in SEEN.items():
        shown = cover_of(land.actor(unit, role), parent, TODAY).lines
        assert {line.unit.pk for line in shown} == {land[key].pk for key in expected}, (unit, role)


def test_the_day_by_which_plans_are_asked_for(land: World, parent: Plan) -> None:
    assert cover_of(land.office, parent, TODAY).due_on is None
    asked: dict[str, Any] = {"actor": land.office, "at": NOW, "plan_id": parent.pk}
    early = ask_for_plans(**asked, on=date(2026, 1, 1), seen=None)
    assert isinstance(early, Refusal)
    assert (early.code, early.field) == ("before_issue", "on")
    assert isinstance(ask_for_plans(**asked, on=date(2026, 2, 10), seen=None), Plan)
    stale = ask_for_plans(**asked, on=date(2026, 3, 10), seen=None)
    assert isinstance(stale, Refusal)
    assert stale.code == "stale"
    matrix = cover_of(land.office, Plan.objects.get(pk=parent.pk), TODAY)
    assert (matrix.due_on, matrix.said, matrix.late(TODAY), matrix.late(date(2026, 2, 10))) == (
        date(2026, 2, 10), True, True, False,
    )  # fmt: skip
    assert isinstance(ask_for_plans(actor=land.actor("health"), at=NOW, plan_id=parent.pk, on=None, seen=None), Refusal)
    Plan.objects.filter(pk=parent.pk).update(cover_due_on=None)
    DueItem.objects.filter(task__text__startswith="Lập danh sách").update(search_key="xay dung ke hoach cua nganh")
    proposed = cover_of(land.office, Plan.objects.get(pk=parent.pk), TODAY)
    assert (proposed.due_on, proposed.said) == (date(2026, 6, 14), False)


def test_legal_bases_propose_and_a_person_confirms(land: World, parent: Plan) -> None:
    child = child_of(land, "dong_hoa", TEXT + "\n", {**BASE, "number": "012/KH-UBND", "date": None})
    assert (child.carries_out, child.carries_out_at) == (parent, None)
    keeper = land.actor("dong_hoa_police", "standing_office")
    asked: dict[str, Any] = {"actor": keeper, "at": NOW, "plan_id": child.pk}
    assert isinstance(carry_out(**asked, parent_id=parent.pk, seen=None), Refusal), "the page showed another state"
    confirmed = carry_out(**asked, parent_id=parent.pk, seen=parent.pk)
    assert isinstance(confirmed, Plan)
    assert confirmed.carries_out_at == NOW
    assert carry_out(**asked, parent_id=parent.pk, seen=parent.pk) == confirmed
    assert Entry.objects.filter(event="plans.plan.carries_out").count() == 1
    none = carry_out(**asked, parent_id=None, seen=parent.pk)
    assert isinstance(none, Plan)
    assert (none.carries_out, none.carries_out_at) == (None, NOW)
    for stranger in (land.actor("dong_hoa"), land.actor("tay_hoa_police", "standing_office")):
        answer = carry_out(**{**asked, "actor": stranger}, parent_id=parent.pk, seen=None)
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"


@pytest.mark.parametrize(
    "base",
    [
        {**BASE, "date": "2025-01-05"},
        {**BASE, "number": "12/KH-BCA"},
        {**BASE, "number": "112/KH-UBND"},
        {**BASE, "number": "12"},
        {**BASE, "number": None},
    ],
)
def test_another_number_or_day_is_another_document(land: World, parent: Plan, base: dict[str, Any]) -> None:
    assert child_of(land, "dong_hoa", TEXT + "\n", base).carries_out is None


def test_the_same_number_of_another_province_and_two_candidates_propose_nothing(land: World, parent: Plan) -> None:
    other = adopted(land.office, TEXT + "\n\n\n").plan
    Plan.objects.filter(pk=other.pk).update(issuer=land["binh_giang"], owner=land["binh_giang_police"])
    child = child_of(land, "dong_hoa", TEXT + "\n", BASE)
    assert child.carries_out == parent
    Plan.objects.filter(pk=other.pk).update(issuer=land["an_binh"])
    two = child_of(land, "tay_hoa", TEXT + "\n\n", BASE)
    assert two.carries_out is None
    assert len(cited_plans(two.revisions.get(), TODAY)) == 2


def test_plans_cannot_carry_each_other_out(land: World, parent: Plan) -> None:
    office: Actor = land.office
    second = adopted(office, TEXT + "\n\n\n").plan
    asked: dict[str, Any] = {"actor": office, "at": NOW, "seen": None}
    assert isinstance(carry_out(**asked, plan_id=second.pk, parent_id=parent.pk), Plan)
    assert second not in may_carry_out(office, parent)
    answer = carry_out(**asked, plan_id=parent.pk, parent_id=second.pk)
    assert isinstance(answer, Refusal)
    assert answer.code == "no_plan"
    itself = carry_out(**asked, plan_id=parent.pk, parent_id=parent.pk)
    assert isinstance(itself, Refusal)
