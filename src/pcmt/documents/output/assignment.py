"""The assignment sheet ("Bảng phân công nhiệm vụ") as a Word file in the layout of Decree 30/2020/NĐ-CP.

Annex I of the decree: A4, margins 20, 20, 30 and 15 mm, Times New Roman, page numbers centred in the top margin from
page 2; two-column letter-head (agency left, national name right); type name and subject; recipients and signature.
A table this wide lies across the page, as the annex allows. Sizes in points are those of its table of components.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pcmt.core.periods import parse_date
from pcmt.documents.output import paper
from pcmt.documents.output.paper import BLANK, write
from pcmt.documents.output.rows import Item, Row, Rows, number_words, plain

WIDTH_MM = paper.width_mm(landscape=True)
COLUMNS = (
    ("STT", 12), ("Cơ quan, đơn vị", 40), ("Nhiệm vụ", 88), ("Vai trò", 25), ("Cơ quan phối hợp", 40),
    ("Thời hạn", 26), ("Căn cứ", 21),
)  # fmt: skip
CENTRED = frozenset({"STT", "Vai trò", "Thời hạn", "Căn cứ"})
LONG_ROW = 1_400
"""A row with more letters may break over pages; shorter ones stay whole."""
NOBODY = "Nhiệm vụ chung (kế hoạch chưa nêu cơ quan thực hiện)"
NOTHING = "Kế hoạch không giao nhiệm vụ nào"


def write_assignment_docx(reading: Mapping[str, Any], text: str) -> bytes:
    """The assignment sheet of a read plan. What the plan leaves out (number, date, signer) stays blank to be filled."""
    return _Sheet(Rows(reading, text)).document()


class _Sheet:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.header = rows.header
        self.file: Any = paper.new_file(f"Bảng phân công nhiệm vụ, {rows.document_words()}", landscape=True)

    def document(self) -> bytes:
        self._letterhead()
        self._heading()
        self._table(self.rows.assignment_rows())
        self._foot()
        output = io.BytesIO()
        self.file.save(output)
        return output.getvalue()

    def _letterhead(self) -> None:
        paper.letterhead(
            self.file,
            WIDTH_MM,
            parent=plain((self.header.get("parent_issuer") or {}).get("name")),
            agency=plain((self.header.get("issuer") or {}).get("name")),
            number=number_words(self.header) or f"{BLANK}/KH-{BLANK}",
            place=plain((self.header.get("place") or {}).get("value")),
            day=self._day(),
        )

    def _day(self) -> date | None:
        return parse_date((self.header.get("date") or {}).get("value"))

    def _heading(self) -> None:
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
        source = f"(Kèm theo {kind} số {number} {paper.long_date(self._day())}{' của ' + issuer if issuer else ''})"
        write(self.file.add_paragraph(), source, 13, italic=True, before=2, together=True)
        paper.rule(self.file.add_paragraph(), WIDTH_MM, 40)
        write(self.file.add_paragraph(), "", 6)

    # Table

    def _table(self, rows: Sequence[Row]) -> None:
        table = self.file.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
        widths = [width for _, width in COLUMNS]
        paper.table_head(table, [label for label, _ in COLUMNS])
        named = True
        for number, row in enumerate(rows, 1):
            if named and not row.agency:
                named = False
                paper.xml(table).append(_heading_row(NOBODY))
            values = (str(number), row.agency, row.task, row.role, row.partners, row.deadline, row.clause)
            cells = [(value, width, _align(label)) for value, (label, width) in zip(values, COLUMNS, strict=True)]
            paper.xml(table).append(paper.table_row(cells, unsplit=len(row.task) < LONG_ROW))
        if not rows:
            paper.xml(table).append(_heading_row(NOTHING))
        paper.fixed(table, widths)

    # Recipients and signature

    def _foot(self) -> None:
        signer = self.header.get("signer") or {}
        name = plain((signer.get("name") or {}).get("value"))
        paper.foot(self.file, WIDTH_MM, self._recipients(), self._signing_lines(signer), name)

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


def _heading_row(words: str) -> Any:
    """A bold row over all columns that stays with the row below it."""
    from docx.oxml import OxmlElement

    row = OxmlElement("w:tr")
    paper.child(paper.child(row, "w:trPr"), "w:cantSplit", val="true")
    cell = paper.child(row, "w:tc")
    layout = paper.child(cell, "w:tcPr")
    paper.child(layout, "w:tcW", w=paper.twips(WIDTH_MM), type="dxa")
    paper.child(layout, "w:gridSpan", val=str(len(COLUMNS)))
    paragraph = paper.child(cell, "w:p")
    properties = paper.child(paragraph, "w:pPr")
    paper.child(properties, "w:keepNext")
    paper.child(properties, "w:spacing", before="40", after="40")
    run = paper.child(paragraph, "w:r")
    look = paper.child(run, "w:rPr")
    paper.child(look, "w:b")
    paper.child(look, "w:sz", val="24")
    paper.child(run, "w:t").text = words
    return row


def _align(label: str) -> str:
    return "center" if label in CENTRED else "both" if label == "Nhiệm vụ" else "left"
