"""What tests of reorganisations share: a draft in one line, the tables as text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.core import serializers
from django.db import models

from pcmt.apps.units.drafts import Draft
from pcmt.apps.units.models import (
    GroupMember,
    Reorganisation,
    Succession,
    Unit,
    UnitAlias,
    UnitClosure,
    UnitFunction,
    UnitLink,
    UnitName,
)
from pcmt.apps.units.operations import plan_reorganisation
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World

TABLES = (Unit, UnitName, UnitLink, UnitClosure, UnitFunction, Succession, UnitAlias, GroupMember)
SOON = date(2026, 7, 1)
AFTERWARDS = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
"""Eight in the morning of that day in Việt Nam."""


def dump(*tables: type[models.Model]) -> str:
    """Every row of the tables, with its id, as text."""
    return "\n".join(
        serializers.serialize("json", models.QuerySet(table).order_by("pk"), indent=0) for table in tables or TABLES
    )


def draft(*events: core.Event, on: date = SOON, kind: str = "several", **more: Any) -> Draft:
    """A draft of events, with a title and a ground."""
    given = {"title": "Sắp xếp thử", "ground": "Nghị quyết số 1/NQ-HĐND ngày 02/3/2026 của HĐND tỉnh"} | more
    return Draft(kind=kind, on=on, events=events, **given)


def key(land: World, name: str) -> str:
    """The key of a unit of the world in a draft."""
    return str(land[name].pk)


def planned(land: World, *events: core.Event, on: date = SOON, at: datetime = NOW, **more: Any) -> Reorganisation:
    """A reorganisation planned by the province's standing office."""
    made = plan_reorganisation(actor=land.office, at=at, draft=draft(*events, on=on, **more))
    assert not isinstance(made, Refusal), made
    return made


def merger(land: World, on: date = SOON, **more: Any) -> core.Merger:
    """Both communes become one."""
    new = core.NewUnit("new:1", "Xã Đông Tây", "commune", code="90001", **more)
    return core.Merger(on, (key(land, "dong_hoa"), key(land, "tay_hoa")), new)


def police_merger(land: World, on: date = SOON) -> core.Merger:
    """Their police, too."""
    new = core.NewUnit("new:2", "Công an xã Đông Tây", "commune", kind="agency", parent="new:1")
    return core.Merger(on, (key(land, "dong_hoa_police"), key(land, "tay_hoa_police")), new)


__all__ = ["AFTERWARDS", "NOW", "SOON", "TODAY", "draft", "dump", "key", "merger", "planned", "police_merger"]
