"""Number, symbol and day of the signed document, and a scan of it."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.plans.operations import keep_file, screen_later
from pcmt.apps.reports.models import StepEvent, Submission, SubmissionState
from pcmt.apps.reports.operations.stepping import held, too_long, write_step
from pcmt.apps.reports.policies import writes_at
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, identify, is_picture

NUMBER = re.compile(r"\d{1,6}[A-Za-zĐđ]?")
"""A number of a register of documents (Decree 30/2020/NĐ-CP, article 15): "45", "07", rarely "45a"."""
SYMBOL_CHARS = 60
ANY_STATE = tuple(SubmissionState)


def record_signed(
    *,
    actor: Actor,
    at: datetime,
    submission_id: int,
    version: int,
    number: str,
    symbol: str = "",
    signed_on: date | None = None,
    scan: tuple[str, bytes] | None = None,
) -> Submission | Refusal:
    """Keep what the signed document bears: number, symbol, day; `scan` is a pdf or picture of it (name, content).

    Empty number and day take them back. What the report says is not changed by it, whatever state it is in.
    """
    number, symbol = " ".join(number.split()), " ".join(symbol.split())
    if refused := _wrong(number, symbol, signed_on, timezone.localdate(at)):
        return refused
    if scan is not None and (refused := _no_scan(*scan)):
        return refused
    with transaction.atomic():
        got = held(
            actor, submission_id, version=version, may=lambda who, of: writes_at(who, of.unit_id),
            event=StepEvent.SIGNED, states=ANY_STATE, wrong_state="",
        )  # fmt: skip
        if not isinstance(got, tuple):
            return got
        submission, _due = got
        kept = keep_file(actor=actor, at=at, name=scan[0], data=scan[1], field="scan") if scan else None
        if isinstance(kept, Refusal):
            transaction.set_rollback(True)
            return kept
        before = {"number": submission.number, "symbol": submission.symbol, "signed_on": submission.signed_on}
        submission.number, submission.symbol, submission.signed_on = number, symbol, signed_on
        if isinstance(kept, SourceFile):
            submission.signed = kept
            screen_later(kept)
        submission.version += 1
        submission.changed_at = at
        submission.save(update_fields=["number", "symbol", "signed_on", "signed", "version", "changed_at"])
        day = f"{signed_on:%d/%m/%Y}" if signed_on else ""
        write_step(
            submission, StepEvent.SIGNED, actor=actor, at=at, note=", ".join(filter(None, (_said(submission), day)))
        )
        record(
            at=at, actor=actor, event="reports.report.signed", obj=submission, before=before,
            after={"number": number, "symbol": symbol, "signed_on": signed_on},
        )  # fmt: skip
    return submission


def _said(submission: Submission) -> str:
    return f"Số {submission.designation}" if submission.designation else ""


def _wrong(number: str, symbol: str, day: date | None, today: date) -> Refusal | None:
    if number and not NUMBER.fullmatch(number):
        message = _("Số văn bản là một số, ví dụ 45; ký hiệu ghi vào ô bên cạnh.")
        return Refusal(code="number", message=message, field="number")
    if len(symbol) > SYMBOL_CHARS:
        return too_long("symbol", SYMBOL_CHARS)
    if number and day is None:
        return Refusal(code="signed_on", message=_("Nhập ngày ký văn bản."), field="signed_on")
    if day is not None and not number:
        return Refusal(code="number", message=_("Nhập số văn bản."), field="number")
    if day is not None and day > today:
        return Refusal(code="signed_on", message=_("Ngày ký không thể sau hôm nay."), field="signed_on")
    return None


def _no_scan(name: str, data: bytes) -> Refusal | None:
    if data and is_picture(data):
        return None
    kind = identify(name, data)
    if isinstance(kind, Unreadable):
        return Refusal(code=kind.code, message=str(kind), field="scan")
    if kind.route != "pdf":
        message = _("Bản đã ký là tệp PDF hoặc ảnh chụp, ảnh quét.")
        return Refusal(code="unsupported", message=message, field="scan")
    return None
