"""The boards: how often in each period and unit, and what has not been reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import EventPlace, EventState
from pcmt.apps.activities.operations.counting import keep_since, mark, recount
from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.targets.models import Measure, Target
from pcmt.apps.targets.operations import confirm_proposals
from pcmt.core.periods import Span
from pcmt.core.periods.calendars import ExpectedWindow
from pcmt.documents import read_grid
from pcmt.web.boards.turns import head_of
from tests.factories.activities import BROADCAST, RAID, SCHOOL, SCHOOL_SESSION, event, kind, place
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.factories.world import NOW, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db

WEEKLY = Words(
    "Phát thanh trên loa truyền thanh 02 lượt/tuần",
    {"kind": "frequency", "comparator": "gte", "value": 2, "unit": "lượt", "frequency": {"n": 2, "per": "week"}},
)
FIRST = date(2026, 2, 2)  # a Monday


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land() -> World:
    found = make_world()
    load_catalogue()
    for schema in (BROADCAST, RAID, SCHOOL, SCHOOL_SESSION):
        kind(schema)
    return found


def client_of(land: World, key: str, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


def weekly(land: World, counts: dict[str, list[int]], *, each: str = "") -> Target:
    """A weekly target of four weeks, and so many broadcasts in each of them, by the communes' keys."""
    whole = land["an_binh"] if each else land["dong_hoa"]
    plan = plan_in_force(land.office, whole, window=(FIRST, date(2026, 3, 29)))
    (target,) = put_in_force(land.office, plan, [WEEKLY], bodies={}, issued=date(2026, 1, 5))
    confirm_proposals(actor=land.office, at=NOW, plan_id=plan.pk, seen={target.pk: 1})
    Measure.objects.filter(target=target).update(each=each, unit=whole)
    for key, numbers in counts.items():
        keep_since(land[key].pk, kind().kind_id, date(2026, 1, 1))
        for week, number in enumerate(numbers):
            for day in range(number):
                event(land[key], on=FIRST + timedelta(days=7 * week + day))
    mark([land[key].pk for key in counts], date(2026, 1, 1), NOW)
    recount(at=NOW)
    return target


def cells(answer: Any, unit: str) -> list[str]:
    """The looks and numbers of a unit's row: `done 2`."""
    page = answer.content.decode()
    row = re.search(rf'<tr[^>]*><th scope="row">{unit}</th>(.*?)</tr>', page, re.DOTALL)
    assert row is not None, unit
    found = re.findall(r'board-cell board-(\w+)"[^>]*>(.*?)<span class="visually-hidden"', row[1], re.DOTALL)
    return [f"{look} {re.sub(r'<[^>]*>|[^0-9]', '', inner)}".strip() for look, inner in found]


def test_the_grid_tells_week_by_week(land: World) -> None:
    target = weekly(land, {"dong_hoa": [2, 1, 3, 0]})
    answer = client_of(land, "an_binh", "leader").get(f"/hoat-dong/tien-do/{target.pk}/")
    assert cells(answer, "Xã Đông Hòa") == [
        "done 2", "short 1", "done 3", "short 0", "running", "ahead", "ahead", "ahead",
    ]  # fmt: skip
    page = answer.content.decode()
    assert "2/4" in page
    assert "Tuần 06/2026: đủ" in page
    assert "tu=02%2F02%2F2026&amp;den=08%2F02%2F2026&amp;loai=broadcast" in page


def test_units_that_did_too_little_come_first(land: World) -> None:
    target = weekly(land, {"dong_hoa": [2, 2, 2, 2], "tay_hoa": [2, 0, 2, 2]}, each="commune")
    page = client_of(land, "an_binh", "leader").get(f"/hoat-dong/tien-do/{target.pk}/").content.decode()
    assert page.index("Phường Tây Hòa") < page.index("Xã Đông Hòa")
    start = client_of(land, "an_binh", "leader").get("/hoat-dong/tien-do/").content.decode()
    assert "02 lượt/tuần" in start
    assert re.search(r"1/\d", start)


def test_a_unit_sees_no_links_to_events_of_others(land: World) -> None:
    target = weekly(land, {"dong_hoa": [2, 2, 2, 2], "tay_hoa": [2, 0, 2, 2]}, each="commune")
    page = client_of(land, "dong_hoa", "officer").get(f"/hoat-dong/tien-do/{target.pk}/").content.decode()
    assert f"don_vi={land['dong_hoa'].pk}&" in page
    assert f"don_vi={land['tay_hoa'].pk}&" not in page


def test_no_more_statements_for_more_weeks_and_units(land: World) -> None:
    target = weekly(land, {"dong_hoa": [2, 2, 2, 2]}, each="commune")
    client = client_of(land, "an_binh", "leader")
    address = f"/hoat-dong/tien-do/{target.pk}/"
    client.get(address)
    with statements() as few:
        client.get(address)
    weekly(land, {"tay_hoa": [1, 1, 1, 1]}, each="commune")
    with statements() as more:
        client.get(address)
    assert len(more) <= len(few)


@pytest.mark.parametrize(
    ("turn", "head"),
    [
        (Span(date(2026, 2, 2), date(2026, 2, 9)), "T6"),
        (Span(date(2026, 2, 15), date(2026, 3, 15)), "3"),
        (Span(date(2025, 12, 15), date(2026, 3, 15)), "Q1"),
        (Span(date(2025, 9, 1), date(2026, 1, 16)), "01/09"),
    ],
)
def test_heads_are_short(turn: Span, head: str) -> None:
    assert head_of(ExpectedWindow(turn.start, turn.end, turn)) == head


def test_other_targets_lead_to_their_page(land: World) -> None:
    plan = plan_in_force(land.office, land["an_binh"])
    count = Words("Bắt giữ 10 vụ", {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ"})
    (target,) = put_in_force(land.office, plan, [count], bodies={}, issued=date(2026, 1, 5))
    answer = client_of(land, "an_binh", "leader").get(f"/hoat-dong/tien-do/{target.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/chi-tieu/{target.pk}/")


def schools(land: World) -> None:
    first, _second = (
        place(land["dong_hoa"], SCHOOL, since=date(2020, 9, 5), name=name) for name in ("Trường Một", "Trường Hai")
    )
    place(land["dong_hoa"], SCHOOL, since=date(2020, 9, 5), name="Trường Cũ", to_on=date(2025, 6, 1))
    for day, state in ((date(2026, 2, 5), EventState.ENTERED), (date(2026, 2, 9), EventState.VOIDED)):
        made = event(land["dong_hoa"], SCHOOL_SESSION, on=day, data={"people": 90}, state=state)
        EventPlace.objects.create(event=made, place=first)


def test_schools_not_reached_come_first_and_can_be_written_at_once(land: World) -> None:
    schools(land)
    officer = client_of(land, "dong_hoa", "officer")
    page = officer.get("/hoat-dong/tien-do/do-phu/school_session/").content.decode()
    assert page.index("Trường Hai") < page.index("Trường Một")
    assert "Trường Cũ" not in page
    assert "<strong>1/2</strong>" in page
    assert "05/02/2026" in page
    [write] = re.findall(
        r'href="(/hoat-dong/ghi/school_session/\?place=\d+)"[^>]*>Ghi<span class="visually-hidden">: Trường Hai', page
    )
    assert re.search(r"<input[^>]*checked[^>]*>\s*Trường Hai", officer.get(write).content.decode())
    assert "Tuyên truyền tại trường học: 1 nơi chưa làm" in page
    leader = client_of(land, "an_binh", "leader").get("/hoat-dong/tien-do/do-phu/school_session/").content.decode()
    assert "Trường Hai" in leader
    assert "/hoat-dong/ghi/" not in leader


def test_communes_not_reached(land: World) -> None:
    event(land["dong_hoa"], on=date(2026, 2, 5))
    event(land["police"], on=date(2026, 2, 7), area=land["dong_hoa"])
    leader = client_of(land, "an_binh", "leader")
    page = leader.get("/hoat-dong/tien-do/do-phu/broadcast/").content.decode()
    assert page.index("Phường Tây Hòa") < page.index("Xã Đông Hòa")
    row = page[page.index("Xã Đông Hòa") :]
    assert ">2<" in row[: row.index("</tr>")]
    assert "07/02/2026" in row
    before = leader.get("/hoat-dong/tien-do/do-phu/broadcast/?thoi_gian=nam-truoc").content.decode()
    assert "07/02/2026" not in before


def test_the_list_is_taken_along_and_noted(land: World) -> None:
    schools(land)
    answer = client_of(land, "dong_hoa", "officer").get("/hoat-dong/tien-do/do-phu/school_session/danh-sach.xlsx")
    grid: Any = read_grid("danh-sach.xlsx", answer.content)
    words = [cell for sheet in grid.sheets for row in sheet.rows for cell in row]
    assert {"Trường Hai", "Trường Một"} <= set(words)
    assert Entry.objects.filter(event="activities.coverage.exported").count() == 1


def test_nothing_to_reach_says_what_to_do(land: World) -> None:
    page = client_of(land, "dong_hoa", "officer").get("/hoat-dong/tien-do/do-phu/school_session/").content.decode()
    assert "Không có nơi nào để đối chiếu" in page
    assert client_of(land, "dong_hoa", "officer").get("/hoat-dong/tien-do/do-phu/nothing/").status_code == 404


def test_strange_words_in_addresses(land: World) -> None:
    target = weekly(land, {"dong_hoa": [2, 1, 3, 0]})
    leader = client_of(land, "an_binh", "leader")
    for words in ("?den=0", "?den=99999", "?den=-1", "?den=x", "?trang=99", "?den=1"):
        assert leader.get(f"/hoat-dong/tien-do/{target.pk}/{words}").status_code == 200
    for words in ("?thoi_gian=x", "?noi=hot_spot", "?trang=x"):
        assert leader.get(f"/hoat-dong/tien-do/do-phu/broadcast/{words}").status_code == 200
