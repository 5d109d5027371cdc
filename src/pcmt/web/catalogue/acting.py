"""One way for every act on the catalogue: the form, what the operation says, back to the page it was about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.policies import can_keep_catalogue, can_keep_forms
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting


def keeping(request: HttpRequest) -> Actor:
    """Somebody who keeps the catalogue; everyone else gets the page that says for whom this is."""
    actor = acting(request)
    if not can_keep_catalogue(actor):
        raise PermissionDenied(_("Chỉ quản trị sửa được danh mục số liệu."))
    return actor


def forming(request: HttpRequest) -> Actor:
    """Somebody who keeps data forms."""
    actor = acting(request)
    if not can_keep_forms(actor):
        raise PermissionDenied(_("Biểu số liệu do cơ quan thường trực và quản trị lập, trong phạm vi của mình."))
    return actor


def trail_to(*way: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of the catalogue."""
    return [(_("Danh mục số liệu"), reverse("catalogue:elements")), *way]


def acted(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[Mapping[str, Any]], Any],
    *,
    template: str,
    page: Mapping[str, Any],
    back: Callable[[Any], str],
    done: str,
    current: Callable[[], int] | None = None,
) -> HttpResponse:
    """GET shows the form; POST does the act and goes on, or shows the form again with what is wrong.

    `current` is the version of the thing as it now is: after somebody else changed it the form comes back with all that
    was typed, and sending it once more goes through.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = act(form.cleaned_data)
            if not isinstance(answer, Refusal):
                messages.success(request, done)
                return redirect(back(answer))
            if answer.code == "stale" and current is not None:
                status = 409
                typed: Any = form.data.copy()  # type: ignore[attr-defined]
                typed[form.add_prefix("version")] = str(current())
                form.data = typed
            words = [answer.message, *(problem.message for problem in answer.problems)]
            form.add_error(answer.field if answer.field in form.fields else None, words)
    return render(request, template, {"form": form, "optional_word": _("không bắt buộc"), **page}, status=status)
