"""Nhật ký: what auditors see of who did what, and the words for it that other pages use too."""
