"""Reviewing: deciding, editing, adding, undoing; two people at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import BodyMatch, Item, ItemChange, Plan, Revision
from pcmt.apps.plans.operations import (
    accept_confident,
    add_item,
    confirm_suggestions,
    create_bodies,
    create_body,
    decide_item,
    edit_header,
    edit_item,
    match_body,
    undo,
)
from pcmt.apps.plans.queries import changes_since, plans_visible, reading_confirmed, review_counts
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import match, members
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted, item, sent
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def revision(land: World) -> Revision:
    return sent(land.office)


def decided(actor: Actor, row: Item, state: str) -> Item:
    done = decide_item(actor=actor, at=NOW, item_id=row.pk, version=row.version, state=state)
    assert isinstance(done, Item), done
    return done


def refusal(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def test_deciding(land: World, revision: Revision) -> None:
    row = decided(land.office, item(revision, "targets"), "accepted")
    assert (row.state, row.version, row.decided_by_id, row.decided_at) == ("accepted", 2, land.office.user_id, NOW)
    assert decided(land.office, row, "rejected").version == 3
    assert decided(land.office, row, "rejected").version == 3
    revision.refresh_from_db()
    assert revision.version == 3


def test_accepting_a_task_accepts_its_heading(land: World, revision: Revision) -> None:
    task = decided(land.office, item(revision, "tasks", "Cấp kinh phí"), "accepted")
    heading = Item.objects.get(revision=revision, list_name="assignments", key=task.values["assignment_ref"])
    assert heading.state == "accepted"
    undone = undo(actor=land.office, at=NOW, revision_id=revision.pk)
    assert isinstance(undone, list)
    assert {row.state for row in undone} == {"proposed"}
    heading.refresh_from_db()
    assert heading.state == "proposed"


def test_a_stale_decision_is_refused_with_who_did_what(land: World, revision: Revision) -> None:
    row = item(revision, "targets")
    decided(land.second, row, "rejected")
    refused = refusal(decide_item(actor=land.office, at=NOW, item_id=row.pk, version=1, state="accepted"))
    assert refused.code == "stale"
    assert refused.message.startswith("minh vừa bỏ mục T1 lúc 10:00")
    # Two of one mind do not quarrel.
    same = decide_item(actor=land.office, at=NOW, item_id=row.pk, version=1, state="rejected")
    assert isinstance(same, Item)
    assert same.version == 2


def test_editing_keeps_what_was_read(land: World, revision: Revision) -> None:
    row = item(revision, "targets")
    edited = edit_item(
        actor=land.office, at=NOW, item_id=row.pk, version=1, edits={"value": 12, "comparator": "gte", "unit": "vụ án"}
    )
    assert isinstance(edited, Item)
    assert edited.state == "accepted"
    assert edited.edits == {"value": 12, "unit": "vụ án"}
    assert edited.facts["value"] == 10
    assert edited.values["value"] == 12
    back = edit_item(actor=land.office, at=NOW, item_id=row.pk, version=2, edits={"value": 10, "unit": "vụ"})
    assert isinstance(back, Item)
    assert back.edits == {}


@pytest.mark.parametrize(
    ("list_name", "edits", "field"),
    [
        ("targets", {"value": "mười"}, "value"),
        ("targets", {"comparator": "about"}, "comparator"),
        ("targets", {"comparator": "range", "value": 5, "value_max": 3}, "value_max"),
        ("targets", {"value": None}, "value"),
        ("targets", {"frequency": {"n": 2, "per": "fortnight"}}, "frequency"),
        ("targets", {"frequency": {"n": 0, "per": "week"}}, "frequency"),
        ("targets", {"baseline": {"kind": "memory"}}, "baseline"),
        ("targets", {"period": {"from": "2026-02-01", "to": "2026-01-01"}}, "period"),
        ("targets", {"colour": "red"}, "colour"),
        ("allocations", {"agencies": []}, "agencies"),
        ("assignments", {"agencies": [], "mode": "assigned"}, "agencies"),
        ("assignments", {"mode": "begged"}, "mode"),
        ("tasks", {"deadline_refs": "D1"}, "deadline_refs"),
        ("deadlines", {"date": "31/12"}, "date"),
        ("deadlines", {"date": None}, "date"),
        ("deadlines", {"binds": {"type": "dream"}}, "binds"),
        ("reporting_duties", {"period": "sometimes"}, "period"),
        ("reporting_duties", {"due": {"relation": "before", "date": "x"}}, "due"),
    ],
)
def test_wrong_values_are_said_with_their_field(
    land: World, revision: Revision, list_name: str, edits: dict[str, Any], field: str
) -> None:
    row = item(revision, list_name)
    refused = refusal(edit_item(actor=land.office, at=NOW, item_id=row.pk, version=1, edits=edits))
    assert (refused.code, refused.field) == ("value", field)
    assert Item.objects.get(pk=row.pk).version == 1


def test_moving_the_place_of_an_item(land: World, revision: Revision) -> None:
    row = item(revision, "targets")
    start = revision.text.index("Bắt giữ")
    edited = edit_item(
        actor=land.office,
        at=NOW,
        item_id=row.pk,
        version=1,
        edits={},
        span=(start - 1, start + len("Bắt giữ ít nhất 10 vụ ")),
    )
    assert isinstance(edited, Item)
    assert (edited.start, edited.text) == (start, "Bắt giữ ít nhất 10 vụ")
    undo(actor=land.office, at=NOW, revision_id=revision.pk)
    edited.refresh_from_db()
    assert edited.text == "ít nhất 10 vụ"
    assert edited.state == "proposed"


def test_a_selection_becomes_an_item(land: World, revision: Revision) -> None:
    start = revision.text.index("Cấp kinh phí")
    added = add_item(
        actor=land.office,
        at=NOW,
        revision_id=revision.pk,
        list_name="tasks",
        start=start - 1,
        end=start + len("Cấp kinh phí") + 1,
        facts={"role": "own", "agencies": ["Sở Xây dựng"]},
    )
    assert isinstance(added, Item)
    assert (added.key, added.text, added.state, added.origin) == ("K6", "Cấp kinh phí", "accepted", "person")
    assert added.clause is not None
    assert added.clause.address == "II.2.-1"
    assert added.line == revision.text.count("\n", 0, start) + 1
    assert BodyMatch.objects.filter(revision=revision, name="Sở Xây dựng", unit=None).exists()
    undo(actor=land.office, at=NOW, revision_id=revision.pk)
    added.refresh_from_db()
    assert added.state == "rejected"
    assert BodyMatch.objects.get(revision=revision, name="Sở Xây dựng").mentions == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"list_name": "dreams"}, "list"),
        ({"start": 0, "end": 0}, "empty"),
        ({"start": 10**9, "end": 10**9 + 5}, "empty"),
        ({"list_name": "targets", "facts": {"value": "nhiều"}}, "value"),
    ],
)
def test_a_selection_that_makes_no_item(land: World, revision: Revision, given: dict[str, Any], code: str) -> None:
    values = {"list_name": "tasks", "start": 0, "end": 9, "facts": {}, **given}
    assert refusal(add_item(actor=land.office, at=NOW, revision_id=revision.pk, **values)).code == code


def test_accepting_the_sure_ones_is_one_act(land: World, revision: Revision) -> None:
    unsure = item(revision, "tasks", "Cấp kinh phí")
    Item.objects.filter(pk=unsure.pk).update(confidence=0.4)
    taken = accept_confident(actor=land.office, at=NOW, revision_id=revision.pk, threshold=0.8)
    assert isinstance(taken, list)
    counts = review_counts(revision, threshold=0.3)
    assert (counts.proposed, counts.sure) == (1, 1)
    assert accept_confident(actor=land.office, at=NOW, revision_id=revision.pk, threshold=0.8) == []
    undone = undo(actor=land.office, at=NOW, revision_id=revision.pk)
    assert isinstance(undone, list)
    assert len(undone) == len(taken)
    assert review_counts(revision, threshold=0).proposed == counts.total
    some = accept_confident(actor=land.office, at=NOW, revision_id=revision.pk, threshold=0, list_names=["targets"])
    assert isinstance(some, list)
    assert {row.list_name for row in some} == {"targets"}


def test_undo_is_ones_own_and_step_by_step(land: World, revision: Revision) -> None:
    one, two = item(revision, "targets", "10 vụ"), item(revision, "targets", "80%")
    decided(land.office, one, "accepted")
    decided(land.second, two, "accepted")
    edit_item(actor=land.office, at=NOW, item_id=one.pk, version=2, edits={"value": 11})
    back = undo(actor=land.office, at=NOW, revision_id=revision.pk)
    assert isinstance(back, list)
    one.refresh_from_db()
    assert (one.values["value"], one.state) == (10, "accepted")
    undo(actor=land.office, at=NOW, revision_id=revision.pk)
    one.refresh_from_db()
    assert one.state == "proposed"
    assert refusal(undo(actor=land.office, at=NOW, revision_id=revision.pk)).code == "nothing"
    two.refresh_from_db()
    assert two.state == "accepted"


def test_undo_leaves_what_another_changed_since(land: World, revision: Revision) -> None:
    one, two = item(revision, "targets", "10 vụ"), item(revision, "targets", "80%")
    decided(land.office, two, "accepted")
    decided(land.office, one, "accepted")
    one.refresh_from_db()
    decided(land.second, one, "rejected")
    refused = refusal(undo(actor=land.office, at=NOW, revision_id=revision.pk))
    assert refused.code == "changed_since"
    assert "minh vừa bỏ mục T1" in refused.message
    one.refresh_from_db()
    assert one.state == "rejected"
    assert isinstance(undo(actor=land.office, at=NOW, revision_id=revision.pk), list)
    two.refresh_from_db()
    assert two.state == "proposed"


def test_others_see_what_happened_since(land: World, revision: Revision) -> None:
    row = item(revision, "targets")
    decided(land.office, row, "accepted")
    row.refresh_from_db()
    decide_item(actor=land.second, at=NOW + timedelta(minutes=5), item_id=row.pk, version=2, state="rejected")
    news = changes_since(revision.pk, 1)
    assert (news.version, len(news.items)) == (3, 1)
    assert news.items[0].words == "minh vừa bỏ mục T1 lúc 10:05"
    assert changes_since(revision.pk, 3).items == ()
    assert changes_since(revision.pk, 1, besides=land.second).items[0].by == "lan"
    assert len(changes_since(revision.pk, 2).items) == 1


@pytest.mark.parametrize(
    ("key", "role"), [("police", "officer"), ("police", "leader"), ("dong_hoa_police", "standing_office")]
)
def test_only_the_keepers_review(land: World, revision: Revision, key: str, role: str) -> None:
    actor = land.actor(key, role)
    row, body = item(revision, "targets"), BodyMatch.objects.filter(revision=revision)[0]
    answers: list[object] = [
        decide_item(actor=actor, at=NOW, item_id=row.pk, version=1, state="accepted"),
        edit_item(actor=actor, at=NOW, item_id=row.pk, version=1, edits={"value": 1}),
        add_item(actor=actor, at=NOW, revision_id=revision.pk, list_name="tasks", start=0, end=5, facts={}),
        accept_confident(actor=actor, at=NOW, revision_id=revision.pk, threshold=0),
        undo(actor=actor, at=NOW, revision_id=revision.pk),
        match_body(actor=actor, at=NOW, body_id=body.pk, version=1, unit_ids=[]),
        create_body(actor=actor, at=NOW, body_id=body.pk, version=1, name="X", kind="agency", level="other"),
        create_bodies(actor=actor, at=NOW, revision_id=revision.pk),
        confirm_suggestions(actor=actor, at=NOW, revision_id=revision.pk, threshold=0),
        edit_header(actor=actor, at=NOW, revision_id=revision.pk, version=1, changes={"title": "X"}),
    ]
    assert {refusal(answer).code for answer in answers} == {"not_allowed"}
    assert not ItemChange.objects.exists()


def test_an_adopted_revision_is_closed_to_review(land: World) -> None:
    done = adopted(land.office)
    row = item(done, "targets")
    assert (
        refusal(decide_item(actor=land.office, at=NOW, item_id=row.pk, version=row.version, state="rejected")).code
        == "adopted"
    )


def test_a_matched_body_is_learned(land: World, revision: Revision) -> None:
    body = BodyMatch.objects.get(revision=revision, name="UBND các xã, phường")
    matched = match_body(
        actor=land.office, at=NOW, body_id=body.pk, version=1, unit_ids=[land["dong_hoa"].pk, land["tay_hoa"].pk]
    )
    assert isinstance(matched, BodyMatch)
    assert matched.unit is not None
    assert (matched.unit.kind, matched.unit.name) == ("group", "UBND các xã, phường")
    assert set(members([matched.unit.pk], TODAY)[matched.unit.pk]) == {land["dong_hoa"].pk, land["tay_hoa"].pk}
    assert match("UBND các xã, phường", land["police"].pk, TODAY)[0].unit_id == matched.unit.pk
    fewer = match_body(
        actor=land.office, at=NOW, body_id=body.pk, version=2, unit_ids=[land["dong_hoa"].pk, land["health"].pk]
    )
    assert isinstance(fewer, BodyMatch)
    assert fewer.unit == matched.unit
    health = BodyMatch.objects.get(revision=revision, name="Sở Y tế")
    match_body(actor=land.office, at=NOW, body_id=health.pk, version=1, unit_ids=[land["finance"].pk])
    assert match("Sở Y tế", land["police"].pk, TODAY)[0].unit_id == land["finance"].pk
    stale = refusal(match_body(actor=land.second, at=NOW, body_id=health.pk, version=1, unit_ids=[]))
    assert stale.message.startswith("lan vừa khớp “Sở Y tế” với “Sở Tài chính”")
    none = match_body(actor=land.second, at=NOW, body_id=health.pk, version=2, unit_ids=[])
    assert isinstance(none, BodyMatch)
    assert none.unit is None
    assert (
        refusal(match_body(actor=land.office, at=NOW, body_id=health.pk, version=3, unit_ids=[10**6])).code == "no_unit"
    )


def test_a_body_is_made_in_place(land: World, revision: Revision) -> None:
    body = BodyMatch.objects.get(revision=revision, name="UBND các xã, phường")
    made = create_body(
        actor=land.office,
        at=NOW,
        body_id=body.pk,
        version=1,
        name="Các xã, phường của tỉnh",
        kind="group",
        level="commune",
        parent_id=land["an_binh"].pk,
        member_ids=[land["tay_hoa"].pk],
    )
    assert isinstance(made, BodyMatch)
    assert made.unit is not None
    assert made.unit.name == "Các xã, phường của tỉnh"
    again = create_body(
        actor=land.office,
        at=NOW,
        body_id=body.pk,
        version=2,
        name="Sở Y tế",
        kind="agency",
        level="province",
        parent_id=land["an_binh"].pk,
    )
    assert refusal(again).ref == land["health"].pk


def test_all_missing_bodies_at_once(land: World, revision: Revision) -> None:
    made = create_bodies(actor=land.office, at=NOW, revision_id=revision.pk)
    assert isinstance(made, list)
    assert [body.name for body in made] == ["UBND các xã, phường"]
    unit = Unit.objects.get(name="UBND các xã, phường")
    assert set(members([unit.pk], TODAY)[unit.pk]) == {land["dong_hoa"].pk, land["tay_hoa"].pk}
    assert review_counts(revision, threshold=1).bodies_open == 0


def test_suggestions_are_confirmed_from_a_score_on(land: World, revision: Revision) -> None:
    row = item(revision, "tasks", "Cấp kinh phí")
    edit_item(actor=land.office, at=NOW, item_id=row.pk, version=1, edits={"partners": ["Sở Tài chánh"]})
    body = BodyMatch.objects.get(revision=revision, name="Sở Tài chánh")
    assert (body.unit, body.suggested) == (None, land["finance"])
    assert confirm_suggestions(actor=land.office, at=NOW, revision_id=revision.pk, threshold=0.99) == []
    taken = confirm_suggestions(actor=land.office, at=NOW, revision_id=revision.pk, threshold=0.7)
    assert isinstance(taken, list)
    assert [each.unit for each in taken] == [land["finance"]]


def test_the_header_is_put_right(land: World, revision: Revision) -> None:
    edited = edit_header(
        actor=land.office,
        at=NOW,
        revision_id=revision.pk,
        version=1,
        changes={"number": "15", "window_to": "2027-06-30", "kind": "programme", "title": "  Tên   mới "},
    )
    assert isinstance(edited, Revision)
    plan = Plan.objects.get(pk=revision.plan_id)
    assert (plan.number, plan.title, plan.kind, str(plan.window_to)) == ("15", "Tên mới", "programme", "2027-06-30")
    assert list(plans_visible(land.office, words="ten moi 15")) == [plan]
    stale = edit_header(actor=land.second, at=NOW, revision_id=revision.pk, version=1, changes={"number": "16"})
    assert refusal(stale).code == "stale"
    reading = reading_confirmed(edited)
    assert reading["header"]["number"]["value"] == "15"
    assert reading["header"]["period"]["to"] == "2027-06-30"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"number": "1" * 41}, "number"),
        ({"issued_on": "31/02/2026"}, "issued_on"),
        ({"window_from": "2027-01-01"}, "window_to"),
        ({"kind": "poem"}, "kind"),
        ({"issuer_id": 10**6}, "issuer_id"),
        ({"signer": "X"}, "signer"),
    ],
)
def test_a_wrong_header_is_said(land: World, revision: Revision, changes: dict[str, Any], field: str) -> None:
    refused = refusal(edit_header(actor=land.office, at=NOW, revision_id=revision.pk, version=1, changes=changes))
    assert refused.field == field


def test_the_download_holds_what_was_confirmed(land: World, revision: Revision) -> None:
    row = item(revision, "targets")
    edit_item(actor=land.office, at=NOW, item_id=row.pk, version=1, edits={"value": 12})
    reading = reading_confirmed(revision)
    assert [(each["id"], each["value"], each["span"], each["text"]) for each in reading["targets"]] == [
        ("T1", 12, [row.start, row.end], "ít nhất 10 vụ")
    ]
    assert reading["tasks"] == []
    assert reading["schema"] == "pcmt-plan/1"


def test_a_decision_costs_few_statements(land: World, revision: Revision, django_assert_max_num_queries: Any) -> None:
    row = item(revision, "targets")
    with django_assert_max_num_queries(14):
        decide_item(actor=land.office, at=NOW, item_id=row.pk, version=1, state="accepted")
