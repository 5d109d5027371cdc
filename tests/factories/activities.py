"""Kinds, events and places laid down by hand: rows as the operations would write them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pcmt.apps.activities.models import Event, Kind, KindState, KindVersion, Place, PlaceSpell
from pcmt.apps.units.models import Unit
from pcmt.core.schemas import (
    CountOf,
    CountRule,
    FieldType,
    KindField,
    KindSchema,
    Noun,
    Sensitivity,
    State,
    StateSort,
    kind_data,
)
from tests.factories.world import NOW

BROADCAST = KindSchema(
    code="broadcast", noun=Noun.EVENT, label="Phát thanh trên loa", group="Tuyên truyền", word="lượt",
    fields=(KindField(key="minutes", label="Thời lượng", type=FieldType.WHOLE, unit_word="phút", quick=True),),
    counts=(CountRule(element="broadcasts"),),
)  # fmt: skip
SCHOOL_SESSION = KindSchema(
    code="school_session", noun=Noun.EVENT, label="Tuyên truyền tại trường học", group="Tuyên truyền", word="buổi",
    fields=(
        KindField(key="people", label="Số người dự", type=FieldType.WHOLE, required=True, quick=True, sums=True),
    ),
    counts=(
        CountRule(element="school_sessions"),
        CountRule(element="outreach_people", of=CountOf.FIELD, field="people"),
        CountRule(element="schools_reached", of=CountOf.PLACES, place_kinds=("school",)),
    ),
    with_places=("school",), pictures=1,
)  # fmt: skip
RAID = KindSchema(
    code="raid", noun=Noun.EVENT, label="Vụ phát hiện, bắt giữ", group="Đấu tranh", word="vụ",
    fields=(KindField(key="cases", label="Số vụ", type=FieldType.WHOLE, required=True, quick=True, sums=True),),
    counts=(CountRule(element="cases_detected", of=CountOf.FIELD, field="cases"),), verified=True,
)  # fmt: skip
HOT_SPOT = KindSchema(
    code="hot_spot", noun=Noun.PLACE, label="Điểm phức tạp về ma túy", group="Địa bàn", word="điểm", inside=True,
    states=(
        State(key="open", label="Đang phức tạp", first=True),
        State(key="watched", label="Đang theo dõi", sort=StateSort.WATCHED, after=("open", "reopened")),
        State(key="cleared", label="Đã triệt xóa", sort=StateSort.GONE, after=("open", "watched", "reopened")),
        State(key="reopened", label="Tái phức tạp", after=("cleared", "watched")),
    ),
    counts=(
        CountRule(element="hot_spots", of=CountOf.STANDING, states=("open", "watched", "reopened")),
        CountRule(element="hot_spots_new", of=CountOf.BEGUN, states=("open", "reopened")),
        CountRule(element="hot_spots_cleared", of=CountOf.BEGUN, states=("cleared",)),
    ),
)  # fmt: skip
SCHOOL = KindSchema(
    code="school", noun=Noun.PLACE, label="Trường học", group="Nơi cần tuyên truyền", word="trường",
    states=(
        State(key="working", label="Đang hoạt động", first=True),
        State(key="closed", label="Đã giải thể", sort=StateSort.GONE),
    ),
    counts=(CountRule(element="schools", of=CountOf.STANDING, states=("working",)),),
)  # fmt: skip

CROP = KindSchema(
    code="crop_plot", noun=Noun.PLACE, label="Điểm trồng cây", group="Địa bàn", word="điểm", title="Điểm trồng {plant}",
    fields=(
        KindField(key="plant", label="Loại cây", type=FieldType.TEXT, required=True),
        KindField(key="owner", label="Chủ đất", type=FieldType.TEXT, sensitivity=Sensitivity.INSIDE),
        KindField(key="found", label="Diện tích phát hiện", type=FieldType.WHOLE, unit_word="m²", required=True),
        KindField(key="gone", label="Diện tích đã phá", type=FieldType.WHOLE, unit_word="m²", required=True),
    ),
    states=(
        State(key="found", label="Phát hiện", first=True, asks=("found",)),
        State(key="destroyed", label="Đã phá", sort=StateSort.GONE, after=("found", "again"), asks=("gone",)),
        State(key="again", label="Tái trồng", after=("destroyed",)),
    ),
)  # fmt: skip


def kind(schema: KindSchema = BROADCAST, *, office: Unit | None = None, order: int = 0) -> KindVersion:
    """A kind in use, made once a test; its version."""
    row, _made = Kind.objects.get_or_create(
        code=schema.code, defaults={
            "noun": schema.noun, "label": schema.label, "group": schema.group, "office": office, "order": order,
        },
    )  # fmt: skip
    there = row.versions.filter(state=KindState.IN_USE).first()
    return there or KindVersion.objects.create(
        kind=row, number=1, body=kind_data(schema), state=KindState.IN_USE, made_at=NOW, used_at=NOW
    )


def event(body: Unit, schema: KindSchema = BROADCAST, *, on: date, area: Unit | None = None, **more: Any) -> Event:
    """Something done by a body on a day; `data` and the rest as keywords."""
    version = more.pop("kind_version", None) or kind(schema)
    more.setdefault("title", schema.label)
    return Event.objects.create(
        kind=version.kind,
        kind_version=version,
        body=body,
        area=area or body,
        on=on,
        made_at=NOW,
        changed_at=NOW,
        **more,
    )


def place(area: Unit, schema: KindSchema = HOT_SPOT, *, since: date, body: Unit | None = None, **more: Any) -> Place:
    """A place that stands in an area since a day, in the first state of its kind."""
    version = kind(schema)
    more.setdefault("name", f"{schema.label} thử")
    state = more.pop("state", schema.first_states[0].key)
    made = Place.objects.create(
        kind=version.kind, kind_version=version, area=area, body=body or area, state=state, from_on=since, made_at=NOW,
        **more,
    )  # fmt: skip
    PlaceSpell.objects.create(place=made, state=state, from_on=since, made_at=NOW)
    return made
