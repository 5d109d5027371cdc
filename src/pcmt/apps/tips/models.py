"""Tip-offs (tin báo, tố giác): what people tell, sealed for the team that receives it; who they are, apart from that.

Nothing here says when to the minute, from which address or with which device a tip came: no such column exists. A tip
opens no file of a person, and nothing here points to one (domain rule 18: a person enters a register only by law).
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, Grant, User, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.tips.values import OPEN, AskState, Channel, Outcome, TipState
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on


class TeamQuerySet(models.QuerySet["TipTeam"]):
    """Which body receives tips: public, it stands on the form."""

    def visible_to(self, actor: Actor | None) -> TeamQuerySet:
        return self if actor is not None else self.none()


class TipTeam(models.Model):
    """A body that receives tips of an administrative unit during a half-open window.

    `above` receives what names the body itself; none: nobody above does, and such tips wait for the custodian to pass
    them on. An area has one team a day.
    """

    area = models.ForeignKey(Unit, models.PROTECT, related_name="tip_teams")
    body = models.ForeignKey(Unit, models.PROTECT, related_name="tip_areas")
    above = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField("điện thoại tiếp nhận", max_length=40, blank=True)
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi tiếp nhận tin báo"
        constraints = [
            models.UniqueConstraint(
                fields=["area"], name="tip_team_one_open", condition=Q(valid_to__isnull=True)
            ),
            models.CheckConstraint(
                name="tip_team_window",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.area} → {self.body}"


class TipQuerySet(models.QuerySet[Any]):
    """Tips and their parts: of the team's own body and those below it, never for whom the tip concerns.

    A model names the way to its tip in `TIP`.
    """

    def visible_to(self, actor: Actor | None) -> Self:
        model: Any = self.model
        reach = sees(model._meta.label, actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        seen = self.filter(**{f"{model.TIP}team__in": reached_units(actor, reach)})
        return seen.exclude(concerns(actor, model.TIP))


def inner_parts(on: date) -> Q:
    """Of the pairs in `UnitClosure`: what is a part of the body above it, so that naming the part is naming the body.

    A part is of the body's own level. An agency is made of all that lies below it; a committee only of its offices, for
    its agencies are bodies of their own over which it stands.
    """
    agency = UnitClosure.objects.filter(
        holds_on(on),
        descendant=OuterRef("descendant"),
        ancestor__kind=UnitKind.AGENCY,
        ancestor__level=OuterRef("descendant__level"),
    )
    office = Q(~Exists(agency), descendant__kind=UnitKind.OFFICE)
    within = Q(depth__gt=0, descendant__level=F("ancestor__level")) & ~Q(descendant__kind=UnitKind.ADMINISTRATIVE)
    return within & (~Q(ancestor__kind=UnitKind.ADMINISTRATIVE) | office)


def concerns(actor: Actor, way: str) -> Exists:
    """Whether a tip (`way` leads to it) concerns the actor: it names a body where the actor holds any role today, one
    that this lies in, below or serves, or a part of it. Who is concerned does not learn that the tip exists.
    """
    own = Grant.objects.as_of(actor.on).filter(user=actor.user_id).values("unit_id")
    pairs = UnitClosure.objects.filter(holds_on(actor.on))
    up = pairs.filter(Q(descendant=actor.unit_id) | Q(descendant__in=own)).values("ancestor_id")
    parts = pairs.filter(inner_parts(actor.on), Q(ancestor=actor.unit_id) | Q(ancestor__in=own)).values("descendant_id")
    named = TipNamed.objects.filter(Q(unit__in=up) | Q(unit__in=parts), tip=OuterRef(f"{way}pk" if way else "pk"))
    return Exists(named)


class Tip(models.Model):
    """One tip. `number` names it among those who handle it; the sender has a receipt, of which only a hash is kept.

    `area` is where it happens, `team` who handles it now, `held_by` the person who has it in hand. `sealed` is what was
    told (words; for officers also what they noted), bound to `tips.Tip:<number>`. Days only: `received_on`, `due_on`
    (the last day of the legal limit; `original_due_on` never changes), `closed_on`. `place_id` is the id of a place of
    the activities room, and nothing more. `purge_on` is the day on which content and identity are destroyed; what is
    counted stays. It counts as received in the administrative unit `received_in` and as settled in `closed_in`: the one
    that the team served on the day, so that a body named in a tip does not find it in its own figures.
    """

    TIP = ""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.CharField("số", max_length=20, unique=True)
    receipt = models.CharField(max_length=64, unique=True, null=True, blank=True)
    channel = models.CharField("kênh", max_length=10, choices=Channel.choices)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    team = models.ForeignKey(Unit, models.PROTECT, related_name="tips")
    held_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    topic = models.CharField("về việc", max_length=40)
    sealed = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=20, blank=True)
    received_on = models.DateField("ngày tiếp nhận")
    state = models.CharField("tình trạng", max_length=10, choices=TipState.choices, default=TipState.RECEIVED)
    state_on = models.DateField("từ ngày")
    complex = models.BooleanField("vụ việc phức tạp", default=False)
    due_on = models.DateField("hạn giải quyết")
    original_due_on = models.DateField("hạn ban đầu")
    outcome = models.CharField("kết quả", max_length=10, choices=Outcome.choices, blank=True)
    closed_on = models.DateField("xong ngày", null=True, blank=True)
    received_in = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    closed_in = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="repeated")
    place_id = models.BigIntegerField(null=True, blank=True)
    hold = models.CharField("lý do giữ lại", max_length=300, blank=True)
    purge_on = models.DateField("xóa nội dung ngày", null=True, blank=True)
    purged_on = models.DateField("đã xóa nội dung ngày", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = "tin báo"
        ordering = ["due_on", "number"]
        indexes = [
            models.Index(fields=["team", "state", "due_on"], name="tip_team_due"),
            models.Index(fields=["area", "received_on"], name="tip_area_received"),
            models.Index(fields=["received_in", "received_on"], name="tip_counted_received"),
            models.Index(fields=["closed_in", "closed_on"], name="tip_counted_closed"),
        ]
        constraints = [
            models.CheckConstraint(name="tip_closed_has_day", condition=Q(state__in=OPEN) | Q(closed_on__isnull=False)),
            models.CheckConstraint(
                name="tip_purged_holds_nothing", condition=Q(purged_on__isnull=True) | Q(sealed__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TipNamed(models.Model):
    """A body that the tip names: whom that concerns (`concerns`) must not learn of the tip."""

    TIP = "tip__"

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="named")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị bị nêu trong tin báo"
        constraints = [models.UniqueConstraint(fields=["tip", "unit"], name="tip_named_once")]

    def __str__(self) -> str:
        return f"{self.tip_id} {self.unit_id}"


class KeeperQuerySet(models.QuerySet[Any]):
    """What the custodian of identities keeps: seen in the custodian's own area, never by whom a tip concerns."""

    def visible_to(self, actor: Actor | None) -> Self:
        model: Any = self.model
        reach = sees(model._meta.label, actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        seen = self.filter(**{f"{model.TIP}team__in": reached_units(actor, reach)})
        return seen.exclude(concerns(actor, model.TIP))


class TipIdentity(models.Model):
    """Who sent a tip, where somebody said so: sealed with keys of its own (`tips.TipIdentity:<number>`).

    The team never sees it; a custodian releases it on a request with a reason.
    """

    TIP = "tip__"

    tip = models.OneToOneField(Tip, models.CASCADE, related_name="identity")
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=20)

    objects = KeeperQuerySet.as_manager()

    class Meta:
        verbose_name = "người báo tin"

    def __str__(self) -> str:
        return f"{self.tip_id}"


class IdentityAsk(models.Model):
    """A member of the team asks who sent a tip, with a reason; a custodian, another person, decides with one.

    Released, it opens to `asked_by` alone until `until`. `read_at`: first read.
    """

    TIP = "tip__"

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="asks")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("hỏi lúc")
    reason = models.CharField("lý do", max_length=500)
    state = models.CharField("tình trạng", max_length=10, choices=AskState.choices, default=AskState.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    words = models.CharField("căn cứ", max_length=500, blank=True)
    until = models.DateTimeField("xem được đến", null=True, blank=True)
    read_at = models.DateTimeField("xem lúc", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = KeeperQuerySet.as_manager()

    class Meta:
        verbose_name = "đề nghị xem danh tính người báo tin"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="identity_ask_by_two",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.UniqueConstraint(
                fields=["tip", "asked_by"], name="identity_ask_one_open", condition=Q(state="open")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.tip_id}"


class TipMessage(models.Model):
    """Words between team and sender, sealed (`tips.TipMessage:<number>`). Of the sender's only the day is known."""

    TIP = "tip__"

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="messages")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField("ngày")
    order = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=20, blank=True)
    read = models.BooleanField(default=False)

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = "trao đổi với người báo tin"
        ordering = ["tip_id", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["tip", "order"], name="tip_message_once")]

    def __str__(self) -> str:
        return f"{self.tip_id} {self.order}"


class TipFile(models.Model):
    """A picture with a tip, made anew without what cameras write into it, sealed (`tips.TipFile:<key>`)."""

    TIP = "tip__"

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="files")
    message = models.ForeignKey(TipMessage, models.CASCADE, null=True, blank=True, related_name="files")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    media_type = models.CharField(max_length=40)
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=20)

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = "ảnh kèm tin báo"
        ordering = ["tip_id", "order", "pk"]

    def __str__(self) -> str:
        return f"{self.tip_id} {self.order}"


class StepWhat(models.TextChoices):
    """What was done with a tip."""

    RECEIVED = "received", _("Tiếp nhận")
    TAKEN = "taken", _("Nhận xử lý")
    HANDED = "handed", _("Bàn giao")
    VERIFYING = "verifying", _("Xác minh")
    COMPLEX = "complex", _("Vụ việc phức tạp")
    EXTENDED = "extended", _("Gia hạn")
    NOTED = "noted", _("Ghi chú")
    PLACED = "placed", _("Gắn địa điểm")
    NAMED = "named", _("Có đơn vị bị nêu tên")
    MOVED = "moved", _("Chuyển nơi tiếp nhận")
    SETTLED = "settled", _("Giải quyết xong")
    PASSED_ON = "passed_on", _("Chuyển cơ quan khác")
    REOPENED = "reopened", _("Mở lại")
    JOINED = "joined", _("Nhập với tin khác")
    HELD = "held", _("Giữ lại, chưa xóa")
    FREED = "freed", _("Thôi giữ lại")
    PURGED = "purged", _("Xóa nội dung")


class TipStep(models.Model):
    """What was done with a tip, by whom, on which day; words of officers are sealed (`tips.TipStep:<number>`)."""

    TIP = "tip__"

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="steps")
    what = models.CharField("việc", max_length=10, choices=StepWhat.choices)
    on = models.DateField("ngày")
    order = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    to_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sealed = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=20, blank=True)

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = "bước xử lý tin báo"
        ordering = ["tip_id", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["tip", "order"], name="tip_step_once")]

    def __str__(self) -> str:
        return f"{self.tip_id} {self.what}"


class TipMark(models.Model):
    """Figures of an area from `start` on have to be counted again."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+")
    start = models.DateField()

    class Meta:
        verbose_name = "số liệu tin báo cần tính lại"

    def __str__(self) -> str:
        return f"{self.unit_id}"
