"""Judging targets: what was asked, what is known as of a day, the verdict and its reason.

`verdicts` judges one target, `scopes` the same target for each of many units, `places` sets units
side by side, `sentences` says why in Vietnamese; `consolidating` makes the report of the next level.
Everything here is pure.
"""

from pcmt.core.evaluating.consolidating import (
    Changed,
    Check,
    Child,
    Consolidated,
    Difference,
    Left,
    Rung,
    Snapshot,
    Words,
    computed,
    consolidate,
    difference,
    matching,
    parts_of_line,
    responsible,
)
from pcmt.core.evaluating.places import Class, Place, Ranking, Tally, class_of, ranked
from pcmt.core.evaluating.scopes import Together, counted, together
from pcmt.core.evaluating.sentences import VERDICTS
from pcmt.core.evaluating.verdicts import Given, Judgement, Told, Verdict, evaluate, expected_at, undetermined

__all__ = [
    "VERDICTS",
    "Changed",
    "Check",
    "Child",
    "Class",
    "Consolidated",
    "Difference",
    "Given",
    "Judgement",
    "Left",
    "Place",
    "Ranking",
    "Rung",
    "Snapshot",
    "Tally",
    "Together",
    "Told",
    "Verdict",
    "Words",
    "class_of",
    "computed",
    "consolidate",
    "counted",
    "difference",
    "evaluate",
    "expected_at",
    "matching",
    "parts_of_line",
    "ranked",
    "responsible",
    "together",
    "undetermined",
]
