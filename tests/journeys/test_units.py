"""Units in a browser: walking the tree and finding what was renamed; a reorganisation with all that follows it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Grant
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.units.functions import function_label
from pcmt.apps.units.models import Reorganisation, ReorganisationState, Succession, Unit, UnitFunction
from pcmt.apps.units.operations import NewUnit, create_units
from pcmt.core.text import fold
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province, build

TODAY = timezone.localdate()
FUNCTION = "rehab_management"
GROUND = "Nghị quyết số 15/NQ-HĐND ngày 02/11/2026 của HĐND tỉnh"


@pytest.fixture
def province(watch: Watched) -> Province:
    """A province with a district that still has a commune; Sở Y tế manages rehabilitation."""
    made = build(TODAY, tasks=60, communes=12, targets=6, password=World.password)
    at, seat = timezone.now(), made.seat.pk
    old = TODAY - timedelta(days=400)
    rows = [
        NewUnit(key="town", name="Thị xã Đồng Xa", kind="administrative", level="district", parent=seat, valid_to=old),
        NewUnit(key="ward", name="Phường Đồng Xa", kind="administrative", level="commune", parent=seat, valid_from=old),
        NewUnit(key="district", name="Huyện Đồng Quê", kind="administrative", level="district", parent=seat),
        NewUnit(key="below", name="Xã Đồng Quê", kind="administrative", level="commune", parent="district"),
        NewUnit(key="police1", name="Công an phường Đồng Xa", kind="agency", level="commune", parent="ward"),
    ]
    units = create_units(actor=None, at=at, rows=rows)
    Succession.objects.create(on=old, old=units["town"], new=units["ward"])
    labour = Unit.objects.get(name="Sở Y tế")
    UnitFunction.objects.create(unit=labour, function=FUNCTION)
    for item in DueItem.objects.filter(plan=made.plan, unit=labour)[:1]:
        label = "Hướng dẫn cơ sở cai nghiện công lập lập hồ sơ quản lý học viên"
        DueItem.objects.filter(pk=item.pk).update(
            state=DueState.OPEN, done_on=None, done_at=None, label=label, search_key=fold(label)
        )
    wards = Unit.objects.filter(name__in=[f"Xã Đồng Tâm {n}" for n in (1, 2, 3)])
    DueItem.objects.filter(plan=made.plan, unit__in=wards).update(
        state=DueState.OPEN, done_on=None, done_at=None, due_on=TODAY + timedelta(days=9)
    )
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


def further(page: Page, button: str = "Tiếp") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def pick(page: Page, box: str, words: str, name: str) -> None:
    """Type into a picker, wait for what it finds, choose."""
    page.get_by_role("searchbox", name=box).last.type(words)
    page.get_by_role("button", name=f"Chọn {name}", exact=True).click()
    expect(page.get_by_role("button", name=f"Bỏ {name}", exact=True)).to_be_visible()


def test_walking_the_tree_and_finding_a_unit(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "officer", to="/")
    page.get_by_role("link", name="Đơn vị", exact=True).click()
    expect(page.get_by_text("theo địa giới hôm nay")).to_be_visible()
    seat = page.get_by_role("button", name="Cấp dưới của Tỉnh Bình Minh")
    expect(seat).to_have_attribute("aria-expanded", "false")
    seat.click()
    expect(page.get_by_role("link", name="Xã Đồng Tâm 10", exact=True)).to_be_visible()
    expect(seat).to_have_attribute("aria-expanded", "true")
    checked(watch, page, "tree")

    # by keyboard: down to the district, open it, into it, back and closed
    district = page.get_by_role("link", name="Huyện Đồng Quê", exact=True)
    district.focus()
    page.keyboard.press("ArrowRight")
    below = page.get_by_role("link", name="Xã Đồng Quê", exact=True)
    expect(below).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(below).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(district).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(below).to_be_hidden()
    page.keyboard.press("Home")
    expect(page.get_by_role("link", name="Tỉnh Bình Minh", exact=True)).to_be_focused()

    # what is no longer there is found, and says what became of it
    page.keyboard.press("/")
    page.keyboard.type("thi xa dong xa")
    expect(page.locator(".units-found li").first).to_contain_text("nay là phường Đồng Xa")
    assert "q=thi" in page.url
    checked(watch, page, "found")
    page.get_by_role("link", name="Mở Phường Đồng Xa").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phường Đồng Xa")
    checked(watch, page, "unit")
    page.get_by_role("link", name="Diễn biến", exact=True).first.click()
    expect(page.locator(".story")).to_contain_text("Thành lập trên cơ sở:")
    expect(page.get_by_role("img", name="Phường Đồng Xa: có từ 1 đơn vị trước")).to_be_visible()
    checked(watch, page, "story")
    page.get_by_text("Bảng 1 dòng kế thừa").click()
    page.get_by_role("cell", name="Thị xã Đồng Xa").get_by_role("link").click()
    expect(page.locator(".note-warn")).to_contain_text("nay là phường Đồng Xa")

    # the tree of a day on which it stood
    before = TODAY - timedelta(days=500)
    page.goto("/don-vi/")
    page.get_by_label("Theo địa giới ngày").fill(before.isoformat())
    expect(page.locator("#cay")).to_contain_text(f"theo địa giới ngày {before:%d/%m/%Y}")
    page.get_by_role("button", name="Cấp dưới của Tỉnh Bình Minh").click()
    expect(page.get_by_role("link", name="Thị xã Đồng Xa", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Phường Đồng Xa", exact=True)).to_have_count(0)


def test_the_tree_without_script(watch: Watched, province: Province) -> None:
    page = watch.open(phone=True, script=False)
    watch.sign_in(page, "officer", to="/don-vi/")
    page.get_by_role("link", name="Cấp dưới của Tỉnh Bình Minh").click()
    page.get_by_role("link", name="Cấp dưới của Huyện Đồng Quê").click()
    expect(page.get_by_role("link", name="Xã Đồng Quê", exact=True)).to_be_visible()
    page.get_by_role("link", name="Cấp dưới của Huyện Đồng Quê").click()
    expect(page.get_by_role("link", name="Xã Đồng Quê", exact=True)).to_have_count(0)
    page.get_by_role("searchbox", name="Tìm tên nay").fill("Huyen dong que")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.locator(".units-found li").first).to_contain_text("Huyện Đồng Quê")


def test_a_reorganisation_with_all_that_follows(watch: Watched, province: Province) -> None:
    """Three communes merge, one splits, a district ends, a function moves: by one decision, today."""
    page = watch.open()
    watch.sign_in(page, "office", to="/don-vi/")
    page.get_by_role("link", name="Sắp xếp đơn vị", exact=True).click()
    expect(page.get_by_text("Chưa có việc sắp xếp nào")).to_be_visible()
    checked(watch, page, "none")
    further(page, "Lập việc sắp xếp")
    checked(watch, page, "what")

    page.get_by_label("Sáp nhập, hợp nhất").check()
    further(page)
    for number in (1, 2, 3):
        pick(page, "Các đơn vị nhập lại", f"xa dong tam {number}", f"Xã Đồng Tâm {number}")
    checked(watch, page, "which")
    further(page)
    page.get_by_label("Một đơn vị mới").check()
    further(page)
    expect(page.get_by_role("alert")).to_contain_text("Nhập tên đơn vị mới")
    checked(watch, page, "into-wrong")
    page.get_by_label("Tên đơn vị mới").fill("Phường Đồng Tâm")
    further(page)
    page.get_by_label("Có hiệu lực từ ngày").fill(f"{TODAY:%d/%m/%Y}")
    page.get_by_label("Tên gọi", exact=True).fill("Sắp xếp các xã Đồng Tâm")
    page.get_by_label("Căn cứ").fill(GROUND)
    checked(watch, page, "head")
    further(page, "Xem trước")
    expect(page.locator(".consequences").first).to_be_visible()
    checked(watch, page, "preview-one")

    further(page, "Thêm một việc nữa vào cùng quyết định")
    page.get_by_label("Chia, tách").check()
    further(page)
    pick(page, "Đơn vị", "xa dong tam 5", "Xã Đồng Tâm 5")
    further(page)
    page.locator("[name=part0-name]").fill("Xã Đồng Tiến")
    page.locator("[name=part0-measure]").fill("12,5")
    page.locator("[name=part1-into]").select_option("self")
    page.locator("[name=part1-measure]").fill("37,5")
    expect(page.locator("[data-share]").first).to_have_text("25 %")
    expect(page.locator("[data-total]")).to_have_text("50")
    page.get_by_label("Phần kế thừa nhiệm vụ").select_option("1")
    checked(watch, page, "split")
    further(page)
    further(page, "Xem trước")

    further(page, "Thêm một việc nữa vào cùng quyết định")
    page.get_by_label("Giải thể, kết thúc hoạt động").check()
    further(page)
    pick(page, "Đơn vị", "huyen dong que", "Huyện Đồng Quê")
    further(page)
    pick(page, "Đơn vị nhận việc còn lại", "tinh binh minh", "Tỉnh Bình Minh")
    further(page)
    further(page, "Xem trước")

    further(page, "Thêm một việc nữa vào cùng quyết định")
    page.get_by_label("Chuyển chức năng").check()
    further(page)
    pick(page, "Cơ quan chuyển giao", "so y te", "Sở Y tế")
    page.get_by_label("Chức năng").select_option(FUNCTION)
    further(page)
    pick(page, "Cơ quan tiếp nhận", "cong an tinh", "Công an tỉnh")
    further(page)
    further(page, "Xem trước")
    expect(page.locator(".events")).to_contain_text(function_label(FUNCTION))
    expect(page.get_by_label("Hướng dẫn cơ sở cai nghiện")).to_be_checked()  # its words are those of the function
    expect(page.get_by_text("không hủy được")).to_be_visible()
    checked(watch, page, "preview")
    watch.shot(page, "preview-whole", both=True, full=True)
    further(page, "Lập việc sắp xếp")
    expect(page.get_by_role("status")).to_contain_text("Đã lập và thực hiện ngay")
    checked(watch, page, "receipt")
    row = Reorganisation.objects.get()
    assert row.state == ReorganisationState.CARRIED_OUT
    new = Unit.objects.get(name="Phường Đồng Tâm")

    # the work of the three is that of the new one, once, and says whose it was
    page.goto(f"/don-vi/{new.pk}/viec/")
    assert page.locator("table.owed tbody tr").count() > 0
    checked(watch, page, "owed")
    assert not DueItem.objects.filter(unit__name="Xã Đồng Tâm 1", state=DueState.OPEN).exists()
    page.goto(f"/don-vi/{new.pk}/ke-hoach/")
    expect(page.get_by_text("có tên trong kế hoạch")).to_be_visible()
    leader = watch.open()
    watch.sign_in(leader, "leader", to=f"/don-vi/{new.pk}/nguoi/")
    expect(leader.get_by_role("row").filter(has_text="Phạm Văn Đạt")).to_be_visible()
    checked(watch, leader, "people")
    page.goto(f"/don-vi/{new.pk}/dien-bien/")
    expect(page.locator(".story")).to_contain_text(GROUND)
    checked(watch, page, "story")
    page.get_by_role("link", name=GROUND).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sắp xếp các xã Đồng Tâm")
    police = Unit.objects.get(name="Công an tỉnh")
    page.goto(f"/don-vi/{police.pk}/")
    expect(page.locator("dl.facts")).to_contain_text(function_label(FUNCTION))
    page.goto(f"/don-vi/{police.pk}/viec/")
    expect(page.locator("table.owed")).to_contain_text("Hướng dẫn cơ sở cai nghiện")
    page.goto("/don-vi/?q=huyen+dong+que")
    expect(page.locator(".units-found li").first).to_contain_text("nhiệm vụ do tỉnh Bình Minh đảm nhận")

    # who worked at one of the three works at the new one, and sees its plan
    officer = watch.open(phone=True)
    watch.sign_in(officer, "ward", to="/")
    expect(officer.locator(".unit-switch")).to_contain_text("Phường Đồng Tâm")
    officer.goto(f"/ke-hoach/{province.plan.pk}/")
    expect(officer.get_by_role("heading", level=1)).to_contain_text("ma túy")
    assert Grant.objects.filter(unit=new, valid_to=None).exists()


def test_a_planned_one_is_cancelled(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "office", to="/")
    unit = Unit.objects.get(name="Xã Đồng Tâm 7")
    page.goto(f"/don-vi/{unit.pk}/")
    further(page, "Sắp xếp đơn vị này")
    page.get_by_label("Đổi tên").check()
    further(page)
    expect(page.get_by_role("button", name="Bỏ Xã Đồng Tâm 7")).to_be_visible()
    further(page)
    page.get_by_label("Tên mới").fill("Phường Bảy Sắc")
    further(page)
    # what was typed is still there after going elsewhere
    page.goto("/don-vi/sap-xep/")
    page.get_by_role("link", name="Soạn tiếp").click()
    expect(page.get_by_label("Đổi tên")).to_be_checked()
    further(page)
    further(page)
    expect(page.get_by_label("Tên mới")).to_have_value("Phường Bảy Sắc")
    further(page)
    page.get_by_label("Có hiệu lực từ ngày").fill(f"{TODAY + timedelta(days=30):%d/%m/%Y}")
    page.get_by_label("Căn cứ").fill(GROUND)
    further(page, "Xem trước")
    further(page, "Lập việc sắp xếp")
    expect(page.get_by_role("status")).to_contain_text("trước ngày đó còn hủy được")
    page.goto("/don-vi/sap-xep/")
    expect(page.get_by_role("row").filter(has_text="Bảy Sắc")).to_contain_text("còn 30 ngày")
    checked(watch, page, "planned")
    page.get_by_role("link", name=re.compile("^Hủy")).click()
    further(page, "Hủy việc sắp xếp")
    expect(page.get_by_role("alert")).to_contain_text("Nhập lý do hủy")
    page.get_by_label("Lý do hủy").fill("Hội đồng nhân dân chưa thông qua")
    further(page, "Hủy việc sắp xếp")
    expect(page.get_by_role("status")).to_contain_text("trở lại như trước khi lập")
    checked(watch, page, "cancelled")
    page.goto(f"/don-vi/{unit.pk}/?ngay={TODAY + timedelta(days=60)}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Đồng Tâm 7")
