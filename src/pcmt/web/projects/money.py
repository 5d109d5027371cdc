"""The money of a plan: its sources with what is left, its lines with what was given, spent and settled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyEntry, MoneyLine, MoneySheet, MoneySource, MoneyYear
from pcmt.apps.projects.operations import money
from pcmt.apps.projects.policies import can_keep, can_tell
from pcmt.apps.projects.queries.money import Sums, closed_years, line_sums, lines_in, source_sums
from pcmt.apps.projects.queries.tree import family
from pcmt.core.diagnostics import Refusal
from pcmt.web.plan.header import seen_plan
from pcmt.web.projects.forms import EntryForm, LineForm, SourceForm, blame, chosen
from pcmt.web.projects.forms_views import form_page, refuse_unless, sent
from pcmt.web.shell.access import acting


def overview(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Sources and lines, of one budget year with `nam`."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    ids = family(plan.pk)
    lines = lines_in(ids)
    years = sorted({line.year for line in lines})
    asked = request.GET.get("nam", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else None
    shown = [line for line in lines if year is None or line.year == year]
    sums = line_sums(shown)
    sources = list(MoneySource.objects.standing().filter(plan__in=ids).select_related("plan", "of"))
    page = {
        "plan": plan,
        "rows": [{"line": line, "sums": sums[line.pk]} for line in shown],
        "whole": sum(sums.values(), Sums()),
        "sources": source_sums(sources).values(),
        "years": years,
        "year": year,
        "closed": sorted(closed_years(plan.pk)),
        "closed_here": list(MoneyYear.objects.filter(plan=plan, opened_at__isnull=True).order_by("year")),
        "sheets": MoneySheet.objects.filter(plan=plan).exclude(told_at=None).select_related("made_by")[:5],
        "may_keep": can_keep(actor, plan),
        "may_tell": can_tell(actor, plan),
        "this_year": actor.on.year,
    }
    return render(request, "projects/money.html", page)


def _back(plan: Plan) -> str:
    return reverse("projects:money", args=[plan.pk])


def source(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A new source, or the one that `nguon` names, with what is left of it and where it went."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    row = _row(MoneySource, plan, request.GET.get("nguon", ""))
    if row is None:
        refuse_unless(can_keep(actor, plan))
    elif request.method == "POST" or not can_keep(actor, row.plan):
        refuse_unless(request.method != "POST" or can_keep(actor, row.plan))
    at_plan = row.plan if row else plan
    initial: dict[str, Any] = {"version": 0, "year_from": actor.on.year, "year_to": actor.on.year}
    if row is not None:
        initial = {
            name: getattr(row, name) for name in ("version", "name", "kind", "year_from", "year_to", "amount", "paper")
        } | {"of": row.of_id or ""}
    form = SourceForm(sent(request), plan=at_plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        said = {name: data[name] for name in ("version", "name", "kind", "year_from", "year_to", "amount", "paper")}
        answer = money.keep_source(
            actor=actor, at=timezone.now(), plan_id=at_plan.pk, source_id=row.pk if row else None,
            of_id=chosen(data["of"]), **said,
        )  # fmt: skip
        if isinstance(answer, MoneySource):
            return redirect(_back(plan))
        blame(form, answer)
    more: dict[str, Any] = {"row": row, "may": can_keep(actor, at_plan)}
    if row is not None:
        lines = list(MoneyLine.objects.standing().filter(source=row).select_related("plan").order_by("year", "pk"))
        sums = line_sums(lines)
        more |= {
            "source": source_sums([row])[row.pk],
            "uses": [{"line": line, "sums": sums[line.pk]} for line in lines],
            "parts": row.parts.filter(voided_at__isnull=True).select_related("plan"),
            "what": "source",
        }
    return form_page(request, form, row.name if row else _("Nguồn kinh phí mới"), _back(plan), plan=plan, **more)


def line(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A new line, or the one that `khoan` names with its entries."""
    plan = seen_plan(request, plan_id)
    row = _row(MoneyLine, plan, request.GET.get("khoan", ""))
    at_plan = row.plan if row else plan
    if row is None or request.method == "POST":
        refuse_unless(can_tell(acting(request), at_plan))
    return _line_page(request, plan, row)


def _line_page(
    request: HttpRequest, plan: Plan, row: MoneyLine | None, *, entry: EntryForm | None = None
) -> HttpResponse:
    actor, at_plan = acting(request), row.plan if row else plan
    initial: dict[str, Any] = {}
    if row is not None:
        initial = {name: getattr(row, name) for name in ("version", "key", "year", "words", "estimate")}
        initial |= {name: getattr(row, f"{name}_id") or "" for name in ("source", "task", "target")}
    typed = sent(request) if entry is None else None
    form = LineForm(typed, actor=actor, plan=at_plan, initial=initial)
    if typed is not None and form.is_valid():
        answer = money.keep_line(
            actor=actor, at=timezone.now(), plan_id=at_plan.pk, line_id=row.pk if row else None, **form.said()
        )
        if isinstance(answer, MoneyLine):
            return redirect(f"{reverse('projects:line', args=[plan.pk])}?khoan={answer.pk}")
        blame(form, answer)
    more: dict[str, Any] = {"may": can_tell(actor, at_plan)}
    if row is not None:
        more |= {
            "line": row,
            "row": row,
            "sums": line_sums([row])[row.pk],
            "entries": row.entries.select_related("made_by", "voided_by"),
            "entry_form": entry or EntryForm(actor=actor, line=row),
            "what": "line",
        }
    heading = row.words if row else _("Khoản kinh phí mới")
    answer_page = form_page(request, form, heading, _back(plan), plan=plan, **more)
    if entry is not None:
        answer_page.status_code = 422
    return answer_page


@require_POST
def enter(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Write an entry of the line that `khoan` names."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    row = _row(MoneyLine, plan, request.GET.get("khoan", ""))
    if row is None:
        raise Http404
    refuse_unless(can_tell(actor, row.plan))
    form = EntryForm(request.POST, actor=actor, line=row)
    if form.is_valid():
        answer = money.enter(actor=actor, at=timezone.now(), line_id=row.pk, **form.cleaned_data)
        if isinstance(answer, MoneyEntry):
            return redirect(f"{reverse('projects:line', args=[plan.pk])}?khoan={row.pk}#but-toan")
        blame(form, answer)
    return _line_page(request, plan, row, entry=form)


@require_POST
def void(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Void an entry, a line or a source, with the reason."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_tell(actor, plan))
    what, pk, version = (request.POST.get(name, "") for name in ("what", "id", "version"))
    if what not in ("entry", "line", "source") or not pk.isdecimal():
        raise Http404
    said: dict[str, Any] = {"actor": actor, "at": timezone.now(), "why": request.POST.get("why", "")}
    number = int(version) if version.isdecimal() else 0
    answer: Any
    if what == "entry":
        answer = money.void_entry(entry_id=int(pk), **said)
    elif what == "line":
        answer = money.void_line(line_id=int(pk), version=number, **said)
    else:
        answer = money.void_source(source_id=int(pk), version=number, **said)
    if isinstance(answer, Refusal):
        messages.error(request, _("Chưa hủy được: %(why)s") % {"why": answer.message})
    elif what == "entry":
        return redirect(f"{reverse('projects:line', args=[plan.pk])}?khoan={answer.line_id}#but-toan")
    return redirect(_back(plan))


@require_POST
def year(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Close a budget year, or open it again with a reason."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_keep(actor, plan))
    asked = request.POST.get("year", "")
    if not asked.isdecimal():
        raise Http404
    said: dict[str, Any] = {"actor": actor, "at": timezone.now(), "plan_id": plan.pk, "year": int(asked)}
    answer: Any
    if request.POST.get("act") == "open":
        answer = money.open_year(why=request.POST.get("why", ""), **said)
    else:
        answer = money.close_year(**said)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    return redirect(_back(plan))


def _row(model: Any, plan: Plan, asked: str) -> Any:
    if not asked:
        return None
    found = model.objects.standing().filter(plan__in=family(plan.pk)).select_related("plan")
    row = found.filter(pk=asked).first() if asked.isdecimal() else None
    if row is None:
        raise Http404
    return row
