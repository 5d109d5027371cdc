"""Tables of pdf pages by their lines, and the two columns of a letter-head."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.documents.intake.ruled import Line, grids
from pcmt.documents.intake.tables import parted_columns
from tests.documents.samples import converted, docx, needs_office, paragraph, pdf, read
from tests.documents.test_word import cell, table


def box(x0: float, y0: float, x1: float, y1: float) -> list[Line]:
    return [Line(x0, y0, x1, y0), Line(x1, y0, x1, y1), Line(x1, y1, x0, y1), Line(x0, y1, x0, y0)]


def test_cells_of_a_grid() -> None:
    [grid] = grids([*box(0, 0, 50, 20), *box(50, 0, 100, 20), *box(0, 20, 50, 40), *box(50, 20, 100, 40)])
    assert (grid.rows, grid.columns) == (2, 2)
    assert grid.cell_at(10, 30) == (0, 0)
    assert grid.cell_at(60, 5) == (1, 1)
    assert grid.cell_at(110, 5) is None
    assert grid.cell_at(10, 50) is None


def test_cells_without_a_line_between_are_one() -> None:
    lines = [Line(0, y, 100, y) for y in (0, 20, 40)] + [Line(x, 0, x, 40) for x in (0, 100)] + [Line(50, 0, 50, 20)]
    [grid] = grids(lines)
    assert grid.cell_at(75, 30) == (0, 0)
    assert grid.cell_at(75, 10) == (1, 1)


def test_strokes_drawn_as_thin_boxes_and_underlines() -> None:
    lines = []
    for x in (0, 50, 100):
        lines += box(x, 0, x + 1, 40)
    for y in (0, 20, 40):
        lines += box(0, y, 100, y + 1)
    lines.append(Line(10, 28, 40, 28))
    [grid] = grids(lines)
    assert (grid.rows, grid.columns) == (2, 2)


@pytest.mark.parametrize("lines", [[], box(0, 0, 100, 100), [Line(0, 0, 100, 0)], [Line(0, 0, 90, 70)]])
def test_no_tables(lines: list[Line]) -> None:
    assert grids(lines) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 60)] * 4), max_size=30))
def test_any_lines(edges: list[tuple[int, int, int, int]]) -> None:
    for grid in grids(Line(*map(float, edge)) for edge in edges):
        for x in range(0, 61, 7):
            for y in range(0, 61, 7):
                found = grid.cell_at(x, y)
                if found is not None:
                    row, column = found
                    assert grid.owners[row][column] == found


@needs_office
def test_a_table_of_a_pdf_keeps_its_rows(tmp_path: Path) -> None:
    body = paragraph("KẾ HOẠCH GIAO CHỈ TIÊU") + table(
        cell("STT") + cell("Đơn vị thực hiện") + cell("Số buổi"),
        cell("1") + cell("Trường Tiểu học xã Hòa Thịnh và các điểm trường lẻ ở xa trung tâm " * 3) + cell("04"),
        cell("2") + cell("Trạm Y tế") + cell(""),
    )
    lines = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in lines)
    body = body.replace('<w:top w:val="single"/>', borders) + paragraph("Kết thúc phần giao chỉ tiêu.")
    found = read("a.pdf", converted(docx(body), "docx", "pdf", tmp_path))
    rows = found.text.split("\n")
    assert rows[0] == "KẾ HOẠCH GIAO CHỈ TIÊU"
    assert rows[1] == "STT | Đơn vị thực hiện | Số buổi"
    assert rows[2].startswith("1 | Trường Tiểu học xã Hòa Thịnh")
    assert rows[2].endswith("xa trung tâm | 04")
    assert rows[3:] == ["2 | Trạm Y tế", "Kết thúc phần giao chỉ tiêu."]


def test_two_columns_on_one_line_are_parted() -> None:
    text = (
        "UBND HUYỆN A CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nUBND XÃ B Độc lập - Tự do - Hạnh phúc\n"
        "Số: 07/KH-UBND Hòa Thịnh, ngày 05 tháng 02 năm 2026\nNơi nhận: TM. ỦY BAN NHÂN DÂN"
    )
    assert parted_columns(text).split("\n") == [
        "UBND HUYỆN A",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "UBND XÃ B",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 07/KH-UBND",
        "Hòa Thịnh, ngày 05 tháng 02 năm 2026",
        "Nơi nhận:",
        "TM. ỦY BAN NHÂN DÂN",
    ]
    assert parted_columns("Thực hiện Kế hoạch 07/KH-UBND của xã") == "Thực hiện Kế hoạch 07/KH-UBND của xã"


def test_a_page_without_lines_is_read_as_before() -> None:
    assert read("a.pdf", pdf("KE HOACH so 12 nam 2026")).text == "KE HOACH so 12 nam 2026"
