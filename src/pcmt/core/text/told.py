"""JSON that another program or a device sent: read, or refused as one error."""

from __future__ import annotations

import json
import re
from typing import Any

UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps: the character nought, halves of characters."""


def read_json(given: str | bytes) -> Any:
    """What a JSON text holds.

    Raises ValueError for what is none, is nested without end, holds a number that is none (NaN, Infinity) or a text
    that no database keeps.
    """
    try:
        found = json.loads(given, parse_constant=_refused)
        _look(found)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def read_id(value: Any) -> int:
    """The number of a row. Raises ValueError or TypeError for what none can have."""
    found = int(value)
    if not 0 < found < 2**63:
        raise ValueError(value)
    return found


def _refused(word: str) -> None:
    raise ValueError(word)


def _look(found: Any) -> None:
    if isinstance(found, str):
        if UNKEPT.search(found):
            raise ValueError("a text that cannot be kept")
    elif isinstance(found, dict):
        for key, value in found.items():
            _look(key)
            _look(value)
    elif isinstance(found, list):
        for each in found:
            _look(each)
