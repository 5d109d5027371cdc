"""The tree as of a day, units over time as a value, which unit a name means, which usual bodies are missing, what a
reorganisation or an import would do.
"""

from pcmt.apps.units.queries.bodies import Proposed, bodies_usual_for, communes_of, proposed_bodies, series_of
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
    "Proposed",
    "Suggestion",
    "alike_below",
    "bodies_usual_for",
    "children",
    "committee",
    "communes_of",
    "count_levels",
    "heirs_on",
    "history",
    "match",
    "members",
    "preview",
    "proposed_bodies",
    "series_of",
    "subtree",
]
