"""One target for each of many units ("mỗi xã", "100% trường"): what holds for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from pcmt.core.evaluating.sentences import VERDICTS
from pcmt.core.evaluating.verdicts import Judgement, Verdict

_WORST_FIRST = (Verdict.MISSED, Verdict.BEHIND, Verdict.UNDETERMINED, Verdict.NOT_DUE, Verdict.ON_TRACK, Verdict.MET)


@attrs.frozen
class Together:
    """The verdict for all, how many units have which, and the units it does not hold for, worst first."""

    verdict: Verdict
    sentence: str
    counts: Mapping[Verdict, int]
    open: tuple[str, ...]


def together(units: Mapping[str, Judgement], what: str = "đơn vị") -> Together:
    """The target is met when every unit to which it applies meets it; otherwise the worst verdict stands.

    An unknown unit never hides a missed one, and never lets the whole be met.
    """
    counts = Counter(judgement.verdict for judgement in units.values())
    applies = sum(counts.values()) - counts[Verdict.NOT_APPLICABLE]
    verdict = next((each for each in _WORST_FIRST if counts[each]), Verdict.NOT_APPLICABLE)
    others = (*_WORST_FIRST[:-1], Verdict.NOT_APPLICABLE)
    words = [f"{counts[each]} {VERDICTS[each.value].lower()}" for each in others if counts[each]]
    told = f"{counts[Verdict.MET]}/{applies} {what} đạt" + (f"; {', '.join(words)}" if words else "")
    rank = {each: at for at, each in enumerate(_WORST_FIRST)}
    waiting = [
        key for key, judgement in units.items() if judgement.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    ]
    waiting.sort(key=lambda key: (rank[units[key].verdict], key))
    return Together(verdict, f"{VERDICTS[verdict.value]}: {told}.", dict(counts), tuple(waiting))
