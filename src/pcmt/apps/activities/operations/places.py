"""Places: opened, moved from state to state, corrected, closed; taken back step by step, voided with a reason.

A place is locked before its spells, the log comes last. Who writes says which version was on the screen; the key makes
an opening that arrives twice one place. What a kind keeps inside never reaches the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import COUNTING, Event, EventPlace, EventState, Place, PlaceBefore, PlaceSpell
from pcmt.apps.activities.operations.counting import beginning, keep_later, keep_since, mark
from pcmt.apps.activities.operations.events import not_for
from pcmt.apps.activities.points import Point, kept_point
from pcmt.apps.activities.policies import areas, can_change, can_record, can_record_for, is_inside, shown_to
from pcmt.apps.activities.queries.kinds import KindChoice, choice_of
from pcmt.apps.activities.queries.places import asked_now, schema_now
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Problem, Refusal
from pcmt.core.schemas import FieldProblem, KindField, KindSchema, Sensitivity, entry_title, read_entry, shown
from pcmt.core.schemas.entries import WORDS
from pcmt.core.text import fold

LABEL = "activities.Place"
NAME, ADDRESS, WORDS_LONG = 300, 300, 500
EARLIEST = date(1900, 1, 1)


def open_place(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    kind: str,
    area_id: int,
    name: str,
    state: str,
    on: date,
    typed: Mapping[str, Any],
    address: str = "",
    point: Point | None = None,
    follows_id: int | None = None,
    words: str = "",
    body_id: int | None = None,
    again: bool = False,
) -> Place | Refusal:
    """Open a place in one of the first states of its kind, as it stood on the day `on`.

    `typed`: the kind's own fields and those that the state asks for. `body_id` keeps it; none: the actor's unit. The
    same key twice gives the same place. A place of this kind and name in the same area is refused with the code
    "same" until `again` says that it is another.
    """
    if not can_record(actor, LABEL):
        raise PermissionDenied
    body_id = actor.unit_id if body_id is None else body_id
    with transaction.atomic():
        share_tree()
        there = Place.objects.select_for_update(of=("self",), no_key=True).filter(key=key).first()
        if there is not None:
            if not can_change(actor, there):
                raise PermissionDenied
            return there
        if not can_record_for(actor, body_id, LABEL):
            return not_for(actor, body_id, LABEL)
        chosen = _chosen(actor, kind)
        if isinstance(chosen, Refusal):
            return chosen
        schema = chosen.schema
        if refused := _wrong_area(actor, body_id, area_id) or _wrong_day(on, timezone.localdate(at)):
            return refused
        if state not in {each.key for each in schema.first_states}:
            return Refusal(code="state", message=_("Chọn tình trạng ban đầu trong danh sách."), field="state")
        values = _read(schema, typed, (*schema.own_fields, *schema.asked_by(state)))
        if isinstance(values, Refusal):
            return values
        named = _named(schema, name, values)
        if isinstance(named, Refusal):
            return named
        place = Place(
            key=key, kind=chosen.kind, kind_version=chosen.version, area_id=area_id, body_id=body_id, name=named,
            search_key=fold(named)[:300], state=state, from_on=on, made_at=at, made_by_id=actor.user_id,
        )  # fmt: skip
        if refused := _described(actor, place, address, point, follows_id):
            return refused
        place.data, told = _split(schema, state, values)
        same = Place.objects.filter(kind=chosen.kind, area_id=area_id, search_key=place.search_key)
        twin = same.filter(voided_at__isnull=True, to_on__isnull=True).order_by("pk").first()
        if twin is not None and not again:
            message = _("Địa bàn này đã có “%(name)s”. Nếu đây là nơi khác, xác nhận để vẫn ghi.") % {"name": named}
            return Refusal(code="same", message=message, field="name", ref=twin.pk)
        place.save()
        PlaceSpell.objects.create(
            place=place, state=state, from_on=on, data=told, words=_short(words), made_at=at, made_by_id=actor.user_id
        )
        # What stood before somebody began to write it down is known from the year on in which that was.
        keep_since(area_id, chosen.kind.pk, beginning(on, at))
        mark({area_id}, on, at)
        after = {"state": state, "on": on, "area_id": area_id, "body_id": body_id}
        record(at=at, actor=actor, event="activities.place.opened", obj=_thing(place), after=after)
    return place


def move_place(
    *,
    actor: Actor,
    at: datetime,
    place_id: int,
    version: int,
    state: str,
    on: date,
    typed: Mapping[str, Any],
    words: str = "",
    event_id: int | None = None,
) -> Place | Refusal:
    """Move a place into a state that its kind allows from the present one, on a day not before the last move.

    `typed`: what the state asks for. `event_id` is the act that brought it about, one that the actor sees and that was
    not voided.
    """
    with transaction.atomic():
        place = _held(actor, place_id, version)
        if isinstance(place, Refusal):
            return place
        kind_version, schema = schema_now(place)
        if state not in {each.key for each in schema.next_states(place.state)}:
            return Refusal(
                code="state", message=_("Không chuyển được sang tình trạng này từ tình trạng đang có."), field="state"
            )
        spell = _spell_now(place)
        if refused := _wrong_day(on, timezone.localdate(at)):
            return refused
        if on < spell.from_on:
            message = _("Ngày không được trước lần chuyển gần nhất (%(day)s).") % {"day": f"{spell.from_on:%d/%m/%Y}"}
            return Refusal(code="day", message=message, field="on")
        values = _read(schema, typed, schema.asked_by(state))
        if isinstance(values, Refusal):
            return values
        event = _event(actor, event_id)
        if isinstance(event, Refusal):
            return event
        spell.to_on = on
        spell.save(update_fields=["to_on"])
        PlaceSpell.objects.create(
            place=place, state=state, from_on=on, data=values, event=event, words=_short(words), made_at=at,
            made_by_id=actor.user_id,
        )  # fmt: skip
        before = {"state": place.state}
        # the rules of another version hold for all its life
        start = on if place.kind_version_id == kind_version.pk else place.from_on
        place.state, place.kind_version = state, kind_version
        _touched(place)
        _counts(place, start, at)
        after = {"state": state, "on": on, "event_id": event_id}
        record(at=at, actor=actor, event="activities.place.moved", obj=_thing(place), before=before, after=after)
    return place


def correct_place(
    *,
    actor: Actor,
    at: datetime,
    place_id: int,
    version: int,
    name: str,
    area_id: int,
    on: date,
    typed: Mapping[str, Any],
    address: str = "",
    point: Point | None = None,
    follows_id: int | None = None,
) -> Place | Refusal:
    """Put right what was written: the name, where it is, since when it is known, its fields and those of its last move.

    The state is put right by taking the move back (`undo_move`). The place goes over to the version of its kind that
    is in use.
    """
    with transaction.atomic():
        share_tree()
        place = _held(actor, place_id, version)
        if isinstance(place, Refusal):
            return place
        kind_version, schema = schema_now(place)
        if area_id != place.area_id and (refused := _wrong_area(actor, place.body_id, area_id)):
            return refused
        spells = list(PlaceSpell.objects.select_for_update().filter(place=place).order_by("from_on", "pk"))
        first, last = spells[0], spells[-1]
        if refused := _wrong_first_day(place, on, first, timezone.localdate(at)):
            return refused
        values = _read(schema, typed, asked_now(schema, place))
        if isinstance(values, Refusal):
            return values
        named = _named(schema, name, values)
        if isinstance(named, Refusal):
            return named
        was = _told(place, schema)
        start, former, former_on = min(on, place.from_on), place.area_id, place.from_on
        place.kind_version = kind_version
        if refused := _described(actor, place, address, point, follows_id):
            return refused
        place.data, last.data = _split(schema, place.state, values)
        place.name, place.search_key = named, fold(named)[:300]
        place.area_id, place.from_on, first.from_on = area_id, on, on
        first.save(update_fields=["from_on"])
        last.save(update_fields=["data"])
        _touched(place)
        if former != area_id:
            mark({former}, start, at)
            keep_since(area_id, place.kind_id, beginning(on, at))
            for kind_id in set(EventPlace.objects.filter(place=place).order_by().values_list("event__kind", flat=True)):
                keep_since(area_id, kind_id, beginning(on, at), reached=True)
        _counts(place, start, at)
        if (former, former_on) != (area_id, on):
            keep_later(former, place.kind_id, former_on, at)
        now = _told(place, schema)
        before = {key: value for key, value in was.items() if now[key] != value}
        after = {key: now[key] for key in before}
        record(at=at, actor=actor, event="activities.place.corrected", obj=_thing(place), before=before, after=after)
    return place


def undo_move(*, actor: Actor, at: datetime, place_id: int, version: int) -> Place | Refusal:
    """Take the last step back: the closing, or else the last move. What is first written stays: it is voided."""
    with transaction.atomic():
        place = _held(actor, place_id, version, closed=True)
        if isinstance(place, Refusal):
            return place
        if place.to_on is not None:
            before: dict[str, Any] = {"closed_on": place.to_on}
            start, place.to_on = place.to_on, None
        else:
            spells = list(PlaceSpell.objects.select_for_update().filter(place=place).order_by("-from_on", "-pk")[:2])
            if len(spells) < 2:
                return Refusal(
                    code="first", message=_("Đây là tình trạng ban đầu. Nếu ghi nhầm cả địa điểm, bỏ địa điểm.")
                )
            last, former = spells
            before = {"state": last.state, "on": last.from_on}
            start = last.from_on
            last.delete()
            former.to_on = None
            former.save(update_fields=["to_on"])
            place.state = former.state
        _touched(place)
        _counts(place, start, at)
        after = {"state": place.state}
        record(at=at, actor=actor, event="activities.place.undone", obj=_thing(place), before=before, after=after)
    return place


def close_place(
    *, actor: Actor, at: datetime, place_id: int, version: int, on: date, words: str = ""
) -> Place | Refusal:
    """From the day `on` on the place is not counted among its kind any more (premises that closed); its state stays."""
    with transaction.atomic():
        place = _held(actor, place_id, version)
        if isinstance(place, Refusal):
            return place
        if refused := _wrong_day(on, timezone.localdate(at)):
            return refused
        spell = _spell_now(place)
        if on < spell.from_on or on <= place.from_on:
            message = _("Ngày thôi theo dõi phải sau ngày đầu và không trước lần chuyển gần nhất (%(day)s).")
            return Refusal(code="day", message=message % {"day": f"{spell.from_on:%d/%m/%Y}"}, field="on")
        place.to_on = on
        _touched(place)
        _counts(place, on, at)
        record(
            at=at, actor=actor, event="activities.place.closed", obj=_thing(place), after={"closed_on": on},
            reason=_short(words),
        )  # fmt: skip
    return place


def void_place(*, actor: Actor, at: datetime, place_id: int, version: int, words: str) -> Place | Refusal:
    """Take back a place that was written wrongly, with the reason: it counts nowhere, and stays to be read.

    Refused while something that counts happened there, or another follows it as its model.
    """
    words = _short(words)
    with transaction.atomic():
        place = _held(actor, place_id, version, closed=True)
        if isinstance(place, Refusal):
            return place
        if not words:
            return Refusal(code="words", message=_("Nêu lý do bỏ."), field="words")
        held = Event.objects.filter(at_places__place=place, state__in=COUNTING).count()
        if held:
            message = _(
                "Có %(count)s hoạt động diễn ra ở đây. Sửa các hoạt động đó trước, hoặc thôi theo dõi địa điểm."
            )
            return Refusal(code="used", message=message % {"count": held})
        if place.followers.filter(voided_at__isnull=True).exists():
            return Refusal(code="followed", message=_("Có nơi đang làm theo mô hình này. Sửa các nơi đó trước."))
        place.voided_at = at
        _touched(place)
        _counts(place, place.from_on, at)
        keep_later(place.area_id, place.kind_id, place.from_on, at)
        record(at=at, actor=actor, event="activities.place.voided", obj=_thing(place), reason=words)
    return place


def _held(actor: Actor, place_id: int, version: int, *, closed: bool = False) -> Place | Refusal:
    """The place, locked, for who may change it; `closed`: also one that is not counted any more."""
    rows = shown_to(Place.objects.all(), actor).filter(pk=place_id)
    place: Place | None = rows.select_for_update(of=("self",), no_key=True).first()
    if place is None:
        return Refusal(code="gone", message=_("Không còn địa điểm này trong địa bàn của bạn. Tải lại danh sách."))
    if not can_change(actor, place):
        raise PermissionDenied
    if place.version != version:
        return Refusal(
            code="stale",
            message=_("Người khác vừa thay đổi địa điểm này. Xem lại phần mới rồi gửi lại; nội dung bạn nhập còn đây."),
        )
    if place.voided_at is not None:
        return Refusal(code="voided", message=_("Địa điểm này đã bỏ."))
    if place.to_on is not None and not closed:
        return Refusal(code="closed", message=_("Địa điểm này đã thôi theo dõi. Lấy lại bước đó trước khi sửa."))
    return place


def _touched(place: Place) -> None:
    place.version += 1
    place.save()


def _counts(place: Place, start: date, at: datetime) -> None:
    """What a place bears on is counted again from a day on, where it lies and where it lay from then on."""
    before = PlaceBefore.objects.filter(place=place, to_on__gt=start).values_list("area_id", flat=True)
    mark({place.area_id, *before}, start, at)


def _spell_now(place: Place) -> PlaceSpell:
    return PlaceSpell.objects.select_for_update().get(place=place, to_on__isnull=True)


def _chosen(actor: Actor, code: str) -> KindChoice | Refusal:
    found = choice_of(actor, code, "place")
    return found or Refusal(code="kind", message=_("Chọn loại địa điểm trong danh sách."), field="kind")


def _wrong_area(actor: Actor, body_id: int, area_id: int) -> Refusal | None:
    if areas(actor, body_id).filter(pk=area_id).exists():
        return None
    return Refusal(code="area", message=_("Chọn địa bàn mà đơn vị ghi phụ trách."), field="area")


def _wrong_day(on: date, today: date) -> Refusal | None:
    if on > today:
        return Refusal(code="day", message=_("Ngày không được ở tương lai."), field="on")
    if on < EARLIEST:
        return Refusal(code="day", message=_("Xem lại năm: ngày quá xa trước đây."), field="on")
    return None


def _wrong_first_day(place: Place, on: date, first: PlaceSpell, today: date) -> Refusal | None:
    """The first day lies before the next move, and before every day on which the place went to another unit."""
    if refused := _wrong_day(on, today):
        return refused
    if first.to_on is not None and on > first.to_on:
        message = _("Ngày đầu không được sau lần chuyển tiếp theo (%(day)s).") % {"day": f"{first.to_on:%d/%m/%Y}"}
        return Refusal(code="day", message=message, field="on")
    if on > place.from_on and PlaceBefore.objects.filter(place=place, to_on__lte=on).exists():
        return Refusal(code="day", message=_("Địa điểm đã có từ trước khi sắp xếp đơn vị hành chính."), field="on")
    return None


def _named(schema: KindSchema, name: str, values: Mapping[str, Any]) -> str | Refusal:
    """The name as it was given, or made of the fields where the kind says how."""
    named = " ".join(name.split())
    if not named and schema.title:
        named = entry_title(schema, values)[:NAME]
    if not named:
        return Refusal(code="name", message=_("Nhập tên địa điểm."), field="name")
    if len(named) > NAME:
        return Refusal(code="name", message=_("Tên dài quá %(n)s ký tự.") % {"n": NAME}, field="name")
    return named


def _described(actor: Actor, place: Place, address: str, point: Point | None, follows_id: int | None) -> Refusal | None:
    """Where the place is and what it copies, checked and written into the row."""
    address = " ".join(address.split())
    if len(address) > ADDRESS:
        return Refusal(code="long", message=_("Ghi tối đa %(n)s ký tự.") % {"n": ADDRESS}, field="address")
    found = kept_point(point)
    if isinstance(found, Refusal):
        return found
    place.address = address
    place.lat, place.lon = found or (None, None)
    if follows_id != place.follows_id or place.pk is None:
        if refused := _wrong_model(actor, place, follows_id):
            return refused
        place.follows_id = follows_id
    return None


def _wrong_model(actor: Actor, place: Place, follows_id: int | None) -> Refusal | None:
    """What a place follows is another of its kind that the actor sees, and does not follow the place in turn."""
    if follows_id is None:
        return None
    seen = shown_to(Place.objects.filter(kind_id=place.kind_id, voided_at__isnull=True), actor)
    if not seen.filter(pk=follows_id).exists():
        return Refusal(code="follows", message=_("Chọn mô hình gốc trong danh sách."), field="follows")
    above: int | None = follows_id
    passed: set[int] = set()
    while above is not None and above not in passed:
        if above == place.pk:
            message = _("Mô hình gốc này đang làm theo chính nơi đang sửa. Chọn mô hình khác.")
            return Refusal(code="follows", message=message, field="follows")
        passed.add(above)
        above = Place.objects.filter(pk=above).values_list("follows_id", flat=True).first()
    return None


def _read(schema: KindSchema, typed: Mapping[str, Any], only: Sequence[KindField]) -> dict[str, Any] | Refusal:
    found = read_entry(schema, typed, only)
    if not found.problems:
        return dict(found.values)
    problems = tuple(Problem(code=each.code, message=_said(each), about=each.field) for each in found.problems)
    return Refusal(code="wrong", message=problems[0].message, field=f"{found.problems[0].field}", problems=problems)


def _said(problem: FieldProblem) -> str:
    return _(WORDS[problem.code]) % problem.args


def _split(schema: KindSchema, state: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a place says of itself, and what its move into the state told."""
    asked = {each.key for each in schema.asked_by(state)}
    own = {key: value for key, value in values.items() if key not in asked}
    return own, {key: value for key, value in values.items() if key in asked}


def _event(actor: Actor, event_id: int | None) -> Event | Refusal | None:
    if event_id is None:
        return None
    event: Event | None = shown_to(Event.objects.all(), actor).filter(pk=event_id).first()
    if event is None or event.state == EventState.VOIDED:
        return Refusal(code="event", message=_("Không có hoạt động này trong địa bàn của bạn."), field="event")
    return event


def _short(words: str) -> str:
    return " ".join(words.split())[:WORDS_LONG]


def _thing(place: Place) -> Thing:
    """What the log calls a place: one of a kind that is inside stands there by its number."""
    label = f"{place.kind.label} số {place.pk}" if is_inside(place.kind_version) else place.name
    return Thing("activities.Place", str(place.pk), label)


def _told(place: Place, schema: KindSchema) -> dict[str, Any]:
    """What the log keeps of a place, to say what a correction changed; nothing of what is inside."""
    told: dict[str, Any] = {"area_id": place.area_id, "on": place.from_on, "follows_id": place.follows_id}
    if is_inside(place.kind_version):
        return told
    told |= {"name": place.name, "address": place.address, "lat": place.lat, "lon": place.lon}
    opened = (each for each in schema.own_fields if each.sensitivity is Sensitivity.OPEN)
    return told | {each.key: shown(each, place.data.get(each.key)) for each in opened}
