"""What stands on the leader screen: at most seven blocks, each with the way to its table.

The number of statements does not depend on the size of the area: rows are counted by the database, or read for the few
places and plans that are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from django.db.models import Count
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Meeting, Plan
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.areas import (
    Area,
    Verdicts,
    Worst,
    area_of,
    areas_to_choose,
    places_of,
    plans_of,
    verdicts_of,
)
from pcmt.apps.tasks.models import DueKind
from pcmt.apps.tasks.punctuality import (
    Row,
    by_period,
    by_place,
    by_plan,
    counted,
    most_overdue,
    total_of,
)
from pcmt.apps.tasks.since import Stretch, Sums, Turn, last_meeting, question_of, sums_of, turns
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Place, Ranking, Tally, Verdict, ranked
from pcmt.core.evaluating.punctuality import COUNTED, Column
from pcmt.core.periods import STATISTICAL, Kind, Span
from pcmt.web.figures import THEN, Switch, switch_of
from pcmt.web.leader.forms import AreaForm
from pcmt.web.leader.tiles import TileMap, drawn, place_of
from pcmt.web.plan.timeline import Scale, share_passed
from pcmt.web.punctuality.columns import COLUMNS, FIRST, items_address
from pcmt.web.shell.access import acting
from pcmt.web.targets.words import VERDICT_WORDS, VerdictWord

PLANS = 6
BODIES = 6
MONTHS = 6
TURNS = 3
USUAL_DAYS = 7
"""How far back changes are told where no briefing was noted."""


@attrs.frozen
class Ground:
    """What every page here is about: the area, the year, the day, and the address that leads back."""

    actor: Actor
    area: Area
    year: int
    switch: Switch
    form: AreaForm

    @property
    def period(self) -> Span:
        """The year as a span."""
        return STATISTICAL.named(Kind.YEAR, self.year)

    def address(self, name: str, **words: Any) -> str:
        """Another page about the same area and year."""
        asked = {**self.kept, **words}
        query = urlencode({key: value for key, value in asked.items() if value not in ("", None)})
        return reverse(f"leader:{name}") + (f"?{query}" if query else "")

    @property
    def kept(self) -> dict[str, Any]:
        """The words of the address that say which area and year, as far as they are not the usual ones."""
        found: dict[str, Any] = {} if self.area.whole else {"don_vi": self.area.unit.pk}
        if self.year != self.actor.on.year:
            found["nam"] = self.year
        return found | self.switch.chosen


def ground_of(request: HttpRequest) -> Ground:
    """What the address asks about; an area that is not the actor's to see is not there."""
    actor, switch = acting(request), switch_of(request, usual=THEN)
    asked = request.GET.get("don_vi", "")
    area = area_of(actor, int(asked) if asked.isdecimal() and len(asked) < 18 else None)
    if area is None:
        raise Http404
    year = request.GET.get("nam", "")
    wanted = int(year) if year.isdecimal() and 1900 < int(year[:5]) < 2200 else switch.on.year
    form = AreaForm(
        request.GET, units=areas_to_choose(actor, area), unit=area.unit, year=wanted, this_year=actor.on.year
    )
    return Ground(actor, area, wanted, switch, form)


@attrs.frozen
class PlanLine:
    """One plan, or all the others together (no `plan`): its work and its targets."""

    plan: Plan | None
    name: str
    url: str
    work: Row
    tally: Tally
    verdicts: Sequence[tuple[VerdictWord, int, str]]
    window: Mapping[str, Any] | None = None

    @property
    def done(self) -> int:
        """What was reported as done, whether it was accepted by now or not."""
        return sum(self.work.counts.get(each, 0) for each in (Column.IN_TIME, Column.LATE, Column.WAITING))

    @property
    def total(self) -> int:
        """Everything owed, but what was only requested."""
        return self.work.total - self.work.counts.get(Column.REQUESTED, 0)

    @property
    def share(self) -> int | None:
        """Whole percent done; None of nothing."""
        return self.done * 100 // self.total if self.total else None

    @property
    def bar(self) -> str:
        """The share as a width of the drawing."""
        return f"{self.share or 0}"


@attrs.frozen
class Number:
    """A number and the list behind it."""

    value: int
    label: Any
    url: str
    late: bool = False


@attrs.frozen
class Work:
    """What is owed in the year: by column, by body, and what is overdue from before."""

    numbers: Sequence[Number]
    bodies: Sequence[tuple[Row, str]]
    earlier: int
    earlier_url: str
    total: int


@attrs.frozen
class Reports:
    """How punctual reports are: the year's share, and the last months."""

    row: Row
    months: Sequence[tuple[str, Row, str]]
    url: str


@attrs.frozen
class Ranked:
    """A place of the ranking with its reason in words."""

    unit: Unit
    url: str
    reason: str
    worst: Worst | None


@attrs.frozen
class Standing:
    """The ranking with names, and what has to be said beside it."""

    best: Sequence[Ranked]
    watch: Sequence[Ranked]
    ranking: Ranking


@attrs.frozen
class News:
    """What changed since the last briefing, in short."""

    stretch: Stretch
    meeting: Meeting | None
    sums: Sums
    shown: Sequence[Turn]
    url: str


@attrs.frozen
class Screen:
    """The whole sheet. Places are None where there are none to set side by side."""

    plans: Sequence[PlanLine]
    more_plans: PlanLine | None
    tally: Sequence[tuple[VerdictWord, int]]
    work: Work
    reports: Reports
    places: TileMap | None
    standing: Standing | None
    news: News


def screen_of(ground: Ground, first: date | None = None) -> Screen:
    """Everything on the sheet; `first` is the day since which changes are told, where the address names one."""
    plans = plans_of(ground.actor, ground.area, ground.period)
    verdicts = ground_verdicts(ground, plans)
    lines, more = _plans(ground, plans, verdicts)
    tally: Counter[Verdict] = Counter()
    for line in (*lines, *([more] if more else [])):
        tally.update(line.tally.counts)
    places, standing = _places(ground, verdicts)
    return Screen(
        plans=lines,
        more_plans=more,
        tally=[(word, tally[Verdict(key)]) for key, word in VERDICT_WORDS.items() if tally[Verdict(key)]],
        work=_work(ground),
        reports=_reports(ground),
        places=places,
        standing=standing,
        news=_news(ground, plans, first),
    )


def ground_verdicts(ground: Ground, plans: Any) -> Verdicts:
    """How the targets of the area stand, as of the day and on the boundaries of the address."""
    switch = ground.switch
    return verdicts_of(
        ground.area,
        plans,
        today=ground.actor.on,
        on=switch.on,
        boundary=switch.boundary,
        known=switch.known,
        usual=switch.is_usual,
        actor=ground.actor,
    )


def _plans(ground: Ground, plans: Any, verdicts: Verdicts) -> tuple[list[PlanLine], PlanLine | None]:
    """The first plans of the area one by one, all others together; six statements."""
    actor, on = ground.actor, ground.switch.on
    known = list(plans.values_list("pk", "rank"))
    listed = [pk for pk, rank in known if rank < 2][:PLANS]
    rows = {plan.pk: plan for plan in Plan.objects.filter(pk__in=listed)}
    work = {row.key: row for row in by_plan(actor, question_of(ground.area, on))}
    tallies = verdicts.by_plan()
    there = Target.objects.filter(plan__in=[pk for pk, rank in known if rank != 1]).active().order_by()
    targets = dict(there.values_list("plan_id").annotate(n=Count("pk")))

    def tally(pk: int, rank: int) -> Tally:
        """With the targets that nobody has judged yet: they are undetermined, and so the list of targets says."""
        counts = Counter(tallies[pk].counts if pk in tallies else {})
        counts[Verdict.UNDETERMINED] += max(targets.get(pk, 0) - sum(counts.values()), 0) if rank != 1 else 0
        return Tally(counts)

    ranks = dict(known)
    lines = [
        _plan_line(ground, rows[pk], work.get(pk, Row(pk, "", {})), tally(pk, ranks[pk]), above=ranks[pk] == 1)
        for pk in listed
    ]
    others = [pk for pk, _rank in known if pk not in rows]
    if not others:
        return lines, None
    counts: Counter[Column] = Counter()
    whole: Counter[Verdict] = Counter()
    for pk in others:
        counts.update(work[pk].counts if pk in work else {})
        whole.update(tally(pk, ranks[pk]).counts)
    name = ngettext("%(count)d kế hoạch khác", "%(count)d kế hoạch khác", len(others)) % {"count": len(others)}
    summed = PlanLine(None, name, reverse("plans:list"), Row(None, name, counts), Tally(whole), _verdicts(whole, {}))
    return lines, summed


def _plan_line(ground: Ground, plan: Plan, work: Row, tally: Tally, *, above: bool) -> PlanLine:
    window = None
    if plan.window_from and plan.window_to:
        span = Span(plan.window_from, plan.window_to + timedelta(days=1))
        scale = Scale(span)
        on = ground.switch.on
        window = {
            "passed": scale.x(on),
            "today": scale.middle(on) if on in span else None,
            "share": share_passed(span, on),
            "first": span.start,
            "last": span.last,
        }
    words = {"ke_hoach": plan.pk} | ({"don_vi": ground.area.unit.pk} if above or not ground.area.whole else {})
    name = f"{plan.designation} {plan.title}".strip()
    return PlanLine(
        plan, name, reverse("plan:overview", args=[plan.pk]), work, tally, _verdicts(tally.counts, words), window
    )


def _verdicts(counts: Mapping[Verdict, int], words: Mapping[str, Any]) -> list[tuple[VerdictWord, int, str]]:
    """How many there are of each verdict, with the list of them."""
    found = []
    for key, word in VERDICT_WORDS.items():
        if number := counts.get(Verdict(key), 0):
            url = f"{reverse('targets:list')}?{urlencode({**words, 'ket_luan': word.slug})}" if words else ""
            found.append((word, number, url))
    return found


def _work(ground: Ground) -> Work:
    """Three statements."""
    actor, area, on = ground.actor, ground.area, ground.switch.on
    asked = question_of(area, on, window=ground.period)
    row = total_of(actor, asked)
    shown = (*COUNTED, Column.WAITING, Column.SUSPENDED, Column.REQUESTED)
    numbers = [
        Number(row.counts.get(each, 0), COLUMNS[each][1], items_address(asked, each), late=each is Column.OVERDUE)
        for each in shown
        if row.counts.get(each, 0) or each in COUNTED
    ]
    bodies = [
        (body, items_address(attrs.evolve(asked, unit_id=body.key, units_below=False), Column.OVERDUE))
        for body in most_overdue(actor, asked, BODIES)
        if isinstance(body.key, int)
    ]
    before = attrs.evolve(asked, window=Span(FIRST, ground.period.start))
    earlier = counted(actor, before).filter(column=Column.OVERDUE.value).count()
    return Work(numbers, bodies, earlier, items_address(before, Column.OVERDUE), row.total)


def _reports(ground: Ground) -> Reports:
    """Two statements."""
    actor, on = ground.actor, ground.switch.on
    asked = question_of(ground.area, on, window=ground.period, kind=DueKind.REPORT.value)
    year, month = STATISTICAL.month_of(on)
    spans = [STATISTICAL.named(Kind.MONTH, year, month - back) for back in range(MONTHS - 1, -1, -1)]
    whole = attrs.evolve(asked, window=Span(spans[0].start, spans[-1].end))
    months = [
        (f"{span.start:%m/%Y}", row, items_address(attrs.evolve(whole, window=span), None))
        for span, row in zip(spans, by_period(actor, whole, spans), strict=True)
    ]
    return Reports(total_of(actor, asked), months, items_address(asked, None))


@attrs.frozen
class Beside:
    """The places of an area side by side, in official order."""

    units: Sequence[Unit]
    places: Mapping[int, Place]
    ranking: Ranking


def beside_of(ground: Ground, verdicts: Verdicts) -> Beside | None:
    """The places of the area with what is known of them; None where it has none. Four statements."""
    tree = ground.switch.boundary or ground.switch.on
    units = places_of(ground.area, tree)
    if not units:
        return None
    ids = [unit.pk for unit in units]
    tallies = verdicts.by_place(ids)
    debts = by_place(ground.actor, question_of(ground.area, ground.switch.on, window=ground.period), ids, tree)
    places = {unit.pk: _place(unit, tallies.get(unit.pk), debts.get(unit.pk, {})) for unit in units}
    return Beside(units, places, ranked([places[unit.pk] for unit in units]))


def _places(ground: Ground, verdicts: Verdicts) -> tuple[TileMap | None, Standing | None]:
    """The places on the map and the ranking with its reasons; five statements."""
    beside = beside_of(ground, verdicts)
    if beside is None:
        return None, None
    ranking = beside.ranking
    worst = verdicts.worst([each.key for each in ranking.watch])
    by_id = {unit.pk: unit for unit in beside.units}

    def address(unit: Unit) -> str:
        return ground.address("screen", don_vi=unit.pk)

    def named(place: Place, *, wanting: bool) -> Ranked:
        unit = by_id[place.key]
        return Ranked(unit, address(unit), reason_of(place, wanting=wanting), worst.get(place.key))

    standing = Standing(
        [named(each, wanting=False) for each in ranking.best],
        [named(each, wanting=True) for each in ranking.watch],
        ranking,
    )
    return drawn(beside.units, beside.places, address), standing


def _place(unit: Unit, tally: Tally | None, counts: Mapping[Column, int]) -> Place:
    late = counts.get(Column.LATE, 0) + counts.get(Column.OVERDUE, 0)
    return place_of(unit, tally, late, late + counts.get(Column.IN_TIME, 0))


def reason_of(place: Place, *, wanting: bool) -> str:
    """Why a place stands where it does, in words: its targets, then its work. `wanting` tells what is wrong there."""
    tally = place.tally
    if wanting and tally.bad:
        said = _("%(bad)d/%(judged)d chỉ tiêu chậm hoặc không đạt") % {"bad": tally.bad, "judged": tally.judged}
    else:
        said = _("%(good)d/%(judged)d chỉ tiêu đạt hoặc đúng tiến độ") % {"good": tally.good, "judged": tally.judged}
    if tally.undetermined:
        said += ", " + _("%(count)d chưa xác định") % {"count": tally.undetermined}
    if place.late:
        said += "; " + _("%(late)d/%(owed)d việc muộn hoặc quá hạn") % {"late": place.late, "owed": place.owed}
    elif place.owed:
        said += "; " + _("không việc nào muộn")
    return said


def _news(ground: Ground, plans: Any, first: date | None) -> News:
    stretch, meeting = stretch_of(ground, first, ground.switch.on)
    turned = turns(ground.area, plans, stretch, ground.actor.on, ground.actor)
    sums = sums_of(ground.actor, ground.area, plans, stretch, turned)
    url = ground.address("changes", tinh_den="", den=stretch.last.isoformat(), tu=stretch.first.isoformat())
    return News(stretch, meeting, sums, turned[:TURNS], url)


def stretch_of(ground: Ground, first: date | None, last: date) -> tuple[Stretch, Meeting | None]:
    """From the day that was asked for, else from the last briefing, else from a week ago."""
    meeting = last_meeting(ground.actor, ground.area, last) if first is None else None
    start = first or (meeting.on if meeting else last - timedelta(days=USUAL_DAYS))
    return Stretch(min(start, last), last), meeting
