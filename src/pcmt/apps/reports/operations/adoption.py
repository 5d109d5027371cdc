"""What the reports room takes from an adopted plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import frozen

from pcmt.apps.plans.adopters import Adoption
from pcmt.apps.plans.contract import names_of, squeezed
from pcmt.apps.plans.events import event_days, windows_of
from pcmt.apps.plans.models import Item
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyReporter, DutyState
from pcmt.apps.reports.operations.chaining import propose_feeds
from pcmt.apps.reports.operations.occurring import lay_out
from pcmt.apps.reports.queries.forms import usual_form
from pcmt.apps.reports.regimes import title_of
from pcmt.apps.tasks.models import LIVE, DueItem, DueKind, DueState
from pcmt.apps.tasks.operations import LABEL_CHARS, TOUCHED, by_owner, drop_requests, end_due, rename_due, touch
from pcmt.apps.tasks.operations.amending import recurring, standing_days
from pcmt.core.periods import ADMINISTRATIVE, DAY, PERIOD_WORDS, Due, Span, limit_from, period_reported
from pcmt.core.text import fold

CHUNK = 500
NOT_OWED = {"ad_hoc"}
"""Periods of duties that nobody owes before something happens."""

FIELDS = [
    *("revision", "clause", "item", "kind", "period", "recipient", "recipient_name", "via", "onward", "prepared_by"),
    *("due", "due_text", "what", "text", "start", "end", "order", "state", "ended_by", "title", "calendar"),
]


def adopt_duties(adoption: Adoption) -> None:
    """Accepted report duties become rows with their reporters, and one occurrence per reporting unit and due date.

    A duty that continues one of the revision before keeps its row and its occurrences that still stand; open ones
    that are gone end, and so do duties that nothing continues.
    """
    asked = Duty.objects.select_for_update().filter(plan=adoption.plan, item__isnull=False)
    known = {duty.item_id: duty for duty in asked}
    new: list[Duty] = []
    kept: list[Duty] = []
    drafts: list[tuple[Duty, Item]] = []
    for order, item in enumerate(adoption.items.get("reporting_duties", ()), start=1):
        was = adoption.carried.get(item.pk)
        duty = known.pop(was, None) if was is not None else None
        if duty is None:
            duty = Duty(plan=adoption.plan, since=adoption.revision)
            new.append(duty)
        else:
            kept.append(duty)
        _fill(duty, adoption, item, order)
        drafts.append((duty, item))
    ended = [duty for duty in known.values() if duty.state == DutyState.ACTIVE]
    for duty in ended:
        duty.state, duty.ended_by = DutyState.ENDED, adoption.revision
    for duty in new:
        duty.form = usual_form(duty)
    Duty.objects.bulk_create(new, batch_size=200)
    Duty.objects.bulk_update([*kept, *ended], FIELDS, batch_size=50)
    _write_reporters(adoption, drafts)
    _write_occurrences(adoption, drafts, kept)
    _end_with(adoption, ended)
    propose_feeds([duty for duty, _item in drafts], {duty.pk for duty in new}, adoption.on)
    lay_out(at=adoption.at, plan=adoption.plan)  # the plan's window may be another one
    adoption.count("duties", len(new))
    adoption.count("duties_kept", len(kept))
    adoption.count("duties_ended", len(ended))


def _end_with(adoption: Adoption, ended: Sequence[Duty]) -> None:
    """End what is still owed of duties that nothing continues."""
    items = {duty.pk: duty.item_id for duty in ended if duty.item_id}
    rows = DueItem.objects.filter(occurrence__duty__in=list(items))
    owed = list(rows.values_list("pk", "occurrence__duty_id", "unit_id", "state"))
    for _pk, duty_id, unit_id, state in owed:
        if state in LIVE:
            adoption.owes(items[duty_id], "report", before={unit_id}, after=set(), touched=set())
    end_due((pk for pk, *_rest in owed), at=adoption.at)


def _fill(duty: Duty, adoption: Adoption, item: Item, order: int) -> None:
    values = item.values
    made = title_of(duty.kind, duty.period, duty.what) if duty.item_id else ""
    recipients = names_of(values.get("recipient"))
    duty.revision, duty.item, duty.clause = adoption.revision, item, item.clause
    duty.kind, duty.period = values.get("kind") or "", values.get("period") or ""
    duty.recipient_name = ", ".join(recipients)[:600]
    duty.recipient_id = next((unit for name in recipients if (unit := adoption.body(name).unit_id)), None)
    duty.via = ", ".join(names_of(values.get("via")))[:300]
    duty.onward = names_of(values.get("onward_to"))
    duty.prepared_by = ", ".join(names_of(values.get("prepared_by")))[:300]
    duty.due = values.get("due")
    duty.due_text = squeezed(values.get("due_text") or "")[:300]
    duty.what = values.get("what") or ""
    duty.text, duty.start, duty.end = item.text, item.start, item.end
    duty.order, duty.state, duty.ended_by = order, DutyState.ACTIVE, None
    if duty.title in ("", made):  # else a person gave it a better name
        duty.title = title_of(duty.kind, duty.period, duty.what)
    duty.calendar = ADMINISTRATIVE.code if duty.period in PERIOD_WORDS else ""


def _write_reporters(adoption: Adoption, drafts: Sequence[tuple[Duty, Item]]) -> None:
    DutyReporter.objects.filter(duty__in=[duty.pk for duty, _item in drafts]).delete()
    rows: dict[tuple[int, str], DutyReporter] = {}
    for duty, item in drafts:
        for name in names_of(item.values.get("reporter")):
            body = adoption.body(name)
            row = DutyReporter(duty=duty, unit_id=body.unit_id, origin_unit_id=body.ended_id, name=name[:300])
            rows.setdefault((duty.pk, row.name), row)
    DutyReporter.objects.bulk_create(rows.values(), batch_size=CHUNK)


@frozen
class _When:
    """One time a report is due: its days and the days it covers; all empty for a duty without limit."""

    opens_on: date | None = None
    due_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    stored: dict[str, Any] | None = None
    text: str = ""


def _times(adoption: Adoption, duty: Duty, item: Item, events: Mapping[str, date]) -> Iterator[_When]:
    """When a duty is due within the plan. The period covered is the last one that is over by then (Decree 09/2019)."""
    limits = [(duty.due, duty.due_text)] if limit_from(duty.due) else []
    limits += [
        (deadline.values, squeezed(deadline.text)[:300]) for deadline in adoption.limits("report", item) if not limits
    ]
    seen: set[tuple[date, date]] = set()
    found, waiting = False, _When(text=duty.due_text)
    for stored, text in limits:
        limit = limit_from(stored)
        if limit and limit.event:
            waiting = _When(stored=_stored(stored), text=text or squeezed(limit.event)[:300])
        for window in windows_of(limit, adoption.window, events) if limit else ():
            found = True
            covered = period_reported(duty.period, window.last)
            # Two dues of one period cannot both be its report: the later one covers no period of its own.
            if covered and (covered.start, covered.end) in seen:
                covered = None
            opens_on = window.start
            if covered:
                seen.add((covered.start, covered.end))
                opens_on = min(max(covered.end, window.start), window.last)
            yield _When(
                opens_on=opens_on,
                due_on=window.last,
                period_from=covered.start if covered else None,
                period_to=covered.last if covered else None,
                stored=_stored(stored),
                text=text or squeezed((stored or {}).get("text") or item.text)[:300],
            )
    if not found and duty.period not in NOT_OWED:
        yield waiting


LIMIT_FIELDS = ("relation", "precision", "date", "from", "to", "rule", "event", "tentative")


def _stored(limit: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (limit or {}).items() if name in LIMIT_FIELDS}


def _write_occurrences(adoption: Adoption, drafts: Sequence[tuple[Duty, Item]], kept: Sequence[Duty]) -> None:
    existing: dict[int, list[DueItem]] = {duty.pk: [] for duty in kept}
    held = DueItem.objects.filter(occurrence__duty__in=[duty.pk for duty in kept], merged_into__isnull=True)
    for due in held.select_related("occurrence").order_by("pk"):
        existing[due.occurrence.duty_id].append(due)
    due_items: list[DueItem] = []
    occurrences: list[DutyOccurrence] = []
    changed: list[DueItem] = []
    gone: list[int] = []
    events = event_days(adoption.plan.pk)
    shifted: list[int] = []
    for duty, item in drafts:
        reporting = _reporting(adoption, item)
        known = _by_period(existing.get(duty.pk, ()), reporting)
        label = _label(duty)
        shared = {
            "clause": item.clause,
            "label": label,
            "search_key": fold(label),
            "start": item.start,
            "end": item.end,
        }
        times = list(_times(adoption, duty, item, events))
        days: dict[int | None, frozenset[date]] = {}
        before = {row.pk: row.unit_id for row in existing.get(duty.pk, ()) if row.state in LIVE}
        ending: set[int] = set()
        asked: set[int | None] = set()
        touched: set[int | None] = set()
        for unit_id, name in reporting.items():
            if duty.pk in existing:
                rows = [row for (owner, _period), some in known.items() if owner == unit_id for row in some]
                days[unit_id] = standing_days(map(_held, rows), map(_asked, times), adoption.on)
            for when in times:
                over = duty.pk in existing and _asked(when) and when.due_on not in days[unit_id]
                place = (unit_id, _period_of(when.period_from, when.period_to, when.due_on))
                was = known.get(place, [])
                if over:
                    # Its period was due already, or has its day from before: what there is stays as it is.
                    continue
                known.pop(place, None)
                limits = {row.pk: row.due_on for row in was}
                for row in was:
                    if _renewed(row, when, adoption.at):
                        changed.append(row)
                        touched.add(row.unit_id)
                shifted += [row.pk for row in was if row.due_on != limits[row.pk]]
                if was:
                    continue
                asked.add(unit_id)
                due = DueItem(
                    kind=DueKind.REPORT,
                    plan=adoption.plan,
                    unit_id=unit_id,
                    unit_name=name,
                    opens_on=when.opens_on,
                    due_on=when.due_on,
                    original_due_on=when.due_on,
                    limit=when.stored,
                    limit_text=when.text,
                    changed_at=adoption.at,
                    **shared,
                )
                due_items.append(due)
                occurrences.append(
                    DutyOccurrence(
                        duty=duty, unit_id=unit_id, due_item=due, period_from=when.period_from, period_to=when.period_to
                    )
                )
        if duty.pk in existing:
            rename_due(DueItem.objects.filter(occurrence__duty=duty), shared, at=adoption.at)
            for (owner, _period), rows in known.items():
                standing = days.get(owner, frozenset())
                ending |= {row.pk for row in rows if not (_held(row) and row.due_on in standing)}
        gone += sorted(ending)
        touched |= asked | {unit_id for pk, unit_id in before.items() if pk in ending}
        after = asked | {unit_id for pk, unit_id in before.items() if pk not in ending}
        adoption.owes(item.pk, "report", before=set(before.values()), after=after, touched=touched)
    DueItem.objects.bulk_create(due_items, batch_size=CHUNK)
    for occurrence in occurrences:
        occurrence.due_item_id = occurrence.due_item.pk
    DutyOccurrence.objects.bulk_create(occurrences, batch_size=CHUNK)
    DueItem.objects.bulk_update(
        changed, ["opens_on", "due_on", "limit", "limit_text", "state", *TOUCHED], batch_size=100
    )
    end_due(gone, at=adoption.at)
    drop_requests(shifted, at=adoption.at)
    adoption.count("due_items", len(due_items))


Period = tuple[date, date] | date | None
"""What an occurrence is for: the period it covers, else its day."""


def _period_of(first: date | None, last: date | None, day: date | None) -> Period:
    return (first, last) if first and last else day


def _by_period(
    dues: Iterable[DueItem], reporting: Collection[int | None]
) -> dict[tuple[int | None, Period], list[DueItem]]:
    """Occurrences by who owes them and what they are for, which stays the same when an amendment moves their day."""
    found: dict[tuple[int | None, Period], list[DueItem]] = defaultdict(list)
    for (owner, day), rows in by_owner(dues, set(reporting)).items():
        for row in rows:
            found[owner, _period_of(row.occurrence.period_from, row.occurrence.period_to, day)].append(row)
    return found


def _renewed(row: DueItem, when: _When, at: datetime) -> bool:
    """Bring an occurrence up to an amendment; whether it changed. What is done keeps the limit it was done against.

    A new limit moves the day and `original_due_on` keeps the first one; the same limit leaves an extension alone.
    """
    before = (row.opens_on, row.due_on, row.limit, row.limit_text, row.state)
    if row.state == DueState.ENDED:
        row.state = DueState.DONE if row.done_at else DueState.OPEN
    if row.state in (DueState.OPEN, DueState.SUSPENDED) and row.limit != when.stored:
        row.opens_on, row.due_on, row.limit, row.limit_text = when.opens_on, when.due_on, when.stored, when.text
    if before == (row.opens_on, row.due_on, row.limit, row.limit_text, row.state):
        return False
    touch(row, at=at)
    return True


def _asked(when: _When) -> Due | None:
    """A recurring time of a duty, with the period that it reports."""
    covered = Span(when.period_from, when.period_to + DAY) if when.period_from and when.period_to else None
    return recurring(when.stored, when.opens_on, when.due_on, covered)


def _held(row: DueItem) -> Due | None:
    """The same of an occurrence that stands, by the day on which it is due now; None for one that has ended."""
    first, last = row.occurrence.period_from, row.occurrence.period_to
    covered = Span(first, last + DAY) if first and last else None
    return None if row.state == DueState.ENDED else recurring(row.limit, row.opens_on, row.due_on, covered)


def _label(duty: Duty) -> str:
    """What is to be reported, in the words of the text; the thing sent is put before them when they do not name it.

    "gửi về Công an tỉnh" says too little, and so does "kế hoạch": "Kế hoạch: gửi về Công an tỉnh".
    """
    text, what = squeezed(duty.text), squeezed(duty.what)
    named = not what or fold(what) in fold(text)
    return (text if named else f"{what[:1].upper()}{what[1:]}: {text}")[:LABEL_CHARS]


def _reporting(adoption: Adoption, item: Item) -> dict[int | None, str]:
    """The units that report, each with the name it goes by in the text; nobody when the text names nobody."""
    found: dict[int | None, str] = {}
    for name in names_of(item.values.get("reporter")):
        for unit_id in adoption.body(name).members or (None,):
            found.setdefault(unit_id, name[:300])
    return found or {None: ""}
