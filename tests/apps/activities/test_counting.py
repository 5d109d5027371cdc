"""Figures counted from events and places."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.activities.models import EventMark, EventPlace, EventState, PlaceSpell
from pcmt.apps.activities.operations.counting import keep_since, mark, mark_all, recount
from pcmt.apps.activities.queries.counting import check_ready, counted_at, counted_elsewhere
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import CountedUnit, Fact, Reconciliation, Source
from pcmt.apps.facts.operations import keep_span, load_catalogue
from pcmt.apps.facts.queries import figures
from pcmt.apps.targets.models import Standing
from pcmt.apps.targets.operations import confirm_proposals
from pcmt.apps.targets.queries.feeding import fed_by
from pcmt.core.evaluating import Verdict
from pcmt.core.measures.pieces import pieces
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span
from pcmt.core.schemas import CountRule
from tests.factories.activities import BROADCAST, HOT_SPOT, RAID, SCHOOL, SCHOOL_SESSION, event, kind, place
from tests.factories.facts import entry, told
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.factories.world import TODAY, World

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FEBRUARY = STATISTICAL.named(Kind.MONTH, 2026, 2)
REPORTING = ADMINISTRATIVE.named(Kind.MONTH, 2026, 2)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


@pytest.fixture
def here(land: World) -> World:
    load_catalogue()
    return land


def counted_on(here: World, day: date, *keys: str, since: date = date(2026, 1, 1)) -> int:
    """Count units as the job does on a day."""
    mark([here[key].pk for key in keys or ("dong_hoa",)], since, noon(day))
    return recount(at=noon(day))


def asked(here: World, key: str, element: str, span: Span, on: date | None = None) -> int | None:
    code, _, part = element.partition("|")
    ask = Ask(here[key].pk, code, span, part)
    value = figures([ask], on=on or span.last)[ask].figure.value
    return None if value is None else int(value)


def test_a_body_of_a_commune_counts_in_its_commune(here: World) -> None:
    keep_since(here["dong_hoa"].pk, kind().kind_id, date(2026, 2, 1))
    event(here["dong_hoa"], on=date(2026, 2, 3))
    event(here["dong_hoa_police"], on=date(2026, 2, 4), area=here["dong_hoa"])
    event(here["police"], on=date(2026, 2, 4), area=here["dong_hoa"])
    event(here["dong_hoa"], on=date(2026, 2, 5), state=EventState.VOIDED)
    assert counted_at(here["dong_hoa_police"], TODAY) == here["dong_hoa"]
    assert counted_at(here["police"], TODAY) == here["police"]
    counted_on(here, TODAY)
    assert asked(here, "dong_hoa", "broadcasts", FEBRUARY) == 2
    assert asked(here, "an_binh", "broadcasts", FEBRUARY) == 2
    row = CountedUnit.objects.get(unit=here["dong_hoa"], source=Source.ACTIVITY)
    assert (row.element.code, row.start) == ("broadcasts", date(2026, 2, 1)) if row.element else False


def test_weeks_and_the_months_of_both_calendars_are_whole(here: World) -> None:
    keep_since(here["dong_hoa"].pk, kind().kind_id, date(2026, 1, 15))
    for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 28)):
        event(here["dong_hoa"], on=day)
    counted_on(here, TODAY)
    assert asked(here, "dong_hoa", "broadcasts", FEBRUARY) == 4
    assert asked(here, "dong_hoa", "broadcasts", REPORTING) == 3
    week = STATISTICAL.around(Kind.WEEK, date(2026, 2, 1))
    assert week == Span(date(2026, 1, 26), date(2026, 2, 2))
    assert asked(here, "dong_hoa", "broadcasts", week) == 2
    assert asked(here, "dong_hoa", "broadcasts", STATISTICAL.around(Kind.WEEK, date(2026, 2, 4))) == 0, "quiet"
    assert asked(here, "dong_hoa", "broadcasts", STATISTICAL.named(Kind.MONTH, 2025, 12)) is None, "not kept yet"
    running = Fact.objects.counting().filter(unit=here["dong_hoa"], start__gte=date(2026, 3, 2))
    assert not running.exists(), "a running quiet piece tells nothing"


def test_pieces_are_cut_on_mondays_halves_and_windows() -> None:
    spans = pieces(date(2026, 2, 20), date(2026, 3, 5), {date(2026, 2, 18)}, weeks=True)
    assert [span.start.day for span in spans] == [15, 16, 18, 23, 1, 2]
    assert spans[-1].end == date(2026, 3, 6)
    leap = pieces(date(2028, 2, 15), date(2028, 2, 29))
    assert leap == [Span(date(2028, 2, 15), date(2028, 3, 1))]


def test_sums_of_fields_and_places_once_a_year(here: World) -> None:
    kind(SCHOOL)
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind(SCHOOL_SESSION).kind_id, date(2026, 1, 1))
    first, second = (place(unit, SCHOOL, since=date(2020, 9, 5), name=f"Trường {n}") for n in (1, 2))
    for day, school, people in ((5, first, 120), (12, first, 80), (20, second, 30)):
        made = event(unit, SCHOOL_SESSION, on=date(2026, 2, day), data={"people": people})
        EventPlace.objects.create(event=made, place=school)
    counted_on(here, TODAY)
    assert asked(here, "dong_hoa", "school_sessions", FEBRUARY) == 3
    assert asked(here, "dong_hoa", "outreach_people", FEBRUARY) == 230
    assert asked(here, "dong_hoa", "schools_reached", FEBRUARY) == 2
    # reached again in March: of the year it is the same school, also when only March is counted again
    made = event(unit, SCHOOL_SESSION, on=date(2026, 3, 2), data={"people": 10})
    EventPlace.objects.create(event=made, place=first)
    counted_on(here, date(2026, 3, 31), since=date(2026, 3, 2))
    march = STATISTICAL.named(Kind.MONTH, 2026, 3)
    assert asked(here, "dong_hoa", "schools_reached", march) == 2
    assert asked(here, "dong_hoa", "school_sessions", march) == 1


def test_what_asks_for_verification_counts_when_verified(here: World) -> None:
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind(RAID).kind_id, date(2026, 2, 1))
    made = event(unit, RAID, on=date(2026, 2, 3), data={"cases": 2})
    counted_on(here, TODAY)
    assert asked(here, "dong_hoa", "cases_detected", FEBRUARY) == 0
    made.state = EventState.VERIFIED
    made.save(update_fields=["state"])
    counted_on(here, TODAY)
    assert asked(here, "dong_hoa", "cases_detected", FEBRUARY) == 2


def test_states_that_stand_and_states_begun(here: World) -> None:
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind(HOT_SPOT).kind_id, date(2026, 1, 1))
    place(unit, since=date(2025, 6, 1))
    cleared = place(unit, since=date(2026, 1, 20), state="cleared", name="Điểm hai")
    PlaceSpell.objects.filter(place=cleared).delete()
    for state, start, end in (("open", 20, 25), ("watched", 25, 28), ("cleared", 28, None)):
        PlaceSpell.objects.create(
            place=cleared, state=state, from_on=date(2026, 1, start), to_on=end and date(2026, 1, end),
            made_at=noon(TODAY),
        )  # fmt: skip
    counted_on(here, TODAY)
    january = STATISTICAL.named(Kind.MONTH, 2026, 1)
    assert asked(here, "dong_hoa", "hot_spots", STATISTICAL.around(Kind.WEEK, date(2026, 1, 21))) == 2
    assert asked(here, "dong_hoa", "hot_spots", january) == 1
    assert asked(here, "dong_hoa", "hot_spots_new", january) == 1
    assert asked(here, "dong_hoa", "hot_spots_cleared", january) == 1
    assert asked(here, "dong_hoa", "hot_spots", FEBRUARY) == 1


def test_typed_numbers_of_other_elements_go_on_and_those_counted_are_compared(here: World) -> None:
    unit = here["dong_hoa"]
    told(entry(unit, "broadcasts", FEBRUARY, 9), entry(unit, "posts", FEBRUARY, 4))
    keep_since(unit.pk, kind().kind_id, date(2026, 2, 1))
    event(unit, on=date(2026, 2, 3))
    counted_on(here, TODAY)
    assert asked(here, "dong_hoa", "broadcasts", FEBRUARY) == 1
    assert asked(here, "dong_hoa", "posts", FEBRUARY) == 4
    row = Reconciliation.objects.get()
    assert (row.counted, row.fact.value, row.element.code) == (1, 9, "broadcasts")


def test_a_kind_made_later_counts_at_once(here: World) -> None:
    unit = here["dong_hoa"]
    own = attrs.evolve(BROADCAST, code="local_posts", counts=(CountRule(element="posts"),))
    keep_since(unit.pk, kind(own).kind_id, date(2026, 2, 1))
    event(unit, own, on=date(2026, 2, 3))
    counted_on(here, TODAY)
    assert asked(here, "dong_hoa", "posts", FEBRUARY) == 1


def test_a_kind_may_not_count_what_others_count(here: World) -> None:
    kind(HOT_SPOT)
    own = attrs.evolve(BROADCAST, code="local_spots", counts=(CountRule(element="hot_spots_cleared"),))
    assert [(each.element, each.by) for each in counted_elsewhere(own)] == [
        ("hot_spots_cleared", "Điểm phức tạp về ma túy")
    ]
    files = attrs.evolve(own, counts=(CountRule(element="tests_taken"),))
    assert [each.by for each in counted_elsewhere(files)] == ["đếm từ hồ sơ"]
    assert not counted_elsewhere(BROADCAST)
    check_ready([BROADCAST, HOT_SPOT, SCHOOL])
    with pytest.raises(ValueError, match="hot_spots_cleared"):
        check_ready([own, HOT_SPOT])
    with pytest.raises(ValueError, match="tests_taken"):
        check_ready([files])


def test_a_mark_is_one_statement_and_keeps_the_earliest_day(here: World) -> None:
    unit = here["dong_hoa"].pk
    with CaptureQueriesContext(
        connection,
    ) as seen:
        mark([unit], date(2026, 2, 3), noon(TODAY))
        mark([unit, here["tay_hoa"].pk], date(2026, 1, 3), noon(TODAY))
        mark([unit], date(2026, 2, 9), noon(TODAY))
        mark([], date(2026, 2, 9), noon(TODAY))
    assert len(seen) == 3
    assert EventMark.objects.get(unit=unit).start == date(2026, 1, 3)


def test_the_cost_of_counting_does_not_grow_with_the_entries(here: World) -> None:
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind().kind_id, date(2026, 2, 1))

    def cost(more: int) -> int:
        for n in range(more):
            event(unit, on=date(2026, 2, 1) + timedelta(days=n % 27))
        mark([unit.pk], date(2026, 2, 1), noon(TODAY))
        with CaptureQueriesContext(connection) as seen:
            recount(at=noon(TODAY))
        return len(seen)

    cost(27)
    assert cost(27) == cost(81)
    assert asked(here, "dong_hoa", "broadcasts", FEBRUARY) == 135


def test_a_window_kept_later_cuts_what_was_told(here: World) -> None:
    unit = here["dong_hoa"]
    keep_since(unit.pk, kind().kind_id, date(2026, 2, 1))
    for day in (10, 11):
        event(unit, on=date(2026, 2, day))
    counted_on(here, date(2026, 2, 28))
    own = Span(date(2026, 2, 11), date(2026, 2, 20))
    keep_span(span=own)
    assert mark_all(at=noon(date(2026, 3, 31))) == 1
    assert recount(at=noon(date(2026, 3, 31))) == 1
    assert asked(here, "dong_hoa", "broadcasts", own) == 1


WEEKLY = Words(
    "Phát thanh trên loa truyền thanh 02 lượt/tuần",
    {"kind": "frequency", "comparator": "gte", "value": 2, "unit": "lượt", "frequency": {"n": 2, "per": "week"}},
)
TEN = Words(
    "Phát hiện, bắt giữ 10 vụ phạm tội về ma túy",
    {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ"},
    {"Công an tỉnh": 7, "Sở Y tế": 2, "Sở Tài chính": 1},
)


def test_ten_is_seven_and_two_and_one_by_entries_alone(here: World) -> None:
    """The action month: three bodies of one place, each counting its own events; the whole is their sum."""
    keys = {"Công an tỉnh": "police", "Sở Y tế": "health", "Sở Tài chính": "finance"}
    plan = plan_in_force(here.office, here["an_binh"])
    (target,) = put_in_force(here.office, plan, [TEN], bodies={name: here[key] for name, key in keys.items()},
                             issued=date(2026, 1, 5))  # fmt: skip
    confirm_proposals(actor=here.office, at=noon(TODAY), plan_id=plan.pk, seen={target.pk: 1})
    for key, number in (("police", 7), ("health", 2), ("finance", 1)):
        keep_since(here[key].pk, kind(RAID).kind_id, date(2026, 1, 1))
        for n in range(number):
            event(here[key], RAID, on=date(2026, 2, n + 1), data={"cases": 1}, state=EventState.VERIFIED)
    counted_on(here, TODAY, *keys.values())
    rows = {row.unit_id: row for row in Standing.objects.filter(target=target)}
    assert [int(rows[here[key].pk].measured or 0) for key in ("an_binh", *keys.values())] == [10, 7, 2, 1]
    assert {row.verdict for row in rows.values()} == {Verdict.MET}


def test_a_weekly_target_moves_by_entries_alone(here: World) -> None:
    plan = plan_in_force(here.office, here["dong_hoa"], window=(date(2026, 2, 2), date(2026, 3, 1)))
    (target,) = put_in_force(here.office, plan, [WEEKLY], bodies={}, issued=date(2026, 1, 5))
    confirm_proposals(actor=here.office, at=noon(TODAY), plan_id=plan.pk, seen={target.pk: 1})
    keep_since(here["dong_hoa"].pk, kind().kind_id, date(2026, 2, 1))
    for week in range(4):
        for day in (0, 3):
            event(here["dong_hoa"], on=date(2026, 2, 2) + timedelta(days=7 * week + day))
    counted_on(here, TODAY)
    row = Standing.objects.get(target=target)
    assert (row.verdict, int(row.measured or 0)) == (Verdict.MET, 4), row.sentence
    day = date(2026, 2, 3)
    assert fed_by(here.office, ["broadcasts"], here["dong_hoa"].pk, day) == [target]
    elsewhere = [
        ("tay_hoa", "broadcasts", day),
        ("dong_hoa", "raids", day),
        ("dong_hoa", "broadcasts", date(2026, 1, 9)),
    ]
    assert not any(fed_by(here.office, [code], here[key].pk, on) for key, code, on in elsewhere)
    assert not fed_by(here.actor("tay_hoa"), ["broadcasts"], here["dong_hoa"].pk, day), "a plan that one does not see"
