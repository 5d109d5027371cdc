"""Somebody without an account tells something with a picture, keeps the receipt, comes back, reads, answers."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.accounts.queries import acting_in, grants_of
from pcmt.apps.tips.models import Tip, TipFile, TipTeam
from pcmt.apps.tips.operations.handling import answer_sender
from tests.factories.tips import photo
from tests.journeys.conftest import Watched
from tests.journeys.world import AT, World, sure


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_tip_and_its_answer(watch: Watched, world: World, script: bool) -> None:
    TipTeam.objects.create(area=world.town, body=world.office, phone="0228 3 800 113")
    user = sure(create_user(actor=None, at=AT, username="nhan", full_name="Vi Thị Nhận", password=World.password))
    sure(grant_role(actor=None, at=AT, user_id=user.pk, role=Role.TIP_OFFICER, unit_id=world.office.pk))
    page = watch.open(phone=not script, script=script)
    look = watch.axe if script else lambda _page: None
    page.goto("/to-giac/")
    watch.shot(page, "start", full=True)
    look(page)
    page.get_by_role("link", name="Gửi tin báo").click()
    page.get_by_label("Tên xã, phường").fill("con nhan")
    page.get_by_role("button", name="Tìm", exact=True).click()
    watch.shot(page, "area", full=True)
    look(page)
    page.get_by_role("link", name="Phường Cồn Nhạn").click()
    page.get_by_label("Việc muốn báo").select_option(label="Mua bán ma túy")
    page.get_by_label("Điều bạn biết").fill("Quán nước đầu cầu có người đổi gói nhỏ lấy tiền")
    watch.shot(page, "form", both=script, full=True)
    watch.fits(page)
    look(page)
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.get_by_text("Ẩn danh", exact=True)).to_be_visible()
    page.get_by_label("Ảnh kèm theo").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    watch.shot(page, "check", full=True)
    look(page)
    page.get_by_role("button", name="Gửi tin báo").click()
    words = page.locator(".tipline-receipt li").all_inner_texts()
    watch.shot(page, "receipt", both=script, full=True)
    look(page)
    assert len(words) == 8
    tip = Tip.objects.get()
    assert TipFile.objects.count() == 1
    assert page.context.cookies() == []

    today = timezone.localdate()
    actor = acting_in(user, grants_of(user, today), today, None)
    sure(answer_sender(actor=actor, at=timezone.now(), tip_id=tip.pk, key=uuid4(), words="Cảm ơn. Quán tên gì?"))
    page.goto("/to-giac/theo-doi/")
    page.get_by_label("Mã theo dõi").fill(", ".join(words))
    page.get_by_role("button", name="Mở", exact=True).click()
    expect(page.get_by_text("Cảm ơn. Quán tên gì?")).to_be_visible()
    page.get_by_label("Nhắn thêm").fill("Quán Gió")
    page.get_by_role("button", name="Gửi lời nhắn").click()
    expect(page.get_by_text("Quán Gió")).to_be_visible()
    watch.shot(page, "own", full=True)
    look(page)
    if script:
        page.route(re.compile(r"wikipedia\.org"), lambda route: route.fulfill(body="<title>khac</title>"))
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_url("https://vi.wikipedia.org/")
