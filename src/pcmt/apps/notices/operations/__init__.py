"""Telling people, what they do with what they were told, and the letter that gathers it."""

from .choosing import choose, stop_mail
from .digests import make_digests, send_digest, send_digests
from .reading import read_all, read_one
from .telling import Telling, tell, tell_all
from .tidying import tidy

__all__ = [
    "Telling",
    "choose",
    "make_digests",
    "read_all",
    "read_one",
    "send_digest",
    "send_digests",
    "stop_mail",
    "tell",
    "tell_all",
    "tidy",
]
