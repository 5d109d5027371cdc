"""Gathering accepted reports into the one of the next level: a run, which the next run completes.

A run takes every report that is accepted now. It writes what the lines of the report follow
(`SubmissionFigure.counted`) and keeps the parts, the texts and what is to be looked at; what a person typed or wrote
stays as it is. Statements do not grow with the number of bodies, but for rows written in batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import attrs
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.reports.models import (
    TAKEN,
    WRITABLE,
    Consolidation,
    ConsolidationPart,
    ReportFormVersion,
    StepEvent,
    Submission,
    SubmissionEdition,
    SubmissionFigure,
    SubmissionState,
    SubmissionStep,
)
from pcmt.apps.reports.policies import writes_at
from pcmt.apps.reports.queries.consolidating import (
    Body,
    expected_of,
    feeding,
    gatherable,
    held_units,
    last_run,
    rows_of_missing,
)
from pcmt.apps.reports.queries.numbers import elements_of, unstored
from pcmt.core.diagnostics import Refusal
from pcmt.core.evaluating import Check, Child, Consolidated, Words
from pcmt.core.evaluating import consolidate as consolidated
from pcmt.core.schemas import Figure, Part, ReportSchema, content_from, schema_from

CHUNK = 500
MOST_PLACES = 6
"""More decimals than this no number has."""


def consolidate(*, actor: Actor, at: datetime, submission_id: int, seen: int = 0) -> Consolidation | Refusal:
    """Gather the reports that are accepted now; `seen` is the number of the last run that the actor saw (none: 0).

    A run that would find what the last one found is not made again: that one is the answer. Two people at once: the
    second is told that the first has gathered.
    """
    with transaction.atomic():
        report = _locked(actor, submission_id)
        if isinstance(report, Refusal):
            return report
        on = timezone.localdate(at)
        bodies = gatherable(report, on)
        taken = [each for each in bodies if each.edition is not None]
        last = last_run(report)
        if not taken and last is None:
            message = _("Chưa có báo cáo nào đã tiếp nhận để tổng hợp. Tiếp nhận báo cáo của các đơn vị trước.")
            return Refusal(code="nothing_to_gather", message=message)
        schema = schema_from(report.form_version.body)
        found = _found(report, schema, taken, expected_of(bodies), on)
        kept = _kept(found)
        if last is not None:
            if last.figures == kept and _editions_in(last) == {each.edition.pk for each in taken if each.edition}:
                return last
            if last.number != seen:
                return _stale(last)
        run = Consolidation.objects.create(
            submission=report,
            number=last.number + 1 if last else 1,
            at=at,
            actor_id=actor.user_id,
            actor_name=actor.name,
            figures=kept,
            missing=[{"cells": list(row.cells), "address": row.address} for row in rows_of_missing(bodies)],
        )
        _write_parts(run, taken, found)
        _write_figures(report, schema, found, actor=actor, at=at)
        _mark(report, taken, run, actor=actor, at=at)
        Submission.objects.filter(pk=report.pk).update(known_at=at, changed_at=at)
        record(
            at=at,
            actor=actor,
            event="reports.report.gathered",
            obj=report,
            before={"number": last.number if last else 0},
            after={"number": run.number, "reports": len(taken), "missing": sum(each.missing for each in bodies)},
        )
    return run


def _locked(actor: Actor, submission_id: int) -> Submission | Refusal:
    """The report, locked together with those that go into it, in the order of their ids, if the actor writes in it."""
    seen = Submission.objects.visible_to(actor).filter(pk=submission_id).select_related("duty")
    report = seen.first()
    if report is None or not writes_at(actor, report.unit_id):
        return Refusal(code="not_allowed", message=_("Chỉ đơn vị lập báo cáo tổng hợp được báo cáo của các đơn vị."))
    below = feeding(report).filter(submission__isnull=False).values_list("submission", flat=True)
    ids = sorted({report.pk, *below})
    rows = Submission.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    report = next(row for row in rows.select_related("duty", "unit", "form_version__form") if row.pk == submission_id)
    if report.state not in WRITABLE:
        return Refusal(code="state", message=_wrong_state(report.state), ref=report.pk)
    return report


def _wrong_state(state: str) -> str:
    if state in TAKEN:
        return _("Báo cáo đã được tiếp nhận. Muốn tổng hợp lại, mở đính chính báo cáo trước.")
    if state == SubmissionState.SENT:
        return _("Báo cáo đã gửi. Muốn tổng hợp lại, thu hồi báo cáo trước.")
    return _("Báo cáo đang chờ lãnh đạo duyệt. Muốn tổng hợp lại, rút về bản đang soạn trước.")


def _stale(last: Consolidation) -> Refusal:
    message = _("%(name)s vừa tổng hợp lần %(number)s lúc %(when)s. Xem lại kết quả rồi tổng hợp tiếp nếu cần.") % {
        "name": last.actor_name,
        "number": last.number,
        "when": f"{timezone.localtime(last.at):%H:%M %d/%m/%Y}",
    }
    return Refusal(code="stale", message=message, ref=last.pk)


def _found(report: Submission, schema: ReportSchema, taken: Sequence[Body], expected: int, on: date) -> Consolidated:
    """The numbers and texts of the reports taken, with what the catalogue said on the last day of the period."""
    ids = [each.edition.pk for each in taken if each.edition is not None]
    contents = dict(SubmissionEdition.objects.filter(pk__in=ids).values_list("pk", "content"))
    versions = {each.edition.form_version_id for each in taken if each.edition is not None}
    schemas = {
        pk: schema_from(body)
        for pk, body in ReportFormVersion.objects.filter(pk__in=versions).values_list("pk", "body")
    }
    held = held_units({each.unit_id for each in taken}, report.period_from, report.period_to)
    children = [
        Child(
            unit_id=each.unit_id,
            name=each.name,
            edition_id=each.edition.pk,
            seal=each.edition.seal,
            schema=schemas[each.edition.form_version_id],
            content=content_from(contents[each.edition.pk]),
            holds=held.get(each.unit_id, ()),
            seat=each.seat,
        )
        for each in taken
        if each.edition is not None
    ]
    known = elements_of(schema, report.period_to or on)
    figures = SubmissionFigure.objects.filter(submission=report, typed=True)
    typed = {line: unstored(value, places) for line, value, places in figures.values_list("line", "value", "places")}
    return consolidated(
        schema, children, elements=known.kinds, indicators=known.indicators, expected=expected, typed=typed
    )


def _editions_in(run: Consolidation) -> set[int]:
    return set(ConsolidationPart.objects.filter(consolidation=run).values_list("edition_id", flat=True))


def _kept(found: Consolidated) -> dict[str, Any]:
    """What a run found, as JSON."""
    return {
        "lines": {key: _line(figure) for key, figure in found.figures.items()},
        "parts": [_part(each) for each in found.parts],
        "texts": {key: [_words(each) for each in rows] for key, rows in found.texts.items()},
        "checks": [_check(each) for each in found.checks],
    }


def _line(figure: Figure) -> dict[str, Any]:
    return {
        "value": _text(figure.value),
        "applies": figure.applies,
        "told": figure.told,
        "expected": figure.expected,
    }


def _part(part: Part) -> dict[str, Any]:
    values = {key: _text(value) for key, value in part.values.items()}
    return {**attrs.asdict(part, recurse=False), "values": values, "holds": list(part.holds)}


def _words(words: Words) -> dict[str, Any]:
    return attrs.asdict(words)


def _check(check: Check) -> dict[str, Any]:
    return {**attrs.asdict(check), "bodies": list(check.bodies)}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _write_parts(run: Consolidation, taken: Iterable[Body], found: Consolidated) -> None:
    why = {each.edition_id: each.why for each in found.left}
    rows = [
        ConsolidationPart(
            consolidation=run,
            edition_id=each.edition.pk,
            counted=each.edition.pk not in why,
            why=why.get(each.edition.pk, "")[:300],
        )
        for each in taken
        if each.edition is not None
    ]
    ConsolidationPart.objects.bulk_create(rows, batch_size=CHUNK)


FOLLOWS = ("counted", "told", "expected", "value", "applies", "places")
"""What of a line follows the run."""


def _write_figures(
    report: Submission, schema: ReportSchema, found: Consolidated, *, actor: Actor, at: datetime
) -> None:
    """Let the filled lines follow what was gathered; what a person typed keeps its value beside it."""
    rows = {row.line: row for row in SubmissionFigure.objects.select_for_update(no_key=True).filter(submission=report)}
    changed: list[SubmissionFigure] = []
    new: list[SubmissionFigure] = []
    for _section, line in schema.lines():
        if not line.is_filled:
            continue
        row = rows.get(line.key) or SubmissionFigure(submission=report, line=line.key, version=0)
        before = [getattr(row, name) for name in FOLLOWS]
        _follow(row, found.figures[line.key])
        if row.pk is not None and before == [getattr(row, name) for name in FOLLOWS]:
            continue
        row.changed_at, row.changed_by_id, row.version = at, actor.user_id, row.version + 1
        (new if row.pk is None else changed).append(row)
    SubmissionFigure.objects.bulk_create(new, batch_size=CHUNK)
    SubmissionFigure.objects.bulk_update(changed, [*FOLLOWS, "changed_at", "changed_by", "version"], batch_size=CHUNK)


def _follow(row: SubmissionFigure, figure: Figure) -> None:
    """The gathered number in a row; of one that is typed only what stands beside it."""
    if figure.value is not None:
        exponent = figure.value.normalize().as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) else 0
        places = min(max(row.places, decimals), MOST_PLACES)
        if row.typed and row.value is not None:
            row.value *= 10 ** (places - row.places)
        row.places = places
        row.counted = int(figure.value.scaleb(places).to_integral_value(ROUND_HALF_UP))
    else:
        row.counted = None
    row.told, row.expected = figure.told, figure.expected
    if not row.typed:
        row.value, row.applies = row.counted, figure.applies


def _mark(report: Submission, taken: Sequence[Body], run: Consolidation, *, actor: Actor, at: datetime) -> None:
    """Reports that went in are consolidated from now on; those that no longer do are accepted again."""
    new = [
        each.submission
        for each in taken
        if each.submission is not None and each.submission.state == SubmissionState.ACCEPTED
    ]
    Submission.objects.filter(pk__in=[each.pk for each in new]).update(
        state=SubmissionState.CONSOLIDATED, changed_at=at, version=F("version") + 1
    )
    note = f"Lần tổng hợp {run.number}, báo cáo của {report.unit.name}"
    SubmissionStep.objects.bulk_create(
        [
            SubmissionStep(
                submission=each,
                event=StepEvent.CONSOLIDATED,
                at=at,
                actor_id=actor.user_id,
                actor_name=actor.name,
                role=actor.role,
                grant_id=actor.grant_id,
                unit_id=actor.unit_id,
                edition=each.edition,
                note=note,
            )
            for each in new
        ],
        batch_size=CHUNK,
    )
    inside = [each.submission.pk for each in taken if each.submission is not None]
    gone = Submission.objects.filter(
        state=SubmissionState.CONSOLIDATED, editions__taken_in__consolidation__submission=report
    ).exclude(pk__in=inside)
    Submission.objects.filter(pk__in=gone.values("pk")).update(
        state=SubmissionState.ACCEPTED, changed_at=at, version=F("version") + 1
    )
