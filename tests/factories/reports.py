"""A small report form, and reports of the sample plan at any point of their way, laid down by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from pcmt.apps.reports.models import (
    DutyOccurrence,
    FormState,
    ReportForm,
    ReportFormVersion,
    Submission,
    SubmissionEdition,
    SubmissionFigure,
    SubmissionSection,
)
from pcmt.apps.units.models import Unit
from pcmt.core.schemas import (
    Column,
    ColumnKind,
    Content,
    Figure,
    Line,
    Provenance,
    ReportSchema,
    Section,
    SectionKind,
    SectionText,
    content_data,
    schema_data,
    seal_of,
)
from tests.factories.world import NOW

SCHEMA = ReportSchema(
    code="monthly",
    title="Báo cáo tháng",
    subject="Kết quả thực hiện {kế hoạch}, {kỳ}",
    sections=(
        Section(key="general", title="Tình hình chung", kind=SectionKind.NARRATIVE, number="I", required=True),
        Section(
            key="numbers",
            title="Số liệu",
            kind=SectionKind.FIGURES,
            number="II",
            band=20,
            lines=(
                Line(key="cases", label="Số vụ phát hiện", number="1", unit_word="vụ", element="cases_detected"),
                Line(key="people", label="Số người bị bắt", number="2", unit_word="người", element="suspects_arrested"),
                Line(key="all", label="Cộng", sum_of=("cases", "people")),
            ),
            columns=(
                Column(key="this", kind=ColumnKind.THIS, label="Kỳ này"),
                Column(key="year_ago", kind=ColumnKind.YEAR_AGO, label="Cùng kỳ"),
                Column(key="percent", kind=ColumnKind.PERCENT, label="Tăng, giảm (%)", against="year_ago"),
            ),
        ),
        Section(key="next", title="Phương hướng", kind=SectionKind.NARRATIVE, number="III"),
    ),
)


def report_form(schema: ReportSchema = SCHEMA) -> ReportFormVersion:
    """The form, in use."""
    form, _made = ReportForm.objects.get_or_create(code=schema.code, defaults={"title": schema.title})
    version, _made = ReportFormVersion.objects.get_or_create(
        form=form,
        number=1,
        defaults={"body": schema_data(schema), "state": FormState.IN_USE, "made_at": NOW, "used_at": NOW},
    )
    return version


def occurrence_of(unit: Unit, period_to: date | None = None) -> DutyOccurrence:
    """The first occurrence that a body owes by the sample plan, or that of the period with this last day."""
    found = DutyOccurrence.objects.filter(unit=unit, period_to__isnull=False)
    if period_to:
        found = found.filter(period_to=period_to)
    return found.order_by("period_to")[0]


def opened(unit: Unit, period_to: date | None = None, *, at: datetime = NOW, about: Unit | None = None) -> Submission:
    """A report that the body has begun to write: every section empty, every line blank."""
    version = report_form()
    occurrence = occurrence_of(unit, period_to)
    made = Submission.objects.create(
        occurrence=occurrence,
        duty=occurrence.duty,
        unit=unit,
        about=about or unit,
        form_version=version,
        period_from=occurrence.period_from,
        period_to=occurrence.period_to,
        opened_at=at,
        known_at=at,
        changed_at=at,
    )
    for section in SCHEMA.sections:
        if section.kind is SectionKind.NARRATIVE:
            SubmissionSection.objects.create(submission=made, key=section.key)
    for _section, line in SCHEMA.lines():
        if line.is_filled:
            SubmissionFigure.objects.create(submission=made, line=line.key)
    return made


def content(submission: Submission, values: Mapping[str, int | None], text: str = "Tình hình ổn định.") -> Content:
    """What a report says with these numbers by line; None is not reported."""
    last = submission.period_to
    assert last is not None
    return Content(
        form=submission.form_version.form.code,
        form_version=submission.form_version.number,
        body=submission.unit.name,
        unit_id=submission.about_id,
        first=submission.period_from,
        last=last,
        cutoff=last,
        texts={"general": SectionText(text=text)},
        figures={
            line: Figure(
                value=None if value is None else Decimal(value),
                provenance=Provenance.NONE if value is None else Provenance.TYPED,
            )
            for line, value in values.items()
        },
    )


def sent(submission: Submission, state: str = "sent", *, at: datetime = NOW, **values: int | None) -> SubmissionEdition:
    """The report sent with these numbers, and accepted where `state` says so."""
    said = content(submission, values)
    edition = SubmissionEdition.objects.create(
        submission=submission,
        number=submission.edition + 1,
        form_version=submission.form_version,
        content=content_data(said),
        seal=seal_of(said),
        cutoff=said.cutoff,
        known_at=at,
        sent_at=at,
        sent_by_name="Nguyễn Văn An",
        state=state,
        settled_at=None if state == "sent" else at,
    )
    submission.edition, submission.sent_once, submission.state = edition.number, True, state
    submission.save(update_fields=["edition", "sent_once", "state"])
    return edition
