"""What may stand in the log."""

import logging
import re
import traceback

from pcmt.apps.audit.origin import origin
from pcmt.web.tipline.paths import is_public

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
        if record.exc_info and is_public(getattr(getattr(record, "request", None), "path_info", "")):
            # where it failed, and as what; the message of an error can hold what somebody wrote
            kind, _error, trace = record.exc_info
            record.exc_text = "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")
            record.exc_info = None
        return True
