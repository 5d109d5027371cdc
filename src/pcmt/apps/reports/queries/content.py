"""What a report says, whole: as it is written, previewed and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import takewhile
from typing import Any

import attrs
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.plans.models import PlanEvent
from pcmt.apps.reports.models import Consolidation, EditionState, Submission, SubmissionEdition, SubmissionFigure
from pcmt.apps.reports.queries.consolidating import (
    figures_in,
    gathers,
    last_run,
    missing_rows,
    parts_in,
    sources_in,
)
from pcmt.apps.reports.queries.numbers import (
    Cell,
    Elements,
    boundary_of,
    calendar_of,
    cells_of,
    decimal_of,
    elements_of,
    known,
    span_of,
    spans_of,
    unstored,
)
from pcmt.apps.reports.queries.way import restatements_for
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries import Judged, judge
from pcmt.apps.tasks.addresses import due_address
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Mode, Urging, UrgingItem
from pcmt.core.evaluating import VERDICTS
from pcmt.core.evaluating.narrating import Basis, OfEvent, OfTarget, OfTask, Row, Sentence, narrate
from pcmt.core.evaluating.sentences import number
from pcmt.core.measures import OverTime, describe
from pcmt.core.periods import DAY, Span, date_label, period_label, span_label
from pcmt.core.schemas import (
    Column,
    ColumnKind,
    Content,
    Correction,
    Figure,
    Line,
    ListRow,
    Picture,
    Provenance,
    ReportSchema,
    Section,
    SectionKind,
    SectionText,
    schema_from,
)

LIST_COLUMNS: Mapping[SectionKind, tuple[Promise, ...]] = {
    SectionKind.TARGETS: (_("Chỉ tiêu"), _("Yêu cầu"), _("Kết quả"), _("Đánh giá"), _("Lý do")),
    SectionKind.TASKS: (_("Nhiệm vụ"), _("Đơn vị"), _("Hạn"), _("Tình trạng")),
    SectionKind.MISSING: (_("Đơn vị"), _("Hạn"), _("Tình trạng"), _("Trách nhiệm")),
}
"""The headings of the lists that the program makes, in the order of the cells of their rows."""
YEAR_AGO = "year_ago"
"""Under which key a figure keeps that of a year ago where its table has no such column: for its band and its words."""
MONTH = 30
"""How many days ahead a report looks that covers no period."""
SHARE_PLACES = Decimal("0.01")
PERCENT_PLACES = Decimal("0.1")


def content_of(submission: Submission, *, on: date) -> Content:
    """What a report says as of a day, whole; the number of statements does not grow with it."""
    return told_of(submission, on=on).content


@attrs.frozen
class Told:
    """What a report says, with what its lists and sentences were made of.

    `live` is what the facts know now of the period, by line: it differs from what stands in the report when they have
    moved on since it was brought up to date. Of a report that gathers those of others it is what the last run found.
    """

    content: Content
    schema: ReportSchema
    elements: Elements
    judged: tuple[Judged, ...]
    tasks: tuple[OfTask, ...]
    ahead: tuple[OfTask, ...]
    events: tuple[OfEvent, ...]
    letters: int
    urged: int
    live: Mapping[str, Decimal | None]

    @property
    def basis(self) -> Basis:
        """All that its sentences may tell of."""
        return Basis(
            tables={
                section.key: _groups(section, self.content.figures, self.elements)
                for section in self.schema.sections
                if section.kind is SectionKind.FIGURES
            },
            targets=[_of_target(each) for each in self.judged],
            tasks=self.tasks,
            ahead=self.ahead,
            events=self.events,
            letters=self.letters,
            urged=self.urged,
        )

    def drafts(self) -> dict[str, tuple[Sentence, ...]]:
        """By narrative section the sentences that the program has for it now."""
        basis = self.basis
        return {
            section.key: narrate(section.drafts, basis, tables_of(self.schema, section.key))
            for section in self.schema.sections
            if section.kind is SectionKind.NARRATIVE
        }


def tables_of(schema: ReportSchema, key: str) -> tuple[str, ...]:
    """The tables that a text is about: those that follow it, up to the next text."""
    after = iter(schema.sections)
    next((section for section in after if section.key == key), None)
    below = takewhile(lambda section: section.kind is not SectionKind.NARRATIVE and not section.annex, after)
    return tuple(section.key for section in below if section.kind is SectionKind.FIGURES)


def told_of(submission: Submission, *, on: date) -> Told:
    """What a report says as of a day, and what that is made of."""
    schema = schema_from(submission.form_version.body)
    elements = elements_of(schema, on)
    kinds = {section.kind for section in schema.sections}
    recipes = {name for section in schema.sections for name in section.drafts}
    columns = {column.kind for section in schema.sections for column in section.columns}
    span, day = span_of(submission), boundary_of(submission, on) or on
    rows = {row.line: row for row in submission.figures.all()}
    wants_targets = SectionKind.TARGETS in kinds or "verdicts" in recipes or ColumnKind.TARGET in columns
    judged = _judged(submission, day) if wants_targets else ()
    wants_tasks = SectionKind.TASKS in kinds or "tasks" in recipes
    dues = _dues(submission, span, min(span.last, on) if span else on) if wants_tasks else _Dues((), ())
    ahead = _ahead(submission, span, on) if "ahead" in recipes else ()
    gathering = gathers(submission.duty)
    run = last_run(submission) if gathering else None
    numbers = _Numbers(submission, schema, elements, rows, judged, on, gathered=run is not None)
    letters, urged = _letters(submission, span) if "urging" in recipes else (0, 0)
    content = Content(
        form=submission.form_version.form.code,
        form_version=submission.form_version.number,
        body=submission.unit.name,
        unit_id=submission.about_id,
        first=submission.period_from,
        last=submission.period_to,
        cutoff=min(span.last, on) if span else on,
        nothing=submission.nothing,
        texts={
            row.key: SectionText(text=row.text, sources=sources_in(run, row.key, row.text))
            for row in submission.sections.all()
            if row.text
        },
        figures=numbers.figures(),
        lists=_lists(schema, judged, dues, missing_rows(submission, on) if SectionKind.MISSING in kinds else ()),
        parts=parts_in(run) if run is not None else (),
        corrections=corrections_of(submission),
        pictures=tuple(
            Picture(section=row.section, file_id=row.file_id, caption=row.caption, digest=row.file.sha256)
            for row in submission.pictures.select_related("file")
        ),
    )
    return Told(
        content, schema, elements, tuple(judged), dues.told, ahead,
        _events(submission, span) if "events" in recipes else (), letters, urged,
        _gathered(run) if gathering else numbers.live(),
    )  # fmt: skip


def _gathered(run: Consolidation | None) -> dict[str, Decimal | None]:
    """What accepted reports came to in the last run, by line; nothing before the first."""
    return {key: each.value for key, each in figures_in(run).items()} if run is not None else {}


# --- figures


@attrs.define
class _Numbers:
    """All numbers of a report: those written, those that the facts have beside them, and those computed."""

    submission: Submission
    schema: ReportSchema
    elements: Elements
    rows: Mapping[str, SubmissionFigure]
    judged: Sequence[Judged]
    on: date
    gathered: bool = False
    lines: dict[str, Line] = attrs.field(init=False)
    bound: dict[Cell, Line] = attrs.field(init=False)
    known: Mapping[tuple[ColumnKind, Cell], Any] = attrs.field(init=False)
    found: dict[tuple[str, ColumnKind], Decimal | None] = attrs.field(factory=dict)
    same: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lines = {line.key: line for _section, line in self.schema.lines()}
        self.bound = {}
        for line in self.lines.values():
            if line.element:
                self.bound.setdefault((line.element, line.breakdown), line)
        self.known = known(self.submission, cells_of(self.schema, self.elements), self.on)
        spans = spans_of(self.submission)
        self.same = bool(spans) and spans[ColumnKind.CUMULATIVE] == spans[ColumnKind.THIS]

    def live(self) -> dict[str, Decimal | None]:
        """What the facts know of the period, by filled line."""
        return {
            line.key: self._told(ColumnKind.THIS, (line.element, line.breakdown))
            for line in self.lines.values()
            if line.element
        }

    def figures(self) -> dict[str, Figure]:
        """By line what stands in the report. Headings have none."""
        return {line.key: self._figure(section, line) for section, line in self.schema.lines() if not line.is_heading}

    def _figure(self, section: Section, line: Line) -> Figure:
        value, others = self.value(line, ColumnKind.THIS), self._others(section, line)
        row = self.rows.get(line.key)
        if not line.is_filled:
            kind = Provenance.NONE if value is None else Provenance.COMPUTED
            return Figure(value=value, applies=self._applies(line), provenance=kind, others=others)
        if row is None:
            return Figure(others=others)
        kind = Provenance.TYPED if row.typed else Provenance.GATHERED if self.gathered else Provenance.COUNTED
        return Figure(
            value=value, applies=row.applies, provenance=Provenance.NONE if value is None else kind,
            counted=unstored(row.counted, row.places), reason=row.reason, explanation=row.explanation, note=row.note,
            told=row.told, expected=row.expected, others=others,
        )  # fmt: skip

    def _others(self, section: Section, line: Line) -> dict[str, Decimal | None]:
        by_key = {column.key: column for column in section.columns}
        found = {
            column.key: self._column(column, by_key, line)
            for column in section.columns
            if column.kind not in (ColumnKind.THIS, ColumnKind.NOTE)
        }
        if not any(column.kind is ColumnKind.YEAR_AGO for column in section.columns):
            found.setdefault(YEAR_AGO, self.value(line, ColumnKind.YEAR_AGO))
        return found

    def _column(self, column: Column, by_key: Mapping[str, Column], line: Line) -> Decimal | None:
        if column.kind is ColumnKind.TARGET:
            return self._target(line)
        if column.kind not in (ColumnKind.CHANGE, ColumnKind.PERCENT):
            return self.value(line, column.kind)
        against = by_key.get(column.against)
        if against is None:
            return None
        before = self._target(line) if against.kind is ColumnKind.TARGET else self.value(line, against.kind)
        now = self.value(line, ColumnKind.THIS)
        if now is None or before is None:
            return None
        if column.kind is ColumnKind.CHANGE:
            return now - before
        if not before or self.elements.is_share(line):
            return None  # from nothing there is no percent, and of percents there are only points
        return ((now - before) / before * 100).quantize(PERCENT_PLACES, ROUND_HALF_UP)

    def value(self, line: Line, kind: ColumnKind) -> Decimal | None:
        """The number of a line in a column that is told, not compared."""
        key = (line.key, kind)
        if key not in self.found:
            self.found[key] = None  # a line that is a part of itself has no number
            if line.is_filled:
                self.found[key] = self._filled(line, kind)
            elif line.indicator:
                self.found[key] = self._computed(line, kind)
            else:
                self.found[key] = self._summed(line, kind)
        return self.found[key]

    def _filled(self, line: Line, kind: ColumnKind) -> Decimal | None:
        cell = (line.element, line.breakdown)
        row = self.rows.get(line.key)
        mine = unstored(row.value, row.places) if row else None
        if kind is ColumnKind.THIS or (kind is ColumnKind.CUMULATIVE and self.same):
            return mine
        if kind is not ColumnKind.CUMULATIVE:
            return self._told(kind, cell)
        return self._so_far(line, mine)

    def _so_far(self, line: Line, mine: Decimal | None) -> Decimal | None:
        """The sum of the year with the report's own number in it, where that differs from what the facts have."""
        cell = (line.element, line.breakdown)
        told, now = self._told(ColumnKind.CUMULATIVE, cell), self._told(ColumnKind.THIS, cell)
        if mine == now:
            return told
        element = self.elements.kinds.get(line.element)
        if mine is None or element is None:
            return None
        if element.cumulates:
            return (told or Decimal(0)) + mine - (now or Decimal(0))
        if element.over_time is OverTime.LAST:
            return mine
        if element.over_time is OverTime.MAX:
            return max(told, mine) if told is not None and told != now else mine
        return None

    def _told(self, kind: ColumnKind, cell: Cell) -> Decimal | None:
        answer = self.known.get((kind, cell))
        row = self.elements.rows.get(cell[0])
        return decimal_of(answer.figure.value, row.places) if answer and row else None

    def _of_cell(self, cell: Cell, kind: ColumnKind) -> Decimal | None:
        """A number that others are computed from: the report's own where it has that line."""
        line = self.bound.get(cell)
        return self.value(line, kind) if line else self._told(kind, cell)

    def _computed(self, line: Line, kind: ColumnKind) -> Decimal | None:
        """An indicator from its parts: a share is recomputed from both sums, percents are never averaged."""
        parts = self.elements.parts(line)
        if parts is None:
            return None
        counted = _total([self._of_cell(cell, kind) for cell in parts[0]])
        if not parts[1]:
            return counted
        whole = _total([self._of_cell(cell, kind) for cell in parts[1]])
        if counted is None or not whole:
            return None
        return (counted / whole * 100).quantize(SHARE_PLACES, ROUND_HALF_UP)

    def _summed(self, line: Line, kind: ColumnKind) -> Decimal | None:
        """The sum of lines: known when all that apply are. What does not apply adds nothing."""
        parts = [self.lines[key] for key in line.sum_of if key in self.lines]
        return _total([self.value(part, kind) for part in parts if self._applies(part)])

    def _applies(self, line: Line) -> bool:
        if line.is_filled:
            row = self.rows.get(line.key)
            return row is None or row.applies
        parts = [self.lines[key] for key in line.sum_of if key in self.lines and key != line.key]
        return not parts or any(part.is_filled is False or self._applies(part) for part in parts)

    def _target(self, line: Line) -> Decimal | None:
        """What the plan asks of a line: the goal of a target that measures just this, of the body before the whole."""
        for each in sorted(self.judged, key=lambda each: each.whole):
            goal = each.judgement.goal
            measured = {ask.element for ask in each.asks}
            parts = self.elements.parts(line)
            wanted = {line.element} if line.element else {cell[0] for cell in (parts or ((), ()))[0]}
            if goal is not None and wanted and measured == wanted and _measures(each, line):
                return Decimal(goal.numerator) / Decimal(goal.denominator)
        return None


def _measures(judged: Judged, line: Line) -> bool:
    """Whether a target counts what a line counts: the same part, a share where the line is one, no growth."""
    measure = getattr(judged.target, "measured_by", None)
    if measure is None or measure.indicator is None or measure.breakdown != line.breakdown:
        return False
    if line.indicator:
        return bool(measure.indicator.code == line.indicator)
    return judged.spec.unit_word != "percent"


def _total(values: Sequence[Decimal | None]) -> Decimal | None:
    told = [value for value in values if value is not None]
    return sum(told, Decimal(0)) if told and len(told) == len(values) else None


# --- sentences


_SINCE = {ColumnKind.YEAR_AGO: "cùng kỳ năm trước", ColumnKind.PREVIOUS: "kỳ trước"}


def _groups(section: Section, figures: Mapping[str, Figure], elements: Elements) -> list[list[Row]]:
    """The lines of a table as its sentences tell them; a heading begins a new group.

    Of a number and its parts ("Trong đó: …") the number is told: without it a part says nothing, and both are long.
    """
    kinds = (ColumnKind.YEAR_AGO, ColumnKind.PREVIOUS)
    column = next((each for kind in kinds for each in section.columns if each.kind is kind), None)
    against = column.key if column else YEAR_AGO
    since = _SINCE[column.kind if column else ColumnKind.YEAR_AGO]
    found: list[list[Row]] = [[]]
    totals = {line.element for line in section.lines if not line.breakdown}
    for line in section.lines:
        if line.is_heading:
            found.append([])
            continue
        if line.breakdown and line.element in totals:
            continue
        figure = figures[line.key]
        found[-1].append(
            Row(
                key=line.key, label=line.label, unit_word=line.unit_word, value=figure.value, applies=figure.applies,
                before=figure.others.get(against), against=against, since=since, share=elements.is_share(line),
            )
        )  # fmt: skip
    return [group for group in found if group]


def _of_target(judged: Judged) -> OfTarget:
    return OfTarget(
        key=f"{judged.target.pk}-{judged.unit_id}", name=str(judged.target), verdict=judged.judgement.verdict,
        sentence=judged.judgement.sentence,
    )  # fmt: skip


# --- targets, tasks, events


def _judged(submission: Submission, day: date) -> list[Judged]:
    """How the plan's targets stand for the body at the end of the period."""
    targets = Target.objects.filter(plan=submission.duty.plan_id).active()
    found = judge(
        targets.select_related("plan").order_by("order", "pk"), on=day, units={submission.about_id, submission.unit_id}
    )
    return list({(each.target.pk, each.unit_id): each for each in found}.values())


@attrs.frozen
class _Dues:
    """The tasks of the body, as its sentences and its list tell them."""

    told: tuple[OfTask, ...]
    rows: tuple[ListRow, ...]


def _dues(submission: Submission, span: Span | None, day: date) -> _Dues:
    """The plan's tasks that the body owes: done in the period, or due by its end and not done.

    The report of an office that answers for an area tells of all bodies, task by task.
    """
    found: Any = DueItem.objects.filter(plan=submission.duty.plan_id, kind=DueKind.TASK).owed().of_plans()
    since = span.start if span else date.min
    begun = Q(due_on__lte=day) | Q(done_on__gte=since, done_on__lte=day) | Q(due_on__isnull=True)
    found = found.filter(begun).exclude(done_on__lt=since)
    if submission.about_id == submission.unit_id:
        items = found.filter(unit=submission.unit_id).select_related("unit").order_by("due_on", "pk")
        tasks = [(each, _task_state(each, day)) for each in items]
        told = tuple(_of_task(each, state, day) for each, state in tasks)
        rows = tuple(
            ListRow(
                cells=(each.label, each.unit.name if each.unit else each.unit_name, _day(each.due_on), _words(task)),
                address=due_address(each),
            )
            for (each, _state), task in zip(tasks, told, strict=True)
        )
        return _Dues(told, rows)
    return _together(found, day)


def _together(found: Any, day: date) -> _Dues:
    """The tasks of all bodies: one row for each task, with how many bodies have done all that is due of it."""
    done, late = Q(state=DueState.DONE, done_on__lte=day), Q(state=DueState.OPEN, due_on__lt=day)
    body = Coalesce(F("unit_id"), -F("pk"))  # what no unit of the program owes counts by itself
    grouped = (
        found.order_by().values("task_id", "task__text", "mode", "task__order")
        .annotate(
            all=Count(body, distinct=True), open=Count(body, distinct=True, filter=~done),
            late=Count(body, distinct=True, filter=late),
            waiting=Count(body, distinct=True, filter=Q(state=DueState.SUBMITTED)),
            first=Min("due_on", filter=late), due=Min("due_on"),
        )
        .order_by("task__order", "task_id")
    )  # fmt: skip
    told, rows = [], []
    for row in grouped:
        requested = row["mode"] == Mode.REQUESTED
        overdue = row["late"] and not requested
        state = "done" if not row["open"] else "overdue" if overdue else "open"
        if state == "open" and row["waiting"] == row["open"]:
            state = "waiting"
        first = row["first"] or row["due"]
        told.append(
            OfTask(
                key=str(row["task_id"]), text=row["task__text"], state=state, requested=requested, due_on=first,
                days_late=(day - first).days if state == "overdue" and first else 0,
            )
        )  # fmt: skip
        words = f"{row['all'] - row['open']}/{row['all']} đơn vị đã hoàn thành"
        if overdue:
            words += f", {row['late']} đơn vị quá hạn"
        cells = (row["task__text"], "", _day(row["due"]), words)
        rows.append(ListRow(cells=cells, address=f"/nhiem-vu/viec/{row['task_id']}/"))
    return _Dues(tuple(told), tuple(rows))


def _ahead(submission: Submission, span: Span | None, on: date) -> tuple[OfTask, ...]:
    """What the body owes in the time after the period, as long as that was; of an area what all its bodies owe."""
    day, days = (min(span.last, on), span.days) if span else (on, MONTH)
    last = (span.last if span else on) + days * DAY
    found: Any = DueItem.objects.filter(
        plan=submission.duty.plan_id, kind=DueKind.TASK, due_on__gt=day, due_on__lte=last
    )
    found = found.filter(state__in=(DueState.OPEN, DueState.SUBMITTED)).of_plans()
    if submission.about_id == submission.unit_id:
        found = found.filter(unit=submission.unit_id)
    rows = (
        found.order_by().values("task_id", "task__text", "mode").annotate(due=Min("due_on")).order_by("due", "task_id")
    )
    return tuple(
        OfTask(
            key=str(row["task_id"]), text=row["task__text"], state="open", requested=row["mode"] == Mode.REQUESTED,
            due_on=row["due"],
        )
        for row in rows
    )  # fmt: skip


def _task_state(due: DueItem, day: date) -> str:
    if due.state == DueState.DONE and due.done_on and due.done_on <= day:
        return "done"
    if due.state == DueState.SUBMITTED and due.done_on and due.done_on <= day:
        return "waiting"
    late = due.state != DueState.SUSPENDED and due.due_on is not None and due.due_on < day
    return "overdue" if late and due.mode != Mode.REQUESTED else "open"


def _of_task(due: DueItem, state: str, day: date) -> OfTask:
    late = (day - due.due_on).days if state == "overdue" and due.due_on else 0
    return OfTask(
        key=str(due.pk), text=due.label, state=state, requested=due.mode == Mode.REQUESTED, due_on=due.due_on,
        days_late=late,
    )  # fmt: skip


def _words(task: OfTask) -> str:
    if task.state == "overdue":
        return f"Quá hạn {task.days_late} ngày"
    if task.requested and task.state == "open":
        return "Đề nghị phối hợp, chưa có kết quả"
    return {"done": "Đã hoàn thành", "waiting": "Đã báo hoàn thành, chờ nghiệm thu"}.get(task.state, "Đang thực hiện")


def _day(day: date | None) -> str:
    return date_label(day) if day else ""


def _events(submission: Submission, span: Span | None) -> tuple[OfEvent, ...]:
    rows = PlanEvent.objects.filter(plan=submission.duty.plan_id, on__isnull=False).order_by("on", "pk")
    if span is not None:
        rows = rows.filter(on__gte=span.start, on__lt=span.end)
    return tuple(OfEvent(key=str(row.pk), words=row.words, on=row.on) for row in rows if row.on)


def _letters(submission: Submission, span: Span | None) -> tuple[int, int]:
    """How many urging letters of the plan the office wrote in the period, and to how many bodies."""
    of_plan = UrgingItem.objects.filter(due_item__plan=submission.duty.plan_id).values("urging")
    rows: Any = Urging.objects.standing().filter(pk__in=of_plan, office=submission.unit_id)
    if span is not None:
        rows = rows.filter(as_of__gte=span.start - DAY, as_of__lt=span.end)
    counted = rows.order_by().aggregate(letters=Count("pk"), bodies=Count("unit", distinct=True))
    return counted["letters"], counted["bodies"]


def _lists(
    schema: ReportSchema, judged: Sequence[Judged], dues: _Dues, missing: tuple[ListRow, ...]
) -> dict[str, tuple[ListRow, ...]]:
    found: dict[str, tuple[ListRow, ...]] = {}
    for section in schema.sections:
        if section.kind is SectionKind.TARGETS:
            found[section.key] = tuple(_target_row(each) for each in judged)
        elif section.kind is SectionKind.TASKS:
            found[section.key] = dues.rows
        elif section.kind is SectionKind.MISSING:
            found[section.key] = missing
    return found


def _target_row(judged: Judged) -> ListRow:
    judgement, spec = judged.judgement, judged.spec
    word = VERDICTS[judgement.verdict.value]
    measured = "—" if judgement.measured is None else number(judgement.measured, spec.unit_word, judgement.goal)
    reason = judgement.sentence.removeprefix(f"{word}: ")
    return ListRow(
        cells=(str(judged.target), describe(spec), measured, word, reason), address=f"/chi-tieu/{judged.target.pk}/"
    )


# --- what came before and from below


def last_edition(submission: Submission) -> SubmissionEdition | None:
    """What the body sent last for an earlier period of the same duty; None when this is the first."""
    found = SubmissionEdition.objects.filter(
        submission__duty=submission.duty_id, submission__about=submission.about_id
    ).exclude(submission=submission)
    found = found.exclude(state__in=[EditionState.RECALLED, EditionState.RETURNED])
    if submission.period_to is not None:
        found = found.filter(submission__period_to__lt=submission.period_to)
    return found.order_by(F("submission__period_to").desc(nulls_last=True), "-number").first()


def corrections_of(submission: Submission) -> tuple[Correction, ...]:
    """What was restated and is to be shown here (`way.restatements_for`): each is shown in the next report, once."""
    return tuple(
        Correction(
            line=row.line, label=row.label, period=period_words(row.edition.submission),
            old=unstored(row.old, row.places), new=unstored(row.new, row.places), reason=row.reason,
            body=row.edition.submission.unit.name,
        )
        for row in restatements_for(submission)
    )  # fmt: skip


def period_words(submission: Submission) -> str:
    """The name of the period that a report covers ("Tháng 01/2026"); empty where it covers none."""
    span = span_of(submission)
    if span is None:
        return ""
    named = period_label(span, calendar_of(submission, span))
    return named if named != span_label(span) else f"{date_label(span.start)} – {date_label(span.last)}"
