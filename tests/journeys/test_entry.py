"""Numbers told by a commune: typed, pasted from Excel, refused, taken from somebody else, corrected with a reason."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.facts.models import Fact
from pcmt.core.periods import ADMINISTRATIVE, Kind
from tests.factories.facts import entry, form, told
from tests.factories.world import world as land_of
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.test_bulk import copied
from tests.journeys.world import World

BLOCK = '1.234\tgồm 3 vụ\r\n"07 "\t\r\nba người\t\r\n'


def looked_at(watch: Watched, page: Page, name: str) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.axe(page)
        watch.fits(page)
    watch.shot(page, name, both=True, full=True)
    page.set_viewport_size(DESK)


def test_numbers_are_typed_pasted_and_corrected(watch: Watched, page: Page) -> None:
    land = land_of()
    oanh, minh = (land.actor("police", "standing_office", name) for name in ("oanh", "quang"))
    User.objects.filter(pk=oanh.user_id).update(password=make_password(World.password), full_name="Ngô Thị Oanh")
    now = timezone.now()
    asked = form(land, "cases_detected", "suspects_arrested", "addicts", "addicts|sex=female", "addicts_with_file")
    unit, span = land["dong_hoa"], ADMINISTRATIVE.around(Kind.MONTH, date.today())
    before = ADMINISTRATIVE.around(Kind.MONTH, span.start.replace(day=14))
    told(*(entry(unit, code, before, 30) for code in ("cases_detected", "addicts", "addicts_with_file")), at=now)
    watch.sign_in(page, "oanh", "/nhap-so/")
    looked_at(watch, page, "list")
    page.get_by_role("link", name="Xã Đông Hòa").first.click()
    cells = page.locator("input[data-cell].num")
    copied(page, BLOCK)
    cells.nth(0).click()
    page.keyboard.press("Control+V")
    expect(page.get_by_text("2 ô. 1 ô chưa lưu được")).to_be_visible()
    expect(cells.nth(1)).to_have_value("7")
    expect(page.locator("tr[data-row]").nth(2)).to_contain_text("“ba người” không phải số.")
    assert Fact.objects.get(element__code="cases_detected", start=span.start, closed_by=None).note == "gồm 3 vụ"
    cells.nth(2).fill("20")
    page.keyboard.press("Enter")
    expect(cells.nth(3)).to_be_focused()
    # Somebody else is faster with the next cell.
    told(entry(unit, "addicts|sex=female", span, 2), actor=Actor(
        user_id=minh.user_id, name=minh.name, role=minh.role, unit_id=minh.unit_id, unit_name=minh.unit_name,
        on=date.today(),
    ), at=timezone.now())  # fmt: skip
    page.keyboard.type("5")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Lấy số mới")).to_be_visible()
    page.keyboard.type("25")
    page.keyboard.press("Control+S")
    expect(page.locator("[data-remarks]")).to_contain_text("lớn hơn")
    looked_at(watch, page, "table")
    page.get_by_role("button", name="Giữ số của tôi").click()
    expect(page.locator("tr[data-row]").nth(3).locator("td.entry-state")).to_contain_text("đã lưu")
    # The line breaks down: nothing is lost, all is sent again.
    page.route("**/don-vi/**", lambda route: route.abort("aborted"))
    cells.nth(4).fill("18")
    page.keyboard.press("Control+S")
    expect(page.locator("[data-cells-said]")).to_contain_text("Những gì đã gõ còn nguyên")
    expect(page.locator("tr[data-row]").nth(4)).to_contain_text("chờ lưu")
    page.unroute("**/don-vi/**")
    page.keyboard.press("Control+S")
    expect(page.locator("[data-remarks]")).not_to_contain_text("lớn hơn")
    cells.nth(4).focus()
    page.keyboard.press("Control+Z")
    expect(cells.nth(4)).to_have_value("25")
    page.locator("[data-past]").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("1.234")
    watch.axe(page)
    watch.shot(page, "panel", both=True)
    page.get_by_label("Số đúng").fill("1.200")
    page.get_by_label("Lý do sửa").fill("đếm trùng")
    page.get_by_role("button", name="Ghi số đã sửa").click()
    expect(page.locator("body")).to_contain_text("Lý do: đếm trùng")
    looked_at(watch, page, "past")
    page.get_by_role("link", name="Lần ghi này").first.click()
    looked_at(watch, page, "recording")
    page.goto(f"/nhap-so/{asked.pk}/{span.start.isoformat()}/")
    looked_at(watch, page, "units")
    page.goto(f"/nhap-so/{asked.pk}/{span.start.isoformat()}/dong/{asked.lines.all()[0].pk}/")
    looked_at(watch, page, "line")
    page.goto(f"/nhap-so/{asked.pk}/{span.start.isoformat()}/dong/{asked.lines.all()[0].pk}/?cot=nam")
    looked_at(watch, page, "year")
