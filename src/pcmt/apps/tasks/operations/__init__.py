"""What the tasks room takes from an adopted plan, and what becomes of it when people do their work."""

from pcmt.apps.tasks.operations.accepting import accept, send_back
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
from pcmt.apps.tasks.operations.concluding import issue_minutes, sign_minutes, withdraw_minutes
from pcmt.apps.tasks.operations.deciding import Said, decide, undo_decision
from pcmt.apps.tasks.operations.evidence import MOST_FILES, Evidence, Kept, keep_evidence
from pcmt.apps.tasks.operations.extending import ask_extension, decide_extension, withdraw_extension
from pcmt.apps.tasks.operations.feeding import make_feed, read_feed, remake_feed, rename_feed, revoke_feed
from pcmt.apps.tasks.operations.granting import extend
from pcmt.apps.tasks.operations.halting import cancel, restore, resume, suspend
from pcmt.apps.tasks.operations.happening import say_when
from pcmt.apps.tasks.operations.holding import NOTE_CHARS
from pcmt.apps.tasks.operations.linking import serve, wait_for
from pcmt.apps.tasks.operations.parts import PART_CHARS, edit_part, hand_down, take_back
from pcmt.apps.tasks.operations.progress import reopen, report_progress
from pcmt.apps.tasks.operations.reminding import note_reminder, remind, switch_reminders
from pcmt.apps.tasks.operations.requests import drop_requests
from pcmt.apps.tasks.operations.sheets import start_sheet
from pcmt.apps.tasks.operations.taking import acknowledge, answer_decline, decline, name_holder
from pcmt.apps.tasks.operations.talking import comment
from pcmt.apps.tasks.operations.touching import TOUCHED, touch, touched
from pcmt.apps.tasks.operations.urging import (
    AT_ONCE,
    letter_name,
    sign_urging,
    urge,
    urging_address,
    withdraw_urging,
    write_again,
    write_letters,
)

__all__ = [
    "ACTS",
    "AT_ONCE",
    "LABEL_CHARS",
    "MOST_FILES",
    "MOST_ROWS",
    "NOTE_CHARS",
    "OUTCOMES",
    "PART_CHARS",
    "SHOWN",
    "TOUCHED",
    "Evidence",
    "Kept",
    "Row",
    "Said",
    "Saved",
    "accept",
    "acknowledge",
    "adopt_tasks",
    "answer_decline",
    "ask_extension",
    "by_owner",
    "cancel",
    "carry_out",
    "check_batch",
    "comment",
    "decide",
    "decide_extension",
    "decline",
    "drop_requests",
    "edit_part",
    "end_due",
    "extend",
    "hand_down",
    "issue_minutes",
    "keep_evidence",
    "letter_name",
    "make_feed",
    "name_holder",
    "note_reminder",
    "read_feed",
    "remake_feed",
    "remind",
    "rename_due",
    "rename_feed",
    "reopen",
    "report_progress",
    "restore",
    "resume",
    "revoke_feed",
    "save_rows",
    "say_when",
    "send_back",
    "serve",
    "sign_minutes",
    "sign_urging",
    "start_batch",
    "start_sheet",
    "suspend",
    "switch_reminders",
    "take_back",
    "touch",
    "touched",
    "undo_batch",
    "undo_decision",
    "urge",
    "urging_address",
    "wait_for",
    "withdraw_batch",
    "withdraw_extension",
    "withdraw_minutes",
    "withdraw_urging",
    "write_again",
    "write_letters",
]
