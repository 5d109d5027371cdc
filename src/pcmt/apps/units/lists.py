"""Lists of units as people keep them in Excel: which row holds the headings, what each column means, what a row says.

Text in, values out; whether a unit is new or known is asked in `queries.imports`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import attrs
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from pcmt.apps.units.names import name_key
from pcmt.core.text import canonical, find_dates, fold
from pcmt.documents import Grid, GridSheet, after_numbering, is_signature, is_sum, last_of_head, reached_down


class Field(TextChoices):
    """What a column may hold."""

    NAME = "name", _("Tên")
    TYPE = "type", _("Loại")
    PARENT = "parent", _("Thuộc xã, phường, đặc khu")
    PARENT_CODE = "parent_code", _("Mã xã, phường, đặc khu")
    CODE = "code", _("Mã")
    IDENTIFIER = "identifier", _("Mã định danh điện tử")
    SHORT = "short_name", _("Tên gọn")
    ALSO = "also", _("Tên gọi khác")
    SINCE = "since", _("Có từ ngày")


_AREAS = "cap xa|xa|phuong|dac khu|thi tran"
_ABOVE = "^don vi cap tren|^co quan chu quan"
_SORTS = "thon|ban|lang|buon|xom|ap|khom|khoi|khu|pho|to|dan"

HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("", r"^(?:so )?(?:s?tt|thu tu)$|^truong (?:thon|ban|khoi|xom|ap|khu|to)\b|^(?:thon|ban|to) truong$|^ghi chu"),
        (Field.IDENTIFIER, r"\bdinh danh\b"),
        (Field.PARENT_CODE, r"^ma (?:so )?(?:dvhc|don vi hanh chinh|cap xa|xa|phuong|dac khu)\b"),
        (Field.CODE, r"^ma\b"),
        (Field.ALSO, r"\bten (?:goi )?(?:khac|cu)\b|^goi khac|^con goi la"),
        (Field.SHORT, r"\bten gon\b|\bviet tat\b|\brut gon\b"),
        (Field.SINCE, r"\btu ngay\b|\bngay (?:thanh lap|bat dau|hieu luc)\b|^hieu luc"),
        (Field.TYPE, r"^(?:phan )?loai\b"),
        (
            Field.PARENT,
            rf"^(?:ten )?(?:don vi hanh chinh|dia ban|{_AREAS})(?: (?:{_AREAS}))*$|^(?:truc )?thuoc\b|{_ABOVE}",
        ),
        (
            Field.NAME,
            rf"^ten\b|^(?:{_SORTS})(?: (?:{_SORTS}|hoac|va))*$|^(?:truong(?: hoc)?|co quan|don vi|co quan don vi)$",
        ),
    )
)
"""Which heading means which field, the first that fits; "" for columns that are known and not needed."""

SEARCHED_ROWS = 40
LONGEST_HEADING = 80

HAMLET_TYPES: Mapping[str, str] = {
    fold(each): each
    for each in (
        *("thôn", "bản", "làng", "buôn", "bon", "plei", "plây", "phum", "sóc", "xóm", "ấp", "khóm", "khu", "khu phố"),
        *("khu dân cư", "khu vực", "khối", "khối phố", "khối xóm", "tổ dân phố", "tổ", "tiểu khu", "phố", "đội", "cụm"),
    )
}
_SHORT_TYPES = {"tdp": "tổ dân phố", "kp": "khu phố", "kdc": "khu dân cư", "tk": "tiểu khu"}

_LIST_MARK = re.compile(r"^(?:\(?\d{1,3}[.)]|[-–•+*])\s+(?=\S)")
_MARK_ALONE = re.compile(r"\(?(?:\d+|[IVXLC]+|[A-Z])[.)]?")
_TRIM = " \t\u00a0.,;:-–_"


@attrs.frozen
class Reading:
    """How a sheet is read: the row of headings (its last one, when there are several) and the column of each field."""

    sheet: int
    header: int
    columns: Mapping[str, int]
    headings: Mapping[int, str]


@attrs.frozen
class ListRow:
    """One row that names a unit: the text of each field and the cell it stands in (row and column from 0)."""

    sheet: int
    row: int
    texts: Mapping[str, str]
    cells: Mapping[str, tuple[int, int]]

    def text(self, field: str) -> str:
        """The text of a field, "" without."""
        return self.texts.get(field, "")


@attrs.frozen
class ListRows:
    """The rows of a list, and those that were passed over because they name no unit (sheet, row)."""

    rows: tuple[ListRow, ...]
    passed: tuple[tuple[int, int], ...]


def tidy(text: str) -> str:
    """A text as it is kept: composed, with single blanks, without list marks and stray signs at its ends."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"[\u200b-\u200f\u2060\ufeff\u00ad]", "", text)
    return _LIST_MARK.sub("", " ".join(text.split())).strip(_TRIM)


def heading_key(text: str) -> str:
    """By what a heading is remembered."""
    return fold(text)[:LONGEST_HEADING]


def meant_by(text: str, remembered: Mapping[str, str]) -> str | None:
    """The field a heading means; "" for a column that is known and not needed, None for one that says nothing."""
    key = heading_key(text)
    if not key or len(text) > LONGEST_HEADING:
        return None
    if key in remembered:
        return remembered[key]
    return next((str(field) for field, pattern in HEADINGS if pattern.search(key)), None)


def find_reading(grid: Grid, at: int, remembered: Mapping[str, str] | None = None) -> Reading | None:
    """How a sheet is to be read; None where no row looks like headings. `remembered` are meanings a person gave."""
    sheet = grid.sheets[at]
    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        last = last_of_head(sheet, row)
        texts = {
            column: next(filter(None, (sheet.text(line, column) for line in range(last, row - 1, -1))), "")
            for column in range(max(map(len, sheet.rows[row : last + 1]), default=0))
        }
        meant = {
            column: field for column, text in texts.items() if (field := meant_by(text, remembered or {})) is not None
        }
        if Field.NAME not in meant.values():
            continue
        if len(meant) < 2 and (len([text for text in texts.values() if text]) > 1 or ":" in "".join(texts.values())):
            continue
        # The column that says "tên" before one that only names a sort of unit.
        columns: dict[str, int] = {}
        for column, field in sorted(meant.items(), key=lambda each: not fold(texts[each[0]]).startswith("ten")):
            if field:
                columns.setdefault(field, column)
        return Reading(at, after_numbering(sheet, last), columns, {c: t for c, t in texts.items() if t})
    return None


def reading_by_hand(grid: Grid, at: int, header: int, columns: Mapping[int, str]) -> Reading:
    """The reading a person chose: the row of headings (-1: there are none) and what each column means."""
    chosen: dict[str, int] = {}
    for column, field in sorted(columns.items()):
        if field:
            chosen.setdefault(field, column)
    sheet = grid.sheets[at]
    texts = {column: text for column, text in enumerate(sheet.rows[header]) if text} if header >= 0 else {}
    return Reading(at, header, chosen, texts)


def read_rows(grid: Grid, readings: Sequence[Reading], names_area: Callable[[str], bool]) -> ListRows:
    """The rows of all sheets that are read. `names_area` says whether a text names an area a row may belong to.

    A row that holds nothing but the name of an area is the heading of those below it. Merged cells count for all the
    rows they reach over. Sums, notes and the signature at the end are passed over.
    """
    rows: list[ListRow] = []
    passed: list[tuple[int, int]] = []
    for reading in readings:
        sheet = grid.sheets[reading.sheet]
        for kind, row in _sheet_rows(sheet, reading, names_area):
            if isinstance(row, ListRow):
                rows.append(row)
            elif kind:
                passed.append((reading.sheet, row))
    return ListRows(tuple(rows), tuple(passed))


def _sheet_rows(
    sheet: GridSheet, reading: Reading, names_area: Callable[[str], bool]
) -> Iterator[tuple[str, ListRow | int]]:
    down = reached_down(sheet)
    section: tuple[str, tuple[int, int]] | None = None
    if names_area(sheet.name):
        section = (sheet.name, (0, 0))
    name_column = reading.columns[Field.NAME]
    ended = False
    for row in range(reading.header + 1, len(sheet.rows)):
        texts = {column: text for column, text in enumerate(sheet.rows[row]) if text.strip()}
        if not texts:
            continue
        folded = [fold(text) for text in texts.values()]
        ended = ended or any(map(is_signature, folded))
        if ended or any(map(is_sum, folded[:2])):
            yield "footer", row
            continue
        words = {column: text for column, text in texts.items() if not _MARK_ALONE.fullmatch(text.strip())}
        if len(words) == 1:
            ((column, text),) = words.items()
            text = re.sub(r"^(?:[IVXLC]+|[A-Z])[.)]\s*", "", tidy(text))
            if names_area(text) and column != reading.columns.get(Field.PARENT):
                section = (text, (row, column))
                yield "section", row
                continue
        top = down.get((row, name_column))
        if top is not None and top[0] < row:
            continue  # the name reaches over several rows; its first row was read
        found: dict[str, str] = {}
        cells: dict[str, tuple[int, int]] = {}
        for field, column in reading.columns.items():
            at = (row, column)
            text = sheet.text(*at)
            if not text.strip() and at in down:
                at = down[at]
                text = sheet.text(*at)
            found[field], cells[field] = tidy(text), at
        own = {column for field, column in reading.columns.items() if field not in (Field.PARENT, Field.PARENT_CODE)}
        if not found[Field.NAME] and not own & texts.keys():
            yield "empty", row  # only a running number, or what a merged cell reaches over
            continue
        if heading_key(found[Field.NAME]) == heading_key(reading.headings.get(name_column, "")) != "":
            yield "heading", row  # repeated at the top of a printed page
            continue
        if section is not None and not found.get(Field.PARENT) and not found.get(Field.PARENT_CODE):
            found[Field.PARENT], cells[Field.PARENT] = section
        yield "", ListRow(reading.sheet, row, found, cells)


def strict_key(text: str) -> str:
    """By what two names are one: tone marks count, their place and the spelling of i and y, zeros and signs do not."""
    low = canonical(unicodedata.normalize("NFC", text))
    words = re.findall(r"[^\W_]+", low)
    words = [_WRITTEN_OUT.get(word, word) for word in words]
    words = [word.lstrip("0") or "0" if word.isdecimal() else word for word in words]
    return _ONE_I.sub(lambda m: m[1] + _AS_I[m[2]], " ".join(_without_so(words)))


_AS_I = dict(zip("yýỳỷỹỵ", "iíìỉĩị", strict=True))
_ONE_I = re.compile(r"\b(qu|[hklmst])([yýỳỷỹỵ])\b")
_WRITTEN_OUT = {"ubnd": "ủy ban nhân dân", "hđnd": "hội đồng nhân dân", "mttq": "mặt trận tổ quốc"}


def _without_so(words: Sequence[str]) -> list[str]:
    """ "Tổ dân phố số 3" is "Tổ dân phố 3"."""
    return [
        word
        for at, word in enumerate(words)
        if not (word == "số" and at + 1 < len(words) and words[at + 1].isdecimal())
    ]


def loose_key(text: str) -> str:
    """By what two names may be one where tone marks were left out."""
    words = name_key(text).split()
    return " ".join(word.lstrip("0") or "0" if word.isdecimal() else word for word in words)


@attrs.frozen
class Named:
    """The name of a hamlet, school or body as it is kept, or what is wrong with it (a code for the words on screen)."""

    name: str = ""
    wrong: str = ""


def hamlet_name(text: str, type_text: str) -> Named:
    """The name of a hamlet or block from the columns for name and type: "3" and "Tổ dân phố" are "Tổ dân phố 3"."""
    name = _cased(text)
    own, rest = _split_type(name)
    given, beside = _split_type(_cased(type_text))
    if type_text and (not given or beside):
        return Named(wrong="type")
    if own and not rest:
        return Named(wrong="only_type")
    if own and given and own != given:
        return Named(wrong="two_types")
    if not own and not given:
        return Named(wrong="no_type")
    word = own or given
    return Named(f"{word[0].upper()}{word[1:]} {rest if own else name}")


def plain_name(text: str) -> str:
    """The name of a school or another body as it is kept."""
    return _cased(text)


def _cased(text: str) -> str:
    """Capitals throughout are typing, not a name; a first letter is a capital."""
    if text.isupper() and len(text) > 4 and re.search(r"[^\W\d]{2,} [^\W\d]{2,}", text):
        text = " ".join(
            word if re.fullmatch(r"THPT|THCS|UBND|HĐND|[IVX]+", word) else word.capitalize() for word in text.split()
        )
    return text[:1].upper() + text[1:]


def _split_type(name: str) -> tuple[str, str]:
    """The word for the sort of hamlet, and the rest of the name."""
    parts = name.split()
    first = fold(parts[0]) if parts else ""
    if first in _SHORT_TYPES:
        return _SHORT_TYPES[first], " ".join(parts[1:])
    for length in (3, 2, 1):
        key = fold(" ".join(parts[:length]))
        word = HAMLET_TYPES.get(key)
        # "Bản" and "Bàn", "Khu" and "Khủ" are told apart: only the word itself or the word without its marks.
        if word and len(parts) >= length and strict_key(" ".join(parts[:length])) in (strict_key(word), key):
            return word, " ".join(parts[length:])
    return "", name


def since_day(text: str) -> date | None:
    """The day in a cell, such as 01/7/2025; None where there is none, or none of the calendar."""
    return next((day.on() for day in find_dates(canonical(text)) if day.year), None)
