"""Places as they are shown: lists, one place with its life, how a model spread, what came and went."""

from __future__ import annotations

from pcmt.apps.activities.models import (
    KindState,
    KindVersion,
    Place,
)
from pcmt.apps.activities.queries.kinds import schema_of
from pcmt.core.schemas import KindField, KindSchema


def schema_now(place: Place) -> tuple[KindVersion, KindSchema]:
    """By which version a place is written in now: the one in use where it knows the place's state, else its own."""
    used = KindVersion.objects.filter(kind_id=place.kind_id, state=KindState.IN_USE).first()
    if used is not None and used.pk != place.kind_version_id:
        schema = schema_of(used)
        if schema.state(place.state) is not None:
            return used, schema
    return place.kind_version, schema_of(place.kind_version)


def asked_now(schema: KindSchema, place: Place) -> tuple[KindField, ...]:
    """What a correction asks: what a place says of itself, and what its present state asked for."""
    return (*schema.own_fields, *schema.asked_by(place.state))
