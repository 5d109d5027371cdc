"""A province of twelve small communes with numbers of people, most of them small: what must not be worked out."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.models import Recording
from pcmt.apps.facts.operations import load_catalogue, record_facts
from pcmt.apps.facts.queries import figures, guarded
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import NewUnit, create_units
from tests.factories.facts import entry, month
from tests.factories.world import NOW, World, world

FLOW, STOCK, OTHER = "tests_positive", "managed", "cases_detected"
ON = date(2026, 5, 14)
LATER = datetime(2026, 6, 20, 3, tzinfo=UTC)
MONTHS = [month(number) for number in range(1, 6)]


@attrs.frozen
class Small:
    """The province (`small` of the world) and its communes."""

    land: World
    communes: list[Unit]

    def told(self, actor: Actor | None, *asks: Ask, on: date = ON, boundary: date | None = None) -> list[Answer]:
        """Figures as an actor is told them."""
        found = guarded(actor, figures(asks, on=on, boundary=boundary), on=on, boundary=boundary)
        return [found[ask] for ask in asks]


def small_province() -> Small:
    """The province, told of five months: two elements about people, one about cases."""
    load_catalogue()
    land = world()
    rows = [
        NewUnit(key=f"c{number}", name=f"Xã Số {number:02}", kind="administrative", level="commune", parent="small")
        for number in range(12)
    ]
    top = NewUnit(key="small", name="Tỉnh Thử", kind="administrative", level="province", code="77")
    made = create_units(actor=None, at=NOW, rows=[top, *rows])
    land = World({**land.units, **made})
    communes = [land[row.key] for row in rows]
    draw = random.Random(7)
    entries = [
        entry(unit, code, span, draw.choice([0, 0, 1, 2, 3, 6, 9, 14]) + (20 if code == STOCK and at % 3 else 0))
        for at, unit in enumerate(communes)
        for span in MONTHS
        for code in (FLOW, STOCK, OTHER)
    ]
    assert isinstance(record_facts(actor=None, at=LATER, entries=entries), Recording)
    return Small(land, communes)
