"""How our objects are called in the packets that report systems exchange: `data/exchange/`, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import attrs

from pcmt.reference.files import table


class FieldKind(StrEnum):
    """What a field of a packet holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"  # a decimal
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
    OBJECT = "object"
    LIST = "list"  # of objects with `fields`; of texts where there are none


@attrs.frozen
class PacketField:
    """A field: what we call it, and what it is called in a packet (`tag`)."""

    name: str
    tag: str
    kind: FieldKind
    required: bool = False
    fields: tuple[PacketField, ...] = ()


@attrs.frozen
class PacketType:
    """One of the packets: our name of it, its own (`tag`), its Vietnamese title; `key` are the fields that tell rows
    apart.
    """

    name: str
    tag: str
    title: str
    key: tuple[str, ...]
    fields: tuple[PacketField, ...]


@attrs.frozen
class Layout:
    """All packets, and the words of the envelope around their rows."""

    standard: str
    edition: str
    namespace: str
    root: str
    row: str
    item: str
    packet: str
    version: str
    made_at: str
    sender: str
    rows: str
    types: Mapping[str, PacketType]

    def by_tag(self, tag: str) -> PacketType | None:
        """The packet of a name in a file."""
        return next((each for each in self.types.values() if each.tag == tag), None)


@lru_cache(maxsize=1)
def qcvn125() -> Layout:
    """The packets of QCVN 125:2021/BTTTT (Circular 02/2021/TT-BTTTT). Raises KeyError where the table is broken."""
    data = table("exchange", "qcvn125")
    shared = data["shared"]
    types = {
        row["name"]: PacketType(
            row["name"], row["tag"], row["title"], tuple(row["key"]), _fields(row["fields"], shared)
        )
        for row in data["packet_type"]
    }
    words = [field.name for field in attrs.fields(Layout) if field.name != "types"]
    return Layout(**{word: data[word] for word in words}, types=types)


def _fields(rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]) -> tuple[PacketField, ...]:
    return tuple(
        PacketField(
            name=row["name"],
            tag=row["tag"],
            kind=FieldKind(row["kind"]),
            required=row.get("required", False),
            fields=_fields(shared[row["shared"]] if "shared" in row else row.get("fields", ()), shared),
        )
        for row in rows
    )
