"""Word files (docx): an own walk over the XML in document order.

What Word shows is what comes out: numbers computed, inserted text kept and deleted text dropped, hidden text left out,
capitals as set by the format, text boxes after the paragraph that holds them, footnotes at the end under their raised
number. Letter-head and signature tables become lines, cell by cell; other tables become rows `a | b | c`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import define, evolve, field, frozen

from pcmt.core.diagnostics import Diagnostic
from pcmt.documents.intake.archive import Archive, attribute, child, damaged, local
from pcmt.documents.intake.encodings import from_tcvn3, from_vni, plausibility
from pcmt.documents.intake.numbering import Numbering, symbol
from pcmt.documents.intake.tables import is_layout
from pcmt.documents.values import Cell, Draft, RefusedError, Segment

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SKIPPED = frozenset({"del", "moveFrom", "pPr", "rPr", "Fallback"})
_NO_BORDER = frozenset({None, "none", "nil"})
_MACRO_ENTRIES = ("vbaProject.bin", "vbaData.xml")


def refuse_macros(archive: Archive) -> None:
    """Raises `RefusedError` for an Office Open XML file that carries macros, whatever its extension."""
    if any(name.rsplit("/", 1)[-1] in _MACRO_ENTRIES for name in archive.names):
        raise macro()
    if "[Content_Types].xml" in archive.names and b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise macro()


def macro() -> RefusedError:
    """The refusal of a file with macros."""
    return RefusedError(
        "macro",
        "Tệp có macro nên không được nhận.",
        "Mở tệp, chọn lưu thành “Word Document (*.docx)” hoặc “Excel Workbook (*.xlsx)” không có macro rồi tải lên.",
    )


def _on(element: Any | None) -> bool | None:
    """A toggle property: None when absent, else whether it is set."""
    if element is None:
        return None
    return (attribute(element, "val") or "1") not in ("0", "false", "off", "none")


def _value(element: Any | None, name: str) -> str | None:
    item = child(element, name)
    return attribute(item, "val") if item is not None else None


def _font_kind(properties: Any | None) -> str | None:
    """Which old encoding the font of a run stands for: "TCVN3", "TCVN3H" (capitals), "VNI", "" for Unicode fonts."""
    fonts = child(properties, "rFonts")
    if fonts is None:
        return None
    name = attribute(fonts, "ascii") or attribute(fonts, "hAnsi")
    if name is None:
        return None
    if name.lower().startswith(".vn"):
        return "TCVN3H" if name.endswith("H") else "TCVN3"
    return "VNI" if name.lower().startswith("vni-") else ""


@frozen
class _Look:
    """The few properties of text that change which characters are seen. None = not said here."""

    caps: bool | None = None
    hidden: bool | None = None
    font: str | None = None

    def over(self, base: _Look) -> _Look:
        return _Look(
            base.caps if self.caps is None else self.caps,
            base.hidden if self.hidden is None else self.hidden,
            base.font if self.font is None else self.font,
        )


def _look(properties: Any | None) -> _Look:
    if properties is None:
        return _Look()
    return _Look(_on(child(properties, "caps")), _on(child(properties, "vanish")), _font_kind(properties))


@frozen
class _Style:
    look: _Look
    number: str | None
    level: int | None
    based_on: str | None
    bordered: bool


def _number_of(properties: Any | None) -> tuple[str | None, int | None]:
    numbers = child(properties, "numPr")
    if numbers is None:
        return None, None
    level = _value(numbers, "ilvl")
    return _value(numbers, "numId"), int(level) if level is not None and level.isdigit() else None


def _bordered(borders: Any | None) -> bool:
    return borders is not None and any(attribute(side, "val") not in _NO_BORDER for side in borders)


class _Styles:
    """Styles with their inheritance resolved."""

    def __init__(self, root: Any | None) -> None:
        self._styles: dict[str, _Style] = {}
        self.default_paragraph: str | None = None
        self.default = _Look()
        if root is None:
            return
        self.default = _look(child(child(child(root, "docDefaults"), "rPrDefault"), "rPr"))
        for element in root:
            if local(element) != "style":
                continue
            key = attribute(element, "styleId") or ""
            number, level = _number_of(child(element, "pPr"))
            self._styles[key] = _Style(
                _look(child(element, "rPr")),
                number,
                level,
                _value(element, "basedOn"),
                _bordered(child(child(element, "tblPr"), "tblBorders")),
            )
            if attribute(element, "type") == "paragraph" and attribute(element, "default") in ("1", "true"):
                self.default_paragraph = key

    def _chain(self, key: str | None) -> Iterator[_Style]:
        seen: set[str] = set()
        while key is not None and key not in seen and key in self._styles:
            seen.add(key)
            yield self._styles[key]
            key = self._styles[key].based_on

    def look(self, key: str | None) -> _Look:
        result = _Look()
        for style in self._chain(key):
            result = result.over(style.look)
        return result

    def number(self, key: str | None) -> tuple[str | None, int | None]:
        number: str | None = None
        level: int | None = None
        for style in self._chain(key):
            number = style.number if number is None else number
            level = style.level if level is None else level
        return number, level

    def bordered(self, key: str | None) -> bool:
        return any(style.bordered for style in self._chain(key))


@define
class _Line:
    """A line in the making: pieces of text with the font encoding they are in."""

    pieces: list[tuple[str, str]] = field(factory=list)
    lead: str = "\n"
    page: int | None = None
    paragraph: int | None = None
    cell: Cell | None = None

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


class _Walk:
    """One pass over the parts of a document."""

    def __init__(self, styles: _Styles, numbering: Numbering, *, paged: bool) -> None:
        self.styles = styles
        self.numbering = numbering
        self.page: int | None = 1 if paged else None
        self.paragraphs = 0
        self.tables = 0
        self.notes: list[tuple[str, str]] = []
        self._carried: list[tuple[str, str]] = []

    # Blocks

    def rest(self) -> list[_Line]:
        """What a deleted last paragraph mark left without a paragraph to run into."""
        pieces, self._carried = self._carried, []
        return [_Line(pieces, page=self.page, paragraph=self.paragraphs + 1)] if pieces else []

    def blocks(self, parent: Any, cell: Cell | None = None) -> Iterator[_Line]:
        for element in parent:
            match local(element):
                case "p":
                    yield from self.paragraph(element, cell)
                case "tbl":
                    yield from self.table(element, cell)
                case "sdt":
                    content = child(element, "sdtContent")
                    if content is not None:
                        yield from self.blocks(content, cell)
                case "customXml" | "smartTag" | "ins" | "moveTo" | "sdtContent":
                    yield from self.blocks(element, cell)
                case "AlternateContent":
                    yield from self.blocks(_chosen(element), cell)

    def paragraph(self, element: Any, cell: Cell | None) -> Iterator[_Line]:
        properties = child(element, "pPr")
        style = _value(properties, "pStyle") or self.styles.default_paragraph
        look = self.styles.look(style).over(self.styles.default)
        self.paragraphs += 1
        line = _Line(page=self.page, paragraph=self.paragraphs, cell=cell)
        boxes: list[Any] = []
        pieces = list(self.inline(element, look, boxes))
        if child(child(properties, "rPr"), "del") is not None:
            # The mark of this paragraph is deleted: what is left of it runs into the next one.
            self._carried += pieces
            self.paragraphs -= 1
            return
        label = self.label(properties, style) if any(text.strip() for text, _ in pieces) or not boxes else ""
        if label:
            line.pieces.append((label, ""))
        line.pieces += self._carried + pieces
        self._carried = []
        yield line
        for box in boxes:
            yield from self.blocks(box, cell)

    def label(self, properties: Any | None, style: str | None) -> str:
        number, level = _number_of(properties)
        style_number, style_level = self.styles.number(style)
        if number is None:
            number = style_number
        if number is None or number == "0":
            return ""
        if level is None:
            level = style_level
        if level is None and style is not None:
            level = self.numbering.level_of_style(style, number)
        return self.numbering.label(number, level or 0)

    # Inline

    def inline(self, parent: Any, look: _Look, boxes: list[Any]) -> Iterator[tuple[str, str]]:
        for element in parent:
            name = local(element)
            if name in _SKIPPED:
                continue
            if name == "r":
                yield from self.run(element, look, boxes)
            elif name == "AlternateContent":
                yield from self.inline(_chosen(element), look, boxes)
            elif name == "t":  # of a formula
                yield element.text or "", ""
            elif len(element):
                yield from self.inline(element, look, boxes)

    def run(self, run: Any, look: _Look, boxes: list[Any]) -> Iterator[tuple[str, str]]:
        properties = child(run, "rPr")
        own = _look(properties).over(self.styles.look(_value(properties, "rStyle"))).over(look)
        if own.hidden:
            return
        kind = own.font or ""
        for element in run:
            match local(element):
                case "t":
                    text = element.text or ""
                    if own.caps and kind == "TCVN3":
                        yield text, "TCVN3H"
                    else:
                        yield text.upper() if own.caps else text, kind
                case "tab" | "ptab":
                    yield "\t", ""
                case "br" | "cr":
                    if attribute(element, "type") not in ("page", "column"):
                        yield "\n", ""
                case "noBreakHyphen":
                    yield "-", ""
                case "sym":
                    try:
                        yield symbol(int(attribute(element, "char") or "", 16)), ""
                    except ValueError:
                        continue
                case "footnoteReference" | "endnoteReference":
                    yield self.note(element), ""
                case "lastRenderedPageBreak":
                    if self.page is not None:
                        self.page += 1
                case "drawing" | "pict" | "object" | "AlternateContent":
                    boxes.extend(_boxes(element))

    def note(self, reference: Any) -> str:
        key = (local(reference).removesuffix("Reference"), attribute(reference, "id") or "")
        self.notes.append(key)
        return str(len(self.notes)).translate(SUPERSCRIPT)

    # Tables

    def table(self, table: Any, outer: Cell | None) -> Iterator[_Line]:
        if outer is not None:
            # A table inside a cell has no rows of its own in the text: its words belong to the cell.
            for row in _rows(table):
                for cell in _cells(row):
                    yield from self.blocks(cell, outer)
            return
        self.tables += 1
        number = self.tables
        rows: list[list[list[_Line]]] = []
        for row_number, row in enumerate(_rows(table), 1):
            cells: list[list[_Line]] = [[] for _ in range(_grid_before(row))]
            for cell in _cells(row):
                span, continued = _span(cell)
                place = Cell(number, row_number, len(cells) + 1)
                lines = list(self.blocks(cell, place))
                cells.append([] if continued else lines)
                cells.extend([] for _ in range(span - 1))
            rows.append(cells)
        texts = [["\n".join(line.text for line in cell) for cell in row] for row in rows]
        if is_layout(texts, bordered=self._has_borders(table)):
            for row in rows:
                for cell in row:
                    yield from cell
            return
        for row in rows:
            yield from _row_lines(row)

    def _has_borders(self, table: Any) -> bool:
        properties = child(table, "tblPr")
        if _bordered(child(properties, "tblBorders")) or self.styles.bordered(_value(properties, "tblStyle")):
            return True
        return any(_bordered(child(child(cell, "tcPr"), "tcBorders")) for row in _rows(table) for cell in _cells(row))


MAX_SPAN = 63  # Word's own limit of columns


def _span(cell: Any) -> tuple[int, bool]:
    properties = child(cell, "tcPr")
    span = _value(properties, "gridSpan") or "1"
    merge = child(properties, "vMerge")
    continued = merge is not None and (attribute(merge, "val") or "continue") == "continue"
    return (min(int(span), MAX_SPAN) if span.isdigit() and int(span) > 0 else 1), continued


def _grid_before(row: Any) -> int:
    before = _value(child(row, "trPr"), "gridBefore") or "0"
    return min(int(before), MAX_SPAN) if before.isdigit() else 0


def _row_lines(row: list[list[_Line]]) -> Iterator[_Line]:
    """One line for a table row: the cells apart by bars, the lines of a cell joined by spaces."""
    while row and not any(line.text.strip() for line in row[-1]):
        row = row[:-1]
    filled = [cell for cell in row if any(line.text.strip() for line in cell)]
    if len(filled) == 1 and row[0] is filled[0]:
        row = filled
    for index, cell in enumerate(row):
        lead = "\n" if index == 0 else " | "
        full = [line for line in cell if line.text.strip()]
        if not full:
            yield _Line(lead=lead)
        for position, line in enumerate(full):
            line.lead = lead if position == 0 else " "
            line.pieces = [(text.replace("\n", " ").replace("\t", " "), kind) for text, kind in line.pieces]
            yield line


def _through(parent: Any, wanted: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also where they stand in content controls or were inserted."""
    for element in parent:
        name = local(element)
        if name == wanted:
            yield element
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _through(element, wanted)


def _rows(table: Any) -> Iterator[Any]:
    for row in _through(table, "tr"):
        if child(child(row, "trPr"), "del") is None:
            yield row


def _cells(row: Any) -> Iterator[Any]:
    return _through(row, "tc")


def _chosen(alternate: Any) -> Any:
    """The branch of alternate content to read: both branches say the same, the first is for newer programs."""
    choice, fallback = child(alternate, "Choice"), child(alternate, "Fallback")
    if choice is not None and len(choice):
        return choice
    return fallback if fallback is not None else ()


def _boxes(element: Any) -> Iterator[Any]:
    """Text box contents below a drawing, the outermost of each, without the second copy for older programs."""
    for item in _chosen(element) if local(element) == "AlternateContent" else element:
        if local(item) == "txbxContent":
            yield item
        elif local(item) != "Fallback":
            yield from _boxes(item)


# The parts of the package


def _relations(archive: Archive, part: str) -> dict[str, list[str]]:
    """Targets of a part's relations by the last word of their type."""
    folder, name = posixpath.split(part)
    root = archive.optional_xml(posixpath.join(folder, "_rels", name + ".rels"))
    found: dict[str, list[str]] = {}
    for item in root if root is not None else ():
        if (attribute(item, "TargetMode") or "") == "External":
            continue
        kind = (attribute(item, "Type") or "").rsplit("/", 1)[-1]
        target = attribute(item, "Target") or ""
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.setdefault(kind, []).append(path)
    return found


def _optional(archive: Archive, paths: Iterable[str], notes: list[Diagnostic]) -> Any | None:
    """A part that the text can do without: a broken one is noted instead of refusing the file."""
    for path in paths:
        try:
            return archive.optional_xml(path)
        except RefusedError as refused:
            if refused.reason.code != "damaged":
                raise
            notes.append(Diagnostic(code="part_skipped", args={"part": path}))
    return None


def read_word(archive: Archive) -> Draft:
    """Segments of a docx file. Raises `RefusedError` for macros and damage."""
    refuse_macros(archive)
    main = next(iter(_relations(archive, "").get("officeDocument", [])), "word/document.xml")
    if main not in archive.names:
        raise damaged()
    document = archive.xml(main)
    relations = _relations(archive, main)
    notes: list[Diagnostic] = []

    def part(kind: str) -> Any | None:
        return _optional(archive, relations.get(kind, ()), notes)

    body = child(document, "body")
    if body is None:
        raise damaged()
    paged = next((True for element in document.iter() if local(element) == "lastRenderedPageBreak"), False)
    walk = _Walk(_Styles(part("styles")), Numbering(part("numbering")), paged=paged)
    lines = list(walk.blocks(body))
    lines += walk.rest()
    pages = walk.page
    lines += _note_lines(walk, {"footnote": part("footnotes"), "endnote": part("endnotes")})
    headers = []
    for path in relations.get("header", ()):
        header = _optional(archive, [path], notes)
        if header is not None:
            aside = _Walk(walk.styles, Numbering(None), paged=False)
            headers.append("\n".join(line.text for line in aside.blocks(header)))
    segments, repairs = _segments(lines)
    return Draft(segments, (*notes, *repairs), pages, tuple(headers))


def _note_lines(walk: _Walk, parts: dict[str, Any | None]) -> list[_Line]:
    bodies = {
        (kind, attribute(item, "id") or ""): item
        for kind, root in parts.items()
        if root is not None
        for item in root
        if local(item) == kind
    }
    lines: list[_Line] = []
    references, walk.notes = walk.notes, []
    for number, key in enumerate(references, 1):
        if key not in bodies:
            continue
        walk.page = None
        found = [line for line in walk.blocks(bodies[key]) if line.text.strip()]
        if found:
            first = found[0].pieces[0] if found[0].pieces else ("", "")
            found[0].pieces[0:1] = [(str(number).translate(SUPERSCRIPT) + " ", ""), (first[0].lstrip(), first[1])]
        lines += found
    return lines


_CONVERTERS: dict[str, Callable[[str], str]] = {
    "TCVN3": from_tcvn3,
    "TCVN3H": lambda text: from_tcvn3(text, capitals=True),
    "VNI": from_vni,
}


def _segments(lines: list[_Line]) -> tuple[tuple[Segment, ...], list[Diagnostic]]:
    """Lines to segments; runs in fonts of an old encoding are converted where that makes Vietnamese of them."""
    by_kind: dict[str, list[str]] = {}
    for line in lines:
        for text, kind in line.pieces:
            if kind:
                by_kind.setdefault(kind.removesuffix("H"), []).append(text)
    accepted = set()
    notes = []
    for kind, texts in by_kind.items():
        before = plausibility(" ".join(texts))
        if before.words and plausibility(" ".join(map(_CONVERTERS[kind], texts))).share > before.share:
            accepted.add(kind)
            notes.append(Diagnostic(code="legacy_repaired", args={"encoding": kind}))
    segments = []
    for line in lines:
        text = "".join(
            _CONVERTERS[kind](text) if kind.removesuffix("H") in accepted else text for text, kind in line.pieces
        )
        segment = Segment(text, line.lead, line.page, line.paragraph, line.cell)
        segments.append(segment if line.cell is None else evolve(segment, paragraph=None))
    return tuple(segments), notes
