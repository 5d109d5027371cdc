"""What of a verdict is kept from whom: the numbers of a commune's people, also where a sentence says them.

How a target stands is told to everybody; how many people that rests on at one commune only to those to whom
`facts.queries.exact_units` says so. Sentences, figures and distances of such a verdict are left out whole, whatever the
figure is: sentences round, compare and repeat numbers in too many ways to be weighed cell by cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import catalogue_of, protected_codes
from pcmt.apps.facts.queries import exact_units
from pcmt.apps.targets.models import Measure
from pcmt.apps.targets.queries.judging import Judged

KEPT_BACK = "Số liệu về người của nơi này không hiện ở đây, để không ai bị nhận ra qua số nhỏ."
"""Said in the place of a sentence with such numbers; Vietnamese like the sentences themselves."""


def kept_back(actor: Actor | None, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of (target id, unit id) whose numbers the actor is not told; a constant number of statements."""
    measures = Measure.objects.filter(target__in={target for target, _unit in pairs}, indicator__isnull=False)
    codes = dict(measures.values_list("target_id", "indicator__code")) if pairs else {}
    if not codes:
        return set()
    indicators = catalogue_of(set(codes.values())).indicators
    protected = {
        target
        for target, code in codes.items()
        if code in indicators and protected_codes() & {*indicators[code].counted, *indicators[code].whole}
    }
    asked = {(target, unit) for target, unit in pairs if target in protected}
    exact = exact_units(actor, {unit for _target, unit in asked}) if asked else set()
    return {(target, unit) for target, unit in asked if unit not in exact}


def told_to(actor: Actor | None, found: Iterable[Judged]) -> list[Judged]:
    """Verdicts as the actor is told them."""
    rows = list(found)
    hidden = kept_back(actor, {(row.target.pk, row.unit_id) for row in rows})
    return [_bare(row) if (row.target.pk, row.unit_id) in hidden else row for row in rows]


def _bare(row: Judged) -> Judged:
    judgement = attrs.evolve(
        row.judgement, sentence=KEPT_BACK, measured=None, distance=None, expected=None, small=False
    )
    return attrs.evolve(row, judgement=judgement, hidden=True)


def bare_kept(actor: Actor | None, targets: Collection[Any]) -> None:
    """Take the numbers that the actor is not told off targets that carry a kept verdict (`kept_*`)."""
    hidden = kept_back(actor, {(each.pk, each.kept_unit_id) for each in targets if each.kept_unit_id})
    for each in targets:
        if (each.pk, each.kept_unit_id) in hidden:
            each.kept_sentence, each.kept_small = KEPT_BACK, False
            each.kept_measured = each.kept_distance = each.kept_expected = None
