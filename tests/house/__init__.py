"""Tests about the repository itself: its floors, its templates, its translations, what may stand in it."""
