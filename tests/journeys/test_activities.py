"""An entry from its form to its verification, and a kind made in the browser that everything else then knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Actor, Role, User
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.activities.models import Event, EventState, Kind
from pcmt.apps.activities.operations.counting import recount
from pcmt.apps.facts.models import Indicator
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.targets.models import Measure, Standing
from pcmt.apps.targets.operations import stand
from pcmt.core.periods import STATISTICAL
from tests.factories.activities import BROADCAST, SCHOOL, kind, place
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.test_field import PICTURE
from tests.journeys.world import AT, World, sure

CHECKED = attrs.evolve(
    BROADCAST, code="checked_broadcast", label="Phát thanh có xác minh", asks_time=True, verified=True, pictures=1,
    with_places=("school",),
)  # fmt: skip


def person(world: World, name: str, role: str, unit: Any) -> None:
    user = sure(create_user(actor=None, at=AT, username=name, full_name=f"Vi Thị {name}", password=World.password))
    sure(grant_role(actor=None, at=AT, user_id=user.pk, role=role, unit_id=unit.pk))


def looked_at(watch: Watched, page: Page, name: str) -> None:
    """Clean and no wider than the page at both widths; the page keeps its own."""
    now = page.viewport_size
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.axe(page)
        watch.fits(page)
    watch.shot(page, name, both=True, full=True)
    page.set_viewport_size(now)


def test_an_entry_with_a_picture_from_the_form_to_its_verification(watch: Watched, phone: Page, world: World) -> None:
    today = timezone.localdate()
    kind(CHECKED)
    school = place(world.town, SCHOOL, since=today - timedelta(days=90), name="Trường THCS Cồn Nhạn")
    person(world, "mai", Role.OFFICER, world.office)  # an agency of the ward: the places are the ward's
    watch.sign_in(phone, "mai", "/hoat-dong/")
    looked_at(watch, phone, "empty")
    phone.goto(f"/hoat-dong/dia-diem/{school.pk}/")
    looked_at(watch, phone, "place")
    phone.get_by_role("link", name="Ghi hoạt động ở đây").click()
    looked_at(watch, phone, "choose")
    phone.get_by_role("link", name="Phát thanh có xác minh").click()
    expect(phone.get_by_label("Trường THCS Cồn Nhạn")).to_be_checked()
    phone.get_by_label("Thời lượng (phút)").fill("mười")
    phone.get_by_label("Giờ").fill("7:30")
    phone.locator("input[name=evidence]").set_input_files([PICTURE])
    phone.get_by_role("button", name="Lưu", exact=True).click()
    expect(phone.get_by_role("alert")).to_contain_text("Thời lượng")
    looked_at(watch, phone, "refused")
    phone.get_by_label("Thời lượng (phút)").fill("15")
    phone.get_by_role("button", name="Lưu", exact=True).click()
    expect(phone.get_by_text("Mục này được tính khi cấp trên xác minh.")).to_be_visible()
    looked_at(watch, phone, "saved")
    made = Event.objects.get()
    assert (made.body, made.data, made.files.count()) == (world.office, {"minutes": 15}, 1)

    phone.locator("summary", has_text="Chú thích").click()
    phone.get_by_label("Ảnh, tệp này cho thấy gì").fill("Loa ở cổng trường")
    phone.get_by_role("button", name="Lưu chú thích").click()
    expect(phone.get_by_role("link", name="Loa ở cổng trường")).to_be_visible()

    phone.goto("/hoat-dong/ghi/checked_broadcast/")
    phone.get_by_role("link", name="Lặp lại lần trước").click()
    expect(phone.get_by_label("Thời lượng (phút)")).to_have_value("15")
    phone.get_by_label("Giờ").fill("7:45")
    phone.locator("input[name=evidence]").set_input_files([PICTURE])
    phone.get_by_role("button", name="Lưu", exact=True).click()
    expect(phone.get_by_text("Nếu đây là lần khác").first).to_be_visible()
    looked_at(watch, phone, "likely")
    phone.get_by_label("Đây là lần khác, vẫn ghi").check()
    phone.get_by_role("button", name="Lưu", exact=True).click()
    expect(phone.get_by_text("Có thể trùng với")).to_be_visible()

    phone.goto("/hoat-dong/lich/")
    looked_at(watch, phone, "calendar")
    phone.locator(".event-days").get_by_role("link", name="Phát thanh có xác minh").last.click()
    phone.get_by_role("link", name="Sửa", exact=True).click()
    phone.get_by_label("Thời lượng (phút)").fill("20")
    looked_at(watch, phone, "correct")
    phone.get_by_role("button", name="Lưu", exact=True).click()
    expect(phone.get_by_text("Trước đó:")).to_be_visible()
    phone.locator("summary", has_text="Bỏ mục ghi sai").click()
    phone.get_by_role("button", name="Bỏ mục này").click()
    expect(phone.get_by_role("alert")).to_contain_text("Nêu lý do")
    phone.get_by_label("Lý do bỏ").fill("Ghi hai lần")
    phone.get_by_role("button", name="Bỏ mục này").click()
    expect(phone.get_by_role("button", name="Lấy lại")).to_be_visible()
    looked_at(watch, phone, "voided")
    assert sorted(Event.objects.values_list("state", flat=True)) == [EventState.VOIDED, EventState.WAITING]

    desk = watch.open()
    watch.sign_in(desk, "tinh", "/hoat-dong/xac-minh/")  # the office of the province
    looked_at(watch, desk, "queue")
    desk.locator("input[name=chosen]").first.check()
    desk.get_by_role("button", name="Xác minh").first.click()
    expect(desk.get_by_text("Đã xác minh 1 mục.")).to_be_visible()
    desk.goto("/hoat-dong/?loai=checked_broadcast")
    expect(desk.get_by_role("link", name="Xuất Excel")).to_be_visible()
    looked_at(watch, desk, "list")
    assert Event.objects.exclude(state=EventState.VOIDED).get().state == EventState.VERIFIED


def test_a_kind_made_in_the_browser_is_known_everywhere(watch: Watched, page: Page, world: World) -> None:
    load_catalogue()
    now = timezone.now()
    today = timezone.localdate(now)
    lan = User.objects.get(username="lan")
    office = Actor(
        user_id=lan.pk, name=lan.full_name, role=Role.STANDING_OFFICE, unit_id=world.office.pk,
        unit_name=world.office.name, on=today,
    )  # fmt: skip
    year = (today.replace(month=1, day=1), today.replace(month=12, day=31))
    plan = plan_in_force(office, world.town, window=year)
    words = Words(
        "Phát trên loa truyền thanh ít nhất 02 lượt", {"kind": "count", "comparator": "gte", "value": 2, "unit": "lượt"}
    )
    (target,) = put_in_force(office, plan, [words], bodies={}, issued=year[0], at=now)
    said = {
        "indicator": Indicator.objects.get(code="broadcasts"), "unit": world.town, "each": "",
        "calendar": STATISTICAL.code, "confirmed_by": lan, "confirmed_at": now,
    }  # fmt: skip
    Measure.objects.update_or_create(target=target, defaults=said)
    stand([target.pk], at=now, cause="measure")

    watch.sign_in(page, "minh", "/hoat-dong/loai/them/")
    page.get_by_label("Tên loại").fill("Xe loa lưu động")
    page.get_by_label("Nhóm").fill("Tuyên truyền")
    page.get_by_role("button", name="Lập, rồi thêm các trường").click()
    page.get_by_role("button", name="Số nguyên").click()
    page.get_by_label("Tên trường 1").fill("Số thôn đi qua")
    page.get_by_label("Bắt buộc", exact=True).check()
    page.get_by_label("Ở màn hình đầu").check()
    page.get_by_label("Tìm trong danh mục số liệu").fill("loa truyền thanh")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.locator(".hits button").first.click()
    looked_at(watch, page, "editor")
    expect(page.locator(".looking")).to_contain_text("Số thôn đi qua")  # the preview of the phone
    page.get_by_role("button", name="Lưu và đưa vào dùng").click()
    expect(page.get_by_role("link", name="Tải mẫu Excel")).to_be_visible()
    looked_at(watch, page, "kind")
    made = Kind.objects.get(label="Xe loa lưu động")

    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải mẫu Excel").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="Nhập từ Excel").click()
    page.locator("summary", has_text="Tệp có những cột nào?").click()
    expect(page.get_by_text("Số thôn đi qua")).to_be_visible()
    looked_at(watch, page, "upload")

    device = watch.open(phone=True)
    watch.sign_in(device, "minh", "/hoat-dong/thuc-dia/")
    device.get_by_role("button", name="Xe loa lưu động").click()
    device.get_by_label("Số thôn đi qua").fill("4")
    watch.axe(device)
    device.get_by_role("button", name="Lưu", exact=True).click()
    expect(device.locator("[data-queue] [data-state=sent]")).to_have_count(1)

    page.goto(f"/hoat-dong/ghi/?kind={made.code}")
    page.get_by_label("Số thôn đi qua").fill("3")
    if page.get_by_label("Tên, nội dung").count():
        page.get_by_label("Tên, nội dung").fill("Xe loa vòng hai")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_label("Đây là lần khác, vẫn ghi").check()
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("heading", name="Góp vào chỉ tiêu")).to_be_visible()
    looked_at(watch, page, "event")
    recount(at=timezone.now())
    standing = Standing.objects.get(target=target)
    assert int(standing.measured or 0) == 2, standing.sentence
    page.locator(".event-targets a").click()
    page.wait_for_url(f"**/chi-tieu/{target.pk}/")
    expect(page.locator("main")).to_contain_text("Phát trên loa truyền thanh")
    looked_at(watch, page, "target")
    page.goto(f"/hoat-dong/?loai={made.code}")
    expect(page.locator("tbody tr")).to_have_count(2)
