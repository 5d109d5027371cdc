"""Finding units by any of their names and codes, of today and of before, with or without tone marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.models import Level, Unit, UnitAlias, UnitKind, holds_on
from pcmt.apps.units.names import LEVEL_WORDS, name_key
from pcmt.web.units.days import Fate, fates, names, paths, window_words
from pcmt.web.units.tree import AGENCIES, BODIES, PLACES

SHORTEST = 2
"""Fewer letters than this find too much to be of use."""

MOST_WORDS = 8
ROWS_A_PAGE = 30


@attrs.frozen
class Found:
    """A unit that was found: what it is called, why it was found, where it stands, what became of it."""

    unit: Unit
    name: str
    why: str
    path: Sequence[Unit]
    days: str
    stands: bool
    fate: Fate | None


def words_of(query: str) -> list[str]:
    """The words to look for, common abbreviations written out ("UBND TX" finds "Ủy ban nhân dân thị xã")."""
    return list(dict.fromkeys(name_key(query[:200]).split()))[:MOST_WORDS]


def matching(actor: Actor, query: str, on: date, kinds: str = "") -> QuerySet[Unit]:
    """Units of any time with a name, former name, other name or code that holds every word, the best first.

    First the code or whole name asked for, with or without "xã, phường, ..." before it; then those that stand on the
    day; then by level. A word is found inside longer ones too, so that typing on narrows.
    """
    words, key = words_of(query), name_key(query[:200])
    named, alias = Q(), Q()
    for word in words:
        named &= Q(search_key__contains=word)
        alias &= Q(search_key__contains=word)
    other = UnitAlias.objects.visible_to(actor).filter(alias, unit_id=OuterRef("pk"))
    found = Unit.objects.visible_to(actor).filter(named | Exists(other) | Q(code=query.strip()))
    if kinds == PLACES:
        found = found.filter(kind=UnitKind.ADMINISTRATIVE)
    elif kinds == BODIES:
        found = found.filter(kind__in=AGENCIES)
    exact = [key, *(f"{word} {key}" for word in LEVEL_WORDS)]
    levels = [When(level=level, then=Value(place)) for place, level in enumerate(Level.values)]
    ranked = found.annotate(
        rank=Case(
            When(code=query.strip(), then=Value(0)),
            When(search_key__in=exact, then=Value(1)),
            When(search_key__contains=key, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        ),
        there=Case(When(holds_on(on), then=Value(0)), default=Value(1), output_field=IntegerField()),
        place=Case(*levels, default=Value(99), output_field=IntegerField()),
    )
    return ranked.order_by("rank", "there", "place", "sort_key", F("valid_from").asc(nulls_first=True), "pk")


def found_on(actor: Actor, query: str, on: date, kinds: str, page: str | None) -> Page[Unit]:
    """One page of what was found; `rows_of` makes the lines of it."""
    return Paginator(matching(actor, query, on, kinds), ROWS_A_PAGE).get_page(page)


def rows_of(actor: Actor, units: Sequence[Unit], query: str, on: date) -> list[Found]:
    """The lines of a page of units that were found."""
    words = words_of(query)
    called, above, gone = names(units, on), paths(units, on), fates(units, on)
    others: dict[int, str] = {}
    for row in UnitAlias.objects.visible_to(actor).filter(unit__in=units).order_by("pk"):
        if all(word in row.search_key for word in words):
            others.setdefault(row.unit_id, row.name)
    return [
        Found(
            unit=unit,
            name=called[unit.pk],
            why=_why(unit, called[unit.pk], words, query, others),
            path=above.get(unit.pk, ()),
            days=window_words(unit),
            stands=unit.pk not in gone and (unit.valid_to is None or unit.valid_to > on),
            fate=gone.get(unit.pk),
        )
        for unit in units
    ]


def _why(unit: Unit, name: str, words: Sequence[str], query: str, others: dict[int, str]) -> str:
    """Why a unit was found, where its name does not show it."""
    if unit.code and unit.code == query.strip():
        return _("mã %(code)s") % {"code": unit.code}
    key = name_key(name)
    if all(word in key for word in words):
        return ""
    other = others.get(unit.pk)
    return _("còn gọi là “%(name)s”") % {"name": other} if other else ""
