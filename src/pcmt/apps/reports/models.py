"""Report duties of adopted plans: who reports to whom, when, and each occurrence of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.plans.models import Clause, Item, Plan, Revision
from pcmt.apps.tasks.models import DueItem, Task
from pcmt.apps.units.models import Unit


class DutyState(models.TextChoices):
    """Whether a duty stands in the plan."""

    ACTIVE = "active", _("Đang áp dụng")
    ENDED = "ended", _("Không còn trong kế hoạch")


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties of visible plans."""

    def visible_to(self, actor: Actor | None) -> DutyQuerySet:
        return self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))


class Duty(models.Model):
    """A report that the plan asks for. `kind` and `period` take the reading contract's words."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="duties")
    since = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="duties")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="duties")
    item = models.OneToOneField(Item, models.PROTECT, related_name="duty")
    kind = models.CharField("loại báo cáo", max_length=20, blank=True)
    period = models.CharField("kỳ", max_length=20, blank=True)
    recipient = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="duties_received")
    recipient_name = models.CharField("nơi nhận", max_length=600, blank=True)
    via = models.CharField("gửi qua", max_length=300, blank=True)
    onward = models.JSONField("báo cáo tiếp", default=list, blank=True)
    prepared_by = models.CharField("đơn vị tham mưu", max_length=300, blank=True)
    due = models.JSONField(null=True, blank=True)
    due_text = models.CharField("hạn trong văn bản", max_length=300, blank=True)
    what = models.TextField("nội dung", blank=True)
    text = models.TextField("nguyên văn")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    order = models.PositiveIntegerField(default=0)
    state = models.CharField("trạng thái", max_length=20, choices=DutyState.choices, default=DutyState.ACTIVE)
    ended_by = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "chế độ báo cáo"
        ordering = ["plan_id", "order", "pk"]
        indexes = [models.Index(fields=["plan", "state", "order"], name="duty_of_plan")]
        constraints = [
            models.CheckConstraint(
                name="duty_ended_by_revision",
                condition=Q(state=DutyState.ACTIVE, ended_by__isnull=True)
                | Q(state=DutyState.ENDED, ended_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]


class DutyReporterQuerySet(models.QuerySet["DutyReporter"]):
    """Reporters of visible duties."""

    def visible_to(self, actor: Actor | None) -> DutyReporterQuerySet:
        return self.filter(duty__in=Duty.objects.visible_to(actor).values("pk"))


class DutyReporter(models.Model):
    """Who reports: `name` as the document writes it, `unit` the unit or group it was matched to.

    `origin_unit` is the unit that the document means, when that has ended and `unit` is its heir.
    """

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="reporters")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    origin_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("đơn vị báo cáo", max_length=300)

    objects = DutyReporterQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị báo cáo"
        constraints = [models.UniqueConstraint(fields=["duty", "name"], name="duty_reporter_once")]

    def __str__(self) -> str:
        return self.name


class DutyTaskQuerySet(models.QuerySet["DutyTask"]):
    """Links of visible duties."""

    def visible_to(self, actor: Actor | None) -> DutyTaskQuerySet:
        return self.filter(duty__in=Duty.objects.visible_to(actor).values("pk"))


class DutyTask(models.Model):
    """The results of a task go into a report of its plan: said by a person."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="fed_by")
    task = models.ForeignKey(Task, models.CASCADE, related_name="feeds")
    made_at = models.DateTimeField("lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = DutyTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo của nhiệm vụ"
        constraints = [models.UniqueConstraint(fields=["duty", "task"], name="duty_task_once")]

    def __str__(self) -> str:
        return f"{self.task_id} → {self.duty_id}"


class DutyOccurrenceQuerySet(models.QuerySet["DutyOccurrence"]):
    """Occurrences of visible duties."""

    def visible_to(self, actor: Actor | None) -> DutyOccurrenceQuerySet:
        return self.filter(duty__in=Duty.objects.visible_to(actor).values("pk"))


class DutyOccurrence(models.Model):
    """One report of one unit: the span of days it covers (both days included) and its due item.

    `origin_unit` is the first unit that owed it, when it went to another: that may owe a report of its own beside it.
    """

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="occurrences")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="duty_occurrences")
    origin_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    due_item = models.OneToOneField(DueItem, models.PROTECT, related_name="occurrence")
    period_from = models.DateField("từ ngày", null=True, blank=True)
    period_to = models.DateField("đến ngày", null=True, blank=True)

    objects = DutyOccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = "kỳ báo cáo"
        ordering = ["period_to", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "unit", "period_from", "period_to"],
                name="occurrence_once",
                condition=Q(period_to__isnull=False, origin_unit__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["duty", "unit", "origin_unit", "period_from", "period_to"],
                name="occurrence_once_of_origin",
                condition=Q(period_to__isnull=False, origin_unit__isnull=False),
            ),
            models.CheckConstraint(
                name="occurrence_period_in_order",
                condition=Q(period_from__isnull=True) | Q(period_to__isnull=True) | Q(period_to__gte=F("period_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.period_from} – {self.period_to}"
