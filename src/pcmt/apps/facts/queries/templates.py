"""Templates: workbooks with the cells of a form to be filled, for one unit or for all units the form asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs
from django.utils import timezone
from django.utils.translation import override

from pcmt.apps.facts.models import Form
from pcmt.apps.facts.queries.entering import Number, Place, numbers
from pcmt.apps.facts.queries.forms import calendar_of, earlier, units_asked, year_ago
from pcmt.apps.facts.queries.lines import Line, lines_of
from pcmt.apps.facts.queries.sheets import text_of
from pcmt.apps.facts.stamps import Stamp, signed
from pcmt.apps.units.models import Unit
from pcmt.core.periods import Span, period_label
from pcmt.documents.output.blanks import (
    SUM_KEY,
    BlankCell,
    BlankColumn,
    BlankRow,
    BlankSheet,
    Difference,
    Sum,
    write_blank,
)

MOST_BESIDE = 40_000
"""Up to so many cells a sheet for many units brings the last period and last year along, on sheets of their own."""

NOTES = (
    "Chỉ ghi vào các ô nền vàng; các ô khác được khóa. Ghi số như bình thường: 7, 07, 1.234, 12,5.",
    "Ghi 0 khi không phát sinh. Để trống khi chưa có số: ô trống không được hiểu là 0.",
    "Ghi x khi chỉ tiêu không áp dụng cho đơn vị.",
    "Không ghi dấu gạch ngang: dấu “-” có nơi hiểu là 0, có nơi hiểu là chưa có số, nên sẽ bị hỏi lại.",
    "Xóa một số đang có sẵn trong ô là báo rằng số đó sai và chưa có số đúng.",
    "Dòng cộng tự tính, không phải nhập. Có thể lọc, ẩn, đổi thứ tự dòng và cột; đừng xóa cột đầu tiên đang ẩn.",
    "Tệp chỉ dùng cho đúng biểu, đơn vị và kỳ ghi ở đầu bảng. Nộp nhầm chỗ thì hệ thống báo, không tự nhận.",
)


@attrs.frozen
class _Content:
    form: Form
    span: Span
    lines: Sequence[Line]
    units: Sequence[Unit]
    known: Mapping[Place, Mapping[Span, Number]]
    before: Span
    ago: Span

    def number(self, unit: Unit, line: Line, span: Span) -> Number | None:
        return self.known.get((unit.pk, line.row.element_id, line.row.breakdown), {}).get(span)

    def cell(self, unit: Unit, line: Line, span: Span) -> BlankCell:
        number = self.number(unit, line, span)
        return number.value if number is not None and number.value is not None else text_of(number)


def template_of(form: Form, span: Span, *, unit_id: int | None, unit_ids: Sequence[int] = (), at: datetime) -> bytes:
    """The template of a form for a period: of one unit, or (`unit_id` None) with those of `unit_ids` that are asked.

    What was told already stands in it. In Vietnamese for every reader: it is a paper, and its headings are read again.
    """
    with override("vi"):
        asked = units_asked([(form, span.last)])[form.pk, span.last]
        units = [unit for unit in asked if (unit.pk == unit_id if unit_id is not None else unit.pk in set(unit_ids))]
        lines = lines_of(form, span.last)
        (before,), ago = earlier(form, span, 1), year_ago(form, span)
        beside = unit_id is not None or len(units) * len(lines) <= MOST_BESIDE
        spans = [span, before, ago] if beside else [span]
        asked_ids, waiting = [unit.pk for unit in units], form.needs_acceptance
        known = numbers([line.row for line in lines], asked_ids, spans, waiting=waiting)
        content = _Content(form, span, lines, units, known, before, ago)
        given = {
            (unit.pk, line.key): (text_of(number), number.note)
            for unit in units
            for line in lines
            if (number := content.number(unit, line, span)) is not None and (number.told or number.note)
        }
        stamp = Stamp(form.pk, form.version, unit_id, span, at, given)
        sheets = [_one(content, at)] if unit_id is not None else _many(content, at, beside=beside)
        return write_blank(sheets, notes=NOTES, stamp=signed(stamp))


def _facts(content: _Content, unit: str, at: datetime) -> list[str]:
    form, calendar = content.form, calendar_of(content.form)
    period, first, last = period_label(content.span, calendar), content.span.start, content.span.last
    code = f"Biểu {form.code} · phiên bản {form.version}" if form.code else f"Phiên bản {form.version} của biểu"
    return [
        f"Đơn vị: {unit}",
        f"Kỳ: {period} (từ {first:%d/%m/%Y} đến hết {last:%d/%m/%Y})",
        f"{code} · tải lúc {timezone.localtime(at):%H:%M %d/%m/%Y}",
    ]


def _label(line: Line) -> str:
    return f"      {line.part}" if line.part else line.element.name


def _hint(line: Line) -> str:
    number = "Số nguyên" if not line.places else f"Số, nhiều nhất {line.places} chữ số thập phân"
    return f"{number}; 0 là không phát sinh, trống là chưa có số, x là không áp dụng."


def _one(content: _Content, at: datetime) -> BlankSheet:
    """One unit: lines in rows, and beside the open column the last period, last year and what is more than before."""
    calendar, unit = calendar_of(content.form), content.units[0]
    columns = [
        BlankColumn("STT", 6),
        BlankColumn("Chỉ tiêu", 56),
        BlankColumn("ĐVT", 10),
        BlankColumn(f"Kỳ trước: {period_label(content.before, calendar)}", 14, counts=True),
        BlankColumn(f"Cùng kỳ: {period_label(content.ago, calendar)}", 14, counts=True),
        BlankColumn("Kỳ này", 14, open=True, counts=True, hint="0 là không phát sinh; trống là chưa có số."),
        BlankColumn("Tăng, giảm so kỳ trước", 12, counts=True),
        BlankColumn("Ghi chú", 40, open=True),
    ]
    rows: list[BlankRow] = []
    count, first, group = 0, 0, ""
    for line in content.lines:
        key = f"{line.element.code}|{_keys_of(line)}" if line.part else ""
        if group and key != group:
            rows.append(_sum_row(rows, first, content))
        if key and key != group:
            first = len(rows)
        group = key
        count += not line.part
        number = content.number(unit, line, content.span)
        rows.append(
            BlankRow(
                line.key,
                [
                    "" if line.part else str(count),
                    _label(line),
                    line.unit_word,
                    content.cell(unit, line, content.before),
                    content.cell(unit, line, content.ago),
                    content.cell(unit, line, content.span),
                    Difference(5, 3),
                    number.note if number else "",
                ],
            )
        )
    if group:
        rows.append(_sum_row(rows, first, content))
    return BlankSheet("Số liệu", content.form.title, _facts(content, unit.name, at), columns, rows)


def _keys_of(line: Line) -> str:
    return ",".join(pair.partition("=")[0] for pair in line.row.breakdown.split(","))


def _sum_row(rows: Sequence[BlankRow], first: int, content: _Content) -> BlankRow:
    sums = [Sum(first, len(rows) - 1) for _column in range(3)]
    return BlankRow(SUM_KEY, ["", "      Cộng các dòng chia tách", rows[first].cells[2], *sums, Difference(5, 3), ""])


def _many(content: _Content, at: datetime, *, beside: bool) -> list[BlankSheet]:
    """Many units: units in rows, lines in columns, sums below; the last period and last year on sheets beside."""
    calendar = calendar_of(content.form)
    told = f"{len(content.units)} đơn vị"
    lead = [BlankColumn("STT", 6), BlankColumn("Đơn vị", 34), BlankColumn("Mã đơn vị", 11)]
    columns = [
        BlankColumn(f"{line.name} ({line.unit_word})", 15, open=True, hint=_hint(line), key=line.key, counts=True,
                    places=line.places)
        for line in content.lines
    ]  # fmt: skip
    found = [
        BlankSheet("Số liệu", content.form.title, _facts(content, told, at), [*lead, *columns],
                   _unit_rows(content, content.span))
    ]  # fmt: skip
    for name, span in (("Kỳ trước", content.before), ("Cùng kỳ", content.ago)):
        if beside:
            title = f"{content.form.title} · {period_label(span, calendar)}"
            locked = [attrs.evolve(column, open=False) for column in columns]
            rows = _unit_rows(content, span)
            found.append(BlankSheet(name, title, ["Để đối chiếu, không nhập."], [*lead, *locked], rows, filled=False))
    return found


def _unit_rows(content: _Content, span: Span) -> list[BlankRow]:
    rows = [
        BlankRow(
            str(unit.pk),
            [str(at), unit.name, unit.code, *(content.cell(unit, line, span) for line in content.lines)],
        )
        for at, unit in enumerate(content.units, 1)
    ]
    sums: list[BlankCell] = [Sum(0, len(rows) - 1) if line.adds_up and rows else None for line in content.lines]
    return [*rows, BlankRow(SUM_KEY, ["", "Tổng cộng", "", *sums])]
