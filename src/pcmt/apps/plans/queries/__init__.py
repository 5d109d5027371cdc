"""What people ask about plans and their documents."""

from pcmt.apps.plans.queries.adoption import adoption_problems
from pcmt.apps.plans.queries.carrying import cited_plans, may_carry_out
from pcmt.apps.plans.queries.differences import ClauseChange, diff_revisions
from pcmt.apps.plans.queries.export import reading_confirmed
from pcmt.apps.plans.queries.review import (
    Changes,
    ItemNews,
    ListCount,
    ReviewCounts,
    change_words,
    changes_since,
    plans_visible,
    review_counts,
)

__all__ = [
    "Changes",
    "ClauseChange",
    "ItemNews",
    "ListCount",
    "ReviewCounts",
    "adoption_problems",
    "change_words",
    "changes_since",
    "cited_plans",
    "diff_revisions",
    "may_carry_out",
    "plans_visible",
    "reading_confirmed",
    "review_counts",
]
