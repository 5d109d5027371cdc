"""Reorganisations by example: planned, cancelled, carried out, refused."""

from __future__ import annotations

from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Reorganisation, ReorganisationState, Unit, UnitName
from pcmt.apps.units.operations import (
    cancel_reorganisation,
    carry_out_reorganisation,
    carry_out_reorganisations,
)
from pcmt.apps.units.queries import history, preview, subtree
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal
from tests.apps.units.reorganising import (
    AFTERWARDS,
    SOON,
    draft,
    dump,
    key,
    merger,
    planned,
    police_merger,
)
from tests.factories.world import NOW, TODAY, World


def refused(answer: object, code: str) -> Refusal:
    assert isinstance(answer, Refusal), answer
    assert answer.code == code
    assert answer.message.endswith(".")
    return answer


def test_a_merger_is_seen_on_its_day_and_not_before(land: World) -> None:
    row = planned(land, merger(land), police_merger(land))
    new, police = (Unit.objects.get(pk=row.made[each]) for each in ("new:1", "new:2"))
    assert new.name == "Xã Đông Tây"
    assert (new.code, new.level, new.valid_from) == ("90001", "commune", SOON)
    below = [unit.name for unit in subtree(land["an_binh"].pk, SOON)]
    assert "Công an xã Đông Tây" in below
    assert "Trạm Y tế xã Đông Hòa" in below  # nothing was said of it: it stands below the new commune
    assert "Xã Đông Hòa" not in below
    assert "Xã Đông Hòa" in [unit.name for unit in subtree(land["an_binh"].pk, TODAY)]
    assert police in subtree(new.pk, SOON)
    assert history().heir(key(land, "dong_hoa"), SOON) == str(new.pk)
    assert core.check(history()) == ()


def test_a_cancelled_plan_leaves_the_tables_as_they_were(land: World) -> None:
    before = dump()
    row = planned(
        land,
        merger(land),
        police_merger(land),
        core.Renaming(SOON, key(land, "health"), "Sở Y tế và Dân số"),
        core.Move(SOON, key(land, "finance"), key(land, "police")),
    )
    assert dump() != before
    refused(cancel_reorganisation(actor=land.office, at=NOW, reorganisation_id=row.pk, reason=" "), "reason")
    done = cancel_reorganisation(actor=land.second, at=NOW, reorganisation_id=row.pk, reason="Có văn bản khác")
    assert isinstance(done, Reorganisation)
    assert done.state == ReorganisationState.CANCELLED
    assert dump() == before
    assert carry_out_reorganisations(at=AFTERWARDS) == 0


def test_it_is_carried_out_once_on_its_day(land: World) -> None:
    row = planned(
        land, core.Renaming(SOON, key(land, "health"), "Sở Y tế mới"), short_names={key(land, "health"): "SYT"}
    )
    health = land["health"]
    refused(carry_out_reorganisation(at=NOW, reorganisation_id=row.pk), "too_early")
    assert Unit.objects.get(pk=health.pk).name == "Sở Y tế"
    assert carry_out_reorganisations(at=AFTERWARDS) == 1
    now = Unit.objects.get(pk=health.pk)
    assert (now.name, now.short_name, now.search_key) == ("Sở Y tế mới", "SYT", "so y te moi")
    assert [each.name for each in UnitName.objects.order_by("pk")] == ["Sở Y tế", "Sở Y tế mới"]
    assert carry_out_reorganisations(at=AFTERWARDS) == 0
    assert Entry.objects.filter(event="units.reorganisation.carried_out").count() == 1
    refused(cancel_reorganisation(actor=land.office, at=AFTERWARDS, reorganisation_id=row.pk, reason="x"), "too_late")


def test_the_preview_shows_units_before_and_after_and_writes_nothing(land: World) -> None:
    before = dump()
    wanted = draft(merger(land), police_merger(land))
    shown = preview(actor=land.office, draft=wanted, at=NOW)
    assert shown.problems == ()
    fates = {line.name: line.fate for line in shown.before}
    assert fates == {
        "Xã Đông Hòa": "ends",
        "Công an xã Đông Hòa": "ends",
        "Trạm Y tế xã Đông Hòa": "changes",
        "Phường Tây Hòa": "ends",
        "Công an phường Tây Hòa": "ends",
    }
    assert ("Xã Đông Tây", "begins") in [(line.name, line.fate) for line in shown.after]
    assert shown.reversible_until == SOON
    assert dump() == before
