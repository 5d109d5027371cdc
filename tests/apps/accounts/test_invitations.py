"""Asking somebody in: the letter, its link, and everything that can go wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core import mail

from pcmt.apps.accounts.links import hash_of
from pcmt.apps.accounts.models import Grant, Invitation, InvitationState, Letter, User
from pcmt.apps.accounts.operations import (
    accept_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
    send_letter,
    send_waiting_letters,
)
from pcmt.apps.accounts.queries import open_invitation
from pcmt.apps.audit.models import Entry
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World

PASSWORD = "ba con mèo và một cái thang"


def asked(land: World, **given: Any) -> Invitation | Refusal:
    values = {
        "full_name": "Đặng Thị Thu",
        "email": "thu@so-y-te.vn",
        "username": "thu.dang",
        "role": "officer",
        "unit_id": land["health"].pk,
        **given,
    }
    return invite(actor=None, at=NOW, **values)


def made(answer: Any) -> Any:
    assert not isinstance(answer, Refusal), answer
    return answer


def token_in_mail(number: int = -1) -> str:
    found = re.search(r"/loi-moi/([0-9a-f]{64})/", str(mail.outbox[number].body))
    assert found
    return found[1]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    """Jobs, which run at once here, ask the clock."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sent(land: World) -> Invitation:
    return made(asked(land))


def test_the_letter_opens_the_door_once(land: World, sent: Invitation) -> None:
    user = sent.user
    assert (user.username, user.has_usable_password()) == ("thu.dang", False)
    assert Grant.objects.get(user=user).unit == land["health"]
    letter = mail.outbox[0]
    assert letter.to == ["thu@so-y-te.vn"]
    assert "Đặng Thị Thu" in letter.subject
    assert "thu.dang" in letter.body
    assert "Cán bộ, Sở Y tế" in letter.body
    assert token_in_mail() in letter.alternatives[0][0]
    token = token_in_mail()
    # What the database keeps opens nothing.
    assert sent.token_hash == hash_of(token) != token
    assert open_invitation(sent.token_hash, NOW) is None
    assert open_invitation(token, NOW) == sent
    weak = accept_invitation(at=NOW, token=token, password="matkhau2026")
    assert isinstance(weak, Refusal)
    assert weak.field == "password"
    assert open_invitation(token, NOW) == sent
    made(accept_invitation(at=NOW, token=token, password=PASSWORD))
    assert authenticate(None, username="thu.dang", password=PASSWORD) == user
    sent.refresh_from_db()
    assert sent.state(NOW) is InvitationState.ACCEPTED
    again = accept_invitation(at=NOW, token=token, password=PASSWORD)
    assert isinstance(again, Refusal)
    events = list(Entry.objects.order_by("number").values_list("event", flat=True))
    assert events[-4:] == [
        "accounts.user.created",
        "accounts.grant.given",
        "accounts.invitation.sent",
        "accounts.invitation.accepted",
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "khong phai thu"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a@demo.invalid"}, "email"),
        ({"username": "Đặng Thu"}, "username"),
        ({"username": ""}, "username"),
        ({"full_name": " "}, "username"),
        ({"role": "king"}, "role"),
        ({"valid_from": TODAY, "valid_to": TODAY}, "valid_to"),
    ],
)
def test_what_is_wrong_with_an_invitation_leaves_nothing_behind(land: World, given: dict[str, Any], field: str) -> None:
    refused = asked(land, **given)
    assert isinstance(refused, Refusal)
    assert refused.field == field
    assert not User.objects.exists()
    assert not Letter.objects.exists()


def test_a_name_that_is_taken(land: World, sent: Invitation) -> None:
    refused = asked(land, username="THU.dang")
    assert isinstance(refused, Refusal)
    assert refused.code == "taken"
    assert made(asked(land, username="thu.dang2")).email == sent.email  # one mailbox, two people


def test_only_who_keeps_accounts_invites(land: World) -> None:
    officer = land.actor("health")
    refused = invite(
        actor=officer, at=NOW, full_name="A", email="a@b.vn", username="aaa", role="officer", unit_id=land["health"].pk
    )
    assert isinstance(refused, Refusal)
    assert refused.code == "not_yours"


def test_it_expires(sent: Invitation) -> None:
    token = token_in_mail()
    late = NOW + timedelta(days=7)
    assert open_invitation(token, late - timedelta(seconds=1)) == sent
    assert open_invitation(token, late) is None
    assert sent.state(late) is InvitationState.EXPIRED
    assert isinstance(accept_invitation(at=late, token=token, password=PASSWORD), Refusal)


def test_sent_again_the_old_link_is_dead(land: World, sent: Invitation) -> None:
    first = token_in_mail()
    second = made(resend_invitation(actor=None, at=NOW, invitation_id=sent.pk, email="thu.moi@so-y-te.vn"))
    assert mail.outbox[1].to == ["thu.moi@so-y-te.vn"]
    assert open_invitation(first, NOW) is None
    assert open_invitation(token_in_mail(), NOW) == second
    assert User.objects.get(username="thu.dang").email == "thu.moi@so-y-te.vn"


def test_taken_back_closes_account_and_role(land: World, sent: Invitation) -> None:
    token = token_in_mail()
    made(revoke_invitation(actor=None, at=NOW, invitation_id=sent.pk))
    assert open_invitation(token, NOW) is None
    user = User.objects.get(username="thu.dang")
    assert not user.is_active
    assert not Grant.objects.as_of(TODAY).filter(user=user).exists()
    # An accepted one is no longer taken back.
    again = made(asked(land, username="thu.hai"))
    made(accept_invitation(at=NOW, token=token_in_mail(), password=PASSWORD))
    refused = revoke_invitation(actor=None, at=NOW, invitation_id=again.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "accepted"
    assert isinstance(resend_invitation(actor=None, at=NOW, invitation_id=again.pk), Refusal)


def test_a_letter_that_cannot_go_out_is_tried_again(land: World, sent: Invitation, settings: Any) -> None:
    Letter.objects.update(sent_at=None, tries=0)
    mail.outbox.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letter = Letter.objects.get()
    assert not send_letter(letter_id=letter.pk, at=NOW)
    letter.refresh_from_db()
    assert letter.sent_at is None
    assert letter.tries == 1
    assert "ConnectionRefusedError" in letter.trouble
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    later = NOW + timedelta(minutes=5)
    assert send_waiting_letters(at=later) == 1
    assert send_waiting_letters(at=later) == 0
    letter.refresh_from_db()
    assert (letter.sent_at, letter.trouble) == (later, "")
    assert open_invitation(token_in_mail(), later) == sent


def test_a_letter_whose_link_is_dead_is_not_sent(land: World) -> None:
    invitation = made(asked(land))
    Letter.objects.update(sent_at=None)
    mail.outbox.clear()
    made(revoke_invitation(actor=None, at=NOW, invitation_id=invitation.pk))
    assert not send_letter(letter_id=Letter.objects.get().pk, at=NOW)
    assert mail.outbox == []
    assert Letter.objects.get().given_up_at == NOW


def test_in_the_end_a_letter_is_given_up(land: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.LETTER_TRIES = "127.0.0.1", 1, 2
    made(asked(land))
    letter = Letter.objects.get()
    assert letter.tries == 1
    for _try in range(2):
        send_letter(letter_id=letter.pk, at=NOW)
    letter.refresh_from_db()
    assert (letter.tries, letter.given_up_at) == (2, NOW)
