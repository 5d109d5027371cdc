"""What devices send through the pages, decided there; the table as a plain form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import Event, EventFile, OfflineEntry
from tests.apps.activities.test_offline import camera_picture
from tests.factories.activities import BROADCAST, kind
from tests.factories.world import NOW, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(db: None) -> World:
    kind(BROADCAST)
    return world()


@pytest.fixture
def client(land: World) -> Client:
    made = Client()
    made.force_login(User.objects.get(pk=land.actor("dong_hoa_police", "officer").user_id))
    return made


def sent(client: Client, land: World, **more: Any) -> str:
    told = {
        "key": str(uuid4()), "kind": "broadcast", "number": 1, "body": land["dong_hoa_police"].pk,
        "area": land["dong_hoa"].pk, "on": "2026-03-02", "title": "Loa", "typed": {"minutes": "5"}, **more,
    }  # fmt: skip
    answer = client.post(
        "/hoat-dong/thuc-dia/gui/", {"entry": json.dumps(told), "files": SimpleUploadedFile("a.jpg", camera_picture())}
    )
    return str(answer.json()["state"])


def test_an_entry_arrives_with_its_picture_once(client: Client, land: World) -> None:
    key = str(uuid4())
    assert [sent(client, land, key=key) for _each in range(2)] == ["saved", "already"]
    assert EventFile.objects.get().picture
    for bad in ({"key": "?"}, {"on": "31/2"}, {"typed": []}, {"body": -1}, {"places": ["x"]}):
        assert sent(client, land, **bad) == "refused"
    assert not OfflineEntry.objects.exists()


def test_what_a_device_takes_along_is_for_who_asks(client: Client, land: World) -> None:
    told = client.get("/hoat-dong/thuc-dia/mang-theo/").json()
    assert (told["body"], [each["id"] for each in told["areas"]]) == (land["dong_hoa_police"].pk, [land["dong_hoa"].pk])
    assert told["kinds"][0]["fields"][0]["key"] == "minutes"
    page = client.get("/hoat-dong/thuc-dia/").content.decode()
    assert "Công an" not in page  # kept by the worker: about nobody
    assert "pcmt\\u002Dfield" in client.get("/hoat-dong/thuc-dia/may.js").content.decode()


def test_an_area_that_is_no_more_is_chosen_anew(client: Client, land: World) -> None:
    assert sent(client, land, area=land["tay_hoa"].pk) == "look"
    row = OfflineEntry.objects.get()
    assert row.reason == "area"
    address = f"/hoat-dong/thuc-dia/can-xem/{row.pk}/"
    said = {"version": 1, "decision": "keep", "on": "2026-03-02", "title": "Loa", "f-minutes": "5"}
    refused = client.post(address, said)
    assert refused.status_code == 422
    assert "Xã Đông Hòa" in refused.content.decode()
    assert client.post(address, {**said, "area": land["dong_hoa"].pk}).status_code == 302
    assert Event.objects.get().area == land["dong_hoa"]


def test_the_table_works_as_a_plain_form(client: Client, land: World) -> None:
    address, batch = "/hoat-dong/nhap-bang/broadcast/?thang=2026-02", str(uuid4())
    said = {"batch": batch, "on-0": "3", "title-0": "Loa", "f_minutes-0": "5", "on-1": "40", "title-1": "Sai"}
    refused = client.post(address, said)
    assert refused.status_code == 422
    assert 'value="40"' in refused.content.decode()
    assert [f"{each.on:%d/%m/%Y}" for each in Event.objects.all()] == ["03/02/2026"]
    assert client.post(address, {**said, "on-1": "4"}).status_code == 302  # the first row counts once
    assert Event.objects.count() == 2


def test_a_row_is_copied_for_days(client: Client, land: World) -> None:
    address, batch = "/hoat-dong/nhap-bang/broadcast/?thang=2026-02", str(uuid4())
    said = {"batch": batch, "on-0": "3", "title-0": "Loa", "act": "copy", "copy-row": "1", "copy-days": "5-7, 10/2"}
    page = client.post(address, said).content.decode()
    assert [f'value="{day:02}/02/2026"' in page for day in (5, 6, 7, 10, 8)] == [True] * 4 + [False]
    assert page.count('value="Loa"') == 5
    assert not Event.objects.exists()
