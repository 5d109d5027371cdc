"""A whole report as a Word file in the layout of Decree 30/2020/NĐ-CP: plain values in, bytes out.

Letterhead, title, legal grounds in italics, an outline of headings with paragraphs, tables, charts and pictures, the
signing block, and annexes on sections of their own, each with its own orientation and its own page numbers. In the
foot of every page stands when the figures were taken and the beginning of the seal; the whole seal is a property of the
file.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from pcmt.documents.output import paper
from pcmt.documents.output.charts import Chart, add_chart
from pcmt.documents.output.official import Column, Official, write_foot, write_head
from pcmt.documents.output.paper import write

INDENT_MM = 12.7
LONG_ROW = 900
"""A row with more letters may break over pages; shorter ones stay whole."""
SHOWN_SEAL = 12
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI")


@frozen
class Title:
    """A heading of the outline with its number: level 1 `I. TÌNH HÌNH`, 2 `1. Công tác`, 3 `a) Đấu tranh`."""

    words: str
    level: int = 1


@frozen
class Row:
    """A row of a grid. A `group` row heads those below it: one cell over all columns."""

    cells: Sequence[str]
    bold: bool = False
    group: bool = False


@frozen(kw_only=True)
class Grid:
    """A table with its heading, and what is to be said below it. The head of columns is repeated on every page."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    title: str = ""
    notes: Sequence[str] = ()
    size: float = 12


@frozen(kw_only=True)
class Photo:
    """A picture (JPEG or PNG) with its caption; without data it stays a line that says which one is missing."""

    data: bytes | None
    caption: str


@frozen
class Centred:
    """A bold line in the middle of the page, such as `QUYẾT ĐỊNH:`."""

    words: str


Block = str | Title | Centred | Grid | Chart | Photo
"""A piece of the body; plain words are a paragraph."""


@frozen(kw_only=True)
class Annex:
    """What is printed after the signature, from a new page on."""

    title: str
    blocks: Sequence[Block]
    landscape: bool = False


@frozen(kw_only=True)
class Report:
    """A report: `frame` holds letterhead, title, signature and recipients, the text is in `blocks`.

    `taken` says when the figures were taken (`Số liệu chốt đến hết ngày 14/6/2026`), `seal` is the SHA-256 of what was
    sent. `mark` is the word in a box under the number of what is no sent edition (`DỰ THẢO`). `properties` are kept in
    the file, for programs. `authority` is who decides, in capitals above the grounds of a decision.
    """

    frame: Official
    authority: str = ""
    grounds: Sequence[str] = ()
    blocks: Sequence[Block]
    annexes: Sequence[Annex] = ()
    taken: str = ""
    seal: str = ""
    mark: str = ""
    properties: Sequence[tuple[str, str]] = ()

    def foot_words(self) -> str:
        """What stands in the foot of every page."""
        seal = f"Mã xác thực: {self.seal[:SHOWN_SEAL]}" if self.seal else ""
        return " · ".join(part for part in (self.mark.capitalize(), self.taken, seal) if part)

    def ground_lines(self) -> list[str]:
        """The legal grounds, each with its semicolon, the last one with a full stop."""
        ends = [";"] * (len(self.grounds) - 1) + ["."]
        return [words.rstrip("; .") + end for words, end in zip(self.grounds, ends, strict=False)]


def ended(blocks: Sequence[Block]) -> list[Block]:
    """The text of a document ends with "./."."""
    found = list(blocks)
    if found and isinstance(found[-1], str):
        found[-1] = f"{found[-1].rstrip('. /')}./."
    return found


def write_report(report: Report) -> bytes:
    """The report as a Word file."""
    frame = report.frame
    width = paper.width_mm(landscape=frame.landscape)
    file = paper.new_file(frame.subject, landscape=frame.landscape)
    _page_foot(file.sections[0], report.foot_words())
    write_head(file, frame, width, stamp=report.mark)
    if report.authority:
        write(file.add_paragraph(), report.authority.upper(), 14, bold=True, before=8, together=True)
    for words in report.ground_lines():
        _paragraph(file, words, italic=True)
    writer = _Writer(file)
    for number, block in enumerate(ended(report.blocks), 1):
        writer.block(block, width, last=number == len(report.blocks))
    write_foot(file, frame, width)
    for number, annex in enumerate(report.annexes, 1):
        _annex(file, writer, report, annex, annex_number(number, len(report.annexes)))
    _properties(file, report)
    output = io.BytesIO()
    file.save(output)
    return output.getvalue()


def annex_number(number: int, of: int) -> str:
    """What heads an annex: `Phụ lục II`; a single one has no number."""
    if of < 2:
        return "Phụ lục"
    return f"Phụ lục {ROMAN[number - 1] if number <= len(ROMAN) else number}"


def annex_source(frame: Official) -> str:
    """Under the title of an annex: which document it goes with."""
    kind = frame.kind.capitalize() or "Công văn"
    number = frame.designation.strip()
    return f"(Kèm theo {kind} số {number} {paper.long_date(frame.day)} của {frame.agency or paper.BLANK})"


@frozen
class _Writer:
    file: Any
    charts: list[int] = field(factory=list)

    def block(self, block: Block, width: float, *, last: bool = False) -> None:
        match block:
            case Title():
                _title(self.file, block)
            case Centred():
                write(self.file.add_paragraph(), block.words, 14, bold=True, before=8, after=2, together=True)
            case Grid():
                _grid(self.file, block, width)
            case Chart():
                self.charts.append(1)
                add_chart(self.file, block, width, len(self.charts))
            case Photo():
                _photo(self.file, block, width)
            case _:
                # The last words stay with the signature: nobody signs an empty page.
                _paragraph(self.file, block, together=last)


def _paragraph(file: Any, words: str, *, italic: bool = False, together: bool = False) -> None:
    from docx.shared import Mm

    paragraph = write(file.add_paragraph(), words, 14, italic=italic, align="JUSTIFY", before=6, together=together)
    paragraph.paragraph_format.first_line_indent = Mm(INDENT_MM)
    paragraph.paragraph_format.widow_control = True


def _title(file: Any, title: Title) -> None:
    from docx.shared import Mm

    words = title.words.upper() if title.level == 1 else title.words
    # An italic heading of the third level is told apart from the bold one above it.
    paragraph = write(
        file.add_paragraph(),
        words,
        14,
        bold=True,
        italic=title.level > 2,
        align="JUSTIFY",
        before=8 if title.level == 1 else 6,
        together=True,
    )
    paragraph.paragraph_format.first_line_indent = Mm(INDENT_MM)
    # Programs show the outline beside the text, and readers of screens go along it.
    paper.child(paper.xml(paragraph).get_or_add_pPr(), "w:outlineLvl", val=str(min(title.level, 9) - 1))


def _grid(file: Any, grid: Grid, width: float) -> None:
    if grid.title:
        write(file.add_paragraph(), grid.title, 13, bold=True, before=8, after=4, together=True)
    else:
        write(file.add_paragraph(), "", 6, together=True)
    whole = sum(column.share for column in grid.columns)
    widths = [column.share / whole * width for column in grid.columns]
    table = file.add_table(rows=1, cols=len(grid.columns), style="Table Grid")
    paper.table_head(table, [column.label for column in grid.columns], grid.size)
    aligns = [column.align for column in grid.columns]
    rows = paper.xml(table)
    for row in grid.rows:
        cells = list(zip(row.cells, widths, aligns, strict=True))
        rows.append(
            paper.table_row(
                [(cells[0][0], cells[0][1], "left"), *cells[1:]] if row.group else cells,
                unsplit=max(map(len, row.cells)) < LONG_ROW,
                bold=row.bold or row.group,
                size=grid.size,
                span=row.group,
                together=row.group,
            )
        )
    paper.fixed(table, widths)
    _narrow(table)
    for words in grid.notes:
        write(file.add_paragraph(), words, 11, italic=True, align="JUSTIFY", before=2)
    if not grid.notes:
        write(file.add_paragraph(), "", 4)


def _narrow(table: Any) -> None:
    """Less room beside the words of cells than Word leaves by itself: long names break less."""
    layout = paper.xml(table).tblPr
    margins = paper.child(layout, "w:tblCellMar")
    for side in ("left", "right"):
        paper.child(margins, f"w:{side}", w=paper.twips(1), type="dxa")
    # The order of these properties is fixed: the look of the table comes after the margins of its cells.
    for look in layout.findall(paper.name("w:tblLook")):
        layout.append(look)


def _photo(file: Any, photo: Photo, width: float) -> None:
    from docx.image.exceptions import UnrecognizedImageError
    from docx.shared import Mm

    caption = f"Ảnh: {photo.caption}" if photo.caption else "Ảnh"
    paragraph = write(file.add_paragraph(), "", 12, before=6, together=True)
    try:
        if photo.data is None:
            raise UnrecognizedImageError
        shape = paragraph.runs[0].add_picture(io.BytesIO(photo.data))
    except UnrecognizedImageError:
        write(paragraph, f"({caption}: tệp ảnh không còn)", 12, italic=True, before=6)
        return
    shrink = min(Mm(width * 0.8) / shape.width, Mm(110) / shape.height, 1)
    shape.width, shape.height = round(shape.width * shrink), round(shape.height * shrink)
    shape._inline.docPr.set("descr", photo.caption or caption)
    write(file.add_paragraph(), caption, 12, italic=True, before=2, after=4)


def _annex(file: Any, writer: _Writer, report: Report, annex: Annex, number: str) -> None:
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Mm

    section = file.add_section(WD_SECTION.NEW_PAGE)
    _thin(file.paragraphs[-1])
    section.orientation = WD_ORIENT.LANDSCAPE if annex.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if annex.landscape else (Mm(210), Mm(297))
    # Each annex counts its own pages, and shows no number on its first one.
    for old in section._sectPr.findall(paper.name("w:pgNumType")):
        section._sectPr.remove(old)
    start = paper.element("w:pgNumType", start="1")
    section._sectPr.find(paper.name("w:cols")).addprevious(start)
    width = paper.width_mm(landscape=annex.landscape)
    write(file.add_paragraph(), number, 14, bold=True, together=True)
    outline = file.paragraphs[-1]
    paper.child(paper.xml(outline).get_or_add_pPr(), "w:outlineLvl", val="0")
    write(file.add_paragraph(), annex.title.upper(), 14, bold=True, before=2, together=True)
    write(file.add_paragraph(), annex_source(report.frame), 14, italic=True, before=2, together=True)
    paper.rule(file.add_paragraph(), width, 40)
    for block in annex.blocks:
        writer.block(block, width)


def _thin(paragraph: Any) -> None:
    """Next to no height for the line that ends a section: on a full page it would make an empty one."""
    from docx.enum.text import WD_LINE_SPACING

    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, paper.points(1)
    layout.space_before = layout.space_after = paper.points(0)


def _page_foot(section: Any, words: str) -> None:
    """The same line under every page, the first one too; later sections take it over."""
    if not words:
        return
    for foot in (section.footer, section.first_page_footer):
        write(foot.paragraphs[0], words, 9, italic=True)


def _properties(file: Any, report: Report) -> None:
    """Properties of the file that programs read: the whole seal among them."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from lxml import etree

    kept = [*report.properties, *([("seal", report.seal)] if report.seal else [])]
    if not kept:
        return
    values = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    root = etree.Element(f"{{{space}}}Properties", nsmap={None: space, "vt": values})
    for number, (name, value) in enumerate(kept, 2):
        one = etree.SubElement(root, f"{{{space}}}property")
        one.set("fmtid", "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}")
        one.set("pid", str(number))
        one.set("name", name)
        etree.SubElement(one, f"{{{values}}}lpwstr").text = value
    package = file.part.package
    data = bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True))
    part = Part(
        PackURI("/docProps/custom.xml"),
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        data,
        package,
    )
    package.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties")
