"""Targets of adopted plans. What a target means is `pcmt.core.measures`; here it is kept, owned and allocated."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.facts.models import CALENDAR_WORDS, Indicator, Recording
from pcmt.apps.plans.models import Clause, Item, Plan, Revision
from pcmt.apps.units.models import Level, Unit
from pcmt.core.evaluating import Verdict
from pcmt.core.periods import STATISTICAL


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

    `since` is the amendment that gave it (none: it came with the target), `ended_by` the one that took it or gave
    another. `origin_unit` is the unit to which it was given, when that ended and `unit` is its heir.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="allocations")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="allocations")
    origin_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("đơn vị", max_length=300)
    value = models.DecimalField("được giao", max_digits=20, decimal_places=6, null=True, blank=True)
    unit_word = models.CharField("đơn vị tính", max_length=120, blank=True)
    order = models.PositiveIntegerField(default=0)
    since = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    ended_by = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "giao chỉ tiêu"
        ordering = ["target_id", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["target", "item", "name"], name="allocation_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class OfTargetQuerySet(models.QuerySet[models.Model]):
    """What hangs on a target: seen by who sees it."""

    def visible_to(self, actor: Actor | None) -> OfTargetQuerySet:
        return self.filter(target__in=Target.objects.visible_to(actor).values("pk"))


class Edition(models.Model):
    """What a target asked for from a day on: one for each revision of the plan that brought or changed it.

    `values` is the contract item, `text` its sentence. A figure of before the day is judged by the edition before.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="editions")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    since = models.DateField("áp dụng từ ngày", null=True, blank=True)
    values = models.JSONField(default=dict)
    text = models.TextField("nguyên văn")
    allocated = models.BooleanField(default=False)
    window_from = models.DateField(null=True, blank=True)
    window_to = models.DateField(null=True, blank=True)

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "nội dung chỉ tiêu theo thời gian"
        ordering = ["target_id", "revision__number"]
        constraints = [models.UniqueConstraint(fields=["target", "revision"], name="edition_once")]

    def __str__(self) -> str:
        return self.text[:80]


class Measure(models.Model):
    """How a target is measured: by which indicator, in whose area, in which calendar. A person confirms it.

    `each` is empty where the target holds for the whole of `unit`; else it holds for each unit of that level below it
    ("mỗi xã"), or for each member of `each_group`. Until `confirmed_at` it is a proposal of the program and judges
    nothing.
    """

    target = models.OneToOneField(Target, models.CASCADE, related_name="measured_by")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+")
    breakdown = models.CharField("phân tổ", max_length=80, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="phạm vi", related_name="+")
    each = models.CharField("tính cho từng", max_length=20, choices=Level.choices, blank=True)
    each_group = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    calendar = models.CharField("lịch", max_length=20, choices=list(CALENDAR_WORDS.items()), default=STATISTICAL.code)
    phrases = models.JSONField("cụm từ nhận ra", default=list, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "cách đo chỉ tiêu"

    def __str__(self) -> str:
        return f"{self.target_id}: {self.indicator_id}"


class BaselineFigure(models.Model):
    """The figure from which a change is measured, where the facts do not hold it: told by a person, with its source.

    `so_far` is as much of it as had come up by the same day of its own time, if that is known. Of a share both are
    shares of 100. The newest one of a unit counts; those before stay.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="baselines")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    value = models.DecimalField("số kỳ gốc", max_digits=20, decimal_places=6)
    so_far = models.DecimalField("đến cùng kỳ", max_digits=20, decimal_places=6, null=True, blank=True)
    source = models.CharField("căn cứ", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu kỳ gốc"
        ordering = ["target_id", "unit_id", "-at", "-pk"]
        indexes = [models.Index(fields=["target", "unit", "-at"], name="baseline_of_target")]

    def __str__(self) -> str:
        return f"{self.target_id}: {self.value}"


class Remark(models.Model):
    """What a person says of a target that no number answers: reached or not, on which day, in which words.

    The newest one of a unit counts; those before stay.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="remarks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reached = models.BooleanField("đã đạt")
    on = models.DateField("ngày đạt hoặc ngày đánh giá")
    words = models.TextField("nhận xét", blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "nhận xét, đánh giá"
        ordering = ["target_id", "unit_id", "-at", "-pk"]
        indexes = [models.Index(fields=["target", "unit", "-at"], name="remark_of_target")]

    def __str__(self) -> str:
        return self.words[:80]


VERDICTS = {
    Verdict.MET: _("Đạt"),
    Verdict.ON_TRACK: _("Đúng tiến độ"),
    Verdict.BEHIND: _("Chậm"),
    Verdict.MISSED: _("Không đạt"),
    Verdict.NOT_DUE: _("Chưa đến hạn"),
    Verdict.UNDETERMINED: _("Chưa xác định"),
    Verdict.NOT_APPLICABLE: _("Không áp dụng"),
}


class Standing(models.Model):
    """How a target stands for a unit: its verdict as of `on`, kept so that lists and counts need not judge anew.

    There is one for the area of the whole target, one for each allocation, and one for each unit where it holds for
    each. Judged again whenever a figure behind it changes (in the same transaction) and once a day.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="standings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    whole = models.BooleanField("của cả chỉ tiêu", default=True)
    verdict = models.CharField("kết luận", max_length=20, choices=[(str(k), v) for k, v in VERDICTS.items()])
    sentence = models.TextField("diễn giải")
    measured = models.DecimalField("thực hiện", max_digits=24, decimal_places=6, null=True, blank=True)
    goal = models.DecimalField("phải đạt", max_digits=24, decimal_places=6, null=True, blank=True)
    expected = models.DecimalField("lẽ ra đã đạt", max_digits=24, decimal_places=6, null=True, blank=True)
    distance = models.DecimalField("còn thiếu", max_digits=24, decimal_places=6, null=True, blank=True)
    reach = models.DateField("số liệu đến hết ngày", null=True, blank=True)
    small = models.BooleanField("tổng số nhỏ", default=False)
    on = models.DateField("tính đến hết ngày")
    judged_at = models.DateTimeField()

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "kết quả chỉ tiêu"
        constraints = [models.UniqueConstraint(fields=["target", "unit"], name="standing_once")]
        indexes = [models.Index(fields=["unit", "verdict"], name="standing_of_unit")]

    def __str__(self) -> str:
        return self.sentence


class StandingChange(models.Model):
    """A verdict that became another one: when, on which figures, through which recording.

    Without a recording time passed, or the units, the plan or the way of measuring changed: `cause` says which. The
    office that keeps the plan was told of it at `told_at`, if it is for the worse and of a whole target.
    """

    CAUSES = {
        "facts": _("số liệu thay đổi"),
        "time": _("thời gian trôi qua"),
        "measure": _("cách đo, kỳ gốc hoặc nhận xét thay đổi"),
        "plan": _("kế hoạch được sửa đổi"),
        "units": _("sắp xếp đơn vị"),
    }

    target = models.ForeignKey(Target, models.CASCADE, related_name="changes")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    before = models.CharField("trước", max_length=20, blank=True)
    after = models.CharField("sau", max_length=20)
    sentence = models.TextField("diễn giải")
    measured = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    on = models.DateField("tính đến hết ngày")
    at = models.DateTimeField("lúc", db_index=True)
    whole = models.BooleanField("của cả chỉ tiêu", default=True)
    cause = models.CharField("vì", max_length=10, choices=list(CAUSES.items()), default="time")
    told_at = models.DateTimeField("đã báo lúc", null=True, blank=True)
    recording = models.ForeignKey(Recording, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "thay đổi kết quả chỉ tiêu"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["target", "unit", "-at"], name="standing_change_of"),
            models.Index(
                fields=["at"],
                name="standing_change_untold",
                condition=Q(whole=True, told_at__isnull=True, after__in=("behind", "missed")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
