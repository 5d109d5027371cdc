"""Hostile, broken and foreign files: each refusal is clear, and nothing ever raises."""

import io
import struct
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.documents import Extracted, Kind, Unreadable, extract, identify, note_text
from pcmt.documents.intake import archive
from pcmt.documents.intake import extract as intake
from tests.documents.samples import (
    RELATIONS,
    compound,
    docx,
    level,
    numbered,
    paragraph,
    pdf,
    picture,
    refused,
    zipped,
)

CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def word(extra: dict[str, bytes | str]) -> bytes:
    return docx(paragraph("KE HOACH"), extra=extra)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"", "empty"),
        ("a.pdf", b"%PDF-1.4\n", "damaged"),
        ("a.pdf", pdf("KE HOACH NAM HAI NGHIN KHONG TRAM", encrypted=True), "password"),
        ("a.docx", compound("EncryptedPackage", "EncryptionInfo"), "password"),
        ("a.xlsx", compound("EncryptedPackage"), "password"),
        ("a.doc", compound("WordDocument", "_VBA_PROJECT"), "macro"),
        ("a.xls", compound("Workbook", "_VBA_PROJECT_CUR"), "macro"),
        ("a.ppt", compound("PowerPoint Document"), "unsupported"),
        ("a.docx", word({"word/vbaProject.bin": b"x"}), "macro"),
        ("a.docx", zipped({"mimetype": "application/vnd.oasis.opendocument.text", "Basic/a.xml": "x"}), "macro"),
        ("a.zip", zipped({"a.txt": "KE HOACH"}), "unsupported"),
        ("a.pptx", zipped({"[Content_Types].xml": "", "ppt/presentation.xml": "x"}), "unsupported"),
        ("a.xlsb", zipped({"[Content_Types].xml": "", "xl/workbook.bin": "x"}), "unsupported"),
        ("a.docx", zipped({"[Content_Types].xml": "", "word/other.xml": "x"}), "damaged"),
        ("a.xlsx", zipped({"[Content_Types].xml": "", "xl/workbook.xml": "x"}), "damaged"),
        ("a.docx", docx("<w:p>")[:-40], "damaged"),
        ("a.docx", docx("<w:p>"), "damaged"),
        ("a.rar", b"Rar!\x1a\x07\x01\x00" + b"x" * 50, "unsupported"),
        ("a.exe", b"MZ\x90\x00\x03\x00" + b"\x00" * 100, "unsupported"),
        ("a.gif", b"GIF89a" + b"\x00" * 50, "unsupported"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "unsupported"),
        ("a.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "unsupported"),
        ("a.png", picture("KE HOACH")[:200], "damaged"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"x" * 50, "damaged"),
        ("a.tif", b"II*\x00" + b"\xff" * 50, "damaged"),
    ],
)
def test_refusals(name: str, data: bytes, code: str) -> None:
    found = refused(name, data)
    assert found.code == code
    assert found.hint


def test_macros_by_content_type() -> None:
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    types = f'<Types xmlns="{CONTENT_TYPES}"><Override ContentType="{kind}"/></Types>'
    assert refused("a.docx", word({"[Content_Types].xml": types})).code == "macro"


def test_a_doc_file_with_its_encryption_flag() -> None:
    data = bytearray(compound("WordDocument"))
    data[30:32] = struct.pack("<H", 9)
    entry = data.find("WordDocument".encode("utf-16-le"))
    data[entry + 116 : entry + 120] = struct.pack("<I", 1)
    block = bytearray(64)
    block[:2], block[11] = b"\xec\xa5", 1
    data[1024 : 1024 + 64] = block
    assert refused("a.doc", bytes(data)).code == "password"


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_BYTES", 10)
    monkeypatch.setattr(intake, "MEGABYTE", 1)
    found = refused("a.txt", b"x" * 11)
    assert found.code == "too_large"
    assert found.message == "Tệp lớn 11 MB, quá giới hạn 10 MB."


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [("MAX_ENTRIES", 3, "mục bên trong"), ("MAX_TOTAL", 50, "quá lớn"), ("MAX_ENTRY", 50, "quá lớn")],
)
def test_zip_limits(monkeypatch: pytest.MonkeyPatch, limit: str, value: int, why: str) -> None:
    monkeypatch.setattr(archive, limit, value)
    found = refused("a.docx", docx(paragraph("KE HOACH")))
    assert found.code == "archive_bomb"
    assert why in found.message


def test_a_zip_bomb_by_ratio() -> None:
    found = refused("a.docx", word({"word/media/image1.bmp": b"\x00" * 30_000_000}))
    assert found.code == "archive_bomb"
    assert "tỷ lệ nén" in found.message


def test_nested_archives() -> None:
    assert refused("a.docx", word({"word/inner.zip": zipped({"a": "b"})})).code == "archive_bomb"
    embedded = extract("a.docx", word({"word/embeddings/sheet.xlsx": zipped({"a": "b"})}))
    assert isinstance(embedded, Extracted)


def test_sizes_that_lie() -> None:
    """A zip that declares little and unpacks to much is stopped by what it really unpacks."""
    data = bytearray(docx(paragraph("x" * 100_000)))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as file:
        entry = file.getinfo("word/document.xml")
    directory = data.rfind(b"word/document.xml") - 46
    data[directory + 24 : directory + 28] = struct.pack("<I", 10)
    assert entry.file_size > 100_000
    assert isinstance(extract("a.docx", bytes(data)), Unreadable)


def test_an_encrypted_zip_entry() -> None:
    data = bytearray(docx(paragraph("x")))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refused("a.docx", bytes(data)).code == "password"


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c SYSTEM "file:///etc/hostname">]>'
)


@pytest.mark.parametrize("padding", [0, 10_000])
def test_xml_entities(padding: int) -> None:
    body = (
        f"{LAUGHS[:21]}<!--{' ' * padding}-->{LAUGHS[21:]}<w:document xmlns:w='x'><w:body><w:p/></w:body></w:document>"
    )
    assert refused("a.docx", word({"word/document.xml": body})).code == "xml_entities"


def test_deep_nesting_is_damage_and_no_crash() -> None:
    assert refused("a.docx", docx("<w:sdt><w:sdtContent>" * 5_000)).code == "damaged"
    deep = b"<html><body>" + b"<div>" * 100_000 + b"KE HOACH"
    assert extract("a.html", deep) is not None


def test_wrong_extensions_are_read_by_content_and_noted() -> None:
    for name, data in (("a.pdf", docx(paragraph("KẾ HOẠCH"))), ("b.docx", pdf("KE HOACH phong chong ma tuy"))):
        found = extract(name, data)
        assert isinstance(found, Extracted)
        assert found.notes[0].code == "extension_mismatch"
        assert f"“.{name[2:]}”" in note_text(found.notes[0])
    assert extract("khong-ten", docx(paragraph("x"))).notes == ()  # type: ignore[union-attr]


def test_words_that_begin_like_a_signature_are_text() -> None:
    for text in ("BM 01 biểu mẫu", "MZ là viết tắt", "PK là viết tắt"):
        found = extract("a.txt", text.encode())
        assert isinstance(found, Extracted)
        assert found.text == text


SAMPLES = (
    ("a.docx", docx(numbered("KE HOACH", 1) + paragraph("x"), numbering="<w:abstractNum w:abstractNumId='1'>"
     + level(0, "decimal", "%1.") + "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num>")),
    ("a.pdf", pdf("KE HOACH phong chong ma tuy nam 2026", "Trang hai cua ke hoach nay")),
    ("a.html", "<html><body><table><tr><td>Kế</td><td colspan=3>hoạch</td></tr></table></body></html>".encode()),
    ("a.txt", "Kế hoạch phòng, chống ma túy\n".encode()),
    ("a.png", picture("x")[:3000]),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SAMPLES), st.data())
def test_mutated_files_never_raise(sample: tuple[str, bytes], choice: st.DataObject) -> None:
    name, original = sample
    data = bytearray(original)
    for _ in range(choice.draw(st.integers(1, 8))):
        at = choice.draw(st.integers(0, max(len(data) - 1, 0)))
        match choice.draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = choice.draw(st.binary(min_size=1, max_size=4))
            case 1:
                del data[at : at + choice.draw(st.integers(1, 60))]
            case 2:
                data[at:at] = data[: choice.draw(st.integers(0, 200))]
            case _:
                del data[at:]
    _well_formed(extract(name, bytes(data)))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["a.txt", "a.docx", "a.pdf", "a", "a.html"]), st.binary(max_size=400))
def test_any_bytes_never_raise(name: str, data: bytes) -> None:
    _well_formed(extract(name, data))


XML_PIECES = st.sampled_from(
    ["<w:p>", "</w:p>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:r><w:t>a</w:t></w:r>",
     "<w:r><w:sym w:char='ZZ'/></w:r>", "<w:pPr><w:numPr><w:ilvl w:val='99'/><w:numId w:val='1'/></w:numPr></w:pPr>",
     "<w:tcPr><w:gridSpan w:val='-7'/><w:vMerge/></w:tcPr>", "<w:r><w:footnoteReference/></w:r>", "<w:sdt/>",
     "<w:r><w:drawing><w:txbxContent><w:p/></w:txbxContent></w:drawing></w:r>", "<w:ins/>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(XML_PIECES, max_size=25))
def test_odd_word_xml_never_raises(pieces: list[str]) -> None:
    from lxml import etree

    space = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    body = etree.fromstring(f"<w:body {space}>{''.join(pieces)}</w:body>", etree.XMLParser(recover=True))
    xml = etree.tostring(body).decode() if body is not None else "<w:p/>"
    data = docx("", extra={"word/document.xml": f"<w:document {space}>{xml}</w:document>"})
    _well_formed(extract("a.docx", data))


def _well_formed(found: Extracted | Unreadable) -> None:
    if isinstance(found, Unreadable):
        assert found.code
        assert found.message
        return
    last = 0
    for place in found.places:
        assert last <= place.start < place.end <= len(found.text)
        last = place.end
    assert all(note_text(note) for note in found.notes)
    assert Extracted.from_layer(found.text, found.layer()) == found


def test_relations_that_point_outside_are_not_followed() -> None:
    relations = (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="x/officeDocument" '
        'Target="../../../../etc/passwd"/></Relationships>'
    )
    assert refused("a.docx", word({"_rels/.rels": relations})).code == "damaged"


def test_workbooks_that_span_or_hold_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmt.documents.intake import sheets
    from tests.documents.test_other_files import workbook

    monkeypatch.setattr(sheets, "MAX_CELLS", 5)
    assert refused("a.xlsx", workbook()).code == "too_many_cells"
    monkeypatch.setattr(sheets, "MAX_AREA", 10)
    assert refused("a.xlsx", workbook()).code == "archive_bomb"


def test_a_text_of_very_many_lines_has_no_places(monkeypatch: pytest.MonkeyPatch) -> None:
    found = extract("a.txt", b"a\n" * 60_000)
    assert isinstance(found, Extracted)
    assert found.places == ()


def test_a_file_can_be_identified_without_being_read() -> None:
    kind = identify("a.pdf", docx(paragraph("x")))
    assert isinstance(kind, Kind)
    assert kind.label == "Word (docx)"
    refusal = identify("a.docx", compound("EncryptedPackage"))
    assert isinstance(refusal, Unreadable)
    assert refusal.code == "password"
