"""What waits for the custodian of identities: requests, and tips that no team may handle. Never what a tip tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import attrs
from django.db.models import Exists, OuterRef, QuerySet

from pcmt.apps.accounts.models import Actor, Grant, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.tips.models import IdentityAsk, Tip, TipNamed, concerns
from pcmt.apps.tips.policies import CUSTODIANS, keeps_identities
from pcmt.apps.tips.queries.teams import barred, concerned_people
from pcmt.apps.tips.values import OPEN, AskState
from pcmt.apps.units.models import UnitClosure, UnitKind, holds_on


@attrs.frozen
class BlockedTip:
    """A tip that waits for a body: what may be known of it."""

    tip_id: int
    number: str
    version: int
    received_on: date
    due_on: date


def asks_waiting(actor: Actor) -> QuerySet[IdentityAsk]:
    """Requests that the actor may decide: not the actor's own."""
    if not keeps_identities(actor):
        return IdentityAsk.objects.none()
    seen = IdentityAsk.objects.visible_to(actor).filter(state=AskState.OPEN).exclude(asked_by=actor.user_id)
    return seen.select_related("tip", "asked_by").order_by("asked_at", "pk")


def asks_decided(actor: Actor, most: int = 50) -> Sequence[IdentityAsk]:
    """The last requests that were decided, for who keeps identities and who audits."""
    seen = IdentityAsk.objects.visible_to(actor).exclude(state=AskState.OPEN)
    return list(seen.select_related("tip", "asked_by", "decided_by").order_by("-decided_at", "-pk")[:most])


def blocked_tips(actor: Actor) -> list[BlockedTip]:
    """Open tips in the custodian's area whose team must not have them (`teams.barred`)."""
    if not keeps_identities(actor):
        return []
    here = Tip.objects.filter(team__in=reached_units(actor, changes("tips.IdentityAsk", actor)), state__in=OPEN)
    names = TipNamed.objects.filter(tip=OuterRef("pk"))
    rows = here.filter(Exists(names)).exclude(concerns(actor, "")).order_by("due_on", "pk")
    return [
        BlockedTip(tip.pk, tip.number, tip.version, tip.received_on, tip.due_on)
        for tip in rows.prefetch_related("named")
        if barred([each.unit_id for each in tip.named.all()], [tip.team_id], actor.on)
    ]


def custodians_over(tip: Tip, on: date) -> set[int]:
    """Ids of the custodians in whose area the team of a tip lies, and whom the tip does not concern."""
    held = Grant.objects.as_of(on).filter(role__in=CUSTODIANS, user__is_active=True).select_related("unit")
    bodies = {grant.unit_id for grant in held}
    named = list(TipNamed.objects.filter(tip=tip).values_list("unit_id", flat=True))
    blind = concerned_people(named, {grant.user_id for grant in held}, on)
    above = set(
        UnitClosure.objects.filter(holds_on(on), descendant=tip.team_id).values_list("ancestor_id", flat=True)
    )  # fmt: skip
    rows = UnitClosure.objects.filter(
        holds_on(on), descendant__in=bodies, ancestor__kind=UnitKind.ADMINISTRATIVE
    ).order_by("-depth")
    serving = dict(rows.values_list("descendant_id", "ancestor_id"))  # the nearest comes last
    return {
        grant.user_id
        for grant in held
        if grant.user_id not in blind and (grant.unit_id in above or serving.get(grant.unit_id) in above)
    }


def released_to(actor: Actor, at: datetime) -> QuerySet[IdentityAsk]:
    """Requests of the actor that open a sender's identity now, of tips that the actor still sees."""
    return IdentityAsk.objects.filter(
        asked_by=actor.user_id, state=AskState.RELEASED, until__gt=at, tip__in=Tip.objects.visible_to(actor)
    )


def own_asks(actor: Actor, tip: Tip) -> list[IdentityAsk]:
    """What the actor asked about a tip, the last first."""
    return list(IdentityAsk.objects.filter(tip=tip, asked_by=actor.user_id).select_related("decided_by"))
