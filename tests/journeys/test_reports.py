"""A commune's report: opened, typed, two at once, a lost line, checked, sent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.reports.models import Duty, Submission
from tests.factories import facts
from tests.factories.plans import adopted, draft
from tests.factories.reports import occurrence_of, report_form
from tests.factories.world import world as land_of
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World


def looked_at(watch: Watched, page: Page, name: str) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.axe(page)
        watch.fits(page)
    watch.shot(page, name, both=True, full=True)
    page.set_viewport_size(DESK)


def test_a_report_is_written_and_sent(watch: Watched, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcmt.core.reading.read", lambda text, *, name="": draft(text).reading)
    land = land_of()
    load_catalogue()
    adopted(land.office)
    Duty.objects.update(form=report_form().form)
    oanh = land.actor("dong_hoa", "commune_officer", "oanh")
    land.actor("dong_hoa", "commune_officer", "binh")
    User.objects.filter(username__in=("oanh", "binh")).update(password=make_password(World.password))
    User.objects.filter(username="binh").update(full_name="Trần Văn Bình")
    occurrence = occurrence_of(land["dong_hoa"], date(2026, 2, 14))
    at = timezone.now() - timedelta(minutes=5)
    facts.told(facts.entry(land["dong_hoa"], "cases_detected", facts.month(2), 12), at=at)
    # Opened: what is known stands there.
    watch.sign_in(page, "oanh", f"/bao-cao/mo/{occurrence.pk}/")
    page.get_by_role("button", name="Mở báo cáo").click()
    box = page.get_by_label("Nội dung mục Tình hình chung")
    said = page.locator("[data-cells-said]")
    box.fill("Tình hình ổn định.")
    expect(said).to_contain_text("đã lưu lúc")
    report = Submission.objects.get()
    # Two at once: the second one sees both texts and joins them.
    other = watch.open()
    watch.sign_in(other, "binh", f"/bao-cao/{report.pk}/")
    other.get_by_label("Nội dung mục Tình hình chung").fill("Tình hình ổn định.\nĐã ra quân 3 lần.")
    expect(other.locator("[data-cells-said]")).to_contain_text("đã lưu lúc")
    box.fill("Tình hình ổn định.\nĐã phát 200 tờ rơi.")
    expect(page.get_by_text("Bản đã lưu: Trần Văn Bình")).to_be_visible()
    looked_at(watch, page, "both")
    page.get_by_role("button", name="Ghép cả hai bản").click()
    expect(said).to_contain_text("đã lưu lúc")
    expect(box).to_have_value("Tình hình ổn định.\nĐã ra quân 3 lần.\nĐã phát 200 tờ rơi.")
    # The line breaks down and the page is closed: what was typed is offered when it comes back.
    page.route("**/muc/**", lambda route: route.abort("aborted"))
    box.fill("Câu chưa lưu được.")
    expect(said).to_contain_text("còn nguyên")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/muc/**")
    page.evaluate("window.stop()")
    page.route("**/muc/**", lambda route: route.abort("aborted"))
    page.reload()
    page.unroute("**/muc/**")
    expect(page.get_by_text("Lần trước còn phần đã gõ")).to_be_visible()
    looked_at(watch, page, "offered")
    page.get_by_role("button", name="Đưa lại vào mục này").click()
    expect(said).to_contain_text("đã lưu lúc")
    expect(box).to_have_value("Câu chưa lưu được.")
    # Figures: a link leaves only after the save; a typed number beside the counted one asks why.
    page.get_by_role("link", name="II. Số liệu").first.click()
    cells = page.locator("input.num[data-cell]")
    expect(cells.first).to_have_value("12")
    cells.first.fill("15")
    page.keyboard.press("Enter")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Số đã có: 12 (chênh +3).")).to_be_visible()
    expect(page.locator('[data-part="all-this"]')).to_have_text("18")
    page.get_by_label("Lý do khác số đã có").first.fill("thêm 3 vụ vừa khởi tố")
    looked_at(watch, page, "figures")
    page.get_by_role("link", name="Kiểm tra và gửi").click()
    expect(page.get_by_text("Không có chỗ nào phải sửa")).to_be_visible()
    assert report.figures.get(line="cases").reason == "thêm 3 vụ vừa khởi tố"
    looked_at(watch, page, "check")
    page.get_by_label("Người đã duyệt").fill("Lê Văn Sơn, Chủ tịch")
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.get_by_role("heading", name="Đã gửi báo cáo")).to_be_visible()
    looked_at(watch, page, "receipt")
    page.get_by_role("link", name="Xem báo cáo").click()
    expect(page.get_by_text("Câu chưa lưu được.")).to_be_visible()
    looked_at(watch, page, "read")
    page.get_by_role("link", name="Xem trước").click()
    looked_at(watch, page, "preview")
    assert oanh.user_id == Submission.objects.get().editions.get().sent_by_id
