"""Kinds and their records: what a kind asks, its records, and new events.

Reading gives what the signed-in person sees in the role acted in; writing goes through `record_event`. A new event
brings its own `key` (a UUID): sent twice, it is there once. Problems come back as 422 with the field and the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventState, Kind, Place, Way
from pcmt.apps.activities.operations.events import record_event
from pcmt.apps.activities.policies import sees_inside_of, shown_to
from pcmt.apps.activities.queries.kinds import KindChoice, choice_of, kinds_for, schema_of
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import KindSchema, Noun, Sensitivity, kind_data
from pcmt.core.text.told import read_id, read_json

PAGE = 200
MOST_BYTES = 200_000


@require_GET
def kinds(request: HttpRequest) -> JsonResponse:
    """The kinds that may be entered now."""
    actor = _actor(request)
    if isinstance(actor, JsonResponse):
        return actor
    return JsonResponse({"kinds": [_kind(each) for each in kinds_for(actor)]})


@require_GET
def kind(request: HttpRequest, kind: str) -> JsonResponse:
    """One kind with its fields, states and counting rules, as `core.schemas.KindSchema` has them."""
    actor = _actor(request)
    if isinstance(actor, JsonResponse):
        return actor
    choice = choice_of(actor, kind)
    if choice is None:
        return _problem(404, "not_found", _("Không có loại này."))
    return JsonResponse({**_kind(choice), "schema": kind_data(choice.schema)})


@require_http_methods(["GET", "POST"])
def records(request: HttpRequest, kind: str) -> JsonResponse:
    """GET: records by id, `after` the last id seen, `since` and `until` bounding the days. POST: one new event."""
    actor = _actor(request)
    if isinstance(actor, JsonResponse):
        return actor
    if request.method == "POST":
        return _write(request, actor, kind)
    row: Any = Kind.objects.visible_to(actor).filter(code=kind).first()
    if row is None or not actor.sees_below("activities.Event"):
        return _problem(404, "not_found", _("Không có loại này."))
    after = request.GET.get("after", "0")
    if not (after.isdecimal() and after.isascii() and len(after) < 19):
        return _problem(422, "wrong", _("“after” phải là số."), "after")
    found: list[Any]
    if row.noun == Noun.PLACE:
        places = shown_to(Place.objects.filter(kind=row, pk__gt=int(after), voided_at__isnull=True), actor)
        found = list(places.select_related("body", "area").prefetch_related("kind_version").order_by("pk")[: PAGE + 1])
    else:
        events = shown_to(Event.objects.filter(kind=row, pk__gt=int(after)).exclude(state=EventState.VOIDED), actor)
        for name, look in (("since", "on__gte"), ("until", "on__lte")):
            if text := request.GET.get(name):
                try:
                    events = events.filter(**{look: date.fromisoformat(text)})
                except ValueError:
                    return _problem(
                        422, "wrong", _("“%(name)s” phải là ngày, ví dụ 2026-06-05.") % {"name": name}, name
                    )
        found = list(events.select_related("body", "area").prefetch_related("kind_version").order_by("pk")[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    rows = list(_told(found, sees_inside_of(actor, found)))
    return JsonResponse({"records": rows, "next": found[-1].pk if more else None})


def _told(rows: Iterable[Any], inside: Any) -> Iterable[dict[str, Any]]:
    schemas: dict[int, KindSchema] = {}
    for row in rows:
        if row.kind_version_id not in schemas:
            schemas[row.kind_version_id] = schema_of(row.kind_version)
        schema = schemas[row.kind_version_id]
        fields = {each.key: each for each in schema.fields}
        data = {
            key: value
            for key, value in row.data.items()
            if key in fields and (fields[key].sensitivity is Sensitivity.OPEN or row.pk in inside)
        }
        common = {
            "id": row.pk, "key": str(row.key), "version": row.version, "kind_version": row.kind_version.number,
            "body": {"id": row.body_id, "name": row.body.name},
            "area": {"id": row.area_id, "code": row.area.code, "name": row.area.name},
            "state": row.state, "data": data,
            "point": None if row.lat is None else [str(row.lat), str(row.lon)],
        }  # fmt: skip
        if isinstance(row, Place):
            yield {**common, "name": row.name, "from": row.from_on.isoformat(), "address": row.address}
        else:
            yield {
                **common, "on": row.on.isoformat(), "until": row.until.isoformat() if row.until else None,
                "time": f"{row.time:%H:%M}" if row.time else None, "title": row.title, "where": row.where,
            }  # fmt: skip


def _write(request: HttpRequest, actor: Actor, code: str) -> JsonResponse:
    if not actor.changes_below("activities.Event"):
        return _problem(403, "not_allowed", _("Bạn không ghi được hoạt động cho đơn vị này."))
    choice = choice_of(actor, code)
    if choice is None or choice.schema.noun is not Noun.EVENT:
        return _problem(404, "not_found", _("Không có loại này."))
    if len(request.body) > MOST_BYTES:
        return _problem(413, "too_large", _("Nội dung quá dài."))
    try:
        said = read_json(request.body)
        if not isinstance(said, dict) or not isinstance(said.get("data", {}), dict):
            raise TypeError
        key = UUID(str(said["key"]))
        on = date.fromisoformat(str(said["on"]))
        until = date.fromisoformat(str(said["until"])) if said.get("until") else None
        area_id, body_id = read_id(said["area"]), read_id(said.get("body") or actor.unit_id)
        point = _point(said.get("point"))
        place_ids = [read_id(each) for each in said.get("places") or ()]
    except (ValueError, TypeError, KeyError, OverflowError, InvalidOperation):
        words = _("Nội dung phải là JSON với key (UUID), on (ngày), area (mã số đơn vị), data (các trường của loại).")
        return _problem(422, "wrong", words)
    made = record_event(
        actor=actor, at=timezone.now(), key=key, kind=code, body_id=body_id, area_id=area_id, on=on, until=until,
        time=str(said["time"]) if said.get("time") else None, title=str(said.get("title", ""))[:300],
        typed=said.get("data", {}), where=str(said.get("where", ""))[:300], point=point, place_ids=place_ids,
        way=Way.API, again=bool(said.get("again")),
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _problem(403 if made.code == "not_allowed" else 422, made.code, made.message, made.field or "")
    return JsonResponse({"id": made.pk, "key": str(made.key), "state": made.state}, status=201)


def _point(said: Any) -> tuple[Decimal, Decimal] | None:
    if said is None:
        return None
    lat, lon = said
    return Decimal(str(lat)), Decimal(str(lon))


def _kind(choice: KindChoice) -> dict[str, Any]:
    return {
        "code": choice.kind.code, "noun": choice.kind.noun, "label": choice.kind.label, "group": choice.kind.group,
        "version": choice.version.number,
    }  # fmt: skip


def _actor(request: HttpRequest) -> Actor | JsonResponse:
    found: Actor | None = getattr(request, "actor", None)
    if found is not None:
        return found
    return _problem(403, "no_role", _("Tài khoản của bạn hôm nay chưa được giao vai trò nào."))


def _problem(status: int, code: str, words: str, field: str = "") -> JsonResponse:
    told = {"code": code, "message": words, **({"field": field} if field else {})}
    return JsonResponse({"problem": told}, status=status)
