"""Builders of what tests need: plain functions over the operations, no library."""
