"""Quick entry: the results of twenty people in one go. Each row stands for itself; nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import attrs
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.registers.operations.testing import TestEntry, record_tests
from pcmt.apps.registers.queries import care, choices
from pcmt.apps.registers.queries.people import sees_names
from pcmt.apps.registers.queries.work import ToTest, to_test
from pcmt.web.care.forms import RowForm, blame
from pcmt.web.fields import WrittenDateField
from pcmt.web.protection.visits import names_people, purpose_url, visit_of
from pcmt.web.registers.opening import of_list
from pcmt.web.shell.access import acting

CODES = re.compile(r"HS-[0-9A-Z]{4}-[0-9A-Z]{4}")
MOST = 40
"""Rows taken at once: twenty of the list and as many that were added."""


@attrs.define
class Row:
    """A person in the list, the form of the row, and what became of it: "", saved, duplicate, refused."""

    person: ToTest
    form: RowForm
    state: str = ""
    said: str = ""


@names_people
def entry(request: HttpRequest) -> HttpResponse:
    """The list of whom to test, with a row of boxes each; sent, every row is saved or says why not."""
    actor, at = acting(request), timezone.now()
    if not care.may_write(actor, "test"):
        raise PermissionDenied
    sent = request.method == "POST"
    added = _codes(request.GET.getlist("ma"))
    number = request.GET.get("trang", "")
    page = int(number) if number.isdecimal() and len(number) < 9 else 1
    listed = to_test(actor, at, page=page, codes=added)
    day, day_error = actor.on, ""
    if sent:
        codes = _codes([request.POST.get(f"r{at_}-code", "") for at_ in range(MOST)])
        rows = _posted(request.POST, to_test(actor, at, codes=codes).lines)
        typed = request.POST.get("on", "")
        day, day_error = _day(typed)
        if not day_error:
            _save(actor, at, rows, day)
        if not day_error and not any(row.state == "refused" for row in rows):
            _say(request, rows)
            return redirect(request.get_full_path())
    else:
        typed = ""
        rows = [_fresh(at_, person) for at_, person in enumerate(listed.lines)]
    refused = [row for row in rows if row.state == "refused"]
    context = {
        "rows": rows,
        "refused": refused,
        "saved": sum(row.state in ("saved", "duplicate") for row in rows),
        "list": listed,
        "pages": range(1, listed.pages + 1),
        "typed_day": typed,
        "day": day,
        "day_error": day_error,
        "added": bool(added),
        "unknown": [code for code in added if code not in {row.person.code for row in rows}] if not sent else (),
        "opened": of_list(request, [row.person for row in rows], "tests"),
        "asks_visit": sees_names(actor) and visit_of(request) is None,
        "purpose_url": purpose_url(request),
        "today": actor.on,
    }
    return render(request, "care/quick.html", context, status=422 if refused or day_error else 200)


def _codes(typed: Sequence[str]) -> list[str]:
    """Codes of files among what was typed, each once, `MOST` at most."""
    found = [code for each in typed for code in CODES.findall(each.upper())]
    return list(dict.fromkeys(found))[:MOST]


def _day(typed: str) -> tuple[Any, str]:
    """The day of all rows, or what is wrong with it."""
    try:
        return WrittenDateField().clean(typed), ""
    except ValidationError as wrong:
        return None, " ".join(wrong.messages)


def _fresh(at: int, person: ToTest) -> Row:
    first = {"code": person.code, "key": uuid4(), "ground": person.ground, "sample": choices.URINE}
    return Row(person, RowForm(prefix=f"r{at}", initial=first))


def _posted(posted: QueryDict, people: Sequence[ToTest]) -> list[Row]:
    """The rows that were sent, in their order; those of files that the actor does not see are left out."""
    by_code = {person.code: person for person in people}
    rows = []
    for at in range(MOST):
        person = by_code.get(posted.get(f"r{at}-code", "").upper())
        if person is not None:
            rows.append(Row(person, RowForm(posted, prefix=f"r{at}")))
    return rows


def _save(actor: Any, at: Any, rows: Sequence[Row], day: Any) -> None:
    """Save the rows that have a result, each for itself."""
    waiting: list[tuple[Row, TestEntry]] = []
    for row in rows:
        form = row.form
        if not form.is_valid():
            row.state = "refused"
            continue
        data = form.cleaned_data
        if not data["result"]:
            continue
        entry = TestEntry(
            key=data["key"],
            code=row.person.code,
            on=day,
            ground=data["ground"],
            sample=data["sample"],
            result=data["result"],
            substances=tuple(data["substances"]),
            guardian_present=data["guardian"] or None,
            again=data["again"],
        )
        waiting.append((row, entry))
    outcomes = record_tests(actor=actor, at=at, entries=[entry for _row, entry in waiting])
    for (row, _entry), outcome in zip(waiting, outcomes, strict=True):
        row.state = outcome.status
        if outcome.refusal is not None:
            blame(row.form, outcome.refusal)
        else:
            row.said = str(outcome.row.get_result_display())


def _say(request: HttpRequest, rows: Sequence[Row]) -> None:
    """What was saved, in a line; positive results by their number."""
    saved = sum(row.state in ("saved", "duplicate") for row in rows)
    if not saved:
        messages.warning(request, _("Chưa có kết quả nào được chọn nên chưa lưu gì."))
        return
    words = ngettext("Đã lưu %(n)s kết quả xét nghiệm.", "Đã lưu %(n)s kết quả xét nghiệm.", saved)
    messages.success(request, words % {"n": saved})
    positive = sum(row.form.cleaned_data["result"] == choices.POSITIVE for row in rows if row.state == "saved")
    if positive:
        words = ngettext(
            "%(n)s kết quả dương tính: các bước theo luật đã mở, có hạn theo giờ.",
            "%(n)s kết quả dương tính: các bước theo luật đã mở, có hạn theo giờ.",
            positive,
        )
        messages.warning(request, words % {"n": positive})
