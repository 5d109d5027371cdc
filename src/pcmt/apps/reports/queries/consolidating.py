"""What goes into the report of the next level: which bodies owe, which have reported, who holds it up; what runs found.

The bodies are those that owe the reports of the duties which feed the report's own, for the same period. Statements
do not grow with their number. What a run found is read from the run, never computed again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import (
    Consolidation,
    ConsolidationPart,
    Duty,
    DutyOccurrence,
    EditionState,
    ReportFormVersion,
    Submission,
    SubmissionEdition,
    SubmissionState,
)
from pcmt.apps.tasks.models import GONE, DueState, Extension, ExtensionState, Mode
from pcmt.apps.units.models import Succession, SuccessionPart
from pcmt.apps.units.queries import heirs_on
from pcmt.core import evaluating as core
from pcmt.core.evaluating import Rung, Snapshot, matching
from pcmt.core.periods import date_label
from pcmt.core.schemas import ListRow, Part, ReportSchema, schema_from

LEVELS = 5
"""How many levels below a late report are looked at for who holds it up: ladders of the state have four."""


class Standing(StrEnum):
    """Where the report of a body stands, as the level above sees it."""

    TAKEN = "taken"  # accepted: it can be gathered
    SENT = "sent"  # waits to be accepted
    RETURNED = "returned"
    WRITING = "writing"
    NONE = "none"  # not begun
    SUSPENDED = "suspended"
    MERGED = "merged"  # owed with the report of another body


ARRIVED = (Standing.TAKEN, Standing.SENT)
"""What has come, in time or not."""
NOT_OWED = (Standing.SUSPENDED, Standing.MERGED)
"""What nobody waits for."""


@attrs.frozen(kw_only=True)
class Body:
    """One report that is expected. `edition` is the accepted one; it stands while a correction of it is written.

    `unit_id` is the unit whose figures it tells, `seat` the body in whose place it counts: the heir, where the unit
    had ended by the last day of the period. `due_on` is the limit that stands, `first_due_on` the first one.
    `merged_into` names the body with whose report it is owed. `asked_more` says that more time was asked for and
    nobody has answered yet. `late` are days: of what was sent, or by which it is overdue on the day asked about.
    `blamed` are the bodies that made it late, from the lowest level up.
    """

    occurrence: DutyOccurrence
    submission: Submission | None
    edition: SubmissionEdition | None
    standing: Standing
    name: str
    unit_id: int
    seat: int
    due_on: date | None
    first_due_on: date | None
    sent_on: date | None
    requested: bool
    asked_more: bool
    merged_into: str
    late: int
    blamed: tuple[str, ...] = ()

    @property
    def correcting(self) -> bool:
        """Whether a correction of what was accepted is on its way."""
        return self.submission is not None and bool(self.submission.correcting)

    @property
    def missing(self) -> bool:
        """Whether the report is owed and has not been accepted."""
        return self.standing is not Standing.TAKEN and self.standing not in NOT_OWED


def gathers(duty: Duty) -> bool:
    """Whether the reports of a duty take in those of others."""
    return Duty.objects.filter(feeds=duty).exists()


def feeding(submission: Submission) -> QuerySet[DutyOccurrence]:
    """The occurrences whose reports go into this one: of the duties that feed its own, for the same period.

    Where several bodies report by the same duty, each gathers the reports sent to it.
    """
    beside = DutyOccurrence.objects.filter(
        duty=submission.duty_id, period_from=submission.period_from, period_to=submission.period_to
    ).exclude(unit=submission.unit_id)
    duties = Duty.objects.filter(feeds=submission.duty_id).exclude(
        recipient__in=beside.filter(unit__isnull=False).values("unit_id")
    )
    return DutyOccurrence.objects.filter(
        duty__in=duties.values("pk"), period_from=submission.period_from, period_to=submission.period_to
    )


def gatherable(submission: Submission, on: date | None = None) -> tuple[Body, ...]:
    """Every body whose report goes into this one, in official order, as of a day (none: as it is, nobody late).

    What a body owed that nobody owes any more is left out, unless its report was accepted.
    """
    rows = list(
        feeding(submission)
        .select_related("duty", "unit", "origin_unit", "due_item__merged_into__unit", "submission__about")
        .order_by("unit__sort_key", "unit_id", F("origin_unit__sort_key").asc(nulls_first=True), "pk")
    )
    editions = {
        each.submission_id: each
        for each in SubmissionEdition.objects.filter(
            submission__occurrence__in=[row.pk for row in rows], state=EditionState.ACCEPTED
        ).defer("content")
    }
    more = set(
        Extension.objects.filter(
            due_item__in=[row.due_item_id for row in rows], state=ExtensionState.WAITING
        ).values_list("due_item_id", flat=True)
    )
    found = [made for row in rows if (made := _body(row, editions, more, on)) is not None]
    if submission.period_to is not None:
        heirs = heirs_on({each.unit_id for each in found}, submission.period_to)
        found = [attrs.evolve(each, seat=heirs.get(each.unit_id, each.unit_id)) for each in found]
    late = [each for each in found if each.late] if on is not None else []
    if not late or on is None:
        return tuple(found)
    blamed = _blamed(late, on)
    return tuple(attrs.evolve(each, blamed=blamed.get(each.occurrence.pk, ())) for each in found)


def _body(
    row: DutyOccurrence, editions: Mapping[int, SubmissionEdition], more: Collection[int], on: date | None
) -> Body | None:
    due = row.due_item
    submission: Submission | None = getattr(row, "submission", None)
    edition = editions.get(submission.pk) if submission is not None else None
    standing = _standing(row, submission, edition)
    if standing is None:
        return None
    unit, origin = row.unit, row.origin_unit
    name = origin.name if origin else unit.name if unit else due.unit_name
    whose = submission.about_id if submission is not None and submission.about_id != row.unit_id else None
    sent_on = due.done_on if standing in ARRIVED else None
    requested = due.mode == Mode.REQUESTED
    late = 0
    if edition is not None:
        late = edition.days_late or 0
    elif due.due_on and not requested and standing not in NOT_OWED and (day := sent_on or on):
        late = max((day - due.due_on).days, 0)
    return Body(
        occurrence=row,
        submission=submission,
        edition=edition,
        standing=standing,
        name=name,
        unit_id=whose or row.origin_unit_id or row.unit_id or 0,
        seat=whose or row.origin_unit_id or row.unit_id or 0,
        due_on=due.due_on,
        first_due_on=due.original_due_on,
        sent_on=sent_on,
        requested=requested,
        asked_more=due.pk in more,
        merged_into=due.merged_into.unit.name if due.merged_into and due.merged_into.unit else "",
        late=late,
    )


def _standing(row: DutyOccurrence, submission: Submission | None, edition: SubmissionEdition | None) -> Standing | None:
    if edition is not None:
        return Standing.TAKEN
    state = row.due_item.state
    if row.due_item.merged_into_id is not None:
        return Standing.MERGED
    if state in GONE:
        return None
    if state == DueState.SUSPENDED:
        return Standing.SUSPENDED
    if submission is None:
        return Standing.NONE
    match submission.state:
        case SubmissionState.SENT:
            return Standing.SENT
        case SubmissionState.RETURNED:
            return Standing.RETURNED
    return Standing.WRITING


def expected_of(bodies: Iterable[Body]) -> int:
    """How many bodies should report: those that stood on the last day of the period and owe, each once."""
    return len({each.seat for each in bodies if each.standing not in NOT_OWED})


def missing_of(submission: Submission, on: date) -> tuple[Body, ...]:
    """The bodies whose report is not there, or came late; with those that nobody waits for, which says why."""
    return _missing(gatherable(submission, on))


def _missing(bodies: Iterable[Body]) -> tuple[Body, ...]:
    return tuple(each for each in bodies if each.missing or each.late or each.standing in NOT_OWED)


def missing_rows(submission: Submission, on: date | None = None) -> tuple[ListRow, ...]:
    """The same as rows of a report, in Vietnamese: body, limit, state, who made it late."""
    return rows_of_missing(gatherable(submission, on))


def rows_of_missing(bodies: Iterable[Body]) -> tuple[ListRow, ...]:
    """The same of bodies that were asked for already."""
    return tuple(
        ListRow(
            cells=(
                each.name,
                date_label(each.due_on) if each.due_on else "",
                standing_words(each),
                ", ".join(each.blamed),
            ),
            address=f"/bao-cao/{each.submission.pk}/" if each.submission and each.submission.sent_once else "",
        )
        for each in _missing(bodies)
        if each.standing is not Standing.MERGED
    )


def standing_words(body: Body) -> str:
    """Where a report stands in Vietnamese words, as they are kept in reports."""
    words = {
        Standing.TAKEN: "Đã tiếp nhận",
        Standing.SENT: "Đã gửi, chờ tiếp nhận",
        Standing.RETURNED: "Bị trả lại, chưa gửi lại",
        Standing.WRITING: "Chưa gửi",
        Standing.NONE: "Chưa gửi",
        Standing.SUSPENDED: "Tạm dừng",
        Standing.MERGED: f"Báo cáo chung với {body.merged_into}",
    }[body.standing]
    if body.requested and body.standing not in ARRIVED:
        return f"{words} (đề nghị phối hợp)"
    if not body.late:
        return words
    return f"{words}, trễ {body.late} ngày" if body.standing in ARRIVED else f"{words}, quá hạn {body.late} ngày"


def _blamed(late: Sequence[Body], on: date) -> dict[int, tuple[str, ...]]:
    """Who made each report late: the body, or those below it for whose reports it waited. By occurrence.

    Going down a level takes one statement for all of them; of the bodies below one, the last to report counts.
    """
    ladders: dict[int, list[Rung]] = {}
    at: dict[int, DutyOccurrence] = {}
    for body in late:
        ladders[body.occurrence.pk] = [_rung(body.occurrence)]
        at[body.occurrence.pk] = body.occurrence
    for _level in range(LEVELS):
        below = _last_below(at.values())
        at = {pk: below[row.pk] for pk, row in at.items() if row.pk in below}
        if not at:
            break
        for pk, row in at.items():
            ladders[pk].insert(0, _rung(row))
    return {pk: core.responsible(ladder, on) for pk, ladder in ladders.items()}


def _rung(row: DutyOccurrence) -> Rung:
    due = row.due_item
    name = row.origin_unit.name if row.origin_unit else row.unit.name if row.unit else due.unit_name
    sent = due.done_on if due.state in (DueState.SUBMITTED, DueState.DONE) else None
    return Rung(name=name, opens_on=due.opens_on, due_on=due.due_on, sent_on=sent)


def _last_below(rows: Collection[DutyOccurrence]) -> dict[int, DutyOccurrence]:
    """Of each occurrence that gathers others: the one below it that came last, or has not come and was due last."""
    wanted = Q()
    for duty, first, last in {(row.duty_id, row.period_from, row.period_to) for row in rows}:
        wanted |= Q(duty__feeds=duty, period_from=first, period_to=last)
    if not wanted:
        return {}
    below = (
        DutyOccurrence.objects.filter(wanted)
        .exclude(due_item__state__in=(*GONE, DueState.SUSPENDED))
        .exclude(due_item__mode=Mode.REQUESTED)
        .select_related("duty", "unit", "origin_unit", "due_item")
    )
    given: dict[tuple[int | None, date | None, date | None], list[DutyOccurrence]] = defaultdict(list)
    for each in below:
        given[each.duty.feeds_id, each.period_from, each.period_to].append(each)
    found: dict[int, DutyOccurrence] = {}
    for row in rows:
        mine = [
            each
            for each in given.get((row.duty_id, row.period_from, row.period_to), ())
            if each.duty.recipient_id in (row.unit_id, None)
        ]
        if mine:
            found[row.pk] = max(mine, key=_came)
    return found


def _came(row: DutyOccurrence) -> tuple[date, date]:
    sent = row.due_item.done_on if row.due_item.state in (DueState.SUBMITTED, DueState.DONE) else None
    return sent or date.max, row.due_item.due_on or date.min


def held_units(unit_ids: Collection[int], first: date | None, last: date | None) -> dict[int, tuple[int, ...]]:
    """The units that ended within a period (both days included) and went into others, by who has them at its end.

    A number of the heir for that period, on the boundaries of its last day, holds theirs. Units that went into one that
    ended in the same period itself are among them. One statement for each step of such a chain.
    """
    if first is None or last is None:
        return {}
    went: dict[int, set[int]] = defaultdict(set)
    asked: set[int] = set()
    frontier = set(unit_ids)
    while frontier:
        asked |= frontier
        rows = (
            Succession.objects.filter(on__gt=first, on__lte=last, new__in=frontier, old__valid_to=F("on"))
            .exclude(part=SuccessionPart.DUTIES)
            .values_list("old_id", "new_id")
        )
        frontier = set()
        for old, new in rows:
            went[new].add(old)
            frontier |= {old} - asked

    def below(unit_id: int, seen: frozenset[int]) -> set[int]:
        direct = went.get(unit_id, set()) - seen
        return direct.union(*(below(each, seen | {each}) for each in direct))

    held = {unit_id: below(unit_id, frozenset({unit_id})) for unit_id in unit_ids}
    return {unit_id: tuple(sorted(each)) for unit_id, each in held.items() if each}


# --- what runs found


def last_run(submission: Submission) -> Consolidation | None:
    """The run whose numbers stand in the report."""
    return Consolidation.objects.filter(submission=submission).order_by("-number").first()


def runs_of(submission: Submission) -> QuerySet[Consolidation]:
    """All runs, the newest first, without their figures."""
    return (
        Consolidation.objects.filter(submission=submission)
        .defer("figures")
        .annotate(taken=Count("parts"), added=Count("parts", filter=Q(parts__counted=True)))
        .order_by("-number")
    )


def parts_of(submission: Submission) -> tuple[Part, ...]:
    """The reports that were added in the last run, in official order: the parts of the report's content."""
    run = last_run(submission)
    return parts_in(run) if run is not None else ()


def parts_in(run: Consolidation) -> tuple[Part, ...]:
    """The reports that a run added."""
    return tuple(
        Part(
            unit_id=each["unit_id"],
            name=each["name"],
            edition_id=each["edition_id"],
            seal=each["seal"],
            values={key: None if value is None else Decimal(value) for key, value in each["values"].items()},
            holds=tuple(each["holds"]),
            nothing=each["nothing"],
        )
        for each in run.figures.get("parts", ())
    )


@attrs.frozen(kw_only=True)
class Told:
    """A line of a run: what was added up, and how many of how many bodies stand behind it."""

    value: Decimal | None
    applies: bool
    told: int
    expected: int


def figures_in(run: Consolidation) -> dict[str, Told]:
    """What a run found, by line."""
    return {
        key: Told(
            value=None if each["value"] is None else Decimal(each["value"]),
            applies=each["applies"],
            told=each["told"],
            expected=each["expected"],
        )
        for key, each in run.figures.get("lines", {}).items()
    }


def checks_in(run: Consolidation) -> tuple[core.Check, ...]:
    """What was to be looked at, as it was said then."""
    return tuple(
        core.Check(code=each["code"], words=each["words"], line=each["line"], bodies=tuple(each["bodies"]))
        for each in run.figures.get("checks", ())
    )


def words_in(run: Consolidation) -> dict[str, tuple[core.Words, ...]]:
    """The texts that a run gathered, by section; under "" those that no section takes."""
    return {key: tuple(core.Words(**each) for each in rows) for key, rows in run.figures.get("texts", {}).items()}


def sources_in(run: Consolidation | None, section: str, text: str) -> tuple[str, ...]:
    """The bodies whose gathered words stand in the text of a section, as they wrote them."""
    rows = run.figures.get("texts", {}).get(section, ()) if run is not None else ()
    return tuple(each["body"] for each in rows if each["text"] in text)


def snapshot_of(run: Consolidation) -> Snapshot:
    """A run as a value that can be compared: its numbers, and which edition of each report went in."""
    rows = ConsolidationPart.objects.filter(consolidation=run).values_list(
        "edition__submission_id", "edition_id", "edition__submission__unit__name"
    )
    known = list(rows.order_by("edition__submission__unit__sort_key", "pk"))
    return Snapshot(
        values={key: each.value for key, each in figures_in(run).items()},
        editions={submission: edition for submission, edition, _name in known},
        names={submission: name for submission, _edition, name in known},
    )


def difference(before: Consolidation, after: Consolidation) -> core.Difference:
    """What changed from one run of a report to a later one."""
    return core.difference(snapshot_of(before), snapshot_of(after))


@attrs.frozen(kw_only=True)
class News:
    """What came since the last run: names of bodies accepted since, with another edition, and no longer accepted."""

    came: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether a new run would take in something else."""
        return bool(self.came or self.replaced or self.went)


def news_since(run: Consolidation | None, bodies: Iterable[Body]) -> News:
    """What a run now would take in otherwise than the given one (none: everything is new)."""
    was: dict[int, tuple[int, str]] = {}
    if run is not None:
        rows = ConsolidationPart.objects.filter(consolidation=run)
        for submission, edition, name in rows.values_list(
            "edition__submission_id", "edition_id", "edition__submission__unit__name"
        ):
            was[submission] = edition, name
    now = {each.submission.pk: each for each in bodies if each.submission is not None and each.edition is not None}
    return News(
        came=tuple(each.name for pk, each in now.items() if pk not in was),
        replaced=tuple(each.name for pk, each in now.items() if pk in was and was[pk][0] != _edition_id(each)),
        went=tuple(name for pk, (_edition, name) in was.items() if pk not in now),
    )


def _edition_id(body: Body) -> int:
    assert body.edition is not None
    return body.edition.pk


def is_behind(submission: Submission) -> bool:
    """Whether reports were accepted or corrected since the last run, or none was made though some are there."""
    return bool(news_since(last_run(submission), gatherable(submission)))


# --- where a number comes from


@attrs.frozen(kw_only=True)
class Source:
    """What one body gave to a line. Of a report that the reader may not see there is the name only (`hidden`).

    `submission_id` and `line` lead on to the line of the body's own report, `edition` is the number of what it sent.
    `replaced` says that a correction has taken the place of what was added.
    """

    name: str
    value: Decimal | None
    hidden: bool
    submission_id: int | None = None
    line: str = ""
    edition: int = 0
    sent_on: date | None = None
    replaced: bool = False


def lineage_of_line(actor: Actor | None, parts: Sequence[Part], schema: ReportSchema, line: str) -> tuple[Source, ...]:
    """One step down from a line of a consolidated report: the reports that were added, as far as the actor sees them.

    `parts` are those of the report's last run (`parts_of`) or of the edition that was sent (`Content.parts`), `schema`
    is the form of the report. Three statements.
    """
    ids = [part.edition_id for part in parts]
    seen = {
        row.pk: row
        for row in SubmissionEdition.objects.filter(
            pk__in=ids, submission__in=Submission.objects.visible_to(actor).values("pk")
        ).defer("content")
    }
    versions = ReportFormVersion.objects.filter(pk__in={row.form_version_id for row in seen.values()})
    keys = {version.pk: matching(schema, schema_from(version.body)).get(line, "") for version in versions}
    found = []
    for part in parts:
        row = seen.get(part.edition_id)
        if row is None:
            found.append(Source(name=part.name, value=None, hidden=True))
            continue
        found.append(
            Source(
                name=part.name,
                value=part.values.get(line),
                hidden=False,
                submission_id=row.submission_id,
                line=keys[row.form_version_id],
                edition=row.number,
                sent_on=timezone.localdate(row.sent_at),
                replaced=row.state == EditionState.REPLACED,
            )
        )
    return tuple(found)
