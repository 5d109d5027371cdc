"""What the head and the tail of a document said, and which lines belong to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import define, field

from pcmt.core.diagnostics import Diagnostic

Place = tuple[int, int]
_SINGLE = (
    "issuer|parent_issuer|number|place|date|doc_type|title|geographic_scope|period|signer|archive|"
    "article_title|article_date|author"
).split("|")


def no_fields() -> dict[str, Any]:
    """The fields of a header before anything is read: nothing stated, no lists filled."""
    return {**dict.fromkeys(_SINGLE), "legal_bases": [], "recipients": []}


@define(eq=False)
class Head:
    """What the head and tail say, and which lines belong to them.

    `body` and `tail` are indexes of lines: the numbered body lies between them.
    """

    fields: dict[str, Any]
    body: int
    tail: int
    preamble: Place | None = None
    title: Place | None = None
    remarks: list[Diagnostic] = field(factory=list)
    noise: list[tuple[int, int, str]] = field(factory=list)
    claims: list[Place] = field(factory=list)

    @property
    def issued(self) -> date | None:
        """The date of issue."""
        value = (self.fields.get("date") or {}).get("value")
        return date.fromisoformat(value) if value else None
