"""Plans of every unit with thirty targets of twenty kinds, in PCMT's own tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs

from benchmarks import store
from pcmt.core.periods import STATISTICAL, Kind, Span

TARGETS = 30
STEP = 1_000
"""Ids of the plans that follow the first one lie so far apart."""


@attrs.frozen
class Sort:
    """One kind of target: what a plan says, over which part of the year, of which elements of the workload."""

    name: str
    values: dict[str, Any]
    part: tuple[Kind, int] = (Kind.YEAR, 1)
    counted: int = 0
    whole: int | None = None


def _count(comparator: str, value: float, **more: Any) -> dict[str, Any]:
    return {"kind": "count", "comparator": comparator, "value": value, "unit": "vụ", **more}


def _share(comparator: str, value: float, **more: Any) -> dict[str, Any]:
    return {"kind": "coverage", "comparator": comparator, "value": value, "unit": "percent", **more}


def _change(direction: str, kind: str, value: float) -> dict[str, Any]:
    return {
        "kind": "change", "comparator": "gte", "value": value, "unit": "percent", "direction": direction,
        "baseline": {"kind": kind},
    }  # fmt: skip


def _move(direction: str) -> dict[str, Any]:
    return {"kind": "direction", "direction": direction, "baseline": {"kind": "previous_year"}}


SORTS = (
    Sort("at least so many", _count("gte", 60)),
    Sort("more than, in a quarter", _count("gt", 40), (Kind.QUARTER, 4), 2),
    Sort("at least, half a year over", _count("gte", 30), (Kind.HALF_YEAR, 1), 4),
    Sort("about", _count("approx", 100), counted=6),
    Sort("between", _count("range", 50, value_max=200), counted=8),
    Sort("at most", _count("lte", 150), counted=3),
    Sort("fewer than, half a year", _count("lt", 60), (Kind.HALF_YEAR, 2), 5),
    Sort("none", {"kind": "zero_incidence"}, counted=0),
    Sort("share at least", _share("gte", 60), counted=1, whole=0),
    Sort("share at least, half a year", _share("gte", 75), (Kind.HALF_YEAR, 1), 3, 2),
    Sort("share above, a quarter", _share("gt", 80), (Kind.QUARTER, 3), 5, 4),
    Sort("share at most", _share("lte", 70), counted=7, whole=6),
    Sort("share of a month", _share("gte", 50), (Kind.MONTH, 12), 9, 8),
    Sort("more than last year", _change("increase", "previous_year", 5), counted=2),
    Sort("fewer than last year", _change("decrease", "previous_year", 5), counted=4),
    Sort("more than in the same months", _change("increase", "same_period", 10), (Kind.HALF_YEAR, 1), 6),
    Sort("rising", _move("increase"), counted=8),
    Sort("falling", _move("decrease"), counted=10),
    Sort("so often a month", {"kind": "frequency", "unit": "vụ", "frequency": {"n": 4, "per": "month"}}, counted=0),
    Sort("exactly", _count("eq", 120), counted=11),
)


def window(sort: Sort, year: int) -> Span:
    """The part of the year."""
    return STATISTICAL.named(sort.part[0], year, sort.part[1])


def lay(connection: Any, here: store.Store, last: date) -> int:
    """A plan for every unit but agencies, each with the same thirty targets; how many targets there are."""
    from pcmt.apps.accounts.models import User
    from pcmt.apps.facts.models import Indicator, IndicatorVersion
    from pcmt.apps.plans.models import Item, ItemState, ListName, Plan, PlanState, Revision, RevisionState
    from pcmt.apps.targets.models import Edition, Measure, Target
    from pcmt.core.measures import target_from

    workload, year = here.workload, last.year
    units = [here.units[at] for at, node in enumerate(workload.nodes) if node.kind == "administrative"]
    user = User.objects.create(username="bench", full_name="bench")
    issued = date(year, 1, 2)
    first, stop = date(year, 1, 1), date(year, 12, 31)
    plan = Plan.objects.create(
        id=1, title="Kế hoạch", owner_id=units[0], issuer_id=units[0], issued_on=issued, state=PlanState.ADOPTED,
        window_from=first, window_to=stop, created_by=user, created_at=store.AT,
    )  # fmt: skip
    revision = Revision.objects.create(
        id=1, plan=plan, number=1, state=RevisionState.ADOPTED, created_by=user, created_at=store.AT,
        adopted_by=user, adopted_at=store.AT, header={"issued_on": first.isoformat()},
    )  # fmt: skip
    indicators: dict[tuple[int, int | None], Indicator] = {}
    for sort in SORTS:
        key = (sort.counted, sort.whole)
        if key not in indicators:
            indicators[key] = Indicator.objects.create(code=f"bench-{sort.counted}-{sort.whole}")
            IndicatorVersion.objects.create(
                indicator=indicators[key], name=indicators[key].code, search_key=indicators[key].code,
                counted=[store.code(workload, sort.counted)],
                whole=[] if sort.whole is None else [store.code(workload, sort.whole)],
            )  # fmt: skip
    for at in range(1, TARGETS + 1):
        sort = SORTS[(at - 1) % len(SORTS)]
        span = window(sort, year)
        values = {**sort.values, "period": {"from": span.start.isoformat(), "to": span.last.isoformat()}}
        if "value" in values and at > len(SORTS):
            values["value"] = round(values["value"] * 1.3, 1)  # the same kinds once more, harder
        spec = target_from(values)
        item = Item.objects.create(
            id=at, revision=revision, list_name=ListName.TARGETS, key=f"t{at}", start=at, end=at + 1, text=sort.name,
            facts=values, state=ItemState.ACCEPTED,
        )  # fmt: skip
        target = Target.objects.create(
            id=at, plan=plan, since=revision, revision=revision, item=item, shape=str(spec.shape),
            comparator=str(spec.comparator), value=spec.value, value_max=spec.value_max, unit_word=spec.unit_word,
            window_from=span.start, window_to=span.last, text=sort.name, phrase=sort.name, start=at, end=at + 1,
            order=at,
        )  # fmt: skip
        Edition.objects.create(
            id=at, target=target, revision=revision, since=None, values=values, text=sort.name, window_from=span.start,
            window_to=span.last,
        )  # fmt: skip
        Measure.objects.create(
            id=at, target=target, indicator=indicators[sort.counted, sort.whole], unit_id=units[0],
            calendar=STATISTICAL.code, confirmed_by=user, confirmed_at=store.AT,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE copied (n bigint, unit bigint)")
        cursor.executemany("INSERT INTO copied VALUES (%s, %s)", list(enumerate(units[1:], start=1)))
        for model, own in (
            (Plan, {"owner_id": "n.unit", "issuer_id": "n.unit"}), (Revision, {}), (Item, {}), (Target, {}),
            (Edition, {}), (Measure, {"unit_id": "n.unit"}),
        ):  # fmt: skip
            table = model._meta.db_table
            columns = [field.column for field in model._meta.concrete_fields]
            copied = {"id", "plan_id", "revision_id", "since_id", "item_id", "target_id"}
            if model is Plan:
                copied.discard("item_id")
            picked = [
                own.get(each) or (f"t.{each} + n.n * {STEP}" if each in copied else f't."{each}"') for each in columns
            ]
            names = ", ".join(f'"{each}"' for each in columns)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(picked)}"
                f" FROM {table} t CROSS JOIN copied n WHERE t.id <= {TARGETS}"
            )
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("SET session_replication_role = DEFAULT; DROP TABLE copied")
    return len(units) * TARGETS
