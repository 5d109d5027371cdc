"""Writing a report: each view takes what was typed to one operation and says what became of it.

What is typed is sent by the page's script as one types, or by the button of the section where there is none; both ways
are the same form and the same view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.reports.addresses import duty_title, period_title
from pcmt.apps.reports.models import DutyOccurrence, Submission, SubmissionFigure, SubmissionSection
from pcmt.apps.reports.operations.discussing import (
    add_picture,
    comment_section,
    describe_picture,
    remove_picture,
    settle_comment,
)
from pcmt.apps.reports.operations.opening import open_report, refresh_report
from pcmt.apps.reports.operations.writing import (
    FigureEntry,
    FigureRefusal,
    apply_draft,
    save_figures,
    save_section,
    say_nothing,
    use_counted,
)
from pcmt.apps.reports.policies import can_open
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import Section, SectionKind, schema_from
from pcmt.documents import MAX_BYTES
from pcmt.web.reports.checking import check_page
from pcmt.web.reports.page import Seen, seen, show_whole, submission_of
from pcmt.web.reports.sections import Theirs, Typed, beside, joined, section_page, table_to_fill
from pcmt.web.reports.tables import Row, parts_of
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vclock

LETTERS = {"v": "number", "r": "reason", "e": "explanation", "n": "note"}
"""What is typed about a line, by the letter before its key in the names of the form."""


# ---- opening ----


def open_page(request: HttpRequest, occurrence_id: int) -> HttpResponse:
    """The report of a due occurrence: leads to it, begins it when asked to, says what that means before."""
    actor = acting(request)
    rows: Any = DutyOccurrence.objects.visible_to(actor).select_related("duty__plan", "duty__form", "unit", "due_item")
    occurrence = get_object_or_404(rows, pk=occurrence_id)
    begun = Submission.objects.visible_to(actor).filter(occurrence=occurrence).first()
    if begun is not None:
        return redirect("reports:report", submission_id=begun.pk)
    refusal = None
    if request.method == "POST":
        made = open_report(actor=actor, at=timezone.now(), occurrence_id=occurrence.pk)
        if not isinstance(made, Refusal):
            return redirect("reports:report", submission_id=made.pk)
        if made.code == "not_allowed":
            raise PermissionDenied(made.message)
        refusal = made
    elif not can_open(actor, occurrence):
        raise Http404
    context = {
        "occurrence": occurrence,
        "title": capfirst(duty_title(occurrence.duty)),
        "period": period_title(occurrence.period_from, occurrence.period_to, occurrence.duty.calendar),
        "refusal": refusal,
        "today": actor.on,
    }
    return render(request, "reports/open.html", context, status=422 if refusal else 200)


# ---- a section ----


def section(request: HttpRequest, submission_id: int, section_key: str) -> HttpResponse:
    """A section: leads to its page; what was typed in it is saved."""
    submission = submission_of(acting(request), submission_id)
    found = schema_from(submission.form_version.body).section(section_key)
    if found is None:
        raise Http404
    if request.method != "POST":
        return redirect(_at(submission, section_key))
    if found.kind is SectionKind.NARRATIVE:
        return _save_text(request, submission, found)
    if found.kind is SectionKind.FIGURES:
        return _save_numbers(request, submission, found)
    raise Http404


def _save_text(request: HttpRequest, submission: Submission, one: Section) -> HttpResponse:
    """Save a text; `take`, `keep` and `join` choose between it and what somebody else wrote meanwhile, `insert` and
    `renew` put sentences of the program into it.
    """
    posted, now, key = request.POST, timezone.now(), one.key
    text, version = str(posted.get(f"v{key}", "")), tokens(posted.getlist("seen")).get(key, 0)
    if posted.get("take") == key:
        messages.success(request, _("Đã lấy bản của người kia. Bản bạn gõ không được lưu."))
        return redirect(_at(submission, key))
    for name in ("keep", "join"):
        version = tokens(posted.getlist(name)).get(key, version)
    if "join" in posted:
        text = joined(_standing(submission, key), text)
    saved = save_section(actor=acting(request), at=now, submission_id=submission.pk, key=key, text=text, seen=version)
    wanted = posted.getlist("insert") or posted.getlist("renew")
    if wanted and not isinstance(saved, Refusal):
        saved = apply_draft(
            actor=acting(request), at=now, submission_id=submission.pk, key=key, seen=saved.version,
            sentences=None if "*" in wanted else wanted,
        )  # fmt: skip
    allowed(saved)
    if isinstance(saved, Refusal):
        typed = _not_saved(saved, text, version)
        if wants_json(request):
            return _told_text(request, submission, key, typed)
        return section_page(
            request, seen(request, submission.pk), key, typed=typed, status=409 if typed.theirs else 422
        )
    if wants_json(request):
        return _told_text(request, submission, key, Typed(saved.text, saved.version, state="saved", when=now))
    messages.success(request, _("Đã lưu."))
    return redirect(_at(submission, key))


def _not_saved(refusal: Refusal, text: str, version: int) -> Typed:
    theirs = None
    if refusal.code == "stale":
        said = refusal.args
        when = datetime.fromisoformat(said["when"]) if said["when"] else None
        theirs = Theirs(said["text"], int(said["version"]), said["who"], vclock(when) if when else "")
    return Typed(text, version, "refused", refusal.message, theirs)


def _standing(submission: Submission, key: str) -> str:
    return SubmissionSection.objects.filter(submission=submission, key=key).values_list("text", flat=True).first() or ""


def _told_text(request: HttpRequest, submission: Submission, key: str, typed: Typed) -> HttpResponse:
    """What became of a text, for the script of the page."""
    theirs = typed.theirs
    other = {"seen": theirs.seen, "text": theirs.text, "joined": joined(theirs.text, typed.text)} if theirs else None
    cell = {
        "key": key,
        "state": typed.state,
        "texts": {f"v{key}": typed.text},
        "seen": typed.seen,
        "theirs": other,
        "words": render_to_string("reports/_text_state.html", {"typed": typed, "key": key}, request),
    }
    said = _("Chưa lưu được.") if typed.state == "refused" else saved_words(typed.when)
    return JsonResponse({"said": said, "cells": [cell], "parts": _around(request, seen(request, submission.pk), key)})


def saved_words(when: datetime | None) -> str:
    """When something was saved."""
    return _("đã lưu lúc %(when)s") % {"when": vclock(when)}


def _around(request: HttpRequest, look: Seen, key: str) -> dict[str, str]:
    """What changes on the page around a section that was saved; nothing once the report is not to be written."""
    one = look.schema.section(key)
    if not look.writes or one is None:
        return {}
    context = {**beside(look, one), "look": look, "section": one, "submission": look.submission}
    parts: dict[str, str] = {
        name: render_to_string(f"reports/_{name}.html", context, request) for name in ("outline", "checks", "offers")
    }
    if one.kind is SectionKind.FIGURES:
        table = table_to_fill(look, one)
        parts |= {name: escape(text) for name, text in parts_of(table).items()}
        for row in table.rows:
            if row.fills:
                context = {"row": row, "look": look, "submission": look.submission}
                parts[f"g{row.key}"] = render_to_string("reports/_gap.html", context, request).strip()
                parts[f"s{row.key}"] = render_to_string("reports/_source.html", context, request).strip()
                parts[f"f{row.key}"] = render_to_string("reports/_far.html", context, request).strip()
    return parts


def _save_numbers(request: HttpRequest, submission: Submission, one: Section) -> HttpResponse:
    """Save the lines of a table that were sent; `use` goes back to the counted number of a line."""
    posted, now, actor = request.POST, timezone.now(), acting(request)
    known = tokens(posted.getlist("seen")) | tokens(posted.getlist("keep"))
    taken = set(posted.getlist("take"))
    entries = []
    for line in one.lines:
        if not line.is_filled or f"v{line.key}" not in posted or line.key in taken:
            continue
        typed = {
            name: str(posted[f"{letter}{line.key}"])
            for letter, name in LETTERS.items()
            if f"{letter}{line.key}" in posted
        }
        entries.append(FigureEntry(line=line.key, seen=known.get(line.key, 0), **typed))
    saved = save_figures(actor=actor, at=now, submission_id=submission.pk, entries=entries)
    allowed(saved)
    use = str(posted.get("use", ""))
    if use and not isinstance(saved, Refusal):
        version = SubmissionFigure.objects.filter(submission=submission, line=use).values_list("version", flat=True)
        back = use_counted(actor=actor, at=now, submission_id=submission.pk, line=use, seen=version.first() or 0)
        if isinstance(back, Refusal):
            saved = attrs.evolve(saved, refused=(*saved.refused, FigureRefusal(use, back)))
    look = seen(request, submission.pk)
    if isinstance(saved, Refusal):
        refused = {entry.line: FigureRefusal(entry.line, saved) for entry in entries}
        count = 0
    else:
        refused, count = {each.line: each for each in saved.refused}, saved.changed
    if not look.writes:
        return _closed(request, submission, one, entries, refused)
    table = table_to_fill(look, one)
    rows = {row.key: row for row in table.rows}
    for entry in entries:
        _mark(rows[entry.line], entry, refused.get(entry.line))
    said = saved_count(count, len(refused), now)
    if wants_json(request):
        cells = [_cell(request, look, rows[entry.line]) for entry in entries]
        return JsonResponse({"said": said, "cells": cells, "parts": _around(request, look, one.key)})
    if refused:
        return section_page(request, look, one.key, table=table, status=422)
    messages.success(request, said)
    return redirect(_at(submission, one.key))


def _closed(
    request: HttpRequest,
    submission: Submission,
    one: Section,
    entries: Sequence[FigureEntry],
    refused: Mapping[str, FigureRefusal],
) -> HttpResponse:
    """The answer where the report is not to be written any more: what was typed stays with who typed it."""
    message = next((each.refusal.message for each in refused.values()), _("Báo cáo không còn ở bước soạn."))
    if wants_json(request):
        words = f'<span class="entry-why">{escape(message)}</span>'
        cells: list[dict[str, Any]] = [
            {"key": entry.line, "state": "refused", "texts": {}, "seen": 0, "theirs": None, "words": words}
            for entry in entries
        ]
        return JsonResponse({"said": message, "cells": cells, "parts": {}})
    labels = {line.key: line.label for line in one.lines}
    typed = "; ".join(f"{labels[entry.line]}: {entry.number}" for entry in entries if entry.number)
    messages.error(request, message + (_(" Số bạn vừa gõ: %(typed)s.") % {"typed": typed} if typed else ""))
    return redirect("reports:report", submission_id=submission.pk)


def _mark(row: Row, entry: FigureEntry, refused: FigureRefusal | None) -> None:
    """Say on a row what became of it; what was refused shows what was typed."""
    row.state = "refused" if refused else "saved"
    if refused is None:
        return
    row.text = row.text if entry.number is None else entry.number
    row.note = row.note if entry.note is None else entry.note
    row.reason = row.reason if entry.reason is None else entry.reason
    row.explanation = row.explanation if entry.explanation is None else entry.explanation
    row.message, standing = refused.refusal.message, row.seen
    row.seen = entry.seen
    if refused.refusal.code == "stale":
        row.theirs = (standing, refused.refusal.args.get("text", ""), refused.refusal.args.get("who", ""))


def _cell(request: HttpRequest, look: Seen, row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "state": row.state,
        "texts": {f"v{row.key}": row.text, f"n{row.key}": row.note, f"r{row.key}": row.reason,
                  f"e{row.key}": row.explanation},
        "seen": row.seen,
        "theirs": {"seen": row.theirs[0], "text": row.theirs[1]} if row.theirs else None,
        "words": render_to_string("reports/_figure_state.html", {"row": row, "look": look}, request).strip(),
    }  # fmt: skip


def saved_count(count: int, refused: int, now: datetime) -> str:
    """What became of the lines of a table, in words."""
    if refused:
        return ngettext(
            "%(n)d dòng chưa lưu được, xem lý do ở dòng đó.",
            "%(n)d dòng chưa lưu được, xem lý do ở từng dòng.",
            refused,
        ) % {"n": refused}
    return saved_words(now) if count else _("Không có dòng nào thay đổi.")


# ---- the whole report ----


@require_POST
def refresh(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Bring the counted numbers up to date."""
    submission = submission_of(acting(request), submission_id)
    done = refresh_report(actor=acting(request), at=timezone.now(), submission_id=submission.pk)
    allowed(done)
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    elif not done.moved:
        messages.success(request, _("Số liệu đã là mới nhất."))
    else:
        n = len(done.moved)
        words = ngettext("Đã cập nhật %(n)d số.", "Đã cập nhật %(n)d số.", n) % {"n": n}
        messages.success(request, words)
    return redirect(_at(submission, str(request.POST.get("muc", ""))))


@require_POST
def nothing(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Say that there was nothing to report, or take it back (`co`: there was something)."""
    submission = submission_of(acting(request), submission_id)
    version = str(request.POST.get("version", ""))
    done = say_nothing(
        actor=acting(request), at=timezone.now(), submission_id=submission.pk, nothing="co" not in request.POST,
        seen=int(version) if version.isdecimal() and len(version) < 10 else 0,
    )  # fmt: skip
    allowed(done)
    if isinstance(done, Refusal):
        return check_page(request, seen(request, submission.pk), refusal=done, status=422)
    return redirect("reports:check", submission_id=submission.pk)


# ---- comments and pictures ----


@require_POST
def comment(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Say something about a section, or about the whole."""
    submission = submission_of(acting(request), submission_id)
    words, key = str(request.POST.get("words", "")), str(request.POST.get("muc", ""))
    done = comment_section(
        actor=acting(request), at=timezone.now(), submission_id=submission.pk, section=key, words=words
    )
    allowed(done)
    if isinstance(done, Refusal):
        return _again(request, submission, key, comment_problem=done, comment_words=words, comment_at=key)
    return redirect(_at(submission, key, "gop-y"))


@require_POST
def settle(request: HttpRequest, submission_id: int, comment_id: int) -> HttpResponse:
    """A comment is settled."""
    submission = submission_of(acting(request), submission_id)
    said = get_object_or_404(submission.comments, pk=comment_id)
    done = settle_comment(actor=acting(request), at=timezone.now(), comment_id=said.pk)
    allowed(done)
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    return redirect(_at(submission, said.section, "gop-y"))


@require_POST
def picture_in(request: HttpRequest, submission_id: int, section_key: str) -> HttpResponse:
    """Put a picture into a section."""
    submission = submission_of(acting(request), submission_id)
    file, caption = request.FILES.get("file"), str(request.POST.get("caption", ""))
    done: Any
    if file is None:
        done = Refusal(code="no_file", message=_("Chọn một ảnh."), field="file")
    else:
        done = add_picture(
            actor=acting(request),
            at=timezone.now(),
            submission_id=submission.pk,
            section=section_key,
            data=file.read(MAX_BYTES + 1),
            name=file.name or "",
            caption=caption,
        )
    allowed(done)
    if isinstance(done, Refusal):
        return _again(request, submission, section_key, picture_problem=done, caption=caption)
    return redirect(_at(submission, section_key))


@require_POST
def picture_out(request: HttpRequest, submission_id: int, picture_id: int) -> HttpResponse:
    """Take a picture out."""
    submission = submission_of(acting(request), submission_id)
    found = get_object_or_404(submission.pictures, pk=picture_id)
    done = remove_picture(actor=acting(request), at=timezone.now(), picture_id=found.pk)
    allowed(done)
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    return redirect(_at(submission, found.section))


@require_POST
def picture_words(request: HttpRequest, submission_id: int, picture_id: int) -> HttpResponse:
    """Write the words below a picture."""
    submission = submission_of(acting(request), submission_id)
    found = get_object_or_404(submission.pictures, pk=picture_id)
    caption = str(request.POST.get("caption", ""))
    done = describe_picture(actor=acting(request), at=timezone.now(), picture_id=found.pk, caption=caption)
    allowed(done)
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    return redirect(_at(submission, found.section))


# ---- what they share ----


def tokens(parts: Sequence[str]) -> dict[str, int]:
    """Versions by what they are of, from "key:version" words."""
    pairs = (token.rpartition(":") for part in parts for token in part.split())
    return {key: int(number) for key, _colon, number in pairs if number.isdecimal() and len(number) < 10}


def wants_json(request: HttpRequest) -> bool:
    """Whether the script of the page asks."""
    return request.headers.get("Accept") == "application/json"


def allowed(done: object) -> None:
    """Who may not do something gets the page that says so."""
    if isinstance(done, Refusal) and done.code == "not_allowed":
        raise PermissionDenied(done.message)


def _at(submission: Submission, key: str, anchor: str = "") -> str:
    query = f"?{urlencode({'muc': key})}" if key and schema_from(submission.form_version.body).section(key) else ""
    return f"{reverse('reports:report', args=[submission.pk])}{query}{f'#{anchor}' if anchor else ''}"


def _again(request: HttpRequest, submission: Submission, key: str, **more: Any) -> HttpResponse:
    """The page once more, with why something was not taken and what was typed."""
    look = seen(request, submission.pk)
    if look.writes:
        return section_page(request, look, key, status=422, **more)
    return show_whole(request, look, status=422, **more)
