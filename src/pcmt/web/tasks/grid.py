"""The table in which a body, or the standing office for many bodies, says how everything stands: typed or pasted in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import define, field
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.tasks.cells import Mistyped, day_from, note_from, percent_from, person_from
from pcmt.apps.tasks.models import Batch, BatchState, BatchWay, DueItem, DueState
from pcmt.apps.tasks.operations import Row, Saved, save_rows
from pcmt.apps.tasks.policies import can_batch
from pcmt.apps.tasks.queries import people_of, reportable
from pcmt.core.diagnostics import Refusal
from pcmt.web.grids import rows_said
from pcmt.web.shell.access import acting
from pcmt.web.tasks.choosing import chosen_items, filter_of
from pcmt.web.templatetags.pcmt import vdate

ROWS_A_PAGE = 100
COLUMNS = ("percent", "done_on", "note", "holder")
SAVED, SAME, REFUSED = "saved", "same", "refused"

People = Mapping[int, Mapping[int, tuple[str, str]]]


@define
class Line:
    """A row of the table: the due item, what stands in its cells, what they held when the row was drawn.

    `origin` is version, percent and person at that time: cells that still say the same were not touched. `state` is
    what became of the row when it was saved last; `wrong` the column at fault.
    """

    due: DueItem
    cells: dict[str, str]
    origin: str
    state: str = ""
    message: str = ""
    wrong: str = ""
    people: Sequence[tuple[str, str]] = field(factory=tuple)


def grid(request: HttpRequest) -> HttpResponse:
    """The table for the items of a filter that are open and that the actor may report on."""
    actor = acting(request)
    if not can_batch(actor):
        raise PermissionDenied(_("Vai trò của bạn chỉ xem, không cập nhật được việc."))
    page = _page_of(actor, request.GET)
    people = people_of({due.unit_id for due in page.object_list if due.unit_id}, actor.on)
    holders = _holders(page.object_list)
    lines = [_line(due, holders, people) for due in page.object_list]
    if request.method != "POST":
        return _drawn(request, actor, page, lines)
    lines = _typed(actor, request.POST, lines, people)
    saved = _save(actor, lines, people)
    if isinstance(saved, Refusal):
        messages.error(request, saved.message)
        return _drawn(request, actor, page, lines, status=422)
    count, refused = _counted(lines)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"rows": [_told(line) for line in lines if line.state], "said": _said(count, refused),
                             "batch": _address(saved.batch)})  # fmt: skip
    if refused or not count:
        messages.warning(request, _said(count, refused))
        return _drawn(request, actor, page, lines, status=422 if refused else 200)
    messages.success(request, _said(count, refused))
    return redirect(request.get_full_path())


def _page_of(actor: Actor, query: QueryDict) -> Page[DueItem]:
    """The items of the list at an address that may be reported on; open ones, whatever state the list is about."""
    items = chosen_items(actor, query).filter(pk__in=reportable(actor).values("pk"), state=DueState.OPEN)
    return Paginator(items.select_related("plan", "unit", "clause"), ROWS_A_PAGE).get_page(query.get("trang"))


def _holders(dues: Iterable[DueItem]) -> dict[int, str]:
    ids = {due.holder_id for due in dues if due.holder_id}
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=ids)} if ids else {}


def _line(due: DueItem, holders: Mapping[int, str], people: People) -> Line:
    cells = {
        "percent": str(due.percent),
        "done_on": "",
        "note": "",
        "holder": holders.get(due.holder_id or 0, ""),
    }
    names = people.get(due.unit_id or 0, {}).values()
    return Line(due, cells, f"{due.version}.{due.percent}.{due.holder_id or ''}", people=sorted(set(names)))


def _typed(actor: Actor, posted: QueryDict, lines: Sequence[Line], people: People) -> list[Line]:
    """The lines as they were sent, also those that left the filter since: nothing that was typed is lost."""
    drawn = {line.due.pk: line for line in lines}
    ids = [int(name[1:]) for name in posted if name[:1] == "v" and name[1:].isdecimal() and len(name) < 12]
    missing = [pk for pk in ids if pk not in drawn]
    if missing:
        seen = DueItem.objects.visible_to(actor).select_related("plan", "unit", "clause").filter(pk__in=missing)
        others = {due.pk: due for due in seen}
        holders = _holders(others.values())
        drawn |= {pk: _line(due, holders, people) for pk, due in others.items()}
    found = []
    for pk in ids or list(drawn):
        line = drawn.get(pk)
        if line is None:
            continue
        line.origin = str(posted.get(f"v{pk}", line.origin))
        line.cells |= {name: str(posted.get(f"{name}-{pk}")) for name in COLUMNS if f"{name}-{pk}" in posted}
        found.append(line)
    return found


def _save(actor: Actor, lines: Sequence[Line], people: People) -> Saved | Refusal:
    rows, changed = [], []
    for line in lines:
        row = _row(line, people.get(line.due.unit_id or 0, {}))
        if row is not None:
            rows.append(row)
            changed.append(line)
    saved = save_rows(actor=actor, at=timezone.now(), rows=rows)
    if isinstance(saved, Refusal):
        return saved
    fresh = {due.pk: due for due in DueItem.objects.select_related("plan", "unit", "clause").filter(
        pk__in=[line.due.pk for line in changed])}  # fmt: skip
    holders = _holders(fresh.values())
    for line, outcome in zip(changed, saved.outcomes, strict=True):
        now = _line(fresh[line.due.pk], holders, people)
        line.due, line.origin = now.due, now.origin
        if outcome["state"] == REFUSED:
            line.state, line.message = REFUSED, outcome["message"]
            line.wrong = str(outcome.get("field", "")).removesuffix("_id")
        else:
            line.state, line.cells = SAVED, now.cells
            line.message = _done_words(now.due)
    return saved


def _done_words(due: DueItem) -> str:
    if due.state == DueState.OPEN:
        return ""
    return f"{DueState(due.state).label}, {vdate(due.done_on)}" if due.done_on else str(DueState(due.state).label)


def _row(line: Line, people: Mapping[int, tuple[str, str]]) -> Row | None:
    """What a line says otherwise than when it was drawn; None when nothing, or when a cell makes no sense."""
    version, percent_then, holder_then = _origin(line.origin)
    said: dict[str, Any] = {}
    percent = percent_from(line.cells["percent"])
    day = day_from(line.cells["done_on"])
    holder: int | Mistyped | None = holder_then
    if holder_then is None or line.cells["holder"] != _name_of(holder_then, line, people):
        holder = person_from(line.cells["holder"], people)
    for name, value in (("percent", percent), ("done_on", day), ("holder", holder)):
        if isinstance(value, Mistyped):
            line.state, line.message, line.wrong = REFUSED, value.message, name
            return None
    if percent is not None and percent != percent_then:
        said["percent"] = percent
    if isinstance(day, date):
        said["done_on"] = day.isoformat()
    if note := note_from(line.cells["note"]):
        said["note"] = note
    if holder != holder_then:
        said["holder_id"] = holder
    return Row(line.due.pk, version, said) if said else None


def _name_of(user_id: int, line: Line, people: Mapping[int, tuple[str, str]]) -> str:
    """The name that stood in the cell when it was drawn."""
    if user_id in people:
        return people[user_id][0]
    return User.objects.filter(pk=user_id).values_list("full_name", flat=True).first() or ""


def _origin(text: str) -> tuple[int, int, int | None]:
    parts = text.split(".")
    version, percent, holder = (int(part) if part.isdecimal() else 0 for part in [*parts, "", "", ""][:3])
    return version, percent, holder or None


def _counted(lines: Sequence[Line]) -> tuple[int, int]:
    return sum(line.state == SAVED for line in lines), sum(line.state == REFUSED for line in lines)


def _said(count: int, refused: int) -> str:
    return rows_said(count, refused, _("Không có ô nào thay đổi."))


def _told(line: Line) -> dict[str, Any]:
    """A line for the script of the page."""
    return {
        "id": line.due.pk,
        "state": line.state,
        "message": line.message,
        "field": line.wrong,
        "origin": line.origin,
        "cells": line.cells,
        "over": line.due.state != DueState.OPEN,
    }


def _address(batch: Batch | None) -> str:
    return reverse("tasks:batch", args=[batch.pk]) if batch else ""


def _drawn(
    request: HttpRequest, actor: Actor, page: Page[DueItem], lines: Sequence[Line], status: int = 200
) -> HttpResponse:
    form = filter_of(actor, request.GET)
    last = Batch.objects.visible_to(actor).filter(way=BatchWay.TYPED, state=BatchState.DONE)
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "people": _lists(lines),
        "many": len({line.due.unit_id for line in lines}) > 1,
        "refused": [line for line in lines if line.state == REFUSED],
        "last": last.defer("rows", "outcomes", "touched").first(),
        "today": actor.on,
        "list_url": reverse("tasks:owed") + (f"?{request.GET.urlencode()}" if request.GET else ""),
    }
    return render(request, "tasks/grid.html", context, status=status)


def _lists(lines: Sequence[Line]) -> dict[int, Sequence[tuple[str, str]]]:
    """The names that may be chosen, once for each body."""
    return {line.due.unit_id: line.people for line in lines if line.due.unit_id and line.people}
