"""Totals of the registers for everybody who may see how an area stands: how many people, never who.

All of it is counted (`queries.counting`) and read as figures of facts, so that a page, a report and a target say the
same. What of one commune the reader is not told is left out by `facts.queries.guarded`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import attrs
from django.db.models import QuerySet

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.queries import figures, guarded
from pcmt.apps.units.models import Level, Unit, UnitKind, UnitLink, holds_on
from pcmt.apps.units.queries import committee
from pcmt.core.law import Category
from pcmt.core.periods import ADMINISTRATIVE, DAY, Kind, Span

MONTHS_DRAWN = 12

STATUS = tuple(("managed", f"category={category}") for category in Category)
MOVES = tuple((code, "") for code in ("managed_opened", "managed_moved_in", "managed_moved_out", "managed_closed"))
TESTS = tuple(
    (code, "") for code in ("tests_due", "tests_done", "tests_missed", "tests_refused", "tests_taken", "tests_positive")
)
CARE = tuple(
    (code, "")
    for code in (
        "in_treatment", "rehab_ended", "relapses", "people_trained", "loans", "jobs", "residence_checks_due",
        "residence_checks_done",
    )
)  # fmt: skip
SEX = tuple(("managed", f"sex={each}") for each in ("male", "female"))
AGE = tuple(("managed", f"age={each}") for each in ("under_12", "12_17", "18_30", "31_45", "over_45"))

Series = tuple[str, str]
"""Code of the element, part ("" for the whole)."""


@attrs.frozen
class Amount:
    """One number: None was not counted; `hidden`: it was, and the reader is not told it."""

    value: Fraction | None
    hidden: bool


@attrs.frozen
class Row:
    """What a line says of the month and of the year up to its end (a stock has no sum of the year)."""

    code: str
    part: str
    month: Amount
    year: Amount | None


@attrs.frozen
class Totals:
    """The totals of a unit for a reporting month; `trend` of the people under management at the end of each month,
    `below` of the units directly below, in official order.
    """

    unit: Unit
    month: Span
    year: Span
    sections: Mapping[str, Sequence[Row]]
    trend: Sequence[tuple[Span, Amount]]
    below: Sequence[tuple[Unit, Sequence[Amount]]]

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        amounts = [each for rows in self.sections.values() for row in rows for each in (row.month, row.year) if each]
        amounts += [each for _span, each in self.trend] + [each for _unit, row in self.below for each in row]
        return any(each.hidden for each in amounts)


BELOW: Sequence[Series] = (("managed", ""), ("managed_opened", ""), ("managed_closed", ""), *TESTS[:2], TESTS[-1])


def may_see(actor: Actor | None) -> bool:
    """Whether the actor sees totals at all: who sees how an area stands."""
    return sees("facts.Cell", actor) >= Reach.SUBTREE


def top_of(actor: Actor) -> Unit:
    """The unit whose totals the actor begins with: the committee that the own unit serves."""
    return committee(actor.unit_id, actor.on) or Unit.objects.get(pk=actor.unit_id)


def units_to_choose(actor: Actor) -> QuerySet[Unit]:
    """The units whose totals the actor may open: the own area down to its communes."""
    top = top_of(actor)
    inside = reached_units(attrs.evolve(actor, unit_id=top.pk), Reach.SUBTREE)
    found = Unit.objects.filter(pk__in=inside, kind=UnitKind.ADMINISTRATIVE).exclude(level=Level.HAMLET)
    return found.as_of(actor.on).in_official_order()


def months_to_choose(on: date) -> list[Span]:
    """The reporting months that are over, the last first."""
    found = [ADMINISTRATIVE.around(Kind.MONTH, ADMINISTRATIVE.around(Kind.MONTH, on).start - DAY)]
    while len(found) < MONTHS_DRAWN:
        found.append(ADMINISTRATIVE.around(Kind.MONTH, found[-1].start - DAY))
    return found


def totals_of(actor: Actor, unit: Unit, month: Span) -> Totals:
    """The totals of a unit; a number of statements that does not grow with its communes."""
    year = ADMINISTRATIVE.around(Kind.YEAR, month.last)
    months = months_to_choose(month.end)[::-1]
    lines = {
        "status": (("managed", ""), *STATUS), "moves": MOVES, "tests": TESTS, "care": CARE, "sex": SEX, "age": AGE,
    }  # fmt: skip
    links = UnitLink.objects.filter(holds_on(month.last), holds_on(month.last, "child__"), parent=unit)
    children = list(
        Unit.objects.filter(pk__in=links.values("child_id"), kind=UnitKind.ADMINISTRATIVE)
        .exclude(level=Level.HAMLET)
        .in_official_order()
    )
    asks = {Ask(unit.pk, code, span, part) for rows in lines.values() for code, part in rows for span in (month, year)}
    asks |= {Ask(unit.pk, "managed", span) for span in months}
    asks |= {Ask(child.pk, code, month, part) for child in children for code, part in BELOW}
    answers = guarded(actor, figures(asks, on=month.last), on=month.last)

    def amount(of: Unit, series: Series, span: Span) -> Amount:
        return _amount(answers[Ask(of.pk, series[0], span, series[1])])

    return Totals(
        unit=unit,
        month=month,
        year=year,
        sections={
            name: [
                Row(*series, amount(unit, series, month), None if _stock(answers, unit, series, month) else
                    amount(unit, series, year))
                for series in rows
            ]
            for name, rows in lines.items()
        },
        trend=[(span, amount(unit, ("managed", ""), span)) for span in months],
        below=[(child, [amount(child, series, month) for series in BELOW]) for child in children],
    )  # fmt: skip


def _stock(answers: Mapping[Ask, Answer], unit: Unit, series: Series, month: Span) -> bool:
    return not answers[Ask(unit.pk, series[0], month, series[1])].figure.cumulates


def _amount(answer: Answer) -> Amount:
    return Amount(answer.figure.value, answer.hidden)
