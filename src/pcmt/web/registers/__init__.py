"""Files of people: the list, the keeper's day, a person's page."""
