"""The left pane: the text of a revision, unchanged, line by line, with the marks of what was read in it.

Pure functions from values to HTML. The text inside a line element is exactly the line of the source, so that a
selection made in the browser can be counted back to code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from attrs import frozen
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


@frozen
class Mark:
    """A stretch of the text that something was read from; `kind` picks the underline, `ref` names the card.

    `start` and `end` are half-open code points of the revision's text.
    """

    ref: str
    kind: str
    start: int
    end: int
    state: str = ""


@frozen
class Line:
    """One line of the text: its number from 1, the code points it covers, its HTML, and what begins here."""

    number: int
    start: int
    end: int
    html: SafeString
    page: int | None = None
    address: str = ""
    level: int = 0


def line_starts(text: str) -> list[int]:
    """The code point at which each line begins; the first is 0."""
    starts = [0]
    at = text.find("\n")
    while at != -1:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def pages_by_line(starts: Sequence[int], layer: Mapping[str, Any]) -> dict[int, int]:
    """Line number → page, for the lines on which a new page begins, from the places of the text layer."""
    found: dict[int, int] = {}
    page, at = 0, 0
    for place in layer.get("places", ()):
        if (place.get("page") or page) == page:
            continue
        page = place["page"]
        while at + 1 < len(starts) and starts[at + 1] <= place["start"]:
            at += 1
        found.setdefault(at + 1, page)
    return found


def page_at(offset: int, layer: Mapping[str, Any]) -> int | None:
    """The page that holds the code point, when the file had pages."""
    page = None
    for place in layer.get("places", ()):
        if place["start"] > offset:
            break
        page = place.get("page", page)
    return page


def lines_of(
    text: str,
    marks: Iterable[Mark],
    *,
    layer: Mapping[str, Any],
    headings: Mapping[int, tuple[str, int]],
    only: tuple[int, int] | None = None,
) -> Iterator[Line]:
    """The lines with their marks. `headings` maps a line number to address and level; `only` limits to the lines that
    touch a span of code points."""
    starts = line_starts(text)
    pages = pages_by_line(starts, layer)
    waiting = sorted(marks, key=lambda mark: (mark.start, -mark.end))
    first_seen: set[str] = set()
    open_marks: list[Mark] = []
    at = 0
    for number, start in enumerate(starts, 1):
        end = starts[number] - 1 if number < len(starts) else len(text)
        while at < len(waiting) and waiting[at].start < max(end, start + 1):
            open_marks.append(waiting[at])
            at += 1
        here = [mark for mark in open_marks if mark.end > start]
        open_marks = here
        if only is not None and (end < only[0] or start >= only[1]):
            first_seen.update(mark.ref for mark in here)
            continue
        address, level = headings.get(number, ("", 0))
        yield Line(
            number=number,
            start=start,
            end=end,
            html=marked(text, start, end, here, first_seen),
            page=pages.get(number),
            address=address,
            level=level,
        )


def marked(text: str, start: int, end: int, marks: Sequence[Mark], seen: set[str]) -> SafeString:
    """The code points `start` to `end` as HTML: at every point the longer marks wrap the shorter ones.

    The first element of a mark carries its anchor (`s` + ref); `seen` remembers which marks already have theirs.
    """
    if not marks:
        return conditional_escape(text[start:end])
    edges = sorted({start, end} | {edge for mark in marks for edge in (mark.start, mark.end) if start < edge < end})
    parts: list[str] = []
    coming = sorted(marks, key=lambda mark: mark.start)
    inside: list[Mark] = []
    at = 0
    for left, right in pairwise(edges):
        inside = [mark for mark in inside if mark.end > left]
        while at < len(coming) and coming[at].start <= left:
            inside.append(coming[at])
            at += 1
        inside.sort(key=lambda mark: (mark.start - mark.end, mark.start, mark.ref))
        for mark in inside:
            anchor = "" if mark.ref in seen else f' id="s{mark.ref}"'
            seen.add(mark.ref)
            state = f" m-{mark.state}" if mark.state else ""
            parts.append(f'<span class="m m-{mark.kind}{state}" data-r="{mark.ref}"{anchor}>')
        parts.append(conditional_escape(text[left:right]))
        parts.append("</span>" * len(inside))
    return mark_safe("".join(parts))  # noqa: S308  every piece of text above is escaped; kinds and refs are our own


def line_of(starts: Sequence[int], offset: int) -> int:
    """The number of the line that holds a code point."""
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if starts[middle] <= offset:
            low = middle + 1
        else:
            high = middle
    return max(low, 1)
