"""Pages of due items that went to another body when units were reorganised say so."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from tests.apps.conftest import land, reader  # noqa: F401 - fixtures of the rooms
from tests.apps.units.reorganising import AFTERWARDS, merger, planned, police_merger
from tests.factories.plans import adopted
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(land: World, reader: None) -> Client:  # noqa: F811
    """The standing office after both communes have become one."""
    adopted(land.office)
    planned(land, merger(land), police_merger(land))
    carry_out_reorganisations(at=AFTERWARDS)
    client = Client()
    client.force_login(User.objects.get(username="lan"))
    return client


def test_the_page_names_both_origins(office: Client) -> None:
    due = DueItem.objects.filter(unit__name="Xã Đông Tây", state=DueState.OPEN)[0]
    page = office.get(reverse("tasks:due", args=[due.pk])).content.decode()
    assert "Tiếp nhận từ Phường Tây Hòa, Xã Đông Hòa" in page
    assert "Chuyển đơn vị thực hiện" in page
    assert "Sắp xếp thử" in page


def test_the_page_of_the_other_item_points_to_the_one_that_stands(office: Client) -> None:
    due = DueItem.objects.filter(merged_into__isnull=False)[0]
    page = office.get(reverse("tasks:due", args=[due.pk])).content.decode()
    assert "đã gộp vào việc cùng nội dung của Xã Đông Tây" in page
    assert reverse("tasks:due", args=[due.merged_into_id]) in page


def test_the_list_shows_where_an_item_came_from(office: Client) -> None:
    unit = Unit.objects.get(name="Xã Đông Tây")
    page = office.get(reverse("tasks:owed"), {"don_vi": unit.pk, "trang_thai": "tat-ca"}).content.decode()
    assert "Tiếp nhận từ Phường Tây Hòa" in page


def test_the_history_of_the_plan_tells_it_in_words(office: Client) -> None:
    plan = Plan.objects.get()
    page = office.get(f"/ke-hoach/{plan.pk}/lich-su/").content.decode()
    assert "Chuyển kế hoạch sang đơn vị kế thừa" in page
    assert "Chuyển phần chỉ tiêu được giao sang đơn vị kế thừa" in page
    assert "Nghị quyết số 1/NQ-HĐND" in page
