"""Signing in and staying in: limits, second factors where they are required, ends of sessions, forgotten passwords."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings as real
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, Letter, PasswordReset, Role, SessionMark, User
from pcmt.apps.accounts.operations import take_factors
from pcmt.apps.audit.models import Entry
from pcmt.core.diagnostics import Refusal
from pcmt.web.account.devices import device_words
from tests.journeys.world import World, build
from tests.letterbox import letterbox

PASSWORD = "ba con mèo và một cái thang"
STRICT = ["administrator", "register_keeper", "standing_office"]


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return build()


def sign_in(client: Client, username: str, password: str = World.password, **given: str) -> Any:
    return client.post("/dang-nhap/", {"username": username, "password": password, **given})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_app(user: User) -> str:
    """Give a user a code application; its secret."""
    from allauth.core.context import request_context

    secret = generate_totp_secret()
    with request_context(RequestFactory().get("/")):
        TOTP.activate(user, secret)
    return secret


# --- limits


def test_too_many_tries_lock_a_name_whether_it_exists_or_not(client: Client, world: World) -> None:
    said = []
    for name in ("lan", "khong-co-ai"):
        cache.clear()
        codes = [sign_in(client, name, "sai").status_code for _try in range(5)]
        assert codes == [422] * 5
        locked = sign_in(client, name.upper(), "sai")
        assert locked.status_code == 429
        said.append(locked.context["form"].errors.get_json_data())
        assert "Chờ 15 phút" in locked.content.decode()
    assert said[0] == said[1]
    # The right password does not open it either, until the time is over; others still come in.
    cache.clear()
    for _try in range(5):
        sign_in(client, "lan", "sai")
    assert sign_in(client, "lan").status_code == 429
    assert sign_in(Client(), "minh").status_code == 302
    with time_machine.travel(time.time() + 901):
        assert sign_in(client, "lan").status_code == 302
    refused = Entry.objects.filter(event="accounts.session.refused")
    assert {entry.after["by"] for entry in refused} == {"password", "locked"}  # type: ignore[index]


def test_too_many_tries_lock_an_address(client: Client, world: World) -> None:
    codes = [sign_in(client, f"ai-do-{number}", "sai").status_code for number in range(21)]
    assert codes == [422] * 20 + [429]
    assert sign_in(client, "lan").status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    assert sign_in(elsewhere, "lan").status_code == 302


def test_success_does_not_use_up_the_limit(client: Client, world: World) -> None:
    for _time in range(25):
        assert sign_in(Client(), "lan").status_code == 302


# --- second factors


def test_who_must_have_a_second_factor_is_led_there(client: Client, world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = STRICT
    sign_in(client, "minh")
    answer = client.get("/ke-hoach/")
    assert unquote(answer.url) == "/tai-khoan/bao-ve/?next=/ke-hoach/"  # type: ignore[attr-defined]
    sent = client.post("/ke-hoach/moi/", {"text": "x"})
    assert unquote(sent.url) == "/tai-khoan/bao-ve/?next=/"  # type: ignore[attr-defined]
    assert client.get("/tai-khoan/").status_code == 200
    assert "bắt buộc" in client.get("/tai-khoan/bao-ve/?next=/ke-hoach/").content.decode()
    with_app(world.users["minh"])
    assert client.get("/ke-hoach/").status_code == 200
    # Roles that are not named need none.
    other = Client()
    sign_in(other, "phuong")
    assert other.get("/ke-hoach/").status_code == 200


def test_a_role_asks_for_it_only_when_it_is_worked_in(client: Client, world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = STRICT
    sign_in(client, "lan")
    assert client.get("/ke-hoach/").status_code == 302
    lead = Grant.objects.get(user=world.users["lan"], role="leader")
    client.post("/don-vi-dang-lam/", {"grant": lead.pk})
    assert client.get("/ke-hoach/").status_code == 200


def test_users_of_the_demonstration_come_in_at_once(client: Client, world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = STRICT
    User.objects.filter(username="minh").update(email=f"minh@{real.DEMO_EMAIL_DOMAIN}")
    sign_in(client, "minh")
    assert client.get("/ke-hoach/").status_code == 200
    assert "người dùng mẫu" in client.get("/tai-khoan/bao-ve/").content.decode()
    # Whoever tries one out locks nobody out: not asked at sign-in, the shared password stays.
    with_app(world.users["minh"])
    other = Client(REMOTE_ADDR="10.7.7.7")
    assert sign_in(other, "minh").url == "/"
    assert "10.7.7.7" not in client.get("/tai-khoan/").content.decode()
    client.post("/tai-khoan/phien/ket-thuc/")
    assert other.get("/ke-hoach/").status_code == 200
    assert client.get("/tai-khoan/mat-khau/").status_code == 200
    client.post("/tai-khoan/mat-khau/", {"password": PASSWORD, "again": PASSWORD})
    assert sign_in(Client(), "minh").url == "/"


def test_the_second_step(client: Client, world: World) -> None:
    secret = with_app(world.users["minh"])
    assert Authenticator.objects.get().data["secret"] != secret, "kept encrypted"
    answer = sign_in(client, "minh", next="/ke-hoach/")
    assert answer.url == "/dang-nhap/buoc-hai/"
    assert "_auth_user_id" not in client.session
    before = client.session.session_key
    wrong = client.post("/dang-nhap/buoc-hai/", {"code": "1"})
    assert wrong.status_code == 422
    assert Entry.objects.filter(event="accounts.session.refused", after__by="totp").count() == 1
    code = code_of(secret)
    right = client.post("/dang-nhap/buoc-hai/", {"code": code})
    assert right.url == "/ke-hoach/"  # type: ignore[attr-defined]
    assert client.session.session_key != before, "a new key at signing in"
    # The same code does not open a second time.
    other = Client()
    sign_in(other, "minh")
    assert other.post("/dang-nhap/buoc-hai/", {"code": code}).status_code == 422


def test_codes_are_not_guessed(client: Client, world: World) -> None:
    with_app(world.users["minh"])
    sign_in(client, "minh")
    for _try in range(5):
        client.post("/dang-nhap/buoc-hai/", {"code": "000000"})
    locked = client.post("/dang-nhap/buoc-hai/", {"code": "000000"})
    assert "Chờ 15 phút" in locked.content.decode()


def test_a_changed_secret_of_the_installation_is_said(client: Client, world: World, settings: Any) -> None:
    secret = with_app(world.users["minh"])
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    sign_in(client, "minh")
    answer = client.post("/dang-nhap/buoc-hai/", {"code": code_of(secret)})
    assert answer.status_code == 422
    assert "không còn đọc được" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    settings.SECRET_KEY_FALLBACKS = [old]
    sign_in(client, "minh")
    assert client.post("/dang-nhap/buoc-hai/", {"code": code_of(secret)}).status_code == 302


def test_adding_asks_again_when_the_sign_in_is_old(client: Client, world: World) -> None:
    sign_in(client, "minh")
    assert client.get("/tai-khoan/bao-ve/ung-dung/them/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        asked = client.get("/tai-khoan/bao-ve/ung-dung/them/")
        way, _, wanted = unquote(asked.url).partition("?next=")  # type: ignore[attr-defined]
        assert (way, wanted) == ("/tai-khoan/xac-nhan/mat-khau/", "/tai-khoan/bao-ve/ung-dung/them/")
        wrong = client.post(asked.url, {"password": "sai"})  # type: ignore[attr-defined]
        assert wrong.status_code == 422
        right = client.post(asked.url, {"password": World.password})  # type: ignore[attr-defined]
        assert right.url == "/tai-khoan/bao-ve/ung-dung/them/"  # type: ignore[attr-defined]
        assert client.get(right.url).status_code == 200  # type: ignore[attr-defined]


def test_the_last_one_that_is_required_stays(client: Client, world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = STRICT
    secret = with_app(world.users["minh"])
    sign_in(client, "minh")
    client.post("/dang-nhap/buoc-hai/", {"code": code_of(secret)})
    page = client.get("/tai-khoan/bao-ve/ung-dung/go/")
    assert "thêm cách khác trước khi gỡ" in page.content.decode()
    assert client.post("/tai-khoan/bao-ve/ung-dung/go/").status_code == 422
    assert Authenticator.objects.filter(type="totp").exists()
    settings.SECOND_FACTOR_ROLES = []
    assert client.post("/tai-khoan/bao-ve/ung-dung/go/").status_code == 302
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(event="accounts.factor.removed").count() == 1


def test_a_lost_phone(client: Client, world: World) -> None:
    """The keeper of accounts takes the factors away, with a reason; nobody else does."""
    user = world.users["phuong"]
    with_app(user)
    client.force_login(user)
    client.get("/tai-khoan/")
    now = timezone.now()
    no_reason = take_factors(actor=None, at=now, user_id=user.pk, reason=" ")
    assert isinstance(no_reason, Refusal)
    assert no_reason.field == "reason"
    assert take_factors(actor=None, at=now, user_id=user.pk, reason="Mất máy, đã gặp trực tiếp") == 1
    assert not Authenticator.objects.exists()
    assert client.get("/tai-khoan/").status_code == 302
    assert Entry.objects.get(event="accounts.factors.taken").reason.startswith("Mất máy")


def test_recovery_codes_are_renewed(client: Client, world: World) -> None:
    user = world.users["minh"]
    secret = with_app(user)
    sign_in(client, "minh")
    client.post("/dang-nhap/buoc-hai/", {"code": code_of(secret)})
    client.post("/tai-khoan/bao-ve/ma-du-phong/moi/")
    page = client.get("/tai-khoan/bao-ve/ma-du-phong/").content.decode()
    first = re.findall(r"<code>(\d{8})</code>", page)
    assert len(first) == 10
    assert "<code>" not in client.get("/tai-khoan/bao-ve/ma-du-phong/").content.decode()
    client.post("/tai-khoan/bao-ve/ma-du-phong/moi/")
    other = Client()
    sign_in(other, "minh")
    assert other.post("/dang-nhap/buoc-hai/", {"code": first[0]}).status_code == 422
    assert Entry.objects.filter(event="accounts.codes.renewed").count() == 2
    assert Authenticator.objects.filter(type="recovery_codes").count() == 1
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).instance.data["seed"]


def test_a_passkey_form_without_a_passkey(client: Client, world: World) -> None:
    sign_in(client, "minh")
    for given in ({}, {"credential": "no json"}, {"credential": '{"id": 1}'}, {"credential": '"x"'}):
        answer = client.post("/tai-khoan/bao-ve/khoa/them/", {"name": "Máy", **given})
        assert answer.status_code == 422, given
    assert client.post("/dang-nhap/khoa/", {"credential": '{"id": "x"}'}).status_code == 302
    stranger = Client()
    for credential in ("", "{}", '{"id": "x", "response": {"userHandle": "x"}}', "[]"):
        assert stranger.post("/dang-nhap/khoa/", {"credential": credential}).status_code == 302, credential
    assert "_auth_user_id" not in stranger.session


def test_a_key_of_somebody_else_is_out_of_reach(client: Client, world: World) -> None:
    other = Authenticator.objects.create(user=world.users["lan"], type="webauthn", data={"name": "X"})
    sign_in(client, "minh")
    for page in ("ten", "go"):
        assert client.get(f"/tai-khoan/bao-ve/khoa/{other.pk}/{page}/").status_code == 404
        assert client.post(f"/tai-khoan/bao-ve/khoa/{other.pk}/{page}/", {"name": "Y"}).status_code == 404


# --- sessions


def test_a_session_ends_when_nobody_uses_it_and_when_it_is_old(client: Client, world: World, settings: Any) -> None:
    settings.SESSION_IDLE, settings.SESSION_COOKIE_AGE = 1800, 7200
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, "minh")
        clock.shift(1799)
        assert client.get("/ke-hoach/").status_code == 200
        clock.shift(1801)
        ended = client.get("/ke-hoach/")
        assert ended.url == "/dang-nhap/?next=/ke-hoach/"  # type: ignore[attr-defined]
        assert "hết giờ" in client.get("/dang-nhap/").content.decode()
        assert not SessionMark.objects.exists()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, "minh")
        for _visit in range(7):
            clock.shift(1020)
            assert client.get("/ke-hoach/").status_code == 200
        clock.shift(61)
        assert client.get("/ke-hoach/").status_code == 302


def test_an_open_page_asks_how_long_it_has_and_that_is_no_use(client: Client, world: World, settings: Any) -> None:
    settings.SESSION_IDLE = 1800
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, "minh")
        clock.shift(1000)
        told = client.get("/tai-khoan/phien/").json()
        assert (told["left"], told["prolongable"], told["user"]) == (800, True, world.users["minh"].pk)
        clock.shift(100)
        assert client.get("/tai-khoan/phien/").json()["left"] == 700
        assert client.post("/tai-khoan/phien/").json()["left"] == 1800
        clock.shift(1801)
        assert client.get("/tai-khoan/phien/", headers={"HX-Request": "true"}).status_code == 401
    assert client.get("/ke-hoach/", headers={"HX-Request": "true"}).status_code == 401


def test_sessions_are_listed_and_taken_away(client: Client, world: World) -> None:
    agents = {
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36": "Chrome trên Windows",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1": "Safari trên iPhone",
        "curl/8": "Trình duyệt không rõ",
    }
    assert {agent: device_words(agent) for agent in agents} == agents
    there = Client(headers={"User-Agent": next(iter(agents))}, REMOTE_ADDR="10.1.2.3")
    sign_in(there, "minh")
    sign_in(client, "minh")
    page = client.get("/tai-khoan/").content.decode()
    assert "Chrome trên Windows" in page
    assert "10.1.2.3" in page
    # Somebody else's session is not theirs to end.
    stranger = Client()
    sign_in(stranger, "phuong")
    stranger.post("/tai-khoan/phien/ket-thuc/", {"key": there.session.session_key})
    assert there.get("/ke-hoach/").status_code == 200
    client.post("/tai-khoan/phien/ket-thuc/", {"key": there.session.session_key})
    assert there.get("/ke-hoach/").status_code == 302
    assert client.get("/ke-hoach/").status_code == 200
    # One's own goes by signing out; all others at once.
    client.post("/tai-khoan/phien/ket-thuc/", {"key": client.session.session_key})
    assert client.get("/ke-hoach/").status_code == 200
    sign_in(there, "minh")
    client.post("/tai-khoan/phien/ket-thuc/")
    assert there.get("/ke-hoach/").status_code == 302
    assert Entry.objects.filter(event="accounts.session.revoked").count() == 2
    assert stranger.get("/ke-hoach/").status_code == 200


def test_a_session_that_was_taken_away_does_not_come_back(client: Client, world: World) -> None:
    """A request that was under way when its session was ended must not write it anew."""
    sign_in(client, "minh")
    key = client.session.session_key
    session = client.session
    assert session["began"]
    Session.objects.all().delete()
    from pcmt.apps.accounts.operations import mark_session

    mark_session(at=timezone.now(), user=world.users["minh"], session_key=str(key), began_at=timezone.now())
    assert not SessionMark.objects.exists()
    session["x"] = 1
    with pytest.raises(UpdateError):
        session.save()


def test_a_new_password_ends_the_other_sessions(client: Client, world: World) -> None:
    there = Client()
    sign_in(there, "minh")
    sign_in(client, "minh")
    for weak in ("ngan", "mat khau 2026 123", "tran quang minh 77"):
        answer = client.post("/tai-khoan/mat-khau/", {"password": weak, "again": weak})
        assert answer.status_code == 422, weak
    differ = client.post("/tai-khoan/mat-khau/", {"password": PASSWORD, "again": PASSWORD + "x"})
    assert "không giống nhau" in differ.content.decode()
    cache.clear()
    assert client.post("/tai-khoan/mat-khau/", {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert there.get("/ke-hoach/").status_code == 302
    assert client.get("/ke-hoach/").status_code == 200
    assert sign_in(Client(), "minh").status_code == 422
    assert sign_in(Client(), "minh", PASSWORD).status_code == 302
    assert Entry.objects.filter(event="accounts.password.changed").count() == 1


# --- forgotten passwords


def reset_link() -> str:
    found = re.search(r"/dat-lai-mat-khau/[0-9a-f]{64}/", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_a_forgotten_password_tells_nobody_who_is_here(client: Client, world: World) -> None:
    User.objects.filter(username="minh").update(email="minh@cap.vn")
    answers = []
    for name in ("minh", "MINH@cap.vn", "khong-co-ai", "lan"):  # lan has no address
        answer = client.post("/quen-mat-khau/", {"name": name})
        answers.append((answer.status_code, answer.url))  # type: ignore[attr-defined]
    assert len(set(answers)) == 1
    assert [letter.to for letter in mail.outbox] == [["minh@cap.vn"]] * 2
    assert Entry.objects.filter(event="accounts.reset.asked").count() == 4
    # No flood of letters for one name.
    for _time in range(3):
        last = client.post("/quen-mat-khau/", {"name": "Minh"})
    assert last.status_code == 429
    assert client.post("/quen-mat-khau/", {"name": ""}).status_code == 422


def test_the_link_opens_once_and_ends_all_sessions(client: Client, world: World) -> None:
    user = world.users["minh"]
    User.objects.filter(pk=user.pk).update(email="minh@cap.vn")
    there = Client()
    sign_in(there, "minh")
    client.post("/quen-mat-khau/", {"name": "minh"})
    first = reset_link()
    client.post("/quen-mat-khau/", {"name": "minh"})
    link = reset_link()
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": "ngan", "again": "ngan"}).status_code == 422
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert there.get("/ke-hoach/").status_code == 302
    assert client.get("/ke-hoach/").status_code == 200
    assert [mark.pk for mark in SessionMark.objects.filter(user=user)] == [client.session.session_key]
    for dead in (link, first, "/dat-lai-mat-khau/0/"):
        assert Client().get(dead).status_code == 410
        assert Client().post(dead, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert "Mật khẩu vừa được đặt lại" in str(mail.outbox[-1].body)


def test_a_reset_link_expires_and_second_factors_stay(client: Client, world: World) -> None:
    user = world.users["minh"]
    User.objects.filter(pk=user.pk).update(email="minh@cap.vn")
    with_app(user)
    client.post("/quen-mat-khau/", {"name": "minh"})
    link = reset_link()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert client.get(link).status_code == 410
    answer = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.url == "/dang-nhap/buoc-hai/"  # type: ignore[attr-defined]
    assert "_auth_user_id" not in client.session
    assert PasswordReset.objects.get().used_at is not None


def test_letters_go_through_a_real_server(client: Client, world: World, settings: Any) -> None:
    User.objects.filter(username="minh").update(email="minh@cap.vn")
    with letterbox(settings) as box:
        box.refuse = "550 no such mailbox"
        client.post("/quen-mat-khau/", {"name": "minh"})
        letter = Letter.objects.get()
        assert (letter.sent_at, letter.tries) == (None, 1)
        assert "no such mailbox" in letter.trouble
        box.refuse = ""
        from pcmt.apps.accounts.operations import send_waiting_letters

        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            assert send_waiting_letters(at=timezone.now()) == 1
        message = box.letters[0]
        assert message["To"] == "minh@cap.vn"
        assert "Đặt lại mật khẩu" in message["Subject"]
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert client.get("/dat" + box.link().split("/dat", 1)[1]).status_code == 200


def test_without_a_mail_server_letters_stay_in_a_folder(
    client: Client, world: World, settings: Any, tmp_path: Any
) -> None:
    User.objects.filter(username="minh").update(email="minh@cap.vn")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH, settings.SMTP_URL = tmp_path / "mail", ""
    answer = client.post("/quen-mat-khau/", {"name": "minh"}, follow=True)
    assert "chưa nối máy chủ thư" in answer.content.decode()
    (kept,) = (tmp_path / "mail").iterdir()
    assert b"minh@cap.vn" in kept.read_bytes()


def test_my_account_shows_what_is_mine(client: Client, world: World) -> None:
    sign_in(client, "lan")
    page = client.get("/tai-khoan/").content.decode()
    assert "Nguyễn Thị Ngọc Lan" in page
    for grant in Grant.objects.filter(user=world.users["lan"]):
        assert str(Role(grant.role).label) in page
    assert 'href="/tai-khoan/"' in client.get("/ke-hoach/").content.decode()
    assert client.get("/tai-khoan/cho-giao-vai-tro/").status_code == 302


def test_a_stopped_account_is_out_at_once_and_its_sessions_stay_dead(client: Client, world: World) -> None:
    from pcmt.apps.accounts.operations import start_again, stop_user

    user = world.users["phuong"]
    sign_in(client, "phuong")
    assert isinstance(stop_user(actor=None, at=timezone.now(), user_id=user.pk, reason="Nghỉ việc"), User)
    assert client.get("/ke-hoach/").status_code == 302
    assert sign_in(Client(), "phuong").status_code == 422
    start_again(actor=None, at=timezone.now(), user_id=user.pk)
    assert client.get("/ke-hoach/").status_code == 302
    assert sign_in(Client(), "phuong").status_code == 302


def test_who_may_take_factors(client: Client, world: World) -> None:
    from pcmt.apps.accounts.queries import actor_of

    Grant.objects.create(user=world.users["lanhdao"], role="administrator", unit=world.town)
    today = timezone.localdate()
    keeper = actor_of(
        world.users["lanhdao"], today, Grant.objects.get(user=world.users["lanhdao"], role="administrator").pk
    )
    given = {"at": timezone.now(), "reason": "Mất máy"}
    for user in ("minh", "phuong", "lanhdao"):
        with_app(world.users[user])
    assert take_factors(actor=keeper, user_id=world.users["minh"].pk, **given) == 1  # type: ignore[arg-type]
    elsewhere = take_factors(actor=keeper, user_id=world.users["phuong"].pk, **given)  # type: ignore[arg-type]
    oneself = take_factors(actor=keeper, user_id=world.users["lanhdao"].pk, **given)  # type: ignore[arg-type]
    officer = actor_of(world.users["phuong"], today)
    stranger = take_factors(actor=officer, user_id=world.users["lanhdao"].pk, **given)  # type: ignore[arg-type]
    assert [each.code for each in (elsewhere, oneself, stranger)] == ["not_yours", "oneself", "not_yours"]  # type: ignore[union-attr]


def test_the_log_tells_it_in_words(client: Client, world: World) -> None:
    from pcmt.web.audit.words import tell

    secret = with_app(world.users["minh"])
    sign_in(client, "minh", "sai")
    sign_in(client, "minh")
    client.post("/dang-nhap/buoc-hai/", {"code": code_of(secret)})
    first, last = tell(Entry.objects.filter(event__startswith="accounts.session").order_by("pk"))
    assert (first.words, list(first.changes)) == ("Đăng nhập không được", ["bằng: mật khẩu"])
    assert (last.words, list(last.changes)) == ("Đăng nhập", ["bằng: mật khẩu, mã của ứng dụng"])


def test_the_page_that_takes_factors(client: Client, world: World) -> None:
    grant = Grant.objects.create(user=world.users["lanhdao"], role="administrator", unit=world.town)
    with_app(world.users["minh"])
    page = f"/tai-khoan/bao-ve/cua/{world.users['minh'].pk}/go/"
    sign_in(client, "lanhdao")
    assert client.get(page).status_code == 403  # as a leader
    client.post("/don-vi-dang-lam/", {"grant": grant.pk})
    assert "ứng dụng tạo mã" in client.get(page).content.decode()
    assert client.post(page, {"reason": " "}).status_code == 422
    assert client.post(page, {"reason": "Mất máy, đã gặp", "next": "/ke-hoach/"}).url == "/ke-hoach/"  # type: ignore[attr-defined]
    assert not Authenticator.objects.exists()
    assert "chưa có lớp bảo vệ" in client.get(page).content.decode()
    # Not one's own, not of people elsewhere.
    assert client.get(f"/tai-khoan/bao-ve/cua/{world.users['lanhdao'].pk}/go/").status_code == 403
    assert client.get(f"/tai-khoan/bao-ve/cua/{world.users['phuong'].pk}/go/").status_code == 404
    stranger = Client()
    sign_in(stranger, "phuong")
    assert stranger.get(page).status_code == 404
