"""The list of due items: groups with their sums, order within a group, columns, one line for each recurring task."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import F, OrderBy, Q, QuerySet
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem, DueState, Mode
from pcmt.apps.tasks.queries import SHOWN_WITH, SOON
from pcmt.apps.tasks.series import WRITTEN, Series, one_a_series, series_of
from pcmt.web.tasks.forms import ALWAYS_SHOWN, COLUMNS
from pcmt.web.tasks.owed import WEEKDAYS, Group, Sums, counted, summed
from pcmt.web.templatetags.pcmt import days_left, vdate

ROWS_A_PAGE = 50
WIDE = 4
"""With more columns than this the table scrolls in itself, and keeps its header and its first columns in sight."""


@attrs.frozen
class Grouping:
    """How a list falls into groups: `fields` tell groups apart in a query, `key` in rows, `order` puts them in line."""

    fields: tuple[str, ...]
    key: Callable[[DueItem], tuple[Hashable, ...]]
    name: Callable[[DueItem], str]
    order: tuple[Any, ...]


def _last(field: str) -> OrderBy:
    return F(field).asc(nulls_last=True)


def _clause(item: DueItem) -> str:
    where = item.clause.address if item.clause else _("ngoài các mục")
    return f"{item.plan.designation or item.plan.title[:60]} · {where}"


def _day(item: DueItem) -> str:
    day = item.due_on
    return f"{WEEKDAYS[day.weekday()]}, {vdate(day)}" if day else _("Không ghi hạn, làm thường xuyên")


GROUPINGS: Mapping[str, Grouping] = {
    "": Grouping(
        ("unit_id", "written"),
        lambda item: (item.unit_id, "" if item.unit_id else item.unit_name),
        lambda item: item.unit.name if item.unit else item.unit_name,
        (_last("unit__sort_key"), "unit_id", WRITTEN),
    ),
    "ngay": Grouping(("due_on",), lambda item: (item.due_on,), _day, (_last("due_on"),)),
    "ke-hoach": Grouping(
        ("plan_id",),
        lambda item: (item.plan_id,),
        lambda item: " · ".join(filter(None, (item.plan.designation, item.plan.title[:120]))),
        (F("plan__issued_on").desc(nulls_last=True), "plan_id"),
    ),
    "nguoi": Grouping(
        ("holder_id",),
        lambda item: (item.holder_id,),
        lambda item: item.holder.get_full_name() if item.holder else _("Chưa phân công người phụ trách"),
        (_last("holder__sort_key"), "holder_id"),
    ),
    "muc": Grouping(
        ("plan_id", "clause_id"),
        lambda item: (item.plan_id, item.clause_id),
        _clause,
        (F("plan__issued_on").desc(nulls_last=True), "plan_id", _last("clause__order"), "clause_id"),
    ),
    "khong": Grouping((), lambda _item: (), lambda _item: "", ()),
}
SORTS: Mapping[str, tuple[Any, ...]] = {
    "": (_last("due_on"), _last("unit__sort_key"), "pk"),
    "-han": (F("due_on").desc(nulls_last=True), _last("unit__sort_key"), "pk"),
    "viec": ("search_key", _last("due_on"), "pk"),
    "tien-do": ("percent", _last("due_on"), "pk"),
    "-tien-do": ("-percent", _last("due_on"), "pk"),
    "moi": ("-changed_at", "pk"),
}


@attrs.frozen
class Head:
    """A column with its name; `sort` is what a press on it asks for, `sorted` how the list is sorted by it now."""

    name: str
    label: str
    sort: str | None = None
    sorted: str = ""


@attrs.frozen
class Listing:
    """A page of the list: lines in groups. There are fewer lines than items where recurring ones are one line."""

    page: Page[DueItem]
    groups: Sequence[Group]
    series: Mapping[int, Series]
    columns: Sequence[Head]
    first: Head

    @property
    def width(self) -> int:
        """How many columns the table has, the first two and the last included."""
        return len(self.columns) + 3

    @property
    def wide(self) -> bool:
        """Whether the table scrolls in itself."""
        return len(self.columns) > WIDE


def grouping_of(chosen: Mapping[str, Any]) -> Grouping:
    """The grouping that the filter asks for; by body when it asks for none."""
    return GROUPINGS.get(chosen.get("nhom") or "", GROUPINGS[""])


def folds(chosen: Mapping[str, Any]) -> bool:
    """Whether a recurring task of a body is one line. Under days each window stands on its own day."""
    return not chosen.get("tach") and chosen.get("nhom") != "ngay"


def in_order(items: QuerySet[DueItem], chosen: Mapping[str, Any]) -> QuerySet[DueItem]:
    """The items in the order of the list: its groups, and the order within each."""
    sort = SORTS.get(chosen.get("xep") or "", SORTS[""])
    return items.order_by(*grouping_of(chosen).order, *sort)


def listing_of(actor: Actor, items: QuerySet[DueItem], chosen: Mapping[str, Any], number: Any) -> Listing:
    """A page of the list with its groups; the same few statements whatever its size."""
    lines = one_a_series(items) if folds(chosen) else items
    page = Paginator(in_order(lines, chosen).select_related(*SHOWN_WITH), ROWS_A_PAGE).get_page(number)
    listed = list(page.object_list)
    names = chosen.get("cot") or (*ALWAYS_SHOWN, *(() if chosen.get("nhom") in (None, "") else ("don-vi",)))
    sort = chosen.get("xep") or ""
    return Listing(
        page=page,
        groups=groups_of(grouping_of(chosen), listed, items, actor.on),
        series=series_of(actor, listed, actor.on) if "ky" in names or folds(chosen) else {},
        columns=[_head(name, str(label), sort) for name, label in COLUMNS if name in names],
        first=_head("viec", _("Việc, báo cáo"), sort),
    )


def _head(name: str, label: str, sort: str) -> Head:
    match name, sort:
        case "han", "":
            return Head(name, label, "-han", "ascending")
        case "han", "-han":
            return Head(name, label, "", "descending")
        case "han", _:
            return Head(name, label, "")
        case "tien-do", "-tien-do":
            return Head(name, label, "tien-do", "descending")
        case "tien-do", "tien-do":
            return Head(name, label, "-tien-do", "ascending")
        case "tien-do", _:
            return Head(name, label, "-tien-do")
        case "viec", "viec":
            return Head(name, label, "", "ascending")
        case "viec", _:
            return Head(name, label, "viec")
        case "doi", "moi":
            return Head(name, label, "", "descending")
        case "doi", _:
            return Head(name, label, "moi")
    return Head(name, label)


def groups_of(grouping: Grouping, listed: Iterable[DueItem], whole: QuerySet[DueItem], today: date) -> list[Group]:
    """The items of a page by group; the sums are those of the group in the whole list, in one statement."""
    keys: dict[tuple[Hashable, ...], list[DueItem]] = {}
    for item in listed:
        keys.setdefault(grouping.key(item), []).append(item)
    sums = _sums_by(grouping, keys, whole, today) if grouping.fields and keys else {}
    by_day = grouping is GROUPINGS["ngay"]
    return [
        Group(
            name=grouping.name(items[0]),
            words=days_left(items[0].due_on, today) if by_day and items[0].due_on else "",
            tone=_tone(items[0].due_on, items, today) if by_day else "plain",
            sums=sums.get(key),
            items=items,
        )
        for key, items in keys.items()
    ]


def _sums_by(
    grouping: Grouping, keys: Mapping[tuple[Hashable, ...], list[DueItem]], whole: QuerySet[DueItem], today: date
) -> dict[tuple[Hashable, ...], Sums]:
    first = grouping.fields[0]
    wanted = {key[0] for key in keys}
    some = Q(**{f"{first}__in": [each for each in wanted if each is not None]})
    if None in wanted:
        some |= Q(**{f"{first.removesuffix('_id')}__isnull": True})
    rows: Any = whole.filter(some)
    if "written" in grouping.fields:
        rows = rows.annotate(written=WRITTEN)
    rows = rows.values(*grouping.fields).annotate(**counted(today)).order_by(*grouping.fields)
    return {tuple(row[name] for name in grouping.fields): summed(row) for row in rows}


def _tone(day: date | None, items: Sequence[DueItem], today: date) -> str:
    if day is None or not any(item.state == DueState.OPEN and item.mode != Mode.REQUESTED for item in items):
        return "plain"
    return "late" if day < today else "soon" if day <= today + SOON else "plain"
