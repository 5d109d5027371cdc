"""Totals of the registers of an area: how many people, what was done; no row about anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.registers.queries import totals as queries
from pcmt.apps.registers.queries.totals import Amount, Row, Totals
from pcmt.apps.units.models import Unit
from pcmt.core.measures import part_label
from pcmt.core.periods import ADMINISTRATIVE, Span, period_label
from pcmt.documents.output.workbook import Heading, Sheet, Value, write_workbook
from pcmt.web.audit.acts import noted
from pcmt.web.shell.access import acting
from pcmt.web.targets.drawing import Chart, chart
from pcmt.web.targets.sheet import KEPT_BACK, XLSX

TITLES: dict[str, str | Promise] = {
    "status": gettext_lazy("Người đang được quản lý, theo diện"),
    "moves": gettext_lazy("Đến, đi, bắt đầu và thôi quản lý"),
    "tests": gettext_lazy("Xét nghiệm"),
    "care": gettext_lazy("Cai nghiện, điều trị, hỗ trợ, kiểm tra cư trú"),
    "sex": gettext_lazy("Theo giới tính"),
    "age": gettext_lazy("Theo tuổi"),
}


class Choice(forms.Form):
    """Which unit, which month."""

    don_vi = forms.ModelChoiceField(label=gettext_lazy("Đơn vị"), queryset=Unit.objects.none(), required=False)
    ky = forms.ChoiceField(label=gettext_lazy("Kỳ"), required=False)

    def __init__(self, *args: Any, actor: Actor, months: Sequence[Span], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, month = self.fields["don_vi"], self.fields["ky"]
        assert isinstance(unit, forms.ModelChoiceField)
        assert isinstance(month, forms.ChoiceField)
        unit.queryset = queries.units_to_choose(actor)
        unit.empty_label = queries.top_of(actor).name
        month.choices = [(f"{span.last:%Y-%m}", period_label(span, ADMINISTRATIVE)) for span in months]


@attrs.frozen
class Line:
    """A row in words."""

    name: str
    row: Row


@attrs.frozen
class View:
    """What the page and the sheet show."""

    form: Choice
    totals: Totals
    sections: Sequence[tuple[str | Promise, Sequence[Line]]]
    heads: Sequence[str]
    chart: Chart | None
    month: str


def totals(request: HttpRequest) -> HttpResponse:
    """How many people the area looks after, what came and went, tests, care; month by month and unit by unit."""
    view = _looked(request)
    query = request.GET.urlencode()
    context = {"view": view, "sheet_url": reverse("totals:xlsx") + (f"?{query}" if query else "")}
    return render(request, "totals/totals.html", context)


def sheet(request: HttpRequest) -> HttpResponse:
    """The very view as a workbook, with the same numbers left out."""
    with override("vi"):
        view = _looked(request)
        data = _book(view)
    name = f"thong-ke-ho-so-{view.totals.month.last:%Y-%m}.xlsx"
    noted(request, "registers.totals.exported", Thing("facts.Fact", "", name), format="xlsx", filter=view.month)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _looked(request: HttpRequest) -> View:
    actor = acting(request)
    if not queries.may_see(actor):
        raise PermissionDenied(_("Vai trò của bạn không xem số liệu hồ sơ."))
    months = queries.months_to_choose(actor.on)
    form = Choice(request.GET or None, actor=actor, months=months)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    unit = chosen.get("don_vi") or queries.top_of(actor)
    month = next((span for span in months if f"{span.last:%Y-%m}" == chosen.get("ky")), months[0])
    found = queries.totals_of(actor, unit, month)
    elements, parts = catalogue(month.last).elements, breakdowns(month.last)

    def name(code: str, part: str) -> str:
        return part_label(part, parts) if part else elements[code].name if code in elements else code

    days = [(span.last, amount.value, None) for span, amount in found.trend]
    return View(
        form=form,
        totals=found,
        sections=[
            (TITLES[key], [Line(name(row.code, row.part), row) for row in rows]) for key, rows in found.sections.items()
        ],
        heads=[name(code, part) for code, part in queries.BELOW],
        chart=chart(Span(found.trend[0][0].start, month.end), days, goal=None, opening=None, on=month.last),
        month=period_label(month, ADMINISTRATIVE),
    )


def _book(view: View) -> bytes:
    heading = f"Thống kê hồ sơ quản lý, {view.totals.unit.name}, {view.month}"
    words = "“ẩn”: số nhỏ về người, không hiện để không ai bị nhận ra. “—”: chưa có số liệu."
    rows: list[Sequence[Value] | Heading] = []
    for title, lines in view.sections:
        rows.append(Heading([str(title)]))
        rows += [[line.name, _value(line.row.month), _value(line.row.year) if line.row.year else ""] for line in lines]
    columns = [("Nội dung", 60), ("Trong kỳ, cuối kỳ", 16), ("Từ đầu năm", 16)]
    trend: list[Sequence[Value] | Heading] = [
        [period_label(span, ADMINISTRATIVE), _value(amount)] for span, amount in view.totals.trend
    ]
    book = [
        Sheet("Tổng số", heading, columns, rows, words, fixed=1),
        Sheet("Theo tháng", heading, [("Kỳ", 24), ("Người đang được quản lý", 24)], trend, words, fixed=1),
    ]
    if view.totals.below:
        units: list[Sequence[Value] | Heading] = [
            [unit.name, *map(_value, amounts)] for unit, amounts in view.totals.below
        ]
        heads = [("Đơn vị", 32), *((head, 20) for head in view.heads)]
        book.append(Sheet("Theo đơn vị", heading, heads, units, words, fixed=1))
    return write_workbook(book)


def _value(amount: Amount) -> Value:
    if amount.hidden:
        return KEPT_BACK
    return "—" if amount.value is None else int(amount.value)
