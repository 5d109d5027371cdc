"""What follows in the reports room when units are reorganised: reports not yet handed in, reporters, recipients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.reports.models import (
    TAKEN,
    Duty,
    DutyOccurrence,
    DutyReporter,
    DutyState,
    StepEvent,
    Submission,
)
from pcmt.apps.reports.operations.stepping import write_step
from pcmt.apps.tasks.models import LIVE, DueItem, DueKind, DueState
from pcmt.apps.tasks.operations.following import foresee_due, proposals
from pcmt.apps.tasks.operations.moving import Key, Moved, carry_over, concerned, moves_in, sorted_out
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer

Occurrences = dict[int, DutyOccurrence]


def _key(occurrences: Occurrences, due: DueItem) -> Key:
    """One report of a duty: that of a period, or where it covers none, that of a day. Only what is open is merged."""
    occurrence = occurrences.get(due.pk)
    if occurrence is None or due.state != DueState.OPEN:
        return due.pk, None
    if occurrence.period_to is not None:
        return (occurrence.duty_id, occurrence.period_from), occurrence.period_to
    return occurrence.duty_id, due.original_due_on


def _sorted_out(change: Change, dues: Sequence[DueItem]) -> tuple[Moved, Occurrences]:
    duties = DutyOccurrence.objects.filter(due_item__in=[due.pk for due in dues]).values("duty_id")
    standing = list(
        DueItem.objects.filter(state=DueState.OPEN, unit_id__in=change.taking, occurrence__duty_id__in=duties).order_by(
            "pk"
        )
    )
    rows = DutyOccurrence.objects.filter(due_item__in=[due.pk for due in (*dues, *standing)])
    occurrences = {row.due_item_id: row for row in rows}
    return sorted_out(moves_in(change, dues), standing, lambda due: _key(occurrences, due)), occurrences


def _reporters(change: Change) -> QuerySet[DutyReporter]:
    rows = DutyReporter.objects.filter(unit_id__in=list(change.heirs), duty__state=DutyState.ACTIVE)
    return rows.select_related("duty").order_by("duty_id", "pk")


def _received(change: Change) -> QuerySet[Duty]:
    return Duty.objects.filter(recipient_id__in=list(change.heirs), state=DutyState.ACTIVE).order_by("pk")


def _foresee(change: Change) -> Sequence[Consequence]:
    dues = concerned(change, DueKind.REPORT)
    outcome, _occurrences = _sorted_out(change, dues)
    found = foresee_due(change, dues, len(outcome.merged))
    for duties, words in (
        (
            list(dict.fromkeys(row.duty for row in _reporters(change))),
            lambda n: ngettext(
                "Đơn vị kế thừa báo cáo thay trong %(count)s chế độ báo cáo.",
                "Đơn vị kế thừa báo cáo thay trong %(count)s chế độ báo cáo.",
                n,
            ),
        ),
        (
            list(_received(change)),
            lambda n: ngettext(
                "Đơn vị kế thừa nhận báo cáo của %(count)s chế độ báo cáo.",
                "Đơn vị kế thừa nhận báo cáo của %(count)s chế độ báo cáo.",
                n,
            ),
        ),
    ):
        if duties:
            told = words(len(duties)) % {"count": len(duties)}
            refs = tuple(duty.pk for duty in duties)
            found.append(Consequence(told, len(duties), tuple(str(duty) for duty in duties[:5]), refs))
    return found


def _follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    found = concerned(change, DueKind.REPORT)
    duties = {
        duty.pk: duty
        for duty in Duty.objects.select_for_update(of=("self",), no_key=True)
        .filter(
            pk__in={
                *DutyOccurrence.objects.filter(due_item__in=[due.pk for due in found]).values_list(
                    "duty_id", flat=True
                ),
                *_reporters(change).values_list("duty_id", flat=True),
                *_received(change).values_list("pk", flat=True),
            }
        )
        .order_by("pk")
    }
    dues = list(
        DueItem.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[due.pk for due in found], state__in=LIVE)
        .order_by("pk")
    )
    outcome, occurrences = _sorted_out(change, dues)
    carry_over(outcome, at=at, change=change)
    _move_occurrences(outcome, occurrences)
    _move_reports(change, outcome, at)
    reporters = list(_reporters(change))
    for row in reporters:
        assert row.unit_id is not None
        _tell(change, duties[row.duty_id], row.unit_id)
        row.origin_unit_id, row.unit_id = row.origin_unit_id or row.unit_id, change.heir_id(row.unit_id)
    DutyReporter.objects.bulk_update(reporters, ["unit", "origin_unit"], batch_size=200)
    received = [duty for duty in duties.values() if duty.recipient_id in change.heirs]
    for duty in received:
        assert duty.recipient_id is not None
        _tell(change, duty, duty.recipient_id)
        duty.recipient_id = change.heir_id(duty.recipient_id)
    Duty.objects.bulk_update(received, ["recipient"], batch_size=200)
    return outcome.count + len(reporters) + len(received)


def _tell(change: Change, duty: Duty, unit_id: int) -> None:
    before, after = change.names.get(unit_id, ""), change.heirs[unit_id].name
    change.tell("reports.duty.followed", duty, before={"body": before}, after={"body": after})


def _move_occurrences(outcome: Moved, occurrences: Occurrences) -> None:
    """Occurrences go with their due items; that of a merged one stays where it was, as ended as its item."""
    taken: set[tuple[int, int | None, date | None, date | None, int | None]] = set(
        DutyOccurrence.objects.filter(
            duty_id__in={row.duty_id for row in occurrences.values()},
            unit_id__in={move.target.unit_id for move in outcome.moved},
        ).values_list("duty_id", "unit_id", "period_from", "period_to", "origin_unit_id")
    )
    changed = []
    for move in outcome.moved:
        row = occurrences.get(move.due.pk)
        if row is None:
            continue
        target = move.due.unit_id
        same = (row.duty_id, target, row.period_from, row.period_to)
        choices = [None if row.origin_unit_id == target else row.origin_unit_id or row.unit_id, row.unit_id]
        row.origin_unit_id = next((each for each in choices if (*same, each) not in taken), None)
        taken.add((*same, row.origin_unit_id))
        row.unit_id = target
        changed.append(row)
    DutyOccurrence.objects.bulk_update(changed, ["unit", "origin_unit"], batch_size=200)


def _move_reports(change: Change, outcome: Moved, at: datetime) -> None:
    """Reports that are still under way go with their due items; what was written stays written.

    Also that of an item which ended in one of the heir: who writes the heir's report can read it there.
    """
    moves = [*outcome.moved, *(move for move, _twin in outcome.merged)]
    targets = {move.due.pk: move for move in moves if move.target.unit_id is not None}
    rows = Submission.objects.select_for_update(of=("self",), no_key=True).select_related("occurrence")
    found = list(rows.filter(occurrence__due_item__in=targets).exclude(state__in=TAKEN).order_by("pk"))
    for row in found:
        move = targets[row.occurrence.due_item_id]
        assert move.target.unit_id is not None
        row.unit_id = move.target.unit_id
        if row.about_id == move.source.unit_id:
            row.about_id = move.target.unit_id
        elif row.about_id in change.heirs:
            row.about_id = change.heir_id(row.about_id)
        row.version, row.changed_at = row.version + 1, at
        note = f"{move.target.name} tiếp nhận từ {move.source.name}"
        write_step(row, StepEvent.MOVED, actor=None, at=at, note=note)
    Submission.objects.bulk_update(found, ["unit", "about", "version", "changed_at"], batch_size=200)


reports_follow = Follower(
    key="reports",
    label=_("Báo cáo"),
    foresee=_foresee,
    follow=_follow,
    propose=lambda transferred: proposals(transferred, DueKind.REPORT),
)
