"""Tip-offs: keys of their own for content and for who sent it, and how the public page is kept from floods."""

from . import env
from .keys import keys, one_key

TIP_KEYS = keys("PCMT_TIP_KEYS", "tip_key")
"""Of what was told; the first seals, all of them open."""
TIP_IDENTITY_KEYS = keys("PCMT_TIP_IDENTITY_KEYS", "tip_identity_key")
"""Of who told it: other keys, so that whoever holds those of the content learns no name."""
TIP_RECEIPT_KEY = one_key("PCMT_TIP_RECEIPT_KEY", "tip_receipt_key")
"""Of the hash by which a receipt finds its tip."""

TIP_KEEP_YEARS = env.number("PCMT_TIP_KEEP_YEARS", 5)
"""So many years after a tip is closed its content and its sender's identity are destroyed; counts stay."""

TIP_EXIT = env.text("PCMT_TIP_EXIT", "https://vi.wikipedia.org/")
"""Where the button for leaving the public page at once leads: a page that everybody may be reading."""
TIP_NETWORK_FREE = 5
"""So many tips, and six times as many other forms, come from one network within ten minutes before a task is set."""
TIP_NETWORK_MOST = 40
"""So many with the task solved; then the network waits."""
TIP_HOURLY = env.number("PCMT_TIP_HOURLY", 200)
"""With so many tips within an hour at one process everybody gets the task, and the log an alert; none is dropped."""
