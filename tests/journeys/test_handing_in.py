"""Signing in, handing in good and bad files, waiting, amending; and the five real plans from file to force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import User
from pcmt.apps.plans.models import Plan, Revision, RevisionState
from pcmt.apps.plans.operations import perform_reading
from pcmt.demo.samples import plan_text
from tests.journeys.conftest import Watched, send_in, settled

REAL = (
    "000_63f699228f618821",
    "001_3a8666acd7b766ed",
    "002_9f6ebe71e146f397",
    "003_781fbd0564a4fa84",
    "004_fc385e1f452f2e11",
)


def accept_bodies(page: Page) -> None:
    """Every suggestion, and a unit for every name that has none."""
    page.locator("#tab-bodies").click()
    for name in ("confirm", "create"):
        button = page.locator(f"[name=do][value={name}]")
        if button.count():
            button.click()
            settled(page)


def accept_all(page: Page) -> None:
    """Bodies and items at once, as somebody in a hurry would."""
    accept_bodies(page)
    page.locator("#confident").click()
    page.locator("[name=threshold]").last.click()
    settled(page)


def test_signing_in_and_out(watch: Watched, page: Page) -> None:
    User.objects.filter(username="lan").update(email=f"lan@{settings.DEMO_EMAIL_DOMAIN}")
    page.goto("/ke-hoach/")
    expect(page).to_have_url(f"{watch.server.url}/dang-nhap/?next=/ke-hoach/")
    watch.shot(page, "1-sign-in", both=True)
    watch.axe(page)
    watch.fits(page)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page).to_have_title("Lỗi: Đăng nhập · PCMT")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill("sai mật khẩu")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("chưa đúng")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("lan")
    watch.shot(page, "2-wrong", both=True)
    watch.axe(page)
    user = User.objects.get(username="lan")
    user.set_password(settings.DEMO_PASSWORD)
    user.save()
    page.get_by_role("button", name="Nguyễn Thị Ngọc Lan").click()
    expect(page).to_have_url(f"{watch.server.url}/ke-hoach/")
    # the unit switch: Lan also leads at the committee, where she hands in nothing
    page.locator(".unit-switch summary").click()
    watch.shot(page, "3-switch", both=True)
    watch.axe(page)
    page.get_by_role("button", name="Phường Cồn Nhạn Lãnh đạo").click()
    page.goto("/ke-hoach/")
    expect(page.get_by_role("link", name="Gửi kế hoạch mới")).to_have_count(0)
    page.goto("/ke-hoach/moi/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bạn chưa có quyền làm việc này")
    watch.shot(page, "4-denied", both=True)
    watch.axe(page)
    # English and back
    page.locator(".menu").last.locator("summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/ke-hoach/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plans")
    watch.shot(page, "5-english", both=True)
    page.locator(".menu").last.locator("summary").click()
    page.get_by_role("button", name="Tiếng Việt").click()
    page.goto("/khong-co-trang-nay/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Không có trang này")
    watch.axe(page)
    page.locator(".menu").last.locator("summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")


def test_bad_files_say_what_to_do(watch: Watched, page: Page, tmp_path: Path) -> None:
    watch.sign_in(page, "lan")
    page.goto("/ke-hoach/moi/")
    page.get_by_role("button", name="Đọc kế hoạch").click()
    expect(page.locator(".error-summary")).to_contain_text("Chọn một tệp, hoặc dán nội dung")
    watch.shot(page, "1-nothing", both=True)
    watch.axe(page)
    empty = tmp_path / "trống.docx"
    empty.write_bytes(b"")
    page.set_input_files("input[type=file]", empty)
    page.get_by_role("button", name="Đọc kế hoạch").click()
    expect(page.locator(".error-summary")).to_contain_text("rỗng")
    large = tmp_path / "lớn.pdf"
    large.write_bytes(b"%PDF-1.4\n" + b"0" * (settings.PCMT_UPLOAD_LIMIT + 1))
    page.set_input_files("input[type=file]", large)
    page.get_by_role("button", name="Đọc kế hoạch").click()
    expect(page.locator(".error-summary")).to_contain_text("20 MB")
    # both ways at once: what was pasted stays
    some = tmp_path / "a.txt"
    some.write_text("KẾ HOẠCH", encoding="utf-8")
    page.set_input_files("input[type=file]", some)
    page.get_by_label("Hoặc dán nội dung").fill("chữ đã dán")
    page.get_by_role("button", name="Đọc kế hoạch").click()
    expect(page.locator(".error-summary")).to_contain_text("Chỉ chọn một cách")
    expect(page.get_by_label("Hoặc dán nội dung")).to_have_value("chữ đã dán")
    # a program in the clothes of a document is kept out by the reading, with words
    page.get_by_label("Hoặc dán nội dung").fill("")
    binary = tmp_path / "kế hoạch.docx"
    binary.write_bytes(bytes(range(256)) * 64)
    page.set_input_files("input[type=file]", binary)
    page.get_by_role("button", name="Đọc kế hoạch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa đọc được tệp này")
    expect(page.get_by_role("alert")).not_to_be_empty()
    watch.shot(page, "2-unreadable", both=True)
    watch.axe(page)
    page.goto("/ke-hoach/")
    expect(page.get_by_role("main")).to_contain_text("Chưa đọc được")
    watch.shot(page, "3-list", both=True)
    page.get_by_role("link", name="kế hoạch.docx").click()
    page.get_by_role("button", name="Bỏ lần gửi này").click()
    expect(page.locator("#messages")).to_contain_text("Đã rút")


def test_waiting_turns_into_the_review_by_itself(watch: Watched, page: Page) -> None:
    watch.sign_in(page, "lan")
    send_in(page, plan_text())
    revision = Revision.objects.get()
    Revision.objects.update(state=RevisionState.WAITING, progress=0)
    page.goto(f"/van-ban/{revision.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đang chờ đến lượt đọc")
    watch.axe(page)
    Revision.objects.update(state=RevisionState.READING, progress=40)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đang đọc kế hoạch")
    expect(page.locator("progress")).to_have_attribute("value", "40")
    watch.shot(page, "reading", both=True)
    perform_reading(revision_id=revision.pk, at=timezone.now())
    page.wait_for_selector("[data-review]")
    # the same text a second time is pointed to the first
    page.goto("/ke-hoach/moi/")
    page.get_by_label("Hoặc dán nội dung").fill(plan_text())
    page.get_by_role("button", name="Đọc kế hoạch").click()
    expect(page.locator(".error-summary")).to_contain_text("đã được gửi")
    watch.shot(page, "twin", both=True)
    watch.axe(page)
    page.get_by_label("Vẫn gửi lại").check()
    page.get_by_role("button", name="Đọc kế hoạch").click()
    page.wait_for_selector("[data-review]")
    assert Plan.objects.count() == 2


def test_an_amendment_shows_what_changes(watch: Watched, page: Page) -> None:
    watch.sign_in(page, "lan")
    send_in(page, plan_text())
    accept_all(page)
    page.get_by_role("link", name="Ban hành…").click()
    page.get_by_role("button", name="ban hành").click()
    page.wait_for_url("**/ke-hoach/*/")
    plan = Plan.objects.get(parent=None)
    new = (
        plan_text()
        .replace("không quá 20 người", "không quá 18 người")
        .replace("- Tư vấn, cấp phát thuốc điều trị thay thế đúng phác đồ, không để gián đoạn.\n", "")
        .replace(
            "- Bố trí nhân lực, dụng cụ xét nghiệm cho hai đợt kiểm tra.",
            "- Bố trí nhân lực, dụng cụ xét nghiệm cho hai đợt kiểm tra.\n\n- Mở đường dây nóng tư vấn buổi tối.",
        )
    )
    assert new != plan_text()
    page.goto(f"/ke-hoach/{plan.pk}/ban-sua-doi/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gửi bản sửa đổi")
    watch.shot(page, "1-amend", both=True)
    page.get_by_label("Hoặc dán nội dung").fill(new)
    page.get_by_role("button", name="Đọc kế hoạch").click()
    page.wait_for_selector("[data-review]")
    accept_all(page)
    page.get_by_role("link", name="Ban hành…").click()
    diff = page.locator(".diff")
    expect(diff.locator("ins").first).to_be_visible()
    expect(diff).to_contain_text("đường dây nóng")
    expect(diff.locator("del", has_text="gián đoạn")).to_have_count(1)
    watch.shot(page, "2-difference", both=True, full=True)
    watch.axe(page)
    watch.fits(page)
    page.get_by_role("button", name="ban hành").click()
    page.wait_for_url("**/ke-hoach/*/")
    states = dict(Revision.objects.filter(plan=plan).values_list("number", "state"))
    assert states == {1: "superseded", 2: "adopted"}


def test_somebody_elses_plan_is_not_there(watch: Watched, page: Page) -> None:
    watch.sign_in(page, "lan")
    address = send_in(page, plan_text())
    other = watch.open()
    watch.sign_in(other, "phuong")
    expect(other.get_by_text("Chưa có kế hoạch nào")).to_be_visible()
    other.goto(address)
    expect(other.get_by_role("heading", level=1)).to_have_text("Không có trang này")
    # the leader reads along and changes nothing
    leader = watch.open()
    watch.sign_in(leader, "lanhdao", to=address.removeprefix(watch.server.url))
    expect(leader.locator("[data-review]")).to_be_visible()
    expect(leader.get_by_role("button", name="Nhận", exact=True)).to_have_count(0)
    expect(leader.get_by_role("link", name="Ban hành…")).to_have_count(0)
    watch.shot(leader, "leader")
    watch.axe(leader)


@pytest.mark.parametrize("name", REAL)
def test_the_real_plans_go_all_the_way(watch: Watched, page: Page, seeds: Path, name: str) -> None:
    watch.sign_in(page, "tinh")
    page.goto("/ke-hoach/moi/")
    page.set_input_files("input[type=file]", seeds / f"{name}.txt")
    page.get_by_role("button", name="Đọc kế hoạch").click()
    page.wait_for_selector("[data-review]")
    revision = Revision.objects.get()
    # the left pane is the file, letter by letter
    shown = page.evaluate("[...document.querySelectorAll('#source .ln')].map((one) => one.textContent).join('\\n')")
    assert shown == revision.text
    assert len(page.request.get(page.url).body()) < 300_000, "light enough for a weak line"
    watch.shot(page, "1-review", both=True)
    for tab in page.locator("[data-tab]").all():
        tab.click()
        watch.fits(page)
    page.locator("#tab-tasks").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    watch.shot(page, "2-tasks", both=True)
    watch.axe(page)
    accept_all(page)
    fill_head(page, revision)
    page.get_by_role("link", name="Ban hành…").click()
    watch.shot(page, "3-check", both=True, full=True)
    watch.axe(page)
    watch.fits(page)
    page.get_by_role("button", name="ban hành").click()
    page.wait_for_url("**/ke-hoach/*/")
    watch.shot(page, "4-plan", both=True)
    assert Revision.objects.get().state == "adopted"


def fill_head(page: Page, revision: Revision) -> None:
    """What some of the real plans do not say, a person has to: the window and who issues it."""
    revision.refresh_from_db()
    head = revision.header
    wanted: dict[str, Any] = {}
    if not head["window_from"]:
        wanted |= {"Thực hiện từ ngày": "01/01/2021", "Đến hết ngày": "31/12/2025"}
    if not head["issuer_name"]:
        wanted["Cơ quan ban hành"] = "UBND tỉnh Nghệ An"
    if not wanted:
        return
    page.locator("#tab-header").click()
    page.locator("#head").get_by_role("link", name="Sửa").click()
    for label, value in wanted.items():
        page.locator("#head").get_by_label(label).fill(value)
    page.locator("#head").get_by_role("button", name="Lưu").click()
    settled(page)
    accept_bodies(page)
