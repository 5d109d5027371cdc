"""Taking a report, or returning it with the reason: by its recipient.

With the taking, numbers that people typed of a unit below which nothing is told become facts of that unit
(`operations.telling_facts`); that is one transaction, so that a report is never taken half.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.notices.models import Reason
from pcmt.apps.reports.models import EditionState, StepEvent, Submission, SubmissionState
from pcmt.apps.reports.operations.figures import tell_facts
from pcmt.apps.reports.operations.sending import follow_item, settle
from pcmt.apps.reports.operations.stepping import NOTE_CHARS, changed, held, too_long, write_step, written
from pcmt.apps.reports.operations.telling import tell_parents, tell_writers
from pcmt.apps.reports.policies import takes
from pcmt.apps.reports.queries.way import accepted_edition
from pcmt.apps.tasks.operations.reporting import report_back, report_taken
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Refusal

MOST_AT_ONCE = 200
"""So many reports are taken in one step; each in a transaction of its own."""


def accept_report(
    *, actor: Actor, at: datetime, submission_id: int, version: int, words: str = ""
) -> Submission | Refusal:
    """Take the report: done as of the day on which it was sent; its typed figures count from now on.

    The edition that a correction replaces stays, marked as replaced; who had consolidated that is told.
    """
    words = words.strip()
    if len(words) > NOTE_CHARS:
        return too_long("words", NOTE_CHARS)
    with transaction.atomic():
        share_tree()  # facts are told last, but their lock on the tree comes first of all
        got = held(
            actor, submission_id, version=version, may=takes, event=StepEvent.ACCEPTED,
            states=(SubmissionState.SENT,), wrong_state=_("Báo cáo này không chờ tiếp nhận."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, due = got
        edition = submission.editions.select_related("form_version").get(number=submission.edition)
        former = accepted_edition(submission)
        if refused := tell_facts(submission, edition, former, at=at):
            transaction.set_rollback(True)
            return refused
        hold(at)
        if former is not None:
            former.state = EditionState.REPLACED
            former.save(update_fields=["state"])
        settle(submission, EditionState.ACCEPTED, actor=actor, at=at)
        submission.state, submission.correcting = SubmissionState.ACCEPTED, ""
        changed(submission, at=at, fields=["state", "correcting"])
        write_step(submission, StepEvent.ACCEPTED, actor=actor, at=at, note=words)
        report_taken(due, actor=actor, at=at, sent_at=edition.sent_at, note=words)
        tell_writers(actor=actor, at=at, submission=submission, reason=Reason.ACCEPTED, what="Đã tiếp nhận")
        if former is not None:
            tell_parents(actor=actor, at=at, former=former, body=submission.unit.name)
        record(
            at=at, actor=actor, event="reports.report.accepted", obj=submission,
            before={"stage": str(SubmissionState.SENT)},
            after={"stage": submission.state, "edition": edition.number}, reason=words,
        )  # fmt: skip
    return submission


def accept_reports(*, actor: Actor, at: datetime, versions: Mapping[int, int]) -> dict[int, Submission | Refusal]:
    """Take many reports, each by itself: what is wrong with one holds up no other. `versions` by id, as seen."""
    return {
        pk: accept_report(actor=actor, at=at, submission_id=pk, version=version)
        for pk, version in sorted(versions.items())[:MOST_AT_ONCE]
    }


def return_report(*, actor: Actor, at: datetime, submission_id: int, version: int, reason: str) -> Submission | Refusal:
    """Return the report with the reason: it is written again, owed again, and its clock has run on.

    A correction that is returned leaves the accepted edition as it stands.
    """
    said = written(reason, "reason", _("Nhập lý do trả lại: thiếu gì, sai gì, phải làm lại gì."))
    if isinstance(said, Refusal):
        return said
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=takes, event=StepEvent.RETURNED,
            states=(SubmissionState.SENT,), wrong_state=_("Báo cáo này không chờ tiếp nhận."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, due = got
        hold(at)
        settle(submission, EditionState.RETURNED, actor=actor, at=at)
        moved = not submission.correcting and report_back(due, actor=actor, at=at, note=said, returned=True)
        submission.state = SubmissionState.RETURNED
        changed(submission, at=at, fields=["state"])
        write_step(submission, StepEvent.RETURNED, actor=actor, at=at, note=said)
        if moved:
            follow_item(submission, due, at=at)
        tell_writers(actor=actor, at=at, submission=submission, reason=Reason.RETURNED, what="Bị trả lại")
        record(
            at=at, actor=actor, event="reports.report.returned", obj=submission,
            before={"stage": str(SubmissionState.SENT)}, after={"stage": submission.state}, reason=said,
        )  # fmt: skip
    return submission
