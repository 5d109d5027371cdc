"""The editor of a kind: what stands in its boxes, read from there, and what its buttons do. No database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from django.http import QueryDict
from django.utils.translation import gettext as _

from pcmt.core.schemas import (
    CountOf,
    CountRule,
    FieldType,
    KindField,
    KindSchema,
    Noun,
    Option,
    Sensitivity,
    State,
    StateSort,
    When,
)
from pcmt.core.text import fold

MOST = {"label": 200, "group": 120, "word": 40, "title": 200, "help": 500, "source": 500, "unit_word": 40}
"""How long texts of a kind may be."""
HEAD_TEXTS = ("label", "group", "word", "help", "title", "source")
HEAD_FLAGS = ("needs_place", "spans_days", "asks_time", "verified", "inside")
FIELD_FLAGS = ("required", "quick", "sums")
LARGEST_ROWS = 80
PAIR = re.compile(r"([a-z0-9_]{1,60})=([a-z0-9_]{1,60})")


@attrs.define
class Typed:
    """A kind as it was typed: texts of its own boxes, rows of fields, states and rules, what is wrong by input id."""

    head: dict[str, Any]
    fields: list[dict[str, Any]]
    states: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    errors: dict[str, str] = attrs.field(factory=dict)


def typed_of(schema: KindSchema) -> Typed:
    """A stored kind as it stands in the boxes."""
    head = {name: getattr(schema, name) for name in (*HEAD_TEXTS, *HEAD_FLAGS)}
    head |= {"with_places": list(schema.with_places), "pictures": str(schema.pictures)}
    return Typed(
        head,
        [_field_row(each) for each in schema.fields],
        [
            {
                "key": each.key, "label": each.label, "sort": str(each.sort), "first": each.first,
                "after": list(each.after), "asks": list(each.asks),
            }
            for each in schema.states
        ],
        [
            {
                "element": each.element, "of": str(each.of), "field": each.field, "states": list(each.states),
                "place_kinds": list(each.place_kinds), "split": each.split, "split_by": each.split_by,
                "when": [f"{when.field}={option}" for when in each.when for option in when.options],
            }
            for each in schema.counts
        ],
    )  # fmt: skip


def _field_row(field: KindField) -> dict[str, Any]:
    row = {
        name: getattr(field, name) for name in ("key", "label", "unit_word", "help", *FIELD_FLAGS)
    }  # fmt: skip
    lines = [f"{each.label} | {each.part}" if each.part else each.label for each in field.options]
    return row | {
        "type": str(field.type), "sensitivity": str(field.sensitivity), "options": "\n".join(lines),
        "keys": " ".join(each.key for each in field.options),
        "least": "" if field.least is None else str(field.least),
        "most": "" if field.most is None else str(field.most), "places": str(field.places),
    }  # fmt: skip


def typed_from(data: QueryDict) -> Typed:
    """What was sent, as it was typed."""
    head: dict[str, Any] = {name: data.get(name, "").strip() for name in (*HEAD_TEXTS, "pictures")}
    head |= {name: name in data for name in HEAD_FLAGS}
    head["with_places"] = data.getlist("with_places")
    texts = ("key", "label", "type", "unit_word", "help", "sensitivity", "options", "keys", "least", "most", "places")
    return Typed(
        head,
        _rows(data, "f", texts, FIELD_FLAGS, ()),
        _rows(data, "s", ("key", "label", "sort"), ("first",), ("after", "asks")),
        _rows(data, "c", ("element", "of", "field", "split", "split_by"), (), ("states", "place_kinds", "when")),
    )


def _rows(
    data: QueryDict, mark: str, texts: Sequence[str], flags: Sequence[str], lists: Sequence[str]
) -> list[dict[str, Any]]:
    told = data.get(f"{mark}-count", "")
    count = min(int(told), LARGEST_ROWS) if told.isdecimal() and len(told) < 4 else 0
    rows: list[dict[str, Any]] = []
    for at in range(1, count + 1):
        row: dict[str, Any] = {name: data.get(f"{mark}-{at}-{name}", "").strip() for name in texts}
        row |= {name: f"{mark}-{at}-{name}" in data for name in flags}
        row |= {name: data.getlist(f"{mark}-{at}-{name}") for name in lists}
        rows.append(row)
    return rows


def schema_of(typed: Typed, noun: Noun) -> KindSchema:
    """The kind that was typed; what cannot be read is said in `typed.errors`, by input id."""
    head = typed.head
    for name in HEAD_TEXTS:
        _long(typed, name, name, head[name])
    taken: set[str] = set()
    fields = tuple(_field(row, at, typed, taken) for at, row in enumerate(typed.fields, start=1))
    keys: set[str] = set()
    states = tuple(_state(row, keys, at, typed) for at, row in enumerate(typed.states, start=1))
    return KindSchema(
        code="", noun=noun, **{name: head[name] for name in (*HEAD_TEXTS, *HEAD_FLAGS)},
        with_places=tuple(head["with_places"]) if noun is Noun.EVENT else (),
        pictures=_whole(typed, "pictures", head["pictures"]) or 0,
        fields=fields, states=states, counts=tuple(_rule(row) for row in typed.counts),
    )  # fmt: skip


def _field(row: dict[str, Any], at: int, typed: Typed, taken: set[str]) -> KindField:
    for name in ("label", "unit_word", "help"):
        _long(typed, f"f-{at}-{name}", name, row[name])
    kind = FieldType(row["type"]) if row["type"] in list(FieldType) else FieldType.TEXT
    row["key"] = row["key"] or free_key(key_of(row["label"], "truong"), taken)
    taken.add(row["key"])
    chosen = kind in (FieldType.CHOICE, FieldType.CHOICES)
    return KindField(
        key=row["key"], label=row["label"], type=kind, unit_word=row["unit_word"], help=row["help"],
        required=row["required"], quick=row["quick"], sums=row["sums"],
        sensitivity=Sensitivity.INSIDE if row["sensitivity"] == Sensitivity.INSIDE else Sensitivity.OPEN,
        options=_options(row) if chosen else (),
        least=_whole(typed, f"f-{at}-least", row["least"]), most=_whole(typed, f"f-{at}-most", row["most"]),
        places=_whole(typed, f"f-{at}-places", row["places"]) or 0 if kind is FieldType.DECIMAL else 0,
    )  # fmt: skip


def _options(row: Mapping[str, Any]) -> tuple[Option, ...]:
    """One option a line: its label, after a bar its name in a breakdown. A line that stays where it was keeps its key:
    the keys before are told in the order of their lines, "key" after "#" keeps one that moved.
    """
    keys = row["keys"].split()
    lines = [each.strip() for each in row["options"].splitlines() if each.strip()]
    old = dict(zip(row.get("before", ()), keys, strict=False))
    found: list[Option] = []
    taken: set[str] = set()
    for at, line in enumerate(lines):
        label, _sign, part = (each.strip() for each in line.partition("|"))
        key = old.get(label, "")
        if not key and len(keys) == len(lines) and keys[at] not in {old.get(_label(each)) for each in lines}:
            key = keys[at]
        if not key or key in taken:
            key = free_key(key_of(label, "chon"), taken | set(keys))
        taken.add(key)
        found.append(Option(key=key, label=label, part=part))
    return tuple(found)


def _label(line: str) -> str:
    return line.partition("|")[0].strip()


def remember(typed: Typed, before: KindSchema) -> None:
    """Tell the rows what the options of the version before were called, so that they keep their keys."""
    for row in typed.fields:
        field = before.field(row["key"])
        row["before"] = [each.label for each in field.options] if field else []
        row["keys"] = " ".join(each.key for each in field.options) if field else ""


def _state(row: dict[str, Any], taken: set[str], at: int, typed: Typed) -> State:
    _long(typed, f"s-{at}-label", "label", row["label"])
    row["key"] = row["key"] or free_key(key_of(row["label"], "trang_thai"), taken)
    taken.add(row["key"])
    sort = StateSort(row["sort"]) if row["sort"] in list(StateSort) else StateSort.STANDING
    return State(
        key=row["key"], label=row["label"], sort=sort, first=row["first"], after=tuple(row["after"]),
        asks=tuple(row["asks"]),
    )  # fmt: skip


def _rule(row: Mapping[str, Any]) -> CountRule:
    of = CountOf(row["of"]) if row["of"] in list(CountOf) else CountOf.ENTRIES
    conditions: dict[str, list[str]] = {}
    for each in row["when"]:
        if pair := PAIR.fullmatch(each):
            conditions.setdefault(pair[1], []).append(pair[2])
    summed = of in (CountOf.FIELD, CountOf.BEGUN, CountOf.STANDING)
    return CountRule(
        element=row["element"], of=of, field=row["field"] if summed else "",
        states=tuple(row["states"]) if of in (CountOf.BEGUN, CountOf.STANDING) else (),
        place_kinds=tuple(row["place_kinds"]) if of is CountOf.PLACES else (),
        when=tuple(When(field=field, options=tuple(options)) for field, options in conditions.items()),
        split=row["split"] if row["split_by"] else "", split_by=row["split_by"] if row["split"] else "",
    )  # fmt: skip


def acted(schema: KindSchema, act: str, element: str = "") -> KindSchema:
    """The kind after a button: `fup:2`, `fdown:2`, `fremove:2`, `fadd:whole`, `sadd`, `sup:1`, `cadd`, `cremove:1` and
    their like. `element` is what `take` adds a rule for. What is no such act changes nothing.
    """
    word, _sign, what = act.partition(":")
    at = int(what) - 1 if what.isdecimal() and len(what) < 4 else -1
    match word:
        case "fadd" if what in list(FieldType):
            key = free_key("truong", {each.key for each in schema.fields})
            return attrs.evolve(schema, fields=(*schema.fields, KindField(key=key, label="", type=FieldType(what))))
        case "sadd":
            key = free_key("trang_thai", {each.key for each in schema.states})
            state = State(key=key, label="", first=not schema.states)
            return attrs.evolve(schema, states=(*schema.states, state))
        case "take" if element:
            of = CountOf.ENTRIES if schema.noun is Noun.EVENT else CountOf.STANDING
            return attrs.evolve(schema, counts=(*schema.counts, CountRule(element=element, of=of)))
        case "fup" | "fdown" | "fremove":
            return attrs.evolve(schema, fields=_changed(schema.fields, at, word[1:]))
        case "sup" | "sdown" | "sremove":
            return attrs.evolve(schema, states=_changed(schema.states, at, word[1:]))
        case "cremove":
            return attrs.evolve(schema, counts=_changed(schema.counts, at, "remove"))
    return schema


def _changed(items: Sequence[Any], at: int, how: str) -> tuple[Any, ...]:
    found = list(items)
    if not 0 <= at < len(found):
        return tuple(found)
    if how == "remove":
        del found[at]
    elif 0 <= (there := at + (-1 if how == "up" else 1)) < len(found):
        found[at], found[there] = found[there], found[at]
    return tuple(found)


def key_of(label: str, otherwise: str) -> str:
    """A key made of a label."""
    return fold(label).replace(" ", "_")[:40].strip("_") or otherwise


def free_key(wanted: str, taken: set[str]) -> str:
    """A key that nothing has yet: the wanted one, else numbered."""
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}_{number}", number + 1
    return key


def _whole(typed: Typed, name: str, text: str) -> int | None:
    clean = text.replace(".", "").replace(" ", "")
    if not clean:
        return None
    if not re.fullmatch(r"-?\d{1,15}", clean):
        typed.errors[name] = _("Nhập số nguyên, ví dụ 12.")
        return None
    return int(clean)


def _long(typed: Typed, name: str, what: str, text: str) -> None:
    if len(text) > MOST[what]:
        typed.errors[name] = _("Dài quá %(most)s ký tự.") % {"most": MOST[what]}
