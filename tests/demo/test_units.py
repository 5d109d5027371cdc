"""The demo's units: a tree that holds on every day of the story."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import add_alias, create_units
from pcmt.apps.units.queries import Matcher, committee, subtree
from pcmt.demo import units

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> dict[str, Unit]:
    rows, _ = units.rows()
    return create_units(actor=None, at=datetime(2020, 1, 1, tzinfo=UTC), rows=rows)


def test_keys_are_unique() -> None:
    rows, aliases = units.rows()
    keys = [row.key for row in rows]
    assert len(set(keys)) == len(keys)
    assert {alias.unit for alias in aliases} | {alias.scope for alias in aliases} <= set(keys)


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
    for alias in units.rows()[1]:
        unit, scope = made[alias.unit].pk, made[alias.scope].pk
        add_alias(actor=None, at=datetime(2020, 1, 1, tzinfo=UTC), unit_id=unit, name=alias.name, scope_id=scope)
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
