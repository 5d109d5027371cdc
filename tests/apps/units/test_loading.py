"""Loading the national units beside units that are here already: those stay as they are."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Succession, Unit, UnitLink
from pcmt.apps.units.national import national_history
from pcmt.apps.units.operations import NewUnit, create_unit, create_units, load_units
from pcmt.apps.units.queries import committee, count_levels, subtree
from pcmt.core.units import History, check, history_of
from tests.factories.world import NOW, World

OLD, DAY, TODAY = date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1)
PROVINCES = ("40", "51", "52", "62", "64", "52@2025-07-01", "91@2025-07-01", "91", "89")


@pytest.fixture(scope="module")
def listed() -> History:
    """Some provinces of the national list, with all that is below them: loading them all takes seconds each time."""
    whole = national_history()
    kept = {"VN"} | {
        key
        for on in (date(2024, 1, 1), OLD, TODAY)
        for tree in [whole.tree(on)]
        for province in PROVINCES
        if province in tree.parents
        for key in tree.under(province)
    }
    units = [unit for key, unit in whole.units.items() if key in kept]
    some = history_of(units, [each for each in whole.successions if {each.old, each.new} <= kept])
    assert check(some) == ()
    return some


def counts(on: date) -> dict[str, int]:
    return {each.level: each.official for each in count_levels(on) if each.official}


def coded(code: str, on: date) -> Unit:
    return Unit.objects.as_of(on).get(code=code, kind="administrative")


def small() -> list[NewUnit]:
    """A few units as an office may have made them: with and without codes, one of today with a code used before."""
    return [
        NewUnit(key="vn", name="Việt Nam", kind="administrative", level="central"),
        NewUnit(key="na", name="Tỉnh Nghệ An", kind="administrative", level="province", code="40", parent="vn"),
        NewUnit(key="cl", name="Phường Cửa Lò", kind="administrative", level="commune", code="16732", parent="na"),
        NewUnit(
            key="dc",
            name="Huyện Diễn Châu",
            kind="administrative",
            level="district",
            parent="na",
            valid_to=DAY,
        ),
        NewUnit(key="ward", name="Phường Cồn Nhạn", kind="administrative", level="commune", parent="na"),
        NewUnit(key="police", name="Công an tỉnh Nghệ An", kind="agency", level="province", parent="na", code="40"),
    ]


def test_units_that_are_here_stay_as_they_are(db: None, listed: History) -> None:
    mine = create_units(actor=None, at=NOW, rows=small())
    before = {key: Unit.objects.filter(pk=unit.pk).values().get() for key, unit in mine.items()}
    links = set(UnitLink.objects.values_list("parent", "child", "valid_from", "valid_to"))
    loaded = load_units(actor=None, at=NOW, listed=listed)
    assert (loaded.created, loaded.known, loaded.coded) == (len(listed.units) - 4, 4, 2)
    after = {key: Unit.objects.filter(pk=unit.pk).values().get() for key, unit in mine.items()}
    assert after == before | {"vn": before["vn"] | {"code": "VN"}, "dc": before["dc"] | {"code": "425"}}
    assert links <= set(UnitLink.objects.values_list("parent", "child", "valid_from", "valid_to"))
    # The ward of today has the code; the one that had it before is another unit.
    assert coded("16732", TODAY) == mine["cl"]
    assert Unit.objects.get(code="16732", valid_to=DAY).name == "Phường Nghi Hương"
    assert counts(TODAY) == Counter(listed.units[key].level for key in listed.tree(TODAY).parents)
    assert [each.without_code for each in count_levels(TODAY) if each.level == "commune"] == [1]
    assert mine["ward"] in subtree(mine["na"].pk, TODAY)
    assert Entry.objects.filter(event="units.list.loaded").count() == 1
    assert load_units(actor=None, at=NOW, listed=listed).created == 0
    assert Entry.objects.filter(event="units.list.loaded").count() == 1


def test_what_is_otherwise_here_is_reported_and_stays(land: World, listed: History) -> None:
    """An Bình has the code of another province; it stood under nothing and gets its place in the nation."""
    loaded = load_units(actor=None, at=NOW, listed=listed)
    assert ("91", "Tỉnh An Bình") in {(each.code, each.here) for each in loaded.differences}
    land["an_binh"].refresh_from_db()
    assert land["an_binh"].name == "Tỉnh An Bình"
    root = Unit.objects.get(level="central")
    below = {unit.pk for unit in subtree(root.pk, TODAY)}
    assert {land["an_binh"].pk, land["dong_hoa_clinic"].pk} <= below
    assert committee(land["police"].pk, TODAY) == land["an_binh"]


def test_a_succession_that_people_wrote_down_is_kept(db: None, listed: History) -> None:
    made = create_units(
        actor=None,
        at=NOW,
        rows=[
            NewUnit(key="kt", name="Tỉnh Kon Tum", kind="administrative", level="province", code="62", valid_to=DAY),
            NewUnit(key="gl", name="Tỉnh Gia Lai", kind="administrative", level="province", code="64", valid_to=DAY),
        ],
    )
    Succession.objects.create(on=DAY, old=made["kt"], new=made["gl"], part="duties")
    load_units(actor=None, at=NOW, listed=listed)
    assert Succession.objects.get(old=made["kt"]).new == made["gl"]


def test_a_name_alone_is_not_enough_under_another_parent(db: None, listed: History) -> None:
    """A district of that name in another province is another district."""
    create_units(actor=None, at=NOW, rows=small()[:2])
    other = create_unit(
        actor=None,
        at=NOW,
        name="Huyện Châu Thành",
        kind="administrative",
        level="district",
        parent_id=Unit.objects.get(code="40").pk,
    )
    assert isinstance(other, Unit)
    load_units(actor=None, at=NOW, listed=listed)
    other.refresh_from_db()
    assert other.code == ""
