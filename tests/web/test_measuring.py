"""Pages on which people say how targets are measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.targets.addresses import targets_address
from pcmt.apps.targets.models import BaselineFigure, Measure, Remark, Standing, Target
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.factories.world import NOW, World, world

COUNT = Words(
    "Bắt giữ ít nhất 10 vụ phạm tội về ma túy",
    {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ"},
    {"Xã Đông Hòa": 6, "Phường Tây Hòa": 3},
)
CHANGE = Words(
    "Tăng ít nhất 5% số vụ phạm tội về ma túy so với năm trước",
    {
        "kind": "change", "comparator": "gte", "value": 5, "unit": "percent", "direction": "increase",
        "baseline": {"kind": "previous_year", "year": None, "text": "năm trước"},
    },
)  # fmt: skip
MILESTONE = Words("Được công nhận tỉnh không ma túy", {"kind": "milestone", "comparator": "none"})
VAGUE = Words("Trồng mới 12 ha cây ăn quả", {"kind": "count", "comparator": "gte", "value": 12, "unit": "ha"})


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(db: None) -> World:
    load_catalogue()
    return world()


@pytest.fixture
def targets(land: World) -> list[Target]:
    plan = plan_in_force(land.office, land["an_binh"])
    bodies = {"Xã Đông Hòa": land["dong_hoa"], "Phường Tây Hòa": land["tay_hoa"]}
    return put_in_force(land.office, plan, [COUNT, CHANGE, MILESTONE, VAGUE], bodies=bodies, issued=date(2026, 1, 5))


@pytest.fixture
def office(land: World) -> Client:
    return signed_in(land.office)


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_the_list_says_what_is_proposed_and_why(office: Client, targets: list[Target]) -> None:
    page = office.get(reverse("targets:plan-measures", args=[targets[0].plan_id])).content.decode()
    assert "Số vụ phạm tội về ma túy phát hiện, bắt giữ" in page
    assert "vụ phạm tội về ma túy</q>" in page
    assert "người nhận xét, đánh giá" in page
    assert "chưa có đề xuất" in page


def test_what_is_chosen_is_confirmed_at_once(office: Client, targets: list[Target]) -> None:
    url = reverse("targets:plan-measures", args=[targets[0].plan_id])
    first, second = targets[:2]
    Measure.objects.filter(target=second).update(version=2)  # somebody else was there in between
    answer = office.post(
        url, {"chon": [first.pk, second.pk], f"version-{first.pk}": 1, f"version-{second.pk}": 1}, follow=True
    )
    assert "Đã xác nhận cách đo của 1 chỉ tiêu" in answer.content.decode()
    assert "Người khác vừa sửa mục này" in answer.content.decode()
    confirmed = Measure.objects.filter(confirmed_at__isnull=False)
    assert [each.target_id for each in confirmed] == [first.pk]


def test_another_indicator_is_picked(office: Client, targets: list[Target]) -> None:
    target = targets[0]
    url = reverse("targets:measure", args=[target.pk])
    page = office.get(url).content.decode()
    assert "6 + 3" in page
    assert "lệch -1 so với tổng 10" in page
    given = {"indicator": "suspects_arrested", "each": "", "breakdown": "", "calendar": "statistical", "version": 1}
    assert office.post(url, given).status_code == 302
    made = Measure.objects.select_related("indicator").get(target=target)
    assert made.indicator is not None
    assert (made.indicator.code, made.calendar, made.version) == ("suspects_arrested", "statistical", 2)
    assert Standing.objects.filter(target=target).count() == 3


def test_a_share_is_no_measure_of_a_count_and_nothing_typed_is_lost(office: Client, targets: list[Target]) -> None:
    url = reverse("targets:measure", args=[targets[0].pk])
    given = {"indicator": "", "each": "", "breakdown": "", "calendar": "statistical", "version": 1}
    answer = office.post(url, given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("Chọn chỉ số để đo chỉ tiêu này.") == 2
    assert '<option value="statistical" selected>' in page
    assert "Lỗi:" in page


def test_a_baseline_is_told_once_by_two_people(office: Client, targets: list[Target], land: World) -> None:
    target = targets[1]
    url = reverse("targets:baseline", args=[target.pk])
    assert "Chưa có số liệu nào của" in office.get(url).content.decode()
    given = {"unit": land["an_binh"].pk, "seen": 0, "value": "1.234,5", "so_far": "", "source": "Báo cáo số 12"}
    assert office.post(url, given).status_code == 302
    assert BaselineFigure.objects.get().value == Decimal("1234.5")
    answer = office.post(url, given)
    assert answer.status_code == 422
    assert "Người khác vừa sửa mục này" in answer.content.decode()
    assert 'value="1.234,5"' in answer.content.decode()


def test_a_remark_decides_a_milestone(office: Client, targets: list[Target], land: World) -> None:
    target = targets[2]
    url = reverse("targets:remark", args=[target.pk])
    given = {"unit": land["an_binh"].pk, "seen": 0, "reached": "1", "on": "1/2/2026", "words": ""}
    assert office.post(url, given).status_code == 302
    assert Remark.objects.get().on == date(2026, 2, 1)
    assert Standing.objects.get(target=target).verdict == "met"
    tomorrow = given | {"seen": Remark.objects.get().pk, "on": "1/2/2099"}
    assert "Ngày này chưa tới" in office.post(url, tomorrow).content.decode()
    silent = given | {"seen": Remark.objects.get().pk, "reached": "0"}
    assert "vì sao chưa đạt" in office.post(url, silent).content.decode()


def test_who_only_looks_gets_no_form(land: World, targets: list[Target]) -> None:
    client = signed_in(land.actor("an_binh", "leader"))
    for name in ("measure", "baseline", "remark"):
        target = targets[{"measure": 0, "baseline": 1, "remark": 2}[name]]
        page = client.get(reverse(f"targets:{name}", args=[target.pk])).content.decode()
        assert 'type="hidden" name="version"' not in page
        assert "Công an tỉnh An Bình" in page
    listed = client.get(reverse("targets:plan-measures", args=[targets[0].plan_id])).content.decode()
    assert 'name="chon"' not in listed


def test_the_address_in_notices_is_that_of_the_page() -> None:
    assert targets_address(7) == reverse("plan:targets", args=[7])
