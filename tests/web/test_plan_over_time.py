"""A plan adopted by the operations, then amended: what its pages carry on, end, and show side by side."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from pcmt.apps.accounts.models import User
from pcmt.apps.plans.models import BodyMatch, Plan
from pcmt.apps.plans.operations import Adopted, adopt, match_body
from pcmt.apps.tasks.models import DueItem, Task, TaskState
from pcmt.apps.tasks.operations import report_progress
from pcmt.web.plan.bodies import bodies_of
from pcmt.web.reading.adoption import receipt
from pcmt.web.tasks.listing import in_order
from pcmt.web.tasks.page import parties_of
from tests.factories.plans import ALL_CODES, TEXT, adopted, draft, reviewed
from tests.factories.world import NOW, World, world

pytestmark = pytest.mark.django_db

AMENDED = TEXT.replace("Ít nhất 80% hộ dân", "Ít nhất 90% hộ dân").replace(
    "- Cấp kinh phí cho các đội.\n", "- Cấp kinh phí cho các đội và các trạm.\n"
).replace("- Phối hợp Sở Tài chính cấp thuốc cho trạm.\n", "")  # fmt: skip
LATER = NOW + timedelta(days=40)


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    def read(text: str, *, name: str = "") -> dict[str, Any]:
        return draft(text).reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    return world()


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office, TEXT).plan


@pytest.fixture
def client(land: World) -> Client:
    signed_in = Client()
    assert land.office
    signed_in.force_login(User.objects.get(username="lan"))
    return signed_in


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_pages_of_an_adopted_plan_name_what_the_text_says(client: Client, plan: Plan) -> None:
    base = f"/ke-hoach/{plan.pk}"
    assert "ít nhất 10 vụ" in text_of(client, f"{base}/chi-tieu/")
    assert "cộng 10, khớp với tổng" in text_of(client, f"{base}/chi-tieu/")
    bodies = text_of(client, f"{base}/phan-cong/?tat_ca=1")
    assert "Ủy ban Mặt trận Tổ quốc tỉnh" in bodies
    assert "được đề nghị" in bodies
    duties = text_of(client, f"{base}/bao-cao/")
    assert "Báo cáo định kỳ hằng tháng" in duties
    assert "hết ngày 14/06/2026" in duties
    owed = text_of(client, "/nhiem-vu/?trang_thai=tat-ca")
    assert "hết ngày 14/06/2026" in owed
    assert "“trước ngày 15/6/2026”" in owed


def test_every_due_item_opens_and_links_to_its_sentence(client: Client, plan: Plan) -> None:
    anchors = set(re.findall(r'id="(s\d+)"', text_of(client, f"/ke-hoach/{plan.pk}/van-ban/")))
    items = DueItem.objects.filter(plan=plan)
    assert items.count() > 10
    for item in items:
        asked = set(re.findall(r"van-ban/#(s\d+)", text_of(client, f"/nhiem-vu/{item.pk}/")))
        assert asked
        assert asked <= anchors


def test_an_amendment_is_shown_clause_by_clause(client: Client, land: World, plan: Plan) -> None:
    adopted(land.office, AMENDED, at=LATER, plan_id=plan.pk)
    html = text_of(client, f"/ke-hoach/{plan.pk}/van-ban/so-sanh/")
    assert "Bản 2 so với bản 1" in html
    assert re.search(r"<del[^>]*>.*80%", html, re.DOTALL)
    assert re.search(r"<ins[^>]*>.*90%", html, re.DOTALL)
    assert "cấp thuốc cho trạm" in html
    back = text_of(client, f"/ke-hoach/{plan.pk}/van-ban/so-sanh/?tu=2&den=1")
    assert "Bản 1 so với bản 2" in back


def test_earlier_versions_stay_readable_and_say_so(client: Client, land: World, plan: Plan) -> None:
    adopted(land.office, AMENDED, at=LATER, plan_id=plan.pk)
    base = f"/ke-hoach/{plan.pk}/van-ban/"
    assert "90% hộ dân" in text_of(client, base)
    first = text_of(client, f"{base}?ban=1")
    assert "80% hộ dân" in first
    assert "đã được thay bằng bản mới hơn" in first


def test_a_task_that_is_gone_keeps_its_page_and_its_old_sentence(client: Client, land: World, plan: Plan) -> None:
    adopted(land.office, AMENDED, at=LATER, plan_id=plan.pk)
    gone = Task.objects.get(plan=plan, state=TaskState.ENDED)
    html = text_of(client, f"/nhiem-vu/viec/{gone.pk}/")
    assert "không còn việc này" in html
    (link,) = set(re.findall(r'href="([^"]*\?ban=1#s\d+)"', html))
    assert f'id="{link.split("#")[1]}"' in text_of(client, link.split("#")[0])
    assert gone.text not in text_of(client, "/nhiem-vu/?trang_thai=tat-ca")


def test_progress_is_carried_on(client: Client, land: World, plan: Plan) -> None:
    item = DueItem.objects.get(plan=plan, label__startswith="Lập danh sách")
    health = land.actor("health")
    report_progress(actor=health, at=NOW, due_item_id=item.pk, version=item.version, percent=40, note="Đã lập một nửa.")
    adopted(land.office, AMENDED, at=LATER, plan_id=plan.pk)
    html = text_of(client, f"/nhiem-vu/{item.pk}/")
    assert "Đã lập một nửa." in html
    assert 'value="40"' in html


def test_a_version_under_review_is_told_to_the_office_and_to_nobody_else(
    client: Client, land: World, plan: Plan
) -> None:
    revision = reviewed(land.office, AMENDED, at=LATER, plan_id=plan.pk)
    assert f"/van-ban/{revision.pk}/" in text_of(client, f"/ke-hoach/{plan.pk}/")
    assert f"/van-ban/{revision.pk}/" in text_of(client, "/")
    officer = Client()
    assert land.actor("health")
    officer.force_login(User.objects.get(username="officer.health"))
    assert f"/van-ban/{revision.pk}/" not in text_of(officer, f"/ke-hoach/{plan.pk}/")
    assert "90% hộ dân" not in text_of(officer, f"/ke-hoach/{plan.pk}/van-ban/")


def test_a_unit_with_two_names_in_the_text_is_one_body(client: Client, land: World) -> None:
    """The text says Sở Tài chính and the communes; all three names are taken for Sở Y tế."""
    revision = reviewed(land.office)
    for name in ("Sở Tài chính", "UBND các xã, phường"):
        body = BodyMatch.objects.get(revision=revision, name=name)
        told = match_body(
            actor=land.office, at=NOW, body_id=body.pk, version=body.version, unit_ids=[land["health"].pk]
        )
        assert isinstance(told, BodyMatch), told
    check = text_of(client, reverse("reading:check", args=[revision.pk]))
    assert re.findall(r'<th scope="row">([^<]*)</th><td class="num">(\d+)</td></tr>', check) == [
        ("Sở Y tế", "3"),
        ("Sở Y tế, Công an tỉnh An Bình", "1"),
    ]
    revision.refresh_from_db()
    receipt = adopt(actor=land.office, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    assert isinstance(receipt, Adopted), receipt
    base = f"/ke-hoach/{receipt.plan_id}"
    overview = text_of(client, f"{base}/")
    assert len(re.findall(r'<th scope="row"><a [^>]*>Sở Y tế</a>', overview)) == 1
    assert "Sở Tài chính" not in overview
    reports = text_of(client, f"{base}/bao-cao/")
    assert "Sở Y tế; Sở Y tế" not in reports
    assert "Sở Y tế, Sở Y tế" not in reports
    health = next(body for body in bodies_of(revision.plan) if body.unit_id == land["health"].pk)
    tasks = [part.task_id for part in health.parts]
    assert len(tasks) == len(set(tasks)) == 4
    helped = Task.objects.get(text__startswith="Phối hợp Sở Tài chính")
    assert [group.names for group in parties_of(helped)] == [["Sở Y tế"]]
    listed = [item.due_on for item in in_order(DueItem.objects.filter(unit=land["health"]), {})]
    assert listed == sorted(listed, key=lambda day: (day is None, day or NOW.date()))


def test_the_history_tells_who_adopted_and_who_reported(client: Client, land: World, plan: Plan) -> None:
    item = DueItem.objects.get(plan=plan, label__startswith="Lập danh sách")
    report_progress(actor=land.actor("health"), at=NOW, due_item_id=item.pk, version=item.version, done=True)
    html = text_of(client, f"/ke-hoach/{plan.pk}/lich-su/")
    for words in ("Ban hành", "Báo đã xong", "Nhận các mục chắc"):
        assert words in html
    assert "Việc khác" not in html


def test_the_receipt_counts_what_is_to_be_followed_with_and_without_limit() -> None:
    words = receipt(Adopted(1, 1, {"tasks": 60, "due_items": 144}))
    assert words == "Đã ban hành. Đã tạo: 60 nhiệm vụ, 144 đầu việc phải theo dõi."
    with override("en"):
        assert "144 items to follow" in receipt(Adopted(1, 1, {"due_items": 144}))
