"""What lists of events rest on: a reader of few units never reads through what others did."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventPlace, Kind, places
from pcmt.apps.activities.operations.counting import keep_since, pieces_of
from pcmt.apps.activities.queries import events as asking
from pcmt.apps.activities.queries.counting import counted, kept_by
from pcmt.apps.activities.queries.coverage import communes_reached
from pcmt.apps.activities.queries.events import Cursor, EventFilter, event_page, events, in_month, sums_of, used_by
from pcmt.apps.facts.operations import load_catalogue
from pcmt.core.periods import Span
from tests.factories.activities import BROADCAST, HOT_SPOT, SCHOOL, SCHOOL_SESSION, event, kind, place
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 1)

Ask = Callable[[Actor], Any]
ASKS: dict[str, Ask] = {
    "newest": lambda actor: event_page(events(actor, EventFilter())),
    "later page": lambda actor: event_page(events(actor, EventFilter()), Cursor(DAY, 7)),
    "of a kind": lambda actor: event_page(events(actor, EventFilter(kind="broadcast"))),
    "of a group": lambda actor: event_page(events(actor, EventFilter(group=BROADCAST.group))),
    "of days": lambda actor: event_page(events(actor, EventFilter(since=DAY, upto=DAY + timedelta(days=30)))),
    "sums": lambda actor: sums_of(events(actor, EventFilter(kind="school_session")), SCHOOL_SESSION),
    "mine": used_by,
    "reached": lambda actor: communes_reached(
        actor, Kind.objects.get(code="broadcast"), Span(DAY, DAY.replace(day=30))
    ),
    "month": lambda actor: in_month(events(actor, EventFilter()), DAY, DAY + timedelta(days=29)),
}


@pytest.fixture
def busy(land: World) -> World:
    """A commune that did little beside another that did much, and statistics of it."""
    for schema, unit, many in (
        (BROADCAST, "an_binh", 3000),
        (SCHOOL_SESSION, "an_binh", 500),
        (BROADCAST, "dong_hoa", 60),
    ):
        version = kind(schema)
        Event.objects.bulk_create(
            Event(
                kind=version.kind, kind_version=version, body=land[unit], area=land[unit], title=schema.label,
                on=DAY + timedelta(days=at % 300 - 150), made_at=NOW, changed_at=NOW,
            )
            for at in range(many)
        )  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # SQLite has none in use either
            cursor.execute("ANALYZE activities_event")
            # A table as small as this is rather read whole than looked into fifty times; a large one is not.
            cursor.execute("SET LOCAL enable_hashjoin TO off")
    return land


def plans(ask: Ask, actor: Actor) -> str:
    """How the database goes about the statements that read events."""
    with CaptureQueriesContext(connection) as seen:
        ask(actor)
    how = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    lines: list[str] = []
    for each in seen.captured_queries:
        if re.search(r'FROM "activities_(event|place)', each["sql"]):
            with connection.cursor() as cursor:
                cursor.execute(how + each["sql"].replace("%", "%%"))
                lines += [str(row[-1]) for row in cursor.fetchall()]
    return "\n".join(lines)


@pytest.mark.parametrize("ask", ASKS)
def test_who_holds_few_units_reads_by_their_indexes(busy: World, ask: str) -> None:
    found = plans(ASKS[ask], busy.actor("dong_hoa"))
    assert "event_" in found
    assert "event_kind_newest" not in found, "what all units did of a kind"
    assert "SCAN activities_event" not in found
    assert "Seq Scan on activities_event" not in found


def test_figures_of_a_commune_are_counted_from_what_is_its_own(busy: World) -> None:
    """Its events, its places and what was done at them: not what lies elsewhere, or was done there."""
    load_catalogue()
    unit = busy["dong_hoa"]
    for schema in (BROADCAST, SCHOOL_SESSION, SCHOOL, HOT_SPOT):
        keep_since(unit.pk, kind(schema).kind_id, date(2025, 1, 1))
    sessions = Event.objects.filter(kind__code="school_session").order_by("pk")
    for key, many in (("an_binh", 1500), ("dong_hoa", 6)):
        schools = [place(busy[key], SCHOOL, since=DAY, name=f"Trường {at}") for at in range(many // 3)]
        rows = [(done, school) for at, school in enumerate(schools) for done in sessions[at % 480 : at % 480 + 10]]
        EventPlace.objects.bulk_create(EventPlace(event=done, place=school) for done, school in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    spans = pieces_of(unit, DAY, DAY + timedelta(days=60))
    found = plans(lambda _actor: counted(unit, kept_by(unit), spans), busy.actor("dong_hoa"))
    assert "event_newest" not in found, "what all did of these days"
    for table in ("activities_event", "activities_eventplace", "activities_place", "activities_placespell"):
        assert re.search(rf"\b{table}\b", found), table
        assert not re.search(rf"(SCAN|Seq Scan on) {table}\b(?! USING)", found), found


@pytest.mark.parametrize("ask", ["newest", "later page", "of days"])
def test_who_holds_many_units_walks_the_days(busy: World, ask: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "FEW", 0)
    found = plans(ASKS[ask], busy.office)
    assert "event_newest" in found


@pytest.mark.parametrize("few", [0, 50])
def test_few_or_many_units_the_same_events(busy: World, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for actor in (busy.actor("dong_hoa"), busy.office):
        for wanted in (EventFilter(), EventFilter(kind="broadcast"), EventFilter(unit_id=busy["dong_hoa"].pk)):
            told = set(events(actor, wanted).values_list("pk", flat=True))
            monkeypatch.setattr(places, "FEW", few)
            assert set(events(actor, wanted).values_list("pk", flat=True)) == told
            monkeypatch.undo()
            assert told


def test_a_full_day_takes_no_room_from_the_others(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "A_DAY", 1)
    for on in [*[DAY] * 40, DAY + timedelta(days=1)]:
        event(land["dong_hoa"], on=on)
    counts, named = in_month(events(land.actor("dong_hoa"), EventFilter()), DAY, DAY + timedelta(days=29))
    assert counts == {DAY: 40, DAY + timedelta(days=1): 1}
    assert {on: len(rows) for on, rows in named.items()} == {DAY: 1, DAY + timedelta(days=1): 1}


def test_an_event_that_goes_on_is_found_on_its_last_day(land: World) -> None:
    long = event(land["dong_hoa"], on=DAY, until=DAY + timedelta(days=365))
    event(land["dong_hoa"], on=DAY, until=DAY + timedelta(days=364))
    rows = events(land.actor("dong_hoa"), EventFilter(since=DAY + timedelta(days=365)))
    assert [row.pk for row in event_page(rows).rows] == [long.pk]
