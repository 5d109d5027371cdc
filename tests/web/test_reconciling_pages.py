"""Typed numbers beside counted ones, as pages show them: numbers, and no person."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.models import Reconciliation, ReconciliationState
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.registers.operations.counting import count_unit
from pcmt.core.law import Category
from pcmt.core.periods import STATISTICAL, Kind
from tests.factories.facts import entry, told
from tests.factories.registers import BLOCK, spell, subject
from tests.factories.world import NOW, World, world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db
FEBRUARY = STATISTICAL.named(Kind.MONTH, 2026, 2)
PAGE = "/doi-chieu/"


@pytest.fixture
def land() -> World:
    load_catalogue()
    made = world()
    spell(subject(made["dong_hoa"]), Category.ADDICT, on=date(2026, 1, 6), ground="addict.finding")
    count_unit(unit_id=made["dong_hoa"].pk, start=date(2026, 1, 1), at=NOW)
    writer = made.actor("dong_hoa", "commune_officer")
    told(
        entry(made["dong_hoa"], "addicts_with_file", FEBRUARY, 5),
        entry(made["dong_hoa"], "addicts_with_file|sex=male", FEBRUARY, 4), actor=writer,
    )  # fmt: skip
    return made


def client(land: World, key: str, role: str) -> Client:
    found = Client()
    found.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return found


def test_both_numbers_are_shown_and_a_reason_settles_them(land: World) -> None:
    keeper = client(land, "dong_hoa_police", "register_keeper")
    page = keeper.get(PAGE).content.decode()
    assert "Số người nghiện có hồ sơ quản lý, Nam" in page
    assert "commune_officer Xã Đông Hòa" in page
    assert BLOCK.name not in page
    item = Reconciliation.objects.get(breakdown="")
    address = f"{PAGE}{item.pk}/"
    assert "bằng cuối kỳ ở mọi diện" in keeper.get(address).content.decode()

    wrong = keeper.post(address, {"reason": " ", "version": item.version})
    assert wrong.status_code == 422
    assert "<title>Lỗi:" in wrong.content.decode()
    stale = keeper.post(address, {"reason": "Ba người mới về", "version": 7})
    assert stale.status_code == 422
    assert "Ba người mới về" in stale.content.decode(), "nothing typed is lost"
    done = keeper.post(address, {"reason": "Ba người mới về", "version": item.version}, follow=True)
    assert "Đã ghi lý do." in done.content.decode()
    item.refresh_from_db()
    assert item.state == ReconciliationState.EXPLAINED
    told_why = keeper.get(f"{PAGE}?tinh-trang=co-ly-do").content.decode()
    assert "Ba người mới về" in told_why
    assert "<form" not in keeper.get(address).content.decode().split("<main", 1)[1]


def test_others_see_nothing_and_who_only_looks_settles_nothing(land: World) -> None:
    item = Reconciliation.objects.get(breakdown="")
    stranger = client(land, "tay_hoa", "commune_officer")
    assert "Không có số nào phải đối chiếu" in stranger.get(PAGE).content.decode()
    assert stranger.get(f"{PAGE}{item.pk}/").status_code == 404
    auditor = client(land, "an_binh", "auditor")
    assert auditor.get(f"{PAGE}{item.pk}/").status_code == 404  # a small number of people: not for who looks from above
    assert auditor.post(f"{PAGE}{item.pk}/", {"reason": "x", "version": 1}).status_code in (403, 404)
    item.refresh_from_db()
    assert item.reason == ""


def test_the_list_asks_as_much_for_many_as_for_few(land: World) -> None:
    keeper = client(land, "dong_hoa_police", "register_keeper")
    keeper.get(PAGE)
    with statements() as few:
        keeper.get(PAGE)
    parts = [f"age={code}" for code in ("under_12", "12_17", "18_30", "31_45", "over_45")]
    told(*(entry(land["dong_hoa"], f"addicts_with_file|{part}", FEBRUARY, 9) for part in parts))
    assert Reconciliation.objects.count() == 7
    with statements() as many:
        keeper.get(PAGE)
    assert len(many) == len(few)
