"""Pages of care: quick entry row by row, single acts, how often people are tested; who may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.registers.models import Clock, DrugTest, Episode, Pledge, ResidenceCheck, Spell, Support, Team, TestPlan
from pcmt.apps.registers.operations import clocks
from pcmt.apps.registers.persons import PersonBlock
from pcmt.core.law import Category
from tests.factories.registers import spell, subject
from tests.factories.world import World
from tests.factories.world import world as make_world

AT = datetime(2026, 8, 3, 3, tzinfo=UTC)
ON = date(2026, 8, 3)
QUICK = "/ho-so/nhap-nhanh/"
PLANS = "/ho-so/dinh-ky/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


def client_of(land: World, key: str = "dong_hoa_police", role: str = "register_keeper") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role, on=ON).user_id))
    return client


def managed(land: World, key: str = "dong_hoa", *, category: Category = Category.ILLEGAL_USER, **more: Any) -> Spell:
    found = spell(subject(land[key], since=date(2026, 7, 1), **more), category, on=date(2026, 7, 1))
    clocks.lay_recurring(found, at=datetime(2026, 7, 1, 3, tzinfo=UTC))
    return found


def plan(land: World) -> TestPlan:
    return TestPlan.objects.create(
        unit=land["an_binh"], category="illegal_user", months=1, early_days=3, late_days=3, basis="Kế hoạch 01",
        valid_from=date(2026, 1, 1), made_at=AT,
    )  # fmt: skip


def rows(people: list[Spell], **results: Any) -> dict[str, Any]:
    """What the quick entry sends: a row for each, with results by their place."""
    sent: dict[str, Any] = {"on": "3/8/2026"}
    for at, each in enumerate(people):
        row = {"code": each.subject.code, "key": str(uuid4()), "ground": "managed", "sample": "urine", "result": ""}
        sent |= {f"r{at}-{name}": value for name, value in (row | results.get(f"r{at}", {})).items()}
    return sent


def test_quick_entry_saves_each_row_for_itself_and_loses_nothing(land: World) -> None:
    plan(land)
    first = managed(land)
    young = managed(land, block=PersonBlock(name="Lò Thị Bé", born_on=date(2011, 1, 2)))
    people = [first, young, managed(land), managed(land)]
    client = client_of(land)
    page = client.get(QUICK)
    assert page.status_code == 200
    assert [row.person.code for row in page.context["rows"]] == [each.subject.code for each in people]
    assert "Lò" not in page.content.decode()  # no purpose, no names
    sent = rows(
        people,
        r0={"result": "negative"},
        r1={"result": "positive", "sample": "hair", "substances": ["heroin"]},
        r2={"result": "positive", "substances": ["methamphetamine"]},
    )
    answer = client.post(QUICK, sent)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "giám hộ chứng kiến" in told
    assert "Lỗi:" in told
    assert [row.state for row in answer.context["rows"]] == ["saved", "refused", "saved", ""]
    refused = answer.context["rows"][1].form
    assert (refused["sample"].value(), refused["substances"].value()) == ("hair", ["heroin"])
    assert DrugTest.objects.count() == 2
    # What was put right is saved; what was saved before is not in the form any more, and sent again is kept once.
    sent["r1-guardian"] = "on"
    answer = client.post(QUICK, sent, follow=True)
    assert answer.status_code == 200
    assert DrugTest.objects.count() == 3
    assert "3 kết quả" in answer.content.decode()
    assert set(Clock.objects.filter(kind="step").values_list("limit", flat=True)) == {
        "positive_new_decision", "positive_determination",
    }  # fmt: skip
    assert DrugTest.objects.filter(clock__outcome="done").count() == 3


def test_quick_entry_by_code_and_with_a_wrong_day(land: World) -> None:
    person = managed(land)
    there = managed(land, "tay_hoa")
    client = client_of(land)
    assert client.get(QUICK).context["list"].total == 0
    page = client.get(QUICK, {"ma": f"{person.subject.code.lower()} {there.subject.code}"})
    assert [row.person.code for row in page.context["rows"]] == [person.subject.code]
    assert page.context["unknown"] == [there.subject.code]
    wrong = client.post(QUICK, rows([person, there], r0={"result": "negative"}) | {"on": "31/2/2026"})
    assert wrong.status_code == 422
    assert wrong.context["rows"][0].form["result"].value() == "negative"
    assert not DrugTest.objects.exists()
    client.post(QUICK, rows([person, there], r0={"result": "negative"}, r1={"result": "negative"}))
    assert list(DrugTest.objects.values_list("subject__code", flat=True)) == [person.subject.code]


def test_the_same_day_twice_is_asked_for(land: World) -> None:
    person, client = managed(land), client_of(land)
    client.post(QUICK, rows([person], r0={"result": "negative"}))
    again = rows([person], r0={"result": "negative"})
    answer = client.post(QUICK, again)
    assert answer.status_code == 422
    assert 'type="checkbox" name="r0-again"' in answer.content.decode()
    assert client.post(QUICK, again | {"r0-again": "on"}).status_code == 302
    assert DrugTest.objects.count() == 2


def test_single_acts_go_back_to_the_file(land: World) -> None:
    person = managed(land, category=Category.IN_REHAB)
    code, client = person.subject.code, client_of(land)

    def send(page: str, *more: Any, **values: Any) -> Any:
        url = reverse(f"care:{page}", args=[code, *more])
        assert client.get(url).status_code == 200
        answer = client.post(url, {"key": str(uuid4()), "on": "3/8/2026", **values})
        assert answer.status_code == 302, answer.content.decode()[:3000]
        assert answer.url == f"/ho-so/{code}/"
        return answer

    send("test", ground="rehab", sample="urine", result="positive", substances=["heroin"])
    send("residence", found="absent")
    send("episode", kind="rehab", site_name="Trạm Y tế")
    episode = Episode.objects.get()
    send("stage", episode.pk, version=1, stage="detox")
    page = client.get(reverse("care:stage", args=[code, episode.pk]))
    assert page.status_code == 200
    send("episode_end", episode.pk, version=2, outcome="relapsed")
    send("support", kind="loan", amount="20.000.000")
    support = Support.objects.get()
    assert support.amount == 20_000_000
    send("support_end", support.pk, version=1, outcome="finished")
    send("pledge", householder="Lò Văn Chủ")
    send("team", police="Nguyễn Văn Công", police_phone="0900000001", block="Quàng Văn Trưởng")
    team = Team.objects.get()
    assert client.get(reverse("care:team", args=[code])).status_code == 200
    block = team.members.get(part="block")
    send("member", block.pk, name="Lò Thị Phó")
    dossier = Clock.objects.get(limit="open_dossier")
    send("step", dossier.pk, version=dossier.version)
    send("void", "test", DrugTest.objects.get().pk, why="result")
    send("void", "residence", ResidenceCheck.objects.get().pk, why="day")
    assert (DrugTest.objects.get().voided_why, Pledge.objects.count()) == ("Ghi sai kết quả", 1)


def test_what_is_wrong_is_said_and_nothing_is_lost(land: World) -> None:
    person, client = managed(land), client_of(land)
    url = reverse("care:test", args=[person.subject.code])
    answer = client.post(
        url, {"key": str(uuid4()), "on": "9/9/2026", "ground": "caught", "sample": "blood", "result": "negative"}
    )
    assert answer.status_code == 422
    assert "Ngày này chưa tới" in answer.content.decode()
    assert answer.context["form"]["sample"].value() == "blood"


@pytest.mark.parametrize("name", ["test", "residence", "episode", "support", "pledge", "team"])
def test_who_may_not(land: World, name: str) -> None:
    person = managed(land, category=Category.IN_REHAB)
    url = reverse(f"care:{name}", args=[person.subject.code])
    assert client_of(land, "tay_hoa_police").get(url).status_code == 404
    assert client_of(land, "dong_hoa", "leader").get(url).status_code == 403
    treats = client_of(land, "dong_hoa_clinic", "health_officer").get(url).status_code
    assert treats == (200 if name in ("test", "episode") else 403)


def test_health_officers_write_for_nobody_whom_they_do_not_treat(land: World) -> None:
    person = managed(land)
    url = reverse("care:test", args=[person.subject.code])
    assert client_of(land, "dong_hoa_clinic", "health_officer").get(url).status_code == 404


def test_how_often_is_set_for_the_own_area_and_never_called_law(land: World) -> None:
    plan(land)
    keeper = client_of(land)
    page = keeper.get(PLANS)
    assert "Luật không quy định" in page.content.decode()
    line = page.context["lines"][0]
    assert (line.mine, line.unit_name) == (False, "Tỉnh An Bình")
    sent = {"unit": land["dong_hoa"].pk, "category": "illegal_user", "months": "3", "early_days": "7", "late_days": "7",
            "basis": "Kế hoạch 12 của xã", "valid_from": "3/8/2026"}  # fmt: skip
    assert keeper.post(PLANS, sent | {"months": "1", "late_days": "25"}).status_code == 422
    assert keeper.post(PLANS, sent | {"valid_from": "1/8/2026"}).status_code == 422
    assert keeper.post(PLANS, sent | {"unit": land["tay_hoa"].pk}).status_code == 422
    assert keeper.post(PLANS, sent).status_code == 302
    own = TestPlan.objects.get(unit=land["dong_hoa"])
    end = reverse("care:plan_end", args=[own.pk])
    assert client_of(land, "tay_hoa_police").post(end, {"version": 1}).status_code == 403
    assert client_of(land, "dong_hoa", "leader").post(PLANS, sent).status_code == 403
    assert keeper.post(end, {"version": 9}).status_code == 302
    own.refresh_from_db()
    assert own.valid_to is None  # somebody had changed it
    keeper.post(end, {"version": 1})
    own.refresh_from_db()
    assert own.valid_to == ON


def test_keepers_find_the_day_of_their_files_at_home(land: World) -> None:
    managed(land)
    told = client_of(land).get("/").content.decode()
    assert "/ho-so/hom-nay/" in told
    assert "Việc trong hồ sơ quản lý" in told
    assert "Việc trong hồ sơ quản lý" not in client_of(land, "finance", "officer").get("/").content.decode()
