"""Writing report forms: begun, copied, the outline and its sections, put in use, ended.

Every button of the editor first keeps what was typed, in a draft that may be wrong in many ways; only putting it in
use asks for all to be right. Nothing needs a script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.reports.models import Duty, DutyState, ReportForm, ReportFormVersion
from pcmt.apps.reports.operations import (
    add_form,
    copy_form,
    drop_form_draft,
    end_form,
    put_form_in_use,
    save_form_draft,
)
from pcmt.apps.reports.policies import can_keep_form, can_keep_forms
from pcmt.apps.reports.queries.forms import draft_of, form_in_use, schema_of
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import Breakdown, Catalogue, part_label, parts_of
from pcmt.core.schemas import COLUMNS, ReportSchema, Section, SectionKind, compared, summary
from pcmt.core.text import fold
from pcmt.web.report_forms import editing
from pcmt.web.report_forms.reading import outline_rows, seen, shown, trail
from pcmt.web.report_forms.words import COLUMN_KINDS, KINDS, RECIPES, difference_rows
from pcmt.web.shell.access import acting

FOUND = 12
FIRST_COLUMNS = ("this", "year_ago", "percent")


class TitleForm(forms.Form):
    """What a form is called."""

    title = forms.CharField(
        label=gettext_lazy("Tên mẫu"), max_length=300, error_messages={"required": gettext_lazy("Nhập tên mẫu.")}
    )


class HeadForm(TitleForm):
    """What stands above the sections."""

    type_name = forms.CharField(
        label=gettext_lazy("Tên loại văn bản"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("BÁO CÁO, TỜ TRÌNH…; để trống nếu là công văn."),
    )
    subject = forms.CharField(
        label=gettext_lazy("Trích yếu"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("{kỳ} và {kế hoạch} được thay bằng tên kỳ và tên kế hoạch."),
    )
    opening = forms.CharField(
        label=gettext_lazy("Lời mở đầu"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=500, required=False)


class UseForm(forms.Form):
    """What changed, in words for those who fill the form."""

    draft_id = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("Thay đổi gì"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Người sắp viết báo cáo theo mẫu này sẽ thấy câu này."),
    )


def keeping(request: HttpRequest, form_id: int) -> tuple[Actor, ReportForm]:
    """Somebody who keeps the form; 404 for forms that another office keeps, and for ready ones."""
    actor = _making(request)
    found = seen(actor, form_id)
    if not can_keep_form(actor, found):
        raise Http404
    return actor, found


def _making(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not can_keep_forms(actor):
        raise PermissionDenied(_("Mẫu báo cáo do cơ quan thường trực lập."))
    return actor


def add(request: HttpRequest) -> HttpResponse:
    """A new form of the own office."""
    actor = _making(request)

    def act(title: str) -> ReportForm | Refusal:
        return add_form(actor=actor, at=timezone.now(), title=title)

    return _begun(request, TitleForm(request.POST or None), act, heading=_("Lập mẫu báo cáo"), under="")


def copy(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """A form of the own office that begins as a copy."""
    actor = _making(request)
    found = seen(actor, report_form_id)
    data = TitleForm(request.POST or None, initial={"title": found.title})

    def act(title: str) -> ReportForm | Refusal:
        return copy_form(actor=actor, at=timezone.now(), form_id=found.pk, title=title)

    under = _("Từ mẫu: %(title)s. Bản sao là của đơn vị, sửa được.") % {"title": found.title}
    return _begun(request, data, act, heading=_("Sao chép mẫu"), under=under)


def _begun(
    request: HttpRequest, data: TitleForm, act: Callable[[str], ReportForm | Refusal], *, heading: str, under: str
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if data.is_valid():
            made = act(data.cleaned_data["title"])
            if isinstance(made, ReportForm):
                return redirect("report_forms:outline", made.pk)
            data.add_error("title" if made.field == "title" else None, made.message)
    context = {"form": data, "heading": heading, "under": under, "trail": trail(), "submit": _("Lập mẫu, soạn tiếp")}
    return render(request, "report_forms/title.html", context, status=status)


@attrs.define
class _Draft:
    """What is being written: the draft, or the version in use from which the first change makes one."""

    form: ReportForm
    row: ReportFormVersion | None
    schema: ReportSchema

    @property
    def seen(self) -> dict[str, Any]:
        """What a writer has seen, for the operations."""
        return {"draft_id": self.row.pk if self.row else None, "version": self.row.version if self.row else 0}


def _drafted(found: ReportForm) -> _Draft:
    row = draft_of(found)
    from_version = row or form_in_use(found) or found.versions.first()
    if from_version is None:
        raise Http404
    return _Draft(found, row, schema_of(from_version))


def _claimed(request: HttpRequest) -> dict[str, Any]:
    """The draft that the sender of a page has seen."""
    draft, version = request.POST.get("draft_id", ""), request.POST.get("version", "")
    short = len(draft) < 16 and len(version) < 9
    return {
        "draft_id": int(draft) if draft.isdecimal() and short else None,
        "version": int(version) if version.isdecimal() and short else 0,
    }


def outline(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """The head of a form and its sections: added, moved, thrown out; beside it how it will look."""
    actor, found = keeping(request, report_form_id)
    draft = _drafted(found)
    schema = draft.schema
    initial = {name: getattr(schema, name) for name in HeadForm.base_fields}
    data = HeadForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        new_title = " ".join(request.POST.get("new_title", "").split())
        act = request.POST.get("act", "")
        valid = data.is_valid()
        if act == "add" and not new_title:
            data.add_error(None, _("Nhập tên mục muốn thêm."))
        elif act == "add" and len(new_title) > editing.TITLE_CHARS:
            data.add_error(None, _("Tên mục dài quá 300 ký tự."))
        elif valid:
            after = attrs.evolve(schema, **data.cleaned_data)
            after, key = _outlined(after, act, new_title, request.POST.get("new_kind", ""))
            saved = save_form_draft(actor=actor, at=timezone.now(), form_id=found.pk, schema=after, **_claimed(request))
            if isinstance(saved, ReportFormVersion):
                if act == "add":
                    return redirect("report_forms:section", found.pk, key)
                messages.success(request, _("Đã lưu bản đang soạn."))
                anchor = f"#muc-{key}" if key else ""
                return redirect(reverse("report_forms:outline", args=[found.pk]) + anchor)
            status = 409 if saved.code == "stale" else 422
            data.add_error(saved.field if saved.field in data.fields else None, saved.message)
            draft = _drafted(found)
    context = {
        "heading": _("Soạn mẫu báo cáo"), "under": draft.schema.title, "form": data, "found": found,
        "seen": draft.seen, "rows": outline_rows(draft.schema), "kinds": KINDS.items(),
        "new_title": request.POST.get("new_title", "") if status != 200 else "",
        "new_kind": request.POST.get("new_kind", ""),
        "trail": trail((found.title, reverse("report_forms:form", args=[found.pk]))),
        "has_draft": draft.row is not None, **shown(draft.schema, actor),
    }  # fmt: skip
    return render(request, "report_forms/outline.html", context, status=status)


def _outlined(schema: ReportSchema, act: str, title: str, kind: str) -> tuple[ReportSchema, str]:
    """The form after an act on its outline, and the section that it was about."""
    word, _sign, key = act.partition(":")
    sections = schema.sections
    place = next((at for at, each in enumerate(sections) if each.key == key), -1)
    if word == "add":
        base = slugify(fold(title)).replace("-", "_")
        key = editing.free_key(base, {each.key for each in sections})
        made = SectionKind(kind) if kind in list(SectionKind) else SectionKind.NARRATIVE
        columns = tuple(COLUMNS[name] for name in FIRST_COLUMNS) if made is SectionKind.FIGURES else ()
        annex = made not in (SectionKind.NARRATIVE, SectionKind.FIGURES, SectionKind.PICTURES)
        section = Section(key=key, title=title, kind=made, columns=columns, annex=annex, landscape=annex)
        # what is printed in the text goes before the annexes
        at = next((n for n, each in enumerate(sections) if each.annex), len(sections)) if not annex else len(sections)
        sections = (*sections[:at], section, *sections[at:])
    elif word in ("up", "down") and place >= 0:
        sections = editing.moved(sections, place, -1 if word == "up" else 1)
    elif word == "remove" and place >= 0:
        sections = tuple(each for each in sections if each.key != key)
        key = ""
    return attrs.evolve(schema, sections=sections), key


def section(request: HttpRequest, report_form_id: int, section_key: str) -> HttpResponse:
    """One section: its words, the lines and columns of its table, with a search for what a line may count."""
    actor, found = keeping(request, report_form_id)
    draft = _drafted(found)
    stood = draft.schema.section(section_key)
    if stood is None:
        raise Http404
    on = actor.on
    known, parts = catalogue(on), breakdowns(on)
    query = " ".join(request.GET.get("tim", "").split())
    typed, errors, status = editing.typed_of(stood), [], 200
    if request.method == "POST":
        query = " ".join(request.POST.get("tim", "").split())
        typed = editing.typed_from(request.POST, request.POST.getlist("drafts"))
        after = editing.section_of(typed, section_key, known, parts)
        if typed.errors:
            status = 422
        else:
            act = request.POST.get("act", "")
            after = editing.acted(draft.schema, after, act, known, parts)
            if after.kind is SectionKind.FIGURES and not after.columns and stood.kind is not SectionKind.FIGURES:
                after = attrs.evolve(after, columns=tuple(COLUMNS[name] for name in FIRST_COLUMNS))
            saved = save_form_draft(
                actor=actor, at=timezone.now(), form_id=found.pk,
                schema=editing.with_section(draft.schema, after), **_claimed(request),
            )  # fmt: skip
            if isinstance(saved, ReportFormVersion):
                return redirect(_after_section(found, section_key, act, query))
            status, errors = (409 if saved.code == "stale" else 422), [saved.message]
            draft = _drafted(found)
    keys = [each.key for each in draft.schema.sections]
    place = keys.index(section_key) if section_key in keys else -1
    context = {
        "found": found, "key": section_key, "typed": typed, "errors": errors, "seen": draft.seen, "query": query,
        "hits": _hits(query, typed, draft.schema, known) if query else [], "searched": bool(query),
        "kinds": KINDS.items(), "recipes": RECIPES.items(), "levels": ("1", "2", "3"),
        "is_figures": typed.values["kind"] == SectionKind.FIGURES,
        "is_bodies": typed.values["kind"] == SectionKind.BODIES,
        "is_text": typed.values["kind"] == SectionKind.NARRATIVE,
        "lines": _line_rows(typed, known, parts), "columns": _column_rows(typed),
        "more_columns": [(name, COLUMNS[name].label) for name in COLUMNS],
        "before": keys[place - 1] if place > 0 else "", "after": keys[place + 1] if 0 <= place < len(keys) - 1 else "",
        "trail": trail(
            (found.title, reverse("report_forms:form", args=[found.pk])),
            (_("Soạn mẫu"), reverse("report_forms:outline", args=[found.pk])),
        ),
        **shown(draft.schema, actor, only=section_key),
    }  # fmt: skip
    return render(request, "report_forms/section.html", context, status=status)


def _after_section(found: ReportForm, key: str, act: str, query: str) -> str:
    """Where a section goes on: where the act was done, the search kept while lines are taken."""
    if act == "done":
        return reverse("report_forms:outline", args=[found.pk]) + f"#muc-{key}"
    address = reverse("report_forms:section", args=[found.pk, key])
    word = act.partition(":")[0]
    if query and word in ("find", "take"):
        return f"{address}?{urlencode({'tim': query})}#tim"
    if word in ("column", "cup", "cdown", "cremove"):
        return f"{address}#cot"
    return f"{address}#dong" if word in ("lup", "ldown", "lremove", "sum", "heading", "take") else address


def _hits(query: str, typed: editing.Typed, schema: ReportSchema, known: Catalogue) -> list[dict[str, Any]]:
    """What a line may count, by words without tone marks; for body by body tables the lines of the form."""
    words = fold(query).split()
    if typed.values["kind"] == SectionKind.BODIES:
        offered = [
            (line.key, line.label, line.unit_word) for _section, line in schema.lines() if not line.is_heading
        ]  # fmt: skip
    else:
        offered = [(each.code, each.name, each.unit_word) for each in known.elements.values()]
        shares = (each for each in known.indicators.values() if each.whole)
        offered += [(f"={each.code}", each.name, _("chỉ số, chương trình tính")) for each in shares]
    taken = {row["key"] for row in typed.lines}
    found = [
        {"code": code, "name": name, "under": unit, "taken": code.lstrip("=") in taken}
        for code, name, unit in offered
        if all(word in fold(f"{name} {code}") for word in words)
    ]
    return found[:FOUND]


def _line_rows(typed: editing.Typed, known: Catalogue, parts: Mapping[str, Breakdown]) -> list[dict[str, Any]]:
    rows = []
    for at, row in enumerate(typed.lines, start=1):
        element = known.elements.get(row["bound"]) if row["source"] == "element" else None
        indicator = known.indicators.get(row["bound"]) if row["source"] == "indicator" else None
        name = element.name if element else indicator.name if indicator else row["bound"]
        options = [(part, part_label(part, parts)) for part in parts_of(element, parts)] if element else []
        if row["part"] and row["part"] not in dict(options):
            options.append((row["part"], row["part"]))
        errors = {
            field: typed.errors[f"l-{at}-{field}"]
            for field in ("label", "number", "unit_word", "official", "note", "sums")
            if f"l-{at}-{field}" in typed.errors
        }
        rows.append(
            {"at": at, "row": row, "name": name, "options": options, "errors": errors, "last": at == len(typed.lines)}
        )
    return rows


def _column_rows(typed: editing.Typed) -> list[dict[str, Any]]:
    against = [
        (row["key"], row["label"] or row["key"]) for row in typed.columns if row["kind"] in map(str, editing.COMPARED)
    ]
    return [
        {
            "at": at, "row": row, "kind": COLUMN_KINDS.get(row["kind"], row["kind"]), "last": at == len(typed.columns),
            "against": against if row["kind"] in map(str, editing.COMPARING) else [],
        }
        for at, row in enumerate(typed.columns, start=1)
    ]  # fmt: skip


def use(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """What the draft changes and what is still wrong with it; then it is put in use."""
    actor, found = keeping(request, report_form_id)
    draft = _drafted(found)
    if draft.row is None:
        messages.info(request, _("Mẫu này không có bản đang soạn."))
        return redirect("report_forms:form", found.pk)
    before = form_in_use(found)
    changes = compared(schema_of(before), draft.schema) if before else ()
    initial = {**draft.seen, "words": summary(changes)}
    data = UseForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if data.is_valid():
            used = put_form_in_use(actor=actor, at=timezone.now(), form_id=found.pk, **data.cleaned_data)
            if isinstance(used, ReportFormVersion):
                messages.success(
                    request, _("Đã dùng bản %(number)s. Báo cáo mở từ nay theo bản này.") % {"number": used.number}
                )
                return redirect("report_forms:form", found.pk)
            status = 409 if used.code == "stale" else 422
            if used.code == "stale":
                data = UseForm({**request.POST.dict(), **draft.seen})
                data.is_valid()
            data.add_error(None, used.message)
    context = {
        "form": data, "found": found, "before": before, "draft": draft.row,
        "rows": difference_rows(changes, catalogue()),
        "regimes": Duty.objects.filter(form=found, state=DutyState.ACTIVE).count(),
        "error_heading": _("Chưa dùng được. Xem lại các chỗ sau:"),
        "optional_word": _("không bắt buộc"),
        "trail": trail((found.title, reverse("report_forms:form", args=[found.pk]))),
        **shown(draft.schema, actor),
    }  # fmt: skip
    return render(request, "report_forms/use.html", context, status=status)


@require_POST
def drop(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """Throw the draft away."""
    actor, found = keeping(request, report_form_id)
    claimed = _claimed(request)
    answer = drop_form_draft(
        actor=actor, at=timezone.now(), form_id=found.pk, draft_id=claimed["draft_id"] or 0, version=claimed["version"]
    )
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect("report_forms:form", found.pk)
    messages.success(request, _("Đã bỏ bản đang soạn."))
    stands = ReportForm.objects.filter(pk=found.pk).exists()
    return redirect("report_forms:form", found.pk) if stands else redirect("report_forms:list")


def end(request: HttpRequest, report_form_id: int) -> HttpResponse:
    """Use the form no more; regimes that ask for it have to take another first."""
    actor, found = keeping(request, report_form_id)
    status, problem = 200, ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        seen_version = int(version) if version.isdecimal() and len(version) < 9 else 0
        answer = end_form(actor=actor, at=timezone.now(), form_id=found.pk, version=seen_version)
        if isinstance(answer, ReportForm):
            messages.success(request, _("Đã thôi dùng mẫu. Báo cáo đã lập theo mẫu vẫn giữ nguyên."))
            return redirect("report_forms:form", found.pk)
        status, problem = (409 if answer.code == "stale" else 422), answer.message
        found.refresh_from_db()
    context = {
        "found": found, "problem": problem, "version": found.version,
        "trail": trail((found.title, reverse("report_forms:form", args=[found.pk]))),
    }  # fmt: skip
    return render(request, "report_forms/end.html", context, status=status)
