"""What a file is, told by its content; the name only breaks ties between kinds of plain text."""

from __future__ import annotations

import re
from typing import Literal

from attrs import frozen

from pcmt.documents.intake.archive import Archive, password
from pcmt.documents.intake.word import macro
from pcmt.documents.values import RefusedError

Route = Literal["text", "web", "word", "sheets", "pdf", "picture", "office"]


@frozen
class Kind:
    """A kind of file: how it is read, its media type, its Vietnamese name, and the extensions that are true of it."""

    route: Route
    media_type: str
    label: str
    extensions: tuple[str, ...]


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = Kind("text", "text/plain", "văn bản thuần", ("txt", "text", "md", "csv", "tsv", "log"))
HTML = Kind("web", "text/html", "trang web HTML", ("html", "htm", "xhtml", "mht", "mhtml"))
DOCX = Kind("word", _WORD, "Word (docx)", ("docx", "dotx"))
XLSX = Kind("sheets", _SHEET, "Excel (xlsx)", ("xlsx", "xltx"))
XLS = Kind("sheets", "application/vnd.ms-excel", "Excel 97–2003 (xls)", ("xls", "xlt"))
ODS = Kind("sheets", "application/vnd.oasis.opendocument.spreadsheet", "bảng tính OpenDocument (ods)", ("ods",))
PDF = Kind("pdf", "application/pdf", "PDF", ("pdf",))
PNG = Kind("picture", "image/png", "ảnh PNG", ("png",))
JPEG = Kind("picture", "image/jpeg", "ảnh JPEG", ("jpg", "jpeg", "jpe", "jfif"))
TIFF = Kind("picture", "image/tiff", "ảnh TIFF", ("tif", "tiff"))
DOC = Kind("office", "application/msword", "Word 97–2003 (doc)", ("doc", "dot"))
ODT = Kind("office", "application/vnd.oasis.opendocument.text", "văn bản OpenDocument (odt)", ("odt", "ott"))
RTF = Kind("office", "application/rtf", "Rich Text (rtf)", ("rtf",))

KINDS = (TEXT, HTML, DOCX, XLSX, XLS, ODS, PDF, PNG, JPEG, TIFF, DOC, ODT, RTF)
SUPPORTED = "docx, doc, odt, rtf, xlsx, xls, ods, pdf, html, txt, png, jpg, tiff"

# Starts of files that are known and not read, and what they are.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"Rar!\x1a\x07", "tệp nén RAR"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"BZh", "tệp nén bzip2"),
    (b"\xfd7zXZ\x00", "tệp nén xz"),
    (b"MZ", "chương trình Windows"),
    (b"\x7fELF", "chương trình Linux"),
    (b"GIF8", "ảnh GIF"),
    (b"BM", "ảnh BMP"),
    (b"RIFF", "tệp âm thanh, phim hoặc ảnh WebP"),
    (b"ID3", "tệp âm thanh"),
    (b"OggS", "tệp âm thanh hoặc phim"),
    (b"\x00\x00\x01\x00", "biểu tượng"),
    (b"SQLite format 3\x00", "cơ sở dữ liệu"),
    (b"AT&TFORM", "ảnh DjVu"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAGS = re.compile(rb"<(?:p|div|table|h[1-6]|span|br|article|body)\b[^>]{0,300}>", re.IGNORECASE)
_WORD_XML = re.compile(rb"<w:wordDocument|schemas.microsoft.com/office/word/2003|pkg:package|<office:document[\s>]")


def unsupported(what: str) -> RefusedError:
    """The refusal of a kind that is known and not read."""
    return RefusedError(
        "unsupported", f"Không đọc được loại tệp này: {what}.", f"Tải lên một trong các loại: {SUPPORTED}."
    )


def extension_of(name: str) -> str:
    """The extension in small letters without its dot; "" without one."""
    stem, dot, extension = name.replace("\\", "/").rsplit("/", 1)[-1].rpartition(".")
    return extension.lower() if dot and stem else ""


def detect(name: str, data: bytes) -> Kind:
    """The kind of a file. Raises `RefusedError` for what cannot be read."""
    head = data[:8]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data)
    if head.startswith(_OLE):
        return _ole_kind(data)
    if b"%PDF-" in data[:1024]:
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return TIFF
    if data[:200].lstrip().startswith(b"{\\rtf"):
        if b"\\objdata" in data and (b"Shell" in data or b"4d6163726f73" in data.lower()):
            raise macro()
        return RTF
    for start, what in _FOREIGN:
        # Two letters such as "BM" also begin words; only bytes that no text holds make them a signature.
        if data.startswith(start) and (len(start) > 3 or b"\x00" in data[:512]):
            raise unsupported(what)
    if data[4:8] == b"ftyp":
        raise unsupported("ảnh HEIC hoặc phim")
    return _text_kind(name, data)


def _text_kind(name: str, data: bytes) -> Kind:
    head = data[:65536]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.replace(b"\x00", b"")[2:]
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _WORD_XML.search(head[:4096]):
        raise unsupported("Word XML")
    if head[:1024].lstrip().startswith(b"MIME-Version:") or b"\nMIME-Version:" in head[:512]:
        raise unsupported("trang web đóng gói MHTML; mở bằng Word, lưu thành docx")
    if _HTML_START.match(head):
        return HTML
    if extension_of(name) in HTML.extensions and _HTML_TAGS.search(head):
        return HTML
    return TEXT


def _zip_kind(data: bytes) -> Kind:
    archive = Archive(data)
    names = archive.names
    if "mimetype" in names:
        media = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
        if any(entry.startswith(("Basic/", "Scripts/")) for entry in names):
            raise macro()
        if b"manifest:encryption-data" in (
            archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        ):
            raise password()
        if media.startswith(ODT.media_type):
            return ODT
        if media.startswith(ODS.media_type):
            return ODS
        raise unsupported(f"tệp {media}" if media.isascii() and media.isprintable() else "tệp nén")
    if "[Content_Types].xml" in names or any(entry.startswith("word/") for entry in names):
        if any(entry.startswith("word/") for entry in names):
            return DOCX
        if any(entry.startswith("xl/") for entry in names):
            if "xl/workbook.bin" in names:
                raise unsupported("Excel nhị phân (xlsb); mở bằng Excel, lưu thành xlsx")
            return XLSX
        if any(entry.startswith("ppt/") for entry in names):
            raise unsupported("bài trình chiếu PowerPoint")
    raise unsupported("tệp nén zip; giải nén rồi tải từng tệp lên")


def _ole_name(name: str) -> bytes:
    """A name of the directory of a compound file: UTF-16 with its closing zero."""
    return name.encode("utf-16-le") + b"\x00\x00"


def _ole_kind(data: bytes) -> Kind:
    """Compound files: Word and Excel up to 2003, and the wrapping of encrypted docx and xlsx."""
    if _ole_name("EncryptedPackage") in data or _ole_name("EncryptionInfo") in data:
        raise password()
    if _ole_name("_VBA_PROJECT") in data or _ole_name("_VBA_PROJECT_CUR") in data or _ole_name("Macros") in data:
        raise macro()
    if _ole_name("WordDocument") in data:
        if _word_encrypted(data):
            raise password()
        return DOC
    if _ole_name("Workbook") in data or _ole_name("Book") in data:
        return XLS
    if _ole_name("PowerPoint Document") in data:
        raise unsupported("bài trình chiếu PowerPoint")
    raise unsupported("tệp dữ liệu của Microsoft Office không rõ loại")


_START_SECTOR = 116


def _word_encrypted(data: bytes) -> bool:
    """Whether the file information block of a doc file has its encryption flag set ([MS-DOC] 2.5.1, fEncrypted)."""
    entry = data.find(_ole_name("WordDocument"))
    sector = int.from_bytes(data[entry + _START_SECTOR : entry + _START_SECTOR + 4], "little")
    size = 1 << min(int.from_bytes(data[30:32], "little"), 16)
    block = data[(sector + 1) * size : (sector + 1) * size + 12]
    return len(block) == 12 and block[:2] == b"\xec\xa5" and bool(block[11] & 1)
