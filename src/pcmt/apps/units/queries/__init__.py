"""The tree as of a day, units over time as a value, which unit a name means, what a reorganisation would do."""

from pcmt.apps.units.queries.history import heirs_on, history
from pcmt.apps.units.queries.reorganisations import alike_below, preview
from pcmt.apps.units.queries.tree import (
    LevelCount,
    Matcher,
    Suggestion,
    children,
    committee,
    count_levels,
    match,
    members,
    subtree,
)

__all__ = [
    "LevelCount",
    "Matcher",
    "Suggestion",
    "alike_below",
    "children",
    "committee",
    "count_levels",
    "heirs_on",
    "history",
    "match",
    "members",
    "preview",
    "subtree",
]
