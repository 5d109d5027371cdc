"""The tree of a day, branch by branch: few statements, however much stands below."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import attrs
from django.db.models import Count, Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, UnitLink, UnitQuerySet, holds_on
from pcmt.web.templatetags.pcmt import vnumber
from pcmt.web.units.days import call

ALL, PLACES, BODIES = "", "dia-gioi", "co-quan"
KINDS: Sequence[tuple[str, str | Promise]] = (
    (ALL, _("Tất cả")),
    (PLACES, _("Địa giới hành chính")),
    (BODIES, pgettext_lazy("danh mục", "Cơ quan")),
)

AGENCIES = (UnitKind.AGENCY, UnitKind.OFFICE)

LABELS: dict[str, str | Promise] = {
    "bodies": pgettext_lazy("danh mục", "Cơ quan"),
    "places": _("Địa giới hành chính"),
    "groups": _("Nhóm đơn vị"),
}

Counts = Counter[tuple[str, str]]
"""How many units stand below a unit, by kind and level."""


@attrs.frozen
class Node:
    """A unit in the tree, called as on the day: what stands below it in words, and the branches shown open."""

    unit: Unit
    counts: str
    has_below: bool
    parent_id: int | None
    sections: Sequence[Section] | None


@attrs.frozen
class Section:
    """Units of one sort under one parent. `label` is empty where there is only one sort."""

    label: str | Promise
    nodes: Sequence[Node]


def roots(actor: Actor, on: date, kinds: str, open_to: int | None = None) -> list[Section]:
    """The units that stand under nothing on the day, and the branches open down to a unit; a lone root is open.

    Seven statements.
    """
    standing = Unit.objects.visible_to(actor).as_of(on)
    placed = UnitLink.objects.filter(holds_on(on), child_id=OuterRef("pk"))
    tops = list(_shown(standing.filter(~Exists(placed)), kinds))
    opened = {unit.pk for unit in tops if unit.kind == UnitKind.ADMINISTRATIVE and unit.level == Level.CENTRAL}
    if open_to is not None:
        chain = UnitClosure.objects.filter(holds_on(on), descendant_id=open_to)
        opened |= set(chain.values_list("ancestor_id", flat=True))
    elif not opened and len(tops) == 1:
        opened = {tops[0].pk}
    return _sections(tops, _below(actor, opened, on, kinds), on, kinds)


def branch(actor: Actor, unit_id: int, on: date, kinds: str) -> list[Section]:
    """What stands directly below a unit on the day. Four statements."""
    below = _below(actor, {unit_id}, on, kinds)
    return _sections(below.pop(unit_id, []), {}, on, kinds, parent_id=unit_id)


def counted(ids: Iterable[int], on: date) -> dict[int, Counts]:
    """How many units of each kind and level stand below each of some units on the day. One statement."""
    rows = (
        UnitClosure.objects.filter(holds_on(on), holds_on(on, "descendant__"), ancestor_id__in=list(ids), depth__gt=0)
        .order_by()
        .values_list("ancestor_id", "descendant__kind", "descendant__level")
        .annotate(number=Count("pk"))
    )
    found: dict[int, Counts] = defaultdict(Counter)
    for unit_id, kind, level, number in rows:
        found[unit_id][kind, level] += number
    return found


def count_words(counts: Counts) -> list[str]:
    """What stands below in words, from the top down: "129 xã, phường", "23 cơ quan"."""
    places = {level: counts[UnitKind.ADMINISTRATIVE, level] for level in Level.values}
    schools = sum(counts[kind, Level.SCHOOL] for kind in AGENCIES) + places[Level.SCHOOL]
    bodies = sum(number for (kind, level), number in counts.items() if kind in AGENCIES and level != Level.SCHOOL)
    said = []
    if number := places[Level.PROVINCE]:
        said.append(ngettext("%(n)s tỉnh, thành phố", "%(n)s tỉnh, thành phố", number) % {"n": vnumber(number)})
    if number := places[Level.DISTRICT]:
        said.append(ngettext("%(n)s huyện, quận, thị xã", "%(n)s huyện, quận, thị xã", number) % {"n": vnumber(number)})
    if number := places[Level.COMMUNE]:
        said.append(ngettext("%(n)s xã, phường", "%(n)s xã, phường", number) % {"n": vnumber(number)})
    if number := places[Level.HAMLET]:
        said.append(ngettext("%(n)s thôn, tổ dân phố", "%(n)s thôn, tổ dân phố", number) % {"n": vnumber(number)})
    if schools:
        said.append(ngettext("%(n)s trường học", "%(n)s trường học", schools) % {"n": vnumber(schools)})
    if bodies:
        said.append(ngettext("%(n)s cơ quan", "%(n)s cơ quan", bodies) % {"n": vnumber(bodies)})
    return said


def _shown(units: UnitQuerySet, kinds: str) -> UnitQuerySet:
    return (units.filter(kind=UnitKind.ADMINISTRATIVE) if kinds == PLACES else units).in_official_order()


def _below(actor: Actor, parent_ids: set[int], on: date, kinds: str) -> dict[int, list[tuple[int, Unit]]]:
    """The units directly below some units, in official order, each with its parent."""
    if not parent_ids:
        return {}
    links = UnitLink.objects.visible_to(actor).filter(holds_on(on), holds_on(on, "child__"), parent_id__in=parent_ids)
    if kinds == PLACES:
        links = links.filter(child__kind=UnitKind.ADMINISTRATIVE)
    found: dict[int, list[tuple[int, Unit]]] = defaultdict(list)
    for link in links.select_related("child").order_by("child__sort_key", "child_id"):
        found[link.parent_id].append((link.parent_id, link.child))
    return found


def _sections(
    tops: Sequence[Unit] | Sequence[tuple[int, Unit]],
    below: dict[int, list[tuple[int, Unit]]],
    on: date,
    kinds: str,
    parent_id: int | None = None,
) -> list[Section]:
    """The nodes of a level by sort, with everything under the open ones."""
    firsts = [each if isinstance(each, tuple) else (parent_id, each) for each in tops]
    units = [unit for _parent, unit in firsts] + [unit for rows in below.values() for _parent, unit in rows]
    counts = counted([unit.pk for unit in units], on)
    call(units, on)

    def made(rows: Sequence[tuple[int | None, Unit]]) -> list[Section]:
        nodes: dict[str, list[Node]] = {sort: [] for sort in LABELS}
        for above, unit in rows:
            under = counts.get(unit.pk, Counter())
            if kinds == BODIES and not _has_bodies(unit, under):
                continue
            nodes[_sort(unit)].append(
                Node(
                    unit=unit,
                    counts=" · ".join(count_words(_narrowed(under, kinds))),
                    has_below=bool(_narrowed(under, kinds)),
                    parent_id=above,
                    sections=made(below[unit.pk]) if unit.pk in below else None,
                )
            )
        several = sum(map(bool, nodes.values())) > 1
        # The bodies of a unit stand before what lies in it; on top the nation stands before bodies under nothing.
        order = ("places", "bodies", "groups") if rows and rows[0][0] is None else LABELS
        return [Section(LABELS[sort] if several else "", nodes[sort]) for sort in order if nodes[sort]]

    return made(firsts)


def _sort(unit: Unit) -> str:
    if unit.kind in AGENCIES:
        return "bodies"
    return "groups" if unit.kind == UnitKind.GROUP else "places"


def _has_bodies(unit: Unit, under: Counts) -> bool:
    return unit.kind in AGENCIES or any(kind in AGENCIES for kind, _level in under)


def _narrowed(under: Counts, kinds: str) -> Counts:
    if kinds == PLACES:
        return Counter({key: number for key, number in under.items() if key[0] == UnitKind.ADMINISTRATIVE})
    return under
