"""What the tasks room takes from an adopted plan, and what becomes of it when people do their work."""

from pcmt.apps.tasks.operations.adoption import LABEL_CHARS, adopt_tasks, by_owner, end_due
from pcmt.apps.tasks.operations.progress import NOTE_CHARS, reopen, report_progress
from pcmt.apps.tasks.operations.reminding import note_reminder, remind, switch_reminders

__all__ = [
    "LABEL_CHARS",
    "NOTE_CHARS",
    "adopt_tasks",
    "by_owner",
    "end_due",
    "note_reminder",
    "remind",
    "reopen",
    "report_progress",
    "switch_reminders",
]
