"""What follows in the targets room when units are reorganised.

What was given to a unit is now its heir's. What was measured in its area is measured in the heir's, and what people
said of that stays said. A baseline that was told for the unit is none of the heir, who may be larger: it has to be told
anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.plans.models import PlanState
from pcmt.apps.targets.models import Allocation, AllocationQuerySet, Measure, Remark, TargetState
from pcmt.apps.targets.operations.standing import stand
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer

SHOWN = 5


def _concerned(change: Change) -> AllocationQuerySet:
    """Allocations that still count; those of plans that are over stay as they were."""
    return Allocation.objects.filter(
        unit_id__in=list(change.heirs),
        ended_by__isnull=True,
        target__state=TargetState.ACTIVE,
        target__plan__state__in=(PlanState.DRAFT, PlanState.ADOPTED),
    ).order_by("target_id", "pk")


def _foresee(change: Change) -> Sequence[Consequence]:
    found = list(_concerned(change).select_related("target"))
    if not found:
        return ()
    words = ngettext(
        "%(count)s phần chỉ tiêu đã giao chuyển sang đơn vị kế thừa, ghi rõ giao cho ai lúc đầu.",
        "%(count)s phần chỉ tiêu đã giao chuyển sang đơn vị kế thừa, ghi rõ giao cho ai lúc đầu.",
        len(found),
    ) % {"count": len(found)}
    named = tuple(f"{each.name}: {each.target}" for each in found[:SHOWN])
    return (Consequence(words, len(found), named, tuple(each.pk for each in found)),)


def _follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    found = list(_concerned(change).select_for_update(of=("self",), no_key=True).select_related("target"))
    for each in found:
        assert each.unit_id is not None
        heir = change.heirs[each.unit_id]
        change.tell(
            "targets.allocation.moved",
            each.target,
            before={"body": change.names.get(each.unit_id, each.name)},
            after={"body": heir.name},
        )
        each.origin_unit_id = each.origin_unit_id or each.unit_id
        each.unit_id = change.heir_id(each.unit_id)
    Allocation.objects.bulk_update(found, ["unit", "origin_unit"], batch_size=200)
    return len(found) + _measures_follow(change, at, {each.target_id for each in found})


def _measures_follow(change: Change, at: datetime, target_ids: set[int]) -> int:
    """Measures go over to the heirs; the targets are judged anew, where they stood is gone with the unit."""
    measures = list(_measured(change).select_for_update(of=("self",), no_key=True))
    for each in measures:
        each.unit_id = change.heir_id(each.unit_id)
        each.version += 1
    Measure.objects.bulk_update(measures, ["unit", "version"], batch_size=200)
    concerned = target_ids | {each.target_id for each in measures}
    remarks = list(Remark.objects.filter(target__in=concerned, unit__in=list(change.heirs)))
    for remark in remarks:
        remark.unit_id = change.heir_id(remark.unit_id)
    Remark.objects.bulk_update(remarks, ["unit"], batch_size=200)
    stand(concerned, at=at, cause="units")
    return len(measures)


def _measured(change: Change) -> QuerySet[Measure]:
    in_force = {"target__state": TargetState.ACTIVE, "target__plan__state": PlanState.ADOPTED}
    return Measure.objects.filter(unit_id__in=list(change.heirs), **in_force).order_by("target_id")


targets_follow = Follower(key="targets", label=_("Chỉ tiêu"), foresee=_foresee, follow=_follow)
