"""Correcting a report that was taken: a restatement, never a silent change.

The report is written again while its accepted edition stands and counts. Sent and taken, the new edition replaces that
one; what differs is kept line by line with the reason, and the next report shows it (`queries.way.restatements_for`).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.reports.models import (
    TAKEN,
    WRITABLE,
    ConsolidationPart,
    StepEvent,
    Submission,
    SubmissionEdition,
    SubmissionPicture,
    SubmissionState,
)
from pcmt.apps.reports.operations.stepping import WORD_CHARS, changed, held, write_step, written
from pcmt.apps.reports.policies import writes_at
from pcmt.apps.reports.queries.way import accepted_edition
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import Figure, Provenance, content_from


def start_correction(
    *, actor: Actor, at: datetime, submission_id: int, version: int, reason: str
) -> Submission | Refusal:
    """Open a report that was taken for writing, with the reason; its accepted edition stands meanwhile."""
    said = written(reason, "reason", _("Nhập lý do đính chính: số nào sai, vì sao."), most=WORD_CHARS)
    if isinstance(said, Refusal):
        return said
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: writes_at(who, of.unit_id),
            event=StepEvent.CORRECTING, states=TAKEN,
            wrong_state=_("Chỉ đính chính được báo cáo đã được tiếp nhận. Chưa tiếp nhận thì thu hồi."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, _due = got
        before = submission.state
        submission.state, submission.correcting = SubmissionState.DRAFT, said
        changed(submission, at=at, fields=["state", "correcting"])
        write_step(submission, StepEvent.CORRECTING, actor=actor, at=at, note=said)
        record(
            at=at, actor=actor, event="reports.report.correction_begun", obj=submission,
            before={"stage": before}, after={"stage": submission.state}, reason=said,
        )  # fmt: skip
    return submission


def drop_correction(*, actor: Actor, at: datetime, submission_id: int, version: int) -> Submission | Refusal:
    """Give a correction up: the report says again what its accepted edition says."""
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: writes_at(who, of.unit_id),
            event=StepEvent.DROPPED, states=WRITABLE,
            wrong_state=_("Bản đính chính đã gửi. Muốn bỏ thì thu hồi trước."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, _due = got
        standing = accepted_edition(submission)
        if not submission.correcting or standing is None:
            return Refusal(code="not_correcting", message=_("Báo cáo này không đang đính chính."), ref=submission.pk)
        before = {"stage": submission.state, "correcting": submission.correcting}
        _as_sent(submission, standing, actor=actor, at=at)
        gathered = ConsolidationPart.objects.filter(edition=standing).exists()
        submission.state = SubmissionState.CONSOLIDATED if gathered else SubmissionState.ACCEPTED
        submission.correcting, submission.nothing = "", standing.nothing
        submission.known_at = standing.known_at
        changed(submission, at=at, fields=["state", "correcting", "nothing", "known_at"])
        write_step(submission, StepEvent.DROPPED, actor=actor, at=at)
        record(
            at=at, actor=actor, event="reports.report.correction_dropped", obj=submission, before=before,
            after={"stage": submission.state},
        )  # fmt: skip
    return submission


def _as_sent(submission: Submission, edition: SubmissionEdition, *, actor: Actor, at: datetime) -> None:
    """Write the rows back to what an edition says; who had them open is refused with what came in between."""
    content = content_from(edition.content)
    for section in submission.sections.order_by("pk"):
        said = content.texts.get(section.key)
        text = said.text if said else ""
        if section.text != text:
            section.text, section.version = text, section.version + 1
            section.changed_at, section.changed_by_id = at, actor.user_id
            section.save(update_fields=["text", "version", "changed_at", "changed_by"])
    rows = list(submission.figures.order_by("pk"))
    for row in rows:
        figure = content.figures.get(row.line, Figure())
        row.places = max(row.places, *(_places(each) for each in (figure.value, figure.counted)))
        row.value = None if figure.value is None else int(figure.value.scaleb(row.places))
        row.counted = None if figure.counted is None else int(figure.counted.scaleb(row.places))
        row.applies, row.typed = figure.applies, figure.provenance is Provenance.TYPED
        row.reason, row.explanation, row.note = figure.reason, figure.explanation, figure.note
        row.told, row.expected = figure.told, figure.expected
        row.version += 1
        row.changed_at, row.changed_by_id = at, actor.user_id
    fields = ["places", "value", "counted", "applies", "typed", "reason", "explanation", "note", "told", "expected"]
    submission.figures.bulk_update(rows, [*fields, "version", "changed_at", "changed_by"], batch_size=100)
    _pictures_as_sent(submission, edition)


def _pictures_as_sent(submission: Submission, edition: SubmissionEdition) -> None:
    sent = content_from(edition.content).pictures
    kept = {(picture.section, picture.file_id) for picture in sent}
    there = {(row.section, row.file_id): row for row in submission.pictures.all()}
    submission.pictures.filter(pk__in=[row.pk for place, row in there.items() if place not in kept]).delete()
    for order, picture in enumerate(sent):
        row = there.get((picture.section, picture.file_id))
        row = row or SubmissionPicture(submission=submission, section=picture.section, file_id=picture.file_id)
        row.caption, row.order = picture.caption, order
        row.save()


def _places(value: Decimal | None) -> int:
    exponent = value.normalize().as_tuple().exponent if value else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
