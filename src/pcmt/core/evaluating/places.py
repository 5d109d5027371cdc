"""Places side by side: how the targets of each stand, which do well and which need help, fairly.

A target that does not apply or is not due yet says nothing about a place. What is undetermined says nothing good
either: a place that tells too little is not ranked at all, so that silence never wins. Among equals the order in which
the places were given decides, which is the official one, and it is said how many more there are of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

import attrs

from pcmt.core.evaluating.verdicts import Verdict

LEAST = 3
"""Fewer judged targets than this say nothing about a place: it is shown, and not ranked."""
SHOWN = 5
GOOD = (Verdict.MET, Verdict.ON_TRACK)
BAD = (Verdict.BEHIND, Verdict.MISSED)


class Class(StrEnum):
    """What the map shows of a place."""

    GOOD = "good"  # all judged targets are met or on track
    SOME = "some"  # less than half of them are behind or missed
    MANY = "many"  # half of them or more are
    UNKNOWN = "unknown"  # nothing could be judged
    NONE = "none"  # no target applies, or none is due yet


@attrs.frozen
class Tally:
    """How many targets of a place have each verdict."""

    counts: Mapping[Verdict, int] = attrs.field(factory=dict)

    def _of(self, verdicts: Iterable[Verdict]) -> int:
        return sum(self.counts.get(each, 0) for each in verdicts)

    @property
    def good(self) -> int:
        """Met or on track."""
        return self._of(GOOD)

    @property
    def bad(self) -> int:
        """Behind or missed."""
        return self._of(BAD)

    @property
    def judged(self) -> int:
        """All that could be judged."""
        return self.good + self.bad

    @property
    def undetermined(self) -> int:
        """What could not be judged because something was not told."""
        return self.counts.get(Verdict.UNDETERMINED, 0)

    @property
    def share(self) -> Fraction | None:
        """The part of the judged ones that is good; None of nothing."""
        return Fraction(self.good, self.judged) if self.judged else None

    @property
    def ranks(self) -> bool:
        """Whether enough is known: `LEAST` judged targets, and no more undetermined ones than judged."""
        return self.judged >= LEAST and self.judged >= self.undetermined


def class_of(tally: Tally) -> Class:
    """What the map shows of a place."""
    if tally.judged:
        if not tally.bad:
            return Class.GOOD
        return Class.MANY if tally.bad * 2 >= tally.judged else Class.SOME
    return Class.UNKNOWN if tally.undetermined else Class.NONE


@attrs.frozen
class Place:
    """A place with its targets, and its work: `late` debts of `owed` that have shown whether they are in time."""

    key: int
    tally: Tally
    late: int = 0
    owed: int = 0

    @property
    def lateness(self) -> Fraction:
        """The part of its work that is late; nothing owed is nothing late."""
        return Fraction(self.late, self.owed) if self.owed else Fraction(0)

    @property
    def level(self) -> tuple[Fraction, Fraction]:
        """What places are ordered by: the higher the better."""
        return (self.tally.share or Fraction(0), -self.lateness)


@attrs.frozen
class Ranking:
    """The places that do best and those that need help, each best or worst first; no place is in both.

    `as_good` and `as_bad` are how many more places stand exactly like the last one shown; `apart` how many are not
    ranked because too little is known of them.
    """

    best: Sequence[Place]
    watch: Sequence[Place]
    as_good: int = 0
    as_bad: int = 0
    apart: int = 0


def ranked(places: Sequence[Place]) -> Ranking:
    """Rank places that were given in official order: first by targets, then by work in time."""
    fit = [each for each in places if each.tally.ranks]
    # The sort is stable both ways: equals stay in official order.
    from_top = sorted(fit, key=lambda each: each.level, reverse=True)
    best = [each for each in from_top[: min(SHOWN, (len(fit) + 1) // 2)] if each.tally.good >= each.tally.bad]
    taken = {each.key for each in best}
    from_bottom = sorted(fit, key=lambda each: each.level)
    wanting = [each for each in from_bottom if each.key not in taken and (each.tally.bad or each.late)]
    watch = wanting[:SHOWN]
    return Ranking(
        best,
        watch,
        as_good=_like_the_last(best, [each for each in fit if each.key not in taken]),
        as_bad=_like_the_last(watch, wanting[SHOWN:]),
        apart=sum(1 for each in places if not each.tally.ranks),
    )


def _like_the_last(shown: Sequence[Place], others: Iterable[Place]) -> int:
    return sum(1 for each in others if each.level == shown[-1].level) if shown else 0
