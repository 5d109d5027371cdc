"""Which kinds there are, for whom, and what they ask."""

from __future__ import annotations

from typing import Any

import attrs
from django.db.models import Q

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Kind, KindState, KindVersion
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


def kinds_for(actor: Actor, noun: str | None = None) -> list[KindChoice]:
    """The kinds in use that the actor may enter, in their order: ready ones, and those of offices above."""
    above = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id).values("ancestor_id")
    over = UnitClosure.objects.filter(holds_on(actor.on), descendant__record_kinds__isnull=False, ancestor__in=above)
    mine = Q(office__isnull=True) | Q(office__in=above) | Q(office__in=over.filter(depth=1).values("descendant_id"))
    rows = Kind.objects.visible_to(actor).filter(mine, Q(retired_on__isnull=True) | Q(retired_on__gt=actor.on))
    if noun:
        rows = rows.filter(noun=noun)
    kinds: dict[int, Any] = {row.pk: row for row in rows}
    versions = KindVersion.objects.filter(kind__in=kinds, state=KindState.IN_USE)
    by_kind = {version.kind_id: version for version in versions}
    return [KindChoice(row, by_kind[row.pk], schema_of(by_kind[row.pk])) for row in kinds.values() if row.pk in by_kind]
