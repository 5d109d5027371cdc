"""A report's page, its pictures, and where one of its numbers comes from."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from pcmt.apps.facts.asking import Ask
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.reports.queries.numbers import boundary_of, elements_of, span_of
from pcmt.core.periods import Span
from pcmt.core.schemas import Line
from pcmt.web.reports.page import Seen, seen, show_whole, submission_of
from pcmt.web.reports.sections import section_page
from pcmt.web.shell.access import acting
from pcmt.web.targets.lineage import When, may_open, reaches, step_of
from pcmt.web.targets.target_views import period_words

DAY = 86_400
TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""The types of pictures that are shown in the page; they were made anew from their pixels."""


def report(request: HttpRequest, submission_id: int) -> HttpResponse:
    """A report: to be written, section by section, by who may; for all others to be read as a whole."""
    look = seen(request, submission_id, number_in(request, "lan"))
    if look.writes:
        return section_page(request, look, request.GET.get("muc", ""))
    return show_whole(request, look)


def number_in(request: HttpRequest, name: str) -> int | None:
    """A small number in the address; None where there is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def picture(request: HttpRequest, submission_id: int, file_id: int) -> HttpResponse:
    """A picture of a report, as far as what the actor sees of the report has it."""
    submission = submission_of(acting(request), submission_id)
    own = acting(request).unit_id == submission.unit_id
    held = own and submission.pictures.filter(file=file_id).exists()
    if not held and not any(
        each.get("file_id") == file_id
        for content in submission.editions.values_list("content", flat=True)
        for each in content.get("pictures", ())
    ):
        raise Http404
    file = SourceFile.objects.filter(pk=file_id).first()
    kind = TYPES.get(PurePosixPath(file.name).suffix.lower()) if file else None
    if file is None or kind is None or not default_storage.exists(file.path):
        raise Http404
    with default_storage.open(file.path) as stored:
        response = HttpResponse(stored.read(), content_type=kind)
    patch_cache_control(response, private=True, max_age=DAY)
    return response


def source(request: HttpRequest, submission_id: int, line: str) -> HttpResponse:
    """Where the counted number of a line comes from, one step at a time down to who told it."""
    look = seen(request, submission_id)
    found = next((each for _section, each in look.schema.lines() if each.key == line), None)
    span = span_of(look.submission)
    if found is None or span is None:
        raise Http404
    asks = _asks(look, found, span)
    at = number_in(request, "so") or 0
    if at >= len(asks):
        raise Http404
    ask = asks[at]
    unit_id = number_in(request, "don_vi") or ask.unit_id
    if not (reaches(ask.unit_id, unit_id, ask.window) and may_open(look.actor, ask.unit_id, unit_id)):
        raise Http404
    boundary = boundary_of(look.submission, look.actor.on)
    step = step_of(look.actor, ask, unit_id, When(look.actor.on, boundary, None))
    first = next((place for place, unit in enumerate(step.path) if unit.pk == ask.unit_id), len(step.path) - 1)
    path = reverse("reports:source", args=[look.submission.pk, line])
    context: dict[str, Any] = {
        "look": look,
        "submission": look.submission,
        "line": found,
        "figure": look.content.figures.get(line),
        "step": step,
        "path": step.path[first:-1],
        "period": period_words(ask),
        "base": f"{path}?so={at}",
        "roots": [(f"{path}?so={place}", each.element, place == at) for place, each in enumerate(asks)],
    }
    part = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "targets/_step.html" if part else "reports/source.html", context)


def _asks(look: Seen, line: Line, span: Span) -> list[Ask]:
    """The numbers that a line rests on: its own, or the parts of its indicator."""
    elements = elements_of(look.schema, look.actor.on)
    about = look.submission.about_id
    if line.element:
        return [Ask(about, line.element, span, line.breakdown)] if line.element in elements.rows else []
    return [Ask(about, code, span, part) for group in elements.parts(line) or () for code, part in group]
