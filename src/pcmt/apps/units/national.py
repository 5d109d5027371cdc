"""Dated reference data of this room, which a wheel carries inside.

The administrative units of Việt Nam (`data/units/`), functions and usual bodies (`data/*.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pcmt
from pcmt.core.units import History, history_from

TABLES = ("provinces", "districts", "communes", "successions")


def folder() -> Path:
    """Where the tables lie: beside the modules in an installed wheel, at the top of a checkout."""
    inside = Path(pcmt.__path__[0])
    candidates = (inside / "data/units", inside.parents[1] / "data/units")
    return next((path for path in candidates if path.is_dir()), candidates[0])


def national_history() -> History:
    """All national units over time. Takes less than a tenth of a second; nothing is kept."""
    here = folder()
    return history_from({name: (here / f"{name}.tsv").read_text(encoding="utf-8") for name in TABLES})


def data_of(name: str) -> Mapping[str, Any]:
    """A file of `data/` beside the tables, by its name without the ending."""
    return tomllib.loads((folder().parent / f"{name}.toml").read_text(encoding="utf-8"))
