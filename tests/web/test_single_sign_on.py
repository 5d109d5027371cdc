"""Single sign-on against a real provider: who is let in, as whom, and what is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, User
from pcmt.apps.accounts.operations import invite
from pcmt.apps.audit.models import Entry
from tests.identity import identity_provider
from tests.journeys.world import World, build, sure
from tests.letterbox import letterbox

BEGIN, BACK = "/dang-nhap/mot-lan/sso/", "/dang-nhap/mot-lan/sso/ve/"


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return build()


@pytest.fixture
def issuer(settings: Any) -> Iterator[str]:
    with identity_provider(settings) as address:
        yield address


def asked(client: Client, **given: str) -> str:
    """The provider's address to which the browser is sent."""
    answer = client.post(BEGIN, given)
    assert answer.status_code == 302
    return str(answer.url)  # type: ignore[attr-defined]


def agreed(address: str, sub: str) -> str:
    """The person says yes at the provider; where the browser is sent then."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert back.path == BACK
    return f"{back.path}?{back.query}"


def through(client: Client, sub: str, **given: str) -> Any:
    """The whole way to the provider and back."""
    return client.get(agreed(asked(client, **given), sub))


def said(client: Client) -> str:
    return client.get("/dang-nhap/").content.decode()


def test_code_flow_with_proof_and_nonce(client: Client, world: World, issuer: str) -> None:
    address = urlsplit(asked(client))
    query = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}" == issuer
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= query.keys()
    assert "openid" in query["scope"][0]
    # Only by a form of ours: a link from elsewhere signs nobody in.
    assert client.get(BEGIN).status_code == 405
    assert client.post("/dang-nhap/mot-lan/sso9/").status_code == 404
    page = client.get("/dang-nhap/")
    assert f"form-action 'self' {issuer}" in page.headers["Content-Security-Policy"]


def test_an_unknown_person_waits_without_rights(client: Client, world: World, issuer: str) -> None:
    answer = through(client, "ma-so-1")
    assert answer.url == "/tai-khoan/cho-giao-vai-tro/"
    user = User.objects.get(username="thu.dang")
    assert (user.full_name, user.has_usable_password()) == ("Đặng Thị Thu", False)
    assert SocialAccount.objects.get(user=user).uid == "ma-so-1"
    assert not Grant.objects.filter(user=user).exists()
    assert client.get("/ke-hoach/").status_code == 403
    assert client.get("/tai-khoan/").status_code == 200
    # The second time it is the same person, also under another name.
    again = Client()
    through(again, "ma-so-1")
    assert User.objects.filter(username__startswith="thu.dang").count() == 1
    assert Entry.objects.order_by("-day", "-number")[0].event == "accounts.session.opened"
    assert Entry.objects.filter(event="accounts.user.arrived").count() == 1


def test_a_mail_address_or_name_opens_no_account(client: Client, world: World, issuer: str) -> None:
    """`lan` exists here with that very address; the provider's person of that name is somebody else until linked."""
    User.objects.filter(username="lan").update(email="lan@x.vn")
    through(client, "ma-so-2")
    assert User.objects.get(pk=client.session["_auth_user_id"]).username == "lan.2"


def test_linking_while_signed_in_then_coming_in(client: Client, world: World, issuer: str) -> None:
    client.force_login(world.users["lan"])
    answer = through(client, "ma-so-2", process="connect")
    assert answer.url == "/tai-khoan/"
    assert SocialAccount.objects.get(uid="ma-so-2").user == world.users["lan"]
    other = Client()
    answer = through(other, "ma-so-2", next="/ke-hoach/")
    assert answer.url == "/ke-hoach/"
    assert other.session["_auth_user_id"] == str(world.users["lan"].pk)
    # Somebody else cannot link the same identity.
    third = Client()
    third.force_login(world.users["minh"])
    through(third, "ma-so-2", process="connect")
    assert SocialAccount.objects.get(uid="ma-so-2").user == world.users["lan"]
    assert "tài khoản khác" in third.get("/tai-khoan/").content.decode()


def test_who_came_before_linking_takes_the_identity_along(client: Client, world: World, issuer: str) -> None:
    through(client, "ma-so-2")
    waiting = User.objects.get(username="lan.2")
    mine = Client()
    mine.force_login(world.users["lan"])
    through(mine, "ma-so-2", process="connect")
    assert SocialAccount.objects.get(uid="ma-so-2").user == world.users["lan"]
    waiting.refresh_from_db()
    assert not waiting.is_active
    # An account that was given a role keeps its identity.
    through(Client(), "ma-so-1")
    Grant.objects.create(user=User.objects.get(username="thu.dang"), role="officer", unit=world.office)
    through(mine, "ma-so-1", process="connect")
    assert SocialAccount.objects.get(uid="ma-so-1").user.username == "thu.dang"


def test_an_invitation_is_accepted_by_single_sign_on(client: Client, world: World, issuer: str, settings: Any) -> None:
    with letterbox(settings) as box:
        sure(
            invite(
                actor=None,
                at=timezone.now(),
                full_name="Thu",
                email="thu@x.vn",
                username="thu",
                role="officer",
                unit_id=world.office.pk,
            )
        )
        link = urlsplit(box.link()).path
    token = link.split("/")[2]
    assert "Tài khoản tỉnh" in client.get(link).content.decode()
    answer = through(client, "ma-so-1", invitation=token)
    assert answer.url == "/"
    assert SocialAccount.objects.get(uid="ma-so-1").user.username == "thu"
    assert client.get(link).status_code == 410
    # A link that is used up lets nobody in, and makes no account either.
    other = Client()
    through(other, "ma-so-2", invitation=token)
    assert "_auth_user_id" not in other.session
    assert not SocialAccount.objects.filter(uid="ma-so-2").exists()
    assert "không còn dùng được" in said(other)


def test_what_is_not_believed(client: Client, world: World, issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # No state of ours: somebody else's way back.
    back = agreed(asked(client), "ma-so-1")
    stranger = Client()
    stranger.get(back)
    assert "_auth_user_id" not in stranger.session
    # A code is used once.
    assert client.get(back).status_code == 302
    assert client.session["_auth_user_id"]
    client.logout()
    client.get(back)
    assert "_auth_user_id" not in client.session

    # An identity that was made for another visit, by another signer, for another site, or too long ago.
    real = jwt.decode

    def other(**wrong: Any) -> Any:
        def decode(token: str, **options: Any) -> Any:
            return {**real(token, **options), **wrong}

        return decode

    monkeypatch.setattr("pcmt.web.account.single_sign_on.jwt.decode", other(nonce="của người khác"))
    through(client, "ma-so-1")
    assert "_auth_user_id" not in client.session
    assert "chưa thành công" in said(client)
    monkeypatch.setattr("pcmt.web.account.single_sign_on.jwt.decode", other(sub="ma-so-2"))
    through(client, "ma-so-1")
    assert "_auth_user_id" not in client.session
    monkeypatch.setattr("pcmt.web.account.single_sign_on.jwt.decode", real)
    for changed in ({"audience": "somebody-else"}, {"issuer": "http://elsewhere"}, {"algorithms": ["HS256"]}):

        def strict(token: str, _changed: dict[str, Any] = changed, **options: Any) -> Any:
            return real(token, **{**options, **_changed})

        monkeypatch.setattr("pcmt.web.account.single_sign_on.jwt.decode", strict)
        through(client, "ma-so-1")
        assert "_auth_user_id" not in client.session, changed
    assert Entry.objects.filter(event="accounts.session.refused").count() >= 5


def test_a_provider_that_does_not_answer(client: Client, world: World, settings: Any) -> None:
    with identity_provider(settings):
        pass
    answer = client.post(BEGIN)
    assert answer.url == "/dang-nhap/"  # type: ignore[attr-defined]
    assert "chưa thành công" in said(client)


def test_a_closed_account_stays_closed(client: Client, world: World, issuer: str) -> None:
    through(client, "ma-so-1")
    User.objects.filter(username="thu.dang").update(is_active=False)
    other = Client()
    through(other, "ma-so-1")
    assert "_auth_user_id" not in other.session
    assert "đã bị khóa" in said(other)


def test_the_last_way_in_is_not_unlinked(client: Client, world: World, issuer: str) -> None:
    through(client, "ma-so-1")
    account = SocialAccount.objects.get(uid="ma-so-1")
    client.post("/tai-khoan/go-lien-ket/", {"account": account.pk})
    assert SocialAccount.objects.filter(pk=account.pk).exists()
    assert "cách vào duy nhất" in client.get("/tai-khoan/").content.decode()
    user = account.user
    user.set_password("ba con mèo và một cái thang")
    user.save()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    client.post("/tai-khoan/go-lien-ket/", {"account": account.pk})
    assert not SocialAccount.objects.filter(pk=account.pk).exists()
