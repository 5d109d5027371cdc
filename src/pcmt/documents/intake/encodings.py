"""Bytes to text, and text in the Vietnamese encodings from before Unicode to Unicode.

TCVN3 (fonts `.VnTime`) and VNI (fonts `VNI-Times`) keep Vietnamese letters under code points of Western letters, so a
file in them decodes without error and reads as nonsense. What tells them from Unicode and from one another is whether
the words become Vietnamese syllables; a table of letters alone cannot say it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from attrs import frozen

from pcmt.core.diagnostics import Diagnostic
from pcmt.documents.values import RefusedError

Legacy = Literal["TCVN3", "VNI", "UTF-8 bị giải mã sai"]

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TCVN3_CODES = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§"
_TCVN3_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ"
_TCVN3 = str.maketrans(_TCVN3_CODES, _TCVN3_LETTERS)

_VNI_MARKS = {
    "a": {"ù": "á", "ø": "à", "û": "ả", "õ": "ã", "ï": "ạ", "ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ",
          "â": "â", "á": "ấ", "à": "ầ", "å": "ẩ", "ã": "ẫ", "ä": "ậ"},
    "e": {"ù": "é", "ø": "è", "û": "ẻ", "õ": "ẽ", "ï": "ẹ", "â": "ê", "á": "ế", "à": "ề", "å": "ể", "ã": "ễ", "ä": "ệ"},
    "o": {"ù": "ó", "ø": "ò", "û": "ỏ", "õ": "õ", "ï": "ọ", "â": "ô", "á": "ố", "à": "ồ", "å": "ổ", "ã": "ỗ", "ä": "ộ"},
    "ô": {"": "ơ", "ù": "ớ", "ø": "ờ", "û": "ở", "õ": "ỡ", "ï": "ợ"},
    "u": {"ù": "ú", "ø": "ù", "û": "ủ", "õ": "ũ", "ï": "ụ"},
    "ö": {"": "ư", "ù": "ứ", "ø": "ừ", "û": "ử", "õ": "ữ", "ï": "ự"},
    "y": {"ù": "ý", "ø": "ỳ", "û": "ỷ", "õ": "ỹ"},
    "î": {"": "ỵ"},
    "ñ": {"": "đ"},
    "í": {"": "í"},
    "ì": {"": "ì"},
    "æ": {"": "ỉ"},
    "ó": {"": "ĩ"},
    "ò": {"": "ị"},
}  # fmt: skip


def _vni_pairs() -> dict[str, str]:
    pairs = {}
    for base, marks in _VNI_MARKS.items():
        for mark, letter in marks.items():
            pairs[base + mark] = letter
            pairs[base.upper() + mark.upper()] = letter.upper()
            pairs[base.upper() + mark] = letter.upper()
    return pairs


_VNI = _vni_pairs()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """Text of a TCVN3 font in Unicode; `capitals` for the fonts whose small codes look like capitals (`.VnTimeH`)."""
    converted = text.translate(_TCVN3)
    return converted.upper() if capitals else converted


def from_vni(text: str) -> str:
    """Text of a VNI font in Unicode: a base letter and the mark after it become one letter."""
    return _VNI_PATTERN.sub(lambda match: _VNI[match.group()], text)


def from_mojibake(text: str) -> str:
    """UTF-8 that somebody decoded as windows-1252, decoded again; unchanged where it is not that."""
    try:
        return b"".join(_western_byte(character) for character in text).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _western_byte(character: str) -> bytes:
    # The five bytes that windows-1252 leaves undefined come through most decoders as control characters.
    return character.encode("latin-1" if character <= "\u009f" else "cp1252")


_ONSETS = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx]"
_RIMES = (
    "iêu yêu oai oay oeo uôi ươi ươu uây uyu uyê uya iê yê uô ươ ua ưa ia uâ uê uy uơ oa oă oe oo oô ai ao au ay âu ây "
    "eo êu iu oi ôi ơi ui ưi ưu a ă â e ê i o ô ơ u ư y"
).replace(" ", "|")
_SYLLABLE = re.compile(f"(?:{_ONSETS})?(?:{_RIMES})(?:ng|nh|ch|[cmnpt])?")
_WORD = re.compile(
    r"[^\W\d_]+(?:[^\W\d_]|[µ¸¶·¹¨»¾¼½©®ª«¬\u00ad¡¢£¤¥¦§\u0300-\u0323])*|[µ¸¶·¹¨»¾¼½©®ª«¬¡¢£¤¥¦§\u00ad]\w*"
)


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether a word has the spelling of a Vietnamese syllable.

    >>> is_syllable("nghiện"), is_syllable("nghiÖn"), is_syllable("KẾ")
    (True, False, True)
    """
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = sum(character in _TONES for character in decomposed)
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    return tones <= 1 and _SYLLABLE.fullmatch(bare) is not None


@frozen
class Plausibility:
    """How Vietnamese the words with marks look: `words` with a letter outside ASCII, `share` of them syllables."""

    words: int
    share: float


SAMPLE = 200_000
_UNICODE_ONLY = re.compile("[đĐăĂơƠưƯ\u1ea0-\u1ef9]")


def plausibility(text: str) -> Plausibility:
    """How many words of a text have Vietnamese marks, and how many of these are syllables."""
    words = [word for word in _WORD.findall(text[:SAMPLE]) if not word.isascii()]
    if not words:
        return Plausibility(0, 1.0)
    return Plausibility(len(words), sum(map(is_syllable, words)) / len(words))


@frozen
class Repair:
    """How to bring a text to Unicode: `encoding` it is in, whether that is `certain`, and the function that does it."""

    encoding: Legacy
    certain: bool
    convert: Callable[[str], str]


MIN_WORDS = 3
CERTAIN_SHARE = 0.85
SUSPECT_SHARE = 0.5
MIN_GAIN = 0.25


def legacy_repair(text: str) -> Repair | None:
    """The old encoding a text is in, judged by its words; None for Unicode and for text without Vietnamese."""
    before = plausibility(text)
    if before.words < MIN_WORDS or before.share >= CERTAIN_SHARE:
        return None
    if len(_UNICODE_ONLY.findall(text[:SAMPLE])) * 10 > before.words:
        return None  # letters that no old encoding yields: it is Unicode with odd words or signs in it
    candidates: list[tuple[Legacy, Callable[[str], str]]] = [
        ("TCVN3", from_tcvn3),
        ("VNI", from_vni),
        ("UTF-8 bị giải mã sai", from_mojibake),
    ]
    best: tuple[float, Repair] | None = None
    for encoding, convert in candidates:
        sample = text[:SAMPLE]
        after_text = convert(sample)
        if after_text == sample:
            continue
        after = plausibility(after_text)
        if after.words < MIN_WORDS or after.share < SUSPECT_SHARE or after.share - before.share < MIN_GAIN:
            continue
        if best is None or after.share > best[0]:
            best = (after.share, Repair(encoding, after.share >= CERTAIN_SHARE, convert))
    return best[1] if best else None


_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of bytes, with a note where they are not UTF-8. A UTF-8 byte order mark stays in the text.

    Order: byte order marks of UTF-16 and UTF-32; UTF-8; what the file declares; UTF-16 without a mark, told by its
    zero bytes; then whichever of windows-1258, TCVN3 and VNI gives Vietnamese words. Raises `RefusedError` for bytes
    that are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding), (_decoded_as(encoding.upper()),)
    try:
        text = data.decode("utf-8")
        _refuse_binary(text)
        return text, ()
    except UnicodeDecodeError as error:
        utf8_error = error
    if b"\x00" in data[:4096]:
        even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
        if max(even, odd) > 0.2 * min(len(data), 4096) / 2 and min(even, odd) == 0:
            encoding = "utf-16-le" if odd else "utf-16-be"
            return _strict(data, encoding), (_decoded_as(encoding.upper()),)
        raise binary()
    if declared is not None:
        try:
            text = data.decode(declared)
            if "\x00" not in text:
                return text, (_decoded_as(declared),)
        except (LookupError, UnicodeDecodeError):
            pass
    return _eight_bit(data, utf8_error)


def _eight_bit(data: bytes, utf8_error: UnicodeDecodeError) -> tuple[str, tuple[Diagnostic, ...]]:
    candidates: list[tuple[float, str, str]] = []
    western = data.decode("latin-1")
    try:
        candidates.append((plausibility(text := data.decode("cp1258")).share, "windows-1258", text))
    except UnicodeDecodeError:
        pass
    candidates.append((plausibility(text := from_tcvn3(western)).share, "TCVN3", text))
    candidates.append((plausibility(text := from_vni(western)).share, "VNI", text))
    share, encoding, text = max(candidates, key=lambda candidate: candidate[0])
    if share >= CERTAIN_SHARE:
        _refuse_binary(text)
        if encoding == "windows-1258":
            return text, (_decoded_as(encoding),)
        return text, (Diagnostic(code="legacy_repaired", args={"encoding": encoding}),)
    # UTF-8 with a few broken bytes stays UTF-8: the broken ones become U+FFFD and are counted.
    patched = data.decode("utf-8", errors="replace")
    broken = patched.count("\ufffd")
    if broken * 100 <= len(patched) and plausibility(patched.replace("\ufffd", "")).share >= SUSPECT_SHARE:
        _refuse_binary(patched)
        return patched, (Diagnostic(code="damaged_characters", args={"count": broken}),)
    if utf8_error.start == 0 or _control_share(western) > 0.02:
        raise binary()
    raise RefusedError(
        "encoding",
        "Không xác định được bảng mã của tệp chữ: không phải UTF-8, UTF-16, windows-1258, TCVN3 hay VNI.",
        "Mở tệp, chọn lưu với bảng mã UTF-8 (Unicode) rồi tải lên.",
    )


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedError(
            "encoding",
            f"Tệp ghi là {encoding.upper()} nhưng có byte không hợp lệ từ vị trí {error.start}.",
            "Mở tệp, chọn lưu với bảng mã UTF-8 (Unicode) rồi tải lên.",
        ) from error
    _refuse_binary(text)
    return text


def _decoded_as(encoding: str) -> Diagnostic:
    return Diagnostic(code="decoded_as", severity="info", args={"encoding": encoding})


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


def _control_share(text: str) -> float:
    head = text[:SAMPLE]
    return len(_CONTROLS.findall(head)) / max(len(head), 1)


def _refuse_binary(text: str) -> None:
    if "\x00" in text or _control_share(text) > 0.02:
        raise binary()


def binary() -> RefusedError:
    """The refusal of data that is no text."""
    return RefusedError(
        "binary",
        "Tệp là dữ liệu nhị phân, không phải văn bản.",
        "Tải lên tệp docx, pdf, xlsx, html, txt hoặc ảnh chụp văn bản.",
    )
