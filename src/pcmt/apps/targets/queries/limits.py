"""Targets and the limits that bind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from pcmt.apps.plans.contract import limits_for
from pcmt.apps.plans.events import windows_of
from pcmt.apps.plans.models import Item, ItemState, ListName, RevisionState
from pcmt.apps.targets.models import Target
from pcmt.core.measures import target_from
from pcmt.core.periods import DAY, Span, limit_from


@frozen
class Hanging:
    """A target with a limit that hangs on an event: the words of the event, and all limits that bind the target."""

    target: Target
    words: str
    limits: tuple[Mapping[str, Any], ...]


def targets_on_events(plan_id: int) -> list[Hanging]:
    """The active targets of a plan whose time hangs on an event; those that name days themselves do not."""
    rows = Item.objects.filter(
        revision__plan=plan_id,
        revision__state=RevisionState.ADOPTED,
        list_name=ListName.DEADLINES,
        state=ItemState.ACCEPTED,
    )
    deadlines = {item.key: item for item in rows.order_by("start", "pk")}
    if not any(item.values.get("event") for item in deadlines.values()):
        return []
    found = []
    for target in Target.objects.filter(plan=plan_id).active().select_related("item").order_by("order", "pk"):
        limits = limits_for("target", target.item.values, target.item.key, deadlines)
        words = next((" ".join(each.values["event"].split()) for each in limits if each.values.get("event")), "")
        if words and target_from({**target.item.values, "text": target.item.text}).window is None:
            found.append(Hanging(target, words, tuple(each.values for each in limits)))
    return found


def window_by(limits: Iterable[Mapping[str, Any]], plan: Span | None, events: Mapping[str, date]) -> Span | None:
    """The window that the limits of a target give: the first's own span, or from the plan's first day to its last day.

    A limit that hangs on an event gives one as soon as its day is known.
    """
    for values in limits:
        limit = limit_from(values)
        if limit is None or limit.rule:
            continue
        if limit.span:
            return limit.span
        windows = windows_of(limit, plan, events)
        if windows and plan and windows[0].last >= plan.start:
            return Span(plan.start, windows[0].last + DAY)
    return None
