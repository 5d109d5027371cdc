"""Opening a file with its first status, another status of a file, and putting right who somebody is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.operations.filing import change_identity, open_file
from pcmt.apps.registers.operations.reading import open_identity
from pcmt.apps.registers.operations.spells import start_spell
from pcmt.apps.registers.policies import communes, keeps_files
from pcmt.apps.registers.queries.duplicates import candidates
from pcmt.apps.registers.queries.lives import CATEGORIES, grounds_offered
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category, Effect, Ground
from pcmt.web.protection.visits import needs_visit, visit_of
from pcmt.web.registers_acts.answering import chosen, day_asked, file_trail, kept, said, trail
from pcmt.web.registers_acts.forms import IdentityForm, OpenForm, PersonForm, StartForm
from pcmt.web.shell.access import acting


def _grounds(request: HttpRequest, actor: Actor) -> list[tuple[Any, list[Ground]]]:
    """All grounds by which a status begins, by category."""
    day = day_asked(request, actor)
    found = ((words, grounds_offered(Category(code), [Effect.STARTS], day)) for code, words in CATEGORIES)
    return [(words, grounds) for words, grounds in found if grounds]


def _keeper(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not keeps_files(actor):
        raise PermissionDenied(_("Chỉ người giữ hồ sơ quản lý lập được hồ sơ."))
    return actor


def open_new(request: HttpRequest) -> HttpResponse:
    """A new file: first the ground, then who it is and the paper. Files that may be the same person's come first."""
    _keeper(request)  # before anybody is asked what for
    return _open_new(request)


@needs_visit
def _open_new(request: HttpRequest) -> HttpResponse:
    actor = _keeper(request)
    offered, day = _grounds(request, actor), day_asked(request, actor)
    ground = chosen(request, [each for _words, grounds in offered for each in grounds])
    context: dict[str, Any] = {"heading": _("Lập hồ sơ mới"), "trail": trail(), "day": day, "code": ""}
    if ground is None:
        return render(request, "registers_acts/choose.html", context | {"offered": offered})
    person = OpenForm(request.POST or None, communes=communes(actor))
    form = StartForm(request.POST or None, ground=ground, on=day)
    status = 200
    found: Any = ()
    if request.method == "POST":
        status = 422
        if person.is_valid() and form.is_valid():
            block, sex = person.block(), person.cleaned_data["sex"]
            year = person.cleaned_data["birth_year"]
            answer = open_file(
                actor=actor,
                at=timezone.now(),
                unit_id=person.cleaned_data["unit"].pk,
                block=block,
                sex=sex,
                birth_year=year,
                start=form.start(),
                sure=person.cleaned_data["sure"],
            )
            if not isinstance(answer, Refusal):
                messages.success(request, _("Đã lập hồ sơ %(code)s.") % {"code": answer.code})
                return redirect("registers:file", answer.code)
            said(person if answer.field in person.fields else form, answer)
            if answer.code == "duplicate":
                found = candidates(actor, block, sex=sex, birth_year=year).rows
    context |= {"person": person, "form": form, "ground": ground, "found": found}
    return render(request, "registers_acts/open.html", context, status=status)


def start(request: HttpRequest, code: str) -> HttpResponse:
    """Another status of a file."""
    actor, file = kept(request, code)
    offered, day = _grounds(request, actor), day_asked(request, actor)
    ground = chosen(request, [each for _words, grounds in offered for each in grounds])
    context: dict[str, Any] = {
        "heading": _("Thêm diện quản lý"), "trail": file_trail(code), "day": day, "file": file, "code": code,
    }  # fmt: skip
    if ground is None:
        return render(request, "registers_acts/choose.html", context | {"offered": offered})
    form = StartForm(request.POST or None, ground=ground, on=day, spells=file.spells)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = start_spell(actor=actor, at=timezone.now(), code=code, start=form.start())
            if not isinstance(answer, Refusal):
                messages.success(request, _("Đã ghi diện quản lý mới."))
                return redirect("registers:file", code)
            status = said(form, answer)
    return render(request, "registers_acts/start.html", context | {"form": form, "ground": ground}, status=status)


def identity(request: HttpRequest, code: str) -> HttpResponse:
    """Puts right who somebody is."""
    kept(request, code)  # before anybody is asked what for
    return _identity(request, code)


@needs_visit
def _identity(request: HttpRequest, code: str) -> HttpResponse:
    actor, file = kept(request, code)
    if request.method == "POST":
        form = IdentityForm(request.POST)
        status = 422
        if form.is_valid():
            answer = change_identity(
                actor=actor,
                at=timezone.now(),
                code=code,
                version=form.cleaned_data["version"] or 0,
                block=form.block(),
                sex=form.cleaned_data["sex"],
                birth_year=form.cleaned_data["birth_year"],
            )
            if not isinstance(answer, Refusal):
                messages.success(request, _("Đã sửa nhân thân."))
                return redirect("registers:file", code)
            status = said(form, answer, current=file.version)
    else:
        block = open_identity(actor=actor, at=timezone.now(), visit=visit_of(request), subject=file.subject)
        if isinstance(block, Refusal):
            raise PermissionDenied(block.message)
        form = IdentityForm(initial=PersonForm.told(block, file.sex, file.birth_year) | {"version": file.version})
        status = 200
    context = {"heading": _("Sửa nhân thân"), "trail": file_trail(code), "person": form, "form": form, "code": code}
    return render(request, "registers_acts/identity.html", context, status=status)
