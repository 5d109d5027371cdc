"""How Vietnamese documents name bodies: abbreviations, classes of bodies, names that leave out the place.

All keys here are folded (lower case, no marks) with the common abbreviations written out, so that "UBND thị xã" and
"Ủy ban nhân dân TX" are one key.
"""

from __future__ import annotations

import re

from pcmt.core.text import fold

COMMITTEE = "uy ban nhan dan"

ABBREVIATIONS = {
    "ubnd": COMMITTEE,
    "hdnd": "hoi dong nhan dan",
    "mttq": "mat tran to quoc",
    "ubmttq": "uy ban mat tran to quoc",
    "bcd": "ban chi dao",
    "bch": "ban chi huy",
    "btl": "bo tu lenh",
    "bdbp": "bo doi bien phong",
    "ldtbxh": "lao dong thuong binh xa hoi",
    "ldtb": "lao dong thuong binh",
    "gddt": "giao duc dao tao",
    "vhtt": "van hoa the thao",
    "vhttdl": "van hoa the thao du lich",
    "tttt": "thong tin truyen thong",
    "vp": "van phong",
    "tp": "thanh pho",
    "tx": "thi xa",
    "tt": "thi tran",
    "catx": "cong an thi xa",
    "cap": "cong an phuong",
    "cax": "cong an xa",
    "cat": "cong an tinh",
    "cah": "cong an huyen",
    "tand": "toa an nhan dan",
    "vks": "vien kiem sat nhan dan",
    "vksnd": "vien kiem sat nhan dan",
    "lhpn": "lien hiep phu nu",
    "ccb": "cuu chien binh",
    "tncs": "thanh nien cong san",
    "hcm": "ho chi minh",
    "bca": "bo cong an",
    "pclb": "phong chong lut bao",
}

# The words that open the name of an administrative unit, longest first.
LEVEL_WORDS = ("thanh pho", "thi tran", "thi xa", "dac khu", "phuong", "huyen", "quan", "tinh", "xa", "thon", "ap")

_CLASS = re.compile(r"\b(?:cac|nhung|moi|tung|toan the)\b|\blien quan$|\bcon lai$")
_AREA_WORDS = {
    "huyen": ("huyen",),
    "quan": ("quan",),
    "thi xa": ("thi xa",),
    "thi tran": ("thi tran",),
    "thanh pho": ("thanh pho",),
    "thanh": ("thanh pho",),
    "thi": ("thi xa",),
    "xa": ("xa",),
    "phuong": ("phuong",),
    "dac khu": ("dac khu",),
    "dia phuong": LEVEL_WORDS,
}
_AREAS = re.compile(r"\b(?:" + "|".join(sorted(_AREA_WORDS, key=len, reverse=True)) + r")\b")
_AGENCY_WORDS = re.compile(r"\b(?:so|ban|nganh|phong|co quan|don vi|doan the|to chuc|hoi)\b")
_SCHOOLS = re.compile(r"\btruong\b")
_BESIDE_HAMLETS = re.compile(r"\b(?:thon ban|ban lang|ban thon|ban xom)\b")
_HAMLETS = re.compile(r"\b(?:thon|to dan pho|xom|khu pho|khoi pho|khoi xom|khu dan cu|buon lang|cac ap)\b")


def name_key(name: str) -> str:
    """The key of a body's name: folded, abbreviations written out, "và" and "Việt Nam" left out."""
    words = [ABBREVIATIONS.get(word, word) for word in fold(name).split()]
    key = " ".join(word for word in words if word != "va")
    if key.startswith("ca ") and key[3:].startswith(LEVEL_WORDS):  # "CA xã", never the "ca" of "ca sĩ"
        key = f"cong an {key[3:]}"
    shorter = key.replace(" viet nam", "")
    return shorter or key


def split_area(key: str) -> tuple[str, str]:
    """Level word and proper name of an administrative unit's key: "tinh nghe an" → ("tinh", "nghe an")."""
    for word in LEVEL_WORDS:
        if key.startswith(f"{word} "):
            return word, key[len(word) + 1 :]
    return "", key


def area_key(key: str) -> str | None:
    """The area in the name of an administrative unit or its committee ("xa dong hoa"); None for other bodies."""
    rest = key.removeprefix(COMMITTEE).strip()
    return rest if rest != key or split_area(key)[0] else None


def without_place(key: str, level_word: str, proper: str) -> str:
    """The key of an agency's name without the area it serves: "cong an tinh nghe an" → "cong an"."""
    for tail in (f"{level_word} {proper}", proper, level_word):
        if tail and key.endswith(f" {tail}"):
            return key[: -len(tail) - 1]
    return key


def is_class(name: str) -> bool:
    """Whether a name means a class of bodies ("các sở, ban, ngành", "UBND các phường") and not one body."""
    return _CLASS.search(name_key(name)) is not None


def classes_meant(name: str) -> tuple[frozenset[str], bool, bool]:
    """What a class name takes in: level words of administrative units, whether agencies, whether schools."""
    key = name_key(name)
    areas = frozenset(
        level
        for word in _AREAS.findall(key.replace(COMMITTEE, "").replace("xa hoi", ""))
        for level in _AREA_WORDS[word]
    )
    # "Bản" folds to "ban": beside hamlets it is one of them.
    rest = _BESIDE_HAMLETS.sub("", key.replace(COMMITTEE, ""))
    return areas, _AGENCY_WORDS.search(_AREAS.sub("", rest)) is not None, _SCHOOLS.search(rest) is not None


def hamlets_meant(name: str) -> bool:
    """Whether a class name takes in hamlets and residential groups ("các thôn, bản", "các tổ dân phố")."""
    return _HAMLETS.search(name_key(name)) is not None
