"""Users, grants and the actor."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth import authenticate

from pcmt.apps.accounts.models import Actor, Grant, User
from pcmt.apps.accounts.operations import create_user, end_grant, grant_role
from pcmt.apps.accounts.policies import Reach, changes, sees
from pcmt.apps.accounts.queries import actor_of, grants_of
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World


def made(answer: object) -> User:
    assert isinstance(answer, User), answer
    return answer


def test_a_user_signs_in_with_the_name_in_any_case(db: None) -> None:
    user = made(
        create_user(actor=None, at=NOW, username=" Lan.PV01 ", full_name="Nguyễn Thị Lan", password="mot-mat-khau-dai")
    )
    assert (user.username, user.get_short_name(), str(user)) == ("lan.pv01", "Lan", "Nguyễn Thị Lan")
    assert authenticate(None, username="LAN.pv01", password="mot-mat-khau-dai") == user
    assert authenticate(None, username="lan.pv01", password="x") is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"username": " "}, "empty"),
        ({"full_name": ""}, "empty"),
        ({"password": "123"}, "weak_password"),
        ({"username": "LAN"}, "taken"),
    ],
)
def test_what_is_wrong_with_a_new_user(db: None, given: dict[str, str], code: str) -> None:
    create_user(actor=None, at=NOW, username="lan", full_name="Lan")
    values = {"username": "minh", "full_name": "Minh", **given}
    refused = create_user(actor=None, at=NOW, **values)  # type: ignore[arg-type]
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_role_holds_in_its_window(land: World) -> None:
    user = made(create_user(actor=None, at=NOW, username="hoa", full_name="Hòa"))
    grant = grant_role(
        actor=None, at=NOW, user_id=user.pk, role="officer", unit_id=land["health"].pk, valid_from=date(2026, 1, 1)
    )
    assert isinstance(grant, Grant)
    assert actor_of(user, date(2025, 12, 31)) is None
    actor = actor_of(user, TODAY)
    assert actor == Actor(user.pk, "Hòa", "officer", land["health"].pk, "Sở Y tế", TODAY, grant.pk)
    assert actor is not None
    assert actor.role_label == "Cán bộ"
    assert isinstance(end_grant(actor=None, at=NOW, grant_id=grant.pk, on=date(2026, 1, 1)), Refusal)
    assert isinstance(end_grant(actor=None, at=NOW, grant_id=grant.pk, on=TODAY), Grant)
    assert actor_of(user, TODAY) is None
    assert actor_of(user, date(2026, 3, 1)) is not None


def test_several_roles_and_the_chosen_one(land: World) -> None:
    user = made(create_user(actor=None, at=NOW, username="hoa", full_name="Hòa"))
    for role, key in (("officer", "health"), ("standing_office", "police")):
        grant_role(actor=None, at=NOW, user_id=user.pk, role=role, unit_id=land[key].pk)
    again = grant_role(actor=None, at=NOW, user_id=user.pk, role="officer", unit_id=land["health"].pk)
    assert isinstance(again, Grant)
    held = grants_of(user, TODAY)
    assert [grant.role for grant in held] == ["standing_office", "officer"]
    first, second = actor_of(user, TODAY), actor_of(user, TODAY, grant_id=held[1].pk)
    assert first is not None
    assert second is not None
    assert (first.role, second.role) == ("standing_office", "officer")
    assert actor_of(user, TODAY, grant_id=10**6) == first
    user.is_active = False
    assert actor_of(user, TODAY) is None


def test_wrong_grants(land: World) -> None:
    user = made(create_user(actor=None, at=NOW, username="hoa", full_name="Hòa"))
    for given in (
        {"role": "king"},
        {"role": "officer", "valid_from": TODAY, "valid_to": TODAY},
    ):
        assert isinstance(
            grant_role(actor=None, at=NOW, user_id=user.pk, unit_id=land["health"].pk, **given),  # type: ignore[arg-type]
            Refusal,
        )


def test_the_table_of_rights_answers(land: World) -> None:
    assert sees("plans.Plan", land.office) is Reach.AREA
    assert changes("plans.Plan", land.office) is Reach.SUBTREE
    assert changes("plans.Plan", land.actor("police", "leader")) is Reach.NOTHING
    assert sees("plans.Plan", None) is Reach.NOTHING
    assert changes("tasks.DueItem", land.actor("health")) is Reach.OWN
