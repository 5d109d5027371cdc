"""Signing in, the unit and language switches, the pages that say no."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, User
from pcmt.web.shell.demo import demo_users
from tests.journeys.world import World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


def test_every_page_asks_for_a_sign_in(client: Client, world: World) -> None:
    for url in ("/", "/ke-hoach/", "/ke-hoach/moi/", "/van-ban/1/", "/nhiem-vu/"):
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert answer.url.startswith("/dang-nhap/"), url  # type: ignore[attr-defined]


def test_one_message_for_a_wrong_name_and_a_wrong_password(client: Client, world: World) -> None:
    said = []
    for name in ("lan", "khong-co-ai"):
        answer = client.post("/dang-nhap/", {"username": name, "password": "sai"})
        assert answer.status_code == 422
        said.append(answer.context["form"].errors.get_json_data())
    assert said[0] == said[1]


def test_the_name_may_be_typed_in_capitals(client: Client, world: World) -> None:
    answer = client.post("/dang-nhap/", {"username": "LAN", "password": World.password})
    assert answer.status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(client: Client, world: World, elsewhere: str) -> None:
    answer = client.post("/dang-nhap/", {"username": "lan", "password": World.password, "next": elsewhere})
    assert answer.url == "/"  # type: ignore[attr-defined]


def test_the_first_grant_counts_until_another_is_chosen(client: Client, world: World) -> None:
    client.force_login(world.users["lan"])
    assert client.get("/ke-hoach/").context["request"].actor.role == "standing_office"
    lead = Grant.objects.get(user=world.users["lan"], role="leader")
    client.post(reverse("grant"), {"grant": lead.pk})
    actor = client.get("/ke-hoach/").context["request"].actor
    assert (actor.role, actor.unit_id) == ("leader", world.town.pk)


def test_a_grant_of_somebody_else_is_not_taken(client: Client, world: World) -> None:
    client.force_login(world.users["phuong"])
    foreign = Grant.objects.filter(user=world.users["lan"]).earliest("pk")
    client.post(reverse("grant"), {"grant": foreign.pk})
    assert client.get("/ke-hoach/").context["request"].actor.user_id == world.users["phuong"].pk


def test_without_a_role_the_page_says_so(client: Client, world: World) -> None:
    Grant.objects.filter(user=world.users["phuong"]).update(valid_to=timezone.localdate())
    client.force_login(world.users["phuong"])
    answer = client.get("/ke-hoach/")
    assert answer.status_code == 403
    assert "chưa được giao vai trò" in answer.content.decode()


def test_only_people_of_the_demonstration_are_offered(client: Client, world: World) -> None:
    today = timezone.localdate()
    assert demo_users(today) == []
    page = client.get("/dang-nhap/").content.decode()
    assert "Dùng thử" not in page
    assert "Tài khoản do người quản trị" in page
    User.objects.filter(username="minh").update(email=f"minh@{settings.DEMO_EMAIL_DOMAIN}")
    assert [user.username for user in demo_users(today)] == ["minh"]
    assert "Trần Quang Minh" in client.get("/dang-nhap/").content.decode()


def test_the_language_is_the_users_choice_not_the_browsers(client: Client, world: World) -> None:
    page = client.get("/dang-nhap/", headers={"Accept-Language": "en"})
    assert '<html lang="vi">' in page.content.decode()
    client.post(reverse("language"), {"language": "en", "next": "/dang-nhap/"})
    assert '<html lang="en">' in client.get("/dang-nhap/").content.decode()


def test_pages_that_say_no_draw_themselves(client: Client, world: World) -> None:
    from django.template.loader import render_to_string

    client.force_login(world.users["lan"])
    answer = client.get("/khong-co/")
    assert answer.status_code == 404
    assert "Không có trang này" in answer.content.decode()
    assert "trục trặc" in render_to_string("500.html")
    assert "mở quá lâu" in render_to_string("403_csrf.html")


def test_navigation_leads_to_pages_that_are_there(client: Client, world: World) -> None:
    client.force_login(world.users["lan"])
    page = client.get("/ke-hoach/").content.decode()
    assert page.count('aria-current="true"') == 1
    for entry in ("/", "/ke-hoach/", "/nhiem-vu/"):
        assert f'href="{entry}"' in page
        assert client.get(entry).status_code == 200


def test_scripts_import_nothing(root: Path) -> None:
    """Published files carry a hash in their names, which an import inside a script would not know."""
    for script in (root / "src/pcmt/web/static/js").glob("*.js"):
        assert "import " not in script.read_text(encoding="utf-8"), script.name
