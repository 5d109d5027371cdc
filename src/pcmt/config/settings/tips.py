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
