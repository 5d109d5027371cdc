"""Taking a due item on, giving it back, handing parts of it down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.models import Plan, PlanUnit
from pcmt.apps.tasks.models import DueItem, ProgressNote, Task
from pcmt.apps.tasks.operations import (
    acknowledge,
    answer_decline,
    decline,
    edit_part,
    hand_down,
    name_holder,
    reopen,
    report_progress,
    take_back,
)
from pcmt.apps.tasks.queries import begun, lower_units, my_work, parts_count, parts_of
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import NewUnit, create_units
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import TEXT, adopted
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("reader")

LIMIT = date(2026, 6, 14)
"""The last day of the list that Sở Y tế owes."""


@pytest.fixture
def due(land: World) -> DueItem:
    """The list that Sở Y tế owes by 14 June."""
    adopted(land.office)
    return DueItem.objects.get(task__text__startswith="Lập danh sách")


def done(answer: Any) -> Any:
    assert not isinstance(answer, Refusal), answer
    return answer


def refused(answer: object, code: str, field: str = "") -> Refusal:
    assert isinstance(answer, Refusal), answer
    assert (answer.code, answer.field) == (code, field), answer
    return answer


def part_of(land: World, due: DueItem, unit: str = "dong_hoa", *, by: str = "health", **said: Any) -> DueItem:
    """A part of a due item, given to one unit."""
    due.refresh_from_db()
    given = {"label": "Rà soát ở xã", "unit_ids": [land[unit].pk], **said}
    (part,) = done(hand_down(actor=land.actor(by), at=NOW, due_item_id=due.pk, version=due.version, **given))
    assert isinstance(part, DueItem)
    return part


def told(actor: Actor) -> list[tuple[str, str]]:
    """Why somebody was told something, and the first words of it."""
    rows = Notice.objects.filter(user=actor.user_id).order_by("pk")
    return [(notice.reason, notice.title.split(":")[0]) for notice in rows]


# Per act on the due item of Sở Y tế: the codes of refusal by who tries it; "" may.
WHO: dict[str, dict[tuple[str, str], str]] = {
    "acknowledge": {
        ("health", "officer"): "",
        ("health", "health_officer"): "",
        ("health", "leader"): "not_allowed",  # looks
        ("health", "administrator"): "not_allowed",
        ("police", "standing_office"): "not_allowed",  # nobody takes on for another
        ("finance", "officer"): "not_allowed",
        ("dong_hoa", "commune_officer"): "not_allowed",
        ("binh_giang", "officer"): "not_allowed",
    },
    "decline": {
        ("health", "officer"): "",
        ("health", "leader"): "not_allowed",
        ("police", "standing_office"): "not_allowed",
        ("finance", "officer"): "not_allowed",
        ("binh_giang_police", "standing_office"): "not_allowed",
    },
    "hand_down": {
        ("health", "officer"): "",
        ("police", "standing_office"): "",
        ("police", "officer"): "not_allowed",
        ("health", "leader"): "not_allowed",
        ("finance", "officer"): "not_allowed",
        ("binh_giang_police", "standing_office"): "not_allowed",
    },
    "name_holder": {
        ("health", "officer"): "",
        ("police", "standing_office"): "",
        ("health", "leader"): "not_allowed",
        ("an_binh", "administrator"): "not_allowed",
        ("finance", "officer"): "not_allowed",
    },
    "answer": {
        ("police", "standing_office"): "",
        ("an_binh", "standing_office"): "",  # above the keeper
        ("health", "officer"): "not_allowed",  # who asked does not answer
        ("health", "standing_office"): "not_allowed",
        ("an_binh", "leader"): "not_allowed",
        ("binh_giang_police", "standing_office"): "not_allowed",
    },
    "edit_part": {
        ("health", "officer"): "",  # gave it
        ("police", "standing_office"): "",
        ("dong_hoa", "commune_officer"): "not_allowed",  # got it
        ("finance", "officer"): "not_allowed",
        ("health", "leader"): "not_allowed",
    },
    "take_back": {
        ("health", "officer"): "",
        ("police", "standing_office"): "",
        ("dong_hoa", "commune_officer"): "not_allowed",
        ("tay_hoa", "commune_officer"): "not_allowed",
    },
}


@pytest.mark.parametrize("act", WHO)
def test_who_may_do_what(land: World, due: DueItem, act: str) -> None:
    holder = land.actor("health", name="hoa").user_id
    if act in {"edit_part", "take_back"}:
        due = part_of(land, due)
    elif act == "answer":
        done(decline(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, reason="Không đúng chức năng"))
        due.refresh_from_db()
    call: dict[str, Callable[..., Any]] = {
        "acknowledge": acknowledge,
        "decline": lambda **held: decline(**held, reason="Không đúng chức năng"),
        "hand_down": lambda **held: hand_down(**held, unit_ids=[land["dong_hoa"].pk], label="Rà soát ở xã"),
        "name_holder": lambda **held: name_holder(**held, holder_id=holder),
        "answer": lambda **held: answer_decline(**held, answer="Vẫn giao"),
        "edit_part": lambda **held: edit_part(**held, label="Rà soát lại"),
        "take_back": lambda **held: take_back(**held, reason="Nhầm xã"),
    }
    given: dict[str, Any] = {"at": NOW, "due_item_id": due.pk, "version": due.version}
    for (unit, role), code in WHO[act].items():
        actor, entries = land.actor(unit, role), Entry.objects.count()
        with transaction.atomic():
            answer = call[act](actor=actor, **given)
            if code:
                refused(answer, code)
                assert Entry.objects.count() == entries
                assert DueItem.objects.get(pk=due.pk).version == due.version
            else:
                assert not isinstance(answer, Refusal), (unit, role, answer)
                assert Entry.objects.count() == entries + 1
                # Said again with what was seen before: it is so already, or the other's deed is told.
                again = call[act](actor=actor, **given)
                assert not isinstance(again, Refusal) or again.code in {"stale", "cancelled"}
                assert isinstance(again, Refusal) is (act not in {"acknowledge", "name_holder"})
            transaction.set_rollback(True)


def test_the_first_report_takes_on_and_the_office_does_not(land: World, due: DueItem) -> None:
    office = done(report_progress(actor=land.office, at=NOW, due_item_id=due.pk, version=1, percent=10))
    assert office.acknowledged_at is None
    own = done(report_progress(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=2, percent=20))
    assert own.acknowledged_at == NOW
    later = NOW + timedelta(days=1)
    again = done(acknowledge(actor=land.actor("health"), at=later, due_item_id=due.pk, version=1))
    assert again.acknowledged_at == NOW
    assert not ProgressNote.objects.filter(event="acknowledged").exists()


def test_a_body_says_that_it_is_not_its_to_do_and_is_told_to_do_it(land: World, due: DueItem) -> None:
    health, second = land.actor("health"), land.second
    refused(decline(actor=health, at=NOW, due_item_id=due.pk, version=1, reason="  "), "reason", "reason")
    asked = done(decline(actor=health, at=NOW, due_item_id=due.pk, version=1, reason="Việc của Sở Tài chính"))
    assert (asked.declined_at, asked.state) == (NOW, "open")
    assert told(second) == told(land.office) == [("declined", "Sở Y tế đề nghị giao lại")]
    assert asked.is_late(LIMIT + timedelta(days=1))  # it owes it meanwhile
    refused(decline(actor=health, at=NOW, due_item_id=due.pk, version=2, reason="Nữa"), "declined")
    refused(
        hand_down(actor=health, at=NOW, due_item_id=due.pk, version=2, unit_ids=[land["dong_hoa"].pk], label="Phần"),
        "declined",
    )
    office = land.office
    refused(answer_decline(actor=office, at=NOW, due_item_id=due.pk, version=2, answer=""), "answer", "answer")
    back = done(answer_decline(actor=office, at=NOW, due_item_id=due.pk, version=2, answer="Theo quyết định số 9"))
    assert (back.declined_at, back.unit_id) == (None, land["health"].pk)
    assert told(health) == [("decided", "Đơn vị vẫn làm việc này")]
    refused(answer_decline(actor=office, at=NOW, due_item_id=due.pk, version=3, answer="Lại"), "not_declined")
    assert ProgressNote.objects.get(event="answered").note == "Theo quyết định số 9"


def test_given_to_another_body_it_keeps_limit_and_origin(land: World, due: DueItem) -> None:
    health, finance, office = land.actor("health"), land.actor("finance"), land.office
    done(name_holder(actor=health, at=NOW, due_item_id=due.pk, version=1, holder_id=health.user_id))
    kept = part_of(land, due, "health", holder_id=health.user_id)
    given = part_of(land, due, "dong_hoa")
    due.refresh_from_db()
    done(decline(actor=health, at=NOW, due_item_id=due.pk, version=due.version, reason="Việc của Sở Tài chính"))
    due.refresh_from_db()
    for wrong in (land["health"], land["binh_giang"]):
        answer = answer_decline(
            actor=office, at=NOW, due_item_id=due.pk, version=due.version, answer="Chuyển", unit_id=wrong.pk
        )
        refused(answer, "unit", "unit")
    done(
        answer_decline(
            actor=office, at=NOW, due_item_id=due.pk, version=due.version, answer="Chuyển", unit_id=land["finance"].pk
        )
    )
    due.refresh_from_db()
    kept.refresh_from_db()
    given.refresh_from_db()
    assert (due.unit, due.origin_unit, due.due_on) == (land["finance"], land["health"], LIMIT)
    assert (due.acknowledged_at, due.declined_at, due.holder) == (None, None, None)
    # What the body had kept for itself goes along; what others do they do for the new body.
    assert (kept.unit, kept.given_by, kept.holder) == (land["finance"], land["finance"], None)
    assert (given.unit, given.given_by) == (land["dong_hoa"], land["finance"])
    assert told(health)[-1] == ("decided", "Việc chuyển cho Sở Tài chính")
    assert told(finance) == [("assigned", "Được giao việc")]
    assert {note.event for note in ProgressNote.objects.filter(due_item=due)} >= {"answered", "moved"}
    done(acknowledge(actor=finance, at=NOW, due_item_id=due.pk, version=due.version))
    # The text goes on naming Sở Y tế: an amendment leaves it where it is.
    adopted(office, plan_id=due.plan_id, text=TEXT + "\nSửa đổi.\n")
    due.refresh_from_db()
    assert (due.unit, due.state) == (land["finance"], "open")


def test_whoever_works_on_it_no_longer_asks_to_be_spared(land: World, due: DueItem) -> None:
    health = land.actor("health")
    done(decline(actor=health, at=NOW, due_item_id=due.pk, version=1, reason="Nhầm"))
    done(acknowledge(actor=health, at=NOW, due_item_id=due.pk, version=2))
    due.refresh_from_db()
    assert (due.declined_at, due.acknowledged_at) == (None, NOW)
    assert told(land.office)[-1] == ("changed", "Sở Y tế nhận việc")


def test_a_person_of_the_unit_has_it_in_hand(land: World, due: DueItem) -> None:
    health, hoa = land.actor("health"), land.actor("health", name="hoa")
    stranger = land.actor("finance")
    refused(
        name_holder(actor=health, at=NOW, due_item_id=due.pk, version=1, holder_id=stranger.user_id), "holder", "holder"
    )
    held = done(name_holder(actor=health, at=NOW, due_item_id=due.pk, version=1, holder_id=hoa.user_id))
    assert (held.holder_id, held.acknowledged_at) == (hoa.user_id, NOW)
    assert told(hoa) == [("assigned", "Phụ trách việc")]
    assert told(health) == []
    nobody = done(name_holder(actor=hoa, at=NOW, due_item_id=due.pk, version=2, holder_id=None))
    assert nobody.holder_id is None


def test_several_units_get_a_part_each(land: World, due: DueItem) -> None:
    health = land.actor("health")
    people = [land.actor("dong_hoa", "commune_officer"), land.actor("tay_hoa", "commune_officer")]
    units = [land["tay_hoa"].pk, land["dong_hoa"].pk, land["tay_hoa"].pk]
    parts = done(
        hand_down(
            actor=health, at=NOW, due_item_id=due.pk, version=1, unit_ids=units, label=" Rà soát  ở xã ",
            due_on=date(2026, 5, 31), needs_acceptance=True,
        )
    )  # fmt: skip
    assert [part.unit_id for part in parts] == units[:2]
    first = DueItem.objects.get(pk=parts[0].pk)
    assert (first.label, first.due_on, first.original_due_on, first.opens_on) == (
        "Rà soát ở xã", date(2026, 5, 31), date(2026, 5, 31), TODAY,
    )  # fmt: skip
    assert (first.parent_id, first.given_by, first.task_id, first.plan_id, first.clause_id) == (
        due.pk, land["health"], due.task_id, due.plan_id, due.clause_id,
    )  # fmt: skip
    assert (first.needs_acceptance, first.mode, first.state) == (True, "assigned", "open")
    for person in people:
        assert told(person) == [("assigned", "Được giao phần việc")]
        assert "Rà soát" not in Notice.objects.get(user=person.user_id).title  # what was typed stays on the page
    due.refresh_from_db()
    assert due.acknowledged_at == NOW
    (note,) = ProgressNote.objects.all()
    assert (note.due_item_id, note.event) == (due.pk, "handed_down")
    assert "Phường Tây Hòa, Xã Đông Hòa, hạn hết ngày 31/5/2026" in note.note
    assert [part.pk for part in my_work(people[0], TODAY).later if part.parent_id] == [parts[1].pk]


def test_a_part_does_not_change_the_whole(land: World, due: DueItem) -> None:
    health, commune = land.actor("health"), land.actor("dong_hoa", "commune_officer")
    one, other = part_of(land, due), part_of(land, due, "tay_hoa")
    done(report_progress(actor=commune, at=NOW, due_item_id=one.pk, version=1, done=True))
    due.refresh_from_db()
    task = Task.objects.get(pk=due.task_id)
    assert (due.percent, due.state, task.percent, task.state) == (0, "open", 0, "open")
    count = parts_count(due, parts_of(due))
    assert (count.done, count.total) == (1, 2)
    answer = report_progress(actor=health, at=NOW, due_item_id=due.pk, version=due.version, done=True)
    refused(answer, "parts_open", "despite_parts")
    whole = done(
        report_progress(actor=health, at=NOW, due_item_id=due.pk, version=due.version, done=True, despite_parts=True)
    )
    assert whole.state == "done"
    other.refresh_from_db()
    assert other.state == "open"  # whoever gave it may take it back, but it is still owed
    task.refresh_from_db()
    assert task.state == "done"


def test_a_whole_is_done_when_all_its_parts_are(land: World, due: DueItem) -> None:
    part = part_of(land, due)
    gone = part_of(land, due, "tay_hoa")
    done(take_back(actor=land.actor("health"), at=NOW, due_item_id=gone.pk, version=1, reason="Nhầm"))
    done(report_progress(actor=land.actor("dong_hoa"), at=NOW, due_item_id=part.pk, version=1, done=True))
    due.refresh_from_db()
    assert (parts_count(due, parts_of(due)).done, parts_count(due, parts_of(due)).total) == (1, 1)
    done(report_progress(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=due.version, done=True))


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"label": "  "}, "label", "label"),
        ({"label": "x" * 1001}, "label", "label"),
        ({"units": []}, "units", "units"),
        ({"units": ["binh_giang"]}, "not_below", "units"),
        ({"units": ["finance"]}, "not_below", "units"),  # beside it, not below
        ({"units": ["dong_hoa", "an_binh"]}, "not_below", "units"),
        ({"due_on": date(2026, 3, 1)}, "limit_past", "due_on"),
        ({"due_on": date(2026, 6, 15)}, "limit_late", "due_on"),
        ({"holder": "health"}, "holder", "holder"),  # a person of the giver for another's part
        ({"units": ["health"], "holder": "finance"}, "holder", "holder"),
        ({"units": ["health", "dong_hoa"], "holder": "health"}, "holder", "holder"),
    ],
)
def test_what_cannot_be_handed_down(land: World, due: DueItem, said: dict[str, Any], code: str, field: str) -> None:
    given: dict[str, Any] = {"label": "Phần việc", "unit_ids": [land["dong_hoa"].pk]}
    given |= {name: value for name, value in said.items() if name in {"label", "due_on"}}
    if "units" in said:
        given["unit_ids"] = [land[name].pk for name in said["units"]]
    if "holder" in said:
        given["holder_id"] = land.actor(said["holder"]).user_id
    answer = hand_down(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, **given)
    refused(answer, code, field)
    assert not DueItem.objects.filter(parent=due).exists()


def test_the_limit_of_today_and_of_the_whole_are_allowed(land: World, due: DueItem) -> None:
    assert part_of(land, due, due_on=TODAY).due_on == TODAY
    assert part_of(land, due, due_on=LIMIT).due_on == LIMIT
    assert part_of(land, due).due_on == LIMIT


def test_a_late_whole_still_gives_its_parts_a_day_they_can_keep(land: World, due: DueItem) -> None:
    """The whole stays late; the commune that hears of it only now does not begin late."""
    at, health = datetime(2026, 7, 1, 3, tzinfo=NOW.tzinfo), land.actor("health", on=date(2026, 7, 1))
    given: dict[str, Any] = {"due_item_id": due.pk, "version": 1, "unit_ids": [land["dong_hoa"].pk], "label": "Phần"}
    refused(hand_down(actor=health, at=at, **given), "limit_missing", "due_on")
    refused(hand_down(actor=health, at=at, **given, due_on=date(2027, 1, 1)), "limit_late", "due_on")
    (part,) = done(hand_down(actor=health, at=at, **given, due_on=date(2026, 7, 31)))
    due.refresh_from_db()
    assert due.is_late(date(2026, 7, 1))
    assert not part.is_late(date(2026, 7, 1))


def test_a_standing_task_gives_limits_within_the_plan(land: World, due: DueItem) -> None:
    standing = DueItem.objects.get(task__text__startswith="Phối hợp Sở Tài chính")
    assert standing.due_on is None
    assert part_of(land, standing).due_on is None
    assert part_of(land, standing, "tay_hoa", due_on=date(2026, 12, 31)).due_on == date(2026, 12, 31)
    standing.refresh_from_db()
    answer = hand_down(
        actor=land.actor("health"), at=NOW, due_item_id=standing.pk, version=standing.version,
        unit_ids=[land["dong_hoa"].pk], label="Phần", due_on=date(2027, 1, 1),
    )  # fmt: skip
    refused(answer, "limit_late", "due_on")


def test_two_levels_and_no_third(land: World, due: DueItem) -> None:
    part = part_of(land, due, "dong_hoa")
    below = part_of(land, part, "dong_hoa_clinic", by="dong_hoa", label="Lập danh sách của trạm")
    assert (below.parent_id, below.given_by, below.due_on) == (part.pk, land["dong_hoa"], LIMIT)
    answer = hand_down(
        actor=land.actor("dong_hoa_clinic"), at=NOW, due_item_id=below.pk, version=1,
        unit_ids=[land["dong_hoa_clinic"].pk], label="Nữa",
    )  # fmt: skip
    refused(answer, "too_deep")
    assert [row.pk for row in parts_of(due)] == [part.pk, below.pk]
    assert parts_count(due, parts_of(due)).total == 1


def test_reports_and_settled_items_are_not_handed_down(land: World, due: DueItem) -> None:
    report = DueItem.objects.filter(kind="report", unit=land["health"])[0]
    given: dict[str, Any] = {"actor": land.actor("health"), "at": NOW, "unit_ids": [land["dong_hoa"].pk], "label": "P"}
    refused(hand_down(due_item_id=report.pk, version=1, **given), "report")
    done(report_progress(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, done=True))
    refused(hand_down(due_item_id=due.pk, version=2, **given), "settled")
    refused(decline(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=2, reason="Xong rồi"), "settled")
    refused(acknowledge(actor=land.actor("dong_hoa"), at=NOW, due_item_id=due.pk, version=2), "not_allowed")


def test_a_part_is_changed_and_taken_back_until_somebody_begins(land: World, due: DueItem) -> None:
    health, commune = land.actor("health"), land.actor("dong_hoa", "commune_officer")
    part = part_of(land, due)
    given: dict[str, Any] = {"actor": health, "at": NOW, "due_item_id": part.pk}
    refused(edit_part(**given, version=1, label="Phần", due_on=LIMIT + timedelta(days=1)), "limit_late", "due_on")
    refused(edit_part(**given, version=1, label=""), "label", "label")
    now = done(edit_part(**given, version=1, label="Rà soát hai lần", due_on=date(2026, 4, 30), needs_acceptance=True))
    assert (now.label, now.due_on, now.original_due_on, now.version) == (
        "Rà soát hai lần", date(2026, 4, 30), date(2026, 4, 30), 2,
    )  # fmt: skip
    assert "hai lan" in now.search_key
    assert told(commune)[-1] == ("changed", "Phần việc được sửa")
    same = done(edit_part(**given, version=2, label="Rà soát hai lần", due_on=date(2026, 4, 30), needs_acceptance=True))
    assert same.version == 2
    refused(take_back(**given, version=1, reason="Nhầm"), "stale")
    refused(take_back(**given, version=2, reason=""), "reason", "reason")
    done(acknowledge(actor=commune, at=NOW, due_item_id=part.pk, version=2))
    part.refresh_from_db()
    assert begun(part)
    refused(take_back(**given, version=3, reason="Nhầm"), "begun")
    refused(edit_part(**given, version=3, label="Khác"), "begun")


def test_taken_back_it_stays_on_record_and_is_owed_no_more(land: World, due: DueItem) -> None:
    part, commune = part_of(land, due), land.actor("dong_hoa", "commune_officer")
    done(take_back(actor=land.actor("health"), at=NOW, due_item_id=part.pk, version=1, reason="Giao nhầm xã"))
    part.refresh_from_db()
    assert part.state == "cancelled"
    assert told(commune) == [("changed", "Phần việc được thu hồi")]
    assert not DueItem.objects.owed().filter(pk=part.pk).exists()
    refused(report_progress(actor=commune, at=NOW, due_item_id=part.pk, version=2, percent=5), "cancelled")
    assert ProgressNote.objects.get(due_item=part, event="cancelled").note == "Giao nhầm xã"
    refused(take_back(actor=land.office, at=NOW, due_item_id=due.pk, version=2, reason="Không phải phần"), "no_part")


def test_a_part_given_back_goes_to_another_lower_unit(land: World, due: DueItem) -> None:
    part, commune = part_of(land, due), land.actor("dong_hoa", "commune_officer")
    done(decline(actor=commune, at=NOW, due_item_id=part.pk, version=1, reason="Không có trạm"))
    assert told(land.actor("health")) == [("declined", "Xã Đông Hòa đề nghị giao lại")]
    assert told(land.office) == []
    answer = answer_decline(
        actor=land.actor("health"), at=NOW, due_item_id=part.pk, version=2, answer="Đồng ý",
        unit_id=land["finance"].pk,
    )  # fmt: skip
    refused(answer, "unit", "unit")
    done(
        answer_decline(
            actor=land.actor("health"), at=NOW, due_item_id=part.pk, version=2, answer="Đồng ý",
            unit_id=land["tay_hoa"].pk,
        )
    )  # fmt: skip
    part.refresh_from_db()
    assert (part.unit, part.origin_unit, part.parent_id) == (land["tay_hoa"], land["dong_hoa"], due.pk)


def test_whoever_gets_a_part_sees_what_it_belongs_to(land: World) -> None:
    """The police issues a plan of its own; nobody above the commune does, and the text does not name it."""
    plan = adopted(land.office).plan
    Plan.objects.filter(pk=plan.pk).update(issuer=land["police"])
    PlanUnit.objects.filter(plan=plan, unit=land["dong_hoa_clinic"]).delete()
    clinic, chief = land.actor("dong_hoa_clinic"), land.actor("dong_hoa_clinic", "leader")
    due = DueItem.objects.get(task__text__startswith="Lập danh sách")
    assert not DueItem.objects.visible_to(clinic).filter(plan=plan).exists()
    part = part_of(land, due, "dong_hoa_clinic")
    for actor in (clinic, chief):
        assert set(DueItem.objects.visible_to(actor).filter(pk__in=[due.pk, part.pk])) == {due, part}
        assert Plan.objects.visible_to(actor).filter(pk=plan.pk).exists()
        assert Task.objects.visible_to(actor).filter(pk=due.task_id).exists()
        assert due.clause is not None
        assert type(due.clause).objects.visible_to(actor).filter(pk=due.clause_id).exists()
    assert not DueItem.objects.visible_to(land.actor("binh_giang")).exists()
    done(report_progress(actor=clinic, at=NOW, due_item_id=part.pk, version=1, percent=30))


def test_lower_units(land: World) -> None:
    """A committee: everything below it. A body that serves one: the bodies of lower levels in its area."""

    def names(unit: str, on: date = TODAY) -> set[str]:
        return {key for key, row in land.units.items() if row in lower_units(land[unit].pk, on)}

    communes = {"dong_hoa", "dong_hoa_police", "dong_hoa_clinic", "tay_hoa", "tay_hoa_police"}
    assert names("health") == names("police") == communes
    assert names("an_binh") == communes | {"police", "health", "finance", "front"}
    assert names("dong_hoa") == {"dong_hoa_police", "dong_hoa_clinic"}
    assert names("dong_hoa_police") == set()
    assert names("binh_giang") == {"binh_giang_police"}
    rows = (
        NewUnit(key="thon", name="Thôn Một", kind="administrative", level="hamlet", parent=land["dong_hoa"].pk),
        NewUnit(key="truong", name="Trường Một", kind="agency", level="school", parent=land["dong_hoa"].pk),
    )
    land.units.update(create_units(actor=None, at=NOW, rows=rows))
    assert names("police") == communes  # nobody passes over a level of government
    assert names("dong_hoa") == {"dong_hoa_police", "dong_hoa_clinic", "thon", "truong"}
    assert names("dong_hoa_police") == {"thon"}
    Unit.objects.filter(pk=land["tay_hoa_police"].pk).update(valid_to=TODAY)
    assert names("police") == communes - {"tay_hoa_police"}


def test_a_body_that_has_ended_gets_no_part(land: World, due: DueItem) -> None:
    Unit.objects.filter(pk=land["dong_hoa"].pk).update(valid_to=TODAY)
    answer = hand_down(
        actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, unit_ids=[land["dong_hoa"].pk], label="P"
    )
    refused(answer, "not_below", "units")


def test_what_nobody_owes_is_handed_down_by_the_office(land: World, due: DueItem) -> None:
    DueItem.objects.filter(pk=due.pk).update(unit=None, unit_name="Các đội")
    due.refresh_from_db()
    (part,) = done(
        hand_down(
            actor=land.office,
            at=NOW,
            due_item_id=due.pk,
            version=1,
            unit_ids=[land["dong_hoa_police"].pk],
            label="Phần",
        )
    )
    assert part.given_by_id == land["police"].pk


def test_what_is_requested_stays_requested_further_down(land: World, due: DueItem) -> None:
    asked = DueItem.objects.get(mode="requested")
    (part,) = done(
        hand_down(
            actor=land.actor("front"), at=NOW, due_item_id=asked.pk, version=1, unit_ids=[land["dong_hoa"].pk],
            label="Vận động ở xã", due_on=date(2026, 4, 1),
        )
    )  # fmt: skip
    assert part.mode == "requested"
    assert not part.is_late(date(2026, 12, 1))


def test_an_amendment_that_drops_the_task_ends_its_parts(land: World, due: DueItem) -> None:
    part = part_of(land, due)
    below = part_of(land, part, "dong_hoa_clinic", by="dong_hoa")
    adopted(land.office, plan_id=due.plan_id, text=TEXT.replace("- Lập danh sách người cần hỗ trợ", "- Rà lại sổ"))
    for row in (due, part, below):
        row.refresh_from_db()
        assert row.state == "ended"


def test_opened_again_it_is_owed_as_before(land: World, due: DueItem) -> None:
    health = land.actor("health")
    done(report_progress(actor=health, at=NOW, due_item_id=due.pk, version=1, done=True))
    again = done(reopen(actor=health, at=NOW, due_item_id=due.pk, version=2, reason="Thiếu"))
    assert (again.acknowledged_at, again.changed_at) == (NOW, NOW)
