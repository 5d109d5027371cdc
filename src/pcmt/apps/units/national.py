"""Dated reference data of this room, which a wheel carries inside.

The administrative units of Việt Nam (`data/units/`), functions and usual bodies (`data/*.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pcmt.core.units import History, history_from
from pcmt.reference import folder

TABLES = ("provinces", "districts", "communes", "successions")


def national_history() -> History:
    """All national units over time. Takes less than a tenth of a second; nothing is kept."""
    here = folder("units")
    return history_from({name: (here / f"{name}.tsv").read_text(encoding="utf-8") for name in TABLES})


def data_of(name: str) -> Mapping[str, Any]:
    """A file of `data/` beside the tables, by its name without the ending."""
    return tomllib.loads((folder("units").parent / f"{name}.toml").read_text(encoding="utf-8"))
