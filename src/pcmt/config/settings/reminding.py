"""How often people are reminded of limits. The meaning of the numbers: `pcmt.core.periods.reminding`."""

from django.core.exceptions import ImproperlyConfigured

from . import env

REMIND_BEFORE = tuple(env.numbers("PCMT_REMIND_BEFORE", "7,3,1"))
"""Days before the last day on which something is in time; empty: nobody is reminded before the limit."""
REMIND_AGAIN = env.number("PCMT_REMIND_AGAIN", 7)
"""Days between two reminders of something overdue."""
REMIND_ESCALATE = env.number("PCMT_REMIND_ESCALATE", 3)
"""After so many working days without an answer the level above is told."""
REMIND_MOST = env.number("PCMT_REMIND_MOST", 30)
"""So many reminders by themselves for one person on one day; one more notice says how many others there are."""

for _name in ("REMIND_AGAIN", "REMIND_ESCALATE", "REMIND_MOST"):
    if globals()[_name] < 1:
        raise ImproperlyConfigured(f"PCMT_{_name}: at least 1")
