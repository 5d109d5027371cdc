"""Reports: the regimes (duties) that ask for them, their occurrences, what is written, sent, accepted, consolidated."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor, Grant, User, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.plans.models import Clause, Item, Plan, Revision, SourceFile
from pcmt.apps.tasks.models import DueItem, Task
from pcmt.apps.units.models import Unit


class DutyState(models.TextChoices):
    """Whether a duty stands in the plan."""

    ACTIVE = "active", _("Đang áp dụng")
    ENDED = "ended", _("Không còn trong kế hoạch")


class Origin(models.TextChoices):
    """Who asked for a report."""

    PLAN = "plan", _("Kế hoạch")
    OFFICE = "office", _("Cơ quan thường trực yêu cầu")


class Method(models.TextChoices):
    """How a report is sent (Decree 09/2019/NĐ-CP, article 7)."""

    SOFTWARE = "software", _("Qua phần mềm này")
    PAPER = "paper", _("Văn bản giấy")
    SYSTEM = "system", _("Hệ thống khác")


class ReportFormQuerySet(models.QuerySet["ReportForm"]):
    """Report forms."""

    def visible_to(self, actor: Actor | None) -> ReportFormQuerySet:
        """Everybody who is signed in may read what reports ask for."""
        return self if actor is not None else self.none()


class ReportForm(models.Model):
    """A report form (mẫu báo cáo): an outline with its tables. `office` keeps it; none for those that come ready."""

    code = models.CharField("mã", max_length=60, unique=True)
    title = models.CharField("tên mẫu", max_length=300)
    office = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="report_forms")
    version = models.PositiveIntegerField(default=1)

    objects = ReportFormQuerySet.as_manager()

    class Meta:
        verbose_name = "mẫu báo cáo"
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class FormState(models.TextChoices):
    """Whether a version of a form may be used."""

    DRAFT = "draft", _("Đang soạn")
    IN_USE = "in_use", _("Đang dùng")
    ENDED = "ended", _("Không dùng nữa")


class ReportFormVersionQuerySet(models.QuerySet["ReportFormVersion"]):
    """Versions of report forms."""

    def visible_to(self, actor: Actor | None) -> ReportFormVersionQuerySet:
        """Everybody who is signed in may read what reports ask for."""
        return self if actor is not None else self.none()


class ReportFormVersion(models.Model):
    """One version of a form: `body` is a `core.schemas.ReportSchema` as data. Never changed once it is in use."""

    form = models.ForeignKey(ReportForm, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("phiên bản")
    body = models.JSONField()
    state = models.CharField("tình trạng", max_length=10, choices=FormState, default=FormState.DRAFT)
    words = models.CharField("thay đổi gì", max_length=300, blank=True)
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField("dùng từ", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReportFormVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên bản mẫu báo cáo"
        ordering = ["form_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="report_form_version_once"),
            models.UniqueConstraint(fields=["form"], name="report_form_one_in_use", condition=Q(state="in_use")),
            models.UniqueConstraint(fields=["form"], name="report_form_one_draft", condition=Q(state="draft")),
        ]

    def __str__(self) -> str:
        return f"{self.form} ({self.number})"


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties of visible plans."""

    def visible_to(self, actor: Actor | None) -> DutyQuerySet:
        return self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))


class Duty(models.Model):
    """A report regime (chế độ báo cáo): a report that a plan asks for, or the office that keeps the plan (`origin`).

    `kind` and `period` take the reading contract's words. Beside reporter and recipient it has what Decree
    09/2019/NĐ-CP (articles 7, 8) asks: name (`title`), content (`what`), route (`via`), method, limit (`due`),
    frequency (`period`), cut-off (the last day of a period in `calendar`), outline and tables (`form`), guidance
    for each level (`guidance`: level code to words). What the office asks for has no sentence in the plan: neither
    item, clause nor revision.

    Reports go up a ladder: those of this duty go into the reports of `feeds`, which the recipient writes for the next
    level. So a regime of several levels is a chain of duties, each with its own limit.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="duties")
    origin = models.CharField("ai yêu cầu", max_length=10, choices=Origin, default=Origin.PLAN)
    since = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="duties")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="duties")
    item = models.OneToOneField(Item, models.PROTECT, null=True, blank=True, related_name="duty")
    title = models.CharField("tên báo cáo", max_length=300, blank=True)
    form = models.ForeignKey(ReportForm, models.PROTECT, null=True, blank=True, related_name="duties")
    feeds = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="fed_duties")
    method = models.CharField("cách gửi", max_length=10, choices=Method, default=Method.SOFTWARE)
    calendar = models.CharField("lịch kỳ báo cáo", max_length=20, blank=True)
    guidance = models.JSONField("hướng dẫn từng cấp", default=dict, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField("yêu cầu lúc", null=True, blank=True)
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
    text = models.TextField("nguyên văn", blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    order = models.PositiveIntegerField(default=0)
    state = models.CharField("trạng thái", max_length=20, choices=DutyState.choices, default=DutyState.ACTIVE)
    ended_by = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField("thôi áp dụng lúc", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "chế độ báo cáo"
        ordering = ["plan_id", "order", "pk"]
        indexes = [models.Index(fields=["plan", "state", "order"], name="duty_of_plan")]
        constraints = [
            models.CheckConstraint(
                name="duty_ended_by_revision",
                condition=Q(state=DutyState.ACTIVE, ended_by__isnull=True, ended_at__isnull=True)
                | Q(state=DutyState.ENDED, ended_by__isnull=False)
                | Q(state=DutyState.ENDED, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="duty_of_plan_has_item",
                condition=Q(origin=Origin.OFFICE, item__isnull=True, asked_at__isnull=False)
                | Q(origin=Origin.PLAN, item__isnull=False, revision__isnull=False, since__isnull=False),
            ),
            models.CheckConstraint(name="duty_not_into_itself", condition=~Q(feeds=F("pk"))),
        ]

    def __str__(self) -> str:
        return (self.title or self.text)[:80]


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


class SubmissionState(models.TextChoices):
    """Where a report stands on its way."""

    DRAFT = "draft", pgettext_lazy("báo cáo", "Đang soạn")
    WAITING = "waiting", pgettext_lazy("báo cáo", "Chờ lãnh đạo duyệt")
    SENT = "sent", pgettext_lazy("báo cáo", "Đã gửi")
    RETURNED = "returned", pgettext_lazy("báo cáo", "Bị trả lại")
    ACCEPTED = "accepted", pgettext_lazy("báo cáo", "Đã tiếp nhận")
    CONSOLIDATED = "consolidated", pgettext_lazy("báo cáo", "Đã tổng hợp")


WRITABLE = (SubmissionState.DRAFT, SubmissionState.RETURNED)
"""States in which the body writes. A leader who wants changes hands the report back to the draft."""
TAKEN = (SubmissionState.ACCEPTED, SubmissionState.CONSOLIDATED)
"""States of a report that the recipient has taken: only these are consolidated."""


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Reports."""

    def visible_to(self, actor: Actor | None) -> SubmissionQuerySet:
        """Those of the own body; those of others once they were sent: by their recipient, and by who answers for them.

        What a body is still writing is its own business. That it owes a report, everybody sees at the due item.
        """
        reach = sees("reports.Submission", actor)
        if actor is None or reach < Reach.OWN:
            return self.none()
        seen = Q(unit_id=actor.unit_id) | Q(sent_once=True, duty__recipient_id=actor.unit_id)
        if reach >= Reach.SUBTREE:
            seen |= Q(sent_once=True, unit__in=reached_units(actor, reach))
        return self.filter(seen)


class Submission(models.Model):
    """A report that one body writes for one occurrence of a duty (báo cáo). Its `version` counts changes of its state.

    `about` is the unit whose figures it tells: the body itself, or the area that it answers for. `period_from` and
    `period_to` (both days included) and `unit` are those of the occurrence; when the body ends, its open report goes
    to its heir with the due item. `nothing`: the body says that there was nothing to report; that differs from no
    report. `words` are letterhead, signature and recipients of the document (`documents.output.official`).

    Sent content is frozen in `SubmissionEdition`; `edition` is the number of the last one sent, 0 before. A report
    that is corrected after it was accepted is written again (`correcting`: the reason) while its last edition stands.
    `number`, `symbol` and `signed_on` are those of the signed document, `signed` a scan of it (none: not kept, or
    destroyed because it bore a secrecy stamp).
    """

    occurrence = models.OneToOneField(DutyOccurrence, models.PROTECT, related_name="submission")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="submissions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="submissions")
    about = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    form_version = models.ForeignKey(ReportFormVersion, models.PROTECT, related_name="submissions")
    period_from = models.DateField("từ ngày", null=True, blank=True)
    period_to = models.DateField("đến ngày", null=True, blank=True)
    state = models.CharField("tình trạng", max_length=15, choices=SubmissionState, default=SubmissionState.DRAFT)
    nothing = models.BooleanField("không có nội dung phát sinh", default=False)
    correcting = models.CharField("lý do đính chính", max_length=500, blank=True)
    sent_once = models.BooleanField(default=False)
    edition = models.PositiveIntegerField(default=0)
    words = models.JSONField("thể thức", default=dict, blank=True)
    number = models.CharField("số", max_length=20, blank=True)
    symbol = models.CharField("ký hiệu", max_length=60, blank=True)
    signed_on = models.DateField("ngày ký", null=True, blank=True)
    signed = models.ForeignKey(SourceFile, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField("mở lúc")
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    known_at = models.DateTimeField("số liệu lấy lúc")
    changed_at = models.DateTimeField("thay đổi lúc")
    version = models.PositiveIntegerField(default=1)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo"
        ordering = ["-period_to", "-pk"]
        indexes = [
            models.Index(fields=["unit", "state"], name="submissions_of_unit"),
            models.Index(fields=["duty", "period_to", "state"], name="submissions_of_duty"),
        ]
        constraints = [
            models.CheckConstraint(
                name="submission_number_with_day",
                condition=Q(number="", signed_on__isnull=True) | (~Q(number="") & Q(signed_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="submission_sent_has_edition",
                condition=Q(state__in=("draft", "waiting")) | Q(edition__gt=0, sent_once=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty}: {self.unit}"[:200]

    @property
    def designation(self) -> str:
        """Number and symbol, such as `45/BC-UBND`; empty while the document has no number."""
        return f"{self.number}/{self.symbol}" if self.number and self.symbol else self.number


class OfSubmissionQuerySet(models.QuerySet[models.Model]):
    """What belongs to reports: seen with them."""

    def visible_to(self, actor: Actor | None) -> OfSubmissionQuerySet:
        return self.filter(submission__in=Submission.objects.visible_to(actor).values("pk"))


class SubmissionSection(models.Model):
    """The text of a section while it is written. `version` is what the next writer has to have seen.

    `draft` are the sentences that the program made, with the figures that their numbers come from; `carried_from` the
    edition of an earlier report whose words stood here first.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=60)
    text = models.TextField(blank=True)
    draft = models.JSONField(default=list, blank=True)
    carried_from = models.ForeignKey("SubmissionEdition", models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField("thay đổi lúc", null=True, blank=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "mục của báo cáo"
        constraints = [models.UniqueConstraint(fields=["submission", "key"], name="report_section_once")]

    def __str__(self) -> str:
        return self.key


class SubmissionFigure(models.Model):
    """The number of a line while it is written: in units of 10^-`places`. `version` as with sections.

    `counted` is what the program knew at `Submission.known_at`. A number that was not typed follows it; `typed` stays
    as it is, and `reason` says why it differs. `value` None is a blank, which is not 0; `applies` False says that the
    line does not apply to the body.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="figures")
    line = models.CharField(max_length=60)
    places = models.PositiveSmallIntegerField(default=0)
    value = models.BigIntegerField(null=True, blank=True)
    counted = models.BigIntegerField(null=True, blank=True)
    applies = models.BooleanField(default=True)
    typed = models.BooleanField(default=False)
    reason = models.CharField("vì sao khác số đã có", max_length=500, blank=True)
    explanation = models.CharField("giải trình biến động", max_length=500, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    told = models.PositiveIntegerField(null=True, blank=True)
    expected = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField("thay đổi lúc", null=True, blank=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu của báo cáo"
        constraints = [
            models.UniqueConstraint(fields=["submission", "line"], name="report_figure_once"),
            models.CheckConstraint(name="report_figure_applies", condition=Q(applies=True) | Q(value__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.value}"


class EditionState(models.TextChoices):
    """What became of what was sent."""

    SENT = "sent", pgettext_lazy("lần gửi", "Chờ tiếp nhận")
    ACCEPTED = "accepted", pgettext_lazy("lần gửi", "Đã tiếp nhận")
    RETURNED = "returned", pgettext_lazy("lần gửi", "Bị trả lại")
    RECALLED = "recalled", pgettext_lazy("lần gửi", "Đã thu hồi")
    REPLACED = "replaced", pgettext_lazy("lần gửi", "Đã có bản đính chính")


class SubmissionEdition(models.Model):
    """What was sent, once: frozen. Only `state` and who accepted it are written later.

    `content` is a `core.schemas.Content` as canonical JSON, `seal` its SHA-256. `cutoff` is the day at whose end the
    figures were taken, `known_at` the moment. `reason` says why it corrects an edition that was accepted before.
    `days_late` counts from the limit that stood when it was sent; none when it was in time.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField("lần")
    form_version = models.ForeignKey(ReportFormVersion, models.PROTECT, related_name="+")
    content = models.JSONField()
    seal = models.CharField("mã băm", max_length=64)
    cutoff = models.DateField("chốt số liệu")
    known_at = models.DateTimeField("số liệu lấy lúc")
    nothing = models.BooleanField(default=False)
    reason = models.CharField("lý do đính chính", max_length=500, blank=True)
    sent_at = models.DateTimeField("gửi lúc")
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_by_name = models.CharField("người gửi", max_length=200)
    approved_by_name = models.CharField("người duyệt", max_length=200, blank=True)
    approved_at = models.DateTimeField("duyệt lúc", null=True, blank=True)
    days_late = models.PositiveIntegerField("số ngày trễ", null=True, blank=True)
    state = models.CharField("kết quả", max_length=10, choices=EditionState, default=EditionState.SENT)
    settled_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "lần gửi báo cáo"
        ordering = ["submission_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="report_edition_once"),
            models.UniqueConstraint(
                fields=["submission"], name="report_edition_one_accepted", condition=Q(state="accepted")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.number}"


class StepEvent(models.TextChoices):
    """What happened to a report."""

    OPENED = "opened", pgettext_lazy("bước báo cáo", "Mở báo cáo")
    ASKED = "asked", pgettext_lazy("bước báo cáo", "Trình lãnh đạo")
    HANDED_BACK = "handed_back", pgettext_lazy("bước báo cáo", "Lãnh đạo đề nghị sửa")
    APPROVED = "approved", pgettext_lazy("bước báo cáo", "Lãnh đạo duyệt")
    SENT = "sent", pgettext_lazy("bước báo cáo", "Gửi")
    RECALLED = "recalled", pgettext_lazy("bước báo cáo", "Thu hồi")
    RETURNED = "returned", pgettext_lazy("bước báo cáo", "Trả lại")
    ACCEPTED = "accepted", pgettext_lazy("bước báo cáo", "Tiếp nhận")
    CONSOLIDATED = "consolidated", pgettext_lazy("bước báo cáo", "Đưa vào báo cáo tổng hợp")
    CORRECTING = "correcting", pgettext_lazy("bước báo cáo", "Mở đính chính")
    DROPPED = "dropped", pgettext_lazy("bước báo cáo", "Bỏ đính chính")
    MOVED = "moved", pgettext_lazy("bước báo cáo", "Chuyển đơn vị lập")
    SIGNED = "signed", pgettext_lazy("bước báo cáo", "Ghi số, ngày ký")


class SubmissionStep(models.Model):
    """One step of a report: who did it, when, in which role by which grant. Nobody in particular: the program."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="steps")
    event = models.CharField("việc", max_length=15, choices=StepEvent)
    at = models.DateTimeField("lúc")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField("người thực hiện", max_length=200, blank=True)
    role = models.CharField("vai trò", max_length=40, blank=True)
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    edition = models.PositiveIntegerField("lần gửi", default=0)
    note = models.TextField("ghi chú", blank=True)

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "bước của báo cáo"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_event_display()} {self.at:%d/%m/%Y}"


class SectionComment(models.Model):
    """Something said about a section of a report (about all of it: no `section`), until it is settled."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="comments")
    section = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField("lúc")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    actor_name = models.CharField("người góp ý", max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    words = models.TextField("góp ý")
    settled_at = models.DateTimeField("xong lúc", null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "góp ý báo cáo"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.words[:60]


class SubmissionPicture(models.Model):
    """A picture in a section, made anew from its pixels so that it carries nothing else."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="pictures")
    section = models.CharField(max_length=60)
    file = models.ForeignKey(SourceFile, models.PROTECT, related_name="+")
    caption = models.CharField("chú thích", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "ảnh của báo cáo"
        ordering = ["submission_id", "order", "pk"]

    def __str__(self) -> str:
        return self.caption or str(self.pk)


class Consolidation(models.Model):
    """Accepted reports were gathered into the report of the next level: one run, which the next one may complete.

    `missing` are the bodies that had not reported, as said then. What two runs differ in is what came between them.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="consolidations")
    number = models.PositiveIntegerField("lần")
    at = models.DateTimeField("lúc")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField("người tổng hợp", max_length=200, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    missing = models.JSONField(default=list, blank=True)

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "lần tổng hợp"
        ordering = ["submission_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="consolidation_once")]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.number}"


class OfConsolidationQuerySet(models.QuerySet["ConsolidationPart"]):
    """What consolidations gathered."""

    def visible_to(self, actor: Actor | None) -> OfConsolidationQuerySet:
        return self.filter(consolidation__submission__in=Submission.objects.visible_to(actor).values("pk"))


class ConsolidationPart(models.Model):
    """A sent edition that a consolidation took in; `counted` is off where another part holds its figures already."""

    consolidation = models.ForeignKey(Consolidation, models.CASCADE, related_name="parts")
    edition = models.ForeignKey(SubmissionEdition, models.PROTECT, related_name="taken_in")
    counted = models.BooleanField(default=True)
    why = models.CharField("vì sao không cộng", max_length=300, blank=True)

    objects = OfConsolidationQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo được tổng hợp"
        constraints = [models.UniqueConstraint(fields=["consolidation", "edition"], name="consolidation_part_once")]

    def __str__(self) -> str:
        return f"{self.consolidation_id}: {self.edition_id}"


class RestatementQuerySet(models.QuerySet["Restatement"]):
    """Corrections of visible reports."""

    def visible_to(self, actor: Actor | None) -> RestatementQuerySet:
        return self.filter(edition__submission__in=Submission.objects.visible_to(actor).values("pk"))


class Restatement(models.Model):
    """A number of an accepted report was corrected: old and new, why, by which edition. The next report shows it."""

    edition = models.ForeignKey(SubmissionEdition, models.PROTECT, related_name="restatements")
    line = models.CharField(max_length=60)
    label = models.CharField("chỉ tiêu", max_length=300)
    places = models.PositiveSmallIntegerField(default=0)
    old = models.BigIntegerField("số cũ", null=True, blank=True)
    new = models.BigIntegerField("số mới", null=True, blank=True)
    reason = models.CharField("lý do", max_length=500)

    objects = RestatementQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu đính chính"
        constraints = [models.UniqueConstraint(fields=["edition", "line"], name="report_restated_once")]

    def __str__(self) -> str:
        return f"{self.label}: {self.old} → {self.new}"


class ExportState(models.TextChoices):
    """How far a batch of documents is."""

    WORKING = "working", pgettext_lazy("xuất báo cáo", "Đang tạo")
    READY = "ready", pgettext_lazy("xuất báo cáo", "Đã tạo xong")
    FAILED = "failed", pgettext_lazy("xuất báo cáo", "Chưa tạo được")


class ExportBatchQuerySet(models.QuerySet["ExportBatch"]):
    """Batches of documents."""

    def visible_to(self, actor: Actor | None) -> ExportBatchQuerySet:
        """Those that the actor made at the unit where the actor works now."""
        if actor is None or not actor.sees("reports.ExportBatch"):
            return self.none()
        return self.filter(by_id=actor.user_id, owner_id=actor.unit_id)


class ExportBatch(models.Model):
    """Many reports as documents in one zip, made in the background. `editions` are the sent editions, in order."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    kind = models.CharField("loại tệp", max_length=10)
    editions = models.JSONField(default=list)
    state = models.CharField("tình trạng", max_length=10, choices=ExportState, default=ExportState.WORKING)
    job = models.CharField(max_length=64, blank=True)
    progress = models.PositiveIntegerField(default=0)
    problem = models.CharField("vì sao chưa tạo được", max_length=500, blank=True)
    file = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField("yêu cầu lúc")
    done_at = models.DateTimeField("xong lúc", null=True, blank=True)
    purged_at = models.DateTimeField("xóa tệp lúc", null=True, blank=True)

    objects = ExportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "lần xuất báo cáo"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%d/%m/%Y}"
