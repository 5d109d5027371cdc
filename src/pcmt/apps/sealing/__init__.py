"""Sealing what must not be read in the database: AES-256-GCM with keys that never stand there, and blind indexes.

A sealed value is bound to its place (`context`, such as `registers.Identity:<code>`): moved to another row it does not
open. Each room that seals has keys of its own (`config.settings`); this one knows none. Libraries do the arithmetic.
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

NONCE = 12

Keys = Mapping[str, bytes]
"""Keys of 32 bytes by id; the first seals, all of them open."""


class Unsealable(ValueError):
    """What was sealed does not open: another key, another place, or it was changed."""


@attrs.frozen(repr=False)
class Sealed:
    """What goes into the database: the bytes, and by which key."""

    data: bytes
    key_id: str


def seal_bytes(plain: bytes, context: str, keys: Keys) -> Sealed:
    """Seal bytes for their place, with the newest key."""
    key_id, key = next(iter(keys.items()))
    nonce = os.urandom(NONCE)
    return Sealed(nonce + AESGCM(key).encrypt(nonce, plain, f"{key_id}|{context}".encode()), key_id)


def unseal_bytes(data: bytes | memoryview, key_id: str, context: str, keys: Keys) -> bytes:
    """The bytes that were sealed there. Raises Unsealable."""
    key = keys.get(key_id)
    raw = bytes(data)
    if key is None:
        raise Unsealable(f"no key {key_id!r}")
    try:
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], f"{key_id}|{context}".encode())
    except InvalidTag:
        raise Unsealable(context) from None


def seal(value: Mapping[str, Any], context: str, keys: Keys) -> Sealed:
    """Seal a JSON object for its place, with the newest key."""
    return seal_bytes(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), context, keys)


def unseal(data: bytes | memoryview, key_id: str, context: str, keys: Keys) -> dict[str, Any]:
    """The object that was sealed there. Raises Unsealable."""
    found: dict[str, Any] = json.loads(unseal_bytes(data, key_id, context, keys))
    return found


def index_of(kind: str, value: str, key: bytes) -> str:
    """The blind index of a value that its caller has brought into one form; "" for nothing."""
    return hmac.new(key, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest() if value else ""
