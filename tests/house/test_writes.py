"""Rows are written in operations only, so that every change passes its policy, its transaction and the audit log."""

import ast
from collections.abc import Iterator
from pathlib import Path

WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("acreate", "asave", "aupdate", "adelete", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create"),
    *("set_password", "raw", "execute", "executemany"),
}
UNAMBIGUOUS = WRITES - {"update", "create", "save", "delete", "raw", "execute"}
PLACES = {"operations", "migrations"}
PLAIN_RECEIVERS = {
    "hashlib": "a digest's update",
    "digest": "a digest's update",
    "image": "Pillow's save",
    "document": "python-docx's save",
    "template": "docxtpl's save",
    "headers": "a dictionary's update",
}
"""Names of values on which these words do not mean a row, with what they mean instead."""


def is_queryset_or_row(call: ast.Call) -> bool:
    """Whether this `.update()`, `.save()`, ... may speak to the database.

    Types are not known here. `session`, plain dictionaries and files are told apart by their name (PLAIN_RECEIVERS) or
    by their arguments: a dictionary's `update` takes a positional argument, a queryset's only keywords; a row's `save`
    takes no positional argument, a picture's or document's does.
    """
    assert isinstance(call.func, ast.Attribute)
    word = call.func.attr
    receiver = call.func.value
    name = (
        receiver.id if isinstance(receiver, ast.Name) else receiver.attr if isinstance(receiver, ast.Attribute) else ""
    )
    if name in PLAIN_RECEIVERS:
        return False
    if word in UNAMBIGUOUS:
        return True
    if word in {"update", "save", "delete"}:
        return not call.args
    return word != "create" or name == "objects" or "manager" in name


def writes(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
            and is_queryset_or_row(node)
        ):
            yield node.lineno, node.func.attr


def test_only_operations_write(root: Path) -> None:
    source = root / "src/pcmt"
    found = []
    for path in sorted(
        [*(source / "apps").rglob("*.py"), *(source / "web").rglob("*.py"), *(source / "demo").rglob("*.py")]
    ):
        if PLACES & {path.stem, *path.parts}:
            continue
        found += [f"{path.relative_to(root)}:{line} .{word}()" for line, word in writes(path)]
    assert found == []


def test_the_finder_finds(tmp_path: Path) -> None:
    """The test above can fail: each way of writing is seen, and look-alikes are not."""
    sample = tmp_path / "views.py"
    sample.write_text(
        "row.save()\nrow.save(update_fields=['x'])\nThing.objects.create(a=1)\nThing.objects.filter(a=1).update(a=2)\n"
        "Thing.objects.all().delete()\nThing.objects.bulk_create(rows)\nThing.objects.get_or_create(a=1)\n"
        "cursor.execute('DELETE FROM t')\nuser.set_password('x')\n"
        "context.update({'a': 1})\ndigest.update(b'')\nimage.save(path)\nform.create()\n",
        encoding="utf-8",
    )
    assert [line for line, _word in writes(sample)] == list(range(1, 10))


def test_no_signals_and_no_save_overrides(root: Path) -> None:
    found = []
    for path in sorted((root / "src/pcmt").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and "signals" in node.module.split("."):
                found.append(f"{path.relative_to(root)}:{node.lineno} signals")
            if isinstance(node, ast.ClassDef) and path.stem == "models":
                found += [
                    f"{path.relative_to(root)}:{item.lineno} {node.name}.save"
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name in {"save", "save_base"}
                ]
    assert found == []
