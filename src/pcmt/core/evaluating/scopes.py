"""One target for each of many units ("mỗi xã", "100% trường"): what holds for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from pcmt.core.evaluating.sentences import NO_UNITS, VERDICTS, not_reaching
from pcmt.core.evaluating.verdicts import Judgement, Verdict, undetermined

_WORST_FIRST = (Verdict.MISSED, Verdict.BEHIND, Verdict.UNDETERMINED, Verdict.NOT_DUE, Verdict.ON_TRACK, Verdict.MET)
_RANK = {verdict: at for at, verdict in enumerate(_WORST_FIRST)}


@attrs.frozen
class Together:
    """The verdict for all, how many units have which, and the units it does not hold for, worst first."""

    verdict: Verdict
    sentence: str
    counts: Mapping[Verdict, int]
    open: tuple[str, ...]

    @property
    def applies(self) -> int:
        """To how many units the target applies."""
        return sum(self.counts.values()) - self.counts.get(Verdict.NOT_APPLICABLE, 0)

    def judgement(self, worst: Sequence[str] = ()) -> Judgement:
        """The same as a judgement: so many of the units that it applies to. `worst` names the first open ones."""
        if not self.counts:
            return undetermined(NO_UNITS)
        met, applies = Fraction(self.counts.get(Verdict.MET, 0)), Fraction(self.applies)
        words = self.sentence + (f" {not_reaching(worst, len(self.open))}" if worst else "")
        return Judgement(self.verdict, words, met, applies, applies - met)


def together(units: Mapping[str, Judgement], what: str = "đơn vị") -> Together:
    """The target is met when every unit to which it applies meets it; otherwise the worst verdict stands.

    An unknown unit never hides a missed one, and never lets the whole be met. Of those with the same verdict the one
    that lacks most comes first.
    """
    counts = Counter(judgement.verdict for judgement in units.values())
    waiting = [
        key for key, judgement in units.items() if judgement.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    ]
    waiting.sort(key=lambda key: (_RANK[units[key].verdict], -(units[key].distance or 0), key))
    return counted(counts, waiting, what)


def counted(counts: Mapping[Verdict, int], waiting: Sequence[str] = (), what: str = "đơn vị") -> Together:
    """What holds for all of them by how many have which verdict; `waiting` are those it does not hold for."""
    applies = sum(counts.values()) - counts.get(Verdict.NOT_APPLICABLE, 0)
    verdict = next((each for each in _WORST_FIRST if counts.get(each)), Verdict.NOT_APPLICABLE)
    others = (*_WORST_FIRST[:-1], Verdict.NOT_APPLICABLE)
    words = [f"{counts[each]} {VERDICTS[each.value].lower()}" for each in others if counts.get(each)]
    told = f"{counts.get(Verdict.MET, 0)}/{applies} {what} đạt" + (f"; {', '.join(words)}" if words else "")
    return Together(verdict, f"{VERDICTS[verdict.value]}: {told}.", dict(counts), tuple(waiting))
