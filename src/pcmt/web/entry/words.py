"""How a number stands in its cell."""

from __future__ import annotations

from pcmt.apps.facts.queries import Number
from pcmt.core.measures import number_label

NOT_APPLICABLE = "x"
"""How "does not apply" is typed and shown."""


def text_of(number: Number | None) -> str:
    """What stands in the cell of a number, as it could be typed again."""
    if number is None or not number.told:
        return ""
    return number_label(number.value) if number.value is not None else NOT_APPLICABLE
