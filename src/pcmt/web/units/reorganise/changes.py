"""What a reorganisation changes, as lines: for the eye before and after, and for saying what is other than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import F
from django.utils.translation import gettext as _

from pcmt.apps.units.followers import label_of
from pcmt.apps.units.functions import function_label
from pcmt.apps.units.models import Reorganisation, Succession, Unit
from pcmt.apps.units.queries.reorganisations import Preview, UnitLine


def flat(found: Preview) -> list[str]:
    """A preview as plain lines, to be compared with what somebody saw before."""
    lines = [_("Trước: %(unit)s") % {"unit": _unit_words(line)} for line in found.before]
    lines += [_("Sau: %(unit)s") % {"unit": _unit_words(line)} for line in found.after]
    for room in found.rooms:
        lines += [
            f"{room.label}: {each.words}" + (f" ({', '.join(each.named)})" if each.named else "")
            for each in room.consequences
        ]
    return lines + [str(problem) for problem in found.problems]


def _unit_words(line: UnitLine) -> str:
    functions = f" [{', '.join(map(function_label, line.functions))}]" if line.functions else ""
    return f"{line.name}{f' ({line.parent})' if line.parent else ''}{functions}"


def differences(old: Sequence[str], new: Sequence[str]) -> list[tuple[bool, str]]:
    """The lines that came (True) and that went (False)."""
    return [(False, line) for line in old if line not in new] + [(True, line) for line in new if line not in old]


@attrs.frozen
class Stood:
    """A unit concerned: its name and parent before and after; empty where it was or is not there."""

    unit_id: int | None
    before: str
    before_parent: str
    after: str
    after_parent: str

    @property
    def fate(self) -> str:
        """`begins`, `ends`, or `changes`."""
        return "begins" if not self.before else "ends" if not self.after else "changes"


@attrs.frozen
class Receipt:
    """What a reorganisation did: units before and after, and how many things followed in each room."""

    units: Sequence[Stood]
    followed: Sequence[tuple[str, int]]


def receipt_of(row: Reorganisation) -> Receipt:
    """The receipt of a reorganisation that was planned. One statement."""
    before, after = row.before.get("units", {}), row.after.get("units", {})
    spans = {key: (_span(before.get(key), row.on, last=True), _span(after.get(key), row.on)) for key in after}
    parents = {int(span[3]) for pair in spans.values() for span in pair if span and span[3]}
    there = Unit.objects.in_bulk([*parents, *(int(key) for key in spans)])
    named = {str(pk): unit.name for pk, unit in there.items()}
    named |= {key: pair[1][2] for key, pair in spans.items() if pair[1]}

    def stood(key: str) -> Stood:
        old, new = spans[key]
        return Stood(
            unit_id=int(key) if int(key) in there else None,
            before=old[2] if old else "",
            before_parent=named.get(str(old[3]), "") if old else "",
            after=new[2] if new else "",
            after_parent=named.get(str(new[3]), "") if new else "",
        )

    order = {"ends": 0, "changes": 1, "begins": 2}
    return Receipt(
        units=sorted((stood(key) for key in spans), key=lambda each: (order[each.fate], each.before or each.after)),
        followed=[(label_of(each["room"]), each["count"]) for each in row.followed],
    )


def heirs_of(row: Reorganisation) -> dict[int, Unit]:
    """Who goes on for each unit that ends with a reorganisation, by the id of the one that ends. One statement."""
    rows = Succession.objects.filter(on=row.on, heir=True, old__in=row.units.all()).exclude(old=F("new"))
    return {each.old_id: each.new for each in rows.select_related("new")}


def _span(kept: Mapping[str, Any] | None, on: date, *, last: bool = False) -> list[Any] | None:
    """Name and parent on the day, or with `last` on the day before, of a unit as it was kept."""
    day = on.isoformat()
    for span in kept["spans"] if kept else ():
        start, end = span[0] or "", span[1] or "9999-99-99"
        if (start < day <= end) if last else (start <= day < end):
            return list(span)
    return None
