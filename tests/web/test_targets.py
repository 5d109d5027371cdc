"""What people see of targets: the list, the scoreboard, one target, where its figure comes from, units compared."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.models import Indicator
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.plans.models import Item, Plan
from pcmt.apps.targets.models import Measure, Standing, Target
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core import measures as core
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span
from pcmt.web.figures import Switch
from pcmt.web.targets import comparing
from pcmt.web.targets.comparing import Cell
from pcmt.web.targets.drawing import bar, chart
from tests.apps.units.reorganising import AFTERWARDS, SOON, merger, planned, police_merger
from tests.factories.facts import entry, form, month, told
from tests.factories.plans import TEXT, adopted, draft
from tests.factories.world import NOW, World, world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    def read(text: str, *, name: str = "") -> dict[str, Any]:
        return draft(text).reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    made = world()
    load_catalogue()
    return made


@pytest.fixture
def plan(land: World) -> Plan:
    """The plan with its targets measured, and January's figures of both communes."""
    made = adopted(land.office, TEXT).plan
    measure(land, made, "cases_detected", "level", "allocation")
    january = month(1, calendar=STATISTICAL.code)
    told(
        entry(land["dong_hoa"], "cases_detected", january, 3),
        entry(land["tay_hoa"], "cases_detected", january, 1),
        actor=land.office,
    )
    return made


def measure(land: World, plan: Plan, code: str, *shapes: str) -> Target:
    """Have the plan's target of a shape measured by an indicator in the whole province, confirmed."""
    target = Target.objects.get(plan=plan, shape__in=shapes)
    by = User.objects.get(pk=land.office.user_id)
    said = {
        "indicator": Indicator.objects.get(code=code),
        "unit": land["an_binh"],
        "each": "",
        "calendar": STATISTICAL.code,
        "confirmed_by": by,
        "confirmed_at": NOW,
    }
    Measure.objects.update_or_create(target=target, defaults=said)
    return target


def signed_in(land: World, key: str = "police", role: str = "standing_office", name: str = "lan") -> Client:
    actor = land.actor(key, role, name)
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def page_of(client: Client, address: str) -> str:
    """The page, its blanks made one."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(answer.content.decode().split())


def words_of(page: str) -> str:
    """The words of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def shot(page: str, word: str) -> str:
    """What stands after a word on a page."""
    return words_of(page).partition(word)[2]


# --- the list


def test_the_list_counts_narrows_and_goes_to_excel(land: World, plan: Plan) -> None:
    client = signed_in(land)
    page = page_of(client, "/chi-tieu/")
    assert "2 chỉ tiêu" in words_of(page)
    assert "Đúng tiến độ 4/10 vụ" in words_of(page)
    assert 'href="/chi-tieu/?ket_luan=dung-tien-do"' in page
    only = words_of(page_of(client, "/chi-tieu/?q=bat+giu"))  # tone marks do not count
    assert "ít nhất 10 vụ" in only
    assert "80%" not in shot(only, "Số liệu đến")
    assert "ít nhất 10 vụ" not in shot(page_of(client, "/chi-tieu/?ket_luan=chua-xac-dinh"), "Số liệu đến")
    assert "Không có chỉ tiêu nào khớp" in page_of(client, "/chi-tieu/?q=khong-co")
    body = land["dong_hoa_police"]
    share = words_of(page_of(client, f"/chi-tieu/?don_vi={body.pk}"))
    assert "3/6 vụ" in share
    assert "80%" not in shot(share, "Số liệu đến")
    rows = cells_of(client.get("/chi-tieu/bang-tinh.xlsx?ket_luan=dung-tien-do").content)
    assert next(row for row in rows if row[0] == 1)[5:9] == (10, 4, 0.8, 6)
    assert len([row for row in rows if isinstance(row[0], int)]) == 1


def test_a_stranger_sees_no_targets(land: World, plan: Plan) -> None:
    client = signed_in(land, "binh_giang_police", "standing_office", "giang")
    assert "Chưa có chỉ tiêu" in page_of(client, "/chi-tieu/")
    target = Target.objects.get(plan=plan, shape="allocation")
    for address in ("", "nguon/"):
        assert client.get(f"/chi-tieu/{target.pk}/{address}").status_code == 404


@pytest.mark.parametrize("address", ["/chi-tieu/", "/ke-hoach/{plan}/chi-tieu/"])
def test_as_many_statements_for_sixty_and_for_six_hundred(land: World, plan: Plan, address: str) -> None:
    client, counted = signed_in(land), []
    for count in (60, 600):
        many(plan, count)
        with statements() as queries:
            page_of(client, address.format(plan=plan.pk))
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- the scoreboard


def test_the_scoreboard_says_what_stands_how_and_what_has_to_be_done(land: World, plan: Plan) -> None:
    client = signed_in(land)
    page = words_of(page_of(client, f"/ke-hoach/{plan.pk}/chi-tieu/"))
    assert "1 đúng tiến độ 1 chưa xác định" in page
    assert "Chưa xác nhận cách đo (1 chỉ tiêu; Công an tỉnh An Bình) Ít nhất 80% hộ dân" in page
    assert "Công an xã Đông Hòa 3 vụ / 6" in page
    assert "cộng 10, khớp với tổng" in page
    narrowed = page_of(client, f"/ke-hoach/{plan.pk}/chi-tieu/?ket_luan=chua-xac-dinh")
    assert "Bắt giữ ít nhất 10 vụ" not in words_of(narrowed)
    before = words_of(page_of(client, f"/ke-hoach/{plan.pk}/chi-tieu/?tinh_den=2026-01-20"))
    assert "Tính đến hết ngày 20/01/2026" in before
    assert "2 chưa xác định" in before  # January's report had not come to its end
    head = words_of(page_of(client, f"/ke-hoach/{plan.pk}/"))
    assert "0/2 chỉ tiêu đạt 1 đang theo, 1 chưa xác định" in head


# --- one target


def test_a_target_tells_its_way_its_units_and_why(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    told(entry(land["tay_hoa"], "cases_detected", month(2, calendar=STATISTICAL.code), 2), actor=land.office)
    page = page_of(signed_in(land), f"/chi-tieu/{target.pk}/?xep=con-thieu")
    words = words_of(page)
    assert 'class="way"' in page
    assert "31/01/2026 4 vụ" in words
    assert "28/02/2026 6 vụ" in words
    assert words.index("Công an xã Đông Hòa 3 vụ 6 vụ 3 vụ") < words.index("Công an phường Tây Hòa 3 vụ 4 vụ 1 vụ")
    assert "Mục I.1, xem câu này trong văn bản" in words
    assert "vì số liệu thay đổi" in words


def test_undetermined_says_what_is_missing_and_who_can_give_it(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="share")
    words = words_of(page_of(signed_in(land), f"/chi-tieu/{target.pk}/"))
    assert "Chưa xác nhận cách đo: chỉ số nào, của đơn vị nào (Công an tỉnh An Bình)" in words
    measure(land, plan, "households_pledged_share", "share")
    words = words_of(page_of(signed_in(land), f"/chi-tieu/{target.pk}/"))
    assert "Chưa có số liệu thực hiện" in words
    asked = form(land, "households", "households_pledged", calendar=STATISTICAL.code)
    page = page_of(signed_in(land), f"/chi-tieu/{target.pk}/")
    assert "Còn 2/2 đơn vị chưa báo số liệu (Phường Tây Hòa, Xã Đông Hòa)" in words_of(page)
    assert f'href="/nhap-so/{asked.pk}/"' in page


def test_zero_is_no_dash(land: World, plan: Plan) -> None:
    target = measure(land, plan, "households_pledged_share", "share")
    year = STATISTICAL.named(Kind.YEAR, 2026)
    january = month(1, calendar=STATISTICAL.code)
    told(
        entry(land["dong_hoa"], "households", january, 40),
        entry(land["dong_hoa"], "households_pledged", january, 0),
        actor=land.office,
    )
    assert year.last > NOW.date()
    words = words_of(page_of(signed_in(land), f"/chi-tieu/{target.pk}/"))
    assert "Xã Đông Hòa 0%" in words
    assert "Phường Tây Hòa — chưa báo" in words


# --- where a figure comes from


def test_a_figure_opens_down_to_who_told_it(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    corrected = attrs.evolve(entry(land["dong_hoa"], "cases_detected", month(1, calendar=STATISTICAL.code), 5))
    told(corrected, actor=land.second, at=NOW + timedelta(hours=1))
    client = signed_in(land)
    first = page_of(client, f"/chi-tieu/{target.pk}/nguon/")
    step = client.get(f"/chi-tieu/{target.pk}/nguon/").context["step"]
    parts = [each.answer.figure.value for each in step.below]
    assert step.made.answer.figure.value == sum(parts) == 6
    assert "Tỉnh An Bình : Số vụ phạm tội" in words_of(first)
    leaf = f"/chi-tieu/{target.pk}/nguon/?don_vi={land['dong_hoa'].pk}"
    words = words_of(page_of(client, leaf))
    assert "01/01/2026 – 31/01/2026 5 Nhập tay minh, Công an tỉnh An Bình" in words
    assert "đã sửa 1 lần 3 lan, 02/03/2026 10:00" in words
    part = client.get(leaf, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "minh" in part
    known = words_of(page_of(client, f"{leaf}&biet_den=2026-03-01"))
    assert "Đơn vị chưa báo số liệu nào" in known


def test_of_others_the_sum_alone(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    client = signed_in(land, "dong_hoa", "commune_officer", "binh")
    words = words_of(page_of(client, f"/chi-tieu/{target.pk}/nguon/"))
    assert "Năm 2026: 4 vụ" in words
    assert "Bạn chỉ xem được số cộng của đơn vị này" in words
    assert "1 đơn vị khác 1 vụ ngoài phạm vi của bạn" in words
    own = words_of(page_of(client, f"/chi-tieu/{target.pk}/nguon/?don_vi={land['dong_hoa'].pk}"))
    assert "Nhập tay lan" in own
    for other in ("tay_hoa", "binh_giang"):
        assert client.get(f"/chi-tieu/{target.pk}/nguon/?don_vi={land[other].pk}").status_code == 404


# --- units and years side by side


def test_a_merged_commune_has_one_series_on_present_boundaries(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    planned(land, merger(land), police_merger(land), on=SOON)
    carry_out_reorganisations(at=AFTERWARDS)
    new = Unit.objects.get(name="Xã Đông Tây")
    with time_machine.travel(datetime(2026, 8, 10, 3, tzinfo=UTC), tick=False):
        told(entry(new, "cases_detected", month(7, calendar=STATISTICAL.code), 5), at=timezone.now())
        client = signed_in(land)
        address = f"/chi-tieu/so-sanh/?chi_tieu={target.pk}&ky=month&so_ky=8"
        assert series_of(client, address) == {"Xã Đông Tây": [4, None, None, None, None, None, 5, None]}
        then = series_of(client, f"{address}&dia_gioi=thoi-diem")
        assert then["Xã Đông Hòa"][0] == 3
        assert then["Xã Đông Tây"] == [None] * 6 + [5, None]
        page = f"/chi-tieu/{target.pk}/nguon/?dia_gioi=hien-nay&don_vi={new.pk}"
        step = client.get(page).context["step"]
        assert step.made.answer.figure.value == 9
        came = {each.name: each.answer.figure.value for each in step.came}
        assert came == {"Xã Đông Hòa": 3, "Phường Tây Hòa": 1}


def test_a_share_of_few_is_ranked_apart(land: World, plan: Plan) -> None:
    january = month(1, calendar=STATISTICAL.code)
    told(
        entry(land["dong_hoa"], "households", january, 1),
        entry(land["dong_hoa"], "households_pledged", january, 1),
        entry(land["tay_hoa"], "households", january, 100),
        entry(land["tay_hoa"], "households_pledged", january, 95),
        actor=land.office,
    )
    address = "/chi-tieu/so-sanh/?chi_so=households_pledged_share&ky=month&lich=statistical&tinh_den=2026-01-31"
    client = signed_in(land)
    found = client.get(address).context["found"]
    assert [[(row.unit.name, row.rank) for row in group.rows] for group in found.groups] == [
        [("Phường Tây Hòa", 1)],
        [("Xã Đông Hòa", 1)],
    ]
    assert "Tổng số nhỏ (dưới 10), xếp riêng" in words_of(page_of(client, address))
    asked = "/chi-tieu/so-sanh/?chi_so=households_pledged_share"
    assert client.get(asked).context["form"].chosen["lich"] == ADMINISTRATIVE.code
    form(land, "households_pledged", calendar=STATISTICAL.code, valid_from=date(2026, 1, 1))  # as its numbers are told
    assert client.get(asked).context["form"].chosen["lich"] == STATISTICAL.code
    rows = cells_of(client.get(address.replace("?", "bang-tinh.xlsx?")).content)
    assert (1, "Phường Tây Hòa", "—", "—", 95, 100) in rows
    officer = signed_in(land, "dong_hoa", "commune_officer", "binh")
    seen = officer.get(f"{address}&don_vi={land['an_binh'].pk}").context["found"]
    assert [row.unit.name for group in seen.groups for row in group.rows] == ["Xã Đông Hòa"]
    assert seen.unseen == 1
    assert seen.total.cells[-1].whole == 101


def test_units_of_alike_size_are_ranked_among_each_other() -> None:
    element = core.Element("addicts", "Số người nghiện", "người", core.Nature.STOCK)
    sizes = [900, 800, 90, 80, 9, 8, 2, 1]
    cell = Cell(Fraction(1), None, small=False, estimated=False)
    rows = [comparing.Row(Unit(pk=at), [cell], Fraction(size)) for at, size in enumerate(sizes)]
    rows.append(comparing.Row(Unit(pk=9), [cell], None))
    groups = comparing._by_size(rows, element)
    assert [len(group) for _name, group in groups] == [2, 2, 2, 2, 1]
    assert groups[0][0] == "Nhóm 1: từ 800 đến 900 người"
    assert groups[-1][0] == "Chưa rõ quy mô"


# --- the switch


def test_the_switch_keeps_its_words_and_leaves_out_what_makes_no_sense(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    client = signed_in(land)

    def switch(query: str) -> Switch:
        found: Switch = client.get(f"/chi-tieu/{target.pk}/?{query}").context["switch"]
        return found

    assert switch("").is_usual
    assert switch("tinh_den=2027-01-01&dia_gioi=x&biet_den=hom-qua").is_usual
    chosen = switch("tinh_den=2026-02-10&dia_gioi=hien-nay&biet_den=2026-02-01&xep=ten")
    assert (chosen.on, chosen.boundary) == (date(2026, 2, 10), date(2026, 3, 2))
    assert chosen.known == datetime(2026, 2, 1, 16, 59, 59, 999999, tzinfo=UTC)
    assert chosen.query == "?tinh_den=2026-02-10&dia_gioi=hien-nay&biet_den=2026-02-01"
    assert chosen.carried == (("xep", "ten"),)
    assert chosen.words == (
        "Tính đến hết ngày 10/02/2026, theo địa giới hiện nay, số liệu biết đến hết ngày 01/02/2026"
    )


# --- drawing


def test_drawing_keeps_gaps_and_scales() -> None:
    window = Span(date(2026, 1, 1), date(2027, 1, 1))
    days = [
        (date(2026, 1, 31), Fraction(2), None),
        (date(2026, 2, 28), None, None),
        (date(2026, 3, 31), Fraction(5), None),
    ]
    drawn = chart(window, days, goal=Fraction(10), opening=None, on=date(2026, 4, 1))
    assert drawn is not None
    assert len(drawn.actual) == 2  # not reported is no zero and no straight line
    assert drawn.goal_y is not None
    assert drawn.dots[0].y is not None
    assert drawn.goal_y < drawn.dots[0].y < drawn.base_y
    assert chart(window, [(date(2026, 1, 31), None, Fraction(1))], goal=None, opening=None, on=date(2026, 4, 1)) is None
    assert bar(None, None, None) is None
    assert bar(Fraction(5), None, Fraction(10)) == bar(Fraction(50), None, Fraction(100))


# --- helpers


def many(plan: Plan, count: int) -> None:
    """So many targets in the plan, all judged."""
    model = Target.objects.filter(plan=plan).select_related("item").first()
    assert model is not None
    start = Target.objects.filter(plan=plan).count()
    at = Standing.objects.first()
    assert at is not None
    items = [copy_of(model.item, key=f"N{number}") for number in range(start, count)]
    Item.objects.bulk_create(items)
    made = Target.objects.bulk_create([copy_of(model, item=item, order=item.pk) for item in items])
    verdicts = ("met", "behind", "undetermined")
    rows = [copy_of(at, target=each, verdict=verdicts[each.pk % 3], whole=True) for each in made]
    Standing.objects.bulk_create(rows)


def copy_of(row: Any, **other: Any) -> Any:
    """A row like another that is not kept yet; `other` are the fields in which it differs."""
    fields = {each.name: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key}
    made = type(row)()
    for each in row._meta.concrete_fields:
        if each.name in other:
            setattr(made, each.name, other[each.name])
        elif not each.primary_key:
            setattr(made, each.attname, fields[each.name])
    return made


def cells_of(data: bytes) -> list[tuple[Any, ...]]:
    """The rows of a workbook."""
    return [tuple(cell.value for cell in row) for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]


def series_of(client: Client, address: str) -> dict[str, list[Fraction | None]]:
    """The figures of each unit of a comparison."""
    found = client.get(address).context["found"]
    return {row.unit.name: [cell.value for cell in row.cells] for group in found.groups for row in group.rows}
