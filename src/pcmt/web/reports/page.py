"""A report as somebody sees it: its outline with what is done, the section that is open, what stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.addresses import report_title
from pcmt.apps.reports.models import (
    EditionState,
    SectionComment,
    Submission,
    SubmissionEdition,
    SubmissionSection,
    SubmissionState,
)
from pcmt.apps.reports.policies import can_comment, can_write
from pcmt.apps.reports.queries import schema_of
from pcmt.apps.reports.queries.content import LIST_COLUMNS, Told, last_edition, told_of
from pcmt.core.diagnostics import Problem
from pcmt.core.evaluating.narrating import Sentence, Stale, not_said, sentence_from, stale_numbers
from pcmt.core.schemas import Content, Line, ReportSchema, Section, SectionKind, content_from
from pcmt.web.reports.tables import Table, is_told, number_text, table_of
from pcmt.web.shell.access import acting

LIVE = (SubmissionState.DRAFT, SubmissionState.WAITING, SubmissionState.RETURNED)
"""States in which the body sees what is being written; in the others everybody sees what was sent."""
MADE = (
    SectionKind.BODIES,
    SectionKind.TARGETS,
    SectionKind.TASKS,
    SectionKind.MISSING,
    SectionKind.CORRECTIONS,
)
"""Sections that the program makes."""


@attrs.define
class Seen:
    """A report as the actor sees it: what is being written (`told`), or an edition that was sent.

    `own` says that the actor works in the body that writes it.
    """

    actor: Actor
    submission: Submission
    own: bool
    schema: ReportSchema
    content: Content
    told: Told | None = None
    edition: SubmissionEdition | None = None

    @property
    def writes(self) -> bool:
        """Whether the actor may write in it now, and looks at what is being written."""
        return self.told is not None and can_write(self.actor, self.submission)

    @property
    def title(self) -> str:
        """What it is called."""
        return report_title(self.submission)

    def address(self, section: str = "") -> str:
        """The page of the report, at a section."""
        path = reverse("reports:report", args=[self.submission.pk])
        return f"{path}?muc={section}" if section else path


@attrs.frozen
class Place:
    """A section in the outline. `mark` is done, part, empty or made (by the program); `wrong` what has to be mended."""

    section: Section
    mark: str
    word: str
    wrong: int = 0
    open_comments: int = 0
    current: bool = False


def submission_of(actor: Actor, submission_id: int) -> Submission:
    """The report when the actor may see it; else there is no such page."""
    rows: Any = Submission.objects.visible_to(actor).select_related(
        "duty__plan", "duty__recipient", "unit", "about", "occurrence__due_item", "form_version__form"
    )
    found: Submission | None = rows.filter(pk=submission_id).first()
    if found is None:
        raise Http404
    return found


def seen(request: HttpRequest, submission_id: int, number: int | None = None) -> Seen:
    """A report as its reader sees it: an edition by its `number`, else what is being written or was sent last."""
    actor = acting(request)
    submission = submission_of(actor, submission_id)
    own = actor.unit_id == submission.unit_id
    if number is None and own and submission.state in LIVE:
        told = told_of(submission, on=actor.on)
        return Seen(actor, submission, own, told.schema, told.content, told)
    rows = submission.editions.select_related("form_version__form", "sent_by", "settled_by")
    edition = rows.filter(number=submission.edition if number is None else number).first()
    if edition is None:
        raise Http404
    return Seen(
        actor, submission, own, schema_of(edition.form_version), content_from(edition.content), edition=edition
    )  # fmt: skip


def comments_of(look: Seen) -> dict[str, list[SectionComment]]:
    """What was said about each section. What a body says among itself about its report stays with it."""
    rows: Any = SectionComment.objects.visible_to(look.actor).filter(submission=look.submission)
    if not look.own:
        rows = rows.exclude(unit=look.submission.unit_id)
    found: dict[str, list[SectionComment]] = {}
    for each in rows.select_related("unit", "settled_by"):
        found.setdefault(each.section, []).append(each)
    return found


def outline_of(
    look: Seen, problems: Sequence[Problem] = (), said: Mapping[str, Sequence[SectionComment]] | None = None, open_at: str = ""
) -> list[Place]:
    """The sections with how far each is."""
    wrong = Counter(section_of(look.schema, problem) for problem in problems if problem.blocking)
    found = []
    for section in look.schema.sections:
        mark, word = _how_far(section, look.content)
        talk = [each for each in (said or {}).get(section.key, ()) if each.settled_at is None]
        found.append(Place(section, mark, word, wrong[section.key], len(talk), section.key == open_at))
    return found


def section_of(schema: ReportSchema, problem: Problem) -> str:
    """The key of the section that a problem is about; empty where it is about the whole."""
    about = problem.about
    if schema.section(about) is not None:
        return about
    return next((section.key for section, line in schema.lines() if line.key == about), "")


def _how_far(section: Section, content: Content) -> tuple[str, str]:
    if section.kind in MADE:
        return "made", _("chương trình lập")
    if section.kind is SectionKind.NARRATIVE:
        text = content.texts.get(section.key)
        return ("done", _("đã có nội dung")) if text and text.text.strip() else ("empty", _("chưa có nội dung"))
    if section.kind is SectionKind.PICTURES:
        number = sum(each.section == section.key for each in content.pictures)
        return ("done", _("%(n)d ảnh") % {"n": number}) if number else ("empty", _("chưa có ảnh"))
    lines = [line for line in section.lines if line.is_filled]
    told = sum(line.key in content.figures and is_told(content.figures[line.key]) for line in lines)
    word = _("%(told)d/%(all)d dòng") % {"told": told, "all": len(lines)}
    return ("done" if told == len(lines) else "part" if told else "empty", word)


# ---- what stands beside a section while it is written ----


@attrs.frozen
class Moved:
    """A number that the program counts otherwise now than when the report was brought up to date."""

    line: Line
    section: str
    was: str
    now: str


def moved_of(look: Seen) -> list[Moved]:
    """What has moved since the numbers were taken."""
    if look.told is None:
        return []
    found = []
    for section, line in look.schema.lines():
        if not line.is_filled or line.key not in look.told.live:
            continue
        was, now = look.content.figures[line.key].counted, look.told.live[line.key]
        if was != now:
            found.append(Moved(line, section.key, number_text(was) or "—", number_text(now) or "—"))
    return found


@attrs.frozen
class Piece:
    """Some words of a sentence, with the page of the figure that they tell; empty where they tell none."""

    words: str
    address: str = ""
    title: str = ""


@attrs.frozen
class Offer:
    """A sentence that the program proposes: to put in, or in the place of one whose numbers have moved (`stale`)."""

    key: str
    pieces: Sequence[Piece]
    stale: Stale | None = None


def offers_of(look: Seen, row: SubmissionSection) -> tuple[list[Offer], list[Offer]]:
    """For a section: sentences in it whose numbers have moved, and sentences that are not in it."""
    if look.told is None:
        return [], []
    fresh = look.told.drafts().get(row.key, ())
    by_key = {each.key: each for each in fresh}
    stale = stale_numbers(row.text, [sentence_from(each) for each in row.draft], fresh)
    moved = [
        Offer(each.was.key, pieces_of(look, by_key[each.was.key]) if each.was.key in by_key else (), each)
        for each in stale
    ]
    known = {each.was.key for each in stale}
    return moved, [Offer(each.key, pieces_of(look, each)) for each in not_said(row.text, fresh) if each.key not in known]


def pieces_of(look: Seen, sentence: Sentence) -> list[Piece]:
    """A sentence in pieces: its numbers lead to the figures that they tell."""
    found, at = [], 0
    for link in sorted(sentence.links, key=lambda each: each.start):
        address, title = _figure_at(look, link.line)
        if link.start > at:
            found.append(Piece(sentence.text[at : link.start]))
        found.append(Piece(sentence.text[link.start : link.end], address, title))
        at = link.end
    if at < len(sentence.text):
        found.append(Piece(sentence.text[at:]))
    return found


def _figure_at(look: Seen, name: str) -> tuple[str, str]:
    """Where a figure of a sentence stands: in a table of the report, at a target, at a task."""
    if not name.startswith("@"):
        place = next(((section, line) for section, line in look.schema.lines() if line.key == name), None)
        return (f"{look.address(place[0].key)}#d{name}", place[1].label) if place else ("", "")
    kind, _colon, key = name[1:].partition(":")
    plan = look.submission.duty.plan_id
    if kind == "target" and (target := key.partition("-")[0]).isdecimal():
        return reverse("targets:target", args=[int(target)]), _("Chỉ tiêu")
    if kind == "task" and key.isdecimal() and look.submission.about_id == look.submission.unit_id:
        return reverse("tasks:due", args=[int(key)]), _("Nhiệm vụ")
    if kind in ("tasks", "asked"):
        return f"{reverse('tasks:owed')}?ke_hoach={plan}&trang_thai=tat-ca", _("Nhiệm vụ")
    if kind == "targets":
        return reverse("plan:targets", args=[plan]), _("Chỉ tiêu")
    return "", ""


# ---- the page ----


def report(request: HttpRequest, submission_id: int) -> HttpResponse:
    """A report: to be written, section by section, by who may; for all others to be read as a whole."""
    number = request.GET.get("lan", "")
    look = seen(request, submission_id, int(number) if number.isdecimal() and len(number) < 6 else None)
    if look.writes:
        from pcmt.web.reports.writing import show_section

        return show_section(request, look, request.GET.get("muc", ""))
    return show_whole(request, look)


def show_whole(request: HttpRequest, look: Seen, status: int = 200, **more: Any) -> HttpResponse:
    """All sections one below the other, to be read; comments stand under each."""
    said = comments_of(look)
    context = {
        **head_of(look),
        "places": outline_of(look, said=said),
        "parts": [part_of(look, section, said) for section in look.schema.sections],
        "whole_comments": said.get("", ()),
        "editions": editions_of(look),
        **more,
    }
    return render(request, "reports/read.html", context, status=status)


def head_of(look: Seen) -> dict[str, Any]:
    """What the head of every page of a report wants."""
    submission = look.submission
    return {
        "look": look,
        "submission": submission,
        "content": look.content,
        "edition": look.edition,
        "due": submission.occurrence.due_item,
        "plan": submission.duty.plan,
        "today": look.actor.on,
        "may_comment": can_comment(look.actor, submission),
        "now": timezone.now(),
    }


def editions_of(look: Seen) -> list[SubmissionEdition]:
    """What was sent, the last first, with the words of what became of it. Others see what is open to them."""
    return list(look.submission.editions.all())


@attrs.frozen
class Part:
    """A section to be read: whichever of these its kind has."""

    section: Section
    text: str = ""
    sources: Sequence[str] = ()
    carried: str = ""
    table: Table | None = None
    headings: Sequence[str] = ()
    rows: Sequence[Any] = ()
    bodies: Sequence[Any] = ()
    corrections: Sequence[Any] = ()
    pictures: Sequence[Any] = ()
    comments: Sequence[SectionComment] = ()


def part_of(look: Seen, section: Section, said: Mapping[str, Sequence[SectionComment]]) -> Part:
    """What a section says."""
    content, kind, talk = look.content, section.kind, said.get(section.key, ())
    if kind is SectionKind.NARRATIVE:
        text = content.texts.get(section.key)
        return Part(section, text.text if text else "", text.sources if text else (), comments=talk)
    if kind is SectionKind.FIGURES:
        return Part(section, table=table_of(section, content), comments=talk)
    if kind is SectionKind.BODIES:
        return Part(section, headings=[line.label for line in bodies_lines(look.schema, section)],
                    bodies=bodies_of(look.schema, section, content), comments=talk)  # fmt: skip
    if kind is SectionKind.CORRECTIONS:
        return Part(section, corrections=content.corrections, comments=talk)
    if kind is SectionKind.PICTURES:
        pictures = [each for each in content.pictures if each.section == section.key]
        return Part(section, pictures=pictures, comments=talk)
    return Part(
        section, headings=[str(each) for each in LIST_COLUMNS[kind]], rows=content.lists.get(section.key, ()),
        comments=talk,
    )  # fmt: skip


def bodies_lines(schema: ReportSchema, section: Section) -> list[Line]:
    """The lines that are told body by body: those that the section names, else all lines that hold numbers."""
    lines = list(section.lines) or [line for _section, line in schema.lines()]
    return [line for line in lines if not line.is_heading]


def bodies_of(schema: ReportSchema, section: Section, content: Content) -> list[tuple[str, list[str]]]:
    """Each body with its numbers, "—" for what it did not report."""
    lines = bodies_lines(schema, section)
    return [(each.name, [number_text(each.values.get(line.key)) or "—" for line in lines]) for each in content.parts]


__all__ = ["EditionState", "Seen", "last_edition", "report", "seen"]
