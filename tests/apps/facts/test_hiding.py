"""Small numbers of people of one commune: who is told them, and that nobody else works them out."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import Fact, Recording
from pcmt.apps.facts.operations import record_facts
from pcmt.apps.facts.queries import figures, guarded, rows_told
from pcmt.core.measures.hiding import THRESHOLD
from pcmt.core.periods import Span
from tests.factories.facts import entry, month
from tests.factories.small import FLOW, LATER, MONTHS, ON, OTHER, STOCK, Small, small_province


@pytest.fixture
def there(db: None) -> Small:
    return small_province()


def test_the_line_and_the_own_commune_are_told_everything(there: Small) -> None:
    asks = [Ask(there.communes[0].pk, FLOW, span) for span in MONTHS]
    keeper = there.land.actor("c0", "register_keeper")
    officer = there.land.actor("c0", "commune_officer")
    for actor in (keeper, officer):
        assert not any(answer.hidden for answer in there.told(actor, *asks))
    other = there.land.actor("c1", "commune_officer")
    assert any(answer.hidden for answer in there.told(other, *asks))


def test_nobody_else_is_told_a_small_number(there: Small) -> None:
    asks = [Ask(unit.pk, code, span) for unit in there.communes for span in MONTHS for code in (FLOW, STOCK)]
    exact = figures(asks, on=ON)
    for role in ("leader", "auditor", "reviewer", "officer"):
        for ask, answer in zip(asks, there.told(there.land.actor("small", role), *asks), strict=True):
            value = exact[ask].figure.value
            assert value is not None
            if 0 < value < THRESHOLD:
                assert answer.hidden
                assert answer.figure.value is None
            assert answer.figure.value in (value, None)


def test_whole_provinces_and_what_names_nobody_are_told(there: Small) -> None:
    leader = there.land.actor("small", "leader")
    asks = [Ask(there.land["small"].pk, FLOW, MONTHS[0])] + [Ask(unit.pk, OTHER, MONTHS[0]) for unit in there.communes]
    assert not any(answer.hidden for answer in there.told(leader, *asks))


def test_who_asks_and_what_beside_does_not_matter(there: Small) -> None:
    asks = [Ask(unit.pk, FLOW, span) for unit in there.communes for span in MONTHS]
    leader, auditor = there.land.actor("small", "leader"), there.land.actor("small", "auditor")
    together = [answer.hidden for answer in there.told(leader, *asks)]
    assert [there.told(auditor, ask)[0].hidden for ask in asks] == together
    assert 0 < sum(together) < len(together)


def test_no_difference_of_two_screens_tells_one(there: Small) -> None:
    """Months, the year so far as of each month, and the province's: no sum or difference of two leaves one cell."""
    leader = there.land.actor("small", "leader")
    units = [*there.communes, there.land["small"]]
    year = Span(date(2025, 12, 15), date(2026, 12, 15))
    told: dict[tuple[int, int, int], int | None] = {}
    truth: dict[tuple[int, int, int], int] = {}
    for at, span in enumerate(MONTHS):
        asks = {(unit.pk, at, at): Ask(unit.pk, FLOW, span) for unit in units}
        so_far = {(unit.pk, 0, at): Ask(unit.pk, FLOW, year) for unit in units}
        for cells in (asks, so_far):
            exact = figures(cells.values(), on=span.last)
            for key, answer in zip(cells, there.told(leader, *cells.values(), on=span.last), strict=True):
                value = answer.figure.value
                told[key] = None if value is None else int(value)
                truth[key] = int(exact[cells[key]].figure.value or 0)
    small = {key for key, value in truth.items() if 0 < value < THRESHOLD and key[0] != there.land["small"].pk}
    assert small
    assert all(told[key] is None for key in small)
    for key in small:
        unit, first, last = key
        if first == last and last:
            longer, shorter = told[unit, 0, last], told[unit, 0, last - 1]
            assert longer is None or shorter is None
        column = [told[each.pk, first, last] for each in there.communes]
        assert sum(value is None for value in column) > 1
        whole = told[there.land["small"].pk, first, last]
        assert whole is not None
        left = whole - sum(value for value in column if value is not None)
        assert left >= min(THRESHOLD, whole)


def test_what_was_told_stays_told(there: Small) -> None:
    """A page noted down in March is no key to that of May."""
    leader = there.land.actor("small", "leader")
    asks = [Ask(unit.pk, FLOW, span) for unit in there.communes for span in MONTHS]
    before = [answer.hidden for answer in there.told(leader, *asks)]
    later = [entry(unit, FLOW, month(6), at % 4) for at, unit in enumerate(there.communes)]
    assert isinstance(record_facts(actor=None, at=LATER, entries=later), Recording)
    after = there.told(leader, *asks, on=date(2026, 6, 14))
    assert [answer.hidden for answer in after] == before


def test_parts_and_other_stretches_are_not_told(there: Small) -> None:
    leader = there.land.actor("small", "leader")
    unit = there.communes[1]
    told = [entry(unit, f"{STOCK}|sex=male", MONTHS[0], 12), entry(unit, f"{STOCK}|sex=female", MONTHS[0], 9)]
    assert isinstance(record_facts(actor=None, at=LATER, entries=told), Recording)
    parts = [Ask(unit.pk, STOCK, MONTHS[0], f"sex={sex}") for sex in ("male", "female")]
    two = Ask(unit.pk, FLOW, Span(MONTHS[1].start, MONTHS[2].end))
    assert all(answer.hidden for answer in there.told(leader, *parts, two))


def test_single_numbers_of_others_are_left_out(there: Small) -> None:
    facts = Fact.objects.filter(unit=there.communes[0])
    leader, keeper = there.land.actor("small", "leader"), there.land.actor("c0", "register_keeper")
    assert set(rows_told(leader, facts).values_list("element__code", flat=True)) == {OTHER}
    assert rows_told(keeper, facts).count() == facts.count()
    assert not rows_told(None, facts).exists()


def test_the_number_of_statements_stays(there: Small) -> None:
    leader = there.land.actor("small", "leader")

    def count(asks: list[Ask]) -> int:
        answers = figures(asks, on=ON)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            guarded(leader, answers, on=ON)
        return len(seen)

    few = count([Ask(there.communes[0].pk, FLOW, MONTHS[0])])
    many = count([Ask(unit.pk, code, span) for unit in there.communes for span in MONTHS for code in (FLOW, STOCK)])
    assert few == many <= 8


def test_nothing_is_asked_where_nothing_is_protected(there: Small) -> None:
    answers = figures([Ask(there.communes[0].pk, OTHER, MONTHS[0])], on=ON)
    with CaptureQueriesContext(connection) as seen:
        guarded(there.land.actor("small", "leader"), answers, on=ON)
    assert not [each for each in seen.captured_queries if "facts_" in each["sql"]]


def test_two_tables_of_one_place_are_not_mixed(there: Small) -> None:
    """Each commune's own page and the list of all say the same of the same cell."""
    leader = there.land.actor("small", "leader")
    for one, other in combinations(there.communes[:4], 2):
        first, second = (Ask(unit.pk, STOCK, MONTHS[2]) for unit in (one, other))
        assert [a.hidden for a in there.told(leader, first, second)] == [
            there.told(leader, first)[0].hidden, there.told(leader, second)[0].hidden,
        ]  # fmt: skip
