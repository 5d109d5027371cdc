"""Packets of report systems as JSON and XML: plain values out, plain values in, with every fault named by its place.

What the fields are called is the table `reference.qcvn125`; here nothing knows what they mean. A value that is None
and a list without members are left out; an empty text is there. Numbers and days are texts in JSON, so that none loses
a digit on the way.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import evolve, field, frozen

from pcmt.documents.intake.archive import Archive, parse_xml
from pcmt.documents.values import RefusedError, Unreadable
from pcmt.reference import FieldKind, Layout, PacketField, PacketType, qcvn125

MAX_BYTES = 30 * 1024 * 1024
MAX_ROWS = 100_000
MAX_TEXT = 200_000
MAX_FAULTS = 200
DIGITS = 25
"""Longer numbers are a mistake, and costly to work with."""
FORMATS = ("json", "xml")
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML document may hold."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
TIME = (1980, 1, 1, 0, 0, 0)
"""Of all files in a zip: the same packets are the same bytes."""

Row = Mapping[str, Any]


@frozen
class Packet:
    """Objects of one kind: `name` is ours, rows hold our names of fields.

    `places` say where each row stood in the file that was read. `made_at` and `sender` are of the envelope.
    """

    name: str
    rows: Sequence[Row]
    made_at: datetime | None = None
    sender: str = ""
    places: Sequence[str] = field(default=(), eq=False)

    def place(self, number: int) -> str:
        """Where a row stood."""
        return self.places[number] if number < len(self.places) else str(number + 1)


@frozen
class Fault:
    """Why a row, or a whole file, was not taken: `place` is the file with the line, or the row."""

    place: str
    message: str


@frozen
class Packets:
    """What a file held: the rows that could be read, and the faults of the others."""

    packets: tuple[Packet, ...]
    faults: tuple[Fault, ...] = ()


def safe(text: str) -> str:
    """A text as both forms can hold it: without control characters, lines parted by a line feed."""
    return UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def write_packet(packet: Packet, form: str, layout: Layout | None = None) -> bytes:
    """One packet as a file. Raises ValueError for an unknown form, KeyError for an unknown packet."""
    layout = layout or qcvn125()
    kind = layout.types[packet.name]
    if form == "json":
        return _json(packet, kind, layout)
    if form == "xml":
        return _xml(packet, kind, layout)
    raise ValueError(form)


def write_zip(packets: Sequence[Packet], form: str, layout: Layout | None = None) -> bytes:
    """All packets in one zip, each a file named after its place in the regulation: `01-CheDoBaoCao.xml`."""
    layout = layout or qcvn125()
    order = list(layout.types)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for packet in packets:
            name = f"{order.index(packet.name) + 1:02}-{layout.types[packet.name].tag}.{form}"
            archive.writestr(
                zipfile.ZipInfo(name, TIME),
                write_packet(packet, form, layout),
                compress_type=zipfile.ZIP_DEFLATED,
            )
    return buffer.getvalue()


def read_packets(name: str, data: bytes, layout: Layout | None = None) -> Packets | Unreadable:
    """A file (JSON, XML, or a zip of them) as packets, in the order of the regulation.

    Rows that cannot be read are named, the others are taken. A hostile or broken file is refused as a whole.
    """
    layout = layout or qcvn125()
    if len(data) > MAX_BYTES:
        return _too_large()
    packets: list[Packet] = []
    faults: list[Fault] = []
    try:
        for inner, content in _files(name, data):
            found = _read(inner, content, layout)
            if isinstance(found, Fault):
                faults.append(found)
                continue
            packet, wrong = found
            packets.append(packet)
            faults += wrong
            if sum(len(each.rows) for each in packets) > MAX_ROWS:
                return _too_large()
    except RefusedError as refused:
        return refused.reason
    if not packets and not faults:
        return Unreadable("empty", "Tệp không có gói dữ liệu nào.", "Chọn tệp JSON, XML hoặc tệp nén của các tệp đó.")
    order = list(layout.types)
    packets.sort(key=lambda each: order.index(each.name))
    return Packets(tuple(packets), tuple(faults[:MAX_FAULTS]))


def _files(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[:4] != b"PK\x03\x04":
        yield name, data
        return
    archive = Archive(data)
    for inner in sorted(archive.names):
        if inner.lower().endswith(FORMATS):
            yield inner, archive.read(inner)


def _read(name: str, data: bytes, layout: Layout) -> tuple[Packet, list[Fault]] | Fault:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        return _from_json(name, data, layout)
    if start == b"<":
        return _from_xml(name, data, layout)
    return Fault(name, "Không phải tệp JSON hay XML.")


# --- JSON


def _json(packet: Packet, kind: PacketType, layout: Layout) -> bytes:
    said: dict[str, Any] = {
        "tieuChuan": layout.standard,
        layout.version: layout.edition,
        layout.packet: kind.tag,
        layout.made_at: _written(packet.made_at, FieldKind.MOMENT),
        layout.sender: safe(packet.sender),
        layout.rows: [_object(row, kind.fields) for row in packet.rows],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _object(row: Row, fields: Sequence[PacketField]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in fields:
        value = row.get(each.name)
        if value is None or (each.kind is FieldKind.LIST and not value):
            continue
        if each.kind is FieldKind.OBJECT:
            found[each.tag] = _object(value, each.fields)
        elif each.kind is FieldKind.LIST:
            found[each.tag] = [_object(one, each.fields) if each.fields else safe(str(one)) for one in value]
        elif each.kind in (FieldKind.FLAG, FieldKind.INTEGER):
            found[each.tag] = value
        else:
            found[each.tag] = _written(value, each.kind)
    return found


def _from_json(name: str, data: bytes, layout: Layout) -> tuple[Packet, list[Fault]] | Fault:
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_Plain, parse_int=_Plain)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        return Fault(f"{name}, dòng {line}" if line else name, "Không phải JSON đúng quy cách.")
    head = _head(name, layout, said)
    if isinstance(head, Fault):
        return head
    kind, packet = head
    rows = said.get(layout.rows)
    if not isinstance(rows, list):
        return Fault(name, f"Thiếu danh sách “{layout.rows}”.")
    placed = ((f"{name}, bản ghi {number}", row) for number, row in enumerate(rows, 1))
    return _taken(packet, kind, placed, _from_object)


class _Plain(str):
    """A number of a JSON file as it is written there."""

    __slots__ = ()


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _from_object(data: Any, fields: Sequence[PacketField]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _WrongError("không phải một đối tượng")
    tags = {each.tag: each for each in fields}
    unknown = [tag for tag in data if tag not in tags]
    if unknown:
        raise _WrongError(f"không có trường “{str(unknown[0])[:60]}” trong bảng ánh xạ")
    found: dict[str, Any] = {}
    for each in fields:
        value = data.get(each.tag)
        if value is None:
            found[each.name] = _absent(each)
        elif each.kind is FieldKind.OBJECT:
            found[each.name] = _inside(each, _from_object, value)
        elif each.kind is FieldKind.LIST:
            if not isinstance(value, list):
                raise _WrongError(f"“{each.tag}” không phải danh sách")
            found[each.name] = tuple(
                _inside(each, _from_object, one) if each.fields else _scalar(one, FieldKind.TEXT, each.tag)
                for one in value
            )
        else:
            found[each.name] = _scalar(value, each.kind, each.tag)
    return found


# --- XML


def _xml(packet: Packet, kind: PacketType, layout: Layout) -> bytes:
    from lxml import etree

    def name(tag: str) -> str:
        return f"{{{layout.namespace}}}{tag}"

    def fill(parent: Any, row: Row, fields: Sequence[PacketField]) -> None:
        for each in fields:
            value = row.get(each.name)
            if value is None or (each.kind is FieldKind.LIST and not value):
                continue
            element = etree.SubElement(parent, name(each.tag))
            if each.kind is FieldKind.OBJECT:
                fill(element, value, each.fields)
            elif each.kind is FieldKind.LIST:
                for one in value:
                    item = etree.SubElement(element, name(layout.item))
                    if each.fields:
                        fill(item, one, each.fields)
                    else:
                        item.text = safe(str(one))
            else:
                element.text = _written(value, each.kind)

    root = etree.Element(name(layout.root), nsmap={None: layout.namespace})
    root.set("tieuChuan", layout.standard)
    root.set(layout.version, layout.edition)
    root.set(layout.packet, kind.tag)
    if packet.made_at:
        root.set(layout.made_at, _written(packet.made_at, FieldKind.MOMENT))
    root.set(layout.sender, safe(packet.sender))
    for row in packet.rows:
        fill(etree.SubElement(root, name(layout.row)), row, kind.fields)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=False))


def _from_xml(name: str, data: bytes, layout: Layout) -> tuple[Packet, list[Fault]] | Fault:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Fault(name, "Tệp XML phải dùng bảng mã UTF-8.")
    root = parse_xml(data)
    if root.tag != f"{{{layout.namespace}}}{layout.root}":
        return Fault(name, f"Phần tử gốc phải là “{layout.root}” của {layout.namespace}.")
    head = _head(name, layout, root)
    if isinstance(head, Fault):
        return head
    kind, packet = head
    rows = ((f"{name}, dòng {each.sourceline}", each) for each in root if isinstance(each.tag, str))

    def taken(element: Any, fields: Sequence[PacketField]) -> dict[str, Any]:
        if element.tag != f"{{{layout.namespace}}}{layout.row}":
            raise _WrongError(f"cần phần tử “{layout.row}”")
        return _from_element(element, fields, layout)

    return _taken(packet, kind, rows, taken)


def _from_element(element: Any, fields: Sequence[PacketField], layout: Layout) -> dict[str, Any]:
    prefix = f"{{{layout.namespace}}}"
    tags = {f"{prefix}{each.tag}": each for each in fields}
    there: dict[str, Any] = {}
    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment
        if child.tag not in tags:
            tag = child.tag.rpartition("}")[2][:60]
            raise _WrongError(f"không có trường “{tag}” trong bảng ánh xạ (dòng {child.sourceline})")
        if child.tag in there:
            raise _WrongError(f"“{tags[child.tag].tag}” có hai lần (dòng {child.sourceline})")
        there[child.tag] = child
    found: dict[str, Any] = {}
    for tag, each in tags.items():
        child = there.get(tag)
        if child is None:
            found[each.name] = _absent(each)
        elif each.kind is FieldKind.OBJECT:
            found[each.name] = _from_element(child, each.fields, layout)
        elif each.kind is FieldKind.LIST:
            items = [one for one in child if isinstance(one.tag, str)]
            if any(one.tag != f"{prefix}{layout.item}" for one in items):
                raise _WrongError(f"“{each.tag}” chỉ chứa “{layout.item}” (dòng {child.sourceline})")
            found[each.name] = tuple(
                _from_element(one, each.fields, layout)
                if each.fields
                else _scalar(_text(one), FieldKind.TEXT, each.tag)
                for one in items
            )
        else:
            found[each.name] = _scalar(_text(child), each.kind, each.tag)
    return found


def _text(element: Any) -> str:
    """The text of an element around comments; what holds elements is no text."""
    if any(isinstance(child.tag, str) for child in element):
        raise _WrongError(f"“{element.tag.rpartition('}')[2]}” không chứa phần tử khác (dòng {element.sourceline})")
    return "".join(element.itertext())


# --- both


class _WrongError(Exception):
    """Why a row cannot be taken."""


def _head(name: str, layout: Layout, said: Any) -> tuple[PacketType, Packet] | Fault:
    """The envelope; `said` has `get`."""
    words = (layout.packet, layout.version, layout.made_at, layout.sender)
    tag, edition, made_at, sender = (said.get(word) for word in words)
    kind = layout.by_tag(str(tag or ""))
    if kind is None:
        return Fault(name, f"Không có gói “{str(tag or '')[:60]}” trong bảng ánh xạ.")
    if str(edition) != layout.edition:
        return Fault(name, f"Phiên bản “{str(edition)[:20]}” của bảng ánh xạ không đọc được; cần {layout.edition}.")
    try:
        moment = _scalar(made_at, FieldKind.MOMENT, layout.made_at) if made_at else None
    except _WrongError as wrong:
        return Fault(name, str(wrong))
    return kind, Packet(kind.name, (), moment, safe(str(sender or ""))[:300])


def _taken(packet: Packet, kind: PacketType, rows: Iterator[tuple[str, Any]], read: Any) -> tuple[Packet, list[Fault]]:
    """The rows that can be read, and why the others cannot."""
    found: list[Row] = []
    places: list[str] = []
    faults: list[Fault] = []
    for place, data in rows:
        try:
            found.append(read(data, kind.fields))
            places.append(place)
        except _WrongError as wrong:
            faults.append(Fault(place, f"{kind.title}: {wrong}."))
        if len(found) > MAX_ROWS or len(faults) >= MAX_FAULTS:
            break
    return evolve(packet, rows=tuple(found), places=tuple(places)), faults


def _inside(each: PacketField, read: Any, value: Any) -> Any:
    try:
        return read(value, each.fields)
    except _WrongError as wrong:
        raise _WrongError(f"{each.tag}: {wrong}") from None


def _absent(each: PacketField) -> Any:
    if each.required:
        raise _WrongError(f"thiếu “{each.tag}”")
    return () if each.kind is FieldKind.LIST else None


def _written(value: Any, kind: FieldKind) -> str:
    match kind:
        case FieldKind.NUMBER:
            number = Decimal(value)
            return format(number.normalize(), "f") if number else "0"
        case FieldKind.DAY:
            return str(value.isoformat())
        case FieldKind.MOMENT:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else ""
        case FieldKind.FLAG:
            return "true" if value else "false"
    return safe(str(value))


def _scalar(value: Any, kind: FieldKind, tag: str) -> Any:
    """A value of a file as a plain value."""
    if isinstance(value, bool):
        if kind is FieldKind.FLAG:
            return value
        raise _WrongError(f"“{tag}” không phải đúng hay sai")
    if not isinstance(value, str):
        raise _WrongError(f"“{tag}” không phải một giá trị đơn")
    if kind is FieldKind.TEXT:
        if len(value) > MAX_TEXT:
            raise _WrongError(f"“{tag}” quá dài")
        return safe(value)
    text = value.strip()
    if len(text) > 40:
        raise _WrongError(f"“{tag}” quá dài")
    try:
        match kind:
            case FieldKind.INTEGER | FieldKind.NUMBER:
                if not NUMBER.fullmatch(text) or len(text) > DIGITS:
                    raise ValueError
                return int(text) if kind is FieldKind.INTEGER else Decimal(text)
            case FieldKind.DAY:
                return date.fromisoformat(text)
            case FieldKind.MOMENT:
                moment = datetime.fromisoformat(text)
                return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            case FieldKind.FLAG:
                return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except (ValueError, KeyError, InvalidOperation, OverflowError):
        pass
    raise _WrongError(f"“{tag}” không đọc được: “{text[:40]}”")


def _too_large() -> Unreadable:
    return Unreadable(
        "too_large",
        f"Tệp quá lớn: nhiều nhất {MAX_BYTES // 1024 // 1024} MB và {MAX_ROWS} bản ghi.",
        "Chọn ít gói hơn hoặc kỳ ngắn hơn rồi xuất lại.",
    )
