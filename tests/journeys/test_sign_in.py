"""Ways in, in a browser: invitation, password, code application, passkey, recovery code, sessions, single sign-on."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from pcmt.apps.accounts.models import Grant, User
from pcmt.apps.accounts.operations import invite
from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Unit
from tests.identity import identity_provider
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World, sure
from tests.letterbox import Letterbox, letterbox

PASSWORD = "ba con mèo và một cái thang"


@pytest.fixture(autouse=True)
def _strict(settings: Any, live_server: Any) -> None:
    """As on a real site: the standing office needs a second factor; letters name this server."""
    cache.clear()
    settings.SECOND_FACTOR_ROLES = ["administrator", "register_keeper", "standing_office"]
    settings.SITE = live_server.url


@pytest.fixture
def post(settings: Any) -> Iterator[Letterbox]:
    with letterbox(settings) as box:
        yield box


def code_of(secret: str, ahead: int = 0) -> str:
    """What an application shows now, or shows next."""
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + ahead))


def looked_at(watch: Watched, page: Page, name: str) -> None:
    """At both widths: a picture, nothing too wide, nothing that axe objects to."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        watch.shot(page, name, full=True)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def passkeys(page: Page) -> Any:
    """The device that keeps passkeys, unlocked by its owner's finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devtools, device["authenticatorId"]


def invited(role: str = "standing_office", username: str = "thu.dang") -> None:
    office = Unit.objects.get(name="Công an phường Cồn Nhạn")
    sure(
        invite(
            actor=None,
            at=timezone.now(),
            full_name="Đặng Thị Thu",
            email="thu@so-y-te.vn",
            username=username,
            role=role,
            unit_id=office.pk,
        )
    )


def arrived(page: Page, path: str) -> None:
    """The page of that path is there, whatever was asked for before."""
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def sign_out(page: Page) -> None:
    page.locator(".top details.menu").last.locator("summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap/**")


def type_password(page: Page, username: str, password: str, to: str = "/ke-hoach/") -> None:
    page.goto(f"/dang-nhap/?next={to}")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def test_invited_then_a_code_application_then_a_recovery_code(watch: Watched, world: World, post: Letterbox) -> None:
    invited()
    page = watch.open()
    page.goto(post.link())
    looked_at(watch, page, "invitation")
    page.get_by_label("Mật khẩu mới", exact=True).fill("matkhau2026")
    page.get_by_label("Nhập lại mật khẩu mới").fill("matkhau2026")
    page.get_by_role("button", name="Nhận tài khoản").click()
    expect(page.locator(".error-summary")).to_contain_text("cần ít nhất 12")
    looked_at(watch, page, "invitation-refused")
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Nhận tài khoản").click()
    # The standing office is led to a second factor before anything else.
    page.wait_for_url("**/tai-khoan/bao-ve/**")
    expect(page.locator("main")).to_contain_text("bắt buộc có lớp bảo vệ thứ hai")
    looked_at(watch, page, "required")
    page.goto("/ke-hoach/")
    page.wait_for_url("**/tai-khoan/bao-ve/**")
    page.get_by_role("link", name="Thêm ứng dụng tạo mã").click()
    looked_at(watch, page, "app-add")
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_label("Mã 6 số").fill("000000")
    page.get_by_role("button", name="Thêm", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Mã chưa đúng")
    assert page.locator("[data-secret]").inner_text() == secret
    page.get_by_label("Mã 6 số").fill(code_of(secret))
    page.get_by_role("button", name="Thêm", exact=True).click()
    page.wait_for_url("**/ma-du-phong/")
    looked_at(watch, page, "codes")
    codes = page.locator("[data-codes] code").all_inner_texts()
    assert len(set(codes)) == 10
    with page.expect_download() as saved:
        page.get_by_role("link", name="Lưu thành tệp").click()
    kept = saved.value.path().read_text(encoding="utf-8")
    assert all(code in kept for code in codes)
    assert "thu.dang" in kept
    page.reload()
    expect(page.locator("[data-codes]")).to_have_count(0)
    page.goto("/tai-khoan/bao-ve/")
    looked_at(watch, page, "factors")
    page.goto("/ke-hoach/")
    arrived(page, "/ke-hoach/")
    # The link of the letter is used up; the letters about the account came.
    page.goto(urlsplit(post.link(0)).path)
    expect(page.locator("h1")).to_have_text("Đường dẫn không còn dùng được")
    looked_at(watch, page, "link-closed")
    assert "Ứng dụng tạo mã vừa được thêm" in post.text()
    # Next time the code is asked.
    sign_out(page)
    type_password(page, "thu.dang", PASSWORD)
    page.wait_for_url("**/dang-nhap/buoc-hai/")
    looked_at(watch, page, "second-step")
    page.get_by_label("Mã 6 số").fill("123456")
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.locator(".error-summary")).to_contain_text("Mã chưa đúng")
    page.get_by_label("Mã 6 số").fill(code_of(secret, ahead=1))
    page.get_by_role("button", name="Xác nhận").click()
    arrived(page, "/ke-hoach/")
    # Without the phone: a recovery code, once.
    sign_out(page)
    for attempt, works in enumerate((True, False)):
        type_password(page, "thu.dang", PASSWORD)
        page.get_by_label("Mã 6 số").fill(codes[3])
        page.get_by_role("button", name="Xác nhận").click()
        if works:
            arrived(page, "/ke-hoach/")
            sign_out(page)
        else:
            expect(page.locator(".error-summary")).to_contain_text("Mã chưa đúng")
        assert attempt < 2
    assert Entry.objects.filter(event="accounts.codes.used").count() == 1
    opened = Entry.objects.filter(event="accounts.session.opened").order_by("day", "number")
    assert list(opened.values_list("after__by", flat=True)) == [
        "invitation",
        "password, totp",
        "password, recovery_codes",
    ]


def test_a_passkey_opens_without_a_password(watch: Watched, world: World, post: Letterbox) -> None:
    invited()
    page = watch.open()
    devtools, device = passkeys(page)
    page.goto(post.link())
    page.get_by_role("button", name="Nhận và tạo khóa truy cập").click()
    page.wait_for_url("**/khoa/them/")
    looked_at(watch, page, "passkey-add")
    page.get_by_label("Tên khóa").fill("Máy ở cơ quan")
    page.get_by_role("button", name="Tạo khóa").click()
    page.wait_for_url("**/ma-du-phong/")
    assert len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    page.get_by_role("link", name="Đã cất xong").click()
    sign_out(page)
    page.goto("/dang-nhap/?next=/ke-hoach/")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    arrived(page, "/ke-hoach/")
    # Renamed, and not removed as long as it is the only second factor that the role asks for.
    page.goto("/tai-khoan/bao-ve/")
    page.get_by_role("link", name="Đổi tên").click()
    page.get_by_label("Tên khóa").fill("Máy mới")
    page.get_by_role("button", name="Lưu tên").click()
    expect(page.locator("#messages")).to_contain_text("Máy mới")
    page.get_by_role("link", name="Gỡ Máy mới").click()
    looked_at(watch, page, "passkey-remove")
    page.get_by_role("button", name="Gỡ", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("bắt buộc có lớp bảo vệ thứ hai")
    expect(page.locator("main table")).to_contain_text("Máy mới")
    # A device without that key, or an owner who says no: words, and the other ways stay.
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    sign_out(page)
    page.goto("/dang-nhap/")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.locator("[data-passkey-words]")).to_contain_text("Chưa dùng được khóa", timeout=30_000)
    looked_at(watch, page, "sign-in")


def test_a_session_is_taken_away_from_another_browser(watch: Watched, world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = []
    here, there = watch.open(), watch.open(phone=True)
    watch.sign_in(here, "phuong")
    watch.sign_in(there, "phuong")
    here.goto("/tai-khoan/")
    expect(here.locator("#phien ~ table tbody tr")).to_have_count(2)
    looked_at(watch, here, "mine")
    here.get_by_role("button", name="Kết thúc Chrome").click()
    expect(here.locator("#messages")).to_contain_text("Đã kết thúc phiên")
    there.goto("/ke-hoach/")
    there.wait_for_url("**/dang-nhap/**")
    # A changed password signs all others out, this browser stays.
    watch.sign_in(there, "phuong")
    here.goto("/tai-khoan/mat-khau/")
    looked_at(watch, here, "password")
    here.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    here.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
    here.get_by_role("button", name="Lưu mật khẩu").click()
    expect(here.locator("#messages")).to_contain_text("Đã đổi mật khẩu")
    there.goto("/ke-hoach/")
    there.wait_for_url("**/dang-nhap/**")
    here.goto("/ke-hoach/")
    expect(here.locator("h1")).to_be_visible()


def test_nothing_typed_is_lost_when_the_session_ends(watch: Watched, world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = []
    settings.SESSION_IDLE, settings.SESSION_WARNING = 40, 30
    page = watch.open()
    watch.sign_in(page, "minh", to="/ke-hoach/moi/")
    page.get_by_label("Hoặc dán nội dung").fill("KẾ HOẠCH đang gõ dở")
    dialog = page.locator("dialog.session")
    expect(dialog.get_by_role("heading", name="sắp hết giờ")).to_be_visible(timeout=25_000)
    watch.axe(page)
    watch.shot(page, "session-soon", both=True)
    page.get_by_role("button", name="Làm tiếp").click()
    expect(dialog).to_be_hidden()
    settings.SESSION_IDLE = 1
    time.sleep(11)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(dialog.get_by_role("heading", name="đã hết giờ")).to_be_visible()
    watch.axe(page)
    watch.shot(page, "session-ended", both=True)
    settings.SESSION_IDLE = 3600
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Đăng nhập lại ở thẻ mới").click()
    other = opened.value
    other.get_by_label("Tên đăng nhập").fill("minh")
    other.get_by_label("Mật khẩu").fill(World.password)
    other.get_by_role("button", name="Đăng nhập", exact=True).click()
    other.wait_for_url("**/tai-khoan/")
    page.get_by_role("button", name="Tôi đã đăng nhập lại").click()
    expect(dialog).to_be_hidden()
    assert page.get_by_label("Hoặc dán nội dung").input_value() == "KẾ HOẠCH đang gõ dở"
    page.get_by_role("button", name="Đọc kế hoạch").click()
    page.wait_for_url(re.compile(r"/van-ban/\d+/"))


def test_a_forgotten_password(watch: Watched, world: World, post: Letterbox, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = []
    User.objects.filter(username="phuong").update(email="phuong@phuong.vn")
    page = watch.open()
    page.goto("/dang-nhap/")
    page.get_by_role("link", name="Quên mật khẩu?").click()
    looked_at(watch, page, "forgotten")
    page.get_by_label("Tên đăng nhập hoặc").fill("PHUONG@phuong.vn")
    page.get_by_role("button", name="Gửi thư").click()
    looked_at(watch, page, "forgotten-sent")
    page.goto(post.link())
    looked_at(watch, page, "reset")
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Lưu mật khẩu").click()
    expect(page.locator("#messages")).to_contain_text("Đã đặt mật khẩu mới")
    sign_out(page)
    type_password(page, "phuong", PASSWORD)
    arrived(page, "/ke-hoach/")


def without_ornament(route: Route) -> None:
    """The provider's own pages want a style sheet from elsewhere."""
    route.fulfill(status=200, content_type="text/css", body="")


def test_single_sign_on(watch: Watched, world: World, post: Letterbox, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = []
    with identity_provider(settings):
        # Unknown here: a waiting account without rights, and a page that says so.
        page = watch.open()
        page.context.route(re.compile("^https:"), without_ornament)
        page.goto("/dang-nhap/")
        looked_at(watch, page, "sso-sign-in")
        page.get_by_role("button", name="Vào bằng Tài khoản tỉnh").click()
        page.get_by_role("button", name="ma-so-1").click()
        page.wait_for_url("**/cho-giao-vai-tro/")
        looked_at(watch, page, "waiting")
        stranger = User.objects.get(username="thu.dang")
        assert not Grant.objects.filter(user=stranger).exists()
        # Somebody gives a role: the page leads on.
        Grant.objects.create(user=stranger, role="officer", unit=world.office)
        page.get_by_role("link", name="Tải lại").click()
        arrived(page, "/")
        # Linked from one's own account, then the way in.
        lan = watch.open()
        lan.context.route(re.compile("^https:"), without_ornament)
        watch.sign_in(lan, "lan", to="/tai-khoan/")
        lan.get_by_role("button", name="Liên kết").click()
        lan.get_by_role("button", name="ma-so-2").click()
        arrived(lan, "/tai-khoan/")
        expect(lan.locator("main")).to_contain_text("Đã liên kết")
        sign_out(lan)
        lan.get_by_role("button", name="Vào bằng Tài khoản tỉnh").click()
        lan.get_by_role("button", name="ma-so-2").click()
        arrived(lan, "/")
        expect(lan.locator(".top")).to_contain_text("Nguyễn Thị Ngọc Lan")
        # Refused by the provider.
        sign_out(lan)
        lan.get_by_role("button", name="Vào bằng Tài khoản tỉnh").click()
        lan.get_by_role("button", name="Deny").click()
        lan.wait_for_url("**/dang-nhap/**")
        expect(lan.locator("#messages")).to_contain_text("chưa thành công")


def test_an_administrator_helps_somebody_who_lost_the_phone(watch: Watched, world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = []
    Grant.objects.create(user=world.users["phuong"], role="administrator", unit=world.town)
    phone = watch.open()
    watch.sign_in(phone, "minh", to="/tai-khoan/bao-ve/ung-dung/them/")
    phone.get_by_label("Mã 6 số").fill(code_of(phone.locator("[data-secret]").inner_text()))
    phone.get_by_role("button", name="Thêm", exact=True).click()
    phone.wait_for_url("**/ma-du-phong/")
    page = watch.open()
    watch.sign_in(page, "phuong", to="/tai-khoan/")
    page.locator("details.unit-switch summary").click()
    page.get_by_role("button", name="Phường Cồn Nhạn").click()
    arrived(page, "/")
    page.goto(f"/tai-khoan/bao-ve/cua/{world.users['minh'].pk}/go/?next=/tai-khoan/")
    looked_at(watch, page, "take-factors")
    page.get_by_role("button", name="Gỡ", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Ghi lý do")
    page.get_by_label("Lý do và cách đã xác minh").fill("Mất điện thoại, đã gặp trực tiếp")
    page.get_by_role("button", name="Gỡ", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Trần Quang Minh")
    phone.goto("/ke-hoach/")
    phone.wait_for_url("**/dang-nhap/**")
    watch.sign_in(phone, "minh")
