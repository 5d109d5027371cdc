"""What units are called besides their names, and by which codes: aliases, short name, official code, e-identifier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.units.models import Unit, UnitAlias, UnitName
from pcmt.apps.units.names import name_key
from pcmt.apps.units.operations.units import add_alias
from pcmt.apps.units.particulars import particular_form
from pcmt.apps.units.policies import Officer, can_keep, can_keep_under
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal

FIELDS = ("short_name", "code", "identifier")


def edit_particulars(
    *,
    actor: Officer | None,
    at: datetime,
    unit_id: int,
    values: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
) -> Unit | Refusal:
    """Set some of short name, official code and e-identifier; an empty value takes one away.

    `seen` holds the values that the person saw: where another has changed one since, the answer says who and to what.
    Codes are unique among the units that stand at the same time: official ones on their level, identifiers everywhere.
    """
    if set(values) - set(FIELDS):
        raise ValueError(f"no particulars: {sorted(set(values) - set(FIELDS))}")
    with transaction.atomic():
        hold(at)
        unit = Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
        if actor is not None and not can_keep(actor, unit):
            return _not_allowed()
        stale = _changed_meanwhile(unit, values, seen or {})
        if stale is not None:
            return stale
        new = {name: " ".join(value.split()) for name, value in values.items()}
        if "identifier" in new:
            new["identifier"] = new["identifier"].upper()
        changed = {name: value for name, value in new.items() if value != getattr(unit, name)}
        for name, value in changed.items():
            refused = check_particular(unit, name, value) if value else None
            if refused is not None:
                return refused
        if not changed:
            return unit
        before = {name: getattr(unit, name) for name in changed}
        for name, value in changed.items():
            setattr(unit, name, value)
        unit.save(update_fields=list(changed))
        if "short_name" in changed:
            UnitName.objects.filter(unit=unit, name=unit.name).update(short_name=unit.short_name)
        record(at=at, actor=actor, event="units.unit.edited", obj=unit, before=before, after=changed)
    return unit


def check_particular(unit: Unit, name: str, value: str) -> Refusal | None:
    """What is wrong with a short name, an official code or an e-identifier of a unit; None: nothing."""
    refused = particular_form(unit.kind, unit.level, name, value)
    if refused is not None or name == "short_name":
        return refused
    alike = Unit.objects.filter(**{name: value}).exclude(pk=unit.pk)
    if name == "code":
        alike = alike.filter(level=unit.level, kind=unit.kind)
    for other in alike.order_by("pk"):
        if at_once(unit, other):
            message = _("Mã %(code)s đang là của “%(name)s”.") % {"code": value, "name": other.name}
            return Refusal(code="taken", message=message, field=name, ref=other.pk)
    return None


def at_once(one: Unit, other: Unit) -> bool:
    """Whether two units stand on some day together."""
    return (one.valid_from or core.ALWAYS) < (other.valid_to or core.STILL) and (other.valid_from or core.ALWAYS) < (
        one.valid_to or core.STILL
    )


def name_alias(
    *, actor: Officer, at: datetime, unit_id: int, name: str, scope_id: int | None = None
) -> UnitAlias | Refusal:
    """Give a unit another name, inside an area or everywhere. Unlike a correction while reviewing a plan (`add_alias`)
    it takes no name away from another unit.
    """
    unit = Unit.objects.get(pk=unit_id)
    if not can_keep(actor, unit) or (scope_id is not None and not can_keep_under(actor, scope_id)):
        return _not_allowed()
    if len(" ".join(name.split())) > 300:
        return Refusal(code="long", message=_("Tên gọi dài quá 300 ký tự."), field="name")
    with transaction.atomic():
        hold(at)
        key = name_key(name)[:300]
        taken = UnitAlias.objects.filter(search_key=key, scope_id=scope_id).select_related("unit").first()
        if key and taken is not None and taken.unit_id != unit_id:
            message = _("“%(alias)s” đang là tên gọi khác của “%(name)s”. Bỏ tên gọi đó trước.") % {
                "alias": taken.name,
                "name": taken.unit.name,
            }
            return Refusal(code="taken", message=message, field="name", ref=taken.unit_id)
        return add_alias(actor=actor, at=at, unit_id=unit_id, name=name, scope_id=scope_id)


def remove_alias(*, actor: Officer | None, at: datetime, alias_id: int) -> Unit | Refusal:
    """Forget another name of a unit. Plans in which it was matched keep their match. The answer is the unit."""
    with transaction.atomic():
        hold(at)
        alias = UnitAlias.objects.select_for_update().select_related("unit", "scope").filter(pk=alias_id).first()
        if alias is None:
            return Refusal(code="gone", message=_("Tên gọi này đã được người khác bỏ."))
        if actor is not None and not can_keep(actor, alias.unit):
            return _not_allowed()
        unit, name, scope = alias.unit, alias.name, alias.scope.name if alias.scope else ""
        alias.delete()
        record(
            at=at, actor=actor, event="units.alias.removed", obj=unit, before={"name": name, "scope": scope}, after={}
        )
    return unit


def _changed_meanwhile(unit: Unit, values: Mapping[str, str], seen: Mapping[str, str]) -> Refusal | None:
    for name in values:
        now = getattr(unit, name)
        if name in seen and seen[name] != now and values[name] != now:
            last = Entry.objects.filter(event="units.unit.edited", object_id=str(unit.pk)).order_by("-pk").first()
            message = _("Trong lúc bạn sửa, %(person)s đã đổi giá trị này thành “%(value)s”. Xem lại rồi lưu.") % {
                "person": last.actor_name if last else _("người khác"),
                "value": now or "—",
            }
            return Refusal(code="stale", message=message, field=name)
    return None


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực được sửa tên gọi và mã của đơn vị trong địa bàn mình phục vụ.")
    return Refusal(code="not_allowed", message=message)
