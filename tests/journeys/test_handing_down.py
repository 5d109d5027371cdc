"""In a browser: an officer takes a task on, names who has it, hands it down to two communes; one reports its part."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Grant, User
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.units.models import Unit
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province
from tests.web.province import build as build_province


@pytest.fixture
def province(watch: Watched) -> Province:
    """A province of 130 communes."""
    return build_province(timezone.localdate(), tasks=12, communes=130, targets=4, password=World.password)


def checked(watch: Watched, page: Page, name: str) -> None:
    """At both widths: a screenshot, nothing too wide, nothing that axe objects to."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.shot(page, name)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_from_the_department_to_the_commune_and_back(watch: Watched, province: Province) -> None:
    officer = province.users["officer"]
    health, commune = Grant.objects.get(user=officer).unit, Grant.objects.get(user=province.users["ward"]).unit
    other = Unit.objects.under(province.seat.pk, province.today).filter(level="commune").exclude(pk=commune.pk)[0]
    mine = DueItem.objects.filter(unit=health, task__isnull=False, state=DueState.OPEN, mode="assigned")
    due = mine.order_by("pk")[0]
    DueItem.objects.filter(pk=due.pk).update(due_on=None, original_due_on=None, percent=0)
    page = watch.open()
    watch.sign_in(page, "officer", to=f"/nhiem-vu/{due.pk}/")
    page.get_by_role("button", name="Nhận việc").click()
    expect(page.get_by_role("button", name="Nhận việc")).to_have_count(0)
    page.get_by_label("Người phụ trách").select_option(label=_called(officer))
    page.get_by_role("button", name="Lưu người phụ trách").click()
    expect(page.locator("dl.facts")).to_contain_text(officer.full_name)
    page.get_by_role("link", name="Giao xuống").click()
    expect(page.locator(".pick-list .pick-line:visible")).to_have_count(130)
    page.get_by_label("Lọc theo tên").fill("khong co xa nao")
    expect(page.locator("[data-pick-said]")).to_have_text("Đã chọn 0 đơn vị, đang hiện 0.")
    page.get_by_label("Lọc theo tên").fill("")
    page.get_by_role("button", name="Chọn tất cả đang hiện").click()
    expect(page.locator("[data-pick-said]")).to_have_text("Đã chọn 130 đơn vị, đang hiện 130.")
    page.get_by_role("button", name="Bỏ chọn").click()
    for unit in (commune, other):
        page.get_by_label(unit.name, exact=True).check()
    page.get_by_label("Phần việc", exact=True).fill("Rà soát và lập danh sách ở xã")
    page.get_by_label("Hạn chót, tính cả ngày này").fill("31/2/2026")
    page.get_by_role("button", name="Giao xuống").click()
    expect(page.locator(".error-summary")).to_be_focused()
    checked(watch, page, "wrong")
    expect(page.get_by_label(commune.name, exact=True)).to_be_checked()
    page.get_by_label("Hạn chót, tính cả ngày này").fill("")
    page.get_by_role("button", name="Giao xuống").click()
    expect(page.locator("table.parts tbody tr")).to_have_count(2)
    expect(page.locator("#phan-viec h2")).to_contain_text("0 / 2 phần đã xong")
    checked(watch, page, "handed")
    # The commune, on a phone and without script.
    phone = watch.open(phone=True, script=False)
    watch.sign_in(phone, "ward", to="/nhiem-vu/")
    phone.goto(f"/nhiem-vu/{DueItem.objects.get(parent=due, unit=commune).pk}/")
    expect(phone.locator(".part-words")).to_contain_text("Rà soát và lập danh sách ở xã")
    phone.get_by_role("button", name="Báo đã xong").click()
    expect(phone.get_by_role("heading", name="Đã báo xong")).to_be_visible()
    page.reload()
    expect(page.locator("#phan-viec h2")).to_contain_text("1 / 2 phần đã xong")
    page.get_by_role("button", name="Báo đã xong").click()
    expect(page.locator(".error-summary")).to_contain_text("Còn 1 phần đã giao chưa xong")
    page.get_by_label("Báo xong dù còn phần chưa xong").check()
    page.get_by_role("button", name="Báo đã xong").click()
    expect(page.get_by_role("heading", name="Đã báo xong")).to_be_visible()


def _called(user: User) -> str:
    return f"{user.full_name}, {user.post}" if user.post else user.full_name
