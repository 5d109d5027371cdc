"""What all benchmarks share: arguments, timing, goals, tables, and the facts of the machine behind a number."""

import argparse
import gc
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class Goal:
    """One sentence that a benchmark is to make true."""

    name: str
    wanted: str
    measured: str
    met: bool


@attrs.define
class Report:
    """What one run found. `tables` maps a heading to its rows, the first of which holds the column names."""

    name: str
    size: str
    tables: dict[str, list[list[str]]] = attrs.field(factory=dict)
    notes: list[str] = attrs.field(factory=list)
    goals: list[Goal] = attrs.field(factory=list)
    figures: dict[str, Any] = attrs.field(factory=dict)

    def markdown(self) -> str:
        """The report for people."""
        parts = [f"# Benchmark: {self.name}, size {self.size}", machine_line()]
        for heading, rows in self.tables.items():
            parts.append(f"## {heading}\n\n{table(rows)}")
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        if self.goals:
            rows = [["goal", "wanted", "measured", ""]]
            rows += [
                [goal.name, goal.wanted, goal.measured, "met" if goal.met else "**not met**"] for goal in self.goals
            ]
            parts.append(f"## Goals\n\n{table(rows)}")
        return "\n\n".join(parts) + "\n"

    def finish(self, out: Path | None) -> int:
        """Print the report, write it as JSON if asked. The exit code: 1 when a goal is missed."""
        sys.stdout.write(self.markdown())
        if out:
            content = {"machine": machine(), **attrs.asdict(self)}
            out.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return 0 if all(goal.met for goal in self.goals) else 1


def arguments(description: str, *, peers: Sequence[str] = ()) -> argparse.Namespace:
    """`--size` and `--out`, the same for every benchmark; with peers to choose from also `--peers` and `--repeat`."""
    parser = argparse.ArgumentParser(description=description)
    sizes = ["S", "M", "L", "XL"] if peers else ["S", "M", "L"]
    parser.add_argument("--size", choices=sizes, default="M", help="S under a minute, M some minutes, L everything")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    if peers:
        parser.add_argument("--peers", default=",".join(peers), help=f"of {','.join(peers)}; with commas between")
        parser.add_argument("--repeat", type=int, default=3, help="how often each is measured, one after the other")
    chosen = parser.parse_args()
    if peers:
        chosen.peers = [each for each in chosen.peers.split(",") if each]
        if unknown := set(chosen.peers) - set(peers):
            parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    return chosen


def say(words: str) -> None:
    """Tell whoever waits how far a long run is."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stderr.flush()


def seconds(call: Callable[[], object], *, repeats: int = 5) -> float:
    """Seconds of processor time of the fastest of so many calls.

    Processor time of this process, all its threads together, is time on one core: what else the machine does at the
    moment does not count, but for the caches that it fills. That can only make a call slower: hence the fastest.
    """
    best = math.inf
    for _repeat in range(repeats):
        gc.collect()
        began = time.process_time()
        call()
        best = min(best, time.process_time() - began)
    return best


def middle(values: Sequence[float], share: float = 0.5) -> float:
    """The value below which a share of all lies: the median, or p95 with 0.95."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ms(seconds_: float) -> str:
    """Milliseconds."""
    return f"{seconds_ * 1000:,.2f}" if seconds_ < 0.1 else f"{seconds_ * 1000:,.0f}"


def ratio(theirs: float, ours: float) -> str:
    """How many times as much the first is."""
    if not ours:
        return "–"
    many = theirs / ours
    return f"{many:,.0f}×" if many >= 20 else f"{many:.2g}×" if many < 1 else f"{many:.1f}×"


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The power with which the second number grows with the first: 1 is a straight line, 2 a square."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row holds the names, every column but the first is set to the right."""
    head, *body = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> dict[str, Any]:
    """What a figure depends on."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else ""
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "system": platform.system(),
    }


def machine_line() -> str:
    """The same in one sentence. A load above the number of cores means: measured on a busy machine."""
    facts = machine()
    return (
        f"{facts['cpu']}, {facts['cores']} cores, load {facts['load']}, Python {facts['python']} on {facts['system']}."
    )
