"""The national units in the database: counts, codes, the tree of a day, successions, finding names among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Succession, Unit, UnitClosure, UnitLink
from pcmt.apps.units.national import national_history
from pcmt.apps.units.operations import LoadedUnits, load_units
from pcmt.apps.units.queries import Matcher, committee, count_levels, history, match, subtree
from pcmt.core.units import check, restate
from tests.factories.world import NOW

OLD, DAY, TODAY = date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1)
TOTAL = 12_948


@pytest.fixture(scope="module")
def nation(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[LoadedUnits]:
    """The national units, loaded once for the tests of this file and taken out after them."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                yield load_units(actor=None, at=NOW, listed=national_history())
                transaction.set_rollback(True)
        finally:
            assert not Unit.objects.exists()


def counts(on: date) -> dict[str, int]:
    return {each.level: each.official for each in count_levels(on) if each.official}


def coded(code: str, on: date) -> Unit:
    return Unit.objects.as_of(on).get(code=code)


def test_what_was_loaded(db: None, nation: LoadedUnits) -> None:
    assert nation == LoadedUnits(created=TOTAL, known=0, coded=0, successions=10_154)
    assert (
        counts(OLD) == counts(date(2025, 6, 30)) == {"central": 1, "province": 63, "district": 696, "commune": 10_035}
    )
    assert counts(TODAY) == counts(DAY) == {"central": 1, "province": 34, "commune": 3_321}


def test_loading_again_changes_nothing(db: None, nation: LoadedUnits) -> None:
    before = (Unit.objects.count(), UnitLink.objects.count(), UnitClosure.objects.count(), Entry.objects.count())
    with CaptureQueriesContext(connection) as asked:
        again = load_units(actor=None, at=NOW, listed=national_history())
    assert again == LoadedUnits(created=0, known=TOTAL, coded=0, successions=0)
    assert len(asked) < 10
    assert not [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    now = (Unit.objects.count(), UnitLink.objects.count(), UnitClosure.objects.count(), Entry.objects.count())
    assert now == before


def test_the_command_prints_the_counts_of_a_day(db: None, nation: LoadedUnits) -> None:
    out = StringIO()
    call_command("units", "count", "--on", "2026-01-01", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "on": "2026-01-01",
        "central": 1,
        "province": 34,
        "district": 0,
        "commune": 3321,
        "without_code": {},
    }
    out = StringIO()
    call_command("units", "count", "--on", "2025-01-01", stdout=out)
    assert "Cấp huyện: 696" in out.getvalue()
    out = StringIO()
    call_command("units", "load", stdout=out)
    assert "không có gì để nạp thêm" in out.getvalue()


def test_the_tree_of_a_day(db: None, nation: LoadedUnits) -> None:
    cam_tan = coded("15178", TODAY)
    assert cam_tan == coded("15178", OLD)
    for on, above in (
        (OLD, ["Xã Cẩm Tân", "Huyện Cẩm Thủy", "Tỉnh Thanh Hóa", "Việt Nam"]),
        (TODAY, ["Xã Cẩm Tân", "Tỉnh Thanh Hóa", "Việt Nam"]),
    ):
        rows = UnitClosure.objects.as_of(on).filter(descendant=cam_tan).order_by("depth").select_related("ancestor")
        assert [row.ancestor.name.replace("Thuỷ", "Thủy") for row in rows] == above
    assert coded("16732", OLD).name == "Phường Nghi Hương"
    assert coded("16732", TODAY).name == "Phường Cửa Lò"
    root = Unit.objects.get(level="central")
    assert len(subtree(root.pk, TODAY)) == 1 + 34 + 3_321
    assert committee(coded("23377", TODAY).pk, TODAY) == coded("23377", TODAY)


def test_successions_are_written_down(db: None, nation: LoadedUnits) -> None:
    kon_tum, quang_ngai = coded("62", OLD), coded("51", TODAY)
    assert kon_tum.valid_to == DAY
    row = Succession.objects.get(old=kon_tum)
    assert (row.new, row.on, row.part, row.heir) == (quang_ngai, DAY, "whole", True)
    district = Unit.objects.get(code="390", level="district")
    assert Succession.objects.get(old=district).part == "duties"
    assert Succession.objects.filter(part="part", estimated=True).count() == 973


def test_the_tables_of_the_database_make_the_same_history(db: None, nation: LoadedUnits) -> None:
    listed = national_history()
    with CaptureQueriesContext(connection) as asked:
        here = history()
    assert len(asked) == 5
    assert check(here) == ()
    code = {key: (unit.code, unit.spans[-1].name) for key, unit in here.units.items()}
    code_listed = {key: (unit.code, unit.spans[-1].name) for key, unit in listed.units.items()}
    for on in (OLD, DAY):
        mine = {code[key]: code.get(parent or "") for key, parent in here.tree(on).parents.items()}
        theirs = {code_listed[key]: code_listed.get(parent or "") for key, parent in listed.tree(on).parents.items()}
        assert mine == theirs
    values = {key: len(code[key][1]) for key in here.tree(OLD).leaves}
    listed_values = {key: len(code_listed[key][1]) for key in listed.tree(OLD).leaves}
    carried = restate(here, values, at=OLD, to=TODAY).values
    carried_listed = restate(listed, listed_values, at=OLD, to=TODAY).values
    assert sum(carried.values()) == sum(values.values())
    totals = {code[key]: value for key, value in carried.items()}
    listed_totals = {code_listed[key]: value for key, value in carried_listed.items()}
    # Of equal remainders the first gets the rest, and the first is another here: a few differ by one.
    assert all(abs(totals[key] - listed_totals[key]) <= 2 for key in totals)


@pytest.mark.parametrize(
    ("code", "on", "units"),
    [("40", TODAY, 200), ("40", OLD, 600), ("15178", TODAY, 10), ("VN", TODAY, 50)],
)
def test_matching_names_does_not_load_the_nation(
    db: None, nation: LoadedUnits, code: str, on: date, units: int
) -> None:
    seat = coded(code, on)
    with CaptureQueriesContext(connection) as asked:
        matcher = Matcher(seat.pk, [on])
        matcher.suggest("UBND xã Quỳnh Lưu")
    assert len(asked) <= 6
    assert len(matcher._units) <= units


def test_names_are_found_among_the_national_units(db: None, nation: LoadedUnits) -> None:
    nghe_an = coded("40", TODAY)
    best = match("UBND phường Cửa Lò", nghe_an.pk, TODAY)[0]
    assert (best.unit_id, best.score) == (coded("16732", TODAY).pk, 1.0)
    assert match("UBND tỉnh Nghệ An", Unit.objects.get(level="central").pk, TODAY)[0].unit_id == nghe_an.pk
    assert match("UBND huyện Diễn Châu", nghe_an.pk, OLD)[0].score == 1.0
    assert not [each for each in match("UBND huyện Diễn Châu", nghe_an.pk, TODAY) if each.score == 1]
