"""What people see of targets: the list, the scoreboard, one target, where its figure comes from, units compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.models import Indicator
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Measure, Target
from pcmt.core.periods import STATISTICAL
from tests.factories.facts import entry, month, told
from tests.factories.plans import TEXT, adopted, draft
from tests.factories.world import NOW, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    def read(text: str, *, name: str = "") -> dict[str, Any]:
        return draft(text).reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    made = world()
    load_catalogue()
    return made


@pytest.fixture
def plan(land: World) -> Plan:
    """The plan with its targets measured, and January's figures of both communes."""
    made = adopted(land.office, TEXT).plan
    measure(land, made, "cases_detected", "level", "allocation")
    january = month(1, calendar=STATISTICAL.code)
    told(
        entry(land["dong_hoa"], "cases_detected", january, 3),
        entry(land["tay_hoa"], "cases_detected", january, 1),
        actor=land.office,
    )
    return made


def measure(land: World, plan: Plan, code: str, *shapes: str) -> Target:
    """Have the plan's target of a shape measured by an indicator in the whole province, confirmed."""
    target = Target.objects.get(plan=plan, shape__in=shapes)
    by = User.objects.get(pk=land.office.user_id)
    said = {
        "indicator": Indicator.objects.get(code=code),
        "unit": land["an_binh"],
        "each": "",
        "calendar": STATISTICAL.code,
        "confirmed_by": by,
        "confirmed_at": NOW,
    }
    Measure.objects.update_or_create(target=target, defaults=said)
    return target


def signed_in(land: World, key: str = "police", role: str = "standing_office", name: str = "lan") -> Client:
    actor = land.actor(key, role, name)
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def page_of(client: Client, address: str) -> str:
    """The page, its blanks made one."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(answer.content.decode().split())


def words_of(page: str) -> str:
    """The words of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_list_shows_targets_of_visible_plans(land: World, plan: Plan) -> None:
    client = signed_in(land)
    page = page_of(client, "/chi-tieu/")
    for target in Target.objects.filter(plan=plan):
        assert f'href="/chi-tieu/{target.pk}/"' in page
        page_of(client, f"/chi-tieu/{target.pk}/")
    assert client.get("/chi-tieu/bang-tinh.xlsx").status_code == 200


def test_a_target_tells_its_units_and_its_way(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    page = page_of(signed_in(land), f"/chi-tieu/{target.pk}/")
    print(words_of(page))
    assert 'class="way"' in page
    assert "Xã Đông Hòa" in page


def test_drill(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    client = signed_in(land)
    page = page_of(client, f"/chi-tieu/{target.pk}/nguon/")
    print(words_of(page))
    page = page_of(client, f"/chi-tieu/{target.pk}/nguon/?don_vi={land['dong_hoa'].pk}")
    print(words_of(page))
    print(words_of(page_of(client, f"/ke-hoach/{plan.pk}/chi-tieu/")))
    print(words_of(page_of(client, f"/ke-hoach/{plan.pk}/chi-tieu/?tinh_den=2026-02-01")))


def test_compare(land: World, plan: Plan) -> None:
    target = Target.objects.get(plan=plan, shape="allocation")
    client = signed_in(land)
    print(words_of(page_of(client, f"/chi-tieu/so-sanh/?chi_tieu={target.pk}&ky=month")))
    assert client.get(f"/chi-tieu/so-sanh/bang-tinh.xlsx?chi_tieu={target.pk}").status_code == 200
