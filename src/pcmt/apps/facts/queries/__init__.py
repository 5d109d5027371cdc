"""Questions to the facts."""

from pcmt.apps.facts.queries.entering import (
    Number,
    Place,
    Progress,
    elements_of,
    forms_asking,
    numbers,
    progress,
    told_at,
    told_last,
)
from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.facts.queries.forms import (
    calendar_of,
    earlier,
    forms_for,
    periods,
    periods_open,
    reporters,
    units_asked,
    year_ago,
)
from pcmt.apps.facts.queries.lineage import Branch, Leaf, Lineage, Revision, history, lineage, overtaken
from pcmt.apps.facts.queries.recount import Difference

__all__ = [
    "Branch",
    "Difference",
    "Leaf",
    "Lineage",
    "Number",
    "Place",
    "Progress",
    "Revision",
    "calendar_of",
    "earlier",
    "elements_of",
    "figures",
    "forms_asking",
    "forms_for",
    "history",
    "lineage",
    "numbers",
    "overtaken",
    "periods",
    "periods_open",
    "progress",
    "reporters",
    "told_at",
    "told_last",
    "units_asked",
    "year_ago",
]
