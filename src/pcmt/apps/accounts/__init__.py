"""People who sign in, the roles they hold at units, and the actor every operation is told."""
