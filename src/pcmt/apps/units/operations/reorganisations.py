"""Reorganising units: planned, cancelled until the day, carried out on the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import record
from pcmt.apps.units.drafts import Draft, event_as_json, named_in, new_units, with_ids
from pcmt.apps.units.followers import followers
from pcmt.apps.units.models import (
    Reorganisation,
    ReorganisationState,
    Succession,
    Unit,
    UnitClosure,
    UnitFunction,
    UnitLink,
    UnitName,
)
from pcmt.apps.units.operations.tables import keys_of, lock_tree, show_names, write_difference
from pcmt.apps.units.patches import as_day, patch_of, put_back, touched
from pcmt.apps.units.policies import Officer, can_reorganise
from pcmt.apps.units.queries.history import history as history_now
from pcmt.apps.units.queries.reorganisations import change_carried_out, not_allowed, stale, tried
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal


def plan_reorganisation(*, actor: Officer | None, at: datetime, draft: Draft) -> Reorganisation | Refusal:
    """Plan a reorganisation; on its day, or at once when the day has come, it is carried out.

    The tree with its future dates is written now. Refused in words when an event cannot be, when the actor may not, and
    when a unit has changed since the preview (`draft.seen`).
    """
    with transaction.atomic():
        lock_tree(at, then_log=False)
        history = history_now()
        outcome = tried(actor=actor, draft=draft, history=history)
        if draft.seen and draft.seen != outcome.seen:
            return stale(outcome.concerned)
        if outcome.after is None:
            return outcome.problems[0]
        ids = _make_units(draft)
        events = with_ids(draft.events, ids)
        after = core.replay(history, events)
        if isinstance(after, Refusal):
            raise ValueError(f"tried and refused all the same: {after}")
        short_names = {ids.get(key, key): short for key, short in draft.short_names.items()}
        write_difference(history, after, short_names=short_names)
        keys = touched(history, after)
        row = Reorganisation.objects.create(
            kind=draft.kind,
            on=draft.on,
            title=draft.title.strip(),
            ground=draft.ground.strip(),
            events=[event_as_json(event) for event in events],
            made=ids,
            due_item_ids=list(draft.due_item_ids),
            before=patch_of(history, keys),
            after=patch_of(after, keys, history),
            planned_by_id=actor.user_id if actor else None,
            planned_by_name=actor.name if actor else "",
            planned_at=at,
        )
        named = {key for event in events for each in [named_in(event)] for key in (*each.changed, *each.taking)}
        row.units.set([int(key) for key in {*keys, *named}])
        told = {"name": row.title, "on": row.on, "count": len(keys), "ground": row.ground}
        if row.on <= timezone.localdate(at):
            _carry_out(row, at=at, actor=actor, history=after, planned=told)
        else:
            record(at=at, actor=actor, event="units.reorganisation.planned", obj=row, after=told)
    return row


def _make_units(draft: Draft) -> dict[str, str]:
    """Rows for the units that begin; their ids by the keys of the draft."""
    ids = {}
    for event in draft.events:
        for new in new_units(event):
            search, sort = keys_of(new.name)
            unit = Unit.objects.create(
                name=new.name.strip(),
                short_name=draft.short_names.get(new.key, "").strip()[:120],
                search_key=search,
                sort_key=sort,
                kind=new.kind,
                level=new.level,
                code=new.code.strip(),
                valid_from=event.on,
            )
            ids[new.key] = str(unit.pk)
    return ids


def cancel_reorganisation(
    *, actor: Officer | None, at: datetime, reorganisation_id: int, reason: str
) -> Reorganisation | Refusal:
    """Take a planned reorganisation back before its day; the tables are as they were before.

    Refused when the day has come, and when something was built on it: a later change of one of its units, or anything
    that already hangs on a unit that it makes.
    """
    reason = " ".join(reason.split())
    if not reason:
        return Refusal(code="reason", message=_("Nhập lý do hủy."), field="reason")
    with transaction.atomic():
        row = _locked(reorganisation_id, at)
        if row is None:
            return _gone()
        if row.state == ReorganisationState.CANCELLED:
            return row
        if row.state != ReorganisationState.PLANNED or row.on <= timezone.localdate(at):
            message = _("“%(title)s” đã có hiệu lực từ ngày %(on)s, không hủy được nữa. Lập một việc sắp xếp mới.")
            return Refusal(code="too_late", message=message % {"title": row.title, "on": f"{row.on:%d/%m/%Y}"})
        units = row.units.exclude(pk__in=[int(each) for each in row.made.values()]).values_list("pk", flat=True)
        changed = [int(key) for key, kept in row.before["units"].items() if kept]
        if actor is not None and not can_reorganise(
            actor, changed=changed, taking=[each for each in units if each not in changed], on=row.on
        ):
            return not_allowed()
        history = history_now()
        refused = _built_on(row, history)
        if refused:
            return refused
        came = [(old, new) for old, new in row.after["successions"]]
        before = put_back(history, row.before, on=row.on, came=came)
        known = {(each.code, each.args["unit"], each.args["on"]) for each in core.check(history)}
        wrong = [each for each in core.check(before) if (each.code, each.args["unit"], each.args["on"]) not in known]
        if wrong:
            return _later_change(row, [int(wrong[0].args["unit"])])
        write_difference(history, before)
        made = [int(each) for each in row.made.values()]
        row.units.remove(*made)
        Unit.objects.filter(pk__in=made).delete()
        row.state, row.cancelled_at, row.cancel_reason = ReorganisationState.CANCELLED, at, reason[:500]
        row.cancelled_by_id, row.cancelled_by_name = (actor.user_id, actor.name) if actor else (None, "")
        row.save(update_fields=["state", "cancelled_at", "cancelled_by_id", "cancelled_by_name", "cancel_reason"])
        record(
            at=at,
            actor=actor,
            event="units.reorganisation.cancelled",
            obj=row,
            before={"on": row.on},
            after={"name": row.title},
            reason=reason,
        )
    return row


STRUCTURE = {UnitLink, UnitClosure, UnitName, UnitFunction, Succession}
"""What a new unit has of itself; anything else that points to it was built on it."""


def _built_on(row: Reorganisation, history: core.History) -> Refusal | None:
    now = patch_of(history, row.after["units"])
    for key in row.after["units"]:
        if now["units"][key] != row.after["units"][key] or now["holdings"][key] != row.after["holdings"][key]:
            return _later_change(row, [int(key)])
    made = [int(each) for each in row.made.values()]
    for relation in Unit._meta.related_objects:
        model: Any = relation.related_model
        if model in STRUCTURE or model is Reorganisation or not made:
            continue
        rows: models.QuerySet[Any] = models.QuerySet(model).filter(**{f"{relation.field.name}__in": made})
        first = rows.first()
        if first is not None:
            unit = getattr(first, relation.field.name)
            message = _("Đã có dữ liệu gắn với “%(unit)s” (%(what)s: %(object)s). Gỡ ra trước rồi hủy.")
            words = {"unit": unit.name, "what": model._meta.verbose_name, "object": str(first)[:120]}
            return Refusal(code="in_use", message=message % words, ref=unit.pk)
    others = Reorganisation.objects.filter(units__in=made).exclude(pk=row.pk)
    built = others.exclude(state=ReorganisationState.CANCELLED).first() if made else None
    return _built_by(built) if built else None


def _later_change(row: Reorganisation, unit_ids: list[int]) -> Refusal:
    """Something else changed one of the units since: named when it was a reorganisation."""
    others = Reorganisation.objects.filter(units__in=unit_ids, planned_at__gte=row.planned_at).exclude(pk=row.pk)
    built = others.exclude(state=ReorganisationState.CANCELLED).order_by("-pk").first()
    if built:
        return _built_by(built)
    name = Unit.objects.filter(pk__in=unit_ids).values_list("name", flat=True).first() or ""
    message = _("“%(name)s” đã có thay đổi khác sau khi lập việc này, không hủy được nữa.") % {"name": name}
    return Refusal(code="built_on", message=message)


def _built_by(other: Reorganisation) -> Refusal:
    message = _("“%(title)s” (từ ngày %(on)s) dựa trên việc này. Hủy việc đó trước.")
    words = {"title": other.title, "on": f"{other.on:%d/%m/%Y}"}
    return Refusal(code="built_on", message=message % words, ref=other.pk)


def _gone() -> Refusal:
    return Refusal(code="gone", message=_("Không tìm thấy việc sắp xếp này. Tải lại trang."))


def carry_out_reorganisations(*, at: datetime) -> int:
    """Carry out every planned reorganisation whose day has come, in the order of days; how many were."""
    due = Reorganisation.objects.filter(state=ReorganisationState.PLANNED, on__lte=timezone.localdate(at))
    done = 0
    for row_id in list(due.order_by("on", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = _locked(row_id, at)
            if row is not None and row.state == ReorganisationState.PLANNED:
                _carry_out(row, at=at, actor=None, history=history_now())
                done += 1
    return done


def carry_out_reorganisation(
    *, at: datetime, reorganisation_id: int, actor: Officer | None = None
) -> Reorganisation | Refusal:
    """Let everything follow that hangs on the units of a reorganisation. Doing it again does nothing."""
    with transaction.atomic():
        row = _locked(reorganisation_id, at)
        if row is None:
            return _gone()
        if row.state != ReorganisationState.PLANNED:
            return row
        if row.on > timezone.localdate(at):
            message = _("Chưa đến ngày %(on)s.") % {"on": f"{row.on:%d/%m/%Y}"}
            return Refusal(code="too_early", message=message)
        _carry_out(row, at=at, actor=actor, history=history_now())
    return row


def _locked(reorganisation_id: int, at: datetime) -> Reorganisation | None:
    lock_tree(at, then_log=False)
    return Reorganisation.objects.select_for_update().filter(pk=reorganisation_id).first()


def _carry_out(
    row: Reorganisation,
    *,
    at: datetime,
    actor: Officer | None,
    history: core.History,
    planned: Mapping[str, Any] | None = None,
) -> None:
    """Names of the day, then the followers in floor order, then the log: it is locked last."""
    today: date = timezone.localdate(at)
    change = change_carried_out(row, history, today)
    show_names([int(key) for key in row.after["units"]], today)
    followed = [{"room": each.key, "count": each.follow(change, at, actor)} for each in followers()]
    row.followed = [each for each in followed if each["count"]]
    row.state, row.carried_out_at = ReorganisationState.CARRIED_OUT, at
    row.save(update_fields=["followed", "state", "carried_out_at"])
    if planned is not None:
        record(at=at, actor=actor, event="units.reorganisation.planned", obj=row, after=planned)
    reason = f"{row.title}. {row.ground}".strip(". ")
    # A history shows the newest first: what befell a plan as a whole stands above its hundred due items.
    for deed in reversed(change.deeds):
        record(at=at, actor=actor, event=deed.event, obj=deed.obj, before=deed.before, after=deed.after, reason=reason)
    record(
        at=at,
        actor=actor,
        event="units.reorganisation.carried_out",
        obj=row,
        after={"name": row.title, "on": as_day(row.on), "count": sum(each["count"] for each in followed)},
        reason=row.ground,
    )
