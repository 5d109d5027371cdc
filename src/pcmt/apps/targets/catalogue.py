"""The catalogue of data elements and indicators: the tables of `data/indicators/`, which a wheel carries inside."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pcmt
from pcmt.core.measures import Catalogue, catalogue_from


def folder() -> Path:
    """Where the tables lie: beside the modules in an installed wheel, at the top of a checkout."""
    inside = Path(pcmt.__path__[0])
    candidates = (inside / "data/indicators", inside.parents[1] / "data/indicators")
    return next((path for path in candidates if path.is_dir()), candidates[0])


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((folder() / f"{name}.toml").read_text(encoding="utf-8"))


def catalogue(on: date | None = None) -> Catalogue:
    """The catalogue as it stands on a day; of all days without one."""
    return catalogue_from(_table("elements"), _table("indicators"), on)
