"""Forms and contents as plain data and back: what is stored, sealed and exchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import attrs

from pcmt.core.schemas.content import Content
from pcmt.core.schemas.forms import ReportSchema
from pcmt.core.schemas.kinds import KindSchema

T = TypeVar("T")


def schema_data(schema: ReportSchema) -> dict[str, Any]:
    """A form as JSON data; what is left at its default is left out, so that forms stay readable."""
    found: dict[str, Any] = _plain(schema, sparse=True)
    return found


def schema_from(data: Mapping[str, Any]) -> ReportSchema:
    """A form from stored data. Raises ValueError, KeyError or TypeError for what never was a form."""
    return _made(ReportSchema, data)


def kind_data(schema: KindSchema) -> dict[str, Any]:
    """A kind of records as JSON data; what is left at its default is left out."""
    found: dict[str, Any] = _plain(schema, sparse=True)
    return found


def kind_from(data: Mapping[str, Any]) -> KindSchema:
    """A kind from stored data or a file of `data/kinds`. Raises ValueError, KeyError or TypeError for what is none."""
    return _made(KindSchema, data)


def content_data(content: Content) -> dict[str, Any]:
    """What a report says as JSON data: numbers as strings, days as ISO dates."""
    found: dict[str, Any] = _plain(content, sparse=False)
    return found


def content_from(data: Mapping[str, Any]) -> Content:
    """What a report says, from stored data; what later versions add is at its default."""
    return _made(Content, data)


def seal_of(content: Content) -> str:
    """The SHA-256 of what a report says, in hexadecimal: over its canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(content_data(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any, *, sparse: bool) -> Any:
    match value:
        case StrEnum():
            return str(value)
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(each, sparse=sparse) for key, each in value.items()}
        case tuple() | list():
            return [_plain(each, sparse=sparse) for each in value]
    if not attrs.has(type(value)):
        return value
    found = {}
    for field in attrs.fields(type(value)):
        each = getattr(value, field.name)
        if not (sparse and field.default is not attrs.NOTHING and each == field.default):
            found[field.name] = _plain(each, sparse=sparse)
    return found


def _made(kind: type[T], data: Mapping[str, Any]) -> T:
    return kind(**{name: _value(hint, data[name]) for name, hint in _fields(kind) if name in data})  # type: ignore[arg-type]


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a class with their types: looked up once, a report of a province has thousands of figures."""
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in attrs.fields(kind))


def _value(hint: Any, data: Any) -> Any:
    if data is None:
        return None
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        return tuple(_value(inner[0], each) for each in data)
    if origin is not None and issubclass(_class(origin), Mapping):
        return {key: _value(inner[1], each) for key, each in data.items()}
    if inner:  # an optional value
        return _value(next(each for each in inner if each is not type(None)), data)
    if hint is date:
        return date.fromisoformat(data)
    if hint is Decimal:
        return Decimal(data)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(data)
    if attrs.has(hint):
        return _made(hint, data)
    return data


def _class(origin: Any) -> type:
    return origin if isinstance(origin, type) else type(None)
