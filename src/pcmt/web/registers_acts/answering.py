"""What the pages of acts have in common: the file asked for, the ground chosen, a refusal beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.queries.lives import FileNow, file_now
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Ground
from pcmt.core.periods import parse_date
from pcmt.web.shell.access import acting

Trail = list[tuple[str, str]]


def kept(request: HttpRequest, code: str) -> tuple[Actor, FileNow]:
    """The actor and a file in which the actor may write. 404 for who does not see it, 403 for who only sees it."""
    actor = acting(request)
    file = file_now(actor, code)
    if file is None:
        raise Http404
    if not file.may_keep:
        raise PermissionDenied(_("Chỉ người giữ hồ sơ của địa bàn đang quản lý mới ghi được vào hồ sơ."))
    return actor, file


def trail(*way: tuple[str, str]) -> Trail:
    """The way to a page: files, then what is given."""
    return [(_("Hồ sơ"), reverse("registers:list")), *way]


def file_trail(code: str) -> Trail:
    """The way to a page of one file."""
    return trail((code, reverse("registers:file", args=[code])))


def day_asked(request: HttpRequest, actor: Actor) -> date:
    """The day whose law is asked for: `ngay` of the address, today at the latest and unless told."""
    day = parse_date(request.GET.get("ngay", ""))
    return min(day, actor.on) if day else actor.on


def chosen(request: HttpRequest, grounds: Sequence[Ground]) -> Ground | None:
    """The ground that the address names, or the only one there is."""
    code = request.GET.get("can_cu", "")
    if not code and len(grounds) == 1:
        return grounds[0]
    return next((each for each in grounds if each.code == code), None)


def said(form: Any, refusal: Refusal, current: int | None = None) -> int:
    """Put a refusal beside its field; after somebody else's change sending once more goes through. The status."""
    late = refusal.code == "stale" and current is not None and "version" in form.fields
    if late:
        typed: Any = form.data.copy()
        typed[form.add_prefix("version")] = str(current)
        form.data = typed
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return 409 if late else 422
