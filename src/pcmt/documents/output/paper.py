"""A4 paper as Decree 30/2020/NĐ-CP wants it, in Word's terms: what all official documents of ours are made of.

Annex I of the decree: A4, margins 20, 20, 30 and 15 mm, Times New Roman, page numbers centred in the top margin from
page 2; two-column letter-head (agency left, national name right). Sizes in points are those of its table of components.
`python-docx` is imported where it is used: reading a plan must not pay for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

FONT = "Times New Roman"
MARGINS_MM = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 15}
BLANK = "………"
NATIONAL_NAME = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
MOTTO_WIDTH_MM = 58
COMMITTEE = "ỦY BAN NHÂN DÂN "
LONG_AGENCY = 24
"""More letters of an agency's name do not fit beside the national name on one line."""


def width_mm(*, landscape: bool = False) -> float:
    """How wide the text of a page is."""
    return (297 if landscape else 210) - MARGINS_MM["left_margin"] - MARGINS_MM["right_margin"]


def new_file(title: str, *, landscape: bool = False) -> Any:
    """An empty document with page, font and page number set."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    file: Any = docx.Document()
    properties = file.core_properties
    properties.author = ""
    properties.comments = ""
    properties.language = "vi-VN"
    properties.title = title[:255]
    normal = file.styles["Normal"]
    normal.font.name = FONT
    normal.font.size = Pt(13)
    fonts = normal.element.rPr.rFonts
    for side in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(side), FONT)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    section = file.sections[0]
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    for side, size in MARGINS_MM.items():
        setattr(section, side, Mm(size))
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _page_field(number)
    return file


def write(
    paragraph: Any,
    words: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    align: str = "CENTER",
    before: float = 0,
    after: float = 0,
    together: bool = False,
) -> Any:
    """Words into a paragraph, with its layout in points; `together` keeps it on the page of the next one."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH[align]
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.keep_with_next = together
    run = paragraph.add_run(words)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def letterhead(
    file: Any,
    width: float,
    *,
    parent: str,
    agency: str,
    number: str,
    place: str,
    day: date | None,
    about: str = "",
    stamp: str = "",
) -> None:
    """National name and motto, agency with the one above it, number, place and date; blanks where something is missing.

    Without `number` there is no line for it. `about` is the subject of an official letter, which stands under its
    number; other documents have theirs below.
    `stamp` is a word in a box under that, such as `DỰ THẢO`.
    """
    table = file.add_table(rows=2, cols=2)
    fixed(table, (width * 0.42, width * 0.58))
    left, right = Lines(table.cell(0, 0)), Lines(table.cell(0, 1))
    for line in agency_lines(parent) if parent else ():
        write(left.next(), line.upper(), 13)
    for line in agency_lines(agency):
        write(left.next(), line.upper(), 13, bold=True)
    rule(left.next(), width * 0.42, min(14 + len(agency) * 0.6, 40))
    # The narrow column of an upright page takes the national name in 12 points, as the decree allows.
    write(right.next(), NATIONAL_NAME, 13 if width > 200 else 12, bold=True)
    write(right.next(), MOTTO, 14 if width > 200 else 13, bold=True)
    rule(right.next(), width * 0.58, MOTTO_WIDTH_MM)
    under = Lines(table.cell(1, 0))
    if number:
        write(under.next(), f"Số: {number}", 13, before=2)
    if about:
        write(under.next(), about, 12, before=2)
    if stamp:
        boxed(under.next(), stamp, width * 0.42)
    words = f"{place or BLANK}, {long_date(day)}"
    write(Lines(table.cell(1, 1)).next(), words, 14 if width > 200 else 13, italic=True, before=2)


def agency_lines(agency: str) -> list[str]:
    """The name of an agency in the letterhead: of a committee, the name of the place stays in one piece."""
    agency = agency or BLANK
    before, committee, area = agency.upper().partition(COMMITTEE)
    if len(agency) > LONG_AGENCY and committee and area and not before:
        return [agency[: len(COMMITTEE)].strip(), agency[len(COMMITTEE) :]]
    return [agency]


def long_date(day: date | None) -> str:
    """Days below 10 and the months 1 and 2 take a leading zero (Annex I of the decree)."""
    if day is None:
        return "ngày …… tháng …… năm ………"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


class Lines:
    """The paragraphs of a cell, the first of which Word has already made."""

    def __init__(self, cell: Any) -> None:
        self._cell = cell
        self._first = True

    def next(self) -> Any:
        """The next paragraph to write in."""
        if self._first:
            self._first = False
            return self._cell.paragraphs[0]
        return self._cell.add_paragraph()


def xml(part: Any) -> Any:
    """The element of a part."""
    return part._element


def name(tag: str) -> str:
    """A tag such as `w:tbl` as the library of XML writes it."""
    from docx.oxml.ns import qn

    found: str = qn(tag)
    return found


def element(tag: str, **attributes: str) -> Any:
    """A new element."""
    from docx.oxml import OxmlElement

    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(name(f"w:{key}"), value)
    return made


def child(parent: Any, tag: str, **attributes: str) -> Any:
    """A new element at the end of another."""
    made = element(tag, **attributes)
    parent.append(made)
    return made


def _page_field(paragraph: Any) -> None:
    """The page number, computed by the program that opens the file."""
    from docx.shared import Pt

    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if kind:
            child(xml(run), "w:fldChar", fldCharType=kind)
        else:
            child(xml(run), "w:instrText").text = "PAGE"


def twips(millimetres: float) -> str:
    """Millimetres in Word's unit."""
    return str(round(millimetres / 25.4 * 1440))


def fixed(table: Any, widths_mm: Sequence[float]) -> None:
    """Fixed column widths: every program then shows the same table."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for cell, width in zip(table.rows[0].cells, widths_mm, strict=True):
        cell.width = Mm(width)
    for row in list(table.rows)[1:2] if len(table.columns) == 2 else ():
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)


def rule(paragraph: Any, room_mm: float, length_mm: float) -> None:
    """A short horizontal rule in the middle: the border of an almost empty line with wide indents."""
    from docx.shared import Mm, Pt

    side = max((room_mm - length_mm) / 2, 0)
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Mm(side)
    layout.line_spacing = Pt(4)
    layout.space_before = Pt(3)
    layout.keep_with_next = True
    _bordered(paragraph, ("top",), size="6", space="1")


def boxed(paragraph: Any, words: str, room_mm: float) -> None:
    """A word in a box in the middle of a line, as wide as the word asks for."""
    from docx.shared import Mm

    write(paragraph, words, 12, bold=True, before=4)
    side = max((room_mm - 8 - len(words) * 2.9) / 2, 0)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(side)
    _bordered(paragraph, ("top", "left", "bottom", "right"), size="8", space="2")


def _bordered(paragraph: Any, edges: Sequence[str], *, size: str, space: str) -> None:
    """Lines at the edges of a paragraph. They stand before spacing and indents, as the format has it."""
    properties = xml(paragraph).get_or_add_pPr()
    borders = element("w:pBdr")
    for edge in edges:
        child(borders, f"w:{edge}", val="single", sz=size, space=space, color="000000")
    after = (properties.find(name(tag)) for tag in ("w:spacing", "w:ind", "w:jc"))
    first = next((each for each in after if each is not None), None)
    if first is None:
        properties.append(borders)
    else:
        first.addprevious(borders)


def middle(cell: Any) -> None:
    """Words in the middle of the height of a cell."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def row_property(row: Any, tag: str) -> None:
    """Sets a property of a row, such as that it is repeated on every page."""
    child(xml(row).get_or_add_trPr(), tag, val="true")


def table_head(table: Any, labels: Sequence[str], size: float = 12) -> None:
    """The row of headings, bold, in the middle, repeated on every page."""
    for cell, label in zip(table.rows[0].cells, labels, strict=True):
        middle(cell)
        write(Lines(cell).next(), label, size, bold=True, before=3, after=3)
    row_property(table.rows[0], "w:tblHeader")
    row_property(table.rows[0], "w:cantSplit")


def table_row(
    cells: Sequence[tuple[str, float, str]],
    *,
    unsplit: bool = True,
    bold: bool = False,
    size: float = 12,
    span: bool = False,
    together: bool = False,
) -> Any:
    """A row of words, width in mm, alignment of Word (`left`, `center`, `right`, `both`); `unsplit` stays on one page.

    `span` makes the first cell as wide as the table, and the only one; `together` keeps the row with the next one.
    Built directly: the library walks the whole table for each cell it adds.
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    row = OxmlElement("w:tr")
    if unsplit:
        child(child(row, "w:trPr"), "w:cantSplit", val="true")
    whole = sum(width for _, width, _ in cells)
    for value, width, align in [(cells[0][0], whole, cells[0][2])] if span else cells:
        cell = child(row, "w:tc")
        layout = child(cell, "w:tcPr")
        child(layout, "w:tcW", w=twips(width), type="dxa")
        if span:
            child(layout, "w:gridSpan", val=str(len(cells)))
        paragraph = child(cell, "w:p")
        properties = child(paragraph, "w:pPr")
        if together:
            child(properties, "w:keepNext")
        child(properties, "w:spacing", before="40", after="40")
        child(properties, "w:jc", val=align)
        run = child(paragraph, "w:r")
        look = child(run, "w:rPr")
        if bold:
            child(look, "w:b")
        child(look, "w:sz", val=str(round(size * 2)))
        words = child(run, "w:t")
        words.text = value
        words.set(qn("xml:space"), "preserve")
    return row


def foot(file: Any, width: float, recipients: Sequence[str], signing: Sequence[str], name: str) -> None:
    """Recipients on the left, signature on the right with room for the seal; both stay on one page."""
    write(file.add_paragraph(), "", 8, together=True)
    table = file.add_table(rows=1, cols=2)
    fixed(table, (width * 0.5, width * 0.5))
    row_property(table.rows[0], "w:cantSplit")
    left, right = Lines(table.cell(0, 0)), Lines(table.cell(0, 1))
    write(left.next(), "Nơi nhận:", 12, bold=True, italic=True, align="LEFT")
    for line in recipients:
        write(left.next(), line, 11, align="LEFT")
    for line in signing:
        write(right.next(), line, 14, bold=True)
    for _ in range(4):
        write(right.next(), "", 14)
    write(right.next(), name or BLANK, 14, bold=True)


def points(size: float) -> Any:
    """A length in points, as Word's library takes it."""
    from docx.shared import Pt

    return Pt(size)
