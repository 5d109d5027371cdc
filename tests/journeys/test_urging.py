"""The standing office urges in one go, opens a letter, puts its number in and looks at punctuality, on paper too."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province
from tests.web.province import build as build_province


@pytest.fixture
def province(watch: Watched) -> Province:
    return build_province(timezone.localdate(), tasks=40, communes=6, targets=7, password=World.password)


def checked(watch: Watched, page: Page, name: str) -> None:
    """At both widths: a screenshot, nothing too wide, nothing that axe objects to."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(100)
        watch.shot(page, name)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_office_urges_in_batch_and_looks_at_punctuality(watch: Watched, province: Province, tmp_path: Path) -> None:
    page = watch.open()
    watch.sign_in(page, "office", to="/nhiem-vu/don-doc/")
    page.get_by_role("link", name="Đôn đốc", exact=True).first.click()
    checked(watch, page, "preview")
    letters = page.locator(".draft-letter").count()
    assert letters > 1
    page.get_by_role("checkbox", name="Lập công văn gửi Sở Y tế").uncheck()
    page.get_by_label("Ký hiệu", exact=True).fill("CAT-PC04")
    page.get_by_label("Hình thức ký").select_option(label="KT. – cấp phó ký thay người đứng đầu")
    page.get_by_role("button", name="Lập công văn").click()
    expect(page.locator("#id_head_error")).to_contain_text("Ghi chức vụ của người được ký thay")
    page.get_by_label("Ký thay ai").fill("Giám đốc")
    page.get_by_label("Chức vụ người ký").fill("Phó Giám đốc")
    page.get_by_role("button", name="Lập công văn").click()
    expect(page.locator("h1")).to_contain_text("Đợt đôn đốc")
    checked(watch, page, "batch")
    expect(page.locator("table.list tbody tr")).to_have_count(letters - 1)
    expect(page.locator("table.list tbody")).not_to_contain_text("Sở Y tế")
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("Tải docx")).first.click()
    taken.value.save_as(tmp_path / "letter.docx")
    document = docx.Document(str(tmp_path / "letter.docx"))
    words = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "/CAT-PC04" in words
    assert "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC" in words
    page.locator("table.list tbody a").first.click()
    page.get_by_label("Số", exact=True).fill("120")
    page.get_by_role("button", name="Ghi số").click()
    expect(page.locator("dl.facts")).to_contain_text("120/CAT-PC04")
    checked(watch, page, "letter")
    page.goto("/nhiem-vu/don-doc/")
    checked(watch, page, "register")
    page.goto("/nhiem-vu/dung-han/")
    checked(watch, page, "punctuality")
    late = page.locator("tfoot a.is-late")
    number = late.inner_text()
    late.click()
    expect(page.locator("tfoot")).to_contain_text(number)
    page.goto("/nhiem-vu/dung-han/?theo=thang&xep=muon")
    page.emulate_media(media="print")
    watch.shot(page, "print")
    expect(page.locator("table.punctual")).to_be_visible()
