"""Parts, who gave them and who has them in hand, when units are reorganised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.audit.models import Entry
from pcmt.apps.tasks.models import GONE, LIVE, DueItem, DueState
from pcmt.apps.tasks.operations import hand_down, reopen, report_progress
from pcmt.apps.units.models import Unit, UnitFunction
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core import units as core
from tests.apps.units.reorganising import AFTERWARDS, SOON, key, merger, planned, police_merger
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def due(land: World) -> DueItem:
    """The list that Sở Y tế owes by 14 June."""
    adopted(land.office)
    return DueItem.objects.get(task__text__startswith="Lập danh sách")


def given_to(land: World, due: DueItem, *units: str, by: str = "health", **said: Any) -> list[DueItem]:
    """Parts of a due item, one for each of the units."""
    due.refresh_from_db()
    ids = [land[unit].pk for unit in units]
    words = {"label": "Rà soát ở xã", **said}
    made = hand_down(actor=land.actor(by), at=NOW, due_item_id=due.pk, version=due.version, unit_ids=ids, **words)
    assert isinstance(made, list), made
    return made


def merged(land: World) -> Unit:
    """Both communes and their police become one, and the day has come."""
    row = planned(land, merger(land), police_merger(land))
    carry_out_reorganisations(at=AFTERWARDS)
    row.refresh_from_db()
    return Unit.objects.get(pk=row.made["new:1"])


def fresh(*rows: DueItem) -> list[DueItem]:
    return [DueItem.objects.get(pk=row.pk) for row in rows]


def test_the_same_part_of_two_communes_is_owed_once(land: World, due: DueItem) -> None:
    one, two = given_to(land, due, "dong_hoa", "tay_hoa")
    (other,) = given_to(land, due, "tay_hoa", label="Họp dân")
    new = merged(land)
    one, two, other = fresh(one, two, other)
    standing = [row for row in (one, two) if row.state == DueState.OPEN]
    assert [row.unit for row in standing] == [new]
    assert {row.state for row in (one, two)} == {DueState.OPEN, DueState.ENDED}
    assert {unit.name for unit in standing[0].origins()} == {"Xã Đông Hòa", "Phường Tây Hòa"}
    # Another part of the same whole is another debt.
    assert (other.unit, other.state) == (new, DueState.OPEN)
    assert DueItem.objects.get(pk=due.pk).state == DueState.OPEN  # and none of them is the whole


def test_parts_of_one_that_ends_hang_on_the_one_that_stays(land: World, due: DueItem) -> None:
    """Both communes owe the monthly meeting; each handed it to a body of its own."""
    wholes = {
        name: DueItem.objects.filter(unit=land[name], kind="task", state="open", due_on__gt=SOON).order_by("due_on")[0]
        for name in ("dong_hoa", "tay_hoa")
    }
    given_to(land, wholes["dong_hoa"], "dong_hoa_clinic", by="dong_hoa", label="Mời dân")
    given_to(land, wholes["tay_hoa"], "tay_hoa_police", by="tay_hoa", label="Giữ trật tự")
    given_to(land, wholes["tay_hoa"], "tay_hoa", by="tay_hoa", label="Ghi biên bản")
    new = merged(land)
    one, two = fresh(*wholes.values())
    stays, gone = (one, two) if one.state == DueState.OPEN else (two, one)
    assert (stays.unit, gone.state, gone.merged_into) == (new, DueState.ENDED, stays)
    parts = {part.label: part for part in DueItem.objects.filter(parent=stays)}
    assert set(parts) == {"Mời dân", "Giữ trật tự", "Ghi biên bản"}
    assert {part.given_by for part in parts.values()} == {new}
    police = Unit.objects.get(name="Công an xã Đông Tây")
    assert parts["Giữ trật tự"].unit == police
    assert parts["Ghi biên bản"].unit == new
    assert parts["Mời dân"].unit == land["dong_hoa_clinic"]


def test_submitted_and_suspended_ones_follow_and_stay_apart(land: World, due: DueItem) -> None:
    one, two = given_to(land, due, "dong_hoa", "tay_hoa")
    DueItem.objects.filter(pk=one.pk).update(state="submitted", done_at=NOW, done_on=NOW.date())
    DueItem.objects.filter(pk=two.pk).update(state="suspended", suspended_on=NOW.date())
    new = merged(land)
    one, two = fresh(one, two)
    assert [(row.unit, row.state) for row in (one, two)] == [(new, "submitted"), (new, "suspended")]
    assert {one.origin_unit, two.origin_unit} == {land["dong_hoa"], land["tay_hoa"]}


def test_the_heir_of_the_giver_answers_for_its_parts(land: World, due: DueItem) -> None:
    (part,) = given_to(land, due, "dong_hoa")
    (below,) = given_to(land, part, "dong_hoa_clinic", by="dong_hoa")
    new = merged(land)
    part, below = fresh(part, below)
    assert (part.unit, part.given_by) == (new, land["health"])
    assert (below.unit, below.given_by) == (land["dong_hoa_clinic"], new)
    assert Entry.objects.filter(event="tasks.part.giver_followed").exists() or below.version == 2


def test_whoever_works_at_the_heir_keeps_it_in_hand(land: World, due: DueItem) -> None:
    officer = land.actor("dong_hoa")
    (part,) = given_to(land, due, "dong_hoa")
    DueItem.objects.filter(pk=part.pk).update(holder=officer.user_id)
    merged(land)
    (part,) = fresh(part)
    row = part if part.merged_into is None else part.merged_into
    assert row.holder_id == officer.user_id  # the role went along


def test_who_stays_behind_loses_it(land: World, due: DueItem) -> None:
    """A function goes to another body, with its work and with the part that the body had kept for itself."""
    officer = land.actor("health")
    UnitFunction.objects.create(unit=land["health"], function="substitution_treatment")
    (kept,) = given_to(land, due, "health", label="Soạn văn bản", holder_id=officer.user_id)
    (other,) = given_to(land, due, "dong_hoa")
    move = core.Transfer(SOON, "substitution_treatment", key(land, "health"), key(land, "police"))
    planned(land, move, due_item_ids=(due.pk,))
    assert carry_out_reorganisations(at=AFTERWARDS) == 1
    due, kept, other = fresh(due, kept, other)
    assert (due.unit, kept.unit, other.unit) == (land["police"], land["police"], land["dong_hoa"])
    assert (kept.given_by, other.given_by) == (land["police"], land["police"])
    assert (due.holder, kept.holder) == (None, None)


def test_a_part_opened_again_lands_on_the_heirs(land: World, due: DueItem) -> None:
    (part,) = given_to(land, due, "dong_hoa")
    (below,) = given_to(land, part, "dong_hoa", by="dong_hoa", label="Ghi sổ")
    officer = land.actor("dong_hoa")
    for row in (below, part):
        done = report_progress(actor=officer, at=NOW, due_item_id=row.pk, version=fresh(row)[0].version, done=True)
        assert isinstance(done, DueItem), done
    new = merged(land)
    part, below = fresh(part, below)
    assert (part.unit, below.given_by) == (land["dong_hoa"], land["dong_hoa"])  # what is done stays with who did it
    office = attrs.evolve(land.office, on=SOON)
    again = reopen(actor=office, at=AFTERWARDS, due_item_id=below.pk, version=below.version, reason="Thiếu")
    assert isinstance(again, DueItem)
    assert (again.unit, again.given_by_id) == (new, new.pk)


UNITS = ("dong_hoa", "tay_hoa", "dong_hoa_clinic", "dong_hoa_police", "tay_hoa_police", "health")
STATES: tuple[dict[str, Any], ...] = (
    {"state": "open"},
    {"state": "done", "done_at": NOW, "done_on": NOW.date()},
    {"state": "submitted", "done_at": NOW, "done_on": NOW.date()},
    {"state": "suspended", "suspended_on": NOW.date()},
    {"state": "cancelled"},
)
parts = st.tuples(st.sampled_from(UNITS), st.integers(0, 3), st.sampled_from(STATES), st.sampled_from("ab"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(parts, max_size=9))
def test_nothing_handed_down_is_lost_or_doubled(land: World, due: DueItem, rows: list[Any]) -> None:
    """Whatever was handed down, in whatever state, before communes and their police become one."""
    with transaction.atomic():
        wholes = [due, *DueItem.objects.filter(unit=land["dong_hoa"], kind="task", due_on__gt=SOON)[:1]]
        made = list(wholes)
        for unit, nth, state, label in rows:
            whole = made[nth % len(made)]
            part = DueItem.objects.get(pk=due.pk)
            part.pk, part.parent, part.given_by_id, part.unit = None, whole, whole.unit_id, land[unit]
            part.label = part.search_key = label
            part.task_id, part.original_due_on = whole.task_id, part.due_on
            for name, value in state.items():
                setattr(part, name, value)
            part.save(force_insert=True)
            if whole.parent_id is None:
                made.append(part)
        before = {row.pk: row for row in DueItem.objects.filter(parent__isnull=False)}
        live = {pk for pk, row in before.items() if row.state in LIVE}
        merged(land)
        after = DueItem.objects.in_bulk(list(before))
        ended = set(Unit.objects.filter(valid_to__lte=SOON).values_list("pk", flat=True))
        for pk, row in after.items():
            was = before[pk]
            if pk not in live:
                assert (row.state, row.unit_id, row.due_on) == (was.state, was.unit_id, was.due_on)
                continue
            if row.state in GONE:  # merged: into an open one with the same words, of the same whole or of its twin
                twin = row.merged_into
                assert twin is not None
                assert (was.state, twin.state, twin.label) == (DueState.OPEN, DueState.OPEN, row.label)
                assert twin.parent_id == row.parent_id
                row = twin
            else:
                assert row.state == was.state
            assert row.unit_id not in ended
            assert row.given_by_id not in ended
            assert row.parent is not None
            assert row.parent.merged_into_id is None or row.parent.state != DueState.ENDED
            assert row.original_due_on == was.original_due_on
        # What came to one body from two is owed once: the same words for the same whole.
        moved = [row for pk, row in after.items() if row.state == DueState.OPEN and row.unit_id != before[pk].unit_id]
        keys = [(before[row.pk].parent_id, row.unit_id, row.label) for row in moved]
        assert len(keys) == len(set(keys))
        transaction.set_rollback(True)


def test_the_limit_of_a_part_stays_what_it_was(land: World, due: DueItem) -> None:
    (one,) = given_to(land, due, "dong_hoa", due_on=NOW.date() + timedelta(days=20))
    new = merged(land)
    (one,) = fresh(one)
    assert (one.unit, one.due_on, one.original_due_on) == (new, one.original_due_on, NOW.date() + timedelta(days=20))
