"""The report as the document it becomes, and what differs between two editions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from pcmt.apps.reports.models import SubmissionEdition
from pcmt.core.schemas import Content, ReportSchema, SectionKind, content_from
from pcmt.web.reports.page import head_of, part_of, seen, submission_of
from pcmt.web.reports.sections import side_by_side
from pcmt.web.reports.tables import NOT_APPLICABLE, number_text
from pcmt.web.reports.views import number_in
from pcmt.web.shell.access import acting


def preview(request: HttpRequest, submission_id: int) -> HttpResponse:
    """All of it as it will be printed; an edition that was sent by its number (`lan`)."""
    look = seen(request, submission_id, number_in(request, "lan"))
    parts = [part_of(look, section, {}) for section in look.schema.sections]
    context = {
        **head_of(look),
        "parts": [each for each in parts if not each.section.annex],
        "annexes": [each for each in parts if each.section.annex],
    }
    return render(request, "reports/preview.html", context)


@attrs.frozen
class Changed:
    """A figure that two editions tell differently; `gap` is by how much, where both are numbers."""

    label: str
    unit_word: str
    old: str
    new: str
    gap: str


def compare(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Two editions side by side: figures told differently, and texts by paragraphs."""
    submission = submission_of(acting(request), submission_id)
    editions = {each.number: each for each in submission.editions.select_related("form_version")}
    last = submission.edition
    old, new = number_in(request, "tu") or last - 1, number_in(request, "den") or last
    if old not in editions or new not in editions:
        raise Http404
    look = seen(request, submission_id, new)
    before = content_from(editions[old].content)
    context: dict[str, Any] = {
        **head_of(look),
        "old": editions[old],
        "new": editions[new],
        "figures": figures_changed(look.schema, before, look.content),
        "texts": texts_changed(look.schema, before, look.content),
        "editions": [editions[number] for number in sorted(editions)],
        "same_seal": editions[old].seal == editions[new].seal,
        "other_form": _other_form(editions[old], editions[new]),
    }
    return render(request, "reports/compare.html", context)


def _other_form(old: SubmissionEdition, new: SubmissionEdition) -> bool:
    return old.form_version_id != new.form_version_id


def figures_changed(schema: ReportSchema, old: Content, new: Content) -> list[Changed]:
    """The figures of the period that differ, in the order of the form."""
    found = []
    for _section, line in schema.lines():
        before, after = old.figures.get(line.key), new.figures.get(line.key)
        was, now = _told(before), _told(after)
        if was == now:
            continue
        gap = (
            after.value - before.value
            if before and after and before.value is not None and after.value is not None
            else None
        )
        found.append(Changed(line.label, line.unit_word, was, now, _signed(gap)))
    return found


def texts_changed(
    schema: ReportSchema, old: Content, new: Content
) -> list[tuple[str, Sequence[tuple[str, str, bool]]]]:
    """The sections whose text differs, each with its paragraphs side by side."""
    found = []
    for section in schema.sections:
        if section.kind is not SectionKind.NARRATIVE:
            continue
        was, now = (each.texts[section.key].text if section.key in each.texts else "" for each in (old, new))
        if was != now:
            found.append(
                (f"{section.number}. {section.title}" if section.number else section.title, side_by_side(was, now))
            )
    return found


def _told(figure: Any) -> str:
    if figure is None:
        return "—"
    return NOT_APPLICABLE if not figure.applies else number_text(figure.value) or "—"


def _signed(gap: Decimal | None) -> str:
    if gap is None or not gap:
        return ""
    return f"{'+' if gap > 0 else '−'}{number_text(abs(gap))}"
