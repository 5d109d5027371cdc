"""The same key from two devices at one moment is one event; what a unit that ended did is seen by its heir."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from pcmt.apps.activities.models import Event, EventStep
from pcmt.apps.activities.operations.events import record_event, verify_event
from pcmt.apps.units.models import Succession
from pcmt.core.diagnostics import Refusal
from tests.factories.activities import BROADCAST, RAID, event, kind
from tests.factories.world import NOW, World, world


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_devices_with_one_key_make_one_event() -> None:
    land = world()
    kind(BROADCAST)
    actor, gate = land.actor("dong_hoa"), Barrier(2, timeout=20)

    def write(_index: int) -> Event | Refusal:
        try:
            gate.wait()
            return record_event(
                actor=actor, at=NOW, key=UUID(int=5), kind="broadcast", body_id=land["dong_hoa"].pk,
                area_id=land["dong_hoa"].pk, on=NOW.date(), typed={}, again=True,
            )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(write, range(2)))
    assert {each.pk for each in found if isinstance(each, Event)} == {Event.objects.get().pk}
    assert len([each for each in found if isinstance(each, Event)]) == 2


@pytest.mark.django_db
def test_nobody_verifies_what_they_wrote_themselves(land: World) -> None:
    office = land.actor("police", "standing_office")
    made = event(land["dong_hoa"], RAID, on=NOW.date(), state="waiting", made_by_id=office.user_id)
    with pytest.raises(PermissionDenied):
        verify_event(actor=office, at=NOW, event_id=made.pk, version=1)
    assert not EventStep.objects.exists()


@pytest.mark.django_db
def test_the_heir_sees_what_the_unit_did(land: World) -> None:
    made = event(land["tay_hoa"], on=NOW.date())
    actor = land.actor("dong_hoa")
    assert not Event.objects.visible_to(actor).filter(pk=made.pk).exists()
    Succession.objects.create(on=NOW.date(), old=land["tay_hoa"], new=land["dong_hoa"])
    assert Event.objects.visible_to(actor).filter(pk=made.pk).exists()
