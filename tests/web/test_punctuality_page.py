"""The table of punctuality: each number opens to its items, whatever the arrangement; the sheet says the same."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from pcmt.apps.tasks.models import DueItem
from tests.web.counting import statements
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
TABLE = "/nhiem-vu/dung-han/"
NUMBER = re.compile(r'<td class="num[^"]*" data-label="[^"]*"><a href="([^"]+)"[^>]*>([\d.]+)</a></td>')


@pytest.fixture
def province() -> Province:
    return build(TODAY, tasks=60, communes=12, targets=7)


@pytest.fixture
def office(province: Province) -> Client:
    client = Client()
    client.force_login(province.users["office"])
    return client


def listed(client: Client, address: str) -> int:
    page = client.get(unescape(address))
    assert page.status_code == 200
    return int(page.context["page"].paginator.count)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?theo=ke-hoach",
        f"?theo=thang&nam={TODAY.year}",
        f"?theo=quy&nam={TODAY.year}&lich=administrative",
        f"?nam={TODAY.year}&ky=t3&xep=muon",
        f"?tinh_den={TODAY - timedelta(days=20)}",
        "?giao_xuong=on",
    ],
)
def test_each_number_is_the_list_behind_it(province: Province, office: Client, query: str) -> None:
    page = office.get(TABLE + query).content.decode()
    numbers = NUMBER.findall(page)
    assert numbers or "giao_xuong" in query
    for address, value in numbers[:3] + numbers[-8:]:
        assert listed(office, address) == int(value.replace(".", "")), address


def test_rows_add_up_to_the_last_one(province: Province, office: Client) -> None:
    view = office.get(TABLE).context["view"]
    for place in range(8):
        assert sum(line.numbers[place].value for line in view.lines) == view.total.numbers[place].value
    assert view.total.row.total == DueItem.objects.of_plans().owed().count()
    assert [line.name for line in view.lines] == [
        line.name for line in office.get(TABLE + "?theo=").context["view"].lines
    ]


def test_the_sheet_is_the_very_view(province: Province, office: Client) -> None:
    query = f"?nam={TODAY.year}&xep=muon"
    view = office.get(TABLE + query).context["view"]
    sheet = load_workbook(io.BytesIO(office.get(f"{TABLE}dung-han.xlsx{query}").content)).active
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in rows] == [*(line.name for line in view.lines), "Cộng"]
    for row, line in zip(rows, [*view.lines, view.total], strict=True):
        assert list(row[1:9]) == [number.value for number in line.numbers]
        assert row[9] == line.row.total


def test_the_share_says_how_it_is_made_and_where_it_says_little(province: Province, office: Client) -> None:
    answer = office.get(TABLE)
    page = unescape(answer.content.decode())
    assert "xong đúng hạn / (xong đúng hạn + xong muộn + quá hạn)" in page
    few = [line for line in answer.context["view"].lines if line.row.few]
    assert page.count("<abbr") == len(few) + sum(1 for _ in [answer.context["view"].total] if _.row.few)


def test_a_day_gone_by_says_what_cannot_be_known(province: Province, office: Client) -> None:
    assert "Không biết được" in unescape(office.get(f"{TABLE}?tinh_den={TODAY - timedelta(days=30)}").content.decode())
    assert "Không biết được" not in unescape(office.get(TABLE).content.decode())
    ahead = office.get(f"{TABLE}?tinh_den={TODAY + timedelta(days=30)}").context["view"]
    assert ahead.question.as_of == TODAY, "a day to come is not known"


@pytest.mark.parametrize("query", ["?nam=x&ky=t99&lich=1&theo=7", "?tinh_den=0000-00-00", "?don_vi=999999&ke_hoach=a"])
def test_words_that_make_no_sense_are_left_out(province: Province, office: Client, query: str) -> None:
    assert office.get(TABLE + query).status_code == 200


def test_an_officer_is_shown_the_own_unit(province: Province) -> None:
    client = Client()
    client.force_login(province.users["officer"])
    view = client.get(TABLE).context["view"]
    assert [line.name for line in view.lines] == ["Sở Y tế"]


def test_statements_and_size(province: Province, office: Client) -> None:
    office.get(TABLE)
    with statements() as found:
        page = office.get(TABLE)
    assert len(found) <= 20, [each["sql"][:140] for each in found]
    assert len(page.content) < 300_000
