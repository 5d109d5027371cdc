"""The history of a thing: whose it is, in words, on its page and on one of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from pcmt.apps.accounts.models import Actor, Role, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import Thing, record, record_reading
from pcmt.apps.plans.contract import FIELDS as CONTRACT
from pcmt.apps.reports.models import Duty
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import DueItem
from pcmt.web.audit.words import FIELDS, OBJECTS, UNTOLD, tell
from pcmt.web.history.kinds import KINDS, history_url
from pcmt.web.history.trail import trail_of
from tests.factories.plans import adopted, draft
from tests.factories.world import NOW, World
from tests.factories.world import world as make_world

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 3, 2, tzinfo=UTC)


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("pcmt.core.reading.read", lambda text, *, name="": draft(text).reading)
    return make_world()


def changed(actor: Actor | None, thing: Any, event: str = "units.unit.created", **told: Any) -> Entry:
    return record(at=AT, actor=actor, event=event, obj=thing, **told)


def page(actor: Actor, thing: Any) -> Any:
    return as_actor(actor).get(history_url(thing))


def as_actor(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_a_thing_belongs_to_whoever_sees_its_unit(land: World) -> None:
    """Whole for the unit's own leader and those above; what one did oneself for everyone else."""
    clinic = land["dong_hoa_clinic"]
    head, officer = land.actor("dong_hoa", "leader"), land.actor("dong_hoa_clinic")
    changed(None, clinic, after={"name": "Trạm Y tế"})
    changed(officer, clinic, after={"name": "Trạm Y tế xã"})
    assert [trail_of(actor, clinic).count() for actor in (head, officer, land.actor("tay_hoa", "leader"))] == [2, 1, 0]
    assert [trail_of(actor, clinic).whole for actor in (head, officer)] == [True, False]
    html = page(officer, clinic).content.decode()
    assert "Chỉ hiện việc do bạn làm" in html
    assert "Chỉ hiện việc do bạn làm" not in page(head, clinic).content.decode()


def test_ones_own_account_has_its_whole_history(land: World) -> None:
    """Who gave me which role; but not when I signed in, and not who read my address."""
    officer, other = land.actor("dong_hoa_clinic"), land.actor("tay_hoa_police")
    user = User.objects.get(pk=officer.user_id)
    changed(officer, user, event="accounts.session.opened")
    record_reading(at=AT, actor=None, event="accounts.user.read", obj=user, purpose="Gọi nhắc hạn")
    html = page(officer, user).content.decode()
    assert "Tạo tài khoản" in html
    assert "Giao vai trò" in html
    assert "vai trò: Cán bộ" in html
    assert f"đơn vị: {land['dong_hoa_clinic'].name}" in html
    assert "Đăng nhập" not in html.split("<tbody>")[1].split("</tbody>")[0]
    assert "Gọi nhắc hạn" not in html
    assert page(other, user).status_code == 404


def test_every_kind_of_thing_of_a_plan(land: World) -> None:
    revision = adopted(land.office)
    plan = revision.plan
    things = [
        revision,
        Target.objects.filter(plan=plan)[0],
        DueItem.objects.filter(plan=plan, task__isnull=False)[0],
        DueItem.objects.filter(plan=plan, task__isnull=False)[0].task,
        Duty.objects.filter(plan=plan)[0],
    ]
    for thing in things:
        changed(land.office, thing, event="tasks.due.reported", before={"percent": 10}, after={"percent": 35})
        answer = page(land.office, thing)
        assert answer.status_code == 200, thing
        html = answer.content.decode()
        assert "tiến độ (%): 10 → 35" in html
        assert str(OBJECTS[thing._meta.label]) in html
        assert page(land.actor("binh_giang_police", "standing_office"), thing).status_code == 404
    answer = page(land.office, plan)
    assert answer.status_code == 200
    assert answer.content.decode().count("tiến độ (%): 10 → 35") == len(things), "a plan has all that hangs below it"
    assert as_actor(land.office).get(f"/lich-su/plans.Plan/{plan.pk}/")["Location"] == f"/ke-hoach/{plan.pk}/lich-su/"


@pytest.mark.parametrize("path", ["units.Unit/999999/", "units.Unit/x/", "jobs.Cron/1/", "no.Such/1/", "web.Page/1/"])
def test_what_has_no_history(land: World, path: str) -> None:
    assert as_actor(land.office).get(f"/lich-su/{path}").status_code == 404


def test_changes_are_told_in_words(land: World) -> None:
    """Units by name, bodies by name, codes by their words, limits as a plan writes them; nothing of JSON."""
    clinic, police = land["dong_hoa_clinic"], land["dong_hoa_police"]
    entry = changed(
        None,
        Thing("plans.Item", "1", "Lập danh sách"),
        event="plans.item.edited",
        before={"unit": clinic.pk, "mode": "assigned", "agencies": [{"name": "Sở Y tế"}], "tentative": False},
        after={
            "unit": police.pk, "mode": "requested", "agencies": [{"name": "Sở Y tế"}, {"name": "Sở Tài chính"}],
            "members": [clinic.pk, police.pk], "tentative": True, "comparator": "gte", "value": 1500,
            "due": {"relation": "before", "precision": "day", "date": "2026-06-15"}, "binds": {"type": "task"},
            "rule": "FREQ=MONTHLY;BYMONTHDAY=15", "period": {"from": "2026-01-01", "to": "2026-06-30"},
        },
    )  # fmt: skip
    (told,) = tell([entry])
    assert set(told.changes) == {
        f"đơn vị: {clinic.name} → {police.name}",
        "cách giao: được giao → được đề nghị",
        "cơ quan làm: Sở Y tế → Sở Y tế, Sở Tài chính",
        f"thành viên: {clinic.name}, {police.name}",
        "dự kiến: không → có",
        "so sánh: ít nhất (từ … trở lên)",
        "giá trị: 1.500",
        "hạn: trước ngày 15/6/2026",
        "lặp lại: trước ngày 15 hằng tháng",
        "kỳ: từ ngày: 01/01/2026; đến ngày: 30/06/2026",
    }
    assert not [change for change in told.changes if "{" in change or "[" in change]


def test_every_field_of_the_contract_has_a_word() -> None:
    names = {name for fields in CONTRACT.values() for name in fields}
    assert names - set(FIELDS) - UNTOLD == set()
    assert set(FIELDS) & UNTOLD == set()
    assert set(KINDS) <= set(OBJECTS)


def test_readings_say_what_for(land: World) -> None:
    thing = Thing("accounts.User", "7", "Lê Hoàng Minh Châu")
    kept = record_reading(
        at=NOW, actor=land.office, event="accounts.user.read", obj=thing, purpose="Gọi nhắc", told={"file": ""}
    )
    assert (kept.reason, kept.after, kept.is_reading) == ("Gọi nhắc", None, True)
    assert list(Entry.objects.filter(pk=kept.pk).reads()) == [kept]
    with pytest.raises(ValueError, match="a reading ends with read, exported, downloaded, printed"):
        record_reading(at=NOW, actor=None, event="accounts.user.changed", obj=thing)


def test_pages_show_the_tail(land: World) -> None:
    """The last five on the page of the thing itself, with the way to the rest; auditors also to who looked at it."""
    plan = adopted(land.office).plan
    due = DueItem.objects.filter(plan=plan, task__isnull=False)[0]
    for percent in range(10, 80, 10):
        changed(land.office, due, event="tasks.due.reported", after={"percent": percent})
    for actor, log in ((land.office, False), (land.actor("an_binh", Role.AUDITOR), True)):
        client = as_actor(actor)
        html = client.get(f"/nhiem-vu/{due.pk}/").content.decode()
        tail = html.split("history-tail")[1]
        assert tail.count("Báo tiến độ") == 5
        assert f'href="/lich-su/tasks.DueItem/{due.pk}/"' in tail
        assert ("Ai đã xem, ghi mục này" in tail) is log
        for tab in ("chi-tieu", "bao-cao"):
            assert "/lich-su/" in client.get(f"/ke-hoach/{plan.pk}/{tab}/").content.decode()
