"""Files that show how far something is: kept for a report, then hung on its note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.plans.operations import MOST_FILES, Evidence, Kept, keep_all
from pcmt.apps.tasks.models import DueItem, NoteFile, ProgressNote
from pcmt.apps.tasks.operations.holding import not_allowed
from pcmt.apps.tasks.policies import can_report
from pcmt.core.diagnostics import Refusal

__all__ = ["MOST_FILES", "Evidence", "Kept", "attach", "keep_evidence"]


def keep_evidence(
    *, actor: Actor, at: datetime, due_item_id: int, files: Iterable[tuple[str, bytes]], room: int = MOST_FILES
) -> Evidence | Refusal:
    """Keep files (name and content) as evidence; one that is bad takes no other with it.

    They belong to nothing until `report_progress` is given them. `room`: how many may still come.
    """
    due = DueItem.objects.visible_to(actor).select_related("plan").filter(pk=due_item_id).first()
    if due is None or not can_report(actor, due):
        return not_allowed()
    return keep_all(actor=actor, at=at, files=files, room=room)


def attach(note: ProgressNote, evidence: Sequence[Kept]) -> None:
    """Let a note refer to kept files, in its transaction. One destroyed by now leaves its name, as one later would."""
    ids = [each.source_id for each in evidence]
    held = SourceFile.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    there = set(held.values_list("pk", flat=True))
    NoteFile.objects.bulk_create(
        [
            NoteFile(
                note=note,
                file_id=each.source_id if each.source_id in there else None,
                name=each.name,
                picture=each.picture,
                order=order,
            )
            for order, each in enumerate(evidence)
        ]
    )
