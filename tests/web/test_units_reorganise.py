"""The steps in which a reorganisation is prepared: nothing typed is lost, problems stand where they were typed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import attrs
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, Role, User
from pcmt.apps.units.functions import function_label
from pcmt.apps.units.models import Reorganisation, ReorganisationState, Succession, Unit, UnitFunction, holds_on
from pcmt.apps.units.operations import NewUnit, create_units
from tests.web.counting import statements

pytestmark = pytest.mark.django_db

AT = timezone.now()
TODAY = timezone.localdate()
LATER = TODAY + timedelta(days=40)
LIST = "/don-vi/sap-xep/"
REHAB = function_label("rehab_management")
GROUND = "Nghị quyết số 12/NQ-HĐND ngày 05/01/2026"


@attrs.frozen
class Land:
    """A province with a district of three communes, each with its police, and two departments."""

    units: dict[str, Unit]
    users: dict[str, User]

    def client(self, name: str = "office") -> Client:
        client = Client()
        client.force_login(self.users[name])
        return client

    def pk(self, key: str) -> str:
        return str(self.units[key].pk)


def place(key: str, name: str, level: str, parent: str | None = None, **more: Any) -> NewUnit:
    return NewUnit(key=key, name=name, kind="administrative", level=level, parent=parent, **more)


def body(key: str, name: str, parent: str, level: str = "commune") -> NewUnit:
    return NewUnit(key=key, name=name, kind="agency", level=level, parent=parent)


@pytest.fixture
def land() -> Land:
    rows = [
        place("north", "Tỉnh Bắc Sơn", "province", code="91"),
        place("far", "Tỉnh Nam Hải", "province", code="92"),
        place("far_commune", "Xã Xa", "commune", "far", code="92001"),
        body("police", "Công an tỉnh Bắc Sơn", "north", "province"),
        body("labour", "Sở Lao động tỉnh Bắc Sơn", "north", "province"),
        place("town", "Huyện Cửa Đông", "district", "north", code="911"),
        place("a", "Xã An Thủy", "commune", "town", code="91001"),
        place("b", "Xã Bình Sa", "commune", "town", code="91002"),
        place("c", "Xã Cát Vàng", "commune", "town", code="91003"),
        body("pa", "Công an xã An Thủy", "a"),
        body("pb", "Công an xã Bình Sa", "b"),
        body("pc", "Công an xã Cát Vàng", "c"),
    ]
    units = create_units(actor=None, at=AT, rows=rows)
    UnitFunction.objects.create(unit=units["labour"], function="rehab_management")
    users = {}
    for name, role, unit in (
        ("office", Role.STANDING_OFFICE, "police"),
        ("second", Role.STANDING_OFFICE, "police"),
        ("officer", Role.OFFICER, "labour"),
        ("leader", Role.LEADER, "north"),
    ):
        users[name] = User.objects.create(username=name, full_name=f"Người {name}")
        Grant.objects.create(user=users[name], role=role, unit=units[unit])
    return Land(units, users)


def plain(answer: HttpResponse) -> str:
    html = unescape(answer.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") :]).split())


def started(client: Client, **typed: str) -> str:
    """Begin one; the address of its steps."""
    answer = client.post(f"{LIST}moi/", typed)
    assert answer.status_code == 302
    return answer.headers["Location"].removesuffix("0/viec/")


def walk(client: Client, base: str, number: int, *steps: dict[str, Any]) -> HttpResponse:
    """Send the steps of one event, in order; the answer to the last."""
    answer = HttpResponse()
    for name, typed in zip(("viec", "don-vi", "thanh-gi"), steps, strict=False):
        answer = client.post(f"{base}{number}/{name}/", typed)
    return answer


def merger(land: Land, *, name: str = "Phường Cửa Đông", units: tuple[str, ...] = ("a", "b", "c"), **more: Any) -> Any:
    into = {"into": "new", "name": name, "code": "91999", "along-shown": "1", "along": ["Công an|agency|commune"]}
    return {"kind": "merger"}, {"units": [land.pk(key) for key in units]}, into | more


def head(on: date = LATER, **more: str) -> dict[str, str]:
    return {"on": f"{on:%d/%m/%Y}", "title": "Sắp xếp huyện Cửa Đông", "ground": GROUND} | more


def planned(client: Client, land: Land, *, on: date = LATER, **more: Any) -> Reorganisation:
    base = started(client)
    assert walk(client, base, 0, *merger(land, **more)).status_code == 302
    assert client.post(f"{base}ngay/", head(on)).status_code == 302
    assert client.get(f"{base}xem-truoc/").status_code == 200
    answer = client.post(f"{base}xem-truoc/", {"do": "plan"})
    assert answer.status_code == 302, plain(answer)
    return Reorganisation.objects.order_by("-pk")[0]


def test_three_communes_merge_with_their_police(land: Land) -> None:
    client = land.client()
    base = started(client)
    assert walk(client, base, 0, *merger(land)).headers["Location"] == f"{base}ngay/"
    said = plain(client.get(f"{base}ngay/"))
    assert "Nhập xã An Thủy, xã Bình Sa, xã Cát Vàng thành phường Cửa Đông" in said
    assert "kèm 1 loại cơ quan bên dưới cũng nhập lại Công an phường Cửa Đông" in said
    client.post(f"{base}ngay/", head())
    preview = plain(client.get(f"{base}xem-truoc/"))
    assert "Số liệu của xã An Thủy, xã Bình Sa, xã Cát Vàng cộng lại thành số liệu của phường Cửa Đông." in preview
    assert "Trước 6" in preview
    assert "Xã An Thủy 91001 kết thúc" in preview
    assert "Phường Cửa Đông 91999 mới" in preview
    assert f"Hủy được cho tới hết ngày trước {LATER:%d/%m/%Y}" in preview
    answer = client.post(f"{base}xem-truoc/", {"do": "plan"})
    row = Reorganisation.objects.get()
    assert answer.headers["Location"].startswith(f"{LIST}{row.pk}/")
    receipt = plain(client.get(answer.headers["Location"]))
    assert "Đã lập. Mọi thứ chuyển theo vào ngày" in receipt
    assert GROUND in receipt
    assert "Xã An Thủy thuộc Huyện Cửa Đông kết thúc kế thừa: Phường Cửa Đông" in receipt
    new = Unit.objects.get(name="Phường Cửa Đông")
    assert (new.valid_from, new.code) == (LATER, "91999")
    assert Succession.objects.filter(new=new, on=LATER).count() == 3
    assert Unit.objects.get(name="Công an phường Cửa Đông").links_up.get().parent == new
    # the prepared one is gone, the planned one is listed with the days left, also on the units' own pages
    assert "Bạn đang soạn" not in plain(client.get(LIST))
    assert "còn 40 ngày" in plain(client.get(LIST))
    story = plain(client.get(f"/don-vi/{new.pk}/dien-bien/?ngay={LATER}"))
    assert f"Thành lập trên cơ sở: Xã An Thủy Xã Bình Sa Xã Cát Vàng Căn cứ: {GROUND}" in story
    assert "Xã An Thủy" in plain(client.get(f"/don-vi/?mo={land.pk('town')}"))
    assert "Xã An Thủy" not in plain(client.get(f"/don-vi/?mo={land.pk('town')}&ngay={LATER}"))


def test_a_planned_one_is_cancelled_with_a_reason_until_the_day(land: Land) -> None:
    client = land.client()
    row = planned(client, land)
    address = f"{LIST}{row.pk}/"
    refused = client.post(f"{address}huy/", {"reason": " "})
    assert refused.status_code == 422
    assert "Nhập lý do hủy" in plain(refused)
    answer = client.post(f"{address}huy/", {"reason": "Chờ nghị quyết mới"}, follow=True)
    assert "Đã hủy “Sắp xếp huyện Cửa Đông”" in plain(answer)
    assert "Chờ nghị quyết mới" in plain(answer)
    assert not Unit.objects.filter(name="Phường Cửa Đông").exists()
    assert "phường Cửa Đông" in plain(client.get(address))  # it still says what it would have been
    assert 'id="huy"' not in client.get(address).content.decode()
    assert "Chờ nghị quyết mới" in plain(client.get(LIST))


def test_what_has_begun_cannot_be_cancelled(land: Land) -> None:
    client = land.client()
    row = planned(client, land, on=TODAY)
    assert row.state == ReorganisationState.CARRIED_OUT
    assert "Đã lập và thực hiện ngay" in plain(client.get(f"{LIST}{row.pk}/?vua_lap=1"))
    answer = client.post(f"{LIST}{row.pk}/huy/", {"reason": "Đổi ý"})
    assert answer.status_code == 409
    assert "không hủy được nữa" in plain(answer)


def test_a_commune_is_split_with_shares_and_what_is_below(land: Land) -> None:
    client = land.client()
    base = started(client)
    walk(client, base, 0, {"kind": "division"}, {"units": land.pk("c")})
    step = f"{base}0/thanh-gi/"
    typed = {
        "parts": "2", "basis": "area", "heir": "1", f"child-{land.pk('pc')}": "1",
        "part0-into": "new", "part0-name": "Xã Cát Đông", "part0-measure": "12,5",
        "part1-into": "new", "part1-name": "Xã Cát Tây", "part1-code": "91777", "part1-measure": "37,5",
    }  # fmt: skip
    # a part more, counted again, a part less: what was typed stays
    assert client.post(step, typed | {"do": "more"}).headers["Location"].startswith(step)
    shown = client.get(step).content.decode()
    assert 'value="Xã Cát Tây"' in shown
    assert 'name="part2-into"' in shown
    assert "25,0 %" in shown
    client.post(step, typed | {"parts": "3", "part2-into": "self", "part2-measure": "1", "do": "less:0"})
    shown = client.get(step).content.decode()
    assert 'name="part0-name" value="Xã Cát Tây"' in shown
    assert 'name="part2-into"' not in shown
    assert client.post(step, typed).headers["Location"] == f"{base}ngay/"
    client.post(f"{base}ngay/", head())
    said = plain(client.get(f"{base}xem-truoc/"))
    assert "Số liệu của xã Cát Vàng chia: xã Cát Đông 25%; xã Cát Tây 75%." in said
    assert client.post(f"{base}xem-truoc/", {"do": "plan"}).status_code == 302
    rows = Succession.objects.filter(old=land.units["c"]).order_by("new__name")
    assert [(row.new.name, row.measure, row.heir) for row in rows] == [
        ("Xã Cát Tây", 3, True),
        ("Xã Cát Đông", 1, False),
    ]
    police = land.units["pc"].links_up.filter(valid_from=LATER).get()
    assert police.parent.name == "Xã Cát Tây"


def test_a_split_says_what_is_wrong_where_it_was_typed(land: Land) -> None:
    client = land.client()
    base = started(client)
    walk(client, base, 0, {"kind": "division"}, {"units": land.pk("c")})
    typed = {
        "parts": "2", "basis": "area", "heir": "0", f"child-{land.pk('pc')}": "0",
        "part0-into": "new", "part0-name": "", "part0-measure": "nhiều",
        "part1-into": "standing", "part1-measure": "-1",
    }  # fmt: skip
    answer = client.post(f"{base}0/thanh-gi/", typed)
    assert answer.status_code == 422
    said = plain(answer)
    for words in ("Nhập tên đơn vị mới", "Ghi bằng số", "Tìm và chọn đơn vị nhận phần này"):
        assert words in said
    assert 'value="nhiều"' in answer.content.decode()
    # shares of nothing: the engine says it
    typed |= {"part0-name": "Xã Cát Đông", "part0-measure": "0", "part1-into": "self", "part1-measure": "0"}
    answer = client.post(f"{base}0/thanh-gi/", typed)
    assert answer.status_code == 422
    assert "phải là số dương" in plain(answer)


def test_a_district_ends_a_unit_is_renamed_another_moves(land: Land) -> None:
    client = land.client()
    base = started(client)
    walk(client, base, 0, {"kind": "dissolution"}, {"units": land.pk("town")}, {"other": land.pk("north")})
    client.post(f"{base}them/")
    walk(client, base, 1, {"kind": "renaming"}, {"units": land.pk("a")}, {"name": "Phường An Thủy", "short": "An Thủy"})
    client.post(f"{base}ngay/", head())
    said = plain(client.get(f"{base}xem-truoc/"))
    assert "Huyện Cửa Đông kết thúc hoạt động, tỉnh Bắc Sơn nhận việc còn lại" in said
    assert "Đổi tên xã An Thủy thành Phường An Thủy" in said
    client.post(f"{base}xem-truoc/", {"do": "plan"})
    row = Reorganisation.objects.get()
    assert row.kind == "several"
    after = plain(client.get(f"/don-vi/?mo={land.pk('north')}&ngay={LATER}"))
    assert "Phường An Thủy" in after
    assert "Huyện Cửa Đông" not in after
    # before the day it has its old name, and is found by the new one
    assert "Xã An Thủy" in plain(client.get(f"/don-vi/{land.pk('a')}/"))
    assert f"từ {LATER:%d/%m/%Y} là “Phường An Thủy”" in plain(client.get("/don-vi/?q=phuong+an+thuy"))
    story = plain(client.get(f"/don-vi/{land.pk('a')}/dien-bien/"))
    assert "Đổi tên từ “Xã An Thủy” thành “Phường An Thủy”" in story
    assert "Chuyển sang trực thuộc tỉnh Bắc Sơn" in story


def test_units_move_and_a_function_goes_over(land: Land) -> None:
    client = land.client()
    base = started(client)
    walk(client, base, 0, {"kind": "move"}, {"units": [land.pk("b"), land.pk("c")]}, {"other": land.pk("north")})
    client.post(f"{base}them/")
    step = {"units": land.pk("police"), "function": "rehab_management"}
    answer = walk(client, base, 1, {"kind": "transfer"}, step)
    assert answer.status_code == 422
    assert "“Công an tỉnh Bắc Sơn” không có chức năng này. Đang có: chưa ghi chức năng nào" in plain(answer)
    step = {"units": land.pk("labour"), "function": "rehab_management"}
    assert walk(client, base, 1, {"kind": "transfer"}, step, {"other": land.pk("police")}).status_code == 302
    client.post(f"{base}ngay/", head())
    said = plain(client.get(f"{base}xem-truoc/"))
    assert f"Chuyển chức năng “{REHAB}” từ Sở Lao động tỉnh Bắc Sơn sang Công an tỉnh Bắc Sơn" in said
    client.post(f"{base}xem-truoc/", {"do": "plan"})
    held = UnitFunction.objects.filter(holds_on(LATER), function="rehab_management")
    assert [row.unit for row in held] == [land.units["police"]]
    page = plain(client.get(f"/don-vi/{land.pk('police')}/dien-bien/"))
    assert f"Nhận chức năng “{REHAB}” từ: Sở Lao động tỉnh Bắc Sơn" in page
    assert f"Chuyển chức năng “{REHAB}” cho: Công an tỉnh Bắc Sơn" in plain(
        client.get(f"/don-vi/{land.pk('labour')}/dien-bien/")
    )
    overview = plain(client.get(f"/don-vi/{land.pk('labour')}/"))
    assert f"{REHAB} đến trước {LATER:%d/%m/%Y}" in overview


def test_into_one_that_stands_its_body_takes_the_others_in(land: Land) -> None:
    client = land.client()
    row = planned(client, land, into=land.pk("b"), name="", units=("a", "b"))
    assert row.made == {}
    assert Succession.objects.get(old=land.units["pa"]).new == land.units["pb"]
    assert Succession.objects.get(old=land.units["a"]).new == land.units["b"]


def test_bodies_do_not_go_along_where_nothing_was_ticked(land: Land) -> None:
    planned(land.client(), land, along=[])
    assert not Succession.objects.filter(old=land.units["pa"]).exists()
    assert land.units["pa"].links_up.filter(valid_from=LATER).get().parent.name == "Phường Cửa Đông"


def test_units_are_picked_by_words_button_by_button(land: Land) -> None:
    client = land.client()
    base = started(client)
    client.post(f"{base}0/viec/", {"kind": "merger"})
    step = f"{base}0/don-vi/"
    client.post(step, {"units": land.pk("a"), "units_q": "binh sa", "do": "find:units"})
    shown = client.get(step).content.decode()
    assert f'value="add:units:{land.pk("b")}"' in shown
    assert f'value="drop:units:{land.pk("a")}"' in shown  # what was chosen before stays
    client.post(step, {"units": land.pk("a"), "units_q": "binh sa", "do": f"add:units:{land.pk('b')}"})
    client.post(step, {"units": [land.pk("a"), land.pk("b")], "do": f"drop:units:{land.pk('a')}"})
    shown = client.get(step).content.decode()
    assert f'value="drop:units:{land.pk("b")}"' in shown
    assert f'value="drop:units:{land.pk("a")}"' not in shown
    piece = client.get(f"{LIST}tim/", {"ten": "units", "units_q": "91003", "units": land.pk("b")})
    assert f'value="add:units:{land.pk("c")}"' in piece.content.decode()


def test_from_a_units_page_it_is_chosen_already(land: Land) -> None:
    client = land.client()
    assert "Sắp xếp đơn vị này" in plain(client.get(f"/don-vi/{land.pk('a')}/"))
    base = started(client, don_vi=land.pk("a"))
    client.post(f"{base}0/viec/", {"kind": "renaming"})
    assert f'value="drop:units:{land.pk("a")}"' in client.get(f"{base}0/don-vi/").content.decode()


def test_what_cannot_be_is_said_at_its_step(land: Land) -> None:
    client = land.client()
    base = started(client)
    assert client.post(f"{base}0/viec/", {}).status_code == 422
    assert client.get(f"{base}0/don-vi/").headers["Location"] == f"{base}0/viec/"
    answer = walk(client, base, 0, {"kind": "merger"}, {})
    assert "Tìm và chọn đơn vị" in plain(answer)
    answer = walk(client, base, 0, {"kind": "merger"}, {"units": [land.pk("a"), land.pk("far_commune")]})
    assert "trong địa bàn mà cơ quan bạn phục vụ" in plain(answer)
    answer = walk(client, base, 0, *merger(land, name=" "))
    assert answer.status_code == 422
    assert "Nhập tên đơn vị mới" in plain(answer)
    answer = walk(client, base, 0, *merger(land, code="911", name="Phường Mới"))
    assert answer.status_code == 302  # the code of a district says nothing about communes
    answer = walk(client, base, 0, *merger(land, code="92001"))
    assert "Mã 92001 đang là của “Xã Xa”" in plain(answer)
    assert 'id="id_code_error"' in answer.content.decode()
    answer = walk(client, base, 0, {"kind": "move"}, {"units": land.pk("town")}, {"other": land.pk("a")})
    assert "không thể trực thuộc chính mình" in plain(answer)
    for wrong in ({"on": "31/2/2026"}, {"title": ""}, {"ground": " "}):
        answer = client.post(f"{base}ngay/", head() | wrong)
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()
    assert client.get(f"{base}xem-truoc/").headers["Location"] == f"{base}ngay/"


def test_a_step_out_of_order_and_a_draft_that_is_gone(land: Land) -> None:
    client = land.client()
    base = started(client)
    assert client.get(f"{base}0/thanh-gi/").headers["Location"] == f"{base}0/viec/"
    assert client.get(f"{base}1/viec/").status_code == 404
    assert client.get(f"{base}0/gi-do/").status_code == 404
    client.post(f"{base}ngay/", head())
    assert "Có việc chưa nhập xong" in plain(client.get(f"{base}xem-truoc/"))
    assert client.post(f"{base}xem-truoc/", {"do": "plan"}).status_code == 302
    assert not Reorganisation.objects.exists()
    assert "Sắp xếp huyện Cửa Đông" in plain(client.get(LIST))
    client.post(f"{base}bo/")
    answer = client.get(f"{base}0/viec/", follow=True)
    assert "Bản nháp này không còn" in plain(answer)
    # what one person prepares nobody else sees
    mine = started(client)
    assert land.client("second").get(f"{mine}0/viec/").status_code == 302


def test_only_standing_offices_prepare_and_everyone_sees(land: Land) -> None:
    row = planned(land.client(), land)
    for name in ("officer", "leader"):
        client = land.client(name)
        assert "Sắp xếp huyện Cửa Đông" in plain(client.get(LIST))
        assert client.get(f"{LIST}{row.pk}/").status_code == 200
        assert 'id="huy"' not in client.get(f"{LIST}{row.pk}/").content.decode()
        assert client.post(f"{LIST}moi/").status_code == 403
        assert client.get(f"{LIST}tim/").status_code == 403
        assert client.post(f"{LIST}{row.pk}/huy/", {"reason": "Không"}).status_code == 403
        assert "Sắp xếp đơn vị này" not in plain(client.get(f"/don-vi/{land.pk('a')}/"))
    assert Reorganisation.objects.get().state == ReorganisationState.PLANNED
    assert land.client().get(f"{LIST}999/").status_code == 404


def test_two_at_once_the_second_sees_what_changed(land: Land) -> None:
    slow, quick = land.client(), land.client("second")
    base = started(slow)
    walk(slow, base, 0, *merger(land))
    slow.post(f"{base}ngay/", head())
    slow.get(f"{base}xem-truoc/")
    other = started(quick)
    walk(quick, other, 0, {"kind": "renaming"}, {"units": land.pk("a")}, {"name": "Xã An Thủy Mới"})
    quick.post(f"{other}ngay/", head(TODAY, title="Đổi tên An Thủy"))
    quick.get(f"{other}xem-truoc/")
    assert quick.post(f"{other}xem-truoc/", {"do": "plan"}).status_code == 302
    answer = slow.post(f"{base}xem-truoc/", {"do": "plan"})
    assert answer.status_code == 409
    said = plain(answer)
    assert "Người second vừa lập “Đổi tên An Thủy”" in said
    assert "Đã khác so với lúc bạn xem trước" in said
    assert "Không còn: Trước: Xã An Thủy (Huyện Cửa Đông)" in said
    assert "Mới: Trước: Xã An Thủy Mới (Huyện Cửa Đông)" in said
    # having seen it, one may go on
    assert slow.post(f"{base}xem-truoc/", {"do": "plan"}).status_code == 302
    assert Succession.objects.filter(old=land.units["a"]).exists()


def test_one_event_is_taken_out_again(land: Land) -> None:
    client = land.client()
    base = started(client)
    walk(client, base, 0, *merger(land, units=("a", "b")))
    client.post(f"{base}them/")
    walk(client, base, 1, {"kind": "renaming"}, {"units": land.pk("c")}, {"name": "Xã Cát Trắng"})
    client.post(f"{base}ngay/", head())
    assert "Xã Cát Trắng" in plain(client.get(f"{base}xem-truoc/"))
    client.post(f"{base}1/bo/")
    assert "Xã Cát Trắng" not in plain(client.get(f"{base}xem-truoc/"))
    client.post(f"{base}0/bo/")  # the last one stays
    assert "phường Cửa Đông" in plain(client.get(f"{base}xem-truoc/"))


def test_a_preview_costs_as_much_for_many_communes(land: Land) -> None:
    """Pages of steps take few statements, whatever is typed."""
    client = land.client()
    base = started(client)
    walk(client, base, 0, *merger(land))
    client.post(f"{base}ngay/", head())
    client.get(f"{base}xem-truoc/")
    with statements() as queries:
        client.get(f"{base}xem-truoc/")
    assert len(queries) <= 90, len(queries)
