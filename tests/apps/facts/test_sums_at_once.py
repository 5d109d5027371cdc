"""Many people at the same moment on the same sums, and what is killed half-way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import Fact, Recording
from pcmt.apps.facts.operations import load_catalogue, rebuild, record_facts, verify
from pcmt.apps.facts.queries import figures
from tests.apps.plans.test_concurrency import at_once
from tests.factories.facts import entry, month
from tests.factories.world import NOW, TODAY, World, world
from tests.installation import install

CODES = ("cases_detected", "suspects_arrested", "addicts_with_file")
POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture
def there(transactional_db: None) -> World:
    load_catalogue()
    return world()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not POSTGRES, reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)")
def test_eight_writers_and_a_rebuild(there: World) -> None:
    units = (
        "dong_hoa",
        "tay_hoa",
        "dong_hoa_police",
        "tay_hoa_police",
        "dong_hoa_clinic",
        "health",
        "police",
        "dong_hoa",
    )

    def writer(number: int) -> None:
        for turn in range(5):
            codes = CODES if number % 2 else CODES[::-1]
            told = [entry(there[units[number]], code, month(1 + turn % 2), number * 10 + turn) for code in codes]
            assert isinstance(record_facts(actor=None, at=NOW, entries=told), Recording)

    at_once(*(lambda number=number: writer(number) for number in range(8)), lambda: rebuild(at=NOW))  # type: ignore[misc]
    assert verify(at=NOW).differing == ()
    assert Fact.objects.current().count() == 7 * 3 * 2
    asks = [Ask(there["an_binh"].pk, code, month(2)) for code in CODES]
    found = figures(asks, on=TODAY)
    facts = Fact.objects.counting().filter(start=month(2).start)
    for ask in asks:
        told = facts.filter(element__code=ask.element).values_list("value", flat=True)
        assert found[ask].figure.value == sum(each or 0 for each in told)


KILLED = """
import os, signal
from pcmt.apps.facts import operations
from pcmt.apps.facts.operations import rebuilding
from django.utils import timezone
import datetime
real = rebuilding.rebuild_element
def until(row, at):
    made = real(row, at)
    print("half", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    return made
rebuilding.rebuild_element = until
operations.rebuild(at=timezone.now(), codes=%r)
"""


def test_a_rebuild_that_is_killed_leaves_nothing_half_done(tmp_path: Path) -> None:
    place = install(tmp_path)
    place.python(
        "from tests.factories.world import world, NOW\n"
        "from tests.factories.facts import told, entry, month\n"
        "from pcmt.apps.facts.operations import load_catalogue\n"
        "load_catalogue(); land = world()\n"
        f"told(*(entry(land[u], c, month(1), 5) for u in ('dong_hoa', 'tay_hoa') for c in {CODES!r}))\n"
        "from pcmt.apps.facts.models import Cell\n"
        "Cell.objects.filter(start=month(1).start, end=month(1).end).update(value=99)\n"
    )
    code = f"import django\ndjango.setup()\n{KILLED % (CODES,)}"
    dead = subprocess.run(
        [sys.executable, "-c", code], env=place.environment, capture_output=True, text=True, check=False
    )
    assert (dead.returncode, dead.stdout.strip()) == (-signal.SIGKILL, "half"), dead.stderr
    found = place.pcmt("rollup", "verify")
    assert found.returncode == 1, found.stderr
    assert "1 trong" in found.stdout  # the two that simply add up were done together; the third was killed in its midst
    assert "Tỉnh An Bình, addicts_with_file" in found.stdout
    again = place.pcmt("rollup", "rebuild")
    assert again.returncode == 0, again.stderr
    assert place.pcmt("rollup", "verify").returncode == 0
    assert place.pcmt("rollup", "verify", "--element", "nothing").returncode == 2
