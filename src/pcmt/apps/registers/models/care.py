"""What is done for and about a subject: tests, residence checks, treatment, support, the people who help.

What was written is never changed: a row that was wrong is `voided_at`, with a reason, and another takes its place.
Each row has a `key` that the device made up, so that what is sent twice is kept once.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import User
from pcmt.apps.registers.models.areas import FileQuerySet
from pcmt.apps.registers.models.clocks import Clock
from pcmt.apps.registers.models.people import Subject
from pcmt.apps.registers.models.statuses import Paper, Spell
from pcmt.apps.units.models import Unit


class Written(models.Model):
    """What all rows of a file have that were written once: key, who, when, at which commune; whether taken back."""

    SUBJECT = "subject__"
    GLASS = False

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    on = models.DateField("ngày")
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField("hủy lúc", null=True, blank=True)
    voided_why = models.CharField("lý do hủy", max_length=200, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        abstract = True


class Sample(models.TextChoices):
    """What is tested."""

    URINE = "urine", _("Nước tiểu")
    BLOOD = "blood", _("Máu")
    HAIR = "hair", _("Tóc")
    SALIVA = "saliva", _("Nước bọt")


class TestResult(models.TextChoices):
    """What a test came to."""

    __test__ = False

    NEGATIVE = "negative", _("Âm tính")
    POSITIVE = "positive", _("Dương tính")
    REFUSED = "refused", _("Không chấp hành")


class DrugTest(Written):
    """A test (xét nghiệm chất ma túy trong cơ thể). `ground` is a group of Law 120/2025/QH15, article 23.

    `clock` is the window that it settles; `early` one taken before the window opened, which settles none. Somebody
    under 18 gives samples other than urine in a parent's presence (`guardian_present`), everybody under supervision of
    the same sex.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="tests")
    ground = models.CharField("căn cứ xét nghiệm", max_length=40)
    sample = models.CharField("mẫu", max_length=10, choices=Sample.choices, default=Sample.URINE)
    result = models.CharField("kết quả", max_length=10, choices=TestResult.choices)
    substances = models.JSONField("chất", default=list, blank=True)
    guardian_present = models.BooleanField("có cha, mẹ hoặc người giám hộ", null=True, blank=True)
    same_sex_observer = models.BooleanField("người giám sát cùng giới", null=True, blank=True)
    clock = models.ForeignKey(Clock, models.SET_NULL, null=True, blank=True, related_name="tests")
    early = models.BooleanField(default=False)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "lần xét nghiệm"
        ordering = ["subject_id", "-on", "-pk"]
        indexes = [models.Index(fields=["unit", "on"], name="drug_test_of_unit")]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}: {self.get_result_display()}"


class Found(models.TextChoices):
    """What a residence check found."""

    PRESENT = "present", _("Có mặt")
    REPORTED = "reported", _("Vắng, có báo")
    ABSENT = "absent", _("Vắng, không báo")
    UNKNOWN = "unknown", _("Không rõ nơi ở")


class ResidenceCheck(Written):
    """A check of where somebody lives, at least monthly (Decree 163/2026/NĐ-CP, article 61.1.a)."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="residence_checks")
    found = models.CharField("kết quả", max_length=10, choices=Found.choices)
    clock = models.ForeignKey(Clock, models.SET_NULL, null=True, blank=True, related_name="checks")

    class Meta:
        verbose_name = "lần kiểm tra cư trú"
        ordering = ["subject_id", "-on", "-pk"]
        indexes = [models.Index(fields=["unit", "on"], name="residence_check_of_unit")]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}: {self.get_found_display()}"


class EpisodeKind(models.TextChoices):
    """What is treated how."""

    REHAB = "rehab", _("Quy trình cai nghiện")
    METHADONE = "methadone", _("Methadone")
    BUPRENORPHINE = "buprenorphine", _("Buprenorphine")
    PSYCHIATRIC = "psychiatric", _("Điều trị rối loạn tâm thần do ma túy")
    OTHER = "other", _("Điều trị khác")


class EpisodeOutcome(models.TextChoices):
    """How a treatment ended."""

    COMPLETED = "completed", _("Hoàn thành")
    DROPPED_OUT = "dropped_out", _("Tự ý chấm dứt")
    TRANSFERRED = "transferred", _("Chuyển cơ sở khác")
    RELAPSED = "relapsed", _("Tái nghiện")
    STOPPED = "stopped", _("Dừng theo chỉ định")
    DIED = "died", _("Chết")


class Episode(Written):
    """A treatment from `on` until `ended_on`, at a site; health officers see and write it."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="episodes")
    spell = models.ForeignKey(Spell, models.SET_NULL, null=True, blank=True, related_name="episodes")
    kind = models.CharField("điều trị", max_length=20, choices=EpisodeKind.choices)
    site_name = models.CharField("nơi điều trị", max_length=300, blank=True)
    ended_on = models.DateField("kết thúc ngày", null=True, blank=True)
    outcome = models.CharField("kết quả", max_length=20, choices=EpisodeOutcome.choices, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "đợt điều trị"
        ordering = ["subject_id", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="episode_in_order", condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("on"))
            ),
            models.CheckConstraint(
                name="episode_end_has_outcome",
                condition=Q(ended_on__isnull=True, outcome="") | Q(ended_on__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d/%m/%Y}"


class EpisodeStage(models.Model):
    """A stage of a treatment: a code of `data/law` (intake, detox, behaviour, work, return), day to day."""

    SUBJECT = "episode__subject__"
    GLASS = False

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="stages")
    stage = models.CharField("giai đoạn", max_length=20)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "giai đoạn điều trị"
        ordering = ["episode_id", "from_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["episode", "stage"], name="episode_stage_once")]

    def __str__(self) -> str:
        return self.stage


class SupportKind(models.TextChoices):
    """What helps somebody back into life."""

    TRAINING = "training", _("Học nghề")
    LOAN = "loan", _("Vay vốn")
    JOB = "job", _("Việc làm")
    LEGAL = "legal", _("Trợ giúp pháp lý")
    PSYCHOLOGICAL = "psychological", _("Hỗ trợ tâm lý")
    HEALTH = "health", _("Chăm sóc sức khỏe")
    SCHOOLING = "schooling", _("Học văn hóa")
    PAPERS = "papers", _("Giấy tờ tùy thân")
    MONEY = "money", _("Trợ cấp, hỗ trợ tiền")


class Support(Written):
    """One line of the support ledger. `amount` in whole đồng. `result` a code: under way, finished, broken off."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="supports")
    kind = models.CharField("hỗ trợ", max_length=20, choices=SupportKind.choices)
    provider_name = models.CharField("đơn vị hỗ trợ", max_length=300, blank=True)
    amount = models.BigIntegerField("số tiền (đồng)", null=True, blank=True)
    ended_on = models.DateField("kết thúc ngày", null=True, blank=True)
    result = models.CharField("kết quả", max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "lần hỗ trợ"
        ordering = ["subject_id", "on", "pk"]
        constraints = [
            models.CheckConstraint(name="support_amount", condition=Q(amount__isnull=True) | Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d/%m/%Y}"


class Team(models.Model):
    """The management team of a subject (tổ quản lý; Decree 163/2026/NĐ-CP, article 59.2.c), set up by a paper."""

    SUBJECT = "subject__"
    GLASS = False

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="teams")
    spell = models.ForeignKey(Spell, models.CASCADE, null=True, blank=True, related_name="teams")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "tổ quản lý"
        ordering = ["subject_id", "from_on", "pk"]

    def __str__(self) -> str:
        return f"{self.subject}: tổ quản lý"


class MemberPart(models.TextChoices):
    """A member's part in a team."""

    POLICE = "police", _("Công an cấp xã (tổ trưởng)")
    BLOCK = "block", _("Trưởng, phó thôn, tổ dân phố")
    FAMILY = "family", _("Gia đình hoặc người có uy tín")
    MASS_ORG = "mass_org", _("Tổ chức chính trị - xã hội")
    SOCIAL_WORKER = "social_worker", _("Nhân viên công tác xã hội")
    TEACHER = "teacher", _("Giáo viên")
    YOUTH = "youth", _("Đoàn thanh niên")
    COUNSELLOR = "counsellor", _("Người tư vấn, giúp đỡ được phân công")


class TeamMember(models.Model):
    """A helper: name and telephone number are `sealed`. Who goes hands over to `handed_to`."""

    SUBJECT = "team__subject__"
    GLASS = False

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    part = models.CharField("vai trò", max_length=20, choices=MemberPart.choices)
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=20)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    handed_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="took_from")

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "thành viên tổ quản lý"
        ordering = ["team_id", "pk"]

    def __str__(self) -> str:
        return self.get_part_display()


class Pledge(Written):
    """A household's pledge to keep drugs out and to help (cam kết của gia đình); the householder is `sealed`."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="pledges")
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=20)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "cam kết của gia đình"
        ordering = ["subject_id", "on", "pk"]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}"
