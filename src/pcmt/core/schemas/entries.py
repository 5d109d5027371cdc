"""What an entry of a kind says: read from what was typed or sent, shown again, and its title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import attrs

from pcmt.core.schemas.kinds import NUMBERS, FieldType, KindField, KindSchema

MOST_CHARS = {FieldType.TEXT: 300, FieldType.LINES: 4000}
"""How long texts may be."""
LARGEST = 10**15
"""Larger numbers are mistakes."""

WORDS = {
    "required": "Nhập %(label)s.",
    "whole": "%(label)s phải là số nguyên, ví dụ 12.",
    "decimal": "%(label)s phải là số, ví dụ 1.234,5.",
    "places": "%(label)s có nhiều nhất %(places)s chữ số sau dấu phẩy.",
    "least": "%(label)s phải từ %(least)s trở lên.",
    "most": "%(label)s nhiều nhất là %(most)s.",
    "choice": "%(label)s: chọn trong danh sách.",
    "day": "%(label)s phải là ngày, ví dụ 05/06/2026.",
    "time": "%(label)s phải là giờ, ví dụ 7:30.",
    "long": "%(label)s dài quá %(most)s ký tự.",
    "unknown": "Loại này không có trường “%(label)s”.",
}
"""What is wrong with a value, in Vietnamese, by code. The screens translate these."""

YES = frozenset({"1", "true", "on", "yes", "có", "co", "x"})
NO = frozenset({"0", "false", "off", "no", "không", "khong", ""})
NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+(?:[.,]\d+)?")
TIME = re.compile(r"(\d{1,2})\s*(?:[:h.]\s*(\d{2})?)?")


@attrs.frozen
class FieldProblem:
    """What is wrong with a value: a code of `WORDS` with its arguments."""

    field: str
    code: str
    args: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def message(self) -> str:
        """In Vietnamese."""
        return WORDS[self.code] % self.args


@attrs.frozen
class ReadEntry:
    """Values by field as they are kept (JSON), what is empty left out; and what is wrong."""

    values: Mapping[str, Any]
    problems: tuple[FieldProblem, ...] = ()


def read_entry(schema: KindSchema, typed: Mapping[str, Any], only: Sequence[KindField] | None = None) -> ReadEntry:
    """Read what was typed (texts, lists of texts for choices) or is kept already, field by field.

    Numbers are in Vietnamese form ("1.234,5"), days dd/mm/yyyy or ISO. Fields that the kind does not have are problems.
    `only`: the fields asked this time (a state of a place asks for its own).
    """
    fields = schema.fields if only is None else tuple(only)
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for field in fields:
        found = read_value(field, typed.get(field.key))
        if isinstance(found, FieldProblem):
            problems.append(found)
        elif found is not None:
            values[field.key] = found
        elif field.required:
            problems.append(_problem(field, "required"))
    known = {each.key for each in schema.fields}
    problems += [FieldProblem(key, "unknown", {"label": key}) for key in typed if key not in known]
    return ReadEntry(values, tuple(problems))


def read_value(field: KindField, typed: Any) -> Any | FieldProblem:
    """One value as it is kept; None where there is none."""
    if field.type is FieldType.CHOICES:
        return _choices(field, typed)
    if field.type is FieldType.YES_NO:
        return _yes_no(field, typed)
    text = "" if typed is None else str(typed).strip()
    if not text:
        return None
    match field.type:
        case FieldType.WHOLE | FieldType.MONEY | FieldType.DECIMAL:
            return _number(field, text)
        case FieldType.CHOICE:
            return text if field.option(text) else _problem(field, "choice")
        case FieldType.DAY:
            return _day(field, text)
        case FieldType.TIME:
            return _time(field, text)
    most = MOST_CHARS[field.type]
    return _problem(field, "long", most=most) if len(text) > most else text


def shown(field: KindField, value: Any) -> str:
    """A kept value in words: numbers and days in Vietnamese form, choices by their labels; "" for none."""
    if value is None or value == "" or value == []:
        return ""
    match field.type:
        case FieldType.WHOLE | FieldType.MONEY | FieldType.DECIMAL:
            return _shown_number(Decimal(str(value)))
        case FieldType.CHOICE:
            option = field.option(value)
            return option.label if option else str(value)
        case FieldType.CHOICES:
            return ", ".join(option.label if (option := field.option(each)) else str(each) for each in value)
        case FieldType.YES_NO:
            return "Có" if value else "Không"
        case FieldType.DAY:
            return date.fromisoformat(value).strftime("%d/%m/%Y")
    return str(value)


def entry_title(schema: KindSchema, values: Mapping[str, Any], fallback: str = "") -> str:
    """The title of an entry: the kind's template with its fields filled in, or what was given, or the kind's name."""
    if not schema.title:
        return fallback or schema.label
    told = {field.key: shown(field, values.get(field.key)) for field in schema.fields}
    text = re.sub(r"\{([a-z0-9_]+)\}", lambda each: told.get(each[1], ""), schema.title)
    return " ".join(text.split()).strip(" :,–-") or schema.label


def number_of(field: KindField, value: Any) -> Decimal:
    """A kept number; 0 for none."""
    return Decimal(str(value)) if value is not None and field.type in NUMBERS else Decimal(0)


def _problem(field: KindField, code: str, **more: Any) -> FieldProblem:
    return FieldProblem(field.key, code, {"label": field.label, **more})


def _number(field: KindField, text: str) -> Any | FieldProblem:
    whole = field.type is not FieldType.DECIMAL
    plain = text.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(plain):
        return _problem(field, "whole" if whole else "decimal")
    if "," in plain or re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return _problem(field, "whole" if whole else "decimal")
    if whole and value != value.to_integral_value():
        return _problem(field, "whole")
    least = 0 if field.least is None else field.least
    most = LARGEST if field.most is None else field.most
    if value < least:
        return _problem(field, "least", least=_shown_number(Decimal(least)))
    if value > most:
        return _problem(field, "most", most=_shown_number(Decimal(most)))
    if whole:
        return int(value)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > field.places:
        return _problem(field, "places", places=field.places)
    return format(value.normalize(), "f") if value else "0"


def _choices(field: KindField, typed: Any) -> Any | FieldProblem:
    given = [typed] if isinstance(typed, str) else list(typed or ())
    keys = [each for each in dict.fromkeys(str(one).strip() for one in given) if each]
    if any(field.option(key) is None for key in keys):
        return _problem(field, "choice")
    return [option.key for option in field.options if option.key in keys] or None


def _yes_no(field: KindField, typed: Any) -> Any | FieldProblem:
    if typed is None or isinstance(typed, bool):
        return typed
    low = str(typed).strip().lower()
    if low in YES:
        return True
    return False if low in NO else _problem(field, "choice")


def _day(field: KindField, text: str) -> Any | FieldProblem:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day, no instant
        except ValueError:
            continue
    return _problem(field, "day")


def _time(field: KindField, text: str) -> Any | FieldProblem:
    found = TIME.fullmatch(text.lower())
    if found is None:
        return _problem(field, "time")
    try:
        return time(int(found[1]), int(found[2] or 0)).strftime("%H:%M")
    except ValueError:
        return _problem(field, "time")


def _shown_number(value: Decimal) -> str:
    text = f"{value:,f}".replace(",", "\u0000").replace(".", ",").replace("\u0000", ".")
    return text.rstrip("0").rstrip(",") if "," in text else text
