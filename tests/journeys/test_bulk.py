"""Progress pasted from Excel into the table: a real clipboard, arrows, taking back, saving, a row that is refused."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations import report_progress
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import AT, World
from tests.web.province import Province, build

BLOCK = '07\t{today}\t"Xong, có\nbiên bản"\r\n45%\t\tđang làm\r\n1.234,5\t\tgiữ nguyên\r\n'


def planned() -> Province:
    """A province with a plan; its standing office may report for every body."""
    return build(date.today(), tasks=12, communes=3, targets=2, password=World.password)


def copied(page: Page, text: str) -> None:
    """Put a text on the clipboard as another program would: typed into a box of another page, cut from there."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)


def test_a_block_from_excel_is_pasted_taken_back_and_saved(watch: Watched, page: Page) -> None:
    province = planned()
    watch.sign_in(page, "office", "/nhiem-vu/?tach=on")
    page.get_by_role("link", name="Nhập tiến độ trong bảng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhập tiến độ")
    rows = page.locator("tr[data-row]")
    percent, note = rows.nth(0).get_by_label("Tiến độ (%)"), rows.nth(0).get_by_label("Ghi chú")
    began = rows.nth(1).get_by_label("Tiến độ (%)").input_value()
    copied(page, BLOCK.format(today=f"{date.today():%d/%m/%Y}"))
    percent.click()
    page.keyboard.press("Control+V")
    expect(note).to_have_value("Xong, có biên bản")
    expect(rows.nth(1).get_by_label("Tiến độ (%)")).to_have_value("45%")
    expect(rows.nth(1)).to_have_attribute("data-state", "unsaved")
    expect(page.locator("[data-cells-said]")).to_have_text("Đã dán 7 ô.")
    page.keyboard.press("Control+Z")
    expect(note).to_have_value("")
    expect(rows.nth(1).get_by_label("Tiến độ (%)")).to_have_value(began)
    page.keyboard.press("Control+V")
    page.keyboard.press("Enter")
    expect(rows.nth(1).get_by_label("Tiến độ (%)")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(rows.nth(1).get_by_label("Xong ngày")).to_be_focused()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.axe(page)
        watch.fits(page)
    page.set_viewport_size(DESK)

    # Somebody else was faster with the second row.
    pk = int(rows.nth(1).get_attribute("data-row") or 0)
    minh = province.users["officer"]
    other = Actor(
        user_id=minh.pk, name="Trần Quang Minh", role="standing_office", unit_id=province.office.pk,
        unit_name=province.office.name, on=date.today(),
    )  # fmt: skip
    due = DueItem.objects.get(pk=pk)
    report_progress(actor=other, at=AT, due_item_id=pk, version=due.version, percent=70)
    page.keyboard.press("Control+S")
    expect(rows.nth(0)).to_have_attribute("data-state", "saved")
    expect(rows.nth(0)).to_contain_text("Đã xong")
    expect(rows.nth(1)).to_contain_text("Trần Quang Minh vừa báo tiến độ")
    expect(rows.nth(2)).to_contain_text("“1.234,5” không phải số nguyên từ 0 đến 100.")
    expect(rows.nth(2).get_by_label("Tiến độ (%)")).to_have_value("1.234,5")
    watch.shot(page, "saved", both=True)
    rows.nth(2).get_by_label("Tiến độ (%)").fill("12")
    page.get_by_role("button", name="Lưu tất cả").click()
    expect(page.locator("[data-cells-said]")).to_contain_text("Đã lưu 2 dòng.")
    assert DueItem.objects.get(pk=pk).percent == 45
    # (the second try of a refused row goes through: the page knows by then what the other person did)
    page.get_by_role("link", name="Xem hoặc hoàn tác lần lưu gần nhất").click()
    watch.axe(page)
    watch.shot(page, "batch", both=True, full=True)
    page.get_by_role("button", name="Hoàn tác lần này").click()
    expect(page.locator("body")).to_contain_text("Đã hoàn tác 2 việc.")
    assert DueItem.objects.get(pk=pk).percent == 70


def test_lines_chosen_in_the_list_get_more_time(watch: Watched, page: Page) -> None:
    planned()
    watch.sign_in(page, "office", "/nhiem-vu/?tach=on")
    page.get_by_label("Chọn mọi dòng của trang").check()
    expect(page.locator("[data-bulk-count]")).to_contain_text("Đã chọn")
    page.get_by_label("Làm gì với các dòng đã chọn").select_option("extend")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.axe(page)
        watch.fits(page)
    watch.shot(page, "list", both=True, full=True)
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_label("Gia hạn đến hết ngày").fill(f"{date.today() + timedelta(days=60):%d/%m/%Y}")
    page.get_by_label("Lý do").fill("Kế hoạch cấp trên lùi")
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", name="Sẽ có gì thay đổi")).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.axe(page)
        watch.fits(page)
    watch.shot(page, "preview", both=True, full=True)
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Thực hiện").click()
    expect(page.locator("body")).to_contain_text("Đã cập nhật")
    assert DueItem.objects.filter(due_on=date.today() + timedelta(days=60)).exists()
