"""`python -m tests.matrix`: what the pages answer, against what is expected.

    python -m tests.matrix                    all pages: what differs from expected.txt, and what must never be
    python -m tests.matrix 'units:*' login    only these (names as in the table, * for any)
    python -m tests.matrix --show 'units:*'   the rows as seen, whether expected or not
    python -m tests.matrix --write 'units:*'  takes the rows of these pages into expected.txt, and says which changed

Nothing is written without --write and names. Read what it says before you commit it: the table is what we promise.
Exit code: 0 all as expected, 1 differences or faults, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase


def main(argv: Sequence[str] | None = None) -> int:
    """Walk and tell."""
    parser = argparse.ArgumentParser("python -m tests.matrix", description=__doc__, formatter_class=_Formatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="pages; all where none is given")
    parser.add_argument("--show", action="store_true", help="print the rows as seen")
    parser.add_argument("--write", action="store_true", help="take the rows of the named pages into the table")
    asked = parser.parse_args(argv)
    if asked.write and not asked.names:
        parser.error("--write wants the names of the pages whose rows it may change")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.installation import tables

    django.setup()
    setup_test_environment()
    with tables():
        made = setup_databases(verbosity=0, interactive=False)
    try:
        return _walk(asked)
    finally:
        teardown_databases(made, verbosity=0)


def _walk(asked: argparse.Namespace) -> int:
    from tests.matrix import table as tables
    from tests.matrix.addresses import Unknown, pages
    from tests.matrix.walk import walker
    from tests.matrix.world import STANDINGS

    def named(name: str) -> bool:
        return not asked.names or any(fnmatchcase(name, pattern) for pattern in asked.names)

    say = sys.stdout.write
    table = tables.load()
    found = pages()
    chosen = [page for page in found if named(page.row)]
    gone = sorted(name for name in table.names - {page.row for page in found} if named(name))
    if not chosen and not gone:
        say("no page has such a name\n")
        return 2
    seen, unknown = [], []
    with walker() as goes:
        for page in chosen:
            try:
                seen.append(goes.see(page))
            except Unknown as problem:
                unknown.append(str(problem))
    if asked.show:
        rows = {(each.page.row, method): cells for each in seen for method, cells in each.rows.items()}
        say("\n".join(tables.lined(rows, STANDINGS)) + "\n")
    lines = tables.difference(table, seen)
    lines += [f"{name}: is in the table, but there is no such page any more" for name in gone]
    faults = [f"{each.page.row}: {fault}" for each in seen for fault in each.faults] + unknown
    if lines and not asked.show:
        say("\n".join(lines) + "\n")
    if faults:
        say("Never allowed, whatever the table says:\n" + "".join(f"    {fault}\n" for fault in faults))
    if asked.write and lines:
        for each in seen:
            table.take(each)
        for name in gone:
            table.drop(name)
        tables.FILE.write_text(tables.written(table), encoding="utf-8")
        say(f"Written: {tables.FILE.name}. Read the difference before you commit it.\n")
    elif not lines and not faults:
        say(f"As expected: {len(seen)} pages.\n")
    return 1 if faults or (lines and not asked.write) else 0


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Leaves the text above as it is."""


if __name__ == "__main__":
    sys.exit(main())
