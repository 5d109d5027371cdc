"""What the tasks room takes from an adopted plan, and what becomes of it when people do their work."""

from pcmt.apps.tasks.operations.adoption import LABEL_CHARS, adopt_tasks, by_owner, end_due, rename_due
from pcmt.apps.tasks.operations.progress import NOTE_CHARS, reopen, report_progress
from pcmt.apps.tasks.operations.touching import TOUCHED, touch, touched

__all__ = [
    "LABEL_CHARS",
    "NOTE_CHARS",
    "TOUCHED",
    "adopt_tasks",
    "by_owner",
    "end_due",
    "rename_due",
    "reopen",
    "report_progress",
    "touch",
    "touched",
]
