"""Status spells: under which rule of law somebody is looked after from a day until another, and the papers behind it.

Nothing begins, stops or ends but by a legal ground (`core.law`) with its paper.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.policies import sees
from pcmt.apps.registers.models.areas import FileQuerySet
from pcmt.apps.registers.models.people import Subject
from pcmt.apps.units.models import Unit
from pcmt.core.law import Category, Setting


class PaperState(models.TextChoices):
    """How a paper stands."""

    DRAFT = "draft", _("Đang soạn")
    SIGNED = "signed", _("Đã ký")
    WITHDRAWN = "withdrawn", _("Đã hủy")


class Paper(models.Model):
    """A legal paper of a file: a decision, finding, notice, certificate, record. The text itself is never kept.

    `form` is a code of `data/law` such as `D163.III-04`; empty for papers of others, which have a `title`. What was
    typed into it beyond the record is `sealed`. Signed, it has number (some forms have none), day and decider (the
    post of who signed, not the name).
    """

    SUBJECT = "subject__"
    GLASS = True

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="papers")
    form = models.CharField("mẫu", max_length=20, blank=True)
    title = models.CharField("tên văn bản", max_length=200)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    signed_on = models.DateField("ngày ký", null=True, blank=True)
    decider = models.CharField("chức vụ người ký", max_length=100, blank=True)
    issuer = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    issuer_name = models.CharField("cơ quan ban hành", max_length=300, blank=True)
    state = models.CharField("tình trạng", max_length=10, choices=PaperState.choices, default=PaperState.DRAFT)
    sealed = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản trong hồ sơ"
        ordering = ["subject_id", F("signed_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                name="paper_signed_has_day_and_decider",
                condition=~Q(state="signed") | Q(signed_on__isnull=False) & ~Q(decider=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()


CATEGORY_WORDS = {
    Category.ILLEGAL_USER: _("Người sử dụng trái phép chất ma túy"),
    Category.ADDICT: _("Người nghiện ma túy"),
    Category.IN_REHAB: _("Người đang cai nghiện"),
    Category.ON_SUBSTITUTION: _("Người đang điều trị thay thế"),
    Category.POST_REHAB: _("Người sau cai nghiện"),
    Category.RELEASED_PRISONER: _("Người chấp hành xong án phạt tù về ma túy"),
    Category.E_MONITORING: _("Người chịu giám sát điện tử"),
    Category.DRUG_PSYCHOSIS: _("Người loạn thần do ma túy được chuyển khám, điều trị"),
}
SETTING_WORDS = {
    Setting.HOME: _("Cai nghiện tự nguyện tại gia đình"),
    Setting.COMMUNITY: _("Cai nghiện tự nguyện tại cộng đồng"),
    Setting.VOLUNTARY_CENTRE: _("Cai nghiện tự nguyện tại cơ sở"),
    Setting.COMPULSORY: _("Cai nghiện bắt buộc"),
    Setting.METHADONE: _("Methadone"),
    Setting.BUPRENORPHINE: _("Buprenorphine"),
}


class SpellState(models.TextChoices):
    """How a spell stands. What has reached its last day stays active until a paper ends it."""

    ACTIVE = "active", _("Đang thực hiện")
    SUSPENDED = "suspended", _("Tạm đình chỉ")
    ENDED = "ended", _("Đã kết thúc")


HEALTH_SEES = (Category.IN_REHAB, Category.ON_SUBSTITUTION, Category.DRUG_PSYCHOSIS)
"""Categories seen by who treats people without knowing their names here: health officers."""


class SpellQuerySet(FileQuerySet):
    """Spells."""

    def narrowed(self, actor: Actor) -> Q:
        return Q() if sees("registers.Identity", actor) else Q(category__in=HEALTH_SEES)

    def on(self, day: object) -> SpellQuerySet:
        """Those that ran on a day."""
        return self.filter(Q(starts_on__lte=day), Q(ended_on__isnull=True) | Q(ended_on__gt=day))


class Spell(models.Model):
    """One status of a subject from its first day until `ended_on` (the first day on which it no longer holds).

    `rule` is the length of `data/law` by which its term counts, chosen by `triggered_on` (law of 2021 or of 2026),
    `ends_on` the last day of the term as it now stands, `planned_ends_on` as it was at the start; none: open-ended.
    `again` counts earlier spells of the category; `minor`: aged 12 to 17 at the start, on the path of its own.
    `after` is the spell that it follows from (post-rehab after rehab). `site` is the centre or health post, if any.
    `remote`: verified in an area where the law gives 48 hours.
    """

    SUBJECT = "subject__"
    GLASS = True

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="spells")
    category = models.CharField("diện quản lý", max_length=20, choices=[(str(k), v) for k, v in CATEGORY_WORDS.items()])
    setting = models.CharField(
        "hình thức", max_length=20, blank=True, choices=[(str(k), v) for k, v in SETTING_WORDS.items()]
    )
    state = models.CharField("tình trạng", max_length=10, choices=SpellState.choices, default=SpellState.ACTIVE)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="nơi bắt đầu", related_name="+")
    site = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    site_name = models.CharField("cơ sở", max_length=300, blank=True)
    triggered_on = models.DateField("ngày phát sinh")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến hết ngày", null=True, blank=True)
    planned_ends_on = models.DateField("đến hết ngày, ban đầu", null=True, blank=True)
    rule = models.CharField("quy tắc thời hạn", max_length=60, blank=True)
    again = models.PositiveSmallIntegerField("lần trước đó", default=0)
    minor = models.BooleanField("từ đủ 12 đến dưới 18 tuổi", default=False)
    remote = models.BooleanField("vùng sâu, vùng xa", default=False)
    after = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    start_ground = models.CharField("căn cứ bắt đầu", max_length=60)
    start_paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    ended_on = models.DateField("kết thúc từ ngày", null=True, blank=True)
    end_ground = models.CharField("căn cứ kết thúc", max_length=60, blank=True)
    end_paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = SpellQuerySet.as_manager()

    class Meta:
        verbose_name = "diện quản lý của hồ sơ"
        ordering = ["subject_id", "starts_on", "pk"]
        indexes = [
            models.Index(fields=["category", "starts_on"], name="spell_of_category"),
            models.Index(fields=["ends_on"], name="spell_running_out", condition=~Q(state="ended")),
        ]
        constraints = [
            models.CheckConstraint(
                name="spell_in_order", condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="spell_starts_by_ground", condition=~Q(start_ground="")),
            models.CheckConstraint(
                name="spell_ends_by_ground_and_paper",
                condition=Q(state="ended", ended_on__isnull=False, end_paper__isnull=False) & ~Q(end_ground="")
                | ~Q(state="ended") & Q(ended_on__isnull=True, end_paper__isnull=True, end_ground=""),
            ),
            models.UniqueConstraint(
                fields=["subject", "category"], name="spell_one_of_category", condition=~Q(state="ended")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.starts_on:%d/%m/%Y}"


class PauseKind(models.TextChoices):
    """Why a spell pauses; what that does to its end is the law's (`core.law`)."""

    DETENTION = "detention", _("Bị tạm giữ, tạm giam")
    PRISON = "prison", _("Chấp hành án phạt tù")
    ABSENCE = "absence", _("Vắng mặt không được tính vào thời hạn")
    OTHER = "other", _("Tạm đình chỉ vì lý do khác theo luật")


class Pause(models.Model):
    """A dated interruption of a spell, with its ground and papers, until `to_on` (not included)."""

    SUBJECT = "spell__subject__"
    GLASS = True

    spell = models.ForeignKey(Spell, models.CASCADE, related_name="pauses")
    kind = models.CharField("lý do", max_length=20, choices=PauseKind.choices)
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    ground = models.CharField("căn cứ", max_length=60)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    end_paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "khoảng gián đoạn"
        ordering = ["spell_id", "from_on", "pk"]
        constraints = [
            models.CheckConstraint(name="pause_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))),
            models.UniqueConstraint(fields=["spell"], name="pause_one_open", condition=Q(to_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on:%d/%m/%Y}"


class Renewal(models.Model):
    """A new decision on a running spell: its term counts anew from `on`, or what was left of it after a move.

    `ends_before` and `ends_on` are the last day of the term before and after.
    """

    SUBJECT = "spell__subject__"
    GLASS = True

    spell = models.ForeignKey(Spell, models.CASCADE, related_name="renewals")
    on = models.DateField("từ ngày")
    ground = models.CharField("căn cứ", max_length=60)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    ends_before = models.DateField("thời hạn cũ đến hết ngày", null=True, blank=True)
    ends_on = models.DateField("thời hạn mới đến hết ngày", null=True, blank=True)
    made_at = models.DateTimeField("ghi lúc")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "quyết định mới về thời hạn"
        ordering = ["spell_id", "on", "pk"]
        constraints = [models.UniqueConstraint(fields=["spell", "on", "ground"], name="renewal_once")]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}"
