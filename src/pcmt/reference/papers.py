"""The forms of people that the registers fill in (`data/papers/people.toml`), as values. No Django and no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import attrs

from pcmt.core.law import Category, Effect, Setting
from pcmt.reference.files import table


@attrs.frozen(kw_only=True)
class FormField:
    """What a form asks beyond the record. `kind`: text, lines, date, count, choice (of the law's grounds)."""

    name: str
    label: str
    kind: str
    optional: bool = False


@attrs.frozen(kw_only=True)
class FormText:
    """A form: in which window of law, for whom, who issues it, what it says (one line of `text` is one paragraph).

    `code` is that of a `PaperForm` of the law. `issuer`: police (the head of the commune's police signs) or chair (of
    the commune's People's Committee). `symbol` is the type in number and symbol; without one the form has no number.
    `decides`: laid out as a decision, with its authority above the grounds. `always`: also fits a file whose status has
    not begun. `states`: of the spell; `effect`: its grounds are those with this effect, one of which is ticked.
    """

    code: str
    kind: str
    subject: str
    issuer: str
    categories: tuple[Category, ...]
    source: str
    text: tuple[str, ...]
    start: date | None = None
    end: date | None = None
    symbol: str = ""
    settings: tuple[Setting, ...] = ()
    states: tuple[str, ...] = ()
    always: bool = False
    decides: bool = False
    effect: Effect | None = None
    bases: tuple[str, ...] = ()
    fields: tuple[FormField, ...] = ()
    recipients: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the form is called in lists: type and subject in one line."""
        return f"{self.kind.capitalize()} {self.subject[:1].lower()}{self.subject[1:]}"

    def holds_on(self, day: date) -> bool:
        """Whether the form is in force on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@cache
def paper_forms() -> tuple[FormText, ...]:
    """All forms, in the order of the table. Raises for a table that contradicts itself: it is ours."""
    found = table("papers", "people")
    fields = {name: FormField(name=name, **each) for name, each in found["fields"].items()}
    rows = {each["code"]: each for each in found["form"]}
    merged = ({**rows.get(each.get("like", ""), {}), **each} for each in found["form"])
    return tuple(_form(each, found["bases"], fields) for each in merged)


def paper_form(code: str, on: date) -> FormText | None:
    """The form of a code that is in force on a day."""
    return next((each for each in paper_forms() if each.code == code and each.holds_on(on)), None)


def _form(row: Mapping[str, Any], bases: Mapping[str, str], fields: Mapping[str, FormField]) -> FormText:
    raw = {name: value for name, value in row.items() if name != "like"}
    asked, grounds = raw.pop("fields", ()), raw.pop("bases", ())
    effect = raw.pop("effect", None)
    return FormText(
        categories=tuple(Category(each) for each in raw.pop("categories")),
        settings=tuple(Setting(each) for each in raw.pop("settings", ())),
        states=tuple(raw.pop("states", ())),
        recipients=tuple(raw.pop("recipients", ())),
        effect=Effect(effect) if effect else None,
        text=tuple(raw.pop("text").strip().splitlines()),
        bases=tuple(bases[each] for each in grounds),
        fields=tuple(fields[each] for each in asked),
        **raw,
    )
