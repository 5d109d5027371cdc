"""Questions to the facts."""

from pcmt.apps.facts.queries.figures import figures

__all__ = ["figures"]
