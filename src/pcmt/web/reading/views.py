"""The reading screen. Each action is a plain form; with htmx it answers with the fragments that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans import operations
from pcmt.apps.plans.models import BodyMatch, Item, Revision, RevisionState
from pcmt.apps.plans.policies import can_review
from pcmt.apps.units.queries import match as match_units
from pcmt.core.diagnostics import Refusal
from pcmt.web.reading.draft import facts_from, nearest_assignment
from pcmt.web.reading.forms import FORMS, LIMIT_PARTS, HeaderForm, ItemForm, NewUnitForm
from pcmt.web.reading.page import Review, bodies_fragment, changed_fields, list_fragment, parts, respond, screen_url
from pcmt.web.reading.words import SINGULAR
from pcmt.web.shell.access import acting, deny

FORM_FIELDS = {
    "agencies": "agencies_",
    "from": "from_",
    "baseline": "baseline_kind",
    "frequency": "frequency_per",
    "period": "period_from",
    "due": "when",
    "binds": "binds_",
    "rule": "every",
}
"""Where a field of the contract stands under another name in its form."""


# ---- getting there ----


def revision_for(actor: Actor, revision_id: int) -> Revision:
    """The revision, if the actor may see it; 404 else."""
    rows = Revision.objects.visible_to(actor).select_related("plan", "source")
    return get_object_or_404(rows, pk=revision_id)


def review_for(request: HttpRequest, revision_id: int) -> Review:
    """The review that a request is about; a revision past its review is not found here."""
    actor = acting(request)
    revision = revision_for(actor, revision_id)
    if revision.state != RevisionState.REVIEW:
        raise Http404(_("Văn bản này không ở bước rà soát."))
    return Review(actor, revision)


def screen(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The two panes; before that the progress of reading, after adoption the page of the plan."""
    actor = acting(request)
    revision = revision_for(actor, revision_id)
    match revision.state:
        case RevisionState.WAITING | RevisionState.READING | RevisionState.FAILED:
            return render(
                request, "reading/waiting.html", {"revision": revision, "may_review": can_review(actor, revision.plan)}
            )
        case RevisionState.ADOPTED | RevisionState.SUPERSEDED:
            return redirect("plan:overview", revision.plan_id)
        case RevisionState.WITHDRAWN:
            messages.info(request, _("Văn bản này đã được rút."))
            return redirect("plans:list")
    review = Review(actor, revision)
    tab = request.GET.get("tab", "")
    asked = request.GET.get("muc", "")
    return render(request, "reading/screen.html", {**review.page(tab), "asked": asked})


def progress(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Polled while a document is being read; sends the browser on when there is something to review."""
    actor = acting(request)
    revision = revision_for(actor, revision_id)
    if revision.state in {RevisionState.WAITING, RevisionState.READING, RevisionState.FAILED}:
        may_review = can_review(actor, revision.plan)
        return render(request, "reading/progress.html", {"revision": revision, "may_review": may_review})
    return HttpResponse(headers={"HX-Redirect": reverse("reading:screen", args=[revision.pk])})


@require_POST
def again(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Reads a file again whose reading failed."""
    actor = acting(request)
    revision = revision_for(actor, revision_id)
    answer = operations.read_again(actor=actor, at=timezone.now(), revision_id=revision.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    return redirect("reading:screen", revision.pk)


@require_POST
def withdraw(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Takes back what was handed in."""
    actor = acting(request)
    revision = revision_for(actor, revision_id)
    answer = operations.withdraw_upload(actor=actor, at=timezone.now(), revision_id=revision.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect("reading:screen", revision.pk)
    words = _("Đã rút “%(name)s”. Tệp gốc vẫn được lưu.") if revision.source_id else _("Đã rút “%(name)s”.")
    messages.success(request, words % {"name": revision.source_name})
    return redirect("plans:list")


# ---- answers ----


def since_of(request: HttpRequest) -> int:
    """The version of the review that the screen has reached."""
    asked = request.POST.get("since") or request.GET.get("since") or ""
    return int(asked) if asked.isdecimal() else 0


def answer(
    request: HttpRequest,
    revision_id: int,
    *,
    shown: Item | None = None,
    conflict: Mapping[str, Any] | None = None,
    body_problem: Mapping[str, Any] | None = None,
    note: str = "",
    also: Iterable[str] = (),
) -> HttpResponse:
    """After an action: with htmx everything that changed since the screen's version, else the screen again.

    `conflict` (item, words, wanted) and `body_problem` (body, words) are told on their card, `note` above the panes.
    """
    if not request.htmx:  # type: ignore[attr-defined]
        for words in (note, (conflict or {}).get("words"), (body_problem or {}).get("words")):
            if words:
                messages.warning(request, words)
        item = shown.pk if shown else (conflict or {}).get("item")
        tab = "bodies" if body_problem else request.GET.get("tab", "")
        return redirect(
            reverse("reading:screen", args=[revision_id]) + (f"?muc={item}" if item else f"?tab={tab}" if tab else "")
        )
    review = review_for(request, revision_id)
    since = since_of(request)
    changed = dict(changed_fields(review.actor, review.revision, since)) if since else {}
    if conflict:
        changed.setdefault(conflict["item"], frozenset())
    fragments = parts(request, review, changed, conflict=conflict)
    if review.revision.version > since or body_problem:
        fragments.append(bodies_fragment(request, review, body_problem))
        fragments.append(render_to_string("reading/header.html", {**review.head(), "oob": True}, request))
    if note:
        fragments.append(render_to_string("reading/note.html", {"note": note}, request))
    return respond(review.revision, [*fragments, *also], shown=shown.pk if shown else None)


def changes(request: HttpRequest, revision_id: int) -> HttpResponse:
    """What happened since the screen's version; nothing to say is a 204. A screen left behind is drawn anew."""
    actor = acting(request)
    revision = revision_for(actor, revision_id)
    if revision.state != RevisionState.REVIEW:
        return HttpResponse(headers={"HX-Redirect": screen_url(revision)})
    since = since_of(request)
    if revision.version <= since:
        return HttpResponse(status=204)
    if since == 0:
        review = Review(actor, revision)
        lists = [list_fragment(request, review, name) for name in ("tasks", *(ref for ref, _c, _e in review.panels()))]
        return answer(request, revision_id, also=lists)
    return answer(request, revision_id)


# ---- deciding ----


@require_POST
def decide(request: HttpRequest, revision_id: int, item_id: int) -> HttpResponse:
    """Accepts, rejects or puts back one item."""
    review = review_for(request, revision_id)
    item = get_object_or_404(Item.objects.visible_to(review.actor), pk=item_id, revision=review.revision)
    wanted = request.POST.get("state", "")
    version = request.GET.get("v", "")
    done = operations.decide_item(
        actor=review.actor,
        at=timezone.now(),
        item_id=item.pk,
        version=int(version) if version.isdecimal() else 0,
        state=wanted,
    )
    if isinstance(done, Refusal):
        return answer(request, revision_id, conflict={"item": item.pk, "words": done.message, "wanted": wanted})
    return answer(request, revision_id)


@require_POST
def group(request: HttpRequest, revision_id: int, item_id: int) -> HttpResponse:
    """Accepts an assignment and all undecided tasks under it."""
    review = review_for(request, revision_id)
    head = get_object_or_404(Item.objects.visible_to(review.actor), pk=item_id, revision=review.revision)
    inside = next((one for one in review.deck.groups() if one.head and one.head.item.pk == head.pk), None)
    cards = [inside.head, *inside.cards] if inside and inside.head else []
    done = operations.accept_confident(
        actor=review.actor,
        at=timezone.now(),
        revision_id=revision_id,
        threshold=0.0,
        item_ids=[card.item.pk for card in cards if card.item.state == "proposed"],
    )
    return answer(request, revision_id, note=done.message if isinstance(done, Refusal) else "")


@require_POST
def confident(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Accepts all undecided items from a confidence on."""
    review = review_for(request, revision_id)
    asked = request.POST.get("threshold", "")
    threshold = int(asked) / 100 if asked.isdecimal() else 1.0
    done = operations.accept_confident(
        actor=review.actor, at=timezone.now(), revision_id=revision_id, threshold=threshold
    )
    if isinstance(done, Refusal):
        return answer(request, revision_id, note=done.message)
    note = _("Đã nhận %(n)d mục cùng lúc. Bấm “Hoàn tác” nếu bấm nhầm.") % {"n": len(done)}
    return answer(request, revision_id, note=note)


@require_POST
def take_back(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Takes back the actor's own last act."""
    review = review_for(request, revision_id)
    done = operations.undo(actor=review.actor, at=timezone.now(), revision_id=revision_id)
    if isinstance(done, Refusal):
        return answer(request, revision_id, note=done.message)
    note = _("Đã hoàn tác: %(n)d mục trở lại như trước.") % {"n": len(done)}
    return answer(request, revision_id, shown=done[0] if len(done) == 1 else None, note=note)


def card(request: HttpRequest, revision_id: int, item_id: int) -> HttpResponse:
    """One card as it stands, to close a form without saving."""
    review = review_for(request, revision_id)
    if item_id not in review.deck.cards:
        raise Http404
    context = {"revision": review.revision, "may_review": review.may_review, "card": review.deck.cards[item_id]}
    return render(request, "reading/card.html", context)


# ---- editing and adding ----


def form_for(list_name: str, values: Mapping[str, Any], review: Review, data: Any = None) -> ItemForm:
    """The form of a list with its selects filled; fields of a limit know when they count."""
    form = FORMS[list_name](values, data)
    form.offer(review.deck.items)
    for name, field in form.fields.items():
        if "when" in form.fields and name in LIMIT_PARTS:
            field.when = LIMIT_PARTS[name]  # type: ignore[attr-defined]
    return form


def refuse(form: Any, refusal: Refusal) -> None:
    """Puts what the operation found beside the fields."""
    problems = [(problem.about, problem.message) for problem in refusal.problems] or [(refusal.field, refusal.message)]
    for about, message in problems:
        field = FORM_FIELDS.get(about, about)
        form.add_error(field if field in form.fields else None, message)


def form_context(review: Review, form: Any, **more: Any) -> dict[str, Any]:
    """What every form of the review needs."""
    return {"revision": review.revision, "may_review": review.may_review, "form": form, **more}


def edit(request: HttpRequest, revision_id: int, item_id: int) -> HttpResponse:
    """The form of one item in the place of its card; on success the card again."""
    review = review_for(request, revision_id)
    if not review.may_review:
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch này được sửa."))
    shown = review.deck.cards.get(item_id)
    if shown is None:
        raise Http404
    item = shown.item
    form = form_for(item.list_name, item.values, review, request.POST or None)
    stale = ""
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("v", "")
        done = operations.edit_item(
            actor=review.actor,
            at=timezone.now(),
            item_id=item.pk,
            version=int(version) if version.isdecimal() else 0,
            edits=form.edits(),
        )
        if isinstance(done, Item):
            return answer(request, revision_id, shown=done)
        if done.code == "stale":
            stale = done.message
        else:
            refuse(form, done)
    context = form_context(
        review,
        form,
        card=shown,
        stale=stale,
        version=item.version,
        action=reverse("reading:edit", args=[revision_id, item.pk]),
        quote=item.text,
        heading=_("Sửa: %(kind)s") % {"kind": str(SINGULAR[item.list_name]).lower()},
    )
    if not request.htmx:  # type: ignore[attr-defined]
        context["partial"] = "reading/edit_form.html"
        return render(request, "reading/form_page.html", context, status=422 if form.errors else 200)
    if request.method == "POST":
        return respond_form(request, review, "reading/edit.html", context)
    return render(request, "reading/edit.html", context)


def respond_form(request: HttpRequest, review: Review, template: str, context: dict[str, Any]) -> HttpResponse:
    """A form with what is wrong, drawn over the one that was sent; the rest of the screen keeps its version."""
    held = {"revision": review.revision, "since": since_of(request)}
    return HttpResponse(
        render_to_string("reading/sync.html", held) + render_to_string(template, {**context, "oob": True}, request)
    )


def add(request: HttpRequest, revision_id: int) -> HttpResponse:
    """A new item from a selection of the text; the form starts with what the reader makes of the selected words."""
    review = review_for(request, revision_id)
    if not review.may_review:
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch này được thêm mục."))
    asked = request.POST if request.method == "POST" else request.GET
    list_name, start, end = asked.get("list", ""), asked.get("start", ""), asked.get("end", "")
    text = review.revision.text
    if list_name not in FORMS or not (start.isdecimal() and end.isdecimal()) or not text[int(start) : int(end)].strip():
        messages.warning(request, _("Bôi đen một đoạn chữ bên nguyên văn trước khi thêm mục."))
        return redirect("reading:screen", revision_id)
    span = (int(start), min(int(end), len(text)))
    quote = text[span[0] : span[1]]
    values = facts_from(list_name, quote)
    if list_name == "tasks":
        values["assignment_ref"] = nearest_assignment(review.deck.items, review.clauses, span[0])
    form = form_for(list_name, values, review, request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = operations.add_item(
            actor=review.actor,
            at=timezone.now(),
            revision_id=revision_id,
            list_name=list_name,
            start=span[0],
            end=span[1],
            facts={**values, **form.changed()},
        )
        if isinstance(done, Item):
            return answer(request, revision_id, shown=done)
        refuse(form, done)
    context = form_context(
        review,
        form,
        action=reverse("reading:add", args=[revision_id]),
        quote=quote,
        version=0,
        place={"list": list_name, "start": span[0], "end": span[1]},
        heading=_("Thêm: %(kind)s") % {"kind": str(SINGULAR[list_name]).lower()},
    )
    if not request.htmx:  # type: ignore[attr-defined]
        context["partial"] = "reading/edit_form.html"
        return render(request, "reading/form_page.html", context, status=422 if form.errors else 200)
    if request.method == "POST":
        return respond_form(request, review, "reading/add_form.html", context)
    return render(request, "reading/add_form.html", context)


def header(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The head of the document: as words, as a form, and saved."""
    review = review_for(request, revision_id)
    if request.GET.get("xem"):
        return render(request, "reading/header.html", review.head())
    if not review.may_review:
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch này được sửa."))
    form = HeaderForm(review.header, request.POST or None)
    stale = ""
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("v", "")
        done = operations.edit_header(
            actor=review.actor,
            at=timezone.now(),
            revision_id=revision_id,
            version=int(version) if version.isdecimal() else 0,
            changes=form.cleaned_data,
        )
        if isinstance(done, Revision):
            return answer(request, revision_id, note=_("Đã lưu phần đầu văn bản."))
        if done.code == "stale":
            stale = done.message
        else:
            refuse(form, done)
    context = {**review.head(), "header_form": form, "form": form, "stale": stale, "heading": _("Sửa phần đầu văn bản")}
    if not request.htmx:  # type: ignore[attr-defined]
        context["partial"] = "reading/header.html"
        return render(request, "reading/form_page.html", context, status=422 if form.errors else 200)
    if request.method == "POST":
        return respond_form(request, review, "reading/header.html", context)
    return render(request, "reading/header.html", context)


# ---- bodies ----


def body(request: HttpRequest, revision_id: int, body_id: int) -> HttpResponse:
    """Choosing the unit a name means: GET searches, POST takes one."""
    review = review_for(request, revision_id)
    if not review.may_review:
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch này được khớp đơn vị."))
    found = get_object_or_404(BodyMatch.objects.visible_to(review.actor), pk=body_id, revision=review.revision)
    if request.method == "POST":
        chosen, version = request.POST.getlist("unit"), request.GET.get("v", "")
        done = operations.match_body(
            actor=review.actor,
            at=timezone.now(),
            body_id=found.pk,
            version=int(version) if version.isdecimal() else 0,
            unit_ids=[int(one) for one in chosen if one.isdecimal()],
        )
        if isinstance(done, Refusal):
            return answer(request, revision_id, body_problem={"body": found.pk, "words": done.message})
        return answer(request, revision_id, note=_("Đã khớp “%(name)s”.") % {"name": found.name})
    return body_form(request, review, found, NewUnitForm.blank(found.name, review.parents()))


@require_POST
def bodies(request: HttpRequest, revision_id: int) -> HttpResponse:
    """All names at once: takes every suggestion, or makes a unit for every name that has none."""
    review = review_for(request, revision_id)
    if request.POST.get("do") == "confirm":
        done = operations.confirm_suggestions(
            actor=review.actor, at=timezone.now(), revision_id=revision_id, threshold=0.0
        )
        note = _("Đã khớp %(n)d tên theo gợi ý.")
    else:
        done = operations.create_bodies(actor=review.actor, at=timezone.now(), revision_id=revision_id)
        note = _("Đã tạo và khớp %(n)d đơn vị.")
    words = done.message if isinstance(done, Refusal) else note % {"n": len(done)}
    return answer(request, revision_id, body_problem={"body": None, "words": ""}, note=words)


@require_POST
def body_new(request: HttpRequest, revision_id: int, body_id: int) -> HttpResponse:
    """Makes the unit a name means, and takes it."""
    review = review_for(request, revision_id)
    if not review.may_review:
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch này được khớp đơn vị."))
    found = get_object_or_404(BodyMatch.objects.visible_to(review.actor), pk=body_id, revision=review.revision)
    form = NewUnitForm.blank(found.name, review.parents(), request.POST)
    if form.is_valid():
        version = request.POST.get("v", "")
        done = operations.create_body(
            actor=review.actor,
            at=timezone.now(),
            body_id=found.pk,
            version=int(version) if version.isdecimal() else 0,
            name=form.cleaned_data["name"],
            kind=form.cleaned_data["kind"],
            level=form.cleaned_data["level"],
            parent_id=form.cleaned_data["parent"] or None,
        )
        if not isinstance(done, Refusal):
            note = _("Đã tạo đơn vị “%(name)s” và khớp tên.") % {"name": form.cleaned_data["name"]}
            return answer(request, revision_id, note=note)
        refuse(form, done)
    return body_form(request, review, found, form)


def body_form(request: HttpRequest, review: Review, found: BodyMatch, form: Any) -> HttpResponse:
    """The dialog of a name: what was found for the search words, and making a unit."""
    words = request.GET.get("q", found.name)
    suggestions = match_units(words, review.context_unit_id, review.actor.on)
    context = {"revision": review.revision, "match": found, "q": words, "found": suggestions, "form": form}
    if request.htmx:  # type: ignore[attr-defined]
        if request.method == "POST":
            return respond_form(request, review, "reading/body_form.html", context)
        return render(request, "reading/body_form.html", context)
    heading = _("“%(name)s” là đơn vị nào?") % {"name": found.name}
    return render(
        request,
        "reading/form_page.html",
        {**context, "heading": heading, "partial": "reading/body_form.html", "plain": True},
    )
