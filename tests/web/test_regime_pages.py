"""The pages of regimes: listed, looked at, defined over several levels, said anew, asked for at once."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from pcmt.apps.reports.models import Duty, DutyOccurrence, Origin
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.units.models import Unit
from pcmt.core.periods import date_label
from tests.factories.reports import report_form
from tests.web.counting import statements
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ROOM = "/che-do-bao-cao/"


@pytest.fixture
def province() -> Province:
    return build(TODAY, tasks=60, communes=12, targets=7)


def signed_in(province: Province, key: str) -> Client:
    client = Client()
    client.force_login(province.users[key])
    return client


@pytest.fixture
def office(province: Province) -> Client:
    return signed_in(province, "office")


def words(answer: Any) -> str:
    """The page as people read it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def request_of(**more: Any) -> dict[str, Any]:
    communes = Unit.objects.filter(level="commune").values_list("pk", flat=True)
    return {
        "kind": "thematic",
        "title": "Tình hình cơ sở lưu trú",
        "what": "Số cơ sở\nSố vi phạm",
        "units": [str(each) for each in communes[:3]],
        "due_on": date_label(TODAY + timedelta(days=7)),
        "hour": "16 giờ",
        "first": "",
        "cutoff": "",
        "form": "",
        "recipient": "",
        **more,
    }


def regime_of(**more: Any) -> dict[str, Any]:
    group = Unit.objects.get(kind="group")
    police = Unit.objects.get(name="Công an tỉnh")
    empty = {
        f"{name}_{number}": value
        for number in (1, 2, 3)
        for name, value in (("recipient", ""), ("way", "before"), ("limit", ""), ("months", "0"), ("via", ""),
                            ("method", "software"), ("guidance", ""))
    }  # fmt: skip
    return {
        **empty,
        "title": "Báo cáo tháng về ma túy",
        "what": "Số vụ",
        "period": "monthly",
        "calendar": "statistical",
        "since": date_label(date(TODAY.year, TODAY.month, 1)),
        "form": "",
        "reporters": [str(group.pk)],
        "recipient_1": police.name,
        "limit_1": "5",
        "months_1": "1",
        **more,
    }


def test_the_list_and_its_file(province: Province, office: Client) -> None:
    page = office.get(ROOM)
    duties = list(Duty.objects.filter(plan=province.plan, state="active"))
    assert all(f'href="{ROOM}{duty.pk}/"' in page.content.decode() for duty in duties)
    assert "mẫu đề cương, biểu số liệu" in words(page)
    narrowed = office.get(f"{ROOM}?ky=monthly&ke_hoach={province.plan.pk}")
    monthly = [duty for duty in duties if duty.period == "monthly"]
    assert words(narrowed).count("cơ quan thường trực yêu cầu") == 0
    assert all((f'href="{ROOM}{each.pk}/"' in narrowed.content.decode()) == (each in monthly) for each in duties)
    book = load_workbook(io.BytesIO(office.get(f"{ROOM}che-do-bao-cao.xlsx?ky=monthly").content)).active
    assert book is not None
    assert len([row for row in book.iter_rows(values_only=True) if isinstance(row[0], int)]) == len(monthly)


def test_the_list_asks_no_more_for_more(province: Province, office: Client) -> None:
    office.get(ROOM)
    with statements() as few:
        office.get(ROOM)
    for number in range(5):
        office.post(f"{ROOM}yeu-cau/", request_of(title=f"Chuyên đề {number}"))
    office.get(ROOM)  # says that they were asked for
    with statements() as many:
        office.get(ROOM)
    assert len(many) <= len(few)


def test_a_report_is_asked_for_on_one_page(province: Province, office: Client) -> None:
    form = office.get(f"{ROOM}yeu-cau/?ke_hoach={province.plan.pk}")
    assert form.status_code == 200
    answer = office.post(f"{ROOM}yeu-cau/?ke_hoach={province.plan.pk}", request_of())
    duty = Duty.objects.get(origin=Origin.OFFICE)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{ROOM}{duty.pk}/")
    assert DutyOccurrence.objects.filter(duty=duty).count() == 3
    page = words(office.get(f"{ROOM}{duty.pk}/"))
    assert "Đã yêu cầu 3 đơn vị báo cáo." in page
    assert f"trước 16 giờ ngày {date_label(TODAY + timedelta(days=7))}" in page
    due = DueItem.objects.filter(occurrence__duty=duty)[0]
    assert "Tình hình cơ sở lưu trú" in words(office.get(f"/nhiem-vu/{due.pk}/"))
    assert "Tình hình cơ sở lưu trú" in words(office.get(f"/ke-hoach/{province.plan.pk}/bao-cao/"))


def test_nothing_typed_is_lost(province: Province, office: Client) -> None:
    answer = office.post(f"{ROOM}yeu-cau/", request_of(due_on="32/13/2026", units=[]))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Lỗi:" in text
    assert "Số cơ sở\nSố vi phạm" in text
    assert "32/13/2026" in text
    assert "Chọn ít nhất một đơn vị phải báo cáo." in text
    past = office.post(f"{ROOM}yeu-cau/", request_of(due_on=date_label(TODAY - timedelta(days=1))))
    assert past.status_code == 422
    assert "Hạn gửi: Nhập hạn gửi, từ hôm nay trở đi." in words(past)
    assert not Duty.objects.filter(origin=Origin.OFFICE).exists()


def test_a_regime_is_tried_defined_changed_and_ended(province: Province, office: Client) -> None:
    seat = province.seat.name
    two = regime_of(recipient_2=seat, limit_2="10", months_2="1")
    tried = office.post(f"{ROOM}moi/", {**two, "xem": "1"})
    assert tried.status_code == 200
    assert "Hạn của các kỳ tới, chưa lưu" in words(tried)
    assert not Duty.objects.filter(origin=Origin.OFFICE).exists()
    assert office.post(f"{ROOM}moi/", {**two, "limit_2": "3"}).status_code == 422
    answer = office.post(f"{ROOM}moi/", two)
    low = Duty.objects.get(origin=Origin.OFFICE, feeds__isnull=False)
    assert answer.headers["Location"] == f"{ROOM}{low.pk}/"
    page = words(office.get(f"{ROOM}{low.pk}/"))
    assert "Các cấp và hạn" in page
    assert seat in page
    # By another form, while somebody else changed it meanwhile: it comes back whole and goes through the second time.
    version = report_form()
    change = {
        "version": "9", "title": "Báo cáo tháng (mới)", "form": version.form_id, "feeds": low.feeds_id,
        "method": "software", "via": "", "what": "Số vụ", "recipient": "Công an tỉnh", "way": "before", "limit": "6",
        "months": "1", "reporters": [str(Unit.objects.get(kind="group").pk)], "guidance_commune": "Gửi sớm",
    }  # fmt: skip
    stale = office.post(f"{ROOM}{low.pk}/sua/", change)
    assert stale.status_code == 409
    assert "Báo cáo tháng (mới)" in stale.content.decode()
    again = re.search(r'name="version" value="(\d+)"', stale.content.decode())
    assert again is not None
    assert office.post(f"{ROOM}{low.pk}/sua/", {**change, "version": again[1]}).status_code == 302
    low.refresh_from_db()
    assert (low.title, low.form_id, low.guidance) == ("Báo cáo tháng (mới)", version.form_id, {"commune": "Gửi sớm"})
    assert office.post(f"{ROOM}{low.pk}/thoi-ap-dung/", {"version": low.version, "reason": ""}).status_code == 422
    ended = office.post(f"{ROOM}{low.pk}/thoi-ap-dung/", {"version": low.version, "reason": "Gộp", "whole": "on"})
    assert ended.status_code == 302
    assert not Duty.objects.filter(origin=Origin.OFFICE, state="active").exists()
    assert office.get(f"{ROOM}{low.pk}/sua/").status_code == 404


def test_who_does_not_keep_the_plan_only_looks(province: Province) -> None:
    duty = Duty.objects.filter(plan=province.plan)[0]
    for key in sorted(set(province.users) - {"office"}):
        client = signed_in(province, key)
        for address in ("yeu-cau/", "moi/", f"{duty.pk}/sua/", f"{duty.pk}/thoi-ap-dung/"):
            assert client.get(ROOM + address).status_code in (403, 404), (key, address)
            assert client.post(ROOM + address, request_of()).status_code in (403, 404), (key, address)
    assert not Duty.objects.filter(origin=Origin.OFFICE).exists()
