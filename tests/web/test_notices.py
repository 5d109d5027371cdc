"""The bell, the list, opening, preferences, and the address that stops letters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.accounts.models import User
from pcmt.apps.notices import addresses
from pcmt.apps.notices.models import Mute, Notice, Preference, Reason, Rhythm, Way
from pcmt.apps.notices.operations import tell
from pcmt.apps.tasks.models import DueItem
from pcmt.web.notices.views import PAGE
from tests.journeys.world import World, build
from tests.web.counting import statements
from tests.web.province import build as build_province


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def lan(world: World, client: Client) -> Client:
    client.force_login(world.users["lan"])
    return client


def told(world: World, name: str = "lan", **facts: Any) -> Notice:
    """Tell a person something; the notice."""
    given = {
        "at": timezone.now(), "reason": Reason.ASSIGNED, "about": world.town, "address": "/ke-hoach/", "key": "a",
        "title": "Việc mới", "unit_id": world.town.pk,
    } | facts  # fmt: skip
    tell(users=[world.users[name].pk], **given)  # type: ignore[arg-type]
    return Notice.objects.get(user=world.users[name], key=given["key"])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_addresses_in_letters_are_those_of_the_pages(world: World, settings: Any) -> None:
    settings.SITE = ""
    assert reverse("notices:list") == addresses.LIST
    assert reverse("notices:preferences") == addresses.PREFERENCES
    assert reverse("notices:open", args=[17]) == addresses.opening(17)
    assert reverse("notices:stop", args=[addresses.stop_token(17)]) == addresses.stopping(17)


def test_the_bell_says_how_many_wait(lan: Client, world: World) -> None:
    assert "bell-count" not in text(lan.get("/ke-hoach/"))
    notice = told(world)
    told(world, "minh")
    page = text(lan.get("/ke-hoach/"))
    assert 'class="bell" href="/thong-bao/"' in page
    assert '<span class="bell-count">1<' in page
    lan.get(f"/thong-bao/{notice.pk}/mo/")
    assert "bell-count" not in text(lan.get("/ke-hoach/"))
    rows = [
        Notice(user=world.users["lan"], reason="assigned", key=f"k{n}", address="/", at=notice.at) for n in range(120)
    ]
    Notice.objects.bulk_create(rows)
    assert '<span class="bell-count">99+<' in text(lan.get("/ke-hoach/"))


def test_the_header_asks_for_the_bell_and_nothing_else(lan: Client, world: World) -> None:
    """The roles in the header are those that the middleware asked for already."""
    with statements() as queries:
        lan.get("/ke-hoach/")
    asked = [query["sql"] for query in queries]
    assert sum("notices_notice" in sql for sql in asked) == 1
    assert sum("accounts_grant" in sql and "valid_from" in sql and "LIMIT" not in sql for sql in asked) <= 2


def test_a_part_of_a_page_does_not_count(lan: Client, world: World) -> None:
    with statements() as queries:
        lan.get("/tai-khoan/phien/", headers={"HX-Request": "true"})
    assert not any("notices_notice" in query["sql"] for query in queries)


def test_unread_stands_by_reason_and_leads_to_its_page(lan: Client, world: World) -> None:
    told(world, key="a", title="Được giao việc A")
    late = told(world, key="b", reason=Reason.OVERDUE, title="Quá hạn việc B")
    told(world, key="c", title="Được giao việc C")
    told(world, "minh", key="d", title="Của người khác")
    page = text(lan.get("/thong-bao/"))
    assert page.index("Quá hạn việc B") < page.index("Được giao việc C") < page.index("Được giao việc A")
    assert "Của người khác" not in page
    one = text(lan.get("/thong-bao/?ly_do=overdue"))
    assert "Quá hạn việc B" in one
    assert "Được giao việc A" not in one
    assert "Được giao việc A" in text(lan.get("/thong-bao/?ly_do=khong-co&trang=99")), (
        "words without sense are left out"
    )
    answer = lan.get(f"/thong-bao/{late.pk}/mo/")
    assert (answer.status_code, answer["Location"]) == (302, "/ke-hoach/")
    assert "Quá hạn việc B" not in text(lan.get("/thong-bao/"))
    assert "Quá hạn việc B" in text(lan.get("/thong-bao/?xem=da-doc"))


def test_a_notice_of_somebody_else_is_none(lan: Client, world: World) -> None:
    notice = told(world, "minh")
    assert lan.get(f"/thong-bao/{notice.pk}/mo/").status_code == 404
    assert lan.post("/thong-bao/da-doc/", {"notice": notice.pk}).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_notice_never_leads_elsewhere(lan: Client, world: World) -> None:
    for key, address in enumerate(("//example.org/", "https://example.org/", "javascript:alert(1)")):
        notice = told(world, key=str(key), address=address)
        assert lan.get(f"/thong-bao/{notice.pk}/mo/")["Location"] == "/thong-bao/"


def test_marking_one_and_all(lan: Client, world: World) -> None:
    first = told(world, key="a", title="Việc A")
    second = told(world, key="b", title="Việc B", reason=Reason.SOON)
    seen = told(world, key="c", title="Việc C")
    page = text(lan.get("/thong-bao/"))
    assert f'name="up_to" value="{seen.pk}"' in page
    told(world, key="late", title="Đến sau")
    answer = lan.post("/thong-bao/da-doc/", {"notice": first.pk, "reason": "assigned"})
    assert answer["Location"] == "/thong-bao/?ly_do=assigned"
    answer = lan.post("/thong-bao/da-doc/", {"up_to": seen.pk, "reason": "assigned"}, follow=True)
    assert "Đã đọc 1 thông báo." in text(answer)
    assert set(Notice.objects.unread().values_list("key", flat=True)) == {second.key, "late"}
    lan.post("/thong-bao/da-doc/", {"up_to": 10**9})
    assert not Notice.objects.unread().exists()
    assert "Không có thông báo mới" in text(lan.get("/thong-bao/"))
    for nonsense in ({}, {"notice": "x"}, {"up_to": "-1", "reason": "x"}, {"up_to": "9" * 40}):
        assert lan.post("/thong-bao/da-doc/", nonsense).status_code == 302
    assert lan.get("/thong-bao/da-doc/").status_code == 405
    assert lan.get(f"/thong-bao/{'9' * 40}/mo/").status_code == 404


def test_long_lists_are_paged_with_few_statements(lan: Client, world: World) -> None:
    at = timezone.now()

    def spent(count: int) -> int:
        Notice.objects.all().delete()
        Notice.objects.bulk_create(
            Notice(user=world.users["lan"], unit=world.town, reason=list(Reason)[n % len(Reason)], key=f"k{n}",
                   title=f"Việc {n}", address="/", about="x.Y", at=at - timedelta(minutes=n))
            for n in range(count)
        )  # fmt: skip
        with statements() as queries:
            page = text(lan.get("/thong-bao/"))
        assert page.count('class="told-what"') == min(count, PAGE)
        assert len(page.encode()) < 100_000
        return len(queries)

    # Session, user, roles, four for the list, one for its end, one for the bell.
    assert spent(3) == spent(400) <= 12
    assert 'rel="next"' in text(lan.get("/thong-bao/"))


class TestPreferences:
    address = "/tai-khoan/thong-bao/"

    def filled(self, **changes: Any) -> dict[str, Any]:
        boxes = {f"{way}_{reason}": "on" for reason in Reason for way in Way}
        given = {"rhythm": "daily", "hour": "7", "quiet_from": "21", "quiet_to": "6", "workdays_only": "on"} | boxes
        return {name: value for name, value in (given | changes).items() if value is not None}

    def test_shows_the_defaults_and_keeps_what_is_chosen(self, lan: Client, world: World) -> None:
        page = lan.get(self.address)
        assert page.context["form"].initial["hour"] == 7
        answer = lan.post(
            self.address,
            self.filled(
                rhythm="weekly", hour="8", workdays_only=None, bell_soon=None, mail_soon=None, mail_assigned=None
            ),
        )
        assert answer.status_code == 302
        kept = Preference.objects.get(user=world.users["lan"])
        assert (kept.rhythm, kept.hour, kept.workdays_only) == (Rhythm.WEEKLY, 8, False)
        off = set(Mute.objects.values_list("reason", "way"))
        assert off == {("soon", "bell"), ("soon", "mail"), ("assigned", "mail")}
        boxes = lan.get(self.address).context["form"].initial
        assert (boxes["bell_soon"], boxes["bell_assigned"], boxes["mail_assigned"]) == (False, True, False)

    def test_what_the_bell_always_counts_cannot_be_taken_out(self, lan: Client, world: World) -> None:
        """The box is disabled; a form that leaves it out all the same changes nothing."""
        assert lan.post(self.address, self.filled(bell_assigned=None)).status_code == 302
        assert not Mute.objects.exists()

    @pytest.mark.parametrize("wrong", [{"hour": "23"}, {"hour": "24"}, {"rhythm": "hourly"}, {"quiet_to": ""}])
    def test_says_what_is_wrong_and_loses_nothing(self, lan: Client, wrong: dict[str, str]) -> None:
        answer = lan.post(self.address, self.filled(mail_soon=None) | wrong)
        assert answer.status_code == 422
        page = text(answer)
        assert "error-summary" in page
        assert "<title>Lỗi:" in page
        assert answer.context["form"]["mail_soon"].value() is False
        assert not Preference.objects.exists()

    def test_says_when_no_letter_can_come(self, lan: Client, world: World, settings: Any) -> None:
        assert "chưa có địa chỉ thư" in text(lan.get(self.address))
        User.objects.filter(username="lan").update(email="lan@example.vn")
        assert "Chưa nối máy chủ thư" in text(lan.get(self.address))
        settings.SMTP_URL = "smtp://127.0.0.1:1"
        assert "note-warn" not in text(lan.get(self.address))


class TestStopping:
    def test_one_press_without_signing_in(self, world: World) -> None:
        visitor = Client(enforce_csrf_checks=True)
        address = reverse("notices:stop", args=[addresses.stop_token(world.users["lan"].pk)])
        looked = visitor.get(address)
        assert looked.status_code == 200
        assert "Bấm nút dưới đây" in text(looked)
        assert not Preference.objects.exists(), "mail filters open every link"
        done = visitor.post(address, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "Đã thôi gửi" in text(done)
        assert Preference.objects.get().rhythm == Rhythm.NEVER
        assert "_auth_user_id" not in visitor.session

    def test_a_made_up_address(self, world: World) -> None:
        for method in ("get", "post"):
            answer = getattr(Client(), method)(reverse("notices:stop", args=["17.khong-dung"]))
            assert answer.status_code == 410
            assert "không đúng" in text(answer)
        assert not Preference.objects.exists()


def test_the_page_of_a_task_says_how_many_were_told_and_never_who(db: None, client: Client) -> None:
    province = build_province(timezone.localdate(), tasks=30, communes=4, targets=2)
    due = DueItem.objects.filter(task__isnull=False).order_by("pk")[0]
    client.force_login(User.objects.get(username="office"))
    page = f"/nhiem-vu/{due.pk}/"
    assert "Đã nhắc" not in text(client.get(page))
    people = User.objects.exclude(username="office")
    names = {user.full_name for user in people}
    for number, key in enumerate("ab"):
        tell(at=timezone.now() - timedelta(days=number), users=[user.pk for user in people], reason=Reason.URGED,
             about=due, address=page, title="Đôn đốc", key=key)  # fmt: skip
    Notice.objects.filter(key="a", user=people[0]).update(mailed_at=timezone.now())
    section = text(client.get(page)).split("told-title", 1)[1].split("</section>")[0]
    assert section.count(str(Reason.URGED.label)) == 2
    assert section.count(f"{len(people)} người") == 2
    assert section.count("1 người cả bằng thư") == 1
    assert not [name for name in names if name in section]
    assert province.plan.pk == due.plan_id


def test_english_pages(lan: Client, world: World) -> None:
    told(world)
    lan.post("/ngon-ngu/", {"language": "en"})
    assert "Unread" in text(lan.get("/thong-bao/"))
    assert "Quiet hours from" in text(lan.get("/tai-khoan/thong-bao/"))
