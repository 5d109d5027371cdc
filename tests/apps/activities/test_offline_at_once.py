"""Two devices and repeated requests at the same moment: nothing lost, nothing twice."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings

from pcmt.apps.activities.models import Event, OfflineEntry
from pcmt.apps.activities.operations.offline import FieldEntry, take_entries
from tests.apps.plans.test_concurrency import at_once
from tests.factories.activities import BROADCAST, kind
from tests.factories.world import NOW, TODAY, world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]


def test_two_devices_and_every_request_twice_at_once() -> None:
    land = world()
    number = kind(BROADCAST).number
    actors = [land.actor("dong_hoa_police", "officer", name) for name in ("mai", "nam")]

    def entry(hour: int) -> FieldEntry:
        return FieldEntry(
            key=uuid4(), kind="broadcast", number=number, body_id=land["dong_hoa_police"].pk,
            area_id=land["dong_hoa"].pk, on=TODAY, time=f"{hour:02}:00", title="Loa",
        )  # fmt: skip

    mine, others = [entry(6), entry(8)], [entry(10), entry(12)]
    sent = [
        *[lambda: take_entries(actor=actors[0], at=NOW, entries=mine)] * 2,
        lambda: take_entries(actor=actors[0], at=NOW, entries=mine[::-1]),
        *[lambda: take_entries(actor=actors[1], at=NOW, entries=others)] * 2,
    ]
    told = [each.state for answer in at_once(*sent) for each in answer]
    assert sorted(told) == ["already"] * 6 + ["saved"] * 4
    assert Event.objects.count() == 4
    assert not OfflineEntry.objects.exists()
