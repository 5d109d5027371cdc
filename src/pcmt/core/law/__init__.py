"""The law of managed people: dated rules, and the arithmetic of spells and clocks under them. Pure.

- `categories`: statuses and settings
- `rules`: what a rule says, when it holds, which is in force on a day
- `terms`: terms, pauses, remainders, limits, ages
"""

from pcmt.core.law.categories import Category, Setting
from pcmt.core.law.rules import (
    Effect,
    Ground,
    Law,
    Limit,
    PaperForm,
    Retention,
    Rule,
    Stage,
    TermRule,
    in_force,
)
from pcmt.core.law.terms import (
    ADULT_FROM,
    ANNOUNCE_DAYS,
    MINOR_FROM,
    Due,
    Interruption,
    Path,
    Stops,
    Term,
    age_on,
    announcements,
    due_of,
    ends_with,
    outlasts,
    path_of,
    remainder,
    remaining_from,
    term_of,
    uncounted,
)

__all__ = [
    "ADULT_FROM",
    "ANNOUNCE_DAYS",
    "MINOR_FROM",
    "Category",
    "Due",
    "Effect",
    "Ground",
    "Interruption",
    "Law",
    "Limit",
    "PaperForm",
    "Path",
    "Retention",
    "Rule",
    "Setting",
    "Stage",
    "Stops",
    "Term",
    "TermRule",
    "age_on",
    "announcements",
    "due_of",
    "ends_with",
    "in_force",
    "outlasts",
    "path_of",
    "remainder",
    "remaining_from",
    "term_of",
    "uncounted",
]
