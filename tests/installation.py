"""A whole installation of its own for tests that start real processes: data folder, database, tables."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import attrs
import psycopg

PATIENCE = 300.0


@attrs.frozen
class Installation:
    """Runs `pcmt` and Python as an operator would, on a database that no other test sees."""

    data: Path
    environment: dict[str, str]

    def pcmt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pcmt.config.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
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
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PCMT_", "PYTEST_"))},
        "PCMT_DATA": str(folder),
        "PCMT_SECRET_KEY": "only for tests",
        "DJANGO_SETTINGS_MODULE": "tests.installation_settings",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PYTHONWARNINGS": "default",
    }
    if socket := os.environ.get("PCMT_TEST_PG_SOCKET"):
        name = f"pcmt_{uuid.uuid4().hex}"
        with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        environment["PCMT_DATABASE_URL"] = f"postgresql://postgres@/{name}?host={socket}"
    installation = Installation(folder, environment)
    migrated = installation.pcmt("migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr
    cache = installation.pcmt("createcachetable")
    assert cache.returncode == 0, cache.stderr
    return installation


def wait_for(what: str, condition: Callable[[], object]) -> None:
    """Until the condition holds; fails after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.1)
