"""Files kept for a report, so that tests of other things need not care how."""

from __future__ import annotations

from datetime import datetime

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.operations import Evidence, Kept, keep_evidence


def kept(actor: Actor, at: datetime, due_item_id: int, *files: tuple[str, bytes]) -> tuple[Kept, ...]:
    """The files, every one of them good."""
    found = keep_evidence(actor=actor, at=at, due_item_id=due_item_id, files=files)
    assert isinstance(found, Evidence), found
    assert not found.refused, found.refused
    return found.kept
