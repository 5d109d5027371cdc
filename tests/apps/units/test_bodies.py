"""The usual bodies of provinces and communes: the data, what is missing, making it in one step."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.audit.models import Entry
from pcmt.apps.units.functions import COMMITTEE, FUNCTIONS
from pcmt.apps.units.models import Unit, UnitAlias, UnitFunction
from pcmt.apps.units.operations import CreatedBodies, NewUnit, create_units, create_usual_bodies
from pcmt.apps.units.queries import Matcher, proposed_bodies
from pcmt.apps.units.usual import inland, own_name, usual_bodies
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World

BEFORE, DAY = date(2025, 2, 1), date(2025, 7, 1)


def test_every_body_with_a_function_is_in_the_data() -> None:
    keys = {(body.level, body.key) for body in usual_bodies()}
    held = {(each.level, each.body) for function in FUNCTIONS.values() for each in function.held}
    # District bodies ended with the districts; central ones are few and are not built from a list.
    assert {pair for pair in held if pair[0] in ("province", "commune") and pair[1] != COMMITTEE} <= keys


def test_at_most_one_body_does_a_function_at_a_level_on_a_day() -> None:
    """Health work is shared between levels, never between two bodies of one level at one time."""
    for function in FUNCTIONS.values():
        for level in {each.level for each in function.held}:
            held = sorted(
                (each for each in function.held if each.level == level), key=lambda each: each.start or date.min
            )
            for one, other in pairwise(held):
                assert one.end is not None, (function.key, level)
                assert one.end <= (other.start or date.min), (function.key, level)


def test_rehabilitation_went_to_the_police_on_the_first_of_march_2025() -> None:
    province = [each for each in FUNCTIONS["rehab_management"].held if each.level == "province"]
    assert [(each.body, each.start, each.end) for each in province] == [
        ("sldtbxh", None, date(2025, 3, 1)),
        ("ca", date(2025, 3, 1), None),
    ]
    users = FUNCTIONS["user_management"].held
    assert [(each.body, each.end or each.start) for each in users] == [
        (COMMITTEE, date(2026, 7, 1)),
        ("ca", date(2026, 7, 1)),
    ]


def test_bodies_that_end_have_a_successor_that_stands() -> None:
    by_key = {(body.level, body.key): body for body in usual_bodies()}
    for body in usual_bodies():
        if body.end:
            heir = by_key[body.level, body.then]
            assert heir.end is None or heir.end > body.end
            assert (heir.start or body.end) <= body.end


def test_inland_provinces_are_provinces_of_today() -> None:
    from pcmt.apps.units.national import national_history

    names = {
        unit.code: unit.spans[-1].name
        for unit in national_history().units.values()
        if unit.level == "province" and unit.end == date.max
    }
    assert {names[code] for code in inland()} == {
        "Thành phố Hà Nội",
        "Tỉnh Thái Nguyên",
        "Tỉnh Bắc Ninh",
        "Tỉnh Phú Thọ",
    }


@pytest.mark.parametrize(
    ("name", "whole", "proper"),
    [
        ("Tỉnh Nghệ An", "tỉnh Nghệ An", "Nghệ An"),
        ("Thành phố Hồ Chí Minh", "thành phố Hồ Chí Minh", "Hồ Chí Minh"),
        ("Đặc khu Phú Quốc", "đặc khu Phú Quốc", "Phú Quốc"),
        ("Phường Cửa Lò", "phường Cửa Lò", "Cửa Lò"),
    ],
)
def test_names_are_filled_in_with_the_units_own(name: str, whole: str, proper: str) -> None:
    assert (own_name(name).whole, own_name(name).proper) == (whole, proper)


def made(answer: CreatedBodies | Refusal) -> list[str]:
    assert isinstance(answer, CreatedBodies), answer
    return [unit.name for unit in answer.made]


def test_what_is_there_under_any_of_its_names_is_not_proposed(land: World) -> None:
    """ "Sở Y tế" stands without the name of its province, the Front under a shorter name."""
    found = {each.key: each for each in proposed_bodies([land["an_binh"]], TODAY)}
    assert found["ca"].there == land["police"]
    assert found["syt"].there == land["health"]
    assert found["stc"].there == land["finance"]
    assert found["sgddt"].there is None
    assert found["sgddt"].name == "Sở Giáo dục và Đào tạo tỉnh An Bình"
    assert "sldtbxh" not in found
    assert "Quản lý cai nghiện ma túy" in found["ca"].functions


def test_a_commune_gets_its_bodies_in_one_step_and_once(land: World) -> None:
    office = land.office
    before = Entry.objects.count()
    names = made(create_usual_bodies(actor=office, at=NOW, unit_id=land["tay_hoa"].pk, on=TODAY))
    assert "Phòng Kinh tế, Hạ tầng và Đô thị phường Tây Hòa" in names
    assert "Công an phường Tây Hòa" not in names
    assert not [name for name in names if "Trường" in name]
    assert Entry.objects.count() == before + 1
    assert made(create_usual_bodies(actor=land.office, at=NOW, unit_id=land["tay_hoa"].pk, on=TODAY)) == []
    assert Entry.objects.count() == before + 1
    body = Unit.objects.get(name="Phòng Văn hóa - Xã hội phường Tây Hòa")
    assert (body.valid_from, body.kind, body.level) == (DAY, "agency", "commune")
    assert body in Unit.objects.under(land["an_binh"].pk, TODAY)
    assert set(UnitFunction.objects.filter(unit=body).values_list("function", flat=True)) >= {"education", "culture"}


def test_functions_have_the_time_of_the_law_and_of_their_body(land: World) -> None:
    made(create_usual_bodies(actor=None, at=NOW, unit_id=land["binh_giang"].pk, on=BEFORE))
    labour = Unit.objects.get(name="Sở Lao động, Thương binh và Xã hội tỉnh Bình Giang")
    assert (labour.valid_from, labour.valid_to) == (None, date(2025, 3, 1))
    row = UnitFunction.objects.get(unit=labour, function="rehab_management")
    assert (row.valid_from, row.valid_to) == (None, date(2025, 3, 1))
    assert not Unit.objects.filter(name="Sở Nông nghiệp và Môi trường tỉnh Bình Giang").exists()


def test_optional_bodies_and_series_are_made_when_asked_for(land: World) -> None:
    keys = {"takv.1", "takv.2", "cdc"}
    names = made(
        create_usual_bodies(
            actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=TODAY, keys=keys, counts={"takv": 2}
        )
    )
    assert names == [
        "Tòa án nhân dân khu vực 1 - An Bình",
        "Tòa án nhân dân khu vực 2 - An Bình",
        "Trung tâm Kiểm soát bệnh tật tỉnh An Bình",
    ]
    more = made(
        create_usual_bodies(
            actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=TODAY, keys={"takv.3", *keys}, counts={"takv": 3}
        )
    )
    assert more == ["Tòa án nhân dân khu vực 3 - An Bình"]


def test_a_province_with_all_its_communes(land: World) -> None:
    rows = [
        NewUnit(key=str(at), name=f"Xã Số {at}", kind="administrative", level="commune", parent=land["an_binh"].pk)
        for at in range(60)
    ]
    create_units(actor=None, at=NOW, rows=rows)
    with CaptureQueriesContext(connection) as asked:
        answer = create_usual_bodies(
            actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=TODAY, keys=(), communes=True
        )
    assert isinstance(answer, CreatedBodies)
    assert answer.units == 62
    assert Unit.objects.filter(name="Công an xã Số 59").exists()
    assert len(asked) < 100  # SQLite takes few rows at a time


def test_learned_names_stay_with_whom_they_were_learned_for(land: World) -> None:
    other = land["health"]
    UnitAlias.objects.create(
        unit=other, name="Ban Chỉ đạo 138 tỉnh", search_key="ban chi dao 138 tinh", scope=land["an_binh"]
    )
    made(create_usual_bodies(actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=TODAY))
    assert UnitAlias.objects.get(search_key="ban chi dao 138 tinh").unit == other
    best = Matcher(land["an_binh"].pk, [TODAY]).suggest("Ban Chỉ đạo 138 của tỉnh")[0]
    assert (best.unit_name, best.score) == ("Ban Chỉ đạo 138 tỉnh An Bình", 1.0)


@pytest.mark.parametrize(
    ("actor", "role", "where"),
    [
        ("health", "officer", "an_binh"),
        ("binh_giang_police", "standing_office", "an_binh"),
        ("dong_hoa_police", "standing_office", "tay_hoa"),
    ],
)
def test_only_the_standing_office_of_the_area_may(land: World, actor: str, role: str, where: str) -> None:
    answer = create_usual_bodies(actor=land.actor(actor, role), at=NOW, unit_id=land[where].pk, on=TODAY)
    assert isinstance(answer, Refusal)
    assert answer.code == "not_allowed"


def test_a_body_has_no_usual_bodies_and_counts_have_an_end(land: World) -> None:
    nothing = create_usual_bodies(actor=land.office, at=NOW, unit_id=land["health"].pk, on=TODAY)
    assert isinstance(nothing, Refusal)
    assert nothing.code == "no_template"
    many = create_usual_bodies(
        actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=TODAY, keys=(), counts={"takv": 31}
    )
    assert isinstance(many, Refusal)
    assert many.code == "count"
