"""The pages of protection, and that nothing a session leaves behind names anybody."""

from __future__ import annotations

import io
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.registers.models import BreakGlass, DataRequest, LegalHold, Subject, Visit
from tests.factories.guarding import SECRET, dump, leaks, life, sessions
from tests.factories.lives import ON, at_noon, keeper
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
AT = at_noon(ON) + timedelta(hours=1)


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def person(here: World) -> Any:
    made = life(here, keeper(here))
    with time_machine.travel(AT, tick=False):
        yield made


def signed_in(here: World, unit: str, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=here.actor(unit, role, on=ON).user_id))
    return client


def said(client: Client, purpose: str = "request", to: str = "/bao-ve-ho-so/") -> Any:
    return client.post("/ho-so/muc-dich/", {"purpose": purpose, "words": "", "tiep": to})


def test_the_purpose_is_asked_once_and_leads_back(here: World, person: Subject) -> None:
    client = signed_in(here, "police", "register_keeper")
    own = f"/bao-ve-ho-so/{person.code}/ban-cho-nguoi-do/"
    asked: Any = client.get(own)
    assert asked.status_code == 302
    page = client.get(asked["Location"])
    assert "Xem hồ sơ để làm gì?" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    back = re.findall(r'name="tiep" value="([^"]+)"', page.content.decode())[0]
    assert back == own
    assert said(client, to=back)["Location"] == own
    assert "còn <span data-left>30</span> phút" in client.get(own).content.decode()
    assert client.get("/ho-so/muc-dich/con-lai/").json() == {"left": 1800}
    with time_machine.travel(AT + timedelta(minutes=30), tick=False):
        assert client.get(own).status_code == 302
    assert said(client, to="https://elsewhere.example/")["Location"] == "/ho-so/"
    assert client.post("/ho-so/muc-dich/ket-thuc/").status_code == 302
    assert client.get("/ho-so/muc-dich/con-lai/").json() == {"left": 0}


def test_a_number_in_the_words_is_refused_and_nothing_typed_is_lost(here: World, person: Subject) -> None:
    client = signed_in(here, "police", "register_keeper")
    answer = client.post("/ho-so/muc-dich/", {"purpose": "due", "words": "công văn 091191004728"})
    assert answer.status_code == 422
    assert "công văn 091191004728" in answer.content.decode()
    assert client.post("/ho-so/muc-dich/", {"purpose": "", "words": ""}).status_code == 422
    assert signed_in(here, "dong_hoa", "officer").get("/ho-so/muc-dich/").status_code == 403


def test_glass_from_the_form_to_the_review(here: World, person: Subject) -> None:
    BreakGlass.objects.all().delete()
    office = signed_in(here, "police", "standing_office")
    new = "/bao-ve-ho-so/mo-khan-cap/moi/"
    short = office.post(new, {"sought": person.code, "reason": "gấp"})
    assert short.status_code == 422
    assert "ít nhất 20 ký tự" in short.content.decode()
    reason = "Cháu bé ở nhà một mình, cần tìm người giám hộ ngay"
    sent: Any = office.post(new, {"sought": SECRET.id_number, "reason": reason})
    row = BreakGlass.objects.get()
    assert sent["Location"] == f"/bao-ve-ho-so/mo-khan-cap/{row.pk}/"
    assert SECRET.id_number not in sent["Location"]
    assert "Đóng hồ sơ" in office.get(sent["Location"]).content.decode()
    reviewer = signed_in(here, "dong_hoa_police", "register_keeper")
    assert person.code in reviewer.get("/bao-ve-ho-so/mo-khan-cap/").content.decode()
    page = reviewer.get(sent["Location"]).content.decode()
    assert "Ghi kết luận" in page
    typed = {"version": row.version, "verdict": "justified", "words": "Đúng là cấp bách"}
    assert reviewer.post(sent["Location"], typed).status_code == 302
    again = reviewer.post(sent["Location"], typed, follow=True)  # said once
    assert "đã có người xem xét" in again.content.decode()
    assert "Đúng quy định" in office.get(sent["Location"]).content.decode()
    stranger = signed_in(here, "tay_hoa_police", "register_keeper")
    assert stranger.get(sent["Location"]).status_code == 404


def test_holds_requests_and_the_own_page(here: World, person: Subject) -> None:
    client = signed_in(here, "dong_hoa_police", "register_keeper")
    at = f"/bao-ve-ho-so/{person.code}/"
    assert client.post(f"{at}luu-giu/", {"basis": "9/CV-TA", "from_on": "01/07/2026"})["Location"] == at  # type: ignore[index]
    hold = LegalHold.objects.latest("pk")
    assert client.post(f"/bao-ve-ho-so/luu-giu/{hold.pk}/thoi/").status_code == 302
    key = "6f0f7b5e-7d3b-4a52-9a7e-0d1c2b3a4f5e"
    asked = {"key": key, "kind": "restrict", "received_on": "10/07/2026", "words": "Đừng dùng hồ sơ của tôi"}
    assert client.post(f"{at}yeu-cau/", {**asked, "received_on": "mai"}).status_code == 422
    assert client.post(f"{at}yeu-cau/", asked).status_code == 302
    row = DataRequest.objects.get(key=key)
    base = f"/bao-ve-ho-so/yeu-cau/{row.pk}/"
    assert client.post(f"{base}tra-loi/", {"version": 1, "on": "10/07/2026"}).status_code == 302
    assert client.post(f"{base}gia-han/", {"version": 1, "to": "30/07/2026", "words": "x"}).status_code == 409
    assert client.post(f"{base}xong/", {"version": 2, "done": "1", "words": ""}).status_code == 302
    page = client.get(at)
    assert "Đang hạn chế xử lý" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.post(f"{at}thoi-han-che/").status_code == 302
    said(client, "due")
    assert client.post(f"{at}ban-cho-nguoi-do/").status_code == 409
    said(client, "request")
    own = client.post(f"{at}ban-cho-nguoi-do/").content.decode()
    assert SECRET.name in own
    assert "Người giữ hồ sơ quản lý" in own
    assert "no-store" in page["Cache-Control"]
    assert SECRET.name not in re.findall(r"<title>(.*?)</title>", own)[0]


def test_auditors_see_the_log_by_code_and_nothing_of_the_person(here: World, person: Subject) -> None:
    client = signed_in(here, "an_binh", "auditor")
    page = client.get(f"/bao-ve-ho-so/{person.code}/").content.decode()
    assert "Thực hiện việc đến hạn" in page
    assert "Nhận yêu cầu" not in page
    assert not leaks(page)
    assert client.get("/bao-ve-ho-so/").status_code == 200
    assert client.get(f"/bao-ve-ho-so/{person.code}/luu-giu/").status_code == 403
    assert signed_in(here, "an_binh", "leader").get(f"/bao-ve-ho-so/{person.code}/").status_code == 404


def test_a_session_leaves_no_name_behind(here: World, person: Subject) -> None:
    """Everything the server wrote while people worked: log, letters, and every table (acts, notices, jobs, cache)."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        client = signed_in(here, "dong_hoa_police", "register_keeper")
        said(client, "request")
        at = f"/bao-ve-ho-so/{person.code}/"
        for path in ("/bao-ve-ho-so/", at, f"{at}ban-cho-nguoi-do/", "/bao-ve-ho-so/mo-khan-cap/"):
            assert client.get(path).status_code == 200, path
        assert SECRET.name in client.post(f"{at}ban-cho-nguoi-do/").content.decode()
        leader = signed_in(here, "an_binh", "leader")
        for sought in (SECRET.id_number, "091 000 000 001"):
            typed = {"sought": sought, "reason": "Xác minh gấp cho bệnh viện tỉnh đêm nay"}
            leader.post("/bao-ve-ho-so/mo-khan-cap/moi/", typed)
        client.get(f"{at}khong-co/")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert Visit.objects.count() == 2
    found = {
        "log": leaks(heard.getvalue()),
        "letters": [each for letter in mail.outbox for each in leaks(letter.message().as_string())],
        "tables": leaks(dump()),
        "sessions": leaks(sessions()),
    }
    assert found == {"log": [], "letters": [], "tables": [], "sessions": []}
