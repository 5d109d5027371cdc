"""Two people with two phones record without a connection; the line comes back, and everything arrives once."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.activities.models import Event, EventFile, OfflineEntry
from tests.apps.activities.test_offline import camera_picture
from tests.factories.activities import BROADCAST, SCHOOL_SESSION, kind
from tests.journeys.conftest import Watched
from tests.journeys.world import AT, World, sure

PICTURE: Any = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": camera_picture()}


def ready(watch: Watched, world: World, name: str) -> Page:
    user = sure(create_user(actor=None, at=AT, username=name, full_name=f"Vi Thị {name}", password=World.password))
    sure(grant_role(actor=None, at=AT, user_id=user.pk, role=Role.OFFICER, unit_id=world.office.pk))
    page = watch.open(phone=True)
    watch.sign_in(page, name, "/hoat-dong/thuc-dia/")
    expect(page.get_by_role("button", name="Phát thanh trên loa")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    return page


def broadcast(page: Page, minutes: str) -> None:
    page.get_by_role("button", name="Phát thanh trên loa").click()
    page.get_by_label("Thời lượng (phút)").fill(minutes)
    page.get_by_label("Giờ").fill("00:00")
    page.locator("#pictures").set_input_files([PICTURE])
    expect(page.locator("[data-thumbs] canvas")).to_have_count(1)


def test_entry_in_the_field_on_two_phones(watch: Watched, world: World) -> None:
    kind(BROADCAST)
    kind(SCHOOL_SESSION)
    one, two = ready(watch, world, "mai"), ready(watch, world, "nam")
    broadcast(one, "15")
    watch.axe(one)
    watch.fits(one)
    watch.shot(one, "form", both=True, full=True)
    one.get_by_role("button", name="Lưu", exact=True).click()
    expect(one.locator("[data-count]")).to_have_text("1")
    broadcast(two, "20")
    two.get_by_role("button", name="Lưu", exact=True).click()
    two.get_by_role("button", name="Tuyên truyền tại trường học").click()
    two.get_by_role("button", name="Lưu", exact=True).click()
    expect(two.locator("[data-wrong]")).to_contain_text("Số người dự")
    two.get_by_label("Số người dự").fill("80")
    two.locator("#pictures").set_input_files([PICTURE])
    expect(two.locator("[data-thumbs] canvas")).to_have_count(1)
    two.get_by_role("button", name="Lưu", exact=True).click()
    expect(two.locator("[data-count]")).to_have_text("2")
    two.reload()  # the queue outlives the page
    expect(two.locator("[data-count]")).to_have_text("2")
    watch.axe(two)
    assert not Event.objects.exists()

    one.context.set_offline(False)
    expect(one.locator("[data-queue] [data-state=sent]")).to_have_count(1)
    two.context.set_offline(False)
    expect(two.locator("[data-queue] [data-state=look]")).to_have_count(1)
    expect(two.locator("[data-queue] [data-state=sent]")).to_have_count(1)
    watch.shot(two, "sent", both=True, full=True)
    assert (Event.objects.count(), OfflineEntry.objects.count(), EventFile.objects.count()) == (2, 1, 2)

    two.get_by_role("link", name="Mục cần xem").click()
    watch.axe(two)
    watch.fits(two)
    watch.shot(two, "waiting", both=True)
    two.get_by_role("link", name="Phát thanh trên loa").click()
    watch.axe(two)
    watch.fits(two)
    watch.shot(two, "decide", both=True, full=True)
    two.get_by_role("button", name="Ghi mục này").click()
    expect(two.get_by_text("Không có mục nào chờ xem.")).to_be_visible()
    assert Event.objects.filter(way="offline").count() == 3
    two.goto("/hoat-dong/nhap-bang/broadcast/")
    two.set_viewport_size({"width": 1280, "height": 860})
    two.locator("#on-0").focus()
    two.evaluate(
        """() => { const data = new DataTransfer();
        data.setData("text/plain", Array.from({length: 22}, (_, at) => `1\\tLoa ${at}`).join("\\n"));
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true})); }"""
    )
    expect(two.locator("#title-21")).to_have_value("Loa 21")
    watch.axe(two)
    two.get_by_role("button", name="Lưu tất cả").click()
    expect(two.locator("[data-row][data-state=saved]")).to_have_count(1)
    expect(two.locator("[data-row][data-state=refused]")).to_have_count(21)
    watch.shot(two, "grid", both=True, full=True)
    assert Event.objects.filter(way="grid").count() == 1
