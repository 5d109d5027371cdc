"""Emptying the whole database, the audit log with it: Django's own command, behind the guard of the log."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush

from pcmt.apps.audit.operations import unguarded


class Command(flush.Command):
    """As Django's. On PostgreSQL only the owner of the tables can do it."""

    def handle(self, **options: Any) -> None:
        with unguarded(options["database"]):
            super().handle(**options)
