"""Where a due item is read, and what it is called in notices, letters and calendars.

Only pages know addresses; notices are written below them, and a test of the pages holds the two together.
"""

from __future__ import annotations

from pcmt.apps.tasks.models import DueItem

TITLE_CHARS = 140


def due_address(due: DueItem) -> str:
    """The path of the page of a due item."""
    return f"/nhiem-vu/{due.pk}/"


def title_of(due: DueItem) -> str:
    """A due item in one short Vietnamese line: the words of the plan, then its number and the clause.

    What people typed may name persons; so a part that was handed down is called by the plan's words, not by its own.
    Wants `plan`, `clause`, for parts also `task`, to be loaded.
    """
    words = " ".join((due.task.text if due.parent_id and due.task else due.label).split())
    if len(words) > TITLE_CHARS:
        words = f"{words[: TITLE_CHARS - 1].rstrip()}…"
    if due.parent_id:
        words = f"Phần việc: {words}"
    place = [due.plan.designation, f"mục {due.clause.address}" if due.clause and due.clause.address else ""]
    where = ", ".join(each for each in place if each)
    return f"{words} ({where})" if where else words
