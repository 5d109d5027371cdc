"""Lives in registers as the operations write them: keepers, papers, statuses that begin."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import Spell, Subject
from pcmt.apps.registers.operations.filing import open_file
from pcmt.apps.registers.operations.grounding import PaperText, Starting
from pcmt.apps.registers.persons import PersonBlock
from pcmt.core.law import Category
from tests.factories.registers import BLOCK
from tests.factories.world import World

ON = date(2026, 7, 10)
GROUNDS = {
    Category.ILLEGAL_USER: "user.decision",
    Category.ADDICT: "addict.finding",
    Category.POST_REHAB: "post_rehab.decision",
    Category.RELEASED_PRISONER: "released.notice",
}


def at_noon(on: date) -> datetime:
    """Noon of a day in Việt Nam."""
    return datetime(on.year, on.month, on.day, 5, 0, tzinfo=UTC)


NOW = at_noon(ON)


def keeper(here: World, key: str = "dong_hoa_police", on: date = ON, name: str = "") -> Actor:
    """The keeper of a commune (or a province) on a day."""
    return here.actor(key, "register_keeper", name, on=on)


def signed(on: date | None, **more: Any) -> PaperText:
    """A signed paper as it is typed."""
    values = {"title": "Quyết định", "number": "12/QĐ-CAX", "decider": "Trưởng Công an xã", **more}
    return PaperText(signed_on=on, **values)


def decided(category: Category, on: date = ON, **more: Any) -> Starting:
    """How a status begins, with all that its ground needs."""
    values: dict[str, Any] = {
        "category": category,
        "ground": GROUNDS.get(category, ""),
        "on": on,
        "triggered_on": on,
        "paper": signed(on),
        "evidence": {"positive_test": signed(on, number="3/XN", title="Phiếu kết quả xét nghiệm")},
        **more,
    }
    return Starting(**values)


def file(
    here: World, actor: Actor, category: Category = Category.ILLEGAL_USER, *, block: PersonBlock = BLOCK,
    unit: str = "dong_hoa", on: date = ON, sex: str = "male", **more: Any,
) -> Subject:  # fmt: skip
    """A file opened by its keeper."""
    year = block.born_on.year if block.born_on else 1990
    made = open_file(
        actor=actor, at=at_noon(on), unit_id=here[unit].pk, block=block, sex=sex, birth_year=year,
        start=decided(category, on), **more,
    )  # fmt: skip
    assert isinstance(made, Subject), made
    return made


def begin(subject: Subject) -> Spell:
    """The status of a file that has one."""
    found: Spell = subject.spells.get()
    return found
