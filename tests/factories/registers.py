"""People in registers, laid down by hand: rows as the operations would write them. All names are invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from pcmt.apps.registers.models import Identity, Paper, PaperState, Spell, SpellState, Stay, StayWhy, Subject
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.vault import index_of, seal
from pcmt.apps.units.models import Unit
from pcmt.core.law import Category
from tests.factories.world import NOW

BLOCK = PersonBlock(
    name="Lò Văn Thử", born_on=date(1990, 5, 4), birthplace="Xã Đông Hòa", present_address="Bản Mẫu 3, xã Đông Hòa",
    id_kind="cccd", id_number="091090000017", ethnicity="Thái", phone="0900000017",
)  # fmt: skip


def subject(unit: Unit, *, block: PersonBlock = BLOCK, sex: str = "male", since: date = date(2025, 1, 6)) -> Subject:
    """A file that the commune has held since a day."""
    born = block.born_on.year if block.born_on else 1990
    made = Subject.objects.create(unit=unit, sex=sex, birth_year=born, opened_at=NOW)
    kept = seal(block.data(), f"registers.Identity:{made.code}")
    Identity.objects.create(
        subject=made, sealed=kept.data, key_id=kept.key_id, id_index=index_of("id", block.id_number),
        phone_index=index_of("phone", block.phone),
    )  # fmt: skip
    Stay.objects.create(subject=made, unit=unit, from_on=since, why=StayWhy.OPENED)
    return made


def paper(of: Subject, *, on: date, form: str = "", title: str = "Quyết định", **more: Any) -> Paper:
    """A signed paper."""
    return Paper.objects.create(
        subject=of, form=form, title=title, number="12/QĐ-CAX", signed_on=on, decider="Trưởng Công an xã",
        state=PaperState.SIGNED, made_at=NOW, **more,
    )  # fmt: skip


def spell(
    of: Subject, category: Category = Category.ILLEGAL_USER, *, on: date, until: date | None = None,
    ended_on: date | None = None, ground: str = "user.decision", end_ground: str = "user.term_over", **more: Any,
) -> Spell:  # fmt: skip
    """A status since a day; `until`: the last day of its term; ended where `ended_on` says so."""
    return Spell.objects.create(
        subject=of, category=category, unit=of.unit, triggered_on=on, starts_on=on, ends_on=until,
        planned_ends_on=until,
        start_ground=ground, start_paper=paper(of, on=on), made_at=NOW,
        state=SpellState.ENDED if ended_on else SpellState.ACTIVE, ended_on=ended_on,
        end_ground=end_ground if ended_on else "", end_paper=paper(of, on=ended_on) if ended_on else None, **more,
    )  # fmt: skip
