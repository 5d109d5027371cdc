"""Handing down: a unit gives parts of what it owes to lower units, or keeps one with a person of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.plans.operations import let_see
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, NoteEvent
from pcmt.apps.tasks.operations.holding import held, stale, take_on, write_note, written
from pcmt.apps.tasks.operations.telling import tell_unit
from pcmt.apps.tasks.policies import can_report, gave
from pcmt.apps.tasks.queries import DEEPEST, begun, depth_of, latest_for_parts, lower_units, may_hold
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import date_label
from pcmt.core.text import fold

PART_CHARS = 1000
MOST_PARTS = 400
"""Parts given in one act: more than the communes of any province."""


def hand_down(
    *,
    actor: Actor,
    at: datetime,
    due_item_id: int,
    version: int,
    unit_ids: Sequence[int],
    label: str,
    due_on: date | None = None,
    needs_acceptance: bool = False,
    holder_id: int | None = None,
) -> list[DueItem] | Refusal:
    """Give one part of a due item to each of the units; the parts that were made, in the order of the units.

    `label` says in the giver's own words what is to be done. Without `due_on` a part has the limit of the whole. The
    unit that owes the whole may keep a part itself, with one of its people (`holder_id`). `needs_acceptance`: the giver
    has to accept what is reported done. The percent and the state of the whole stay what its unit says of it.
    """
    words = _worded(label)
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        share_tree()  # a unit that is chosen now must not end before this is written
        got = held(actor, due_item_id, may=can_report, refusal=_not_ours)
        if isinstance(got, Refusal):
            return got
        whole, _task = got
        if whole.version != version:
            return stale(whole)
        refused = _cannot_be_parted(whole) or _wrong_limit(whole, due_on, timezone.localdate(at))
        if refused:
            return refused
        units = _chosen(whole, actor, unit_ids, timezone.localdate(at))
        if isinstance(units, Refusal):
            return units
        holder = None
        if holder_id is not None:
            holder = may_hold(units[0].pk, timezone.localdate(at)).filter(pk=holder_id).first()
            if len(units) != 1 or units[0].pk != whole.unit_id or holder is None:
                message = _("Chỉ giao cho một người khi phần việc ở lại chính đơn vị, và người đó có vai trò ở đơn vị.")
                return Refusal(code="holder", message=message, field="holder")
        take_on(actor, at, whole)
        whole.version += 1
        whole.save(update_fields=["acknowledged_at", "declined_at", "changed_at", "version"])
        parts = [
            _part(actor, at, whole, unit, label=words, due_on=due_on, accepted=needs_acceptance, holder_id=holder_id)
            for unit in units
        ]
        DueItem.objects.bulk_create(parts, batch_size=200)
        let_see(whole.plan_id, [unit.pk for unit in units])
        limit = parts[0].due_on
        until = f", hạn hết ngày {date_label(limit)}" if limit else ""
        named = holder.get_full_name() if holder else ", ".join(unit.name for unit in units)
        write_note(actor, at, whole, NoteEvent.HANDED_DOWN, f"{words}\n{named}{until}")
        for part in parts:
            if holder_id is not None:
                _tell(actor, at, part, "Phụ trách phần việc", roles=(), also=[holder_id])
            else:
                _tell(actor, at, part, "Được giao phần việc")
        for part in parts:
            record(
                at=at, actor=actor, event="tasks.part.given", obj=part,
                after={"body": part.unit_name, "due_on": part.due_on, "holder": named if holder else ""},
            )  # fmt: skip
    return parts


def edit_part(
    *,
    actor: Actor,
    at: datetime,
    due_item_id: int,
    version: int,
    label: str,
    due_on: date | None = None,
    needs_acceptance: bool = False,
) -> DueItem | Refusal:
    """Who gave a part says anew what it is and until when, as long as nobody has begun with it."""
    words = _worded(label)
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        part = _unbegun(actor, due_item_id, version)
        if isinstance(part, Refusal):
            return part
        assert part.parent is not None
        refused = _wrong_limit(part.parent, due_on, timezone.localdate(at))
        if refused:
            return refused
        before = {"label": part.label, "due_on": part.due_on, "needs_acceptance": part.needs_acceptance}
        part.label, part.search_key = words, fold(words)
        # Nobody worked to the limit that was set first: it is as if it had never been.
        part.due_on = part.original_due_on = due_on or part.parent.due_on
        part.needs_acceptance = needs_acceptance
        after = {"label": part.label, "due_on": part.due_on, "needs_acceptance": part.needs_acceptance}
        if before == after:
            return part
        part.changed_at = at
        part.version += 1
        part.save(
            update_fields=[
                *("label", "search_key", "due_on", "original_due_on", "needs_acceptance", "changed_at", "version"),
            ]
        )
        until = f"\nHạn hết ngày {date_label(part.due_on)}" if part.due_on else ""
        write_note(actor, at, part, NoteEvent.HANDED_DOWN, f"{words}{until}")
        _tell(actor, at, part, "Phần việc được sửa", reason=Reason.CHANGED)
        changed = [name for name in before if before[name] != after[name]]
        record(
            at=at, actor=actor, event="tasks.part.edited", obj=part,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip
    return part


def take_back(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Who gave a part takes it back, as long as nobody has begun with it; the unit is told why. The row stays."""
    words = written(reason, "reason", _("Nhập lý do thu hồi."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        part = _unbegun(actor, due_item_id, version)
        if isinstance(part, Refusal):
            return part
        part.state, part.changed_at, part.declined_at = DueState.CANCELLED, at, None
        part.version += 1
        part.save(update_fields=["state", "declined_at", "changed_at", "version"])
        write_note(actor, at, part, NoteEvent.CANCELLED, words)
        _tell(actor, at, part, "Phần việc được thu hồi", reason=Reason.CHANGED)
        record(at=at, actor=actor, event="tasks.part.taken_back", obj=part, reason=words)
    return part


def _part(
    actor: Actor,
    at: datetime,
    whole: DueItem,
    unit: Unit,
    *,
    label: str,
    due_on: date | None,
    accepted: bool,
    holder_id: int | None,
) -> DueItem:
    limit = due_on or whole.due_on
    return DueItem(
        kind=whole.kind,
        plan=whole.plan,
        clause_id=whole.clause_id,
        task=whole.task,
        unit=unit,
        unit_name=unit.name[:300],
        parent=whole,
        # What nobody in particular owes is handed down by the office that keeps the plan.
        given_by_id=whole.unit_id or actor.unit_id,
        holder_id=holder_id,
        mode=whole.mode,
        label=label,
        search_key=fold(label),
        start=whole.start,
        end=whole.end,
        opens_on=timezone.localdate(at),
        due_on=limit,
        original_due_on=limit,
        needs_acceptance=accepted,
        changed_at=at,
    )


def _worded(label: str) -> str | Refusal:
    words = " ".join(label.split())
    if not words:
        return Refusal(code="label", message=_("Ghi phần việc giao là gì."), field="label")
    if len(words) > PART_CHARS:
        message = _("Phần việc tối đa %(count)s ký tự.") % {"count": PART_CHARS}
        return Refusal(code="label", message=message, field="label")
    return words


def _cannot_be_parted(whole: DueItem) -> Refusal | None:
    if whole.kind != DueKind.TASK:
        return Refusal(code="report", message=_("Chỉ giao xuống được nhiệm vụ, không giao xuống báo cáo."))
    if whole.state != DueState.OPEN:
        return Refusal(code="settled", message=_("Việc này đã xong hoặc đang tạm dừng, không giao xuống được."))
    if whole.declined_at is not None:
        message = _("Việc này đang chờ trả lời đề nghị giao lại. Giao xuống sau khi có trả lời.")
        return Refusal(code="declined", message=message)
    if depth_of(whole) >= DEEPEST:
        message = _("Phần việc đã giao qua hai cấp, không giao xuống nữa.")
        return Refusal(code="too_deep", message=message)
    return None


def _wrong_limit(whole: DueItem, due_on: date | None, today: date) -> Refusal | None:
    latest = latest_for_parts(whole, today)
    if due_on is None:
        if whole.due_on is None or whole.due_on >= today:
            return None
        message = _("Hạn của cả việc đã qua, nên phải ghi hạn riêng cho phần việc.")
        return Refusal(code="limit_missing", message=message, field="due_on")
    if due_on < today:
        return Refusal(code="limit_past", message=_("Hạn của phần việc đã qua. Chọn ngày khác."), field="due_on")
    if latest is not None and due_on > latest:
        message = _("Hạn của phần việc không sau ngày %(day)s.") % {"day": date_label(latest)}
        return Refusal(code="limit_late", message=message, field="due_on")
    return None


def _chosen(whole: DueItem, actor: Actor, unit_ids: Sequence[int], today: date) -> list[Unit] | Refusal:
    """The units chosen, each once and in the order chosen, if parts may be given to all of them."""
    wanted = list(dict.fromkeys(unit_ids))
    if not wanted:
        return Refusal(code="units", message=_("Chọn ít nhất một đơn vị nhận phần việc."), field="units")
    if len(wanted) > MOST_PARTS:
        message = _("Mỗi lần giao cho tối đa %(count)s đơn vị.") % {"count": MOST_PARTS}
        return Refusal(code="too_many", message=message, field="units")
    giver_id = whole.unit_id or actor.unit_id
    found = {unit.pk: unit for unit in lower_units(giver_id, today).filter(pk__in=wanted)}
    if whole.unit_id in wanted and whole.unit is not None:
        found[whole.unit.pk] = whole.unit
    if len(found) < len(wanted):
        message = _("Có đơn vị không thuộc cấp dưới của đơn vị giao, hoặc không còn hoạt động. Chọn lại.")
        return Refusal(code="not_below", message=message, field="units")
    return [found[pk] for pk in wanted]


def _unbegun(actor: Actor, due_item_id: int, version: int) -> DueItem | Refusal:
    got = held(actor, due_item_id, may=gave, refusal=_not_giver)
    if isinstance(got, Refusal):
        return got
    part, _task = got
    if part.parent is None:
        return Refusal(code="no_part", message=_("Việc của kế hoạch không sửa ở đây; chỉ sửa được phần đã giao xuống."))
    if part.version != version:
        return stale(part)
    if begun(part):
        message = _("Đơn vị đã nhận hoặc đã làm phần việc này, không sửa và không thu hồi được nữa.")
        return Refusal(code="begun", message=message)
    return part


def _tell(
    actor: Actor, at: datetime, part: DueItem, what: str, *, reason: Reason = Reason.ASSIGNED, **whom: object
) -> None:
    tell_unit(actor=actor, at=at, due=part, unit_id=part.unit_id, reason=reason, what=what, **whom)  # type: ignore[arg-type]


def _not_ours() -> Refusal:
    message = _("Chỉ đơn vị phải làm việc này hoặc cơ quan thường trực của kế hoạch được giao xuống.")
    return Refusal(code="not_allowed", message=message)


def _not_giver() -> Refusal:
    message = _("Chỉ đơn vị đã giao phần việc này hoặc cơ quan thường trực của kế hoạch được sửa hoặc thu hồi.")
    return Refusal(code="not_allowed", message=message)
