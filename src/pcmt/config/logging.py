"""What may stand in the log."""

import logging
import re

from pcmt.apps.audit.origin import origin

TOKEN = re.compile(r"[0-9a-f]{64}")


class Impersonal(logging.Filter):
    """Adds the request's number, cuts what could name a person (query strings) or open a door (tokens of letters)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: entries are cleaned, never dropped."""
        record.request_id = origin().request_id or "-"
        if record.name.startswith("django.") and isinstance(record.args, tuple):
            record.args = tuple(
                TOKEN.sub("…", arg.split("?", 1)[0]) if isinstance(arg, str) and "/" in arg else arg
                for arg in record.args
            )
        return True
