"""A report as somebody sees it: its outline with what is done, the section that is open, what stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.addresses import report_title
from pcmt.apps.reports.documents import LOADED
from pcmt.apps.reports.models import (
    SectionComment,
    StepEvent,
    Submission,
    SubmissionEdition,
    SubmissionSection,
    SubmissionState,
    SubmissionStep,
)
from pcmt.apps.reports.policies import can_comment, can_write, writes_at
from pcmt.apps.reports.queries.checking import Problem
from pcmt.apps.reports.queries.consolidating import gathers
from pcmt.apps.reports.queries.content import LIST_COLUMNS, Told, told_of
from pcmt.core.evaluating.narrating import Sentence, Stale, not_said, sentence_from, stale_numbers
from pcmt.core.schemas import Content, Line, ReportSchema, Section, SectionKind, content_from, schema_from
from pcmt.web.reports.acts import acts_context
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
    def may_write(self) -> bool:
        """Whether the actor writes the reports of the body, whatever the state of this one."""
        return writes_at(self.actor, self.submission.unit_id)

    @property
    def is_last(self) -> bool:
        """Whether nothing newer was sent than what is shown."""
        return self.edition is None or self.edition.number == self.submission.edition

    @property
    def title(self) -> str:
        """What it is called."""
        return capfirst(report_title(self.submission))

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
    rows: Any = Submission.objects.visible_to(actor).select_related(*LOADED, "occurrence__due_item", "signed")
    found: Submission = get_object_or_404(rows, pk=submission_id)
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
    schema = schema_from(edition.form_version.body)
    return Seen(actor, submission, own, schema, content_from(edition.content), edition=edition)


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
    look: Seen,
    problems: Sequence[Problem] = (),
    said: Mapping[str, Sequence[SectionComment]] | None = None,
    open_at: str = "",
) -> list[Place]:
    """The sections with how far each is."""
    wrong = Counter(problem.section for problem in problems if problem.blocks)
    found = []
    for section in look.schema.sections:
        mark, word = _how_far(section, look.content)
        talk = [each for each in (said or {}).get(section.key, ()) if each.settled_at is None]
        found.append(Place(section, mark, word, wrong[section.key], len(talk), section.key == open_at))
    return found


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


# ---- how far it is on its way ----


@attrs.define
class Stage:
    """A stage of the way: `state` is done, here or ahead; who took it, when, and what was said."""

    word: str
    state: str = "ahead"
    who: str = ""
    when: datetime | None = None
    said: str = ""

    def take(self, step: SubmissionStep, said: str = "") -> None:
        """The stage is passed by a step."""
        mark = step.grant.mark if step.grant else ""
        self.state, self.who, self.when, self.said = "done", f"{mark} {step.actor_name}".strip(), step.at, said


BACK = (StepEvent.HANDED_BACK, StepEvent.RECALLED, StepEvent.RETURNED, StepEvent.CORRECTING)
"""Steps that put a report back into the hands of who writes it."""
PASSES = {
    StepEvent.ASKED: 0,
    StepEvent.APPROVED: 1,
    StepEvent.SENT: 2,
    StepEvent.ACCEPTED: 3,
    StepEvent.CONSOLIDATED: 4,
}
"""Which stage is passed by a step."""


def way_of(look: Seen) -> tuple[list[Stage], list[SubmissionStep]]:
    """The stages of a report with who took them, and all its steps, the last first."""
    steps = list(look.submission.steps.select_related("grant"))
    stages, before = _stages(), _stages()
    for step in steps:
        event = StepEvent(step.event)
        if event is StepEvent.OPENED:
            stages[0].who, stages[0].when = step.actor_name, step.at
        elif event in BACK:
            if event is StepEvent.CORRECTING:
                before = stages
            first, stages = stages[0], _stages()
            stages[0].who, stages[0].when = first.who, step.at
            stages[0].said = f"{step.get_event_display()}: {step.note}" if step.note else step.get_event_display()
        elif event is StepEvent.DROPPED:
            stages = before
        elif event in PASSES:
            stages[PASSES[event]].take(step)
            if event is StepEvent.SENT:  # who sends without being asked to wait has passed all before it
                stages[0].state = "done"
                stages[1].state = "done"
                stages[1].said = stages[1].said or (step.note if not stages[1].who else "")
    here = next((stage for stage in stages if stage.state != "done"), None)
    if here is not None:
        here.state = "here"
    return stages, steps[::-1]


def _stages() -> list[Stage]:
    words = (_("Soạn"), _("Lãnh đạo duyệt"), _("Gửi"), _("Tiếp nhận"), _("Tổng hợp"))
    return [Stage(word) for word in words]


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
    return moved, [
        Offer(each.key, pieces_of(look, each)) for each in not_said(row.text, fresh) if each.key not in known
    ]


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


# ---- to be read ----


def show_whole(request: HttpRequest, look: Seen, status: int = 200, **more: Any) -> HttpResponse:
    """All sections one below the other, to be read; comments stand under each."""
    said = comments_of(look)
    context = {
        **head_of(look),
        "places": outline_of(look, said=said),
        "parts": [part_of(look, section, said) for section in look.schema.sections],
        "whole_comments": said.get("", ()),
        "editions": list(look.submission.editions.all()),
        **more,
    }
    return render(request, "reports/read.html", context, status=status)


def head_of(look: Seen) -> dict[str, Any]:
    """What the head of every page of a report wants."""
    submission = look.submission
    stages, steps = way_of(look)
    return {
        "look": look,
        "stages": stages,
        "steps": steps,
        "submission": submission,
        "content": look.content,
        "edition": look.edition,
        "due": submission.occurrence.due_item,
        "gathers": look.own and gathers(submission.duty),
        "plan": submission.duty.plan,
        "today": look.actor.on,
        "may_comment": can_comment(look.actor, submission),
        "now": timezone.now(),
        **acts_context(look.actor, submission),
    }


@attrs.frozen
class Part:
    """A section to be read: whichever of these its kind has."""

    section: Section
    text: str = ""
    sources: Sequence[str] = ()
    table: Table | None = None
    headings: Sequence[str] = ()
    rows: Sequence[Any] = ()
    bodies: Sequence[Any] = ()
    corrections: Sequence[Any] = ()
    pictures: Sequence[Any] = ()
    comments: Sequence[SectionComment] = ()


@attrs.frozen
class Listed:
    """A row of a list that the program made: its cells under their headings, and the page that it comes from."""

    headed: Sequence[tuple[str, str]]
    address: str


def part_of(look: Seen, section: Section, said: Mapping[str, Sequence[SectionComment]]) -> Part:
    """What a section says."""
    content, kind = look.content, section.kind
    pictures = [each for each in content.pictures if each.section == section.key]
    part = Part(section, pictures=pictures, comments=said.get(section.key, ()))
    if kind is SectionKind.NARRATIVE:
        text = content.texts.get(section.key)
        return attrs.evolve(part, text=text.text if text else "", sources=text.sources if text else ())
    if kind is SectionKind.FIGURES:
        return attrs.evolve(part, table=table_of(section, content))
    if kind is SectionKind.BODIES:
        headings = [line.label for line in bodies_lines(look.schema, section)]
        return attrs.evolve(part, headings=headings, bodies=bodies_of(look.schema, section, content))
    if kind is SectionKind.CORRECTIONS:
        return attrs.evolve(part, corrections=content.corrections)
    if kind not in LIST_COLUMNS:
        return part
    headings = [str(each) for each in LIST_COLUMNS[kind]]
    rows = [
        Listed(list(zip(headings, each.cells, strict=False)), each.address)
        for each in content.lists.get(section.key, ())
    ]
    return attrs.evolve(part, headings=headings, rows=rows)


def bodies_lines(schema: ReportSchema, section: Section) -> list[Line]:
    """The lines that are told body by body: those that the section names, else all lines that hold numbers."""
    lines = list(section.lines) or [line for _section, line in schema.lines()]
    return [line for line in lines if not line.is_heading]


def bodies_of(schema: ReportSchema, section: Section, content: Content) -> list[tuple[str, list[str]]]:
    """Each body with its numbers, "—" for what it did not report."""
    lines = bodies_lines(schema, section)
    return [(each.name, [number_text(each.values.get(line.key)) or "—" for line in lines]) for each in content.parts]
