"""Sheets of numbers as they come in: our own templates, and those that offices keep themselves.

Text in, values out: which cell says what of which line and unit. What becomes of the cells is said in `queries.sheets`.
A sheet has its units in rows and the lines of the form in columns (`UNITS`), or the lines in rows (`LINES`) and in
columns one unit or several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from pcmt.apps.facts.queries.lines import Line
from pcmt.core.text import fold
from pcmt.documents import Grid, GridSheet, after_numbering, is_signature, is_sum, last_of_head, reached_down
from pcmt.documents.output.blanks import COLUMN_KEY, KEY, SUM_KEY

LINES, UNITS = "lines", "units"

NOTHING, LABEL, CODE, VALUE, NOTE = "", "label", "code", "value", "note"
LINE, UNIT = "line:", "unit:"
"""What a column may mean: the name of the row's line or unit, a unit's code, the number of the one unit, a note to it;
with its key the number of a line, with its id that of a unit."""
LEFT_OUT = "-"
"""What a row may mean instead of a line: nothing that the form asks."""

MOST_COLUMNS = 150
SEARCHED_ROWS = 40
LONGEST = 200

_PLACES = "don vi(?: hanh chinh| bao cao)?|dia phuong|dia ban|co quan don vi|phuong(?: xa)?(?: dac khu)?"
_DONE = "(?:thuc hien|phat sinh)(?: trong)?(?: ky)?(?: nay)?"
_USUAL = tuple(
    (meaning, rows, re.compile(pattern))
    for meaning, rows, pattern in (
        (NOTHING, "", r"^(?:so )?(?:s?tt|thu tu)$|^(?:dvt|don vi tinh)$|^(?:tong|cong)\b"),
        (NOTE, "", r"^ghi chu\b|^giai trinh"),
        (CODE, UNITS, r"^ma\b"),
        (LABEL, UNITS, rf"^(?:ten )?(?:{_PLACES}|(?:cap )?xa(?: phuong)?(?: dac khu)?)$"),
        (LABEL, LINES, r"^(?:ten |cac )?(?:chi tieu|tieu chi|noi dung|danh muc)(?: thong ke| so lieu| bao cao)?$"),
        (VALUE, LINES, rf"^(?:ky nay|{_DONE}|so lieu(?: ky nay)?|so luong|ket qua)$"),
    )
)
_MARK = re.compile(
    r"^\s*(?:\(?\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+|\(?[a-zđA-ZĐ][.)]|[IVX]{1,5}[.)]|[-+•*–])\s*"
)
_AMONG = re.compile(r"^(?:trong (?:do|so)|chia ra|bao gom)\b ?")
_NUMBERING = re.compile(r"\(?(?:\d{1,4}|[IVXLC]{1,6}|[A-Za-z])[.)]?")

FindUnit = Callable[[str, str], "int | str | None"]
"""Name and code to a unit's id; to words, when they mean none or several; None where nothing is named."""


@attrs.frozen
class Reading:
    """How a sheet is read: the last row of headings, what its rows are, the meaning and heading of each column.

    `keys` is the column of keys of a template; `rows` is LINES or UNITS. `labels` are rows whose words a person put to
    a line: folded words to the line's key or LEFT_OUT.
    """

    sheet: int
    head: int
    rows: str
    columns: Mapping[int, str]
    headings: Mapping[int, str]
    keys: int | None = None
    labels: Mapping[str, str] = attrs.field(factory=dict)

    def column(self, meaning: str) -> int | None:
        """The first column of a meaning."""
        return next((at for at, each in sorted(self.columns.items()) if each == meaning), None)

    @property
    def telling(self) -> dict[int, str]:
        """The columns that hold numbers."""
        return {at: each for at, each in self.columns.items() if each == VALUE or each.startswith((LINE, UNIT))}


@attrs.frozen
class Told:
    """What one cell says: of a unit and a line, with its text and the note beside it (None: the sheet has none)."""

    row: int
    column: int
    unit_id: int
    key: str
    text: str
    note: str | None = None
    hidden: bool = False


@attrs.frozen
class Lost:
    """A row (or a column, where `column` says it) with numbers of which nobody knows what they count."""

    row: int
    column: int
    text: str
    why: str
    """`line`, `unit` or, where a unit is named that cannot be taken, words."""


@attrs.frozen
class Found:
    """The cells of a sheet: what they say, rows that are not known, rows that say nothing."""

    told: tuple[Told, ...]
    lost: tuple[Lost, ...]
    passed: tuple[int, ...]


class Words:
    """Which words mean which line, as this form's headings and rows are written."""

    def __init__(self, lines: Sequence[Line], remembered: Mapping[str, str]) -> None:
        self.keys = frozenset(line.key for line in lines)
        self._remembered = remembered
        self._known: dict[str, str | None] = {}
        for line in lines:
            names = [line.name, line.key, f"{line.name} {line.unit_word}"]
            if not line.part:
                names += [line.element.code, f"Tổng {line.name}"]
            for name in names:
                key = fold(name)
                # Two lines of one name mean neither.
                self._known[key] = line.key if self._known.get(key, line.key) == line.key else None
        self._parts: dict[tuple[str, str], str] = {
            (line.element.code, fold(line.part)): line.key for line in lines if line.part
        }

    def line(self, text: str, above: str = "") -> str | None:
        """The key of the line that words mean, LEFT_OUT for none of this form, None where that is not known.

        `above` is the key of the line in the row before: "- Nữ" is a part of what stands above it.
        """
        plain = word_key(text)
        if plain in self._remembered:
            return self._remembered[plain]
        for words in (plain, fold(_MARK.sub("", text)), fold(text)):
            if found := self._known.get(_AMONG.sub("", words)):
                return found
        part = _AMONG.sub("", plain)
        return self._parts.get((above.partition("|")[0], part)) if above else None


def word_key(text: str) -> str:
    """By what words of a heading or row are remembered: without numbering in front and the unit in brackets."""
    bare = re.sub(r"\([^()]{1,40}\)\s*$", "", _MARK.sub("", text)).strip()
    return fold(bare or text)[:LONGEST]


def usual_meaning(text: str, rows: str) -> str | None:
    """What a heading means by itself, in a sheet with such rows; None when it says nothing."""
    key = fold(text)
    if not key or len(text) > LONGEST:
        return None
    return next((meaning for meaning, kind, each in _USUAL if kind in ("", rows) and each.search(key)), None)


def headings(sheet: GridSheet, first: int, last: int) -> dict[int, str]:
    """The heading of each column, from the rows `first` to `last`: headings above several columns count for each."""
    across: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in sheet.merged:
        for line in range(top, min(bottom, last) + 1):
            across.update({(line, column): (top, left) for column in range(left, min(right, MOST_COLUMNS) + 1)})
    found: dict[int, str] = {}
    for column in range(min(MOST_COLUMNS, max((len(row) for row in sheet.rows[first : last + 1]), default=0))):
        texts = [sheet.text(*across.get((line, column), (line, column))).strip() for line in range(first, last + 1)]
        if words := " · ".join(dict.fromkeys(filter(None, texts))):
            found[column] = words
    return found


def template_reading(grid: Grid) -> Reading | None:
    """How our own template is read: by its keys, wherever its rows and columns have gone; None for any other sheet."""
    for at, sheet in enumerate(grid.sheets):
        if sheet.hidden:
            continue
        keys: dict[int, str] = {}
        for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
            texts = sheet.rows[row]
            if COLUMN_KEY in texts:
                start = texts.index(COLUMN_KEY)
                keys = {column: text for column, text in enumerate(texts) if text.strip() and column != start}
            if KEY in texts:
                columns = {column: LINE + key for column, key in keys.items()} or {
                    column: meaning
                    for column, text in enumerate(texts)
                    if (meaning := usual_meaning(text, LINES)) in (VALUE, NOTE, LABEL)
                }
                if keys and (named := next((c for c, t in enumerate(texts) if usual_meaning(t, UNITS) == LABEL), None)):
                    columns[named] = LABEL
                heads = {column: text for column, text in enumerate(texts) if text and text != KEY}
                return Reading(at, row, UNITS if keys else LINES, columns, heads, keys=texts.index(KEY))
    return None


def guess_readings(grid: Grid, words: Words, find_unit: FindUnit) -> list[Reading]:
    """How the sheets of an office are read, as far as their headings say; those that say too little are left out."""
    found = (_guess(grid, at, words, find_unit) for at, sheet in enumerate(grid.sheets) if not sheet.hidden)
    return [each for each in found if each is not None]


def _guess(grid: Grid, at: int, words: Words, find_unit: FindUnit) -> Reading | None:
    sheet = grid.sheets[at]
    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        last = last_of_head(sheet, row)
        heads = headings(sheet, row, last)
        if len(heads) < 2:
            continue
        for rows in (UNITS, LINES):
            columns = {
                column: meaning
                for column, text in heads.items()
                if (meaning := column_meaning(text, rows, words, find_unit)) is not None
            }
            kinds = set(columns.values())
            tells = [each for each in kinds if each == VALUE or each.startswith((LINE, UNIT))]
            if tells and (LABEL in kinds or (rows == UNITS and CODE in kinds)):
                return Reading(at, after_numbering(sheet, last), rows, _once(columns), heads)
    return None


def column_meaning(text: str, rows: str, words: Words, find_unit: FindUnit) -> str | None:
    """What a heading means in a sheet with such rows: its last part first ("Số vụ · Phát hiện")."""
    usual = usual_meaning(text, rows)
    if usual is not None:
        return usual
    for part in dict.fromkeys((text, text.rpartition(" · ")[2])):
        if rows == UNITS:
            key = words.line(part)
            if key is not None:
                return NOTHING if key == LEFT_OUT else LINE + key
        else:
            unit = find_unit(part, "")
            if isinstance(unit, int):
                return f"{UNIT}{unit}"
    return None


def _once(columns: Mapping[int, str]) -> dict[int, str]:
    """The first column of each meaning; numbers keep theirs also twice, so that it is seen and said."""
    seen: set[str] = set()
    found = {}
    for column, meaning in sorted(columns.items()):
        if meaning in (LABEL, CODE, VALUE) and meaning in seen:
            continue
        seen.add(meaning)
        found[column] = meaning
    return found


def by_hand(grid: Grid, said: Mapping[str, Any]) -> Reading:
    """The reading a person chose."""
    at, head = int(said["sheet"]), int(said["head"])
    heads = headings(grid.sheets[at], head, head) if head >= 0 else {}
    columns = {int(column): meaning for column, meaning in said["columns"].items() if meaning}
    return Reading(at, head, said["rows"], columns, heads, labels=said.get("labels", {}))


def read_cells(
    grid: Grid, reading: Reading, words: Words, find_unit: FindUnit, *, unit_id: int | None, root: str = ""
) -> Found:
    """What the cells of a sheet say. `unit_id` is the one unit it is of; `root` the name of the unit above all.

    Rows of sums, headings of sections, repeated headings and whatever stands below the signature say nothing.
    """
    told: list[Told] = []
    lost: list[Lost] = []
    passed: list[int] = []
    sheet = grid.sheets[reading.sheet]
    for row in _rows(sheet, reading, words, find_unit, unit_id, root):
        if isinstance(row, int):
            passed.append(row)
        elif isinstance(row, Lost):
            lost.append(row)
        else:
            told += row
    return Found(tuple(told), tuple(lost), tuple(passed))


def _rows(
    sheet: GridSheet, reading: Reading, words: Words, find_unit: FindUnit, unit_id: int | None, root: str
) -> Iterator[list[Told] | Lost | int]:
    down = reached_down(sheet)
    label, code, note = (reading.column(meaning) for meaning in (LABEL, CODE, NOTE))
    telling = reading.telling
    ended, above = False, ""
    for row in range(reading.head + 1, len(sheet.rows)):
        texts = [text for text in sheet.rows[row] if text.strip()]
        if not texts:
            continue

        def read(column: int | None, row: int = row) -> str:
            if column is None:
                return ""
            own = sheet.text(row, column).strip()
            return own or sheet.text(*down.get((row, column), (row, column))).strip()

        key, named, coded = read(reading.keys), read(label), read(code)
        numbers = {column: sheet.text(row, column).strip() for column in telling}
        folded = [fold(text) for text in texts]
        ended = ended or (not key and any(map(is_signature, folded)))
        repeated = label is not None and fold(named) == fold(reading.headings.get(label, "")) != ""
        if ended or key in (SUM_KEY, KEY) or repeated:
            yield row
            continue
        what: int | str | None
        if reading.rows == LINES:
            what = key if key in words.keys else reading.labels.get(word_key(named)) or words.line(named, above)
        else:
            what = int(key) if key.isdecimal() else _unit(reading.labels.get(word_key(named)), named, coded, find_unit)
        if not (key and what) and _says_nothing(texts, folded, what, numbers, named, root):
            yield row
            continue
        if what == LEFT_OUT:
            yield row
            continue
        if what is None or (reading.rows == UNITS and isinstance(what, str)):
            place = label if label is not None else next(iter(telling))
            yield Lost(row, place, named or coded or key, what if isinstance(what, str) else reading.rows[:-1])
            continue
        if reading.rows == LINES and not str(what).partition("|")[2]:
            above = str(what)
        hidden = row in sheet.hidden_rows
        beside = sheet.text(row, note).strip() if note is not None else None
        cells = []
        for column, meaning in telling.items():
            line = meaning.removeprefix(LINE) if reading.rows == UNITS else str(what)
            unit = int(what) if reading.rows == UNITS else _unit_of(meaning, unit_id)
            if unit is not None:
                cells.append(Told(row, column, unit, line, numbers[column], beside, hidden))
        yield cells


def _unit_of(meaning: str, unit_id: int | None) -> int | None:
    """The unit of a column of numbers, in a sheet whose rows are lines."""
    return unit_id if meaning == VALUE else int(meaning.removeprefix(UNIT))


def _unit(meant: str | None, named: str, coded: str, find_unit: FindUnit) -> int | str | None:
    """The unit of a row: as a person put its words, else as it is named."""
    if meant is None:
        return find_unit(named, coded)
    return int(meant.removeprefix(UNIT)) if meant.startswith(UNIT) else meant


def _says_nothing(
    texts: Sequence[str], folded: Sequence[str], what: object, numbers: Mapping[int, str], named: str, root: str
) -> bool:
    """Whether a row is a heading, a sum, or only numbers the rows."""
    if isinstance(what, int) or (isinstance(what, str) and "|" in what):
        return False
    if not any(numbers.values()) or all(_NUMBERING.fullmatch(text.strip()) for text in texts) and not named:
        return True
    summed = any(map(is_sum, folded[:2])) or any(re.match(r"(?:tong|cong)\b", text) for text in folded[:3])
    return summed or (root != "" and fold(named) == fold(root))
