"""Questions to the facts."""

from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.facts.queries.forms import calendar_of, forms_for, periods, units_asked

__all__ = ["calendar_of", "figures", "forms_for", "periods", "units_asked"]
