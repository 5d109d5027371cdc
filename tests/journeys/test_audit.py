"""The auditor finds who opened a record, in a browser, at both widths."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Actor, Grant, Role, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import record
from pcmt.apps.audit.origin import Origin, origin_is
from pcmt.apps.audit.queries import verify
from pcmt.apps.tasks.models import DueItem
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province, build


@pytest.fixture
def province(watch: Watched) -> Province:
    made = build(timezone.localdate(), tasks=30, communes=8, targets=6, password=World.password)
    for username, full_name, role in (
        ("auditor", "Cao Thị Bích Vân", Role.AUDITOR),
        ("keeper", "Vũ Đình Khôi", Role.ADMINISTRATOR),
    ):
        user = User.objects.create(username=username, full_name=full_name, password=make_password(World.password))
        Grant.objects.create(user=user, role=role, unit=made.seat)
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
    # what was done to it stands on its own page, and on one of its own
    tail = officer.locator(".history-tail")
    tail.scroll_into_view_if_needed()
    expect(tail).to_contain_text("Báo tiến độ")
    expect(tail.locator(".changes li").first).to_contain_text("→ 70")
    expect(tail.get_by_role("link", name="Ai đã xem")).to_have_count(0)
    checked(watch, officer, "due-history")

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


def test_the_auditor_finds_who_read_a_persons_data_and_what_one_request_did(watch: Watched, province: Province) -> None:
    person = province.users["officer"]
    keeper = watch.open()
    watch.sign_in(keeper, "keeper", to=f"/quan-tri/nguoi-dung/{person.pk}/")
    keeper.get_by_text("Xem thông tin liên hệ").click()
    keeper.get_by_label("Mục đích xem").fill("Gọi nhắc hạn báo cáo tháng")
    keeper.get_by_role("button", name="Xem", exact=True).click()
    expect(keeper.locator("details.reveal")).to_have_count(0)
    actor = Actor(
        person.pk, person.full_name, Role.OFFICER, province.office.pk, province.office.name, timezone.localdate()
    )
    with origin_is(Origin(request_id="b" * 32, address="10.0.0.8")):
        for event, percent in (("tasks.due.reported", 30), ("tasks.due.reported", 60), ("tasks.due.done", 100)):
            due = DueItem.objects.filter(plan=province.plan)[percent // 30]
            record(
                at=timezone.now(), actor=actor, event=event, obj=due, before={"percent": 0}, after={"percent": percent}
            )

    page = watch.open()
    watch.sign_in(page, "auditor", to=f"/nhat-ky/muc/accounts.User/{person.pk}/")
    line = page.get_by_role("row").filter(has_text="Vũ Đình Khôi").first
    expect(line.get_by_role("cell").nth(0)).to_have_text("1")
    expect(page.locator("table.log")).to_contain_text("Gọi nhắc hạn báo cáo tháng")
    checked(watch, page, "person")
    page.get_by_role("link", name="Lịch sử").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lịch sử")
    expect(page.locator("main")).not_to_contain_text("Gọi nhắc", timeout=1000)
    checked(watch, page, "person-history")

    page.goto("/nhat-ky/?lan=" + "b" * 32)
    row = page.locator("table.log tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator(".act-head").first).to_contain_text("Báo đã xong")
    expect(row.get_by_text("tiến độ (%): 0 → 60")).to_be_hidden()
    row.get_by_text("và 2 việc trong cùng lần gửi").click()
    expect(row.get_by_text("tiến độ (%): 0 → 60")).to_be_visible()
    checked(watch, page, "one-request")
    page.goto(f"/lich-su/units.Unit/{province.seat.pk}/")
    checked(watch, page, "unit-history")
