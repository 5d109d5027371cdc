"""The user guide says what the program says: every remark, every key, every link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pcmt.web.reading.page import keys
from pcmt.web.reading.words import REMARKS

GUIDE = Path(__file__).parents[2] / "docs/user"
REVIEW = (GUIDE / "ra-soat.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(REMARKS))
def test_every_remark_is_explained(code: str) -> None:
    assert f"`{code}`" in REVIEW


def test_every_remark_about_a_file_is_explained(root: Path) -> None:
    intake = "".join(path.read_text(encoding="utf-8") for path in (root / "src/pcmt/documents").rglob("*.py"))
    codes = set(re.findall(r'Diagnostic\(\s*code="([a-z_]+)"', intake))
    assert codes
    assert {code for code in codes if f"`{code}`" not in REVIEW} == set()


def test_every_key_is_in_the_table() -> None:
    assert [key for key, _words in keys() if f"`{key}`" not in REVIEW] == []


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for address in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (GUIDE / address).is_file(), address
