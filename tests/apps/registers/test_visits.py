"""Visits and the one door to who somebody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.models import Identity, Reading, Subject, Visit
from pcmt.apps.registers.operations.reading import open_identities, open_identity
from pcmt.apps.registers.operations.visits import begin_visit, end_visit
from pcmt.apps.registers.queries.visits import visit_now
from pcmt.core.diagnostics import Refusal
from tests.factories.registers import BLOCK, subject
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db


def keeper(land: World, unit: str = "dong_hoa_police"):  # type: ignore[no-untyped-def]
    return land.actor(unit, "register_keeper")


def visit(actor, purpose: str = "due") -> Visit:  # type: ignore[no-untyped-def]
    made = begin_visit(actor=actor, at=NOW, purpose=purpose)
    assert isinstance(made, Visit)
    return made


def test_opening_is_counted_and_logged_by_code(land: World) -> None:
    actor, person = keeper(land), subject(land["dong_hoa"])
    mine = visit(actor)
    for _twice in range(2):
        assert open_identity(actor=actor, at=NOW, visit=mine, subject=person) == BLOCK
    row = Reading.objects.get()
    assert (row.times, row.opened, row.listed) == (2, True, False)
    mine.refresh_from_db()
    assert mine.readings == 2
    entry = Entry.objects.filter(event="registers.identity.read").latest("pk")
    assert (entry.object_label, entry.reason) == (person.code, "Thực hiện việc đến hạn")


def test_a_list_is_one_entry_and_a_row_for_each_file(land: World) -> None:
    actor = keeper(land)
    people = [subject(land["dong_hoa"]) for _each in range(3)]
    found = open_identities(actor=actor, at=NOW, visit=visit(actor), subjects=people, what="list")
    assert isinstance(found, dict)
    assert set(found) == {each.pk for each in people}
    entry = Entry.objects.get(event="registers.list.read")
    assert entry.after == {"what": "list", "count": 3}
    assert Reading.objects.filter(listed=True).count() == 3


@pytest.mark.parametrize("wrong", ["none", "late", "closed", "another's", "another role"])
def test_without_an_open_visit_of_ones_own_nothing_opens(land: World, wrong: str) -> None:
    actor, person = keeper(land), subject(land["dong_hoa"])
    mine: Visit | None = visit(actor)
    at = NOW
    if wrong == "none":
        mine = None
    elif wrong == "late":
        at = NOW + timedelta(minutes=30)
    elif wrong == "closed":
        assert end_visit(actor=actor, at=NOW)
    elif wrong == "another's":
        mine = visit(keeper(land, "police"))
    else:
        mine = Visit.objects.create(
            user_id=actor.user_id, unit_id=actor.unit_id, role="officer", purpose="due", opened_at=NOW,
            until=NOW + timedelta(hours=1),
        )  # fmt: skip
    answer = open_identity(actor=actor, at=at, visit=mine, subject=person)
    assert isinstance(answer, Refusal)
    assert answer.code == "visit"
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("unit", "role"),
    [("dong_hoa_clinic", "health_officer"), ("tay_hoa_police", "register_keeper"), ("police", "standing_office")],
)
def test_who_may_not_know_is_told_nothing(land: World, unit: str, role: str) -> None:
    actor, person = land.actor(unit, role), subject(land["dong_hoa"])
    mine = visit(actor)
    with pytest.raises(PermissionDenied):
        open_identity(actor=actor, at=NOW, visit=mine, subject=person)
    with pytest.raises(PermissionDenied):
        open_identities(actor=actor, at=NOW, visit=mine, subjects=[person], what="list")


def test_one_file_of_elsewhere_in_a_list_stops_the_list(land: World) -> None:
    actor = keeper(land)
    with pytest.raises(PermissionDenied):
        open_identities(
            actor=actor, at=NOW, visit=visit(actor),
            subjects=[subject(land["dong_hoa"]), subject(land["tay_hoa"])], what="list",
        )  # fmt: skip
    assert not Reading.objects.exists()


def test_a_restricted_file_opens_for_the_persons_own_request_only(land: World) -> None:
    actor, person = keeper(land), subject(land["dong_hoa"])
    Subject.objects.filter(pk=person.pk).update(restricted=True)
    person.refresh_from_db()
    answer = open_identity(actor=actor, at=NOW, visit=visit(actor), subject=person)
    assert isinstance(answer, Refusal)
    assert answer.code == "restricted"
    assert open_identities(actor=actor, at=NOW, visit=visit(actor), subjects=[person], what="list") == {}
    assert open_identity(actor=actor, at=NOW, visit=visit(actor, "request"), subject=person) == BLOCK


def test_a_changed_row_and_swapped_rows_do_not_open(land: World) -> None:
    actor, one, two = keeper(land), subject(land["dong_hoa"]), subject(land["dong_hoa"])
    mine = visit(actor)
    first, second = Identity.objects.get(subject=one), Identity.objects.get(subject=two)
    Identity.objects.filter(pk=first.pk).update(sealed=second.sealed)
    Identity.objects.filter(pk=second.pk).update(sealed=bytes(second.sealed)[:-1] + b"\x00")
    for each in (one, two):
        answer = open_identity(actor=actor, at=NOW, visit=mine, subject=each)
        assert isinstance(answer, Refusal)
        assert answer.code == "unsealable"


def test_a_visit_ends_the_one_before(land: World) -> None:
    actor = keeper(land)
    first, second = visit(actor), visit(actor, "paper")
    first.refresh_from_db()
    assert first.closed_at == NOW
    assert visit_now(actor, NOW) == second
    assert visit_now(actor, NOW + timedelta(minutes=30)) is None


def test_words_never_hold_a_number_and_officers_have_no_visits(land: World) -> None:
    answer = begin_visit(actor=keeper(land), at=NOW, purpose="due", words="xem 091 090 000 017")
    assert isinstance(answer, Refusal)
    assert answer.field == "words"
    with pytest.raises(PermissionDenied):
        begin_visit(actor=land.actor("dong_hoa"), at=NOW, purpose="due")
