"""Events: what was done on a day, with its evidence."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models.kinds import Kind, KindVersion
from pcmt.apps.activities.models.places import Place, RecordQuerySet
from pcmt.apps.plans.models import Plan, SourceFile
from pcmt.apps.tasks.models import Task
from pcmt.apps.units.models import Unit


class EventState(models.TextChoices):
    """How an event stands. Kinds that ask for no verification enter at once."""

    WAITING = "waiting", _("Chờ xác minh")
    ENTERED = "entered", _("Đã ghi")
    VERIFIED = "verified", _("Đã xác minh")
    RETURNED = "returned", _("Bị trả lại")
    VOIDED = "voided", _("Đã bỏ")


COUNTING = (EventState.ENTERED, EventState.VERIFIED)
"""States in which an event counts."""


LONGEST = timedelta(days=366)
"""So long an event may take; what takes longer is written down in parts. Lists need not look for it further back."""


class Way(models.TextChoices):
    """How an entry came in."""

    PAGE = "page", _("Nhập trên trang")
    PHONE = "phone", _("Nhập trên điện thoại")
    OFFLINE = "offline", _("Nhập khi không có mạng")
    GRID = "grid", _("Nhập bảng")
    SHEET = "sheet", _("Tệp Excel")
    API = "api", _("Phần mềm khác")


class Event(models.Model):
    """Something done. `body` did it (its figures are the body's), in the administrative unit `area`, on a day.

    `key` makes an entry count once, however often it is sent. `until` is the last day where it took several. `data`
    holds the fields of its kind by key. `plan` and `task` say what it was done for, where somebody said so.
    """

    RECORD = ""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="events", db_index=False)
    kind_version = models.ForeignKey(KindVersion, models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Unit, models.PROTECT, related_name="events", db_index=False)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="events_here", db_index=False)
    on = models.DateField("ngày")
    until = models.DateField("đến ngày", null=True, blank=True)
    time = models.TimeField("giờ", null=True, blank=True)
    title = models.CharField("tên", max_length=300)
    data = models.JSONField(default=dict)
    where = models.CharField("ở đâu", max_length=300, blank=True)
    lat = models.DecimalField("vĩ độ", max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField("kinh độ", max_digits=8, decimal_places=5, null=True, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="events_done")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="events")
    state = models.CharField("tình trạng", max_length=10, choices=EventState.choices, default=EventState.ENTERED)
    way = models.CharField("cách ghi", max_length=10, choices=Way.choices, default=Way.PAGE)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField("sửa lúc")
    version = models.PositiveIntegerField(default=1)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "hoạt động"
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(fields=["-on", "-id"], name="event_newest"),
            models.Index(fields=["body", "kind", "on"], name="event_body_kind_on"),
            models.Index(fields=["kind", "area", "on"], name="event_kind_area_on"),
            models.Index(fields=["body", "-on", "-id"], name="event_body_newest"),
            models.Index(fields=["area", "-on", "-id"], name="event_area_newest"),
            models.Index(fields=["kind", "-on", "-id"], name="event_kind_newest"),
            models.Index(fields=["made_by", "-on", "-id"], name="event_mine"),
            models.Index(fields=["body"], name="event_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(name="event_days", condition=Q(until__isnull=True) | Q(until__gt=F("on"))),
            models.CheckConstraint(
                name="event_point_whole",
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y} {self.title}"


class EventPlace(models.Model):
    """An event was held at a place."""

    RECORD = "event__"

    event = models.ForeignKey(Event, models.CASCADE, related_name="at_places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="at_events", db_index=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi diễn ra"
        indexes = [models.Index(fields=["place", "event"], name="event_place_where")]
        constraints = [models.UniqueConstraint(fields=["event", "place"], name="event_place_once")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.place_id}"


class EventFile(models.Model):
    """Evidence: a picture, made anew without what cameras write into it, or a document. `sha256` is of what is kept.

    `file` is none once the file was destroyed; its name and hash stay.
    """

    RECORD = "event__"

    event = models.ForeignKey(Event, models.CASCADE, related_name="files")
    file = models.ForeignKey(SourceFile, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField("tên tệp", max_length=255)
    sha256 = models.CharField(max_length=64)
    picture = models.BooleanField(default=False)
    caption = models.CharField("chú thích", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField("gửi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "minh chứng"
        ordering = ["event_id", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="event_file_once")]

    def __str__(self) -> str:
        return self.name


class StepWhat(models.TextChoices):
    """What was done with an entry."""

    CORRECTED = "corrected", _("Sửa")
    VERIFIED = "verified", _("Xác minh")
    RETURNED = "returned", _("Trả lại")
    VOIDED = "voided", _("Bỏ")
    RESTORED = "restored", _("Lấy lại")


class EventStep(models.Model):
    """What was done with an entry after it was made: by whom, why, and what stood before (`before`, by field)."""

    RECORD = "event__"

    event = models.ForeignKey(Event, models.CASCADE, related_name="steps")
    what = models.CharField("việc", max_length=10, choices=StepWhat.choices)
    words = models.CharField("lý do", max_length=500, blank=True)
    before = models.JSONField(default=dict)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "bước của hoạt động"
        ordering = ["event_id", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.event_id} {self.what}"
