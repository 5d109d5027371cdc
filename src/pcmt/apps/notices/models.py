"""What is told to whom. The rooms above say what happened; this one knows no plan and no task."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
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


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, as far as the actor may see them."""

    def visible_to(self, actor: Actor | None) -> NoticeQuerySet:
        """One's own, nobody else's."""
        return self.none() if actor is None else self.filter(user_id=actor.user_id)

    def unread(self) -> NoticeQuerySet:
        """Not opened yet."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One person is told one thing once: `key` says which, so that whoever tells again tells nothing.

    `title` is Vietnamese and names no person of the registers; `address` is the path of the page to open, `about` the
    label and id of the row it is about, such as `tasks.DueItem` and `17`. `unit` is the one in whose matters it is.
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
