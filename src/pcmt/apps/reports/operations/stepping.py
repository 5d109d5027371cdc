"""What every act on the way of a report begins and ends with: its rows locked in one order, a step, words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import StepEvent, Submission, SubmissionStep
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations.reporting import locked_item
from pcmt.core.diagnostics import Refusal

WORD_CHARS = 500
"""As many as the reason of a correction may have."""
NOTE_CHARS = 5000

May = Callable[[Actor | None, Submission], bool]
SHOWN_WITH = ("duty__plan", "unit", "about", "occurrence", "form_version__form")


def held(
    actor: Actor,
    submission_id: int,
    *,
    version: int,
    may: May,
    event: StepEvent,
    states: Sequence[str],
    wrong_state: str,
) -> tuple[Submission, DueItem] | Submission | Refusal:
    """The report and its due item, locked in the order of the house, when the actor may and it stands where it should.

    The report alone says that this very act was done already: a button pressed twice.
    """
    seen = Submission.objects.visible_to(actor).filter(pk=submission_id)
    due_id = seen.values_list("occurrence__due_item_id", flat=True).first()
    if due_id is None:
        return not_allowed()
    due = locked_item(due_id)
    rows = Submission.objects.select_for_update(of=("self",)).select_related(*SHOWN_WITH)
    submission = rows.get(pk=submission_id)
    if not may(actor, submission):
        return not_allowed()
    if submission.version != version:
        return submission if repeated(actor, submission, event) else stale(submission)
    if submission.state not in states:
        return Refusal(code="state", message=wrong_state, ref=submission.pk)
    return submission, due


def not_allowed() -> Refusal:
    """The refusal for who has nothing to do with this step of the report."""
    message = _("Chỉ đơn vị lập báo cáo, lãnh đạo của đơn vị và nơi nhận báo cáo làm được bước của mình.")
    return Refusal(code="not_allowed", message=message)


def last_step(submission: Submission) -> SubmissionStep | None:
    """What happened to the report last."""
    return SubmissionStep.objects.filter(submission=submission).order_by("-pk").first()


def repeated(actor: Actor, submission: Submission, event: StepEvent) -> bool:
    """Whether the last thing done with the report was this very act, by the same person."""
    last = last_step(submission)
    return last is not None and last.event == event and last.actor_id == actor.user_id


def stale(submission: Submission) -> Refusal:
    """The refusal for who saw the report before it changed: what was done with it, by whom, and when."""
    last = last_step(submission)
    if last is None or not last.actor_name:
        return Refusal(code="stale", message=_("Báo cáo vừa thay đổi. Xem lại rồi làm tiếp."), ref=submission.pk)
    words = {
        "name": last.actor_name,
        "deed": StepEvent(last.event).label.lower(),
        "when": f"{timezone.localtime(last.at):%H:%M %d/%m/%Y}",
    }
    message = _("%(name)s vừa làm bước “%(deed)s” lúc %(when)s. Xem lại rồi làm tiếp.") % words
    return Refusal(code="stale", message=message, ref=submission.pk)


def written(words: str, field: str, missing: str, *, most: int = NOTE_CHARS) -> str | Refusal:
    """Words that have to be given, without blanks around them; `missing` is said when there are none."""
    words = words.strip()
    if not words:
        return Refusal(code=field, message=missing, field=field)
    return words if len(words) <= most else too_long(field, most)


def too_long(field: str, most: int) -> Refusal:
    """The refusal for more words than there is room for."""
    message = _("Tối đa %(most)s ký tự.") % {"most": most}
    return Refusal(code="too_long", message=message, field=field)


def changed(submission: Submission, *, at: datetime, fields: Sequence[str]) -> None:
    """Save a locked report whose state changed, once for each act."""
    submission.version += 1
    submission.changed_at = at
    submission.save(update_fields=[*fields, "version", "changed_at"])


def write_step(
    submission: Submission, event: StepEvent, *, actor: Actor | None, at: datetime, note: str = ""
) -> SubmissionStep:
    """Keep a step: who, when, in which role by which grant, whose mark (Q., KT., TUQ.) stands before the post."""
    return SubmissionStep.objects.create(
        submission=submission,
        event=event,
        at=at,
        actor_id=actor.user_id if actor else None,
        actor_name=actor.name if actor else "",
        role=actor.role if actor else "",
        grant_id=actor.grant_id if actor else None,
        unit_id=actor.unit_id if actor else submission.unit_id,
        edition=submission.edition,
        note=note,
    )
