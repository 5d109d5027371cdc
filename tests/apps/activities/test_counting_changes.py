"""Counted figures when days, units and kinds change afterwards, and targets that move by entries alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import pytest

from pcmt.apps.activities.models import Event, EventPlace, KeptSince, KindState, KindVersion, PlaceSpell
from pcmt.apps.activities.operations.counting import keep_since, mark, mark_all, recount
from pcmt.apps.activities.operations.events import Said, correct_event
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.facts.queries import figures
from pcmt.apps.targets.models import Standing, Target
from pcmt.apps.targets.operations import confirm_proposals
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core import units as core
from pcmt.core.periods import STATISTICAL, Kind, Span
from pcmt.core.schemas import CountOf, CountRule, FieldType, KindField, Option, When, kind_data
from tests.apps.activities.test_counting import counted_on, noon
from tests.apps.units.reorganising import SOON, merger, planned, police_merger
from tests.factories.activities import BROADCAST, HOT_SPOT, SCHOOL, SCHOOL_SESSION, event, kind, place
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.factories.world import TODAY, World

pytestmark = pytest.mark.django_db

JANUARY = date(2026, 1, 1)


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    return land


def month(year: int, number: int) -> Span:
    return STATISTICAL.named(Kind.MONTH, year, number)


def figure(unit: Unit, element: str, span: Span) -> int | None:
    ask = Ask(unit.pk, element, span, "")
    value = figures([ask], on=span.last)[ask].figure.value
    return None if value is None else int(value)


# --- targets


def target_of(here: World, words: Words, key: str = "dong_hoa", window: tuple[date, date] | None = None) -> Target:
    """A target of a plan of a unit, with its measure confirmed."""
    plan = plan_in_force(here.office, here[key], window=window or (JANUARY, date(2026, 12, 31)))
    (target,) = put_in_force(here.office, plan, [words], bodies={}, issued=date(2026, 1, 5))
    done: Any = confirm_proposals(actor=here.office, at=noon(TODAY), plan_id=plan.pk, seen={target.pk: 1})
    assert done.refused == {}
    return target


def often(text: str, number: int, per: str) -> Words:
    frequency = {"n": number, "per": per}
    return Words(text, {"kind": "frequency", "comparator": "gte", "value": number, "unit": "buổi",
                        "frequency": frequency})  # fmt: skip


TALKS = "Tuyên truyền tại các trường học"
RHYTHMS: Mapping[str, tuple[Words, date, Sequence[date], str, str]] = {
    # what is asked; until when the plan runs; on which days it was done; how it stands on 30 June; in which words
    "month": (often(f"{TALKS} 01 buổi/tháng", 1, "month"), date(2026, 6, 30),
              [date(2026, number, 28) for number in range(1, 7)], "met", "6/6 kỳ"),
    "month, one missed": (often(f"{TALKS} 01 buổi/tháng", 1, "month"), date(2026, 6, 30),
                          [date(2026, number, 28) for number in (1, 2, 4, 5, 6)], "missed", "Không đạt: 5/6 kỳ đã qua"),
    "quarter": (often(f"{TALKS} 02 buổi/quý", 2, "quarter"), date(2026, 6, 30),
                [date(2026, 1, 2), date(2026, 3, 14), date(2026, 3, 15), date(2026, 6, 14)], "met", "2/2 kỳ"),
    "quarter, one short": (often(f"{TALKS} 02 buổi/quý", 2, "quarter"), date(2026, 6, 30),
                           [date(2026, 1, 2), date(2026, 3, 14), date(2026, 3, 15)], "missed",
                           "Không đạt: 1/2 kỳ đã qua"),
    "term": (often(f"{TALKS} ít nhất 01 buổi/học kỳ", 1, "semester"), date(2026, 6, 30), [date(2026, 2, 10)], "met",
             "Đạt:"),
    "term, quiet": (often(f"{TALKS} ít nhất 01 buổi/học kỳ", 1, "semester"), date(2026, 6, 30), [], "missed",
                    "Không đạt: 0/1 kỳ đã qua"),
}  # fmt: skip


@pytest.mark.parametrize("name", RHYTHMS)
def test_targets_of_a_rhythm_move_by_entries_alone(here: World, name: str) -> None:
    words, until, days, verdict, sentence = RHYTHMS[name]
    target = target_of(here, words, window=(JANUARY, until))
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind(SCHOOL_SESSION).kind_id, JANUARY)
    for day in days:
        event(here["dong_hoa_police"], SCHOOL_SESSION, on=day, data={"people": 5})
    counted_on(here, date(2026, 7, 20))
    row = Standing.objects.get(target=target)
    assert row.verdict == verdict, row.sentence
    assert sentence in row.sentence, row.sentence


def test_each_commune_stands_by_its_own_entries(here: World) -> None:
    said = {"kind": "count", "comparator": "gte", "value": 2, "unit": "lượt", "per": "mỗi xã", "scope": "mỗi xã"}
    target = target_of(here, Words("Mỗi xã phát trên loa truyền thanh ít nhất 02 lượt", said), "an_binh")
    for key, bodies in (("dong_hoa", ("dong_hoa", "dong_hoa_police")), ("tay_hoa", ("tay_hoa",))):
        keep_since(here[key].pk, kind().kind_id, JANUARY)
        for body in bodies:
            event(here[body], on=date(2026, 2, 3))
    counted_on(here, date(2026, 12, 31), "dong_hoa", "tay_hoa")
    rows = {row.unit.name: row for row in Standing.objects.filter(target=target).select_related("unit")}
    told = {name: (row.verdict in ("met", "on_track"), row.measured) for name, row in rows.items()}
    assert told["Xã Đông Hòa"] == (True, 2)
    assert told["Phường Tây Hòa"] == (False, 1)
    assert not told["Tỉnh An Bình"][0]
    assert "1/2 đơn vị đạt" in rows["Tỉnh An Bình"].sentence


# --- days


def test_an_entry_put_right_to_an_earlier_day_is_counted_there(here: World) -> None:
    unit = here["dong_hoa"]
    made = event(unit, on=date(2026, 5, 5))
    keep_since(unit.pk, made.kind_id, date(2026, 5, 5))
    counted_on(here, date(2026, 5, 30))
    actor = here.actor("dong_hoa", on=date(2026, 5, 30))
    found = correct_event(
        actor=actor, at=noon(date(2026, 5, 30)), event_id=made.pk, version=1, typed={},
        said=Said(unit.pk, date(2026, 2, 5)),
    )  # fmt: skip
    assert isinstance(found, Event), found
    recount(at=noon(date(2026, 5, 30)))
    assert KeptSince.objects.get().start == date(2026, 2, 5)
    assert [figure(unit, "broadcasts", month(2026, number)) for number in (2, 3, 4, 5)] == [1, 0, 0, 0]


def test_a_new_day_of_an_old_event_moves_all_pieces_after_it(here: World) -> None:
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind(SCHOOL_SESSION).kind_id, JANUARY)
    school = place(unit, SCHOOL, since=date(2020, 9, 5))
    made = event(unit, SCHOOL_SESSION, on=date(2026, 2, 5), data={"people": 10})
    EventPlace.objects.create(event=made, place=school)
    counted_on(here, date(2026, 6, 30))
    reached = [month(2026, number) for number in range(1, 7)]
    assert [figure(unit, "schools_reached", span) for span in reached] == [0, 1, 1, 1, 1, 1]
    found = correct_event(
        actor=here.actor("dong_hoa", on=date(2026, 6, 30)), at=noon(date(2026, 6, 30)), event_id=made.pk, version=1,
        typed={"people": "10"}, said=Said(unit.pk, date(2026, 4, 5), place_ids=(school.pk,)),
    )  # fmt: skip
    assert isinstance(found, Event), found
    recount(at=noon(date(2026, 6, 30)))
    assert [figure(unit, "schools_reached", span) for span in reached] == [0, 0, 0, 1, 1, 1]


def test_leap_day_and_new_year(here: World) -> None:
    unit = here["dong_hoa"]
    for schema in (SCHOOL_SESSION, SCHOOL):
        keep_since(unit.pk, kind(schema).kind_id, date(2027, 12, 1))
    school = place(unit, SCHOOL, since=date(2020, 9, 5))
    for day in (date(2027, 12, 31), date(2028, 2, 29)):
        made = event(unit, SCHOOL_SESSION, on=day, data={"people": 10})
        EventPlace.objects.create(event=made, place=school)
    counted_on(here, date(2027, 12, 31), since=date(2027, 12, 1))
    mark_all(at=noon(date(2028, 1, 1)))
    recount(at=noon(date(2028, 1, 1)))
    today = Span(date(2028, 1, 1), date(2028, 1, 2))
    assert figure(unit, "schools_reached", month(2027, 12)) == 1
    assert figure(unit, "schools_reached", today) == 0, "nothing was reached in the new year"
    assert figure(unit, "schools", today) == 1, "the schools still stand"
    counted_on(here, date(2028, 3, 31), since=date(2028, 1, 1))
    sessions = [figure(unit, "school_sessions", month(2028, number)) for number in (1, 2, 3)]
    assert sessions == [0, 1, 0]
    assert figure(unit, "schools_reached", month(2028, 3)) == 1


def test_weeks_in_which_the_program_was_off_are_quiet_all_the_same(here: World) -> None:
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind().kind_id, date(2026, 2, 1))
    event(unit, on=date(2026, 2, 3))
    counted_on(here, date(2026, 2, 4))
    mark_all(at=noon(date(2026, 6, 30)))
    recount(at=noon(date(2026, 6, 30)))
    assert [figure(unit, "broadcasts", month(2026, number)) for number in (2, 3, 4, 5)] == [1, 0, 0, 0]


# --- units


def test_a_merger_counts_nothing_twice_and_loses_nothing(here: World) -> None:
    """Schools reached and spots that stand go on with the heir; what began before stays where it began."""
    for schema in (SCHOOL_SESSION, HOT_SPOT):
        for key in ("dong_hoa", "tay_hoa"):
            keep_since(here[key].pk, kind(schema).kind_id, JANUARY)
    schools = [place(here[key], SCHOOL, since=date(2020, 9, 5)) for key in ("dong_hoa", "tay_hoa")]
    for school, key in zip(schools, ("dong_hoa_police", "tay_hoa_police"), strict=True):
        made = event(here[key], SCHOOL_SESSION, on=date(2026, 6, 20), data={"people": 10})
        EventPlace.objects.create(event=made, place=school)
    place(here["dong_hoa"], since=date(2026, 6, 29))
    row = planned(here, merger(here), police_merger(here))
    # Nobody counted since: what waits at the end is not lost.
    mark([here[key].pk for key in ("dong_hoa", "tay_hoa")], JANUARY, noon(date(2026, 6, 29)))
    carry_out_reorganisations(at=noon(SOON))
    row.refresh_from_db()
    heir = Unit.objects.get(pk=row.made["new:1"])
    for day in (date(2026, 7, 20), date(2026, 8, 31)):
        mark_all(at=noon(day))
        recount(at=noon(day))
    june, july = month(2026, 6), month(2026, 7)
    assert figure(here["dong_hoa"], "hot_spots_new", june) == 1
    assert figure(heir, "hot_spots_new", july) == 0
    assert [figure(here["an_binh"], "hot_spots", span) for span in (june, july)] == [1, 1]
    assert [figure(here["an_binh"], "hot_spots_new", Span(june.start, july.end))] == [1]
    assert [figure(here["an_binh"], "schools_reached", span) for span in (june, july)] == [2, 2]
    assert figure(heir, "schools_reached", july) == 2
    assert figure(heir, "school_sessions", july) == 0, "kept on: a quiet month is zero"


def test_a_division_goes_on_with_the_heir_and_begins_anew_with_the_other_part(here: World) -> None:
    """Who takes over goes on counting; the other part tells nothing until it writes down something itself."""
    unit = here["dong_hoa"]
    for schema in (SCHOOL_SESSION, HOT_SPOT):
        keep_since(unit.pk, kind(schema).kind_id, JANUARY)
    school = place(unit, SCHOOL, since=date(2020, 9, 5))
    EventPlace.objects.create(
        event=event(unit, SCHOOL_SESSION, on=date(2026, 6, 20), data={"people": 10}), place=school
    )
    place(unit, since=date(2026, 6, 29))
    below = [str(here[key].pk) for key in ("dong_hoa_police", "dong_hoa_clinic")]
    parts = (
        core.Part(core.NewUnit("new:1", "Xã Bắc", "commune", code="90001"), 60, True, tuple(below)),
        core.Part(core.NewUnit("new:2", "Xã Nam", "commune", code="90002"), 40),
    )  # fmt: skip
    row = planned(here, core.Division(SOON, str(unit.pk), parts))
    mark([unit.pk], JANUARY, noon(date(2026, 6, 29)))
    carry_out_reorganisations(at=noon(SOON))
    row.refresh_from_db()
    north, south = (Unit.objects.get(pk=row.made[key]) for key in ("new:1", "new:2"))
    begun = event(south, SCHOOL_SESSION, on=date(2026, 8, 12), data={"people": 30})
    keep_since(south.pk, begun.kind_id, begun.on)
    for day in (date(2026, 7, 20), date(2026, 8, 31)):
        mark_all(at=noon(day))
        recount(at=noon(day))
    june, july, august = (month(2026, number) for number in (6, 7, 8))

    def told(element: str, *units: Unit) -> list[list[int | None]]:
        return [[figure(each, element, span) for span in (june, july, august)] for each in units]

    whole = here["an_binh"]
    assert told("school_sessions", unit, north, south, whole) == [
        [1, None, None],
        [None, 0, 0],
        [None, None, 1],
        [1, 0, 1],
    ]
    assert told("hot_spots_new", unit, north, whole) == [[1, None, None], [None, 0, 0], [1, 0, 0]]
    assert told("hot_spots", north, whole) == [[None, 1, 1], [1, 1, 1]]
    assert told("schools_reached", north, whole) == [[None, 1, 1], [1, 1, 1]]


def test_entries_of_days_around_a_merger_written_down_late_count_with_the_heir(here: World) -> None:
    for key in ("dong_hoa", "tay_hoa"):
        keep_since(here[key].pk, kind().kind_id, JANUARY)
    planned(here, merger(here), police_merger(here))
    late = event(here["dong_hoa_police"], on=date(2026, 7, 3))
    carry_out_reorganisations(at=noon(date(2026, 7, 10)))
    late.refresh_from_db()
    heir = Unit.objects.get(name="Xã Đông Tây")
    assert late.body.name == "Công an xã Đông Tây"
    event(heir, on=date(2026, 6, 20))  # of a day on which it was not there
    event(Unit.objects.get(name="Công an xã Đông Tây"), on=date(2026, 6, 20))
    mark([heir.pk], date(2026, 6, 20), noon(date(2026, 7, 31)))
    recount(at=noon(date(2026, 7, 31)))
    assert figure(heir, "broadcasts", month(2026, 7)) == 3
    assert figure(here["an_binh"], "broadcasts", month(2026, 7)) == 3


# --- kinds


def test_what_a_later_version_counts_is_counted_since_then(here: World) -> None:
    unit = here["dong_hoa"]
    first = kind()
    keep_since(unit.pk, first.kind_id, date(2026, 2, 1))
    event(unit, on=date(2026, 2, 3))
    counted_on(here, date(2026, 4, 30))
    KindVersion.objects.update(state=KindState.ENDED)
    newer = attrs.evolve(BROADCAST, counts=(*BROADCAST.counts, CountRule(element="posts")))
    second = KindVersion.objects.create(
        kind=first.kind, number=2, body=kind_data(newer), state=KindState.IN_USE, made_at=noon(date(2026, 4, 20)),
        used_at=noon(date(2026, 4, 20)),
    )  # fmt: skip
    event(unit, on=date(2026, 4, 21), kind_version=second)
    counted_on(here, date(2026, 5, 31))
    numbers = [month(2026, number) for number in (2, 3, 4, 5)]
    assert [figure(unit, "broadcasts", span) for span in numbers] == [1, 0, 1, 0]
    assert [figure(unit, "posts", span) for span in numbers] == [None, None, 1, 0], "before, people told it"


LEVELS = attrs.evolve(
    HOT_SPOT,
    fields=(KindField(key="level", label="Mức độ", type=FieldType.CHOICE, options=(
        Option(key="complex", label="Điểm"), Option(key="risk", label="Nguy cơ"),
    )),),
    counts=tuple(
        CountRule(element=element, of=of, states=states, when=(When(field="level", options=("complex",)),))
        for element, of, states in (
            ("hot_spots", CountOf.STANDING, ("open", "watched", "reopened")),
            ("hot_spots_found", CountOf.BEGUN, ("open", "watched", "reopened")),
            ("hot_spots_cleared", CountOf.BEGUN, ("cleared",)),
        )
    ),
)  # fmt: skip


def test_places_that_came_and_went_make_what_stands(here: World) -> None:
    """Opening, found, cleared and closing agree in each month, also where a place says which it is, reopened or moved
    twice on one day."""
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind(LEVELS).kind_id, JANUARY)
    stories = (
        ("complex", [("open", 1, 5), ("cleared", 2, 10), ("reopened", 3, 3), ("cleared", 3, 3)]),
        ("complex", [("open", 1, 20), ("watched", 2, 1)]),
        ("complex", [("open", 2, 28), ("cleared", 2, 28)]),
        ("risk", [("open", 1, 5), ("cleared", 3, 10)]),
    )
    for level, story in stories:
        made = place(unit, LEVELS, since=date(2026, *story[0][1:]), data={"level": level}, state=story[-1][0])
        PlaceSpell.objects.filter(place=made).delete()
        days = [date(2026, number, day) for _state, number, day in story]
        for (state, _month, _day), start, end in zip(story, days, [*days[1:], None], strict=True):
            PlaceSpell.objects.create(place=made, state=state, from_on=start, to_on=end, made_at=noon(TODAY))
    counted_on(here, date(2026, 4, 30))
    opening, told = 0, []
    for number in (1, 2, 3, 4):
        found, cleared, closing = (
            figure(unit, code, month(2026, number)) or 0
            for code in ("hot_spots_found", "hot_spots_cleared", "hot_spots")
        )
        assert opening + found - cleared == closing
        told.append((found, cleared, closing))
        opening = closing
    assert told == [(2, 0, 2), (1, 2, 1), (1, 1, 1), (0, 0, 1)]
