"""The law of managed people from `data/law/`, checked as it is read: a rule without a source is no rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from pcmt.core.law import (
    Category,
    Effect,
    Ground,
    Law,
    Limit,
    PaperForm,
    Retention,
    Rule,
    Setting,
    Stage,
    TermRule,
)
from pcmt.core.periods import Days, Hours, Length, Months, length_from
from pcmt.reference.files import tables

R = TypeVar("R", bound=Rule)


class WrongLaw(ValueError):
    """A table of `data/law` that cannot be used: the file, the rule and what is wrong."""


@lru_cache(maxsize=1)
def law() -> Law:
    """All rules, in the order of the files."""
    return law_from(tables("law"))


def law_from(data: Mapping[str, Mapping[str, Any]]) -> Law:
    """The law that tables by name make up. Raises WrongLaw."""
    made = Law(
        grounds=_rules(data, "grounds", "ground", _ground),
        terms=_rules(data, "terms", "term", _term),
        limits=_rules(data, "limits", "limit", _limit),
        forms=_rules(data, "forms", "form", _form),
        stages=_rules(data, "stages", "stage", _stage),
        retentions=_rules(data, "retention", "retention", _retention),
        words={**data["words"]["needs"], **data["words"]["tests"]},
    )
    limits, forms = {each.code for each in made.limits}, {each.code for each in made.forms}
    for each in made.grounds:
        for code in each.opens:
            if code not in limits:
                raise WrongLaw(f"grounds: {each.code} opens {code!r}, which is no limit")
        for need in each.needs:
            if need not in data["words"]["needs"]:
                raise WrongLaw(f"grounds: {each.code} needs {need!r}, for which there are no words")
    named = [*((each.code, each.form) for each in made.grounds), *((each.code, each.form) for each in made.limits)]
    for code, form in named:
        if form and form not in forms:
            raise WrongLaw(f"{code} has the form {form!r}, which is none")
    for ground in made.grounds:
        if ground.form and not any(_covers(each, ground) for each in made.forms if each.code == ground.form):
            raise WrongLaw(f"grounds: {ground.code} has the form {ground.form!r} on days on which it is not in use")
    return made


@lru_cache(maxsize=1)
def groups_tested() -> dict[str, str]:
    """Why somebody is tested, in words by code: the groups of Law 120/2025/QH15, article 23, and a plan's schedule."""
    found: dict[str, str] = tables("law")["words"]["tests"]
    return found


def _rules(data: Mapping[str, Mapping[str, Any]], name: str, kind: str, make: Callable[..., R]) -> tuple[R, ...]:
    found: list[R] = []
    for row in data[name][kind]:
        code = row.get("code", "?")
        if not row.get("source"):
            raise WrongLaw(f"{name}: {code} has no source")
        try:
            rule = make(**{**row, **_window(row)})
        except (TypeError, ValueError, KeyError) as wrong:
            raise WrongLaw(f"{name}: {code}: {wrong}") from None
        for other in found:
            if other.code == rule.code and _overlap(other, rule):
                raise WrongLaw(f"{name}: {code} holds twice on some day")
        found.append(rule)
    return tuple(found)


def _window(row: Mapping[str, Any]) -> dict[str, date | None]:
    return {"start": row.get("from"), "end": row.get("until")}


def _overlap(one: Rule, other: Rule) -> bool:
    return (one.end is None or other.start is None or other.start < one.end) and (
        other.end is None or one.start is None or one.start < other.end
    )


def _covers(form: PaperForm, ground: Ground) -> bool:
    """Whether a form is in use as long as its ground holds. A ground of an ended act may be older than the form: files
    from before that act are kept under its words.
    """
    if ground.start is None:
        begun = form.start is None or (ground.end is not None and form.start < ground.end)
    else:
        begun = form.start is None or form.start <= ground.start
    return begun and (form.end is None or (ground.end is not None and ground.end <= form.end))


def _base(row: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in row.items() if key not in ("from", "until")}


def _categories(values: list[str]) -> tuple[Category, ...]:
    return tuple(Category(each) for each in values)


def _settings(values: list[str]) -> tuple[Setting, ...]:
    return tuple(Setting(each) for each in values)


def _ground(**row: Any) -> Ground:
    base = _base(row)
    base["category"], base["effect"] = Category(base["category"]), Effect(base["effect"])
    for key in ("opens", "needs"):
        base[key] = tuple(base.get(key, ()))
    base["leads_to"] = _categories(base.get("leads_to", []))
    base["settings"] = _settings(base.get("settings", []))
    return Ground(**base)


def _term(**row: Any) -> TermRule:
    base = _base(row)
    base["category"] = Category(base["category"])
    base.setdefault("months", None)
    for key in ("settings", "after"):
        base[key] = _settings(base.get(key, []))
    return TermRule(**base)


def _length(data: Mapping[str, Any]) -> Length:
    length = length_from(data)
    if length is None:
        raise ValueError(f"no length: {dict(data)}")
    return length


def _limit(**row: Any) -> Limit:
    base = _base(row)
    base["length"] = _length(base["length"])
    base["remote"] = _length(base["remote"]) if "remote" in base else None
    base["categories"] = _categories(base.get("categories", []))
    if base.get("before") and isinstance(base["length"], Hours):
        raise ValueError("a limit before something counts in days")
    return Limit(**base)


def _form(**row: Any) -> PaperForm:
    base = _base(row)
    base["categories"] = _categories(base.get("categories", []))
    return PaperForm(**base)


def _stage(**row: Any) -> Stage:
    base = _base(row)
    for key in ("least", "most"):
        length = _length(base[key]) if key in base else None
        if length is not None and not isinstance(length, Days | Months):
            raise ValueError(f"{key} of a stage is in days or months")
        base[key] = length
    return Stage(**base)


def _retention(**row: Any) -> Retention:
    base = _base(row)
    length = _length(base["length"])
    if not isinstance(length, Months):
        raise TypeError("a retention is in months")
    base["length"] = length
    return Retention(**base)


def rules_of(data: Law) -> Iterator[tuple[str, Rule]]:
    """Every rule with the name of its table, for documents that list them."""
    for name in ("grounds", "terms", "limits", "forms", "stages", "retentions"):
        for rule in getattr(data, name):
            yield name, rule
