"""What an imported list would do: for each row a new unit, one that is here the same or otherwise, or what is wrong."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.units.lists import (
    Field,
    ListRow,
    ListRows,
    Reading,
    find_reading,
    hamlet_name,
    loose_key,
    plain_name,
    read_rows,
    reading_by_hand,
    since_day,
    strict_key,
)
from pcmt.apps.units.models import (
    ImportKind,
    ImportState,
    Level,
    Succession,
    Unit,
    UnitAlias,
    UnitClosure,
    UnitImport,
    UnitKind,
    UnitLink,
    holds_on,
)
from pcmt.apps.units.names import name_key, split_area, without_place
from pcmt.apps.units.particulars import particular_form
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Grid, address, grid_from

NEW, SAME, CHANGED, WRONG = "new", "same", "changed", "wrong"
STATES = (NEW, CHANGED, WRONG, SAME)

Cell = tuple[int, int]
Say = Callable[[str, str], None]


@attrs.frozen
class Wrong:
    """What is wrong with a cell: its sheet, row and column (from 0), and the reason in words."""

    sheet: int
    cell: Cell
    message: str

    @property
    def address(self) -> str:
        """The address of the cell: "C12"."""
        return address(*self.cell)


@attrs.frozen
class Change:
    """A value that the list has otherwise."""

    field: str
    before: str
    after: str

    @property
    def label(self) -> str:
        """The name of the field."""
        return str(Field(self.field).label)


@attrs.frozen
class Outcome:
    """What becomes of a row. `unit_id` is the unit it is about, when that is here; `note` what a person should know."""

    row: ListRow
    state: str
    name: str = ""
    parent_id: int = 0
    parent_name: str = ""
    unit_id: int | None = None
    changes: tuple[Change, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    note: str = ""
    texts: Mapping[str, str] = attrs.field(factory=dict)
    since: date | None = None

    @property
    def line(self) -> int:
        """The number of the row as Excel shows it."""
        return self.row.row + 1


@attrs.frozen
class Preview:
    """All rows of an import; `digest` changes when the outcome of any of them does."""

    readings: tuple[Reading, ...]
    outcomes: tuple[Outcome, ...]
    passed: tuple[Cell, ...]
    absent: tuple[str, ...]
    digest: str

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each state."""
        return {state: sum(each.state == state for each in self.outcomes) for state in STATES}


def remembered_columns(owner_id: int) -> dict[str, str]:
    """What the people of a unit said that headings mean, the newest word on each heading."""
    known: dict[str, str] = {}
    rows = UnitImport.objects.filter(owner_id=owner_id, state=ImportState.DONE).exclude(columns={})
    for columns in rows.order_by("-pk").values_list("columns", flat=True)[:20]:
        known = columns | known
    return known


def readings_of(grid: Grid, columns: Mapping[str, str], by_hand: Mapping[str, object]) -> list[Reading]:
    """How the sheets are read: as a person said for one of them, the others by their headings."""
    chosen = by_hand.get("sheet")
    found = []
    for at in range(len(grid.sheets)):
        reading: Reading | None
        if at == chosen:
            meant: Mapping[str, str] = by_hand["columns"]  # type: ignore[assignment]
            reading = reading_by_hand(
                grid, at, int(str(by_hand["header"])), {int(column): field for column, field in meant.items()}
            )
        else:
            reading = find_reading(grid, at, columns)
        if reading is not None and Field.NAME in reading.columns:
            found.append(reading)
    return found


def preview_import(made: UnitImport, on: date) -> Preview:
    """What the import would do on a day. Some ten statements, whatever the number of rows."""
    grid = grid_from(made.grid)
    columns = remembered_columns(made.owner_id) | made.columns
    readings = readings_of(grid, columns, made.by_hand)
    places = _Places(made.area, made.kind, on)
    rows = read_rows(grid, readings, places.names_area)
    outcomes = tuple(_Judge(places, made.kind, on).judge(rows))
    told = {each.unit_id for each in outcomes}
    given = {each.parent_id for each in outcomes if each.parent_id}
    absent = tuple(
        known.name
        for parent, children in places.children.items()
        if parent in given
        for known in children
        if known.pk not in told and places.is_of_kind(known)
    )
    content = [
        [o.state, o.unit_id, o.name, o.parent_id, [[c.field, c.before, c.after] for c in o.changes]] for o in outcomes
    ]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
    return Preview(tuple(readings), outcomes, rows.passed, absent, digest)


class _Places:
    """The areas that rows may belong to, and the units that stand below them."""

    def __init__(self, area: Unit, kind: str, on: date) -> None:
        self.area, self.kind = area, kind
        inside = Unit.objects.under(area.pk, on).as_of(on).filter(kind=UnitKind.ADMINISTRATIVE)
        levels = [Level.COMMUNE] if kind == ImportKind.HAMLETS else [Level.COMMUNE, Level.DISTRICT, Level.PROVINCE]
        self.areas = {unit.pk: unit for unit in inside.filter(level__in=levels)}
        self._by_code = {unit.code: unit for unit in self.areas.values() if unit.code}
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        self._by_proper: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.areas.values():
            self._by_name[loose_key(unit.name)].append(unit)
            self._by_proper[loose_key(split_area(name_key(unit.name))[1])].append(unit)
        self._on = on
        self._ended: dict[str, tuple[str, date, str]] | None = None
        self.children = self._children()

    def is_of_kind(self, unit: Unit) -> bool:
        """Whether a unit is of the sort that the list holds."""
        if self.kind == ImportKind.HAMLETS:
            return unit.level == Level.HAMLET
        if self.kind == ImportKind.SCHOOLS:
            return unit.level == Level.SCHOOL
        return unit.kind in (UnitKind.AGENCY, UnitKind.OFFICE) and unit.level != Level.SCHOOL

    def names_area(self, text: str) -> bool:
        """Whether a text is the whole name of an area, with its type: "Xã Bờ Y"."""
        key = loose_key(text)
        return len(self._by_name.get(key, ())) == 1 and bool(split_area(key)[0])

    def find(self, name: str, code: str) -> Unit | str:
        """The area a row belongs to, or what is wrong with how it is named."""
        if code:
            found = self._by_code.get(code.zfill(5)) or self._by_code.get(code)
            if found is None:
                return _("Không có xã, phường, đặc khu nào mang mã %(code)s trong %(area)s.") % {
                    "code": code,
                    "area": self.area.name,
                }
            if name and loose_key(found.name) != loose_key(name) and found not in self._alike(name):
                return _("Mã %(code)s là của %(found)s, không phải “%(name)s”.") % {
                    "code": code,
                    "found": found.name,
                    "name": name,
                }
            return found
        if not name:
            if len(self.areas) == 1 and self.area.pk in self.areas:
                return self.area
            return _("Thiếu xã, phường, đặc khu của dòng này. Ghi tên vào ô này; ô gộp nhiều dòng cũng được.")
        alike = self._alike(name)
        if len(alike) == 1:
            return alike[0]
        if alike:
            return _("“%(name)s” có thể là %(which)s. Ghi đủ tên hoặc ghi mã.") % {
                "name": name,
                "which": _(" hoặc ").join(unit.name for unit in alike[:3]),
            }
        return self._not_here(name)

    def _alike(self, name: str) -> list[Unit]:
        key = loose_key(name)
        for marked in (True, False):
            found = self._by_name.get(key) or self._by_proper.get(key) or ()
            exact = [u for u in found if strict_key(name) in (strict_key(u.name), strict_key(_proper(u.name)))]
            if exact or not marked:
                return exact or list(found)
        return []

    def _not_here(self, name: str) -> str:
        """A name of before: say what became of it; else that it is unknown."""
        if self._ended is None:
            rows = Succession.objects.filter(heir=True, new__in=list(self.areas), old__valid_to__lte=self._on)
            self._ended = {
                loose_key(old): (old, ended, new)
                for old, ended, new in rows.values_list("old__name", "old__valid_to", "new__name")
                if ended
            }
        gone = self._ended.get(loose_key(name))
        if gone is not None:
            return _("%(old)s kết thúc ngày %(day)s, nay thuộc %(new)s. Ghi đơn vị hiện nay.") % {
                "old": gone[0],
                "day": f"{gone[1]:%d/%m/%Y}",
                "new": gone[2],
            }
        return _("Không có “%(name)s” trong %(area)s. Kiểm tra lại tên, hoặc ghi mã.") % {
            "name": name,
            "area": self.area.name,
        }

    def _children(self) -> dict[int, list[Unit]]:
        below = UnitClosure.objects.filter(holds_on(self._on), ancestor=self.area).values("descendant_id")
        links = UnitLink.objects.filter(holds_on(self._on), holds_on(self._on, "child__"), parent__in=below)
        if self.kind == ImportKind.HAMLETS:
            links = links.filter(child__level=Level.HAMLET)
        found: dict[int, list[Unit]] = defaultdict(list)
        for link in links.select_related("child").order_by("child__sort_key", "child_id"):
            if link.parent_id in self.areas:
                found[link.parent_id].append(link.child)
        return dict(found)


def _proper(name: str) -> str:
    word = split_area(name_key(name))[0]
    return " ".join(name.split()[len(word.split()) :])


class _Judge:
    """Says of each row of a list what becomes of it."""

    def __init__(self, places: _Places, kind: str, on: date) -> None:
        self._places, self._kind, self._on = places, kind, on
        self._strict: dict[tuple[int, str], list[Unit]] = defaultdict(list)
        self._loose: dict[tuple[int, str], list[Unit]] = defaultdict(list)
        self._by_code: dict[str, list[Unit]] = defaultdict(list)
        self._by_identifier: dict[str, Unit] = {}
        for parent, units in places.children.items():
            for unit in units:
                for key in self._keys(unit.name, parent):
                    self._strict[parent, key].append(unit)
                for key in self._loose_keys(unit.name, parent):
                    self._loose[parent, key].append(unit)
                if unit.code and places.is_of_kind(unit):
                    self._by_code[unit.code].append(unit)
        self._seen: dict[tuple[int, str], ListRow] = {}
        self._codes: dict[tuple[str, str], ListRow] = {}
        self._aliases: dict[int, set[str]] = defaultdict(set)

    def judge(self, rows: ListRows) -> Iterator[Outcome]:
        """The outcome of each row, in their order."""
        self._load_codes(rows.rows)
        if any(row.text(Field.ALSO) for row in rows.rows):
            aliases = UnitAlias.objects.filter(scope__in=list(self._places.areas))
            for unit_id, key in aliases.values_list("unit_id", "search_key"):
                self._aliases[unit_id].add(key)
        for row in rows.rows:
            yield self._one(row)

    def _load_codes(self, rows: Iterable[ListRow]) -> None:
        """Who has the codes of the list now: official ones on the level, identifiers everywhere."""
        identifiers = {row.text(Field.IDENTIFIER).upper() for row in rows} - {""}
        if identifiers:
            holders = Unit.objects.as_of(self._on).exclude(identifier="")
            self._by_identifier = {unit.identifier: unit for unit in holders if unit.identifier in identifiers}
        codes = {row.text(Field.CODE) for row in rows} - {""}
        if codes:
            kind, level = sort_of(self._kind, "")
            for unit in Unit.objects.as_of(self._on).exclude(code="").filter(kind=kind, level=level):
                if unit.code in codes and unit not in self._by_code[unit.code]:
                    self._by_code[unit.code].append(unit)

    def _one(self, row: ListRow) -> Outcome:
        wrong: list[Wrong] = []

        def say(field: str, message: str) -> None:
            cell = row.cells.get(field) or row.cells[Field.NAME]
            wrong.append(Wrong(row.sheet, cell, message))

        by_code = row.text(Field.PARENT_CODE)
        parent = self._places.find(row.text(Field.PARENT), by_code)
        if isinstance(parent, str):
            say(Field.PARENT_CODE if by_code else Field.PARENT, parent)
        name = self._name(row, say)
        texts = self._texts(row, say, parent if isinstance(parent, Unit) else None)
        since = self._since(row, say)
        if wrong or isinstance(parent, str):
            return _wrong_row(row, name, parent, wrong)
        known, note = self._known(row, name, texts.get("code", ""), parent.pk)
        key = (parent.pk, strict_key(name))
        twin = self._seen.setdefault(key, row)
        if twin is not row:
            say(Field.NAME, _("Trùng với dòng %(line)d.") % {"line": twin.row + 1})
        for field in ("code", "identifier"):
            self._own_code(row, field, texts.get(field, ""), known, say)
        if wrong:
            return _wrong_row(row, name, parent, wrong)
        outcome = Outcome(
            row, NEW, name, parent.pk, parent.name, note=note, texts=texts, since=self._begin(since, parent)
        )
        if known is None:
            return outcome
        changes = tuple(self._changes(known, name, texts))
        return attrs.evolve(outcome, state=CHANGED if changes else SAME, unit_id=known.pk, changes=changes)

    def _name(self, row: ListRow, say: Say) -> str:
        text = row.text(Field.NAME)
        if not text:
            say(Field.NAME, _("Thiếu tên."))
            return ""
        if len(text) > 250:
            say(Field.NAME, _("Tên dài quá 250 ký tự."))
            return text[:250]
        if not any(map(str.isalnum, text)):
            say(Field.NAME, _("Tên không có chữ hay số nào."))
            return text
        if self._kind != ImportKind.HAMLETS:
            name = plain_name(text)
            if name.isdecimal():
                say(Field.NAME, _("Tên chỉ có số. Ghi đủ tên, ví dụ “Trường Tiểu học Bờ Y”."))
            return name
        named = hamlet_name(text, row.text(Field.TYPE))
        if named.wrong == "type":
            say(
                Field.TYPE,
                _("“%(type)s” không phải loại thôn, bản, tổ dân phố, khối, ấp…") % {"type": row.text(Field.TYPE)},
            )
        elif named.wrong == "two_types":
            say(
                Field.TYPE,
                _("Cột loại ghi “%(type)s” nhưng tên là “%(name)s”.") % {"type": row.text(Field.TYPE), "name": text},
            )
        elif named.wrong == "only_type":
            say(Field.NAME, _("Chỉ có loại, chưa có tên hay số."))
        elif named.wrong:
            say(Field.NAME, _("Chưa rõ là thôn, bản hay tổ dân phố. Ghi loại trước tên, hoặc ghi vào cột Loại."))
        return named.name or text

    def _texts(self, row: ListRow, say: Say, parent: Unit | None) -> dict[str, str]:
        kind, level = sort_of(self._kind, parent.level if parent else Level.COMMUNE)
        texts = {}
        for field in (Field.CODE, Field.IDENTIFIER, Field.SHORT):
            text = row.text(field)
            if field == Field.IDENTIFIER:
                text = text.upper()
            refused = particular_form(kind, level, str(field), text) if text else None
            if isinstance(refused, Refusal):
                say(field, refused.message)
            elif text:
                texts[str(field)] = text
        if row.text(Field.ALSO):
            texts[str(Field.ALSO)] = row.text(Field.ALSO)
        return texts

    def _since(self, row: ListRow, say: Say) -> date | None:
        text = row.text(Field.SINCE)
        if not text:
            return None
        day = since_day(text)
        if day is None:
            say(Field.SINCE, _("“%(text)s” không phải ngày. Ghi dạng 01/7/2025.") % {"text": text})
        return day

    def _begin(self, since: date | None, parent: Unit) -> date | None:
        """The day from which a new unit stands: not before what it belongs to."""
        return max(filter(None, (since, parent.valid_from)), default=None)

    def _known(self, row: ListRow, name: str, code: str, parent_id: int) -> tuple[Unit | None, str]:
        """The unit here that a row means, and a remark where that is not sure."""
        for key in self._keys(name, parent_id):
            for unit in self._strict.get((parent_id, key), ()):
                return unit, ""
        coded = [
            unit for unit in self._by_code.get(code, ()) if code and unit in self._places.children.get(parent_id, ())
        ]
        if coded:
            return coded[0], ""
        for key in self._loose_keys(name, parent_id):
            alike = self._loose.get((parent_id, key), ())
            if alike and (row.text(Field.TYPE) + row.text(Field.NAME)).isascii():
                if len(alike) == 1:
                    return alike[0], _("Tên không dấu; hiểu là “%(name)s”.") % {"name": alike[0].name}
                return None, ""
            if alike:
                return None, _("Gần giống “%(name)s” đã có; khác dấu nên là đơn vị khác.") % {"name": alike[0].name}
        return None, ""

    def _own_code(self, row: ListRow, field: str, code: str, known: Unit | None, say: Say) -> None:
        if not code:
            return
        first = self._codes.setdefault((field, code), row)
        if first is not row:
            say(field, _("Mã %(code)s trùng với dòng %(line)d.") % {"code": code, "line": first.row + 1})
            return
        if field == "identifier":
            holder = self._by_identifier.get(code)
            holders = [holder] if holder else []
        else:
            holders = self._by_code.get(code, [])
        for other in holders:
            if known is None or other.pk != known.pk:
                say(field, _("Mã %(code)s đang là của “%(name)s”.") % {"code": code, "name": other.name})
                return

    def _changes(self, known: Unit, name: str, texts: Mapping[str, str]) -> Iterator[Change]:
        alike = set(self._loose_keys(known.name, 0)) & set(self._loose_keys(name, 0))
        if not alike and strict_key(known.name) != strict_key(name) and texts.get("code") == known.code != "":
            yield Change(Field.NAME, known.name, name)
        for field in ("code", "identifier", "short_name"):
            if field in texts and texts[field] != getattr(known, field):
                yield Change(field, getattr(known, field), texts[field])
        for also in also_names(texts):
            if name_key(also)[:300] not in self._aliases[known.pk]:
                yield Change(Field.ALSO, "", also)

    def _keys(self, name: str, parent_id: int) -> Sequence[str]:
        key = strict_key(name)
        area = self._places.areas.get(parent_id)
        if self._kind == ImportKind.HAMLETS or area is None:
            return (key,)
        place = strict_key(area.name)
        bare = without_place(key, place.split()[0] if place else "", strict_key(_proper(area.name)))
        return (key, bare, f"{bare} {place}") if bare != key else (key, f"{key} {place}")

    def _loose_keys(self, name: str, parent_id: int) -> Sequence[str]:
        key = loose_key(name)
        area = self._places.areas.get(parent_id)
        if self._kind == ImportKind.HAMLETS or area is None:
            return (key,)
        return (key, without_place(key, *split_area(loose_key(area.name))))


def _wrong_row(row: ListRow, name: str, parent: Unit | str, wrong: Sequence[Wrong]) -> Outcome:
    place = parent.name if isinstance(parent, Unit) else ""
    ordered = tuple(sorted(wrong, key=lambda each: each.cell))
    return Outcome(row, WRONG, name, parent_name=place, wrong=ordered)


def also_names(texts: Mapping[str, str]) -> list[str]:
    """The other names in a cell, apart by semicolons or commas."""
    return [
        part for part in (" ".join(each.split()) for each in texts.get("also", "").replace(",", ";").split(";")) if part
    ]


def sort_of(kind: str, parent_level: str) -> tuple[str, str]:
    """Kind and level of the units that a list of a kind makes below a parent."""
    if kind == ImportKind.HAMLETS:
        return UnitKind.ADMINISTRATIVE, Level.HAMLET
    if kind == ImportKind.SCHOOLS:
        return UnitKind.AGENCY, Level.SCHOOL
    return UnitKind.AGENCY, parent_level or Level.COMMUNE
