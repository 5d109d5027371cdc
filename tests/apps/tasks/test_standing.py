"""How one's units stand, at the head of the daily letter."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.operations import grant_role
from pcmt.apps.notices.operations import make_digests, send_digests
from pcmt.apps.tasks.standing import work_lines
from tests.apps.notices.telling import DAY, TUESDAY, clock, told, with_mail
from tests.factories.plans import adopted
from tests.factories.world import NOW, World
from tests.letterbox import letterbox

pytestmark = pytest.mark.usefixtures("reader")


def test_overdue_and_the_coming_week_of_each_unit(land: World, django_assert_num_queries: Any) -> None:
    adopted(land.office)
    user = User.objects.get(pk=land.actor("health", name="hoa").user_id)
    assert work_lines(user, date(2026, 3, 10)) == ["Sở Y tế: 2 việc quá hạn, 1 việc đến hạn trong bảy ngày tới"]
    assert work_lines(user, date(2026, 1, 5)) == [], "nothing is due: nothing is said"
    for role, unit in (("leader", "health"), ("officer", "dong_hoa")):
        grant_role(actor=None, at=NOW, user_id=user.pk, role=role, unit_id=land[unit].pk)
    with django_assert_num_queries(3):
        lines = work_lines(user, date(2026, 3, 10))
    assert [line.split(":")[0] for line in lines] == ["Sở Y tế", "Xã Đông Hòa"]


def test_it_stands_in_the_letter(land: World, settings: Any) -> None:
    adopted(land.office)
    told(land, with_mail(land), at=clock(TUESDAY - DAY, 16))
    seven = clock(TUESDAY, 7)
    with letterbox(settings) as box:
        make_digests(at=seven)
        assert send_digests(now=lambda: seven) == 1
        assert "Sở Y tế: 2 việc quá hạn." in box.text()
