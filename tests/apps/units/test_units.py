"""The tree over time, making units, groups, learned names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import GroupMember, Unit, UnitAlias, UnitClosure
from pcmt.apps.units.operations import NewUnit, add_alias, create_unit, create_units, set_members
from pcmt.apps.units.queries import children, committee, members, subtree
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World


def test_subtree_and_committee(land: World) -> None:
    assert [unit.name for unit in subtree(land["dong_hoa"].pk, TODAY)] == [
        "Xã Đông Hòa",
        "Công an xã Đông Hòa",
        "Trạm Y tế xã Đông Hòa",
    ]
    assert len(subtree(land["an_binh"].pk, TODAY)) == 10
    assert committee(land["dong_hoa_clinic"].pk, TODAY) == land["dong_hoa"]
    assert committee(land["dong_hoa"].pk, TODAY) == land["dong_hoa"]
    assert land["tay_hoa"] in children(land["an_binh"].pk, TODAY)


def test_a_district_that_ended_stays_in_its_own_time(land: World) -> None:
    """Communes stood under the district until 1 July 2025 and stand under the province since."""
    end = date(2025, 7, 1)
    made = create_units(
        actor=None,
        at=NOW,
        rows=[
            NewUnit(
                key="xa",
                name="Xã Suối Trong",
                kind="administrative",
                level="commune",
                parents=[
                    ("huyen", None, end),
                    (land["an_binh"].pk, end, None),
                ],
            ),
            NewUnit(
                key="huyen",
                name="Huyện Suối",
                kind="administrative",
                level="district",
                parent=land["an_binh"].pk,
                valid_to=end,
            ),
        ],
    )
    commune, district = made["xa"], made["huyen"]
    before, after = date(2025, 6, 30), end
    assert commune in subtree(district.pk, before)
    assert commune not in subtree(district.pk, after)
    for day in (before, after):
        assert subtree(land["an_binh"].pk, day).count(commune) == 1
    depths = {
        (row.valid_from, row.valid_to): row.depth
        for row in UnitClosure.objects.filter(ancestor=land["an_binh"], descendant=commune)
    }
    assert depths == {(None, end): 2, (end, None): 1}
    assert district not in Unit.objects.as_of(after)
    assert district not in subtree(land["an_binh"].pk, after)


def test_a_circle_is_a_bug(db: None) -> None:
    rows = [
        NewUnit(key="a", name="A", kind="agency", level="other", parent="b"),
        NewUnit(key="b", name="B", kind="agency", level="other", parent="a"),
    ]
    with pytest.raises(ValueError, match="below themselves"):
        create_units(actor=None, at=NOW, rows=rows)


def test_a_standing_office_adds_units_in_its_area_only(land: World) -> None:
    added = create_unit(
        actor=land.office, at=NOW, name="Sở Công Thương", kind="agency", level="province", parent_id=land["an_binh"].pk
    )
    assert isinstance(added, Unit)
    assert added in subtree(land["an_binh"].pk, TODAY)
    assert Entry.objects.filter(event="units.unit.created", object_id=str(added.pk)).exists()
    for actor, parent in (
        (land.office, "binh_giang"),
        (land.actor("health"), "an_binh"),
        (land.actor("an_binh", "leader"), "an_binh"),
    ):
        refused = create_unit(
            actor=actor, at=NOW, name="Sở Mới", kind="agency", level="province", parent_id=land[parent].pk
        )
        assert isinstance(refused, Refusal)
        assert refused.code == "not_allowed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "empty"),
        ({"kind": "planet"}, "unknown_kind"),
        ({"level": "moon"}, "unknown_level"),
        ({"name": "sở y TẾ"}, "exists"),
        ({"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)}, "window"),
        ({"member_ids": (1,)}, "no_group"),
    ],
)
def test_what_is_wrong_with_a_new_unit_is_said(land: World, changes: dict[str, object], code: str) -> None:
    values = {"name": "Sở Mới", "kind": "agency", "level": "province", "parent_id": land["an_binh"].pk, **changes}
    refused = create_unit(actor=land.office, at=NOW, **values)  # type: ignore[arg-type]
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_groups_change_their_members_in_time(land: World) -> None:
    group = create_unit(
        actor=land.office,
        at=NOW,
        name="Các xã, phường",
        kind="group",
        level="commune",
        parent_id=land["an_binh"].pk,
        member_ids=[land["dong_hoa"].pk, land["tay_hoa"].pk],
    )
    assert isinstance(group, Unit)
    assert members([group.pk], date(2020, 1, 1)) == {group.pk: [land["tay_hoa"].pk, land["dong_hoa"].pk]}
    later = NOW.replace(month=5)
    set_members(actor=land.office, at=later, group_id=group.pk, unit_ids=[land["tay_hoa"].pk, land["health"].pk])
    assert members([group.pk], TODAY) == {group.pk: [land["tay_hoa"].pk, land["dong_hoa"].pk]}
    assert members([group.pk], later.date()) == {group.pk: [land["tay_hoa"].pk, land["health"].pk]}
    set_members(actor=land.office, at=later, group_id=group.pk, unit_ids=[land["tay_hoa"].pk])
    assert not GroupMember.objects.filter(group=group, unit=land["health"]).exists()
    for wrong in ([group.pk],):
        refused = set_members(actor=land.office, at=NOW, group_id=group.pk, unit_ids=wrong)
        assert isinstance(refused, Refusal)
    assert isinstance(set_members(actor=land.office, at=NOW, group_id=land["health"].pk, unit_ids=[]), Refusal)


def test_members_change_on_the_local_day(land: World) -> None:
    """19:00 UTC on 4 May is 02:00 on 5 May in Việt Nam."""
    group = create_unit(
        actor=land.office,
        at=NOW,
        name="Các xã, phường",
        kind="group",
        level="commune",
        parent_id=land["an_binh"].pk,
        member_ids=[land["dong_hoa"].pk, land["tay_hoa"].pk],
    )
    assert isinstance(group, Unit)
    at = datetime(2026, 5, 4, 19, 0, tzinfo=UTC)
    set_members(actor=land.office, at=at, group_id=group.pk, unit_ids=[land["tay_hoa"].pk])
    assert members([group.pk], date(2026, 5, 4)) == {group.pk: [land["tay_hoa"].pk, land["dong_hoa"].pk]}
    assert members([group.pk], date(2026, 5, 5)) == {group.pk: [land["tay_hoa"].pk]}


def test_a_learned_name_is_corrected_not_doubled(land: World) -> None:
    first = add_alias(
        actor=land.office, at=NOW, unit_id=land["health"].pk, name="Ngành Y tế", scope_id=land["an_binh"].pk
    )
    again = add_alias(
        actor=land.second, at=NOW, unit_id=land["finance"].pk, name="ngành y tế", scope_id=land["an_binh"].pk
    )
    assert isinstance(first, UnitAlias)
    assert isinstance(again, UnitAlias)
    assert first.pk == again.pk
    assert (again.unit, again.learned_by_name) == (land["finance"], "minh")
    elsewhere = add_alias(
        actor=None, at=NOW, unit_id=land["binh_giang_police"].pk, name="ngành y tế", scope_id=land["binh_giang"].pk
    )
    assert isinstance(elsewhere, UnitAlias)
    assert elsewhere.pk != again.pk
    assert isinstance(add_alias(actor=land.office, at=NOW, unit_id=land["health"].pk, name=" - "), Refusal)
    assert isinstance(add_alias(actor=land.actor("health"), at=NOW, unit_id=land["health"].pk, name="X"), Refusal)


def test_the_database_refuses_windows_that_run_backwards(land: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(
            name="X", kind="agency", level="other", valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1)
        )


def test_vietnamese_order(land: World) -> None:
    for name in ("Ấp Hạ", "Ăn Khê", "Đà Bắc", "Dương Hòa", "Hà Tây", "Âu Lâu"):
        create_unit(actor=None, at=NOW, name=name, kind="agency", level="other")
    names = list(Unit.objects.filter(links_up=None, kind="agency").in_official_order().values_list("name", flat=True))
    assert names == ["Ăn Khê", "Ấp Hạ", "Âu Lâu", "Dương Hòa", "Đà Bắc", "Hà Tây"]
