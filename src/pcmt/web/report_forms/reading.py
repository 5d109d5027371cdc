"""Looking at report forms: the list, one form, two versions, how it will look."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.reports.models import DutyState, FormState, ReportForm, ReportFormVersion
from pcmt.apps.reports.policies import can_keep_form, can_keep_forms
from pcmt.apps.reports.queries.forms import schema_of, use_of
from pcmt.core.schemas import ReportSchema, Section, SectionKind, compared, problems
from pcmt.core.text import sort_key
from pcmt.web.report_forms.words import COLUMN_KINDS, KINDS, MADE, RECIPES, bound_words, difference_rows, problem_words
from pcmt.web.shell.access import acting

TONES = {FormState.IN_USE: "done", FormState.DRAFT: "wait", FormState.ENDED: "plain"}


def listed(request: HttpRequest) -> HttpResponse:
    """Forms in use, on demand those that ended, and what offices of the reader are writing: the ready ones last."""
    actor = acting(request)
    ended = request.GET.get("ngung") == "1"
    found = (
        ReportForm.objects.visible_to(actor)
        .select_related("office")
        .prefetch_related("versions")
        .annotate(regimes=Count("duties", filter=Q(duties__state=DutyState.ACTIVE)))
    )
    rows: list[dict[str, Any]] = []
    for each in found:
        states = {version.state: version for version in each.versions.all()}
        used, draft = states.get(FormState.IN_USE), states.get(FormState.DRAFT)
        draft = draft if draft and can_keep_form(actor, each) else None
        if used or draft or (ended and FormState.ENDED in states):
            since = timezone.localdate(used.used_at) if used and used.used_at else None
            rows.append({"form": each, "used": used, "since": since, "draft": draft})
    rows.sort(key=lambda row: (row["form"].office_id is None, sort_key(row["form"].title)))
    context = {"rows": rows, "keeps": can_keep_forms(actor), "ended": ended}
    return render(request, "report_forms/list.html", context)


def form(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """One form: what it asks, its versions, who uses it."""
    actor = acting(request)
    found = seen(actor, report_form_id)
    keeps = can_keep_form(actor, found)
    versions = list(versions_for(actor, found))
    shown = next((each for each in versions if each.state == FormState.IN_USE), versions[0] if versions else None)
    use = use_of(found, actor)
    numbers = {each.number for each in versions}
    context = {
        "form": found,
        "trail": trail(),
        "used": next((each for each in versions if each.state == FormState.IN_USE), None),
        "draft": next((each for each in versions if each.state == FormState.DRAFT), None),
        "schema": schema_of(shown) if shown else None,
        "outline": outline_rows(schema_of(shown)) if shown else [],
        "versions": [
            {
                "version": each, "tone": TONES[FormState(each.state)], "reports": use.reports.get(each.pk, 0),
                "before": each.number - 1 if each.number - 1 in numbers else None,
            }
            for each in versions
        ],
        "duties": use.duties,
        "keeps": keeps,
        "copies": can_keep_forms(actor),
    }  # fmt: skip
    return render(request, "report_forms/form.html", context)


def preview(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """A version as who fills it will see it (`kieu=nguoi-viet`), or as it will be printed (`kieu=ban-in`)."""
    actor = acting(request)
    found = seen(actor, report_form_id)
    version = _version(actor, found, request.GET.get("ban"))
    printed = request.GET.get("kieu") == "ban-in"
    schema = schema_of(version)
    tabs = [
        {"label": label, "url": f"?ban={version.number}&kieu={kind}", "count": None, "current": printed == paper}
        for label, kind, paper in ((_("Người viết thấy"), "nguoi-viet", False), (_("Bản in"), "ban-in", True))
    ]
    context = {
        "form": found, "version": version, "tabs": tabs, "trail": trail((found.title, _address(found))),
        **shown(schema, actor, printed=printed),
    }  # fmt: skip
    return render(request, "report_forms/preview.html", context)


def differences(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """What a version changed against another: against the one before it, where none is named."""
    actor = acting(request)
    found = seen(actor, report_form_id)
    new = _version(actor, found, request.GET.get("ban"))
    default = versions_for(actor, found).filter(number__lt=new.number).first()
    old = _version(actor, found, request.GET.get("voi") or (str(default.number) if default else None))
    if old.number > new.number:
        old, new = new, old
    rows = difference_rows(compared(schema_of(old), schema_of(new)), catalogue())
    context = {
        "form": found, "old": old, "new": new, "rows": rows, "versions": versions_for(actor, found),
        "trail": trail((found.title, _address(found))),
    }  # fmt: skip
    return render(request, "report_forms/differences.html", context)


def seen(actor: Actor, form_id: int) -> ReportForm:
    """A form; 404 for what is not there, and for what another office has only begun to write."""
    found: ReportForm | None = (
        ReportForm.objects.visible_to(actor).select_related("office").filter(pk=form_id).first()  # type: ignore[assignment]
    )
    if found is None or not versions_for(actor, found).exists():
        raise Http404
    return found


def versions_for(actor: Actor, found: ReportForm) -> QuerySet[ReportFormVersion]:
    """The versions of a form: what is being written is shown to those who keep the form."""
    rows = ReportFormVersion.objects.visible_to(actor).filter(form=found)
    return rows if can_keep_form(actor, found) else rows.exclude(state=FormState.DRAFT)


def _version(actor: Actor, found: ReportForm, number: str | None) -> ReportFormVersion:
    """The version with a number; without one that in use, else the newest."""
    versions = versions_for(actor, found)
    if number and number.isdecimal() and len(number) < 6:
        row = versions.filter(number=int(number)).first()
    else:
        row = versions.filter(state=FormState.IN_USE).first() or versions.first()
    if row is None:
        raise Http404
    return row


def trail(*way: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of this room."""
    return [(_("Mẫu báo cáo"), reverse("report_forms:list")), *way]


def _address(found: ReportForm) -> str:
    return reverse("report_forms:form", args=[found.pk])


def outline_rows(schema: ReportSchema) -> list[dict[str, Any]]:
    """The sections in short: what each is, how many lines its table has."""
    return [
        {
            "section": section,
            "kind": KINDS[section.kind],
            "lines": sum(not line.is_heading for line in section.lines),
            "indent": section.level - 1,
        }
        for section in schema.sections
    ]


def shown(schema: ReportSchema, actor: Actor, *, printed: bool = False, only: str = "") -> dict[str, Any]:
    """What the preview needs: all sections, or one; printed ones without guidance and with annexes at the end."""
    chosen = [each for each in schema.sections if not only or each.key == only]
    if printed:
        chosen.sort(key=lambda section: section.annex)
    found, parts = catalogue(actor.on), breakdowns(actor.on)
    wrong = [
        {"words": problem_words(each), "blocking": each.blocking, "section": each.section}
        for each in problems(schema, found, parts)
        if not only or each.section == only
    ]
    return {
        "schema": schema,
        "printed": printed,
        "problems": wrong,
        "sections": [_section(section, found, parts) for section in chosen],
        "first_annex": next((section.key for section in chosen if section.annex), ""),
    }


def _section(section: Section, found: Any, parts: Any) -> dict[str, Any]:
    return {
        "section": section,
        "kind": KINDS[section.kind],
        "made": MADE.get(section.kind, ""),
        "drafts": [RECIPES.get(each, each) for each in section.drafts],
        "is_table": section.kind is SectionKind.FIGURES,
        "is_text": section.kind is SectionKind.NARRATIVE,
        "is_bodies": section.kind is SectionKind.BODIES,
        "columns": [
            {"column": column, "kind": COLUMN_KINDS[column.kind], "wide": column.kind == "note"}
            for column in section.columns
        ],
        "lines": [
            {"line": line, "bound": "" if words == line.label else words}
            for line in section.lines
            for words in [bound_words(line, found, parts)]
        ],
    }
