"""What loading asks of the database itself."""

from __future__ import annotations

from django.apps import apps
from django.db import connection


def refresh_statistics() -> None:
    """Count the rows of an open transaction: PostgreSQL's housekeeping does not see them and plans for empty tables."""
    if connection.vendor != "postgresql":
        return
    tables = [model._meta.db_table for model in apps.get_models()]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(map(connection.ops.quote_name, tables)))
