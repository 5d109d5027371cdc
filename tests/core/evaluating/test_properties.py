"""What holds of every verdict: more is never worse, order does not matter, nothing missing is ever met."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.evaluating import Given, Judgement, Verdict, evaluate, together
from pcmt.core.measures import (
    Comparator,
    Direction,
    Element,
    Fact,
    Figure,
    Nature,
    OverTime,
    Shape,
    TargetSpec,
    figure,
)
from pcmt.core.periods import Span, add_months

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))
MONTHS = [Span(add_months(YEAR.start, at), add_months(YEAR.start, at + 1)) for at in range(12)]
ORDER = [Verdict.MISSED, Verdict.BEHIND, Verdict.UNDETERMINED, Verdict.ON_TRACK, Verdict.MET]
VIEWS = st.dates(YEAR.start, YEAR.end + timedelta(days=40))
NUMBERS = st.integers(0, 400)
FLOW = Element("cases", "số vụ", "vụ")
STOCK = Element("people", "số người", "người", Nature.STOCK, OverTime.LAST)
MORE = st.lists(st.integers(0, 30), min_size=12, max_size=12)
UPWARDS = st.sampled_from([Comparator.EQ, Comparator.GTE, Comparator.GT, Comparator.APPROX])
DOWNWARDS = st.sampled_from([Comparator.LTE, Comparator.LT])


def told(element: Element, values: list[int | None], on: date) -> Figure:
    facts = [
        Fact(month, None if value is None else Decimal(value)) for month, value in zip(MONTHS, values, strict=False)
    ]
    return figure(element, facts, YEAR, on)


def rank(judgement: Judgement) -> int:
    return ORDER.index(judgement.verdict)


def monthly(blanks: bool = True) -> st.SearchStrategy[list[int | None]]:
    value = st.one_of(st.none(), st.integers(0, 60)) if blanks else st.integers(0, 60)
    return st.lists(value, max_size=12)


@given(UPWARDS, NUMBERS, monthly(), MORE, VIEWS)
def test_more_is_never_worse_where_more_is_asked(
    comparator: Comparator, value: int, values: list[int | None], more: list[int], on: date
) -> None:
    richer = [None if each is None else each + more[at] for at, each in enumerate(values)]
    spec = TargetSpec(Shape.LEVEL, comparator, Decimal(value), unit_word="vụ")
    before = evaluate(spec, Given(told(FLOW, values, on)), window=YEAR, on=on)
    after = evaluate(spec, Given(told(FLOW, richer, on)), window=YEAR, on=on)
    assert rank(after) >= rank(before)


@given(DOWNWARDS, NUMBERS, monthly(), MORE, VIEWS)
def test_more_is_never_better_under_a_ceiling(
    comparator: Comparator, value: int, values: list[int | None], more: list[int], on: date
) -> None:
    richer = [None if each is None else each + more[at] for at, each in enumerate(values)]
    spec = TargetSpec(Shape.CEILING, comparator, Decimal(value), unit_word="vụ")
    before = evaluate(spec, Given(told(FLOW, values, on)), window=YEAR, on=on)
    after = evaluate(spec, Given(told(FLOW, richer, on)), window=YEAR, on=on)
    assert rank(after) <= rank(before)


@given(st.integers(1, 400), st.sampled_from([-1, 0, 1]))
def test_the_bound_itself_divides_at_least_from_more_than(value: int, step: int) -> None:
    counted = Figure(Fraction(value + step))
    met = {
        comparator: evaluate(
            TargetSpec(shape, comparator, Decimal(value)), Given(counted), window=YEAR, on=YEAR.end
        ).verdict
        is Verdict.MET
        for comparator, shape in (
            (Comparator.GTE, Shape.LEVEL),
            (Comparator.GT, Shape.LEVEL),
            (Comparator.LTE, Shape.CEILING),
            (Comparator.LT, Shape.CEILING),
        )
    }
    assert met == {
        Comparator.GTE: step >= 0,
        Comparator.GT: step > 0,
        Comparator.LTE: step <= 0,
        Comparator.LT: step < 0,
    }


@given(st.sampled_from([FLOW, STOCK]), monthly(), st.randoms(use_true_random=False), VIEWS)
def test_the_order_of_facts_does_not_matter(
    element: Element, values: list[int | None], random: object, on: date
) -> None:
    facts = [Fact(month, None if v is None else Decimal(v)) for month, v in zip(MONTHS, values, strict=False)]
    mixed = list(facts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert figure(element, mixed, YEAR, on) == figure(element, facts, YEAR, on)


@given(UPWARDS, st.integers(1, 300), monthly(), st.integers(2, 1000), VIEWS)
def test_counting_in_another_unit_changes_nothing(
    comparator: Comparator, value: int, values: list[int | None], factor: int, on: date
) -> None:
    spec = TargetSpec(Shape.LEVEL, comparator, Decimal(value))
    larger = evolve(spec, value=Decimal(value * factor))
    scaled = [None if each is None else each * factor for each in values]
    one = evaluate(spec, Given(told(FLOW, values, on)), window=YEAR, on=on)
    other = evaluate(larger, Given(told(FLOW, scaled, on)), window=YEAR, on=on)
    assert one.verdict is other.verdict


@given(monthly(), monthly(), UPWARDS, NUMBERS, VIEWS)
def test_a_merged_unit_is_judged_by_the_sum_of_its_parts(
    one: list[int | None], other: list[int | None], comparator: Comparator, value: int, on: date
) -> None:
    """Where both told the same months the sum is told for them; the verdict is that of anyone with these numbers."""
    size = min(len(one), len(other))
    both = [None if a is None or b is None else a + b for a, b in zip(one[:size], other[:size], strict=True)]
    split = told(FLOW, [a if b is not None else None for a, b in zip(one, other, strict=False)], on)
    rest = told(FLOW, [b if a is not None else None for a, b in zip(one, other, strict=False)], on)
    merged = told(FLOW, both, on)
    assert merged.lacking == split.lacking == rest.lacking
    if merged.value is not None and split.value is not None and rest.value is not None:
        assert merged.value == split.value + rest.value
    spec = TargetSpec(Shape.LEVEL, comparator, Decimal(value))
    summed = evolve(merged, value=None if split.value is None or rest.value is None else split.value + rest.value)
    assert (
        evaluate(spec, Given(merged), window=YEAR, on=on).verdict
        is evaluate(spec, Given(summed), window=YEAR, on=on).verdict
    )


@given(st.sampled_from(list(Shape)), st.one_of(st.none(), st.integers(0, 100)), VIEWS)
def test_nothing_known_is_never_met(shape: Shape, value: int | None, on: date) -> None:
    comparator = Comparator.LTE if shape is Shape.CEILING else Comparator.GTE
    spec = TargetSpec(
        shape,
        comparator if value is not None else Comparator.NONE,
        None if value is None else Decimal(value),
        direction=Direction.DECREASE,
    )
    for known in (Given(), Given(told(FLOW, [None] * 12, on)), Given(told(STOCK, [], on))):
        verdict = evaluate(spec, known, window=YEAR, on=on).verdict
        assert verdict in (Verdict.UNDETERMINED, Verdict.NOT_DUE)


@given(
    st.sampled_from([Direction.INCREASE, Direction.DECREASE]),
    st.integers(0, 50),
    monthly(blanks=False),
    VIEWS,
)
def test_without_a_baseline_no_change_is_judged(direction: Direction, value: int, values: list[int], on: date) -> None:
    spec = TargetSpec(Shape.CHANGE, Comparator.GTE, Decimal(value), unit_word="percent", direction=direction)
    assert evaluate(spec, Given(told(FLOW, [*values], on)), window=YEAR, on=on).verdict is Verdict.UNDETERMINED


@given(st.lists(st.sampled_from(list(Verdict)), max_size=30))
def test_all_together_are_met_only_when_each_is(verdicts: list[Verdict]) -> None:
    units = {f"u{at:02}": Judgement(verdict, "") for at, verdict in enumerate(verdicts)}
    whole = together(units, "xã")
    applying = [each for each in verdicts if each is not Verdict.NOT_APPLICABLE]
    assert (whole.verdict is Verdict.MET) == (bool(applying) and set(applying) == {Verdict.MET})
    assert sum(whole.counts.values()) == len(verdicts)
    assert len(whole.open) == sum(each is not Verdict.MET for each in applying)
    if Verdict.MISSED in verdicts:
        assert whole.verdict is Verdict.MISSED


@given(st.lists(st.tuples(st.dates(YEAR.start, YEAR.last), st.integers(1, 40), st.integers(0, 9)), max_size=12))
def test_no_day_is_counted_twice(reports: list[tuple[date, int, int]]) -> None:
    facts = [Fact(Span(start, start + timedelta(days=days)), Decimal(value)) for start, days, value in reports]
    found = figure(FLOW, facts, YEAR, YEAR.end)
    for fact, following in zip(found.used, found.used[1:], strict=False):
        assert fact.span.end <= following.span.start
    covered = sum(fact.span.days for fact in found.used) + sum(gap.days for gap in found.lacking)
    assert covered == YEAR.days
