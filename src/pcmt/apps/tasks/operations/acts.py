"""The acts that a batch does to each of its due items: those that people do one by one, by the same operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations.accepting import accept, send_back
from pcmt.apps.tasks.operations.granting import extend
from pcmt.apps.tasks.operations.halting import cancel, resume, suspend
from pcmt.apps.tasks.operations.progress import report_progress
from pcmt.apps.tasks.operations.taking import name_holder
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import parse_date

Answer = DueItem | Refusal


@attrs.frozen
class Act:
    """An act on one due item, and the values that it takes, those that must be given first."""

    run: Callable[..., Answer]
    needed: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def carry(act: str, *, actor: Actor, at: datetime, due_id: int, version: int, said: Mapping[str, Any]) -> Answer:
    """Do an act to one due item, or, without one, what a row of a table says; in the caller's transaction.

    After a refusal of a row the caller takes back what was done for it before.
    """
    run = ACTS[act].run if act else _row
    return run(said, actor=actor, at=at, due_item_id=due_id, version=version)


def _percent(said: Mapping[str, Any], **row: Any) -> Answer:
    return report_progress(percent=said.get("percent"), note=said.get("note", ""), **row)


def _done(said: Mapping[str, Any], **row: Any) -> Answer:
    return report_progress(done=True, done_on=parse_date(said.get("done_on")), note=said.get("note", ""), **row)


def _holder(said: Mapping[str, Any], **row: Any) -> Answer:
    return name_holder(holder_id=said.get("holder_id"), **row)


def _accept(said: Mapping[str, Any], **row: Any) -> Answer:
    return accept(words=said.get("note", ""), **row)


def _send_back(said: Mapping[str, Any], **row: Any) -> Answer:
    return send_back(reason=said.get("reason", ""), **row)


def _extend(said: Mapping[str, Any], **row: Any) -> Answer:
    return extend(until=parse_date(said.get("until")), reason=said.get("reason", ""), **row)


def _suspend(said: Mapping[str, Any], **row: Any) -> Answer:
    return suspend(reason=said.get("reason", ""), **row)


def _resume(said: Mapping[str, Any], **row: Any) -> Answer:
    return resume(longer=bool(said.get("longer")), words=said.get("note", ""), **row)


def _cancel(said: Mapping[str, Any], **row: Any) -> Answer:
    return cancel(reason=said.get("reason", ""), **row)


def _row(said: Mapping[str, Any], *, version: int, **row: Any) -> Answer:
    """What a row of a table says: the person first, since what is done cannot be given to anybody any more."""
    answer: Answer | None = None
    if "holder_id" in said:
        answer = name_holder(holder_id=said["holder_id"], version=version, **row)
        if isinstance(answer, Refusal):
            return answer
        version = answer.version
    if answer is not None and not {"percent", "done_on", "note"} & said.keys():
        return answer
    done = "done_on" in said
    return report_progress(
        percent=None if done else said.get("percent"),
        note=said.get("note", ""),
        done=done,
        done_on=parse_date(said.get("done_on")),
        version=version,
        **row,
    )


ACTS: Mapping[str, Act] = {
    "percent": Act(_percent, ("percent",), ("note",)),
    "done": Act(_done, (), ("done_on", "note")),
    "holder": Act(_holder, (), ("holder_id",)),
    "accept": Act(_accept, (), ("note",)),
    "send_back": Act(_send_back, ("reason",)),
    "extend": Act(_extend, ("until", "reason")),
    "suspend": Act(_suspend, ("reason",)),
    "resume": Act(_resume, (), ("longer", "note")),
    "cancel": Act(_cancel, ("reason",)),
}
"""By the name under which a batch keeps them."""
