"""Two people at one door at the same moment, on real connections: it opens once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from pcmt.apps.accounts.links import token_of
from pcmt.apps.accounts.models import Invitation, InvitationState, PasswordReset, User
from pcmt.apps.accounts.operations import (
    accept_invitation,
    ask_reset,
    invite,
    reset_password,
    revoke_invitation,
)
from pcmt.apps.audit.models import Entry
from pcmt.core.diagnostics import Refusal
from tests.apps.audit.test_at_once import at_once
from tests.factories.world import NOW, World
from tests.factories.world import world as make_world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]
PASSWORDS = ("ba con mèo và một cái thang", "hai con chó và một cái ghế")


def invited(land: World) -> Invitation:
    made = invite(
        actor=None,
        at=NOW,
        full_name="Đặng Thị Thu",
        email="thu@so-y-te.vn",
        username="thu.dang",
        role="officer",
        unit_id=land["health"].pk,
    )
    assert isinstance(made, Invitation)
    return made


def kept(answers: list[Any], act: Callable[[], Any]) -> Callable[[], None]:
    return lambda: answers.append(act())


def test_one_link_two_hands() -> None:
    invitation = invited(make_world())
    token = token_of("invitation", invitation.nonce)
    answers: list[Any] = []
    at_once(
        *(
            kept(answers, lambda word=word: accept_invitation(at=NOW, token=token, password=word))  # type: ignore[misc]
            for word in PASSWORDS
        )
    )
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    assert Entry.objects.filter(event="accounts.invitation.accepted").count() == 1


def test_accepted_while_it_is_taken_back() -> None:
    invitation = invited(make_world())
    token = token_of("invitation", invitation.nonce)
    answers: list[Any] = []
    at_once(
        kept(answers, lambda: accept_invitation(at=NOW, token=token, password=PASSWORDS[0])),
        kept(answers, lambda: revoke_invitation(actor=None, at=NOW, invitation_id=invitation.pk)),
    )
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    invitation.refresh_from_db()
    user = User.objects.get(username="thu.dang")
    assert user.is_active is (invitation.state(NOW) is InvitationState.ACCEPTED)


def test_one_name_two_invitations() -> None:
    land = make_world()
    answers: list[Any] = []
    at_once(*(kept(answers, lambda: invited_or_not(land)) for _hand in range(2)))
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    assert Invitation.objects.count() == 1


def invited_or_not(land: World) -> Any:
    return invite(
        actor=None,
        at=NOW,
        full_name="Thu",
        email="thu@so-y-te.vn",
        username="thu.dang",
        role="officer",
        unit_id=land["health"].pk,
    )


def test_one_reset_two_hands() -> None:
    user = User.objects.create(username="thu", full_name="Thu", email="thu@x.vn")
    ask_reset(at=NOW, name="thu")
    token = token_of("reset", PasswordReset.objects.get().nonce)
    answers: list[Any] = []
    at_once(
        *(
            kept(answers, lambda word=word: reset_password(at=NOW + timedelta(minutes=1), token=token, password=word))  # type: ignore[misc]
            for word in PASSWORDS
        )
    )
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    user.refresh_from_db()
    assert sum(user.check_password(word) for word in PASSWORDS) == 1
