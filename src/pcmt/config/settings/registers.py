"""The keys under which the registers seal who people are. They never stand in the database."""

from . import env
from .keys import keys, one_key

REGISTER_KEYS = keys("PCMT_REGISTER_KEYS", "register_key")
"""Keys by id; the first seals, all of them open."""
REGISTER_INDEX_KEY = one_key("PCMT_REGISTER_INDEX_KEY", "register_index_key")
"""Of the blind indexes. Changing it means indexing anew (`pcmt registers reindex`)."""

REGISTER_VISIT_MINUTES = env.number("PCMT_REGISTER_VISIT_MINUTES", 30)
"""So long after somebody said what for, files open; then the question is asked again."""
REGISTER_LOCK_MINUTES = env.number("PCMT_REGISTER_LOCK_MINUTES", 5)
"""So long without a key or pointer a page that names people covers itself; 0: never."""
REGISTER_EXPORT_LISTS = env.number("PCMT_REGISTER_EXPORT_LISTS", 5)
"""So many lists of people one person takes out or prints a day."""
REGISTER_EXPORT_PEOPLE = env.number("PCMT_REGISTER_EXPORT_PEOPLE", 200)
"""So many people all lists of one person and day name together."""

REGISTER_RENEWAL_RESTARTS = env.flag("PCMT_REGISTER_RENEWAL_RESTARTS", default=True)
"""Whether a new decision on a running status counts its whole term anew (decision 0047)."""
