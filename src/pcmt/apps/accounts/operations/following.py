"""What follows in the accounts room when units are reorganised: roles at a unit that ends go on at its heir."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Grant, GrantQuerySet
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer

SHOWN = 5
OF_THE_MOVE = {"id", "unit", "valid_from", "valid_to", "moved_from"}
"""The fields in which a grant differs from the one it goes on from; all others are taken over."""


def _concerned(change: Change) -> GrantQuerySet:
    """Grants at units that end which hold on the day or later."""
    return Grant.objects.filter(unit_id__in=list(change.heirs)).exclude(valid_to__lte=change.day).order_by("pk")


def _foresee(change: Change) -> Sequence[Consequence]:
    found = list(_concerned(change).select_related("user", "unit"))
    if not found:
        return ()
    words = ngettext(
        "%(count)s vai trò kết thúc và tiếp tục ở đơn vị kế thừa từ ngày đó.",
        "%(count)s vai trò kết thúc và tiếp tục ở đơn vị kế thừa từ ngày đó.",
        len(found),
    ) % {"count": len(found)}
    return (
        Consequence(words, len(found), tuple(str(each) for each in found[:SHOWN]), tuple(each.pk for each in found)),
    )


def _follow(change: Change, _at: datetime, _actor: Officer | None) -> int:
    rows = list(_concerned(change).select_for_update(of=("self",)))
    held = list(
        Grant.objects.select_for_update(of=("self",))
        .filter(unit_id__in=change.taking, user_id__in={row.user_id for row in rows})
        .exclude(valid_to__lte=change.day)
        .order_by("pk")
    )
    held.sort(key=lambda grant: (grant.valid_to is not None, grant.pk))
    for grant in rows:
        old, heir_id = grant.unit_id, change.heir_id(grant.unit_id)
        begun = grant.valid_from is None or grant.valid_from < change.day
        begins, ends = change.day if begun else grant.valid_from, grant.valid_to
        assert begins is not None
        going_on = _covering(held, grant, heir_id, begins, ends)
        if begun:
            change.tell("accounts.grant.ended", grant, before={"to": ends}, after={"to": change.day})
            grant.valid_to = change.day
            grant.save(update_fields=["valid_to"])
            if going_on is None:
                taken = {
                    field.attname: getattr(grant, field.attname)
                    for field in Grant._meta.concrete_fields
                    if field.name not in OF_THE_MOVE
                }
                going_on = Grant.objects.create(
                    **taken, unit_id=heir_id, valid_from=begins, valid_to=ends, moved_from=grant
                )
                held.append(going_on)
        elif going_on is None:
            # It has not begun: there is nothing to end, the whole of it is at the heir.
            grant.unit_id = heir_id
            grant.save(update_fields=["unit"])
            going_on = grant
            held.append(grant)
        else:
            # Not begun, and held at the heir anyway: the person never had it at the unit that ends.
            grant.delete()
        change.tell(
            "accounts.grant.moved",
            going_on,
            before={"body": change.names.get(old, ""), "to": change.day},
            after={"body": change.heirs[old].name, "role": grant.role, "from": begins},
        )
    return len(rows)


def _covering(held: Sequence[Grant], grant: Grant, heir_id: int, begins: date, ends: date | None) -> Grant | None:
    """The same role that the person holds at the heir already, made as long as what comes to it; None without."""
    for each in held:
        if (each.user_id, each.role, each.unit_id) != (grant.user_id, grant.role, heir_id) or each.pk == grant.pk:
            continue
        apart = (each.valid_to is not None and each.valid_to < begins) or (
            ends is not None and each.valid_from is not None and ends < each.valid_from
        )
        if apart:
            continue
        longer = []
        if each.valid_from is not None and begins < each.valid_from:
            each.valid_from = begins
            longer.append("valid_from")
        if each.valid_to is not None and (ends is None or ends > each.valid_to):
            each.valid_to = ends
            longer.append("valid_to")
        if longer:
            each.save(update_fields=longer)
        return each
    return None


grants_follow = Follower(key="accounts", label=_("Vai trò"), foresee=_foresee, follow=_follow)
