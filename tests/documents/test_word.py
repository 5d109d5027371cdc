"""Word files: what Word shows, in the order of the document."""

import io
from pathlib import Path

import docx as python_docx
import pytest

from pcmt.documents.intake.numbering import formatted, letters, roman
from tests.documents.samples import converted, docx, level, needs_office, numbered, paragraph, read


def lines(data: bytes) -> list[str]:
    return read("a.docx", data).text.split("\n")


def run(xml: str) -> str:
    return f"<w:p>{xml}</w:p>"


def word(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def table(*rows: str, borders: bool = True) -> str:
    line = '<w:tblBorders><w:top w:val="single"/></w:tblBorders>' if borders else ""
    return f"<w:tbl><w:tblPr>{line}</w:tblPr>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(*texts: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(paragraph(text) for text in texts)}</w:tc>"


LISTS = (
    '<w:abstractNum w:abstractNumId="1">'
    + level(0, "upperRoman", "%1.")
    + level(1, "decimal", "%2.")
    + level(2, "lowerLetter", "%3)")
    + level(3, "bullet", "-")
    + level(4, "decimal", "%1.%2.%5", "<w:isLgl/>")
    + "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/>'
    '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
)


def test_numbers_as_word_shows_them() -> None:
    body = (
        numbered("Mục đích", 1)
        + numbered("Một", 1, 1)
        + numbered("Hai", 1, 1)
        + numbered("chữ", 1, 2)
        + numbered("chữ", 1, 2)
        + numbered("gạch", 1, 3)
        + paragraph("không số")
        + numbered("Nhiệm vụ", 1)
        + numbered("Lại từ một", 1, 1)
        + numbered("pháp lý", 1, 4)
        + numbered("chữ", 1, 2)
    )
    assert lines(docx(body, numbering=LISTS)) == [
        "I. Mục đích",
        "1. Một",
        "2. Hai",
        "a) chữ",
        "b) chữ",
        "- gạch",
        "không số",
        "II. Nhiệm vụ",
        "1. Lại từ một",
        "2.1.1 pháp lý",
        "a) chữ",
    ]


def test_a_second_list_goes_on_and_an_override_starts_anew_once() -> None:
    body = numbered("a", 1, 1) + numbered("b", 1, 1) + numbered("c", 2, 1) + numbered("d", 2, 1) + numbered("e", 1, 1)
    assert lines(docx(body, numbering=LISTS)) == ["1. a", "2. b", "1. c", "2. d", "3. e"]


def test_levels_that_never_or_seldom_restart() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="1">'
        + level(0, "decimal", "Điều %1.")
        + level(1, "decimalZero", "%2.", '<w:lvlRestart w:val="0"/>', start=3)
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    body = numbered("x", 1) + numbered("y", 1, 1) + numbered("x", 1) + numbered("y", 1, 1)
    assert lines(docx(body, numbering=numbering)) == ["Điều 1. x", "03. y", "Điều 2. x", "04. y"]


def test_numbers_of_styles_and_their_removal() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Base"/>'
        '<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    body = (
        paragraph("một", '<w:pStyle w:val="Base"/>')
        + paragraph("hai", '<w:pStyle w:val="Sub"/>')
        + paragraph("ba", '<w:pStyle w:val="Base"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )
    assert lines(docx(body, numbering=LISTS, styles=styles)) == ["I. một", "1. hai", "ba"]


def test_a_level_that_names_its_style() -> None:
    numbering = LISTS.replace('<w:numFmt w:val="decimal"/>', '<w:numFmt w:val="decimal"/><w:pStyle w:val="Two"/>', 1)
    styles = (
        '<w:style w:type="paragraph" w:styleId="Two"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    assert lines(docx(paragraph("x", '<w:pStyle w:val="Two"/>'), numbering=numbering, styles=styles)) == ["1. x"]


@pytest.mark.parametrize(
    ("number", "kind", "shown"),
    [
        (4, "upperRoman", "IV"),
        (1994, "lowerRoman", "mcmxciv"),
        (27, "lowerLetter", "aa"),
        (2, "upperLetter", "B"),
        (7, "decimalZero", "07"),
        (5, "none", ""),
        (5, "chicago", "5"),
        (0, "upperRoman", "0"),
    ],
)
def test_number_formats(number: int, kind: str, shown: str) -> None:
    assert formatted(number, kind) == shown


def test_roman_and_letters() -> None:
    assert [roman(number) for number in (1, 9, 14, 40)] == ["I", "IX", "XIV", "XL"]
    assert [letters(number) for number in (1, 26, 28)] == ["a", "z", "bb"]


def test_tracked_changes() -> None:
    body = run(
        word("giữ ")
        + f"<w:ins>{word('thêm ')}</w:ins><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>"
        + f"<w:moveFrom>{word('chuyển')}</w:moveFrom><w:moveTo>{word('đến')}</w:moveTo>"
    )
    assert lines(docx(body)) == ["giữ thêm đến"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    first = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{word('đầu ')}</w:p>"
    assert lines(docx(first + paragraph("cuối"))) == ["đầu cuối"]
    assert lines(docx(paragraph("x") + first)) == ["x", "đầu "]


def test_deleted_rows_go() -> None:
    rows = (cell("1") + cell("a") + cell("x"), "<w:trPr><w:del/></w:trPr>" + cell("2") + cell("b") + cell("y"))
    assert lines(docx(table(*rows))) == ["1 | a | x"]


def test_capitals_and_hidden_words() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="Big"><w:rPr><w:caps/></w:rPr></w:style>'
    body = (
        paragraph("kế hoạch", run="<w:caps/>")
        + paragraph("nhiệm vụ", '<w:pStyle w:val="Big"/>')
        + paragraph("nhỏ", '<w:pStyle w:val="Big"/>', '<w:caps w:val="0"/>')
        + run(word("thấy") + word("ẩn", "<w:vanish/>"))
    )
    assert lines(docx(body, styles=styles)) == ["KẾ HOẠCH", "NHIỆM VỤ", "nhỏ", "thấy"]


def test_small_signs() -> None:
    body = run(
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t><w:softHyphen/><w:br/><w:t>d</w:t>"
        '<w:br w:type="page"/><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    )
    assert lines(docx(body)) == ["a\tb-c", "d≥"]


def test_footnotes_come_last_under_their_raised_number() -> None:
    notes = '<w:footnote w:id="0"/>' + f'<w:footnote w:id="2">{paragraph(" Theo báo cáo năm trước.")}</w:footnote>'
    body = run(word("10") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + word(" vụ")) + paragraph("hết")
    assert lines(docx(body, footnotes=notes)) == ["10¹ vụ", "hết", "¹ Theo báo cáo năm trước."]


def test_text_boxes_once_after_their_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('trong khung')}</w:txbxContent>"
    body = run(
        word("trước ")
        + f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        + f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        + word("sau")
    )
    assert lines(docx(body)) == ["trước sau", "trong khung"]


def test_fields_links_and_content_controls() -> None:
    body = (
        run(
            '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>REF x</w:instrText>'
            '<w:fldChar w:fldCharType="separate"/></w:r>'
            + word("Phụ lục 1")
            + f"<w:hyperlink>{word(' xem')}</w:hyperlink>"
        )
        + f"<w:sdt><w:sdtContent>{paragraph('trong ô')}</w:sdtContent></w:sdt>"
        + run(f"<w:sdt><w:sdtContent>{word('ngày')}</w:sdtContent></w:sdt>")
    )
    assert lines(docx(body)) == ["Phụ lục 1 xem", "trong ô", "ngày"]


def test_tables_are_rows() -> None:
    body = table(
        cell("Phụ lục giao chỉ tiêu", properties='<w:gridSpan w:val="3"/>'),
        cell("STT") + cell("Đơn vị") + cell("Số"),
        cell("1") + cell("Xã A", "và xã B") + cell("07"),
        cell("2") + cell("", properties="<w:vMerge/>") + cell("08"),
        cell("Tổng", properties='<w:gridSpan w:val="2"/>') + cell("15"),
    )
    found = read("a.docx", docx(paragraph("trước") + body + paragraph("sau")))
    assert found.text.split("\n") == [
        "trước",
        "Phụ lục giao chỉ tiêu",
        "STT | Đơn vị | Số",
        "1 | Xã A và xã B | 07",
        "2 |  | 08",
        "Tổng |  | 15",
        "sau",
    ]
    place = found.place_at(found.text.index("07"))
    assert place is not None
    assert place.label == "bảng 1, dòng 3, cột 3"
    assert found.text[place.start : place.end] == "07"


@pytest.mark.parametrize("borders", [True, False])
def test_the_letterhead_is_lines(borders: bool) -> None:
    rows = cell("UBND XÃ A", "Số: 12/KH-UBND") + cell("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do")
    assert lines(docx(table(rows, borders=borders))) == [
        "UBND XÃ A",
        "Số: 12/KH-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do",
    ]


def test_a_table_in_a_table_belongs_to_its_cell() -> None:
    inner = table(cell("x") + cell("y") + cell("z"))
    outer = table(cell("1") + f"<w:tc>{inner}{paragraph('sau')}</w:tc>" + cell("2") + cell("3"))
    assert lines(docx(outer)) == ["1 | x y z sau | 2 | 3"]


def test_old_fonts_are_brought_to_unicode() -> None:
    body = (
        paragraph("uû ban nh©n d©n huyÖn", run='<w:rFonts w:ascii=".VnTimeH"/>')
        + paragraph("phßng chèng ma tuý", run='<w:rFonts w:ascii=".VnTime"/>')
        + paragraph("Chữ Unicode", run='<w:rFonts w:ascii="Times New Roman"/>')
    )
    found = read("a.docx", docx(body))
    assert found.text.split("\n") == ["UỶ BAN NHÂN DÂN HUYỆN", "phòng chống ma tuý", "Chữ Unicode"]
    assert [note.code for note in found.notes] == ["legacy_repaired"]


def test_unicode_in_an_old_font_is_left_alone() -> None:
    body = paragraph("phòng chống tệ nạn xã hội", run='<w:rFonts w:ascii=".VnTime"/>')
    found = read("a.docx", docx(body))
    assert found.text == "phòng chống tệ nạn xã hội"
    assert found.notes == ()


def test_pages_where_word_noted_them() -> None:
    body = paragraph("một") + run("<w:r><w:lastRenderedPageBreak/><w:t>hai</w:t></w:r>") + paragraph("ba")
    found = read("a.docx", docx(body))
    assert found.pages == 2
    assert [place.page for place in found.places] == [1, 1, 2]
    assert read("a.docx", docx(paragraph("một"))).pages is None


def test_a_broken_part_is_noted_and_the_body_read() -> None:
    data = docx(numbered("x", 1), numbering="<w:abstractNum>")
    found = read("a.docx", data)
    assert found.text == "x"
    assert [note.code for note in found.notes] == ["part_skipped"]


def test_a_file_of_the_common_library() -> None:
    file = python_docx.Document()
    file.add_heading("KẾ HOẠCH", 0)
    for text in ("Truyền thông", "Kiểm tra"):
        file.add_paragraph(text, style="List Number")
    file.add_paragraph("Tại trường học", style="List Bullet")
    grid = file.add_table(2, 3, style="Table Grid")
    for index, text in enumerate(("STT", "Đơn vị", "Số", "1", "Đội 1", "09")):
        grid.cell(index // 3, index % 3).text = text
    output = io.BytesIO()
    file.save(output)
    assert lines(output.getvalue()) == [
        "KẾ HOẠCH",
        "1. Truyền thông",
        "2. Kiểm tra",
        "• Tại trường học",
        "STT | Đơn vị | Số",
        "1 | Đội 1 | 09",
    ]


@needs_office
@pytest.mark.parametrize("target", ["doc", "odt", "rtf"])
def test_other_office_formats(target: str, tmp_path: Path) -> None:
    body = numbered("Mục đích", 1) + numbered("Một", 1, 1) + table(cell("STT") + cell("Đơn vị") + cell("Số"))
    found = read(f"a.{target}", converted(docx(body, numbering=LISTS), "docx", target, tmp_path))
    assert found.text.strip().split("\n") == ["I. Mục đích", "1. Một", "STT | Đơn vị | Số"]
