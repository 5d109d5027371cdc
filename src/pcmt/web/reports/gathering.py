"""Gathering the reports of other bodies into one: who has reported, what it came to, what they wrote, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import attrs
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.addresses import report_title
from pcmt.apps.reports.models import (
    WRITABLE,
    Consolidation,
    ConsolidationPart,
    Submission,
    SubmissionFigure,
    SubmissionSection,
    SubmissionState,
)
from pcmt.apps.reports.operations.consolidating import consolidate
from pcmt.apps.reports.operations.taking import accept_reports
from pcmt.apps.reports.operations.writing import save_section
from pcmt.apps.reports.policies import can_write, writes_at
from pcmt.apps.reports.queries.consolidating import (
    NOT_OWED,
    Body,
    Standing,
    checks_in,
    difference,
    expected_of,
    figures_in,
    gatherable,
    gathers,
    last_run,
    lineage_of_line,
    news_since,
    parts_in,
    runs_of,
    words_in,
)
from pcmt.apps.reports.queries.content import content_of
from pcmt.apps.reports.queries.numbers import elements_of, unstored
from pcmt.apps.tasks.policies import can_urge
from pcmt.core.diagnostics import Refusal
from pcmt.core.evaluating import Words, parts_of_line
from pcmt.core.schemas import (
    Figure,
    Line,
    Part,
    Provenance,
    ReportSchema,
    Section,
    SectionKind,
    content_from,
    schema_from,
)
from pcmt.documents.output.workbook import Sheet, Value, write_workbook
from pcmt.web.audit.acts import noted
from pcmt.web.shell.access import acting
from pcmt.web.targets.sheet import XLSX

BODIES_A_PAGE = 150
ROWS_A_PAGE = 50
LIVE = (*WRITABLE, SubmissionState.WAITING)
"""States in which the body sees what it writes; in the others everybody sees what was sent."""

TABS: Mapping[str, str | Promise] = {
    "": gettext_lazy("Các đơn vị"),
    "so-lieu": gettext_lazy("Số liệu"),
    "noi-dung": gettext_lazy("Nội dung"),
    "can-xem": gettext_lazy("Cần xem"),
    "cac-lan": gettext_lazy("Các lần tổng hợp"),
}
WORDS: Mapping[Standing, str | Promise] = {
    Standing.TAKEN: pgettext_lazy("báo cáo", "Đã tiếp nhận"),
    Standing.SENT: gettext_lazy("Chờ tiếp nhận"),
    Standing.RETURNED: pgettext_lazy("báo cáo", "Bị trả lại"),
    Standing.WRITING: gettext_lazy("Chưa gửi"),
    Standing.NONE: gettext_lazy("Chưa gửi"),
    Standing.SUSPENDED: gettext_lazy("Tạm dừng"),
    Standing.MERGED: gettext_lazy("Báo cáo chung"),
}
GROUPS: Mapping[str, tuple[str | Promise, Sequence[Standing]]] = {
    "tiep-nhan": (gettext_lazy("đã tiếp nhận"), (Standing.TAKEN,)),
    "cho": (gettext_lazy("chờ tiếp nhận"), (Standing.SENT,)),
    "tra-lai": (gettext_lazy("bị trả lại"), (Standing.RETURNED,)),
    "chua-gui": (gettext_lazy("chưa gửi"), (Standing.WRITING, Standing.NONE)),
    "khong-tinh": (gettext_lazy("tạm dừng hoặc báo cáo chung"), NOT_OWED),
}


@attrs.frozen
class Row:
    """A body in the table: its report in words, what the last run did with it, and others who made it late."""

    body: Body
    tone: str
    word: str
    late: str
    run: str
    why: str
    url: str
    blamed: Sequence[str]


def _report(request: HttpRequest, submission_id: int) -> tuple[Actor, Submission]:
    """The report that gathers others, for people of the body that writes it; else there is no such page."""
    actor = acting(request)
    seen: Any = Submission.objects.visible_to(actor).select_related(
        "duty__plan", "duty__recipient", "unit", "about", "form_version__form"
    )
    found: Submission | None = seen.filter(pk=submission_id, unit_id=actor.unit_id).first()
    if found is None or not gathers(found.duty):
        raise Http404
    return actor, found


def gather(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Who has reported, and what the last run found; sent, the reports that are accepted now are gathered.

    With `tiep_nhan` those that wait to be accepted are accepted before.
    """
    actor, report = _report(request, submission_id)
    if request.method != "POST":
        return _page(request, actor, report)
    if not writes_at(actor, report.unit_id):
        raise PermissionDenied
    at = timezone.now()
    refused = _accepted(request, actor, report) if request.POST.get("tiep_nhan") else []
    seen = request.POST.get("seen", "")
    answer = consolidate(actor=actor, at=at, submission_id=report.pk, seen=int(seen) if seen.isdecimal() else 0)
    if isinstance(answer, Refusal):
        status = 409 if answer.code == "stale" else 422
        return _page(request, actor, report, problems=[*refused, answer.message], status=status)
    if refused:
        return _page(request, actor, report, problems=refused, status=422)
    if answer.at == at:
        taken = ConsolidationPart.objects.filter(consolidation=answer).count()
        done = ngettext("Đã tổng hợp %(count)d báo cáo.", "Đã tổng hợp %(count)d báo cáo.", taken)
        messages.success(request, done % {"count": taken})
    else:
        messages.info(request, _("Không có báo cáo mới; lần tổng hợp gần nhất vẫn đúng."))
    return redirect("reports:gather", report.pk)


def _accepted(request: HttpRequest, actor: Actor, report: Submission) -> list[str]:
    """Accept what waits, as it was seen: `cho` holds ids and versions. What could not be accepted, in words."""
    waiting = {
        each.submission.pk: each
        for each in gatherable(report)
        if each.standing is Standing.SENT and each.submission is not None
    }
    versions = {}
    for value in request.POST.getlist("cho"):
        pk, _colon, version = value.partition(":")
        if pk.isdecimal() and version.isdecimal() and int(pk) in waiting:
            versions[int(pk)] = int(version)
    answers = accept_reports(actor=actor, at=timezone.now(), versions=versions)
    return [f"{waiting[pk].name}: {each.message}" for pk, each in answers.items() if isinstance(each, Refusal)]


def _page(
    request: HttpRequest, actor: Actor, report: Submission, *, problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    tab = request.GET.get("xem", "")
    if tab not in TABS:
        tab = ""
    bodies, run = gatherable(report, actor.on), last_run(report)
    counts = Counter(each.standing for each in bodies)
    expected = expected_of(bodies)
    seats = {each.seat for each in bodies if each.standing is Standing.TAKEN}
    schema = schema_from(report.form_version.body)
    made: dict[str, Any] = {
        "": lambda: _bodies(request, actor, bodies, run),
        "so-lieu": lambda: {"tables": _tables(report, schema, run), "run": run},
        "noi-dung": lambda: {"sections": _sections(report, schema, run)},
        "can-xem": lambda: {"checks": checks_in(run) if run else ()},
        "cac-lan": lambda: {"runs": _runs(report, schema, request.GET.get("lan", ""))},
    }[tab]()
    path = reverse("reports:gather", args=[report.pk])
    waiting = [
        (f"{each.submission.pk}:{each.submission.version}")
        for each in bodies
        if each.standing is Standing.SENT and each.submission is not None
    ]
    context = {
        "report": report,
        "title": report_title(report),
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"{path}?xem={word}" if word else path, "count": None, "current": word == tab}
            for word, label in TABS.items()
        ],
        "run": run,
        "expected": expected,
        "taken": len(seats),
        "percent": 100 * len(seats) // expected if expected else 0,
        "counts": [
            (word, label, number)
            for word, (label, standings) in GROUPS.items()
            if (number := sum(counts[each] for each in standings))
        ],
        "late": sum(1 for each in bodies if each.missing and each.late),
        "news": news_since(run, bodies),
        "waiting": waiting,
        "may_write": can_write(actor, report),
        "writes": writes_at(actor, report.unit_id),
        "open": report.state in WRITABLE,
        "urge_url": _urge_url(actor, report, bodies),
        "problems": problems,
        "today": actor.on,
        **made,
    }
    return render(request, "reports/gather.html", context, status=status)


def _urge_url(actor: Actor, report: Submission, bodies: Sequence[Body]) -> str:
    """The way to letters for those that are overdue; none where the actor writes no letters, or nobody is."""
    overdue = [
        each.occurrence.due_item_id
        for each in bodies
        if each.missing and each.late and not each.requested and each.standing is not Standing.SENT
    ]
    if not overdue or not can_urge(actor):
        return ""
    return f"{reverse('urging:new')}?{urlencode([('viec', pk) for pk in overdue])}"


# --- the bodies


def _bodies(request: HttpRequest, actor: Actor, bodies: Sequence[Body], run: Consolidation | None) -> dict[str, Any]:
    chosen = request.GET.get("nhom", "")
    wanted = GROUPS[chosen][1] if chosen in GROUPS else ()
    shown = [each for each in bodies if not wanted or each.standing in wanted]
    if chosen == "qua-han":
        shown = [each for each in bodies if each.missing and each.late]
    page = Paginator(shown, BODIES_A_PAGE).get_page(request.GET.get("trang"))
    parts: dict[int, tuple[int, bool, str]] = {}
    if run is not None:
        rows = ConsolidationPart.objects.filter(consolidation=run)
        for submission, edition, counted, why in rows.values_list(
            "edition__submission_id", "edition_id", "counted", "why"
        ):
            parts[submission] = edition, counted, why
    return {"page": page, "rows": [_row(each, parts, run) for each in page.object_list], "chosen": chosen}


def _row(body: Body, parts: Mapping[int, tuple[int, bool, str]], run: Consolidation | None) -> Row:
    late = ""
    if body.late:
        words = (
            ngettext("trễ %(n)d ngày", "trễ %(n)d ngày", body.late)
            if body.sent_on or body.edition
            else ngettext("quá hạn %(n)d ngày", "quá hạn %(n)d ngày", body.late)
        )
        late = words % {"n": body.late}
    overdue = bool(body.late) and body.missing and body.standing is not Standing.SENT
    tone = {Standing.TAKEN: "done", Standing.SENT: "wait", Standing.RETURNED: "wait"}.get(body.standing, "plain")
    submission = body.submission
    part = parts.get(submission.pk) if submission is not None else None
    inside = why = ""
    if part is not None:
        inside, why = (_("Đã cộng"), "") if part[1] else (_("Không cộng"), part[2])
        if body.edition is not None and body.edition.pk != part[0]:
            why = _("Đã có bản đính chính; lần tổng hợp này cộng bản trước.")
    elif body.edition is not None and run is not None:
        inside = _("Chưa đưa vào")
    url = reverse("reports:report", args=[submission.pk]) if submission is not None and submission.sent_once else ""
    others = body.blamed if body.blamed != (body.name,) else ()
    return Row(body, "late" if overdue else tone, str(WORDS[body.standing]), late, inside, why, url, others)


# --- the figures


@attrs.frozen
class Number:
    """A line of a run beside what stands in the report; `was` is what the run before found, where that differs."""

    line: Line
    value: Decimal | None
    applies: bool
    told: int
    expected: int
    stands: Decimal | None
    typed: bool
    was: Decimal | None
    changed: bool


def _tables(
    report: Submission, schema: ReportSchema, run: Consolidation | None
) -> list[tuple[Section, list[Line | Number]]]:
    if run is None:
        return []
    found = figures_in(run)
    before = Consolidation.objects.filter(submission=report, number=run.number - 1).first()
    was = figures_in(before) if before is not None else {}
    typed = {row.line: row for row in SubmissionFigure.objects.filter(submission=report, typed=True)}
    tables = []
    for section in schema.sections:
        if section.kind is not SectionKind.FIGURES:
            continue
        rows: list[Line | Number] = []
        for line in section.lines:
            told = found.get(line.key)
            if told is None:
                rows.append(line)
                continue
            own, old = typed.get(line.key), was.get(line.key)
            rows.append(
                Number(
                    line=line,
                    value=told.value,
                    applies=told.applies,
                    told=told.told,
                    expected=told.expected,
                    stands=unstored(own.value, own.places) if own else told.value,
                    typed=own is not None,
                    was=old.value if old else None,
                    changed=old is not None and old.value != told.value,
                )
            )
        tables.append((section, rows))
    return tables


def _table_of(report: Submission, word: str) -> tuple[ReportSchema, Section, list[Section]]:
    """The table of figures that an address asks for, the first one without; all there are."""
    schema = schema_from(report.form_version.body)
    tables = [each for each in schema.sections if each.kind is SectionKind.FIGURES]
    if not tables:
        raise Http404
    return schema, next((each for each in tables if each.key == word), tables[0]), tables


def matrix(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The bodies beside each other, line by line of one table."""
    _actor, report = _report(request, submission_id)
    _schema, section, tables = _table_of(report, request.GET.get("muc", ""))
    run = last_run(report)
    lines = [line for line in section.lines if line.is_filled]
    parts = parts_in(run) if run is not None else ()
    page = Paginator(parts, ROWS_A_PAGE).get_page(request.GET.get("trang"))
    found = figures_in(run) if run is not None else {}
    path = reverse("reports:matrix", args=[report.pk])
    context = {
        "report": report,
        "title": report_title(report),
        "run": run,
        "section": section,
        "tabs": [
            {
                "label": f"{each.number}. {each.title}" if each.number else each.title,
                "url": f"{path}?{urlencode({'muc': each.key})}",
                "count": None,
                "current": each.key == section.key,
            }
            for each in tables
        ],
        "lines": lines,
        "page": page,
        "rows": [(part, [part.values.get(line.key) for line in lines]) for part in page.object_list],
        "totals": [found[line.key].value if line.key in found else None for line in lines],
        "told": [found.get(line.key) for line in lines],
    }
    return render(request, "reports/gather_matrix.html", context)


def matrix_xlsx(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The same of all tables as a workbook whose sums calculate."""
    _actor, report = _report(request, submission_id)
    _schema, _section, tables = _table_of(report, "")
    run = last_run(report)
    if run is None:
        raise Http404
    parts, found = parts_in(run), figures_in(run)
    title = report_title(report)
    words = _("Lần tổng hợp %(number)d, %(when)s") % {
        "number": run.number,
        "when": f"{timezone.localtime(run.at):%H:%M %d/%m/%Y}",
    }
    sheets = [
        _sheet(
            number, section, parts, {key: each.value for key, each in found.items()}, f"{title}. {section.title}", words
        )
        for number, section in enumerate(tables, 1)
    ]
    name = f"tong-hop-{report.pk}-lan-{run.number}.xlsx"
    noted(request, "reports.report.exported", report, format="xlsx", number=run.number)
    return HttpResponse(
        write_workbook(sheets),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _sheet(
    number: int, section: Section, parts: Sequence[Part], sums: Mapping[str, Decimal | None], heading: str, words: str
) -> Sheet:
    lines = [line for line in section.lines if line.is_filled]
    rows: list[list[Value]] = [[part.name, *(part.values.get(line.key) for line in lines)] for part in parts]
    return Sheet(
        title=f"{number}. {section.title}".translate(dict.fromkeys(map(ord, "[]:*?/\\"), " ")),
        heading=heading,
        words=words,
        columns=[(_("Đơn vị"), 34), *((line.label, 14) for line in lines)],
        rows=rows,
        totals={at: sums.get(line.key) for at, line in enumerate(lines, 1) if _adds(line, parts, sums)},
        total_word=_("Cộng"),
    )


def _adds(line: Line, parts: Sequence[Part], sums: Mapping[str, Decimal | None]) -> bool:
    """Whether the run added this line: numbers that do not add up over bodies have no sum."""
    return sums.get(line.key) is not None or not any(part.values.get(line.key) is not None for part in parts)


# --- the texts


@attrs.frozen
class Gathered:
    """What bodies wrote for a section, beside what stands in it: each text with whether it stands there already."""

    key: str
    title: str
    version: int
    texts: Sequence[tuple[Words, bool]]

    @property
    def left(self) -> int:
        """How many texts are not in the section yet."""
        return sum(not inside for _words, inside in self.texts)


def _sections(report: Submission, schema: ReportSchema, run: Consolidation | None) -> list[Gathered]:
    rows = {row.key: row for row in SubmissionSection.objects.filter(submission=report)}
    found = []
    for key, texts in words_in(run).items() if run is not None else ():
        section, row = schema.section(key), rows.get(key)
        title = section.title if section else _("Nội dung không có mục tương ứng trong mẫu này")
        if section and section.number:
            title = f"{section.number}. {title}"
        stands = row.text if row is not None else ""
        told = [(each, bool(key) and each.text in stands) for each in texts]
        found.append(Gathered(key, title, row.version if row is not None else 0, told))
    return found


@require_POST
def insert(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Puts what bodies wrote below what stands in a section: of the chosen ones, or of all."""
    actor, report = _report(request, submission_id)
    if not writes_at(actor, report.unit_id):
        raise PermissionDenied
    run = last_run(report)
    key, chosen = request.POST.get("muc", ""), {*request.POST.getlist("don_vi")}
    row = SubmissionSection.objects.filter(submission=report, key=key).first()
    if run is None or row is None:
        raise Http404
    texts = [
        each
        for each in words_in(run).get(key, ())
        if each.text not in row.text and (not chosen or str(each.unit_id) in chosen)
    ]
    seen = request.POST.get("seen", "")
    text = "\n".join(part for part in (row.text, *(f"{each.body}: {each.text}" for each in texts)) if part)
    answer = save_section(
        actor=actor,
        at=timezone.now(),
        submission_id=report.pk,
        key=key,
        text=text,
        seen=int(seen) if seen.isdecimal() else -1,
    )
    if isinstance(answer, Refusal):
        return _page(request, actor, report, problems=[answer.message], status=409 if answer.code == "stale" else 422)
    done = ngettext("Đã chèn nội dung của %(count)d đơn vị.", "Đã chèn nội dung của %(count)d đơn vị.", len(texts))
    messages.success(request, done % {"count": len(texts)})
    return redirect(f"{reverse('reports:gather', args=[report.pk])}?xem=noi-dung")


# --- the runs


def _runs(report: Submission, schema: ReportSchema, chosen: str) -> list[dict[str, Any]]:
    """The runs, the newest first; of the chosen one (else of the newest) what it changed."""
    runs = list(runs_of(report))
    opened = int(chosen) if chosen.isdecimal() else (runs[0].number if runs else 0)
    labels = {line.key: line.label for _section, line in schema.lines()}
    found = []
    for at, run in enumerate(runs):
        before = runs[at + 1] if at + 1 < len(runs) else None
        change = difference(before, run) if run.number == opened and before is not None else None
        found.append(
            {
                "run": run,
                "open": run.number == opened,
                "change": change,
                "figures": [(labels.get(each.line, each.line), each.old, each.new) for each in change.figures]
                if change
                else (),
                "first": before is None,
            }
        )
    return found


# --- one line


def line_page(request: HttpRequest, submission_id: int, line: str) -> HttpResponse:
    """Where the number of a line comes from: the reports that were added, each leading on to its own line."""
    actor = acting(request)
    seen: Any = Submission.objects.visible_to(actor).select_related(
        "duty__plan", "unit", "about", "occurrence", "form_version__form"
    )
    report: Submission = get_object_or_404(seen, pk=submission_id)
    own = report.unit_id == actor.unit_id
    edition = None
    if not own or report.state not in LIVE:
        edition = report.editions.select_related("form_version").filter(number=report.edition).first()
        if edition is None:
            raise Http404
    schema = schema_from((edition or report).form_version.body)
    lines = {each.key: (section, each) for section, each in schema.lines() if not each.is_heading}
    if line not in lines:
        raise Http404
    section, asked = lines[line]
    content = content_from(edition.content) if edition is not None else content_of(report, on=actor.on)
    sources = lineage_of_line(actor, content.parts, schema, line) if asked.is_filled else ()
    row = SubmissionFigure.objects.select_related("changed_by").filter(submission=report, line=line).first()
    figure = content.figures.get(line, Figure())
    elements = elements_of(schema, actor.on)
    made_of = parts_of_line(asked, [each for _section, each in lines.values()], elements.indicators, elements.kinds)
    context = {
        "report": report,
        "title": report_title(report),
        "own": own,
        "edition": edition,
        "section": section,
        "line": asked,
        "figure": figure,
        "typed": figure.provenance is Provenance.TYPED,
        "who": row.changed_by if own and edition is None and row is not None and row.typed else None,
        "sources": sources,
        "hidden": sum(each.hidden for each in sources),
        "made_of": [(lines[each][1], content.figures.get(each, Figure())) for each in made_of],
        "gathered": bool(content.parts),
    }
    return render(request, "reports/line.html", context)
