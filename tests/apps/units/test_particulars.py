"""Short names, official codes, e-identifiers and other names of units."""

from __future__ import annotations

from datetime import date

import pytest

from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Unit, UnitAlias
from pcmt.apps.units.operations import add_alias, create_unit, edit_particulars, name_alias, remove_alias
from pcmt.apps.units.queries import match
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World


def edit(land: World, key: str, **values: str) -> Unit | Refusal:
    return edit_particulars(actor=land.office, at=NOW, unit_id=land[key].pk, values=values)


def code_of(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_values_are_set_told_and_taken_away(land: World) -> None:
    answer = edit(land, "health", short_name="  SYT ", identifier="h40.12")
    assert isinstance(answer, Unit)
    assert (answer.short_name, answer.identifier) == ("SYT", "H40.12")
    entry = Entry.objects.latest("pk")
    assert (entry.event, entry.before, entry.after) == (
        "units.unit.edited",
        {"short_name": "", "identifier": ""},
        {"short_name": "SYT", "identifier": "H40.12"},
    )
    count = Entry.objects.count()
    edit(land, "health", short_name="SYT")
    assert Entry.objects.count() == count
    again = edit(land, "health", identifier="")
    assert isinstance(again, Unit)
    assert again.identifier == ""


@pytest.mark.parametrize(
    ("identifier", "fine"),
    [
        ("H40", True),
        ("H40.3.12", True),
        ("000.00.12.H40", True),
        ("A" * 35, True),
        ("A" * 36, False),
        ("H40.", False),
        (".H40", False),
        ("H40..1", False),
        ("H40-1", False),
        ("H40.Đ1", False),
        ("H40 1", False),
    ],
)
def test_identifiers_of_decision_20(land: World, identifier: str, fine: bool) -> None:
    answer = edit(land, "health", identifier=identifier)
    assert isinstance(answer, Unit) == fine, answer


def test_an_identifier_is_unique_among_those_that_stand(land: World) -> None:
    edit(land, "health", identifier="H40.12")
    assert code_of(edit(land, "finance", identifier="H40.12")) == "taken"
    Unit.objects.filter(pk=land["health"].pk).update(valid_to=date(2026, 1, 1))
    Unit.objects.filter(pk=land["finance"].pk).update(valid_from=date(2026, 1, 1))
    assert isinstance(edit(land, "finance", identifier="H40.12"), Unit)


@pytest.mark.parametrize(
    ("key", "code", "fine"),
    [
        ("dong_hoa", "09999", True),
        ("dong_hoa", "9999", False),
        ("dong_hoa", "0999A", False),
        ("an_binh", "09999", False),
        ("health", "SYT-01/2", True),
        ("health", "SỞ", False),
        ("health", "-1", False),
    ],
)
def test_official_codes_have_their_digits(land: World, key: str, code: str, fine: bool) -> None:
    answer = edit(land, key, code=code)
    assert isinstance(answer, Unit) == fine, answer


def test_a_code_is_unique_on_its_level(land: World) -> None:
    edit(land, "dong_hoa", code="09999")
    assert code_of(edit(land, "tay_hoa", code="09999")) == "taken"
    assert isinstance(edit(land, "health", code="09999"), Unit)


def test_who_changed_it_meanwhile_is_named(land: World) -> None:
    seen = {"short_name": ""}
    edit_particulars(actor=land.second, at=NOW, unit_id=land["health"].pk, values={"short_name": "SYT"})
    answer = edit_particulars(
        actor=land.office, at=NOW, unit_id=land["health"].pk, values={"short_name": "Y tế"}, seen=seen
    )
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.field) == ("stale", "short_name")
    assert "minh" in answer.message
    assert "SYT" in answer.message


def test_only_inside_the_own_area_or_bodies_that_stand_alone(land: World) -> None:
    commune = land.actor("dong_hoa_police", "standing_office")
    answer = edit_particulars(actor=commune, at=NOW, unit_id=land["health"].pk, values={"short_name": "SYT"})
    assert code_of(answer) == "not_allowed"
    ministry = create_unit(actor=land.office, at=NOW, name="Bộ Công an", kind="agency", level="central")
    assert isinstance(ministry, Unit)
    answer = edit_particulars(actor=commune, at=NOW, unit_id=ministry.pk, values={"short_name": "BCA"})
    assert isinstance(answer, Unit)


def test_a_name_is_given_matched_and_taken_away(land: World) -> None:
    unit, area = land["health"], land["an_binh"]
    alias = name_alias(actor=land.office, at=NOW, unit_id=unit.pk, name="Ngành y tế", scope_id=area.pk)
    assert isinstance(alias, UnitAlias)
    assert match("Ngành y tế", area.pk, TODAY)[0].unit_id == unit.pk
    taken = name_alias(actor=land.office, at=NOW, unit_id=land["finance"].pk, name="ngành Y tế", scope_id=area.pk)
    assert isinstance(taken, Refusal)
    assert (taken.code, taken.ref) == ("taken", unit.pk)
    assert remove_alias(actor=land.second, at=NOW, alias_id=alias.pk) == unit
    entry = Entry.objects.latest("pk")
    assert (entry.event, entry.before) == ("units.alias.removed", {"name": "Ngành y tế", "scope": area.name})
    assert code_of(remove_alias(actor=land.office, at=NOW, alias_id=alias.pk)) == "gone"


def test_names_of_another_area_are_not_mine(land: World) -> None:
    alias = add_alias(actor=None, at=NOW, unit_id=land["health"].pk, name="Ngành y tế", scope_id=land["an_binh"].pk)
    assert isinstance(alias, UnitAlias)
    stranger = land.actor("binh_giang_police", "standing_office")
    assert code_of(remove_alias(actor=stranger, at=NOW, alias_id=alias.pk)) == "not_allowed"
    assert code_of(name_alias(actor=stranger, at=NOW, unit_id=land["health"].pk, name="Y")) == "not_allowed"
    assert code_of(name_alias(actor=land.office, at=NOW, unit_id=land["health"].pk, name=" . ")) == "empty"
