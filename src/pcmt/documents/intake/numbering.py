"""Paragraph numbers of a Word file, computed as Word shows them; the file holds only the rules.

Office Open XML part 1, 17.9: abstract definitions hold levels, instances (`w:num`) point to them and may override a
level or its start. Instances of one definition share its counters; an instance with a start override starts anew once.
"""

from __future__ import annotations

from typing import Any

from attrs import define, field, frozen

from pcmt.documents.intake.archive import attribute, child, local

LEVELS = 9
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
# Symbol fonts keep their signs in the private area; these are the bullets that Word offers and what they look like.
_SYMBOLS = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF0A8: "◆", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0FE: "☑", 0xF06F: "◦", 0xF076: "❖",
    0xF0E0: "→", 0xF0D0: "–", 0xF02D: "-", 0xF02B: "+", 0xF02A: "*", 0xF0BE: "–", 0xF071: "❑", 0xF06E: "■",
    0xF0B0: "°", 0xF0B1: "±", 0xF0A3: "≤", 0xF0B3: "≥", 0xF0B9: "≠", 0xF0B4: "×", 0xF0AE: "→",
}  # fmt: skip


def symbol(code: int) -> str:
    """What a sign of a symbol font looks like, a plain bullet where we don't know it."""
    if 0xE000 <= code <= 0xF8FF:
        return _SYMBOLS.get(code, "•")
    return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def roman(number: int) -> str:
    """Upper-case Roman numeral of 1 to 3999; other numbers stay Arabic."""
    if not 0 < number < 4000:
        return str(number)
    digits = []
    for value, sign in _ROMAN:
        while number >= value:
            digits.append(sign)
            number -= value
    return "".join(digits)


def letters(number: int) -> str:
    """Word's lower-case letters: a to z, then aa, bb, ..."""
    if not 0 < number <= 26 * 30:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def formatted(number: int, kind: str) -> str:
    """A counter in a number format of Office Open XML; formats that Vietnamese documents don't use show as decimal."""
    match kind:
        case "none":
            return ""
        case "upperRoman":
            return roman(number)
        case "lowerRoman":
            return roman(number).lower()
        case "upperLetter":
            return letters(number).upper()
        case "lowerLetter":
            return letters(number)
        case "decimalZero":
            return f"{number:02d}"
        case "numberInDash":
            return f"- {number} -"
        case _:
            return str(number)


@frozen
class Level:
    """One level of a list: first value, format, text with %1 to %9, what follows it, and when it starts again."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False


def _integer(value: str | None, default: int) -> int:
    try:
        return int(value) if value is not None else default
    except ValueError:
        return default


def _level(element: Any) -> Level:
    def value(name: str) -> str | None:
        item = child(element, name)
        return attribute(item, "val") if item is not None else None

    restart = value("lvlRestart")
    legal = child(element, "isLgl")
    text = value("lvlText") or ""
    return Level(
        start=_integer(value("start"), 1),
        kind=value("numFmt") or "decimal",
        text="".join(symbol(ord(c)) if "\ue000" <= c <= "\uf8ff" else c for c in text),
        suffix=value("suff") or "tab",
        restart=_integer(restart, 0) if restart is not None else None,
        legal=legal is not None and (attribute(legal, "val") or "1") not in ("0", "false", "off"),
    )


@define
class _Instance:
    """A `w:num`: the definition it uses, its own levels, and the starts it has still to apply."""

    abstract: str
    levels: dict[int, Level] = field(factory=dict)
    starts: dict[int, int] = field(factory=dict)


def _instance(element: Any) -> _Instance:
    target = child(element, "abstractNumId")
    instance = _Instance((attribute(target, "val") or "") if target is not None else "")
    for item in element:
        if local(item) == "lvlOverride":
            index = _integer(attribute(item, "ilvl"), 0)
            level, start = child(item, "lvl"), child(item, "startOverride")
            if level is not None:
                instance.levels[index] = _level(level)
            if start is not None:
                instance.starts[index] = _integer(attribute(start, "val"), 1)
    return instance


class Numbering:
    """The lists of one document; `label` is asked once for each numbered paragraph, in document order."""

    def __init__(self, root: Any | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._style_levels: dict[tuple[str, str], int] = {}
        self._instances: dict[str, _Instance] = {}
        self._counters: dict[str, list[int | None]] = {}
        if root is not None:
            self._load(root)

    def _load(self, root: Any) -> None:
        style_links: dict[str, str] = {}
        links: dict[str, str] = {}
        for element in root:
            if local(element) == "abstractNum":
                key = attribute(element, "abstractNumId") or ""
                self._abstract[key] = {}
                for item in element:
                    match local(item):
                        case "lvl":
                            self._add_level(key, item)
                        case "styleLink":
                            style_links[attribute(item, "val") or ""] = key
                        case "numStyleLink":
                            links[key] = attribute(item, "val") or ""
        for key, style in links.items():
            if not self._abstract[key] and style in style_links:
                self._abstract[key] = self._abstract[style_links[style]]
        for element in root:
            if local(element) == "num":
                self._instances[attribute(element, "numId") or ""] = _instance(element)

    def _add_level(self, key: str, element: Any) -> None:
        index = _integer(attribute(element, "ilvl"), 0)
        self._abstract[key][index] = _level(element)
        style = child(element, "pStyle")
        if style is not None:
            self._style_levels.setdefault((attribute(style, "val") or "", key), index)

    def level_of_style(self, style: str, number: str) -> int | None:
        """The level that a definition gives to a paragraph style, when the style names only the list."""
        instance = self._instances.get(number)
        return self._style_levels.get((style, instance.abstract)) if instance is not None else None

    def label(self, number: str, level: int) -> str:
        """The label of the next paragraph of list `number` at `level` with what follows it; "" when not numbered."""
        instance = self._instances.get(number)
        if instance is None or not 0 <= level < LEVELS:
            return ""
        levels = {**self._abstract.get(instance.abstract, {}), **instance.levels}
        own = levels.get(level)
        if own is None:
            return ""
        counters = self._counters.setdefault(instance.abstract, [None] * LEVELS)
        if level in instance.starts:
            counters[level] = instance.starts.pop(level) - 1
        current = counters[level]
        counters[level] = own.start if current is None else current + 1
        for deeper in range(level + 1, LEVELS):
            rule = levels.get(deeper, Level()).restart
            # Without a rule a level starts again after any higher one; 0 means never; n means after level n only.
            if rule is None or (rule != 0 and level < rule):
                counters[deeper] = None
        text = own.text
        for index in range(LEVELS):
            if f"%{index + 1}" in text:
                part = levels.get(index, Level())
                reached = counters[index]
                kind = "decimal" if own.legal and part.kind != "none" else part.kind
                shown = formatted(part.start if reached is None else reached, kind)
                text = text.replace(f"%{index + 1}", shown)
        if own.kind == "bullet" and not text:
            text = "•"
        if not text:
            return ""
        return text if own.suffix == "nothing" else text + " "
