"""A first guess for an item that a person makes of a selection: the reader reads the selected words by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pcmt.apps.plans.contract import FIELDS
from pcmt.apps.plans.models import Clause, Item
from pcmt.core.reading import read

SETTINGS = {
    "targets": "I. CHỈ TIÊU\n- ",
    "tasks": "I. NHIỆM VỤ\n- ",
    "deadlines": "I. NHIỆM VỤ\n- ",
    "reporting_duties": "I. CHẾ ĐỘ BÁO CÁO\n- ",
    "assignments": "I. TỔ CHỨC THỰC HIỆN\n1. ",
}
"""The heading under which the reader understands such words; a list without one is left to the person."""

LONGEST = 4000
"""Characters of a selection that are read; a guess is not worth more time."""


def facts_from(list_name: str, quote: str) -> dict[str, Any]:
    """What the reader finds in the words, by the contract's names, without places: those of a fragment mean nothing."""
    if list_name not in SETTINGS:
        return {}
    found = read(SETTINGS[list_name] + " ".join(quote[:LONGEST].split()))
    first: Mapping[str, Any] = next(iter(found.get(list_name) or ()), {})
    names = FIELDS[list_name].keys() - {
        "assignment_ref",
        "target_ref",
        "deadline_ref",
        "deadline_refs",
        "target_refs",
        "binds",
    }
    return {name: placeless(value) for name, value in first.items() if name in names}


def placeless(value: Any) -> Any:
    """A contract value without the places in it."""
    if isinstance(value, Mapping):
        return {
            key: None if key in {"span", "line", "text"} and "name" in value else placeless(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [placeless(one) for one in value]
    return value


def nearest_assignment(items: Sequence[Item], clauses: Sequence[Clause], start: int) -> str | None:
    """The key of the assignment whose heading a place stands under, going up the outline from its clause."""
    heads = {item.clause_id: item.key for item in items if item.list_name == "assignments" and item.state != "rejected"}
    by_id = {clause.pk: clause for clause in clauses}
    before = [clause for clause in clauses if clause.start <= start]
    clause = max(before, key=lambda one: (one.start, one.order), default=None)
    while clause is not None:
        if clause.pk in heads:
            return heads[clause.pk]
        clause = by_id.get(clause.parent_id or 0)
    return None
