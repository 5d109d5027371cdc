"""Names of people: for finding without tone marks, for the Vietnamese order (by given name), for user names."""

from __future__ import annotations

import re
from collections.abc import Container

from pcmt.core.text import fold, sort_key

KEY_CHARS = 360


def search_key_of(full_name: str, username: str, post: str) -> str:
    """What a person is found by: name, user name and post without tone marks."""
    return " ".join((fold(full_name), fold(username), fold(post)))[:KEY_CHARS]


def order_of(full_name: str) -> str:
    """The place of a person in a list: the given name comes last in a name and counts first, then the family's."""
    family, _space, given = " ".join(full_name.split()).rpartition(" ")
    return f"{sort_key(given)} {sort_key(family)}"[:KEY_CHARS]


def username_for(full_name: str, taken: Container[str]) -> str:
    """A user name that is free: `lan.nt` for Nguyễn Thị Lan, then `lan.nt2`; `nguoi.dung` where no letter is left."""
    words = [re.sub(r"[^a-z0-9]", "", word) for word in fold(full_name).split()]
    words = [word for word in words if word]
    base = "nguoi.dung"
    if words:
        initials = "".join(word[0] for word in words[:-1])
        base = f"{words[-1]}.{initials}"[:50] if initials else words[-1][:50]
    number, free = 1, base
    while free in taken:
        number += 1
        free = f"{base}{number}"
    return free
