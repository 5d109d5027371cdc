"""A day that was typed by mistake and put right leaves nothing behind: what was unknown before is unknown again."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, KeptSince, Place
from pcmt.apps.activities.operations.counting import keep_since, recount
from pcmt.apps.activities.operations.events import Said, correct_event, record_event, void_event
from pcmt.apps.activities.operations.kinds import load_kinds
from pcmt.apps.activities.operations.places import correct_place, open_place, void_place
from pcmt.apps.facts.models import CountedUnit, Reconciliation, ReconciliationState
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.units.operations import carry_out_reorganisations
from tests.apps.activities.test_counting import noon
from tests.apps.activities.test_counting_changes import month
from tests.apps.activities.test_counting_ends import numbers, times
from tests.apps.units.reorganising import SOON, merger, planned, police_merger
from tests.factories.facts import entry, told
from tests.factories.world import World

pytestmark = pytest.mark.django_db

AUTUMN, WRONG, RIGHT = date(2026, 10, 20), date(2026, 1, 3), date(2026, 10, 3)


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    load_kinds()
    return land


def acting(here: World, key: str, at: date) -> Actor:
    return here.actor(key, "commune_officer" if "police" in key else "officer", on=at)


def done(here: World, on: date, key: str = "dong_hoa", at: date = AUTUMN) -> Event:
    found = record_event(
        actor=acting(here, key, at), at=noon(at), key=uuid4(), kind="broadcast", body_id=here[key].pk,
        area_id=here[key.removesuffix("_police")].pk,
        on=on, typed={}, title="Phát thanh", again=True,
    )  # fmt: skip
    assert isinstance(found, Event), found
    recount(at=noon(at))
    return found


def corrected(here: World, made: Event, on: date, key: str = "dong_hoa", at: date = AUTUMN) -> None:
    found = correct_event(
        actor=acting(here, key, at), at=noon(at), event_id=made.pk, version=made.version, typed={},
        said=Said(here[key.removesuffix("_police")].pk, on, title="Phát thanh"),
    )  # fmt: skip
    assert isinstance(found, Event), found
    recount(at=noon(at))


def test_a_mistyped_day_put_right(here: World) -> None:
    unit = here["dong_hoa"]
    told(entry(unit, "broadcasts", month(2026, 3), 5), at=noon(date(2026, 4, 2)))
    made = done(here, WRONG)
    assert numbers(unit, "broadcasts", (1, 2, 3, 9)) == [1, 0, 0, 0]
    corrected(here, made, RIGHT)
    assert times(unit, "broadcasts") == [(date(2026, 10, 1), None)]
    assert numbers(unit, "broadcasts", (1, 2, 3, 9, 10)) == [None, None, None, None, 1]
    told(entry(unit, "broadcasts", month(2026, 3), 5), at=noon(AUTUMN))
    assert numbers(unit, "broadcasts", (2, 3)) == [None, 5], "who told it tells it again"
    assert not Reconciliation.objects.filter(state=ReconciliationState.OPEN).exists()


def test_other_entries_hold_the_day(here: World) -> None:
    """Of the same day, of a day between, and one of last year, which counts since January."""
    unit = here["dong_hoa"]
    for others, first in (([RIGHT, date(2026, 5, 20)], date(2026, 5, 15)), ([WRONG], date(2026, 1, 1))):
        for day in others:
            done(here, day)
        corrected(here, done(here, WRONG), RIGHT)
        assert times(unit, "broadcasts") == [(first, None)]
    assert KeptSince.objects.get(unit=unit).start == WRONG


def test_an_entry_of_last_year_holds_the_first_day_of_this_one(here: World) -> None:
    unit = here["dong_hoa"]
    done(here, date(2025, 12, 20))
    corrected(here, done(here, date(2026, 1, 1)), RIGHT)
    assert KeptSince.objects.get(unit=unit).start == date(2026, 1, 1)
    assert numbers(unit, "broadcasts", (1, 2)) == [0, 0]


def test_taken_back(here: World) -> None:
    unit = here["dong_hoa"]
    right, wrong = done(here, RIGHT), done(here, WRONG)
    for made, first in ((wrong, date(2026, 10, 1)), (right, date(2026, 10, 1))):
        gone = void_event(
            actor=here.actor("dong_hoa"), at=noon(AUTUMN), event_id=made.pk, version=made.version, words="Nhầm"
        )
        assert isinstance(gone, Event), gone
        recount(at=noon(AUTUMN))
        assert times(unit, "broadcasts") == [(first, None)], "who took back all goes on keeping the kind"
    assert numbers(unit, "broadcasts", (9, 10)) == [None, 0]


def test_put_right_in_a_later_year(here: World) -> None:
    made = done(here, WRONG)
    corrected(here, made, RIGHT, at=date(2027, 2, 1))
    assert times(here["dong_hoa"], "broadcasts") == [(date(2026, 10, 1), None)]


def test_a_body_of_the_commune_mistyped_it(here: World) -> None:
    done(here, RIGHT)
    corrected(here, done(here, WRONG, "dong_hoa_police"), date(2026, 9, 2), "dong_hoa_police")
    assert times(here["dong_hoa"], "broadcasts") == [(date(2026, 9, 1), None)]


def test_an_heir_keeps_since_the_day_of_the_merger(here: World) -> None:
    keep_since(here["dong_hoa"].pk, done(here, date(2026, 6, 1)).kind_id, date(2026, 6, 1))
    row = planned(here, merger(here), police_merger(here))
    carry_out_reorganisations(at=noon(SOON))
    row.refresh_from_db()
    heir = row.made["new:1"]
    start = KeptSince.objects.get(unit=heir).start
    assert start == SOON
    here.units["heir"] = type(here["dong_hoa"]).objects.get(pk=heir)
    corrected(here, done(here, SOON, "heir"), RIGHT, "heir")
    assert KeptSince.objects.get(unit=heir).start == SOON


def test_a_place_that_was_found_later(here: World) -> None:
    unit = here["dong_hoa"]
    spots = []
    for name, on in (("Trường Một", WRONG), ("Trường Hai", date(2026, 8, 18))):
        made = open_place(
            actor=here.actor("dong_hoa"), at=noon(AUTUMN), key=uuid4(), kind="school", name=name, area_id=unit.pk,
            body_id=unit.pk, state="working", on=on, typed={"level": "primary"},
        )  # fmt: skip
        assert isinstance(made, Place), made
        spots.append(made)
    recount(at=noon(AUTUMN))
    (element, *_rest) = spots[0].kind_version.body["counts"]
    code = element["element"]
    assert numbers(unit, code, (2,)) == [1]
    gone = void_place(
        actor=here.actor("dong_hoa"), at=noon(AUTUMN), place_id=spots[0].pk, version=spots[0].version, words="Nhầm"
    )
    assert isinstance(gone, Place), gone
    recount(at=noon(AUTUMN))
    assert CountedUnit.objects.get(unit=unit, element__code=code).start == date(2026, 8, 15)
    assert numbers(unit, code, (2, 8)) == [None, 1]
    later = correct_place(
        actor=here.actor("dong_hoa"), at=noon(AUTUMN), place_id=spots[1].pk, version=spots[1].version,
        name="Trường Hai", area_id=unit.pk, on=RIGHT, typed={"level": "primary"},
    )  # fmt: skip
    assert isinstance(later, Place), later
    recount(at=noon(AUTUMN))
    assert numbers(unit, code, (8, 10)) == [None, 1]
