"""From the verdict of a plan's target down to who told the number: the scoreboard, the target, step by step."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.models import Indicator
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.targets.models import Measure, Target
from pcmt.apps.targets.operations import stand
from pcmt.core.periods import STATISTICAL
from tests.factories.facts import entry, month, told
from tests.factories.plans import TEXT, adopted, draft
from tests.factories.world import world as land_of
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World


def looked_at(watch: Watched, page: Page, name: str) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.axe(page)
        watch.fits(page)
    watch.shot(page, name, both=True, full=True)
    page.set_viewport_size(DESK)


def test_from_the_whole_down_to_the_author(watch: Watched, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str, *, name: str = "") -> dict[str, Any]:
        return draft(text).reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    land, now = land_of(), timezone.now()
    office = land.actor("police", "standing_office", "oanh")
    plan = adopted(office, TEXT).plan
    user = User.objects.get(pk=office.user_id)
    User.objects.filter(pk=user.pk).update(password=make_password(World.password), full_name="Ngô Thị Oanh")
    load_catalogue()
    target = Target.objects.get(plan=plan, shape="allocation")
    said = {
        "indicator": Indicator.objects.get(code="cases_detected"),
        "unit": land["an_binh"],
        "each": "",
        "calendar": STATISTICAL.code,
        "confirmed_by": user,
        "confirmed_at": now,
    }
    Measure.objects.update_or_create(target=target, defaults=said)
    january = month(1, calendar=STATISTICAL.code)
    told(
        entry(land["dong_hoa"], "cases_detected", january, 3),
        entry(land["tay_hoa"], "cases_detected", january, 1),
        actor=office,
        at=now,
    )
    told(entry(land["dong_hoa"], "cases_detected", january, 4), actor=office, at=now)
    stand([target.pk], at=now, cause="measure")

    watch.sign_in(page, "oanh", f"/ke-hoach/{plan.pk}/chi-tieu/")
    looked_at(watch, page, "scoreboard")
    page.get_by_role("link", name="ít nhất 10 vụ").first.click()
    expect(page.get_by_role("heading", name="Đường đi đến chỉ tiêu")).to_be_visible()
    page.get_by_role("link", name="Số vụ phạm tội về ma túy phát hiện, bắt giữ").click()
    expect(page.get_by_text("Tỉnh An Bình: Số vụ phạm tội")).to_be_visible()
    page.get_by_role("link", name="Xã Đông Hòa", exact=True).click()
    expect(page.locator(".told-facts")).to_contain_text("Ngô Thị Oanh")
    page.get_by_text("đã sửa 1 lần").click()
    expect(page.locator(".before li")).to_be_visible()
    looked_at(watch, page, "target")
    page.get_by_role("link", name="So sánh đơn vị, các năm").click()
    expect(page.get_by_role("rowheader", name="Phường Tây Hòa")).to_be_visible()
    looked_at(watch, page, "comparison")
    page.goto(f"{page.url.split('/chi-tieu')[0]}/chi-tieu/")
    looked_at(watch, page, "list")
