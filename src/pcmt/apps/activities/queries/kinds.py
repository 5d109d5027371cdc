"""Which kinds there are, for whom, and what they ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from django.db.models import Count, Max, Q

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, Kind, KindState, KindVersion, Place
from pcmt.apps.activities.policies import can_record
from pcmt.apps.units.models import UnitClosure, holds_on
from pcmt.core.schemas import KindSchema, kind_from


@attrs.frozen
class KindChoice:
    """A kind that may be entered now: the row, its version in use, what that asks."""

    kind: Kind
    version: KindVersion
    schema: KindSchema


def schema_of(version: KindVersion) -> KindSchema:
    """What a version asks. Lists ask once for each version, not for each row."""
    return kind_from(version.body)


def kinds_for(actor: Actor, noun: str | None = None, code: str | None = None) -> list[KindChoice]:
    """The kinds in use that the actor may enter, in their order: ready ones, and those of offices above."""
    above = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id).values("ancestor_id")
    over = UnitClosure.objects.filter(holds_on(actor.on), descendant__record_kinds__isnull=False, ancestor__in=above)
    mine = Q(office__isnull=True) | Q(office__in=above) | Q(office__in=over.filter(depth=1).values("descendant_id"))
    rows = Kind.objects.visible_to(actor).filter(mine, Q(retired_on__isnull=True) | Q(retired_on__gt=actor.on))
    if noun is not None:
        rows = rows.filter(noun=noun)
    if code is not None:
        rows = rows.filter(code=code)
    kinds: dict[int, Any] = {row.pk: row for row in rows}
    versions = KindVersion.objects.filter(kind__in=kinds, state=KindState.IN_USE)
    by_kind = {version.kind_id: version for version in versions}
    return [KindChoice(row, by_kind[row.pk], schema_of(by_kind[row.pk])) for row in kinds.values() if row.pk in by_kind]


def choice_of(actor: Actor, code: str, noun: str | None = None) -> KindChoice | None:
    """A kind that the actor may enter, by its code; only what it asks is read."""
    return next(iter(kinds_for(actor, noun, code)), None)


def writable(actor: Actor) -> set[int]:
    """Ids of the kinds by which the actor may record something."""
    label = {"event": "activities.Event", "place": "activities.Place"}
    may = {noun for noun, each in label.items() if can_record(actor, each)}
    return {each.kind.pk for each in kinds_for(actor) if each.kind.noun in may} if may else set()


def in_use(kind: Kind) -> KindVersion | None:
    """The version by which entries are made; None while none is in use."""
    return kind.versions.filter(state=KindState.IN_USE).first()


def draft_of(kind: Kind) -> KindVersion | None:
    """The version that is being written."""
    return kind.versions.filter(state=KindState.DRAFT).first()


@attrs.frozen
class KindUse:
    """How often a kind is used by its versions' ids, by how many bodies, and the last day. All are counted."""

    entries: Mapping[int, int]
    bodies: int
    last: date | None

    @property
    def total(self) -> int:
        """Entries of all versions."""
        return sum(self.entries.values())


def use_of(kind: Kind) -> KindUse:
    """How often a kind is used, whoever may see the entries: numbers only."""
    model, day = (Event, "on") if kind.noun == "event" else (Place, "from_on")
    rows = model.objects.filter(kind=kind)
    entries = dict(rows.order_by().values_list("kind_version").annotate(Count("pk")))
    told = rows.aggregate(bodies=Count("body", distinct=True), last=Max(day))
    return KindUse(entries, told["bodies"], told["last"])


def used_often() -> dict[int, int]:
    """How many entries each kind has, by its id; two statements."""
    found: dict[int, int] = {}
    for model in (Event, Place):
        found |= dict(model.objects.order_by().values_list("kind").annotate(Count("pk")))
    return found
