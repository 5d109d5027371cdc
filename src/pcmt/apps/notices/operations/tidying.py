"""Removing what was told long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from pcmt.apps.notices.models import Digest, Notice

KEPT_DAYS = 400
"""A plan's year and a month more: until then nothing is told twice under one key, and pages say what was told."""


def tidy(*, at: datetime) -> int:
    """Remove notices and digests that are older than `KEPT_DAYS`, read or not; how many notices went."""
    long_ago = at - timedelta(days=KEPT_DAYS)
    gone, _each = Notice.objects.filter(at__lt=long_ago).delete()
    Digest.objects.filter(made_at__lt=long_ago).delete()
    return gone
