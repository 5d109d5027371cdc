"""What a report says, laid out: a form and its content become the body and the annexes of the document.

“—” is a number that was not reported, “x” a line that does not apply to the body; neither is ever written as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from attrs import frozen

from pcmt.core.measures import number_label
from pcmt.core.schemas import (
    Column,
    ColumnKind,
    Content,
    Correction,
    Figure,
    Line,
    Part,
    ReportSchema,
    Section,
    SectionKind,
)
from pcmt.documents.output import official
from pcmt.documents.output.charts import Chart
from pcmt.documents.output.report import Annex, Block, Centred, Grid, Photo, Row, Title, annex_number

BLANK = "—"
NOT_HERE = "x"
SIGNS = "Ghi chú: “—” là chưa có số liệu; “x” là không áp dụng."
EMPTY = "(Chưa có nội dung.)"
NOTHING = "Trong kỳ báo cáo, {body} không có nội dung phát sinh."
NUMBERED = (SectionKind.FIGURES, SectionKind.BODIES)
ACROSS = 10
"""So many lines stand beside one another in a table of bodies that lies across the page; more take further tables."""
UPRIGHT = 5
CHARTED = (2, 8)
"""A chart has at least and at most so many lines."""
LIST_COLUMNS: Mapping[SectionKind, tuple[tuple[str, float, str], ...]] = {
    SectionKind.TARGETS: (
        ("Chỉ tiêu", 58, "both"), ("Yêu cầu", 26, "center"), ("Kết quả", 24, "center"), ("Đánh giá", 24, "left"),
        ("Lý do", 40, "both"),
    ),
    SectionKind.TASKS: (
        ("Nhiệm vụ", 74, "both"), ("Đơn vị", 38, "left"), ("Hạn", 24, "center"), ("Tình trạng", 32, "left"),
    ),
    SectionKind.MISSING: (
        ("Đơn vị", 52, "left"), ("Hạn", 28, "center"), ("Tình trạng", 40, "left"), ("Trách nhiệm", 45, "left"),
    ),
}  # fmt: skip
"""Labels, widths beside one another and alignments of lists whose form does not name its columns."""


@frozen(kw_only=True)
class Body:
    """The body of the document and its annexes."""

    blocks: tuple[Block, ...]
    annexes: tuple[Annex, ...]


def lay_out(
    schema: ReportSchema,
    content: Content,
    *,
    opening: Sequence[str] = (),
    closing: str,
    picture: Callable[[int], bytes | None],
    charts: bool = True,
) -> Body:
    """The outline of a form with what the report says. `picture` gives the bytes of a kept file, None when it is gone.

    A restated figure is never left out: without a section for corrections they stand at the end of the body.
    """
    layout = _Layout(schema, content, picture, charts)
    inside: list[Block] = [*opening]
    annexes: list[Annex] = []
    if content.nothing:
        inside.append(NOTHING.format(body=content.body))
    else:
        for at, section in enumerate(schema.sections):
            heads = at + 1 < len(schema.sections) and schema.sections[at + 1].level > section.level
            if section.annex:
                annexes.append(Annex(title=section.title, blocks=layout.inside(section), landscape=section.landscape))
            else:
                inside += [_heading(section), *layout.inside(section, heads=heads)]
    asked = any(section.kind is SectionKind.CORRECTIONS for section in schema.sections)
    if content.corrections and (content.nothing or not asked):
        inside += [Title("Số liệu kỳ trước được đính chính"), corrections_grid(content.corrections)]
    if annexes:
        inside.append(f"(Kèm theo: {_annex_words(annexes)}.)")
    return Body(blocks=(*inside, closing), annexes=tuple(annexes))


def _annex_words(annexes: Sequence[Annex]) -> str:
    return "; ".join(f"{annex_number(number, len(annexes))}: {each.title}" for number, each in enumerate(annexes, 1))


def _heading(section: Section) -> Title:
    mark = section.number.rstrip(".)")
    if not mark:
        return Title(section.title, section.level)
    # Points of an outline (điểm) are letters with a bracket, all else has a full stop.
    return Title(f"{mark}{')' if section.level == 3 and mark.isalpha() else '.'} {section.title}", section.level)


@frozen
class _Layout:
    schema: ReportSchema
    content: Content
    picture: Callable[[int], bytes | None]
    charts: bool

    def inside(self, section: Section, *, heads: bool = False) -> list[Block]:
        """What stands in a section; `heads`: it has sections of its own below, so it need not say anything itself."""
        found: list[Block] = []
        text = self.content.texts.get(section.key)
        if text is not None:
            found += [line.strip() for line in text.text.splitlines() if line.strip()]
        match section.kind:
            case SectionKind.FIGURES:
                found += self._figures(section)
            case SectionKind.BODIES:
                found += self._bodies(section)
            case SectionKind.CORRECTIONS:
                found += [corrections_grid(self.content.corrections)] if self.content.corrections else ["Không có."]
            case SectionKind.TARGETS | SectionKind.TASKS | SectionKind.MISSING:
                found += self._list(section)
        for each in self.content.pictures:
            if each.section == section.key:
                found.append(Photo(data=self.picture(each.file_id), caption=each.caption))
        return found if found or heads else [EMPTY]

    def _figures(self, section: Section) -> list[Block]:
        rows, remarks = [], []
        units = any(line.unit_word for line in section.lines)
        noted = any(column.kind is ColumnKind.NOTE for column in section.columns)
        signs = set()
        for line in section.lines:
            figure = self.content.figures.get(line.key, Figure())
            if line.is_heading:
                rows.append(Row([f"{line.number}. {line.label}" if line.number else line.label,
                                 *[""] * (len(section.columns) + (2 if units else 1))], group=True))  # fmt: skip
                continue
            words = figure_words(figure)
            cells = [cell_words(column, figure, words) for column in section.columns]
            signs |= {BLANK, NOT_HERE} & set(cells)
            if words and not noted:
                remarks.append(f"{line.label}: {words}")
            unit = [unit_label(line.unit_word)] if units else []
            rows.append(Row([line.number, line.label, *unit, *cells], bold=bool(line.sum_of)))
        if not rows:
            return []
        columns = figure_columns(section, units=units)
        size = 12 if len(section.columns) <= 5 else 11 if len(section.columns) <= 8 or section.landscape else 10
        notes = [*([SIGNS] if signs else []), *remarks]
        found: list[Block] = [Grid(columns=columns, rows=rows, notes=notes, size=size)]
        if self.charts and (chart := chart_of(section, self.content)):
            found.append(chart)
        return found

    def _bodies(self, section: Section) -> list[Block]:
        if not self.content.parts:
            return ["Chưa có báo cáo nào được tổng hợp."]
        lines = body_lines(self.schema, section)
        many = ACROSS if section.landscape else UPRIGHT
        found: list[Block] = []
        for start in range(0, len(lines), many):
            some = lines[start : start + many]
            title = f"Cột {start + 1} – {start + len(some)}" if len(lines) > many else ""
            found.append(self._some_bodies(some, start, title, last=start + many >= len(lines)))
        return found

    def _some_bodies(self, lines: Sequence[Line], start: int, title: str, *, last: bool) -> Grid:
        counted, held = parts_of(self.content)
        columns = [
            official.Column("STT", 11, "center"),
            official.Column("Đơn vị", 62),
            *(
                official.Column(f"({start + number}) {line.label}{_in_unit(line)}", 18, "right")
                for number, line in enumerate(lines, 1)
            ),
        ]
        rows = [
            Row([str(number), part.name, *(number_words(part_value(part, line)) for line in lines)])
            for number, part in enumerate(counted, 1)
        ]
        totals = [self.content.figures.get(line.key, Figure()) for line in lines]
        rows.append(Row(["", "Tổng số", *(value_words(each) for each in totals)], bold=True))
        if held:
            rows.append(Row([HELD, *[""] * (len(lines) + 1)], group=True))
            rows += [Row(["", part.name, *(number_words(part_value(part, line)) for line in lines)])
                     for part in held]  # fmt: skip
        notes = [SIGNS] if last else []
        if last and (quiet := [part.name for part in self.content.parts if part.nothing]):
            notes.append(f"Báo cáo không có nội dung phát sinh: {', '.join(quiet)}.")
        return Grid(columns=columns, rows=rows, title=title, notes=notes, size=11 if len(lines) <= 6 else 10)

    def _list(self, section: Section) -> list[Block]:
        rows = self.content.lists.get(section.key, ())
        if not rows:
            return ["Không có."]
        labels = list_labels(section, len(rows[0].cells))
        shares = list_shares(section.kind, labels)
        return [
            Grid(
                columns=[official.Column("STT", 12, "center"), *shares],
                rows=[
                    Row([str(number), *_fitted(row.cells, len(labels))], bold=False)
                    for number, row in enumerate(rows, 1)
                ],
                size=12 if len(labels) < 6 else 11,
            )
        ]


HELD = "Không cộng: đã có trong số của đơn vị khác"


def list_labels(section: Section, cells: int) -> list[str]:
    """The names of a list's columns: those of the form, else the usual ones of its kind."""
    if len(section.columns) == cells:
        return [column.label for column in section.columns]
    usual = [label for label, _share, _align in LIST_COLUMNS.get(section.kind, ())]
    return [usual[at] if at < len(usual) else "" for at in range(cells)] if usual else ["Nội dung", *[""] * (cells - 1)]


def list_shares(kind: SectionKind, labels: Sequence[str]) -> list[official.Column]:
    """The columns of a list with their widths; the first one, which says what it is about, is the widest."""
    usual = LIST_COLUMNS.get(kind, ())
    if len(usual) == len(labels):
        return [
            official.Column(label, share, align)  # type: ignore[arg-type]
            for label, (_usual, share, align) in zip(labels, usual, strict=True)
        ]
    return [official.Column(label, 70 if at == 0 else 30) for at, label in enumerate(labels)]


def _fitted(cells: Sequence[str], count: int) -> list[str]:
    return [*cells, *[""] * count][:count]


def figure_columns(section: Section, *, units: bool) -> list[official.Column]:
    """The columns of a table of figures; numbers stand right, words left."""
    width = 18.0 if len(section.columns) > 3 else 22.0
    found = [official.Column("STT", 12, "center"), official.Column("Chỉ tiêu", 60)]
    if units:
        found.append(official.Column("ĐVT", 16, "center"))
    for column in section.columns:
        note = column.kind is ColumnKind.NOTE
        found.append(official.Column(column.label, 36 if note else width, "left" if note else "right"))
    return found


def cell_words(column: Column, figure: Figure, words: str = "") -> str:
    """What stands in a cell of a table of figures; `words` is what is said about the line."""
    if column.kind is ColumnKind.NOTE:
        return words
    if not figure.applies:
        return NOT_HERE
    if column.kind is ColumnKind.THIS:
        return number_words(figure.value)
    value = figure.others.get(column.key)
    if column.kind in (ColumnKind.PERCENT, ColumnKind.CHANGE) and value:
        # A change has a sign; a percentage one place.
        shown = round(value, 1) if column.kind is ColumnKind.PERCENT else value
        return f"{'+' if shown > 0 else '−' if shown < 0 else ''}{number_label(abs(shown))}"
    return number_words(value)


def figure_words(figure: Figure) -> str:
    """What is said about a line: its note, why it changed so much, why it differs, of how many units it is."""
    parts = [figure.note, figure.explanation]
    if figure.reason and figure.counted is not None and figure.counted != figure.value:
        parts.append(f"số đã có {number_label(figure.counted)}, {figure.reason}")
    if figure.told is not None and figure.expected and figure.told < figure.expected:
        parts.append(f"{figure.told}/{figure.expected} đơn vị có số liệu")
    return "; ".join(part.strip().rstrip(".;") for part in parts if part.strip())


def value_words(figure: Figure) -> str:
    """The number of a line for the period."""
    return number_words(figure.value) if figure.applies else NOT_HERE


def number_words(value: Decimal | None) -> str:
    """A number in Vietnamese form; a blank is no zero."""
    return BLANK if value is None else number_label(value)


def unit_label(word: str) -> str:
    """The unit of a line as a table shows it."""
    return "%" if word == "percent" else word


def _in_unit(line: Line) -> str:
    return f" ({unit_label(line.unit_word)})" if line.unit_word else ""


def body_lines(schema: ReportSchema, section: Section) -> list[Line]:
    """The lines of a table of bodies: its own, or all of the form's tables of figures."""
    asked = {line.key: line for _section, line in schema.lines()}
    lines: Iterable[Line] = [asked.get(line.key, line) for line in section.lines] or asked.values()
    return [line for line in lines if not line.is_heading]


def part_value(part: Part, line: Line) -> Decimal | None:
    """What a body told of a line; of a sum, what its lines come to where all of them were told."""
    if line.key in part.values or not line.sum_of:
        return part.values.get(line.key)
    told = [part.values.get(key) for key in line.sum_of]
    known = [value for value in told if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(told) else None


def parts_of(content: Content) -> tuple[list[Part], list[Part]]:
    """The parts that are added up, and those whose figures another part holds already."""
    holding = {unit: part.unit_id for part in content.parts for unit in part.holds if unit != part.unit_id}
    counted = [part for part in content.parts if part.unit_id not in holding]
    return counted, [part for part in content.parts if part.unit_id in holding]


def corrections_grid(corrections: Iterable[Correction]) -> Grid:
    """Figures of earlier reports that were restated, as old and new."""
    rows = list(corrections)
    bodies = any(each.body for each in rows)
    columns = [
        official.Column("STT", 12, "center"),
        *([official.Column("Đơn vị", 34)] if bodies else []),
        official.Column("Chỉ tiêu", 44),
        official.Column("Kỳ", 26, "center"),
        official.Column("Số cũ", 18, "right"),
        official.Column("Số mới", 18, "right"),
        official.Column("Lý do", 40, "both"),
    ]
    return Grid(
        columns=columns,
        rows=[
            Row([str(number), *([each.body] if bodies else []), each.label, each.period, number_words(each.old),
                 number_words(each.new), each.reason])
            for number, each in enumerate(rows, 1)
        ],
    )  # fmt: skip


def chart_of(section: Section, content: Content) -> Chart | None:
    """The period beside an earlier one, for the lines of the unit that most lines have; None where little is known."""
    against = _compared(section)
    groups: dict[str, list[Line]] = {}
    for line in section.lines:
        figure = content.figures.get(line.key)
        # Sums would tower over what they are made of, and percentages want an axis of their own.
        if line.is_heading or line.sum_of or figure is None or figure.value is None or line.unit_word == "percent":
            continue
        groups.setdefault(line.unit_word, []).append(line)
    lines = max(groups.values(), key=len, default=[])[: CHARTED[1]]
    if section.annex or against is None or len(lines) < CHARTED[0]:
        return None
    told = [content.figures[line.key] for line in lines]
    before = [figure.others.get(against.key) for figure in told]
    if all(value is None for value in before):
        return None
    this = next((column.label for column in section.columns if column.kind is ColumnKind.THIS), "Kỳ này")
    unit = f" ({unit_label(lines[0].unit_word)})" if lines[0].unit_word else ""
    return Chart(
        caption=f"Biểu đồ: {section.title}, {this.lower()} so với {against.label.lower()}{unit}",
        names=[line.label for line in lines],
        series=[(this, [figure.value for figure in told]), (against.label, before)],
    )


def _compared(section: Section) -> Column | None:
    kinds = {column.kind: column for column in section.columns}
    return kinds.get(ColumnKind.YEAR_AGO) or kinds.get(ColumnKind.PREVIOUS)


def text_of(blocks: Iterable[Block], *, most: int = 80) -> Iterator[str]:
    """The body in plain lines, for who cannot see pages: tables as their rows, charts and pictures in words.

    Of a long table only the first rows are told, and how many there are more.
    """
    for block in blocks:
        match block:
            case Title() | Centred():
                yield block.words
            case Grid():
                yield from ([block.title] if block.title else [])
                labels = [column.label for column in block.columns]
                for row in block.rows[:most]:
                    pairs = zip(labels, row.cells, strict=True)
                    yield row.cells[0] if row.group else "; ".join(f"{label}: {cell}" for label, cell in pairs if cell)
                if len(block.rows) > most:
                    yield f"… còn {len(block.rows) - most} dòng, xem trong tệp."
                yield from block.notes
            case Chart():
                yield block.words()
            case Photo():
                yield f"Ảnh: {block.caption}"
            case _:
                yield block
