"""Tips as those see them who handle them: the queue by limit, one tip with its steps. Nothing sealed is opened here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import attrs
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.tips.clocks import was_extended
from pcmt.apps.tips.models import Tip, TipFile, TipIdentity, TipMessage, TipNamed, TipStep
from pcmt.apps.tips.policies import handles_tips, officers_at
from pcmt.apps.tips.queries.teams import concerned_people
from pcmt.apps.tips.values import OPEN

SOON = timedelta(days=5)


@attrs.frozen
class TipCounts:
    """How much there is to do: open tips, of them overdue, due in five days, in nobody's hands, with a new message."""

    open: int = 0
    overdue: int = 0
    soon: int = 0
    free: int = 0
    unread: int = 0
    mine: int = 0


@attrs.frozen
class TipFilter:
    """Which tips are listed: a state ("" open, "all", or one of TipState), those in one's hands, a channel."""

    state: str = ""
    mine: bool = False
    channel: str = ""
    number: str = ""


def tip_counts(actor: Actor) -> TipCounts:
    """Two statements; zeros for who handles none."""
    if not handles_tips(actor):
        return TipCounts()
    today = actor.on
    rows = Tip.objects.visible_to(actor).filter(state__in=OPEN, same_as__isnull=True)
    found = rows.aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        soon=Count("pk", filter=Q(due_on__gte=today, due_on__lte=today + SOON)),
        free=Count("pk", filter=Q(held_by__isnull=True)),
        mine=Count("pk", filter=Q(held_by=actor.user_id)),
    )
    return TipCounts(**found, unread=_unread(Tip.objects.visible_to(actor)).count())


def _unread(tips: QuerySet[Tip]) -> QuerySet[Tip]:
    new = TipMessage.objects.filter(tip=OuterRef("pk"), by__isnull=True, read=False)
    return tips.filter(Exists(new))


def tips_listed(actor: Actor, asked: TipFilter) -> QuerySet[Tip]:
    """The queue: open ones by their limit, closed ones by the day they were closed. Joined ones stand with theirs."""
    found: QuerySet[Tip] = Tip.objects.visible_to(actor)
    if asked.number:
        found = found.filter(number__icontains=asked.number.strip())
    elif asked.state == "":
        found = found.filter(state__in=OPEN, same_as__isnull=True)
    elif asked.state != "all":
        found = found.filter(state=asked.state)
    if asked.mine:
        found = found.filter(held_by=actor.user_id)
    if asked.channel:
        found = found.filter(channel=asked.channel)
    new = TipMessage.objects.filter(tip=OuterRef("pk"), by__isnull=True, read=False)
    found = found.annotate(unread=Exists(new)).select_related("area", "team", "held_by", "same_as")
    newest_first = asked.state not in ("", *OPEN)
    return found.order_by("-closed_on", "-pk") if newest_first else found.order_by("due_on", "pk")


@attrs.frozen
class TipNow:
    """One tip with what is known of it unopened."""

    tip: Tip
    steps: Sequence[TipStep]
    messages: Sequence[TipMessage]
    named: Sequence[TipNamed]
    joined: Sequence[Tip]
    pictures: int
    has_identity: bool
    extended: bool

    @property
    def is_open(self) -> bool:
        """Whether its clock runs."""
        return self.tip.state in OPEN

    @property
    def unread(self) -> int:
        """Messages of the sender that nobody has opened."""
        return sum(1 for each in self.messages if each.by_id is None and not each.read)


def tip_now(actor: Actor, tip_id: int) -> TipNow | None:
    """A tip as it stands; None for who does not see it."""
    rows = Tip.objects.visible_to(actor).select_related("area", "team", "held_by", "same_as")
    tip = rows.filter(pk=tip_id).first()
    if tip is None:
        return None
    return TipNow(
        tip=tip,
        steps=list(TipStep.objects.filter(tip=tip).select_related("by", "to_unit", "to_user").defer("sealed")),
        messages=list(TipMessage.objects.filter(tip=tip).select_related("by").defer("sealed")),
        named=list(TipNamed.objects.filter(tip=tip).select_related("unit")),
        joined=list(Tip.objects.visible_to(actor).filter(same_as=tip)),
        pictures=TipFile.objects.filter(tip=tip).count(),
        has_identity=TipIdentity.objects.filter(tip=tip).exists(),
        extended=was_extended(tip),
    )


def officers_for(unit_id: int, on: date, named: Sequence[int] = ()) -> QuerySet[User]:
    """Who handles tips at a body, but for those whom a tip concerns that names some."""
    people = officers_at(unit_id, on)
    free = set(people) - concerned_people(named, people, on)
    return User.objects.filter(pk__in=free).order_by("sort_key", "pk")


def holders(actor: Actor) -> list[tuple[User, int, str, int]]:
    """Who has open tips in hand in the actor's area: the person, the body's id and name, how many."""
    rows = (
        Tip.objects.visible_to(actor)
        .filter(state__in=OPEN, held_by__isnull=False)
        .order_by("team__sort_key", "held_by__sort_key")
        .values_list("held_by", "team", "team__name")
        .annotate(n=Count("pk"))
    )
    found = list(rows)
    people = {user.pk: user for user in User.objects.filter(pk__in={row[0] for row in found})}
    return [(people[user_id], unit_id, name, count) for user_id, unit_id, name, count in found]


def still_seen(actor: Actor, tip_id: int) -> bool:
    """Whether the actor sees a tip: an act may have taken it out of sight."""
    return Tip.objects.visible_to(actor).filter(pk=tip_id).exists()
