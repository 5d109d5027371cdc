"""Lịch sử: what was done to one thing, in words. One page for every kind of thing; other pages include its tail."""
