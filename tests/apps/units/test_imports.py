"""Lists of hamlets, schools and bodies from workbooks: what is read, what would happen, doing it, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import ImportState, Unit, UnitAlias, UnitClosure, UnitImport, UnitLink
from pcmt.apps.units.operations import (
    choose_columns,
    commit_import,
    create_unit,
    edit_particulars,
    start_import,
    undo_import,
    withdraw_import,
)
from pcmt.apps.units.queries.imports import CHANGED, NEW, SAME, WRONG, Preview, preview_import
from pcmt.core.diagnostics import Refusal
from tests.factories.sheets import workbook
from tests.factories.world import NOW, TODAY, World

HEAD = ["STT", "Loại", "Tên thôn, tổ dân phố", "Xã, phường", "Mã"]


def sent(land: World, rows: Sequence[Sequence[Any]], *, kind: str = "hamlets", **more: Any) -> UnitImport:
    made = start_import(
        actor=land.office, at=NOW, area_id=land["an_binh"].pk, kind=kind, name="thon.xlsx", data=workbook(rows, **more)
    )
    assert isinstance(made, UnitImport), made
    return made


def looked(made: UnitImport) -> Preview:
    return preview_import(UnitImport.objects.select_related("area").get(pk=made.pk), TODAY)


def done(land: World, made: UnitImport) -> UnitImport:
    answer = commit_import(actor=land.office, at=NOW, import_id=made.pk, seen=looked(made).digest)
    assert isinstance(answer, UnitImport), answer
    return answer


def states(found: Preview) -> list[tuple[str, str]]:
    return [(each.state, each.name) for each in found.outcomes]


def reasons(found: Preview) -> list[tuple[str, str]]:
    return [(each.address, each.message) for row in found.outcomes for each in row.wrong]


def hamlet(land: World, name: str, where: str = "dong_hoa", code: str = "") -> Unit:
    made = create_unit(
        actor=None, at=NOW, name=name, kind="administrative", level="hamlet", parent_id=land[where].pk, code=code
    )
    assert isinstance(made, Unit)
    return made


def test_a_plain_list(land: World) -> None:
    found = looked(
        sent(land, [HEAD, [1, "Thôn", "Thượng", "Xã Đông Hòa", ""], [2, "", "Tổ dân phố 07", "Tây Hòa", "T7"]])
    )
    assert states(found) == [(NEW, "Thôn Thượng"), (NEW, "Tổ dân phố 07")]
    assert [each.parent_name for each in found.outcomes] == ["Xã Đông Hòa", "Phường Tây Hòa"]
    assert found.outcomes[1].texts == {"code": "T7"}


def test_what_real_sheets_look_like(land: World) -> None:
    """Title, headings over two rows, numbering, merged communes, headings of communes, blanks, sums, signature."""
    rows = [
        ["ỦY BAN NHÂN DÂN TỈNH AN BÌNH"],
        ["DANH SÁCH THÔN, TỔ DÂN PHỐ NĂM 2026"],
        [],
        ["STT", "Tên thôn,  bản,\ntổ dân phố", "Địa bàn", "", "Trưởng thôn", "Ghi chú"],
        ["", "", "Xã, phường", "Mã xã", "", ""],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [1, "  Thôn   Thượng ", "Xã Đông Hoà", "", "Nguyễn Văn An", ""],
        [2, "Thôn Hạ", "", "", "Trần Thị Bình", ""],
        ["", "", "", "", "", ""],
        ["II", "Phường Tây Hòa", "", "", "", ""],
        [1, "TỔ DÂN PHỐ SỐ 1", "", "", "", ""],
        [2, "TDP 02", "", "", "", ""],
        ["", "Tổng cộng: 4", "", "", "", ""],
        ["", "", "", "An Bình, ngày 5 tháng 01 năm 2026"],
        ["", "Người lập biểu", "", "", "CHỦ TỊCH"],
        ["", "Lê Thị C", "", "", "Phạm Văn D"],
    ]
    found = looked(sent(land, rows, merged=["C4:D4", "A4:A5", "B4:B5", "C7:C8"]))
    assert reasons(found) == []
    assert [(each.name, each.parent_name) for each in found.outcomes] == [
        ("Thôn Thượng", "Xã Đông Hòa"),
        ("Thôn Hạ", "Xã Đông Hòa"),
        ("Tổ dân phố Số 1", "Phường Tây Hòa"),
        ("Tổ dân phố 02", "Phường Tây Hòa"),
    ]
    assert [row for _sheet, row in found.passed] == [9, 12, 13, 14, 15]


def test_numbers_that_show_zeros_keep_them(land: World) -> None:
    rows = [["Tên thôn", "Xã", "Mã"], ["Thôn 1", "Đông Hòa", 7], ["Thôn 2", "Đông Hòa", "007"]]
    found = looked(sent(land, rows, formats={"C2": "000"}))
    assert [each.texts.get("code", "") for each in found.outcomes] == ["007", ""]
    assert reasons(found) == [("C3", "Mã 007 trùng với dòng 2.")]


@pytest.mark.parametrize(
    ("here", "listed"),
    [
        ("Thôn 7", "Thôn 07"),
        ("Thôn Hòa Bình", "Thôn Hoà Bình"),
        ("Tổ dân phố 3", "TỔ DÂN PHỐ SỐ 3"),
        ("Thôn Mỹ Lý", "Thôn Mĩ Lí"),
        ("Bản Phà - Lài", "bản Phà Lài."),
        ("Khối 5", "5. Khối 5"),
        ("Thôn Thượng", "Thôn Thuong"),
    ],
)
def test_one_name_in_two_spellings_is_one_unit(land: World, here: str, listed: str) -> None:
    unit = hamlet(land, here)
    (row,) = looked(sent(land, [HEAD, [1, "", listed, "Đông Hòa", ""]])).outcomes
    if row.unit_id is None:  # a name whose type kept its marks is no name without marks
        assert listed == "Thôn Thuong"
        assert row.note.startswith("Gần giống")
    else:
        assert (row.state, row.unit_id) == (SAME, unit.pk)


def test_names_that_differ_in_a_mark_are_two(land: World) -> None:
    hamlet(land, "Thôn Hạ")
    (row,) = looked(sent(land, [HEAD, [1, "Thôn", "Hà", "Đông Hòa", ""]])).outcomes
    assert (row.state, row.note) == (NEW, "Gần giống “Thôn Hạ” đã có; khác dấu nên là đơn vị khác.")


def test_a_name_without_any_marks_means_the_one_like_it(land: World) -> None:
    unit = hamlet(land, "Thôn Hạ")
    (row,) = looked(sent(land, [HEAD, [1, "", "Thon Ha", "Dong Hoa", ""]])).outcomes
    assert (row.state, row.unit_id) == (SAME, unit.pk)
    assert "Thôn Hạ" in row.note


def test_each_mistake_names_its_cell(land: World) -> None:
    hamlet(land, "Thôn Cũ", "tay_hoa", code="C1")
    rows = [
        HEAD,
        [1, "Thôn", "", "Đông Hòa", ""],
        [2, "", "Thượng", "Đông Hòa", ""],
        [3, "Xứ", "Thượng", "Đông Hòa", ""],
        [4, "Bản", "Thôn Thượng", "Đông Hòa", ""],
        [5, "Thôn", "Thượng", "Đông Hải", ""],
        [6, "Thôn", "Thượng", "", ""],
        [7, "Thôn", "Trung", "Đông Hòa", "mã có dấu"],
        [8, "Thôn", "Mới", "Đông Hòa", "C1"],
        [9, "Thôn", "Đôi", "Đông Hòa", ""],
        [10, "", "thôn Đôi", "Xã Đông Hòa", ""],
        [11, "Thôn", "thôn", "Đông Hòa", ""],
    ]
    found = looked(sent(land, rows))
    assert [address for address, _why in reasons(found)] == [
        "C2", "C3", "B4", "B5", "D6", "D7", "E8", "E9", "C11", "C12",
    ]  # fmt: skip
    said = dict(reasons(found))
    assert said["C2"] == "Thiếu tên."
    assert said["D6"].startswith("Không có “Đông Hải” trong Tỉnh An Bình.")
    assert said["E9"] == "Mã C1 đang là của “Thôn Cũ”."
    assert said["C11"] == "Trùng với dòng 10."
    assert found.counts == {NEW: 1, CHANGED: 0, WRONG: 10, SAME: 0}


def test_a_commune_that_ended_says_what_it_is_now(land: World) -> None:
    from pcmt.apps.units.models import Succession

    day = date(2025, 7, 1)
    old = create_unit(
        actor=None, at=NOW, name="Xã Bắc Hòa", kind="administrative", level="commune", parent_id=land["an_binh"].pk,
        valid_to=day,
    )  # fmt: skip
    assert isinstance(old, Unit)
    Succession.objects.create(on=day, old=old, new=land["dong_hoa"])
    found = looked(sent(land, [HEAD, [1, "Thôn", "Một", "Bắc Hòa", ""], [2, "Thôn", "Hai", "Xã Bắc Hòa", ""]]))
    assert ("D3", "Xã Bắc Hòa kết thúc ngày 01/07/2025, nay thuộc Xã Đông Hòa. Ghi đơn vị hiện nay.") in reasons(found)


def test_a_known_code_with_another_name_is_a_change(land: World) -> None:
    unit = hamlet(land, "Thôn Cũ", code="C1")
    made = sent(land, [HEAD, [1, "Thôn", "Mới", "Đông Hòa", "C1"]])
    (row,) = looked(made).outcomes
    assert (row.state, [(each.field, each.before, each.after) for each in row.changes]) == (
        CHANGED,
        [("name", "Thôn Cũ", "Thôn Mới")],
    )
    done(land, made)
    unit.refresh_from_db()
    assert (unit.name, unit.search_key) == ("Thôn Mới", "thon moi")


def test_doing_it_makes_units_in_their_place_with_one_entry(land: World) -> None:
    made = sent(land, [[*HEAD, "Tên gọi khác"], [1, "Thôn", "Một", "Đông Hòa", "M1", "Thôn Nhất; Xóm Chùa"]])
    before = Entry.objects.count()
    answer = done(land, made)
    (unit,) = Unit.objects.filter(level="hamlet")
    assert (unit.name, unit.code, unit.kind) == ("Thôn Một", "M1", "administrative")
    assert unit in Unit.objects.under(land["an_binh"].pk, TODAY)
    assert set(UnitAlias.objects.filter(unit=unit).values_list("name", "scope__name")) == {
        ("Thôn Nhất", "Xã Đông Hòa"),
        ("Xóm Chùa", "Xã Đông Hòa"),
    }
    assert answer.state == ImportState.DONE
    (entry,) = Entry.objects.order_by("pk")[before:]
    assert (entry.event, entry.after) == (
        "units.import.done",
        {"file": "thon.xlsx", "created": 1, "changed": 0},
    )
    assert looked(sent(land, [HEAD, [1, "", "Thôn Một", "Đông Hòa", "M1"]])).counts[SAME] == 1


def test_what_somebody_else_did_meanwhile_is_shown_before_anything_is_done(land: World) -> None:
    made = sent(land, [HEAD, [1, "Thôn", "Một", "Đông Hòa", ""]])
    seen = looked(made).digest
    hamlet(land, "Thôn Một")
    answer = commit_import(actor=land.second, at=NOW, import_id=made.pk, seen=seen)
    assert isinstance(answer, Refusal)
    assert answer.code == "stale"
    assert Unit.objects.filter(level="hamlet").count() == 1


def test_rows_with_mistakes_are_left_out_and_nothing_to_do_is_said(land: World) -> None:
    made = sent(land, [HEAD, [1, "Thôn", "Một", "Đông Hòa", ""], [2, "Thôn", "Hai", "Nơi Khác", ""]])
    assert done(land, made).counts == {NEW: 1, CHANGED: 0, WRONG: 1, SAME: 0}
    again = sent(land, [HEAD, [1, "Thôn", "Một", "Đông Hòa", ""]])
    answer = commit_import(actor=land.office, at=NOW, import_id=again.pk, seen=looked(again).digest)
    assert isinstance(answer, Refusal)
    assert answer.code == "nothing"


def test_undoing_leaves_the_tables_as_they_were(land: World) -> None:
    kept = hamlet(land, "Thôn Cũ", code="C1")
    before = [list(model.objects.order_by("pk").values()) for model in (Unit, UnitLink, UnitClosure, UnitAlias)]
    made = sent(
        land,
        [
            [*HEAD, "Tên gọn", "Tên gọi khác"],
            [1, "Thôn", "Một", "Đông Hòa", "", "", "Xóm Chùa"],
            [2, "Thôn", "Mới", "Đông Hòa", "C1", "T. Mới", ""],
        ],
    )
    done(land, made)
    kept.refresh_from_db()
    assert (kept.name, kept.short_name) == ("Thôn Mới", "T. Mới")
    answer = undo_import(actor=land.second, at=NOW, import_id=made.pk)
    assert isinstance(answer, UnitImport), answer
    assert before == [list(model.objects.order_by("pk").values()) for model in (Unit, UnitLink, UnitClosure, UnitAlias)]
    assert isinstance(undo_import(actor=land.office, at=NOW, import_id=made.pk), Refusal)


def test_undoing_is_refused_where_something_was_built_upon_a_unit(land: World) -> None:
    made = sent(land, [HEAD, [1, "Thôn", "Một", "Đông Hòa", ""], [2, "Thôn", "Hai", "Đông Hòa", ""]])
    done(land, made)
    unit = Unit.objects.get(name="Thôn Một")
    create_unit(actor=None, at=NOW, name="Tổ tự quản", kind="agency", level="hamlet", parent_id=unit.pk)
    answer = undo_import(actor=land.office, at=NOW, import_id=made.pk)
    assert isinstance(answer, Refusal)
    assert answer.message == "Không hoàn tác được: “Thôn Một” đã có 1 quan hệ trực thuộc."
    assert Unit.objects.filter(name="Thôn Hai").exists()


def test_undoing_is_refused_where_a_value_was_changed_again(land: World) -> None:
    kept = hamlet(land, "Thôn Cũ", code="C1")
    made = sent(land, [HEAD, [1, "Thôn", "Mới", "Đông Hòa", "C1"]])
    done(land, made)
    Unit.objects.filter(pk=kept.pk).update(name="Thôn Mới Nhất")
    answer = undo_import(actor=land.office, at=NOW, import_id=made.pk)
    assert isinstance(answer, Refusal)
    assert "“Thôn Mới Nhất” đã được sửa sau khi nhập." in answer.message


def test_only_whoever_keeps_the_area_may(land: World) -> None:
    data = workbook([HEAD, [1, "Thôn", "Một", "Đông Hòa", ""]])
    for actor, area in (
        (land.actor("health"), "an_binh"),
        (land.actor("an_binh", "leader"), "an_binh"),
        (land.actor("binh_giang_police", "standing_office"), "an_binh"),
        (land.actor("dong_hoa_police", "standing_office"), "an_binh"),
    ):
        answer = start_import(actor=actor, at=NOW, area_id=land[area].pk, kind="hamlets", name="a.xlsx", data=data)
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"
    made = sent(land, [HEAD, [1, "Thôn", "Một", "Đông Hòa", ""]])
    stranger = land.actor("binh_giang_police", "standing_office")
    for refused in (
        commit_import(actor=stranger, at=NOW, import_id=made.pk, seen=looked(made).digest),
        withdraw_import(actor=stranger, at=NOW, import_id=made.pk),
        undo_import(actor=stranger, at=NOW, import_id=made.pk),
    ):
        assert isinstance(refused, Refusal)
    assert not UnitImport.objects.visible_to(stranger).exists()
    assert UnitImport.objects.visible_to(land.second).exists()


def test_a_commune_needs_no_column_for_itself(land: World) -> None:
    police = land.actor("dong_hoa_police", "standing_office")
    made = start_import(
        actor=police, at=NOW, area_id=land["dong_hoa"].pk, kind="hamlets", name="a.xlsx",
        data=workbook([["Tên thôn"], ["Thôn 1"], ["Thôn 2"]]),
    )  # fmt: skip
    assert isinstance(made, UnitImport)
    found = looked(made)
    assert [(each.state, each.parent_name) for each in found.outcomes] == [(NEW, "Xã Đông Hòa")] * 2


def test_sheets_named_after_communes(land: World) -> None:
    made = sent(
        land,
        [["STT", "Tên thôn"], [1, "Thôn 1"]],
        name="Xã Đông Hòa",
        more=[
            ("Phường Tây Hòa", [["STT", "Tên thôn"], [1, "Tổ dân phố 1"]]),
            ("Hướng dẫn", [["Ghi tên thôn vào cột B"]]),
        ],
    )
    found = looked(made)
    assert [(each.name, each.parent_name) for each in found.outcomes] == [
        ("Thôn 1", "Xã Đông Hòa"),
        ("Tổ dân phố 1", "Phường Tây Hòa"),
    ]


def test_columns_chosen_by_hand_are_remembered(land: World) -> None:
    rows = [["A", "Nơi chốn", "Đơn vị cơ sở số"], ["x", "Đông Hòa", "Thôn 1"]]
    made = sent(land, rows)
    assert looked(made).readings == ()
    chosen = choose_columns(
        actor=land.office, at=NOW, import_id=made.pk, sheet=0, header=0, columns={0: "", 1: "parent", 2: "name"}
    )
    assert isinstance(chosen, UnitImport), chosen
    done(land, chosen)
    again = looked(sent(land, [["Đơn vị cơ sở số", "Nơi chốn"], ["Thôn 2", "Đông Hòa"]]))
    assert states(again) == [(NEW, "Thôn 2")]


@pytest.mark.parametrize(
    ("columns", "code"), [({1: "parent"}, "no_name"), ({1: "name", 2: "name"}, "twice"), ({1: "weight"}, "field")]
)
def test_columns_that_make_no_sense(land: World, columns: dict[int, str], code: str) -> None:
    made = sent(land, [["A", "B", "C"], ["x", "y", "z"]])
    answer = choose_columns(actor=land.office, at=NOW, import_id=made.pk, sheet=0, header=0, columns=columns)
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_schools_and_bodies_are_known_by_their_names_with_and_without_the_place(land: World) -> None:
    found = looked(
        sent(
            land,
            [
                ["Tên cơ quan", "Thuộc"],
                ["Công an xã", "Đông Hòa"],
                ["Trạm y tế xã Đông Hoà", "Đông Hòa"],
                ["Hợp tác xã", "Đông Hòa"],
                ["Sở Y tế tỉnh An Bình", "Tỉnh An Bình"],
            ],
            kind="bodies",
        )
    )  # fmt: skip
    assert [each.state for each in found.outcomes] == [SAME, SAME, NEW, SAME]
    schools = sent(
        land,
        [["Tên trường", "Xã"], ["TRƯỜNG THCS ĐÔNG HÒA", "Đông Hòa"]],
        kind="schools",
    )
    done(land, schools)
    assert Unit.objects.get(level="school").name == "Trường THCS Đông Hòa"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", "Tên thôn\nThôn 1".encode(), "unsupported"),
        ("a.xlsx", b"PK\x03\x04broken", "damaged"),
        ("a.xlsx", workbook([["TUYỆT MẬT"], ["Tên thôn"], ["Thôn 1"]]), "secret"),
    ],
)
def test_files_that_are_refused(land: World, name: str, data: bytes, code: str) -> None:
    answer = start_import(actor=land.office, at=NOW, area_id=land["an_binh"].pk, kind="hamlets", name=name, data=data)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.field) == (code, "file")
    assert not UnitImport.objects.exists()


def test_two_thousand_hamlets_take_few_statements(land: World) -> None:
    rows = [
        HEAD,
        *([at, "Thôn", f"Số {at}", "Đông Hòa" if at % 2 else "Tây Hòa", f"H{at:05}"] for at in range(1, 2001)),
    ]
    made = sent(land, rows)
    with CaptureQueriesContext(connection) as asked:
        found = looked(made)
    assert len(asked) < 12
    assert found.counts[NEW] == 2000
    done(land, made)
    assert isinstance(undo_import(actor=land.office, at=NOW + timedelta(hours=1), import_id=made.pk), UnitImport)
    assert not Unit.objects.filter(level="hamlet").exists()


def test_edit_after_import_is_seen(land: World) -> None:
    unit = hamlet(land, "Thôn Cũ")
    answer = edit_particulars(actor=land.office, at=NOW, unit_id=unit.pk, values={"code": "C9"})
    assert isinstance(answer, Unit)
    (row,) = looked(sent(land, [HEAD, [1, "", "Thôn Cũ", "Đông Hòa", "C9"]])).outcomes
    assert row.state == SAME
