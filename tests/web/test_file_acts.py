"""Pages of acts on files: what a keeper does with them, what they refuse, that they name nobody outside a visit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import attrs
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.registers.models import MergeCase, Spell, Subject, Transfer
from pcmt.apps.registers.operations.visits import begin_visit
from tests.factories.lives import NOW, ON, file, keeper
from tests.factories.registers import BLOCK
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db

TWIN = attrs.evolve(BLOCK, name="Lo Van Thu", id_number="", phone="", born_on=None)
PAPER = {"title": "Quyết định", "number": "12/QĐ-CAX", "signed_on": "10/7/2026", "decider": "Trưởng Công an cấp xã"}
START = {**PAPER, "on": "10/7/2026", "triggered_on": "10/7/2026"}
PROOF = {"positive_test-number": "3/XN", "positive_test-signed_on": "9/7/2026", "positive_test-decider": "Trạm trưởng"}
PERSON = {"name": "Lò Văn Thử", "sex": "male", "birth_year": "1990", "present_address": "Bản Mẫu 3"}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def here() -> World:
    return world()


def client_of(here: World, key: str = "dong_hoa_police", name: str = "", visit: bool = True) -> Client:
    actor = keeper(here, key, name=name)
    if visit:
        begin_visit(actor=actor, at=NOW, purpose="update", words="")
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def url(name: str, *args: Any) -> str:
    return reverse(f"registers_acts:{name}", args=args)


def test_a_file_is_opened_by_ground_person_and_paper(here: World) -> None:
    client = client_of(here)
    chosen = client.get(url("open"))
    assert chosen.status_code == 200
    assert "can_cu=user.decision" in chosen.content.decode()
    way = f"{url('open')}?can_cu=user.decision&ngay=2026-07-10"
    page = text(client.get(way))
    assert "Điều 24" in page or "Điều" in page
    assert 'value="Trưởng Công an cấp xã"' in client.get(way).content.decode()
    bare = client.post(way, PERSON | START | {"unit": here["dong_hoa"].pk})
    assert bare.status_code == 422
    assert "Cần có: Kết quả xét nghiệm dương tính" in text(bare)
    assert 'value="Lò Văn Thử"' in bare.content.decode()
    assert "<title>Lỗi:" in bare.content.decode()
    done = client.post(way, PERSON | START | PROOF | {"unit": here["dong_hoa"].pk})
    assert done.status_code == 302, text(done)
    subject = Subject.objects.get()
    assert done["Location"] == reverse("registers:file", args=[subject.code])
    assert "Lò" not in done["Location"]


def test_who_may_be_the_same_person_is_shown_by_code_before(here: World) -> None:
    subject = file(here, keeper(here))
    client = client_of(here)
    way = f"{url('open')}?can_cu=user.decision&ngay=2026-07-10"
    typed = PERSON | START | PROOF | {"unit": here["dong_hoa"].pk}
    asked = client.post(way, typed)
    assert asked.status_code == 422
    assert f"{subject.code}: đây là cùng một người" in text(asked)
    assert client.post(way, typed | {"sure": "on"}).status_code == 302
    assert Subject.objects.count() == 2


def test_a_child_needs_a_guardian_on_the_page_too(here: World) -> None:
    client = client_of(here)
    way = f"{url('open')}?can_cu=addict.finding&ngay=2026-07-10"
    answer = client.post(way, PERSON | {"birth_year": "2012"} | START | {"unit": here["dong_hoa"].pk})
    assert answer.status_code == 422
    assert 'id="id_guardian_name_error"' in answer.content.decode()


def test_without_a_visit_nobody_is_named(here: World) -> None:
    subject = file(here, keeper(here))
    client = client_of(here, visit=False)
    for way in (url("open"), url("identity", subject.code)):
        answer = client.get(way)
        assert answer.status_code == 302
        assert reverse("protection:purpose") in answer["Location"]


def test_acts_on_a_status_step_by_step(here: World) -> None:
    subject = file(here, keeper(here))
    spell = subject.spells.get()
    client = client_of(here)
    pause = url("spell", subject.code, spell.pk, "tam-dinh-chi")
    page = client.get(pause).content.decode()
    assert "can_cu=user.detained" in page
    assert "can_cu=user.absent" in page
    way = f"{pause}?can_cu=user.detained&ngay=2026-07-10"
    assert client.get(way).status_code == 200
    late = client.post(way, START | {"version": spell.version + 5})
    assert late.status_code == 409
    assert f'value="{spell.version}"' in late.content.decode()
    assert 'value="12/QĐ-CAX"' in late.content.decode()
    assert client.post(way, START | {"version": spell.version}).status_code == 302
    spell.refresh_from_db()
    assert spell.state == "suspended"
    resume = url("spell", subject.code, spell.pk, "tiep-tuc")
    done = client.post(f"{resume}?can_cu=user.released&ngay=2026-07-10", START | {"version": spell.version})
    assert done.status_code == 302
    end = url("spell", subject.code, spell.pk, "ket-thuc")
    grounds = client.get(end).content.decode()
    assert "user.found_addicted" in grounds
    assert "user.died" not in grounds
    spell.refresh_from_db()
    finding = {"medical_finding-number": "8", "medical_finding-signed_on": "10/7/2026", "medical_finding-decider": "BS"}
    done = client.post(
        f"{end}?can_cu=user.found_addicted&ngay=2026-07-10", START | finding | {"version": spell.version}
    )
    assert done.status_code == 302, text(done)
    assert sorted(Spell.objects.values_list("category", "state")) == [("addict", "active"), ("illegal_user", "ended")]
    assert client.get(url("spell", subject.code, spell.pk, "ket-thuc")).status_code == 404


def test_another_status_death_and_missing(here: World) -> None:
    subject = file(here, keeper(here))
    client = client_of(here)
    assert client.get(url("start", subject.code)).status_code == 200
    way = f"{url('start', subject.code)}?can_cu=released.notice&ngay=2026-07-10"
    assert client.post(way, START).status_code == 302
    subject.refresh_from_db()
    missing = client.get(url("gone", subject.code, "mat-tich"))
    assert "Quyết định tuyên bố mất tích" in missing.content.decode()
    dead = url("gone", subject.code, "chet")
    assert client.post(dead, {"version": subject.version, "on": ""}).status_code == 422
    done = client.post(dead, START | {"version": subject.version, "title": "Trích lục khai tử"})
    assert done.status_code == 302, text(done)
    subject.refresh_from_db()
    assert subject.died_on == ON
    assert client.get(url("gone", subject.code, "khac")).status_code == 404


def test_a_file_is_handed_over_and_accepted(here: World) -> None:
    subject = file(here, keeper(here))
    client = client_of(here)
    typed = START | {"version": subject.version + 1}
    subject.refresh_from_db()
    typed["version"] = subject.version
    unclear = client.post(url("hand-over", subject.code), typed | {"to_unit": "Xã Không Có"})
    assert unclear.status_code == 422
    assert "Không rõ là nơi nào" in text(unclear)
    done = client.post(url("hand-over", subject.code), typed | {"to_unit": "Phường Tây Hòa"})
    assert done.status_code == 302, text(done)
    transfer = Transfer.objects.get()
    going = text(client.get(url("moves")))
    assert subject.code in going
    assert "Rút lại" in going
    receiver = client_of(here, "tay_hoa_police")
    coming = receiver.get(url("moves"))
    assert subject.code in text(coming)
    assert BLOCK.name not in text(coming)
    assert receiver.get(url("return", transfer.pk)).status_code == 200
    assert receiver.post(url("return", transfer.pk), {"version": 1, "reason": ""}).status_code == 422
    assert client.post(url("accept", transfer.pk), {"version": transfer.version}).status_code == 403
    assert receiver.post(url("accept", transfer.pk), {"version": transfer.version}).status_code == 302
    subject.refresh_from_db()
    assert subject.unit == here["tay_hoa"]
    assert client.get(url("hand-over", subject.code)).status_code == 404
    spell = subject.spells.get()
    renew = receiver.get(url("spell", subject.code, spell.pk, "quyet-dinh-moi")).content.decode()
    assert "can_cu=user.moved_remainder" in renew


def test_outside_the_program_a_proof_closes_the_hand_over(here: World) -> None:
    subject = file(here, keeper(here))
    client = client_of(here)
    subject.refresh_from_db()
    typed = START | {"version": subject.version, "to_name": "Xã Bản Xa, Tỉnh Khác"}
    assert client.post(url("hand-over", subject.code), typed).status_code == 302
    transfer = Transfer.objects.get()
    assert client.get(url("prove", transfer.pk)).status_code == 200
    done = client.post(url("prove", transfer.pk), PAPER | {"version": transfer.version, "number": "9/CV"})
    assert done.status_code == 302, text(done)
    assert Spell.objects.get().end_ground == "user.moved"


def test_two_people_join_files_side_by_side(here: World) -> None:
    one, other = file(here, keeper(here)), file(here, keeper(here), block=TWIN, sure=True)
    client = client_of(here)
    queue = text(client.get(url("duplicates")))
    assert one.code in queue
    assert "tên gần giống" in queue
    assert BLOCK.name not in queue
    pair = url("pair", one.code, other.code)
    page = client.get(pair)
    assert page.status_code == 200
    assert "Lò Văn Thử" in text(page)
    assert BLOCK.id_number not in text(page)
    assert "0017" in text(page)
    assert page["Cache-Control"].startswith("no-store")
    done = client.post(pair, {"keep": one.code, "viec": "de-nghi", "version": 0})
    assert done.status_code == 302, text(done)
    assert "Cần một người khác" in text(client.get(pair))
    second = client_of(here, name="second")
    case = MergeCase.objects.get()
    asked = second.post(pair, {"viec": "nhap", "version": case.version, "title": "Biên bản"})
    assert asked.status_code == 422
    assert "Chọn diện nào đúng" in text(asked)
    spell = one.spells.get()
    done = second.post(pair, PAPER | {"viec": "nhap", "version": case.version, "holds-0": spell.pk})
    assert done.status_code == 302, text(done)
    other.refresh_from_db()
    assert other.merged_into == one


def test_the_identity_is_put_right_and_what_was_typed_stays(here: World) -> None:
    subject = file(here, keeper(here))
    subject.refresh_from_db()
    client = client_of(here)
    page = client.get(url("identity", subject.code))
    assert 'value="Lò Văn Thử"' in page.content.decode()
    typed = PERSON | {"name": "Lò Văn Khác", "version": subject.version - 1}
    late = client.post(url("identity", subject.code), typed)
    assert late.status_code == 409
    assert 'value="Lò Văn Khác"' in late.content.decode()
    assert client.post(url("identity", subject.code), typed | {"version": subject.version}).status_code == 302


@pytest.mark.parametrize("role", ["health_officer", "leader", "standing_office", "administrator"])
def test_others_do_none_of_it(here: World, role: str) -> None:
    subject = file(here, keeper(here))
    actor = here.actor("dong_hoa_police", role, on=ON)
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    for way in (url("moves"), url("duplicates"), url("start", subject.code), url("hand-over", subject.code)):
        assert client.get(way).status_code in {403, 404}
