"""The leader opens the screen, reads it on both widths, and prints it on one A4 landscape page."""

from __future__ import annotations

import pypdfium2
import pytest
from django.utils import timezone
from playwright.sync_api import Page

from pcmt.apps.targets.models import Target
from pcmt.apps.units.models import Level, Unit
from tests.journeys.conftest import DESK, PHONE, Watched
from tests.journeys.world import World
from tests.web.leading import judged
from tests.web.province import Province, build

A4 = (842, 595)


@pytest.fixture
def province(watch: Watched) -> Province:
    """130 communes with eight targets each."""
    made = build(timezone.localdate(), tasks=60, communes=130, targets=8, password=World.password)
    units = list(Unit.objects.filter(level=Level.COMMUNE, kind="administrative").in_official_order())
    judged(list(Target.objects.order_by("order")), units, made.seat, made.today)
    return made


def checked(watch: Watched, page: Page, name: str) -> None:
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        watch.shot(page, name, full=True)
        watch.fits(page)
        watch.axe(page)
    page.set_viewport_size(DESK)


def test_one_sheet(watch: Watched, province: Province) -> None:
    page = watch.open()
    watch.sign_in(page, "leader", to="/man-hinh-lanh-dao/")
    checked(watch, page, "screen")
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(paper) == 1
    assert tuple(round(side) for side in paper[0].get_size()) == A4
    page.goto("/man-hinh-lanh-dao/thay-doi/")
    checked(watch, page, "changes")
    page.goto(f"/ke-hoach/{province.plan.pk}/don-vi-cap-duoi/")
    checked(watch, page, "cover")
