"""The figures of the demo: what units told, and how the targets of its plans are measured (`data/figures.toml`).

All numbers are invented. Sums are spread over units and periods by weights that depend on nothing but names, so that
every load gives the same figures. Shares use the program's own apportioning: the parts make the sum.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import attrs
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.facts.models import Element, Form, Source
from pcmt.apps.facts.operations import Entry, FormText, Line, define_form, record_facts
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.operations import Choice, confirm_measure, give_baseline, give_remark, refresh_standings
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import Nature
from pcmt.core.periods import DAY, STATISTICAL, Kind, Span
from pcmt.core.units import apportion
from pcmt.demo.story import noon, ok

DATA = Path(__file__).parent / "data"
TOLD_AFTER = timedelta(days=3)
"""So long after the end of a period its numbers are told."""

Table = Mapping[str, Any]
Series = Mapping[tuple[int, Span], int]


def content() -> Table:
    """The tables of `data/figures.toml`."""
    return tomllib.loads((DATA / "figures.toml").read_text(encoding="utf-8"))


def tell(at: datetime, plans: Mapping[str, Plan], units: Mapping[str, Unit], users: Mapping[str, User]) -> int:
    """Have all numbers told on their days, say how targets are measured, and judge them; how many numbers there are.

    The targets of the plan of today are measured from its first day and change with every number that comes in; those
    of plans that are over are judged once. A story may be told without some of its plans.
    """
    tables, today = content(), timezone.localdate(at)
    now = plans.get("nghe-an-current")
    start = now and now.window_from or today
    forms = {entry["key"]: _form(entry, start, units, users) for entry in tables["form"]}
    count = 0
    for current in (False, True):
        tellings = [
            each
            for told in tables["told"]
            if ("since_start" in told) == current
            for each in _tellings(at, told, units, users, (start, today))
        ]
        for moment, actor, entries, ref, form in sorted(tellings, key=lambda each: each[0]):
            ok_told(actor, moment, entries, ref, forms.get(form))
            count += len(entries)
        if not current:
            for entry in _of(plans, tables["measure"]):
                _measure(entry, plans[entry["plan"]], users)
    for entry in _of(plans, tables["baseline"]):
        target = _target(plans[entry["plan"]], entry["target"])
        moment = noon(entry["on"])
        actor = _actor(users[entry["user"]], moment)
        ok(
            give_baseline(
                actor=actor,
                at=moment,
                target_id=target.pk,
                unit_id=units[entry["unit"]].pk,
                value=Decimal(entry["value"]),
                so_far=None,
                source=entry["source"],
                seen=0,
            )
        )
    for entry in _of(plans, tables["remark"]):
        target = _target(plans[entry["plan"]], entry["target"])
        moment = noon(entry["on"], 16)
        actor = _actor(users[entry["user"]], moment)
        ok(
            give_remark(
                actor=actor,
                at=moment,
                target_id=target.pk,
                unit_id=units[entry["unit"]].pk,
                reached=entry["reached"],
                on=entry["on"],
                words=entry["words"],
                seen=0,
            )
        )
    refresh_standings(at=at)
    return count


def _form(entry: Table, start: date, units: Mapping[str, Unit], users: Mapping[str, User]) -> Form:
    """A data form that the standing office makes on the day from which it is used."""
    first = entry.get("from", start)
    moment = noon(first)
    text = FormText(
        title=entry["title"], code=entry["code"], period=entry["period"], level=entry["level"],
        calendar=STATISTICAL.code, valid_from=first, lines=tuple(Line(element) for element in entry["lines"]),
    )  # fmt: skip
    made = define_form(
        actor=_actor(users[entry["user"]], moment), at=moment, root_id=units[entry["root"]].pk, form=text
    )
    return ok(made)


def _of(plans: Mapping[str, Plan], entries: Sequence[Table]) -> list[Table]:
    return [entry for entry in entries if entry["plan"] in plans]


def _measure(entry: Table, plan: Plan, users: Mapping[str, User]) -> None:
    """On the day after the adoption the standing office says how the targets of its plan are measured."""
    adopted = plan.revisions.exclude(adopted_at=None).earliest("adopted_at").adopted_at
    assert adopted is not None
    moment = adopted + timedelta(hours=2)
    actor = _actor(users[entry["user"]], moment)
    for order, words, indicator in entry["targets"]:
        target = _target(plan, order)
        if not target.text.startswith(words):
            raise RuntimeError(f"target {order} of {plan} begins otherwise: {target.text!r}")
        choice = Choice(indicator or None, each=entry.get("each", {}).get(str(order), ""), calendar=STATISTICAL.code)
        version = target.measured_by.version
        done = confirm_measure(actor=actor, at=moment, target_id=target.pk, version=version, choice=choice)
        if isinstance(done, Refusal):
            raise RuntimeError(f"{entry['plan']} {order}: {done.message}")


def _target(plan: Plan, order: int) -> Target:
    return Target.objects.select_related("measured_by").get(plan=plan, order=order)


def _actor(user: User, moment: datetime) -> Actor:
    actor = actor_of(user, timezone.localdate(moment))
    if actor is None:
        raise RuntimeError(f"{user.username} holds no role on {moment}")
    return actor


Telling = tuple[datetime, Actor | None, Sequence[Entry], str, str]


def _tellings(
    at: datetime, told: Table, units: Mapping[str, Unit], users: Mapping[str, User], days: tuple[date, date]
) -> Iterator[Telling]:
    teller = users[told["user"]] if "user" in told else None
    for span, entries in _cells(told, units, days).items():
        moment = min(noon(span.end) + TOLD_AFTER, at)
        for actor, own in _by_teller(entries, teller, timezone.localdate(moment)):
            yield moment, actor, own, told["ref"], told.get("form", "")


def ok_told(actor: Actor | None, at: datetime, entries: Sequence[Entry], ref: str, form: Form | None) -> None:
    """Tell numbers; one that is refused is a mistake in the demo's own data."""
    source = Source.PERSON if actor else Source.REPORT
    done = record_facts(actor=actor, at=at, entries=entries, source=source, form=form, ref=ref)
    if isinstance(done, tuple):
        raise RuntimeError(f"{done[0].entry}: {done[0].refusal.message}")
    ok(done)


def _by_teller(
    entries: Sequence[Entry], teller: User | None, on: date
) -> Iterator[tuple[Actor | None, Sequence[Entry]]]:
    """The numbers of the teller's own unit apart from those that came by reports."""
    actor = actor_of(teller, on) if teller else None
    own = [entry for entry in entries if actor and entry.unit_id == actor.unit_id]
    others = [entry for entry in entries if not (actor and entry.unit_id == actor.unit_id)]
    if own:
        yield actor, own
    if others:
        yield None, others


@attrs.frozen
class _Told:
    """Who tells in each period of a table, by number with a weight; `open` goes on until today."""

    places: Mapping[Span, list[tuple[int, int]]]
    stocks: frozenset[str]
    open: bool


def _cells(table: Table, units: Mapping[str, Unit], days: tuple[date, date]) -> Mapping[Span, list[Entry]]:
    top, spans = units[table["under"]], _spans(table, *days)
    stocks = frozenset(Element.objects.filter(nature=Nature.STOCK).values_list("code", flat=True))
    told = _Told({span: _places(top, table.get("level", ""), span) for span in spans}, stocks, "to" not in table)
    silent = _silent(told.places[spans[-1]], table.get("silent", 0))
    cells: dict[Span, list[Entry]] = defaultdict(list)
    known: dict[str, Series] = {}
    for row in table["rows"]:
        series = known[row["element"]] = _series(row, known, told)
        for (unit_id, span), value in series.items():
            if not (span == spans[-1] and unit_id in silent):
                cells[span].append(Entry(unit_id, row["element"], span, Decimal(value)))
    return cells


def _spans(told: Table, start: date, today: date) -> list[Span]:
    """The periods of a table that are over by today. What begins or ends inside one makes a shorter period of it."""
    if told["period"] == "whole":
        return [Span(told["from"], told["to"] + DAY)]
    kind = Kind(told["period"])
    last = min(told.get("to", today), today)
    spans, day = [], start if "since_start" in told else told["from"]
    while day <= last:
        span = STATISTICAL.around(kind, day)
        end = min(span.end, told["to"] + DAY) if "to" in told else span.end
        if end <= today:
            spans.append(Span(day, end))
        day = span.end
    return spans


def _places(top: Unit, level: str, span: Span) -> list[tuple[int, int]]:
    """Who tells at the end of a period, by number with a weight, in the order of numbers."""
    if not level:
        return [(top.pk, 1)]
    below = (
        Unit.objects.under(top.pk, span.last).as_of(span.last).filter(level=level, kind="administrative").order_by("pk")
    )
    return [(pk, 2 + crc32(name.encode()) % 9) for pk, name in below.values_list("pk", "name")]


def _silent(places: Sequence[tuple[int, int]], count: int) -> set[int]:
    ordered = sorted(places, key=lambda each: crc32(str(each[1] * 31 + each[0] % 97).encode()))
    return {pk for pk, _weight in ordered[:count]}


def _series(row: Table, known: Mapping[str, Series], told: _Told) -> Series:
    if "of" in row:
        return {key: min(whole, round(whole * row["share"])) for key, whole in known[row["of"]].items()}
    if "sum" in row:
        found = _spread(row["sum"], list(told.places), told, row["element"])
    elif row["element"] in told.stocks:
        found = _stock(row["years"], told)
    else:
        found = _flow(row["years"], told, row["element"])
    least, most = row.get("least", 0), row.get("most", max(found.values(), default=0))
    return {key: max(min(value, most), least) for key, value in found.items()}


def _flow(years: Mapping[str, int], told: _Told, element: str) -> dict[tuple[int, Span], int]:
    """The sum of each year over the periods told in it; where the table goes on until today, as much as has passed."""
    by_year: dict[int, list[Span]] = defaultdict(list)
    for span in told.places:
        by_year[span.last.year].append(span)
    found: dict[tuple[int, Span], int] = {}
    for year, spans in by_year.items():
        total = years.get(str(year), years[max(years)])
        if told.open:
            total = total * sum(span.days for span in spans) // 365
        found |= _spread(total, spans, told, element)
    return found


def _spread(total: int, spans: Sequence[Span], told: _Told, element: str) -> dict[tuple[int, Span], int]:
    """A sum over units and periods: no two elements fall on the same ones."""
    cells = [(pk, span, weight) for span in spans for pk, weight in told.places[span]]
    noise = [
        crc32(f"{element} {weight} {span.start} {place}".encode()) % 5 for place, (_, span, weight) in enumerate(cells)
    ]
    shares = apportion(total, [weight * (2 + extra) for (_pk, _span, weight), extra in zip(cells, noise, strict=True)])
    return {(pk, span): int(share) for (pk, span, _weight), share in zip(cells, shares, strict=True)}


def _stock(years: Mapping[str, int], told: _Told) -> dict[tuple[int, Span], int]:
    """Where a stock stands at the end of each period: on the line from one year's end to the next."""
    found: dict[tuple[int, Span], int] = {}
    for span, units in told.places.items():
        year = span.last.year
        end = years.get(str(year), years[max(years)])
        begin = years.get(str(year - 1), end)
        passed = span.last.timetuple().tm_yday / 365
        shares = apportion(round(begin + (end - begin) * min(passed, 1)), [weight for _pk, weight in units])
        found |= {(pk, span): int(share) for (pk, _weight), share in zip(units, shares, strict=True)}
    return found
