"""What is said with each step of a report. Forms check what was typed; what may be done the operation knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import Submission, SubmissionState
from pcmt.apps.reports.operations.sending import NAME_CHARS
from pcmt.apps.reports.operations.signing import SYMBOL_CHARS
from pcmt.apps.reports.operations.stepping import NOTE_CHARS, WORD_CHARS
from pcmt.apps.reports.policies import (
    can_approve,
    can_correct,
    can_drop,
    can_recall,
    can_send,
    can_take,
    can_write,
    leaders_of,
    writes_at,
)
from pcmt.apps.reports.queries.way import approval_of
from pcmt.web.fields import WrittenDateField


class ActForm(forms.Form):
    """A step; `act` is its name on the page. `version` is that of the report as seen."""

    act = ""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"id_{self.act}_%s"
        super().__init__(*args, **kwargs)


def _words(
    label: Any, help_text: Any = "", *, required: bool = True, missing: Any = "", most: int = NOTE_CHARS
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing} if missing else None,
    )


class AskForm(ActForm):
    """Lay it before the leader."""

    act = "ask"

    words = _words(_("Lời trình"), required=False)


class ApproveForm(ActForm):
    """The leader approves."""

    act = "approve"

    words = _words(_("Ý kiến duyệt"), required=False)


class HandBackForm(ActForm):
    """The leader wants changes."""

    act = "hand_back"

    words = _words(_("Đề nghị sửa"), missing=_("Nhập ý kiến: cần sửa, bổ sung gì."))


class SendForm(ActForm):
    """Send it, approved."""

    act = "send"


class SendUnledForm(SendForm):
    """Send it where nobody leads the body in this program: who approved is typed."""

    approved_by = forms.CharField(
        label=_("Người đã duyệt"),
        help_text=_("Họ tên, chức vụ. Đơn vị chưa có ai giữ vai trò lãnh đạo trong phần mềm."),
        max_length=NAME_CHARS,
        error_messages={"required": _("Nhập họ tên, chức vụ người đã duyệt báo cáo.")},
    )


class RecallForm(ActForm):
    """Take it back."""

    act = "recall"

    reason = _words(
        _("Lý do thu hồi"),
        _("Báo cáo trở lại bản soạn. Hạn không đổi."),
        missing=_("Nhập lý do thu hồi."),
    )


class AcceptForm(ActForm):
    """The recipient takes it."""

    act = "accept"

    words = _words(_("Ý kiến tiếp nhận"), required=False)


class ReturnForm(ActForm):
    """The recipient returns it."""

    act = "return"

    reason = _words(
        _("Lý do trả lại"),
        _("Thiếu gì, sai gì, phải làm lại gì. Hạn không đổi."),
        missing=_("Nhập lý do trả lại: thiếu gì, sai gì, phải làm lại gì."),
    )


class CorrectForm(ActForm):
    """Open it for correction."""

    act = "correct"

    reason = _words(
        _("Lý do đính chính"),
        _("Bản đã tiếp nhận vẫn có giá trị tới khi bản đính chính được tiếp nhận. Báo cáo kỳ sau nêu số cũ và số mới."),
        missing=_("Nhập lý do đính chính: số nào sai, vì sao."),
        most=WORD_CHARS,
    )


class DropForm(ActForm):
    """Give the correction up."""

    act = "drop"


class SignForm(ActForm):
    """Number, symbol and day of the signed document."""

    act = "sign"

    number = forms.CharField(
        label=_("Số"), required=False, max_length=20, widget=forms.TextInput(attrs={"class": "short"})
    )
    symbol = forms.CharField(label=_("Ký hiệu"), help_text=_("Ví dụ BC-UBND."), required=False, max_length=SYMBOL_CHARS)
    signed_on = WrittenDateField(label=_("Ngày ký"), required=False)
    scan = forms.FileField(label=_("Bản đã ký"), help_text=_("Tệp PDF hoặc ảnh, tối đa 20 MB."), required=False)


FORMS: Mapping[str, type[ActForm]] = {
    form.act: form
    for form in (
        *(AskForm, ApproveForm, HandBackForm, SendForm, RecallForm),
        *(AcceptForm, ReturnForm, CorrectForm, DropForm, SignForm),
    )
}


def acts_of(actor: Actor, submission: Submission, failed: ActForm | None = None) -> dict[str, ActForm]:
    """The steps that the actor may take with a report now, each with its form; `failed` was not taken."""
    waiting = submission.state == SubmissionState.WAITING
    approved = waiting and approval_of(submission) is not None
    led = bool(leaders_of([submission.unit_id], actor.on).get(submission.unit_id))
    there = {
        "ask": led and can_write(actor, submission),
        "approve": not approved and can_approve(actor, submission),
        "hand_back": can_approve(actor, submission),
        "send": (approved or not led) and can_send(actor, submission),
        "recall": can_recall(actor, submission),
        "accept": can_take(actor, submission),
        "return": can_take(actor, submission),
        "correct": can_correct(actor, submission),
        "drop": can_drop(actor, submission),
        "sign": writes_at(actor, submission.unit_id),
    }
    return {
        name: failed if failed is not None and failed.act == name else _empty(name, submission, approved=approved)
        for name, may in there.items()
        if may
    }


def send_form(submission: Submission, *, approved: bool) -> type[ActForm]:
    """The form for sending: without an approval in this program somebody names who approved."""
    return SendForm if approved else SendUnledForm


def _empty(name: str, submission: Submission, *, approved: bool) -> ActForm:
    initial: dict[str, Any] = {"version": submission.version}
    if name == "send":
        return send_form(submission, approved=approved)(initial=initial)
    if name == "sign":
        initial |= {"number": submission.number, "symbol": submission.symbol, "signed_on": submission.signed_on}
    return FORMS[name](initial=initial)
