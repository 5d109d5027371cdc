"""Subjects: people whom the commune police looks after by law, under a pseudonymous code.

Who a subject is stands in `Identity`, sealed (`registers.vault`); nothing else of the room holds a name, an address, a
number or a telephone number. What is open here (sex, year of birth) is what official tables are split by.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.registers.models.areas import FileQuerySet
from pcmt.apps.units.models import Unit

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes: none that is mistaken for another when it is read out."""


def new_code() -> str:
    """A code for a new subject, such as `HS-7K2M-4P9Q`: random, so that it tells nothing."""
    signs = "".join(secrets.choice(LETTERS) for _each in range(8))
    return f"HS-{signs[:4]}-{signs[4:]}"


class Sex(models.TextChoices):
    """As on identity papers."""

    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class SubjectQuerySet(FileQuerySet):
    """Subjects."""

    def standing(self) -> SubjectQuerySet:
        """Those whose files are neither merged into another nor made nameless."""
        return self.filter(merged_into__isnull=True, anonymised_at__isnull=True)


class Subject(models.Model):
    """A person in the registers. `code` is what pages, addresses, logs, letters and calendars call the person.

    `unit` is the administrative unit of the commune that holds the file today; where it was on other days say `stays`.
    `birth_year` is known even where the day is not. `guarded` is set while a legal hold forbids erasing the file.
    A subject found to be the same person as another is `merged_into` that one and stays, empty, as a signpost.
    """

    SUBJECT = ""
    GLASS = True

    code = models.CharField("mã hồ sơ", max_length=16, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="nơi quản lý", related_name="subjects")
    sex = models.CharField("giới tính", max_length=10, choices=Sex.choices)
    birth_year = models.PositiveSmallIntegerField("năm sinh")
    opened_at = models.DateTimeField("lập lúc")
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    guarded = models.BooleanField("đang lưu giữ theo yêu cầu pháp luật", default=False)
    restricted = models.BooleanField("đang hạn chế xử lý", default=False)
    erase_on = models.DateField("hết thời hạn lưu", null=True, blank=True)
    died_on = models.DateField("chết ngày", null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    anonymised_at = models.DateTimeField("đã ẩn danh lúc", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ"
        ordering = ["pk"]
        indexes = [models.Index(fields=["unit", "birth_year"], name="subject_of_unit")]
        constraints = [
            models.CheckConstraint(name="subject_birth_year", condition=Q(birth_year__gte=1900, birth_year__lte=2200)),
            models.CheckConstraint(
                name="subject_not_merged_into_itself", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk"))
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Identity(models.Model):
    """Who a subject is: a `registers.persons.PersonBlock`, sealed for this subject with the key `key_id`.

    `id_index` and `phone_index` are blind indexes for exact look-up. A subject without a number has none.
    """

    SUBJECT = "subject__"
    GLASS = True

    subject = models.OneToOneField(Subject, models.CASCADE, related_name="identity")
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=20, db_index=True)
    id_index = models.CharField(max_length=64, blank=True, db_index=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    version = models.PositiveIntegerField(default=1)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "nhân thân"

    def __str__(self) -> str:
        return str(self.subject)


class NameKey(models.Model):
    """Blind indexes of the syllables of a subject's names: they find candidates for duplicates, and search by name."""

    SUBJECT = "subject__"
    GLASS = False

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="name_keys")
    index = models.CharField(max_length=64, db_index=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "khóa tìm tên"
        constraints = [models.UniqueConstraint(fields=["subject", "index"], name="name_key_once")]

    def __str__(self) -> str:
        return str(self.subject_id)


class StayWhy(models.TextChoices):
    """Why a file came to a commune."""

    OPENED = "opened", _("Lập hồ sơ")
    MOVED = "moved", _("Chuyển đến")
    REORGANISED = "reorganised", _("Sắp xếp đơn vị hành chính")
    MERGED = "merged", _("Nhập hồ sơ trùng")


class Stay(models.Model):
    """Which commune held a subject's file from a day until another (not included). One at a time: counted once."""

    SUBJECT = "subject__"
    GLASS = True

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="stays")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    from_on = models.DateField("từ ngày")
    to_on = models.DateField("đến trước ngày", null=True, blank=True)
    why = models.CharField("vì", max_length=20, choices=StayWhy.choices)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi giữ hồ sơ"
        ordering = ["subject_id", "from_on", "pk"]
        indexes = [models.Index(fields=["unit", "from_on"], name="stay_of_unit")]
        constraints = [
            models.CheckConstraint(name="stay_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))),
            models.UniqueConstraint(fields=["subject"], name="stay_one_open", condition=Q(to_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.unit_id} {self.from_on}"


class TransferState(models.TextChoices):
    """How a hand-over stands."""

    OPEN = "open", _("Chờ nơi đến tiếp nhận")
    ACCEPTED = "accepted", _("Đã tiếp nhận")
    REFUSED = "refused", _("Nơi đến trả lại")
    WITHDRAWN = "withdrawn", _("Đã rút")


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Hand-overs: seen where the file is and where it goes."""

    def visible_to(self, actor: Actor | None) -> TransferQuerySet:
        reach = sees("registers.Transfer", actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        units = reached_units(actor, reach)
        return self.filter(Q(from_unit__in=units) | Q(to_unit__in=units))


class Transfer(models.Model):
    """A person moves: the file is handed over to another commune, which has to accept it (24 hours by law).

    The sender holds the file until then. `notice` is the number of the paper by which the receiver was told, `due_at`
    the end of the 24 hours. `to_name` names a commune that does not work with this program: then `proof` (what shows
    that the notice arrived) ends the sender's duty instead of an acceptance.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="transfers")
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    to_name = models.CharField("nơi đến", max_length=300, blank=True)
    moved_on = models.DateField("ngày chuyển đi")
    paper = models.ForeignKey("Paper", models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField("mở lúc")
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField("hạn bàn giao")
    state = models.CharField("tình trạng", max_length=10, choices=TransferState.choices, default=TransferState.OPEN)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proof = models.CharField("bằng chứng đã thông báo", max_length=200, blank=True)
    reason = models.CharField("lý do trả lại", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = "bàn giao hồ sơ"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject"], name="transfer_one_open", condition=Q(state="open")),
            models.CheckConstraint(name="transfer_goes_somewhere", condition=Q(to_unit__isnull=False) | ~Q(to_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_state_display()}"


class MergeState(models.TextChoices):
    """How a proposed merge of two files stands."""

    PROPOSED = "proposed", _("Chờ người thứ hai xác nhận")
    MERGED = "merged", _("Đã nhập")
    REFUSED = "refused", _("Không phải một người")


class MergeCase(models.Model):
    """Two files that may be one person's: one person proposes, another decides. `keep` is the file that goes on.

    `grounds` are codes of what they agree in (same number, name and year, …), never the words themselves.
    """

    SUBJECT = "keep__"
    GLASS = False

    keep = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    drop = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    grounds = models.JSONField(default=list)
    proposed_at = models.DateTimeField("đề nghị lúc")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField("tình trạng", max_length=10, choices=MergeState.choices, default=MergeState.PROPOSED)
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ nghi trùng"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(keep=F("drop"))),
            models.CheckConstraint(
                name="merge_by_two",
                condition=~Q(state="merged") | Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.keep_id} ← {self.drop_id}"
