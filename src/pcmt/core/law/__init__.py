"""The law of managed people: dated rules, and the arithmetic of spells and clocks under them. Pure.

- `categories`: statuses and settings
- `rules`: what a rule says and when it holds
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
)

__all__ = [
    "Category",
    "Effect",
    "Ground",
    "Law",
    "Limit",
    "PaperForm",
    "Retention",
    "Rule",
    "Setting",
    "Stage",
    "TermRule",
]
