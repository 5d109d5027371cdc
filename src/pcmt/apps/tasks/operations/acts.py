"""The acts that a batch does to each of its due items: those that people do one by one, by the same operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations.progress import report_progress
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


def _row(said: Mapping[str, Any], **row: Any) -> Answer:
    if not {"percent", "done_on", "note"} & said.keys():
        return Refusal(code="nothing", message="")
    done = "done_on" in said
    return report_progress(
        percent=None if done else said.get("percent"),
        note=said.get("note", ""),
        done=done,
        done_on=parse_date(said.get("done_on")),
        **row,
    )


ACTS: Mapping[str, Act] = {
    "percent": Act(_percent, ("percent",), ("note",)),
    "done": Act(_done, (), ("done_on", "note")),
}
"""By the name under which a batch keeps them."""
