"""A ladder of two reports laid down by hand: bodies report to one that gathers, which reports on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.reports.models import (
    Duty,
    DutyOccurrence,
    Origin,
    Submission,
    SubmissionEdition,
    SubmissionFigure,
)
from pcmt.apps.tasks.models import DueItem, DueKind, DueState
from pcmt.apps.units.models import Unit
from pcmt.core.schemas import Content, Figure, Provenance, ReportSchema, SectionText, content_data, seal_of
from tests.factories.reports import SCHEMA, report_form
from tests.factories.world import NOW

FIRST, LAST = date(2026, 1, 15), date(2026, 2, 14)
"""An administrative month that is over."""
DUE = date(2026, 2, 20)


def plan_of(office: Unit, user_id: int) -> Plan:
    """A plan in force that the office keeps."""
    return Plan.objects.create(
        owner=office, issuer=office, title="Kế hoạch phòng, chống ma túy", state=PlanState.ADOPTED,
        created_by_id=user_id, created_at=NOW,
    )  # fmt: skip


def duty_of(plan: Plan, *, recipient: Unit, feeds: Duty | None = None, title: str = "Báo cáo tháng") -> Duty:
    """A duty that the office asked for."""
    return Duty.objects.create(
        plan=plan, origin=Origin.OFFICE, asked_at=NOW, title=title, recipient=recipient, recipient_name=recipient.name,
        feeds=feeds, kind="periodic", period="monthly",
    )  # fmt: skip


def owed(
    duty: Duty, units: Iterable[Unit], *, due_on: date = DUE, first: date = FIRST, last: date = LAST
) -> list[DutyOccurrence]:
    """What each of the units owes for a period."""
    units = list(units)
    dues = DueItem.objects.bulk_create(
        DueItem(
            kind=DueKind.REPORT, plan=duty.plan, unit=unit, unit_name=unit.name, label=duty.title, start=0, end=0,
            opens_on=last + timedelta(days=1), due_on=due_on, original_due_on=due_on,
        )
        for unit in units
    )  # fmt: skip
    return DutyOccurrence.objects.bulk_create(
        DutyOccurrence(duty=duty, unit=unit, due_item=due, period_from=first, period_to=last)
        for unit, due in zip(units, dues, strict=True)
    )


def report_on(occurrence: DutyOccurrence, *, schema: ReportSchema = SCHEMA, about: Unit | None = None) -> Submission:
    """A report that its body has begun: every line blank."""
    assert occurrence.unit is not None
    made = Submission.objects.create(
        occurrence=occurrence, duty=occurrence.duty, unit=occurrence.unit, about=about or occurrence.unit,
        form_version=report_form(schema), period_from=occurrence.period_from, period_to=occurrence.period_to,
        opened_at=NOW, known_at=NOW, changed_at=NOW,
    )  # fmt: skip
    SubmissionFigure.objects.bulk_create(
        SubmissionFigure(submission=made, line=line.key) for _section, line in schema.lines() if line.is_filled
    )
    return made


def said(report: Submission, values: Mapping[str, int | None], *, text: str, nothing: bool = False) -> Content:
    """What a report says."""
    last = report.period_to
    assert last is not None
    return Content(
        form=report.form_version.form.code, form_version=report.form_version.number, body=report.unit.name,
        unit_id=report.about_id, first=report.period_from, last=last, cutoff=last, nothing=nothing,
        texts={"general": SectionText(text=text)},
        figures={
            line: Figure(
                value=None if value is None else Decimal(value),
                provenance=Provenance.NONE if value is None else Provenance.COUNTED,
            )
            for line, value in values.items()
        },
    )  # fmt: skip


def hand_in(
    report: Submission, values: Mapping[str, int | None] | None = None, *, state: str = "accepted",
    text: str = "Tình hình ổn định.", nothing: bool = False, at: datetime = NOW, day: date = DUE,
) -> SubmissionEdition:  # fmt: skip
    """The report sent with these numbers, and accepted where `state` says so; an accepted one before it is replaced."""
    content = said(report, values or {}, text=text, nothing=nothing)
    if state == "accepted":
        report.editions.filter(state="accepted").update(state="replaced")
    edition = SubmissionEdition.objects.create(
        submission=report, number=report.edition + 1, form_version=report.form_version, content=content_data(content),
        seal=seal_of(content), cutoff=content.cutoff, known_at=at, nothing=nothing, sent_at=at,
        sent_by_name="Nguyễn Văn An", state=state, settled_at=None if state == "sent" else at,
        days_late=max((day - (report.occurrence.due_item.due_on or day)).days, 0) or None,
    )  # fmt: skip
    report.edition, report.sent_once, report.state, report.nothing = edition.number, True, state, nothing
    report.save(update_fields=["edition", "sent_once", "state", "nothing"])
    DueItem.objects.filter(pk=report.occurrence.due_item_id).update(
        state=DueState.DONE if state == "accepted" else DueState.SUBMITTED, done_at=at, done_on=day, changed_at=at
    )
    return edition


@attrs.frozen
class Ladder:
    """A report that gathers those of `bodies`, by their order."""

    report: Submission
    below: Sequence[DutyOccurrence]
    schema: ReportSchema = SCHEMA

    def hand_in(self, at: int, values: Mapping[str, int | None] | None = None, **more: object) -> SubmissionEdition:
        """The report of the body with this number, sent and accepted."""
        occurrence = DutyOccurrence.objects.select_related("submission", "due_item", "duty", "unit").get(
            pk=self.below[at].pk
        )
        report = getattr(occurrence, "submission", None) or report_on(occurrence, schema=self.schema)
        return hand_in(report, values, **more)  # type: ignore[arg-type]


def ladder(
    plan: Plan,
    office: Unit,
    bodies: Iterable[Unit],
    *,
    above: Unit,
    schema: ReportSchema = SCHEMA,
    below_schema: ReportSchema = SCHEMA,
) -> Ladder:
    """The bodies owe their monthly report to the office, which owes its own to the unit above."""
    upper = duty_of(plan, recipient=above, title="Báo cáo tháng của tỉnh")
    lower = duty_of(plan, recipient=office, feeds=upper)
    below = owed(lower, bodies)
    (own,) = owed(upper, [office], due_on=DUE + timedelta(days=5))
    return Ladder(report_on(own, schema=schema, about=above), below, below_schema)
