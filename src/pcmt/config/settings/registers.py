"""The keys under which the registers seal who people are. They never stand in the database."""

import base64
import binascii
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from . import env
from .data import PCMT_DATA, kept_secret
from .security import HTTPS

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,20}")


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < KEY_BYTES:
        raise ImproperlyConfigured(f"{name}: expected {KEY_BYTES} bytes in base64")
    return key[:KEY_BYTES]


def _given(name: str) -> str:
    """A secret from the file that `<name>_FILE` names, or from the variable itself."""
    path = env.text(f"{name}_FILE")
    if not path:
        return env.text(name)
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ImproperlyConfigured(f"{name}_FILE: cannot be read: {problem}") from None


def _made(name: str, file: str) -> bytes:
    """A key of this installation's own, beside its data. Not where it serves others: a copy of the data has it too."""
    if HTTPS:
        raise ImproperlyConfigured(
            f"{name} or {name}_FILE must be set where PCMT_HTTPS=1: keys of the registers do not lie beside the data"
        )
    return _key(file, kept_secret(PCMT_DATA / file))


def _keys() -> dict[str, bytes]:
    pairs = [each.strip() for each in _given("PCMT_REGISTER_KEYS").replace("\n", ",").split(",") if each.strip()]
    if not pairs:
        return {"local": _made("PCMT_REGISTER_KEYS", "register_key")}
    found: dict[str, bytes] = {}
    for pair in pairs:
        key_id, _sep, secret = pair.partition(":")
        if not KEY_ID.fullmatch(key_id) or key_id in found:
            raise ImproperlyConfigured("PCMT_REGISTER_KEYS: expected id:base64,id:base64 with a new id for each key")
        found[key_id] = _key("PCMT_REGISTER_KEYS", secret.strip())
    return found


def _index_key() -> bytes:
    given = _given("PCMT_REGISTER_INDEX_KEY")
    if given:
        return _key("PCMT_REGISTER_INDEX_KEY", given)
    return _made("PCMT_REGISTER_INDEX_KEY", "register_index_key")


REGISTER_KEYS = _keys()
"""Keys by id; the first seals, all of them open."""
REGISTER_INDEX_KEY = _index_key()
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
