"""Addresses of our own pages that stand in letters; a test compares them with the pages' own."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer

LIST = "/thong-bao/"
PREFERENCES = "/tai-khoan/thong-bao/"
_SIGNER = "pcmt.notices.stop"


def opening(notice_id: int) -> str:
    """The whole address that opens what a notice is about and marks it as read."""
    return f"{settings.SITE}{LIST}{notice_id}/mo/"


def stopping(user_id: int) -> str:
    """The whole address at which letters to a person are stopped without signing in; it does nothing else."""
    return f"{settings.SITE}{LIST}thoi-gui/{stop_token(user_id)}/"


def stop_token(user_id: int) -> str:
    """The signed part of `stopping`: nobody but this installation can make it, and it opens nothing."""
    return Signer(sep=".", salt=_SIGNER).sign(str(user_id))


def user_of(token: str) -> int | None:
    """Whose letters a token stops; None where it is not ours."""
    try:
        return int(Signer(sep=".", salt=_SIGNER).unsign(token))
    except (BadSignature, ValueError):
        return None
