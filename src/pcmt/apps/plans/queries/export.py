"""A reading with what people confirmed, as the contract's object, for the writers of files."""

from __future__ import annotations

from typing import Any

from pcmt.apps.plans.contract import PREFIXES, header_from
from pcmt.apps.plans.models import Item, ItemState, Revision


def reading_confirmed(revision: Revision) -> dict[str, Any]:
    """The contract object of a revision: accepted items with their edits, the header as edited, the rest as read.

    Lists keep the order of the text. Every entry keeps its place; an item that a person added has the confidence 1.
    """
    reading = dict(revision.reading)
    items: dict[str, list[dict[str, Any]]] = {name: [] for name in PREFIXES}
    accepted = Item.objects.filter(revision=revision, state=ItemState.ACCEPTED).select_related("clause")
    for item in accepted.order_by("start", "pk"):
        items[item.list_name].append(
            {
                **item.values,
                "id": item.key,
                "line": item.line,
                "span": [item.start, item.end],
                "text": item.text,
                "confidence": item.confidence,
                "clause": item.clause.key if item.clause else None,
            }
        )
    reading.update(items)
    reading["header"] = _header(revision)
    return reading


def _header(revision: Revision) -> dict[str, Any]:
    head = dict(revision.reading.get("header") or {})
    header = header_from(revision.header)
    issued = header.issued_on.isoformat() if header.issued_on else None
    head["title"] = {**(head.get("title") or {}), "value": header.title or None}
    head["date"] = {**(head.get("date") or {}), "value": issued} if issued else None
    number = head.get("number") or {}
    if header.number or header.symbol:
        head["number"] = {
            **number,
            "value": header.number or None,
            "symbol": header.symbol or None,
            "blank": not header.number,
        }
    if header.window_from and header.window_to:
        head["period"] = {
            **(head.get("period") or {}),
            "from": header.window_from.isoformat(),
            "to": header.window_to.isoformat(),
        }
    if header.issuer_name:
        head["issuer"] = {**(head.get("issuer") or {}), "name": header.issuer_name}
    return head
