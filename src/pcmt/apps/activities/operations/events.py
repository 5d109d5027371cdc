"""Events: recorded, corrected, voided and restored, verified and returned, with their evidence.

An event is locked before its parts, the log comes last. Who writes says which version was on the screen; the key makes
an entry that arrives twice one event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import attrs
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import (
    LONGEST,
    Event,
    EventFile,
    EventPlace,
    EventState,
    EventStep,
    KindState,
    KindVersion,
    Place,
    StepWhat,
    Way,
)
from pcmt.apps.activities.operations.counting import beginning, keep_later, keep_since, mark
from pcmt.apps.activities.points import Point, kept_point
from pcmt.apps.activities.policies import areas, can_change, can_record, can_record_for, can_verify, heir_of, shown_to
from pcmt.apps.activities.queries.counting import counted_at, reached_in
from pcmt.apps.activities.queries.events import likely_same
from pcmt.apps.activities.queries.kinds import choice_of, schema_of
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Plan, SourceFile
from pcmt.apps.plans.operations import MOST_FILES, keep_all
from pcmt.apps.tasks.models import Task
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Problem, Refusal
from pcmt.core.schemas import FieldType, KindField, KindSchema, entry_title, read_entry, read_value
from pcmt.core.schemas.entries import WORDS, FieldProblem

LABEL = "activities.Event"
EARLIEST = date(1990, 1, 1)
LONG = 300
REASON = 500
WITHOUT_CAMERA = (Way.GRID, Way.SHEET, Way.API)
"""Ways by which no picture can come along: what a kind asks for is added on the event's page afterwards."""


@attrs.frozen
class KeptFile:
    """A file that was looked at and kept, for an event that is still to be written."""

    source_id: int
    name: str
    sha256: str
    picture: bool
    caption: str = ""


@attrs.frozen
class Filed:
    """What became of files that were sent in: those kept, and why the others were not."""

    kept: tuple[KeptFile, ...] = ()
    refused: tuple[Refusal, ...] = ()


def keep_files(*, actor: Actor, at: datetime, files: Iterable[tuple[str, bytes]], room: int = MOST_FILES) -> Filed:
    """Keep files (name and content) for an event still to be written; one that is bad takes no other with it.

    A picture is made anew without place, time and device; what carries a secrecy stamp is refused, or destroyed by a
    job that finds it later (`plans.operations.keep_all`). They belong to nothing until an event takes them.
    """
    if not can_record(actor):
        raise PermissionDenied
    found = keep_all(actor=actor, at=at, files=files, room=room)
    hashes = dict(SourceFile.objects.filter(pk__in=[each.source_id for each in found.kept]).values_list("pk", "sha256"))
    kept = tuple(
        KeptFile(each.source_id, each.name, hashes[each.source_id], each.picture)
        for each in found.kept
        if each.source_id in hashes
    )
    return Filed(kept, found.refused)


def record_event(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    kind: str,
    body_id: int,
    area_id: int,
    on: date,
    typed: Mapping[str, Any],
    until: date | None = None,
    time: str | time | None = None,
    title: str = "",
    where: str = "",
    point: Point | None = None,
    place_ids: Sequence[int] = (),
    plan_id: int | None = None,
    task_id: int | None = None,
    evidence: Sequence[KeptFile] = (),
    way: str = Way.PAGE,
    again: bool = False,
    kind_version: int | None = None,
) -> Event | Refusal:
    """Write down what a body did on a day. The same key twice gives the same event.

    `typed` holds the kind's fields as typed or as kept. What looks like an event that stands (same kind, body and day,
    and hour where one is told) is refused with the code "likely" until `again` says that it is another. A refusal
    "wrong" has a problem for each field. `kind_version` is the number of the version that a device asked by, where it
    still knows an older one.
    """
    if not can_record(actor):
        raise PermissionDenied
    with transaction.atomic():
        share_tree()
        there = Event.objects.select_for_update(of=("self",), no_key=True).filter(key=key).first()
        if there is not None:
            if not can_change(actor, there):
                raise PermissionDenied
            return there
        if not can_record_for(actor, body_id):
            return not_for(actor, body_id)
        version = _version(actor, kind, kind_version)
        if isinstance(version, Refusal):
            return version
        schema = schema_of(version)
        event = Event(
            key=key, kind_id=version.kind_id, kind_version=version, body_id=body_id, way=way, made_at=at,
            made_by_id=actor.user_id, changed_at=at,
            state=EventState.WAITING if schema.verified else EventState.ENTERED,
        )  # fmt: skip
        said = Said(area_id, on, until, time, title, where, point, tuple(place_ids), plan_id, task_id)
        places = _filled(actor, at, event, schema, typed, said)
        if isinstance(places, Refusal):
            return places
        if sum(each.picture for each in evidence) < schema.pictures and way not in WITHOUT_CAMERA:
            message = _("Loại này cần ít nhất %(n)s ảnh minh chứng.") % {"n": schema.pictures}
            return Refusal(code="pictures", message=message, field="evidence")
        if not again and (twin := likely_same(event)) is not None:
            message = _("Đã có “%(title)s” ngày %(day)s. Nếu đây là lần khác, xác nhận để vẫn ghi.") % {
                "title": twin.title, "day": f"{twin.on:%d/%m/%Y}",
            }  # fmt: skip
            return Refusal(code="likely", message=message, field="on", ref=twin.pk)
        try:
            with transaction.atomic():
                event.save(force_insert=True)
        except IntegrityError:  # the same key came by another way at the same moment
            there = Event.objects.filter(key=key).first()
            if there is None:
                raise
            if not can_change(actor, there):
                raise PermissionDenied from None
            return there
        EventPlace.objects.bulk_create([EventPlace(event=event, place=place) for place in places])
        _attach(event, evidence, at, actor)
        _counts(event, on, at)
        after = {"on": on, "body_id": body_id, "area_id": area_id, "way": str(way)}
        record(at=at, actor=actor, event="activities.event.recorded", obj=event, after=after)
    return event


@attrs.frozen
class Said:
    """What an entry says beside the fields of its kind."""

    area_id: int
    on: date
    until: date | None = None
    time: str | time | None = None
    title: str = ""
    where: str = ""
    point: Point | None = None
    place_ids: tuple[int, ...] = ()
    plan_id: int | None = None
    task_id: int | None = None


def correct_event(
    *, actor: Actor, at: datetime, event_id: int, version: int, typed: Mapping[str, Any], said: Said, words: str = ""
) -> Event | Refusal:
    """Put right what was written. What was verified needs a reason, and waits for verification again."""
    with transaction.atomic():
        share_tree()
        event = _held(actor, event_id, version)
        if isinstance(event, Refusal):
            return event
        if event.state == EventState.VOIDED:
            return Refusal(code="voided", message=_("Mục này đã bị bỏ. Lấy lại trước khi sửa."))
        schema = schema_of(event.kind_version)
        reason = words.strip()
        if event.state == EventState.VERIFIED and not reason:
            return Refusal(code="reason", message=_("Mục đã xác minh: nêu lý do sửa."), field="words")
        was, former = told(event), (event.on, reached_in(event))
        places = _filled(actor, at, event, schema, typed, said)
        if isinstance(places, Refusal):
            return places
        now = told(event)
        before = {name: value for name, value in was.items() if now[name] != value}
        held = set(EventPlace.objects.filter(event=event).values_list("place_id", flat=True))
        wanted = {place.pk for place in places}
        if held != wanted:
            before["places"] = sorted(held)
            EventPlace.objects.filter(event=event).exclude(place__in=wanted).delete()
            EventPlace.objects.bulk_create([EventPlace(event=event, place_id=pk) for pk in sorted(wanted - held)])
        if not before:
            return event
        if schema.verified:
            event.state = EventState.WAITING
        _step(event, StepWhat.CORRECTED, actor, at, reason, before)
        _touched(event, at)
        _counts(event, event.on, at, former)
        record(at=at, actor=actor, event="activities.event.corrected", obj=event, reason=reason)
    return event


def void_event(*, actor: Actor, at: datetime, event_id: int, version: int, words: str) -> Event | Refusal:
    """Take back an event that was written wrongly, with a reason. It stays to be seen, and counts no more."""
    return _turned(actor, at, event_id, version, words, StepWhat.VOIDED)


def restore_event(*, actor: Actor, at: datetime, event_id: int, version: int, words: str = "") -> Event | Refusal:
    """Bring back an event that was voided by mistake; where its kind asks so, it waits for verification again."""
    return _turned(actor, at, event_id, version, words, StepWhat.RESTORED)


def _turned(actor: Actor, at: datetime, event_id: int, version: int, words: str, what: StepWhat) -> Event | Refusal:
    with transaction.atomic():
        share_tree()
        event = _held(actor, event_id, version)
        if isinstance(event, Refusal):
            return event
        voiding, reason = what is StepWhat.VOIDED, words.strip()
        if voiding == (event.state == EventState.VOIDED):
            return Refusal(code="stale", message=_("Mục này vừa thay đổi. Tải lại trang rồi làm tiếp."))
        if voiding and not reason:
            return Refusal(code="reason", message=_("Nêu lý do bỏ mục này."), field="words")
        before = {"state": event.state}
        verified = schema_of(event.kind_version).verified
        event.state = (
            EventState.VOIDED if voiding else EventState.WAITING if verified else EventState.ENTERED
        )  # fmt: skip
        _step(event, what, actor, at, reason, before)
        _touched(event, at)
        _counts(event, event.on, at)
        if voiding:
            record(at=at, actor=actor, event="activities.event.voided", obj=event, reason=reason)
        else:
            record(at=at, actor=actor, event="activities.event.restored", obj=event, reason=reason)
    return event


def verify_event(*, actor: Actor, at: datetime, event_id: int, version: int) -> Event | Refusal:
    """The level above confirms an event of a kind that asks for it; from then on it counts."""
    return _judged(actor, at, event_id, version, "", StepWhat.VERIFIED)


def return_event(*, actor: Actor, at: datetime, event_id: int, version: int, words: str) -> Event | Refusal:
    """The level above sends an event back, with what is wrong; corrected, it waits again."""
    return _judged(actor, at, event_id, version, words, StepWhat.RETURNED)


def _judged(actor: Actor, at: datetime, event_id: int, version: int, words: str, what: StepWhat) -> Event | Refusal:
    with transaction.atomic():
        share_tree()
        event = shown_to(Event.objects.all(), actor).select_for_update(of=("self",)).filter(pk=event_id).first()
        if event is None or not can_verify(actor, event):
            raise PermissionDenied
        if event.version != version or event.state != EventState.WAITING:
            return _stale()
        verifying, reason = what is StepWhat.VERIFIED, words.strip()
        if not verifying and not reason:
            return Refusal(code="reason", message=_("Nêu điều cần sửa."), field="words")
        before = {"state": event.state}
        event.state = EventState.VERIFIED if verifying else EventState.RETURNED
        _step(event, what, actor, at, reason, before)
        _touched(event, at)
        _counts(event, event.on, at)
        if verifying:
            record(at=at, actor=actor, event="activities.event.verified", obj=event)
        else:
            record(at=at, actor=actor, event="activities.event.returned", obj=event, reason=reason)
    return event


def verify_events(
    *, actor: Actor, at: datetime, chosen: Sequence[tuple[int, int]]
) -> tuple[list[Event], list[Refusal]]:
    """Verify many events, each (id, version) for itself in order of id; those done, and why others were not."""
    done, refused = [], []
    for event_id, version in sorted(set(chosen)):
        found = verify_event(actor=actor, at=at, event_id=event_id, version=version)
        if isinstance(found, Refusal):
            refused.append(found)
        else:
            done.append(found)
    return done, refused


def add_files(
    *, actor: Actor, at: datetime, event_id: int, version: int, evidence: Sequence[KeptFile]
) -> Event | Refusal:
    """Add evidence to an event; a file that it has already is not added twice."""
    with transaction.atomic():
        event = _held(actor, event_id, version)
        if isinstance(event, Refusal):
            return event
        before = EventFile.objects.filter(event=event).count()
        _attach(event, evidence, at, actor, first=before)
        _touched(event, at)
        after = {"count": EventFile.objects.filter(event=event).count() - before}
        record(at=at, actor=actor, event="activities.event.evidenced", obj=event, after=after)
    return event


def caption_file(*, actor: Actor, at: datetime, file_id: int, version: int, caption: str) -> Event | Refusal:
    """Say what a picture or document of an event shows; "" takes the words away. `version` is that of the event."""
    with transaction.atomic():
        row = EventFile.objects.filter(pk=file_id).values_list("event_id", flat=True).first()
        if row is None:
            raise PermissionDenied
        event = _held(actor, row, version)
        if isinstance(event, Refusal):
            return event
        if event.state == EventState.VOIDED:
            return Refusal(code="voided", message=_("Mục này đã bị bỏ. Lấy lại trước khi sửa."))
        words = " ".join(caption.split())
        if len(words) > LONG:
            return Refusal(code="long", message=_("Dài quá %(most)s ký tự.") % {"most": LONG}, field="caption")
        file = EventFile.objects.get(pk=file_id)
        if file.caption == words:
            return event
        before, file.caption = file.caption, words
        file.save(update_fields=["caption"])
        _touched(event, at)
        told_before, told_after = {"caption": before}, {"caption": words}
        record(at=at, actor=actor, event="activities.event.captioned", obj=event, before=told_before, after=told_after)
    return event


def not_for(actor: Actor, body_id: int, label: str = LABEL) -> Refusal:
    """Why nothing is recorded for a body: it has ended, and this one answers now. Else one simply may not."""
    heir = heir_of(actor, body_id, label)
    if heir is None:
        raise PermissionDenied
    body = Unit.objects.get(pk=body_id)
    message = _("%(body)s đã kết thúc từ ngày %(day)s; ghi cho %(heir)s.")
    words = {"body": body.name, "day": f"{body.valid_to:%d/%m/%Y}", "heir": heir.name}
    return Refusal(code="ended", message=message % words, field="body", ref=heir.pk)


def told(event: Event) -> dict[str, Any]:
    """What an event says, as JSON, for its history."""
    return {
        "on": event.on.isoformat(), "until": event.until.isoformat() if event.until else None,
        "time": f"{event.time:%H:%M}" if event.time else None, "title": event.title, "where": event.where,
        "area": event.area_id, "plan": event.plan_id, "task": event.task_id, "data": dict(event.data),
        "point": None if event.lat is None else [str(event.lat), str(event.lon)],
    }  # fmt: skip


def _version(actor: Actor, code: str, number: int | None) -> KindVersion | Refusal:
    choice = choice_of(actor, code, "event")
    if choice is None:
        message = _("Loại hoạt động này không dùng nữa hoặc không dùng ở đơn vị này.")
        return Refusal(code="kind", message=message, field="kind")
    if number is None or number == choice.version.number:
        return choice.version
    older = KindVersion.objects.filter(kind=choice.kind, number=number, state=KindState.ENDED).first()
    return older or choice.version


def _filled(
    actor: Actor, at: datetime, event: Event, schema: KindSchema, typed: Mapping[str, Any], said: Said
) -> list[Place] | Refusal:
    """Put what was said into an event; the places it was held at, or what is wrong."""
    today = timezone.localdate(at)
    if refused := _wrong_days(said, schema, today):
        return refused
    if said.area_id != event.area_id and not areas(actor, event.body_id).filter(pk=said.area_id).exists():
        return Refusal(code="area", message=_("Chọn địa bàn của đơn vị hoặc đơn vị trực thuộc."), field="area")
    clock = _clock(said.time)
    if isinstance(clock, FieldProblem):
        return Refusal(code="time", message=clock.message, field="time")
    read = read_entry(schema, typed)
    if read.problems:
        first = read.problems[0]
        problems = tuple(_problem(each) for each in read.problems)
        return Refusal(code="wrong", message=_words(first), field=first.field, problems=problems)
    places = _places(actor, schema, said.place_ids)
    if isinstance(places, Refusal):
        return places
    title = entry_title(schema, read.values, " ".join(said.title.split()))
    if len(title) > LONG or len(said.where) > LONG:
        field = "title" if len(title) > LONG else "where"
        return Refusal(code="long", message=_("Dài quá %(most)s ký tự.") % {"most": LONG}, field=field)
    if said.plan_id is not None and not Plan.objects.visible_to(actor).filter(pk=said.plan_id).exists():
        return Refusal(code="plan", message=_("Chọn kế hoạch trong danh sách."), field="plan")
    if said.task_id is not None and not Task.objects.visible_to(actor).filter(pk=said.task_id).exists():
        return Refusal(code="task", message=_("Chọn nhiệm vụ trong danh sách."), field="task")
    point = kept_point(said.point)
    if isinstance(point, Refusal):
        return point
    event.area_id, event.on, event.until = said.area_id, said.on, said.until if said.until != said.on else None
    event.time, event.title, event.where, event.data = clock, title, said.where.strip(), dict(read.values)
    event.plan_id, event.task_id = said.plan_id, said.task_id
    event.lat, event.lon = point or (None, None)
    return places


def _wrong_days(said: Said, schema: KindSchema, today: date) -> Refusal | None:
    if said.on > today:
        return Refusal(code="day", message=_("Ngày không được ở sau hôm nay."), field="on")
    if said.on < EARLIEST:
        return Refusal(code="day", message=_("Ngày quá xa. Xem lại năm."), field="on")
    if said.until is None:
        return None
    if not schema.spans_days and said.until != said.on:
        return Refusal(code="day", message=_("Loại này chỉ ghi một ngày."), field="until")
    if said.until < said.on:
        return Refusal(code="day", message=_("Ngày cuối không được trước ngày đầu."), field="until")
    if said.until > today:
        return Refusal(code="day", message=_("Ngày không được ở sau hôm nay."), field="until")
    if said.until - said.on >= LONGEST:
        return Refusal(code="day", message=_("Hoạt động kéo dài hơn một năm: ghi riêng từng đợt."), field="until")
    return None


def _clock(said: str | time | None) -> time | FieldProblem | None:
    if said is None or isinstance(said, time):
        return said
    found = read_value(KindField(key="time", label=_("Giờ"), type=FieldType.TIME), said)
    if found is None or isinstance(found, FieldProblem):
        return found
    return time.fromisoformat(found)


def _places(actor: Actor, schema: KindSchema, ids: Iterable[int]) -> list[Place] | Refusal:
    wanted = list(dict.fromkeys(ids))
    if schema.needs_place and not wanted:
        return Refusal(code="place", message=_("Chọn địa điểm."), field="places")
    if not wanted:
        return []
    rows = shown_to(Place.objects.filter(pk__in=wanted, voided_at__isnull=True), actor)
    found = list(rows.filter(kind__code__in=schema.with_places).order_by("pk"))
    if len(found) != len(wanted):
        return Refusal(code="place", message=_("Chọn địa điểm trong danh sách."), field="places")
    return found


def _attach(event: Event, evidence: Sequence[KeptFile], at: datetime, actor: Actor, first: int = 0) -> None:
    ids = [each.source_id for each in evidence]
    there = set(SourceFile.objects.filter(pk__in=ids).values_list("pk", flat=True))
    rows = [
        EventFile(
            event=event, file_id=each.source_id if each.source_id in there else None, name=each.name,
            sha256=each.sha256,
            picture=each.picture, caption=each.caption[:LONG], order=order, made_at=at, made_by_id=actor.user_id,
        )
        for order, each in enumerate(evidence, first)
    ]  # fmt: skip
    EventFile.objects.bulk_create(rows, ignore_conflicts=True)


def _held(actor: Actor, event_id: int, version: int) -> Event | Refusal:
    event: Event | None = (
        shown_to(Event.objects.all(), actor)
        .select_for_update(of=("self",))
        .select_related("kind_version", "body")
        .filter(pk=event_id)
        .first()
    )
    if event is None or not can_change(actor, event):
        raise PermissionDenied
    return event if event.version == version else _stale()


def _counts(event: Event, on: date, at: datetime, before: tuple[date, Collection[int]] | None = None) -> None:
    """What an event bears on is counted again, from its day on; so long its unit keeps the kind. So are the communes in
    which it reached something, whoever held it; and where it was corrected, those of `before` from their day on."""
    unit = counted_at(event.body, on)
    keep_since(unit.pk, event.kind_id, beginning(on, at))
    reached = reached_in(event)
    for area_id in sorted(reached):
        keep_since(area_id, event.kind_id, beginning(on, at), reached=True)
    former, there = before or (on, reached)
    was = counted_at(event.body, former)
    mark({unit.pk, was.pk} | reached | set(there), min(on, former), at)
    if before is not None or event.state == EventState.VOIDED:
        keep_later(was.pk, event.kind_id, former, at)
        for area_id in sorted(there):
            keep_later(area_id, event.kind_id, former, at, reached=True)


def _stale() -> Refusal:
    return Refusal(code="stale", message=_("Mục này vừa có người thay đổi. Tải lại trang rồi làm tiếp."))


def _step(event: Event, what: StepWhat, actor: Actor, at: datetime, words: str, before: Mapping[str, Any]) -> None:
    EventStep.objects.create(
        event=event, what=what, words=words[:REASON], before=dict(before), at=at, by_id=actor.user_id
    )


def _touched(event: Event, at: datetime) -> None:
    event.version += 1
    event.changed_at = at
    event.save()


def _problem(found: FieldProblem) -> Problem:
    return Problem(code=found.code, message=_words(found), about=found.field)


def _words(found: FieldProblem) -> str:
    return _(WORDS[found.code]) % found.args
