"""A report is begun, mostly filled already; and what was counted is brought up to date while it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.asking import Answer
from pcmt.apps.reports.models import (
    DutyOccurrence,
    ReportFormVersion,
    StepEvent,
    Submission,
    SubmissionEdition,
    SubmissionFigure,
    SubmissionSection,
)
from pcmt.apps.reports.operations.drafting import held, not_allowed
from pcmt.apps.reports.operations.stepping import write_step
from pcmt.apps.reports.policies import can_open
from pcmt.apps.reports.queries.consolidating import gathers
from pcmt.apps.reports.queries.content import last_edition, told_of
from pcmt.apps.reports.queries.forms import form_in_use
from pcmt.apps.reports.queries.numbers import Elements, decimal_of, elements_of, known, stored, unstored
from pcmt.apps.reports.queries.regimes import lacking
from pcmt.apps.tasks.models import GONE, DueState
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import committee
from pcmt.core.diagnostics import Refusal
from pcmt.core.evaluating.narrating import Sentence, paragraphs, refreshed, sentence_data, sentence_from
from pcmt.core.schemas import ColumnKind, Line, ReportSchema, Section, SectionKind, content_from, schema_from

CARRIED = "carried"
"""The recipe of a section that keeps the words of the last report."""


def open_report(*, actor: Actor, at: datetime, occurrence_id: int) -> Submission | Refusal:
    """The report of an occurrence, begun if nobody has: by the form in use, with what is known already filled in.

    Opened again it is the same report; of two people at once both get the one.
    """
    with transaction.atomic():
        seen = DutyOccurrence.objects.visible_to(actor).filter(pk=occurrence_id)
        if not seen.exists():
            return not_allowed()
        rows = DutyOccurrence.objects.select_for_update(of=("self",), no_key=True)
        occurrence = rows.select_related("duty__plan", "duty__form", "due_item", "unit").get(pk=occurrence_id)
        if not can_open(actor, occurrence):
            return not_allowed()
        known_one = Submission.objects.filter(occurrence=occurrence).first()
        if known_one is not None:
            return known_one
        refusal = _closed(occurrence)
        if refusal is not None:
            return refusal
        version = form_in_use(occurrence.duty.form) if occurrence.duty.form else None
        if version is None:
            message = _("Chế độ báo cáo này chưa có mẫu đang dùng. Đề nghị cơ quan thường trực chọn mẫu báo cáo.")
            return Refusal(code="no_form", message=message, ref=occurrence.duty_id)
        if gaps := [gap.words for gap in lacking(occurrence.duty, occurrence.due_item) if gap.blocks]:
            message = _("Chế độ báo cáo này còn thiếu: %(gaps)s. Đề nghị cơ quan thường trực bổ sung.")
            return Refusal(code="lacking", message=message % {"gaps": "; ".join(gaps)}, ref=occurrence.duty_id)
        made = _begun(actor, at, occurrence, version)
        write_step(made, StepEvent.OPENED, actor=actor, at=at)
        record(at=at, actor=actor, event="reports.report.opened", obj=made, after={"form": str(version)})
    return made


def _closed(occurrence: DutyOccurrence) -> Refusal | None:
    due = occurrence.due_item
    if due.state in GONE or due.merged_into_id is not None:
        message = _("Kỳ báo cáo này không còn phải báo cáo: “%(state)s”.") % {"state": due.get_state_display()}
        return Refusal(code="gone", message=message, ref=due.pk)
    if due.state == DueState.DONE:
        message = _("Kỳ báo cáo này đã được báo là xong. Mở lại việc đến hạn trước khi lập báo cáo.")
        return Refusal(code="done", message=message, ref=due.pk)
    return None


def about_of(occurrence: DutyOccurrence, at: datetime) -> Unit:
    """Whose figures a report tells: the body's own; of an office that gathers others', those of its area.

    An office gathers when reports of another duty go into this one, or when it keeps the plan. The report that an heir
    owes beside its own, for a body that ended only after the period, tells of that body.
    """
    unit, duty = occurrence.unit, occurrence.duty
    assert unit is not None
    gathers = duty.fed_duties.exists() or duty.plan.owner_id == unit.pk
    if not gathers:
        origin, last = occurrence.origin_unit, occurrence.period_to
        late = origin is not None and last is not None and origin.valid_to is not None and origin.valid_to > last
        return origin if late and origin is not None else unit
    today = timezone.localdate(at)
    day = min(occurrence.period_to, today) if occurrence.period_to else today
    return committee(unit.pk, day) or committee(unit.pk, today) or unit


def _begun(actor: Actor, at: datetime, occurrence: DutyOccurrence, version: ReportFormVersion) -> Submission:
    assert occurrence.unit is not None
    schema, today = schema_from(version.body), timezone.localdate(at)
    made = Submission.objects.create(
        occurrence=occurrence, duty=occurrence.duty, unit=occurrence.unit, about=about_of(occurrence, at),
        form_version=version, period_from=occurrence.period_from, period_to=occurrence.period_to, opened_at=at,
        opened_by_id=actor.user_id, known_at=at, changed_at=at,
    )  # fmt: skip
    elements = elements_of(schema, today)
    answers = _answers(made, schema, elements, at)
    SubmissionFigure.objects.bulk_create(
        [
            _counted(SubmissionFigure(submission=made, line=line.key, places=elements.places(line)), answers)
            for line in _filled(schema)
        ],
        batch_size=200,
    )
    drafts = told_of(made, on=today).drafts()
    before = last_edition(made)
    said = before and before.content
    texts = {key: each.text for key, each in content_from(said).texts.items()} if said else {}
    told = _drafts_of(before)
    SubmissionSection.objects.bulk_create(
        [
            _section(made, section, drafts[section.key], texts.get(section.key, ""), told, before)
            for section in schema.sections
            if section.kind is SectionKind.NARRATIVE
        ]
    )
    return made


def _drafts_of(edition: SubmissionEdition | None) -> dict[str, list[Sentence]]:
    """The sentences that the program had made for the report of an edition, by section."""
    if edition is None:
        return {}
    rows = SubmissionSection.objects.filter(submission=edition.submission_id)
    return {row.key: [sentence_from(each) for each in row.draft] for row in rows}


def _section(
    made: Submission,
    section: Section,
    fresh: Sequence[Sentence],
    before: str,
    told: Mapping[str, Sequence[Sentence]],
    edition: SubmissionEdition | None,
) -> SubmissionSection:
    """A section with its first text: the words of the last report where the form carries them on, else sentences.

    What the program said in the last report is said of this period. A section of which the form says nothing is
    carried on, too: nothing else could stand there.
    """
    carries = bool(before) and (not section.drafts or CARRIED in section.drafts)
    text = refreshed(before, told.get(section.key, ()), fresh) if carries else paragraphs(fresh)
    return SubmissionSection(
        submission=made,
        key=section.key,
        text=text,
        draft=[sentence_data(each) for each in fresh],
        carried_from=edition if carries else None,
    )


def _filled(schema: ReportSchema) -> list[Line]:
    return [line for _section, line in schema.lines() if line.is_filled]


def _answers(submission: Submission, schema: ReportSchema, elements: Elements, at: datetime) -> dict[str, Answer]:
    """What the facts know of each line for the period, on the boundaries of its last day.

    Nothing for a report that gathers those of others: its numbers come from what was accepted (`consolidating`).
    """
    if gathers(submission.duty):
        return {}
    cells = {line.key: (line.element, line.breakdown) for line in _filled(schema) if line.element in elements.rows}
    told = known(submission, dict.fromkeys(cells.values()), timezone.localdate(at), (ColumnKind.THIS,))
    return {key: told[ColumnKind.THIS, cell] for key, cell in cells.items() if (ColumnKind.THIS, cell) in told}


def _counted(row: SubmissionFigure, answers: Mapping[str, Answer]) -> SubmissionFigure:
    """The line with what is counted; its value follows unless a person typed one."""
    answer = answers.get(row.line)
    row.counted, row.told, row.expected = None, None, None
    if answer is not None:
        row.counted = stored(decimal_of(answer.figure.value, row.places), row.places)
        row.told, row.expected = answer.told, answer.expected
    if not row.typed:
        row.value, row.applies = row.counted, answer is None or answer.figure.applies
    return row


@attrs.frozen
class Moved:
    """A line whose counted number changed; `typed` says that a person's number stands in its place."""

    line: str
    label: str
    was: Decimal | None
    now: Decimal | None
    typed: bool


@attrs.frozen
class Refreshed:
    """What changed when a report was brought up to date, in the order of the form."""

    submission: Submission
    moved: tuple[Moved, ...]


def refresh_report(*, actor: Actor, at: datetime, submission_id: int) -> Refreshed | Refusal:
    """Bring the counted numbers up to date; typed ones stay. The sentences in the text stay as they are, too."""
    with transaction.atomic():
        submission = held(actor, submission_id)
        if isinstance(submission, Refusal):
            return submission
        if gathers(submission.duty):
            message = _("Số liệu của báo cáo này lấy từ báo cáo của các đơn vị. Mở trang Tổng hợp để cập nhật.")
            return Refusal(code="gathers", message=message, ref=submission.pk)
        schema = schema_from(submission.form_version.body)
        elements = elements_of(schema, timezone.localdate(at))
        answers = _answers(submission, schema, elements, at)
        rows = {row.line: row for row in submission.figures.select_for_update(no_key=True).order_by("pk")}
        changed, moved = [], []
        for line in _filled(schema):
            row = rows.get(line.key)
            if row is None:
                continue
            before = (row.counted, row.value, row.applies)
            told = (row.told, row.expected)
            _counted(row, answers)
            if before != (row.counted, row.value, row.applies):
                row.version += 1
                moved.append(
                    Moved(
                        line.key,
                        line.label,
                        unstored(before[0], row.places),
                        unstored(row.counted, row.places),
                        row.typed,
                    )
                )
                changed.append(row)
            elif told != (row.told, row.expected):
                changed.append(row)
        SubmissionFigure.objects.bulk_update(
            changed, ["counted", "value", "applies", "told", "expected", "version"], batch_size=200
        )
        submission.known_at = submission.changed_at = at
        submission.save(update_fields=["known_at", "changed_at"])
        record(at=at, actor=actor, event="reports.report.refreshed", obj=submission, after={"count": len(moved)})
    return Refreshed(submission, tuple(moved))
