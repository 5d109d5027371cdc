"""What the tasks room takes from an adopted plan, and what becomes of it when people do their work."""

from pcmt.apps.tasks.operations.adoption import LABEL_CHARS, adopt_tasks, by_owner, end_due, rename_due
from pcmt.apps.tasks.operations.feeding import make_feed, read_feed, remake_feed, rename_feed, revoke_feed
from pcmt.apps.tasks.operations.progress import NOTE_CHARS, reopen, report_progress
from pcmt.apps.tasks.operations.touching import TOUCHED, touch, touched

__all__ = [
    "LABEL_CHARS",
    "NOTE_CHARS",
    "TOUCHED",
    "adopt_tasks",
    "by_owner",
    "end_due",
    "make_feed",
    "read_feed",
    "remake_feed",
    "rename_due",
    "rename_feed",
    "reopen",
    "report_progress",
    "revoke_feed",
    "touch",
    "touched",
]
