"""Plans and their documents.

A *plan* has *revisions*; a revision is one document text with what was read in it: *clauses* (its outline) and *items*
(targets, tasks, duties... each with its place in the text), which people accept, reject, edit and add. Nothing of it
is in force until the revision is adopted. Places are half-open spans of code points in `Revision.text`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor, User, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.plans import showing
from pcmt.apps.units.models import Unit, UnitClosure, holds_on


class ListName(models.TextChoices):
    """The lists of the reading contract that people review."""

    TARGETS = "targets", _("Chỉ tiêu")
    ALLOCATIONS = "allocations", _("Giao chỉ tiêu")
    ASSIGNMENTS = "assignments", _("Phân công")
    TASKS = "tasks", _("Nhiệm vụ")
    DEADLINES = "deadlines", _("Thời hạn")
    REPORTING_DUTIES = "reporting_duties", _("Chế độ báo cáo")
    PROJECTS = "projects", _("Dự án")
    CAMPAIGN_WINDOWS = "campaign_windows", _("Đợt cao điểm")


def below(unit: Any, on: date) -> Any:
    """Ids of the units at or below a unit (an id, or a query of ids), for `__in`."""
    look = {"ancestor_id": unit} if isinstance(unit, int) else {"ancestor__in": unit}
    return UnitClosure.objects.filter(holds_on(on), **look).values("descendant_id")


def above(unit_id: int, on: date) -> Any:
    """Ids of the units strictly above a unit, for `__in`."""
    return UnitClosure.objects.filter(holds_on(on), descendant_id=unit_id, depth__gt=0).values("ancestor_id")


class SourceFileQuerySet(models.QuerySet["SourceFile"]):
    """Kept files of visible revisions."""

    def visible_to(self, actor: Actor | None) -> SourceFileQuerySet:
        """Files that are the source of a visible revision, that the actor sent in, or that something visible refers to
        (`plans.showing`)."""
        if actor is None:
            return self.none()
        used = Q(Exists(Revision.objects.visible_to(actor).filter(source=OuterRef("pk"))))
        for shown in showing.QUERIES:
            used |= Q(Exists(shown(actor).filter(file=OuterRef("pk"))))
        return self.filter(Q(uploaded_by_id=actor.user_id) | used)


class SourceFile(models.Model):
    """A file as it came in, kept once by its hash, never changed. `layer` tells where its text stood (pages, ...)."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField("tên tệp", max_length=255)
    media_type = models.CharField("loại tệp", max_length=120, blank=True)
    size = models.PositiveBigIntegerField("dung lượng")
    path = models.CharField(max_length=200, editable=False)
    layer = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("gửi lúc")

    objects = SourceFileQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp gốc"

    def __str__(self) -> str:
        return self.name


class PlanKind(models.TextChoices):
    """What sort of plan it is."""

    PLAN = "plan", _("Kế hoạch")
    PROGRAMME = "programme", _("Chương trình")
    CAMPAIGN = "campaign", pgettext_lazy("một mục", "Đợt cao điểm")
    PROJECT = "project", pgettext_lazy("một mục", "Dự án")


class PlanState(models.TextChoices):
    """Where a plan stands in its life."""

    DRAFT = "draft", _("Dự thảo")
    ADOPTED = "adopted", _("Đang thực hiện")
    CLOSED = "closed", _("Đã kết thúc")
    WITHDRAWN = "withdrawn", _("Đã rút")


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans, and the one rule of who sees them."""

    def in_force(self) -> PlanQuerySet:
        """Plans that were adopted, also those that have ended since."""
        return self.filter(state__in=(PlanState.ADOPTED, PlanState.CLOSED))

    def visible_to(self, actor: Actor | None) -> PlanQuerySet:
        """The one rule of who sees a plan; everything that hangs below a plan asks it.

        Everyone sees plans in force that name their unit (or a group it belongs to) or were issued above it.
        Leaders and their like also see all plans of the subtree of the own unit; a standing office all of the subtree
        of the committee it serves, because it answers for them: as far as the table of rights says.
        """
        reach = sees("plans.Plan", actor)
        if actor is None or reach < Reach.NAMED:
            return self.none()
        on = actor.on
        own = Q(pk=actor.unit_id)
        if reach >= Reach.SUBTREE:
            own = Q(pk__in=below(actor.unit_id, on))
        named = PlanUnit.objects.filter(plan=OuterRef("pk"), unit__in=Unit.objects.filter(own).values("pk"))
        seen = Q(state__in=(PlanState.ADOPTED, PlanState.CLOSED)) & (
            Exists(named)
            | Q(issuer_id=actor.unit_id)
            | Q(issuer_heir_id=actor.unit_id)
            | Q(issuer__in=above(actor.unit_id, on))
            | Q(issuer_heir__in=above(actor.unit_id, on))
        )
        if reach < Reach.SUBTREE:
            return self.filter(seen)
        units = reached_units(actor, reach)
        return self.filter(seen | Q(owner__in=units) | Q(issuer__in=units))


class Plan(models.Model):
    """A plan, programme, campaign or project: its window, issuer, the standing office that keeps it, its parent.

    A plan keeps its issuer for ever; when that has ended, `issuer_heir` answers for it and sees what the issuer saw.
    `parent` contains it (a project of a programme); `carries_out` is the plan of a level above that it carries out,
    proposed from the legal bases of its text until a person says so (`carries_out_at`). `cover_due_on` is the last day
    by which the bodies below are to have issued plans that carry this one out.
    """

    kind = models.CharField("loại", max_length=20, choices=PlanKind.choices, default=PlanKind.PLAN)
    title = models.TextField("tên kế hoạch")
    search_key = models.TextField(editable=False, default="")
    number = models.CharField("số", max_length=40, blank=True)
    symbol = models.CharField("ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="plans_issued")
    issuer_heir = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="plans_kept")
    lead = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="plans_led")
    lead_name = models.CharField("đơn vị chủ trì", max_length=300, blank=True)
    window_from = models.DateField("từ ngày", null=True, blank=True)
    window_to = models.DateField("đến ngày", null=True, blank=True, help_text="ngày cuối cùng, tính cả ngày này")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    item = models.ForeignKey("Item", models.PROTECT, null=True, blank=True, related_name="child_plans")
    key = models.CharField(max_length=40, blank=True, editable=False)
    order = models.PositiveIntegerField(default=0, editable=False)
    carries_out = models.ForeignKey(
        "self", models.PROTECT, verbose_name="triển khai kế hoạch", null=True, blank=True, related_name="carried_out_by"
    )
    carries_out_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    cover_due_on = models.DateField("cấp dưới phải ban hành kế hoạch đến hết ngày", null=True, blank=True)
    state = models.CharField("trạng thái", max_length=20, choices=PlanState.choices, default=PlanState.DRAFT)
    needs_acceptance = models.BooleanField(
        "phải nghiệm thu", default=False, help_text="kết quả đơn vị báo xong do cơ quan chủ trì kế hoạch nghiệm thu"
    )
    reminds = models.BooleanField(
        "tự động nhắc hạn", default=True, help_text="nhắc trước hạn, khi quá hạn, và báo cấp trên khi không trả lời"
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("tạo lúc")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "kế hoạch"
        constraints = [
            models.CheckConstraint(
                name="plan_window_in_order",
                condition=Q(window_from__isnull=True) | Q(window_to__isnull=True) | Q(window_to__gte=F("window_from")),
            ),
            models.UniqueConstraint(
                fields=["parent", "item", "key"], name="plan_child_once", condition=Q(item__isnull=False)
            ),
            models.CheckConstraint(
                name="plan_not_its_own_parent",
                condition=Q(carries_out__isnull=True) | ~Q(carries_out=F("pk")),
            ),
        ]
        indexes = [models.Index(fields=["state", "-issued_on"], name="plan_state_issued")]

    def __str__(self) -> str:
        return f"{self.designation} {self.title}".strip()

    @property
    def designation(self) -> str:
        """Number and symbol as the document writes them, such as "105/KH-UBND"; empty when there is neither."""
        return f"{self.number}/{self.symbol}" if self.symbol else self.number


class PlanUnitQuerySet(models.QuerySet["PlanUnit"]):
    """Units named in visible plans."""

    def visible_to(self, actor: Actor | None) -> PlanUnitQuerySet:
        return self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))


class PlanUnit(models.Model):
    """A unit that an adopted plan names, itself or through a group; this is how the unit's people see the plan.

    A unit that the plan does not name, but to which something of it was handed down or given, has such a row too.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="named_units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="named_in_plans")

    objects = PlanUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị có tên trong kế hoạch"
        constraints = [models.UniqueConstraint(fields=["unit", "plan"], name="plan_unit_once")]

    def __str__(self) -> str:
        return f"{self.unit} / {self.plan}"


class RevisionState(models.TextChoices):
    """Where a text stands between upload and adoption."""

    WAITING = "waiting", _("Đang chờ đọc")
    READING = "reading", _("Đang đọc")
    FAILED = "failed", _("Không đọc được")
    REVIEW = "review", _("Đang rà soát")
    ADOPTED = "adopted", _("Đã ban hành")
    SUPERSEDED = "superseded", _("Đã thay bằng bản mới")
    WITHDRAWN = "withdrawn", _("Đã rút")


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Texts of visible plans."""

    def visible_to(self, actor: Actor | None) -> RevisionQuerySet:
        """Revisions of visible plans; those not yet adopted only for who may review them or leads there."""
        if actor is None:
            return self.none()
        visible = self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))
        settled = Q(state__in=(RevisionState.ADOPTED, RevisionState.SUPERSEDED))
        if not actor.sees_below("plans.Revision"):
            return visible.filter(settled)
        units = reached_units(actor, actor.sees("plans.Revision"))
        return visible.filter(settled | Q(plan__owner__in=units) | Q(plan__issuer__in=units))


class Revision(models.Model):
    """One text of a plan and what was read in it. `version` grows with every change made during the review."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField("lần")
    source = models.ForeignKey(SourceFile, models.SET_NULL, null=True, blank=True, related_name="revisions")
    source_name = models.CharField("tên tệp", max_length=255, blank=True)
    text = models.TextField(blank=True)
    reading = models.JSONField(default=dict, blank=True)
    reader_version = models.CharField(max_length=40, blank=True)
    header = models.JSONField(default=dict, blank=True)
    state = models.CharField("trạng thái", max_length=20, choices=RevisionState.choices, default=RevisionState.WAITING)
    message = models.TextField("thông báo", blank=True)
    progress = models.PositiveSmallIntegerField("tiến độ", default=0)
    job_id = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("tạo lúc")
    adopted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    adopted_at = models.DateTimeField("ban hành lúc", null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "bản văn kế hoạch"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["plan"], name="revision_one_adopted", condition=Q(state=RevisionState.ADOPTED)
            ),
            models.CheckConstraint(name="revision_progress_percent", condition=Q(progress__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.plan} (lần {self.number})"


class ClauseQuerySet(models.QuerySet["Clause"]):
    """Clauses of visible texts."""

    def visible_to(self, actor: Actor | None) -> ClauseQuerySet:
        return self.filter(revision__in=Revision.objects.visible_to(actor).values("pk"))


class Clause(models.Model):
    """A piece of the outline: a section, item, bullet, paragraph or table, with its address as the text numbers it."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="clauses")
    key = models.CharField(max_length=40)
    address = models.CharField(max_length=120, blank=True)
    label = models.CharField(max_length=60, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=20)
    role = models.CharField(max_length=40, blank=True)
    heading = models.TextField(blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    line = models.PositiveIntegerField(default=1)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    order = models.PositiveIntegerField()

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = "mục của văn bản"
        ordering = ["revision_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="clause_key_once"),
            models.CheckConstraint(name="clause_span_in_order", condition=Q(end__gte=F("start"))),
        ]

    def __str__(self) -> str:
        return self.address or self.label or self.key


class ItemState(models.TextChoices):
    """What people decided about an item."""

    PROPOSED = "proposed", _("Chưa xem")
    ACCEPTED = "accepted", _("Đã nhận")
    REJECTED = "rejected", _("Đã bỏ")


class ItemOrigin(models.TextChoices):
    """Who found an item."""

    READER = "reader", _("Máy đọc")
    PERSON = "person", _("Người thêm")


class ItemQuerySet(models.QuerySet["Item"]):
    """Items of visible texts."""

    def visible_to(self, actor: Actor | None) -> ItemQuerySet:
        return self.filter(revision__in=Revision.objects.visible_to(actor).values("pk"))


class Item(models.Model):
    """Something read in the text: `facts` as read, `edits` what people changed; both by the contract's field names."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="items")
    list_name = models.CharField("loại", max_length=30, choices=ListName.choices)
    key = models.CharField(max_length=40)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    line = models.PositiveIntegerField(default=1)
    text = models.TextField()
    facts = models.JSONField(default=dict)
    edits = models.JSONField(default=dict, blank=True)
    confidence = models.FloatField("độ chắc", default=0)
    state = models.CharField("trạng thái", max_length=20, choices=ItemState.choices, default=ItemState.PROPOSED)
    origin = models.CharField("nguồn", max_length=20, choices=ItemOrigin.choices, default=ItemOrigin.READER)
    clause = models.ForeignKey(Clause, models.SET_NULL, null=True, blank=True, related_name="items")
    version = models.PositiveIntegerField(default=1)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = "mục đã hiểu"
        ordering = ["revision_id", "start", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "list_name", "key"], name="item_key_once"),
            models.CheckConstraint(name="item_span_in_order", condition=Q(end__gte=F("start"))),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.text[:60]}"

    @property
    def values(self) -> dict[str, Any]:
        """What holds: the facts as read with the edits laid over them."""
        return {**self.facts, **self.edits}


class ItemChangeQuerySet(models.QuerySet["ItemChange"]):
    """Changes of visible items."""

    def visible_to(self, actor: Actor | None) -> ItemChangeQuerySet:
        return self.filter(item__in=Item.objects.visible_to(actor).values("pk"))


class ItemChange(models.Model):
    """One change of one item during the review; changes made by one act share a batch and are undone together."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="changes")
    batch = models.UUIDField()
    before = models.JSONField(null=True)
    after = models.JSONField()
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    item_version = models.PositiveIntegerField()
    revision_version = models.PositiveIntegerField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ItemChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "lần sửa"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["item", "revision_version"], name="item_change_since"),
            models.Index(fields=["batch"], name="item_change_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.item_version}"


class BodyMatchQuerySet(models.QuerySet["BodyMatch"]):
    """Bodies of visible texts."""

    def visible_to(self, actor: Actor | None) -> BodyMatchQuerySet:
        return self.filter(revision__in=Revision.objects.visible_to(actor).values("pk"))


class BodyMatch(models.Model):
    """A body's name as the document writes it and the unit it means. A group unit stands for all its members."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="bodies")
    name = models.CharField("tên trong văn bản", max_length=300)
    search_key = models.CharField(max_length=300, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    suggested = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    score = models.FloatField("độ giống", default=0)
    reason = models.CharField("vì sao", max_length=300, blank=True)
    roles = models.JSONField("vai trò trong văn bản", default=list, blank=True)
    mentions = models.PositiveIntegerField("số lần nhắc", default=0)
    version = models.PositiveIntegerField(default=1)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = BodyMatchQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị được nêu tên"
        constraints = [models.UniqueConstraint(fields=["revision", "search_key"], name="body_match_once")]

    def __str__(self) -> str:
        return f"{self.name} = {self.unit or '?'}"


class PlanEventQuerySet(models.QuerySet["PlanEvent"]):
    """Events of visible plans."""

    def visible_to(self, actor: Actor | None) -> PlanEventQuerySet:
        return self.filter(plan__in=Plan.objects.visible_to(actor).values("pk"))


class PlanEvent(models.Model):
    """The day of an event that limits of a plan hang on ("trước thời điểm đề nghị công nhận"), happened or planned.

    `key` are the words of the limits, folded: all limits of the plan with these words hang on this one event.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="events")
    key = models.CharField(max_length=300)
    words = models.CharField("sự kiện", max_length=300)
    on = models.DateField("ngày", null=True, blank=True)
    said_at = models.DateTimeField("nhập lúc")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_by_name = models.CharField("người nhập", max_length=200)
    version = models.PositiveIntegerField(default=1)

    objects = PlanEventQuerySet.as_manager()

    class Meta:
        verbose_name = "sự kiện của kế hoạch"
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="plan_event_once")]

    def __str__(self) -> str:
        return self.words


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Briefings of the areas that are one's business."""

    def visible_to(self, actor: Actor | None) -> MeetingQuerySet:
        """Those of the units one answers for, and of the units above: what they look back to is no secret below."""
        reach = sees("plans.Meeting", actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        return self.filter(Q(unit__in=reached_units(actor, reach)) | Q(unit__in=above(actor.unit_id, actor.on)))


class Meeting(models.Model):
    """A briefing (giao ban) was held for an area on a day: what changed since then is what the next one talks of."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="địa bàn", related_name="meetings")
    on = models.DateField("ngày giao ban")
    words = models.CharField("nội dung", max_length=200, blank=True)
    said_at = models.DateTimeField("nhập lúc")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_by_name = models.CharField("người nhập", max_length=200)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "lần giao ban"
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "on"], name="meeting_once_a_day")]

    def __str__(self) -> str:
        return f"{self.unit} {self.on:%d/%m/%Y}"
