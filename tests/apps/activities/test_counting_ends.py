"""Kinds given up, taken up again, or that leave something out: where nobody writes it down, no entry is not zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs
import pytest

from pcmt.apps.activities.models import EventMark, Kind, KindVersion
from pcmt.apps.activities.operations.counting import keep_since, mark_all, recount
from pcmt.apps.activities.operations.kinds import retire_kind, save_draft, use_draft
from pcmt.apps.activities.queries.counting import kept_by, kept_units
from pcmt.apps.activities.queries.kinds import schema_of
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import CountedUnit, Fact
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.facts.queries import figures
from pcmt.apps.units.models import Unit
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Span
from pcmt.core.periods import Kind as Length
from pcmt.core.schemas import CountRule, KindSchema
from tests.apps.activities.test_counting import counted_on, noon
from tests.apps.activities.test_counting_changes import figure, month
from tests.factories.activities import BROADCAST, event, kind
from tests.factories.facts import entry, told
from tests.factories.world import World

pytestmark = pytest.mark.django_db

BOTH = attrs.evolve(BROADCAST, counts=(*BROADCAST.counts, CountRule(element="posts")))


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    return land


def begun(here: World, schema: KindSchema = BROADCAST) -> tuple[Unit, Kind]:
    """A commune that keeps a kind of the office since February, with an entry in each of four months."""
    unit, row = here["dong_hoa"], kind(schema, office=Unit.objects.get(pk=here.office.unit_id)).kind
    keep_since(unit.pk, row.pk, date(2026, 2, 1))
    for number in (2, 3, 4):
        event(unit, schema, on=date(2026, number, 3))
    counted_on(here, date(2026, 4, 19))
    return unit, row


def retired(here: World, row: Kind, day: date) -> None:
    row.refresh_from_db()
    done = retire_kind(actor=here.office, at=noon(day), kind_id=row.pk, version=row.version)
    assert isinstance(done, Kind)
    recount(at=noon(day))


def used(here: World, row: Kind, schema: KindSchema, day: date) -> KindVersion:
    draft = save_draft(actor=here.office, at=noon(day), kind_id=row.pk, schema=schema)
    assert isinstance(draft, KindVersion)
    done = use_draft(actor=here.office, at=noon(day), version_id=draft.pk, version=draft.version)
    assert isinstance(done, KindVersion)
    return done


def numbers(unit: Unit, element: str, months: Sequence[int], year: int = 2026) -> list[int | None]:
    return [figure(unit, element, month(year, number)) for number in months]


def lacking(unit: Unit, element: str, span: Span) -> tuple[Span, ...]:
    """The stretches of a period of which nothing is known."""
    ask = Ask(unit.pk, element, span, "")
    return figures([ask], on=span.last)[ask].figure.lacking


def times(unit: Unit, element: str) -> list[tuple[date, date | None]]:
    rows = CountedUnit.objects.filter(unit=unit, element__code=element)
    return list(rows.order_by("start").values_list("start", "end"))


def test_what_nobody_writes_down_any_more_is_unknown_not_zero(here: World) -> None:
    unit, row = begun(here)
    retired(here, row, date(2026, 4, 20))
    counted_on(here, date(2026, 7, 31))
    assert numbers(unit, "broadcasts", (2, 3, 4, 5, 6, 7)) == [1, 1, 1, None, None, None]
    assert times(unit, "broadcasts") == [(date(2026, 2, 1), date(2026, 5, 1))]


def test_people_tell_it_again(here: World) -> None:
    """A month after the end, and one that it cuts in two: nobody else knows of the other half."""
    unit, row = begun(here)
    retired(here, row, date(2026, 4, 10))
    counted_on(here, date(2026, 6, 30))
    assert times(unit, "broadcasts") == [(date(2026, 2, 1), date(2026, 4, 15))]
    assert numbers(unit, "broadcasts", (3, 4, 5)) == [1, 1, None]
    assert lacking(unit, "broadcasts", month(2026, 3)) == ()
    assert lacking(unit, "broadcasts", month(2026, 4)) == (Span(date(2026, 4, 15), date(2026, 5, 1)),)
    later = noon(date(2026, 6, 2))
    told(
        *(entry(unit, "broadcasts", month(2026, number), value) for number, value in ((3, 8), (4, 6), (5, 7))), at=later
    )
    counted_on(here, date(2026, 6, 30))
    assert numbers(unit, "broadcasts", (3, 4, 5)) == [1, 6, 7], "of March the records know"
    assert figure(here["an_binh"], "broadcasts", month(2026, 4)) == 6
    assert figure(unit, "broadcasts", ADMINISTRATIVE.named(Length.MONTH, 2026, 4)) == 1, "15 March to 14 April"


def test_what_was_told_as_zero_since_goes(here: World) -> None:
    """Figures had been counted further than the day on which the kind is given up, by a clock that ran ahead."""
    unit, row = begun(here)
    counted_on(here, date(2026, 6, 30))
    assert numbers(unit, "broadcasts", (5, 6)) == [0, 0]
    retired(here, row, date(2026, 4, 20))
    assert numbers(unit, "broadcasts", (4, 5, 6)) == [1, None, None]


def test_a_kind_taken_up_again_leaves_the_time_between_to_people(here: World) -> None:
    unit, row = begun(here)
    retired(here, row, date(2026, 4, 20))
    told(entry(unit, "broadcasts", month(2026, 6), 7), at=noon(date(2026, 7, 2)))
    newer = used(here, row, BROADCAST, date(2026, 8, 18))
    row.refresh_from_db()
    assert row.retired_on is None
    assert (newer.number, newer.words) == (2, "Dùng lại như cũ")
    event(unit, on=date(2026, 8, 19), kind_version=newer)
    counted_on(here, date(2026, 10, 31))
    assert numbers(unit, "broadcasts", (4, 5, 6, 7, 8, 9)) == [1, None, 7, None, 1, 0]
    assert lacking(unit, "broadcasts", month(2026, 8)) == (Span(date(2026, 8, 1), date(2026, 8, 15)),)
    assert times(unit, "broadcasts") == [(date(2026, 2, 1), date(2026, 5, 1)), (date(2026, 8, 15), None)]
    reporting = ADMINISTRATIVE.named(Length.MONTH, 2026, 9)
    assert reporting == Span(date(2026, 8, 15), date(2026, 9, 15))
    assert figure(unit, "broadcasts", reporting) == 1


def test_a_kind_in_use_is_not_put_in_use_again_unchanged(here: World) -> None:
    _unit, row = begun(here)
    draft = save_draft(actor=here.office, at=noon(date(2026, 4, 20)), kind_id=row.pk, schema=BROADCAST)
    assert isinstance(draft, KindVersion)
    done = use_draft(actor=here.office, at=noon(date(2026, 4, 20)), version_id=draft.pk, version=draft.version)
    assert getattr(done, "code", "") == "unchanged"


def test_what_a_later_version_leaves_out_ends(here: World) -> None:
    unit, row = begun(here, BOTH)
    before = row.versions.get()
    used(here, row, attrs.evolve(schema_of(before), counts=BROADCAST.counts), date(2026, 5, 5))
    before.refresh_from_db()
    assert before.ended_on == date(2026, 5, 5)
    counted_on(here, date(2026, 7, 31))
    assert numbers(unit, "broadcasts", (4, 5, 6)) == [1, 0, 0]
    assert numbers(unit, "posts", (4, 5, 6)) == [1, 0, None]
    assert lacking(unit, "posts", month(2026, 5)) == (Span(date(2026, 5, 15), date(2026, 6, 1)),)
    assert times(unit, "posts") == [(date(2026, 2, 1), date(2026, 5, 15))]
    assert times(unit, "broadcasts") == [(date(2026, 2, 1), None)]


def test_another_kind_goes_on_counting_the_same(here: World) -> None:
    unit, row = begun(here)
    other = kind(attrs.evolve(BROADCAST, code="local_cars", label="Xe loa"))
    keep_since(unit.pk, other.kind_id, date(2026, 3, 1))
    retired(here, row, date(2026, 4, 20))
    event(unit, on=date(2026, 5, 3), kind_version=other)
    counted_on(here, date(2026, 6, 30))
    assert numbers(unit, "broadcasts", (4, 5, 6)) == [1, 1, 0]
    assert times(unit, "broadcasts") == [(date(2026, 2, 1), None)]
    assert kept_units()[unit.pk] is None


def test_who_gave_up_all_kinds_is_left_alone_once_told(here: World) -> None:
    unit, row = begun(here)
    retired(here, row, date(2026, 4, 20))
    assert kept_units() == {unit.pk: date(2026, 5, 1)}
    assert mark_all(at=noon(date(2026, 5, 20))) == 1, "the last days wait to be told"
    recount(at=noon(date(2026, 5, 20)))
    before = set(Fact.objects.current().values_list("pk", flat=True))
    assert mark_all(at=noon(date(2026, 9, 1))) == 0
    assert not EventMark.objects.exists()
    assert before == set(Fact.objects.current().values_list("pk", flat=True))


def test_given_up_on_the_last_of_february(here: World) -> None:
    unit, row = begun(here)
    KindVersion.objects.update(ended_on=date(2028, 2, 29))
    assert kept_by(unit).times == {"broadcasts": (Span(date(2026, 2, 1), date(2028, 3, 1)),)}
    KindVersion.objects.update(ended_on=date(2026, 1, 31))
    assert kept_by(unit).times == {"broadcasts": ()}, "it ended before the unit began"
    assert row.versions.count() == 1
    assert STATISTICAL.named(Length.MONTH, 2028, 2).end == date(2028, 3, 1)
