"""What befell a unit, in words, and its succession as a picture with the table behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import attrs
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.models import (
    Reorganisation,
    ReorganisationState,
    Succession,
    SuccessionPart,
    Unit,
    UnitFunction,
    UnitLink,
    UnitName,
)
from pcmt.web.templatetags.pcmt import vnumber
from pcmt.web.units.days import call, window_words, within

GENERATIONS = 2
"""So far back and forth the picture goes."""

MOST_IN_COLUMN = 9


@attrs.frozen
class Other:
    """Another unit in a sentence: linked, with what it gave or was given in words."""

    unit: Unit
    name: str
    share: str = ""


@attrs.frozen
class Happening:
    """One thing that befell a unit: when, what in words, with which others, on what ground."""

    on: date | None
    words: str
    others: Sequence[Other] = ()
    ground: str = ""
    ground_url: str = ""


def happenings(actor: Actor, unit: Unit) -> list[Happening]:
    """All that is known to have befallen a unit, the newest first, each with the ground of its reorganisation."""
    rows = _rows(Succession.objects.filter(Q(old=unit) | Q(new=unit)).exclude(old=F("new")))
    found = [*_came(unit, rows), *_went(unit, rows), *_moved(unit), *_renamed(actor, unit), *_functions(actor, unit)]
    told = {each.on for each in found}
    if unit.valid_from is None:
        found.append(Happening(None, _("Có từ trước, không ghi ngày thành lập.")))
    elif unit.valid_from not in told:
        found.append(Happening(unit.valid_from, _("Thành lập.")))
    if unit.valid_to is not None and not any(row.old_id == unit.pk and row.on == unit.valid_to for row in rows):
        found.append(_ended(unit))
    decided = Reorganisation.objects.visible_to(actor).filter(units=unit)
    grounds = {row.on: row for row in decided.exclude(state=ReorganisationState.CANCELLED).order_by("-pk")}
    found = [_grounded(each, grounds.get(each.on)) if each.on else each for each in found]
    return sorted(found, key=lambda each: each.on or date.min, reverse=True)


def _grounded(each: Happening, decided: Reorganisation | None) -> Happening:
    if decided is None:
        return each
    url = reverse("units:reorganisation", args=[decided.pk])
    return attrs.evolve(each, ground=decided.ground or decided.title, ground_url=url)


def _rows(found: Any) -> list[Succession]:
    """Successions with their units, called as before and after the day."""
    rows = list(found.select_related("old", "new").order_by("on", "-heir", "old__sort_key", "new__sort_key"))
    for on, given in _by_day(rows).items():
        call([row.old for row in given], on - timedelta(days=1))
        call([row.new for row in given], on)
    return rows


def _came(unit: Unit, rows: Sequence[Succession]) -> Iterator[Happening]:
    """What the unit was given."""
    for on, given in _by_day(row for row in rows if row.new_id == unit.pk and row.old_id != unit.pk).items():
        duties = [row for row in given if row.part == SuccessionPart.DUTIES]
        areas = [row for row in given if row.part != SuccessionPart.DUTIES]
        shares = shares_of(areas)
        if areas:
            divided = any(row.part == SuccessionPart.PART for row in areas)
            others = [Other(row.old, row.old.name, shares[row.pk] if divided else "") for row in areas]
            if unit.valid_from == on:
                yield Happening(on, _("Thành lập trên cơ sở:"), others)
            else:
                yield Happening(on, _("Nhận thêm:"), others)
        if duties:
            yield Happening(on, _("Nhận nhiệm vụ của:"), [Other(row.old, row.old.name) for row in duties])


def _went(unit: Unit, rows: Sequence[Succession]) -> Iterator[Happening]:
    """What the unit left to others."""
    for on, given in _by_day(row for row in rows if row.old_id == unit.pk).items():
        whole = shares_of(rows)
        others = [Other(row.new, row.new.name, _left_words(row, whole[row.pk])) for row in given]
        ends = unit.valid_to == on
        if all(row.part == SuccessionPart.DUTIES for row in given):
            yield Happening(on, _("Kết thúc hoạt động. Nhiệm vụ chuyển cho:"), others)
        elif len(given) == 1 and ends:
            yield Happening(on, _("Nhập toàn bộ vào:"), [attrs.evolve(others[0], share="")])
        elif ends:
            yield Happening(on, _("Kết thúc hoạt động, chia cho:"), others)
        else:
            yield Happening(on, _("Tách một phần cho:"), others)


def _left_words(row: Succession, share: str) -> str:
    if row.part == SuccessionPart.DUTIES:
        return ""
    return _("%(share)s, kế thừa nhiệm vụ") % {"share": share} if row.heir and share else share


def _moved(unit: Unit) -> Iterator[Happening]:
    """From one parent to another while the unit stands."""
    links = list(UnitLink.objects.filter(child=unit).select_related("parent").order_by("valid_from", "pk"))
    links.sort(key=lambda link: link.valid_from or date.min)
    for before, after in pairwise(links):
        on = after.valid_from
        if on is not None and before.valid_to == on and (unit.valid_to is None or on < unit.valid_to):
            others = [Other(before.parent, before.parent.name, _("trước đó")), Other(after.parent, after.parent.name)]
            yield Happening(on, _("Chuyển sang trực thuộc %(name)s.") % {"name": _inside(after.parent)}, others)


def _renamed(actor: Actor, unit: Unit) -> Iterator[Happening]:
    """From one name to another."""
    rows = list(UnitName.objects.visible_to(actor).filter(unit=unit))
    rows.sort(key=lambda row: row.valid_from or date.min)
    for before, after in pairwise(rows):
        if before.name != after.name:
            words = _("Đổi tên từ “%(old)s” thành “%(new)s”.") % {"old": before.name, "new": after.name}
            yield Happening(after.valid_from, words)


def _functions(actor: Actor, unit: Unit) -> Iterator[Happening]:
    """Functions that were received and given while the unit stood; the other side where it stands beside the unit."""
    seen = UnitFunction.objects.visible_to(actor)
    own = [
        row
        for row in seen.filter(unit=unit).order_by("function", "valid_from")
        if row.valid_from not in {None, unit.valid_from} or row.valid_to not in {None, unit.valid_to}
    ]
    if not own:
        return
    beside = UnitLink.objects.filter(parent__in=UnitLink.objects.filter(child=unit).values("parent_id"))
    others = list(
        seen.filter(function__in={row.function for row in own}, unit__in=beside.values("child_id"))
        .exclude(unit=unit)
        .select_related("unit")
    )
    for row in own:
        words = {"function": row.label}
        if row.valid_from not in {None, unit.valid_from}:
            came = [each.unit for each in others if each.function == row.function and each.valid_to == row.valid_from]
            said = _("Nhận chức năng “%(function)s” từ:") if came else _("Nhận chức năng “%(function)s”.")
            yield Happening(row.valid_from, said % words, [Other(each, each.name) for each in came])
        if row.valid_to not in {None, unit.valid_to}:
            went = [each.unit for each in others if each.function == row.function and each.valid_from == row.valid_to]
            said = _("Chuyển chức năng “%(function)s” cho:") if went else _("Thôi chức năng “%(function)s”.")
            yield Happening(row.valid_to, said % words, [Other(each, each.name) for each in went])


def _ended(unit: Unit) -> Happening:
    links = UnitLink.objects.filter(child=unit, valid_from__gte=unit.valid_to).select_related("parent")
    heir = links.order_by("valid_from").first()
    if heir is None:
        return Happening(unit.valid_to, _("Kết thúc hoạt động."))
    return Happening(
        unit.valid_to, _("Kết thúc hoạt động. Việc còn lại chuyển cho:"), [Other(heir.parent, heir.parent.name)]
    )


def _inside(unit: Unit) -> str:
    return within(unit.name, unit.kind)


def _by_day(rows: Iterable[Succession]) -> dict[date, list[Succession]]:
    days: dict[date, list[Succession]] = defaultdict(list)
    for row in rows:
        days[row.on].append(row)
    return days


def shares_of(rows: Iterable[Succession]) -> dict[int, str]:
    """How much of the old unit each row gives away, in words. One statement where units were divided."""
    rows = list(rows)
    divided = {(row.old_id, row.on) for row in rows if row.part == SuccessionPart.PART}
    totals: dict[tuple[int, date], int] = defaultdict(int)
    if divided:
        parts = Succession.objects.filter(old_id__in={old for old, _on in divided}, part=SuccessionPart.PART)
        for old_id, on, measure in parts.values_list("old_id", "on", "measure"):
            totals[old_id, on] += measure
    return {row.pk: _share_words(row, totals.get((row.old_id, row.on), 0)) for row in rows}


def _share_words(row: Succession, total: int) -> str:
    if row.part == SuccessionPart.WHOLE:
        return _("toàn bộ")
    if row.part == SuccessionPart.DUTIES:
        return _("chỉ nhiệm vụ")
    share = f"{vnumber(round(row.measure * 100 / total, 1))}%"
    return _("khoảng %(share)s") % {"share": share} if row.estimated else share


# --- the picture

BOX = (216, 52)
GAP = (84, 14)
MARGIN = 2
LETTERS = 27
"""So many letters of a name fit on one line of a box."""


@attrs.frozen
class Box:
    """A unit in the picture; `unit` is None for "and so many others"."""

    x: int
    y: int
    lines: Sequence[str]
    under: str
    unit: Unit | None
    here: bool


@attrs.frozen
class Edge:
    """A line from a unit to one that took over from it: its path, how wide, how much."""

    path: str
    width: float
    thin: bool
    label: str
    x: int
    y: int


@attrs.frozen
class Picture:
    """The succession around a unit: boxes in columns from the oldest, lines between them, and the rows of the table."""

    view_width: int
    view_height: int
    boxes: Sequence[Box]
    edges: Sequence[Edge]
    rows: Sequence[tuple[Succession, str]]
    words: str
    box_width: int = BOX[0]
    box_height: int = BOX[1]

    @property
    def thin(self) -> bool:
        """Whether there are lines along which only duties went."""
        return any(edge.thin for edge in self.edges)


def picture_of(unit: Unit) -> Picture | None:
    """The succession around a unit, two generations back and forth; None where it neither came from nor went to any."""
    older, rows_before = _walk(unit, "new_id", "old")
    newer, rows_after = _walk(unit, "old_id", "new")
    rows = [*rows_before, *rows_after]
    if not rows:
        return None
    columns = [*reversed(older), [unit], *newer]
    shares = shares_of(rows)
    placed: dict[int, tuple[int, int]] = {}
    boxes: list[Box] = []
    tallest = max(min(len(column), MOST_IN_COLUMN + 1) for column in columns)
    height = tallest * (BOX[1] + GAP[1]) - GAP[1]
    for number, column in enumerate(columns):
        shown = column if len(column) <= MOST_IN_COLUMN + 1 else column[:MOST_IN_COLUMN]
        lines = len(shown) + (len(shown) < len(column))
        x = number * (BOX[0] + GAP[0])
        top = (height - (lines * (BOX[1] + GAP[1]) - GAP[1])) // 2
        for place, each in enumerate(shown):
            placed[each.pk] = (x, top + place * (BOX[1] + GAP[1]))
            boxes.append(Box(*placed[each.pk], _lines(each.name), window_words(each), each, each.pk == unit.pk))
        if len(shown) < len(column):
            rest = len(column) - len(shown)
            words = ngettext("và %(n)s đơn vị khác", "và %(n)s đơn vị khác", rest) % {"n": rest}
            boxes.append(Box(x, top + len(shown) * (BOX[1] + GAP[1]), [words], "", None, False))
    edges = [
        _edge(placed[row.old_id], placed[row.new_id], row, shares[row.pk])
        for row in rows
        if row.old_id in placed and row.new_id in placed
    ]
    words = _("%(name)s: có từ %(before)s đơn vị trước, %(after)s đơn vị sau") % {
        "name": unit.name,
        "before": sum(map(len, older)),
        "after": sum(map(len, newer)),
    }
    width = len(columns) * (BOX[0] + GAP[0]) - GAP[0]
    table = sorted(rows, key=lambda row: row.on, reverse=True)
    return Picture(
        width + 2 * MARGIN, height + 2 * MARGIN, boxes, edges, [(row, shares[row.pk]) for row in table], words
    )


def _walk(unit: Unit, towards: str, other: str) -> tuple[list[list[Unit]], list[Succession]]:
    """The generations on one side of a unit, the nearest first, with the rows that lead there; a statement each."""
    seen, at = {unit.pk}, [unit]
    columns: list[list[Unit]] = []
    rows: list[Succession] = []
    for _step in range(GENERATIONS):
        found = [
            row
            for row in _rows(Succession.objects.filter(**{f"{towards}__in": [each.pk for each in at]}))
            if row.old_id != row.new_id
        ]
        following: Mapping[int, Unit] = {getattr(row, other).pk: getattr(row, other) for row in found}
        at = [each for pk, each in following.items() if pk not in seen]
        if not at:
            break
        seen |= {each.pk for each in at}
        columns.append(at)
        rows += found
    return columns, rows


def _lines(name: str) -> list[str]:
    """A name on at most two lines."""
    lines: list[str] = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        return [lines[0], f"{lines[1][: LETTERS - 1]}…"]
    return lines


def _edge(start: tuple[int, int], end: tuple[int, int], row: Succession, label: str) -> Edge:
    x1, y1 = start[0] + BOX[0], start[1] + BOX[1] // 2
    x2, y2 = end[0], end[1] + BOX[1] // 2
    middle = (x1 + x2) // 2
    return Edge(
        path=f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}",
        width=2.5 if row.part == SuccessionPart.WHOLE else 1.5,
        thin=row.part == SuccessionPart.DUTIES,
        label=label if row.part == SuccessionPart.PART else "",
        x=x1 + 6,
        y=y1 - 6 + (y2 - y1) // 8,
    )
