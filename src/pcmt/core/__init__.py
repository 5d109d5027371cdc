"""The pure heart of the house: text, periods, measures and reading. No Django, no files, no clock, no network."""
