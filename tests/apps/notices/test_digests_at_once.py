"""Several workers at the same moment, on real connections: each person gets one letter with all that is new."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as chosen

from pcmt.apps.notices.models import Digest, Notice
from pcmt.apps.notices.operations import make_digests, read_all, send_digests
from tests.apps.audit.test_at_once import at_once
from tests.apps.notices.telling import DAY, TUESDAY, clock, told, with_mail
from tests.factories.world import world as make_world
from tests.letterbox import letterbox

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in chosen.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]
SEVEN = clock(TUESDAY, 7)


def test_four_workers_send_one_letter_each_person(settings: Any) -> None:
    land = make_world()
    people = [with_mail(land, name=f"p{n}") for n in range(6)]
    for key in "abc":
        told(land, *people, at=clock(TUESDAY - DAY, 16), key=key)

    def work() -> None:
        make_digests(at=SEVEN)
        send_digests(now=lambda: SEVEN)

    def read() -> None:
        read_all(actor=people[0], at=SEVEN, up_to=10**9)

    with letterbox(settings) as box:
        at_once(work, work, read, work, work)
        to = sorted(letter["To"] for letter in box.letters)
    others = [f"p{n}@example.vn" for n in range(1, 6)]
    assert to in (others, ["p0@example.vn", *others])
    assert Digest.objects.filter(user__username="p1").count() == 1
    untold = Notice.objects.filter(mailed_at=None).exclude(user_id=people[0].user_id)
    assert not untold.exists()
