"""Allocations: the parts of a target that bodies have to reach."""

from __future__ import annotations

import re
from typing import Any

from attrs import define

from pcmt.core.reading.agencies import split_names
from pcmt.core.reading.numbered import COUNTED
from pcmt.core.reading.source import Source
from pcmt.core.reading.targets import Target
from pcmt.core.text import find_numerals

_SHARE = re.compile(
    r"(?P<name>[^;:|]{3,120}?)\s*[:|]\s*(?P<n>\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?)(?![\d/])|"
    r"(?P<plain>[^:;|\d]{3,120}?)[\s(–-]+(?P<m>\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?)(?![\d/])"
)


@define(eq=False)
class Share:
    """A part of a target given to bodies: name, value and unit at one place."""

    start: int
    end: int
    target: Target
    names: list[Any]
    value: int | float
    unit: str | None
    confidence: float = 0.94


def read_shares(source: Source, target: Target, stretches: list[tuple[int, int]]) -> list[Share]:
    """The parts of a target: "Công an thị xã: 07 vụ; Chi cục Hải quan: 01 vụ", one stretch per bullet or one line."""
    shares: list[Share] = []
    low = source.low
    for start, end in stretches:
        for a, b in _pieces(low, start, end):
            found = _SHARE.match(low, a, b)
            if not found:
                continue
            name = source.trim(*found.span("name" if found["name"] else "plain"))
            stop = found.end()
            number = next(iter(find_numerals(found["n"] or found["m"])), None)
            if number is None:
                continue
            unit = None
            noun = COUNTED.of(source.bare).match(low, stop, b) or re.compile(r" *%").match(low, stop, b)
            if noun:
                unit = source.plain(stop, noun.end())
                stop = noun.end()
            names = split_names(source, *name)
            if names:
                shares.append(Share(name[0], stop, target, names, number.value, unit or target.facts["unit"]))
    return shares


def _pieces(low: str, start: int, end: int) -> list[tuple[int, int]]:
    """A list of shares cut at semicolons, and at commas behind a number."""
    pieces, at = [], start
    for stop in re.finditer(r"[;,](?!\d)", low[start:end]):
        here = start + stop.start()
        if low[here] == ";" or re.search(r"\d", low[at:here]):
            pieces.append((at, here))
            at = here + 1
    pieces.append((at, end))
    return pieces
