"""What people do with plan documents: send in, review, match bodies, adopt, amend."""

from pcmt.apps.plans.operations.acceptance import need_acceptance
from pcmt.apps.plans.operations.adoption import Adopted, adopt, let_see
from pcmt.apps.plans.operations.bodies import confirm_suggestions, create_bodies, create_body, match_body
from pcmt.apps.plans.operations.carrying import ask_for_plans, carry_out
from pcmt.apps.plans.operations.evidence import MOST_FILES, Evidence, Kept, keep_all
from pcmt.apps.plans.operations.header import edit_header
from pcmt.apps.plans.operations.meetings import hold_meeting, take_back_meeting
from pcmt.apps.plans.operations.parts import move_part, open_part
from pcmt.apps.plans.operations.reading import (
    keep_file,
    keep_made,
    perform_reading,
    read_again,
    screen_kept,
    screen_later,
    start_reading,
    tend_readings,
    withdraw_upload,
)
from pcmt.apps.plans.operations.review import accept_confident, add_item, decide_item, edit_item, undo

__all__ = [
    "MOST_FILES",
    "Adopted",
    "Evidence",
    "Kept",
    "accept_confident",
    "add_item",
    "adopt",
    "ask_for_plans",
    "carry_out",
    "confirm_suggestions",
    "create_bodies",
    "create_body",
    "decide_item",
    "edit_header",
    "edit_item",
    "hold_meeting",
    "keep_all",
    "keep_file",
    "keep_made",
    "let_see",
    "match_body",
    "move_part",
    "need_acceptance",
    "open_part",
    "perform_reading",
    "read_again",
    "screen_kept",
    "screen_later",
    "start_reading",
    "take_back_meeting",
    "tend_readings",
    "undo",
    "withdraw_upload",
]
