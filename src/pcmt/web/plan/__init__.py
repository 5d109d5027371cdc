"""The pages of one adopted plan: overview, targets, assignments, timeline, reports, text, history."""
