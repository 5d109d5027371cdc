"""The catalogue of figures: the lists and their files, the pages of one thing, and what those who keep them do."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.models import Element, Form, Indicator, Recording, Source
from pcmt.apps.facts.operations import FormText, Line, define_form, load_catalogue, text_of, version_element
from pcmt.apps.facts.operations.administering import ElementText
from tests.factories.world import NOW, World, world


@pytest.fixture
def land(db: None) -> World:
    load_catalogue()
    return world()


def signed(client: Client, land: World, unit: str, role: str) -> Client:
    client.force_login(User.objects.get(pk=land.actor(unit, role).user_id))
    return client


@pytest.fixture
def keeper(land: World, client: Client, settings: Any) -> Client:
    settings.SECOND_FACTOR_ROLES = ()
    return signed(client, land, "an_binh", "administrator")


@pytest.fixture
def office(land: World, client: Client, settings: Any) -> Client:
    settings.SECOND_FACTOR_ROLES = ()
    return signed(client, land, "police", "standing_office")


def text(answer: Any) -> str:
    return str(answer.content.decode())


ELEMENT = {
    "name": "Số chó nghiệp vụ", "unit_word": "con", "nature": "stock", "over_time": "last", "over_units": "sum",
    "places": "0", "source": "KH 12/2026", "valid_from": "", "breakdowns": [],
}  # fmt: skip


def test_lists_are_searched_without_tone_marks_and_taken_along(
    office: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        page = text(office.get(reverse("catalogue:elements"), {"q": "nghien ma tuy moi"}))
    assert page.count('aria-current="true"') == 1  # one place in the navigation, though the figures lead here too
    assert "Số người nghiện ma túy mới phát hiện" in page
    assert "Số phiên tòa" not in page
    assert "Thêm chỉ tiêu thống kê" not in page  # only administrators
    assert len(text(office.get(reverse("catalogue:elements")))) < 200_000
    page = text(office.get(reverse("catalogue:indicators"), {"loai": "ty-le", "q": "ho gia dinh"}))
    assert "Tỷ lệ hộ gia đình ký cam kết" in page
    answer = office.get(reverse("catalogue:elements-xlsx"), {"tinh_chat": "stock", "phan_to": "sex"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    codes = [row[0].value for row in sheet.iter_rows(min_row=4)]
    found = catalogue().elements
    assert codes == [code for code, each in found.items() if each.nature == "stock" and "sex" in each.breakdowns]
    assert Entry.objects.get(event="facts.catalogue.exported").after["filter"]  # type: ignore[index]
    answer = office.get(reverse("catalogue:indicators-xlsx"))
    assert len(list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows())) > 90  # type: ignore[union-attr]


def test_the_list_of_another_day(keeper: Client, land: World) -> None:
    words = ElementText(name="Bài đăng", unit_word="tin, bài", source="KH")
    chief = land.actor("an_binh", "administrator")
    version_element(actor=chief, at=NOW, code="posts", version=1, text=words, valid_from=date(2027, 1, 1))
    find = {"q": "bai dang"}
    assert "posts" not in text(keeper.get(reverse("catalogue:elements"), find | {"ngay": "31/12/2026"}))
    assert "posts" in text(keeper.get(reverse("catalogue:elements"), find | {"ngay": "1/1/2027", "nguon": "rieng"}))


def test_an_element_says_what_uses_it(office: Client, land: World) -> None:
    form = FormText(title="Biểu vụ việc", lines=(Line("cases_detected"),), period="month", valid_from=date(2026, 1, 1))
    define_form(actor=None, at=NOW, root_id=land["an_binh"].pk, form=form)
    page = text(office.get(reverse("catalogue:element", args=["cases_detected"])))
    for words in ("cộng các kỳ", "Biểu vụ việc", "Quyết định 1452/QĐ-TTg", "loại ma túy", " ≤ Số vụ phạm tội"):
        assert words in page, words
    assert reverse("catalogue:indicator", args=["cases_detected"]) in page
    page = text(office.get(reverse("catalogue:element", args=["flashpoints"])))
    assert "số kỳ trước + Số điểm nóng mới hình thành − Số điểm nóng về ma túy được triệt xóa" in page
    assert office.get(reverse("catalogue:element", args=["nonsense"])).status_code == 404


def test_an_administrator_adds_versions_and_ends_an_element(keeper: Client) -> None:
    assert "bắt đầu từ lời của" in text(keeper.get(reverse("catalogue:element-add"), {"tu": "posts"}))
    wrong = keeper.post(reverse("catalogue:element-add"), ELEMENT | {"over_time": "sum", "source": ""})
    assert wrong.status_code == 422
    assert "Số chó nghiệp vụ" in text(wrong)  # nothing typed is lost
    wrong = keeper.post(reverse("catalogue:element-add"), ELEMENT | {"over_time": "sum"})
    assert "không gộp các kỳ theo cách đã chọn" in text(wrong)
    made = keeper.post(reverse("catalogue:element-add"), ELEMENT)
    row = Element.objects.get(code__startswith="local_")
    assert made["Location"] == reverse("catalogue:element", args=[row.code])
    url = reverse("catalogue:element-version", args=[row.code])
    page = text(keeper.get(url))
    assert "Tính chất và cách gộp không đổi được" in page
    assert 'name="nature"' not in page
    new = {"version": "1", "name": "Số chó", "unit_word": "con", "source": "KH", "valid_from": "1/7/2026"}
    assert keeper.post(url, new).status_code == 302
    stale = keeper.post(url, new | {"name": "Số chó săn"})
    assert stale.status_code == 409
    assert "Số chó săn" in text(stale)
    assert 'name="version" value="2"' in text(stale)  # once more, and it goes through
    assert keeper.post(url, new | {"name": "Số chó săn", "version": "2"}).status_code == 302
    page = text(keeper.get(reverse("catalogue:element", args=[row.code])))
    assert "từ ngày 01/07/2026" in page
    assert "Sửa chỉ tiêu thống kê từ một ngày" in page  # its history
    ended = keeper.post(
        reverse("catalogue:element-end", args=[row.code]), {"version": "3", "valid_to": "1/1/2028"}, follow=True
    )
    assert "Ngừng dùng từ ngày 01/01/2028" in text(ended)
    used = keeper.post(reverse("catalogue:element-end", args=["posts"]), {"version": "1", "valid_to": "1/1/2028"})
    assert used.status_code == 422
    assert "Chỉ số: Số tin, bài trên mạng xã hội" in text(used)


def test_an_administrator_makes_an_indicator_and_tries_words(keeper: Client) -> None:
    url = reverse("catalogue:indicator-add")
    share = {
        "name": "Tỷ lệ mô hình mới", "kind": "share", "counted": ["models_new", "posts"], "words": "mô hình nhân rộng",
        "source": "KH",
    }  # fmt: skip
    wrong = keeper.post(url, share)
    assert "Tỷ lệ cần mẫu số" in text(wrong)
    assert 'value="models_new" id="counted-models_new" checked' in text(wrong)
    wrong = keeper.post(url, share | {"whole": ["models"]})
    assert "Chỉ cộng được những chỉ tiêu thống kê cùng đơn vị tính" in text(wrong)
    share |= {"counted": ["models_new"], "whole": ["models"], "words": "mô hình + nhân rộng\n\nnhân rộng + điển hình"}
    assert keeper.post(url, share).status_code == 302
    row = Indicator.objects.get(code__startswith="local_")
    assert row.versions.get().words == [["mô hình", "nhân rộng"], ["nhân rộng", "điển hình"]]
    page = text(keeper.get(reverse("catalogue:try"), {"cau": "Nhân rộng 80% mô hình đã có"}))
    assert reverse("catalogue:indicator", args=[row.code]) in page
    assert "Không chỉ số nào được gọi như vậy" in text(keeper.get(reverse("catalogue:try"), {"cau": "trồng lúa"}))
    url = reverse("catalogue:indicator-version", args=[row.code])
    assert 'value="models" id="whole-models" checked' in text(keeper.get(url))
    assert keeper.post(url, share | {"version": "1", "kind": "sum", "valid_from": "1/7/2026"}).status_code == 302
    assert catalogue(date(2026, 7, 1)).indicators[row.code].whole == ()
    ended = {"version": "2", "valid_to": "1/1/2028"}
    assert keeper.post(reverse("catalogue:indicator-end", args=[row.code]), ended).status_code == 302


def test_a_standing_office_makes_a_form(office: Client, land: World) -> None:
    url = reverse("catalogue:form-add")
    typed = {
        "title": "Biểu tháng", "root": "Tỉnh An Bình", "asked": "commune", "period": "month",
        "calendar": "administrative", "valid_from": "1/1/2026",
        "lines": ["posts", "addicts", "addicts|sex=female"], "stt-posts": "2", "stt-addicts": "1",
    }  # fmt: skip
    assert len(office.get(url).content) < 300_000
    wrong = office.post(url, typed | {"title": "", "root": "Tỉnh Bình Giang"})
    assert wrong.status_code == 422
    assert 'value="addicts|sex=female" checked' in text(wrong)
    looked = text(office.post(url, typed | {"xem": "1"}))
    assert "Người nhập sẽ thấy" in looked
    assert not Form.objects.exists()
    assert office.post(url, typed).status_code == 302
    form = Form.objects.get()
    assert text_of(form).lines == (Line("addicts"), Line("addicts", "sex=female"), Line("posts"))
    page = text(office.get(reverse("catalogue:form", args=[form.pk])))
    assert "Phường Tây Hòa; Xã Đông Hòa" in page or "Xã Đông Hòa; Phường Tây Hòa" in page
    assert "Biểu tháng" in text(office.get(reverse("catalogue:forms")))
    Recording.objects.create(at=NOW, source=Source.PERSON, form=form)
    url = reverse("catalogue:form-change", args=[form.pk])
    assert "Biểu đã có số liệu" in text(office.get(url))
    again = typed | {"version": "1", "valid_from": "1/7/2026", "lines": ["posts"]}
    assert office.post(url, again).status_code == 302
    new = Form.objects.get(replaces=form)
    assert reverse("catalogue:form", args=[new.pk]) in text(office.get(reverse("catalogue:form", args=[form.pk])))
    end = reverse("catalogue:form-end", args=[new.pk])
    assert office.post(end, {"version": "1", "valid_to": "1/1/2026"}).status_code == 422
    assert office.post(end, {"version": "1", "valid_to": "1/1/2027"}).status_code == 302


def test_a_form_that_comes_along_is_taken_over(office: Client) -> None:
    url = reverse("catalogue:form-adopt")
    typed = {"code": "MT-01/XA", "root": "Tỉnh An Bình", "valid_from": "1/1/2026"}
    answer = office.post(url, typed, follow=True)
    assert "Số liệu phòng, chống ma túy hằng tháng" in text(answer)
    assert "Đơn vị đã dùng biểu" in text(office.post(url, typed))


def test_others_look_and_do_not_change(client: Client, land: World) -> None:
    signed(client, land, "health", "officer")
    assert client.get(reverse("catalogue:elements")).status_code == 200
    assert "danh-muc-so-lieu/" not in text(client.get(reverse("home:mine"))).split("</nav>")[0]
    for name in ("element-add", "indicator-add", "form-add", "form-adopt"):
        assert client.get(reverse(f"catalogue:{name}")).status_code == 403
    form = define_form(
        actor=None, at=NOW, root_id=land["health"].pk,
        form=FormText(title="Biểu", lines=(Line("posts"),), period="year", valid_from=date(2026, 1, 1)),
    )  # fmt: skip
    assert isinstance(form, Form)
    assert client.get(reverse("catalogue:form", args=[form.pk])).status_code == 200
    signed(client, land, "binh_giang_police", "standing_office")
    assert client.get(reverse("catalogue:form-change", args=[form.pk])).status_code in (403, 404)
