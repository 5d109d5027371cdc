"""Meeting mode on the pages: the screen, a conclusion typed on the spot, taken back, the minutes."""

from __future__ import annotations

import io
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import docx
import pytest
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Meeting, Plan
from pcmt.apps.plans.operations import hold_meeting
from pcmt.apps.reports.models import Restatement, SubmissionState
from pcmt.apps.tasks.models import Decision, DueItem, DueState, Minutes
from tests.factories.plans import adopted
from tests.factories.reports import opened, sent
from tests.factories.world import NOW, TODAY, World, world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db
LIMIT = (TODAY + timedelta(days=40)).strftime("%d/%m/%Y")


@pytest.fixture
def land(time_machine: Any) -> World:
    time_machine.move_to(NOW, tick=False)
    return world()


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office).plan


@pytest.fixture
def meeting(land: World, plan: Plan) -> Meeting:
    made = hold_meeting(actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=TODAY)
    assert isinstance(made, Meeting)
    return made


def client_of(land: World, unit: str = "police", role: str = "standing_office", name: str = "lan") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(unit, role, name).user_id))
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return unescape(answer.content.decode())


def address(meeting: Meeting, more: str = "") -> str:
    return f"/man-hinh-lanh-dao/giao-ban/{meeting.pk}/{more}"


def typed(land: World, asked: Plan, **facts: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"key": str(uuid4()), "words": "Rà soát hộ có người nghiện", "due_on": LIMIT}
    return {**usual, "units": [land["dong_hoa"].pk], "plan": asked.pk, **facts}


def test_opened_from_the_changes(land: World, plan: Plan) -> None:
    client = client_of(land)
    answer = client.post("/man-hinh-lanh-dao/giao-ban/", {"on": f"{TODAY:%d/%m/%Y}", "words": "tháng 3", "mo": "1"})
    assert answer.status_code == 302
    held = Meeting.objects.get()
    assert answer["Location"] == address(held)
    said = page(client, answer["Location"])
    assert "Giao ban ngày 02/03/2026, Tỉnh An Bình" in said
    assert "Lần trước không ghi kết luận nào." in said


def test_a_conclusion_is_typed_and_taken_back(land: World, plan: Plan, meeting: Meeting) -> None:
    client = client_of(land)
    wrong = client.post(address(meeting, "ket-luan/"), typed(land, plan, due_on="31/02/2026"))
    assert wrong.status_code == 422
    said = unescape(wrong.content.decode())
    assert "Không có ngày này trong lịch." in said
    assert "Rà soát hộ có người nghiện</textarea>" in said
    assert f'value="{land["dong_hoa"].pk}" id="dv{land["dong_hoa"].pk}" checked' in said
    refused = client.post(address(meeting, "ket-luan/"), typed(land, plan, plan=""))
    assert refused.status_code == 422
    assert "Chọn kế hoạch mà kết luận này thuộc về." in unescape(refused.content.decode())
    once = typed(land, plan)
    for _twice in range(2):
        assert client.post(address(meeting, "ket-luan/"), once).status_code == 302
    decision = Decision.objects.get()
    item = DueItem.objects.get(decision=decision)
    said = page(client, address(meeting))
    assert "Rà soát hộ có người nghiện" in said
    assert "Kết luận giao ban ngày 02/03/2026" in page(client_of(land), f"/nhiem-vu/{item.pk}/")
    assert client.post(address(meeting, f"ket-luan/{decision.pk}/rut/")).status_code == 302
    item.refresh_from_db()
    assert item.state == DueState.CANCELLED
    again = page(client, f"{address(meeting)}?lai={decision.pk}")
    assert "Rà soát hộ có người nghiện</textarea>" in again
    assert "Kết luận này đã rút" in page(client_of(land), f"/nhiem-vu/viec/{item.task_id}/")


def test_about_an_item_of_the_agenda(land: World, plan: Plan, meeting: Meeting) -> None:
    client = client_of(land)
    whole = DueItem.objects.get(unit=land["health"], label__startswith="Lập danh sách")
    said = page(client, f"{address(meeting)}?viec={whole.pk}")
    assert "Kết luận thành một phần của việc này." in said
    about = {"about": whole.pk, "seen": whole.version, "units": [land["health"].pk]}
    assert client.post(address(meeting, "ket-luan/"), typed(land, plan, **about)).status_code == 302
    assert DueItem.objects.get(decision__isnull=False).parent == whole
    stale = client.post(address(meeting, "ket-luan/"), typed(land, plan, **about))
    assert stale.status_code == 409
    assert "Xem lại rồi làm tiếp" in unescape(stale.content.decode())


def test_who_sees_and_who_writes(land: World, plan: Plan, meeting: Meeting) -> None:
    leader = client_of(land, "an_binh", "leader", "")
    assert "Ghi và giao ngay" not in page(leader, address(meeting))
    assert leader.post(address(meeting, "ket-luan/"), typed(land, plan)).status_code == 403
    assert leader.post(address(meeting, "thong-bao/"), {}).status_code == 403
    assert "Chưa ban hành." in page(leader, address(meeting, "thong-bao/"))
    for who in (("binh_giang", "leader"), ("health", "officer"), ("dong_hoa_police", "standing_office")):
        client = client_of(land, *who, "")
        page(client, address(meeting), 404)
        assert client.post(address(meeting, "ket-luan/"), typed(land, plan)).status_code == 404
        page(client, address(meeting, "thong-bao/tai-ve/"), 404)
    assert not Decision.objects.exists()


def test_minutes(land: World, plan: Plan, meeting: Meeting) -> None:
    client = client_of(land)
    client.post(address(meeting, "ket-luan/"), typed(land, plan))
    form = client.get(address(meeting, "thong-bao/")).context["form"]
    letter = {**form.initial, "mark": "", "symbol": "TB-CAT", "answer_by": ""}
    noted = typed(land, plan, words="Họp dân", units=[], due_on="")
    client_of(land, name="minh").post(address(meeting, "ket-luan/"), noted)
    stale = client.post(address(meeting, "thong-bao/"), letter)
    assert stale.status_code == 409
    assert "Họp dân" in unescape(stale.content.decode()), "what the other secretary wrote is shown"
    letter["seen"] = stale.context["form"]["seen"].value()
    assert client.post(address(meeting, "thong-bao/"), {**letter, "agency": ""}).status_code == 422
    assert client.post(address(meeting, "thong-bao/"), letter).status_code == 302
    data = b"".join(client.get(address(meeting, "thong-bao/tai-ve/")).streaming_content)  # type: ignore[attr-defined]
    words = "\n".join(each.text for each in docx.Document(io.BytesIO(data)).paragraphs)
    assert "Thay đổi từ ngày 23/02/2026 đến hết ngày 02/03/2026" in words
    assert Entry.objects.filter(event="tasks.minutes.downloaded").exists()
    said = page(client, address(meeting))
    assert "Thông báo kết luận đã ban hành" in said
    assert client.post(address(meeting, "ket-luan/"), typed(land, plan)).status_code == 409
    found = Minutes.objects.get()
    number = {"version": found.version, "number": "x", "symbol": "TB-CAT", "signed_on": f"{TODAY:%d/%m/%Y}"}
    assert client.post(address(meeting, "thong-bao/so/"), number).status_code == 422
    assert client.post(address(meeting, "thong-bao/rut/"), {"version": "9", "reason": "x"}).status_code == 409
    assert client.post(address(meeting, "thong-bao/so/"), {**number, "number": "7"}).status_code == 302
    assert "7/TB-CAT" in page(client, address(meeting, "thong-bao/"))
    assert client.post(address(meeting, "thong-bao/rut/"), {"version": "2", "reason": "x"}).status_code == 422


def test_reports_on_the_agenda(land: World, plan: Plan, meeting: Meeting) -> None:
    """Reports that were sent back, and corrected figures of accepted ones, old and new."""
    report = opened(land["dong_hoa"])
    edition = sent(report, SubmissionState.ACCEPTED, cases=3)
    Restatement.objects.create(edition=edition, line="cases", label="Số vụ", old=3, new=5, reason="đếm sót")
    back = opened(land["tay_hoa"])
    sent(back, SubmissionState.RETURNED, cases=1)
    said = page(client_of(land), address(meeting))
    assert "Báo cáo bị trả lại, chưa gửi lại" in said
    assert "<s>3</s> → <strong>5</strong>" in said


def test_the_screen_costs_the_same_for_many_conclusions(land: World, plan: Plan, meeting: Meeting) -> None:
    client = client_of(land)
    client.post(address(meeting, "ket-luan/"), typed(land, plan))
    with statements() as few:
        page(client, address(meeting))
    for _more in range(3):
        units = [land[key].pk for key in ("dong_hoa", "tay_hoa", "health")]
        client.post(address(meeting, "ket-luan/"), typed(land, plan, units=units))
    with statements() as many:
        page(client, address(meeting))
    assert len(many) <= len(few) + 1
