"""Sealing who somebody is with the keys of the registers (`pcmt.apps.sealing`).

Keys come from `PCMT_REGISTER_KEYS` (`id:base64` separated by commas, the first seals) or from a file; the key of the
blind index from `PCMT_REGISTER_INDEX_KEY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from pcmt.apps import sealing
from pcmt.apps.sealing import Sealed, Unsealable

__all__ = ["Sealed", "Unsealable", "index_of", "seal", "unseal"]


def seal(value: Mapping[str, Any], context: str) -> Sealed:
    """Seal a JSON object for its place, with the newest key."""
    return sealing.seal(value, context, settings.REGISTER_KEYS)


def unseal(data: bytes | memoryview, key_id: str, context: str) -> dict[str, Any]:
    """The object that was sealed there. Raises Unsealable."""
    return sealing.unseal(data, key_id, context, settings.REGISTER_KEYS)


def index_of(kind: str, value: str) -> str:
    """The blind index of a value that its caller has brought into one form; "" for nothing."""
    return sealing.index_of(kind, value, settings.REGISTER_INDEX_KEY)
