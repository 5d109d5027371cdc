"""Report forms on the pages: looked at by everybody, written by the office that keeps them, without a script."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.reports.models import FormState, ReportForm
from pcmt.apps.reports.operations import copy_form, load_forms, put_form_in_use, save_form_draft
from pcmt.apps.reports.queries.forms import draft_of, form_in_use, ready_forms, schema_of
from pcmt.core.schemas import ColumnKind, ReportSchema, SectionKind
from pcmt.core.schemas.checking import WORDS
from pcmt.web.report_forms.words import PROBLEMS
from tests.factories.world import NOW, World, world


@pytest.fixture
def land(db: None) -> World:
    load_catalogue()
    load_forms()
    return world()


@pytest.fixture
def office(land: World, client: Client, settings: Any) -> Client:
    settings.SECOND_FACTOR_ROLES = ()
    client.force_login(User.objects.get(pk=land.office.user_id))
    return client


@pytest.fixture
def own(land: World) -> ReportForm:
    """The office's own copy of the monthly form, being written."""
    form = copy_form(
        actor=land.office, at=NOW, form_id=ReportForm.objects.get(code="plan_monthly").pk, title="Mẫu tỉnh"
    )
    assert isinstance(form, ReportForm)
    return form


def text(answer: Any) -> str:
    return str(answer.content.decode())


def schema(form: ReportForm) -> ReportSchema:
    draft = draft_of(form)
    assert draft is not None
    return schema_of(draft)


def sent_back(page: str) -> dict[str, Any]:
    """What a browser would send of the editor: every box as it stands."""
    form = page[page.index('class="writing"') : page.index('class="looking"')]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(value[1] if value else "on")
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', body) or re.search(
            r'value="([^"]*)"', body
        )
        found[name] = [(chosen[1] if chosen[1] is not None else chosen[2]) if chosen else ""]
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = [body.strip()]
    return found


def test_everybody_reads_forms_and_only_offices_write(land: World, office: Client, own: ReportForm) -> None:
    ready = ReportForm.objects.get(code="plan_half_year")
    officer = Client()
    officer.force_login(User.objects.get(pk=land.actor("health").user_id))
    page = text(officer.get(reverse("report_forms:list")))
    assert "Báo cáo 6 tháng thực hiện kế hoạch" in page
    assert "Lập mẫu mới" not in page
    page = text(officer.get(reverse("report_forms:form", args=[ready.pk])))
    assert "Công tác cai nghiện" in page
    assert "Sửa mẫu" not in page
    for name in ("outline", "use", "end"):
        assert officer.get(reverse(f"report_forms:{name}", args=[own.pk])).status_code == 403
        # a ready form is nobody's
        assert office.get(reverse(f"report_forms:{name}", args=[ready.pk])).status_code == 404
    assert officer.get(reverse("report_forms:add")).status_code == 403
    assert officer.post(reverse("report_forms:drop", args=[own.pk])).status_code == 403
    # what an office has only begun to write is its own business
    assert "Mẫu tỉnh" not in page
    assert officer.get(reverse("report_forms:form", args=[own.pk])).status_code == 404
    assert officer.get(reverse("report_forms:form", args=[99999])).status_code == 404


@pytest.mark.parametrize("code", sorted(ready_forms()))
def test_every_ready_form_can_be_looked_at(office: Client, code: str) -> None:
    form = ReportForm.objects.get(code=code)
    known = ready_forms()[code]
    filled = text(office.get(reverse("report_forms:preview", args=[form.pk])))
    printed = text(office.get(reverse("report_forms:preview", args=[form.pk]), {"kieu": "ban-in"}))
    for section in known.sections:
        assert section.title in filled
        assert section.title in printed
    assert "Người viết nhập lời văn ở đây." in filled
    assert "Người viết nhập lời văn ở đây." not in printed
    assert len(filled) < 200_000


def test_a_form_from_nothing_to_use(office: Client, land: World) -> None:
    answer = office.post(reverse("report_forms:add"), {"title": ""})
    assert (answer.status_code, "Nhập tên mẫu." in text(answer)) == (422, True)
    answer = office.post(reverse("report_forms:add"), {"title": "Báo cáo nhanh"})
    form = ReportForm.objects.get(title="Báo cáo nhanh")
    outline = reverse("report_forms:outline", args=[form.pk])
    assert answer["Location"] == outline
    data = sent_back(text(office.get(outline)))
    # a section without a name is not added, and nothing typed is lost
    answer = office.post(outline, {**data, "subject": ["Trích yếu mới"], "act": "add"})
    assert answer.status_code == 422
    assert "Nhập tên mục muốn thêm." in text(answer)
    assert "Trích yếu mới" in text(answer)
    answer = office.post(outline, {**data, "new_title": "Số liệu nhanh", "new_kind": "figures", "act": "add"})
    section = reverse("report_forms:section", args=[form.pk, "so_lieu_nhanh"])
    assert answer["Location"] == section
    # found without tone marks, taken, summed
    page = text(office.get(section, {"tim": "vu pham toi"}))
    assert 'value="take:cases_detected"' in page
    for act in ("take:cases_detected", "take:suspects_arrested", "take:=leads_verified_share", "sum", "heading"):
        answer = office.post(section, {**sent_back(text(office.get(section))), "act": act})
        assert answer.status_code == 302, text(answer)
    made = schema(form).section("so_lieu_nhanh")
    assert made is not None
    assert [line.key for line in made.lines] == [
        "cases_detected", "suspects_arrested", "leads_verified_share", "total", "heading",
    ]  # fmt: skip
    assert made.lines[3].sum_of == ("cases_detected", "suspects_arrested")
    # it cannot be used yet: the heading has no words; the other way round it can
    use = reverse("report_forms:use", args=[form.pk])
    page = text(office.get(use))
    assert "có dòng chưa đặt tên" in page
    data = {"draft_id": draft_of(form).pk, "version": draft_of(form).version, "words": ""}  # type: ignore[union-attr]
    assert office.post(use, data).status_code == 422
    office.post(section, {**sent_back(text(office.get(section))), "act": "lremove:5"})
    data["version"] = draft_of(form).version  # type: ignore[union-attr]
    assert office.post(use, data).status_code == 302
    assert form_in_use(form) is not None
    assert draft_of(form) is None


def test_rows_and_columns_move_and_keep_what_was_typed(office: Client, own: ReportForm) -> None:
    section = reverse("report_forms:section", args=[own.pk, "rehab"])
    data = sent_back(text(office.get(section)))
    data["l-2-label"] = ["Quyết định bắt buộc"]
    assert office.post(section, {**data, "act": "lup:2"}).status_code == 302
    rehab = schema(own).section("rehab")
    assert rehab is not None
    assert [line.key for line in rehab.lines][:2] == ["compulsory_decisions", "addicts_in_rehab"]
    assert rehab.lines[0].label == "Quyết định bắt buộc"
    for act in ("cremove:2", "column:change_previous", "cup:5", "column:previous"):
        office.post(section, {**sent_back(text(office.get(section))), "act": act})
    rehab = schema(own).section("rehab")
    assert rehab is not None
    assert [column.kind for column in rehab.columns] == [
        ColumnKind.THIS, ColumnKind.YEAR_AGO, ColumnKind.CUMULATIVE, ColumnKind.CHANGE, ColumnKind.PERCENT,
        ColumnKind.PREVIOUS,
    ]  # fmt: skip
    data = sent_back(text(office.get(section)))
    data["l-2-part"] = ["kind_of_care=home"]
    office.post(section, {**data, "act": "done"})
    assert schema(own).section("rehab").lines[1].breakdown == "kind_of_care=home"  # type: ignore[union-attr]


def test_what_is_wrong_is_said_and_what_was_typed_stays(office: Client, own: ReportForm) -> None:
    before = schema(own)
    section = reverse("report_forms:section", args=[own.pk, "managing"])
    data = sent_back(text(office.get(section)))
    assert data["l-1-sums"] == ["2, 3, 4"]
    answer = office.post(
        section, {**data, "l-1-sums": "2, 77", "band": "nhiều", "guidance": "Chữ vừa gõ", "act": "save"}
    )
    page = text(answer)
    assert answer.status_code == 422
    for words in ("Bảng không có dòng 77.", "Ghi một số phần trăm", "Chữ vừa gõ", 'value="2, 77"', 'value="nhiều"'):
        assert words in page
    assert schema(own) == before


def test_two_people_at_once_lose_nothing(land: World, office: Client, own: ReportForm) -> None:
    section = reverse("report_forms:section", args=[own.pk, "situation"])
    data = sent_back(text(office.get(section)))
    draft = draft_of(own)
    assert draft is not None
    theirs = attrs.evolve(schema(own), opening="Lời của người kia")
    save_form_draft(actor=land.second, at=NOW, form_id=own.pk, schema=theirs, draft_id=draft.pk, version=draft.version)
    answer = office.post(section, {**data, "guidance": "Lời của tôi", "act": "save"})
    page = text(answer)
    assert answer.status_code == 409
    assert "Người khác vừa sửa mẫu này" in page
    assert "Lời của tôi" in page
    # sending it once more goes through, and keeps what the other one wrote
    assert office.post(section, {**sent_back(page), "act": "save"}).status_code == 302
    now = schema(own)
    assert now.opening == "Lời của người kia"
    assert now.section("situation").guidance == "Lời của tôi"  # type: ignore[union-attr]


def test_changes_are_seen_before_and_after_they_are_used(land: World, office: Client, own: ReportForm) -> None:
    draft = draft_of(own)
    assert draft is not None
    put_form_in_use(actor=land.office, at=NOW, form_id=own.pk, draft_id=draft.pk, version=draft.version)
    outline = reverse("report_forms:outline", args=[own.pk])
    data = sent_back(text(office.get(outline)))
    assert office.post(outline, {**data, "title": "Mẫu mới", "act": "remove:proposals"}).status_code == 302
    page = text(office.get(reverse("report_forms:use", args=[own.pk])))
    assert "Bỏ mục" in page
    assert "Kiến nghị, đề xuất" in page
    assert "Bỏ 1 mục; sửa 1 chi tiết" in page
    draft = draft_of(own)
    assert draft is not None
    stale = {"draft_id": draft.pk, "version": draft.version + 3, "words": "Gọn hơn"}
    answer = office.post(reverse("report_forms:use", args=[own.pk]), stale)
    assert answer.status_code == 409
    assert "Gọn hơn" in text(answer)
    office.post(reverse("report_forms:use", args=[own.pk]), {**stale, "version": draft.version})
    assert [each.state for each in own.versions.all()] == [FormState.IN_USE, FormState.ENDED]
    page = text(office.get(reverse("report_forms:differences", args=[own.pk])))
    assert "Bỏ mục" in page
    assert "Mẫu tỉnh" in page
    answer = office.post(reverse("report_forms:end", args=[own.pk]), {"version": 1})
    assert answer.status_code == 409
    own.refresh_from_db()
    assert office.post(reverse("report_forms:end", args=[own.pk]), {"version": own.version}).status_code == 302
    assert form_in_use(own) is None


def test_a_draft_is_thrown_away(office: Client, own: ReportForm) -> None:
    draft = draft_of(own)
    assert draft is not None
    drop = reverse("report_forms:drop", args=[own.pk])
    office.post(drop, {"draft_id": draft.pk, "version": draft.version + 1})
    assert draft_of(own) is not None
    assert office.post(drop, {"draft_id": draft.pk, "version": draft.version})["Location"] == reverse(
        "report_forms:list"
    )
    assert not ReportForm.objects.filter(pk=own.pk).exists()


def test_body_by_body_tables_take_lines_of_the_form(office: Client, own: ReportForm) -> None:
    outline = reverse("report_forms:outline", args=[own.pk])
    data = sent_back(text(office.get(outline)))
    office.post(outline, {**data, "new_title": "Theo đơn vị", "new_kind": "bodies", "act": "add"})
    section = reverse("report_forms:section", args=[own.pk, "theo_don_vi"])
    assert "take:cases_detected" in text(office.get(section, {"tim": "vu pham toi"}))
    assert "take:budget_spent" not in text(office.get(section, {"tim": "giai ngan"}))
    office.post(section, {**sent_back(text(office.get(section))), "act": "take:cases_detected"})
    made = schema(own).section("theo_don_vi")
    assert made is not None
    assert (made.kind, made.annex, [line.key for line in made.lines]) == (SectionKind.BODIES, True, ["cases_detected"])


def test_problems_have_the_words_of_the_core() -> None:
    assert {code: str(words) for code, words in PROBLEMS.items()} == WORDS
