"""The kinds of records that come ready (`data/kinds`), as values. No Django and no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import attrs

from pcmt.core.schemas import KindSchema, kind_from
from pcmt.reference.files import tables


@attrs.frozen
class ReadyKind:
    """A ready kind: what it asks, and since which day its text is as it is."""

    schema: KindSchema
    dated: date


@cache
def kinds() -> Mapping[str, ReadyKind]:
    """All ready kinds by code, in the order in which they are listed. Raises for a file that contradicts itself.

    A file tells the `group` of its kinds once; a kind may name another.
    """
    found: dict[str, ReadyKind] = {}
    for table in sorted(tables("kinds").values(), key=lambda each: each["order"]):
        for row in table["kind"]:
            schema = kind_from({"group": table["group"], **row})
            if schema.code in found:
                raise ValueError(f"two kinds are called {schema.code}")
            found[schema.code] = ReadyKind(schema, table["dated"])
    return found
