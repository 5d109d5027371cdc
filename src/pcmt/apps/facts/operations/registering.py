"""Taking in the program's own tables of elements and indicators.

What a table says reaches a database also later (a name put right, a new version), until an administrator changes it:
from the first version on that an administrator made, an element or indicator is the administrators'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import attrs
from django.db import IntegrityError, transaction

from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.facts.catalogue import rows_of
from pcmt.apps.facts.models import Element, ElementVersion, Indicator, IndicatorVersion
from pcmt.core.measures import element_from
from pcmt.core.text import fold

FIXED = ("nature", "over_time", "over_units", "places")
"""What an element never changes: a number that means something else is another element."""


@attrs.frozen
class LoadedCatalogue:
    """What the tables and the database have against each other: codes of elements and indicators.

    `created` and `changed` were made like the table. Left as they are: those of which administrators `own` the later
    versions, `fixed` ones that here add up in another way than the table says, and those that are `gone` from it.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether the database lacks something of the tables."""
        return bool(self.created or self.changed)


def load_catalogue(*, at: datetime | None = None) -> LoadedCatalogue:
    """Take in what the tables of `data/indicators` have and the database lacks or has otherwise.

    Two statements when there is nothing to do. With a time the log says that it was done.
    """
    found = compare_catalogue()
    if not found.is_needed:
        return found
    try:
        return _loaded(at)
    except IntegrityError:  # somebody else loads them for the first time, too
        return _loaded(at)


def _loaded(at: datetime | None) -> LoadedCatalogue:
    with transaction.atomic():
        list(Element.objects.select_for_update().order_by("pk").values_list("pk"))
        list(Indicator.objects.select_for_update().order_by("pk").values_list("pk"))
        plans = _plans()
        for model, versions, name in ((Element, ElementVersion, "element"), (Indicator, IndicatorVersion, "indicator")):
            _create(model, versions, name, [plan for plan in plans if plan.model is model and plan.row is None])
        for plan in plans:
            if plan.changed:
                plan.carry_out()
        found = _summary(plans)
        if at is not None and found.is_needed:
            after = {"count": len(found.created) + len(found.changed)}
            thing = Thing("facts.Catalogue", "tables", "Danh mục chỉ tiêu thống kê và chỉ số")
            record(at=at, actor=None, event="facts.catalogue.loaded", obj=thing, after=after)
    return found


def compare_catalogue() -> LoadedCatalogue:
    """What `load_catalogue` would do, without doing it."""
    return _summary(_plans())


@attrs.define
class _Plan:
    """What is to be done for one code: `row` is what stands (None: nothing), versions are keyed by their first day."""

    model: type[Element | Indicator]
    code: str
    row: Any
    fields: dict[str, Any]
    wanted: dict[date | None, dict[str, Any]]
    standing: dict[date | None, Any] = attrs.field(factory=dict)
    own: bool = False
    fixed: bool = False
    gone: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything is to be written to what stands."""
        if self.row is None or self.fixed or self.gone:
            return False
        return (
            self._differs(self.row, self.fields)
            or self.wanted.keys() != self.standing.keys()
            or any(self._differs(self.standing[first], values) for first, values in self.wanted.items())
        )

    def carry_out(self) -> None:
        """Make what stands like the table: first what goes, then what ends, then what begins."""
        row = self.row
        self.model.objects.filter(pk=row.pk).update(**self.fields, version=row.version + 1)
        for first in self.standing.keys() - self.wanted.keys():
            self.standing[first].delete()
        for first, values in self.wanted.items():
            if first in self.standing:
                row.versions.filter(pk=self.standing[first].pk).update(**values)
        for first, values in self.wanted.items():
            if first not in self.standing:
                row.versions.create(valid_from=first, **values)

    @staticmethod
    def _differs(row: Any, values: Mapping[str, Any]) -> bool:
        return any(getattr(row, name) != value for name, value in values.items())


def _create(model: Any, versions: Any, name: str, plans: Sequence[_Plan]) -> None:
    rows = model.objects.bulk_create([model(code=plan.code, **plan.fields) for plan in plans])
    versions.objects.bulk_create(
        [
            versions(**{name: row}, valid_from=first, **values)
            for row, plan in zip(rows, plans, strict=True)
            for first, values in plan.wanted.items()
        ]
    )


def _summary(plans: Sequence[_Plan]) -> LoadedCatalogue:
    return LoadedCatalogue(
        tuple(plan.code for plan in plans if plan.row is None),
        tuple(plan.code for plan in plans if plan.changed),
        tuple(plan.code for plan in plans if plan.own),
        tuple(plan.code for plan in plans if plan.fixed),
        tuple(plan.code for plan in plans if plan.gone),
    )


def _plans() -> list[_Plan]:
    tables = rows_of("elements")["element"], rows_of("indicators")["indicator"]
    sources = {row["code"]: row["source"] for row in tables[0]}
    return [
        *_compared(Element, ElementVersion.objects.select_related("element"), _element_rows(tables[0])),
        *_compared(
            Indicator, IndicatorVersion.objects.select_related("indicator"), _indicator_rows(tables[1], sources)
        ),
    ]


Rows = Iterator[tuple[str, dict[str, Any], dict[date | None, dict[str, Any]]]]
"""Of each code what its row and its versions are to hold."""


def _compared(model: type[Element | Indicator], versions: Any, rows: Rows) -> Iterator[_Plan]:
    """What is to be done for each code. Of what administrators made only what lies before it is the table's."""
    found: dict[str, list[Any]] = defaultdict(list)
    for version in versions:
        found[version.parent.code].append(version)
    for code, fields, wanted in rows:
        standing = found.pop(code, [])
        if not standing:
            yield _Plan(model, code, None, fields, wanted)
            continue
        row = standing[0].parent
        firsts = [version.valid_from or date.min for version in standing if version.made_by_id]
        taken = min(firsts, default=None)
        yield _Plan(
            model,
            code,
            row,
            fields,
            wanted if taken is None else _before(wanted, taken),
            {version.valid_from: version for version in standing if not version.made_by_id},
            own=taken is not None,
            fixed=any(getattr(row, name) != fields[name] for name in FIXED if name in fields),
        )
    for code, standing in found.items():
        if not any(version.made_by_id for version in standing):
            yield _Plan(model, code, standing[0].parent, {}, {}, gone=True)


def _before(wanted: Mapping[date | None, dict[str, Any]], day: date) -> dict[date | None, dict[str, Any]]:
    """The versions of a table as far as they lie before a day."""
    return {
        first: {**values, "valid_to": min(values["valid_to"] or day, day)}
        for first, values in wanted.items()
        if (first or date.min) < day
    }


def _element_rows(rows: Sequence[Mapping[str, Any]]) -> Rows:
    for order, (code, versions) in enumerate(_by_code(rows), start=1):
        element = element_from(versions[-1])
        fields = {
            "nature": str(element.nature), "over_time": str(element.over_time), "over_units": str(element.over_units),
            "places": element.places, "order": order,
        }  # fmt: skip
        yield code, fields, {
            row.get("since"): {
                **_common(row), "unit_word": row["unit"], "breakdowns": row.get("breakdowns", []),
                "source": row["source"],
            }
            for row in versions
        }  # fmt: skip


def _indicator_rows(rows: Sequence[Mapping[str, Any]], sources: Mapping[str, str]) -> Rows:
    """An indicator without a source of its own has that of what it counts."""
    for order, (code, versions) in enumerate(_by_code(rows), start=1):
        yield code, {"order": order}, {
            row.get("since"): {
                **_common(row), "counted": row["counted"], "whole": row.get("whole", []), "words": row.get("words", []),
                "source": row.get("source", sources[row["counted"][0]]),
            }
            for row in versions
        }  # fmt: skip


def _common(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["name"]
    return {
        "name": name, "search_key": fold(name)[:300], "official": row.get("official", ""),
        "valid_to": row.get("until"),
    }  # fmt: skip


def _by_code(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Rows of one code stand together, in the order of time."""
    for code, versions in groupby(rows, key=lambda row: str(row["code"])):
        yield code, list(versions)
