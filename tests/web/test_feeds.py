"""Calendar feeds over the wire: the page that makes them, and what a calendar program gets."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import Grant
from pcmt.apps.tasks.models import CalendarFeed, DueItem, DueState
from pcmt.apps.tasks.operations import touched
from pcmt.config.logging import Impersonal
from tests.web.counting import statements
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)


@pytest.fixture
def province() -> Province:
    return build(NOW.date(), tasks=30, communes=4, targets=2)


def signed_in(province: Province, username: str = "officer") -> Client:
    client = Client()
    client.force_login(province.users[username])
    return client


def make(client: Client, holds: str, name: str = "") -> str:
    """The path of a feed that was just made, as the page shows it."""
    answer = client.post("/lich/tao/", {"holds": holds, "name": name})
    assert answer.status_code == 200, answer.content.decode()
    found = re.search(r'value="(http[^"]+\.ics)"', answer.content.decode())
    assert found
    return urlsplit(found[1]).path


def of_unit(province: Province) -> str:
    unit = Grant.objects.get(user=province.users["officer"]).unit_id
    return make(signed_in(province), f"don-vi-{unit}")


def test_a_program_reads_without_a_session(province: Province) -> None:
    path = of_unit(province)
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, max-age=300, must-revalidate"
    assert not answer.cookies
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert answer.content.count(b"BEGIN:VEVENT") > 3
    head = Client().head(path)
    assert (head.status_code, head["ETag"], head.content) == (200, answer["ETag"], b"")
    assert Client().post(path).status_code == 405


def test_what_is_known_is_not_sent_again(province: Province) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        path = of_unit(province)
        first = Client().get(path)
        for known in (
            {"HTTP_IF_NONE_MATCH": first["ETag"]},
            {"HTTP_IF_NONE_MATCH": f'"other", W/{first["ETag"]}'},
            {"HTTP_IF_MODIFIED_SINCE": first["Last-Modified"]},
        ):
            again = Client().get(path, **known)
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        clock.shift(timedelta(minutes=5))
        due = DueItem.objects.filter(unit__name="Sở Y tế", state=DueState.OPEN, due_on__gte=NOW.date()).first()
        assert due is not None
        DueItem.objects.filter(pk=due.pk).update(due_on=due.due_on + timedelta(days=1), **touched(NOW))  # type: ignore[operator]
        moved = Client().get(path, headers={"If-None-Match": first["ETag"]})
        assert moved.status_code == 200
        assert moved["ETag"] != first["ETag"]
        later = Client().get(path, headers={"If-Modified-Since": first["Last-Modified"]})
        assert later.status_code == 200


def test_no_other_address_opens_anything(province: Province) -> None:
    client, path = signed_in(province), of_unit(province)
    feed = CalendarFeed.objects.get()
    assert Client().get(f"/lich/{'0' * 64}.ics").status_code == 404
    Grant.objects.filter(user=feed.owner).update(valid_to=NOW.date() - timedelta(days=1))
    gone = Client().get(path)
    assert (gone.status_code, gone["Cache-Control"]) == (404, "private, no-store")
    assert "Lịch này không còn" in gone.content.decode()
    Grant.objects.filter(user=feed.owner).update(valid_to=None)
    assert Client().get(path).status_code == 200
    assert client.post(f"/lich/{feed.pk}/thu-hoi/", follow=True).redirect_chain == [("/lich/", 302)]
    assert Client().get(path).status_code == 404
    assert client.get(f"/lich/{feed.pk}/thu-hoi/").status_code == 404


def test_who_asks_too_often_waits(province: Province, settings: object) -> None:
    settings.FEED_RATE_LIMITS = {"feed": "2/h/key", "feed_missed": "2/h/ip"}  # type: ignore[attr-defined]
    path = of_unit(province)
    assert [Client().get(path).status_code for _ in range(3)] == [200, 200, 429]
    missed = [Client().get("/lich/nothing.ics") for _ in range(3)]
    assert [answer.status_code for answer in missed] == [404, 404, 429]
    assert missed[2]["Retry-After"] == "3600"


def test_the_page_shows_the_address_once(province: Province) -> None:
    client = signed_in(province)
    path = make(client, "toi", "Việc của tôi")
    secret = path.removeprefix("/lich/").removesuffix(".ics")
    assert reverse("feeds:read", args=[secret]) == path
    page = client.get("/lich/").content.decode()
    assert "Việc của tôi" in page
    assert secret not in page
    feed = CalendarFeed.objects.get()
    again = client.post(f"/lich/{feed.pk}/lam-moi/").content.decode()
    assert "Địa chỉ chỉ hiện một lần" in again
    assert secret not in again
    assert Client().get(path).status_code == 404
    renamed = client.post(f"/lich/{feed.pk}/ten/", {"name": "Tên khác"}, follow=True).content.decode()
    assert "Tên khác" in renamed


def test_mistakes_are_said_at_the_field(province: Province) -> None:
    client = signed_in(province)
    make(client, "toi", "Một")
    twice = client.post("/lich/tao/", {"holds": "toi", "name": "Một"})
    assert twice.status_code == 422
    assert "Bạn đã có lịch tên này" in twice.content.decode()
    assert 'value="Một"' in twice.content.decode()
    # What the form does not offer: the calendar of a unit that is none of one's business, a whole plan.
    for holds in (f"don-vi-{province.office.pk}", f"ke-hoach-{province.plan.pk}", "x"):
        assert client.post("/lich/tao/", {"holds": holds}).status_code == 422
    assert make(signed_in(province, "office"), f"ke-hoach-{province.plan.pk}")
    stranger = signed_in(province, "stranger")
    assert stranger.get("/lich/").status_code == 403


def test_logs_do_not_show_the_secret(province: Province, caplog: pytest.LogCaptureFixture) -> None:
    """What Django writes of an address that it refused; the web server keeps no log of accesses."""
    path = of_unit(province)
    CalendarFeed.objects.update(revoked_at=NOW)
    caplog.handler.addFilter(Impersonal())
    with caplog.at_level(logging.DEBUG):
        assert Client().get(path).status_code == 404
    assert caplog.records
    assert path.removeprefix("/lich/").removesuffix(".ics") not in caplog.text
    assert "/lich/….ics" in caplog.text


def test_a_reading_costs_the_same_however_much_there_is(province: Province) -> None:
    path = of_unit(province)
    Client().get(path)
    with statements() as queries:
        answer = Client().get(path)
    etag = answer["ETag"]
    assert len(queries) <= 24
    with statements() as again:
        assert Client().get(path, headers={"If-None-Match": etag}).status_code == 304
    assert len(again) <= len(queries)
