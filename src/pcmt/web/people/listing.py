"""The list of people as the actor sees it: narrowed, in order, each with the state of the account and the roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from pcmt.apps.accounts.models import Actor, Grant, Invitation, User, reached_units
from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Unit
from pcmt.core.text import fold
from pcmt.web.people.forms import STATES

SOON = timedelta(days=30)
LOCKED_FOR = timedelta(minutes=15)
TONES = {
    "dang-dung": "done",
    "cho-nhan": "wait",
    "cho-giao": "soon",
    "tam-khoa": "soon",
    "lau-khong-vao": "soon",
    "da-ngung": "plain",
}


def people(actor: Actor, at: datetime) -> QuerySet[Any]:
    """Everyone the actor sees, each with `state` (a key of STATES) and `ends_on`, when the next role ends.

    Only roles that the actor sees count: what somebody holds elsewhere is not this actor's business.
    """
    today = actor.on
    roles = Grant.objects.visible_to(actor).filter(user=OuterRef("pk"))
    to_come = roles.not_over(today)
    invited = Invitation.objects.filter(user=OuterRef("pk"))
    locked = Entry.objects.filter(
        event="accounts.session.refused",
        object_type=User._meta.label,
        object_id=Cast(OuterRef("pk"), CharField()),
        at__gt=at - LOCKED_FOR,
        after__by="locked",
    )
    quiet = at - timedelta(days=settings.DORMANT_DAYS)
    ends = to_come.filter(valid_to__isnull=False).order_by().values("user")
    ending = ends.annotate(day=Min("valid_to")).values("day")
    without_password = {"password__startswith": UNUSABLE_PASSWORD_PREFIX}
    return User.objects.visible_to(actor).annotate(
        seen_last=Coalesce("last_login", "joined_at", output_field=DateTimeField()),
        ends_on=Subquery(ending[:1]),
        state=Case(
            When(is_active=False, then=Value("da-ngung")),
            When(
                Q(last_login__isnull=True, **without_password) & Exists(invited.filter(used_at__isnull=True)),
                then=Value("cho-nhan"),
            ),
            When(~Exists(Grant.objects.not_over(today).filter(user=OuterRef("pk"))), then=Value("cho-giao")),
            When(Exists(locked), then=Value("tam-khoa")),
            When(Q(seen_last__lt=quiet), then=Value("lau-khong-vao")),
            default=Value("dang-dung"),
            output_field=CharField(),
        ),
    )


def narrowed(found: QuerySet[Any], actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """The people whom the filter names, in the order it asks for."""
    today = actor.on
    for word in fold(chosen["q"] or "").split():
        found = found.filter(search_key__contains=word)
    roles = Grant.objects.visible_to(actor).filter(user=OuterRef("pk")).not_over(today)
    wanted = roles
    if chosen["don_vi"]:
        wanted = wanted.filter(unit__in=Unit.objects.under(chosen["don_vi"].pk, today).values("pk"))
    if chosen["vai_tro"]:
        wanted = wanted.filter(role=chosen["vai_tro"])
    if chosen["don_vi"] or chosen["vai_tro"]:
        found = found.filter(Exists(wanted))
    if chosen["trang_thai"]:
        found = found.filter(state=chosen["trang_thai"])
    if chosen["sap_het"]:
        found = found.filter(ends_on__lte=today + SOON)
    match chosen["xep"]:
        case "vao":
            return found.order_by(F("last_login").asc(nulls_first=True), "sort_key", "pk")
        case "het-han":
            return found.order_by(F("ends_on").asc(nulls_last=True), "sort_key", "pk")
    return found.order_by("sort_key", "pk")


@attrs.frozen
class Line:
    """A person in the list; `roles` are those of today and later."""

    user: Any
    roles: Sequence[Grant]
    state: str
    tone: str
    soon: bool


def lines(users: Iterable[Any], actor: Actor) -> list[Line]:
    """People with their roles; one query for all of them."""
    rows = list(users)
    held: dict[int, list[Grant]] = {user.pk: [] for user in rows}
    grants = Grant.objects.visible_to(actor).filter(user__in=list(held)).not_over(actor.on).select_related("unit")
    for grant in grants.order_by("valid_from", "pk"):
        held[grant.user_id].append(grant)
    return [
        Line(
            user,
            held[user.pk],
            str(STATES[user.state]),
            TONES[user.state],
            user.ends_on is not None and user.ends_on <= actor.on + SOON,
        )
        for user in rows
    ]


def outside(actor: Actor, user_id: int, on: date) -> bool:
    """Whether a person acts somewhere that the actor's rights do not reach."""
    inside = reached_units(actor, actor.sees("accounts.Grant"))
    return Grant.objects.not_over(on).filter(user_id=user_id).exclude(unit__in=inside).exists()
