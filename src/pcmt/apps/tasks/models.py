"""Tasks of adopted plans and due items: who owes what by when.

A due item is one unit's debt: a task (with or without a limit), a part of one that was handed down, or a report. Its
state is done or not; whether it is late follows from the limit and is never stored, so late stays late whatever happens
afterwards.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor, User, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.plans.models import Clause, Item, Meeting, Plan, Revision, SourceFile
from pcmt.apps.targets.models import Target
from pcmt.apps.units.models import Unit


class Mode(models.TextChoices):
    """Whether a body is ordered to do something or asked to."""

    ASSIGNED = "assigned", _("Giao")
    REQUESTED = "requested", _("Đề nghị")


class TaskState(models.TextChoices):
    """Whether a task is open, done, or gone from the plan."""

    OPEN = "open", _("Đang thực hiện")
    DONE = "done", _("Đã hoàn thành")
    ENDED = "ended", _("Không còn trong kế hoạch")


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks of visible plans."""

    def visible_to(self, actor: Actor | None) -> TaskQuerySet:
        return self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))

    def standing(self) -> TaskQuerySet:
        """Tasks that are part of the plan as it stands."""
        return self.exclude(state=TaskState.ENDED)


class Task(models.Model):
    """What has to be done, in the plan's own words. Requested tasks (đề nghị) are never counted late.

    `revision`, `item`, `clause` and the place are those of the newest revision that carries the task; `since` is the
    revision that brought it. State and percent follow from the due items of its units.

    What the office that keeps the plan gave beside its text (a decision of a briefing) has `given_at` and `given_by`
    instead of these: no revision brings it and none ends it.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="tasks")
    since = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="tasks")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="tasks")
    item = models.OneToOneField(Item, models.PROTECT, null=True, blank=True, related_name="task")
    given_at = models.DateTimeField("giao lúc", null=True, blank=True)
    given_by = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField("nguyên văn")
    search_key = models.TextField(editable=False, default="")
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    mode = models.CharField("hình thức", max_length=20, choices=Mode.choices, default=Mode.ASSIGNED)
    role = models.CharField("vai trò của đơn vị được giao", max_length=20, blank=True)
    advises = models.CharField("tham mưu cho", max_length=300, blank=True)
    condition = models.TextField("điều kiện", blank=True)
    state = models.CharField("trạng thái", max_length=20, choices=TaskState.choices, default=TaskState.OPEN)
    percent = models.PositiveSmallIntegerField("tiến độ", default=0)
    note = models.TextField("ghi chú mới nhất", blank=True)
    done_at = models.DateTimeField("xong lúc", null=True, blank=True)
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    ended_by = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "nhiệm vụ"
        ordering = ["plan_id", "order", "pk"]
        indexes = [models.Index(fields=["plan", "state", "order"], name="task_of_plan")]
        constraints = [
            models.CheckConstraint(name="task_percent", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="task_done_has_time",
                condition=~Q(state=TaskState.DONE) | Q(done_at__isnull=False),
            ),
            models.CheckConstraint(
                name="task_ended_by_revision",
                condition=(~Q(state=TaskState.ENDED) & Q(ended_by__isnull=True))
                | Q(state=TaskState.ENDED, ended_by__isnull=False)
                | Q(state=TaskState.ENDED, given_at__isnull=False),
            ),
            models.CheckConstraint(
                name="task_of_text_or_given",
                condition=Q(item__isnull=False, revision__isnull=False, since__isnull=False, given_at__isnull=True)
                | Q(item__isnull=True, revision__isnull=True, since__isnull=True, clause__isnull=True)
                & Q(given_at__isnull=False, given_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class PartyRole(models.TextChoices):
    """A body's part in a task."""

    LEAD = "lead", _("Chủ trì")
    JOINT = "joint", _("Cùng thực hiện")
    COORDINATE = "coordinate", _("Phối hợp")
    ADVISE = "advise", _("Tham mưu")
    REQUESTED = "requested", _("Được đề nghị")


class TaskPartyQuerySet(models.QuerySet["TaskParty"]):
    """Parties of visible tasks."""

    def visible_to(self, actor: Actor | None) -> TaskPartyQuerySet:
        return self.filter(task__in=Task.objects.visible_to(actor).values("pk"))


class TaskParty(models.Model):
    """A body's part in a task; `name` as the document writes it, `unit` the unit or group it was matched to.

    A task has at most one lead. Bodies named beside it in the same heading are joint. `owes` marks those under whose
    name the task stands, whatever their part: each has due items of its own. Mere partners owe nothing.
    `origin_unit` is the body whose part it was, when that ended and its heir took the part over.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="parties")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="task_parties")
    origin_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("đơn vị", max_length=300)
    role = models.CharField("vai trò", max_length=20, choices=PartyRole.choices)
    owes = models.BooleanField("phải thực hiện", default=False)
    order = models.PositiveSmallIntegerField(default=0)

    objects = TaskPartyQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị tham gia"
        ordering = ["task_id", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "name", "role"], name="task_party_once"),
            models.UniqueConstraint(fields=["task"], name="task_one_lead", condition=Q(role=PartyRole.LEAD)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"


class DueKind(models.TextChoices):
    """What is owed."""

    TASK = "task", pgettext_lazy("một mục", "Nhiệm vụ")
    REPORT = "report", _("Báo cáo")


class DueState(models.TextChoices):
    """Whether it is still owed."""

    OPEN = "open", _("Chưa xong")
    SUBMITTED = "submitted", _("Chờ nghiệm thu")
    DONE = "done", _("Đã xong")
    SUSPENDED = "suspended", _("Tạm dừng")
    CANCELLED = "cancelled", _("Đã hủy")
    ENDED = "ended", _("Không còn phải làm")


LIVE = (DueState.OPEN, DueState.SUBMITTED, DueState.SUSPENDED)
"""States of what is neither settled nor gone: it follows its body when units are reorganised."""
GONE = (DueState.CANCELLED, DueState.ENDED)
"""States of what nobody owes any more: no list and no count takes it, only its own page tells of it."""


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Conclusions of visible briefings."""

    def visible_to(self, actor: Actor | None) -> DecisionQuerySet:
        return self.filter(meeting__in=Meeting.objects.visible_to(actor).values("pk"))


class MinutesQuerySet(models.QuerySet["Minutes"]):
    """Minutes of visible briefings."""

    def visible_to(self, actor: Actor | None) -> MinutesQuerySet:
        return self.filter(meeting__in=Meeting.objects.visible_to(actor).values("pk"))


class Decision(models.Model):
    """A conclusion of a briefing (kết luận giao ban). What bodies have to do by it are its `due_items`, from the moment
    it was typed; one that names no body is only written down.

    `about` is the due item that it speaks of: then its due item is a part of that one. `key` is what the page that sent
    it made up, so that pressing twice makes one. Until the minutes are issued it may be taken back (`withdrawn_at`); it
    stays on record.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    order = models.PositiveSmallIntegerField("thứ tự")
    key = models.UUIDField(unique=True)
    words = models.TextField("kết luận")
    due_on = models.DateField("hạn", null=True, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="decisions")
    about = models.ForeignKey("DueItem", models.PROTECT, null=True, blank=True, related_name="decided")
    made_at = models.DateTimeField("lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_by_name = models.CharField("người ghi", max_length=200)
    withdrawn_at = models.DateTimeField("rút lúc", null=True, blank=True)
    withdrawn_by_name = models.CharField("người rút", max_length=200, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "kết luận giao ban"
        ordering = ["meeting_id", "order"]
        constraints = [models.UniqueConstraint(fields=["meeting", "order"], name="decision_order_once")]

    def __str__(self) -> str:
        return self.words[:80]


class Minutes(models.Model):
    """What a briefing came to, as an official notice (thông báo kết luận): frozen when it is issued.

    `words` are letterhead and signature as typed, `changes` what had changed since the briefing before (blocks of the
    document, as data). Only what the clerk adds comes later, number and day; and what was not signed may be withdrawn.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes")
    office = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    words = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    file = models.ForeignKey(SourceFile, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_by_name = models.CharField("người lập", max_length=200)
    number = models.CharField("số", max_length=20, blank=True)
    symbol = models.CharField("ký hiệu", max_length=60, blank=True)
    signed_on = models.DateField("ngày ký", null=True, blank=True)
    withdrawn_at = models.DateTimeField("rút lúc", null=True, blank=True)
    withdrawn_why = models.CharField("lý do rút", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo kết luận giao ban"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], name="minutes_one_standing", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="minutes_number_with_day",
                condition=Q(number="", signed_on__isnull=True) | (~Q(number="") & Q(signed_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="minutes_signed_stands", condition=Q(signed_on__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.designation or 'Thông báo kết luận giao ban'}, {self.meeting}"[:200]

    @property
    def designation(self) -> str:
        """Number and symbol, such as `120/TB-CAT`; empty while it has no number."""
        return f"{self.number}/{self.symbol}" if self.number and self.symbol else self.number


class DueItemQuerySet(models.QuerySet["DueItem"]):
    """Due items of visible plans, and which of them are late."""

    def visible_to(self, actor: Actor | None) -> DueItemQuerySet:
        return self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))

    def overdue(self, on: date) -> DueItemQuerySet:
        """Open, with a limit that has passed; what was only requested is never overdue.

        What is suspended, and what waits for acceptance, is not open.
        """
        return self.filter(state=DueState.OPEN, due_on__lt=on).exclude(mode=Mode.REQUESTED)

    def late(self, on: date) -> DueItemQuerySet:
        """Everything that missed its limit: still open after it, or done after it. Late stays late."""
        done = Q(state__in=(DueState.DONE, DueState.SUBMITTED), done_on__gt=F("due_on"))
        return self.filter(Q(state=DueState.OPEN, due_on__lt=on) | done).exclude(mode=Mode.REQUESTED)

    def owed(self) -> DueItemQuerySet:
        """Without what nobody owes any more."""
        return self.exclude(state__in=GONE)

    def of_plans(self) -> DueItemQuerySet:
        """What plans ask for themselves: without the parts that bodies handed down."""
        return self.filter(parent__isnull=True)


class DueItem(models.Model):
    """One unit owes one thing. `due_on` is the last day on which it is in time; none = a standing task, no limit.

    A body may hand its due item down in parts: each part is a due item with a `parent`, words and a limit of its own,
    owed by a lower unit or by the body itself and given by `given_by`. What a plan asks for has neither; it is given by
    the office that keeps the plan. `holder` is the person in the unit who has it in hand.

    Done is what the body reported as done, on `done_on`. Where that has to be accepted (`needs_acceptance`, or the
    plan's), it is submitted first; accepted, it is done as of the day it was reported; sent back, it is open again,
    `returned_at` says since when, and the clock runs on. `declined_at`: the body said that it is not its to do, and
    waits for an answer; it owes it meanwhile. What is suspended since `suspended_on` is not late for the time being.

    "Trước ngày 15" is kept with `due_on` the 14th; `limit_text` shows the words, `limit` the limit as read.
    `original_due_on` never changes, also when the limit is extended.

    `decision` is the conclusion of a briefing that gave it.

    Open items of a body that ends, or that gives a function away, go to another one: `origin_unit` is the first body
    that owed it. Two bodies that owed the same and become one owe it once: the other item ended and was `merged_into`
    the one that stays.
    """

    kind = models.CharField("loại", max_length=20, choices=DueKind.choices)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="due_items")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="due_items")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="due_items")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="due_items")
    unit_name = models.CharField("đơn vị trong văn bản", max_length=300)
    origin_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="due_items_left")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    given_by = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="due_items")
    holder = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="due_items_held")
    mode = models.CharField("hình thức", max_length=20, choices=Mode.choices, default=Mode.ASSIGNED)
    label = models.TextField("nội dung")
    search_key = models.TextField(editable=False, default="")
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    opens_on = models.DateField("mở từ ngày", null=True, blank=True)
    due_on = models.DateField("hạn chót", null=True, blank=True)
    original_due_on = models.DateField("hạn ban đầu", null=True, blank=True)
    limit = models.JSONField(null=True, blank=True)
    limit_text = models.CharField("hạn trong văn bản", max_length=300, blank=True)
    state = models.CharField("trạng thái", max_length=20, choices=DueState.choices, default=DueState.OPEN)
    percent = models.PositiveSmallIntegerField("tiến độ", default=0)
    done_at = models.DateTimeField("xong lúc", null=True, blank=True)
    done_on = models.DateField("ngày xong", null=True, blank=True)
    needs_acceptance = models.BooleanField("phải nghiệm thu", default=False)
    acknowledged_at = models.DateTimeField("nhận việc lúc", null=True, blank=True)
    declined_at = models.DateTimeField("đề nghị giao lại lúc", null=True, blank=True)
    returned_at = models.DateTimeField("bị trả lại lúc", null=True, blank=True)
    suspended_on = models.DateField("tạm dừng từ ngày", null=True, blank=True)
    changed_at = models.DateTimeField("thay đổi lúc", default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = DueItemQuerySet.as_manager()

    class Meta:
        verbose_name = "việc đến hạn"
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["unit", "state", "due_on"], name="due_by_unit"),
            models.Index(fields=["plan", "state", "due_on"], name="due_by_plan"),
            models.Index(fields=["state", "due_on"], name="due_by_date"),
        ]
        constraints = [
            models.CheckConstraint(
                name="due_task_or_report",
                condition=Q(kind=DueKind.TASK, task__isnull=False) | Q(kind=DueKind.REPORT, task__isnull=True),
            ),
            models.CheckConstraint(
                name="due_done_has_day",
                condition=~Q(state__in=(DueState.DONE, DueState.SUBMITTED))
                | Q(done_at__isnull=False, done_on__isnull=False),
            ),
            models.CheckConstraint(
                name="due_suspended_has_day",
                condition=Q(state=DueState.SUSPENDED, suspended_on__isnull=False)
                | (~Q(state=DueState.SUSPENDED) & Q(suspended_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="due_part_is_given",
                condition=Q(parent__isnull=True) | Q(parent__isnull=False, given_by__isnull=False),
            ),
            models.CheckConstraint(name="due_percent", condition=Q(percent__lte=100)),
            # What came from another body is owed beside what the unit owes itself, once for each origin.
            models.UniqueConstraint(
                fields=["task", "unit", "original_due_on"],
                name="due_task_once_per_day",
                condition=Q(
                    task__isnull=False, original_due_on__isnull=False, origin_unit__isnull=True, parent__isnull=True
                ),
            ),
            models.UniqueConstraint(
                fields=["task", "unit"],
                name="due_task_once_standing",
                condition=Q(
                    task__isnull=False, original_due_on__isnull=True, origin_unit__isnull=True, parent__isnull=True
                ),
            ),
            models.UniqueConstraint(
                fields=["task", "unit", "origin_unit", "original_due_on"],
                name="due_task_once_per_day_of_origin",
                condition=Q(
                    task__isnull=False, original_due_on__isnull=False, origin_unit__isnull=False, parent__isnull=True
                ),
            ),
            models.UniqueConstraint(
                fields=["task", "unit", "origin_unit"],
                name="due_task_once_standing_of_origin",
                condition=Q(
                    task__isnull=False, original_due_on__isnull=True, origin_unit__isnull=False, parent__isnull=True
                ),
            ),
            models.CheckConstraint(
                name="due_merged_is_ended", condition=Q(merged_into__isnull=True) | Q(state=DueState.ENDED)
            ),
        ]

    def __str__(self) -> str:
        return self.label[:80]

    def origins(self) -> list[Unit]:
        """The bodies that this was taken over from, itself or with what was merged into it; none when it was not."""
        own = [self.unit_id] if self.unit_id else []
        rows = Unit.objects.filter(
            Q(due_items_left=self.pk) | Q(due_items__merged_into=self.pk) | Q(due_items_left__merged_into=self.pk)
        )
        return list(rows.exclude(pk__in=own).distinct().in_official_order())

    def is_late(self, on: date) -> bool:
        """Missed its limit: open after it, or done after it; never for what was only requested."""
        if self.due_on is None or self.mode == Mode.REQUESTED or self.state in (*GONE, DueState.SUSPENDED):
            return False
        return (self.done_on or on) > self.due_on


class ProgressNoteQuerySet(models.QuerySet["ProgressNote"]):
    """Notes on visible due items."""

    def visible_to(self, actor: Actor | None) -> ProgressNoteQuerySet:
        return self.filter(due_item__in=DueItem.objects.visible_to(actor).values("pk"))


class NoteEvent(models.TextChoices):
    """What a note tells."""

    PROGRESS = "progress", pgettext_lazy("lịch sử", "Báo tiến độ")
    DONE = "done", pgettext_lazy("lịch sử", "Báo hoàn thành")
    REOPENED = "reopened", pgettext_lazy("lịch sử", "Mở lại")
    MOVED = "moved", pgettext_lazy("lịch sử", "Chuyển đơn vị thực hiện")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("lịch sử", "Nhận việc")
    DECLINED = "declined", pgettext_lazy("lịch sử", "Đề nghị giao lại")
    ANSWERED = "answered", pgettext_lazy("lịch sử", "Trả lời đề nghị giao lại")
    HANDED_DOWN = "handed_down", pgettext_lazy("lịch sử", "Giao xuống")
    HELD = "held", pgettext_lazy("lịch sử", "Phân công người phụ trách")
    ACCEPTED = "accepted", pgettext_lazy("lịch sử", "Nghiệm thu")
    RETURNED = "returned", pgettext_lazy("lịch sử", "Trả lại")
    EXTENSION_ASKED = "extension_asked", pgettext_lazy("lịch sử", "Xin gia hạn")
    EXTENDED = "extended", pgettext_lazy("lịch sử", "Cho gia hạn")
    EXTENSION_REFUSED = "extension_refused", pgettext_lazy("lịch sử", "Không cho gia hạn")
    EXTENSION_WITHDRAWN = "extension_withdrawn", pgettext_lazy("lịch sử", "Rút đề nghị gia hạn")
    SUSPENDED = "suspended", pgettext_lazy("lịch sử", "Tạm dừng")
    RESUMED = "resumed", pgettext_lazy("lịch sử", "Tiếp tục")
    CANCELLED = "cancelled", pgettext_lazy("lịch sử", "Hủy")
    NOTED = "noted", pgettext_lazy("lịch sử", "Đã nắm lời nhắc")
    UNDONE = "undone", pgettext_lazy("lịch sử", "Hoàn tác")


class ProgressNote(models.Model):
    """What somebody told about a due item: a percent, a note, files; also every other act on it.

    Nobody in particular (`actor` None) tells that it went to another body when units were reorganised.
    """

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="notes")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="notes")
    at = models.DateTimeField("lúc")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField("người báo", max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.CharField("việc", max_length=20, choices=NoteEvent.choices, default=NoteEvent.PROGRESS)
    percent = models.PositiveSmallIntegerField("tiến độ", default=0)
    note = models.TextField("ghi chú", blank=True)

    objects = ProgressNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "ghi nhận tiến độ"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["task", "-at"], name="progress_of_task"),
            models.Index(fields=["due_item", "-at"], name="progress_of_due"),
        ]

    def __str__(self) -> str:
        return f"{self.percent}% {self.note[:60]}"


class ReminderKind(models.TextChoices):
    """What people were called upon for."""

    SOON = "soon", _("Nhắc trước hạn")
    OVERDUE = "overdue", _("Nhắc quá hạn")
    ESCALATED = "escalated", _("Báo cấp trên")


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders of visible due items."""

    def visible_to(self, actor: Actor | None) -> ReminderQuerySet:
        return self.filter(due_item__in=DueItem.objects.visible_to(actor).values("pk"))


class Reminder(models.Model):
    """People were reminded of one limit of a due item, once for each step of its ladder (`core.periods.reminding`).

    `number`: days before the limit (soon), how many such calls there were before (overdue), else 0. `told`: how many
    people; none where nobody holds a role at the bodies concerned. `unit` is the body that owed it then.
    """

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="reminders")
    limit_on = models.DateField("hạn")
    kind = models.CharField("việc", max_length=20, choices=ReminderKind)
    number = models.PositiveSmallIntegerField(default=0)
    on = models.DateField("ngày nhắc")
    at = models.DateTimeField("lúc")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    told = models.PositiveSmallIntegerField("số người được nhắc", default=0)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "lời nhắc"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["due_item", "limit_on", "kind", "number"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on}"


class NoteFileQuerySet(models.QuerySet["NoteFile"]):
    """Files of visible notes."""

    def visible_to(self, actor: Actor | None) -> NoteFileQuerySet:
        return self.filter(note__in=ProgressNote.objects.visible_to(actor).values("pk"))


class NoteFile(models.Model):
    """A file that shows what a note says. `picture`: made anew from its pixels, so that it carries nothing else.

    Without `file` it was destroyed, because it bore a secrecy stamp; its name stays.
    """

    note = models.ForeignKey(ProgressNote, models.CASCADE, related_name="files")
    file = models.ForeignKey(SourceFile, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField("tên tệp", max_length=255)
    picture = models.BooleanField("là ảnh", default=False)
    order = models.PositiveSmallIntegerField(default=0)

    objects = NoteFileQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp minh chứng"
        ordering = ["note_id", "order", "pk"]

    def __str__(self) -> str:
        return self.name


class ExtensionState(models.TextChoices):
    """What became of a request for more time."""

    WAITING = "waiting", _("Chờ quyết định")
    APPROVED = "approved", _("Được gia hạn")
    REFUSED = "refused", _("Không được gia hạn")
    WITHDRAWN = "withdrawn", _("Đã rút")


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Requests for more time on visible due items."""

    def visible_to(self, actor: Actor | None) -> ExtensionQuerySet:
        return self.filter(due_item__in=DueItem.objects.visible_to(actor).values("pk"))


class Extension(models.Model):
    """A body asks for more time, before the limit and with its reason; the level that gave the task decides.

    `from_on` is the limit when it was asked, `wanted_on` what was asked for, `until` what was given. The limit that was
    set first stays on the due item (Decision 42/2014/QĐ-TTg: more time is asked for before the limit).
    """

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="extensions")
    state = models.CharField("trạng thái", max_length=20, choices=ExtensionState, default=ExtensionState.WAITING)
    from_on = models.DateField("hạn khi xin")
    wanted_on = models.DateField("xin đến hết ngày")
    reason = models.TextField("lý do")
    asked_at = models.DateTimeField("xin lúc")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_by_name = models.CharField("người xin", max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by_name = models.CharField("người quyết định", max_length=200, blank=True)
    until = models.DateField("được đến hết ngày", null=True, blank=True)
    answer = models.TextField("ý kiến", blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = "đề nghị gia hạn"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["due_item"], name="extension_one_waiting", condition=Q(state=ExtensionState.WAITING)
            ),
            models.CheckConstraint(name="extension_later", condition=Q(wanted_on__gt=F("from_on"))),
            models.CheckConstraint(
                name="extension_decided",
                condition=Q(state__in=(ExtensionState.WAITING, ExtensionState.WITHDRAWN), until__isnull=True)
                | Q(state=ExtensionState.REFUSED, until__isnull=True, decided_at__isnull=False)
                | Q(state=ExtensionState.APPROVED, until__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} → {self.wanted_on}"


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments on visible due items."""

    def visible_to(self, actor: Actor | None) -> CommentQuerySet:
        return self.filter(due_item__in=DueItem.objects.visible_to(actor).values("pk"))


class Comment(models.Model):
    """What people write to each other about a due item; `mentioned` are told of it. It changes nothing else."""

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="comments")
    at = models.DateTimeField("lúc")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    actor_name = models.CharField("người viết", max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    text = models.TextField("trao đổi")
    mentioned = models.ManyToManyField(User, related_name="+", blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "trao đổi"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["due_item", "at"], name="comments_of_due")]

    def __str__(self) -> str:
        return self.text[:80]


class DependencyQuerySet(models.QuerySet["Dependency"]):
    """Dependencies of visible tasks."""

    def visible_to(self, actor: Actor | None) -> DependencyQuerySet:
        return self.filter(after__in=Task.objects.visible_to(actor).values("pk"))


class Dependency(models.Model):
    """Task `after` can only be finished when task `before` is. Dependencies never go round in a circle."""

    before = models.ForeignKey(Task, models.CASCADE, related_name="followed_by")
    after = models.ForeignKey(Task, models.CASCADE, related_name="waits_for")
    made_at = models.DateTimeField("lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = DependencyQuerySet.as_manager()

    class Meta:
        verbose_name = "việc phải xong trước"
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="dependency_once"),
            models.CheckConstraint(name="dependency_of_two", condition=~Q(before=F("after"))),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"


class TaskTargetQuerySet(models.QuerySet["TaskTarget"]):
    """Links of visible tasks."""

    def visible_to(self, actor: Actor | None) -> TaskTargetQuerySet:
        return self.filter(task__in=Task.objects.visible_to(actor).values("pk"))


class TaskTarget(models.Model):
    """A task serves a target of its plan: said by a person."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="serves")
    target = models.ForeignKey(Target, models.CASCADE, related_name="served_by")
    made_at = models.DateTimeField("lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = TaskTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "chỉ tiêu của nhiệm vụ"
        constraints = [models.UniqueConstraint(fields=["task", "target"], name="task_target_once")]

    def __str__(self) -> str:
        return f"{self.task_id} → {self.target_id}"


class BatchWay(models.TextChoices):
    """How the due items of a batch were named, and what was said about them."""

    CHOSEN = "chosen", _("Chọn trong danh sách")
    TYPED = "typed", _("Nhập trong bảng")
    SHEET = "sheet", _("Nhập lại từ Excel")


class BatchState(models.TextChoices):
    """What became of a batch."""

    WAITING = "waiting", _("Chờ thực hiện")
    DONE = "done", pgettext_lazy("loạt việc", "Đã thực hiện")
    UNDONE = "undone", pgettext_lazy("loạt việc", "Đã hoàn tác")
    WITHDRAWN = "withdrawn", pgettext_lazy("loạt việc", "Đã bỏ")


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches."""

    def visible_to(self, actor: Actor | None) -> BatchQuerySet:
        """Those that the actor made at the unit where the actor works now: nobody else's."""
        if actor is None or not actor.sees("tasks.Batch"):
            return self.none()
        return self.filter(by_id=actor.user_id, owner_id=actor.unit_id)


class Batch(models.Model):
    """Many due items changed in one step, looked at before and undone as a whole.

    `act` is what is done to all of them, with what was said for it in `given`; where each row says its own (a table, a
    workbook) it is "". `rows` names the due items, each with the version that was seen and what its row says;
    `outcomes` is what becomes of each row, in their order: foreseen while the batch waits, then as it came about, and
    `seen` its digest. `touched` holds the due items that changed, as they were before and the version they were left
    with: that is what undoing needs. `grid` are the cells of a workbook, kept until the batch is carried out.
    """

    way = models.CharField("cách chọn", max_length=10, choices=BatchWay)
    act = models.CharField("việc làm", max_length=20, blank=True)
    state = models.CharField("tình trạng", max_length=10, choices=BatchState, default=BatchState.WAITING)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("tên tệp", max_length=255, blank=True)
    given = models.JSONField(default=dict, blank=True)
    grid = models.JSONField(default=list, blank=True)
    rows = models.JSONField(default=list, blank=True)
    outcomes = models.JSONField(default=list, blank=True)
    touched = models.JSONField(default=list, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    seen = models.CharField("dấu của kết quả xem trước", max_length=16, blank=True)
    at = models.DateTimeField("lập lúc")
    done_at = models.DateTimeField("thực hiện lúc", null=True, blank=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "loạt việc"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["by", "owner", "state"], name="batches_of_maker")]

    def __str__(self) -> str:
        return self.name or str(BatchWay(self.way).label)


class UrgingQuerySet(models.QuerySet["Urging"]):
    """Urging letters."""

    def visible_to(self, actor: Actor | None) -> UrgingQuerySet:
        """Letters to or from one's own unit, or the units one answers for; not those of everybody in the plan.

        An urging is between two offices: who sees what a body owes need not see that it was written to for it. What
        went over to another body shows that one the letter, too.
        """
        reach = sees("tasks.Urging", actor)
        if actor is None or reach < Reach.OWN:
            return self.none()
        units = reached_units(actor, reach) if reach >= Reach.SUBTREE else (actor.unit_id,)
        moved = UrgingItem.objects.filter(urging=OuterRef("pk"), due_item__unit__in=units)
        return self.filter(Q(office__in=units) | Q(unit__in=units) | Exists(moved))

    def standing(self) -> UrgingQuerySet:
        """Letters that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class Urging(models.Model):
    """An official letter of a standing office that urges one body to do what it owes (công văn đôn đốc).

    Its content is frozen when it is made: `words` (the letterhead and the signature as typed), its items, its file.
    Only what the clerk adds comes later, number and day of signing; and a letter that was not signed may be taken back.
    `as_of` is the day at whose end lateness was counted. `requested`: a courteous letter to a body that was only asked
    (đề nghị), in which nothing is ever overdue. Letters made in one go share their `batch`.
    """

    batch = models.UUIDField(db_index=True)
    office = models.ForeignKey(Unit, models.PROTECT, related_name="urgings_sent")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="urgings_received")
    unit_name = models.CharField("nơi nhận", max_length=300)
    requested = models.BooleanField("đề nghị phối hợp", default=False)
    as_of = models.DateField("tính đến hết ngày")
    words = models.JSONField(default=dict)
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_by_name = models.CharField("người lập", max_length=200)
    file = models.ForeignKey(SourceFile, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField("số", max_length=20, blank=True)
    symbol = models.CharField("ký hiệu", max_length=60, blank=True)
    signed_on = models.DateField("ngày ký", null=True, blank=True)
    withdrawn_at = models.DateTimeField("rút lúc", null=True, blank=True)
    withdrawn_why = models.CharField("lý do rút", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = UrgingQuerySet.as_manager()

    class Meta:
        verbose_name = "công văn đôn đốc"
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["office", "-made_at"], name="urgings_of_office"),
            models.Index(fields=["unit", "-made_at"], name="urgings_to_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "unit", "requested"], name="urging_once_a_batch"),
            models.CheckConstraint(
                name="urging_number_with_day",
                condition=Q(number="", signed_on__isnull=True) | (~Q(number="") & Q(signed_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="urging_signed_stands", condition=Q(signed_on__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.designation or 'Công văn đôn đốc'}, {self.unit_name}"[:200]

    @property
    def designation(self) -> str:
        """Number and symbol, such as `120/CAT-PC04`; empty while the letter has no number."""
        return f"{self.number}/{self.symbol}" if self.number and self.symbol else self.number


class UrgingItemQuerySet(models.QuerySet["UrgingItem"]):
    """What visible letters urge."""

    def visible_to(self, actor: Actor | None) -> UrgingItemQuerySet:
        return self.filter(urging__in=Urging.objects.visible_to(actor).values("pk"))


class UrgingItem(models.Model):
    """A due item in a letter, as it stood then.

    `times` counts the urgings of the item with this one; `last_on` is the day of the one before. `days_late` is 0 where
    the limit had not passed, and for what was only requested.
    """

    urging = models.ForeignKey(Urging, models.CASCADE, related_name="items")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="urgings")
    order = models.PositiveIntegerField()
    label = models.TextField("nội dung")
    plan_words = models.CharField("kế hoạch", max_length=400)
    clause = models.CharField("mục", max_length=120, blank=True)
    due_on = models.DateField("hạn chót")
    original_due_on = models.DateField("hạn ban đầu", null=True, blank=True)
    days_late = models.PositiveIntegerField("số ngày quá hạn", default=0)
    times = models.PositiveSmallIntegerField("lần đôn đốc", default=1)
    last_on = models.DateField("lần trước", null=True, blank=True)

    objects = UrgingItemQuerySet.as_manager()

    class Meta:
        verbose_name = "việc được đôn đốc"
        ordering = ["urging_id", "order"]
        constraints = [models.UniqueConstraint(fields=["urging", "due_item"], name="urging_item_once")]

    def __str__(self) -> str:
        return self.label[:80]


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Calendar feeds: one's own, nobody else's."""

    def visible_to(self, actor: Actor | None) -> CalendarFeedQuerySet:
        return self.none() if actor is None else self.filter(owner_id=actor.user_id)

    def live(self) -> CalendarFeedQuerySet:
        """Those that were not revoked."""
        return self.filter(revoked_at__isnull=True)


class CalendarFeed(models.Model):
    """An address that calendar programs read without signing in: what a `unit` owes, what is due in a `plan`, or, with
    neither, what the owner has in hand.

    Whoever knows the address sees what the owner may see, as of now. Kept is only the hash of its secret. `edition`
    counts what became different in it, `changed_at` is when that was last seen: a program that has the edition is told
    so instead of being sent it again.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    name = models.CharField("tên lịch", max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("tạo lúc")
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    read_at = models.DateTimeField("đọc gần nhất", null=True, blank=True)
    edition = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField("thay đổi lúc")

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "lịch đăng ký"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="feed_of_one", condition=Q(unit__isnull=True) | Q(plan__isnull=True)),
            models.UniqueConstraint(
                fields=["owner", "name"], name="feed_name_once", condition=Q(revoked_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeedEntry(models.Model):
    """An event as a feed last told it: with it a change raises SEQUENCE, and what goes is cancelled, not just gone.

    `key` names the event within the installation, `content` is a hash of what it says, `gone_at` when it was found
    to be no longer in the feed.
    """

    feed = models.ForeignKey(CalendarFeed, models.CASCADE, related_name="entries")
    key = models.CharField(max_length=30)
    content = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    first_on = models.DateField()
    last_on = models.DateField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "việc đã báo trong lịch"
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="feed_entry_once")]

    def __str__(self) -> str:
        return self.key
