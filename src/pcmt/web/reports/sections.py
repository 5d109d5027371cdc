"""The page of who writes: one section open, its text or table as it was typed, and what stands beside it."""

from __future__ import annotations

from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

import attrs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pcmt.apps.reports.models import SubmissionFigure, SubmissionSection
from pcmt.apps.reports.operations.discussing import PICTURED
from pcmt.apps.reports.operations.writing import figure_text
from pcmt.apps.reports.queries.checking import beyond_band, problems_of
from pcmt.core.schemas import Section, SectionKind
from pcmt.web.reports.page import Seen, comments_of, head_of, moved_of, offers_of, outline_of, part_of
from pcmt.web.reports.tables import Table, gap_words, table_of


@attrs.frozen
class Theirs:
    """What somebody else wrote meanwhile, in which version, who and when."""

    text: str
    seen: int
    who: str
    when: str


@attrs.frozen
class Typed:
    """The text of a section as it stands in the page: `seen` is the version that its writer began from.

    `state` is what became of it when it was saved last (`saved`, `refused`) and `message` why.
    """

    text: str
    seen: int
    state: str = ""
    message: str = ""
    theirs: Theirs | None = None
    when: datetime | None = None

    @property
    def both(self) -> list[tuple[str, str, bool]]:
        """Paragraphs of both texts side by side: mine, theirs, whether they are the same."""
        return side_by_side(self.text, self.theirs.text) if self.theirs else []

    @property
    def rows(self) -> int:
        """How many lines the box shows."""
        return min(max(10, sum(1 + len(line) // 90 for line in self.text.split("\n")) + 1), 30)


def side_by_side(mine: str, theirs: str) -> list[tuple[str, str, bool]]:
    """Two texts by paragraphs; where one has none in a place it is empty."""
    left, right = mine.split("\n"), theirs.split("\n")
    found: list[tuple[str, str, bool]] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for at in range(max(b - a, d - c)):
            one = left[a + at] if a + at < b else ""
            other = right[c + at] if c + at < d else ""
            found.append((one, other, kind == "equal"))
    return found


def joined(theirs: str, mine: str) -> str:
    """Both texts in one: what they share stands once, where they differ theirs comes before mine. Nothing is lost."""
    left, right = theirs.split("\n"), mine.split("\n")
    found: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        found += left[a:b]
        if kind != "equal":
            found += right[c:d]
    return "\n".join(found)


def section_page(
    request: HttpRequest,
    look: Seen,
    key: str,
    *,
    status: int = 200,
    typed: Typed | None = None,
    table: Table | None = None,
    **more: Any,
) -> HttpResponse:
    """The page with one section open, the first where there is none by this key.

    `typed` and `table` are what was typed and could not be saved.
    """
    sections = look.schema.sections
    one = look.schema.section(key) or sections[0]
    at = sections.index(one)
    context = {
        **head_of(look),
        **beside(look, one),
        "section": one,
        "part": part_of(look, one, {}),
        "place_at": at + 1,
        "previous": sections[at - 1] if at else None,
        "next": sections[at + 1] if at + 1 < len(sections) else None,
        **more,
    }
    if one.kind is SectionKind.NARRATIVE:
        row = _row(look, one.key)
        context["row"] = row
        context["typed"] = typed or Typed(row.text if row else "", row.version if row else 0)
    elif one.kind is SectionKind.FIGURES:
        context["table"] = table or table_to_fill(look, one)
        context["seen"] = " ".join(f"{row.key}:{row.seen}" for row in context["table"].rows if row.fills)
    if one.kind in PICTURED:
        context["pictures"] = look.submission.pictures.filter(section=one.key).select_related("file")
    return render(request, "reports/write.html", context, status=status)


def _row(look: Seen, key: str) -> SubmissionSection | None:
    rows = look.submission.sections.select_related("changed_by", "carried_from__submission")
    return rows.filter(key=key).first()


def beside(look: Seen, one: Section) -> dict[str, Any]:
    """What stands beside an open section: the outline, what has moved, proposals, what is wrong, what was said."""
    problems = problems_of(look.submission, on=look.actor.on, told=look.told)
    said = comments_of(look)
    row = _row(look, one.key) if one.kind is SectionKind.NARRATIVE else None
    stale, offers = offers_of(look, row) if row else ([], [])
    moved = moved_of(look)
    return {
        "places": outline_of(look, problems, said, one.key),
        "problems": [each for each in problems if each.section == one.key],
        "wrong": sum(each.blocks for each in problems),
        "all_problems": problems,
        "moved": moved,
        "stale": stale,
        "offers": offers,
        "comments": said.get(one.key, ()),
        "keep": f"bc{look.actor.user_id}-{look.submission.pk}",
    }


def table_to_fill(look: Seen, one: Section) -> Table:
    """A table with its filled lines as they can be typed."""
    table = table_of(one, look.content)
    rows = {row.line: row for row in SubmissionFigure.objects.filter(submission=look.submission)}
    for row in table.rows:
        stored = rows.get(row.key)
        if stored is None or not row.line.is_filled:
            continue
        row.fills, row.text, row.seen = True, figure_text(stored), stored.version
        row.note, row.reason, row.explanation = stored.note, stored.reason, stored.explanation
        row.gap, row.far = gap_words(row.figure), beyond_band(one, row.figure)
        row.usable = bool(row.gap)
    return table
