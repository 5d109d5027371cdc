"""Importing a list of hamlets in a browser: the form, mistakes with their cells, the marked file, import and undo."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from pcmt.apps.units.models import Unit
from tests.factories.sheets import read_back, workbook
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World

ROWS = [
    ["ỦY BAN NHÂN DÂN TỈNH NGHỆ AN"],
    ["DANH SÁCH TỔ DÂN PHỐ"],
    ["STT", "Loại", "Tên tổ dân phố", "Xã, phường", "Mã"],
    [1, "Tổ dân phố", "07", "Phường Cồn Nhạn", "CN-07"],
    [2, "Tổ", "8", "Cồn Nhạn", ""],
    [3, "", "Hải Thanh", "Cồn Nhạn", ""],
    [4, "Khối", "Hải Bình", "Phường Cửa Sót", ""],
    ["", "", "Tổng cộng: 4", "", ""],
    ["", "", "", "Nghệ An, ngày 5 tháng 11 năm 2026", ""],
]


def checked(watch: Watched, page: Page, name: str) -> None:
    """At both widths: a screenshot, nothing too wide, nothing that axe objects to."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)
    watch.shot(page, name, both=True, full=True)


def send(page: Page, path: Path) -> None:
    page.goto("/don-vi/nhap/")
    page.get_by_label("Tệp Excel").set_input_files(path)
    page.get_by_role("button", name="Xem trước").click()


def test_a_list_with_mistakes_is_put_right_imported_and_undone(
    watch: Watched, page: Page, world: World, tmp_path: Path
) -> None:
    watch.sign_in(page, "tinh", "/don-vi/")
    page.get_by_role("link", name="Nhập từ Excel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhập đơn vị từ Excel")
    checked(watch, page, "1-send")
    with page.expect_download() as form:
        page.get_by_role("link", name="Mẫu: Thôn, bản, tổ dân phố").click()
    assert read_back(form.value.path().read_bytes()).worksheets[0]["B4"].value == "Tên"
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_contain_text("Chọn một tệp.")

    file = tmp_path / "to-dan-pho.xlsx"
    file.write_bytes(workbook(ROWS))
    send(page, file)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước kết quả nhập")
    rows = page.locator("table.import-rows tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("C6 Chưa rõ là thôn, bản hay tổ dân phố.")
    expect(rows.nth(1)).to_contain_text("D7 Không có “Phường Cửa Sót” trong Tỉnh Nghệ An.")
    checked(watch, page, "2-mistakes")

    with page.expect_download() as back:
        page.get_by_role("link", name="Tải tệp có tô màu và lý do").click()
    book = read_back(back.value.path().read_bytes())
    sheet = book.worksheets[0]
    assert sheet["C6"].comment is not None
    assert sheet["C4"].value == "07"
    sheet["B6"], sheet["D7"] = "Tổ dân phố", "Phường Trường Hải"
    book.save(file)
    page.get_by_role("button", name="Bỏ tệp này").click()
    expect(page.get_by_role("status").or_(page.locator(".messages")).first).to_contain_text("Đã bỏ tệp")
    send(page, file)
    expect(page.locator("table.import-rows tbody tr")).to_have_count(4)
    checked(watch, page, "3-put-right")
    page.get_by_role("button", name="Nhập 4 dòng").click()
    expect(page.locator("body")).to_contain_text("Đã thêm 4 đơn vị, sửa 0 đơn vị.")
    names = set(Unit.objects.filter(level="hamlet").values_list("name", flat=True))
    assert names == {"Tổ dân phố 07", "Tổ 8", "Tổ dân phố Hải Thanh", "Khối Hải Bình"}
    checked(watch, page, "4-done")

    done = page.url
    page.goto(f"/don-vi/{world.town.pk}/")
    expect(page.locator("body")).to_contain_text("Cồn Nhạn")
    page.goto(done)
    page.get_by_role("button", name="Hoàn tác lần nhập này").click()
    expect(page.locator("body")).to_contain_text("Đã hoàn tác")
    assert not Unit.objects.filter(level="hamlet").exists()


def test_columns_are_named_once_and_known_the_next_time(watch: Watched, page: Page, tmp_path: Path) -> None:
    watch.sign_in(page, "lan", "/don-vi/")
    file = tmp_path / "khac.xlsx"
    file.write_bytes(workbook([["Đơn vị cơ sở số", "Số hộ"], ["Tổ dân phố 1", 98]]))
    send(page, file)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cột nào ghi gì?")
    checked(watch, page, "1-columns")
    page.get_by_label(re.compile("^Cột A")).select_option(label="Tên")
    page.get_by_role("button", name="Đọc lại theo cột đã chọn").click()
    page.get_by_role("button", name="Nhập 1 dòng").click()
    expect(page.locator("body")).to_contain_text("Đã thêm 1 đơn vị")
    file.write_bytes(workbook([["Số hộ", "Đơn vị cơ sở số"], [98, "Tổ dân phố 1"], [77, "Tổ dân phố 2"]]))
    send(page, file)
    expect(page.get_by_role("button", name="Nhập 1 dòng")).to_be_visible()


def test_the_usual_bodies_of_a_ward(watch: Watched, page: Page, world: World) -> None:
    watch.sign_in(page, "lan", f"/don-vi/{world.town.pk}/")
    page.get_by_role("link", name="Cơ quan thường có").click()
    expect(page.get_by_label("Ban Chỉ huy Quân sự phường Cồn Nhạn")).to_be_checked()
    expect(page.get_by_label("Trường Mầm non Cồn Nhạn")).not_to_be_checked()
    expect(page.get_by_label("Công an phường Cồn Nhạn")).to_have_count(0)
    checked(watch, page, "1-usual")
    page.get_by_label("Trường Mầm non Cồn Nhạn").check()
    page.get_by_role("button", name="Thêm các cơ quan đã chọn").click()
    expect(page.locator("body")).to_contain_text("Đã thêm 11 cơ quan.")
    assert Unit.objects.get(name="Trường Mầm non Cồn Nhạn").level == "school"
