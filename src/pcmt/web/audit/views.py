"""The log: the list with its filter, one thing's readers and writers, the very view as a file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import can_audit
from pcmt.apps.audit.export import FORMATS, lines
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import Thing
from pcmt.web.audit import log
from pcmt.web.audit.acts import noted
from pcmt.web.audit.forms import LogFilter
from pcmt.web.audit.words import OBJECTS
from pcmt.web.history import kinds
from pcmt.web.shell.access import acting

ENTRIES_A_PAGE = 50


def auditing(request: HttpRequest) -> Actor:
    """The auditor who asks. Everyone else gets the page that says for whom the log is."""
    actor = acting(request)
    if not can_audit(actor):
        raise PermissionDenied(_("Nhật ký dành cho người giữ vai trò kiểm toán."))
    return actor


def entries(request: HttpRequest) -> HttpResponse:
    """The list: filter, change sets, pages."""
    seen = log.seen_by(auditing(request))
    form = LogFilter(request.GET)
    return render(request, "audit/list.html", _listed(request, form, log.narrowed(seen, form.chosen), seen))


def thing(request: HttpRequest, label: str, pk: str) -> HttpResponse:
    """Who looked at one thing and who changed it, with the same filter."""
    actor = auditing(request)
    form = LogFilter(request.GET)
    about = log.seen_by(actor).filter(kinds.about(label, pk))
    itself = kinds.seen(actor, label, pk)
    last = about.filter(object_type=label, object_id=pk).order_by("-at").first()
    if itself is None and last is None:
        raise Http404
    page = _listed(request, form, log.narrowed(about, form.chosen), about) | {
        "kind": OBJECTS.get(label, ""),
        "label": str(itself) if itself is not None else last.object_label if last else "",
        "touchers": log.touchers(about),
        "page_url": kinds.page_of(itself) if itself is not None else "",
        "history_url": kinds.history_url(itself) if itself is not None else "",
    }
    return render(request, "audit/thing.html", page)


def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The list under its filter as a file, whole; of one thing if `muc` names it. Taking it is itself logged."""
    actor = auditing(request)
    if form not in FORMATS:
        raise Http404
    chosen = LogFilter(request.GET)
    found = log.narrowed(log.seen_by(actor), chosen.chosen)
    words = [f"{label}: {value}" for label, value in chosen.words]
    label, _sign, pk = request.GET.get("muc", "").partition(":")
    if pk:
        found = found.filter(kinds.about(label, pk))
        words.append(f"{OBJECTS.get(label, label)}: {pk}")
    name = f"nhat-ky-{actor.on:%Y-%m-%d}.{form}"
    newest = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    noted(request, "audit.entries.exported", Thing("audit.Entry", "", name), format=form, filter="; ".join(words))
    return StreamingHttpResponse(
        lines(found.filter(pk__lte=newest), form),
        content_type=FORMATS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _listed(request: HttpRequest, form: LogFilter, found: Any, everything: Any) -> dict[str, Any]:
    page = Paginator(found, ENTRIES_A_PAGE).get_page(request.GET.get("trang"))
    query = request.GET.copy()
    query.pop("trang", None)
    match = request.resolver_match
    if match is not None and "pk" in match.kwargs:
        query["muc"] = f"{match.kwargs['label']}:{match.kwargs['pk']}"
    asked = query.urlencode()
    return {
        "form": form,
        "page": page,
        "sets": log.change_sets(page.object_list, everything),
        "downloads": [(each, f"{reverse('audit:export', args=[each])}?{asked}") for each in FORMATS],
    }
