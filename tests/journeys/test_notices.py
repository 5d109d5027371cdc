"""Somebody looks at the bell, opens what waits, and says when letters may come, in a browser at both widths."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import User
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World

TITLES = (
    (Reason.OVERDUE, "Quá hạn 4 ngày: Báo cáo kết quả công tác phòng, chống ma túy 6 tháng đầu năm 2026"),
    (Reason.ASSIGNED, "Được giao: Lập danh sách người nghiện, người sử dụng trái phép chất ma túy trên địa bàn"),
    (Reason.ASSIGNED, "Được giao: Tổ chức ký cam kết không vi phạm pháp luật về ma túy"),
    (Reason.SUBMITTED, "Trạm Y tế phường Cồn Nhạn báo xong, chờ nghiệm thu: Lập danh sách người cần hỗ trợ"),
    (Reason.SOON, "Còn 3 ngày: Họp dân tháng 11"),
)


def seen(watch: Watched, page: Page, name: str) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(100)
        watch.shot(page, name, full=True)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_from_the_bell_to_the_letter(watch: Watched, world: World) -> None:
    User.objects.filter(username="lan").update(email="lan@example.vn")
    now = timezone.now()
    for number, (reason, title) in enumerate(TITLES):
        tell(
            at=now - timedelta(minutes=number), users=[world.users["lan"].pk], reason=reason, about=world.office,
            address="/ke-hoach/", title=title, key=f"k{number}", unit_id=world.office.pk,
        )  # fmt: skip
    page = watch.open()
    watch.sign_in(page, "lan")
    bell = page.get_by_role("link", name="Thông báo")
    expect(bell).to_have_text("Thông báo5 chưa đọc")
    bell.click()
    seen(watch, page, "unread")
    page.get_by_role("link", name=TITLES[0][1]).click()
    page.wait_for_url("**/ke-hoach/")
    expect(bell).to_contain_text("4")
    bell.click()
    page.get_by_role("button", name=f"Đánh dấu đã đọc {TITLES[4][1]}").click()
    expect(bell).to_contain_text("3")
    page.get_by_role("button", name="Đánh dấu cả 3 là đã đọc").click()
    expect(page.get_by_text("Không có thông báo mới")).to_be_visible()
    seen(watch, page, "none")
    page.get_by_role("link", name="Đã đọc").click()
    seen(watch, page, "read")
    page.get_by_role("link", name="Giờ nhận thư").click()
    seen(watch, page, "preferences")
    page.get_by_label("Giờ gửi").select_option("22:00")
    page.get_by_label("Sắp tới hạn: ghi trong thư").uncheck()
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    seen(watch, page, "wrong")
    page.get_by_label("Giờ gửi").select_option("08:00")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu cách nhận thông báo.")).to_be_visible()
    expect(page.get_by_label("Sắp tới hạn: ghi trong thư")).not_to_be_checked()
    # Without script the bell is the same link.
    plain = watch.open(phone=True, script=False)
    watch.sign_in(plain, "lan", to="/thong-bao/?xem=da-doc")
    expect(plain.get_by_role("link", name=TITLES[0][1])).to_be_visible()
