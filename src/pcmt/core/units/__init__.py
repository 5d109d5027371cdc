"""Units over time: the tree of any day, what happens to units, and figures across it.

`history` holds units with their dated names, parents and functions and what they leave to one another, `events` makes
a history after a merger, division, renaming, move, dissolution or transfer of a function, `figures` adds up along the
tree and asks the figures of one day on the boundaries of another, `tables` reads the national units from their tables.
Everything here is pure.
"""

from pcmt.core.units.events import (
    Dissolution,
    Division,
    Event,
    Founding,
    Merger,
    Move,
    NewUnit,
    Part,
    Renaming,
    Transfer,
    apply,
    replay,
)
from pcmt.core.units.figures import Restated, apportion, back_series, missing, restate, restate_ratio, roll_up
from pcmt.core.units.history import (
    ADMINISTRATIVE,
    ALWAYS,
    STILL,
    History,
    Holding,
    Succession,
    Tree,
    Unit,
    UnitSpan,
    check,
    history_of,
)
from pcmt.core.units.tables import history_from

__all__ = [
    "ADMINISTRATIVE",
    "ALWAYS",
    "STILL",
    "Dissolution",
    "Division",
    "Event",
    "Founding",
    "History",
    "Holding",
    "Merger",
    "Move",
    "NewUnit",
    "Part",
    "Renaming",
    "Restated",
    "Succession",
    "Transfer",
    "Tree",
    "Unit",
    "UnitSpan",
    "apply",
    "apportion",
    "back_series",
    "check",
    "history_from",
    "history_of",
    "missing",
    "replay",
    "restate",
    "restate_ratio",
    "roll_up",
]
