"""Who opened which file, when and what for; broken glass; requests and holds. By code, never by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import attrs
from django.db.models import F, Q, QuerySet

from pcmt.apps.accounts.models import Actor, Role, reached_units
from pcmt.apps.accounts.policies import Reach, changes, sees
from pcmt.apps.registers.models import (
    BreakGlass,
    DataRequest,
    LegalHold,
    Purpose,
    Reading,
    RequestState,
    Subject,
    Verdict,
    Visit,
)

MOST = 200
"""Rows of a list on one page."""


@attrs.frozen
class Read:
    """Somebody read who a subject is, in one visit."""

    who: str
    role: str
    unit: str
    purpose: str
    first_at: datetime
    last_at: datetime
    times: int
    opened: bool


@attrs.frozen(kw_only=True)
class Guarded:
    """What protects one file, as the asker sees it. `subject` is None for who sees the log only (auditors)."""

    code: str
    subject: Subject | None
    reads: Sequence[Read]
    glass: Sequence[BreakGlass]
    holds: Sequence[LegalHold]
    requests: Sequence[DataRequest]
    keeps: bool


def guarded(actor: Actor, code: str) -> Guarded | None:
    """The protection of a file; None where the asker sees neither the file nor its log."""
    subject = _held(actor).filter(code=code).first() if sees("registers.Reading", actor) else None
    rows = Reading.objects.visible_to(actor).filter(Q(subject__code=code) | Q(subject__merged_into__code=code))
    reads = reads_of(rows)
    if subject is None and not reads:
        return None
    glass = BreakGlass.objects.visible_to(actor).filter(subject__code=code).select_related("user_unit", "subject")
    return Guarded(
        code=code,
        subject=subject,
        reads=reads,
        glass=list(glass[:MOST]),
        holds=list(LegalHold.objects.visible_to(actor).filter(subject__code=code)),
        requests=list(DataRequest.objects.visible_to(actor).filter(subject__code=code)),
        keeps=subject is not None and changes("registers.LegalHold", actor) >= Reach.SUBTREE,
    )


def reads_of(rows: QuerySet[Reading]) -> list[Read]:
    """Readings in words, the last first."""
    found = rows.select_related("visit__user", "visit__unit").order_by("-last_at", "-pk")[:MOST]
    return [
        Read(
            who=row.visit.user.full_name,
            role=str(Role(row.visit.role).label),
            unit=row.visit.unit.name,
            purpose=str(Purpose(row.visit.purpose).label),
            first_at=row.first_at,
            last_at=row.last_at,
            times=row.times,
            opened=row.opened,
        )
        for row in found
    ]


def glass_of(actor: Actor) -> list[BreakGlass]:
    """Acts of breaking the glass that the actor made or answers for, those that wait for a review first."""
    rows = BreakGlass.objects.visible_to(actor).select_related("subject", "user_unit", "reviewed_by")
    return list(rows.order_by(F("reviewed_at").asc(nulls_first=True), "-opened_at", "-pk")[:MOST])


def one_glass(actor: Actor, glass_id: int) -> BreakGlass | None:
    """One of them."""
    rows = BreakGlass.objects.visible_to(actor).select_related("subject", "user_unit", "reviewed_by")
    return rows.filter(pk=glass_id).first()


def reviews_waiting(actor: Actor) -> int:
    """How many broken glasses wait for the actor's word."""
    if changes("registers.BreakGlass", actor) < Reach.SUBTREE:
        return 0
    return BreakGlass.objects.visible_to(actor).filter(verdict="").exclude(user_id=actor.user_id).count()


def verdicts() -> list[tuple[str, str]]:
    """What a review may come to: code and words."""
    return [(str(code), str(words)) for code, words in Verdict.choices]


def requests_under_way(actor: Actor) -> list[DataRequest]:
    """Requests that are not finished, the next limit first."""
    rows = DataRequest.objects.visible_to(actor).select_related("subject")
    rows = rows.filter(state__in=(RequestState.RECEIVED, RequestState.ANSWERED))
    return list(rows.order_by("finish_by", "pk")[:MOST])


def one_request(actor: Actor, request_id: int) -> DataRequest | None:
    """One request of a file that the actor sees."""
    return DataRequest.objects.visible_to(actor).select_related("subject").filter(pk=request_id).first()


def due_of(row: DataRequest) -> date:
    """The last day in time of what comes next."""
    if row.state == RequestState.RECEIVED:
        return row.answer_by
    return row.extended_to or row.finish_by


def holds_open(actor: Actor) -> list[LegalHold]:
    """Holds that stand."""
    rows = LegalHold.objects.visible_to(actor).select_related("subject").filter(to_on__isnull=True)
    return list(rows.order_by("from_on", "pk")[:MOST])


def visits_of(actor: Actor) -> list[Visit]:
    """Visits that the actor made or answers for, the last first."""
    return list(Visit.objects.visible_to(actor).select_related("user", "unit").order_by("-opened_at", "-pk")[:MOST])


def subject_of(actor: Actor, code: str) -> Subject | None:
    """A file of the actor's own area, not one behind broken glass."""
    return _held(actor).filter(code=code).first()


def _held(actor: Actor) -> QuerySet[Subject]:
    reach = sees("registers.Identity", actor)
    if reach < Reach.SUBTREE:
        return Subject.objects.none()
    return Subject.objects.filter(unit__in=reached_units(actor, reach)).select_related("unit")
