"""A report held for the one who writes in it."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import WRITABLE, Submission
from pcmt.apps.reports.policies import writes_at
from pcmt.core.diagnostics import Refusal

LINE_CHARS = 500
"""Reasons, explanations and notes of a figure."""


def held(actor: Actor, submission_id: int) -> Submission | Refusal:
    """The report, locked, when the actor may write in it now; else why not."""
    if not Submission.objects.visible_to(actor).filter(pk=submission_id).exists():
        return not_allowed()
    rows = Submission.objects.select_for_update(of=("self",), no_key=True)
    submission = rows.select_related("duty__plan", "unit", "about", "form_version__form", "occurrence").get(
        pk=submission_id
    )
    if not writes_at(actor, submission.unit_id):
        return not_allowed()
    if submission.state not in WRITABLE:
        return Refusal(
            code="not_writable",
            message=_("Báo cáo đang ở bước “%(state)s” nên không sửa được.")
            % {"state": submission.get_state_display()},
        )
    return submission


def not_allowed() -> Refusal:
    """The refusal for who does not write this report."""
    return Refusal(code="not_allowed", message=_("Chỉ cán bộ của đơn vị lập báo cáo được sửa báo cáo này."))


def touch(submission: Submission, at: datetime) -> None:
    """Say when something in a report was last written. Its state stays, and so does its version."""
    submission.changed_at = at
    submission.save(update_fields=["changed_at"])


def new_version(submission: Submission, at: datetime, *fields: str) -> None:
    """Write fields of a report, and count that it changed."""
    submission.changed_at = at
    submission.version = F("version") + 1  # type: ignore[assignment]
    submission.save(update_fields=["changed_at", "version", *fields])
    submission.refresh_from_db(fields=["version"])


def tidy(text: str, *, lines: bool = False) -> str:
    """Words as they are kept: in one form, without control characters; on one line unless `lines` may be many."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(each for each in text if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs"))
    if lines:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    return " ".join(text.split())


def too_long(words: str, most: int, field: str) -> Refusal | None:
    """The refusal for words that are longer than what is kept."""
    if len(words) <= most:
        return None
    message = _("Nhập tối đa %(most)s ký tự (đang có %(length)s).") % {"most": most, "length": len(words)}
    return Refusal(code="too_long", message=message, field=field)
