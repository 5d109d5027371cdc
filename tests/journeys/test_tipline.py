"""Somebody without an account tells something with a picture; the officers answer, settle, count; the sender reads."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.facts.models import Fact, Source
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.tips.models import Tip, TipFile, TipTeam
from pcmt.apps.tips.operations.counting import recount
from tests.factories.tips import photo
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import AT, World, sure

TOLD = "Quán nước đầu cầu có người đổi gói nhỏ lấy tiền"


@pytest.fixture
def team(world: World) -> None:
    """The ward's police receives tips, somebody keeps identities."""
    load_catalogue()
    TipTeam.objects.create(area=world.town, body=world.office, phone="0228 3 800 113")
    for username, name, role in (
        ("nhan", "Vi Thị Nhận", Role.TIP_OFFICER),
        ("nhan2", "Nguyễn Hoàng Phương Thảo Nguyên", Role.TIP_OFFICER),
        ("giu", "Lò Văn Giữ", Role.CUSTODIAN),
    ):
        user = sure(create_user(actor=None, at=AT, username=username, full_name=name, password=World.password))
        sure(grant_role(actor=None, at=AT, user_id=user.pk, role=role, unit_id=world.office.pk))


def seen(watch: Watched, page: Page, name: str) -> None:
    """A page at both widths: a picture, nothing too wide, nothing that axe finds."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)
    watch.shot(page, name, both=True, full=True)


def act(page: Page, word: str, button: str, **boxes: str) -> None:
    """Fill in the form of an act and send it."""
    page.goto(f"/tin-bao/{Tip.objects.latest('pk').pk}/{word}/")
    for label, words in boxes.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(words)
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_tip_and_its_answer(watch: Watched, world: World, team: None, script: bool) -> None:
    page = watch.open(phone=not script, script=script)
    look = watch.axe if script else lambda _page: None
    page.goto("/to-giac/")
    watch.shot(page, "start", full=True)
    look(page)
    page.get_by_role("link", name="Gửi tin báo").click()
    page.get_by_label("Tên xã, phường").fill("con nhan")
    page.get_by_role("button", name="Tìm", exact=True).click()
    watch.shot(page, "area", full=True)
    look(page)
    page.get_by_role("link", name="Phường Cồn Nhạn").click()
    page.get_by_label("Việc muốn báo").select_option(label="Mua bán ma túy")
    page.get_by_label("Điều bạn biết").fill(TOLD)
    watch.shot(page, "form", both=script, full=True)
    watch.fits(page)
    look(page)
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.get_by_text("Ẩn danh", exact=True)).to_be_visible()
    page.get_by_label("Ảnh kèm theo").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    watch.shot(page, "check", full=True)
    look(page)
    page.get_by_role("button", name="Gửi tin báo").click()
    words = page.locator(".tipline-receipt li").all_inner_texts()
    watch.shot(page, "receipt", both=script, full=True)
    look(page)
    assert len(words) == 8
    tip = Tip.objects.get()
    assert TipFile.objects.count() == 1
    assert page.context.cookies() == []

    officer = watch.open()
    watch.sign_in(officer, "nhan", "/tin-bao/")
    officer.get_by_role("link", name=tip.number).click()
    officer.get_by_role("button", name="Mở nội dung").click()
    expect(officer.get_by_text(TOLD)).to_be_visible()
    act(officer, "tra-loi", "Nhắn người báo tin", Lời_nhắn_gửi_người_báo_tin="Cảm ơn. Quán tên gì?")
    expect(officer.get_by_text("Đã gửi lời nhắn.")).to_be_visible()

    page.goto("/to-giac/theo-doi/")
    page.get_by_label("Mã theo dõi").fill(", ".join(words))
    page.get_by_role("button", name="Mở", exact=True).click()
    expect(page.get_by_text("Cảm ơn. Quán tên gì?")).to_be_visible()
    page.get_by_label("Nhắn thêm").fill("Quán Gió")
    page.get_by_role("button", name="Gửi lời nhắn").click()
    expect(page.get_by_text("Quán Gió")).to_be_visible()
    watch.shot(page, "own", full=True)
    look(page)
    officer.goto("/tin-bao/")
    expect(officer.get_by_text("lời nhắn mới", exact=True)).to_be_visible()
    act(officer, "xac-minh", "Bắt đầu xác minh")
    expect(officer.get_by_text("Đã bắt đầu xác minh.")).to_be_visible()
    officer.goto(f"/tin-bao/{tip.pk}/giai-quyet/")
    officer.get_by_label("Kết quả").select_option(label="Đúng")
    officer.get_by_label("Tóm tắt việc giải quyết").fill("Đã bắt quả tang")
    officer.get_by_role("button", name="Giải quyết xong").click()
    expect(officer.get_by_text("Đã ghi kết quả giải quyết.")).to_be_visible()
    officer.goto("/tin-bao/thong-ke/")
    expect(
        officer.get_by_text("100% tin tiếp nhận trong kỳ đã được xác minh, giải quyết: 1 trên 1 tin.")
    ).to_be_visible()
    recount(at=timezone.now())
    rows = Fact.objects.counting().filter(unit=world.town, recording__source=Source.TIP, value=1)
    assert set(rows.values_list("element__code", flat=True)) == {"leads_received", "leads_verified"}
    page.goto("/to-giac/theo-doi/")
    page.get_by_label("Mã theo dõi").fill(" ".join(words))
    page.get_by_role("button", name="Mở", exact=True).click()
    expect(page.get_by_text("Đã giải quyết", exact=False).first).to_be_visible()
    watch.shot(page, "settled", full=True)
    if script:
        page.route(re.compile(r"wikipedia\.org"), lambda route: route.fulfill(body="<title>khac</title>"))
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_url("https://vi.wikipedia.org/")


def test_officers_pages_at_both_widths(watch: Watched, world: World, team: None) -> None:
    """A named tip is typed in, asked about, released by another person; every page looked at, errors keep the words."""
    page = watch.open()
    watch.sign_in(page, "nhan", "/tin-bao/")
    seen(watch, page, "empty")
    page.goto("/tin-bao/nhap/")
    page.get_by_label("Nội dung").fill(TOLD)
    page.get_by_role("button", name="Lưu tin").click()
    expect(page.get_by_label("Nội dung")).to_have_value(TOLD)
    seen(watch, page, "enter")
    page.get_by_label("Nhận bằng cách nào").select_option(label="Hòm thư tố giác")
    page.get_by_label("Xã, phường nơi xảy ra việc").fill("Phường Cồn Nhạn")
    page.get_by_label("Về việc").select_option(label="Mua bán ma túy")
    page.get_by_label("Họ và tên người báo tin").fill("Hồ Thị Mây " + "Nguyên" * 20)
    page.get_by_label("Cấp mã theo dõi").check()
    page.get_by_role("button", name="Lưu tin").click()
    expect(page.locator(".tip-receipt li")).to_have_count(8)
    seen(watch, page, "receipt")
    tip = Tip.objects.get()
    for address, name in (("", "list"), ("?trang_thai=all&kenh=box", "filtered"), ("ban-giao/", "nobody"),
                          ("thong-ke/", "numbers"), ("ap-phich/", "poster"), (f"{tip.pk}/", "shut")):  # fmt: skip
        page.goto(f"/tin-bao/{address}")
        seen(watch, page, name)
    act(page, "nhan", "Nhận xử lý")
    expect(page.get_by_text("Đã nhận xử lý.")).to_be_visible()
    page.get_by_role("button", name="Mở nội dung").click()
    expect(page.get_by_text(TOLD)).to_be_visible()
    seen(watch, page, "open")
    for word in ("giai-quyet", "tra-loi", "chuyen-co-quan", "ban-giao", "don-vi-bi-neu", "nhap-tin"):
        page.goto(f"/tin-bao/{tip.pk}/{word}/")
        seen(watch, page, word)
    page.goto(f"/tin-bao/{tip.pk}/nhap-tin/")
    page.get_by_label("Số của tin đã có").fill("TB26-KHONGCO")
    page.get_by_role("button", name="Nhập với tin đã có").click()
    expect(page.get_by_label("Số của tin đã có")).to_have_value("TB26-KHONGCO")
    seen(watch, page, "wrong")
    page.goto(f"/tin-bao/{tip.pk}/nguoi-bao/")
    page.get_by_label("Vì sao cần biết người báo tin").fill("Cần mời nhận dạng địa điểm")
    page.get_by_role("button", name="Đề nghị cho xem").click()
    expect(page.get_by_text("Đề nghị của bạn đang chờ")).to_be_visible()
    seen(watch, page, "asked")

    keeper = watch.open()
    watch.sign_in(keeper, "giu", "/tin-bao/danh-tinh/")
    keeper.get_by_role("button", name="Cho xem trong 24 giờ").click()
    expect(keeper.locator(".error-summary")).to_be_visible()
    seen(watch, keeper, "custody")
    keeper.get_by_label("Căn cứ, lý do quyết định").fill("Đúng quy định")
    keeper.get_by_role("button", name="Cho xem trong 24 giờ").click()
    expect(keeper.get_by_text("Đã cho xem trong 24 giờ.")).to_be_visible()
    seen(watch, keeper, "decided")
    page.goto(f"/tin-bao/{tip.pk}/nguoi-bao/")
    page.get_by_role("button", name="Xem danh tính").click()
    expect(page.get_by_text("Hồ Thị Mây")).to_be_visible()
    seen(watch, page, "identity")
    page.goto("/tin-bao/ban-giao/")
    seen(watch, page, "hand-over")

    office = watch.open()
    watch.sign_in(office, "lan", "/tin-bao/noi-tiep-nhan/")
    seen(watch, office, "teams")
    office.goto(f"/tin-bao/noi-tiep-nhan/{world.town.pk}/")
    office.get_by_label("Điện thoại tiếp nhận").fill("gọi anh Tư")
    office.get_by_role("button", name="Lưu").click()
    expect(office.get_by_label("Điện thoại tiếp nhận")).to_have_value("gọi anh Tư")
    seen(watch, office, "team")
