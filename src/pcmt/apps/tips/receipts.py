"""Receipts of tips: eight words such as “chim xanh”, 88 bits, which only the sender has.

A word is a thing and a look of `data/receipts/words.toml`, eleven bits. What people type is brought into the one normal
form from which the hash is made: marks, capitals, figures and signs between the words do not count, and a syllable with
one wrong, missing, further or swapped letter is understood, as is one whose first four letters say which it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from functools import lru_cache

import attrs
from django.conf import settings
from rapidfuzz.distance import OSA

from pcmt.core.text import fold
from pcmt.reference.files import table

WORDS = 8
NONCE_BYTES = 16
_BITS = 11
_SYLLABLE = re.compile(r"[a-z]+")


@lru_cache(maxsize=1)
def lists() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The 64 things and the 32 looks."""
    found = table("receipts", "words")
    return tuple(found["things"].split()), tuple(found["looks"].split())


def new_nonce() -> str:
    """Chance for one sending; whoever has it gets the same receipt again, and it is kept nowhere."""
    return secrets.token_hex(NONCE_BYTES)


def receipt_from(nonce: str) -> str:
    """The receipt of a sending, in its normal form: 88 bits of a keyed hash of 128 bits of chance."""
    number = int.from_bytes(_keyed("tips.words", nonce)[: WORDS * _BITS // 8], "big")
    things, looks = lists()
    words = []
    for _each in range(WORDS):
        number, word = divmod(number, 1 << _BITS)
        words.append(f"{things[word // len(looks)]} {looks[word % len(looks)]}")
    return " ".join(words)


def key_from(nonce: str) -> str:
    """What is kept of a sending so that it counts once: from it neither the nonce nor the receipt can be found."""
    return _keyed("tips.sending", nonce).hex()[:32]


def words_of(receipt: str) -> list[str]:
    """The eight words of a receipt in its normal form."""
    said = receipt.split()
    return [f"{thing} {look}" for thing, look in zip(said[::2], said[1::2], strict=True)]


@attrs.frozen
class Typed:
    """What somebody typed as a receipt: its normal form, or "" and the places (from 1) of what is no word of the list.

    `count` is how many syllables there are; sixteen are wanted. The list of words is no secret.
    """

    receipt: str
    strange: Sequence[tuple[int, str]] = ()
    count: int = 2 * WORDS


def typed(text: str) -> Typed:
    """Read a receipt as a person types it."""
    said = _SYLLABLE.findall(fold(text[:600]))
    if len(said) != 2 * WORDS:
        return Typed("", count=len(said))
    meant = [_meant(each, lists()[place % 2]) for place, each in enumerate(said)]
    strange = [(place + 1, said[place]) for place, each in enumerate(meant) if not each]
    return Typed("", strange) if strange else Typed(" ".join(meant))


def _meant(said: str, known: Sequence[str]) -> str:
    """The one word of the list that is meant; "" for none or several."""
    if said in known:
        return said
    near = [each for each in known if OSA.distance(said, each) == 1]
    begun = [each for each in known if len(said) >= 4 and each[:4] == said[:4]]
    return near[0] if len(near) == 1 else begun[0] if len(begun) == 1 and not near else ""


def _keyed(kind: str, nonce: str) -> bytes:
    return hmac.new(settings.TIP_RECEIPT_KEY, f"{kind}|{nonce}".encode(), hashlib.sha256).digest()
