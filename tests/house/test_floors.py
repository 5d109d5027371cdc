"""What import-linter cannot see: relations by name, and what the core is made of."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

FLOORS = (
    *("audit", "jobs", "units", "accounts", "notices", "facts", "plans", "targets", "tasks"),
    *("registers", "activities", "tips", "projects", "reports"),
)
"""The rooms of the apps, lowest first (the same order as in the contracts of pyproject.toml); sealing has no tables."""

IMPURE = {
    *("os", "pathlib", "io", "time", "random", "secrets", "socket", "ssl", "http", "urllib", "subprocess", "tempfile"),
    *("shutil", "sqlite3", "threading", "asyncio", "logging", "ctypes", "locale", "uuid", "multiprocessing", "signal"),
}
"""Parts of the standard library with files, a clock, chance or a network in them: not for the core."""


def python_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


def test_every_relation_points_to_the_same_room_or_one_below() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label in FLOORS
        and FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]
    assert upward == []


def test_every_room_has_its_floor(root: Path) -> None:
    rooms = {path.parent.name for path in (root / "src/pcmt/apps").glob("*/apps.py")}
    assert rooms == set(FLOORS)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and module of every absolute import, wherever it stands in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module


def test_core_is_made_of_the_standard_library_and_attrs(root: Path) -> None:
    core = root / "src/pcmt/core"
    strange = []
    for path in python_files(core):
        # RFC 5545 recurrence is a library's work, in this one room.
        extra = {"dateutil"} if path.relative_to(core).parts[0] == "periods" else set()
        for line, module in imports(path):
            top = module.split(".")[0]
            pure = top in {"attrs", "attr", *extra} or (top in sys.stdlib_module_names and top not in IMPURE)
            if not pure and not module.startswith("pcmt.core"):
                strange.append(f"{path.relative_to(root)}:{line} {module}")
    assert strange == []


CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("timezone", "now")}


@pytest.mark.parametrize("floor", ["core", "reference", "documents"])
def test_no_clock_below_the_apps(root: Path, floor: str) -> None:
    """The time is an argument. What reads a clock cannot be tested or asked again as of another day."""
    asked = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in python_files(root / "src/pcmt" / floor)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCKS
    ]
    assert asked == []


def test_no_clock_in_operations_queries_and_policies(root: Path) -> None:
    asked = [
        f"{path.relative_to(root)}:{node.lineno}"
        for name in ("operations", "queries", "policies")
        for path in python_files(root / "src/pcmt/apps")
        if name in (path.stem, path.parent.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCKS
    ]
    assert asked == []


def test_public_things_of_core_and_documents_explain_themselves(root: Path) -> None:
    silent = []
    for floor in ("core", "reference", "documents"):
        for path in python_files(root / "src/pcmt" / floor):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree):
                silent.append(f"{path.relative_to(root)}:1 module")
            silent += [
                f"{path.relative_to(root)}:{node.lineno} {node.name}"
                for node in tree.body
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ]
    assert silent == []
