"""Centres of the communes and provinces of today, from `data/units/points.tsv`: dots for maps, no boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import attrs

from pcmt.reference.files import folder


@attrs.frozen
class Centre:
    """Where the centre of a unit lies, in degrees (WGS 84)."""

    lat: float
    lon: float


@lru_cache(maxsize=1)
def centres() -> Mapping[str, Centre]:
    """The centres by the codes of the units; kept once read (3,355 of them)."""
    lines = (folder("units") / "points.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {code: Centre(float(lat), float(lon)) for code, lat, lon in rows}
