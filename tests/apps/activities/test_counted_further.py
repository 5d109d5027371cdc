"""What is reached counts where it lies, whoever did it; shares of what there is move by entries alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import attrs
import pytest
from django.test import Client

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.activities.models import Event, KeptSince, Place
from pcmt.apps.activities.operations.counting import mark_all, recount
from pcmt.apps.activities.operations.events import Said, correct_event, record_event, void_event
from pcmt.apps.activities.operations.places import open_place
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.targets.models import Measure, Standing, Target
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core.schemas import KindSchema
from pcmt.reference import kinds as ready_kinds
from tests.apps.activities.test_counting import asked, noon
from tests.apps.activities.test_counting_changes import month, target_of
from tests.apps.units.reorganising import SOON, merger, planned, police_merger
from tests.factories.activities import kind
from tests.factories.targets import Words
from tests.factories.world import TODAY, World

pytestmark = pytest.mark.django_db

FEBRUARY = month(2026, 2)
READY = {code: each.schema for code, each in ready_kinds().items()}


def ready(code: str) -> KindSchema:
    """A ready kind as it is delivered, but for the pictures it asks for."""
    schema = attrs.evolve(READY[code], pictures=0)
    kind(schema)
    return schema


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    for code in ("broadcast", "school_session", "school", "industrial_park", "mobile_propaganda"):
        ready(code)
    return land


def acting(here: World, key: str) -> Actor:
    """Who writes for a body: at the police of the province the standing office, which sees the schools of communes."""
    return here.office if here.office.unit_id == here[key].pk else here.actor(key)


def opened(here: World, key: str, code: str, name: str) -> Place:
    """A school or a park that a commune writes down."""
    typed = {"school": {"level": "primary"}, "industrial_park": {}}[code]
    found = open_place(
        actor=here.actor(key), at=noon(date(2026, 1, 5)), key=uuid4(), kind=code, area_id=here[key].pk,
        body_id=here[key].pk, state="working", on=date(2026, 1, 5), typed=typed, name=name,
    )  # fmt: skip
    assert isinstance(found, Place), found
    return found


def done(here: World, key: str, code: str, on: date, *places: Place, area: Unit | None = None) -> Event:
    """Something that a body does, at places or in an area."""
    typed: dict[str, dict[str, Any]] = {
        "school_session": {"people": "30"}, "mobile_propaganda": {"people": "30", "audience": "workers"},
    }  # fmt: skip
    where = area or (places[0].area if places else here[key])
    found = record_event(
        actor=acting(here, key), at=noon(max(on, date(2026, 1, 6))), key=uuid4(), kind=code, body_id=here[key].pk,
        area_id=where.pk, on=on, typed=typed.get(code, {}), title="Nói chuyện", place_ids=[p.pk for p in places],
        again=True,
    )  # fmt: skip
    assert isinstance(found, Event), found
    return found


def stands(target: Target, on: date) -> tuple[str, Decimal | None, str]:
    """Count what is marked on a day, and how the target stands."""
    mark_all(at=noon(on))
    recount(at=noon(on))
    row = Standing.objects.get(target=target)
    return row.verdict, row.measured, row.sentence


ALL_SCHOOLS = Words(
    "100% trường học được tuyên truyền về phòng, chống ma túy",
    {"kind": "coverage", "comparator": "eq", "value": 100, "unit": "percent"},
)
EVERYWHERE = Words(
    "100% xã, phường, trường học, khu công nghiệp được tuyên truyền về phòng, chống ma túy",
    {"kind": "coverage", "comparator": "eq", "value": 100, "unit": "percent"},
)


def test_a_share_of_schools_moves_by_entries_alone(here: World) -> None:
    target = target_of(here, ALL_SCHOOLS)
    indicator = Measure.objects.get(target=target).indicator
    assert indicator is not None
    assert indicator.code == "schools_reached_share"
    first, second = (opened(here, "dong_hoa", "school", name) for name in ("Trường Một", "Trường Hai"))
    done(here, "dong_hoa", "school_session", date(2026, 2, 5), first)
    assert stands(target, TODAY)[1] == 50
    done(here, "dong_hoa", "school_session", date(2026, 2, 6), second)
    done(here, "dong_hoa", "school_session", date(2026, 2, 7), second)
    verdict, measured, sentence = stands(target, date(2026, 12, 31))
    assert (verdict, measured) == ("met", 100), sentence


def test_the_page_of_a_share_leads_to_what_is_missing(here: World, client: Client) -> None:
    target = target_of(here, ALL_SCHOOLS)
    opened(here, "dong_hoa", "school", "Trường Một")
    client.force_login(User.objects.get(pk=here.actor("dong_hoa").user_id))
    page = client.get(f"/chi-tieu/{target.pk}/").content.decode()
    assert "/hoat-dong/tien-do/do-phu/school_session/" in page
    assert "/hoat-dong/tien-do/do-phu/broadcast/" not in page
    assert "Trường Một" in client.get("/hoat-dong/tien-do/do-phu/school_session/").content.decode()


def test_communes_schools_and_parks_of_a_province(here: World) -> None:
    """The share that most plans ask for: what there is to reach is the communes, their schools and parks."""
    target = target_of(here, EVERYWHERE, "an_binh")
    indicator = Measure.objects.get(target=target).indicator
    assert indicator is not None
    assert indicator.code == "places_reached_share"
    school = opened(here, "dong_hoa", "school", "Trường Một")
    park = opened(here, "tay_hoa", "industrial_park", "Khu công nghiệp Tây Hòa")
    done(here, "dong_hoa", "school_session", date(2026, 2, 5), school)
    stands(target, TODAY)
    assert asked(here, "an_binh", "places_to_reach", FEBRUARY) == 4
    assert asked(here, "an_binh", "places_reached", FEBRUARY) == 2
    parts = [asked(here, "an_binh", f"places_reached|kind_of_place={part}", FEBRUARY) for part in ("commune", "school")]
    assert parts == [1, 1]
    done(here, "tay_hoa", "broadcast", date(2026, 2, 9))
    assert stands(target, TODAY)[1] == 75
    done(here, "tay_hoa", "mobile_propaganda", date(2026, 2, 10), park)
    assert stands(target, TODAY)[1] == 100
    assert asked(here, "an_binh", "places_reached", month(2026, 1)) is None, "nobody had begun to write down"


def test_two_who_reach_one_school_reached_one(here: World) -> None:
    """The police of the province and the commune talk at one school: one school, told by the commune it lies in."""
    school = opened(here, "dong_hoa", "school", "Trường Một")
    other = opened(here, "tay_hoa", "school", "Trường Hai")
    for key, place in (("dong_hoa", school), ("police", school), ("police", other)):
        done(here, key, "school_session", date(2026, 2, 5), place)
    mark_all(at=noon(TODAY))
    recount(at=noon(TODAY))
    told = {key: asked(here, key, "schools_reached", FEBRUARY) for key in ("an_binh", "dong_hoa", "tay_hoa", "police")}
    assert told == {"an_binh": 2, "dong_hoa": 1, "tay_hoa": 1, "police": 0}
    sessions = {key: asked(here, key, "school_sessions", FEBRUARY) for key in ("an_binh", "dong_hoa", "police")}
    assert sessions == {"an_binh": 3, "dong_hoa": 1, "police": 2}
    assert asked(here, "tay_hoa", "school_sessions", FEBRUARY) is None, "what it did itself nobody wrote down"
    assert KeptSince.objects.get(unit=here["tay_hoa"], kind__code="school_session").start is None


def test_what_is_put_right_or_taken_back_is_reached_no_more(here: World) -> None:
    school, other = opened(here, "dong_hoa", "school", "Trường Một"), opened(here, "tay_hoa", "school", "Trường Hai")
    made = done(here, "police", "school_session", date(2026, 2, 5), school)
    recount(at=noon(TODAY))
    moved = correct_event(
        actor=acting(here, "police"), at=noon(TODAY), event_id=made.pk, version=made.version, typed={"people": "30"},
        said=Said(here["tay_hoa"].pk, date(2026, 2, 5), place_ids=(other.pk,), title="Nói chuyện"),
    )  # fmt: skip
    assert isinstance(moved, Event), moved
    recount(at=noon(TODAY))
    assert [asked(here, key, "schools_reached", FEBRUARY) for key in ("dong_hoa", "tay_hoa")] == [0, 1]
    assert [asked(here, key, "places_reached", FEBRUARY) for key in ("dong_hoa", "tay_hoa")] == [0, 2]
    gone = void_event(
        actor=acting(here, "police"), at=noon(TODAY), event_id=made.pk, version=moved.version, words="Nhầm"
    )
    assert isinstance(gone, Event), gone
    recount(at=noon(TODAY))
    assert [asked(here, key, "places_reached", FEBRUARY) for key in ("dong_hoa", "tay_hoa")] == [0, 0]


def test_the_heir_of_a_commune_that_was_reached_is_reached(here: World) -> None:
    schools = [opened(here, key, "school", f"Trường {key}") for key in ("dong_hoa", "tay_hoa")]
    done(here, "police", "school_session", date(2026, 6, 20), schools[0])
    row = planned(here, merger(here), police_merger(here))
    carry_out_reorganisations(at=noon(SOON))
    row.refresh_from_db()
    heir = Unit.objects.get(pk=row.made["new:1"])
    here.units["heir"] = heir
    mark_all(at=noon(date(2026, 8, 31)))
    recount(at=noon(date(2026, 8, 31)))
    june, july = month(2026, 6), month(2026, 7)
    assert [asked(here, "dong_hoa", code, june) for code in ("places_to_reach", "places_reached")] == [2, 2]
    assert [asked(here, "an_binh", code, june) for code in ("places_to_reach", "places_reached")] == [4, 2]
    assert [asked(here, "heir", code, july) for code in ("places_to_reach", "places_reached")] == [3, 2]
    assert [asked(here, "an_binh", code, july) for code in ("places_to_reach", "places_reached")] == [3, 2]
    assert asked(here, "heir", "places_reached", month(2026, 8)) == 2


def test_a_new_year_begins_with_nothing_reached(here: World) -> None:
    school = opened(here, "dong_hoa", "school", "Trường Một")
    done(here, "dong_hoa", "school_session", date(2026, 2, 5), school)
    for day in (date(2026, 12, 31), date(2027, 1, 31)):
        mark_all(at=noon(day))
        recount(at=noon(day))
    told = [asked(here, "dong_hoa", "places_reached", month(*each)) for each in ((2026, 12), (2027, 1))]
    assert told == [2, 0]
