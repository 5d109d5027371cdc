"""What follows in the plans room when units are reorganised.

A plan keeps its issuer. The heir of a unit keeps and leads what the unit did, and sees what the unit saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.plans.models import Plan, PlanQuerySet, PlanState, PlanUnit
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer

SHOWN = 5


def _kept(change: Change) -> PlanQuerySet:
    return Plan.objects.filter(owner_id__in=list(change.heirs)).order_by("pk")


def _issued(change: Change) -> PlanQuerySet:
    ended = list(change.heirs)
    return Plan.objects.filter(Q(issuer_id__in=ended) | Q(issuer_heir_id__in=ended)).order_by("pk")


def _named(change: Change) -> PlanQuerySet:
    named = PlanUnit.objects.filter(unit_id__in=list(change.heirs)).values("plan_id")
    return Plan.objects.filter(pk__in=named).order_by("pk")


def _foresee(change: Change) -> Sequence[Consequence]:
    found = []
    for plans, words in (
        (
            list(_kept(change)),
            lambda n: ngettext(
                "%(count)s kế hoạch do đơn vị kết thúc giữ chuyển sang đơn vị kế thừa giữ.",
                "%(count)s kế hoạch do đơn vị kết thúc giữ chuyển sang đơn vị kế thừa giữ.",
                n,
            ),
        ),
        (
            list(_issued(change)),
            lambda n: ngettext(
                "%(count)s kế hoạch đã ban hành giữ nguyên cơ quan ban hành; đơn vị kế thừa theo dõi tiếp.",
                "%(count)s kế hoạch đã ban hành giữ nguyên cơ quan ban hành; đơn vị kế thừa theo dõi tiếp.",
                n,
            ),
        ),
        (
            list(_named(change).filter(state__in=(PlanState.ADOPTED, PlanState.DRAFT))),
            lambda n: ngettext(
                "%(count)s kế hoạch đang thực hiện có tên đơn vị kết thúc; người của đơn vị kế thừa xem được.",
                "%(count)s kế hoạch đang thực hiện có tên đơn vị kết thúc; người của đơn vị kế thừa xem được.",
                n,
            ),
        ),
    ):
        if plans:
            told = words(len(plans)) % {"count": len(plans)}
            named = tuple(str(plan) for plan in plans[:SHOWN])
            found.append(Consequence(told, len(plans), named, tuple(plan.pk for plan in plans)))
    return found


def _follow(change: Change, _at: datetime, _actor: Officer | None) -> int:
    ended = list(change.heirs)
    concerned = Q(owner_id__in=ended) | Q(issuer_id__in=ended) | Q(issuer_heir_id__in=ended) | Q(lead_id__in=ended)
    rows = list(Plan.objects.select_for_update(of=("self",), no_key=True).filter(concerned).order_by("pk"))
    touched: dict[int, tuple[Plan, set[int]]] = {}
    for plan in rows:
        for field in ("owner_id", "lead_id", "issuer_heir_id"):
            unit_id = getattr(plan, field)
            if unit_id in change.heirs:
                setattr(plan, field, change.heir_id(unit_id))
                touched.setdefault(plan.pk, (plan, set()))[1].add(unit_id)
        if plan.issuer_id is not None and plan.issuer_id in change.heirs:
            plan.issuer_heir_id = change.heir_id(plan.issuer_id)
            touched.setdefault(plan.pk, (plan, set()))[1].add(plan.issuer_id)
    Plan.objects.bulk_update(rows, ["owner", "lead", "issuer_heir"], batch_size=100)
    # The ended unit stays named, so that one sees whom the text meant.
    pairs = list(PlanUnit.objects.filter(unit_id__in=ended).order_by("plan_id", "pk").values_list("plan_id", "unit_id"))
    plans = Plan.objects.in_bulk({plan_id for plan_id, _unit_id in pairs})
    wanted = []
    for plan_id, unit_id in pairs:
        wanted.append((plan_id, change.heir_id(unit_id)))
        touched.setdefault(plan_id, (plans[plan_id], set()))[1].add(unit_id)
    there = set(
        PlanUnit.objects.filter(plan_id__in=list(plans), unit_id__in={heir for _plan, heir in wanted}).values_list(
            "plan_id", "unit_id"
        )
    )
    PlanUnit.objects.bulk_create(
        [
            PlanUnit(plan_id=plan_id, unit_id=heir)
            for plan_id, heir in dict.fromkeys(wanted)
            if (plan_id, heir) not in there
        ],
        batch_size=500,
    )
    for plan, units in touched.values():
        change.tell(
            "plans.plan.followed",
            plan,
            before={"body": ", ".join(sorted(change.names.get(unit_id, "") for unit_id in units))},
            after={"body": ", ".join(sorted({change.heirs[unit_id].name for unit_id in units}))},
        )
    return len(touched)


plans_follow = Follower(key="plans", label=_("Kế hoạch"), foresee=_foresee, follow=_follow)
