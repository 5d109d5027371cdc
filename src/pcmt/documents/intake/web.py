"""HTML pages: text as a browser shows it, tables in rows `a | b | c`, without scripts, styles and hidden parts.

Menus and footers of a site stay: telling them from the document is the reader's work, which marks them as noise.
"""

from __future__ import annotations

import re
from typing import Any

from attrs import define, field

from pcmt.core.diagnostics import Diagnostic
from pcmt.documents.intake.encodings import decode
from pcmt.documents.intake.numbering import letters, roman
from pcmt.documents.intake.tables import is_layout
from pcmt.documents.values import Cell, Draft, Segment

_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "select",
        "datalist",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
MAX_SPAN = 100


@define
class _Builder:
    """Lines as they grow; white space collapses as in a browser."""

    segments: list[Segment] = field(factory=list)
    paragraphs: int = 0
    tables: int = 0
    _parts: list[str] = field(factory=list)

    def words(self, text: str, *, keep: bool) -> None:
        self._parts.append(text if keep else _SPACES.sub(" ", text))

    def end_line(self) -> None:
        text = "".join(self._parts)
        self._parts = []
        for line in text.split("\n"):
            clean = re.sub(r" {2,}", " ", line).strip(" \r")
            if clean:
                self.paragraphs += 1
                self.segments.append(Segment(clean, paragraph=self.paragraphs))


def read_web(data: bytes) -> Draft:
    """Segments of an HTML page."""
    declared = _CHARSET.search(data[:8192])
    text, notes = decode(data, declared=declared.group(1).decode("ascii") if declared else None)
    segments = segments_of(text)
    return Draft(tuple(segments), tuple(note for note in notes if not _expected(note, declared)))


def _expected(note: Diagnostic, declared: re.Match[bytes] | None) -> bool:
    """Whether a page only did what it declared, which is nothing to tell."""
    return note.code == "decoded_as" and declared is not None


def segments_of(text: str) -> list[Segment]:
    """Segments of the source text of a page; none where no markup can be made out."""
    from lxml import etree, html

    source = _XML_DECLARATION.sub("", text).removeprefix("\ufeff")
    if not source.strip():
        return []
    try:
        root = html.document_fromstring(source, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    builder = _Builder()
    _walk(root, builder, keep=False)
    builder.end_line()
    return builder.segments


def _name(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _dropped(element: Any) -> bool:
    name = _name(element)
    return (
        not name
        or name in _DROPPED
        or element.get("hidden") is not None
        or _HIDDEN.search(element.get("style") or "") is not None
    )


def _walk(element: Any, builder: _Builder, *, keep: bool) -> None:
    name = _name(element)
    block = name in _BLOCKS
    if block:
        builder.end_line()
    if name == "table":
        _table(element, builder)
        builder.end_line()
        return
    keep = keep or name == "pre"
    if element.text:
        builder.words(element.text, keep=keep)
    counter = _Items(element) if name in ("ol", "ul", "menu") else None
    for item in element:
        if not _dropped(item):
            if _name(item) == "br":
                builder.words("\n", keep=True)
            elif _name(item) == "li" and counter is not None:
                builder.end_line()
                builder.words(counter.label(item), keep=True)
                _inside_item(item, builder, keep=keep)
            else:
                _walk(item, builder, keep=keep)
        if item.tail:
            builder.words(item.tail, keep=keep)
    if block:
        builder.end_line()


def _inside_item(item: Any, builder: _Builder, *, keep: bool) -> None:
    """A list item whose first block (`<li><p>`) stays on the line of its number."""
    if item.text:
        builder.words(item.text, keep=keep)
    for index, part in enumerate(item):
        if not _dropped(part):
            if index == 0 and not (item.text or "").strip() and _name(part) in ("p", "div"):
                _inside_item(part, builder, keep=keep)
                builder.end_line()
            elif _name(part) == "br":
                builder.words("\n", keep=True)
            else:
                _walk(part, builder, keep=keep)
        if part.tail:
            builder.words(part.tail, keep=keep)
    if _name(item) == "li":
        builder.end_line()


class _Items:
    """Labels of list items as a browser counts them."""

    def __init__(self, element: Any) -> None:
        self._ordered = _name(element) == "ol"
        self._kind = element.get("type") or "1"
        self._next = _integer(element.get("start"), 1)

    def label(self, item: Any) -> str:
        if not self._ordered:
            return "- "
        number = _integer(item.get("value"), self._next)
        self._next = number + 1
        match self._kind:
            case "a":
                shown = letters(number)
            case "A":
                shown = letters(number).upper()
            case "i":
                shown = roman(number).lower()
            case "I":
                shown = roman(number)
            case _:
                shown = str(number)
        return f"{shown}. "


def _integer(value: str | None, default: int) -> int:
    try:
        return int(value) if value is not None else default
    except ValueError:
        return default


def _table(table: Any, builder: _Builder) -> None:
    builder.tables += 1
    number = builder.tables
    rows: list[list[list[Segment]]] = []
    held: dict[int, int] = {}
    for row_number, row in enumerate(_own(table, "tr"), 1):
        cells: list[list[Segment]] = []
        for cell in row:
            if _name(cell) not in ("td", "th") or _dropped(cell):
                continue
            while held.get(len(cells), 0) > 0:
                held[len(cells)] -= 1
                cells.append([])
            inner = _Builder(paragraphs=builder.paragraphs, tables=builder.tables)
            _walk(cell, inner, keep=False)
            inner.end_line()
            builder.paragraphs, builder.tables = inner.paragraphs, inner.tables
            place = Cell(number, row_number, len(cells) + 1)
            span = min(max(_integer(cell.get("colspan"), 1), 1), MAX_SPAN)
            down = min(max(_integer(cell.get("rowspan"), 1), 1), 1000)
            for column in range(len(cells), len(cells) + span):
                held[column] = down - 1
            cells.append([Segment(segment.text, segment.lead, cell=place) for segment in inner.segments])
            cells.extend([] for _ in range(span - 1))
        while held.get(len(cells), 0) > 0:
            held[len(cells)] -= 1
            cells.append([])
        rows.append(cells)
    texts = [["\n".join(segment.text for segment in cell) for cell in row] for row in rows]
    caption = next((item for item in table if _name(item) == "caption" and not _dropped(item)), None)
    if caption is not None:
        _walk(caption, builder, keep=False)
        builder.end_line()
    if is_layout(texts, bordered=None):
        builder.segments += [segment for row in rows for cell in row for segment in cell]
        return
    for row_cells in rows:
        builder.segments += row_segments(row_cells)


def _own(table: Any, wanted: str) -> list[Any]:
    """Rows of a table itself, not of tables inside its cells."""
    rows = []
    for item in table:
        if _name(item) == wanted and not _dropped(item):
            rows.append(item)
        elif _name(item) in ("tbody", "thead", "tfoot") and not _dropped(item):
            rows += [row for row in item if _name(row) == wanted and not _dropped(row)]
    return rows


def row_segments(row: list[list[Segment]]) -> list[Segment]:
    """A table row as one line: cells apart by bars, the lines of a cell joined by spaces, empty cells at the end cut.

    A row with one filled cell at its start (a heading over all columns) is that cell alone.
    """
    while row and not row[-1]:
        row = row[:-1]
    segments = []
    for index, cell in enumerate(row):
        lead = "\n" if index == 0 else " | "
        if not cell:
            segments.append(Segment("", lead))
        for position, segment in enumerate(cell):
            segments.append(Segment(segment.text, lead if position == 0 else " ", cell=segment.cell))
    return segments
