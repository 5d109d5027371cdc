"""How a target may be measured: by which indicator of the catalogue, of whom, in which calendar. People confirm it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs

from pcmt.apps.targets.models import Target
from pcmt.core.measures import Binding, Catalogue, Shape, TargetSpec, each_level
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Calendar, parse_date

MARKS = (";", ". ", "\n- ", "\n+ ")
"""What parts one target of a clause from the next."""
CHOICES = 8
"""How many indicators are offered beside the proposed one."""
REPORTS = ("weekly", "monthly", "quarterly", "six_monthly", "nine_monthly", "annual")
_DAY = re.compile(r"BYMONTHDAY=(\d+)")


def around(text: str, start: int, end: int, first: int, last: int) -> str:
    """The sentence of a clause `[first, last)` in which a target stands."""
    first, last = min(first, start), max(last, end)
    begin = max(first, *(at + len(mark) for mark in MARKS if (at := text.rfind(mark, first, start)) >= 0), first)
    stop = min(last, *(at for mark in MARKS if (at := text.find(mark, end, last)) >= 0), last)
    return text[begin:stop]


def sentence_of(target: Target, text: str) -> str:
    """The sentence of a target in the text of its revision."""
    clause = target.clause
    first, last = (clause.start, clause.end) if clause else (target.start, target.end)
    return around(text, target.start, target.end, first, last)


@attrs.frozen
class Proposal:
    """The indicators that a target's words may mean, the likeliest first. `sure`: one stands out, and fits."""

    bindings: tuple[Binding, ...]
    sure: bool

    @property
    def best(self) -> Binding | None:
        """The likeliest."""
        return self.bindings[0] if self.bindings else None


def proposal(catalogue: Catalogue, words: str, sentence: str, shape: Shape) -> Proposal:
    """What the words of a target mean by the catalogue.

    It is sure where the likeliest fits the shape and no other that fits has as much said for it.
    """
    bindings = catalogue.bind(words, sentence, shape)
    if not bindings:
        return Proposal((), sure=False)
    best = bindings[0]
    fits = bool(best.indicator.whole) is (shape is Shape.SHARE) or shape in (Shape.CHANGE, Shape.MONOTONE)
    others = [each for each in bindings[1:] if bool(each.indicator.whole) is bool(best.indicator.whole)]
    clear = all(each.weight < best.weight for each in others)
    return Proposal(bindings[: CHOICES + 1], sure=fits and clear)


def scope_level(spec: TargetSpec) -> str:
    """The level for each unit of which a target holds; empty where it holds for the whole.

    A share counts the units itself ("100% xã"): only what it says per unit makes it hold for each.
    """
    if spec.per:
        return each_level(f"mỗi {spec.per.casefold().removeprefix('mỗi ')}") or each_level(spec.per) or ""
    return "" if spec.shape is Shape.SHARE else each_level(spec.scope) or ""


def calendar_for(duties: Iterable[Mapping[str, Any]]) -> Calendar:
    """The calendar in which a plan is reported, from its report duties (items of the contract).

    Reports due in the middle of a month are of the 15th to the 14th (Decree 09/2019, article 12); those due around its
    end are of calendar months. A plan that says nothing is reported administratively.
    """
    days = [day for values in duties if values.get("period") in REPORTS for day in _due_days(values)]
    ends = sum(day <= 10 or day >= 25 for day in days)
    return STATISTICAL if ends > len(days) - ends else ADMINISTRATIVE


def _due_days(values: Mapping[str, Any]) -> Collection[int]:
    due = values.get("due") or {}
    named = _DAY.findall(str(due.get("rule") or ""))
    if named:
        return [int(day) for day in named]
    on = parse_date(due.get("date"))
    return [on.day] if on else []
