"""Akoma Ntoso 3.0 (OASIS LegalDocML): the whole text of a plan as XML, with what was understood marked inside it.

Any reading gives a document that its schema accepts. Every character of the text other than white space, and the bars
between cells where a table is marked up, stands in the XML once and in order; characters that XML forbids are left out.

Shape: `doc` with letter-head, number, date, type and title in `preface`; legal bases in `preamble`; the outline in
`mainBody` (I. → part, 1. → paragraph, a) and dashes → point); recipients and signature in `conclusions`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from attrs import define, field, frozen

from pcmt.core.text import fold

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
SOURCE = "#pcmt"
MARK_LENGTH = 1_000
LONG_HEADING = 200
"""An item's opening words are its heading when it has items below and they are no longer than this."""
MAX_DEPTH = 40
"""Deeper clauses become siblings: XML readers stop at some 250 levels, and no plan has ten."""
ROLES = {"lead": "chủ trì", "coordinate": "phối hợp", "advise": "tham mưu", "requested": "đề nghị"}
_ROLE_WORDS = {
    "lead": re.compile(r"chủ\s+trì", re.IGNORECASE),
    "coordinate": re.compile(r"phối\s+hợp|tham\s+gia", re.IGNORECASE),
    "advise": re.compile(r"tham\s+mưu", re.IGNORECASE),
    "requested": re.compile(r"đề\s+nghị", re.IGNORECASE),
}
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = re.compile(r"[12]\d{3}-\d{2}-\d{2}")
# The kinds of act that Vietnamese law counts as normative; everything else is a document.
_ACTS = frozenset({"luat", "bo-luat", "phap-lenh", "nghi-dinh", "thong-tu", "thong-tu-lien-tich", "lenh", "hien-phap"})


def slug(text: str) -> str:
    """A text as a part of an identifier: no marks, small letters, hyphens. "105/KH-UBND" → "105-kh-ubnd"."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


@frozen
class _Mark:
    """An inline element over the code points `start` to `end`."""

    start: int
    end: int
    name: str
    attributes: tuple[tuple[str, str], ...] = ()


@define
class _References:
    """The things that the text names, each once, with the identifier that marks point to."""

    items: dict[str, tuple[str, str, str]] = field(factory=dict)

    def add(self, element: str, kind: str, identifier: str, label: str) -> str:
        """Registers a thing and returns the reference to it."""
        self.items.setdefault(identifier, (element, f"/akn/ontology/{kind}/vn/{identifier}", label))
        return f"#{identifier}"

    def organization(self, name: str) -> str:
        return self.add("TLCOrganization", "organization", f"to-chuc-{slug(name) or 'khong-ro'}", name)


@define
class _Node:
    """A clause of the outline in the making."""

    clause: Mapping[str, Any]
    start: int
    end: int
    children: list[_Node] = field(factory=list)


def write_akn(reading: Mapping[str, Any], text: str) -> bytes:
    """The plan as Akoma Ntoso 3.0 in UTF-8. `text` is the text that was read: spans count its code points."""
    return _Writer(reading, text).document()


class _Writer:
    def __init__(self, reading: Mapping[str, Any], text: str) -> None:
        from lxml import etree

        self._etree = etree
        self.reading = reading
        self.header: Mapping[str, Any] = reading.get("header") or {}
        self.text = text
        self.references = _References()
        self.events: dict[str, str] = {}
        self.intervals: list[tuple[str, str, str]] = []
        self.identifiers: dict[str, int] = {}
        self.marks = self._nested(self._all_marks())

    # Building blocks

    def element(self, parent: Any, name: str, /, **attributes: str) -> Any:
        return self._etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)

    def document(self) -> bytes:
        root = self._etree.Element(f"{{{NAMESPACE}}}akomaNtoso", nsmap={None: NAMESPACE})
        doc = self.element(root, "doc", name=self._type_slug(), contains="originalVersion")
        meta = self.element(doc, "meta")
        nodes, first, tail = self._outline()
        title_end = self._preface_end(first)
        self._lines(doc, "preface", 0, title_end)
        self._lines(doc, "preamble", title_end, first)
        body = self.element(doc, "mainBody")
        for node in nodes:
            self._node(body, node, "")
        if not len(body):
            self._paragraphs(body, first, tail)
        self._lines(doc, "conclusions", tail, len(self.text))
        self._meta(meta)
        return bytes(self._etree.tostring(root, encoding="UTF-8", xml_declaration=True))

    def _identifier(self, parent: str, part: str) -> str:
        """An eId that follows the printed numbers, so that it stays when other clauses come or go."""
        wanted = f"{parent}__{part}" if parent else part
        count = self.identifiers[wanted] = self.identifiers.get(wanted, 0) + 1
        return wanted if count == 1 else self._identifier(parent, f"{part}_{count}")

    # The parts of the text

    def _outline(self) -> tuple[list[_Node], int, int]:
        """The outline as a tree whose nodes share the text out without gaps; where it begins and where it ends."""
        clauses = [clause for clause in self.reading.get("outline") or () if _span(clause) is not None]
        clauses.sort(key=lambda clause: clause["span"][0])
        size = len(self.text)
        if not clauses:
            first = self._header_end()
            return [], first, self._tail(first, None)
        starts = [min(max(clause["span"][0], 0), size) for clause in clauses]
        # What follows on the clause's last line (end marks, scan crumbs) is no signature.
        last_end = self._line_end(max(min(clauses[-1]["span"][1], size) - 1, starts[-1]))
        tail = self._tail(starts[-1], last_end)
        roots: list[_Node] = []
        stack: list[tuple[Any, _Node]] = []
        for clause, start, end in zip(clauses, starts, [*starts[1:], tail], strict=True):
            node = _Node(clause, start, end)
            while stack and stack[-1][0] != clause.get("parent"):
                stack.pop()
            (stack[-1][1].children if stack else roots).append(node)
            if len(stack) < MAX_DEPTH:
                stack.append((clause.get("id"), node))
        return roots, starts[0], tail

    def _tail(self, after: int, body_end: int | None) -> int:
        """Where recipients and signature begin, behind the last clause."""
        signer = self.header.get("signer") or {}
        feet = [part for part in (*signer.values(), self.header.get("archive")) if isinstance(part, Mapping)]
        feet += [item for item in self.header.get("recipients") or () if isinstance(item, Mapping)]
        starts = [span[0] for foot in feet if (span := _span(foot)) is not None and span[0] >= after]
        if not starts:
            return body_end if body_end is not None else len(self.text)
        line = self.text.rfind("\n", 0, min(starts)) + 1
        heading = re.search(
            r"(?:^|\n)([^\n\w]*nơi\s+nhận[^\n]*\n\s*)$", self.text[max(after, line - 200) : line], re.IGNORECASE
        )
        if heading:
            line = max(after, line - 200) + heading.start(1)
        return max(line if body_end is None else min(line, body_end), after)

    def _header_spans(self) -> Iterator[tuple[int, int]]:
        for name in ("number", "place", "date", "doc_type", "title"):
            span = _span(self.header.get(name))
            if span is not None:
                yield span

    def _header_end(self) -> int:
        ends = [end for _, end in self._header_spans()]
        return self._line_end(max(ends)) if ends else 0

    def _preface_end(self, first: int) -> int:
        ends = [end for _, end in self._header_spans() if end <= first]
        return min(self._line_end(max(ends)), first) if ends else 0

    def _line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end + 1

    # Marks

    def _all_marks(self) -> Iterator[_Mark]:
        header = self.header
        for field_name, element in (("number", "docNumber"), ("doc_type", "docType"), ("title", "docTitle")):
            span = _span(header.get(field_name))
            if span is not None:
                yield _Mark(*span, element)
        date = header.get("date")
        span = _span(date)
        if span is not None and date and _is_date(date.get("value")):
            yield _Mark(*span, "docDate", (("date", date["value"]),))
        issuer = header.get("issuer")
        if issuer and issuer.get("name"):
            reference = self.references.organization(issuer["name"])
            span = _span(issuer)
            if span is not None:
                yield _Mark(*span, "organization", (("refersTo", reference),))
        yield from self._signature_marks()
        yield from self._citations()
        yield from self._target_marks()
        yield from self._assignment_marks()
        yield from self._deadline_marks()

    def _signature_marks(self) -> Iterator[_Mark]:
        signer = self.header.get("signer") or {}
        spans = [span for part in signer.values() if (span := _span(part)) is not None]
        if not spans:
            return
        yield _Mark(min(start for start, _ in spans), max(end for _, end in spans), "signature")
        for part in ("authority", "acting_for", "position"):
            span = _span(signer.get(part))
            if span is not None:
                label = _plain(signer[part].get("value") or self.text[slice(*span)])
                role = self.references.add("TLCRole", "role", f"chuc-vu-{slug(label) or part}", label)
                yield _Mark(*span, "role", (("refersTo", role),))
        span = _span(signer.get("name"))
        if span is not None:
            name = _plain(signer["name"].get("value") or self.text[slice(*span)])
            person = self.references.add("TLCPerson", "person", f"nguoi-ky-{slug(name) or 'khong-ro'}", name)
            yield _Mark(*span, "person", (("refersTo", person),))

    def _citations(self) -> Iterator[_Mark]:
        cited = [*(self.header.get("legal_bases") or ()), *(self.reading.get("cited_documents") or ())]
        for item in cited:
            span = _span(item)
            if span is not None and item.get("number"):
                kind = slug(item.get("doc_type") or "") or "van-ban"
                group = "act" if kind in _ACTS else "doc"
                day = item["date"] if _is_date(item.get("date")) else "khong-ro"
                yield _Mark(*span, "ref", (("href", f"/akn/vn/{group}/{kind}/{day}/{slug(str(item['number']))}"),))

    def _target_marks(self) -> Iterator[_Mark]:
        for item in self.reading.get("targets") or ():
            span = _span(item)
            if span is None:
                continue
            identifier = f"chi-tieu-{slug(str(item.get('id') or ''))}"
            label = _plain(item.get("text") or self.text[slice(*span)])
            concept = self.references.add("TLCConcept", "concept", identifier, label)
            yield _Mark(*span, "concept", (("refersTo", concept),))
            for name in ("value", "value_max"):
                yield from self._quantity(span, item.get(name), concept)
        for item in self.reading.get("allocations") or ():
            span = _span(item)
            if span is not None:
                identifier = f"chi-tieu-{slug(str(item.get('target_ref') or 'khong-ro'))}"
                concept = self.references.add("TLCConcept", "concept", identifier, identifier)
                yield from self._quantity(span, item.get("value"), concept, last=True)

    def _quantity(self, span: tuple[int, int], value: Any, concept: str, *, last: bool = False) -> Iterator[_Mark]:
        """The figure of a target inside its phrase."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        found = [
            match
            for match in re.finditer(r"\d+(?:[.,]\d+)*", self.text[slice(*span)])
            if value in _numbers(match.group())
        ]
        if found:
            match = found[-1 if last else 0]
            attributes = (("refersTo", concept), ("normalized", f"{value:g}" if abs(value) < 1e6 else str(value)))
            yield _Mark(span[0] + match.start(), span[0] + match.end(), "quantity", attributes)

    def _assignment_marks(self) -> Iterator[_Mark]:
        for item in self.reading.get("assignments") or ():
            for agency in item.get("agencies") or ():
                span = _span(agency)
                if span is not None and agency.get("name"):
                    reference = self.references.organization(agency["name"])
                    yield _Mark(*span, "organization", (("refersTo", reference),))
            span = _span(item)
            if span is not None and item.get("mode") == "requested":
                line = self.text.rfind("\n", 0, span[0]) + 1
                yield from self._role("requested", line, self._line_end(span[0]))
        for item in self.reading.get("tasks") or ():
            span = _span(item)
            if span is None:
                continue
            role = "advise" if item.get("advises") and item.get("role") == "own" else item.get("role")
            if role in ROLES:
                yield from self._role(role, span[0], min(span[1], span[0] + 200))
            for agency in item.get("partners") or ():
                place = _span(agency)
                if place is not None and agency.get("name"):
                    reference = self.references.organization(agency["name"])
                    yield _Mark(*place, "organization", (("refersTo", reference),))

    def _role(self, role: str, start: int, end: int) -> Iterator[_Mark]:
        match = _ROLE_WORDS[role].search(self.text, start, end)
        if match:
            reference = self.references.add("TLCRole", "role", f"vai-tro-{slug(ROLES[role])}", ROLES[role])
            yield _Mark(match.start(), match.end(), "role", (("refersTo", reference),))

    def _deadline_marks(self) -> Iterator[_Mark]:
        for item in self.reading.get("deadlines") or ():
            span = _span(item)
            if span is None:
                continue
            identifier = f"han-{slug(str(item.get('id') or ''))}"
            event = self.references.add("TLCEvent", "event", identifier, _plain(self.text[slice(*span)]))
            begin, end = item.get("from"), item.get("to") or item.get("date")
            if _is_date(end):
                yield _Mark(*span, "date", (("date", end),))
                self._interval(identifier, begin if _is_date(begin) else None, end, event)
            else:
                yield _Mark(*span, "event", (("refersTo", event),))
        for index, item in enumerate(self.reading.get("campaign_windows") or (), 1):
            span = _span(item)
            if span is None:
                continue
            identifier = f"dot-{slug(str(item.get('id') or index))}"
            label = _plain(item.get("name") or self.text[slice(*span)])
            event = self.references.add("TLCEvent", "event", identifier, label)
            yield _Mark(*span, "event", (("refersTo", event),))
            if _is_date(item.get("from")) and _is_date(item.get("to")):
                self._interval(identifier, item["from"], item["to"], event)

    def _interval(self, identifier: str, begin: str | None, end: str, event: str) -> None:
        start = ""
        if begin is not None:
            self.events[start := f"{identifier}-tu"] = begin
        self.events[stop := f"{identifier}-den"] = end
        self.intervals.append((start, stop, event))

    def _nested(self, marks: Iterable[_Mark]) -> list[_Mark]:
        """Marks that nest: of two that cross, and of two on the same place, the later in order goes."""
        size = len(self.text)
        kept: list[_Mark] = []
        stack: list[_Mark] = []
        taken: set[tuple[int, int]] = set()
        for mark in sorted(marks, key=lambda item: (item.start, -item.end)):
            if not 0 <= mark.start < mark.end <= size or (mark.start, mark.end) in taken:
                continue
            while stack and stack[-1].end <= mark.start:
                stack.pop()
            if stack and (mark.end > stack[-1].end or any(outer.name == mark.name for outer in stack)):
                continue
            taken.add((mark.start, mark.end))
            stack.append(mark)
            kept.append(mark)
        return kept

    # Text into elements

    def _inline(self, parent: Any, start: int, end: int, *, breaks: bool = False) -> None:
        """Text of a range with its marks below `parent`; white space collapses, or lines end with `eol`."""
        inside = [mark for mark in self._from(start, end) if mark.end <= end]
        self._fill(parent, start, end, inside, breaks)

    def _from(self, start: int, end: int) -> Iterator[_Mark]:
        """The marks that begin in a range."""
        for index in range(_first_at(self.marks, start), len(self.marks)):
            if self.marks[index].start >= end:
                return
            yield self.marks[index]

    def _fill(self, parent: Any, start: int, end: int, marks: Sequence[_Mark], breaks: bool) -> None:
        offset = start
        index = 0
        while index < len(marks):
            mark = marks[index]
            self._text(parent, offset, mark.start, breaks)
            inner = [item for item in marks[index + 1 :] if item.end <= mark.end and item.start >= mark.start]
            child = self.element(parent, mark.name, **dict(mark.attributes))
            self._fill(child, mark.start, mark.end, inner, breaks)
            offset = mark.end
            index += 1 + len(inner)
        self._text(parent, offset, end, breaks)

    def _text(self, parent: Any, start: int, end: int, breaks: bool) -> None:
        raw = _ILLEGAL.sub("", self.text[start:end])
        parts = re.split(r"\s*\n\s*", raw) if breaks else [raw]
        for index, part in enumerate(parts):
            if index:
                self.element(parent, "eol")
            clean = re.sub(r"\s+", " ", part)
            if not clean:
                continue
            if len(parent):
                parent[-1].tail = (parent[-1].tail or "") + clean
            else:
                parent.text = (parent.text or "") + clean

    def _lines(self, doc: Any, name: str, start: int, end: int) -> None:
        """A part of the document whose lines stand each for itself; left out when it has no words."""
        if not self._has_words(start, end):
            return
        part = self.element(doc, name)
        begin = start
        while begin < end:
            stop = min(self._line_end(begin), end)
            # A line break inside a title, a date or the signature does not part it.
            crossing = True
            while crossing and stop < end:
                crossing = False
                for mark in list(self._from(begin, stop)):
                    if stop < mark.end <= end:
                        stop, crossing = min(self._line_end(mark.end - 1), end), True
            if self._has_words(begin, stop):
                first, last = self._trimmed(begin, stop)
                self._inline(self.element(part, "p"), first, last, breaks=True)
            begin = stop

    def _has_words(self, start: int, end: int) -> bool:
        return bool(_ILLEGAL.sub("", self.text[start:end]).strip())

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        part = self.text[start:end]
        return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))

    def _paragraphs(self, parent: Any, start: int, end: int) -> None:
        """Paragraphs, parted by empty lines; at least one, for the schema wants it. Lines with bars become a table."""
        count = len(parent)
        for begin, stop in _blocks(self.text, start, end):
            if self._has_words(begin, stop):
                self._inline(self.element(parent, "p"), *self._trimmed(begin, stop))
        if len(parent) == count:
            self.element(parent, "p")

    def _node(self, parent: Any, node: _Node, prefix: str) -> None:
        clause = node.clause
        first, end = self._trimmed(node.start, node.end)
        label_end = _label_end(self.text, first, end, clause)
        heading_end = self._heading_end(node, label_end, end)
        name = _element_name(clause, self.text[first:label_end])
        number = _bare_number(clause.get("label") or "")
        abbreviation = _ABBREVIATIONS[name]
        part = f"{abbreviation}_{number}" if number else self._unnumbered(prefix, abbreviation)
        identifier = self._identifier(prefix, part)
        extra = {"name": str(clause.get("kind") or "text")} if name == "hcontainer" else {}
        element = self.element(parent, name, eId=identifier, **extra)
        if self._has_words(first, label_end):
            self._inline(self.element(element, "num"), *self._trimmed(first, label_end))
        if self._has_words(label_end, heading_end):
            self._inline(self.element(element, "heading"), *self._trimmed(label_end, heading_end))
        if node.children:
            if self._has_words(heading_end, end):
                self._content(self.element(element, "intro"), heading_end, end, clause, identifier)
            for child in node.children:
                self._node(element, child, identifier)
        else:
            self._content(self.element(element, "content"), heading_end, end, clause, identifier)

    def _unnumbered(self, prefix: str, abbreviation: str) -> str:
        key = f"{prefix}/{abbreviation}"
        self.identifiers[key] = self.identifiers.get(key, 0) + 1
        return f"{abbreviation}_nn_{self.identifiers[key]}"

    def _heading_end(self, node: _Node, start: int, end: int) -> int:
        """Where the heading ends: the words that the outline calls so, as far as they open the clause."""
        words = str(node.clause.get("heading") or "")
        heading = re.sub(r"\W", "", words)
        if not heading or node.clause.get("kind") != "section" and (not node.children or len(words) > LONG_HEADING):
            return start
        offset = start
        for character in heading:
            while offset < end and not re.match(r"\w", self.text[offset]):
                offset += 1
            if offset >= end or self.text[offset].lower() != character.lower():
                return start
            offset += 1
        # Closing marks (colon, emphasis) belong to the heading's line; a block's text may also run on.
        rest = re.match(r"[^\w\n]*", self.text[offset:end])
        return offset + (rest.end() if rest and not self._inside_mark(offset) else 0)

    def _inside_mark(self, offset: int) -> bool:
        """Whether a mark of the clause runs over this place."""
        return any(mark.start < offset < mark.end for mark in self._from(max(offset - MARK_LENGTH, 0), offset))

    def _content(self, parent: Any, start: int, end: int, clause: Mapping[str, Any], identifier: str) -> None:
        if clause.get("kind") != "table":
            self._paragraphs(parent, start, end)
            return
        table: Any | None = None
        for begin, stop in _lines_of(self.text, start, end):
            cells = _cells(self.text, begin, stop)
            if len(cells) > 1:
                if table is None:
                    table = self.element(parent, "table", eId=self._identifier(identifier, "table_1"))
                row = self.element(table, "tr")
                for cell_start, cell_end in cells:
                    self._inline(self.element(self.element(row, "td"), "p"), *self._trimmed(cell_start, cell_end))
            elif self._has_words(begin, stop):
                table = None
                self._inline(self.element(parent, "p"), *self._trimmed(begin, stop))
        if not len(parent):
            self.element(parent, "p")

    # Metadata

    def _type_slug(self) -> str:
        value = (self.header.get("doc_type") or {}).get("value")
        return slug(value or "") or "ke-hoach"

    def _date(self) -> tuple[str, str]:
        """The date of the work and what it is: issue, else the first day of the plan, else unknown."""
        known = (
            (str((self.header.get("date") or {}).get("value")), "ban-hanh"),
            (str((self.header.get("period") or {}).get("from")), "bat-dau-thuc-hien"),
        )
        for day, name in known:
            if _is_date(day):
                return day, name
        # The schema wants a date; this one says by its name that none is known.
        return "1000-01-01", "khong-ro"

    def _meta(self, meta: Any) -> None:
        number = self.header.get("number") or {}
        value, symbol = number.get("value"), number.get("symbol")
        place = slug((self.header.get("place") or {}).get("value") or "")
        date, date_name = self._date()
        day = date if date_name == "ban-hanh" else date[:4] if date_name != "khong-ro" else "khong-ro"
        digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        name = slug(f"{value}-{symbol or ''}") if value else f"so-tam-{digest}"
        work = f"/akn/vn{'-' + place if place else ''}/doc/{self._type_slug()}/{day}/{name}"
        expression = f"{work}/vie@{date if date_name == 'ban-hanh' else ''}"
        issuer = (self.header.get("issuer") or {}).get("name")
        author = self.references.organization(issuer or "không rõ cơ quan ban hành")

        # A plan without a number keeps the alias when its number comes and its address changes.
        alias = None if value else name
        identification = self.element(meta, "identification", source=SOURCE)
        dated = (date, date_name)
        first = self._properties(identification, "FRBRWork", f"{work}/!main", work, dated, author, alias)
        self.element(first, "FRBRcountry", value="vn")
        self.element(first, "FRBRsubtype", value=self._type_slug())
        if value:
            self.element(first, "FRBRnumber", value=f"{value}/{symbol}" if symbol else str(value))
        title = _span(self.header.get("title"))
        if title is not None:
            self.element(first, "FRBRname", value=_plain(self.text[slice(*title)]))
        second = self._properties(identification, "FRBRExpression", f"{expression}/!main", expression, dated, author)
        self.element(second, "FRBRlanguage", language="vie")
        file = f"{expression}/!main.xml"
        third = self._properties(identification, "FRBRManifestation", file, f"{expression}.akn", dated, SOURCE)
        self.element(third, "FRBRformat", value="application/akn+xml")

        lifecycle = self.element(meta, "lifecycle", source=SOURCE)
        period = self.header.get("period") or {}
        if _is_date(period.get("from")) and _is_date(period.get("to")):
            event = self.references.add("TLCEvent", "event", "thoi-gian-thuc-hien", "Thời gian thực hiện")
            self._interval("thoi-gian-thuc-hien", period["from"], period["to"], event)
        self.element(lifecycle, "eventRef", eId="su-kien-ban-hanh", date=date, source=SOURCE, type="generation")
        for identifier, day_of_event in self.events.items():
            self.element(lifecycle, "eventRef", eId=f"su-kien-{identifier}", date=day_of_event, source=SOURCE)
        if self.intervals:
            temporal = self.element(meta, "temporalData", source=SOURCE)
            for start, stop, event in self.intervals:
                group = self.element(temporal, "temporalGroup", eId=self._identifier("", f"khoang-{event[1:]}"))
                bounds = {"start": f"#su-kien-{start}"} if start else {}
                self.element(group, "timeInterval", **bounds, end=f"#su-kien-{stop}", refersTo=event)
        references = self.element(meta, "references", source=SOURCE)
        self.element(
            references, "TLCOrganization", eId="pcmt", href="/akn/ontology/organization/vn/pcmt", showAs="PCMT"
        )
        for identifier, (element, address, label) in self.references.items.items():
            self.element(references, element, eId=identifier, href=address, showAs=label)

    def _properties(
        self,
        parent: Any,
        name: str,
        this: str,
        uri: str,
        dated: tuple[str, str],
        author: str,
        alias: str | None = None,
    ) -> Any:
        element = self.element(parent, name)
        self.element(element, "FRBRthis", value=this)
        self.element(element, "FRBRuri", value=uri)
        if alias is not None:
            self.element(element, "FRBRalias", name="so-tam", value=alias)
        self.element(element, "FRBRdate", date=dated[0], name=dated[1])
        self.element(element, "FRBRauthor", href=author)
        return element


def _span(item: Any) -> tuple[int, int] | None:
    span = item.get("span") if isinstance(item, Mapping) else None
    if not span or len(span) != 2 or not all(isinstance(edge, int) for edge in span):
        return None
    return span[0], span[1]


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", _ILLEGAL.sub("", text)).strip()


def _numbers(written: str) -> tuple[float, ...]:
    """What a figure may mean: separators are grouping or decimals."""
    joined = re.sub(r"[.,]", "", written)
    values = [float(joined)]
    head, _, tail = written.replace(",", ".").rpartition(".")
    if head:
        values.append(float(head.replace(".", "") + "." + tail))
    return tuple(values)


def _first_at(marks: Sequence[_Mark], start: int) -> int:
    """Index of the first mark that begins at or after `start`."""
    low, high = 0, len(marks)
    while low < high:
        middle = (low + high) // 2
        if marks[middle].start < start:
            low = middle + 1
        else:
            high = middle
    return low


_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*")


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    offset = start
    for match in _EMPTY_LINE.finditer(text, start, end):
        yield offset, match.start()
        offset = match.end()
    yield offset, end


def _lines_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    offset = start
    while offset < end:
        stop = text.find("\n", offset, end)
        stop = end if stop < 0 else stop
        yield offset, stop
        offset = stop + 1


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The cells of a line `a | b` or `| a | b |`, as ranges."""
    edges = [start - 1, *(match.start() for match in re.finditer(r"\|", text[start:end])), end]
    edges[1:-1] = [start + edge for edge in edges[1:-1]]
    cells = [(left + 1, right) for left, right in pairwise(edges)]
    if len(cells) > 1 and not text[slice(*cells[0])].strip():
        cells = cells[1:]
    if len(cells) > 1 and not text[slice(*cells[-1])].strip():
        cells = cells[:-1]
    return cells


_ABBREVIATIONS = {
    "part": "part", "title": "title", "chapter": "chp", "section": "sec", "article": "art", "paragraph": "para",
    "subparagraph": "subpara", "point": "point", "hcontainer": "hcontainer",
}  # fmt: skip
_WORDS_OF_NUMBER = (("phan", "part"), ("chuong", "chapter"), ("muc", "section"), ("dieu", "article"))
_DASH = re.compile(r"[\W_]*?[-+–—−•●○◦▪■□*➢✓❖o](?=[\s*_])[\s*_]*")


def _element_name(clause: Mapping[str, Any], printed: str) -> str:
    """The element for a clause, by the look of its number."""
    kind, label = clause.get("kind"), _bare_number(clause.get("label") or "")
    words = slug(printed)
    for word, element in _WORDS_OF_NUMBER:
        if words.startswith(word):
            return element
    if not label:
        if kind == "bullet":
            return "point"
        return "hcontainer" if kind in ("section", "table") else "paragraph"
    if kind == "table":
        return "hcontainer"
    if re.fullmatch(r"[IVXLC]+", label):
        return "part"
    if re.fullmatch(r"[A-ZĐ]", label):
        return "title"
    if re.fullmatch(r"\d+", label):
        return "paragraph"
    if re.fullmatch(r"\d+(?:-\d+)+", label):
        return "subparagraph"
    return "point"


def _bare_number(label: str) -> str:
    """A label as a part of an eId: "III." → "III", "1.2." → "1-2", "đ)" → "đ"; a dash has none."""
    return re.sub(r"[\W_]+", "-", _ILLEGAL.sub("", label)).strip("-")


def _label_end(text: str, start: int, end: int, clause: Mapping[str, Any]) -> int:
    """Where the printed label of a clause ends, with its dot or bracket; `start` when it has none."""
    label = str(clause.get("label") or "").strip()
    if label and re.search(r"\w", label):
        pattern = r"[\W_]*?(?:(?:phần|chương|mục|điều|phụ\s+lục|phần\s+thứ)\s+)?"
        pattern += r"\s*".join(re.escape(part) for part in re.split(r"\s+", label)) + r"\s?[.)\]:/,–-]*[*_]*"
        match = re.compile(pattern, re.IGNORECASE).match(text, start, end)
        return match.end() if match else start
    if clause.get("kind") == "bullet" or label:
        match = _DASH.match(text, start, end)
        return match.end() if match else start
    return start
