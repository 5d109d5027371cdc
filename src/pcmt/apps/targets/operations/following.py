"""What follows in the targets room when units are reorganised: what was given to a unit is now its heir's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.plans.models import PlanState
from pcmt.apps.targets.models import Allocation, AllocationQuerySet, TargetState
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


def _follow(change: Change, _at: datetime, _actor: Officer | None) -> int:
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
    return len(found)


targets_follow = Follower(key="targets", label=_("Chỉ tiêu"), foresee=_foresee, follow=_follow)
