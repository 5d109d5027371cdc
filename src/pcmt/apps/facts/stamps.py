"""What a template says of itself when it comes back: its form, unit and period, and what stood in it when it went out.

Signed by this installation: a stamp that was typed, copied from another place or cut is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from django.core import signing

from pcmt.core.periods import Span, parse_date

SALT = "pcmt.facts.template"


@attrs.frozen
class Stamp:
    """A template: form and its version, unit (None: all units the form asks), period, when it went out.

    `given` is what stood in its open cells by (unit id, key of the line): the text of the number and the note.
    """

    form_id: int
    version: int
    unit_id: int | None
    span: Span
    at: datetime
    given: Mapping[tuple[int, str], tuple[str, str]] = attrs.field(factory=dict)

    @property
    def many(self) -> bool:
        """Whether it is for all units of the form."""
        return self.unit_id is None


def signed(stamp: Stamp) -> str:
    """The text that goes into the template."""
    return signing.dumps(stamp_json(stamp), salt=SALT, compress=True)


def stamp_from(text: str) -> Stamp | None:
    """The stamp that this installation signed; None for any other text."""
    try:
        value = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return stamp_read(value)


def stamp_json(stamp: Stamp) -> dict[str, Any]:
    """As JSON values; lines are named once, since a province's sheet has thousands of cells."""
    keys = {key: at for at, key in enumerate(dict.fromkeys(key for _unit, key in stamp.given))}
    return {
        "form": stamp.form_id,
        "version": stamp.version,
        "unit": stamp.unit_id,
        "start": stamp.span.start.isoformat(),
        "end": stamp.span.end.isoformat(),
        "at": stamp.at.isoformat(),
        "lines": list(keys),
        "given": [[unit, keys[key], text, note] for (unit, key), (text, note) in stamp.given.items()],
    }


def stamp_read(value: Mapping[str, Any]) -> Stamp | None:
    """The stamp that `stamp_json` wrote; None for {}."""
    start, end = parse_date(value.get("start")), parse_date(value.get("end"))
    if start is None or end is None:
        return None
    lines: Sequence[str] = value["lines"]
    return Stamp(
        value["form"], value["version"], value["unit"], Span(start, end), datetime.fromisoformat(value["at"]),
        {(unit, lines[line]): (text, note) for unit, line, text, note in value["given"]},
    )  # fmt: skip
