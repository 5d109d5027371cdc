"""A briefing from its day to its minutes, by keyboard where it stands on a wall, on both widths and on paper."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import docx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.targets.models import Target
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province
from tests.web.province import build as build_province
from tests.web.test_leader import editions_of


@pytest.fixture
def province(watch: Watched) -> Province:
    made = build_province(timezone.localdate(), tasks=40, communes=6, targets=7, password=World.password)
    editions_of(list(Target.objects.all()))
    return made


def checked(watch: Watched, page: Page, name: str) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.shot(page, name, full=True)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_a_briefing(watch: Watched, province: Province, tmp_path: Path) -> None:
    page = watch.open()
    watch.sign_in(page, "office", to="/man-hinh-lanh-dao/thay-doi/")
    page.get_by_label("Nội dung").fill("giao ban tháng")
    page.get_by_role("button", name="Mở giao ban").click()
    expect(page.locator("h1")).to_contain_text("Giao ban ngày")
    page.wait_for_load_state()
    page.keyboard.press("3")
    expect(page.locator("#can-ban")).to_be_focused()
    page.locator("#cb-don-vi + ul").get_by_role("link", name="Kết luận").first.click()
    expect(page.locator("#id_words")).to_be_focused()
    page.keyboard.type("Hoàn thành các việc quá hạn, báo cáo lý do")
    page.get_by_label("Hạn thực hiện").fill((timezone.localdate() + timedelta(days=10)).strftime("%d/%m/%Y"))
    page.get_by_label("Thuộc kế hoạch").select_option(index=1)
    page.get_by_label("Hạn thực hiện").press("Control+Enter")
    expect(page.locator("#messages")).to_contain_text("Đã ghi kết luận 1, giao cho 1 đơn vị.")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("Các đơn vị quán triệt kế hoạch")
    page.get_by_role("button", name="Ghi và giao ngay").click()
    checked(watch, page, "briefing")
    page.get_by_role("button", name="Rút lại kết luận 2").click()
    expect(page.locator("#id_words")).to_have_value("Các đơn vị quán triệt kế hoạch")
    page.get_by_role("link", name="Ra thông báo kết luận").click()
    checked(watch, page, "minutes")
    page.get_by_label("Ký hiệu", exact=True).fill("TB-CAT")
    page.get_by_role("button", name="Ban hành thông báo").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải docx").click()
    taken.value.save_as(tmp_path / "minutes.docx")
    tables = docx.Document(str(tmp_path / "minutes.docx")).tables
    cells = [cell.text for table in tables for row in table.rows for cell in row.cells]
    assert any(cell.startswith("Hoàn thành các việc quá hạn") for cell in cells)
    checked(watch, page, "issued")
