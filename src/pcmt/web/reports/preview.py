"""The report as the document it becomes, and what differs between two editions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.reports.documents import official_of, reported
from pcmt.apps.reports.models import SubmissionEdition
from pcmt.core.schemas import Content, ReportSchema, SectionKind, content_from
from pcmt.documents.output.charts import Chart
from pcmt.documents.output.report import Block, Centred, Photo, Title, annex_number
from pcmt.web.reports.page import Seen, head_of, seen, submission_of
from pcmt.web.reports.sections import side_by_side
from pcmt.web.reports.tables import NOT_APPLICABLE, number_text
from pcmt.web.reports.views import number_in
from pcmt.web.shell.access import acting


@attrs.frozen
class Shown:
    """A piece of the document as it is shown: which sort it is, and the address of its picture."""

    sort: str
    block: Any
    address: str = ""


def preview(request: HttpRequest, submission_id: int) -> HttpResponse:
    """All of it as it will be printed; an edition that was sent by its number (`lan`)."""
    look = seen(request, submission_id, number_in(request, "lan"))
    document = official_of(reported(look.submission, look.edition, look.actor.on))
    files = {each.digest: each.file_id for each in look.content.pictures}
    annexes = [
        (annex_number(place, len(document.annexes)), each, shown_of(look, each.blocks, files))
        for place, each in enumerate(document.annexes, 1)
    ]
    context = {
        **head_of(look),
        "document": document,
        "frame": document.frame,
        "grounds": [words.rstrip("; .") for words in document.grounds],
        "blocks": shown_of(look, document.blocks, files),
        "annexes": annexes,
    }
    return render(request, "reports/preview.html", context)


def shown_of(look: Seen, blocks: Sequence[Block], files: Mapping[str, int]) -> list[Shown]:
    """Pieces of a document with the sort of each; `files` are the ids of pictures by the digest of their bytes."""
    found = []
    for block in blocks:
        if isinstance(block, str):
            found.append(Shown("text", block))
        elif isinstance(block, Photo):
            file_id = files.get(hashlib.sha256(block.data).hexdigest()) if block.data else None
            path = reverse("reports:picture", args=[look.submission.pk, file_id]) if file_id else ""
            found.append(Shown("photo", block, path))
        elif isinstance(block, Chart):
            found.append(Shown("chart", _rows_of(block)))
        else:
            sort = {Title: "title", Centred: "centred"}.get(type(block), "grid")
            found.append(Shown(sort, block))
    return found


def _rows_of(chart: Chart) -> dict[str, Any]:
    """A chart as the table that it draws."""
    rows = [
        (name, [number_text(values[at]) or "—" for _label, values in chart.series])
        for at, name in enumerate(chart.names)
    ]
    return {"caption": chart.caption, "labels": [label for label, _values in chart.series], "rows": rows}


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
        "choices": [("tu", _("Lần cũ"), old), ("den", _("Lần mới"), new)],
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
    found: list[tuple[str, Sequence[tuple[str, str, bool]]]] = []
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
