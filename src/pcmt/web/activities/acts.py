"""Writing an event down, putting it right, taking it back, verifying it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, Place
from pcmt.apps.activities.operations import events as operations
from pcmt.apps.activities.operations.events import KeptFile, keep_files, record_event
from pcmt.apps.activities.policies import can_change, can_record, shown_to
from pcmt.apps.activities.queries.events import event_page, last_like, used_by, verifies, waiting_for
from pcmt.apps.activities.queries.kinds import KindChoice, kinds_for, schema_of
from pcmt.apps.plans.operations import MOST_FILES
from pcmt.apps.units.queries.tree import committee
from pcmt.core.diagnostics import Refusal
from pcmt.documents import MAX_BYTES
from pcmt.web.activities.forms import EventForm, asked_for, put_refusal, repeating, starting_with
from pcmt.web.activities.views import lines_of, seen_event, seen_file, show_event
from pcmt.web.shell.access import acting

SALT = "pcmt.event-files"
OFTEN = 5
"""So many kinds stand on top: the last used and the most used."""


def choose(request: HttpRequest) -> HttpResponse:
    """Which kind: what one writes most stands first, then all by group."""
    actor = acting(request)
    if not can_record(actor):
        raise PermissionDenied
    choices = kinds_for(actor, "event")
    wanted = request.GET.get("kind", "")
    if wanted in {each.kind.code for each in choices}:
        return redirect(f"{reverse('activities:write', args=[wanted])}?{request.GET.urlencode()}")
    place = _place(actor, request.GET.get("place", ""))
    if place is not None:
        choices = [each for each in choices if place.kind.code in each.schema.with_places]
    last, counts = used_by(actor)
    often = sorted(
        (each for each in choices if each.kind.pk in counts or each.kind.pk == last),
        key=lambda each: (each.kind.pk != last, -counts.get(each.kind.pk, 0), each.kind.order),
    )
    groups = [
        (group, list(rows))
        for group, rows in groupby(sorted(choices, key=lambda each: _order(choices, each)), lambda x: x.kind.group)
    ]
    page = {
        "often": often[:OFTEN], "groups": groups, "place": place, "words": request.GET.urlencode(),
        "way": "record_sheets:upload" if "excel" in request.GET else "activities:write",
    }  # fmt: skip
    return render(request, "activities/choose.html", page)


def _place(actor: Actor, text: str) -> Place | None:
    """The place that an address names, if the actor sees it and it stands."""
    if not text.isdecimal() or len(text) > 9:
        return None
    rows = shown_to(Place.objects.filter(voided_at__isnull=True, to_on__isnull=True), actor)
    found: Place | None = rows.select_related("kind").filter(pk=int(text)).first()
    return found


def write(request: HttpRequest, kind_code: str) -> HttpResponse:
    """One screen: quick boxes first, the rest folded, pictures. `lap-lai` begins with what one wrote last."""
    actor = acting(request)
    if not can_record(actor):
        raise PermissionDenied
    choice = next((each for each in kinds_for(actor, "event") if each.kind.code == kind_code), None)
    if choice is None:
        raise Http404
    if request.method == "POST":
        return _written(request, actor, choice)
    before = last_like(actor, kind_code)
    initial: dict[str, Any] = {"key": uuid4(), "on": actor.on, "body": actor.unit_id}
    if before is not None and "lap-lai" in request.GET:
        initial |= repeating(before, choice.schema)
    form = EventForm(actor=actor, schema=choice.schema, initial=initial)
    form.initial = {**form.initial, **asked_for(form, request.GET)}
    return _form_page(request, form, choice.schema.label, before=before, kind_code=kind_code)


def _written(request: HttpRequest, actor: Actor, choice: KindChoice) -> HttpResponse:
    at = timezone.now()
    likely = "again" in request.POST
    form = EventForm(request.POST, actor=actor, schema=choice.schema, likely=likely)
    form.is_valid()
    kept, wrong = _files(request, actor)
    for message in wrong:
        form.add_error(None, message)
    code = choice.kind.code
    if form.errors:
        return _form_page(request, form, choice.schema.label, kept=kept, kind_code=code, status=422)
    body_id = form.cleaned_data.get("body") or actor.unit_id
    over = committee(body_id, actor.on)
    answer = record_event(
        actor=actor,
        at=at,
        key=form.sent_key,
        kind=code,
        body_id=body_id,
        typed=form.typed,
        evidence=kept,
        again=bool(form.cleaned_data.get("again")),
        **_said(form, over.pk if over else body_id),
    )
    if isinstance(answer, Refusal):
        if answer.code == "likely" and not likely:
            form = EventForm(request.POST, actor=actor, schema=choice.schema, likely=True)
            form.is_valid()
        put_refusal(form, answer)
        return _form_page(
            request, form, choice.schema.label, kept=kept, kind_code=code, likely=answer.code == "likely", status=422
        )
    return redirect(reverse("activities:event", args=[answer.pk]) + "?da-ghi")


def correct(request: HttpRequest, event_id: int) -> HttpResponse:
    """Puts right what was written, with the boxes of the version that the event was made by."""
    actor = acting(request)
    event = seen_event(actor, event_id)
    if not can_change(actor, event):
        raise PermissionDenied
    schema = schema_of(event.kind_version)
    if request.method != "POST":
        form = EventForm(actor=actor, schema=schema, event=event, initial=starting_with(event, schema))
        return _form_page(request, form, event.title, event=event)
    form = EventForm(request.POST, actor=actor, schema=schema, event=event)
    if not form.is_valid():
        return _form_page(request, form, event.title, event=event, status=422)
    answer = operations.correct_event(
        actor=actor,
        at=timezone.now(),
        event_id=event.pk,
        version=form.cleaned_data.get("version") or 0,
        typed=form.typed,
        said=form.said(event.area_id, event),
        words=form.cleaned_data["words"],
    )
    if isinstance(answer, Refusal):
        if answer.code == "stale":
            # The boxes keep what was typed; the version is the present one, so that a second try goes through.
            data = request.POST.copy()
            data["version"] = str(seen_event(actor, event_id).version)
            form = EventForm(data, actor=actor, schema=schema, event=event)
            form.is_valid()
        put_refusal(form, answer)
        return _form_page(request, form, event.title, event=event, status=409 if answer.code == "stale" else 422)
    return redirect("activities:event", answer.pk)


@require_POST
def void(request: HttpRequest, event_id: int) -> HttpResponse:
    """Takes an event back, with a reason."""
    return _act(request, event_id, operations.void_event, words=request.POST.get("words", ""))


@require_POST
def restore(request: HttpRequest, event_id: int) -> HttpResponse:
    """Brings back what was voided by mistake."""
    return _act(request, event_id, operations.restore_event)


@require_POST
def send_back(request: HttpRequest, event_id: int) -> HttpResponse:
    """The level above sends an event back, with what is wrong; without words of return it verifies."""
    if "verify" in request.POST:
        return _act(request, event_id, operations.verify_event)
    return _act(request, event_id, operations.return_event, words=request.POST.get("words", ""))


@require_POST
def add(request: HttpRequest, event_id: int) -> HttpResponse:
    """Adds pictures and documents to an event."""
    actor = acting(request)
    event = seen_event(actor, event_id)
    if not can_change(actor, event):
        raise PermissionDenied
    kept, wrong = _files(request, actor)
    if not kept:
        return show_event(request, event, refused=wrong or [_("Chọn ảnh hoặc tệp.")], status=422)
    answer = operations.add_files(
        actor=actor, at=timezone.now(), event_id=event_id, version=_version(request), evidence=kept
    )
    return _after(request, event_id, answer, wrong)


@require_POST
def caption(request: HttpRequest, event_file_id: int) -> HttpResponse:
    """Says what a picture or document shows."""
    file = seen_file(request, event_file_id)
    answer = operations.caption_file(
        actor=acting(request), at=timezone.now(), file_id=file.pk, version=_version(request),
        caption=request.POST.get("caption", ""),
    )  # fmt: skip
    return _after(request, file.event_id, answer)


def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the reader's verification; many are verified at once."""
    actor = acting(request)
    if not verifies(actor):
        raise PermissionDenied
    told = ""
    wrong: list[str] = []
    if request.method == "POST":
        chosen = [pair for text in request.POST.getlist("chosen")[:500] if (pair := _pair(text))]
        waiting = set(waiting_for(actor).filter(pk__in=[pk for pk, _v in chosen]).values_list("pk", flat=True))
        done, refused = operations.verify_events(
            actor=actor, at=timezone.now(), chosen=[pair for pair in chosen if pair[0] in waiting]
        )
        told = ngettext("Đã xác minh %(n)s mục.", "Đã xác minh %(n)s mục.", len(done)) % {"n": len(done)}
        left = len(chosen) - len(done)
        if left or refused:
            wrong = [_("%(n)s mục vừa có người thay đổi hoặc đã được xem, chưa xác minh.") % {"n": left}]
        if not chosen:
            told, wrong = "", [_("Chọn ít nhất một mục.")]
    rows = waiting_for(actor)
    page = event_page(rows)
    return render(
        request,
        "activities/queue.html",
        {
            "lines": lines_of(actor, page.rows),
            "more": page.more is not None,
            "count": rows.count(),
            "told": told,
            "wrong": wrong,
        },
        status=422 if wrong else 200,
    )


def _said(form: EventForm, area_id: int) -> dict[str, Any]:
    said = form.said(area_id)
    names = ("area_id", "on", "until", "time", "title", "where", "point", "place_ids", "plan_id", "task_id")
    return {name: getattr(said, name) for name in names}


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    *,
    event: Event | None = None,
    before: Event | None = None,
    kept: Sequence[KeptFile] = (),
    kind_code: str = "",
    likely: bool = False,
    status: int = 200,
) -> HttpResponse:
    page = {
        "form": form,
        "heading": heading,
        "event": event,
        "before": before,
        "kind_code": kind_code,
        "kept": [(_token(acting(request), each), each.name) for each in kept],
        "likely": likely,
        "asks_files": event is None,
    }
    return render(request, "activities/form.html", page, status=status)


def _files(request: HttpRequest, actor: Actor) -> tuple[list[KeptFile], list[str]]:
    """Files sent now and those kept at an earlier try; and what is wrong with the others."""
    kept = _kept(actor, request.POST.getlist("kept"))[:MOST_FILES]
    sent = ((each.name or "", each.read(MAX_BYTES + 1)) for each in request.FILES.getlist("evidence"))
    filed = keep_files(actor=actor, at=timezone.now(), files=sent, room=MOST_FILES - len(kept))
    hashes = {each.sha256 for each in kept}
    kept += [each for each in {each.sha256: each for each in filed.kept}.values() if each.sha256 not in hashes]
    return kept, [each.message for each in filed.refused]


def _token(actor: Actor, kept: KeptFile) -> str:
    return Signer(salt=SALT).sign_object([actor.user_id, kept.source_id, kept.name, kept.sha256, kept.picture])


def _kept(actor: Actor, tokens: Sequence[str]) -> list[KeptFile]:
    """The files that a form carries; what was not signed by us for this person is left out."""
    found = []
    for token in dict.fromkeys(tokens):
        try:
            user_id, source_id, name, sha256, picture = Signer(salt=SALT).unsign_object(token)
        except (BadSignature, ValueError):
            continue
        if user_id == actor.user_id:
            found.append(KeptFile(source_id, name, sha256, picture))
    return found


def _act(request: HttpRequest, event_id: int, operation: Any, **more: Any) -> HttpResponse:
    seen_event(acting(request), event_id)
    answer = operation(actor=acting(request), at=timezone.now(), event_id=event_id, version=_version(request), **more)
    return _after(request, event_id, answer)


def _after(request: HttpRequest, event_id: int, answer: Event | Refusal, wrong: Sequence[str] = ()) -> HttpResponse:
    if isinstance(answer, Refusal):
        event = seen_event(acting(request), event_id)
        status = 409 if answer.code == "stale" else 422
        return show_event(request, event, refused=[answer.message, *wrong], status=status)
    if wrong:
        return show_event(request, seen_event(acting(request), event_id), refused=wrong, status=422)
    return redirect("activities:event", event_id)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _pair(text: str) -> tuple[int, int] | None:
    event_id, _dot, version = text.partition(".")
    whole = event_id.isdecimal() and version.isdecimal() and len(text) < 28
    return (int(event_id), int(version)) if whole else None


def _order(choices: Sequence[KindChoice], choice: KindChoice) -> int:
    """Groups in the order of their first kind, kinds in theirs."""
    groups = list(dict.fromkeys(each.kind.group for each in choices))
    return groups.index(choice.kind.group)
