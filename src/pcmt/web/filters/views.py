"""Saving what narrows a list, and the page on which a person keeps order among them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import SavedFilter
from pcmt.apps.accounts.operations import change_filter, remove_filter, save_filter
from pcmt.core.diagnostics import Refusal
from pcmt.web.filters.forms import ChangeForm, SaveForm
from pcmt.web.filters.saved import LISTS, address_of, kept_words
from pcmt.web.shell.access import acting
from pcmt.web.shell.views import after


def mine(request: HttpRequest) -> HttpResponse:
    """One's own filters, and those that colleagues share with the unit."""
    actor = acting(request)
    found = SavedFilter.objects.visible_to(actor).filter(page__in=LISTS).select_related("user", "shared_with")
    rows = [(each, str(LISTS[each.page].label), address_of(each)) for each in found]
    own = [row for row in rows if row[0].user_id == actor.user_id]
    return render(
        request, "filters/mine.html", {"own": own, "shared": [row for row in rows if row[0].user_id != actor.user_id]}
    )


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keeps the words of a list under a name, and leads back to that list."""
    actor = acting(request)
    form = SaveForm(request.POST)
    back = after(request)
    if form.is_valid():
        typed = form.cleaned_data
        answer = save_filter(
            actor=actor,
            at=timezone.now(),
            page=typed["page"],
            name=typed["name"],
            query=kept_words(typed["page"], typed["query"]),
            shared=typed["shared"],
        )
        if isinstance(answer, SavedFilter):
            messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": answer.name})
            return redirect(back if back != "/" else address_of(answer))
        form.add_error(answer.field or None, answer.message)
    return render(request, "filters/save.html", {"form": form, "back": back}, status=422)


def change(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Name, sharing, and whether the list opens with it; only of one's own."""
    actor = acting(request)
    found = get_object_or_404(SavedFilter.objects.visible_to(actor), pk=filter_id, user_id=actor.user_id)
    if request.method != "POST":
        return _change_page(request, found, ChangeForm(initial=_as_typed(found)))
    form = ChangeForm(request.POST)
    if form.is_valid():
        answer = change_filter(actor=actor, at=timezone.now(), filter_id=found.pk, **form.cleaned_data)
        if isinstance(answer, SavedFilter):
            messages.success(request, _("Đã sửa bộ lọc “%(name)s”.") % {"name": answer.name})
            return redirect("filters:mine")
        if answer.code == "stale":  # a second try goes through, with everything typed still there
            found.refresh_from_db()
            form = ChangeForm({**request.POST.dict(), "version": str(found.version)})
            form.is_valid()
        form.add_error(answer.field or None, answer.message)
    return _change_page(request, found, form, status=422)


@require_POST
def remove(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Removes one's own filter."""
    actor = acting(request)
    found = get_object_or_404(SavedFilter.objects.visible_to(actor), pk=filter_id, user_id=actor.user_id)
    answer = remove_filter(actor=actor, at=timezone.now(), filter_id=filter_id)
    if isinstance(answer, Refusal):
        messages.error(request, str(answer))
    else:
        messages.success(request, _("Đã xóa bộ lọc “%(name)s”.") % {"name": found.name})
    return redirect("filters:mine")


def _as_typed(found: SavedFilter) -> dict[str, Any]:
    return {
        "version": found.version,
        "name": found.name,
        "shared": found.shared_with_id is not None,
        "default": found.is_default,
    }


def _change_page(request: HttpRequest, found: SavedFilter, form: ChangeForm, status: int = 200) -> HttpResponse:
    page = {"saved": found, "form": form, "list": LISTS.get(found.page), "url": address_of(found)}
    return render(request, "filters/change.html", page, status=status)
