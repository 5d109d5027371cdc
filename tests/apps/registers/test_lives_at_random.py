"""Random lives, counted by the program and once more by looking at every day: the slow way has no intervals."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.registers.queries.counting import FOREVER, Held, Life, Status, counted, settled
from pcmt.core.law import Category
from pcmt.core.measures.pieces import pieces
from pcmt.core.periods import ADMINISTRATIVE, DAY, STATISTICAL, Kind, Span

FIRST, LAST = date(2024, 1, 20), date(2024, 4, 18)  # with a 29 February
HERE, THERE, HEIR = 1, 2, 3
CATEGORIES = (Category.ADDICT, Category.ILLEGAL_USER, Category.POST_REHAB)
OFFSET = st.integers(0, (LAST - FIRST).days)


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


@st.composite
def lives(draw: Any) -> Life:
    """Somebody who stays in up to four places one after the other, with statuses that do not overlap by category."""
    marks = sorted(draw(st.lists(OFFSET, min_size=1, max_size=4, unique=True)))
    held = []
    for at, mark in enumerate(marks):
        end = day(marks[at + 1]) if at + 1 < len(marks) else draw(st.sampled_from([FOREVER, LAST]))
        why = "opened" if at == 0 else draw(st.sampled_from(["moved", "reorganised"]))
        if day(mark) < end:
            held.append(Held(draw(st.sampled_from([HERE, THERE, HEIR])), day(mark), end, why))
    statuses = []
    for category in draw(st.lists(st.sampled_from(CATEGORIES), max_size=3, unique=True)):
        cuts = sorted(draw(st.lists(OFFSET, min_size=1, max_size=4, unique=True)))
        for begins, ends in zip(cuts[::2], [*cuts[1::2], None][: len(cuts[::2])], strict=True):
            ground = "" if ends is None else draw(st.sampled_from(["user.term_over", "addict.died", "user.moved"]))
            statuses.append(
                Status(category, "", day(begins), FOREVER if ends is None else day(ends), "x.start", ground)
            )
    tests = [(day(at), draw(st.sampled_from(["negative", "positive", "refused"])), ("meth",))
             for at in draw(st.lists(OFFSET, max_size=4))]  # fmt: skip
    return Life(
        "HS", draw(st.sampled_from(["male", "female"])), draw(st.integers(1970, 2013)), settled(held),
        tuple(statuses), tuple(held), tests=tuple(sorted(tests)),
    )  # fmt: skip


def at(life: Life, on: date) -> int:
    """Who holds the file on a day; 0 for nobody."""
    return next((each.unit_id for each in life.held if each.start <= on < each.end), 0)


def has(life: Life, category: str, on: date) -> bool:
    return any(each.start <= on < each.end for each in life.statuses if category in ("", each.category))


def slowly(everybody: list[Life], span: Span) -> Counter[str]:
    """Of a period, by looking at each day and the day before it."""
    found: Counter[str] = Counter()
    for life in everybody:
        here = at(life, span.last) == HERE
        found["managed"] += here and has(life, "", span.last)
        found["addicts_with_file"] += here and has(life, Category.ADDICT, span.last)
        young = span.last.year - life.birth_year in range(12, 18)
        found["managed|age=12_17"] += here and has(life, "", span.last) and young
        on = span.start
        while on < span.end:
            before = on - DAY
            for category, name in (("", "managed"), (Category.POST_REHAB, "post")):
                was = at(life, before) == HERE and has(life, category, before)
                now = at(life, on) == HERE and has(life, category, on)
                found[f"{name}_in"] += now and not was
                found[f"{name}_out"] += was and not now
            first = min((each.start for each in life.held), default=None)
            place = at(life, on) or (life.held[0].unit_id if first and on < first else 0)
            done = [result for day_, result, _found in life.tests if day_ == on and place == HERE]
            found["tests_taken"] += len([result for result in done if result != "refused"])
            found["tests_positive"] += done.count("positive")
            on += DAY
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lives(), max_size=4), st.sets(OFFSET.map(day), max_size=2))
def test_figures_are_those_of_looking_at_every_day(everybody: list[Life], cuts: set[date]) -> None:
    spans = pieces(FIRST, LAST, cuts)
    found = counted(everybody, HERE, spans)
    for span in spans:
        slow = slowly(everybody, span)
        for name in ("managed", "addicts_with_file", "tests_taken", "tests_positive"):
            assert found[name, "", span] == slow[name], name
        assert found.get(("managed", "age=12_17", span), 0) == slow["managed|age=12_17"]
        # Whoever comes has opened, moved in or been brought by a reorganisation; the moves told never exceed that.
        told_in = found["managed_opened", "", span] + found["managed_moved_in", "", span]
        told_out = found["managed_closed", "", span] + found["managed_moved_out", "", span]
        assert told_in <= slow["managed_in"] + joints(everybody, span)
        assert told_out <= slow["managed_out"] + joints(everybody, span)


def joints(everybody: list[Life], span: Span) -> int:
    """Days on which somebody goes and comes at once: seen day by day nothing happens."""
    days = [each.start for life in everybody for each in life.held] + [
        each.end for life in everybody for each in life.held
    ]
    return sum(span.start <= on < span.end for on in days)


@settings(max_examples=40, deadline=None)
@given(st.lists(lives(), max_size=4))
def test_stock_and_flow_and_both_calendars_agree(everybody: list[Life]) -> None:
    spans = pieces(FIRST, LAST)
    still = [
        life for life in everybody if all(each.why != "reorganised" for each in life.held)
    ]  # a reorganisation moves nobody
    found = counted(still, HERE, spans)
    stock = 0
    for span in spans:
        came = found["managed_opened", "", span] + found["managed_moved_in", "", span]
        went = found["managed_closed", "", span] + found["managed_moved_out", "", span]
        assert stock + came - went == found["managed", "", span]
        stock = found["managed", "", span]
    for calendar, number in ((STATISTICAL, 2), (STATISTICAL, 3), (ADMINISTRATIVE, 3), (ADMINISTRATIVE, 4)):
        month = calendar.named(Kind.MONTH, 2024, number)
        inside = [span for span in spans if month.start <= span.start and span.end <= month.end]
        assert (inside[0].start, inside[-1].end) == (month.start, month.end)
        whole = counted(still, HERE, [month])
        for name in ("managed_opened", "managed_closed", "tests_taken", "users_file_opened"):
            assert sum(found[name, "", span] for span in inside) == whole[name, "", month], name
        assert found["managed", "", inside[-1]] == whole["managed", "", month]
