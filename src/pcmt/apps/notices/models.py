"""What is told to whom. The rooms above say what happened; this one knows no plan and no task."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, Outgoing, User
from pcmt.apps.units.models import Unit


class Reason(models.TextChoices):
    """Why somebody is told: notices are grouped, and may be switched off by mail, by it."""

    ASSIGNED = "assigned", _("Được giao việc")
    SOON = "soon", _("Sắp tới hạn")
    OVERDUE = "overdue", _("Quá hạn")
    ESCALATED = "escalated", _("Báo cáo cấp trên về việc quá hạn")
    SUBMITTED = "submitted", _("Chờ tôi nghiệm thu")
    ACCEPTED = "accepted", _("Được nghiệm thu")
    RETURNED = "returned", _("Bị trả lại")
    DECLINED = "declined", _("Đơn vị đề nghị giao lại")
    EXTENSION = "extension", _("Xin gia hạn")
    DECIDED = "decided", _("Trả lời đề nghị")
    MENTIONED = "mentioned", _("Được nhắc tên")
    CHANGED = "changed", _("Việc thay đổi")
    URGED = "urged", _("Bị đôn đốc")
    VERDICT = "verdict", _("Chỉ tiêu chậm hoặc không đạt")


KEPT_IN_BELL = frozenset(
    {Reason.ASSIGNED, Reason.OVERDUE, Reason.ESCALATED, Reason.SUBMITTED, Reason.RETURNED, Reason.DECLINED}
    | {Reason.EXTENSION, Reason.URGED}
)
"""Reasons that always count in the bell: somebody waits for the person told, so that nobody can choose not to know."""


class Way(models.TextChoices):
    """How somebody is told. In the list of notices everything stands, whatever was switched off."""

    BELL = "bell", _("Chuông")
    MAIL = "mail", _("Thư")


class OwnQuerySet(models.QuerySet[Any]):
    """Rows that belong to one person and are seen by nobody else."""

    def visible_to(self, actor: Actor | None) -> Self:
        """One's own, nobody else's."""
        return self.none() if actor is None else self.filter(user_id=actor.user_id)


class NoticeQuerySet(OwnQuerySet):
    """Notices, as far as the actor may see them."""

    def unread(self) -> Self:
        """Not opened yet."""
        return self.filter(read_at__isnull=True)

    def wanted(self, way: Way) -> Self:
        """Those whose reason the person has not switched off on this way."""
        return self.exclude(Exists(Mute.objects.filter(user=OuterRef("user"), reason=OuterRef("reason"), way=way)))


class Rhythm(models.TextChoices):
    """How often somebody gets the letter that gathers what is new."""

    DAILY = "daily", _("Mỗi ngày")
    WEEKLY = "weekly", _("Mỗi tuần, vào đầu tuần")
    NEVER = "never", _("Không gửi thư")


class Preference(models.Model):
    """How a person wants to be told by mail; who has no row gets what a row has at first.

    Hours are of the local clock. From `quiet_from` on and before `quiet_to` no letter goes out, over midnight where
    the former is the later; the same hour twice is no quiet at all. `hour` never lies in the quiet hours.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="preference")
    rhythm = models.CharField("gửi thư", max_length=10, choices=Rhythm, default=Rhythm.DAILY)
    hour = models.PositiveSmallIntegerField("giờ gửi", default=7)
    quiet_from = models.PositiveSmallIntegerField("yên tĩnh từ", default=21)
    quiet_to = models.PositiveSmallIntegerField("yên tĩnh đến", default=6)
    workdays_only = models.BooleanField("chỉ ngày làm việc", default=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "cách nhận thông báo"
        constraints = [
            models.CheckConstraint(
                name="preference_hours", condition=Q(hour__lt=24, quiet_from__lt=24, quiet_to__lt=24)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_rhythm_display()}"


class Mute(models.Model):
    """A person switched a reason off on one way."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mutes")
    reason = models.CharField("lý do", max_length=20, choices=Reason)
    way = models.CharField("cách báo", max_length=4, choices=Way)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "lý do không báo"
        constraints = [models.UniqueConstraint(fields=["user", "reason", "way"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.reason}, {self.way}"


class Digest(Outgoing):
    """The letter that tells a person what is new: one for a person and day, however often its job runs.

    `tried_at` is when a worker took it up last; for some minutes nobody else does (`operations.digests`).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="digests")
    day = models.DateField("ngày")
    tried_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "thư tổng hợp"
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once")]
        indexes = [
            models.Index(
                fields=["tries"], name="digests_waiting", condition=Q(sent_at__isnull=True, given_up_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.day:%d/%m/%Y}"


class Notice(models.Model):
    """One person is told one thing once: `key` says which, so that whoever tells again tells nothing.

    `title` is Vietnamese and names no person of the registers; `address` is the path of the page to open, `about` the
    label and id of the row it is about, such as `tasks.DueItem` and `17`. `unit` is the one in whose matters it is.
    `digest` is the letter that is to tell it or told it, `mailed_at` when that letter was out.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("lý do", max_length=20, choices=Reason)
    key = models.CharField(max_length=120)
    title = models.CharField("nội dung", max_length=300)
    address = models.CharField("trang", max_length=200)
    about = models.CharField(max_length=60)
    about_id = models.CharField(max_length=40)
    at = models.DateTimeField("lúc")
    read_at = models.DateTimeField("đọc lúc", null=True, blank=True)
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, blank=True, related_name="notices")
    mailed_at = models.DateTimeField("gửi thư lúc", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["user", "read_at", "-at"], name="notices_of_user"),
            models.Index(fields=["about", "about_id"], name="notices_about"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]

    def __str__(self) -> str:
        return self.title
