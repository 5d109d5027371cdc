"""Plain text: encodings, the old ones among them, and what is no text."""

import unicodedata

import pytest

from pcmt.documents import note_text
from pcmt.documents.intake.encodings import (
    _TCVN3_CODES,
    _TCVN3_LETTERS,
    _VNI,
    from_tcvn3,
    from_vni,
    is_syllable,
    legacy_repair,
)
from tests.documents.samples import read, refused

PLAN = """ỦY BAN NHÂN DÂN XÃ HÒA THỊNH
KẾ HOẠCH
Phòng, chống ma túy năm 2026
1. Đội Quản lý thị trường mở ít nhất 03 đợt truyền thông, vận động 85% hộ kinh doanh ký cam kết trước ngày 15/6.
2. Trạm Y tế xã lập danh sách người cần tư vấn, phối hợp với trường học tổ chức 02 buổi nói chuyện mỗi quý.
Nơi nhận: Thường trực Đảng ủy; Chủ tịch, Phó Chủ tịch; lưu văn thư.
"""
SMALL = PLAN.lower()


def tcvn3(text: str) -> bytes:
    return text.translate(str.maketrans(_TCVN3_LETTERS, _TCVN3_CODES)).encode("latin-1")


def vni(text: str) -> str:
    back: dict[str, str] = {}
    for pair, letter in _VNI.items():
        back.setdefault(letter, pair)
    return "".join(back.get(letter, letter) for letter in text)


def windows_1258(text: str) -> bytes:
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = []
    for letter in text:
        pieces = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(piece for piece in pieces if piece not in tones))
        parts.append(base + "".join(piece for piece in pieces if piece in tones))
    return "".join(parts).encode("cp1258")


def codes(found: object) -> list[str]:
    return [note.code for note in found.notes]  # type: ignore[attr-defined]


def test_utf8_stays_as_it_is() -> None:
    text = "\ufeff" + unicodedata.normalize("NFD", PLAN).replace("\n", "\r\n") + "\x0b\u200b  "
    found = read("a.txt", text.encode())
    assert found.text == text
    assert found.notes == ()
    assert found.media_type == "text/plain"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_and_utf32(encoding: str) -> None:
    found = read("a.txt", PLAN.encode(encoding))
    assert found.text == PLAN
    assert codes(found) == ["decoded_as"]


def test_windows_1258_keeps_its_loose_tone_marks() -> None:
    found = read("a.txt", windows_1258(PLAN))
    assert found.text != PLAN
    assert unicodedata.normalize("NFC", found.text) == PLAN
    assert note_text(found.notes[0]) == "Tệp không ở bảng mã UTF-8; đã giải mã từ windows-1258."


@pytest.mark.parametrize("as_utf8", [False, True])
def test_tcvn3_is_repaired(as_utf8: bool) -> None:
    data = tcvn3(SMALL)
    found = read("a.txt", data.decode("latin-1").encode() if as_utf8 else data)
    assert found.text == SMALL
    assert codes(found) == ["legacy_repaired"]
    assert found.notes[0].args == {"encoding": "TCVN3"}


@pytest.mark.parametrize("as_utf8", [False, True])
def test_vni_is_repaired(as_utf8: bool) -> None:
    data = vni(PLAN)
    found = read("a.txt", data.encode("utf-8" if as_utf8 else "latin-1"))
    assert found.text == PLAN
    assert found.notes[0].args == {"encoding": "VNI"}


def test_utf8_read_as_western_is_repaired() -> None:
    spoiled = "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in PLAN.encode()
    )
    assert read("a.txt", spoiled.encode()).text == PLAN


def test_every_letter_survives_both_old_encodings() -> None:
    small = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
    assert from_tcvn3(tcvn3(small).decode("latin-1")) == small
    assert from_tcvn3(tcvn3(small).decode("latin-1"), capitals=True) == small.upper()
    assert from_vni(vni(small)) == small
    assert from_vni(vni(small.upper())) == small.upper()


def test_doubtful_text_is_named_and_left_alone() -> None:
    half = "uû ban nh©n d©n huyÖn phßng chèng ma tuý Größe Straße Müllers façade"
    found = read("a.txt", half.encode())
    assert found.text == half
    assert codes(found) == ["legacy_suspected"]


@pytest.mark.parametrize(
    "text",
    [
        "Plan for the year 2026",
        "Übermäßige Prüfung größerer Städte für Bürger",
        "Điều 1. Kế hoạch năm 2026",
        "© 2026 ® ±5°",
    ],
)
def test_other_text_is_never_repaired(text: str) -> None:
    assert legacy_repair(text) is None


@pytest.mark.parametrize("word", ["nghiện", "QUYẾT", "giữa", "oà", "hóa", "hoá", "khuỷu", "yêu", "thuở", "gì", "xoong"])
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["nghiÖn", "®Þnh", "báº¯t", "strasse", "größe"])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_a_few_broken_bytes_are_counted() -> None:
    data = (PLAN * 5).encode().replace("Trạm".encode(), b"Tr\xff\xfem", 1)
    found = read("a.txt", data)
    assert "\ufffd" in found.text
    assert codes(found) == ["damaged_characters"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\xef\xbb\xbf ", "no_text"),
        (b"KE HOACH\x00\x01\x02", "binary"),
        (bytes(range(256)) * 20, "binary"),
        ("Größe ".encode("latin-1") * 50, "encoding"),
        (b"\xff\xfeA", "encoding"),
        (b"\x01\x02\x03\x04" * 100, "binary"),
    ],
)
def test_no_text(data: bytes, code: str) -> None:
    assert refused("a.txt", data).code == code


def test_lines_are_the_places() -> None:
    found = read("a.txt", b"mot\n\nhai\n")
    assert [found.text[place.start : place.end] for place in found.places] == ["mot", "hai"]
    assert found.places[1].label == "đoạn 2"
    assert found.place_at(6) == found.places[1]
    assert found.place_at(0) == found.places[0]
