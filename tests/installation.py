"""Databases of tests. Their tables are made once by all processes of a run together, and copied for each.

And a whole installation for tests that start real processes: data folder, database, tables. As a program it makes the
tables before a test asks for them: `./do test` lets it, while it looks at the code.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs
import psycopg

from tests.pgbox import bin_dir

PATIENCE = 300.0
LONG = 1800.0
"""Seconds for what all wait for: on a slow machine the migrations of a run take minutes."""


@attrs.frozen
class Installation:
    """Runs `pcmt` and Python as an operator would, on a database that no other test sees."""

    data: Path
    environment: dict[str, str]

    def pcmt(self, *arguments: str, patience: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pcmt.config.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.data / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "pcmt.config.cli", *arguments], env=self.environment, stdout=log, stderr=log
            )

    def python(self, code: str) -> str:
        """Run code with Django set up; what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def log(self) -> str:
        return (self.data / "log").read_text(errors="replace")


def install(folder: Path) -> Installation:
    """A migrated installation under the folder, on the kind of database that the tests run on."""
    model = _model()
    made = Installation(folder, _environment(folder))
    if socket := os.environ.get("PCMT_TEST_PG_SOCKET"):
        name = f"pcmt_{uuid.uuid4().hex}"
        with _server(socket) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {MODEL}")
        made.environment["PCMT_DATABASE_URL"] = f"postgresql://postgres@/{name}?host={socket}"
    else:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(model / TABLES, folder)
    return made


@contextmanager
def tables() -> Iterator[None]:
    """Django makes the test database of this process meanwhile: by a copy, instead of by all migrations once more."""
    from django.db import connection

    model = _model()
    test = connection.settings_dict["TEST"]
    test["MIGRATE"] = False
    if "PCMT_TEST_PG_SOCKET" in os.environ:
        test["TEMPLATE"] = MODEL
        yield
        return
    name = connection.creation._get_test_db_name()
    # In memory and shared: it is there as long as somebody holds it.
    with closing(sqlite3.connect(name, uri=True)) as memory:
        with closing(sqlite3.connect(model / TABLES)) as made:
            made.backup(memory)
        yield


MODEL, TABLES, DUMP = "pcmt_model", "pcmt.sqlite3", "pcmt.dump"


def _model() -> Path:
    """The folder of the installation that the others are copies of; whoever comes first makes it.

    On PostgreSQL the copies are made of the database MODEL, which each server has from the folder's dump.
    """
    socket = os.environ.get("PCMT_TEST_PG_SOCKET")
    folder = Path(os.environ["PCMT_TEST_MODEL"], "pg" if socket else "sqlite")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _make(folder, socket)
            (folder / "ready").touch()
        elif socket:
            _restore(folder, socket)
    return folder


def _make(folder: Path, socket: str | None) -> None:
    """All migrations, which take half a minute: Django makes all models anew after each step."""
    model = Installation(folder, _environment(folder))
    if socket:
        model.environment["PCMT_DATABASE_URL"] = f"postgresql://postgres@/{MODEL}?host={socket}"
        with _server(socket) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {MODEL}")  # half made, by who was killed
            connection.execute(f"CREATE DATABASE {MODEL}")
    for command in ("migrate", "createcachetable"):
        done = model.pcmt(command, "--verbosity", "0", patience=LONG)
        assert done.returncode == 0, done.stderr
    if socket:
        _postgres("pg_dump", socket, "--format", "custom", "--compress", "0", "--file", folder / DUMP, MODEL)
        return
    with closing(sqlite3.connect(folder / TABLES)) as made:
        made.execute("PRAGMA journal_mode = DELETE")  # what is kept in memory knows no other journal


def _restore(folder: Path, socket: str) -> None:
    """The model in a server that has none, from the dump that another left."""
    with _server(socket) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [MODEL]).fetchone():
            return
        connection.execute("DROP DATABASE IF EXISTS pcmt_half")
        connection.execute("CREATE DATABASE pcmt_half")
        _postgres("pg_restore", socket, "--exit-on-error", "--dbname", "pcmt_half", folder / DUMP)
        connection.execute(f"ALTER DATABASE pcmt_half RENAME TO {MODEL}")


def _postgres(program: str, socket: str, *arguments: str | Path) -> None:
    """One of PostgreSQL's own programs, of the version of the tests' server."""
    asked = [bin_dir() / program, "--host", socket, "--username", "postgres", *arguments]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=LONG)
    assert done.returncode == 0, done.stderr


def _server(socket: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)


def _environment(folder: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PCMT_", "PYTEST_"))},
        "PCMT_DATA": str(folder),
        "PCMT_SECRET_KEY": "only for tests",
        "DJANGO_SETTINGS_MODULE": "tests.installation_settings",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PYTHONWARNINGS": "default",
    }


def wait_for(what: str, condition: Callable[[], object]) -> None:
    """Until the condition holds; fails after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.1)


if __name__ == "__main__":
    import tests.settings  # noqa: F401 - it starts the server

    _model()
