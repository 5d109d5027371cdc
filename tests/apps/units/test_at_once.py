"""Two people at the same moment, on real connections. PostgreSQL only: there the tree is really locked."""

from __future__ import annotations

import attrs
import pytest
from django.conf import settings

from pcmt.apps.audit.models import Entry
from pcmt.apps.tasks.models import DueItem, DueKind, DueState
from pcmt.apps.tasks.operations import report_progress
from pcmt.apps.units.models import Reorganisation, Unit
from pcmt.apps.units.operations import (
    cancel_reorganisation,
    carry_out_reorganisations,
    create_unit,
    plan_reorganisation,
)
from pcmt.apps.units.queries import history, preview
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal
from tests.apps.plans.test_concurrency import at_once
from tests.apps.units.reorganising import AFTERWARDS, SOON, draft, dump, key, merger, planned, police_merger
from tests.factories.plans import TEXT, adopted
from tests.factories.world import NOW, World, world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reader"),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="the tree is locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]


@pytest.fixture
def there(transactional_db: None) -> World:
    return world()


def test_two_reorganise_the_same_units(there: World) -> None:
    one, other = draft(merger(there)), draft(core.Merger(SOON, (key(there, "tay_hoa"),), key(there, "dong_hoa")))
    seen = [attrs.evolve(each, seen=preview(actor=there.office, draft=each, at=NOW).seen) for each in (one, other)]
    actors = (there.office, there.second)
    answers = at_once(
        *(
            lambda actor=actor, each=each: plan_reorganisation(actor=actor, at=NOW, draft=each)  # type: ignore[misc]
            for actor, each in zip(actors, seen, strict=True)
        )
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Refusal", "Reorganisation"]
    refused = next(answer for answer in answers if isinstance(answer, Refusal))
    assert refused.code == "stale"
    assert "vừa lập" in refused.message
    assert core.check(history()) == ()


def test_two_workers_carry_out(there: World) -> None:
    adopted(there.office)
    planned(there, merger(there), police_merger(there))
    done = at_once(*(lambda: carry_out_reorganisations(at=AFTERWARDS) for _worker in range(3)))
    assert sorted(done) == [0, 0, 1]
    assert Entry.objects.filter(event="units.reorganisation.carried_out").count() == 1
    assert not DueItem.objects.filter(state=DueState.OPEN, unit__valid_to__lte=SOON).exists()


def test_somebody_reports_while_it_is_carried_out(there: World) -> None:
    adopted(there.office)
    planned(there, merger(there), police_merger(there))
    due = DueItem.objects.filter(unit=there["dong_hoa"], kind=DueKind.TASK, state=DueState.OPEN)[0]
    actor = there.actor("dong_hoa")
    reported, done = at_once(
        lambda: report_progress(actor=actor, at=AFTERWARDS, due_item_id=due.pk, version=1, done=True),
        lambda: carry_out_reorganisations(at=AFTERWARDS),
    )
    assert done == 1
    due.refresh_from_db()
    if isinstance(reported, Refusal):
        assert due.state != DueState.DONE
    else:
        assert (due.state, due.unit) == (DueState.DONE, there["dong_hoa"])
    assert not DueItem.objects.filter(state=DueState.OPEN, unit__valid_to__lte=SOON).exists()


def test_an_adoption_while_it_is_carried_out(there: World) -> None:
    plan = adopted(there.office).plan
    planned(there, merger(there), police_merger(there))
    office = attrs.evolve(there.office, on=SOON)
    adopting, done = at_once(
        lambda: adopted(office, TEXT + "\nSửa đổi.\n", plan_id=plan.pk, at=AFTERWARDS),
        lambda: carry_out_reorganisations(at=AFTERWARDS),
    )
    assert adopting.plan_id == plan.pk
    assert done == 1
    assert not DueItem.objects.filter(state=DueState.OPEN, unit__valid_to__lte=SOON).exists()


def test_a_body_is_made_below_a_commune_while_that_ends(there: World) -> None:
    made, row = at_once(
        lambda: create_unit(
            actor=there.office, at=NOW, name="Trường học", kind="agency", level="school", parent_id=there["dong_hoa"].pk
        ),
        lambda: plan_reorganisation(actor=there.second, at=NOW, draft=draft(merger(there))),
    )
    assert isinstance(made, Unit)
    assert isinstance(row, Reorganisation)
    new = int(row.made["new:1"])
    assert {unit.pk for unit in Unit.objects.above(made.pk, SOON)} == {made.pk, new, there["an_binh"].pk}
    assert core.check(history()) == ()


def test_cancelling_and_planning_something_else(there: World) -> None:
    before = dump()
    row = planned(there, merger(there))
    gone, other = at_once(
        lambda: cancel_reorganisation(actor=there.office, at=NOW, reorganisation_id=row.pk, reason="Thôi"),
        lambda: plan_reorganisation(
            actor=there.second, at=NOW, draft=draft(core.Renaming(SOON, row.made["new:1"], "Phường Mới"))
        ),
    )
    assert core.check(history()) == ()
    if isinstance(gone, Reorganisation):
        assert isinstance(other, Refusal)
        assert dump() == before
    else:
        assert gone.code == "built_on"
        assert isinstance(other, Reorganisation)
