"""The leader screen: what it counts is what the lists show, who sees which places, and what it costs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from pcmt.apps.targets.models import Target
from pcmt.apps.units.models import Level, Unit
from tests.web.leading import judged
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SCREEN = "/man-hinh-lanh-dao/"


def made(communes: int) -> Province:
    province = build(TODAY, tasks=60, communes=communes, targets=8)
    units = list(Unit.objects.filter(level=Level.COMMUNE, kind="administrative").in_official_order())
    judged(list(Target.objects.order_by("order")), units, province.seat, TODAY)
    return province


@pytest.fixture
def province() -> Province:
    return made(12)


def signed_in(province: Province, who: str) -> Client:
    client = Client()
    client.force_login(province.users[who])
    return client


def test_smoke(province: Province) -> None:
    client = signed_in(province, "leader")
    for url in (
        SCREEN,
        SCREEN + "cac-noi/",
        SCREEN + "thay-doi/",
        SCREEN + "thay-doi/thay-doi.xlsx",
        SCREEN + "cac-noi/cac-noi.xlsx",
        SCREEN + "?tinh_den=2026-01-05",
    ):
        page = client.get(url)
        assert page.status_code == 200, url
        print(url, len(page.content))
