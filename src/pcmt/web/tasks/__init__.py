"""Who owes what by when, and the page of one task or report."""
