"""Files with a secrecy stamp stay out (rule 39)."""

import re
import unicodedata

import pytest

from pcmt.documents import screen
from pcmt.documents.intake import secrecy
from pcmt.documents.intake.secrecy import stamp_in
from pcmt.documents.values import Draft, Segment
from tests.documents.samples import docx, paragraph, pdf, picture, refused


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("MẬT\nUBND XÃ A", "MẬT"),
        ("UBND XÃ A\n\n  TỐI MẬT  \nKẾ HOẠCH", "TỐI MẬT"),
        ("UBND XÃ A | TUYỆT MẬT\nKẾ HOẠCH", "TUYỆT MẬT"),
        ("[MẬT]", "MẬT"),
        ("**TỐI  MẬT**", "TỐI MẬT"),
        ("UBND XÃ A\tMẬT\tCỘNG HÒA", "MẬT"),
        ("Độ mật: Tối mật", "TỐI MẬT"),
        (unicodedata.normalize("NFD", "MẬT\nKẾ HOẠCH"), "MẬT"),
        ("Mật\nKẾ HOẠCH", "MẬT"),
    ],
)
def test_stamps(text: str, stamp: str) -> None:
    assert stamp_in(text) == stamp


@pytest.mark.parametrize(
    "text",
    [
        "Giữ bí mật thông tin người tố giác",
        "BẢO VỆ BÍ\nMẬT NHÀ NƯỚC",
        "TĂNG CƯỜNG BẢO\nMẬT",
        "không để lộ bí\nmật\ncủa người dân",
        "KẾ HOẠCH\nHợp tác xã ong mật",
        "MẬT ĐỘ DÂN SỐ",
        "a\n" * 60 + "MẬT",
        "",
    ],
)
def test_words_are_no_stamps(text: str) -> None:
    assert stamp_in(text) is None


def test_a_stamped_text_is_refused_with_the_reason() -> None:
    found = refused("a.txt", "UBND XÃ A\nTỐI MẬT\nKẾ HOẠCH".encode())
    assert found.code == "secret"
    assert "TỐI MẬT" in found.message
    assert "bí mật nhà nước" in found.message


def test_stamps_in_boxes_and_headers_of_word_files() -> None:
    box = f"<w:p><w:r><w:pict><w:txbxContent>{paragraph('MẬT')}</w:txbxContent></w:pict></w:r></w:p>"
    assert refused("a.docx", docx(paragraph("KẾ HOẠCH") + box)).code == "secret"
    assert refused("a.docx", docx(paragraph("KẾ HOẠCH"), header=paragraph("TUYỆT MẬT"))).code == "secret"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "UBND XÃ A\nMẬT\nKẾ HOẠCH".encode()),
        ("a.txt", "UBND XÃ A\nMẬT\nKẾ HOẠCH".encode("utf-16")),
        ("a.html", "<html><body><p>UBND XÃ A</p><p>MẬT</p><p>KẾ HOẠCH</p></body></html>".encode()),
        ("a.docx", docx(paragraph("MẬT") + paragraph("KẾ HOẠCH"))),
        ("a.docx", docx(paragraph("KẾ HOẠCH"), header=paragraph("TUYỆT MẬT"))),
        ("a.doc", docx(paragraph("MẬT") + paragraph("KẾ HOẠCH"))),
    ],
)
def test_stamps_are_found_before_a_file_is_kept(name: str, data: bytes) -> None:
    found = screen(name, data)
    assert found is not None
    assert found.code == "secret"
    assert "dấu độ mật" in str(found)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "UBND XÃ A\nKẾ HOẠCH bảo mật".encode()),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.exe", b"MZ\x90\x00" + b"\x00" * 600),
        ("a.pdf", pdf("UBND XA A\nKE HOACH")),
        ("a.pdf", pdf("UBND", encrypted=True)),
        ("a.png", b"\x89PNG\r\n\x1a\n broken"),
    ],
)
def test_screening_tells_of_stamps_only(name: str, data: bytes) -> None:
    assert screen(name, data) is None
    assert screen(name, data, slow=True) is None


def test_the_first_pages_of_a_pdf_are_screened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own PDF has plain letters only, so the stamp does too."""
    monkeypatch.setattr(secrecy, "_STAMP", re.compile("(MAT)"))
    found = screen("a.pdf", pdf("UBND XA A\nMAT\nKE HOACH", "trang hai"))
    assert found is not None
    read: list[int] = []
    monkeypatch.setattr("pcmt.documents.intake.pdf._text", lambda page: read.append(1) or "chữ " * 3_000)
    assert screen("a.pdf", pdf(*("trang" for _ in range(9)))) is None
    assert len(read) == 2


def test_pictures_and_old_word_files_are_screened_when_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stamped = Draft((Segment("MẬT\nKẾ HOẠCH"),))
    monkeypatch.setattr("pcmt.documents.intake.images.read_picture", lambda data, progress: stamped)
    monkeypatch.setattr("pcmt.documents.intake.office.read_office", lambda data, extension: stamped)
    for name, data in (("a.png", picture("KE HOACH")), ("a.rtf", b"{\\rtf1 x}")):
        assert screen(name, data) is None
        found = screen(name, data, slow=True)
        assert found is not None
        assert found.code == "secret"
