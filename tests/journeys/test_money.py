"""Money in a browser at both widths: a programme opened, a source, a line, what is given and spent; a mistake keeps
what was typed; a workbook goes out and comes back.
"""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.projects.models import MoneyLine, MoneySource
from pcmt.apps.projects.queries.money import line_sums
from pcmt.apps.projects.sheets import KEYS
from tests.journeys.conftest import Watched
from tests.journeys.world import World


def told(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").last.fill(value)


def opened(page: Page) -> str:
    """A programme of this year; the address of its money."""
    year = timezone.localdate().year
    page.goto("/cao-diem/moi/?loai=chuong-trinh")
    told(page, title="Chương trình phòng, chống ma túy của phường", first=f"1/1/{year}", last=f"31/12/{year}")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Kinh phí", exact=True).click()
    return page.url


@pytest.mark.parametrize("phone", [False, True])
def test_money_from_the_source_to_what_was_spent(watch: Watched, world: World, phone: bool) -> None:
    today = timezone.localdate()
    page = watch.open(phone=phone)
    watch.sign_in(page, "lan")
    home = opened(page)
    watch.axe(page)
    page.get_by_role("link", name="Thêm nguồn").click()
    told(page, name="Ngân sách phường", year_from=str(today.year), year_to=str(today.year), amount="1.200.000.000")
    page.locator("[name=kind]").select_option("local")
    watch.axe(page)
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Thêm khoản").click()
    told(page, words="Lắp loa truyền thanh cho 12 tổ dân phố", estimate="900.000.000")
    page.locator("[name=source]").select_option(str(MoneySource.objects.get().pk))
    page.get_by_role("button", name="Lưu").click()

    told(page, amount="1.300.000.000")
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Vượt nguồn “Ngân sách phường” 100.000.000 đồng")
    assert page.locator("[name=amount]").input_value() == "1.300.000.000"
    watch.axe(page)
    watch.shot(page, "wrong", full=True)
    told(page, amount="850.000.000", paper="QĐ 14")
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_role("cell", name="850.000.000")).to_be_visible()
    watch.axe(page)
    watch.fits(page)
    watch.shot(page, "line", full=True)
    page.goto(home)
    expect(page.get_by_text("850.000.000 đồng")).to_be_visible()
    watch.axe(page)
    watch.fits(page)
    watch.shot(page, "money", full=True)
    page.goto(home.replace("kinh-phi", "chuong-trinh"))
    expect(page.get_by_role("heading", name="Giải ngân qua các quý")).to_be_visible()
    watch.axe(page)
    watch.fits(page)
    watch.shot(page, "programme", full=True)


def test_a_workbook_goes_out_and_comes_back(watch: Watched, world: World, tmp_path: Path) -> None:
    today = timezone.localdate()
    page = watch.open()
    watch.sign_in(page, "lan")
    home = opened(page)
    page.get_by_role("link", name="Thêm nguồn").click()
    told(page, name="Ngân sách phường", year_from=str(today.year), year_to=str(today.year), amount="1000")
    page.locator("[name=kind]").select_option("local")
    page.get_by_role("button", name="Lưu").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải Excel").click()
    blank = Path(waiting.value.path()).read_bytes()
    said = {"year": today.year, "words": "In tờ rơi", "estimate": 800, "source": "Ngân sách phường", "paper": "QĐ 2"}
    said |= {"on": f"{today - timedelta(days=1):%d/%m/%Y}"}
    sent(page, tmp_path, blank, said | {"allocation": 1001})
    expect(page.get_by_text("Vượt nguồn")).to_be_visible()
    expect(page.get_by_text("Chưa có gì được ghi.")).to_be_visible()
    watch.axe(page)
    watch.shot(page, "sheet-wrong", both=True, full=True)
    page.goto(home)
    sent(page, tmp_path, blank, said | {"allocation": 700})
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_role("link", name="In tờ rơi")).to_be_visible()
    line = MoneyLine.objects.get()
    assert line_sums([line])[line.pk].allocated == 700


def sent(page: Page, folder: Path, blank: bytes, cells: dict[str, object]) -> None:
    """Fill the first empty row of a workbook and send it in."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book["Kinh phí"]
    row = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "Mã dòng") + 1
    for name, value in cells.items():
        sheet.cell(row, KEYS.index(name) + 2).value = value
    path = folder / "kinh-phi.xlsx"
    book.save(path)
    page.get_by_role("link", name="Nhập từ Excel").click()
    page.locator("[name=file]").set_input_files(path)
    page.get_by_role("button", name="Xem trước").click()
