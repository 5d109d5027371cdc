"""Reorganisations by example: planned, cancelled, carried out, refused."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import attrs
import pytest
from django.utils import translation

from pcmt.apps.accounts.models import Grant
from pcmt.apps.accounts.operations import grant_role
from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Reorganisation, ReorganisationState, Unit, UnitName
from pcmt.apps.units.operations import (
    NewUnit,
    cancel_reorganisation,
    carry_out_reorganisation,
    carry_out_reorganisations,
    create_units,
    load_units,
    plan_reorganisation,
)
from pcmt.apps.units.queries import Matcher, alike_below, heirs_on, history, preview, subtree
from pcmt.apps.units.refusals import TEMPLATES
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal
from pcmt.core.units.events import WORDS
from tests.apps.units.reorganising import AFTERWARDS, SOON, draft, dump, key, merger, planned, police_merger
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


def test_the_core_refuses_in_the_words_of_the_reader(land: World) -> None:
    wrong = draft(core.Merger(SOON, (key(land, "dong_hoa"),), key(land, "dong_hoa")))
    answer = refused(plan_reorganisation(actor=land.office, at=NOW, draft=wrong), "too_few")
    assert answer.message == "Chọn ít nhất một đơn vị khác với đơn vị tiếp nhận."
    with translation.override("en"):
        answer = refused(plan_reorganisation(actor=land.office, at=NOW, draft=wrong), "too_few")
        assert answer.message.startswith("Choose at least one")


def test_every_sentence_of_the_core_can_be_translated() -> None:
    assert frozenset(WORDS.values()) == TEMPLATES


def test_a_later_change_is_named_and_pointed_to(land: World) -> None:
    planned(land, core.Renaming(SOON, key(land, "health"), "Sở Y tế mới"))
    earlier = draft(core.Renaming(date(2026, 6, 1), key(land, "health"), "Sở"), on=date(2026, 6, 1))
    answer = refused(plan_reorganisation(actor=land.office, at=NOW, draft=earlier), "changes_later")
    assert answer.ref == land["health"].pk


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"title": " "}, "empty", "title"),
        ({"title": "x" * 301}, "too_long", "title"),
        ({"ground": ""}, "no_ground", "ground"),
        ({"kind": "magic"}, "unknown_kind", "kind"),
        ({"events": ()}, "nothing", "events"),
        ({"on": date(2026, 7, 2)}, "other_day", "on"),
    ],
)
def test_a_draft_that_is_not_whole(land: World, more: dict[str, object], code: str, field: str) -> None:
    wanted = attrs.evolve(draft(merger(land)), **more)
    before = dump()
    assert refused(plan_reorganisation(actor=land.office, at=NOW, draft=wanted), code).field == field
    assert code in {each.code for each in preview(actor=land.office, draft=wanted, at=NOW).problems}
    assert dump() == before


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (core.NewUnit("new:1", "Xã", "commune", kind="group"), "unknown_kind"),
        (core.NewUnit("new:1", "Xã", "planet"), "unknown_level"),
        (core.NewUnit("new:1", "Xã", "commune", functions=("flying",)), "unknown_function"),
        (core.NewUnit("new:1", "Xã" * 200, "commune"), "too_long"),
        (core.NewUnit("new:1", " ", "commune"), "empty"),
        (core.NewUnit("new:1", "Tỉnh", "province", code="91"), "code_twice"),
    ],
)
def test_a_new_unit_that_cannot_be(land: World, new: core.NewUnit, code: str) -> None:
    event = core.Merger(SOON, (key(land, "dong_hoa"), key(land, "tay_hoa")), new)
    refused(plan_reorganisation(actor=land.office, at=NOW, draft=draft(event)), code)


def test_units_that_are_not_in_the_list(land: World) -> None:
    for event in (core.Renaming(SOON, "999999", "X"), core.Move(SOON, key(land, "health"), "xyz")):
        refused(plan_reorganisation(actor=land.office, at=NOW, draft=draft(event)), "no_unit")
    strange = draft(core.Transfer(SOON, "flying", key(land, "health"), key(land, "police")))
    refused(plan_reorganisation(actor=land.office, at=NOW, draft=strange), "unknown_function")


@pytest.mark.parametrize(
    ("who", "role", "allowed"),
    [
        ("police", "standing_office", True),
        ("police", "leader", False),
        ("police", "officer", False),
        ("dong_hoa_police", "standing_office", False),  # Tây Hòa is not its area, and its own commune is not below it
        ("binh_giang_police", "standing_office", False),
        ("an_binh", "administrator", True),
        ("binh_giang", "administrator", False),
    ],
)
def test_who_may_reorganise(land: World, who: str, role: str, allowed: bool) -> None:
    actor = land.actor(who, role)
    answer = plan_reorganisation(actor=actor, at=NOW, draft=draft(merger(land)))
    if not allowed:
        refused(answer, "not_allowed")
        return
    assert isinstance(answer, Reorganisation)
    other = land.actor("dong_hoa_police", "standing_office")
    refused(cancel_reorganisation(actor=other, at=NOW, reorganisation_id=answer.pk, reason="x"), "not_allowed")


def test_a_standing_office_of_a_commune_reorganises_below_it(land: World) -> None:
    actor = land.actor("dong_hoa_police", "standing_office")
    inside = core.Merger(SOON, (key(land, "dong_hoa_clinic"),), key(land, "dong_hoa_police"))
    assert isinstance(plan_reorganisation(actor=actor, at=NOW, draft=draft(inside)), Reorganisation)
    own = core.Renaming(SOON, key(land, "dong_hoa"), "Phường Đông Hòa")
    refused(plan_reorganisation(actor=actor, at=NOW, draft=draft(own)), "not_allowed")
    outside = core.Dissolution(SOON, key(land, "dong_hoa_police"), key(land, "police"))
    refused(plan_reorganisation(actor=actor, at=NOW, draft=draft(outside)), "not_allowed")


def test_nobody_decides_on_what_has_changed_since_the_preview(land: World) -> None:
    wanted = draft(merger(land))
    seen = preview(actor=land.office, draft=wanted, at=NOW).seen
    planned(land, core.Renaming(date(2026, 5, 1), key(land, "dong_hoa"), "Phường Đông Hòa"), on=date(2026, 5, 1))
    again = attrs.evolve(wanted, seen=seen)
    answer = refused(plan_reorganisation(actor=land.second, at=NOW, draft=again), "stale")
    assert "vừa lập “Sắp xếp thử”" in answer.message
    fresh = attrs.evolve(wanted, seen=preview(actor=land.second, draft=wanted, at=NOW).seen)
    assert isinstance(plan_reorganisation(actor=land.second, at=NOW, draft=fresh), Reorganisation)


def test_what_was_built_on_holds_what_is_below(land: World) -> None:
    first = planned(land, merger(land))
    new = first.made["new:1"]
    later = date(2026, 9, 1)
    second = planned(land, core.Renaming(later, new, "Phường Đông Tây"), on=later, title="Đổi tên xã mới")
    answer = cancel_reorganisation(actor=land.office, at=NOW, reorganisation_id=first.pk, reason="x")
    assert "Đổi tên xã mới" in refused(answer, "built_on").message
    assert isinstance(
        cancel_reorganisation(actor=land.office, at=NOW, reorganisation_id=second.pk, reason="x"), Reorganisation
    )
    held = grant_role(
        actor=None, at=NOW, user_id=land.office.user_id, role="officer", unit_id=int(new), valid_from=SOON
    )
    assert isinstance(held, Grant), held
    answer = cancel_reorganisation(actor=land.office, at=NOW, reorganisation_id=first.pk, reason="x")
    assert "vai trò được giao" in refused(answer, "in_use").message
    Grant.objects.filter(unit_id=int(new)).delete()
    assert isinstance(
        cancel_reorganisation(actor=land.office, at=NOW, reorganisation_id=first.pk, reason="x"), Reorganisation
    )
    refused(cancel_reorganisation(actor=land.office, at=NOW, reorganisation_id=0, reason="x"), "gone")


def test_a_body_put_below_a_unit_to_come_holds_it(land: World) -> None:
    """The move is another reorganisation, of another unit; without the new commune it would stand nowhere."""
    first = planned(land, merger(land))
    later = date(2026, 9, 1)
    planned(land, core.Move(later, key(land, "finance"), first.made["new:1"]), on=later, title="Chuyển Sở")
    answer = cancel_reorganisation(actor=land.office, at=NOW, reorganisation_id=first.pk, reason="x")
    assert "Chuyển Sở" in refused(answer, "built_on").message


def test_what_lies_in_the_past_takes_effect_at_once(land: World) -> None:
    row = planned(land, merger(land, date(2026, 1, 1)), police_merger(land, date(2026, 1, 1)), on=date(2026, 1, 1))
    assert row.state == ReorganisationState.CARRIED_OUT
    assert list(
        Entry.objects.filter(object_type="units.Reorganisation").order_by("pk").values_list("event", flat=True)
    ) == [
        "units.reorganisation.planned",
        "units.reorganisation.carried_out",
    ]
    shown = preview(actor=land.office, draft=draft(core.Renaming(TODAY, key(land, "health"), "Sở"), on=TODAY), at=NOW)
    assert shown.reversible_until is None


def test_three_merge_one_splits_a_district_ends_and_a_function_moves(land: World) -> None:
    """One decision with everything in it; and whoever took over sees what was left."""
    province = key(land, "an_binh")
    made = create_units(
        actor=None,
        at=NOW,
        rows=[
            NewUnit(key="d", name="Huyện Đông", kind="administrative", level="district", parent=int(province)),
            *(
                NewUnit(key=f"c{n}", name=f"Xã Số {n}", kind="administrative", level="commune", parent="d")
                for n in range(4)
            ),
            *(
                NewUnit(key=f"p{n}", name=f"Công an xã Số {n}", kind="agency", level="commune", parent=f"c{n}")
                for n in range(4)
            ),
            NewUnit(
                key="soc",
                name="Sở Lao động",
                kind="agency",
                level="province",
                parent=int(province),
                functions=("rehab_management", "vocational_training"),
            ),
        ],
    )
    ids = {name: str(unit.pk) for name, unit in made.items()}
    row = planned(
        land,
        core.Merger(SOON, (ids["c0"], ids["c1"], ids["c2"]), core.NewUnit("new:1", "Xã Lớn", "commune")),
        core.Merger(
            SOON,
            (ids["p0"], ids["p1"], ids["p2"]),
            core.NewUnit("new:2", "Công an xã Lớn", "commune", kind="agency", parent="new:1"),
        ),
        core.Division(
            SOON,
            ids["c3"],
            (
                core.Part(core.NewUnit("new:3", "Xã Bắc", "commune"), 60, True, (ids["p3"],)),
                core.Part(core.NewUnit("new:4", "Xã Nam", "commune"), Fraction(81, 2)),
            ),
        ),
        core.Dissolution(SOON, ids["d"], province),
        core.Transfer(SOON, "rehab_management", ids["soc"], key(land, "police")),
    )
    here = history()
    assert core.check(here) == ()
    assert here.heir(ids["c3"], SOON) == row.made["new:3"]
    assert here.functions(key(land, "police"), SOON) == ["rehab_management"]
    assert here.functions(ids["soc"], SOON) == ["vocational_training"]
    shares = {each.new: each.share for each in here.left_by(ids["c3"], SOON)}
    assert shares == {row.made["new:3"]: Fraction(120, 201), row.made["new:4"]: Fraction(81, 201)}
    tree = here.tree(SOON)
    assert {tree.parents[row.made[f"new:{n}"]] for n in (1, 3, 4)} == {province}
    below = {unit.pk for unit in Unit.objects.under(int(row.made["new:1"]), SOON)}
    assert {int(ids["c0"]), int(ids["p0"]), int(row.made["new:2"])} <= below
    police = Unit.objects.having("rehab_management", SOON)
    assert list(police) == [land["police"]]
    assert carry_out_reorganisations(at=AFTERWARDS) == 1


def test_bodies_that_are_alike(land: World) -> None:
    (found,) = alike_below([land["dong_hoa"].pk, land["tay_hoa"].pk], TODAY)
    assert (found.label, found.kind, found.level) == ("Công an", "agency", "commune")
    assert set(found.units) == {land["dong_hoa_police"], land["tay_hoa_police"]}
    assert found.name_at("Xã Đông Tây") == "Công an xã Đông Tây"
    assert alike_below([land["an_binh"].pk, land["dong_hoa"].pk], TODAY) == []


def test_search_and_matching_know_the_old_and_the_new_name(land: World) -> None:
    planned(land, core.Renaming(SOON, key(land, "health"), "Sở Sức khỏe"), short_names={key(land, "health"): "SSK"})
    health = land["health"]
    for words in ("so y te", "suc khoe"):
        assert health in Unit.objects.called_like(words)
    carry_out_reorganisations(at=AFTERWARDS)
    old = Matcher(land["an_binh"].pk, [TODAY, SOON]).suggest("Sở Y tế")[0]
    assert (old.unit_id, old.score) == (health.pk, 1.0)
    assert old.reason == "Tên cũ của “Sở Sức khỏe”, dùng đến trước ngày 01/07/2026"
    assert Matcher(land["an_binh"].pk, [SOON]).suggest("SSK")[0].score == 1.0
    assert all(each.score < 1 for each in Matcher(land["an_binh"].pk, [SOON]).suggest("Sở Y tế"))
    early = Matcher(land["an_binh"].pk, [TODAY]).suggest("Sở Y tế")[0]
    assert (early.unit_id, early.score) == (health.pk, 1.0)


def test_a_list_with_a_renamed_unit_is_loaded_with_its_names(db: None) -> None:
    first, then = date(2020, 1, 1), date(2026, 12, 1)
    spans = (
        core.UnitSpan(core.ALWAYS, first, "Xã Cũ", "VN"),
        core.UnitSpan(first, then, "Xã Nay", "VN"),
        core.UnitSpan(then, core.STILL, "Phường Mai", "VN"),
    )
    nation = core.Unit("VN", "VN", "central", (core.UnitSpan(core.ALWAYS, core.STILL, "Việt Nam", None),))
    listed = core.history_of([nation, core.Unit("1", "00001", "commune", spans)])
    load_units(actor=None, at=NOW, listed=listed)
    unit = Unit.objects.get(level="commune")
    assert unit.name == "Xã Nay"
    here = history()
    assert here.units[str(unit.pk)].spans == tuple(
        attrs.evolve(span, parent=str(Unit.objects.get(code="VN").pk)) for span in spans
    )
    assert load_units(actor=None, at=NOW, listed=listed).created == 0
    assert unit.names.count() == 3


def test_heirs_of_heirs(land: World) -> None:
    planned(land, core.Merger(SOON, (key(land, "finance"),), key(land, "health")))
    later = date(2026, 8, 1)
    planned(land, core.Merger(later, (key(land, "health"),), key(land, "front")), on=later)
    finance, health, front = (land[name].pk for name in ("finance", "health", "front"))
    assert heirs_on([finance, health], TODAY) == {}
    assert heirs_on([finance, health], SOON) == {finance: health}
    assert heirs_on([finance, health, front], later) == {finance: front, health: front}
