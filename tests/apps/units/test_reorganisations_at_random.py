"""Random reorganisations in the database, compared with the core replaying their events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from attrs import evolve
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pcmt.apps.accounts.models import Grant, User
from pcmt.apps.plans.models import Item, Plan, Revision
from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Task
from pcmt.apps.units.drafts import Draft, event_from_json
from pcmt.apps.units.models import Reorganisation, Unit, UnitClosure, UnitLink, holds_on
from pcmt.apps.units.operations import (
    NewUnit,
    cancel_reorganisation,
    carry_out_reorganisations,
    create_units,
    plan_reorganisation,
)
from pcmt.apps.units.patches import joined
from pcmt.apps.units.queries import history
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal
from tests.apps.units.reorganising import dump_without_ids
from tests.core.units.histories import FIRST, LAST, happenings, lands

FUNCTIONS = ("rehab_management", "communication")


def moment(day: date) -> datetime:
    return datetime.combine(day, time(3), UTC)


def told(found: core.History) -> dict[str, Any]:
    """A history as far as two have to agree."""
    return {
        "units": {key: (unit.code, unit.level, unit.kind, joined(unit.spans)) for key, unit in found.units.items()},
        "successions": sorted((each.on, each.old, each.new, each.share, each.heir) for each in found.successions),
        "holdings": sorted((each.unit, each.function, each.start, each.end) for each in found.holdings),
    }


def closure_by_walking(on: date) -> set[tuple[int, int, int]]:
    """Every ancestor of every unit on a day, found by walking up its links."""
    parents = dict(UnitLink.objects.as_of(on).values_list("child_id", "parent_id"))
    standing = set(Unit.objects.as_of(on).values_list("pk", flat=True))
    found = {(pk, pk, 0) for pk in standing}
    for child in parents:
        at, depth = child, 0
        while at in parents:
            at, depth = parents[at], depth + 1
            if at in standing:
                found.add((at, child, depth))
    return found


def somebody_owes_something(units: list[Unit], owner: Unit) -> None:
    """A plan with two tasks that every unit owes, one with a limit; and somebody with a role at every unit."""
    user = User.objects.create(username="nguoi", full_name="Người", joined_at=moment(FIRST))
    plan = Plan.objects.create(owner=owner, issuer=owner, title="Kế hoạch", created_by=user, created_at=moment(FIRST))
    revision = Revision.objects.create(plan=plan, number=1, created_by=user, created_at=moment(FIRST))
    for number, due_on in ((1, None), (2, FIRST + timedelta(days=20))):
        item = Item.objects.create(revision=revision, list_name="tasks", key=f"K{number}", start=0, end=1, text="Việc")
        task = Task.objects.create(
            plan=plan, since=revision, revision=revision, item=item, text="Việc", start=0, end=1, order=number
        )
        DueItem.objects.bulk_create(
            DueItem(
                kind=DueKind.TASK, plan=plan, task=task, unit=unit, label="Việc", start=0, end=1,
                due_on=due_on, original_due_on=due_on,
            )
            for unit in units
        )  # fmt: skip
    Grant.objects.bulk_create(Grant(user=user, role="officer", unit=unit) for unit in units)


class Land(RuleBasedStateMachine):
    """A land in the database, its model in the core, and the days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.today = FIRST
        self.number = 0
        self.rows: list[Reorganisation] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(land=lands())
    def settle(self, land: core.History) -> None:
        rows = [
            NewUnit(key=key, name=unit.spans[0].name, kind=unit.kind, level=unit.level, parent=unit.spans[0].parent)
            for key, unit in land.units.items()
        ]
        communes = [key for key, unit in land.units.items() if unit.level == "commune"]
        rows += [
            NewUnit(
                key=f"police of {key}", name=f"Công an {key}", kind="agency", level="commune", parent=key,
                functions=FUNCTIONS[: at % 3],
            )
            for at, key in enumerate(communes)
        ]  # fmt: skip
        made = create_units(actor=None, at=moment(FIRST), rows=rows)
        somebody_owes_something(list(made.values()), made["nation"])
        self.base = self.model = history()
        self.ids = {key: str(unit.pk) for key, unit in made.items()}

    def _drawn(self, data: st.DataObject) -> core.Event | None:
        event: core.Event | None = data.draw(happenings(self.model, self.number))
        if isinstance(event, core.Founding):  # under the nation, by the name that the core's tests give it
            parent = self.ids.get(event.unit.parent or "", event.unit.parent)
            event = evolve(event, unit=evolve(event.unit, parent=parent))
        if isinstance(event, core.Transfer) and event.source not in self.model.units:
            return None  # nobody had a function to give away
        return event

    def _plan(self, event: core.Event) -> Reorganisation | Refusal:
        draft = Draft(kind="several", on=event.on, title="Thử", ground="Văn bản", events=(event,))
        return plan_reorganisation(actor=None, at=moment(self.today), draft=draft)

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        self.number += 1
        event = self._drawn(data)
        assume(event is not None)
        self._happens(event)

    @rule(data=st.data())
    def a_function_moves(self, data: st.DataObject) -> None:
        on = FIRST + timedelta(days=data.draw(st.integers(1, 50)))
        held = [(each.unit, each.function) for each in self.model.holdings if each.start <= on < each.end]
        assume(held)
        source, function = data.draw(st.sampled_from(held))
        target = data.draw(st.sampled_from(sorted(self.model.tree(on).parents)))
        self._happens(core.Transfer(on, function, source, target))

    def _happens(self, event: core.Event) -> None:
        expected = core.apply(self.model, event)
        before = dump_without_ids()
        row = self._plan(event)
        if isinstance(expected, Refusal):
            assert isinstance(row, Refusal)
            assert row.code == expected.code
            assert dump_without_ids() == before
            return
        assert isinstance(row, Reorganisation), row
        self.rows.append(row)
        self.model = self._replayed()

    def _replayed(self) -> core.History:
        after = core.replay(self.base, [event_from_json(each) for row in self.rows for each in row.events])
        assert isinstance(after, core.History), after
        return after

    @rule(data=st.data())
    def planned_and_taken_back(self, data: st.DataObject) -> None:
        self.number += 1
        event = self._drawn(data)
        assume(event is not None and event.on > self.today)
        before = dump_without_ids()
        row = self._plan(event)
        assume(isinstance(row, Reorganisation))
        gone = cancel_reorganisation(actor=None, at=moment(self.today), reorganisation_id=row.pk, reason="Nhầm")
        assert isinstance(gone, Reorganisation), gone
        assert dump_without_ids() == before

    @rule(data=st.data())
    def one_is_cancelled(self, data: st.DataObject) -> None:
        waiting = [row for row in self.rows if row.on > self.today]
        assume(waiting)
        row = data.draw(st.sampled_from(waiting))
        before = dump_without_ids()
        gone = cancel_reorganisation(actor=None, at=moment(self.today), reorganisation_id=row.pk, reason="Thôi")
        if isinstance(gone, Refusal):
            assert gone.code in {"built_on", "in_use"}
            assert dump_without_ids() == before
        else:
            self.rows.remove(row)
            self.model = self._replayed()

    @rule(days=st.integers(1, 15))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        carry_out_reorganisations(at=moment(self.today))

    @invariant()
    def as_of_queries_agree_with_replaying(self) -> None:
        if not hasattr(self, "model"):
            return
        here = history()
        assert told(here) == told(self.model)
        assert core.check(here) == ()
        for on in self._days():
            names = dict(Unit.objects.as_of(on).values_list("pk", "pk"))
            assert {str(pk) for pk in names} == set(self.model.tree(on).parents)

    @invariant()
    def the_closure_is_that_of_the_links(self) -> None:
        for on in self._days():
            rows = UnitClosure.objects.filter(holds_on(on)).values_list("ancestor_id", "descendant_id", "depth")
            assert len(rows) == len(set(rows))
            assert set(rows) == closure_by_walking(on)

    @invariant()
    def what_is_owed_has_one_owner_who_stands(self) -> None:
        open_now = DueItem.objects.filter(state=DueState.OPEN)
        standing = Unit.objects.as_of(self.today)
        assert not open_now.exclude(unit__in=standing).exists()
        for due in DueItem.objects.filter(state=DueState.ENDED).select_related("merged_into"):
            assert due.merged_into is not None
            assert due.merged_into.state == DueState.OPEN
        twice = [(due.task_id, due.unit_id) for due in open_now]
        assert len(twice) == len(set(twice))

    @invariant()
    def roles_stand_and_are_not_doubled(self) -> None:
        held = list(Grant.objects.as_of(self.today))
        assert not [each for each in held if each.unit.valid_to and each.unit.valid_to <= self.today]
        assert len({each.unit_id for each in held}) == len(held)

    @invariant()
    def units_carry_the_name_of_the_day(self) -> None:
        if hasattr(self, "model"):
            for unit in Unit.objects.as_of(self.today):
                assert unit.name == self.model.name(str(unit.pk), self.today)

    def _days(self) -> Iterator[date]:
        days = {self.today, FIRST, LAST, *(row.on for row in self.rows)}
        yield from sorted(days)


@pytest.mark.django_db
def test_random_reorganisations() -> None:
    run_state_machine_as_test(
        Land,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            phases=(Phase.reuse, Phase.generate),
        ),
    )
