"""Targets of adopted plans. What a target means is `pcmt.core.measures`; here it is kept, owned and allocated."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Clause, Item, Plan, Revision
from pcmt.apps.units.models import Unit


class TargetState(models.TextChoices):
    """Whether a target stands in the plan."""

    ACTIVE = "active", _("Đang theo dõi")
    ENDED = "ended", _("Không còn trong kế hoạch")


class TargetQuerySet(models.QuerySet["Target"]):
    """Targets of visible plans."""

    def visible_to(self, actor: Actor | None) -> TargetQuerySet:
        return self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))

    def active(self) -> TargetQuerySet:
        return self.filter(state=TargetState.ACTIVE)


class Target(models.Model):
    """A checkable clause of a plan: shape, comparator, value(s), unit word, baseline, frequency, window.

    `revision`, `item`, `clause` and the place are those of the newest revision that carries the target; `since` is
    the revision that brought it. `shape` and `comparator` take the values of `pcmt.core.measures`.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets")
    since = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="targets")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="targets")
    item = models.OneToOneField(Item, models.PROTECT, related_name="target")
    shape = models.CharField("dạng", max_length=20)
    comparator = models.CharField("so sánh", max_length=10)
    value = models.DecimalField("giá trị", max_digits=20, decimal_places=6, null=True, blank=True)
    value_max = models.DecimalField("giá trị cao nhất", max_digits=20, decimal_places=6, null=True, blank=True)
    unit_word = models.CharField("đơn vị tính", max_length=120, blank=True)
    measure = models.TextField("nội dung đo", blank=True)
    direction = models.CharField("hướng", max_length=20, blank=True)
    baseline_kind = models.CharField("kỳ gốc", max_length=20, blank=True)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    baseline_text = models.CharField(max_length=300, blank=True)
    scope = models.CharField("phạm vi", max_length=500, blank=True)
    per = models.CharField("tính theo", max_length=300, blank=True)
    frequency_n = models.PositiveIntegerField(null=True, blank=True)
    frequency_per = models.CharField(max_length=20, blank=True)
    frequency_every = models.PositiveSmallIntegerField(default=1)
    assessed = models.CharField(max_length=20, blank=True)
    window_from = models.DateField("từ ngày", null=True, blank=True)
    window_to = models.DateField("đến ngày", null=True, blank=True, help_text="ngày cuối cùng, tính cả ngày này")
    phrase = models.TextField("mô tả ngắn", blank=True)
    text = models.TextField("nguyên văn")
    search_key = models.TextField(editable=False, default="")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    order = models.PositiveIntegerField(default=0)
    state = models.CharField("trạng thái", max_length=20, choices=TargetState.choices, default=TargetState.ACTIVE)
    ended_by = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "chỉ tiêu"
        ordering = ["plan_id", "order", "pk"]
        indexes = [models.Index(fields=["plan", "state", "order"], name="target_of_plan")]
        constraints = [
            models.CheckConstraint(
                name="target_ended_by_revision",
                condition=Q(state=TargetState.ACTIVE, ended_by__isnull=True)
                | Q(state=TargetState.ENDED, ended_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.phrase or self.text[:80]


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """Allocations of visible targets."""

    def visible_to(self, actor: Actor | None) -> AllocationQuerySet:
        return self.filter(target__in=Target.objects.visible_to(actor).values("pk"))


class Allocation(models.Model):
    """The share of a target given to a unit; `name` is the body as the document writes it.

    `origin_unit` is the unit to which it was given, when that ended and `unit` is its heir.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="allocations")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="allocations")
    origin_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("đơn vị", max_length=300)
    value = models.DecimalField("được giao", max_digits=20, decimal_places=6, null=True, blank=True)
    unit_word = models.CharField("đơn vị tính", max_length=120, blank=True)
    order = models.PositiveIntegerField(default=0)
    ended_by = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "giao chỉ tiêu"
        ordering = ["target_id", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["target", "item", "name"], name="allocation_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
