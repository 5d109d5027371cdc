"""The page of background work, and what load balancers ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pcmt.apps.accounts.models import Role, User
from pcmt.apps.jobs import operations
from pcmt.apps.jobs.schedules import schedules
from pcmt.web.jobs.words import TASKS, error_words
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
PAGE = "/quan-tri/viec-nen/"


@pytest.fixture
def land() -> World:
    return world()


def client_of(land: World, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor("police", role).user_id))
    return client


def failed(error: str = "builtins.ValueError") -> DBTaskResult:
    return DBTaskResult.objects.create(
        status=TaskResultStatus.FAILED,
        args_kwargs={"args": ["Nguyễn Văn Giả"], "kwargs": {}},
        task_path="pcmt.apps.plans.jobs.read_revision",
        backend_name="default",
        run_after=AT,
        started_at=AT,
        finished_at=AT,
        worker_ids=["an"],
        exception_class_path=error,
        traceback='  File "/x/src/pcmt/apps/plans/jobs.py", line 12, in read_revision\nValueError: Nguyễn Văn Giả',
    )


def test_administrators_see_what_failed_and_have_it_run_again(land: World) -> None:
    first, _second = failed(), failed()
    client = client_of(land, "administrator")
    page = client.get(PAGE).content.decode()
    assert "Không có tiến trình việc nền nào đang chạy." in page
    assert "Đọc văn bản kế hoạch" in page
    assert "Lỗi của chương trình (ValueError)" in page
    assert "pcmt/apps/plans/jobs.py:12 read_revision" in page
    assert "Giả" not in page
    done = client.post(f"{PAGE}chay-lai/", {"job": str(first.pk)}, follow=True).content.decode()
    assert "Đã xếp lại 1 việc vào hàng chờ." in done
    again = client.post(f"{PAGE}chay-lai/", {"job": str(first.pk)}, follow=True).content.decode()
    assert "Không còn việc lỗi nào như vậy" in again
    assert "Đã xếp lại 1 việc" in client.post(f"{PAGE}chay-lai/", {"job": "tat-ca"}, follow=True).content.decode()
    assert not DBTaskResult.objects.failed().exists()
    assert client.post(f"{PAGE}chay-lai/", {"job": "x"}).status_code == 302
    operations.beat(worker_id="may-1", at=datetime.now(UTC))
    calm = client.get(PAGE).content.decode()
    assert "may-1" in calm
    assert "Không có việc lỗi." in calm


def test_nobody_else_does(land: World) -> None:
    job = failed()
    for role in Role:
        if role != Role.ADMINISTRATOR:
            client = client_of(land, role)
            assert client.get(PAGE).status_code == 403
            assert client.post(f"{PAGE}chay-lai/", {"job": str(job.pk)}).status_code == 403
    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED


def test_every_schedule_has_its_words() -> None:
    assert {each.job.module_path for each in schedules()} <= set(TASKS)


def test_errors_in_words() -> None:
    assert "Cơ sở dữ liệu" in error_words("django.db.utils.OperationalError")
    assert "Không nối được" in error_words("smtplib.SMTPServerDisconnected")
    assert "dừng đột ngột" in error_words(operations.DIED)
    assert "(Gone)" in error_words("no.such.Gone")


def test_health_needs_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Client().get("/suc-khoe/")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert not answer.cookies

    def gone() -> None:
        from django.db import OperationalError

        raise OperationalError("down")

    monkeypatch.setattr("pcmt.web.jobs.views.connection.ensure_connection", gone)
    assert Client().get("/suc-khoe/").status_code == 503


def test_long_waiting_is_said(land: World) -> None:
    row = failed()
    DBTaskResult.objects.filter(pk=row.pk).update(status=TaskResultStatus.READY, enqueued_at=AT - timedelta(days=1))
    assert "lâu nhất từ" in client_of(land, "administrator").get(PAGE).content.decode()
