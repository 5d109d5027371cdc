"""Judging targets: what was asked, what is known as of a day, the verdict and its reason.

`verdicts` judges one target, `scopes` the same target for each of many units, `places` sets units
side by side, `sentences` says why in Vietnamese.
Everything here is pure.
"""

from pcmt.core.evaluating.places import Class, Place, Ranking, Tally, class_of, ranked
from pcmt.core.evaluating.scopes import Together, counted, together
from pcmt.core.evaluating.sentences import VERDICTS
from pcmt.core.evaluating.verdicts import Given, Judgement, Told, Verdict, evaluate, expected_at, undetermined

__all__ = [
    "VERDICTS",
    "Class",
    "Given",
    "Judgement",
    "Place",
    "Ranking",
    "Tally",
    "Together",
    "Told",
    "Verdict",
    "class_of",
    "counted",
    "evaluate",
    "expected_at",
    "ranked",
    "together",
    "undetermined",
]
