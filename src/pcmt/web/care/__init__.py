"""Care of people: tests, residence checks, treatment, support, teams, pledges; how often a plan has people tested."""
