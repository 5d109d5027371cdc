"""Statistics of the registers: totals without anybody's name."""
