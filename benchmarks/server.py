"""A PostgreSQL with the settings of production, PCMT on it, and what may be asked of it: room, memory, other work."""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests import pgbox

SETTINGS = {
    # Durable, as in production: a report that was taken stays taken.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    # The peer's own manual advises it: compiling costs more than these queries.
    "jit": "off",
    "autovacuum": "off",  # it would run in the middle of a timing; tables are analysed by hand
}


def start() -> str:
    """Start it, point PCMT's settings at it, lay the tables. The socket folder; gone when the process ends."""
    socket = pgbox.start(SETTINGS)
    folder = tempfile.mkdtemp(prefix="pcmt-bench-")
    owner = os.getpid()
    atexit.register(lambda: shutil.rmtree(folder, ignore_errors=True) if os.getpid() == owner else None)
    os.environ |= {
        "PCMT_DATA": folder,
        "PCMT_SECRET_KEY": "only for benchmarks",
        "PCMT_DATABASE_URL": f"postgresql://postgres@/pcmt?host={socket}",
        "DJANGO_SETTINGS_MODULE": "pcmt.config.settings",
    }
    with connect(socket, "postgres") as connection:
        connection.execute("CREATE DATABASE pcmt")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    return socket


def connect(socket: str, database: str = "pcmt") -> Any:
    """A connection of its own, each statement a transaction."""
    import psycopg

    return psycopg.connect(host=socket, user="postgres", dbname=database, autocommit=True)


def room(connection: Any, *like: str) -> int:
    """Bytes on disk of the tables whose names are like these, with their indexes."""
    row = connection.execute(
        "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
        "WHERE relkind = 'r' AND relname LIKE ANY(%s)",
        [list(like)],
    ).fetchone()
    return int(row[0])


def version(connection: Any) -> str:
    """Which PostgreSQL it is."""
    return str(connection.execute("SHOW server_version").fetchone()[0])


def peak() -> int:
    """The most memory that this process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def backend_peak(connection: Any) -> int:
    """The most memory that the server's process of a connection has held that no other shares, in bytes (Linux).

    Shared buffers are counted with whoever touches them first: they are left out.
    """
    pid = connection.info.backend_pid
    status = Path(f"/proc/{pid}/smaps_rollup")
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Dirty:", "Private_Clean:")))


def foreign(before: float) -> float:
    """Load of the machine above the one at the beginning."""
    return os.getloadavg()[0] - before
