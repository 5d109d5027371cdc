"""How fast a plan is read: documents and MB a second, growth with length, memory, side by side with underthesea.

underthesea is the Vietnamese language toolkit that one would otherwise build such a reader on. Its word segmentation
and its part-of-speech tags are only the first steps of one; `read` does the whole work: outline, targets, tasks, dates,
duties. Both get the same texts in the same run: the five real plans when they lie beside the repository, and the
invented corpus of the tests. Its tags take time with the square of the length: size S tags the beginnings of the texts
only, M the one text nearest to 25 KB, L all texts, whole; words are always segmented in that one and in all, whole.
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

BEGINNING = 4_000
"""Bytes of each text that size S tags."""
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

    def beginning(self) -> "Text":
        """Its first lines, BEGINNING bytes or a little less."""
        if self.bytes <= BEGINNING:
            return self
        return Text(self.name, self.text.encode()[:BEGINNING].decode(errors="ignore").rsplit("\n", 1)[0])


def texts() -> list[Text]:
    """All texts of this run."""
    paths = [*sorted(SEEDS.glob("*.txt")), *sorted(CORPUS.glob("*.txt"))]
    return [Text(path.stem, path.read_text(encoding="utf-8")) for path in paths]


def model_text(all_texts: list[Text]) -> Text:
    """The one nearest to 25 KB."""
    return min(all_texts, key=lambda text: abs(text.bytes - MODEL_BYTES))


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
    report.goals.append(
        Goal("a plan of 25 KB (at the speed of all texts)", "≤ 40 ms", f"{ms(model)} ms", model <= 0.040)
    )


def growth(report: Report, all_texts: list[Text], factors: tuple[int, ...]) -> None:
    """One document, made longer by repeating it."""
    base = model_text(all_texts)
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
    base = model_text(all_texts)
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


def side_by_side(report: Report, all_texts: list[Text], size: str) -> None:
    """The same texts through both; what is compared is the sum over the texts."""
    try:
        from underthesea import pos_tag, word_tokenize
    except ImportError:
        report.notes.append("underthesea is not installed: no comparison (run through ./do bench reading).")
        return
    tagged, which = {
        "S": ([text.beginning() for text in all_texts], f"first {BEGINNING // 1000} KB of each"),
        "M": ([model_text(all_texts)], "the one nearest to 25 KB"),
        "L": (all_texts, "all, whole"),
    }[size]
    word_tokenize("Kế hoạch phòng, chống ma túy")  # models are loaded on first use: not counted
    pos_tag("Kế hoạch phòng, chống ma túy")
    rows = [["step", "texts", "KB", "ms", "read, same texts, ms", "times faster"]]
    for step, call, given, what, rounds, factor in (
        ("words", word_tokenize, [model_text(all_texts)], "the one nearest to 25 KB", max(3, REPEATS[size] // 2), 5),
        ("words", word_tokenize, all_texts, "all, whole", max(3, REPEATS[size] // 2), None),
        ("part-of-speech tags", pos_tag, tagged, which, 1, 500),
    ):
        theirs = sum(seconds(lambda text=text, call=call: call(text.text), repeats=rounds) for text in given)
        ours = sum(seconds(lambda text=text: read(text.text), repeats=REPEATS[size]) for text in given)
        kilobytes = sum(text.bytes for text in given) / 1024
        times = theirs / ours
        rows.append([step, f"{len(given)} ({what})", f"{kilobytes:.0f}", ms(theirs), ms(ours), f"{times:,.1f}"])
        report.figures[f"underthesea {step}, {what}"] = {
            "seconds": theirs,
            "read_seconds": ours,
            "kilobytes": kilobytes,
        }
        # the invented texts are short and dense (every line a target, task or date): shown, but no typical plan;
        # on beginnings the square of tagging does not show: no measure of whole plans
        if factor and (step == "words" or size != "S"):
            name = f"the whole reading against underthesea's {step} ({what})"
            report.goals.append(Goal(name, f"≥ {factor}× faster", f"{times:,.1f}×", times >= factor))
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
    side_by_side(report, all_texts, chosen.size)
    return report.finish(chosen.out)


if __name__ == "__main__":
    sys.exit(main())
