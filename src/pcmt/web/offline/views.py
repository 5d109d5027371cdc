"""Pages and answers for work without a connection. What goes to a device is a list as any other: read in a visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.operations.offline import (
    REASONS,
    Entry,
    add_device,
    decide_conflict,
    entry_of,
    mark_of,
    take_entries,
)
from pcmt.apps.registers.operations.reading import open_identities
from pcmt.apps.registers.queries.choices import SUBSTANCES
from pcmt.apps.registers.queries.offline import (
    FOUND,
    RESULTS,
    SAMPLES,
    conflicts_waiting,
    devices_open,
    people_along,
)
from pcmt.core.diagnostics import Refusal
from pcmt.core.text.told import read_json
from pcmt.web.protection.visits import purpose_url, unkept, visit_of
from pcmt.web.shell.access import acting
from pcmt.web.shell.working import worker_of
from pcmt.web.templatetags.pcmt import vdate

FILES = ("css/device.css", "js/device.js")
"""What the page of a device needs beside what all such pages do."""
MOST_ENTRIES = 100
IDLE_MINUTES = 5


def _keeper(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not actor.changes_below("registers.Clock"):
        raise PermissionDenied(_("Chỉ người giữ hồ sơ quản lý làm được việc này."))
    return actor


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """How it works, which of one's browsers hold a list, what waits for a look."""
    actor = _keeper(request)
    if visit_of(request) is None:
        return redirect(purpose_url(request))
    words = dict([*RESULTS, *FOUND])
    waiting: list[dict[str, Any]] = []
    for row in conflicts_waiting(actor):
        entry = entry_of(row)
        told = words.get(entry.result, "")
        waiting.append({"row": row, "reason": REASONS[row.reason](), "entry": entry, "result": told})
    devices = devices_open(actor, timezone.now())
    return unkept(render(request, "offline/index.html", {"devices": devices, "waiting": waiting}))


@require_GET
def device(request: HttpRequest) -> HttpResponse:
    """The page that goes on without a connection. Nothing in it depends on who asks."""
    _keeper(request)
    context = {"results": RESULTS, "found": FOUND, "samples": SAMPLES, "idle": IDLE_MINUTES}
    context["substances"] = SUBSTANCES.items()
    return render(request, "offline/device.html", context)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that keeps that page, under a name that changes with the files."""
    _keeper(request)
    return worker_of(request, "pcmt-device", reverse("offline:device"), FILES)


@never_cache
@require_POST
def people(request: HttpRequest) -> HttpResponse:
    """Today's list for the device, names in it; the device encrypts it."""
    actor = _keeper(request)
    now = timezone.now()
    today = timezone.localdate(now)
    visit = visit_of(request)
    if visit is None:
        return JsonResponse(
            {"words": _("Hãy nói mục đích truy cập ở trang Hồ sơ trước khi tải danh sách.")}, status=409
        )
    along = people_along(actor, today)
    names = open_identities(actor=actor, at=now, visit=visit, subjects=[each.subject for each in along], what="device")
    if isinstance(names, Refusal):
        return JsonResponse({"words": names.message}, status=409)
    made = add_device(actor=actor, at=now)
    rows = [
        {
            "code": each.subject.code,
            "name": names[each.subject.pk].name,
            "status": each.status,
            "due": each.due,
            "seen": mark_of(each.spells),
        }
        for each in along
        if each.subject.pk in names
    ]
    told = {"until": made.until.isoformat(), "day": today.isoformat(), "day_words": vdate(today), "people": rows}
    return JsonResponse(told)


@never_cache
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Takes what a device has waiting; the answer says of each entry what became of it."""
    actor = _keeper(request)
    try:
        given = read_json(request.body)["entries"]
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"words": _("Không đọc được nội dung gửi lên.")}, status=400)
    if not isinstance(given, list) or len(given) > MOST_ENTRIES:
        return JsonResponse({"words": _("Gửi mỗi lần tối đa %(most)s mục.") % {"most": MOST_ENTRIES}}, status=400)
    entries: list[Entry] = []
    outcomes: list[dict[str, str]] = []
    for each in given:
        entry = _read(each)
        if isinstance(entry, Entry):
            entries.append(entry)
        else:
            key = str(each.get("key", "")) if isinstance(each, dict) else ""
            outcomes.append({"key": key, "state": "refused", "words": entry})
    for sent in take_entries(actor=actor, at=timezone.now(), entries=entries):
        outcomes.append({"key": str(sent.key), "state": sent.state, "words": sent.words})
    return JsonResponse({"outcomes": outcomes})


def _read(given: Any) -> Entry | str:
    """The entry that a device sent, or why it is none."""
    unread = _("Không đọc được mục này.")
    if not isinstance(given, Mapping):
        return unread
    kind, _sign, result = str(given.get("what", "")).partition(":")
    try:
        key, on = UUID(str(given.get("key"))), date.fromisoformat(str(given.get("on")))
    except ValueError:
        return unread
    if result not in dict(RESULTS if kind == "test" else FOUND) or kind not in ("test", "residence"):
        return unread
    sample = str(given.get("sample", ""))
    substances = given.get("substances")
    return Entry(
        key=key, kind=kind, code=str(given.get("code", ""))[:16], on=on, result=result,
        sample=sample if sample in dict(SAMPLES) else SAMPLES[0][0],
        substances=tuple(str(each)[:40] for each in substances[:10]) if isinstance(substances, list) else (),
        seen=str(given.get("seen", ""))[:300],
    )  # fmt: skip


@require_POST
def decide(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """Keeps or drops an entry that waited for a look."""
    actor = _keeper(request)
    if not conflicts_waiting(actor).filter(pk=conflict_id).exists():
        raise Http404
    version = request.POST.get("version", "")
    done = decide_conflict(
        actor=actor, at=timezone.now(), conflict_id=conflict_id, version=int(version) if version.isdecimal() else -1,
        keep=request.POST.get("decision") == "keep",
    )  # fmt: skip
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    return redirect("offline:index")
