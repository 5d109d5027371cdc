"""The lines of a form in words, as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from pcmt.apps.facts.catalogue import breakdowns, catalogue_of
from pcmt.apps.facts.models import Form, FormLine
from pcmt.core import measures as core
from pcmt.core.measures import part_label


@attrs.frozen
class Line:
    """One line of a form: its element with the words of the day, and the part of its number ("" for the whole)."""

    row: FormLine
    element: core.Element
    part: str
    """The part in words; "" for the whole."""

    @property
    def key(self) -> str:
        """By what sheets name the line."""
        return f"{self.element.code}|{self.row.breakdown}"

    @property
    def name(self) -> str:
        """The element, and the part of it."""
        return f"{self.element.name}, {self.part[0].lower()}{self.part[1:]}" if self.part else self.element.name

    @property
    def unit_word(self) -> str:
        """What its numbers count."""
        return self.element.unit_word

    @property
    def places(self) -> int:
        """How many decimals its numbers have."""
        return self.row.element.places

    @property
    def adds_up(self) -> bool:
        """Whether the numbers of units make a sum."""
        return self.element.over_units is core.OverUnits.SUM


def lines_of(form: Form, on: date) -> Sequence[Line]:
    """The lines of a form in their order; two statements."""
    rows = list(form.lines.select_related("element").order_by("order", "pk"))
    known = catalogue_of((), on, elements={row.element.code for row in rows}).elements
    words = breakdowns(on)
    found = []
    for row in rows:
        each = row.element
        element = known.get(each.code) or core.Element(each.code, each.code, "")
        found.append(Line(row, element, part_label(row.breakdown, words) if row.breakdown else ""))
    return found
