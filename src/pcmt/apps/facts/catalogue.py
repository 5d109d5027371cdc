"""The catalogue of data elements and indicators, by what they are split, and how figures are checked.

Elements and indicators are in the database: the program's tables (`data/indicators/`) are taken in by `load_catalogue`,
administrators add to them. Breakdowns and checks are tables only.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import F

from pcmt.apps.facts.models import ElementVersion, IndicatorVersion
from pcmt.core import measures as core
from pcmt.core.measures import Breakdown, Catalogue, Rules, breakdowns_from, catalogue_from, rules_from
from pcmt.core.text import fold
from pcmt.reference import table

IN_TIME = F("valid_from").asc(nulls_first=True)


@cache
def rows_of(name: str) -> dict[str, Any]:
    """A table of `data/indicators/`."""
    return table("indicators", name)


def catalogue(on: date | None = None) -> Catalogue:
    """The catalogue of a day, in two statements; without one all that there ever was, each in its last version.

    Nothing is kept between calls, so that what an administrator changes holds at once, in every process: ask once and
    hand it on.
    """
    elements: Any = ElementVersion.objects.select_related("element")
    indicators: Any = IndicatorVersion.objects.select_related("indicator")
    if on is not None:
        elements, indicators = elements.as_of(on), indicators.as_of(on)
    return Catalogue(
        {row.element.code: element_of(row) for row in elements.order_by("element__order", "element_id", IN_TIME)},
        {
            row.indicator.code: indicator_of(row)
            for row in indicators.order_by("indicator__order", "indicator_id", IN_TIME)
        },
    )


def catalogue_of(codes: Collection[str], on: date | None = None, *, elements: Collection[str] = ()) -> Catalogue:
    """Of the catalogue of a day some indicators, the elements that they are made of, and others; two statements."""
    versions: Any = IndicatorVersion.objects.filter(indicator__code__in=codes).select_related("indicator")
    rows = (versions if on is None else versions.as_of(on)).order_by("indicator__order", "indicator_id", IN_TIME)
    indicators = {row.indicator.code: indicator_of(row) for row in rows}
    parts = {*elements, *(code for each in indicators.values() for code in (*each.counted, *each.whole))}
    kinds: Any = ElementVersion.objects.filter(element__code__in=parts).select_related("element")
    found = (kinds if on is None else kinds.as_of(on)).order_by("element__order", "element_id", IN_TIME)
    return Catalogue({row.element.code: element_of(row) for row in found}, indicators)


def last_known(codes: Collection[str], on: date, *, elements: Collection[str] = ()) -> Catalogue:
    """Of the catalogue some as they are on a day, and what does not stand on it in its last version."""
    standing, ever = catalogue_of(codes, on, elements=elements), catalogue_of(codes, elements=elements)
    return Catalogue({**ever.elements, **standing.elements}, {**ever.indicators, **standing.indicators})


def indicators_made_of(codes: Collection[str]) -> set[str]:
    """Codes of the indicators that are, or ever were, counted from one of the elements."""
    rows = IndicatorVersion.objects.values_list("indicator__code", "counted", "whole")
    return {code for code, counted, whole in rows if not set(codes).isdisjoint((*counted, *whole))}


def shipped(on: date | None = None) -> Catalogue:
    """The catalogue of a day as the program's own tables have it; of all days without one."""
    return catalogue_from(rows_of("elements"), rows_of("indicators"), on)


@cache
def protected_codes() -> frozenset[str]:
    """Elements that count people whom the registers know: of one commune, small numbers are hidden from others.

    What administrators add is never among them: they say what is typed, not what is counted from files of people.
    """
    return frozenset(row["code"] for row in rows_of("elements")["element"] if row.get("protected", False))


@cache
def breakdowns(on: date | None = None) -> dict[str, Breakdown]:
    """By what numbers may be split on a day; of all days without one."""
    return breakdowns_from(rows_of("breakdowns"), on)


@cache
def rules(on: date | None = None) -> Rules:
    """How figures are checked on a day (`pcmt.core.measures.check_entries`); of all days without one."""
    return rules_from(rows_of("checks"), breakdowns(on), on)


def element_of(version: ElementVersion) -> core.Element:
    """An element as a value, in one of its versions."""
    row = version.element
    return core.Element(
        row.code,
        version.name,
        version.unit_word,
        core.Nature(row.nature),
        core.OverTime(row.over_time),
        core.OverUnits(row.over_units),
        tuple(version.breakdowns),
        row.places,
    )


def indicator_of(version: IndicatorVersion) -> core.Indicator:
    """An indicator as a value, in one of its versions."""
    ways = tuple(tuple(map(_folded, way)) for way in version.words)
    return core.Indicator(version.indicator.code, version.name, tuple(version.counted), tuple(version.whole), ways)


@lru_cache(maxsize=4096)
def _folded(phrase: str) -> str:
    return fold(phrase)
