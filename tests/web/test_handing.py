"""The pages of handing on: taking, giving back, parts, links; without script, with everything typed kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import User
from pcmt.apps.reports.models import Duty, DutyTask
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.addresses import due_address, title_of
from pcmt.apps.tasks.models import Dependency, DueItem, Task, TaskTarget
from pcmt.apps.tasks.operations import decline, hand_down
from tests.apps.conftest import land, reader  # noqa: F401 - fixtures of the rooms
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The day of the plan: the pages ask the clock."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def due(land: World, reader: None) -> DueItem:  # noqa: F811
    """The list that Sở Y tế owes by 14 June."""
    adopted(land.office)
    return DueItem.objects.get(task__text__startswith="Lập danh sách")


def signed_in(land: World, unit: str, role: str = "officer", name: str = "") -> Client:  # noqa: F811
    """A browser of somebody."""
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(unit, role, name).user_id))
    return client


def page_of(client: Client, due: DueItem) -> str:
    answer = client.get(reverse("tasks:due", args=[due.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_notices_and_pages_agree_on_addresses(due: DueItem) -> None:
    assert due_address(due) == reverse("tasks:due", args=[due.pk])


def test_titles_say_what_the_plan_says_and_nothing_that_was_typed(land: World, due: DueItem) -> None:  # noqa: F811
    assert title_of(due).startswith("Lập danh sách người cần hỗ trợ (12/KH-UBND, mục II.1")
    (part,) = hand_down(  # type: ignore[misc]
        actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, unit_ids=[land["dong_hoa"].pk],
        label="Đưa ông Tư đi trạm",
    )  # fmt: skip
    assert title_of(DueItem.objects.get(pk=part.pk)).startswith("Phần việc: Lập danh sách người cần hỗ trợ")


def test_taking_and_naming_who_has_it(land: World, due: DueItem) -> None:  # noqa: F811
    hoa = land.actor("health", name="hoa")
    officer = signed_in(land, "health")
    assert "Nhận việc</button>" in page_of(officer, due)
    assert "Nhận việc</button>" not in page_of(signed_in(land, "finance"), due)
    answer = officer.post(reverse("tasks:take", args=[due.pk]), {"version": "1"})
    assert answer.headers["Location"].endswith(f"/{due.pk}/#giao-nhan")
    assert "Nhận việc</button>" not in page_of(officer, due)
    officer.post(reverse("tasks:hold", args=[due.pk]), {"version": "2", "holder": hoa.user_id})
    assert "<dt>Người phụ trách</dt><dd>hoa</dd>" in page_of(officer, due)
    wrong = officer.post(reverse("tasks:hold", args=[due.pk]), {"version": "3", "holder": land.office.user_id})
    assert wrong.status_code == 422
    assert "không có vai trò ở đơn vị" in wrong.content.decode()


def test_giving_back_and_the_answer(land: World, due: DueItem) -> None:  # noqa: F811
    officer, office = signed_in(land, "health"), signed_in(land, "police", "standing_office", "lan")
    empty = officer.post(reverse("tasks:give-back", args=[due.pk]), {"version": "1", "reason": ""})
    assert empty.status_code == 422
    assert empty.content.decode().count("Nhập lý do đề nghị giao lại.") == 2  # on top and beside the field
    officer.post(reverse("tasks:give-back", args=[due.pk]), {"version": "1", "reason": "Việc của Sở Tài chính"})
    assert "Vẫn giao cho đơn vị này" not in page_of(officer, due)
    shown = page_of(office, due)
    assert "Việc của Sở Tài chính" in shown
    assert "Vẫn giao cho đơn vị này" in shown
    answer = reverse("tasks:answer", args=[due.pk])
    for sent, words in (
        ({"do": "insist", "answer": ""}, "Nhập ý kiến trả lời."),
        ({"do": "reassign", "answer": "Chuyển"}, "Ghi tên đơn vị nhận việc."),
        ({"do": "reassign", "answer": "Chuyển", "unit": "Sở Không Có"}, "Không có đơn vị này trong phạm vi của bạn."),
    ):
        refused = office.post(answer, {"version": "2", **sent})
        assert refused.status_code == 422
        text = refused.content.decode()
        assert text.count(words) == 2
        assert sent["answer"] in text
    options = office.get(reverse("tasks:answer-units", args=[due.pk]), {"q": "so tai"}).content.decode()
    assert "Sở Tài chính, Tỉnh An Bình" in options
    assert officer.get(reverse("tasks:answer-units", args=[due.pk]), {"q": "so tai"}).status_code == 403
    office.post(answer, {"version": "2", "do": "reassign", "answer": "Chuyển", "unit": "Sở Tài chính"})
    due.refresh_from_db()
    assert due.unit == land["finance"]
    assert "Tiếp nhận từ Sở Y tế" in page_of(office, due)


def test_an_insisting_answer_needs_no_unit(land: World, due: DueItem) -> None:  # noqa: F811
    decline(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, reason="Nhầm")
    office = signed_in(land, "police", "standing_office", "lan")
    sent = {"version": "2", "do": "insist", "answer": "Vẫn làm", "unit": "đơn vị gõ dở"}
    assert office.post(reverse("tasks:answer", args=[due.pk]), sent).status_code == 302
    due.refresh_from_db()
    assert (due.declined_at, due.unit) == (None, land["health"])


def test_handing_down_to_two_communes(land: World, due: DueItem) -> None:  # noqa: F811
    officer = signed_in(land, "health")
    address = reverse("tasks:hand-down", args=[due.pk])
    form = officer.get(address).content.decode()
    assert form.count('name="units"') == 6  # five lower units, and the own one
    assert 'data-key="xa dong hoa"' in form
    assert "14/06/2026" in form
    sent = {"version": "1", "label": "Rà soát ở xã", "due_on": "15/6/2026", "units": [str(land["dong_hoa"].pk)]}
    late = officer.post(address, sent)
    assert late.status_code == 422
    assert late.content.decode().count("Hạn của phần việc không sau ngày 14/6/2026.") == 2
    assert f'value="{land["dong_hoa"].pk}" id="dv{land["dong_hoa"].pk}" checked' in late.content.decode()
    assert officer.post(address, {**sent, "units": []}).status_code == 422
    units = [str(land[name].pk) for name in ("dong_hoa", "tay_hoa")]
    done = officer.post(address, {**sent, "due_on": "31/5/2026", "units": units, "needs_acceptance": "on"})
    assert done.headers["Location"].endswith("#phan-viec")
    parts = DueItem.objects.filter(parent=due)
    assert {(part.unit, part.due_on, part.needs_acceptance) for part in parts} == {
        (land["dong_hoa"], date(2026, 5, 31), True),
        (land["tay_hoa"], date(2026, 5, 31), True),
    }
    again = officer.post(address, {**sent, "due_on": "31/5/2026", "units": units})
    assert again.status_code == 409  # sent twice, or somebody was faster
    assert "Giao xuống" in again.content.decode()
    shown = page_of(officer, due)
    assert "0 / 2 phần đã xong" in shown
    assert "chưa nhận" in shown


def test_a_part_for_a_person_of_the_own_unit(land: World, due: DueItem) -> None:  # noqa: F811
    hoa, officer = land.actor("health", name="hoa"), signed_in(land, "health")
    sent = {"version": "1", "label": "Soạn văn bản", "units": [str(land["health"].pk)], "holder": str(hoa.user_id)}
    officer.post(reverse("tasks:hand-down", args=[due.pk]), sent)
    part = DueItem.objects.get(parent=due)
    assert (part.unit, part.holder_id) == (land["health"], hoa.user_id)
    assert "Sở Y tế: hoa" in page_of(officer, due)


def test_a_part_is_changed_and_taken_back(land: World, due: DueItem) -> None:  # noqa: F811
    officer, commune = signed_in(land, "health"), signed_in(land, "dong_hoa", "commune_officer")
    sent = {"version": "1", "label": "Rà soát ở xã", "due_on": "31/5/2026", "units": [str(land["dong_hoa"].pk)]}
    officer.post(reverse("tasks:hand-down", args=[due.pk]), sent)
    part = DueItem.objects.get(parent=due)
    assert "Phần việc được giao: Rà soát ở xã" in page_of(commune, part)
    assert "Sửa hoặc thu hồi" in page_of(officer, part)
    assert "Sửa hoặc thu hồi" not in page_of(commune, part)
    address = reverse("tasks:part", args=[part.pk])
    assert commune.get(address).status_code == 403
    assert "Rà soát ở xã" in officer.get(address).content.decode()
    wrong = officer.post(address, {"version": "1", "label": "Rà soát lại", "due_on": "31/2/2026"})
    assert wrong.status_code == 422
    assert "Không có ngày này trong lịch." in wrong.content.decode()
    officer.post(address, {"version": "1", "label": "Rà soát lại", "due_on": "30/5/2026"})
    part.refresh_from_db()
    assert (part.label, part.due_on) == ("Rà soát lại", date(2026, 5, 30))
    back = reverse("tasks:take-back", args=[part.pk])
    empty = officer.post(back, {"version": "2", "reason": ""})
    assert empty.status_code == 422
    assert empty.content.decode().count("Nhập lý do thu hồi.") == 2
    officer.post(back, {"version": "2", "reason": "Nhầm xã"})
    part.refresh_from_db()
    assert part.state == "cancelled"
    assert "Nhầm xã" in page_of(commune, part)


def test_done_with_open_parts_asks_once_more(land: World, due: DueItem) -> None:  # noqa: F811
    hand_down(
        actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, unit_ids=[land["dong_hoa"].pk], label="Phần"
    )
    officer, address = signed_in(land, "health"), reverse("tasks:progress", args=[due.pk])
    refused = officer.post(address, {"version": "2", "done": "1", "note": "xong"})
    assert refused.status_code == 422
    assert "Còn 1 phần đã giao chưa xong." in refused.content.decode()
    assert officer.post(address, {"version": "2", "done": "1", "despite_parts": "1"}).status_code == 302


def test_links_of_a_task(land: World, due: DueItem) -> None:  # noqa: F811
    office = signed_in(land, "police", "standing_office", "lan")
    task, other = Task.objects.get(pk=due.task_id), Task.objects.get(text__startswith="Cấp kinh phí")
    target, duty = Target.objects.all()[0], Duty.objects.all()[0]
    address = reverse("tasks:links", args=[task.pk])
    assert other.text in office.get(address).content.decode()
    assert signed_in(land, "finance").get(address).status_code == 403
    sent = {"waits_for": [other.pk], "serves": [target.pk], "feeds": [duty.pk]}
    assert office.post(address, sent).headers["Location"].endswith("#lien-ket")
    assert Dependency.objects.filter(before=other, after=task).exists()
    assert TaskTarget.objects.filter(task=task, target=target).exists()
    assert DutyTask.objects.filter(task=task, duty=duty).exists()
    shown = page_of(signed_in(land, "health"), due)
    assert "Các việc này xong trước thì mới báo xong được." in shown
    assert other.text in shown
    # The other way round is a circle; what was ticked stays ticked.
    round_about = office.post(reverse("tasks:links", args=[other.pk]), {"waits_for": [task.pk]})
    assert round_about.status_code == 422
    assert round_about.content.decode().count("hai việc không thể chờ nhau") == 2
    assert f'id="waits_for{task.pk}" checked' in round_about.content.decode()
    # Two people: what the second never saw he does not take away.
    office.post(address, {"serves": [], "seen_serves": []})
    assert TaskTarget.objects.filter(task=task).exists()
    office.post(address, {"seen_waits_for": [other.pk], "seen_serves": [target.pk], "seen_feeds": [duty.pk]})
    assert not Dependency.objects.exists()
    assert not TaskTarget.objects.exists()
    assert not DutyTask.objects.exists()
