"""Who sees a report and takes which step of it, in every state: the tables below are the rule as people would tell it.

Sở Y tế writes a report for the police of the province, which keeps the plan. A commune of the other province has
nothing to do with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.apps import apps

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.reports.models import (
    Consolidation,
    ConsolidationPart,
    Restatement,
    SectionComment,
    StepEvent,
    Submission,
    SubmissionPicture,
    SubmissionState,
    SubmissionStep,
)
from pcmt.apps.reports.operations.correcting import drop_correction, start_correction
from pcmt.apps.reports.operations.sending import approve, ask_approval, hand_back, recall_report, send_report
from pcmt.apps.reports.operations.signing import record_signed
from pcmt.apps.reports.operations.taking import accept_report, return_report
from pcmt.apps.reports.policies import can_approve, can_correct, can_recall, can_send, can_take, can_write, to_take
from pcmt.core.diagnostics import Refusal
from tests.apps.test_rights import OF_BODIES
from tests.factories.plans import adopted
from tests.factories.reports import opened, sent
from tests.factories.world import NOW, World

FORMS = {"reports.ReportForm", "reports.ReportFormVersion"}

# Unit, role: sees what its body writes, sees what was sent; writes, approves, takes.
WHO: Mapping[tuple[str, str], str] = {
    ("health", "officer"): "see-draft see write",
    ("health", "commune_officer"): "see-draft see write",  # an officer, whatever the level
    ("health", "standing_office"): "see-draft see write",
    ("health", "health_officer"): "see-draft see write",
    ("health", "leader"): "see-draft see approve",
    ("health", "auditor"): "see-draft see",
    ("health", "reviewer"): "see-draft see",
    ("health", "administrator"): "",  # keeps the accounts, not the reports
    ("police", "officer"): "see take",  # the recipient
    ("police", "standing_office"): "see take",  # the recipient, and the office that keeps the plan
    ("police", "leader"): "see",
    ("police", "administrator"): "",
    ("an_binh", "leader"): "see",  # the chair of the province
    ("an_binh", "officer"): "",  # an officer sees what comes to the own office; this report does not
    ("an_binh", "standing_office"): "see take",  # keeps what the offices below it keep
    ("an_binh", "auditor"): "see",
    ("an_binh", "reviewer"): "see",
    ("finance", "officer"): "",  # a sibling: it sees that the report is owed, not what it says
    ("finance", "leader"): "",
    ("finance", "standing_office"): "see",  # a standing office sees its whole area
    ("dong_hoa", "officer"): "",
    ("dong_hoa", "leader"): "",
    ("dong_hoa_police", "standing_office"): "",
    ("binh_giang", "leader"): "",
    ("binh_giang", "auditor"): "",
    ("binh_giang_police", "standing_office"): "",
    ("binh_giang_police", "officer"): "",
}


@pytest.fixture
def report(land: World, reader: None) -> Submission:
    """A report with a row of every kind that hangs on it, not yet sent."""
    adopted(land.office)
    made = opened(land["health"])
    user = User.objects.get(pk=land.actor("health").user_id)
    said: dict[str, Any] = {"submission": made, "at": NOW, "actor": user, "actor_name": "", "unit": made.unit}
    SubmissionStep.objects.create(event=StepEvent.OPENED, **said)
    SectionComment.objects.create(words="Xem lại.", **said)
    file = SourceFile.objects.create(sha256="0" * 64, name="a.png", size=1, path="a", uploaded_by=user, uploaded_at=NOW)
    SubmissionPicture.objects.create(submission=made, section="general", file=file)
    return made


def arrived(report: Submission) -> Submission:
    """The same report sent, with what comes to it then."""
    edition = sent(report, cases=3, people=4)
    run = Consolidation.objects.create(submission=report, number=1, at=NOW)
    ConsolidationPart.objects.create(consolidation=run, edition=edition)
    Restatement.objects.create(edition=edition, line="cases", label="Số vụ", old=3, new=2, reason="Đếm trùng.")
    return report


def seen(actor: Actor | None) -> dict[str, int]:
    """How many rows of each model of a report the actor sees."""
    managers: Any = {label: apps.get_model(label)._default_manager for label in sorted(OF_BODIES - FORMS)}
    return {label: manager.visible_to(actor).count() for label, manager in managers.items()}


def test_who_sees_what_a_body_writes(land: World, report: Submission) -> None:
    wrong = []
    for (unit, role), said in WHO.items():
        found = seen(land.actor(unit, role))
        wanted = {label: count if "see-draft" in said.split() else 0 for label, count in _there().items()}
        wrong += [(unit, role, label) for label in found if found[label] != wanted[label]]
    assert wrong == []
    assert set(seen(None).values()) == {0}


def test_who_sees_what_was_sent_and_what_came_of_it(land: World, report: Submission) -> None:
    arrived(report)
    there = _there()
    assert all(there.values()), there
    for state in ("sent", "returned", "accepted", "consolidated"):
        Submission.objects.update(state=state)
        wrong = [
            (unit, role, label)
            for (unit, role), said in WHO.items()
            for label, count in seen(land.actor(unit, role)).items()
            if count != (there[label] if "see" in said.split() else 0)
        ]
        assert wrong == [], state


def _there() -> dict[str, int]:
    return {label: apps.get_model(label)._default_manager.count() for label in OF_BODIES - FORMS}


def test_forms_are_for_everybody(land: World, report: Submission) -> None:
    for label in FORMS:
        manager: Any = apps.get_model(label)._default_manager
        for unit, role in WHO:
            assert manager.visible_to(land.actor(unit, role)).count() == 1
        assert not manager.visible_to(None).exists()


# State: which of the steps can be taken at all.
STEPS: Mapping[str, str] = {
    "draft": "write send",
    "waiting": "approve send recall",
    "sent": "recall take",
    "returned": "write send",
    "accepted": "correct",
    "consolidated": "correct",
}
# Step: who takes it.
DOES = {
    "write": {"write"},
    "send": {"write", "approve"},
    "recall": {"write", "approve"},
    "approve": {"approve"},
    "take": {"take"},
    "correct": {"write"},
}
POLICIES = {
    "write": can_write,
    "send": can_send,
    "recall": can_recall,
    "approve": can_approve,
    "take": can_take,
    "correct": can_correct,
}


@pytest.mark.parametrize("state", STEPS)
def test_who_takes_which_step(land: World, report: Submission, state: str) -> None:
    arrived(report)
    Submission.objects.update(state=state)
    row = Submission.objects.select_related("duty__plan").get(pk=report.pk)
    wrong = []
    for (unit, role), said in WHO.items():
        actor = land.actor(unit, role)
        for step, policy in POLICIES.items():
            may = step in STEPS[state].split() and bool(DOES[step] & set(said.split()))
            if policy(actor, row) != may:
                wrong.append((unit, role, step, not may))
        assert to_take(actor).filter(pk=row.pk).exists() == can_take(actor, row)
    assert wrong == []
    assert not any(policy(None, row) for policy in POLICIES.values())


OPERATIONS: Mapping[str, tuple[Any, str, dict[str, Any]]] = {
    "ask": (ask_approval, "write", {}),
    "approve": (approve, "approve", {}),
    "hand back": (hand_back, "approve", {"words": "Sửa."}),
    "send": (send_report, "write approve", {"approved_by": "Giám đốc"}),
    "recall": (recall_report, "write approve", {"reason": "Nhầm."}),
    "accept": (accept_report, "take", {}),
    "return": (return_report, "take", {"reason": "Thiếu."}),
    "correct": (start_correction, "write", {"reason": "Sai."}),
    "drop": (drop_correction, "write", {}),
    "sign": (record_signed, "write", {"number": ""}),
}


def test_an_operation_asks_who_it_is_first(land: World, report: Submission) -> None:
    """Of everybody who has no business with a step, in a state in which it could be taken by others or not."""
    arrived(report)
    for (unit, role), said in WHO.items():
        actor = land.actor(unit, role)
        for name, (operation, who, words) in OPERATIONS.items():
            if set(who.split()) & set(said.split()):
                continue
            answer = operation(actor=actor, at=NOW, submission_id=report.pk, version=1, **words)
            assert isinstance(answer, Refusal), (unit, role, name)
            assert answer.code == "not_allowed", (unit, role, name, answer.code)
    row = Submission.objects.get(pk=report.pk)
    assert (row.state, row.version) == (SubmissionState.SENT, 1)


def test_the_own_report_of_the_recipient(land: World, report: Submission) -> None:
    """Nobody takes it but the office that keeps the plan."""
    own = opened(land["police"])
    sent(own, cases=1)
    row = Submission.objects.select_related("duty__plan").get(pk=own.pk)
    takers = {who for who in WHO if can_take(land.actor(*who), row)}
    assert takers == {("police", "standing_office"), ("an_binh", "standing_office"), ("an_binh", "officer")}
