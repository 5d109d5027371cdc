"""Pages of places: who sees which, acts by form, the map without points of what is inside, lists at one price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import EventPlace, Place, PlaceSpell
from pcmt.apps.activities.queries.maps import Dot, Drawn
from pcmt.web.places.drawing import map_of
from tests.factories.activities import CROP, HOT_SPOT, SCHOOL, event, kind, place
from tests.factories.world import NOW, TODAY, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db

BASE = "/hoat-dong/dia-diem/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


def client_of(land: World, key: str = "dong_hoa", role: str = "commune_officer") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def sent(client: Client, address: str, data: dict[str, Any]) -> Any:
    """A form as the page gives it, with what is typed over it."""
    page = client.get(address)
    form = page.context["form"]
    filled = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    shown = {name: form[name].value() for name in filled}
    return client.post(address, {name: value for name, value in {**shown, **data}.items() if value is not None})


def test_a_place_is_opened_moved_and_taken_back_on_the_pages(land: World) -> None:
    kind(CROP)
    client = client_of(land)
    chosen = client.get(f"{BASE}mo/")
    assert "Điểm trồng cây" in text(chosen)
    wrong = sent(client, f"{BASE}mo/?loai=crop_plot", {"f_plant": "", "f_found": "nhiều", "lat": "18,5"})
    assert wrong.status_code == 422
    assert "Ghi cả vĩ độ và kinh độ" in text(wrong)
    assert 'value="nhiều"' in wrong.content.decode()
    right = {"f_plant": "cần sa", "f_found": "1.200", "f_owner": "Bà Mão", "lat": "18,5", "lon": "105,6"}
    wrong = sent(client, f"{BASE}mo/?loai=crop_plot", {**right, "f_found": "nhiều"})
    assert "phải là số nguyên" in text(wrong)
    made = sent(client, f"{BASE}mo/?loai=crop_plot", right)
    found = Place.objects.get()
    assert made.url == f"{BASE}{found.pk}/"
    page = text(client.get(made.url))
    assert "Điểm trồng cần sa" in page
    assert "1.200 m²" in page
    assert "Bà Mão" in page
    moved = sent(client, f"{BASE}{found.pk}/chuyen/?tinh_trang=destroyed", {"f_gone": "1.200", "words": "Đã nhổ"})
    assert moved.status_code == 302
    assert "Đã nhổ" in text(client.get(made.url))
    undone = sent(client, f"{BASE}{found.pk}/lay-lai/", {})
    assert undone.status_code == 302
    found.refresh_from_db()
    assert found.state == "found"
    stale = client.post(f"{BASE}{found.pk}/bo/", {"version": "1", "words": "Nhầm"})
    assert stale.status_code == 422
    assert "Người khác vừa thay đổi" in text(stale)
    corrected = sent(client, f"{BASE}{found.pk}/sua/", {"name": "Rẫy cần sa sau đồi"})
    assert corrected.status_code == 302, text(corrected)
    found.refresh_from_db()
    assert (found.name, str(found.lat), found.data["owner"]) == ("Rẫy cần sa sau đồi", "18.50000", "Bà Mão")
    assert sent(client, f"{BASE}{found.pk}/thoi/", {}).status_code == 422  # not on its first day


def test_inside_things_are_shown_to_who_may_change_them_only(land: World) -> None:
    spot = place(land["dong_hoa"], since=TODAY - DAY, name="Quán Gió", lat="18.6", lon="105.7")
    crop = place(land["dong_hoa"], CROP, since=TODAY - DAY, name="Rẫy Đồi", data={"plant": "lá", "owner": "Bà Mão"})
    keeper, leader = client_of(land), client_of(land, "an_binh", "leader")
    unit = land["dong_hoa"].pk
    pages = ["", "ban-do/", f"ban-do/?xa={unit}", "bien-dong/", f"{crop.pk}/", "?q=quan", "?loai=hot_spot"]
    for address in pages:
        assert "Quán Gió" not in text(leader.get(BASE + address)), address
        assert "Bà Mão" not in text(leader.get(BASE + address)), address
    assert leader.get(f"{BASE}{spot.pk}/").status_code == 404
    assert leader.get(f"{BASE}{spot.pk}/sua/").status_code == 404
    assert leader.get(f"{BASE}{crop.pk}/sua/").status_code == 403
    assert leader.get(f"{BASE}mo/").status_code == 403
    assert leader.get(f"{BASE}{crop.pk}/").status_code == 200
    seen = leader.get(f"{BASE}ban-do/?loai=hot_spot")
    assert seen.context["found"].dots == []
    assert "Quán Gió" in text(keeper.get(f"{BASE}ban-do/?xa={unit}"))
    assert "Bà Mão" in text(keeper.get(f"{BASE}{crop.pk}/"))
    # the numbers count all the same
    flow = next(each for each in leader.get(f"{BASE}bien-dong/").context["flows"] if each.kind.code == "hot_spot")
    assert flow.total.end == 1
    assert client_of(land, "tay_hoa").get(f"{BASE}{crop.pk}/").status_code == 404
    assert client_of(land, "an_binh", "administrator").get(BASE).status_code == 403


def test_what_does_not_add_up_is_named_to_who_may_see_it(land: World) -> None:
    spot = place(land["dong_hoa"], since=TODAY - 40 * DAY, name="Quán Gió")
    PlaceSpell.objects.filter(place=spot).update(to_on=TODAY - 20 * DAY)
    PlaceSpell.objects.create(place=spot, state="reopened", from_on=TODAY + 2 * DAY, made_at=NOW)
    keeper = text(client_of(land).get(f"{BASE}bien-dong/?tu=25/1/2026"))
    assert "Chưa khớp" in keeper
    assert "Nơi không khớp: Quán Gió" in keeper
    leader = text(client_of(land, "an_binh", "leader").get(f"{BASE}bien-dong/?tu=25/1/2026"))
    assert "≠ 1 nơi không khớp" in leader
    assert "Quán Gió" not in leader


def test_a_model_shows_how_it_spread(land: World) -> None:
    first = place(land["dong_hoa"], SCHOOL, since=TODAY - 500 * DAY, name="Cổng trường sạch")
    second = place(land["tay_hoa"], SCHOOL, since=TODAY - 9 * DAY, name="Cổng trường an toàn", follows=first)
    place(land["tay_hoa"], SCHOOL, since=TODAY, name="Ngõ sạch", follows=second)
    page = client_of(land, "police", "standing_office").get(f"{BASE}{second.pk}/")
    spread = page.context["spread"]
    assert [(each.name, each.depth) for each in spread.branches] == [
        ("Cổng trường sạch", 0), ("Cổng trường an toàn", 1), ("Ngõ sạch", 2),
    ]  # fmt: skip
    assert (list(spread.years), spread.sums, spread.total) == ([2024, 2026], [1, 2], 3)
    near = client_of(land, "tay_hoa").get(f"{BASE}{second.pk}/")
    assert "Cổng trường sạch" not in text(near)  # another commune's: not theirs to see


def test_the_map_counts_by_unit_and_shows_one_closely(land: World) -> None:
    land["tay_hoa"].code = "00004"
    land["tay_hoa"].save()
    for lat in ("18.60000", "18.61000"):
        place(land["dong_hoa"], SCHOOL, since=TODAY - 90 * DAY, lat=lat, lon="105.70000")
    place(land["dong_hoa"], SCHOOL, since=TODAY - 5 * DAY, name="Trường mới")
    place(land["tay_hoa"], SCHOOL, since=TODAY - 5 * DAY, state="closed")
    event(land["dong_hoa"], on=TODAY, lat="18.62000", lon="105.71000", title="Phát thanh thử")
    client = client_of(land, "police", "standing_office")
    page = client.get(f"{BASE}ban-do/")
    rows = {row.area: (row.total, row.placed) for row in page.context["drawn"].rows}
    assert rows == {"Xã Đông Hòa": (3, True), "Phường Tây Hòa": (1, True)}
    assert [mark.look for mark in page.context["drawn"].marks] == ["standing", "gone"]
    before = client.get(f"{BASE}ban-do/?den=1/2/2026").context["drawn"]
    assert (before.total, len(before.rows)) == (2, 1)
    gone = client.get(f"{BASE}ban-do/?tinh_trang=gone").context["drawn"]
    assert gone.total == 1
    near = client.get(f"{BASE}ban-do/?xa={land['dong_hoa'].pk}")
    assert near.context["drawn"].unplaced == 1
    assert "Trường mới" in text(near)
    assert f"{BASE}{Place.objects.first().pk}/" in near.content.decode()
    events = client.get(f"{BASE}ban-do/?loai=~&xa={land['dong_hoa'].pk}")
    assert "Phát thanh thử" in text(events)
    assert client.get(f"{BASE}ban-do/?xa=99999").status_code == 404
    assert client.get(f"{BASE}ban-do/?xa=abc&den=khong").status_code == 200


def test_marks_keep_to_the_frame_and_the_largest_lie_below() -> None:
    dots = [
        Dot(1, "Xã Một", "standing", 9, 8.6, 114.4), Dot(1, "Xã Một", "gone", 1, 8.6, 114.4),
        Dot(2, "Xã Hai", "standing", 400, 23.3, 102.3), Dot(3, "Xã Ba", "watched", 2, None, None),
    ]  # fmt: skip
    drawn = map_of(Drawn(dots, [(16.0, 106.0)]), close=False)
    assert [mark.count for mark in drawn.marks] == [400, 9, 1]
    height = float(drawn.height)
    for mark in drawn.marks:
        assert 0 < float(mark.x) < 400
        assert 0 < float(mark.y) < height
    assert drawn.unplaced == 2
    assert not next(row for row in drawn.rows if row.area == "Xã Ba").placed


def test_a_thousand_places_cost_as_much_as_ten(land: World) -> None:
    keeper = client_of(land, "police", "standing_office")
    version = kind(SCHOOL)

    def fill(start: int, many: int) -> None:
        made = Place.objects.bulk_create(
            Place(
                kind=version.kind, kind_version=version, area=land["dong_hoa"], body=land["dong_hoa"], state="working",
                name=f"Trường {at}", search_key=f"truong {at}", from_on=TODAY - 9 * DAY, made_at=NOW, lat="18.6",
                lon=f"105.{at:05d}",
            )
            for at in range(start, start + many)
        )  # fmt: skip
        PlaceSpell.objects.bulk_create(
            PlaceSpell(place=each, state="working", from_on=each.from_on, made_at=NOW) for each in made
        )

    fill(0, 10)
    addresses = [BASE, f"{BASE}ban-do/", f"{BASE}ban-do/?xa={land['dong_hoa'].pk}", f"{BASE}bien-dong/"]
    keeper.get(BASE)
    asked: list[list[int]] = []
    for many in (0, 990):
        fill(10, many)
        round_: list[int] = []
        for address in addresses:
            with statements() as queries:
                answer = keeper.get(address)
            assert len(answer.content) < 300_000, address
            round_.append(len(queries))
        asked.append(round_)
    assert asked[0] == asked[1]


def test_events_and_pictures_of_a_place_stand_on_its_page(land: World) -> None:
    school = place(land["dong_hoa"], SCHOOL, since=TODAY - 40 * DAY)
    held = event(land["dong_hoa"], on=TODAY - DAY, title="Nói chuyện đầu tuần")
    secret = event(land["dong_hoa"], HOT_SPOT, on=TODAY, title="Việc nội bộ")
    for each in (held, secret):
        EventPlace.objects.create(event=each, place=school)
    page = text(client_of(land).get(f"{BASE}{school.pk}/"))
    assert "Nói chuyện đầu tuần" in page
    assert "Việc nội bộ" in page
    other = text(client_of(land, "an_binh", "leader").get(f"{BASE}{school.pk}/"))
    assert "Nói chuyện đầu tuần" in other
    assert "Việc nội bộ" not in other
