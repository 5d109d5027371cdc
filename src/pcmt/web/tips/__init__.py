"""Tips as officers work on them: the queue, a tip, teams, the custodian, numbers."""
