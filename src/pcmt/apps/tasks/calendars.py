"""What a calendar feed says, and how it is written down (RFC 5545).

All-day events, because calendars ignore VTODO: a due item on its last day, a short campaign over its days, a long plan
on its last day. No event names a person: titles are the plan's words (`addresses.title_of`), descriptions name bodies.
The words are Vietnamese, whoever reads: a calendar keeps them.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from django.conf import settings
from django.db.models import Q, QuerySet
from icalendar import Alarm, Calendar
from icalendar import Event as Component
from icalendar.prop import vDuration, vText

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach
from pcmt.apps.plans.models import Plan, PlanKind, PlanState
from pcmt.apps.tasks.addresses import due_address, title_of
from pcmt.apps.tasks.models import CalendarFeed, DueItem, DueKind, DueState, FeedEntry, Mode
from pcmt.apps.units.models import GroupMember, holds_on
from pcmt.apps.units.queries import heirs_on
from pcmt.core.periods import DAY

KEPT = timedelta(days=180)
"""What is done stays in the calendar so long after its day; what is still owed stays."""
TOLD = timedelta(days=60)
"""What is no longer in a feed is told as cancelled for so long."""
SHORT = timedelta(days=62)
"""A plan or campaign up to this long is a bar over its days; of a longer one only the last day is an event."""
ALARMS = (timedelta(hours=-64), timedelta(hours=-16))
"""Three days and one day before, at eight in the morning: an all-day event begins at midnight."""
REFRESH = timedelta(hours=4)
"""How often a program should look again."""
FORMAT = 1
"""Raised when what is written of the same events changes, so that programs fetch it again."""

SHOWN = (DueState.OPEN, DueState.SUBMITTED, DueState.SUSPENDED, DueState.DONE)
NEEDED = (
    *("kind", "mode", "label", "due_on", "original_due_on", "limit_text", "state", "percent", "changed_at"),
    *("unit_name", "parent", "merged_into", "unit__name", "unit__short_name", "clause__address", "task__text"),
    *("plan__number", "plan__symbol", "plan__title", "plan__issued_on"),
)
MARKS = {DueState.DONE: "✓ ", DueState.SUBMITTED: "✓ ", DueState.SUSPENDED: "Tạm dừng: "}
STATES = {
    DueState.OPEN: "chưa xong",
    DueState.SUBMITTED: "đã báo xong, chờ nghiệm thu",
    DueState.DONE: "đã xong",
    DueState.SUSPENDED: "tạm dừng",
}
OVER = {
    DueState.CANCELLED: "Việc đã hủy.",
    DueState.ENDED: "Việc không còn trong kế hoạch.",
}


@frozen(kw_only=True)
class Event:
    """One event as it is to be told. `first_on` and `last_on` are both included."""

    key: str
    first_on: date
    last_on: date
    summary: str
    description: str = ""
    path: str = ""
    category: str = ""
    alarms: bool = False
    cancelled: bool = False
    changed_at: datetime | None = None

    @property
    def content(self) -> str:
        """A hash of everything that a reader sees."""
        said = (self.first_on, self.last_on, self.summary, self.description, self.path, self.category)
        whole = repr((*said, self.alarms, self.cancelled, settings.SITE, FORMAT))
        return hashlib.sha256(whole.encode()).hexdigest()


def feed_actors(feed: CalendarFeed, actors: Iterable[Actor], on: date) -> tuple[list[Actor], int | None]:
    """As whom the owner reads the feed, of those that the owner is on the day, and the unit it is of by now.

    Of a unit: who works there, or answers for it; when it has ended, for its heir. Of a plan: who answers for others.
    Nobody: the feed has ended.
    """
    if feed.plan_id is not None:
        plan = Plan.objects.filter(pk=feed.plan_id)
        seeing = [actor for actor in actors if actor.sees_below("tasks.DueItem")]
        return [actor for actor in seeing if plan.filter(pk__in=Plan.objects.visible_to(actor)).exists()], None
    if feed.unit_id is None:
        return list(actors), None
    unit_id = heirs_on([feed.unit_id], on).get(feed.unit_id, feed.unit_id)
    return [actor for actor in actors if answers_for(actor, unit_id)], unit_id


def answers_for(actor: Actor, unit_id: int) -> bool:
    """Whether the actor works at a unit, or looks after it from above."""
    if actor.unit_id == unit_id:
        return True
    reach = actor.sees("tasks.DueItem")
    if reach < Reach.SUBTREE:
        return False
    found: bool = reached_units(actor, reach).filter(descendant_id=unit_id).exists()
    return found


def feed_items(feed: CalendarFeed, actors: Collection[Actor], unit_id: int | None, on: date) -> QuerySet[DueItem]:
    """The due items with a day that belong into a feed, as far as one of the actors sees them."""
    if feed.plan_id is not None:
        mine = Q(plan_id=feed.plan_id, parent__isnull=True)
    elif unit_id is not None:
        groups = GroupMember.objects.filter(holds_on(on), unit_id=unit_id).values("group_id")
        mine = Q(unit_id=unit_id) | Q(unit__in=groups)
    else:
        mine = Q(holder_id=feed.owner_id)
    return seen_by(actors).filter(mine, state__in=SHOWN, due_on__isnull=False).order_by("due_on", "pk")


def seen_by(actors: Collection[Actor]) -> QuerySet[DueItem]:
    """The due items that one of the actors sees, with what an event needs and no more."""
    plans = Q(pk__in=[])
    for actor in actors:
        plans |= Q(plan__in=Plan.objects.visible_to(actor).values("pk"))
    return DueItem.objects.filter(plans).select_related("plan", "unit", "clause", "task").only(*NEEDED)


def feed_events(
    feed: CalendarFeed, actors: Collection[Actor], unit_id: int | None, on: date, told: Mapping[str, FeedEntry]
) -> dict[str, Event]:
    """Everything that a feed has to tell on a day, by key; `told` is what it told until now.

    What was told and belongs no longer into it (ended, cancelled, another's by now, without limit) is told as
    cancelled; only what is long done goes without a word.
    """
    items = feed_items(feed, actors, unit_id, on)
    recent = items.exclude(state=DueState.DONE, due_on__lt=on - KEPT)
    dues = list(recent)
    events = [_of_due(due, with_body=feed.plan_id is not None) for due in dues]
    events += _windows({due.plan_id for due in dues}, actors, on)
    found = {event.key: event for event in events}
    missing = {key: entry for key, entry in told.items() if key not in found}
    if missing:
        found |= _gone(missing, items, actors, on)
    return found


def _gone(
    missing: Mapping[str, FeedEntry], items: QuerySet[DueItem], actors: Collection[Actor], on: date
) -> dict[str, Event]:
    """What was told and is not there any more, as cancelled events; what was left out for its age is no event."""
    ids = {int(key.removeprefix("due-")): key for key in missing if key.startswith("due-")}
    aged = {ids[pk] for pk in items.filter(pk__in=ids).values_list("pk", flat=True)}
    aged |= {key for key, entry in missing.items() if key not in ids.values() and entry.last_on < on - KEPT}
    known = {ids[due.pk]: due for due in seen_by(actors).filter(pk__in=ids)}
    found = {}
    for key, entry in missing.items():
        if key in aged:
            continue
        due = known.get(key)
        title = title_of(due) if due else "Việc không còn trong lịch này"
        why = "Việc không còn trong lịch này."
        if due is not None:
            why = "Đã gộp vào việc cùng nội dung." if due.merged_into_id else OVER.get(DueState(due.state), why)
        found[key] = Event(
            key=key,
            first_on=entry.first_on,
            last_on=entry.last_on,
            summary=f"Không còn: {title}" if due else title,
            description=why if due else "",
            path=due_address(due) if due else "",
            cancelled=True,
        )
    return found


def _of_due(due: DueItem, *, with_body: bool) -> Event:
    assert due.due_on is not None
    body = due.unit.name if due.unit else due.unit_name
    title = title_of(due)
    if with_body and body:
        title = f"{(due.unit.short_name if due.unit else '') or body}: {title}"
    issued = f" ngày {due.plan.issued_on:%d/%m/%Y}" if due.plan.issued_on else ""
    until = f"hết ngày {due.due_on:%d/%m/%Y}"
    lines = [
        f"Kế hoạch: {due.plan.designation or due.plan.title}{issued}",
        f"Mục: {due.clause.address}" if due.clause and due.clause.address else "",
        f"Hạn: {due.limit_text} = {until}" if due.limit_text else f"Hạn: {until}",
        f"Hạn ban đầu: {due.original_due_on:%d/%m/%Y}"
        if due.original_due_on and due.original_due_on != due.due_on
        else "",
        f"Đơn vị: {body}" if body else "",
        "Hình thức: đề nghị" if due.mode == Mode.REQUESTED else "",
        f"Tình trạng: {STATES[DueState(due.state)]}",
        f"{settings.SITE}{due_address(due)}",
    ]
    return Event(
        key=f"due-{due.pk}",
        first_on=due.due_on,
        last_on=due.due_on,
        summary=f"{MARKS.get(DueState(due.state), '')}{title}",
        description="\n".join(line for line in lines if line),
        path=due_address(due),
        category="Báo cáo" if due.kind == DueKind.REPORT else "Nhiệm vụ",
        alarms=due.state == DueState.OPEN,
        changed_at=due.changed_at,
    )


def _windows(plan_ids: Collection[int], actors: Collection[Actor], on: date) -> list[Event]:
    """The windows of plans, and of the campaigns inside them."""
    seen = Q(pk__in=[])
    for actor in actors:
        seen |= Q(pk__in=Plan.objects.visible_to(actor).values("pk"))
    inside = Q(parent__in=plan_ids, kind=PlanKind.CAMPAIGN)
    plans = Plan.objects.filter(seen, Q(pk__in=plan_ids) | inside).filter(
        state__in=(PlanState.ADOPTED, PlanState.CLOSED), window_to__gte=on - KEPT
    )
    return [event for plan in plans.order_by("window_to", "pk") if (event := _of_plan(plan))]


def _of_plan(plan: Plan) -> Event | None:
    first, last = plan.window_from, plan.window_to
    if last is None:
        return None
    name = plan.designation or " ".join(plan.title.split())[:80]
    bar = first is not None and last - first <= SHORT
    kind = {PlanKind.CAMPAIGN: "Đợt cao điểm", PlanKind.PROGRAMME: "Chương trình", PlanKind.PROJECT: "Dự án"}
    sort = kind.get(PlanKind(plan.kind), "Kế hoạch")
    path = f"/ke-hoach/{plan.pk}/"
    days = f"Thời gian: {first:%d/%m/%Y} – {last:%d/%m/%Y}" if first else f"Ngày cuối: {last:%d/%m/%Y}"
    return Event(
        key=f"plan-{plan.pk}",
        first_on=first if bar and first else last,
        last_on=last,
        summary=f"{sort} {name}" if bar else f"Ngày cuối của {sort.lower()} {name}",
        description="\n".join((" ".join(plan.title.split()), days, f"{settings.SITE}{path}")),
        path=path,
        category="Thời gian kế hoạch",
    )


def written(name: str, told: Iterable[tuple[Event, FeedEntry]]) -> bytes:
    """The calendar as a file: lines of at most 75 octets, CRLF; the same events give the same bytes."""
    host = urlsplit(settings.SITE).hostname or "pcmt"
    calendar = Calendar()
    calendar.add("prodid", "-//PCMT//Phong, chong ma tuy//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    calendar.add("x-wr-timezone", vText(settings.TIME_ZONE))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for event, entry in sorted(told, key=lambda pair: (pair[0].first_on, pair[0].key)):
        calendar.add_component(_component(event, entry, host))
    return calendar.to_ical(sorted=False)


def _component(event: Event, entry: FeedEntry, host: str) -> Component:
    made: dict[str, Any] = {
        "uid": f"{event.key}@{host}",
        "dtstamp": entry.changed_at.astimezone(UTC),
        "last-modified": entry.changed_at.astimezone(UTC),
        "sequence": entry.sequence,
        "dtstart": event.first_on,
        "dtend": event.last_on + DAY,
        "summary": _text(event.summary),
        "status": "CANCELLED" if event.cancelled else "CONFIRMED",
        "transp": "TRANSPARENT",
    }
    if event.description:
        made["description"] = _text(event.description)
    if event.path:
        made["url"] = f"{settings.SITE}{event.path}"
    if event.category:
        made["categories"] = [event.category]
    component = Component()
    for name, value in made.items():
        component.add(name, value)
    for before in ALARMS if event.alarms and not event.cancelled else ():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _text(event.summary))
        alarm.add("trigger", before)
        component.add_component(alarm)
    return component


def _text(words: str) -> str:
    """Composed letters, so that a fold never parts a letter from its mark; without characters that no line may hold."""
    composed = unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(char for char in composed if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
