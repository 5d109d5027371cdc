"""Telling numbers: one act records any number of them, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.listeners import Changed, tell_changed
from pcmt.apps.facts.models import Element, Fact, Form, Recording, Source
from pcmt.apps.facts.policies import units_told_by
from pcmt.apps.units.models import UnitClosure, holds_on
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Span


@attrs.frozen
class Entry:
    """One number to tell. `value` None empties the cell; `applies` False says that the element does not apply.

    `seen` is the id of the fact that the writer saw in the cell (0: an empty one); None overwrites whatever is there.
    """

    unit_id: int
    element: str
    span: Span
    value: Decimal | None
    breakdown: str = ""
    applies: bool = True
    note: str = ""
    seen: int | None = None


@attrs.frozen
class CellRefusal:
    """Why one number cannot be taken."""

    entry: Entry
    refusal: Refusal


def record_facts(
    *,
    actor: Actor | None,
    at: datetime,
    entries: Sequence[Entry],
    source: Source = Source.PERSON,
    form: Form | None = None,
    ref: str = "",
    reason: str = "",
) -> Recording | Refusal | tuple[CellRefusal, ...]:
    """Tell numbers. All are taken, or none: then each that is wrong is answered with its reason.

    Without an actor the program itself tells them (registers, activities, the demo). What equals the number that
    stands is not told again; when nothing is new, that too is a refusal (`unchanged`).
    """
    elements = {each.code: each for each in Element.objects.filter(code__in={entry.element for entry in entries})}
    wrong = [CellRefusal(entry, why) for entry in entries if (why := _wrong(entry, elements))]
    allowed = units_told_by(actor, {entry.unit_id for entry in entries})
    wrong += [CellRefusal(entry, _not_yours()) for entry in entries if entry.unit_id not in allowed]
    if wrong:
        return tuple(wrong)
    accepted = form is None or not form.needs_acceptance
    with transaction.atomic():
        standing = _standing(entries, elements, accepted=accepted)
        stale = [
            CellRefusal(entry, _stale())
            for entry in entries
            if entry.seen is not None and entry.seen != (found.pk if (found := standing.get(_key(entry))) else 0)
        ]
        if stale:
            return tuple(stale)
        new = [entry for entry in entries if not _same(entry, standing.get(_key(entry)), elements[entry.element])]
        if not new:
            return Refusal(code="unchanged", message=_("Không có số nào thay đổi."))
        made = Recording.objects.create(
            at=at, by_id=actor.user_id if actor else None, unit_id=actor.unit_id if actor else None,
            source=source, form=form, ref=ref, reason=reason,
        )  # fmt: skip
        closed = [standing[_key(entry)].pk for entry in new if _key(entry) in standing]
        Fact.objects.filter(pk__in=closed).update(closed_by=made)
        Fact.objects.bulk_create(
            [
                Fact(
                    recording=made,
                    element=(element := elements[entry.element]),
                    unit_id=entry.unit_id,
                    start=entry.span.start,
                    end=entry.span.end,
                    breakdown=entry.breakdown,
                    value=None if entry.value is None else int(entry.value.scaleb(element.places)),
                    applies=entry.applies,
                    accepted=accepted,
                    note=entry.note,
                )  # fmt: skip
                for entry in new
            ],
            batch_size=500,
        )
        if accepted:
            tell_changed(_changes(new, elements), made.pk, at)
        record(at=at, actor=actor, event="facts.recorded", obj=made, after={"count": len(new)}, reason=reason)
    return made


def accept_facts(*, actor: Actor, at: datetime, form: Form, span: Span, unit_ids: Sequence[int]) -> Recording | Refusal:
    """Accept what units told in a form for a period: from now on it counts."""
    raise NotImplementedError


def undo_recording(*, actor: Actor | None, at: datetime, recording_id: int, reason: str) -> Recording | Refusal:
    """Bring back what was known before a recording; what was told since over its numbers stays and is named."""
    raise NotImplementedError


Key = tuple[int, str, date, date, str]


def _key(entry: Entry) -> Key:
    return (entry.unit_id, entry.element, entry.span.start, entry.span.end, entry.breakdown)


def _standing(entries: Sequence[Entry], elements: Mapping[str, Element], *, accepted: bool) -> dict[Key, Fact]:
    codes = {element.pk: code for code, element in elements.items()}
    found = Fact.objects.current().filter(
        Q(accepted=accepted), unit__in={entry.unit_id for entry in entries}, element__in=codes,
        start__in={entry.span.start for entry in entries}, end__in={entry.span.end for entry in entries},
    )  # fmt: skip
    rows = found.select_for_update().order_by("pk")
    return {(row.unit_id, codes[row.element_id], row.start, row.end, row.breakdown): row for row in rows}


def _same(entry: Entry, fact: Fact | None, element: Element) -> bool:
    if fact is None:
        return entry.value is None and entry.applies
    value = None if fact.value is None else element.number(fact.value)
    return (value, fact.applies, fact.note) == (entry.value, entry.applies, entry.note)


def _wrong(entry: Entry, elements: Mapping[str, Element]) -> Refusal | None:
    element = elements.get(entry.element)
    if element is None:
        return Refusal(code="unknown_element", message=_("Không có chỉ tiêu thống kê này."))
    if entry.value is not None and entry.value != entry.value.quantize(Decimal(1).scaleb(-element.places)):
        message = _("Chỉ nhập số nguyên.") if not element.places else _("Quá nhiều chữ số thập phân.")
        return Refusal(code="places", message=message)
    return None


def _changes(entries: Sequence[Entry], elements: Mapping[str, Element]) -> list[Changed]:
    days = {(entry.unit_id, entry.span.last) for entry in entries}
    above: dict[tuple[int, date], frozenset[int]] = {}
    for unit_id, day in days:
        up = UnitClosure.objects.filter(holds_on(day), descendant_id=unit_id).values_list("ancestor_id", flat=True)
        above[unit_id, day] = frozenset(up)
    return [Changed(elements[entry.element].pk, above[entry.unit_id, entry.span.last], entry.span) for entry in entries]


def _not_yours() -> Refusal:
    return Refusal(code="not_allowed", message=_("Bạn không nhập số liệu cho đơn vị này."))


def _stale() -> Refusal:
    return Refusal(code="stale", message=_("Người khác vừa sửa ô này. Xem số mới rồi nhập lại nếu cần."))
