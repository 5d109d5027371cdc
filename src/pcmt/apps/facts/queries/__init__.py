"""Questions to the facts."""

from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.facts.queries.forms import calendar_of, periods, units_asked

__all__ = ["calendar_of", "figures", "periods", "units_asked"]
