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
    periods,
    units_asked,
    year_ago,
)
from pcmt.apps.facts.queries.hiding import exact_units, guarded, hidden_asks, rows_told
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
    "exact_units",
    "figures",
    "forms_asking",
    "guarded",
    "hidden_asks",
    "history",
    "lineage",
    "numbers",
    "overtaken",
    "periods",
    "progress",
    "rows_told",
    "told_at",
    "told_last",
    "units_asked",
    "year_ago",
]
