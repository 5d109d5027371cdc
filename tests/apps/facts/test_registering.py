"""The program's tables reach the database, and what administrators changed stays theirs."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.audit.models import Entry
from pcmt.apps.facts import catalogue as source
from pcmt.apps.facts.catalogue import catalogue, shipped
from pcmt.apps.facts.models import Element, ElementVersion, Indicator
from pcmt.apps.facts.operations import compare_catalogue, load_catalogue
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The tables, to be changed."""
    found = {name: copy.deepcopy(source.rows_of(name)) for name in ("elements", "indicators")}
    monkeypatch.setattr("pcmt.apps.facts.operations.registering.rows_of", found.__getitem__)
    return found


def row_of(tables: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in tables["elements"]["element"] if row["code"] == code)
    return found


def test_what_was_loaded_is_the_catalogue_of_the_tables() -> None:
    made = load_catalogue(at=NOW)
    assert len(made.created) == len(shipped().elements) + len(shipped().indicators)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = catalogue()
    assert len(asked) == 2
    assert list(found.elements.items()) == list(shipped().elements.items())
    assert list(found.indicators.items()) == list(shipped().indicators.items())
    assert Entry.objects.get(event="facts.catalogue.loaded").after == {"count": len(made.created)}


def test_a_second_time_costs_little_and_does_nothing() -> None:
    load_catalogue()
    with CaptureQueriesContext(connection) as asked:
        again = load_catalogue(at=NOW)
    assert len(asked) == 2
    assert not again.is_needed
    assert not Entry.objects.filter(event="facts.catalogue.loaded").exists()


def test_every_row_has_a_source() -> None:
    load_catalogue()
    assert not ElementVersion.objects.filter(source="").exists()
    assert not Indicator.objects.filter(versions__source="").exists()


def test_a_name_put_right_and_a_new_version_reach_an_older_database(tables: dict[str, Any]) -> None:
    load_catalogue()
    row = row_of(tables, "posts")
    rows = tables["elements"]["element"]
    rows.insert(rows.index(row) + 1, {**row, "since": date(2027, 1, 1), "name": "Số bài đăng trên mạng xã hội"})
    row |= {"name": "Số tin, bài trên mạng", "until": date(2027, 1, 1), "official": "A.1"}
    assert load_catalogue().changed == ("posts",)
    assert catalogue(date(2026, 12, 31)).elements["posts"].name == "Số tin, bài trên mạng"
    assert catalogue(date(2027, 1, 1)).elements["posts"].name == "Số bài đăng trên mạng xã hội"
    assert ElementVersion.objects.filter(element__code="posts", official="A.1").count() == 1
    rows.remove(row)
    rows[rows.index(next(each for each in rows if each["code"] == "posts"))].pop("since")
    assert load_catalogue().changed == ("posts",)
    assert list(ElementVersion.objects.filter(element__code="posts").values_list("valid_from", flat=True)) == [None]


def test_what_an_administrator_changed_is_left_from_that_day_on(tables: dict[str, Any], land: World) -> None:
    load_catalogue()
    day, user = date(2026, 7, 1), land.actor("an_binh", "administrator").user_id
    old = ElementVersion.objects.get(element__code="posts")
    ElementVersion.objects.filter(pk=old.pk).update(valid_to=day)
    ElementVersion.objects.create(
        element=old.element, name="Bài viết", search_key="bai viet", unit_word="bài", valid_from=day, made_by_id=user
    )
    assert not load_catalogue().is_needed
    row_of(tables, "posts")["name"] = "Số tin, bài trên mạng"
    found = load_catalogue()
    assert (found.changed, found.own) == (("posts",), ("posts",))
    names = {on: catalogue(on).elements["posts"].name for on in (date(2026, 6, 30), day)}
    assert names == {date(2026, 6, 30): "Số tin, bài trên mạng", day: "Bài viết"}
    assert not load_catalogue().is_needed


def test_what_adds_up_otherwise_is_not_changed_but_named(tables: dict[str, Any]) -> None:
    load_catalogue()
    row_of(tables, "posts")["nature"] = "stock"
    tables["elements"]["element"] = [row for row in tables["elements"]["element"] if row["code"] != "models"]
    tables["indicators"]["indicator"] = [row for row in tables["indicators"]["indicator"] if row["code"] != "models"]
    found = compare_catalogue()
    assert (found.is_needed, found.fixed, found.gone) == (True, ("posts",), ("models", "models"))  # orders moved on
    load_catalogue()
    assert Element.objects.get(code="posts").nature == "flow"
    assert "models" in catalogue().elements


def test_the_command_loads_and_says_what_differs(capsys: pytest.CaptureFixture[str], tables: dict[str, Any]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("catalogue", "check")
    assert ended.value.code == 1
    assert "Chưa có trong cơ sở dữ liệu" in capsys.readouterr().out
    call_command("catalogue", "load")
    call_command("catalogue", "load")
    call_command("catalogue", "check")
    said = capsys.readouterr().out
    for words in ("Đã thêm", "không có gì để nạp thêm", "Danh mục đủ và đúng."):
        assert words in said
    row_of(tables, "posts")["name"] = "Số tin, bài trên mạng"
    with pytest.raises(SystemExit):
        call_command("catalogue", "check")
    assert "Khác với bảng (1): posts" in capsys.readouterr().out
