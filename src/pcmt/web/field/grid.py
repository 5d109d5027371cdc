"""Many entries of one kind at once: a row is an entry, typed or pasted from Excel. Each row is saved by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

from attrs import define, field, frozen
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventState, Way
from pcmt.apps.activities.operations.events import record_event
from pcmt.apps.activities.queries.kinds import KindChoice
from pcmt.apps.activities.queries.offline import field_areas, field_kinds, field_places
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import FieldType, KindField
from pcmt.core.text import fold
from pcmt.web.field.views import recorder
from pcmt.web.grids import rows_said

ROWS = 20
MOST_ROWS = 200
SAVED, REFUSED, UNSAVED = "saved", "refused", "unsaved"
DAY = re.compile(r"(\d{1,2})(?:[/.\-](\d{1,2})(?:[/.\-](\d{4}))?)?")
SPAN = re.compile(r"(\d{1,2})\s*[-–]\s*(\d{1,2})")
YES = ("x", "co", "1")


@frozen
class Column:
    """A column of the table. `asked` is the field of the kind that it holds, none for what every entry says."""

    name: str
    label: str
    asked: KindField | None = None
    offers: Sequence[str] = ()


@define
class Line:
    """A row: its number, what stands in its cells, what became of it."""

    number: int
    cells: dict[str, str]
    state: str = ""
    message: str = ""
    wrong: str = ""
    row: list[tuple[Column, str]] = field(factory=list)


@frozen
class Table:
    """What the table is about: the kind, the month in which bare days are read, where entries may lie."""

    choice: KindChoice
    month: date
    columns: Sequence[Column]
    areas: Mapping[str, int]
    places: Mapping[str, int]


def grid(request: HttpRequest, kind_code: str) -> HttpResponse:
    """The table for one kind and one month. Works as a plain form; a script adds the manners of a spreadsheet."""
    actor = recorder(request)
    choice = next((each for each in field_kinds(actor) if each.kind.code == kind_code), None)
    if choice is None:
        raise Http404
    table = _table(actor, choice, _month(request.GET.get("thang", ""), actor.on))
    if request.method != "POST":
        return _drawn(request, actor, table, [_empty(table, number) for number in range(ROWS)], str(uuid4()))
    batch = _batch(request.POST.get("batch", ""))
    lines = _typed(table, request.POST)
    act = request.POST.get("act", "")
    if act:
        return _drawn(request, actor, table, _changed(request, table, lines, act), str(batch))
    for line in lines:
        if any(text.strip() for text in line.cells.values()):
            _save(actor, table, line, batch)
    saved, refused = (sum(each.state == state for each in lines) for state in (SAVED, REFUSED))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"rows": [_told(each) for each in lines if each.state], "said": _said(saved, refused)})
    if refused or not saved:
        messages.warning(request, _said(saved, refused))
        return _drawn(request, actor, table, lines, str(batch), status=422 if refused else 200)
    messages.success(request, _said(saved, refused))
    return redirect(request.get_full_path())


def _month(said: str, today: date) -> date:
    """The first day of a month told as yyyy-mm, this month for anything else."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", said)
    try:
        return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def _batch(said: str) -> UUID:
    """The key of the table as it was drawn: with the number of a row it makes the row's key, so that it counts once."""
    try:
        return UUID(said)
    except ValueError:
        return uuid4()


def _table(actor: Actor, choice: KindChoice, month: date) -> Table:
    schema = choice.schema
    areas = {each.name: each.pk for each in field_areas(actor)}
    places = {each["name"]: each["id"] for each in field_places(actor, schema.with_places)}
    columns = [Column("on", _("Ngày"))]
    if schema.asks_time:
        columns.append(Column("time", _("Giờ")))
    if not schema.title:
        columns.append(Column("title", _("Tên")))
    if len(areas) > 1:
        columns.append(Column("area", _("Địa bàn"), offers=tuple(areas)))
    if schema.with_places:
        columns.append(Column("places", _("Địa điểm"), offers=tuple(places)))
    columns.append(Column("where", _("Ở đâu")))
    for each in schema.fields:
        offers = tuple(one.label for one in each.options)
        columns.append(Column(f"f_{each.key}", _label(each), each, offers))
    columns.append(Column("again", _("Lần khác (x)")))
    return Table(choice, month, columns, areas, places)


def _label(asked: KindField) -> str:
    return f"{asked.label} ({asked.unit_word})" if asked.unit_word else asked.label


def _empty(table: Table, number: int) -> Line:
    return Line(number, {each.name: "" for each in table.columns})


def _typed(table: Table, posted: QueryDict) -> list[Line]:
    """The rows that were sent, in their order; a script sends only those that changed."""
    found = [re.fullmatch(r"on-(\d{1,3})", name) for name in posted]
    numbers = sorted({int(each[1]) for each in found if each and int(each[1]) < MOST_ROWS})
    return [
        Line(number, {each.name: posted.get(f"{each.name}-{number}", "") for each in table.columns})
        for number in numbers
    ]


def _changed(request: HttpRequest, table: Table, lines: list[Line], act: str) -> list[Line]:
    """Rows added below, or one row copied for days; nothing is saved by it."""
    first = max((each.number for each in lines), default=-1) + 1
    for line in lines:
        line.state = UNSAVED if any(line.cells.values()) else ""
    if act == "more":
        return [*lines, *(_empty(table, number) for number in range(first, min(first + ROWS, MOST_ROWS)))]
    wanted, days = request.POST.get("copy-row", ""), _days(request.POST.get("copy-days", ""), table.month)
    source = next((each for each in lines if str(each.number + 1) == wanted.strip()), None)
    if source is None or not days:
        messages.error(request, _("Ghi số của dòng cần chép và các ngày, ví dụ 3, 5-7, 10."))
        return lines
    free = [each for each in lines if not any(each.cells.values())]
    free += [_empty(table, number) for number in range(first, MOST_ROWS)]
    if len(days) > len(free):
        messages.error(request, _("Bảng có nhiều nhất %(most)s dòng.") % {"most": MOST_ROWS})
        return lines
    for day, line in zip(days, free, strict=False):
        line.cells = {**source.cells, "on": f"{day:%d/%m/%Y}", "again": ""}
        line.state = UNSAVED
        if line.number >= first:
            lines.append(line)
    return lines


def _days(said: str, month: date) -> list[date]:
    """Days as "3, 5-7, 10/5"; nothing where a part makes no sense."""
    found: list[date] = []
    for part in re.split(r"[,;]", said):
        if not (text := part.strip()):
            continue
        span = SPAN.fullmatch(text)
        texts = [str(each) for each in range(int(span[1]), int(span[2]) + 1)] if span else [text]
        for each in texts:
            day = read_day(each, month)
            if day is None:
                return []
            found.append(day)
    return found


def read_day(said: str, month: date) -> date | None:
    """A day as 15/6/2026, 15/6 or 15 (of the month of the table), or as Excel and browsers write it."""
    text = said.strip()
    try:
        found = DAY.fullmatch(text)
        if found is None:
            return date.fromisoformat(text)
        return date(int(found[3] or month.year), int(found[2] or month.month), int(found[1]))
    except ValueError:
        return None


def _save(actor: Actor, table: Table, line: Line, batch: UUID) -> None:
    cells = line.cells
    on = read_day(cells["on"], table.month)
    if on is None:
        _refuse(line, "on", _("Ghi ngày theo dạng 15/6/2026, hoặc 15 là ngày 15 của tháng đang nhập."))
        return
    area_id: int | None = actor.unit_id if not table.areas else next(iter(table.areas.values()))
    if (text := cells.get("area", "").strip()) and (area_id := _named(table.areas, text)) is None:
        _refuse(line, "area", _("Không có địa bàn này trong danh sách."))
        return
    place_ids: list[int] = []
    for text in filter(str.strip, cells.get("places", "").split(";")):
        place_id = _named(table.places, text)
        if place_id is None:
            _refuse(line, "places", _("Không có địa điểm này trong danh sách."))
            return
        place_ids.append(place_id)
    typed = {each.asked.key: _said_of(each.asked, cells[each.name]) for each in table.columns if each.asked}
    made = record_event(
        actor=actor, at=timezone.now(), key=uuid5(batch, str(line.number)), kind=table.choice.kind.code,
        kind_version=table.choice.version.number, body_id=actor.unit_id, area_id=area_id or actor.unit_id, on=on,
        time=cells.get("time", "").strip() or None, title=cells.get("title", ""), where=cells["where"], typed=typed,
        place_ids=place_ids, way=Way.GRID, again=fold(cells["again"]).strip() in YES,
    )  # fmt: skip
    if isinstance(made, Refusal):
        names = {each.name for each in table.columns}
        column = made.field if made.field in names else f"f_{made.field}"
        if made.code == "likely":
            message = _("%(reason)s Ghi x ở cột “Lần khác” để vẫn ghi.") % {"reason": made.message}
            _refuse(line, "again", message)
        else:
            _refuse(line, column if column in names else "", made.message)
        return
    line.state, line.cells["on"] = SAVED, f"{on:%d/%m/%Y}"


def _refuse(line: Line, column: str, message: str) -> None:
    line.state, line.wrong, line.message = REFUSED, column, message


def _named(known: Mapping[str, int], text: str) -> int | None:
    wanted = fold(text).strip()
    found = {pk for name, pk in known.items() if fold(name).strip() == wanted}
    return found.pop() if len(found) == 1 else None


def _said_of(asked: KindField, text: str) -> Any:
    """What a cell says, with the labels of choices as their keys; what is unknown stays, to be refused by name."""
    keys = {fold(one.label).strip(): one.key for one in asked.options}
    if asked.type is FieldType.CHOICE:
        return keys.get(fold(text).strip(), text)
    if asked.type is FieldType.CHOICES:
        return [keys.get(fold(each).strip(), each) for each in text.split(";") if each.strip()]
    return text


def _said(saved: int, refused: int) -> str:
    return rows_said(saved, refused, _("Chưa có dòng nào để lưu."))


def _told(line: Line) -> dict[str, Any]:
    """A row for the script of the page."""
    return {"id": line.number, "state": line.state, "message": line.message, "field": line.wrong,
            "cells": line.cells, "over": line.state == SAVED}  # fmt: skip


def _drawn(
    request: HttpRequest, actor: Actor, table: Table, lines: Sequence[Line], batch: str, status: int = 200
) -> HttpResponse:
    for line in lines:
        line.row = [(each, line.cells[each.name]) for each in table.columns]
    month = table.month
    recorded = Event.objects.visible_to(actor).filter(
        kind=table.choice.kind, body=actor.unit_id, on__year=month.year, on__month=month.month
    )
    context = {
        "table": table, "lines": lines, "batch": batch, "month": f"{month:%Y-%m}", "most": MOST_ROWS,
        "pattern": {"row": [(each, "") for each in table.columns]},
        "refused": [each for each in lines if each.state == REFUSED],
        "recorded": recorded.exclude(state=EventState.VOIDED).aggregate(n=Count("pk"))["n"],
    }  # fmt: skip
    return render(request, "field/grid.html", context, status=status)
