"""Somebody moves: the file is the sender's until the receiver has it, and at one commune a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import Clock, CountMark, Spell, Stay, Subject, Transfer
from pcmt.apps.registers.operations.grounding import Ending
from pcmt.apps.registers.operations.handing_over import (
    accept_hand_over,
    hand_over,
    prove_hand_over,
    refuse_hand_over,
    withdraw_hand_over,
)
from pcmt.apps.registers.operations.spells import pause_spell, record_death, renew_spell, start_spell
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category
from tests.factories.lives import at_noon, begin, decided, file, keeper, signed
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db

ON = date(2026, 7, 10)
MOVED = date(2026, 9, 1)
TAKEN = date(2026, 9, 3)


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def actor(here: World) -> Actor:
    return keeper(here)


def send(actor: Actor, subject: Subject, here: World, **more: object) -> Transfer | Refusal:
    subject.refresh_from_db()
    values = {"to_unit_id": here["tay_hoa"].pk, "moved_on": MOVED, **more}
    return hand_over(
        actor=actor, at=at_noon(MOVED), code=subject.code, version=subject.version, paper=signed(MOVED), **values
    )  # type: ignore[arg-type]


def sent(actor: Actor, subject: Subject, here: World, **more: object) -> Transfer:
    found = send(actor, subject, here, **more)
    assert isinstance(found, Transfer), found
    return found


def test_the_sender_holds_the_file_until_the_receiver_has_it(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    transfer = sent(actor, subject, here)
    assert transfer.due_at == at_noon(MOVED) + timedelta(hours=24)
    assert Clock.objects.get(subject=subject, kind="transfer").due_at == transfer.due_at
    subject.refresh_from_db()
    assert subject.unit == here["dong_hoa"]
    receiver = keeper(here, "tay_hoa_police", on=TAKEN)
    assert not Subject.objects.visible_to(receiver).exists()
    CountMark.objects.all().delete()
    done = accept_hand_over(actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    assert isinstance(done, Transfer), done
    subject.refresh_from_db()
    assert subject.unit == here["tay_hoa"]
    stays = Stay.objects.filter(subject=subject).order_by("from_on").values_list("unit", "from_on", "to_on", "why")
    assert list(stays) == [
        (here["dong_hoa"].pk, ON, TAKEN, "opened"),
        (here["tay_hoa"].pk, TAKEN, None, "moved"),
    ]
    assert not Clock.objects.filter(subject=subject).running().exclude(unit=here["tay_hoa"]).exists()
    assert Clock.objects.get(subject=subject, kind="transfer").state == "done"
    assert {mark.unit_id for mark in CountMark.objects.all()} == {here["dong_hoa"].pk, here["tay_hoa"].pk}
    assert not Subject.objects.visible_to(actor).exists()
    again = accept_hand_over(actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    assert again == done
    assert Stay.objects.count() == 2


def test_what_was_left_runs_from_the_new_communes_decision_once(here: World, actor: Actor) -> None:
    """Decree 163/2026/NĐ-CP, articles 60.1, 62.2."""
    subject = file(here, actor)
    spell = begin(subject)
    day = date(2026, 9, 20)
    receiver = keeper(here, "tay_hoa_police", on=day)
    rest = Ending(ground="user.moved_remainder", on=day, paper=signed(day, number="44"))
    early = renew_spell(actor=actor, at=at_noon(day), spell_id=spell.pk, version=spell.version, renew=rest)
    assert isinstance(early, Refusal)
    assert early.code == "not_moved"
    transfer = sent(actor, subject, here)
    accept_hand_over(actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    done = renew_spell(actor=receiver, at=at_noon(day), spell_id=spell.pk, version=spell.version, renew=rest)
    assert isinstance(done, Spell), done
    left = (date(2027, 7, 9) - MOVED).days
    assert done.ends_on == day + timedelta(days=left - 1)
    later = Ending(ground="user.moved_remainder", on=day + timedelta(days=1), paper=signed(day, number="45"))
    twice = renew_spell(
        actor=receiver, at=at_noon(day + timedelta(days=1)), spell_id=spell.pk, version=done.version, renew=later
    )
    assert isinstance(twice, Refusal)
    assert twice.code == "not_moved"


def test_a_returned_file_stays_where_it_was_with_a_reason(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    transfer = sent(actor, subject, here)
    receiver = keeper(here, "tay_hoa_police", on=TAKEN)
    wrong = refuse_hand_over(
        actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version, reason="ông A không ở đây"
    )
    assert isinstance(wrong, Refusal)
    assert wrong.field == "reason"
    done = refuse_hand_over(
        actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version, reason="not_here"
    )
    assert isinstance(done, Transfer)
    assert done.state == "refused"
    assert not Clock.objects.filter(subject=subject, kind="transfer").running().exists()
    assert Subject.objects.visible_to(actor).get() == subject
    assert isinstance(sent(actor, subject, here), Transfer)


def test_only_the_right_side_answers_and_only_once(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    transfer = sent(actor, subject, here)
    with pytest.raises(PermissionDenied):
        accept_hand_over(actor=actor, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    receiver = keeper(here, "tay_hoa_police", on=TAKEN)
    with pytest.raises(PermissionDenied):
        withdraw_hand_over(actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    stranger = keeper(here, "binh_giang_police", on=TAKEN)
    gone = accept_hand_over(actor=stranger, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    assert isinstance(gone, Refusal)
    assert gone.code == "gone"
    back = withdraw_hand_over(actor=actor, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    assert isinstance(back, Transfer)
    late = accept_hand_over(actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=1)
    assert isinstance(late, Refusal)
    assert late.code == "stale"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to_unit_id": None}, "to"),
        ({"to_name": "Xã khác"}, "to"),
        ({"moved_on": MOVED + timedelta(days=1)}, "moved_on"),
        ({"moved_on": ON - timedelta(days=1)}, "moved_on"),
    ],
)
def test_a_move_that_cannot_be_is_refused(here: World, actor: Actor, more: dict[str, object], code: str) -> None:
    subject = file(here, actor)
    answer = send(actor, subject, here, **more)
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert not Transfer.objects.exists()
    same = send(actor, subject, here, to_unit_id=here["dong_hoa"].pk)
    assert isinstance(same, Refusal)
    assert same.code == "to"


def test_to_a_commune_outside_the_program_a_proof_ends_the_duty(here: World, actor: Actor) -> None:
    """Domain rule 13: closed only when accepted or with proof of notice."""
    subject = file(here, actor)
    transfer = sent(actor, subject, here, to_unit_id=None, to_name="Xã Bản Xa, Tỉnh Khác")
    bare = prove_hand_over(
        actor=actor, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version, proof=signed(None)
    )
    assert isinstance(bare, Refusal)
    assert bare.field == "signed_on"
    done = prove_hand_over(
        actor=actor, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version,
        proof=signed(TAKEN, number="5/CV"),
    )  # fmt: skip
    assert isinstance(done, Transfer), done
    spell = subject.spells.get()
    assert (spell.state, spell.end_ground, spell.ended_on) == ("ended", "user.moved", MOVED)
    assert not Stay.objects.filter(subject=subject, to_on__isnull=True).exists()
    assert not Clock.objects.filter(subject=subject).running().exists()
    back = date(2026, 12, 1)
    again = start_spell(
        actor=actor, at=at_noon(back), code=subject.code,
        start=decided(Category.ILLEGAL_USER, back, paper=signed(back, number="90")),
    )  # fmt: skip
    assert isinstance(again, Spell), again
    assert Stay.objects.get(subject=subject, to_on__isnull=True).from_on == back


def test_a_file_is_not_handed_over_twice_and_death_takes_it_back(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    transfer = sent(actor, subject, here)
    assert sent(actor, subject, here) == transfer
    other = send(actor, subject, here, to_unit_id=None, to_name="Xã khác")
    assert isinstance(other, Refusal)
    assert other.code == "waiting"
    subject.refresh_from_db()
    record_death(
        actor=actor, at=at_noon(TAKEN), code=subject.code, version=subject.version, on=TAKEN, paper=signed(TAKEN)
    )
    transfer.refresh_from_db()
    assert transfer.state == "withdrawn"


def test_after_it_went_the_sender_writes_nothing_more(here: World, actor: Actor) -> None:
    subject = file(here, actor)
    spell = begin(subject)
    transfer = sent(actor, subject, here)
    receiver = keeper(here, "tay_hoa_police", on=TAKEN)
    accept_hand_over(actor=receiver, at=at_noon(TAKEN), transfer_id=transfer.pk, version=transfer.version)
    pause = Ending(ground="user.detained", on=TAKEN, paper=signed(TAKEN))
    answer = pause_spell(actor=actor, at=at_noon(TAKEN), spell_id=spell.pk, version=spell.version, pause=pause)
    assert isinstance(answer, Refusal)
    assert answer.code == "gone"
