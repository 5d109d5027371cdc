"""Pages of papers, imports and lists: nothing without a visit, the way through each, files named by code and mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.registers.models import Paper, RegisterExport, RegisterImport, Subject
from tests.apps.registers.test_importing import GOOD, changed, workbook
from tests.factories.registers import spell, subject
from tests.factories.world import World
from tests.factories.world import world as make_world

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 9, 7, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


def client_of(land: World, key: str = "dong_hoa_police", role: str = "register_keeper") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


def visiting(land: World) -> Client:
    client = client_of(land)
    client.post(reverse("protection:purpose"), {"purpose": "paper"})
    return client


def managed(land: World) -> Subject:
    made = subject(land["dong_hoa"])
    spell(made, on=date(2026, 7, 6), until=date(2027, 7, 5))
    return made


def test_without_a_visit_every_page_asks_what_for(land: World) -> None:
    client, code = client_of(land), managed(land).code
    for path in (reverse("papers:forms", args=[code]), reverse("papers:export"), reverse("papers:import")):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("protection:purpose"))


def test_a_paper_from_the_form_to_the_signed_file(land: World) -> None:
    client, code = visiting(land), managed(land).code
    listed = client.get(reverse("papers:forms", args=[code]))
    assert "no-store" in listed["Cache-Control"]
    way = re.search(rf'href="([^"]*/{code}/van-ban/lap/D163\.III-09~\d+/)"', listed.content.decode())
    assert way is not None
    assert "D105" not in listed.content.decode()
    wrong = client.post(way[1], {"from_on": "31/2/2026"})
    assert wrong.status_code == 422
    assert 'value="31/2/2026"' in wrong.content.decode()
    made = client.post(way[1], {"from_on": "8/9/2026"})
    assert made.status_code == 302
    page = client.get(made["Location"]).content.decode()
    assert "DỰ THẢO" in page
    assert "LÒ VĂN THỬ" in page
    paper = Paper.objects.get(state="draft")
    assert "LÒ" not in re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0]
    late = client.post(
        made["Location"], {"number": "", "signed_on": "7/9/2026", "decider": "", "version": paper.version}
    )
    assert late.status_code == 422
    told = {"number": "9", "signed_on": "7/9/2026", "decider": "Trưởng Công an", "version": paper.version}
    assert client.post(made["Location"], told).status_code == 302
    paper.refresh_from_db()
    assert paper.number == "9/QĐ-CAX"
    file = client.post(reverse("papers:take", args=[code, paper.pk, "docx"]))
    mark = RegisterExport.objects.get().mark
    assert file["Content-Disposition"] == f'attachment; filename="{code}-{mark}.docx"'
    assert "no-store" in file["Cache-Control"]
    assert client.post(reverse("papers:take", args=[code, paper.pk, "exe"])).status_code == 404
    gone = client.post(reverse("papers:withdraw", args=[code, paper.pk]), {"version": paper.version + 1})
    assert gone.status_code == 302
    assert Paper.objects.get(pk=paper.pk).state == "signed"


def test_changing_a_draft(land: World) -> None:
    client, code = visiting(land), managed(land).code
    way = reverse("papers:draft", args=[code, f"D163.III-07~{Subject.objects.get().spells.get().pk}"])
    made = client.post(way, {"from_on": "8/9/2026", "reason": "Theo Lệnh tạm giam"})
    paper = Paper.objects.get(state="draft")
    change = reverse("papers:change", args=[code, paper.pk])
    page = client.get(change).content.decode()
    assert 'value="08/09/2026"' in page
    assert "Theo Lệnh tạm giam" in page
    assert client.post(change, {"from_on": "9/9/2026", "version": "1"}).status_code == 302
    assert client.post(change, {"from_on": "9/9/2026", "version": "1"}).status_code == 422
    assert "09/09/2026" in client.get(made["Location"]).content.decode()
    assert client.get(reverse("papers:draft", args=[code, "D163.V-53"])).status_code == 404


def test_a_list_from_the_file_to_the_files(land: World) -> None:
    client = visiting(land)
    sheet = SimpleUploadedFile(
        "Danh sach Lo Thi Mau.xlsx", workbook(GOOD, changed(name="Lò Văn Hai", id="34091000999", test=""))
    )
    sent = client.post(reverse("papers:import"), {"file": sheet})
    assert sent.status_code == 302
    page = client.get(sent["Location"]).content.decode()
    assert "Lò Thị Mẫu" in page
    assert "034091000123" not in page
    assert "•0123" in page
    assert "Thiếu căn cứ" in page
    columns = client.get(reverse("papers:import-columns", args=[RegisterImport.objects.get().key]))
    assert columns.status_code == 200
    row = re.findall(r'name="nhap" value="(\d+)"', page)
    assert len(row) == 1
    none = client.post(sent["Location"], {"version": "1"})
    assert none.status_code == 422
    assert client.post(sent["Location"], {"version": "1", "nhap": row}).status_code == 302
    assert Subject.objects.count() == 1
    made = RegisterImport.objects.get()
    marked = client.post(reverse("papers:import-marked", args=[made.key]))
    assert marked["Content-Disposition"].startswith("attachment")
    client.post(reverse("papers:import-finish", args=[made.key]), {"version": made.version})
    over = client.get(sent["Location"]).content.decode()
    assert "Lò" not in over
    wrong = client.post(reverse("papers:import"), {"file": SimpleUploadedFile("x.xlsx", b"nothing")})
    assert wrong.status_code == 422
    assert client.get(reverse("papers:import-template")).content.startswith(b"PK")


@pytest.mark.parametrize("kind", ["print", "docx", "xlsx"])
def test_the_register_list_leaves_marked(land: World, kind: str) -> None:
    managed(land)
    client = visiting(land)
    told = {"tu": "1/7/2026", "den": "7/9/2026", "kieu": kind}
    answer = client.post(reverse("papers:export"), told)
    export = RegisterExport.objects.get()
    assert export.kind == f"list.{kind}"
    if kind == "print":
        page = answer.content.decode()
        assert "Lò Văn Thử" in page
        assert page.count(export.mark) >= 2
    else:
        assert answer["Content-Disposition"] == f'attachment; filename="danh-sach-{export.mark}.{kind}"'
    turned = client.post(reverse("papers:export"), {"tu": "7/9/2026", "den": "1/7/2026", "kieu": kind})
    assert turned.status_code == 422


def test_others_get_nothing(land: World) -> None:
    code = managed(land).code
    officer = client_of(land, role="officer")
    assert officer.get(reverse("papers:import-template")).status_code == 403
    neighbour = client_of(land, "tay_hoa_police")
    neighbour.post(reverse("protection:purpose"), {"purpose": "paper"})
    assert neighbour.get(reverse("papers:forms", args=[code])).status_code == 404
    health = client_of(land, "dong_hoa_clinic", "health_officer")
    health.post(reverse("protection:purpose"), {"purpose": "treatment"})
    assert health.get(reverse("papers:forms", args=[code])).status_code == 404
    assert health.get(reverse("papers:export")).status_code == 403
