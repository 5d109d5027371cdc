"""Counting the SQL statements of pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.web.account import middleware


@contextmanager
def statements() -> Iterator[CaptureQueriesContext]:
    """The statements meanwhile, without those that write down once a minute that a session is in use.

    On a slow machine a minute may pass within a test.
    """
    with mock.patch.object(middleware, "STEP", inf), CaptureQueriesContext(connection) as queries:
        yield queries
