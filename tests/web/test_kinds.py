"""Kinds on the pages: looked at by everybody, written by the office that keeps them, without a script."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import Kind, KindState, KindVersion
from pcmt.apps.activities.operations.kinds import copy_kind, load_kinds, retire_kind, save_draft, use_draft
from pcmt.apps.activities.queries.kinds import kinds_for, schema_of
from pcmt.apps.facts.operations import load_catalogue
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import FieldType, KindField, KindSchema
from pcmt.core.schemas.kind_checking import WORDS
from pcmt.web.kinds.words import PROBLEMS
from tests.factories.world import NOW, World, world
from tests.web.test_report_forms import sent_back, text


@pytest.fixture
def land(db: None) -> World:
    load_catalogue()
    load_kinds()
    return world()


@pytest.fixture
def office(land: World, client: Client, settings: Any) -> Client:
    settings.SECOND_FACTOR_ROLES = ()
    client.force_login(User.objects.get(pk=land.office.user_id))
    return client


def post(client: Client, address: str, act: str, **more: Any) -> Any:
    """Press a button of the editor as a browser would, with everything that stands in its boxes."""
    page = text(client.get(address))
    return client.post(address, {**sent_back(page), "act": act, **more})


def test_the_words_of_the_screens_are_those_of_the_core() -> None:
    assert {code: str(words) for code, words in PROBLEMS.items()} == WORDS


def test_a_kind_made_in_the_browser_is_offered_below_and_to_nobody_beside(land: World, office: Client) -> None:
    made = office.post(
        reverse("kinds:add"), {"label": "Thả cá phóng sinh không ma túy", "noun": "event", "group": "Tuyên truyền"}
    )
    kind = Kind.objects.get(office=land.office.unit_id)
    address = reverse("kinds:edit", args=[kind.pk])
    assert made.url == address
    assert kind.code == f"local_{kind.pk}"
    post(office, address, "fadd:whole")
    post(office, address, "save", **{"f-1-label": "Số người dự", "f-1-unit_word": "lượt người", "f-1-quick": "on"})
    found = text(office.get(address, {"tim": "luot nguoi duoc tuyen truyen truc tiep"}))
    assert 'value="take:outreach_people"' in found
    post(office, address, "take:outreach_people")
    refused = post(office, address, "use", **{"f-1-label": "Họ và tên"})
    assert refused.status_code == 422
    assert "Không ghi thông tin cá nhân ở đây" in text(refused)
    assert 'value="Họ và tên"' in text(refused)  # nothing typed is lost
    used = post(office, address, "use", **{"f-1-label": "Số người dự", "c-1-of": "field", "c-1-field": "truong"})
    assert used.url == reverse("kinds:kind", args=[kind.pk]), text(used)
    schema = schema_of(KindVersion.objects.get(kind=kind, state=KindState.IN_USE))
    assert schema.elements == ("outreach_people",)
    assert schema.fields[0].unit_word == "lượt người"
    offered = {name: {each.kind.code for each in kinds_for(actor)} for name, actor in vars_of(land).items()}
    assert kind.code in offered["below"]
    assert kind.code in offered["office"]
    assert kind.code not in offered["beside"]
    shown = office.get(reverse("kinds:kind", args=[kind.pk]))
    assert shown.status_code == 200
    assert kind.label in text(office.get(reverse("kinds:list")))


def test_a_rule_may_always_be_of_one_part(land: World, office: Client) -> None:
    kind = Kind.objects.get(code="school_session")
    copied = office.post(reverse("kinds:copy", args=[kind.pk]))
    mine = Kind.objects.get(office=land.office.unit_id)
    assert copied.status_code == 302
    address = reverse("kinds:edit", args=[mine.pk])
    page = text(office.get(address))
    assert re.search(r'<option value="=school" selected>\s*luôn là: Trường học', page)
    saved = post(office, address, "save", **{"c-6-split": "=office"})
    assert saved.status_code == 302, text(saved)
    draft = KindVersion.objects.filter(kind=mine).latest("number")
    rule = schema_of(draft).counts[5]
    assert (rule.of, rule.part) == ("area", "kind_of_place=office")
    assert "phân tổ Loại địa bàn, cơ sở: Trường học" in text(office.get(reverse("kinds:kind", args=[kind.pk])))


def vars_of(land: World) -> dict[str, Any]:
    return {
        "below": land.actor("dong_hoa_police", "commune_officer"),
        "office": land.office,
        "beside": land.actor("binh_giang_police", "standing_office"),
    }


def test_a_version_in_use_stays_and_differences_are_told(land: World, office: Client) -> None:
    copied = copy_kind(actor=land.office, at=NOW, kind_id=Kind.objects.get(code="hot_spot").pk, label="Điểm riêng")
    assert isinstance(copied, KindVersion)
    used = use_draft(actor=land.office, at=NOW, version_id=copied.pk, version=copied.version)
    assert isinstance(used, KindVersion), used
    body = used.body
    schema = schema_of(used)
    option = attrs.evolve(schema.fields[0].options[0], label="Phức tạp lắm")
    field = attrs.evolve(schema.fields[0], options=(option, *schema.fields[0].options[1:]))
    changed = attrs.evolve(schema, fields=(field, *schema.fields[1:]), help="Mới")
    draft = save_draft(actor=land.office, at=NOW, kind_id=used.kind_id, schema=changed)
    assert isinstance(draft, KindVersion)
    stale = save_draft(actor=land.office, at=NOW, kind_id=used.kind_id, schema=schema)
    assert isinstance(stale, Refusal)
    assert stale.code == "stale"
    assert isinstance(use_draft(actor=land.office, at=NOW, version_id=draft.pk, version=draft.version), KindVersion)
    used.refresh_from_db()
    assert (used.body, used.state) == (body, KindState.ENDED)
    page = text(office.get(reverse("kinds:kind", args=[used.kind_id]), {"voi": "1"}))
    assert "Phức tạp lắm" in page
    assert "<svg" in page
    kind = used.kind
    kind.refresh_from_db()
    refused = retire_kind(
        actor=land.actor("dong_hoa_police", "commune_officer"), at=NOW, kind_id=kind.pk, version=kind.version
    )
    assert isinstance(refused, Refusal)
    assert isinstance(retire_kind(actor=land.office, at=NOW, kind_id=kind.pk, version=kind.version), Kind)
    assert kind.code not in {each.kind.code for each in kinds_for(land.office)}
    page = text(office.get(reverse("kinds:kind", args=[kind.pk])))
    assert "Thôi dùng từ 02/03/2026" in page
    assert "được đếm đến hết ngày 14/03/2026" in page
    assert "Đang dùng" not in page


def test_the_editor_gives_back_every_ready_kind_as_it_was(land: World, office: Client) -> None:
    """What a copy asks, shown in the boxes and sent unchanged, is the same kind: options keep their keys."""
    for code in ("hot_spot", "case_report", "crop_plot"):
        draft = copy_kind(actor=land.office, at=NOW, kind_id=Kind.objects.get(code=code).pk, label=f"Bản {code}")
        assert isinstance(draft, KindVersion)
        post(office, reverse("kinds:edit", args=[draft.kind_id]), "save")
        again = KindVersion.objects.get(pk=draft.pk)
        assert schema_of(again) == schema_of(draft)


def test_ready_kinds_are_copied_never_edited(land: World, office: Client, client: Client) -> None:
    ready = Kind.objects.get(code="broadcast")
    assert office.get(reverse("kinds:edit", args=[ready.pk])).status_code == 404
    field = KindField(key="x", label="X", type=FieldType.TEXT)
    schema = KindSchema(code="", noun=schema_of(ready.versions.get()).noun, label="X", group="Y", fields=(field,))
    refused = save_draft(actor=land.office, at=NOW, kind_id=ready.pk, schema=schema)
    assert isinstance(refused, Refusal)
    assert refused.code == "not_allowed"
    client.force_login(User.objects.get(pk=vars_of(land)["below"].user_id))
    assert client.get(reverse("kinds:add")).status_code == 403
    assert client.get(reverse("kinds:list")).status_code == 200
