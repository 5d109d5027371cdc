"""Groups whose members end: the heirs take their places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.models import GroupMember, Unit, holds_on
from pcmt.apps.units.policies import Officer


def _foresee(change: Change) -> Sequence[Consequence]:
    groups = Unit.objects.filter(
        pk__in=GroupMember.objects.filter(holds_on(change.day), unit_id__in=list(change.heirs)).values("group_id")
    ).in_official_order()
    found = list(groups)
    if not found:
        return ()
    words = ngettext(
        "%(count)s nhóm đơn vị đổi thành viên sang đơn vị kế thừa.",
        "%(count)s nhóm đơn vị đổi thành viên sang đơn vị kế thừa.",
        len(found),
    ) % {"count": len(found)}
    named = tuple(unit.name for unit in found[:5])
    return (Consequence(words, len(found), named, tuple(unit.pk for unit in found)),)


def _follow(change: Change, _at: datetime, _actor: Officer | None) -> int:
    rows = list(
        GroupMember.objects.select_for_update(of=("self",))
        .filter(unit_id__in=list(change.heirs))
        .exclude(valid_to__lte=change.day)
        .select_related("group")
        .order_by("pk")
    )
    groups = {row.group_id: row.group for row in rows}
    inside = set(
        GroupMember.objects.filter(group_id__in=list(groups))
        .exclude(valid_to__lte=change.day)
        .exclude(unit_id__in=list(change.heirs))
        .values_list("group_id", "unit_id")
    )
    fresh: list[GroupMember] = []
    for row in rows:
        heir = change.heir_id(row.unit_id)
        begins = max(row.valid_from or change.day, change.day)
        if (row.group_id, heir) not in inside:
            inside.add((row.group_id, heir))
            fresh.append(GroupMember(group_id=row.group_id, unit_id=heir, valid_from=begins, valid_to=row.valid_to))
    # A member from this very day on never held.
    never = [row.pk for row in rows if row.valid_from and row.valid_from >= change.day]
    GroupMember.objects.filter(pk__in=never).delete()
    GroupMember.objects.filter(pk__in=[row.pk for row in rows if row.pk not in never]).update(valid_to=change.day)
    GroupMember.objects.bulk_create(fresh, batch_size=500)
    for group_id, group in groups.items():
        ended = sorted(change.names.get(row.unit_id, "") for row in rows if row.group_id == group_id)
        heirs = sorted({change.heirs[row.unit_id].name for row in rows if row.group_id == group_id})
        change.tell("units.group.followed", group, before={"body": ", ".join(ended)}, after={"body": ", ".join(heirs)})
    return len(groups)


groups_follow = Follower(key="units.groups", label=_("Nhóm đơn vị"), foresee=_foresee, follow=_follow)
