"""Pages of events: the list, one event, writing one down, the queue of those to verify, the month."""
