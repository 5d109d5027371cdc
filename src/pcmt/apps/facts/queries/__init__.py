"""Questions to the facts."""

from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.facts.queries.forms import forms_for, periods_open, reporters

__all__ = ["figures", "forms_for", "periods_open", "reporters"]
