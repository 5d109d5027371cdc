"""After adoption, in a browser: find who owes what, open the sentence, say how far it is; on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province
from tests.web.province import build as build_province

TABS = ("Tổng quan", "Chỉ tiêu", "Phân công", "Tiến độ", "Báo cáo", "Văn bản", "Lịch sử")


@pytest.fixture
def province(watch: Watched) -> Province:
    return build_province(timezone.localdate(), tasks=60, communes=24, targets=14, password=World.password)


def checked(watch: Watched, page: Page, name: str) -> None:
    """At both widths: a screenshot, nothing too wide, nothing that axe objects to."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        watch.shot(page, name)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_office_finds_who_owes_what_and_opens_the_sentence(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "office", to="/")
    checked(watch, page, "home")
    page.get_by_role("link", name="Nhiệm vụ", exact=True).click()
    checked(watch, page, "owed")
    page.get_by_role("link", name="Quá hạn").click()
    expect(page.locator("a.tally[aria-current]")).to_contain_text("Quá hạn")
    page.locator("details.owed-filter > summary").click()
    page.locator("#id_don_vi").select_option(label="Sở Y tế")
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.locator("tr.group")).to_have_count(1)
    expect(page.locator("tr.group")).to_contain_text("Sở Y tế")
    expect(page.locator(".filtered")).to_contain_text("Quá hạn")
    row = page.locator("table.owed tbody tr:not(.group)").filter(has=page.locator(".due-label")).last
    words = row.locator(".due-label").inner_text()
    row.locator(".sentence").click()
    marked = page.locator(".paper .m.on").first
    expect(marked).to_be_in_viewport()
    assert marked.inner_text().strip(" .").startswith(words.strip(" ….")[:60])
    watch.shot(page, "sentence")


def test_every_tab_of_a_plan(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "leader", to=f"/ke-hoach/{province.plan.pk}/")
    for tab in TABS:
        page.get_by_role("navigation", name="Các phần của kế hoạch").get_by_role("link", name=tab).click()
        expect(page.locator(".tabs [aria-current]")).to_contain_text(tab)
        checked(watch, page, tab)
    page.goto(f"/ke-hoach/{province.plan.pk}/phan-cong/bang/")
    checked(watch, page, "matrix")
    page.set_viewport_size(PHONE)
    page.goto(f"/ke-hoach/{province.plan.pk}/tien-do/")
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport()
    expect(page.locator("table.gantt .gantt-due").first).to_be_visible()
    expect(page.locator("table.gantt svg.marks").first).to_be_hidden()


def test_officer_reports_progress_with_a_file_then_done_then_reopens(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "officer", to="/")
    checked(watch, page, "home")
    line = page.locator(".due-list li").filter(has_not=page.locator(".kind")).first
    line.get_by_role("link", name="Báo tiến độ").click()
    checked(watch, page, "task")
    page.get_by_label("Đã làm được bao nhiêu phần trăm").fill("150")
    page.get_by_role("button", name="Lưu tiến độ").click()
    expect(page).to_have_title(re.compile("^Lỗi:"))
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    watch.shot(page, "wrong", both=True)
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Đã làm được bao nhiêu phần trăm")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("70")
    page.get_by_label("Ghi chú").fill("Đã xong ở 17 trạm, còn 5 trạm.")
    page.get_by_label("Tệp, ảnh kèm theo").set_input_files(
        {"name": "bien-ban.txt", "mimeType": "text/plain", "buffer": "Biên bản họp giao ban.".encode()}
    )
    page.get_by_role("button", name="Lưu tiến độ").click()
    expect(page.locator(".notes li").first).to_contain_text("Đã xong ở 17 trạm, còn 5 trạm.")
    expect(page.locator(".notes li").first).to_contain_text("70 %")
    with page.expect_download() as download:
        page.get_by_role("link", name="bien-ban.txt").click()
    assert download.value.suggested_filename == "bien-ban.txt"
    page.get_by_role("button", name="Báo đã xong").click()
    expect(page.get_by_role("heading", name="Đã báo xong")).to_be_visible()
    expect(page.locator(".task-facts")).to_contain_text("xong muộn")
    checked(watch, page, "done")
    page.get_by_label("Lý do mở lại").fill("Còn thiếu một trạm.")
    page.get_by_role("button", name="Mở lại việc này").click()
    expect(page.locator(".notes li").first).to_contain_text("Còn thiếu một trạm.")
    expect(page.locator(".task-facts")).to_contain_text("quá")


def test_two_people_at_once_on_one_task(watch: Watched, province: Province) -> None:
    officer, office = watch.open(), watch.open()
    watch.sign_in(officer, "officer", to="/")
    officer.get_by_role("link", name="Báo tiến độ").first.click()
    address = officer.url.removeprefix(watch.server.url)
    watch.sign_in(office, "office", to="/")
    office.goto(address)
    office.get_by_label("Đã làm được bao nhiêu phần trăm").fill("35")
    office.get_by_role("button", name="Lưu tiến độ").click()
    expect(office.locator(".notes li").first).to_contain_text("35 %")
    officer.get_by_label("Ghi chú").fill("Câu này không được mất.")
    officer.get_by_role("button", name="Lưu tiến độ").click()
    expect(officer.locator(".error-summary")).to_contain_text(province.users["office"].full_name)
    expect(officer.get_by_label("Ghi chú")).to_have_value("Câu này không được mất.")
    watch.shot(officer, "told", both=True)
    watch.axe(officer)
    officer.get_by_role("button", name="Lưu tiến độ").click()
    expect(officer.locator(".notes li").first).to_contain_text("Câu này không được mất.")


def test_everything_by_keyboard(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "officer", to="/")
    page.locator("body").press("/")
    page.keyboard.type("cai nghien")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim/**")
    expect(page.locator(".found mark").first).to_be_visible()
    checked(watch, page, "found")
    page.locator(".found a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("blockquote.sentence-block")).to_be_visible()


def test_on_a_phone_the_filter_is_a_sheet(watch: Watched, province: Province) -> None:
    page = watch.open(phone=True)
    watch.sign_in(page, "office", to="/nhiem-vu/")
    page.locator("details.owed-filter > summary").click()
    form = page.locator(".owed-filter .filter-form")
    expect(form).to_be_in_viewport()
    assert form.evaluate("form => getComputedStyle(form).position") == "fixed"
    watch.shot(page, "sheet")
    watch.axe(page)
    page.get_by_label("Xếp").select_option("ngay")
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.locator("tr.group").first).to_contain_text("quá")
    watch.fits(page)


def test_without_script_everything_still_works(watch: Watched, province: Province) -> None:
    page = watch.open(script=False)
    watch.sign_in(page, "officer", to="/")
    page.get_by_role("link", name="Báo tiến độ").first.click()
    page.get_by_label("Ghi chú").fill("Không cần script.")
    page.get_by_role("button", name="Lưu tiến độ").click()
    expect(page.locator(".notes li").first).to_contain_text("Không cần script.")
    page.get_by_role("link", name="Xem câu này trong văn bản").click()
    expect(page.locator(".paper")).to_be_visible()


def test_empty_states_say_what_will_be_here(watch: Watched, world: World) -> None:
    page = watch.open()
    watch.sign_in(page, "phuong", to="/")
    expect(page.get_by_text("Đơn vị chưa có việc nào")).to_be_visible()
    checked(watch, page, "home")
    page.goto("/nhiem-vu/")
    expect(page.get_by_text("Chưa ai nợ việc gì")).to_be_visible()
    checked(watch, page, "owed")
    page.goto("/tim/?q=khong co gi ca")
    expect(page.get_by_text("Không tìm thấy")).to_be_visible()
    checked(watch, page, "search")
