"""Before a report is sent: what has to be mended, what should be looked at; and after: the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pcmt.apps.reports.models import SubmissionState
from pcmt.apps.reports.queries.checking import Problem, problems_of
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import Section, SectionKind
from pcmt.web.reports.page import Seen, head_of, seen


@attrs.frozen
class Place:
    """What is wrong in one section (with none: in the whole report), each with the page where it is mended."""

    section: Section | None
    problems: Sequence[tuple[Problem, str]]


def check(request: HttpRequest, submission_id: int) -> HttpResponse:
    """What stands against sending the report, by section; whoever only reads it has nothing to check."""
    look = seen(request, submission_id)
    if look.told is None:
        return redirect("reports:report", submission_id=look.submission.pk)
    return check_page(request, look)


def check_page(request: HttpRequest, look: Seen, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """The page; `refusal` says why something asked for on it was not done."""
    found = problems_of(look.submission, on=look.actor.on, told=look.told)
    context = {
        **head_of(look),
        "wrong": _places(look, [each for each in found if each.blocks]),
        "doubts": _places(look, [each for each in found if not each.blocks]),
        "wrong_count": sum(each.blocks for each in found),
        "doubt_count": sum(not each.blocks for each in found),
        "refusal": refusal,
    }
    return render(request, "reports/check.html", context, status=status)


def _places(look: Seen, problems: Sequence[Problem]) -> list[Place]:
    """Problems by section, in the order of the form."""
    found: dict[str, list[tuple[Problem, str]]] = {}
    for each in problems:
        found.setdefault(each.section, []).append((each, place_of(look, each)))
    return [Place(look.schema.section(key), some) for key, some in found.items()]


def place_of(look: Seen, problem: Problem) -> str:
    """The page where a problem is mended."""
    if problem.line:
        key = problem.section or next(
            (section.key for section, line in look.schema.lines() if line.key == problem.line), ""
        )
        return f"{look.address(key)}#d{problem.line}" if key else look.address()
    section = look.schema.section(problem.section)
    if section is None:
        return look.address()
    return look.address(problem.section) + ("#v" + problem.section if section.kind is SectionKind.NARRATIVE else "")


def receipt(request: HttpRequest, submission_id: int) -> HttpResponse:
    """What was sent: which edition, when, under which seal, late or not, and what happens next."""
    look = seen(request, submission_id)
    edition = look.submission.editions.filter(number=look.submission.edition).first()
    if edition is None:
        return redirect("reports:report", submission_id=look.submission.pk)
    context: dict[str, Any] = {
        **head_of(look),
        "edition": edition,
        "restatements": list(edition.restatements.all()),
        "waits": look.submission.state == SubmissionState.SENT,
    }
    return render(request, "reports/receipt.html", context)
