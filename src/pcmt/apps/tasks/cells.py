"""What people type or paste into cells about a due item: a percent, a day, a name. Text in, values out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import attrs
from django.utils.translation import gettext as _

from pcmt.core.text import canonical, fold

_NUMBER = re.compile(r"[+]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?|[0-9]*\.[0-9]+")
_DAY = re.compile(r"([0-9]{1,2})\s*[/.\- ]\s*([0-9]{1,2})\s*[/.\- ]\s*([0-9]{4}|[0-9]{2})(?:\s+00?:00(?::00)?)?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00)?)?")
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]0+)?")
_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's count of days, for days after its 29 February 1900, which never was."""
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050  # the years 2000 to 2099


@attrs.frozen
class Mistyped:
    """What is wrong with a text, in words."""

    message: str


def percent_from(text: str) -> int | Mistyped | None:
    """A share of 100 as people write it: `07`, `50`, `50%`, `50,0 %`; None for an empty cell.

    Only whole numbers from 0 to 100: nothing is rounded behind a person's back.
    """
    plain = "".join(text.split()).removesuffix("%")
    if not plain:
        return None if not text.strip() else _not_percent(text)
    if not _NUMBER.fullmatch(plain):
        return _not_percent(text)
    digits = plain if "," not in plain and plain.count(".") == 1 and not _grouped(plain) else plain.replace(".", "")
    number = Decimal(digits.replace(",", "."))
    if number != number.to_integral_value() or not 0 <= number <= 100:
        return _not_percent(text)
    return int(number)


def _grouped(plain: str) -> bool:
    return re.fullmatch(r"[+]?[0-9]{1,3}(?:\.[0-9]{3})+", plain) is not None


def _not_percent(text: str) -> Mistyped:
    return Mistyped(_("“%(text)s” không phải số nguyên từ 0 đến 100.") % {"text": text.strip()[:40]})


def day_from(text: str) -> date | Mistyped | None:
    """A day as `05/03/2026`, `5.3.26`, `2026-03-05` or as Excel counts days (46086); None for an empty cell."""
    plain = text.strip().lstrip("'")
    if not plain:
        return None
    if (serial := _SERIAL.fullmatch(plain)) and _FIRST_SERIAL <= int(serial[1]) <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=int(serial[1]))
    if found := _ISO.fullmatch(plain):
        year, month, day = found[1], found[2], found[3]
    elif found := _DAY.fullmatch(plain):
        day, month, year = found[1], found[2], found[3] if len(found[3]) == 4 else f"20{found[3]}"
    else:
        return Mistyped(_("“%(text)s” không phải ngày. Ghi dạng 05/3/2026.") % {"text": plain[:40]})
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return Mistyped(_("Không có ngày “%(text)s” trong lịch.") % {"text": plain[:40]})


def note_from(text: str) -> str:
    """A note as it is kept: the lines of the cell, without blanks around them."""
    lines = (
        " ".join(line.split())
        for line in unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    return "\n".join(lines).strip()


def person_from(text: str, people: Mapping[int, Sequence[str]]) -> int | Mistyped | None:
    """Whose name stands in a cell: the id of one of `people` (id: full name, user name); None for an empty cell.

    Tone marks may be left out where that leaves one person; of two of the same name the user name says which.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        return None
    for key in (canonical, fold):
        meant = {user_id for user_id, names in people.items() if key(plain) in map(key, names)}
        if len(meant) == 1:
            return meant.pop()
        if meant:
            which = ", ".join(sorted(people[user_id][-1] for user_id in meant))
            message = _("Có %(count)d người tên “%(name)s”. Ghi tên đăng nhập: %(which)s.")
            return Mistyped(message % {"count": len(meant), "name": plain[:60], "which": which})
    return Mistyped(_("Đơn vị không có người nào tên “%(name)s”.") % {"name": plain[:60]})
