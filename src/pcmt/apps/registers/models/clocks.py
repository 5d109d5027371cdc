"""Clocks: what a commune owes by law, or by a plan's setting, about one person until a moment or a day.

They are the due items of the registers: same states, and late stays late. They stand in a table of their own because
who sees them is decided by the person's file, not by a plan (docs/decisions/0045).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import User
from pcmt.apps.plans.models import Plan
from pcmt.apps.registers.models.areas import FileQuerySet
from pcmt.apps.registers.models.people import Subject
from pcmt.apps.registers.models.statuses import CATEGORY_WORDS, Spell
from pcmt.apps.tasks.models import DueState
from pcmt.apps.units.models import Unit


class ClockKind(models.TextChoices):
    """What is owed. The first two recur; the rest are opened by something that happened."""

    TEST = "test", _("Xét nghiệm theo kế hoạch")
    RESIDENCE = "residence", _("Kiểm tra cư trú hằng tháng")
    STEP = "step", _("Bước theo luật")
    END = "end", _("Sắp hết thời hạn")
    TRANSFER = "transfer", _("Bàn giao hồ sơ")
    REQUEST = "request", _("Yêu cầu của chủ thể dữ liệu")


class ClockQuerySet(FileQuerySet):
    """Clocks."""

    def running(self) -> ClockQuerySet:
        """Those that still count."""
        return self.filter(state=DueState.OPEN)

    def overdue(self, at: datetime, on: date) -> ClockQuerySet:
        """Open after their limit: the moment of those in hours, the day of the others."""
        return self.running().filter(Q(due_at__lt=at) | Q(due_at__isnull=True, due_on__lt=on))


class Clock(models.Model):
    """One thing owed about a subject. `limit` is a code of `data/law` (a law's limit) or `plan.<TestPlan id>`.

    Limits in hours have `due_at`; all have `due_on`, the last day in time. It may be done from `opens_on`. Settled, it
    has `done_on` and `outcome` (a code: done, early, refused, missed, suspended, void); a window that passed without
    its test is settled as missed, and stays late. `unit` is the commune that owes it.
    """

    SUBJECT = "subject__"
    GLASS = False

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="clocks")
    spell = models.ForeignKey(Spell, models.CASCADE, null=True, blank=True, related_name="clocks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField("loại", max_length=10, choices=ClockKind.choices)
    limit = models.CharField("quy tắc", max_length=60)
    opened_at = models.DateTimeField("tính từ lúc")
    opens_on = models.DateField("làm được từ ngày")
    due_at = models.DateTimeField("hạn, theo giờ", null=True, blank=True)
    due_on = models.DateField("hạn")
    state = models.CharField("trạng thái", max_length=20, choices=DueState.choices, default=DueState.OPEN)
    done_at = models.DateTimeField("xong lúc", null=True, blank=True)
    done_on = models.DateField("ngày làm", null=True, blank=True)
    outcome = models.CharField("kết quả", max_length=20, blank=True)
    told = models.PositiveSmallIntegerField("đã nhắc", default=0)
    version = models.PositiveIntegerField(default=1)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = "hạn về người được quản lý"
        ordering = ["due_on", F("due_at").asc(nulls_last=True), "pk"]
        indexes = [
            models.Index(fields=["unit", "due_on"], name="clock_queue", condition=Q(state="open")),
            models.Index(fields=["unit", "kind", "due_on"], name="clock_counted"),
            models.Index(fields=["subject", "kind", "due_on"], name="clock_of_subject"),
        ]
        constraints = [
            models.CheckConstraint(name="clock_in_order", condition=Q(due_on__gte=F("opens_on"))),
            models.CheckConstraint(
                name="clock_done_has_time", condition=~Q(state=DueState.DONE) | Q(done_at__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["subject", "limit"],
                name="clock_one_open",
                condition=Q(state="open", kind__in=("test", "residence")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_kind_display()}"


class TestPlanQuerySet(models.QuerySet["TestPlan"]):
    """Settings of how often people are tested: they name nobody."""

    def visible_to(self, actor: object) -> TestPlanQuerySet:
        return self if actor is not None else self.none()


class TestPlan(models.Model):
    """How often a category is tested in an area: a setting of a plan, never the law's (the law sets no interval).

    The nearest setting at or above a commune holds there. A test is due every `months` months and may be taken from
    `early_days` before its day until `late_days` after it. `basis` are the plan's words.
    """

    __test__ = False  # no test class, whatever its name suggests to pytest

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="nơi áp dụng", related_name="+")
    category = models.CharField("diện quản lý", max_length=20, choices=[(str(k), v) for k, v in CATEGORY_WORDS.items()])
    months = models.PositiveSmallIntegerField("bao nhiêu tháng một lần")
    early_days = models.PositiveSmallIntegerField("sớm nhất trước (ngày)", default=7)
    late_days = models.PositiveSmallIntegerField("muộn nhất sau (ngày)", default=7)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+")
    basis = models.CharField("theo", max_length=300)
    valid_from = models.DateField("áp dụng từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    made_at = models.DateTimeField("đặt lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = TestPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "định kỳ xét nghiệm theo kế hoạch"
        ordering = ["unit_id", "category", "valid_from"]
        constraints = [
            models.CheckConstraint(name="test_plan_months", condition=Q(months__gte=1, months__lte=24)),
            models.UniqueConstraint(
                fields=["unit", "category"], name="test_plan_one_open", condition=Q(valid_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()}: {self.months} tháng"
