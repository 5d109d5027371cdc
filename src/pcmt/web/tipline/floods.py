"""Keeping floods away without knowing anybody: counts by network in the memory of the process, for minutes.

A network (/24 of IPv4, /48 of IPv6) is known by a keyed hash. Key and counts are thrown away together every ten
minutes, so that what is left says nothing of who sent something. Above a limit a task is set: browsers with script
solve it by computing, people without answer a question and wait a little. Nothing is dropped in silence.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from enum import Enum

import attrs
from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)

WINDOW = 600.0
HOUR = 3600.0
LOOKING = 6
"""So many times as often as sending, one may look with a receipt."""
BITS = 15
"""A browser tries 2^15 hashes on average: a second or two."""
PATIENCE = 10
"""So many seconds after the question its answer counts."""
TASK_AGE = 1800
SALT = "pcmt.tipline.task"


class Gate(Enum):
    """What a request meets."""

    OPEN = "open"
    TASK = "task"
    WAIT = "wait"


class Floods:
    """The counts of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._fresh()
        self._hour, self._sent, self._alerted = self._clock(), 0, False

    def _fresh(self) -> None:
        self._key, self._since = secrets.token_bytes(32), self._clock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._used: set[str] = set()

    def blurred(self, address: str) -> str:
        """The network of an address, as a hash that nobody can trace after some minutes."""
        with self._lock:
            self._tick()
            return hmac.new(self._key, network(address).encode(), hashlib.sha256).hexdigest()[:24]

    def gate(self, kind: str, blurred: str, *, solved: str = "") -> Gate:
        """Count a form (`kind`: send or look) and say whether it may go on. `solved`: the mark of a solved task."""
        factor = 1 if kind == "send" else LOOKING
        with self._lock:
            self._tick()
            many = self._counts[kind, blurred]
            if many >= settings.TIP_NETWORK_MOST * factor:
                return Gate.WAIT
            if many >= settings.TIP_NETWORK_FREE * factor or (kind == "send" and self._sent >= settings.TIP_HOURLY):
                if not solved or solved in self._used:
                    return Gate.TASK
                self._used.add(solved)
            self._counts[kind, blurred] += 1
            if kind == "send":
                self._sent += 1
                self._alert()
        return Gate.OPEN

    def _tick(self) -> None:
        now = self._clock()
        if now - self._since >= WINDOW:
            self._fresh()
        if now - self._hour >= HOUR:
            self._hour, self._sent, self._alerted = now, 0, False

    def _alert(self) -> None:
        if self._sent >= settings.TIP_HOURLY and not self._alerted:
            self._alerted = True
            log.error("the public page for tips: %d forms within an hour; a task is set for everybody", self._sent)


def network(address: str) -> str:
    """The network that counts as one: /24 of IPv4 (also when written as IPv6), /48 of IPv6; all else is one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    return str(ipaddress.ip_network(f"{known}/{24 if known.version == 4 else 48}", strict=False))


FLOODS = Floods()


@attrs.frozen
class Task:
    """A task: signed, a question for people, and for browsers how many bits of a hash have to be zero."""

    signed: str
    question: str
    salt: str
    bits: int = BITS


def new_task() -> Task:
    """A task nobody had before."""
    one, other, salt = secrets.randbelow(8) + 2, secrets.randbelow(8) + 2, secrets.token_hex(16)
    signed = signing.dumps({"s": salt, "a": _answer(salt, str(one + other))}, salt=SALT)
    return Task(signed, _("%(one)d cộng %(other)d bằng mấy? (ghi bằng chữ số)") % {"one": one, "other": other}, salt)


def solved(signed: str, found: str, answer: str, now: float) -> str:
    """The mark of a task when it is solved by computing (`found`) or by answering not too fast; else ""."""
    try:
        task = signing.loads(signed, salt=SALT, max_age=TASK_AGE)
        stamp = signing.b62_decode(signed.rsplit(":", 2)[1])
    except (signing.BadSignature, ValueError, IndexError):
        return ""
    salt = str(task["s"])
    if found and len(found) <= 20 and zero_bits(f"{salt}{found}") >= BITS:
        return salt
    right = constant_time_compare(_answer(salt, answer.strip()[:4]), task["a"])
    return salt if right and now - stamp >= PATIENCE else ""


def zero_bits(text: str) -> int:
    """With how many zeros the hash of a text begins."""
    return 256 - int.from_bytes(hashlib.sha256(text.encode()).digest(), "big").bit_length()


def _answer(salt: str, answer: str) -> str:
    return salted_hmac(SALT, f"{salt}|{answer}", algorithm="sha256").hexdigest()
