"""The days of briefings: who notes them, and who looks back to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pcmt.apps.plans.models import Meeting
from pcmt.apps.plans.operations import hold_meeting, take_back_meeting
from pcmt.apps.tasks.areas import area_of
from pcmt.apps.tasks.since import last_meeting
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World

DAY = date(2026, 2, 20)


def test_who_notes_and_who_sees(land: World) -> None:
    asked: dict[str, Any] = {"at": NOW, "unit_id": land["an_binh"].pk, "on": DAY}
    for unit, role in (("an_binh", "leader"), ("health", "officer"), ("dong_hoa_police", "standing_office")):
        answer = hold_meeting(actor=land.actor(unit, role), **asked)
        assert isinstance(answer, Refusal), (unit, role)
        assert answer.code == "not_allowed"
    held = hold_meeting(actor=land.office, **asked, words="  giao ban   tháng ")
    assert isinstance(held, Meeting)
    assert held.words == "giao ban tháng"
    assert hold_meeting(actor=land.second, **asked, words="giao ban tháng") == held
    sees = {
        ("police", "standing_office"): True,
        ("an_binh", "leader"): True,
        ("police", "leader"): True,
        ("health", "officer"): True,
        ("dong_hoa", "commune_officer"): True,
        ("dong_hoa_police", "standing_office"): True,
        ("an_binh", "administrator"): False,
        ("binh_giang", "leader"): False,
        ("binh_giang_police", "standing_office"): False,
    }
    for (unit, role), seen in sees.items():
        assert Meeting.objects.visible_to(land.actor(unit, role)).exists() is seen, (unit, role)
    assert isinstance(take_back_meeting(actor=land.actor("an_binh", "leader"), at=NOW, meeting_id=held.pk), Refusal)
    assert take_back_meeting(actor=land.second, at=NOW, meeting_id=held.pk) == DAY
    assert isinstance(take_back_meeting(actor=land.second, at=NOW, meeting_id=held.pk), Refusal)


def test_what_is_looked_back_to(land: World) -> None:
    """The last one before the day, of the area itself; else of what stands above it."""
    chair, leader = land.actor("an_binh", "leader"), land.actor("dong_hoa", "leader")
    province, commune = area_of(chair), area_of(leader)
    assert province
    assert commune
    for day in (10, 24):
        made = hold_meeting(actor=land.office, at=NOW, unit_id=land["an_binh"].pk, on=date(2026, 2, day))
        assert isinstance(made, Meeting)
    assert [getattr(last_meeting(leader, commune, TODAY), "on", None), last_meeting(chair, province, DAY).on] == [  # type: ignore[union-attr]
        date(2026, 2, 24),
        date(2026, 2, 10),
    ]
    keeper = land.actor("dong_hoa_police", "standing_office")
    own = hold_meeting(actor=keeper, at=NOW, unit_id=land["dong_hoa"].pk, on=date(2026, 2, 11))
    assert last_meeting(leader, commune, TODAY) == own
    assert last_meeting(chair, province, date(2026, 2, 10)) is None
