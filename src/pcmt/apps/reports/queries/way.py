"""Where reports stand on their way: approval, editions, what was restated and is still to be shown."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from pcmt.apps.reports.models import (
    ConsolidationPart,
    EditionState,
    Restatement,
    StepEvent,
    Submission,
    SubmissionEdition,
    SubmissionStep,
)
from pcmt.core.schemas import Content, Figure, content_from, schema_from

ON_THE_WAY = (
    *(StepEvent.ASKED, StepEvent.HANDED_BACK, StepEvent.APPROVED, StepEvent.SENT, StepEvent.RECALLED),
    *(StepEvent.RETURNED, StepEvent.ACCEPTED, StepEvent.CORRECTING, StepEvent.DROPPED, StepEvent.MOVED),
)
"""Steps after which an approval that was given before holds no longer."""
STANDING = (EditionState.SENT, EditionState.ACCEPTED, EditionState.REPLACED)
"""Editions that reached their recipient and were not taken back."""
LABEL_CHARS = 300


def approval_of(submission: Submission) -> SubmissionStep | None:
    """The leader's approval of what lies there now; None while there is none."""
    steps = SubmissionStep.objects.filter(submission=submission, event__in=ON_THE_WAY)
    last = steps.order_by("-pk").first()
    return last if last is not None and last.event == StepEvent.APPROVED else None


def accepted_edition(submission: Submission) -> SubmissionEdition | None:
    """The edition that the recipient took and that stands: what others count on."""
    return SubmissionEdition.objects.filter(submission=submission, state=EditionState.ACCEPTED).first()


def seal_holds(edition: SubmissionEdition) -> bool:
    """Whether the stored content is still what was sealed."""
    text = json.dumps(edition.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest() == edition.seal


def restated(former: SubmissionEdition, content: Content, submission: Submission) -> list[Restatement]:
    """The figures in which a report differs from its accepted edition, in the order of the form; rows not yet saved."""
    old = content_from(former.content).figures
    labels = {line.key: line.label for _section, line in schema_from(submission.form_version.body).lines()}
    found = []
    for key in [*labels, *(each for each in {**old, **content.figures} if each not in labels)]:
        before, after = _value(old.get(key)), _value(content.figures.get(key))
        if before == after:
            continue
        places = max(_places(before), _places(after))
        found.append(
            Restatement(
                line=key,
                label=labels.get(key, key)[:LABEL_CHARS],
                places=places,
                old=None if before is None else int(before.scaleb(places)),
                new=None if after is None else int(after.scaleb(places)),
            )
        )
    return found


def restatements_for(submission: Submission) -> list[Restatement]:
    """Accepted corrections that this report has to show: no report that its body sent since told of them.

    They are those of the body's other reports for the same regime, and those of reports of lower levels whose former
    edition stood in a consolidation that the body had sent. What was corrected while it is written comes in.
    """
    accepted = Restatement.objects.filter(edition__state__in=(EditionState.ACCEPTED, EditionState.REPLACED)).exclude(
        edition__submission=submission
    )
    own = Q(edition__submission__unit=submission.unit_id, edition__submission__duty=submission.duty_id)
    taken_in = ConsolidationPart.objects.filter(
        edition__submission=OuterRef("edition__submission"),
        edition__number__lt=OuterRef("edition__number"),
        consolidation__submission__duty=submission.duty_id,
        consolidation__submission__unit=submission.unit_id,
        consolidation__submission__sent_once=True,
    )
    shown = SubmissionEdition.objects.filter(
        submission__unit=submission.unit_id,
        submission__duty=submission.duty_id,
        state__in=STANDING,
        sent_at__gt=OuterRef("edition__settled_at"),
    ).exclude(Q(submission=submission) | Q(submission=OuterRef("edition__submission")))
    rows = (
        accepted.filter(own | Exists(taken_in))
        .exclude(Exists(shown))
        .select_related("edition__submission__unit", "edition__submission__duty")
    )
    return list(rows.order_by("edition__submission__period_to", "edition__submission__unit__sort_key", "pk"))


def _value(figure: Figure | None) -> Decimal | None:
    return None if figure is None else figure.value


def _places(value: Decimal | None) -> int:
    if value is None:
        return 0
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
