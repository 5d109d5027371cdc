"""Judging one target: what was asked, what is known on a day, and the verdict with its reason.

The house's rule 3: verdicts are many-valued, and what is missing never reads as zero or as met. Comparing is exact:
numbers are fractions, only words round them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction

import attrs

from pcmt.core.evaluating import sentences as say
from pcmt.core.measures import Comparator, Direction, Figure, Shape, TargetSpec
from pcmt.core.periods import DAY, Span

SMALL = 10
"""Below so many cases a share says little: one case more or less moves it by ten points and more."""
ABOUT = Fraction(9, 10)
""" "Khoảng 300" is reached with nine tenths of it."""


class Verdict(StrEnum):
    """What can be said of a target on a day."""

    MET = "met"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    NOT_DUE = "not_due"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


Words = Callable[[], str]
"""Words that are made when they are asked for."""


@attrs.frozen
class Told:
    """What a person says of a target that no number answers: whether it was reached, and on which day."""

    reached: bool
    on: date | None = None


@attrs.frozen
class Given:
    """What is known for judging a target.

    `counted` is what the target counts, over its window up to the day; `whole` the population of a share. `baseline`
    is the figure a change starts from, over the whole of its period, `baseline_so_far` over as much of it as has
    passed of the window (of a share both are shares of 100); `baseline_open` says why it is not known. `opening` is
    a stock at the start of the window. `turns` are the periods that a frequency asks for, with what was done in each
    (None: nothing reported).
    """

    counted: Figure | None = None
    whole: Figure | None = None
    baseline: Fraction | None = None
    baseline_so_far: Fraction | None = None
    baseline_open: str = ""
    opening: Fraction | None = None
    turns: Sequence[tuple[Span, Fraction | None]] = ()
    told: Told | None = None


@attrs.frozen
class Judgement:
    """A verdict and why. `measured`, `goal`, `expected` are in the target's unit; shares are of 100.

    `distance` is how much is still to be done (never negative). `expected` is what should be reached at `reach`, the
    last day that the figures speak of. `small` marks a share of fewer than ten.
    """

    verdict: Verdict
    _sentence: str | Callable[[], str] = attrs.field(alias="sentence", eq=False, repr=False)
    measured: Fraction | None = None
    goal: Fraction | None = None
    distance: Fraction | None = None
    expected: Fraction | None = None
    reach: date | None = None
    lacking: tuple[Span, ...] = ()
    small: bool = False

    @property
    def sentence(self) -> str:
        """Why, in one Vietnamese sentence. It is put into words when it is asked for: most judgements are counted."""
        return self._sentence if isinstance(self._sentence, str) else self._sentence()

    def saying(self, more: str) -> Judgement:
        """The same with one sentence more."""
        return attrs.evolve(self, sentence=lambda: f"{self.sentence} {more}")


def undetermined(why: str) -> Judgement:
    """Nothing can be said, and why."""
    return Judgement(Verdict.UNDETERMINED, say.verdict("undetermined", why))


def evaluate(spec: TargetSpec, given: Given, *, window: Span, on: date) -> Judgement:
    """The verdict on a target as of the end of a day. `window` is when it has to be reached."""
    if on < window.start:
        return Judgement(Verdict.NOT_DUE, say.not_begun(window.start))
    return _JUDGES[spec.shape](_Case(spec, given, window, on))


def expected_at(spec: TargetSpec, given: Given, window: Span, day: date) -> Fraction | None:
    """What should be reached at the end of a day on the way to the goal; None where there is no way.

    `baseline_so_far` is then that of the day. Of a bound it is the bound, of a frequency the periods that have ended.
    """
    aim, counted = _aim(spec), given.counted
    if day < window.start:
        return None
    if spec.shape is Shape.FREQUENCY:
        return Fraction(sum(span.end <= day + DAY for span, _count in given.turns)) if given.turns else None
    if spec.shape is Shape.ZERO:
        return Fraction(0)
    if spec.shape in (Shape.CHANGE, Shape.MONOTONE):
        return _expected_change(spec, given, window, day)
    if aim is None or counted is None or spec.shape is Shape.CEILING:
        return aim.goal if aim else None
    steady = given.whole is not None and given.whole.cumulates
    cumulates = counted.cumulates and not steady
    figure = attrs.evolve(counted, cumulates=cumulates, reach=day)
    return aim.goal if steady else _on_the_way(_Case(spec, given, window, day), aim, figure, given.opening)


def _expected_change(spec: TargetSpec, given: Given, window: Span, day: date) -> Fraction | None:
    base, counted = given.baseline, given.counted
    if base is None or counted is None or spec.direction is None:
        return None
    part = Fraction(1)
    if counted.cumulates and given.whole is None and day < window.end:
        part = _Case(spec, given, window, day).passed(day)
        base = base * part if given.baseline_so_far is None else given.baseline_so_far
    if spec.value is None:
        return base
    sign = 1 if _is_bound(spec) or spec.direction is Direction.INCREASE else -1
    percent = spec.unit_word == "percent" and given.whole is None
    return base + sign * (Fraction(spec.value) / 100 * base if percent else Fraction(spec.value) * part)


@attrs.frozen
class _Case:
    """One target on one day."""

    spec: TargetSpec
    given: Given
    window: Span
    on: date

    @property
    def over(self) -> bool:
        """Whether the window has ended: on its last day it has not."""
        return self.on >= self.window.end

    def undetermined(self, why: str | Words, found: Judgement | None = None) -> Judgement:
        return _as(found or Judgement(Verdict.UNDETERMINED, ""), Verdict.UNDETERMINED, why)

    def incomplete(self, gaps: tuple[Span, ...], found: Judgement | None = None) -> Judgement:
        return attrs.evolve(self.undetermined(lambda: say.lacking(gaps), found), lacking=gaps)

    def open_by(self, figure: Figure, found: Judgement | None = None) -> Judgement | None:
        """The verdict that what is missing leaves open, if anything is: units that told nothing, or periods."""
        if figure.silent:
            return self.undetermined(lambda: say.silent(figure.silent, figure.asked), found)
        gaps = _gaps(self, figure)
        return self.incomplete(gaps, found) if gaps else None

    def of_nobody(self, part: Fraction) -> Judgement:
        """A share of nobody does not apply, unless somebody is counted in it."""
        if part:
            return self.undetermined(say.of_nobody(part))
        return Judgement(Verdict.NOT_APPLICABLE, say.verdict("not_applicable", say.NOBODY))

    def by_now(self, good: bool) -> Verdict:
        """The verdict on what is good or not: while time goes on, and at its end."""
        if self.over:
            return Verdict.MET if good else Verdict.MISSED
        return Verdict.ON_TRACK if good else Verdict.BEHIND

    def passed(self, reach: date | None) -> Fraction:
        """How much of the window has passed at the reach of the figures, in days."""
        last = min(reach or self.on, self.window.last)
        return Fraction((last - self.window.start + DAY).days, self.window.days)


def _as(found: Judgement, verdict: Verdict, words: str | Words) -> Judgement:
    def sentence() -> str:
        return say.verdict(verdict.value, words if isinstance(words, str) else words())

    return Judgement(
        verdict, sentence, found.measured, found.goal, found.distance, found.expected, found.reach, found.lacking,
        found.small,
    )  # fmt: skip


def _found(measured: Fraction, goal: Fraction, distance: Fraction, figure: Figure) -> Judgement:
    """What is known before the verdict."""
    return Judgement(Verdict.UNDETERMINED, "", measured, goal, distance, reach=figure.reach, lacking=figure.lacking)


@attrs.frozen
class _Aim:
    """Where a number has to be: `good` says whether a number is there, `goal` is the number to compare with."""

    goal: Fraction
    good: Callable[[Fraction], bool]
    least: bool  # whether more is better

    def distance(self, measured: Fraction) -> Fraction:
        """How much is still missing (or too much); nothing where it is good."""
        return Fraction(0) if self.good(measured) else abs(self.goal - measured)


def _aim(spec: TargetSpec) -> _Aim | None:
    """A bare number of a plan is the least that is asked, or the most where the target says that it must fall."""
    if spec.value is None:
        return None
    value = Fraction(spec.value)
    if spec.comparator is Comparator.GT:
        return _Aim(value, lambda number: number > value, True)
    if spec.comparator is Comparator.LT:
        return _Aim(value, lambda number: number < value, False)
    if spec.comparator is Comparator.LTE:
        return _Aim(value, lambda number: number <= value, False)
    falls = spec.direction in (Direction.DECREASE, Direction.HOLD) and spec.shape is not Shape.CHANGE
    if falls:
        top = Fraction(spec.value_max) if spec.value_max is not None else value
        return _Aim(top, lambda number: number <= top, False)
    if spec.comparator is Comparator.APPROX:
        return _Aim(value, lambda number: number >= value * ABOUT, True)
    return _Aim(value, lambda number: number >= value, True)


def _level(case: _Case) -> Judgement:
    """A number of things: a flow adds up towards the number, a stock has to stand there at the end."""
    aim, counted = _aim(case.spec), case.given.counted
    if aim is None:
        return case.undetermined(say.no_value(case.spec))
    unknown = _nothing_known(case, counted)
    if unknown or counted is None or counted.value is None:
        return unknown or case.undetermined(say.NO_FIGURE)
    return _compared(case, aim, counted.value, counted, case.given.opening, ())


def _share(case: _Case) -> Judgement:
    """A share of a population, recomputed from its parts; a share of nobody does not apply."""
    aim, counted, whole = _aim(case.spec), case.given.counted, case.given.whole
    if aim is None:
        return case.undetermined(say.no_value(case.spec))
    unknown = _nothing_known(case, counted) or _nothing_known(case, whole, say.NO_WHOLE)
    if unknown or counted is None or whole is None or counted.value is None or whole.value is None:
        return unknown or case.undetermined(say.NO_FIGURE)
    if whole.value == 0:
        if whole.lacking and not case.over:
            return case.incomplete(whole.lacking)
        return case.of_nobody(counted.value)
    if counted.value > whole.value:
        return case.undetermined(say.more_than_whole(counted.value, whole.value))
    share = counted.value / whole.value
    measured = share * 100 if case.spec.unit_word == "percent" else counted.value
    # A share of two flows (solved of detected cases) has to be right at any time; a share of a stock grows towards it.
    steady = whole.cumulates
    figure = _with_whole(counted, whole, cumulates=counted.cumulates and not steady)
    judged = _compared(case, aim, measured, figure, case.given.opening, (counted.value, whole.value), steady=steady)
    if whole.value >= SMALL:
        return judged
    few = whole.value
    return attrs.evolve(judged, small=True, sentence=lambda: judged.sentence + say.small(few, SMALL))


def _with_whole(counted: Figure, whole: Figure, *, cumulates: bool) -> Figure:
    """The figure of a share lacks what either of its two numbers lacks."""
    most = max(counted, whole, key=lambda each: each.silent)
    lacking = tuple(sorted({*counted.lacking, *whole.lacking})) if counted.lacking or whole.lacking else ()
    return Figure(
        counted.value, cumulates, counted.reach, lacking, applies=counted.applies, silent=most.silent, asked=most.asked
    )


def _ceiling(case: _Case) -> Judgement:
    """A number not to be passed: once a flow has passed it, it is missed; a stock may still fall."""
    aim, counted = _aim(case.spec), case.given.counted
    if aim is None:
        return case.undetermined(say.no_value(case.spec))
    unknown = _nothing_known(case, counted)
    if unknown or counted is None or counted.value is None:
        return unknown or case.undetermined(say.NO_FIGURE)
    return _held(case, aim, counted.value, counted)


def _zero(case: _Case) -> Judgement:
    """It must not happen. Nothing reported is not nothing happened."""
    counted = case.given.counted
    unknown = _nothing_known(case, counted)
    if unknown or counted is None or counted.value is None:
        return unknown or case.undetermined(say.NO_FIGURE)
    return _held(case, _Aim(Fraction(0), lambda number: number <= 0, False), counted.value, counted)


def _held(case: _Case, aim: _Aim, measured: Fraction, figure: Figure) -> Judgement:
    """A bound from above, while time goes on and at its end."""
    found = _found(measured, aim.goal, aim.distance(measured), figure)
    good = aim.good(measured)
    if not good and figure.cumulates:
        return _as(found, Verdict.MISSED, lambda: say.passed(case.spec, measured, aim.goal))
    unknown = case.open_by(figure, found)
    if unknown:
        return unknown

    def words() -> str:
        if good:
            return say.kept(case.spec, measured, None if case.over else figure.reach)
        return say.passed(case.spec, measured, aim.goal)

    return _as(found, case.by_now(good), words)


def _change(case: _Case) -> Judgement:
    """A number against a baseline, by so much; without the baseline there is no verdict."""
    spec = case.spec
    if spec.value is None:
        return _monotone(case)
    moved = _moved(case)
    if isinstance(moved, Judgement):
        return moved
    bound = _is_bound(spec)
    sign = 1 if bound or spec.direction is Direction.INCREASE else -1
    percent = spec.unit_word == "percent" and case.given.whole is None
    if percent and case.given.baseline == 0:
        return case.undetermined(say.BASELINE_ZERO)
    value = Fraction(spec.value)
    step = value / 100 * moved.base if percent else value * moved.part
    goal = moved.base + sign * step
    gone = (goal - moved.measured) if bound else (moved.measured - goal) * sign
    good = gone > 0 if spec.comparator in (Comparator.GT, Comparator.LT) else gone >= 0
    change = moved.measured - moved.base
    if percent and moved.base:
        change = change / moved.base * 100
    return _settled(case, moved, goal, good, lambda: say.changed(spec, moved.measured, moved.base, change))


def _is_bound(spec: TargetSpec) -> bool:
    """Whether a change is one not to be passed: "tăng dưới 1%", "kiềm chế mức tăng 2%"."""
    least = spec.comparator not in (Comparator.LT, Comparator.LTE)
    return spec.direction is Direction.HOLD or (spec.direction is Direction.INCREASE and not least)


def _monotone(case: _Case) -> Judgement:
    """Each time better than before, by any amount; to hold is not to grow."""
    moved = _moved(case)
    if isinstance(moved, Judgement):
        return moved
    good = {
        Direction.INCREASE: moved.measured > moved.base,
        Direction.DECREASE: moved.measured < moved.base,
        Direction.HOLD: moved.measured <= moved.base,
    }[case.spec.direction or Direction.HOLD]
    return _settled(case, moved, moved.base, good, lambda: say.changed(case.spec, moved.measured, moved.base, None))


@attrs.frozen
class _Moved:
    """A figure and what to hold against it: the whole baseline, or while time goes on `part` of it."""

    measured: Fraction
    base: Fraction
    part: Fraction
    figure: Figure


def _moved(case: _Case) -> _Moved | Judgement:
    spec, given, counted = case.spec, case.given, case.given.counted
    if spec.direction is None:
        return case.undetermined(say.NO_DIRECTION)
    if given.baseline is None:
        return case.undetermined(given.baseline_open or say.no_baseline(spec))
    unknown = _nothing_known(case, counted)
    if unknown or counted is None or counted.value is None:
        return unknown or case.undetermined(say.NO_FIGURE)
    measured, figure = counted.value, counted
    if given.whole is not None:  # a share: it is held against the baseline's share at any time, in points
        unknown = _nothing_known(case, given.whole, say.NO_WHOLE)
        if unknown or given.whole.value is None:
            return unknown or case.undetermined(say.NO_WHOLE)
        if given.whole.value == 0:
            return case.of_nobody(measured)
        measured = measured / given.whole.value * 100
        figure = _with_whole(counted, given.whole, cumulates=False)
    if case.over or not figure.cumulates:
        return _Moved(measured, given.baseline, Fraction(1), figure)
    part = case.passed(figure.reach)
    so_far = given.baseline_so_far
    return _Moved(measured, given.baseline * part if so_far is None else so_far, part, figure)


def _settled(case: _Case, moved: _Moved, goal: Fraction, good: bool, words: Words) -> Judgement:
    """The verdict on a change. What is still missing can only add to a flow: a rise is sure already, a fall is not."""
    figure = moved.figure
    found = _found(moved.measured, goal, Fraction(0) if good else abs(goal - moved.measured), figure)
    sure = figure.cumulates and good == (case.spec.direction is Direction.INCREASE and not _is_bound(case.spec))
    unknown = None if sure else case.open_by(figure, found)
    if unknown:
        return unknown
    return _as(found, case.by_now(good), lambda: words() + (say.same_stretch(figure.reach) if moved.part != 1 else ""))


def _frequency(case: _Case) -> Judgement:
    """So often in each period. Doing more in one does not make up for another."""
    spec, turns = case.spec, case.given.turns
    if spec.frequency is None or spec.frequency.n is None:
        return _qualitative(case)
    if not turns:
        return case.undetermined(say.NO_TURNS)
    ended = [turn for turn in turns if turn[0].end <= case.on or case.over]
    if not ended:
        return Judgement(Verdict.NOT_DUE, say.first_turn(turns[0][0].last))
    least = Fraction(spec.frequency.n)
    done = sum(count is not None and count >= least for _span, count in ended)
    short = [span for span, count in ended if count is not None and count < least]
    unknown = tuple(span for span, count in ended if count is None)
    found = Judgement(
        Verdict.UNDETERMINED,
        "",
        Fraction(done),
        Fraction(len(turns)),
        Fraction(len(turns) - done),
        lacking=unknown,
    )
    if unknown and not short:
        return case.incomplete(unknown, found)
    return _as(found, case.by_now(not short), lambda: say.turns(spec, done, len(ended), len(turns), short))


def _milestone(case: _Case) -> Judgement:
    """A status reached by a day; late stays late."""
    told = case.given.told
    if told is None:
        if case.over:
            return case.undetermined(say.NOBODY_SAID)
        return Judgement(Verdict.NOT_DUE, say.due_by(case.window.last))
    if told.reached and told.on is not None and told.on > case.on:
        told = Told(False)  # what happened later was not so on this day
    if told.reached:
        if told.on is not None and told.on >= case.window.end:
            return Judgement(Verdict.MISSED, say.reached_late(told.on, case.window.last))
        return Judgement(Verdict.MET, say.reached(told.on))
    if case.over:
        return Judgement(Verdict.MISSED, say.not_reached(case.window.last))
    return Judgement(Verdict.NOT_DUE, say.due_by(case.window.last))


def _qualitative(case: _Case) -> Judgement:
    """A person judges."""
    told = case.given.told
    if told is None or told.on is not None and told.on > case.on:
        if case.over:
            return case.undetermined(say.NOBODY_JUDGED)
        return Judgement(Verdict.NOT_DUE, say.judged_by(case.window.last))
    verdict = case.by_now(told.reached)
    return Judgement(verdict, say.verdict(verdict.value, say.by_person(told.on)))


def _compared(
    case: _Case,
    aim: _Aim,
    measured: Fraction,
    figure: Figure,
    opening: Fraction | None,
    parts: tuple[Fraction, ...],
    *,
    steady: bool = False,
) -> Judgement:
    """A number that has to get somewhere by the end, against the way there."""
    good = aim.good(measured)
    expected = aim.goal if steady else _on_the_way(case, aim, figure, opening)
    distance = aim.distance(measured)
    found = Judgement(
        Verdict.UNDETERMINED, "", measured, aim.goal, distance, expected, figure.reach, figure.lacking
    )  # fmt: skip

    def compared() -> str:
        return say.compared(case.spec, measured, aim.goal, parts)

    if good and aim.least and figure.cumulates and not steady:
        # A flow that has reached its number keeps it, whatever is still missing; all else may fall again.
        return _as(found, Verdict.MET, lambda: compared() + say.beyond(case.spec, measured))
    fine = good or (not case.over and (measured >= expected if aim.least else measured <= expected))
    unknown = case.open_by(figure, found) if case.over or not fine else None
    if unknown:
        return unknown

    def words() -> str:
        told = compared()
        if not case.over and not steady:
            told += say.so_far(case.spec, case.passed(figure.reach), expected)
        if not fine:
            return told + say.short_of(case.spec, distance, least=aim.least)
        return told + say.beyond(case.spec, measured) if case.over else told

    return _as(found, case.by_now(fine), words)


def _on_the_way(case: _Case, aim: _Aim, figure: Figure, opening: Fraction | None) -> Fraction:
    """What should be reached at the reach of the figures.

    A flow by last year's course where it is known, else in proportion to the days; a stock on the line from where it
    stood at the start.
    """
    passed = case.passed(figure.reach)
    if figure.cumulates:
        last_year, then = case.given.baseline, case.given.baseline_so_far
        return aim.goal * (then / last_year if last_year and then is not None else passed)
    if opening is None:
        return aim.goal * passed if aim.least else aim.goal
    return opening + (aim.goal - opening) * passed


def _nothing_known(case: _Case, figure: Figure | None, why: str = "") -> Judgement | None:
    """The verdict where there is no figure at all."""
    if figure is None:
        return case.undetermined(why or say.NO_FIGURE)
    if not figure.applies:
        return Judgement(Verdict.NOT_APPLICABLE, say.verdict("not_applicable", say.NOT_APPLICABLE))
    if figure.value is None:
        return case.incomplete(figure.lacking) if figure.lacking else case.undetermined(why or say.NO_FIGURE)
    return None


def _gaps(case: _Case, figure: Figure) -> tuple[Span, ...]:
    """What is missing: at the end everything, while time goes on only what lies before the last report."""
    reach = figure.reach
    if case.over or reach is None:
        return figure.lacking
    return tuple(gap for gap in figure.lacking if gap.start <= reach)


_JUDGES: dict[Shape, Callable[[_Case], Judgement]] = {
    Shape.LEVEL: _level,
    Shape.ALLOCATION: _level,
    Shape.SHARE: _share,
    Shape.CEILING: _ceiling,
    Shape.ZERO: _zero,
    Shape.CHANGE: _change,
    Shape.MONOTONE: _monotone,
    Shape.FREQUENCY: _frequency,
    Shape.MILESTONE: _milestone,
    Shape.QUALITATIVE: _qualitative,
}
