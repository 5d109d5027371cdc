"""What may stand in the repository, and that what is generated is up to date."""

import re
import subprocess
import unicodedata
from pathlib import Path

import pytest
from django.core.management import call_command

TEXT = {".py", ".md", ".html", ".txt", ".toml", ".css", ".js", ".json", ".yaml", ".yml", ".po", ".conf", ".service", ""}
# Written in pieces, so that this file does not hold what it looks for.
HOSTS = (
    "registry.npm" + "js.org",
    "files.python" + "hosted.org",
    "pypi" + ".org/simple",
    "cdn.js" + "delivr",
    "unpkg" + ".com",
)
FOLDERS = re.compile(r"(?<![\w.$}])/(?:ro" + r"ot|ho" + r"me/\w+|wo" + r"rk|Us" + r"ers/\w+)/[\w.]")


def committed(root: Path) -> list[Path]:
    if not (root / ".git").exists():
        pytest.skip("not a git checkout: which files are committed is not known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout.decode()
    paths = [root / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def test_no_folder_of_a_machine_and_no_registry(root: Path) -> None:
    found = []
    for path in committed(root):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FOLDERS.search(line) or any(host in line for host in HOSTS):
                found.append(f"{path.relative_to(root)}:{number}")
    assert found == []


def test_days_are_taken_from_moments_in_local_time(root: Path) -> None:
    """A moment is UTC: its own `date()` is yesterday's until seven in the morning. `timezone.localdate` is right."""
    wrong = re.compile(r"\b(?:\w+_)?(?:at|now|now\(\))\.date\(\)|\bdate\.today\(\)")
    found = [
        f"{path.relative_to(root)}:{number}"
        for room in ("apps", "web", "demo")
        for path in sorted((root / "src/pcmt" / room).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wrong.search(line)
    ]
    assert found == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


MOTTO = "việt nam độc lập tự do hạnh phúc"
"""Stands on every official paper of the country; it is nobody's sentence."""


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


def runs(text: str, length: int) -> dict[tuple[str, ...], int]:
    found = words(text)
    return {tuple(found[at : at + length]): at for at in range(len(found) - length + 1)}


def test_no_sentence_of_the_real_plans(root: Path, seeds: Path) -> None:
    """Their numbers, names, dates and titles may be told again; fourteen of their words in a row may not."""
    taken: set[tuple[str, ...]] = set()
    for seed in seeds.glob("*.txt"):
        taken |= runs(seed.read_text(encoding="utf-8"), 14).keys()
    assert taken
    taken = {run for run in taken if MOTTO not in " ".join(run)}
    found = []
    for path in committed(root):
        if path.suffix == ".json" or path.parts[-2] == "requirements":
            continue
        # The demo tells of these plans: letterheads, names of projects and lists of recipients recur. tests/demo looks
        # at its sentences, leaving those names out.
        if {"demo", "texts"} <= set(path.parts) or path.parent == root / "tests/demo":
            continue
        common = taken & runs(path.read_text(encoding="utf-8", errors="replace"), 14).keys()
        found += [f"{path.relative_to(root)}: {' '.join(run)}" for run in sorted(common)[:1]]
    assert found == []


def test_requirements_are_pinned_by_hash(root: Path) -> None:
    for path in (root / "requirements").glob("*.txt"):
        lines = [
            line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.lstrip().startswith("#")
        ]
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if not line.startswith(" "):
                assert "==" in line, f"{path.name}: {line}"
                assert following.strip().startswith("--hash=sha256:"), f"{path.name}: {line}"
