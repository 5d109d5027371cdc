"""What a briefing looks at: an area on two days side by side, and what the briefing before came to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs
from django.db.models import Prefetch, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Meeting, Plan
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries import judge
from pcmt.apps.tasks.areas import Area
from pcmt.apps.tasks.models import Decision, DueItem, DueKind, Minutes
from pcmt.apps.tasks.punctuality import Question, total_of
from pcmt.apps.tasks.since import DAY, Stretch, question_of
from pcmt.core.evaluating import Verdict
from pcmt.core.evaluating.punctuality import Column


@attrs.frozen
class Snapshot:
    """How many targets, due items and reports of an area stood how, at the end of a day.

    Targets are judged for the whole of the area. Work is counted by the rules of the table of punctuality.
    """

    targets: Mapping[Verdict, int]
    work: Mapping[Column, int]
    reports: Mapping[Column, int]


@attrs.frozen
class Compared:
    """An area at both ends of a stretch. `known_then` is its beginning as it was known that evening, `then` the same
    day as it is known now: what they differ in was told later. `now` is the end of the stretch.
    """

    known_then: Snapshot
    then: Snapshot
    now: Snapshot


def compare(actor: Actor, area: Area, plans: QuerySet[Plan], stretch: Stretch) -> Compared:
    """The evening before the stretch beside its last evening. The number of statements is fixed."""
    before = Stretch(stretch.first - DAY, stretch.first - DAY)
    last = Stretch(stretch.last, min(stretch.last, actor.on))
    return Compared(
        known_then=_snapshot(actor, area, plans, before, before.end),
        then=_snapshot(actor, area, plans, before, None),
        now=_snapshot(actor, area, plans, last, None),
    )


def _snapshot(actor: Actor, area: Area, plans: QuerySet[Plan], day: Stretch, known: datetime | None) -> Snapshot:
    targets = Target.objects.active().filter(plan__in=plans.order_by().values("pk"))
    rows = judge(targets.select_related("plan"), on=day.last, known=known, units=[area.unit.pk])
    asked = question_of(area, day.last)

    def counts(question: Question) -> Mapping[Column, int]:
        return total_of(actor, question, known=known).counts

    return Snapshot(
        Counter(row.judgement.verdict for row in rows),
        counts(asked),
        counts(attrs.evolve(asked, kind=DueKind.REPORT.value)),
    )


@attrs.frozen
class Concluded:
    """A conclusion with what bodies owe by it, in the order in which they were named."""

    decision: Decision
    items: Sequence[DueItem]

    @property
    def done(self) -> int:
        """How many have reported it as done."""
        return sum(item.done_on is not None for item in self.items)

    @property
    def bodies(self) -> str:
        """Who has to do it, as the minutes say it."""
        return "; ".join(item.unit.name if item.unit else item.unit_name for item in self.items)


def concluded(actor: Actor, meeting: Meeting) -> list[Concluded]:
    """The conclusions of a briefing that stand, in order; two statements."""
    items = DueItem.objects.visible_to(actor).select_related("unit", "plan").order_by("pk")
    rows = Decision.objects.visible_to(actor).filter(meeting=meeting, withdrawn_at__isnull=True)
    found = rows.select_related("plan", "about__plan").prefetch_related(Prefetch("due_items", items))
    return [Concluded(row, list(row.due_items.all())) for row in found.order_by("order")]


def last_concluded(actor: Actor, meeting: Meeting) -> Meeting | None:
    """The last briefing of the same area before this one at which something was concluded."""
    before = Meeting.objects.visible_to(actor).filter(unit=meeting.unit_id, on__lt=meeting.on)
    stood = Decision.objects.filter(withdrawn_at__isnull=True).values("meeting_id")
    return before.filter(pk__in=stood).order_by("-on").first()


def standing_minutes(actor: Actor, meeting: Meeting) -> Minutes | None:
    """The notice of a briefing that was issued and stands."""
    return Minutes.objects.visible_to(actor).filter(meeting=meeting, withdrawn_at__isnull=True).first()


def digest_of(rows: Sequence[Concluded]) -> str:
    """What somebody saw who issues the minutes: another conclusion, or one less, is another digest."""
    said = "\n".join(f"{row.decision.pk} {len(row.items)} {row.decision.words}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
