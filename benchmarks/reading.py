"""How fast a plan is read: documents and MB a second, growth with length, memory, side by side with underthesea.

underthesea is the Vietnamese language toolkit that one would otherwise build such a reader on. Its word segmentation and
its part-of-speech tags are only the first steps of one; `read` does the whole work: outline, targets, tasks, dates, duties.
Both get the same texts in the same run. Texts: the five real plans when they lie beside the repository, and the invented
corpus of the tests. Its tags take time with the square of the length, so smaller sizes give it shorter texts (said in the table).
"""

import sys
import tracemalloc
from pathlib import Path

import attrs

from benchmarks.harness import Goal, Report, arguments, exponent, seconds
from pcmt.core.reading import read

ROOT = Path(__file__).parents[1]
SEEDS = ROOT.parent / "shared/seeds"
CORPUS = ROOT / "tests/core/reading/corpus"
MODEL_BYTES = 25 * 1024

TAGGED_BYTES = {"S": 4_000, "M": 12_000, "L": None}
"""How much of each text is tagged; None: all of it."""
FACTORS = {"S": (1, 2, 5, 10, 20), "M": (1, 2, 5, 10, 20, 50, 100), "L": (1, 2, 5, 10, 20, 50, 100)}
REPEATS = {"S": 3, "M": 7, "L": 15}


@attrs.frozen
class Text:
    """A plan to read."""

    name: str
    text: str

    @property
    def bytes(self) -> int:
        """Its length in UTF-8."""
        return len(self.text.encode())

    def first(self, limit: int | None) -> "Text":
        """Its beginning, cut at a line's end."""
        if limit is None or self.bytes <= limit:
            return self
        return Text(self.name, self.text.encode()[:limit].decode(errors="ignore").rsplit("\n", 1)[0])


def texts() -> list[Text]:
    """All texts of this run."""
    paths = [*sorted(SEEDS.glob("*.txt")), *sorted(CORPUS.glob("*.txt"))]
    return [Text(path.stem, path.read_text(encoding="utf-8")) for path in paths]


def ms(value: float) -> str:
    """Milliseconds, with a sensible number of digits."""
    return f"{value * 1000:,.1f}" if value < 1 else f"{value * 1000:,.0f}"


def speed(report: Report, all_texts: list[Text], repeats: int) -> None:
    """Each text by itself, then all together."""
    rows = [["text", "KB", "ms", "MB/s"]]
    total = 0.0
    per_byte = []
    for text in all_texts:
        took = seconds(lambda text=text: read(text.text), repeats=repeats)
        total += took
        per_byte.append(took / text.bytes)
        rows.append([text.name[:32], f"{text.bytes / 1024:.1f}", ms(took), f"{text.bytes / took / 1e6:.2f}"])
    size = sum(text.bytes for text in all_texts)
    rows.append([f"**all {len(all_texts)}**", f"{size / 1024:.1f}", ms(total), f"{size / total / 1e6:.2f}"])
    report.tables["Speed of the whole reading"] = rows
    model = size and total / size * MODEL_BYTES
    report.figures |= {"documents_per_second": len(all_texts) / total, "mb_per_second": size / total / 1e6}
    report.notes.append(f"{len(all_texts) / total:.0f} documents a second on one core.")
    report.goals.append(Goal("a plan of 25 KB (at the speed of all texts)", "≤ 40 ms", f"{ms(model)} ms", model <= 0.040))


def growth(report: Report, all_texts: list[Text], factors: tuple[int, ...]) -> None:
    """One document, made longer by repeating it."""
    base = min(all_texts, key=lambda text: abs(text.bytes - MODEL_BYTES))
    rows, points = [["length", "KB", "ms", "ms/KB"]], []
    for factor in factors:
        longer = "\n\n".join([base.text] * factor)
        size = len(longer.encode())
        took = seconds(lambda longer=longer: read(longer), repeats=3 if factor < 50 else 1)
        points.append((size, took))
        rows.append([f"×{factor}", f"{size / 1024:,.0f}", ms(took), f"{took * 1000 / size * 1024:.2f}"])
    power = exponent(points)
    report.tables["Growth with length"] = rows
    report.figures["growth_exponent"] = power
    report.goals.append(Goal(f"straight-line growth to ×{factors[-1]}", "power ≤ 1.10", f"{power:.2f}", power <= 1.10))


def memory(report: Report, all_texts: list[Text]) -> None:
    """The most memory held at once while reading, beyond the text itself (Python's own allocations)."""
    rows = [["length", "KB", "peak MB", "bytes per byte of text"]]
    base = min(all_texts, key=lambda text: abs(text.bytes - MODEL_BYTES))
    for factor in (1, 10):
        longer = "\n\n".join([base.text] * factor)
        tracemalloc.start()
        read(longer)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        size = len(longer.encode())
        rows.append([f"×{factor}", f"{size / 1024:,.0f}", f"{peak / 1e6:.1f}", f"{peak / size:.0f}"])
        report.figures[f"peak_bytes_x{factor}"] = peak
    report.tables["Memory"] = rows


def side_by_side(report: Report, all_texts: list[Text], tagged_bytes: int | None, repeats: int) -> None:
    """The same texts through both; what is compared is the sum over all texts."""
    try:
        from underthesea import pos_tag, word_tokenize
    except ImportError:
        report.notes.append("underthesea is not installed: no comparison (run through ./do bench reading).")
        return
    word_tokenize("Kế hoạch phòng, chống ma túy")  # models are loaded on first use: not counted
    pos_tag("Kế hoạch phòng, chống ma túy")
    beginnings = [text.first(tagged_bytes) for text in all_texts]
    rows = [["step", "texts", "KB", "ms", "read, same texts, ms", "times faster"]]
    for step, call, given, rounds, factor in (
        ("underthesea: words", word_tokenize, all_texts, max(3, repeats // 2), 5),
        ("underthesea: part-of-speech tags", pos_tag, beginnings, 1, 500),
    ):
        theirs = sum(seconds(lambda text=text, call=call: call(text.text), repeats=rounds) for text in given)
        ours = sum(seconds(lambda text=text: read(text.text), repeats=repeats) for text in given)
        size = sum(text.bytes for text in given)
        what = "whole" if given is all_texts or tagged_bytes is None else f"first {tagged_bytes // 1000} KB of each"
        rows.append([step, f"{len(given)} ({what})", f"{size / 1024:.0f}", ms(theirs), ms(ours), f"{theirs / ours:,.1f}"])
        report.figures[step] = {"seconds": theirs, "read_seconds": ours, "bytes": size}
        name = f"whole reading against {step.split(': ')[1]} of the {what} texts"
        report.goals.append(Goal(name, f"≥ {factor}× faster", f"{theirs / ours:,.1f}×", theirs / ours >= factor))
    report.tables["Side by side with underthesea"] = rows


def main() -> int:
    """Run it all."""
    chosen = arguments(__doc__.splitlines()[0])
    all_texts = texts()
    report = Report("reading", chosen.size)
    if not SEEDS.is_dir():
        report.notes.append("../shared/seeds is absent: invented texts only.")
    read(all_texts[0].text)  # tables built on first use are not counted
    speed(report, all_texts, REPEATS[chosen.size])
    growth(report, all_texts, FACTORS[chosen.size])
    memory(report, all_texts)
    side_by_side(report, all_texts, TAGGED_BYTES[chosen.size], REPEATS[chosen.size])
    return report.finish(chosen.out)


if __name__ == "__main__":
    sys.exit(main())
