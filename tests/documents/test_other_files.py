"""Web pages, workbooks, pdf files and pictures."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from pcmt.documents import note_text
from tests.documents.samples import (
    converted,
    docx,
    needs_office,
    needs_tesseract,
    paragraph,
    pdf,
    picture,
    read,
    refused,
    zipped,
)


def web(body: str, head: str = '<meta charset="utf-8">') -> str:
    return read("a.html", f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()).text


# Web pages


def test_blocks_become_lines_and_space_collapses() -> None:
    body = (
        "<nav><a>Trang chủ</a> <a>Tin tức</a></nav><h1>KẾ\n  HOẠCH</h1><div>một<br>hai <b>đậm</b>,<i> nghiêng</i></div>"
    )
    assert web(body) == "Trang chủ Tin tức\nKẾ HOẠCH\nmột\nhai đậm, nghiêng"


def test_scripts_styles_and_hidden_parts_go() -> None:
    body = (
        "<p>thấy</p><script>x()</script><style>p{}</style><noscript>bật script</noscript><p hidden>ẩn</p>"
        '<p style="display: none">ẩn</p><!-- chú thích --><template>mẫu</template>'
    )
    assert web(body) == "thấy"


def test_lists_are_numbered() -> None:
    body = '<ol><li>một<ol type="a"><li>chữ</li></ol></li><li value="5"><p>năm</p><p>tiếp</p></li></ol>'
    body += "<ul><li>gạch</li></ul>"
    assert web(body) == "1. một\na. chữ\n5. năm\ntiếp\n- gạch"


def test_tables_are_rows_and_letterheads_lines() -> None:
    body = (
        "<table><tr><td>UBND XÃ A</td><td><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p>Độc lập</p></td></tr></table>"
        "<table><caption>Phụ lục</caption><thead><tr><th colspan=2>Đơn vị</th><th>Số</th></tr></thead>"
        "<tr><td rowspan=2>Xã A<br>và B</td><td>ấp 1</td><td>07</td></tr><tr><td>ấp 2</td><td>08</td></tr></table>"
    )
    assert web(body).split("\n") == [
        "UBND XÃ A",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập",
        "Phụ lục",
        "Đơn vị |  | Số",
        "Xã A và B | ấp 1 | 07",
        " | ấp 2 | 08",
    ]


def test_the_declared_charset_counts() -> None:
    page = '<html><head><meta charset="windows-1252"></head><body><p>Café ©</p></body></html>'
    found = read("a.html", page.encode("cp1252"))
    assert found.text == "Café ©"
    assert found.notes == ()


def test_utf8_wins_over_a_wrong_declaration() -> None:
    assert web("<p>Kế hoạch</p>", '<meta charset="iso-8859-1">') == "Kế hoạch"


def test_a_page_under_a_word_name() -> None:
    found = read("a.doc", "<html><body><p>Kế hoạch</p></body></html>".encode())
    assert found.media_type == "text/html"
    assert [note_text(note) for note in found.notes] == [
        "Tên tệp ghi “.doc” nhưng nội dung là trang web HTML; đã đọc theo nội dung."
    ]


def test_xml_declarations_and_odd_pages() -> None:
    text = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body>Kế</body></html>'
    assert read("a.html", text.encode()).text == "Kế"
    assert refused("a.html", b"<html></html>").code == "no_text"


# Workbooks


def workbook() -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        page = book.add_worksheet("Giao chỉ tiêu")
        page.merge_range("A1:D1", "CHỈ TIÊU NĂM 2026")
        page.write_row("A3", ["STT", "Đơn vị", "Tỷ lệ", "Hạn"])
        page.write_row("A4", [1, "Đội 1\nvà đội 2"])
        page.write_number("C4", 0.8, book.add_format({"num_format": "0%"}))
        page.write_datetime("D4", dt.datetime(2026, 6, 5), book.add_format({"num_format": "dd/mm/yyyy"}))
        page.write_row("A5", [2, "Đội 3"])
        page.write_number("C5", 0.1256, book.add_format({"num_format": '0.0"x"%'}))
        page.write_number("D5", 1234.5)
        other = book.add_worksheet("Sheet2")
        other.write("F9", "Ghi chú")
        book.add_worksheet("Trống")
    return output.getvalue()


def test_every_sheet_as_it_is_shown() -> None:
    found = read("a.xlsx", workbook())
    assert found.text.split("\n") == [
        "Giao chỉ tiêu",
        "CHỈ TIÊU NĂM 2026",
        "STT | Đơn vị | Tỷ lệ | Hạn",
        "1 | Đội 1 và đội 2 | 80% | 05/06/2026",
        "2 | Đội 3 | 12,6% | 1234,5",
        "",
        "Ghi chú",
    ]
    place = found.place_at(found.text.index("80%"))
    assert place is not None
    assert place.label == "trang tính “Giao chỉ tiêu”, dòng 4, cột 3"
    last = found.place_at(len(found.text) - 1)
    assert last is not None
    assert last.cell is not None
    assert (last.cell.row, last.cell.column) == (9, 6)


def test_formulas_give_their_last_value() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Tổng", 5])
    output = io.BytesIO()
    book.save(output)
    assert read("a.xlsx", output.getvalue()).text == "Tổng | 5"


def test_open_document_sheets() -> None:
    space = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    space += 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    space += 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    cells = '<table:table-cell office:value-type="string"><text:p>Đội 3</text:p></table:table-cell>'
    cells += '<table:table-cell office:value-type="float" office:value="7"><text:p>07</text:p></table:table-cell>'
    table = f'<table:table table:name="A"><table:table-row>{cells}</table:table-row></table:table>'
    content = (
        f"<office:document-content {space}><office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    found = read("a.ods", zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": "<manifest/>"}))
    assert found.text == "Đội 3 | 7"
    assert found.media_type == kind


# Pdf


def test_pages_of_a_pdf() -> None:
    found = read("a.pdf", pdf("KE HOACH so 12/KH-UBND\nthuc hien nam 2026", "Trang hai cua ke hoach nay"))
    assert found.text == "KE HOACH so 12/KH-UBND\nthuc hien nam 2026\nTrang hai cua ke hoach nay"
    assert found.pages == 2
    assert [place.page for place in found.places] == [1, 2]


def test_a_page_without_anything_is_left_out() -> None:
    found = read("a.pdf", pdf("Trang mot cua ke hoach nay", ""))
    assert found.text == "Trang mot cua ke hoach nay"
    assert found.pages == 2


@needs_office
def test_a_pdf_from_word(tmp_path: Any) -> None:
    body = paragraph("KẾ HOẠCH") + paragraph("Vận động 85% hộ kinh doanh ký cam kết trước ngày 15/6/2026.")
    found = read("a.pdf", converted(docx(body), "docx", "pdf", tmp_path))
    assert found.text == "KẾ HOẠCH\nVận động 85% hộ kinh doanh ký cam kết trước ngày 15/6/2026."


# Pictures


@needs_tesseract
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_pictures(kind: str) -> None:
    found = read("a.png", picture("KE HOACH 2026\nso 12/KH", kind))
    assert "2026" in found.text
    assert found.pages == 1
    assert "ocr_used" in [note.code for note in found.notes]


@needs_tesseract
def test_a_scan_of_several_pages_tells_its_progress() -> None:
    from pcmt.documents import Extracted, extract

    seen: list[tuple[int, int]] = []
    found = extract(
        "a.tif", picture("Trang {}", "TIFF", pages=2), progress=lambda done, total: seen.append((done, total))
    )
    assert isinstance(found, Extracted)
    assert seen == [(1, 2), (2, 2)]
    assert found.pages == 2
    assert [place.page for place in found.places] == [1, 2]


@needs_tesseract
def test_a_scanned_pdf_is_recognised_page_by_page() -> None:
    found = read("a.pdf", picture("KE HOACH NAM 2026", "PDF"))
    assert "2026" in found.text
    assert note_text(found.notes[-1]).startswith("1 trang được nhận dạng chữ từ ảnh")


def test_without_tesseract_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for name, data in (("a.png", picture("KE HOACH")), ("a.pdf", picture("KE HOACH", "PDF"))):
        found = refused(name, data)
        assert found.code == "ocr_missing"
        assert "tesseract-ocr-vie" in found.hint


def test_without_libreoffice_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = refused("a.rtf", b"{\\rtf1 Ke hoach}")
    assert found.code == "office_missing"
    assert "libreoffice" in found.hint


def test_a_program_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("pcmt.documents.intake.office.SECONDS", 0.3)
    assert refused("a.rtf", b"{\\rtf1 Ke hoach}").code == "timeout"
