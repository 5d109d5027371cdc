"""What the tasks room takes from an adopted plan, and what becomes of it when people do their work."""

from pcmt.apps.tasks.operations.acts import ACTS
from pcmt.apps.tasks.operations.adoption import LABEL_CHARS, adopt_tasks, by_owner, end_due, rename_due
from pcmt.apps.tasks.operations.batches import (
    MOST_ROWS,
    OUTCOMES,
    SHOWN,
    Row,
    Saved,
    carry_out,
    check_batch,
    save_rows,
    start_batch,
    undo_batch,
    withdraw_batch,
)
from pcmt.apps.tasks.operations.progress import NOTE_CHARS, reopen, report_progress
from pcmt.apps.tasks.operations.sheets import start_sheet
from pcmt.apps.tasks.operations.touching import TOUCHED, touch, touched

__all__ = [
    "ACTS",
    "LABEL_CHARS",
    "MOST_ROWS",
    "NOTE_CHARS",
    "TOUCHED",
    "Row",
    "Saved",
    "adopt_tasks",
    "by_owner",
    "carry_out",
    "check_batch",
    "end_due",
    "rename_due",
    "reopen",
    "report_progress",
    "save_rows",
    "start_batch",
    "start_sheet",
    "touch",
    "touched",
    "undo_batch",
    "withdraw_batch",
]
