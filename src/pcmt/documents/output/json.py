"""The read plan as the JSON of the reader's contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def write_json(reading: Mapping[str, Any], *, line: bool = False) -> bytes:
    """The reading in UTF-8 with an end of line; `line` puts it on one line (for JSON lines)."""
    text = json.dumps(reading, ensure_ascii=False, indent=None if line else 1)
    return (text + "\n").encode("utf-8", "surrogatepass")
