"""One page for every act on people and roles: the form, what the operation says, back to where one came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from pcmt.core.diagnostics import Refusal

FIELDS = {"valid_to": "last_day", "on": "last_day", "full_name": "full_name"}
"""Where a refusal's field is called otherwise in a form."""


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Put the reason at the field it is about, or on top."""
    name = refusal.field if refusal.field in form.fields else FIELDS.get(refusal.field, "")
    form.add_error(name if name in form.fields else None, refusal.message)


def acted(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[Mapping[str, Any]], Any],
    *,
    heading: str,
    submit: str,
    back: str,
    done: str | Callable[[Any], str],
    trail: Sequence[tuple[str, str]] = (),
    under: str = "",
    facts: Sequence[tuple[str, str]] = (),
    warnings: Sequence[str] = (),
    grave: bool = False,
) -> HttpResponse:
    """GET shows the form; POST does the act and goes back, or shows the form again with what is wrong.

    `grave` marks the button of what cannot simply be done back.
    """
    status = 200
    if request.method == "POST":
        if form.is_valid():
            answer = act(form.cleaned_data)
            if not isinstance(answer, Refusal):
                messages.success(request, done if isinstance(done, str) else done(answer))
                return redirect(back)
            refuse(form, answer)
            status = 409 if answer.code == "stale" else 422
        else:
            status = 422
    page = {
        "form": form,
        "heading": heading,
        "submit": submit,
        "back": back,
        "trail": trail,
        "under": under,
        "facts": facts,
        "warnings": warnings,
        "grave": grave,
        "optional_word": _("không bắt buộc"),
    }
    return render(request, "people/form.html", page, status=status)
