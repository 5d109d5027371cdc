"""Write what runs found into `docs/dev/benchmarks-figures.md`: `./do bench figures A.json B.json …`.

Each file is what `--out` of a benchmark wrote; nothing is measured here, and nothing is in the page that no file says.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.harness import table

PAGE = Path(__file__).parents[1] / "docs/dev/benchmarks-figures.md"
HEAD = """# Figures of the benchmarks

Written by `./do bench figures` from the results of runs; what they measure is in [benchmarks.md](benchmarks.md).
Ratios are what counts: everything in a run is measured one after the other on the same machine, which was not idle. The
load says how busy it was; with more than one process for each core times are long and ratios rough.
"""


def section(found: dict[str, Any]) -> str:
    """One run: its goals, then its tables."""
    machine = found["machine"]
    parts = [
        f"## {found['name']}, size {found['size']}",
        f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']}, Python {machine['python']}.",
        "\n".join(f"- {note}" for note in found["notes"]),
    ]
    rows = [["goal", "wanted", "measured", ""]]
    rows += [
        [goal["name"], goal["wanted"], goal["measured"], "met" if goal["met"] else "**not met**"]
        for goal in found["goals"]
    ]
    parts.append(table(rows))
    parts += [f"### {heading}\n\n{table(rows)}" for heading, rows in found["tables"].items()]
    return "\n\n".join(parts)


def main() -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parts = [section(json.loads(path.read_text(encoding="utf-8"))) for path in parser.parse_args().files]
    PAGE.write_text("\n\n".join([HEAD.rstrip(), *parts]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
