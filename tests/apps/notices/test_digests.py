"""One letter a person and day, at the person's hour, into a real mailbox; never twice, never in quiet hours."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pcmt.apps.accounts.models import Grant, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.addresses import stop_token
from pcmt.apps.notices.models import Digest, Mute, Notice, Preference, Reason, Rhythm, Way
from pcmt.apps.notices.operations import (
    digests,
    make_digests,
    read_all,
    send_digest,
    send_digests,
    stop_mail,
)
from pcmt.apps.notices.policies import is_quiet, slot_of
from pcmt.apps.notices.queries import digests_in_trouble
from pcmt.config.checkup import mail_remarks
from pcmt.reference import work_calendar
from tests.apps.notices.telling import DAY, TUESDAY, clock, told, with_mail
from tests.factories.world import World
from tests.letterbox import Letterbox, letterbox

EVENING = clock(TUESDAY - DAY, 16)
"""When things were told; the letter is due the next morning."""
SEVEN = clock(TUESDAY, 7)
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def box(settings: Any) -> Iterator[Letterbox]:
    settings.SITE = "https://pcmt.example.vn"
    with letterbox(settings) as opened:
        yield opened


def round_at(at: datetime) -> int:
    """One run of the job; how many letters went out."""
    make_digests(at=at)
    return send_digests(now=lambda: at)


def test_the_letter_in_the_mailbox(land: World, box: Letterbox) -> None:
    hoa = with_mail(land)
    told(land, hoa, at=EVENING, key="a", title="Sở Y tế được giao: “Lập danh sách” & báo cáo")
    (late,) = told(land, hoa, at=EVENING, key="b", reason=Reason.OVERDUE, title="Quá hạn 3 ngày: Họp dân mỗi tháng")
    assert round_at(SEVEN - TEN_MINUTES) == 0, "not before the hour"
    assert round_at(SEVEN) == 1
    (letter,) = box.letters
    assert letter["To"] == "hoa@example.vn"
    assert letter["Subject"] == "PCMT 03/03/2026: 2 thông báo mới"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "multipart/alternative"
    text = box.text()
    # What is late stands first; titles as they are, with the address that opens them.
    assert text.index("QUÁ HẠN") < text.index("ĐƯỢC GIAO VIỆC")
    assert "- Sở Y tế được giao: “Lập danh sách” & báo cáo (16:00 02/03/2026)" in text
    assert f"https://pcmt.example.vn/thong-bao/{late.pk}/mo/" in text
    assert "https://pcmt.example.vn/tai-khoan/thong-bao/" in text
    html = letter.get_body(("html",))
    assert html is not None
    assert "“Lập danh sách” &amp; báo cáo</a>" in html.get_content()
    stop = f"https://pcmt.example.vn/thong-bao/thoi-gui/{stop_token(hoa.user_id)}/"
    assert letter["List-Unsubscribe"].replace("\n", "").replace(" ", "") == f"<{stop}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in text
    assert set(Notice.objects.values_list("mailed_at", flat=True)) == {SEVEN}
    digest = Digest.objects.get()
    assert (digest.day, digest.sent_at, digest.tries, digest.trouble) == (TUESDAY, SEVEN, 1, "")


def test_one_a_day_however_often_the_job_runs(land: World, box: Letterbox) -> None:
    hoa = with_mail(land)
    told(land, hoa, at=EVENING)
    assert [round_at(SEVEN + n * TEN_MINUTES) for n in range(6)] == [1, 0, 0, 0, 0, 0]
    told(land, hoa, at=SEVEN + timedelta(hours=1), key="later")
    assert round_at(SEVEN + timedelta(hours=2)) == 0
    assert round_at(SEVEN + DAY) == 1
    assert round_at(SEVEN + 2 * DAY) == 0, "no news, no letter"
    assert "Việc later" in box.text()
    assert "Việc a" not in box.text(), "told once"


def test_who_was_told_after_the_hour_gets_no_letter_in_the_middle_of_the_day(land: World, box: Letterbox) -> None:
    hoa = with_mail(land)
    told(land, hoa, at=SEVEN + TEN_MINUTES)
    assert round_at(SEVEN + timedelta(hours=3)) == 0
    # A program that stood still at seven makes up for it, with all that came until then.
    told(land, hoa, at=SEVEN + DAY + timedelta(hours=1), key="b")
    assert round_at(SEVEN + DAY + timedelta(hours=5)) == 1
    assert "Việc b" in box.text()


def test_what_was_read_is_not_told(land: World, box: Letterbox) -> None:
    hoa = with_mail(land)
    (first,) = told(land, hoa, at=EVENING, key="a")
    told(land, hoa, at=EVENING, key="b")
    read_all(actor=hoa, at=EVENING, up_to=first.pk)
    make_digests(at=SEVEN)
    assert send_digests(now=lambda: SEVEN) == 1
    assert "Việc a" not in box.text()
    # Read between the making and the sending: there is nothing left to say.
    told(land, hoa, at=SEVEN, key="c")
    make_digests(at=SEVEN + DAY)
    read_all(actor=hoa, at=SEVEN + DAY, up_to=10**9)
    assert send_digests(now=lambda: SEVEN + DAY) == 0
    assert Digest.objects.get(day=TUESDAY + DAY).given_up_at == SEVEN + DAY
    assert len(box.letters) == 1


def test_who_gets_none(land: World, box: Letterbox, settings: Any) -> None:
    hoa, gone, without, demo, left = (with_mail(land, name=name) for name in ("hoa", "gone", "without", "demo", "left"))
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    User.objects.filter(pk=without.user_id).update(email="")
    User.objects.filter(pk=demo.user_id).update(email=f"x@{settings.DEMO_EMAIL_DOMAIN}")
    Grant.objects.filter(user=left.user_id).update(valid_to=TUESDAY)
    told(land, hoa, gone, without, demo, left, at=EVENING)
    assert make_digests(at=SEVEN) == 1
    # Left between the making and the sending.
    Grant.objects.filter(user=hoa.user_id).update(valid_to=TUESDAY)
    assert send_digests(now=lambda: SEVEN) == 0
    assert box.letters == []


def test_without_a_mail_server_none_is_made(land: World) -> None:
    told(land, with_mail(land), at=EVENING)
    assert make_digests(at=SEVEN) == 0


def test_reasons_switched_off_are_left_out(land: World, box: Letterbox) -> None:
    hoa = with_mail(land)
    Mute.objects.create(user_id=hoa.user_id, reason=Reason.SOON, way=Way.MAIL)
    Mute.objects.create(user_id=hoa.user_id, reason=Reason.ASSIGNED, way=Way.BELL)
    told(land, hoa, at=EVENING, key="a", reason=Reason.SOON)
    assert round_at(SEVEN) == 0
    told(land, hoa, at=EVENING, key="b")
    assert round_at(SEVEN) == 1
    assert "Việc a" not in box.text()


def test_long_lists_are_cut_and_say_so(land: World, box: Letterbox) -> None:
    hoa = with_mail(land)
    for n in range(digests.MOST_LINES + 5):
        told(land, hoa, at=EVENING, key=f"n{n}")
    assert round_at(SEVEN) == 1
    assert box.text().count("/mo/") == digests.MOST_LINES
    assert "Và 5 thông báo nữa." in box.text()
    assert not Notice.objects.filter(mailed_at=None).exists()


class TestTroubles:
    def test_a_refusal_is_tried_again_until_it_is_out_and_never_after(self, land: World, box: Letterbox) -> None:
        told(land, with_mail(land), at=EVENING)
        box.refuse = "451 come back later"
        assert round_at(SEVEN) == 0
        assert digests_in_trouble()[0] == 1
        assert "451" in digests_in_trouble()[1]
        assert [remark for remark in mail_remarks() if "1 thư tổng hợp chưa gửi được" in remark and "451" in remark]
        assert not Notice.objects.exclude(mailed_at=None).exists()
        box.refuse = ""
        assert round_at(SEVEN + timedelta(minutes=4)) == 0, "somebody may still be at it"
        assert [round_at(SEVEN + n * TEN_MINUTES) for n in (1, 2, 3)] == [1, 0, 0]
        assert len(box.letters) == 1
        assert digests_in_trouble() == (0, "")

    def test_a_server_that_never_answers(self, land: World, box: Letterbox, settings: Any) -> None:
        told(land, with_mail(land), at=EVENING)
        settings.EMAIL_TIMEOUT = 0.2
        with socket.create_server(("127.0.0.1", 0)) as silent:
            settings.EMAIL_PORT = silent.getsockname()[1]
            assert round_at(SEVEN) == 0
        assert "timed out" in digests_in_trouble()[1]
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = box.port, 5
        assert round_at(SEVEN + TEN_MINUTES) == 1

    def test_a_server_that_is_away_is_not_asked_for_everybody(
        self, land: World, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.SMTP_URL = "smtp://127.0.0.1:1"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        told(land, *(with_mail(land, name=f"p{n}") for n in range(8)), at=EVENING)
        assert round_at(SEVEN) == 0
        assert sorted(Digest.objects.values_list("tries", flat=True)) == [0] * 5 + [1] * 3
        # The next round begins with the others.
        assert round_at(SEVEN + TEN_MINUTES) == 0
        assert sorted(Digest.objects.values_list("tries", flat=True)) == [0] * 2 + [1] * 6

    def test_killed_between_sending_and_writing_down(
        self, land: World, box: Letterbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told(land, with_mail(land), at=EVENING)
        make_digests(at=SEVEN)

        def sent_and_killed(_row: Digest, message: Any, **_at: Any) -> bool:
            message.connection = None
            message.send()
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(digests, "post", sent_and_killed)
            with pytest.raises(KeyboardInterrupt):
                send_digests(now=lambda: SEVEN)
        assert send_digests(now=lambda: SEVEN + timedelta(minutes=4)) == 0
        assert round_at(SEVEN + TEN_MINUTES) == 1
        assert len(box.letters) == 2
        assert len({letter["Message-ID"] for letter in box.letters}) == 1, "a mailbox shows it once"

    def test_after_a_day_without_a_server_one_letter_comes_not_two(self, land: World, box: Letterbox) -> None:
        hoa = with_mail(land)
        told(land, hoa, at=EVENING, key="a")
        box.refuse = "451 no"
        assert round_at(SEVEN) == 0
        box.refuse = ""
        told(land, hoa, at=SEVEN + timedelta(hours=1), key="b")
        assert round_at(SEVEN + DAY - timedelta(minutes=30)) == 0
        assert round_at(SEVEN + DAY) == 1
        assert len(box.letters) == 1
        assert "Việc a" in box.text()
        assert "Việc b" in box.text()

    def test_given_up_after_many_tries_and_told_the_next_day(self, land: World, box: Letterbox, settings: Any) -> None:
        settings.LETTER_TRIES = 2
        told(land, with_mail(land), at=EVENING)
        box.refuse = "550 who is that"
        for n in range(4):
            assert round_at(SEVEN + n * TEN_MINUTES) == 0
        assert Digest.objects.get().tries == 2
        box.refuse = ""
        assert round_at(SEVEN + DAY) == 1

    def test_a_letter_goes_out_on_its_own_day_only(self, land: World, box: Letterbox) -> None:
        told(land, with_mail(land), at=EVENING)
        make_digests(at=SEVEN)
        assert send_digests(now=lambda: SEVEN + DAY) == 0
        assert send_digests(now=lambda: SEVEN + timedelta(hours=9)) == 1


class TestHours:
    def chosen(self, user_id: int, **wishes: Any) -> None:
        Preference.objects.update_or_create(user_id=user_id, defaults=wishes)

    @pytest.mark.parametrize(
        ("start", "end", "quiet"),
        [(21, 6, {21, 22, 23, 0, 1, 2, 3, 4, 5}), (1, 4, {1, 2, 3}), (5, 5, set()), (0, 23, set(range(23)))],
    )
    def test_quiet_hours_may_go_over_midnight(self, start: int, end: int, quiet: set[int]) -> None:
        wish = Preference(quiet_from=start, quiet_to=end)
        assert {hour for hour in range(24) if is_quiet(wish, hour)} == quiet

    def test_a_letter_that_waits_does_not_go_out_at_night(self, land: World, box: Letterbox) -> None:
        hoa = with_mail(land)
        self.chosen(hoa.user_id, hour=20)
        told(land, hoa, at=EVENING)
        box.refuse = "451 no"
        assert round_at(clock(TUESDAY, 20)) == 0
        box.refuse = ""
        assert round_at(clock(TUESDAY, 21, 10)) == 0
        assert round_at(clock(TUESDAY + DAY, 7)) == 0, "and not at another hour"
        assert round_at(clock(TUESDAY + DAY, 20)) == 1

    def test_days_off_are_quiet_unless_one_wants_them(self, land: World, box: Letterbox) -> None:
        saturday = TUESDAY + 4 * DAY
        hoa, an = with_mail(land), with_mail(land, "finance", "an")
        self.chosen(an.user_id, workdays_only=False)
        told(land, hoa, an, at=clock(saturday - DAY, 16))
        assert round_at(clock(saturday, 7)) == 1
        assert box.letters[0]["To"] == "an@example.vn"
        assert round_at(clock(saturday + DAY, 7)) == 0
        assert round_at(clock(saturday + 2 * DAY, 7)) == 1

    def test_nobody_is_written_to_at_tet(self, land: World, box: Letterbox) -> None:
        told(land, with_mail(land), at=clock(date(2026, 2, 13), 16))
        sent_on = [day for n in range(14) if round_at(clock(day := date(2026, 2, 14) + n * DAY, 7))]
        assert len(sent_on) == 1
        assert work_calendar().is_working(sent_on[0])
        assert sent_on[0] >= date(2026, 2, 23)

    def test_the_29th_of_february_is_a_day_like_others(self, land: World, box: Letterbox) -> None:
        hoa = with_mail(land)
        self.chosen(hoa.user_id, workdays_only=False)
        Grant.objects.filter(user=hoa.user_id).update(valid_from=date(2024, 1, 1))
        told(land, hoa, at=clock(date(2024, 2, 28), 16))
        assert round_at(clock(date(2024, 2, 29), 7)) == 1
        assert box.letters[0]["Subject"] == "PCMT 29/02/2024: 1 thông báo mới"

    def test_once_a_week_at_its_beginning(self, land: World, box: Letterbox) -> None:
        hoa = with_mail(land)
        self.chosen(hoa.user_id, rhythm=Rhythm.WEEKLY)
        monday = TUESDAY + 6 * DAY
        told(land, hoa, at=EVENING, key="tue")
        days = [round_at(clock(TUESDAY + n * DAY, 7)) for n in range(6)]
        assert days == [0] * 6
        assert round_at(clock(monday, 7)) == 1
        told(land, hoa, at=clock(monday, 6), key="before")
        told(land, hoa, at=clock(monday, 9), key="after")
        assert [round_at(clock(monday + n * DAY, 7)) for n in range(1, 7)] == [0] * 6
        assert round_at(clock(monday + 7 * DAY, 7)) == 1

    def test_a_week_that_begins_with_a_day_off(self) -> None:
        weekly = Preference(rhythm=Rhythm.WEEKLY)
        monday = date(2025, 9, 1)  # a day off beside the National Day on the 2nd
        days = {monday + n * DAY: slot_of(weekly, clock(monday + n * DAY, 7), work_calendar()) for n in range(3)}
        assert list(days.values()) == [None, None, clock(monday, 7)]

    def test_who_wants_none_gets_none(self, land: World, box: Letterbox) -> None:
        hoa = with_mail(land)
        told(land, hoa, at=EVENING)
        make_digests(at=SEVEN)
        for _again in range(2):
            assert stop_mail(at=SEVEN, token=stop_token(hoa.user_id)) == User.objects.get(pk=hoa.user_id)
        assert send_digests(now=lambda: SEVEN) == 0
        assert round_at(SEVEN + DAY) == 0
        entry = Entry.objects.get(event="notices.mail.stopped")
        assert entry.after == {"rhythm": "never"}
        assert entry.actor_id is None

    @pytest.mark.parametrize("token", ["", "17", "17.abc", "x" * 300, ".", "17.é"])
    def test_a_made_up_address_stops_nothing(self, land: World, token: str) -> None:
        assert stop_mail(at=SEVEN, token=token) is None


@pytest.mark.parametrize("people", [3, 500])
def test_the_statements_do_not_grow_with_the_people(
    land: World, box: Letterbox, people: int, django_assert_max_num_queries: Any
) -> None:
    users = User.objects.bulk_create(
        User(username=f"u{n}", full_name=f"Người {n}", email=f"u{n}@example.vn", password="!") for n in range(people)
    )
    Grant.objects.bulk_create(Grant(user=user, role="officer", unit=land["health"]) for user in users)
    Notice.objects.bulk_create(
        Notice(user=user, reason=Reason.ASSIGNED, key=f"k{n}", title="x", address="/", about="x.Y", at=EVENING)
        for user in users
        for n in range(3)
    )
    with django_assert_max_num_queries(14):
        assert make_digests(at=SEVEN) == people
    assert Notice.objects.exclude(digest=None).count() == people * 3
    with django_assert_max_num_queries(14):
        assert make_digests(at=SEVEN + TEN_MINUTES) == 0
    with django_assert_max_num_queries(12):
        assert send_digest(digest_id=Digest.objects.order_by("pk")[0].pk, at=SEVEN) is True
