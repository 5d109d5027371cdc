"""Punctuality: who does what is due in time, by body, plan and period; each number opens to its items."""
