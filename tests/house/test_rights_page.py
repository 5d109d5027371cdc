"""The table of rights that people read says what the code does."""

from pathlib import Path

from django.utils import translation
from tools.rights import REACHES, SUBJECTS, page

from pcmt.apps.accounts.rights import RIGHTS, Reach


def test_the_page_is_current(root: Path) -> None:
    with translation.override("vi"):
        text = page()
    assert (root / "docs/dev/rights.md").read_text(encoding="utf-8") == text, "run: python tools/rights.py"


def test_the_page_leaves_nothing_out() -> None:
    assert set(REACHES) == {reach.name for reach in Reach}
    assert {label.split(".")[0] for label in RIGHTS} == set(SUBJECTS)
    text = page()
    assert [label for label in RIGHTS if f"`{label}`" not in text] == []
