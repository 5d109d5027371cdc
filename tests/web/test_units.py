"""Pages of units: the tree of any day, its search, and one unit, each as far as the reader may see."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import attrs
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, Role, User
from pcmt.apps.units.models import Succession, SuccessionPart, Unit
from pcmt.apps.units.operations import NewUnit, add_alias, create_units
from tests.web.counting import statements
from tests.web.province import build

pytestmark = pytest.mark.django_db

AT = timezone.now()
DAY = date(2025, 7, 1)
PEOPLE = (
    ("office", Role.STANDING_OFFICE, "police"),
    ("officer", Role.OFFICER, "health"),
    ("leader", Role.LEADER, "north"),
    ("auditor", Role.AUDITOR, "north"),
    ("stranger", Role.OFFICER, "south"),
)


@attrs.frozen
class Land:
    """A small country that was reorganised on 1/7/2025."""

    units: dict[str, Unit]
    users: dict[str, User]

    def client(self, name: str) -> Client:
        client = Client()
        client.force_login(self.users[name])
        return client

    def __getitem__(self, key: str) -> Unit:
        return self.units[key]


def place(key: str, name: str, level: str, parent: str | None = None, **more: Any) -> NewUnit:
    return NewUnit(key=key, name=name, kind="administrative", level=level, parent=parent, **more)


def body(key: str, name: str, parent: str) -> NewUnit:
    return NewUnit(key=key, name=name, kind="agency", level="province", parent=parent)


@pytest.fixture
def land() -> Land:
    rows = [
        place("vn", "Việt Nam", "central"),
        place("north", "Tỉnh Bắc Sơn", "province", "vn", code="91"),
        place("south", "Tỉnh Nam Hải", "province", "vn", code="92"),
        body("police", "Công an tỉnh Bắc Sơn", "north"),
        body("health", "Sở Y tế tỉnh Bắc Sơn", "north"),
        place("town", "Thị xã Cửa Đông", "district", "north", code="911", valid_to=DAY),
        place("a", "Xã An Thủy", "commune", "town", code="91001", valid_to=DAY),
        place("b", "Xã Bình Sa", "commune", "town", code="91002", valid_to=DAY),
        place("c", "Xã Cát Vàng", "commune", "town", code="91003", valid_to=DAY),
        place("new", "Phường Cửa Đông", "commune", "north", code="91001", valid_from=DAY),
        place("half", "Phường Cát Vàng", "commune", "north", code="91003", valid_from=DAY),
    ]
    units = create_units(actor=None, at=AT, rows=rows)
    left = [("a", "new", "whole", 1, True), ("b", "new", "whole", 1, True)]
    left += [("c", "new", "part", 3, False), ("c", "half", "part", 1, True), ("town", "north", "duties", 1, True)]
    for old, new, part, measure, heir in left:
        Succession.objects.create(
            on=DAY, old=units[old], new=units[new], part=SuccessionPart(part), measure=measure, heir=heir
        )
    users = {}
    for name, role, unit in PEOPLE:
        users[name] = User.objects.create(username=name, full_name=f"Người {name}")
        Grant.objects.create(user=users[name], role=role, unit=units[unit])
    return Land(units, users)


def shown(client: Client, address: str, status: int = 200, *, piece: bool = False, **query: Any) -> str:
    answer = client.get(address, query, headers={"HX-Request": "true"} if piece else {})
    assert answer.status_code == status, address
    html = unescape(answer.content.decode())
    return " ".join(html[html.index("<main") if "<main" in html else 0 :].split())


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- the tree


def test_the_tree_of_today_and_of_before(land: Land) -> None:
    client = land.client("officer")
    today = plain(shown(client, "/don-vi/", mo=land["north"].pk))
    assert "theo địa giới hôm nay" in today
    assert "Việt Nam 2 tỉnh, thành phố · 2 xã, phường · 2 cơ quan" in today
    assert "Phường Cửa Đông" in today
    assert "Xã An Thủy" not in today
    before = plain(shown(client, "/don-vi/", mo=land["town"].pk, ngay="2025-06-30"))
    assert "theo địa giới ngày 30/06/2025" in before
    assert "Thị xã Cửa Đông 3 xã, phường" in before
    assert "Xã An Thủy" in before
    assert "Phường Cát Vàng" not in before
    # the first day of the new ones
    assert "Phường Cát Vàng" in plain(shown(client, "/don-vi/", mo=land["north"].pk, ngay="2025-07-01"))


def test_links_keep_the_day_and_the_kind(land: Land) -> None:
    html = shown(land.client("officer"), "/don-vi/", mo=land["north"].pk, ngay="2025-06-30", loai="dia-gioi")
    links = re.findall(r'href="(/don-vi/[^"]*)"', html[html.index('class="tree"') :])
    assert links
    assert all("ngay=2025-06-30" in link for link in links if "#n" in link or link.count("/") == 3)
    assert all("loai=dia-gioi" in link for link in links if "#n" in link)


def test_kinds(land: Land) -> None:
    client = land.client("officer")
    places = plain(shown(client, "/don-vi/", mo=land["north"].pk, loai="dia-gioi"))
    assert "Phường Cửa Đông" in places
    assert "Sở Y tế" not in places
    assert "cơ quan" not in places[places.index("Việt Nam") :]
    bodies = plain(shown(client, "/don-vi/", mo=land["north"].pk, loai="co-quan"))
    assert "Sở Y tế" in bodies
    assert "Phường Cửa Đông" not in bodies
    assert "Tỉnh Nam Hải" not in bodies  # it has no bodies


def test_a_branch_alone(land: Land) -> None:
    address = f"/don-vi/{land['north'].pk}/cap-duoi/"
    assert land.client("officer").get(address).headers["Location"] == f"/don-vi/?mo={land['north'].pk}"
    html = shown(land.client("officer"), address, piece=True)
    assert "<main" not in html
    assert "Phường Cửa Đông" in html
    assert "Xã An Thủy" not in html
    assert "HX-Request" in land.client("officer").get("/don-vi/").headers["Vary"]  # a cache keeps piece and page apart
    town = f"/don-vi/{land['town'].pk}/cap-duoi/"
    assert "Xã An Thủy" in shown(land.client("officer"), town, piece=True, ngay="2025-06-30")
    shown(land.client("officer"), "/don-vi/999999/cap-duoi/", status=404)


@pytest.mark.parametrize("day", ["gì đó", "2025-02-30", "0000-01-01"])
def test_a_day_that_is_none_is_said_at_its_field(land: Land, day: str) -> None:
    html = shown(land.client("officer"), "/don-vi/", ngay=day)
    assert "field-error" in html
    assert "theo địa giới hôm nay" in html


def test_nothing_on_a_day_before_all(land: Land) -> None:
    Unit.objects.filter(valid_from=None).update(valid_from=date(1976, 7, 2))
    assert "Không có đơn vị nào vào ngày này" in shown(land.client("officer"), "/don-vi/", ngay="1950-01-01")


def cost(communes: int) -> dict[str, int]:
    """SQL statements of the pages for a province of a size, which is gone afterwards."""
    spent = {}
    with transaction.atomic():
        made = build(timezone.localdate(), tasks=30, communes=communes, targets=3)
        client = Client()
        client.force_login(made.users["office"])
        client.get("/")
        seat = made.seat.pk
        pieces = {"branch"}
        for name, address in {
            "closed": "/don-vi/",
            "open": f"/don-vi/?mo={seat}",
            "branch": f"/don-vi/{seat}/cap-duoi/",
            "search": "/don-vi/?q=dong+tam",
            "unit": f"/don-vi/{seat}/",
            "story": f"/don-vi/{seat}/dien-bien/",
            "owed": f"/don-vi/{made.office.pk}/viec/",
            "plans": f"/don-vi/{seat}/ke-hoach/",
            "people": f"/don-vi/{seat}/nguoi/",
            "history": f"/don-vi/{seat}/lich-su/",
        }.items():
            with statements() as queries:
                answer = client.get(address, headers={"HX-Request": "true"} if name in pieces else {})
            assert answer.status_code == 200
            assert len(answer.content) < 300_000
            spent[name] = len(queries)
        transaction.set_rollback(True)
    return spent


MOST = {
    "closed": 10, "open": 10, "branch": 8, "search": 14, "unit": 26, "story": 21, "owed": 15, "plans": 16, "people": 16,
    "history": 16,
}  # fmt: skip
"""So many statements a page may take, signing in included."""


def test_pages_cost_the_same_however_much_stands_below() -> None:
    few, many = cost(12), cost(160)
    assert few == many
    assert {name: number for name, number in many.items() if number > MOST[name]} == {}


# --- search


def first(land: Land, query: str, **more: Any) -> str:
    html = shown(land.client("officer"), "/don-vi/", q=query, **more)
    rows = re.findall(r"<li[^>]*> <p><a class=\"found-name\".*?</li>", html)
    return plain(rows[0]) if rows else ""


def test_search_without_marks_finds_the_one_of_today_first(land: Land) -> None:
    found = first(land, "cua dong")
    assert found.startswith("Phường Cửa Đông")
    assert "từ 01/07/2025" in found
    assert "Việt Nam › Tỉnh Bắc Sơn" in found


def test_search_finds_what_is_no_longer_there_and_says_what_became_of_it(land: Land) -> None:
    found = first(land, "xã an thuỷ")
    assert found.startswith("Xã An Thủy nay là phường Cửa Đông")
    assert "đến hết 30/06/2025" in found
    assert "Việt Nam › Tỉnh Bắc Sơn › Thị xã Cửa Đông" in found
    assert "đã chia; phần kế thừa nhiệm vụ nay là phường Cát Vàng" in first(land, "xa cat vang")
    town = first(land, "thi xa cua dong")
    assert "địa bàn nay thuộc phường Cát Vàng, phường Cửa Đông; nhiệm vụ do tỉnh Bắc Sơn đảm nhận" in town
    # a district whose communes all became one
    Succession.objects.filter(new=land["half"]).delete()
    assert "địa bàn nay là phường Cửa Đông; nhiệm vụ do tỉnh Bắc Sơn đảm nhận" in first(land, "thi xa cua dong")
    # on the boundaries of that day it stands, and nothing became of it yet
    assert "nay là" not in first(land, "xa an thuy", ngay="2025-06-30")


def test_search_by_code_and_other_names(land: Land) -> None:
    add_alias(actor=None, at=AT, unit_id=land["new"].pk, name="Phố biển Đông")
    assert first(land, "91001").startswith("Phường Cửa Đông mã 91001")
    assert first(land, "pho bien").startswith("Phường Cửa Đông còn gọi là “Phố biển Đông”")
    assert first(land, "ca tinh bac son").startswith("Công an tỉnh Bắc Sơn")  # abbreviations are written out


def test_search_keeps_to_the_kind(land: Land) -> None:
    assert first(land, "bac son", loai="co-quan").startswith("Công an tỉnh Bắc Sơn")
    assert first(land, "bac son", loai="dia-gioi").startswith("Tỉnh Bắc Sơn")


def test_search_for_nothing(land: Land) -> None:
    client = land.client("officer")
    assert "Không tìm thấy đơn vị nào" in shown(client, "/don-vi/", q="zzzz <b>x</b>")
    assert "Gõ ít nhất hai chữ cái" in shown(client, "/don-vi/", q="x")
    assert "Gõ ít nhất hai chữ cái" in shown(client, "/don-vi/", q="%%%")
    assert first(land, "%") == ""


def test_the_search_of_everything_leads_to_the_unit(land: Land) -> None:
    assert f'href="/don-vi/{land["new"].pk}/"' in shown(land.client("officer"), "/tim/", q="cua dong")


# --- one unit


def test_a_unit_with_its_path_and_what_stands_below(land: Land) -> None:
    html = shown(land.client("officer"), f"/don-vi/{land['north'].pk}/")
    said = plain(html)
    assert "<h1>Tỉnh Bắc Sơn</h1>" in html
    assert "mã 91" in said
    assert "2 xã, phường · 2 cơ quan" in said
    assert "Công an tỉnh Bắc Sơn" in said
    before = plain(shown(land.client("officer"), f"/don-vi/{land['north'].pk}/", ngay="2025-06-30"))
    assert "1 huyện, quận, thị xã · 3 xã, phường · 2 cơ quan" in before
    assert "Đang xem theo địa giới ngày 30/06/2025" in before


def test_a_unit_that_is_no_longer_there_leads_on(land: Land) -> None:
    html = shown(land.client("officer"), f"/don-vi/{land['a'].pk}/")
    assert "Đơn vị không còn vào ngày này: nay là phường Cửa Đông" in html
    assert f'href="/don-vi/{land["new"].pk}/"' in html
    before = shown(land.client("officer"), f"/don-vi/{land['a'].pk}/", ngay="2025-06-30")
    assert "Sau ngày này: nay là phường Cửa Đông" in before
    assert "Đơn vị không có vào ngày này" in shown(
        land.client("officer"), f"/don-vi/{land['new'].pk}/", ngay="2025-06-30"
    )


def test_the_story_in_words(land: Land) -> None:
    client = land.client("officer")
    new = plain(shown(client, f"/don-vi/{land['new'].pk}/dien-bien/"))
    assert "Thành lập trên cơ sở:" in new
    assert "Xã Cát Vàng 75%" in new
    assert "Xã An Thủy toàn bộ" in new
    divided = plain(shown(client, f"/don-vi/{land['c'].pk}/dien-bien/"))
    assert "Kết thúc hoạt động, chia cho: Phường Cát Vàng 25%, kế thừa nhiệm vụ Phường Cửa Đông 75%" in divided
    merged = plain(shown(client, f"/don-vi/{land['a'].pk}/dien-bien/"))
    assert "Nhập toàn bộ vào: Phường Cửa Đông" in merged
    assert "Có từ trước" in merged
    ended = plain(shown(client, f"/don-vi/{land['town'].pk}/dien-bien/"))
    assert "Nhiệm vụ chuyển cho: Tỉnh Bắc Sơn" in ended
    assert "Nhận nhiệm vụ của: Thị xã Cửa Đông" in plain(shown(client, f"/don-vi/{land['north'].pk}/dien-bien/"))


def test_the_picture_and_the_table_behind_it(land: Land) -> None:
    html = shown(land.client("officer"), f"/don-vi/{land['new'].pk}/dien-bien/")
    picture = html[html.index("<svg") : html.index("</svg>")]
    assert picture.count("<rect") == 4
    assert "75%" in picture
    table = html[html.index("<table") : html.index("</table>")]
    assert table.count("<tr") == 1 + 3
    alone = shown(land.client("officer"), f"/don-vi/{land['health'].pk}/dien-bien/")
    assert "<svg" not in alone


def test_a_picture_of_very_many_names_the_rest(land: Land) -> None:
    rows = [place(f"x{n}", f"Xã Một Tên Rất Dài Để Xuống Dòng Số {n}", "commune", valid_to=DAY) for n in range(14)]
    for unit in create_units(actor=None, at=AT, rows=rows).values():
        Succession.objects.create(on=DAY, old=unit, new=land["half"], part=SuccessionPart.WHOLE)
    html = shown(land.client("officer"), f"/don-vi/{land['half'].pk}/dien-bien/")
    assert "và 6 đơn vị khác" in html
    assert html[html.index("<table") : html.index("</table>")].count("<tr") == 1 + 15


def test_what_a_unit_owes_and_its_plans_only_as_far_as_seen() -> None:
    made = build(timezone.localdate(), tasks=40, communes=6, targets=3)
    police = made.office.pk
    client = Client()
    client.force_login(made.users["office"])
    owed = shown(client, f"/don-vi/{police}/viec/")
    owed = owed[owed.index("<tbody") :]
    assert owed.index("quá ") < owed.index("còn ")  # the latest first
    assert made.plan.designation in shown(client, f"/don-vi/{police}/ke-hoach/")
    assert "giữ, theo dõi" in shown(client, f"/don-vi/{police}/ke-hoach/")
    assert "ban hành" in shown(client, f"/don-vi/{made.seat.pk}/ke-hoach/")
    # somebody of a unit that the plan does not name sees the unit, and nothing of its work
    other = create_units(actor=None, at=AT, rows=[place("far", "Xã Xa", "commune")])["far"]
    Grant.objects.create(user=made.users["stranger"], role=Role.OFFICER, unit=other)
    client.force_login(made.users["stranger"])
    assert "Không nợ việc gì" in shown(client, f"/don-vi/{police}/viec/")
    assert "Chưa có kế hoạch nào" in shown(client, f"/don-vi/{police}/ke-hoach/")
    assert made.plan.designation not in shown(client, f"/don-vi/{police}/")


def test_who_holds_roles_only_as_far_as_seen(land: Land) -> None:
    address = f"/don-vi/{land['police'].pk}/nguoi/"
    assert "Người office" in shown(land.client("leader"), address)
    assert "Người office" in shown(land.client("office"), address)
    for name in ("officer", "stranger"):
        html = shown(land.client(name), address)
        assert "Người office" not in html
        assert "Bạn không được xem người giữ vai trò ở đơn vị này" in html


def test_the_history_of_a_unit_as_far_as_it_is_seen(land: Land) -> None:
    unit = create_units(actor=None, at=AT, rows=[place("one", "Xã Một", "commune")])["one"]
    address = f"/don-vi/{land['new'].pk}/lich-su/"
    assert "Ai đã xem, ghi mục này" in shown(land.client("auditor"), address)
    assert "Ai đã xem, ghi mục này" not in shown(land.client("leader"), address)
    # made by the program, under nothing: outside of what the leader answers for
    assert "Thêm đơn vị" not in shown(land.client("leader"), f"/don-vi/{unit.pk}/lich-su/")
    alias = f"/don-vi/{land['new'].pk}/ten-khac/"
    land.client("office").post(alias, {"name": "Phố biển", "scope": "trong"})
    assert "Phố biển" in shown(land.client("leader"), address)
    assert "Phố biển" not in shown(land.client("stranger"), address)


def test_foreign_and_missing_addresses(land: Land) -> None:
    client = land.client("officer")
    for part in ("", "dien-bien/", "viec/", "ke-hoach/", "nguoi/", "lich-su/", "cap-duoi/"):
        shown(client, f"/don-vi/987654/{part}", status=404)
    assert Client().get("/don-vi/").status_code == 302


def test_everyone_gets_the_entry(land: Land) -> None:
    for name in ("office", "officer", "leader", "auditor", "stranger"):
        answer = land.client(name).get("/don-vi/")
        assert 'href="/don-vi/" aria-current="true"' in answer.content.decode()


# --- adding and changing


def test_a_body_is_added_below_a_unit(land: Land) -> None:
    client = land.client("office")
    address = f"/don-vi/{land['new'].pk}/them/"
    assert address in shown(client, f"/don-vi/{land['new'].pk}/")
    typed = {"name": "Công an phường Cửa Đông", "kind": "agency", "level": "commune", "short_name": "Công an phường"}
    answer = client.post(address, typed | {"valid_from": "1/7/2025"})
    made = Unit.objects.get(name="Công an phường Cửa Đông")
    assert answer.headers["Location"] == f"/don-vi/{made.pk}/"
    assert (made.valid_from, made.short_name) == (DAY, "Công an phường")
    assert "Đã thêm “Công an phường Cửa Đông”" in shown(client, f"/don-vi/{made.pk}/")
    twice = client.post(address, typed | {"valid_from": "mai"})
    assert twice.status_code == 422
    assert 'value="mai"' in twice.content.decode()
    twice = client.post(address, typed)
    assert twice.status_code == 422
    assert f'href="/don-vi/{made.pk}/"' in twice.content.decode()  # it is there already
    assert "Nhập tên đơn vị" in unescape(client.post(address, typed | {"name": " "}).content.decode())


def test_particulars_are_changed_and_a_second_person_is_told(land: Land) -> None:
    client = land.client("office")
    unit = land["health"]
    address = f"/don-vi/{unit.pk}/sua/"
    typed = {"short_name": "Sở Y tế", "code": "", "identifier": "h91.12"}
    seen = {"seen_short_name": "", "seen_code": "", "seen_identifier": ""}
    assert client.post(address, typed | seen).status_code == 302
    unit.refresh_from_db()
    assert (unit.short_name, unit.identifier) == ("Sở Y tế", "H91.12")
    assert first(land, "h91.12").startswith("Sở Y tế tỉnh Bắc Sơn mã định danh H91.12")
    late = client.post(address, typed | seen | {"short_name": "Y tế"})
    assert late.status_code == 422
    assert "Người office đã đổi giá trị này thành “Sở Y tế”" in unescape(late.content.decode())
    wrong = client.post(address, {"identifier": "sai mã", "seen_short_name": "Sở Y tế", "seen_identifier": "H91.12"})
    assert wrong.status_code == 422
    assert "id_identifier_error" in wrong.content.decode()
    assert "Sở Y tế" in shown(client, f"/don-vi/{unit.pk}/lich-su/")


def test_other_names_are_learned_and_forgotten(land: Land) -> None:
    client = land.client("office")
    unit = land["new"]
    assert client.post(f"/don-vi/{unit.pk}/ten-khac/", {"name": "", "scope": "trong"}).status_code == 422
    client.post(f"/don-vi/{unit.pk}/ten-khac/", {"name": "Phố biển", "scope": "trong"})
    row = unit.aliases.get()
    assert row.scope == land["north"]
    assert "Phố biển trong Tỉnh Bắc Sơn" in plain(shown(client, f"/don-vi/{unit.pk}/"))
    other = client.post(f"/don-vi/{land['half'].pk}/ten-khac/", {"name": "Phố biển", "scope": "trong"})
    assert "đang là tên gọi khác của “Phường Cửa Đông”" in unescape(other.content.decode())
    # the name of one unit is not forgotten from the page of another
    client.post(f"/don-vi/{land['half'].pk}/ten-khac/{row.pk}/bo/")
    assert unit.aliases.exists()
    client.post(f"/don-vi/{unit.pk}/ten-khac/{row.pk}/bo/")
    assert not unit.aliases.exists()


def test_only_who_keeps_a_unit_changes_it(land: Land) -> None:
    far = Grant.objects.get(user=land.users["stranger"])
    far.role = Role.STANDING_OFFICE  # of the other province
    far.save()
    for name in ("officer", "leader", "auditor", "stranger"):
        client = land.client(name)
        for part in ("them/", "sua/"):
            assert client.get(f"/don-vi/{land['new'].pk}/{part}").status_code == 403, (name, part)
        assert client.post(f"/don-vi/{land['new'].pk}/ten-khac/", {"name": "X", "scope": "trong"}).status_code == 403
        assert "Thêm đơn vị bên dưới" not in shown(client, f"/don-vi/{land['new'].pk}/")
