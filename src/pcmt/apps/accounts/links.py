"""Addresses in letters that open one door once (`SecretLink`)."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

PATHS = {"invitation": "/loi-moi/", "reset": "/dat-lai-mat-khau/"}
"""Where the pages of the two kinds of link stand; the pages' own addresses are tested against these."""


def fresh_nonce() -> str:
    """What makes one link differ from every other; no secret by itself."""
    return secrets.token_hex(16)


def token_of(kind: str, nonce: str) -> str:
    """The token of a link: only who has the installation's secret can make it from the nonce."""
    return salted_hmac(f"pcmt.accounts.links.{kind}", nonce, algorithm="sha256").hexdigest()


def hash_of(token: str) -> str:
    """What the database keeps of a token; the token itself has 256 bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def address_of(kind: str, nonce: str) -> str:
    """The whole address, for a letter."""
    return f"{settings.SITE}{PATHS[kind]}{token_of(kind, nonce)}/"
