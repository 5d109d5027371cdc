"""What protects people in the registers: why files were opened, broken glass, holds, requests of the people."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.registers.models.areas import FileQuerySet, OwnQuerySet
from pcmt.apps.registers.models.people import Subject
from pcmt.apps.units.models import Unit


class Purpose(models.TextChoices):
    """Why a file is opened. Asked once a visit."""

    DUE = "due", _("Thực hiện việc đến hạn")
    UPDATE = "update", _("Cập nhật hồ sơ")
    PAPER = "paper", _("Lập văn bản")
    HAND_OVER = "hand_over", _("Bàn giao, tiếp nhận")
    TREATMENT = "treatment", _("Điều trị, hỗ trợ")
    REQUEST = "request", _("Giải quyết yêu cầu của chính người đó")
    REVIEW = "review", _("Kiểm tra nghiệp vụ")


class Visit(models.Model):
    """Somebody works with files for a purpose, from `opened_at` until `until` at most. Each reading names its visit."""

    UNIT = "unit"

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    purpose = models.CharField("mục đích", max_length=20, choices=Purpose.choices)
    words = models.CharField("nói rõ", max_length=200, blank=True)
    opened_at = models.DateTimeField("từ lúc")
    until = models.DateTimeField("đến lúc")
    closed_at = models.DateTimeField("đã đóng lúc", null=True, blank=True)
    readings = models.PositiveIntegerField("số hồ sơ đã mở", default=0)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt truy cập hồ sơ"
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.opened_at:%d/%m/%Y}"


class Reading(models.Model):
    """Whose identity was opened in a visit: once for a visit and file, however often, so that the file can say who.

    `listed`: the name stood in a list; `opened`: the file itself was opened. The audit log holds each reading besides.
    """

    SUBJECT = "subject__"
    GLASS = False

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="seen")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="readings")
    first_at = models.DateTimeField("lần đầu")
    last_at = models.DateTimeField("lần cuối")
    times = models.PositiveIntegerField("số lần", default=1)
    listed = models.BooleanField("trong danh sách", default=False)
    opened = models.BooleanField("mở hồ sơ", default=False)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "lần đọc nhân thân"
        ordering = ["-last_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "subject"], name="reading_once_a_visit")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.last_at:%d/%m/%Y}"


class BreakGlassQuerySet(OwnQuerySet):
    """Acts of breaking the glass."""

    def open_for(self, actor: Actor) -> BreakGlassQuerySet:
        """What the actor broke on the actor's day and has not closed: it opens until midnight at most."""
        return self.filter(user_id=actor.user_id, on=actor.on, closed_at__isnull=True)


class Verdict(models.TextChoices):
    """What the review of a broken glass came to."""

    JUSTIFIED = "justified", _("Đúng quy định")
    UNJUSTIFIED = "unjustified", _("Không đúng quy định")


class BreakGlass(models.Model):
    """In an emergency somebody opened a file beyond the own rights, with a reason; another person reviews it later."""

    UNIT = "subject__unit"

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=200)
    user_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="broken_glass")
    reason = models.CharField("lý do khẩn cấp", max_length=500)
    on = models.DateField("ngày")
    opened_at = models.DateTimeField("mở lúc")
    closed_at = models.DateTimeField("đóng lúc", null=True, blank=True)
    verdict = models.CharField("kết luận", max_length=20, choices=Verdict.choices, blank=True)
    reviewed_at = models.DateTimeField("xem xét lúc", null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField("nhận xét", max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = "lần mở hồ sơ khẩn cấp"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="break_glass_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
            ),
            models.CheckConstraint(
                name="break_glass_verdict_whole",
                condition=Q(verdict="", reviewed_at__isnull=True) | ~Q(verdict="") & Q(reviewed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.opened_at:%d/%m/%Y}"


class LegalHold(models.Model):
    """A file may not be erased while this holds (case, complaint, inspection). `basis` is the paper that asks."""

    SUBJECT = "subject__"
    GLASS = False

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="holds")
    basis = models.CharField("văn bản yêu cầu", max_length=200)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "lưu giữ theo yêu cầu pháp luật"
        ordering = ["subject_id", "from_on", "pk"]

    def __str__(self) -> str:
        return self.basis


class RequestKind(models.TextChoices):
    """What somebody asks about the own data (Law 91/2025/QH15, article 4)."""

    SEE = "see", _("Xem")
    CORRECT = "correct", _("Chỉnh sửa")
    RESTRICT = "restrict", _("Hạn chế xử lý")
    OBJECT = "object", _("Phản đối xử lý")
    ERASE = "erase", _("Xóa")


class RequestState(models.TextChoices):
    """How a request stands."""

    RECEIVED = "received", _("Mới nhận")
    ANSWERED = "answered", _("Đã trả lời tiếp nhận")
    DONE = "done", _("Đã thực hiện")
    REFUSED = "refused", _("Không thực hiện được, có lý do")


class DataRequest(models.Model):
    """A request of a person about the own file, with the law's limits (Decree 356/2025/NĐ-CP): answer, then finish.

    `answer_by` and `finish_by` are last days in time; extended once at most, to `extended_to`. What was asked and
    answered in words is `sealed`.
    """

    SUBJECT = "subject__"
    GLASS = False

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="requests")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField("yêu cầu", max_length=10, choices=RequestKind.choices)
    received_on = models.DateField("nhận ngày")
    answer_by = models.DateField("trả lời trước khi hết ngày")
    finish_by = models.DateField("xong trước khi hết ngày")
    extended_to = models.DateField("gia hạn đến hết ngày", null=True, blank=True)
    state = models.CharField("tình trạng", max_length=10, choices=RequestState.choices, default=RequestState.RECEIVED)
    answered_on = models.DateField("trả lời ngày", null=True, blank=True)
    finished_on = models.DateField("xong ngày", null=True, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "yêu cầu của chủ thể dữ liệu"
        ordering = ["-received_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_kind_display()}"


class RegisterExport(models.Model):
    """A list of people left the program: printed or taken away. `mark` is the watermark on each of its pages."""

    UNIT = "unit"

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="exports")
    kind = models.CharField("hình thức", max_length=20)
    mark = models.CharField("mã đánh dấu", max_length=20, unique=True)
    count = models.PositiveIntegerField("số người")
    at = models.DateTimeField("lúc")

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "lần xuất danh sách"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.mark
