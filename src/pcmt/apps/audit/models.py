"""Audit entries: written once, never changed; actors and objects are plain values that outlive their rows."""

from typing import Any, NoReturn, Protocol, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Doer(Protocol):
    """What the audit room needs to know of an actor (`pcmt.apps.accounts` has the whole of it)."""

    @property
    def user_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def unit_name(self) -> str: ...


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reading only: entries cannot be changed or removed through the program."""

    def visible_to(self, actor: Doer | None, *, units: Any = ()) -> Self:
        """One's own entries; standing offices and leaders also see those of their unit and of `units`.

        `units` are the ids of the units below it, for `__in`. The caller gives them: this room knows no tree.
        """
        if actor is None:
            return self.none()
        mine = models.Q(actor_id=actor.user_id)
        if actor.role in {"standing_office", "leader"} and actor.unit_id is not None:
            mine |= models.Q(actor_unit_id=actor.unit_id) | models.Q(actor_unit_id__in=units)
        return self.filter(mine)

    def about(self, obj: models.Model) -> Self:
        """The entries of one object. Ask only for an object that the reader may see: its history belongs to it."""
        return self.filter(object_type=obj._meta.label, object_id=str(obj.pk))

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("audit entries are append-only")

    def delete(self) -> NoReturn:
        raise TypeError("audit entries are append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("audit entries are append-only")


class Entry(models.Model):
    """One act. `before` and `after` hold what changed, as JSON; `reason` is what the actor gave."""

    at = models.DateTimeField("lúc")
    actor_id = models.BigIntegerField("mã người làm", null=True)
    actor_name = models.CharField("người làm", max_length=200)
    actor_unit_id = models.BigIntegerField("mã đơn vị", null=True)
    actor_unit = models.CharField("đơn vị", max_length=300, blank=True)
    event = models.CharField("việc", max_length=100)
    object_type = models.CharField("loại đối tượng", max_length=100)
    object_id = models.CharField("mã đối tượng", max_length=64)
    object_label = models.CharField("đối tượng", max_length=300)
    before = models.JSONField("trước", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("sau", null=True, encoder=DjangoJSONEncoder)
    reason = models.TextField("lý do", blank=True)
    request_id = models.CharField("mã yêu cầu", max_length=32, blank=True)
    address = models.CharField("địa chỉ máy", max_length=45, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "mục nhật ký"
        verbose_name_plural = "nhật ký"
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
            models.Index(fields=["actor_unit_id", "-at"], name="audit_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.event} {self.object_label}"
