"""Requests for more time that wait for their answer: there is one at most on an item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pcmt.apps.tasks.models import DueItem, Extension, ExtensionState


def waiting_request(due: DueItem) -> Extension | None:
    """The request of an item that waits for its answer, if there is one."""
    return Extension.objects.filter(due_item=due, state=ExtensionState.WAITING).first()


def drop_requests(due_item_ids: Iterable[int], *, at: datetime) -> int:
    """Withdraw waiting requests that lost their object: done, gone, or another limit was set; how many there were."""
    waiting = Extension.objects.filter(due_item__in=list(due_item_ids), state=ExtensionState.WAITING)
    return waiting.update(state=ExtensionState.WITHDRAWN, decided_at=at)
