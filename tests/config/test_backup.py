"""`ops/backup.sh`: what it writes can be restored, on both databases."""

import os
import subprocess
from pathlib import Path

import psycopg

from tests import pgbox
from tests.installation import Installation, install

SCRIPT = Path(__file__).parents[2] / "ops/backup.sh"
WRITE = (
    "from datetime import datetime, UTC; from pcmt.apps.jobs.models import Cron;"
    "Cron.objects.create(name='giữ lại', next_run_at=datetime(2026, 3, 2, tzinfo=UTC))"
)
READ = "from pcmt.apps.jobs.models import Cron; print(Cron.objects.get().name)"


def restore(backup: Path, to: Path, here: Installation) -> Installation:
    """As docs/dev/operations.md says."""
    to.mkdir()
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=backup, check=True)
    subprocess.run(["tar", "-C", to, "-xf", backup / "files.tar"], check=True)
    environment = {**here.environment, "PCMT_DATA": str(to)}
    if socket := os.environ.get("PCMT_TEST_PG_SOCKET"):
        name = f"{to.name}_{os.getpid()}"
        with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = f"postgresql://postgres@/{name}?host={socket}"
        subprocess.run([pgbox.bin_dir() / "pg_restore", "--dbname", url, backup / "database.dump"], check=True)
        environment["PCMT_DATABASE_URL"] = url
    else:
        (backup / "pcmt.sqlite3").rename(to / "pcmt.sqlite3")
    return Installation(to, environment)


def test_a_backup_can_be_restored(tmp_path: Path) -> None:
    here = install(tmp_path / "one")
    here.python(WRITE)
    kept = here.data / "files/ab/cdef"
    kept.parent.mkdir(parents=True)
    kept.write_bytes("kế hoạch".encode())
    path = f"{pgbox.bin_dir()}{os.pathsep}{os.environ['PATH']}" if "PCMT_TEST_PG_SOCKET" in os.environ else None
    done = subprocess.run(
        [SCRIPT, tmp_path / "backups"],
        env={**here.environment, **({"PATH": path} if path else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    backup = Path(done.stdout.strip())
    assert backup.parent == tmp_path / "backups"
    assert oct(backup.stat().st_mode)[-2:] == "00"

    there = restore(backup, tmp_path / "two", here)
    assert there.python(READ) == "giữ lại"
    assert (there.data / "files/ab/cdef").read_bytes() == "kế hoạch".encode()
    assert there.pcmt("check").returncode == 0
