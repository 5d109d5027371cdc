"""Writing kinds of activities and places: begun, copied, edited, put in use, retired.

Every button of the editor first keeps what was typed, in a draft that may be wrong in many ways; only putting it in
use asks for all to be right. Nothing needs a script.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Kind, KindNoun, KindVersion
from pcmt.apps.activities.operations.kinds import copy_kind, drop_draft, retire_kind, save_draft, use_draft
from pcmt.apps.activities.policies import can_keep_kind, can_keep_kinds
from pcmt.apps.activities.queries.kinds import draft_of, in_use
from pcmt.apps.activities.queries.kinds import schema_of as kept_schema
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.facts.policies import can_keep_catalogue
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import FieldType, KindSchema, Noun, State, kind_problems
from pcmt.core.text import fold
from pcmt.web.kinds import editing
from pcmt.web.kinds.reading import seen, told, trail
from pcmt.web.kinds.words import (
    EVENT_OF,
    OF,
    PLACE_OF,
    SENSITIVITIES,
    SORTS,
    TYPES,
    element_name,
    problem_words,
)
from pcmt.web.shell.access import acting

FOUND = 12


class HeadForm(forms.Form):
    """What a new kind is."""

    label = forms.CharField(
        label=gettext_lazy("Tên loại"), max_length=200, error_messages={"required": gettext_lazy("Nhập tên loại.")}
    )
    noun = forms.ChoiceField(
        label=gettext_lazy("Ghi cái gì"),
        choices=KindNoun.choices,
        help_text=gettext_lazy("Hoạt động xảy ra vào một ngày; địa điểm đứng đó từ một ngày và có trạng thái."),
    )
    group = forms.CharField(
        label=gettext_lazy("Nhóm"), max_length=120, error_messages={"required": gettext_lazy("Chọn nhóm.")}
    )


def _making(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not can_keep_kinds(actor):
        raise PermissionDenied(_("Loại hoạt động, địa điểm do cơ quan thường trực lập."))
    return actor


def _keeping(request: HttpRequest, kind_id: int) -> tuple[Actor, Kind]:
    actor = _making(request)
    found = seen(actor, kind_id)
    if not can_keep_kind(actor, found):
        raise Http404
    return actor, found


def add(request: HttpRequest) -> HttpResponse:
    """A new kind of the own office."""
    actor = _making(request)
    data = HeadForm(request.POST or None)
    if request.method == "POST" and data.is_valid():
        noun = Noun(data.cleaned_data["noun"])
        states = (State(key="working", label=_("Đang hoạt động"), first=True),) if noun is Noun.PLACE else ()
        schema = KindSchema(
            code="", noun=noun, label=data.cleaned_data["label"], group=data.cleaned_data["group"], states=states
        )
        made = save_draft(actor=actor, at=timezone.now(), kind_id=None, schema=schema)
        if not isinstance(made, Refusal):
            return redirect("kinds:edit", made.kind_id)
        data.add_error(made.field if made.field in data.fields else None, made.message)
    groups = Kind.objects.visible_to(actor).order_by("group").values_list("group", flat=True).distinct()
    context = {"form": data, "groups": list(groups), "trail": trail(), "heading": _("Lập loại mới")}
    return render(request, "kinds/add.html", context, status=422 if data.errors else 200)


@require_POST
def copy(request: HttpRequest, kind_id: int) -> HttpResponse:
    """A kind of the own office that begins as a copy."""
    actor = _making(request)
    found = seen(actor, kind_id)
    made = copy_kind(actor=actor, at=timezone.now(), kind_id=found.pk)
    if isinstance(made, Refusal):
        messages.error(request, made.message)
        return redirect("kinds:kind", found.pk)
    messages.success(request, _("Đã sao chép. Đặt tên riêng rồi sửa bản sao."))
    return redirect("kinds:edit", made.kind_id)


@require_POST
def retire(request: HttpRequest, kind_id: int) -> HttpResponse:
    """Offer a kind no more."""
    actor, found = _keeping(request, kind_id)
    done = retire_kind(actor=actor, at=timezone.now(), kind_id=found.pk, version=_number(request, "version"))
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    else:
        messages.success(request, _("Đã thôi dùng. Những gì đã ghi vẫn giữ."))
    return redirect("kinds:kind", found.pk)


def edit(request: HttpRequest, kind_id: int) -> HttpResponse:
    """The editor with the preview beside it; each button keeps what was typed."""
    actor, found = _keeping(request, kind_id)
    draft = draft_of(found)
    base = draft or in_use(found) or found.versions.first()
    if base is None:
        raise Http404
    before = kept_schema(base)
    if request.method != "POST":
        return _page(request, actor, found, editing.typed_of(before), before, draft)
    act = request.POST.get("act", "save")
    seen_id, version = _number(request, "draft_id") or None, _number(request, "version")
    if act == "drop" and draft is not None:
        return _dropped(request, actor, found, draft, version)
    typed = editing.typed_from(request.POST)
    editing.remember(typed, before)
    schema = editing.schema_of(typed, before.noun)
    if not typed.errors:
        schema = editing.acted(schema, act, act.partition(":")[2])
        done: KindVersion | Refusal = save_draft(
            actor=actor, at=timezone.now(), kind_id=found.pk, schema=schema, version=version, draft_id=seen_id,
            words=request.POST.get("words", ""),
        )  # fmt: skip
        if not isinstance(done, Refusal):
            draft, seen_id, version = done, done.pk, done.version
            if act == "use":
                done = use_draft(actor=actor, at=timezone.now(), version_id=done.pk, version=done.version)
                if not isinstance(done, Refusal):
                    messages.success(request, _("Đã đưa vào dùng. Các đơn vị cấp dưới ghi được ngay."))
                    return redirect("kinds:kind", found.pk)
        if not isinstance(done, Refusal):
            return redirect(f"{request.path}{_kept_search(request, act)}{_anchor(act, schema)}")
        typed.errors |= _refused(done)
        if done.code == "stale":
            draft = draft_of(found)
    return _page(request, actor, found, typed, schema, draft, status=422)


def _dropped(request: HttpRequest, actor: Actor, found: Kind, draft: KindVersion, version: int) -> HttpResponse:
    done = drop_draft(actor=actor, at=timezone.now(), version_id=draft.pk, version=version)
    if isinstance(done, Refusal):
        messages.error(request, done.message)
        return redirect("kinds:edit", found.pk)
    messages.success(request, _("Đã bỏ bản đang soạn."))
    return redirect("kinds:kind", found.pk) if found.versions.exists() else redirect("kinds:list")


def _refused(refusal: Refusal) -> dict[str, str]:
    if refusal.problems:
        return {f"problem-{at}": each.message for at, each in enumerate(refusal.problems)}
    return {refusal.field or "form": refusal.message}


def _kept_search(request: HttpRequest, act: str) -> str:
    query = request.POST.get("tim", "").strip()[:100]
    return f"?{urlencode({'tim': query})}" if query and act == "find" else ""


def _anchor(act: str, schema: KindSchema) -> str:
    if act.startswith("fadd"):
        return f"#f-{len(schema.fields)}-label"
    if act == "sadd":
        return f"#s-{len(schema.states)}-label"
    return (
        {"f": "#truong", "s": "#trang-thai", "c": "#dem", "t": "#dem"}.get(act[:1], "")
        if ":" in act
        else ("#tim" if act == "find" else "")
    )


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Kind,
    typed: editing.Typed,
    schema: KindSchema,
    draft: KindVersion | None,
    *,
    status: int = 200,
) -> HttpResponse:
    elements, parts = catalogue(actor.on), breakdowns(actor.on)
    used = in_use(found)
    query = (request.GET if request.method == "GET" else request.POST).get("tim", "").strip()[:100]
    words = fold(query).split()
    hits = [each for each in elements.elements.values() if words and all(w in fold(each.name) for w in words)][:FOUND]
    wrong = kind_problems(schema, elements, parts, kept_schema(used) if used else None)
    choices = [each for each in schema.fields if each.type in (FieldType.CHOICE, FieldType.CHOICES)]
    places = Kind.objects.visible_to(actor).filter(noun="place", retired_on=None).order_by("order")
    context: dict[str, Any] = {
        "kind": found, "typed": typed, "draft": draft, "seen_draft": draft.pk if draft else "",
        "version": draft.version if draft else 0, "words": request.POST.get("words", draft.words if draft else ""),
        "is_place": schema.noun is Noun.PLACE, "types": TYPES.items(), "who": SENSITIVITIES.items(),
        "sorts": SORTS.items(), "ways": [(each, OF[each]) for each in (
            PLACE_OF if schema.noun is Noun.PLACE else EVENT_OF)],
        "place_kinds": list(places.values_list("code", "label")),
        "when": [(f"{field.key}={option.key}", f"{field.label}: {option.label}") for field in choices
                 for option in field.options],
        "numbers": [(each.key, each.label) for each in schema.numbers()],
        "splits": [(each.key, each.label) for each in choices if each.type is FieldType.CHOICE],
        "count_rows": [
            {"at": at, "row": row, "name": element_name(row["element"], elements),
             "parts": [(key, parts[key].name) for key in _splits(row["element"], elements) if key in parts],
             "always": [(f"={each.code}", each.name) for key in _splits(row["element"], elements) if key in parts
                        for each in parts[key].options.values()]}
            for at, row in enumerate(typed.counts, start=1)
        ],
        "query": query, "hits": hits, "searched": bool(words), "adds_elements": can_keep_catalogue(actor),
        "problems": [{"words": problem_words(each), "blocking": each.blocking} for each in wrong],
        "trail": trail((found.label, reverse("kinds:kind", args=[found.pk]))), "used": used,
        **told(schema, elements, parts),
    }  # fmt: skip
    return render(request, "kinds/edit.html", context, status=status)


def _splits(code: str, elements: Any) -> tuple[str, ...]:
    element = elements.elements.get(code)
    return element.breakdowns if element else ()


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
