"""What bodies are told when a plan is adopted or amended: one notice each."""

from __future__ import annotations

from typing import Any

import pytest

from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.adopters import Adoption, Owing
from pcmt.apps.tasks.operations.assigning import tell_bodies
from tests.factories.plans import TEXT, adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def people(land: World) -> dict[str, int]:
    there = [("health", "officer"), ("health", "leader"), ("dong_hoa", "commune_officer"), ("front", "officer")]
    found = {f"{unit} {role}": land.actor(unit, role).user_id for unit, role in there}
    return {**found, "lan": land.office.user_id, "minh": land.second.user_id}


def titles(user_id: int) -> list[str]:
    return list(Notice.objects.filter(user=user_id).order_by("pk").values_list("title", flat=True))


def test_each_is_told_once_what_the_plan_gives(land: World, people: dict[str, int]) -> None:
    plan = adopted(land.office).plan
    given = "12/KH-UBND giao Sở Y tế: 2 việc, 1 báo cáo"
    assert titles(people["health officer"]) == titles(people["health leader"]) == [given]
    assert titles(people["dong_hoa commune_officer"]) == ["12/KH-UBND giao Xã Đông Hòa: 1 việc, 1 báo cáo"]
    front = "Ủy ban Mặt trận Tổ quốc tỉnh"
    assert titles(people["front officer"]) == [f"12/KH-UBND giao {front}: 1 việc được đề nghị"]
    # Whoever adopts knows; the colleague in the same office is told.
    assert titles(people["lan"]) == []
    assert titles(people["minh"]) == ["12/KH-UBND giao Công an tỉnh An Bình: 1 việc, 1 báo cáo"]
    notice = Notice.objects.get(user=people["health officer"])
    assert (notice.reason, notice.unit_id, notice.about_id) == ("assigned", land["health"].pk, str(plan.pk))
    assert notice.address == f"/nhiem-vu/?ke_hoach={plan.pk}&don_vi={land['health'].pk}&rieng=on"


def test_an_amendment_tells_what_changed_and_only_to_whom_it_means_something(
    land: World, people: dict[str, int]
) -> None:
    plan = adopted(land.office).plan
    amended = (
        TEXT.replace("xong trước ngày 15/6/2026", "xong trong năm")
        .replace("- Phối hợp Sở Tài chính cấp thuốc cho trạm.\n", "")
        .replace("\nCông an tỉnh báo cáo UBND tỉnh 6 tháng trước ngày 16/6/2026.", "")
    )
    adopted(land.office, amended, at=NOW.replace(month=4), plan_id=plan.pk)
    assert titles(people["health officer"])[1:] == ["12/KH-UBND vừa sửa đổi, với Sở Y tế: đổi hạn 1 việc, bỏ 1 việc"]
    assert titles(people["minh"])[1:] == ["12/KH-UBND vừa sửa đổi, với Công an tỉnh An Bình: bỏ 1 báo cáo"]
    assert len(titles(people["dong_hoa commune_officer"])) == 1
    assert Notice.objects.filter(user=people["minh"], reason="changed").count() == 1


def test_the_statements_do_not_grow_with_the_units(
    land: World, people: dict[str, int], django_assert_num_queries: Any
) -> None:
    revision = adopted(land.office)
    Notice.objects.all().delete()
    facts: dict[str, Any] = {"items": {}, "bodies": {}, "carried": {}, "gone": frozenset()}
    adoption = Adoption(
        revision=revision,
        plan=revision.plan,
        actor=land.office,
        at=NOW,
        on=land.office.on,
        **facts,
    )
    for number, unit in enumerate(land.units.values()):
        adoption.owing[unit.pk, number] = ("task", Owing.NEW)
    with django_assert_num_queries(4):
        tell_bodies(adoption)
    assert set(Notice.objects.values_list("user_id", flat=True)) == set(people.values()) - {people["lan"]}
