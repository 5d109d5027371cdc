"""Work in progress: since when kinds are kept, figures to count again, lists being imported, entries to look at."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.activities.models.kinds import Kind, OpenQuerySet
from pcmt.apps.units.models import Unit


class KeptSince(models.Model):
    """A unit keeps records of a kind from a day on: from then on what nobody entered did not happen.

    Figures of the elements that the kind counts into come from the records of the unit since that day, `start`. Of what
    lies in the unit (its schools, itself) others write down that they reached it: `reached` is since when. A unit of
    which only others wrote has no `start`, and its other figures stay unknown.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    start = models.DateField("từ ngày", null=True, blank=True)
    reached = models.DateField("được đến từ ngày", null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị ghi nhật ký"
        constraints = [models.UniqueConstraint(fields=["unit", "kind"], name="kept_since_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind_id} {self.start}"


class NobodyQuerySet(models.QuerySet[Any]):
    """Rows that nobody reads but the program."""

    def visible_to(self, actor: object) -> Self:
        del actor
        return self.none()


class EventMark(models.Model):
    """Figures of a unit from `start` on have to be counted again: something was written that they rest on."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+")
    start = models.DateField()
    at = models.DateTimeField()

    objects = NobodyQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu hoạt động cần tính lại"

    def __str__(self) -> str:
        return f"{self.unit_id} {self.start}"


class OwnQuerySet(models.QuerySet[Any]):
    """Rows that belong to who made them, and to whom the table of rights gives the unit."""

    def visible_to(self, actor: Actor | None) -> Self:
        model: Any = self.model
        reach = sees(model._meta.label, actor)
        if actor is None or reach is Reach.NOTHING:
            return self.none()
        own = models.Q(user_id=actor.user_id)
        if reach >= Reach.SUBTREE:
            own |= models.Q(unit__in=reached_units(actor, reach))
        return self.filter(own)


class SheetState(models.TextChoices):
    """How an import stands."""

    PREVIEW = "preview", _("Đang xem trước")
    DONE = "done", _("Đã nhập")
    DROPPED = "dropped", _("Đã bỏ")


class RecordSheet(models.Model):
    """A workbook of entries of one kind being imported. `cells` is emptied once it is done or dropped.

    `columns` says which column is which field; `outcome` counts what became of the rows; `batch` marks undone ones.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField("tên tệp", max_length=255)
    cells = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    state = models.CharField("tình trạng", max_length=10, choices=SheetState.choices, default=SheetState.PREVIEW)
    made_at = models.DateTimeField("lúc")
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập hoạt động từ Excel"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class EntryState(models.TextChoices):
    """How an entry that has to be looked at stands."""

    OPEN = "open", _("Chờ người xem")
    KEPT = "kept", _("Đã ghi")
    DROPPED = "dropped", _("Đã bỏ")


class OfflineEntry(models.Model):
    """An entry made without a connection that could not simply be kept: a person looks at it. `reason` is a code."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True)
    entry = models.JSONField(default=dict)
    reason = models.CharField(max_length=40)
    at = models.DateTimeField("lúc")
    state = models.CharField("tình trạng", max_length=10, choices=EntryState.choices, default=EntryState.OPEN)
    decided_at = models.DateTimeField("xem lúc", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "hoạt động ghi ngoại tuyến cần xem"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return str(self.key)
