"""The board: due items in columns by their stage, and the same as a table of bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.tasks.queries import SHOWN_WITH
from pcmt.apps.tasks.series import WRITTEN
from pcmt.web.tasks.owed import REQUESTED, owed_address
from pcmt.web.tasks.stages import COLUMNS, STAGES, TO_COME

CARDS = 10
"""A column shows at most so many items, the nearest limit first; its count leads to all of them."""

BODIES_A_PAGE = 100


@attrs.frozen
class Column:
    """A stage with its first items; `total` and `overdue` count all of them."""

    label: str
    total: int
    overdue: int
    url: str
    items: Sequence[DueItem]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.items)


@attrs.frozen
class Board:
    """The columns; what has not come yet and what was only requested stand beside them, with their lists."""

    columns: Sequence[Column]
    to_come: int
    to_come_url: str
    requested: int
    requested_url: str

    @property
    def total(self) -> int:
        """How many items stand in the columns."""
        return sum(column.total for column in self.columns)


@attrs.frozen
class Cell:
    """A number with the list behind it."""

    value: int
    url: str
    late: bool = False


@attrs.frozen
class Row:
    """A body with its numbers, in the order of `Bodies.labels`."""

    name: str
    url: str
    cells: Sequence[Cell]


@attrs.frozen
class Bodies:
    """One line a body, one column a stage; the last two are what is overdue among them, and all together."""

    labels: Sequence[str]
    page: Page[Any]
    rows: Sequence[Row]
    sums: Sequence[Cell]


def _overdue(today: date) -> Q:
    return Q(state=DueState.OPEN, due_on__lt=today)


def board_of(items: QuerySet[DueItem], today: date, query: Mapping[str, Any]) -> Board:
    """The board of due items; two statements whatever their number."""
    counts: dict[str, Any] = {}
    for number, stage in enumerate(STAGES.values()):
        counts[f"n{number}"] = Count("pk", filter=stage.rule(today) & ~REQUESTED)
        counts[f"late{number}"] = Count("pk", filter=stage.rule(today) & ~REQUESTED & _overdue(today))
    numbers = items.aggregate(**counts, requested=Count("pk", filter=REQUESTED))
    found: dict[str, list[DueItem]] = {word: [] for word in COLUMNS}
    for item in first_items(items.exclude(REQUESTED), today):
        found[item.stage].append(item)  # type: ignore[attr-defined]
    columns = [
        Column(
            label=str(STAGES[word].label),
            total=numbers[f"n{number}"],
            overdue=numbers[f"late{number}"],
            url=_list(query, word),
            items=found[word],
        )
        for number, word in enumerate(STAGES)
        if word in found
    ]
    return Board(
        columns=columns,
        to_come=numbers[f"n{list(STAGES).index(TO_COME)}"],
        to_come_url=_list(query, TO_COME),
        requested=numbers["requested"],
        requested_url=_list(query, "de-nghi"),
    )


def first_items(items: QuerySet[DueItem], today: date) -> QuerySet[DueItem]:
    """The first items of each column, with their `stage`; what is done the newest first, the rest by its limit."""
    stage = Case(
        *(When(STAGES[word].rule(today), then=Value(word)) for word in COLUMNS),
        default=Value(""),
        output_field=CharField(max_length=20),
    )
    line = (Case(When(~Q(state=DueState.DONE), then=F("due_on"))).asc(nulls_last=True), F("done_on").desc(), "pk")
    turn = Window(RowNumber(), partition_by=[F("stage")], order_by=[*line[:2], F("pk").asc()])
    first = items.order_by().annotate(stage=stage).exclude(stage="").annotate(turn=turn).filter(turn__lte=CARDS)
    shown = DueItem.objects.filter(pk__in=first.values("pk")).annotate(stage=stage)
    return shown.select_related(*SHOWN_WITH).order_by(*line)


def bodies_of(items: QuerySet[DueItem], today: date, query: Mapping[str, Any], number: Any) -> Bodies:
    """Bodies by stage, in the official order; three statements whatever their number."""
    binding = items.exclude(REQUESTED)
    counts: dict[str, Any] = {
        f"n{place}": Count("pk", filter=STAGES[word].rule(today)) for place, word in enumerate(STAGES)
    }
    counts |= {"late": Count("pk", filter=_overdue(today)), "total": Count("pk")}
    # The checker of types does not see names that are annotated from a dictionary.
    grouped: Any = binding.annotate(written=WRITTEN).values("unit_id", "unit__name", "unit__sort_key", "written")
    order = (F("unit__sort_key").asc(nulls_last=True), "unit_id", "written")
    page = Paginator(grouped.annotate(**counts).order_by(*order), BODIES_A_PAGE).get_page(number)
    words = [*STAGES, "qua-han", "tat-ca"]
    rows = [
        Row(
            name=row["unit__name"] or row["written"],
            url=_list({**query, "don_vi": row["unit_id"], "rieng": "on"}, "tat-ca") if row["unit_id"] else "",
            cells=_cells(row, words, {**query, "don_vi": row["unit_id"], "rieng": "on"} if row["unit_id"] else None),
        )
        for row in page.object_list
    ]
    return Bodies(
        labels=[str(stage.label) for stage in STAGES.values()],
        page=page,
        rows=rows,
        sums=_cells(binding.aggregate(**counts), words, query),
    )


def _cells(row: Mapping[str, Any], words: Sequence[str], query: Mapping[str, Any] | None) -> list[Cell]:
    """Numbers with their lists; a body that is no unit has no list of its own."""
    names = [*(f"n{place}" for place in range(len(STAGES))), "late", "total"]
    return [
        Cell(row[name], _list(query, word) if query is not None and row[name] else "", word == "qua-han")
        for name, word in zip(names, words, strict=True)
    ]


def _list(query: Mapping[str, Any], state: str) -> str:
    """The list of what a number counts, one line an item."""
    return owed_address({**query, "trang_thai": state, "kieu": "", "tach": ""})
