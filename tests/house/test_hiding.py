"""Who asks for figures keeps back what readers are not to be told: who does not is named here, with the reason."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "src" / "pcmt"


GUARDS = ("guarded(", "told_to(", "rows_told(", "keep_back(", "_told_to(")

EXACT = {
    "apps/facts/operations/reconciling.py": "compares typed with counted numbers, shown through the guard",
    "apps/facts/queries/differing.py": "typed beside counted numbers, of units whose numbers the reader tells",
    "apps/facts/queries/sheets.py": "sheets of who tells the numbers",
    "apps/facts/queries/templates.py": "templates for who tells the numbers",
    "apps/facts/queries/figures.py": "the figures themselves",
    "apps/facts/queries/hiding.py": "the guard",
    "apps/reports/queries/content.py": "official reports hold what the body itself typed and signed",
    "apps/reports/queries/numbers.py": "official reports hold what the body itself typed and signed",
    "apps/targets/operations/standing.py": "verdicts are kept exact and shown through the guard",
    "apps/targets/queries/judging.py": "verdicts are made exact and shown through the guard",
    "apps/targets/queries/paths.py": "the way of a target, drawn only where its verdict is told",
    "apps/tasks/briefing.py": "counts verdicts, no numbers",
    "demo/figures.py": "the story of the demo",
    "web/entry/tables.py": "tables are drawn by views, which keep back",
    "web/targets/target_views.py": "says which figures a target rests on; the step is guarded",
}


def test_every_caller_guards_or_says_why_not() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text()
        imports = re.findall(r"from pcmt\.apps\.(?:facts|targets)\.queries\S* import ([^\n(]+|\([^)]*\))", text)
        taken = {each for one in imports for each in re.findall(r"\w+", one)}
        asked = {each for each in ("figures", "lineage", "judge", "judge_days", "numbers", "history") if each in taken}
        calls = any(re.search(rf"(?<![\w.]){each}\(", text) for each in asked)
        if calls and name not in EXACT and not any(guard in text for guard in GUARDS):
            wrong.append(name)
    assert not wrong


def test_no_reason_outlives_its_caller() -> None:
    assert [name for name in EXACT if not (ROOT / name).exists()] == []
