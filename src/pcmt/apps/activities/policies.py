"""Who may record and change what: questions about events and places.

A record is changed by whoever reaches the body that keeps it. What a kind keeps *inside* (a whole kind, or one of its
fields) is shown to nobody else, however far their seeing reaches.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.activities.models import Event, Kind, KindState, KindVersion, Place, held_units, within
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, UnitQuerySet, holds_on
from pcmt.apps.units.queries import heirs_on


def can_record(actor: Actor | None, label: str = "activities.Event") -> bool:
    """Whether the actor records anything at all. `label` is "activities.Event" or "activities.Place"."""
    return changes(label, actor) >= Reach.SUBTREE


def bodies(actor: Actor | None, label: str = "activities.Event") -> UnitQuerySet:
    """The units for which the actor may record, today."""
    if actor is None or not can_record(actor, label):
        return Unit.objects.none()
    return Unit.objects.as_of(actor.on).filter(pk__in=reached_units(actor, changes(label, actor)))


def can_record_for(actor: Actor | None, body_id: int, label: str = "activities.Event") -> bool:
    """Whether the actor may record what a body does, or keeps: its own unit, or one that the right reaches."""
    return bodies(actor, label).filter(pk=body_id).exists()


def heir_of(actor: Actor | None, body_id: int, label: str = "activities.Event") -> Unit | None:
    """Who answers today for a body that has ended, where the actor may record for that heir."""
    heir_id = heirs_on({body_id}, actor.on).get(body_id) if actor is not None else None
    return bodies(actor, label).filter(pk=heir_id).first() if heir_id is not None else None


def areas(actor: Actor, body_id: int) -> UnitQuerySet:
    """The administrative units in which a body may record: the one it serves, and those below."""
    up = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=body_id, ancestor__kind=UnitKind.ADMINISTRATIVE)
    down = UnitClosure.objects.filter(
        holds_on(actor.on), ancestor_id__in=up.order_by("depth").values("ancestor_id")[:1]
    )
    return Unit.objects.as_of(actor.on).filter(kind=UnitKind.ADMINISTRATIVE, pk__in=down.values("descendant_id"))


def can_change(actor: Actor | None, record: Event | Place) -> bool:
    """Whether the actor may change an event or a place: its body is one the actor may record for."""
    reach = changes(record._meta.label, actor)
    if actor is None or reach < Reach.SUBTREE:
        return False
    return Unit.objects.filter(pk=record.body_id, pk__in=reached_units(actor, reach)).exists()


def can_verify(actor: Actor | None, event: Event) -> bool:
    """Whether the actor verifies an event: of another body of the area whose office one is.

    Never of the own unit, of one above it, or what one wrote oneself for another.
    """
    if actor is None or event.made_by_id == actor.user_id or actor.changes("activities.Event") < Reach.AREA:
        return False
    above = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id, ancestor_id=event.body_id)
    return not above.exists() and can_change(actor, event)


def sees_inside(actor: Actor | None, record: Event | Place) -> bool:
    """Whether what a record keeps inside is shown to the actor: only to who may change the record.

    Lists ask `with_mine` once for all their rows.
    """
    return can_change(actor, record)


def is_inside(version: KindVersion) -> bool:
    """Whether a kind is inside as a whole: by the version a record was made by, or by the one in use now."""
    inside: bool = KindVersion.objects.filter(
        Q(pk=version.pk) | Q(kind_id=version.kind_id, state=KindState.IN_USE), body__inside=True
    ).exists()
    return inside


def with_mine(rows: QuerySet[Any], actor: Actor | None) -> QuerySet[Any]:
    """Events or places with `mine`: whether the actor may change each, and so sees what it keeps inside."""
    reach = changes(rows.model._meta.label, actor)
    if actor is None or reach < Reach.SUBTREE:
        return rows.annotate(mine=Value(False, output_field=BooleanField()))
    mine = When(body__in=reached_units(actor, reach), then=Value(True))
    return rows.annotate(mine=Case(mine, default=Value(False), output_field=BooleanField()))


def shown_to(rows: QuerySet[Any], actor: Actor | None) -> QuerySet[Any]:
    """The records among `rows` that the actor sees; those of a kind that is inside only where the actor may change.

    For lists, maps, searches and exports of events and places, and for pages of one. Asks the few versions of kinds
    first, so that the database compares numbers, not texts, over many rows.
    """
    seen = rows.visible_to(actor)  # type: ignore[attr-defined]
    inside = list(KindVersion.objects.filter(body__inside=True).values_list("pk", "kind_id", "state"))
    if not inside or actor is None:
        return seen  # type: ignore[no-any-return]
    kinds = [kind_id for _pk, kind_id, state in inside if state == KindState.IN_USE]
    hidden = Q(kind_version__in=[pk for pk, _kind, _state in inside]) | Q(kind__in=kinds)
    reach = changes(rows.model._meta.label, actor)
    if reach < Reach.SUBTREE:
        return seen.exclude(hidden)  # type: ignore[no-any-return]
    return seen.filter(~hidden | within(held_units(actor, reach), "body"))  # type: ignore[no-any-return]


def sees_inside_of(actor: Actor | None, rows: Iterable[Any]) -> frozenset[int]:
    """Ids of those among loaded events (or places) whose inside the actor sees; one statement."""
    held = list(rows)
    reach = changes(held[0]._meta.label, actor) if held else Reach.NOTHING
    if actor is None or reach < Reach.SUBTREE:
        return frozenset()
    mine = Unit.objects.filter(pk__in={each.body_id for each in held}).filter(pk__in=reached_units(actor, reach))
    bodies_held = set(mine.values_list("pk", flat=True))
    return frozenset(each.pk for each in held if each.body_id in bodies_held)


def can_keep_kinds(actor: Actor | None) -> bool:
    """Whether the actor makes kinds of records at all: standing offices do, for their areas."""
    return changes("activities.Kind", actor) >= Reach.SUBTREE


def can_keep_kind(actor: Actor | None, kind: Kind) -> bool:
    """Whether the actor changes a kind: the office that keeps it, and one that answers for the area around it.

    Ready kinds are nobody's: they are copied.
    """
    if actor is None or kind.office_id is None or not can_keep_kinds(actor):
        return False
    reached = reached_units(actor, changes("activities.Kind", actor))
    return kind.office_id == actor.unit_id or Unit.objects.filter(pk=kind.office_id, pk__in=reached).exists()
