"""What may stand in the log."""

import logging

from pcmt.apps.audit.origin import origin


class Impersonal(logging.Filter):
    """Adds the request's number and cuts what could name a person: query strings after a path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: entries are cleaned, never dropped."""
        record.request_id = origin().request_id or "-"
        if record.name.startswith("django.") and isinstance(record.args, tuple):
            record.args = tuple(
                arg.split("?", 1)[0] if isinstance(arg, str) and "/" in arg else arg for arg in record.args
            )
        return True
