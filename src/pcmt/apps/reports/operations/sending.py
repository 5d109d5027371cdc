"""The way of a report up to its recipient: approved by the leader of the body, sent, recalled.

Who sends what, when and with whose approval stays on the report as steps. What is sent is frozen: page, documents and
consolidation read the edition from then on.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.notices.models import Reason
from pcmt.apps.reports.models import (
    WRITABLE,
    EditionState,
    Restatement,
    StepEvent,
    Submission,
    SubmissionEdition,
    SubmissionState,
    SubmissionStep,
)
from pcmt.apps.reports.operations.stepping import NOTE_CHARS, changed, held, too_long, write_step, written
from pcmt.apps.reports.operations.telling import tell_leaders, tell_takers, tell_writers
from pcmt.apps.reports.policies import leaders_of, leads_at, sends_at, writes_at
from pcmt.apps.reports.queries.checking import problems_of
from pcmt.apps.reports.queries.content import Told, told_of
from pcmt.apps.reports.queries.way import accepted_edition, approval_of, restated
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations.reporting import days_late, not_to_be_sent, report_back, report_sent
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import Content, content_data, seal_of

NAME_CHARS = 200


def ask_approval(
    *, actor: Actor, at: datetime, submission_id: int, version: int, words: str = ""
) -> Submission | Refusal:
    """Lay the report before the leader of the body; until the answer nobody writes in it."""
    words = words.strip()
    if len(words) > NOTE_CHARS:
        return too_long("words", NOTE_CHARS)
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: writes_at(who, of.unit_id),
            event=StepEvent.ASKED, states=WRITABLE, wrong_state=_("Chỉ trình duyệt được báo cáo đang soạn."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, due = got
        if not leaders_of([submission.unit_id], timezone.localdate(at)):
            message = _("Đơn vị chưa có ai giữ vai trò lãnh đạo trong phần mềm. Gửi thẳng và ghi tên người duyệt.")
            return Refusal(code="no_leader", message=message)
        today = timezone.localdate(at)
        if refused := not_to_be_sent(due) or _blocked(submission, told_of(submission, on=today), today):
            return refused
        before = submission.state
        submission.state = SubmissionState.WAITING
        changed(submission, at=at, fields=["state"])
        write_step(submission, StepEvent.ASKED, actor=actor, at=at, note=words)
        tell_leaders(actor=actor, at=at, submission=submission)
        record(
            at=at, actor=actor, event="reports.report.asked", obj=submission,
            before={"stage": before}, after={"stage": submission.state}, reason=words,
        )  # fmt: skip
    return submission


def approve(*, actor: Actor, at: datetime, submission_id: int, version: int, words: str = "") -> Submission | Refusal:
    """The leader of the body approves what lies there; then it can be sent. It stays closed for writing."""
    words = words.strip()
    if len(words) > NOTE_CHARS:
        return too_long("words", NOTE_CHARS)
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: leads_at(who, of.unit_id),
            event=StepEvent.APPROVED, states=(SubmissionState.WAITING,),
            wrong_state=_("Báo cáo này không chờ duyệt."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, _due = got
        if approval_of(submission) is not None:
            return Refusal(code="approved", message=_("Báo cáo đã được duyệt, chờ gửi."), ref=submission.pk)
        changed(submission, at=at, fields=[])
        write_step(submission, StepEvent.APPROVED, actor=actor, at=at, note=words)
        tell_writers(actor=actor, at=at, submission=submission, reason=Reason.DECIDED, what="Đã duyệt, chờ gửi")
        record(at=at, actor=actor, event="reports.report.approved", obj=submission, reason=words)
    return submission


def hand_back(*, actor: Actor, at: datetime, submission_id: int, version: int, words: str) -> Submission | Refusal:
    """The leader wants changes: the report is a draft again, with what the leader says. Also after approving."""
    said = written(words, "words", _("Nhập ý kiến: cần sửa, bổ sung gì."))
    if isinstance(said, Refusal):
        return said
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: leads_at(who, of.unit_id),
            event=StepEvent.HANDED_BACK, states=(SubmissionState.WAITING,),
            wrong_state=_("Báo cáo này không chờ duyệt."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, _due = got
        submission.state = SubmissionState.DRAFT
        changed(submission, at=at, fields=["state"])
        write_step(submission, StepEvent.HANDED_BACK, actor=actor, at=at, note=said)
        tell_writers(actor=actor, at=at, submission=submission, reason=Reason.RETURNED, what="Lãnh đạo đề nghị sửa")
        record(at=at, actor=actor, event="reports.report.handed_back", obj=submission, reason=said)
    return submission


def send_report(
    *, actor: Actor, at: datetime, submission_id: int, version: int, approved_by: str = ""
) -> Submission | Refusal:
    """Send the report to its recipient: what it says is frozen as the next edition, with its seal.

    Where the body has a leader, the leader has approved it before; where it has none, `approved_by` names who did, and
    that stays with the edition. What would make it a wrong report (`problems_of`) hinders; a correction that changes
    nothing is none. By how many days it is late is counted from the limit that stands, after any extension; a
    correction is as late as what it corrects.
    """
    name = " ".join(approved_by.split())
    if len(name) > NAME_CHARS:
        return too_long("approved_by", NAME_CHARS)
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: sends_at(who, of.unit_id),
            event=StepEvent.SENT, states=(*WRITABLE, SubmissionState.WAITING),
            wrong_state=_("Báo cáo này đã gửi."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, due = got
        if refused := not_to_be_sent(due):
            return refused
        approval = approval_of(submission) if submission.state == SubmissionState.WAITING else None
        if approval is None and (refused := _not_approved(submission, name, at)):
            return refused
        # What the leader approved is what is sent: as it was known on that day.
        day = timezone.localdate(approval.at if approval else at)
        told = told_of(submission, on=day)
        if refused := _blocked(submission, told, day):
            return refused
        content = told.content
        former = accepted_edition(submission) if submission.correcting else None
        restatements = restated(former, content, submission) if former else []
        if former is not None and former.content == content_data(content):
            message = _("Chưa có gì thay đổi so với bản đã được tiếp nhận. Sửa rồi gửi, hoặc bỏ đính chính.")
            return Refusal(code="unchanged", message=message, ref=submission.pk)
        before = submission.state
        edition = _freeze(submission, content, actor=actor, at=at, approval=approval, name=name, due=due, former=former)
        Restatement.objects.bulk_create([_of(edition, row) for row in restatements])
        submission.state, submission.edition, submission.sent_once = SubmissionState.SENT, edition.number, True
        changed(submission, at=at, fields=["state", "edition", "sent_once"])
        note = _("Người duyệt: %(name)s") % {"name": name} if name and approval is None else ""
        write_step(submission, StepEvent.SENT, actor=actor, at=at, note=note)
        if former is None:
            report_sent(due, actor=actor, at=at, note="Gửi báo cáo")
        tell_takers(actor=actor, at=at, submission=submission, what=_sent_words(submission, edition, former))
        record(
            at=at, actor=actor, event="reports.report.sent", obj=submission, before={"stage": before},
            after={"stage": submission.state, "edition": edition.number, "seal": edition.seal,
                   "days_late": edition.days_late},
            reason=edition.reason,
        )  # fmt: skip
    return submission


def recall_report(*, actor: Actor, at: datetime, submission_id: int, version: int, reason: str) -> Submission | Refusal:
    """Take back what the recipient has not taken yet, or what still waits for the leader: it is a draft again.

    What was sent stays as a recalled edition. The report is owed again, and its clock has run on.
    """
    said = written(reason, "reason", _("Nhập lý do thu hồi."))
    if isinstance(said, Refusal):
        return said
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: sends_at(who, of.unit_id),
            event=StepEvent.RECALLED, states=(SubmissionState.WAITING, SubmissionState.SENT),
            wrong_state=_("Chỉ thu hồi được báo cáo đang chờ duyệt hoặc chờ tiếp nhận."),
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, due = got
        hold(at)
        before = submission.state
        moved = False
        if submission.state == SubmissionState.SENT:
            settle(submission, EditionState.RECALLED, actor=actor, at=at)
            if not submission.correcting:
                moved = report_back(due, actor=actor, at=at, note=said, returned=False)
        submission.state = SubmissionState.DRAFT
        changed(submission, at=at, fields=["state"])
        write_step(submission, StepEvent.RECALLED, actor=actor, at=at, note=said)
        if moved:
            follow_item(submission, due, at=at)
        record(
            at=at, actor=actor, event="reports.report.recalled", obj=submission,
            before={"stage": before}, after={"stage": submission.state}, reason=said,
        )  # fmt: skip
    return submission


def settle(submission: Submission, state: EditionState, *, actor: Actor, at: datetime) -> SubmissionEdition:
    """Say what became of the edition that was sent last. The report is locked."""
    edition = SubmissionEdition.objects.get(submission=submission, number=submission.edition)
    edition.state, edition.settled_at, edition.settled_by_id = state, at, actor.user_id
    edition.save(update_fields=["state", "settled_at", "settled_by"])
    return edition


def follow_item(submission: Submission, due: DueItem, *, at: datetime) -> None:
    """The report goes to the body to which its due item went. Both are locked."""
    before = submission.unit.name
    assert due.unit_id is not None
    if submission.about_id == submission.unit_id:
        submission.about_id = due.unit_id
    submission.unit_id = due.unit_id
    submission.save(update_fields=["unit", "about"])
    write_step(submission, StepEvent.MOVED, actor=None, at=at, note=f"Tiếp nhận từ {before}")


def _blocked(submission: Submission, told: Told, day: date) -> Refusal | None:
    """The refusal for what must not be sent as it is; what is only doubtful does not hinder."""
    found = [problem for problem in problems_of(submission, told.content, on=day, told=told) if problem.blocks]
    if not found:
        return None
    message = _("Chưa gửi được, còn %(count)s chỗ phải sửa: %(first)s")
    return Refusal(code="problems", message=message % {"count": len(found), "first": found[0].message})


def _not_approved(submission: Submission, name: str, at: datetime) -> Refusal | None:
    """The refusal while nobody has approved: the leader has to, or a name to be given where there is none."""
    if leaders_of([submission.unit_id], timezone.localdate(at)):
        return Refusal(code="approval", message=_("Lãnh đạo đơn vị chưa duyệt. Trình duyệt trước khi gửi."))
    if not name:
        message = _("Nhập họ tên, chức vụ người đã duyệt báo cáo.")
        return Refusal(code="approved_by", message=message, field="approved_by")
    return None


def _freeze(
    submission: Submission,
    content: Content,
    *,
    actor: Actor,
    at: datetime,
    approval: SubmissionStep | None,
    name: str,
    due: DueItem,
    former: SubmissionEdition | None,
) -> SubmissionEdition:
    return SubmissionEdition.objects.create(
        submission=submission,
        number=submission.edition + 1,
        form_version_id=submission.form_version_id,
        content=content_data(content),
        seal=seal_of(content),
        cutoff=content.cutoff,
        known_at=submission.known_at,
        nothing=submission.nothing,
        reason=submission.correcting,
        sent_at=at,
        sent_by_id=actor.user_id,
        sent_by_name=actor.name,
        approved_by_name=approval.actor_name if approval else name,
        approved_at=approval.at if approval else None,
        days_late=former.days_late if former else days_late(due, at),
    )


def _of(edition: SubmissionEdition, row: Restatement) -> Restatement:
    row.edition, row.reason = edition, edition.reason
    return row


def _sent_words(submission: Submission, edition: SubmissionEdition, former: SubmissionEdition | None) -> str:
    body = submission.unit.name
    if former is not None:
        return f"{body} gửi bản đính chính, chờ tiếp nhận"
    late = f", muộn {edition.days_late} ngày" if edition.days_late else ""
    return f"{body} gửi báo cáo{late}, chờ tiếp nhận"
