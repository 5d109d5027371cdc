"""Copies of a text for comparing: canonical (same length, marks kept), folded (no marks), and a sorting key."""

from __future__ import annotations

import re
import unicodedata

# The order of the Vietnamese alphabet and of the tones in dictionaries.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"": "0", "\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}

_SIGNS = {
    **dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\x85\u2028\u2029"), " "),
    **dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x3000, 0xFEFF), " "),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"), "-"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b"), "'"),
    **dict.fromkeys(map(ord, "*_"), " "),  # emphasis of markdown, joints of segmented text
    0xFF05: "%",
    0x2215: "/",
    0x2044: "/",
}

# "hoá" and "hóa", "uỷ" and "ủy" are one word: the mark goes to the first vowel of an open syllable.
_LATE_TONE = re.compile(r"(?<!q)(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?![a-zà-ỹ])")
_EARLY = {
    late: early
    for vowels, marked in (("oa", "òóỏõọ"), ("oe", "òóỏõọ"), ("uy", "ùúủũụ"))
    for late, early in zip(
        (vowels[0] + tone for tone in {"a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ"}[vowels[1]]),
        (tone + vowels[1] for tone in marked),
        strict=True,
    )
}


def place_tones(low: str) -> str:
    """Lower-case composed text with tone marks on the first vowel of open syllables; the length stays the same."""
    return _LATE_TONE.sub(lambda late: _EARLY[late[0]], low)


def canonical(text: str) -> str:
    """A copy of composed (NFC) text for matching, of exactly the same length.

    Lower case, one kind of blank, dash and quotation mark, emphasis signs blanked, tone marks in one place. Position i
    of the copy is position i of the text.
    """
    low = text.lower()
    if len(low) != len(text):  # a handful of letters (as the Turkish dotted I) grow when lowered
        low = "".join(lowered if len(lowered := char.lower()) == 1 else char for char in text)
    return place_tones(low.translate(_SIGNS))


_FOLDED: dict[int, str] = {}
for _code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
    _base = unicodedata.normalize("NFD", chr(_code))[0]
    if _base != chr(_code) and _base.isascii():
        _FOLDED[_code] = _base
_FOLDED |= {ord("đ"): "d", ord("Đ"): "D", ord("ð"): "d", ord("Ð"): "D"}


def strip_marks(text: str) -> str:
    """Composed text without tone marks, hooks and strokes, letter for letter, so that places stay the same."""
    return text.translate(_FOLDED)


def fold(text: str) -> str:
    """The search key of a name: lower case, no marks, no strokes, words of letters and digits with single blanks."""
    return " ".join(re.findall(r"[0-9a-z]+", strip_marks(unicodedata.normalize("NFC", text)).lower()))


_MARKED = re.compile(r"[^\W\d_\x00-\xbf]")


def is_bare(text: str) -> bool:
    """Whether a Vietnamese text has lost its marks (bad scans, old systems): hardly any letter carries one."""
    sample = text[:4_000]
    marked = len(_MARKED.findall(sample))
    if marked * 100 >= len(sample) * 2:  # whatever stands between the letters
        return False
    letters = sum(map(str.isalpha, sample))
    return letters > 200 and marked * 100 < letters * 2


def sort_key(text: str) -> str:
    """A key whose plain ASCII order is the Vietnamese dictionary order.

    Letters first ("Âu" after "Ăn", "Đà" after "Dương"), tones (level, grave, hook, tilde, acute, dot) break ties;
    numbers stand before letters and in the order of their values ("Phường 2" before "Phường 10"); a name stands before
    a longer one that begins with it. The key is ASCII, so that an index on it serves every database alike.
    """
    letters: list[str] = []
    tones: list[str] = []
    for word in _SORTED.findall(unicodedata.normalize("NFC", text).lower()):
        if word.isdecimal():
            digits = str(int(word)) if len(word) < _LONGEST_NUMBER else ""
            letters.append(f"{len(digits)}{digits}" if len(digits) < 10 else f"9{digits}")
            continue
        if word.isspace():
            letters.append("#")
            tones.append("#")
            continue
        parts = unicodedata.normalize("NFD", word)
        letter = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
        if letter in _PLACES:
            letters.append(_PLACES[letter])
            tones.append(_TONES[next((mark for mark in parts if mark in _TONES), "")])
    return f"{''.join(letters).strip('#')}!{''.join(tones).strip('#')}"


_SORTED = re.compile(r"\d+|\s+|.", re.DOTALL)
_LONGEST_NUMBER = 40  # digits; what is longer is no number of a name
_PLACES = {
    letter: chr(ord("A") + place) if place < 26 else chr(ord("a") + place - 26)
    for place, letter in enumerate(_ALPHABET)
}
