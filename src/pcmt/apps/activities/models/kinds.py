"""Kinds of records and their versions."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.units.models import Unit


class OpenQuerySet(models.QuerySet[Any]):
    """What everybody who is signed in may read."""

    def visible_to(self, actor: Actor | None) -> Self:
        return self if actor is not None else self.none()


class KindNoun(models.TextChoices):
    """What an entry of a kind is."""

    EVENT = "event", _("Hoạt động")
    PLACE = "place", _("Địa điểm")


class Kind(models.Model):
    """A kind of events or places. `office` keeps it, and it is offered to whoever works below the office's area.

    A kind without an office comes ready (`data/kinds`) and is offered to all. Codes of offices begin with "local_".
    """

    code = models.CharField("mã", max_length=60, unique=True)
    noun = models.CharField("loại", max_length=10, choices=KindNoun.choices)
    label = models.CharField("tên", max_length=200)
    group = models.CharField("nhóm", max_length=120)
    order = models.PositiveIntegerField("thứ tự", default=0)
    office = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="record_kinds")
    retired_on = models.DateField("thôi dùng từ ngày", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "loại nội dung ghi nhận"
        ordering = ["order", "label", "pk"]

    def __str__(self) -> str:
        return self.label


class KindState(models.TextChoices):
    """Whether a version of a kind may be used."""

    DRAFT = "draft", _("Đang soạn")
    IN_USE = "in_use", _("Đang dùng")
    ENDED = "ended", _("Không dùng nữa")


class KindVersion(models.Model):
    """One version of a kind: `body` is a `core.schemas.KindSchema` as data. Never changed once it is in use.

    Entries keep the version they were made by; lists and exports show several versions side by side. It ended on the
    day on which the next was put in use, or its kind was retired: from then on nothing new is counted by it.
    """

    kind = models.ForeignKey(Kind, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("phiên bản")
    body = models.JSONField()
    state = models.CharField("tình trạng", max_length=10, choices=KindState.choices, default=KindState.DRAFT)
    words = models.CharField("thay đổi gì", max_length=300, blank=True)
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField("dùng từ", null=True, blank=True)
    ended_on = models.DateField("thôi dùng từ ngày", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên bản loại nội dung ghi nhận"
        ordering = ["kind_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="kind_version_once"),
            models.UniqueConstraint(fields=["kind"], name="kind_one_in_use", condition=Q(state="in_use")),
            models.UniqueConstraint(fields=["kind"], name="kind_one_draft", condition=Q(state="draft")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.number})"
