"""One unit: its head with the tabs, and what each of them holds, always as far as the reader may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pcmt.apps.accounts.models import Actor, Grant
from pcmt.apps.plans.models import Plan, PlanUnit
from pcmt.apps.tasks.queries import SHOWN_WITH, OweFilter, due_items
from pcmt.apps.units.models import GroupMember, Unit, UnitAlias, UnitClosure, UnitFunction, UnitKind, UnitName, holds_on
from pcmt.web.shell.access import acting
from pcmt.web.units.days import Day, call, chosen_day, fates, last_day, paths, stands, window_words
from pcmt.web.units.tree import AGENCIES, count_words, counted

FIRST_FEW = 6


def seen_unit(actor: Actor, unit_id: int) -> Unit:
    """The unit when the actor may see it; else the page does not exist."""
    return get_object_or_404(Unit.objects.visible_to(actor), pk=unit_id)


def unit_page(request: HttpRequest, unit_id: int, current: str) -> dict[str, Any]:
    """The head of every tab: the name of the day, where it stands, whether it is there, and the tabs."""
    actor = acting(request)
    unit = seen_unit(actor, unit_id)
    day = chosen_day(request, actor)
    call([unit], day.on)
    above = _above(unit, day)
    return {
        "unit": unit,
        "place": above[-1] if above else None,
        "name": unit.name,
        "day": day,
        "today": actor.on,
        "trail": [(each.name, f"{_address('units:unit', each)}{day.query}") for each in above],
        "window": window_words(unit),
        "stands": stands(unit, day.on),
        "fate": fates([unit], day.today).get(unit.pk),
        "tabs": _tabs(actor, unit, day, current),
    }


def _above(unit: Unit, day: Day) -> list[Unit]:
    return paths([unit], day.on).get(unit.pk, [])


def _address(name: str, unit: Unit) -> str:
    return reverse(name, args=[unit.pk])


def _tabs(actor: Actor, unit: Unit, day: Day, current: str) -> list[dict[str, Any]]:
    shown = [
        ("unit", _("Tổng quan"), None),
        ("story", _("Diễn biến"), None),
        ("owed", _("Việc còn nợ"), owed_by(actor, unit).count()),
        ("plans", pgettext("danh mục", "Kế hoạch"), plans_with(actor, unit).count()),
        ("people", _("Người giữ vai trò"), held_at(actor, unit, day).count()),
        ("history", _("Lịch sử"), None),
    ]
    return [
        {
            "label": label,
            "count": count,
            "url": f"{_address(f'units:{tab}', unit)}{day.query}",
            "current": tab == current,
        }
        for tab, label, count in shown
    ]


def owed_by(actor: Actor, unit: Unit) -> Any:
    """What the unit itself still owes, the latest first, what has no limit last."""
    return due_items(actor, OweFilter(unit_id=unit.pk, state="open"), actor.on).select_related(*SHOWN_WITH)


def plans_with(actor: Actor, unit: Unit) -> QuerySet[Plan]:
    """The visible plans that the unit issued, keeps, or is named in, the newest first."""
    named = PlanUnit.objects.filter(plan=OuterRef("pk"), unit=unit)
    seen = Plan.objects.visible_to(actor).filter(Q(issuer=unit) | Q(owner=unit) | Exists(named))
    return (
        seen.annotate(named=Exists(named))
        .select_related("issuer", "owner")
        .order_by(F("issued_on").desc(nulls_last=True), "-pk")
    )


def held_at(actor: Actor, unit: Unit, day: Day) -> QuerySet[Grant]:
    """The roles held at the unit on the day, as far as the actor sees them."""
    return Grant.objects.visible_to(actor).as_of(day.on).filter(unit=unit).select_related("user").order_by("role", "pk")


def below(actor: Actor, unit: Unit, day: Day) -> dict[str, Any]:
    """What stands below on the day: counts in words, and the bodies of the unit itself."""
    on = last_day(unit, day.on)
    counts = counted([unit.pk], on).get(unit.pk)
    rows = (
        UnitClosure.objects.visible_to(actor)
        .filter(holds_on(on), holds_on(on, "descendant__"), ancestor=unit, depth=1)
        .filter(descendant__kind__in=AGENCIES)
        .select_related("descendant")
        .order_by("descendant__sort_key")
    )
    bodies = [row.descendant for row in rows]
    call(bodies, on)
    return {"counts": count_words(counts) if counts else [], "bodies": bodies}


def functions_of(actor: Actor, unit: Unit) -> list[UnitFunction]:
    """What the unit is for, over time, the newest first."""
    rows = UnitFunction.objects.visible_to(actor).filter(unit=unit)
    return list(rows.order_by(F("valid_to").desc(nulls_first=True), F("valid_from").desc(nulls_last=True), "function"))


def names_of(actor: Actor, unit: Unit) -> list[UnitName]:
    """What the unit was called before and will be called, the newest first; nothing where it never changed."""
    rows = UnitName.objects.visible_to(actor).filter(unit=unit)
    return list(rows.order_by(F("valid_from").desc(nulls_last=True)))


def aliases_of(actor: Actor, unit: Unit) -> list[UnitAlias]:
    """The other names by which documents call the unit."""
    return list(UnitAlias.objects.visible_to(actor).filter(unit=unit).select_related("scope").order_by("name", "pk"))


def groups_of(actor: Actor, unit: Unit, day: Day) -> list[Unit]:
    """For a group its members, for others the groups that mean them, on the day."""
    rows = GroupMember.objects.visible_to(actor).filter(holds_on(day.on))
    if unit.kind == UnitKind.GROUP:
        return [row.unit for row in rows.filter(group=unit).select_related("unit").order_by("unit__sort_key")]
    return [row.group for row in rows.filter(unit=unit).select_related("group").order_by("group__sort_key")]
