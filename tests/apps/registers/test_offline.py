"""Entries made without a connection: each once, each for itself; what cannot simply be kept waits for a person."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry as Logged
from pcmt.apps.registers.models import (
    Device,
    DrugTest,
    OfflineConflict,
    PauseKind,
    ResidenceCheck,
    Spell,
    SpellState,
    Subject,
)
from pcmt.apps.registers.operations.offline import (
    Entry,
    add_device,
    decide_conflict,
    devices_left,
    entry_of,
    mark_of,
    take_entries,
)
from pcmt.apps.registers.queries.offline import conflicts_waiting, people_along
from pcmt.core.diagnostics import Refusal
from tests.apps.registers.test_clocks import managed, plan
from tests.factories.registers import paper, spell, subject
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.django_db


def keeper(land: World, unit: str = "dong_hoa_police") -> Actor:
    return land.actor(unit, "register_keeper")


def person(land: World, unit: str = "dong_hoa") -> tuple[Subject, Spell]:
    found = subject(land[unit])
    return found, spell(found, on=date(2026, 1, 5), until=date(2027, 1, 4))


def entry(of: Subject, *, result: str = "negative", key: UUID | None = None, on: date = TODAY, **more: object) -> Entry:
    told: dict[str, object] = {"kind": "test", "seen": mark_of(list(of.spells.all())), **more}
    return Entry(key=key or uuid4(), code=of.code, on=on, result=result, **told)  # type: ignore[arg-type]


def states(land: World, *entries: Entry, unit: str = "dong_hoa_police") -> list[str]:
    return [each.state for each in take_entries(actor=keeper(land, unit), at=NOW, entries=entries)]


def test_what_is_sent_twice_and_out_of_order_is_kept_once(land: World) -> None:
    one, _spell = person(land)
    other, _spell = person(land)
    first, second = entry(one), entry(other, result="positive", substances=("heroin",))
    check = Entry(key=uuid4(), kind="residence", code=one.code, on=TODAY, result="present")
    assert states(land, second, first, check) == ["saved"] * 3
    assert states(land, check, first, second, first) == ["already"] * 4
    assert (DrugTest.objects.count(), ResidenceCheck.objects.count()) == (2, 1)


def test_a_bad_entry_holds_up_no_other(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _spell = person(land)
    unknown = Entry(key=uuid4(), kind="test", code="HS-2222-2222", on=TODAY, result="negative")
    later = entry(one, on=TODAY + timedelta(days=3))
    assert states(land, unknown, later, entry(one)) == ["refused", "refused", "saved"]
    monkeypatch.setattr("pcmt.apps.registers.operations.offline.record_residence", lambda **_told: 1 / 0)
    broken = Entry(key=uuid4(), kind="residence", code=one.code, on=TODAY, result="present")
    assert states(land, broken, entry(one, on=TODAY - timedelta(days=2))) == ["refused", "saved"]


def test_two_devices_that_tell_of_the_same_day_are_laid_before_a_person(land: World) -> None:
    one, _spell = person(land)
    assert states(land, entry(one), entry(one, result="positive")) == ["saved", "conflict"]
    row = conflicts_waiting(keeper(land)).get()
    assert (row.reason, entry_of(row).result) == ("same_day", "positive")
    kept = decide_conflict(actor=keeper(land), at=NOW, conflict_id=row.pk, version=row.version, keep=True)
    assert isinstance(kept, OfflineConflict)
    assert list(DrugTest.objects.order_by("pk").values_list("result", flat=True)) == ["negative", "positive"]
    assert bytes(OfflineConflict.objects.get().sealed) == b""
    again = decide_conflict(actor=keeper(land), at=NOW, conflict_id=row.pk, version=row.version, keep=False)
    assert isinstance(again, Refusal)
    assert again.code == "stale"


def test_a_dropped_entry_leaves_nothing_but_that_it_was_dropped(land: World) -> None:
    one, _spell = person(land)
    states(land, entry(one), entry(one, result="positive"))
    row = conflicts_waiting(keeper(land)).get()
    decide_conflict(actor=keeper(land), at=NOW, conflict_id=row.pk, version=row.version, keep=False)
    assert DrugTest.objects.count() == 1
    assert Logged.objects.filter(event="registers.conflict.decided", object_id=str(row.pk)).exists()
    assert states(land, Entry.of({**entry(one).data(), "key": str(row.key)})) == ["already"]


def test_a_file_that_moved_meanwhile_is_looked_at_where_it_is(land: World) -> None:
    one, _spell = person(land)
    told = entry(one)
    Subject.objects.filter(pk=one.pk).update(unit=land["tay_hoa"])
    assert states(land, told) == ["conflict"]
    assert not conflicts_waiting(keeper(land)).exists()
    row = conflicts_waiting(keeper(land, "tay_hoa_police")).get()
    assert row.reason == "moved"
    refused = decide_conflict(actor=keeper(land), at=NOW, conflict_id=row.pk, version=row.version, keep=True)
    assert isinstance(refused, Refusal)


def test_what_was_entered_of_a_merged_file_belongs_to_the_one_that_goes_on(land: World) -> None:
    one, _spell = person(land)
    other, _spell = person(land)
    told = entry(one)
    Subject.objects.filter(pk=one.pk).update(merged_into=other)
    assert states(land, told) == ["saved"]
    assert DrugTest.objects.get().subject == other


@pytest.mark.parametrize("change", ["ended", "suspended"])
def test_a_status_that_changed_meanwhile_is_looked_at(land: World, change: str) -> None:
    one, running = person(land)
    told = entry(one)
    if change == "ended":
        running.state, running.ended_on, running.end_ground = SpellState.ENDED, TODAY, "user.died"
        running.end_paper = paper(one, on=TODAY)
    else:
        running.state = SpellState.SUSPENDED
        running.pauses.create(kind=PauseKind.DETENTION, from_on=TODAY, ground="user.detained", made_at=NOW)
    running.save()
    assert states(land, told) == ["conflict"]


def test_an_entry_that_lay_on_a_device_for_long_is_looked_at(land: World) -> None:
    one, _spell = person(land)
    assert states(land, entry(one, on=TODAY - timedelta(days=32))) == ["conflict"]


def test_nothing_of_a_waiting_entry_can_be_read_without_the_key(land: World) -> None:
    one, _spell = person(land)
    states(land, entry(one), entry(one, result="positive", substances=("heroin",)))
    kept = OfflineConflict.objects.values().get()
    assert "heroin" not in str(kept)
    assert "positive" not in str(kept)


def test_the_list_is_of_those_about_whom_something_can_be_done(land: World) -> None:
    plan(land)
    due = managed(land, on=TODAY - timedelta(days=30))
    fresh = managed(land, on=TODAY)
    restricted = managed(land, on=TODAY - timedelta(days=30))
    Subject.objects.filter(pk=restricted.subject_id).update(restricted=True)
    found = [each.subject.pk for each in people_along(keeper(land), TODAY)]
    assert due.subject_id in found
    assert restricted.subject_id not in found
    assert found.index(due.subject_id) == 0
    assert people_along(keeper(land, "tay_hoa_police"), TODAY) == []
    assert fresh.subject_id not in found[:1]


def test_a_device_is_over_with_the_day_and_with_signing_out(land: World) -> None:
    made = add_device(actor=keeper(land), at=NOW)
    assert made.until.isoformat() == "2026-03-03T00:00:00+07:00"
    assert devices_left(user_id=made.user_id, at=NOW) == 1
    assert devices_left(user_id=made.user_id, at=NOW) == 0
    assert Device.objects.get().wiped_at == NOW


def test_what_a_device_sends_is_read_back_whole() -> None:
    told = Entry(uuid4(), "test", "HS-2345-6789", date(2028, 2, 29), "positive", "blood", ("heroin", "meth"), "7a")
    assert Entry.of(told.data()) == told
