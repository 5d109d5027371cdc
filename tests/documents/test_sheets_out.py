"""The workbook and the assignment sheet."""

import io
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from pcmt.core.reading import read as read_plan
from pcmt.documents import Extracted, extract
from pcmt.documents.output.assignment import write_assignment_docx
from pcmt.documents.output.rows import plain
from pcmt.documents.output.xlsx import write_xlsx
from tests.documents.plan import TEXT, reading
from tests.documents.samples import converted, needs_office


def workbook(plan: dict[str, Any], text: str = TEXT) -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_xlsx(plan, text)))


def values(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_kind_has_its_sheet() -> None:
    book = workbook(reading())
    assert book.sheetnames == ["Chỉ tiêu", "Phân bổ", "Nhiệm vụ", "Thời hạn", "Báo cáo", "Dự án", "Chưa rõ"]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref is not None
        assert sheet["A1"].font.bold
        assert sheet.page_setup.orientation == "landscape"


def test_targets_and_shares_with_their_place() -> None:
    book = workbook(reading())
    head, first, second = values(book["Chỉ tiêu"])
    row = dict(zip(head, first, strict=True))
    assert row["Nội dung trong kế hoạch"] == "Trên 85%"
    assert (row["So sánh"], row["Giá trị"], row["Đơn vị tính"]) == (">", 85, "%")
    assert (row["Mục"], row["Dòng"]) == ("Mục I.1", 13)
    assert TEXT[row["Ký tự từ"] : row["Ký tự đến"]] == "Trên 85%"
    assert second[4] is None
    assert [line[1:5] for line in values(book["Phân bổ"])[1:]] == [
        ["Trên 85%", "Đội 1", 9, "hộ"],
        ["Trên 85%", "Đội 2", 3, "hộ"],
    ]


def test_tasks_by_body_and_what_has_none_last() -> None:
    rows = values(workbook(reading())["Nhiệm vụ"])[1:]
    assert [row[1] for row in rows] == ["Công an xã", "Công an xã", "Mặt trận Tổ quốc xã", None]
    assert [row[3] for row in rows] == ["Chủ trì", "Thực hiện", "Đề nghị", "Thực hiện"]
    assert rows[0][4:6] == ["Trạm Y tế", "trước ngày 15/6/2026"]


def test_text_never_becomes_a_formula() -> None:
    plan = reading()
    plan["tasks"][1]["span"] = None
    plan["tasks"][1]["text"] = '=HYPERLINK("http://x")'
    cell = next(
        cell for row in workbook(plan)["Nhiệm vụ"].iter_rows() for cell in row if str(cell.value).startswith("=")
    )
    assert cell.data_type == "s"
    assert cell.hyperlink is None


def test_reports_projects_and_what_is_unclear() -> None:
    book = workbook(reading())
    assert values(book["Báo cáo"])[1][1:6] == [
        "Công an xã",
        "Định kỳ",
        "hằng tháng",
        "trước ngày 20 hằng tháng",
        "UBND huyện",
    ]
    assert [row[1:3] for row in values(book["Dự án"])[1:]] == [["2", "Phụ lục giao số buổi"], ["2.1", "Số buổi"]]
    kinds = [row[1] for row in values(book["Chưa rõ"])[1:]]
    assert kinds == ["Nhận xét", "Số chưa dùng", "Chỉ tiêu cần xem"]


def test_empty_readings_give_empty_sheets() -> None:
    assert [len(values(sheet)) for sheet in workbook({}, "")] == [1] * 7
    assert docx.Document(io.BytesIO(write_assignment_docx({}, ""))).tables


def test_crumbs_and_signs_are_cleaned() -> None:
    assert plain("**Chủ trì** *toac* 3 * 4\n## x\x0b") == "Chủ trì toac 3 * 4 x"


# The assignment sheet


def sheet(plan: dict[str, Any] | None = None) -> Any:
    return docx.Document(io.BytesIO(write_assignment_docx(reading() if plan is None else plan, TEXT)))


def test_the_page_is_that_of_decree_30() -> None:
    section = sheet().sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [20, 20, 30, 15]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header.paragraphs[0]._p.xml
    assert not section.first_page_header.paragraphs[0].text
    normal = sheet().styles["Normal"].font
    assert normal.name == "Times New Roman"


def test_the_letterhead() -> None:
    head = sheet().tables[0]
    left, right = head.cell(0, 0).paragraphs, head.cell(0, 1).paragraphs
    assert [line.text for line in left if line.text] == [
        *("ỦY BAN NHÂN DÂN", "HUYỆN SƠN LA ĐÔNG"),  # long names break before the name of the place
        *("ỦY BAN NHÂN DÂN", "XÃ HÒA THỊNH"),
    ]
    assert [line.runs[0].bold for line in left if line.text] == [False, False, True, True]
    assert [line.text for line in right if line.text] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert head.cell(1, 0).text == "Số: 07/KH-UBND"
    assert head.cell(1, 1).text == "Hòa Thịnh, ngày 05 tháng 02 năm 2026"
    assert head.cell(1, 1).paragraphs[0].runs[0].italic


def test_the_title_tells_which_plan_it_belongs_to() -> None:
    lines = [line.text for line in sheet().paragraphs if line.text]
    assert lines == [
        "BẢNG PHÂN CÔNG NHIỆM VỤ",
        "Kế hoạch phòng, chống ma túy năm 2026",
        "(Kèm theo Kế hoạch số 07/KH-UBND ngày 05 tháng 02 năm 2026 của Ủy ban nhân dân xã Hòa Thịnh)",
    ]


def test_the_table() -> None:
    table = sheet().tables[1]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["STT", "Cơ quan, đơn vị", "Nhiệm vụ", "Vai trò", "Cơ quan phối hợp", "Thời hạn", "Căn cứ"]
    assert rows[1][:2] == ["1", "Công an xã"]
    assert rows[1][3:] == ["Chủ trì", "Trạm Y tế", "trước ngày 15/6/2026", "Mục II.1.1"]
    assert rows[3][3] == "Đề nghị"
    assert set(rows[4]) == {"Nhiệm vụ chung (kế hoạch chưa nêu cơ quan thực hiện)"}
    assert rows[5][:2] == ["4", ""]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert all("w:cantSplit" in row._tr.xml for row in table.rows)


def test_recipients_and_signature() -> None:
    foot = sheet().tables[2]
    assert [line.text for line in foot.cell(0, 0).paragraphs] == ["Nơi nhận:", "- UBND huyện (b/c);", "- Lưu: VT, CAX."]
    signing = [line.text for line in foot.cell(0, 1).paragraphs if line.text]
    assert signing == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Thị Bình"]


def test_what_the_plan_leaves_out_stays_blank() -> None:
    plan = reading()
    plan["header"] |= {"number": {"value": None, "symbol": "KH-UBND"}, "date": None, "signer": None, "archive": None}
    made = sheet(plan)
    assert made.tables[0].cell(1, 0).text == "Số: ……/KH-UBND"
    assert "ngày …… tháng …… năm ………" in made.tables[0].cell(1, 1).text
    assert made.tables[2].cell(0, 0).paragraphs[-1].text == "- Lưu: VT."
    assert {line.text for line in made.tables[2].cell(0, 1).paragraphs} == {"", "………"}


def test_our_own_reader_opens_the_sheet() -> None:
    found = extract("a.docx", write_assignment_docx(reading(), TEXT))
    assert isinstance(found, Extracted)
    lines = found.text.split("\n")
    assert lines[:5] == ["ỦY BAN NHÂN DÂN", "HUYỆN SƠN LA ĐÔNG", "ỦY BAN NHÂN DÂN", "XÃ HÒA THỊNH", ""]
    assert "STT | Cơ quan, đơn vị | Nhiệm vụ | Vai trò | Cơ quan phối hợp | Thời hạn | Căn cứ" in lines
    assert lines[-1] == "Trần Thị Bình"


@needs_office
def test_it_prints_with_its_head_repeated(tmp_path: Path) -> None:
    plan = reading()
    plan["tasks"] = plan["tasks"] * 30
    found = extract("a.pdf", converted(write_assignment_docx(plan, TEXT), "docx", "pdf", tmp_path))
    assert isinstance(found, Extracted)
    assert found.pages is not None
    assert found.pages > 2
    pages = [found.text[place.start : place.end] for place in found.places]
    assert all("Cơ quan phối hợp" in page for page in pages[:-1])
    assert pages[0].startswith("ỦY BAN")
    assert [page.split("\n")[0].strip() for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]


def test_the_real_plans(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = path.read_bytes().decode()
        plan = read_plan(text, name=path.name)
        book = workbook(plan, text)
        assert len(values(book["Chỉ tiêu"])) == len(plan["targets"]) + 1
        assert len(values(book["Nhiệm vụ"])) == len(plan["tasks"]) + 1
        table = sheet_of(plan, text).tables[1]
        assert len(table.rows) >= len(plan["tasks"]) + 1


def sheet_of(plan: dict[str, Any], text: str) -> Any:
    return docx.Document(io.BytesIO(write_assignment_docx(plan, text)))


@pytest.mark.parametrize("text", ["\x00\x0b", "I. A\n- b\x08\n"])
def test_signs_that_xml_cannot_hold(text: str) -> None:
    plan = read_plan(text)
    assert write_assignment_docx(plan, text)
    assert write_xlsx(plan, text)
