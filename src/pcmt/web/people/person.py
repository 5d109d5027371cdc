"""What the page of a person shows, to whom: data, roles over time, sign-ins, second factors, invitation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pcmt.apps.accounts.models import Actor, Grant, GrantKind, Invitation, InvitationState, User
from pcmt.apps.accounts.operations.grants import NOT_DELEGATED
from pcmt.apps.accounts.policies import can_delegate, can_grant_at, can_keep_people, can_keep_user, can_read_contact
from pcmt.apps.accounts.queries import letter_of, mail_is_kept
from pcmt.apps.audit.models import Entry
from pcmt.web.audit.words import Told, tell
from pcmt.web.people.forms import STATES
from pcmt.web.people.listing import TONES, outside, people

SIGN_INS = 20
WIDTH = 240
"""Of the drawing of roles over time, in units of its own."""


@attrs.frozen
class Held:
    """A role in the list of a person's roles, and what may be done with it.

    `left` and `width` draw its days; `last_day` is the last day on which it is held.
    """

    grant: Grant
    state: str
    tone: str
    last_day: date | None
    origin: str
    left: float
    width: float
    may_change: bool
    may_withdraw: bool
    may_delegate: bool


@attrs.frozen
class Roles:
    """A person's roles, what is held first; `today` is where this day stands in the drawing, `first` its beginning."""

    rows: Sequence[Held]
    today: float
    first: date
    last: date


def roles_of(actor: Actor | None, user: User, on: date, grants: Any = None) -> Roles:
    """The roles of a person that the actor sees; one's own when there is no actor."""
    seen = Grant.objects.filter(user=user) if grants is None else grants
    linked = ("unit", "given_by", "delegated_from__user", "handed_from__user", "moved_from__unit")
    rows = list(seen.filter(user=user).select_related("user", *linked))
    begins = [row.valid_from or timezone.localdate(user.joined_at) for row in rows]
    first = min([*begins, on - timedelta(days=90)])
    last = max([*(row.valid_to for row in rows if row.valid_to), on + timedelta(days=90)])
    scale = WIDTH / (last - first).days

    def place(day: date) -> float:
        return round((day - first).days * scale, 1)

    held = []
    for row, begin in zip(rows, begins, strict=True):
        end = row.valid_to or last
        state, tone = state_of(row, on)
        free = row.withdrawn_at is None and (row.valid_to is None or row.valid_to > on)
        other = actor is not None and row.user_id != actor.user_id
        gave = actor is not None and row.delegated_from is not None and row.delegated_from.user_id == actor.user_id
        keeps = free and other and (gave or can_grant_at(actor, row.unit_id))
        held.append(
            Held(
                grant=row,
                state=state,
                tone=tone,
                last_day=row.valid_to - timedelta(days=1) if row.valid_to else None,
                origin=origin_of(row),
                left=place(begin),
                width=max(place(end) - place(begin), 2),
                may_change=keeps,
                may_withdraw=keeps and row.valid_from is not None and row.valid_from >= on,
                may_delegate=free
                and row.kind != GrantKind.DELEGATION
                and row.role not in NOT_DELEGATED
                and can_delegate(actor, row),
            )
        )
    order = {"done": 0, "soon": 1, "wait": 2, "plain": 3}
    held.sort(key=lambda each: (order[each.tone], -(each.grant.valid_from or first).toordinal(), each.grant.pk))
    return Roles(held, place(on), first, last)


def state_of(grant: Grant, on: date) -> tuple[str, str]:
    """How a role stands on a day, in words and as a tone."""
    if grant.withdrawn_at is not None:
        return _("đã rút lại"), "plain"
    if grant.valid_to is not None and grant.valid_to <= on:
        return _("đã hết"), "plain"
    if grant.valid_from is not None and grant.valid_from > on:
        return _("chưa bắt đầu"), "wait"
    source = grant.delegated_from
    if source is not None and (
        source.withdrawn_at is not None or (source.valid_to is not None and source.valid_to <= on)
    ):
        return _("đã hết cùng vai trò gốc"), "plain"
    if grant.valid_to is not None and grant.valid_to <= on + timedelta(days=30):
        return _("sắp hết hạn"), "soon"
    return pgettext("vai trò", "đang giữ"), "done"


def origin_of(grant: Grant) -> str:
    """From whom a role came, in words."""
    if grant.delegated_from is not None:
        return _("ủy quyền của %(name)s") % {"name": grant.delegated_from.user}
    if grant.handed_from is not None:
        return _("nhận bàn giao từ %(name)s") % {"name": grant.handed_from.user}
    if grant.moved_from is not None:
        return _("chuyển từ %(unit)s khi sắp xếp đơn vị") % {"unit": grant.moved_from.unit}
    return _("giao bởi %(name)s") % {"name": grant.given_by} if grant.given_by else ""


@attrs.frozen
class Factors:
    """The second factors of a person: how many code applications and passkeys, and whether recovery codes are left."""

    apps: int
    passkeys: int
    codes: bool

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all."""
        return bool(self.apps or self.passkeys)


def factors_of(user: User) -> Factors:
    """What protects an account."""
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return Factors(
        apps=kinds.count(Authenticator.Type.TOTP),
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        codes=Authenticator.Type.RECOVERY_CODES in kinds,
    )


def sign_ins_of(user: User) -> list[Told]:
    """The last sign-ins, also refused ones, newest first."""
    about = Entry.objects.about(user).filter(event__startswith="accounts.session.")
    return tell(about.order_by("-at", "-pk")[:SIGN_INS])


def changes_of(user: User) -> list[Told]:
    """What was done with the account and its roles, newest first."""
    grants = [str(pk) for pk in Grant.objects.filter(user=user).values_list("pk", flat=True)]
    about = Q(object_type=User._meta.label, object_id=str(user.pk)) & ~Q(event__startswith="accounts.session.")
    about |= Q(object_type=Grant._meta.label, object_id__in=grants) & ~Q(event="accounts.grant.chosen")
    return tell(Entry.objects.filter(about).writes().order_by("-at", "-pk")[:SIGN_INS])


def person_page(actor: Actor, user: User, at: datetime) -> dict[str, Any]:
    """Everything the page shows; parts that the actor has no right to are left out."""
    listed = people(actor, at).get(pk=user.pk)
    keeps = can_keep_user(actor, user.pk)
    looks = can_keep_people(actor)
    roles = roles_of(actor, user, actor.on, Grant.objects.visible_to(actor))
    invitation = Invitation.objects.filter(user=user).order_by("-pk").first() if looks else None
    state = invitation.state(at) if invitation else None
    return {
        "person": user,
        "state": STATES[listed.state],
        "tone": TONES[listed.state],
        "roles": roles,
        "own": user.pk == actor.user_id,
        "keeps": keeps,
        "looks": looks,
        "elsewhere": looks and outside(actor, user.pk, actor.on),
        "may_give": looks and user.pk != actor.user_id and user.is_active,
        "handable": [row for row in roles.rows if _handable(row, actor.on)] if looks else [],
        "may_contact": can_read_contact(actor, user.pk),
        "factors": factors_of(user) if looks else None,
        "sign_ins": sign_ins_of(user) if looks else [],
        "changes": changes_of(user) if keeps else [],
        "invitation": invitation,
        "invitation_state": state,
        "invitation_open": state in (InvitationState.OPEN, InvitationState.EXPIRED),
        "letter": letter_of(invitation) if invitation else None,
        "kept": mail_is_kept() if looks else "",
    }


def _handable(row: Held, on: date) -> bool:
    """Whether a role can go to a successor: held now, and no delegation, which belongs to who gave it."""
    grant = row.grant
    begun = grant.valid_from is None or grant.valid_from <= on
    return row.may_change and begun and grant.kind != GrantKind.DELEGATION
