"""Places: opened, moved, corrected, taken back, closed, voided; who may, and what a kind keeps inside."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pcmt.apps.activities.models import EventMark, KeptSince, Place
from pcmt.apps.activities.operations.places import (
    open_place,
)
from pcmt.apps.audit.models import Entry
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import FieldType, KindField, KindSchema, Noun, Sensitivity, State, StateSort
from tests.factories.activities import HOT_SPOT, kind
from tests.factories.world import NOW, TODAY, World, world

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
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


@pytest.fixture
def land() -> World:
    return world()


def opened(land: World, schema: KindSchema = HOT_SPOT, **more: Any) -> Place | Refusal:
    kind(schema)
    more = {
        "actor": land.actor("dong_hoa", "commune_officer"), "at": NOW, "key": uuid.uuid4(), "kind": schema.code,
        "area_id": land["dong_hoa"].pk, "name": "Quán cà phê đầu cầu", "state": schema.first_states[0].key,
        "on": TODAY - 10 * DAY, "typed": {}, **more,
    }  # fmt: skip
    return open_place(**more)


def test_an_opened_place_stands_counts_and_is_written_down(land: World) -> None:
    made = opened(land, point=(Decimal("18.6666666"), Decimal("105.7")), address=" đầu   cầu ")
    assert isinstance(made, Place), made
    assert (made.lat, made.address, made.search_key) == (Decimal("18.66667"), "đầu cầu", "quan ca phe dau cau")
    (spell,) = made.spells.all()
    assert (spell.state, spell.from_on, spell.to_on) == ("open", TODAY - 10 * DAY, None)
    assert EventMark.objects.get(unit=land["dong_hoa"]).start == TODAY - 10 * DAY
    assert KeptSince.objects.get(unit=land["dong_hoa"]).start == TODAY - 10 * DAY
    entry = Entry.objects.get(event="activities.place.opened")
    assert "cà phê" not in entry.object_label
    assert "cà phê" not in str(entry.after)
