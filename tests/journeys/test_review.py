"""From a plan text to a plan in force, by mouse, by keyboard, by two people, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from pcmt.apps.plans.models import BodyMatch, Item, ItemState, Plan, Revision
from pcmt.demo.samples import plan_docx, plan_text
from tests.journeys.conftest import Watched, send_in, settled


@pytest.fixture
def sample() -> str:
    return plan_text()


def revision() -> Revision:
    return Revision.objects.latest("pk")


def item(part: str, **more: Any) -> Item:
    return Item.objects.filter(text__contains=part, **more).earliest("start", "pk")


def card(page: Page, found: Item) -> Any:
    return page.locator(f"#i{found.pk}")


def acts(page: Page, found: Item) -> Any:
    return card(page, found).locator(":scope > .item-acts")


def open_tab(page: Page, ref: str) -> None:
    page.locator(f"#tab-{ref}").click()


def select_words(page: Page, words: str) -> None:
    """Select words of the left pane as a mouse would."""
    page.evaluate(
        """words => {
            const line = [...document.querySelectorAll("#source .ln")].find((one) => one.textContent.includes(words));
            if (!line) throw new Error("not in the text: " + words);
            line.scrollIntoView({block: "center"});
            const point = (offset) => {
                const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
                for (let node = walker.nextNode(); node; offset -= node.data.length, node = walker.nextNode()) {
                    if (offset <= node.data.length) return [node, offset];
                }
            };
            const at = line.textContent.indexOf(words);
            getSelection().setBaseAndExtent(...point(at), ...point(at + words.length));
        }""",
        words,
    )


def test_a_word_file_is_dropped_reviewed_and_put_in_force(watch: Watched, page: Page) -> None:
    watch.sign_in(page, "lan")
    expect(page.get_by_text("Chưa có kế hoạch nào")).to_be_visible()
    watch.shot(page, "1-empty-list", both=True)
    watch.axe(page)
    page.get_by_role("link", name="Gửi kế hoạch đầu tiên").click()
    watch.axe(page)
    file = page.evaluate_handle(
        """bytes => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "87-KH-UBND.docx"));
            return transfer;
        }""",
        list(plan_docx()),
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": file})
    expect(page.locator("[data-drop-words]")).to_contain_text("87-KH-UBND.docx")
    watch.shot(page, "2-file-chosen", both=True)
    page.get_by_role("button", name="Đọc kế hoạch").click()
    page.wait_for_selector("[data-review]")
    watch.shot(page, "3-review", both=True)
    watch.axe(page)
    watch.fits(page)

    # bodies: those the list of units has are taken, the others are made in one go
    open_tab(page, "bodies")
    watch.shot(page, "4-bodies", both=True)
    watch.axe(page)
    for name in ("confirm", "create"):
        button = page.locator(f"[name=do][value={name}]")
        if button.count():
            button.click()
            settled(page)
    expect(page.locator("#panel-bodies .item[data-state=proposed]")).to_have_count(0)

    # everything that is sure, then the check page
    page.locator("#confident").click()
    page.locator("[name=threshold]").last.click()
    settled(page)
    expect(page.locator("#messages")).to_contain_text("Đã nhận")
    watch.shot(page, "5-accepted")
    page.get_by_role("link", name="Ban hành…").click()
    expect(page.get_by_role("heading", name="Kiểm tra trước khi ban hành")).to_be_visible()
    watch.shot(page, "6-check", both=True, full=True)
    watch.axe(page)
    watch.fits(page)
    page.get_by_role("button", name="ban hành").dblclick(no_wait_after=True)
    page.wait_for_url("**/ke-hoach/*/")
    expect(page.locator("#messages")).to_contain_text("ban hành")
    watch.shot(page, "7-plan", both=True)
    plan = Plan.objects.get(parent=None)
    assert plan.state == "adopted"
    assert plan.designation == "87/KH-UBND"
    assert revision().state == "adopted"
    # the way back leads to the plan, not to a review that is over
    page.goto(f"/van-ban/{revision().pk}/")
    expect(page).to_have_url(f"{watch.server.url}/ke-hoach/{plan.pk}/")


def test_either_side_shows_the_other(watch: Watched, page: Page, sample: str) -> None:
    watch.sign_in(page, "lan")
    send_in(page, sample)
    target = item("ít nhất 05 vụ", list_name="targets")
    mark = page.locator(f"#s{target.pk}")
    mark.click()
    expect(card(page, target)).to_have_attribute("aria-current", "true")
    expect(mark).to_have_class("m m-targets on")
    task = item("biên soạn nội dung phát thanh", list_name="tasks")
    open_tab(page, "tasks")
    card(page, task).locator("a.item-open").click()
    expect(page.locator(f"#s{task.pk}")).to_be_in_viewport()
    expect(page.locator("#announce")).to_contain_text("biên soạn nội dung phát thanh")
    watch.shot(page, "task")
    # a limit stands inside its task: the first click takes the inner mark, the second the one around it
    limit = item("trước ngày 20/10/2026", list_name="deadlines")
    inner = page.locator(f"#s{limit.pk}")
    inner.click()
    expect(card(page, limit)).to_have_class("item on")
    expect(page.locator("#panel-deadlines")).to_be_visible()
    inner.click()
    expect(card(page, task)).to_have_attribute("aria-current", "true")
    # numbers nobody used, and remarks, jump too
    open_tab(page, "unclaimed")
    row = page.locator("#panel-unclaimed .item").last
    row.locator("a.item-open").click()
    expect(page.locator(f"#s{row.get_attribute('data-ref')}")).to_be_in_viewport()
    watch.shot(page, "unclaimed")
    open_tab(page, "remarks")
    watch.shot(page, "remarks")
    watch.axe(page)


def test_by_keyboard_alone(watch: Watched, page: Page, sample: str) -> None:
    watch.sign_in(page, "lan")
    send_in(page, sample)
    first, second, third = Item.objects.filter(list_name="targets").order_by("start")[:3]
    page.keyboard.press("j")
    expect(card(page, first)).to_have_attribute("aria-current", "true")
    page.keyboard.press("a")
    expect(card(page, first)).to_have_attribute("data-state", "accepted")
    expect(card(page, second)).to_have_attribute("aria-current", "true")
    settled(page)
    page.keyboard.press("x")
    expect(card(page, second)).to_have_attribute("data-state", "rejected")
    expect(card(page, third)).to_have_attribute("aria-current", "true")
    settled(page)
    watch.shot(page, "decided")
    page.keyboard.press("u")
    expect(card(page, second)).to_have_attribute("data-state", "proposed")
    settled(page)
    page.keyboard.press("k")
    page.keyboard.press("e")
    expect(page.locator("form.edit")).to_be_visible()
    expect(page.locator("form.edit :focus")).to_have_count(1)
    watch.shot(page, "editing")
    watch.axe(page)
    # keys are letters again inside a form
    measure = page.get_by_label("Đo cái gì")
    measure.fill("")
    measure.press_sequentially("jaxk")
    expect(measure).to_have_value("jaxk")
    page.get_by_role("link", name="Thôi").click()
    expect(page.locator("form.edit")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("tuan tra nhan dan")
    expect(page.locator("#panel-targets .item:not(.parts .item):visible")).to_have_count(2)
    page.keyboard.press("Escape")
    page.locator("#find").fill("")
    page.locator("#source").focus()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    watch.axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    # the next undecided item is found in any tab
    open_tab(page, "header")
    page.locator("#source").focus()
    page.keyboard.press("n")
    expect(page.locator(".item[aria-current]")).to_have_attribute("data-state", "proposed")


def test_editing_says_what_is_wrong_and_loses_nothing(watch: Watched, page: Page, sample: str) -> None:
    watch.sign_in(page, "lan")
    send_in(page, sample)
    target = item("không quá 20 người", list_name="targets")
    acts(page, target).get_by_role("link", name="Sửa").click()
    form = page.locator("form.edit")
    form.get_by_label("Mức", exact=True).fill("hai mươi")
    form.get_by_label("Đo cái gì").fill("số người nghiện ngoài cộng đồng")
    form.get_by_label("Tính từ ngày").fill("31/2/2026")
    form.get_by_role("button", name="Lưu").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Ghi bằng số")
    expect(summary).to_contain_text("Không có ngày này trong lịch")
    expect(form.get_by_label("Mức", exact=True)).to_have_value("hai mươi")
    expect(form.get_by_label("Mức", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Đo cái gì")).to_have_value("số người nghiện ngoài cộng đồng")
    watch.shot(page, "errors", both=True)
    watch.axe(page)
    summary.get_by_role("link").first.click()
    form.get_by_label("Mức", exact=True).fill("18")
    form.get_by_label("Tính từ ngày").fill("1.10.2026")
    form.get_by_label("Đến ngày").fill("31/12/2026")
    form.get_by_role("button", name="Lưu").click()
    expect(form).to_have_count(0)
    expect(card(page, target)).to_contain_text("không quá 18 người")
    expect(card(page, target)).to_contain_text("01/10/2026 – 31/12/2026")
    expect(card(page, target)).to_have_attribute("data-state", "accepted")
    target.refresh_from_db()
    assert target.edits["value"] == 18
    assert "unit" not in target.edits
    # a recurring limit
    duty = Item.objects.filter(list_name="reporting_duties").earliest("start")
    open_tab(page, "reporting_duties")
    acts(page, duty).get_by_role("link", name="Sửa").click()
    form.get_by_label("Hạn là").select_option("rule")
    expect(form.get_by_label("Sự việc")).to_be_hidden()
    form.get_by_label("Lặp").select_option("MONTHLY")
    form.get_by_label("Ngày trong tháng").fill("40")
    form.get_by_role("button", name="Lưu").click()
    expect(page.locator(".field-error")).to_contain_text("từ 1 đến 31")
    watch.shot(page, "duty", both=True)
    form.get_by_label("Ngày trong tháng").fill("20")
    form.get_by_role("button", name="Lưu").click()
    expect(card(page, duty)).to_contain_text("20 hằng tháng")
    # the head of the document
    open_tab(page, "header")
    page.locator("#head").get_by_role("link", name="Sửa").click()
    page.locator("#head").get_by_label("Số", exact=True).fill("88")
    watch.shot(page, "header", both=True)
    watch.axe(page)
    page.locator("#head").get_by_role("button", name="Lưu").click()
    expect(page.locator("#head dl")).to_contain_text("88/KH-UBND")


def test_a_selection_becomes_an_item(watch: Watched, page: Page, sample: str) -> None:
    watch.sign_in(page, "lan")
    send_in(page, sample)
    words = "mỗi tổ sinh hoạt chuyên đề ít nhất 01 lần trong quý"
    Item.objects.filter(text__contains="sinh hoạt chuyên đề", list_name="targets").delete()
    page.reload()
    before = Item.objects.count()
    select_words(page, words)
    bar = page.get_by_role("toolbar", name="Thêm mục từ chữ đang chọn")
    expect(bar).to_be_visible()
    watch.shot(page, "toolbar")
    bar.get_by_role("link", name="Chỉ tiêu").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("blockquote")).to_contain_text("mỗi tổ sinh hoạt chuyên đề")
    watch.shot(page, "dialog", both=True)
    watch.axe(page)
    dialog.get_by_role("button", name="Thêm").click()
    expect(dialog).to_be_hidden()
    assert Item.objects.count() == before + 1
    made = Item.objects.latest("pk")
    assert revision().text[made.start : made.end] == made.text == words
    assert made.state == ItemState.ACCEPTED
    expect(card(page, made)).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#s{made.pk}")).to_have_class("m m-targets on")
    expect(card(page, made)).to_contain_text("người thêm")
    watch.shot(page, "added")
    # a task under a heading takes the body of that heading
    select_words(page, "Bố trí nhân lực")
    bar.get_by_role("link", name="Nhiệm vụ").click()
    expect(dialog.get_by_label("Thuộc phần giao cho").locator("option:checked")).to_contain_text("Trạm Y tế")
    dialog.get_by_role("link", name="Thôi").click()
    expect(dialog).to_be_hidden()
    # a mistake in the dialog stays in the dialog
    select_words(page, "chợ cá")
    bar.get_by_role("link", name="Thời hạn").click()
    dialog.get_by_role("button", name="Thêm").click()
    expect(dialog.locator(".error-summary")).to_contain_text("Chọn hạn")
    dialog.get_by_label("Hạn là").select_option("date")
    dialog.get_by_label("Ngày", exact=True).fill("15/11/2026")
    dialog.get_by_role("button", name="Thêm").click()
    expect(dialog).to_be_hidden()
    assert Item.objects.latest("pk").values["date"] == "2026-11-15"


def test_two_people_at_once(watch: Watched, page: Page, sample: str) -> None:
    watch.sign_in(page, "lan")
    address = send_in(page, sample)
    other = watch.open()
    watch.sign_in(other, "minh", to=address.removeprefix(watch.server.url))
    one, two, three = Item.objects.filter(list_name="targets").order_by("start")[:3]
    # Lan writes in a form while Minh decides other things: his work arrives, her words stay
    acts(page, three).get_by_role("link", name="Sửa").click()
    measure = page.get_by_label("Đo cái gì")
    measure.fill("chữ đang gõ dở")
    acts(other, one).get_by_role("button", name="Nhận").click()
    expect(card(other, one)).to_have_attribute("data-state", "accepted")
    expect(card(page, one)).to_have_attribute("data-state", "accepted", timeout=8000)
    expect(card(page, one)).to_contain_text("Minh")
    expect(measure).to_be_focused()
    expect(measure).to_have_value("chữ đang gõ dở")
    # Minh decides the very item that Lan is editing: she is told, and asked before she overwrites
    acts(other, three).get_by_role("button", name="Bỏ").click()
    expect(page.locator("[data-other]")).to_be_visible(timeout=8000)
    expect(measure).to_have_value("chữ đang gõ dở")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("form.edit .note-warn[role=alert]")).to_contain_text("Trần Quang Minh vừa bỏ")
    expect(measure).to_have_value("chữ đang gõ dở")
    watch.shot(page, "stale-form")
    page.get_by_role("button", name="Lưu đè").click()
    expect(card(page, three)).to_contain_text("chữ đang gõ dở")
    # both decide one item within a moment: the later is shown what the earlier did
    settled(page)
    held: list[Route] = []
    page.route("**/thay-doi/**", lambda route: held.append(route))
    with page.expect_request("**/thay-doi/**"):
        pass
    acts(other, two).get_by_role("button", name="Bỏ").click()
    expect(card(other, two)).to_have_attribute("data-state", "rejected")
    acts(page, two).get_by_role("button", name="Nhận").click()
    told = card(page, two).locator("[role=alert]")
    expect(told).to_contain_text("Trần Quang Minh vừa bỏ")
    # on a slow line, what was asked before arrives after: what she was told stays
    with page.expect_response("**/thay-doi/**"):
        held[0].continue_()
    settled(page)
    expect(told).to_contain_text("Trần Quang Minh vừa bỏ")
    watch.shot(page, "conflict")
    watch.axe(page)
    assert Item.objects.get(pk=two.pk).state == ItemState.REJECTED
    acts(page, two).get_by_role("button", name="Vẫn nhận").click()
    expect(card(page, two)).to_have_attribute("data-state", "accepted")
    assert Item.objects.get(pk=two.pk).decided_by.username == "lan"


def test_names_find_their_units(watch: Watched, page: Page, sample: str) -> None:
    watch.sign_in(page, "lan")
    send_in(page, sample)
    open_tab(page, "bodies")
    unknown = BodyMatch.objects.filter(unit=None, suggested=None, mentions__gt=0).order_by("pk").first()
    assert unknown is not None
    row = page.locator(f"#b{unknown.pk}")
    row.get_by_role("link", name="Chọn hoặc tạo").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading")).to_contain_text(unknown.name)
    watch.axe(page)
    dialog.get_by_role("searchbox").fill("tram y te")
    dialog.get_by_role("button", name="Tìm").click()
    expect(dialog.locator(".found")).to_contain_text("Trạm Y tế phường Cồn Nhạn")
    watch.shot(page, "search", both=True)
    dialog.get_by_text("Tạo đơn vị mới").click()
    dialog.get_by_label("Tên đơn vị").fill("")
    dialog.get_by_role("button", name="Tạo và chọn").click()
    expect(dialog.locator(".error-summary")).to_contain_text("Ghi tên đơn vị")
    dialog.get_by_label("Tên đơn vị").fill("Tổ công tác liên ngành phường Cồn Nhạn")
    dialog.get_by_role("button", name="Tạo và chọn").click()
    expect(dialog).to_be_hidden()
    expect(row).to_contain_text("Tổ công tác liên ngành phường Cồn Nhạn")
    expect(row).to_contain_text("Lan xác nhận")
    unknown.refresh_from_db()
    assert unknown.unit is not None


def test_on_a_phone(watch: Watched, phone: Page, sample: str) -> None:
    watch.sign_in(phone, "lan")
    send_in(phone, sample)
    watch.fits(phone)
    watch.axe(phone)
    target = item("ít nhất 05 vụ", list_name="targets")
    watch.shot(phone, "items")
    phone.get_by_role("button", name="Nguyên văn").click()
    expect(phone.locator("#source")).to_be_visible()
    phone.locator(f"#s{target.pk}").click()
    sheet = card(phone, target)
    expect(sheet).to_be_in_viewport()
    watch.shot(phone, "sheet")
    watch.axe(phone)
    watch.fits(phone)
    sheet.get_by_role("button", name="Nhận").click()
    expect(sheet).to_have_attribute("data-state", "accepted")
    settled(phone)
    sheet.get_by_role("link", name="Sửa").click()
    expect(phone.locator("form.edit")).to_be_visible()
    watch.shot(phone, "sheet-form")
    watch.fits(phone)
    phone.get_by_role("link", name="Thôi").click()
    phone.locator(".sheet-close").click()
    expect(sheet).to_be_hidden()
    phone.get_by_role("button", name="Đã hiểu").click()
    expect(sheet).to_be_visible()


def test_without_script(watch: Watched, page: Page, sample: str) -> None:
    plain = watch.open(script=False)
    watch.sign_in(plain, "lan")
    plain.goto("/ke-hoach/moi/")
    plain.get_by_label("Hoặc dán nội dung").fill(sample)
    plain.get_by_role("button", name="Đọc kế hoạch").click()
    target = item("ít nhất 05 vụ", list_name="targets")
    acts(plain, target).get_by_role("button", name="Nhận").click()
    expect(card(plain, target)).to_have_attribute("data-state", "accepted")
    acts(plain, target).get_by_role("link", name="Sửa").click()
    plain.get_by_label("Mức", exact=True).fill("x")
    plain.get_by_role("button", name="Lưu").click()
    expect(plain.locator(".error-summary")).to_contain_text("Ghi bằng số")
    plain.get_by_label("Mức", exact=True).fill("6")
    plain.get_by_role("button", name="Lưu").click()
    expect(card(plain, target)).to_contain_text("06 vụ")
    plain.get_by_role("tab", name="Đơn vị").click()
    expect(plain.locator("#panel-bodies")).to_be_visible()
    plain.get_by_role("button", name="Hoàn tác").click()
    expect(card(plain, target)).to_contain_text("05 vụ")
