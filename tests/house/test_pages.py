"""Templates compile, carry nothing inline, and every static file that they name is there."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import get_template

TEMPLATES = Path(__file__).parents[2] / "src/pcmt/web/templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE)
STATIC = re.compile(r"\{%\s*static\s+['\"]([^'\"]+)['\"]")
CSS_URL = re.compile(r"url\([\"']?(?!data:)([^\"')]+)")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)


def source(name: str) -> str:
    return COMMENT.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_template_keeps_to_the_content_policy(name: str) -> None:
    """No inline script, style or handler, nothing from another host: the browser would refuse it."""
    text = source(name)
    assert INLINE.findall(text) == []
    assert OUTSIDE.findall(text) == []


def test_static_files_exist(root: Path) -> None:
    if not (root / "src/pcmt/web/static/vendor/SHA256SUMS").is_file():
        pytest.fail("static/vendor is not there: run ./do test, or python tools/assets.py")
    missing = [
        f"{name}: {path}" for name in NAMES for path in STATIC.findall(source(name)) if finders.find(path) is None
    ]
    assert missing == []


def test_style_sheets_name_files_that_exist(root: Path) -> None:
    static = root / "src/pcmt/web/static"
    missing = [
        f"{sheet.name}: {url}"
        for sheet in static.rglob("*.css")
        for url in CSS_URL.findall(sheet.read_text(encoding="utf-8"))
        if not url.startswith("#") and not (sheet.parent / url.split("#")[0].split("?")[0]).is_file()
    ]
    assert missing == []


def test_a_broken_template_would_be_seen() -> None:
    with pytest.raises(Exception, match="nosuchtag"):
        Template("{% nosuchtag %}").render(Context())
    assert INLINE.search('<div onclick="x()">')
    assert INLINE.search('<p style="color:red">')
    assert INLINE.search("<script>alert(1)</script>")
    assert not INLINE.search('<script src="/x.js" defer></script>')
    assert OUTSIDE.search('<link href="https://cdn.example/x.css">')
