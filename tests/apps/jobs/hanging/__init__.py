"""An app for workers that are to be killed: their jobs come to the middle of their work and stay there."""
