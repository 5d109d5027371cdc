"""Statistics of the registers: what everybody is told, and that a reader of all screens works nothing out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.queries import figures
from pcmt.core.measures.hiding import THRESHOLD
from tests.factories.small import FLOW, LATER, MONTHS, STOCK, Small, small_province

PATH = "/thong-ke-ho-so/"
COLUMNS = {"managed": 0, FLOW: 5}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime.fromisoformat("2026-06-20T03:00:00+00:00"), tick=False):
        yield


@pytest.fixture
def there(db: None) -> Small:
    return small_province()


def client(there: Small, key: str, role: str) -> Client:
    actor = there.land.actor(key, role)
    found = Client()
    found.force_login(User.objects.get(pk=actor.user_id))
    return found


def cells(page: str, name: str) -> list[str]:
    """What the row of a unit prints: numbers, or the words in their place."""
    row = re.search(rf"<a[^>]*>{name}</a></th>(.*?)</tr>", page, re.DOTALL)
    assert row, name
    return [re.sub(r"<[^>]+>", "", each).strip() for each in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)]


def sheet_rows(data: bytes) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in load_workbook(io.BytesIO(data))["Theo đơn vị"].iter_rows(values_only=True):
        if isinstance(row[0], str):
            found[row[0]] = list(row[1:])
    return found


@pytest.mark.parametrize("role", ["leader", "auditor", "reviewer", "officer"])
def test_all_screens_together_tell_no_small_number(there: Small, role: str) -> None:
    """Page of the province and of each commune, and the sheets, month by month."""
    reader = client(there, "small", role)
    for span in MONTHS[-2:] if role == "leader" else MONTHS[-1:]:
        query = {"ky": f"{span.last:%Y-%m}"}
        page = reader.get(PATH, query).content.decode()
        book = sheet_rows(reader.get(f"{PATH}thong-ke-ho-so.xlsx", query).content)
        for code, column in COLUMNS.items():
            asks = {unit: Ask(unit.pk, code, span) for unit in there.communes}
            exact = figures(asks.values(), on=span.last)
            left, hidden = (
                int(figures([a := Ask(there.land["small"].pk, code, span)], on=span.last)[a].figure.value or 0),
                0,
            )
            for unit, ask in asks.items():
                value = int(exact[ask].figure.value or 0)
                said = cells(page, unit.name)[column]
                assert str(book[unit.name][column]) == said
                assert said == "ẩn" if 0 < value < THRESHOLD else said in (str(value), "ẩn")
                hidden += said == "ẩn"
                left -= int(said) if said != "ẩn" else 0
            assert hidden != 1
            assert not hidden or left >= THRESHOLD


def test_the_page_of_one_commune_says_the_same(there: Small) -> None:
    reader = client(there, "small", "leader")
    span = MONTHS[-1]
    whole = reader.get(PATH, {"ky": f"{span.last:%Y-%m}"}).content.decode()
    unit = there.communes[0]
    page = reader.get(PATH, {"ky": f"{span.last:%Y-%m}", "don_vi": unit.pk}).content.decode()
    trend = page[page.index('id="theo-thang"') :]
    last = re.findall(r"<td class=\"num\">(.*?)</td>", trend.split("</tbody>")[0], re.DOTALL)[-1]
    assert re.sub(r"<[^>]+>", "", last).strip() == cells(whole, unit.name)[0]


def test_the_keeper_sees_the_own_numbers(there: Small) -> None:
    reader = client(there, "c0", "register_keeper")
    page = reader.get(PATH, {"ky": f"{MONTHS[-1].last:%Y-%m}"}).content.decode()
    value = figures([ask := Ask(there.communes[0].pk, STOCK, MONTHS[-1])], on=LATER.date())[ask].figure.value
    assert 'title="ẩn' not in page
    assert f">{value}<" in re.sub(r"\s", "", page)


def test_who_sees_no_area_gets_nothing(there: Small) -> None:
    assert client(there, "small", "administrator").get(PATH).status_code == 403
    assert client(there, "small", "administrator").get(f"{PATH}thong-ke-ho-so.xlsx").status_code == 403


def test_another_unit_is_not_opened(there: Small) -> None:
    """A commune officer who asks for the neighbour gets the own commune."""
    page = client(there, "c0", "commune_officer").get(PATH, {"don_vi": there.communes[1].pk}).content.decode()
    assert there.communes[1].name not in page
