"""Việc của tôi in a browser: the office sees what waits, an officer answers a reminder, a leader reads the bodies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.tasks.models import DueItem, Reminder
from pcmt.apps.tasks.operations import remind
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.province import Province
from tests.web.province import build as build_province
from tests.web.test_home import piled_up, told_above


@pytest.fixture
def province(watch: Watched) -> Province:
    """Thirty bodies and some two hundred items."""
    made = build_province(timezone.localdate(), tasks=90, communes=24, targets=4, password=World.password)
    piled_up(made, most=10)
    return made


def checked(watch: Watched, page: Page, name: str) -> None:
    """At both widths: a screenshot of the whole page, nothing too wide, nothing that axe objects to."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.shot(page, name, full=True)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_home_of_three_people(watch: Watched, province: Province) -> None:
    due = DueItem.objects.filter(unit__name="Sở Y tế").overdue(province.today).exclude(task=None)[0]
    remind(at=timezone.now() - timedelta(minutes=5))
    if not Reminder.objects.filter(due_item=due).exists():  # a day off: nobody is called today
        assert due.due_on is not None
        Reminder.objects.create(
            due_item=due, limit_on=due.due_on, kind="overdue", on=province.today, at=timezone.now(), told=3
        )
    told_above(province, "leader", due)
    office = watch.open()
    watch.sign_in(office, "office", to="/")
    checked(watch, office, "office")
    office.get_by_role("link", name="Chờ tôi").click()
    expect(office.get_by_role("heading", name="Chờ tôi")).to_be_in_viewport()
    leader = watch.open()
    watch.sign_in(leader, "leader", to="/")
    checked(watch, leader, "leader")
    officer = watch.open()
    watch.sign_in(officer, "officer", to="/")
    checked(watch, officer, "officer")
    officer.goto(f"/nhiem-vu/{due.pk}/#da-nhac")
    checked(watch, officer, "due")
    officer.get_by_role("button", name="Đã nắm").click()
    expect(officer.get_by_text("Đã nắm lời nhắc", exact=True)).to_have_count(1)
    expect(officer.get_by_role("button", name="Đã nắm")).to_have_count(0)
