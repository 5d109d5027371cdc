"""Lists of communes taken in: what messy cells mean, what becomes of rows, that nothing plain stays behind."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.lists import (
    ListRow,
    category_of,
    day_in,
    guess_reading,
    meaning_of,
    read_rows,
    tidy_id,
    tidy_phone,
    without_remarks,
)
from pcmt.apps.registers.models import ImportState, RegisterExport, RegisterImport, Spell, Subject
from pcmt.apps.registers.operations.filing import write_identity
from pcmt.apps.registers.operations.importing import (
    Imported,
    choose_columns,
    finish_import,
    give_back,
    import_rows,
    purge_imports,
    start_import,
)
from pcmt.apps.registers.operations.visits import begin_visit
from pcmt.apps.registers.queries.importing import Looked, kept_of, looked_at
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, Setting
from pcmt.documents import Grid, GridSheet, read_grid
from tests.factories.registers import BLOCK, subject
from tests.factories.world import World

LATER = datetime(2026, 9, 7, 3, 0, tzinfo=UTC)
ON = date(2026, 9, 7)
HEADS = (
    "STT", "Họ và tên", "Giới tính", "Ngày sinh", "Số CCCD", "Địa chỉ", "Loại", "Số QĐ", "Ngày QĐ", "Ngày XN",
    "Ghi chú",
)  # fmt: skip
GOOD = ("1", "LÒ THỊ MẪU", "Nữ", "1/2/1991", "34091000123", "Bản Mẫu 1", "Sử dụng trái phép", "7/QĐ-CAX", "5/8/2026",
        "4/8/2026", "nghi bán ma túy")  # fmt: skip


def changed(**more: str) -> tuple[str, ...]:
    keys = ("stt", "name", "sex", "born", "id", "address", "kind", "number", "signed", "test", "note")
    return tuple(more.get(key, text) for key, text in zip(keys, GOOD, strict=True))


def grid(*rows: tuple[str, ...], merged: tuple[tuple[int, int, int, int], ...] = ()) -> Grid:
    return Grid((GridSheet("Danh sách", rows, merged),))


def read(*rows: tuple[str, ...]) -> list[ListRow | int]:
    whole = grid(("CÔNG AN XÃ",), HEADS, *rows)
    reading = guess_reading(whole, {})
    assert reading is not None
    return list(read_rows(whole, reading, ON))


def workbook(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write(0, 0, "CÔNG AN XÃ ĐÔNG HÒA")
        for line, row in enumerate((heads, *rows), 2):
            for at, cell in enumerate(row):
                sheet.write(line, at, cell)
    return output.getvalue()


# --- cells ---


@pytest.mark.parametrize(
    ("text", "day", "year"),
    [
        ("1/2/1990", date(1990, 2, 1), 1990),
        ("01-02-1990", date(1990, 2, 1), 1990),
        ("1.2.1990", date(1990, 2, 1), 1990),
        ("1990-02-01 00:00:00", date(1990, 2, 1), 1990),
        ("ngày 1/2/1990", date(1990, 2, 1), 1990),
        ("29/2/2024", date(2024, 2, 29), 2024),
        ("29/2/2023", None, None),
        ("1990", None, 1990),
        ("1990.0", None, 1990),
        ("năm 1990", None, 1990),
        ("5/1990", None, 1990),
        ("32874", date(1990, 1, 1), 1990),
        ("07", None, None),
        ("1/2/90", None, None),
        ("", None, None),
        ("không rõ", None, None),
    ],
)
def test_days_and_years(text: str, day: date | None, year: int | None) -> None:
    assert day_in(text) == (day, year)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("034091000123", ("034091000123", "cccd")),
        ("34091000123", ("034091000123", "cccd")),
        ("34091000123.0", ("034091000123", "cccd")),
        ("034 091 000 123", ("034091000123", "cccd")),
        ("'034091000123", ("034091000123", "cccd")),
        ("12345678", ("012345678", "cmnd")),
        ("123456789", ("123456789", "cmnd")),
        ("b1234567", ("B1234567", "passport")),
        ("", ("", "")),
        ("-", ("", "")),
        ("3.4091E+10", None),
        ("12345", None),
        ("034091000123456", None),
        ("không có", None),
    ],
)
def test_numbers_of_papers(text: str, found: tuple[str, str] | None) -> None:
    assert tidy_id(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("900000017", "0900000017"), ("+84 900 000 017", "0900000017"), ("0900000017; 0911", "0900000017"), ("123", None)],
)
def test_telephones(text: str, found: str | None) -> None:
    assert tidy_phone(text) == found


@pytest.mark.parametrize(
    ("text", "category", "setting"),
    [
        ("Người sử dụng trái phép", Category.ILLEGAL_USER, None),
        ("Nghiện", Category.ADDICT, None),
        ("Sau cai", Category.POST_REHAB, None),
        ("Cai nghiện tại gia đình", Category.IN_REHAB, Setting.HOME),
        ("Cai nghiện bắt buộc", Category.IN_REHAB, Setting.COMPULSORY),
        ("Methadone", Category.ON_SUBSTITUTION, Setting.METHADONE),
        ("Quản lý sau cai nghiện", Category.POST_REHAB, None),
        ("Khác", None, None),
    ],
)
def test_statuses(text: str, category: Category | None, setting: Setting | None) -> None:
    assert category_of(text) == (category, setting)


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Họ và tên", "name"), ("Họ tên", "name"), ("HỌ VÀ TÊN ĐỐI TƯỢNG", "name"), ("Năm sinh", "born"),
        ("Ngày, tháng, năm sinh", "born"), ("Năm sinh · Nam", "male"), ("Năm sinh · Nữ", "female"),
        ("Nơi sinh", "birthplace"),
        ("Số CMND/CCCD", "id_number"), ("Ngày cấp", "id_issued_on"), ("Hộ khẩu thường trú", "permanent_address"),
        ("Nơi ở hiện nay", "present_address"), ("Số QĐ", "number"), ("Ngày quyết định", "signed_on"), ("Ghi chú", "-"),
        ("Biểu hiện nghi vấn", "-"), ("Phân loại", "category"), ("STT", None), ("Tên gọi khác", "other_names"),
        ("Họ tên cha, mẹ", "guardian_name"), ("Ngày xét nghiệm", "test_on"),
    ],
)  # fmt: skip
def test_headings(heading: str, meaning: str | None) -> None:
    assert meaning_of(heading) == meaning


def test_a_messy_sheet_is_read() -> None:
    whole = grid(
        ("CÔNG AN XÃ ĐÔNG HÒA",),
        ("STT", "Họ và tên", "Năm sinh", "", "CCCD", "Loại", "Số QĐ", "Ngày QĐ", "Ngày XN", "Ghi chú"),
        ("", "", "Nam", "Nữ"),
        ("(1)", "(2)", "(3)", "(4)", "(5)"),
        ("I. Bản Mẫu 1",),
        ("1", "LÒ VĂN MỘT", "1990", "", "34090000123", "Sử dụng", "1/QĐ-CAX ngày 5/8/2026", "", "4/8/2026", "đi đêm"),
        ("2", "lò thị hai", "", "1/2/1985", "", "", "2/QĐ-CAX", "5/8/2026", "4/8/2026", "x"),
        ("STT", "Họ và tên"),
        ("", "Tổng cộng: 2 người"),
        ("", "", "", "Đông Hòa, ngày 7 tháng 9 năm 2026"),
        ("", "Người lập biểu"),
        ("", "Lò Văn Ký"),
        merged=((1, 2, 1, 3), (1, 0, 2, 0), (1, 1, 2, 1), (5, 5, 6, 5)),
    )
    clean = without_remarks(whole)
    assert "đi đêm" not in str(clean)
    reading = guess_reading(clean, {})
    assert reading is not None
    found = list(read_rows(clean, reading, ON))
    people = [each for each in found if isinstance(each, ListRow)]
    assert [(each.block.name, each.sex, each.birth_year) for each in people] == [
        ("Lò Văn Một", "male", 1990),
        ("Lò Thị Hai", "female", 1985),
    ]
    assert people[0].block.id_number == "034090000123"
    assert people[1].category is Category.ILLEGAL_USER  # the cell of the row above reaches down
    assert (people[0].number, people[0].signed_on) == ("1/QĐ-CAX", date(2026, 8, 5))
    assert not any(each.wrong or each.lacks for each in people)


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"name": "Lò 3"}, "wrong"), ({"sex": ""}, "wrong"), ({"born": "07"}, "wrong"), ({"born": "1850"}, "wrong"),
        ({"born": "1/1/2030"}, "wrong"), ({"id": "12"}, "wrong"), ({"signed": "mai"}, "wrong"),
        ({"signed": "1/1/2027"}, "wrong"), ({"kind": ""}, "lacks"), ({"kind": "lạ"}, "lacks"), ({"number": ""}, "lacks"),
        ({"signed": ""}, "lacks"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_what_is_missing_is_said_with_its_column(more: dict[str, str], where: str) -> None:
    row = read(changed(**more))[0]
    assert isinstance(row, ListRow)
    said = getattr(row, where)
    assert len(said) == 1
    assert said[0][0] is not None
    assert said[0][1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.text(max_size=30), max_size=len(HEADS)).map(tuple), max_size=4))
def test_no_cell_ever_breaks_the_reading(rows: list[tuple[str, ...]]) -> None:
    for each in read(*rows):
        assert isinstance(each, int | ListRow)


# --- rows in the database ---


def keeper(land: World, unit: str = "dong_hoa_police") -> Actor:
    return land.actor(unit, "register_keeper", on=ON)


def sent(land: World, *rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> RegisterImport:
    made = start_import(
        actor=keeper(land), at=LATER, unit_id=land["dong_hoa"].pk, name="ds.xlsx", data=workbook(*rows, heads=heads)
    )
    assert isinstance(made, RegisterImport), made
    return made


def looks(land: World, made: RegisterImport) -> list[Looked]:
    kept = kept_of(made)
    assert kept is not None
    return looked_at(keeper(land), kept, ON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "new"),
        ({"test": ""}, "lacks"),
        ({"test": "6/8/2026"}, "lacks"),
        ({"kind": "Cai nghiện"}, "lacks"),
        ({"born": "2020"}, "lacks"),
        ({"born": "2012"}, "lacks"),
        ({"sex": "?"}, "wrong"),
        ({"id": "091090000017"}, "duplicate"),
        ({"name": "Lò Văn Thử", "sex": "Nam", "born": "1990", "id": ""}, "likely"),
        ({"id": "091090000099"}, "elsewhere"),
    ],
)
def test_what_becomes_of_a_row(land: World, more: dict[str, str], state: str) -> None:
    here = subject(land["dong_hoa"])
    write_identity(here, BLOCK)
    subject(land["tay_hoa"], block=attrs.evolve(BLOCK, name="Ai Khác Hẳn", id_number="091090000099"))
    found = looks(land, sent(land, changed(**more)))
    assert [each.state for each in found] == [state]
    assert bool(found[0].reasons) == (state != "new")
    assert found[0].codes == ((here.code,) if state in ("duplicate", "likely") else ())


@pytest.mark.django_db
def test_rows_stand_for_themselves_and_are_wiped(land: World) -> None:
    made = sent(
        land, GOOD, changed(name="Lò Văn Hai", sex="Nam", id="34091000124", test=""),
        changed(name="LÒ THỊ MẪU"), changed(name="Vừ A Ba", sex="Nam", born="1980", id=34091000125, number="8/QĐ-CAX"),
    )  # fmt: skip
    assert [each.state for each in looks(land, made)] == ["new", "lacks", "repeated", "new"]
    rows = [each.row for each in looks(land, made)]
    done = import_rows(actor=keeper(land), at=LATER, key=str(made.key), version=made.version, rows=rows, sure=())
    assert isinstance(done, Imported)
    assert (len(done.codes), done.refused) == (2, 0)
    spell = Spell.objects.get(subject__code=done.codes[0])
    assert (spell.category, spell.start_paper.number, spell.starts_on) == ("illegal_user", "7/QĐ-CAX", date(2026, 8, 5))
    assert spell.ends_on == date(2027, 8, 4)
    made.refresh_from_db()
    assert made.outcome["imported"] == 2
    left = kept_of(made)
    assert left is not None
    assert "VỪ A BA" not in str(left.grid.as_json()).upper()
    again = import_rows(actor=keeper(land), at=LATER, key=str(made.key), version=1, rows=rows, sure=())
    assert isinstance(again, Refusal)
    assert again.code == "stale"
    assert Subject.objects.count() == 2
    over = finish_import(actor=keeper(land), at=LATER, key=str(made.key), version=made.version)
    assert isinstance(over, RegisterImport)
    assert (over.sealed, over.state) == (None, ImportState.DONE)


@pytest.mark.django_db
def test_who_looks_alike_comes_in_only_when_a_person_is_sure(land: World) -> None:
    write_identity(subject(land["dong_hoa"]), BLOCK)
    made = sent(land, changed(name="Lò Văn Thử", sex="Nam", born="1990", id=""))
    row = looks(land, made)[0].row
    told = {"actor": keeper(land), "at": LATER, "key": str(made.key)}
    first = import_rows(**told, version=1, rows=[row], sure=[])  # type: ignore[arg-type]
    assert isinstance(first, Imported)
    assert (first.codes, first.refused) == ((), 1)
    second = import_rows(**told, version=2, rows=[], sure=[row])  # type: ignore[arg-type]
    assert isinstance(second, Imported)
    assert len(second.codes) == 1
    made.refresh_from_db()
    assert (made.state, made.sealed) == (ImportState.DONE, None)


@pytest.mark.django_db
def test_nothing_plain_is_kept_and_the_night_wipes_the_rest(land: World) -> None:
    made = sent(land, GOOD)
    row = RegisterImport.objects.get()
    plain = f"{row.columns}{row.choices}{row.outcome}{bytes(row.sealed or b'')!r}"
    logged = "".join(f"{each.before}{each.after}{each.object_label}{each.reason}" for each in Entry.objects.all())
    for words in ("MẪU", "034091000123", "34091000123", "Bản Mẫu", "ds.xlsx", "bán ma túy"):
        assert words not in plain
        assert words not in logged
    assert purge_imports(at=LATER + timedelta(days=6)) == 0
    assert purge_imports(at=LATER + timedelta(days=7)) == 1
    made.refresh_from_db()
    assert (made.sealed, made.state, made.choices) == (None, ImportState.DROPPED, {})
    assert purge_imports(at=LATER + timedelta(days=8)) == 0


@pytest.mark.django_db
def test_columns_chosen_by_hand_are_remembered(land: World) -> None:
    heads = (*HEADS[:1], "Danh tính", *HEADS[2:])
    made = sent(land, GOOD, heads=heads)
    kept = kept_of(made)
    assert kept is not None
    assert kept.reading is None
    meant = ("name", "sex", "born", "id_number", "present_address", "category", "number", "signed_on", "test_on")
    columns = dict(enumerate(meant, 1))
    told = {"actor": keeper(land), "at": LATER, "key": str(made.key), "version": 1, "sheet": 0}
    for head, wrong in ((99, columns), (2, {1: "born"}), (2, {1: "name", 2: "name"})):
        assert isinstance(choose_columns(**told, head=head, columns=wrong), Refusal)  # type: ignore[arg-type]
    chosen = choose_columns(**told, head=2, columns=columns)  # type: ignore[arg-type]
    assert isinstance(chosen, RegisterImport)
    assert [each.state for each in looks(land, chosen)] == ["new"]
    again = sent(land, GOOD, heads=heads)
    assert [each.state for each in looks(land, again)] == ["new"]


@pytest.mark.django_db
def test_the_sheet_comes_back_marked_inside_a_visit(land: World) -> None:
    actor, made = keeper(land), sent(land, changed(sex="?"))
    without = give_back(actor=actor, at=LATER, visit=None, key=str(made.key))
    assert isinstance(without, Refusal)
    visit = begin_visit(actor=actor, at=LATER, purpose="update")
    assert not isinstance(visit, Refusal)
    data = give_back(actor=actor, at=LATER, visit=visit, key=str(made.key))
    assert isinstance(data, bytes)
    back = read_grid("x.xlsx", data)
    assert isinstance(back, Grid)
    text = str(back.as_json())
    export = RegisterExport.objects.get()
    assert export.mark in text
    assert "Chưa ghi giới tính" in text
    assert "bán ma túy" not in text


@pytest.mark.django_db
def test_only_the_keeper_of_the_commune(land: World) -> None:
    other = keeper(land, "tay_hoa_police")
    with pytest.raises(PermissionDenied):
        start_import(actor=other, at=LATER, unit_id=land["dong_hoa"].pk, name="x.xlsx", data=workbook(GOOD))
    made = sent(land, GOOD)
    province = import_rows(actor=keeper(land, "police"), at=LATER, key=str(made.key), version=1, rows=[3], sure=())
    assert isinstance(province, Refusal)
    assert set(made.outcome) == {"new"}
