"""Places: what stands from a day on and has a state."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.functions import Cast
from django.db.models.lookups import In

from pcmt.apps.accounts.models import Actor, User, reached_units, served_unit
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.activities.models.kinds import Kind, KindVersion
from pcmt.apps.units.models import Succession, Unit

FEW = 50
"""So many units (those of a commune) are named one by one: the database takes what its indexes hold of each."""


def named(units: QuerySet[Any]) -> Any:
    """Ids of units for `within`: asked for first where they are few, a subselect where they are many."""
    found = list(units[: FEW + 1])
    return found if len(found) <= FEW else units


def within(units: Any, *ways: str) -> Q:
    """Records that hang on one of the units by one of the ways (`body`, `area`).

    Of many units most records are seen: an index by day that is walked until a page is full is better than the indexes
    of units, whose rows would all have to be put in order.
    """
    found = Q()
    for way in ways:
        found |= Q(**{f"{way}__in": units}) if isinstance(units, list) else unindexed(way, units)
    return found


def unindexed(way: str, ids: Any) -> Q:
    """Rows by one of some ids, where another index is the better one: SQLite, that does not know how many rows each id
    has, leaves a cast column alone. For PostgreSQL it is the column itself."""
    return Q(In(Cast(way, BigIntegerField()), ids))


def held_units(actor: Actor, reach: Reach) -> Any:
    """The units that a reach holds, for `within`."""
    return named(reached_units(actor, reach).values_list("descendant_id", flat=True))


class RecordQuerySet(models.QuerySet[Any]):
    """Records and their parts: of the units one answers for. A model names the way to its record in `RECORD`.

    `SERVED`: what lies in the very area whose People's Committee one's agency serves is seen too (decision 0064).
    """

    def visible_to(self, actor: Actor | None) -> Self:
        """Records kept by, or lying in, the units that the table of rights reaches; counts of others are facts.

        What a unit that has ended did is seen by who sees its heir.
        """
        model: Any = self.model
        reach = sees(model._meta.label, actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        units = reached_units(actor, reach)
        ended = Succession.objects.filter(new__in=units, heir=True).order_by().values_list("old_id")
        seen = named(units.values_list("descendant_id").union(ended).values_list("descendant_id", flat=True))
        found = within(seen, f"{model.RECORD}body", f"{model.RECORD}area")
        if getattr(model, "SERVED", False):
            found |= Q(**{f"{model.RECORD}area": served_unit(actor)})
        return self.filter(found)


class Place(models.Model):
    """A place: a hot spot, a crop plot, premises, a school. `body` keeps it; it lies in the administrative unit `area`.

    `state` is that of its last `PlaceSpell`; `from_on` the first day known, `to_on` the day after the last on which it
    is counted among its kind (premises that closed), none while it is. `data` holds the fields of its kind by key
    (`core.schemas.KindField`). A place written wrongly is voided, never deleted. `follows` is the model that it copies.
    """

    RECORD = ""
    SERVED = True

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="places")
    kind_version = models.ForeignKey(KindVersion, models.PROTECT, related_name="+")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="places")
    body = models.ForeignKey(Unit, models.PROTECT, related_name="places_kept")
    name = models.CharField("tên", max_length=300)
    search_key = models.CharField(max_length=300, editable=False, default="")
    address = models.CharField("ở đâu", max_length=300, blank=True)
    lat = models.DecimalField("vĩ độ", max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField("kinh độ", max_digits=8, decimal_places=5, null=True, blank=True)
    data = models.JSONField(default=dict)
    state = models.CharField("tình trạng", max_length=40)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField("bỏ lúc", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "địa điểm"
        ordering = ["kind_id", "search_key", "pk"]
        indexes = [
            models.Index(fields=["kind", "area", "state"], name="place_kind_area"),
            models.Index(fields=["body", "kind"], name="place_body_kind"),
        ]
        constraints = [
            models.CheckConstraint(name="place_window", condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on"))),
            models.CheckConstraint(
                name="place_point_whole",
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceSpell(models.Model):
    """A place was in a state during a half-open window; windows of one place tile its life, the last has no end.

    They follow one another by first day, then by id: what was found and cleared on one day has an empty window between.
    `data` holds what the move into the state asked for (what was destroyed); `event` is the act that brought it about.
    """

    RECORD = "place__"
    SERVED = True

    place = models.ForeignKey(Place, models.CASCADE, related_name="spells")
    state = models.CharField("tình trạng", max_length=40)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    data = models.JSONField(default=dict)
    event = models.ForeignKey("Event", models.PROTECT, null=True, blank=True, related_name="place_spells")
    words = models.CharField("ghi chú", max_length=500, blank=True)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "tình trạng của địa điểm"
        ordering = ["place_id", "from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="place_spell_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
            models.UniqueConstraint(fields=["place"], name="place_one_state_now", condition=Q(to_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.state} {self.from_on:%d/%m/%Y}"


class PlaceBefore(models.Model):
    """Where a place lay, and who kept it, until a day on which units were reorganised; `Place` says how it is now."""

    RECORD = "place__"
    SERVED = True

    place = models.ForeignKey(Place, models.CASCADE, related_name="before")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="places_before")
    body = models.ForeignKey(Unit, models.PROTECT, related_name="places_kept_before")
    to_on = models.DateField("đến trước ngày")

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "địa bàn trước đây của địa điểm"
        ordering = ["place_id", "to_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["place", "to_on"], name="place_before_once_a_day")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.area_id} {self.to_on:%d/%m/%Y}"
