"""`pcmt users`: the first administrator, invitations and the way back in."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.core.management.base import CommandError

from pcmt.apps.accounts.models import Invitation, Role, User
from pcmt.apps.accounts.queries import open_invitation
from pcmt.apps.audit.models import Entry
from tests.factories.world import World

PASSWORD = "mot-mat-khau-that-dai"
UNIT = "Công an tỉnh An Bình"


def users(monkeypatch: pytest.MonkeyPatch, *words: str, password: str = PASSWORD) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command("users", *words, stdout=out)
    return out.getvalue()


def create(monkeypatch: pytest.MonkeyPatch, **more: str) -> str:
    options = {"--name": "Lương Thế Anh", "--unit": UNIT} | {f"--{key}": value for key, value in more.items()}
    words = [part for pair in options.items() for part in pair]
    return users(monkeypatch, "create", *words, "--password-stdin")


def test_the_first_administrator(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Chưa có người quản trị" in users(monkeypatch, "list")
    told = create(monkeypatch)
    assert told.strip() == "Đã tạo anh.lt (Lương Thế Anh): Quản trị, Công an tỉnh An Bình."
    user = User.objects.get(username="anh.lt")
    assert authenticate(username="anh.lt", password=PASSWORD) == user
    assert user.grants.get().role == Role.ADMINISTRATOR
    assert users(monkeypatch, "list").split("\t")[0] == "anh.lt"
    assert Entry.objects.filter(actor_name="Hệ thống", event="accounts.grant.given").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [({"unit": "Sở Không Có"}, "Nạp danh mục"), ({"username": "  "}, "Nhập tên"), ({"unit": "91"}, "")],
)
def test_units_by_code_or_name(land: World, monkeypatch: pytest.MonkeyPatch, more: dict[str, str], words: str) -> None:
    if not words:
        assert "Tỉnh An Bình" in create(monkeypatch, **more)
        return
    with pytest.raises(CommandError, match=words) as refused:
        create(monkeypatch, **more)
    assert refused.value.returncode == 1
    assert not User.objects.exists()


def test_a_weak_password_leaves_nothing_behind(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError):
        users(monkeypatch, "create", "--name", "A B", "--unit", UNIT, "--password-stdin", password="123")
    assert not User.objects.exists()


def test_an_invitation_prints_its_link(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = users(monkeypatch, "invite", "--name", "Lương Thế Anh", "--unit", UNIT, "--email", "anh@example.vn")
    token = told.strip().rstrip("/").rpartition("/")[2]
    invitation = open_invitation(token, Invitation.objects.get().made_at)
    assert invitation is not None
    assert invitation.user.username == "anh.lt"


def test_the_way_back_in(land: World, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    create(monkeypatch)
    user = User.objects.get(username="anh.lt")
    told = users(monkeypatch, "reset", "anh.lt", "--password-stdin", password="mot-mat-khau-khac-han")
    assert "mọi phiên đang mở đã kết thúc" in told
    assert authenticate(username="anh.lt", password="mot-mat-khau-khac-han") == user
    with pytest.raises(CommandError):
        users(monkeypatch, "reset", "anh.lt", "--factors", "--password-stdin", password="mot-mat-khau-nua-day")
    users(
        monkeypatch,
        "reset",
        "anh.lt",
        *("--factors", "--reason", "mất điện thoại, đã gặp trực tiếp", "--password-stdin"),
        password="mot-mat-khau-nua-day",
    )
    assert Entry.objects.filter(event="accounts.factors.taken").exists()
    with pytest.raises(CommandError, match="Không có người dùng"):
        users(monkeypatch, "reset", "khong-co", "--password-stdin")
