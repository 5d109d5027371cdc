"""What a target asked for on a day: its editions, one for each revision of the plan that brought or changed it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import attrs
from django.utils import timezone

from pcmt.apps.plans.contract import header_from
from pcmt.apps.plans.models import Revision
from pcmt.apps.targets.models import Edition, Target
from pcmt.core.measures import Strength, TargetSpec, compare_strength, target_from
from pcmt.core.periods import DAY, Span


def takes_effect(revision: Revision) -> date:
    """The day from which what a revision says holds: when its document was issued, else when it was adopted."""
    issued = header_from(revision.header).issued_on
    if issued is not None:
        return issued
    if revision.adopted_at is None:
        raise ValueError(f"revision {revision.pk} is not adopted")
    return timezone.localdate(revision.adopted_at)


def edition_of(target: Target, on: date) -> Edition:
    """The edition of the day: of those that have begun the latest revision's. The first holds from the start."""
    begun = [each for each in target.editions.all() if each.since is None or each.since <= on]
    return begun[-1]


def spec_of(target: Target, on: date) -> TargetSpec:
    """What a target asks for on a day, with the window in which it has to be reached."""
    return spec_in(edition_of(target, on))


def spec_in(edition: Edition) -> TargetSpec:
    """What an edition asks for."""
    spec = target_from({**edition.values, "text": edition.text}, allocated=edition.allocated)
    return attrs.evolve(spec, window=window_in(edition))


def window_in(edition: Edition) -> Span | None:
    """The window of an edition; None where the plan says no end or no beginning."""
    first, last = edition.window_from, edition.window_to
    return Span(first, last + DAY) if first and last and last >= first else None


@attrs.frozen
class Amended:
    """An edition with what it did to the one before: tightened, loosened, kept, or made into something else."""

    edition: Edition
    before: Edition
    strength: Strength


def amendments(target: Target) -> list[Amended]:
    """What each amendment did to a target, the first one first."""
    return [
        Amended(new, old, compare_strength(spec_in(new), spec_in(old))) for old, new in pairwise(target.editions.all())
    ]
