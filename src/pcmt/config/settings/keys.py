"""Keys that seal what the database must not show: from the environment or a file, never in the database."""

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
            f"{name} or {name}_FILE must be set where PCMT_HTTPS=1: keys that seal do not lie beside the data"
        )
    return _key(file, kept_secret(PCMT_DATA / file))


def keys(name: str, file: str) -> dict[str, bytes]:
    """Keys by id from the variable `name` (or the file that `<name>_FILE` names); the first seals, all of them open.

    Without either an installation of one machine makes its own, in `file` beside its data.
    """
    pairs = [each.strip() for each in _given(name).replace("\n", ",").split(",") if each.strip()]
    if not pairs:
        return {"local": _made(name, file)}
    found: dict[str, bytes] = {}
    for pair in pairs:
        key_id, _sep, secret = pair.partition(":")
        if not KEY_ID.fullmatch(key_id) or key_id in found:
            raise ImproperlyConfigured(f"{name}: expected id:base64,id:base64 with a new id for each key")
        found[key_id] = _key(name, secret.strip())
    return found


def one_key(name: str, file: str) -> bytes:
    """One key, found in the same way."""
    given = _given(name)
    return _key(name, given) if given else _made(name, file)
