"""What leaves as packets (`documents.packets`): rows of plain values about what the actor sees. Nothing of persons.

Only what was sent leaves of a report: its last edition that was not recalled. Units are named by their code, their name
and the code of the area that they belong to; plans by number, day and title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import breakdowns
from pcmt.apps.facts.models import ElementVersion, Fact, Form, IndicatorVersion
from pcmt.apps.facts.queries import rows_told
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import (
    Duty,
    DutyOccurrence,
    DutyState,
    EditionState,
    FormState,
    ReportFormVersion,
    Submission,
    SubmissionEdition,
)
from pcmt.apps.reports.queries.forms import schema_of
from pcmt.apps.reports.regimes import limit_words, rung_of, since_of
from pcmt.apps.targets.models import Measure, Target
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.periods import DAY
from pcmt.core.schemas import Content, Line, ReportSchema, SectionKind, content_from
from pcmt.documents.packets import Packet, Row
from pcmt.reference import qcvn125

GONE = (EditionState.RECALLED, EditionState.REPLACED)
STANDING = (EditionState.SENT, EditionState.ACCEPTED)
"""Editions whose content leaves. Of one that was sent back only that leaves, as a status."""
MOST = 20_000
"""Rows of one packet: a year of a province, not the history of a nation."""


@attrs.frozen(kw_only=True)
class Asked:
    """What is to leave: packets by our names, of one plan or of all, for periods that end within these days."""

    names: Sequence[str]
    plan_id: int | None = None
    first: date
    last: date


def packets_of(actor: Actor, at: datetime, asked: Asked) -> list[Packet]:
    """The packets, in the order of the regulation; those that hold nothing are there, empty."""
    source = _Source(actor, asked)
    return [
        Packet(name, tuple(GATHERERS[name](source))[:MOST], at, actor.unit_name)
        for name in qcvn125().types
        if name in asked.names
    ]


@attrs.define
class _Source:
    """Where rows come from; names of units and plans are looked up once."""

    actor: Actor
    asked: Asked
    _units: dict[int, Row] = attrs.field(factory=dict)

    @property
    def plans(self) -> QuerySet[Plan]:
        seen = Plan.objects.visible_to(self.actor).in_force()
        return seen.filter(pk=self.asked.plan_id) if self.asked.plan_id is not None else seen

    def learn(self, ids: Iterable[int | None]) -> None:
        """Look up how units are named."""
        wanted = {pk for pk in ids if pk} - self._units.keys()
        for start in range(0, len(wanted), 500):
            self._units |= unit_rows(sorted(wanted)[start : start + 500], self.actor.on)

    def unit(self, pk: int | None) -> Row | None:
        return self._units.get(pk) if pk else None

    def editions(self, *, standing: bool = True) -> list[SubmissionEdition]:
        """The last edition of each report of the period that was sent, as far as it stands."""
        seen = Submission.objects.visible_to(self.actor).filter(sent_once=True, duty__plan__in=self.plans.values("pk"))
        inside = Q(period_to__gte=self.asked.first, period_to__lte=self.asked.last)
        rows = SubmissionEdition.objects.filter(submission__in=seen.filter(inside)).exclude(state__in=GONE)
        shown = rows.select_related(
            "submission__duty__plan",
            "submission__duty__recipient",
            "submission__occurrence__due_item",
            "form_version__form",
        )
        last: dict[int, SubmissionEdition] = {}
        for row in shown.order_by("submission__duty_id", "submission__period_to", "submission_id", "number"):
            last[row.submission_id] = row
        found = [row for row in last.values() if not standing or row.state in STANDING][:MOST]
        self.learn(each for row in found for each in (row.submission.unit_id, row.submission.about_id))
        return found

    def report(self, submission: Submission) -> Row:
        """Which report it is."""
        return {
            "plan": plan_row(submission.duty.plan),
            "regime": name_of(submission.duty),
            "recipient": recipient_of(submission.duty),
            "body": self.unit(submission.unit_id),
            "about": self.unit(submission.about_id),
            "first": submission.period_from,
            "last": submission.period_to,
        }


def plan_row(plan: Plan) -> Row:
    """How a plan is named."""
    return {"number": plan.designation or None, "issued_on": plan.issued_on, "title": plan.title}


def name_of(duty: Duty) -> str:
    """How a regime is named: its title, else the sentence of the plan."""
    return duty.title or " ".join(duty.text.split())[:300]


def recipient_of(duty: Duty) -> str | None:
    """Who receives its reports, by name."""
    return (duty.recipient.name if duty.recipient else duty.recipient_name) or None


def unit_rows(ids: Sequence[int], on: date) -> dict[int, Row]:
    """How units are named, by id; two statements."""
    above = UnitClosure.objects.filter(
        holds_on(on), descendant__in=ids, ancestor__kind=UnitKind.ADMINISTRATIVE, depth__gt=0
    )
    areas: dict[int, str] = {}
    for pk, code in above.order_by("depth").values_list("descendant_id", "ancestor__code"):
        areas.setdefault(pk, code)
    rows = Unit.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    return {pk: {"code": code or None, "name": name, "area": areas.get(pk) or None} for pk, code, name in rows}


def outline_of(schema: ReportSchema, code: str, version: int) -> Row:
    """The outline of a form without its tables."""
    return {
        "code": code,
        "version": version,
        **{name: getattr(schema, name) for name in ("title", "type_name", "subject", "opening", "source", "suits")},
        "sections": tuple(
            {
                **{name: getattr(each, name) for name in ("key", "title", "number", "level", "guidance", "required")},
                "kind": str(each.kind),
                "drafts": each.drafts,
            }
            for each in schema.sections
        ),
    }


def tables_of(schema: ReportSchema, code: str, version: int) -> Row:
    """The tables of a form: of every section that has something which the outline does not tell."""
    lines = [field.name for field in attrs.fields(Line)]
    return {
        "code": code,
        "version": version,
        "title": schema.title,
        "tables": tuple(
            {
                "key": each.key,
                "band": each.band,
                "annex": each.annex,
                "landscape": each.landscape,
                "lines": tuple({name: getattr(line, name) for name in lines} for line in each.lines),
                "columns": tuple(
                    {"key": one.key, "kind": str(one.kind), "label": one.label, "against": one.against}
                    for one in each.columns
                ),
            }
            for each in schema.sections
            if each.lines or each.columns or each.band is not None or each.annex or each.landscape
        ),
    }


def _versions(source: _Source) -> list[ReportFormVersion]:
    seen = ReportFormVersion.objects.visible_to(source.actor).exclude(state=FormState.DRAFT)
    return list(seen.select_related("form").order_by("form__code", "number"))


def _outlines(source: _Source) -> Iterable[Row]:
    return (outline_of(schema_of(row), row.form.code, row.number) for row in _versions(source))


def _forms(source: _Source) -> Iterable[Row]:
    return (tables_of(schema_of(row), row.form.code, row.number) for row in _versions(source))


def _regimes(source: _Source) -> Iterable[Row]:
    seen = Duty.objects.visible_to(source.actor).filter(plan__in=source.plans.values("pk"), state=DutyState.ACTIVE)
    rows = seen.select_related("plan", "recipient", "form", "feeds").prefetch_related("reporters")
    duties = list(rows.order_by("plan_id", "order", "pk")[:MOST])
    source.learn(each.unit_id for duty in duties for each in duty.reporters.all())
    source.learn(duty.recipient_id for duty in duties)
    source.learn(duty.feeds.recipient_id for duty in duties if duty.feeds)
    for duty in duties:
        rung = rung_of(duty)
        yield {
            "plan": plan_row(duty.plan),
            "title": name_of(duty),
            **{name: getattr(duty, name) or None for name in ("origin", "kind", "period", "calendar", "what", "via")},
            "method": duty.method,
            "recipient": source.unit(duty.recipient_id) or (
                {"code": None, "name": duty.recipient_name, "area": None} if duty.recipient_name else None
            ),
            "limit": limit_words(duty) or None,
            "day": rung.day if rung and rung.after is None else None,
            "relation": str(rung.relation) if rung and rung.after is None else None,
            "months_after": rung.months_after if rung and rung.after is None else None,
            "after": rung.after if rung else None,
            "since": since_of(duty),
            "form": duty.form.code if duty.form else None,
            "reporters": tuple(
                source.unit(each.unit_id) or {"code": None, "name": each.name, "area": None}
                for each in sorted(duty.reporters.all(), key=lambda each: (each.name, each.pk))
            ),
            "feeds": source.unit(duty.feeds.recipient_id) if duty.feeds else None,
            "guidance": tuple({"level": key, "words": words} for key, words in sorted(duty.guidance.items())),
        }  # fmt: skip


def _content(row: SubmissionEdition) -> Content:
    return content_from(row.content)


def _seal(row: SubmissionEdition) -> Row:
    return {
        "form": row.form_version.form.code,
        "form_version": row.form_version.number,
        "edition": row.number,
        "cutoff": row.cutoff,
        "nothing": row.nothing,
        "sealed": row.seal,
    }


def _figures(source: _Source) -> Iterable[Row]:
    for row in source.editions():
        content, schema = _content(row), schema_of(row.form_version)
        labels = {line.key: line.label for _section, line in schema.lines()}
        yield {
            "report": source.report(row.submission),
            "sent": _seal(row),
            "lines": tuple(
                {
                    "key": key,
                    "label": labels.get(key),
                    "value": each.value,
                    "applies": each.applies,
                    "provenance": str(each.provenance),
                    **{name: getattr(each, name) or None for name in ("reason", "explanation", "note")},
                }
                for key, each in content.figures.items()
            ),
        }


def _figure_lists(source: _Source) -> Iterable[Row]:
    for row in source.editions():
        content, schema = _content(row), schema_of(row.form_version)
        if content.first is None or content.last is None:
            continue
        for _section, line in schema.lines():
            figure = content.figures.get(line.key)
            if line.element and figure is not None and (figure.value is not None or not figure.applies):
                yield {
                    "element": line.element,
                    "breakdown": line.breakdown or None,
                    "unit": source.unit(row.submission.about_id),
                    "first": content.first,
                    "last": content.last,
                    "value": figure.value,
                    "applies": figure.applies,
                    "report": source.report(row.submission),
                }


def _sent_outlines(source: _Source) -> Iterable[Row]:
    for row in source.editions():
        content, schema = _content(row), schema_of(row.form_version)
        yield {
            "report": source.report(row.submission),
            "sent": _seal(row),
            "texts": tuple(
                {"key": each.key, "title": each.title, "text": content.texts[each.key].text}
                for each in schema.sections
                if each.kind is SectionKind.NARRATIVE and each.key in content.texts
            ),
        }


def _statuses(source: _Source) -> Iterable[Row]:
    for row in source.editions(standing=False):
        submission = row.submission
        yield {
            "report": source.report(submission),
            "state": submission.state,
            "due_on": submission.occurrence.due_item.due_on,
            "sent_at": row.sent_at,
            "days_late": row.days_late,
            "edition": row.number,
            "number": submission.designation or None,
            "signed_on": submission.signed_on,
        }


def _periods(source: _Source) -> Iterable[Row]:
    seen = DutyOccurrence.objects.visible_to(source.actor).filter(
        duty__plan__in=source.plans.values("pk"),
        period_to__gte=source.asked.first,
        period_to__lte=source.asked.last,
    )
    keys = ("duty_id", "period_from", "period_to", "due_item__due_on")
    rows = list(seen.order_by(*keys).values(*keys).annotate(n=Count("pk"))[:MOST])
    duties = Duty.objects.select_related("plan", "recipient").in_bulk({row["duty_id"] for row in rows})
    for row in rows:
        duty = duties[row["duty_id"]]
        yield {
            "plan": plan_row(duty.plan),
            "regime": name_of(duty),
            "recipient": recipient_of(duty),
            "first": row["period_from"],
            "last": row["period_to"],
            "due_on": row["due_item__due_on"],
            "reports": row["n"],
        }


def _indicators(_source: _Source) -> Iterable[Row]:
    elements: Any = ElementVersion.objects.select_related("element")
    for row in elements.order_by("element__order", "element_id", "valid_from"):
        yield {
            "code": row.element.code,
            "name": row.name,
            "kind": "element",
            "unit_word": row.unit_word,
            **{name: getattr(row.element, name) for name in ("nature", "over_time", "over_units", "places")},
            "breakdowns": tuple(row.breakdowns),
            **_dated(row),
        }
    indicators: Any = IndicatorVersion.objects.select_related("indicator")
    for row in indicators.order_by("indicator__order", "indicator_id", "valid_from"):
        yield {
            "code": row.indicator.code,
            "name": row.name,
            "kind": "indicator",
            "counted": tuple(row.counted),
            "whole": tuple(row.whole),
            **_dated(row),
        }


def _dated(row: Any) -> Row:
    return {
        "official": row.official or None,
        "source": row.source or None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _kpi_sets(source: _Source) -> Iterable[Row]:
    rows = Target.objects.visible_to(source.actor).active().filter(plan__in=source.plans.values("pk"))
    shown = rows.select_related("plan", "measured_by__indicator").order_by("plan_id", "order", "pk")
    for row in shown[:MOST]:
        measure: Measure | None = getattr(row, "measured_by", None)
        yield {
            "plan": plan_row(row.plan),
            "text": " ".join(row.text.split()),
            **{name: getattr(row, name) or None for name in ("shape", "comparator", "unit_word")},
            **{name: getattr(row, name) for name in ("value", "value_max", "window_from", "window_to")},
            "indicator": measure.indicator.code if measure and measure.indicator else None,
            "breakdown": (measure.breakdown if measure else "") or None,
        }


def _indicator_groups(source: _Source) -> Iterable[Row]:
    seen: Any = Form.objects.visible_to(source.actor).prefetch_related("lines__element")
    for row in seen.order_by("title", "valid_from", "pk"):
        yield {
            "code": row.code or None,
            **{name: getattr(row, name) for name in ("title", "period", "calendar", "valid_from", "valid_to")},
            "members": tuple(
                {"element": line.element.code, "breakdown": line.breakdown or None} for line in row.lines.all()
            ),
        }


def _indicator_breakdowns(source: _Source) -> Iterable[Row]:
    for each in breakdowns(source.actor.on).values():
        options = tuple({"code": option.code, "name": option.name} for option in each.options.values())
        yield {"code": each.code, "name": each.name, "exclusive": each.exclusive, "options": options}


def _kpi_data(source: _Source) -> Iterable[Row]:
    """Numbers of the elements that the targets of the plans are measured by, as they are known now and count."""
    measures = Measure.objects.filter(
        target__in=Target.objects.visible_to(source.actor).active().filter(plan__in=source.plans.values("pk")),
        indicator__isnull=False,
        confirmed_at__isnull=False,
    )
    versions = IndicatorVersion.objects.filter(indicator__in=measures.values("indicator_id"))
    codes = {code for counted, whole in versions.values_list("counted", "whole") for code in (*counted, *whole)}
    seen = rows_told(source.actor, Fact.objects.visible_to(source.actor).counting())
    rows = seen.filter(
        element__code__in=codes, end__gt=source.asked.first, end__lte=source.asked.last + DAY
    )  # fmt: skip
    facts = list(
        rows.filter(Q(value__isnull=False) | Q(applies=False))
        .select_related("element")
        .order_by("element__order", "element_id", "unit__sort_key", "unit_id", "start", "end", "breakdown")[:MOST]
    )
    source.learn(fact.unit_id for fact in facts)
    for fact in facts:
        number: Decimal | None = None if fact.value is None else fact.element.number(fact.value)
        yield {
            "element": fact.element.code,
            "breakdown": fact.breakdown or None,
            "unit": source.unit(fact.unit_id),
            "first": fact.start,
            "last": fact.end - DAY,
            "value": number,
            "applies": fact.applies,
            "note": fact.note or None,
        }


GATHERERS: Mapping[str, Callable[[_Source], Iterable[Row]]] = {
    "regimes": _regimes,
    "forms": _forms,
    "outlines": _outlines,
    "figures": _figures,
    "figure_lists": _figure_lists,
    "sent_outlines": _sent_outlines,
    "statuses": _statuses,
    "periods": _periods,
    "indicators": _indicators,
    "kpi_sets": _kpi_sets,
    "indicator_groups": _indicator_groups,
    "indicator_breakdowns": _indicator_breakdowns,
    "kpi_data": _kpi_data,
}
"""How each packet is filled, by our names: those of the mapping file."""


def year_of(on: date) -> tuple[date, date]:
    """The days that are asked for unless told else: the year of a day."""
    return date(on.year, 1, 1), date(on.year, 12, 31)


def moment_name(at: datetime) -> str:
    """A day and time for a file name: `20260302-1000`."""
    return f"{timezone.localtime(at):%Y%m%d-%H%M}"
