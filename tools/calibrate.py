"""How often the reader is right at each confidence: what it reads in annotated plans, by list and band.

    .venv/bin/python tools/calibrate.py [--scorer ../shared/reading/score.py] [--gold DIR --texts DIR]...

Right and wrong are those of the shared scorer's pairing. Without --gold, the invented corpus of the tests is read and,
where they stand beside the repository, the real plans. Prints a Markdown table (docs/dev/confidence.md).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from pcmt.core.reading import read

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
CORPUS = ROOT / "tests" / "core" / "reading" / "corpus"
BANDS = ((0.0, 0.6, "< 0.60"), (0.6, 0.75, "0.60 – 0.74"), (0.75, 0.9, "0.75 – 0.89"), (0.9, 1.01, "≥ 0.90"))
Tally = Counter[tuple[str, str, bool]]  # list, band, right


def load(path: Path) -> ModuleType:
    """The shared scorer as a module."""
    spec = importlib.util.spec_from_file_location("shared_score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def band(confidence: float) -> str:
    """The name of the band a confidence falls into."""
    return next(name for low, high, name in BANDS if low <= confidence < high)


def judged(score: ModuleType, gold: Path, texts: Path) -> Iterator[tuple[str, float, bool]]:
    """(list, confidence, right) of every item read in the annotated texts of a folder."""
    for path in sorted(gold.glob("*.json")):
        wanted = json.loads(path.read_text(encoding="utf-8"))
        text = (texts / wanted["seed"]).read_bytes().decode("utf-8")
        found = read(text)
        for name in score.LISTS:
            if name == "tasks" and not wanted.get("general_tasks_scored", True):
                continue
            pairing = score.match(name, wanted, found, text)
            right = set(pairing.strict.values())
            for place, item in enumerate(pairing.found):
                if place not in pairing.waived:
                    yield name, item.facts["confidence"], place in right


def table(tally: Tally) -> str:
    """Items and the share of right ones, a row per list, a column per band."""
    lists = list(dict.fromkeys(name for name, _, _ in tally))
    lines = ["| list | " + " | ".join(name for *_, name in BANDS) + " |", "|---|" + "---:|" * len(BANDS)]
    for name in [*lists, "all"]:
        cells = []
        for *_, label in BANDS:
            counts = {
                right: sum(n for (x, b, r), n in tally.items() if name in (x, "all") and b == label and r == right)
                for right in (True, False)
            }
            total = sum(counts.values())
            cells.append(f"{counts[True] / total:.0%} of {total}" if total else "–")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Read the annotated texts and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scorer", type=Path, default=SHARED / "reading" / "score.py")
    parser.add_argument("--gold", type=Path, action="append", default=[])
    parser.add_argument("--texts", type=Path, action="append", default=[])
    options = parser.parse_args(arguments)
    folders = list(zip(options.gold, options.texts, strict=True))
    if not folders:
        folders = [(CORPUS, CORPUS), (SHARED / "reading" / "gold", SHARED / "seeds")]
    if not options.scorer.is_file():
        raise SystemExit(f"the shared scorer is needed: {options.scorer} is absent")
    score = load(options.scorer)
    tally: Tally = Counter()
    for gold, texts in folders:
        if gold.is_dir() and texts.is_dir():
            tally.update((name, band(confidence), right) for name, confidence, right in judged(score, gold, texts))
    sys.stdout.write(table(tally) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
