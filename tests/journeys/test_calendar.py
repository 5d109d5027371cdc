"""An officer puts the unit's deadlines into a calendar program and takes them out again; an administrator looks after
what runs in the background."""

from __future__ import annotations

from datetime import timedelta
from urllib.request import urlopen

import pytest
import vobject
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import expect

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.operations import create_user, grant_role
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.tasks.operations import touched
from tests.journeys.conftest import Watched
from tests.journeys.world import AT, World, sure
from tests.web.province import build


def test_deadlines_in_a_calendar(transactional_db: None, watch: Watched, settings: pytest.FixtureRequest) -> None:
    settings.SECOND_FACTOR_ROLES, settings.SITE = (), watch.server.url  # type: ignore[attr-defined]
    province = build(timezone.localdate(), tasks=30, communes=3, targets=2, password=World.password)
    page = watch.open()
    watch.sign_in(page, "officer", "/lich/")
    expect(page.get_by_text("Chưa có lịch nào")).to_be_visible()
    watch.axe(page)
    page.get_by_label("Lịch gồm").select_option(label="Sở Y tế")
    page.get_by_role("button", name="Tạo lịch").click()
    expect(page.get_by_text("Địa chỉ chỉ hiện một lần.")).to_be_visible()
    address = page.get_by_label("Địa chỉ của lịch").input_value()
    watch.axe(page)
    watch.shot(page, "address", both=True, full=True)
    watch.fits(page)

    # The calendar program: no session, no cookie.
    with urlopen(address) as answer:
        events = {event.uid.value: event for event in vobject.readOne(answer.read().decode()).vevent_list}
    due = DueItem.objects.filter(unit__name="Sở Y tế", state=DueState.OPEN, due_on__gte=timezone.localdate()).first()
    assert due is not None
    assert due.due_on is not None
    assert events[f"due-{due.pk}@localhost"].dtstart.value == due.due_on
    later = due.due_on + timedelta(days=3)
    DueItem.objects.filter(pk=due.pk).update(due_on=later, **touched(timezone.now()))
    with urlopen(address) as answer:
        again = {event.uid.value: event for event in vobject.readOne(answer.read().decode()).vevent_list}
    moved = again[f"due-{due.pk}@localhost"]
    assert (moved.dtstart.value, moved.sequence.value) == (later, "1")

    page.get_by_role("link", name="Đã thêm xong").click()
    watch.shot(page, "list", both=True, full=True)
    watch.fits(page)
    page.get_by_role("link", name="Thu hồi PCMT: Sở Y tế").click()
    page.get_by_role("button", name="Thu hồi").click()
    expect(page.get_by_text("Đã thu hồi lịch “PCMT: Sở Y tế”.")).to_be_visible()
    with pytest.raises(OSError, match="404"):
        urlopen(address)

    user = sure(create_user(actor=None, at=AT, username="quantri", full_name="Lương Thế Anh", password=World.password))
    sure(grant_role(actor=None, at=AT, user_id=user.pk, role=Role.ADMINISTRATOR, unit_id=province.seat.pk))
    DBTaskResult.objects.create(
        status=TaskResultStatus.FAILED,
        args_kwargs={"args": [1], "kwargs": {}},
        task_path="pcmt.apps.plans.jobs.read_revision",
        backend_name="default",
        run_after=AT,
        finished_at=AT,
        worker_ids=["may-1"],
        exception_class_path="builtins.ValueError",
        traceback='  File "/x/src/pcmt/apps/plans/jobs.py", line 12, in read_revision\n',
    )
    keeper = watch.open()
    watch.sign_in(keeper, "quantri", "/quan-tri/viec-nen/")
    expect(keeper.get_by_text("Không có tiến trình việc nền nào đang chạy.")).to_be_visible()
    keeper.get_by_text("Chỗ lỗi").click()
    watch.axe(keeper)
    watch.shot(keeper, "jobs", both=True, full=True)
    watch.fits(keeper)
    keeper.get_by_role("button", name="Chạy lại Đọc văn bản kế hoạch").click()
    expect(keeper.get_by_text("Đã xếp lại 1 việc vào hàng chờ.")).to_be_visible()
