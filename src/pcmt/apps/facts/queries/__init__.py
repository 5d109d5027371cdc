"""Questions to the facts."""

from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.facts.queries.forms import calendar_of, periods, units_asked
from pcmt.apps.facts.queries.lineage import Branch, Leaf, Lineage, Revision, history, lineage, overtaken
from pcmt.apps.facts.queries.recount import Difference

__all__ = [
    "Branch",
    "Difference",
    "Leaf",
    "Lineage",
    "Revision",
    "calendar_of",
    "figures",
    "history",
    "lineage",
    "overtaken",
    "periods",
    "units_asked",
]
