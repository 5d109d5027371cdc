"""What the tasks room takes from an adopted plan, and what becomes of it when people do their work."""

from pcmt.apps.tasks.operations.adoption import LABEL_CHARS, adopt_tasks, by_owner, end_due
from pcmt.apps.tasks.operations.holding import NOTE_CHARS
from pcmt.apps.tasks.operations.linking import serve, wait_for
from pcmt.apps.tasks.operations.parts import edit_part, hand_down, take_back
from pcmt.apps.tasks.operations.progress import reopen, report_progress
from pcmt.apps.tasks.operations.taking import acknowledge, answer_decline, decline, name_holder

__all__ = [
    "LABEL_CHARS",
    "NOTE_CHARS",
    "acknowledge",
    "adopt_tasks",
    "answer_decline",
    "by_owner",
    "decline",
    "edit_part",
    "end_due",
    "hand_down",
    "name_holder",
    "reopen",
    "report_progress",
    "serve",
    "take_back",
    "wait_for",
]
