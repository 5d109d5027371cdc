"""Calendar feeds: the page on which people make and revoke theirs, and the address that calendar programs read."""
