"""Màn hình lãnh đạo: an area on one sheet, and what changed in it since the last briefing."""
