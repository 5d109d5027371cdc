"""A briefing on one screen: what the last one concluded, two days side by side, what to talk about, conclusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Meeting, PlanUnit
from pcmt.apps.plans.policies import can_hold_meeting
from pcmt.apps.reports.briefing import ReportNews, report_news
from pcmt.apps.reports.models import Restatement
from pcmt.apps.tasks.areas import Area, area_of, places_of, plans_of
from pcmt.apps.tasks.briefing import Compared, Concluded, Snapshot, compare, concluded, last_concluded, standing_minutes
from pcmt.apps.tasks.models import DueKind, Minutes
from pcmt.apps.tasks.policies import plans_to_urge
from pcmt.apps.tasks.punctuality import Row, most_overdue
from pcmt.apps.tasks.since import Stretch, last_meeting, question_of
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating.punctuality import Column
from pcmt.core.periods import STATISTICAL, Kind
from pcmt.core.text import fold
from pcmt.web.leader.news import News, TurnLine, news_of
from pcmt.web.leader.page import USUAL_DAYS
from pcmt.web.punctuality.columns import COLUMNS, items_address
from pcmt.web.shell.access import acting
from pcmt.web.targets.words import VERDICT_WORDS
from pcmt.web.templatetags.pcmt import vnumber

FEW = 8
"""Lines of each sort on the screen: what can be read from the end of a table."""
WORK = (Column.IN_TIME, Column.LATE, Column.RUNNING, Column.OVERDUE, Column.WAITING)
REPORTS = (Column.IN_TIME, Column.LATE, Column.OVERDUE, Column.WAITING)


@attrs.frozen
class Line:
    """One number on both days. `known_then` is None where it was known then as it is known now."""

    group: str | Promise
    label: str | Promise
    then: int
    known_then: int | None
    now: int

    @property
    def change(self) -> str:
        """The difference with its sign; nothing where there is none."""
        step = self.now - self.then
        return f"{'+' if step > 0 else '−'}{abs(step)}" if step else ""


@attrs.frozen
class Body:
    """A body with what it owes and has not done, and the list of it."""

    row: Row
    url: str


@attrs.frozen
class Restated:
    """A figure of an accepted report that was corrected: the old number and the new one."""

    label: str
    unit: str
    old: str
    new: str
    reason: str


@attrs.frozen
class Agenda:
    """What to talk about: bodies that are behind, single items, targets that got worse, reports, corrections."""

    bodies: Sequence[Body]
    items: Sequence[Any]
    worse: Sequence[TurnLine]
    late_reports: Sequence[Any]
    returned: Sequence[Any]
    restated: Sequence[Restated]
    corrected: Sequence[Any]


@attrs.frozen
class Choice:
    """A unit that may be ticked, with what it is found by."""

    unit: Unit
    checked: bool

    @property
    def key(self) -> str:
        """What it is found by."""
        return fold(self.unit.name)


@attrs.frozen
class Briefing:
    """The whole screen."""

    actor: Actor
    meeting: Meeting
    area: Area
    stretch: Stretch
    since: Meeting | None
    news: News
    reports: ReportNews
    lines: Sequence[Line]
    agenda: Agenda
    last: Meeting | None
    last_rows: Sequence[Concluded]
    rows: Sequence[Concluded]
    minutes: Minutes | None

    @property
    def may_write(self) -> bool:
        """Whether the actor writes conclusions: the standing office of the area, until the minutes are issued."""
        return self.minutes is None and can_hold_meeting(self.actor, self.meeting.unit_id)


def seen_meeting(request: HttpRequest, meeting_id: int) -> tuple[Meeting, Area]:
    """The briefing and its area, where both are the actor's to see; else the page does not exist."""
    actor = acting(request)
    meeting = Meeting.objects.visible_to(actor).select_related("unit").filter(pk=meeting_id).first()
    area = area_of(actor, meeting.unit_id) if meeting else None
    if meeting is None or area is None:
        raise Http404
    return meeting, area


def briefing_of(request: HttpRequest, meeting_id: int) -> Briefing:
    """Everything on the screen of a briefing."""
    meeting, area = seen_meeting(request, meeting_id)
    actor = acting(request)
    since = last_meeting(actor, area, meeting.on)
    stretch = Stretch(since.on if since else meeting.on - timedelta(days=USUAL_DAYS), meeting.on)
    plans = plans_of(actor, area, STATISTICAL.named(Kind.YEAR, meeting.on.year))
    news = news_of(actor, area, plans, stretch, since)
    reports = report_news(actor, area, stretch)
    last = last_concluded(actor, meeting)
    return Briefing(
        actor=actor,
        meeting=meeting,
        area=area,
        stretch=stretch,
        since=since,
        news=news,
        reports=reports,
        lines=_lines(compare(actor, area, plans, stretch)),
        agenda=_agenda(actor, area, stretch, news, reports),
        last=last,
        last_rows=concluded(actor, last) if last else [],
        rows=concluded(actor, meeting),
        minutes=standing_minutes(actor, meeting),
    )


def choices_of(actor: Actor, area: Area, ticked: Sequence[int]) -> list[Choice]:
    """The units that may be ticked: those that the plans name, the places of the area, and what is ticked already."""
    named = PlanUnit.objects.filter(plan__in=plans_to_urge(actor).order_by().values("pk")).values("unit_id")
    places = [unit.pk for unit in places_of(area, actor.on)]
    found = Unit.objects.filter(pk__in=named) | Unit.objects.filter(pk__in=[*places, *ticked])
    units = found.as_of(actor.on).exclude(kind="group").in_official_order()
    return [Choice(unit, unit.pk in ticked) for unit in units]


def _lines(found: Compared) -> list[Line]:
    """The numbers of both days, as far as there is any."""
    lines = []

    def add(group: Any, label: Any, count: Any) -> None:
        was, then, now = (count(each) for each in (found.known_then, found.then, found.now))
        if was or then or now:
            lines.append(Line(group, label, then, was if was != then else None, now))

    for key, word in VERDICT_WORDS.items():
        add(gettext_lazy("Chỉ tiêu"), word.word, _count("targets", key))
    for column in WORK:
        add(gettext_lazy("Nhiệm vụ và báo cáo"), COLUMNS[column][1], _count("work", column))
    for column in REPORTS:
        add(gettext_lazy("Trong đó báo cáo"), COLUMNS[column][1], _count("reports", column))
    return lines


def _count(group: str, key: Any) -> Any:
    def of(snapshot: Snapshot) -> int:
        counts: Mapping[Any, int] = getattr(snapshot, group)
        return counts.get(key, 0)

    return of


def _restated(row: Restatement) -> Restated:
    old, new = (None if each is None else Decimal(each).scaleb(-row.places) for each in (row.old, row.new))
    unit = row.edition.submission.unit.name
    return Restated(row.label, unit, vnumber(old), vnumber(new), row.reason)


def _agenda(actor: Actor, area: Area, stretch: Stretch, news: News, reports: ReportNews) -> Agenda:
    asked = question_of(area, min(stretch.last, actor.on))
    bodies = [
        Body(row, items_address(attrs.evolve(asked, unit_id=row.key, units_below=False), Column.OVERDUE))
        for row in most_overdue(actor, asked, FEW)
        if isinstance(row.key, int)
    ]
    return Agenda(
        bodies=bodies,
        items=news.items(news.overdue.filter(kind=DueKind.TASK), FEW),
        worse=news.turn_lines("worse", FEW),
        late_reports=news.items(news.overdue.filter(kind=DueKind.REPORT), FEW),
        returned=list(reports.returned[:FEW]),
        restated=[_restated(row) for row in reports.restated[:FEW]],
        corrected=news.fact_lines(FEW),
    )
