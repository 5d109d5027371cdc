"""A sheet of numbers: from the template, sent in broken, given back marked, put right, told; and a table of theirs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.models import Fact
from pcmt.core.periods import ADMINISTRATIVE, Kind
from tests.factories.facts import form
from tests.factories.sheets import filled, put, workbook
from tests.factories.world import world as land_of
from tests.journeys.conftest import Watched
from tests.journeys.test_entry import looked_at
from tests.journeys.world import World


def test_a_broken_sheet_is_marked_put_right_and_told(watch: Watched, page: Page, tmp_path: Path) -> None:
    land = land_of()
    oanh = land.actor("police", "standing_office", "oanh")
    User.objects.filter(pk=oanh.user_id).update(password=make_password(World.password), full_name="Ngô Thị Oanh")
    asked, unit = form(land, "cases_detected", "suspects_arrested", "addicts_with_file"), land["dong_hoa"]
    span = ADMINISTRATIVE.around(Kind.MONTH, date.today())
    way = f"/nhap-so/{asked.pk}/{span.start.isoformat()}/tep/"
    watch.sign_in(page, "oanh", way)
    looked_at(watch, page, "upload")
    page.get_by_label("Mẫu của").select_option(label=unit.name)
    with page.expect_download() as held:
        page.get_by_role("button", name="Tải mẫu").click()
    broken = tmp_path / "so-lieu.xlsx"
    broken.write_bytes(
        filled(Path(held.value.path()).read_bytes(), put({"cases_detected|": "nhiều", "suspects_arrested|": "07"}))
    )
    page.get_by_label("Số liệu của").select_option(label=unit.name)
    page.set_input_files("input[type=file]", broken)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.get_by_text("Không phải số.")).to_be_visible()
    looked_at(watch, page, "preview")
    with page.expect_download() as held:
        page.get_by_role("link", name="Tải lại tệp có tô màu và lý do").click()
    right = tmp_path / "da-sua.xlsx"
    right.write_bytes(filled(Path(held.value.path()).read_bytes(), put({"cases_detected|": 12})))
    page.goto(page.url.split("/nhap-so/")[0] + way)
    page.get_by_label("Số liệu của").select_option(label=unit.name)
    page.set_input_files("input[type=file]", right)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    page.get_by_role("button", name="Nhập 2 số").click()
    expect(page.get_by_text("Đã ghi 2 số.")).to_be_visible()
    looked_at(watch, page, "done")
    assert sorted(Fact.objects.values_list("value", flat=True)) == [7, 12]
    # A table of their own is asked about.
    own = tmp_path / "bang.xlsx"
    own.write_bytes(workbook([["TT", "Đơn vị", "Số vụ"], [1, "Xã Đông Hòa", 12], [2, "Phường Tây Hòa", "-"]]))
    page.goto(page.url.split("/nhap-so/")[0] + way)
    page.set_input_files("input[type=file]", own)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.get_by_role("heading", name="Cột nào ghi gì?")).to_be_visible()
    looked_at(watch, page, "columns")
