"""Search everywhere, without regard to tone marks."""
