"""The page for the field, what it takes along, what it sends; entries that wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import attrs
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.operations.events import keep_files
from pcmt.apps.activities.operations.offline import (
    REASONS,
    FieldEntry,
    decide_entry,
    followed,
    is_known,
    take_entries,
)
from pcmt.apps.activities.policies import areas, can_record
from pcmt.apps.activities.queries.kinds import KindChoice
from pcmt.apps.activities.queries.offline import MOST_AREAS, entries_waiting, field_areas, field_kinds, field_places
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import FieldType, KindSchema
from pcmt.core.text.told import read_id, read_json
from pcmt.web.shell.access import acting
from pcmt.web.shell.working import worker_of

FILES = ("css/field.css", "js/field.js")
"""What the page of the field needs beside what all such pages do."""
MOST_PICTURES = 10
LONG = 4000


def recorder(request: HttpRequest) -> Actor:
    """Who may record what is done; others are refused."""
    actor = acting(request)
    if not can_record(actor):
        raise PermissionDenied(_("Vai trò của bạn chỉ xem, không ghi hoạt động."))
    return actor


@require_GET
def device(request: HttpRequest) -> HttpResponse:
    """The page that goes on without a connection. Nothing in it depends on who asks."""
    recorder(request)
    return render(request, "field/device.html", {"most": MOST_PICTURES})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that keeps that page."""
    recorder(request)
    return worker_of(request, "pcmt-field", reverse("field:device"), FILES)


@never_cache
@require_GET
def along(request: HttpRequest) -> HttpResponse:
    """What the device takes along: the unit, where it records, kinds with what they ask, places by name."""
    actor = recorder(request)
    kinds = field_kinds(actor)
    wanted = sorted({code for each in kinds for code in each.schema.with_places})
    areas = field_areas(actor)
    told = {
        "user": actor.user_id,
        "name": actor.name,
        "body": actor.unit_id,
        "unit": actor.unit_name,
        "areas": [{"id": each.pk, "name": each.name} for each in areas],
        "kinds": [_kind_told(each) for each in kinds],
        "places": field_places(actor, wanted),
        "waiting": entries_waiting(actor).count(),
    }
    return JsonResponse(told)


def _kind_told(choice: KindChoice) -> dict[str, Any]:
    schema = choice.schema
    quick = {each.key for each in schema.quick_fields}
    fields = [
        {
            "key": each.key, "label": each.label, "type": str(each.type), "unit": each.unit_word, "help": each.help,
            "required": each.required, "quick": each.key in quick,
            "options": [{"key": one.key, "label": one.label} for one in each.options],
        }
        for each in schema.fields
    ]  # fmt: skip
    return {
        "code": choice.kind.code, "number": choice.version.number, "label": schema.label, "group": schema.group,
        "titled": bool(schema.title), "time": schema.asks_time, "pictures": schema.pictures,
        "places": list(schema.with_places), "placed": schema.needs_place, "fields": fields,
    }  # fmt: skip


@never_cache
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Takes one entry with its pictures; the answer says what became of it."""
    actor = recorder(request)
    entry = _read(request.POST.get("entry", ""))
    if isinstance(entry, str):
        return JsonResponse({"key": "", "state": "refused", "words": entry})
    if not is_known(actor, entry.key):
        files = request.FILES.getlist("files")
        if len(files) > MOST_PICTURES:
            words = _("Mỗi mục kèm tối đa %(most)s ảnh.") % {"most": MOST_PICTURES}
            return JsonResponse({"key": str(entry.key), "state": "refused", "words": words})
        pairs = ((each.name or "anh.jpg", each.read()) for each in files)
        found = keep_files(actor=actor, at=timezone.now(), files=pairs)
        if found.refused:
            return JsonResponse({"key": str(entry.key), "state": "refused", "words": found.refused[0].message})
        entry = attrs.evolve(entry, evidence=found.kept)
    [taken] = take_entries(actor=actor, at=timezone.now(), entries=[entry])
    return JsonResponse({"key": str(taken.key), "state": taken.state, "words": taken.words})


def _read(given: str) -> FieldEntry | str:
    """The entry that a device sent, or why it is none."""
    unread = _("Không đọc được mục này.")
    try:
        told = read_json(given)
        if not isinstance(told, dict) or not isinstance(told.get("typed"), dict):
            return unread
        return FieldEntry(
            key=UUID(str(told["key"])), kind=str(told["kind"])[:60], number=int(told["number"]),
            body_id=read_id(told["body"]), area_id=read_id(told["area"]), on=date.fromisoformat(str(told["on"])),
            time=str(told.get("time") or "")[:10], title=str(told.get("title") or "")[:LONG],
            where=str(told.get("where") or "")[:LONG],
            typed={str(key)[:60]: _plain(value) for key, value in list(told["typed"].items())[:200]},
            place_ids=tuple(read_id(each) for each in list(told.get("places") or [])[:50]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return unread


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each)[:LONG] for each in value[:100]]
    return "" if value is None else str(value)[:LONG]


@attrs.define
class Ask:
    """A question of the page on which somebody corrects an entry: its field, what stands there, what is wrong."""

    key: str
    label: str
    type: str
    value: Any
    options: list[tuple[str, str]] = attrs.field(factory=list)
    problem: str = ""


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What devices sent and could not simply be kept."""
    actor = recorder(request)
    rows = [{"row": row, "reason": REASONS[row.reason](), "entry": FieldEntry.of(row.entry)}
            for row in entries_waiting(actor)[:200]]  # fmt: skip
    return render(request, "field/waiting.html", {"rows": rows})


def decide(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One entry that waits: kept as it is, corrected, or dropped."""
    actor = recorder(request)
    row = get_object_or_404(entries_waiting(actor), pk=entry_id)
    held = FieldEntry.of(row.entry)
    kinds = {each.kind.code: each for each in field_kinds(actor)}
    code = str(request.POST.get("kind") or request.GET.get("kind") or held.kind)
    choice = kinds.get(code)
    problems: dict[str, str] = {}
    if request.method == "POST":
        version = request.POST.get("version", "")
        entry = None if request.POST.get("decision") == "drop" else _corrected(request.POST, held, choice, problems)
        if not problems:
            done = decide_entry(
                actor=actor, at=timezone.now(), entry_id=row.pk, entry=entry,
                version=int(version) if version.isdecimal() else -1,
            )  # fmt: skip
            if not isinstance(done, Refusal):
                messages.success(request, _("Đã bỏ mục này.") if entry is None else _("Đã ghi mục này."))
                return redirect("field:waiting")
            problems = {each.about: each.message for each in done.problems} or {done.field: done.message}
    posted = request.POST if request.method == "POST" else None
    asks = _asks(choice.schema if choice else None, held, posted, problems, _areas(actor, held))
    context = {
        "row": row, "held": held, "reason": REASONS[row.reason](), "asks": asks, "choice": choice, "code": code,
        "kinds": kinds.values(), "problems": problems,
        "unplaced": [words for key, words in problems.items() if key not in {each.key for each in asks}],
    }  # fmt: skip
    return render(request, "field/decide.html", context, status=422 if problems else 200)


def _corrected(
    posted: QueryDict, held: FieldEntry, choice: KindChoice | None, problems: dict[str, str]
) -> FieldEntry | None:
    """What the person says now; what cannot be read is put into `problems`."""
    if choice is None:
        problems["kind"] = _("Chọn loại hoạt động còn dùng, hoặc bỏ mục này.")
        return None
    try:
        on = date.fromisoformat(posted.get("on", ""))
    except ValueError:
        problems["on"] = _("Ghi ngày.")
        return None
    typed = {
        each.key: posted.getlist(f"f-{each.key}") if each.type is FieldType.CHOICES else posted.get(f"f-{each.key}", "")
        for each in choice.schema.fields
    }
    places = held.place_ids if "places" in posted else ()
    area = posted.get("area", "")
    return attrs.evolve(
        held, area_id=int(area) if area.isdecimal() and len(area) < 10 else held.area_id, kind=choice.kind.code,
        number=choice.version.number, on=on, time=posted.get("time", ""),
        title=posted.get("title", "")[:LONG], where=posted.get("where", "")[:LONG], typed=typed, place_ids=places,
    )  # fmt: skip


def _areas(actor: Actor, held: FieldEntry) -> list[tuple[str, str]]:
    """Where the body of an entry records: what to choose from when the area that the device knew is no more."""
    body_id = followed(held, actor.on).body_id
    return [(str(each.pk), each.name) for each in areas(actor, body_id).order_by("name", "pk")[:MOST_AREAS]]


def _asks(
    schema: KindSchema | None,
    held: FieldEntry,
    posted: QueryDict | None,
    problems: Mapping[str, str],
    offered: list[tuple[str, str]],
) -> list[Ask]:
    def value(name: str, kept: Any) -> Any:
        return kept if posted is None else posted.get(name, "")

    asks = [Ask("on", _("Ngày"), "day", value("on", held.on.isoformat()))]
    asks.append(Ask("time", _("Giờ"), "time", value("time", held.time)))
    if schema is None or not schema.title:
        asks.append(Ask("title", _("Tên"), "text", value("title", held.title)))
    asks.append(Ask("area", _("Địa bàn"), "choice", value("area", str(held.area_id)), offered))
    asks.append(Ask("where", _("Ở đâu"), "text", value("where", held.where)))
    for each in schema.fields if schema else ():
        name = f"f-{each.key}"
        options = [(one.key, one.label) for one in each.options]
        kept = held.typed.get(each.key, "")
        if each.type is FieldType.CHOICES:
            kept = kept if posted is None else posted.getlist(name)
        else:
            kept = value(name, kept)
        asks.append(Ask(name, each.label, str(each.type), kept, options, problems.get(each.key, "")))
    for ask in asks:
        ask.problem = ask.problem or problems.get(ask.key, "")
    return asks
