"""Campaigns and projects are plans (`plans.Plan`); here is what they have beside a plan: who answers for them, their
stages, milestones and reviews, and their money in whole đồng.

Nothing of the money is deleted: what was wrong is voided, with its reason, and counts no more.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Task
from pcmt.apps.units.models import Unit

MOST = 10**15
"""No amount is larger than a thousand million million đồng; whatever is, was typed wrongly."""


class OfPlanQuerySet(models.QuerySet[Any]):
    """What hangs on a plan. A model names the way to its plan in `PLAN`."""

    def visible_to(self, actor: Actor | None) -> Self:
        """Seen by whoever sees the plan."""
        model: Any = self.model
        return self.filter(**{f"{model.PLAN}__in": Plan.objects.visible_to(actor).values("pk")})

    def standing(self) -> Self:
        """Without what was voided."""
        return self.filter(voided_at__isnull=True)


class ProjectSheet(models.Model):
    """What a project or campaign has beside a plan: the unit that answers for it, the ministry that guides it, the
    paper that approved it. Without an `owner` the plan's lead answers for it. `version` counts changes of the stages,
    too.
    """

    PLAN = "plan"

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="sheet")
    owner = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="cơ quan chủ quản", null=True, blank=True, related_name="projects_owned"
    )
    ministry = models.CharField("bộ, ngành hướng dẫn", max_length=200, blank=True)
    paper = models.CharField("văn bản phê duyệt", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "thông tin dự án"

    def __str__(self) -> str:
        return f"{self.plan}"


class Stage(models.Model):
    """A stretch of a campaign or project with a name, both days included."""

    PLAN = "plan"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="stages")
    name = models.CharField("giai đoạn", max_length=200)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến ngày")
    order = models.PositiveSmallIntegerField(default=0)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "giai đoạn"
        ordering = ["plan_id", "order", "pk"]
        constraints = [models.CheckConstraint(name="stage_in_order", condition=Q(to_on__gte=F("from_on")))]

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """Something that has to stand by a day (mốc). `task` is the task of the plan that says so, where there is one.

    It is late from the day after `due_on` until it is reached, and stays late when it was reached after that day.
    """

    PLAN = "plan"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="milestones")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="milestones")
    title = models.CharField("mốc", max_length=300)
    due_on = models.DateField("hạn")
    done_on = models.DateField("đạt ngày", null=True, blank=True)
    words = models.CharField("căn cứ đạt", max_length=500, blank=True)
    owed_by = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="milestones_owed")
    version = models.PositiveIntegerField(default=1)
    said_at = models.DateTimeField("ghi lúc")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField("bỏ lúc", null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "mốc của dự án"
        ordering = ["plan_id", "due_on", "pk"]

    def __str__(self) -> str:
        return self.title

    def days_late(self, on: date) -> int:
        """By how many days it is, or was reached, after its day; 0 in time."""
        return max(0, ((self.done_on or on) - self.due_on).days)


class ReviewKind(models.TextChoices):
    """Which review."""

    MID = "mid", _("Sơ kết giữa kỳ")
    FINAL = "final", _("Tổng kết")


class ReviewOutcome(models.TextChoices):
    """What was decided."""

    GO_ON = "go_on", _("Tiếp tục")
    ADJUST = "adjust", _("Điều chỉnh")
    STOP = "stop", _("Dừng")


class Review(models.Model):
    """A mid-term or final review: by when it is due, when it was held, what it came to."""

    PLAN = "plan"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reviews")
    kind = models.CharField("loại", max_length=10, choices=ReviewKind.choices)
    due_on = models.DateField("hạn")
    held_on = models.DateField("tổ chức ngày", null=True, blank=True)
    conclusions = models.TextField("kết luận", blank=True)
    outcome = models.CharField("quyết định", max_length=10, choices=ReviewOutcome.choices, blank=True)
    version = models.PositiveIntegerField(default=1)
    said_at = models.DateTimeField("ghi lúc")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField("bỏ lúc", null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "sơ kết, tổng kết"
        ordering = ["plan_id", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="review_outcome_when_held", condition=Q(held_on__isnull=False) | Q(outcome="", conclusions="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def days_late(self, on: date) -> int:
        """By how many days it is, or was held, after its day; 0 in time."""
        return max(0, ((self.held_on or on) - self.due_on).days)


class MoneyKind(models.TextChoices):
    """Whose money it is. Figures know three kinds; ODA is counted among other lawful sources there."""

    CENTRAL = "central", _("Ngân sách trung ương")
    LOCAL = "local", _("Ngân sách địa phương")
    ODA = "oda", _("Vốn ODA, viện trợ")
    OTHER = "other", _("Nguồn hợp pháp khác")


class MoneySource(models.Model):
    """Money that a plan or programme has, by a paper, for some years. `of` is the source it is a part of: money of a
    programme handed down to a project. What it hands down and what its lines are given never exceeds `amount`.
    """

    PLAN = "plan"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="money_sources")
    of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    kind = models.CharField("loại nguồn", max_length=10, choices=MoneyKind.choices)
    name = models.CharField("tên nguồn", max_length=200)
    paper = models.CharField("văn bản giao", max_length=300, blank=True)
    year_from = models.PositiveSmallIntegerField("từ năm")
    year_to = models.PositiveSmallIntegerField("đến năm")
    amount = models.BigIntegerField("số tiền (đồng)", validators=[MaxValueValidator(MOST)])
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField("bỏ lúc", null=True, blank=True)
    void_why = models.CharField("lý do bỏ", max_length=300, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "nguồn kinh phí"
        ordering = ["plan_id", "year_from", "pk"]
        constraints = [
            models.CheckConstraint(name="money_source_amount", condition=Q(amount__gte=0, amount__lte=MOST)),
            models.CheckConstraint(name="money_source_years", condition=Q(year_to__gte=F("year_from"))),
            models.CheckConstraint(name="money_source_not_its_own", condition=Q(of__isnull=True) | ~Q(of=F("pk"))),
        ]

    def __str__(self) -> str:
        return self.name


class MoneyLine(models.Model):
    """What money is for: a line of a plan's estimate in a budget year, for a task or a target where somebody said so.

    Without a source it is unfunded: it can be given nothing.
    """

    PLAN = "plan"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="money_lines")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="money_lines")
    target = models.ForeignKey(Target, models.PROTECT, null=True, blank=True, related_name="money_lines")
    year = models.PositiveSmallIntegerField("năm ngân sách")
    words = models.CharField("nội dung chi", max_length=300)
    estimate = models.BigIntegerField("dự toán (đồng)", validators=[MaxValueValidator(MOST)])
    source = models.ForeignKey(MoneySource, models.PROTECT, null=True, blank=True, related_name="lines")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField("bỏ lúc", null=True, blank=True)
    void_why = models.CharField("lý do bỏ", max_length=300, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "khoản kinh phí"
        ordering = ["plan_id", "year", "pk"]
        indexes = [models.Index(fields=["plan", "year"], name="money_line_of_plan")]
        constraints = [
            models.CheckConstraint(name="money_line_estimate", condition=Q(estimate__gte=0, estimate__lte=MOST)),
        ]

    def __str__(self) -> str:
        return self.words


class MoneySheet(models.Model):
    """A workbook of money that was sent in: what it would change, waiting to be told, told, or undone.

    `rows` are its rows as they were read; `undo` what it changed, so that all of it can be taken back at once.
    """

    PLAN = "plan"

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", _("Chờ ghi")
        TOLD = "told", _("Đã ghi")
        UNDONE = "undone", _("Đã hoàn tác")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="money_sheets")
    name = models.CharField("tên tệp", max_length=255)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    undo = models.JSONField(default=list)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField("gửi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    told_at = models.DateTimeField("ghi lúc", null=True, blank=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập kinh phí từ Excel"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class MoneyAct(models.TextChoices):
    """What happened to the money of a line."""

    ALLOCATION = "allocation", _("Cấp")
    RETURN = "return", _("Thu hồi, nộp trả")
    DISBURSEMENT = "disbursement", _("Giải ngân")
    SETTLEMENT = "settlement", _("Quyết toán")


class MoneyEntry(models.Model):
    """One act on a line. What was given less what was taken back is never less than what was spent, nor that less than
    what was settled. A wrong entry is voided; another one takes its place. `key`: the same entry counts once.

    `unit` is the unit in whose figures it counts: the one that answered for the project when it was written. It stays
    there when somebody else answers for the project afterwards.
    """

    PLAN = "line__plan"

    line = models.ForeignKey(MoneyLine, models.PROTECT, related_name="entries")
    what = models.CharField("việc", max_length=15, choices=MoneyAct.choices)
    on = models.DateField("ngày")
    amount = models.BigIntegerField("số tiền (đồng)", validators=[MaxValueValidator(MOST)])
    paper = models.CharField("chứng từ", max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="tính cho đơn vị", related_name="+", db_index=False)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    sheet = models.ForeignKey(MoneySheet, models.PROTECT, null=True, blank=True, related_name="entries")
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField("hủy lúc", null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    void_why = models.CharField("lý do hủy", max_length=300, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "bút toán kinh phí"
        ordering = ["line_id", "on", "pk"]
        indexes = [
            models.Index(fields=["line", "on"], name="money_entry_of_line"),
            models.Index(fields=["unit"], name="money_entry_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(name="money_entry_amount", condition=Q(amount__gt=0, amount__lte=MOST)),
            models.CheckConstraint(
                name="money_entry_void_has_reason", condition=Q(voided_at__isnull=True) | ~Q(void_why="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.on:%d/%m/%Y}: {self.amount}"


class MoneyYear(models.Model):
    """A budget year of a plan and of all plans in it was closed: its money stands until opened with a reason."""

    PLAN = "plan"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="money_years")
    year = models.PositiveSmallIntegerField("năm ngân sách")
    closed_at = models.DateTimeField("khóa lúc")
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("mở lại lúc", null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField("lý do mở lại", max_length=300, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "năm kinh phí đã khóa"
        ordering = ["plan_id", "-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "year"], name="money_year_closed_once", condition=Q(opened_at__isnull=True)
            ),
            models.CheckConstraint(
                name="money_year_opened_with_reason", condition=Q(opened_at__isnull=True) | ~Q(why="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.year}"
