"""What a report that is taken tells the facts.

A number that a person typed for a unit becomes a fact of that unit and period. Not so where the figure is a sum of what
others told: of units below, or of shorter periods of the unit itself; there the typed number stays in the report,
beside the counted one and with its reason. What is counted from records at the unit is told all the same: it stands
beside the counted number and is reconciled with it (`facts.operations.reconciling`).

A correction tells its numbers over those of the edition before; what that told and the correction leaves blank is
emptied, as far as it still stands as told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from pcmt.apps.facts.models import Element, Fact, Source
from pcmt.apps.facts.operations.recording import Entry, record_facts
from pcmt.apps.facts.queries.counted import counted_cells
from pcmt.apps.plans.models import below
from pcmt.apps.reports.addresses import report_address
from pcmt.apps.reports.models import Submission, SubmissionEdition
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import DAY, Span
from pcmt.core.schemas import Content, Figure, Line, Provenance, content_from, schema_from

Series = tuple[str, str]
"""Code of an element, breakdown."""
SHOWN = 3
"""So many wrong numbers are named in a refusal."""


def tell_facts(
    submission: Submission, edition: SubmissionEdition, former: SubmissionEdition | None, *, at: datetime
) -> Refusal | None:
    """Tell the facts what an edition says that is being taken, in the caller's transaction; why it cannot be, if so."""
    content = content_from(edition.content)
    if content.first is None or content.last is None:
        return None
    span = Span(content.first, content.last + DAY)
    lines = {line.key: line for _section, line in schema_from(edition.form_version.body).lines() if line.element}
    typed = dict(_typed(content, lines))
    gone = {} if former is None else _left(content_from(former.content), typed, lines)
    series = {(line.element, line.breakdown) for line, _figure in (*typed.values(), *gone.values())}
    if not series:
        return None
    ref = report_address(submission.pk)
    cells = counted_cells({content.unit_id}, {element for element, _breakdown in series})
    counted = {each for each in series if cells.counter(content.unit_id, *each, span)}
    summed = _summed(content.unit_id, span, series) - counted
    standing = _told_here(content.unit_id, span, ref)
    entries = [
        Entry(
            content.unit_id,
            line.element,
            span,
            figure.value,
            line.breakdown,
            figure.applies,
            # why it differs from the records: who looks at the difference need not ask again
            (figure.note or (figure.reason if (line.element, line.breakdown) in counted else ""))[:500],
        )
        for line, figure in typed.values()
        if (line.element, line.breakdown) not in summed
    ]
    entries += [
        Entry(content.unit_id, line.element, span, None, line.breakdown)
        for line, _figure in gone.values()
        if (line.element, line.breakdown) in standing
    ]
    if not entries:
        return None
    reason = edition.reason
    answer = record_facts(actor=None, at=at, entries=entries, source=Source.REPORT, ref=ref, reason=reason)
    if isinstance(answer, Refusal):
        return None if answer.code == "unchanged" else answer
    if isinstance(answer, tuple):
        labels = {(line.element, line.breakdown): line.label for line in lines.values()}
        named = [f"{labels[row.entry.element, row.entry.breakdown]}: {row.refusal.message}" for row in answer[:SHOWN]]
        message = _("Chưa tiếp nhận được vì số liệu không ghi vào sổ số liệu được. %(named)s Trả lại để đơn vị sửa.")
        return Refusal(code="figures", message=message % {"named": " ".join(named)}, ref=submission.pk)
    return None


def _typed(content: Content, lines: Mapping[str, Line]) -> Iterable[tuple[Series, tuple[Line, Figure]]]:
    """What a person wrote, by series; a report of nothing tells no numbers."""
    if content.nothing:
        return
    for key, figure in content.figures.items():
        line = lines.get(key)
        written = figure.provenance is Provenance.TYPED and figure.value is not None
        if line is not None and (written or not figure.applies):
            yield (line.element, line.breakdown), (line, figure)


def _left(
    former: Content, typed: Mapping[Series, object], lines: Mapping[str, Line]
) -> dict[Series, tuple[Line, Figure]]:
    """What the edition before told and this one does not."""
    return {series: found for series, found in _typed(former, lines) if series not in typed}


def _summed(unit_id: int, span: Span, series: Iterable[Series]) -> set[Series]:
    """The series whose figure of the unit for the period adds up what was told otherwise."""
    elements = Element.objects.filter(code__in={element for element, _breakdown in series})
    inside = Fact.objects.counting().filter(element__in=elements.values("pk"), start__gte=span.start, end__lte=span.end)
    others = inside.filter(Q(unit_id=unit_id) & ~Q(start=span.start, end=span.end))
    others |= inside.filter(unit__in=below(unit_id, span.last)).exclude(unit_id=unit_id)
    said = others.filter(Q(value__isnull=False) | Q(applies=False))
    return set(said.order_by().values_list("element__code", "breakdown").distinct())


def _told_here(unit_id: int, span: Span, ref: str) -> set[Series]:
    """The series whose number of the unit and period stands as this report told it."""
    told = Fact.objects.current().filter(
        unit_id=unit_id, start=span.start, end=span.end, recording__ref=ref, recording__source=Source.REPORT
    )
    return set(told.values_list("element__code", "breakdown"))
