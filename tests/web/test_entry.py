"""Forms and who has told them; the two tables; stale cells; the past of a number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.facts.models import Element, Fact, Form, FormLine, Recording
from pcmt.apps.units.models import Succession, Unit, UnitClosure, UnitLink
from pcmt.core.periods import Kind
from tests.factories.facts import entry, form, month, series, told
from tests.factories.world import NOW, TODAY, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db
THIS = month(3)
"""15/02/2026 to 14/03/2026: the month that runs on the day of these tests."""


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


@pytest.fixture
def asked(land: World) -> Form:
    return form(land)


def client_of(land: World, key: str = "police", role: str = "standing_office", name: str = "lan") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role, name).user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def address(name: str, asked: Form, *parts: int, day: date = THIS.start) -> str:
    return reverse(f"entry:{name}", args=[asked.pk, day.isoformat(), *parts])


def line_of(asked: Form, element: str) -> FormLine:
    return asked.lines.get(element__code=element)


def key(asked: Form, unit: Unit, element: str, day: date = THIS.start) -> str:
    return f"{unit.pk}-{line_of(asked, element).pk}-{day:%Y%m%d}"


def standing(unit: Unit, element: str) -> Fact:
    return Fact.objects.get(unit=unit, element__code=element, start=THIS.start, closed_by=None)


def name_of(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).full_name


def send(client: Client, page: str, **cells: str) -> Any:
    """What the script of the page sends."""
    return client.post(page, cells, headers={"accept": "application/json", "hx-request": "true"})


# ---- the list and the units ----


def test_the_list_names_the_form_and_how_far_its_units_are(land: World, asked: Form) -> None:
    told(entry(land["dong_hoa"], "cases_detected", THIS, 4))
    page = text(client_of(land).get(reverse("entry:list")))
    assert "Số liệu phòng, chống ma túy cấp xã" in page
    assert "Đang nhập 1/3" in page
    assert "Tháng 3/2026" in page


def test_the_empty_list_says_how_a_form_is_made(land: World) -> None:
    page = text(client_of(land).get(reverse("entry:list")))
    assert "Chưa có biểu nào hỏi đơn vị bạn" in page
    assert 'href="/danh-muc-so-lieu/bieu/"' in page


def test_units_are_narrowed_to_who_is_missing(land: World, asked: Form) -> None:
    told(*(entry(land["dong_hoa"], each.element.code, THIS, 0) for each in asked.lines.select_related("element")))
    client, page = client_of(land), address("units", asked)
    assert "1 đủ" in text(client.get(page))
    missing = text(client.get(page, {"trang_thai": "none"}))
    assert "Phường Tây Hòa" in missing
    assert "Xã Đông Hòa" not in missing
    found = text(client.get(page, {"don_vi": "dong hoa"}))
    assert "Xã Đông Hòa" in found
    assert "Phường Tây Hòa" not in found


def test_a_blank_is_not_told_and_not_applicable_is(land: World, asked: Form) -> None:
    unit = land["dong_hoa"]
    told(entry(unit, "cases_detected", THIS, 3), entry(unit, "suspects_arrested", THIS, None, applies=False))
    told(entry(land["dong_hoa"], "cases_detected", THIS, None))
    assert "Đang nhập 1/3" in text(client_of(land).get(address("units", asked)))


# ---- a unit ----


def test_the_table_shows_what_was_before_and_the_year_so_far(land: World, asked: Form) -> None:
    unit = land["dong_hoa"]
    told(*series(unit, "cases_detected", [1200, 34.0, 5]), entry(unit, "cases_detected", month(3, 2025), 0))
    told(*series(unit, "addicts_with_file", [7, 8, 9]))
    page = text(client_of(land).get(address("unit", asked, unit.pk)))
    first = page[page.index("<tr data-row") :]
    assert 'data-label="Kỳ trước">34<' in first
    assert 'data-label="Cùng kỳ năm trước">0<' in first
    assert ">1.239<" in first
    assert "không cộng dồn" in first  # a stock
    assert 'data-label="Kỳ trước">—<' in first  # arrests: nobody told any


def test_what_was_typed_is_saved_and_read_as_people_write_it(land: World, asked: Form) -> None:
    unit = land["dong_hoa"]
    client, page = client_of(land), address("unit", asked, unit.pk)
    data = {
        f"v{key(asked, unit, 'cases_detected')}": " 07 ",
        f"v{key(asked, unit, 'suspects_arrested')}": "1.234",
        f"v{key(asked, unit, 'addicts_with_file')}": "x",
        f"n{key(asked, unit, 'addicts_with_file')}": "chưa có người  nghiện",
    }
    answer = client.post(page, data)
    assert answer.status_code == 302
    assert (standing(unit, "cases_detected").value, standing(unit, "suspects_arrested").value) == (7, 1234)
    third = standing(unit, "addicts_with_file")
    assert (third.value, third.applies, third.note) == (None, False, "chưa có người nghiện")
    assert Recording.objects.count() == 1
    again = client.post(page, data | {"seen": seen(client, page)}, follow=True)
    assert "Không có ô nào thay đổi." in text(again)
    assert Recording.objects.count() == 1


def seen(client: Client, page: str) -> str:
    return str(client.get(page).context["seen"])


def test_without_script_what_is_right_is_saved_and_the_rest_comes_back(land: World, asked: Form) -> None:
    unit = land["dong_hoa"]
    right, wrong = key(asked, unit, "cases_detected"), key(asked, unit, "suspects_arrested")
    answer = client_of(land).post(address("unit", asked, unit.pk), {f"v{right}": "5", f"v{wrong}": "năm người"})
    page = text(answer)
    assert answer.status_code == 422
    assert f'<a href="#v{wrong}">Số người phạm tội về ma túy bị bắt giữ: “năm người” không phải số.' in page
    assert 'value="năm người"' in page
    assert 'aria-invalid="true"' in page
    assert "<title>Lỗi:" in page
    assert standing(unit, "cases_detected").value == 5
    assert not Fact.objects.filter(element__code="suspects_arrested").exists()


def test_the_script_is_told_what_became_of_each_cell(land: World, asked: Form) -> None:
    unit = land["dong_hoa"]
    told(*series(unit, "cases_detected", [10]))
    right, wrong = key(asked, unit, "cases_detected"), key(asked, unit, "suspects_arrested")
    answer = send(client_of(land), address("unit", asked, unit.pk), **{f"v{right}": "07", f"v{wrong}": "1,5"})
    cells = {each["key"]: each for each in answer.json()["cells"]}
    assert (cells[right]["state"], cells[right]["texts"][f"v{right}"]) == ("saved", "7")
    assert cells[right]["seen"] == standing(unit, "cases_detected").pk
    assert cells[wrong]["state"] == "refused"
    assert "không phải số nguyên" in cells[wrong]["words"]
    assert answer.json()["said"] == "Đã lưu 1 ô. 1 ô chưa lưu được, xem lý do ở ô đó."
    assert answer.json()["parts"][f"s{line_of(asked, 'cases_detected').pk}"] == "17"


def test_who_is_second_sees_the_other_number_and_chooses(land: World, asked: Form) -> None:
    unit, element = land["dong_hoa"], "cases_detected"
    told(entry(unit, element, THIS, 3))
    first = standing(unit, element)
    told(entry(unit, element, THIS, 4), actor=land.second)
    second = standing(unit, element)
    client, page, cell = client_of(land), address("unit", asked, unit.pk), key(asked, unit, element)
    answer = client.post(page, {f"v{cell}": "5", "seen": f"{cell}:{first.pk}"})
    assert answer.status_code == 422
    assert f"{name_of(land.second)} vừa ghi “4” (10:00)." in text(answer)
    assert f'name="keep" value="{cell}:{second.pk}"' in text(answer)
    assert f'name="take" value="{cell}"' in text(answer)
    assert 'value="5"' in text(answer)
    assert standing(unit, element).value == 4
    # theirs stays
    client.post(page, {f"v{cell}": "5", "seen": f"{cell}:{first.pk}", "take": cell})
    assert standing(unit, element).value == 4
    # mine goes over it
    client.post(page, {f"v{cell}": "5", "seen": f"{cell}:{first.pk}", "keep": f"{cell}:{second.pk}"})
    assert standing(unit, element).value == 5


def test_a_cell_that_was_not_touched_says_nothing_about_what_others_told(land: World, asked: Form) -> None:
    """A page that lay open for an hour saves one cell: the others are left alone, whatever became of them."""
    unit = land["dong_hoa"]
    told(entry(unit, "cases_detected", THIS, 3))
    old = standing(unit, "cases_detected").pk
    told(entry(unit, "cases_detected", THIS, 4), actor=land.second)
    cells = key(asked, unit, "cases_detected"), key(asked, unit, "suspects_arrested")
    answer = client_of(land).post(
        address("unit", asked, unit.pk), {f"v{cells[0]}": "3", f"v{cells[1]}": "9", "seen": f"{cells[0]}:{old}"}
    )
    assert answer.status_code == 302
    assert (standing(unit, "cases_detected").value, standing(unit, "suspects_arrested").value) == (4, 9)


def test_what_should_be_looked_at_again_is_saved_and_listed_until_there_is_a_reason(land: World) -> None:
    asked = form(land, "addicts", "addicts_with_file")
    unit = land["dong_hoa"]
    told(entry(unit, "addicts", THIS, 10))
    client, page, cell = client_of(land), address("unit", asked, unit.pk), key(asked, unit, "addicts_with_file")
    answer = send(client, page, **{f"v{cell}": "12"})
    assert answer.json()["cells"][0]["state"] == "saved"
    assert "1 chỗ cần xem lại" in unescape(answer.json()["parts"]["remarks"])
    assert "lớn hơn" in text(client.get(page))
    fact = standing(unit, "addicts_with_file")
    answer = send(
        client, page, **{f"v{cell}": "12", f"n{cell}": "gồm 2 người chờ chuyển đi", "seen": f"{cell}:{fact.pk}"}
    )
    assert answer.json()["parts"]["remarks"].strip() == ""
    assert standing(unit, "addicts_with_file").note == "gồm 2 người chờ chuyển đi"
    assert "Đã giải trình:" in text(client.get(page))


def test_parts_stand_below_their_total(land: World) -> None:
    asked = form(land, "addicts", "addicts|sex=female", "cases_detected")
    rows = client_of(land).get(address("unit", asked, land["dong_hoa"].pk)).context["table"].rows
    assert [(row.number, row.depth) for row in rows] == [("1", 0), ("1.1", 1), ("2", 0)]
    assert rows[1].head == "Nữ"


# ---- a line with many units ----


def test_a_line_with_its_units_and_their_sum(land: World, asked: Form) -> None:
    told(*series(land["dong_hoa"], "cases_detected", [1, 2, 1200]), *series(land["tay_hoa"], "cases_detected", [4, 0]))
    client, line = client_of(land), line_of(asked, "cases_detected")
    page = client.get(address("line", asked, line.pk))
    assert [row.head for row in page.context["table"].rows] == ["Phường Tây Hòa", "Xã Đông Hòa"]
    assert [total for _key, _label, total in page.context["table"].totals] == ["2", "—", "1.200"]
    assert "1/2 đơn vị đã nhập" in text(page)
    answer = send(
        client, address("line", asked, line.pk), **{f"v{key(asked, land['tay_hoa'], 'cases_detected')}": "0,5"}
    )
    assert answer.json()["cells"][0]["state"] == "refused"
    answer = send(client, address("line", asked, line.pk), **{f"v{key(asked, land['tay_hoa'], 'cases_detected')}": "3"})
    assert answer.json()["parts"]["t20260215"] == "1.203"
    assert answer.json()["parts"]["told"].startswith("2/")


def test_a_line_with_the_periods_of_the_year(land: World, asked: Form) -> None:
    told(*series(land["dong_hoa"], "cases_detected", [1, 2]))
    client, page = client_of(land), address("line", asked, line_of(asked, "cases_detected").pk) + "?cot=nam"
    table = client.get(page).context["table"]
    assert [column.label for column in table.columns] == ["Tháng 01/2026", "Tháng 02/2026", "Tháng 3/2026"]
    january = key(asked, land["dong_hoa"], "cases_detected", month(1).start)
    march = key(asked, land["dong_hoa"], "cases_detected")
    client.post(page, {f"v{january}": "8", f"v{march}": "", "seen": client.get(page).context["seen"]})
    assert Fact.objects.get(start=month(1).start, closed_by=None).value == 8
    assert not Fact.objects.filter(start=THIS.start).exists()


def plenty(land: World, count: int) -> None:
    units = Unit.objects.bulk_create(
        Unit(
            name=f"Xã Số {at}", search_key=f"xa so {at}", sort_key=f"xa so {at:03}", kind="administrative",
            level="commune",
        )
        for at in range(count)
    )  # fmt: skip
    UnitLink.objects.bulk_create(UnitLink(parent=land["an_binh"], child=unit) for unit in units)
    UnitClosure.objects.bulk_create(
        [UnitClosure(ancestor=land["an_binh"], descendant=unit, depth=1) for unit in units]
        + [UnitClosure(ancestor=unit, descendant=unit, depth=0) for unit in units]
    )
    told(*(entry(unit, "cases_detected", month(number), number) for unit in units for number in (1, 2, 3)))


def test_pages_of_130_units_are_light_and_take_as_many_statements_as_those_of_10(land: World, asked: Form) -> None:
    client, line = client_of(land), line_of(asked, "cases_detected")
    pages = [
        reverse("entry:list"),
        address("units", asked),
        address("line", asked, line.pk),
        address("line", asked, line.pk) + "?cot=nam",
    ]
    counts = []
    for more in (8, 120):
        plenty(land, more)
        found = []
        for page in pages:
            with statements() as queries:
                answer = client.get(page)
            found.append(len(queries))
            assert len(answer.content) < 300_000, page
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 22, counts


def test_a_form_of_sixty_lines_is_light(land: World, asked: Form) -> None:
    codes = list(Element.objects.values_list("code", flat=True)[:60])
    long, client = form(land, *codes), client_of(land)
    with statements() as queries:
        answer = client.get(address("unit", long, land["dong_hoa"].pk))
    assert len(answer.content) < 150_000
    assert len(queries) <= 22


# ---- who may ----


@pytest.mark.parametrize(
    ("who", "role", "seen_as"),
    [
        ("dong_hoa", "officer", "types"),
        ("dong_hoa_police", "standing_office", "types"),
        ("an_binh", "leader", "reads"),
        ("police", "standing_office", "types"),
        ("police", "officer", "nothing"),
        ("tay_hoa", "officer", "nothing"),
        ("binh_giang_police", "standing_office", "nothing"),
        ("an_binh", "administrator", "nothing"),
    ],
)
def test_who_types_who_reads_and_who_sees_nothing(land: World, asked: Form, who: str, role: str, seen_as: str) -> None:
    unit = land["dong_hoa"]
    client, page = client_of(land, who, role, f"{role}.{who}"), address("unit", asked, unit.pk)
    answer = client.get(page)
    assert (answer.status_code == 404) == (seen_as == "nothing")
    assert ("data-cell" in text(answer)) == (seen_as == "types")
    posted = client.post(page, {f"v{key(asked, unit, 'cases_detected')}": "5"})
    assert posted.status_code == {"types": 302, "reads": 403, "nothing": 404}[seen_as]
    assert Fact.objects.exists() == (seen_as == "types")
    assert (asked.title in text(client.get(reverse("entry:list")))) == (seen_as != "nothing" or who == "tay_hoa")


def test_cells_of_other_units_in_what_was_sent_are_left_alone(land: World, asked: Form) -> None:
    client = client_of(land, "dong_hoa", "officer", "xa")
    other = key(asked, land["tay_hoa"], "cases_detected")
    client.post(address("line", asked, line_of(asked, "cases_detected").pk), {f"v{other}": "5"})
    client.post(address("unit", asked, land["dong_hoa"].pk), {f"v{other}": "5"})
    assert not Fact.objects.exists()


@pytest.mark.parametrize("day", ["2026-02-16", "2026-03-15", "khong-co", "2024-11-15"])
def test_days_on_which_no_period_begins_or_none_is_asked_for(land: World, asked: Form, day: str) -> None:
    page = reverse("entry:unit", args=[asked.pk, day, land["dong_hoa"].pk])
    assert client_of(land).get(page).status_code == 404


def test_a_unit_that_merged_is_asked_until_its_end_and_read_afterwards(land: World, asked: Form) -> None:
    gone, heir = land["tay_hoa"], land["dong_hoa"]
    told(entry(gone, "cases_detected", month(2), 6))
    end = date(2026, 3, 1)
    Unit.objects.filter(pk=gone.pk).update(valid_to=end)
    UnitClosure.objects.filter(descendant=gone).update(valid_to=end)
    Succession.objects.create(on=end, old=gone, new=heir)
    client = client_of(land)
    assert client.get(address("unit", asked, gone.pk)).status_code == 404
    page = client.get(address("unit", asked, gone.pk, day=month(2).start))
    assert "Đơn vị này không còn từ 01/03/2026; Xã Đông Hòa tiếp nhận." in text(page)
    assert "6" in text(page)
    assert "data-cell" not in text(page)
    assert client_of(land, "binh_giang_police", name="xa").get(
        address("unit", asked, gone.pk, day=month(2).start)
    ).status_code == 404  # fmt: skip


# ---- the past of a number ----


def test_the_past_of_a_number_and_its_correction(land: World, asked: Form) -> None:
    unit, element = land["dong_hoa"], "cases_detected"
    told(entry(unit, element, THIS, 3), at=NOW - timedelta(hours=1))
    told(entry(unit, element, THIS, 4, note="bổ sung"), actor=land.second)
    client, page = client_of(land), address("cell", asked, unit.pk, line_of(asked, element).pk)
    shown = text(client.get(page))
    assert "<del>3</del> → <ins>4</ins>" in shown
    assert name_of(land.second) in shown
    assert "Hệ thống" in shown
    panel = client.get(page, headers={"hx-request": "true"})
    assert "<html" not in text(panel)
    number = standing(unit, element).pk
    wrong = client.post(page, {"value": "bốn", "reason": "", "seen": number})
    assert wrong.status_code == 422
    assert 'value="bốn"' in text(wrong)
    assert client.post(page, {"value": "bốn", "reason": "nhầm", "seen": number}).status_code == 422
    stale = client.post(page, {"value": "6", "reason": "nhầm", "seen": 0})
    assert stale.status_code == 422
    assert 'value="6"' in text(stale)
    assert f'name="seen" value="{number}"' in text(stale)  # by now the page shows what stands
    done = client.post(page, {"value": "6", "reason": "đếm trùng", "seen": number}, follow=True)
    assert "<del>4</del> → <ins>6</ins>" in text(done)
    assert "Lý do: đếm trùng" in text(done)
    assert standing(unit, element).note == "bổ sung"


def test_a_recording_is_taken_back_with_a_reason(land: World, asked: Form) -> None:
    unit, element = land["dong_hoa"], "cases_detected"
    told(entry(unit, element, THIS, 3))
    made = told(entry(unit, element, THIS, 4), actor=land.office, form=asked)
    client = client_of(land)
    undo = reverse("entry:undo", args=[made.pk])
    without = client.post(undo, {"reason": " "})
    assert without.status_code == 422
    assert "Ghi lý do hoàn tác." in text(without)
    done = client.post(undo, {"reason": "nhầm kỳ"}, follow=True)
    assert "Đã hoàn tác." in text(done)
    assert "Lý do: nhầm kỳ" in text(done)
    assert standing(unit, element).value == 3
    assert "Hoàn tác lần ghi này" not in text(client.get(reverse("entry:recording", args=[made.pk])))
    leader = client_of(land, "an_binh", "leader", "phuc")
    again = told(entry(unit, element, THIS, 9), actor=land.office, form=asked)
    assert leader.post(reverse("entry:undo", args=[again.pk]), {"reason": "thử"}).status_code == 403


# ---- accepting ----


def test_what_waits_is_accepted_by_the_office_of_the_root(land: World) -> None:
    asked = form(land, "cases_detected", needs_acceptance=True)
    unit, cell = land["dong_hoa"], key(asked, land["dong_hoa"], "cases_detected")
    commune = client_of(land, "dong_hoa", "officer", "xa")
    answer = send(commune, address("unit", asked, unit.pk), **{f"v{cell}": "5"})
    assert answer.json()["cells"][0]["state"] == "waiting"
    assert "chờ tiếp nhận" in answer.json()["cells"][0]["words"]
    assert commune.post(address("accept", asked), {"tat-ca": "1"}).status_code == 403
    office = client_of(land)
    assert "1 chờ tiếp nhận" in text(office.get(address("units", asked)))
    assert office.post(address("accept", asked)).status_code == 422
    done = office.post(address("accept", asked), {"chon": unit.pk}, follow=True)
    assert "Đã tiếp nhận số liệu." in text(done)
    assert "1 đủ" in text(done)
    assert standing(unit, "cases_detected").accepted
    nothing = office.post(address("accept", asked), {"tat-ca": "1"})
    assert nothing.status_code == 422
    assert "Không có số nào đang chờ tiếp nhận." in text(nothing)
    # A number told after that waits beside the accepted one, and is what the commune goes on from.
    page = address("unit", asked, unit.pk)
    commune.post(page, {f"v{cell}": "6", "seen": seen(commune, page)})
    assert sorted(Fact.objects.current().values_list("value", "accepted")) == [(5, True), (6, False)]
    answer = send(commune, page, **{f"v{cell}": "7", "seen": seen(commune, page)})
    assert answer.json()["cells"][0]["state"] == "waiting"


def test_a_recording_names_its_numbers(land: World, asked: Form) -> None:
    made = told(entry(land["dong_hoa"], "cases_detected", THIS, 3), actor=land.office, form=asked)
    page = text(client_of(land).get(reverse("entry:recording", args=[made.pk])))
    assert "Số vụ phạm tội về ma túy phát hiện, bắt giữ" in page
    assert "Xã Đông Hòa" in page
    assert "Tháng 3/2026" in page
    stranger = client_of(land, "binh_giang_police", name="xa")
    assert stranger.get(reverse("entry:recording", args=[made.pk])).status_code == 404


def test_weeks_stand_beside_one_another_by_the_quarter(land: World) -> None:
    weekly = form(land, "cases_detected", period=Kind.WEEK)
    page = reverse("entry:line", args=[weekly.pk, "2026-03-02", weekly.lines.get().pk])
    table = client_of(land).get(page, {"cot": "nam"}).context["table"]
    assert table.columns[-1].label == "Tuần 10/2026"
    assert len(table.columns) < 14
    assert TODAY in table.columns[-1].span
    assert table.told == 0
