"""A leader looks at a hundred bodies and 2,000 tasks: board, one column, one body, a saved filter, paper."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.plenty import plenty
from tests.web.province import Province

VIEWS = {
    "list": "/nhiem-vu/?trang_thai=tat-ca",
    "columns": "/nhiem-vu/?nhom=khong&cot=don-vi&cot=nguoi&cot=ky&cot=tien-do&cot=han&cot=van-ban&cot=doi",
    "board": "/nhiem-vu/bang/?kieu=viec",
    "bodies": "/nhiem-vu/bang/?kieu=don-vi",
    "month": "/nhiem-vu/lich/?nhom=",
    "week": f"/nhiem-vu/lich/?tuan={timezone.localdate():%Y-%m-%d}",
    "timeline": "/nhiem-vu/dong-thoi-gian/?nhom=muc",
}


@pytest.fixture
def province(watch: Watched) -> Province:
    return plenty(timezone.localdate(), password=World.password)


def test_every_view_at_both_widths(watch: Watched, province: Province) -> None:
    """Nothing too wide and nothing that axe objects to, with two thousand tasks; screenshots to look at."""
    page = watch.open()
    watch.sign_in(page, "office", to="/nhiem-vu/")
    for name, address in VIEWS.items():
        page.goto(address)
        watch.axe(page)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            watch.shot(page, name)
            watch.fits(page)
        if name in ("list", "board", "month"):
            watch.axe(page)  # as a phone shows it
        page.set_viewport_size(DESK)


def printed(page: Page) -> tuple[int, tuple[float, float], str]:
    """How many sheets a page prints on, their size in points, and the words of the first."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    try:
        first = document[0]
        words = first.get_textpage().get_text_range()
        return len(document), first.get_size(), words
    finally:
        document.close()


def test_leader_reads_the_board_saves_a_filter_and_prints(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "leader", to="/nhiem-vu/bang/")
    body = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Sở Y tế", exact=True))
    late = body.locator("td.late a")
    count = late.inner_text()
    page.get_by_role("link", name="Theo việc").click()
    column = page.get_by_role("region", name=re.compile("^Đang làm"))
    total = column.locator(".board-count").inner_text()
    column.get_by_role("heading").get_by_role("link").press("Enter")
    expect(page.locator(".filtered")).to_contain_text("Đang làm")
    expect(page.locator("table.owed tfoot")).to_contain_text(f"{total.replace('.', '')} việc")
    page.go_back()
    page.go_back()
    late.click()
    expect(page.locator(".filtered")).to_contain_text("Sở Y tế")
    expect(page.locator("table.owed tfoot")).to_contain_text(f"{count} việc")
    expect(page.locator("tr.group")).to_have_count(1)
    page.get_by_text("Bộ lọc đã lưu").click()
    page.get_by_label("Lưu bộ lọc đang dùng, tên là").fill("Sở Y tế quá hạn")
    page.get_by_role("button", name="Lưu bộ lọc").click()
    expect(page.locator("#messages")).to_contain_text("Đã lưu bộ lọc “Sở Y tế quá hạn”")
    page.goto("/nhiem-vu/lich/?nhom=")
    page.get_by_text("Bộ lọc đã lưu").click()
    watch.axe(page)
    page.get_by_role("link", name="Sở Y tế quá hạn").click()
    expect(page.locator(".filtered")).to_contain_text("Sở Y tế")
    for address, most in (("/nhiem-vu/bang/?kieu=viec", 3), ("/nhiem-vu/lich/?nhom=", 4), (page.url, 4)):
        page.goto(address)
        sheets, (wide, high), words = printed(page)
        assert sheets <= most, address
        assert (round(wide), round(high)) == (842, 595), address
        assert "Tỉnh Bình Minh" in words, address
        assert "Tính đến hết ngày" in words, address
        assert "Bộ lọc đã lưu" not in words, address
