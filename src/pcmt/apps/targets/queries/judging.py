"""Judging targets on the facts: any number at once, with a number of statements that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import attrs
from django.db.models import Prefetch, prefetch_related_objects

from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.catalogue import catalogue_of
from pcmt.apps.facts.queries import figures
from pcmt.apps.plans.models import Revision
from pcmt.apps.targets.models import Allocation, BaselineFigure, Edition, Measure, Remark, Target
from pcmt.apps.targets.queries.areas import Places, places, taken_over
from pcmt.apps.targets.queries.asking import (
    MOVING,
    Making,
    asked_window,
    by_person,
    making_of,
    spans_of,
    stretch_so_far,
    turns_of,
    until,
)
from pcmt.apps.targets.queries.editions import spec_of, takes_effect
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Given, Judgement, Told, evaluate, together, undetermined
from pcmt.core.evaluating import sentences as say
from pcmt.core.measures import Element, Figure, Shape, TargetSpec, add_up
from pcmt.core.periods import ADMINISTRATIVE, CALENDARS, DAY, Calendar, ExpectedWindow, Span

SHOWN = 3
"""How many units a sentence names that do not reach what is asked of each."""


@attrs.frozen
class Judged:
    """How a target stands for a unit on a day, with what was asked of it and the figures it was asked of.

    `whole`: for the area of the whole target, else for a body it was allocated to or a unit for each of which it holds.
    `boundary` is the day of whose units the figures are (None: of the time that they speak of).
    `window` is the stretch measured; None where the plan says no time. `day` is the day it was judged as of: that of
    the end where the target has left the plan. `hidden`: the reader is not told its numbers (`queries.hiding`).
    """

    target: Target
    unit_id: int
    whole: bool
    judgement: Judgement
    spec: TargetSpec
    window: Span | None
    day: date
    asks: tuple[Ask, ...] = ()
    boundary: date | None = None
    hidden: bool = False


def judge(
    targets: Iterable[Target],
    *,
    on: date,
    boundary: date | None = None,
    known: datetime | None = None,
    units: Iterable[int] | None = None,
) -> list[Judged]:
    """How targets stand at the end of a day: for the whole, each allocation and each unit in scope, in that order.

    Units are bounded as of the time that the figures speak of, but who has taken others over is judged with what they
    told; `boundary` asks for the units of another day. `known` asks for what was known at a moment. `units` are the
    only ones wanted.
    """
    days = [(target, on) for target in load(targets)]
    return judge_days(days, on=on, boundary=boundary, known=known, units=units)


def judge_days(
    days: Sequence[tuple[Target, date]],
    *,
    on: date,
    boundary: date | None = None,
    known: datetime | None = None,
    units: Iterable[int] | None = None,
    gather: bool = True,
) -> list[Judged]:
    """Like `judge`, of targets that are loaded (`load`), each on its own day; `on` is the last of the days.

    Without `gather` targets that hold for each of many units are judged for the units alone, not for all together.
    """
    wanted = None if units is None else frozenset(units)
    parts = _parts_of(days, on=on, boundary=boundary, wanted=wanted, gather=gather)
    _known_of(parts, on=on, known=known)
    if not gather:
        return [_judged(part) for part in parts if not part.gathers]
    found = _gathered([(part, None if part.gathers else _judged(part)) for part in parts])
    return [each for each in found if wanted is None or each.unit_id in wanted]


def load(targets: Iterable[Target]) -> list[Target]:
    """The targets with all that judging them reads."""
    found = list(targets)
    revisions = Revision.objects.defer("text", "reading")
    prefetch_related_objects(
        found,
        Prefetch("ended_by", revisions),
        "plan__owner",
        Prefetch("editions", Edition.objects.order_by("target_id", "revision__number")),
        Prefetch("measured_by", Measure.objects.select_related("indicator", "unit")),
        Prefetch(
            "allocations",
            Allocation.objects.order_by("order", "pk").prefetch_related(
                Prefetch("ended_by", revisions), Prefetch("since", revisions)
            ),
        ),
        Prefetch("baselines", BaselineFigure.objects.order_by("-at", "-pk")),
        Prefetch("remarks", Remark.objects.order_by("-at", "-pk")),
    )
    return found


@attrs.frozen
class _Frame:
    """A target on a day: what it asks for and how it is measured. `lacks` says why nothing can be measured."""

    target: Target
    day: date
    spec: TargetSpec
    measure: Measure | None
    making: Making | None
    calendar: Calendar
    window: Span | None
    lacks: str

    @property
    def stands(self) -> date:
        """The day on whose units it is judged: that of the end once its time is over."""
        return min(self.day, self.window.last) if self.window else self.day

    @property
    def is_each(self) -> bool:
        """Whether it holds for each of many units."""
        return self.measure is not None and bool(self.measure.each or self.measure.each_group_id)


@attrs.define
class Part:
    """One target for one unit on one day: what is asked of the facts, and what they answered.

    `area_id` is the unit whose figures are asked for, `boundary` the day of whose units (None: of the time). `asks`
    and `answers` are by what they are for: "counted", "whole", "baseline", "start" and their like. The baseline is
    asked for up to where the figures reach.
    """

    frame: _Frame
    unit_id: int
    area_id: int
    whole: bool
    spec: TargetSpec
    boundary: date | None = None
    gathers: bool = False
    asks: dict[str, tuple[Ask, ...]] = attrs.Factory(dict)
    turns: list[tuple[ExpectedWindow, tuple[Ask, ...]]] = attrs.Factory(list)
    answers: dict[str, Figure] = attrs.Factory(dict)
    counts: list[tuple[ExpectedWindow, Fraction | None]] = attrs.Factory(list)
    known: datetime | None = None


@attrs.frozen
class Turns:
    """How often something was done in each period of a frequency target, for one unit.

    `counts` are all periods with what was done, None where that is not known or the period has not begun. `whole`: for
    the area of the whole target. `elements` are what is counted, `least` how often it is asked for in each period.
    """

    unit_id: int
    whole: bool
    least: int | None
    calendar: Calendar
    elements: tuple[str, ...]
    counts: Sequence[tuple[ExpectedWindow, Fraction | None]]


def turns_done(target: Target, *, on: date, units: Iterable[int] | None = None) -> list[Turns]:
    """The periods of a loaded frequency target (`load`), of the units wanted or all; as many statements for any number.

    Of a target that holds for each of many units those alone, not all together.
    """
    parts = _parts_of([(target, on)], on=on, wanted=None if units is None else frozenset(units), gather=False)
    parts = [part for part in parts if part.turns and not part.gathers]
    _known_of(parts, on=on, known=None)
    return [
        Turns(
            part.unit_id, part.whole, part.spec.frequency.n if part.spec.frequency else None, part.frame.calendar,
            tuple(each.code for each in part.frame.making.counted) if part.frame.making else (), part.counts,
        )
        for part in parts
    ]  # fmt: skip


def holds_for_each(target: Target) -> bool:
    """Whether a target is measured for each of many units."""
    measure: Measure | None = getattr(target, "measured_by", None)
    return measure is not None and bool(measure.each or measure.each_group_id)


def window_on(target: Target, on: date) -> Span | None:
    """The stretch over which a loaded target is measured, as of a day."""
    return _frames([(target, on)])[0].window


def units_of(target: Target, on: date) -> list[int]:
    """The units for which a loaded target is judged on a day: the whole first."""
    frame = _frames([(target, on)])[0]
    found = places(
        [frame.measure] if frame.measure is not None and frame.is_each else [],
        {share.unit_id for share in target.allocations.all() if share.unit_id},
    )
    return [part.unit_id for part in _parts(frame, found, None, None, gather=True)]


def seat_of(target: Target) -> int:
    """The unit of the whole target: its measure's, else whoever issued the plan or keeps it."""
    measure: Measure | None = getattr(target, "measured_by", None)
    if measure is not None:
        return measure.unit_id
    plan = target.plan
    return plan.issuer_heir_id or plan.issuer_id or plan.owner_id


def _parts_of(
    days: Sequence[tuple[Target, date]],
    *,
    on: date,
    boundary: date | None = None,
    wanted: frozenset[int] | None = None,
    gather: bool = True,
) -> list[Part]:
    """What is to be judged, with what has to be asked of the facts for it."""
    frames = _frames(days)
    found = places(
        [frame.measure for frame in frames if frame.measure is not None and frame.is_each],
        {share.unit_id for frame in frames for share in frame.target.allocations.all() if share.unit_id},
        only=None if gather else wanted,
    )
    parts = [part for frame in frames for part in _parts(frame, found, boundary, wanted, gather=gather)]
    for part in parts:
        _ask(part, on)
    _bound(parts, boundary)
    return parts


def _frames(days: Sequence[tuple[Target, date]]) -> list[_Frame]:
    if not days:
        return []
    makings = _makings({target.pk: target for target, _day in days}.values(), max(day for _target, day in days))
    specs: dict[tuple[int, date], TargetSpec] = {}
    frames = []
    for target, on in days:
        day = min(on, *_last_days(target))
        if (target.pk, day) not in specs:
            specs[target.pk, day] = spec_of(target, day)
        frames.append(_frame(target, day, specs[target.pk, day], makings))
    return frames


def _last_days(target: Target) -> Iterator[date]:
    """The day before an amendment took the target away, the last day of an area that has ended: nothing comes after."""
    yield date.max
    if target.ended_by:
        yield takes_effect(target.ended_by) - DAY
    measure: Measure | None = getattr(target, "measured_by", None)
    if measure is not None and measure.unit.valid_to:
        yield measure.unit.valid_to - DAY


def _makings(targets: Collection[Target], on: date) -> dict[str, Making | None]:
    """What the indicators of the targets are made of, by their codes; one that has ended is as it was."""
    measures = [getattr(target, "measured_by", None) for target in targets]
    codes = {each.indicator.code for each in measures if each is not None and each.indicator is not None}
    if not codes:
        return {}
    standing, found = catalogue_of(codes, on), {}
    for code in codes & standing.indicators.keys():
        found[code] = making_of(standing.indicators[code], standing)
    if len(found) < len(codes) or None in found.values():
        ever = catalogue_of(codes)
        for code in codes & ever.indicators.keys():
            found[code] = found.get(code) or making_of(ever.indicators[code], ever)
    return found


def _frame(target: Target, day: date, spec: TargetSpec, makings: Mapping[str, Making | None]) -> _Frame:
    measure: Measure | None = getattr(target, "measured_by", None)
    calendar = CALENDARS[measure.calendar] if measure else ADMINISTRATIVE
    making = makings.get(measure.indicator.code) if measure and measure.indicator else None
    cumulates = making is None or making.cumulates
    window = asked_window(spec, target.plan.issued_on, calendar, day, cumulates=cumulates)
    if window is None:
        lacks = say.NO_TIME
    elif by_person(spec):
        lacks = ""
    elif measure is None or measure.confirmed_at is None:
        lacks = say.unconfirmed(target.plan.owner.name)
    else:
        lacks = "" if making else say.NO_INDICATOR
    return _Frame(target, day, spec, measure, making, calendar, window, lacks)


def _parts(
    frame: _Frame, found: Places, boundary: date | None, wanted: frozenset[int] | None, *, gather: bool
) -> list[Part]:
    seat, stands = seat_of(frame.target), boundary or frame.stands
    gathers = frame.is_each and not frame.lacks
    parts = [Part(frame, seat, seat, True, frame.spec, gathers=gathers)]
    if gathers:
        assert frame.measure is not None
        units = [unit for unit in found.each(frame.measure, stands) if unit != seat]
        parts += [Part(frame, unit, unit, False, frame.spec) for unit in units]
        if gather and wanted is not None and seat in wanted:
            return parts
    elif not frame.is_each:
        parts += _allocated(frame, found, seat, stands)
    return parts if wanted is None else [part for part in parts if part.unit_id in wanted]


def _allocated(frame: _Frame, found: Places, seat: int, stands: date) -> list[Part]:
    """The shares of a target that stand on the day. What a unit has several times over, by name or as heir, is one.

    A body's share is measured in the area that it serves, as long as no other body of that area has one and the area
    is not the whole: the cases of a commune are reported by the commune, whoever of it was given the number.
    """
    values: dict[int, Decimal | None] = {}
    for share in frame.target.allocations.all():
        begun = share.since is None or takes_effect(share.since) <= frame.day
        over = share.ended_by is not None and takes_effect(share.ended_by) <= frame.day
        if share.unit_id is None or not begun or over or share.unit_id == seat:
            continue
        before = values.get(share.unit_id, Decimal(0))
        values[share.unit_id] = None if share.value is None or before is None else before + share.value
    areas = {unit: found.area(unit, stands) for unit in values}
    taken = list(areas.values())
    parts = []
    for unit, value in values.items():
        area = areas[unit] if taken.count(areas[unit]) == 1 and areas[unit] != seat else unit
        spec = attrs.evolve(frame.spec, value=value, external=False)
        parts.append(Part(frame, unit, area, False, spec))
    return parts


def _ask(part: Part, on: date) -> None:
    """Write down what has to be asked. What is judged on an earlier day is asked up to that day."""
    frame = part.frame
    if frame.lacks or part.gathers or frame.window is None or frame.making is None or by_person(part.spec):
        return
    making, calendar, window = frame.making, frame.calendar, frame.window
    passed = until(window, frame.day)
    if passed is None:
        return
    whole = window if frame.day >= on else passed
    if part.spec.shape is Shape.FREQUENCY:
        for turn in turns_of(part.spec, window, calendar):
            span = until(turn, frame.day)
            asks = () if span is None else _asks(part, making.counted, turn if frame.day >= on else span)
            part.turns.append((turn, asks))
        return
    part.asks["counted"] = _asks(part, making.counted, whole)
    if making.whole:
        part.asks["whole"] = _asks(part, making.whole, whole)
    for what, span in spans_of(part.spec, window, calendar, making):
        part.asks[what] = _asks(part, making.counted, span)
        if making.whole:
            part.asks[f"{what} whole"] = _asks(part, making.whole, span)


def _asks(part: Part, elements: Sequence[Element], span: Span) -> tuple[Ask, ...]:
    breakdown = part.frame.measure.breakdown if part.frame.measure else ""
    keys = {pair.split("=")[0] for pair in breakdown.split(",") if pair}
    span = Span(span.start, span.end)  # a window of a frequency is a span with more to it
    return tuple(
        Ask(part.area_id, each.code, span, breakdown if keys <= {*each.breakdowns} else "") for each in elements
    )


def _bound(parts: Sequence[Part], boundary: date | None) -> None:
    """Who has taken over others since the first day that is asked of is judged with what they told."""
    if boundary is not None:
        for part in parts:
            part.boundary = boundary
        return
    taken = taken_over({part.area_id for part in parts if part.asks or part.turns})
    for part in parts:
        if part.area_id not in taken:
            continue
        stands = part.frame.stands
        starts = [ask.window.start for asks in part.asks.values() for ask in asks]
        starts += [turn.start for turn, _asks in part.turns]
        for each in taken[part.area_id]:
            day = max(stands, each.begins) if each.begins else stands
            if starts and min(starts) < each.on <= day:
                part.boundary = day


def _known_of(parts: Sequence[Part], *, on: date, known: datetime | None) -> None:
    """Ask the facts, once for everything and once more for as much of last year as the figures reach of this one."""
    for part in parts:
        part.known = known
    answers = _answers([(part.boundary, ask) for part in parts for asks in _all_asks(part) for ask in asks], on, known)
    later: list[tuple[Part, str, tuple[Ask, ...]]] = []
    for part in parts:
        for what, asks in part.asks.items():
            part.answers[what] = add_up([_figure(answers[part.boundary, ask]) for ask in asks])
        part.counts = [
            (turn, _count(part, turn, [answers[part.boundary, ask] for ask in asks])) for turn, asks in part.turns
        ]
        span = _so_far(part)
        if span is not None and part.frame.making is not None:
            later.append((part, "so far", _asks(part, part.frame.making.counted, span)))
    answers = _answers([(part.boundary, ask) for part, _what, asks in later for ask in asks], on, known)
    for part, what, asks in later:
        part.answers[what] = add_up([_figure(answers[part.boundary, ask]) for ask in asks])


def _all_asks(part: Part) -> Iterable[tuple[Ask, ...]]:
    yield from part.asks.values()
    yield from (asks for _turn, asks in part.turns)


def _answers(
    asks: Iterable[tuple[date | None, Ask]], on: date, known: datetime | None
) -> dict[tuple[date | None, Ask], Answer]:
    by_boundary: dict[date | None, dict[Ask, None]] = defaultdict(dict)
    for boundary, ask in asks:
        by_boundary[boundary][ask] = None
    return {
        (boundary, ask): answer
        for boundary, wanted in by_boundary.items()
        for ask, answer in figures(wanted, on=on, boundary=boundary, known=known).items()
    }


def _figure(answer: Answer) -> Figure:
    """A figure with how many units should have told something of it and did not."""
    if answer.expected is None or answer.told >= answer.expected:
        return answer.figure
    return attrs.evolve(answer.figure, silent=answer.expected - answer.told, asked=answer.expected)


def _count(part: Part, turn: Span, answers: Sequence[Answer]) -> Fraction | None:
    """What was done in a turn; None where it is not known, or not wholly and what is known is not enough."""
    if not answers:
        return None
    figure = add_up([_figure(each) for each in answers])
    if figure.value is None:
        return None
    least = part.spec.frequency.n if part.spec.frequency else None
    open_end = bool(figure.lacking or figure.silent) and turn.end <= part.frame.day + DAY
    return None if open_end and least is not None and figure.value < least else figure.value


def _so_far(part: Part) -> Span | None:
    """The stretch of the baseline to hold a running flow against; None where its end is reached or nothing is known."""
    frame, counted, base = part.frame, part.answers.get("counted"), part.answers.get("baseline")
    asks = part.asks.get("baseline")
    if frame.window is None or counted is None or base is None or not asks:
        return None
    share = frame.making is not None and bool(frame.making.whole)
    reach = counted.reach
    running = frame.day < frame.window.end and counted.cumulates and not share
    if not running or reach is None or reach < frame.window.start or not _is_whole(base):
        return None
    return stretch_so_far(asks[0].window, frame.window, min(reach, frame.window.last))


def _is_whole(figure: Figure | None) -> bool:
    """Whether a figure is known and nothing is missing in it."""
    return figure is not None and figure.value is not None and not figure.lacking and not figure.silent


def _judged(part: Part) -> Judged:
    frame = part.frame
    if frame.window is None or (frame.lacks and frame.day >= frame.window.start):
        return _told(part, undetermined(frame.lacks))
    given, remark = _given_of(part)
    judgement = evaluate(part.spec, given, window=frame.window, on=frame.day)
    return _told(part, judgement.saying(remark) if remark else judgement)


def _told(part: Part, judgement: Judgement) -> Judged:
    frame = part.frame
    asks = tuple(ask for what in ("counted", "whole") for ask in part.asks.get(what, ()))
    asks += tuple(ask for _turn, each in part.turns for ask in each)
    return Judged(
        frame.target, part.unit_id, part.whole, judgement, part.spec, frame.window, frame.day, asks, part.boundary
    )


def _given_of(part: Part) -> tuple[Given, str]:
    """What is known for judging a part, and what has to be said beside the verdict."""
    answers = part.answers
    base, so_far, open_words, remark = _baseline(part)
    start = _share(part, answers.get("start"), answers.get("start whole"))
    given = Given(
        counted=answers.get("counted"),
        whole=answers.get("whole"),
        baseline=base,
        baseline_so_far=so_far,
        baseline_open=open_words,
        opening=start,
        turns=part.counts,
        told=_said(part),
    )
    return given, remark


def _share(part: Part, counted: Figure | None, whole: Figure | None) -> Fraction | None:
    """A figure, or the share of 100 that two make; None where it is not known."""
    if counted is None or counted.value is None:
        return None
    making = part.frame.making
    if making is None or not making.whole or (part.spec.shape not in MOVING and part.spec.unit_word != "percent"):
        return counted.value
    return counted.value / whole.value * 100 if whole is not None and whole.value else None


def _baseline(part: Part) -> tuple[Fraction | None, Fraction | None, str, str]:
    """What a change starts from, as much of it as had come up by now, why it is not known, and what is to be said.

    What a person told goes before the facts; where both are there and differ, that is said. Incomplete facts are no
    baseline.
    """
    answers, moving = part.answers, part.spec.shape in MOVING
    counted, whole, so_far = answers.get("baseline"), answers.get("baseline whole"), answers.get("so far")
    complete = _is_whole(counted) and (whole is None or _is_whole(whole))
    base = _share(part, counted, whole) if complete else None
    then = so_far.value if _is_whole(so_far) and so_far is not None else None
    told = _figure_told(part) if moving else None
    if told is None:
        words = "" if complete or not moving or counted is None else say.baseline_open(counted)
        return base, then, words, ""
    value = Fraction(told.value)
    remark = "" if base is None or base == value else say.baselines_differ(value, base, told.source)
    if told.so_far is not None:
        return value, Fraction(told.so_far), "", remark
    return value, then / base * value if then is not None and base else None, "", remark


def _figure_told(part: Part) -> BaselineFigure | None:
    rows = [each for each in part.frame.target.baselines.all() if each.unit_id == part.unit_id]
    return next((each for each in rows if part.known is None or each.at <= part.known), None)


def _said(part: Part) -> Told | None:
    """What a person said last of what had happened by the day; else the first of what happened later."""
    if not by_person(part.spec):
        return None
    rows = [
        each
        for each in part.frame.target.remarks.all()
        if each.unit_id == part.unit_id and (part.known is None or each.at <= part.known)
    ]
    by_then = next((each for each in rows if each.on <= part.frame.day), None)
    said = by_then or (rows[-1] if rows else None)
    return Told(said.reached, said.on) if said else None


def _gathered(pairs: Sequence[tuple[Part, Judged | None]]) -> list[Judged]:
    """The judgements, with what holds for all units of a target together made of theirs, before them."""
    of: dict[int, dict[str, Judgement]] = defaultdict(dict)
    for part, judged in pairs:
        if judged is not None:
            of[id(part.frame)][str(part.unit_id)] = judged.judgement
    wholes = {id(part.frame): together(of[id(part.frame)]) for part, _judged in pairs if part.gathers}
    units = {int(key) for whole in wholes.values() for key in whole.open[:SHOWN]}
    names = dict(Unit.objects.filter(pk__in=units).values_list("pk", "name")) if units else {}
    found = []
    for part, judged in pairs:
        if judged is None:
            whole = wholes[id(part.frame)]
            judged = _told(part, whole.judgement([names[int(unit)] for unit in whole.open[:SHOWN]]))
        found.append(judged)
    return found
