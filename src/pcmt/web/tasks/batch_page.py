"""What the pages of a batch show: each row with what becomes of it, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.tasks.models import Batch, BatchState, DueItem, DueState
from pcmt.apps.tasks.operations import OUTCOMES, SHOWN
from pcmt.core.periods import parse_date
from pcmt.documents import address
from pcmt.web.tasks.batch_forms import WORDS
from pcmt.web.templatetags.due import last_day
from pcmt.web.templatetags.pcmt import vdate

FORESEEN: Mapping[str, tuple[str, Promise]] = {
    "done": ("wait", pgettext_lazy("dòng của loạt việc", "Sẽ thay đổi")),
    "refused": ("soon", pgettext_lazy("dòng của loạt việc", "Không làm được")),
    "same": ("plain", pgettext_lazy("dòng của loạt việc", "Giữ nguyên")),
}
"""Tone and word of what becomes of a row, while the batch waits."""
CARRIED: Mapping[str, tuple[str, Promise]] = {
    **FORESEEN,
    "done": ("done", pgettext_lazy("dòng của loạt việc", "Đã thay đổi")),
}
"""The same afterwards."""
FIELDS: Mapping[str, Promise] = {
    "percent": gettext_lazy("Tiến độ"),
    "state": gettext_lazy("Tình trạng"),
    "done_on": gettext_lazy("Ngày xong"),
    "due_on": gettext_lazy("Hạn chót"),
    "holder_id": gettext_lazy("Người phụ trách"),
    "note": gettext_lazy("Ghi chú"),
}
CUT = 120


@frozen
class Change:
    """A value before and after, as people read it; `new` where there was none."""

    label: str
    before: str
    after: str


@frozen
class Line:
    """A row of a batch: the due item (None: not one the reader sees), its line in the workbook, what becomes of it."""

    due: DueItem | None
    line: int | None
    tone: str
    word: str
    changes: Sequence[Change]
    wrong: Sequence[tuple[str, str]]
    message: str
    stays: str


def title_of(batch: Batch) -> str:
    """What a batch is called: its act, or the name of its file, or that it was typed."""
    if batch.act:
        return str(WORDS[batch.act])
    return batch.name or _("Nhập tiến độ trong bảng")


def picked(batch: Batch, state: str) -> list[int]:
    """Which rows have an outcome; all of them for ""."""
    return [at for at, each in enumerate(batch.outcomes) if not state or each["state"] == state]


def lines_of(actor: Actor, batch: Batch, places: Sequence[int]) -> list[Line]:
    """Rows of a batch by their places in it; the due items and people in one query each."""
    rows, outcomes = batch.rows, batch.outcomes
    ids = [outcomes[at]["due"] for at in places if outcomes[at].get("due")]
    seen = DueItem.objects.visible_to(actor).select_related("plan", "unit", "clause").filter(pk__in=ids)
    dues = {due.pk: due for due in seen}
    people = _people(outcomes[at]["changes"] for at in places)
    words = FORESEEN if batch.state == BatchState.WAITING else CARRIED
    found = []
    for at in places:
        row, outcome = rows[at], outcomes[at]
        tone, word = words[outcome["state"]]
        wrong = [(address(*each["cell"]), each["message"]) for each in row.get("wrong", ())]
        if outcome.get("undone"):
            tone, word = "plain", gettext_lazy("Đã hoàn tác")
        found.append(
            Line(
                due=dues.get(outcome.get("due") or 0),
                line=row.get("line"),
                tone=tone,
                word=str(word),
                changes=list(_changes(outcome["changes"], people)),
                wrong=wrong,
                message="" if wrong else _placed(row, outcome),
                stays=outcome.get("stays", ""),
            )
        )
    return found


def _placed(row: Mapping[str, Any], outcome: Mapping[str, Any]) -> str:
    """Why a row is refused, with the cell that it is about."""
    message: str = outcome.get("message", "")
    cell = row.get("cells", {}).get(str(outcome.get("field", "")).removesuffix("_id"))
    return f"{address(*cell)}: {message}" if cell and message else message


def _people(changes: Collection[Mapping[str, Any]] | Iterator[Mapping[str, Any]]) -> dict[int, str]:
    ids = {pk for each in changes for pk in each.get("holder_id", ()) if pk}
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=ids)} if ids else {}


def _changes(changes: Mapping[str, Any], people: Mapping[int, str]) -> Iterator[Change]:
    for name in (*SHOWN, "note"):
        if name in changes:
            before, after = (value_words(name, value, people) for value in changes[name])
            yield Change(str(FIELDS[name]), before, after or _("bỏ trống"))


def value_words(name: str, value: Any, people: Mapping[int, str]) -> str:
    """A value of a field as people read it."""
    if value in (None, ""):
        return ""
    match name:
        case "percent":
            return f"{value} %"
        case "state":
            return str(DueState(value).label).lower()
        case "done_on":
            return vdate(parse_date(value))
        case "due_on":
            return last_day(parse_date(value))
        case "holder_id":
            return people.get(value, _("người khác"))
    text = " ".join(str(value).split())
    return text if len(text) <= CUT else f"{text[: CUT - 1]}…"


def tabs_of(batch: Batch, chosen: str) -> list[dict[str, Any]]:
    """One tab for each outcome that there is, and one for all rows."""
    words = FORESEEN if batch.state == BatchState.WAITING else CARRIED
    tabs = [
        {"label": words[state][1], "url": f"?xem={state}", "count": batch.counts[state], "current": state == chosen}
        for state in OUTCOMES
        if batch.counts.get(state)
    ]
    every = {"label": _("Tất cả"), "url": "?xem=tat-ca", "count": len(batch.outcomes), "current": not chosen}
    return [*tabs, every]
