"""Settings from the environment."""

import importlib
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from pcmt.config.settings import env
from pcmt.config.settings.data import kept_secret
from pcmt.config.settings.database import postgresql


@pytest.mark.parametrize(("word", "value"), [("1", True), ("yes", True), ("ON", True), ("0", False), ("", False)])
def test_flag(monkeypatch: pytest.MonkeyPatch, word: str, value: bool) -> None:
    monkeypatch.setenv("PCMT_X", word)
    assert env.flag("PCMT_X") is value


def test_wrong_values_name_their_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCMT_X", "vài")
    with pytest.raises(ImproperlyConfigured, match="PCMT_X"):
        env.flag("PCMT_X")
    with pytest.raises(ImproperlyConfigured, match="PCMT_X"):
        env.number("PCMT_X", 1)


def test_absent_values_take_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PCMT_X", raising=False)
    assert (env.flag("PCMT_X", True), env.number("PCMT_X", 7), env.names("PCMT_X", "a, b,,")) == (True, 7, ["a", "b"])


def test_database_address() -> None:
    database = postgresql("postgresql://an%40x:p%2Fw@db.example:6432/plans?sslmode=require")
    assert {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "plans",
        "USER": "an@x",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }
    assert postgresql("postgres:///plans?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host", "plans.db"])
def test_database_address_that_is_none(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PCMT_DATABASE_URL"):
        postgresql(url)


def test_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    secret = kept_secret(path)
    assert len(secret) >= 50
    assert kept_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret_key"]


def test_the_log_is_kept_for_a_year_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmt.config.settings import audit

    for months, fine in (("11", False), ("0", False), ("12", True), ("36", True)):
        monkeypatch.setenv("PCMT_AUDIT_MONTHS", months)
        if fine:
            assert int(months) == importlib.reload(audit).PCMT_AUDIT_MONTHS
        else:
            with pytest.raises(ImproperlyConfigured, match="PCMT_AUDIT_MONTHS"):
                importlib.reload(audit)
    monkeypatch.undo()
    importlib.reload(audit)
