"""The catalogue: data elements, and indicators made of them; which indicator a plan's words mean.

An indicator is a sum of elements, or a share of one sum in another. There is no formula to write: what is asked for is
in the target, how numbers add up is in the elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.measures.breakdowns import holds
from pcmt.core.measures.elements import Element, Nature, OverTime, OverUnits
from pcmt.core.measures.targets import Shape
from pcmt.core.text import fold


@frozen
class Indicator:
    """What a target measures. With a `whole` it is a share. `words` are the ways in which plans name it, folded."""

    code: str
    name: str
    counted: tuple[str, ...]
    whole: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()


@frozen
class Binding:
    """An indicator that a plan's words may mean, and the phrases that say so, folded.

    `weight` is how many letters speak for it; those in the target's own words count twice.
    """

    indicator: Indicator
    phrases: tuple[str, ...]
    weight: int


@frozen
class Catalogue:
    """Elements and indicators by their codes, in the order in which they are shown."""

    elements: Mapping[str, Element]
    indicators: Mapping[str, Indicator]

    def bind(self, words: str, around: str = "", shape: Shape | None = None) -> tuple[Binding, ...]:
        """The indicators that the words of a target may mean, the likeliest first.

        `words` are the target's own, `around` the sentence in which they stand. A target that is a share is measured by
        a share, a count or ceiling by a count; either way the other comes after all that fit.
        """
        own, text = f" {fold(words)} ", f" {fold(words)} {fold(around)} "
        found = []
        for indicator in self.indicators.values():
            ways = [way for way in indicator.words if all(f" {phrase} " in text for phrase in way)]
            weighed = [(sum(len(p) * (1 + (f" {p} " in own)) for p in way), way) for way in ways]
            if weighed:
                weight, way = max(weighed)
                found.append(Binding(indicator, way, weight))
        return tuple(sorted(found, key=lambda each: (_misfit(each.indicator, shape), -each.weight)))


def _misfit(indicator: Indicator, shape: Shape | None) -> bool:
    if shape is Shape.SHARE:
        return not indicator.whole
    if shape in (Shape.LEVEL, Shape.CEILING, Shape.ZERO, Shape.ALLOCATION):
        return bool(indicator.whole)
    return False


def catalogue_from(elements: Mapping[str, Any], indicators: Mapping[str, Any], on: date | None = None) -> Catalogue:
    """The catalogue of a day from its two tables (`data/indicators/`); of all days without one."""
    return Catalogue(
        {row["code"]: element_from(row) for row in elements["element"] if holds(row, on)},
        {row["code"]: _indicator(row) for row in indicators["indicator"] if holds(row, on)},
    )


def element_from(row: Mapping[str, Any]) -> Element:
    """An element from its row of the table."""
    nature = Nature(row.get("nature", Nature.FLOW))
    over_time = row.get("over_time", OverTime.SUM if nature is Nature.FLOW else OverTime.LAST)
    return Element(
        code=row["code"],
        name=row["name"],
        unit_word=row["unit"],
        nature=nature,
        over_time=OverTime(over_time),
        over_units=OverUnits(row.get("over_units", OverUnits.SUM)),
        breakdowns=tuple(row.get("breakdowns", ())),
        places=row.get("places", 0),
    )


def _indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        code=row["code"],
        name=row["name"],
        counted=tuple(row["counted"]),
        whole=tuple(row.get("whole", ())),
        words=tuple(tuple(map(fold, way)) for way in row.get("words", ())),
    )


def check_catalogue(catalogue: Catalogue) -> tuple[Diagnostic, ...]:
    """What is wrong with a catalogue; empty when it is whole.

    Indicators are made of elements that are there; what is added up counts the same thing in the same way; no way of
    naming an indicator is empty or names two alike.
    """
    return tuple(_wrong(catalogue))


def _wrong(catalogue: Catalogue) -> Iterator[Diagnostic]:
    ways: dict[tuple[tuple[str, ...], bool], str] = {}
    for indicator in catalogue.indicators.values():
        for codes in (indicator.counted, indicator.whole):
            unknown = [code for code in codes if code not in catalogue.elements]
            for code in unknown:
                yield _error("unknown_element", indicator, element=code)
            parts = [catalogue.elements[code] for code in codes if code not in unknown]
            if len({(part.unit_word, part.nature, part.over_time) for part in parts}) > 1:
                yield _error("unlike_elements", indicator)
        if not indicator.counted:
            yield _error("nothing_counted", indicator)
        for way in indicator.words:
            if not way or not all(way):
                yield _error("empty_words", indicator)
            twin = ways.setdefault((tuple(sorted(way)), bool(indicator.whole)), indicator.code)
            if twin != indicator.code:
                yield _error("same_words", indicator, other=twin)


def _error(code: str, indicator: Indicator, **args: str) -> Diagnostic:
    return Diagnostic(code=code, severity="error", args={"indicator": indicator.code, **args})
