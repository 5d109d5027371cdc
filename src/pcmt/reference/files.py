"""Where the reference data lies."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pcmt


def folder(name: str) -> Path:
    """A folder of `data/`: beside the modules in an installed wheel, at the top of a checkout."""
    inside = Path(pcmt.__path__[0])
    candidates = (inside / "data" / name, inside.parents[1] / "data" / name)
    return next((path for path in candidates if path.is_dir()), candidates[0])


def table(folder_name: str, name: str) -> dict[str, Any]:
    """A TOML file of a folder."""
    return tomllib.loads((folder(folder_name) / f"{name}.toml").read_text(encoding="utf-8"))


def tables(folder_name: str) -> dict[str, dict[str, Any]]:
    """All TOML files of a folder, by name."""
    return {path.stem: table(folder_name, path.stem) for path in sorted(folder(folder_name).glob("*.toml"))}
