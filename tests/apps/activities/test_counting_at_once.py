"""Entries and counting at one moment: nothing is lost, nothing counted twice, whoever dies leaves the mark.

PostgreSQL only: elsewhere there is one writer at a time.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from threading import Event as Signal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, connections

from pcmt.apps.activities.models import Event, EventMark
from pcmt.apps.activities.operations import counting
from pcmt.apps.activities.operations.counting import mark, recount
from pcmt.apps.activities.operations.events import record_event
from pcmt.apps.facts.models import Fact, Source
from pcmt.apps.facts.operations import load_catalogue
from tests.factories.activities import BROADCAST, kind
from tests.factories.world import NOW, World, world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]
DAY = date(2026, 2, 3)


@pytest.fixture
def there() -> World:
    load_catalogue()
    kind(BROADCAST)
    return world()


def enter(there: World, actor: Any, key: UUID | None = None) -> None:
    made = record_event(
        actor=actor, at=NOW, key=key or uuid4(), kind="broadcast", body_id=there["dong_hoa"].pk,
        area_id=there["dong_hoa"].pk, on=DAY, typed={}, again=True,
    )  # fmt: skip
    assert isinstance(made, Event), made


def counted_number(there: World) -> int:
    rows = Fact.objects.counting().filter(unit=there["dong_hoa"], recording__source=Source.ACTIVITY)
    return sum(int(row.value or 0) for row in rows.filter(element__code="broadcasts", breakdown=""))


def at_once(*works: Callable[[], Any]) -> list[Any]:
    gate = Barrier(len(works), timeout=60)

    def one(work: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result(timeout=60) for each in [pool.submit(one, work) for work in works]]


def test_entries_and_two_workers_at_one_moment(there: World) -> None:
    actor, key = there.actor("dong_hoa"), UUID(int=9)

    def writing() -> None:
        for _each in range(5):
            enter(there, actor)
        enter(there, actor, key)

    def counting_() -> None:
        for _each in range(6):
            recount(at=NOW)

    at_once(writing, writing, counting_, counting_)
    recount(at=NOW)
    assert Event.objects.count() == 11, "five and five, and one that came twice"
    assert counted_number(there) == 11
    assert not EventMark.objects.exists()


def test_an_entry_that_comes_while_its_unit_is_counted_is_counted_next(
    there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = there.actor("dong_hoa")
    enter(there, actor)
    looked, real = Signal(), counting.counted
    monkeypatch.setattr(counting, "counted", lambda *given: (real(*given), looked.set())[0])

    def writing() -> None:
        assert looked.wait(60)
        enter(there, actor)

    at_once(lambda: recount(at=NOW, most=1), writing)
    assert EventMark.objects.filter(unit=there["dong_hoa"]).exists()
    assert counted_number(there) == 1
    recount(at=NOW)
    assert counted_number(there) == 2


def test_a_worker_killed_in_the_midst_leaves_the_mark(there: World) -> None:
    enter(there, there.actor("dong_hoa"))
    mark([there["tay_hoa"].pk], DAY, NOW)
    child = os.fork()
    if child == 0:  # pragma: no cover - it never comes back
        try:
            for each in connections.all():
                each.connection = None  # the parent's: neither used nor closed here
            real = counting.tell_counted
            counting.tell_counted = lambda **told: (real(**told), os.kill(os.getpid(), signal.SIGKILL))  # type: ignore[assignment, method-assign]
            recount(at=NOW)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the job ended before it was killed"
    assert EventMark.objects.filter(unit=there["dong_hoa"]).exists()
    assert not Fact.objects.filter(recording__source=Source.ACTIVITY).exists()
    recount(at=NOW)
    assert counted_number(there) == 1
