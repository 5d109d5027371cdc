"""All tests. `house/` tests the repository itself; the other folders mirror `src/pcmt/`."""
