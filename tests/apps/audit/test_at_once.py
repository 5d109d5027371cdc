"""Many writers at the same moment, on real connections: one unbroken chain."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections, transaction

from pcmt.apps.audit.models import Day, Entry
from pcmt.apps.audit.operations import hold
from pcmt.apps.audit.queries import verify
from pcmt.apps.jobs.models import Cron
from tests.apps.audit.tampering import AT, DAY, write

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]


def at_once(*acts: Callable[[], object]) -> None:
    """Run the acts on connections of their own, starting together; any error is the test's."""
    gate = threading.Barrier(len(acts))
    errors: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test, which fails on it
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


def test_one_day_many_writers() -> None:
    def writer(number: int) -> Callable[[], None]:
        def act() -> None:
            for step in range(20):
                write(number, at=AT + timedelta(seconds=step))

        return act

    at_once(*(writer(number) for number in range(8)))
    assert Day.objects.get().entries == 160
    assert verify().problems == ()


def test_days_opened_at_the_same_moment() -> None:
    """Around midnight, and with late entries: each day begins from exactly one before it."""

    def writer(number: int) -> Callable[[], None]:
        def act() -> None:
            for step in range(6):
                write(number, at=AT + timedelta(days=(number + step) % 6))

        return act

    at_once(*(writer(number) for number in range(6)))
    assert list(Day.objects.order_by("number").values_list("number", "entries")) == [(n, 6) for n in range(1, 7)]
    assert verify().problems == ()


def test_acts_of_several_entries_do_not_block_each_other() -> None:
    """Each locks two rows in its own order and records after each."""
    for name in ("a", "b"):
        Cron.objects.create(name=name, next_run_at=AT)

    def writer(names: tuple[str, str]) -> Callable[[], None]:
        def act() -> None:
            for _step in range(15):
                with transaction.atomic():
                    hold(AT)
                    for name in names:
                        Cron.objects.select_for_update().get(name=name)
                        write(1)

        return act

    at_once(*(writer(names) for names in (("a", "b"), ("b", "a")) * 3))
    assert Entry.objects.count() == 180
    assert verify().problems == ()


def test_acts_that_fail_leave_no_gap() -> None:
    def writer(number: int) -> Callable[[], None]:
        def act() -> None:
            for step in range(12):
                try:
                    with transaction.atomic():
                        Cron.objects.create(name=f"{number}-{step}", next_run_at=AT)
                        write(number)
                        if step % 3 == 0:
                            raise LookupError
                except LookupError:
                    pass

        return act

    at_once(*(writer(number) for number in range(6)))
    assert Entry.objects.filter(day=DAY).count() == Cron.objects.count() == 48
    assert verify().problems == ()
