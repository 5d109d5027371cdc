"""Whether figures of one unit and one period can be right, taken together and against the unit's own past.

A check never says that a number is wrong, only that somebody should look again: each remark is a warning with a
Vietnamese sentence, to be put right or confirmed with a reason. What was not told is not checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from attrs import frozen

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.measures.breakdowns import Breakdown, holds, part_label
from pcmt.core.measures.elements import Element
from pcmt.core.measures.labels import number_label

Cell = tuple[str, str]
"""The code of an element and the part of its number (`breakdowns`); "" is the whole."""


@frozen
class PartOf:
    """What the elements `part` count together is among what `whole` count together; all of it with `equal`."""

    part: tuple[str, ...]
    whole: tuple[str, ...]
    equal: bool = False


@frozen
class Balance:
    """A stock and what moves it: at the end of the last period, plus `plus`, minus `minus`, it is the stock now."""

    stock: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]


@frozen
class Usual:
    """What counts as unusual against a unit's own past.

    A number may move by `floor` at least, in its own unit, so that small counts do not shout; beyond that by `share` of
    what is usual, and by `spread` times its usual spread. `enough` earlier numbers make a habit; with fewer the same
    period a year ago, or the one before, is compared. A zero is sudden where at least `enough` numbers stood, none of
    them zero, and half of them were not below `zero_floor`.
    """

    floor: Decimal = Decimal(10)
    share: Decimal = Decimal("0.5")
    spread: Decimal = Decimal("3.5")
    enough: int = 4
    zero_floor: Decimal = Decimal(5)


@frozen
class Rules:
    """All checks of a day."""

    parts: tuple[PartOf, ...] = ()
    balances: tuple[Balance, ...] = ()
    usual: Usual = Usual()
    breakdowns: Mapping[str, Breakdown] = {}


@frozen
class Past:
    """What a unit told before of one cell.

    `earlier` are the periods of the same kind that lie straight before, the oldest first, None where nothing was told;
    the last of them is the one before. `year_ago` is the same period a year ago.
    """

    earlier: tuple[Decimal | None, ...] = ()
    year_ago: Decimal | None = None


def rules_from(table: Mapping[str, Any], breakdowns: Mapping[str, Breakdown], on: date | None = None) -> Rules:
    """The checks of a day from their table (`data/indicators/checks.toml`); of all days without one."""
    usual = {name: Decimal(str(value)) for name, value in table["usual"].items()}
    return Rules(
        tuple(
            PartOf(tuple(row["part"]), tuple(row["whole"]), row.get("equal", False))
            for row in table["part"]
            if holds(row, on)
        ),
        tuple(
            Balance(row["stock"], tuple(row["plus"]), tuple(row["minus"])) for row in table["balance"] if holds(row, on)
        ),
        Usual(usual["floor"], usual["share"], usual["spread"], int(usual["enough"]), usual["zero_floor"]),
        breakdowns,
    )


def check_entries(
    elements: Mapping[str, Element],
    values: Mapping[Cell, Decimal | None],
    history: Mapping[Cell, Past],
    rules: Rules,
) -> tuple[Diagnostic, ...]:
    """What should be looked at again among the figures of one unit and one period.

    `values` are all that is known of the period, with what is being told now; None, or no entry, is "not told" and
    "does not apply". Codes: `part_exceeds`, `parts_differ`, `options_exceed`, `options_differ`, `option_exceeds`,
    `balance`, `unusual`, `sudden_zero`. The `args` of a remark: `element` and `breakdown` of the cell where it is to be
    shown, `cells` all cells it is about, `message` the sentence, `key` what tells it from other remarks of this unit
    and period (the same as long as the figures it is about are), `difference` where there is one, as text.
    """
    told = {cell: value for cell, value in values.items() if value is not None and cell[0] in elements}
    look = _Look(elements, told, history, rules)
    return (*look.parts(), *look.options(), *look.balances(), *look.unusual())


@frozen
class _Look:
    elements: Mapping[str, Element]
    told: Mapping[Cell, Decimal]
    history: Mapping[Cell, Past]
    rules: Rules

    def parts(self) -> Iterator[Diagnostic]:
        for rule in self.rules.parts:
            for kind in sorted({cell[1] for cell in self.told}):
                inner = [self.told.get((code, kind)) for code in rule.part]
                outer = [self.told.get((code, kind)) for code in rule.whole]
                if None in outer or all(each is None for each in inner):
                    continue
                part, whole = _sum(inner), _sum(outer)
                cells = [(code, kind) for code in (*rule.part, *rule.whole) if (code, kind) in self.told]
                names = f"{self._names(rule.part, kind)} ({number_label(part)})"
                others = f"{self._names(rule.whole, kind)} ({number_label(whole)})"
                if part > whole:
                    words = f"{names} lớn hơn {others}: thừa {number_label(part - whole)}."
                    yield self._remark("part_exceeds", cells, words, part - whole)
                elif rule.equal and None not in inner and part != whole:
                    words = f"{names} phải bằng {others}: thiếu {number_label(whole - part)}."
                    yield self._remark("parts_differ", cells, words, part - whole)

    def options(self) -> Iterator[Diagnostic]:
        for code, element in self.elements.items():
            total = self.told.get((code, ""))
            if total is None:
                continue
            for key in element.breakdowns:
                if key in self.rules.breakdowns:
                    yield from self._options(code, self.rules.breakdowns[key], total)

    def _options(self, code: str, key: Breakdown, total: Decimal) -> Iterator[Diagnostic]:
        cells = [
            (code, f"{key.code}={option}") for option in key.options if (code, f"{key.code}={option}") in self.told
        ]
        name, whole = self._name((code, "")), number_label(total)
        if not key.exclusive:
            for cell in cells:
                if self.told[cell] > total:
                    words = f"{self._name(cell)} ({number_label(self.told[cell])}) lớn hơn tổng số ({whole})."
                    yield self._remark("option_exceeds", [cell, (code, "")], words, self.told[cell] - total)
            return
        summed = sum((self.told[cell] for cell in cells), Decimal(0))
        split = f"{name}: các dòng theo {key.name.lower()} cộng lại là {number_label(summed)}"
        if summed > total:
            words = f"{split}, lớn hơn tổng số {whole}: thừa {number_label(summed - total)}."
            yield self._remark("options_exceed", [*cells, (code, "")], words, summed - total)
        elif summed < total and len(cells) == len(key.options):
            words = f"{split}, nhỏ hơn tổng số {whole}: thiếu {number_label(total - summed)}."
            yield self._remark("options_differ", [*cells, (code, "")], words, summed - total)

    def balances(self) -> Iterator[Diagnostic]:
        for rule in self.rules.balances:
            for kind in sorted({cell[1] for cell in self.told if cell[0] == rule.stock}):
                yield from self._balance(rule, kind)

    def _balance(self, rule: Balance, kind: str) -> Iterator[Diagnostic]:
        """The stock at the end against what the moves make of the one before. A move not told leaves it open."""
        closing = self.told[rule.stock, kind]
        past = self.history.get((rule.stock, kind), Past())
        opening = past.earlier[-1] if past.earlier else None
        moves = [((code, kind), 1) for code in rule.plus] + [((code, kind), -1) for code in rule.minus]
        if opening is None or any(cell not in self.told for cell, _sign in moves):
            return
        expected = opening + sum(sign * self.told[cell] for cell, sign in moves)
        gap = closing - expected
        if not gap:
            return
        steps = "".join(f" {'+' if sign > 0 else '−'} {number_label(self.told[cell])}" for cell, sign in moves)
        words = (
            f"{self._name((rule.stock, kind))}: {number_label(opening)} kỳ trước{steps} = {number_label(expected)}, "
            f"nhưng đã nhập {number_label(closing)} ({'thừa' if gap > 0 else 'thiếu'} {number_label(abs(gap))}). "
        )
        cell, why = self._culprit(moves, gap, (rule.stock, kind))
        yield self._remark("balance", [cell, *(each for each, _ in moves), (rule.stock, kind)], words + why, gap)

    def _culprit(self, moves: Sequence[tuple[Cell, int]], gap: Decimal, stock: Cell) -> tuple[Cell, str]:
        """The one line that explains the gap by itself; the stock when none does, or several might."""
        left_out = [cell for cell, sign in moves if self.told[cell] and sign * self.told[cell] == -gap]
        turned = [cell for cell, sign in moves if self.told[cell] and 2 * sign * self.told[cell] == -gap]
        if len(left_out) == 1 and not turned:
            return left_out[0], f"Xem lại dòng “{self._name(left_out[0])}”: chênh lệch đúng bằng số của dòng này."
        if len(turned) == 1 and not left_out:
            return turned[0], f"Xem lại dòng “{self._name(turned[0])}”: có thể đã ghi ngược chiều tăng, giảm."
        return stock, f"Xem lại dòng “{self._name(stock)}” và các dòng tăng, giảm."

    def unusual(self) -> Iterator[Diagnostic]:
        for cell, value in self.told.items():
            past = self.history.get(cell)
            if past is not None:
                yield from self._unusual(cell, value, past)

    def _unusual(self, cell: Cell, value: Decimal, past: Past) -> Iterator[Diagnostic]:
        usual, known = self.rules.usual, [each for each in past.earlier if each is not None]
        name, now = self._name(cell), number_label(value)
        if not known and past.year_ago is None:
            return
        if len(known) >= usual.enough:
            middle = median(known)
            spread = Decimal("1.4826") * median(abs(each - middle) for each in known)
            room = max(usual.floor, usual.share * middle, usual.spread * spread)
            before = f"thường quanh mức {number_label(_short(middle))} ({len(known)} kỳ gần đây)"
            if not value and all(known) and middle >= usual.zero_floor and past.year_ago != 0:
                yield self._remark(
                    "sudden_zero", [cell], f"{name} bằng 0, {before}. Nếu chưa có số liệu, để trống ô này."
                )
                return
        else:
            middle = past.year_ago if past.year_ago is not None else known[-1]
            room = max(usual.floor, middle)
            when = "cùng kỳ năm trước" if past.year_ago is not None else "kỳ trước"
            before = f"{when} là {number_label(middle)}"
        seasonal = past.year_ago is not None and abs(value - past.year_ago) <= max(
            usual.floor, usual.share * past.year_ago
        )
        if abs(value - middle) > room and not seasonal:
            move = "cao" if value > middle else "thấp"
            yield self._remark("unusual", [cell], f"{name} ({now}) {move} bất thường, {before}.", value - middle)

    def _name(self, cell: Cell) -> str:
        part = part_label(cell[1], self.rules.breakdowns)
        name = self.elements[cell[0]].name
        return f"{name}, {part[0].lower()}{part[1:]}" if part else name

    def _names(self, codes: Iterable[str], kind: str) -> str:
        return " + ".join(self._name((code, kind)) if code in self.elements else code for code in codes)

    def _remark(self, code: str, cells: Sequence[Cell], words: str, gap: Decimal | None = None) -> Diagnostic:
        cells = tuple(dict.fromkeys(cells))
        figures = ";".join(f"{element}[{part}]={self.told[element, part].normalize():f}" for element, part in cells)
        args: dict[str, Any] = {
            "element": cells[0][0], "breakdown": cells[0][1], "cells": cells, "message": words,
            "key": f"{code}:{figures}",
        }  # fmt: skip
        if gap is not None:
            args["difference"] = f"{gap.normalize():f}"
        return Diagnostic(code=code, severity="warning", args=args)


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((each for each in values if each is not None), Decimal(0))


def _short(number: Decimal) -> Decimal:
    """A middle as people say it: whole from ten on, else with one decimal."""
    return number.quantize(Decimal(1) if abs(number) >= 10 else Decimal("0.1"))
