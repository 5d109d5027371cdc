"""The text under the reader's eye: its working copies and its places."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

from attrs import define, field

from pcmt.core.text import Span, canonical, is_bare
from pcmt.core.text.fold import strip_marks

PIECE = 4_000  # code points read at a time


class Places:
    """A set of stretches that answers whether another one meets any of them."""

    __slots__ = ("_reach", "_starts")

    def __init__(self, stretches: Iterable[Span]) -> None:
        ordered = sorted(stretches)
        self._starts = [start for start, _ in ordered]
        self._reach: list[int] = []
        furthest = 0
        for _, end in ordered:
            furthest = max(furthest, end)
            self._reach.append(furthest)

    def meet(self, start: int, end: int) -> bool:
        """Whether some stretch shares a position with [start, end)."""
        at = bisect_right(self._starts, start)
        return (at > 0 and self._reach[at - 1] > start) or (at < len(self._starts) and self._starts[at] < end)


class Pattern:
    """A phrase matcher over canonical text that also serves texts which have lost their marks.

    Written once with marks; for a bare text the same pattern without marks runs over the text without marks. `needs`
    are words of which every match holds at least one: a stretch without any of them is not searched at all.
    """

    __slots__ = ("_compiled", "needs", "source")

    def __init__(self, source: str, needs: tuple[str, ...] = ()) -> None:
        self.source = source
        self.needs = {False: needs, True: tuple(map(strip_marks, needs))}
        self._compiled: dict[bool, re.Pattern[str]] = {}

    def of(self, bare: bool) -> re.Pattern[str]:
        """The compiled pattern for texts with (False) or without (True) marks."""
        if bare not in self._compiled:
            self._compiled[bare] = re.compile(strip_marks(self.source) if bare else self.source)
        return self._compiled[bare]


@define(eq=False)
class Source:
    """A text as given, with the copies that the reader matches on.

    `work` is the composed text (NFC) with plain line ends; `low` its canonical copy of equal length, without marks when
    the text is `bare`. Places inside the reader are positions of `work`; `span` turns them into code points of the text
    as given.
    """

    given: str
    work: str = field(init=False)
    bare: bool = field(init=False)
    low: str = field(init=False)
    _origin: list[int] | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        if "\r\n" not in self.given and unicodedata.is_normalized("NFC", self.given):
            self.work = self.given
        else:
            self.work, self._origin = _compose(self.given)
        self.bare = is_bare(self.work)
        low = canonical(self.work)
        self.low = strip_marks(low) if self.bare else low

    @cached_property
    def _newlines(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.given)]

    def span(self, start: int, end: int) -> list[int]:
        """A place of the working copy as code points of the text as given."""
        if self._origin is None:
            return [start, end]
        return [self._origin[start], self._origin[end]]

    def line(self, start: int) -> int:
        """The number of the line, from 1, on which a place of the working copy begins."""
        at = start if self._origin is None else self._origin[start]
        return bisect_right(self._newlines, at - 1) + 1

    def text(self, start: int, end: int) -> str:
        """The text as given at a place of the working copy, unchanged."""
        first, last = self.span(start, end)
        return self.given[first:last]

    def plain(self, start: int, end: int) -> str:
        """The words at a place on one line: no emphasis signs, single blanks."""
        return tidy(self.work[start:end])

    def finditer(self, pattern: Pattern, start: int, end: int) -> list[re.Match[str]]:
        """All matches of a pattern in a stretch of the canonical copy."""
        if not self._may_hold(pattern, start, end):
            return []
        return list(pattern.of(self.bare).finditer(self.low, start, end))

    def search(self, pattern: Pattern, start: int, end: int) -> re.Match[str] | None:
        """The first match of a pattern in a stretch of the canonical copy."""
        if not self._may_hold(pattern, start, end):
            return None
        return pattern.of(self.bare).search(self.low, start, end)

    def match(self, pattern: Pattern, start: int, end: int) -> re.Match[str] | None:
        """The match of a pattern exactly at a place of the canonical copy."""
        return pattern.of(self.bare).match(self.low, start, end)

    def _may_hold(self, pattern: Pattern, start: int, end: int) -> bool:
        needs, low = pattern.needs[self.bare], self.low
        for word in needs:  # asked thousands of times a plan; a loop is twice as quick as any()
            if low.find(word, start, end) >= 0:
                return True
        return not needs

    @cached_property
    def _quotes(self) -> list[int]:
        return [found.start() for found in re.finditer('"', self.low)]

    def quoted(self, at: int, start: int, end: int) -> bool:
        """Whether a place stands between quotation marks, counted from `start`."""
        before = bisect_left(self._quotes, at)
        opened = before - bisect_left(self._quotes, start)
        return opened % 2 == 1 and before < len(self._quotes) and self._quotes[before] < end

    def pieces(self, start: int, end: int) -> Iterator[Span]:
        """A stretch in pieces of bounded length, cut behind a stop or at a blank; nearly every stretch is one piece.

        What is read piece by piece costs no more than the length of the text, however long its sentences.
        """
        while end - start > PIECE:
            cut = (
                max(
                    self.low.rfind(". ", start + PIECE // 2, start + PIECE),
                    self.low.rfind("; ", start + PIECE // 2, start + PIECE),
                )
                + 1
            )
            cut = cut or self.low.rfind(" ", start + PIECE // 2, start + PIECE) + 1 or start + PIECE
            yield start, cut
            start = cut
        yield start, end

    def trim(self, start: int, end: int) -> Span:
        """A place without blanks and emphasis signs at its ends."""
        low = self.low
        while start < end and low[start] == " ":
            start += 1
        while end > start and low[end - 1] == " ":
            end -= 1
        return start, end


def tidy(text: str) -> str:
    """Words on one line: emphasis signs and table bars dropped, single blanks."""
    return " ".join(re.sub(r"[*_|]+", " ", text).split()) if re.search(r"[*_|\s]{2}|[*_|\n\t]", text) else text.strip()


def _compose(text: str) -> tuple[str, list[int]]:
    """Composed text with plain line ends and, for each of its positions and its end, the position in `text`."""
    starts = [i for i, char in enumerate(text) if not unicodedata.combining(char) and text[i - 1 : i + 1] != "\r\n"]
    if not starts or starts[0]:
        starts.insert(0, 0)
    parts: list[str] = []
    origin: list[int] = []
    for start, end in pairwise([*starts, len(text)]):
        part = text[start:end]
        composed = unicodedata.normalize("NFC", part).replace("\r\n", "\n") if end - start > 1 else part
        parts.append(composed)
        origin += [start] * len(composed)
    origin.append(len(text))
    return "".join(parts), origin
