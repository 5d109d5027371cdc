"""Audit entries: written once, never changed; actors and objects are plain values that outlive their rows.

The entries of a day form a chain of hashes, and each day begins from where the day opened before it stood
(`pcmt.apps.audit.chain`). The database itself refuses changes: triggers made by the migrations, on both databases.
"""

from typing import Any, NoReturn, Protocol, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Doer(Protocol):
    """What the audit room needs to know of an actor (`pcmt.apps.accounts` has the whole of it)."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def unit_name(self) -> str: ...
    @property
    def grant_id(self) -> int | None: ...


class Reader(Doer, Protocol):
    """Somebody who asks for entries: the doer of something, whose rights are known."""

    def sees_below(self, label: str) -> bool:
        """Whether the right to see rows of a model reaches the whole of the own unit and the units below it."""


READ_VERBS = ("read", "exported", "downloaded", "printed")
"""The last word of events by which nothing changed: somebody looked, or took something away."""

NOWHERE = models.Q(pk__in=())
"""No entry at all: how far an auditor sees who was not told what lies within the unit."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reading only: entries cannot be changed or removed through the program."""

    def visible_to(self, actor: Reader | None, *, units: Any = (), within: models.Q = NOWHERE) -> Self:
        """One's own entries; standing offices, leaders and their like also see those of their unit and of `units`.

        `units` are the ids of the units below it, for `__in`. What lies `within` they see besides: a condition on
        `actor_unit_id` and `day`, for units move. The caller gives both: this room knows no tree.
        """
        if actor is None:
            return self.none()
        mine = models.Q(actor_id=actor.user_id)
        if actor.unit_id is not None and actor.sees_below("audit.Entry"):
            mine |= models.Q(actor_unit_id=actor.unit_id) | models.Q(actor_unit_id__in=units) | within
        return self.filter(mine)

    def about(self, obj: models.Model) -> Self:
        """The entries of one object. Ask only for an object that the reader may see: its history belongs to it."""
        return self.filter(object_type=obj._meta.label, object_id=str(obj.pk))

    def reads(self) -> Self:
        """Who looked at something or took it away."""
        return self.filter(_reading())

    def writes(self) -> Self:
        """Everything but that."""
        return self.exclude(_reading())

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("audit entries are append-only")

    def delete(self) -> NoReturn:
        raise TypeError("audit entries are append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("audit entries are append-only")


def _reading() -> models.Q:
    found = models.Q()
    for verb in READ_VERBS:
        found |= models.Q(event__endswith=f".{verb}")
    return found


class Day(models.Model):
    """The head of one day's chain. It stays when the day's entries are pruned, so that later days still verify.

    `number` counts the days in the order in which they were opened; usually that is their order in the calendar.
    `before_entries` and `before_head` are where the day opened before stood at that moment; `seed` seals them, and the
    first entry of the day continues it. `pruned` entries from the beginning were removed after their retention.
    """

    day = models.DateField("ngày", unique=True)
    number = models.PositiveIntegerField("thứ tự", unique=True)
    before_entries = models.PositiveIntegerField(default=0)
    before_head = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64)
    entries = models.PositiveIntegerField("số mục", default=0)
    head = models.CharField("đầu chuỗi", max_length=64)
    pruned = models.PositiveIntegerField("số mục đã hủy", default=0)
    pruned_head = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "ngày nhật ký"

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"


class Entry(models.Model):
    """One act. `before` and `after` hold what changed, as JSON; `reason` is what the actor gave.

    `actor_unit_id` is the unit at which the actor acted; where nobody is signed in (a refused sign-in), the unit whose
    business it is. `grant_id` is the grant used. `number` counts the entries of the day from 1.
    """

    at = models.DateTimeField("lúc")
    actor_id = models.BigIntegerField("mã người làm", null=True)
    actor_name = models.CharField("người làm", max_length=200)
    actor_role = models.CharField("vai trò", max_length=20, blank=True)
    actor_unit_id = models.BigIntegerField("mã đơn vị", null=True)
    actor_unit = models.CharField("đơn vị", max_length=300, blank=True)
    grant_id = models.BigIntegerField("mã vai trò được giao", null=True)
    event = models.CharField("việc", max_length=100)
    object_type = models.CharField("loại đối tượng", max_length=100)
    object_id = models.CharField("mã đối tượng", max_length=64)
    object_label = models.CharField("đối tượng", max_length=300)
    search_key = models.CharField(max_length=600, editable=False)
    before = models.JSONField("trước", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("sau", null=True, encoder=DjangoJSONEncoder)
    reason = models.TextField("lý do", blank=True)
    request_id = models.CharField("mã yêu cầu", max_length=32, blank=True)
    address = models.CharField("địa chỉ máy", max_length=45, blank=True)
    day = models.DateField("ngày")
    number = models.PositiveIntegerField("số trong ngày")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "mục nhật ký"
        verbose_name_plural = "nhật ký"
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="audit_once_in_chain")]
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
            models.Index(fields=["actor_unit_id", "-at"], name="audit_unit"),
            models.Index(fields=["event", "-at"], name="audit_event"),
            models.Index(fields=["request_id"], name="audit_request"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.event} {self.object_label}"

    @property
    def is_reading(self) -> bool:
        """Whether nothing changed: somebody looked, or took something away."""
        return self.event.rpartition(".")[2] in READ_VERBS
