"""The auditor finds who opened a record, in a browser, at both widths."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Grant, Role, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.queries import verify
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province, build


@pytest.fixture
def province(watch: Watched) -> Province:
    made = build(timezone.localdate(), tasks=30, communes=8, targets=6, password=World.password)
    user = User.objects.create(username="auditor", full_name="Cao Thị Bích Vân", password=make_password(World.password))
    Grant.objects.create(user=user, role=Role.AUDITOR, unit=made.seat)
    return made


def checked(watch: Watched, page: Page, name: str) -> None:
    """At both widths: a screenshot, nothing too wide, nothing that axe objects to."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        watch.shot(page, name)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_the_auditor_finds_who_opened_a_record(watch: Watched, province: Province) -> None:
    officer = watch.open()
    officer.goto("/dang-nhap/")
    officer.get_by_label("Tên đăng nhập").fill("officer")
    officer.get_by_label("Mật khẩu").fill("nhầm")
    officer.get_by_role("button", name="Đăng nhập", exact=True).click()
    watch.sign_in(officer, "officer", to=f"/ke-hoach/{province.plan.pk}/")
    with officer.expect_download():
        officer.evaluate("path => { window.location = path }", f"/ke-hoach/{province.plan.pk}/tai-ve/ke-hoach.xlsx")
    with officer.expect_response("**/nhat-ky/da-in/") as told:
        officer.pdf()
    assert told.value.status == 204
    officer.goto("/")
    officer.get_by_role("link", name="Báo tiến độ").first.click()
    officer.get_by_label("Đã làm được bao nhiêu phần trăm").fill("70")
    officer.get_by_label("Ghi chú").fill("Đã xong ở 17 trạm.")
    officer.get_by_role("button", name="Lưu tiến độ").click()
    expect(officer.locator(".notes li").first).to_contain_text("70 %")
    expect(officer.get_by_role("link", name="Nhật ký")).to_have_count(0)

    page = watch.open()
    watch.sign_in(page, "auditor", to="/")
    checked(watch, page, "home")
    page.get_by_role("link", name="Nhật ký", exact=True).click()
    expect(page.locator("table.log tbody tr").first).to_contain_text("Cao Thị Bích Vân")
    checked(watch, page, "list")
    page.locator("details.owed-filter > summary").click()
    watch.shot(page, "filter", both=True)
    watch.axe(page)
    page.get_by_label("Người", exact=True).fill("minh chau")
    page.get_by_label("Việc đã làm").select_option("xem")
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.locator("table.log tbody tr")).to_have_count(2)
    expect(page.locator("table.log")).to_contain_text("Tải kế hoạch về")
    expect(page.locator("table.log")).to_contain_text("In trang của kế hoạch")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bảng CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row["event"] for row in rows] == ["plans.plan.printed", "plans.plan.exported"]
    assert Entry.objects.order_by("-pk")[0].event == "audit.entries.exported"

    # from the plan's own page to its readers, and from there to one of them
    page.goto(f"/ke-hoach/{province.plan.pk}/lich-su/")
    page.get_by_role("link", name="Ai đã xem, ghi mục này").click()
    line = page.get_by_role("row").filter(has_text="Lê Hoàng Minh Châu").first
    expect(line.get_by_role("cell").nth(0)).to_have_text("2")
    checked(watch, page, "thing")
    line.get_by_role("link").click()
    expect(page.locator(".filtered")).to_contain_text("Lê Hoàng Minh Châu")
    expect(page.locator("table.log tbody tr")).to_have_count(3)
    checked(watch, page, "thing-one")

    # somebody tried a wrong password
    page.goto("/nhat-ky/?viec=accounts.session.refused")
    expect(page.locator("table.log tbody tr")).to_have_count(1)
    expect(page.locator("table.log tbody tr")).to_contain_text("Sở Y tế")
    page.locator("details.owed-filter > summary").click()
    page.get_by_label("Từ ngày").fill("2030-01-01")
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.get_by_text("Không có mục nào khớp")).to_be_visible()
    checked(watch, page, "nothing")
    assert verify().problems == ()


def test_the_log_in_english_and_by_keyboard(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "auditor", to="/nhat-ky/")
    page.locator(".menu").last.locator("summary").click()
    page.get_by_role("button", name="English").click()
    page.goto("/nhat-ky/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log")
    expect(page.locator("table.log")).to_contain_text("Signed in")
    watch.shot(page, "english", both=True)
    page.locator("details.owed-filter > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("huong giang")
    page.keyboard.press("Enter")
    expect(page.locator(".filtered")).to_contain_text("huong giang")
    expect(page.locator("table.log tbody tr")).to_have_count(3)
