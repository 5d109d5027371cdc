"""The tree as of a day, and which unit a name in a document means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import attrs
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from pcmt.apps.units import names
from pcmt.apps.units.models import (
    GroupMember,
    Level,
    Unit,
    UnitAlias,
    UnitClosure,
    UnitKind,
    UnitLink,
    UnitName,
    holds_on,
)

SIMILAR_FROM = 75.0
"""Names less alike than this (percent of rapidfuzz's token sort ratio) are not worth suggesting."""

INSIDE_A_PROVINCE = (Level.DISTRICT, Level.COMMUNE, Level.HAMLET, Level.SCHOOL)
"""Levels of which the whole nation has too many units, and too many of one name, to be looked through by name."""


def subtree(unit_id: int, on: date) -> list[Unit]:
    """The unit and everything below it on the day, by depth and name."""
    rows = (
        UnitClosure.objects.filter(holds_on(on), holds_on(on, "descendant__"), ancestor_id=unit_id)
        .select_related("descendant")
        .order_by("depth", "descendant__sort_key")
    )
    return [row.descendant for row in rows]


def committee(unit_id: int, on: date) -> Unit | None:
    """The administrative unit a unit belongs to (itself, when it is one): its People's Committee is served."""
    row = (
        UnitClosure.objects.filter(holds_on(on), descendant_id=unit_id, ancestor__kind=UnitKind.ADMINISTRATIVE)
        .select_related("ancestor")
        .order_by("depth")
        .first()
    )
    return row.ancestor if row else None


def children(unit_id: int, on: date) -> list[Unit]:
    """The units directly below, in official order."""
    links = UnitLink.objects.filter(holds_on(on), holds_on(on, "child__"), parent_id=unit_id)
    return list(Unit.objects.filter(pk__in=links.values("child_id")).in_official_order())


def members(group_ids: Iterable[int], on: date) -> dict[int, list[int]]:
    """The units that groups mean on the day, by group."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = GroupMember.objects.filter(holds_on(on), group_id__in=list(group_ids)).order_by("unit__sort_key", "unit_id")
    for group_id, unit_id in rows.values_list("group_id", "unit_id"):
        found[group_id].append(unit_id)
    return dict(found)


@attrs.frozen
class LevelCount:
    """How many administrative units of a level stand on a day: those with an official code, and others."""

    level: str
    official: int
    without_code: int


def count_levels(on: date) -> list[LevelCount]:
    """Administrative units by level on a day, from the top down; the four levels of the state are always there."""
    rows = Unit.objects.as_of(on).filter(kind=UnitKind.ADMINISTRATIVE).values_list("level").order_by()
    counted = rows.annotate(total=Count("pk"), bare=Count("pk", filter=Q(code="")))
    found = {level: LevelCount(level, total - bare, bare) for level, total, bare in counted}
    state = (Level.CENTRAL, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
    return [found.get(level, LevelCount(level, 0, 0)) for level in Level.values if level in found or level in state]


@attrs.frozen
class Suggestion:
    """A unit that a name may mean. `score` 1 is certain (the name itself, a learned name); `reason` says why."""

    unit_id: int
    unit_name: str
    score: float
    code: str
    reason: str


@attrs.frozen
class _Called:
    """A name of a unit; `until` is the first day on which it was no longer called so, None for the name of now."""

    name: str
    short_name: str
    until: date | None = None


@attrs.frozen
class _Form:
    """One way of writing a unit's name."""

    unit: Unit
    code: str
    reason: str


class Matcher:
    """Finds units by the names a document uses, as seen from one committee.

    "Công an tỉnh" means another body in every province, so names are looked up as seen from the area the document is
    about: the committee's own bodies need no place in their name, those of the areas above need at least the level
    ("Công an huyện"), those below their full name. Loads what can be meant once; asking costs no query.
    Seen from the nation, or from nowhere, only central and provincial units can be meant: the name of a commune alone
    says nothing there. A body is also found by the names that it had on the days.
    """

    def __init__(self, context_id: int | None, days: Iterable[date]) -> None:
        self._days = sorted(set(days))
        self._context_id = context_id
        self._forms: dict[str, list[_Form]] = defaultdict(list)
        self._units: dict[int, Unit] = {}
        self._names: dict[int, list[_Called]] = {}
        self._parents: dict[int, int] = {}
        self._chain: list[int] = []
        self._load()
        for unit in self._units.values():
            self._add_forms(unit)
        self._add_aliases()
        self._alike = [key for key in self._forms if names.area_key(key) is None]
        self._areas = [key for key in self._forms if names.area_key(key) == key and names.split_area(key)[1]]

    def suggest(self, name: str, limit: int = 5) -> tuple[Suggestion, ...]:
        """Units the name may mean, best first; empty when nothing is like it."""
        key = names.name_key(name)
        if not key:
            return ()
        found: dict[int, Suggestion] = {}
        for form in self._forms.get(key, ()):
            # Two bodies of one name: neither is certain.
            rivals = {other.unit.pk for other in self._forms[key] if other.code == form.code}
            self._keep(found, form, 1.0 if len(rivals) == 1 else 0.9)
        if not names.is_class(name):
            # Committees are compared by their place only: the words before it are alike in all of them.
            area = names.area_key(key)
            for other, ratio, _index in process.extract(
                key if area is None else area,
                self._alike if area is None else self._areas,
                scorer=fuzz.token_sort_ratio,
                limit=limit * 2,
                score_cutoff=SIMILAR_FROM,
            ):
                for form in self._forms[other] if other != key else ():
                    reason = _("Gần giống “%(name)s” (%(percent)s%%)") % {
                        "name": form.unit.name,
                        "percent": round(ratio),
                    }
                    self._keep(found, attrs.evolve(form, code="similar", reason=reason), ratio / 100 * 0.95)
        return tuple(sorted(found.values(), key=lambda each: (-each.score, each.unit_name))[:limit])

    def class_members(self, name: str) -> list[Unit]:
        """The units that a class name ("UBND các phường", "các sở, ban, ngành") takes in, in official order."""
        if self._context_id is None or not names.is_class(name):
            return []
        areas, agencies, schools = names.classes_meant(name)
        hamlets = names.hamlets_meant(name)
        depths = {unit.pk: self._depth(unit.pk) for unit in self._units.values()}
        found = []
        for unit in self._units.values():
            if depths[unit.pk] is None or unit.pk == self._context_id:
                continue
            if unit.level == Level.HAMLET:
                # Those of the document's own commune: to a province they are its communes' business.
                fits = hamlets and self._parents.get(unit.pk) == self._context_id
            elif unit.kind == UnitKind.ADMINISTRATIVE:
                fits = names.split_area(names.name_key(unit.name))[0] in areas
            elif unit.level == "school":
                fits = schools
            else:
                fits = agencies and unit.kind == UnitKind.AGENCY and self._committee_id(unit.pk) == self._context_id
            if fits:
                found.append(unit)
        # "Các xã" of a province means its communes wherever districts stand between; nothing deeper than the nearest.
        return sorted(found, key=lambda unit: (unit.sort_key, unit.pk))

    def _keep(self, found: dict[int, Suggestion], form: _Form, score: float) -> None:
        known = found.get(form.unit.pk)
        if known is None or known.score < score:
            found[form.unit.pk] = Suggestion(form.unit.pk, form.unit.name, round(score, 3), form.code, form.reason)

    def _load(self) -> None:
        held = Q()
        for day in self._days:
            held |= holds_on(day)
        if self._context_id is None:
            chosen = Unit.objects.filter(held).exclude(level__in=INSIDE_A_PROVINCE)
        else:
            closure = UnitClosure.objects.filter(held)
            self._chain = self._ancestors()
            down = closure.filter(ancestor_id=self._context_id).values("descendant_id")
            if Unit.objects.filter(pk=self._context_id, level=Level.CENTRAL).exists():
                down = down.exclude(descendant__level__in=INSIDE_A_PROVINCE)
            beside = closure.filter(ancestor_id__in=self._chain, depth=1).exclude(
                descendant__kind=UnitKind.ADMINISTRATIVE
            )
            rootless = ~Q(pk__in=UnitLink.objects.values("child_id"))
            chosen = Unit.objects.filter(held).filter(
                Q(pk__in=down) | Q(pk__in=self._chain) | Q(pk__in=beside.values("descendant_id")) | rootless
            )
        self._units = {unit.pk: unit for unit in chosen.order_by("pk")}
        for row in UnitName.objects.filter(held, unit_id__in=list(self._units)).order_by("-valid_from", "pk"):
            called = self._names.setdefault(row.unit_id, [])
            now = self._units[row.unit_id].name == row.name
            called.append(_Called(row.name, row.short_name, None if now else row.valid_to))
        # A body that went to another parent in between stands where it stood on the first day, the document's own.
        links = UnitLink.objects.filter(held, child_id__in=list(self._units))
        links = links.order_by(F("valid_from").desc(nulls_last=True), "-pk")
        self._parents = dict(links.values_list("child_id", "parent_id"))

    def _ancestors(self) -> list[int]:
        """The context and what stands above it, nearest first, on the first of the days on which it has a place."""
        for day in self._days:
            up = UnitClosure.objects.filter(holds_on(day), descendant_id=self._context_id).order_by("depth")
            chain = list(dict.fromkeys(up.values_list("ancestor_id", flat=True)))
            if chain:
                return chain
        return []

    def _committee_id(self, unit_id: int) -> int | None:
        """The nearest administrative unit strictly above, as far as it is known here."""
        seen = self._parents.get(unit_id)
        while seen is not None:
            unit = self._units.get(seen)
            if unit is None:
                return None
            if unit.kind == UnitKind.ADMINISTRATIVE:
                return unit.pk
            seen = self._parents.get(seen)
        return None

    def _depth(self, unit_id: int) -> int | None:
        """Steps from the context down to the unit; None when it is not below it."""
        steps, at = 0, unit_id
        while at != self._context_id:
            parent = self._parents.get(at)
            if parent is None or steps > 20:
                return None
            steps, at = steps + 1, parent
        return steps

    def _called(self, unit: Unit) -> Sequence[_Called]:
        """What a unit is called on the days; those that never changed their name have the one."""
        return self._names.get(unit.pk) or (_Called(unit.name, unit.short_name),)

    def _add_forms(self, unit: Unit) -> None:
        for called in self._called(unit):
            self._add_forms_of(unit, called)

    def _add_forms_of(self, unit: Unit, called: _Called) -> None:
        key = names.name_key(called.name)
        exact = _("Trùng tên “%(name)s”") % {"name": called.name}
        if called.until is not None:
            exact = _("Tên cũ của “%(name)s”, dùng đến trước ngày %(day)s") % {
                "name": unit.name,
                "day": f"{called.until:%d/%m/%Y}",
            }
        elif called.name != unit.name:
            exact = _("Tên mới của “%(name)s”") % {"name": unit.name}
        self._add(key, unit, "exact", exact)
        if called.short_name:
            short = _("Tên gọn của “%(name)s”") % {"name": called.name}
            self._add(names.name_key(called.short_name), unit, "short", short)
        if unit.kind == UnitKind.ADMINISTRATIVE:
            word, _proper = names.split_area(key)
            self._add(f"{names.COMMITTEE} {key}", unit, "exact", exact)
            if unit.pk in self._chain:
                place = _("Cách gọi tắt trong phạm vi %(name)s") % {"name": called.name}
                self._add(word, unit, "in_place", place)
                self._add(f"{names.COMMITTEE} {word}", unit, "in_place", place)
                if unit.pk == self._context_id:
                    self._add(names.COMMITTEE, unit, "in_place", place)
            return
        area = self._units.get(self._committee_id(unit.pk) or 0)
        if area is not None and unit.kind != UnitKind.GROUP:
            for area_called in self._called(area):
                self._add_in_area(unit, key, area, area_called.name)

    def _add_in_area(self, unit: Unit, key: str, area: Unit, area_name: str) -> None:
        word, proper = names.split_area(names.name_key(area_name))
        bare = names.without_place(key, word, proper)
        place = _("Cách gọi tắt trong phạm vi %(name)s") % {"name": area_name}
        self._add(f"{bare} {word} {proper}", unit, "in_place", place)
        self._add(f"{bare} {proper}", unit, "in_place", place)
        if area.pk in self._chain:
            self._add(f"{bare} {word}", unit, "in_place", place)
        if area.pk == self._context_id:
            self._add(bare, unit, "in_place", place)

    def _add_aliases(self) -> None:
        scopes = Q(scope__isnull=True) | Q(scope_id__in=self._chain)
        stands = Q()
        for day in self._days:
            stands |= holds_on(day, "unit__")
        for alias in UnitAlias.objects.filter(scopes).filter(stands).select_related("unit"):
            self._units.setdefault(alias.unit_id, alias.unit)
            reason = _("Tên gọi đã ghi nhận")
            if alias.learned_by_name:
                reason = _("Tên gọi đã ghi nhận, %(person)s xác nhận") % {"person": alias.learned_by_name}
            self._forms[alias.search_key].insert(0, _Form(alias.unit, "alias", reason))

    def _add(self, key: str, unit: Unit, code: str, reason: str) -> None:
        key = key.strip()
        if key and all(form.unit.pk != unit.pk for form in self._forms[key]):
            self._forms[key].append(_Form(unit, code, reason))


def match(name: str, context_unit_id: int | None, on: date) -> tuple[Suggestion, ...]:
    """Units that a name means as seen from a unit on a day; for many names make one `Matcher`."""
    seat = committee(context_unit_id, on) if context_unit_id else None
    return Matcher(seat.pk if seat else context_unit_id, [on]).suggest(name)
