"""Which unit a name in a document means."""

from __future__ import annotations

import pytest

from pcmt.apps.units import names
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import add_alias, create_unit
from pcmt.apps.units.queries import Matcher, match
from pcmt.core.text import sort_key
from tests.factories.world import NOW, TODAY, World


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("UBND TỈNH", "uy ban nhan dan tinh"),
        ("Ủy ban nhân dân tỉnh", "uy ban nhan dan tinh"),
        ("Uỷ ban Mặt trận Tổ quốc Việt Nam tỉnh", "uy ban mat tran to quoc tinh"),
        ("UBMTTQ tỉnh", "uy ban mat tran to quoc tinh"),
        ("Sở Lao động - Thương binh và Xã hội", "so lao dong thuong binh xa hoi"),
        ("Sở LĐTBXH", "so lao dong thuong binh xa hoi"),
        ("CATX", "cong an thi xa"),
        ("CA xã", "cong an xa"),
        ("ca sĩ", "ca si"),
        ("Việt Nam", "viet nam"),
        ("", ""),
    ],
)
def test_names_have_one_key(written: str, key: str) -> None:
    assert names.name_key(written) == key


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Sở Y tế", "health"),
        ("sở y tế tỉnh", "health"),
        ("Sở Y tế tỉnh An Bình", "health"),
        ("UBND tỉnh", "an_binh"),
        ("Ủy ban nhân dân tỉnh An Bình", "an_binh"),
        ("Tỉnh An Bình", "an_binh"),
        ("Công an tỉnh", "police"),
        ("CA tỉnh", "police"),
        ("Công an xã Đông Hòa", "dong_hoa_police"),
        ("UBND xã Đông Hoà", "dong_hoa"),
        ("UBND P. Tây Hòa".replace("P.", "phường"), "tay_hoa"),
        ("Mặt trận Tổ quốc Việt Nam tỉnh", None),
        ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh An Bình", "front"),
        ("Trạm Y tế xã Đông Hòa", "dong_hoa_clinic"),
        ("Công an tỉnh Bình Giang", None),
        ("Bộ Công an", None),
    ],
)
def test_names_seen_from_the_province(land: World, written: str, unit: str | None) -> None:
    best = next(iter(match(written, land["police"].pk, TODAY)), None)
    certain = best.unit_id if best and best.score == 1 else None
    assert certain == (land[unit].pk if unit else None)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Công an xã", "dong_hoa_police"),
        ("UBND xã", "dong_hoa"),
        ("Ủy ban nhân dân", "dong_hoa"),
        ("Trạm Y tế", "dong_hoa_clinic"),
        ("Công an tỉnh", "police"),
        ("UBND tỉnh", "an_binh"),
        ("Công an phường Tây Hòa", None),
    ],
)
def test_names_seen_from_a_commune(land: World, written: str, unit: str | None) -> None:
    best = next(iter(match(written, land["dong_hoa_police"].pk, TODAY)), None)
    certain = best.unit_id if best and best.score == 1 else None
    assert certain == (land[unit].pk if unit else None)


def test_slips_are_suggested_with_a_reason_never_taken(land: World) -> None:
    best = match("Sở Y tế và DS", land["police"].pk, TODAY)
    assert best[0].unit_id == land["health"].pk
    assert best[0].score < 1
    assert "Gần giống “Sở Y tế”" in best[0].reason


def test_committees_are_not_alike_by_their_common_words(land: World) -> None:
    assert match("Ủy ban nhân dân tỉnh Kon Tum", land["police"].pk, TODAY) == ()
    assert match("Tòa án nhân dân tỉnh", land["police"].pk, TODAY) == ()
    best = match("UBND xã Đông Hào", land["police"].pk, TODAY)
    assert best[0].unit_id == land["dong_hoa"].pk
    assert best[0].score < 1


def test_a_learned_name_is_known_in_its_area_only(land: World) -> None:
    add_alias(actor=land.office, at=NOW, unit_id=land["health"].pk, name="Ngành Y", scope_id=land["an_binh"].pk)
    best = match("ngành y", land["police"].pk, TODAY)[0]
    assert (best.unit_id, best.score, best.code) == (land["health"].pk, 1.0, "alias")
    assert "lan xác nhận" in best.reason
    assert not [each for each in match("ngành y", land["binh_giang_police"].pk, TODAY) if each.score == 1]


def test_a_learned_name_goes_before_the_rules(land: World) -> None:
    add_alias(
        actor=land.office, at=NOW, unit_id=land["dong_hoa_police"].pk, name="Công an xã", scope_id=land["an_binh"].pk
    )
    assert match("Công an xã", land["police"].pk, TODAY)[0].unit_id == land["dong_hoa_police"].pk


def test_two_bodies_of_one_name_are_not_certain(land: World) -> None:
    for parent in ("dong_hoa", "tay_hoa"):
        create_unit(actor=None, at=NOW, name="Hội Nông dân", kind="agency", level="commune", parent_id=land[parent].pk)
    found = match("Hội Nông dân", land["police"].pk, TODAY)
    assert [each.score for each in found[:2]] == [0.9, 0.9]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("UBND các xã, phường", ["dong_hoa", "tay_hoa"]),
        ("Ủy ban nhân dân các phường", ["tay_hoa"]),
        ("UBND các huyện, thành, thị", []),
        ("các sở, ban, ngành", ["police", "health", "finance", "front"]),
        ("các cơ quan, đơn vị và địa phương", ["police", "health", "finance", "front", "dong_hoa", "tay_hoa"]),
        ("Sở Y tế", []),
    ],
)
def test_classes_take_in_their_members(land: World, written: str, expected: list[str]) -> None:
    found = Matcher(land["an_binh"].pk, [TODAY]).class_members(written)
    assert {unit.pk for unit in found} == {land[key].pk for key in expected}
    assert isinstance(found, list)
    assert found == sorted(found, key=lambda unit: unit.sort_key)


def test_asking_a_matcher_costs_no_query(land: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    matcher = Matcher(land["an_binh"].pk, [TODAY])
    with django_assert_num_queries(0):
        for unit in land.units.values():
            matcher.suggest(unit.name)
    assert Unit.objects.exists()


@pytest.mark.parametrize(
    ("name", "where", "expected"),
    [
        ("Các thôn, bản, tổ dân phố", "dong_hoa", ["Bản Thượng", "Thôn Hạ"]),
        ("các thôn", "an_binh", []),
        ("Các địa phương", "an_binh", ["Xã Đông Hòa", "Phường Tây Hòa"]),
        ("các ban, ngành", "dong_hoa", ["Công an xã Đông Hòa", "Trạm Y tế xã Đông Hòa"]),
    ],
)
def test_hamlets_are_meant_by_their_own_commune(land: World, name: str, where: str, expected: list[str]) -> None:
    for hamlet in ("Thôn Hạ", "Bản Thượng"):
        create_unit(
            actor=None, at=NOW, name=hamlet, kind="administrative", level="hamlet", parent_id=land["dong_hoa"].pk
        )
    found = Matcher(land[where].pk, [TODAY]).class_members(name)
    assert [unit.name for unit in found] == sorted(expected, key=sort_key)
