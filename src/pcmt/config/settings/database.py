"""SQLite under `PCMT_DATA` unless `PCMT_DATABASE_URL` names a PostgreSQL; cache and sessions live there too."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from . import env
from .data import PCMT_DATA


def sqlite(path: Path) -> dict[str, Any]:
    """One file; readers never wait for the writer (WAL), writers queue up to 20 s instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            # A transaction takes the write lock when it starts: a read that turns into a write cannot fail half-way.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
        },
    }


def postgresql(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:5432/name?option=value`; `?host=/folder` names the folder of a Unix socket."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("PCMT_DATABASE_URL: expected postgresql://user:password@host:port/name")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": env.number("PCMT_DATABASE_KEEP", 60),
        "CONN_HEALTH_CHECKS": True,
        # Behind a pooler that shares connections between transactions, cursors kept on the server get lost.
        "DISABLE_SERVER_SIDE_CURSORS": env.flag("PCMT_DATABASE_POOLED"),
    }


PCMT_DATABASE_URL = env.text("PCMT_DATABASE_URL")
DATABASES = {"default": postgresql(PCMT_DATABASE_URL) if PCMT_DATABASE_URL else sqlite(PCMT_DATA / "pcmt.sqlite3")}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "pcmt_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
