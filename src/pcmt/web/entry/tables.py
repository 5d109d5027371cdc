"""The two tables of numbers: a unit and a period with the lines of a form, and a line of it with many units."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from attrs import define, field, frozen

from pcmt.apps.facts.catalogue import breakdowns, rules
from pcmt.apps.facts.models import Form, FormLine
from pcmt.apps.facts.queries import Number, Place, calendar_of, earlier, elements_of, numbers, periods, year_ago
from pcmt.apps.facts.queries.differing import counted_numbers
from pcmt.apps.units.models import Unit
from pcmt.core import measures as core
from pcmt.core.measures import OverUnits, number_label
from pcmt.core.periods import Kind, Span, period_label
from pcmt.web.entry.words import text_of
from pcmt.web.templatetags.pcmt import vnumber

HABIT = 6
"""How many earlier periods are looked at to know what is usual."""


@frozen
class Theirs:
    """What somebody else told in a cell meanwhile."""

    fact_id: int
    text: str
    who: str
    when: str


@define
class Box:
    """A cell in which a number is told. `seen` is the fact that was there when it was drawn, 0 for none.

    `state` is what became of it when it was saved last: `saved`, `waiting` (to be accepted) or `refused`.
    """

    unit_id: int
    line: FormLine
    unit_word: str
    span: Span
    number: Number | None
    editable: bool
    text: str = ""
    note: str = ""
    seen: int = 0
    posted: bool = False
    state: str = ""
    message: str = ""
    theirs: Theirs | None = None

    @property
    def key(self) -> str:
        """Names the cell on the page: unit, line, first day of the period."""
        return f"{self.unit_id}-{self.line.pk}-{self.span.start:%Y%m%d}"

    @property
    def waits(self) -> bool:
        """Whether what stands in it is not accepted yet."""
        return self.number is not None and self.number.told and not self.number.counts and not self.number.beside


@frozen
class Remark:
    """A warning about a cell; `confirmed` when a reason stands beside the number."""

    key: str
    message: str
    confirmed: bool


@define
class Row:
    """A row: what it is about, its cells, and beside them the period before, a year ago, and the year so far.

    `counted` says what records count for the told period, where they do.
    """

    key: str
    number: str
    head: str
    unit_word: str
    depth: int
    boxes: list[Box]
    before: str = ""
    year_ago: str = ""
    so_far: str | None = None
    remarks: list[Remark] = field(factory=list)
    ended: str = ""
    counted: str = ""


@frozen
class Column:
    """A period that is told in a column."""

    span: Span
    label: str


@define
class Table:
    """A table with the periods of its columns; with `past` it has the columns beside them.

    `totals` are the sums of the columns (before, year ago, told columns) with first day and name of their periods;
    empty where nothing adds up.
    """

    form: Form
    columns: Sequence[Column]
    rows: list[Row]
    past: bool
    totals: Sequence[tuple[str, str, str]] = ()
    told: int = 0

    @property
    def boxes(self) -> Iterator[Box]:
        """All cells, row by row."""
        return (each for row in self.rows for each in row.boxes)

    @property
    def labels(self) -> dict[int, str]:
        """The names of the told columns by their place."""
        return {at: column.label for at, column in enumerate(self.columns)}

    @property
    def remarks(self) -> list[tuple[Row, Remark]]:
        """All warnings that nobody has given a reason for."""
        return [(row, remark) for row in self.rows for remark in row.remarks if not remark.confirmed]

    @property
    def refused(self) -> list[tuple[Row, Box]]:
        """The cells that were not saved, with their rows."""
        return [(row, each) for row in self.rows for each in row.boxes if each.state == "refused"]

    @property
    def editable(self) -> bool:
        """Whether any cell may be told."""
        return any(each.editable for each in self.boxes)


@frozen
class Labelled:
    """A line of a form in words: its number among the lines, its name, what it counts; parts go below their total."""

    line: FormLine
    number: str
    name: str
    unit_word: str
    depth: int
    element: core.Element


def labelled(lines: Sequence[FormLine], span: Span) -> list[Labelled]:
    """The lines with the words of the period's last day."""
    elements, parts = elements_of(lines, span.last), breakdowns(span.last)
    found: list[Labelled] = []
    whole, part = 0, 0
    for line in lines:
        element = elements[line.element_id]
        below = bool(line.breakdown) and bool(found) and found[-1].line.element_id == line.element_id
        words = core.part_label(line.breakdown, parts) if line.breakdown else ""
        whole, part = (whole, part + 1) if below else (whole + 1, 0)
        number = f"{whole}.{part}" if below else str(whole)
        name = words if below else f"{element.name}, {words}" if words else element.name
        found.append(Labelled(line, number, name, element.unit_word, int(below), element))
    return found


def label_of(form: Form, span: Span) -> str:
    """The name of a period of a form."""
    return period_label(span, calendar_of(form))


def year_of(form: Form, span: Span) -> Span:
    """The year whose running sum stands beside a period."""
    return calendar_of(form).around(Kind.YEAR, span.last)


def together(form: Form, span: Span, *, until: Span) -> list[Span]:
    """The periods that stand side by side: those of the year, or of the quarter for weeks, up to the running one."""
    kind = Kind.QUARTER if form.period == Kind.WEEK else Kind.YEAR
    whole = calendar_of(form).around(kind, span.last)
    return [each for each in periods(form, whole.start, until.last) if each.last in whole]


def unit_table(form: Form, lines: Sequence[FormLine], unit: Unit, span: Span, *, editable: bool) -> Table:
    """All lines of a form at a unit for a period."""
    words = labelled(lines, span)
    stretch, before, ago = _reach(form, span)
    known = numbers(lines, [unit.pk], [ago], stretch, waiting=form.needs_acceptance)
    rows = []
    for each in words:
        at = known.get((unit.pk, each.line.element_id, each.line.breakdown), {})
        cell = _box(unit.pk, each, span, at.get(span), editable=editable)
        rows.append(
            Row(
                str(each.line.pk),
                each.number,
                each.name,
                each.unit_word,
                each.depth,
                [cell],
                _shown(at.get(before)),
                _shown(at.get(ago)),
                _so_far(form, each.element, at, span),
            )
        )
    _remark(form, words, rows, known, unit.pk, span)
    _say_counted(rows, lines, span)
    told = sum(1 for row in rows if row.boxes[0].number and row.boxes[0].number.told)
    return Table(form, [Column(span, label_of(form, span))], rows, past=True, told=told)


def line_table(
    form: Form,
    line: Labelled,
    units: Sequence[Unit],
    span: Span,
    *,
    told: Collection[int],
    beside: Sequence[Span] = (),
) -> Table:
    """One line of a form at many units: for a period, or for several `beside` one another."""
    stretch, before, ago = _reach(form, span)
    known = numbers(
        [line.line], [unit.pk for unit in units], [*beside, ago], None if beside else stretch,
        waiting=form.needs_acceptance,
    )  # fmt: skip
    rows = []
    for at, unit in enumerate(units, start=1):
        there = known.get((unit.pk, line.line.element_id, line.line.breakdown), {})
        cells = [_box(unit.pk, line, each, there.get(each), editable=unit.pk in told) for each in beside or [span]]
        row = Row(str(unit.pk), str(at), unit.name, line.unit_word, 0, cells)
        if not beside:
            row.before, row.year_ago = _shown(there.get(before)), _shown(there.get(ago))
            row.so_far = _so_far(form, line.element, there, span)
            _remark(form, [line], [row], known, unit.pk, span)
        rows.append(row)
    if not beside:
        _say_counted(rows, [line.line], span)
    columns = [Column(each, label_of(form, each)) for each in beside or [span]]
    table = Table(form, columns, rows, past=not beside)
    table.told = sum(1 for row in rows if row.boxes[-1].number and row.boxes[-1].number.told)
    if line.element.over_units is OverUnits.SUM:
        table.totals = _totals(table, known, [] if beside else [before, ago])
    return table


def _box(unit_id: int, line: Labelled, span: Span, number: Number | None, *, editable: bool) -> Box:
    """A cell as it stands."""
    cell = Box(unit_id, line.line, line.unit_word, span, number, editable, text_of(number))
    if number is not None:
        cell.note, cell.seen = number.note, number.fact_id
    return cell


def _reach(form: Form, span: Span) -> tuple[Span, Span, Span]:
    """The stretch whose numbers a table needs, the period before, the same one a year ago."""
    habit = earlier(form, span, HABIT)
    return Span(min(habit[0].start, year_of(form, span).start), span.end), habit[-1], year_ago(form, span)


def _shown(number: Number | None) -> str:
    """A number that is only read: "—" where nothing was told."""
    return text_of(number) or "—"


def _so_far(form: Form, element: core.Element, known: Mapping[Span, Number], span: Span) -> str | None:
    """The sum of the year up to the end of a period; None for what does not add up over time."""
    if not element.cumulates:
        return None
    facts = [core.Fact(each.span, each.value, each.applies) for each in known.values()]
    found = core.figure(element, facts, Span(year_of(form, span).start, span.end), span.last).value
    return "—" if found is None else number_label(_decimal(found))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _say_counted(rows: Sequence[Row], lines: Sequence[FormLine], span: Span) -> None:
    """Put beside the rows what records count: a number typed there is compared with it, and does not add up."""
    found = counted_numbers(lines, {row.boxes[0].unit_id for row in rows}, span)
    for row in rows:
        cell = row.boxes[0]
        number, counter = found.get((cell.unit_id, cell.line.element_id, cell.line.breakdown), (None, None))
        if counter is not None:
            row.counted = f"{counter.words}: {vnumber(number) if number is not None else '—'}"


def _totals(
    table: Table, known: Mapping[Place, Mapping[Span, Number]], more: Sequence[Span]
) -> list[tuple[str, str, str]]:
    """The sums over the units with first day and name of their period; "—" where nobody told anything."""
    sums = []
    for span in [*more, *(column.span for column in table.columns)]:
        values = [at[span].value for at in known.values() if span in at]
        found = [value for value in values if value is not None]
        total = vnumber(sum(found, Decimal(0))) if found else "—"
        sums.append((f"{span.start:%Y%m%d}", label_of(table.form, span), total))
    return sums


def _remark(
    form: Form,
    words: Sequence[Labelled],
    rows: Sequence[Row],
    known: Mapping[Place, Mapping[Span, Number]],
    unit_id: int,
    span: Span,
) -> None:
    """Put beside the rows what should be looked at again."""
    habit, ago = earlier(form, span, HABIT), year_ago(form, span)
    values: dict[core.Cell, Decimal | None] = {}
    history: dict[core.Cell, core.Past] = {}
    for each in words:
        at = known.get((unit_id, each.line.element_id, each.line.breakdown), {})
        cell = (each.line.element.code, each.line.breakdown)
        values[cell] = at[span].value if span in at else None
        history[cell] = core.Past(
            tuple(at[past].value if past in at else None for past in habit), at[ago].value if ago in at else None
        )
    elements = {each.line.element.code: each.element for each in words}
    places = {(each.line.element.code, each.line.breakdown): row for each, row in zip(words, rows, strict=True)}
    for found in core.check_entries(elements, values, history, rules(span.last)):
        row = places[found.args["element"], found.args["breakdown"]]
        row.remarks.append(Remark(row.boxes[0].key, found.args["message"], bool(row.boxes[0].note)))
