"""Choosing one of thousands by typing: a unit or a person, found by words without tone marks.

The box suggests while one types; without script the whole name is typed, and where several are called so the words at
the field say how to tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import User
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.text import fold

SUGGESTIONS = 12


def parents_of(unit_ids: Iterable[int], on: date) -> dict[int, str]:
    """The name of the unit right above each, on the day; one query."""
    rows = UnitClosure.objects.filter(holds_on(on), descendant_id__in=list(unit_ids), depth=1)
    return dict(rows.values_list("descendant_id", "ancestor__name"))


def called(unit: Unit, parent: str) -> str:
    """A unit as it is typed and suggested: "Trạm Y tế, Xã Đông Hòa"."""
    return f"{unit.name}, {parent}" if parent else unit.name


def units_like(seen: QuerySet[Unit], words: str, on: date, most: int = SUGGESTIONS) -> list[tuple[Unit, str]]:
    """Units whose name or whose superior's name holds all words, with what they are called; the shortest name first.

    The superior counts, so that "tram y te dong hoa" finds the one of many.
    """
    found = seen.filter(holds_on(on)).exclude(kind=UnitKind.GROUP)
    for word in fold(words).split():
        above = UnitClosure.objects.filter(holds_on(on), depth=1, ancestor__search_key__contains=word)
        found = found.filter(search_key__contains=word) | found.filter(pk__in=above.values("descendant_id"))
    units = sorted(found[: most * 20], key=lambda unit: (len(unit.name), unit.sort_key))[:most]
    parents = parents_of([unit.pk for unit in units], on)
    return [(unit, called(unit, parents.get(unit.pk, ""))) for unit in units]


def unit_named(seen: QuerySet[Unit], text: str, on: date) -> Unit | list[str]:
    """The one unit that a text means: its code, its name, or name and superior; else what it could mean."""
    wanted = fold(text)
    there = seen.filter(holds_on(on)).exclude(kind=UnitKind.GROUP)
    by_code = list(there.filter(code=text.strip())[:2]) if text.strip() else []
    if len(by_code) == 1:
        return by_code[0]
    name = fold(text.split(",", maxsplit=1)[0])
    named = list(there.filter(search_key=name)[:200]) or list(there.filter(search_key=wanted)[:200])
    parents = parents_of([unit.pk for unit in named], on)
    exact = [unit for unit in named if fold(called(unit, parents.get(unit.pk, ""))) == wanted]
    if len(exact) == 1:
        return exact[0]
    if len(named) == 1 and name == wanted:
        return named[0]
    if named:
        return [called(unit, parents.get(unit.pk, "")) for unit in named[:5]]
    return [words for _unit, words in units_like(seen, text, on, 3)]


class UnitField(forms.CharField):
    """A unit by its words; gives the Unit. `units` and `on` are set by the form."""

    units: QuerySet[Unit]
    on: date

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 400)
        kwargs.setdefault("widget", _suggesting(reverse_lazy("people:units")))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """The unit that the words mean."""
        text = super().clean(value)
        if not text:
            return None
        found = unit_named(self.units, text, self.on)
        if isinstance(found, Unit):
            return found
        if found:
            raise ValidationError(_("Ghi rõ đơn vị nào: %(names)s.") % {"names": "; ".join(found)}, code="many")
        raise ValidationError(_("Không có đơn vị này trong phạm vi của bạn."), code="none")

    def prepare_value(self, value: Any) -> Any:
        """A unit as its words."""
        if isinstance(value, Unit):
            return called(value, parents_of([value.pk], self.on).get(value.pk, ""))
        return value


class PersonField(forms.CharField):
    """A person by name or user name; gives the User. `people` is set by the form."""

    people: QuerySet[User]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", _suggesting(reverse_lazy("people:names")))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """The person that the words mean."""
        text = super().clean(value)
        if not text:
            return None
        name, _bracket, username = text.rpartition("(")
        username = username.rstrip(") ").lower() if name else text.strip().lower()
        found = self.people.filter(username=username).first()
        if found is not None:
            return found
        namesakes = [user for user in people_like(self.people, text) if fold(user.full_name) == fold(text)]
        if len(namesakes) == 1:
            return namesakes[0]
        if namesakes:
            names = "; ".join(person_words(user) for user in namesakes[:5])
            raise ValidationError(_("Có nhiều người tên này, ghi cả tên đăng nhập: %(names)s.") % {"names": names})
        raise ValidationError(_("Không tìm thấy người này. Ghi tên đăng nhập, hoặc mời người này trước."))

    def prepare_value(self, value: Any) -> Any:
        """A person as words."""
        return person_words(value) if isinstance(value, User) else value


def people_like(seen: QuerySet[User], words: str, most: int = SUGGESTIONS) -> list[User]:
    """Active people whose names hold all words."""
    found = seen.filter(is_active=True)
    for word in fold(words).split():
        found = found.filter(search_key__contains=word)
    return list(found.order_by("sort_key", "pk")[:most])


def person_words(user: User) -> str:
    """A person as typed and suggested."""
    return f"{user.get_full_name()} ({user.username})"


def _suggesting(url: str | Promise) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-suggest": url})
