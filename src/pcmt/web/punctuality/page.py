"""The table of punctuality: rows with numbers that are links, bars, the trend of twelve months; the same as a sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
import xlsxwriter
from django.db.models import Max, Min
from django.http import HttpRequest
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.punctuality import (
    Question,
    Row,
    added,
    answers_for,
    by_body,
    by_period,
    by_plan,
    counted,
    most_late_first,
)
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating.punctuality import COUNTED, Column
from pcmt.core.periods import Calendar, Kind, Span
from pcmt.web.punctuality.columns import COLUMNS, items_address
from pcmt.web.punctuality.forms import ROMAN, PunctualityForm
from pcmt.web.shell.access import acting

APART = tuple(column for column in COLUMNS if column not in COUNTED)
MONTHS_OF_TREND = 12
CLASSES = {Column.IN_TIME: "in-time", Column.LATE: "late", Column.RUNNING: "running", Column.OVERDUE: "overdue"}


@attrs.frozen
class Number:
    """A number with the list of its items behind it; no link where there is nothing."""

    value: int
    url: str
    late: bool
    apart: bool
    label: str


@attrs.frozen
class Piece:
    """A piece of a stacked bar, in percent of its width."""

    x: float
    width: float
    css: str


@attrs.frozen
class Line:
    """A row of the table as the page shows it."""

    name: str
    url: str
    row: Row
    numbers: Sequence[Number]
    bar: Sequence[Piece]
    parts_url: str = ""


@attrs.frozen
class Point:
    """A month of the trend: its share, None where nothing was due, and where it is drawn."""

    label: str
    row: Row
    url: str
    x: float
    y: float | None


@attrs.frozen
class Trend:
    """Twelve months up to the day asked about; `lines` are runs of months without a gap, as points of SVG."""

    points: Sequence[Point]
    lines: Sequence[str]


@attrs.frozen
class View:
    """Everything that page and sheet show."""

    form: PunctualityForm
    question: Question
    lines: Sequence[Line]
    total: Line
    first: str


def view_of(request: HttpRequest) -> View:
    """The table that an address asks for."""
    actor = acting(request)
    form = form_of(actor, request.GET)
    question, arranged = form.question(), form.chosen["theo"] or ""
    if arranged == "ke-hoach":
        rows = by_plan(actor, question)
        lines = [_line(row, row.name, attrs.evolve(question, plan_id=_id(row))) for row in rows]
        first = _("Kế hoạch")
    elif arranged in ("thang", "quy"):
        kind = Kind.MONTH if arranged == "thang" else Kind.QUARTER
        spans = periods_in(question.window, form.calendar, kind)
        rows = by_period(actor, question, spans)
        lines = [
            _line(row, period_name(span, form.calendar, kind), attrs.evolve(question, window=span))
            for row, span in zip(rows, spans, strict=True)
        ]
        first = _("Hạn trong kỳ")
    else:
        rows = by_body(actor, question)
        rows = most_late_first(rows) if form.chosen["xep"] == "muon" else rows
        lines = [_body_line(row, question) for row in rows]
        first = _("Đơn vị")
    return View(form, question, lines, _line(added(rows), _("Cộng"), question), first)


def form_of(actor: Actor, data: Any) -> PunctualityForm:
    """The filter, with the plans and bodies that the actor answers for, and the years in which their limits lie."""
    items = answers_for(actor)
    ends = items.order_by().aggregate(first=Min("due_on"), last=Max("due_on"))
    first, last = ends["first"] or actor.on, ends["last"] or actor.on
    return PunctualityForm(
        data,
        actor=actor,
        plans=Plan.objects.filter(pk__in=items.values("plan_id")).order_by("-issued_on", "-pk"),
        units=Unit.objects.filter(pk__in=items.values("unit_id")).in_official_order(),
        years=list(range(last.year + 1, first.year - 1, -1)),
    )


def periods_in(window: Span | None, calendar: Calendar, kind: Kind) -> list[Span]:
    """The months or quarters of a window that was made of whole ones."""
    spans: list[Span] = []
    while window is not None and (spans[-1].end if spans else window.start) < window.end:
        spans.append(calendar.around(kind, spans[-1].end if spans else window.start))
    return spans


def period_name(span: Span, calendar: Calendar, kind: Kind) -> str:
    """`Tháng 6/2026`, `Quý II/2026`: the month or quarter that a span is, in the calendar it was cut by."""
    year, month = calendar.month_of(span.start)
    if kind is Kind.QUARTER:
        return _("Quý %(number)s/%(year)s") % {"number": ROMAN[(month - 1) // 3], "year": year}
    return _("Tháng %(month)s/%(year)s") % {"month": month, "year": year}


def _body_line(row: Row, question: Question) -> Line:
    body = _id(row)
    own = attrs.evolve(question, unit_id=body, units_below=False, nobody=body is None)
    parts = attrs.evolve(own, parts=True)
    line = _line(row, row.name or _("Chưa gắn với đơn vị"), own)
    return attrs.evolve(line, parts_url=items_address(parts, None) if row.parts else "")


def _id(row: Row) -> int | None:
    return row.key if isinstance(row.key, int) else None


def _line(row: Row, name: str, question: Question) -> Line:
    numbers = [
        Number(
            value=row.counts.get(column, 0),
            url=items_address(question, column) if row.counts.get(column, 0) else "",
            late=column is Column.OVERDUE,
            apart=column in APART,
            label=str(COLUMNS[column][1]),
        )
        for column in COLUMNS
    ]
    return Line(name, items_address(question, None), row, numbers, bar_of(row))


def bar_of(row: Row) -> list[Piece]:
    """The four that add up, as pieces of one bar."""
    whole = sum(row.counts.get(column, 0) for column in COUNTED)
    pieces, at = [], 0.0
    for column in COUNTED:
        if whole and row.counts.get(column, 0):
            width = row.counts[column] * 100 / whole
            pieces.append(Piece(round(at, 2), round(width, 2), CLASSES[column]))
            at += width
    return pieces


TREND_WIDTH, TREND_HEIGHT, TREND_LEFT, TREND_TOP = 660, 120, 36, 10


def trend_of(actor: Actor, view: View) -> Trend:
    """The share in time of the limits of each of the last twelve months, over everything else that the page asks."""
    calendar = view.form.calendar
    year, month = calendar.month_of(view.question.as_of)
    spans = [calendar.named(Kind.MONTH, year, month - back) for back in range(MONTHS_OF_TREND - 1, -1, -1)]
    whole = attrs.evolve(view.question, window=Span(spans[0].start, spans[-1].end))
    points = []
    for place, (row, span) in enumerate(zip(by_period(actor, whole, spans), spans, strict=True)):
        x = TREND_LEFT + place * (TREND_WIDTH - TREND_LEFT) / MONTHS_OF_TREND + 24
        y = None if row.share is None else TREND_TOP + (100 - row.share) * TREND_HEIGHT / 100
        question = attrs.evolve(whole, window=span)
        points.append(
            Point(
                f"{calendar.month_of(span.start)[1]}/{calendar.month_of(span.start)[0]}",
                row,
                items_address(question, None),
                round(x),
                y,
            )
        )
    lines: list[list[str]] = [[]]
    for point in points:
        if point.y is None:
            lines.append([])
        else:
            lines[-1].append(f"{point.x:g},{point.y:g}")
    return Trend(points, [" ".join(line) for line in lines if len(line) > 1])


def handed_down(actor: Actor, question: Question) -> int:
    """How many items were handed down, for the way to their own table."""
    return counted(actor, attrs.evolve(question, parts=True)).count()


def sheet_of(view: View, *, heading: str, formula: str) -> bytes:
    """The very view as a spreadsheet, with its formula. Nothing in it can become a formula of the sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Đúng hạn"))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    whole = book.add_format({"bold": True, "valign": "top", "border": 1})
    share = book.add_format({"num_format": "0%", "valign": "top", "border": 1})
    heads = [
        view.first,
        *(str(label) for _word, label in COLUMNS.values()),
        _("Tất cả"),
        _("Đúng hạn (%)"),
        _("Ghi chú"),
    ]
    sheet.write_string(0, 0, heading, book.add_format({"bold": True, "font_size": 13}))
    sheet.write_string(1, 0, formula)
    for number, label in enumerate(heads):
        sheet.set_column(number, number, 40 if number in (0, len(heads) - 1) else 11)
        sheet.write_string(3, number, label, bold)
    for number, line in enumerate([*view.lines, view.total], 4):
        form = whole if line is view.total else cell
        sheet.write_string(number, 0, line.name, form)
        for place, each in enumerate(line.numbers, 1):
            sheet.write_number(number, place, each.value, form)
        sheet.write_number(number, len(COLUMNS) + 1, line.row.total, form)
        if line.row.share is None:
            sheet.write_string(number, len(COLUMNS) + 2, "—", form)
        else:
            sheet.write_number(number, len(COLUMNS) + 2, line.row.share / 100, share)
        sheet.write_string(number, len(COLUMNS) + 3, "; ".join(remarks_of(line.row)), form)
    sheet.freeze_panes(4, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    book.close()
    return out.getvalue()


def remarks_of(row: Row) -> list[str]:
    """What has to be said beside the numbers of a row."""
    found = []
    if row.few:
        found.append(_("ít việc, tỷ lệ chỉ để tham khảo"))
    if row.origins:
        found.append(_("gồm việc tiếp nhận từ %(units)s") % {"units": ", ".join(row.origins)})
    if row.parts:
        found.append(_("ngoài ra được giao xuống %(count)s phần việc") % {"count": row.parts})
    return found


def as_of_words(day: date, today: date) -> str:
    """What cannot be known of a day gone by; nothing of today."""
    if day >= today:
        return ""
    return _(
        "Ngày đã qua: hạn tính theo hạn lúc đó, việc xong tính theo ngày báo xong. Không biết được: việc đã mở lại "
        "sau đó, lần tạm dừng đã kết thúc, việc đã hủy, đơn vị lúc đó giữ việc (việc chuyển giao tính cho đơn vị "
        "hiện nay)."
    )
