"""Logs go to standard error, one line an entry, with the request's number. They carry no personal data:

no names, no query strings (they hold search words), no form contents, no client addresses. Who did what is in the
audit entries.
"""

from . import env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"impersonal": {"()": "pcmt.config.logging.Impersonal"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["impersonal"]},
    },
    "root": {"handlers": ["stderr"], "level": env.text("PCMT_LOG_LEVEL", "INFO").upper()},
    "loggers": {
        # Django mails errors to administrators by default; here the log is the only place.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # These name people's keys and addresses.
        "fido2": {"level": "WARNING"},
        "allauth": {"level": "WARNING"},
        # Reads out what cameras write into pictures.
        "PIL": {"level": "WARNING"},
        # Every start and end of every job is in the database already.
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
