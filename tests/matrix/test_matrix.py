"""Every page as everybody, for things of every relation, against the committed table; and what no table may allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pcmt.apps.accounts.models import Role
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan
from tests.matrix import addresses, table, walk
from tests.matrix.addresses import Page, Unknown, pages
from tests.matrix.walk import BOTH, GET, POST, Seen, Walker, walker
from tests.matrix.world import RELATIONS, STANDINGS

HOW = "Look with `python -m tests.matrix {0}`; if it is meant, take it with `python -m tests.matrix --write {0}`."
pytestmark = pytest.mark.django_db
PAGES = pages()
EXPECTED = table.load()


@pytest.fixture(scope="module")
def goes(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walker]:
    """One world for all tests of this file; it is never committed."""
    with django_db_blocker.unblock(), walker() as made:
        yield made


def test_every_page_has_its_rows() -> None:
    """A new page is not there until somebody has said who may see it."""
    missing = sorted({page.row for page in PAGES} - EXPECTED.names)
    gone = sorted(EXPECTED.names - {page.row for page in PAGES})
    assert not missing, f"pages without rows in tests/matrix/expected.txt: {missing}. {HOW.format(missing[0])}"
    assert not gone, f"rows of pages that are no more: {gone}. {HOW.format(gone[0])}"


def test_every_role_has_its_column() -> None:
    """A new role has no rights until somebody has looked at each page with it."""
    assert set(Role.values) < set(STANDINGS)
    assert EXPECTED.columns == STANDINGS, (
        f"columns of tests/matrix/expected.txt: {EXPECTED.columns}, roles: {STANDINGS}. "
        "Look with `python -m tests.matrix`, take with `python -m tests.matrix --write '*'`"
    )


def test_rows_are_whole() -> None:
    for name in EXPECTED.names:
        assert set(EXPECTED.of(name)) in ({BOTH}, {GET, POST}), name
        for method, cells in EXPECTED.of(name).items():
            wrong = {who: cell for who, cell in cells.items() if len(cell) not in (1, len(RELATIONS))}
            assert not wrong, (name, method, wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.row)
def test_page(goes: Walker, page: Page) -> None:
    seen = goes.see(page)
    assert not seen.faults, "\n".join(seen.faults)
    told = table.difference(EXPECTED, [seen])
    assert not told, "\n".join([*told, HOW.format(repr(page.row))])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.row)
def test_other_methods_change_nothing(goes: Walker, page: Page) -> None:
    assert goes.other_methods(page) == []


def test_nobody_changes_what_is_not_theirs() -> None:
    """Read off the table: no cell lets anyone change a thing beside the own unit or in another province."""
    wrong = [
        f"{name} {method} as {who}"
        for (name, method), cells in EXPECTED.rows.items()
        for who, cell in cells.items()
        if len(cell) == len(RELATIONS) and walk.CHANGED in (cell[2], cell[3])
    ]
    assert wrong == []


def test_looking_changes_nothing_by_the_table() -> None:
    wrong = [key for key, cells in EXPECTED.rows.items() if key[1] != POST and any("W" in c for c in cells.values())]
    assert wrong == []


def test_the_walk_leaves_nothing_behind(goes: Walker) -> None:
    before = Entry.objects.count(), Plan.objects.count()
    goes.see(next(page for page in PAGES if page.name == "plans:upload"))
    assert (Entry.objects.count(), Plan.objects.count()) == before


# --- that the walk would notice


def test_careless_pages_are_found(goes: Walker, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.matrix.careless"
    by_name = {page.name: page for page in pages()}
    faults = "\n".join(goes.see(by_name["open"]).faults)
    assert "only looking changed ['plans_plan']" in faults
    assert "an id of a foreign unit is answered" in faults
    assert any("guessing tells what there is" in fault for fault in goes.see(by_name["telling"]).faults)
    with pytest.raises(Unknown, match="nobody knows what stands for <strange_id>"):
        goes.see(by_name["strange"])


def test_changes_that_nobody_records_are_found(goes: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    page = next(page for page in PAGES if page.name == "tasks:progress")
    assert goes.see(page).faults == []
    monkeypatch.setattr("pcmt.apps.tasks.operations.progress.record", lambda **_told: None)
    assert any("without a word in the log" in fault for fault in goes.see(page).faults)


def test_a_right_too_many_is_found(goes: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were visible_to of plans to let everything through, the table would not agree."""
    page = next(page for page in PAGES if page.name == "plan:overview")
    monkeypatch.setattr("pcmt.apps.plans.models.PlanQuerySet.visible_to", lambda self, _actor: self.all())
    told = "\n".join(table.difference(EXPECTED, [goes.see(page)]))
    assert "as officer" in told
    assert any("an id of a foreign unit is answered “o”" in fault for fault in goes.see(page).faults)


# --- the table itself


def seen_as(name: str, cell: str) -> Seen:
    cells = dict.fromkeys(STANDINGS, cell)
    return Seen(page=Page(name), cells={GET: cells, POST: cells}, faults=[])


def test_the_table_is_read_as_it_was_written() -> None:
    assert table.written(EXPECTED) == table.FILE.read_text(encoding="utf-8"), (
        "expected.txt is out of line: python -m tests.matrix --write with the names of the rows you changed"
    )


def test_the_table_keeps_what_people_wrote() -> None:
    head = " ".join(("page", "method", *STANDINGS))
    row = " ".join(("b:two", "both", *("o" for _ in STANDINGS)))
    kept = table.read(f"# top\n{head}\n# why two\n{row}\n")
    kept.take(seen_as("a:one", "x"))
    text = table.written(kept)
    assert text.index("# top") < text.index("a:one") < text.index("# why two") < text.index("b:two")
    assert table.written(table.read(text)) == text
    kept.drop("b:two")
    assert "b:two" not in table.written(kept)


@pytest.mark.parametrize("row", ["a:one both o", "a:one each {}", "b:two both {}"])
def test_rows_that_cannot_be_read_are_named(row: str) -> None:
    head = " ".join(("page", "method", *STANDINGS))
    good = " ".join(("b:two", "both", *("o" for _ in STANDINGS)))
    with pytest.raises(ValueError, match="line 3"):
        table.read(f"{head}\n{good}\n{row.format(' '.join('o' for _ in STANDINGS))}\n")


def test_differences_are_told_cell_by_cell() -> None:
    known = table.Table()
    known.take(seen_as("a:one", "o"))
    assert table.difference(known, [seen_as("a:one", "o")]) == []
    told = "\n".join(table.difference(known, [seen_as("a:one", "oo..o"), seen_as("a:new", ".")]))
    assert "both as officer: o → oo..o" in told
    assert "a:new: has no rows yet" in told


def test_parts_have_one_meaning() -> None:
    """Names of parts in PARTS are used by some page, so that the list does not rot."""
    used = {part for page in PAGES for part in page.parts}
    waiting = {"unit_id", "user_id", "person_id", "grant_id", "invitation_id", "alias_id", "reorganisation_id"}
    assert set(addresses.PARTS) - used <= waiting
