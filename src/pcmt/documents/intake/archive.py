"""Zip containers and their XML, opened so that a hostile file costs little and is named."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from pcmt.documents.values import RefusedError

MAX_ENTRIES = 5_000
MAX_TOTAL = 200 * 1024 * 1024
MAX_ENTRY = 100 * 1024 * 1024
# Real word-processing XML reaches a ratio of about 50; a table of equal rows may pass 100.
MAX_RATIO = 300
RATIO_COUNTS_FROM = 1024 * 1024
# Where an office file may lawfully hold another container: embedded objects, which are never opened.
EMBEDDED = ("word/embeddings/", "xl/embeddings/", "ppt/embeddings/", "Object ", "ObjectReplacements/")
NESTED_NAMES = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".jar")

BOMB_HINT = "Mở tệp bằng Word hoặc Excel, lưu lại thành tệp mới rồi tải lên."


def damaged(what: str = "tệp") -> RefusedError:
    """The refusal of a broken or truncated file."""
    return RefusedError(
        "damaged",
        f"Không đọc được {what}: nội dung bị hỏng hoặc bị cắt cụt.",
        "Mở lại tệp gốc, lưu thành tệp mới rồi tải lên.",
    )


def bomb(why: str) -> RefusedError:
    """The refusal of a file that would unpack to too much."""
    return RefusedError("archive_bomb", f"Tệp nén bất thường ({why}) nên không được mở.", BOMB_HINT)


class Archive:
    """A zip file within limits: number of entries, unpacked size, ratio, no archives inside.

    >>> # Archive(data).read("word/document.xml")
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, EOFError, OSError) as error:
            raise damaged() from error
        self.names = frozenset(entry.filename for entry in entries)
        self._left = MAX_TOTAL
        if len(entries) > MAX_ENTRIES:
            raise bomb(f"có {len(entries)} mục bên trong")
        if sum(entry.file_size for entry in entries) > MAX_TOTAL:
            raise bomb("giải nén ra quá lớn")
        for entry in entries:
            if entry.flag_bits & 1:
                raise password()
            if entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                raise bomb("tỷ lệ nén quá cao")
            if entry.filename.lower().endswith(NESTED_NAMES) and not entry.filename.startswith(EMBEDDED):
                raise bomb("có tệp nén lồng bên trong")

    def read(self, name: str) -> bytes:
        """The bytes of one entry. Counts what is really unpacked, for the sizes a zip declares may lie."""
        limit = min(MAX_ENTRY, self._left)
        try:
            with self._zip.open(name) as stream:
                data = stream.read(limit + 1)
        except KeyError as error:
            raise damaged() from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as e:
            raise damaged() from e
        if len(data) > limit:
            raise bomb("giải nén ra quá lớn")
        self._left -= len(data)
        return data

    def xml(self, name: str) -> Any:
        """The root element of an XML entry."""
        return parse_xml(self.read(name))

    def optional_xml(self, name: str) -> Any | None:
        """The root element of an entry that need not be there."""
        return self.xml(name) if name in self.names else None


def password() -> RefusedError:
    """The refusal of an encrypted file."""
    return RefusedError(
        "password",
        "Tệp được bảo vệ bằng mật khẩu nên không đọc được.",
        "Mở tệp bằng mật khẩu, bỏ mật khẩu, lưu lại rồi tải lên.",
    )


def parse_xml(data: bytes) -> Any:
    """The root of an XML document that has no document type: entities can neither expand nor reach out.

    An office file never needs one, so its presence is refused before the parser sees it expand.
    """
    from lxml import etree

    head = data[:4096].replace(b"\x00", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise RefusedError(
            "xml_entities",
            "Tệp chứa khai báo thực thể XML, thứ mà văn bản thật không có, nên không được mở.",
            BOMB_HINT,
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged() from error
    if root is None:
        raise damaged()
    if root.getroottree().docinfo.doctype:
        raise RefusedError(
            "xml_entities",
            "Tệp chứa khai báo thực thể XML, thứ mà văn bản thật không có, nên không được mở.",
            BOMB_HINT,
        )
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its local name (both the transitional and the strict namespace of Office Open XML occur)."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Any | None, name: str) -> Any | None:
    """The first child of that local name, None where there is none."""
    if element is None:
        return None
    for item in element:
        if local(item) == name:
            return item
    return None
