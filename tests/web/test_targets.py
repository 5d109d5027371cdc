"""What people see of targets."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Target
from tests.factories.plans import TEXT, adopted, draft
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    def read(text: str, *, name: str = "") -> dict[str, Any]:
        return draft(text).reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    return world()


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office, TEXT).plan


@pytest.fixture
def client(land: World) -> Client:
    signed_in = Client()
    assert land.office
    signed_in.force_login(User.objects.get(username="lan"))
    return signed_in


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_list_shows_targets_of_visible_plans(client: Client, plan: Plan) -> None:
    page = page_of(client, "/chi-tieu/")
    for target in Target.objects.filter(plan=plan):
        assert f'href="/chi-tieu/{target.pk}/"' in page
        page_of(client, f"/chi-tieu/{target.pk}/")
    assert client.get("/chi-tieu/bang-tinh.xlsx").status_code == 200
