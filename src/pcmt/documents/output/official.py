"""Official documents as Word files in the layout of Decree 30/2020/NĐ-CP: plain values in, bytes out.

Two forms of Annex I: with a type name (`BÁO CÁO`, `DANH SÁCH`; name and subject in the middle of the page) and the
official letter (công văn), which has no type name, its subject "V/v …" under the number, and those it is sent to above
the body. What is not known yet (number, date, signer) stays blank, to be filled by hand.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from attrs import frozen

from pcmt.documents.output import paper
from pcmt.documents.output.paper import BLANK, write

NUMBER_BLANK = "     "
"""The place for the number that the clerk gives when the document is signed."""
INDENT_MM = 12.7
LONG_ROW = 1_400
"""A row with more letters may break over pages; shorter ones stay whole."""


class Mark(StrEnum):
    """In whose place somebody signs (Decree 30/2020/NĐ-CP, article 13)."""

    HEAD = ""
    COLLECTIVE = "TM."
    COLLECTIVE_DEPUTY = "TM. KT."
    DEPUTY = "KT."
    ORDER = "TL."
    DELEGATE = "TUQ."
    ACTING = "Q."


@frozen(kw_only=True)
class Signature:
    """Who signs: `post` is the signer's own, `head` the post signed for, `body` the collective spoken for.

    `head` is used with KT., TL. and TUQ., `body` with TM.; what a mark needs and nobody gave stays blank.
    """

    post: str = ""
    name: str = ""
    mark: Mark = Mark.HEAD
    head: str = ""
    body: str = ""

    def lines(self) -> tuple[str, ...]:
        """The lines above the signature, in capitals."""
        post, head, body = (words.strip().upper() or BLANK for words in (self.post, self.head, self.body))
        match self.mark:
            case Mark.COLLECTIVE:
                return f"TM. {body}", post
            case Mark.COLLECTIVE_DEPUTY:
                return f"TM. {body}", f"KT. {head}", post
            case Mark.DEPUTY | Mark.ORDER | Mark.DELEGATE:
                return f"{self.mark} {head}", post
            case Mark.ACTING:
                return (f"Q. {post}",)
        return (post,)


@frozen
class Column:
    """A column of a table; `share` is its width beside the others'."""

    label: str
    share: float
    align: Literal["left", "center", "right", "both"] = "left"


@frozen
class Table:
    """A table in the body of a document; `total` is a bold last row."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()


@frozen
class Heading:
    """A bold line over what follows, such as `1. Việc đã quá hạn`."""

    words: str


Part = str | Heading | Table
"""A piece of the body; plain words are a paragraph."""


@frozen(kw_only=True)
class Official:
    """An official document. `kind` is its type name, empty for an official letter; `to` only letters have.

    `symbol` is what follows the number and a slash: `CAT-PC04` of a letter, `BC-UBND` of a report. `archive` is the
    drafting unit behind `Lưu: VT`. Lines of `recipients` come without dash and semicolon. Records, certificates and
    pledges are not `numbered`.
    """

    agency: str
    parent: str = ""
    number: str = ""
    symbol: str = ""
    place: str = ""
    day: date | None = None
    kind: str = ""
    subject: str
    to: Sequence[str] = ()
    body: Sequence[Part]
    signature: Signature = Signature()
    recipients: Sequence[str] = ()
    archive: str = ""
    landscape: bool = False
    numbered: bool = True

    @property
    def designation(self) -> str:
        """Number and symbol as the letterhead shows them: blanks for what is not known yet; "" for none at all."""
        if not self.numbered:
            return ""
        return f"{self.number or NUMBER_BLANK}/{self.symbol or BLANK}"


def write_official(document: Official) -> bytes:
    """The document as a Word file."""
    width = paper.width_mm(landscape=document.landscape)
    file = paper.new_file(document.subject, landscape=document.landscape)
    write_head(file, document, width)
    for number, part in enumerate(document.body, 1):
        _part(file, part, width, last=number == len(document.body))
    write_foot(file, document, width)
    output = io.BytesIO()
    file.save(output)
    return output.getvalue()


def write_head(file: Any, document: Official, width: float, *, stamp: str = "") -> None:
    """Letterhead and title, or those a letter is sent to; `stamp` is a word in a box under the number."""
    paper.letterhead(
        file,
        width,
        parent=document.parent,
        agency=document.agency,
        number=document.designation,
        place=document.place,
        day=document.day,
        about="" if document.kind else f"V/v {document.subject}",
        stamp=stamp,
    )
    if document.kind:
        _title(file, document, width)
    elif document.to:
        _addressees(file, document.to)


def write_foot(file: Any, document: Official, width: float) -> None:
    """Recipients and signature."""
    paper.foot(file, width, recipient_lines(document), document.signature.lines(), document.signature.name)


def _title(file: Any, document: Official, width: float) -> None:
    write(file.add_paragraph(), document.kind.upper(), 14, bold=True, before=14, together=True)
    write(file.add_paragraph(), document.subject, 14, bold=True, before=2, together=True)
    paper.rule(file.add_paragraph(), width, 40)


def _addressees(file: Any, to: Sequence[str]) -> None:
    """One beside "Kính gửi:", several below it, each with its dash."""
    from docx.shared import Mm

    if len(to) == 1:
        write(file.add_paragraph(), f"Kính gửi: {to[0]}", 14, before=16, after=8)
        return
    lines = ["Kính gửi:", *(f"- {name};" for name in to[:-1]), f"- {to[-1]}."]
    for number, line in enumerate(lines):
        paragraph = write(file.add_paragraph(), line, 14, align="LEFT", before=16 if number == 0 else 0)
        paragraph.paragraph_format.left_indent = Mm(40 if number == 0 else 60)
    paragraph.paragraph_format.space_after = paper.points(8)


def _part(file: Any, part: Part, width: float, *, last: bool) -> None:
    if isinstance(part, Table):
        _table(file, part, width)
        return
    from docx.shared import Mm

    # The body of a document ends with "./.", in which case a full stop is already there.
    words = part.words if isinstance(part, Heading) else f"{part.rstrip('. ')}./." if last else part
    paragraph = write(
        file.add_paragraph(),
        words,
        14,
        bold=isinstance(part, Heading),
        align="JUSTIFY",
        before=6,
        # The last words stay with the signature: nobody signs an empty page.
        together=last or isinstance(part, Heading),
    )
    paragraph.paragraph_format.first_line_indent = Mm(INDENT_MM)


def _table(file: Any, table: Table, width: float) -> None:
    whole = sum(column.share for column in table.columns)
    widths = [column.share / whole * width for column in table.columns]
    write(file.add_paragraph(), "", 6, together=True)
    made = file.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    paper.table_head(made, [column.label for column in table.columns])
    aligns = [column.align for column in table.columns]
    for row in table.rows:
        cells = list(zip(row, widths, aligns, strict=True))
        paper.xml(made).append(paper.table_row(cells, unsplit=max(map(len, row)) < LONG_ROW))
    if table.total:
        paper.xml(made).append(paper.table_row(list(zip(table.total, widths, aligns, strict=True)), bold=True))
    paper.fixed(made, widths)


def recipient_lines(document: Official) -> list[str]:
    """Those who get the document, each with dash and semicolon; the last line is the archive's."""
    kept = f"- Lưu: VT, {document.archive}." if document.archive else "- Lưu: VT."
    return [*(f"- {line.strip().strip('-;. ')};" for line in document.recipients if line.strip()), kept]
