"""Workbooks of one kind: the empty form, how a filled one is read, what became of its rows, and records taken out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, Place, RecordSheet
from pcmt.apps.activities.policies import shown_to
from pcmt.apps.activities.queries.kinds import schema_of
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.schemas import FieldType, KindField, KindSchema, Noun, Sensitivity, read_value, shown
from pcmt.core.schemas.entries import FieldProblem
from pcmt.core.text import fold
from pcmt.documents import Grid, GridSheet, after_numbering, grid_from, is_signature, is_sum, last_of_head
from pcmt.documents.output.grids import FormColumn, Marks, write_form, write_marked

SEARCHED_ROWS = 30
"""So far down the headings are looked for."""
MOST_ROWS = 1_000
MOST_OUT = 50_000
"""So many records one workbook takes."""
FIELD = "field."
"""Before the key of a field, in the meaning of a column."""
BLANK, NEW, LIKELY, WRONG, DONE, REFUSED = "blank", "new", "likely", "wrong", "done", "refused"


@attrs.frozen
class SheetColumn:
    """A column that a workbook of a kind may have. `field` is none for what every record has."""

    key: str
    label: str
    required: bool = False
    field: KindField | None = None
    width: int = 16
    hint: str = ""
    choices: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """As it stands above the column."""
        unit = self.field.unit_word if self.field else ""
        return f"{self.label} ({unit})" if unit else self.label


@attrs.frozen
class SheetRow:
    """A row as it was read: its line in the sheet, what it says, and what is wrong, by column."""

    row: int
    line: int
    said: Mapping[str, str]
    typed: Mapping[str, Any]
    state: str
    reasons: tuple[tuple[int | None, str], ...] = ()
    on: date | None = None
    until: date | None = None
    time: str = ""
    area_id: int | None = None
    place_ids: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """All reasons in one line."""
        return " ".join(dict.fromkeys(text for _column, text in self.reasons))


def columns_of(schema: KindSchema) -> list[SheetColumn]:
    """The columns of a kind, in the order of its form."""
    day = _("Ngày/tháng/năm, ví dụ 05/06/2026")
    if schema.noun is Noun.PLACE:
        states = tuple(state.label for state in schema.first_states)
        found = [
            SheetColumn("name", _("Tên"), required=True, width=32),
            SheetColumn("on", _("Từ ngày"), required=True, hint=day),
            SheetColumn("state", _("Tình trạng"), required=len(states) > 1, width=20, choices=states),
            SheetColumn("area", _("Xã, phường"), width=24, hint=_("Để trống nếu ở ngay địa bàn của đơn vị")),
            SheetColumn("where", _("Ở đâu"), width=28),
            SheetColumn("lat", _("Vĩ độ"), width=12),
            SheetColumn("lon", _("Kinh độ"), width=12),
        ]
    else:
        found = [SheetColumn("on", _("Ngày"), required=True, hint=day)]
        if schema.spans_days:
            found.append(SheetColumn("until", _("Đến ngày"), hint=day))
        if schema.asks_time:
            found.append(SheetColumn("time", _("Giờ"), width=10, hint=_("Ví dụ 7:30")))
        if not schema.title:
            found.append(SheetColumn("title", _("Nội dung"), width=36))
        if schema.with_places:
            found.append(
                SheetColumn("places", _("Địa điểm"), required=schema.needs_place, width=28,
                            hint=_("Tên như trong danh sách địa điểm; nhiều nơi cách nhau bằng dấu chấm phẩy"))
            )  # fmt: skip
        found.append(SheetColumn("area", _("Xã, phường"), width=24, hint=_("Để trống nếu ở ngay địa bàn của đơn vị")))
        found.append(SheetColumn("where", _("Nơi thực hiện"), width=28))
    return found + [
        SheetColumn(
            FIELD + field.key, field.label, required=field.required, field=field,
            width=32 if field.type is FieldType.LINES else 16, hint=field.help,
            choices=tuple(option.label for option in field.options) if field.type is FieldType.CHOICE else (),
        )
        for field in schema.fields
    ]  # fmt: skip


def empty_sheet(schema: KindSchema) -> bytes:
    """The workbook of a kind to fill in."""
    return write_form(
        name="Nhập", title=schema.label.upper(),
        remark=_("Mỗi dòng một %(word)s. Không ghi tên, số giấy tờ, số điện thoại của người.") % {"word": schema.word},
        columns=[FormColumn(each.heading, each.width, each.hint, each.choices) for each in columns_of(schema)],
        rows=[], room=MOST_ROWS,
    )  # fmt: skip


def guess_columns(schema: KindSchema, grid: Grid) -> tuple[int, int, dict[int, str]] | None:
    """Sheet, last row of headings and meaning by column, where at least the day (or the name) is recognised."""
    known: dict[str, str] = {}
    for each in columns_of(schema):
        known.setdefault(_folded(each.label), each.key)
        known.setdefault(_folded(each.heading), each.key)
    wanted = "name" if schema.noun is Noun.PLACE else "on"
    for at, sheet in enumerate(grid.sheets):
        for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
            columns: dict[int, str] = {}
            for column, text in enumerate(sheet.rows[row]):
                key = known.get(_folded(text)) or known.get(_folded(text.partition("(")[0]))
                if key and key not in columns.values():
                    columns[column] = key
            if wanted in columns.values():
                return at, after_numbering(sheet, last_of_head(sheet, row)), columns
    return None


@attrs.frozen
class KeptSheet:
    """What is kept of an import: the cells, how they are read (none: not recognised), and what became of rows."""

    grid: Grid
    sheet: int = 0
    head: int = 0
    columns: Mapping[int, str] = attrs.field(factory=dict)
    done: Mapping[int, str] = attrs.field(factory=dict)
    refused: Mapping[int, str] = attrs.field(factory=dict)

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "grid": self.grid.as_json(), "sheet": self.sheet, "head": self.head,
            "done": {str(row): key for row, key in self.done.items()},
            "refused": {str(row): words for row, words in self.refused.items()},
        }  # fmt: skip


def kept_of(made: RecordSheet) -> KeptSheet | None:
    """What is kept of an import; None once its cells are gone."""
    cells: Any = made.cells
    if not cells:
        return None
    return KeptSheet(
        grid_from(cells["grid"]), cells["sheet"], cells["head"],
        {int(column): key for column, key in made.columns.items()},
        {int(row): key for row, key in cells["done"].items()},
        {int(row): words for row, words in cells["refused"].items()},
    )  # fmt: skip


def key_of_row(made: RecordSheet, row: int) -> UUID:
    """What makes a row of this import count once, however often it is sent."""
    return uuid5(made.key, str(row))


@attrs.frozen
class Around:
    """What rows name and may mean: places and communes by folded name; names that fit several are None."""

    places: Mapping[str, int | None]
    areas: Mapping[str, int | None]
    own_area: int


def around(actor: Actor, schema: KindSchema, body: Unit, on: date) -> Around:
    """Places of the kinds that rows may name, and the administrative units at and below the body's area."""
    own = area_of(body, on)
    below = Unit.objects.as_of(on).under(own, on).filter(kind=UnitKind.ADMINISTRATIVE)
    areas: dict[str, int | None] = {}
    for unit_id, name, short in below.values_list("pk", "name", "short_name"):
        for words in {name, short} - {""}:
            areas[fold(words)] = unit_id if areas.get(fold(words), unit_id) == unit_id else None
    places: dict[str, int | None] = {}
    if schema.with_places:
        rows = shown_to(Place.objects.filter(kind__code__in=schema.with_places, voided_at__isnull=True), actor)
        for place_id, name in rows.values_list("pk", "name"):
            places[fold(name)] = None if fold(name) in places else place_id
    return Around(places, areas, own)


def area_of(body: Unit, on: date) -> int:
    """The nearest administrative unit at or above a body on a day; the body itself where there is none."""
    if body.kind == UnitKind.ADMINISTRATIVE:
        return body.pk
    up = UnitClosure.objects.filter(
        holds_on(on), descendant_id=body.pk, ancestor__kind=UnitKind.ADMINISTRATIVE
    ).order_by("depth")
    found = up.values_list("ancestor_id", flat=True).first()
    return body.pk if found is None else found


def read_rows(schema: KindSchema, kept: KeptSheet, near: Around, today: date) -> Iterator[SheetRow]:
    """The rows below the headings. Sums, repeated headings and what stands below the list are passed by."""
    sheet = kept.grid.sheets[kept.sheet]
    by_key = {each.key: each for each in columns_of(schema)}
    for row in range(kept.head + 1, min(len(sheet.rows), kept.head + 1 + MOST_ROWS)):
        texts = [text.strip() for text in sheet.rows[row]]
        first = fold(next((text for text in texts if text), ""))
        if not first or is_sum(first):
            continue
        if is_signature(first):
            break
        said = {key: sheet.text(row, column).strip() for column, key in kept.columns.items()}
        if not any(said.values()):
            continue
        columns = {key: column for column, key in kept.columns.items()}
        if row in kept.done:
            yield SheetRow(row, row + 1, said, {}, DONE)
            continue
        found = _read(schema, by_key, said, columns, near, today, row)
        if row in kept.refused and found.state == NEW:
            found = attrs.evolve(found, state=REFUSED, reasons=((None, kept.refused[row]),))
        yield found


def _read(
    schema: KindSchema, by_key: Mapping[str, SheetColumn], said: Mapping[str, str], columns: Mapping[str, int],
    near: Around, today: date, row: int,
) -> SheetRow:  # fmt: skip
    reasons: list[tuple[int | None, str]] = []

    def wrong(key: str, words: str) -> None:
        reasons.append((columns.get(key), words))

    days: dict[str, date] = {}
    for key in ("on", "until"):
        text = said.get(key, "")
        found = read_value(KindField(key=key, label=by_key[key].label, type=FieldType.DAY), text) if text else None
        if isinstance(found, FieldProblem):
            wrong(key, found.message)
        elif found:
            days[key] = date.fromisoformat(found)
            if days[key] > today:
                wrong(key, _("%(what)s ở sau hôm nay.") % {"what": by_key[key].label})
    if "until" in days and "on" in days and days["until"] < days["on"]:
        wrong("until", _("Ngày cuối ở trước ngày đầu."))
    for column in by_key.values():
        if column.required and column.key != "state" and not said.get(column.key):
            wrong(column.key, _("Thiếu %(what)s.") % {"what": column.label.lower()})
    area_id = near.own_area
    if named := said.get("area"):
        fits = near.areas.get(fold(named))
        if fits is None:
            wrong("area", _("Không rõ “%(name)s” là đơn vị nào trong địa bàn.") % {"name": named[:80]})
        else:
            area_id = fits
    place_ids: list[int] = []
    for name in (each.strip() for each in said.get("places", "").split(";")):
        if name and (place_id := near.places.get(fold(name))) is not None:
            place_ids.append(place_id)
        elif name:
            wrong("places", _("Không rõ địa điểm “%(name)s”.") % {"name": name[:80]})
    typed: dict[str, Any] = {}
    for column in by_key.values():
        if column.field is None or not said.get(column.key):
            continue
        value = _typed(column.field, said[column.key])
        found = read_value(column.field, value)
        if isinstance(found, FieldProblem):
            wrong(column.key, found.message)
        else:
            typed[column.field.key] = value
    if schema.noun is Noun.PLACE and said.get("state") and state_key(schema, said["state"]) is None:
        wrong("state", _("Tình trạng ban đầu không có trong danh sách."))
    clock = ""
    if text := said.get("time", ""):
        read = read_value(KindField(key="time", label=by_key["time"].label, type=FieldType.TIME), text)
        if isinstance(read, FieldProblem):
            wrong("time", read.message)
        else:
            clock = read or ""
    return SheetRow(
        row, row + 1, said, typed, WRONG if reasons else NEW, tuple(reasons), days.get("on"), days.get("until"), clock,
        area_id, tuple(dict.fromkeys(place_ids)),
    )  # fmt: skip


def state_key(schema: KindSchema, words: str) -> str | None:
    """The first state that a place may begin in, by its label or key; the only one where nothing is said."""
    firsts = schema.first_states
    if not words:
        return firsts[0].key if firsts else None
    return next((each.key for each in firsts if words == each.key or fold(words) == fold(each.label)), None)


def _typed(field: KindField, text: str) -> Any:
    """Labels of choices become keys; the rest stays as typed."""
    keys = {fold(option.label): option.key for option in field.options}
    if field.type is FieldType.CHOICE:
        return keys.get(fold(text), text)
    if field.type is FieldType.CHOICES:
        parts = [each.strip() for each in text.replace(";", ",").split(",") if each.strip()]
        return [keys.get(fold(each), each) for each in parts]
    return text


def _folded(text: str) -> str:
    return fold(" ".join(text.split()).strip(" *:."))


def state_words(state: str) -> str:
    """What became of a row, in words."""
    return {
        NEW: _("Sẽ ghi mới"), LIKELY: _("Có thể đã ghi"), WRONG: _("Chưa ghi được"), DONE: _("Đã ghi"),
        REFUSED: _("Chưa ghi được"),
    }[state]  # fmt: skip


TONES = {NEW: "new", LIKELY: "doubt", WRONG: "wrong", REFUSED: "wrong", DONE: "passed"}


def marked_sheet(kept: KeptSheet, rows: Collection[SheetRow]) -> bytes:
    """The same sheet again, its rows coloured, with a column of reasons."""
    cells = {
        (each.row, column): (TONES[each.state], text)
        for each in rows
        for column, text in each.reasons
        if column is not None
    }
    words = {each.row: " ".join(filter(None, (state_words(each.state) + ".", each.words))) for each in rows}
    marks = Marks(
        head=kept.head, title=_("Kết quả kiểm tra"), rows={each.row: TONES[each.state] for each in rows}, cells=cells,
        words=words,
    )  # fmt: skip
    return write_marked(kept.grid, {kept.sheet: marks})


def taken_out(rows: Sequence[Event] | Sequence[Place], *, inside: Collection[int]) -> Grid:
    """Records as a grid: what every record has, then the fields of all versions that occur, each once.

    A field that kept its key, label and type over versions is one column; one that changed has a column for each form,
    with the version in its heading. `inside` are ids of rows whose sensitive fields may be shown.
    """
    versions = {row.kind_version_id: row.kind_version for row in rows}
    schemas = {pk: schema_of(version) for pk, version in versions.items()}
    numbers = {pk: version.number for pk, version in versions.items()}
    shapes: dict[tuple[str, str, str], list[int]] = {}
    for pk, schema in sorted(schemas.items(), key=lambda each: numbers[each[0]]):
        for field in schema.fields:
            shapes.setdefault((field.key, field.label, f"{field.type}|{field.unit_word}"), []).append(pk)
    keys = [shape[0] for shape in shapes]
    heads = []
    for (key, label, kind), pks in shapes.items():
        unit = kind.partition("|")[2]
        heading = f"{label} ({unit})" if unit else label
        if keys.count(key) > 1:
            heading += " " + _("[phiên bản %(numbers)s]") % {"numbers": ", ".join(str(numbers[pk]) for pk in pks)}
        heads.append(heading)
    lines = []
    for row in rows:
        schema = schemas[row.kind_version_id]
        cells = list(_own_cells(row, schema))
        for (key, _label, _kind), pks in shapes.items():
            told = schema.field(key) if row.kind_version_id in pks else None
            open_to = told is not None and (told.sensitivity is Sensitivity.OPEN or row.pk in inside)
            cells.append(shown(told, row.data.get(key)) if told is not None and open_to else "")
        lines.append(tuple(cells))
    own = _PLACE_HEADS if rows and isinstance(rows[0], Place) else _EVENT_HEADS
    head = (*(str(each()) for each in own), *heads)
    return Grid((GridSheet(_("Dữ liệu"), (head, *lines)),))


_EVENT_HEADS = (
    lambda: _("Mã"), lambda: _("Loại"), lambda: _("Phiên bản"), lambda: _("Ngày"), lambda: _("Đến ngày"),
    lambda: _("Giờ"), lambda: _("Nội dung"), lambda: _("Đơn vị thực hiện"), lambda: _("Xã, phường"),
    lambda: _("Nơi thực hiện"), lambda: _("Tình trạng"),
)  # fmt: skip
_PLACE_HEADS = (
    lambda: _("Mã"), lambda: _("Loại"), lambda: _("Phiên bản"), lambda: _("Tên"), lambda: _("Từ ngày"),
    lambda: _("Đến trước ngày"), lambda: _("Tình trạng"), lambda: _("Đơn vị theo dõi"), lambda: _("Xã, phường"),
    lambda: _("Ở đâu"), lambda: _("Vĩ độ"), lambda: _("Kinh độ"),
)  # fmt: skip


def _own_cells(row: Event | Place, schema: KindSchema) -> Iterator[str]:
    yield from (str(row.key), schema.label, str(row.kind_version.number))
    if isinstance(row, Event):
        yield f"{row.on:%d/%m/%Y}"
        yield f"{row.until:%d/%m/%Y}" if row.until else ""
        yield f"{row.time:%H:%M}" if row.time else ""
        yield from (row.title, row.body.name, row.area.name, row.where, str(row.get_state_display()))  # type: ignore[attr-defined]
        return
    state = schema.state(row.state)
    yield from (row.name, f"{row.from_on:%d/%m/%Y}", f"{row.to_on:%d/%m/%Y}" if row.to_on else "")
    yield from (state.label if state else row.state, row.body.name, row.area.name, row.address)
    yield from (str(row.lat) if row.lat is not None else "", str(row.lon) if row.lon is not None else "")
