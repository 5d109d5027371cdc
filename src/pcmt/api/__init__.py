"""For other programs: the same operations and the same rights as the pages, as JSON."""
