"""Gathering accepted reports: what a run takes, keeps and leaves alone; who is missing; two people at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.audit.models import Entry
from pcmt.apps.reports.models import (
    Consolidation,
    ConsolidationPart,
    Duty,
    DutyOccurrence,
    StepEvent,
    Submission,
    SubmissionFigure,
    SubmissionState,
    SubmissionStep,
)
from pcmt.apps.reports.operations.consolidating import consolidate
from pcmt.apps.reports.queries.consolidating import (
    Standing,
    difference,
    expected_of,
    figures_in,
    gatherable,
    gathers,
    is_behind,
    missing_of,
    missing_rows,
    news_since,
    parts_of,
    words_in,
)
from pcmt.apps.tasks.models import DueItem, DueState, Mode
from pcmt.apps.units.models import Succession, Unit
from pcmt.core.diagnostics import Refusal
from tests.factories.ladders import DUE, LAST, Ladder, duty_of, hand_in, ladder, owed, plan_of, report_on
from tests.factories.world import NOW, World

ON = date(2026, 3, 2)
BODIES = ("dong_hoa", "tay_hoa", "health")


@pytest.fixture
def rungs(land: World) -> Ladder:
    """Two communes and one agency report to the police, which reports to the province."""
    plan = plan_of(land["police"], land.office.user_id)
    return ladder(plan, land["police"], [land[key] for key in BODIES], above=land["an_binh"])


def run(land: World, rungs: Ladder, seen: int = 0, **more: Any) -> Consolidation:
    """A run that has to succeed."""
    made = consolidate(actor=land.office, at=NOW, submission_id=rungs.report.pk, seen=seen, **more)
    assert isinstance(made, Consolidation), made
    return made


def row(rungs: Ladder, line: str = "cases") -> SubmissionFigure:
    return SubmissionFigure.objects.get(submission=rungs.report, line=line)


def test_a_run_takes_what_is_accepted_and_leaves_the_rest(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3, "people": 5}, text="Xã ổn định.")
    rungs.hand_in(1, {"cases": 4}, text="Phường có vụ việc mới.")
    rungs.hand_in(2, {"cases": 90}, state="sent")
    made = run(land, rungs)
    cases = row(rungs)
    assert (cases.counted, cases.value, cases.told, cases.expected, cases.typed) == (7, 7, 2, 3, False)
    people = row(rungs, "people")
    assert (people.value, people.told) == (5, 1)
    assert figures_in(made)["all"].value == 12
    assert [part.name for part in parts_of(rungs.report)] == ["Phường Tây Hòa", "Xã Đông Hòa"]
    assert [each.text for each in words_in(made)["general"]] == ["Phường có vụ việc mới.", "Xã ổn định."]
    assert made.missing[0]["cells"][::2] == ["Sở Y tế", "Đã gửi, chờ tiếp nhận"]
    below = Submission.objects.filter(occurrence__in=[each.pk for each in rungs.below])
    assert sorted(below.values_list("state", flat=True)) == ["consolidated", "consolidated", "sent"]
    steps = SubmissionStep.objects.filter(event=StepEvent.CONSOLIDATED)
    assert steps.count() == 2
    assert set(steps.values_list("actor_name", "edition")) == {("lan", 1)}
    assert Entry.objects.filter(event="reports.report.gathered").count() == 1


def test_the_next_run_completes_it_and_shows_what_came(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    first = run(land, rungs)
    assert run(land, rungs, seen=1) == first  # nothing new: no second run
    assert not is_behind(rungs.report)
    rungs.hand_in(1, {"cases": None})
    assert is_behind(rungs.report)
    second = run(land, rungs, seen=1)
    assert second.number == 2
    found = difference(first, second)
    assert (found.came, found.figures) == (("Phường Tây Hòa",), ())
    rungs.hand_in(0, {"cases": 8})  # corrected and accepted again
    news = news_since(second, gatherable(rungs.report))
    assert (news.came, news.replaced, news.went) == ((), ("Xã Đông Hòa",), ())
    third = run(land, rungs, seen=2)
    found = difference(second, third)
    assert found.replaced == ("Xã Đông Hòa",)
    assert [(each.line, each.old, each.new) for each in found.figures] == [("cases", 3, 8)]
    assert row(rungs).value == 8
    assert Submission.objects.get(occurrence=rungs.below[0]).state == SubmissionState.CONSOLIDATED


def test_what_a_person_typed_or_wrote_stays(land: World, rungs: Ladder) -> None:
    SubmissionFigure.objects.filter(submission=rungs.report, line="cases").update(value=10, typed=True)
    rungs.report.sections.create(key="general", text="Chúng tôi viết.")
    rungs.hand_in(0, {"cases": 3})
    made = run(land, rungs)
    cases = row(rungs)
    assert (cases.value, cases.counted, cases.typed) == (10, 3, True)
    assert rungs.report.sections.get(key="general").text == "Chúng tôi viết."
    assert "total_differs" in [each["code"] for each in made.figures["checks"]]


def test_nobody_told_is_blank_and_nothing_is_zero(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": None})
    run(land, rungs)
    assert (row(rungs).value, row(rungs).told) == (None, 0)
    rungs.hand_in(1, nothing=True)
    run(land, rungs, seen=1)
    assert (row(rungs).value, row(rungs).told) == (0, 1)


def test_only_the_body_gathers_and_only_while_it_writes(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})

    def tried(actor: Any) -> str:
        answer = consolidate(actor=actor, at=NOW, submission_id=rungs.report.pk)
        return answer.code if isinstance(answer, Refusal) else ""

    assert tried(land.actor("health")) == "not_allowed"
    assert tried(land.actor("police", "leader")) == "not_allowed"
    assert tried(land.actor("police", "auditor")) == "not_allowed"
    for state, words in (("sent", "thu hồi"), ("accepted", "đính chính"), ("waiting", "duyệt")):
        Submission.objects.filter(pk=rungs.report.pk).update(state=state, edition=1, sent_once=True)
        answer = consolidate(actor=land.office, at=NOW, submission_id=rungs.report.pk)
        assert isinstance(answer, Refusal)
        assert answer.code == "state"
        assert words in answer.message
    assert not Consolidation.objects.exists()


def test_nothing_to_gather_is_said(land: World, rungs: Ladder) -> None:
    answer = consolidate(actor=land.office, at=NOW, submission_id=rungs.report.pk)
    assert isinstance(answer, Refusal)
    assert answer.code == "nothing_to_gather"
    assert not Consolidation.objects.exists()


def test_the_second_of_two_people_is_told(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    run(land, rungs)
    rungs.hand_in(1, {"cases": 3})
    late = consolidate(actor=land.second, at=NOW, submission_id=rungs.report.pk, seen=0)
    assert isinstance(late, Refusal)
    assert late.code == "stale"
    assert "lan" in late.message


def test_a_body_that_merged_within_the_period_counts_once(land: World, rungs: Ladder) -> None:
    day = LAST - timedelta(days=10)
    Unit.objects.filter(pk=land["tay_hoa"].pk).update(valid_to=day)
    Succession.objects.create(on=day, old=land["tay_hoa"], new=land["dong_hoa"])
    rungs.hand_in(1, {"cases": 4})
    made = run(land, rungs)
    assert (row(rungs).value, row(rungs).told, row(rungs).expected) == (4, 1, 2)
    rungs.hand_in(0, {"cases": 10})
    made = run(land, rungs, seen=1)
    assert (row(rungs).value, row(rungs).told, row(rungs).expected) == (10, 1, 2)
    left = ConsolidationPart.objects.get(consolidation=made, counted=False)
    assert "Xã Đông Hòa" in left.why
    assert parts_of(rungs.report)[0].holds == (land["tay_hoa"].pk,)


def test_a_body_that_ended_after_the_period_counts_by_itself(land: World, rungs: Ladder) -> None:
    day = LAST + timedelta(days=3)
    Unit.objects.filter(pk=land["tay_hoa"].pk).update(valid_to=day)
    Succession.objects.create(on=day, old=land["tay_hoa"], new=land["dong_hoa"])
    # Its open report went to the heir, which owes one of its own beside it.
    DutyOccurrence.objects.filter(pk=rungs.below[1].pk).update(unit=land["dong_hoa"], origin_unit=land["tay_hoa"])
    rungs.hand_in(0, {"cases": 10})
    rungs.hand_in(1, {"cases": 4})
    run(land, rungs)
    assert (row(rungs).value, row(rungs).told, row(rungs).expected) == (14, 2, 3)
    assert [each.name for each in gatherable(rungs.report)] == ["Sở Y tế", "Xã Đông Hòa", "Phường Tây Hòa"]


def test_what_nobody_waits_for_is_not_expected(land: World, rungs: Ladder) -> None:
    dues = [each.due_item_id for each in rungs.below]
    at = {"changed_at": NOW}
    DueItem.objects.filter(pk=dues[1]).update(state=DueState.ENDED, merged_into=dues[0], **at)
    DueItem.objects.filter(pk=dues[2]).update(state=DueState.SUSPENDED, suspended_on=ON, **at)
    found = gatherable(rungs.report, ON)
    assert {each.name: each.standing for each in found} == {
        "Xã Đông Hòa": Standing.NONE,
        "Phường Tây Hòa": Standing.MERGED,
        "Sở Y tế": Standing.SUSPENDED,
    }
    assert expected_of(found) == 1
    DueItem.objects.filter(pk=dues[0]).update(state=DueState.CANCELLED, **at)
    assert [each.name for each in gatherable(rungs.report, ON)] == ["Phường Tây Hòa", "Sở Y tế"]


def test_who_is_missing_and_whose_fault_it_is(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 1}, day=DUE + timedelta(days=3))
    DueItem.objects.filter(pk=rungs.below[2].due_item_id).update(mode=Mode.REQUESTED, changed_at=NOW)
    # The second body gathers reports itself, and one of those has not come.
    duty = rungs.below[1].duty
    lower = duty_of(duty.plan, recipient=land["tay_hoa"], feeds=duty)
    owed(lower, [land["tay_hoa_police"]], due_on=DUE - timedelta(days=2))
    found = {each.name: each for each in missing_of(rungs.report, ON)}
    assert (found["Xã Đông Hòa"].late, found["Xã Đông Hòa"].blamed) == (3, ("Xã Đông Hòa",))
    assert (found["Phường Tây Hòa"].late, found["Phường Tây Hòa"].blamed) == (10, ("Công an phường Tây Hòa",))
    assert (found["Sở Y tế"].late, found["Sở Y tế"].blamed) == (0, ())
    rows = {each.cells[0]: each.cells[1:] for each in missing_rows(rungs.report, ON)}
    assert rows["Phường Tây Hòa"] == ("20/02/2026", "Chưa gửi, quá hạn 10 ngày", "Công an phường Tây Hòa")
    assert rows["Xã Đông Hòa"] == ("20/02/2026", "Đã tiếp nhận, trễ 3 ngày", "Xã Đông Hòa")
    assert rows["Sở Y tế"][1] == "Chưa gửi (đề nghị phối hợp)"


def test_each_body_gathers_what_was_sent_to_it(land: World, rungs: Ladder) -> None:
    upper = rungs.report.duty
    assert gathers(upper)
    owed(upper, [land["health"]])
    other = duty_of(upper.plan, recipient=land["health"], feeds=upper)
    (sent,) = owed(other, [land["dong_hoa_clinic"]])
    hand_in(report_on(sent), {"cases": 50})
    rungs.hand_in(0, {"cases": 3})
    run(land, rungs)
    assert row(rungs).value == 3
    theirs = report_on(DutyOccurrence.objects.get(duty=upper, unit=land["health"]))
    assert [each.name for each in gatherable(theirs)] == ["Trạm Y tế xã Đông Hòa"]
    assert not gathers(other)


def test_a_report_that_no_longer_goes_in_is_accepted_again(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    rungs.hand_in(1, {"cases": 4})
    run(land, rungs)
    Duty.objects.filter(pk=rungs.below[0].duty_id).update(feeds=None)
    kept = duty_of(rungs.report.duty.plan, recipient=land["police"], feeds=rungs.report.duty)
    DutyOccurrence.objects.filter(pk=rungs.below[1].pk).update(duty=kept)
    run(land, rungs, seen=1)
    assert row(rungs).value == 4
    assert Submission.objects.get(occurrence=rungs.below[0]).state == SubmissionState.ACCEPTED
    assert Submission.objects.get(occurrence=rungs.below[1]).state == SubmissionState.CONSOLIDATED


def test_statements_do_not_grow_with_the_bodies(land: World, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})

    def counted(seen: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run(land, rungs, seen=seen)
        return len(captured)

    run(land, rungs)  # the first run finds no earlier one
    rungs.hand_in(1, {"cases": 4})
    one = counted(1)
    more = owed(rungs.below[0].duty, [land[key] for key in ("finance", "front", "dong_hoa_police", "tay_hoa_police")])
    for each in more:
        hand_in(report_on(each), {"cases": 1})
    assert counted(2) == one
    assert row(rungs).value == 11
