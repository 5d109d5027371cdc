"""When communes are reorganised, files, hand-overs and clocks go to the heir; nobody is lost or counted twice."""

from __future__ import annotations

import pytest

from pcmt.apps.registers.models import Clock, Stay, Subject, Transfer
from pcmt.apps.registers.operations.following import registers_follow
from pcmt.apps.registers.operations.handing_over import hand_over
from pcmt.apps.units.followers import Body, Change, followers
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core.law import Category
from tests.apps.units.reorganising import AFTERWARDS, SOON, merger, planned, police_merger
from tests.factories.lives import at_noon, signed
from tests.factories.registers import BLOCK, spell, subject
from tests.factories.world import NOW, TODAY, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> World:
    return world()


def test_the_registers_follow_after_the_tasks(land: World) -> None:
    keys = [each.key for each in followers()]
    assert keys.index("tasks") < keys.index("registers")


def test_what_would_follow_is_told_in_numbers_only(land: World) -> None:
    subject(land["dong_hoa"])
    change = Change(on=SOON, day=SOON, title="", heirs={land["dong_hoa"].pk: Body(None, "Xã Đông Tây")}, names={})
    (told,) = registers_follow.foresee(change)
    assert told.count == 1
    assert told.named == ()
    assert told.refs == ()
    assert BLOCK.name not in told.words


def test_files_transfers_and_clocks_go_to_the_heir(land: World) -> None:
    one, other = subject(land["dong_hoa"]), subject(land["tay_hoa"])
    spell(one, Category.ILLEGAL_USER, on=TODAY)
    clock = Clock.objects.create(
        subject=one, unit=land["dong_hoa"], kind="step", limit="send_decision", opened_at=NOW, opens_on=TODAY,
        due_on=SOON,
    )  # fmt: skip
    keeper = land.actor("dong_hoa_police", "register_keeper", on=TODAY)
    between = hand_over(
        actor=keeper, at=at_noon(TODAY), code=one.code, version=one.version, moved_on=TODAY, paper=signed(TODAY),
        to_unit_id=land["tay_hoa"].pk,
    )  # fmt: skip
    assert isinstance(between, Transfer), between
    row = planned(land, merger(land), police_merger(land))
    carry_out_reorganisations(at=AFTERWARDS)
    row.refresh_from_db()
    heir = Unit.objects.get(pk=row.made["new:1"])
    assert set(Subject.objects.values_list("unit", flat=True)) == {heir.pk}
    for each in (one, other):
        stays = list(Stay.objects.filter(subject=each).order_by("from_on", "pk").values_list("unit", "to_on", "why"))
        assert stays == [(each.unit_id, SOON, "opened"), (heir.pk, None, "reorganised")]
    clock.refresh_from_db()
    assert (clock.unit, clock.state) == (heir, "open")
    between.refresh_from_db()
    assert between.state == "withdrawn"
    assert not Clock.objects.filter(kind="transfer").running().exists()
    again = list(Stay.objects.values_list("pk", flat=True))
    carry_out_reorganisations(at=AFTERWARDS)
    assert list(Stay.objects.values_list("pk", flat=True)) == again
