"""Reports as Word files of Decree 30/2020/NĐ-CP: read back from the XML, printed, opened and saved by LibreOffice."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from attrs import evolve
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from pcmt.core.schemas import ColumnKind, Figure, SectionText
from pcmt.documents.intake.programs import find_office, office_converts
from pcmt.documents.output.pdf import page_pictures, report_pdf, report_pdfs
from pcmt.documents.output.report import Photo, Report, write_report
from pcmt.documents.output.report_body import cell_words, chart_of, number_words, part_value, parts_of
from pcmt.documents.output.typeset import typeset
from tests.documents import reporting as sample

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def report() -> Report:
    return sample.report(parts=sample.parts(12))


@pytest.fixture(scope="module")
def data(report: Report) -> bytes:
    return write_report(report)


@pytest.fixture(scope="module")
def file(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def lines(file: Any) -> list[str]:
    return [paragraph.text for paragraph in file.paragraphs if paragraph.text]


def rows(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def grid(file: Any, first: str) -> Any:
    return next(table for table in file.tables if first in [cell.text for cell in table.rows[0].cells])


def test_sections_are_pages_of_the_decree(file: Any) -> None:
    body, bodies, detail = file.sections
    assert [round(side.mm) for side in (body.page_width, body.page_height)] == [210, 297]
    assert [round(side.mm) for side in (bodies.page_width, bodies.page_height)] == [297, 210]
    assert bodies.orientation == WD_ORIENT.LANDSCAPE
    assert detail.orientation == WD_ORIENT.PORTRAIT
    for section in file.sections:
        sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(side.mm) for side in sides] == [20, 20, 30, 15]
        assert section.different_first_page_header_footer
    fonts = file.styles["Normal"].element.rPr.rFonts
    assert {fonts.get(qn(f"w:{side}")) for side in ("ascii", "hAnsi", "cs", "eastAsia")} == {"Times New Roman"}


def test_page_numbers_are_on_top_from_the_second_page_and_begin_anew_in_each_annex(file: Any) -> None:
    body, *annexes = file.sections
    assert "PAGE" in body.header._element.xml
    assert body.header.paragraphs[0].alignment is not None
    assert body.header.paragraphs[0].alignment.name == "CENTER"
    assert "PAGE" not in body.first_page_header._element.xml
    assert body._sectPr.find(f"{W}pgNumType") is None
    for annex in annexes:
        assert annex.header.is_linked_to_previous
        assert annex._sectPr.find(f"{W}pgNumType").get(f"{W}start") == "1"


def test_foot_of_every_page_and_whole_seal(file: Any, data: bytes, report: Report) -> None:
    words = "Số liệu chốt đến hết ngày 14/6/2026 · Mã xác thực: 3fa2b81c99d0"
    section = file.sections[0]
    assert [section.footer.paragraphs[0].text, section.first_page_footer.paragraphs[0].text] == [words, words]
    assert all(each.footer.is_linked_to_previous for each in list(file.sections)[1:])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert report.seal in archive.read("docProps/custom.xml").decode()


def test_head_outline_and_foot(file: Any) -> None:
    assert rows(file.tables[0])[0][0].startswith("ỦY BAN NHÂN DÂN\nTỈNH AN BÌNH")
    assert rows(file.tables[0])[1] == ["Số: 45/BC-UBND", "An Bình, ngày 16 tháng 6 năm 2026"]
    said = lines(file)
    assert said[0] == "BÁO CÁO"
    assert said[2:4] == ["Căn cứ Luật Phòng, chống ma túy;", "Căn cứ Kế hoạch số 12/KH-UBND ngày 05/01/2026."]
    ground = next(each for each in file.paragraphs if each.text == said[2])
    assert ground.runs[0].italic
    for heading, level in (("I. TÌNH HÌNH", "0"), ("1. Kết quả bằng số", "1"), ("a) Nhiệm vụ", "2")):
        found = next(each for each in file.paragraphs if each.text == heading)
        assert found._element.pPr.find(f"{W}outlineLvl").get(f"{W}val") == level
        assert found.runs[0].bold
        assert found.paragraph_format.keep_with_next
    assert "Số vụ tăng 20% so với cùng kỳ < & > năm trước." in said
    assert next(line for line in said if line.endswith("./.")).startswith("Trên đây là báo cáo")
    recipients, signing = rows(next(table for table in file.tables if "Nơi nhận:" in table.cell(0, 0).text))[0]
    assert recipients.split("\n")[-1] == "- Lưu: VT, NC."
    assert signing.split("\n")[:3] == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]


def test_a_blank_is_no_zero(file: Any) -> None:
    found = {row[1]: row for row in rows(grid(file, "ĐVT"))[2:]}
    assert found["Số người bị bắt"][3:] == ["—", "7", "—", "—"]
    assert found["Trong đó: số vụ có tổ chức, xuyên quốc gia"][3:] == ["0", "3", "−3", "−100"]
    assert found["Số tàu, thuyền bị kiểm tra"][3:] == ["x"] * 4
    assert found["Tỷ lệ điều tra, khám phá"][3:] == ["91,67", "88,5", "+3,17", "+3,6"]
    said = lines(file)
    assert any(line.startswith("Ghi chú: “—” là chưa có số liệu") for line in said)
    assert "Số vụ phát hiện, bắt giữ: Tăng do mở đợt cao điểm" in said
    assert "Số người bị bắt: 28/30 đơn vị có số liệu" in said
    table = grid(file, "ĐVT")
    assert rows(table)[1][0] == "A. Đấu tranh với tội phạm về ma túy"
    assert table.rows[1]._tr.tc_lst[0].tcPr.find(f"{W}gridSpan").get(f"{W}val") == "7"


def test_long_tables_repeat_their_head_and_break_between_rows(file: Any) -> None:
    detail = file.tables[-1]
    assert len(detail.rows) == 61
    head = detail.rows[0]._tr.trPr
    assert head.find(f"{W}tblHeader") is not None
    assert all(row._tr.trPr.find(f"{W}cantSplit") is not None for row in detail.rows)


def test_bodies_by_lines(file: Any) -> None:
    table = grid(file, "(1) Số vụ phát hiện, bắt giữ (vụ)")
    assert len(table.columns) == 12, "ten lines at a time"
    found = rows(table)
    assert found[1][1] == sample.LONG
    assert [row[1] for row in found[-3:]] == ["Tổng số", found[-2][0], "Xã 12"]
    assert found[-2][0].startswith("Không cộng")
    assert found[-3][2:5] == ["12", "0", "12"]
    said = lines(file)
    assert said.count("Báo cáo không có nội dung phát sinh: Xã 2.") == 1
    assert {"Phụ lục I", "Phụ lục II", "SỐ LIỆU THEO ĐƠN VỊ"} <= set(said)
    assert any(line.startswith("(Kèm theo Báo cáo số 45/BC-UBND ngày 16 tháng 6 năm 2026") for line in said)


def test_charts_are_native_with_their_numbers_inside(file: Any, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert "word/charts/chart1.xml" in names
        chart = archive.read("word/charts/chart1.xml").decode()
        assert "externalData" in chart
        assert chart.count('showSerName val="0"') == 2
        book = archive.read("word/embeddings/Microsoft_Excel_Sheet1.xlsx")
        assert book.startswith(b"PK")
        body = archive.read("word/document.xml").decode()
    assert 'descr="Biểu đồ: Kết quả bằng số, kỳ này so với cùng kỳ (vụ).' in body
    section = next(each for each in sample.SECTIONS if each.key == "numbers")
    drawn = chart_of(section, sample.content())
    assert drawn is not None
    assert drawn.names == ["Số vụ phát hiện, bắt giữ", "Trong đó: số vụ có tổ chức, xuyên quốc gia"], (
        "no sums, no blanks"
    )
    quiet = {key: evolve(figure, others={}) for key, figure in sample.FIGURES.items()}
    assert chart_of(section, sample.content(figures=quiet)) is None, "nothing to compare with"


def test_a_draft_says_so_on_every_page() -> None:
    made = docx.Document(io.BytesIO(write_report(evolve(sample.report(), mark="DỰ THẢO", seal=""))))
    assert made.tables[0].cell(1, 0).text.endswith("DỰ THẢO")
    assert made.sections[0].footer.paragraphs[0].text == "Dự thảo · Số liệu chốt đến hết ngày 14/6/2026"


def test_nothing_to_report_and_corrections_are_never_silent() -> None:
    made = docx.Document(io.BytesIO(write_report(sample.report(nothing=True))))
    said = lines(made)
    assert "Trong kỳ báo cáo, Ủy ban nhân dân tỉnh An Bình không có nội dung phát sinh." in said
    assert "SỐ LIỆU KỲ TRƯỚC ĐƯỢC ĐÍNH CHÍNH" in said
    assert rows(grid(made, "Số cũ"))[1][4:6] == ["7", "—"]
    assert len(made.sections) == 1
    shorter = evolve(sample.SCHEMA, sections=sample.SECTIONS[:1])
    said = lines(docx.Document(io.BytesIO(write_report(sample.report(shorter)))))
    assert "SỐ LIỆU KỲ TRƯỚC ĐƯỢC ĐÍNH CHÍNH" in said, "the form asks for none, they are shown all the same"
    empty = sample.report(texts={"one": SectionText(text=" \n ")}, lists={}, parts=(), corrections=())
    said = lines(docx.Document(io.BytesIO(write_report(empty))))
    assert said[said.index("I. TÌNH HÌNH") + 1] == "(Chưa có nội dung.)"
    assert said[said.index("II. KẾT QUẢ THỰC HIỆN") + 1] == "1. Kết quả bằng số", "a heading over others says nothing"
    assert "Chưa có báo cáo nào được tổng hợp." in said


def test_numbers_in_words() -> None:
    assert [number_words(each) for each in (None, Decimal(0), Decimal("1234.5"))] == ["—", "0", "1.234,5"]
    change = sample.COLUMNS[2]
    assert change.kind is ColumnKind.CHANGE
    assert cell_words(change, Figure(others={"change": Decimal(0)})) == "0"
    assert cell_words(change, Figure(others={"change": Decimal(-1500)})) == "−1.500"


def test_a_body_in_another_one_is_not_added() -> None:
    counted, held = parts_of(sample.content())
    assert [part.unit_id for part in counted] == [1, 2, 3]
    assert [part.unit_id for part in held] == [4]
    total = next(line for line in sample.LINES if line.key == "all")
    part = evolve(counted[0], values={"cases": Decimal(4), "gangs": Decimal(1)})
    assert part_value(part, total) == Decimal(5)
    assert part_value(evolve(part, values={"cases": Decimal(4), "gangs": None}), total) is None


def test_the_same_report_has_the_same_text_whoever_opens_it(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.read("word/document.xml"), archive.read("word/charts/chart1.xml")
    with zipfile.ZipFile(io.BytesIO(write_report(sample.report(parts=sample.parts(12))))) as archive:
        assert (archive.read("word/document.xml"), archive.read("word/charts/chart1.xml")) == first


def needs_office() -> None:
    if find_office() is None:
        pytest.skip("LibreOffice is not installed: what it prints and saves was not looked at")


def cells(file: Any) -> list[list[str]]:
    """All cells by rows, read straight from the XML."""
    return [
        ["".join(text.text or "" for text in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")]
        for row in file.element.iter(f"{W}tr")
    ]


def test_printed(report: Report) -> None:
    needs_office()
    printed, other = report_pdfs([report, sample.report(nothing=True, corrections=())])
    pdf = pypdfium2.PdfDocument(printed)
    sizes = [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in pdf]
    texts = [page.get_textpage().get_text_range() for page in pdf]
    pdf.close()
    across = [number for number, size in enumerate(sizes) if size == (297, 210)]
    assert sizes[0] == (210, 297)
    assert "Phụ lục I" in texts[across[0]]
    assert all("Số liệu chốt đến hết ngày 14/6/2026" in text for text in texts)
    tops = [text.strip().splitlines()[0].strip() for text in texts]
    assert not tops[0].isdigit()
    assert tops[1] == "2"
    assert not tops[across[0]].isdigit()
    assert tops[across[1]] == "2", "an annex counts its own pages"
    assert all(len(text.strip().splitlines()) > 2 for text in texts), "no empty page"
    last = next(text for text in reversed(texts) if "Chỉ tiêu chi tiết số 60" in text)
    assert "STT" in last, "the head of the table is repeated"
    assert "Chỉ tiêu chi tiết số 1\n" not in last.replace("\r", "")
    pictures = page_pictures(other, dots=40)
    assert len(pictures) == 1
    assert pictures[0].startswith(b"\x89PNG")


def test_opened_and_saved_again_without_loss(data: bytes, file: Any, tmp_path: Path) -> None:
    needs_office()
    source = tmp_path / "report.docx"
    source.write_bytes(data)
    again = office_converts([source], "docx:MS Word 2007 XML", folder=tmp_path, seconds=120)
    assert again is not None
    saved = docx.Document(str(again / "report.docx"))
    assert lines(saved) == lines(file)
    assert cells(saved) == cells(file)
    assert len(saved.sections) == len(file.sections)
    with zipfile.ZipFile(again / "report.docx") as archive:
        assert any(name.startswith("word/charts/chart") for name in archive.namelist())
        assert sample.report().seal in archive.read("docProps/custom.xml").decode()


def test_typeset_without_any_other_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcmt.documents.intake.programs.find_office", lambda: None)
    words = SectionText(text='#panic("x") *đậm* $x$ \\ // không là lệnh')
    report = evolve(sample.report(texts={"one": words}, parts=sample.parts(12)), mark="DỰ THẢO", seal="")
    pdf = pypdfium2.PdfDocument(report_pdf(report))
    sizes = [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in pdf]
    texts = [page.get_textpage().get_text_range() for page in pdf]
    pdf.close()
    across = [number for number, size in enumerate(sizes) if size == (297, 210)]
    whole = "\n".join(texts)
    assert '#panic("x") *đậm* $x$ \\ // không là lệnh' in whole, "words are never markup"
    tops = [text.strip().splitlines()[0].strip() for text in texts]
    assert not tops[0].isdigit()
    assert tops[1] == "2"
    assert (tops[across[0]], tops[across[1]]) == ("Phụ lục I", "2")
    assert all("Dự thảo · Số liệu chốt đến hết ngày 14/6/2026" in text for text in texts)
    assert texts[-1].count("STT") == 1, "the head of the table is repeated"
    for line in ("Số: 45/BC-UBND", "DỰ THẢO", "TM. ỦY BAN NHÂN DÂN", "- Lưu: VT, NC.", "Tổng số", "91,67", "−7,7"):
        assert line in whole
    assert whole.count("./.") == 1


def test_a_picture_that_is_broken_or_gone_stops_nothing() -> None:
    broken = evolve(
        sample.report(parts=()), blocks=(Photo(data=sample.pixels()[:-40], caption="hỏng"), "Hết"), annexes=()
    )
    page = pypdfium2.PdfDocument(typeset(broken))[0]
    assert "(Ảnh: hỏng: tệp ảnh không còn)" in page.get_textpage().get_text_range()


def test_what_takes_too_long_is_typeset_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_office()
    monkeypatch.setattr("pcmt.documents.output.pdf.SECONDS", 0.0)
    monkeypatch.setattr("pcmt.documents.output.pdf.SECONDS_EACH", 0.05)
    assert report_pdf(sample.report(nothing=True)).startswith(b"%PDF")
