"""Letterhead, signature and recipients of a report: said by who writes it, remembered for the next one of the body."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.reports.documents import ReportWords, words_seen
from pcmt.apps.reports.models import Submission
from pcmt.apps.reports.policies import writes_at
from pcmt.apps.tasks.operations.urging import wrong_words
from pcmt.core.diagnostics import Refusal


def set_words(*, actor: Actor, at: datetime, submission_id: int, words: ReportWords, seen: str) -> Submission | Refusal:
    """Keep letterhead, signature and recipients of a report, in whatever state it is: they are no part of its seal.

    `seen` stands for the words that the person changed (`documents.words_seen`): two people do not overwrite each
    other. The next report of the body begins with these.
    """
    wrong = wrong_words(words)
    if wrong is not None:
        return wrong
    with transaction.atomic():
        held = Submission.objects.select_for_update(of=("self",), no_key=True).visible_to(actor)
        submission = held.select_related("unit").filter(pk=submission_id).first()
        if submission is None or not writes_at(actor, submission.unit_id):
            message = _("Chỉ cán bộ của đơn vị lập báo cáo được sửa thể thức của báo cáo này.")
            return Refusal(code="not_allowed", message=message)
        stored = words.stored()
        if submission.words == stored:
            return submission
        if words_seen(submission) != seen:
            message = _("Thể thức vừa được người khác sửa. Xem lại rồi lưu.")
            return Refusal(code="stale", message=message, ref=submission.pk)
        before = submission.words
        submission.words, submission.changed_at = stored, at
        submission.save(update_fields=["words", "changed_at"])
        changed = sorted(
            name for name in stored if stored[name] != before.get(name) and (stored[name] or before.get(name))
        )
        record(
            at=at,
            actor=actor,
            event="reports.words.set",
            obj=submission,
            before={name: before[name] for name in changed if name in before},
            after={name: stored[name] for name in changed},
        )
    return submission
