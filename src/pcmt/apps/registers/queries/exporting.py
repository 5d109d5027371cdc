"""Who stands in the register list of a commune for a span of days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import attrs
from django.db.models import Q
from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import CATEGORY_WORDS, Sex, Spell, SpellState
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.policies import communes
from pcmt.apps.registers.queries.papers import born_words
from pcmt.apps.units.models import Unit
from pcmt.core.law import Category
from pcmt.documents.output.person_form import Listed


@attrs.frozen(kw_only=True)
class ListWanted:
    """Which list: of a commune, of all whose status ran on a day from `start` to `last`; `category` "": of all."""

    unit_id: int
    start: date
    last: date
    category: str = ""


def may_export(actor: Actor, unit_id: int) -> bool:
    """Whether the actor takes out lists of a commune: who keeps its files and sees who people are."""
    return bool(actor.sees("registers.Identity")) and communes(actor).filter(pk=unit_id).exists()


def export_communes(actor: Actor) -> list[Unit]:
    """The communes whose lists the actor may take out."""
    return list(communes(actor)) if actor.sees("registers.Identity") else []


def listed_spells(actor: Actor, wanted: ListWanted) -> list[Spell]:
    """The statuses of the list in the order in which they began. People whose data are restricted are not in it."""
    rows = Spell.objects.visible_to(actor).filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=wanted.start),
        subject__unit=wanted.unit_id,
        subject__merged_into__isnull=True,
        subject__anonymised_at__isnull=True,
        subject__restricted=False,
        starts_on__lte=wanted.last,
    )
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    found = rows.select_related("subject", "start_paper").order_by("starts_on", "subject_id", "pk")
    return list(found)


def lines_of(spells: Sequence[Spell], blocks: Mapping[int, PersonBlock]) -> Iterator[Listed]:
    """The lines of the list, Vietnamese whoever reads; files that did not open are left out."""
    with override("vi"):
        for spell in spells:
            block = blocks.get(spell.subject_id)
            if block is None:
                continue
            paper = spell.start_paper
            day = f" ngày {paper.signed_on:%d/%m/%Y}" if paper.signed_on else ""
            state = str(SpellState(spell.state).label)
            yield Listed(
                code=spell.subject.code,
                name=block.name,
                born=born_words(spell.subject, block),
                sex=str(Sex(spell.subject.sex).label),
                id_number=block.id_number,
                address=block.present_address or block.permanent_address,
                category=str(CATEGORY_WORDS[Category(spell.category)]),
                decision=f"{paper.number}{day}".strip(),
                starts=f"{spell.starts_on:%d/%m/%Y}",
                ends=f"{spell.ends_on:%d/%m/%Y}" if spell.ends_on else "",
                state=f"{state} từ {spell.ended_on:%d/%m/%Y}" if spell.ended_on else state,
            )


def category_words() -> Mapping[Category, object]:
    """The statuses in words, in their order."""
    return CATEGORY_WORDS
