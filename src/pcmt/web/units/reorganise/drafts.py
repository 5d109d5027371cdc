"""Reorganisations that somebody is preparing: what was typed, kept in the session from step to step."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, MutableMapping
from datetime import date
from typing import Any

import attrs
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from pcmt.web.fields import WrittenDateField

SESSION_KEY = "reorganisations"
MOST = 8
"""So many are kept for one person; the one that was touched least recently goes first."""

DECIDES_DUE = ("kind", "units", "function", "other")
"""The fields by which it is decided which due items may go along with a function."""

Typed = dict[str, list[str]]
"""What was typed into the fields of a form, by name."""


@attrs.define
class Prepared:
    """A reorganisation as it is being typed.

    `events` are what happens, in order: each what was typed in its steps, with `kind`. `head` is day, title, ground.
    `due` are the due items that go along with a function; None until somebody chose. `shown` are the lines of the
    preview that was last shown, `seen` how the units concerned stood in it.
    """

    key: str
    events: list[Typed] = attrs.field(factory=lambda: [{}])
    head: Typed = attrs.field(factory=dict)
    due: list[int] | None = None
    shown: list[str] = attrs.field(factory=list)
    seen: str = ""

    def kind(self, number: int) -> str:
        """What happens in an event; empty while nothing was chosen."""
        return next(iter(self.events[number].get("kind", ())), "")

    def typed(self, number: int) -> MultiValueDict[str, str]:
        """What was typed for an event, for a form."""
        return MultiValueDict(self.events[number])

    def keep(self, number: int, post: QueryDict, names: set[str]) -> None:
        """Take over the fields of a step as they were sent; a box that was not ticked sends nothing."""
        before = self.events[number]
        kept = {name: values for name, values in before.items() if name not in names}
        self.events[number] = kept | {name: values for name, values in post.lists() if name in names}
        if any(before.get(name) != self.events[number].get(name) for name in DECIDES_DUE):
            self.due = None
        self.forget_preview()

    def forget_preview(self) -> None:
        """What was shown is no longer what was typed: a difference would be one's own doing."""
        self.shown, self.seen = [], ""

    @property
    def on(self) -> date | None:
        """The day, once a sensible one was typed."""
        try:
            day: date | None = WrittenDateField(required=False).clean(next(iter(self.head.get("on", ())), ""))
        except ValidationError:
            return None
        return day


def begun(request: HttpRequest, typed: Typed | None = None) -> Prepared:
    """A new one, kept."""
    prepared = Prepared(secrets.token_urlsafe(6), [dict(typed or {})])
    keep(request, prepared)
    return prepared


def all_of(request: HttpRequest) -> list[Prepared]:
    """What the person is preparing, the latest first."""
    kept: Mapping[str, Any] = request.session.get(SESSION_KEY, {})
    return [Prepared(key, **values) for key, values in reversed(list(kept.items()))]


def one_of(request: HttpRequest, key: str) -> Prepared | None:
    """One of them, if it is (still) there."""
    values = request.session.get(SESSION_KEY, {}).get(key)
    return Prepared(key, **values) if values is not None else None


def keep(request: HttpRequest, prepared: Prepared) -> None:
    """Keep it as it is now."""
    kept: MutableMapping[str, Any] = dict(request.session.get(SESSION_KEY, {}))
    kept.pop(prepared.key, None)
    kept[prepared.key] = attrs.asdict(prepared, filter=lambda field, _value: field.name != "key")
    while len(kept) > MOST:
        kept.pop(next(iter(kept)))
    request.session[SESSION_KEY] = kept


def drop(request: HttpRequest, key: str) -> None:
    """Forget one."""
    kept = dict(request.session.get(SESSION_KEY, {}))
    kept.pop(key, None)
    request.session[SESSION_KEY] = kept
