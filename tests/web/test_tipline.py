"""The public page for tips: what a sender meets, and that nothing anywhere knows who it was."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from pcmt.apps.accounts.models import User
from pcmt.apps.tips.models import Tip, TipIdentity, TipMessage, TipTeam
from pcmt.apps.tips.operations.handling import answer_sender
from pcmt.apps.tips.receipts import new_nonce, receipt_from
from pcmt.config.logging import Impersonal
from pcmt.config.settings import logs
from pcmt.web.tipline import floods, views
from tests.factories.tips import CAMERA, photo
from tests.factories.world import World
from tests.factories.world import world as make_world

ADDRESS, AGENT = "203.0.113.77", "Trinhduyet/77.3 (may-cua-toi)"
WORDS, WHERE, NAME = "Tối nào nhà kho bỏ không cũng có xe lạ", "Xóm Cây Gạo", "Lò Thị Mận"
MOMENT = "2026-03-02T10:41:37.482913+07:00"


@pytest.fixture
def land(db: None) -> World:
    world = make_world()
    TipTeam.objects.create(area=world["dong_hoa"], body=world["dong_hoa_police"], above=world["police"], phone="113")
    return world


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> Iterator[floods.Floods]:
    """Counts of its own for each test."""
    fresh = floods.Floods()
    for place in ("pcmt.web.tipline.views.FLOODS", "pcmt.config.middleware.FLOODS"):
        monkeypatch.setattr(place, fresh)
    with time_machine.travel(MOMENT, tick=False):
        yield fresh


@pytest.fixture
def sender() -> Client:
    return Client(
        REMOTE_ADDR=ADDRESS,
        HTTP_USER_AGENT=AGENT,
        HTTP_REFERER="https://example.org/noi-toi-doc",
        enforce_csrf_checks=True,
    )


def tip(land: World, **more: Any) -> dict[str, Any]:
    return {
        "xa": str(land["dong_hoa"].pk), "topic": "selling", "words": WORDS, "where": WHERE, "when": "", "bodies": "",
        "who": "anonymous", "name": "", "phone": "", "address": "", **more,
    }  # fmt: skip


def mark_in(page: Any) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def send(client: Client, land: World, **more: Any) -> Any:
    """The check, then the sending; the last answer."""
    checked = client.post("/to-giac/gui/", tip(land, **more))
    assert checked.status_code == 200, checked.content.decode()
    pictures = [SimpleUploadedFile("IMG_2026.jpg", photo(), "image/jpeg")]
    return client.post("/to-giac/gui/", tip(land, mark=mark_in(checked), gui="1", pictures=pictures, **more))


def receipt_in(page: Any) -> str:
    return " ".join(re.findall(r"<li>([a-z]+ [a-z]+)</li>", page.content.decode()))


def everything() -> str:
    """Every value of every table (the cache and the sessions are two of them), bytes as text where they are; every
    file of the installation with its name; every letter.
    """
    told = [f"{letter.to} {letter.subject} {letter.body}" for letter in mail.outbox]
    for path in sorted(each for each in settings.PCMT_DATA.rglob("*") if each.is_file()):
        if "sqlite" not in path.name:
            told += [path.name, path.read_bytes().decode("utf-8", "replace")]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            told += [
                bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                for row in cursor.fetchall()
                for value in row
            ]
    return "\n".join(told)


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """The log as the program writes it, of all loggers."""
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(self.format(record))

    handler = Keep()
    handler.addFilter(Impersonal())
    handler.setFormatter(logging.Formatter("{levelname} {name} [{request_id}] {message}", style="{"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("who", ["anonymous", "named"])
def test_nothing_knows_who_it_was(
    land: World, sender: Client, lines: list[str], monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    before = everything()
    for path in ("", "noi-xay-ra/?tim=dong+hoa", f"gui/?xa={land['dong_hoa'].pk}", "theo-doi/", "khong-co/"):
        sender.get(f"/to-giac/{path}")
    made = send(sender, land, who=who, name=NAME, phone="0977 123 321")
    receipt = receipt_in(made)
    assert len(receipt.split()) == 16
    own = sender.post("/to-giac/theo-doi/", {"receipt": receipt})
    data = {"receipt": receipt, "words": "Thêm: xe màu đỏ", "nhan": "1", "mark": mark_in(own)}
    assert "Đã gửi lời nhắn" in sender.post("/to-giac/theo-doi/", data).content.decode()
    sender.post("/to-giac/theo-doi/", {"receipt": receipt_from(new_nonce())})

    def fails(**_given: object) -> None:
        raise RuntimeError(f"lỗi với {WORDS} của {NAME}")

    monkeypatch.setattr(views, "receive", fails)
    sender.raise_request_exception = False
    assert send(sender, land, who=who, name=NAME, phone="").status_code == 500
    assert (Tip.objects.count(), TipMessage.objects.count()) == (1, 1)
    assert TipIdentity.objects.count() == (who == "named")

    assert "RuntimeError" in "\n".join(lines) or "in fails" in "\n".join(lines)  # a mistake of ours is still seen
    nothing_is_left(before, lines, "xe màu đỏ", receipt, receipt.split()[0] + " " + receipt.split()[1])
    assert sender.cookies == {}


def nothing_is_left(before: str, lines: list[str], *more: str) -> None:
    """No table, file, letter, line of the log or word of `pcmt status` knows who sent something, what, or when."""
    after, log = everything(), "\n".join(lines)
    for form in ([], ["--json"]):
        told = io.StringIO()
        with contextlib.suppress(SystemExit):
            call_command("status", *form, stdout=told)
        log += told.getvalue()
    network_and_browser = (ADDRESS, "203.0.113", AGENT, "may-cua-toi", "noi-toi-doc")
    for secret in (*network_and_browser, WORDS, WHERE, NAME, "0977", CAMERA, "IMG_2026", *more):
        assert secret not in log, secret
        assert after.count(secret) == before.count(secret), secret
    log = "\n".join(lines)  # `pcmt status` says what time it is now, which is no sender's
    for moment in ("10:41", "03:41", "41:37", "482913"):
        assert after.count(moment) == before.count(moment), moment
        assert moment not in log, moment


def test_what_is_refused_or_breaks_leaves_nothing_either(
    land: World, sender: Client, lines: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Floods with their tasks, pictures that are none, forms that are too large, forged, torn off; addresses that no
    page has: each refusal too is one of somebody.
    """
    before = everything()
    sender.raise_request_exception = False
    codes = []

    def post(**more: Any) -> Any:
        page = sender.post("/to-giac/gui/", tip(land, **more.pop("data", {})), **more)
        codes.append(page.status_code)
        return page

    checked = sender.post("/to-giac/gui/", tip(land))
    broken = SimpleUploadedFile("IMG_2026.jpg", photo()[:200], "image/jpeg")
    post(data={"mark": mark_in(checked), "gui": "1", "pictures": [broken]})
    post(HTTP_SEC_FETCH_SITE="cross-site")
    post(HTTP_HOST=f"{NAME.encode().hex()}.example.org")
    post(data={"xa": f"{WORDS}"})
    torn = f'--a\r\nContent-Disposition: form-data; name="words"\r\n\r\n{WORDS}'
    for kind, data in (("multipart/form-data; boundary=a", torn), ("multipart/form-data", torn), ("text/xml", torn)):
        codes.append(sender.generic("POST", "/to-giac/gui/", data.encode(), kind).status_code)
    many = "&".join(f"f{number}={ADDRESS}" for number in range(1200))
    codes.append(sender.generic("POST", "/to-giac/gui/", many, "application/x-www-form-urlencoded").status_code)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        codes.append(sender.generic(method, f"/to-giac/gui/?xa={ADDRESS}", WORDS, "text/plain").status_code)
    for path in (f"khong-co/{ADDRESS}/", f"theo-doi/?ma={WORDS}", "theo-doi", f"gui/?xa={'9' * 40}&q={WORDS}"):
        codes.append(sender.get(f"/to-giac/{path}").status_code)
    monkeypatch.setattr("pcmt.web.tipline.uploads.MOST_BYTES", 100)
    post()
    monkeypatch.setattr("pcmt.web.tipline.uploads.MOST_BYTES", 10**7)
    settings.TIP_NETWORK_FREE = 0
    task = send(sender, land)
    salt = re.search(r'data-salt="(\w+)"', task.content.decode())
    signed = re.search(r'name="task" value="([^"]+)"', task.content.decode())
    assert salt
    assert signed
    found = next(str(at) for at in range(10**6) if floods.zero_bits(f"{salt[1]}{at}") >= floods.BITS)
    assert send(sender, land, task=signed[1], found=found).status_code == 200
    settings.TIP_NETWORK_MOST = 1
    waits = send(sender, land, task=signed[1], found=found)
    codes += [task.status_code, waits.status_code]
    assert {413, 422, 429, 400, 404} <= set(codes)
    assert 500 not in codes
    assert Tip.objects.count() == 1
    nothing_is_left(before, lines, found, salt[1], signed[1])


def test_no_server_in_front_writes_who_asks(root: Path) -> None:
    """The program's own server and the proxy as it is set up in `ops/`."""
    assert "--no-access-log" in (root / "src/pcmt/config/serve.py").read_text(encoding="utf-8")
    place = (root / "ops/nginx.conf").read_text(encoding="utf-8").split("location /to-giac/ {")[1].split("}")[0]
    for line in ("access_log off;", "error_log /dev/null crit;", "proxy_max_temp_file_size 0;"):
        assert line in place
    assert re.search(r"proxy_request_buffering off;", place)
    assert logs.LOGGING["handlers"].keys() == {"stderr"}  # no file, and no letter to administrators


def test_an_officer_who_looks_at_it_is_not_noticed(land: World) -> None:
    """A session that came along is neither read nor lengthened."""
    client = Client(REMOTE_ADDR=ADDRESS)
    client.cookies["pcmt_session"] = "co-phien"
    client.cookies["django_language"] = "en"
    page = client.get("/to-giac/")
    assert page.wsgi_request.COOKIES == {"django_language": "en"}
    assert page.wsgi_request.META["REMOTE_ADDR"] == ""
    assert "HTTP_USER_AGENT" not in page.wsgi_request.META
    assert page.headers["Content-Language"] == "en"


def test_headers_say_keep_nothing(land: World, sender: Client) -> None:
    for path in ("/to-giac/", "/to-giac/noi-xay-ra/", f"/to-giac/gui/?xa={land['dong_hoa'].pk}", "/to-giac/theo-doi/"):
        page = sender.get(path)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        assert page["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in page
        text = page.content.decode()
        assert "<title>Thông tin</title>" in text
        assert "csrfmiddlewaretoken" not in text
        assert re.findall(r'(?:src|href)="(https?:[^"]+)"', text) == ["https://vi.wikipedia.org/"]


def test_two_talk_and_the_sender_sees_no_more(land: World, sender: Client) -> None:
    receipt = receipt_in(send(sender, land))
    row = Tip.objects.get()
    officer = land.actor("dong_hoa_police", "tip_officer")
    answer_sender(
        actor=officer, at=timezone.now(), tip_id=row.pk, key=uuid4(), words="Cảm ơn, xin cho biết biển số"
    )  # fmt: skip
    page = sender.post("/to-giac/theo-doi/", {"receipt": receipt.upper()}).content.decode()
    assert "Cảm ơn, xin cho biết biển số" in page
    assert "Đã nhận. Tin đang chờ được kiểm tra." in page
    for hidden in (row.number, officer.name, WORDS):
        assert hidden not in page


def test_wrong_receipts_are_alike(land: World, sender: Client) -> None:
    receipt = receipt_in(send(sender, land))
    Tip.objects.update(receipt=None, sealed=None, purged_on="2026-03-01")  # destroyed for age
    pages = []
    for wrong in (receipt, receipt_from(new_nonce())):
        page = sender.post("/to-giac/theo-doi/", {"receipt": wrong})
        assert page.status_code == 422
        pages.append(page.content.decode().replace(wrong, ""))
    assert pages[0] == pages[1]
    page = sender.post(
        "/to-giac/theo-doi/", {"receipt": receipt.replace(receipt.split()[0], "zzzz", 1)}
    ).content.decode()
    assert "cặp từ thứ 1: “zzzz”" in page


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(land: World, sender: Client) -> None:
    page = sender.post("/to-giac/gui/", tip(land, words="", who="named"))
    assert page.status_code == 422
    text = page.content.decode()
    assert WHERE in text
    assert "Ghi tên hoặc số điện thoại" in text
    checked = sender.post("/to-giac/gui/", tip(land))
    data = tip(land, mark=mark_in(checked), gui="1", pictures=[SimpleUploadedFile("a.jpg", b"%PDF-1.4")])
    refused = sender.post("/to-giac/gui/", data)
    assert (refused.status_code, Tip.objects.count()) == (422, 0)
    assert WORDS in refused.content.decode()
    assert sender.post("/to-giac/gui/", {**tip(land), "gui": "1", "mark": "x"}).status_code == 200  # checked once more
    foreign = sender.post("/to-giac/gui/", tip(land), HTTP_SEC_FETCH_SITE="cross-site")
    assert foreign.status_code == 422
    nobody = sender.get(f"/to-giac/gui/?xa={land['binh_giang'].pk}").content.decode()
    assert "chưa có nơi tiếp nhận" in nobody
    for bad in ("", "0", "x", "999999999999"):
        assert sender.get(f"/to-giac/gui/?xa={bad}").status_code == 302


def test_sent_twice_is_one_tip(land: World, sender: Client) -> None:
    checked = sender.post("/to-giac/gui/", tip(land))
    data = tip(land, mark=mark_in(checked), gui="1")
    first, second = (receipt_in(sender.post("/to-giac/gui/", data)) for _twice in range(2))
    assert first == second
    assert Tip.objects.count() == 1


def test_pictures_never_touch_the_disk(land: World, sender: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", None)
    monkeypatch.setattr("django.conf.settings.FILE_UPLOAD_MAX_MEMORY_SIZE", 10)
    assert len(receipt_in(send(sender, land)).split()) == 16
    monkeypatch.setattr("pcmt.web.tipline.uploads.MOST_BYTES", 100)
    assert sender.post("/to-giac/gui/", tip(land)).status_code == 413


def test_floods_meet_a_task_and_then_wait(land: World, sender: Client, settings: Any) -> None:
    settings.TIP_NETWORK_FREE, settings.TIP_NETWORK_MOST = 1, 2
    send(sender, land)
    stopped = send(sender, land)
    assert (stopped.status_code, Tip.objects.count()) == (429, 1)
    text = stopped.content.decode()
    assert WORDS in text  # it is still there
    task = re.search(r'name="task" value="([^"]+)"', text)
    sums = re.search(r"(\d+) cộng (\d+)", text)
    salt = re.search(r'data-salt="(\w+)"', text)
    assert task
    assert sums
    assert salt
    right = str(int(sums[1]) + int(sums[2]))
    now = views.time.time()
    assert floods.solved(task[1], "", right, now) == ""  # too fast for a person
    assert floods.solved(task[1], "", right, now + 11) == salt[1]
    assert floods.solved(task[1], "", "1", now + 11) == floods.solved("x", "1", right, now) == ""
    found = next(str(at) for at in range(10**6) if floods.zero_bits(f"{salt[1]}{at}") >= floods.BITS)
    more = {"task": task[1], "found": found, "answer": ""}
    assert send(sender, land, **more).status_code == 200
    waits = send(sender, land, **more)
    assert waits.status_code == 429
    assert "Chờ khoảng mười phút" in waits.content.decode()
    neighbour = Client(REMOTE_ADDR="198.51.100.4")
    assert send(neighbour, land).status_code == 200


def test_counts_are_by_network_and_forgotten(settings: Any, lines: list[str]) -> None:
    settings.TIP_NETWORK_FREE, settings.TIP_HOURLY = 1, 3
    now = [0.0]
    counts = floods.Floods(lambda: now[0])
    one = counts.blurred("203.0.113.5")
    assert (
        one == counts.blurred("203.0.113.250") == counts.blurred("::ffff:203.0.113.9") != counts.blurred("203.0.114.5")
    )
    assert counts.blurred("2001:db8:1:2::1") == counts.blurred("2001:db8:1:ffff::9") != counts.blurred("2001:db8:2::1")
    assert "203" not in one
    assert [counts.gate("send", one) for _each in range(2)] == [floods.Gate.OPEN, floods.Gate.TASK]
    assert counts.gate("send", one, solved="a") is floods.Gate.OPEN
    assert counts.gate("send", one, solved="a") is floods.Gate.TASK  # each solution once
    now[0] = 601
    assert counts.blurred("203.0.113.5") != one
    assert counts.gate("send", one) is floods.Gate.OPEN
    assert counts.gate("send", "other") is floods.Gate.TASK  # the hour is full: a task for everybody, and an alert
    assert len([line for line in lines if "within an hour" in line]) == 1
    now[0] = 4000
    assert counts.gate("send", "other") is floods.Gate.OPEN


def test_the_poster_leads_to_the_form_of_the_area(land: World) -> None:
    client = Client()
    for role, code in (("tip_officer", 200), ("officer", 403)):
        actor = land.actor("dong_hoa_police", role)
        client.force_login(User.objects.get(pk=actor.user_id))
        assert client.get("/tin-bao/ap-phich/").status_code == code
        if code == 200:
            text = client.get("/tin-bao/ap-phich/").content.decode()
            assert f"/to-giac/gui/?xa={land['dong_hoa'].pk}" in text
            assert client.get("/tin-bao/ap-phich/ap-phich.pdf").content.startswith(b"%PDF")
            assert client.get("/tin-bao/ap-phich/ap-phich.png").content.startswith(b"\x89PNG")
