"""The administrator at work: a role, a delegation, a post handed over; then the two people it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Grant, Role, User
from pcmt.apps.accounts.operations import create_user, grant_role
from tests.journeys.conftest import Watched, send_in
from tests.journeys.world import AT, World, sure

DAY = timedelta(days=1)
PLAN = """ỦY BAN NHÂN DÂN PHƯỜNG CỒN NHẠN
KẾ HOẠCH
Phòng, chống ma túy năm 2026
I. NHIỆM VỤ
1. Trạm Y tế
- Lập danh sách người cần hỗ trợ, xong trước ngày 15/12/2026.
"""


@pytest.fixture
def keeper(world: World, settings: object) -> User:
    """The ward's administrator; adding a second factor is another journey."""
    settings.SECOND_FACTOR_ROLES = ()  # type: ignore[attr-defined]
    user = sure(create_user(actor=None, at=AT, username="quantri", full_name="Lương Thế Anh", password=World.password))
    sure(grant_role(actor=None, at=AT, user_id=user.pk, role=Role.ADMINISTRATOR, unit_id=world.town.pk))
    made = sure(create_user(actor=None, at=AT, username="mai", full_name="Đặng Thị Mai", password=World.password))
    Grant.objects.filter(user=world.users["lan"], role=Role.LEADER).delete()
    assert made
    return user


def vday(days: int) -> str:
    return (timezone.localdate() + days * DAY).strftime("%d/%m/%Y")


def chosen(page: Page, label: str, words: str, whole: str) -> None:
    """Type some words, and take what is suggested."""
    box = page.get_by_label(label)
    box.press_sequentially(words, delay=20)
    option = page.locator(f"datalist option[value='{whole}']")
    expect(option).to_have_count(1)
    box.fill(whole)


def test_an_administrator_gives_delegates_and_hands_over(world: World, keeper: User, watch: Watched) -> None:
    office = watch.open()
    watch.sign_in(office, "lan")
    send_in(office, PLAN)
    office.goto("/ke-hoach/")
    expect(office.get_by_text("Phòng, chống ma túy năm 2026").first).to_be_visible()

    page = watch.open()
    watch.sign_in(page, "quantri", "/quan-tri/nguoi-dung/")
    expect(page.locator("nav.side").get_by_role("link", name="Quản trị")).to_have_attribute("aria-current", "true")
    watch.axe(page)
    watch.fits(page)
    watch.shot(page, "list", both=True)

    # Somebody without a role waits for one.
    page.get_by_role("link", name="Đặng Thị Mai").click()
    expect(page.get_by_text("Chưa được giao vai trò nào")).to_be_visible()
    page.get_by_role("link", name="Giao vai trò").click()
    page.get_by_label("Vai trò", exact=True).select_option(label="Cán bộ y tế")
    page.get_by_role("button", name="Giao vai trò").click()
    expect(page.locator(".error-summary")).to_be_focused()
    watch.axe(page)
    chosen(page, "Tại đơn vị", "tram y te", "Trạm Y tế phường Cồn Nhạn, Phường Cồn Nhạn")
    page.get_by_role("button", name="Giao vai trò").click()
    expect(page.get_by_text("Đã giao: Cán bộ y tế, Trạm Y tế phường Cồn Nhạn")).to_be_visible()
    watch.axe(page)
    watch.shot(page, "person", both=True)

    # On the holder's behalf, with the paper at hand.
    page.goto("/quan-tri/nguoi-dung/?q=ngoc+lan")
    page.get_by_role("link", name="Nguyễn Thị Ngọc Lan").click()
    person = page.url
    page.get_by_role("link", name="Ủy quyền").first.click()
    chosen(page, "Người nhận ủy quyền", "mai", "Đặng Thị Mai (mai)")
    page.get_by_label("Đến hết ngày").fill(vday(5))
    page.get_by_label("Căn cứ").fill("Giấy ủy quyền số 05/GUQ-CAP")
    page.get_by_role("button", name="Ủy quyền").click()
    expect(page.get_by_text("Đặng Thị Mai được ủy quyền: TUQ. Cơ quan thường trực")).to_be_visible()

    # The post goes to somebody from another ward, from today on.
    page.goto(person)
    page.get_by_role("link", name="Bàn giao cho người khác").click()
    expect(page.get_by_text("Ủy quyền kết thúc theo")).to_be_visible()
    watch.axe(page)
    watch.fits(page)
    watch.shot(page, "hand-over", both=True)
    page.get_by_label("Người nhận", exact=True).fill("mai")
    page.get_by_label("Người nhận bắt đầu từ ngày").fill(vday(0))
    page.get_by_role("button", name="Bàn giao", exact=True).click()
    expect(page.get_by_text(f"Đặng Thị Mai nhận bàn giao từ ngày {vday(0)}.")).to_be_visible()
    expect(page.get_by_text("đã hết").first).to_be_visible()

    # The successor switches to the post by keyboard, and finds the draft.
    mai = watch.open()
    watch.sign_in(mai, "mai", "/")
    expect(mai.locator("details.unit-switch summary")).to_contain_text("Công an phường Cồn Nhạn")
    for line, unit in ((2, "Trạm Y tế phường Cồn Nhạn"), (1, "Công an phường Cồn Nhạn")):
        mai.locator("details.unit-switch summary").focus()
        mai.keyboard.press("Enter")
        for _step in range(line):
            mai.keyboard.press("ArrowDown")
        watch.axe(mai)
        mai.keyboard.press("Enter")
        expect(mai.locator("details.unit-switch summary")).to_contain_text(unit)
        expect(mai.get_by_text("Đang làm việc với vai trò")).to_be_visible()
    mai.goto("/ke-hoach/")
    expect(mai.get_by_text("Phòng, chống ma túy năm 2026").first).to_be_visible()

    # The predecessor keeps the own history, and nothing else.
    office.goto("/ke-hoach/")
    expect(office.get_by_text("Phòng, chống ma túy năm 2026")).to_have_count(0)
    office.goto("/vai-tro/")
    expect(office.get_by_text("Hôm nay bạn không giữ vai trò nào")).to_be_visible()
    expect(office.get_by_text("Gửi văn bản lên").first).to_be_visible()
    watch.axe(office)
    watch.shot(office, "mine", both=True)


def test_contact_data_are_shown_for_a_purpose_on_a_phone(world: World, keeper: User, watch: Watched) -> None:
    phone = watch.open(phone=True)
    watch.sign_in(phone, "quantri", "/quan-tri/nguoi-dung/")
    phone.get_by_role("link", name="Trần Quang Minh").click()
    phone.get_by_text("Xem thông tin liên hệ").click()
    phone.get_by_role("button", name="Xem", exact=True).click()
    expect(phone.get_by_text("Ghi mục đích xem thông tin liên hệ").first).to_be_visible()
    phone.get_by_label("Mục đích xem").fill("Mời họp giao ban")
    phone.get_by_role("button", name="Xem", exact=True).click()
    expect(phone.get_by_text("Xem thông tin liên hệ")).to_have_count(0)
    watch.fits(phone)
    watch.axe(phone)


def test_everything_works_without_script(world: World, keeper: User, watch: Watched) -> None:
    page = watch.open(script=False)
    watch.sign_in(page, "quantri", "/quan-tri/nguoi-dung/")
    page.get_by_role("link", name="Đặng Thị Mai").click()
    page.get_by_role("link", name="Giao vai trò").click()
    page.get_by_label("Tại đơn vị").fill("tram y te phuong con nhan")
    page.get_by_role("button", name="Giao vai trò").click()
    expect(page.get_by_text("Đã giao: Cán bộ")).to_be_visible()
