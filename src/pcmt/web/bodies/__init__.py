"""Building the usual bodies of a unit, and importing lists of units."""
