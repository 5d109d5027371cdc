"""Two million events of a province: one new entry, lists, a month, a map, exports, a unit counted again.

130 communes with their police and union, a fifth of them holding half of the events, beside the police of the province
that works in all; three years, the kinds that come ready, places with their states. Rows are laid by COPY or
`executemany`. First a tenth of the communes is laid and everything measured; then the rest, and again: what is asked of
a commune must not grow with the others. Beside each question stands the plainest SQL that answers the same, and the
answers must be equal before any time is looked at. The fastest of several: by the clock on PostgreSQL, time of the
processor on SQLite, which works in the same process.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain, count, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import attrs

from benchmarks.harness import Goal, Report, ms, ratio, say

SIZES = {"S": 20_000, "M": 200_000, "L": 2_000_000}
"""Events, over all communes."""
COMMUNES = 130
FEW = 13
"""Communes laid first; those that are asked about are among them."""
REPEATS = 3
TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
FIRST = date(2023, 11, 21)
DAYS = (TODAY - FIRST).days
PARTS = 36
MONTH = (date(2026, 10, 1), date(2026, 10, 31))
MADE = "2026-11-20 03:00:00"
BATCH = 20_000
WORDS = ("học sinh", "chợ", "nhà văn hóa", "khu công nghiệp", "bến xe", "tổ dân phố", "công nhân", "lễ hội")
RARE = "đập thủy lợi"
"""In one title of ten thousand."""

Rows = Iterator[tuple[Any, ...]]


def main() -> int:
    """Run it on one database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=list(SIZES), default="S", help="how many events")
    parser.add_argument("--on", choices=["sqlite", "pg"], default="sqlite", help="the database")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    chosen = parser.parse_args()
    report = Report("activities", chosen.size)
    with tempfile.TemporaryDirectory(prefix="pcmt-bench-") as folder:
        from benchmarks.consolidate import start

        report.notes.append(start(chosen.on, Path(folder)))
        run(report, SIZES[chosen.size])
        code = report.finish(chosen.out)
        from django.db import connections

        connections.close_all()
    return code


def run(report: Report, events: int) -> None:
    """Lay a tenth, ask; lay the rest, ask again."""
    from pcmt.apps.activities.operations.kinds import load_kinds
    from pcmt.apps.facts.operations import load_catalogue

    load_catalogue()
    load_kinds(AT)
    land = Land(random.Random(8), events)
    land.lay(land.communes[:FEW])
    few, wrote_few = asked(land), wrote(land)
    land.lay(land.communes[FEW:])
    many, wrote_many = asked(land), wrote(land)
    rows = [["question", "ms", "plain SQL, ms", "times plain SQL", "with a tenth, ms", "statements"]]
    for name, whole in many.items():
        then = few[name]
        rows.append(
            [
                name,
                ms(whole.ours),
                ms(whole.plain),
                ratio(whole.ours, whole.plain),
                ms(then.ours),
                str(whole.statements),
            ]
        )
        if name.startswith("commune") and whole.ours > 2 * then.ours and whole.ours > 0.02:
            report.goals.append(Goal(name, "≤ 2× with ten times the others", ratio(whole.ours, then.ours), met=False))
        if whole.statements != then.statements:
            report.goals.append(
                Goal(f"{name}: statements", "the same", f"{then.statements} → {whole.statements}", False)
            )
        report.figures[name] = attrs.asdict(whole) | {"few": then.ours}
    report.tables["Questions"] = rows
    report.tables["One new entry: checked, written, marked, logged, committed"] = [
        ["events of the others", "ms", "one INSERT, committed, ms", "times", "statements"],
        ["a tenth", ms(wrote_few.ours), ms(wrote_few.plain), ratio(wrote_few.ours, wrote_few.plain),
         str(wrote_few.statements)],
        ["all", ms(wrote_many.ours), ms(wrote_many.plain), ratio(wrote_many.ours, wrote_many.plain),
         str(wrote_many.statements)],
    ]  # fmt: skip
    report.goals += [
        Goal("a new entry with ten times the others", "≤ 1.5×", ratio(wrote_many.ours, wrote_few.ours),
             wrote_many.ours <= 1.5 * wrote_few.ours),
        Goal("its statements", "the same", f"{wrote_few.statements} → {wrote_many.statements}",
             wrote_few.statements == wrote_many.statements),
    ]  # fmt: skip
    report.notes.append(
        f"{land.events:,} events of {len(land.kinds)} kinds in {COMMUNES} communes, {land.places:,} places; "
        f"the commune asked about holds {land.held(land.communes[0]):,} events."
    )
    report.figures |= {"entry": wrote_many.ours, "entry_few": wrote_few.ours}


# --- rows


@attrs.frozen
class Sample:
    """A kind as events or places of it are laid: some of its entries as JSON, its states."""

    kind_id: int
    version_id: int
    schema: Any
    data: Sequence[str]


@attrs.frozen
class Commune:
    """A commune, the bodies at work in it, and its share of all events."""

    unit_id: int
    bodies: tuple[int, ...]
    share: float


class Land:
    """The province and what was laid in it so far."""

    def __init__(self, dice: random.Random, events: int) -> None:
        from pcmt.apps.accounts.models import Actor, User
        from pcmt.apps.accounts.operations import create_user, grant_role
        from pcmt.apps.units.operations import NewUnit, create_units

        self.dice, self.wanted, self.events, self.places = dice, events, 0, 0
        rows = [
            NewUnit(key="p", name="Tỉnh Đo", kind="administrative", level="province", code="99"),
            NewUnit(key="a", name="Công an tỉnh Đo", kind="agency", level="province", parent="p"),
        ]
        for at in range(COMMUNES):
            rows += [
                NewUnit(key=f"c{at}", name=f"Xã Đo {at}", kind="administrative", level="commune", parent="p",
                        code=f"{at:05}"),
                NewUnit(key=f"p{at}", name=f"Công an xã Đo {at}", kind="agency", level="commune", parent=f"c{at}"),
                NewUnit(key=f"u{at}", name=f"Phụ nữ xã Đo {at}", kind="agency", level="commune", parent=f"c{at}"),
            ]  # fmt: skip
        units = create_units(actor=None, at=AT, rows=rows)
        self.province, self.agency = units["p"].pk, units["a"].pk
        weights = [2.0 if at % 5 == 0 else 0.5 for at in range(COMMUNES)]
        self.communes = [
            Commune(units[f"c{at}"].pk, tuple(units[f"{key}{at}"].pk for key in "cpu"), weight / sum(weights))
            for at, weight in enumerate(weights)
        ]

        def person(name: str, role: str, unit_id: int) -> Actor:
            user = create_user(actor=None, at=AT, username=name, full_name=name)
            assert isinstance(user, User)
            grant_role(actor=None, at=AT, user_id=user.pk, role=role, unit_id=unit_id)
            return Actor(user.pk, name, role, unit_id, name, TODAY)

        self.clerk = person("clerk", "commune_officer", self.communes[0].unit_id)
        self.office = person("office", "standing_office", self.agency)
        self.kinds, self.sorts = samples(dice, "event"), samples(dice, "place")
        self.ids = {name: count(1) for name in ("event", "place", "spell")}

    def held(self, commune: Commune) -> int:
        """How many events a commune's bodies have."""
        from pcmt.apps.activities.models import Event

        return Event.objects.filter(body__in=commune.bodies).count()

    def lay(self, communes: Sequence[Commune]) -> None:
        """Places, events and since when each unit keeps each kind; statistics as a running database has them."""
        from pcmt.apps.activities.queries.counting import kept_units

        began = perf_counter()
        here = {each.unit_id: max(1, round(each.share * self.wanted)) for each in communes}
        by_commune: dict[int, list[int]] = {}
        places: list[tuple[Any, ...]] = []
        spells: list[tuple[Any, ...]] = []
        for each in communes:
            ids = by_commune[each.unit_id] = []
            for _at in range(max(20, here[each.unit_id] // 50)):
                row, lived = self._place(each)
                ids.append(row[0])
                places.append(row)
                spells += lived
        pour("activities_place", PLACE, iter(places))
        pour("activities_placespell", SPELL, iter(spells))
        self.places += len(places)
        for part in range(PARTS):  # as they came in: one month after the other, all communes beside each other
            links: list[tuple[int, int]] = []
            days = range(DAYS * part // PARTS, DAYS * (part + 1) // PARTS)
            rows = (
                self.rows_of(each, here[each.unit_id], days, by_commune[each.unit_id], links) for each in communes
            )  # fmt: skip
            pour("activities_event", EVENT, chain.from_iterable(rows))
            pour("activities_eventplace", ("event_id", "place_id"), iter(links))
        self.events += sum(here.values())
        agency = () if self.agency in kept_units() else (self.agency,)
        kinds = [each.kind_id for each in (*self.kinds, *self.sorts)]
        since = ((unit, kind, FIRST.isoformat()) for unit in (*here, *agency) for kind in kinds)
        pour("activities_keptsince", ("unit_id", "kind_id", "start"), since)
        settle()
        say(f"{self.events:,} events, {self.places:,} places laid in {perf_counter() - began:.0f} s")

    def _place(self, commune: Commune) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        dice, sort = self.dice, self.dice.choice(self.sorts)
        pk, since = next(self.ids["place"]), FIRST + timedelta(days=dice.randrange(DAYS))
        states = [dice.choice(sort.schema.first_states)]
        days = [since]
        while dice.random() < 0.4 and days[-1] < TODAY and (after := sort.schema.next_states(states[-1].key)):
            states.append(dice.choice(after))
            days.append(days[-1] + timedelta(days=dice.randint(1, 200)))
        days = [min(day, TODAY) for day in days]
        ends = [*(day.isoformat() for day in days[1:]), None]
        spells = [
            (next(self.ids["spell"]), pk, state.key, day.isoformat(), end, "{}", "", MADE)
            for state, day, end in zip(states, days, ends, strict=True)
        ]
        name = f"{sort.schema.label} {pk}"
        lat, lon = (10 + dice.random(), 106 + dice.random()) if dice.random() < 0.5 else (None, None)
        row = (
            pk, key_of(dice), sort.kind_id, sort.version_id, commune.unit_id, commune.bodies[0], name, name.lower(), "",
            told(lat), told(lon), dice.choice(sort.data), states[-1].key, since.isoformat(), MADE, 1,
        )  # fmt: skip
        return row, spells

    def rows_of(
        self, commune: Commune, many: int, days: range, places: list[int], links: list[tuple[int, int]]
    ) -> Rows:
        """Those of `many` events of a commune over all years that fall on some days; `links` takes their places."""
        dice = self.dice
        many = many * days.stop // DAYS - many * days.start // DAYS
        weights = [1 / (1 + at % 12) for at in range(len(self.kinds))]
        for kind in dice.choices(self.kinds, weights, k=many):
            chance, pk = dice.random(), next(self.ids["event"])
            body = commune.bodies[0 if chance < 0.6 else 1 if chance < 0.8 else 2] if chance < 0.92 else self.agency
            on = FIRST + timedelta(days=1 + dice.choice(days))
            chance = dice.random()
            until = (on + timedelta(days=2)).isoformat() if chance < 0.03 else None
            state = "voided" if chance > 0.98 else "entered"
            if kind.schema.verified and state == "entered":
                state = "waiting" if chance > 0.94 else "returned" if chance > 0.92 else "verified"
            lat, lon = (10 + dice.random(), 106 + dice.random()) if chance < 0.2 else (None, None)
            title = f"{kind.schema.label} tại {RARE if dice.random() < 0.0001 else dice.choice(WORDS)}"
            if kind.schema.with_places and chance > 0.3:
                links.append((pk, dice.choice(places)))
            yield (
                pk, key_of(dice), kind.kind_id, kind.version_id, body, commune.unit_id, on.isoformat(), until,
                f"{7 + pk % 12:02}:30:00" if pk % 2 else None, title, dice.choice(kind.data), "", told(lat), told(lon),
                state, "page", MADE, self.clerk.user_id if body == self.clerk.unit_id else None, MADE, 1,
            )  # fmt: skip


EVENT = (
    "id", "key", "kind_id", "kind_version_id", "body_id", "area_id", "on", "until", "time", "title", "data", "where",
    "lat", "lon", "state", "way", "made_at", "made_by_id", "changed_at", "version",
)  # fmt: skip
PLACE = (
    "id", "key", "kind_id", "kind_version_id", "area_id", "body_id", "name", "search_key", "address", "lat", "lon",
    "data", "state", "from_on", "made_at", "version",
)  # fmt: skip
SPELL = ("id", "place_id", "state", "from_on", "to_on", "data", "words", "made_at")


def samples(dice: random.Random, noun: str) -> list[Sample]:
    """Every kind of a noun with sixteen entries as they are kept."""
    from pcmt.apps.activities.models import KindState, KindVersion
    from pcmt.apps.activities.queries.kinds import schema_of

    rows = KindVersion.objects.filter(kind__noun=noun, state=KindState.IN_USE).order_by("kind__order")
    found = []
    for row in rows:
        schema = schema_of(row)
        data = [json.dumps(entry(dice, schema)) for _at in range(16)]
        found.append(Sample(row.kind_id, row.pk, schema, data))
    return found


def entry(dice: random.Random, schema: Any) -> dict[str, Any]:
    """Something said in every field."""
    made: dict[str, Any] = {}
    for field in schema.fields:
        low, high = field.least or 0, field.most or 400
        match str(field.type):
            case "whole" | "money":
                made[field.key] = dice.randint(low, high)
            case "decimal":
                made[field.key] = str(dice.randint(low, high))
            case "choice":
                made[field.key] = dice.choice(field.options).key
            case "choices":
                made[field.key] = [dice.choice(field.options).key]
            case "yes_no":
                made[field.key] = dice.random() < 0.5
            case "day":
                made[field.key] = "2026-05-01"
            case "time":
                made[field.key] = "08:00"
            case _:
                made[field.key] = dice.choice(WORDS)
    return made


def key_of(dice: random.Random) -> str:
    """A key of an entry, the same in every run."""
    return uuid.UUID(int=dice.getrandbits(128), version=4).hex


def told(degrees: float | None) -> str | None:
    """Degrees as they are kept."""
    return None if degrees is None else f"{degrees:.5f}"


def pour(table: str, columns: Sequence[str], rows: Rows) -> None:
    """Rows into a table, the fastest way of the database."""
    from django.db import connection, transaction

    names = ", ".join(f'"{name}"' for name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        while some := list(islice(rows, BATCH)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", some)


def settle() -> None:
    """Let ids go on after those laid; take statistics."""
    from django.core.management.color import no_style
    from django.db import connection

    from pcmt.apps.activities.models import Event, EventPlace, KeptSince, Place, PlaceSpell

    with connection.cursor() as cursor:
        for text in connection.ops.sequence_reset_sql(no_style(), [Event, EventPlace, KeptSince, Place, PlaceSpell]):
            cursor.execute(text)
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


# --- questions


@attrs.frozen
class Measured:
    """Seconds of the program and of plain SQL, and the program's statements."""

    ours: float
    plain: float
    statements: int


def now() -> float:
    """Seconds by the clock; of the processor where the database works in this very process, so that others on the
    machine do not count."""
    return process_time() if is_sqlite() else perf_counter()


def fastest(ask: Callable[[], Any]) -> tuple[float, Any]:
    """The fastest of several, and what it answered."""
    best, said = float("inf"), None
    for _each in range(REPEATS):
        began = now()
        said = ask()
        best = min(best, now() - began)
    return best, said


def asked(land: Land) -> dict[str, Measured]:
    """Every question, by its words."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = {}
    for name, ours, plain in questions(land):
        with CaptureQueriesContext(connection) as captured:
            ours()
        mine, said = fastest(ours)
        theirs, other = fastest(plain)
        assert said == other, f"{name}: {str(said)[:300]} is not {str(other)[:300]}"
        found[name] = Measured(mine, theirs, len(captured))
        say(f"{name}: {ms(mine)} ms, plain {ms(theirs)} ms, {len(captured)} statements")
    return found


def sql(text: str, *params: Any) -> list[tuple[Any, ...]]:
    """What plain SQL answers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return list(cursor.fetchall())


def day(value: Any) -> date:
    """A day as plain SQL gives it: SQLite tells text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


Question = tuple[str, Callable[[], Any], Callable[[], Any]]


def questions(land: Land) -> Iterator[Question]:
    """What is asked of one commune by its officer, and of the province by its standing office."""
    inside = ", ".join(str(each.version_id) for each in land.kinds if each.schema.inside)
    here = ", ".join(map(str, land.communes[0].bodies))
    seen = f"state <> 'voided' AND (body_id IN ({here}) OR area_id IN ({here}))"
    seen += f" AND (kind_version_id NOT IN ({inside}) OR body_id IN ({here}))"
    reads = {"commune": (land.clerk, seen), "province": (land.office, "state <> 'voided'")}
    for who, (actor, seen) in reads.items():
        for ask in (lists, months, places, maps, boards):
            yield from ((f"{who}: {name}", ours, plain) for name, ours, plain in ask(land, actor, seen))
    yield from kinds(land)
    yield from entries(land)
    yield from exports(land, reads["commune"][1])
    for name, commune in (("largest commune", land.communes[0]), ("small commune", land.communes[1])):
        yield recounted(land, name, commune)


def lists(land: Land, actor: Any, seen: str) -> Iterator[Question]:
    """Pages of events, what waits, the sums of a kind."""
    from pcmt.apps.activities.queries.events import Cursor, EventFilter, event_page, events, sums_of, waiting_for

    kind = next(each for each in land.kinds if any(field.sums for field in each.schema.numbers()))
    last = ' ORDER BY "on" DESC, id DESC LIMIT 50'
    from_table = f"SELECT id FROM activities_event WHERE {seen} "
    old = Cursor(date(2024, 6, 1), 0)

    def page(after: Cursor | None = None, **wanted: Any) -> list[int]:
        return [each.pk for each in event_page(events(actor, EventFilter(**wanted)), after).rows]

    def plain(more: str = "", *params: Any) -> Callable[[], list[int]]:
        return lambda: [row[0] for row in sql(from_table + more + last, *params)]

    own = land.communes[0]
    bodies = ", ".join(map(str, own.bodies))
    within = f"AND (body_id IN ({bodies}) OR area_id IN ({bodies})) "
    yield "list, newest", page, plain()
    yield "list, a page of two years ago", lambda: page(old), plain('AND "on" < %s', old.on)
    yield (
        "list, one kind", lambda: page(kind=kind.schema.code), plain("AND kind_id = %s", kind.kind_id)
    )  # fmt: skip
    yield (
        "list, kind + unit + month",
        lambda: page(kind=kind.schema.code, unit_id=own.unit_id, since=MONTH[0], upto=MONTH[1]),
        plain(within + 'AND kind_id = %s AND ("on" >= %s OR until >= %s) AND "on" <= %s', kind.kind_id, MONTH[0],
              MONTH[0], MONTH[1]),
    )  # fmt: skip
    yield (
        "list, a month of two years ago", lambda: page(since=date(2024, 6, 1), upto=date(2024, 6, 30)),
        plain('AND ("on" >= %s OR until >= %s) AND "on" <= %s', date(2024, 6, 1), date(2024, 6, 1), date(2024, 6, 30)),
    )  # fmt: skip
    for name, text in (("a common word", "công nhân"), ("rare words", RARE)):
        like = "".join('AND (upper(title) LIKE upper(%s) OR upper("where") LIKE upper(%s)) ' for _word in text.split())
        if is_sqlite():
            like = like.replace("upper", "")
        params = [f"%{word}%" for word in text.split() for _twice in "12"]
        yield f"list, {name}", partial(page, words=text), plain(like, *params)
    yield (
        "list, waiting for verification", lambda: page(state="waiting"), plain("AND state = 'waiting'")
    )  # fmt: skip
    if actor is land.office:
        yield (
            "how many wait to be verified",
            lambda: waiting_for(actor).count(),
            lambda: sql("SELECT count(*) FROM activities_event WHERE state = 'waiting' AND body_id <> %s "
                        "AND body_id <> %s", land.agency, land.province)[0][0],
        )  # fmt: skip
    numbers = [field.key for field in kind.schema.numbers() if field.sums]
    taken = ", ".join(f"coalesce(sum({number(key)}), 0)" for key in numbers)
    yield (
        "sums of one kind, all years",
        lambda: [int(each) for each in flat(sums_of(events(actor, EventFilter(kind=kind.schema.code)), kind.schema))],
        lambda: [int(each) for each in sql(
            f"SELECT count(*), {taken} FROM activities_event WHERE {seen} AND kind_id = %s "
            "AND state IN ('entered', 'verified')", kind.kind_id)[0]],
    )  # fmt: skip


def flat(sums: tuple[int, Mapping[str, Any]]) -> list[Any]:
    """A count and sums in one row."""
    return [sums[0], *sums[1].values()]


def is_sqlite() -> bool:
    """Which dialect plain SQL speaks."""
    from django.db import connection

    return connection.vendor == "sqlite"


def number(key: str) -> str:
    """A number of an entry in plain SQL."""
    return f"json_extract(data, '$.{key}')" if is_sqlite() else f"(data->>'{key}')::numeric"


def months(land: Land, actor: Any, seen: str) -> Iterator[Question]:
    """The calendar."""
    from pcmt.apps.activities.queries.events import EventFilter, events, in_month

    yield (
        "calendar of a month",
        lambda: sorted(in_month(events(actor, EventFilter()), *MONTH)[0].items()),
        lambda: sorted((day(on), many) for on, many in sql(
            f'SELECT "on", count(*) FROM activities_event WHERE {seen} AND "on" >= %s AND "on" <= %s GROUP BY "on"',
            *MONTH)),
    )  # fmt: skip


def places(land: Land, actor: Any, seen: str) -> Iterator[Question]:
    """The list of places, their numbers by state, what came and went."""
    from pcmt.apps.activities.queries import places as asking
    from pcmt.core.periods import Span

    del seen
    here = "true" if actor is land.office else f"area_id = {land.communes[0].unit_id}"
    yield (
        "places, first page",
        lambda: [each.pk for each in asking.places(actor, asking.PlaceFilter(), asking.PlaceKinds())[:50]],
        lambda: [row[0] for row in sql(
            f'SELECT p.id FROM activities_place p JOIN activities_kind k ON k.id = kind_id WHERE {here} '
            'ORDER BY k."order", kind_id, search_key, p.id LIMIT 50')],
    )  # fmt: skip
    yield (
        "places by state",
        lambda: sum(each.count for each in asking.counts(actor, asking.PlaceFilter(), asking.PlaceKinds())),
        lambda: sum(row[1] for row in sql(
            f"SELECT state, count(*) FROM activities_place WHERE {here} GROUP BY kind_id, state")),
    )  # fmt: skip
    kind = land.sorts[0]
    gone = ", ".join(f"'{state.key}'" for state in kind.schema.states if str(state.sort) == "gone")
    yield (
        "places that came and went in a month, one kind",
        lambda: sum(each.total.end for each in asking.flow_of(
            actor, Span(MONTH[0], MONTH[1] + timedelta(days=1)), kind_id=kind.kind_id)),
        lambda: sql(
            f"SELECT count(*) FROM activities_place p JOIN activities_placespell s ON s.place_id = p.id WHERE p.{here} "
            f"AND kind_id = %s AND s.from_on <= %s AND (s.to_on IS NULL OR s.to_on > %s) AND s.state NOT IN ({gone})"
            .replace("p.true", "true"), kind.kind_id, MONTH[1], MONTH[1])[0][0],
    )  # fmt: skip


def boards(land: Land, actor: Any, seen: str) -> Iterator[Question]:
    """Which schools and communes nobody reached this year."""
    from pcmt.apps.activities.models import Kind
    from pcmt.apps.activities.queries.coverage import communes_reached, place_kinds, places_reached
    from pcmt.core.periods import Span

    talk = next(each for each in land.kinds if each.schema.code == "school_session")
    kind, codes = Kind.objects.get(pk=talk.kind_id), place_kinds(talk.schema)
    schools = ", ".join(str(each.kind_id) for each in land.sorts if each.schema.code in codes)
    year = Span(date(2026, 1, 1), date(2027, 1, 1))
    here = "true" if actor is land.office else f"p.area_id = {land.communes[0].unit_id}"
    counted = "state = 'verified'" if talk.schema.verified else "state IN ('entered', 'verified')"
    held = f"{seen} AND {counted} AND e.kind_id = {talk.kind_id} AND \"on\" >= '2026-01-01'"
    yield (
        "schools not reached this year",
        lambda: len(places_reached(actor, kind, codes, year).missing),
        lambda: sql(
            f"SELECT count(*) FROM activities_place p WHERE {here} AND p.kind_id IN ({schools}) AND p.id NOT IN ("
            f"SELECT l.place_id FROM activities_eventplace l JOIN activities_event e ON e.id = l.event_id WHERE {held})"
        )[0][0],
    )  # fmt: skip
    yield (
        "communes reached this year",
        lambda: sum(row.count > 0 for row in communes_reached(actor, kind, year).rows),
        lambda: sql(f"SELECT count(DISTINCT area_id) FROM activities_event e WHERE {held}")[0][0],
    )  # fmt: skip


def kinds(land: Land) -> Iterator[Question]:
    """How often kinds are used, as their pages tell."""
    from pcmt.apps.activities.models import Kind
    from pcmt.apps.activities.queries.kinds import use_of, used_often

    busiest = land.kinds[0].kind_id
    yield (
        "kinds: how often each is used",
        lambda: sorted(used_often().items()),
        lambda: sorted(
            sql("SELECT kind_id, count(*) FROM activities_event GROUP BY kind_id")
            + sql("SELECT kind_id, count(*) FROM activities_place GROUP BY kind_id")
        ),
    )
    yield (
        "kinds: the page of the busiest one",
        lambda: use_of(Kind.objects.get(pk=busiest)).bodies,
        lambda: sql("SELECT count(DISTINCT body_id) FROM activities_event WHERE kind_id = %s", busiest)[0][0],
    )


def maps(land: Land, actor: Any, seen: str) -> Iterator[Question]:
    """Events and places on the map, by unit; in a commune one by one."""
    from pcmt.apps.activities.queries.maps import MapFilter, drawn

    unit_id = land.communes[0].unit_id
    here = "true" if actor is land.office else f"area_id = {unit_id}"
    counted = "state IN ('entered', 'verified') AND \"on\" >= %s AND \"on\" <= %s"

    def dots(**more: Any) -> int:
        return sum(each.count for each in drawn(actor, MapFilter(since=MONTH[0], until=MONTH[1], **more)).dots)

    yield (
        "map, events of a month", lambda: dots(events=True),
        lambda: sql(f"SELECT count(*) FROM activities_event WHERE {seen} AND {counted}", *MONTH)[0][0],
    )  # fmt: skip
    yield (
        "map, places", dots,
        lambda: sql(
            f"SELECT count(*) FROM activities_place p JOIN activities_placespell s ON s.place_id = p.id WHERE {here} "
            "AND s.from_on <= %s AND (s.to_on IS NULL OR s.to_on > %s)", MONTH[1], MONTH[1])[0][0],
    )  # fmt: skip
    yield (
        "map, events of a month of one commune", lambda: min(500, dots(events=True, area_id=unit_id)),
        lambda: min(500, sql(
            f"SELECT count(*) FROM activities_event WHERE {seen} AND {counted} AND area_id = %s", *MONTH, unit_id
        )[0][0]),
    )  # fmt: skip


def entries(land: Land) -> Iterator[Question]:
    """What a form asks while an entry is written."""
    from pcmt.apps.activities.models import Event
    from pcmt.apps.activities.queries.events import last_like, likely_same, used_by

    plainest = land.kinds[0]
    body = land.communes[0].unit_id
    new = Event(kind_id=plainest.kind_id, body_id=body, on=date(2026, 10, 7))
    yield (
        "commune: is there one like it",
        lambda: getattr(likely_same(new), "pk", None),
        lambda: next((row[0] for row in sql(
            'SELECT id FROM activities_event WHERE kind_id = %s AND body_id = %s AND "on" = %s '
            "AND state <> 'voided' ORDER BY id LIMIT 1", plainest.kind_id, body, new.on)), None),
    )  # fmt: skip
    mine = "FROM activities_event WHERE made_by_id = %s AND body_id = %s"
    yield (
        "commune: the last one of a kind that I wrote",
        lambda: getattr(last_like(land.clerk, plainest.schema.code), "pk", None),
        lambda: next((row[0] for row in sql(
            f"SELECT id {mine} AND kind_id = %s ORDER BY \"on\" DESC, id DESC LIMIT 1", land.clerk.user_id, body,
            plainest.kind_id)), None),
    )  # fmt: skip
    yield (
        "commune: which kinds I use most",
        lambda: sorted(used_by(land.clerk)[1].items()),
        lambda: sorted(sql(f'SELECT kind_id, count(*) {mine} AND "on" >= %s GROUP BY kind_id', land.clerk.user_id, body,
                           TODAY - timedelta(days=365))),
    )  # fmt: skip


def exports(land: Land, seen: str) -> Iterator[Question]:
    """A year of a commune, kind after kind, as the grids of its workbooks."""
    from pcmt.apps.activities.policies import sees_inside_of
    from pcmt.apps.activities.queries.events import EventFilter, events
    from pcmt.apps.activities.queries.sheets import taken_out

    first, last = date(2025, 1, 1), date(2025, 12, 31)

    def grids(kinds: Iterable[Sample]) -> int:
        lines = 0
        for kind in kinds:
            wanted = EventFilter(kind=kind.schema.code, since=first, upto=last)
            rows = events(land.clerk, wanted)
            found = list(rows.select_related("body", "area").prefetch_related("kind_version").order_by("on", "pk"))
            grid = taken_out(found, inside=sees_inside_of(land.clerk, found))
            lines += len(grid.sheets[0].rows) - 1
        return lines

    def plain(kinds: Sequence[Sample]) -> int:
        ids = ", ".join(str(each.kind_id) for each in kinds)
        text = f"SELECT * FROM activities_event WHERE {seen} AND kind_id IN ({ids}) "
        return len(sql(text + 'AND ("on" >= %s OR until >= %s) AND "on" <= %s', first, first, last))

    yield "commune: export of a year, all kinds", lambda: grids(land.kinds), lambda: plain(land.kinds)


def recounted(land: Land, name: str, commune: Commune) -> Question:
    """Two half months of a unit from its entries, in pieces; beside the number of each kind by plain SQL."""
    from pcmt.apps.activities.operations.counting import pieces_of
    from pcmt.apps.activities.queries.counting import counted, kept_by
    from pcmt.apps.units.models import Unit
    from pcmt.core.schemas import CountOf

    unit = Unit.objects.get(pk=commune.unit_id)
    rules = [(each, rule) for each in land.kinds for rule in each.schema.counts]
    plain_only = {
        rule.element for _kind, rule in rules
        if not any(other.element == rule.element and (other.of != CountOf.ENTRIES or other.when) for _k, other in rules)
    }  # fmt: skip
    kinds = {each.kind_id: [r.element for r in each.schema.counts if r.element in plain_only] for each in land.kinds}
    verified = ", ".join(str(each.kind_id) for each in land.kinds if each.schema.verified)
    start = date(2026, 11, 1)

    def ours() -> list[tuple[str, int]]:
        told = counted(unit, kept_by(unit), pieces_of(unit, start, TODAY))
        sums: dict[str, int] = {}
        for (element, part, _span), value in told.items():
            if element in plain_only and not part:
                sums[element] = sums.get(element, 0) + value
        return sorted((element, value) for element, value in sums.items() if value)

    def plain() -> list[tuple[str, int]]:
        bodies = ", ".join(map(str, commune.bodies))
        rows = sql(
            f"SELECT kind_id, count(*) FROM activities_event WHERE body_id IN ({bodies}) AND (state = 'verified' OR "
            f"state = 'entered' AND kind_id NOT IN ({verified})) AND \"on\" >= %s AND \"on\" <= %s GROUP BY kind_id",
            start, TODAY,
        )  # fmt: skip
        sums: dict[str, int] = {}
        for kind, many in rows:
            for element in kinds[kind]:
                sums[element] = sums.get(element, 0) + many
        return sorted(sums.items())

    return f"commune: figures of three weeks counted again, {name}", ours, plain


def wrote(land: Land) -> Measured:
    """One entry by its operation, and one row by plain SQL; both taken back after they were timed."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from pcmt.apps.activities.models import Event
    from pcmt.apps.activities.operations.events import record_event

    kind = next(
        each for each in land.kinds
        if not (each.schema.needs_place or each.schema.inside or each.schema.verified or each.schema.pictures)
    )  # fmt: skip
    commune, typed = land.communes[0], json.loads(kind.data[0])
    best, plain, statements = float("inf"), float("inf"), 0
    made: list[int] = []
    for _each in range(REPEATS * 4):
        began = now()
        with CaptureQueriesContext(connection) as captured:
            event = record_event(
                actor=land.clerk, at=AT, key=uuid.UUID(key_of(land.dice)), kind=kind.schema.code,
                body_id=commune.unit_id, area_id=commune.unit_id, on=TODAY, typed=typed, title="Đo", again=True,
                way="grid",
            )  # fmt: skip
        best, statements = min(best, now() - began), len(captured)
        assert isinstance(event, Event), event
        made.append(event.pk)
        row = next(land.rows_of(commune, 1, range(DAYS), [0], []))
        names = ", ".join(f'"{name}"' for name in EVENT[1:])
        marks = ", ".join(["%s"] * (len(EVENT) - 1))
        began = now()
        rows = sql(f"INSERT INTO activities_event ({names}) VALUES ({marks}) RETURNING id", *row[1:])
        plain = min(plain, now() - began)
        made.append(rows[0][0])
    Event.objects.filter(pk__in=made).delete()
    return Measured(best, plain, statements)


if __name__ == "__main__":
    raise SystemExit(main())
