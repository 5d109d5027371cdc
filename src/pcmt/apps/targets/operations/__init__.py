"""What people and programs do with targets."""

from pcmt.apps.targets.operations.adopting import adopt_targets, date_targets
from pcmt.apps.targets.operations.measuring import (
    Choice,
    Confirmed,
    confirm_measure,
    confirm_proposals,
    give_baseline,
    give_remark,
)
from pcmt.apps.targets.operations.proposing import propose, propose_missing
from pcmt.apps.targets.operations.standing import refresh_standings, rejudge, stand, tell_offices

__all__ = [
    "Choice",
    "Confirmed",
    "adopt_targets",
    "confirm_measure",
    "confirm_proposals",
    "date_targets",
    "give_baseline",
    "give_remark",
    "propose",
    "propose_missing",
    "refresh_standings",
    "rejudge",
    "stand",
    "tell_offices",
]
