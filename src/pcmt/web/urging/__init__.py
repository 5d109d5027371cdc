"""Urging letters: what would be written to whom, the letters of a batch, the register."""
