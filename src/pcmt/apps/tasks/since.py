"""What changed in an area between two moments: verdicts, figures, work and plans.

Each is the difference of two states, not a list of what was done: a verdict that changed and changed back is none. The
log and the rows that are never overwritten (verdict changes, facts) hold what is needed to tell both states.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import attrs
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.queries import rows_told
from pcmt.apps.plans.models import Meeting, Plan, PlanUnit, Revision, RevisionState, above
from pcmt.apps.targets.models import StandingChange
from pcmt.apps.targets.queries import KEPT_BACK, kept_back
from pcmt.apps.tasks.areas import Area
from pcmt.apps.tasks.models import DueItem, DueState, Mode
from pcmt.apps.tasks.punctuality import Question, counted
from pcmt.core.evaluating import Verdict
from pcmt.core.evaluating.places import BAD, GOOD
from pcmt.core.evaluating.punctuality import Column

DAY = timedelta(days=1)


@attrs.frozen
class Stretch:
    """From the beginning of a day to the end of another one: a briefing talks of what was known the evening before."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment inside."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return timezone.make_aware(datetime.combine(self.last + DAY, time.min))


def last_meeting(actor: Actor, area: Area, before: date) -> Meeting | None:
    """The last briefing of an area before a day; where none was noted, the last one of a unit above it."""
    seen = Meeting.objects.visible_to(actor).filter(on__lt=before)
    of = seen.filter(Q(unit=area.unit) | Q(unit__in=above(area.unit.pk, actor.on)))
    own = Q(unit=area.unit)
    return of.filter(own).first() or of.exclude(own).first()


@attrs.frozen
class Turn:
    """A verdict that is another one at the end of a stretch than at its beginning; `steps` changes lie between.

    `before` is empty where the target was not judged yet. `change` is the last change, with its sentence and recording.
    """

    before: str
    change: StandingChange
    steps: int

    @property
    def after(self) -> str:
        """The verdict at the end."""
        return self.change.after

    @property
    def way(self) -> str:
        """worse, better, or other: from or to what says neither good nor bad."""
        if self.after in BAD and self.before not in BAD:
            return "worse"
        if self.before in BAD and self.after in GOOD:
            return "better"
        if (self.before, self.after) == (Verdict.BEHIND, Verdict.MISSED):
            return "worse"
        return "better" if self.before == Verdict.ON_TRACK and self.after == Verdict.MET else "other"


def turns(area: Area, plans: QuerySet[Plan], stretch: Stretch, on: date, actor: Actor | None = None) -> list[Turn]:
    """The verdicts that turned, worse first, then better, then the others, each by plan, target and unit.

    One statement; as many rows as verdicts changed in the stretch.
    """
    rows = StandingChange.objects.filter(
        area.of_levels,
        at__gte=stretch.start,
        at__lt=stretch.end,
        target__plan__in=plans.order_by().values("pk"),
        unit__in=area.units(on),
    ).select_related("target__plan", "unit", "recording__by", "recording__unit")
    found: dict[tuple[int, int], Turn] = {}
    changes = list(rows.order_by("at", "pk"))
    bare = kept_back(actor, {(row.target_id, row.unit_id) for row in changes})
    for row in changes:
        if (row.target_id, row.unit_id) in bare:
            row.sentence = KEPT_BACK
        known = found.get((row.target_id, row.unit_id))
        found[row.target_id, row.unit_id] = Turn(
            known.before if known else row.before, row, known.steps + 1 if known else 1
        )
    turned = [each for each in found.values() if each.before != each.after]
    ways = ("worse", "better", "other")

    def place(each: Turn) -> tuple[Any, ...]:
        target = each.change.target
        return (ways.index(each.way), -target.plan_id, target.order, target.pk, each.change.unit.sort_key)

    return sorted(turned, key=place)


def corrected(actor: Actor, area: Area, stretch: Stretch) -> QuerySet[Any]:
    """The figures that were known at the beginning and are others at the end: the facts of then, each with `new_id`
    (None: it was taken back) and `new_value`, `new_applies`. What was only told anew with the same number is none.
    """
    same = {name: OuterRef(name) for name in ("unit", "element", "start", "end", "breakdown", "accepted")}
    known_then = Q(closed_by__isnull=True) | Q(closed_by__at__gte=stretch.end)
    after = Fact.objects.filter(**same, recording__at__lt=stretch.end).filter(known_then).order_by("-pk")
    old = rows_told(actor, Fact.objects.visible_to(actor)).filter(
        unit__in=area.units(actor.on),
        recording__at__lt=stretch.start,
        closed_by__at__gte=stretch.start,
        closed_by__at__lt=stretch.end,
    )
    told = old.annotate(
        new_id=Subquery(after.values("pk")[:1]),
        new_value=Subquery(after.values("value")[:1]),
        new_applies=Subquery(after.values("applies")[:1]),
    )
    blank_still = Q(value__isnull=True, new_value__isnull=True)
    unchanged = Q(new_id__isnull=False, new_applies=F("applies")) & (Q(new_value=F("value")) | blank_still)
    changed = told.exclude(pk__in=told.filter(unchanged).values("pk"))
    return changed.order_by("unit__sort_key", "element__order", "start", "breakdown", "pk")


def question_of(area: Area, as_of: date, **asked: Any) -> Question:
    """What is counted of the work of an area at the end of a day."""
    narrowed: dict[str, Any] = {} if area.whole else {"unit_id": area.unit.pk, "units_below": True}
    return Question(as_of=as_of, **narrowed, **asked)


def done(actor: Actor, area: Area, stretch: Stretch) -> QuerySet[DueItem]:
    """What was reported as done in the stretch and is so still; parts that were handed down belong to their whole."""
    items = counted(actor, question_of(area, min(stretch.last, actor.on)))
    reported = items.filter(state__in=(DueState.DONE, DueState.SUBMITTED))
    inside = reported.filter(done_at__gte=stretch.start, done_at__lt=stretch.end).exclude(mode=Mode.REQUESTED)
    return inside.order_by("done_at", "pk")


def newly_overdue(actor: Actor, area: Area, stretch: Stretch) -> QuerySet[Any]:
    """What is overdue at the end and was not the evening before the stretch."""
    items = counted(actor, question_of(area, min(stretch.last, actor.on)))
    late = items.filter(column=Column.OVERDUE.value, limit_then__gte=stretch.first - DAY)
    return late.order_by("limit_then", "unit__sort_key", "pk")


def adopted(actor: Actor, area: Area, stretch: Stretch) -> QuerySet[Revision]:
    """The texts that were adopted in the stretch, of plans that concern the area: new plans and amended ones."""
    units = area.units(actor.on)
    named = PlanUnit.objects.filter(plan=OuterRef("plan"), unit__in=units)
    rows = Revision.objects.visible_to(actor).filter(
        Q(plan__issuer__in=units) | Q(plan__owner__in=units) | Exists(named),
        state__in=(RevisionState.ADOPTED, RevisionState.SUPERSEDED),
        adopted_at__gte=stretch.start,
        adopted_at__lt=stretch.end,
    )
    return rows.select_related("plan__issuer").defer("text", "reading").order_by("adopted_at", "pk")


@attrs.frozen
class Sums:
    """How many there are of each sort."""

    worse: int
    better: int
    other: int
    corrected: int
    done: int
    overdue: int
    plans: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(attrs.astuple(self))


def sums_of(
    actor: Actor, area: Area, plans: QuerySet[Plan], stretch: Stretch, turned: Sequence[Turn] | None = None
) -> Sums:
    """How many changes of each sort there are in a stretch; five statements."""
    found = turns(area, plans, stretch, actor.on, actor) if turned is None else turned
    ways = [each.way for each in found]
    return Sums(
        worse=ways.count("worse"),
        better=ways.count("better"),
        other=ways.count("other"),
        corrected=corrected(actor, area, stretch).count(),
        done=done(actor, area, stretch).count(),
        overdue=newly_overdue(actor, area, stretch).count(),
        plans=adopted(actor, area, stretch).count(),
    )
