"""What hangs on units follows them: roles, plans, targets, tasks, reports, groups."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from pcmt.apps.accounts.models import Grant, GrantKind
from pcmt.apps.accounts.operations import delegate_grant, grant_role
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan, PlanUnit
from pcmt.apps.reports.models import DutyOccurrence, DutyReporter
from pcmt.apps.targets.models import Allocation
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, NoteEvent, ProgressNote, TaskParty, TaskState
from pcmt.apps.tasks.operations import reopen, report_progress
from pcmt.apps.tasks.queries import OweFilter, who_owes
from pcmt.apps.units.followers import followers
from pcmt.apps.units.models import GroupMember, Reorganisation, Unit, UnitFunction
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.apps.units.queries import history, members, preview
from pcmt.core import units as core
from tests.apps.units.reorganising import AFTERWARDS, SOON, draft, key, merger, planned, police_merger
from tests.factories.plans import TEXT, adopted
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def plan(land: World, reader: None) -> Plan:
    return adopted(land.office).plan


def merged(land: World, on: date = SOON) -> Unit:
    """Both communes and their police become one, and the day has come."""
    row = planned(land, merger(land, on), police_merger(land, on), on=on)
    carry_out_reorganisations(at=AFTERWARDS)
    row.refresh_from_db()
    assert row.carried_out_at
    return Unit.objects.get(pk=row.made["new:1"])


def open_dues(unit: Unit) -> list[DueItem]:
    return list(DueItem.objects.filter(unit=unit, state=DueState.OPEN).order_by("kind", "due_on", "pk"))


def owners_stand(on: date) -> None:
    """Every open due item of a unit has an owner who stands."""
    owners = Unit.objects.filter(due_items__state=DueState.OPEN).distinct()
    assert [unit.name for unit in owners if unit.valid_to and unit.valid_to <= on] == []


def test_what_both_owed_is_owed_once_with_both_origins(land: World, plan: Plan) -> None:
    before = [(due.label, due.due_on, due.kind) for due in open_dues(land["dong_hoa"])]
    assert before == [(due.label, due.due_on, due.kind) for due in open_dues(land["tay_hoa"])]
    assert {kind for _label, _on, kind in before} == {"task", "report"}
    new = merged(land)
    now = open_dues(new)
    assert [(due.label, due.due_on, due.kind) for due in now] == before
    names = {"Xã Đông Hòa", "Phường Tây Hòa"}
    assert all({unit.name for unit in due.origins()} == names for due in now)
    assert open_dues(land["dong_hoa"]) == open_dues(land["tay_hoa"]) == []
    owners_stand(SOON)
    ended = DueItem.objects.filter(merged_into__isnull=False)
    assert {due.merged_into_id for due in ended} == {due.pk for due in now}
    note = ProgressNote.objects.filter(due_item=now[0], event=NoteEvent.MOVED)[0]
    assert note.note.startswith("Xã Đông Tây tiếp nhận ")
    assert note.note.endswith(": Sắp xếp thử.")
    assert Entry.objects.filter(event="tasks.due.moved").count() == len(now)
    assert Entry.objects.filter(event="tasks.due.merged").count() == len(now)
    # Handed in once for the period, by whoever is there now.
    assert DutyOccurrence.objects.filter(unit=new, due_item__state=DueState.OPEN).count() == sum(
        due.kind == DueKind.REPORT for due in now
    )


def test_what_is_done_stays_and_what_is_late_stays_late(land: World, plan: Plan) -> None:
    done, other = (next(d for d in open_dues(land[name]) if d.kind == DueKind.TASK) for name in ("dong_hoa", "tay_hoa"))
    actor = land.actor("dong_hoa")
    assert isinstance(report_progress(actor=actor, at=NOW, due_item_id=done.pk, version=1, done=True), DueItem)
    new = merged(land)
    done.refresh_from_db()
    other.refresh_from_db()
    assert (done.unit, done.state) == (land["dong_hoa"], DueState.DONE)
    assert (other.unit, other.state, other.origin_unit) == (new, DueState.OPEN, land["tay_hoa"])
    assert other.due_on == other.original_due_on == done.original_due_on
    assert other.is_late(SOON)


def test_two_that_become_one_have_the_earlier_limit_and_the_smaller_progress(land: World, plan: Plan) -> None:
    one, other = (next(d for d in open_dues(land[name]) if d.kind == DueKind.TASK) for name in ("dong_hoa", "tay_hoa"))
    for due, days, percent in ((one, 5, 60), (other, 40, 30)):
        DueItem.objects.filter(pk=due.pk).update(due_on=due.due_on + timedelta(days=days), percent=percent)
    new = merged(land)
    now = DueItem.objects.get(unit=new, task=one.task, original_due_on=one.original_due_on, state=DueState.OPEN)
    assert one.due_on is not None
    assert (now.due_on, now.percent) == (one.due_on + timedelta(days=5), 30)


def test_the_heir_may_have_done_its_own_already(land: World, plan: Plan) -> None:
    """One commune takes the other in. It has reported its part done: what the other owed is still owed, beside it."""
    own, other = (next(d for d in open_dues(land[name]) if d.kind == DueKind.TASK) for name in ("dong_hoa", "tay_hoa"))
    actor = land.actor("dong_hoa")
    assert isinstance(report_progress(actor=actor, at=NOW, due_item_id=own.pk, version=1, done=True), DueItem)
    report = next(d for d in open_dues(land["dong_hoa"]) if d.kind == DueKind.REPORT)
    assert isinstance(report_progress(actor=actor, at=NOW, due_item_id=report.pk, version=1, done=True), DueItem)
    planned(land, core.Merger(SOON, (key(land, "tay_hoa"),), key(land, "dong_hoa")))
    assert carry_out_reorganisations(at=AFTERWARDS) == 1
    other.refresh_from_db()
    own.refresh_from_db()
    assert (own.state, other.state) == (DueState.DONE, DueState.OPEN)
    assert (other.unit, other.origin_unit, other.original_due_on) == (own.unit, land["tay_hoa"], own.original_due_on)
    owed = DueItem.objects.filter(
        unit=own.unit, kind=DueKind.REPORT, original_due_on=report.original_due_on, state=DueState.OPEN
    )
    assert [due.origin_unit for due in owed] == [land["tay_hoa"]]
    owners_stand(SOON)


def test_a_task_opened_again_lands_on_the_heir(land: World, plan: Plan) -> None:
    due = next(d for d in open_dues(land["dong_hoa"]) if d.kind == DueKind.REPORT)
    actor = land.actor("dong_hoa")
    assert isinstance(report_progress(actor=actor, at=NOW, due_item_id=due.pk, version=1, done=True), DueItem)
    new = merged(land)
    office = attrs.evolve(land.office, on=SOON)
    again = reopen(actor=office, at=AFTERWARDS, due_item_id=due.pk, version=2, reason="Số liệu sai")
    assert isinstance(again, DueItem)
    assert (again.unit_id, again.origin_unit) == (new.pk, land["dong_hoa"])
    assert DutyOccurrence.objects.get(due_item=due).unit_id == new.pk
    owners_stand(SOON)


def test_parties_reporters_allocations_and_groups_follow(land: World, plan: Plan) -> None:
    group = GroupMember.objects.filter(unit=land["dong_hoa"])[0].group_id
    new = merged(land)
    police = Unit.objects.get(name="Công an xã Đông Tây")
    assert set(members([group], TODAY)[group]) == {land["tay_hoa"].pk, land["dong_hoa"].pk}
    assert members([group], SOON) == {group: [new.pk]}
    allocations = Allocation.objects.order_by("order")
    assert [(each.unit, each.origin_unit, each.name) for each in allocations] == [
        (police, land["dong_hoa_police"], "Công an xã Đông Hòa"),
        (police, land["tay_hoa_police"], "Công an phường Tây Hòa"),
    ]
    assert not TaskParty.objects.filter(unit__valid_to__isnull=False, task__state=TaskState.OPEN).exists()
    assert not DutyReporter.objects.filter(unit__valid_to__isnull=False).exists()


def test_people_of_the_heir_see_the_plan_and_the_issuer_stays(land: World, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(issuer=land["dong_hoa"], owner=land["dong_hoa_police"])
    land.actor("dong_hoa_clinic", name="lien")
    new = merged(land)
    plan.refresh_from_db()
    assert (plan.issuer, plan.issuer_heir, plan.owner.name) == (land["dong_hoa"], new, "Công an xã Đông Tây")
    assert PlanUnit.objects.filter(plan=plan, unit=new).exists()
    clinic = attrs.evolve(land.actor("dong_hoa_clinic", name="lien"), on=SOON)
    assert Plan.objects.visible_to(clinic).filter(pk=plan.pk).exists()
    rows = who_owes(attrs.evolve(land.office, on=SOON), OweFilter(unit_id=new.pk), on=SOON)
    assert rows.total > 0
    assert Entry.objects.filter(event="plans.plan.followed", object_id=str(plan.pk)).count() == 1


def test_roles_go_on_at_the_heir_and_never_twice(land: World) -> None:
    lan = land.actor("dong_hoa_police", "standing_office", "an")
    grant_role(actor=None, at=NOW, user_id=lan.user_id, role="standing_office", unit_id=land["tay_hoa_police"].pk)
    grant_role(
        actor=None,
        at=NOW,
        user_id=lan.user_id,
        role="officer",
        unit_id=land["dong_hoa_police"].pk,
        valid_from=date(2026, 9, 1),
    )
    merged(land)
    police = Unit.objects.get(name="Công an xã Đông Tây")
    held = Grant.objects.filter(user_id=lan.user_id, unit=police).order_by("valid_from")
    assert [(each.role, each.valid_from, each.valid_to) for each in held] == [
        ("standing_office", SOON, None),
        ("officer", date(2026, 9, 1), None),
    ]
    assert held[0].moved_from is not None
    assert held[0].moved_from.valid_to == SOON
    old = Grant.objects.filter(user_id=lan.user_id).exclude(unit=police)
    assert {each.valid_to for each in old.standing()} == {SOON}
    assert old.filter(valid_from=date(2026, 9, 1), withdrawn_at=AFTERWARDS).exists()
    assert held[1].moved_from is not None
    actor = actor_of(held[0].user, SOON)
    assert actor is not None
    assert actor.unit_id == police.pk
    assert Entry.objects.filter(event="accounts.grant.moved").exists()


def test_delegations_go_with_what_they_come_from(land: World) -> None:
    """One at the unit that ends, and one below it at a body that stays."""
    leader = land.actor("dong_hoa", "leader", "ha")
    source = Grant.objects.get(user_id=leader.user_id)
    deputy = land.actor("finance", "officer", "tam")
    given = [
        delegate_grant(
            actor=None,
            at=NOW,
            grant_id=source.pk,
            user_id=deputy.user_id,
            unit_id=land[unit].pk,
            valid_to=date(2026, 12, 1),
            ground="Giấy ủy quyền số 1",
            valid_from=TODAY,
        )
        for unit in ("dong_hoa", "dong_hoa_clinic")
    ]
    assert all(isinstance(each, Grant) for each in given), given
    new = merged(land)
    now = Grant.objects.as_of(SOON)
    (going_on,) = now.filter(user_id=leader.user_id)
    assert (going_on.unit, going_on.moved_from) == (new, source)
    delegated = now.filter(user_id=deputy.user_id, kind=GrantKind.DELEGATION).order_by("unit_id")
    assert [(each.unit, each.delegated_from, each.valid_to) for each in delegated] == [
        (land["dong_hoa_clinic"], going_on, date(2026, 12, 1)),
        (new, going_on, date(2026, 12, 1)),
    ]


def test_a_function_takes_the_chosen_work_along(land: World, plan: Plan) -> None:
    UnitFunction.objects.create(unit=land["health"], function="substitution_treatment")
    task = next(d for d in open_dues(land["health"]) if d.kind == DueKind.TASK)
    report = next(d for d in open_dues(land["health"]) if d.kind == DueKind.REPORT)
    move = core.Transfer(SOON, "substitution_treatment", key(land, "health"), key(land, "police"))
    shown = preview(actor=land.office, draft=draft(move), at=NOW)
    (offered,) = shown.proposals
    assert {task.pk, report.pk} <= {each.due_item_id for each in offered.proposals}
    stays = len(open_dues(land["health"])) - 2
    planned(land, move, due_item_ids=(task.pk, report.pk))
    assert history().functions(key(land, "police"), SOON) == ["substitution_treatment"]
    assert history().functions(key(land, "health"), SOON) == []
    assert carry_out_reorganisations(at=AFTERWARDS) == 1
    for due in (task, report):
        due.refresh_from_db()
        assert (due.unit, due.origin_unit, due.state) == (land["police"], land["health"], DueState.OPEN)
    assert len(open_dues(land["health"])) == stays
    # The text goes on naming the body that gave it away: an amendment leaves the work where it is.
    adopted(attrs.evolve(land.office, on=SOON), TEXT + "\nSửa đổi.\n", plan_id=plan.pk, at=AFTERWARDS)
    for due in (task, report):
        due.refresh_from_db()
        assert (due.unit, due.state) == (land["police"], DueState.OPEN)
    assert len(open_dues(land["health"])) == stays


def test_the_preview_tells_all_rooms_and_changes_nothing(land: World, plan: Plan) -> None:
    land.actor("dong_hoa", "leader")
    shown = preview(actor=land.office, draft=draft(merger(land), police_merger(land)), at=NOW)
    assert shown.problems == ()
    assert [room.label for room in shown.rooms] == [
        "Nhóm đơn vị",
        "Vai trò",
        "Kế hoạch",
        "Chỉ tiêu",
        "Nhiệm vụ",
        "Báo cáo",
    ]
    merging = [each.words for room in shown.rooms for each in room.consequences if "gộp" in each.words]
    assert len(merging) == 2
    assert DueItem.objects.filter(merged_into__isnull=False).count() == 0


def test_followers_stand_in_floor_order() -> None:
    rooms = ["units.groups", "accounts", "facts", "plans", "targets", "tasks"]
    rooms += ["registers", "places", "tips", "projects", "reports"]
    assert [each.key for each in followers()] == rooms


def test_it_follows_once(land: World, plan: Plan) -> None:
    merged(land)
    entries = Entry.objects.count()
    assert carry_out_reorganisations(at=datetime(2026, 7, 2, tzinfo=UTC)) == 0
    assert Entry.objects.count() == entries
    assert Reorganisation.objects.get().followed


def test_an_amendment_after_the_day_finds_the_heirs_work_again(land: World, plan: Plan) -> None:
    """The text still names what has ended: nothing is owed twice, and nothing lands on a body of the past."""
    new = merged(land)
    before = {(due.pk, due.state) for due in DueItem.objects.filter(unit=new)}
    office = attrs.evolve(land.office, on=SOON)
    adopted(office, TEXT + "\nSửa đổi.\n", plan_id=plan.pk, at=AFTERWARDS)
    owners_stand(SOON)
    after = {(due.pk, due.state) for due in DueItem.objects.filter(unit=new)}
    assert before == after
