"""The page of the law that people read says what the data does."""

from pathlib import Path

from tools.law import page

from pcmt.reference import law, rules_of


def test_the_page_is_current(root: Path) -> None:
    text = page()
    assert (root / "docs/dev/law.md").read_text(encoding="utf-8") == text, "run: python tools/law.py"
    assert [rule.code for _table, rule in rules_of(law()) if f"`{rule.code}`" not in text] == []
