"""Work in progress: lists being imported, entries made without a connection, figures to be counted again.

What it holds of people is sealed, short-lived, and gone once the work is done.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import User
from pcmt.apps.registers.models.areas import FileQuerySet, OwnQuerySet
from pcmt.apps.registers.models.people import Subject
from pcmt.apps.units.models import Unit


class ImportState(models.TextChoices):
    """How an import stands."""

    PREVIEW = "preview", _("Đang xem trước")
    DONE = "done", _("Đã nhập")
    DROPPED = "dropped", _("Đã bỏ")


class RegisterImport(models.Model):
    """A list being imported. Its cells are `sealed` until it is done or dropped, at the latest on `purge_on`.

    `columns` says which column is what; `outcome` holds counts only.
    """

    UNIT = "unit"

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    sealed = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=20, blank=True)
    columns = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    state = models.CharField("tình trạng", max_length=10, choices=ImportState.choices, default=ImportState.PREVIEW)
    made_at = models.DateTimeField("lúc")
    purge_on = models.DateField("xóa ngày")
    version = models.PositiveIntegerField(default=1)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập danh sách"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.made_at:%d/%m/%Y}"


class Device(models.Model):
    """A browser that may hold today's list, encrypted, until `until`; signing out (`wiped_at`) ends that."""

    UNIT = "unit"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    made_at = models.DateTimeField("lúc")
    until = models.DateTimeField("đến lúc")
    wiped_at = models.DateTimeField("đã xóa lúc", null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "thiết bị ghi ngoại tuyến"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return str(self.key)


class ConflictState(models.TextChoices):
    """How a conflict stands."""

    OPEN = "open", _("Chờ người xem")
    KEPT = "kept", _("Đã ghi")
    DROPPED = "dropped", _("Đã bỏ")


class OfflineConflict(models.Model):
    """An entry made without a connection that could not simply be kept: a person looks at both. `reason` is a code."""

    SUBJECT = "subject__"
    GLASS = False

    key = models.UUIDField(unique=True)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=40)
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=20)
    at = models.DateTimeField("lúc")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField("tình trạng", max_length=10, choices=ConflictState.choices, default=ConflictState.OPEN)
    decided_at = models.DateTimeField("xem lúc", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "bản ghi ngoại tuyến cần xem"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.kind}"


class CountMarkQuerySet(models.QuerySet["CountMark"]):
    """Marks: nobody reads them but the program."""

    def visible_to(self, actor: object) -> CountMarkQuerySet:
        del actor
        return self.none()


class CountMark(models.Model):
    """Figures of a commune from `start` on have to be counted again: something was written that they rest on."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+")
    start = models.DateField()
    at = models.DateTimeField()

    objects = CountMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu cần tính lại"

    def __str__(self) -> str:
        return f"{self.unit_id} {self.start}"
