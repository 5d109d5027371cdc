"""The command line: help in Vietnamese, exit codes, and a quick `pcmt read`."""

import subprocess
import sys
from pathlib import Path

import pytest

from pcmt.config import cli
from tests.installation import install


def test_help_names_every_command_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    for word in (
        "read",
        "serve",
        "migrate",
        "demo load",
        "demo reset",
        "units load",
        "units count",
        "audit verify",
        "worker",
        "status",
        "check",
        "PCMT_DATA",
        "Cách dùng",
    ):
        assert word in shown


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["serve", "--port", "x"], ["migrate", "--no-such"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.django_db
def test_a_command_that_fails_is_1() -> None:
    assert cli.main(["migrate", "no_such_app"]) == 1


@pytest.mark.parametrize(
    "arguments", [["serve", "--help"], ["migrate", "--help"], ["worker", "--help"], ["jobs", "--help"]]
)
def test_help_of_a_command_is_0(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 0
    assert "--help" in capsys.readouterr().out


def test_read_works_without_django(tmp_path: Path) -> None:
    plan = tmp_path / "ke-hoach.txt"
    plan.write_text(
        "KẾ HOẠCH\nTổ chức hội nghị sơ kết\n\n1. Giao Công an xã báo cáo trước ngày 15/6/2026.\n", encoding="utf-8"
    )
    code = (
        "import sys; from pcmt.config import cli; code = cli.main(sys.argv[1:]);"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'django'], 'Django was imported';"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "read", "--json", str(plan)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert '"header"' in done.stdout


def test_check_tells_what_is_missing(tmp_path: Path) -> None:
    here = install(tmp_path)
    fit = here.pcmt("check")
    assert fit.returncode == 0, fit.stdout + fit.stderr
    assert "Cài đặt dùng được" in fit.stdout
    here.pcmt("migrate", "jobs", "zero", "--verbosity", "0")
    unfit = here.pcmt("check")
    assert unfit.returncode == 1
    assert "pcmt migrate" in unfit.stdout


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    here = install(tmp_path)
    here.environment["PCMT_HTTPS"] = "maybe"
    told = here.pcmt("check")
    assert told.returncode == 2
    assert "PCMT_HTTPS" in told.stderr
