"""What the page of a file leads to: acts on statuses, care and papers in their own rooms, as far as the reader may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pcmt.apps.registers.queries.files import File, StepLine
from pcmt.apps.registers.queries.people import PeoplePage


@attrs.frozen
class Link:
    """A way from the page. `first`: the one that most people take."""

    label: str
    url: str
    first: bool = False


class PagesOf:
    """A page of files as components/pagination.html reads pages."""

    def __init__(self, page: PeoplePage) -> None:
        self.number = page.number
        self.paginator = {"num_pages": page.pages, "count": page.total}
        self.has_previous, self.has_next = page.number > 1, page.number < page.pages
        self.previous_page_number, self.next_page_number = page.number - 1, page.number + 1


def acts_of(file: File) -> Mapping[str, Any]:
    """The ways from the page by section; sections that lead nowhere for this reader have none."""
    _code, _held = file.code, file.may_change
    return {
        "head": [],
        "start": [],
        "steps": [(step, step_url(file, step)) for step in file.steps],
        "spells": [(spell, []) for spell in file.spells[::-1]],
        "tests": [],
        "residence": [],
        "care": [],
        "episodes": [(each, []) for each in file.episodes[::-1]],
        "support": [],
        "team": [],
        "papers": [],
        "moves": [],
        "foot": [],
    }


def step_url(file: File, step: StepLine) -> str:
    """Where a step is done; "" where the reader may not."""
    return ""
