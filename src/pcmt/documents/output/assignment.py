"""The assignment sheet ("Bảng phân công nhiệm vụ") as a Word file in the layout of Decree 30/2020/NĐ-CP.

Annex I of the decree: A4, margins 20, 20, 30 and 15 mm, Times New Roman, page numbers centred in the top margin from
page 2; two-column letter-head (agency left, national name right); type name and subject; recipients and signature.
A table this wide lies across the page, as the annex allows. Sizes in points are those of its table of components.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from pcmt.core.periods import parse_date
from pcmt.documents.output.rows import Item, Row, Rows, number_words, plain

FONT = "Times New Roman"
MARGINS_MM = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 15}
WIDTH_MM = 297 - 30 - 15
COLUMNS = (
    ("STT", 12), ("Cơ quan, đơn vị", 40), ("Nhiệm vụ", 88), ("Vai trò", 25), ("Cơ quan phối hợp", 40),
    ("Thời hạn", 26), ("Căn cứ", 21),
)  # fmt: skip
CENTRED = frozenset({"STT", "Vai trò", "Thời hạn", "Căn cứ"})
LONG_ROW = 1_400
"""A row with more letters may break over pages; shorter ones stay whole."""
BLANK = "………"
NATIONAL_NAME = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
MOTTO_WIDTH_MM = 58
NOBODY = "Nhiệm vụ chung (kế hoạch chưa nêu cơ quan thực hiện)"
NOTHING = "Kế hoạch không giao nhiệm vụ nào"


def write_assignment_docx(reading: Mapping[str, Any], text: str) -> bytes:
    """The assignment sheet of a read plan. What the plan leaves out (number, date, signer) stays blank to be filled."""
    return _Sheet(Rows(reading, text)).document()


class _Sheet:
    def __init__(self, rows: Rows) -> None:
        import docx

        self.rows = rows
        self.header = rows.header
        self.file: Any = docx.Document()

    def document(self) -> bytes:
        self._page()
        self._letterhead()
        self._heading()
        self._table(self.rows.assignment_rows())
        self._foot()
        output = io.BytesIO()
        self.file.save(output)
        return output.getvalue()

    # Page

    def _page(self) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt

        properties = self.file.core_properties
        properties.author = ""
        properties.comments = ""
        properties.language = "vi-VN"
        properties.title = f"Bảng phân công nhiệm vụ, {self.rows.document_words()}"[:255]
        normal = self.file.styles["Normal"]
        normal.font.name = FONT
        normal.font.size = Pt(13)
        fonts = normal.element.rPr.rFonts
        for side in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(side), FONT)
        normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
        section = self.file.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        for name, size in MARGINS_MM.items():
            setattr(section, name, Mm(size))
        section.header_distance = section.footer_distance = Mm(10)
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _page_field(number)

    # Words

    def _write(
        self,
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
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        paragraph.alignment = WD_ALIGN_PARAGRAPH[align]
        layout = paragraph.paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        layout.keep_with_next = together
        run = paragraph.add_run(words)
        run.font.size, run.bold, run.italic = Pt(size), bold, italic
        return paragraph

    def _letterhead(self) -> None:
        table = self.file.add_table(rows=2, cols=2)
        _fixed(table, (WIDTH_MM * 0.42, WIDTH_MM * 0.58))
        left, right = _Lines(table.cell(0, 0)), _Lines(table.cell(0, 1))
        parent = plain((self.header.get("parent_issuer") or {}).get("name"))
        issuer = plain((self.header.get("issuer") or {}).get("name")) or BLANK
        if parent:
            self._write(left.next(), parent.upper(), 13)
        self._write(left.next(), issuer.upper(), 13, bold=True)
        _rule(left.next(), WIDTH_MM * 0.42, min(14 + len(issuer) * 0.6, 40))
        self._write(right.next(), NATIONAL_NAME, 13, bold=True)
        self._write(right.next(), MOTTO, 14, bold=True)
        _rule(right.next(), WIDTH_MM * 0.58, MOTTO_WIDTH_MM)
        number = number_words(self.header) or f"{BLANK}/KH-{BLANK}"
        self._write(_Lines(table.cell(1, 0)).next(), f"Số: {number}", 13, before=2)
        self._write(_Lines(table.cell(1, 1)).next(), self._place_and_date(), 14, italic=True, before=2)

    def _place_and_date(self) -> str:
        place = plain((self.header.get("place") or {}).get("value")) or BLANK
        return f"{place}, {self._long_date()}"

    def _long_date(self) -> str:
        """Days below 10 and the months 1 and 2 take a leading zero (Annex I of the decree)."""
        day = parse_date((self.header.get("date") or {}).get("value"))
        if day is None:
            return "ngày …… tháng …… năm ………"
        month = f"{day.month:02d}" if day.month < 3 else str(day.month)
        return f"ngày {day.day:02d} tháng {month} năm {day.year}"

    def _heading(self) -> None:
        write = self._write
        write(self.file.add_paragraph(), "BẢNG PHÂN CÔNG NHIỆM VỤ", 14, bold=True, before=14, together=True)
        title = self.rows.title()
        kind = plain((self.header.get("doc_type") or {}).get("value")) or "Kế hoạch"
        if title.isupper():
            subject = f"{kind.upper()} {title}"
        else:
            # "Phòng, chống ..." goes on in small letters after the type; an abbreviation keeps its capitals.
            small = title[:1].lower() if title[1:2].islower() else title[:1]
            subject = f"{kind} {small}{title[1:]}".strip()
        write(self.file.add_paragraph(), subject, 14, bold=True, before=2, together=True)
        number = number_words(self.header) or BLANK
        issuer = plain((self.header.get("issuer") or {}).get("name"))
        source = f"(Kèm theo {kind} số {number} {self._long_date()}{' của ' + issuer if issuer else ''})"
        write(self.file.add_paragraph(), source, 13, italic=True, before=2, together=True)
        _rule(self.file.add_paragraph(), WIDTH_MM, 40)
        write(self.file.add_paragraph(), "", 6)

    # Table

    def _table(self, rows: Sequence[Row]) -> None:
        table = self.file.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
        widths = [width for _, width in COLUMNS]
        for cell, (label, _) in zip(table.rows[0].cells, COLUMNS, strict=True):
            _middle(cell)
            self._write(_Lines(cell).next(), label, 12, bold=True, before=3, after=3)
        _row_property(table.rows[0], "w:tblHeader")
        _row_property(table.rows[0], "w:cantSplit")
        named = True
        for number, row in enumerate(rows, 1):
            if named and not row.agency:
                named = False
                _xml(table).append(_heading_row(NOBODY))
            values = (str(number), row.agency, row.task, row.role, row.partners, row.deadline, row.clause)
            _xml(table).append(_table_row(values, widths, unsplit=len(row.task) < LONG_ROW))
        if not rows:
            _xml(table).append(_heading_row(NOTHING))
        _fixed(table, widths)

    # Recipients and signature

    def _foot(self) -> None:
        self._write(self.file.add_paragraph(), "", 8, together=True)
        table = self.file.add_table(rows=1, cols=2)
        _fixed(table, (WIDTH_MM * 0.5, WIDTH_MM * 0.5))
        _row_property(table.rows[0], "w:cantSplit")
        left, right = _Lines(table.cell(0, 0)), _Lines(table.cell(0, 1))
        self._write(left.next(), "Nơi nhận:", 12, bold=True, italic=True, align="LEFT")
        for line in self._recipients():
            self._write(left.next(), line, 11, align="LEFT")
        signer = self.header.get("signer") or {}
        for line in self._signing_lines(signer):
            self._write(right.next(), line, 14, bold=True)
        for _ in range(4):
            self._write(right.next(), "", 14)
        self._write(right.next(), plain((signer.get("name") or {}).get("value")) or BLANK, 14, bold=True)

    def _recipients(self) -> list[str]:
        lines = []
        for item in self.header.get("recipients") or ():
            units = ", ".join(plain(unit) for unit in item.get("units") or ())
            note = plain(item.get("note"))
            value = plain(item.get("value"))
            if value:
                extra = "".join(f" ({part})" for part in (units, note) if part and part not in value)
                lines.append(f"- {value}{extra};")
        archive = (self.header.get("archive") or {}).get("value") or ["VT"]
        kept = ", ".join(plain(part) for part in ([archive] if isinstance(archive, str) else archive))
        return [*lines, f"- Lưu: {kept}."]

    def _signing_lines(self, signer: Item) -> list[str]:
        lines = []
        issuer = plain((self.header.get("issuer") or {}).get("name"))
        authority = signer.get("authority")
        if authority:
            words = plain(authority.get("text")) or plain(authority.get("value"))
            if len(words) <= len("TUQ.") and issuer:
                # "TM. ỦY BAN NHÂN DÂN": the body without its place name.
                words = f"{words} {' '.join(issuer.split()[:4]) if issuer.startswith(('Ủy ban', 'Uỷ ban')) else issuer}"
            lines.append(words.upper())
        for part in ("acting_for", "position"):
            value = signer.get(part)
            if value:
                lines.append((plain(value.get("text")) or plain(value.get("value"))).upper())
        return lines or [BLANK]


class _Lines:
    """The paragraphs of a cell, the first of which Word has already made."""

    def __init__(self, cell: Any) -> None:
        self._cell = cell
        self._first = True

    def next(self) -> Any:
        if self._first:
            self._first = False
            return self._cell.paragraphs[0]
        return self._cell.add_paragraph()


def _xml(part: Any) -> Any:
    return part._element


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
    return element


def _page_field(paragraph: Any) -> None:
    """The page number, computed by the program that opens the file."""
    from docx.shared import Pt

    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if kind:
            _child(_xml(run), "w:fldChar", fldCharType=kind)
        else:
            _child(_xml(run), "w:instrText").text = "PAGE"


def _twips(millimetres: float) -> str:
    return str(round(millimetres / 25.4 * 1440))


def _fixed(table: Any, widths_mm: Sequence[float]) -> None:
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


def _rule(paragraph: Any, room_mm: float, length_mm: float) -> None:
    """A short horizontal rule in the middle: the border of an almost empty line with wide indents."""
    from docx.shared import Mm, Pt

    side = max((room_mm - length_mm) / 2, 0)
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Mm(side)
    layout.line_spacing = Pt(4)
    layout.space_before = Pt(3)
    layout.keep_with_next = True
    borders = _child(_xml(paragraph).get_or_add_pPr(), "w:pBdr")
    _child(borders, "w:top", val="single", sz="6", space="1", color="000000")


def _middle(cell: Any) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _row_property(row: Any, tag: str) -> None:
    _child(_xml(row).get_or_add_trPr(), tag, val="true")


def _heading_row(words: str) -> Any:
    """A bold row over all columns that stays with the row below it."""
    from docx.oxml import OxmlElement

    row = OxmlElement("w:tr")
    _child(_child(row, "w:trPr"), "w:cantSplit", val="true")
    cell = _child(row, "w:tc")
    layout = _child(cell, "w:tcPr")
    _child(layout, "w:tcW", w=_twips(WIDTH_MM), type="dxa")
    _child(layout, "w:gridSpan", val=str(len(COLUMNS)))
    paragraph = _child(cell, "w:p")
    properties = _child(paragraph, "w:pPr")
    _child(properties, "w:keepNext")
    _child(properties, "w:spacing", before="40", after="40")
    run = _child(paragraph, "w:r")
    look = _child(run, "w:rPr")
    _child(look, "w:b")
    _child(look, "w:sz", val="24")
    _child(run, "w:t").text = words
    return row


def _table_row(values: Sequence[str], widths_mm: Sequence[float], *, unsplit: bool) -> Any:
    """A row of the sheet. Built directly: the library walks the whole table for each cell it adds."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    row = OxmlElement("w:tr")
    if unsplit:
        _child(_child(row, "w:trPr"), "w:cantSplit", val="true")
    for value, width, (label, _) in zip(values, widths_mm, COLUMNS, strict=True):
        cell = _child(row, "w:tc")
        _child(_child(cell, "w:tcPr"), "w:tcW", w=_twips(width), type="dxa")
        paragraph = _child(cell, "w:p")
        properties = _child(paragraph, "w:pPr")
        _child(properties, "w:spacing", before="40", after="40")
        _child(properties, "w:jc", val="center" if label in CENTRED else "both" if label == "Nhiệm vụ" else "left")
        run = _child(paragraph, "w:r")
        size = _child(run, "w:rPr")
        _child(size, "w:sz", val="24")
        words = _child(run, "w:t")
        words.text = value
        words.set(qn("xml:space"), "preserve")
    return row
