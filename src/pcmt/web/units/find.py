"""Finding units by any of their names and codes, of today and of before, with or without tone marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.models import Level, Unit, UnitAlias, UnitKind, UnitName, holds_on
from pcmt.apps.units.names import LEVEL_WORDS, name_key
from pcmt.web.templatetags.pcmt import vdate
from pcmt.web.units.days import Fate, call, fates, paths, window_words
from pcmt.web.units.tree import AGENCIES, BODIES, PLACES

SHORTEST = 2
"""Fewer letters than this find too much to be of use."""

MOST_WORDS = 8
ROWS_A_PAGE = 30


@attrs.frozen
class Found:
    """A unit that was found, called as on the day: why it was found, where it stands, what became of it."""

    unit: Unit
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
    holds_all = Q()
    for word in words:
        holds_all &= Q(search_key__contains=word)
    other = UnitAlias.objects.visible_to(actor).filter(holds_all).values("unit_id")
    dated = UnitName.objects.visible_to(actor).filter(holds_all).values("unit_id")
    coded = Q(code=query.strip()) | Q(identifier=query.strip().upper())
    found = Unit.objects.visible_to(actor).filter(holds_all | Q(pk__in=other) | Q(pk__in=dated) | coded)
    if kinds == PLACES:
        found = found.filter(kind=UnitKind.ADMINISTRATIVE)
    elif kinds == BODIES:
        found = found.filter(kind__in=AGENCIES)
    exact = [key, *(f"{word} {key}" for word in LEVEL_WORDS)]
    levels = [When(level=level, then=Value(place)) for place, level in enumerate(Level.values)]
    ranked = found.annotate(
        rank=Case(
            When(coded, then=Value(0)),
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
    above, gone = paths(units, on), fates(units, on)
    call(units, on)
    others: dict[int, str] = {}
    for alias in UnitAlias.objects.visible_to(actor).filter(unit__in=units).order_by("pk"):
        if all(word in alias.search_key for word in words):
            others.setdefault(alias.unit_id, _("còn gọi là “%(name)s”") % {"name": alias.name})
    for dated in UnitName.objects.visible_to(actor).filter(unit__in=units).order_by("-valid_from"):
        if all(word in dated.search_key for word in words):
            others[dated.unit_id] = _former(dated, on)
    return [
        Found(
            unit=unit,
            why=_why(unit, words, query, others),
            path=above.get(unit.pk, ()),
            days=window_words(unit),
            stands=unit.pk not in gone and (unit.valid_to is None or unit.valid_to > on),
            fate=gone.get(unit.pk),
        )
        for unit in units
    ]


def _former(dated: UnitName, on: date) -> str:
    """What a unit was called, or will be, and when."""
    if dated.valid_to is not None and dated.valid_to <= on:
        last = dated.valid_to - timedelta(days=1)
        return _("đến hết %(day)s là “%(name)s”") % {"day": vdate(last), "name": dated.name}
    return _("từ %(day)s là “%(name)s”") % {"day": vdate(dated.valid_from), "name": dated.name}


def _why(unit: Unit, words: Sequence[str], query: str, others: dict[int, str]) -> str:
    """Why a unit was found, where its name does not show it."""
    if unit.code and unit.code == query.strip():
        return _("mã %(code)s") % {"code": unit.code}
    if unit.identifier and unit.identifier == query.strip().upper():
        return _("mã định danh %(code)s") % {"code": unit.identifier}
    key = name_key(unit.name)
    return "" if all(word in key for word in words) else others.get(unit.pk, "")
