"""Sealing of tips: what was told with `TIP_KEYS`, who told it with `TIP_IDENTITY_KEYS` (`pcmt.apps.sealing`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from pcmt.apps import sealing
from pcmt.apps.sealing import Sealed, Unsealable

__all__ = ["Sealed", "Unsealable"]


def seal(value: Mapping[str, Any], context: str) -> Sealed:
    """Seal what was told, for its place (`tips.Tip:<number>`, `tips.TipMessage:<number>` ...)."""
    return sealing.seal(value, context, settings.TIP_KEYS)


def unseal(data: bytes | memoryview, key_id: str, context: str) -> dict[str, Any]:
    """What was told. Raises Unsealable."""
    return sealing.unseal(data, key_id, context, settings.TIP_KEYS)


def seal_picture(data: bytes, context: str) -> Sealed:
    """Seal a picture for its place."""
    return sealing.seal_bytes(data, context, settings.TIP_KEYS)


def unseal_picture(data: bytes | memoryview, key_id: str, context: str) -> bytes:
    """A picture as it was sealed. Raises Unsealable."""
    return sealing.unseal_bytes(data, key_id, context, settings.TIP_KEYS)


def seal_identity(value: Mapping[str, Any], context: str) -> Sealed:
    """Seal who told it."""
    return sealing.seal(value, context, settings.TIP_IDENTITY_KEYS)


def unseal_identity(data: bytes | memoryview, key_id: str, context: str) -> dict[str, Any]:
    """Who told it. Raises Unsealable."""
    return sealing.unseal(data, key_id, context, settings.TIP_IDENTITY_KEYS)


def hash_of_receipt(receipt: str) -> str:
    """By what the receipt, in its one normal form, is found; the receipt itself is kept nowhere."""
    return sealing.index_of("tips.receipt", receipt, settings.TIP_RECEIPT_KEY)
