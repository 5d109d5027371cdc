"""The pages of urging: look, make, take the number in, find it again."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any

import docx
import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from pcmt.apps.tasks.models import DueItem, DueState, Urging
from tests.web.counting import statements
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NEW = "/nhiem-vu/don-doc/moi/"
REGISTER = "/nhiem-vu/don-doc/"


@pytest.fixture
def province() -> Province:
    return build(TODAY, tasks=60, communes=12, targets=7)


@pytest.fixture
def office(province: Province) -> Client:
    client = Client()
    client.force_login(province.users["office"])
    return client


def filled(page: str, **more: Any) -> dict[str, Any]:
    """The form of a page as it stands there, with some fields changed."""
    found: dict[str, Any] = {
        "letter": re.findall(r'name="letter" value="([^"]+)" checked', page),
        "left": re.findall(r'name="left" value="([^"]+)" checked', page),
    }
    for name in ("batch", "seen"):
        found[name] = re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] not in found and 'type="text"' in tag:
            found[name[1]] = unescape(value[1]) if value else ""
    return {**found, "recipients": "Như trên", "mark": "", **more}


def made(office: Client, query: str = "", **more: Any) -> list[Urging]:
    page = office.get(NEW + query).content.decode()
    answer = office.post(NEW + query, filled(page, **more))
    assert answer.status_code == 302, answer.content.decode()
    return list(Urging.objects.order_by("pk"))


def test_the_preview_says_what_each_letter_holds(province: Province, office: Client) -> None:
    page = unescape(office.get(NEW).content.decode())
    late = DueItem.objects.overdue(TODAY).filter(unit__isnull=False).exclude(unit=province.office)
    bodies = late.values("unit").distinct().count()
    assert f"{bodies} công văn, {late.count()} việc" in page
    assert "Đề nghị trả lời đến hết ngày" in page
    assert not Urging.objects.exists(), "looking makes nothing"
    assert "việc của chính Công an tỉnh không đưa vào công văn" in page
    finance = late.first().unit  # type: ignore[union-attr]
    one = unescape(office.get(f"{NEW}?don_vi={finance.pk}&don_vi={province.seat.pk}").content.decode())
    assert f"Không có việc phải đôn đốc, nên không lập công văn: {province.seat.name}" in one
    assert one.count('name="letter"') == 1


def test_letters_in_one_go_with_their_list(province: Province, office: Client) -> None:
    letters = made(office, symbol="CAT-PC04")
    batch = f"{REGISTER}dot/{letters[0].batch}/"
    page = unescape(office.get(batch).content.decode())
    assert all(letter.unit_name in page for letter in letters)
    archive = zipfile.ZipFile(io.BytesIO(office.get(f"{batch}cong-van.zip").content))
    names = archive.namelist()
    assert len(names) == len(letters) + 1
    listed = docx.Document(io.BytesIO(archive.read("danh-sach.docx")))
    rows = [[cell.text for cell in row.cells] for row in listed.tables[1].rows]
    assert [row[1].removesuffix(" (đề nghị phối hợp)") for row in rows[1:-1]] == [each.unit_name for each in letters]
    assert rows[-1][2] == str(sum(letter.items.count() for letter in letters))
    single = office.get(f"{REGISTER}{letters[0].pk}/cong-van.docx")
    assert b"".join(single.streaming_content)[:2] == b"PK"  # type: ignore[arg-type]


def test_items_and_letters_can_be_taken_out(province: Province, office: Client) -> None:
    page = office.get(NEW).content.decode()
    keys = re.findall(r'name="letter" value="([^"]+)"', page)
    lines = re.findall(r'name="left" value="([^"]+)"', page)
    office.post(NEW, filled(page, letter=keys[:2], left=lines[:1]))
    assert Urging.objects.count() <= 2
    assert not Urging.objects.filter(items__due_item_id=lines[0]).exists()


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(province: Province, office: Client) -> None:
    page = office.get(NEW).content.decode()
    answer = office.post(NEW, filled(page, mark="TL.", head="", signer="Đỗ Văn Tín"))
    assert answer.status_code == 422
    words = unescape(answer.content.decode())
    assert "Ghi chức vụ của người được ký thay" in words
    assert "Đỗ Văn Tín" in words
    assert not Urging.objects.exists()


def test_a_list_that_changed_is_shown_again(province: Province, office: Client) -> None:
    page = office.get(NEW).content.decode()
    late = DueItem.objects.overdue(TODAY).filter(unit__name="Sở Y tế").first()
    assert late is not None
    DueItem.objects.filter(pk=late.pk).update(state=DueState.DONE, done_at=timezone.now(), done_on=TODAY)
    answer = office.post(NEW, filled(page))
    assert answer.status_code == 409
    assert "vừa thay đổi" in unescape(answer.content.decode())
    assert not Urging.objects.exists()


def test_pressing_twice_makes_it_once(province: Province, office: Client) -> None:
    page = office.get(NEW).content.decode()
    form = filled(page)
    first, second = office.post(NEW, form), office.post(NEW, form)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert len({letter.unit_id for letter in Urging.objects.all()}) == Urging.objects.count()


def test_number_and_day_then_no_way_back(province: Province, office: Client) -> None:
    letter = made(office)[0]
    address = f"{REGISTER}{letter.pk}/"
    number = {"version": 1, "number": "120", "symbol": "CAT-PC04", "signed_on": TODAY.strftime("%d/%m/%Y")}
    wrong = office.post(f"{address}lay-so/", {**number, "signed_on": "31/02/2026"})
    assert wrong.status_code == 422
    assert office.post(f"{address}lay-so/", number).status_code == 302
    page = unescape(office.get(address).content.decode())
    assert "120/CAT-PC04" in page
    assert "Rút công văn này" not in page
    assert office.post(f"{address}lay-so/", {**number, "number": "121"}).status_code == 409, "a stale page"
    assert office.post(f"{address}rut/", {"version": 2, "reason": "Thôi"}).status_code == 422


def test_a_letter_taken_back_stays_in_the_register(province: Province, office: Client) -> None:
    letter = made(office)[0]
    assert office.post(f"{REGISTER}{letter.pk}/rut/", {"version": 1, "reason": "Gửi nhầm"}).status_code == 302
    assert "Gửi nhầm" in unescape(office.get(f"{REGISTER}{letter.pk}/").content.decode())
    register = unescape(office.get(f"{REGISTER}?tinh_trang=da-rut").content.decode())
    assert letter.unit_name in register
    sheet = load_workbook(io.BytesIO(office.get(f"{REGISTER}so-don-doc.xlsx?tinh_trang=da-rut").content)).active
    assert [row[2] for row in sheet.iter_rows(min_row=4, values_only=True)] == [letter.unit_name]


def test_the_body_reads_its_letter_and_nobody_elses(province: Province, office: Client) -> None:
    letters = made(office)
    officer = Client()
    officer.force_login(province.users["officer"])
    own = next(letter for letter in letters if letter.unit.name == "Sở Y tế")
    other = next(letter for letter in letters if letter.unit.name != "Sở Y tế")
    page = unescape(officer.get(f"{REGISTER}{own.pk}/").content.decode())
    assert "Ghi số" not in page
    assert officer.get(f"{REGISTER}{other.pk}/").status_code == 404
    assert officer.get(f"{REGISTER}dot/{own.batch}/").status_code == 404
    assert officer.get(NEW).status_code == 403
    due = own.items.first()
    assert due is not None
    assert "Đã đôn đốc 1 lần" in unescape(officer.get(f"/nhiem-vu/{due.due_item_id}/").content.decode())


def test_words_for_a_chat_group_name_no_person(province: Province, office: Client) -> None:
    page = unescape(office.get(NEW).content.decode())
    parts = re.findall(r"<textarea[^>]+chat-part[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert parts
    assert "SỞ Y TẾ" in "".join(parts)
    assert not any(user.get_full_name() in part for user in province.users.values() for part in parts)


def test_statements_do_not_grow_with_what_is_shown(province: Province, office: Client) -> None:
    office.get(NEW)
    with statements() as found:
        assert office.get(NEW).status_code == 200
    assert len(found) <= 30
    made(office)
    with statements() as found:
        assert office.get(REGISTER).status_code == 200
    assert len(found) <= 16, [each["sql"][:120] for each in found]
