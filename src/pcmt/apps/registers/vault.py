"""Sealing what says who somebody is: AES-256-GCM with keys that never stand in the database, and blind indexes.

A sealed value is bound to its place (`context`, such as `registers.Identity:<code>`): moved to another row it does not
open. Keys come from `PCMT_REGISTER_KEYS` (`id:base64` separated by commas, the first seals) or from a file; the key of
the blind index from `PCMT_REGISTER_INDEX_KEY`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


class Unsealable(ValueError):
    """What was sealed does not open: another key, another place, or it was changed."""


@attrs.frozen(repr=False)
class Sealed:
    """What goes into the database: the bytes, and by which key."""

    data: bytes
    key_id: str


def seal(value: Mapping[str, Any], context: str) -> Sealed:
    """Seal a JSON object for its place, with the newest key."""
    key_id, key = next(iter(settings.REGISTER_KEYS.items()))
    nonce = os.urandom(NONCE)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Sealed(nonce + AESGCM(key).encrypt(nonce, plain, f"{key_id}|{context}".encode()), key_id)


def unseal(data: bytes | memoryview, key_id: str, context: str) -> dict[str, Any]:
    """The object that was sealed there. Raises Unsealable."""
    key = settings.REGISTER_KEYS.get(key_id)
    raw = bytes(data)
    if key is None:
        raise Unsealable(f"no key {key_id!r}")
    try:
        plain = AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], f"{key_id}|{context}".encode())
    except InvalidTag:
        raise Unsealable(context) from None
    found: dict[str, Any] = json.loads(plain)
    return found


def index_of(kind: str, value: str) -> str:
    """The blind index of a value that its caller has brought into one form; "" for nothing."""
    if not value:
        return ""
    return hmac.new(settings.REGISTER_INDEX_KEY, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()
