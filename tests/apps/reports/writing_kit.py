"""A form with all that a report can hold, and reports of the sample plan opened by it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import Duty, DutyOccurrence, Submission
from pcmt.apps.reports.operations.opening import open_report
from pcmt.apps.reports.operations.writing import FigureEntry
from pcmt.apps.reports.queries.content import content_of
from pcmt.apps.units.models import Unit
from pcmt.core.schemas import Column, ColumnKind, Content, Line, ReportSchema, Section, SectionKind
from tests.factories.reports import occurrence_of, report_form
from tests.factories.world import World

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
ON = date(2026, 3, 2)
JANUARY, FEBRUARY = date(2026, 1, 14), date(2026, 2, 14)
"""The last days of the first two months of the reporting year 2026."""

COLUMNS = (
    Column(key="this", kind=ColumnKind.THIS, label="Kỳ này"),
    Column(key="before", kind=ColumnKind.PREVIOUS, label="Kỳ trước"),
    Column(key="ago", kind=ColumnKind.YEAR_AGO, label="Cùng kỳ"),
    Column(key="year", kind=ColumnKind.CUMULATIVE, label="Lũy kế"),
    Column(key="change", kind=ColumnKind.CHANGE, label="Tăng, giảm", against="ago"),
    Column(key="percent", kind=ColumnKind.PERCENT, label="%", against="ago"),
    Column(key="goal", kind=ColumnKind.TARGET, label="Kế hoạch"),
)
LINES = (
    Line(key="head", label="Đấu tranh"),
    Line(key="cases", label="Số vụ phát hiện", unit_word="vụ", element="cases_detected"),
    Line(key="people", label="Số người bị bắt", unit_word="người", element="suspects_arrested"),
    Line(key="all", label="Cộng", sum_of=("cases", "people")),
    Line(key="files", label="Số người nghiện có hồ sơ", unit_word="người", element="addicts_with_file"),
    Line(key="addicts", label="Số người nghiện", unit_word="người", element="addicts"),
    Line(key="share", label="Tỷ lệ có hồ sơ", unit_word="%", indicator="addicts_with_file_share"),
    Line(key="odd", label="Dòng riêng của mẫu", unit_word="lần", element="no_such_element"),
)
FULL = ReportSchema(
    code="full",
    title="Báo cáo tháng đầy đủ",
    sections=(
        Section(
            key="general", title="Tình hình", kind=SectionKind.NARRATIVE, required=True,
            drafts=("comparison", "verdicts", "tasks", "events", "urging", "carried"),
        ),
        Section(key="numbers", title="Số liệu", kind=SectionKind.FIGURES, lines=LINES, columns=COLUMNS, band=50),
        Section(key="targets", title="Chỉ tiêu", kind=SectionKind.TARGETS),
        Section(key="tasks", title="Nhiệm vụ", kind=SectionKind.TASKS),
        Section(key="photos", title="Ảnh", kind=SectionKind.PICTURES),
        Section(key="next", title="Phương hướng", kind=SectionKind.NARRATIVE, drafts=("ahead",)),
    ),
)  # fmt: skip


def use(schema: ReportSchema) -> None:
    """All duties ask for this form."""
    Duty.objects.update(form=report_form(schema).form)


def occurrence(unit: Unit, period_to: date = JANUARY) -> DutyOccurrence:
    """The report of a body for the period with this last day."""
    return occurrence_of(unit, period_to)


@attrs.frozen
class Writer:
    """Somebody at a body, and the report of it."""

    actor: Actor
    submission: Submission

    @property
    def content(self) -> Content:
        return content_of(self.fresh, on=ON)

    @property
    def fresh(self) -> Submission:
        return Submission.objects.get(pk=self.submission.pk)

    def seen(self, line: str) -> int:
        return self.submission.figures.get(line=line).version

    def entry(self, line: str, number: str | None = None, **words: str) -> FigureEntry:
        return FigureEntry(line=line, seen=self.seen(line), number=number, **words)

    def version(self, key: str) -> int:
        return self.submission.sections.get(key=key).version

    def text(self, key: str) -> str:
        return str(self.submission.sections.get(key=key).text)


def writer(
    land: World, key: str = "dong_hoa", role: str = "commune_officer", period_to: date = JANUARY, at: datetime = AT
) -> Writer:
    """The report opened by its body."""
    actor = land.actor(key, role)
    made = open_report(actor=actor, at=at, occurrence_id=occurrence(land[key], period_to).pk)
    assert isinstance(made, Submission), made
    return Writer(actor, made)
