"""Report regimes: what is reported by whom to whom and when; ladders; ad hoc requests."""
