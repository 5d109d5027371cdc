"""Versions of a kind beside each other: what one changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import attrs

from pcmt.core.schemas.kinds import KindSchema

Piece = Literal["kind", "field", "state", "count"]
Change = Literal["added", "removed", "moved", "changed"]
HEAD = (
    "label", "group", "word", "help", "title", "with_places", "needs_place", "spans_days", "asks_time", "verified",
    "pictures", "inside", "source",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class KindChange:
    """One thing that two versions of a kind differ in.

    `what` it is, `how` it changed, `key` and `name` of it (a rule's key is its element); `attribute` is what changed of
    it, from `old` to `new`, as in the classes of `kinds`.
    """

    what: Piece
    how: Change
    key: str = ""
    name: str = ""
    attribute: str = ""
    old: Any = None
    new: Any = None


def kind_changes(old: KindSchema, new: KindSchema) -> tuple[KindChange, ...]:
    """What the new version changed: the kind itself, then its fields, states and rules, in the order of the new one."""
    return tuple(_changes(old, new))


NOUNS = {"field": "trường", "state": "trạng thái", "count": "cách đếm"}
VERBS = {"added": "thêm", "removed": "bỏ", "moved": "chuyển chỗ"}


def kind_summary(changes: Sequence[KindChange]) -> str:
    """What changed in one Vietnamese phrase: `Thêm 1 trường, 2 cách đếm; sửa 3 chi tiết`; empty for nothing."""
    said = []
    for how, verb in VERBS.items():
        found = [each.what for each in changes if each.how == how]
        if found:
            said.append(f"{verb} " + ", ".join(f"{found.count(w)} {noun}" for w, noun in NOUNS.items() if w in found))
    if small := sum(each.how == "changed" for each in changes):
        said.append(f"sửa {small} chi tiết")
    words = "; ".join(said)
    return words[:1].upper() + words[1:]


def _changes(old: KindSchema, new: KindSchema) -> Iterator[KindChange]:
    for name in HEAD:
        before, now = getattr(old, name), getattr(new, name)
        if before != now:
            yield KindChange(what="kind", how="changed", name=new.label, attribute=name, old=before, new=now)
    yield from _pieces("field", _named(old.fields), _named(new.fields))
    yield from _pieces("state", _named(old.states), _named(new.states))
    # rules have no key: of several for one element the first is compared with the first, the second with the second
    yield from _pieces("count", _numbered(old), _numbered(new))


def _named(pieces: Sequence[Any]) -> list[tuple[str, str, Any]]:
    return [(each.key, each.label, each) for each in pieces]


def _numbered(schema: KindSchema) -> list[tuple[str, str, Any]]:
    seen: dict[str, int] = {}
    found = []
    for rule in schema.counts:
        seen[rule.element] = seen.get(rule.element, 0) + 1
        found.append((f"{rule.element}:{seen[rule.element]}", rule.element, rule))
    return found


def _pieces(
    what: Piece, old: Sequence[tuple[str, str, Any]], new: Sequence[tuple[str, str, Any]]
) -> Iterator[KindChange]:
    were, are = {key: each for key, _name, each in old}, {key for key, _name, _each in new}
    stayed = [key for key, _name, _each in old if key in are]
    order = [key for key, _name, _each in new if key in were]
    for key, name, now in new:
        if key not in were:
            yield KindChange(what=what, how="added", key=key, name=name)
            continue
        before = were[key]
        if what != "count" and stayed.index(key) != order.index(key) and stayed != order:
            yield KindChange(what=what, how="moved", key=key, name=name)
        for field in attrs.fields(type(now)):
            if field.name != "key" and getattr(before, field.name) != getattr(now, field.name):
                yield KindChange(
                    what=what, how="changed", key=key, name=name, attribute=field.name,
                    old=getattr(before, field.name), new=getattr(now, field.name),
                )  # fmt: skip
    for key, name, _before in old:
        if key not in are:
            yield KindChange(what=what, how="removed", key=key, name=name)
