"""What follows in the accounts room when units are reorganised: roles at a unit that ends go on at its heir."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Grant, GrantQuerySet, Invitation, User
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer

SHOWN = 5
OF_THE_MOVE = {"id", "unit", "valid_from", "valid_to", "moved_from", "handed_from", "delegated_from", "version"}
"""The fields in which a grant differs from the one it goes on from; all others are taken over."""


def _concerned(change: Change) -> GrantQuerySet:
    """Grants at units that end which hold on the day or later, and delegations of them elsewhere; sources first."""
    ended = list(change.heirs)
    found = Grant.objects.not_over(change.day)
    source = Q(delegated_from__unit_id__in=ended, delegated_from__withdrawn_at__isnull=True)
    still = Q(delegated_from__valid_to__isnull=True) | Q(delegated_from__valid_to__gt=change.day)
    return found.filter(Q(unit_id__in=ended) | (source & still)).order_by(
        F("delegated_from").asc(nulls_first=True), "pk"
    )


def _foresee(change: Change) -> Sequence[Consequence]:
    found = list(_concerned(change).select_related("user", "unit"))
    if not found:
        return ()
    words = ngettext(
        "%(count)s vai trò kết thúc và tiếp tục ở đơn vị kế thừa từ ngày đó.",
        "%(count)s vai trò kết thúc và tiếp tục ở đơn vị kế thừa từ ngày đó.",
        len(found),
    ) % {"count": len(found)}
    named = tuple(str(each) for each in found[:SHOWN])
    return (Consequence(words, len(found), named, tuple(each.pk for each in found)),)


def _follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    people = _concerned(change).values("user_id")
    # Whoever gives or ends roles waits at the person first, too.
    ids = list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    rows = list(_concerned(change).select_for_update(of=("self",)).select_related("unit", "user"))
    units = {*change.taking, *(row.unit_id for row in rows)} - change.heirs.keys()
    held = list(
        Grant.objects.not_over(change.day)
        .select_for_update(of=("self",))
        .filter(unit_id__in=units, user_id__in=[user_id for (user_id,) in ids])
        .exclude(pk__in=[row.pk for row in rows])
        .order_by("pk")
    )
    moved: dict[int, Grant] = {}
    for grant in rows:
        going_on = moved[grant.pk] = _moved(change, at, grant, held, moved)
        if going_on not in held:
            held.append(going_on)
        heir = change.heirs.get(grant.unit_id)
        change.tell(
            "accounts.grant.moved",
            going_on,
            before={"body": change.names.get(grant.unit_id, str(grant.unit)), "to": change.day},
            after={"body": heir.name if heir else str(grant.unit), "role": grant.role},
        )
    return len(rows)


def _moved(change: Change, at: datetime, grant: Grant, held: Sequence[Grant], moved: Mapping[int, Grant]) -> Grant:
    """The grant that one at a unit that ends goes on as: one that the person holds there anyway, or a new one."""
    unit_id = change.heir_id(grant.unit_id) if grant.unit_id in change.heirs else grant.unit_id
    source = moved.get(grant.delegated_from_id or 0)
    source_id = source.pk if source else grant.delegated_from_id
    begun = grant.valid_from is None or grant.valid_from < change.day
    begins, ends = change.day if begun else grant.valid_from, grant.valid_to
    assert begins is not None
    going_on = _covering(held, grant, unit_id, source_id, begins, ends)
    if begun:
        change.tell("accounts.grant.ended", grant, before={"to": ends}, after={"to": change.day})
        grant.valid_to = change.day
        _save(grant, "valid_to")
    else:
        # It has not begun: it never held where it was given.
        change.tell("accounts.grant.withdrawn", grant, before={"from": grant.valid_from}, after={})
        grant.withdrawn_at = at
        _save(grant, "withdrawn_at")
    if going_on is None:
        taken = {
            field.attname: getattr(grant, field.attname)
            for field in Grant._meta.concrete_fields
            if field.name not in OF_THE_MOVE
        }
        taken |= {"unit_id": unit_id, "delegated_from_id": source_id, "withdrawn_at": None}
        going_on = Grant.objects.create(**taken, valid_from=begins, valid_to=ends, moved_from=grant)
    Invitation.objects.filter(grant=grant, used_at__isnull=True).update(grant=going_on)
    return going_on


def _covering(
    held: Sequence[Grant], grant: Grant, unit_id: int, source_id: int | None, begins: date, ends: date | None
) -> Grant | None:
    """The same role that the person has there already, made as long as what comes to it; None when there is none.

    One held by another title stands for it only where it lasts as long anyway.
    """
    same = [each for each in held if (each.user_id, each.role, each.unit_id) == (grant.user_id, grant.role, unit_id)]
    for each in same:
        begun = each.valid_from is None or each.valid_from <= begins
        if begun and (each.valid_to is None or (ends is not None and each.valid_to >= ends)):
            return each
    for each in same:
        apart = (each.valid_to is not None and each.valid_to < begins) or (
            ends is not None and each.valid_from is not None and ends < each.valid_from
        )
        if apart or (each.kind, each.delegated_from_id) != (grant.kind, source_id):
            continue
        each.valid_from = min(each.valid_from, begins) if each.valid_from else None
        each.valid_to = max(each.valid_to, ends) if each.valid_to and ends else None
        _save(each, "valid_from", "valid_to")
        return each
    return None


def _save(grant: Grant, *fields: str) -> None:
    grant.version += 1
    grant.save(update_fields=[*fields, "version"])


grants_follow = Follower(key="accounts", label=_("Vai trò"), foresee=_foresee, follow=_follow)
