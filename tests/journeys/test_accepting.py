"""From the report to its acceptance, in two browsers: pictures, sent back, more time, done, accepted, talked about."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem
from tests.documents.test_pictures import TAGGED
from tests.journeys.conftest import Watched
from tests.journeys.test_after_adoption import checked
from tests.journeys.world import World
from tests.web.province import Province
from tests.web.province import build as build_province


@pytest.fixture
def province(watch: Watched) -> Province:
    made = build_province(timezone.localdate(), tasks=24, communes=4, targets=2, password=World.password)
    Plan.objects.filter(pk=made.plan.pk).update(needs_acceptance=True)
    return made


def test_reported_returned_extended_and_accepted(watch: Watched, province: Province) -> None:
    today = timezone.localdate()
    due = DueItem.objects.filter(unit__name="Sở Y tế", state="open", mode="assigned", task__isnull=False)[0]
    DueItem.objects.filter(pk=due.pk).update(due_on=today, original_due_on=today)
    address = f"/nhiem-vu/{due.pk}/"
    officer, office = watch.open(), watch.open()
    watch.sign_in(officer, "officer", to=address)
    watch.sign_in(office, "office", to=address)

    officer.get_by_label("Ghi chú").fill("Đã rà soát 17 trạm, có ảnh kèm theo.")
    photos = [
        {"name": "tram-1.jpg", "mimeType": "image/jpeg", "buffer": TAGGED["jpeg"]()},
        {"name": "tram-2.webp", "mimeType": "image/webp", "buffer": TAGGED["webp"]()},
    ]
    officer.get_by_label("Tệp, ảnh kèm theo").set_input_files(photos)
    officer.get_by_role("button", name="Báo đã xong").click()
    expect(officer.get_by_role("heading", name="Chờ nghiệm thu")).to_be_visible()
    pictures = officer.locator(".note-files img")
    expect(pictures).to_have_count(2)
    pictures.last.scroll_into_view_if_needed()
    expect(pictures.last).to_have_js_property("complete", value=True)
    assert pictures.last.evaluate("image => image.naturalWidth") > 0

    office.reload()
    checked(watch, office, "submitted")
    office.get_by_role("button", name="Trả lại").click()
    expect(office).to_have_title(re.compile("^Lỗi:"))
    expect(office.locator(".error-summary")).to_be_focused()
    office.get_by_label("Lý do trả lại").fill("Còn thiếu năm trạm ở vùng cao.")
    office.get_by_role("button", name="Trả lại").click()
    expect(office.locator(".notes li").first).to_contain_text("Còn thiếu năm trạm ở vùng cao.")

    officer.reload()
    expect(officer.locator("#tien-do")).to_contain_text("Còn thiếu năm trạm ở vùng cao.")
    officer.get_by_text("Xin gia hạn", exact=True).click()
    officer.get_by_label("Xin đến hết ngày").fill(f"{today + timedelta(days=9):%d/%m/%Y}")
    officer.get_by_label("Lý do xin gia hạn").fill("Đường lên bản bị sạt.")
    officer.get_by_role("button", name="Gửi đề nghị gia hạn").click()
    expect(officer.locator("#gia-han")).to_contain_text("Chờ quyết định")

    office.reload()
    checked(watch, office, "asked")
    office.get_by_label("Cho đến hết ngày").fill(f"{today + timedelta(days=5):%d/%m/%Y}")
    office.get_by_role("button", name="Cho gia hạn", exact=True).click()
    expect(office.locator("#gia-han")).to_contain_text("Được gia hạn")
    expect(office.locator(".task-facts s")).to_contain_text(f"{today:%d/%m/%Y}")

    officer.reload()
    officer.get_by_role("button", name="Báo đã xong").click()
    expect(officer.get_by_role("heading", name="Chờ nghiệm thu")).to_be_visible()
    officer.get_by_label("Nội dung").fill("Đã bổ sung đủ 22 trạm. ")
    officer.get_by_label("Nội dung").press_sequentially("@")
    officer.get_by_label(re.compile(province.users["office"].full_name)).check()
    checked(watch, officer, "talk")
    officer.get_by_role("button", name="Gửi trao đổi").click()
    expect(officer.locator(".comments li")).to_contain_text(f"Nhắc tên: {province.users['office'].full_name}")

    office.reload()
    office.get_by_label("Ý kiến nghiệm thu").fill("Đầy đủ.")
    office.get_by_role("button", name="Nghiệm thu").click()
    expect(office.locator(".task-facts .state-done").first).to_have_text("đã xong")
