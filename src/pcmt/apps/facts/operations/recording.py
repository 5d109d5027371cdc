"""Telling numbers: one act records any number of them, all or none, and brings all sums along."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.catalogue import breakdowns
from pcmt.apps.facts.counters import counter_of, counters
from pcmt.apps.facts.listeners import Changed, tell_changed
from pcmt.apps.facts.models import Element, ElementVersion, Fact, Form, Recording, Source
from pcmt.apps.facts.operations.reconciling import compare
from pcmt.apps.facts.operations.rolling import Sums, share_elements, told_by
from pcmt.apps.facts.operations.rows import relation, run
from pcmt.apps.facts.places import Places
from pcmt.apps.facts.policies import units_told_by
from pcmt.apps.facts.queries.counted import CountedCells, counted_cells
from pcmt.apps.facts.queries.keeping import boundary_day, core_element, kept_windows
from pcmt.apps.units.models import Succession, Unit
from pcmt.apps.units.operations import share_tree
from pcmt.core import measures as core
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import kept, number_label
from pcmt.core.periods import Span, date_label

COUNTED = (Source.REGISTER, Source.ACTIVITY, Source.MONEY)
"""Sources whose numbers nobody types: they follow the records."""
LARGEST = 10**15
"""Stored numbers are smaller: the sums of ten thousand units still fit into a column."""
SOME = 500
"""So many units are looked up at once."""


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


Key = tuple[int, int, str, date, date]
"""Unit, element, breakdown, period: a place in which one number stands."""


@attrs.frozen
class New:
    """A fact to be written."""

    unit_id: int
    element_id: int
    breakdown: str
    span: Span
    value: int | None
    applies: bool
    accepted: bool
    note: str

    @property
    def key(self) -> Key:
        """Where it stands."""
        return (self.unit_id, self.element_id, self.breakdown, self.span.start, self.span.end)


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
    stands is not told again; when nothing is new, that too is a refusal (`unchanged`). Numbers of a form that needs
    acceptance stand beside those that count until they are accepted; numbers for cells that are counted from records
    (`facts.counters`) stand beside the counted ones for good, and where they differ a reconciliation is opened.
    """
    rows = {each.code: each for each in Element.objects.filter(code__in={entry.element for entry in entries})}
    with transaction.atomic():
        share_tree()
        wrong = _wrong(actor, timezone.localdate(at), entries, rows)
        if wrong:
            return wrong
        ledger = Ledger.opened(
            {(entry.unit_id, rows[entry.element].pk, entry.breakdown, entry.span) for entry in entries},
            {row.pk: row for row in rows.values()}, at,
        )  # fmt: skip
        counted = counted_cells({entry.unit_id for entry in entries}, {entry.element for entry in entries})
        aside = {
            entry for entry in entries
            if counted.counter(entry.unit_id, entry.element, entry.breakdown, entry.span)
        }  # fmt: skip
        accepting = form is None or not form.needs_acceptance
        accepted = {entry: accepting and entry not in aside for entry in entries}
        stale = ledger.stale(entries, rows, accepted)
        if stale:
            return stale
        said = [ledger.news(entry, rows[entry.element], accepted=accepted[entry]) for entry in entries]
        new = [each for each in said if each is not None]
        if not new:
            return Refusal(code="unchanged", message=_("Không có số nào thay đổi."))
        made = _recording(actor, at, source=source, form=form, ref=ref, reason=reason)
        ledger.write(made, new, closing=[old.pk for each in new if (old := ledger.standing(each))])
        if aside:
            touched = {entry.element for entry in aside}
            compare({entry.unit_id for entry in aside}, [rows[code] for code in sorted(touched)], counted, at)
        record(at=at, actor=actor, event="facts.numbers.told", obj=made, after={"count": len(new)}, reason=reason)
    return made


def accept_facts(*, actor: Actor, at: datetime, form: Form, span: Span, unit_ids: Sequence[int]) -> Recording | Refusal:
    """Accept what units told in a form for a period: from now on it counts.

    Who may: whoever tells numbers for the form's root. What is accepted takes the place of what counted before. Numbers
    for cells that are counted from records are not asked: they stay beside the counted ones.
    """
    if form.root_id not in units_told_by(actor, {form.root_id}):
        return Refusal(code="not_allowed", message=_("Chỉ nơi tổng hợp biểu này được tiếp nhận số liệu."))
    with transaction.atomic():
        share_tree()
        waiting = Fact.objects.current().filter(
            accepted=False, recording__form=form, unit__in=list(unit_ids), start=span.start, end=span.end
        )
        ledger = Ledger.opened(places_of(waiting), Element.objects.in_bulk(), at)
        found = waiting.select_related("element").order_by("unit_id", "element_id", "breakdown")
        rows = [row for row in found if (row.unit_id, row.element_id, row.breakdown) in ledger.facts]
        counted = counted_cells({row.unit_id for row in rows}, {row.element.code for row in rows})
        rows = [row for row in rows if not _beside(row, counted)]
        if not rows:
            return Refusal(code="nothing_waits", message=_("Không có số nào đang chờ tiếp nhận."))
        new = [attrs.evolve(_copy(row), accepted=True) for row in rows]
        made = _recording(actor, at, source=Source.PERSON, form=form, ref="", reason="")
        closing = [row.pk for row in rows] + [old.pk for each in new if (old := ledger.standing(each))]
        ledger.write(made, new, closing=closing)
        record(at=at, actor=actor, event="facts.numbers.accepted", obj=made, after={"count": len(new)})
    return made


def undo_recording(*, actor: Actor | None, at: datetime, recording_id: int, reason: str) -> Recording | Refusal:
    """Bring back what was known before a recording; what was told since over its numbers stays and is named.

    `queries.overtaken` tells what stayed.
    """
    reason = " ".join(reason.split())
    if not reason:
        return Refusal(code="reason", message=_("Nhập lý do hoàn tác."), field="reason")
    with transaction.atomic():
        share_tree()
        undone = Recording.objects.select_for_update(of=("self",)).filter(pk=recording_id).first()
        if undone is None:
            return Refusal(code="gone", message=_("Không tìm thấy lần ghi số liệu này."))
        if undone.source in COUNTED:
            return Refusal(code="counted", message=_("Số này đếm từ hồ sơ. Sửa hồ sơ, số sẽ được đếm lại."))
        told = Fact.objects.filter(recording=undone)
        ids = set(told.values_list("unit_id", flat=True))
        if units_told_by(actor, ids) != ids:
            return Refusal(code="not_allowed", message=_("Bạn không nhập số liệu cho mọi đơn vị của lần ghi này."))
        again = Recording.objects.filter(undoes=undone).first()
        if again is not None:
            message = _("Lần ghi này đã được hoàn tác lúc %(at)s.")
            return Refusal(code="undone", message=message % {"at": _moment(again.at)}, ref=again.pk)
        before = Fact.objects.filter(closed_by=undone)
        places = places_of(told) | places_of(before)
        ledger = Ledger.opened(places, Element.objects.in_bulk(), at)
        current = list(told.filter(closed_by__isnull=True))
        if not current:
            return _overtaken(told)
        own = {row.pk for row in current}
        former = list(before.select_related("element"))
        counted = counted_cells(ids, {row.element.code for row in former})
        new = [
            each
            for row in former
            if (each := attrs.evolve(_copy(row), accepted=row.accepted and not _beside(row, counted)))
            and ((old := ledger.standing(each)) is None or old.pk in own)
        ]  # fmt: skip
        made = _recording(
            actor, at, source=Source(undone.source), form=undone.form, ref=undone.ref, reason=reason, undoes=undone
        )
        ledger.write(made, new, closing=[*own])
        if kinds := _counted_among(ledger.elements, places):
            compare(ids, kinds, counted_cells(ids, {each.code for each in kinds}), at)
        record(
            at=at, actor=actor, event="facts.numbers.undone", obj=made, reason=reason,
            after={"count": len(own), "stayed": told.count() - len(own)},
        )  # fmt: skip
    return made


@attrs.define
class Ledger:
    """What stands in the places that an act concerns, locked: the units' other numbers of the same periods with it."""

    elements: Mapping[int, Element]
    at: datetime
    windows: tuple[Span, ...]
    places: Places
    facts: dict[tuple[int, int, str], list[Fact]]

    @classmethod
    def opened(
        cls, asked: Collection[tuple[int, int, str, Span]], elements: Mapping[int, Element], at: datetime
    ) -> Ledger:
        """Lock the places, in the order of the house, and read what stands there."""
        units = sorted({unit_id for unit_id, *_rest in asked})
        ids = {element_id for _unit, element_id, *_rest in asked}
        share_elements(ids)
        # Who tells numbers of a unit waits for whoever else does. What only refers to the unit does not wait.
        for some in _some(units):
            list(Unit.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").values_list("pk"))
        windows = kept_windows()
        facts: dict[tuple[int, int, str], list[Fact]] = {
            (unit_id, element_id, breakdown): [] for unit_id, element_id, breakdown, _span in asked
        }
        spans = [period for *_key, span in asked for period in kept(span, windows)]
        if spans:
            around = Q(start__gte=min(each.start for each in spans), end__lte=max(each.end for each in spans))
            for some in _some(units):
                rows = Fact.objects.current().filter(around, unit__in=some, element__in=ids)
                for row in rows.order_by():
                    if (row.unit_id, row.element_id, row.breakdown) in facts:
                        facts[row.unit_id, row.element_id, row.breakdown].append(row)
        return cls(elements, at, windows, Places(frozenset(units), boundary_day(at)), facts)

    def at_place(self, key: Key, *, accepted: bool) -> Fact | None:
        """What stands in a place."""
        unit_id, element_id, breakdown, start, end = key
        for row in self.facts.get((unit_id, element_id, breakdown), ()):
            if (row.start, row.end, row.accepted) == (start, end, accepted):
                return row
        return None

    def standing(self, new: New) -> Fact | None:
        """Whose place a fact takes."""
        return self.at_place(new.key, accepted=new.accepted)

    def shown(self, entry: Entry, element: Element, *, accepted: bool) -> Fact | None:
        """What somebody who tells a number saw in its place: the one that waits before the one that counts."""
        key = (entry.unit_id, element.pk, entry.breakdown, entry.span.start, entry.span.end)
        waiting = None if accepted else self.at_place(key, accepted=False)
        return waiting or self.at_place(key, accepted=True)

    def stale(
        self, entries: Sequence[Entry], rows: Mapping[str, Element], accepted: Mapping[Entry, bool]
    ) -> tuple[CellRefusal, ...]:
        """The entries whose writer saw something else than what stands there now."""
        found = []
        for entry in entries:
            if entry.seen is not None:
                there = self.shown(entry, rows[entry.element], accepted=accepted[entry])
                if entry.seen != (there.pk if there else 0):
                    found.append(CellRefusal(entry, _stale(there, rows[entry.element])))
        return tuple(found)

    def news(self, entry: Entry, element: Element, *, accepted: bool) -> New | None:
        """The fact of an entry; None where it says what stands there already."""
        value = None if entry.value is None else int(entry.value.scaleb(element.places))
        there = self.shown(entry, element, accepted=accepted)
        if there is None and value is None and entry.applies and not entry.note:
            return None
        if there is not None and (there.value, there.applies) == (value, entry.applies) and there.note == entry.note:
            return None
        return New(
            entry.unit_id, element.pk, entry.breakdown, entry.span, value, entry.applies, accepted, entry.note
        )  # fmt: skip

    def write(self, made: Recording, new: Sequence[New], *, closing: Collection[int]) -> None:
        """Close what ends, write what is new, bring the sums along, and tell the rooms above."""
        closed = set(closing)
        for some in _some(sorted(closed)):
            Fact.objects.filter(pk__in=some).update(closed_by=made)
        insert_facts(made, new)
        coming: dict[tuple[int, int, str], list[New]] = defaultdict(list)
        for each in new:
            if each.accepted:
                coming[each.unit_id, each.element_id, each.breakdown].append(each)
        sums = Sums(self.windows, self.places)
        kinds = {pk: core_element(row) for pk, row in self.elements.items()}
        changed: dict[tuple[int, Span], set[int]] = defaultdict(set)
        for series, rows in self.facts.items():
            counting = [row for row in rows if row.accepted]
            going = [row for row in counting if row.pk in closed]
            if not going and series not in coming:
                continue
            before = told_by(counting)
            staying = told_by(row for row in counting if row.pk not in closed)
            after = staying + [
                core.Told(each.span, each.value)
                for each in coming.get(series, ())
                if each.value is not None or not each.applies
            ]
            sums.change(kinds[series[1]], series, before, after)
            for span in {each.span for each in coming.get(series, ())} | {Span(row.start, row.end) for row in going}:
                changed[series[1], span] |= self._concerned(series[0], span.last)
        sums.write()
        if changed:
            told = [Changed(element_id, frozenset(units), span) for (element_id, span), units in changed.items()]
            tell_changed(told, made.pk, self.at)

    def _concerned(self, unit_id: int, day: date) -> set[int]:
        """All whose figures change with a number that a unit told for a period that ends on a day."""
        found = {unit_id, *self.places.above(unit_id, day)}
        return found if self.places.stays(unit_id, day) else found | self.places.area(unit_id, day)


def _counted_among(elements: Mapping[int, Element], places: Iterable[tuple[int, int, str, Span]]) -> list[Element]:
    """The elements of places that are counted from records somewhere."""
    ids = sorted({element_id for _unit, element_id, *_rest in places})
    known = counters()
    return [elements[pk] for pk in ids if counter_of(elements[pk].code, among=known)]


def _beside(row: Fact, counted: CountedCells) -> bool:
    """Whether what a fact says is counted from records: typed, it adds up nowhere."""
    span = Span(row.start, row.end)
    return counted.counter(row.unit_id, row.element.code, row.breakdown, span) is not None


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), SOME):
        yield ids[start : start + SOME]


def _recording(
    actor: Actor | None, at: datetime, *, source: Source, form: Form | None, ref: str, reason: str,
    undoes: Recording | None = None,
) -> Recording:  # fmt: skip
    return Recording.objects.create(
        at=at, by_id=actor.user_id if actor else None, unit_id=actor.unit_id if actor else None,
        source=source, form=form, ref=ref, reason=reason, undoes=undoes,
    )  # fmt: skip


FACT = {
    "element_id": "bigint", "unit_id": "bigint", "start": "date", "end": "date", "breakdown": "text",
    "value": "bigint", "applies": "boolean", "accepted": "boolean", "note": "text",
}  # fmt: skip


def insert_facts(made: Recording, new: Sequence[New]) -> None:
    """Write facts, thousands in one statement."""
    names = ", ".join(f'"{name}"' for name in FACT)
    for start in range(0, len(new), 20_000):
        rows = [
            (each.element_id, each.unit_id, each.span.start, each.span.end, each.breakdown, each.value, each.applies,
             each.accepted, each.note)
            for each in new[start : start + 20_000]
        ]  # fmt: skip
        source, params = relation("told", FACT, rows)
        run(
            f"INSERT INTO {Fact._meta.db_table} (recording_id, {names}) SELECT %s, {names} FROM {source} WHERE true",  # noqa: S608 - names of columns
            [made.pk, *params],
        )


def places_of(rows: Iterable[Fact]) -> set[tuple[int, int, str, Span]]:
    """Unit, element, breakdown and period of facts."""
    return {(row.unit_id, row.element_id, row.breakdown, Span(row.start, row.end)) for row in rows}


def _copy(row: Fact) -> New:
    return New(
        row.unit_id, row.element_id, row.breakdown, Span(row.start, row.end), row.value, row.applies, row.accepted,
        row.note,
    )  # fmt: skip


# --- what cannot be told


def _wrong(
    actor: Actor | None, today: date, entries: Sequence[Entry], rows: Mapping[str, Element]
) -> tuple[CellRefusal, ...]:
    """Every entry that cannot be taken, with its first reason."""
    ids = {entry.unit_id for entry in entries}
    allowed = units_told_by(actor, ids)
    units = {pk: (begins, ends) for pk, begins, ends in _windows(ids)}
    versions = _versions(entries, rows)
    often = Counter((entry.unit_id, entry.element, entry.span, entry.breakdown) for entry in entries)
    found = []
    for entry in entries:
        twice = often[entry.unit_id, entry.element, entry.span, entry.breakdown] > 1
        why = (
            _wrong_place(entry, rows, units, allowed, today)
            or _wrong_number(entry, rows[entry.element])
            or _wrong_part(entry, rows[entry.element], versions)
            or (Refusal(code="twice", message=_("Một ô được nhập hai lần trong cùng một lần ghi.")) if twice else None)
        )
        if why:
            found.append(CellRefusal(entry, why))
    return tuple(found)


def _windows(ids: Collection[int]) -> Iterator[tuple[int, date | None, date | None]]:
    for some in _some(sorted(ids)):
        yield from Unit.objects.filter(pk__in=some).values_list("pk", "valid_from", "valid_to")


def _wrong_place(
    entry: Entry, rows: Mapping[str, Element], units: Mapping[int, tuple[date | None, date | None]],
    allowed: Collection[int], today: date,
) -> Refusal | None:  # fmt: skip
    if entry.element not in rows:
        return Refusal(code="unknown_element", message=_("Không có chỉ tiêu thống kê này."))
    if entry.unit_id not in units or entry.unit_id not in allowed:
        return Refusal(code="not_allowed", message=_("Bạn không nhập số liệu cho đơn vị này."))
    begins, ends = units[entry.unit_id]
    if begins and (entry.span.last < begins or today < begins):
        message = _("Đơn vị này chỉ có từ ngày %(day)s.") % {"day": date_label(begins)}
        return Refusal(code="not_yet", message=message, ref=entry.unit_id)
    if ends and ends <= entry.span.last:
        return _ended(entry.unit_id, ends)
    if entry.span.start > today:
        return Refusal(code="ahead", message=_("Kỳ số liệu này chưa bắt đầu."))
    return None


def _wrong_number(entry: Entry, element: Element) -> Refusal | None:
    if len(entry.note) > 500:
        return Refusal(code="note", message=_("Ghi chú dài quá 500 ký tự."), field="note")
    number = entry.value
    if number is None:
        return None
    if not entry.applies:
        return Refusal(code="does_not_apply", message=_("Đã ghi là không áp dụng thì không nhập số."))
    if not number.is_finite():
        return Refusal(code="no_number", message=_("Nhập một số."))
    if number < 0:
        return Refusal(code="negative", message=_("Số liệu không được âm."))
    # The size first: a number of a million digits is not to be worked with.
    if number and number.adjusted() + element.places > 14:
        return Refusal(code="too_large", message=_("Số quá lớn."))
    if number != round(number, element.places):
        message = (
            _("Nhập nhiều nhất %(places)d chữ số thập phân.") % {"places": element.places}
            if element.places
            else _("Chỉ nhập số nguyên.")
        )
        return Refusal(code="places", message=message)
    return None


def _versions(
    entries: Sequence[Entry], rows: Mapping[str, Element]
) -> Mapping[int, Sequence[tuple[Sequence[str], date | None, date | None]]]:
    """By what each element is split, over time; looked up only where parts are told."""
    asked = {rows[entry.element].pk for entry in entries if entry.breakdown and entry.element in rows}
    found: dict[int, list[tuple[Sequence[str], date | None, date | None]]] = defaultdict(list)
    if asked:
        dated = ElementVersion.objects.filter(element__in=asked)
        for element_id, *split in dated.values_list("element_id", "breakdowns", "valid_from", "valid_to"):
            found[element_id].append((split[0], split[1], split[2]))
    return found


def _wrong_part(
    entry: Entry, element: Element,
    versions: Mapping[int, Sequence[tuple[Sequence[str], date | None, date | None]]],
) -> Refusal | None:  # fmt: skip
    if not entry.breakdown:
        return None
    day = entry.span.last
    keys = next(
        (
            tuple(split)
            for split, begins, ends in versions.get(element.pk, ())
            if (begins is None or begins <= day) and (ends is None or day < ends)
        ),
        (),
    )
    found = core.check_part(entry.breakdown, attrs.evolve(core_element(element), breakdowns=keys), breakdowns(day))
    if found is None:
        return None
    return Refusal(
        code=found.code, message=_("Chỉ tiêu này không phân tổ theo “%(part)s”.") % {"part": entry.breakdown}
    )


def _ended(unit_id: int, ends: date) -> Refusal:
    taken = Succession.objects.filter(old=unit_id, on=ends).order_by("-heir", "new__sort_key")
    names = list(taken.values_list("new__name", flat=True))
    words = {"day": date_label(ends), "names": ", ".join(names)}
    message = (
        _("Đơn vị này đã kết thúc từ ngày %(day)s; kỳ này do %(names)s báo cáo.")
        if names
        else _("Đơn vị này đã kết thúc từ ngày %(day)s.")
    )
    return Refusal(code="ended", message=message % words, ref=unit_id)


def _stale(there: Fact | None, element: Element) -> Refusal:
    if there is None:
        return Refusal(code="stale", message=_("Ô này vừa được xóa. Xem lại rồi nhập nếu cần."))
    told = there.recording
    if there.value is not None:
        number = number_label(element.number(there.value))
    else:
        number = _("ô trống") if there.applies else _("không áp dụng")
    words = {"name": told.by.full_name if told.by else _("Hệ thống"), "at": _moment(told.at), "number": number}
    message = _("%(name)s vừa sửa ô này thành %(number)s lúc %(at)s. Xem số mới rồi nhập lại nếu cần.") % words
    return Refusal(code="stale", message=message, ref=there.pk)


def _overtaken(told: Iterable[Fact]) -> Refusal:
    later = next((row.closed_by for row in told if row.closed_by), None)
    words = {"at": _moment(later.at) if later else ""}
    message = _("Mọi số của lần ghi này đã được sửa lại sau đó (lúc %(at)s), không còn gì để hoàn tác.")
    return Refusal(code="overtaken", message=message % words, ref=later.pk if later else None)


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"
