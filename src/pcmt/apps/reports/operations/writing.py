"""Writing a report: its texts, its numbers, that there is nothing to report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.typed import typed_from
from pcmt.apps.reports.models import Submission, SubmissionFigure, SubmissionSection
from pcmt.apps.reports.operations.drafting import LINE_CHARS, held, new_version, tidy, too_long, touch
from pcmt.apps.reports.queries.content import told_of
from pcmt.apps.reports.queries.numbers import stored, unstored
from pcmt.core.diagnostics import Problem, Refusal
from pcmt.core.evaluating.narrating import not_said, paragraphs, refreshed, sentence_data, sentence_from
from pcmt.core.measures import number_label
from pcmt.core.schemas import Line, schema_from

TEXT_CHARS = 100_000
SITTING = timedelta(minutes=15)
"""Who goes on writing in a section within this time adds nothing to the log: every keystroke would stand there."""


def save_section(
    *, actor: Actor, at: datetime, submission_id: int, key: str, text: str, seen: int
) -> SubmissionSection | Refusal:
    """Write the text of a section. `seen` is the version that the writer began from.

    Was it written by somebody else meanwhile, nothing is saved: the refusal `stale` carries what stands there (`args`:
    `text`, `version`, `who`, `when` in ISO form), so that the writer has both. To write over it, save again with that
    version.
    """
    with transaction.atomic():
        submission = held(actor, submission_id)
        if isinstance(submission, Refusal):
            return submission
        row = _section(submission, key)
        if isinstance(row, Refusal):
            return row
        text = tidy(text, lines=True)
        if refusal := too_long(text, TEXT_CHARS, key):
            return refusal
        if text == row.text:
            return row  # an answer that was lost on the line: the words are there
        if seen != row.version:
            return _stale_text(row)
        return _write(submission, row, actor, at, text)


def apply_draft(
    *, actor: Actor, at: datetime, submission_id: int, key: str, seen: int, sentences: Collection[str] | None = None
) -> SubmissionSection | Refusal:
    """Put the program's sentences of now into a section: stale ones are replaced where they stand, missing ones added.

    `sentences` are the keys of those wanted; None takes all. What people wrote themselves stays.
    """
    with transaction.atomic():
        submission = held(actor, submission_id)
        if isinstance(submission, Refusal):
            return submission
        row = _section(submission, key)
        if isinstance(row, Refusal):
            return row
        if seen != row.version:
            return _stale_text(row)
        fresh = told_of(submission, on=timezone.localdate(at)).drafts().get(key, ())
        before = [sentence_from(each) for each in row.draft]
        wanted = {each.key for each in (*fresh, *before)} if sentences is None else set(sentences)
        now = [each for each in fresh if each.key in wanted]
        text = refreshed(row.text, [each for each in before if each.key in wanted], now)
        added = paragraphs(not_said(text, now))
        text = "\n".join(part for part in (text, added) if part)
        kept = [each for each in before if each.key not in wanted]
        row.draft = [sentence_data(each) for each in (*kept, *now)]
        return _write(submission, row, actor, at, text)


def _section(submission: Submission, key: str) -> SubmissionSection | Refusal:
    row = SubmissionSection.objects.select_for_update(no_key=True).filter(submission=submission, key=key).first()
    if row is None:
        return Refusal(code="no_section", message=_("Mẫu báo cáo không có mục này. Tải lại trang."), field=key)
    return row


def _stale_text(row: SubmissionSection) -> Refusal:
    who = row.changed_by.full_name if row.changed_by else ""
    when = timezone.localtime(row.changed_at) if row.changed_at else None
    message = _("%(who)s vừa sửa mục này lúc %(when)s. Xem cả hai bản rồi chọn.")
    return Refusal(
        code="stale",
        message=message % {"who": who or _("Người khác"), "when": f"{when:%H:%M}" if when else "—"},
        field=row.key,
        ref=row.pk,
        args={
            "text": row.text,
            "version": str(row.version),
            "who": who,
            "when": row.changed_at.isoformat() if row.changed_at else "",
        },
    )


def _write(submission: Submission, row: SubmissionSection, actor: Actor, at: datetime, text: str) -> SubmissionSection:
    same = row.changed_by_id == actor.user_id and row.changed_at is not None and at - row.changed_at < SITTING
    row.text, row.changed_at, row.changed_by_id = text, at, actor.user_id
    row.version += 1
    row.save(update_fields=["text", "draft", "changed_at", "changed_by", "version"])
    touch(submission, at)
    if not same:
        record(at=at, actor=actor, event="reports.text.written", obj=submission, after={"section": row.key})
    return row


# --- numbers


@attrs.frozen(kw_only=True)
class FigureEntry:
    """What is written about a line; None leaves it as it is. `number` is as typed: "1.234", "", "x".

    `seen` is the version of the line that the writer began from.
    """

    line: str
    seen: int
    number: str | None = None
    reason: str | None = None
    explanation: str | None = None
    note: str | None = None


@attrs.frozen
class FigureRefusal:
    """Why what was written about a line was not taken. `theirs` is what stands there, where somebody was faster."""

    line: str
    refusal: Refusal
    theirs: SubmissionFigure | None = None


@attrs.frozen
class SavedFigures:
    """What became of the lines: those that stand as they were sent (also unchanged), and those refused."""

    saved: tuple[SubmissionFigure, ...] = ()
    refused: tuple[FigureRefusal, ...] = ()
    changed: int = 0


def save_figures(
    *, actor: Actor, at: datetime, submission_id: int, entries: Sequence[FigureEntry]
) -> SavedFigures | Refusal:
    """Write numbers and what is said about them: each line that can be taken is, the others keep their reason.

    A number that equals the counted one follows it again. A number over a blank report takes back that there is
    nothing to report.
    """
    with transaction.atomic():
        submission = held(actor, submission_id)
        if isinstance(submission, Refusal):
            return submission
        lines = {line.key: line for _section, line in schema_from(submission.form_version.body).lines()}
        asked = {entry.line: entry for entry in entries}
        found = SubmissionFigure.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by")
        rows = {row.line: row for row in found.filter(submission=submission, line__in=asked).order_by("pk")}
        saved: list[SubmissionFigure] = []
        refused: list[FigureRefusal] = []
        written: list[SubmissionFigure] = []
        changed: dict[str, tuple[str, str]] = {}
        for entry in asked.values():
            row, line = rows.get(entry.line), lines.get(entry.line)
            if row is None or line is None or not line.is_filled:
                message = _("Mẫu báo cáo không có dòng này để nhập. Tải lại trang.")
                refused.append(FigureRefusal(entry.line, Refusal(code="no_line", message=message, field=entry.line)))
                continue
            wanted = _wanted(row, line, entry)
            if isinstance(wanted, Refusal):
                refused.append(FigureRefusal(entry.line, wanted))
            elif wanted == _standing(row):
                saved.append(row)
            elif entry.seen != row.version:
                refused.append(FigureRefusal(entry.line, _stale_figure(row), row))
            else:
                before = figure_text(row)
                row.value, row.applies, row.typed, row.reason, row.explanation, row.note = wanted
                if before != figure_text(row):
                    changed[line.label] = (before, figure_text(row))
                written.append(row)
                saved.append(row)
        _store(submission, actor, at, written, changed)
    return SavedFigures(tuple(saved), tuple(refused), len(written))


def use_counted(*, actor: Actor, at: datetime, submission_id: int, line: str, seen: int) -> SubmissionFigure | Refusal:
    """Go back from a typed number to the counted one; what was said about the difference goes with it."""
    with transaction.atomic():
        submission = held(actor, submission_id)
        if isinstance(submission, Refusal):
            return submission
        rows = SubmissionFigure.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by")
        row = rows.filter(submission=submission, line=line).first()
        if row is None:
            message = _("Mẫu báo cáo không có dòng này để nhập. Tải lại trang.")
            return Refusal(code="no_line", message=message, field=line)
        if not row.typed:
            return row
        if seen != row.version:
            return _stale_figure(row)
        before = figure_text(row)
        row.value, row.applies, row.typed, row.reason = row.counted, True, False, ""
        labels = {each.key: each.label for _section, each in schema_from(submission.form_version.body).lines()}
        changed = {labels.get(line, line): (before, figure_text(row))} if before != figure_text(row) else {}
        _store(submission, actor, at, [row], changed)
        return row


def say_nothing(
    *, actor: Actor, at: datetime, submission_id: int, seen: int, nothing: bool = True
) -> Submission | Refusal:
    """Say that there was nothing to report, or take it back. `seen` is the version of the report.

    It is refused while a figure is above zero; the lines that are stand among the problems (`count` of each is 1).
    """
    with transaction.atomic():
        submission = held(actor, submission_id)
        if isinstance(submission, Refusal):
            return submission
        if submission.nothing == nothing:
            return submission
        if submission.version != seen:
            return Refusal(code="stale", message=_("Báo cáo vừa thay đổi. Xem lại rồi làm tiếp."), ref=submission.pk)
        above = _above_zero(submission) if nothing else ()
        if above:
            message = _("Có dòng số liệu lớn hơn 0 nên không báo “không có nội dung phát sinh” được. Xem lại số liệu.")
            return Refusal(code="figures", message=message, field="nothing", problems=above)
        submission.nothing = nothing
        new_version(submission, at, "nothing")
        record(
            at=at, actor=actor, event="reports.nothing.said", obj=submission,
            before={"nothing": not nothing}, after={"nothing": nothing},
        )  # fmt: skip
    return submission


def _above_zero(submission: Submission) -> tuple[Problem, ...]:
    rows = {row.line: row for row in submission.figures.filter(value__gt=0)}
    lines = [line for _section, line in schema_from(submission.form_version.body).lines() if line.key in rows]
    return tuple(Problem(code=line.key, message=f"{line.label}: {figure_text(rows[line.key])}") for line in lines)


def figure_text(row: SubmissionFigure) -> str:
    """A number of a report as it could be typed again: "1.234", "x" for what does not apply, nothing for a blank."""
    if not row.applies:
        return "x"
    value = unstored(row.value, row.places)
    return "" if value is None else number_label(value)


Wanted = tuple[int | None, bool, bool, str, str, str]
"""Number, whether it applies, whether a person typed it, reason, explanation, note."""


def _standing(row: SubmissionFigure) -> Wanted:
    return row.value, row.applies, row.typed, row.reason, row.explanation, row.note


def _wanted(row: SubmissionFigure, line: Line, entry: FigureEntry) -> Wanted | Refusal:
    """What is to stand in a line. A number that is the one that stands, or the counted one, is nobody's own."""
    value, applies, typed, reason, explanation, note = _standing(row)
    if entry.number is not None:
        read = typed_from(entry.number, places=row.places, unit_word=line.unit_word)
        if read.wrong:
            return Refusal(code="number", message=read.wrong, field=line.key)
        new = (stored(read.value, row.places), read.applies)
        if new != (value, applies):
            value, applies = new
            typed = not applies or value != row.counted
    for name, given in (("reason", entry.reason), ("explanation", entry.explanation), ("note", entry.note)):
        if given is not None and (refusal := too_long(tidy(given), LINE_CHARS, f"{line.key}.{name}")):
            return refusal
    reason = reason if entry.reason is None else tidy(entry.reason)
    explanation = explanation if entry.explanation is None else tidy(entry.explanation)
    note = note if entry.note is None else tidy(entry.note)
    return value, applies, typed, reason if typed else "", explanation, note


def _stale_figure(row: SubmissionFigure) -> Refusal:
    """Somebody was faster, or the counted number was brought up to date: `args` say what stands there."""
    who = row.changed_by.full_name if row.changed_by else ""
    when = timezone.localtime(row.changed_at) if row.changed_at else None
    text = figure_text(row)
    return Refusal(
        code="stale",
        message=_("%(who)s vừa ghi “%(text)s” (%(when)s).")
        % {"who": who or _("Người khác"), "text": text or "—", "when": f"{when:%H:%M}" if when else "—"},
        field=row.line,
        ref=row.pk,
        args={
            "text": text, "version": str(row.version), "who": who, "reason": row.reason, "note": row.note,
            "explanation": row.explanation, "when": row.changed_at.isoformat() if row.changed_at else "",
        },
    )  # fmt: skip


def _store(
    submission: Submission, actor: Actor, at: datetime, rows: Sequence[SubmissionFigure],
    changed: dict[str, tuple[str, str]],
) -> None:  # fmt: skip
    """Keep lines that were written; the log tells numbers, not words about them."""
    if not rows:
        return
    for row in rows:
        row.changed_at, row.changed_by_id = at, actor.user_id
        row.version += 1
    fields = ["value", "applies", "typed", "reason", "explanation", "note", "changed_at", "changed_by", "version"]
    SubmissionFigure.objects.bulk_update(rows, fields, batch_size=200)
    taken_back = submission.nothing and any(row.value for row in rows)
    if taken_back:
        submission.nothing = False
        new_version(submission, at, "nothing")
    else:
        touch(submission, at)
    if changed:
        nothing = {"nothing": False} if taken_back else {}
        record(
            at=at,
            actor=actor,
            event="reports.figures.written",
            obj=submission,
            before={"figures": [f"{label}: {was or '—'}" for label, (was, _now) in changed.items()]},
            after={"figures": [f"{label}: {now or '—'}" for label, (_was, now) in changed.items()], **nothing},
        )
