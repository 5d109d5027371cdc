"""Pages of files: who sees which, what finds somebody, that names stay closed, and that lists cost the same at any length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.registers.models import (
    Clock,
    ClockKind,
    DrugTest,
    Episode,
    NameKey,
    Paper,
    Pause,
    Stay,
    StayWhy,
    Subject,
    Transfer,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.vault import index_of
from pcmt.core.law import Category
from tests.factories.registers import BLOCK, paper, spell, subject
from tests.factories.world import NOW, TODAY, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


def client_of(land: World, key: str = "dong_hoa_police", role: str = "register_keeper") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def somebody(land: World, key: str = "dong_hoa", *, category: Category = Category.ILLEGAL_USER, **more: Any) -> Subject:
    made = subject(land[key], **more)
    spell(made, category, on=TODAY - timedelta(days=300), until=TODAY + timedelta(days=65))
    return made


def clock(of: Subject, kind: ClockKind, *, on: date, at: datetime | None = None, limit: str = "residence_check") -> Clock:
    return Clock.objects.create(
        subject=of, unit=of.unit, kind=kind, limit=limit, opened_at=NOW - timedelta(days=9),
        opens_on=min(on, TODAY - timedelta(days=9)), due_on=on, due_at=at,
    )  # fmt: skip


def drug_test(of: Subject, on: date, result: str = "negative") -> DrugTest:
    return DrugTest.objects.create(subject=of, unit=of.unit, on=on, ground="managed_user", result=result, made_at=NOW)


def test_look(land: World) -> None:
    made = somebody(land)
    clock(made, ClockKind.RESIDENCE, on=TODAY - timedelta(days=2))
    clock(made, ClockKind.STEP, on=TODAY, at=NOW + timedelta(hours=5), limit="verify_residence")
    drug_test(made, TODAY - timedelta(days=30))
    drug_test(made, TODAY - timedelta(days=3), "positive")
    answer = client_of(land).get("/ho-so/")
    print(text(answer))
    answer = client_of(land).get(f"/ho-so/{made.code}/")
    print(text(answer))
    assert answer.status_code == 200
