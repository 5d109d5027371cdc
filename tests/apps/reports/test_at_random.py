"""Reports under random acts of random people: what has to hold holds after every one of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pcmt.apps.accounts.models import Actor, Grant
from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.reports.models import WRITABLE, EditionState, Submission, SubmissionEdition, SubmissionState
from pcmt.apps.reports.operations.correcting import drop_correction, start_correction
from pcmt.apps.reports.operations.sending import approve, ask_approval, hand_back, recall_report, send_report
from pcmt.apps.reports.operations.taking import accept_report, return_report
from pcmt.apps.reports.queries.way import accepted_edition, approval_of, seal_holds
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import content_from
from tests.factories.plans import adopted
from tests.factories.reports import opened
from tests.factories.world import NOW, World

NUMBERS = st.one_of(st.none(), st.integers(0, 99))
PEOPLE = st.sampled_from(["officer", "leader", "office", "stranger"])
ACTS: dict[str, tuple[Any, dict[str, str]]] = {
    "ask": (ask_approval, {}),
    "approve": (approve, {}),
    "hand back": (hand_back, {"words": "Sửa lại."}),
    "send": (send_report, {"approved_by": "Giám đốc"}),
    "recall": (recall_report, {"reason": "Nhầm."}),
    "accept": (accept_report, {}),
    "return": (return_report, {"reason": "Thiếu."}),
    "correct": (start_correction, {"reason": "Sai số."}),
    "drop": (drop_correction, {}),
}


class Way(RuleBasedStateMachine):
    """One report, its writer, its leader (who may leave), its recipient, a stranger."""

    land: World

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.at: datetime = NOW
        self.sealed: dict[int, tuple[str, int | None]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(led=st.booleans())
    def begin(self, led: bool) -> None:
        self.people: dict[str, Actor] = {
            "officer": self.land.actor("health"),
            "office": self.land.office,
            "stranger": self.land.actor("dong_hoa"),
            "leader": self.land.actor("health", "leader"),
        }
        if not led:
            Grant.objects.filter(user=self.people["leader"].user_id).update(valid_to=date(2026, 1, 1))
        self.led = led
        self.pk = opened(self.land["health"]).pk
        self.now.sections.update(text="Ổn định.")

    @property
    def now(self) -> Submission:
        return Submission.objects.select_related("duty", "unit").get(pk=self.pk)

    @rule(cases=NUMBERS, people=NUMBERS)
    def write(self, cases: int | None, people: int | None) -> None:
        if self.now.state in WRITABLE:
            for line, value in (("cases", cases), ("people", people)):
                rows = self.now.figures.filter(line=line)
                rows.update(value=value, typed=value is not None, reason="Theo sổ.", explanation="Theo sổ.")

    @rule(act=st.sampled_from(sorted(ACTS)), who=PEOPLE, old=st.booleans())
    def act(self, act: str, who: str, old: bool) -> None:
        operation, words = ACTS[act]
        before = self.now
        version = before.version - (1 if old else 0)
        answer = operation(actor=self.people[who], at=self.at, submission_id=self.pk, version=version, **words)
        after = self.now
        if isinstance(answer, Refusal):
            assert (after.state, after.version, after.edition) == (before.state, before.version, before.edition)
        else:
            assert who != "stranger"
            assert after.version == before.version + (0 if old else 1)

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.at += timedelta(days=days)

    @invariant()
    def what_was_sent_never_changes(self) -> None:
        for edition in SubmissionEdition.objects.filter(submission__in=[getattr(self, "pk", 0)]):
            assert seal_holds(edition)
            assert self.sealed.setdefault(edition.number, (edition.seal, edition.days_late)) == (
                edition.seal,
                edition.days_late,
            )

    @invariant()
    def one_edition_stands(self) -> None:
        if not hasattr(self, "pk"):
            return
        report = self.now
        states = list(report.editions.values_list("state", flat=True))
        taken = report.state in (SubmissionState.ACCEPTED, SubmissionState.CONSOLIDATED)
        assert states.count(EditionState.ACCEPTED) == int(taken or bool(report.correcting))
        assert states.count(EditionState.SENT) == int(report.state == SubmissionState.SENT)
        assert report.edition == len(states)
        assert not (approval_of(report) and report.state != SubmissionState.WAITING)
        if report.state == SubmissionState.SENT:
            edition = report.editions.get(state=EditionState.SENT)
            assert edition.approved_by_name
            assert (edition.approved_at is not None) is self.led

    @invariant()
    def the_due_item_agrees(self) -> None:
        if not hasattr(self, "pk"):
            return
        report, due = self.now, DueItem.objects.get(occurrence__submission=self.pk)
        if accepted_edition(report):
            first = report.editions.filter(state__in=(EditionState.ACCEPTED, EditionState.REPLACED)).last()
            assert first is not None
            assert (due.state, due.done_at) == (DueState.DONE, first.sent_at)
            assert due.is_late(self.at.date()) is (first.days_late is not None)
        else:
            sent = report.state == SubmissionState.SENT
            assert due.state == (DueState.SUBMITTED if sent else DueState.OPEN)
        assert due.returned_at is None or due.state == DueState.OPEN
        if report.state == SubmissionState.RETURNED and not report.correcting:
            assert due.returned_at is not None

    @invariant()
    def facts_are_what_was_accepted(self) -> None:
        if not hasattr(self, "pk"):
            return
        report = self.now
        rows = Fact.objects.counting().filter(unit=report.about_id, value__isnull=False)
        told = dict(rows.values_list("element__code", "value"))
        edition = accepted_edition(report)
        figures = content_from(edition.content).figures if edition else {}
        wanted = {
            element: int(figures[line].value or 0)
            for line, element in (("cases", "cases_detected"), ("people", "suspects_arrested"))
            if line in figures and figures[line].value is not None
        }
        assert told == wanted


def test_the_way_at_random(land: World, reader: None) -> None:
    adopted(land.office)
    load_catalogue()
    Way.land = land
    quick = settings(
        max_examples=12,
        stateful_step_count=20,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    run_state_machine_as_test(Way, settings=quick)
