"""What a sheet of numbers would do: for each cell a new number, a change, the same, or what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts import catalogue as tables
from pcmt.apps.facts.models import Form, SheetImport, SheetState
from pcmt.apps.facts.policies import units_told_by
from pcmt.apps.facts.queries.entering import Number, numbers
from pcmt.apps.facts.queries.forms import calendar_of, earlier, units_asked, year_ago
from pcmt.apps.facts.queries.lines import Line, lines_of
from pcmt.apps.facts.sheets import (
    Found,
    Lost,
    Reading,
    Told,
    Words,
    by_hand,
    guess_readings,
    read_cells,
    template_reading,
    word_key,
)
from pcmt.apps.facts.stamps import Stamp, stamp_read
from pcmt.apps.units.models import Succession, Unit, UnitAlias, UnitName
from pcmt.apps.units.names import name_key, split_area
from pcmt.core.measures import Past, Says, Written, check_entries, number_label, read_written
from pcmt.core.periods import Span, period_label
from pcmt.core.text import fold
from pcmt.documents import Grid, address, grid_from

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
STATES = (WRONG, CHANGED, NEW, SAME)
BLANKED = "blank"
"""What a dash means when a person said that it stands for a number that is not there; ZERO when it stands for none."""
ZERO = "zero"

EARLIER = 6
"""So many periods before are looked at for what is usual."""
UNITS_AT_ONCE = 200
"""So many units are looked through between two words of progress."""
REMEMBERED = 20
"""So many of somebody's last sheets of a form are asked what their headings mean."""


@attrs.frozen
class Outcome:
    """What becomes of a cell. `line` is the place of the line in the form, `seen` the fact that stands there (0: none).

    `before` and `after` are texts as a cell says them ("" nothing, "x" does not apply). `message` is what is wrong, or
    what a person should know; `doubts` are warnings to confirm.
    """

    row: int
    column: int
    unit_id: int
    line: int
    state: str
    before: str = ""
    after: str = ""
    note: str = ""
    seen: int = 0
    message: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The address of the cell: "F12"."""
        return address(self.row, self.column)

    def as_json(self) -> list[Any]:
        """As a list, short: a province's sheet has thousands."""
        return [
            self.row, self.column, self.unit_id, self.line, self.state, self.before, self.after, self.note, self.seen,
            self.message, list(self.doubts),
        ]  # fmt: skip


def outcomes_of(made: SheetImport) -> list[Outcome]:
    """What becomes of the cells of a sheet that was checked."""
    return [_outcome(*row) for row in made.outcomes.get("cells", ())]


def _outcome(
    row: int, column: int, unit_id: int, line: int, state: str, before: str, after: str, note: str, seen: int,
    message: str, doubts: Sequence[str],
) -> Outcome:  # fmt: skip
    return Outcome(row, column, unit_id, line, state, before, after, note, seen, message, tuple(doubts))


class UnitNames:
    """The units that a form asks, by what sheets call them."""

    def __init__(self, asked: Sequence[Unit], on: date, remembered: Mapping[str, int] | None = None) -> None:
        self.units = {unit.pk: unit for unit in asked}
        self._on = on
        self._remembered = {name: pk for name, pk in (remembered or {}).items() if pk in self.units}
        self._codes = {unit.code: unit.pk for unit in asked if unit.code}
        self._names: dict[str, set[int]] = defaultdict(set)
        for unit in asked:
            for name in filter(None, (unit.name, unit.short_name)):
                key = name_key(name)
                self._names[key].add(unit.pk)
                self._names[split_area(key)[1]].add(unit.pk)
        self._others: dict[str, set[int]] | None = None
        self._ended: dict[str, tuple[str, date, str]] | None = None

    def find(self, name: str, code: str) -> int | str | None:
        """The unit that is named; words when it is none of the form's or may be several; None where none is named."""
        if code and (found := self._codes.get(code) or self._codes.get(code.zfill(5))):
            return found
        if not name:
            return _("Không có đơn vị nào mang mã %(code)s trong biểu này.") % {"code": code} if code else None
        if (meant := self._remembered.get(word_key(name))) is not None:
            return meant
        key = name_key(name)
        alike = self._names.get(key) or self._other(key) or self._names.get(word_key(name), set())
        if not alike:
            return self._not_here(name)
        marked = {pk for pk in alike if name_key(name) == fold(name) or _alike(name, self.units[pk])}
        if len(marked or alike) == 1:
            return next(iter(marked or alike))
        names = _(" hoặc ").join(sorted(self.units[pk].name for pk in alike)[:3])
        return _("“%(name)s” có thể là %(which)s. Ghi đủ tên hoặc ghi mã đơn vị.") % {"name": name, "which": names}

    def _other(self, key: str) -> set[int]:
        """By names of before and other names."""
        if self._others is None:
            self._others = defaultdict(set)
            former = UnitName.objects.filter(unit__in=self.units).values_list("search_key", "unit_id")
            aliases = UnitAlias.objects.filter(unit__in=self.units).values_list("search_key", "unit_id")
            for name, pk in (*former, *aliases):
                self._others[name].add(pk)
        return self._others.get(key, set())

    def _not_here(self, name: str) -> str:
        if self._ended is None:
            rows = Succession.objects.filter(new__in=self.units, old__valid_to__lte=self._on)
            self._ended = {
                name_key(old): (old, ended, new)
                for old, ended, new in rows.values_list("old__name", "old__valid_to", "new__name")
                if ended is not None
            }
        gone = self._ended.get(name_key(name))
        if gone is not None:
            return _("%(old)s kết thúc ngày %(day)s, nay thuộc %(new)s. Ghi đơn vị hiện nay.") % {
                "old": gone[0], "day": f"{gone[1]:%d/%m/%Y}", "new": gone[2],
            }  # fmt: skip
        return _("Không có “%(name)s” trong các đơn vị nhập biểu này. Kiểm tra lại tên, hoặc ghi mã.") % {"name": name}


def _alike(name: str, unit: Unit) -> bool:
    """Whether a name with its tone marks is the unit's, with or without its type."""
    plain = " ".join(name.split()).casefold()
    own = unit.name.casefold()
    return plain in (own, own.partition(" ")[2], unit.short_name.casefold())


@attrs.frozen
class Scene:
    """What a sheet is held against: its form, period, lines, the units that are asked, what was meant before."""

    form: Form
    span: Span
    lines: Sequence[Line]
    names: UnitNames
    words: Words
    unit_id: int | None
    stamp: Stamp | None
    forged: bool
    allowed: frozenset[int]

    @property
    def targets(self) -> list[Unit]:
        """The units the sheet should tell of: those that its sender may tell of."""
        wanted = self.allowed if self.unit_id is None else self.allowed & {self.unit_id}
        return [unit for unit in self.names.units.values() if unit.pk in wanted]


def scene_of(made: SheetImport, actor: Actor | None) -> Scene:
    """Everything that a check needs to know beside the sheet itself. Without an actor the sheet may tell of no unit."""
    span = Span(made.start, made.end)
    asked = units_asked([(made.form, span.last)])[made.form_id, span.last]
    meant = meanings_of(made)
    lines = lines_of(made.form, span.last)
    allowed = units_told_by(actor, [unit.pk for unit in asked]) if actor is not None else set()
    return Scene(
        made.form, span, lines, UnitNames(asked, span.last, meant["units"]), Words(lines, meant["words"]),
        made.unit_id, stamp_read(made.stamp), bool(made.stamp.get("forged")), frozenset(allowed),
    )  # fmt: skip


def meanings_of(made: SheetImport) -> dict[str, Any]:
    """What this person said that headings, rows and dashes of this form's sheets mean, the newest word on each."""
    known: dict[str, Any] = {"words": {}, "units": {}, "dash": ""}
    rows = SheetImport.objects.filter(by_id=made.by_id, form_id=made.form_id).exclude(meanings={})
    for each in [made.meanings, *rows.order_by("-pk").values_list("meanings", flat=True)[:REMEMBERED]]:
        known["words"] = each.get("words", {}) | known["words"]
        known["units"] = each.get("units", {}) | known["units"]
        known["dash"] = known["dash"] or each.get("dash", "")
    return known


def reading_of(made: SheetImport, grid: Grid, scene: Scene) -> Reading | None:
    """How the sheet is read: our template by its keys, any other as a person said for it or for one like it before.

    None while nobody has said it, or where the workbook has several sheets that could be meant.
    """
    if made.by_hand:
        return by_hand(grid, made.by_hand)
    if scene.stamp is not None and (found := template_reading(grid)) is not None:
        return found
    known = meanings_of(made)
    guessed = guess_readings(grid, scene.words, scene.names.find)
    if known["words"] or known["units"]:
        return guessed[0] if len(guessed) == 1 else None
    return None


def unit_words(scene: Scene, unit_id: int | None) -> str:
    """The name of a unit, for sentences; of all units where there is none."""
    if unit_id is None:
        return _("tất cả đơn vị")
    known = scene.names.units.get(unit_id)
    return known.name if known else str(Unit.objects.filter(pk=unit_id).values_list("name", flat=True).first() or "?")


@attrs.frozen
class Mismatch:
    """A template that says another thing of itself than what it was sent in for: words, and whether it may go there.

    `kind` is `form`, `version`, `target` (unit or period), `forged` (looks like a template, but not one of ours: it is
    read like any other sheet).
    """

    kind: str
    message: str


def mismatch_of(scene: Scene) -> Mismatch | None:
    """What a template says of itself other than what it was sent in for; None when all is well or it is no template."""
    stamp = scene.stamp
    if stamp is None:
        message = _(
            "Tệp có dạng mẫu của hệ thống nhưng dấu nhận dạng không đúng (tải từ nơi cài đặt khác, hoặc đã bị sửa), "
            "nên được đọc như một bảng thường."
        )
        return Mismatch("forged", message) if scene.forged else None
    calendar = calendar_of(scene.form)
    theirs = {"unit": unit_words(scene, stamp.unit_id), "period": period_label(stamp.span, calendar)}
    ours = {"to": unit_words(scene, scene.unit_id), "for": period_label(scene.span, calendar)}
    if stamp.form_id != scene.form.pk and stamp.form_id != scene.form.replaces_id:
        other = Form.objects.filter(pk=stamp.form_id).values_list("title", flat=True).first() or "?"
        message = _("Tệp này là mẫu của biểu “%(other)s”; bạn đang nộp cho biểu “%(form)s”.")
        return Mismatch("form", message % {"other": other, "form": scene.form.title})
    if stamp.unit_id != scene.unit_id or stamp.span != scene.span:
        message = _("Tệp này của %(unit)s, kỳ %(period)s; bạn đang nộp cho %(to)s, kỳ %(for)s.")
        return Mismatch("target", message % (theirs | ours))
    if (stamp.form_id, stamp.version) != (scene.form.pk, scene.form.version):
        message = _(
            "Tệp này là mẫu cũ của biểu (tải ngày %(day)s, trước khi biểu thay đổi): dòng nào không còn thì báo lỗi, "
            "dòng mới thì chưa có số."
        )
        return Mismatch("version", message % {"day": f"{stamp.at:%d/%m/%Y}"})
    return None


@attrs.frozen
class Checked:
    """The outcome of a sheet: its cells, what is not known, what was passed over, which units say nothing."""

    cells: tuple[Outcome, ...]
    lost: tuple[Lost, ...]
    passed: tuple[int, ...]
    missing: tuple[int, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many cells there are of each state, how many to confirm, how many units or lines are missing."""
        counted = {state: sum(each.state == state for each in self.cells) for state in STATES}
        counted[WRONG] += len(self.lost)
        doubts = sum(bool(each.doubts) for each in self.cells)
        return counted | {"doubts": doubts, "missing": len(self.missing), "passed": len(self.passed)}

    @property
    def digest(self) -> str:
        """Other when the outcome of any cell is."""
        told = [each.as_json() for each in self.cells]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "cells": [each.as_json() for each in self.cells],
            "lost": [[each.row, each.column, each.text, each.why] for each in self.lost],
            "passed": list(self.passed),
            "missing": list(self.missing),
        }


def lost_of(made: SheetImport) -> list[Lost]:
    """The rows of a checked sheet that nobody knows."""
    return [Lost(*row) for row in made.outcomes.get("lost", ())]


def check_sheet(
    made: SheetImport, actor: Actor | None, *, step: Callable[[int, int], None] | None = None
) -> Checked | None:
    """What the sheet would do now; None where it is not known how to read it. `step` hears how many units of how many
    are done.

    Some statements for each UNITS_AT_ONCE units, whatever the number of lines.
    """
    grid = grid_from(made.grid)
    scene = scene_of(made, actor)
    reading = reading_of(made, grid, scene)
    if reading is None:
        return None
    found = read_cells(grid, reading, scene.words, scene.names.find, unit_id=scene.unit_id, root=scene.form.root.name)
    dash = made.by_hand.get("dash") or meanings_of(made)["dash"]
    judge = _Judge(scene, found, dash)
    cells: list[Outcome] = []
    units = judge.units
    for start in range(0, len(units), UNITS_AT_ONCE):
        cells += judge.some(units[start : start + UNITS_AT_ONCE])
        if step is not None:
            step(min(start + UNITS_AT_ONCE, len(units)), len(units))
    cells.sort(key=lambda each: (each.row, each.column))
    told = {each.unit_id for each in cells if each.after or each.before}
    missing = tuple(unit.pk for unit in scene.targets if unit.pk not in told)
    return Checked(tuple(cells), found.lost, found.passed, missing)


class _Judge:
    """Says of each cell what becomes of it."""

    def __init__(self, scene: Scene, found: Found, dash: str) -> None:
        self._scene, self._dash = scene, dash
        self._lines = {line.key: (at, line) for at, line in enumerate(scene.lines)}
        self._targets = {unit.pk for unit in scene.targets}
        self._first: dict[tuple[int, str], Told] = {}
        self._by_unit: dict[int, list[Told]] = defaultdict(list)
        for each in found.told:
            self._by_unit[each.unit_id].append(each)
        self._earlier = earlier(scene.form, scene.span, EARLIER)
        self._year_ago = year_ago(scene.form, scene.span)
        self._rules = tables.rules(scene.span.last)
        self._elements = {line.element.code: line.element for line in scene.lines}

    @property
    def units(self) -> list[int]:
        """The units that the sheet tells of, in their order in it."""
        return list(self._by_unit)

    def some(self, unit_ids: Sequence[int]) -> Iterator[Outcome]:
        """The outcomes of the cells of some units."""
        scene = self._scene
        spans = [scene.span, *self._earlier, self._year_ago]
        asked = [pk for pk in unit_ids if pk in scene.names.units]
        waiting = scene.form.needs_acceptance
        known = numbers([line.row for line in scene.lines], asked, spans, waiting=waiting)
        for unit_id in unit_ids:
            yield from self._unit(unit_id, known)

    def _unit(self, unit_id: int, known: Mapping[Any, Mapping[Span, Number]]) -> Iterator[Outcome]:
        outcomes = [each for told in self._by_unit[unit_id] if (each := self._one(told, known)) is not None]
        values: dict[tuple[str, str], Decimal | None] = {}
        history: dict[tuple[str, str], Past] = {}
        for line in self._scene.lines:
            place, cell = (unit_id, line.row.element_id, line.row.breakdown), (line.element.code, line.row.breakdown)
            spans = known.get(place, {})
            now = spans.get(self._scene.span)
            values[cell] = now.value if now else None
            ago = spans.get(self._year_ago)
            history[cell] = Past(
                tuple(told.value if (told := spans.get(span)) else None for span in self._earlier),
                ago.value if ago else None,
            )
        for each in outcomes:
            if each.state in (NEW, CHANGED):
                line = self._scene.lines[each.line]
                said = read_written(each.after, places=line.places)
                values[line.element.code, line.row.breakdown] = said.value
        doubts: dict[tuple[str, str], list[str]] = defaultdict(list)
        if any(each.state in (NEW, CHANGED) for each in outcomes):
            for remark in check_entries(self._elements, values, history, self._rules):
                doubts[remark.args["element"], remark.args["breakdown"]].append(remark.args["message"])
        for each in outcomes:
            of = self._scene.lines[each.line] if each.line >= 0 else None
            said_of = doubts.get((of.element.code, of.row.breakdown), ()) if of else ()
            doubtful = each.state in (NEW, CHANGED) and said_of
            yield attrs.evolve(each, doubts=(*each.doubts, *said_of)) if doubtful else each

    def _one(self, told: Told, known: Mapping[Any, Mapping[Span, Number]]) -> Outcome | None:
        """What becomes of a cell; None for one that says nothing where nothing stood."""
        scene = self._scene
        at, line = self._lines.get(told.key, (-1, None))
        base = Outcome(told.row, told.column, told.unit_id, at, WRONG, after=told.text)
        if line is None:
            gone = _("Dòng này không còn trong biểu.")
            return attrs.evolve(base, message=gone) if told.text else None
        if told.unit_id not in self._targets:
            return attrs.evolve(base, message=self._foreign(told.unit_id)) if told.text else None
        now = known.get((told.unit_id, line.row.element_id, line.row.breakdown), {}).get(scene.span)
        before = text_of(now)
        base = attrs.evolve(base, before=before, seen=now.fact_id if now else 0)
        said = read_written(told.text, places=line.places, unit_word=line.unit_word)
        if said.says is Says.DASH:
            said = {ZERO: Written(Says.NUMBER, Decimal(0)), BLANKED: Written(Says.BLANK)}.get(self._dash, said)
        if (wrong := _wrong_words(said, line)) is not None:
            return attrs.evolve(base, message=wrong)
        after = written_text(said)
        note = told.note if told.note is not None else (now.note if now and after == before else "")
        base = attrs.evolve(base, after=after, note=note[:500])
        if (refused := self._twice(told, after)) is not None:
            return None if refused == "" else attrs.evolve(base, state=WRONG, message=refused)
        return self._against(base, told, now)

    def _twice(self, told: Told, after: str) -> str | None:
        """What to say of a cell whose line and unit stood in the sheet already; "" when it says the same once more."""
        if not after:
            return None
        first = self._first.setdefault((told.unit_id, told.key), told)
        if first is told:
            return None
        line = self._lines[told.key][1]
        if written_text(read_written(first.text, places=line.places, unit_word=line.unit_word)) == after:
            return ""
        return _("Đã có ở ô %(cell)s với số khác. Giữ một ô, xóa ô kia.") % {"cell": address(first.row, first.column)}

    def _against(self, base: Outcome, told: Told, now: Number | None) -> Outcome | None:
        """A cell against what stands there, and what stood in the template when it went out."""
        given = self._given(told)
        untouched = given is not None and given == (base.after, base.note)
        stood = now.note if now else ""
        if untouched and (base.before, stood) != (base.after, base.note):
            message = _("Bạn không sửa ô này; số đã được người khác cập nhật sau khi tải mẫu nên giữ số mới.")
            return attrs.evolve(base, state=SAME, after=base.before, note=stood, message=message)
        if (base.after, base.note) == (base.before, stood) or (not base.after and given is None):
            return attrs.evolve(base, state=SAME) if base.after else None
        if not base.after and not base.before:
            return None
        doubts = []
        if given is not None and given[0] != base.before:
            message = _("Sau khi bạn tải mẫu, ô này đã được sửa thành %(now)s; nhập tệp sẽ ghi đè.")
            doubts.append(message % {"now": base.before or "—"})
        if told.hidden:
            doubts.append(_("Dòng này đang bị ẩn trong tệp (lọc hoặc ẩn dòng)."))
        state = CHANGED if base.before else NEW
        return attrs.evolve(base, state=state, doubts=tuple(doubts), message="" if base.after else _("Xóa số đã nhập."))

    def _given(self, told: Told) -> tuple[str, str] | None:
        """What stood in the cell of our template; None in any other sheet."""
        stamp = self._scene.stamp
        if stamp is None:
            return None
        text, note = stamp.given.get((told.unit_id, told.key), ("", ""))
        return text, note if told.note is not None else ""

    def _foreign(self, unit_id: int) -> str:
        name = unit_words(self._scene, unit_id)
        if unit_id in self._scene.names.units and unit_id not in self._scene.allowed:
            return _("Bạn không nhập số liệu cho %(unit)s.") % {"unit": name}
        if unit_id in self._scene.names.units:
            return _("Ô này của %(unit)s; bạn đang nộp cho đơn vị khác.") % {"unit": name}
        return _("%(unit)s không thuộc các đơn vị nhập biểu này trong kỳ.") % {"unit": name}


def text_of(number: Number | None) -> str:
    """A number that stands as a cell says it: "1.234,5"; "" for none, "x" for what does not apply."""
    if number is None or not number.told:
        return ""
    return "x" if number.value is None else number_label(number.value)


def written_text(said: Written) -> str:
    """What a cell says, in the same form."""
    if said.says is Says.NOT_APPLICABLE:
        return "x"
    return number_label(said.value) if said.value is not None else ""


def _wrong_words(said: Written, line: Line) -> str | None:
    """What is wrong with a cell and how to put it right; None when nothing is."""
    if said.says is Says.DASH:
        return _(
            "“-” chưa rõ là 0 hay chưa có số. Ghi 0 nếu không phát sinh, để trống nếu chưa có số; hoặc chọn nghĩa "
            "chung của dấu “-” ở mục Cách đọc tệp."
        )
    if said.says is not Says.WRONG:
        return None
    messages = {
        "error": _("Công thức ở ô này bị lỗi hoặc chưa được tính. Sửa công thức, hoặc ghi số."),
        "date": _("Excel đã đổi ô này thành ngày hoặc giờ. Đặt lại kiểu ô là số rồi ghi lại."),
        "percent": _("Biểu hỏi số đếm (%(word)s), không hỏi tỷ lệ %%. Ghi số.") % {"word": line.unit_word},
        "negative": _("Số liệu không âm. Ghi số từ 0 trở lên; dấu ngoặc đơn cũng được hiểu là âm."),
        "decimals": _("Chỉ nhập số nguyên. Nếu là hàng nghìn, ghi dấu chấm: 1.234.")
        if not line.places
        else _("Nhiều nhất %(places)d chữ số thập phân.") % {"places": line.places},
        "large": _("Số quá lớn. Kiểm tra lại, có thể đã gõ thừa chữ số."),
        "word": _("Ô ghi “%(found)s” nhưng biểu hỏi “%(word)s”. Chỉ ghi số.")
        % {"found": said.found, "word": line.unit_word},
        "two_ways": _("Số có thể hiểu hai cách. Hàng nghìn ghi dấu chấm (1.234), phần thập phân ghi dấu phẩy (0,5)."),
    }
    return messages.get(
        said.why, _("Không phải số. Ghi số bằng chữ số; không áp dụng thì ghi x; chưa có thì để trống.")
    )


def latest_sheets(actor_id: int, form_id: int) -> Any:
    """What somebody sent in lately for a form."""
    rows = SheetImport.objects.filter(by_id=actor_id, form_id=form_id).exclude(state=SheetState.WITHDRAWN)
    return rows.defer("grid", "outcomes", "stamp").select_related("unit", "recording")
