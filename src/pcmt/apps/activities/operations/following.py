"""What follows of activities when units are reorganised.

Places go to the heir and keep their lives. Events stay with who did them; those of days on which the unit was no more,
where the change was written down late, are the heir's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.activities.models import Event, KeptSince, Place, PlaceBefore
from pcmt.apps.activities.operations.counting import keep_since, mark
from pcmt.apps.activities.queries.counting import counted_at
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.models import Unit
from pcmt.apps.units.policies import Officer

BATCH = 500


def _foresee(change: Change) -> Sequence[Consequence]:
    """A count only: some kinds of places are nobody's business who plans a reorganisation."""
    ending = list(change.heirs)
    count = Place.objects.filter(Q(area_id__in=ending) | Q(body_id__in=ending), voided_at__isnull=True).count()
    if not count:
        return []
    words = ngettext(
        "%(count)s địa điểm chuyển sang đơn vị kế thừa, giữ nguyên quá trình.",
        "%(count)s địa điểm chuyển sang đơn vị kế thừa, giữ nguyên quá trình.",
        count,
    )
    return [Consequence(words % {"count": count}, count)]


def _follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    """Each place once, however many of its units end; voided ones go along, so that who keeps them still reads them.

    What one unit counted before the day stays its own: `PlaceBefore` says until when a place lay there.
    """
    ending = sorted(change.heirs)
    done = Event.objects.filter(body__in=ending, on__gte=change.on)
    for unit_id in ending if done.exists() else ():
        mine = done.filter(body=unit_id)
        mine.filter(area=unit_id).update(area=change.heir_id(unit_id))
        mine.update(body=change.heir_id(unit_id), version=F("version") + 1)
    _keep_on(change, at)
    held = Place.objects.select_for_update(of=("self",), no_key=True)
    rows = list(held.filter(Q(area_id__in=ending) | Q(body_id__in=ending)).order_by("pk"))
    before: list[PlaceBefore] = []
    marked: set[int] = set()
    for place in rows:
        area_id, body_id = place.area_id, place.body_id
        if area_id in change.heirs:
            place.area_id = change.heir_id(area_id)
        if body_id in change.heirs:
            place.body_id = change.heir_id(body_id)
        if place.from_on < change.on:
            before.append(PlaceBefore(place=place, area_id=area_id, body_id=body_id, to_on=change.on))
        place.version += 1
        if place.voided_at is None:
            marked |= {area_id, place.area_id}
            keep_since(place.area_id, place.kind_id, change.on)
    PlaceBefore.objects.bulk_create(before, batch_size=BATCH)
    Place.objects.bulk_update(rows, ["area", "body", "version"], batch_size=BATCH)
    mark(marked, change.on, at)
    return len(rows)


def _keep_on(change: Change, at: datetime) -> None:
    """The heir keeps what the unit kept, and both are counted again from the day on; so are units whose bodies came."""
    kept = KeptSince.objects.filter(unit__in=change.heirs).order_by("unit_id", "kind_id")
    marked = set()
    for unit_id, kind_id, start, reached in kept.values_list("unit_id", "kind_id", "start", "reached"):
        heir = counted_at(Unit.objects.get(pk=change.heir_id(unit_id)), change.on)
        if start is not None:
            keep_since(heir.pk, kind_id, max(start, change.on))
        if reached is not None:
            keep_since(heir.pk, kind_id, max(reached, change.on), reached=True)
        marked |= {unit_id, heir.pk}
    for moved in change.moved.values():
        marked |= {each.unit_id for each in moved if each is not None and each.unit_id is not None}
    mark(marked, change.on, at)


places_follow = Follower(key="places", label=_("Địa điểm"), foresee=_foresee, follow=_follow)
"""The places' part in reorganisations."""
