"""Versions of a form beside each other: what one changed, and which of their lines are the same number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

import attrs

from pcmt.core.schemas.forms import Column, Line, ReportSchema, Section

What = Literal["form", "section", "line", "column"]
How = Literal["added", "removed", "renamed", "rebound", "moved", "changed"]
BOUND = ("element", "breakdown", "indicator", "sum_of")


@attrs.frozen(kw_only=True)
class Difference:
    """One thing that two versions differ in.

    `key` names the form, section, line or column, `section` where it stands now (where it stood, if it is removed),
    `name` how it is called. `old` and `new` are what was and is: the titles of what was renamed, the bindings of what
    was rebound (`binding_of`), the values of the `field` that changed otherwise.
    """

    what: What
    how: How
    key: str
    name: str
    section: str = ""
    field: str = ""
    old: Any = None
    new: Any = None


def binding_of(line: Line) -> tuple[str, str]:
    """Where the number of a line comes from: `element`, `indicator` or `sum` and which; two empty texts for none."""
    if line.element:
        return "element", f"{line.element}|{line.breakdown}" if line.breakdown else line.element
    if line.indicator:
        return "indicator", line.indicator
    return ("sum", ",".join(line.sum_of)) if line.sum_of else ("", "")


def compared(old: ReportSchema, new: ReportSchema) -> tuple[Difference, ...]:
    """What the new version changed: the form itself, then section by section in the order of the new one."""
    return tuple(_differences(old, new))


NOUNS = {"section": "mục", "line": "dòng", "column": "cột"}
VERBS = {"added": "thêm", "removed": "bỏ", "renamed": "đổi tên", "rebound": "đổi nguồn số của", "moved": "chuyển chỗ"}


def summary(differences: Sequence[Difference]) -> str:
    """What changed in one Vietnamese phrase: `Thêm 1 mục, 3 dòng; bỏ 1 cột; sửa 2 chi tiết`; empty for nothing."""
    counted: dict[str, dict[str, int]] = {}
    small = 0
    for each in differences:
        if each.what == "form" or each.how == "changed":
            small += 1
        else:
            nouns = counted.setdefault(each.how, {})
            nouns[each.what] = nouns.get(each.what, 0) + 1
    said = [
        f"{verb} {', '.join(f'{counted[how][what]} {noun}' for what, noun in NOUNS.items() if what in counted[how])}"
        for how, verb in VERBS.items()
        if how in counted
    ]
    if small:
        said.append(f"sửa {small} chi tiết")
    words = "; ".join(said)
    return words[:1].upper() + words[1:]


def _differences(old: ReportSchema, new: ReportSchema) -> Iterator[Difference]:
    if old.title != new.title:
        yield Difference(what="form", how="renamed", key=new.code, name=new.title, old=old.title, new=new.title)
    for field in ("type_name", "subject", "opening", "source", "suits"):
        yield from _changed("form", new.code, new.title, "", field, old, new)
    were, are = {each.key: each for each in old.sections}, {each.key: each for each in new.sections}
    stood, stand = _lines(old), _lines(new)
    for section in new.sections:
        if section.key not in were:
            yield Difference(what="section", how="added", key=section.key, name=section.title, section=section.key)
    moved = _moved([each.key for each in old.sections], [each.key for each in new.sections])
    for section in new.sections:
        before = were.get(section.key)
        if before is not None:
            yield from _of_section(before, section, moved=section.key in moved)
        yield from _of_lines(section, stood, stand)
        if before is not None:
            yield from _of_columns(before, section)
    for section in old.sections:
        if section.key not in are:
            yield Difference(what="section", how="removed", key=section.key, name=section.title, section=section.key)
        for line in section.lines:
            if (section.kind, line.key) not in stand:
                yield Difference(what="line", how="removed", key=line.key, name=line.label, section=section.key)


def _of_section(old: Section, new: Section, *, moved: bool) -> Iterator[Difference]:
    if old.title != new.title:
        yield Difference(
            what="section", how="renamed", key=new.key, name=new.title, section=new.key, old=old.title, new=new.title
        )
    if moved:
        yield Difference(what="section", how="moved", key=new.key, name=new.title, section=new.key)
    for field in ("kind", "number", "level", "guidance", "required", "drafts", "band", "annex", "landscape"):
        yield from _changed("section", new.key, new.title, new.key, field, old, new)


def _of_lines(
    section: Section, stood: Mapping[Any, tuple[str, Line]], stand: Mapping[Any, tuple[str, Line]]
) -> Iterator[Difference]:
    here = [line.key for line in section.lines]
    moved = _moved([key for (_kind, key), (place, _l) in stood.items() if place == section.key], here)
    for line in section.lines:
        place, was = stood.get((section.kind, line.key), ("", None))
        if was is None:
            yield Difference(what="line", how="added", key=line.key, name=line.label, section=section.key)
            continue
        if was.label != line.label:
            yield Difference(
                what="line", how="renamed", key=line.key, name=line.label, section=section.key, old=was.label,
                new=line.label,
            )  # fmt: skip
        if any(getattr(was, field) != getattr(line, field) for field in BOUND):
            yield Difference(
                what="line", how="rebound", key=line.key, name=line.label, section=section.key, old=binding_of(was),
                new=binding_of(line),
            )  # fmt: skip
        if place != section.key or line.key in moved:
            yield Difference(what="line", how="moved", key=line.key, name=line.label, section=section.key)
        for field in ("number", "unit_word", "official", "note"):
            yield from _changed("line", line.key, line.label, section.key, field, was, line)


def _of_columns(old: Section, new: Section) -> Iterator[Difference]:
    were: dict[str, Column] = {each.key: each for each in old.columns}
    are: dict[str, Column] = {each.key: each for each in new.columns}
    moved = _moved(list(were), list(are))
    for key, column in are.items():
        was = were.get(key)
        if was is None:
            yield Difference(what="column", how="added", key=key, name=column.label, section=new.key)
            continue
        if was.label != column.label:
            yield Difference(
                what="column", how="renamed", key=key, name=column.label, section=new.key, old=was.label,
                new=column.label,
            )  # fmt: skip
        if key in moved:
            yield Difference(what="column", how="moved", key=key, name=column.label, section=new.key)
        for field in ("kind", "against"):
            yield from _changed("column", key, column.label, new.key, field, was, column)
    for key, column in were.items():
        if key not in are:
            yield Difference(what="column", how="removed", key=key, name=column.label, section=new.key)


def _changed(what: What, key: str, name: str, section: str, field: str, old: Any, new: Any) -> Iterator[Difference]:
    was, now = getattr(old, field), getattr(new, field)
    if was != now:
        yield Difference(
            what=what, how="changed", key=key, name=name, section=section, field=field, old=was, new=now
        )  # fmt: skip


def _lines(schema: ReportSchema) -> dict[tuple[Any, str], tuple[str, Line]]:
    """All lines by the kind of their section and their key, with the section."""
    return {(section.kind, line.key): (section.key, line) for section in schema.sections for line in section.lines}


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """What stands elsewhere among the keys that both have, fewest first."""
    both = set(old) & set(new)
    was, now = [key for key in old if key in both], [key for key in new if key in both]
    matcher = SequenceMatcher(a=was, b=now, autojunk=False)
    kept = {key for start, _other, size in matcher.get_matching_blocks() for key in was[start : start + size]}
    return both - kept


@attrs.frozen
class MergedLine:
    """One line over several versions: as the newest of them that asks for it has it. `asked` says which do.

    `apart` numbers lines of one key that mean different numbers: 0 is the newest meaning, 1 the one before.
    """

    line: Line
    section: Section
    asked: tuple[bool, ...]
    apart: int = 0


def merged_lines(schemas: Sequence[ReportSchema]) -> tuple[MergedLine, ...]:
    """The lines of tables of several versions, oldest version first, so that reports of all can stand in one table.

    Lines of one key that mean the same number are one line, whatever they are called. A line that was bound to
    something else, or is the sum of other numbers, is told apart: it stands right below the newer one. Other lines
    that only older versions have stand below the line that they followed there.
    """
    order: list[tuple[str, Any]] = []
    found: dict[tuple[str, Any], tuple[Line, Section]] = {}
    told: list[set[tuple[str, Any]]] = []
    for schema in reversed(schemas):
        lines = {line.key: line for _section, line in schema.lines()}
        here: set[tuple[str, Any]] = set()
        at = 0
        for section, line in schema.lines():
            identity = line.key, _meaning(line, lines)
            here.add(identity)
            if identity not in found:
                found[identity] = line, section
                same = [place for place, each in enumerate(order) if each[0] == line.key]
                order.insert(same[-1] + 1 if same else at, identity)
            at = order.index(identity) + 1
        told.append(here)
    told.reverse()
    apart: dict[str, int] = {}
    merged = []
    for identity in order:
        line, section = found[identity]
        number = apart[line.key] = apart.get(line.key, -1) + 1
        merged.append(MergedLine(line, section, tuple(identity in here for here in told), number))
    return tuple(merged)


def _meaning(line: Line, lines: Mapping[str, Line], within: frozenset[str] = frozenset()) -> Any:
    """What the number of a line is, whatever the lines are called: its binding; of a sum those of what it adds up."""
    if line.element or line.indicator or not line.sum_of:
        return binding_of(line)
    inside = within | {line.key}
    parts = [_meaning(lines[key], lines, inside) for key in line.sum_of if key in lines and key not in inside]
    return ("sum", *sorted(parts, key=repr))
