"""The tree as of a day, which unit a name means, which usual bodies are missing, what an import would do."""

from pcmt.apps.units.queries.bodies import Proposed, bodies_usual_for, communes_of, proposed_bodies, series_of
from pcmt.apps.units.queries.tree import (
    LevelCount,
    Matcher,
    Suggestion,
    children,
    committee,
    count_levels,
    history,
    match,
    members,
    subtree,
)

__all__ = [
    "LevelCount",
    "Matcher",
    "Proposed",
    "Suggestion",
    "bodies_usual_for",
    "children",
    "committee",
    "communes_of",
    "count_levels",
    "history",
    "match",
    "members",
    "proposed_bodies",
    "series_of",
    "subtree",
]
