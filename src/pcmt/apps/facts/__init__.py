"""Facts: what is counted, who reports it in which form, every number with where it came from, and its sums upward."""
