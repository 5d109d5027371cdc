"""Which targets a figure goes into: asked when one changes, and by whoever wants to see what an entry is good for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import indicators_made_of
from pcmt.apps.plans.models import PlanState
from pcmt.apps.targets.models import Allocation, Target
from pcmt.apps.units.models import UnitClosure, holds_on


def in_force() -> QuerySet[Target]:
    """Active targets of plans in force; what a plan that is over came to stays as it was."""
    return Target.objects.active().filter(plan__state=PlanState.ADOPTED)


def reading(codes: Collection[str], above: Collection[int], since: date) -> QuerySet[Target]:
    """Targets in force that may read figures of these elements, told from a day on, of one of these units."""
    indicators = indicators_made_of(codes)
    if not indicators:
        return Target.objects.none()
    on_the_way = (
        Q(measured_by__unit__in=above)
        | Q(pk__in=Allocation.objects.filter(unit__in=above, ended_by=None).values("target"))
        | Q(measured_by__each_group__members__unit__in=above)
    )
    found = in_force().filter(
        Q(window_to__isnull=True) | Q(window_to__gte=since),
        on_the_way,
        measured_by__confirmed_at__isnull=False,
        measured_by__indicator__code__in=indicators,
    )
    return found.order_by("pk").distinct()


def fed_by(actor: Actor, codes: Collection[str], unit_id: int, day: date) -> list[Target]:
    """The targets, as far as the actor sees them, that a unit's figures of a day go into; newest plans first."""
    if not codes:
        return []
    above = list(
        UnitClosure.objects.filter(holds_on(actor.on), descendant_id=unit_id).values_list("ancestor_id", flat=True)
    )
    rows = reading(codes, above, day).filter(Q(window_from__isnull=True) | Q(window_from__lte=day))
    seen = Target.objects.visible_to(actor).filter(pk__in=rows.order_by().values("pk"))
    return list(seen.select_related("plan").order_by("-plan_id", "order", "pk"))
