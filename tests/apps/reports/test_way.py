"""The way of a report: approved, sent, recalled, returned, taken; its due item and its facts go with it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pcmt.apps.accounts.models import Actor, Grant
from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.reports.models import (
    Consolidation,
    ConsolidationPart,
    Duty,
    EditionState,
    Restatement,
    StepEvent,
    Submission,
    SubmissionState,
)
from pcmt.apps.reports.operations.correcting import drop_correction, start_correction
from pcmt.apps.reports.operations.sending import approve, ask_approval, hand_back, recall_report, send_report
from pcmt.apps.reports.operations.signing import record_signed
from pcmt.apps.reports.operations.taking import accept_report, accept_reports, return_report
from pcmt.apps.reports.queries.lists import inbox, my_reports, report_counts, waiting_for_me
from pcmt.apps.reports.queries.way import accepted_edition, restatements_for, seal_holds
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.tasks.operations import accept, cancel, report_progress, restore
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import content_from
from tests.apps.units.reorganising import AFTERWARDS, merger, planned, police_merger
from tests.factories import facts
from tests.factories.plans import adopted
from tests.factories.reports import occurrence_of, opened
from tests.factories.world import NOW, World

FEBRUARY = date(2026, 2, 14)
LATER = NOW + timedelta(days=20)
APPROVER = "Trần Thị Bình, Giám đốc"


@pytest.fixture
def land(land: World, reader: None) -> World:
    """The sample plan in force: Sở Y tế and the communes report to the police every month."""
    adopted(land.office)
    load_catalogue()
    return land


@pytest.fixture
def health(land: World) -> Actor:
    return land.actor("health")


@pytest.fixture
def taker(land: World) -> Actor:
    return land.office


def written(land: World, key: str = "health", period_to: date = FEBRUARY, **values: int | None) -> Submission:
    """A report of the body with typed numbers, ready to be sent; without a reason nothing differs."""
    made = opened(land[key], period_to)
    made.sections.filter(key="general").update(text="Tình hình ổn định.")
    write(made, **(values or {"cases": 3, "people": 4}))
    return made


def write(submission: Submission, **values: int | None) -> None:
    for line, value in values.items():
        submission.figures.filter(line=line).update(value=value, typed=value is not None, reason="Theo sổ theo dõi.")


def done(answer: Submission | Refusal) -> Submission:
    assert isinstance(answer, Submission), answer
    return Submission.objects.select_related("duty__plan", "unit").get(pk=answer.pk)


def refused(answer: object, code: str) -> Refusal:
    assert isinstance(answer, Refusal), answer
    assert answer.code == code, answer
    return answer


def act(operation: Any, actor: Actor, submission: Submission, at: Any = NOW, **said: Any) -> Any:
    version = Submission.objects.values_list("version", flat=True).get(pk=submission.pk)
    return operation(**{"actor": actor, "at": at, "submission_id": submission.pk, "version": version, **said})


def send(actor: Actor, submission: Submission, at: Any = NOW) -> Submission:
    return done(act(send_report, actor, submission, at, approved_by=APPROVER))


def due_of(submission: Submission) -> DueItem:
    return DueItem.objects.get(occurrence__submission=submission)


def told(submission: Submission) -> dict[str, int | None]:
    rows = Fact.objects.counting().filter(unit=submission.about_id, start=submission.period_from or NOW.date())
    return dict(rows.values_list("element__code", "value"))


def steps(submission: Submission) -> list[str]:
    return list(submission.steps.order_by("pk").values_list("event", flat=True))


def noticed(reason: Reason, submission: Submission) -> set[str]:
    rows = Notice.objects.filter(reason=reason, about="reports.Submission", about_id=str(submission.pk))
    return set(rows.values_list("user__username", flat=True))


def test_sent_and_taken(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    sent = send(health, report)
    edition = sent.editions.get()
    assert (sent.state, sent.edition, sent.sent_once) == (SubmissionState.SENT, 1, True)
    assert (edition.approved_by_name, edition.approved_at, edition.sent_by_name) == (APPROVER, None, health.name)
    assert seal_holds(edition)
    assert content_from(edition.content).figures["all"].value == Decimal(7)
    due = due_of(report)
    assert (due.state, due.done_on) == (DueState.SUBMITTED, NOW.date())
    assert edition.days_late == (NOW.date() - due.due_on).days > 0  # type: ignore[operator]
    assert noticed(Reason.SUBMITTED, report) == {"lan"}
    assert told(report) == {}

    taken = done(act(accept_report, taker, report, LATER))
    assert taken.state == SubmissionState.ACCEPTED
    due.refresh_from_db()
    assert (due.state, due.done_on) == (DueState.DONE, NOW.date())  # late or not is as of the day of sending
    assert told(report) == {"cases_detected": 3, "suspects_arrested": 4}
    fact = Fact.objects.counting().filter(unit=land["health"])[0]
    assert (fact.recording.source, fact.recording.ref) == ("report", f"/bao-cao/{report.pk}/")
    assert noticed(Reason.ACCEPTED, report) == {"officer.health"}
    assert steps(report) == [StepEvent.SENT, StepEvent.ACCEPTED]


def test_the_leader_approves_where_there_is_one(land: World, health: Actor) -> None:
    leader = land.actor("health", "leader", "dung")
    Grant.objects.filter(user=leader.user_id).update(kind="substitute")
    report = written(land)
    refused(act(send_report, health, report, approved_by="ai đó"), "approval")
    refused(act(approve, leader, report), "state")
    done(act(ask_approval, health, report, words="Kính trình."))
    assert noticed(Reason.SUBMITTED, report) == {"dung"}
    refused(act(send_report, health, report), "approval")
    refused(act(approve, health, report), "not_allowed")
    assert [each.submission for each in waiting_for_me(leader)] == [report]

    back = done(act(hand_back, leader, report, words="Bổ sung số người."))
    assert back.state == SubmissionState.DRAFT
    assert noticed(Reason.RETURNED, report) == {"officer.health"}
    done(act(ask_approval, health, report))
    done(act(approve, leader, report))
    refused(act(approve, leader, report), "approved")
    sent = send(health, report)
    edition = sent.editions.get()
    assert (edition.approved_by_name, edition.approved_at) == ("dung", NOW)
    step = report.steps.get(event=StepEvent.APPROVED)
    assert step.role == "leader"
    assert steps(report)[-3:] == [StepEvent.ASKED, StepEvent.APPROVED, StepEvent.SENT]


def test_an_approval_holds_for_what_was_approved_only(land: World, health: Actor) -> None:
    leader = land.actor("health", "leader")
    report = written(land)
    done(act(ask_approval, health, report))
    done(act(approve, leader, report))
    done(act(recall_report, health, report, reason="Còn thiếu."))
    done(act(ask_approval, health, report))
    refused(act(send_report, health, report), "approval")


def test_without_a_leader_the_name_is_asked_for(land: World, health: Actor) -> None:
    report = written(land)
    assert refused(act(send_report, health, report), "approved_by").field == "approved_by"
    refused(act(ask_approval, health, report), "no_leader")
    # Whoever led it leaves while the report lies there: then it is sent with a name, nothing is stuck.
    leader = land.actor("health", "leader")
    done(act(ask_approval, health, report))
    Grant.objects.filter(user=leader.user_id).update(valid_to=NOW.date() - timedelta(days=1))
    refused(act(send_report, health, report), "approved_by")
    assert send(health, report).state == SubmissionState.SENT


def test_what_is_wrong_is_not_sent(land: World, health: Actor) -> None:
    report = written(land)
    report.sections.update(text="")
    assert "Tình hình chung" in refused(act(send_report, health, report, approved_by=APPROVER), "problems").message
    report.refresh_from_db()
    assert (report.state, report.editions.count()) == (SubmissionState.DRAFT, 0)


def test_returned_is_owed_again_and_late_stays_late(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    send(health, report)
    refused(act(return_report, taker, report, reason=" "), "reason")
    back = done(act(return_report, taker, report, reason="Thiếu số người."))
    due = due_of(report)
    assert back.state == SubmissionState.RETURNED
    assert (due.state, due.returned_at, due.done_on) == (DueState.OPEN, NOW, None)
    assert noticed(Reason.RETURNED, report) == {"officer.health"}
    assert report_counts(health, NOW.date()).returned == 1
    again = send(health, report, LATER)
    editions = {each.number: each for each in again.editions.all()}
    assert (editions[1].state, editions[2].state) == (EditionState.RETURNED, EditionState.SENT)
    assert editions[2].days_late == (editions[1].days_late or 0) + 20
    due.refresh_from_db()
    assert (due.state, due.returned_at) == (DueState.SUBMITTED, None)


def test_recalled_before_it_is_taken(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    send(health, report)
    back = done(act(recall_report, health, report, reason="Nhầm số."))
    assert (back.state, back.editions.get().state) == (SubmissionState.DRAFT, EditionState.RECALLED)
    assert due_of(report).state == DueState.OPEN
    refused(act(accept_report, taker, report), "state")
    send(health, report)
    done(act(accept_report, taker, report))
    refused(act(recall_report, health, report, reason="Nhầm."), "state")


def test_more_time_counts_from_the_new_limit(land: World, health: Actor) -> None:
    report = written(land)
    DueItem.objects.filter(pk=due_of(report).pk).update(due_on=NOW.date())
    assert send(health, report).editions.get().days_late is None


def test_nothing_to_report_is_a_report(land: World, health: Actor, taker: Actor) -> None:
    report = opened(land["health"], FEBRUARY)
    Submission.objects.filter(pk=report.pk).update(nothing=True)
    edition = send(health, report).editions.get()
    assert edition.nothing
    done(act(accept_report, taker, report))
    assert told(report) == {}  # nothing is not a row of zeroes


def test_the_same_press_twice_is_one_step_and_an_old_page_is_refused(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    said: dict[str, Any] = {"actor": health, "at": NOW, "submission_id": report.pk, "version": 1}
    done(send_report(**said, approved_by=APPROVER))
    done(send_report(**said, approved_by=APPROVER))
    assert report.editions.count() == 1
    message = refused(recall_report(**said, reason="Nhầm."), "stale").message
    assert health.name in message
    done(accept_report(**{**said, "actor": taker, "version": 2}))
    done(accept_report(**{**said, "actor": taker, "version": 2}))
    refused(return_report(**{**said, "actor": taker, "version": 2}, reason="Sai."), "stale")
    assert steps(report) == [StepEvent.SENT, StepEvent.ACCEPTED]


def test_many_are_taken_each_by_itself(land: World, taker: Actor) -> None:
    reports = [written(land, key) for key in ("health", "dong_hoa", "tay_hoa")]
    for key, report in zip(("health", "dong_hoa", "tay_hoa"), reports, strict=True):
        send(land.actor(key), report)
    assert {each.submission for each in inbox(taker)} == set(reports)
    versions = {report.pk: 2 for report in reports}
    versions[reports[1].pk] = 1
    answers = accept_reports(actor=taker, at=NOW, versions=versions)
    refused(answers[reports[1].pk], "stale")
    assert [each.submission for each in inbox(taker)] == [reports[1]]


def test_a_sum_of_others_never_becomes_a_fact(land: World, taker: Actor) -> None:
    """What units below, or shorter periods of the unit, told already counts; the typed number stays in the report."""
    report = written(land, "dong_hoa", cases=9, people=2)
    span = facts.month(2)
    facts.told(facts.entry(land["dong_hoa_police"], "cases_detected", span, 5))
    send(land.actor("dong_hoa", "commune_officer"), report)
    done(act(accept_report, taker, report))
    assert told(report) == {"suspects_arrested": 2}


def test_a_number_that_cannot_be_told_holds_the_taking_up(land: World, taker: Actor, health: Actor) -> None:
    report = written(land, cases=3)
    send(health, report)
    version = report.form_version
    body = {**version.body}
    type(version).objects.filter(pk=version.pk).update(
        body={**body, "sections": [_broken(each) for each in body["sections"]]}
    )
    assert "Số vụ phát hiện" in refused(act(accept_report, taker, report), "figures").message
    report.refresh_from_db()
    assert (report.state, due_of(report).state) == (SubmissionState.SENT, DueState.SUBMITTED)


def _broken(section: dict[str, Any]) -> dict[str, Any]:
    unknown = "khong_co_"
    lines = [{**line, "element": line.get("element") and unknown + line["key"]} for line in section.get("lines", ())]
    return {**section, "lines": lines} if lines else section


def test_correction(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    send(health, report)
    refused(act(start_correction, health, report, reason="Sai."), "state")
    done(act(accept_report, taker, report))
    parent, _colleague = _consolidated(land, report), land.second
    days_late = accepted_edition(report).days_late  # type: ignore[union-attr]

    open_again = done(act(start_correction, health, report, LATER, reason="Đếm trùng một vụ."))
    assert (open_again.state, open_again.correcting) == (SubmissionState.DRAFT, "Đếm trùng một vụ.")
    assert due_of(report).state == DueState.DONE
    refused(act(send_report, health, report, approved_by=APPROVER), "unchanged")
    write(report, cases=2)
    sent = send(health, report, LATER)
    assert accepted_edition(report).number == 1  # type: ignore[union-attr]
    rows = {(row.line, row.old, row.new, row.reason) for row in Restatement.objects.all()}
    assert rows == {("cases", 3, 2, "Đếm trùng một vụ."), ("all", 7, 6, "Đếm trùng một vụ.")}
    assert told(report)["cases_detected"] == 3

    done(act(accept_report, taker, report, LATER))
    states = dict(sent.editions.values_list("number", "state"))
    assert states == {1: EditionState.REPLACED, 2: EditionState.ACCEPTED}
    standing = accepted_edition(report)
    assert standing is not None
    assert standing.days_late == days_late  # as late as what it corrects
    assert told(report) == {"cases_detected": 2, "suspects_arrested": 4}
    assert due_of(report).done_on == NOW.date()
    assert noticed(Reason.CHANGED, parent) == {"minh"}  # who takes the correction knows it
    # The next report of the body and that of the parent show it; the corrected one and others do not.
    following = opened(land["health"], date(2026, 3, 14))
    assert {row.line for row in restatements_for(following)} == {"cases", "all"}
    assert restatements_for(report) == []
    assert restatements_for(opened(land["dong_hoa"], date(2026, 3, 14))) == []
    later = _next_of_parent(parent)
    assert {row.line for row in restatements_for(later)} == {"cases", "all"}
    # Shown once: what is sent after it does not show it again.
    following.sections.filter(key="general").update(text="Ổn định.")
    write(following, cases=1, people=1)
    shown = send(health, following, LATER + timedelta(days=1)).editions.get()
    assert [(row["old"], row["new"]) for row in shown.content["corrections"]] == [("3", "2"), ("7", "6")]
    assert restatements_for(opened(land["health"], date(2026, 4, 14))) == []


def _consolidated(land: World, report: Submission) -> Submission:
    """The police gather the report into one of theirs, and send it."""
    upper = Duty.objects.get(reporters__unit=land["police"])
    Duty.objects.filter(pk=report.duty_id).update(feeds=upper)
    parent = opened(land["police"])
    Submission.objects.filter(pk=parent.pk).update(sent_once=True, edition=1, state="sent")
    run = Consolidation.objects.create(submission=parent, number=1, at=NOW)
    ConsolidationPart.objects.create(consolidation=run, edition=report.editions.get(state=EditionState.ACCEPTED))
    return parent


def _next_of_parent(parent: Submission) -> Submission:
    first = parent.occurrence
    due = first.due_item
    due.pk, due.version = None, 1
    due._state.adding = True
    due.save()
    first.pk, first.due_item = None, due
    first._state.adding = True
    first.period_from, first.period_to = date(2026, 6, 15), date(2026, 12, 14)
    first.save()
    return opened(parent.unit, date(2026, 12, 14))


def test_a_correction_that_empties_a_number_empties_the_fact(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    send(health, report)
    done(act(accept_report, taker, report))
    done(act(start_correction, health, report, reason="Chưa có số."))
    write(report, cases=None)
    send(health, report)
    done(act(accept_report, taker, report))
    assert told(report) == {"cases_detected": None, "suspects_arrested": 4}


def test_a_correction_given_up_leaves_all_as_it_was(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    sent = send(health, report)
    done(act(accept_report, taker, report))
    done(act(start_correction, health, report, reason="Xem lại."))
    write(report, cases=99)
    report.sections.update(text="Khác.")
    dropped = done(act(drop_correction, health, report))
    assert (dropped.state, dropped.correcting) == (SubmissionState.ACCEPTED, "")
    assert dropped.figures.get(line="cases").value == 3
    assert dropped.sections.get(key="general").text == "Tình hình ổn định."
    assert sent.editions.count() == 1
    refused(act(drop_correction, health, report), "state")


def test_a_returned_correction_leaves_the_accepted_edition(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    send(health, report)
    done(act(accept_report, taker, report))
    done(act(start_correction, health, report, reason="Xem lại."))
    write(report, cases=5)
    send(health, report)
    done(act(return_report, taker, report, reason="Chưa rõ lý do."))
    assert due_of(report).state == DueState.DONE
    assert accepted_edition(report).number == 1  # type: ignore[union-attr]
    assert told(report)["cases_detected"] == 3
    assert restatements_for(opened(land["health"], date(2026, 3, 14))) == []
    done(act(drop_correction, health, report))


def test_nobody_takes_the_report_of_the_own_body_but_the_office_of_the_plan(land: World) -> None:
    report = written(land, "police", occurrence_of(land["police"]).period_to or FEBRUARY)
    officer = land.actor("police", "officer")
    send(officer, report)
    refused(act(accept_report, officer, report), "not_allowed")
    done(act(accept_report, land.office, report))


def test_number_and_day_of_the_document(land: World, health: Actor) -> None:
    report = written(land)
    assert refused(act(record_signed, health, report, number="45/BC"), "number").field == "number"
    assert refused(act(record_signed, health, report, number="45"), "signed_on").field == "signed_on"
    tomorrow = NOW.date() + timedelta(days=1)
    refused(act(record_signed, health, report, number="45", signed_on=tomorrow), "signed_on")
    kept = done(act(record_signed, health, report, number="45", symbol="BC-SYT", signed_on=NOW.date()))
    assert kept.designation == "45/BC-SYT"
    refused(act(record_signed, health, report, number="", signed_on=NOW.date()), "number")
    refused(
        act(record_signed, health, report, number="45", signed_on=NOW.date(), scan=("a.txt", b"chua ky")), "unsupported"
    )
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    kept = done(act(record_signed, health, report, number="45", signed_on=NOW.date(), scan=("ky.pdf", pdf)))
    assert kept.signed is not None


def test_the_due_item_of_a_written_report_is_not_reported_on_by_hand(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    due = due_of(report)
    said: dict[str, Any] = {"at": NOW, "due_item_id": due.pk}
    refused(report_progress(actor=health, version=due.version, percent=50, **said), "written_report")
    send(health, report)
    due.refresh_from_db()
    refused(accept(actor=taker, version=due.version, **said), "written_report")
    # Cancelled and restored while it lay with the recipient: taken, it is done as of the day it was sent.
    cancelled = cancel(actor=taker, version=due.version, reason="Không cần.", **said)
    assert isinstance(cancelled, DueItem), cancelled
    restored = restore(actor=taker, version=cancelled.version, reason="Vẫn cần.", **said)
    assert isinstance(restored, DueItem), restored
    done(act(accept_report, taker, report, LATER))
    due.refresh_from_db()
    assert (due.state, due.done_on) == (DueState.DONE, NOW.date())


def test_nothing_is_sent_for_what_nobody_owes(land: World, health: Actor, taker: Actor) -> None:
    report = written(land)
    due = due_of(report)
    cancel(actor=taker, at=NOW, due_item_id=due.pk, version=due.version, reason="Không cần.")
    refused(act(send_report, health, report, approved_by=APPROVER), "cancelled")


def test_my_reports(land: World, health: Actor) -> None:
    first = [each.due_item.due_on or date.max for each in my_reports(health)]
    assert first == sorted(first)
    counts = report_counts(health, NOW.date())
    report = written(land)
    assert report_counts(health, NOW.date()) == counts
    send(health, report)
    assert report_counts(health, NOW.date()).to_write == counts.to_write - 1


def test_reports_under_way_go_with_their_body(land: World, taker: Actor) -> None:
    """Two communes become one: what one had sent is taken all the same, what the other was writing is not lost."""
    gone, writing = written(land, "dong_hoa"), written(land, "tay_hoa")
    send(land.actor("dong_hoa"), gone)
    planned(land, merger(land), police_merger(land))
    carry_out_reorganisations(at=AFTERWARDS)
    for report in (gone, writing):
        report.refresh_from_db()
        assert report.unit.name == "Xã Đông Tây"
        assert steps(report)[-1] == StepEvent.MOVED
        assert due_of(report).unit_id == report.unit_id
    assert writing.figures.get(line="cases").value == 3
    taken = done(act(accept_report, taker, gone, AFTERWARDS))
    assert (due_of(taken).state, due_of(taken).done_on) == (DueState.DONE, NOW.date())
    facts_of = Fact.objects.counting().filter(unit=land["dong_hoa"], element__code="cases_detected")
    assert facts_of.get().value == 3  # the period was over before the commune ended
