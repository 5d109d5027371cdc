"""From the cells that were typed to the numbers that are told, and back to what became of each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.models import Fact, Form, FormLine, Recording, Source
from pcmt.apps.facts.operations import CellRefusal, Entry, record_facts
from pcmt.apps.facts.queries import told_last
from pcmt.apps.facts.typed import typed_from
from pcmt.core.diagnostics import Refusal
from pcmt.web.entry.tables import Box, Table, Theirs
from pcmt.web.entry.words import text_of
from pcmt.web.templatetags.pcmt import vclock

NOTE_LENGTH = 500


@frozen
class Saved:
    """A table after saving: drawn anew, with what became of each cell that was sent."""

    table: Table
    recording: Recording | None

    @property
    def counts(self) -> tuple[int, int]:
        """How many cells were saved and how many refused."""
        states = [box.state for box in self.table.boxes if box.posted]
        return sum(state in ("saved", "waiting") for state in states), states.count("refused")


def save(*, actor: Actor, at: datetime, form: Form, posted: QueryDict, draw: Callable[[], Table]) -> Saved:
    """Tell what was typed otherwise than it was drawn: what can be taken is saved, the rest keeps its reason.

    `draw` makes the table as it stands. Names in what was posted: `v` and `n` with the key of a cell are its number
    and its note, `seen` are "key:fact" of what the writer saw there, `keep` ("key:fact") says that the own number is to
    go over that of somebody else, `take` (a key) that theirs is to stay.
    """
    table = draw()
    boxes = _typed(table, posted)
    told = _tell(actor, at, form, boxes)
    fresh = draw()
    now = {box.key: box for box in fresh.boxes}
    stale = []
    for box in boxes:
        here = now[box.key]
        here.posted, here.state, here.message = True, box.state, box.message
        if box.state == "saved" and here.waits:
            here.state = "waiting"
        if box.state == "refused":
            here.text, here.note, here.seen = box.text, box.note, box.seen
            if box.message == STALE:
                stale.append(here)
    _name_others(stale)
    return Saved(fresh, told)


STALE = "stale"
"""What stands in place of the message while it is not known who was faster."""


def _typed(table: Table, posted: QueryDict) -> list[Box]:
    """The cells that were sent, with what was typed in them."""
    seen = _tokens(posted.getlist("seen")) | _tokens(posted.getlist("keep"))
    taken = set(posted.getlist("take"))
    found = []
    for box in table.boxes:
        if f"v{box.key}" not in posted or box.key in taken or not box.editable:
            continue
        box.text = str(posted[f"v{box.key}"])
        box.note = " ".join(str(posted.get(f"n{box.key}", box.note)).split())
        box.seen = seen.get(box.key, 0)
        found.append(box)
    return found


def _tokens(parts: Sequence[str]) -> dict[str, int]:
    pairs = (token.rpartition(":") for part in parts for token in part.split())
    return {key: int(number) for key, _colon, number in pairs if number.isdecimal() and len(number) < 19}


def _tell(actor: Actor, at: datetime, form: Form, boxes: Sequence[Box]) -> Recording | None:
    entries: dict[tuple[object, ...], tuple[Entry, Box]] = {}
    drawn = _as_drawn(boxes)
    for box in boxes:
        typed = typed_from(box.text, places=box.line.element.places, unit_word=box.unit_word)
        if typed.wrong or len(box.note) > NOTE_LENGTH:
            box.state, box.message = "refused", typed.wrong or _("Ghi chú dài quá 500 ký tự.")
            continue
        if (typed.value, typed.applies, box.note) == drawn[box.key]:
            continue
        if (typed.value, typed.applies, box.note) == _standing(box):  # somebody else told the very same
            box.state = "saved"
            continue
        entry = Entry(
            box.unit_id, box.line.element.code, box.span, typed.value, breakdown=box.line.breakdown,
            applies=typed.applies, note=box.note, seen=box.seen,
        )  # fmt: skip
        entries[_place(entry)] = (entry, box)
    return _record(actor, at, form, entries)


def _record(
    actor: Actor, at: datetime, form: Form, entries: dict[tuple[object, ...], tuple[Entry, Box]]
) -> Recording | None:
    """All that can be taken, in one recording: what is refused is left out and the rest told again."""
    while entries:
        for _entry, box in entries.values():
            box.state = "saved"
        told = record_facts(
            actor=actor, at=at, entries=[entry for entry, _box in entries.values()], source=Source.PERSON, form=form
        )
        if isinstance(told, Recording):
            return told
        if isinstance(told, Refusal):
            for _entry, box in entries.values():
                if told.code != "unchanged":
                    box.state, box.message = "refused", told.message
            return None
        for refused in told:
            box = entries.pop(_place(refused.entry))[1]
            box.state, box.message = "refused", _reason(refused)
    return None


def _reason(refused: CellRefusal) -> str:
    return STALE if refused.refusal.code == STALE else refused.refusal.message


def _place(entry: Entry) -> tuple[object, ...]:
    return (entry.unit_id, entry.element, entry.span, entry.breakdown)


def _as_drawn(boxes: Sequence[Box]) -> dict[str, tuple[object, ...]]:
    """What stood in the cells when they were drawn: who leaves a cell as it was says nothing about it."""
    other = {box.seen for box in boxes if box.seen and (box.number is None or box.number.fact_id != box.seen)}
    rows = {row.pk: row for row in Fact.objects.filter(pk__in=other)} if other else {}
    return {box.key: _drawn(box, rows) for box in boxes}


def _drawn(box: Box, rows: Mapping[int, Fact]) -> tuple[object, ...]:
    if not box.seen:
        return (None, True, "")
    if box.number is not None and box.number.fact_id == box.seen:
        return _standing(box)
    row = rows.get(box.seen)
    if row is None or (row.unit_id, row.element_id, row.breakdown, row.start) != _cell(box.unit_id, box.line, box):
        return (None, True, "")
    value = None if row.value is None else box.line.element.number(row.value)
    return (value, row.applies, row.note)


def _standing(box: Box) -> tuple[object, ...]:
    return (box.number.value, box.number.applies, box.number.note) if box.number else (None, True, "")


def _cell(unit_id: int, line: FormLine, box: Box) -> tuple[object, ...]:
    return (unit_id, line.element_id, line.breakdown, box.span.start)


def _name_others(stale: Sequence[Box]) -> None:
    """Say who was faster, what they told and when."""
    recordings = told_last({box.number.fact_id for box in stale if box.number})
    for box in stale:
        recording = recordings.get(box.number.fact_id) if box.number else None
        if recording is None or box.number is None:
            box.message = _("Người khác vừa xóa số của ô này.")
            box.theirs = Theirs(0, "", "", "")
            continue
        who = recording.by.full_name if recording.by else _("Hệ thống")
        theirs = Theirs(box.number.fact_id, text_of(box.number), who, vclock(recording.at))
        box.theirs = theirs
        box.message = _("%(who)s vừa ghi “%(text)s” (%(when)s).") % {
            "who": who, "text": theirs.text or "—", "when": theirs.when
        }  # fmt: skip


def said(count: int, refused: int) -> str:
    """What was done, in words."""
    if not count and not refused:
        return _("Không có ô nào thay đổi.")
    words = ngettext("Đã lưu %(count)d ô.", "Đã lưu %(count)d ô.", count) % {"count": count} if count else ""
    if refused:
        more = ngettext(
            "%(refused)d ô chưa lưu được, xem lý do ở ô đó.",
            "%(refused)d ô chưa lưu được, xem lý do ở từng ô.",
            refused,
        ) % {"refused": refused}
        words = f"{words} {more}".strip()
    return words
