"""Tests, residence checks and care: what is written once, what is refused, what follows by law."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.models import (
    Clock,
    ClockKind,
    DrugTest,
    EpisodeStage,
    Pledge,
    Spell,
    TeamMember,
    TestPlan,
)
from pcmt.apps.registers.operations import caring, clocks, steps
from pcmt.apps.registers.operations.testing import (
    TestEntry,
    proposal_of,
    record_residence,
    record_test,
    record_tests,
    void_test,
)
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries import care, work
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category
from tests.factories.registers import spell, subject
from tests.factories.world import World

pytestmark = pytest.mark.django_db

AT = datetime(2026, 8, 3, 3, tzinfo=UTC)
ON = date(2026, 8, 3)
SINCE = date(2026, 7, 1)


def keeper(land: World, key: str = "dong_hoa_police") -> Actor:
    return land.actor(key, "register_keeper", on=ON)


def managed(land: World, category: Category = Category.ILLEGAL_USER, **more: Any) -> Spell:
    if not TestPlan.objects.exists():
        TestPlan.objects.create(
            unit=land["an_binh"], category="illegal_user", months=1, early_days=3, late_days=3, basis="Kế hoạch 01",
            valid_from=date(2026, 1, 1), made_at=AT,
        )  # fmt: skip
    found = spell(subject(land["dong_hoa"], since=SINCE, **more), category, on=SINCE)
    clocks.lay_recurring(found, at=datetime(2026, 7, 1, 3, tzinfo=UTC))
    return found


def given(land: World, of: Spell, **more: Any) -> Any:
    told = {"key": uuid4(), "on": ON, "ground": "managed", "result": "negative", **more}
    return record_test(actor=told.pop("actor", keeper(land)), at=told.pop("at", AT), code=of.subject.code, **told)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"on": date(2026, 8, 4)}, "future"),
        ({"on": date(2026, 6, 30)}, "before_file"),
        ({"ground": "because"}, "no_ground"),
        ({"sample": "skin"}, "no_sample"),
        ({"result": "perhaps"}, "no_result"),
        ({"result": "positive", "substances": ["tea"]}, "no_substance"),
        ({"substances": ["heroin"]}, "substances"),
    ],
)
def test_what_is_no_test_is_refused(land: World, more: dict[str, Any], code: str) -> None:
    made = given(land, managed(land), **more)
    assert isinstance(made, Refusal)
    assert made.code == code
    assert not DrugTest.objects.exists()


@pytest.mark.parametrize(
    ("born", "code"),
    [
        (date(2011, 1, 2), "guardian"),
        (date(2008, 8, 4), "guardian"),  # 18 tomorrow: the year alone would not tell
        (date(2008, 8, 3), ""),
        (date(2000, 1, 1), ""),
    ],
)
def test_a_parent_is_there_for_minors_but_not_for_urine(land: World, born: date, code: str) -> None:
    of = managed(land, block=PersonBlock(name="Lò Văn Trẻ", born_on=born))
    assert not isinstance(given(land, of), Refusal)
    made = given(land, of, sample="blood")
    assert (made.code if isinstance(made, Refusal) else "") == code
    if code:
        assert not isinstance(given(land, of, sample="blood", guardian_present=True), Refusal)
        assert not isinstance(given(land, of, sample="hair", result="refused"), Refusal)


def test_twice_is_once_and_a_key_of_another_file_is_refused(land: World) -> None:
    one, other, key = managed(land), managed(land), uuid4()
    first = given(land, one, key=key)
    assert given(land, one, key=key, result="positive") == first
    assert DrugTest.objects.get().result == "negative"
    assert given(land, other, key=key).code == "key_used"
    entries = [
        TestEntry(key=key, code=one.subject.code, on=ON, ground="managed", result="negative"),
        TestEntry(key=uuid4(), code="HS-AAAA-AAAA", on=ON, ground="managed", result="negative"),
        TestEntry(
            key=uuid4(), code=other.subject.code, on=ON, ground="managed", result="positive", substances=("mdma",)
        ),
    ]
    outcomes = record_tests(actor=keeper(land), at=AT, entries=entries)
    assert [each.status for each in outcomes] == ["duplicate", "refused", "saved"]


def test_positive_while_managed_opens_both_steps_in_24_hours(land: World) -> None:
    of = managed(land)
    made = given(land, of, result="positive", substances=["heroin"])
    steps_ = Clock.objects.filter(subject=of.subject, kind=ClockKind.STEP)
    assert {(row.limit, row.due_at) for row in steps_} == {
        (limit, datetime(2026, 8, 4, 3, tzinfo=UTC)) for limit in ("positive_new_decision", "positive_determination")
    }
    assert "positive" not in str(list(Entry.objects.filter(event="registers.test.recorded").values()))
    window = made.clock
    void_test(actor=keeper(land), at=AT, test_id=made.pk, why="result")
    assert {row.outcome for row in steps_.all()} == {"void"}
    window.refresh_from_db()
    assert window.state == "open"  # owed again, and its successor waits for it
    assert Clock.objects.filter(subject=of.subject, kind=ClockKind.TEST).running().count() == 1


@pytest.mark.parametrize(
    ("category", "limits"),
    [
        (Category.IN_REHAB, {"open_dossier"}),
        (Category.ON_SUBSTITUTION, {"open_dossier"}),
        (Category.POST_REHAB, {"positive_determination"}),
        (Category.ADDICT, set()),
    ],
)
def test_positive_of_others_opens_what_their_law_says(land: World, category: Category, limits: set[str]) -> None:
    of = managed(land, category)
    given(land, of, result="positive", substances=["heroin"], ground="plan")
    assert set(Clock.objects.filter(kind=ClockKind.STEP).values_list("limit", flat=True)) == limits


def test_somebody_under_no_management_is_verified_first_and_step_follows_step(land: World) -> None:
    person = subject(land["dong_hoa"], since=SINCE)
    made = record_test(
        actor=keeper(land), at=AT, key=uuid4(), code=person.code, on=ON, ground="caught", result="positive",
        substances=["heroin"],
    )  # fmt: skip
    assert isinstance(made, DrugTest)
    for limit in ("verify_residence", "notify_commune", "decide_user"):
        clock = Clock.objects.get(subject=person, state="open")
        assert clock.limit == limit
        done = steps.finish_step(actor=keeper(land), at=AT, clock_id=clock.pk, version=clock.version, done_at=AT)
        assert isinstance(done, Clock)
    assert not Clock.objects.filter(subject=person, state="open").exists()


def test_refused_early_and_written_late(land: World) -> None:
    of = managed(land)
    assert given(land, of, on=date(2026, 7, 20)).early
    made = given(land, of, on=ON, result="refused")
    assert (made.clock.outcome, made.early) == ("refused", False)


def test_absence_is_a_proposal_and_no_status(land: World) -> None:
    of = managed(land)
    made = record_residence(actor=keeper(land), at=AT, key=uuid4(), code=of.subject.code, on=ON, found="absent")
    assert not isinstance(made, Refusal)
    assert proposal_of(made) == "user.absent"
    assert not of.pauses.exists()
    assert Clock.objects.get(pk=made.clock_id).outcome == "done"


def test_who_may_write(land: World) -> None:
    of = managed(land)
    for actor in (keeper(land, "tay_hoa_police"), land.actor("dong_hoa", "leader"), land.actor("health", "officer")):
        assert isinstance(given(land, of, actor=actor), Refusal)
    assert not isinstance(given(land, of, actor=keeper(land, "police")), Refusal)  # the police line


def test_a_treatment_goes_on_stage_by_stage(land: World) -> None:
    of = managed(land, Category.IN_REHAB)
    told = {"actor": keeper(land), "at": AT}
    made = caring.start_episode(**told, key=uuid4(), code=of.subject.code, on=SINCE, kind="rehab")
    assert not isinstance(made, Refusal)
    assert made.spell == of
    assert caring.start_episode(**told, key=uuid4(), code=of.subject.code, on=ON, kind="rehab").code == "goes_on"
    moved = caring.move_stage(**told, episode_id=made.pk, version=1, stage="behaviour", on=date(2026, 7, 20))
    assert isinstance(moved, EpisodeStage)
    assert caring.move_stage(**told, episode_id=made.pk, version=1, stage="work", on=ON).code == "stale"
    assert caring.move_stage(**told, episode_id=made.pk, version=2, stage="detox", on=ON).code == "backwards"
    (long,) = care.trouble_of_stages(made.pk, ON)
    assert (long.short, long.days) == (False, 19)  # intake takes two days at most
    ended = caring.end_episode(**told, episode_id=made.pk, version=2, on=ON, outcome="relapsed")
    assert (ended.ended_on, ended.outcome) == (ON, "relapsed")
    assert not EpisodeStage.objects.filter(to_on__isnull=True).exists()
    assert caring.end_episode(**told, episode_id=made.pk, version=3, on=ON, outcome="completed").code == "over"


def test_helpers_are_sealed_and_hand_over(land: World) -> None:
    of = managed(land)
    told = {"actor": keeper(land), "at": AT}
    helper = caring.Member(part="block", name="Quàng Văn Giúp", phone="0900000099")
    leader = caring.Member(part="police", name="Nguyễn Văn Công")
    refused = caring.set_team(**told, code=of.subject.code, on=ON, members=[helper])
    assert refused.code == "no_leader"
    team = caring.set_team(**told, code=of.subject.code, on=ON, members=[leader, helper])
    assert [str(part) for part in caring.missing_parts(team, ON)] == ["family", "mass_org"]
    member = TeamMember.objects.get(part="block")
    taken = caring.change_member(
        **told, member_id=member.pk, on=ON, member=caring.Member(part="block", name="Lò Thị Kế")
    )
    member.refresh_from_db()
    assert (member.to_on, member.handed_to) == (ON, taken)
    names = caring.open_helpers(**told, code=of.subject.code, purpose="Kiểm tra")
    assert sorted(names.values()) == ["Lò Thị Kế", "Nguyễn Văn Công"]
    first = TeamMember.objects.get(part="police")
    assert caring.change_member(**told, member_id=first.pk, on=ON, member=None).code == "no_leader"
    caring.add_pledge(**told, key=uuid4(), code=of.subject.code, on=ON, householder="Lò Văn Chủ")
    everything = (
        str(list(Entry.objects.values())) + str(list(TeamMember.objects.values())) + str(Pledge.objects.values())
    )
    assert not any(name in everything for name in ("Văn Giúp", "Thị Kế", "Văn Công", "Văn Chủ", "0900000099"))


def test_the_day_costs_the_same_with_many_files(land: World) -> None:
    actor = keeper(land)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            day = work.day_of(actor, AT)
        assert day.counts.open_tests
        return len(seen)

    def many(number: int) -> None:
        for _each in range(number):
            of = managed(land)
            clocks.open_limit(of.subject, of, "send_decision", AT)

    many(2)
    few = cost()
    many(12)
    assert cost() == few
    day = work.day_of(actor, AT)
    assert (day.counts.hours, len(day.hours), day.counts.open_checks) == (14, 14, 0)
    assert day.counts.overdue == 14  # the month that ended on 1 August
    assert all(line.planned == (line.kind == ClockKind.TEST) for line in day.soon)
    assert work.day_counts(land.actor("dong_hoa", "leader"), AT) == work.DayCounts()
