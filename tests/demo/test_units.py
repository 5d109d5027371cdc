"""The demo's units: a tree that holds on every day of the story."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from pcmt.apps.units.models import Unit, UnitClosure, UnitFunction, UnitLink
from pcmt.apps.units.national import national_history
from pcmt.apps.units.operations import load_units
from pcmt.apps.units.queries import Matcher, committee, communes_of, count_levels, proposed_bodies, subtree
from pcmt.demo import units

BEGUN = timezone.make_aware(datetime(2019, 1, 1, 8))
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Unit]]:
    """The units, made once for all tests of this file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield units.make_units(BEGUN, TODAY)
        transaction.set_rollback(True)


@pytest.fixture
def made(db: None, loaded: dict[str, Unit]) -> dict[str, Unit]:
    return loaded


def test_no_unit_of_the_list_is_there_twice(made: dict[str, Unit]) -> None:
    """Neither by loading the list again nor the demo's units again."""
    before = (Unit.objects.count(), UnitLink.objects.count(), UnitClosure.objects.count(), UnitFunction.objects.count())
    again = load_units(actor=None, at=BEGUN, listed=national_history())
    assert (again.created, again.successions, again.differences) == (0, 0, ())
    assert {key: unit.pk for key, unit in units.make_units(BEGUN, TODAY).items()} == {
        key: unit.pk for key, unit in made.items()
    }
    assert before == (
        Unit.objects.count(), UnitLink.objects.count(), UnitClosure.objects.count(), UnitFunction.objects.count()
    )  # fmt: skip
    twice = (
        Unit.objects.as_of(TODAY)
        .filter(kind="administrative", level__in=["province", "commune"])
        .values("name", "links_up__parent")
        .annotate(number=Count("pk", distinct=True))
        .filter(number__gt=1)
    )
    assert list(twice) == []


def test_counts_are_those_of_the_nation_and_one_invented_ward(made: dict[str, Unit]) -> None:
    assert [(each.level, each.official, each.without_code) for each in count_levels(TODAY)][:4] == [
        ("central", 1, 0),
        ("province", 34, 0),
        ("district", 0, 0),
        ("commune", 3_321, 1),
    ]


def test_every_commune_of_the_province_has_its_usual_bodies(made: dict[str, Unit]) -> None:
    communes = communes_of(made["nghe-an"].pk, TODAY)
    assert len(communes) == 131
    missing = [
        each.name
        for each in proposed_bodies(communes, TODAY)
        if each.there is None and not each.optional and each.unit != made["con-nhan"]
    ]
    assert missing == []


def test_rehabilitation_moved_between_bodies_of_the_province(made: dict[str, Unit]) -> None:
    def who(on: date) -> list[Unit]:
        bodies = Unit.objects.having("rehab_management", on).filter(kind="agency")
        return list(bodies.filter(links_up__parent=made["nghe-an"]))

    assert who(date(2025, 2, 28)) == [made["nghe-an.sldtbxh"]]
    assert who(date(2025, 3, 1)) == [made["nghe-an.ca"]]


def test_the_town_is_there_in_2024_and_the_ward_in_2025(made: dict[str, Unit]) -> None:
    before = {unit.name for unit in subtree(made["nghe-an"].pk, date(2024, 6, 1))}
    after = {unit.name for unit in subtree(made["nghe-an"].pk, date(2025, 7, 1))}
    assert {"Thị xã Cửa Lò", "Công an thị xã Cửa Lò", "Phường Nghi Hải"} <= before
    assert "Phường Cửa Lò" not in before
    assert "Phường Cửa Lò" in after
    assert not {"Thị xã Cửa Lò", "Huyện Kỳ Sơn"} & after


def test_whoever_took_over_stands_above_the_old_body(made: dict[str, Unit]) -> None:
    today = date(2026, 11, 22)
    assert made["tx-cua-lo"] in Unit.objects.under(made["cua-lo"].pk, today)
    assert made["kon-tum.sldtbxh"] in Unit.objects.under(made["quang-ngai.snv"].pk, today)
    assert made["kon-tum.ca"] in Unit.objects.under(made["quang-ngai.ca"].pk, today)
    assert made["kon-tum"] not in Unit.objects.under(made["quang-ngai"].pk, date(2025, 6, 30))


def test_the_commune_moved_from_the_district_to_the_province(made: dict[str, Unit]) -> None:
    assert made["cam-tan"] in Unit.objects.under(made["cam-thuy"].pk, date(2025, 6, 30))
    assert made["cam-tan"] not in Unit.objects.under(made["cam-thuy"].pk, date(2025, 7, 1))
    assert made["cam-tan"] in Unit.objects.under(made["thanh-hoa"].pk, date(2025, 7, 1))


@pytest.mark.parametrize(
    ("key", "name", "on", "expected"),
    [
        ("nghe-an", "Công an tỉnh", date(2021, 1, 1), "nghe-an.ca"),
        ("nghe-an", "Sở Lao động, Thương binh và Xã hội", date(2021, 1, 1), "nghe-an.sldtbxh"),
        ("nghe-an", "Tỉnh đoàn Nghệ An", date(2026, 1, 1), "nghe-an.td"),
        ("tx-cua-lo", "Phòng Y tế thị xã", date(2024, 6, 1), "tx-cua-lo.yt"),
        ("cam-tan", "Công an xã", date(2024, 12, 1), "cam-tan.ca"),
        ("kon-tum", "Sở Lao động - Thương binh và Xã hội", date(2021, 11, 3), "kon-tum.sldtbxh"),
        ("con-nhan", "Công an phường", date(2026, 9, 28), "con-nhan.ca"),
    ],
)
def test_names_in_documents_find_their_units(
    made: dict[str, Unit], key: str, name: str, on: date, expected: str
) -> None:
    best = Matcher(made[key].pk, [on]).suggest(name)[0]
    assert best.unit_id == made[expected].pk
    assert best.score == 1.0


def test_every_body_serves_a_committee(made: dict[str, Unit]) -> None:
    seat = committee(made["cua-lo.ca"].pk, date(2026, 1, 1))
    assert seat == made["cua-lo"]


@pytest.mark.parametrize(
    ("key", "name", "issued", "expected"),
    [
        ("tx-cua-lo", "Công an thị xã", date(2024, 5, 30), "tx-cua-lo.ca"),
        ("kon-tum", "Công an tỉnh", date(2021, 11, 3), "kon-tum.ca"),
        ("kon-tum", "Sở Y tế", date(2021, 11, 3), "kon-tum.syt"),
        ("cam-tan", "Công an huyện Cẩm Thủy", date(2024, 11, 20), "cam-thuy.ca"),
    ],
)
def test_an_old_document_read_today_means_the_bodies_of_its_own_day(
    made: dict[str, Unit], key: str, name: str, issued: date, expected: str
) -> None:
    best = Matcher(made[key].pk, [issued, date(2026, 11, 22)]).suggest(name)[0]
    assert best.unit_id == made[expected].pk
    assert best.score == 1.0
