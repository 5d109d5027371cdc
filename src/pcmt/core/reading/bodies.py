"""Names of bodies as such: their level of government, their spelling in running text."""

from __future__ import annotations

import re

from pcmt.core.text import fold

CENTRAL_CITIES = ("hà nội", "hồ chí minh", "hải phòng", "đà nẵng", "cần thơ", "huế", "đồng nai")


def level_of(name: str) -> str:
    """The level of government of a body by its name: central, province, district, commune, school or other."""
    words = f" {fold(name)} "
    if re.search(
        r" (?:truong (?:mam non|mau giao|tieu hoc|thcs|thpt|trung hoc|pho thong|cao dang|dai hoc|chinh tri|ptdt\w*|"
        r"th|lien cap|trung cap)|nha truong|hoc vien|dai hoc) ",
        words,
    ):
        return "school"
    if re.search(r" (?:phuong|thi tran|dac khu) |(?<! thi)(?<! hop tac)(?<! hoi va) xa (?!hoi)", words):
        return "commune"
    if re.search(
        r" (?:huyen|quan|thi xa|thi doan|huyen doan|quan doan|thi uy|huyen uy|quan uy|tx) (?!doi|su|khu)", words
    ):
        return "district"
    city = re.search(r" (?:thanh pho|tp) (.*)$", words)
    if city:
        return (
            "province"
            if city[1].strip().startswith(tuple(map(fold, CENTRAL_CITIES))) or not city[1].strip()
            else "district"
        )
    if re.search(r" (?:tinh|so|tinh doan|tinh uy|thanh doan|thanh uy) ", words):
        return "province"
    if re.search(r" (?:trung uong|chinh phu|quoc gia|quoc hoi|thu tuong) ", words) or words.startswith(
        (" bo ", " tong ")
    ):
        return "central"
    return "other"


_SCHOOLS = (["tiểu", "học"], ["mẫu", "giáo"], ["phổ", "thông"])  # their own name follows


def proper(name: str) -> str:
    """A name in capitals as it is written in running text ("ỦY BAN NHÂN DÂN TỈNH KON TUM")."""
    if not name.isupper() or len(name) < 6:
        return name
    words = name.lower().split()
    place = False
    shown: list[str] = []
    for i, word in enumerate(words):
        if word in ("ubnd", "hđnd", "mttq", "thpt", "thcs", "tncs", "hcm", "tp", "tx", "ubmttq", "bcđ") or any(
            c.isdigit() for c in word
        ):
            shown.append(word.upper())
        elif place or i == 0:
            shown.append(word.capitalize())
        else:
            shown.append(word)
        if word in ("tỉnh", "huyện", "xã", "phường", "quận", "phố", "khu", "trấn") and (
            word != "xã" or (shown[-2:-1] not in (["thị"], ["hợp"]) and words[i + 1 : i + 2] != ["hội"])
        ):
            place = i + 1 < len(words) and words[i + 1] not in ("đoàn", "ủy", "đội")
        if word == "đoàn" and i and words[i - 1] in ("tỉnh", "thành", "huyện", "quận", "thị"):
            place = True
        if (
            word == "xã"
            and i
            and words[i - 1] == "thị"
            or word in ("thpt", "thcs", "non")
            or words[i - 1 : i + 1] in _SCHOOLS
        ):
            place = True
    text = " ".join(shown)
    for field_name in ("sở", "phòng", "trường", "hội", "đoàn", "ban", "bộ", "cục", "trung tâm"):
        found = re.match(rf"({field_name}) (\w)(.*)", text, re.IGNORECASE)
        if found:
            text = f"{found[1]} {found[2].upper()}{found[3]}"
            break
    return text
