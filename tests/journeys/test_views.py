"""A leader looks at a hundred bodies and 2,000 tasks: board, one column, one body, a saved filter, paper."""

from __future__ import annotations

import io
import re

import pytest
import pypdfium2
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.plenty import plenty
from tests.web.province import Province

VIEWS = {
    "list": "/nhiem-vu/?trang_thai=tat-ca",
    "wide": "/nhiem-vu/?cot=don-vi&cot=nguoi&cot=ky&cot=tien-do&cot=han&cot=van-ban&cot=doi&nhom=khong",
    "board": "/nhiem-vu/bang/?kieu=viec",
    "bodies": "/nhiem-vu/bang/?kieu=don-vi",
    "calendar": "/nhiem-vu/lich/?thang=",
    "week": "/nhiem-vu/lich/?tuan=%s" % timezone.localdate(),
    "timeline": "/nhiem-vu/dong-thoi-gian/?nhom=",
    "clauses": "/nhiem-vu/dong-thoi-gian/?nhom=muc&trang_thai=chua-xong",
}


@pytest.fixture
def province(watch: Watched) -> Province:
    return plenty(timezone.localdate(), password=World.password)


def test_looking(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "office", to="/nhiem-vu/")
    for name, address in VIEWS.items():
        page.goto(address)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            watch.shot(page, name, full=False)
            try:
                watch.fits(page)
                watch.axe(page)
            except BaseException as e:
                print("!!", name, size, str(e)[:1500])
        page.set_viewport_size(DESK)
        open(f"/tmp/views-{name}.pdf","wb").write(page.pdf(prefer_css_page_size=True))
