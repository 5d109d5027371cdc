"""Acts on files of people: opening one, statuses, hand-overs, duplicates."""
