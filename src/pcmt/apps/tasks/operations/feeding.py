"""Calendar feeds: addresses that a person makes, hands to a calendar program, and takes back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.links import hash_of
from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actors_of
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.calendars import TOLD, Event, answers_for, feed_actors, feed_events
from pcmt.apps.tasks.models import CalendarFeed, FeedEntry
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal

MOST_FEEDS = 20
NAME_CHARS = 80
READ_STEP = timedelta(minutes=10)
"""That a feed was read is noted at most once in so long."""


@frozen
class Reading:
    """What a feed holds: events with what was told of them, and which edition of the feed this is."""

    feed: CalendarFeed
    told: Sequence[tuple[Event, FeedEntry]]

    @property
    def tag(self) -> str:
        """The ETag: another one only when something in the feed is different."""
        return f'"{self.feed.pk}-{self.feed.edition}"'


def make_feed(
    *, actor: Actor, at: datetime, name: str, unit_id: int | None = None, plan_id: int | None = None
) -> tuple[CalendarFeed, str] | Refusal:
    """Make a feed and its secret, told this once. With neither unit nor plan: what the actor has in hand."""
    chosen = _chosen(actor, unit_id, plan_id)
    if isinstance(chosen, Refusal):
        return chosen
    secret = secrets.token_hex(32)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.user_id)
        mine = CalendarFeed.objects.visible_to(actor).live()
        if mine.count() >= MOST_FEEDS:
            message = _("Mỗi người có tối đa %(most)s lịch. Thu hồi lịch không dùng nữa rồi tạo lại.")
            return Refusal(code="too_many", message=message % {"most": MOST_FEEDS})
        named = _named(name, mine)
        if isinstance(named, Refusal):
            return named
        feed = CalendarFeed.objects.create(
            owner_id=actor.user_id,
            name=named,
            unit_id=unit_id,
            plan_id=plan_id,
            token_hash=hash_of(secret),
            made_at=at,
            changed_at=at.replace(microsecond=0),
        )
        record(at=at, actor=actor, event="tasks.feed.made", obj=feed, after={"name": named, "holds": chosen})
    return feed, secret


def rename_feed(*, actor: Actor, at: datetime, feed_id: int, name: str) -> CalendarFeed | Refusal:
    """Give a feed another name; calendars show it the next time they read."""
    with transaction.atomic():
        feed = _held(actor, feed_id)
        if isinstance(feed, Refusal):
            return feed
        named = _named(name, CalendarFeed.objects.visible_to(actor).live().exclude(pk=feed.pk))
        if isinstance(named, Refusal):
            return named
        if named == feed.name:
            return feed
        before, feed.name = feed.name, named
        _turned(feed, at)
        feed.save(update_fields=["name", "edition", "changed_at"])
        record(at=at, actor=actor, event="tasks.feed.renamed", obj=feed, before={"name": before}, after={"name": named})
    return feed


def remake_feed(*, actor: Actor, at: datetime, feed_id: int) -> tuple[CalendarFeed, str] | Refusal:
    """Give a feed another secret: the address of before opens nothing more."""
    secret = secrets.token_hex(32)
    with transaction.atomic():
        feed = _held(actor, feed_id)
        if isinstance(feed, Refusal):
            return feed
        feed.token_hash = hash_of(secret)
        feed.save(update_fields=["token_hash"])
        record(at=at, actor=actor, event="tasks.feed.remade", obj=feed)
    return feed, secret


def revoke_feed(*, actor: Actor, at: datetime, feed_id: int) -> CalendarFeed | Refusal:
    """Close a feed for good; what it had told is forgotten."""
    with transaction.atomic():
        feed = _held(actor, feed_id)
        if isinstance(feed, Refusal):
            return feed
        feed.revoked_at = at
        feed.save(update_fields=["revoked_at"])
        FeedEntry.objects.filter(feed=feed).delete()
        record(at=at, actor=actor, event="tasks.feed.revoked", obj=feed)
    return feed


def read_feed(*, secret: str, at: datetime) -> Reading | None:
    """What a feed says now, asked with the rights that its owner has now; None when the address opens nothing (more).

    What is different from the last reading is noted, so that it gets a higher SEQUENCE. Two programs may read at once:
    the second finds what the first noted.
    """
    found = CalendarFeed.objects.live().select_related("owner")
    feed = found.filter(token_hash=hash_of(secret)).first()
    if feed is None:
        return None
    on = timezone.localdate(at)
    actors, unit_id = feed_actors(feed, actors_of(feed.owner, on), on)
    if not actors:
        return None
    entries = _entries(feed)
    events = feed_events(feed, actors, unit_id, on, _told(entries, at))
    if _different(events, entries):
        with transaction.atomic():
            feed = found.select_for_update(of=("self",)).filter(pk=feed.pk).first()
            if feed is None:
                return None
            entries = _entries(feed)
            _note(feed, events, entries, at)
    if feed.read_at is None or at - feed.read_at >= READ_STEP:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=at)
    return Reading(feed, [(event, entries[key]) for key, event in events.items() if key in entries])


def _chosen(actor: Actor, unit_id: int | None, plan_id: int | None) -> str | Refusal:
    """What the feed holds, in words for the log, if the actor may have it."""
    if plan_id is not None:
        plan = Plan.objects.visible_to(actor).in_force().filter(pk=plan_id).first()
        if plan is None or not actor.sees_below("tasks.DueItem"):
            return Refusal(code="plan", message=_("Chọn một kế hoạch mà bạn theo dõi."), field="plan")
        return plan.designation or plan.title[:NAME_CHARS]
    if unit_id is not None:
        unit = Unit.objects.filter(pk=unit_id).first()
        if unit is None or not answers_for(actor, unit_id):
            return Refusal(code="unit", message=_("Chọn đơn vị của bạn hoặc đơn vị mà bạn theo dõi."), field="unit")
        return unit.name
    return ""


def _named(name: str, others: QuerySet[CalendarFeed]) -> str | Refusal:
    name = " ".join(name.split())
    if not name:
        return Refusal(code="name", message=_("Đặt tên cho lịch."), field="name")
    if len(name) > NAME_CHARS:
        message = _("Tên lịch tối đa %(chars)s ký tự.") % {"chars": NAME_CHARS}
        return Refusal(code="too_long", message=message, field="name")
    if others.filter(name=name).exists():
        return Refusal(code="twice", message=_("Bạn đã có lịch tên này. Đặt tên khác."), field="name")
    return name


def _held(actor: Actor, feed_id: int) -> CalendarFeed | Refusal:
    feed = CalendarFeed.objects.visible_to(actor).live().select_for_update(of=("self",)).filter(pk=feed_id).first()
    return feed or Refusal(code="gone", message=_("Lịch này đã được thu hồi."))


def _entries(feed: CalendarFeed) -> dict[str, FeedEntry]:
    return {entry.key: entry for entry in FeedEntry.objects.filter(feed=feed)}


def _told(entries: Mapping[str, FeedEntry], at: datetime) -> dict[str, FeedEntry]:
    """The entries that programs still have to hear of: told, and not cancelled for long."""
    return {
        key: entry
        for key, entry in entries.items()
        if entry.content and (entry.gone_at is None or at - entry.gone_at <= TOLD)
    }


def _different(events: Mapping[str, Event], entries: Mapping[str, FeedEntry]) -> bool:
    told = {key: entry.content for key, entry in entries.items() if entry.content}
    return told != {key: event.content for key, event in events.items()}


def _note(feed: CalendarFeed, events: Mapping[str, Event], entries: dict[str, FeedEntry], at: datetime) -> None:
    """Write down what is different by now; the feed is locked, `entries` are brought up to date."""
    new, changed = [], []
    for key, event in events.items():
        entry = entries.get(key)
        if entry is None:
            if event.cancelled:
                continue
            entry = entries[key] = FeedEntry(feed=feed, key=key, changed_at=event.changed_at or at)
            new.append(entry)
        elif entry.content != event.content:
            entry.sequence += 1
            known = event.changed_at or at
            # Not every change is one of the due item: a plan gets its number, a body another name.
            entry.changed_at = known if known > entry.changed_at else at
            changed.append(entry)
        else:
            continue
        entry.changed_at = entry.changed_at.replace(microsecond=0)
        entry.content, entry.first_on, entry.last_on = event.content, event.first_on, event.last_on
        entry.gone_at = (entry.gone_at or at) if event.cancelled else None
    for key, entry in entries.items():
        if key not in events and entry.content:
            entry.content = ""  # the row stays: should the event come back, its SEQUENCE goes on
            changed.append(entry)
    if new or changed:
        FeedEntry.objects.bulk_create(new, batch_size=500)
        fields = ["content", "sequence", "changed_at", "first_on", "last_on", "gone_at"]
        FeedEntry.objects.bulk_update(changed, fields, batch_size=100)
        _turned(feed, at)
        feed.save(update_fields=["edition", "changed_at"])


def _turned(feed: CalendarFeed, at: datetime) -> None:
    feed.edition += 1
    feed.changed_at = max(at.replace(microsecond=0), feed.changed_at)
