"""The keys under which the registers seal who people are. They never stand in the database."""

import base64
import binascii
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from . import env
from .data import PCMT_DATA, kept_secret

KEY_BYTES = 32


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < KEY_BYTES:
        raise ImproperlyConfigured(f"{name}: expected {KEY_BYTES} bytes in base64")
    return key[:KEY_BYTES]


def _keys() -> dict[str, bytes]:
    path = env.text("PCMT_REGISTER_KEYS_FILE")
    text = Path(path).read_text(encoding="ascii") if path else env.text("PCMT_REGISTER_KEYS")
    pairs = [each.strip() for each in text.replace("\n", ",").split(",") if each.strip()]
    if not pairs:
        return {"local": _key("register_key", kept_secret(PCMT_DATA / "register_key"))}
    found: dict[str, bytes] = {}
    for pair in pairs:
        key_id, _sep, secret = pair.partition(":")
        found[key_id] = _key("PCMT_REGISTER_KEYS", secret)
    return found


REGISTER_KEYS = _keys()
"""Keys by id; the first seals, all of them open."""
REGISTER_INDEX_KEY = _key(
    "PCMT_REGISTER_INDEX_KEY",
    env.text("PCMT_REGISTER_INDEX_KEY") or kept_secret(PCMT_DATA / "register_index_key"),
)
"""Of the blind indexes. Changing it means indexing anew (`pcmt registers reindex`)."""

REGISTER_RENEWAL_RESTARTS = env.flag("PCMT_REGISTER_RENEWAL_RESTARTS", default=True)
"""Whether a new decision on a running status counts its whole term anew (decision 0047)."""

REGISTER_VISIT_MINUTES = env.number("PCMT_REGISTER_VISIT_MINUTES", 30)
"""So long after somebody said what for, files open; then the question is asked again."""
REGISTER_LOCK_MINUTES = env.number("PCMT_REGISTER_LOCK_MINUTES", 5)
"""So long without a key or pointer a page that names people blanks itself; 0: never."""
