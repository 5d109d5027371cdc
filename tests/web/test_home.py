"""Việc của tôi: what each role finds there, what waits, what was told above, and what the page costs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.accounts.models import Grant
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.addresses import due_address, owed_address
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Extension, Mode, ProgressNote, Reminder
from pcmt.apps.tasks.operations.reminding import HOME
from pcmt.apps.units.models import Unit
from tests.web.counting import statements
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def province() -> Province:
    return build(TODAY, tasks=60, communes=12, targets=14)


def signed_in(province: Province, username: str) -> Client:
    client = Client()
    client.force_login(province.users[username])
    return client


def home(client: Client, query: str = "") -> str:
    answer = client.get(f"/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def tallies(html: str) -> dict[str, str]:
    """The figures on top, by their words."""
    return {
        words.strip(): value
        for value, words in re.findall(r'<span class="tally-value">([\d.]+)</span>\s*([^<]+)</a>', html)
    }


def section(html: str, of: str) -> str:
    """A section by the id of its heading; empty when there is none."""
    found = re.search(rf'<section aria-labelledby="{of}">(.*?)</section>', html, re.DOTALL)
    return found[1] if found else ""


def piled_up(province: Province, *, most: int = 3) -> dict[str, list[DueItem]]:
    """Results that wait, requests that wait, items given back: from tasks of the province's plan."""
    found = DueItem.objects.filter(plan=province.plan, kind=DueKind.TASK, state=DueState.OPEN, unit__isnull=False)
    rows = list(found.exclude(mode=Mode.REQUESTED).exclude(due_on=None).order_by("-due_on", "pk")[: 3 * most])
    now = timezone.now()
    waiting, asking, declined = rows[:most], rows[most : 2 * most], rows[2 * most :]
    DueItem.objects.filter(pk__in=[due.pk for due in waiting]).update(
        state=DueState.SUBMITTED, done_at=now, done_on=TODAY
    )
    officer = province.users["officer"]
    for due in asking:
        assert due.due_on is not None
        assert due.unit_id is not None
        Extension.objects.create(
            due_item=due, from_on=due.due_on, wanted_on=due.due_on + timedelta(days=9), reason="Chờ số liệu",
            asked_at=now, asked_by=officer, asked_by_name="An", unit_id=due.unit_id,
        )  # fmt: skip
    DueItem.objects.filter(pk__in=[due.pk for due in declined]).update(declined_at=now)
    return {"Chờ nghiệm thu": waiting, "Xin gia hạn": asking, "Đề nghị giao lại": declined}


def test_the_office_sees_first_what_waits(province: Province) -> None:
    piles = piled_up(province)
    html = home(signed_in(province, "office"))
    waits = section(html, "cho-toi")
    for label, items in piles.items():
        assert f"{label} <span" in waits
        for due in items:
            assert f'href="{due_address(due)}' in waits
    assert html.index('id="cho-toi"') < html.index('id="mine"')
    assert int(tallies(html)["Chờ tôi"]) == sum(map(len, piles.values())) + waits.count("/doc/")
    assert "trang_thai=cho-nghiem-thu" not in waits, "nothing more than what is shown"


def test_long_piles_lead_to_their_list(province: Province) -> None:
    piles = list(piled_up(province, most=9).values())
    office = signed_in(province, "office")
    html = home(office)
    for state, items in zip(("cho-nghiem-thu", "xin-gia-han", "giao-lai"), piles, strict=True):
        assert len(items) > 6
        assert f'href="/nhiem-vu/?trang_thai={state}">Còn {len(items) - 5} việc nữa' in html
        listed = office.get(f"/nhiem-vu/?trang_thai={state}").content.decode()
        assert re.search(rf'aria-current="[^"]*"[^>]*><span class="tally-value">{len(items)}<', listed), state


def test_other_offices_and_officers_are_not_asked(province: Province) -> None:
    piled_up(province)
    for username in ("officer", "ward"):
        html = home(signed_in(province, username))
        assert tallies(html)["Chờ tôi"] == "0"
        assert "Không có gì chờ anh, chị trả lời." in html
    assert "Chờ tôi" not in tallies(home(signed_in(province, "leader")))


def test_late_parts_wait_for_the_body_that_gave_them(province: Province) -> None:
    health = Unit.objects.get(name="Sở Y tế")
    whole = DueItem.objects.filter(unit=health, state=DueState.OPEN, task__isnull=False).order_by("pk")[0]
    ward = Unit.objects.filter(name__startswith="Xã Đồng Tâm")[0]
    part = DueItem.objects.get(pk=whole.pk)
    part.pk, part.parent_id, part.given_by_id, part.unit_id = None, whole.pk, health.pk, ward.pk
    part.mode, part.due_on, part.label = Mode.ASSIGNED, TODAY - timedelta(days=3), "Phần của xã"
    part.save()
    waits = section(home(signed_in(province, "officer")), "cho-toi")
    assert "Phần việc đã giao xuống, quá hạn" in waits
    assert f'href="{due_address(part)}' in waits
    assert ward.name in waits


def test_what_one_has_in_hand(province: Province) -> None:
    officer = province.users["officer"]
    client = signed_in(province, "officer")
    assert "Tôi phụ trách" not in home(client)
    own = DueItem.objects.filter(unit__name="Sở Y tế", state=DueState.OPEN)
    held = own.order_by("pk")[0]
    DueItem.objects.filter(pk=held.pk).update(holder=officer)
    whole = home(client)
    assert re.search(r'Tôi phụ trách <span class="count">1</span>', whole)
    mine = section(home(client, "?cua=toi"), "mine")
    assert re.findall(r'<a class="btn btn-small no-print" href="([^"#]+)', mine) == [due_address(held)]
    DueItem.objects.filter(pk=held.pk).update(state=DueState.DONE, done_at=timezone.now(), done_on=TODAY)
    assert "Không có việc chưa xong nào do anh, chị phụ trách." in home(client, "?cua=toi")


def test_one_act_a_line(province: Province) -> None:
    own = DueItem.objects.filter(unit__name="Sở Y tế", state=DueState.OPEN, kind=DueKind.TASK).exclude(due_on=None)
    fresh, begun, back = own.exclude(mode=Mode.REQUESTED).order_by("due_on", "pk")[:3]
    own.update(acknowledged_at=None, percent=0, returned_at=None)
    DueItem.objects.filter(pk=begun.pk).update(percent=30)
    DueItem.objects.filter(pk=back.pk).update(percent=90, returned_at=timezone.now())
    html = home(signed_in(province, "officer"))
    for due, act, anchor in (
        (fresh, "Nhận việc", "giao-nhan"),
        (begun, "Báo tiến độ", "tien-do"),
        (back, "Làm lại", "tien-do"),
    ):
        assert f'href="{due_address(due)}#{anchor}">{act}<' in html
    assert tallies(html)["Bị trả lại"] == "1"
    listed = signed_in(province, "officer").get(f"/nhiem-vu/?don_vi={back.unit_id}&rieng=on&trang_thai=tra-lai")
    assert due_address(back) in listed.content.decode()
    assert "Sở Y tế:" in html.split('class="summary"')[1]


def told_above(province: Province, username: str, due: DueItem) -> None:
    Notice.objects.create(
        user=province.users[username], reason=Reason.ESCALATED, key=f"due:{due.pk}", title="Quá hạn",
        address=due_address(due), about="tasks.DueItem", about_id=str(due.pk), at=timezone.now(),
    )  # fmt: skip


def test_leaders_see_bodies_and_what_was_told_above(province: Province) -> None:
    due = DueItem.objects.filter(unit__name="Sở Y tế").overdue(TODAY)[0]
    told_above(province, "leader", due)
    html = home(signed_in(province, "leader"))
    assert tallies(html)["Đã báo lên tôi"] == "1"
    assert f'href="{due_address(due)}' in section(html, "bao-len")
    assert 'id="bodies"' in html
    assert 'id="mine"' not in html
    DueItem.objects.filter(pk=due.pk).update(state=DueState.DONE, done_at=timezone.now(), done_on=TODAY)
    html = home(signed_in(province, "leader"))
    assert "Không có việc quá hạn nào phải báo lên." in html


def test_a_leader_of_one_body_sees_its_items(province: Province) -> None:
    health = Unit.objects.get(name="Sở Y tế")
    Grant.objects.filter(user=province.users["leader"]).update(unit=health)
    html = home(signed_in(province, "leader"))
    assert 'id="mine"' in html
    assert ">Mở<" in html
    assert "Báo tiến độ<" not in html


def test_nothing_at_all(province: Province) -> None:
    lone = Unit.objects.filter(kind="agency").exclude(due_items__isnull=False).order_by("pk")
    unit = lone[0] if lone else Unit.objects.get(name="Sở Ngoại vụ")
    DueItem.objects.filter(unit=unit).update(unit=Unit.objects.get(name="Sở Y tế"), origin_unit=unit)
    Grant.objects.filter(user=province.users["officer"]).update(unit=unit)
    html = home(signed_in(province, "officer"))
    assert "Đơn vị chưa có việc nào" in html
    assert set(tallies(html).values()) == {"0"}


def test_addresses_in_notices_open_what_they_say(province: Province) -> None:
    assert reverse("home:mine") == HOME
    health = Unit.objects.get(name="Sở Y tế")
    answer = signed_in(province, "officer").get(owed_address(province.plan.pk, health.pk))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(rf'<option value="{health.pk}" selected', html)
    assert re.search(rf'<option value="{province.plan.pk}" selected', html)
    assert re.search(r'name="rieng"[^>]* checked', html)


def cost(username: str, **size: Any) -> int:
    """Statements of the home page for a province of a size, which is gone afterwards."""
    with transaction.atomic():
        made = build(TODAY, **size)
        piled_up(made, most=size["tasks"] // 30)
        late = DueItem.objects.filter(plan=made.plan).overdue(TODAY)
        for due in late[: size["tasks"] // 30]:
            told_above(made, username, due)
        client = signed_in(made, username)
        client.get("/")
        with statements() as queries:
            html = home(client)
        transaction.set_rollback(True)
    assert len(html.encode()) < 250_000
    return len(queries)


@pytest.mark.parametrize(("username", "most"), [("office", 19), ("leader", 17), ("officer", 15)])
def test_the_page_costs_the_same_however_much_there_is(username: str, most: int) -> None:
    small = cost(username, tasks=60, communes=6, targets=4)
    large = cost(username, tasks=240, communes=30, targets=4)
    assert large == small
    assert large <= most


def test_a_reminder_is_seen_and_answered_on_the_page_of_the_item(province: Province) -> None:
    due = DueItem.objects.filter(unit__name="Sở Y tế").overdue(TODAY).exclude(task=None)[0]
    ProgressNote.objects.filter(due_item=due).delete()
    at: datetime = timezone.now() - timedelta(days=1)
    common: dict[str, Any] = {"due_item": due, "limit_on": due.due_on, "on": at.date(), "unit_id": due.unit_id}
    Reminder.objects.create(kind="soon", number=1, at=at - timedelta(days=8), told=2, **common)
    Reminder.objects.create(kind="overdue", number=1, at=at, told=0, **common)
    officer, office = signed_in(province, "officer"), signed_in(province, "office")
    page = officer.get(due_address(due)).content.decode()
    assert "Nhắc quá hạn, lần 2" in page
    assert "chưa ai nhận việc ở các đơn vị này" in page
    action = f"{due_address(due)}da-nam/"
    assert f'action="{action}"' in page
    assert f'action="{action}"' not in office.get(due_address(due)).content.decode()
    assert office.post(action).status_code == 422
    assert officer.get(action).status_code == 405
    for _twice in range(2):
        assert officer.post(action).headers["Location"] == f"{due_address(due)}#notes-title"
    page = officer.get(due_address(due)).content.decode()
    assert f'action="{action}"' not in page
    assert page.count("Đã nắm lời nhắc") == 1


def test_reminders_of_a_plan_are_switched_on_its_page(province: Province) -> None:
    office, officer = signed_in(province, "office"), signed_in(province, "officer")
    address = f"/ke-hoach/{province.plan.pk}/"
    assert "Tắt nhắc hạn" in office.get(address).content.decode()
    assert "Tắt nhắc hạn" not in officer.get(address).content.decode()
    assert office.post(f"{address}nhac-han/", {"on": "0"}).status_code == 302
    assert not Plan.objects.get(pk=province.plan.pk).reminds
    assert "Bật nhắc hạn" in office.get(address).content.decode()
    assert officer.post(f"{address}nhac-han/", {"on": "1"}).status_code == 403
    assert not Plan.objects.get(pk=province.plan.pk).reminds
