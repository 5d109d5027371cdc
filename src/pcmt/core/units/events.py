"""What happens to units: each event is a value, `apply` makes the history after it from the one before.

A mistake comes back as a `Refusal`. An event changes units as they stand on its day, so it is refused where a later
change of them is already written down: that one has to be taken back first. A history is a value: to take an event
back is to keep the history from before it, or to replay the events without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from pcmt.core.diagnostics import Refusal
from pcmt.core.units.history import ADMINISTRATIVE, NONE, STILL, WHOLE, History, Holding, Succession, Unit, UnitSpan


@frozen
class NewUnit:
    """A unit that begins with an event. With `parent` None it stands where the (first) unit it comes from stood.

    `functions` are those it begins with, beside those that its predecessors leave to it.
    """

    key: str
    name: str
    level: str
    code: str = ""
    parent: str | None = None
    kind: str = ADMINISTRATIVE
    functions: tuple[str, ...] = ()


@frozen
class Founding:
    """A unit begins that no other unit is succeeded by; with `parent` None it is a root."""

    on: date
    unit: NewUnit


@frozen
class Merger:
    """Units become one: a new one, or one that stands already (one of them, or a unit that takes them in)."""

    on: date
    units: tuple[str, ...]
    into: NewUnit | str


@frozen
class Part:
    """What a divided unit leaves: to a new unit or one that stands (also itself, smaller), in proportion to `measure`.

    `children` are the units below the divided one that go there.
    """

    into: NewUnit | str
    measure: int | Fraction
    heir: bool = False
    children: tuple[str, ...] = ()
    estimated: bool = False


@frozen
class Division:
    """A unit is divided between others."""

    on: date
    unit: str
    parts: tuple[Part, ...]


@frozen
class Renaming:
    """A unit gets another name (or type: the type is part of the name)."""

    on: date
    unit: str
    name: str


@frozen
class Move:
    """A unit goes under another parent, with all that is below it."""

    on: date
    unit: str
    parent: str


@frozen
class Dissolution:
    """A unit ends and has no successor of its kind: `heir` answers for what it owed and takes in what was below it.

    With units below it its figures are counted through them (the districts of 2025); without, they go to the heir.
    """

    on: date
    unit: str
    heir: str


@frozen
class Transfer:
    """A function goes from one unit to another; both go on."""

    on: date
    function: str
    source: str
    target: str


Event = Founding | Merger | Division | Renaming | Move | Dissolution | Transfer


WORDS: Mapping[str, str] = {
    "too_few": "Chọn ít nhất một đơn vị khác với đơn vị tiếp nhận.",
    "too_few_parts": "Việc chia tách cần ít nhất hai phần khác nhau.",
    "measure": "Tỷ trọng của các phần phải là số dương.",
    "heir": "Chọn đúng một phần kế thừa nhiệm vụ của đơn vị bị chia tách.",
    "heir_itself": "Đơn vị kế thừa phải khác đơn vị bị giải thể.",
    "children": "Mỗi đơn vị trực thuộc phải thuộc về đúng một phần.",
    "exists": "Đã có đơn vị mang khóa “%(name)s”.",
    "empty": "Nhập tên đơn vị.",
    "code_twice": "Mã %(code)s đang là của “%(name)s”.",
    "below_itself": "“%(name)s” không thể trực thuộc chính mình hay cấp dưới của mình.",
    "changes_later": "“%(name)s” đã có thay đổi sau ngày này. Hủy thay đổi đó trước.",
    "not_standing": "“%(name)s” không tồn tại vào ngày %(on)s.",
    "twice_a_day": "“%(name)s” đã có thay đổi địa giới trong ngày %(on)s.",
    "transfer_to_itself": "Chọn đơn vị tiếp nhận khác với đơn vị chuyển giao.",
    "not_holding": "“%(name)s” không có chức năng này vào ngày %(on)s.",
}
"""What is said of a refused event; whoever shows it in another language translates these and fills them in again."""


def refusal(code: str, field: str, /, *, template: str = "", **args: str) -> Refusal:
    """A refusal in the words of its code (or of another template), which it carries along."""
    text = WORDS[template or code]
    return Refusal(code=code, message=text % args, field=field, template=text, args=args)


def apply(history: History, event: Event) -> History | Refusal:
    """The history after an event, or why it cannot be."""
    draft = _Draft(history, event.on)
    match event:
        case Founding():
            refused = draft.begin(event.unit, event.unit.parent)
        case Renaming():
            refused = draft.rename(event)
        case Move():
            refused = draft.move(event.unit, event.parent)
        case Merger():
            refused = _merge(draft, event)
        case Division():
            refused = _divide(draft, event)
        case Dissolution():
            refused = _dissolve(draft, event)
        case Transfer():
            refused = draft.transfer(event)
    return refused or draft.finished()


def replay(history: History, events: Iterable[Event]) -> History | Refusal:
    """Several events, one after the other."""
    for event in events:
        after = apply(history, event)
        if isinstance(after, Refusal):
            return after
        history = after
    return history


def _merge(draft: _Draft, event: Merger) -> Refusal | None:
    into = event.into if isinstance(event.into, str) else event.into.key
    gone = [key for key in dict.fromkeys(event.units) if key != into]
    if not gone:
        return refusal("too_few", "units")
    refused = draft.may_end(gone) or draft.arrive(event.into, gone[0])
    for key in gone:
        refused = refused or draft.end(key, into, gone) or draft.leave([Succession(draft.on, key, into)])
    return refused or draft.hand_over(gone, into)


def _divide(draft: _Draft, event: Division) -> Refusal | None:
    keys = [part.into if isinstance(part.into, str) else part.into.key for part in event.parts]
    if len(set(keys)) != len(keys) or len(keys) < 2:
        return refusal("too_few", "parts", template="too_few_parts")
    if any(part.measure < 0 for part in event.parts) or not any(part.measure for part in event.parts):
        return refusal("measure", "parts")
    if sum(part.heir for part in event.parts) != 1:
        return refusal("heir", "parts")
    given = [child for part in event.parts for child in part.children]
    stays = event.unit in keys
    below = draft.children(event.unit)
    if len(set(given)) != len(given) or not set(given) <= below or (set(given) != below and not stays):
        return refusal("children", "parts")
    refused = draft.may_end([event.unit])
    for part in event.parts:
        refused = refused or (None if part.into == event.unit else draft.arrive(part.into, event.unit))
    total = sum((Fraction(part.measure) for part in event.parts), NONE)
    rows = [
        Succession(draft.on, event.unit, key, Fraction(part.measure) / total, part.heir, part.estimated)
        for key, part in zip(keys, event.parts, strict=True)
    ]
    for key, part in zip(keys, event.parts, strict=True):
        for child in part.children if key != event.unit else ():
            refused = refused or draft.move(child, key)
    if not stays:
        heir = next(row.new for row in rows if row.heir)
        refused = refused or draft.end(event.unit, None) or draft.hand_over([event.unit], heir)
    return refused or draft.leave(rows)


def _dissolve(draft: _Draft, event: Dissolution) -> Refusal | None:
    if event.heir == event.unit:
        return refusal("heir", "heir", template="heir_itself")
    share = NONE if draft.children(event.unit) else WHOLE
    return (
        draft.may_end([event.unit])
        or draft.arrive(event.heir, event.unit)
        or draft.end(event.unit, event.heir)
        or draft.leave([Succession(draft.on, event.unit, event.heir, share)])
        or draft.hand_over([event.unit], event.heir)
    )


def _coded(unit: Unit) -> tuple[str, str, str]:
    return unit.kind, unit.level, unit.code


class _Draft:
    """A history being changed on one day."""

    def __init__(self, history: History, on: date) -> None:
        self.on = on
        self._before = history
        self._tree = history.tree(on)
        self._units: dict[str, Unit] = {}
        self._rows: list[Succession] = []
        self._held: dict[str, list[Holding]] = {}

    def children(self, key: str) -> set[str]:
        """What stands directly under a unit on the day."""
        return set(self._tree.children.get(key, ()))

    def begin(self, new: NewUnit, parent: str | None) -> Refusal | None:
        """A unit begins."""
        if new.key in self._before.units or new.key in self._units:
            return refusal("exists", "unit", name=new.key)
        if not new.name.strip():
            return refusal("empty", "name")
        spans = (UnitSpan(self.on, STILL, new.name, parent),)
        self._units[new.key] = Unit(new.key, new.code, new.level, spans, new.kind)
        self._held[new.key] = [Holding(new.key, function, self.on) for function in dict.fromkeys(new.functions)]
        return None

    def arrive(self, into: NewUnit | str, source: str) -> Refusal | None:
        """Whoever takes something over from `source` begins, or stands and gives nothing away on the same day."""
        if isinstance(into, NewUnit):
            return self.begin(into, into.parent or self._tree.parents.get(source))
        if into not in self._tree.parents:
            return self._not_standing(into)
        return self._twice(into) if self._before.left_by(into, self.on) else None

    def may_end(self, keys: Iterable[str]) -> Refusal | None:
        """Whether units may be taken apart: they stood before, and nothing else befalls their area on the day."""
        for key in keys:
            refused = self._changeable(key)
            if refused:
                return refused
            if self._now(key).start >= self.on:
                return self._twice(key)
            for day, rows in self._before.by_day.items():
                if day >= self.on and (key in rows.given or key in rows.taken):
                    return self._twice(key) if day == self.on else self._later(key)
        return None

    def rename(self, event: Renaming) -> Refusal | None:
        """Another name from the day on."""
        if not event.name.strip():
            return refusal("empty", "name")
        return self._changeable(event.unit) or self._change(event.unit, evolve(self._last(event.unit), name=event.name))

    def move(self, key: str, parent: str) -> Refusal | None:
        """Another parent from the day on."""
        return self._changeable(key) or self._change(key, evolve(self._last(key), parent=parent))

    def transfer(self, event: Transfer) -> Refusal | None:
        """A function goes over; that the target has it already changes nothing for the target."""
        if event.source == event.target:
            return refusal("transfer_to_itself", "target")
        refused = self._changeable(event.source) or self._changeable(event.target)
        if refused:
            return refused
        held = [each for each in self._holdings(event.source) if each.function == event.function]
        now = next((each for each in held if each.start <= self.on < each.end), None)
        if now is None:
            return refusal("not_holding", "function", name=self._name(event.source), on=f"{self.on:%d/%m/%Y}")
        if now.end != STILL:
            return self._later(event.source)
        return self._give_up(event.source, [now]) or self._take(event.target, event.function)

    def hand_over(self, keys: Iterable[str], heir: str) -> Refusal | None:
        """The functions of units that end go to their heir, who may have them already."""
        for key in keys:
            held = [each for each in self._holdings(key) if each.end > self.on]
            if any(each.start > self.on or each.end != STILL for each in held):
                return self._later(key)
            refused = self._give_up(key, held)
            for each in held:
                refused = refused or self._take(heir, each.function)
            if refused:
                return refused
        return None

    def _holdings(self, key: str) -> list[Holding]:
        if key not in self._held:
            self._held[key] = list(self._before.held_by.get(key, ()))
        return self._held[key]

    def _give_up(self, key: str, given: Sequence[Holding]) -> Refusal | None:
        # What was taken on the same day was never held.
        kept = [each for each in self._holdings(key) if each not in given]
        self._held[key] = [*kept, *(evolve(each, end=self.on) for each in given if each.start < self.on)]
        return None

    def _take(self, key: str, function: str) -> Refusal | None:
        for each in self._holdings(key):
            if each.function == function and each.end > self.on:
                return self._later(key) if each.start > self.on else None
        # Given up and taken back on one day: it was held all the time.
        for at, each in enumerate(self._holdings(key)):
            if each.function == function and each.end == self.on:
                self._held[key][at] = evolve(each, end=STILL)
                return None
        if self._now(key).end != STILL:
            return self._later(key)
        self._held[key].append(Holding(key, function, self.on))
        return None

    def end(self, key: str, heir: str | None, ending: Sequence[str] = ()) -> Refusal | None:
        """A unit ends; what stood below it goes to the heir (the heir itself, when below it, takes its place).

        `ending` are the units that end with the same event: they need no other place.
        """
        refused = None
        for child in sorted(self.children(key)) if heir is not None else ():
            if child not in ending:
                above = self._tree.parents[key] if child == heir else heir
                refused = (
                    refused or self._changeable(child) or self._change(child, evolve(self._last(child), parent=above))
                )
        unit = self._now(key)
        *before, last = unit.spans
        # A place that it was given earlier on the same day never held.
        spans = before if last.start == self.on else [*before, evolve(last, end=self.on)]
        self._units[key] = evolve(unit, spans=tuple(spans))
        return refused

    def leave(self, rows: Iterable[Succession]) -> Refusal | None:
        """Write down who takes over what."""
        self._rows += rows
        return None

    def finished(self) -> History | Refusal:
        """The history with all changes, when every unit has its place from the day on and codes mean one unit."""
        units: Mapping[str, Unit] = {**self._before.units, **self._units}
        days, concerned = {self.on}, set(self._units)
        for unit in units.values():
            if unit.code and unit.end > self.on:
                for other in self._units.values():
                    alike = other.key != unit.key and _coded(other) == _coded(unit)
                    if alike and other.start < unit.end and unit.start < other.end:
                        return refusal("code_twice", "code", code=unit.code, name=unit.spans[-1].name)
            for span in unit.spans:
                if span.end > self.on and span.parent in self._units:
                    concerned.add(unit.key)
                days |= {day for day in (span.start, span.end) if self.on < day < STILL}
        for day in sorted(days):
            for key in sorted(concerned):
                refused = self._placed(units, key, day)
                if refused:
                    return refused
        return History(units, (*self._before.successions, *self._rows), self._all_holdings())

    def _all_holdings(self) -> tuple[Holding, ...]:
        """All holdings; those of units that nothing befell keep their place."""
        if not self._held:
            return self._before.holdings
        others = [each for each in self._before.holdings if each.unit not in self._held]
        return (*others, *(each for rows in self._held.values() for each in rows))

    def _placed(self, units: Mapping[str, Unit], key: str, day: date) -> Refusal | None:
        """Whether all that stands above a unit on a day is there, and is not the unit itself."""
        span = units[key].on(day)
        seen = {key}
        while span is not None and span.parent is not None:
            if span.parent in seen:
                return refusal("below_itself", "parent", name=self._name(key))
            seen.add(span.parent)
            above = units.get(span.parent)
            if above is None or above.on(day) is None:
                return self._not_standing(span.parent)
            span = above.on(day)
        return None

    def _now(self, key: str) -> Unit:
        return self._units.get(key) or self._before.units[key]

    def _last(self, key: str) -> UnitSpan:
        return self._now(key).spans[-1]

    def _change(self, key: str, into: UnitSpan) -> Refusal | None:
        unit = self._now(key)
        *before, last = unit.spans
        if (into.name, into.parent) == (last.name, last.parent):
            return None  # it stays as it is: no new span, and nothing that would have to be taken back first
        if last.start < self.on:
            before.append(evolve(last, end=self.on))
        self._units[key] = evolve(unit, spans=(*before, evolve(into, start=self.on)))
        return None

    def _changeable(self, key: str) -> Refusal | None:
        if key not in self._before.units and key not in self._units:
            return self._not_standing(key)
        last = self._now(key).spans[-1]
        if self._now(key).on(self.on) is None:
            return self._not_standing(key)
        if last.start > self.on or last.end != STILL:
            return self._later(key)
        return None

    def _later(self, key: str) -> Refusal:
        return refusal("changes_later", "on", name=self._name(key))

    def _not_standing(self, key: str) -> Refusal:
        return refusal("not_standing", "on", name=self._name(key), on=f"{self.on:%d/%m/%Y}")

    def _twice(self, key: str) -> Refusal:
        return refusal("twice_a_day", "on", name=self._name(key), on=f"{self.on:%d/%m/%Y}")

    def _name(self, key: str) -> str:
        unit = self._units.get(key) or self._before.units.get(key)
        return unit.spans[-1].name if unit else key
