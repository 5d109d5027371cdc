"""Accepting, sending back, more time, rest, cancelling, talking: each view binds a form and calls one operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST

from pcmt.apps.tasks import operations
from pcmt.apps.tasks.models import DueItem, NoteFile
from pcmt.core.diagnostics import Refusal
from pcmt.documents import small_picture
from pcmt.web.audit.acts import noted
from pcmt.web.shell.access import acting
from pcmt.web.tasks.accepting import people_form
from pcmt.web.tasks.forms import (
    AcceptForm,
    ActForm,
    AskExtensionForm,
    CancelForm,
    DecideExtensionForm,
    RestoreForm,
    ResumeForm,
    SendBackForm,
    SuspendForm,
)
from pcmt.web.tasks.page import seen_due
from pcmt.web.tasks.views import show_due

DAY = 86_400


@require_POST
def accept(request: HttpRequest, due_id: int) -> HttpResponse:
    """Accepts what was reported as done."""
    return _act(request, due_id, AcceptForm, operations.accept)


@require_POST
def send_back(request: HttpRequest, due_id: int) -> HttpResponse:
    """Sends it back with the reason."""
    return _act(request, due_id, SendBackForm, operations.send_back)


@require_POST
def ask_extension(request: HttpRequest, due_id: int) -> HttpResponse:
    """Asks for more time."""
    return _act(request, due_id, AskExtensionForm, operations.ask_extension, "gia-han")


@require_POST
def decide_extension(request: HttpRequest, due_id: int) -> HttpResponse:
    """Gives more time, or refuses it: the button that was pressed says which."""
    approve = request.POST.get("approve") == "1"
    return _act(request, due_id, DecideExtensionForm, operations.decide_extension, "gia-han", approve=approve)


@require_POST
def withdraw_extension(request: HttpRequest, due_id: int) -> HttpResponse:
    """Takes the request for more time back."""
    return _act(request, due_id, ActForm, operations.withdraw_extension, "gia-han")


@require_POST
def suspend(request: HttpRequest, due_id: int) -> HttpResponse:
    """Lets the item rest."""
    return _act(request, due_id, SuspendForm, operations.suspend)


@require_POST
def resume(request: HttpRequest, due_id: int) -> HttpResponse:
    """Lets it go on."""
    return _act(request, due_id, ResumeForm, operations.resume)


@require_POST
def cancel(request: HttpRequest, due_id: int) -> HttpResponse:
    """Says that nobody has to do it any more."""
    return _act(request, due_id, CancelForm, operations.cancel)


@require_POST
def restore(request: HttpRequest, due_id: int) -> HttpResponse:
    """Takes the cancellation back."""
    return _act(request, due_id, RestoreForm, operations.restore)


@require_POST
def comment(request: HttpRequest, due_id: int) -> HttpResponse:
    """Writes a comment."""
    item = seen_due(acting(request), due_id)
    form = people_form(item, acting(request), request.POST)
    if not form.is_valid():
        return show_due(request, item, item.task, failed=form, status=422)
    answer = operations.comment(actor=acting(request), at=timezone.now(), due_item_id=item.pk, **form.cleaned_data)
    if isinstance(answer, Refusal):
        return _refused(request, item, form, answer)
    return redirect(reverse("tasks:due", args=[item.pk]) + "#trao-doi")


def note_file(request: HttpRequest, file_id: int) -> FileResponse:
    """A file that somebody added to a progress note, always as a download."""
    found = _seen_file(request, file_id)
    file = default_storage.open(found.file.path)  # type: ignore[union-attr]
    noted(request, "tasks.file.downloaded", found.note.due_item, file=found.name)
    return FileResponse(file, as_attachment=True, filename=found.name, content_type="application/octet-stream")


def thumbnail(request: HttpRequest, file_id: int) -> HttpResponse:
    """A small copy of a picture, for the list of what was told; the browser keeps it for a day."""
    found = _seen_file(request, file_id)
    if not found.picture:
        raise Http404
    with default_storage.open(found.file.path) as file:  # type: ignore[union-attr]
        small = small_picture(file.read())
    if small is None:
        raise Http404
    response = HttpResponse(small, content_type="image/jpeg")
    patch_cache_control(response, private=True, max_age=DAY)
    return response


def _seen_file(request: HttpRequest, file_id: int) -> NoteFile:
    """The file when the actor may see it and it is still there; else there is no such page."""
    seen = NoteFile.objects.visible_to(acting(request)).select_related("file", "note__due_item")
    return get_object_or_404(seen, pk=file_id, file__isnull=False)


def _act(
    request: HttpRequest,
    due_id: int,
    form_class: type[ActForm],
    operation: Callable[..., Any],
    section: str = "tien-do",
    **more: Any,
) -> HttpResponse:
    """Bind the form, call the operation with what was typed, and go back to the section of the page."""
    item = seen_due(acting(request), due_id)
    form = form_class(request.POST)
    if not form.is_valid():
        return show_due(request, item, item.task, failed=form, status=422)
    answer = operation(actor=acting(request), at=timezone.now(), due_item_id=item.pk, **form.cleaned_data, **more)
    if isinstance(answer, Refusal):
        return _refused(request, item, form, answer)
    return redirect(reverse("tasks:due", args=[item.pk]) + f"#{section}")


def _refused(request: HttpRequest, item: DueItem, form: forms.Form, refusal: Refusal) -> HttpResponse:
    """The page as it is now, with the reason at its field or on top; what was typed is there for a second try."""
    fresh = seen_due(acting(request), item.pk)
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = str(fresh.version)  # type: ignore[index]
    if refusal.field in form.fields:
        form.add_error(refusal.field, refusal.message)
        return show_due(request, fresh, fresh.task, failed=form, status=422)
    status = 409 if refusal.code == "stale" else 422
    return show_due(request, fresh, fresh.task, failed=form, refusal=refusal, status=status)
